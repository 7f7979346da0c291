//! The state of the endpoint.

use std::sync::Arc;

use super::{document::Documents, schemas::Schemas, turns::UserTurns, types::Types};
use crate::{
    app::{App, DocumentLimits, Profile},
    bookkeeping::wallets::operation::Writer,
    documents::TrustedDocuments,
    graphql::sdl,
    server::{in_flight::InFlight, rate_limit::Rates},
};

/// How many requests may wait at once for what is done in batches.
const MOST_IN_BATCHES: usize = 4096;

/// The state of the endpoint.
pub(in crate::server) struct Endpoint {
    pub(super) app: App,
    pub(super) rates: Rates,
    pub(super) in_flight: InFlight,
    pub(super) turns: UserTurns,
    /// The turns of those who need no connection while they wait for what they do. `None` when nothing is done in batches.
    pub(super) batch_turns: Option<UserTurns>,
    pub(super) types: Arc<Types>,
    pub(super) documents: Arc<Documents>,
    pub(super) schemas: Schemas,
}

impl Endpoint {
    pub(in crate::server) fn new(app: App, rates: Rates) -> Self {
        let (limits, in_all) = (app.limits, app.db.work_connections());
        let types = Arc::new(Types::new(&sdl()));
        let documents =
            Arc::new(Documents::new(types.clone(), limits.documents).with(app.trusted_documents.clone(), app.profile));
        let writer = Writer::start(&app).unwrap_or_else(|error| {
            tracing::error!(%error, "wallet operations are done one by one");
            Writer::default()
        });
        let at_once = limits.execution.at_once_per_user;
        let batch_turns = writer.is_in_batches().then(|| UserTurns::new(MOST_IN_BATCHES, at_once));
        let schemas = Schemas::new(&app, &writer);
        Self {
            app,
            rates,
            in_flight: InFlight::new(limits.bodies),
            turns: UserTurns::new(in_all, at_once),
            batch_turns,
            types,
            documents,
            schemas,
        }
    }
}

/// Validates all trusted documents.
///
/// # Errors
/// The first one that cannot be used, and why.
pub fn check_trusted_documents(
    trusted: &TrustedDocuments,
    profile: Profile,
    limits: DocumentLimits,
) -> Result<(), String> {
    Documents::new(Types::new(&sdl()).into(), limits).with(trusted.clone(), profile).check_trusted()
}
