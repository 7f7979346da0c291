//! Finds out which column is what, by the names of the header and by what is in the columns.

mod accounts;
mod amounts;
mod by_user;
mod conclude;
mod currency;
mod flags;
mod rivals;
mod sides;

use std::collections::HashSet;

use super::{
    super::profile::{
        Column,
        notation::{cell, date, statement_word},
        record::Record,
    },
    content::Content,
    dialect::{Sheet, is_transaction},
    finding::Notes,
    header::{self, Meaning},
    hints::Hints,
    vocabulary::Role,
    wording,
};

/// A column that was found: its position from 0.
#[derive(Clone, Debug, Default)]
pub(super) struct Picked {
    pub(super) date: Option<usize>,
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
    pub(super) status: Option<usize>,
    /// A column with fees, of which it is open whether they are taken besides the amount.
    pub(super) open_fee: Option<usize>,
    /// A side that only its numbers tell, and whether running balances prove it.
    pub(super) derived: Option<(usize, bool)>,
    /// Whether the amount is the one before fees.
    pub(super) is_gross: bool,
    /// Whether the header says that the balance is the one before the transaction.
    pub(super) is_before: bool,
    /// Whether the header is in a language in which the day is first.
    pub(super) is_day_first_language: bool,
}

/// The columns of a sheet.
#[derive(Debug)]
pub(super) struct Picker<'a> {
    sheet: &'a Sheet,
    /// The records that are transactions.
    data: Vec<&'a Record>,
    names: Vec<String>,
    meanings: Vec<Vec<Meaning>>,
    contents: Vec<Content>,
    used: HashSet<usize>,
}

impl<'a> Picker<'a> {
    /// Looks at the records after the header.
    pub(super) fn new(sheet: &'a Sheet, header: Option<usize>, hints: &Hints) -> Self {
        let begin = header.map_or(hints.skip_leading.unwrap_or_default(), |at| at + 1);
        let body = sheet.records.get(begin..).unwrap_or_default();
        let is_named = |record: &Record| record.cells().any(|cell| statement_word::find(cell).is_some());
        let mut data: Vec<_> = body.iter().filter(|record| is_transaction(record) && !is_named(record)).collect();
        if data.is_empty() {
            data = body.iter().filter(|record| is_transaction(record)).collect();
        }
        let names: Vec<String> = header
            .and_then(|at| sheet.records.get(at))
            .map(|record| record.cells().map(|text| cell::tidy(cell::bare(text)).into_owned()).collect())
            .unwrap_or_default();
        let width = data.iter().map(|record| record.len()).chain([names.len()]).max().unwrap_or_default();
        let contents = (0..width).map(|at| Content::of(data.iter().copied(), at)).collect();
        let meanings =
            (0..width).map(|at| names.get(at).map(|name| header::meanings(name)).unwrap_or_default()).collect();
        Self { sheet, data, names, meanings, contents, used: HashSet::new() }
    }

    fn content(&self, at: usize) -> &Content {
        static EMPTY: std::sync::LazyLock<Content> = std::sync::LazyLock::new(Content::default);
        self.contents.get(at).unwrap_or(&EMPTY)
    }

    fn free(&self) -> impl Iterator<Item = usize> {
        (0..self.contents.len()).filter(|at| !self.used.contains(at))
    }

    fn has_role(&self, at: usize, role: Role) -> Option<usize> {
        self.meanings.get(at)?.iter().find(|meaning| meaning.role == role).map(|meaning| meaning.score)
    }

    fn is_unnamed(&self, at: usize) -> bool {
        self.meanings.get(at).is_none_or(Vec::is_empty)
    }

    /// How the profile calls a column.
    pub(super) fn column(&self, at: usize) -> Column {
        // A name such as `#5` would be taken for a position.
        let is_name =
            |name: &&String| !name.is_empty() && Column::from(name.as_str()) == Column::Named((*name).clone());
        let name = self.names.get(at).filter(is_name);
        let count = |name: &String| self.names.iter().filter(|other| cell::name(other) == cell::name(name)).count();
        name.filter(|name| count(name) == 1).map_or(Column::At(at + 1), |name| Column::Named(name.clone()))
    }

