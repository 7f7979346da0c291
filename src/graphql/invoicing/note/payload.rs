//! The inputs that void notes, and the payloads of all mutations on notes.

use async_graphql::{ComplexObject, Context, ID, InputObject, SimpleObject};

use super::object::{CreditNote, DebitNote};
use crate::{
    bookkeeping::{
        document::Replayable,
        invoicing::{invoice_input::Voiding, note::list::NoteFilter},
    },
    entity::{activity::Action, note::Model},
    error::Error,
    graphql::{
        connection::{self, NodeEdge},
        customers::entry::{self, Entry},
        error::{ApiError, ContextExt},
        payload::{UserErrors, into_replayable_payload},
    },
    id::kind,
};

/// Declares the input that voids notes of a kind, and the payloads of its two mutations.
macro_rules! note_payloads {
    (
        $note:ident, $field:ident, $result:ident;
        $(#[$voided:meta])* $input:ident;
        $(#[$create_doc:meta])* $create:ident { $(#[$edge_doc:meta])* $edge:ident }
        $(#[$void_doc:meta])* $void:ident
    ) => {
        $(#[$voided])*
        #[derive(InputObject)]
        pub(super) struct $input {
            #[graphql(flatten)]
            pub(super) voiding: Voiding,
        }

        /// The fields that the payloads of several mutations share. The note is null when there are user errors.
        #[derive(SimpleObject)]
        pub(super) struct $result {
            /// The note as it is now. Null when there are user errors.
            $field: Option<$note>,
            /// True when this is the result of an earlier request that this one repeats; this request changed nothing. The
            /// input says by what a repeated request is recognized.
            replayed: bool,
            #[graphql(flatten)]
            errors: UserErrors,
        }

        impl $result {
            pub(super) async fn new(
                ctx: &Context<'_>,
                action: Action,
                result: Result<Replayable<Model>, Error>,
            ) -> Result<Self, ApiError> {
                let (note, replayed, errors) = into_replayable_payload(ctx, action, result).await?;
                Ok(Self { $field: note.map($note), replayed, errors })
            }
        }

        $(#[$create_doc])*
        #[derive(SimpleObject)]
        #[graphql(complex)]
        pub(super) struct $create {
            #[graphql(flatten)]
            pub(super) result: $result,
        }

        #[ComplexObject]
        impl $create {
            $(#[$edge_doc])*
            async fn $edge(&self, ctx: &Context<'_>) -> Result<Option<NodeEdge<$note>>, ApiError> {
                self.result.$field.clone().map(|note| connection::edge_of::<NoteFilter, _>(ctx, note.0)).transpose()
            }

            /// The entry of the customer's ledger that the note created, with its cursor in `entries` and `Customer.entries`.
            /// Null when there are user errors, and for a repeated request when the note is void by now.
            async fn entry_edge(&self, ctx: &Context<'_>) -> Result<Option<NodeEdge<Entry>>, ApiError> {
                let Some(note) = &self.result.$field else { return Ok(None) };
                let entry = ctx.loader()?.load_one(note.0.id.cast::<kind::LedgerEntry>()).await?;
                entry.map_or(Ok(None), |entry| entry::edge(ctx, entry.0))
            }
        }

        $(#[$void_doc])*
        #[derive(SimpleObject)]
        #[graphql(complex)]
        pub(super) struct $void {
            #[graphql(flatten)]
            pub(super) result: $result,
        }

        #[ComplexObject]
        impl $void {
            /// The id of the entry that left the customer's ledger. Null when there are user errors.
            async fn deleted_entry_id(&self) -> Option<ID> {
                self.result.$field.as_ref().map(|note| note.0.id.cast::<kind::LedgerEntry>().into())
            }
        }
    };
}

note_payloads! {
    CreditNote, credit_note, CreditNoteResult;

    /// The credit note to void, and the reason.
    VoidCreditNoteInput;

    /// The result of `createCreditNote`. Error codes: `INVALID`, `REQUIRED`, `NOT_FOUND`, `NOT_ALLOWED` (the invoice is void, nothing
    /// is left of it, or its customer is archived), `TAKEN` (the number), `LIMIT_REACHED`, `IDEMPOTENCY_CONFLICT`.
    CreateCreditNotePayload {
        /// The credit note with its cursor in `creditNotes`, `Customer.creditNotes` and `Invoice.creditNotes`. Null when there are
        /// user errors.
        credit_note_edge
    }

    /// The result of `voidCreditNote`. Error codes: `INVALID`, `NOT_FOUND`, `NOT_ALLOWED` (the credit note is void already),
    /// `IDEMPOTENCY_CONFLICT`.
    VoidCreditNotePayload
}

note_payloads! {
    DebitNote, debit_note, DebitNoteResult;

    /// The debit note to void, and the reason.
    VoidDebitNoteInput;

    /// The result of `createDebitNote`. Error codes: `INVALID`, `REQUIRED`, `NOT_FOUND`, `NOT_ALLOWED` (the invoice is void, or its
    /// customer is archived), `TAKEN` (the number), `LIMIT_REACHED`, `IDEMPOTENCY_CONFLICT`.
    CreateDebitNotePayload {
        /// The debit note with its cursor in `debitNotes`, `Customer.debitNotes` and `Invoice.debitNotes`. Null when there are user
        /// errors.
        debit_note_edge
    }

    /// The result of `voidDebitNote`. Error codes: `INVALID`, `NOT_FOUND`, `NOT_ALLOWED` (the debit note is void already, or credit
    /// notes have taken back what it added), `IDEMPOTENCY_CONFLICT`.
    VoidDebitNotePayload
}
