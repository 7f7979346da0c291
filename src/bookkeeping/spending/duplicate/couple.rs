//! The two transactions that are one payment: finds and locks them, and checks that they fit together.

use async_graphql::ID;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QuerySelect};

use crate::{
    activity::{AuditFields, Field, field, time},
    bookkeeping::{
        document::Replayable,
        spending::{transfer::halves::goes_out, two},
    },
    db::Transaction,
    entity::{
        journal_entry,
        transaction::{Column, Entity, Model},
    },
    error::{Code, Detail, Refusal, Refusals, Result},
    id::kind,
    money::Decimal,
    viewer::Viewer,
};

/// A transaction that was imported, and one that was written by hand.
#[derive(Clone, Debug)]
pub struct Couple {
    /// The one that was imported.
    pub imported: Model,
    /// The one that was written by hand.
    pub entered: Model,
}

/// Where the input of an operation names the two.
const IMPORTED: &str = "importedId";
const ENTERED: &str = "enteredId";

/// The ids that an input names the two by: of the imported and of the other one.
pub(super) type Named<'a> = (&'a ID, &'a ID);

/// The beginning of the keys that imports give to lines, which are 71 characters long.
pub(super) const KEYS: &str = "import:";
/// The length of these keys.
pub(super) const KEY_LENGTH: i32 = 71;

/// The change of a confirmed couple, for the activity log of the imported one.
impl AuditFields for Couple {
    fn audit_fields(&self) -> Vec<Field> {
        vec![field("sameAs", self.imported.same_as_id), field("deletedAt", time(self.imported.deleted_at))]
    }
}

/// Finds two transactions of the viewer's book that are not deleted, and locks them.
///
/// # Errors
/// `NOT_FOUND` and `NOT_ALLOWED` at the id of each; `INVALID` when both ids are the same.
pub(super) async fn lock(tx: &Transaction, viewer: &Viewer, (imported, entered): Named<'_>) -> Result<Couple> {
    let one = || Refusal::new(Code::Invalid, ENTERED, "These are one transaction, not two.");
    let [imported, entered] = two::lock(tx, viewer, [(imported, IMPORTED), (entered, ENTERED)], one).await?;
    Ok(Couple { imported, entered })
}

/// The two as they are now, deleted or not, for a request that repeats an earlier one.
///
/// # Errors
/// When the database fails, or the book has no such transactions.
pub(super) async fn replay(
    conn: &impl ConnectionTrait,
    viewer: &Viewer,
    (imported, entered): Named<'_>,
) -> Result<Couple> {
    let [imported, entered] = two::replay(conn, viewer, [imported, entered]).await?;
    Ok(Couple { imported, entered })
}

/// The result of a request that came first.
pub(super) fn new(couple: Couple) -> Replayable<Result<Couple, Refusal>> {
    Replayable { document: Ok(couple), replayed: false }
}

impl Couple {
    /// Checks that the two can be one payment: the same amount went the same way in the same wallet or in cash, the first was imported
    /// and the second written by hand, and neither is half of a transfer. Their dates may be any.
    ///
    /// # Errors
    /// `NOT_ALLOWED`, `INVALID` and `CURRENCY_MISMATCH`, each at one of the ids.
    pub(super) async fn check(&self, conn: &impl ConnectionTrait) -> Result<()> {
        let mut refusals = Refusals::default();
        let Self { imported, entered } = self;
        for (one, path) in [(imported, IMPORTED), (entered, ENTERED)] {
            if one.counterpart_id.is_some() {
                let message = "This transaction is half of a transfer. Undo the transfer first, with `undoTransfer`.";
                refusals.push(Refusal::new(Code::NotAllowed, path, message));
            }
        }
        if imported.import_id.is_none() {
            let message = "This transaction was not imported, or before imports had records.";
            refusals.push(Refusal::new(Code::NotAllowed, IMPORTED, message));
        }
        if entered.import_id.is_some() || was_imported(conn, entered).await? {
            refusals.push(Refusal::new(Code::NotAllowed, ENTERED, "This transaction was imported, too."));
        } else if Entity::find().filter(Column::SameAsId.eq(entered.id)).count(conn).await? > 0 {
            let message = "Another imported transaction is the same as this one already.";
            refusals.push(Refusal::new(Code::NotAllowed, ENTERED, message));
        }
        refusals.none()?;
        Ok(self.check_match()?)
    }

    fn check_match(&self) -> Result<(), Refusal> {
        let Self { imported, entered } = self;
        let currency = imported.currency;
        let invalid = |message: String| Err(Refusal::new(Code::Invalid, ENTERED, message));
        if entered.currency != currency {
            let message = format!("What was imported is in {currency}, and this is in {}.", entered.currency);
            let currencies = Detail::Currencies { expected: Some(currency), actual: entered.currency };
            return Err(Refusal::new(Code::CurrencyMismatch, ENTERED, message).with(currencies));
        }
        if entered.wallet_id != imported.wallet_id {
            return invalid("It must be in the same wallet, or both in cash.".to_owned());
        }
        let moved = |one: &Model| (goes_out(one.kind, one.amount), one.amount.saturating_abs());
        if moved(entered) != moved(imported) {
            let amount = Decimal::from_minor(imported.amount.saturating_abs(), currency);
            return invalid(format!("Its money must go the same way, and be as much: {amount} {currency}."));
        }
        Ok(())
    }
}

/// Whether a transaction was imported before imports had records. Then the journal has the key of its line.
async fn was_imported(conn: &impl ConnectionTrait, one: &Model) -> Result<bool> {
    use journal_entry::Column;
    let entries = journal_entry::Entity::find().filter(Column::DocumentId.eq(one.id.cast::<kind::Document>()));
    let keys: Vec<Option<String>> = entries.select_only().column(Column::IdempotencyKey).into_tuple().all(conn).await?;
    let is_import = |key: &String| key.starts_with(KEYS) && i32::try_from(key.len()) == Ok(KEY_LENGTH);
    Ok(keys.iter().flatten().any(is_import))
}
