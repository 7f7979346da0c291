//! Finds the header of a file, and the positions of the columns that a profile names.

use super::{
    column::Column,
    model::{Columns, Profile, TextMatch},
    notation::cell,
    record::Record,
};

/// How many records are searched for the header.
pub const MOST_BEFORE_HEADER: usize = 100;

/// The positions of the columns in a record, from 0.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Layout {
    pub(super) date: usize,
    pub(super) value_date: Option<usize>,
    pub(super) amount: Option<usize>,
    pub(super) debit: Option<usize>,
    pub(super) credit: Option<usize>,
    pub(super) flag: Option<usize>,
    pub(super) fee: Option<usize>,
    pub(super) description: Vec<usize>,
    pub(super) payee: Option<usize>,
    pub(super) category: Option<usize>,
    pub(super) currency: Option<usize>,
    pub(super) balance: Option<usize>,
    pub(super) bank_id: Option<usize>,
    pub(super) account: Option<usize>,
    pub(super) skip: Vec<Rule>,
    /// How many columns the header has.
    pub(super) width: Option<usize>,
}

/// A rule by which records are skipped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Rule {
    at: Option<usize>,
    text: String,
    is: TextMatch,
}

impl Rule {
    fn fits(&self, text: &str) -> bool {
        match self.is {
            TextMatch::Equal => text == self.text,
            TextMatch::Beginning => text.starts_with(&self.text),
            TextMatch::Part => text.contains(&self.text),
        }
    }
}

impl Columns {
    /// All columns that are set.
    pub fn all(&self) -> impl Iterator<Item = &Column> {
        let one =
            [&self.date, &self.value_date, &self.amount, &self.debit, &self.credit, &self.flag, &self.fee, &self.payee];
        let more = [&self.category, &self.currency, &self.balance, &self.bank_id, &self.account];
        one.into_iter().chain(more).flatten().chain(&self.description)
    }
}

impl Layout {
    /// The layout of a file whose header has these cells; without a header all columns must be positions.
    ///
    /// # Errors
    /// The columns that the header does not have.
    pub fn new(profile: &Profile, header: Option<&Record>) -> Result<Self, Vec<String>> {
        let names: Vec<String> = header.into_iter().flat_map(Record::cells).map(cell::name).collect();
        let mut missing = Vec::new();
        let mut find = |column: &Column| {
            let found = match column {
                // A line above the header is shorter.
                Column::At(position) => {
                    position.checked_sub(1).filter(|at| header.is_none_or(|header| *at < header.len()))
                }
                Column::Named(name) => names.iter().position(|other| *other == cell::name(name)),
            };
            if found.is_none() {
                missing.push(column.to_string());
            }
            found
        };
        let columns = &profile.columns;
        let skip = profile.rows.skip.iter().map(|rule| {
            let at = rule.column.as_ref().map(&mut find);
            Some(Rule { at: at.flatten(), text: cell::name(&rule.text), is: rule.is }).filter(|_| at != Some(None))
        });
        let skip = skip.collect::<Vec<_>>();
        let mut one = |column: &Option<Column>| column.as_ref().and_then(&mut find);
        let layout = Self {
            date: one(&columns.date).unwrap_or_default(),
            value_date: one(&columns.value_date),
            amount: one(&columns.amount),
            debit: one(&columns.debit),
            credit: one(&columns.credit),
            flag: one(&columns.flag),
            fee: one(&columns.fee),
            payee: one(&columns.payee),
            category: one(&columns.category),
            currency: one(&columns.currency),
            balance: one(&columns.balance),
            bank_id: one(&columns.bank_id),
            account: one(&columns.account),
            description: columns.description.iter().filter_map(&mut find).collect(),
            skip: skip.into_iter().flatten().collect(),
            width: header.map(Record::len),
        };
        if missing.is_empty() { Ok(layout) } else { Err(missing) }
    }

    /// Whether a rule skips a record. Each cell is prepared once, however many rules there are.
    pub(super) fn skips(&self, record: &Record) -> bool {
        if self.skip.is_empty() {
            return false;
        }
        let mut names: Vec<Option<String>> = vec![None; record.len()];
        self.skip.iter().any(|rule| {
            let fits = |(at, name): (usize, &mut Option<String>)| {
                rule.fits(name.get_or_insert_with(|| cell::name(record.cell(at))))
            };
            match rule.at {
                Some(at) => match names.get_mut(at) {
                    Some(name) => fits((at, name)),
                    None => rule.fits(""),
                },
                None => names.iter_mut().enumerate().any(fits),
            }
        })
    }

    /// Whether a column is read.
    pub(super) fn has(&self, at: usize) -> bool {
        let one = [self.value_date, self.amount, self.debit, self.credit, self.flag, self.fee, self.payee];
        let more = [self.category, self.currency, self.balance, self.bank_id, self.account];
        at == self.date
            || self.description.contains(&at)
            || one.into_iter().chain(more).flatten().any(|other| other == at)
    }

    /// Whether a record is the header again, as at the top of each page.
    pub(super) fn is_header(&self, profile: &Profile, record: &Record) -> bool {
        profile.rows.header
            && match &profile.columns.date {
                Some(Column::Named(name)) => cell::name(record.cell(self.date)) == cell::name(name),
                _ => false,
            }
    }
}
