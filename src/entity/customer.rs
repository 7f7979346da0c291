//! Customers of a shop. What a customer owes is on the customer's accounts (`account.holder_id`), one per currency.

use sea_orm::entity::prelude::*;

use crate::id::{Id, kind};

/// A customer.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "customer")]
pub struct Model {
    /// Primary key: a UUID v7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Id<kind::Customer>,
    /// Orders rows with the same date, name or amount: a UUID v7 made by the server, since a client may choose the id.
    pub position: Uuid,
    /// The book that they are in.
    pub book_id: Id<kind::Book>,
    /// The customer's name.
    pub name: String,
    /// The name in the form in which names are compared, see `folding::name_key`, for comparing and sorting.
    pub name_key: String,
    /// The phone number in E.164 form, or only its digits when the country is not known. Unique among the book's
    /// customers that are not archived.
    pub phone: Option<String>,
    /// The e-mail address.
    pub email: Option<String>,
    /// The firm that the customer buys for.
    pub firm_name: Option<String>,
    /// The street address.
    pub address: Option<String>,
    /// The city.
    pub city: Option<String>,
    /// The city in the form in which texts are searched, see `folding::search_key`, for comparing.
    pub city_key: Option<String>,
    /// The state.
    pub state: Option<String>,
    /// The customer's GST registration number.
    pub gst_number: Option<String>,
    /// A note written by the shop.
    pub note: Option<String>,
    /// Name, firm and phone in the form in which texts are searched, see `folding::search_text`.
    pub search_text: String,
    /// When the customer was archived; archived customers are left out of lists.
    pub archived_at: Option<DateTimeUtc>,
    /// When the customer's personal details were erased; then none of the columns above tells of them, and they are archived.
    pub erased_at: Option<DateTimeUtc>,
    /// When the customer's ledger last changed; the time of creation if it never did.
    pub last_activity_at: DateTimeUtc,
    /// When the row was created.
    pub created_at: DateTimeUtc,
    /// The import that made it; `None` when it was written by hand, and when it is older than the records of imports.
    pub import_id: Option<Id<kind::Import>>,
}

impl ActiveModelBehavior for ActiveModel {}
