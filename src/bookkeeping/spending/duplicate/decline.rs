//! Declines a pair: it is not proposed as the same again.

use async_graphql::{ID, InputObject};
use sea_orm::{EntityTrait, IntoActiveModel, sea_query::OnConflict};
use serde::Serialize;

use super::couple::{self, Couple};
use crate::{
    activity::ActivityEvent,
    app::App,
    bookkeeping::{document::Replayable, idempotency},
    entity::{activity::Action, declined_duplicate},
    error::{Refusal, Result},
    id::kind,
    viewer::Viewer,
};

/// The pair that is not the same.
#[derive(Clone, Debug, Serialize, InputObject)]
#[graphql(name = "DeclineDuplicateInput")]
pub struct DuplicateRefusal {
    /// The id of the transaction of the pair that was imported. One that is deleted or half of a transfer is refused.
    pub imported_id: ID,
    /// The id of the transaction of the pair that was written by hand.
    pub entered_id: ID,
    /// A key of your choice that makes it safe to send the same request again. When the key was already used in this
    /// book, the same input changes nothing and returns the two transactions as they are now; another input fails with
    /// `IDEMPOTENCY_CONFLICT`. 1 to 255 visible ASCII characters, such as a UUID. Keys never expire.
    #[serde(skip)]
    pub idempotency_key: Option<String>,
}

/// Declines a pair, which may be declined already. Posts nothing to the journal.
///
/// # Errors
/// Those of `confirm` for what cannot be the same; `IDEMPOTENCY_CONFLICT`.
pub async fn decline(
    app: &App,
    viewer: &Viewer,
    input: &DuplicateRefusal,
) -> Result<Replayable<Result<Couple, Refusal>>> {
    let idempotency = &idempotency::of(input.idempotency_key.as_deref(), &("declineDuplicate", input))?;
    idempotency::write(app, viewer, idempotency, |tx| async move {
        let idempotency = idempotency.clone()?;
        let named = (&input.imported_id, &input.entered_id);
        // Locks the two before looking for the key: the same request may be running at this moment.
        let pair = couple::lock(&tx, viewer, named).await;
        let act = ActivityEvent::by(viewer, Action::DeclineDuplicate).on_named(&input.imported_id);
        if let Some(key) = &idempotency
            && idempotency::find_used::<kind::Transaction>(&tx, viewer, key).await?.is_some()
        {
            act.replayed().record(&tx, &app.clock).await?;
            let couple = couple::replay(&tx, viewer, named).await?;
            return Ok(Replayable { document: Ok(couple), replayed: true });
        }
        let pair = pair?;
        pair.check(&tx).await?;
        let declined = declined_duplicate::Model {
            imported_id: pair.imported.id,
            entered_id: pair.entered.id,
            book_id: viewer.book,
            created_at: app.clock.now(),
        };
        let insert = declined_duplicate::Entity::insert(declined.into_active_model());
        insert.on_conflict(OnConflict::new().do_nothing().to_owned()).exec_without_returning(&tx).await?;
        if let Some(key) = idempotency {
            idempotency::mark_used(&tx, viewer, key, pair.imported.id).await?;
        }
        act.record(&tx, &app.clock).await?;
        Ok(couple::new(pair))
    })
    .await
}
