//! The options of an import: how the file is read, and what is done with its lines.

use async_graphql::{Enum, ID, InputObject};

use super::{
    reader::Names,
    value::{DateFormat, quoted},
};
use crate::{
    bookkeeping::spending::category::CategoryRef,
    error::{Code, Refusal, Refusals, Result},
    money::Currency,
};

/// What is done when lines cannot be written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Enum)]
#[graphql(name = "ImportMode")]
pub enum Mode {
    /// Nothing is written unless all lines can be.
    #[default]
    AllOrNothing,
    /// Those that can be written are, a few hundred at a time; the others are left out.
    GoodLines,
}

/// How a file is read, whatever is in it.
#[derive(Clone, Debug, InputObject)]
#[graphql(name = "ImportFileInput")]
pub struct FileOptions {
    /// Whether only to tell what would come of each line, and to write nothing.
    #[graphql(default)]
    pub dry_run: bool,
    /// What is done when lines cannot be written.
    #[graphql(default)]
    pub mode: Mode,
    /// What stands between the fields: one character of ASCII, such as `;` or a tab.
    #[graphql(default_with = "\",\".to_owned()")]
    pub delimiter: String,
    /// Whether the decimals of amounts follow a comma, as in `1.250,00`.
    #[graphql(default)]
    pub decimal_comma: bool,
    /// How dates are written, as `strftime` says it, such as `%d.%m.%Y`; as in 2026-11-20 when absent.
    pub date_format: Option<String>,
    /// The currency of lines that name none, nor a wallet; that of the default wallet, or of the book, when absent.
    pub default_currency: Option<Currency>,
    /// The most lines that the file may have; checked before anything is written.
    #[graphql(skip)]
    pub most_lines: Option<u64>,
}

/// How a file of transactions is read, and what its lines mean.
#[derive(Clone, Debug, InputObject)]
#[graphql(name = "TransactionImportInput")]
pub struct TransactionImport {
    /// How the file is read.
    #[graphql(flatten)]
    pub file: FileOptions,
    /// What the columns are called in the file, where it is not as the fields here are.
    pub columns: Option<TransactionColumns>,
    /// The wallet of lines that name none; they are in cash when absent.
    pub default_wallet_id: Option<ID>,
    /// The category of lines without one that bring money.
    pub income_category: Option<CategoryRef>,
    /// The category of lines without one that spend money: those with an amount below zero.
    pub expense_category: Option<CategoryRef>,
    /// Whether to make categories that are named and not there: of the kind that the line says, or of spending when its amount
    /// is below zero and of income when it is not.
    #[graphql(default)]
    pub create_categories: bool,
}

/// What the columns of a file of transactions are called in its header, without regard to case. An empty name says that there is
/// no such column. Columns that are not named here are ignored.
#[derive(Clone, Debug, Default, InputObject)]
#[graphql(name = "TransactionColumnsInput")]
pub struct TransactionColumns {
    /// The day; `date` when absent.
    pub date: Option<String>,
    /// How much; below zero it is spent. `amount` when absent.
    pub amount: Option<String>,
    /// The name of the category, which says whether it is income or spending; `category` when absent.
    pub category: Option<String>,
    /// What it was for; `description` when absent.
    pub description: Option<String>,
    /// The currency; `currency`, if there is one, when absent.
    pub currency: Option<String>,
    /// The id of the wallet; `wallet`, if there is one, when absent.
    pub wallet: Option<String>,
    /// `INCOME` or `EXPENSE`; `kind`, if there is one, when absent.
    pub kind: Option<String>,
    /// What tells the line apart; lines with the same that follow one another are one transaction that is split. `id`, if there
    /// is one, when absent.
    pub id: Option<String>,
    /// A note, of a part of a transaction that is split; `note`, if there is one, when absent.
    pub note: Option<String>,
}

/// The options of an import of ledger entries.
#[derive(Clone, Debug)]
pub struct EntryImport {
    /// How the file is read.
    pub file: FileOptions,
    /// The names of the columns in the file.
    pub columns: EntryColumns,
}

