//! Records refunds, write-offs and opening balances in a customer's ledger.

use chrono::NaiveDate;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};

use super::{
    adjustment::{Common, NewOpening, NewRefund, NewWriteOff},
    allocate::NamedCharge,
    document_list::Key,
    entry,
    open_items::{self, Change, Named, Scope, Share, Words},
    posting::{self, Document, Side},
};
use crate::{
    activity::ActivityEvent,
    app::App,
    bookkeeping::{
        book,
        document::{self, Replayable},
        idempotency,
        journal::{self, Attempt, Idempotency},
        new_id::NewId,
        wallets::wallet::Wallet,
    },
    db::Transaction,
    entity::{
        account::AccountKind,
        activity::Action,
        journal_entry::EntryKind,
        ledger_entry::{self, EntrySource, EntryType},
    },
    error::{Code, Refusal, Refusals, Result},
    id::{Id, kind},
    money::{Currency, Decimal},
    text,
    viewer::Viewer,
};

/// A ledger entry, or the refusal of a wallet operation, which is recorded as a failed journal entry.
pub type Attempted = Result<ledger_entry::Model, Refusal>;

const WRITTEN_OFF: Words = Words { list: "charges", id: "chargeId", payment: "write-off", charge: "charge" };

/// Gives money back to a customer: at most what is not set off. Uses what is free first, then what is held.
///
/// # Errors
/// `NOT_FOUND`, `NOT_ALLOWED`, `CURRENCY_MISMATCH`, `INVALID` and `LIMIT_REACHED`; `INSUFFICIENT_FUNDS` and `WALLET_NOT_ACTIVE` for the
/// wallet; `IDEMPOTENCY_CONFLICT`.
pub async fn refund(app: &App, viewer: &Viewer, new: &NewRefund) -> Result<Replayable<Attempted>> {
    let key = &idempotency::of(new.idempotency_key.as_deref(), &("refundCustomer", new))?;
    let act = &ActivityEvent::by(viewer, Action::RefundCustomer);
    idempotency::write(app, viewer, key, |tx| async move {
        let (mut refusals, terms) = match begin(&tx, app, viewer, (new.common(), act), key).await? {
            Begun::New(refusals, terms) => (refusals, terms),
            Begun::Earlier(earlier) => return Ok(earlier),
        };
        let note = new.note.as_deref().and_then(|note| refusals.check(text::note(note, 500, "note"))).flatten();
        let Some(terms) = terms else { return Err(refusals.into()) };
        let wallet = posting::own_wallet(&tx, viewer, new.wallet_id.as_ref(), terms.scope.currency, "refund").await;
        let wallet = refusals.take(wallet)?.flatten();
        let left = open_items::unallocated(&tx, terms.scope, None).await?;
        let let_off = open_items::let_off(&tx, terms.scope).await?;
        if let_off > 0 {
            refusals.push(nothing_given(let_off, terms.scope.currency));
        } else if terms.amount > left {
            refusals.push(too_much(left, terms.scope.currency, "is on account of the customer"));
        }
        refusals.none()?;
        let named = of_held(&tx, &terms).await?;
        let entry = Entry {
            kind: EntryKind::Refund,
            source: EntrySource::Refund,
            note: note.as_deref(),
            lines: given_back(wallet.as_ref(), terms.amount),
            from_wallet: wallet.is_some(),
        };
        record(&tx, app, viewer, (terms, entry, act), |change, place| {
            for (payment, amount) in named {
                change.name(Named { payment, charge: place, amount });
                change.hold(payment, -amount);
            }
        })
        .await
    })
    .await
}

/// Lets a customer off a debt: at most what is outstanding.
///
/// # Errors
/// `NOT_FOUND`, `NOT_ALLOWED`, `CURRENCY_MISMATCH`, `INVALID` and `LIMIT_REACHED`; `IDEMPOTENCY_CONFLICT`.
pub async fn write_off(app: &App, viewer: &Viewer, new: &NewWriteOff) -> Result<Replayable<Attempted>> {
    let key = &idempotency::of(new.idempotency_key.as_deref(), &("writeOff", new))?;
    let act = &ActivityEvent::by(viewer, Action::WriteOff);
    idempotency::write(app, viewer, key, |tx| async move {
        let (mut refusals, terms) = match begin(&tx, app, viewer, (new.common(), act), key).await? {
            Begun::New(refusals, terms) => (refusals, terms),
            Begun::Earlier(earlier) => return Ok(earlier),
        };
        let reason = refusals.check(text::required(&new.reason, 500, "reason"));
        let Some(terms) = terms else { return Err(refusals.into()) };
        let owed = open_items::owed(&tx, terms.scope, None).await?;
        let owed = owed.iter().map(|(_, amount)| amount).sum();
        if terms.amount > owed {
            refusals.push(too_much(owed, terms.scope.currency, "is outstanding"));
        }
        let wanted: Vec<_> = new.charges.iter().flatten().map(NamedCharge::wanted).collect();
        let shares = open_items::shares(&tx, terms.scope, &wanted, terms.amount, WRITTEN_OFF).await;
        let shares: Vec<Share> = refusals.take(shares)?.unwrap_or_default();
        refusals.none()?;
        let entry = Entry {
            kind: EntryKind::WriteOff,
            source: EntrySource::WriteOff,
            note: reason.as_deref(),
            lines: vec![(Side::Book(AccountKind::WriteOff), Side::Customer, terms.amount)],
            from_wallet: false,
        };
        record(&tx, app, viewer, (terms, entry, act), |change, place| {
            for Share { charge, amount } in shares {
                change.name(Named { payment: place, charge, amount });
            }
        })
        .await
    })
    .await
}

