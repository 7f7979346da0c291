//! The list of pairs of an imported transaction and one written by hand that look like one payment.
//!
//! One statement reads the transactions that another one could be the same as, by an index over amounts and dates; pairs are made of
//! them as of the halves of transfers. Nothing is stored, so the list follows from the transactions as they are.

use chrono::NaiveDate;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbBackend, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, ExprTrait, IntoIden, Query, SelectStatement},
};
use uuid::Uuid;

use super::couple::{Couple, KEY_LENGTH, KEYS};
use crate::{
    bookkeeping::spending::{
        transaction,
        transfer::{
            halves::goes_out,
            pairing::{self, Candidate, Declined, Pair, Wallets},
            proposed::{self, MOST_CANDIDATES},
        },
    },
    entity::{
        category::CategoryKind,
        declined_duplicate, journal_entry,
        transaction::{Column, Entity, Model},
    },
    error::Result,
    id::{Id, kind},
    money::Currency,
    page::{Page, Paged},
    viewer::Viewer,
};

pub use crate::bookkeeping::spending::transfer::proposed::{Key, parse_key};

/// How many days the dates of the two may be apart. People write down a payment on its day, and banks book it some days later.
const DAYS: u8 = 3;

/// The proposed pairs: a page of them, and how many there are in all.
#[derive(Clone, Debug)]
pub struct Proposed {
    /// The page.
    pub page: Paged<Couple>,
    /// The number of all pairs.
    pub count: i64,
}

/// The sort key of a pair as text, for a cursor.
#[must_use]
pub fn key_text(couple: &Couple) -> String {
    format!("{} {}", couple.imported.date, couple.imported.position.simple())
}

/// A page of the pairs that look like one payment: the newest imported one first.
///
/// # Errors
/// When the database fails.
pub async fn page(conn: &impl ConnectionTrait, viewer: &Viewer, page: &Page<Key>) -> Result<Proposed> {
    let candidates = candidates(conn, viewer).await?;
    let declined = if candidates.is_empty() { Declined::new() } else { declined(conn, viewer).await? };
    let pairs = pairing::pairs(candidates, Wallets::Same, &declined, DAYS.into());
    let (paged, count) = proposed::cut(pairs, page);
    let ids = paged.rows.iter().flat_map(|(imported, entered)| [imported.id, entered.id]);
    let found = transaction::find_many(conn, viewer, ids).await?;
    let one = |id| found.iter().find(|one: &&Model| one.id == id).cloned();
    let couple = |(imported, entered): &Pair| Some(Couple { imported: one(imported.id)?, entered: one(entered.id)? });
    let rows = paged.rows.iter().filter_map(couple).collect();
    Ok(Proposed { page: Paged { rows, has_previous: paged.has_previous, has_next: paged.has_next }, count })
}

/// The row of a candidate, in the order in which `candidates` selects its columns.
type Row = (
    Id<kind::Transaction>,
    Uuid,
    CategoryKind,
    Currency,
    i64,
    NaiveDate,
    Option<Id<kind::Wallet>>,
    Option<Id<kind::Import>>,
);

/// The newest transactions that may be the same as another one: the same amount went the same way in the same wallet, within some days,
/// and one of the two was imported.
async fn candidates(conn: &impl ConnectionTrait, viewer: &Viewer) -> Result<Vec<Candidate>> {
    let backend = conn.get_database_backend();
    let of = |column| Expr::col((Entity, column));
    let is_imported = || of(Column::ImportId).is_not_null();
    let others = |kinds, by_hand| Expr::exists(others(backend, kinds, by_hand));
    let any = |by_hand| Condition::any().add(others(Kinds::Same, by_hand)).add(others(Kinds::Opposite, by_hand));
    let by_hand = Condition::all().add(of(Column::ImportId).is_null()).add(any(false)).add(is_by_hand(Entity));
    let imported = Condition::all().add(is_imported()).add(any(true));
    let rows: Vec<Row> = Entity::find()
        .select_only()
        .columns([
            Column::Id,
            Column::Position,
            Column::Kind,
            Column::Currency,
            Column::Amount,
            Column::Date,
            Column::WalletId,
            Column::ImportId,
        ])
        .filter(Column::BookId.eq(viewer.book))
        .filter(Column::DeletedAt.is_null())
        .filter(Column::CounterpartId.is_null())
        .filter(Condition::any().add(imported).add(by_hand))
        .order_by_desc(Column::Date)
        .order_by_desc(Column::Position)
        .limit(MOST_CANDIDATES)
        .into_tuple()
        .all(conn)
        .await?;
    let candidate = |(id, position, kind, currency, amount, date, wallet, import): Row| Candidate {
        id,
        position,
        // The first of a pair is the imported one.
        goes_out: import.is_some(),
        currency,
        // The amount with the way that it went.
        amount: if goes_out(kind, amount) { -amount.saturating_abs() } else { amount.saturating_abs() },
        date,
        wallet,
    };
    Ok(rows.into_iter().map(candidate).collect())
}

