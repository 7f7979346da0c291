//! Proof that the journal is whole: recomputes everything from the postings.

use std::collections::{BTreeMap, HashMap, HashSet};

use daybook::{
    bookkeeping::journal::balance,
    entity::{account, journal_entry, posting},
};
use sea_orm::EntityTrait;

use super::TestApp;

impl TestApp {
    /// Checks that counters match postings, that numbers run without a gap and balances chain, that nothing guarded is below
    /// zero, that each currency sums to zero and that no reference is used twice.
    pub async fn assert_journal_is_whole(&self) {
        let db = self.app.db.read();
        let accounts = account::Entity::find().all(db).await.unwrap();
        let postings = posting::Entity::find().all(db).await.unwrap();
        let entries = journal_entry::Entity::find().all(db).await.unwrap();
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
    }
}
