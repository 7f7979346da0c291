//! [`Events`]: the results of one subscription.

use std::{collections::VecDeque, time::Duration};

use async_graphql::Value;
use axum::http::StatusCode;
use tokio::time::{Instant, sleep};

use super::session::Session;
use crate::{
    changes::{Change, Waiter},
    error::Error,
    graphql::{ApiError, Opened, UNAUTHENTICATED, Wanted, open_subscription},
    server::{
        graphql::{
            execute::execute_event,
            operation::{Answer, Plan},
            refused::Refused,
            state::Endpoint,
        },
        principal::Principal,
        rate_limit,
    },
};

/// How many changes are read at once.
const PAGE: u64 = 100;
/// How often something is tried for which the server was too busy, and how long to wait before it is tried again.
const TRIES: u32 = 20;
const PAUSE: Duration = Duration::from_millis(500);

/// The results of a subscription, one for each of its changes.
pub(in crate::server::graphql) struct Events {
    plan: Plan,
    /// What each result costs, besides the request.
    cost: u32,
    session: Session,
    opened: Opened,
    waiter: Waiter,
    /// Changes that were read, and are still to be told.
    read: VecDeque<Change>,
}

impl Events {
    /// Opens a subscription with this price.
    ///
    /// # Errors
    /// When who asks is not logged in, and when the arguments cannot be used.
    pub(in crate::server::graphql) async fn open(
        endpoint: &Endpoint,
        (plan, price): (Plan, u64),
        session: Option<Session>,
    ) -> Result<Self, Refused> {
        let message = "Log in to subscribe.";
        let session = session.ok_or_else(|| {
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
        let waiter = endpoint.app.feed.wait(session.viewer.book);
        let opened = open_subscription(&endpoint.app, &session.viewer, wanted).await?;
        Ok(Self { plan, cost: rate_limit::of(price), session, opened, waiter, read: VecDeque::new() })
    }

    /// The session that the subscription lasts for.
    pub(super) fn session(&self) -> &Session {
        &self.session
    }

    /// The next result. When this is dropped half way, the result is lost. Whether the session lasts is looked up before each result;
    /// the caller does so while there is none.
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
                self.waiter.changed().await;
            }
        }
    }

    async fn result(&mut self, endpoint: &Endpoint, change: &Change) -> Result<Answer, Refused> {
        let viewer = self.session.viewer;
        let mut patience = Patience::default();
        loop {
            match self.session.lasts(&endpoint.app).await {
                Ok(true) => break,
                Ok(false) => return Err(Refused::unauthenticated()),
                Err(error) if error.is_busy() && patience.lasts().await => {}
                Err(error) => return Err(ApiError::from(error).into()),
            }
        }
        loop {
            let charged = endpoint.rates.meter(&self.session.client).charge(Some(&viewer), self.cost).await;
            match charged.map_err(ApiError::from)? {
                Ok(()) => break,
                Err(_) if patience.lasts().await => {}
                Err(_) => return Err(ApiError::from(Error::busy()).into()),
            }
        }
        loop {
            let (app, schema) = (endpoint.app.clone(), endpoint.schemas.events.clone());
            let of_viewer = (viewer, self.session.client.clone());
            let deadline = Instant::now() + endpoint.app.limits.execution.time;
            // On the heap, since the future is large.
            let execute = Box::pin(execute_event(app, schema, self.plan.clone(), of_viewer, change.clone()));
            match endpoint.turns.run(Some(Principal::User(viewer.user)), deadline, execute).await {
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
