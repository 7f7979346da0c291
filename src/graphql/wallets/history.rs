//! The history of a wallet as a connection.

use async_graphql::{Context, ID, InputObject, Object, SimpleObject, connection::PageInfo};
use sea_orm::DbErr;

use super::transaction::WalletTransaction;
use crate::{
    bookkeeping::{
        journal::{HistoryFilter, Step, Steps},
        wallets::{
            history::{self, Direction},
            transaction::{self, WalletTransactionType},
        },
    },
    entity::journal_entry::EntryStatus,
    error::Error,
    graphql::{
        error::{ApiError, ContextExt},
        scalar::DateTime,
    },
    money::Money,
    page::{self, PageArgs, Paged},
};

/// Which transactions are wanted. What is absent does not matter.
#[derive(Default, InputObject)]
struct WalletTransactionFilter {
    /// Only those of this type.
    #[graphql(name = "type")]
    kind: Option<WalletTransactionType>,
    /// Only those of this status.
    status: Option<EntryStatus>,
    /// Only those that went this way, as the wallet sees it.
    direction: Option<Direction>,
    /// Only those at this moment or after it.
    from: Option<DateTime>,
    /// Only those before this moment.
    to: Option<DateTime>,
}

impl From<WalletTransactionFilter> for HistoryFilter {
    fn from(filter: WalletTransactionFilter) -> Self {
        Self {
            kind: filter.kind.map(Into::into),
            status: filter.status,
            side: filter.direction.map(Into::into),
            from: filter.from.map(|time| time.0),
            to: filter.to.map(|time| time.0),
        }
    }
}

struct WalletTransactionConnection {
    steps: Steps,
    page: Paged<WalletTransactionEdge>,
}

/// A page of a wallet's history.
#[Object]
impl WalletTransactionConnection {
    /// The transactions of the page, each as the wallet sees it.
    async fn edges(&self) -> &[WalletTransactionEdge] {
        &self.page.rows
    }

    /// The transactions of the page, without what the wallet sees in them.
    async fn nodes(&self) -> Vec<&WalletTransaction> {
        self.page.rows.iter().map(|edge| &edge.node).collect()
    }

    /// Where the page stands in the list.
    async fn page_info(&self) -> PageInfo {
        let cursor = |edge: Option<&WalletTransactionEdge>| edge.map(|edge| edge.cursor.clone());
        PageInfo {
            has_previous_page: self.page.has_previous,
            has_next_page: self.page.has_next,
            start_cursor: cursor(self.page.rows.first()),
            end_cursor: cursor(self.page.rows.last()),
        }
    }

    /// How many transactions the whole list has. It costs a count when there is a filter by type, status or direction.
    async fn total_count(&self, ctx: &Context<'_>) -> Result<u64, ApiError> {
        Ok(self.steps.count(ctx.read()?).await?)
    }
}

/// A transaction, as one wallet sees it.
#[derive(SimpleObject)]
struct WalletTransactionEdge {
    /// Where it stands in the list: for `after` and `before`.
    cursor: String,
    /// The transaction.
    node: WalletTransaction,
    /// Which way the money went, or was to go.
    direction: Direction,
    /// What the wallet held right after it.
    balance_after: Money,
}

impl WalletTransactionEdge {
    fn new(step: Step) -> Result<Self, ApiError> {
        let node = transaction::WalletTransaction::new(step.entry, &step.posting)
            .ok_or_else(|| Error::Fault(DbErr::Custom("a posting on a wallet that is not of a wallet".to_owned())))?;
        Ok(Self {
            cursor: page::encode(&step.seq.to_string()),
            direction: step.side.into(),
            balance_after: Money::from_minor(step.balance, node.entry.currency),
            node: WalletTransaction(node),
        })
    }
}

#[derive(Debug, Default)]
pub(in crate::graphql) struct WalletHistoryQuery;

#[Object]
impl WalletHistoryQuery {
    /// What happened to a wallet of yours, the latest first; refused attempts too.
    #[expect(clippy::too_many_arguments, reason = "they are the arguments of the field")]
    async fn wallet_history(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which wallet.")] wallet_id: ID,
        #[graphql(desc = "Which transactions; all when absent.")] filter: Option<WalletTransactionFilter>,
        #[graphql(desc = "At most so many, from the latest; 20 when absent, at most 100.")] first: Option<i32>,
        #[graphql(desc = "Only those that come after this cursor, that is, earlier ones.")] after: Option<String>,
        #[graphql(desc = "At most so many, from the earliest; at most 100. Not together with `first`.")] last: Option<
            i32,
        >,
        #[graphql(desc = "Only those that come before this cursor, that is, later ones.")] before: Option<String>,
    ) -> Result<WalletTransactionConnection, ApiError> {
        let (conn, viewer) = (ctx.read()?, ctx.viewer()?);
        let page = PageArgs { first, after, last, before }.check(|key| key.parse().ok())?;
        let filter = filter.unwrap_or_default().into();
        let steps = history::history(conn, viewer, wallet_id.parse().ok(), filter).await?;
        let Paged { rows, has_previous, has_next } = history::page(conn, &steps, &page).await?;
        let rows = rows.into_iter().map(WalletTransactionEdge::new).collect::<Result<_, _>>()?;
        Ok(WalletTransactionConnection { steps, page: Paged { rows, has_previous, has_next } })
    }
}
