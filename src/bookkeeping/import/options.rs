//! The options of an import: how the file is read, and what is done with its lines.

use std::sync::Arc;

use async_graphql::{Enum, ID, InputObject};

use super::{
    known::Known,
    reader::Names,
    value::{DateFormat, quoted},
};
use crate::{
    bookkeeping::spending::category::CategoryRef,
    error::{Code, Refusal, Refusals, Result},
    money::Currency,
};

/// The delimiter of files in our own form that name no other.
const DELIMITER: &str = ",";

/// What to do with a file when some of its lines cannot be imported.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Enum)]
#[graphql(name = "ImportMode")]
pub enum Mode {
    /// Import all lines, or nothing if any line has an error.
    #[default]
    AllOrNothing,
    /// Import the lines without errors, in batches of a few hundred, and skip the others.
    GoodLines,
}

/// How a file is read, whatever is in it.
#[derive(Clone, Debug, InputObject)]
#[graphql(name = "ImportFileInput")]
pub struct FileOptions {
    /// True checks the file and reports the result of each line, but writes nothing.
    #[graphql(default)]
    pub dry_run: bool,
    /// What to do when some lines cannot be imported.
    #[graphql(default)]
    pub mode: Mode,
    /// The character between the columns: one ASCII character, such as `;` or a tab.
    #[graphql(default_with = "\",\".to_owned()")]
    pub delimiter: String,
    /// True if amounts have a decimal comma, such as `1.250,00`; false if they have a decimal point.
    #[graphql(default)]
    pub decimal_comma: bool,
    /// The format of dates in the file, in `strftime` notation, such as `%d.%m.%Y`. Default: `%Y-%m-%d`, such as
    /// 2026-11-20.
    pub date_format: Option<String>,
    /// The currency of lines that give neither a currency nor a wallet. Default: the currency of the default wallet, or
    /// of the book if there is no default wallet.
    pub default_currency: Option<Currency>,
    /// The name of the file, at most 255 characters, by which you find the import again in `imports`. It has no other effect.
    pub file_name: Option<String>,
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
    /// The header names of the columns in the file. Default: the names of the fields of `TransactionColumnsInput`, such
    /// as `date` and `amount`.
    pub columns: Option<TransactionColumns>,
    /// The id of the wallet of lines that name no wallet. Default: none; those lines are cash.
    pub default_wallet_id: Option<ID>,
    /// The category of income lines that name no category: lines of kind `INCOME` or, without a kind, with an amount
    /// above zero. Default: none; such lines are refused.
    pub income_category: Option<CategoryRef>,
    /// The category of expense lines that name no category: lines of kind `EXPENSE` or, without a kind, with an amount
    /// below zero. Default: none; such lines are refused.
    pub expense_category: Option<CategoryRef>,
    /// True creates the categories that lines name and the book does not have. The kind of a new category is the one
    /// that a line gives, otherwise `EXPENSE` if at least half of the file's lines in it are below zero and `INCOME` if
    /// not. False refuses such lines.
    #[graphql(default)]
    pub create_categories: bool,
    /// True reads the file as a bank gives it: CSV of any shape, a workbook of Excel, OFX, QIF, MT940 or camt.053. What it looks
    /// like is found out, and what it does not tell is asked for: `REQUIRED` at `say`, with the possible answers. Implied by
    /// `profile`, `profileJson` and `say`. Not with `columns`, `delimiter`, `decimalComma` and `dateFormat`, which are for files in
    /// Daybook's own form.
    #[graphql(default)]
    pub bank: bool,
    /// What is known about a bank's file.
    #[graphql(flatten)]
    pub known: Known,
}

impl TransactionImport {
    /// Whether the file is read as a bank gives it.
    #[must_use]
    pub fn is_of_bank(&self) -> bool {
        self.bank || !self.known.is_nothing()
    }

