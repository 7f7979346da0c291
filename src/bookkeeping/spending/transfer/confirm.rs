//! Confirms that two transactions are one transfer between two wallets of the book.

use async_graphql::{ID, InputObject};
use sea_orm::DbErr;
use serde::Serialize;

use super::{
    halves::{self, Halves, goes_out},
    repost::{Drafts, repost},
};
use crate::{
    activity::ActivityEvent,
    app::App,
    bookkeeping::{
        document::{self, Replayable},
        idempotency,
        journal::{Accounts, Draft, Idempotency, Line},
        wallets::wallet::{self, Wallet},
    },
    db::Transaction,
    entity::{account::AccountKind, activity::Action, journal_entry::EntryKind, transaction::Model},
    error::Result,
    id::{Id, kind},
    viewer::Viewer,
};

/// The two transactions that are one transfer.
#[derive(Clone, Debug, Serialize, InputObject)]
#[graphql(name = "ConfirmTransferInput")]
pub struct TransferConfirmation {
    /// The id of the transaction whose money left one wallet: an expense, or an income that was given back. One that is
    /// deleted, in cash or half of a transfer is refused.
    pub outgoing_id: ID,
    /// The id of the transaction whose money came into another wallet: an income, or the refund of an expense. It must have
    /// the same currency and amount. Its date may be any.
    pub incoming_id: ID,
    /// The `version` of the outgoing transaction that you last read. If there is a newer version by now, nothing is changed and the
    /// mutation fails with `CONFLICT`. Default: no check.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expected_outgoing_version: Option<i32>,
    /// The `version` of the incoming transaction that you last read. If there is a newer version by now, nothing is changed and the
    /// mutation fails with `CONFLICT`. Default: no check.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expected_incoming_version: Option<i32>,
    /// A key of your choice that makes it safe to send the same request again. When the key was already used in this
    /// book, the same input changes nothing and returns the two transactions as they are now; another input fails with
    /// `IDEMPOTENCY_CONFLICT`. 1 to 255 visible ASCII characters, such as a UUID. Keys never expire.
    #[serde(skip)]
    pub idempotency_key: Option<String>,
}

/// Makes two transactions one transfer: posts both again, as moves out of one wallet and into another.
///
/// # Errors
/// `NOT_FOUND`; `NOT_ALLOWED` when one is deleted, in cash or already half of a transfer; `INVALID` when the money of one
/// went the other way, or the amounts differ; `SAME_WALLET`; `CURRENCY_MISMATCH`; `CONFLICT` when one is not at the expected
/// version; `IDEMPOTENCY_CONFLICT`.
pub async fn confirm(app: &App, viewer: &Viewer, input: &TransferConfirmation) -> Result<Replayable<Halves>> {
    let idempotency = &idempotency::of(input.idempotency_key.as_deref(), &("confirmTransfer", input))?;
    idempotency::write(app, viewer, idempotency, |tx| async move {
        let idempotency = idempotency.clone()?;
        let named = (&input.outgoing_id, &input.incoming_id);
        // Locks the halves before looking for the key: the same request may be running at this moment.
        let before = halves::lock(&tx, viewer, named).await;
        let act = ActivityEvent::by(viewer, Action::ConfirmTransfer).on_named(&input.outgoing_id);
        let earlier =
            document::repeated::<kind::Transaction>(&tx, app, viewer, act.clone(), idempotency.as_ref()).await?;
        if earlier.is_some() {
            return halves::replay(&tx, viewer, named).await;
        }
        let before = before?;
        before.check_versions(input.expected_outgoing_version, input.expected_incoming_version)?;
        before.check()?;
        let drafts = drafts(&tx, app, viewer, &before, idempotency).await?;
        let after = repost(&tx, app, viewer, &before, drafts, true).await?;
        act.changed(&before, &after).record(&tx, &app.clock).await?;
        Ok(Replayable { document: after, replayed: false })
    })
    .await
}

/// The journal entries of the halves of a transfer. The key of the request is kept with the first.
async fn drafts(
    tx: &Transaction,
    app: &App,
    viewer: &Viewer,
    halves: &Halves,
    idempotency: Option<Idempotency>,
) -> Result<Drafts> {
    let in_transit = (halves.outgoing.currency, AccountKind::InTransit, viewer.book.cast());
    let accounts = Accounts::ensure(tx, viewer.book, [in_transit], app.clock.now()).await?;
    let in_transit = accounts.get(in_transit.0, in_transit.1, in_transit.2)?;
    let both = [&halves.outgoing, &halves.incoming];
    let wallets = wallet::find_many(tx, viewer, both.iter().filter_map(|half| half.wallet_id)).await?;
    Ok(Drafts {
        outgoing: draft(viewer, &halves.outgoing, account(&wallets, &halves.outgoing)?, in_transit, idempotency),
        incoming: draft(viewer, &halves.incoming, account(&wallets, &halves.incoming)?, in_transit, None),
    })
}

/// The account of a half's wallet.
fn account(wallets: &[Wallet], half: &Model) -> Result<Id<kind::Account>> {
    let wallet = wallets.iter().find(|wallet| Some(wallet.wallet.id) == half.wallet_id);
    Ok(wallet.ok_or_else(|| DbErr::RecordNotFound(format!("the wallet of {}", half.id)))?.account.id)
}

fn draft(
    viewer: &Viewer,
    half: &Model,
    wallet: Id<kind::Account>,
    in_transit: Id<kind::Account>,
    idempotency: Option<Idempotency>,
) -> Draft {
    let (kind, debit, credit) = if goes_out(half.kind, half.amount) {
        (EntryKind::TransferOut, wallet, in_transit)
    } else {
        (EntryKind::TransferIn, in_transit, wallet)
    };
    let amount = half.amount.saturating_abs();
    Draft {
        id: Id::generate(),
        book_id: viewer.book,
        actor_id: viewer.user,
        kind,
        amount,
        currency: half.currency,
        lines: vec![Line { debit, credit, amount }],
        effective_on: Some(half.date),
        memo: half.description.clone(),
        reference: None,
        idempotency,
        document_id: Some(half.id.cast()),
        reverses_id: None,
        attempt: None,
    }
}
