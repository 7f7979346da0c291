//! The transaction of a batch of wallet operations. Each one succeeds or is refused on its own, in the order in which they came.
//!
//! A payee who is named by name or number is looked up only where the payer seems able to pay. Then the accounts are locked, and only
//! now it is decided who can pay: who can by now, but whose payee was not looked up, is left for another transaction. What is read
//! afterwards (sessions, keys, known payees) cannot change before the commit in a way that matters: whoever deletes a user's account
//! closes its wallets, and so waits for the same locks.

use std::collections::HashSet;

use sea_orm::{ConnectionTrait, DbErr};

use super::{
    directory::Directory,
    request::{Request, not_found},
};
use crate::{
    activity::{self, ActivityEvent},
    app::App,
    bookkeeping::{
        document,
        journal::{self, Attempt, Batch, Draft, Line, Posted},
        wallets::{payee, reference::WalletRef},
    },
    db::{Transaction, Writes},
    entity::{
        account::{self, AccountKind, AccountStatus},
        activity::Action,
        journal_entry::{EntryKind, Failure},
    },
    error::{Code, Detail, Error, Refusal, Result},
    id::{Id, kind},
    money::Currency,
    viewer::Viewer,
};

/// What is written when all operations are through.
struct Work<'a> {
    tx: &'a Transaction,
    app: &'a App,
    batch: Batch,
    directory: Directory,
    /// The payments whose payees were not looked up.
    unable: HashSet<Id<kind::Entry>>,
    events: Vec<ActivityEvent>,
    /// Who has paid whom for the first time.
    new_payees: HashSet<(Id<kind::Book>, Id<kind::Book>)>,
}

/// Posts the operations. `may_be_written`: an earlier attempt may have been committed without an answer. Returns `None` for a payment
/// that has to be tried again in another transaction, of which nothing is written.
///
/// # Errors
/// When the whole transaction has to be rolled back.
pub(super) async fn post(
    tx: &Transaction,
    app: &App,
    requests: &[Request],
    may_be_written: bool,
) -> Result<Vec<Option<Result<Posted>>>> {
    let mut directory = Directory::of_own(tx, &app.defaults, requests).await?;
    let unable = unable(tx, &directory, requests).await?;
    let able: Vec<_> = requests.iter().filter(|request| !unable.contains(&request.id)).collect();
    directory.add_payees(tx, &app.defaults, &able).await?;
    let mut batch = Batch::begin(tx, &app.clock, directory.holders(requests)).await?;
    for request in able.into_iter().filter(|request| matches!(request.payee, Some(WalletRef::Id(_)))) {
        let own = directory.own_wallet(request);
        let own = own.and_then(|wallet| batch.of_holder(wallet.cast(), AccountKind::Wallet, None));
        if !can_pay(request, own) {
            directory.forget_payee(request);
        }
    }
    directory.read(tx, requests, &batch).await?;
    batch.look_for_earlier(tx, marks(requests)).await?;
    if may_be_written {
        batch.look_for(tx, requests.iter().map(|request| request.id)).await?;
    }
    let mut work = Work { tx, app, batch, directory, unable, events: Vec::new(), new_payees: HashSet::new() };
    let mut answers = Vec::with_capacity(requests.len());
    for request in requests {
        answers.push(match work.post(request).await {
            Ok(posted) => posted.map(Ok),
            Err(error @ (Error::Refused(_) | Error::Gone)) => Some(Err(error)),
            Err(error) => return Err(error),
        });
    }
    let mut writes = Writes::on(tx.get_database_backend());
    work.batch.add_to(&mut writes)?;
    payee::remember(&mut writes, work.new_payees)?;
    activity::add_all(&mut writes, &app.clock, work.events)?;
    writes.run(tx).await?;
    journal::load_postings(tx, answers.iter_mut().flatten().flatten()).await?;
    Ok(answers)
}

