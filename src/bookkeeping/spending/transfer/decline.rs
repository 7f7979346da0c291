//! Declines a pair: it is not proposed as a transfer again.

use async_graphql::{ID, InputObject};
use sea_orm::{EntityTrait, IntoActiveModel, sea_query::OnConflict};
use serde::Serialize;

use super::halves::{self, Halves};
use crate::{
    activity::ActivityEvent,
    app::App,
    bookkeeping::{document::Replayable, idempotency},
    entity::{activity::Action, declined_transfer},
    error::Result,
    id::kind,
    viewer::Viewer,
};

/// The pair that is no transfer.
#[derive(Clone, Debug, Serialize, InputObject)]
#[graphql(name = "DeclineTransferInput")]
pub struct TransferRefusal {
    /// The id of the transaction of the pair whose money left a wallet. One that is deleted or half of a transfer is refused.
    pub outgoing_id: ID,
    /// The id of the transaction of the pair whose money came into another wallet.
    pub incoming_id: ID,
    /// A key of your choice that makes it safe to send the same request again. When the key was already used in this
    /// book, the same input changes nothing and returns the two transactions as they are now; another input fails with
    /// `IDEMPOTENCY_CONFLICT`. 1 to 255 visible ASCII characters, such as a UUID. Keys never expire.
    #[serde(skip)]
    pub idempotency_key: Option<String>,
}

/// Declines a pair, which may be declined already. Posts nothing to the journal.
///
/// # Errors
/// Those of `confirm` for what cannot be a transfer; `IDEMPOTENCY_CONFLICT`.
pub async fn decline(app: &App, viewer: &Viewer, input: &TransferRefusal) -> Result<Replayable<Halves>> {
    let idempotency = &idempotency::of(input.idempotency_key.as_deref(), &("declineTransfer", input))?;
    idempotency::write(app, viewer, idempotency, |tx| async move {
        let idempotency = idempotency.clone()?;
        let named = (&input.outgoing_id, &input.incoming_id);
        // Locks the halves before looking for the key: the same request may be running at this moment.
        let pair = halves::lock(&tx, viewer, named).await;
        let act = ActivityEvent::by(viewer, Action::DeclineTransfer).on_named(&input.outgoing_id);
        if let Some(key) = &idempotency
            && idempotency::find_used::<kind::Transaction>(&tx, viewer, key).await?.is_some()
        {
            act.replayed().record(&tx, &app.clock).await?;
            return halves::replay(&tx, viewer, named).await;
        }
        let pair = pair?;
        pair.check()?;
        let declined = declined_transfer::Model {
            outgoing_id: pair.outgoing.id,
            incoming_id: pair.incoming.id,
            book_id: viewer.book,
            created_at: app.clock.now(),
        };
        let insert = declined_transfer::Entity::insert(declined.into_active_model());
        insert.on_conflict(OnConflict::new().do_nothing().to_owned()).exec_without_returning(&tx).await?;
        if let Some(key) = idempotency {
            idempotency::mark_used(&tx, viewer, key, pair.outgoing.id).await?;
        }
        act.record(&tx, &app.clock).await?;
        Ok(Replayable { document: pair, replayed: false })
    })
    .await
}
