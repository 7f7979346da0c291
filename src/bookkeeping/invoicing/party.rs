//! The buyer and the seller of an invoice, receipt or note. They are written when the document is created, so that later changes
//! of the customer and of the book leave the document as it was printed.
//!
//! Owns the table `party`. The id of a row is a hash of its content, so all documents of a book with the same details share one row,
//! and `freeze` needs one statement whether the row exists or not. A row is never deleted, and never changed but by
//! [`forget_sellers`] and `forget_phones`.

use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, Set,
    sea_query::{Expr, ExprTrait, OnConflict, Query},
};
use uuid::{Builder, Uuid};

use crate::{
    bookkeeping::{idempotency, journal::ERASED},
    db::Transaction,
    entity::{
        book, customer,
        party::{self, PartyRole},
    },
    error::Result,
    id::{Id, kind},
    viewer::Viewer,
};

/// The ids of the parties of a document.
#[derive(Clone, Copy, Debug)]
pub(in crate::bookkeeping) struct Parties {
    pub(in crate::bookkeeping) buyer_id: Uuid,
    pub(in crate::bookkeeping) seller_id: Uuid,
}

/// The parties of documents of the viewer's book with these ids; ids of other books are ignored.
///
/// # Errors
/// When the database fails.
pub async fn find_many(
    conn: &impl ConnectionTrait,
    viewer: &Viewer,
    ids: impl IntoIterator<Item = Uuid>,
) -> Result<Vec<party::Model>> {
    let parties = party::Entity::find().filter(party::Column::BookId.eq(viewer.book));
    Ok(parties.filter(party::Column::Id.is_in(ids)).all(conn).await?)
}

/// Writes the customer and the book as they are now, for a new document. To be called when all locks are held: of two
/// transactions that write the same new row, the second waits until the first one ends.
///
/// # Errors
/// When the database fails.
pub(in crate::bookkeeping) async fn freeze(
    tx: &Transaction,
    customer: &customer::Model,
    book: &book::Model,
) -> Result<Parties> {
    let (buyer, seller) = (buyer(customer)?, seller(book)?);
    let parties = Parties { buyer_id: buyer.id, seller_id: seller.id };
    // In the order of their ids, so that no two transactions wait for each other.
    let mut rows = [buyer, seller];
    rows.sort_unstable_by_key(|row| row.id);
    let unless_it_exists = OnConflict::column(party::Column::Id).do_nothing().to_owned();
    party::Entity::insert_many(rows.map(IntoActiveModel::into_active_model))
        .on_conflict(unless_it_exists)
        .exec_without_returning(tx)
        .await?;
    Ok(parties)
}

/// Erases the details of the shop from all documents of a book that was closed, since nobody can read them any more. The details
/// of its customers stay, as in the table of customers.
///
/// The transaction must have marked the owner as deleted before: then every operation of theirs has ended, or will be rolled back.
///
/// # Errors
/// When the database fails.
pub async fn forget_sellers(tx: &Transaction, viewer: &Viewer) -> Result<()> {
    let erased = party::ActiveModel {
        name: Set(None),
        firm_name: Set(None),
        address: Set(None),
        city: Set(None),
        state: Set(None),
        gst_number: Set(None),
        phone: Set(None),
        ..Default::default()
    };
    let sellers = party::Entity::update_many().set(erased).filter(party::Column::BookId.eq(viewer.book));
    sellers.filter(party::Column::Role.eq(PartyRole::Seller)).exec(tx).await?;
    Ok(())
}

/// Erases the phone numbers of buyers: those whom documents of this customer name, or those of all customers of the viewer's book. The
/// other details are what the law wants an invoice to say and the shop to keep, see `docs/bookkeeping.md`.
///
/// # Errors
/// When the database fails.
pub(in crate::bookkeeping) async fn forget_phones(
    tx: &Transaction,
    viewer: &Viewer,
    customer_id: Option<Id<kind::Customer>>,
) -> Result<()> {
    let erased = party::ActiveModel { phone: Set(Some(ERASED.to_owned())), ..Default::default() };
    let mut buyers = party::Entity::update_many().set(erased).filter(party::Column::BookId.eq(viewer.book));
    buyers = buyers.filter(party::Column::Role.eq(PartyRole::Buyer)).filter(party::Column::Phone.is_not_null());
    if let Some(customer_id) = customer_id {
        let of = |table: &'static str| {
            Query::select().column("buyer_id").from(table).and_where(Expr::col("customer_id").eq(customer_id)).take()
        };
        let tables = ["invoice", "receipt", "note"];
        let named =
            tables.into_iter().fold(Condition::any(), |any, table| any.add(party::Column::Id.in_subquery(of(table))));
        buyers = buyers.filter(named);
    }
    buyers.exec(tx).await?;
    Ok(())
}

/// The phone number of a party. `None` when there was none, and when it was erased.
#[must_use]
pub fn phone(party: &party::Model) -> Option<&str> {
    party.phone.as_deref().filter(|phone| *phone != ERASED)
}