    /// Refuses options for files in our own form.
    ///
    /// # Errors
    /// `INVALID` at each of them.
    pub(super) fn refuse_own_form(&self) -> Result<()> {
        let mut refusals = Refusals::default();
        let mut columns = self.columns.clone().unwrap_or_default();
        for (is_given, path, instead) in [
            (columns.fields().iter().any(|(_, called)| called.is_some()), "columns", "columns.amount"),
            (self.file.delimiter != DELIMITER, "delimiter", "separator"),
            (self.file.decimal_comma, "decimalComma", "decimal"),
            (self.file.date_format.is_some(), "dateFormat", "dates"),
        ] {
            if is_given {
                let message =
                    format!("This is for files in Daybook's own form. For a bank's file, say it as `{instead}`.");
                refusals.push(Refusal::new(Code::Invalid, path, message));
            }
        }
        refusals.none()
    }
}

/// The names that the columns of a transaction file have in its header line, ignoring case. An empty name means that
/// the file has no such column. Columns of the file that are not named here are ignored.
#[derive(Clone, Debug, Default, InputObject)]
#[graphql(name = "TransactionColumnsInput")]
pub struct TransactionColumns {
    /// The column with the date. Default: `date`.
    pub date: Option<String>,
    /// The column with the amount: below zero for money that went out, above zero for money that came in. So an amount
    /// above zero is a refund in a category of expenses, and one below zero is income given back in a category of income.
    /// In a line of kind `EXPENSE` the sign means nothing, except in an export of Daybook, where an amount below zero is a
    /// refund. Default: `amount`.
    pub amount: Option<String>,
    /// The column with the name of the category, whose kind decides between income and expense. Default: `category`.
    pub category: Option<String>,
    /// The column with the description. Default: `description`.
    pub description: Option<String>,
    /// The column with the currency code. Default: `currency`, if the file has it.
    pub currency: Option<String>,
    /// The column with the id of the wallet. Default: `wallet`, if the file has it.
    pub wallet: Option<String>,
    /// The column with the kind, `INCOME` or `EXPENSE`. Default: `kind`, if the file has it.
    pub kind: Option<String>,
    /// The column with an id that identifies the transaction within the file. Consecutive lines with the same id become
    /// one transaction that is split over several categories. Default: `id`, if the file has a column that is written exactly
    /// so; a bank's `Id` or `ID` is used only when it is named here. Lines with the same id in a column that is not named here
    /// are refused unless each of them has a category of its own.
    pub id: Option<String>,
    /// The column with the note of a line of a split transaction. Default: `note`, if the file has it.
    pub note: Option<String>,
}

/// How a file of ledger entries is read, and what its lines mean.
#[derive(Clone, Debug, InputObject)]
#[graphql(name = "EntryImportInput")]
pub struct EntryImport {
    /// How the file is read.
    #[graphql(flatten)]
    pub file: FileOptions,
    /// The header names of the columns in the file. Default: the names of the fields of `EntryColumnsInput`, such as `date`
    /// and `amount`.
    pub columns: Option<EntryColumns>,
    /// True creates the customers whom lines name and the book does not have, with their names alone. False refuses such
    /// lines.
    #[graphql(default)]
    pub create_customers: bool,
}

/// The names that the columns of a file of ledger entries have in its header line, ignoring case. An empty name means that
/// the file has no such column. Columns of the file that are not named here are ignored.
#[derive(Clone, Debug, Default, InputObject)]
#[graphql(name = "EntryColumnsInput")]
pub struct EntryColumns {
    /// The column with the date. Default: `date`.
    pub date: Option<String>,
    /// The column that says `CREDIT` when the customer took goods on credit, and `DEBIT` when the customer paid. Default:
    /// `type`.
    #[graphql(name = "type")]
    pub kind: Option<String>,
    /// The column with the amount, which is more than zero. Default: `amount`.
    pub amount: Option<String>,
    /// The column with the name of the customer, or with the id. Default: `customer`.
    pub customer: Option<String>,
    /// The column with the note. Default: `note`.
    pub note: Option<String>,
    /// The column with the currency code. Default: `currency`, if the file has it.
    pub currency: Option<String>,
    /// The column with the id of the customer. When the book has no customer with this id, the column `customer` counts.
    /// Default: `customerId`, if the file has it.
    pub customer_id: Option<String>,
    /// The column with an id that identifies the entry within the file. Default: `id`, if the file has it.
    pub id: Option<String>,
}

