//! The transactions of a wallet, and of all wallets, as connections.

use async_graphql::{ComplexObject, Context, ID, InputObject, Object, SimpleObject};
use sea_orm::DbErr;

use super::{transaction::WalletTransaction, wallet::Wallet};
use crate::{
    bookkeeping::{
        journal::{HistoryFilter, MergedSteps, Step},
        wallets::{
            history::{self, Direction, OfWallet, OwnFilter},
            transaction::{self, WalletTransactionType},
        },
    },
    entity::journal_entry::EntryStatus,
    error::Error,
    graphql::{
        connection::{self, Count, OwnedTotal, PageInfo},
        error::{ApiError, ContextExt},
        nullability::SemanticNonNull,
        scalar::DateTime,
    },
    id::{Id, kind},
    list::owned_list::OwnedList,
    money::{Currency, Money},
    page::{PageArgs, Paged},
    price,
};

/// Conditions on the wallet transactions to list. A transaction must meet every condition that is given.
#[derive(Default, InputObject)]
pub(super) struct WalletTransactionFilter {
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

/// Conditions on the transactions of all wallets to list. A transaction must meet every condition that is given.
#[derive(Default, InputObject)]
struct WalletTransactionListFilter {
    /// Only transactions of the wallet with this id.
    wallet_id: Option<ID>,
    /// Only transactions in this currency.
    currency: Option<Currency>,
    #[graphql(flatten)]
    history: WalletTransactionFilter,
}

/// The names by which the two kinds of lists tell their cursors apart.
const OF_WALLET: &str = "walletHistory";
const OF_ALL: &str = "walletTransactions";

/// What it costs to look for a page in the histories of all wallets, of which a book may have 200, and to count them.
const OF_MANY_WALLETS: u32 = 4000;

/// The number of transactions in a list.
enum Total {
    OfWallet(OwnedTotal<OfWallet>),
    OfAll(MergedSteps),
}

/// A page of the transactions of a wallet of the book. Batched with the pages of other wallets.
pub(super) async fn of_wallet(
    ctx: &Context<'_>,
    wallet: Id<kind::Wallet>,
    filter: Option<WalletTransactionFilter>,
    args: PageArgs,
) -> Result<WalletTransactionConnection, ApiError> {
    let list = OfWallet::new(filter.unwrap_or_default().into())?;
    let paged = connection::page(ctx, &ctx.cursors(OF_WALLET)?, list.clone(), wallet, args).await?;
    WalletTransactionConnection::new(ctx, OF_WALLET, paged, Total::OfWallet(OwnedTotal { owner: wallet, list }))
}

pub(super) struct WalletTransactionConnection {
    page: Paged<WalletTransactionEdge>,
    total: Total,
}

impl WalletTransactionConnection {
    /// A connection of a page. Each row comes with the sort key that its cursor carries.
    fn new(ctx: &Context<'_>, list: &str, paged: Paged<(String, Step)>, total: Total) -> Result<Self, ApiError> {
        let Paged { rows, has_previous, has_next } = paged;
        let edge = |(key, step): (String, Step)| WalletTransactionEdge::new(ctx, list, &key, step);
        let rows = rows.into_iter().map(edge).collect::<Result<_, _>>()?;
        Ok(Self { page: Paged { rows, has_previous, has_next }, total })
    }
}

/// One page of the transactions of a wallet, or of all wallets.
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

    /// The number of transactions in the whole list that match the filter. Unless the list is that of
    /// one wallet without a filter by type, status or direction, selecting it costs an extra database query.
    #[graphql(directive = price::Cost::apply(20), directive = SemanticNonNull::apply())]
    async fn total_count(&self, ctx: &Context<'_>) -> Result<i64, ApiError> {
        match &self.total {
            Total::OfWallet(total) => total.count(ctx).await,
            Total::OfAll(steps) => Ok(steps.count(ctx.read()?).await?),
        }
    }
}

