//! One operation over a WebSocket: a query or a mutation with one result, or a subscription with one for each change.

use std::sync::Arc;

use async_graphql::{ServerError, parser::types::OperationType};
use serde_json::{Map, Value};
use tokio::{
    sync::mpsc,
    time::{Instant, timeout_at},
};
use uuid::Uuid;

use super::{events::Events, session::Session};
use crate::{
    client::Client,
    error::Error,
    graphql::ApiError,
    identity::Unauthenticated,
    server::{
        graphql::{
            operation::Answer,
            parameters::Parameters,
            refused::Refused,
            stages::{code, complete, entitled, pay, prepare, run},
            state::Endpoint,
        },
        request_log::Summary,
    },
};

/// What an operation tells the conversation.
pub(super) enum Told {
    /// A result, as JSON.
    Result(String),
    /// It ends with these errors.
    Errors(Vec<ServerError>),
    /// It has ended.
    End,
    /// The session has ended.
    Forbidden,
}

/// An operation, and where its results go.
pub(super) struct Operation {
    pub(super) endpoint: Arc<Endpoint>,
    pub(super) client: Client,
    pub(super) session: Option<Session>,
    pub(super) token: String,
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
        let told = match self.attempt(parameters, id, &mut summary).await {
            Ok(()) => Told::End,
            Err(refused) if refused.is_unauthenticated() && self.session.is_some() => Told::Forbidden,
            Err(mut refused) => {
                complete(&mut refused.errors, id);
                summary.error = refused.errors.first().and_then(code);
                Told::Errors(refused.errors)
            }
        };
        let ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
        let (operation, error) = (summary.operation.as_deref(), summary.error.as_deref());
        tracing::info!(%id, operation, error, ms, "served over a socket");
        self.tell(told).await;
    }

    async fn attempt(&self, parameters: Map<String, Value>, id: Uuid, summary: &mut Summary) -> Result<(), Refused> {
        let Self { endpoint, client, .. } = self;
        let mut meter = endpoint.rates.meter(client);
        let deadline = Instant::now() + endpoint.app.limits.execution.time;
        let viewer = self.session.as_ref().map(|session| session.viewer);
        let plan = Parameters::of(parameters);
        let plan = plan.and_then(|parameters| prepare(endpoint, parameters, None, viewer.is_some(), summary));
        // A document that is not valid is an error of its own, whoever asks.
        let identified: Result<_, Unauthenticated> = Ok(viewer);
        let entitled = timeout_at(deadline, entitled(endpoint, client, identified, plan)).await;
        let (plan, viewer) = entitled.map_err(|_| Refused::from(ApiError::from(Error::busy())))??;
        let price = pay(endpoint, &mut meter, &plan, viewer.as_ref()).await?;
        if plan.kind != OperationType::Subscription {
            let answer = run(endpoint, (plan, price), viewer, client, deadline).await?;
            self.result(answer, id, summary).await;
            return Ok(());
        }
        let mut events = Box::new(Events::open(endpoint, plan, viewer, client, &self.token).await?.watched());
        loop {
            let answer = events.next(endpoint).await?;
            self.result(answer, id, summary).await;
        }
    }

    async fn result(&self, mut answer: Answer, id: Uuid, summary: &mut Summary) {
        complete(answer.errors(), id);
        summary.error = answer.errors().first().and_then(code);
        // What is executed has only texts as keys, so this cannot fail.
        self.tell(Told::Result(serde_json::to_string(&answer).unwrap_or_default())).await;
    }

    async fn tell(&self, told: Told) {
        // When the conversation has ended, nobody listens any more.
        let _ = self.told.send((self.id.clone(), self.number, told)).await;
    }
}
