//! The notes of the lines of transactions, by version. Rows are never updated or deleted.

use sea_orm::entity::prelude::*;

use crate::id::{Id, kind};

/// The note of a line, in one version of its transaction. Lines without a note have no row.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "version_note")]
pub struct Model {
    /// The journal entry of the version.
    #[sea_orm(primary_key, auto_increment = false)]
    pub entry_id: Id<kind::Entry>,
    /// The number of the line, from 1.
    #[sea_orm(primary_key, auto_increment = false)]
    pub line: i32,
    /// A note written by the user.
    pub note: String,
}

impl ActiveModelBehavior for ActiveModel {}