/// How a file of customers is read.
#[derive(Clone, Debug, InputObject)]
#[graphql(name = "CustomerImportInput")]
pub struct CustomerImport {
    /// How the file is read.
    #[graphql(flatten)]
    pub file: FileOptions,
    /// The header names of the columns in the file. Default: the names of the fields of `CustomerColumnsInput`, such as
    /// `name` and `phone`.
    pub columns: Option<CustomerColumns>,
}

/// The names that the columns of a file of customers have in its header line, ignoring case. An empty name means that the
/// file has no such column. Columns of the file that are not named here are ignored.
#[derive(Clone, Debug, Default, InputObject)]
#[graphql(name = "CustomerColumnsInput")]
pub struct CustomerColumns {
    /// The column with the name. Default: `name`.
    pub name: Option<String>,
    /// The column with the phone number, which no other customer may have. Default: `phone`.
    pub phone: Option<String>,
    /// The column with the e-mail address. Default: `email`, if the file has it.
    pub email: Option<String>,
    /// The column with the firm. Default: `firmName`, if the file has it.
    pub firm_name: Option<String>,
    /// The column with the street address. Default: `address`, if the file has it.
    pub address: Option<String>,
    /// The column with the city. Default: `city`, if the file has it.
    pub city: Option<String>,
    /// The column with the state. Default: `state`, if the file has it.
    pub state: Option<String>,
    /// The column with the GST number. Default: `gstNumber`, if the file has it.
    pub gst_number: Option<String>,
    /// The column with the note. Default: `note`, if the file has it.
    pub note: Option<String>,
    /// The column with an id that identifies the customer within the file. Default: `id`, if the file has it.
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

impl Columns for CustomerColumns {
    fn fields(&mut self) -> Vec<(&'static str, &mut Option<String>)> {
        vec![
            ("name", &mut self.name),
            ("phone", &mut self.phone),
            ("email", &mut self.email),
            ("firmName", &mut self.firm_name),
            ("address", &mut self.address),
            ("city", &mut self.city),
            ("state", &mut self.state),
            ("gstNumber", &mut self.gst_number),
            ("note", &mut self.note),
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
    /// Whether it is the plain file of a [bank's file](super::bank).
    pub(super) is_plain: bool,
    /// The lines of its records, where it was written in another order, see [`order`](super::order).
    pub(super) lines: Option<Arc<[u64]>>,
    /// The wallet of lines that name none, as the user gave it.
    pub(super) default_wallet: Option<String>,
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
                let message = "The delimiter must be one ASCII character, such as `;` or a tab.";
                refusals.push(Refusal::new(Code::Invalid, "delimiter", message));
                None
            }
        };
        if file.decimal_comma && delimiter == Some(b',') {
            let message = "With decimal commas, the delimiter cannot be a comma. Give another delimiter.";
            refusals.push(Refusal::new(Code::Invalid, "delimiter", message));
        }
        let date = match &file.date_format {
            None => Some(DateFormat::default()),
            Some(format) => {
                let message = || format!("{} is not a date format such as %d.%m.%Y.", quoted(format));
                let date = DateFormat::of(format).ok_or_else(|| Refusal::new(Code::Invalid, "dateFormat", message()));
                refusals.check(date)
            }
        };
        let mut columns = columns.cloned();
        let fields = columns.iter_mut().flat_map(Columns::fields);
        let names = fields.filter_map(|(name, called)| Some((name, called.take()?.trim().to_owned()))).collect();
        let (Some(delimiter), Some(date)) = (delimiter, date) else { return Err(refusals.into()) };
        refusals.none()?;
        let decimal_comma = file.decimal_comma;
        Ok(Self { delimiter, decimal_comma, date, names, is_plain: false, lines: None, default_wallet: None })
    }

    /// The wallet in force for a line that names this one, or none; empty without any. As the user gave it.
    pub(super) fn wallet_of<'a>(&'a self, named: &'a str) -> &'a str {
        if named.is_empty() { self.default_wallet.as_deref().unwrap_or_default() } else { named }
    }

    /// Whether the user names this column.
    pub(super) fn names_column(&self, name: &str) -> bool {
        self.names.iter().any(|(column, called)| *column == name && !called.is_empty())
    }

    /// The format of plain files.
    pub(super) fn plain() -> Self {
        let (date, names) = Default::default();
        Self { delimiter: b',', decimal_comma: false, date, names, is_plain: true, lines: None, default_wallet: None }
    }
}
