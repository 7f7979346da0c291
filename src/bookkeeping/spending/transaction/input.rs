//! The checked input of a transaction. Everything here is checked before anything is written.

use async_graphql::{ID, InputObject};
use serde::Serialize;

use super::draft::Part;
use crate::{
    activity::{self, AuditFields, Field, field},
    bookkeeping::{
        document,
        spending::{
            category::{self, CategoryRef},
            category_reference::Named,
        },
        wallets::wallet::Wallet,
    },
    calendar::date::Date,
    entity::{category::CategoryKind, transaction},
    error::{Code, Detail, Refusal, Refusals},
    money::{Currency, Decimal},
    text,
};
use sea_orm::ActiveEnum;

/// The most lines that a transaction may have.
pub(in crate::bookkeeping) const MOST_LINES: usize = 50;
/// The most characters of a description or a note.
pub(in crate::bookkeeping) const LONGEST_DESCRIPTION: usize = 500;

/// The income or expense to record. Give either `category` or `lines`.
// Idempotency keys are compared by the JSON of this type, and never expire: leave a new field out of it when absent.
#[derive(Clone, Debug, Serialize, InputObject)]
#[graphql(name = "AddTransactionInput")]
pub struct NewTransaction {
    /// An id that you choose: `transaction_` and a new UUID of version 7, in the TypeID form. It makes it safe to send the same
    /// request again: when the id was already used in this book, the same input changes nothing and returns the transaction as
    /// it is now; another input fails with `IDEMPOTENCY_CONFLICT`. Default: an id made by the server.
    #[serde(skip)]
    pub id: Option<ID>,
    /// The category of the whole amount; its kind decides between income and expense. It must not be archived. Leave it
    /// out when you give `lines`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub category: Option<CategoryRef>,
    /// The lines that split the amount over several categories: 1 to 50 lines that add up to `amount`, in categories of
    /// one kind. Leave them out when you give `category`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lines: Option<Vec<NewLine>>,
    /// The total amount. Below zero for the refund of an expense, which lowers what was spent in its category and brings
    /// the money back, and for income that is given back. Not zero, with at most as many decimals as the currency has, and
    /// at most 10^15 minor units of it (such as 10,000,000,000,000.00 USD).
    pub amount: Decimal,
    /// The currency of `amount`. Default: the currency of the wallet if `walletId` is given, otherwise the book's
    /// currency.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub currency: Option<Currency>,
    /// The date of the transaction. In the years 1900 to 2199. Default: today in the book's time zone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date: Option<Date>,
    /// What the money was for, at most 500 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The id of the book's wallet that pays an expense or receives income, in the same currency. Default: none; the
    /// transaction is in cash.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wallet_id: Option<ID>,
    /// A key of your choice that makes it safe to send the same request again. When the key was already used in this
    /// book, the same input changes nothing and returns the result of the first request; another input fails with
    /// `IDEMPOTENCY_CONFLICT`. 1 to 255 visible ASCII characters, such as a UUID. Keys never expire. A failure because
    /// of a wallet (such as `INSUFFICIENT_FUNDS`) also counts as a result and is returned again.
    #[serde(skip)]
    pub idempotency_key: Option<String>,
}

