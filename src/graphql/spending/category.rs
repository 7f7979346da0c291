//! Categories of income and expenses: the object, its queries and its mutations.

use std::{collections::HashMap, sync::Arc};

use async_graphql::{Context, ID, InputObject, Object, SimpleObject, dataloader::Loader};

use crate::{
    bookkeeping::{
        document::Replayable,
        spending::category::{self, CategoryChange, NewCategory},
    },
    entity::{
        activity::Action,
        category::{CategoryKind, Model},
    },
    error::Error,
    graphql::{
        RequestLoader,
        activity::list::{Activities, activities_of},
        error::{ApiError, ContextExt},
        node,
        nullability::SemanticNonNull,
        payload::{UserErrors, into_payload, payloads},
        scalar::DateTime,
    },
    id::{Id, kind},
    page::PageArgs,
    price,
};

#[derive(Clone)]
pub(in crate::graphql) struct Category(pub(in crate::graphql) Model);

/// A named group of income or of expenses, such as "Salary" or "Rent".
#[Object]
impl Category {
    /// The globally unique id, which never changes, such as `category_01h455vb4pex5vsknk084sn02q`.
    pub(in crate::graphql) async fn id(&self) -> ID {
        self.0.id.into()
    }

    /// The name of the category. It is unique in the book, ignoring case.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// Whether the category is for income or for expenses.
    async fn kind(&self) -> CategoryKind {
        self.0.kind
    }

    /// The time when the category was archived. Null when it is not archived.
    async fn archived_at(&self) -> Option<DateTime> {
        self.0.archived_at.map(DateTime)
    }

    /// The time when the category was created.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }

    /// The activity log of this category, newest first: changes and refused attempts.
    #[graphql(directive = price::Page::apply(), directive = SemanticNonNull::apply())]
    async fn activities(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many items to return from the start: 0 to 100. Default: 20.")] first: Option<i32>,
        #[graphql(desc = "Return only the items after this cursor. The cursor must come from the same list.")]
        after: Option<String>,
        #[graphql(desc = "How many items to return from the end: 0 to 100. Not with `first`.")] last: Option<i32>,
        #[graphql(desc = "Return only the items before this cursor. The cursor must come from the same list.")] before: Option<String>,
    ) -> Result<Activities, ApiError> {
        activities_of(ctx, self.0.id, PageArgs { first, after, last, before }).await
    }
}

#[derive(Debug, Default)]
pub(in crate::graphql) struct CategoryQuery;

#[Object]
impl CategoryQuery {
    /// The category with this id, archived or not. Null when the book has no such category.
    async fn category(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of the category.")] id: ID,
    ) -> Result<Option<Category>, ApiError> {
        node::find_one::<kind::Category, _>(ctx, &id).await
    }

    /// The categories of the book, at most 200: income first, then expenses, each sorted by name.
    #[graphql(directive = price::List::apply(200))]
    async fn categories(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "List only categories of this kind. Default: both kinds.")] kind: Option<CategoryKind>,
        #[graphql(
            desc = "True lists only archived categories; false lists only those that are not archived.",
            default
        )]
        archived: bool,
    ) -> Result<Vec<Category>, ApiError> {
        let categories = category::list(ctx.read()?, ctx.viewer()?, kind, archived).await?;
        Ok(categories.into_iter().map(Category).collect())
    }
}

/// The category to delete or archive.
#[derive(InputObject)]
struct DeleteCategoryInput {
    /// The id of the category to delete, or to archive when a transaction or a budget uses or used it.
    id: ID,
}

/// The archived category to restore.
#[derive(InputObject)]
struct RestoreCategoryInput {
    /// The id of the category to restore. One that is not archived stays as it is.
    id: ID,
}

/// The fields that the payloads of several mutations share. The category is null when there are user errors.
#[derive(SimpleObject)]
struct CategoryResult {
    /// The category as it is now. Null when there are user errors.
    category: Option<Category>,
    #[graphql(flatten)]
    errors: UserErrors,
}

/// The result of `createCategory`. Error codes: `INVALID`, `TAKEN`, `LIMIT_REACHED`, `IDEMPOTENCY_CONFLICT`, `NOT_FOUND`
/// (the category that was created with this `id` has been deleted).
#[derive(SimpleObject)]
struct CreateCategoryPayload {
    #[graphql(flatten)]
    result: CategoryResult,
    /// True when an earlier request with the same `id` created the category; this request changed nothing.
    replayed: bool,
}

payloads! {
    /// The result of `updateCategory`. Error codes: `INVALID`, `TAKEN`, `NOT_FOUND`.
    UpdateCategoryPayload(CategoryResult);

    /// The result of `restoreCategory`. Error codes: `NOT_FOUND`.
    RestoreCategoryPayload(CategoryResult);
}

/// The result of `deleteCategory`. Error codes: `NOT_FOUND`.
#[derive(SimpleObject)]
struct DeleteCategoryPayload {
    /// The id of the category if it was deleted, because it was never used. Otherwise null.
    deleted_category_id: Option<ID>,
    /// The category if it was archived instead, because it was used before. Otherwise null.
    category: Option<Category>,
    #[graphql(flatten)]
    errors: UserErrors,
}

impl CategoryResult {
    async fn new(ctx: &Context<'_>, action: Action, result: Result<Model, Error>) -> Result<Self, ApiError> {
        let (category, errors) = into_payload(ctx, action, result).await?;
        Ok(Self { category: category.map(Category), errors })
    }
}

#[derive(Debug, Default)]
pub(in crate::graphql) struct CategoryMutation;

#[Object]
impl CategoryMutation {
    /// Creates a category of income or of expenses.
    async fn create_category(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The category to create.")] input: NewCategory,
    ) -> Result<CreateCategoryPayload, ApiError> {
        let created = category::create(ctx.app()?, ctx.viewer()?, &input).await;
        let (created, replayed) = Replayable::split(created);
        let result = CategoryResult::new(ctx, Action::CreateCategory, created).await?;
        Ok(CreateCategoryPayload { result, replayed })
    }

    /// Renames a category.
    async fn update_category(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The fields to change.")] input: CategoryChange,
    ) -> Result<UpdateCategoryPayload, ApiError> {
        let updated = category::update(ctx.app()?, ctx.viewer()?, &input).await;
        Ok(UpdateCategoryPayload { result: CategoryResult::new(ctx, Action::UpdateCategory, updated).await? })
    }

    /// Deletes a category that was never used. A category that has or ever had transactions or budgets is archived
    /// instead: its transactions stay, but it cannot be used for anything new, and `categories` lists it only with
    /// `archived: true`.
    async fn delete_category(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The category to delete or archive.")] input: DeleteCategoryInput,
    ) -> Result<DeleteCategoryPayload, ApiError> {
        let deleted = category::delete(ctx.app()?, ctx.viewer()?, &input.id).await;
        let (category, errors) = into_payload(ctx, Action::DeleteCategory, deleted).await?;
        let (archived, gone): (Vec<_>, Vec<_>) =
            category.into_iter().partition(|category| category.archived_at.is_some());
        Ok(DeleteCategoryPayload {
            deleted_category_id: gone.into_iter().next().map(|category| category.id.into()),
            category: archived.into_iter().next().map(Category),
            errors,
        })
    }

    /// Restores an archived category.
    async fn restore_category(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The category to restore.")] input: RestoreCategoryInput,
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
