//! The profile: all that must be known to read a bank's file.

use async_graphql::Enum;
use serde::{Deserialize, Serialize};

use super::{
    column::Column,
    notation::{date::DateOrder, number::DecimalSign},
};

/// The version of profiles that this program writes and reads.
pub const VERSION: u32 = 1;

/// What the files of a bank look like. Stored as JSON.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Profile {
    /// The version of the form of this profile: [`VERSION`].
    pub version: u32,
    /// The encoding, by its name in the WHATWG Encoding Standard, such as `UTF-8`, `windows-1252` or `UTF-16LE`. A byte order
    /// mark in the file outweighs it.
    pub encoding: String,
    /// The character between the cells: one ASCII character.
    pub separator: char,
    /// The character around cells that contain separators; absent when the file has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quote: Option<char>,
    /// Which records are transactions.
    pub rows: Rows,
    /// The columns.
    pub columns: Columns,
    /// The order of day, month and year. Absent: only dates that can be read in one way are read, such as 2026-11-20.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dates: Option<DateOrder>,
    /// The decimal sign. Absent: only amounts that can be read in one way are read; `1.250` is refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decimal: Option<DecimalSign>,
    /// What the sign of an amount means. Needed when the amount has a column of its own without a flag. With columns for debit
    /// and credit, the sign of a debit; without it, debits below zero are refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sign: Option<Sign>,
    /// With columns for debit and credit, the sign of a credit. `POSITIVE_OUT`: credits have a minus sign, as those of some cards.
    /// `NEGATIVE_OUT`: a credit below zero was taken back. Without it, credits below zero are refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credit_sign: Option<Sign>,
    /// The texts of the flag column for money out, besides those that are known, such as `D` and `DR`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub flag_out: Vec<String>,
    /// The texts of the flag column for money in. Without such a column, `+` says that an amount with a plus is money in, also
    /// where amounts above zero are money out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub flag_in: Vec<String>,
    /// What the balance column says. Absent: balances are read and not checked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub balance: Option<BalanceKind>,
    /// The order of the transactions in the file. Absent when it is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<Order>,
    /// The code of the currency of amounts that have none in the file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<String>,
    /// Which account is read, by its text in the account column. Absent: all records are read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// Which sheet of a workbook is read, by its name. Absent: the only one that has a table.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sheet: Option<String>,
}

/// Which records of a file are transactions.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Rows {
    /// Whether the file has a header. Then records before it are skipped: it is the first record that has the names of all
    /// columns.
    pub header: bool,
    /// How many records are skipped at the beginning, before the header is searched for.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub skip_leading: usize,
    /// How many records are skipped at the end.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub skip_trailing: usize,
    /// Records that are skipped because of what they say.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub skip: Vec<SkipRule>,
    /// Whether records that are named as balances, turnovers or totals (`Opening balance`) are read as transactions. Absent: those
    /// with a date and an amount are left out where the balances prove them, and refused otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub balances_are_transactions: Option<bool>,
    /// Whether a record without a date and amounts is refused. By default its text continues the description above it.
    #[serde(default, skip_serializing_if = "is_false")]
    pub no_continuation: bool,
}

/// Which records are skipped because of what they say.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct SkipRule {
    /// The column whose text counts. Absent: any column.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<Column>,
    /// The text, compared without regard to case.
    pub text: String,
    /// How the text is compared.
    #[serde(default)]
    pub is: TextMatch,
}

/// How the text of a rule is compared with the text of a cell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Enum, Serialize, Deserialize)]
#[graphql(name = "ImportTextMatch")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum TextMatch {
    /// The cell has this text and no other.
    #[default]
    Equal,
    /// The cell begins with this text.
    Beginning,
    /// The cell contains this text.
    Part,
}

/// The columns of a file. Columns that are not named here are ignored.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct Columns {
    /// The day of the transaction. Always needed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date: Option<Column>,
    /// The day from which the transaction counts for interest.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value_date: Option<Column>,
    /// The amount. Needed unless there are columns for debit and credit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub amount: Option<Column>,
    /// Money out, with or without a minus sign.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub debit: Option<Column>,
    /// Money in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub credit: Option<Column>,
    /// A text such as `D` or `CR` that says whether the amount is money out or in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub flag: Option<Column>,
    /// A fee that the bank takes besides the amount.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fee: Option<Column>,
    /// The description. The texts of several columns are joined with blanks.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub description: Vec<Column>,
    /// Who paid or was paid.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payee: Option<Column>,
    /// The name of the category.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub category: Option<Column>,
    /// The code of the currency.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub currency: Option<Column>,
    /// The running balance.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub balance: Option<Column>,
    /// The bank's own id of the transaction. A look at a file offers it and never sets it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bank_id: Option<Column>,
    /// The user's account, in files of several accounts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account: Option<Column>,
}

/// What the sign of an amount means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum, Serialize, Deserialize)]
#[graphql(name = "ImportSign")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Sign {
    /// An amount below zero is money out.
    NegativeOut,
    /// An amount above zero is money out, such as a charge in the statement of a card.
    PositiveOut,
}

/// What a running balance says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum, Serialize, Deserialize)]
#[graphql(name = "ImportBalanceKind")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum BalanceKind {
    /// The balance after the transaction.
    After,
    /// The balance before the transaction.
    Before,
}

/// The order of the transactions of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum, Serialize, Deserialize)]
#[graphql(name = "ImportOrder")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Order {
    /// The oldest transaction is the first.
    OldestFirst,
    /// The newest transaction is the first, also within a day.
    NewestFirst,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
fn is_zero(count: &usize) -> bool {
    *count == 0
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
fn is_false(is: &bool) -> bool {
    !*is
}
