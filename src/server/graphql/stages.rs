//! The stages of an operation that are the same whichever way it came: by a request of its own, or over a socket.

use async_graphql::{ServerError, Value, parser::types::OperationType};
use axum::http::StatusCode;
use tokio::time::Instant;
use uuid::Uuid;

use super::{
    execute::execute,
    method::Place,
    operation::{Answer, Needs, Plan, check_mutation, choose, coerce, needs, normalize, only_starts_sessions, price},
    parameters::Parameters,
    refused::Refused,
    state::Endpoint,
};
use crate::{
    client::Client,
    error::Error,
    graphql::{ApiError, INTERNAL_SERVER_ERROR},
    identity::{self, Unauthenticated},
    server::{
        principal::Principal,
        rate_limit::{self, Meter, RATE_LIMITED, TOO_MANY},
        request_log::Summary,
    },
    viewer::Viewer,
};

/// Makes a plan from the parameters of a request. `place` is where they were; `None` over a socket.
pub(super) fn prepare(
    endpoint: &Endpoint,
    parameters: Parameters,
    place: Option<Place>,
    is_user: bool,
    summary: &mut Summary,
) -> Result<Plan, Refused> {
    let Parameters { document, operation_name, variables } = parameters;
    let document = endpoint.documents.find(&document, is_user)?;
    let operation = choose(&document.executable, operation_name.as_deref())?;
    summary.operation = operation.name.as_ref().map(ToString::to_string);
    if let Some(place) = place {
        place.check(operation.is_query())?;
    }
    let values = coerce(&endpoint.types, operation, &document.lines, variables)?;
    normalize(&endpoint.types, &document, operation, &values)
}

/// The price of a plan, unless it is too high.
fn price_of(endpoint: &Endpoint, plan: &Plan, is_user: bool) -> Result<u64, Refused> {
    let limits = &endpoint.app.limits.documents;
    let (most, hint) = if is_user {
        (limits.price, "Ask for smaller pages, or for fewer lists in lists.")
    } else {
        (limits.anonymous_price, "Log in to ask for more.")
    };
    price(&endpoint.types, plan, most, hint)
}

/// Charges for what a plan costs; its price.
pub(super) async fn pay(
    endpoint: &Endpoint,
    meter: &mut Meter<'_>,
    plan: &Plan,
    viewer: Option<&Viewer>,
) -> Result<u64, Refused> {
    let price = price_of(endpoint, plan, viewer.is_some())?;
    charge(meter, viewer, rate_limit::of(price).saturating_add(check_mutation(plan)?)).await?;
    Ok(price)
}

/// The plan, and the viewer that it is executed for. An operation that starts sessions is executed as without a login when its
/// token is not valid, since its client may still hold the token of the session before. One that reads nothing does not wait for the
/// session to be looked up.
pub(super) async fn entitled(
    endpoint: &Endpoint,
    client: &Client,
    identified: Result<Option<Viewer>, Unauthenticated>,
    plan: Result<Plan, Refused>,
) -> Result<(Plan, Option<Viewer>), Refused> {
    let identified = match identified {
        Ok(None) => return Ok((plan?, None)),
        Ok(Some(viewer)) if plan.as_ref().is_ok_and(|plan| needs(plan) == Needs::Nothing) => {
            identity::check_session_later(&endpoint.app, &viewer);
            Ok(viewer)
        }
        Ok(Some(viewer)) => {
            let checked = identity::check_session(&endpoint.app, &viewer, client).await.map_err(ApiError::from)?;
            checked.map(|()| viewer)
        }
        Err(Unauthenticated) => Err(Unauthenticated),
    };
    if let Ok(viewer) = identified {
        return Ok((plan?, Some(viewer)));
    }
    let plan = plan.ok().filter(only_starts_sessions).ok_or_else(Refused::unauthenticated)?;
    Ok((plan, None))
}

/// Executes a query or a mutation when it is the turn of who asks.
pub(super) async fn run(
    endpoint: &Endpoint,
    (plan, price): (Plan, u64),
    viewer: Option<Viewer>,
    client: &Client,
    deadline: Instant,
) -> Result<Answer, Refused> {
    // Without a login a mutation can only log in or register, which take turns where passwords are hashed, or renew a session,
    // which is short. It waits for nobody at the same address.
    let principal = Principal::of(viewer.as_ref(), client);
    let in_turn = Some(principal).filter(|_| viewer.is_some() || plan.kind == OperationType::Query);
    let batch_turns = endpoint.batch_turns.as_ref().filter(|_| needs(&plan) == Needs::Batch);
    let turns = batch_turns.unwrap_or(&endpoint.turns);
    // On the heap, since the future is large.
    let execute = Box::pin(execute(
        endpoint.app.clone(),
        endpoint.schemas.of(&plan, price).clone(),
        plan,
        viewer,
        client.clone(),
    ));
    turns.run(in_turn, deadline, execute).await
}

/// Charges the cost of a request, or refuses it when the limit is exceeded.
pub(super) async fn charge(meter: &mut Meter<'_>, viewer: Option<&Viewer>, cost: u32) -> Result<(), Refused> {
    let charged = meter.charge(viewer, cost).await.map_err(ApiError::from)?;
    charged.map_err(|_| Refused::with_status(StatusCode::TOO_MANY_REQUESTS, RATE_LIMITED, TOO_MANY))
}

/// Completes the errors of a response: each one gets a code, and each fault gets the request id under which the log has its
/// details. Faults are logged here and nowhere else, each once, even if it made several fields fail.
pub(in crate::server) fn complete(errors: &mut [ServerError], id: Uuid) {
    let mut logged: Vec<*const Error> = Vec::new();
    for error in errors {
        if let Some(fault @ Error::Fault(cause)) = error.source::<Error>()
            && !logged.contains(&std::ptr::from_ref(fault))
        {
            tracing::error!(%cause, "fault");
            logged.push(fault);
        }
        let extensions = error.extensions.get_or_insert_default();
        match extensions.get("code") {
            // Our own errors have a code (`ApiError`). An error of the library during the execution is about an argument that
            // cannot be parsed.
            None => extensions.set("code", "BAD_USER_INPUT"),
            Some(code) if *code == Value::from(INTERNAL_SERVER_ERROR) => extensions.set("requestId", id.to_string()),
            Some(_) => {}
        }
    }
}

/// The code of an error.
pub(super) fn code(error: &ServerError) -> Option<String> {
    match error.extensions.as_ref()?.get("code")? {
        Value::String(code) => Some(code.clone()),
        Value::Enum(code) => Some(code.to_string()),
        _ => None,
    }
}
