//! Lists of ledger entries.

use std::collections::HashMap;

use async_graphql::{ID, InputObject};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, sea_query::Expr};

use super::document_list::{self, AmountRange, Filter, Key};
use crate::{
    bookkeeping::journal,
    calendar::date::Date,
    entity::{
        account::AccountKind,
        ledger_entry::{self, EntrySource, EntryType},
    },
    error::{Refusals, Result},
    id::{Id, kind},
    list::removed::Removed,
    money::{Currency, Decimal},
    price, text,
    viewer::Viewer,
};

/// Conditions on the ledger entries to list. An entry must meet every condition that is given.
#[derive(Clone, Debug, Default, InputObject)]
#[graphql(name = "EntryFilter")]
pub struct EntryFilterInput {
    /// Only items of the customer with this id.
    pub customer_id: Option<ID>,
    /// Only entries of this type.
    #[graphql(name = "type")]
    pub kind: Option<EntryType>,
    /// Only entries that were created in this way.
    pub source: Option<EntrySource>,
    /// Only items in this currency.
    pub currency: Option<Currency>,
    /// Only items dated on this day or later.
    pub from: Option<Date>,
    /// Only items dated on this day or earlier. It must not be before `from`.
    pub to: Option<Date>,
    /// Only items of at least this amount, in `currency` or, if that is not given, in the book's currency.
    pub min_amount: Option<Decimal>,
    /// Only items of at most this amount, in `currency` or, if that is not given, in the book's currency.
    pub max_amount: Option<Decimal>,
    /// Only entries whose note contains this text, ignoring case and accents. At most 100 characters.
    #[graphql(directive = price::Cost::apply(price::SEARCH))]
    pub text: Option<String>,
    /// True lists only deleted entries, which include those of voided invoices, receipts and notes; false lists only entries
    /// that are not deleted; null lists both. Absent means false.
    #[graphql(default)]
    pub deleted: Removed,
}

/// A filter for ledger entries with checked values. A field that is `None` does not restrict them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct EntryFilter {
    /// Only entries of this customer.
    pub customer: Option<Id<kind::Customer>>,
    /// Only entries of this type.
    pub kind: Option<EntryType>,
    /// Only entries from this source.
    pub source: Option<EntrySource>,
    /// Only entries in this currency.
    pub currency: Option<Currency>,
    /// Only entries of this date or later.
    pub from: Option<Date>,
    /// Only entries of this date or earlier.
    pub to: Option<Date>,
    /// Only entries of this amount or more, in minor units.
    pub least: Option<i64>,
    /// Only entries of this amount or less, in minor units.
    pub most: Option<i64>,
    /// Only entries whose note contains this text, in the form of `search_text`.
    pub text: Option<String>,
    /// Whether to return the deleted entries, the others or both.
    pub deleted: Removed,
}

impl EntryFilterInput {
    /// Checks the values of the filter. `of_book` is the currency of the book.
    ///
    /// # Errors
    /// `NOT_FOUND` for a malformed customer id; `INVALID` for a range whose end is before its start, an amount or the
    /// text.
    pub fn check(self, of_book: Currency) -> Result<EntryFilter> {
        let mut refusals = Refusals::default();
        let customer = refusals.check(document_list::customer_of(self.customer_id.as_ref())).flatten();
        refusals.check(Date::check_range(self.from, self.to, "filter.to"));
        let range = AmountRange { least: self.min_amount, most: self.max_amount };
        let (currency, bounds) = refusals.take(range.check(self.currency, of_book))?.unwrap_or_default();
        let text = refusals.check(text::search(self.text.as_deref(), "filter.text")).flatten();
        refusals.none()?;
        Ok(EntryFilter {
            customer,
            kind: self.kind,
            source: self.source,
            currency,
            from: self.from,
            to: self.to,
            least: bounds.0,
            most: bounds.1,
            text,
            deleted: self.deleted,
        })
    }
}

impl Filter for EntryFilter {
    type Entity = ledger_entry::Entity;

    fn columns() -> [ledger_entry::Column; 4] {
        use ledger_entry::Column;
        [Column::BookId, Column::CustomerId, Column::Date, Column::Position]
    }

    fn condition(&self) -> Condition {
        use ledger_entry::Column;
        let search_text = || Expr::col((ledger_entry::Entity, Column::SearchText));
        Condition::all()
            .add_option(self.customer.map(|customer| Column::CustomerId.eq(customer)))
            .add_option(self.kind.map(|kind| Column::Kind.eq(kind)))
            .add_option(self.source.map(|source| Column::Source.eq(source)))
            .add_option(self.currency.map(|currency| Column::Currency.eq(currency)))
            .add(document_list::between(Column::Date, self.from, self.to))
            .add_option(self.least.map(|least| Column::Amount.gte(least)))
            .add_option(self.most.map(|most| Column::Amount.lte(most)))
            .add_option(self.text.as_deref().map(|text| document_list::contains(search_text(), text)))
            .add_option(self.deleted.condition(Column::DeletedAt))
    }

    fn customer(&self) -> Option<Id<kind::Customer>> {
        self.customer
    }

    fn key(entry: &ledger_entry::Model) -> Key {
        (entry.date, entry.position)
    }

    fn owner(entry: &ledger_entry::Model) -> Id<kind::Customer> {
        entry.customer_id
    }

    /// When only dates and currency restrict the entries, the counts come from the stored turnovers instead of counting
    /// rows.
    async fn counts(
        &self,
        conn: &impl ConnectionTrait,
        viewer: &Viewer,
        customers: &[Id<kind::Customer>],
    ) -> Result<HashMap<Id<kind::Customer>, i64>> {
        let Self { customer, from, to, currency, .. } = *self;
        if *self != (Self { customer, currency, from, to, ..Self::default() }) {
            return document_list::counts(conn, viewer, customers, self).await;
        }
        let wanted = customers.iter().filter(|id| customer.is_none_or(|customer| customer == **id));
        let holders = wanted.map(|customer| customer.cast());
        let mut accounts = journal::of_holders(conn, AccountKind::Receivable, holders).await?;
        accounts.retain(|account| {
            account.book_id == viewer.book && currency.is_none_or(|currency| account.currency == currency)
        });
        let until = to.map_or(Date::MAX, |to| to.0);
        let questions = accounts.iter().map(|account| (account.id, until));
        let before = from.and_then(|from| from.0.pred_opt());
        let questions: Vec<_> = questions
            .chain(before.into_iter().flat_map(|day| accounts.iter().map(move |account| (account.id, day))))
            .collect();
        let turnovers = journal::turnovers(conn, &questions).await?;
        let mut counts = HashMap::new();
        for (number, account) in accounts.iter().enumerate() {
            let before = turnovers.get(accounts.len() + number).map_or(0, |before| before.entries);
            let until = turnovers.get(number).map_or(0, |until| until.entries);
            *counts.entry(account.holder_id.cast()).or_default() += until - before;
        }
        Ok(counts)
    }
}
