//! `/graphql`: from a request to its response.
//!
//! | stage | function |
//! |---|---|
//! | check the token, and charge one point | `identify`, `charge` |
//! | read: check media types and the method, read the body and the parameters | `MediaType`, `Place`, `in_flight`, `Parameters` |
//! | find, parse, validate | `Documents::find` in `document` |
//! | choose, coerce, normalize | `operation` |
//! | price: check the fields of a mutation, charge for what the operation costs | `check_mutation`, `price`, `charge` |
//! | refuse an invalid token or a session that has ended, unless the operation only starts sessions or reads nothing | `entitled` |
//! | wait for a turn, and stop when the time is over | `turns` |
//! | execute | `execute`, with the GraphQL library and `answer_size` |
//! | write: order the data, put in nulls | `operation::write` |
//! | add codes to the errors, log faults | `complete` |
//!
//! The axum service of the GraphQL library is not used. It accepts forms and bodies without a content type, so another web site
//! could send mutations in a user's name; it does not know the codes of errors; and it answers `data: null` to requests that
//! were never executed.

use std::sync::Arc;

use async_graphql::{ServerError, Value, parser::types::OperationType};
use axum::{
    Extension,
    body::Body,
    extract::State,
    http::{
        HeaderMap, HeaderValue, Method, StatusCode,
        header::{CACHE_CONTROL, CONTENT_TYPE, VARY},
        request::Parts,
    },
    response::{IntoResponse, Response},
};
use tokio::time::{Instant, timeout_at};
use uuid::Uuid;

use super::{
    document::Documents,
    execute::execute,
    media_type::MediaType,
    method::Place,
    operation::{Answer, Needs, Plan, check_mutation, choose, coerce, needs, normalize, only_starts_sessions, price},
    parameters::Parameters,
    refused::Refused,
    schemas::Schemas,
    turns::UserTurns,
    types::Types,
};
use crate::{
    app::{App, DocumentLimits, Profile},
    bookkeeping::wallets::operation::Writer,
    client::Client,
    documents::TrustedDocuments,
    error::Error,
    graphql::{ApiError, INTERNAL_SERVER_ERROR, sdl},
    identity::{self, Unauthenticated},
    server::{
        bearer::{bearer, challenge},
        compression::{hold, is_encoded},
        connections::ConnectionWatch,
        in_flight::{Held, InFlight, Unread},
        principal::Principal,
        rate_limit::{self, Meter, RATE_LIMITED, Rates, TOO_MANY},
        request_log::{RequestId, Summary},
    },
    viewer::Viewer,
};

/// How many requests may wait at once for what is done in batches.
const MOST_IN_BATCHES: usize = 4096;

/// How caches may keep an answer, and the headers of requests that it depends on.
const NOT_KEPT: (&str, &str) = ("no-store", "Accept");
/// The same for the answer to a query by GET.
const OF_GET: (&str, &str) = ("private, no-cache", "Accept, Authorization, Origin, Accept-Encoding");

/// The state of the endpoint.
pub(in crate::server) struct Endpoint {
    app: App,
    rates: Rates,
    in_flight: InFlight,
    turns: UserTurns,
    /// The turns of those who need no connection while they wait for what they do. `None` when nothing is done in batches.
    batch_turns: Option<UserTurns>,
    types: Arc<Types>,
    documents: Arc<Documents>,
    schemas: Schemas,
}

impl Endpoint {
    pub(in crate::server) fn new(app: App, rates: Rates) -> Self {
        let (limits, in_all) = (app.limits, app.db.work_connections());
        let types = Arc::new(Types::new(&sdl()));
        let documents =
            Arc::new(Documents::new(types.clone(), limits.documents).with(app.trusted_documents.clone(), app.profile));
        let writer = Writer::start(&app).unwrap_or_else(|error| {
            tracing::error!(%error, "wallet operations are done one by one");
            Writer::default()
        });
        let at_once = limits.execution.at_once_per_user;
        let batch_turns = writer.is_in_batches().then(|| UserTurns::new(MOST_IN_BATCHES, at_once));
        let schemas = Schemas::new(&app, &writer);
        Self {
            app,
            rates,
            in_flight: InFlight::new(limits.bodies),
            turns: UserTurns::new(in_all, at_once),
            batch_turns,
            types,
            documents,
            schemas,
        }
    }
}

/// Validates all trusted documents.
///
/// # Errors
/// The first one that cannot be used, and why.
pub fn check_trusted_documents(
    trusted: &TrustedDocuments,
    profile: Profile,
    limits: DocumentLimits,
) -> Result<(), String> {
    Documents::new(Types::new(&sdl()).into(), limits).with(trusted.clone(), profile).check_trusted()
}

pub(in crate::server) async fn handle(
    State(endpoint): State<Arc<Endpoint>>,
    Extension(RequestId(id)): Extension<RequestId>,
    Extension(client): Extension<Client>,
    connection: Option<Extension<Arc<ConnectionWatch>>>,
    request: axum::extract::Request,
) -> Response {
    let mut summary = Summary::default();
    let (parts, mut body) = request.into_parts();
    let accepted = MediaType::accepted(&parts.headers);
    let media_type = accepted.unwrap_or_default();
    let mut meter = endpoint.rates.meter(&client);
    let connection = connection.map(|Extension(connection)| connection);
    let incoming =
        Incoming { client: &client, parts: &parts, accepted, body: &mut body, connection: connection.as_ref() };
    let (mut response, (kept, depends_on)) = match answer(&endpoint, incoming, &mut meter, &mut summary).await {
        Ok((mut answer, held)) => {
            complete(answer.errors(), id);
            summary.error = answer.errors().first().and_then(code);
            let response = hold(&parts.headers, answer.into_response(), held).await;
            (response, if parts.method == Method::POST { NOT_KEPT } else { OF_GET })
        }
        Err(mut refused) => {
            complete(&mut refused.errors, id);
            summary.error = refused.errors.first().and_then(code);
            endpoint.in_flight.discard(Principal::of(None, &client), body).await;
            (refused.into_response(media_type), NOT_KEPT)
        }
    };
    challenge(&parts.headers, &mut response);
    let answer_headers = response.headers_mut();
    answer_headers.insert(CONTENT_TYPE, HeaderValue::from_static(media_type.content_type()));
    answer_headers.insert(VARY, HeaderValue::from_static(depends_on));
    answer_headers.insert(CACHE_CONTROL, HeaderValue::from_static(kept));
    meter.tell(&mut response);
    response.extensions_mut().insert(summary);
    response
}

