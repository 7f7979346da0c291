//! Sets a payment off against charges by name, and releases what is set off. Posts nothing to the journal.

use std::collections::HashMap;

use async_graphql::{ID, InputObject};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use serde::Serialize;

use super::{
    entry,
    open_items::{self, Change, Named, Scope, Wanted, Words},
    posting,
};
use crate::{
    activity::{ActivityEvent, AuditFields, Field, field},
    app::App,
    bookkeeping::{
        document::{self, Replayable},
        idempotency,
        journal::Idempotency,
    },
    db::Transaction,
    entity::{
        activity::Action,
        allocation,
        ledger_entry::{self, EntrySource, EntryType},
    },
    error::{Code, Refusal, Result},
    id::{Id, kind},
    money::Decimal,
    viewer::Viewer,
};

/// A charge, and an amount that is set off against it.
#[derive(Clone, Debug, Serialize, InputObject)]
#[graphql(name = "AllocationInput")]
pub struct NamedCharge {
    /// The id of the charge: of a `CREDIT` entry, or of the invoice or debit note that created it. It must be of the same customer and currency
    /// as the payment, and neither void nor deleted.
    pub charge_id: ID,
    /// How much. Positive. Default: as much as possible.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub amount: Option<Decimal>,
}

/// The payment to set off, and against what.
#[derive(Clone, Debug, Serialize, InputObject)]
#[graphql(name = "AllocateInput")]
pub struct Allocate {
    /// The id of the payment: of a `DEBIT` entry, or of the receipt or credit note that created it.
    pub payment_id: ID,
    /// The charges to set it off against, in this order, at most 100. Each amount is at most what payments that name the charge
    /// leave of it, and what named charges leave of the payment. What is set off without being named does not count: it is freed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub charges: Option<Vec<NamedCharge>>,
    /// True to let go what is held of the payment after a release: it pays what the customer has owed longest again.
    #[graphql(default)]
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub auto_allocate: bool,
    /// A key of your choice that makes it safe to send the same request again. When the key was already used in this
    /// book, the same input changes nothing and returns the result of the first request; another input fails with
    /// `IDEMPOTENCY_CONFLICT`. 1 to 255 visible ASCII characters, such as a UUID. Keys never expire.
    #[serde(skip)]
    pub idempotency_key: Option<String>,
}

/// The payment to release.
#[derive(Clone, Debug, Serialize, InputObject)]
#[graphql(name = "ReleaseInput")]
pub struct Release {
    /// The id of the payment: of a `DEBIT` entry, or of the receipt or credit note that created it.
    pub payment_id: ID,
    /// The charges that it no longer pays, and how much of it each loses, at most 100. Default: all of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub charges: Option<Vec<NamedCharge>>,
    /// False to hold what is released on account: it pays nothing until it is allocated again or let go. True to let it go at
    /// once: it then pays what the customer has owed longest, which may be the same charge.
    #[graphql(default)]
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub auto_allocate: bool,
    /// A key of your choice that makes it safe to send the same request again. When the key was already used in this
    /// book, the same input changes nothing and returns the result of the first request; another input fails with
    /// `IDEMPOTENCY_CONFLICT`. 1 to 255 visible ASCII characters, such as a UUID. Keys never expire.
    #[serde(skip)]
    pub idempotency_key: Option<String>,
}

const WORDS: Words = Words { list: "charges", id: "chargeId", payment: "payment", charge: "charge" };

/// What is named of a payment, and what is held of it, for the activity log.
struct Terms {
    named: Vec<allocation::Model>,
    payment: ledger_entry::Model,
}

impl AuditFields for Terms {
    fn audit_fields(&self) -> Vec<Field> {
        let amount = |minor| Decimal::from_minor(minor, self.payment.currency);
        let of = |pair: &allocation::Model| field(format!("named.{}", pair.charge_id), Some(amount(pair.named)));
        let named = self.named.iter().filter(|pair| pair.named > 0).map(of);
        named.chain([field("held", Some(amount(self.payment.held)))]).collect()
    }
}

