//! The bodies of responses with several results, as server-sent events and in parts.

use std::{convert::Infallible, sync::Arc, time::Duration};

use async_graphql::ServerError;
use axum::{
    body::{Body, Bytes},
    response::Response,
};
use futures_util::stream;
use http_body_util::BodyExt;
use serde::Serialize;
use serde_json::json;
use tokio::{
    sync::mpsc,
    time::{Instant, sleep_until},
};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::events::Events;
use crate::{
    cancel::{self, Panicked},
    server::{
        graphql::{media_type::Form, operation::Answer, refused::Refused, stages::complete, state::Endpoint},
        in_flight::Held,
        principal::Principal,
    },
};

/// Something that is sent.
enum Piece {
    /// A result as JSON, or the errors for which there is none.
    Result(String),
    /// The errors as JSON for which the whole stream ends.
    Failure(String),
    /// Shows that the stream is alive.
    Beat,
    /// Begins the stream.
    Start,
    /// Says that there will be no more results.
    End,
}

impl Form {
    fn write(self, piece: &Piece) -> String {
        let part = |json: &str| format!("\r\nContent-Type: application/json\r\n\r\n{json}\r\n--graphql");
        match (self, piece) {
            (Self::Events, Piece::Start | Piece::Beat) => ":\n\n".to_owned(),
            (Self::Events, Piece::Result(json)) => format!("event: next\ndata: {json}\n\n"),
            (Self::Events, Piece::Failure(errors)) => {
                format!("event: next\ndata: {{\"errors\":{errors}}}\n\n")
            }
            (Self::Events, Piece::End) => "event: complete\ndata: \n\n".to_owned(),
            (Self::Parts, Piece::Start) => "\r\n--graphql".to_owned(),
            (Self::Parts, Piece::Beat) => part("{}"),
            (Self::Parts, Piece::Result(json)) => part(&format!("{{\"payload\":{json}}}")),
            (Self::Parts, Piece::Failure(errors)) => part(&format!("{{\"payload\":null,\"errors\":{errors}}}")),
            (Self::Parts, Piece::End) => "--\r\n".to_owned(),
        }
    }
}

/// The response with one result, for a client that takes streams only.
pub(in crate::server::graphql) fn stream_one(form: Form, answer: &Answer, held: Held) -> Response {
    Response::new(held.answer(whole(form, text(answer)).into()))
}

/// The response with errors for which nothing was executed.
pub(in crate::server::graphql) fn stream_errors(form: Form, errors: &[ServerError]) -> Response {
    Response::new(whole(form, json!({ "errors": errors }).to_string()).into())
}

fn whole(form: Form, result: String) -> String {
    let pieces = [Piece::Start, Piece::Result(result), Piece::End];
    pieces.iter().map(|piece| form.write(piece)).collect()
}

fn text(json: &impl Serialize) -> String {
    // What is executed has only texts as keys, so this cannot fail.
    serde_json::to_string(json).unwrap_or_default()
}

/// A result that waits for its client, or the errors that end the stream.
type Told = Result<Body, Vec<ServerError>>;

/// The response with the results of a subscription, until its client goes away, its session ends or the server stops.
pub(in crate::server::graphql) fn stream(
    endpoint: &Arc<Endpoint>,
    events: Events,
    form: Form,
    stop: CancellationToken,
    id: Uuid,
) -> Response {
    // One result is ready while the client takes the one before.
    let (sender, results) = mpsc::channel(1);
    tokio::spawn(tell(endpoint.clone(), events, form, sender, id));
    let every = endpoint.app.limits.sockets.ping;
    let next_beat = Instant::now() + every;
    let body = Streaming { form, results, result: None, stop, every, next_beat, has_begun: false };
    let pieces = stream::unfold(Some(body), |streaming| async move {
        let mut streaming = streaming?;
        let (piece, goes_on) = streaming.next().await?;
        Some((Ok::<_, Infallible>(piece), goes_on.then_some(streaming)))
    });
    Response::new(Body::from_stream(pieces))
}

