//! [`Events`]: the results of one subscription.

use std::{collections::VecDeque, time::Duration};

use async_graphql::Value;
use axum::http::StatusCode;
use tokio::time::{Instant, sleep};

use super::session::Session;
use crate::{
    changes::{Change, Waiter},
    client::Client,
    graphql::{ApiError, Opened, UNAUTHENTICATED, Wanted, open_subscription},
    server::{
        graphql::{
            execute::execute_event,
            operation::{Answer, Plan},
            refused::Refused,
            state::Endpoint,
        },
        principal::Principal,
    },
    viewer::Viewer,
};

/// How many changes are read at once.
const PAGE: u64 = 100;
/// How often something is tried for which the server was too busy, and how long to wait before it is tried again.
const TRIES: u32 = 20;
const PAUSE: Duration = Duration::from_millis(500);

/// The results of a subscription, one for each of its changes.
pub(in crate::server::graphql) struct Events {
    plan: Plan,
    client: Client,
    session: Session,
    /// Whether somebody else looks whether the session lasts while nothing happens.
    is_watched: bool,
    opened: Opened,
    waiter: Waiter,
    /// Changes that were read, and are still to be told.
    read: VecDeque<Change>,
}

impl Events {
    /// Opens a subscription. `token` is that of the viewer.
    ///
    /// # Errors
    /// When who asks is not logged in, and when the arguments cannot be used.
    pub(in crate::server::graphql) async fn open(
        endpoint: &Endpoint,
        plan: Plan,
        viewer: Option<Viewer>,
        client: &Client,
        token: &str,
    ) -> Result<Self, Refused> {
        let message = "Log in to subscribe.";
        let viewer = viewer.ok_or_else(|| {
            Refused::with_statuses(StatusCode::OK, StatusCode::UNAUTHORIZED, UNAUTHENTICATED, message)
        })?;
        let Some(field) = plan.root_fields().first() else {
            return Err(Refused::new("BAD_USER_INPUT", "All fields of the subscription are skipped."));
        };
        if let Some(null) = &field.null {
            return Err(Refused::new("BAD_USER_INPUT", null));
        }
        let text = |name: &str| match field.argument(name) {
            Some(Value::String(text)) => Some(text.as_str()),
            _ => None,
        };
        let id = text("walletId").or_else(|| text("customerId"));
        let wanted = Wanted { field: field.name(), id, after: text("after") };
        // Before the position is read, so that no change is missed in between.
        let waiter = endpoint.app.feed.wait(viewer.book);
        let opened = open_subscription(&endpoint.app, &viewer, wanted).await?;
        let session = Session::new(viewer, client, token);
        let (client, read) = (client.clone(), VecDeque::new());
        Ok(Self { plan, client, session, is_watched: false, opened, waiter, read })
    }

    /// The same for a socket, which looks itself whether its session lasts.
    pub(super) fn watched(self) -> Self {
        Self { is_watched: true, ..self }
    }

    /// The next result. When this is dropped half way, the result is lost.
    ///
    /// # Errors
    /// When the session has ended, and when the result cannot be executed.
    pub(in crate::server::graphql) async fn next(&mut self, endpoint: &Endpoint) -> Result<Answer, Refused> {
        loop {
            if let Some(change) = self.read.pop_front() {
                return self.result(endpoint, &change).await;
            }
            let viewer = self.session.viewer;
            let mut patience = Patience::default();
            let read = loop {
                match self.opened.next(&endpoint.app, &viewer, PAGE).await {
                    Err(error) if error.is_busy() && patience.lasts().await => {}
                    read => break read.map_err(ApiError::from)?,
                }
            };
            self.read.extend(read);
            if self.read.is_empty() {
                tokio::select! {
                    () = self.waiter.changed() => {}
                    () = self.session.ended(&endpoint.app), if !self.is_watched => return Err(Refused::unauthenticated()),
                }
            }
        }
    }

    async fn result(&mut self, endpoint: &Endpoint, change: &Change) -> Result<Answer, Refused> {
        if !self.session.lasts(&endpoint.app).await.map_err(ApiError::from)? {
            return Err(Refused::unauthenticated());
        }
        let principal = Principal::User(self.session.viewer.user);
        let mut patience = Patience::default();
        loop {
            let (app, schema) = (endpoint.app.clone(), endpoint.schemas.events.clone());
            let of_viewer = (self.session.viewer, self.client.clone());
            let deadline = Instant::now() + endpoint.app.limits.execution.time;
            // On the heap, since the future is large.
            let execute = Box::pin(execute_event(app, schema, self.plan.clone(), of_viewer, change.clone()));
            match endpoint.turns.run(Some(principal), deadline, execute).await {
                Err(refused) if refused.is_busy() && patience.lasts().await => {}
                result => return result,
            }
        }
    }
}

/// How long something is tried for which the server is too busy.
#[derive(Default)]
struct Patience(u32);

impl Patience {
    /// Waits, and says whether to try again.
    async fn lasts(&mut self) -> bool {
        self.0 += 1;
        sleep(PAUSE).await;
        self.0 < TRIES
    }
}
