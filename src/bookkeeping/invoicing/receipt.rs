//! Receipts: creating and voiding them. `customers::open_items` decides which invoices a receipt pays.

use async_graphql::{ID, InputObject};
use sea_orm::{ActiveModelTrait, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, IntoActiveModel, QueryFilter, Set};
use serde::Serialize;

use super::{
    invoice_input::Voiding,
    named_invoices::{NamedInvoice, WORDS},
    numbering::{self, Numbered},
    party,
};
use crate::{
    activity::{self, ActivityEvent, AuditFields, Field, field},
    app::App,
    bookkeeping::{
        book,
        creation::{self, Begun},
        customers::{
            open_items::{self, Change, Named, Scope, Share},
            posting::{self, Document, Side},
        },
        document::{self, Replayable},
        idempotency,
        journal::{self, Attempt, Posted},
        new_id::{ClientId, NewId},
        wallets::wallet::Wallet,
    },
    calendar::date::Date,
    db::Transaction,
    entity::{
        account::AccountKind,
        activity::Action,
        journal_entry::EntryKind,
        ledger_entry::{EntrySource, EntryType},
        receipt::{self, PaymentType},
    },
    error::{Code, Refusal, Refusals, Result},
    id::{Id, kind},
    money::{Currency, Decimal},
    text,
    viewer::Viewer,
};

/// The receipt to create, and the invoices that it pays.
// Idempotency keys are compared by the JSON of this type, and never expire: leave a new field out of it when absent.
#[derive(Clone, Debug, Serialize, InputObject)]
#[graphql(name = "CreateReceiptInput")]
pub struct NewReceipt {
    /// An id that you choose: `receipt_` and a new UUID of version 7, in the TypeID form. It makes it safe to send the same
    /// request again: when the id was already used in this book, the same input changes nothing and returns the receipt as
    /// it is now; another input fails with `IDEMPOTENCY_CONFLICT`. Default: an id made by the server.
    #[serde(skip)]
    pub id: Option<ID>,
    /// The id of the customer who paid. The customer must not be archived.
    pub customer_id: ID,
    /// The receipt number. 1 to 40 characters, unique among the book's receipts, ignoring case. Default: the next
    /// number of the book's `receiptNumberPattern`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// The receipt date. In the years 1900 to 2199. Default: today in the book's time zone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date: Option<Date>,
    /// The amount that the customer paid. Positive, with at most as many decimals as the currency has, and at most
    /// 10^15 minor units of it (such as 10,000,000,000,000.00 USD).
    pub amount: Decimal,
    /// The currency of `amount`. Default: the book's currency.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub currency: Option<Currency>,
    /// How the customer paid.
    pub payment_type: PaymentType,
    /// The id of the book's wallet that receives the money, in the receipt's currency. Default: none; the money is
    /// cash.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wallet_id: Option<ID>,
    /// The invoices that the receipt pays, in this order, at most 100. What is left, or all of the receipt when none is named,
    /// pays what the customer has owed longest, and later invoices as they are created.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub invoices: Option<Vec<NamedInvoice>>,
    /// A note, at most 500 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// A key of your choice that makes it safe to send the same request again. When the key was already used in this
    /// book, the same input changes nothing and returns the result of the first request; another input fails with
    /// `IDEMPOTENCY_CONFLICT`. 1 to 255 visible ASCII characters, such as a UUID. Keys never expire. A failure because
    /// of a wallet (such as `WALLET_NOT_ACTIVE`) also counts as a result and is returned again.
    #[serde(skip)]
    pub idempotency_key: Option<String>,
}

/// A receipt, or the refusal of a wallet operation. Such a refusal is recorded as a failed journal entry, so the
/// database transaction is committed and the refusal is returned as a value.
pub type Attempted = Result<receipt::Model, Refusal>;

/// The receipts of the viewer's book with these ids, void or not; ids of other books are ignored.
///
/// # Errors
/// When the database fails.
pub async fn find_many(
    conn: &impl ConnectionTrait,
    viewer: &Viewer,
    ids: impl IntoIterator<Item = Id<kind::Receipt>>,
) -> Result<Vec<receipt::Model>> {
    let receipts = receipt::Entity::find().filter(receipt::Column::BookId.eq(viewer.book));
    Ok(receipts.filter(receipt::Column::Id.is_in(ids)).all(conn).await?)
}

