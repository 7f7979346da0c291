//! Reads a list of documents from its oldest end, portion by portion.

use std::collections::HashMap;

use crate::{
    bookkeeping::customers::{
        customer,
        document_list::{self, Filter, Key, Model},
    },
    error::Result,
    id::{Id, kind},
    page::Page,
    server::files::table::Source,
    text,
};

/// A list of documents, and how far it has been read.
#[derive(Debug)]
pub(in crate::server::files) struct OldestFirst<F> {
    filter: F,
    before: Option<Key>,
}

/// Consecutive documents of a list.
pub(in crate::server::files) struct Portion<D> {
    /// The documents, the oldest first.
    pub(in crate::server::files) documents: Vec<D>,
    /// Whether more follow.
    pub(in crate::server::files) has_more: bool,
    names: HashMap<Id<kind::Customer>, String>,
}

impl<D> Portion<D> {
    /// The name of a customer of these documents, in the form of a field of a CSV file.
    pub(in crate::server::files) fn name(&self, customer: Id<kind::Customer>) -> &str {
        self.names.get(&customer).map(String::as_str).unwrap_or_default()
    }
}

impl<F: Filter> OldestFirst<F> {
    /// The list of the documents that match the filter.
    ///
    /// # Errors
    /// `NOT_FOUND` when the filter names a customer whom the book does not have.
    pub(in crate::server::files) async fn new(Source { viewer, snapshot, .. }: Source<'_>, filter: F) -> Result<Self> {
        if let Some(id) = filter.customer() {
            customer::require(snapshot, viewer, Some(id), "customerId").await?;
        }
        Ok(Self { filter, before: None })
    }

    /// Reads the next documents, at most `limit`.
    pub(in crate::server::files) async fn read(
        &mut self,
        Source { viewer, snapshot, .. }: Source<'_>,
        limit: u64,
    ) -> Result<Portion<Model<F>>> {
        // The list starts with the newest document, so it is read from its end.
        let page = Page { limit, from_end: true, after: None, before: self.before.take() };
        let page = document_list::page(snapshot, viewer, &self.filter, &page).await?;
        self.before = page.rows.first().map(F::key);
        let customers = customer::find_many(snapshot, viewer, page.rows.iter().map(F::owner)).await?;
        let names = customers.into_iter().map(|customer| (customer.id, text::to_field(&customer.name))).collect();
        let mut documents = page.rows;
        documents.reverse();
        Ok(Portion { documents, has_more: page.has_previous, names })
    }
}
