//! The user who is logged in.

use std::{collections::HashMap, sync::Arc};

use async_graphql::{Context, ID, Object, dataloader::Loader};

use super::{
    RequestLoader,
    error::{ApiError, ContextExt},
    scalar::DateTime,
};
use crate::{
    entity,
    error::Error,
    id::{Id, kind},
    identity,
};

pub(super) struct User(pub(super) entity::user::Model);

/// A person who logs in. Only the person sees this; others see a display name.
#[Object]
impl User {
    /// Id.
    pub(super) async fn id(&self) -> ID {
        self.0.id.into()
    }

    /// The name to log in with and to be paid by. Its case does not matter.
    async fn username(&self) -> &str {
        &self.0.username
    }

    /// The name that others see.
    async fn display_name(&self) -> &str {
        &self.0.display_name
    }

    /// The phone number in E.164, `+967711234567`: another name to log in with and to be paid by.
    async fn phone(&self) -> Option<&str> {
        self.0.phone.as_deref()
    }

    /// The e-mail address: another name to log in with.
    async fn email(&self) -> Option<&str> {
        self.0.email.as_deref()
    }

    /// When the user registered.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }
}

/// The users of the viewer's book, by their ids.
impl Loader<Id<kind::User>> for RequestLoader {
    type Value = entity::user::Model;
    type Error = Arc<Error>;

    async fn load(&self, ids: &[Id<kind::User>]) -> Result<HashMap<Id<kind::User>, entity::user::Model>, Arc<Error>> {
        let members = identity::members(&self.reader.conn(), &self.viewer, ids.iter().copied()).await?;
        Ok(members.into_iter().map(|user| (user.id, user)).collect())
    }
}

#[derive(Debug, Default)]
pub(super) struct UserQuery;

#[Object]
impl UserQuery {
    /// The user who is logged in.
    async fn me(&self, ctx: &Context<'_>) -> Result<User, ApiError> {
        let user = identity::find_user(&ctx.read()?, ctx.viewer()?).await?;
        user.map(User).ok_or(ApiError::Unauthenticated)
    }
}