/// Creates a receipt. It is a `DEBIT` entry in the customer's ledger; if it names a wallet, the money goes into that
/// wallet.
///
/// # Errors
/// `NOT_FOUND` and `NOT_ALLOWED` for the customer and the invoices; `TAKEN` for the number; `CURRENCY_MISMATCH` and
/// `WALLET_NOT_ACTIVE` for the wallet; `INVALID` and `LIMIT_REACHED`; `IDEMPOTENCY_CONFLICT`.
pub async fn create(app: &App, viewer: &Viewer, new: &NewReceipt) -> Result<Replayable<Attempted>> {
    let idempotency = &idempotency::of(new.idempotency_key.as_deref(), &("createReceipt", new))?;
    let client_id = &ClientId::of(new.id.as_ref(), &("createReceipt", new))?;
    creation::write(app, viewer, new.id.as_ref(), idempotency, |tx| async move {
        let mut refusals = Refusals::default();
        let idempotency = refusals.check(idempotency.clone()).flatten();
        let act = ActivityEvent::by(viewer, Action::CreateReceipt);
        let key = idempotency.as_ref();
        let free =
            match creation::begin::<kind::Receipt>(&tx, app, viewer, act.clone(), client_id.as_ref(), key).await? {
                Begun::New(free) => free,
                Begun::Earlier(earlier) => return replay(&tx, viewer, earlier).await,
            };
        let customer = refusals.take(posting::open_customer(&tx, viewer, new.customer_id.parse().ok()).await)?;
        let book = book::find(&tx, viewer).await?;
        let currency = new.currency.unwrap_or(book.currency);
        let amount = refusals.check(document::amount(&new.amount, currency, "amount"));
        let date = new.date.unwrap_or_else(|| book::today(&app.clock, &book));
        let date = refusals.check(date.of_document("date"));
        let note = new.note.as_deref().and_then(|note| refusals.check(text::note(note, 500, "note"))).flatten();
        let wallet = refusals
            .take(posting::own_wallet(&tx, viewer, new.wallet_id.as_ref(), currency, "receipt").await)?
            .flatten();
        let number = new.number.as_deref().and_then(|number| refusals.check(numbering::check(number)));
        if let Some(number) = &number {
            refusals.extend(numbering::refuse_taken(&tx, Numbered::Receipt, viewer.book, number).await?);
        }
        let (Some(customer), Some(amount), Some(date)) = (customer, amount, date) else {
            return Err(refusals.into());
        };
        let scope = Scope { customer_id: customer.id, currency };
        let named: Vec<_> = new.invoices.iter().flatten().map(NamedInvoice::wanted).collect();
        let named = open_items::shares(&tx, scope, &named, amount, WORDS).await;
        let named = refusals.take(named)?.unwrap_or_default();
        refusals.none()?;

        let id = free.take();
        let document = Document {
            id: id.cast(),
            customer_id: customer.id,
            kind: EntryKind::Receipt,
            amount,
            currency,
            date,
            note: note.as_deref(),
            lines: lines(wallet.as_ref(), amount),
            idempotency,
        };
        let posted = match post(&tx, app, viewer, document.clone(), wallet.is_some()).await? {
            Ok(posted) => posted,
            Err((attempt, refusal)) => {
                free.release(&tx).await?;
                act.on(attempt).refused([refusal.code]).record(&tx, &app.clock).await?;
                return Ok(Replayable { document: Err(refusal), replayed: false });
            }
        };
        let entry = document.enter(&tx, viewer, EntrySource::Receipt, &posted).await?;
        let number = if let Some(number) = number {
            number
        } else {
            let pattern = &book.receipt_number_pattern;
            numbering::next(&tx, Numbered::Receipt, viewer.book, pattern, date).await?
        };
        let parties = party::freeze(&tx, &customer, &book).await?;
        let receipt = receipt::Model {
            id: id.id,
            position: id.position,
            book_id: viewer.book,
            customer_id: customer.id,
            buyer_id: parties.buyer_id,
            seller_id: parties.seller_id,
            number_key: numbering::key(&number),
            number,
            date,
            currency,
            note: entry.note.clone(),
            voided_at: None,
            void_reason: None,
            created_at: entry.created_at,
            payment_type: new.payment_type,
            amount,
            wallet_id: wallet.map(|wallet| wallet.wallet.id),
            allocated: 0,
        };
        receipt::Entity::insert(receipt.into_active_model()).exec_without_returning(&tx).await?;
        let payment = (entry.id, open_items::key(&entry));
        let mut change = Change::of(scope);
        change.from(EntryType::Debit, payment.1);
        for Share { charge, amount } in named {
            change.name(Named { payment, charge, amount });
        }
        open_items::settle(&tx, change).await?;
        let NewId { id, .. } = id;
        act.on(id).of_customer(entry.customer_id).record(&tx, &app.clock).await?;
        Ok(Replayable { document: Ok(expect(&tx, viewer, id).await?), replayed: false })
    })
    .await
}

