//! Lists of receipts.

use async_graphql::{ID, InputObject};
use sea_orm::{ColumnTrait, Condition};

use super::numbering;
use crate::{
    bookkeeping::customers::document_list::{self, AmountRange, Filter, Key},
    calendar::date::Date,
    entity::receipt::{self, PaymentType},
    error::{Refusals, Result},
    id::{Id, kind},
    money::{Currency, Decimal},
};

/// Conditions on the receipts to list. A receipt must meet every condition that is given.
#[derive(Clone, Debug, Default, InputObject)]
#[graphql(name = "ReceiptFilter")]
pub struct ReceiptFilterInput {
    /// Only items of the customer with this id.
    pub customer_id: Option<ID>,
    /// Only receipts that were paid in this way.
    pub payment_type: Option<PaymentType>,
    /// True lists only voided receipts, false only those that are not voided. Default: both.
    pub void: Option<bool>,
    /// Only the receipt with this number, ignoring case.
    pub number: Option<String>,
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
}

/// A filter for receipts with checked values. A field that is `None` does not restrict them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct ReceiptFilter {
    customer: Option<Id<kind::Customer>>,
    payment_type: Option<PaymentType>,
    void: Option<bool>,
    number_key: Option<String>,
    currency: Option<Currency>,
    from: Option<Date>,
    to: Option<Date>,
    least: Option<i64>,
    most: Option<i64>,
}

impl ReceiptFilterInput {
    /// Checks the values of the filter. `of_book` is the currency of the book.
    ///
    /// # Errors
    /// `NOT_FOUND` for a malformed customer id; `INVALID` for a range whose end is before its start, an amount or the
    /// number.
    pub fn check(self, of_book: Currency) -> Result<ReceiptFilter> {
        let mut refusals = Refusals::default();
        let customer = refusals.check(document_list::customer_of(self.customer_id.as_ref())).flatten();
        refusals.check(Date::check_range(self.from, self.to, "filter.to"));
        let range = AmountRange { least: self.min_amount, most: self.max_amount };
        let (currency, bounds) = refusals.take(range.check(self.currency, of_book))?.unwrap_or_default();
        let number = refusals.check(numbering::searched(self.number.as_deref(), "filter.number")).flatten();
        refusals.none()?;
        Ok(ReceiptFilter {
            customer,
            payment_type: self.payment_type,
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

impl Filter for ReceiptFilter {
    type Entity = receipt::Entity;

    fn columns() -> [receipt::Column; 4] {
        use receipt::Column;
        [Column::BookId, Column::CustomerId, Column::Date, Column::Position]
    }

    fn condition(&self) -> Condition {
        use receipt::Column;
        let is_void = |void| if void { Column::VoidedAt.is_not_null() } else { Column::VoidedAt.is_null() };
        Condition::all()
            .add_option(self.customer.map(|customer| Column::CustomerId.eq(customer)))
            .add_option(self.payment_type.map(|payment_type| Column::PaymentType.eq(payment_type)))
            .add_option(self.void.map(is_void))
            .add_option(self.number_key.as_deref().map(|number| Column::NumberKey.eq(number)))
            .add_option(self.currency.map(|currency| Column::Currency.eq(currency)))
            .add(document_list::between(Column::Date, self.from, self.to))
            .add_option(self.least.map(|least| Column::Amount.gte(least)))
            .add_option(self.most.map(|most| Column::Amount.lte(most)))
    }

    fn customer(&self) -> Option<Id<kind::Customer>> {
        self.customer
    }

    fn key(receipt: &receipt::Model) -> Key {
        (receipt.date, receipt.position)
    }

    fn owner(receipt: &receipt::Model) -> Id<kind::Customer> {
        receipt.customer_id
    }
}
