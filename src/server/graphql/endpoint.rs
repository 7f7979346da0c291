//! `/graphql`: from a request to its response.
//!
//! | stage | function, most of them in `stages` |
//! |---|---|
//! | check the token, and charge one point | `identify`, `charge` |
//! | read: check media types and the method, read the body and the parameters | `MediaType`, `Place`, `in_flight`, `Parameters` |
//! | find, parse, validate | `Documents::find` in `document` |
//! | choose, coerce, normalize | `operation` |
//! | price: check the fields of a mutation, charge for what the operation costs | `check_mutation`, `price`, `charge` |
//! | refuse an invalid token or a session that has ended, unless the operation only starts sessions or reads nothing | `entitled` |
//! | wait for a turn, and stop when the time is over | `turns` |
//! | execute | `execute`, with the GraphQL library and `answer_size`; a subscription for each of its changes, in `live` |
//! | write: order the data, put in nulls | `operation::write` |
//! | add codes to the errors, log faults | `complete` |
//!
//! The axum service of the GraphQL library is not used. It accepts forms and bodies without a content type, so another web site
//! could send mutations in a user's name; it does not know the codes of errors; and it answers `data: null` to requests that
//! were never executed.

use std::sync::Arc;

use async_graphql::parser::types::OperationType;
use axum::{
    Extension,
    body::Body,
    extract::State,
    http::{
        HeaderMap, HeaderValue, Method, StatusCode,
        header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, VARY},
        request::Parts,
    },
    response::{IntoResponse, Response},
};
use tokio::time::{Instant, timeout_at};

use super::{
    etag::{etag, is_known},
    live::{self, Events, Session},
    media_type::{Accepted, Form},
    method::Place,
    operation::Answer,
    parameters::{Parameters, Wanted},
    refused::Refused,
    stages::{charge, code, complete, entitled, pay, prepare, run},
    state::Endpoint,
};
use crate::{
    client::Client,
    error::Error,
    graphql::ApiError,
    identity::{self, Unauthenticated},
    server::{
        bearer::{bearer, challenge},
        compression::{hold, is_encoded},
        connections::ConnectionWatch,
        cors::may_converse,
        in_flight::{Held, Unread},
        principal::Principal,
        rate_limit::{self, Meter},
        request_log::{RequestId, Summary},
    },
    viewer::Viewer,
};

/// How caches may keep an answer, and the headers of requests that it depends on.
const NOT_KEPT: (&str, &str) = ("no-store", "Accept");
/// The same for the answer to a query by GET.
const OF_GET: (&str, &str) = ("private, no-cache", "Accept, Authorization, Origin, Accept-Encoding");

pub(in crate::server) async fn handle(
    State(endpoint): State<Arc<Endpoint>>,
    Extension(RequestId(id)): Extension<RequestId>,
    Extension(client): Extension<Client>,
    connection: Option<Extension<Arc<ConnectionWatch>>>,
    request: axum::extract::Request,
) -> Response {
    let mut summary = Summary::default();
    let (mut parts, mut body) = request.into_parts();
    let accepted = Accepted::of(&parts.headers);
    let media_type = accepted.one.unwrap_or_default();
    let mut meter = endpoint.rates.meter(&client);
    let connection = connection.map(|Extension(connection)| connection);
    if live::is_wanted(&parts.headers) {
        let opened = match charge(&mut meter, None, rate_limit::REQUEST).await {
            Ok(()) if !may_converse(&endpoint.app.origins, &parts.headers) => {
                let message = "Pages of this origin may not open a WebSocket. The operator allows origins by DAYBOOK_CORS_ORIGINS.";
                Err(Refused::with_status(StatusCode::FORBIDDEN, "BAD_REQUEST", message))
            }
            Ok(()) => live::open_socket(&endpoint, &client, connection, &mut parts).await,
            Err(refused) => Err(refused),
        };
        return opened.unwrap_or_else(|refused| refused.into_response(media_type));
    }
    let mut etag = None;
    let incoming =
        Incoming { client: &client, parts: &parts, accepted, body: &mut body, connection: connection.as_ref() };
    let (mut response, (kept, depends_on), content_type) = match answer(&endpoint, incoming, &mut meter, &mut summary)
        .await
    {
        Ok(Answered::One(mut answer, held, tag)) => {
            complete(answer.errors(), id);
            etag = tag.filter(|_| answer.errors().is_empty());
            summary.error = answer.errors().first().and_then(code);
            let of_method = if parts.method == Method::POST { NOT_KEPT } else { OF_GET };
            match (accepted.one, accepted.stream) {
                (None, Some(stream)) => (live::stream_one(stream, &answer, held), of_method, stream.content_type()),
                _ => {
                    (hold(&parts.headers, (*answer).into_response(), held).await, of_method, media_type.content_type())
                }
            }
        }
        Ok(Answered::Events(events, stream)) => {
            let stop = connection.as_ref().map(|connection| connection.stop.clone());
            (live::stream(&endpoint, *events, stream, stop.unwrap_or_default(), id), NOT_KEPT, stream.content_type())
        }
        Ok(Answered::Known(tag)) => {
            etag = Some(tag);
            (StatusCode::NOT_MODIFIED.into_response(), OF_GET, media_type.content_type())
        }
        Err(mut refused) => {
            complete(&mut refused.errors, id);
            summary.error = refused.errors.first().and_then(code);
            endpoint.in_flight.discard(Principal::of(None, &client), body).await;
            match (accepted.one, accepted.stream) {
                (None, Some(stream)) if refused.is_of_graphql() => {
                    (live::stream_errors(stream, &refused.errors), NOT_KEPT, stream.content_type())
                }
                _ => (refused.into_response(media_type), NOT_KEPT, media_type.content_type()),
            }
        }
    };
    challenge(&parts.headers, &mut response);
    let answer_headers = response.headers_mut();
    answer_headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    answer_headers.extend(etag.and_then(|etag| HeaderValue::try_from(etag).ok()).map(|etag| (ETAG, etag)));
    answer_headers.insert(VARY, HeaderValue::from_static(depends_on));
    answer_headers.insert(CACHE_CONTROL, HeaderValue::from_static(kept));
    meter.tell(&mut response);
    response.extensions_mut().insert(summary);
    response
}