    /// The free columns whose name means this, the best first.
    fn by_role(&self, role: Role, fits: impl Fn(&Content) -> bool) -> Vec<usize> {
        let mut found: Vec<_> = self.free().filter_map(|at| Some((self.has_role(at, role)?, at))).collect();
        found.retain(|(_, at)| fits(self.content(*at)));
        found.sort_by_key(|(score, at)| (std::cmp::Reverse(*score), *at));
        found.into_iter().map(|(_, at)| at).collect()
    }

    fn take(&mut self, at: Option<usize>) -> Option<usize> {
        self.used.extend(at);
        at
    }

    /// Finds all columns.
    pub(super) fn pick(&mut self, hints: &Hints, notes: &mut Notes) -> Picked {
        let mut picked = Picked { is_day_first_language: self.is_day_first_language(), ..Picked::default() };
        let said = self.said(hints, notes);
        picked.date = said.date.or_else(|| self.pick_date());
        self.take(picked.date);
        if let Some(at) = picked.date {
            self.data.retain(|record| date::date(record.cell(at)).is_some());
            self.contents = (0..self.contents.len()).map(|at| Content::of(self.data.iter().copied(), at)).collect();
        }
        self.pick_value_date(&mut picked, &said);
        self.pick_amounts(&mut picked, &said, hints, notes);
        self.pick_balance(&mut picked, &said);
        let first = |found: Vec<usize>| found.first().copied();
        picked.fee = said.fee;
        let has_amount = picked.amount.or(picked.debit).or(picked.credit).is_some();
        if has_amount && picked.fee.is_none() && hints.columns.fee.is_none() {
            let has_fees = |content: &Content| {
                content.is_number()
                    && content.different.iter().any(|text| text.contains(|c: char| ('1'..='9').contains(&c)))
            };
            let is_net = picked
                .amount
                .is_some_and(|at| self.names.get(at).is_some_and(|name| cell::folded(name).starts_with("net")));
            picked.is_gross = picked.amount.is_some_and(|at| self.has_role(at, Role::Gross).is_some());
            picked.open_fee = first(self.by_role(Role::Fee, has_fees)).filter(|_| !is_net);
        }
        picked.currency = said.currency.or_else(|| self.pick_currency(&picked));
        self.take(picked.currency);
        picked.status = first(self.by_role(Role::Status, Content::is_text)).or_else(|| self.pick_pending());
        self.take(picked.status);
        picked.bank_id = first(self.by_role(Role::BankId, |content| !content.is_empty()));
        picked.account = said.account.or_else(|| self.pick_account().filter(|_| !hints.are_of_profile));
        self.take(picked.account);
        picked.category = said.category.or_else(|| first(self.by_role(Role::Category, |_| true)));
        self.take(picked.category);
        picked.payee = said.payee.or_else(|| {
            let filled = first(self.by_role(Role::Payee, Content::is_text));
            filled.or_else(|| first(self.by_role(Role::Payee, Content::is_empty)))
        });
        self.take(picked.payee);
        picked.description =
            if said.description.is_empty() { self.pick_description(&picked) } else { said.description };
        Self::drop_denied(&mut picked, hints);
        self.ask_for_vanishing(&picked, hints, notes);
        self.conclude(&picked, notes);
        picked
    }

    fn pick_date(&self) -> Option<usize> {
        let most = (0..self.contents.len()).map(|at| self.content(at).dates).max().filter(|most| *most > 0)?;
        // A column with a date in some records only, such as that of a card's use, is not the date of the transaction.
        let is_full = |content: &Content| content.is_date() && content.dates * 10 >= most * 8;
        let named = self.by_role(Role::Date, is_full).first().copied();
        let valued = || self.by_role(Role::ValueDate, is_full).first().copied();
        let any = || self.free().find(|at| is_full(self.content(*at)) && self.is_unnamed(*at));
        named.or_else(any).or_else(valued).or_else(|| self.free().find(|at| is_full(self.content(*at))))
    }