/// One part of a split transaction.
// Idempotency keys are compared by the JSON of this type, and never expire: leave a new field out of it when absent.
#[derive(Clone, Debug, Serialize, InputObject)]
#[graphql(name = "TransactionLineInput")]
pub struct NewLine {
    /// The category of this part. All lines of a transaction must have categories of the same kind.
    pub category: CategoryRef,
    /// The amount of this part, in the currency of the transaction. Not zero. A part below zero lowers the total of its
    /// category, also when others are above zero.
    pub amount: Decimal,
    /// A note, at most 500 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// How the input divides a transaction into lines.
#[derive(Clone, Copy, Debug)]
pub(in crate::bookkeeping) enum Division<'a> {
    /// One line with the whole amount, in this category.
    Whole(&'a CategoryRef),
    /// These lines.
    Split(&'a [NewLine]),
}

impl<'a> Division<'a> {
    /// Reads the division from the input; `None` when the input has neither a category nor lines.
    ///
    /// # Errors
    /// `INVALID` at `lines` when there are both, or too few or too many lines.
    pub(in crate::bookkeeping) fn of(
        category: Option<&'a CategoryRef>,
        lines: Option<&'a [NewLine]>,
    ) -> Result<Option<Self>, Refusal> {
        let invalid = |message: &str| Err(Refusal::new(Code::Invalid, "lines", message));
        match (category, lines) {
            (None, None) => Ok(None),
            (Some(category), None) => Ok(Some(Self::Whole(category))),
            (None, Some(lines)) if (1..=MOST_LINES).contains(&lines.len()) => Ok(Some(Self::Split(lines))),
            (None, Some(_)) => invalid(&format!("A transaction must have 1 to {MOST_LINES} lines.")),
            (Some(_), Some(_)) => invalid("Give `category` or `lines`, not both."),
        }
    }

    /// The categories that the division names.
    pub(in crate::bookkeeping) fn categories(self) -> Vec<&'a CategoryRef> {
        match self {
            Self::Whole(category) => vec![category],
            Self::Split(lines) => lines.iter().map(|line| &line.category).collect(),
        }
    }

    /// Checks the division and returns the lines and the kind of their categories. A category may be archived only if
    /// the transaction is in it already (`already` holds its old lines).
    pub(in crate::bookkeeping) fn check(
        self,
        named: &Named,
        already: &[Part],
        amount: Option<i64>,
        currency: Currency,
        refusals: &mut Refusals,
    ) -> Option<(CategoryKind, Vec<Part>)> {
        let mut find = |wanted: &CategoryRef, path: &str| {
            let category = refusals.check(named.get(wanted, path))?;
            if already.iter().all(|part| part.category_id != category.id) {
                refusals.check(category::refuse_archived(category, path))?;
            }
            Some(category)
        };
        match self {
            Self::Whole(category) => {
                let category = find(category, "category")?;
                let part = Part { category_id: category.id, amount: amount?, note: None };
                Some((category.kind, vec![part]))
            }
            Self::Split(lines) => {
                let found: Vec<_> =
                    lines.iter().enumerate().map(|(at, line)| find(&line.category, &category_path(at))).collect();
                let kind = found.iter().flatten().next()?.kind;
                let mut parts = Vec::with_capacity(lines.len());
                for (at, (line, category)) in lines.iter().zip(found).enumerate() {
                    let category = category?;
                    if category.kind != kind {
                        let message = "All categories of a transaction must be of the same kind.";
                        refusals.push(Refusal::new(Code::Invalid, category_path(at), message));
                    }
                    let amount = document::signed_amount(&line.amount, currency, &format!("lines.{at}.amount"));
                    let amount = refusals.check(amount);
                    let note = line.note.as_deref().map(|note| note_of(note, at)).transpose();
                    let note = refusals.check(note).flatten().flatten();
                    parts.extend(amount.map(|amount| Part { category_id: category.id, amount, note }));
                }
                let sum: i128 = parts.iter().map(|part| i128::from(part.amount)).sum();
                if parts.len() == lines.len() && amount.is_some_and(|amount| i128::from(amount) != sum) {
                    let sum = i64::try_from(sum).map_or_else(
                        |_| "too large".to_owned(),
                        |sum| format!("{} {currency}", Decimal::from_minor(sum, currency)),
                    );
                    let message = format!("The amount must be the sum of the lines, which is {sum}.");
                    refusals.push(Refusal::new(Code::Invalid, "amount", message));
                }
                Some((kind, parts))
            }
        }
    }
}

fn category_path(line: usize) -> String {
    format!("lines.{line}.category")
}

fn note_of(note: &str, line: usize) -> Result<Option<String>, Refusal> {
    text::note(note, LONGEST_DESCRIPTION, "note")
        .map_err(|refusal| Refusal { path: format!("lines.{line}.note"), ..refusal })
}

/// Refuses a wallet whose currency is not that of the transaction.
///
/// # Errors
/// `CURRENCY_MISMATCH` at `walletId`.
pub(in crate::bookkeeping) fn refuse_other_currency(
    wallet: Option<&Wallet>,
    currency: Currency,
) -> Result<(), Refusal> {
    match wallet {
        Some(Wallet { wallet, .. }) if wallet.currency != currency => {
            let message = format!("The wallet is in {}, but the transaction is in {currency}.", wallet.currency);
            let currencies = Detail::Currencies { expected: Some(wallet.currency), actual: currency };
            Err(Refusal::new(Code::CurrencyMismatch, "walletId", message).with(currencies))
        }
        _ => Ok(()),
    }
}

/// A transaction with what it is divided into.
impl AuditFields for (&transaction::Model, &[Part]) {
    fn audit_fields(&self) -> Vec<Field> {
        let (transaction, parts) = self;
        let amount = |minor: i64| Some(Decimal::from_minor(minor, transaction.currency));
        let mut fields = vec![
            field("kind", Some(transaction.kind.to_value())),
            field("amount", amount(transaction.amount)),
            field("currency", Some(transaction.currency)),
            field("date", Some(transaction.date)),
            field("description", transaction.description.as_ref()),
            field("wallet", transaction.wallet_id),
            field("deletedAt", activity::time(transaction.deleted_at)),
        ];
        for (number, part) in parts.iter().enumerate() {
            fields.push(field(format!("lines.{number}.note"), part.note.as_ref()));
            if let [whole] = parts {
                fields.push(field("category", Some(whole.category_id)));
                continue;
            }
            fields.push(field(format!("lines.{number}.category"), Some(part.category_id)));
            fields.push(field(format!("lines.{number}.amount"), amount(part.amount)));
        }
        fields
    }
}

/// Checks the description of a transaction.
pub(super) fn description(text: &str) -> Result<Option<String>, Refusal> {
    text::note(text, LONGEST_DESCRIPTION, "description")
}
