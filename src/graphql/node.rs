//! `Node`, the interface of all objects with an id, and the queries `node` and `nodes`.

use async_graphql::{Context, ID, Interface, Object};

use super::{
    activity::event::Activity,
    book::{Book, own_book},
    customers::{customer::Customer, entry::Entry},
    error::{ApiError, ContextExt},
    identity::user::User,
    invoicing::{invoice::Invoice, receipt::Receipt},
    spending::{budget::Budget, category::Category, transaction::Transaction},
    wallets::{transaction::WalletTransaction, wallet::Wallet},
};
use crate::{
    error::{Code, Error, Refusal},
    id::{Id, kind},
};

/// The maximum number of ids in a call of `nodes`.
const MOST_NODES: usize = 100;

/// An object that can be fetched by its id alone.
#[derive(Interface)]
#[graphql(field(
    name = "id",
    ty = "ID",
    desc = "The globally unique id, which never changes: the type, an underscore and 26 characters."
))]
pub(super) enum Node {
    User(User),
    Book(Book),
    Wallet(Wallet),
    WalletTransaction(WalletTransaction),
    Customer(Customer),
    Entry(Entry),
    Invoice(Invoice),
    Receipt(Receipt),
    Category(Category),
    Transaction(Transaction),
    Budget(Budget),
    Activity(Activity),
}

#[derive(Debug, Default)]
pub(super) struct NodeQuery;

#[Object]
impl NodeQuery {
    /// The object with this id. Null when it does not exist or belongs to somebody else.
    async fn node(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of an object of any type.")] id: ID,
    ) -> Result<Option<Node>, ApiError> {
        find(ctx, &id).await
    }

    /// The objects with these ids, in the same order. An item is null when the object does not exist or belongs to
    /// somebody else.
    async fn nodes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The ids of objects of any types, at most 100.")] ids: Vec<ID>,
    ) -> Result<Vec<Option<Node>>, ApiError> {
        if ids.len() > MOST_NODES {
            let message = format!("`nodes` takes at most {MOST_NODES} ids.");
            return Err(Error::from(Refusal::new(Code::Invalid, "ids", message)).into());
        }
        // In parallel, so that the loaders batch the ids.
        futures_util::future::try_join_all(ids.iter().map(|id| find(ctx, id))).await
    }
}

/// The object with an id. `None` when it does not exist or the viewer may not see it.
pub(super) async fn find(ctx: &Context<'_>, id: &ID) -> Result<Option<Node>, ApiError> {
    let viewer = ctx.viewer()?;
    if let Ok(id) = id.parse::<Id<kind::Wallet>>() {
        return Ok(ctx.loader()?.load_one(id).await?.map(Node::Wallet));
    }
    if let Ok(id) = id.parse::<Id<kind::Entry>>() {
        let found = ctx.loader()?.load_one(id).await?;
        return Ok(found.map(Node::WalletTransaction));
    }
    if let Ok(id) = id.parse::<Id<kind::Customer>>() {
        return Ok(ctx.loader()?.load_one(id).await?.map(Node::Customer));
    }
    if let Ok(id) = id.parse::<Id<kind::LedgerEntry>>() {
        return Ok(ctx.loader()?.load_one(id).await?.map(Node::Entry));
    }
    if let Ok(id) = id.parse::<Id<kind::Invoice>>() {
        return Ok(ctx.loader()?.load_one(id).await?.map(Node::Invoice));
    }
    if let Ok(id) = id.parse::<Id<kind::Receipt>>() {
        return Ok(ctx.loader()?.load_one(id).await?.map(Node::Receipt));
    }
    if let Ok(id) = id.parse::<Id<kind::Category>>() {
        return Ok(ctx.loader()?.load_one(id).await?.map(Node::Category));
    }
    if let Ok(id) = id.parse::<Id<kind::Transaction>>() {
        return Ok(ctx.loader()?.load_one(id).await?.map(Node::Transaction));
    }
    if let Ok(id) = id.parse::<Id<kind::Budget>>() {
        return Ok(ctx.loader()?.load_one(id).await?.map(Node::Budget));
    }
    if let Ok(id) = id.parse::<Id<kind::Activity>>() {
        return Ok(ctx.loader()?.load_one(id).await?.map(Node::Activity));
    }
    if id.parse().is_ok_and(|id: Id<kind::User>| id == viewer.user) {
        return Ok(ctx.loader()?.load_one(viewer.user).await?.map(|user| Node::User(User(user))));
    }
    if id.parse().is_ok_and(|id: Id<kind::Book>| id == viewer.book) {
        return Ok(Some(Node::Book(Book(own_book(ctx).await?))));
    }
    Ok(None)
}
