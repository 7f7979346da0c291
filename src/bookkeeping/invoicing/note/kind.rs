//! What distinguishes credit notes from debit notes. All else is the same.

use type_safe_id::StaticType;

use crate::{
    entity::{activity::Action, journal_entry::EntryKind, ledger_entry::EntrySource, note::NoteKind},
    id::{Id, kind},
};

/// The kind of the ids of a kind of notes.
pub trait NoteId: StaticType + Copy + Eq + Send + Sync + 'static {
    /// The kind, as it is stored.
    const KIND: NoteKind;
    /// The kind of its journal entries.
    const ENTRY: EntryKind;
    /// The source of its ledger entries.
    const SOURCE: EntrySource;
    /// The mutation that creates one, and its action.
    const CREATE: (&'static str, Action);
    /// The mutation that voids one, and its action.
    const VOID: (&'static str, Action);
    /// What it is called in messages.
    const NOUN: &'static str;
}

impl NoteId for kind::CreditNote {
    const KIND: NoteKind = NoteKind::Credit;
    const ENTRY: EntryKind = EntryKind::CreditNote;
    const SOURCE: EntrySource = EntrySource::CreditNote;
    const CREATE: (&'static str, Action) = ("createCreditNote", Action::CreateCreditNote);
    const VOID: (&'static str, Action) = ("voidCreditNote", Action::VoidCreditNote);
    const NOUN: &'static str = "credit note";
}

impl NoteId for kind::DebitNote {
    const KIND: NoteKind = NoteKind::Debit;
    const ENTRY: EntryKind = EntryKind::DebitNote;
    const SOURCE: EntrySource = EntrySource::DebitNote;
    const CREATE: (&'static str, Action) = ("createDebitNote", Action::CreateDebitNote);
    const VOID: (&'static str, Action) = ("voidDebitNote", Action::VoidDebitNote);
    const NOUN: &'static str = "debit note";
}

/// The id of a note of this kind in the form that the API uses.
pub(in crate::bookkeeping) fn id_text(note_kind: NoteKind, id: Id<kind::Note>) -> String {
    match note_kind {
        NoteKind::Credit => id.cast::<kind::CreditNote>().to_string(),
        NoteKind::Debit => id.cast::<kind::DebitNote>().to_string(),
    }
}
