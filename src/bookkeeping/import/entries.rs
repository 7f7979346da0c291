//! Imports lines as ledger entries: checks them against the book and writes them.

use std::collections::HashMap;

use super::{
    entry_line::{self, COLUMNS, EntryLine},
    fingerprint::Content,
    line_kind::{Access, Checked, LineKind, Own, Scope},
    options::{EntryImport, Format},
    reader::{Column, Record},
    value::quoted,
};
use crate::{
    bookkeeping::{
        book,
        customers::{
            customer, entry,
            posting::{self, Document},
        },
        document,
        journal::{self, Idempotency},
        new_id::NewId,
    },
    entity::{
        activity::Action,
        customer::Model as Customer,
        ledger_entry::{self, EntrySource},
    },
    error::{Code, Refusal, Refusals, Result},
    id::{Id, kind},
    money::Currency,
};

/// The state of the book against which lines are checked.
#[derive(Debug)]
pub(super) struct Entries {
    /// The customers that the lines of the current batch name.
    customers: Vec<Customer>,
    currency: Currency,
}

/// An entry with checked values; the amount is in minor units.
#[derive(Debug)]
pub(super) struct EntryDraft {
    line: EntryLine,
    customer_id: Id<kind::Customer>,
    amount: i64,
    currency: Currency,
}

impl LineKind for Entries {
    const NOUN: &'static str = "entry";
    const ACTION: Action = Action::ImportEntries;
    const COLUMNS: &'static [Column] = &COLUMNS;
    const MOST_TOGETHER: usize = 1;
    type Options = EntryImport;
    type Line = EntryLine;
    type Draft = EntryDraft;

    fn read(format: &Format, records: &[Record]) -> Result<(EntryLine, Content), Refusals> {
        let (line, now) = entry_line::read(format, records)?;
        Ok((line, Content { now, former: None }))
    }

    async fn open(Scope { viewer, tx, .. }: Scope<'_>, options: &EntryImport) -> Result<Self> {
        let currency = match options.file.default_currency {
            Some(currency) => currency,
            None => book::find(tx, viewer).await?.currency,
        };
        Ok(Self { customers: Vec::new(), currency })
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
        self.customers = customer::named(tx, viewer, ids, names, access == Access::Write).await?;
        Ok(())
    }

    fn check(&mut self, line: &EntryLine) -> Result<Checked<EntryDraft>, Refusals> {
        let mut refusals = Refusals::default();
        let customer_id = refusals.check(self.customer_of(line));
        let currency = line.currency.unwrap_or(self.currency);
        let amount = refusals.check(document::amount(&line.amount, currency, "amount"));
        let (Some(customer_id), Some(amount)) = (customer_id, amount) else { return Err(refusals) };
        Ok(Checked { wanted: EntryDraft { line: line.clone(), customer_id, amount, currency }, note: None })
    }

    async fn write(
        &mut self,
        Scope { app, viewer, tx, .. }: Scope<'_>,
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
        posting::enter_all(tx, viewer, EntrySource::Manual, &written).await?;
        Ok(results)
    }
}

impl Entries {
    /// The customer that a line names: by id if the book has a customer with that id, otherwise by name if only one
    /// customer has it.
    fn customer_of(&self, line: &EntryLine) -> Result<Id<kind::Customer>, Refusal> {
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
            Some(found) if found.archived_at.is_none() => Ok(found.id),
            Some(found) if found.erased_at.is_some() => {
                let message =
                    "The personal details of this customer were erased. Nothing can be added for them any more.";
                refused(Code::NotAllowed, message.to_owned())
            }
            Some(_) => refused(Code::NotAllowed, "This customer is archived. Restore them first.".to_owned()),
            None if line.customer.is_empty() => refused(Code::Required, "The line names no customer.".to_owned()),
            None => refused(Code::NotFound, format!("You have no customer {}.", quoted(&line.customer))),
        }
    }
}
