//! The conversation over a WebSocket: `graphql-transport-ws`.
//!
//! One task reads the messages of the client and writes to it; each operation is a task of its own, and hands its results over one
//! by one. While the client does not take a message, nothing else is done for it, and after a while it is disconnected.

use std::{collections::HashMap, future::pending, sync::Arc, time::Duration};

use axum::{
    body::Bytes,
    extract::{
        FromRequestParts,
        ws::{Message, Utf8Bytes, WebSocket, WebSocketUpgrade},
    },
    http::{HeaderMap, StatusCode, header::UPGRADE, request::Parts},
    response::Response,
};
use serde_json::{Map, Value};
use tokio::{
    sync::mpsc,
    task::{AbortHandle, JoinSet},
    time::{Instant, interval_at, sleep, sleep_until, timeout},
};

use super::{
    close::Close,
    message::{self, Received},
    operation::{Operation, Told},
    session::Session,
};
use crate::{
    app::SocketLimits,
    cancel::{self, Panicked},
    client::Client,
    server::{
        connections::ConnectionWatch,
        graphql::{refused::Refused, state::Endpoint},
        rate_limit,
    },
};

/// The protocol.
const PROTOCOL: &str = "graphql-transport-ws";
/// The sizes of the buffers of a socket in bytes. They grow with large messages.
const BUFFER: usize = 4 * 1024;
/// The longest id of an operation, in bytes.
const LONGEST_ID: usize = 128;
/// How long a client that must go may take to hear why.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// Whether a request asks for a WebSocket.
pub(in crate::server::graphql) fn is_wanted(headers: &HeaderMap) -> bool {
    headers.get(UPGRADE).is_some_and(|protocol| protocol.as_bytes().eq_ignore_ascii_case(b"websocket"))
}

/// The response after which the connection is a WebSocket.
///
/// # Errors
/// When the request is no handshake.
pub(in crate::server::graphql) async fn open_socket(
    endpoint: &Arc<Endpoint>,
    client: &Client,
    connection: Option<Arc<ConnectionWatch>>,
    request: &mut Parts,
) -> Result<Response, Refused> {
    let upgrade = WebSocketUpgrade::from_request_parts(request, &()).await;
    let upgrade = upgrade.map_err(|error| {
        Refused::with_status(StatusCode::BAD_REQUEST, "BAD_REQUEST", &format!("This is no handshake: {error}"))
    })?;
    let limits = endpoint.app.limits.sockets;
    let upgrade = upgrade
        .protocols([PROTOCOL])
        // One that is a little too large is read, so that the client learns why the conversation ends.
        .max_message_size(limits.message.saturating_mul(2))
        .max_frame_size(limits.message.saturating_mul(2))
        .read_buffer_size(BUFFER)
        .write_buffer_size(0);
    let (endpoint, client) = (endpoint.clone(), client.clone());
    let under_way = connection.as_ref().map(|connection| connection.sockets.token());
    Ok(upgrade.on_upgrade(move |socket| async move {
        let _under_way = under_way;
        let stop = connection.as_ref().map(|connection| connection.stop.clone()).unwrap_or_default();
        let must_go = async {
            stop.cancelled().await;
            sleep(LAST_WORDS).await;
        };
        tokio::select! {
            // On the heap, since the future is large.
            () = Box::pin(converse(socket, Conversation::new(endpoint, client, connection))) => {}
            () = must_go => {}
        }
    }))
}

/// Talks until the end, and says why it ends.
async fn converse(mut socket: WebSocket, mut conversation: Conversation) {
    let stalled = conversation.limits().stalled;
    let ended = conversation.talk(&mut socket).await;
    // Whatever is under way is of no use any more.
    drop(conversation);
    let closed = async {
        if let Err(close) = ended {
            socket.send(Message::Close(Some(close.frame()))).await.ok()?;
        }
        // The client closes too, or is told that the server has heard that it does.
        while let Some(Ok(_)) = socket.recv().await {}
        Some(())
    };
    let _ = timeout(stalled, closed).await;
}

