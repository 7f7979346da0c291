//! What the journal is asked to post, and what it answers.

use chrono::NaiveDate;

use crate::{
    entity::{
        journal_entry::{self, EntryKind, Failure},
        posting,
    },
    error::{Code, Refusal},
    id::{Id, kind},
    money::Currency,
};

/// An entry that is not posted yet.
#[derive(Clone, Debug)]
pub struct Draft {
    /// The id that the entry will have.
    pub id: Id<kind::Entry>,
    /// The book whose event it is.
    pub book_id: Id<kind::Book>,
    /// Who does it.
    pub actor_id: Id<kind::User>,
    /// What it records.
    pub kind: EntryKind,
    /// How much, in minor units.
    pub amount: i64,
    /// Of what. All accounts of the lines are in this currency.
    pub currency: Currency,
    /// What moves. At least one line.
    pub lines: Vec<Line>,
    /// The day that it counts for; the day of posting when absent.
    pub effective_on: Option<NaiveDate>,
    /// A note of the user's.
    pub memo: Option<String>,
    /// The number that people name it by; made from the id when absent.
    pub reference: Option<String>,
    /// So that the request may be repeated.
    pub idempotency: Option<Idempotency>,
    /// The document that it is a version of.
    pub document_id: Option<Id<kind::Document>>,
    /// The entry that this one takes back.
    pub reverses_id: Option<Id<kind::Entry>>,
    /// How to put it on record if it is refused. Without it a refusal leaves no trace.
    pub attempt: Option<Attempt>,
}

/// A draft that is posted together with others, all of them or none.
#[derive(Clone, Debug)]
pub struct JointDraft {
    /// What is posted.
    pub draft: Draft,
    /// What is put on record, if it asks for that, when the draft is refused. It moves money on accounts that the drafts name.
    pub trace: Draft,
}

/// One posting to be: moves an amount from the credit account to the debit account.
#[derive(Clone, Copy, Debug)]
pub struct Line {
    /// The account that is debited.
    pub debit: Id<kind::Account>,
    /// The account that is credited.
    pub credit: Id<kind::Account>,
    /// How much, in minor units; never zero.
    pub amount: i64,
}

/// Where a refused entry leaves its trace: a posting of zero between two accounts.
#[derive(Clone, Copy, Debug)]
pub struct Attempt {
    /// The account that is debited with nothing.
    pub debit: Id<kind::Account>,
    /// The account that is credited with nothing.
    pub credit: Id<kind::Account>,
    /// The account that the money was meant for, when it is neither of these.
    pub meant_for: Option<Id<kind::Account>>,
}

/// A key under which a request may be repeated without being done twice.
#[derive(Clone, Debug)]
pub struct Idempotency {
    /// What the client calls the request; unique in the book.
    pub key: String,
    /// SHA-256 of the input.
    pub request_hash: Vec<u8>,
}

/// An entry on record: it succeeded, or it was refused and the attempt is kept (see its `status`).
#[derive(Clone, Debug)]
pub struct Posted {
    /// The entry.
    pub entry: journal_entry::Model,
    /// Its postings.
    pub postings: Vec<posting::Model>,
    /// Whether it is the entry of an earlier request with the same idempotency key.
    pub replayed: bool,
}

/// Why a draft left no entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// It could not be posted, and asked for no trace.
    Failed(Failure),
    /// Its idempotency key was used with another input.
    IdempotencyConflict,
    /// Its reference is another entry's.
    ReferenceTaken,
}

impl From<Refused> for Refusal {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::IdempotencyConflict => Self::new(
                Code::IdempotencyConflict,
                "idempotencyKey",
                "This idempotency key was already used with another input.",
            ),
            Refused::ReferenceTaken => {
                Self::new(Code::Taken, "reference", "Another transaction of this book has this reference.")
            }
            Refused::Failed(failure) => {
                let message = match failure {
                    Failure::InsufficientFunds => "There is less money than this.",
                    Failure::DebitNotActive | Failure::CreditNotActive => "The wallet is frozen or closed.",
                    Failure::CurrencyMismatch => "The wallet is in another currency.",
                    Failure::SameAccount => "The paying wallet and the receiving wallet are the same.",
                    Failure::LimitReached => "The total of the account would be too large.",
                };
                Self::new(failure.into(), "", message)
            }
        }
    }
}

impl From<Failure> for Code {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::InsufficientFunds => Self::InsufficientFunds,
            Failure::DebitNotActive | Failure::CreditNotActive => Self::WalletNotActive,
            Failure::CurrencyMismatch => Self::CurrencyMismatch,
            Failure::SameAccount => Self::SameWallet,
            Failure::LimitReached => Self::LimitReached,
        }
    }
}

/// A reference for people: what happened, the day, and the end of the id, which is random (`TRF-20261121-7K3M9QPXWA`).
pub(super) fn reference(id: Id<kind::Entry>, kind: EntryKind, on: NaiveDate) -> String {
    let prefix = match kind {
        EntryKind::Deposit => "DEP",
        EntryKind::Withdrawal => "WDR",
        EntryKind::Transfer => "TRF",
        EntryKind::Credit => "CRE",
        EntryKind::Debit => "DEB",
        EntryKind::Invoice => "INV",
        EntryKind::Receipt => "RCT",
        EntryKind::Income => "INC",
        EntryKind::Expense => "EXP",
    };
    let id = id.to_string();
    let random = id.get(id.len().saturating_sub(10)..).unwrap_or(&id);
    format!("{prefix}-{}-{}", on.format("%Y%m%d"), random.to_ascii_uppercase())
}
