//! [`Directory`]: what a batch reads besides the accounts: whose session lasts, whom a name stands for, who was paid before.

use std::collections::{HashMap, HashSet};

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect};

use super::request::Request;
use crate::{
    app::Defaults,
    bookkeeping::{
        journal::Batch,
        wallets::reference::{self, Owners, WalletRef},
    },
    db::Transaction,
    entity::{account::AccountKind, book, known_payee, session, user},
    error::Result,
    id::{Id, kind},
    list::any_of::{any_of, any_pair_of},
    money::Currency,
    viewer::Viewer,
};

type Books = (Id<kind::Book>, Id<kind::Book>);

/// What a batch reads besides the accounts.
pub(super) struct Directory {
    owners: Owners,
    /// The wallets that each payment may mean.
    payees: HashMap<Id<kind::Entry>, Vec<Id<kind::Wallet>>>,
    sessions: HashSet<(Id<kind::Session>, Id<kind::User>, Id<kind::Book>)>,
    users: HashSet<Id<kind::User>>,
    currencies: HashMap<Id<kind::Book>, Currency>,
    /// Which books have paid which others.
    paid: HashSet<Books>,
}

impl Directory {
    /// Finds the wallets of those who ask.
    pub(super) async fn of_own(tx: &Transaction, defaults: &Defaults, requests: &[Request]) -> Result<Self> {
        let owners = reference::owners(tx, defaults, requests.iter().map(|request| &request.own)).await?;
        let currencies = if requests.iter().any(Request::is_in_currency_of_book) {
            let books = requests.iter().map(|request| request.terms.viewer.book);
            let books = book::Entity::find().filter(any_of(tx.get_database_backend(), book::Column::Id, books));
            books.all(tx).await?.into_iter().map(|book| (book.id, book.currency)).collect()
        } else {
            HashMap::new()
        };
        let (payees, sessions, users, paid) = Default::default();
        Ok(Self { owners, payees, sessions, users, currencies, paid })
    }

    /// Finds the wallets that these requests would pay.
    pub(super) async fn add_payees(
        &mut self,
        tx: &Transaction,
        defaults: &Defaults,
        requests: &[&Request],
    ) -> Result<()> {
        let named = requests.iter().filter_map(|request| request.payee.as_ref());
        let owners = reference::owners(tx, defaults, named).await?;
        for request in requests {
            let wallets = request.payee.iter().flat_map(|named| owners.wallets(&request.terms.viewer, named, None));
            self.payees.insert(request.id, wallets.collect());
        }
        self.owners.add(owners);
        Ok(())
    }

    /// Reads nothing more about whom a request would pay.
    pub(super) fn forget_payee(&mut self, request: &Request) {
        self.payees.remove(&request.id);
    }

    /// The holders of all accounts that the requests may concern: the wallets that they name, and the books of those who ask.
    pub(super) fn holders(&self, requests: &[Request]) -> HashSet<Id<kind::Holder>> {
        let books = requests.iter().map(|request| request.terms.viewer.book.cast());
        let own = requests.iter().filter_map(|request| self.own_wallet(request));
        let payees = self.payees.values().flatten().copied();
        books.chain(own.chain(payees).map(Id::cast)).collect()
    }

    /// Reads what may change until the accounts are locked.
    pub(super) async fn read(&mut self, tx: &Transaction, requests: &[Request], batch: &Batch) -> Result<()> {
        let backend = tx.get_database_backend();
        let viewers: HashSet<_> = requests.iter().map(|request| request.terms.viewer).collect();
        let sessions: HashSet<_> = viewers.iter().filter_map(|viewer| viewer.session).collect();
        if !sessions.is_empty() {
            let lasting = session::Entity::find().filter(any_of(backend, session::Column::Id, sessions));
            let lasting = lasting.filter(session::Column::EndedAt.is_null()).select_only();
            let lasting = lasting.columns([session::Column::Id, session::Column::UserId, session::Column::BookId]);
            self.sessions = lasting.into_tuple().all(tx).await?.into_iter().collect();
        }
        let operators: HashSet<_> =
            viewers.iter().filter(|viewer| viewer.session.is_none()).map(|viewer| viewer.user).collect();
        if !operators.is_empty() {
            let there = user::Entity::find().filter(any_of(backend, user::Column::Id, operators));
            let there = there.filter(user::Column::DeletedAt.is_null()).select_only().column(user::Column::Id);
            self.users = there.into_tuple().all(tx).await?.into_iter().collect();
        }
        self.read_payees(tx, requests, batch).await
    }

    async fn read_payees(&mut self, tx: &Transaction, requests: &[Request], batch: &Batch) -> Result<()> {
        let mut payments = HashSet::new();
        for request in requests {
            let payer = request.terms.viewer.book;
            for wallet in self.payees.get(&request.id).into_iter().flatten() {
                let account = batch.of_holder(wallet.cast(), AccountKind::Wallet, None);
                payments
                    .extend(account.map(|account| (payer, account.book_id)).filter(|(payer, payee)| payer != payee));
            }
        }
        if payments.is_empty() {
            return Ok(());
        }
        let books = (known_payee::Column::BookId, known_payee::Column::PayeeBookId);
        let paid = known_payee::Entity::find().filter(any_pair_of(tx.get_database_backend(), books, payments));
        self.paid = paid.all(tx).await?.into_iter().map(|known| (known.book_id, known.payee_book_id)).collect();
        Ok(())
    }

    /// Whether the viewer's session lasts or, for an operator, whether the user's account still exists.
    pub(super) fn is_there(&self, viewer: &Viewer) -> bool {
        match viewer.session {
            Some(session) => self.sessions.contains(&(session, viewer.user, viewer.book)),
            None => self.users.contains(&viewer.user),
        }
    }

    /// The currency in which the default wallet of somebody is meant. `None` when it follows from a wallet that is named by its id.
    fn currency_of(&self, request: &Request) -> Option<Currency> {
        if request.is_in_currency_of_book() {
            return self.currencies.get(&request.terms.viewer.book).copied();
        }
        request.currency
    }

    /// The wallet of the one who asks, which may turn out to be somebody else's.
    pub(super) fn own_wallet(&self, request: &Request) -> Option<Id<kind::Wallet>> {
        self.wallet(&request.terms.viewer, &request.own, self.currency_of(request))
    }

    /// The wallet that a reference names, in any book.
    pub(super) fn wallet(
        &self,
        viewer: &Viewer,
        named: &WalletRef,
        currency: Option<Currency>,
    ) -> Option<Id<kind::Wallet>> {
        self.owners.wallets(viewer, named, currency).next()
    }

    /// Whether a book is the payer's own, or one that it has paid before.
    pub(super) fn is_known(&self, payer: Id<kind::Book>, paid: Id<kind::Book>) -> bool {
        payer == paid || self.paid.contains(&(payer, paid))
    }

    /// Notes that a book pays another one. Returns whether it does so for the first time.
    pub(super) fn note_paid(&mut self, payer: Id<kind::Book>, paid: Id<kind::Book>) -> bool {
        self.paid.insert((payer, paid))
    }
}