/// Voids a receipt: reverses its journal entry, takes the money back out of its wallet, and deletes its allocations, so
/// that the invoices are open again. Its number cannot be used again.
///
/// # Errors
/// `NOT_FOUND`; `NOT_ALLOWED` when it is already void; `INSUFFICIENT_FUNDS` when the wallet no longer holds the money;
/// `INVALID` for the reason; `IDEMPOTENCY_CONFLICT`.
pub async fn void(app: &App, viewer: &Viewer, voiding: &Voiding) -> Result<Replayable<Attempted>> {
    let idempotency = &idempotency::of(voiding.idempotency_key.as_deref(), &("voidReceipt", voiding))?;
    let of_receipt = |refusal: Refusal| Refusal {
        path: "id".to_owned(),
        message: format!("The wallet that received the money cannot give it back. {}", refusal.message),
        ..refusal
    };
    idempotency::write(app, viewer, idempotency, |tx| async move {
        let mut refusals = Refusals::default();
        let idempotency = refusals.check(idempotency.clone()).flatten();
        // Locks the customer before looking for the key: the same request may be running at this moment.
        let id = voiding.id.parse::<Id<kind::Receipt>>().ok();
        let entry = posting::lock_entry(&tx, viewer, id.map(Id::cast)).await?;
        let act = ActivityEvent::by(viewer, Action::VoidReceipt).on_named(&voiding.id);
        let key = idempotency.as_ref();
        if let Some(earlier) = document::repeated_attempt(&tx, app, viewer, act.clone(), key).await? {
            return replay(&tx, viewer, earlier.map_err(of_receipt)).await;
        }
        let reason = refusals.check(text::required(&voiding.reason, 500, "reason"));
        let Some(entry) = entry.filter(|entry| entry.source == EntrySource::Receipt) else {
            refusals.push(Refusal::new(Code::NotFound, "id", "You have no such receipt."));
            return Err(refusals.into());
        };
        if entry.deleted_at.is_some() {
            refusals.push(Refusal::new(Code::NotAllowed, "id", "This receipt is already void."));
        }
        refusals.none()?;
        let into_wallet = expect(&tx, viewer, entry.id.cast()).await?.wallet_id.is_some();
        let struck = posting::void(&tx, app, viewer, entry, reason.as_deref(), idempotency, into_wallet).await?;
        let entry = match struck {
            Ok(entry) => entry,
            Err(refusal) => {
                act.refused([refusal.code]).record(&tx, &app.clock).await?;
                return Ok(Replayable { document: Err(of_receipt(refusal)), replayed: false });
            }
        };
        let receipt = receipt::ActiveModel {
            id: Set(entry.id.cast()),
            voided_at: Set(entry.deleted_at),
            void_reason: Set(reason),
            ..Default::default()
        };
        let receipt = receipt.update(&tx).await?;
        let before = receipt::Model { voided_at: None, void_reason: None, ..receipt.clone() };
        act.of_customer(receipt.customer_id).changed(&before, &receipt).record(&tx, &app.clock).await?;
        Ok(Replayable { document: Ok(receipt), replayed: false })
    })
    .await
}

/// The result of an earlier request with the same idempotency key.
async fn replay(
    conn: &impl ConnectionTrait,
    viewer: &Viewer,
    earlier: Result<Id<kind::Receipt>, Refusal>,
) -> Result<Replayable<Attempted>> {
    let document = match earlier {
        Ok(id) => Ok(expect(conn, viewer, id).await?),
        Err(refusal) => Err(refusal),
    };
    Ok(Replayable { document, replayed: true })
}

async fn expect(conn: &impl ConnectionTrait, viewer: &Viewer, id: Id<kind::Receipt>) -> Result<receipt::Model> {
    let found = find_many(conn, viewer, [id]).await?.pop();
    Ok(found.ok_or_else(|| DbErr::RecordNotFound(id.to_string()))?)
}

/// Debit side, credit side and amount of each posting: the customer owes less, and the money goes into cash, or into
/// the wallet by way of the outside account. The posting on the wallet comes first, since wallet transactions are built
/// from an entry's first posting.
fn lines(wallet: Option<&Wallet>, amount: i64) -> Vec<(Side, Side, i64)> {
    let Some(wallet) = wallet else { return vec![(Side::Book(AccountKind::Cash), Side::Customer, amount)] };
    let outside = Side::Book(AccountKind::Outside);
    vec![(outside, Side::Wallet(wallet.account.id), amount), (outside, Side::Customer, amount)]
}

/// Posts the receipt. If the wallet does not accept the money, the attempt is recorded as a failed entry, and the inner
/// error holds the id of that entry and the refusal.
async fn post(
    tx: &Transaction,
    app: &App,
    viewer: &Viewer,
    document: Document<'_>,
    into_wallet: bool,
) -> Result<Result<Posted, (Id<kind::Entry>, Refusal)>> {
    let mut draft = document.draft(tx, app, viewer).await?;
    if into_wallet {
        let trace = |line: &journal::Line| Attempt { debit: line.debit, credit: line.credit, meant_for: None };
        draft.attempt = draft.lines.first().map(trace);
    }
    let posted = journal::post(tx, &app.clock, &[draft]).await?.remove(0).map_err(document::wallet_refusal)?;
    Ok(match posted.entry.failure {
        Some(failure) => {
            let id = posted.entry.id;
            Err((id, document::recorded_refusal(tx, viewer, [id], failure).await?))
        }
        None => Ok(posted),
    })
}

impl AuditFields for receipt::Model {
    fn audit_fields(&self) -> Vec<Field> {
        vec![field("voidedAt", activity::time(self.voided_at)), field("voidReason", self.void_reason.as_ref())]
    }
}
