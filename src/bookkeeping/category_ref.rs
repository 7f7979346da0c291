//! Naming a category: by its id, or by what it is called.

use std::collections::HashMap;

use async_graphql::{ID, OneofObject};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select,
    sea_query::LockType,
};
use serde::Serialize;

use super::category::{LONGEST_NAME, key};
use crate::{
    db::Transaction,
    entity::category,
    error::{Code, Refusal, Result},
    id::{Id, kind},
    identity::Viewer,
    text,
};

/// Names one of the book's categories, either by id or by name. Exactly one field must be given.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, OneofObject)]
#[serde(rename_all = "camelCase")]
pub enum CategoryRef {
    /// The id of the category.
    Id(ID),
    /// The name of the category, ignoring case.
    Name(String),
}

/// The category of the viewer's book that a reference names.
///
/// # Errors
/// `NOT_FOUND` at a path that begins with `path`.
pub async fn find(
    conn: &impl ConnectionTrait,
    viewer: &Viewer,
    wanted: &CategoryRef,
    path: &str,
) -> Result<category::Model> {
    let found = wanted_of(viewer, [wanted].into_iter()).one(conn).await?;
    Ok(found.ok_or_else(|| wanted.missing(path))?)
}

fn wanted_of<'a>(viewer: &Viewer, wanted: impl Iterator<Item = &'a CategoryRef> + Clone) -> Select<category::Entity> {
    let ids = wanted.clone().filter_map(CategoryRef::id);
    let names = wanted.filter_map(CategoryRef::name_key);
    category::Entity::find()
        .filter(category::Column::BookId.eq(viewer.book))
        .filter(Condition::any().add(category::Column::Id.is_in(ids)).add(category::Column::NameKey.is_in(names)))
        .order_by_asc(category::Column::Id)
}

/// The categories that some references name, as far as there are any.
#[derive(Debug, Default)]
pub(super) struct Named(HashMap<CategoryRef, category::Model>);

impl Named {
    /// Finds categories of the viewer's book, and keeps them from being deleted until the end of the transaction.
    pub(super) async fn lock<'a>(
        tx: &Transaction,
        viewer: &Viewer,
        wanted: impl Iterator<Item = &'a CategoryRef> + Clone,
    ) -> Result<Self> {
        let categories = wanted_of(viewer, wanted.clone()).lock(LockType::KeyShare).all(tx).await?;
        let find = |wanted: &CategoryRef| {
            let found = categories.iter().find(|category| wanted.is(category));
            found.map(|category| (wanted.clone(), category.clone()))
        };
        Ok(Self(wanted.filter_map(find).collect()))
    }

    /// The category that a reference names.
    ///
    /// # Errors
    /// `NOT_FOUND` at a path that begins with `path`.
    pub(super) fn get(&self, wanted: &CategoryRef, path: &str) -> Result<&category::Model, Refusal> {
        self.0.get(wanted).ok_or_else(|| wanted.missing(path))
    }
}

impl CategoryRef {
    /// The category that it names among those of a book.
    ///
    /// # Errors
    /// `NOT_FOUND` at a path that begins with `path`.
    pub(super) fn among<'a>(
        &self,
        mut categories: impl Iterator<Item = &'a category::Model>,
        path: &str,
    ) -> Result<&'a category::Model, Refusal> {
        categories.find(|category| self.is(category)).ok_or_else(|| self.missing(path))
    }

    fn id(&self) -> Option<Id<kind::Category>> {
        if let Self::Id(id) = self { id.parse().ok() } else { None }
    }

    /// The name as it is compared; none when no category can be called so.
    fn name_key(&self) -> Option<String> {
        let Self::Name(name) = self else { return None };
        text::line(name, LONGEST_NAME, "name").ok().map(|name| key(&name))
    }

    fn missing(&self, path: &str) -> Refusal {
        let field = if matches!(self, Self::Id(_)) { "id" } else { "name" };
        Refusal::new(Code::NotFound, format!("{path}.{field}"), "You have no such category.")
    }

    fn is(&self, category: &category::Model) -> bool {
        self.id() == Some(category.id) || self.name_key().as_ref() == Some(&category.name_key)
    }
}
