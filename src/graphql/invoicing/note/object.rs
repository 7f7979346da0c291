//! The objects of credit notes and debit notes, and their loaders.

use std::{collections::HashMap, sync::Arc};

use async_graphql::{Context, ID, Object, dataloader::Loader};

use super::line::{LinesOfNote, NoteLine};
use crate::{
    bookkeeping::{customers::open_items::Allocations, invoicing::note},
    calendar::date::{Date, Weekday},
    entity::note::Model,
    error::Error,
    graphql::{
        RequestLoader,
        activity::list::{Activities, activities_of},
        connection::{self, Nodes, OwnedTotal},
        customers::{allocation::Allocation, customer::Customer, entry::Entry},
        error::{ApiError, ContextExt},
        invoicing::{
            invoice::Invoice,
            party::{DocumentParty, PartyKey},
        },
        nullability::SemanticNonNull,
        scalar::DateTime,
    },
    id::{Id, kind},
    money::Money,
    page::PageArgs,
    price,
};

/// Declares the object of a kind of notes with its loader. The resolvers of the fields that the other kind does not have come last.
macro_rules! note_object {
    ($(#[$doc:meta])* $name:ident: $allocations:ident; $($resolvers:tt)*) => {
        #[derive(Clone)]
        pub(in crate::graphql) struct $name(pub(in crate::graphql) Model);

        impl From<Model> for $name {
            fn from(note: Model) -> Self {
                Self(note)
            }
        }

        impl $name {
            fn money(&self, minor: i64) -> Money {
                Money::from_minor(minor, self.0.currency)
            }

            fn note_id(&self) -> Id<kind::$name> {
                self.0.id.cast()
            }
        }

        $(#[$doc])*
        #[Object]
        impl $name {
            /// The globally unique id, which never changes: the type, an underscore and 26 characters.
            pub(in crate::graphql) async fn id(&self) -> ID {
                self.note_id().into()
            }

            /// The number that is printed on the note. It is unique among the book's notes of this kind, ignoring case.
            async fn number(&self) -> &str {
                &self.0.number
            }

            /// The invoice that the note is about.
            #[graphql(directive = SemanticNonNull::apply())]
            async fn invoice(&self, ctx: &Context<'_>) -> Result<Option<Invoice>, ApiError> {
                Ok(ctx.loader()?.load_one(self.0.invoice_id).await?)
            }

            /// The customer of the invoice, as they are now. `buyer` is what the note says of them.
            #[graphql(directive = SemanticNonNull::apply())]
            async fn customer(&self, ctx: &Context<'_>) -> Result<Option<Customer>, ApiError> {
                Ok(ctx.loader()?.load_one(self.0.customer_id).await?)
            }

            /// The customer as the note names them: with the details of the time when it was created.
            #[graphql(directive = SemanticNonNull::apply())]
            async fn buyer(&self, ctx: &Context<'_>) -> Result<Option<DocumentParty>, ApiError> {
                Ok(ctx.loader()?.load_one(PartyKey(self.0.buyer_id)).await?)
            }

            /// The shop as the note names it: with the details that the book had when it was created.
            #[graphql(directive = SemanticNonNull::apply())]
            async fn seller(&self, ctx: &Context<'_>) -> Result<Option<DocumentParty>, ApiError> {
                Ok(ctx.loader()?.load_one(PartyKey(self.0.seller_id)).await?)
            }

            /// The day that is printed on the note, as the user gave it. From it the entry of the customer's ledger counts.
            async fn date(&self) -> Date {
                Date(self.0.date)
            }

            /// The day of the week of `date`.
            async fn weekday(&self) -> Weekday {
                self.0.date.into()
            }

            /// Why the note was written. It is also the note of the entry in the customer's ledger.
            async fn reason(&self) -> &str {
                &self.0.reason
            }

            /// The price of the goods before taxes, after all discounts of the invoice.
            async fn gross_amount(&self) -> Money {
                self.money(self.0.gross)
            }

            /// The amount of Central Goods and Services Tax (CGST). Zero when the note has none.
            async fn cgst(&self) -> Money {
                self.money(self.0.cgst)
            }

            /// The amount of State Goods and Services Tax (SGST). It is always equal to `cgst`.
            async fn sgst(&self) -> Money {
                self.money(self.0.sgst)
            }

            /// The amount of Integrated Goods and Services Tax (IGST). Zero when the note has `cgst` and `sgst`, or no tax.
            async fn igst(&self) -> Money {
                self.money(self.0.igst)
            }

            /// Charges besides the goods, such as freight and packing, before taxes.
            async fn other_charges(&self) -> Money {
                self.money(self.0.other_charges)
            }

            /// What was added to the total so that all credit notes together take back no more and no less than the invoice, whose
            /// total may have been rounded. Below zero when something was taken off; zero on a debit note.
            async fn round_off(&self) -> Money {
                self.money(self.0.round_off)
            }

            /// What the customer owes more or less by the note: `grossAmount`, all taxes, `otherCharges` and `roundOff`.
            async fn total_amount(&self) -> Money {
                self.money(self.0.total)
            }

            /// The lines of the invoice that the note is about, with what it says of each. Empty when the invoice has no lines.
            #[graphql(directive = price::List::apply(20), directive = SemanticNonNull::apply())]
            async fn lines(&self, ctx: &Context<'_>) -> Result<Vec<NoteLine>, ApiError> {
                let lines = ctx.loader()?.load_one(LinesOfNote(self.0.id)).await?.unwrap_or_default();
                let (invoice_id, currency) = (self.0.invoice_id, self.0.currency);
                Ok(lines.into_iter().map(|line| NoteLine { line, invoice_id, currency }).collect())
            }

            /// What the note is set off against, and the amount of each, in the order of the entries on the other side, oldest
            /// first.
            #[graphql(directive = price::Page::apply(), directive = SemanticNonNull::apply())]
            async fn allocations(
                &self,
                ctx: &Context<'_>,
                #[graphql(desc = "How many items to return from the start: 0 to 100. Default: 20.")] first: Option<i32>,
                #[graphql(desc = "Return only the items after this cursor. The cursor must come from the same list.")]
                after: Option<String>,
                #[graphql(desc = "How many items to return from the end: 0 to 100. Not with `first`.")] last: Option<i32>,
                #[graphql(desc = "Return only the items before this cursor. The cursor must come from the same list.")]
                before: Option<String>,
            ) -> Result<Nodes<Allocation, OwnedTotal<Allocations>>, ApiError> {
                let args = PageArgs { first, after, last, before };
                connection::of_owner(ctx, Allocations::$allocations, self.0.id.cast(), args).await
            }

            /// The entry of the customer's ledger that this note created.
            #[graphql(directive = SemanticNonNull::apply())]
            async fn entry(&self, ctx: &Context<'_>) -> Result<Option<Entry>, ApiError> {
                Ok(ctx.loader()?.load_one(self.0.id.cast::<kind::LedgerEntry>()).await?)
            }

            /// The time when the note was created.
            async fn created_at(&self) -> DateTime {
                DateTime(self.0.created_at)
            }

            /// The time when the note was voided. Null when it is not void.
            async fn voided_at(&self) -> Option<DateTime> {
                self.0.voided_at.map(DateTime)
            }

            /// The reason given for voiding. Null when the note is not void.
            async fn void_reason(&self) -> Option<&str> {
                self.0.void_reason.as_deref()
            }

            /// The activity log of this note, newest first: changes and refused attempts.
            #[graphql(directive = price::Page::apply(), directive = SemanticNonNull::apply())]
            async fn activities(
                &self,
                ctx: &Context<'_>,
                #[graphql(desc = "How many items to return from the start: 0 to 100. Default: 20.")] first: Option<i32>,
                #[graphql(desc = "Return only the items after this cursor. The cursor must come from the same list.")]
                after: Option<String>,
                #[graphql(desc = "How many items to return from the end: 0 to 100. Not with `first`.")] last: Option<i32>,
                #[graphql(desc = "Return only the items before this cursor. The cursor must come from the same list.")]
                before: Option<String>,
            ) -> Result<Activities, ApiError> {
                activities_of(ctx, self.note_id(), PageArgs { first, after, last, before }).await
            }

            $($resolvers)*
        }

        /// Loads notes of this kind of the viewer's book by their ids.
        impl Loader<Id<kind::$name>> for RequestLoader {
            type Value = $name;
            type Error = Arc<Error>;

            async fn load(&self, ids: &[Id<kind::$name>]) -> Result<HashMap<Id<kind::$name>, $name>, Arc<Error>> {
                let notes = note::find_many(self.reader.conn(), &self.viewer, ids.iter().copied()).await?;
                Ok(notes.into_iter().map(|note| (note.id.cast(), $name(note))).collect())
            }
        }
    };
}

note_object! {
    /// A credit note: it takes back a part of an invoice, or all of it, with the taxes. The customer owes less. It cannot be changed;
    /// to correct it, void it and create another one.
    CreditNote: OfPayment;

    /// The part of `totalAmount` that pays something: the invoice first, as far as other payments that name the invoice leave room,
    /// and then what the customer has owed longest.
    async fn allocated(&self) -> Money {
        self.money(self.0.settled)
    }

    /// The part of `totalAmount` that pays nothing yet. It pays what the customer will owe, or can be given back with
    /// `refundCustomer`. Zero when the credit note is void.
    async fn on_account(&self) -> Money {
        self.money(if self.0.voided_at.is_some() { 0 } else { self.0.total - self.0.settled })
    }
}

note_object! {
    /// A debit note: it adds to what an invoice bills, with the taxes. The customer owes more. It cannot be changed; to correct it,
    /// void it and create another one.
    DebitNote: OfCharge;

    /// The date when payment is due.
    async fn due_date(&self) -> Date {
        // Every debit note has one.
        Date(self.0.due_date.unwrap_or(self.0.date))
    }

    /// The part of `totalAmount` that is settled: by receipts, by other payments, or because it was written off.
    async fn paid(&self) -> Money {
        self.money(self.0.settled)
    }

    /// The part of `totalAmount` that is still unpaid. Zero when the debit note is void.
    async fn outstanding(&self) -> Money {
        self.money(if self.0.voided_at.is_some() { 0 } else { self.0.total - self.0.settled })
    }
}
