//! The input of the journal (drafts) and its results (posted entries and refusals).

use std::borrow::Cow;

use chrono::NaiveDate;
use sea_orm::Iterable;

use crate::{
    entity::{
        journal_entry::{self, EntryKind, Failure},
        posting,
    },
    error::{Code, Detail, Refusal},
    id::{Id, kind},
    money::Currency,
};

/// A journal entry that is not posted yet.
#[derive(Clone, Debug)]
pub struct Draft {
    /// The id that the entry will have.
    pub id: Id<kind::Entry>,
    /// The book that the entry belongs to.
    pub book_id: Id<kind::Book>,
    /// The user who causes the entry.
    pub actor_id: Id<kind::User>,
    /// The kind of event that the entry records.
    pub kind: EntryKind,
    /// The amount in minor units; negative in a reversal. For income and expenses it is that of the document, so it is
    /// negative for a refund, whose lines have the other sides, and positive for the reversal of one.
    pub amount: i64,
    /// The currency of the amount. All accounts of the lines must be in this currency.
    pub currency: Currency,
    /// The postings to write; at least one, unless the caller refuses the draft itself.
    pub lines: Vec<Line>,
    /// The date that the entry counts for in reports; the day of posting when absent.
    pub effective_on: Option<NaiveDate>,
    /// A note written by the user.
    pub memo: Option<String>,
    /// The number that people call the entry by, unique in the book; made from the id when absent.
    pub reference: Option<String>,
    /// The client's idempotency key, if the request has one.
    pub idempotency: Option<Idempotency>,
    /// The document (ledger entry, transaction, ...) that this entry is a version of.
    pub document_id: Option<Id<kind::Document>>,
    /// The entry that this one reverses.
    pub reverses_id: Option<Id<kind::Entry>>,
    /// How to record the entry as failed if it is refused. When absent, a refused draft writes nothing.
    pub attempt: Option<Attempt>,
}

/// A draft that is posted together with others: either all of them succeed, or none.
#[derive(Clone, Debug)]
pub struct JointDraft {
    /// The entry to post.
    pub draft: Draft,
    /// The draft to record as failed when `draft` is refused and `trace` has an `attempt`. Its attempt may only use
    /// accounts that the drafts of the same call use too, since only those are locked.
    pub trace: Draft,
}

/// One posting of a draft: moves an amount from the credit account to the debit account.
#[derive(Clone, Copy, Debug)]
pub struct Line {
    /// The account that is debited.
    pub debit: Id<kind::Account>,
    /// The account that is credited.
    pub credit: Id<kind::Account>,
    /// The amount in minor units; never zero, negative in a reversal.
    pub amount: i64,
}

/// The two accounts between which a failed entry writes its posting of amount zero, so that the attempt appears in the
/// history of both accounts.
#[derive(Clone, Copy, Debug)]
pub struct Attempt {
    /// The account on the debit side of the zero posting.
    pub debit: Id<kind::Account>,
    /// The account on the credit side of the zero posting.
    pub credit: Id<kind::Account>,
    /// The account that should have received the money, when it is neither of these two, or when the money was to move
    /// against the direction that entries of this kind have. Never an account of another book, since a refused payment
    /// must tell the payer nothing about the payee.
    pub meant_for: Option<Id<kind::Account>>,
}

/// An idempotency key with the hash of its input: a repeated request returns the first result instead of posting again.
#[derive(Clone, Debug)]
pub struct Idempotency {
    /// The key that the client chose; unique in the book.
    pub key: String,
    /// SHA-256 of the input. The same key with another hash is refused.
    pub request_hash: Vec<u8>,
}

/// A journal entry that is in the database. Its `status` tells whether it succeeded or was recorded as failed.
#[derive(Clone, Debug)]
pub struct Posted {
    /// The entry.
    pub entry: journal_entry::Model,
    /// The postings of the entry, ordered by line.
    pub postings: Vec<posting::Model>,
    /// Whether the entry was posted by an earlier request with the same idempotency key.
    pub replayed: bool,
}

/// Why a draft wrote no entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// The accounts did not allow it, and the draft has no `attempt` to record.
    Failed(Failure),
    /// The idempotency key was used before with another input; `None` when that request posted nothing.
    IdempotencyConflict(Option<Earlier>),
    /// Another entry of the book has this reference.
    ReferenceTaken(Earlier),
}

/// An entry of the book that is in the way of a draft.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Earlier {
    id: Id<kind::Entry>,
    kind: EntryKind,
    /// `None` when the entry failed, since it then wrote no document.
    document_id: Option<Id<kind::Document>>,
}

