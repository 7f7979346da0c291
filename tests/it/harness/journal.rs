//! Proof that the journal is whole: recomputes everything from the postings.

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::Datelike;
use daybook::{
    bookkeeping::journal::balance,
    entity::{
        account::{self, AccountKind},
        account_day, account_month, allocation, invoice, journal_entry, ledger_entry, posting, receipt,
    },
    id::{Id, kind},
};
use sea_orm::EntityTrait;

use super::TestApp;

type Accounts = HashMap<Id<kind::Account>, account::Model>;
type Entries = HashMap<Id<kind::Entry>, journal_entry::Model>;

impl TestApp {
    /// Checks that counters match postings, that numbers run without a gap and balances chain, that nothing guarded is below
    /// zero, that each currency sums to zero and that no reference is used twice.
    pub async fn assert_journal_is_whole(&self) {
        let db = self.app.db.read();
        let accounts = account::Entity::find().all(db).await.unwrap();
        let postings = posting::Entity::find().all(db).await.unwrap();
        let entries = journal_entry::Entity::find().all(db).await.unwrap();
        let accounts_by_id: Accounts = accounts.iter().cloned().map(|account| (account.id, account)).collect();
        let entries: HashMap<_, _> = entries.into_iter().map(|entry| (entry.id, entry)).collect();

        let mut steps: HashMap<_, Vec<_>> = HashMap::new();
        for posting in &postings {
            let debit = (posting.debit_seq, posting.debit_balance, posting.amount, 0, posting.entry_id);
            let credit = (posting.credit_seq, posting.credit_balance, 0, posting.amount, posting.entry_id);
            steps.entry(posting.debit_account_id).or_default().push(debit);
            steps.entry(posting.credit_account_id).or_default().push(credit);
        }
        let mut sums: BTreeMap<&str, i128> = BTreeMap::new();
        for mut account in accounts {
            let mut steps = steps.remove(&account.id).unwrap_or_default();
            steps.sort_unstable_by_key(|step| step.0);
            let (debits, credits, count) = (account.debits, account.credits, account.postings);
            (account.debits, account.credits) = (0, 0);
            let mut last = None;
            let mut counted = 0;
            for ((seq, after, debit, credit, entry), expected) in steps.iter().zip(1..) {
                assert_eq!(*seq, expected, "a gap in {account:?}");
                counted = expected;
                account.debits += debit;
                account.credits += credit;
                assert_eq!(*after, balance(&account), "posting {seq} of {account:?}");
                let at = entries[entry].created_at;
                assert!(last <= Some(at), "posting {seq} of {account:?} is before the one before it");
                last = Some(at);
            }
            assert_eq!((debits, credits, count), (account.debits, account.credits, counted), "{account:?}");
            assert_eq!(account.posted_at, last, "{account:?}");
            assert!(account.may_overdraw || balance(&account) >= 0, "{account:?}");
            *sums.entry(account.currency.code()).or_default() += i128::from(debits) - i128::from(credits);
        }
        assert!(sums.values().all(|sum| *sum == 0), "{sums:?}");
        let references: HashSet<_> = entries.values().map(|entry| &entry.reference).collect();
        assert_eq!(references.len(), entries.len(), "a reference is used twice");
        assert!(entries.keys().all(|id| postings.iter().any(|posting| posting.entry_id == *id)));
        self.assert_turnovers_match(&accounts_by_id, &postings, &entries).await;
        self.assert_documents_match(&accounts_by_id, &postings, &entries).await;
        self.assert_allocations_match().await;
    }

