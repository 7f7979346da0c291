//! Makes the profile of all that was found, and of what the user says.

mod credits;
mod flags;
mod signs;

use std::{
    collections::BTreeSet,
    io::{self, Read, Seek},
};

use super::{
    super::profile::{BalanceKind, Column, Columns, DateOrder, Order, Profile, Rows, Sign, VERSION},
    columns::Picker,
    evidence::{
        Amounts, Body,
        chain::{Chain, Way},
        dates::{Context, Dates},
    },
    finding::{Answer, Confidence, Notes, Offer},
    hints::Hints,
    wording,
};

/// All that a decision needs.
#[derive(Debug)]
pub(super) struct Decision<'a> {
    pub(super) body: Body<'a>,
    pub(super) picker: &'a Picker<'a>,
    pub(super) header: Option<usize>,
    pub(super) hints: &'a Hints,
}

/// How amounts become money in and out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    /// By their sign.
    Signed,
    /// By their sign, which is turned, as flags beside them tell.
    Turned,
    /// By a flag.
    Flag,
    /// By columns for debit and credit.
    Split,
}

impl Decision<'_> {
    /// The profile, the profile with the first answer to each question, and columns that can be used.
    pub(super) fn make<R: Read + Seek>(
        &self,
        file: &mut R,
        notes: &mut Notes,
    ) -> io::Result<(Profile, Profile, Vec<Offer>)> {
        let (hints, picked) = (self.hints, self.body.picked);
        let (mut dates, decimals) = self.body.notations(file)?;
        for record in self.picker.outside(self.header) {
            record.cells().for_each(|cell| dates.add_outside(cell));
        }
        let decimal = hints.decimal.or_else(|| decimals.decide(notes));
        let assumed_decimal = decimal.unwrap_or_else(|| decimals.tentative());
        let amounts = self.body.amounts(file, Some(assumed_decimal), false)?;
        let assumed_sorted = hints.order.or_else(|| dates.sorted(dates.tentative()).map(|(order, _)| order));
        let (credit_sign, mut amounts) = self.credits(file, amounts, assumed_decimal, assumed_sorted, notes)?;
        self.picker.names().iter().for_each(|name| amounts.signs.add_heading(name));
        for record in self.picker.before(self.header) {
            record.cells().for_each(|cell| amounts.signs.add_heading(cell));
        }
        let form = self.form(&amounts, notes);
        let fee = self.fee(&amounts, notes);
        let chain = match form {
            Form::Signed | Form::Split if fee.is_some() => &amounts.with_fees,
            Form::Signed | Form::Turned => &amounts.plain,
            Form::Flag | Form::Split => &amounts.chain,
        };
        let order = self.dates(&dates, chain, notes);
        let assumed_order = order.or_else(|| dates.tentative());
        let sorted = hints.order.or_else(|| dates.sorted(assumed_order).map(|(order, _)| order));
        let way = chain.way(sorted);
        let sign = self.sign(form, &amounts, way, notes);
        let order_of_lines = self.order(&dates, assumed_order, way, notes);
        let balance = self.balance(chain, way, sign, notes);
        let columns = self.columns(form, fee);
        let (flag_out, flag_in) = self.flags(form, &amounts, notes);
        let likely_flag = self.ask_for_flag(form, &amounts, notes);
        let profile = Profile {
            version: VERSION,
            encoding: self.body.encoding.name().to_owned(),
            separator: self.body.sheet.separator,
            quote: self.body.sheet.quote,
            rows: self.rows(&amounts.statuses, notes),
            columns,
            dates: order,
            decimal,
            sign,
            credit_sign,
            flag_out,
            flag_in,
            balance,
            order: order_of_lines,
            currency: self.currency(notes),
            account: self.account(&amounts, notes),
            sheet: hints.sheet.clone(),
        };
        notes.questions.retain(|question| !self.is_said(question.field));
        let mut assumed = Profile {
            dates: order.or(assumed_order),
            decimal: Some(assumed_decimal),
            sign: sign.or_else(|| (form == Form::Signed).then_some(Sign::NegativeOut)),
            credit_sign: credit_sign.or_else(|| (amounts.credits[1] > 0).then_some(Sign::PositiveOut)),
            ..profile.clone()
        };
        self.assume_flags(likely_flag, &mut assumed);
        Ok((profile, assumed, self.offers(picked.bank_id)))
    }

    /// Whether the user has answered a question already.
    fn is_said(&self, field: &str) -> bool {
        let hints = self.hints;
        match field {
            "dates" => hints.dates.is_some(),
            "decimal" => hints.decimal.is_some(),
            "sign" => hints.sign.is_some(),
            "creditSign" => hints.credit_sign.is_some(),
            "account" => hints.account.is_some(),
            "order" => hints.order.is_some(),
            "flagOut" => !hints.flag_out.is_empty(),
            "flagIn" => !hints.flag_in.is_empty(),
            "columns.flag" => hints.columns.flag.is_some(),
            "columns.fee" => hints.columns.fee.is_some(),
            "columns.debit" => hints.columns.debit.is_some(),
            "columns.credit" => hints.columns.credit.is_some(),
            _ => false,
        }
    }

    fn dates(&self, dates: &Dates, chain: &Chain, notes: &mut Notes) -> Option<DateOrder> {
        if self.hints.dates.is_some() || self.body.picked.date.is_none() {
            return self.hints.dates;
        }
        let natural = chain.way(None).filter(|way| way.kind == BalanceKind::After && chain.is_whole());
        let context = Context {
            is_day_first_language: self.body.picked.is_day_first_language,
            order: self.hints.order.or(natural.map(|way| way.order)),
        };
        dates.decide(context, notes)
    }

    fn order(&self, dates: &Dates, order: Option<DateOrder>, way: Option<Way>, notes: &mut Notes) -> Option<Order> {
        if self.hints.order.is_some() {
            return self.hints.order;
        }
        let sorted = dates.sorted(order);
        let (found, confidence, reason) = match (way, sorted) {
            (Some(way), _) => (way.order, Confidence::Certain, "The running balances say so."),
            (None, Some((order, true))) => (order, Confidence::Certain, "The dates say so."),
            (None, Some((order, false))) => (order, Confidence::Likely, "Most dates say so; the file is not sorted."),
            (None, None) => {
                let reason =
                    if dates.is_one_day(order) { "All lines are of one day." } else { "The file is not sorted." };
                notes.found("order", "none", Confidence::Unsure, reason);
                return None;
            }
        };
        let name = if found == Order::OldestFirst { "OLDEST_FIRST" } else { "NEWEST_FIRST" };
        notes.found("order", name, confidence, reason);
        Some(found)
    }

    fn balance(&self, chain: &Chain, way: Option<Way>, sign: Option<Sign>, notes: &mut Notes) -> Option<BalanceKind> {
        self.body.picked.balance?;
        if self.hints.balance.is_some() {
            return self.hints.balance;
        }
        let named = if self.body.picked.is_before { BalanceKind::Before } else { BalanceKind::After };
        let name = |kind| if kind == BalanceKind::After { "AFTER" } else { "BEFORE" };
        let is_alone = self.body.picked.amount.is_some() && self.body.picked.flag.is_none() && chain.is_strong();
        let is_debt = |way: Way| {
            if self.body.picked.amount.is_some() {
                is_alone && sign.is_some_and(|sign| sign != way.sign)
            } else {
                self.hints.columns.debit.is_some() && way.sign == Sign::PositiveOut
            }
        };
        if way.is_some_and(is_debt) {
            notes.found("balance", "none", Confidence::Likely, "It is what is owed, and not checked.");
            return None;
        }
        if let Some(way) = way {
            let reason = format!("{} of {} balances follow from the amounts.", chain.best(), chain.total);
            let confidence = if chain.is_whole() { Confidence::Certain } else { Confidence::Likely };
            notes.found("balance", name(way.kind), confidence, reason);
            return Some(way.kind);
        }
        if chain.total >= 5 && chain.best() == 0 {
            notes.found(
                "balance",
                "none",
                Confidence::Likely,
                "No balance follows from the one beside it, so they are not checked.",
            );
            return None;
        }
        notes.found("balance", name(named), Confidence::Likely, "This is the rule.");
        Some(named)
    }

    fn columns(&self, form: Form, fee: Option<usize>) -> Columns {
        let (picked, hints) = (self.body.picked, &self.hints.columns);
        let name = |at: usize| self.picker.column(at);
        let one = |at: Option<usize>| at.map(name);
        Columns {
            date: one(picked.date),
            value_date: one(picked.value_date),
            amount: one(picked.amount),
            debit: one(picked.debit),
            credit: one(picked.credit),
            flag: one(picked.flag).filter(|_| form == Form::Flag),
            fee: one(fee),
            description: picked.description.iter().copied().map(name).collect(),
            payee: one(picked.payee),
            category: one(picked.category),
            currency: one(picked.currency),
            balance: one(picked.balance),
            bank_id: hints.bank_id.clone().filter(|column| *column != Column::Named(String::new())),
            account: one(picked.account),
        }
    }

    fn rows(&self, statuses: &BTreeSet<String>, notes: &mut Notes) -> Rows {
        let hints = self.hints;
        let mut skip = hints.skip.clone();
        if let Some(at) = self.body.picked.status {
            let column = self.picker.column(at);
            notes.found(
                "rows.skip",
                &column,
                Confidence::Likely,
                "Transactions that did not happen are skipped by their status.",
            );
            let rules = wording::not_booked(&column, statuses.iter());
            skip.extend(rules.into_iter().filter(|rule| !hints.skip.contains(rule)));
            if self.picker.names().get(at).is_some_and(|name| wording::is_status(name, statuses)) {
                wording::ask_status(&column, statuses, &hints.skip, notes);
            }
        }
        Rows {
            header: self.header.is_some(),
            skip_leading: hints.skip_leading.unwrap_or_default(),
            skip_trailing: hints.skip_trailing.unwrap_or_default(),
            skip,
            balances_are_transactions: hints.balances_are_transactions,
            no_continuation: hints.no_continuation.unwrap_or_default(),
        }
    }

    fn currency(&self, notes: &mut Notes) -> Option<String> {
        if self.hints.currency.is_some() {
            return self.hints.currency.clone();
        }
        let picked = self.body.picked;
        if picked.currency.is_some() {
            return None;
        }
        let columns = [picked.amount, picked.debit, picked.credit, picked.balance].into_iter().flatten();
        let mut named = columns.filter_map(|at| wording::currency_of_name(self.picker.names().get(at)?));
        let before = || wording::currency_before(self.body.sheet.records.iter().take(self.header.unwrap_or_default()));
        let found = named.next().or_else(before)?;
        notes.found("currency", found, Confidence::Likely, "The header or a line before it says so.");
        Some(found.to_string())
    }

    fn account(&self, amounts: &Amounts, notes: &mut Notes) -> Option<String> {
        if let (None, Some(at), Some(accounts)) =
            (&self.hints.account, self.body.picked.account, amounts.several_accounts())
        {
            let column = self.picker.column(at);
            notes.found("columns.account", &column, Confidence::Likely, "The file has several accounts.");
            let answers = accounts.iter().map(|account| Answer::new(account, "")).collect();
            let message = format!(
                "The file has several accounts. Which of them is read? If {column} names accounts of others, say that \
                 `columns.account` is empty."
            );
            notes.ask("account", message, answers);
        }
        self.hints.account.clone()
    }

    fn offers(&self, bank_id: Option<usize>) -> Vec<Offer> {
        let offer = |at| Offer { field: "columns.bankId", column: self.picker.column(at) };
        bank_id.filter(|_| self.hints.columns.bank_id.is_none()).map(offer).into_iter().collect()
    }
}
