//! References to categories: by id or by name.

use std::collections::HashMap;

use async_graphql::{ID, OneofObject};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select,
    sea_query::LockType,
};
use serde::Serialize;

use crate::{
    db::Transaction,
    entity::category,
    error::{Code, Refusal, Result},
    id::{Id, kind},
    text,
    viewer::Viewer,
};

/// The longest name of a category, in characters.
pub(super) const LONGEST_NAME: usize = 60;

/// Names one of the book's categories, either by id or by name. Exactly one field must be given.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, OneofObject)]
#[serde(rename_all = "camelCase")]
pub enum CategoryRef {
    /// The id of the category.
    Id(ID),
    /// The name of the category, ignoring case and the way in which its accents are encoded.
    Name(String),
}

/// Finds the category of the viewer's book that a reference names.
///
/// # Errors
/// `NOT_FOUND`, at the path of the reference's field: `path` with `.id` or `.name`.
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

/// The categories that a list of references names. References to unknown categories are missing from it.
#[derive(Debug, Default)]
pub(in crate::bookkeeping) struct Named(HashMap<CategoryRef, category::Model>);

impl Named {
    /// Finds the categories of the viewer's book and locks them against deletion until the end of the transaction.
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

    /// The category that a reference names; the reference must be one of those given to [`Named::lock`].
    ///
    /// # Errors
    /// `NOT_FOUND`, at the path of the reference's field: `path` with `.id` or `.name`.
    pub(super) fn get(&self, wanted: &CategoryRef, path: &str) -> Result<&category::Model, Refusal> {
        self.0.get(wanted).ok_or_else(|| wanted.missing(path))
    }
}

impl CategoryRef {
    /// Finds the category that the reference names among `categories`.
    ///
    /// # Errors
    /// `NOT_FOUND`, at the path of the reference's field: `path` with `.id` or `.name`.
    pub(in crate::bookkeeping) fn among<'a>(
        &self,
        mut categories: impl Iterator<Item = &'a category::Model>,
        path: &str,
    ) -> Result<&'a category::Model, Refusal> {
        categories.find(|category| self.is(category)).ok_or_else(|| self.missing(path))
    }

    fn id(&self) -> Option<Id<kind::Category>> {
        if let Self::Id(id) = self { id.parse().ok() } else { None }
    }

    /// The name in the form in which names are compared; `None` for an id, or when no category can have this name.
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

/// A name in the form in which names are compared, see [`folding::name_key`].
pub(in crate::bookkeeping) fn key(name: &str) -> String {
    text::name_key(name)
}
