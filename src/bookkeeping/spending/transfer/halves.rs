//! The two halves of a transfer: finds and locks them, and checks that they fit together.
//!
//! A half is an expense or an income. Which half it is follows from the way that its money goes: an income that was given back left
//! a wallet, and the refund of an expense came into one.

use async_graphql::ID;
use sea_orm::ConnectionTrait;

use crate::{
    activity::{AuditFields, Field, field},
    bookkeeping::{document::Replayable, spending::two},
    db::Transaction,
    entity::{category::CategoryKind, transaction::Model},
    error::{Code, Detail, Refusal, Refusals, Result},
    money::Decimal,
    viewer::Viewer,
};

/// A transaction whose money left one wallet, and one whose money came into another.
#[derive(Clone, Debug)]
pub struct Halves {
    /// The one whose money left a wallet.
    pub outgoing: Model,
    /// The one whose money came into a wallet.
    pub incoming: Model,
}

/// Where the input of an operation names the halves.
const OUTGOING: &str = "outgoingId";
const INCOMING: &str = "incomingId";

/// The ids that an input names the halves by: of the outgoing and of the incoming one.
pub(super) type Named<'a> = (&'a ID, &'a ID);

/// Whether the money of a transaction goes out of its wallet. That of a refund, whose amount is below zero, goes the other way.
pub(in crate::bookkeeping::spending) fn goes_out(kind: CategoryKind, amount: i64) -> bool {
    (kind == CategoryKind::Expense) == (amount > 0)
}

/// The change of a transfer, for the activity log of the outgoing half.
impl AuditFields for Halves {
    fn audit_fields(&self) -> Vec<Field> {
        vec![field("counterpart", self.outgoing.counterpart_id)]
    }
}

/// Finds two transactions of the viewer's book that are not deleted, and locks them.
///
/// # Errors
/// `NOT_FOUND` and `NOT_ALLOWED` at the id of each; `SAME_WALLET` when both ids are the same.
pub(super) async fn lock(tx: &Transaction, viewer: &Viewer, (outgoing, incoming): Named<'_>) -> Result<Halves> {
    let one = || {
        let message = "A transfer has two halves, and these are one transaction.";
        Refusal::new(Code::SameWallet, INCOMING, message)
    };
    let [outgoing, incoming] = two::lock(tx, viewer, [(outgoing, OUTGOING), (incoming, INCOMING)], one).await?;
    Ok(Halves { outgoing, incoming })
}

/// The halves as they are now, deleted or not, for a request that repeats an earlier one.
///
/// # Errors
/// When the database fails, or the book has no such transactions.
pub(super) async fn replay(
    conn: &impl ConnectionTrait,
    viewer: &Viewer,
    (outgoing, incoming): Named<'_>,
) -> Result<Replayable<Halves>> {
    let [outgoing, incoming] = two::replay(conn, viewer, [outgoing, incoming]).await?;
    Ok(Replayable { document: Halves { outgoing, incoming }, replayed: true })
}

impl Halves {
    /// Checks that the two can be a transfer: money that went out of one wallet and the same amount that came into another, neither
    /// of them half of a transfer. Their dates may be any.
    ///
    /// # Errors
    /// `NOT_ALLOWED`, `INVALID`, `SAME_WALLET` and `CURRENCY_MISMATCH`, each at one of the ids.
    pub(super) fn check(&self) -> Result<()> {
        let mut refusals = Refusals::default();
        let Self { outgoing, incoming } = self;
        for (half, path, is_outgoing) in [(outgoing, OUTGOING, true), (incoming, INCOMING, false)] {
            if half.counterpart_id.is_some() {
                let message = "This transaction is already half of a transfer.";
                refusals.push(Refusal::new(Code::NotAllowed, path, message));
            } else if half.wallet_id.is_none() {
                let message = "This transaction is in cash. A transfer is between two wallets.";
                refusals.push(Refusal::new(Code::NotAllowed, path, message));
            } else if goes_out(half.kind, half.amount) != is_outgoing && outgoing.wallet_id != incoming.wallet_id {
                let way = if is_outgoing { "leave" } else { "come into" };
                let message = format!("The money of this transaction did not {way} its wallet.");
                refusals.push(Refusal::new(Code::Invalid, path, message));
            }
        }
        refusals.none()?;
        Ok(self.check_match()?)
    }

    /// Checks that the halves are of the same amount, in different wallets.
    fn check_match(&self) -> Result<(), Refusal> {
        let Self { outgoing, incoming } = self;
        if outgoing.wallet_id == incoming.wallet_id {
            let message = "Both transactions are in the same wallet. A transfer is between two wallets.";
            return Err(Refusal::new(Code::SameWallet, INCOMING, message));
        }
        let currency = outgoing.currency;
        if incoming.currency != currency {
            let message =
                format!("The money that left is in {currency}, and that which came in {}.", incoming.currency);
            let currencies = Detail::Currencies { expected: Some(currency), actual: incoming.currency };
            return Err(Refusal::new(Code::CurrencyMismatch, INCOMING, message).with(currencies));
        }
        if incoming.amount.saturating_abs() != outgoing.amount.saturating_abs() {
            let amount = Decimal::from_minor(outgoing.amount.saturating_abs(), currency);
            let message = format!("The amount must be what left the other wallet, which is {amount} {currency}.");
            return Err(Refusal::new(Code::Invalid, INCOMING, message));
        }
        Ok(())
    }

    /// Checks that neither half was changed since the client read it.
    ///
    /// # Errors
    /// `CONFLICT` for each half with another version.
    pub(super) fn check_versions(&self, outgoing: Option<i32>, incoming: Option<i32>) -> Result<()> {
        let mut refusals = Refusals::default();
        for (half, expected, path) in [
            (&self.outgoing, outgoing, "expectedOutgoingVersion"),
            (&self.incoming, incoming, "expectedIncomingVersion"),
        ] {
            if expected.is_some_and(|expected| expected != half.version) {
                let message = format!("The transaction was changed: its version is {} now.", half.version);
                let current = Detail::Current(half.id.to_string());
                refusals.push(Refusal::new(Code::Conflict, path, message).with(current));
            }
        }
        refusals.none()
    }

    /// Checks that the two are the halves of one transfer.
    ///
    /// # Errors
    /// `NOT_ALLOWED` when they are not.
    pub(super) fn check_confirmed(&self) -> Result<(), Refusal> {
        if goes_out(self.outgoing.kind, self.outgoing.amount) && self.outgoing.counterpart_id == Some(self.incoming.id)
        {
            return Ok(());
        }
        let message = "These two transactions are not the halves of one transfer, the outgoing one first.";
        Err(Refusal::new(Code::NotAllowed, OUTGOING, message))
    }
}
