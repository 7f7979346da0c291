//! What is to be written as a transaction: checking the input, before anything is written.

use async_graphql::InputObject;
use chrono::NaiveDate;
use serde::Serialize;

use super::{
    category::{self, CategoryRef},
    category_ref::Named,
    document,
    wallet::Wallet,
};
use crate::{
    entity::{category::CategoryKind, transaction_line},
    error::{Code, Refusal, Refusals},
    id::{Id, kind},
    money::{Currency, Decimal},
    text,
};

/// The most lines of a transaction.
pub(super) const MOST_LINES: usize = 50;
/// The longest description, in characters.
pub(super) const LONGEST_DESCRIPTION: usize = 500;

/// One part of a split transaction.
// Its JSON is what idempotency keys are compared by, for ever: a new field must be left out of it when it is absent.
#[derive(Clone, Debug, Serialize, InputObject)]
#[graphql(name = "TransactionLineInput")]
pub struct NewLine {
    /// The category of this part. All lines of a transaction must have categories of the same kind.
    pub category: CategoryRef,
    /// The amount of this part. Positive, in the currency of the transaction.
    pub amount: Decimal,
    /// A note, at most 500 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// A transaction, checked.
#[derive(Clone, Debug)]
pub(super) struct Wanted {
    pub(super) kind: CategoryKind,
    pub(super) amount: i64,
    pub(super) currency: Currency,
    pub(super) date: NaiveDate,
    pub(super) description: Option<String>,
    /// Paid in cash when there is none.
    pub(super) wallet: Option<Wallet>,
    pub(super) lines: Vec<Part>,
}

/// A part of a transaction, checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Part {
    pub(super) category_id: Id<kind::Category>,
    pub(super) amount: i64,
    pub(super) note: Option<String>,
}

impl From<transaction_line::Model> for Part {
    fn from(line: transaction_line::Model) -> Self {
        Self { category_id: line.category_id, amount: line.amount, note: line.note }
    }
}

/// What a transaction is to be divided into.
#[derive(Clone, Copy, Debug)]
pub(super) enum Division<'a> {
    /// All of it goes into one category.
    Whole(&'a CategoryRef),
    /// It is split.
    Split(&'a [NewLine]),
}

impl<'a> Division<'a> {
    /// What an input asks for; none when it says nothing of it.
    ///
    /// # Errors
    /// `INVALID` at `lines`.
    pub(super) fn of(category: Option<&'a CategoryRef>, lines: Option<&'a [NewLine]>) -> Result<Option<Self>, Refusal> {
        let invalid = |message: &str| Err(Refusal::new(Code::Invalid, "lines", message));
        match (category, lines) {
            (None, None) => Ok(None),
            (Some(category), None) => Ok(Some(Self::Whole(category))),
            (None, Some(lines)) if (1..=MOST_LINES).contains(&lines.len()) => Ok(Some(Self::Split(lines))),
            (None, Some(_)) => invalid(&format!("A transaction must have 1 to {MOST_LINES} lines.")),
            (Some(_), Some(_)) => invalid("Give `category` or `lines`, not both."),
        }
    }

    /// The categories that it names.
    pub(super) fn categories(self) -> Vec<&'a CategoryRef> {
        match self {
            Self::Whole(category) => vec![category],
            Self::Split(lines) => lines.iter().map(|line| &line.category).collect(),
        }
    }

    /// Its parts, and which way all of them go. Categories that it is in already may be archived.
    pub(super) fn check(
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
                    let amount = document::amount(&line.amount, currency, &format!("lines.{at}.amount"));
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

/// Refuses a wallet in another currency.
///
/// # Errors
/// `CURRENCY_MISMATCH` at `walletId`.
pub(super) fn refuse_other_currency(wallet: Option<&Wallet>, currency: Currency) -> Result<(), Refusal> {
    match wallet {
        Some(Wallet { wallet, .. }) if wallet.currency != currency => {
            let message = format!("The wallet is in {}, but the transaction is in {currency}.", wallet.currency);
            Err(Refusal::new(Code::CurrencyMismatch, "walletId", message))
        }
        _ => Ok(()),
    }
}