fn buyer(customer: &customer::Model) -> Result<party::Model> {
    identified(party::Model {
        id: Uuid::nil(),
        book_id: customer.book_id,
        role: PartyRole::Buyer,
        name: Some(customer.name.clone()),
        firm_name: customer.firm_name.clone(),
        address: customer.address.clone(),
        city: customer.city.clone(),
        state: customer.state.clone(),
        gst_number: customer.gst_number.clone(),
        phone: customer.phone.clone(),
    })
}

fn seller(book: &book::Model) -> Result<party::Model> {
    identified(party::Model {
        id: Uuid::nil(),
        book_id: book.id,
        role: PartyRole::Seller,
        name: book.proprietor_name.clone(),
        firm_name: book.shop_name.clone(),
        address: book.address.clone(),
        city: book.city.clone(),
        state: book.state.clone(),
        gst_number: book.gst_number.clone(),
        phone: book.phone.clone(),
    })
}

fn identified(party: party::Model) -> Result<party::Model> {
    Ok(party::Model { id: hash(&party)?, ..party })
}

/// The id that follows from the other columns. The form of what is hashed must stay as it is: `daybook verify` compares the ids of
/// stored rows.
fn hash(party: &party::Model) -> Result<Uuid> {
    let hash = idempotency::hash(&(party.book_id.uuid().to_string(), party.role, details(party)))?;
    Ok(Builder::from_custom_bytes(hash.first_chunk().copied().unwrap_or_default()).into_uuid())
}

fn details(party: &party::Model) -> [Option<&str>; 7] {
    let party::Model { id: _, book_id: _, role: _, name, firm_name, address, city, state, gst_number, phone } = party;
    [name, firm_name, address, city, state, gst_number, phone].map(Option::as_deref)
}

/// Whether a row holds what was written when its id was made. Not known of rows that are older than the table, whose ids are no
/// hashes, nor of those whose phone number [`forget_phones`] erased. Rows that [`forget_sellers`] erased hold nothing.
///
/// # Errors
/// When the content cannot be hashed.
pub(in crate::bookkeeping) fn is_original(party: &party::Model) -> Result<bool> {
    let is_hash = party.id.get_version_num() == 8;
    let is_erased = match party.role {
        PartyRole::Seller => details(party) == [None; 7],
        // No phone number is this word.
        PartyRole::Buyer => party.phone.as_deref() == Some(ERASED),
    };
    Ok(!is_hash || is_erased || hash(party)? == party.id)
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::{hash, is_original};
    use crate::{
        entity::party::{Model, PartyRole},
        id::Id,
    };

    fn party() -> Model {
        Model {
            id: Uuid::nil(),
            book_id: Id::from_uuid("01890a5d-ac96-774b-bcce-b302099a8057".parse().unwrap()),
            role: PartyRole::Seller,
            name: Some("Amina".to_owned()),
            firm_name: Some("محلات البركة".to_owned()),
            address: Some("12 Harbour Road\nCrater".to_owned()),
            city: Some("Aden".to_owned()),
            state: None,
            gst_number: None,
            phone: Some("+967711234567".to_owned()),
        }
    }

    #[test]
    fn the_id_is_that_of_rows_which_are_stored() {
        assert_eq!(hash(&party()).unwrap().to_string(), "f069835f-64ff-866b-bd20-28ea8f367c33");
    }

    #[test]
    fn every_column_changes_the_id() {
        let text = |text: &str| Some(text.to_owned());
        let others = [
            Model { book_id: Id::from_uuid(Uuid::max()), ..party() },
            Model { role: PartyRole::Buyer, ..party() },
            Model { name: None, ..party() },
            Model { name: None, firm_name: text("Amina"), ..party() },
            Model { firm_name: text("محلات"), ..party() },
            Model { address: text("12 Harbour Road"), ..party() },
            Model { city: None, state: text("Aden"), ..party() },
            Model { city: text("aden"), ..party() },
            Model { gst_number: text(""), ..party() },
            Model { phone: None, ..party() },
        ];
        let mut ids: Vec<_> = others.iter().chain([&party()]).map(|party| hash(party).unwrap()).collect();
        assert!(ids.iter().all(|id| id.get_version_num() == 8));
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), others.len() + 1);
    }

    #[test]
    fn a_row_that_was_changed_is_known() {
        let original = Model { id: hash(&party()).unwrap(), ..party() };
        let nothing = Model { name: None, firm_name: None, address: None, city: None, phone: None, ..original.clone() };
        for (party, is_known) in [
            (original.clone(), true),
            (Model { city: None, ..original.clone() }, false),
            // Erased, which happens to sellers only.
            (nothing.clone(), true),
            (Model { role: PartyRole::Buyer, ..nothing }, false),
            // A phone number that was erased, which happens to buyers only.
            (Model { role: PartyRole::Buyer, phone: Some("Erased".to_owned()), ..original.clone() }, true),
            (Model { phone: Some("Erased".to_owned()), ..original.clone() }, false),
            // Older than the table.
            (Model { id: original.book_id.uuid(), ..original }, true),
        ] {
            assert_eq!(is_original(&party).unwrap(), is_known, "{party:?}");
        }
    }
}
