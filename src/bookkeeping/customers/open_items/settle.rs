//! Works allocations out again from a place on, and writes the difference.

use std::collections::{HashMap, HashSet};

use sea_orm::{ConnectionTrait, EntityTrait, QueryFilter, Set};

use super::{
    fifo::{self, Free, Side},
    item::{self, Item, Pair},
    scope::Scope,
};
use crate::{
    bookkeeping::customers::document_list::Key,
    db::{Transaction, Writes},
    entity::{
        allocation, invoice,
        ledger_entry::{self, EntrySource, EntryType},
        note, receipt,
    },
    error::Result,
    id::{Id, kind},
    list::any_of::any_pair_of,
};

/// The number of allocations deleted by one statement.
const DELETED_AT_ONCE: usize = 200;

type EntryId = Id<kind::LedgerEntry>;

/// An amount of a payment for a charge, each with its place. Negative when it is named no longer.
#[derive(Clone, Copy, Debug)]
pub(in crate::bookkeeping) struct Named {
    pub(in crate::bookkeeping) payment: (EntryId, Key),
    pub(in crate::bookkeeping) charge: (EntryId, Key),
    pub(in crate::bookkeeping) amount: i64,
}

/// What changes in a scope.
#[derive(Clone, Debug)]
pub(in crate::bookkeeping) struct Change {
    scope: Scope,
    /// The first charge and the first payment from which allocations change.
    since: [Option<Key>; 2],
    /// An entry that keeps what is named of it, and is not paired otherwise.
    pub(super) idle: Option<EntryId>,
    /// Entries that are set off no more.
    pub(super) gone: HashSet<EntryId>,
    /// What is named further, or with a negative amount no longer.
    named: Vec<Named>,
    /// By how much what is held of payments changes.
    held: HashMap<EntryId, i64>,
}

impl Change {
    /// No change.
    pub(in crate::bookkeeping) fn of(scope: Scope) -> Self {
        let (gone, named, held) = (HashSet::new(), Vec::new(), HashMap::new());
        Self { scope, since: [None; 2], idle: None, gone, named, held }
    }

    /// Allocations of a side change from this place on.
    pub(in crate::bookkeeping) fn from(&mut self, side: EntryType, key: Key) {
        let since = match side {
            EntryType::Credit => &mut self.since[0],
            EntryType::Debit => &mut self.since[1],
        };
        *since = Some(since.map_or(key, |since| since.min(key)));
    }

    /// An amount of a payment is named for a charge, or with a negative amount no longer.
    pub(in crate::bookkeeping) fn name(&mut self, named: Named) {
        self.from(EntryType::Debit, named.payment.1);
        self.from(EntryType::Credit, named.charge.1);
        self.named.push(named);
    }

    /// More of a payment is held, or with a negative amount less.
    pub(in crate::bookkeeping) fn hold(&mut self, (payment, key): (EntryId, Key), amount: i64) {
        self.from(EntryType::Debit, key);
        *self.held.entry(payment).or_default() += amount;
    }
}

/// What is set off between a payment and a charge: the amount, and the named part of it.
type Pairs = HashMap<(EntryId, EntryId), (i64, i64)>;

/// The allocations that are worked out again, as they are stored, and all entries that a change mentions.
struct Known {
    items: HashMap<EntryId, Item>,
    pairs: Pairs,
}

/// Works out again what a change affects.
///
/// # Errors
/// When the database fails.
pub(in crate::bookkeeping) async fn settle(tx: &Transaction, change: Change) -> Result<()> {
    let Known { items, pairs: before } = read(tx, &change).await?;
    let is_gone = |id: &EntryId| change.gone.contains(id);
    let stays = |(payment, charge): &&(EntryId, EntryId)| !is_gone(payment) && !is_gone(charge);
    let mut after: Pairs = HashMap::new();
    for pair in before.keys().filter(stays) {
        let (_, named) = before.get(pair).copied().unwrap_or_default();
        after.insert(*pair, (named, named));
    }
    for Named { payment, charge, amount } in &change.named {
        let (sum, named) = after.entry((payment.0, charge.0)).or_default();
        *sum += amount;
        *named += amount;
    }
    let held = |item: &Item| match change.held.get(&item.id) {
        _ if is_gone(&item.id) => 0,
        more => item.held + more.copied().unwrap_or_default(),
    };
    let (was, named) = (sums(&before), sums(&after));
    let free = |item: &Item| {
        let stands = !item.is_deleted && !is_gone(&item.id) && change.idle != Some(item.id);
        let bound = item.settled - of(&was, item) + of(&named, item) + held(item);
        Free { item: *item, amount: if stands { item.amount - bound } else { 0 } }
    };
    let side = |side| Side::new(change.scope, side, items.values().filter(|item| item.side == side).map(free), &items);
    let (mut payments, mut charges) = (side(EntryType::Debit), side(EntryType::Credit));
    let mut touched = items.clone();
    for (payment, charge, amount) in fifo::pair(tx, &mut payments, &mut charges).await? {
        after.entry((payment.id, charge.id)).or_default().0 += amount;
        touched.extend([(payment.id, payment), (charge.id, charge)]);
    }
    after.retain(|_, (amount, _)| *amount > 0);
    let is_now = sums(&after);
    let changed = touched.into_values().filter_map(|item| {
        let now = Item { settled: item.settled - of(&was, &item) + of(&is_now, &item), held: held(&item), ..item };
        (now.settled != item.settled || now.held != item.held).then_some(now)
    });
    write(tx, &before, &after, changed.collect()).await
}

