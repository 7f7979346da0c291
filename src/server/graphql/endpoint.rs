//! `POST /graphql`: from the body of a request to its response.
//!
//! | step | function |
//! |---|---|
//! | authenticate, and charge one point | `viewer`, `charge` |
//! | check the content type, read the body | `is_json`, `in_flight` |
//! | parse the body | `Parameters::parse` |
//! | check nesting and size, parse the document | `check_nesting`, `check_size` |
//! | choose the operation, check the fields of a mutation | `pick`, `check_mutation` |
//! | resolve variables that were not sent | `require_variables`, `settle` |
//! | count the rows, charge for them | `check_rows`, `charge` |
//! | wait for a turn, and stop when the time is over | `turns` |
//! | validate and execute | `Execution` in `phase` |
//! | add codes to the errors, log faults | `complete` |
//!
//! The axum service of the GraphQL library is not used. It accepts forms and bodies without a content type, so another web site
//! could send mutations in a user's name; it does not know the codes of errors; and it answers `data: null` to requests that
//! were never executed.

use std::sync::Arc;

use async_graphql::{
    Request, Response as Executed, ServerError, Value,
    parser::{
        parse_query,
        types::{ExecutableDocument, OperationType},
    },
};
use async_graphql_axum::GraphQLResponse;
use axum::{
    Extension,
    body::{Body, to_bytes},
    extract::State,
    http::{
        HeaderMap, HeaderValue, StatusCode,
        header::{AUTHORIZATION, CACHE_CONTROL, CONTENT_TYPE, VARY, X_CONTENT_TYPE_OPTIONS},
    },
    response::{IntoResponse, Response},
};
use tokio::time::Instant;
use uuid::Uuid;

use super::{
    absent::settle,
    hints::explain,
    limits::{check_introspection, check_mutation, check_nesting, check_size},
    media_type::MediaType,
    parameters::{Parameters, is_json, pick, require_variables},
    payees::{check_payees, payees},
    phase::{Execution, Phase},
    refused::Refused,
    rows::check_rows,
    turns::UserTurns,
};
use crate::{
    app::App,
    client::Client,
    error::Error,
    graphql::{ApiError, INTERNAL_SERVER_ERROR, Reader, Schema, schema_builder, with_viewer},
    identity::{self, Unauthenticated},
    server::{
        connections::ConnectionWatch,
        in_flight::{Held, InFlight, Unread},
        principal::Principal,
        rate_limit::{self, Meter, RATE_LIMITED, Rates, TOO_MANY},
        request_log::{RequestId, Summary},
    },
    viewer::Viewer,
};

/// The maximum size of a document, in bytes.
const LARGEST_DOCUMENT: usize = 16 * 1024;

/// The state of the endpoint.
#[derive(Clone)]
pub(in crate::server) struct Endpoint {
    app: App,
    rates: Rates,
    in_flight: InFlight,
    turns: UserTurns,
    schema: Schema,
}

impl Endpoint {
    pub(in crate::server) fn new(app: App, rates: Rates) -> Self {
        let (limits, in_all) = (app.limits, app.db.work_connections());
        let phase = Phase { largest_answer: limits.execution.answer };
        let schema = schema_builder().data(app.clone()).extension(phase).finish();
        Self {
            app,
            rates,
            in_flight: InFlight::new(limits.bodies),
            turns: UserTurns::new(in_all, limits.execution.at_once_per_user),
            schema,
        }
    }
}