/// The names of the columns in a file of ledger entries, as for [`TransactionColumns`].
#[derive(Clone, Debug, Default)]
pub struct EntryColumns {
    /// The date.
    pub date: Option<String>,
    /// `CREDIT` or `DEBIT`.
    pub kind: Option<String>,
    /// The amount; more than zero.
    pub amount: Option<String>,
    /// The customer's name or id.
    pub customer: Option<String>,
    /// A note.
    pub note: Option<String>,
    /// The currency.
    pub currency: Option<String>,
    /// The customer's id. When the book has no customer with this id, `customer` counts.
    pub customer_id: Option<String>,
    /// An id of the line that is unique in the file.
    pub id: Option<String>,
}

/// The names of the columns of a file.
pub trait Columns: Clone {
    /// The default name of each column, and its name in the file.
    fn fields(&mut self) -> Vec<(&'static str, &mut Option<String>)>;

    /// Sets the name of a column in the file. Returns false when there is no such column.
    fn set(&mut self, name: &str, called: String) -> bool {
        let field = self.fields().into_iter().find(|(column, _)| column.eq_ignore_ascii_case(name));
        field.map(|(_, field)| *field = Some(called)).is_some()
    }
}

impl Columns for TransactionColumns {
    fn fields(&mut self) -> Vec<(&'static str, &mut Option<String>)> {
        vec![
            ("date", &mut self.date),
            ("amount", &mut self.amount),
            ("category", &mut self.category),
            ("description", &mut self.description),
            ("currency", &mut self.currency),
            ("wallet", &mut self.wallet),
            ("kind", &mut self.kind),
            ("id", &mut self.id),
            ("note", &mut self.note),
        ]
    }
}

impl Columns for EntryColumns {
    fn fields(&mut self) -> Vec<(&'static str, &mut Option<String>)> {
        vec![
            ("date", &mut self.date),
            ("type", &mut self.kind),
            ("amount", &mut self.amount),
            ("customer", &mut self.customer),
            ("note", &mut self.note),
            ("currency", &mut self.currency),
            ("customerId", &mut self.customer_id),
            ("id", &mut self.id),
        ]
    }
}

/// The checked options for reading a file.
#[derive(Clone, Debug)]
pub(super) struct Format {
    pub(super) delimiter: u8,
    pub(super) decimal_comma: bool,
    pub(super) date: DateFormat,
    pub(super) names: Names,
}

impl Format {
    /// Checks the options.
    ///
    /// # Errors
    /// `INVALID` at `delimiter` and `dateFormat`.
    pub(super) fn check(file: &FileOptions, columns: Option<&impl Columns>) -> Result<Self> {
        let mut refusals = Refusals::default();
        let delimiter = match file.delimiter.as_bytes() {
            [byte] if !byte.is_ascii_alphanumeric() && !b"\"\n\r'+-.".contains(byte) && byte.is_ascii() => Some(*byte),
            _ => {
                let message = "The delimiter must be one character of ASCII, such as `;` or a tab.";
                refusals.push(Refusal::new(Code::Invalid, "delimiter", message));
                None
            }
        };
        if file.decimal_comma && delimiter == Some(b',') {
            let message = "Commas cannot be between the fields and in the amounts. Say what is between the fields.";
            refusals.push(Refusal::new(Code::Invalid, "delimiter", message));
        }
        let date = match &file.date_format {
            None => Some(DateFormat::default()),
            Some(format) => {
                let message = || format!("{} is not a format of a date, such as %d.%m.%Y.", quoted(format));
                let date = DateFormat::of(format).ok_or_else(|| Refusal::new(Code::Invalid, "dateFormat", message()));
                refusals.check(date)
            }
        };
        let mut columns = columns.cloned();
        let fields = columns.iter_mut().flat_map(Columns::fields);
        let names = fields.filter_map(|(name, called)| Some((name, called.take()?.trim().to_owned()))).collect();
        let (Some(delimiter), Some(date)) = (delimiter, date) else { return Err(refusals.into()) };
        refusals.none()?;
        Ok(Self { delimiter, decimal_comma: file.decimal_comma, date, names })
    }
}
