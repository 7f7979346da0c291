//! Proof that the journal is whole.

use daybook::bookkeeping::verify::{self, Difference};

use super::TestApp;

impl TestApp {
    /// Checks that all books are whole, as `daybook verify` does.
    pub async fn assert_journal_is_whole(&self) {
        let differences = self.differences().await;
        assert!(differences.is_empty(), "{differences:#?}");
    }

    /// What `daybook verify` finds.
    pub async fn differences(&self) -> Vec<Difference> {
        let mut differences = Vec::new();
        let snapshot = self.app.db.snapshot().await.unwrap();
        verify::verify(&snapshot, &mut |difference| differences.push(difference), &|_| {}).await.unwrap();
        differences
    }
}
