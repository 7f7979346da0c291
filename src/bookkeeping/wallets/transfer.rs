//! Wallet operations: deposits, withdrawals and transfers.
//!
//! An attempt that the wallets do not allow (too little money, a frozen wallet, the same wallet twice, another
//! currency) is recorded as a failed journal entry. A request with unusable input (no such wallet, a malformed amount,
//! a reference or idempotency key that is already used) writes no journal entry.
//!
//! A payee is looked up last, and only when the paying wallet can pay. So who has no money learns nothing by naming
//! payees, and a failed entry of a payment to another book does not say whom it was meant for.

use std::slice;

use async_graphql::InputObject;
use sea_orm::{ActiveEnum, ConnectionTrait, DbErr};
use serde::Serialize;

use super::{
    payee::{self, Payee},
    reference::{self, WalletRef},
    transaction::WalletTransaction,
    wallet::Wallet,
};
use crate::{
    activity::ActivityEvent,
    app::{App, Defaults},
    bookkeeping::{
        book, document, idempotency,
        journal::{self, Attempt, Draft, Idempotency, Line, Posted, Refused},
    },
    db::Transaction,
    entity::{
        account::{AccountKind, AccountStatus},
        activity::Action,
        journal_entry::{EntryKind, Failure},
        posting,
    },
    error::{Code, Detail, Refusal, Refusals, Result},
    id::{Id, kind},
    money::{Currency, Decimal, Money},
    text,
    viewer::Viewer,
};

/// What deposits, withdrawals and transfers have in common.
// Idempotency keys are compared by the JSON of this type, and never expire: leave a new field out of it when absent.
#[derive(Clone, Debug, Serialize, InputObject)]
pub struct WalletOperation {
    /// The amount. Positive, with at most as many decimals as the currency has.
    pub amount: Decimal,
    /// The currency of `amount`. It must be the wallet's. Default: the wallet's currency if your wallet is named by id,
    /// otherwise the book's currency.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub currency: Option<Currency>,
    /// A note, at most 500 characters. In a transfer, both sides can read it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub memo: Option<String>,
    /// Your own reference number, 1 to 64 characters, unique among the book's successful transactions. Default: a
    /// generated one, such as `TRF-20261121-7K3M9QPXWA` for a transfer (`DEP-` for a deposit, `WDR-` for a withdrawal).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// A key of your choice that makes it safe to send the same request again. When the key was already used in this
    /// book, the same input changes nothing and returns the result of the first request; another input fails with
    /// `IDEMPOTENCY_CONFLICT`. 1 to 255 visible ASCII characters, such as a UUID. Keys never expire. A transaction that
    /// is recorded as `FAILED` also counts as a result and is returned again.
    #[serde(skip)]
    pub idempotency_key: Option<String>,
}

/// The result of a wallet operation.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The recorded transaction; its status tells whether it succeeded or failed.
    pub transaction: WalletTransaction,
    /// Its posting; of amount zero when it failed.
    pub posting: posting::Model,
    /// Why it failed; `None` when it succeeded.
    pub refusal: Option<Refusal>,
    /// Whether this is the result of an earlier request with the same idempotency key.
    pub replayed: bool,
}

/// Deposits money from outside into one of the viewer's wallets.
///
/// # Errors
/// The refusals of unusable input. A refusal by the journal is in the outcome.
pub async fn deposit(app: &App, viewer: &Viewer, wallet: &WalletRef, operation: &WalletOperation) -> Result<Outcome> {
    Request { kind: EntryKind::Deposit, own: (wallet, "wallet"), payee: None, operation }.execute(app, viewer).await
}

/// Withdraws money from one of the viewer's wallets.
///
/// # Errors
/// As for [`deposit`].
pub async fn withdraw(app: &App, viewer: &Viewer, wallet: &WalletRef, operation: &WalletOperation) -> Result<Outcome> {
    Request { kind: EntryKind::Withdrawal, own: (wallet, "wallet"), payee: None, operation }.execute(app, viewer).await
}

/// Transfers money from one of the viewer's wallets to another wallet, of the viewer or of another user.
///
/// # Errors
/// As for [`deposit`].
pub async fn transfer(
    app: &App,
    viewer: &Viewer,
    from: &WalletRef,
    to: &WalletRef,
    operation: &WalletOperation,
) -> Result<Outcome> {
    Request { kind: EntryKind::Transfer, own: (from, "from"), payee: Some(to), operation }.execute(app, viewer).await
}

/// A wallet operation whose input is checked.
struct Prepared {
    draft: Draft,
    /// Why the viewer's wallet cannot pay. The payee was then not looked up.
    refused: Option<Failure>,
    /// The other book that is paid, when the viewer's book has not paid it before.
    new_payee: Option<Id<kind::Book>>,
}