/// Records what a customer owed, or had paid in advance, when the book was begun.
///
/// # Errors
/// `NOT_FOUND`, `NOT_ALLOWED`, `TAKEN`, `INVALID` and `LIMIT_REACHED`; `IDEMPOTENCY_CONFLICT`.
pub async fn set_opening(app: &App, viewer: &Viewer, new: &NewOpening) -> Result<Replayable<Attempted>> {
    let key = &idempotency::of(new.idempotency_key.as_deref(), &("setOpeningBalance", new))?;
    let act = &ActivityEvent::by(viewer, Action::SetOpeningBalance);
    idempotency::write(app, viewer, key, |tx| async move {
        let (mut refusals, terms) = match begin(&tx, app, viewer, (new.common(), act), key).await? {
            Begun::New(refusals, terms) => (refusals, terms),
            Begun::Earlier(earlier) => return Ok(earlier),
        };
        let note = new.note.as_deref().and_then(|note| refusals.check(text::note(note, 500, "note"))).flatten();
        let Some(terms) = terms else { return Err(refusals.into()) };
        if let Some(other) = opening(&tx, terms.scope).await? {
            let message = "The customer has an opening balance in this currency. Delete its entry first.";
            refusals.push(Refusal::taken("customerId", &other.id, message));
        }
        refusals.none()?;
        let (customer, opening) = (Side::Customer, Side::Book(AccountKind::Opening));
        let (debit, credit) = if new.kind == EntryType::Credit { (customer, opening) } else { (opening, customer) };
        let entry = Entry {
            kind: entry::entry_kind(new.kind),
            source: EntrySource::Opening,
            note: note.as_deref(),
            lines: vec![(debit, credit, terms.amount)],
            from_wallet: false,
        };
        record(&tx, app, viewer, (terms, entry, act), |_, _| {}).await
    })
    .await
}

/// What is checked of all three.
struct Terms {
    scope: Scope,
    amount: i64,
    date: NaiveDate,
    idempotency: Option<Idempotency>,
}

/// How a request begins.
enum Begun {
    /// What was refused so far, and the terms unless something was.
    New(Refusals, Option<Terms>),
    /// The result of an earlier request with the same key.
    Earlier(Replayable<Attempted>),
}

async fn begin(
    tx: &Transaction,
    app: &App,
    viewer: &Viewer,
    (common, act): (Common<'_>, &ActivityEvent),
    key: &Result<Option<Idempotency>, Refusal>,
) -> Result<Begun> {
    let mut refusals = Refusals::default();
    let key = refusals.check(key.clone()).flatten();
    // Locks the customer before looking for the key: the same request may be running at this moment.
    let customer = posting::open_customer(tx, viewer, common.customer_id.parse().ok()).await;
    if let Some(earlier) = document::repeated_attempt(tx, app, viewer, act.clone(), key.as_ref()).await? {
        let document = match earlier {
            Ok(id) => Ok(entry::expect(tx, viewer, id).await?),
            Err(refusal) => Err(refusal),
        };
        return Ok(Begun::Earlier(Replayable { document, replayed: true }));
    }
    let customer = refusals.take(customer)?;
    let book = book::find(tx, viewer).await?;
    let currency = common.currency.unwrap_or(book.currency);
    let amount = refusals.check(document::amount(common.amount, currency, "amount"));
    let date = common.date.unwrap_or_else(|| book::today(&app.clock, &book));
    let date = refusals.check(date.of_document("date"));
    let terms = customer.zip(amount).zip(date).map(|((customer, amount), date)| {
        let scope = Scope { customer_id: customer.id, currency };
        Terms { scope, amount, date, idempotency: key }
    });
    Ok(Begun::New(refusals, terms))
}

/// The entry to record.
struct Entry<'a> {
    kind: EntryKind,
    source: EntrySource,
    note: Option<&'a str>,
    lines: Vec<(Side, Side, i64)>,
    /// Whether the first line is on a wallet, which may be unable to pay.
    from_wallet: bool,
}

