//! Parses the lines of a file of ledger entries. Pure.

use chrono::NaiveDate;

use crate::{
    bookkeeping::import::{
        fingerprint::digest,
        options::Format,
        reader::{Column, Need, Record},
        transaction_line::currency,
        value::{self, quoted},
    },
    entity::ledger_entry::EntryType,
    error::{Code, Refusal, Refusals, Result},
    money::{Currency, Decimal},
    text,
};

pub(super) const COLUMNS: [Column; 8] = [
    Column { name: "date", need: Need::Always },
    Column { name: "type", need: Need::Always },
    Column { name: "amount", need: Need::Always },
    Column { name: "customer", need: Need::Always },
    Column { name: "note", need: Need::UnlessSaid },
    Column { name: "currency", need: Need::Never },
    Column { name: "customerId", need: Need::Never },
    Column { name: "id", need: Need::Never },
];

/// The parsed data of a line.
#[derive(Clone, Debug)]
pub(in crate::bookkeeping::import) struct EntryLine {
    pub(super) date: NaiveDate,
    pub(super) kind: EntryType,
    pub(super) amount: Decimal,
    pub(super) currency: Option<Currency>,
    /// The customer's name or id.
    pub(super) customer: String,
    pub(super) customer_id: String,
    pub(super) note: Option<String>,
}

/// Parses a record and computes the hash of its content.
pub(super) fn read(format: &Format, records: &[Record]) -> Result<(EntryLine, [u8; 32]), Refusals> {
    let mut refusals = Refusals::default();
    let invalid = |column: &'static str| move |message: String| Refusal::new(Code::Invalid, column, message);
    let Some(record) = records.first() else { return Err(refusals) };
    let date = format.date.read(record.text("date")).map_err(invalid("date"));
    let date = refusals.check(date.and_then(|date| date.of_document("date")));
    let kind = refusals.check(match record.text("type").to_uppercase().as_str() {
        "CREDIT" => Ok(EntryType::Credit),
        "DEBIT" => Ok(EntryType::Debit),
        kind => Err(invalid("type")(format!("{} is neither CREDIT nor DEBIT.", quoted(kind)))),
    });
    let amount = value::amount(record.text("amount"), format.decimal_comma).map_err(invalid("amount"));
    let amount = refusals.check(amount);
    let currency = refusals.check(currency(record.text("currency")));
    let note = refusals.check(text::note(record.text("note"), 500, "note"));
    let (customer, customer_id) = (record.text("customer").to_owned(), record.text("customerId").to_owned());
    let (Some(date), Some(kind), Some(amount), Some(currency), Some(note)) = (date, kind, amount, currency, note)
    else {
        return Err(refusals);
    };
    let line = EntryLine { date, kind, amount, currency, customer, customer_id, note };
    let content = content(&line);
    Ok((line, content))
}

/// The hash of a line's parsed content. Stored keys are made from it, so the fields and their order must never change.
fn content(line: &EntryLine) -> [u8; 32] {
    let EntryLine { date, kind, amount, currency, customer, customer_id, note } = line;
    let texts = [
        date.to_string(),
        if *kind == EntryType::Credit { "CREDIT" } else { "DEBIT" }.to_owned(),
        amount.to_string(),
        currency.map(|currency| currency.to_string()).unwrap_or_default(),
        customer.clone(),
        customer_id.clone(),
        note.clone().unwrap_or_default(),
    ];
    digest(&texts.each_ref().map(String::as_bytes))
}
