//! The first and the last record of a file, which may be an opening and a closing balance: the amount of the first one and those
//! between make the amount of the last one.

use rust_decimal::Decimal;

/// A record at one end of the file.
#[derive(Clone, Debug, Default)]
pub(super) struct End {
    pub(super) line: u64,
    amount: Decimal,
    /// The text of the first column of the description.
    pub(super) text: String,
    /// Whether its words say that it is a balance.
    pub(super) is_named: bool,
}

/// The first and the last record with a date and an amount, and those between.
#[derive(Clone, Debug, Default)]
pub(super) struct Ends {
    first: Option<End>,
    last: End,
    /// The sum and the number of records that are not named; `None` when the sum is too large.
    sum: Option<Decimal>,
    count: usize,
}

impl Ends {
    pub(super) fn add(&mut self, line: u64, amount: Decimal, text: &str, is_named: bool) {
        if self.first.is_none() {
            self.first = Some(End { line, amount, text: text.to_owned(), is_named });
            self.sum = Some(Decimal::ZERO);
        }
        if !is_named {
            self.sum = self.sum.and_then(|sum| sum.checked_add(amount));
            self.count += 1;
        }
        (self.last.line, self.last.amount, self.last.is_named) = (line, amount, is_named);
        self.last.text.clear();
        self.last.text.push_str(text);
    }

    /// The ends, if they are likely to be balances and not both are named so.
    pub(super) fn found(&self) -> Option<[&End; 2]> {
        let ends = [self.first.as_ref()?, &self.last];
        let [first, last] = ends;
        let unnamed = || ends.into_iter().filter(|end| !end.is_named);
        // Four amounts seldom make a fifth by chance; where a word speaks for it, three are enough.
        let fewest = if unnamed().count() == 2 { 3 } else { 2 };
        let is_long = self.count.checked_sub(unnamed().count()).is_some_and(|between| between >= fewest);
        let between = unnamed().try_fold(self.sum?, |sum, end| sum.checked_sub(end.amount))?;
        let make = |opening: Decimal, closing: Decimal| opening.checked_add(between) == Some(closing);
        let is_sum = make(first.amount, last.amount) || make(last.amount, first.amount);
        let has_zero = first.amount.is_zero() || last.amount.is_zero() || between.is_zero();
        (unnamed().count() > 0 && is_long && is_sum && !has_zero).then_some(ends)
    }
}
