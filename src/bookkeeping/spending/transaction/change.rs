//! Applies a change to a transaction: builds the new version from the old one and the input.

use async_graphql::{ID, InputObject, MaybeUndefined};
use serde::Serialize;

use super::input::{self, Division, NewLine, Part, Wanted, description};
use crate::{
    bookkeeping::{
        document,
        spending::{category::CategoryRef, category_reference::Named},
        wallets::wallet,
    },
    calendar::date::Date,
    db::Transaction,
    entity::{category::CategoryKind, transaction},
    error::{Code, Refusal, Refusals, Result},
    money::{Currency, Decimal},
    viewer::Viewer,
};

/// What to change about a transaction. What is absent stays as it is.
#[derive(Clone, Debug, Serialize, InputObject)]
#[graphql(name = "UpdateTransactionInput")]
pub struct TransactionChange {
    /// Which transaction.
    pub id: ID,
    /// The category that all of it goes into from now on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub category: Option<CategoryRef>,
    /// What it is split into from now on. When the amount of a split transaction changes, they must be given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lines: Option<Vec<NewLine>>,
    /// How much in all.
    #[serde(skip_serializing_if = "MaybeUndefined::is_undefined")]
    pub amount: MaybeUndefined<Decimal>,
    /// The currency of the amount, which must be given too.
    #[serde(skip_serializing_if = "MaybeUndefined::is_undefined")]
    pub currency: MaybeUndefined<Currency>,
    /// The day that it counts for.
    #[serde(skip_serializing_if = "MaybeUndefined::is_undefined")]
    pub date: MaybeUndefined<Date>,
    /// What it is for, at most 500 characters; null clears it.
    #[serde(skip_serializing_if = "MaybeUndefined::is_undefined")]
    pub description: MaybeUndefined<String>,
    /// The wallet that it is paid from or into; null for cash.
    #[serde(skip_serializing_if = "MaybeUndefined::is_undefined")]
    pub wallet_id: MaybeUndefined<ID>,
    /// The version that you saw. When it is not the latest any more, nothing is changed and the user error is `CONFLICT`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expected_version: Option<i32>,
    /// As for `addTransaction`.
    #[serde(skip)]
    pub idempotency_key: Option<String>,
}

impl TransactionChange {
    /// Checks the change and returns the new version of the transaction.
    pub(super) async fn of(
        &self,
        tx: &Transaction,
        viewer: &Viewer,
        before: &transaction::Model,
        parts: &[Part],
    ) -> Result<Wanted> {
        let mut refusals = Refusals::default();
        let required = |path| Refusal::new(Code::Required, path, "It cannot be cleared.");
        let currency = match self.currency {
            MaybeUndefined::Undefined => before.currency,
            MaybeUndefined::Null => {
                refusals.push(required("currency"));
                before.currency
            }
            MaybeUndefined::Value(currency) => currency,
        };
        let amount = match &self.amount {
            MaybeUndefined::Undefined if currency != before.currency => {
                Err(Refusal::new(Code::Required, "amount", "Give the amount in the other currency."))
            }
            MaybeUndefined::Undefined => Ok(before.amount),
            MaybeUndefined::Null => Err(required("amount")),
            MaybeUndefined::Value(amount) => document::amount(amount, currency, "amount"),
        };
        let amount = refusals.check(amount);
        let date = match self.date {
            MaybeUndefined::Undefined => Ok(before.date),
            MaybeUndefined::Null => Err(required("date")),
            MaybeUndefined::Value(date) => date.of_document("date"),
        };
        let date = refusals.check(date);
        let description = match &self.description {
            MaybeUndefined::Undefined => Ok(before.description.clone()),
            MaybeUndefined::Null => Ok(None),
            MaybeUndefined::Value(text) => description(text),
        };
        let description = refusals.check(description).flatten();
        let wallet_id = match &self.wallet_id {
            MaybeUndefined::Undefined => Ok(before.wallet_id),
            MaybeUndefined::Null => Ok(None),
            MaybeUndefined::Value(id) => id.parse().map(Some),
        };
        let wallet = match wallet_id {
            Ok(None) => None,
            Ok(Some(id)) => refusals.take(wallet::require(tx, viewer, Some(id), "walletId").await)?,
            Err(_) => refusals.take(wallet::require(tx, viewer, None, "walletId").await)?,
        };
        refusals.check(input::refuse_other_currency(wallet.as_ref(), currency));
        let division = refusals.check(Division::of(self.category.as_ref(), self.lines.as_deref()));
        let divided = match division {
            Some(Some(division)) => {
                let named = Named::lock(tx, viewer, division.categories().into_iter()).await?;
                division.check(&named, parts, amount, currency, &mut refusals)
            }
            Some(None) => redivided(before, parts, amount, currency, &mut refusals),
            None => None,
        };
        let (Some(amount), Some(date), Some((kind, lines))) = (amount, date, divided) else {
            return Err(refusals.into());
        };
        refusals.none()?;
        Ok(Wanted { kind, amount, currency, date, description, wallet, lines })
    }
}

/// The old lines with the new amount, for a change that names no lines. Possible only for a single line or an unchanged
/// amount.
fn redivided(
    before: &transaction::Model,
    parts: &[Part],
    amount: Option<i64>,
    currency: Currency,
    refusals: &mut Refusals,
) -> Option<(CategoryKind, Vec<Part>)> {
    let amount = amount?;
    match parts {
        [part] => Some((before.kind, vec![Part { amount, ..part.clone() }])),
        parts if amount == before.amount && currency == before.currency => Some((before.kind, parts.to_vec())),
        _ => {
            let message = "Give the lines that sum to the other amount.";
            refusals.push(Refusal::new(Code::Required, "lines", message));
            None
        }
    }
}

/// Whether the new version equals the old one.
pub(super) fn is_same(before: &transaction::Model, parts: &[Part], wanted: &Wanted) -> bool {
    let wallet_id = wanted.wallet.as_ref().map(|wallet| wallet.wallet.id);
    (before.kind, before.amount, before.currency) == (wanted.kind, wanted.amount, wanted.currency)
        && (before.date, &before.description, before.wallet_id) == (wanted.date, &wanted.description, wallet_id)
        && parts == wanted.lines
}