/// Sets a payment off against charges.
///
/// # Errors
/// `NOT_FOUND`, `NOT_ALLOWED`, `CURRENCY_MISMATCH`, `REQUIRED`, `INVALID` and `LIMIT_REACHED`; `IDEMPOTENCY_CONFLICT`.
pub async fn allocate(app: &App, viewer: &Viewer, input: &Allocate) -> Result<Replayable<ledger_entry::Model>> {
    let key = &idempotency::of(input.idempotency_key.as_deref(), &("allocate", input))?;
    idempotency::write(app, viewer, key, |tx| async move {
        let act = ActivityEvent::by(viewer, Action::Allocate);
        let (payment, key) = match begin(&tx, app, viewer, (&input.payment_id, act.clone()), key).await? {
            Begun::New(payment, key) => (payment, key),
            Begun::Earlier(document) => return Ok(Replayable { document, replayed: true }),
        };
        let charges = input.charges.as_deref().unwrap_or_default();
        if charges.is_empty() && !input.auto_allocate {
            let message = "Give `charges`, or `autoAllocate: true` to let go what is held.";
            return Err(Refusal::new(Code::Required, "charges", message).into());
        }
        let scope = Scope::of(&payment);
        let before = terms(&tx, payment).await?;
        let named: i64 = before.named.iter().map(|pair| pair.named).sum();
        let wanted: Vec<_> = charges.iter().map(NamedCharge::wanted).collect();
        let shares = open_items::shares(&tx, scope, &wanted, before.payment.amount - named, WORDS).await?;
        let place = (before.payment.id, open_items::key(&before.payment));
        let mut change = Change::of(scope);
        let mut sum = 0;
        for share in shares {
            change.name(Named { payment: place, charge: share.charge, amount: share.amount });
            sum += share.amount;
        }
        let held = before.payment.held;
        change.hold(place, if input.auto_allocate { -held } else { -held.min(sum) });
        end(&tx, app, viewer, (change, act), before, key).await
    })
    .await
}

/// Releases what a payment is set off against.
///
/// # Errors
/// `NOT_FOUND`, `NOT_ALLOWED`, `INVALID` and `LIMIT_REACHED`; `IDEMPOTENCY_CONFLICT`.
pub async fn release(app: &App, viewer: &Viewer, input: &Release) -> Result<Replayable<ledger_entry::Model>> {
    let key = &idempotency::of(input.idempotency_key.as_deref(), &("release", input))?;
    idempotency::write(app, viewer, key, |tx| async move {
        let act = ActivityEvent::by(viewer, Action::Release);
        let (payment, key) = match begin(&tx, app, viewer, (&input.payment_id, act.clone()), key).await? {
            Begun::New(payment, key) => (payment, key),
            Begun::Earlier(document) => return Ok(Replayable { document, replayed: true }),
        };
        let before = terms(&tx, payment).await?;
        let released = released(&before, input.charges.as_deref())?;
        let charges = open_items::places(&tx, before.named.iter().map(|pair| pair.charge_id)).await?;
        let place = (before.payment.id, open_items::key(&before.payment));
        let mut change = Change::of(Scope::of(&before.payment));
        for pair in &before.named {
            let Some(key) = charges.get(&pair.charge_id) else { continue };
            let amount = released.get(&pair.charge_id).copied().unwrap_or_default();
            // What was not named of it before is named now, so that the payment does not pay one charge instead of another.
            let stays = if input.auto_allocate { pair.named - amount.min(pair.named) } else { pair.amount - amount };
            change.name(Named { payment: place, charge: (pair.charge_id, *key), amount: stays - pair.named });
            change.hold(place, if input.auto_allocate { 0 } else { amount });
        }
        end(&tx, app, viewer, (change, act), before, key).await
    })
    .await
}

