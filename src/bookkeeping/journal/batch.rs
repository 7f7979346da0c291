//! [`Batch`]: drafts of several requests that are posted in one transaction, each on its own.

use std::collections::HashMap;

use sea_orm::{ConnectionTrait, EntityTrait, QueryFilter};

use super::{
    account,
    draft::{Draft, Idempotency, Posted, Refused},
    fold::{self, State},
    replay::{self, Marks, Repeats},
    write,
};
use crate::{
    clock::Clock,
    db::{Transaction, Writes},
    entity::{
        account::{AccountKind, Model},
        journal_entry::{self, Failure},
    },
    error::Result,
    id::{Id, kind},
    list::any_of::any_of,
    money::Currency,
};

/// Drafts of several requests that are posted in one transaction.
#[derive(Debug)]
pub struct Batch {
    state: State,
    /// The accounts of each holder.
    held: HashMap<(Id<kind::Holder>, AccountKind), Vec<Id<kind::Account>>>,
    /// Entries that an earlier attempt wrote.
    written: HashMap<Id<kind::Entry>, journal_entry::Model>,
}

impl Batch {
    /// Locks the accounts of these holders that wallet operations may post to.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn begin(
        tx: &Transaction,
        clock: &Clock,
        holders: impl IntoIterator<Item = Id<kind::Holder>>,
    ) -> Result<Self> {
        let accounts = account::lock_of_holders(tx, holders).await?;
        let mut held: HashMap<_, Vec<_>> = HashMap::new();
        for account in &accounts {
            held.entry((account.holder_id, account.kind)).or_default().push(account.id);
        }
        let accounts = accounts.into_iter().map(|account| (account.id, account)).collect();
        // The clock is read after the accounts are locked, as for all posting.
        let state = State::new(accounts, Repeats::default(), clock.now());
        Ok(Self { state, held, written: HashMap::new() })
    }

    /// Finds what earlier requests used of these keys and references.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn look_for_earlier(&mut self, tx: &Transaction, marks: Marks) -> Result<()> {
        self.state.repeats = replay::find_marked(tx, marks).await?;
        Ok(())
    }

    /// Finds the entries with these ids, which an earlier attempt may have written.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn look_for(&mut self, tx: &Transaction, ids: impl IntoIterator<Item = Id<kind::Entry>>) -> Result<()> {
        let ids = any_of(tx.get_database_backend(), journal_entry::Column::Id, ids);
        let written = journal_entry::Entity::find().filter(ids).all(tx).await?;
        self.written = written.into_iter().map(|entry| (entry.id, entry)).collect();
        Ok(())
    }

    /// The account of a holder as the drafts so far leave it. Without a currency, the first one of the kind.
    #[must_use]
    pub fn of_holder(
        &self,
        holder: Id<kind::Holder>,
        account_kind: AccountKind,
        currency: Option<Currency>,
    ) -> Option<&Model> {
        let mut accounts = self.held.get(&(holder, account_kind))?.iter().filter_map(|id| self.state.account(*id));
        accounts.find(|account| currency.is_none_or(|currency| account.currency == currency))
    }

    /// The entry with this id, if an earlier attempt wrote it. Its postings are still to be loaded.
    #[must_use]
    pub fn written(&self, id: Id<kind::Entry>) -> Option<Posted> {
        let entry = self.written.get(&id)?.clone();
        Some(Posted { entry, postings: Vec::new(), replayed: false })
    }

    /// The result of an earlier request with the same key, in the database or in this batch. Its postings are still to be loaded.
    #[must_use]
    pub fn repeated(&self, book: Id<kind::Book>, key: &Idempotency) -> Option<Result<Posted, Refused>> {
        fold::repeated_key(&self.state, book, key)
    }

    /// Posts a draft.
    ///
    /// # Errors
    /// When the draft is unusable, which is a bug in the caller.
    pub fn post(&mut self, draft: &Draft) -> Result<Result<Posted, Refused>> {
        fold::post_alone(&mut self.state, draft)
    }

    /// Records a draft that the caller refused as a failed entry.
    ///
    /// # Errors
    /// As for [`Batch::post`].
    pub fn post_refused(&mut self, draft: &Draft, failure: Failure) -> Result<Result<Posted, Refused>> {
        fold::fold_refused(&mut self.state, draft, failure)
    }

    /// Adds what was posted to what is written.
    ///
    /// # Errors
    /// As for [`Writes::insert`].
    pub(crate) fn add_to(&self, writes: &mut Writes) -> Result<()> {
        write::add(writes, &self.state)
    }
}
