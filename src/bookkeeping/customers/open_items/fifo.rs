//! First in, first out: pairs what is free of payments with what is open of charges.

use std::collections::{BTreeMap, HashMap, VecDeque};

use sea_orm::ConnectionTrait;

use super::{
    item::{self, CHUNK, Item},
    scope::Scope,
};
use crate::{
    bookkeeping::customers::document_list::Key,
    entity::ledger_entry::EntryType,
    error::Result,
    id::{Id, kind},
};

/// An entry with the amount of it that can be paired.
#[derive(Clone, Copy, Debug)]
pub(super) struct Free {
    pub(super) item: Item,
    pub(super) amount: i64,
}

/// The entries of a side with something free, in their order: those that are worked out again, and behind and between them those
/// that are open in the database. These are read only as far as they are needed.
pub(super) struct Side<'a> {
    scope: Scope,
    of: EntryType,
    /// The entries that are worked out again, by place. Those of them that the database calls open are skipped there.
    known: BTreeMap<Key, Free>,
    all_known: &'a HashMap<Id<kind::LedgerEntry>, Item>,
    read: VecDeque<Item>,
    last: Option<Key>,
    ended: bool,
}

impl<'a> Side<'a> {
    /// The side of a scope. `known` has what is free of the entries that are worked out again, and `all_known` all of these.
    pub(super) fn new(
        scope: Scope,
        of: EntryType,
        known: impl IntoIterator<Item = Free>,
        all_known: &'a HashMap<Id<kind::LedgerEntry>, Item>,
    ) -> Self {
        let known = known.into_iter().filter(|free| free.amount > 0).map(|free| (free.item.key, free)).collect();
        Self { scope, of, known, all_known, read: VecDeque::new(), last: None, ended: false }
    }

    /// Takes the next entry.
    async fn next(&mut self, conn: &impl ConnectionTrait) -> Result<Option<Free>> {
        while self.read.is_empty() && !self.ended {
            let page = item::open(conn, self.scope, self.of, self.last).await?;
            self.ended = u64::try_from(page.len()).is_ok_and(|length| length < CHUNK);
            self.last = page.last().map(|item| item.key).or(self.last);
            let is_free =
                |item: &Item| item.settled + item.held < item.amount && !self.all_known.contains_key(&item.id);
            self.read.extend(page.into_iter().filter(is_free));
        }
        let known = self.known.first_key_value().map(|(key, _)| *key);
        let read = self.read.front().map(|item| item.key);
        Ok(match (known, read) {
            (Some(known), read) if read.is_none_or(|read| known < read) => self.known.pop_first().map(|(_, free)| free),
            _ => self.read.pop_front().map(|item| Free { item, amount: item.amount - item.settled - item.held }),
        })
    }
}

/// Pairs payments and charges until nothing is left of one side.
pub(super) async fn pair(
    conn: &impl ConnectionTrait,
    payments: &mut Side<'_>,
    charges: &mut Side<'_>,
) -> Result<Vec<(Item, Item, i64)>> {
    let mut pairs = Vec::new();
    let (mut payment, mut charge): (Option<Free>, Option<Free>) = (None, None);
    loop {
        // The payment first: mostly there is none.
        payment = match payment.filter(|payment| payment.amount > 0) {
            None => payments.next(conn).await?,
            some => some,
        };
        let Some(free) = &mut payment else { return Ok(pairs) };
        charge = match charge.filter(|charge| charge.amount > 0) {
            None => charges.next(conn).await?,
            some => some,
        };
        let Some(open) = &mut charge else { return Ok(pairs) };
        let amount = Ord::min(free.amount, open.amount);
        free.amount -= amount;
        open.amount -= amount;
        pairs.push((free.item, open.item, amount));
    }
}
