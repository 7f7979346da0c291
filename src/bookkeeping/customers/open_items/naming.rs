//! The charges that a payment names: finds them and divides an amount of the payment among them.

use std::collections::HashMap;

use async_graphql::ID;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect, sea_query::ExprTrait};

use super::scope::{Scope, key};
use crate::{
    bookkeeping::{customers::document_list::Key, document},
    entity::{
        allocation,
        ledger_entry::{self, EntrySource, EntryType},
    },
    error::{Code, Detail, Refusal, Refusals, Result},
    id::{Id, kind},
    money::Decimal,
};

/// The most charges that can be named at once.
const MOST: usize = 100;

/// A charge as the client names it, by the id of its entry, invoice or debit note, and the amount for it.
#[derive(Clone, Copy, Debug)]
pub(in crate::bookkeeping) struct Wanted<'a> {
    pub(in crate::bookkeeping) charge: &'a ID,
    pub(in crate::bookkeeping) amount: Option<&'a Decimal>,
}

/// Where a refusal points to, and what it calls the payment and the charges.
#[derive(Clone, Copy, Debug)]
pub(in crate::bookkeeping) struct Words {
    /// The field with the list of charges.
    pub(in crate::bookkeeping) list: &'static str,
    /// The field of a charge's id.
    pub(in crate::bookkeeping) id: &'static str,
    pub(in crate::bookkeeping) payment: &'static str,
    pub(in crate::bookkeeping) charge: &'static str,
}

/// The part of a payment that is named for one charge, in minor units.
#[derive(Clone, Copy, Debug)]
pub(in crate::bookkeeping) struct Share {
    pub(in crate::bookkeeping) charge: (Id<kind::LedgerEntry>, Key),
    pub(in crate::bookkeeping) amount: i64,
}

