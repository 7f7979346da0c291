//! The bodies of responses with several results, as server-sent events and in parts.

use std::{convert::Infallible, sync::Arc, time::Duration};

use async_graphql::ServerError;
use axum::{
    body::{Body, Bytes},
    response::Response,
};
use futures_util::stream;
use serde::Serialize;
use serde_json::json;
use tokio::{
    sync::mpsc,
    time::{Instant, sleep_until},
};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::events::Events;
use crate::server::graphql::{
    media_type::Form, operation::Answer, refused::Refused, stages::complete, state::Endpoint,
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
pub(in crate::server::graphql) fn stream_one(form: Form, answer: &Answer) -> Response {
    whole(form, text(answer))
}

/// The response with errors for which nothing was executed.
pub(in crate::server::graphql) fn stream_errors(form: Form, errors: &[ServerError]) -> Response {
    whole(form, json!({ "errors": errors }).to_string())
}

fn whole(form: Form, result: String) -> Response {
    let pieces = [Piece::Start, Piece::Result(result), Piece::End];
    Response::new(Body::from(pieces.iter().map(|piece| form.write(piece)).collect::<String>()))
}

fn text(json: &impl Serialize) -> String {
    // What is executed has only texts as keys, so this cannot fail.
    serde_json::to_string(json).unwrap_or_default()
}

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
    tokio::spawn(read(endpoint.clone(), events, sender, id));
    let every = endpoint.app.limits.sockets.ping;
    let body = Streaming { form, results, stop, every, next_beat: Instant::now() + every, has_begun: false };
    let pieces = stream::unfold(Some(body), |streaming| async move {
        let mut streaming = streaming?;
        let (piece, goes_on) = streaming.next().await?;
        let bytes = Bytes::from(piece);
        Some((Ok::<_, Infallible>(bytes), goes_on.then_some(streaming)))
    });
    Response::new(Body::from_stream(pieces))
}

/// Reads the results of a subscription until nobody takes them any more.
async fn read(
    endpoint: Arc<Endpoint>,
    mut events: Events,
    sender: mpsc::Sender<Result<String, Vec<ServerError>>>,
    id: Uuid,
) {
    loop {
        let next = tokio::select! {
            next = events.next(&endpoint) => next,
            () = sender.closed() => return,
        };
        let (result, goes_on) = match next {
            Ok(mut answer) => {
                complete(answer.errors(), id);
                (Ok(text(&answer)), true)
            }
            Err(Refused { mut errors, .. }) => {
                complete(&mut errors, id);
                (Err(errors), false)
            }
        };
        if sender.send(result).await.is_err() || !goes_on {
            return;
        }
    }
}

/// A body that is being sent.
struct Streaming {
    form: Form,
    results: mpsc::Receiver<Result<String, Vec<ServerError>>>,
    stop: CancellationToken,
    every: Duration,
    next_beat: Instant,
    has_begun: bool,
}

impl Streaming {
    /// What is sent next, and whether more follows. `None` when the server stops: then the end is not told, so that the client
    /// comes back.
    async fn next(&mut self) -> Option<(String, bool)> {
        if !self.has_begun {
            self.has_begun = true;
            return Some((self.form.write(&Piece::Start), true));
        }
        let (pieces, goes_on) = tokio::select! {
            () = self.stop.cancelled() => return None,
            result = self.results.recv() => match result? {
                Ok(result) => (vec![Piece::Result(result)], true),
                Err(errors) => (vec![Piece::Failure(text(&errors)), Piece::End], false),
            },
            () = sleep_until(self.next_beat) => (vec![Piece::Beat], true),
        };
        self.next_beat = Instant::now() + self.every;
        Some((pieces.iter().map(|piece| self.form.write(piece)).collect(), goes_on))
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
