//! Parses the lines of a file of transactions. Pure.

use std::collections::HashSet;

use chrono::NaiveDate;
use type_safe_id::StaticType;

use super::{
    fingerprint::{Content, digest},
    options::Format,
    reader::{Column, Need, Record},
    value::{self, quoted},
};
use crate::{
    bookkeeping::spending::transaction::input::{LONGEST_DESCRIPTION, MOST_LINES},
    entity::category::CategoryKind,
    error::{Code, Refusal, Refusals, Result},
    id::{Id, kind},
    money::{Currency, Decimal},
    text,
};

pub(super) const COLUMNS: [Column; 9] = [
    Column { name: "date", need: Need::Always },
    Column { name: "amount", need: Need::Always },
    Column { name: "category", need: Need::UnlessSaid },
    Column { name: "description", need: Need::UnlessSaid },
    Column { name: "currency", need: Need::Never },
    Column { name: "wallet", need: Need::Never },
    Column { name: "kind", need: Need::Never },
    Column { name: "note", need: Need::Never },
    Column { name: "id", need: Need::Never },
];

/// The parsed data of one line, or of several lines with the same id, which form one transaction.
#[derive(Clone, Debug)]
pub(super) struct TransactionLine {
    pub(super) date: NaiveDate,
    pub(super) description: Option<String>,
    pub(super) currency: Option<Currency>,
    /// The id of a wallet as written in the file, not checked yet.
    pub(super) wallet: Option<String>,
    pub(super) kind: Option<CategoryKind>,
    /// Whether it has the id of a transaction, as the lines of an export have. Then an amount below zero is a refund.
    pub(super) is_exported: bool,
    /// At least one.
    pub(super) parts: Vec<LinePart>,
}

/// One line's part of a transaction.
#[derive(Clone, Debug)]
pub(super) struct LinePart {
    pub(super) amount: Decimal,
    /// The name of the category; empty when the line names none.
    pub(super) category: String,
    pub(super) note: Option<String>,
}

/// Parses the records of one transaction and computes the hashes of their content.
pub(super) fn read(format: &Format, records: &[Record]) -> Result<(TransactionLine, Content), Refusals> {
    let mut refusals = Refusals::default();
    let (mut contents, mut former) = (Vec::new(), Vec::new());
    let mut lines = Vec::new();
    for record in records {
        match read_one(format, record) {
            Ok(line) => {
                contents.push(content(format, &record.bank_id, &line));
                former.push(former_content(&line));
                lines.push(line);
            }
            Err(wrong) => refusals.extend(wrong.into_vec().into_iter().map(|refusal| within(records, record, refusal))),
        }
    }
    if records.len() > MOST_LINES {
        let message = format!(
            "More than {MOST_LINES} lines have this id, but a transaction can have at most {MOST_LINES} lines."
        );
        refusals.push(Refusal::new(Code::Invalid, "id", message));
    }
    let mut lines = lines.into_iter();
    let Some(mut first) = lines.next() else { return Err(refusals) };
    for (line, record) in lines.zip(records.iter().skip(1)) {
        for (column, is_same) in [
            ("date", line.date == first.date),
            ("description", line.description == first.description),
            ("currency", line.currency == first.currency),
            ("wallet", line.wallet == first.wallet),
            ("kind", line.kind == first.kind),
        ] {
            if !is_same {
                let message =
                    format!("Line {} has the same id as the line before it, but another {column}.", record.line);
                refusals.push(Refusal::new(Code::Invalid, column, message));
            }
        }
        first.parts.extend(line.parts);
    }
    if !refusals.is_empty() {
        return Err(refusals);
    }
    refuse_unclear_split(format, records, &first.parts)?;
    let whole = |parts: &[[u8; 32]]| digest(&parts.iter().map(<[u8; 32]>::as_slice).collect::<Vec<_>>());
    Ok((first, Content { now: whole(&contents), former: Some(whole(&former)) }))
}

/// Refuses lines with the same id that may be transactions of their own: banks repeat their ids. A split that was meant has
/// categories, or the user says so by naming the column.
fn refuse_unclear_split(format: &Format, records: &[Record], parts: &[LinePart]) -> Result<(), Refusal> {
    let [first, .., last] = records else { return Ok(()) };
    let id = first.text("id");
    let is_known = format.is_plain || format.names_column("id") || id_of(id).is_some();
    let categories: HashSet<_> =
        parts.iter().filter(|part| !part.category.is_empty()).map(|part| text::name_key(&part.category)).collect();
    if is_known || categories.len() == parts.len() {
        return Ok(());
    }
    let message = format!(
        "Lines {} to {} have the same id {}. Name the column of the ids if they are one split transaction, or give it an \
         empty name if they are transactions of their own.",
        first.line,
        last.line,
        quoted(id)
    );
    Err(Refusal::new(Code::Required, "id", message))
}

