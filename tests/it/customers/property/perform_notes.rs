//! Writes notes in the shop and in the model of it, and compares what the shop says of them.

use serde_json::{Value, json};

use super::{
    Shop, decimal,
    model::{Day, Document, Model, TODAY, What, date},
    notes::Note,
};
use crate::harness::errors;

impl Shop {
    /// The place of an invoice; now and then of any document.
    fn pick_invoice(&self, place: usize) -> Option<usize> {
        if place.is_multiple_of(10) {
            return self.pick(place);
        }
        let documents = self.model.documents.iter().enumerate();
        let invoices: Vec<_> = documents
            .filter(|(_, document)| matches!(document.what, What::Invoice(_)))
            .map(|(place, _)| place)
            .collect();
        (!invoices.is_empty()).then(|| invoices[place % invoices.len()])
    }

    pub(super) async fn credit(&mut self, place: usize, gross: Option<i64>, day: Option<Day>) {
        let Some(invoice) = self.pick_invoice(place) else { return };
        let mut input = json!({ "invoiceId": self.ids[invoice], "reason": "came back", "date": day.map(date) });
        match gross {
            Some(gross) => input["grossAmount"] = json!(decimal(gross)),
            None => input["full"] = json!(true),
        }
        let payload = self.call("createCreditNote", "creditNote", input).await;
        let (bill, billed_on) = match self.model.billed(invoice) {
            Ok(billed) => billed,
            Err(refused) => return assert_eq!(errors(&payload), [refused]),
        };
        let day = day.unwrap_or(TODAY.max(billed_on));
        let mut refused = Vec::from_iter((day < billed_on).then_some("INVALID date"));
        let taken = self.model.taken_back(invoice, bill, gross);
        refused.extend(taken.err());
        let Some(sums) = taken.ok().filter(|_| refused.is_empty()) else {
            return assert_eq!(errors(&payload), refused);
        };
        let room = self.model.room(invoice).min(sums.total());
        let (ledger, note) = (self.model.documents[invoice].ledger, Note { invoice, sums, due: day });
        self.record(&payload, "creditNote", ledger, day, sums.total(), What::CreditNote(note));
        if room > 0 {
            self.model.name(self.ids.len() - 1, &[(invoice, room)]);
        }
    }

    pub(super) async fn debit(&mut self, place: usize, gross: i64, (day, due): (Option<Day>, Option<Day>)) {
        let Some(invoice) = self.pick_invoice(place) else { return };
        let input = json!({ "invoiceId": self.ids[invoice], "reason": "was too little", "grossAmount": decimal(gross),
            "date": day.map(date), "dueDate": due.map(date) });
        let payload = self.call("createDebitNote", "debitNote", input).await;
        let (bill, billed_on) = match self.model.billed(invoice) {
            Ok(billed) => billed,
            Err(refused) => return assert_eq!(errors(&payload), [refused]),
        };
        let day = day.unwrap_or(TODAY.max(billed_on));
        let due = due.unwrap_or(bill.due.max(day));
        let refused = [(day < billed_on, "INVALID date"), (due < day, "INVALID dueDate")];
        let refused: Vec<_> = refused.iter().filter(|(is_wrong, _)| *is_wrong).map(|(_, refused)| *refused).collect();
        if !refused.is_empty() {
            return assert_eq!(errors(&payload), refused);
        }
        let sums = Model::added(bill, gross);
        let (ledger, note) = (self.model.documents[invoice].ledger, Note { invoice, sums, due });
        self.record(&payload, "debitNote", ledger, day, sums.total(), What::DebitNote(note));
    }

    /// What every note says, and what it pays or how much of it is paid.
    pub(super) async fn compare_notes(&self) {
        let fields =
            "id date grossAmount { amount } cgst { amount } sgst { amount } igst { amount } totalAmount { amount }
            voidedAt invoice { id }";
        let query = format!(
            "{{ creditNotes(first: 100) {{ nodes {{ {fields} allocated {{ amount }} onAccount {{ amount }} }} }}
            debitNotes(first: 100) {{ nodes {{ {fields} dueDate paid {{ amount }} outstanding {{ amount }} }} }} }}"
        );
        let mut seen = self.owner.gql(&query, json!({})).await;
        let (mut credits, mut debits) = (Vec::new(), Vec::new());
        for (place, document) in self.model.documents.iter().enumerate() {
            match document.what {
                What::CreditNote(note) => credits.push((place, document, note)),
                What::DebitNote(note) => debits.push((place, document, note)),
                _ => {}
            }
        }
        for (list, notes, [settled, open]) in [
            ("creditNotes", &mut credits, ["allocated", "onAccount"]),
            ("debitNotes", &mut debits, ["paid", "outstanding"]),
        ] {
            notes.sort_by_key(|(place, document, _)| std::cmp::Reverse((document.day, *place)));
            let mut found: Vec<Value> = serde_json::from_value(seen[list]["nodes"].take()).unwrap();
            for seen in &mut found {
                seen["voidedAt"] = json!(seen["voidedAt"].is_string());
            }
            let expected = notes.iter().map(|(place, document, note)| {
                let mut expected = self.expected_note(*place, document, note);
                let left = self.model.open(*place);
                let paid = if document.stands { document.amount - left } else { 0 };
                (expected[settled], expected[open]) = (amount(paid), amount(left));
                if list == "debitNotes" {
                    expected["dueDate"] = json!(date(note.due));
                }
                expected
            });
            assert_eq!(found, expected.collect::<Vec<_>>(), "{list}");
        }
    }

    fn expected_note(&self, place: usize, document: &Document, note: &Note) -> Value {
        let sums = note.sums;
        json!({ "id": self.ids[place], "date": date(document.day), "grossAmount": amount(sums.gross),
            "cgst": amount(sums.half), "sgst": amount(sums.half), "igst": amount(sums.igst),
            "totalAmount": amount(sums.total()), "voidedAt": !document.stands, "invoice": { "id": self.ids[note.invoice] } })
    }
}

/// An amount as the API says it.
fn amount(minor: i64) -> Value {
    json!({ "amount": decimal(minor) })
}
