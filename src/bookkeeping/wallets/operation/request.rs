//! A wallet operation that a user asks for, and what can be checked of it without the database. Pure.

use sea_orm::ActiveEnum;

use super::WalletOperation;
use crate::{
    bookkeeping::{idempotency, journal::Idempotency, wallets::reference::WalletRef},
    entity::journal_entry::EntryKind,
    error::{Code, Refusal, Refusals, Result},
    id::{Id, kind},
    money::{Currency, Decimal},
    text,
    viewer::Viewer,
};

/// A wallet operation that a user asks for.
#[derive(Clone, Debug)]
pub(in crate::bookkeeping::wallets) struct Request {
    /// The id that the entry will have. It tells whether the entry was written when the answer to a commit is lost.
    pub(super) id: Id<kind::Entry>,
    pub(super) terms: Terms,
    pub(super) payee: Option<WalletRef>,
    pub(super) own: WalletRef,
    pub(super) amount: Decimal,
    pub(super) currency: Option<Currency>,
    pub(super) memo: Option<String>,
    pub(super) reference: Option<String>,
    pub(super) idempotency: Option<Idempotency>,
    /// What is wrong with the input so far.
    pub(super) refusals: Refusals,
}

/// Who asks, and for what.
#[derive(Clone, Copy, Debug)]
pub(super) struct Terms {
    pub(super) viewer: Viewer,
    pub(super) kind: EntryKind,
    /// The name of the input field of the viewer's wallet.
    pub(super) own_field: &'static str,
}

impl Request {
    /// # Errors
    /// When the input cannot be hashed.
    pub(super) fn new(
        viewer: &Viewer,
        kind: EntryKind,
        (own, own_field): (&WalletRef, &'static str),
        payee: Option<&WalletRef>,
        operation: &WalletOperation,
    ) -> Result<Self> {
        let mut refusals = Refusals::default();
        let input = (kind.to_value(), own_field, payee, operation);
        let idempotency = refusals.check(idempotency::of(operation.idempotency_key.as_deref(), &input)?).flatten();
        let memo = operation.memo.as_deref().and_then(|memo| refusals.check(text::paragraph(memo, 500, "memo")));
        let reference = operation.reference.as_deref();
        let reference = reference.and_then(|reference| refusals.check(text::line(reference, 64, "reference")));
        Ok(Self {
            id: Id::generate(),
            terms: Terms { viewer: *viewer, kind, own_field },
            payee: payee.cloned(),
            own: own.clone(),
            amount: operation.amount.clone(),
            currency: operation.currency,
            memo,
            reference,
            idempotency,
            refusals,
        })
    }

    /// Whether the currency is that of the book, because the user names neither a currency nor a wallet by its id.
    pub(super) fn is_in_currency_of_book(&self) -> bool {
        self.currency.is_none() && !matches!(self.own, WalletRef::Id(_))
    }
}

/// The refusal of a wallet that there is not.
pub(super) fn not_found(field: &'static str, named: &WalletRef, message: impl Into<String>) -> Refusal {
    Refusal::new(Code::NotFound, format!("{field}.{}", named.field()), message)
}
