//! Lists of invoices, and the status of an invoice.

use async_graphql::{Enum, ID, InputObject};
use chrono::NaiveDate;
use sea_orm::{
    ColumnTrait, Condition,
    sea_query::{Expr, ExprTrait},
};

use super::numbering;
use crate::{
    bookkeeping::customers::document_list::{self, AmountRange, Filter, Key},
    calendar::date::Date,
    entity::invoice::{self, TaxMethod},
    error::{Refusals, Result},
    id::{Id, kind},
    money::{Currency, Decimal},
};

/// The payment status of an invoice today, in the book's time zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Enum)]
pub enum InvoiceStatus {
    /// Nothing is paid yet, and the due date has not passed.
    Open,
    /// A part is paid, and the due date has not passed.
    PartiallyPaid,
    /// The invoice is fully paid.
    Paid,
    /// Some or all of it is unpaid, and the due date has passed.
    Overdue,
    /// The invoice was voided and no longer counts.
    Void,
}

/// The status of an invoice on the day `today`.
#[must_use]
pub fn status(invoice: &invoice::Model, today: NaiveDate) -> InvoiceStatus {
    if invoice.voided_at.is_some() {
        InvoiceStatus::Void
    } else if invoice.paid == invoice.total {
        InvoiceStatus::Paid
    } else if invoice.due_date < today {
        InvoiceStatus::Overdue
    } else if invoice.paid > 0 {
        InvoiceStatus::PartiallyPaid
    } else {
        InvoiceStatus::Open
    }
}

/// The value that an invoice is taxed on, in minor units.
#[must_use]
pub fn taxable(invoice: &invoice::Model) -> i64 {
    match invoice.tax_method {
        TaxMethod::ByLine => invoice.gross,
        TaxMethod::ByRate => invoice.gross - invoice.discount + invoice.other_charges,
    }
}

/// Whether the tax of an invoice is IGST, since the goods go to another state. What the user said of it is not stored of invoices that
/// are older than that column, and an invoice whose taxes were given may have IGST without it.
#[must_use]
pub fn is_inter_state(invoice: &invoice::Model) -> bool {
    invoice.inter_state || invoice.igst > 0
}

/// The condition that an invoice has this status; must agree with [`status`].
fn has_status(status: InvoiceStatus, today: NaiveDate) -> Condition {
    use invoice::Column;
    let all = Condition::all();
    let not_void = || Condition::all().add(Column::VoidedAt.is_null());
    let unpaid = || not_void().add(Column::Paid.into_expr().lt(Expr::col(Column::Total)));
    match status {
        InvoiceStatus::Void => all.add(Column::VoidedAt.is_not_null()),
        InvoiceStatus::Paid => not_void().add(Column::Paid.into_expr().eq(Expr::col(Column::Total))),
        InvoiceStatus::Overdue => unpaid().add(Column::DueDate.lt(today)),
        InvoiceStatus::PartiallyPaid => unpaid().add(Column::DueDate.gte(today)).add(Column::Paid.gt(0)),
        InvoiceStatus::Open => unpaid().add(Column::DueDate.gte(today)).add(Column::Paid.eq(0)),
    }
}

/// Conditions on the invoices to list. An invoice must meet every condition that is given.
#[derive(Clone, Debug, Default, InputObject)]
#[graphql(name = "InvoiceFilter")]
pub struct InvoiceFilterInput {
    /// Only items of the customer with this id.
    pub customer_id: Option<ID>,
    /// Only invoices with this status today.
    pub status: Option<InvoiceStatus>,
    /// Only the invoice with this number, ignoring case.
    pub number: Option<String>,
    /// Only items in this currency.
    pub currency: Option<Currency>,
    /// Only items dated on this day or later.
    pub from: Option<Date>,
    /// Only items dated on this day or earlier. It must not be before `from`.
    pub to: Option<Date>,
    /// Only invoices with a total of at least this amount, in `currency` or, if that is not given, in the book's
    /// currency.
    pub min_amount: Option<Decimal>,
    /// Only invoices with a total of at most this amount, in `currency` or, if that is not given, in the book's
    /// currency.
    pub max_amount: Option<Decimal>,
}

/// A filter for invoices with checked values. A field that is `None` does not restrict them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct InvoiceFilter {
    customer: Option<Id<kind::Customer>>,
    /// The status, and the day on which invoices must have it.
    status: Option<(InvoiceStatus, NaiveDate)>,
    number_key: Option<String>,
    currency: Option<Currency>,
    from: Option<Date>,
    to: Option<Date>,
    least: Option<i64>,
    most: Option<i64>,
}

impl InvoiceFilterInput {
    /// Checks the values of the filter. `of_book` is the currency of the book.
    ///
    /// # Errors
    /// `NOT_FOUND` for a malformed customer id; `INVALID` for a range whose end is before its start, an amount or the
    /// number.
    pub fn check(self, of_book: Currency, today: NaiveDate) -> Result<InvoiceFilter> {
        let mut refusals = Refusals::default();
        let customer = refusals.check(document_list::customer_of(self.customer_id.as_ref())).flatten();
        refusals.check(Date::check_range(self.from, self.to, "filter.to"));
        let range = AmountRange { least: self.min_amount, most: self.max_amount };
        let (currency, bounds) = refusals.take(range.check(self.currency, of_book))?.unwrap_or_default();
        let number = refusals.check(numbering::searched(self.number.as_deref(), "filter.number")).flatten();
        refusals.none()?;
        Ok(InvoiceFilter {
            customer,
            status: self.status.map(|status| (status, today)),
            number_key: number,
            currency,
            from: self.from,
            to: self.to,
            least: bounds.0,
            most: bounds.1,
        })
    }
}

impl Filter for InvoiceFilter {
    type Entity = invoice::Entity;

    fn columns() -> [invoice::Column; 4] {
        use invoice::Column;
        [Column::BookId, Column::CustomerId, Column::Date, Column::Position]
    }

    fn condition(&self) -> Condition {
        use invoice::Column;
        Condition::all()
            .add_option(self.customer.map(|customer| Column::CustomerId.eq(customer)))
            .add_option(self.status.map(|(status, today)| has_status(status, today)))
            .add_option(self.number_key.as_deref().map(|number| Column::NumberKey.eq(number)))
            .add_option(self.currency.map(|currency| Column::Currency.eq(currency)))
            .add(document_list::between(Column::Date, self.from, self.to))
            .add_option(self.least.map(|least| Column::Total.gte(least)))
            .add_option(self.most.map(|most| Column::Total.lte(most)))
    }

    fn customer(&self) -> Option<Id<kind::Customer>> {
        self.customer
    }

    fn key(invoice: &invoice::Model) -> Key {
        (invoice.date, invoice.position)
    }

    fn owner(invoice: &invoice::Model) -> Id<kind::Customer> {
        invoice.customer_id
    }
}
