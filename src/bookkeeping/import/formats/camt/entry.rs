//! One entry (`Ntry`) of a statement, and the payments that it consists of (`TxDtls`). Pure.

use std::collections::BTreeSet;

use super::super::{
    answers::Mark,
    day, number,
    out::Out,
    record::{Place, Transaction},
    text,
};
use crate::money::Decimal;

/// An amount of ISO 20022: with a point, without groups.
pub(super) fn money(text: &str) -> Option<Decimal> {
    let text = text.trim();
    number::with_mark(text, Mark::Point)
        .filter(|_| text.bytes().all(|byte| byte.is_ascii_digit() || b".-+".contains(&byte)))
}

/// An entry whose elements are being read.
#[derive(Debug)]
pub(super) struct Entry {
    place: Place,
    amount: String,
    currency: Option<String>,
    direction: String,
    is_reversal: bool,
    status: String,
    booked: String,
    value: String,
    reference: Option<String>,
    info: Option<String>,
    payments: Vec<Payment>,
}

/// One payment of an entry.
#[derive(Debug, Default)]
struct Payment {
    amount: Option<Decimal>,
    /// `TxAmt`, the amount of the transaction, comes before `Amt` in old versions and instead of it.
    other_amount: Option<Decimal>,
    currency: Option<String>,
    other_currency: Option<String>,
    direction: String,
    reference: Option<String>,
    debtor: Option<String>,
    creditor: Option<String>,
    last_debtor: Option<String>,
    last_creditor: Option<String>,
    purpose: String,
    info: Option<String>,
}

impl Entry {
    pub(super) fn new(place: Place) -> Self {
        Self {
            place,
            amount: String::new(),
            currency: None,
            direction: String::new(),
            is_reversal: false,
            status: String::new(),
            booked: String::new(),
            value: String::new(),
            reference: None,
            info: None,
            payments: Vec::new(),
        }
    }

    /// An element of the entry begins.
    pub(super) fn open(&mut self, path: &str) {
        if matches!(path, "Ntry/NtryDtls/TxDtls" | "Ntry/TxDtls") {
            self.payments.push(Payment::default());
        }
    }

    /// An element of the entry ends.
    pub(super) fn take(&mut self, path: &str, content: &str, currency: Option<String>) {
        let trimmed = || content.trim().to_owned();
        match path {
            "Amt" => (self.amount, self.currency) = (trimmed(), currency),
            "CdtDbtInd" => self.direction = trimmed(),
            "RvslInd" => self.is_reversal = matches!(content.trim(), "true" | "1"),
            "Sts" | "Sts/Cd" | "Sts/Prtry" if !content.trim().is_empty() => self.status = trimmed(),
            "BookgDt/Dt" | "BookgDt/DtTm" => self.booked = trimmed(),
            "ValDt/Dt" | "ValDt/DtTm" => self.value = trimmed(),
            "AcctSvcrRef" => self.reference = text::id(content),
            "AddtlNtryInf" => self.info = text::line(content),
            _ => {
                let within = path.strip_prefix("NtryDtls/TxDtls/").or_else(|| path.strip_prefix("TxDtls/"));
                if let (Some(within), Some(payment)) = (within, self.payments.last_mut()) {
                    payment.take(within, content, currency);
                }
            }
        }
    }

    /// The entry is complete.
    pub(super) fn finish(self, account_currency: Option<&str>, out: &mut Out) {
        let place = self.place;
        if !matches!(self.status.as_str(), "" | "BOOK") {
            let status = text::quoted(&self.status);
            out.skip(
                place,
                format!("The entry of {} is not booked yet (its status is {status}), and is skipped.", self.amount),
            );
            return;
        }
        let Some(amount) = money(&self.amount) else {
            return out.bad_entry(place, format!("{} is not an amount.", text::quoted(&self.amount)));
        };
        let is_debit = match self.direction.as_str() {
            "DBIT" => true,
            "CRDT" => false,
            other => return out.bad_entry(place, format!("{} is neither DBIT nor CRDT.", text::quoted(other))),
        };
        let value_date = day::iso(&self.value);
        let Some(date) = day::iso(&self.booked).or(value_date) else {
            return out.bad_entry(place, "The entry has neither a booking date nor a value date.");
        };
        let amount = number::signed(&amount, is_debit != amount.is_below_zero());
        let whole = Transaction {
            value_date,
            currency: self.currency.clone().or_else(|| account_currency.map(str::to_owned)),
            is_reversal: self.is_reversal,
            bank_id: self.reference.clone(),
            ..Transaction::new(place, date, amount)
        };
        match self.payments.as_slice() {
            [] => out.transaction(Transaction { description: self.info, ..whole }),
            [payment] => out.transaction(payment.describe(whole, self.info.as_deref(), is_debit)),
            payments => {
                let Some(amounts) = parts(payments, &whole, is_debit) else { return self.finish_whole(whole, out) };
                for ((payment, amount), bank_id) in
                    payments.iter().zip(amounts).zip(ids(payments, self.reference.as_deref()))
                {
                    let part =
                        payment.describe(Transaction { amount, ..whole.clone() }, self.info.as_deref(), is_debit);
                    out.transaction(Transaction { bank_id, ..part });
                }
            }
        }
    }