/// A transaction from the point of view of one wallet. In the list of all wallets, a transfer between two of them is seen
/// from the one that pays, unless the filter asks for the direction `IN`.
#[derive(SimpleObject)]
#[graphql(complex, directive = price::Cost::apply(0))]
pub(super) struct WalletTransactionEdge {
    /// An opaque text that marks the position of this item in the list. Pass it as `after` or `before`.
    cursor: String,
    /// The transaction at this position.
    node: WalletTransaction,
    /// The direction of the money, from the wallet's point of view. For a failed transaction, the intended direction.
    direction: Direction,
    /// The wallet's balance right after the transaction.
    balance_after: Money,
    #[graphql(skip)]
    account: Id<kind::Account>,
}

#[ComplexObject]
impl WalletTransactionEdge {
    /// The wallet from whose point of view the transaction is seen: the one whose `direction` and `balanceAfter` these are.
    #[graphql(directive = SemanticNonNull::apply())]
    async fn wallet(&self, ctx: &Context<'_>) -> Result<Wallet, ApiError> {
        let wallet = match ctx.loader()?.load_one(self.account).await? {
            Some(party) => party.own_wallet(ctx).await?,
            None => None,
        };
        Ok(wallet.ok_or_else(|| Error::Fault(DbErr::RecordNotFound(format!("{} has no wallet", self.account))))?)
    }
}

impl WalletTransactionEdge {
    /// The edge in the history of one wallet.
    pub(super) fn in_history(ctx: &Context<'_>, step: Step) -> Result<Self, ApiError> {
        let key = OfWallet::new(HistoryFilter::default())?.key_text(&step);
        Self::new(ctx, OF_WALLET, &key, step)
    }

    fn new(ctx: &Context<'_>, list: &str, key: &str, step: Step) -> Result<Self, ApiError> {
        let account = step.account_id();
        let node = transaction::WalletTransaction::new(step.entry, &step.posting)
            .ok_or_else(|| Error::Fault(DbErr::Custom("a posting on a wallet that is not of a wallet".to_owned())))?;
        Ok(Self {
            cursor: ctx.cursors(list)?.seal(key)?,
            account,
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
        let (id, filter) = (wallet_id.parse().ok(), HistoryFilter::from(filter.unwrap_or_default()));
        let of_wallet = OfWallet::new(filter.clone())?;
        let args = PageArgs { first, after, last, before };
        let wanted = args.check(&ctx.cursors(OF_WALLET)?, |text| of_wallet.parse_key(text))?;
        let (owner, found) = history::page_of(ctx.read()?, ctx.viewer()?, id, filter, &wanted).await?;
        let paged = found.map(|step| (of_wallet.key_text(&step), step));
        WalletTransactionConnection::new(ctx, OF_WALLET, paged, Total::OfWallet(OwnedTotal { owner, list: of_wallet }))
    }

    /// The transactions of all wallets of the book in one list, newest first, including failed ones. A transfer between two
    /// of the wallets is one item.
    #[graphql(directive = price::Page::apply(), directive = price::Cost::apply(OF_MANY_WALLETS))]
    async fn wallet_transactions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which transactions to list. Default: all.")] filter: Option<WalletTransactionListFilter>,
        #[graphql(desc = "How many items to return from the start: 0 to 100. Default: 20.")] first: Option<i32>,
        #[graphql(desc = "Return only the items after this cursor. The cursor must come from the same list.")]
        after: Option<String>,
        #[graphql(desc = "How many items to return from the end: 0 to 100. Not with `first`.")] last: Option<i32>,
        #[graphql(desc = "Return only the items before this cursor. The cursor must come from the same list.")] before: Option<String>,
    ) -> Result<WalletTransactionConnection, ApiError> {
        let (conn, viewer) = (ctx.read()?, ctx.viewer()?);
        let page = PageArgs { first, after, last, before }.check(&ctx.cursors(OF_ALL)?, history::parse_place)?;
        let WalletTransactionListFilter { wallet_id, currency, history } = filter.unwrap_or_default();
        let wallet = wallet_id.map(|id| id.parse().ok());
        let steps = history::of_all(conn, viewer, OwnFilter { wallet, currency, history: history.into() }).await?;
        let paged = steps.page(conn, &page).await?.map(|step| (history::place_text(&step), step));
        WalletTransactionConnection::new(ctx, OF_ALL, paged, Total::OfAll(steps))
    }
}