/// The payments whose payees are not looked up, since they seem impossible.
async fn unable(tx: &Transaction, directory: &Directory, requests: &[Request]) -> Result<HashSet<Id<kind::Entry>>> {
    // A payee who is named by the id of the wallet is not looked up.
    let is_named = |request: &&Request| request.payee.as_ref().is_some_and(|payee| !matches!(payee, WalletRef::Id(_)));
    let payments: Vec<_> = requests.iter().filter(is_named).collect();
    if payments.is_empty() {
        return Ok(HashSet::new());
    }
    let wallets = payments.iter().filter_map(|request| directory.own_wallet(request));
    let accounts = journal::of_holders(tx, AccountKind::Wallet, wallets.map(Id::cast)).await?;
    let is_unable = |request: &&Request| {
        let wallet = directory.own_wallet(request).map(Id::cast);
        !can_pay(request, accounts.iter().find(|account| Some(account.holder_id) == wallet))
    };
    Ok(payments.into_iter().filter(is_unable).map(|request| request.id).collect())
}

/// Whether a payment can be made from this account.
fn can_pay(request: &Request, own: Option<&account::Model>) -> bool {
    own.filter(|own| own.book_id == request.terms.viewer.book).is_some_and(|own| {
        let amount = document::positive(&request.amount, own.currency, "amount");
        amount.is_ok_and(|amount| cannot_pay(own, amount).is_none())
    })
}

/// The keys and references of the requests, each with its book.
fn marks(requests: &[Request]) -> journal::Marks {
    let book = |request: &Request| request.terms.viewer.book.uuid();
    let key = |request: &Request| Some((book(request), request.idempotency.as_ref()?.key.clone()));
    let reference = |request: &Request| Some((book(request), request.reference.clone()?));
    journal::Marks {
        keys: requests.iter().filter_map(key).collect(),
        references: requests.iter().filter_map(reference).collect(),
    }
}

