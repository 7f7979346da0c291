//! Posts both halves of a transfer again: as a transfer, or as the income and the expense that they were.

use sea_orm::{ActiveModelTrait, DbErr, IntoActiveModel};

use super::halves::Halves;
use crate::{
    app::App,
    bookkeeping::journal::{self, Draft, JointDraft, Posted},
    changes::{self, Thing},
    db::Transaction,
    entity::{
        change::{ChangeKind, Noun},
        transaction::Model,
    },
    error::{Refusal, Result},
    id::{Id, kind},
    viewer::Viewer,
};

/// The new journal entries of both halves.
pub(super) struct Drafts {
    pub(super) outgoing: Draft,
    pub(super) incoming: Draft,
}

/// Reverses the journal entries of both halves and posts the new ones, all of them or none, and stores both halves with their new
/// entries and versions. `linked` says whether the halves name each other from now on.
///
/// No wallet can refuse: each holds afterwards what it held before.
///
/// # Errors
/// When the database fails; a refusal by the journal, such as `LIMIT_REACHED`.
pub(super) async fn repost(
    tx: &Transaction,
    app: &App,
    viewer: &Viewer,
    before: &Halves,
    Drafts { outgoing, incoming }: Drafts,
    linked: bool,
) -> Result<Halves> {
    let ids = (outgoing.id, incoming.id);
    let of_outgoing = reversal(tx, viewer, &before.outgoing).await?;
    let of_incoming = reversal(tx, viewer, &before.incoming).await?;
    // Each wallet gets the money before it gives it, so that no balance in between is below zero.
    let drafts = [of_outgoing, incoming, outgoing, of_incoming];
    let drafts = drafts.map(|draft| JointDraft { trace: draft.clone(), draft });
    let posted = journal::post_together(tx, &app.clock, &drafts).await?.map_err(Refusal::from)?;
    let link = |other: &Model| linked.then_some(other.id);
    let after = Halves {
        outgoing: store(tx, &before.outgoing, link(&before.incoming), find(&posted, ids.0)?).await?,
        incoming: store(tx, &before.incoming, link(&before.outgoing), find(&posted, ids.1)?).await?,
    };
    // The activity tells of the outgoing half.
    let incoming = Thing { noun: Noun::Transaction, id: after.incoming.id.uuid(), customer: None };
    changes::write_all(tx, viewer.book, (ChangeKind::Updated, after.incoming.updated_at), [incoming]).await?;
    Ok(after)
}

async fn reversal(tx: &Transaction, viewer: &Viewer, half: &Model) -> Result<Draft> {
    // Both entries show the description in the wallet's history.
    journal::reversal(tx, viewer, half.journal_entry_id, half.description.clone()).await
}

fn find(posted: &[Posted], id: Id<kind::Entry>) -> Result<&Posted> {
    let found = posted.iter().find(|posted| posted.entry.id == id);
    Ok(found.ok_or_else(|| DbErr::Custom("a draft has no result".to_owned()))?)
}

/// Stores a half with the journal entry of its new version.
async fn store(
    tx: &Transaction,
    before: &Model,
    counterpart_id: Option<Id<kind::Transaction>>,
    Posted { entry, .. }: &Posted,
) -> Result<Model> {
    let after = Model {
        counterpart_id,
        journal_entry_id: entry.id,
        version: before.version + 1,
        updated_at: entry.created_at,
        ..before.clone()
    };
    Ok(after.into_active_model().reset_all().update(tx).await?)
}
