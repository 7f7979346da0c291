//! Takes the columns that the user names.

use super::{
    super::{
        super::profile::{Column, Columns, notation::cell},
        finding::{Answer, Notes},
        hints::Hints,
    },
    Picked, Picker,
};

impl Picker<'_> {
    /// The columns that the user names.
    pub(super) fn said(&mut self, hints: &Hints, notes: &mut Notes) -> Picked {
        let mut find = |column: &Column, field: &'static str| {
            let found = match column {
                Column::Named(name) if name.is_empty() => return None,
                Column::Named(name) => self.names.iter().position(|other| cell::name(other) == cell::name(name)),
                Column::At(position) => position.checked_sub(1).filter(|at| *at < self.contents.len()),
            };
            if found.is_none() {
                let answers = (0..self.contents.len()).map(|at| Answer::new(self.column(at).to_string(), "")).collect();
                notes.ask(
                    field,
                    format!("The file has no column {}. Which column is meant?", cell::quoted(&column.to_string())),
                    answers,
                );
            }
            found
        };
        let Columns {
            date,
            value_date,
            amount,
            debit,
            credit,
            flag,
            fee,
            description,
            payee,
            category,
            currency,
            balance,
            bank_id,
            account,
        } = &hints.columns;
        let mut one = |column: &Option<Column>, field| column.as_ref().and_then(|column| find(column, field));
        let said = Picked {
            date: one(date, "columns.date"),
            value_date: one(value_date, "columns.valueDate"),
            amount: one(amount, "columns.amount"),
            debit: one(debit, "columns.debit"),
            credit: one(credit, "columns.credit"),
            flag: one(flag, "columns.flag"),
            fee: one(fee, "columns.fee"),
            payee: one(payee, "columns.payee"),
            category: one(category, "columns.category"),
            currency: one(currency, "columns.currency"),
            balance: one(balance, "columns.balance"),
            bank_id: one(bank_id, "columns.bankId"),
            account: one(account, "columns.account"),
            description: description.iter().filter_map(|column| find(column, "columns.description")).collect(),
            ..Picked::default()
        };
        let all = [
            said.date,
            said.value_date,
            said.amount,
            said.debit,
            said.credit,
            said.flag,
            said.fee,
            said.payee,
            said.category,
        ];
        let more = [said.currency, said.balance, said.bank_id, said.account];
        self.used.extend(all.into_iter().chain(more).flatten().chain(said.description.iter().copied()));
        said
    }

    /// Columns of which the user says that the file has none.
    pub(super) fn drop_denied(picked: &mut Picked, hints: &Hints) {
        let is_denied = |column: &Option<Column>| *column == Some(Column::Named(String::new()));
        let columns = &hints.columns;
        for (denied, field) in [
            (&columns.value_date, &mut picked.value_date),
            (&columns.amount, &mut picked.amount),
            (&columns.debit, &mut picked.debit),
            (&columns.credit, &mut picked.credit),
            (&columns.flag, &mut picked.flag),
            (&columns.payee, &mut picked.payee),
            (&columns.category, &mut picked.category),
            (&columns.currency, &mut picked.currency),
            (&columns.balance, &mut picked.balance),
            (&columns.account, &mut picked.account),
        ] {
            if is_denied(denied) {
                *field = None;
            }
        }
        if columns.description.iter().any(|column| *column == Column::Named(String::new())) {
            picked.description.clear();
        }
    }
}