/// An operation that is under way.
struct Running {
    number: u64,
    /// The bytes of its message.
    size: usize,
    task: AbortHandle,
}

struct Conversation {
    endpoint: Arc<Endpoint>,
    client: Client,
    connection: Option<Arc<ConnectionWatch>>,
    has_begun: bool,
    session: Option<Session>,
    running: HashMap<String, Running>,
    /// The bytes of the messages with the operations that are under way.
    size: usize,
    tasks: JoinSet<Result<(), Panicked>>,
    told: mpsc::Sender<(String, u64, Told)>,
    results: mpsc::Receiver<(String, u64, Told)>,
    operations: u64,
}

impl Conversation {
    fn new(endpoint: Arc<Endpoint>, client: Client, connection: Option<Arc<ConnectionWatch>>) -> Self {
        let (told, results) = mpsc::channel(1);
        Self {
            endpoint,
            client,
            connection,
            has_begun: false,
            session: None,
            running: HashMap::new(),
            size: 0,
            tasks: JoinSet::new(),
            told,
            results,
            operations: 0,
        }
    }

    fn limits(&self) -> SocketLimits {
        self.endpoint.app.limits.sockets
    }

    /// Talks until the client goes away.
    ///
    /// # Errors
    /// Why the server ends the conversation.
    async fn talk(&mut self, socket: &mut WebSocket) -> Result<(), Close> {
        if socket.protocol().is_none() {
            return Err(Close::PROTOCOL);
        }
        let limits = self.limits();
        let begin_by = Instant::now() + limits.init;
        let mut ping = interval_at(Instant::now() + limits.ping, limits.ping);
        let mut is_heard = true;
        let stop = self.connection.as_ref().map(|connection| connection.stop.clone()).unwrap_or_default();
        loop {
            let message = tokio::select! {
                received = socket.recv() => {
                    is_heard = true;
                    match received {
                        None | Some(Ok(Message::Close(_))) => return Ok(()),
                        Some(Ok(Message::Text(text))) => self.receive(&text).await?,
                        Some(Ok(Message::Binary(_))) => return Err(Close::INVALID),
                        Some(Ok(Message::Ping(_) | Message::Pong(_))) => None,
                        Some(Err(error)) => return Err(broken(error)),
                    }
                }
                Some((id, number, told)) = self.results.recv() => self.tell(&id, number, told)?,
                Some(ended) = self.tasks.join_next() => {
                    if let Ok(Err(Panicked(message))) = ended {
                        tracing::error!(message, "an operation panicked");
                        return Err(Close::FAILED);
                    }
                    None
                }
                () = sleep_until(begin_by), if !self.has_begun => return Err(Close::NOT_BEGUN),
                _ = ping.tick() => {
                    if !is_heard {
                        return Err(Close::SILENT);
                    }
                    is_heard = false;
                    Some(Message::Ping(Bytes::new()))
                }
                () = ended(&mut self.session, &self.endpoint) => return Err(Close::FORBIDDEN),
                () = stop.cancelled() => return Err(Close::GOING_AWAY),
            };
            if let Some(message) = message {
                match timeout(limits.stalled, socket.send(message)).await {
                    Ok(Ok(())) => {}
                    Ok(Err(_)) => return Ok(()),
                    Err(_) => return Err(Close::SLOW),
                }
            }
        }
    }

    /// What a message of the client is answered with at once.
    async fn receive(&mut self, text: &str) -> Result<Option<Message>, Close> {
        if text.len() > self.limits().message {
            return Err(Close::TOO_LARGE);
        }
        let received = Received::parse(text).ok_or(Close::INVALID)?;
        let viewer = self.session.as_ref().map(|session| session.viewer);
        let endpoint = self.endpoint.clone();
        let charged = endpoint.rates.meter(&self.client).charge(viewer.as_ref(), rate_limit::REQUEST).await;
        if !matches!(charged, Ok(Ok(()))) {
            return Err(Close::BUSY);
        }
        match received {
            Received::Init(_) if self.has_begun => Err(Close::TWICE),
            Received::Init(payload) => self.begin(&payload).await.map(Some),
            Received::Ping(payload) => Ok(Some(Message::text(message::pong(payload.as_ref())))),
            Received::Pong => Ok(None),
            Received::Complete { id } => {
                if let Some(ended) = self.end(&id) {
                    ended.task.abort();
                }
                Ok(None)
            }
            Received::Subscribe { .. } if !self.has_begun => Err(Close::UNAUTHORIZED),
            Received::Subscribe { id, .. } if self.running.contains_key(&id) => Err(Close::DUPLICATE),
            Received::Subscribe { id, .. } if id.len() > LONGEST_ID => Err(Close::INVALID),
            Received::Subscribe { id, parameters } => Ok(self.start(id, parameters, text.len())),
        }
    }

