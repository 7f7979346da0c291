//! Imports lines as customers: checks them against the book and writes them. They post nothing to the journal, so their keys are kept
//! with those of other operations that post nothing.

mod line;

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use phonenumber::country;

use self::line::COLUMNS;
use crate::{
    bookkeeping::{
        book,
        customers::{
            customer::{self, NewCustomer},
            made,
        },
        idempotency,
        import::{
            fingerprint::Content,
            line_kind::{Checked, Known, LineKind, Own, Scope, Standing},
            options::{CustomerImport, Format},
            reader::{Column, Record},
        },
        journal::Idempotency,
    },
    entity::{activity::Action, customer::Model as Customer, import::ImportKind},
    error::{Refusal, Refusals, Result},
    id::{Id, kind},
    viewer::Viewer,
};

/// The state of the book against which lines are checked.
#[derive(Debug)]
pub(in crate::bookkeeping::import) struct Customers {
    viewer: Viewer,
    now: DateTime<Utc>,
    import_id: Id<kind::Import>,
    /// The region of phone numbers without a country code.
    region: Option<country::Id>,
    /// The customers with a phone number of the current batch, and those that earlier lines make: their numbers, ids and names.
    phones: Vec<(String, Id<kind::Customer>, String)>,
    /// The names that customers have, of those that the lines of the current batch give, and those of earlier lines; in the form in
    /// which names are compared.
    names: HashSet<String>,
}

impl LineKind for Customers {
    const NOUN: &'static str = "customer";
    const KIND: ImportKind = ImportKind::Customers;
    const ACTION: Action = Action::ImportCustomers;
    const COLUMNS: &'static [Column] = &COLUMNS;
    const MOST_TOGETHER: usize = 1;
    type Options = CustomerImport;
    type Line = NewCustomer;
    type Draft = Customer;

    fn read(_: &Format, records: &[Record]) -> Result<(NewCustomer, Content), Refusals> {
        let (line, now) = records.first().map(line::read).ok_or_else(Refusals::default)?;
        Ok((line, Content { now, former: None }))
    }

    async fn open(Scope { app, viewer, tx, recording, .. }: Scope<'_>, _: &CustomerImport) -> Result<Self> {
        let region = book::phone_region(&book::find(tx, viewer).await?, app.defaults);
        Ok(Self {
            viewer: *viewer,
            now: app.clock.now(),
            import_id: recording.id,
            region,
            phones: Vec::new(),
            names: HashSet::new(),
        })
    }

    async fn known(Scope { viewer, tx, .. }: Scope<'_>, keys: &[String]) -> Result<HashMap<String, Known>> {
        let used = idempotency::find_all_used(tx, viewer, keys.iter().cloned()).await?;
        let known = used.into_iter().map(|used| {
            let made = Some(Id::from_uuid(used.thing_id));
            (used.idempotency_key, Known { made, request_hash: Some(used.request_hash) })
        });
        Ok(known.collect())
    }

    async fn standing(Scope { viewer, tx, .. }: Scope<'_>, made: Vec<Id<kind::Document>>) -> Result<Vec<Standing>> {
        let found = customer::find_many(tx, viewer, made.iter().map(|id| id.cast())).await?;
        Ok(found.into_iter().map(Standing::from).collect())
    }

    async fn own(Scope { viewer, tx, .. }: Scope<'_>, ids: &[&str]) -> Result<HashMap<String, Own>> {
        let ids: HashMap<Id<kind::Customer>, &str> =
            ids.iter().filter_map(|id| Some((id.parse().ok()?, *id))).collect();
        if ids.is_empty() {
            return Ok(HashMap::new());
        }
        let found = customer::find_many(tx, viewer, ids.keys().copied()).await?;
        let own = |found: &Customer| {
            let own = Own { id: found.id.cast(), is_deleted: false };
            Some(((*ids.get(&found.id)?).to_owned(), own))
        };
        Ok(found.iter().filter_map(own).collect())
    }

    async fn stand(&self, _: Scope<'_>, asked: &[(&NewCustomer, Id<kind::Document>)]) -> Result<Vec<bool>> {
        Ok(vec![true; asked.len()])
    }

    async fn prepare(&mut self, Scope { viewer, tx, .. }: Scope<'_>, lines: &[&NewCustomer]) -> Result<()> {
        let made = lines.iter().filter_map(|line| self.make(line).ok()).collect::<Vec<_>>();
        let phones = made.iter().filter_map(|made| made.phone.clone());
        let others = made::with_phones(tx, viewer, phones, self.region).await?;
        self.phones.extend(others.into_iter().filter_map(|other| Some((other.phone?, other.id, other.name))));
        let names = made.iter().map(|made| made.name_key.clone());
        let others = customer::named(tx, viewer, [], names, false).await?;
        let stand = others.into_iter().filter(|other| other.archived_at.is_none());
        self.names.extend(stand.map(|other| other.name_key));
        Ok(())
    }

    fn check(&mut self, line: &NewCustomer) -> Result<Checked<Customer>, Refusals> {
        let made = self.make(line)?;
        if let Some(phone) = &made.phone {
            let mut others = self.phones.iter();
            if let Some((_, id, name)) = others.find(|(other, ..)| made::is_same_phone(other, phone, self.region)) {
                let message = format!("The customer {name} has this phone number.");
                return Err(Refusal::taken("phone", id, message).into());
            }
            self.phones.push((phone.clone(), made.id, made.name.clone()));
        }
        let is_again = !self.names.insert(made.name_key.clone());
        let note = is_again.then(|| "Another customer has this name.".to_owned());
        Ok(Checked { wanted: made, note })
    }

    async fn write(
        &mut self,
        Scope { viewer, tx, .. }: Scope<'_>,
        wanted: Vec<(Customer, Idempotency)>,
    ) -> Result<Vec<Result<Id<kind::Document>, Refusal>>> {
        let (made, keys): (Vec<_>, Vec<_>) = wanted.into_iter().unzip();
        let ids: Vec<_> = made.iter().map(|customer| customer.id).collect();
        made::insert(tx, &made).await?;
        let keys = keys.into_iter().zip(ids.iter().map(|id| id.uuid()));
        idempotency::mark_all_used(tx, viewer, keys).await?;
        Ok(ids.into_iter().map(|id| Ok(id.cast())).collect())
    }
}

impl Customers {
    /// The customer that a line makes.
    fn make(&self, line: &NewCustomer) -> Result<Customer, Refusals> {
        made::of(&self.viewer, line.clone(), self.region, self.import_id, self.now)
    }
}
