//! The list of changes.

use async_graphql::{Context, Object};

use super::change::Change;
use crate::{
    changes::{self, Of, Place},
    graphql::{
        connection::{Edges, NodeEdge, PageInfo, cursors_of},
        error::{ApiError, ContextExt},
    },
    page::PageArgs,
    price,
};

/// A page of the changes of the book, the oldest first.
struct ChangeConnection {
    rows: Edges<Change>,
    after: Option<String>,
}

/// A page of the changes of the book, the oldest first.
#[Object(name = "BookChangeConnection")]
impl ChangeConnection {
    /// The changes of this page, each with its cursor.
    async fn edges(&self) -> &[NodeEdge<Change>] {
        self.rows.rows()
    }

    /// The changes of this page, without edges.
    async fn nodes(&self) -> Vec<&Change> {
        self.rows.nodes()
    }

    /// Whether there are changes after this page, and the cursor to get them with. When this page has none, `endCursor` is the cursor
    /// that was given as `after`.
    #[graphql(directive = price::Cost::apply(0))]
    async fn page_info(&self) -> PageInfo {
        let info = self.rows.info();
        PageInfo { end_cursor: info.end_cursor.or_else(|| self.after.clone()), ..info }
    }
}

#[derive(Debug, Default)]
pub(in crate::graphql) struct ChangeQuery;

#[Object]
impl ChangeQuery {
    /// What was created, changed and deleted in the book, the oldest first, for apps that keep a copy. Load everything first,
    /// together with `Book.cursor`, then ask for the changes after it, and go on from the last cursor. A change may be
    /// of something that was loaded already. Changes are kept for some weeks, as the server is set up; after a longer time the
    /// error `CURSOR_TOO_OLD` says that everything has to be loaded again.
    #[graphql(directive = price::FirstPage::apply())]
    async fn changes(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "Return only the changes after this cursor, or after the `cursor` of the book. Default: from the oldest that are kept."
        )]
        after: Option<String>,
        #[graphql(desc = "How many changes to return: 0 to 100. Default: 20.")] first: Option<i32>,
    ) -> Result<ChangeConnection, ApiError> {
        let (conn, viewer) = (ctx.read()?, ctx.viewer()?);
        let args = PageArgs { first, after: after.clone(), last: None, before: None };
        let page = args.check(&cursors_of::<Change>(ctx)?, Place::parse)?;
        if let Some(after) = page.after {
            changes::require_known(conn, viewer, after).await?;
        }
        let rows = changes::page(conn, viewer, Of::Book, page.after, page.ask()).await?;
        let paged = page.cut(rows).map(|change| (change.place.text(), Change(change)));
        Ok(ChangeConnection { rows: Edges::new(ctx, paged)?, after })
    }
}