/// A wallet operation with its input, not checked yet.
struct Request<'a> {
    kind: EntryKind,
    /// The viewer's wallet, and the name of its field in the input.
    own: (&'a WalletRef, &'static str),
    payee: Option<&'a WalletRef>,
    operation: &'a WalletOperation,
}

impl Request<'_> {
    async fn execute(&self, app: &App, viewer: &Viewer) -> Result<Outcome> {
        let idempotency = self.idempotency()?;
        if let Ok(Some(idempotency)) = &idempotency
            && let Some(answer) = journal::find_repeat(app.db.read(), viewer.book, idempotency).await?
        {
            let posted = &answer.map_err(Refusal::from)?;
            app.db.write(|tx| async move { self.record(&tx, app, viewer, posted).await }).await?;
            return self.outcome(app, viewer, posted.clone()).await;
        }
        let Prepared { draft, refused, new_payee } = &self.prepare(app, viewer, idempotency.clone()).await?;
        let posted = idempotency::write(app, viewer, &idempotency, |tx| async move {
            let posted = match refused {
                Some(failure) => journal::post_refused(&tx, &app.clock, draft, *failure).await?,
                None => journal::post(&tx, &app.clock, slice::from_ref(draft)).await?.remove(0),
            };
            let posted = posted.map_err(Refusal::from)?;
            if let Some(book_id) = new_payee.filter(|_| posted.entry.failure.is_none()) {
                payee::remember(&tx, viewer, book_id).await?;
            }
            self.record(&tx, app, viewer, &posted).await?;
            Ok(posted)
        });
        self.outcome(app, viewer, posted.await?).await
    }

    async fn record(&self, tx: &Transaction, app: &App, viewer: &Viewer, posted: &Posted) -> Result<()> {
        let action = match self.kind {
            EntryKind::Deposit => Action::Deposit,
            EntryKind::Withdrawal => Action::Withdraw,
            _ => Action::Transfer,
        };
        let act = ActivityEvent::by(viewer, action).on(posted.entry.id);
        let act = if posted.replayed { act.replayed() } else { act };
        act.refused(posted.entry.failure.map(Code::from)).record(tx, &app.clock).await
    }

    fn idempotency(&self) -> Result<Result<Option<Idempotency>, Refusal>> {
        let input = (self.kind.to_value(), self.own.0, self.payee, self.operation);
        idempotency::of(self.operation.idempotency_key.as_deref(), &input)
    }

    /// Finds the wallets, checks the input, and builds the draft. Status and balance of the wallets are checked under
    /// lock, by the journal; those of a wallet that pays somebody are checked here too, before the payee is looked up.
    async fn prepare(
        &self,
        app: &App,
        viewer: &Viewer,
        idempotency: Result<Option<Idempotency>, Refusal>,
    ) -> Result<Prepared> {
        let conn = app.db.read();
        let mut refusals = Refusals::default();
        let idempotency = refusals.check(idempotency).flatten();
        let memo = self.operation.memo.as_deref().and_then(|memo| refusals.check(text::paragraph(memo, 500, "memo")));
        let reference = self.operation.reference.as_deref();
        let reference = reference.and_then(|reference| refusals.check(text::line(reference, 64, "reference")));

        let own = refusals.check(self.own_wallet(conn, &app.defaults, viewer).await?);
        let currency = self.operation.currency.or(own.as_ref().map(|own| own.wallet.currency));
        let Some(currency) = currency else { return Err(refusals.into()) };
        if let Some(own) = &own
            && own.wallet.currency != currency
        {
            let message = format!("The wallet is in {}, but the amount is in {currency}.", own.wallet.currency);
            let currencies = Detail::Currencies { expected: Some(own.wallet.currency), actual: currency };
            refusals.push(Refusal::new(Code::CurrencyMismatch, "currency", message).with(currencies));
        }
        let amount = refusals.check(document::positive(&self.operation.amount, currency, "amount"));
        let (Some(own), Some(amount)) = (own, amount) else { return Err(refusals.into()) };
        refusals.none()?;
        let refused = self.payee.and_then(|_| cannot_pay(&own, amount));
        let payee = match self.payee.filter(|_| refused.is_none()) {
            Some(named) => Some(find_payee(app, conn, viewer, named, currency).await?),
            None => None,
        };
        let new_payee = payee.as_ref().filter(|payee| !payee.is_known).map(|payee| payee.wallet.wallet.book_id);

        let (line, attempt) = self.sides(conn, &own, payee.as_ref().map(|payee| &payee.wallet), amount).await?;
        let draft = Draft {
            id: Id::generate(),
            book_id: viewer.book,
            actor_id: viewer.user,
            kind: self.kind,
            amount,
            currency,
            lines: if refused.is_some() { Vec::new() } else { vec![line] },
            effective_on: None,
            memo,
            reference,
            idempotency,
            document_id: None,
            reverses_id: None,
            attempt: Some(attempt),
        };
        Ok(Prepared { draft, refused, new_payee })
    }

    /// Finds the viewer's wallet. A wallet of another book is reported as not found.
    async fn own_wallet(
        &self,
        conn: &impl ConnectionTrait,
        defaults: &Defaults,
        viewer: &Viewer,
    ) -> Result<Result<Wallet, Refusal>> {
        let (named, field) = self.own;
        let currency = match (self.operation.currency, named) {
            (Some(currency), _) => Some(currency),
            (None, WalletRef::Id(_)) => None,
            (None, _) => Some(book::find(conn, viewer).await?.currency),
        };
        let wallet = reference::resolve(conn, defaults, viewer, named, currency).await?;
        let own = wallet.filter(|wallet| wallet.wallet.book_id == viewer.book);
        Ok(own.ok_or_else(|| not_found(field, named, "You have no such wallet.")))
    }

    /// The posting of the operation, and the zero posting that records a refused attempt.
    async fn sides(
        &self,
        conn: &impl ConnectionTrait,
        own: &Wallet,
        payee: Option<&Wallet>,
        amount: i64,
    ) -> Result<(Line, Attempt)> {
        let own_id = own.account.id;
        let (book_id, currency) = (own.wallet.book_id, own.wallet.currency);
        let outside = journal::of_holder(conn, AccountKind::Outside, currency, book_id.cast()).await?;
        let outside =
            outside.ok_or_else(|| DbErr::RecordNotFound(format!("{book_id} has no outside in {currency}")))?.id;
        let (debit, credit) = if self.kind == EntryKind::Deposit { (outside, own_id) } else { (own_id, outside) };
        let own_payee = payee.filter(|payee| payee.wallet.book_id == book_id);
        let attempt = Attempt { debit, credit, meant_for: own_payee.map(|payee| payee.account.id) };
        let credit = payee.map_or(credit, |payee| payee.account.id);
        Ok((Line { debit, credit, amount }, attempt))
    }

    async fn outcome(&self, app: &App, viewer: &Viewer, posted: Posted) -> Result<Outcome> {
        let Posted { entry, postings, replayed } = posted;
        let refusal = match entry.failure {
            Some(failure) => {
                let detail = journal::attempt_detail(app.db.read(), viewer.book, [entry.id], failure).await?;
                let refusal = self.refusal(failure, entry.currency);
                Some(Refusal { detail: detail.or(refusal.detail), ..refusal })
            }
            None => None,
        };
        let no_posting = || DbErr::RecordNotFound("an entry has no posting on a wallet".to_owned());
        let posting = postings.into_iter().next().ok_or_else(no_posting)?;
        let transaction = WalletTransaction::new(entry, &posting).ok_or_else(no_posting)?;
        Ok(Outcome { transaction, posting, refusal, replayed })
    }

    /// The refusal for a failure, with the path of the input field that caused it.
    fn refusal(&self, failure: Failure, currency: Currency) -> Refusal {
        let payee = if self.payee.is_some() { "to" } else { self.own.1 };
        let path = match failure {
            Failure::InsufficientFunds | Failure::LimitReached => "amount",
            Failure::DebitNotActive => self.own.1,
            Failure::CreditNotActive => payee,
            Failure::CurrencyMismatch | Failure::SameAccount => "to",
        };
        let refusal = Refusal { path: path.to_owned(), ..Refused::Failed(failure).into() };
        if (self.kind, failure) != (EntryKind::Deposit, Failure::LimitReached) {
            return refusal;
        }
        let most = Decimal::from_minor(journal::MOST_TAKEN_IN, currency);
        let message = format!("Your wallets can take in at most {most} {currency} more than they pay to the outside.");
        let most = Detail::MostAmount(Money::from_minor(journal::MOST_TAKEN_IN, currency));
        Refusal { message, ..refusal }.with(most)
    }
}

/// Why a wallet cannot pay an amount; `None` when it can.
fn cannot_pay(own: &Wallet, amount: i64) -> Option<Failure> {
    if own.account.status != AccountStatus::Active {
        return Some(Failure::DebitNotActive);
    }
    (journal::balance(&own.account) < amount).then_some(Failure::InsufficientFunds)
}

async fn find_payee(
    app: &App,
    conn: &impl ConnectionTrait,
    viewer: &Viewer,
    named: &WalletRef,
    currency: Currency,
) -> Result<Payee> {
    let path = format!("to.{}", named.field());
    let payee = payee::find(app, conn, viewer, named, currency).await;
    let payee = payee.map_err(|error| if error.is_busy() { error } else { error.at(&path) })?;
    Ok(payee.ok_or_else(|| {
        let message = match named {
            WalletRef::Id(_) => "There is no such wallet.".to_owned(),
            _ => format!("No user with this name or phone number has a wallet in {currency}."),
        };
        not_found("to", named, message)
    })?)
}

fn not_found(field: &'static str, named: &WalletRef, message: impl Into<String>) -> Refusal {
    Refusal::new(Code::NotFound, format!("{field}.{}", named.field()), message)
}