pub(in crate::server) async fn handle(
    State(endpoint): State<Endpoint>,
    Extension(RequestId(id)): Extension<RequestId>,
    Extension(client): Extension<Client>,
    connection: Option<Extension<Arc<ConnectionWatch>>>,
    request: axum::extract::Request,
) -> Response {
    let mut summary = Summary::default();
    let (parts, mut body) = request.into_parts();
    let media_type = MediaType::accepted(&parts.headers);
    let mut meter = endpoint.rates.meter(&client);
    let connection = connection.map(|Extension(connection)| connection);
    let incoming =
        Incoming { client: &client, headers: &parts.headers, body: &mut body, connection: connection.as_ref() };
    let mut response = match answer(&endpoint, incoming, &mut meter, &mut summary).await {
        Ok((mut executed, held)) => {
            complete(&mut executed.errors, id);
            summary.error = executed.errors.first().and_then(code);
            until_sent(GraphQLResponse::from(executed).into_response(), held).await
        }
        Err(mut refused) => {
            complete(&mut refused.errors, id);
            summary.error = refused.errors.first().and_then(code);
            endpoint.in_flight.discard(Principal::of(None, &client), body).await;
            refused.into_response(media_type)
        }
    };
    let answer_headers = response.headers_mut();
    answer_headers.insert(CONTENT_TYPE, HeaderValue::from_static(media_type.content_type()));
    answer_headers.insert(VARY, HeaderValue::from_static("Accept"));
    answer_headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    answer_headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    meter.tell(&mut response);
    response.extensions_mut().insert(summary);
    response
}

/// A request whose body is not read yet.
struct Incoming<'a> {
    client: &'a Client,
    headers: &'a HeaderMap,
    body: &'a mut Body,
    connection: Option<&'a Arc<ConnectionWatch>>,
}

/// Counts the answer until it is sent.
async fn until_sent(response: Response, held: Held) -> Response {
    let (parts, body) = response.into_parts();
    // The library has written the whole answer already, so nothing is waited for and nothing can fail.
    let bytes = to_bytes(body, usize::MAX).await.unwrap_or_default();
    Response::from_parts(parts, held.answer(bytes))
}