impl Work<'_> {
    /// Posts an operation; `None` as [`post`] says.
    async fn post(&mut self, request: &Request) -> Result<Option<Posted>> {
        let viewer = &request.terms.viewer;
        if !self.directory.is_there(viewer) {
            return Err(Error::Gone);
        }
        if let Some(posted) = self.batch.written(request.id) {
            return Ok(Some(posted));
        }
        if let Some(key) = &request.idempotency
            && let Some(answer) = self.batch.repeated(viewer.book, key)
        {
            let posted = answer.map_err(Refusal::from)?;
            self.note(request, &posted);
            return Ok(Some(posted));
        }
        let (own, currency, amount) = self.check(request)?;
        let refused = request.payee.as_ref().and_then(|_| cannot_pay(&own, amount));
        if refused.is_none() && self.unable.contains(&request.id) {
            return Ok(None);
        }
        let payee = match request.payee.as_ref().filter(|_| refused.is_none()) {
            Some(named) => Some(self.payee(viewer, named, currency).await?),
            None => None,
        };
        let draft = self.draft(request, &own, payee.as_ref(), (amount, currency), refused)?;
        let posted = match refused {
            Some(failure) => self.batch.post_refused(&draft, failure)?,
            None => self.batch.post(&draft)?,
        };
        let posted = posted.map_err(Refusal::from)?;
        if let Some(payee) = payee.filter(|payee| posted.entry.failure.is_none() && payee.book_id != viewer.book)
            && self.directory.note_paid(viewer.book, payee.book_id)
        {
            self.new_payees.insert((viewer.book, payee.book_id));
        }
        self.note(request, &posted);
        Ok(Some(posted))
    }

    /// Checks the input. Status and balance of the wallets are checked when the draft is posted; those of a wallet that pays
    /// somebody are checked before too, before the payee is looked at.
    fn check(&self, request: &Request) -> Result<(account::Model, Currency, i64)> {
        let viewer = &request.terms.viewer;
        let mut refusals = request.refusals.clone();
        let own = self
            .directory
            .own_wallet(request)
            .and_then(|wallet| self.account(wallet))
            .filter(|own| own.book_id == viewer.book)
            .cloned();
        let own = own.ok_or_else(|| not_found(request.terms.own_field, &request.own, "You have no such wallet."));
        let own = refusals.check(own);
        let Some(currency) = request.currency.or(own.as_ref().map(|own| own.currency)) else {
            return Err(refusals.into());
        };
        if let Some(own) = &own
            && own.currency != currency
        {
            let message = format!("The wallet is in {}, but the amount is in {currency}.", own.currency);
            let currencies = Detail::Currencies { expected: Some(own.currency), actual: currency };
            refusals.push(Refusal::new(Code::CurrencyMismatch, "currency", message).with(currencies));
        }
        let amount = refusals.check(document::positive(&request.amount, currency, "amount"));
        let (Some(own), Some(amount)) = (own, amount) else { return Err(refusals.into()) };
        refusals.none()?;
        Ok((own, currency, amount))
    }

    /// The account of a wallet, in any book.
    fn account(&self, wallet: Id<kind::Wallet>) -> Option<&account::Model> {
        self.batch.of_holder(wallet.cast(), AccountKind::Wallet, None)
    }

    /// The account that a payment would pay.
    async fn payee(&self, viewer: &Viewer, named: &WalletRef, currency: Currency) -> Result<account::Model> {
        let payee =
            self.directory.wallet(viewer, named, Some(currency)).and_then(|wallet| self.account(wallet)).cloned();
        let is_known = payee.as_ref().is_some_and(|payee| self.directory.is_known(viewer.book, payee.book_id));
        if !is_known && !matches!(named, WalletRef::Id(_)) {
            let path = format!("to.{}", named.field());
            payee::count_in(self.tx, self.app, viewer).await.map_err(|error| error.at(&path))?;
        }
        Ok(payee.ok_or_else(|| {
            let message = match named {
                WalletRef::Id(_) => "There is no such wallet.".to_owned(),
                _ => format!("No user with this name or phone number has a wallet in {currency}."),
            };
            not_found("to", named, message)
        })?)
    }

    /// The draft, with the zero posting that records a refused attempt.
    fn draft(
        &self,
        request: &Request,
        own: &account::Model,
        payee: Option<&account::Model>,
        (amount, currency): (i64, Currency),
        refused: Option<Failure>,
    ) -> Result<Draft> {
        let viewer = &request.terms.viewer;
        let outside = self.batch.of_holder(viewer.book.cast(), AccountKind::Outside, Some(own.currency));
        let outside =
            outside.ok_or_else(|| DbErr::RecordNotFound(format!("{} has no outside in {currency}", viewer.book)))?.id;
        let is_deposit = request.terms.kind == EntryKind::Deposit;
        let (debit, credit) = if is_deposit { (outside, own.id) } else { (own.id, outside) };
        let own_payee = payee.filter(|payee| payee.book_id == viewer.book);
        let line = Line { debit, credit: payee.map_or(credit, |payee| payee.id), amount };
        Ok(Draft {
            id: request.id,
            book_id: viewer.book,
            actor_id: viewer.user,
            kind: request.terms.kind,
            amount,
            currency,
            lines: if refused.is_some() { Vec::new() } else { vec![line] },
            effective_on: None,
            memo: request.memo.clone(),
            reference: request.reference.clone(),
            idempotency: request.idempotency.clone(),
            document_id: None,
            reverses_id: None,
            attempt: Some(Attempt { debit, credit, meant_for: own_payee.map(|payee| payee.id) }),
        })
    }

    /// Notes what is to be recorded in the activity log.
    fn note(&mut self, request: &Request, posted: &Posted) {
        let action = match request.terms.kind {
            EntryKind::Deposit => Action::Deposit,
            EntryKind::Withdrawal => Action::Withdraw,
            _ => Action::Transfer,
        };
        let (act, entry) = (ActivityEvent::by(&request.terms.viewer, action), posted.entry.id);
        let act = if posted.replayed { act.on(entry).replayed() } else { act.made(entry) };
        self.events.push(act.refused(posted.entry.failure.map(Code::from)));
    }
}

/// Why a wallet cannot pay an amount; `None` when it can.
fn cannot_pay(own: &account::Model, amount: i64) -> Option<Failure> {
    if own.status != AccountStatus::Active {
        return Some(Failure::DebitNotActive);
    }
    (journal::balance(own) < amount).then_some(Failure::InsufficientFunds)
}
