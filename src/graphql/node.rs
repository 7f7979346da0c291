//! `Node`, the interface of all objects with an id, and the queries `node` and `nodes`.

use std::sync::Arc;

use async_graphql::{Context, ID, Interface, Object, dataloader::Loader};
use type_safe_id::StaticType;

use super::{
    RequestLoader,
    error::{ApiError, ContextExt},
};
use crate::{
    error::{Code, Error, Refusal},
    id::{Id, kind},
    nouns::nouns,
    price,
};

/// The maximum number of ids in a call of `nodes`.
const MOST_NODES: usize = 100;

/// Declares the interface, and the function that finds its objects.
macro_rules! node {
    ($(
        $(#[$doc:meta])* $kind:ident $prefix:literal {
            $(node $($object:ident)::+;)?
            $(query $($query:ident)::+;)*
            $(mutation $($mutation:ident)::+;)*
        }
    )*) => {
        /// An object that can be fetched by its id alone.
        #[derive(Interface)]
        #[graphql(field(
            name = "id",
            ty = "ID",
            desc = "The globally unique id, which never changes: the type, an underscore and 26 characters."
        ))]
        pub(super) enum Node {
            $($($kind(super::$($object)::+),)?)*
        }

        /// The object with an id. `None` when it does not exist or the viewer may not see it.
        pub(super) async fn find(ctx: &Context<'_>, id: &ID) -> Result<Option<Node>, ApiError> {
            ctx.viewer()?;
            $($(
                if let Ok(id) = id.parse::<Id<kind::$kind>>() {
                    let found = ctx.loader()?.load_one(id).await?;
                    return Ok(found.map(|found| Node::$kind(super::$($object)::+::from(found))));
                }
            )?)*
            Ok(None)
        }
    };
}

nouns!(node);

/// The object of one kind with this id. `None` when the id is not of this kind, or the viewer has no such object.
pub(super) async fn find_one<K, T>(ctx: &Context<'_>, id: &ID) -> Result<Option<T>, ApiError>
where
    K: StaticType + Eq + Clone + Send + Sync + 'static,
    T: Clone + Send + Sync + 'static,
    RequestLoader: Loader<Id<K>, Value = T, Error = Arc<Error>>,
{
    let loader = ctx.loader()?;
    let Ok(id) = id.parse::<Id<K>>() else { return Ok(None) };
    Ok(loader.load_one(id).await?)
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
    #[graphql(directive = price::ListBy::apply(&["ids"]))]
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
