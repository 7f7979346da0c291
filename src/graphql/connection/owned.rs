//! Lists that belong to an object, and loaders that batch the lists of several objects: one statement for all lists of a kind that
//! are asked for with the same arguments.

use std::{collections::HashMap, sync::Arc};

use async_graphql::{Context, OutputType, dataloader::Loader};

use super::nodes::{Count, Nodes, connect, cursors_of};
use crate::{
    credentials::Cursors,
    error::Error,
    graphql::{
        RequestLoader,
        error::{ApiError, ContextExt},
    },
    list::owned_list::OwnedList,
    page::{Page, PageArgs, Paged},
};

/// A page of the list that belongs to an object, and the list's total count.
pub(in crate::graphql) async fn of_owner<L: OwnedList, N: OutputType + From<L::Row>>(
    ctx: &Context<'_>,
    list: L,
    owner: L::Owner,
    args: PageArgs,
) -> Result<Nodes<N, OwnedTotal<L>>, ApiError> {
    let paged = page(ctx, &cursors_of::<N>(ctx)?, list.clone(), owner.clone(), args).await?;
    connect(ctx, paged, OwnedTotal { owner, list })
}

/// A page of the list that belongs to an object: each row with the text of its cursor. Batched with the pages of other objects.
pub(in crate::graphql) async fn page<L: OwnedList, N: From<L::Row>>(
    ctx: &Context<'_>,
    cursors: &Cursors<'_>,
    list: L,
    owner: L::Owner,
    args: PageArgs,
) -> Result<Paged<(String, N)>, ApiError> {
    let page = args.check(cursors, |text| list.parse_key(text))?;
    let key = PageKey { owner, list: list.clone(), page: page.clone() };
    let paged = ctx.loader()?.load_one(key).await?.unwrap_or_else(|| page.cut(Vec::new()));
    Ok(paged.map(|row| (list.key_text(&row), N::from(row))))
}

/// The total count of the list that belongs to an object. Batched with the counts of other objects.
pub(in crate::graphql) struct OwnedTotal<L: OwnedList> {
    pub(in crate::graphql) owner: L::Owner,
    pub(in crate::graphql) list: L,
}

impl<L: OwnedList> Count for OwnedTotal<L> {
    async fn count(&self, ctx: &Context<'_>) -> Result<i64, ApiError> {
        let key = CountKey { owner: self.owner.clone(), list: self.list.clone() };
        Ok(ctx.loader()?.load_one(key).await?.unwrap_or_default())
    }
}

/// The loader key for a page of an object's list.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(in crate::graphql) struct PageKey<L: OwnedList> {
    owner: L::Owner,
    list: L,
    page: Page<L::Key>,
}

impl<L: OwnedList> Loader<PageKey<L>> for RequestLoader {
    type Value = Paged<L::Row>;
    type Error = Arc<Error>;

    async fn load(&self, keys: &[PageKey<L>]) -> Result<HashMap<PageKey<L>, Self::Value>, Arc<Error>> {
        let mut alike: HashMap<_, Vec<_>> = HashMap::new();
        for PageKey { owner, list, page } in keys.iter().cloned() {
            alike.entry((list, page)).or_default().push(owner);
        }
        let mut loaded = HashMap::new();
        for ((list, page), owners) in alike {
            let pages = list.pages(self.reader.conn(), &self.viewer, &owners, &page).await?;
            let key = |owner| PageKey { owner, list: list.clone(), page: page.clone() };
            loaded.extend(pages.into_iter().map(|(owner, paged)| (key(owner), paged)));
        }
        Ok(loaded)
    }
}

/// The loader key for the length of an object's list.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(in crate::graphql) struct CountKey<L: OwnedList> {
    owner: L::Owner,
    list: L,
}

impl<L: OwnedList> Loader<CountKey<L>> for RequestLoader {
    type Value = i64;
    type Error = Arc<Error>;

    async fn load(&self, keys: &[CountKey<L>]) -> Result<HashMap<CountKey<L>, i64>, Arc<Error>> {
        let mut alike: HashMap<_, Vec<_>> = HashMap::new();
        for CountKey { owner, list } in keys.iter().cloned() {
            alike.entry(list).or_default().push(owner);
        }
        let mut loaded = HashMap::new();
        for (list, owners) in alike {
            let counts = list.counts(self.reader.conn(), &self.viewer, &owners).await?;
            let key = |owner| CountKey { owner, list: list.clone() };
            loaded.extend(counts.into_iter().map(|(owner, count)| (key(owner), count)));
        }
        Ok(loaded)
    }
}
