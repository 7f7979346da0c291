//! Proof that the journal is whole: recomputes everything from the postings.

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::Datelike;
use daybook::{
    bookkeeping::journal::balance,
    entity::{
        account::{self, AccountKind},
        account_day, account_month, allocation,
        category::CategoryKind,
        invoice,
        journal_entry::{self, EntryKind},
        ledger_entry, posting, receipt, transaction, transaction_line,
    },
    id::{Id, kind},
};
use sea_orm::{EntityTrait, QueryOrder};

use super::TestApp;

type Accounts = HashMap<Id<kind::Account>, account::Model>;
type Entries = HashMap<Id<kind::Entry>, journal_entry::Model>;

/// The entries of each document that moved money and were not taken back.
type Standing<'a> = HashMap<Id<kind::Document>, Vec<&'a journal_entry::Model>>;

/// The kinds of accounts of which turnovers are kept.
const TURNED_OVER: [AccountKind; 3] = [AccountKind::Receivable, AccountKind::Income, AccountKind::Expense];

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
        let posted: HashSet<_> = postings.iter().map(|posting| posting.entry_id).collect();
        assert!(entries.keys().all(|id| posted.contains(id)));
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
            for (account, side) in sides.into_iter().filter(|(id, _)| TURNED_OVER.contains(&accounts[id].kind)) {
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

    /// Each ledger entry and each transaction stands by one journal entry, and no other entry of a document counts.
    async fn assert_documents_match(&self, accounts: &Accounts, postings: &[posting::Model], entries: &Entries) {
        let reversed: HashSet<_> = entries.values().filter_map(|entry| entry.reverses_id).collect();
        let mut standing = Standing::new();
        for entry in entries.values().filter(|entry| entry.failure.is_none() && entry.reverses_id.is_none()) {
            if !reversed.contains(&entry.id)
                && let Some(document) = entry.document_id
            {
                standing.entry(document).or_default().push(entry);
            }
        }
        self.assert_ledger_entries_match(accounts, postings, &mut standing).await;
        self.assert_transactions_match(accounts, postings, entries, &mut standing).await;
        assert!(standing.is_empty(), "entries of documents that are not there: {standing:?}");
    }

    /// A ledger entry is of the same amount as its journal entry.
    async fn assert_ledger_entries_match(
        &self,
        accounts: &Accounts,
        postings: &[posting::Model],
        standing: &mut Standing<'_>,
    ) {
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
    }

    /// The journal entry of a transaction has a posting on the wallet, when there is one, and then one for each line. A
    /// transaction was written as often as its version says.
    async fn assert_transactions_match(
        &self,
        accounts: &Accounts,
        postings: &[posting::Model],
        entries: &Entries,
        standing: &mut Standing<'_>,
    ) {
        let db = self.app.db.read();
        let mut lines: HashMap<_, Vec<_>> = HashMap::new();
        let all = transaction_line::Entity::find().order_by_asc(transaction_line::Column::Line);
        for line in all.all(db).await.unwrap() {
            lines.entry(line.transaction_id).or_default().push(line);
        }
        for transaction in transaction::Entity::find().all(db).await.unwrap() {
            let of_it = |entry: &&journal_entry::Model| entry.document_id == Some(transaction.id.cast());
            let is_version = |entry: &&journal_entry::Model| entry.failure.is_none() && entry.reverses_id.is_none();
            let versions = entries.values().filter(of_it).filter(is_version).count();
            assert_eq!(versions, usize::try_from(transaction.version).unwrap(), "{transaction:?}");
            let lines = lines.remove(&transaction.id).unwrap_or_default();
            let in_place =
                |(line, number): (&transaction_line::Model, i32)| (line.line, line.date) == (number, transaction.date);
            assert!(lines.iter().zip(1..).all(in_place), "{transaction:?} {lines:?}");
            assert_eq!(lines.iter().map(|line| line.amount).sum::<i64>(), transaction.amount, "{transaction:?}");

            let stands_by = standing.remove(&transaction.id.cast()).unwrap_or_default();
            let deleted = transaction.deleted_at.is_some();
            assert_eq!(stands_by.len(), usize::from(!deleted), "{transaction:?}");
            let journal = &entries[&transaction.journal_entry_id];
            let (kind, side) = match transaction.kind {
                CategoryKind::Income => (EntryKind::Income, AccountKind::Income),
                CategoryKind::Expense => (EntryKind::Expense, AccountKind::Expense),
            };
            let same = (journal.kind, journal.amount, journal.currency, journal.effective_on, &journal.memo);
            let (amount, description) = (transaction.amount, &transaction.description);
            assert_eq!(same, (kind, amount, transaction.currency, transaction.date, description));
            assert!(stands_by.iter().all(|entry| entry.id == journal.id), "{transaction:?}");

            let holder = |id: Id<kind::Account>| (accounts[&id].kind, accounts[&id].holder_id);
            let other = if transaction.wallet_id.is_some() { AccountKind::Outside } else { AccountKind::Cash };
            let other = (other, transaction.book_id.cast());
            let way = |side, amount| match transaction.kind {
                CategoryKind::Income => (other, side, amount),
                CategoryKind::Expense => (side, other, amount),
            };
            let wallet = transaction.wallet_id.map(|id| way((AccountKind::Wallet, id.cast()), amount));
            let parts = lines.iter().map(|line| way((side, line.category_id.cast()), line.amount));
            let expected: Vec<_> = wallet.into_iter().chain(parts).collect();
            let mut posted: Vec<_> = postings.iter().filter(|posting| posting.entry_id == journal.id).collect();
            posted.sort_unstable_by_key(|posting| posting.line);
            let posted = posted
                .into_iter()
                .map(|posting| (holder(posting.debit_account_id), holder(posting.credit_account_id), posting.amount));
            assert_eq!(posted.collect::<Vec<_>>(), expected, "{transaction:?}");
        }
        assert!(lines.is_empty(), "lines of transactions that are not there: {lines:?}");
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