    async fn begin(&mut self, payload: &Map<String, Value>) -> Result<Message, Close> {
        self.has_begun = true;
        if let Some(token) = message::token(payload).map_err(|message::Malformed| Close::FORBIDDEN)? {
            let session = Session::of(&self.endpoint.app, &self.client, token).await.map_err(|error| {
                tracing::warn!(?error, "cannot look up a session");
                Close::BUSY
            })?;
            self.session = Some(session.ok_or(Close::FORBIDDEN)?);
            if let Some(connection) = &self.connection {
                connection.note_login();
            }
        }
        Ok(Message::text(message::ack()))
    }

    /// Starts an operation, unless there are too many.
    fn start(&mut self, id: String, parameters: Map<String, Value>, size: usize) -> Option<Message> {
        let (most, largest) = (self.limits().operations, self.limits().message);
        let refused = if self.running.len() >= most {
            let message = format!("At most {most} operations are under way over one socket.");
            Some(Refused::too_complex("operations", most, most.saturating_add(1), message))
        } else if self.size + size > largest {
            let message = format!("The operations under way over one socket have at most {largest} bytes together.");
            Some(Refused::too_complex("operationBytes", largest, self.size + size, message))
        } else {
            None
        };
        if let Some(refused) = refused {
            return Some(Message::text(message::errors(&id, &refused.errors)));
        }
        self.operations += 1;
        let operation = Operation {
            endpoint: self.endpoint.clone(),
            client: self.client.clone(),
            session: self.session.clone(),
            connection: self.connection.clone(),
            id: id.clone(),
            number: self.operations,
            told: self.told.clone(),
        };
        // On the heap, since the future is large.
        let task = self.tasks.spawn(cancel::run(Box::pin(operation.run(parameters))));
        self.running.insert(id, Running { number: self.operations, size, task });
        self.size += size;
        None
    }

    /// Forgets an operation.
    fn end(&mut self, id: &str) -> Option<Running> {
        let ended = self.running.remove(id)?;
        self.size -= ended.size;
        Some(ended)
    }

    /// The message that tells the client what an operation tells. Nothing is told of one that the client has ended.
    fn tell(&mut self, id: &str, number: u64, told: Told) -> Result<Option<Message>, Close> {
        if self.running.get(id).is_none_or(|running| running.number != number) {
            return Ok(None);
        }
        if !matches!(told, Told::Result(_)) {
            self.end(id);
        }
        Ok(Some(match told {
            Told::Result(result) => {
                // Others have needed the memory.
                let result = result.take().ok_or(Close::SLOW)?;
                Message::Text(Utf8Bytes::try_from(result).map_err(|_| Close::FAILED)?)
            }
            Told::Errors(errors) => Message::text(message::errors(id, &errors)),
            Told::End => Message::text(message::complete(id)),
            Told::Close(close) => return Err(close),
        }))
    }
}

/// Why a conversation ends in which a message cannot be read. A connection that is broken is told nothing.
fn broken(error: axum::Error) -> Close {
    match error.into_inner().downcast_ref() {
        // A message far beyond the limit.
        Some(tungstenite::Error::Capacity(_)) => Close::TOO_LARGE,
        _ => Close::BROKEN,
    }
}

/// Waits for the end of the session, if there is one.
async fn ended(session: &mut Option<Session>, endpoint: &Endpoint) {
    match session {
        Some(session) => session.ended(&endpoint.app).await,
        None => pending().await,
    }
}
