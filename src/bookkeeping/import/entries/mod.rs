//! Imports lines as ledger entries: checks them against the book and writes them, with customers whom the book does not have if
//! these are to be created.

mod line;

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    mem,
};

use chrono::{DateTime, Utc};

use self::line::{COLUMNS, EntryLine};
use crate::{
    bookkeeping::{
        book,
        customers::{
            customer, entry, made,
            posting::{self, Document},
        },
        document,
        import::{
            fingerprint::Content,
            line_kind::{Access, Checked, LineKind, Own, Scope, Standing},
            options::{EntryImport, Format},
            reader::{Column, Record},
            undo::record,
            value::quoted,
        },
        journal::{self, Idempotency},
        new_id::NewId,
    },
    changes::{self, Thing},
    entity::{
        activity::Action,
        change::{ChangeKind, Noun},
        customer::Model as Customer,
        import::ImportKind,
        ledger_entry,
    },
    error::{Code, Refusal, Refusals, Result},
    id::{Id, kind},
    money::Currency,
    viewer::Viewer,
};

/// The state of the book against which lines are checked.
#[derive(Debug)]
pub(in crate::bookkeeping::import) struct Entries {
    viewer: Viewer,
    now: DateTime<Utc>,
    import_id: Id<kind::Import>,
    /// The customers that the lines of the current batch name.
    customers: Vec<Customer>,
    /// Whether customers whom the book does not have are created.
    may_make: bool,
    /// Those whom earlier lines create, as long as these are not in `customers`.
    made: Vec<Customer>,
    /// Those to insert with the first of their entries.
    to_make: Vec<Customer>,
    currency: Currency,
}

/// An entry with checked values; the amount is in minor units.
#[derive(Debug)]
pub(in crate::bookkeeping::import) struct EntryDraft {
    line: EntryLine,
    customer_id: Id<kind::Customer>,
    amount: i64,
    currency: Currency,
}

impl LineKind for Entries {
    const NOUN: &'static str = "entry";
    const KIND: ImportKind = ImportKind::Entries;
    const ACTION: Action = Action::ImportEntries;
    const COLUMNS: &'static [Column] = &COLUMNS;
    const MOST_TOGETHER: usize = 1;
    type Options = EntryImport;
    type Line = EntryLine;
    type Draft = EntryDraft;

    fn read(format: &Format, records: &[Record]) -> Result<(EntryLine, Content), Refusals> {
        let (line, now) = line::read(format, records)?;
        Ok((line, Content { now, former: None }))
    }

    async fn open(Scope { app, viewer, tx, recording, .. }: Scope<'_>, options: &EntryImport) -> Result<Self> {
        let currency = match options.file.default_currency {
            Some(currency) => currency,
            None => book::find(tx, viewer).await?.currency,
        };
        Ok(Self {
            viewer: *viewer,
            now: app.clock.now(),
            import_id: recording.id,
            customers: Vec::new(),
            may_make: options.create_customers,
            made: Vec::new(),
            to_make: Vec::new(),
            currency,
        })
    }

    async fn standing(Scope { viewer, tx, .. }: Scope<'_>, made: Vec<Id<kind::Document>>) -> Result<Vec<Standing>> {
        let found = entry::find_many(tx, viewer, made.iter().map(|id| id.cast())).await?;
        Ok(found.into_iter().map(Standing::from).collect())
    }

    async fn own(Scope { viewer, tx, .. }: Scope<'_>, ids: &[&str]) -> Result<HashMap<String, Own>> {
        let ids: HashMap<Id<kind::LedgerEntry>, &str> =
            ids.iter().filter_map(|id| Some((id.parse().ok()?, *id))).collect();
        if ids.is_empty() {
            return Ok(HashMap::new());
        }
        let found = entry::find_many(tx, viewer, ids.keys().copied()).await?;
        let own = |found: &ledger_entry::Model| {
            let own = Own { id: found.id.cast(), is_deleted: found.deleted_at.is_some() };
            Some(((*ids.get(&found.id)?).to_owned(), own))
        };
        Ok(found.iter().filter_map(own).collect())
    }

    async fn stand(&self, _: Scope<'_>, asked: &[(&EntryLine, Id<kind::Document>)]) -> Result<Vec<bool>> {
        Ok(vec![true; asked.len()])
    }

    async fn prepare(&mut self, Scope { viewer, tx, access, .. }: Scope<'_>, lines: &[&EntryLine]) -> Result<()> {
        let ids = lines.iter().flat_map(|line| [&line.customer_id, &line.customer]).filter_map(|id| id.parse().ok());
        let names = lines.iter().map(|line| customer::key(&line.customer));
        let mut found = customer::named(tx, viewer, ids, names, access == Access::Write).await?;
        // Whom an import made that was undone, the book does not have any more.
        let gone = found.iter().filter(|customer| customer.archived_at.is_some());
        let imports: BTreeSet<_> = gone.filter_map(|customer| customer.import_id).collect();
        let undone: HashSet<_> = record::undone(tx, viewer, imports).await?;
        let is_undone = |customer: &Customer| customer.import_id.is_some_and(|import| undone.contains(&import));
        found.retain(|customer| customer.archived_at.is_none() || !is_undone(customer));
        self.customers = found;
        Ok(())
    }

