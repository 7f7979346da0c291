//! Import profiles: the object, its queries and its mutations.

use std::{collections::HashMap, sync::Arc};

use async_graphql::{Context, ID, InputObject, Object, SimpleObject, dataloader::Loader};

use crate::{
    bookkeeping::import::saved::{self, ProfileSetting},
    entity::{activity::Action, import_profile::Model},
    error::Error,
    graphql::{
        RequestLoader,
        activity::list::{Activities, activities_of},
        error::{ApiError, ContextExt},
        node,
        nullability::SemanticNonNull,
        payload::{UserErrors, into_payload},
        scalar::DateTime,
    },
    id::{Id, kind},
    page::PageArgs,
    price,
};

#[derive(Clone)]
pub(in crate::graphql) struct ImportProfile(Model);

/// What the files of a bank look like, saved in the book under a name. `importTransactions` and `daybook import` use it by
/// its name.
#[Object]
impl ImportProfile {
    /// The globally unique id, which never changes, such as `import_profile_01h455vb4pex5vsknk084sn02q`.
    pub(in crate::graphql) async fn id(&self) -> ID {
        self.0.id.into()
    }

    /// The name of the profile. It is unique in the book, ignoring case.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// The profile as JSON: its fields are described in `docs/importing.md`.
    async fn profile(&self) -> &str {
        &self.0.profile
    }

    /// The time when the profile was first saved.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }

    /// The time when the profile was last saved.
    async fn updated_at(&self) -> DateTime {
        DateTime(self.0.updated_at)
    }

    /// The activity log of this profile, newest first: changes and refused attempts.
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
pub(in crate::graphql) struct ImportProfileQuery;

#[Object]
impl ImportProfileQuery {
    /// The import profile with this id. Null when the book has no such profile.
    async fn import_profile(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of the import profile.")] id: ID,
    ) -> Result<Option<ImportProfile>, ApiError> {
        node::find_one::<kind::ImportProfile, _>(ctx, &id).await
    }

    /// The import profiles of the book, at most 100, sorted by name.
    #[graphql(directive = price::List::apply(100))]
    async fn import_profiles(&self, ctx: &Context<'_>) -> Result<Vec<ImportProfile>, ApiError> {
        let profiles = saved::list(ctx.read()?, ctx.viewer()?).await?;
        Ok(profiles.into_iter().map(ImportProfile).collect())
    }
}

/// The import profile to delete, named by its id.
#[derive(InputObject)]
struct DeleteImportProfileInput {
    /// The id of the import profile to delete.
    id: ID,
}

/// The result of `saveImportProfile`. Error codes: `INVALID`, `REQUIRED` (a field that a profile must have), `LIMIT_REACHED`.
#[derive(SimpleObject)]
struct SaveImportProfilePayload {
    /// The import profile as it is now. Null when there are user errors.
    import_profile: Option<ImportProfile>,
    #[graphql(flatten)]
    errors: UserErrors,
}

/// The result of `deleteImportProfile`. Error codes: `NOT_FOUND`.
#[derive(SimpleObject)]
struct DeleteImportProfilePayload {
    /// The id of the deleted import profile. Null when there are user errors.
    deleted_import_profile_id: Option<ID>,
    #[graphql(flatten)]
    errors: UserErrors,
}

#[derive(Debug, Default)]
pub(in crate::graphql) struct ImportProfileMutation;

#[Object]
impl ImportProfileMutation {
    /// Saves an import profile under a name. It replaces the one that has this name.
    async fn save_import_profile(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The import profile to save.")] input: ProfileSetting,
    ) -> Result<SaveImportProfilePayload, ApiError> {
        let saved = saved::save(ctx.app()?, ctx.viewer()?, &input).await;
        let (profile, errors) = into_payload(ctx, Action::SaveImportProfile, saved).await?;
        Ok(SaveImportProfilePayload { import_profile: profile.map(ImportProfile), errors })
    }

    /// Deletes an import profile. What was imported with it stays.
    async fn delete_import_profile(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The import profile to delete.")] input: DeleteImportProfileInput,
    ) -> Result<DeleteImportProfilePayload, ApiError> {
        let deleted = saved::delete(ctx.app()?, ctx.viewer()?, &input.id).await;
        let (id, errors) = into_payload(ctx, Action::DeleteImportProfile, deleted).await?;
        Ok(DeleteImportProfilePayload { deleted_import_profile_id: id.map(ID::from), errors })
    }
}

/// Loads import profiles of the viewer's book by their ids.
impl Loader<Id<kind::ImportProfile>> for RequestLoader {
    type Value = ImportProfile;
    type Error = Arc<Error>;

    async fn load(
        &self,
        ids: &[Id<kind::ImportProfile>],
    ) -> Result<HashMap<Id<kind::ImportProfile>, ImportProfile>, Arc<Error>> {
        let profiles = saved::find_many(self.reader.conn(), &self.viewer, ids.iter().copied()).await?;
        Ok(profiles.into_iter().map(|profile| (profile.id, ImportProfile(profile))).collect())
    }
}
