//! The short form of `cargo bench --bench chaos`.

use rstest::rstest;

use crate::{
    chaos::{Report, SHORT, Scenario, run},
    harness::Database::{self, Postgres, Sqlite},
};

#[rstest]
#[case::server_on_sqlite(Scenario::Server, Sqlite)]
#[case::server_on_postgresql(Scenario::Server, Postgres)]
#[case::backends(Scenario::Backends, Postgres)]
#[case::postgresql(Scenario::Postgresql, Postgres)]
#[case::full_disk(Scenario::FullDisk, Sqlite)]
#[case::clients_of_sqlite(Scenario::Gone, Sqlite)]
#[case::clients_of_postgresql(Scenario::Gone, Postgres)]
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_is_acknowledged_is_kept_and_nothing_is_done_twice(#[case] scenario: Scenario, #[case] on: Database) {
    let Some(report) = run(scenario, on, SHORT).await else { return };
    println!("{}\n{report}", Report::HEAD);
    assert!(report.is_clean(), "{report}");
}
