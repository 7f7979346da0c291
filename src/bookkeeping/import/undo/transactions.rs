//! Takes back the transactions of an import, as their deletion does. Those whose money comes back into a wallet are taken back first, so
//! that no balance in between is lower than the last one.

use std::collections::{HashMap, HashSet};

use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, LockType},
};

use super::part::{Changed, MOST_TOLD, PART, Part, Place};
use crate::{
    app::App,
    bookkeeping::{
        import::transactions::of_wallet,
        journal::{self, Refused},
        wallets::wallet,
    },
    changes::{self, Thing},
    db::{Transaction, wide_sum},
    entity::{
        category::CategoryKind,
        change::{ChangeKind, Noun},
        import,
        journal_entry::Failure,
        transaction::{ActiveModel, Column, Entity, Model},
        version_note,
    },
    error::{Refusal, Refusals, Result},
    id::{Id, kind},
    money::Decimal,
    viewer::Viewer,
};

/// First those that come back, then those that go.
const PASSES: u8 = 2;

/// The first transactions of an import that were changed, deleted or made half of a transfer, and are so still.
pub(super) async fn changed(
    conn: &impl ConnectionTrait,
    viewer: &Viewer,
    import: &import::Model,
) -> Result<Vec<Changed>> {
    let touched = Condition::any()
        .add(Column::Version.gt(1))
        .add(Column::DeletedAt.is_not_null())
        .add(Column::CounterpartId.is_not_null());
    // What is the same as a transaction written by hand was taken back already, when a user said so.
    let touched = of(import).add(touched).add(Column::SameAsId.is_null());
    let (mut found, mut after) = (Vec::new(), None);
    while found.len() < MOST_TOLD {
        let beyond = after.map(|after: Id<kind::Transaction>| Column::Id.gt(after));
        let rows = Entity::find().filter(touched.clone().add_option(beyond)).order_by_asc(Column::Id).limit(PART);
        let rows = rows.all(conn).await?;
        let Some(last) = rows.last() else { break };
        after = Some(last.id);
        let differing = differing(conn, viewer, &rows).await?;
        let is_changed = |row: &&Model| row.deleted_at.is_some() || differing.contains(&row.id);
        found.extend(rows.iter().filter(is_changed).map(told));
    }
    found.truncate(MOST_TOLD);
    Ok(found)
}

fn told(row: &Model) -> Changed {
    let amount = Decimal::from_minor(row.amount, row.currency);
    let what = match row {
        Model { deleted_at: Some(_), .. } => "was deleted since",
        Model { counterpart_id: Some(_), .. } => "is half of a transfer. Undo the transfer first, with `undoTransfer`",
        _ => "was changed since",
    };
    let what = format!("The transaction of {} over {amount} {} {what}.", row.date, row.currency);
    Changed { id: row.id.to_string(), what }
}

/// Those of these transactions that are not as the import made them.
async fn differing(
    conn: &impl ConnectionTrait,
    viewer: &Viewer,
    rows: &[Model],
) -> Result<HashSet<Id<kind::Transaction>>> {
    let mut differing: HashSet<_> =
        rows.iter().filter(|row| row.version > 1 || row.counterpart_id.is_some()).map(|row| row.id).collect();
    let again = rows.iter().filter(|row| row.version > 1 && row.counterpart_id.is_none());
    let again: HashMap<Id<kind::Document>, _> = again.map(|row| (row.id.cast(), row.journal_entry_id)).collect();
    let pairs: Vec<_> = again.iter().map(|(document, entry)| (*document, *entry)).collect();
    let same = journal::same_as_first(conn, viewer, &pairs).await?;
    if same.is_empty() {
        return Ok(differing);
    }
    let entries = same.iter().flat_map(|(document, first)| again.get(document).copied().into_iter().chain([*first]));
    let entries: Vec<_> = entries.collect();
    let notes = version_note::Entity::find().filter(version_note::Column::EntryId.is_in(entries));
    let notes = notes.order_by_asc(version_note::Column::Line).all(conn).await?;
    let notes_of = |entry| {
        let of_entry = notes.iter().filter(move |note| Some(note.entry_id) == entry);
        of_entry.map(|note| (note.line, note.note.as_str())).collect::<Vec<_>>()
    };
    for (document, first) in &same {
        if notes_of(again.get(document).copied()) == notes_of(Some(*first)) {
            differing.remove(&document.cast());
        }
    }
    Ok(differing)
}

