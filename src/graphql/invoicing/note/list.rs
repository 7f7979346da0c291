//! The connections of notes: of the book, of a customer, and of an invoice.

use async_graphql::{Context, OutputType};

use crate::{
    bookkeeping::{
        customers::document_list::Direction,
        invoicing::note::list::{NoteFilter, NoteFilterInput, NotesOfInvoice},
    },
    entity::note::{Model, NoteKind},
    graphql::{
        book::book_currency,
        connection::{self, Count, Nodes, OwnedTotal, Total},
        error::ApiError,
    },
    id::{Id, kind},
    page::PageArgs,
};

/// A page of notes.
pub(in crate::graphql) type Notes<N> = Nodes<N, NoteTotal>;

/// The total count of a list of notes.
pub(in crate::graphql) enum NoteTotal {
    /// Those of the book or of a customer that match a filter.
    Matching(Total<NoteFilter>),
    /// Those on an invoice.
    OnInvoice(OwnedTotal<NotesOfInvoice>),
}

impl Count for NoteTotal {
    async fn count(&self, ctx: &Context<'_>) -> Result<i64, ApiError> {
        match self {
            Self::Matching(total) => total.count(ctx).await,
            Self::OnInvoice(total) => total.count(ctx).await,
        }
    }
}

/// A page of the notes of a kind in the book.
pub(in crate::graphql) async fn of_book<N: OutputType + From<Model>>(
    ctx: &Context<'_>,
    kind: NoteKind,
    filter: Option<NoteFilterInput>,
    args: PageArgs,
) -> Result<Notes<N>, ApiError> {
    let filter = filter.unwrap_or_default().check(kind, book_currency(ctx).await?)?;
    Ok(connection::of_book(ctx, filter, args).await?.counted(NoteTotal::Matching))
}

/// A page of the notes of a kind on a customer's invoices.
pub(in crate::graphql) async fn of_customer<N: OutputType + From<Model>>(
    ctx: &Context<'_>,
    customer: Id<kind::Customer>,
    kind: NoteKind,
    filter: Option<NoteFilterInput>,
    args: PageArgs,
) -> Result<Notes<N>, ApiError> {
    let filter = filter.unwrap_or_default().check(kind, book_currency(ctx).await?)?;
    let page = connection::of_customer(ctx, customer, filter, Direction::NewestFirst, args).await?;
    Ok(page.counted(NoteTotal::Matching))
}

/// A page of the notes of a kind on an invoice.
pub(in crate::graphql) async fn of_invoice<N: OutputType + From<Model>>(
    ctx: &Context<'_>,
    invoice: Id<kind::Invoice>,
    kind: NoteKind,
    args: PageArgs,
) -> Result<Notes<N>, ApiError> {
    Ok(connection::of_owner(ctx, NotesOfInvoice(kind), invoice, args).await?.counted(NoteTotal::OnInvoice))
}
