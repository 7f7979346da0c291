//! Customers. What one owes is on their accounts (`account.holder_id`), one for each currency.

use sea_orm::entity::prelude::*;

use crate::id::{Id, kind};

/// A customer.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "customer")]
pub struct Model {
    /// Id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Id<kind::Customer>,
    /// The book that they are in.
    pub book_id: Id<kind::Book>,
    /// What they are called.
    pub name: String,
    /// The name as it is ordered: in lower case.
    pub name_key: String,
    /// Their phone number: in E.164, or its digits when the country is not known. Unique among those not archived.
    pub phone: Option<String>,
    /// Their e-mail address.
    pub email: Option<String>,
    /// The firm that they buy for.
    pub firm_name: Option<String>,
    /// Where they are.
    pub address: Option<String>,
    /// In which city.
    pub city: Option<String>,
    /// The city as it is compared: in lower case.
    pub city_key: Option<String>,
    /// In which state.
    pub state: Option<String>,
    /// Their number for goods and services tax.
    pub gst_number: Option<String>,
    /// A note of the shop's.
    pub note: Option<String>,
    /// Name, firm and phone in lower case, to be searched.
    pub search_text: String,
    /// When they left the lists.
    pub archived_at: Option<DateTimeUtc>,
    /// When their ledger changed last; when they came, if it never did.
    pub last_activity_at: DateTimeUtc,
    /// When they were entered.
    pub created_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