impl From<&journal_entry::Model> for Earlier {
    fn from(entry: &journal_entry::Model) -> Self {
        let document_id = entry.document_id.filter(|_| entry.failure.is_none());
        Self { id: entry.id, kind: entry.kind, document_id }
    }
}

impl Earlier {
    /// The id of what users know the entry by: the document that it is a version of, or the wallet's transaction.
    fn thing(self) -> String {
        let Some(document) = self.document_id else { return self.id.to_string() };
        match self.kind {
            EntryKind::Deposit | EntryKind::Withdrawal | EntryKind::Transfer => self.id.to_string(),
            EntryKind::Credit | EntryKind::Debit | EntryKind::Refund | EntryKind::WriteOff => {
                document.cast::<kind::LedgerEntry>().to_string()
            }
            EntryKind::Invoice => document.cast::<kind::Invoice>().to_string(),
            EntryKind::Receipt => document.cast::<kind::Receipt>().to_string(),
            EntryKind::CreditNote => document.cast::<kind::CreditNote>().to_string(),
            EntryKind::DebitNote => document.cast::<kind::DebitNote>().to_string(),
            EntryKind::Income | EntryKind::Expense | EntryKind::TransferOut | EntryKind::TransferIn => {
                document.cast::<kind::Transaction>().to_string()
            }
        }
    }
}

impl From<Refused> for Refusal {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::IdempotencyConflict(earlier) => {
                let message = "This idempotency key was already used with another input.";
                let detail = earlier.map(|earlier| Detail::Current(earlier.thing()));
                Self { detail, ..Self::new(Code::IdempotencyConflict, "idempotencyKey", message) }
            }
            Refused::ReferenceTaken(earlier) => {
                Self::taken("reference", &earlier.thing(), "Another transaction of this book has this reference.")
            }
            Refused::Failed(failure) => {
                let message = match failure {
                    Failure::InsufficientFunds => "The wallet holds less money than this.",
                    Failure::DebitNotActive | Failure::CreditNotActive => "The wallet is frozen or closed.",
                    Failure::CurrencyMismatch => "The wallet is in another currency.",
                    Failure::SameAccount => "The paying wallet and the receiving wallet are the same.",
                    Failure::LimitReached => "The amount is too large.",
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

/// The reference by which people call an entry: the one that was given, or else one made from the kind of the entry, the date and
/// the last characters of the id, which are random: `TRF-20261121-7K3M9QPXWA`. Those that are made are not stored, so what they are
/// made of must never change. That two of a day are the same is as unlikely as one in 2^50 for each pair.
#[must_use]
pub fn reference(entry: &journal_entry::Model) -> Cow<'_, str> {
    if !entry.reference.is_empty() {
        return Cow::Borrowed(&entry.reference);
    }
    let id = entry.id.to_string();
    let random = id.get(id.len().saturating_sub(RANDOM)..).unwrap_or(&id).to_ascii_uppercase();
    Cow::Owned(format!("{}-{}-{random}", prefix(entry.kind), entry.created_at.format("%Y%m%d")))
}

/// Whether a text has the form of the references that are made.
#[must_use]
pub fn looks_made(text: &str) -> bool {
    let mut parts = text.split('-');
    let (Some(first), Some(day), Some(random), None) = (parts.next(), parts.next(), parts.next(), parts.next()) else {
        return false;
    };
    EntryKind::iter().any(|kind| prefix(kind) == first)
        && (day.len() == 8 && NaiveDate::parse_from_str(day, "%Y%m%d").is_ok())
        && (random.len() == RANDOM && random.bytes().all(|byte| ID_CHARACTERS.contains(&byte)))
}

/// How many characters of an id a reference has.
const RANDOM: usize = 10;
/// The characters of ids, as references show them.
const ID_CHARACTERS: &[u8] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

fn prefix(kind: EntryKind) -> &'static str {
    match kind {
        EntryKind::Deposit => "DEP",
        EntryKind::Withdrawal => "WDR",
        EntryKind::Transfer | EntryKind::TransferOut | EntryKind::TransferIn => "TRF",
        EntryKind::Credit => "CRE",
        EntryKind::Debit => "DEB",
        EntryKind::Invoice => "INV",
        EntryKind::Receipt => "RCT",
        EntryKind::CreditNote => "CRN",
        EntryKind::DebitNote => "DBN",
        EntryKind::Refund => "REF",
        EntryKind::WriteOff => "WOF",
        EntryKind::Income => "INC",
        EntryKind::Expense => "EXP",
    }
}