    /// The turnovers by day and by month are those of the postings.
    async fn assert_turnovers_match(&self, accounts: &Accounts, postings: &[posting::Model], entries: &Entries) {
        let db = self.app.db.read();
        let mut days: BTreeMap<_, [i64; 3]> = BTreeMap::new();
        let mut counted = HashSet::new();
        for posting in postings.iter().filter(|posting| posting.amount != 0) {
            let reverses = entries[&posting.entry_id].reverses_id.is_some();
            let sides = [(posting.debit_account_id, 0), (posting.credit_account_id, 1)];
            for (account, side) in sides.into_iter().filter(|(id, _)| accounts[id].kind == AccountKind::Receivable) {
                let turnover = days.entry((account, posting.effective_on)).or_default();
                turnover[side] += posting.amount;
                if counted.insert((posting.entry_id, account)) {
                    turnover[2] += if reverses { -1 } else { 1 };
                }
            }
        }
        let mut months: BTreeMap<_, [i64; 3]> = BTreeMap::new();
        for ((account, day), turnover) in &days {
            let month = months.entry((*account, day.with_day(1).unwrap())).or_default();
            (0..3).for_each(|number| month[number] += turnover[number]);
        }
        let kept = account_day::Entity::find().all(db).await.unwrap();
        let kept = kept.into_iter().map(|day| ((day.account_id, day.day), [day.debits, day.credits, day.entries]));
        assert_eq!(kept.collect::<BTreeMap<_, _>>(), days);
        let kept = account_month::Entity::find().all(db).await.unwrap();
        let kept = kept
            .into_iter()
            .map(|month| ((month.account_id, month.month), [month.debits, month.credits, month.entries]));
        assert_eq!(kept.collect::<BTreeMap<_, _>>(), months);
    }

    /// Each ledger entry stands by one journal entry of the same amount, and no other entry of its document counts.
    async fn assert_documents_match(&self, accounts: &Accounts, postings: &[posting::Model], entries: &Entries) {
        let reversed: HashSet<_> = entries.values().filter_map(|entry| entry.reverses_id).collect();
        let mut standing: HashMap<_, Vec<_>> = HashMap::new();
        for entry in entries.values().filter(|entry| entry.failure.is_none() && entry.reverses_id.is_none()) {
            if !reversed.contains(&entry.id)
                && let Some(document) = entry.document_id
            {
                standing.entry(document).or_default().push(entry);
            }
        }
        for entry in ledger_entry::Entity::find().all(self.app.db.read()).await.unwrap() {
            let stands_by = standing.remove(&entry.id.cast()).unwrap_or_default();
            if entry.deleted_at.is_some() {
                assert!(stands_by.is_empty(), "{entry:?} is deleted and counts");
                continue;
            }
            assert_eq!(stands_by.len(), 1, "{entry:?}");
            let journal = stands_by[0];
            let same = (journal.id, journal.amount, journal.currency, journal.effective_on, &journal.memo);
            assert_eq!(same, (entry.journal_entry_id, entry.amount, entry.currency, entry.date, &entry.note));
            let owed = postings.iter().filter(|posting| posting.entry_id == journal.id).map(|posting| {
                let is_theirs = |id| {
                    let account: &account::Model = &accounts[&id];
                    account.kind == AccountKind::Receivable && account.holder_id == entry.customer_id.cast()
                };
                match (is_theirs(posting.debit_account_id), is_theirs(posting.credit_account_id)) {
                    (true, false) => posting.amount,
                    (false, true) => -posting.amount,
                    _ => 0,
                }
            });
            let sign = if entry.kind == ledger_entry::EntryType::Credit { 1 } else { -1 };
            assert_eq!(owed.sum::<i64>(), sign * entry.amount, "{entry:?}");
        }
        assert!(standing.is_empty(), "entries of documents that are not there: {standing:?}");
    }

    /// Receipts and invoices count what is allocated.
    async fn assert_allocations_match(&self) {
        let db = self.app.db.read();
        let (mut receipts, mut invoices) = (HashMap::<_, i64>::new(), HashMap::<_, i64>::new());
        for allocation in allocation::Entity::find().all(db).await.unwrap() {
            *receipts.entry(allocation.receipt_id).or_default() += allocation.amount;
            *invoices.entry(allocation.invoice_id).or_default() += allocation.amount;
        }
        for receipt in receipt::Entity::find().all(db).await.unwrap() {
            assert_eq!(receipt.allocated, receipts.remove(&receipt.id).unwrap_or_default(), "{receipt:?}");
        }
        for invoice in invoice::Entity::find().all(db).await.unwrap() {
            assert_eq!(invoice.paid, invoices.remove(&invoice.id).unwrap_or_default(), "{invoice:?}");
        }
    }
}