/// The kinds of two transactions whose money went the same way: two expenses or two incomes, or an expense and an income of which one
/// has an amount below zero.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kinds {
    Same,
    Opposite,
}

/// The transactions that one could be the same as: those written by hand, or those that were imported. The conditions on the columns
/// that may be null are those of the index `transaction_pairing_idx`.
fn others(backend: DbBackend, kinds: Kinds, by_hand: bool) -> SelectStatement {
    let of = |column| Expr::col((Entity, column));
    let other = |column| Expr::col(("other", column));
    // Each database has its own way to count days.
    let [first, last] = ["-", "+"].map(|sign| {
        Expr::cust(if backend == DbBackend::Postgres {
            format!("(\"transaction\".\"date\" {sign} {DAYS})")
        } else {
            format!("date(\"transaction\".\"date\", '{sign}{DAYS} days')")
        })
    });
    let (amount, kind) = match kinds {
        Kinds::Same => (of(Column::Amount), other(Column::Kind).eq(of(Column::Kind))),
        Kinds::Opposite => (of(Column::Amount).mul(-1), other(Column::Kind).ne(of(Column::Kind))),
    };
    let both_in_cash = Condition::all().add(other(Column::WalletId).is_null()).add(of(Column::WalletId).is_null());
    let in_one = Condition::any().add(other(Column::WalletId).eq(of(Column::WalletId))).add(both_in_cash);
    let mut others = Query::select();
    others
        .expr(Expr::val(1))
        .from_as(Entity, "other")
        .and_where(other(Column::BookId).eq(of(Column::BookId)))
        .and_where(other(Column::Currency).eq(of(Column::Currency)))
        .and_where(other(Column::Amount).eq(amount))
        .and_where(other(Column::Date).gte(first))
        .and_where(other(Column::Date).lte(last))
        .and_where(kind)
        .and_where(other(Column::DeletedAt).is_null())
        .and_where(other(Column::CounterpartId).is_null())
        .cond_where(in_one);
    if by_hand {
        others.and_where(other(Column::ImportId).is_null()).cond_where(is_by_hand("other"));
    } else {
        others.and_where(other(Column::ImportId).is_not_null());
    }
    others.take()
}

/// The condition that a transaction without the record of an import was not imported before there were such records, and that no
/// other one is the same as it already.
fn is_by_hand(which: impl IntoIden + Copy) -> Condition {
    let id = || Expr::col((which, Column::Id));
    let entry = |column| Expr::col(("line", column));
    let key = || entry(journal_entry::Column::IdempotencyKey);
    let line = Query::select()
        .expr(Expr::val(1))
        .from_as(journal_entry::Entity, "line")
        .and_where(entry(journal_entry::Column::DocumentId).eq(id()))
        .and_where(entry(journal_entry::Column::DocumentId).is_not_null())
        .and_where(key().like(format!("{KEYS}%")))
        .and_where(Expr::cust(format!("length(\"line\".\"idempotency_key\") = {KEY_LENGTH}")))
        .take();
    let same = Query::select()
        .expr(Expr::val(1))
        .from_as(Entity, "same")
        .and_where(Expr::col(("same", Column::SameAsId)).eq(id()))
        .and_where(Expr::col(("same", Column::SameAsId)).is_not_null())
        .take();
    Condition::all().add(Expr::not_exists(line)).add(Expr::not_exists(same))
}

async fn declined(conn: &impl ConnectionTrait, viewer: &Viewer) -> Result<Declined> {
    use declined_duplicate::{Column, Entity};
    let pairs = Entity::find().select_only().columns([Column::ImportedId, Column::EnteredId]);
    let pairs: Vec<_> = pairs.filter(Column::BookId.eq(viewer.book)).into_tuple().all(conn).await?;
    Ok(pairs.into_iter().collect())
}