    fn pick_value_date(&mut self, picked: &mut Picked, said: &Picked) {
        picked.value_date = said.value_date.or_else(|| {
            let named = self.by_role(Role::ValueDate, Content::is_date).first().copied();
            named.or_else(|| self.free().find(|at| self.names.is_empty() && self.content(*at).is_date()))
        });
        self.take(picked.value_date);
    }

    /// A column of a few texts, of which one says that a transaction is not booked yet.
    fn pick_pending(&self) -> Option<usize> {
        self.free().find(|at| {
            let texts = &self.content(*at).different;
            self.content(*at).is_text() && texts.len() <= 4 && texts.iter().any(|text| wording::is_pending(text))
        })
    }

    fn pick_description(&self, picked: &Picked) -> Vec<usize> {
        let mut named = self.by_role(Role::Description, |content| content.is_text() || content.codes > 0);
        // The details of an account describe no transaction.
        let is_other = |at: usize| {
            [Role::Account, Role::BankId, Role::Other].iter().any(|role| self.has_role(at, *role).is_some())
        };
        named.retain(|at| !is_other(*at));
        named.sort_unstable();
        if !named.is_empty() {
            return named;
        }
        let empty = self.by_role(Role::Description, Content::is_empty);
        let remarks = self.by_role(Role::Remark, Content::is_text);
        // A reference is what the payer wrote; other remarks say less than the name of the payee.
        let is_reference = |at: &usize| self.names.get(*at).is_some_and(|name| cell::folded(name).contains("referen"));
        let telling = remarks.iter().copied().find(|at| picked.payee.is_none() || is_reference(at));
        if telling.is_some() {
            return telling.into_iter().collect();
        }
        if let (Some(payee), true) = (picked.payee, self.names.iter().any(|name| !name.is_empty())) {
            return if empty.is_empty() { vec![payee] } else { empty };
        }
        // Texts that are the same everywhere, and codes such as account numbers, describe nothing.
        let is_telling = |at: &usize| {
            let content = self.content(*at);
            let is_same = content.different.len() == 1 && content.filled > 1;
            content.is_text()
                && !is_same
                && content.codes * 2 < content.filled
                && !content.is_currency()
                && !content.is_flag()
        };
        let worth = |at: &usize| {
            let content = self.content(*at);
            content.length * content.different.len() / content.filled.max(1)
        };
        let unnamed = self.free().filter(|at| self.is_unnamed(*at) && Some(*at) != picked.bank_id);
        let mut telling: Vec<_> = unnamed.filter(is_telling).collect();
        if telling.is_empty() {
            telling = self
                .free()
                .filter(|at| {
                    self.content(*at).is_text() && !self.content(*at).is_currency() && Some(*at) != picked.bank_id
                })
                .collect();
        }
        let best = telling.into_iter().rev().max_by_key(worth);
        best.into_iter().collect()
    }

    /// The different texts of a column.
    pub(super) fn texts(&self, at: usize) -> &HashSet<String> {
        &self.content(at).different
    }

    fn is_day_first_language(&self) -> bool {
        let (mut english, mut other) = (0, 0);
        for (name, meanings) in self.names.iter().zip(&self.meanings).filter(|(_, meanings)| !meanings.is_empty()) {
            let is_english = name.is_ascii() && meanings.iter().any(|meaning| meaning.is_english);
            if is_english { english += 1 } else { other += 1 }
        }
        other >= 2 || (other == 1 && english <= 1)
    }

    /// The names of the header.
    pub(super) fn names(&self) -> &[String] {
        &self.names
    }

    /// The records before the header.
    pub(super) fn before(&self, header: Option<usize>) -> impl Iterator<Item = &Record> {
        self.sheet.records.iter().take(header.unwrap_or_default())
    }

    /// The records before the first transaction, and those that are no transactions after it.
    pub(super) fn outside(&self, header: Option<usize>) -> impl Iterator<Item = &Record> {
        let end = header.unwrap_or_default();
        let after = self.sheet.records.iter().skip(end + 1).filter(|record| !is_transaction(record));
        self.sheet.records.iter().take(end).chain(after)
    }
}
