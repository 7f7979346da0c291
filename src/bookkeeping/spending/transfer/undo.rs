//! Undoes a transfer: its halves become the income and the expense again that they were.

use async_graphql::{ID, InputObject};
use sea_orm::DbErr;
use serde::Serialize;

use super::{
    halves::{self, Halves},
    repost::{Drafts, repost},
};
use crate::{
    activity::ActivityEvent,
    app::App,
    bookkeeping::{
        document::{self, Replayable},
        idempotency,
        journal::{Draft, Idempotency},
        new_id::NewId,
        spending::transaction::{
            self,
            draft::{Part, TransactionDraft},
            write::{self, Item},
        },
        wallets::wallet,
    },
    db::Transaction,
    entity::{activity::Action, transaction::Model},
    error::Result,
    id::kind,
    viewer::Viewer,
};

/// The halves that become an expense and an income again.
#[derive(Clone, Debug, Serialize, InputObject)]
#[graphql(name = "UndoTransferInput")]
pub struct TransferUndoing {
    /// The id of the half that left a wallet.
    pub outgoing_id: ID,
    /// The id of the half that came into the other wallet.
    pub incoming_id: ID,
    /// A key of your choice that makes it safe to send the same request again. When the key was already used in this
    /// book, the same input changes nothing and returns the two transactions as they are now; another input fails with
    /// `IDEMPOTENCY_CONFLICT`. 1 to 255 visible ASCII characters, such as a UUID. Keys never expire.
    #[serde(skip)]
    pub idempotency_key: Option<String>,
}

/// Makes the halves of a transfer an expense and an income again, in the categories that they had.
///
/// # Errors
/// `NOT_FOUND`; `NOT_ALLOWED` when the two are not the halves of one transfer; `IDEMPOTENCY_CONFLICT`.
pub async fn undo(app: &App, viewer: &Viewer, input: &TransferUndoing) -> Result<Replayable<Halves>> {
    let idempotency = &idempotency::of(input.idempotency_key.as_deref(), &("undoTransfer", input))?;
    idempotency::write(app, viewer, idempotency, |tx| async move {
        let idempotency = idempotency.clone()?;
        let named = (&input.outgoing_id, &input.incoming_id);
        // Locks the halves before looking for the key: the same request may be running at this moment.
        let before = halves::lock(&tx, viewer, named).await;
        let act = ActivityEvent::by(viewer, Action::UndoTransfer).on_named(&input.outgoing_id);
        let earlier =
            document::repeated::<kind::Transaction>(&tx, app, viewer, act.clone(), idempotency.as_ref()).await?;
        if earlier.is_some() {
            return halves::replay(&tx, viewer, named).await;
        }
        let before = before?;
        before.check_confirmed()?;
        let items = items(&tx, viewer, &before, idempotency).await?;
        let drafts = drafts(&tx, app, viewer, &items).await?;
        let after = repost(&tx, app, viewer, &before, drafts, false).await?;
        // The notes of the lines are kept with each version that has them.
        for (item, half) in items.iter().zip([&after.outgoing, &after.incoming]) {
            write::replace_lines(&tx, item, half.journal_entry_id).await?;
        }
        act.changed(&before, &after).record(&tx, &app.clock).await?;
        Ok(Replayable { document: after, replayed: false })
    })
    .await
}

/// The expense and the income that the halves were. The key of the request is kept with the first.
async fn items(
    tx: &Transaction,
    viewer: &Viewer,
    halves: &Halves,
    idempotency: Option<Idempotency>,
) -> Result<[Item; 2]> {
    let both = [&halves.outgoing, &halves.incoming];
    let mut lines = transaction::lines(tx, both.map(|half| half.id)).await?;
    let wallets = wallet::find_many(tx, viewer, both.iter().filter_map(|half| half.wallet_id)).await?;
    let mut item = |half: &Model, idempotency| Item {
        id: NewId { id: half.id, position: half.position },
        wanted: TransactionDraft {
            kind: half.kind,
            amount: half.amount,
            currency: half.currency,
            date: half.date,
            description: half.description.clone(),
            wallet: wallets.iter().find(|wallet| Some(wallet.wallet.id) == half.wallet_id).cloned(),
            lines: lines.remove(&half.id).unwrap_or_default().into_iter().map(Part::from).collect(),
        },
        idempotency,
    };
    Ok([item(&halves.outgoing, idempotency), item(&halves.incoming, None)])
}

/// The journal entries of an expense and an income, as those of any other.
async fn drafts(tx: &Transaction, app: &App, viewer: &Viewer, items: &[Item; 2]) -> Result<Drafts> {
    let mut drafts = write::drafts(tx, app, viewer, items).await?.into_iter();
    let mut next = || {
        let draft = drafts.next().ok_or_else(|| DbErr::Custom("a transaction has no draft".to_owned()))?;
        // No wallet can refuse, so there is no failed attempt to record.
        Ok::<_, DbErr>(Draft { attempt: None, ..draft })
    };
    Ok(Drafts { outgoing: next()?, incoming: next()? })
}
