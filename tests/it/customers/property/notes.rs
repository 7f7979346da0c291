//! What credit notes and debit notes do in the model. Invoices of the game have one rate, no lines, charges, discounts and rounding.

use super::model::{Day, Model, What};

/// Goods and the taxes on them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sums {
    pub gross: i64,
    /// CGST, and SGST again.
    pub half: i64,
    pub igst: i64,
}

impl Sums {
    /// Of goods at a rate in per cent. Half a unit up: the tax of so many hundredths is that many whole units and the rest.
    fn of(gross: i64, rate: i64, across: bool) -> Self {
        let (half, igst) = if across { (0, (gross * rate + 50) / 100) } else { ((gross * rate + 100) / 200, 0) };
        Self { gross, half, igst }
    }

    pub fn total(self) -> i64 {
        self.gross + 2 * self.half + self.igst
    }

    fn plus(self, other: Self) -> Self {
        Self { gross: self.gross + other.gross, half: self.half + other.half, igst: self.igst + other.igst }
    }

    fn minus(self, other: Self) -> Self {
        self.plus(Self { gross: -other.gross, half: -other.half, igst: -other.igst })
    }
}

/// What an invoice says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bill {
    pub rate: i64,
    pub across: bool,
    pub due: Day,
    pub sums: Sums,
}

impl Bill {
    pub fn of(gross: i64, rate: i64, across: bool, due: Day) -> Self {
        Self { rate, across, due, sums: Sums::of(gross, rate, across) }
    }
}

/// What a note says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Note {
    /// The place of the invoice.
    pub invoice: usize,
    pub sums: Sums,
    /// When a debit note is due.
    pub due: Day,
}

impl Model {
    /// What the invoice of a new note says, and its day; otherwise why there can be no note.
    pub fn billed(&self, place: usize) -> Result<(Bill, Day), &'static str> {
        let document = &self.documents[place];
        match document.what {
            What::Invoice(bill) if document.stands => Ok((bill, document.day)),
            What::Invoice(_) => Err("NOT_ALLOWED invoiceId"),
            _ => Err("NOT_FOUND invoiceId"),
        }
    }

    /// What the credit notes of an invoice that stand take back together, and what its debit notes add.
    pub fn noted(&self, invoice: usize) -> (Sums, Sums) {
        let (mut taken, mut added) = (Sums::default(), Sums::default());
        for document in self.documents.iter().filter(|document| document.stands) {
            match document.what {
                What::CreditNote(note) if note.invoice == invoice => taken = taken.plus(note.sums),
                What::DebitNote(note) if note.invoice == invoice => added = added.plus(note.sums),
                _ => {}
            }
        }
        (taken, added)
    }

    /// What is left of an invoice.
    fn left(&self, invoice: usize, bill: Bill) -> Sums {
        let (taken, added) = self.noted(invoice);
        bill.sums.plus(added).minus(taken)
    }

    /// What a credit note on so much of the goods takes back, or on all that is left; otherwise why it cannot.
    pub fn taken_back(&self, invoice: usize, bill: Bill, gross: Option<i64>) -> Result<Sums, &'static str> {
        let left = self.left(invoice, bill);
        let gross = gross.unwrap_or(left.gross);
        if left == Sums::default() {
            return Err("NOT_ALLOWED invoiceId");
        }
        if gross > left.gross {
            return Err("INVALID grossAmount");
        }
        // The last takes all that is left of the tax.
        if gross == left.gross {
            return Ok(left);
        }
        let exact = Sums::of(gross, bill.rate, bill.across);
        Ok(Sums { gross, half: exact.half.min(left.half), igst: exact.igst.min(left.igst) })
    }

    /// What a debit note on so much of the goods adds.
    pub fn added(bill: Bill, gross: i64) -> Sums {
        Sums::of(gross, bill.rate, bill.across)
    }

    /// How much of an invoice payments that name it leave.
    pub fn room(&self, invoice: usize) -> i64 {
        self.documents[invoice].amount - self.named_of(invoice)
    }

    /// Whether a document can be voided or deleted.
    pub fn can_be_deleted(&self, place: usize) -> bool {
        let document = &self.documents[place];
        document.stands
            && match document.what {
                What::Invoice(_) => self.noted(place) == (Sums::default(), Sums::default()),
                // Credit notes may have taken back what it added.
                What::DebitNote(Note { invoice, sums, .. }) => {
                    let Ok((bill, _)) = self.billed(invoice) else { return false };
                    let left = self.left(invoice, bill).minus(sums);
                    let has_tax = left.half > 0 || left.igst > 0;
                    left.gross >= 0 && left.half >= 0 && left.igst >= 0 && (left.gross > 0 || !has_tax)
                }
                _ => true,
            }
    }
}
