//! Where a page is in its list.

use async_graphql::SimpleObject;

/// Where a page is in its list, and the cursors to get the pages before and after it.
#[derive(Debug, SimpleObject)]
pub(in crate::graphql) struct PageInfo {
    /// True when there are items before this page. A page that was asked for with `first` counts as having some when
    /// `after` was given.
    pub(in crate::graphql) has_previous_page: bool,
    /// True when there are items after this page. A page that was asked for with `last` counts as having some when
    /// `before` was given.
    pub(in crate::graphql) has_next_page: bool,
    /// The cursor of the first item of this page: pass it as `before`, with `last`, for the page before it. Null when this
    /// page has no items.
    pub(in crate::graphql) start_cursor: Option<String>,
    /// The cursor of the last item of this page: pass it as `after`, with `first`, for the page after it. Null when this
    /// page has no items.
    pub(in crate::graphql) end_cursor: Option<String>,
}
