//! `POST /graphql`: from the body of a request to its response.
//!
//! | step | function |
//! |---|---|
//! | authenticate, and charge one point | `viewer`, `charge` |
//! | check the content type, parse the body | `is_json`, `Parameters::parse` |
//! | check nesting and size, parse the document | `check_nesting`, `check_size` |
//! | choose the operation, check the fields of a mutation | `pick`, `check_mutation` |
//! | resolve variables that were not sent | `require_variables`, `settle` |
//! | count the rows, charge for them | `check_rows`, `charge` |
//! | validate and execute | `Execution` in `phase` |
//! | add codes to the errors, log faults | `complete` |
//!
//! The axum service of the GraphQL library is not used. It accepts forms and bodies without a content type, so another web site
//! could send mutations in a user's name; it does not know the codes of errors; and it answers `data: null` to requests that
//! were never executed.

use std::sync::Arc;

use async_graphql::{Request, Response as Executed, ServerError, Value, parser::parse_query};
use async_graphql_axum::GraphQLResponse;
use axum::{
    Extension,
    body::Bytes,
    extract::{State, rejection::BytesRejection},
    http::{
        HeaderMap, HeaderValue, StatusCode,
        header::{AUTHORIZATION, CACHE_CONTROL, CONTENT_TYPE, VARY, X_CONTENT_TYPE_OPTIONS},
    },
    response::{IntoResponse, Response},
};
use uuid::Uuid;

use super::{
    absent::settle,
    hints::explain,
    limits::{check_mutation, check_nesting, check_size},
    media_type::MediaType,
    parameters::{Parameters, is_json, pick, require_variables},
    phase::{Execution, Phase},
    refused::Refused,
    rows::check_rows,
    snapshot::reads_snapshot,
};
use crate::{
    app::App,
    client::Client,
    error::Error,
    graphql::{ApiError, INTERNAL_SERVER_ERROR, Reader, Schema, schema_builder, with_viewer},
    identity::{self, Unauthenticated},
    server::{
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
    schema: Schema,
}

impl Endpoint {
    pub(in crate::server) fn new(app: App, rates: Rates) -> Self {
        let schema = schema_builder().data(app.clone()).extension(Phase).finish();
        Self { app, rates, schema }
    }
}

pub(in crate::server) async fn handle(
    State(endpoint): State<Endpoint>,
    Extension(RequestId(id)): Extension<RequestId>,
    Extension(client): Extension<Client>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    let mut summary = Summary::default();
    let media_type = MediaType::accepted(&headers);
    let mut meter = endpoint.rates.meter(&client);
    let mut response = match answer(&endpoint, &client, &headers, body, &mut meter, &mut summary).await {
        Ok(mut executed) => {
            complete(&mut executed.errors, id);
            summary.error = executed.errors.first().and_then(code);
            GraphQLResponse::from(executed).into_response()
        }
        Err(mut refused) => {
            complete(&mut refused.errors, id);
            summary.error = refused.errors.first().and_then(code);
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

/// Checks a request and executes it.
async fn answer(
    endpoint: &Endpoint,
    client: &Client,
    headers: &HeaderMap,
    body: Result<Bytes, BytesRejection>,
    meter: &mut Meter<'_>,
    summary: &mut Summary,
) -> Result<Executed, Refused> {
    let viewer = viewer(endpoint, client, headers).await;
    charge(meter, viewer.as_ref().ok().and_then(Option::as_ref), rate_limit::REQUEST).await?;
    let viewer = viewer?;
    if !is_json(headers) {
        let message = "Send `Content-Type: application/json`.";
        return Err(Refused::with_status(StatusCode::UNSUPPORTED_MEDIA_TYPE, "BAD_REQUEST", message));
    }
    let body = body.map_err(|rejection| {
        let message = "The body cannot be read, or is larger than 1 MiB.";
        Refused::with_status(rejection.status(), "BAD_REQUEST", message)
    })?;
    let Parameters { query, operation_name, mut variables } = Parameters::parse(&body)?;
    if query.len() > LARGEST_DOCUMENT {
        let message = format!("The document is larger than {LARGEST_DOCUMENT} bytes.");
        return Err(Refused::new("GRAPHQL_VALIDATION_FAILED", message));
    }
    check_nesting(&query)?;
    let document = parse_query(&query)
        .map_err(|error| Refused::from(vec![ServerError::from(error)]).coded("GRAPHQL_PARSE_FAILED"))?;
    check_size(&document)?;
    let (name, operation) = pick(&document, operation_name.as_deref())?;
    summary.operation = name.map(str::to_owned);
    let of_fields = check_mutation(operation, &document)?;
    require_variables(operation, &variables)?;
    let settled = settle(&document, (name, operation), &mut variables)?;
    // Charged for the document that is executed, which may have fewer fields than the one that was sent.
    let executed = settled.as_ref().unwrap_or(&document);
    let rows = check_rows(pick(executed, operation_name.as_deref())?.1, executed, &variables)?;
    charge(meter, viewer.as_ref(), rate_limit::of(rows).saturating_add(of_fields)).await?;
    let from_snapshot = reads_snapshot(operation, &document);

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
    let request = request(&execution, document, variables).data(client.clone());
    let executed = match viewer {
        Some(viewer) => {
            let reader =
                if from_snapshot { Reader::snapshot(&endpoint.app).await } else { Ok(Reader::now(&endpoint.app)) };
            let reader = reader.map_err(ApiError::from)?;
            let (request, batches) = with_viewer(request, reader, viewer);
            batches.run(endpoint.schema.execute(request)).await
        }
        None => endpoint.schema.execute(request).await,
    };
    if execution.has_started() {
        return Ok(executed);
    }
    Err(invalid(executed.errors))
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