/// How much of the payment each charge loses.
fn released(before: &Terms, charges: Option<&[NamedCharge]>) -> Result<HashMap<Id<kind::LedgerEntry>, i64>> {
    let all = || before.named.iter().map(|pair| (pair.charge_id, pair.amount)).collect();
    let Some(charges) = charges else { return Ok(all()) };
    let mut released = HashMap::new();
    for (NamedCharge { charge_id, amount }, number) in charges.iter().zip(0..) {
        let path = |field: &str| format!("charges.{number}.{field}");
        let id = open_items::entry_id(charge_id);
        let Some(pair) = before.named.iter().find(|pair| Some(pair.charge_id) == id) else {
            let message = "The payment does not pay this charge.";
            return Err(Refusal::new(Code::NotFound, path("chargeId"), message).into());
        };
        let amount = match amount {
            Some(amount) => document::positive(amount, before.payment.currency, &path("amount"))?,
            None => pair.amount,
        };
        if amount > pair.amount {
            let currency = before.payment.currency;
            let most = Decimal::from_minor(pair.amount, currency);
            let message = format!("The payment pays {most} {currency} of this charge.");
            return Err(Refusal::new(Code::Invalid, path("amount"), message).into());
        }
        if released.insert(pair.charge_id, amount).is_some() {
            return Err(Refusal::new(Code::Invalid, path("chargeId"), "This charge is named twice.").into());
        }
    }
    Ok(released)
}

impl NamedCharge {
    /// The charge as it is looked for.
    pub(super) fn wanted(&self) -> Wanted<'_> {
        Wanted { charge: &self.charge_id, amount: self.amount.as_ref() }
    }
}

/// How a request begins.
enum Begun {
    /// The payment, locked, and the key of the request.
    New(ledger_entry::Model, Option<Idempotency>),
    /// An earlier request was the same: the payment as it is now.
    Earlier(ledger_entry::Model),
}

async fn begin(
    tx: &Transaction,
    app: &App,
    viewer: &Viewer,
    (id, act): (&ID, ActivityEvent),
    key: &Result<Option<Idempotency>, Refusal>,
) -> Result<Begun> {
    let key = key.clone()?;
    // Locks the customer before looking for the key: the same request may be running at this moment.
    let payment = posting::lock_entry(tx, viewer, open_items::entry_id(id)).await?;
    if let Some(key) = &key
        && let Some(earlier) = idempotency::find_used(tx, viewer, key).await?
    {
        let earlier = entry::expect(tx, viewer, earlier).await?;
        on(act, &earlier).replayed().record(tx, &app.clock).await?;
        return Ok(Begun::Earlier(earlier));
    }
    let payment = payment.filter(|payment| open_items::is_id_of(id, payment));
    let payment = payment.ok_or_else(|| Refusal::new(Code::NotFound, "paymentId", "You have no such payment."))?;
    posting::refuse_erased(tx, viewer, &payment, "paymentId").await?;
    let refused = |message| Err(Refusal::new(Code::NotAllowed, "paymentId", message).into());
    match payment.kind {
        EntryType::Credit => {
            refused("This is a charge, not a payment. Give the id of a `DEBIT` entry, a receipt or a credit note.")
        }
        EntryType::Debit if payment.deleted_at.is_some() => refused("This payment is void or deleted."),
        EntryType::Debit => Ok(Begun::New(payment, key)),
    }
}

/// Puts an event into the log of a payment, which is that of its receipt or credit note if it has one.
fn on(act: ActivityEvent, payment: &ledger_entry::Model) -> ActivityEvent {
    match payment.source {
        EntrySource::Receipt => act.on(payment.id.cast::<kind::Receipt>()),
        EntrySource::CreditNote => act.on(payment.id.cast::<kind::CreditNote>()),
        _ => act.on(payment.id),
    }
}

/// What a payment is set off against, in the order of the charges' ids.
async fn terms(conn: &impl ConnectionTrait, payment: ledger_entry::Model) -> Result<Terms> {
    let named = allocation::Entity::find().filter(allocation::Column::PaymentId.eq(payment.id)).all(conn).await?;
    Ok(Terms { named, payment })
}

/// Makes the change, and puts it on record.
async fn end(
    tx: &Transaction,
    app: &App,
    viewer: &Viewer,
    (change, act): (Change, ActivityEvent),
    before: Terms,
    key: Option<Idempotency>,
) -> Result<Replayable<ledger_entry::Model>> {
    open_items::settle(tx, change).await?;
    let id = before.payment.id;
    if let Some(key) = key {
        idempotency::mark_used(tx, viewer, key, id).await?;
    }
    let payment = entry::expect(tx, viewer, id).await?;
    let after = terms(tx, payment).await?;
    let act = on(act, &after.payment).of_customer(after.payment.customer_id);
    act.changed(&before, &after).record(tx, &app.clock).await?;
    Ok(Replayable { document: after.payment, replayed: false })
}
