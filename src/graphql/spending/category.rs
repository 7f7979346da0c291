//! Categories of income and expenses: the object, its queries and its mutations.

use std::{collections::HashMap, sync::Arc};

use async_graphql::{Context, ID, InputObject, Object, SimpleObject, dataloader::Loader};

use crate::{
    bookkeeping::spending::category::{self, CategoryChange, NewCategory},
    entity::{
        activity::Action,
        category::{CategoryKind, Model},
    },
    error::Error,
    graphql::{
        RequestLoader,
        activity::event::{Activity, history},
        error::{ApiError, ContextExt},
        scalar::DateTime,
        user_error::{UserError, settle},
    },
    id::{Id, kind},
};

#[derive(Clone)]
pub(in crate::graphql) struct Category(pub(in crate::graphql) Model);

/// What money comes from, or what it is spent on.
#[Object]
impl Category {
    /// Id.
    pub(in crate::graphql) async fn id(&self) -> ID {
        self.0.id.into()
    }

    /// What it is called; unique in the book without regard to case.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// Which way money goes in it.
    async fn kind(&self) -> CategoryKind {
        self.0.kind
    }

    /// When it was archived; null when it is not.
    async fn archived_at(&self) -> Option<DateTime> {
        self.0.archived_at.map(DateTime)
    }

    /// When it was made.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }

    /// What was done with it and what was refused, the latest first; when and by whom.
    async fn history(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "At most so many, from the latest; at most 100.", default = 20)] first: i32,
    ) -> Result<Vec<Activity>, ApiError> {
        history(ctx, self.0.id, first).await
    }
}

#[derive(Debug, Default)]
pub(in crate::graphql) struct CategoryQuery;

#[Object]
impl CategoryQuery {
    /// A category of the book, archived or not; null when there is none of this id.
    async fn category(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which category.")] id: ID,
    ) -> Result<Option<Category>, ApiError> {
        ctx.viewer()?;
        let Ok(id) = id.parse::<Id<kind::Category>>() else { return Ok(None) };
        Ok(ctx.loader()?.load_one(id).await?)
    }

    /// The categories of the book, at most 200: income first, and by name.
    async fn categories(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only those of this kind; all when absent.")] kind: Option<CategoryKind>,
        #[graphql(desc = "Whether to list those that are archived instead of those that are not.", default)]
        archived: bool,
    ) -> Result<Vec<Category>, ApiError> {
        let categories = category::list(ctx.read()?, ctx.viewer()?, kind, archived).await?;
        Ok(categories.into_iter().map(Category).collect())
    }
}

/// Which category to delete.
#[derive(InputObject)]
struct DeleteCategoryInput {
    /// Which category.
    id: ID,
}

/// Which category to bring back.
#[derive(InputObject)]
struct RestoreCategoryInput {
    /// Which category.
    id: ID,
}

/// What came of it; the category is null when there are user errors.
#[derive(SimpleObject)]
struct CategoryResult {
    /// The category as it is now.
    category: Option<Category>,
    /// What is wrong with the input.
    user_errors: Vec<UserError>,
}

/// What came of making a category.
#[derive(SimpleObject)]
struct CreateCategoryPayload {
    #[graphql(flatten)]
    result: CategoryResult,
}

/// What came of changing a category.
#[derive(SimpleObject)]
struct UpdateCategoryPayload {
    #[graphql(flatten)]
    result: CategoryResult,
}

/// What came of bringing a category back.
#[derive(SimpleObject)]
struct RestoreCategoryPayload {
    #[graphql(flatten)]
    result: CategoryResult,
}

/// What came of deleting a category.
#[derive(SimpleObject)]
struct DeleteCategoryPayload {
    /// The id of the category when nothing was ever in it: it is gone.
    deleted_id: Option<ID>,
    /// The category when something was in it: it is archived.
    category: Option<Category>,
    /// What is wrong with the input.
    user_errors: Vec<UserError>,
}

impl CategoryResult {
    async fn new(ctx: &Context<'_>, action: Action, result: Result<Model, Error>) -> Result<Self, ApiError> {
        let (category, user_errors) = settle(ctx, action, result).await?;
        Ok(Self { category: category.map(Category), user_errors })
    }
}

#[derive(Debug, Default)]
pub(in crate::graphql) struct CategoryMutation;

#[Object]
impl CategoryMutation {
    /// Makes a category.
    async fn create_category(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The category to be made.")] input: NewCategory,
    ) -> Result<CreateCategoryPayload, ApiError> {
        let created = category::create(ctx.app()?, ctx.viewer()?, &input).await;
        Ok(CreateCategoryPayload { result: CategoryResult::new(ctx, Action::CreateCategory, created).await? })
    }

    /// Renames a category.
    async fn update_category(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to change.")] input: CategoryChange,
    ) -> Result<UpdateCategoryPayload, ApiError> {
        let updated = category::update(ctx.app()?, ctx.viewer()?, &input).await;
        Ok(UpdateCategoryPayload { result: CategoryResult::new(ctx, Action::UpdateCategory, updated).await? })
    }

    /// Deletes a category. One in which there is or was something is archived instead: it leaves the list and takes nothing
    /// new, and what is in it stays.
    async fn delete_category(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which category.")] input: DeleteCategoryInput,
    ) -> Result<DeleteCategoryPayload, ApiError> {
        let deleted = category::delete(ctx.app()?, ctx.viewer()?, &input.id).await;
        let (category, user_errors) = settle(ctx, Action::DeleteCategory, deleted).await?;
        let (archived, gone): (Vec<_>, Vec<_>) =
            category.into_iter().partition(|category| category.archived_at.is_some());
        Ok(DeleteCategoryPayload {
            deleted_id: gone.into_iter().next().map(|category| category.id.into()),
            category: archived.into_iter().next().map(Category),
            user_errors,
        })
    }

    /// Brings a category back that was archived.
    async fn restore_category(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which category.")] input: RestoreCategoryInput,
    ) -> Result<RestoreCategoryPayload, ApiError> {
        let restored = category::restore(ctx.app()?, ctx.viewer()?, &input.id).await;
        Ok(RestoreCategoryPayload { result: CategoryResult::new(ctx, Action::RestoreCategory, restored).await? })
    }
}

/// Loads categories of the viewer's book by their ids.
impl Loader<Id<kind::Category>> for RequestLoader {
    type Value = Category;
    type Error = Arc<Error>;

    async fn load(&self, ids: &[Id<kind::Category>]) -> Result<HashMap<Id<kind::Category>, Category>, Arc<Error>> {
        let categories = category::find_many(self.reader.conn(), &self.viewer, ids.iter().copied()).await?;
        Ok(categories.into_iter().map(|category| (category.id, Category(category))).collect())
    }
}
