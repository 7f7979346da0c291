//! Import profiles: what the files of a bank look like, under a name. Only `bookkeeping::import` writes this table.

use sea_orm::entity::prelude::*;

use crate::id::{Id, kind};

/// A saved profile.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "import_profile")]
pub struct Model {
    /// Primary key: a UUID v7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Id<kind::ImportProfile>,
    /// The book that it is in.
    pub book_id: Id<kind::Book>,
    /// The name that the user gave it.
    pub name: String,
    /// The name in the form in which names are compared, see `folding::name_key`, for comparing and sorting. Unique in the book.
    pub name_key: String,
    /// The profile as JSON, see `bookkeeping::import::profile::Profile`.
    pub profile: String,
    /// When it was first saved.
    pub created_at: DateTimeUtc,
    /// When it was last saved.
    pub updated_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