    /// Reads an entry of several payments as one transaction, since it is not known how the amount is divided.
    fn finish_whole(self, whole: Transaction, out: &mut Out) {
        let count = self.payments.len();
        let message = format!(
            "The entry consists of {count} payments whose amounts are not given or do not add up to it. It is read as one transaction."
        );
        out.remark(self.place, message);
        let purposes: Vec<_> = self.payments.iter().filter_map(|payment| text::line(&payment.purpose)).collect();
        let description = self.info.or_else(|| text::line(&purposes.join("; ")));
        out.transaction(Transaction { description, ..whole });
    }
}

impl Payment {
    fn take(&mut self, path: &str, content: &str, currency: Option<String>) {
        match path {
            "Amt" => (self.amount, self.currency) = (money(content), currency),
            "AmtDtls/TxAmt/Amt" => (self.other_amount, self.other_currency) = (money(content), currency),
            "CdtDbtInd" => content.trim().clone_into(&mut self.direction),
            "Refs/AcctSvcrRef" => self.reference = text::id(content),
            "RltdPties/Dbtr/Nm" | "RltdPties/Dbtr/Pty/Nm" => self.debtor = text::line(content),
            "RltdPties/Cdtr/Nm" | "RltdPties/Cdtr/Pty/Nm" => self.creditor = text::line(content),
            "RltdPties/UltmtDbtr/Nm" | "RltdPties/UltmtDbtr/Pty/Nm" => self.last_debtor = text::line(content),
            "RltdPties/UltmtCdtr/Nm" | "RltdPties/UltmtCdtr/Pty/Nm" => self.last_creditor = text::line(content),
            "RmtInf/Ustrd"
            | "RmtInf/Strd/CdtrRefInf/Ref"
            | "RmtInf/Strd/CdtrRefInf/CdtrRef"
            | "RmtInf/Strd/AddtlRmtInf" => {
                self.purpose.push(' ');
                self.purpose.push_str(content);
            }
            "AddtlTxInf" => self.info = text::line(content),
            _ => {}
        }
    }

    /// Adds what the payment says to a transaction.
    fn describe(&self, transaction: Transaction, info: Option<&str>, is_debit: bool) -> Transaction {
        let (last, direct) =
            if is_debit { (&self.last_creditor, &self.creditor) } else { (&self.last_debtor, &self.debtor) };
        let (debtor, creditor) = (&self.debtor, &self.creditor);
        // A refund names the parties of the payment that it takes back: the other one is the payee.
        let other = if transaction.is_reversal { if is_debit { debtor } else { creditor } } else { &None };
        let payee = other.as_ref().or(last.as_ref()).or(direct.as_ref()).cloned();
        let own = || text::line(&self.purpose).or_else(|| self.info.clone());
        let description = own().or_else(|| info.map(str::to_owned));
        let bank_id = transaction.bank_id.clone().or_else(|| self.reference.clone());
        Transaction { description, payee, bank_id, ..transaction }
    }
}

/// The amounts of the payments, when they are all given and add up to the amount of the entry.
fn parts(payments: &[Payment], whole: &Transaction, is_debit: bool) -> Option<Vec<Decimal>> {
    let mut sum: i128 = 0;
    let mut amounts = Vec::with_capacity(payments.len());
    for payment in payments {
        let own = payment.amount.as_ref().map(|amount| (amount, &payment.currency));
        let other = payment.other_amount.as_ref().map(|amount| (amount, &payment.other_currency));
        let is_same = |currency: &Option<String>| currency.is_none() || *currency == whole.currency;
        let (amount, _) = own.into_iter().chain(other).find(|(_, currency)| is_same(currency))?;
        let is_debit = match payment.direction.as_str() {
            "DBIT" => true,
            "CRDT" => false,
            _ => is_debit,
        };
        let amount = number::signed(amount, is_debit != amount.is_below_zero());
        sum = sum.checked_add(amount.scaled_wide(number::SCALE)?)?;
        amounts.push(amount);
    }
    (Some(sum) == whole.amount.scaled_wide(number::SCALE)).then_some(amounts)
}

/// The ids of the payments of one entry: their own, or else that of the entry with their number.
fn ids(payments: &[Payment], reference: Option<&str>) -> Vec<Option<String>> {
    let own: BTreeSet<_> = payments.iter().filter_map(|payment| payment.reference.as_deref()).collect();
    let numbered = |(at, payment): (usize, &Payment)| {
        let base = reference.or(payment.reference.as_deref())?;
        Some(format!("{base}/{}", at + 1))
    };
    if own.len() == payments.len() {
        return payments.iter().map(|payment| payment.reference.clone()).collect();
    }
    payments.iter().enumerate().map(numbered).collect()
}
