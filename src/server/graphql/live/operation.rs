//! One operation over a WebSocket: a query or a mutation with one result, or a subscription with one for each change.

use std::sync::Arc;

use async_graphql::{ServerError, parser::types::OperationType};
use serde_json::{Map, Value};
use tokio::{
    sync::mpsc,
    time::{Instant, timeout_at},
};
use uuid::Uuid;

use super::{close::Close, events::Events, message, session::Session};
use crate::{
    client::Client,
    error::Error,
    graphql::ApiError,
    identity::Unauthenticated,
    server::{
        connections::ConnectionWatch,
        graphql::{
            operation::Answer,
            parameters::Parameters,
            refused::Refused,
            stages::{code, complete, entitled, pay, prepare, run},
            state::Endpoint,
        },
        in_flight::Held,
        principal::Principal,
        request_log::Summary,
    },
};

/// What an operation tells the conversation.
pub(super) enum Told {
    /// The message with a result.
    Result(Held),
    /// It ends with these errors.
    Errors(Vec<ServerError>),
    /// It has ended.
    End,
    /// It cannot go on, and neither can the conversation.
    Close(Close),
}

/// An operation, and where its results go.
pub(super) struct Operation {
    pub(super) endpoint: Arc<Endpoint>,
    pub(super) client: Client,
    pub(super) session: Option<Session>,
    pub(super) connection: Option<Arc<ConnectionWatch>>,
    pub(super) id: String,
    /// Tells the operation from earlier ones with the same id.
    pub(super) number: u64,
    /// Takes one result while the client takes the one before.
    pub(super) told: mpsc::Sender<(String, u64, Told)>,
}

impl Operation {
    /// Does the operation to its end.
    pub(super) async fn run(self, parameters: Map<String, Value>) {
        let (id, started) = (Uuid::now_v7(), Instant::now());
        let mut summary = Summary::default();
        let told = match self.begin(parameters, id, &mut summary).await {
            Ok(None) => Told::End,
            Ok(Some(events)) => self.follow(events, id, &mut summary).await,
            Err(refused) => self.refused(refused, id, &mut summary),
        };
        let ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
        let (operation, error) = (summary.operation.as_deref(), summary.error.as_deref());
        tracing::info!(%id, operation, error, ms, "served over a socket");
        self.tell(told).await;
    }

    /// Executes a query or a mutation, or opens a subscription.
    async fn begin(
        &self,
        parameters: Map<String, Value>,
        id: Uuid,
        summary: &mut Summary,
    ) -> Result<Option<Box<Events>>, Refused> {
        let Self { endpoint, client, .. } = self;
        if self.session.as_ref().is_some_and(|session| !session.is_valid(&endpoint.app)) {
            return Err(Refused::unauthenticated());
        }
        // The connection is not closed for another one meanwhile.
        let _work = self.connection.as_ref().map(ConnectionWatch::work);
        let mut meter = endpoint.rates.meter(client);
        let deadline = Instant::now() + endpoint.app.limits.execution.time;
        let viewer = self.session.as_ref().map(|session| session.viewer);
        let plan = Parameters::of(parameters);
        let plan = plan.and_then(|parameters| prepare(endpoint, parameters, None, viewer.is_some(), summary));
        // A document that is not valid is an error of its own, whoever asks.
        let identified: Result<_, Unauthenticated> = Ok(viewer);
        let busy = |_| Refused::from(ApiError::from(Error::busy()));
        let (plan, viewer) =
            timeout_at(deadline, entitled(endpoint, client, identified, plan)).await.map_err(busy)??;
        let price = pay(endpoint, &mut meter, &plan, viewer.as_ref()).await?;
        if plan.kind == OperationType::Subscription {
            let opened = Events::open(endpoint, (plan, price), self.session.clone());
            return Ok(Some(Box::new(timeout_at(deadline, opened).await.map_err(busy)??)));
        }
        let answer = run(endpoint, (plan, price), viewer, client, deadline).await?;
        self.result(answer, id, summary).await?;
        Ok(None)
    }

    /// Tells each result of a subscription. Returns why it ends.
    async fn follow(&self, mut events: Box<Events>, id: Uuid, summary: &mut Summary) -> Told {
        loop {
            let told = match events.next(&self.endpoint).await {
                Ok(answer) => self.result(answer, id, summary).await,
                Err(refused) => Err(refused),
            };
            match told {
                Ok(()) => {}
                // The client comes back, and goes on behind the last result.
                Err(refused) if refused.is_busy() => return Told::Close(Close::BUSY),
                Err(mut refused) if refused.is_fault() => {
                    complete(&mut refused.errors, id);
                    return Told::Close(Close::FAILED);
                }
                Err(refused) => return self.refused(refused, id, summary),
            }
        }
    }

    fn refused(&self, mut refused: Refused, id: Uuid, summary: &mut Summary) -> Told {
        if refused.is_unauthenticated() && self.session.is_some() {
            return Told::Close(Close::FORBIDDEN);
        }
        complete(&mut refused.errors, id);
        summary.error = refused.errors.first().and_then(code);
        Told::Errors(refused.errors)
    }

    async fn result(&self, mut answer: Answer, id: Uuid, summary: &mut Summary) -> Result<(), Refused> {
        complete(answer.errors(), id);
        summary.error = answer.errors().first().and_then(code);
        let viewer = self.session.as_ref().map(|session| session.viewer);
        let held = self.endpoint.in_flight.hold(Principal::of(viewer.as_ref(), &self.client));
        let held = held.ok_or_else(|| Refused::from(ApiError::from(Error::busy())))?;
        // What is executed has only texts as keys, so this cannot fail.
        held.keep(message::next(&self.id, &serde_json::to_string(&answer).unwrap_or_default()).into());
        self.tell(Told::Result(held)).await;
        Ok(())
    }

    async fn tell(&self, told: Told) {
        // When the conversation has ended, nobody listens any more.
        let _ = self.told.send((self.id.clone(), self.number, told)).await;
    }
}
