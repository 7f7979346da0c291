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
        nullability::SemanticNonNull,
        scalar::DateTime,
    },
    money::Money,
    page::{PageArgs, Paged},
    price,
};

/// Conditions on the wallet transactions to list. A transaction must meet every condition that is given.
#[derive(Default, InputObject)]
struct WalletTransactionFilter {
    /// Only transactions of this type.
    #[graphql(name = "type")]
    kind: Option<WalletTransactionType>,
    /// Only transactions with this status.
    status: Option<EntryStatus>,
    /// Only transactions in this direction, from the wallet's point of view.
    direction: Option<Direction>,
    /// Only items at or after this time.
    from: Option<DateTime>,
    /// Only items before this time.
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

/// One page of a wallet's history.
#[Object]
impl WalletTransactionConnection {
    /// The transactions of this page, each with its cursor and the wallet's balance after it.
    async fn edges(&self) -> &[WalletTransactionEdge] {
        &self.page.rows
    }

    /// The transactions of this page, without cursors and balances.
    async fn nodes(&self) -> Vec<&WalletTransaction> {
        self.page.rows.iter().map(|edge| &edge.node).collect()
    }

    /// Whether there are items before and after this page, and the cursors to get them with.
    #[graphql(directive = price::Cost::apply(0))]
    async fn page_info(&self) -> PageInfo {
        let cursor = |edge: Option<&WalletTransactionEdge>| edge.map(|edge| edge.cursor.clone());
        PageInfo {
            has_previous_page: self.page.has_previous,
            has_next_page: self.page.has_next,
            start_cursor: cursor(self.page.rows.first()),
            end_cursor: cursor(self.page.rows.last()),
        }
    }

    /// The number of transactions in the whole list that match the filter. With a filter by type, status or direction,
    /// selecting it costs an extra database query.
    #[graphql(directive = price::Cost::apply(20), directive = SemanticNonNull::apply())]
    async fn total_count(&self, ctx: &Context<'_>) -> Result<u64, ApiError> {
        Ok(self.steps.count(ctx.read()?).await?)
    }
}

/// A transaction from the point of view of one wallet.
#[derive(SimpleObject)]
#[graphql(directive = price::Cost::apply(0))]
struct WalletTransactionEdge {
    /// An opaque text that marks the position of this item in the list. Pass it as `after` or `before`.
    cursor: String,
    /// The transaction at this position.
    node: WalletTransaction,
    /// The direction of the money, from the wallet's point of view. For a failed transaction, the intended direction.
    direction: Direction,
    /// The wallet's balance right after the transaction.
    balance_after: Money,
}

impl WalletTransactionEdge {
    fn new(ctx: &Context<'_>, step: Step) -> Result<Self, ApiError> {
        let node = transaction::WalletTransaction::new(step.entry, &step.posting)
            .ok_or_else(|| Error::Fault(DbErr::Custom("a posting on a wallet that is not of a wallet".to_owned())))?;
        Ok(Self {
            cursor: ctx.app()?.token_keys.seal_cursor(&step.seq.to_string())?,
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
    /// The transactions of a wallet of the book, newest first, including failed ones.
    #[expect(clippy::too_many_arguments, reason = "they are the arguments of the field")]
    #[graphql(directive = price::Page::apply())]
    async fn wallet_history(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of a wallet of the book.")] wallet_id: ID,
        #[graphql(desc = "Which transactions to list. Default: all.")] filter: Option<WalletTransactionFilter>,
        #[graphql(desc = "How many items to return from the start: 0 to 100. Default: 20.")] first: Option<i32>,
        #[graphql(desc = "Return only the items after this cursor. The cursor must come from the same list.")]
        after: Option<String>,
        #[graphql(desc = "How many items to return from the end: 0 to 100. Not with `first`.")] last: Option<i32>,
        #[graphql(desc = "Return only the items before this cursor. The cursor must come from the same list.")] before: Option<String>,
    ) -> Result<WalletTransactionConnection, ApiError> {
        let (conn, viewer) = (ctx.read()?, ctx.viewer()?);
        let page = PageArgs { first, after, last, before }.check(&ctx.app()?.token_keys, |key| key.parse().ok())?;
        let filter = filter.unwrap_or_default().into();
        let steps = history::history(conn, viewer, wallet_id.parse().ok(), filter).await?;
        let Paged { rows, has_previous, has_next } = history::page(conn, &steps, &page).await?;
        let rows = rows.into_iter().map(|step| WalletTransactionEdge::new(ctx, step)).collect::<Result<_, _>>()?;
        Ok(WalletTransactionConnection { steps, page: Paged { rows, has_previous, has_next } })
    }
}
