//! Lists of notes: those of the book, of a customer and of an invoice.

use std::collections::HashMap;

use async_graphql::{ID, InputObject};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QuerySelect, QueryTrait, Select,
};

use crate::{
    bookkeeping::{
        customers::document_list::{self, AmountRange, Filter, Key},
        invoicing::numbering,
    },
    calendar::date::Date,
    entity::note::{self, NoteKind},
    error::{Refusals, Result},
    id::{Id, kind},
    list::keyset::Keyset,
    list::owned_list::OwnedList,
    money::{Currency, Decimal},
    page::{Page, Paged},
    viewer::Viewer,
};

/// Conditions on the credit notes or debit notes to list. A note must meet every condition that is given.
#[derive(Clone, Debug, Default, InputObject)]
#[graphql(name = "NoteFilter")]
pub struct NoteFilterInput {
    /// Only items of the customer with this id.
    pub customer_id: Option<ID>,
    /// True lists only voided notes, false only those that are not voided. Default: both.
    pub void: Option<bool>,
    /// Only the note with this number, ignoring case.
    pub number: Option<String>,
    /// Only items in this currency.
    pub currency: Option<Currency>,
    /// Only items dated on this day or later.
    pub from: Option<Date>,
    /// Only items dated on this day or earlier. It must not be before `from`.
    pub to: Option<Date>,
    /// Only notes with a total of at least this amount, in `currency` or, if that is not given, in the book's currency.
    pub min_amount: Option<Decimal>,
    /// Only notes with a total of at most this amount, in `currency` or, if that is not given, in the book's currency.
    pub max_amount: Option<Decimal>,
}

/// A filter for notes of one kind with checked values. A field that is `None` does not restrict them.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct NoteFilter {
    note_kind: NoteKind,
    customer: Option<Id<kind::Customer>>,
    void: Option<bool>,
    number_key: Option<String>,
    currency: Option<Currency>,
    from: Option<Date>,
    to: Option<Date>,
    least: Option<i64>,
    most: Option<i64>,
}

impl NoteFilterInput {
    /// Checks the values of the filter, for notes of this kind. `of_book` is the currency of the book.
    ///
    /// # Errors
    /// `NOT_FOUND` for a malformed customer id; `INVALID` for a range whose end is before its start, an amount or the number.
    pub fn check(self, note_kind: NoteKind, of_book: Currency) -> Result<NoteFilter> {
        let mut refusals = Refusals::default();
        let customer = refusals.check(document_list::customer_of(self.customer_id.as_ref())).flatten();
        refusals.check(Date::check_range(self.from, self.to, "filter.to"));
        let range = AmountRange { least: self.min_amount, most: self.max_amount };
        let (currency, bounds) = refusals.take(range.check(self.currency, of_book))?.unwrap_or_default();
        let number = refusals.check(numbering::searched(self.number.as_deref(), "filter.number")).flatten();
        refusals.none()?;
        Ok(NoteFilter {
            note_kind,
            customer,
            void: self.void,
            number_key: number,
            currency,
            from: self.from,
            to: self.to,
            least: bounds.0,
            most: bounds.1,
        })
    }
}

impl Filter for NoteFilter {
    type Entity = note::Entity;

    fn columns() -> [note::Column; 4] {
        use note::Column;
        [Column::BookId, Column::CustomerId, Column::Date, Column::Position]
    }

    fn condition(&self) -> Condition {
        use note::Column;
        let is_void = |void| if void { Column::VoidedAt.is_not_null() } else { Column::VoidedAt.is_null() };
        Condition::all()
            .add(Column::Kind.eq(self.note_kind))
            .add_option(self.customer.map(|customer| Column::CustomerId.eq(customer)))
            .add_option(self.void.map(is_void))
            .add_option(self.number_key.as_deref().map(|number| Column::NumberKey.eq(number)))
            .add_option(self.currency.map(|currency| Column::Currency.eq(currency)))
            .add(document_list::between(Column::Date, self.from, self.to))
            .add_option(self.least.map(|least| Column::Total.gte(least)))
            .add_option(self.most.map(|most| Column::Total.lte(most)))
    }

    fn customer(&self) -> Option<Id<kind::Customer>> {
        self.customer
    }

    fn key(note: &note::Model) -> Key {
        (note.date, note.position)
    }

    fn owner(note: &note::Model) -> Id<kind::Customer> {
        note.customer_id
    }
}

/// The notes of a kind on each invoice, newest date first, void ones included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct NotesOfInvoice(pub NoteKind);

impl NotesOfInvoice {
    fn select(self, viewer: &Viewer, invoices: &[Id<kind::Invoice>]) -> Select<note::Entity> {
        let notes = note::Entity::find().filter(note::Column::InvoiceId.is_in(invoices.iter().copied()));
        notes.filter(note::Column::Kind.eq(self.0)).filter(note::Column::BookId.eq(viewer.book))
    }

    fn keyset() -> Keyset {
        use note::Column::{Date, Position};
        Keyset { key: Date.into_expr(), tiebreaker: Position.into_expr(), descending: true }
    }
}

impl OwnedList for NotesOfInvoice {
    type Owner = Id<kind::Invoice>;
    type Key = Key;
    type Row = note::Model;

    fn key_text(&self, note: &note::Model) -> String {
        document_list::key_text(NoteFilter::key(note))
    }

    fn parse_key(&self, text: &str) -> Option<Key> {
        document_list::parse_key(text)
    }

    async fn pages(
        &self,
        conn: &impl ConnectionTrait,
        viewer: &Viewer,
        invoices: &[Id<kind::Invoice>],
        page: &Page<Key>,
    ) -> Result<HashMap<Id<kind::Invoice>, Paged<note::Model>>> {
        let keyset = Self::keyset();
        let all = self.select(viewer, invoices).into_query();
        let query = keyset.cut_each(all, (note::Entity, note::Column::InvoiceId), page);
        let mut rows = Vec::new();
        for row in conn.query_all(&query).await? {
            let note = note::Model::from_query_result(&row, "")?;
            rows.push((note.invoice_id, note));
        }
        Ok(keyset.pages(rows, NoteFilter::key, page))
    }

    async fn counts(
        &self,
        conn: &impl ConnectionTrait,
        viewer: &Viewer,
        invoices: &[Id<kind::Invoice>],
    ) -> Result<HashMap<Id<kind::Invoice>, i64>> {
        let counts: Vec<(Id<kind::Invoice>, i64)> = self
            .select(viewer, invoices)
            .select_only()
            .column(note::Column::InvoiceId)
            .expr(note::Column::Id.count())
            .group_by(note::Column::InvoiceId)
            .into_tuple()
            .all(conn)
            .await?;
        Ok(counts.into_iter().collect())
    }
}
