//! The versions of a document: the journal entries that were posted for it, each with the time when it was reversed.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, Utc};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, FromQueryResult, JoinType, Order, QueryFilter, QueryOrder,
    QuerySelect, QueryTrait, Select,
    sea_query::{Expr, ExprTrait, Func, SelectStatement, WindowStatement},
};

use super::account::is_debit_normal;
use crate::{
    entity::{
        account::{self, AccountKind},
        journal_entry::{self, Column, EntryStatus},
        posting,
    },
    error::Result,
    id::{Id, kind},
    list::owned_list::OwnedList,
    page::{Page, Paged},
    viewer::Viewer,
};

/// One version of a document.
#[derive(Clone, Debug)]
pub struct Version {
    /// The entry that was posted for this version.
    pub entry: journal_entry::Model,
    /// The number of the version, from 1. It never changes, since versions are only added.
    pub number: i64,
    /// The time of the entry that reversed it, when the document was changed or deleted afterwards.
    pub until: Option<DateTime<Utc>>,
}

/// The versions of each document, oldest first. The sort key is the number of the version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Versions;

impl OwnedList for Versions {
    type Owner = Id<kind::Document>;
    type Key = i64;
    type Row = Version;

    fn key_text(&self, version: &Version) -> String {
        format!("version {}", version.number)
    }

    fn parse_key(&self, text: &str) -> Option<i64> {
        text.strip_prefix("version ")?.parse::<u32>().ok().map(i64::from)
    }

    async fn pages(
        &self,
        conn: &impl ConnectionTrait,
        viewer: &Viewer,
        documents: &[Id<kind::Document>],
        page: &Page<i64>,
    ) -> Result<HashMap<Id<kind::Document>, Paged<Version>>> {
        let query = in_page(numbered(viewer, documents), page);
        let mut lists: HashMap<_, Vec<_>> = HashMap::new();
        for row in conn.query_all(&query).await? {
            let entry = journal_entry::Model::from_query_result(&row, "")?;
            let version = Version { number: row.try_get("", "number")?, until: row.try_get("", "until")?, entry };
            if let Some(document) = version.entry.document_id {
                lists.entry(document).or_default().push(version);
            }
        }
        Ok(lists.into_iter().map(|(document, versions)| (document, page.cut(versions))).collect())
    }

    async fn counts(
        &self,
        conn: &impl ConnectionTrait,
        viewer: &Viewer,
        documents: &[Id<kind::Document>],
    ) -> Result<HashMap<Id<kind::Document>, i64>> {
        let counts: Vec<(Id<kind::Document>, i64)> = posted(viewer, documents)
            .select_only()
            .column(Column::DocumentId)
            .expr(Column::Id.count())
            .group_by(Column::DocumentId)
            .into_tuple()
            .all(conn)
            .await?;
        Ok(counts.into_iter().collect())
    }
}

/// The entries that were posted for versions of these documents.
fn posted(viewer: &Viewer, documents: &[Id<kind::Document>]) -> Select<journal_entry::Entity> {
    journal_entry::Entity::find()
        .filter(Column::DocumentId.is_in(documents.iter().copied()))
        .filter(Column::BookId.eq(viewer.book))
        .filter(Column::Status.eq(EntryStatus::Succeeded))
        .filter(Column::ReversesId.is_null())
}

/// The id of each version's entry, the version's number, and the number of its document's last version.
fn numbered(viewer: &Viewer, documents: &[Id<kind::Document>]) -> SelectStatement {
    let of_document = || WindowStatement::partition_by(Column::DocumentId);
    let mut in_order = of_document();
    in_order.order_by(Column::CreatedAt, Order::Asc).order_by(Column::Id, Order::Asc);
    posted(viewer, documents)
        .select_only()
        .column(Column::Id)
        .into_query()
        .expr_window_as(Func::cust("row_number"), in_order, "number")
        .expr_window_as(Column::Id.count(), of_document(), "last")
        .take()
}