/// A request whose body is not read yet.
struct Incoming<'a> {
    client: &'a Client,
    parts: &'a Parts,
    /// The media type to answer with. `None` when the client accepts none.
    accepted: Option<MediaType>,
    body: &'a mut Body,
    connection: Option<&'a Arc<ConnectionWatch>>,
}

/// Checks a request and executes it.
async fn answer(
    endpoint: &Arc<Endpoint>,
    Incoming { client, parts, accepted, body, connection }: Incoming<'_>,
    meter: &mut Meter<'_>,
    summary: &mut Summary,
) -> Result<(Answer, Held), Refused> {
    let identified = identify(endpoint, client, &parts.headers);
    let viewer = identified.unwrap_or_default();
    charge(meter, viewer.as_ref(), rate_limit::REQUEST).await?;
    if accepted.is_none() {
        let message = "Accept `application/graphql-response+json` or `application/json`.";
        return Err(Refused::with_status(StatusCode::NOT_ACCEPTABLE, "BAD_REQUEST", message));
    }
    if let (Some(_), Some(connection)) = (&viewer, connection) {
        connection.note_login();
    }
    let place = Place::of(parts, endpoint.app.profile)?;
    if is_encoded(&parts.headers) {
        let message = "Send the body without `Content-Encoding`.";
        return Err(Refused::with_status(StatusCode::UNSUPPORTED_MEDIA_TYPE, "BAD_REQUEST", message));
    }
    let principal = Principal::of(viewer.as_ref(), client);
    let waits = connection.map(ConnectionWatch::wait);
    let read = endpoint.in_flight.read(principal, body).await;
    drop(waits);
    if matches!(read, Err(Unread::TooSlow)) {
        // Nobody waits for the rest of it.
        *body = Body::empty();
    }
    let (body, held) = read.map_err(|unread| unread_body(endpoint, unread))?;
    let deadline = Instant::now() + endpoint.app.limits.execution.time;
    let parameters = match place {
        Place::Url => Parameters::in_url(&parts.uri),
        Place::Body => Parameters::in_body(&body),
    };
    drop(body);
    let plan = parameters.and_then(|parameters| prepare(endpoint, parameters, place, viewer.is_some(), summary));
    let entitled = timeout_at(deadline, entitled(endpoint, client, identified, plan)).await;
    let (plan, viewer) = entitled.map_err(|_| Refused::from(ApiError::from(Error::busy())))??;
    let price = price_of(endpoint, &plan, viewer.is_some())?;
    charge(meter, viewer.as_ref(), rate_limit::of(price).saturating_add(check_mutation(&plan)?)).await?;
    // Without a login a mutation can only log in or register, which take turns where passwords are hashed, or renew a session,
    // which is short. It waits for nobody at the same address.
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
    Ok((turns.run(in_turn, deadline, execute).await?, held))
}

/// Makes a plan from the parameters of a request.
fn prepare(
    endpoint: &Endpoint,
    parameters: Parameters,
    place: Place,
    is_user: bool,
    summary: &mut Summary,
) -> Result<Plan, Refused> {
    let Parameters { document, operation_name, variables } = parameters;
    let document = endpoint.documents.find(&document, is_user)?;
    let operation = choose(&document.executable, operation_name.as_deref())?;
    summary.operation = operation.name.as_ref().map(ToString::to_string);
    place.check(operation.is_mutation())?;
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

/// The plan, and the viewer that it is executed for. An operation that starts sessions is executed as without a login when its
/// token is not valid, since its client may still hold the token of the session before. One that reads nothing does not wait for the
/// session to be looked up.
async fn entitled(
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

/// Refuses a request whose body was not read.
fn unread_body(endpoint: &Endpoint, unread: Unread) -> Refused {
    let message = match unread {
        Unread::TooLarge => format!("The body is larger than {} bytes.", endpoint.app.limits.bodies.largest),
        Unread::TooSlow => "The body did not arrive in time.".to_owned(),
        Unread::TooMany => return Refused::from(ApiError::from(Error::busy())),
        Unread::Broken => "The body cannot be read.".to_owned(),
    };
    Refused::with_status(unread.status(), "BAD_REQUEST", &message)
}

/// Charges the cost of a request, or refuses it when the limit is exceeded.
async fn charge(meter: &mut Meter<'_>, viewer: Option<&Viewer>, cost: u32) -> Result<(), Refused> {
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

fn code(error: &ServerError) -> Option<String> {
    match error.extensions.as_ref()?.get("code")? {
        Value::String(code) => Some(code.clone()),
        Value::Enum(code) => Some(code.to_string()),
        _ => None,
    }
}

/// Finds out who asks, by the token alone. An invalid token is not the same as no token.
fn identify(endpoint: &Endpoint, client: &Client, headers: &HeaderMap) -> Result<Option<Viewer>, Unauthenticated> {
    let Some(token) = bearer(headers)? else { return Ok(None) };
    identity::verify(&endpoint.app, client, token).map(Some)
}
