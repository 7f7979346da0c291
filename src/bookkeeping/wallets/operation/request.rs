//! A wallet operation that a user asks for, and what can be checked of it without the database. Pure.

use async_graphql::InputObject;
use sea_orm::ActiveEnum;
use serde::Serialize;

use crate::{
    bookkeeping::{
        idempotency,
        journal::{self, Idempotency},
        wallets::reference::WalletRef,
    },
    entity::journal_entry::EntryKind,
    error::{Code, Refusal, Refusals, Result},
    id::{Id, kind},
    money::{Currency, Decimal},
    text,
    viewer::Viewer,
};

/// What deposits, withdrawals and transfers have in common.
// Idempotency keys are compared by the JSON of this type, and never expire: leave a new field out of it when absent.
#[derive(Clone, Debug, Serialize, InputObject)]
pub struct WalletOperation {
    /// The amount. Positive, with at most as many decimals as the currency has.
    pub amount: Decimal,
    /// The currency of `amount`. It must be the wallet's. Default: the wallet's currency if your wallet is named by id,
    /// otherwise the book's currency.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub currency: Option<Currency>,
    /// A note, at most 500 characters. In a transfer, both sides can read it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub memo: Option<String>,
    /// Your own reference number, 1 to 64 characters, unique among the book's successful transactions. Default: a
    /// generated one, such as `TRF-20261121-7K3M9QPXWA` for a transfer (`DEP-` for a deposit, `WDR-` for a withdrawal). A
    /// reference of your own must not have this form: three letters, a date and ten characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// A key of your choice that makes it safe to send the same request again. When the key was already used in this
    /// book, the same input changes nothing and returns the result of the first request; another input fails with
    /// `IDEMPOTENCY_CONFLICT`. 1 to 255 visible ASCII characters, such as a UUID. Keys never expire. A transaction that
    /// is recorded as `FAILED` also counts as a result and is returned again.
    #[serde(skip)]
    pub idempotency_key: Option<String>,
}

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
        let input = (kind.to_value(), own, payee, operation);
        let idempotency = refusals.check(idempotency::of(operation.idempotency_key.as_deref(), &input)?).flatten();
        let memo = operation.memo.as_deref().and_then(|memo| refusals.check(text::paragraph(memo, 500, "memo")));
        let reference = operation.reference.as_deref();
        let reference = reference.and_then(|text| refusals.check(own_reference(text)));
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

/// Checks a reference of the user's. Those that are made are not stored, so that one which looks like them could not be told from them.
fn own_reference(text: &str) -> Result<String, Refusal> {
    let line = text::line(text, 64, "reference")?;
    if journal::looks_made(&line) {
        let message = "References of this form are made by the server. Use another form, or put it into the memo.";
        return Err(Refusal::new(Code::Invalid, "reference", message));
    }
    Ok(line)
}

/// The refusal of a wallet that there is not.
pub(super) fn not_found(field: &'static str, named: &WalletRef, message: impl Into<String>) -> Refusal {
    Refusal::new(Code::NotFound, format!("{field}.{}", named.field()), message)
}