/// Finds the named charges of a customer, and the part of `amount` that each gets, in input order. What is set off against a charge
/// without being named counts as open: it is worked out again afterwards.
///
/// # Errors
/// `NOT_FOUND`, `NOT_ALLOWED`, `CURRENCY_MISMATCH`, `INVALID` and `LIMIT_REACHED` at the list. All charges are checked before
/// refusing.
pub(in crate::bookkeeping) async fn shares(
    conn: &impl ConnectionTrait,
    scope: Scope,
    wanted: &[Wanted<'_>],
    amount: i64,
    words: Words,
) -> Result<Vec<Share>> {
    if wanted.len() > MOST {
        let message = format!("A {} can name at most {MOST} {}s.", words.payment, words.charge);
        let most = Detail::MostItems(MOST as u64);
        return Err(Refusal::new(Code::LimitReached, words.list, message).with(most).into());
    }
    if wanted.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<_> = wanted.iter().filter_map(|wanted| entry_id(wanted.charge)).collect();
    // The filter by customer also excludes entries of other books.
    let charges: HashMap<_, _> = ledger_entry::Entity::find()
        .filter(ledger_entry::Column::CustomerId.eq(scope.customer_id))
        .filter(ledger_entry::Column::Kind.eq(EntryType::Credit))
        .filter(ledger_entry::Column::Id.is_in(ids))
        .all(conn)
        .await?
        .into_iter()
        .map(|charge| (charge.id, charge))
        .collect();
    let mut named = named_of(conn, charges.keys().copied()).await?;
    let mut refusals = Refusals::default();
    let (mut left, mut shares) = (amount, Vec::<Share>::new());
    for (wanted, number) in wanted.iter().zip(0..) {
        let path = |field: &str| format!("{}.{number}.{field}", words.list);
        let found = entry_id(wanted.charge).and_then(|id| charges.get(&id));
        let Some(charge) = found.filter(|charge| is_id_of(wanted.charge, charge)) else {
            let message = format!("The customer has no such {}.", words.charge);
            refusals.push(Refusal::new(Code::NotFound, path(words.id), message));
            continue;
        };
        let open = charge.amount - named.remove(&charge.id).unwrap_or_default();
        let twice = shares.iter().any(|share| share.charge.0 == charge.id);
        if let Some(amount) = refusals.check(share(charge, *wanted, scope, (open, left, twice), words, &path)) {
            left -= amount;
            shares.push(Share { charge: (charge.id, key(charge)), amount });
        }
    }
    refusals.none()?;
    Ok(shares)
}

fn share(
    charge: &ledger_entry::Model,
    wanted: Wanted<'_>,
    scope: Scope,
    (open, left, twice): (i64, i64, bool),
    words: Words,
    path: &dyn Fn(&str) -> String,
) -> Result<i64, Refusal> {
    let noun = words.charge;
    let refused = |code, field, message: String| Err(Refusal::new(code, path(field), message));
    if twice {
        return refused(Code::Invalid, words.id, format!("This {noun} is named twice."));
    }
    if charge.deleted_at.is_some() {
        let state = if noun == "invoice" { "void" } else { "deleted" };
        return refused(Code::NotAllowed, words.id, format!("This {noun} is {state}."));
    }
    if charge.currency != scope.currency {
        let message =
            format!("The {noun} is in {}, but the {} is in {}.", charge.currency, words.payment, scope.currency);
        let currencies = Detail::Currencies { expected: Some(charge.currency), actual: scope.currency };
        return Err(Refusal::new(Code::CurrencyMismatch, path(words.id), message).with(currencies));
    }
    if open == 0 {
        return refused(Code::NotAllowed, words.id, format!("This {noun} is already paid."));
    }
    let amount = match wanted.amount {
        Some(amount) => document::positive(amount, scope.currency, &path("amount"))?,
        None => Ord::min(open, left),
    };
    let figure = |minor| format!("{} {}", Decimal::from_minor(minor, scope.currency), scope.currency);
    if amount > open {
        return refused(Code::Invalid, "amount", format!("At most {} of this {noun} can be paid.", figure(open)));
    }
    if left == 0 {
        let message = format!(
            "All of the {} is named for others already, so nothing is left for this {noun}. Release some of it first, or name \
             less for those before.",
            words.payment
        );
        return refused(Code::Invalid, words.id, message);
    }
    if amount > left {
        let message = format!("Only {} of the {} is left for this {noun}.", figure(left), words.payment);
        return refused(Code::Invalid, "amount", message);
    }
    Ok(amount)
}

/// The id of the ledger entry that an id means: that of an entry, or of the document that has the same UUID.
pub(in crate::bookkeeping) fn entry_id(id: &ID) -> Option<Id<kind::LedgerEntry>> {
    let entry = || id.parse::<Id<kind::LedgerEntry>>().ok();
    let invoice = || id.parse::<Id<kind::Invoice>>().ok().map(Id::cast);
    let receipt = || id.parse::<Id<kind::Receipt>>().ok().map(Id::cast);
    let credit_note = || id.parse::<Id<kind::CreditNote>>().ok().map(Id::cast);
    let debit_note = || id.parse::<Id<kind::DebitNote>>().ok().map(Id::cast);
    entry().or_else(invoice).or_else(receipt).or_else(credit_note).or_else(debit_note)
}

/// Whether an id is that of this entry, or of the document that created it, and not of a thing of another kind.
pub(in crate::bookkeeping) fn is_id_of(id: &ID, entry: &ledger_entry::Model) -> bool {
    let is_document = match entry.source {
        EntrySource::Invoice => id.parse::<Id<kind::Invoice>>().is_ok(),
        EntrySource::Receipt => id.parse::<Id<kind::Receipt>>().is_ok(),
        EntrySource::CreditNote => id.parse::<Id<kind::CreditNote>>().is_ok(),
        EntrySource::DebitNote => id.parse::<Id<kind::DebitNote>>().is_ok(),
        EntrySource::Manual | EntrySource::Refund | EntrySource::WriteOff | EntrySource::Opening => false,
    };
    is_document || id.parse::<Id<kind::LedgerEntry>>().is_ok()
}

/// The places of these entries in their order.
///
/// # Errors
/// When the database fails.
pub(in crate::bookkeeping) async fn places(
    conn: &impl ConnectionTrait,
    ids: impl IntoIterator<Item = Id<kind::LedgerEntry>>,
) -> Result<HashMap<Id<kind::LedgerEntry>, Key>> {
    let entries = ledger_entry::Entity::find().filter(ledger_entry::Column::Id.is_in(ids)).all(conn).await?;
    Ok(entries.iter().map(|entry| (entry.id, key(entry))).collect())
}

/// How much of an entry is named.
///
/// # Errors
/// When the database fails.
pub(in crate::bookkeeping) async fn named_of_entry(
    conn: &impl ConnectionTrait,
    entry: &ledger_entry::Model,
) -> Result<i64> {
    let own = match entry.kind {
        EntryType::Credit => allocation::Column::ChargeId,
        EntryType::Debit => allocation::Column::PaymentId,
    };
    let named: Option<Option<i64>> = allocation::Entity::find()
        .select_only()
        .expr(allocation::Column::Named.into_expr().sum().cast_as("bigint"))
        .filter(own.eq(entry.id))
        .into_tuple()
        .one(conn)
        .await?;
    Ok(named.flatten().unwrap_or_default())
}

/// How much of each charge is named.
async fn named_of(
    conn: &impl ConnectionTrait,
    charges: impl IntoIterator<Item = Id<kind::LedgerEntry>>,
) -> Result<HashMap<Id<kind::LedgerEntry>, i64>> {
    let named: Vec<(Id<kind::LedgerEntry>, i64)> = allocation::Entity::find()
        .select_only()
        .column(allocation::Column::ChargeId)
        .expr(allocation::Column::Named.into_expr().sum().cast_as("bigint"))
        .filter(allocation::Column::ChargeId.is_in(charges))
        .group_by(allocation::Column::ChargeId)
        .into_tuple()
        .all(conn)
        .await?;
    Ok(named.into_iter().collect())
}