/// Checks a request and executes it.
async fn answer(
    endpoint: &Endpoint,
    Incoming { client, headers, body, connection }: Incoming<'_>,
    meter: &mut Meter<'_>,
    summary: &mut Summary,
) -> Result<(Executed, Held), Refused> {
    let viewer = viewer(endpoint, client, headers).await;
    charge(meter, viewer.as_ref().ok().and_then(Option::as_ref), rate_limit::REQUEST).await?;
    let viewer = viewer?;
    if let (Some(_), Some(connection)) = (&viewer, connection) {
        connection.note_login();
    }
    if !is_json(headers) {
        let message = "Send `Content-Type: application/json`.";
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
    let prepared = prepare(&body, viewer.as_ref(), meter, summary).await?;
    drop(body);
    // Without a login a mutation can only log in or register, which take turns where passwords are hashed, or renew a session,
    // which is short. It waits for nobody at the same address.
    let in_turn = Some(principal).filter(|_| viewer.is_some() || prepared.is_query);
    // On the heap, since the future is large.
    let execute = Box::pin(execute(endpoint.clone(), prepared, viewer, client.clone()));
    Ok((endpoint.turns.run(in_turn, deadline, execute).await?, held))
}

/// An operation that may be executed.
struct Prepared {
    parameters: Parameters,
    document: ExecutableDocument,
    /// The document that is executed, where it differs.
    settled: Option<ExecutableDocument>,
    is_query: bool,
    /// Whether all that it reads is of one moment.
    from_snapshot: bool,
}

/// Checks the document and charges for it.
async fn prepare(
    body: &[u8],
    viewer: Option<&Viewer>,
    meter: &mut Meter<'_>,
    summary: &mut Summary,
) -> Result<Prepared, Refused> {
    let mut parameters = Parameters::parse(body)?;
    let Parameters { query, operation_name, variables } = &mut parameters;
    if query.len() > LARGEST_DOCUMENT {
        let message = format!("The document is larger than {LARGEST_DOCUMENT} bytes.");
        return Err(Refused::new("GRAPHQL_VALIDATION_FAILED", message));
    }
    check_nesting(query)?;
    let document = parse_query(query.as_str())
        .map_err(|error| Refused::from(vec![ServerError::from(error)]).coded("GRAPHQL_PARSE_FAILED"))?;
    check_size(&document)?;
    check_introspection(&document)?;
    let (name, operation) = pick(&document, operation_name.as_deref())?;
    summary.operation = name.map(str::to_owned);
    let of_fields = check_mutation(operation, &document)?.saturating_add(check_payees(operation, &document)?);
    require_variables(operation, variables)?;
    let settled = settle(&document, (name, operation), variables)?;
    // Charged for the document that is executed, which may have fewer fields than the one that was sent.
    let executed = settled.as_ref().unwrap_or(&document);
    let rows = check_rows(pick(executed, operation_name.as_deref())?.1, executed, variables)?;
    charge(meter, viewer, rate_limit::of(rows).saturating_add(of_fields)).await?;
    let is_query = operation.ty == OperationType::Query;
    let from_snapshot = is_query && payees(operation, &document) == 0;
    Ok(Prepared { parameters, document, settled, is_query, from_snapshot })
}

async fn execute(
    endpoint: Endpoint,
    prepared: Prepared,
    viewer: Option<Viewer>,
    client: Client,
) -> Result<Executed, Refused> {
    let Prepared {
        parameters: Parameters { query, operation_name, variables }, document, settled, from_snapshot, ..
    } = prepared;
    let request = |execution: &Arc<Execution>, document, variables| {
        let mut request = Request::new(query.as_str()).variables(variables).data(execution.clone());
        request.operation_name.clone_from(&operation_name);
        request.set_parsed_query(document);
        request
    };
    let (execution, document) = match settled {
        None => (Execution::new(document.clone(), operation_name.clone()), document),
        Some(settled) => {
            let validation = Execution::validation(document.clone(), operation_name.clone());
            let validated = endpoint.schema.execute(request(&validation, document, variables.clone())).await;
            if !validation.has_started() {
                return Err(invalid(validated.errors));
            }
            (Execution::of_validated(settled.clone(), operation_name.clone()), settled)
        }
    };
    let network = client.network();
    let request = request(&execution, document, variables).data(client);
    let executed = if let Some(viewer) = viewer {
        let reader = if from_snapshot { Reader::snapshot(&endpoint.app).await } else { Ok(Reader::now(&endpoint.app)) };
        let reader = reader.map_err(ApiError::from)?;
        let (request, batches) = with_viewer(request, reader, viewer);
        batches.run(endpoint.schema.execute(request)).await
    } else {
        let app = App { db: endpoint.app.db.for_stranger(network), ..endpoint.app.clone() };
        endpoint.schema.execute(request.data(app)).await
    };
    if execution.is_too_large() {
        return Err(too_large(endpoint.app.limits.execution.answer));
    }
    if execution.has_started() {
        return Ok(executed);
    }
    Err(invalid(executed.errors))
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

/// Refuses an answer that grew too large.
fn too_large(most: usize) -> Refused {
    let message = format!(
        "The answer would be larger than {most} bytes. Ask for fewer fields or smaller pages. What a mutation has done \
         remains done."
    );
    Refused::new("QUERY_TOO_COMPLEX", message)
}

/// Refuses a document that failed the validation.
fn invalid(mut errors: Vec<ServerError>) -> Refused {
    errors.iter_mut().for_each(explain);
    Refused::from(errors).coded("GRAPHQL_VALIDATION_FAILED")
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

/// Authenticates the request. An invalid token is an error, unlike no token.
async fn viewer(endpoint: &Endpoint, client: &Client, headers: &HeaderMap) -> Result<Option<Viewer>, Refused> {
    let Some(token) = bearer(headers).map_err(|_| Refused::unauthenticated())? else { return Ok(None) };
    match identity::authenticate(&endpoint.app, client, token).await {
        Ok(viewer) => viewer.map(Some).map_err(|_| Refused::unauthenticated()),
        Err(error) => Err(Refused::from(ApiError::from(error))),
    }
}

/// The access token of a request, if it has one.
pub(in crate::server) fn bearer(headers: &HeaderMap) -> Result<Option<&str>, Unauthenticated> {
    let mut authorizations = headers.get_all(AUTHORIZATION).iter();
    let Some(authorization) = authorizations.next() else { return Ok(None) };
    let token = authorization
        .to_str()
        .ok()
        .and_then(|value| value.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("Bearer") && authorizations.next().is_none())
        .map(|(_, token)| token.trim());
    token.map(Some).ok_or(Unauthenticated)
}