/// Checks that the wallets can give back what the import brought.
///
/// # Errors
/// `INSUFFICIENT_FUNDS` at `id` for each wallet that cannot.
pub(super) async fn check_wallets(conn: &impl ConnectionTrait, viewer: &Viewer, import: &import::Model) -> Result<()> {
    let stands = of(import).add(Column::DeletedAt.is_null()).add(Column::WalletId.is_not_null());
    let mut sums = Entity::find().select_only().columns([Column::WalletId, Column::Kind]).filter(stands);
    for part in wide_sum::parts(Expr::col(Column::Amount)) {
        sums = sums.expr(part);
    }
    let sums = sums.group_by(Column::WalletId).group_by(Column::Kind).into_tuple();
    let sums: Vec<(Id<kind::Wallet>, CategoryKind, i64, i64)> = sums.all(conn).await?;
    let mut goes: HashMap<Id<kind::Wallet>, i128> = HashMap::new();
    for (wallet, kind, parts, rest) in sums {
        let sum = wide_sum::whole([parts, rest]);
        *goes.entry(wallet).or_default() += if kind == CategoryKind::Income { sum } else { -sum };
    }
    let mut refusals = Refusals::default();
    for wallet in wallet::find_many(conn, viewer, goes.keys().copied()).await? {
        let goes = goes.get(&wallet.wallet.id).copied().unwrap_or_default();
        if goes > i128::from(journal::balance(&wallet.account)) {
            refusals.push(at_id(of_wallet(Refused::Failed(Failure::InsufficientFunds), Some(&wallet))));
        }
    }
    refusals.none()
}

/// Takes back some of the transactions that stand. Those that were changed since stay.
///
/// # Errors
/// The refusal of a wallet, at `id`.
pub(super) async fn take_back(
    tx: &Transaction,
    app: &App,
    viewer: &Viewer,
    import: &import::Model,
    place: Place,
) -> Result<Part> {
    let way = |kind, is_above: bool| {
        let sign = if is_above { Column::Amount.gt(0) } else { Column::Amount.lt(0) };
        Condition::all().add(Column::Kind.eq(kind)).add(sign)
    };
    let is_first = place.pass == 0;
    let of_pass = Condition::any().add(way(CategoryKind::Expense, is_first)).add(way(CategoryKind::Income, !is_first));
    let stands = of(import).add(Column::DeletedAt.is_null()).add(of_pass);
    let rows = Entity::find()
        .filter(stands.add_option(place.after.map(|after| Column::Id.gt(after))))
        .order_by_asc(Column::Id)
        .limit(PART)
        .lock(LockType::NoKeyUpdate)
        .all(tx)
        .await?;
    let Some(last) = rows.last() else { return Ok(Part::end_of(place, PASSES)) };
    let differing = differing(tx, viewer, &rows).await?;
    let taken: Vec<_> = rows.iter().filter(|row| !differing.contains(&row.id)).collect();
    let part = Part::of(place, last.id.uuid(), (rows.len(), taken.len()));
    // Both entries show the description in the wallet's history.
    let entries = taken.iter().map(|row| (row.journal_entry_id, row.description.clone())).collect();
    let drafts = journal::reversals(tx, viewer, entries).await?;
    let mut last = None;
    for (row, posted) in taken.iter().zip(journal::post(tx, &app.clock, &drafts).await?) {
        match posted {
            Ok(posted) => last = Ord::max(last, Some(posted.entry.created_at)),
            Err(refused) => {
                let wallet = wallet::find_many(tx, viewer, row.wallet_id).await?.pop();
                return Err(at_id(of_wallet(refused, wallet.as_ref())).into());
            }
        }
    }
    if let Some(last) = last {
        let deleted = ActiveModel { deleted_at: Set(Some(last)), updated_at: Set(last), ..Default::default() };
        let these = Column::Id.is_in(taken.iter().map(|row| row.id));
        Entity::update_many().set(deleted).filter(these).exec(tx).await?;
        let things = taken.iter().map(|row| Thing { noun: Noun::Transaction, id: row.id.uuid(), customer: None });
        changes::write_all(tx, viewer.book, (ChangeKind::Deleted, last), things).await?;
    }
    Ok(part)
}

/// Forgets what was the same as a transaction written by hand. That one stays as it is, and a line that is imported again may be
/// proposed with it again.
pub(super) async fn forget_same(tx: &Transaction, import: &import::Model) -> Result<()> {
    let forgotten = ActiveModel { same_as_id: Set(None), ..Default::default() };
    Entity::update_many().set(forgotten).filter(of(import).add(Column::SameAsId.is_not_null())).exec(tx).await?;
    Ok(())
}

fn of(import: &import::Model) -> Condition {
    Condition::all().add(Column::ImportId.eq(import.id))
}

fn at_id(refusal: Refusal) -> Refusal {
    Refusal { path: "id".to_owned(), ..refusal }
}
