//! Applies a change to a transaction: builds the new version from the old one and the input.

use async_graphql::{ID, InputObject, MaybeUndefined};
use serde::Serialize;

use super::{
    draft::{Part, TransactionDraft},
    input::{self, Division, NewLine, description},
};
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

/// The fields of the transaction to change. Omitted fields stay as they are.
#[derive(Clone, Debug, Serialize, InputObject)]
#[graphql(name = "UpdateTransactionInput")]
pub struct TransactionChange {
    /// The id of the transaction to change. One that is deleted or half of a transfer is refused.
    pub id: ID,
    /// The new category of the whole amount. It replaces a split. Not together with `lines`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub category: Option<CategoryRef>,
    /// The new lines: 1 to 50 that add up to the amount. Required when the amount or the currency of a split
    /// transaction changes. Not together with `category`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lines: Option<Vec<NewLine>>,
    /// The total amount. Below zero for the refund of an expense and for income that is given back. Not zero, with at most
    /// as many decimals as the currency has, and at most 10^15 minor units of it (such as 10,000,000,000,000.00 USD).
    /// Cannot be null.
    #[serde(skip_serializing_if = "MaybeUndefined::is_undefined")]
    pub amount: MaybeUndefined<Decimal>,
    /// The currency of `amount`. When it changes, `amount` must be given too. Cannot be null.
    #[serde(skip_serializing_if = "MaybeUndefined::is_undefined")]
    pub currency: MaybeUndefined<Currency>,
    /// The date of the transaction, in the years 1900 to 2199. Cannot be null.
    #[serde(skip_serializing_if = "MaybeUndefined::is_undefined")]
    pub date: MaybeUndefined<Date>,
    /// What the money was for, at most 500 characters. Null clears it.
    #[serde(skip_serializing_if = "MaybeUndefined::is_undefined")]
    pub description: MaybeUndefined<String>,
    /// The id of the wallet that pays an expense or receives income, in the same currency. Null means cash.
    #[serde(skip_serializing_if = "MaybeUndefined::is_undefined")]
    pub wallet_id: MaybeUndefined<ID>,
    /// The `version` that you last read. If there is a newer version by now, nothing is changed and the mutation fails
    /// with `CONFLICT`. Default: no check.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expected_version: Option<i32>,
    /// A key of your choice that makes it safe to send the same request again. When the key was already used in this
    /// book, the same input changes nothing and returns the result of the first request; another input fails with
    /// `IDEMPOTENCY_CONFLICT`. 1 to 255 visible ASCII characters, such as a UUID. Keys never expire. A failure because
    /// of a wallet (such as `INSUFFICIENT_FUNDS`) also counts as a result and is returned again.
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
    ) -> Result<TransactionDraft> {
        let mut refusals = Refusals::default();
        let required = |path| Refusal::new(Code::Required, path, "This field cannot be null.");
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
                Err(Refusal::new(Code::Required, "amount", "When the currency changes, give the amount too."))
            }
            MaybeUndefined::Undefined => Ok(before.amount),
            MaybeUndefined::Null => Err(required("amount")),
            MaybeUndefined::Value(amount) => document::signed_amount(amount, currency, "amount"),
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
        Ok(TransactionDraft { kind, amount, currency, date, description, wallet, lines })
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
            let message = "Give `lines` that add up to the new amount.";
            refusals.push(Refusal::new(Code::Required, "lines", message));
            None
        }
    }
}

/// Whether the new version equals the old one.
pub(super) fn is_same(before: &transaction::Model, parts: &[Part], wanted: &TransactionDraft) -> bool {
    let wallet_id = wanted.wallet.as_ref().map(|wallet| wallet.wallet.id);
    (before.kind, before.amount, before.currency) == (wanted.kind, wanted.amount, wanted.currency)
        && (before.date, &before.description, before.wallet_id) == (wanted.date, &wanted.description, wallet_id)
        && parts == wanted.lines
}