async fn record(
    tx: &Transaction,
    app: &App,
    viewer: &Viewer,
    (terms, entry, act): (Terms, Entry<'_>, &ActivityEvent),
    name: impl FnOnce(&mut Change, (Id<kind::LedgerEntry>, Key)),
) -> Result<Replayable<Attempted>> {
    let Terms { scope, amount, date, idempotency } = terms;
    let (id, currency) = (NewId::generate(), scope.currency);
    let Entry { kind, source, note, lines, from_wallet } = entry;
    let document =
        Document { id, customer_id: scope.customer_id, kind, amount, currency, date, note, lines, idempotency };
    let mut draft = document.clone().draft(tx, app, viewer).await?;
    if from_wallet {
        let trace = |line: &journal::Line| Attempt { debit: line.debit, credit: line.credit, meant_for: None };
        draft.attempt = draft.lines.first().map(trace);
    }
    let posted = journal::post(tx, &app.clock, &[draft]).await?.remove(0).map_err(document::wallet_refusal)?;
    if let Some(failure) = posted.entry.failure {
        let refusal = document::recorded_refusal(tx, viewer, [posted.entry.id], failure).await?;
        act.clone().on(posted.entry.id).refused([refusal.code]).record(tx, &app.clock).await?;
        return Ok(Replayable { document: Err(refusal), replayed: false });
    }
    let entry = document.enter(tx, viewer, source, &posted).await?;
    let place = (entry.id, open_items::key(&entry));
    let mut change = Change::of(scope);
    change.from(entry.kind, place.1);
    name(&mut change, place);
    open_items::settle(tx, change).await?;
    act.clone().on(entry.id).of_customer(entry.customer_id).record(tx, &app.clock).await?;
    Ok(Replayable { document: Ok(entry::expect(tx, viewer, entry.id).await?), replayed: false })
}

/// Debit side, credit side and amount of each posting of a refund. The posting on the wallet comes first, since wallet transactions
/// are built from an entry's first posting.
fn given_back(wallet: Option<&Wallet>, amount: i64) -> Vec<(Side, Side, i64)> {
    let Some(wallet) = wallet else { return vec![(Side::Customer, Side::Book(AccountKind::Cash), amount)] };
    let outside = Side::Book(AccountKind::Outside);
    vec![(Side::Wallet(wallet.account.id), outside, amount), (Side::Customer, outside, amount)]
}

/// What a refund takes of held payments, the oldest first: what is free does not suffice for.
async fn of_held(conn: &impl ConnectionTrait, terms: &Terms) -> Result<Vec<((Id<kind::LedgerEntry>, Key), i64)>> {
    use ledger_entry::Column;
    let holding = ledger_entry::Entity::find()
        .filter(Column::CustomerId.eq(terms.scope.customer_id))
        .filter(Column::Currency.eq(terms.scope.currency))
        .filter(Column::DeletedAt.is_null())
        .filter(Column::Held.gt(0))
        .order_by_asc(Column::Date)
        .order_by_asc(Column::Position)
        .all(conn)
        .await?;
    let held: i64 = holding.iter().map(|payment| payment.held).sum();
    let free = open_items::unallocated(conn, terms.scope, None).await? - held;
    let mut needed = (terms.amount - free).max(0);
    let mut taken = Vec::new();
    for payment in holding {
        let amount = payment.held.min(needed);
        if amount > 0 {
            taken.push(((payment.id, open_items::key(&payment)), amount));
            needed -= amount;
        }
    }
    Ok(taken)
}

/// The opening balance that stands.
async fn opening(conn: &impl ConnectionTrait, scope: Scope) -> Result<Option<ledger_entry::Model>> {
    use ledger_entry::Column;
    let openings = ledger_entry::Entity::find()
        .filter(Column::CustomerId.eq(scope.customer_id))
        .filter(Column::Currency.eq(scope.currency))
        .filter(Column::Source.eq(EntrySource::Opening))
        .filter(Column::DeletedAt.is_null());
    Ok(openings.one(conn).await?)
}

/// A write-off is no money, so nothing of it can be given back.
fn nothing_given(let_off: i64, currency: Currency) -> Refusal {
    let let_off = Decimal::from_minor(let_off, currency);
    let message = format!(
        "{let_off} {currency} of write-offs is set off against nothing, because what was written off was paid or taken back. \
         Delete these write-offs first: they are no money that can be given back."
    );
    Refusal::new(Code::NotAllowed, "amount", message)
}

fn too_much(left: i64, currency: Currency, what: &str) -> Refusal {
    let message = format!("Only {} {currency} {what}.", Decimal::from_minor(left, currency));
    Refusal::new(Code::NotAllowed, "amount", message)
}