/// Adds the line number to a refusal when the transaction has several records.
fn within(records: &[Record], record: &Record, refusal: Refusal) -> Refusal {
    match records {
        [_] => refusal,
        _ => Refusal { message: format!("Line {}: {}", record.line, refusal.message), ..refusal },
    }
}

fn read_one(format: &Format, record: &Record) -> Result<TransactionLine, Refusals> {
    let mut refusals = Refusals::default();
    let invalid = |column: &'static str| move |message: String| Refusal::new(Code::Invalid, column, message);
    let date = format.date.read(record.text("date")).map_err(invalid("date"));
    let date = refusals.check(date.and_then(|date| date.of_document("date")));
    let amount = value::amount(record.text("amount"), format.decimal_comma).map_err(invalid("amount"));
    let amount = refusals.check(amount);
    let currency = refusals.check(currency(record.text("currency")));
    let kind = refusals.check(kind_of(record));
    let description = refusals.check(text::note(record.text("description"), LONGEST_DESCRIPTION, "description"));
    let note = refusals.check(text::note(record.text("note"), LONGEST_DESCRIPTION, "note"));
    let (Some(date), Some(amount), Some(currency), Some(kind), Some(description), Some(note)) =
        (date, amount, currency, kind, description, note)
    else {
        return Err(refusals);
    };
    let wallet = Some(record.text("wallet").to_owned()).filter(|wallet| !wallet.is_empty());
    let is_exported = id_of(record.text("id")).is_some();
    let part = LinePart { amount, category: record.text("category").to_owned(), note };
    Ok(TransactionLine { date, description, currency, wallet, kind, is_exported, parts: vec![part] })
}

/// The id of a transaction in an export. Exports of earlier versions have another prefix.
pub(super) fn id_of(text: &str) -> Option<Id<kind::Transaction>> {
    match text.strip_prefix("txn_") {
        Some(id) => format!("{}_{id}", kind::Transaction::TYPE).parse().ok(),
        None => text.parse().ok(),
    }
}

/// Parses the kind of a line; `None` when the line has none.
pub(super) fn kind_of(record: &Record) -> Result<Option<CategoryKind>, Refusal> {
    match record.text("kind").to_uppercase().as_str() {
        "" => Ok(None),
        "INCOME" => Ok(Some(CategoryKind::Income)),
        "EXPENSE" => Ok(Some(CategoryKind::Expense)),
        kind => {
            let message = format!("{} is neither INCOME nor EXPENSE.", quoted(kind));
            Err(Refusal::new(Code::Invalid, "kind", message))
        }
    }
}

/// Parses a currency code; `None` when the line has none.
pub(super) fn currency(code: &str) -> Result<Option<Currency>, Refusal> {
    if code.is_empty() {
        return Ok(None);
    }
    let unknown =
        |_| Refusal::new(Code::Invalid, "currency", format!("{} is not a currency code such as USD.", quoted(code)));
    code.to_ascii_uppercase().parse().map(Some).map_err(unknown)
}

/// The hash of what tells a line apart: the wallet that it is in, the bank's id when it is used, and what it says, with texts in the
/// form in which they are compared. Stored keys are made from it, so the fields and their order must never change.
fn content(format: &Format, bank_id: &str, line: &TransactionLine) -> [u8; 32] {
    let TransactionLine { date, description, currency, wallet, kind, parts, is_exported: _ } = line;
    let part = parts.first();
    let key = |text: Option<&str>| text.map(text::name_key).unwrap_or_default();
    let texts = [
        "line".to_owned(),
        format.wallet_of(wallet.as_deref().unwrap_or_default()).to_owned(),
        bank_id.to_owned(),
        date.to_string(),
        part.map(|part| part.amount.to_string()).unwrap_or_default(),
        currency.map(|currency| currency.to_string()).unwrap_or_default(),
        key(part.map(|part| part.category.as_str())),
        key(description.as_deref()),
        key(part.and_then(|part| part.note.as_deref())),
        kind.map(word).unwrap_or_default().to_owned(),
    ];
    digest(&texts.each_ref().map(String::as_bytes))
}

fn word(kind: CategoryKind) -> &'static str {
    if kind == CategoryKind::Income { "INCOME" } else { "EXPENSE" }
}

/// The hash from which earlier versions made keys. It has no wallet unless the line names one.
fn former_content(line: &TransactionLine) -> [u8; 32] {
    let TransactionLine { date, description, currency, wallet, kind, parts, is_exported: _ } = line;
    let part = parts.first();
    let kind = kind.map(word);
    let texts = [
        date.to_string(),
        part.map(|part| part.amount.to_string()).unwrap_or_default(),
        currency.map(|currency| currency.to_string()).unwrap_or_default(),
        part.map(|part| part.category.clone()).unwrap_or_default(),
        description.clone().unwrap_or_default(),
        wallet.clone().unwrap_or_default(),
        part.and_then(|part| part.note.clone()).unwrap_or_default(),
        kind.unwrap_or_default().to_owned(),
    ];
    digest(&texts.each_ref().map(String::as_bytes))
}
