//! Whose requests are executed when, and for how long.
//!
//! Only a few requests of a user are executed at once; the others wait in order. Time that passes while waiting counts, so an
//! answer comes within the time limit, whichever it is. A request that runs out of time stops where it is, but for database work
//! that has begun, which is finished; it keeps its turn until then.

use std::panic::resume_unwind;

use axum::http::StatusCode;
use tokio::time::{Instant, timeout_at};
use tracing::Instrument;

use super::refused::Refused;
use crate::{
    cancel::{self, Panicked},
    error::Error,
    graphql::{ApiError, TIMEOUT},
    server::principal::Principal,
    turns::{Places, Turns},
};

/// The turns of all users and addresses.
#[derive(Clone, Debug)]
pub(super) struct UserTurns(Turns<Principal>);

impl UserTurns {
    /// `in_all` is how many connections to the database there are for requests. So requests wait here, where users take turns, and
    /// not for a connection, where the first would be served first.
    pub(super) fn new(in_all: usize, at_once_per_user: usize) -> Self {
        Self(Turns::new(Places { in_all, per_key: at_once_per_user, waiting_per_key: usize::MAX }))
    }

    /// Runs `work` when it is the principal's turn, until the deadline. Without a principal, it runs at once.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        principal: Option<Principal>,
        deadline: Instant,
        work: impl Future<Output = Result<T, Refused>> + Send + 'static,
    ) -> Result<T, Refused> {
        let busy = || Refused::from(ApiError::from(Error::busy()));
        let turn = match principal {
            Some(principal) => {
                let turn = timeout_at(deadline, self.0.take(principal)).await;
                Some(turn.map_err(|_| busy())?.map_err(|_| busy())?)
            }
            None => None,
        };
        let work = async move {
            let _turn = turn;
            work.await
        };
        match timeout_at(deadline, cancel::run(work.in_current_span())).await {
            Ok(Ok(done)) => done,
            // The task of the whole request answers it.
            Ok(Err(Panicked(message))) => resume_unwind(Box::new(message)),
            Err(_) => Err(out_of_time()),
        }
    }
}

fn out_of_time() -> Refused {
    let message = "The request took too long and was stopped. What a mutation had begun may have been done: send it again \
                   with the same idempotency key, or look.";
    // A client that reads `application/json` may send a request again after an error status. It must not do so with a mutation.
    Refused::with_statuses(StatusCode::OK, StatusCode::GATEWAY_TIMEOUT, TIMEOUT, message)
}
