//! Reads a whole file for what its columns say together, in constant memory.

pub(super) mod chain;
pub(super) mod dates;
pub(super) mod decimals;
pub(super) mod signs;

use std::{
    collections::BTreeSet,
    io::{self, Read, Seek, SeekFrom},
};

use encoding_rs::Encoding;
use rust_decimal::Decimal;

use self::{chain::Chain, dates::Dates, decimals::Decimals, signs::Signs};
use super::{
    super::profile::{
        DecimalSign,
        notation::{cell, date, flag, number, statement_word},
        record::{Record, Records},
    },
    columns::Picked,
    dialect::Sheet,
    wording,
};

/// How many accounts are counted.
const MOST_ACCOUNTS: usize = 20;

/// Where the transactions of a file are.
#[derive(Clone, Copy, Debug)]
pub(super) struct Body<'a> {
    pub(super) encoding: &'static Encoding,
    pub(super) sheet: &'a Sheet,
    /// How many records are before the first one.
    pub(super) begin: usize,
    pub(super) picked: &'a Picked,
    /// The account that is read, where the user names one.
    pub(super) account: Option<&'a str>,
}

impl Body<'_> {
    /// Calls `each` with the records that have a date and are not named as balances, and whether they are booked.
    fn each<R: Read + Seek>(&self, file: &mut R, mut each: impl FnMut(&Record, bool)) -> io::Result<()> {
        let Some(date) = self.picked.date else { return Ok(()) };
        file.seek(SeekFrom::Start(0))?;
        let mut records = Records::new(&mut *file, self.encoding, self.sheet.separator, self.sheet.quote);
        let (mut record, mut count) = (Record::default(), 0);
        while records.read(&mut record)? {
            count += 1;
            let is_booked = self.picked.status.is_none_or(|at| !wording::is_not_booked(record.cell(at)));
            let is_data = count > self.begin && date::date(record.cell(date)).is_some();
            let is_data = is_data && self.is_of_account(&record);
            if is_data && record.fault.is_none() && !record.cells().any(|cell| statement_word::find(cell).is_some()) {
                each(&record, is_booked);
            }
        }
        Ok(())
    }

    fn is_of_account(&self, record: &Record) -> bool {
        let named = self.account.zip(self.picked.account);
        named.is_none_or(|(account, at)| cell::name(record.cell(at)) == cell::name(account))
    }

    /// Reads the notations of dates and amounts.
    pub(super) fn notations<R: Read + Seek>(&self, file: &mut R) -> io::Result<(Dates, Decimals)> {
        let (mut dates, mut decimals) = (Dates::default(), Decimals::default());
        let picked = self.picked;
        self.each(file, |record, is_booked| {
            if !is_booked {
                return;
            }
            dates.add(record.cell(picked.date.unwrap_or_default()), picked.value_date.map(|at| record.cell(at)));
            let numbers = [picked.amount, picked.debit, picked.credit, picked.balance, picked.fee];
            numbers.into_iter().flatten().for_each(|at| decimals.add(record.cell(at)));
        })?;
        Ok((dates, decimals))
    }

    /// Reads the amounts. `are_credits_turned` reads credits below zero as money in.
    pub(super) fn amounts<R: Read + Seek>(
        &self,
        file: &mut R,
        decimal: Option<DecimalSign>,
        are_credits_turned: bool,
    ) -> io::Result<Amounts> {
        let mut amounts = Amounts { are_credits_turned, ..Amounts::default() };
        self.each(file, |record, is_booked| {
            amounts.add_status(self.picked, record);
            if is_booked {
                amounts.add(self.picked, record, decimal);
            }
        })?;
        Ok(amounts)
    }
}

/// What the amounts of a file say.
#[derive(Clone, Debug, Default)]
pub(super) struct Amounts {
    pub(super) signs: Signs,
    /// The balances with the amounts as they are written, or as the flags and columns say.
    pub(super) chain: Chain,
    /// The balances with the amounts as they are written, although there are flags.
    pub(super) plain: Chain,
    /// The balances with the amounts less the fees beside them.
    pub(super) with_fees: Chain,
    /// Flags that agree with the sign of their amount, and flags of amounts above zero that say money out.
    pub(super) agreeing: usize,
    pub(super) telling: usize,
    /// Flags that contradict the sign of their amount.
    pub(super) contradicting: usize,
    /// Flags of amounts above zero that say money in.
    pub(super) crediting: usize,
    /// Debits above and below zero.
    pub(super) debits: [usize; 2],
    /// Credits above and below zero.
    pub(super) credits: [usize; 2],
    /// Whether credits below zero are read as money in.
    pub(super) are_credits_turned: bool,
    /// The first different texts of the account column, and how many of the records have one.
    accounts: Vec<String>,
    with_account: usize,
    records: usize,
    /// The number of amounts that are not zero.
    pub(super) count: usize,
    /// The first different texts of the status.
    pub(super) statuses: BTreeSet<String>,
}