/// What came of a request.
enum Answered {
    /// An answer, with its entity tag. Boxed, because it is large.
    One(Box<Answer>, Held, Option<String>),
    /// The client has the answer with this entity tag.
    Known(String),
    /// The events of a subscription, and the form in which they are sent.
    Events(Box<Events>, Form),
}

/// A request whose body is not read yet.
struct Incoming<'a> {
    client: &'a Client,
    parts: &'a Parts,
    accepted: Accepted,
    body: &'a mut Body,
    connection: Option<&'a Arc<ConnectionWatch>>,
}

/// Checks a request and executes it.
async fn answer(
    endpoint: &Arc<Endpoint>,
    Incoming { client, parts, accepted, body, connection }: Incoming<'_>,
    meter: &mut Meter<'_>,
    summary: &mut Summary,
) -> Result<Answered, Refused> {
    let identified = identify(endpoint, client, &parts.headers);
    let viewer = identified.unwrap_or_default();
    charge(meter, viewer.as_ref(), rate_limit::REQUEST).await?;
    if accepted.one.is_none() && accepted.stream.is_none() {
        return Err(not_acceptable("Accept `application/graphql-response+json` or `application/json`."));
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
    // Which document has an id may change.
    let is_by_id = matches!(&parameters, Ok(Parameters { document: Wanted::Id(_), .. }));
    let plan = parameters.and_then(|parameters| prepare(endpoint, parameters, Some(place), viewer.is_some(), summary));
    let busy = |_| Refused::from(ApiError::from(Error::busy()));
    let (plan, viewer) = timeout_at(deadline, entitled(endpoint, client, identified, plan)).await.map_err(busy)??;
    let price = pay(endpoint, meter, &plan, viewer.as_ref()).await?;
    if plan.kind != OperationType::Subscription {
        let tag = match place {
            Place::Url if !is_by_id => {
                timeout_at(deadline, etag(endpoint, parts, &plan, viewer.as_ref())).await.map_err(busy)??
            }
            _ => None,
        };
        if let Some(tag) = tag.clone().filter(|tag| is_known(&parts.headers, tag)) {
            return Ok(Answered::Known(tag));
        }
        let answer = run(endpoint, (plan, price), viewer, client, deadline).await?;
        return Ok(Answered::One(Box::new(answer), held, tag));
    }
    let message =
        "Accept `text/event-stream` or `multipart/mixed;boundary=graphql;subscriptionSpec=1.0`, or use a WebSocket.";
    let form = accepted.stream.ok_or_else(|| not_acceptable(message))?;
    let token = bearer(&parts.headers).ok().flatten().unwrap_or_default();
    let session = viewer.map(|viewer| Session::new(&endpoint.app, viewer, client, token));
    let events = timeout_at(deadline, Events::open(endpoint, (plan, price), session)).await.map_err(busy)??;
    Ok(Answered::Events(Box::new(events), form))
}

fn not_acceptable(message: &str) -> Refused {
    Refused::with_status(StatusCode::NOT_ACCEPTABLE, "BAD_REQUEST", message)
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

/// Finds out who asks, by the token alone. An invalid token is not the same as no token.
fn identify(endpoint: &Endpoint, client: &Client, headers: &HeaderMap) -> Result<Option<Viewer>, Unauthenticated> {
    let Some(token) = bearer(headers)? else { return Ok(None) };
    identity::verify(&endpoint.app, client, token).map(Some)
}
