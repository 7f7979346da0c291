//! Customers of a shop: creating, changing, archiving and restoring them. What a customer owes is in the journal.

use async_graphql::{ID, InputObject, MaybeUndefined};
use chrono::{DateTime, Utc};
use phonenumber::country;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
    QuerySelect, Set, sea_query::LockType,
};
use serde::Serialize;

use crate::{
    activity::{self, ActivityEvent, AuditFields, Field, field},
    app::App,
    bookkeeping::{
        book, contact,
        creation::{self, Begun},
        document::Replayable,
        new_id::{ClientId, NewId},
    },
    db::Transaction,
    entity::{activity::Action, customer},
    error::{Code, Refusal, Refusals, Result},
    id::{Id, kind},
    text,
    viewer::Viewer,
};

/// The customer to create. Only the name is required.
// The ids that clients choose are compared by the JSON of this type, and never expire: leave a new field out of it when
// absent.
#[derive(Clone, Debug, Default, Serialize, InputObject)]
#[graphql(name = "CreateCustomerInput")]
pub struct NewCustomer {
    /// An id that you choose: `customer_` and a new UUID of version 7, in the TypeID form. It makes it safe to send the same
    /// request again: when the id was already used in this book, the same input changes nothing and returns the customer as
    /// it is now; another input fails with `IDEMPOTENCY_CONFLICT`. Default: an id made by the server.
    #[serde(skip)]
    pub id: Option<ID>,
    /// The customer's name, 1 to 100 characters. It need not be unique.
    pub name: String,
    /// The customer's phone number, preferably starting with `+` and the country code. It must be unique among the
    /// book's customers who are not archived.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// The customer's e-mail address, at most 254 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// The firm that the customer buys for, 1 to 100 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub firm_name: Option<String>,
    /// The customer's street address, at most 300 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// The city of the customer's address, 1 to 100 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub city: Option<String>,
    /// The state of the customer's address, 1 to 100 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    /// The customer's registration number for goods and services tax (GST). Letters, digits and hyphens, at most 20.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gst_number: Option<String>,
    /// Your own note about the customer, at most 2,000 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// The fields of the customer to change. Omitted fields stay as they are; null clears a field, except `name`.
#[derive(Clone, Debug, Default, InputObject)]
#[graphql(name = "UpdateCustomerInput")]
pub struct CustomerChange {
    /// The id of the customer to change, who may be archived.
    pub id: ID,
    /// The customer's name, 1 to 100 characters. Cannot be null.
    pub name: MaybeUndefined<String>,
    /// The customer's phone number, preferably starting with `+` and the country code. It must be unique among the
    /// book's customers who are not archived.
    pub phone: MaybeUndefined<String>,
    /// The customer's e-mail address, at most 254 characters.
    pub email: MaybeUndefined<String>,
    /// The firm that the customer buys for, 1 to 100 characters.
    pub firm_name: MaybeUndefined<String>,
    /// The customer's street address, at most 300 characters.
    pub address: MaybeUndefined<String>,
    /// The city of the customer's address, 1 to 100 characters.
    pub city: MaybeUndefined<String>,
    /// The state of the customer's address, 1 to 100 characters.
    pub state: MaybeUndefined<String>,
    /// The customer's registration number for goods and services tax (GST). Letters, digits and hyphens, at most 20.
    pub gst_number: MaybeUndefined<String>,
    /// Your own note about the customer, at most 2,000 characters.
    pub note: MaybeUndefined<String>,
}

impl From<NewCustomer> for CustomerChange {
    fn from(new: NewCustomer) -> Self {
        Self {
            id: ID::default(),
            name: MaybeUndefined::Value(new.name),
            phone: given(new.phone),
            email: given(new.email),
            firm_name: given(new.firm_name),
            address: given(new.address),
            city: given(new.city),
            state: given(new.state),
            gst_number: given(new.gst_number),
            note: given(new.note),
        }
    }
}

fn given(value: Option<String>) -> MaybeUndefined<String> {
    value.map_or(MaybeUndefined::Undefined, MaybeUndefined::Value)
}

/// The customers of the viewer's book with these ids, archived or not; ids of other books are ignored.
///
/// # Errors
/// When the database fails.
pub async fn find_many(
    conn: &impl ConnectionTrait,
    viewer: &Viewer,
    ids: impl IntoIterator<Item = Id<kind::Customer>>,
) -> Result<Vec<customer::Model>> {
    let customers = customer::Entity::find().filter(customer::Column::BookId.eq(viewer.book));
    Ok(customers.filter(customer::Column::Id.is_in(ids)).all(conn).await?)
}

/// Finds a customer of the viewer's book.
///
/// # Errors
/// `NOT_FOUND` at `path` when `id` is `None` or the book has no such customer.
pub async fn require(
    conn: &impl ConnectionTrait,
    viewer: &Viewer,
    id: Option<Id<kind::Customer>>,
    path: &str,
) -> Result<customer::Model> {
    let found = match id {
        Some(id) => find_many(conn, viewer, [id]).await?.pop(),
        None => None,
    };
    Ok(found.ok_or_else(|| Refusal::new(Code::NotFound, path, "You have no such customer."))?)
}

/// Like [`require`], and locks the customer until the end of the transaction, so that changes to one customer's ledger
/// happen one after the other.
///
/// # Errors
/// `NOT_FOUND` at `path`.
pub(in crate::bookkeeping) async fn lock(
    tx: &Transaction,
    viewer: &Viewer,
    id: Option<Id<kind::Customer>>,
    path: &str,
) -> Result<customer::Model> {
    let found = match id {
        Some(id) => {
            let customers = customer::Entity::find_by_id(id).filter(customer::Column::BookId.eq(viewer.book));
            customers.lock(LockType::NoKeyUpdate).one(tx).await?
        }
        None => None,
    };
    Ok(found.ok_or_else(|| Refusal::new(Code::NotFound, path, "You have no such customer."))?)
}

/// The customers of the viewer's book with these ids or these names (as [`key`] returns them). With `lock`, they stay
/// locked until the end of the transaction, so that their ledgers can be changed.
pub(in crate::bookkeeping) async fn named(
    tx: &Transaction,
    viewer: &Viewer,
    ids: impl IntoIterator<Item = Id<kind::Customer>>,
    name_keys: impl IntoIterator<Item = String>,
    lock: bool,
) -> Result<Vec<customer::Model>> {
    let is_named =
        Condition::any().add(customer::Column::Id.is_in(ids)).add(customer::Column::NameKey.is_in(name_keys));
    let mut customers = customer::Entity::find()
        .filter(customer::Column::BookId.eq(viewer.book))
        .filter(is_named)
        .order_by_asc(customer::Column::Id);
    if lock {
        customers = customers.lock(LockType::NoKeyUpdate);
    }
    Ok(customers.all(tx).await?)
}

/// A name in the form in which names are compared, see [`folding::name_key`].
pub(in crate::bookkeeping) fn key(name: &str) -> String {
    text::name_key(name)
}

/// Creates a customer.
///
/// # Errors
/// `INVALID` and `TAKEN`; `IDEMPOTENCY_CONFLICT` for the id. All fields but the id are checked before refusing.
pub async fn create(app: &App, viewer: &Viewer, new: &NewCustomer) -> Result<Replayable<customer::Model>> {
    let client_id = &ClientId::of(new.id.as_ref(), &("createCustomer", new))?;
    creation::write(app, viewer, new.id.as_ref(), &Ok(None), |tx| async move {
        let act = ActivityEvent::by(viewer, Action::CreateCustomer);
        let free = match creation::begin(&tx, app, viewer, act.clone(), client_id.as_ref(), None).await? {
            Begun::New(free) => free,
            Begun::Earlier(id) => {
                return Ok(Replayable { document: require(&tx, viewer, Some(id?), "id").await?, replayed: true });
            }
        };
        let mut customer = blank(viewer, free.take(), app.clock.now());
        let wanted = new.clone().into();
        let region = phone_region(&tx, app, viewer, &wanted).await?;
        let mut refusals = change(&mut customer, &wanted, region);
        refusals.extend(taken(&tx, &customer, region).await?);
        refusals.none()?;
        customer::Entity::insert(customer.clone().into_active_model()).exec_without_returning(&tx).await?;
        act.on(customer.id).record(&tx, &app.clock).await?;
        Ok(Replayable { document: customer, replayed: false })
    })
    .await
}

/// A new customer, still without a name.
pub(super) fn blank(
    viewer: &Viewer,
    NewId { id, position }: NewId<kind::Customer>,
    now: DateTime<Utc>,
) -> customer::Model {
    customer::Model {
        id,
        position,
        book_id: viewer.book,
        name: String::new(),
        name_key: String::new(),
        phone: None,
        email: None,
        firm_name: None,
        address: None,
        city: None,
        city_key: None,
        state: None,
        gst_number: None,
        note: None,
        search_text: String::new(),
        archived_at: None,
        erased_at: None,
        last_activity_at: now,
        created_at: now,
        import_id: None,
    }
}

/// Changes the fields of a customer.
///
/// # Errors
/// `NOT_FOUND`; `NOT_ALLOWED` when the customer was erased; `INVALID`, `REQUIRED` and `TAKEN`. All fields are checked before
/// refusing.
pub async fn update(app: &App, viewer: &Viewer, wanted: &CustomerChange) -> Result<customer::Model> {
    app.db
        .write(|tx| async move {
            let before = lock(&tx, viewer, wanted.id.parse().ok(), "id").await?;
            refuse_erased(&before, "id")?;
            let mut customer = before.clone();
            let region = phone_region(&tx, app, viewer, wanted).await?;
            let mut refusals = change(&mut customer, wanted, region);
            refusals.extend(taken(&tx, &customer, region).await?);
            refusals.none()?;
            let after = customer.into_active_model().reset_all().update(&tx).await?;
            ActivityEvent::by(viewer, Action::UpdateCustomer)
                .on(after.id)
                .changed(&before, &after)
                .record(&tx, &app.clock)
                .await?;
            Ok(after)
        })
        .await
}

/// Archives or restores a customer. The customer's ledger is not changed.
///
/// # Errors
/// `NOT_FOUND`; `NOT_ALLOWED` when a customer is restored who was erased; `TAKEN` when one is whose phone number another customer
/// has since been given.
pub async fn set_archived(app: &App, viewer: &Viewer, id: &ID, archived: bool) -> Result<customer::Model> {
    let action = if archived { Action::DeleteCustomer } else { Action::RestoreCustomer };
    app.db
        .write(|tx| async move {
            let before = lock(&tx, viewer, id.parse().ok(), "id").await?;
            if before.archived_at.is_some() == archived {
                ActivityEvent::by(viewer, action).on(before.id).record(&tx, &app.clock).await?;
                return Ok(before);
            }
            refuse_erased(&before, "id")?;
            let mut customer = before.clone();
            customer.archived_at = archived.then(|| app.clock.now());
            let mut refusals = Refusals::default();
            refusals.extend(taken(&tx, &customer, None).await?);
            refusals.none()?;
            let archived_at = Set(customer.archived_at);
            let after = customer::ActiveModel { archived_at, ..customer.into_active_model() }.update(&tx).await?;
            ActivityEvent::by(viewer, action).on(after.id).changed(&before, &after).record(&tx, &app.clock).await?;
            Ok(after)
        })
        .await
}

/// The region of a phone number without a country code. `None` also when no phone number is given.
async fn phone_region(
    tx: &Transaction,
    app: &App,
    viewer: &Viewer,
    wanted: &CustomerChange,
) -> Result<Option<country::Id>> {
    match wanted.phone {
        MaybeUndefined::Value(_) => Ok(book::phone_region(&book::find(tx, viewer).await?, app.defaults)),
        _ => Ok(None),
    }
}

/// Refuses what cannot be done any more once a customer's personal details were erased.
///
/// # Errors
/// `NOT_ALLOWED` at `path`.
pub(in crate::bookkeeping) fn refuse_erased(customer: &customer::Model, path: &str) -> Result<(), Refusal> {
    if customer.erased_at.is_none() {
        return Ok(());
    }
    let message =
        "The personal details of this customer were erased. Nothing about them can be changed or added any more.";
    Err(Refusal::new(Code::NotAllowed, path, message))
}

/// Writes the new values into the customer. Returns the refusals for values that are not valid.
pub(super) fn change(customer: &mut customer::Model, wanted: &CustomerChange, region: Option<country::Id>) -> Refusals {
    let mut refusals = Refusals::default();
    if let Some(name) = refusals.change(&wanted.name, "name", |name| text::line(name, 100, "name")) {
        customer.name_key = key(&name);
        customer.name = name;
    }
    let line = |most, path| move |value: &String| text::line(value, most, path).map(Some);
    refusals.set(&mut customer.phone, &wanted.phone, |value| contact::phone(value, region).map(Some));
    refusals.set(&mut customer.email, &wanted.email, |value| text::email(value, "email").map(Some));
    refusals.set(&mut customer.firm_name, &wanted.firm_name, line(100, "firmName"));
    refusals.set(&mut customer.address, &wanted.address, |value| text::note(value, 300, "address"));
    refusals.set(&mut customer.city, &wanted.city, line(100, "city"));
    refusals.set(&mut customer.state, &wanted.state, line(100, "state"));
    refusals.set(&mut customer.gst_number, &wanted.gst_number, |value| contact::gst_number(value).map(Some));
    refusals.set(&mut customer.note, &wanted.note, |value| text::note(value, 2000, "note"));
    customer.city_key = customer.city.as_deref().map(text::search_key);
    let searched = [Some(&customer.name), customer.firm_name.as_ref(), customer.phone.as_ref()];
    customer.search_text = text::search_text(searched.into_iter().flatten().map(String::as_str));
    refusals
}

/// The refusal when another customer of the book that is not archived has the same phone number, also one that was written before
/// the book had a `region`.
async fn taken(
    conn: &impl ConnectionTrait,
    customer: &customer::Model,
    region: Option<country::Id>,
) -> Result<Option<Refusal>> {
    let (Some(phone), None) = (&customer.phone, customer.archived_at) else { return Ok(None) };
    let other = customer::Entity::find()
        .filter(customer::Column::BookId.eq(customer.book_id))
        .filter(customer::Column::Phone.is_in(contact::spellings(phone, region)))
        .filter(customer::Column::ArchivedAt.is_null())
        .filter(customer::Column::Id.ne(customer.id))
        .one(conn)
        .await?;
    let has_it = |other: customer::Model| {
        Refusal::taken("phone", &other.id, format!("The customer {} has this phone number.", other.name))
    };
    Ok(other.map(has_it))
}

impl AuditFields for customer::Model {
    fn audit_fields(&self) -> Vec<Field> {
        vec![
            field("name", Some(&self.name)),
            field("phone", self.phone.as_ref()),
            field("email", self.email.as_ref()),
            field("firmName", self.firm_name.as_ref()),
            field("address", self.address.as_ref()),
            field("city", self.city.as_ref()),
            field("state", self.state.as_ref()),
            field("gstNumber", self.gst_number.as_ref()),
            field("note", self.note.as_ref()),
            field("archivedAt", activity::time(self.archived_at)),
        ]
    }
}