/// Reads what is worked out again. What was named with an entry that is gone is free again, and so from its place on, too.
async fn read(tx: &Transaction, change: &Change) -> Result<Known> {
    let (mut known, mut since) = (Known { items: HashMap::new(), pairs: HashMap::new() }, change.since);
    loop {
        for Pair { payment, charge, amount, named } in item::behind(tx, change.scope, since).await? {
            known.items.extend([(payment.id, payment), (charge.id, charge)]);
            known.pairs.insert((payment.id, charge.id), (amount, named));
        }
        let mut wider = Change { since, ..Change::of(change.scope) };
        for ((payment, charge), _) in known.pairs.iter().filter(|(_, (_, named))| *named > 0) {
            for (id, with) in [(payment, charge), (charge, payment)] {
                if change.gone.contains(id)
                    && let Some(with) = known.items.get(with)
                {
                    wider.from(with.side, with.key);
                }
            }
        }
        if wider.since == since {
            break;
        }
        since = wider.since;
    }
    // What is gone may be held and set off against nothing.
    let named =
        change.named.iter().flat_map(|named| [named.payment.0, named.charge.0]).chain(change.gone.iter().copied());
    let missing: Vec<_> = named.chain(change.held.keys().copied()).filter(|id| !known.items.contains_key(id)).collect();
    if !missing.is_empty() {
        known.items.extend(item::with_ids(tx, missing).await?.into_iter().map(|item| (item.id, item)));
    }
    Ok(known)
}

/// What is set off of each entry.
fn sums(pairs: &Pairs) -> HashMap<EntryId, i64> {
    let mut sums = HashMap::new();
    for ((payment, charge), (amount, _)) in pairs {
        *sums.entry(*payment).or_default() += amount;
        *sums.entry(*charge).or_default() += amount;
    }
    sums
}

fn of(sums: &HashMap<EntryId, i64>, item: &Item) -> i64 {
    sums.get(&item.id).copied().unwrap_or_default()
}

/// Writes the allocations that differ, and what is settled and held of the entries that changed.
async fn write(tx: &Transaction, before: &Pairs, after: &Pairs, changed: Vec<Item>) -> Result<()> {
    use allocation::Column::{ChargeId, PaymentId};
    let differs = |one: &Pairs, other: &Pairs| -> Vec<_> {
        one.iter()
            .filter(|(pair, amounts)| other.get(pair) != Some(amounts))
            .map(|(pair, amounts)| (*pair, *amounts))
            .collect()
    };
    for former in differs(before, after).chunks(DELETED_AT_ONCE) {
        let pairs = former.iter().map(|(pair, _)| *pair);
        let these = any_pair_of(tx.get_database_backend(), (PaymentId, ChargeId), pairs);
        allocation::Entity::delete_many().filter(these).exec(tx).await?;
    }
    let mut writes = Writes::on(tx.get_database_backend());
    let new = differs(after, before).into_iter();
    writes.insert::<allocation::Entity>(new.map(|((payment_id, charge_id), (amount, named))| allocation::Model {
        payment_id,
        charge_id,
        amount,
        named,
    }))?;
    let entries = changed.iter().map(|item| ledger_entry::ActiveModel {
        id: Set(item.id),
        settled: Set(item.settled),
        held: Set(item.held),
        ..Default::default()
    });
    let columns = [ledger_entry::Column::Settled, ledger_entry::Column::Held];
    writes.update::<ledger_entry::Entity>(entries, ledger_entry::Column::Id, &columns)?;
    let from = |source| changed.iter().filter(move |item| item.source == source);
    let invoices = from(EntrySource::Invoice).map(|item| invoice::ActiveModel {
        id: Set(item.id.cast()),
        paid: Set(item.settled),
        ..Default::default()
    });
    writes.update::<invoice::Entity>(invoices, invoice::Column::Id, &[invoice::Column::Paid])?;
    let receipts = from(EntrySource::Receipt).map(|item| receipt::ActiveModel {
        id: Set(item.id.cast()),
        allocated: Set(item.settled),
        ..Default::default()
    });
    writes.update::<receipt::Entity>(receipts, receipt::Column::Id, &[receipt::Column::Allocated])?;
    let notes = from(EntrySource::CreditNote).chain(from(EntrySource::DebitNote)).map(|item| note::ActiveModel {
        id: Set(item.id.cast()),
        settled: Set(item.settled),
        ..Default::default()
    });
    writes.update::<note::Entity>(notes, note::Column::Id, &[note::Column::Settled])?;
    Ok(writes.run(tx).await?)
}
