//! Reads the transactions of a file by a profile, in constant memory.

mod continued;
mod named;
mod undated;
mod unnamed;

use std::{
    collections::VecDeque,
    io::{self, Read},
};

use encoding_rs::{Encoding, UTF_8};
use rust_decimal::Decimal;

use super::{
    ends::Ends,
    layout::{Layout, MOST_BEFORE_HEADER},
    model::Profile,
    notation::{
        cell, date, number,
        statement_word::{self, StatementWord},
    },
    reading::{Amount, Reading},
    record::{Fault, Record, Records},
    row::{Item, Problem, Transaction, exact},
    running::{Claim, Running, Statement, Undated},
};
use crate::{
    error::{Code, Refusal},
    money::Currency,
};

/// The most records that are held back because the profile skips records at the end.
pub const MOST_HELD: usize = 1_000;

/// The transactions of a file, and what else its records are, in the order of the file.
#[derive(Debug)]
pub struct Lines<R> {
    records: Records<R>,
    record: Record,
    profile: Profile,
    layout: Layout,
    currency: Option<Currency>,
    /// The records that may be the last ones, which the profile skips.
    held: VecDeque<Record>,
    /// A transaction whose description may be continued.
    last: Option<Transaction>,
    ready: VecDeque<Item>,
    running: Running,
    statement: Statement,
    /// Records that the end of the file proves to be balances, or not.
    claims: Vec<Claim>,
    unproven: Option<u64>,
    ends: Ends,
    /// Records without a date that may be the sum of the amounts, if no transaction follows.
    undated: Vec<Undated>,
    is_over: bool,
}

impl<R: Read> Lines<R> {
    /// Opens a file and finds its header.
    ///
    /// # Errors
    /// The refusals of [`Profile::check`]; `INVALID` at `csv` when the file cannot be read or has no such header.
    pub fn open(file: R, profile: &Profile) -> Result<Self, Vec<Refusal>> {
        profile.check()?;
        let encoding = Encoding::for_label(profile.encoding.as_bytes()).unwrap_or(UTF_8);
        let records = Records::new(file, encoding, profile.separator, profile.quote);
        let mut lines = Self {
            records,
            record: Record::default(),
            profile: profile.clone(),
            layout: Layout::default(),
            currency: profile.currency.as_ref().and_then(|code| code.parse().ok()),
            held: VecDeque::new(),
            last: None,
            ready: VecDeque::new(),
            running: Running::new(profile.order, profile.balance),
            statement: Statement::default(),
            claims: Vec::new(),
            unproven: None,
            ends: Ends::default(),
            undated: Vec::new(),
            is_over: false,
        };
        lines.begin().map_err(|message| vec![Refusal::new(Code::Invalid, "csv", message)])?;
        Ok(lines)
    }

    /// What the file says as a whole. Final when the last item was read.
    #[must_use]
    pub fn statement(&self) -> Statement {
        let mut statement = self.statement.clone();
        self.running.end(&mut statement);
        statement
    }

    /// Skips what is before the first transaction.
    fn begin(&mut self) -> Result<(), String> {
        let unreadable = |error: io::Error| format!("The file cannot be read: {error}.");
        for _ in 0..self.profile.rows.skip_leading {
            self.records.read(&mut self.record).map_err(unreadable)?;
        }
        if !self.profile.rows.header {
            self.layout = Layout::new(&self.profile, None).map_err(|missing| {
                format!("The file has no header, so columns are given by position, not as {}.", missing.join(", "))
            })?;
            return Ok(());
        }
        let mut fewest_missing: Option<Vec<String>> = None;
        for _ in 0..MOST_BEFORE_HEADER {
            if !self.records.read(&mut self.record).map_err(unreadable)? {
                break;
            }
            match Layout::new(&self.profile, Some(&self.record)) {
                Ok(layout) if !self.is_data(&layout) => {
                    self.layout = layout;
                    return Ok(());
                }
                Ok(_) => {}
                Err(missing) => {
                    if fewest_missing.as_ref().is_none_or(|fewest| missing.len() < fewest.len()) {
                        fewest_missing = Some(missing);
                    }
                }
            }
            self.skip("It is before the header.");
            self.note_named();
        }
        let missing = fewest_missing.unwrap_or_default().join(", ");
        Err(format!("No line has the names of the columns; the nearest one lacks: {missing}."))
    }

    /// Whether the record has a date where the header would have a name. All columns may be given by position.
    fn is_data(&self, layout: &Layout) -> bool {
        self.record.cell(layout.date).trim().is_empty() || date::date(self.record.cell(layout.date)).is_some()
    }