impl Amounts {
    fn add_status(&mut self, picked: &Picked, record: &Record) {
        const MOST: usize = 30;
        let text = picked.status.map_or("", |at| cell::bare(record.cell(at)));
        if !text.is_empty() && self.statuses.len() < MOST && !self.statuses.contains(text) {
            self.statuses.insert(text.to_owned());
        }
    }

    /// The accounts of the user in the file, if there are several. Accounts of others are more, or are missing in some lines.
    pub(super) fn several_accounts(&self) -> Option<&[String]> {
        let count = self.accounts.len();
        let are_few = (2..=8).contains(&count) || (2..MOST_ACCOUNTS).contains(&count) && count * 2 <= self.records;
        (are_few && self.with_account == self.records).then_some(&self.accounts)
    }

    fn add(&mut self, picked: &Picked, record: &Record, decimal: Option<DecimalSign>) {
        let read = |at: Option<usize>| at.and_then(|at| number::number(record.cell(at)));
        let value =
            |number: &number::Number| number.value(decimal).or(number.point).or(number.comma).unwrap_or_default();
        if let Some(at) = picked.account {
            self.add_account(record.cell(at));
        }
        let balance = read(picked.balance).map(|number| value(&number));
        let fee = read(picked.open_fee).map(|number| value(&number).abs()).unwrap_or_default();
        if let Some(number) = read(picked.amount) {
            let plain = value(&number);
            let mut amount = plain;
            if let Some(is_out) = picked.flag.and_then(|at| flag::known(cell::bare(record.cell(at)))) {
                self.compare(plain, is_out);
                amount = if is_out { -plain } else { plain };
            }
            let texts = picked.description.iter().copied().chain(picked.payee);
            self.signs.add(&number, plain, texts.map(|at| record.cell(at)));
            self.count += usize::from(!plain.is_zero());
            if !amount.is_zero() {
                self.chain.add(amount, balance);
                self.plain.add(plain, balance);
            }
            self.with_fees.add(plain.checked_sub(fee).unwrap_or_default(), balance);
            return;
        }
        let debit = read(picked.debit).map(|number| value(&number)).unwrap_or_default();
        let credit = read(picked.credit).map(|number| value(&number)).unwrap_or_default();
        if !debit.is_zero() {
            self.debits[usize::from(debit.is_sign_negative())] += 1;
        }
        if !credit.is_zero() {
            self.credits[usize::from(credit.is_sign_negative())] += 1;
        }
        let credit = if self.are_credits_turned { -credit } else { credit };
        let amount = credit.checked_sub(debit.abs()).unwrap_or_default();
        // A debit below zero among others above zero is one that was taken back.
        let plain = credit.checked_sub(debit).unwrap_or_default();
        if !amount.is_zero() {
            self.count += 1;
            self.chain.add(amount, balance);
            self.plain.add(plain, balance);
        }
        if !amount.is_zero() || !fee.is_zero() {
            self.with_fees.add(amount.checked_sub(fee).unwrap_or_default(), balance);
        }
    }

    fn add_account(&mut self, text: &str) {
        self.records += 1;
        let text = cell::tidy(cell::bare(text));
        if !text.contains(char::is_alphanumeric) {
            return;
        }
        self.with_account += 1;
        if self.accounts.len() == MOST_ACCOUNTS || self.accounts.iter().any(|other| *other == text) {
            return;
        }
        if !self.accounts.iter().any(|other| cell::name(other) == cell::name(&text)) {
            self.accounts.push(text.into_owned());
        }
    }

    fn compare(&mut self, amount: Decimal, is_out: bool) {
        match (amount.is_sign_negative(), is_out) {
            (true, true) => self.agreeing += 1,
            (false, true) => self.telling += 1,
            (true, false) => self.contradicting += 1,
            (false, false) => self.crediting += 1,
        }
    }
}
