//! Lists that belong to an object, such as the versions of a document or the invoices of a customer.
//!
//! A request may ask for such a list of many objects at once. So [`OwnedList`] reads pages and counts of many lists together;
//! `graphql::connection` collects the objects and calls it once for all that are asked for with the same arguments.

use std::{collections::HashMap, fmt::Debug, hash::Hash};

use sea_orm::ConnectionTrait;

use crate::{
    error::Result,
    page::{Page, Paged},
    viewer::Viewer,
};

/// A kind of list that belongs to an object. A value holds what else selects the rows, such as a filter.
pub trait OwnedList: Clone + Debug + Eq + Hash + Send + Sync + 'static {
    /// The id of the object that a list belongs to.
    type Owner: Clone + Debug + Eq + Hash + Send + Sync + 'static;
    /// The sort key of a row.
    type Key: Clone + Debug + Eq + Hash + Send + Sync + 'static;
    /// A row of a list.
    type Row: Clone + Send + Sync + 'static;

    /// The text that the cursor of a row carries.
    fn key_text(&self, row: &Self::Row) -> String;

    /// Parses the text of a cursor. `None` when it is not of such a list.
    fn parse_key(&self, text: &str) -> Option<Self::Key>;

    /// A page of each owner's list, all read in one statement. Owners without rows, and owners that the viewer may not see, are
    /// left out.
    ///
    /// # Errors
    /// When the database fails.
    fn pages(
        &self,
        conn: &impl ConnectionTrait,
        viewer: &Viewer,
        owners: &[Self::Owner],
        page: &Page<Self::Key>,
    ) -> impl Future<Output = Result<HashMap<Self::Owner, Paged<Self::Row>>>> + Send;

    /// The length of each owner's list. The number of statements does not depend on the number of owners. Owners without rows,
    /// and owners that the viewer may not see, are left out.
    ///
    /// # Errors
    /// When the database fails.
    fn counts(
        &self,
        conn: &impl ConnectionTrait,
        viewer: &Viewer,
        owners: &[Self::Owner],
    ) -> impl Future<Output = Result<HashMap<Self::Owner, i64>>> + Send;
}