/// Tells the results of a subscription until nobody takes them any more, or the session ends.
async fn tell(endpoint: Arc<Endpoint>, events: Events, form: Form, sender: mpsc::Sender<Told>, id: Uuid) {
    let mut session = events.session().clone();
    // On the heap, since the future is large.
    let read = cancel::run(Box::pin(read(endpoint.clone(), events, form, sender.clone(), id)));
    let last = tokio::select! {
        last = read => last.unwrap_or_else(|Panicked(message)| {
            tracing::error!(message, "a subscription panicked");
            None
        }),
        () = session.ended(&endpoint.app) => Some(Refused::unauthenticated().errors),
        () = sender.closed() => None,
    };
    if let Some(mut errors) = last {
        complete(&mut errors, id);
        let _ = sender.send(Err(errors)).await;
    }
}

/// Hands over the results of a subscription. Returns the errors for which it ends. `None` when it is cut off instead, so that the
/// client comes back and goes on behind the last result: nobody takes any more, or the server is too busy or has failed.
async fn read(
    endpoint: Arc<Endpoint>,
    mut events: Events,
    form: Form,
    sender: mpsc::Sender<Told>,
    id: Uuid,
) -> Option<Vec<ServerError>> {
    let principal = Principal::User(events.session().viewer.user);
    loop {
        match events.next(&endpoint).await {
            Ok(mut answer) => {
                complete(answer.errors(), id);
                let held = endpoint.in_flight.hold(principal)?;
                let result = held.answer(form.write(&Piece::Result(text(&answer))).into());
                sender.send(Ok(result)).await.ok()?;
            }
            Err(refused) if refused.is_busy() => return None,
            Err(mut refused) if refused.is_fault() => {
                complete(&mut refused.errors, id);
                return None;
            }
            Err(refused) => return Some(refused.errors),
        }
    }
}

/// A body that is being sent.
struct Streaming {
    form: Form,
    results: mpsc::Receiver<Told>,
    /// The result that is being sent.
    result: Option<Body>,
    stop: CancellationToken,
    every: Duration,
    next_beat: Instant,
    has_begun: bool,
}

impl Streaming {
    /// What is sent next, and whether more follows. `None` when the stream is cut off: then the end is not told, so that the client
    /// comes back.
    async fn next(&mut self) -> Option<(Bytes, bool)> {
        if !self.has_begun {
            self.has_begun = true;
            return Some((self.form.write(&Piece::Start).into(), true));
        }
        loop {
            if let Some(result) = &mut self.result {
                match result.frame().await {
                    Some(Ok(frame)) => return Some((frame.into_data().unwrap_or_default(), true)),
                    // Others have needed the memory.
                    Some(Err(_)) => return None,
                    None => self.result = None,
                }
            }
            tokio::select! {
                () = self.stop.cancelled() => return None,
                told = self.results.recv() => match told? {
                    Ok(result) => self.result = Some(result),
                    Err(errors) => {
                        let last = [Piece::Failure(text(&errors)), Piece::End];
                        return Some((last.map(|piece| self.form.write(&piece)).concat().into(), false));
                    }
                },
                () = sleep_until(self.next_beat) => {
                    self.next_beat = Instant::now() + self.every;
                    return Some((self.form.write(&Piece::Beat).into(), true));
                }
            }
            self.next_beat = Instant::now() + self.every;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Form, Piece};

    #[test]
    fn each_form_has_its_marks() {
        let pieces = [
            Piece::Start,
            Piece::Beat,
            Piece::Result("{\"data\":1}".to_owned()),
            Piece::Failure("[]".to_owned()),
            Piece::End,
        ];
        let written = |form: Form| pieces.iter().map(|piece| form.write(piece)).collect::<String>();
        assert_eq!(
            written(Form::Events),
            ":\n\n:\n\nevent: next\ndata: {\"data\":1}\n\nevent: next\ndata: {\"errors\":[]}\n\nevent: complete\ndata: \n\n"
        );
        let part = |json: &str| format!("\r\nContent-Type: application/json\r\n\r\n{json}\r\n--graphql");
        let parts = ["{}", "{\"payload\":{\"data\":1}}", "{\"payload\":null,\"errors\":[]}"].map(part).concat();
        assert_eq!(written(Form::Parts), format!("\r\n--graphql{parts}--\r\n"));
    }
}
