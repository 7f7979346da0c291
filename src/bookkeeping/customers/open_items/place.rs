//! What a single entry changes: a new one, one that is changed, and one that is deleted.

use std::{collections::HashMap, slice};

use super::{
    scope::{Scope, key},
    settle::{Change, settle},
};
use crate::{db::Transaction, entity::ledger_entry, error::Result};

/// Gives a new or changed entry, which is written, its place.
pub(in crate::bookkeeping) async fn place(tx: &Transaction, entry: &ledger_entry::Model) -> Result<()> {
    let mut change = Change::of(Scope::of(entry));
    change.from(entry.kind, key(entry));
    settle(tx, change).await
}

/// Takes back what is set off of an entry without being named. The entry is about to be changed.
pub(in crate::bookkeeping) async fn lift(tx: &Transaction, entry: &ledger_entry::Model) -> Result<()> {
    let mut change = Change::of(Scope::of(entry));
    change.from(entry.kind, key(entry));
    change.idle = Some(entry.id);
    settle(tx, change).await
}

/// Takes back all that an entry was set off against. The entry is deleted.
pub(in crate::bookkeeping) async fn remove(tx: &Transaction, entry: &ledger_entry::Model) -> Result<()> {
    remove_all(tx, slice::from_ref(entry)).await
}

/// Takes back all that entries, of whichever customers, were set off against. The entries are deleted.
pub(in crate::bookkeeping) async fn remove_all(tx: &Transaction, entries: &[ledger_entry::Model]) -> Result<()> {
    let mut changes = HashMap::new();
    for entry in entries {
        let scope = Scope::of(entry);
        let change = changes.entry(scope).or_insert_with(|| Change::of(scope));
        change.from(entry.kind, key(entry));
        change.gone.insert(entry.id);
    }
    for change in changes.into_values() {
        settle(tx, change).await?;
    }
    Ok(())
}