/// The entries of the versions on a page of each document, oldest first, each with its number and the time of its reversal.
fn in_page(numbered: SelectStatement, page: &Page<i64>) -> SelectStatement {
    let ask = i64::try_from(page.ask()).unwrap_or(i64::MAX);
    let number = || Expr::col(("numbered", "number"));
    let mut wanted = Condition::all()
        .add_option(page.after.map(|after| number().gt(after)))
        .add_option(page.before.map(|before| number().lt(before)));
    wanted = if page.from_end {
        // The end of the page is the last version, or the one before the cursor when there is such a version.
        let of_last = Expr::col(("numbered", "last")).sub(number()).lt(ask);
        wanted.add(Condition::any().add(of_last).add_option(page.before.map(|before| number().gte(before - ask))))
    } else {
        wanted.add(number().lte(page.after.unwrap_or_default() + ask))
    };
    let entry = |column| Expr::col((journal_entry::Entity, column));
    journal_entry::Entity::find()
        .into_query()
        .expr_as(number(), "number")
        .expr_as(Expr::col(("reversal", Column::CreatedAt)), "until")
        .join_subquery(
            JoinType::InnerJoin,
            numbered,
            "numbered",
            Expr::col(("numbered", Column::Id)).eq(entry(Column::Id)),
        )
        .join_as(
            JoinType::LeftJoin,
            journal_entry::Entity,
            "reversal",
            Expr::col(("reversal", Column::ReversesId)).eq(entry(Column::Id)),
        )
        .cond_where(wanted)
        .order_by_expr(number(), Order::Asc)
        .take()
}

/// Those of these documents whose current entry, which is given, says the same as their first one: the same kind, date, note, amount
/// and postings. So are documents whose changes were taken back. Each comes with its first entry.
///
/// # Errors
/// When the database fails.
pub async fn same_as_first(
    conn: &impl ConnectionTrait,
    viewer: &Viewer,
    documents: &[(Id<kind::Document>, Id<kind::Entry>)],
) -> Result<HashMap<Id<kind::Document>, Id<kind::Entry>>> {
    if documents.is_empty() {
        return Ok(HashMap::new());
    }
    let ids: Vec<_> = documents.iter().map(|(document, _)| *document).collect();
    let entries = posted(viewer, &ids).order_by_asc(Column::CreatedAt).order_by_asc(Column::Id).all(conn).await?;
    let entry = |id| entries.iter().find(|entry| entry.id == id);
    let first = |document| entries.iter().find(|entry| entry.document_id == Some(document));
    let pairs: Vec<_> =
        documents.iter().filter_map(|(document, now)| Some((first(*document)?, entry(*now)?))).collect();
    let postings = posting::Entity::find()
        .filter(posting::Column::EntryId.is_in(pairs.iter().flat_map(|(first, now)| [first.id, now.id])))
        .order_by_asc(posting::Column::EntryId)
        .order_by_asc(posting::Column::Line)
        .all(conn)
        .await?;
    let mut moved: HashMap<_, Vec<_>> = HashMap::new();
    for posting in &postings {
        let of_entry = moved.entry(posting.entry_id).or_default();
        of_entry.push((posting.debit_account_id, posting.credit_account_id, posting.amount));
    }
    let says = |entry: &journal_entry::Model| {
        let journal_entry::Model { kind, amount, currency, effective_on, memo, .. } = entry.clone();
        (kind, amount, currency, effective_on, memo, moved.get(&entry.id))
    };
    let same = pairs.into_iter().filter(|(first, now)| says(first) == says(now));
    Ok(same.filter_map(|(first, _)| Some((first.document_id?, first.id))).collect())
}

/// The postings of these entries on accounts of these kinds: the entry, the holder of the account and the amount in
/// minor units, in the order of the entry's lines. The amount is negative when the account is not on its normal side.
///
/// # Errors
/// When the database fails.
pub async fn shares(
    conn: &impl ConnectionTrait,
    kinds: &[AccountKind],
    entries: impl IntoIterator<Item = Id<kind::Entry>>,
) -> Result<Vec<(Id<kind::Entry>, Id<kind::Holder>, i64)>> {
    let postings = posting::Entity::find()
        .filter(posting::Column::EntryId.is_in(entries))
        .order_by_asc(posting::Column::EntryId)
        .order_by_asc(posting::Column::Line)
        .all(conn)
        .await?;
    let sides = |posting: &posting::Model| [posting.debit_account_id, posting.credit_account_id];
    let accounts = account::Entity::find()
        .filter(account::Column::Id.is_in(postings.iter().flat_map(sides).collect::<BTreeSet<_>>()))
        .filter(account::Column::Kind.is_in(kinds.iter().copied()))
        .all(conn)
        .await?;
    let accounts: HashMap<_, _> = accounts.into_iter().map(|account| (account.id, account)).collect();
    let share = |posting: &posting::Model| {
        let account = sides(posting).into_iter().find_map(|account| accounts.get(&account))?;
        let is_normal = (account.id == posting.debit_account_id) == is_debit_normal(account.kind);
        let amount = if is_normal { posting.amount } else { -posting.amount };
        Some((posting.entry_id, account.holder_id, amount))
    };
    Ok(postings.iter().filter_map(share).collect())
}