    fn reading(&self) -> Reading<'_> {
        Reading { record: &self.record, profile: &self.profile, layout: &self.layout, currency: self.currency }
    }

    fn skip(&mut self, reason: &'static str) {
        self.flush();
        self.statement.skipped += 1;
        self.ready.push_back(Item::Skipped { line: self.record.line, reason });
    }

    fn problem(&mut self, problem: Problem) {
        self.flush();
        self.statement.problems += 1;
        self.ready.push_back(Item::Problem(problem));
    }

    /// Notes a balance in a record of which only the words say what it is.
    fn note_named(&mut self) {
        let word = self.record.cells().find_map(statement_word::find);
        let number = self.record.cells().filter(|cell| date::date(cell).is_none()).filter_map(number::number).last();
        let value = number.and_then(|number| number.value(self.profile.decimal));
        if let Some(word) = word {
            self.running.name(word, value);
        }
    }

    /// Reads the next record into `self.record`; false at the end.
    fn read(&mut self) -> io::Result<bool> {
        let trailing = self.profile.rows.skip_trailing.min(MOST_HELD);
        if trailing == 0 {
            let Some(next) = self.held.pop_front() else { return self.records.read(&mut self.record) };
            self.record = next;
            return Ok(true);
        }
        while self.held.len() <= trailing {
            let mut record = Record::default();
            if !self.records.read(&mut record)? {
                for record in std::mem::take(&mut self.held) {
                    self.record = record;
                    self.skip("It is one of the last records, which the profile skips.");
                }
                return Ok(false);
            }
            self.held.push_back(record);
        }
        self.record = self.held.pop_front().unwrap_or_default();
        Ok(true)
    }

    fn step(&mut self) {
        match self.read() {
            Ok(true) => {}
            Ok(false) => {
                self.is_over = true;
                self.settle_undated();
                self.refuse_unnamed();
                self.flush();
                return self.settle();
            }
            Err(error) => {
                self.is_over = true;
                let message = format!("The file cannot be read further: {error}.");
                return self.problem(Problem::new(self.record.line, "csv", message));
            }
        }
        let line = self.record.line;
        if let Some(fault) = self.record.fault {
            self.is_over |= fault == Fault::TooLarge;
            return self.problem(Problem::new(line, "csv", fault.message()));
        }
        if self.record.is_empty() {
            return;
        }
        if self.layout.skips(&self.record) {
            return self.skip("A rule of the profile skips it.");
        }
        if let (Some(account), Some(at)) = (&self.profile.account, self.layout.account)
            && cell::name(self.record.cell(at)) != cell::name(account)
            && date::date(self.record.cell(self.layout.date)).is_some()
        {
            return self.skip("It is of another account.");
        }
        if let Err(problem) = self.take() {
            self.problem(problem);
        }
    }

    /// Makes an item of the record.
    fn take(&mut self) -> Result<(), Problem> {
        let line = self.record.line;
        let written = date::date(cell::bare(self.record.cell(self.layout.date)));
        let word = self.word(written.is_some());
        if let Some(word) = word
            && self.take_named(word, written.is_some())?
        {
            return Ok(());
        }
        let Some(written) = written else { return self.take_undated() };
        self.refuse_undated();
        if let Some(width) = self.layout.width
            && self.record.cells().skip(width).any(|cell| !cell.trim().is_empty())
        {
            // A separator inside of a text moves the cells after it.
            let message = format!("The record has {} cells, but the header has {width}.", self.record.len());
            return Err(Problem::new(line, "csv", message));
        }
        let Some(date) = written.value(self.profile.dates) else {
            let message = match self.profile.dates {
                None => "can be read in two ways. Say whether the day or the month is first.",
                Some(_) => "is not a date in the order of the profile.",
            };
            let text = cell::quoted(cell::bare(self.record.cell(self.layout.date)));
            return Err(Problem::new(line, "date", format!("{text} {message}")));
        };
        if let Some(doubt) = written.doubt {
            let text = cell::quoted(cell::bare(self.record.cell(self.layout.date)));
            return Err(Problem::new(line, "date", format!("{text} {}", doubt.message())));
        }
        let (amount, currency) = match self.reading().amount()? {
            Amount::None if self.reading().is_note() => (Decimal::ZERO, None),
            Amount::None => return Err(Problem::new(line, "amount", "There is no amount.")),
            Amount::Value(amount, currency) => (amount, currency),
        };
        let currency = self.reading().currency_of(currency)?;
        let value_date = self.reading().value_date()?;
        let balance = self.reading().balance()?;
        if amount.is_zero() {
            return self.take_zero(balance, currency);
        }
        self.note_end(amount, false);
        let payee = self.reading().text(self.layout.payee);
        let transaction = Transaction {
            line,
            date,
            value_date,
            amount: exact(amount),
            currency,
            description: self.reading().description().or_else(|| payee.clone()),
            payee,
            category: self.reading().text(self.layout.category),
            bank_id: self
                .layout
                .bank_id
                .map(|at| cell::bare(self.record.cell(at)).to_owned())
                .filter(|id| !id.is_empty()),
            balance: balance.map(exact),
        };
        self.flush();
        self.statement.transactions += 1;
        self.last = Some(transaction);
        if let Some(mismatch) = self.running.add(line, amount, balance, currency) {
            self.statement.mismatches += 1;
            self.ready.push_back(mismatch);
        }
        Ok(())
    }

    /// Skips a transaction of zero, unless it is likely that its amount is elsewhere.
    fn take_zero(&mut self, balance: Option<Decimal>, currency: Option<Currency>) -> Result<(), Problem> {
        let line = self.record.line;
        if let (Some(elsewhere), None) = (self.reading().other_side(), balance) {
            let message =
                format!("The amount is zero, but {} is in a column that is not read.", cell::quoted(elsewhere));
            return Err(Problem::new(line, if self.layout.debit.is_some() { "debit" } else { "credit" }, message));
        }
        self.skip("Its amount is zero.");
        // Notes of banks have no balance, or one of zero.
        if let Some(balance) = balance.filter(|balance| !balance.is_zero())
            && let Some(mismatch) = self.running.add(line, Decimal::ZERO, Some(balance), currency)
        {
            self.statement.mismatches += 1;
            self.ready.push_back(mismatch);
        }
        Ok(())
    }

    /// What the record says, when it is no transaction.
    fn word(&self, has_date: bool) -> Option<StatementWord> {
        if self.profile.rows.balances_are_transactions == Some(true) {
            return None;
        }
        let mut words = self.record.cells().filter_map(statement_word::find);
        words.find(|word| !has_date || *word != StatementWord::Total)
    }
}

impl<R: Read> Iterator for Lines<R> {
    type Item = Item;

    fn next(&mut self) -> Option<Item> {
        loop {
            if let Some(item) = self.ready.pop_front() {
                return Some(item);
            }
            if self.is_over {
                return None;
            }
            self.step();
        }
    }
}