    fn check(&mut self, line: &EntryLine) -> Result<Checked<EntryDraft>, Refusals> {
        let mut refusals = Refusals::default();
        let (customer_id, made) = refusals.check(self.customer_of(line)).unzip();
        let currency = line.currency.unwrap_or(self.currency);
        let amount = refusals.check(document::amount(&line.amount, currency, "amount"));
        let (Some(customer_id), Some(amount)) = (customer_id, amount) else { return Err(refusals) };
        let made = made.flatten();
        let note = made.as_ref().map(|customer| format!("New customer: {}.", customer.name));
        self.to_make.extend(made.iter().cloned());
        self.made.extend(made);
        Ok(Checked { wanted: EntryDraft { line: line.clone(), customer_id, amount, currency }, note })
    }

    async fn write(
        &mut self,
        Scope { app, viewer, tx, recording, .. }: Scope<'_>,
        wanted: Vec<(EntryDraft, Idempotency)>,
    ) -> Result<Vec<Result<Id<kind::Document>, Refusal>>> {
        let documents: Vec<_> = wanted
            .iter()
            .map(|(EntryDraft { line, customer_id, amount, currency }, key)| Document {
                id: NewId::generate(),
                customer_id: *customer_id,
                kind: entry::entry_kind(line.kind),
                amount: *amount,
                currency: *currency,
                date: line.date,
                note: line.note.as_deref(),
                lines: entry::lines(line.kind, *amount),
                idempotency: Some(key.clone()),
            })
            .collect();
        let drafts = posting::drafts(tx, app, viewer, &documents).await?;
        let (mut results, mut written) = (Vec::with_capacity(documents.len()), Vec::with_capacity(documents.len()));
        for (document, posted) in documents.into_iter().zip(journal::post(tx, &app.clock, &drafts).await?) {
            results.push(match posted {
                Err(refused) => Err(document::wallet_refusal(refused)),
                Ok(posted) if posted.replayed => Ok(document::of(&posted.entry)?),
                Ok(posted) => {
                    let id = document.id.id.cast();
                    written.push((document, posted));
                    Ok(id)
                }
            });
        }
        // Only customers of whom something was written. The others may be named again.
        let is_used = |customer: &Customer| written.iter().any(|(document, _)| document.customer_id == customer.id);
        let (used, others): (Vec<_>, Vec<_>) = mem::take(&mut self.to_make).into_iter().partition(is_used);
        self.to_make = others;
        made::insert(tx, &used).await?;
        let entries = written.iter().map(|(document, _)| Thing {
            noun: Noun::LedgerEntry,
            id: document.id.id.uuid(),
            customer: Some(document.customer_id),
        });
        changes::write_all(tx, viewer.book, (ChangeKind::Created, self.now), entries).await?;
        posting::enter_all(tx, viewer, recording.id, &written).await?;
        Ok(results)
    }
}

impl Entries {
    /// The customer that a line names: by id if the book has a customer with that id, otherwise by name if only one
    /// customer has it. The second is the customer who is to be created for the line, if one is.
    fn customer_of(&self, line: &EntryLine) -> Result<(Id<kind::Customer>, Option<Customer>), Refusal> {
        let refused = |code, message: String| Err(Refusal::new(code, "customer", message));
        let by_id = |id: &str| {
            let id: Id<kind::Customer> = id.parse().ok()?;
            self.customers.iter().find(|customer| customer.id == id)
        };
        let name = customer::key(&line.customer);
        let mut of_name = self.customers.iter().filter(|customer| customer.name_key == name);
        let mut here = of_name.clone().filter(|customer| customer.archived_at.is_none());
        let found = match by_id(&line.customer_id).or_else(|| by_id(&line.customer)) {
            Some(found) => Some(found),
            None => match (here.next(), here.next()) {
                (Some(_), Some(_)) => {
                    let message = format!(
                        "Several customers are named {}. Give the customer's id instead.",
                        quoted(&line.customer)
                    );
                    return refused(Code::Invalid, message);
                }
                (found, _) => found.or_else(|| of_name.next()),
            },
        };
        match found {
            Some(found) if found.archived_at.is_none() => Ok((found.id, None)),
            Some(found) if found.erased_at.is_some() => {
                let message =
                    "The personal details of this customer were erased. Nothing can be added for them any more.";
                refused(Code::NotAllowed, message.to_owned())
            }
            Some(_) => refused(Code::NotAllowed, "This customer is archived. Restore them first.".to_owned()),
            None if line.customer.is_empty() => refused(Code::Required, "The line names no customer.".to_owned()),
            None if let Some(made) = self.made.iter().find(|made| made.name_key == name) => Ok((made.id, None)),
            None if self.may_make && line.customer.parse::<Id<kind::Customer>>().is_err() => {
                let new = made::named(&self.viewer, &line.customer, self.import_id, self.now)?;
                Ok((new.id, Some(new)))
            }
            None => refused(Code::NotFound, format!("You have no customer {}.", quoted(&line.customer))),
        }
    }
}
