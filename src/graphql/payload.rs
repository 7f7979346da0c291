//! Payloads: what mutations return. Converts the result of an operation, and records user errors in the audit log.

use std::borrow::Cow;

use async_graphql::{
    Context, ContextSelectionSet, OutputType, Positioned, ServerResult, SimpleObject, Value,
    parser::types::Field,
    registry::{MetaType, MetaTypeId, MetaTypeName, Registry},
};
use sea_orm::DbErr;

use super::{ApiError, error::ContextExt, user_error::UserError};
use crate::{
    activity::{self, ActivityEvent},
    bookkeeping::document::Replayable,
    entity::activity::Action,
    error::{Error, Refusal},
    price,
};

/// The number of user errors that the price of an operation counts with. There are rarely more, and most load nothing.
pub(super) const ERRORS: i32 = 5;

/// The field that all payloads have. Flatten it into each of them.
#[derive(Debug, Default, SimpleObject)]
pub(super) struct UserErrors {
    /// The problems with the input, one item per problem. Empty when the mutation succeeded.
    #[graphql(directive = price::List::apply(ERRORS))]
    user_errors: Vec<UserError>,
}

impl UserErrors {
    /// Adds an error.
    pub(super) fn push(&mut self, refusal: Refusal) {
        self.user_errors.push(refusal.into());
    }
}

impl From<Vec<Refusal>> for UserErrors {
    fn from(refusals: Vec<Refusal>) -> Self {
        Self { user_errors: refusals.into_iter().map(UserError::from).collect() }
    }
}

/// Declares payloads that have the fields of a common result.
macro_rules! payloads {
    ($($(#[$doc:meta])* $name:ident($result:ty);)*) => {$(
        $(#[$doc])*
        #[derive(async_graphql::SimpleObject)]
        struct $name {
            #[graphql(flatten)]
            result: $result,
        }
    )*};
}

pub(super) use payloads;

/// The interface `Payload`, which every type that a mutation returns implements. It is only part of the schema: there is no value
/// of this type.
pub(super) enum Payload {}

impl OutputType for Payload {
    fn type_name() -> Cow<'static, str> {
        "Payload".into()
    }

    /// Takes the implementers from the mutations of the schema, so that no payload can be left out. A payload without
    /// `userErrors` would make the schema invalid, which stops the server at its start.
    fn create_type_info(registry: &mut Registry) -> String {
        let mutation = registry.mutation_type.as_ref().and_then(|name| registry.types.get(name));
        let fields = mutation.and_then(MetaType::fields).into_iter().flat_map(|fields| fields.values());
        let payloads: Vec<_> = fields.map(|field| MetaTypeName::concrete_typename(&field.ty).to_owned()).collect();
        let common = payloads.first().and_then(|name| registry.types.get(name)?.field_by_name("userErrors")).cloned();
        for payload in &payloads {
            registry.add_implements(payload, &Self::type_name());
        }
        registry.create_output_type::<Self, _>(MetaTypeId::Interface, |_| MetaType::Interface {
            name: Self::type_name().into_owned(),
            description: Some(
                "What a mutation returns. One fragment reads the errors of all: `... on Payload { userErrors { code message path } }`."
                    .to_owned(),
            ),
            fields: common.clone().map(|field| (field.name.clone(), field)).into_iter().collect(),
            possible_types: payloads.iter().cloned().collect(),
            extends: false,
            keys: None,
            visible: None,
            inaccessible: false,
            tags: Vec::new(),
            rust_typename: Some(std::any::type_name::<Self>()),
            directive_invocations: Vec::new(),
            requires_scopes: Vec::new(),
        })
    }

    async fn resolve(&self, _: &ContextSelectionSet<'_>, _: &Positioned<Field>) -> ServerResult<Value> {
        match *self {}
    }
}

/// Converts the result of an operation into its value or its user errors. User errors are recorded in the audit log. A fault is
/// returned as an error.
pub(super) async fn into_payload<T>(
    ctx: &Context<'_>,
    action: Action,
    result: Result<T, Error>,
) -> Result<(Option<T>, UserErrors), ApiError> {
    if let Err(Error::Refused(refusals)) = &result {
        let viewer = ctx.viewer()?;
        let act = ActivityEvent::by(viewer, action).on_named(&named(ctx)?);
        let act = match action {
            Action::UpdateBook => act.on(viewer.book),
            Action::UpdateProfile => act.on(viewer.user),
            _ => act,
        };
        activity::refuse(ctx.app()?, act, refusals).await?;
    }
    into_recorded_payload(result)
}

/// Like [`into_payload`], for operations that can be repeated with an idempotency key or an id. Also returns whether this is the result of
/// an earlier request.
pub(super) async fn into_replayable_payload<T>(
    ctx: &Context<'_>,
    action: Action,
    result: Result<Replayable<T>, Error>,
) -> Result<(Option<T>, bool, UserErrors), ApiError> {
    let (result, replayed) = Replayable::split(result);
    let (done, errors) = into_payload(ctx, action, result).await?;
    Ok((done, replayed, errors))
}

/// Like [`into_payload`], for operations that record their refusals themselves.
pub(super) fn into_recorded_payload<T>(result: Result<T, Error>) -> Result<(Option<T>, UserErrors), ApiError> {
    match result {
        Ok(value) => Ok((Some(value), UserErrors::default())),
        Err(Error::Refused(refusals)) => Ok((None, refusals.into())),
        Err(fault) => Err(fault.into()),
    }
}

/// The value of the field `id` in the mutation's input, or of `outgoingId` or `importedId`, which name a pair. Empty when there is none.
fn named(ctx: &Context<'_>) -> Result<String, ApiError> {
    let arguments = ctx.field().arguments().map_err(|error| Error::Fault(DbErr::Custom(error.message)))?;
    let input = arguments.into_iter().find(|(name, _)| name == "input");
    Ok(match input {
        Some((_, Value::Object(input))) => {
            match ["id", "outgoingId", "importedId"].iter().find_map(|name| input.get(*name)) {
                Some(Value::String(id)) => id.clone(),
                _ => String::new(),
            }
        }
        _ => String::new(),
    })
}
