//! Confirms that an imported transaction and one that was written by hand are the same.

use async_graphql::{ID, InputObject};
use serde::Serialize;

use super::couple::{self, Couple};
use crate::{
    activity::ActivityEvent,
    app::App,
    bookkeeping::{
        document::{self, Replayable},
        idempotency,
        spending::transaction,
    },
    entity::activity::Action,
    error::{Refusal, Result},
    id::kind,
    viewer::Viewer,
};

/// The two transactions that are the same.
#[derive(Clone, Debug, Serialize, InputObject)]
#[graphql(name = "ConfirmDuplicateInput")]
pub struct DuplicateConfirmation {
    /// The id of the transaction that was imported. It is deleted. One that is half of a transfer is refused.
    pub imported_id: ID,
    /// The id of the transaction that was written by hand. It stays, with its category, its date and its description. Its money must
    /// have gone the same way, in the same wallet, currency and amount. Its date may be any.
    pub entered_id: ID,
    /// A key of your choice that makes it safe to send the same request again. When the key was already used in this
    /// book, the same input changes nothing and returns the result of the first request; another input fails with
    /// `IDEMPOTENCY_CONFLICT`. 1 to 255 visible ASCII characters, such as a UUID. Keys never expire. A failure because
    /// of a wallet (such as `INSUFFICIENT_FUNDS`) also counts as a result and is returned again.
    #[serde(skip)]
    pub idempotency_key: Option<String>,
}

/// Deletes the imported transaction, for which the one written by hand stands from now on.
///
/// # Errors
/// `NOT_FOUND`; `NOT_ALLOWED` when one is deleted, half of a transfer or not what it should be; `INVALID` and `CURRENCY_MISMATCH` when
/// they do not fit together; `IDEMPOTENCY_CONFLICT`. A refusal by the wallet is in the inner result.
pub async fn confirm(
    app: &App,
    viewer: &Viewer,
    input: &DuplicateConfirmation,
) -> Result<Replayable<Result<Couple, Refusal>>> {
    let idempotency = &idempotency::of(input.idempotency_key.as_deref(), &("confirmDuplicate", input))?;
    idempotency::write(app, viewer, idempotency, |tx| async move {
        let idempotency = idempotency.clone()?;
        let named = (&input.imported_id, &input.entered_id);
        // Locks the two before looking for the key: the same request may be running at this moment.
        let before = couple::lock(&tx, viewer, named).await;
        let act = ActivityEvent::by(viewer, Action::ConfirmDuplicate).on_named(&input.imported_id);
        let key = idempotency.as_ref();
        match document::repeated_attempt::<kind::Transaction>(&tx, app, viewer, act.clone(), key).await? {
            None => {}
            Some(Err(refusal)) => return Ok(Replayable { document: Err(at_id(refusal)), replayed: true }),
            Some(Ok(_)) => {
                let couple = couple::replay(&tx, viewer, named).await?;
                return Ok(Replayable { document: Ok(couple), replayed: true });
            }
        }
        let before = before?;
        before.check(&tx).await?;
        let same_as = Some(before.entered.id);
        let removed = transaction::remove(&tx, app, viewer, &before.imported, idempotency, same_as).await;
        let imported = match removed.map_err(|error| error.at("importedId"))? {
            Ok(imported) => imported,
            Err(refusal) => {
                act.refused([refusal.code]).record(&tx, &app.clock).await?;
                return Ok(Replayable { document: Err(at_id(refusal)), replayed: false });
            }
        };
        let after = Couple { imported, ..before.clone() };
        act.changed(&before, &after).record(&tx, &app.clock).await?;
        Ok(couple::new(after))
    })
    .await
}

fn at_id(refusal: Refusal) -> Refusal {
    Refusal { path: "importedId".to_owned(), ..refusal }
}
