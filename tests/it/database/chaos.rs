//! The short form of `cargo bench --bench chaos`.

use crate::{
    chaos::{Report, SHORT, Scenario, run},
    harness::Database::{self, Postgres, Sqlite},
};

/// What is acknowledged is kept, and nothing is done twice.
async fn assert_clean(scenario: Scenario, on: Database) {
    let report = run(scenario, on, SHORT).await;
    println!("{}\n{report}", Report::HEAD);
    assert!(report.is_clean(), "{report}");
}

#[apply(test)]
#[threads(4)]
async fn nothing_is_lost_when_the_server_on_sqlite_is_killed() {
    assert_clean(Scenario::Server, Sqlite).await;
}

#[apply(test)]
#[needs(InstalledPostgres)]
#[threads(4)]
async fn nothing_is_lost_when_the_server_on_postgresql_is_killed() {
    assert_clean(Scenario::Server, Postgres).await;
}

#[apply(test)]
#[threads(4)]
async fn nothing_is_lost_when_one_of_two_servers_on_sqlite_is_killed() {
    assert_clean(Scenario::Servers, Sqlite).await;
}

#[apply(test)]
#[needs(InstalledPostgres)]
#[threads(4)]
async fn nothing_is_lost_when_one_of_two_servers_on_postgresql_is_killed() {
    assert_clean(Scenario::Servers, Postgres).await;
}

#[apply(test)]
#[needs(InstalledPostgres)]
#[threads(4)]
async fn nothing_is_lost_when_processes_of_postgresql_are_killed() {
    assert_clean(Scenario::Backends, Postgres).await;
}

#[apply(test)]
#[needs(InstalledPostgres)]
#[threads(4)]
async fn nothing_is_lost_when_postgresql_is_killed() {
    assert_clean(Scenario::Postgresql, Postgres).await;
}

#[apply(test)]
#[threads(4)]
async fn nothing_is_lost_when_the_disk_is_full() {
    assert_clean(Scenario::FullDisk, Sqlite).await;
}

#[apply(test)]
#[threads(4)]
async fn nothing_is_lost_when_clients_of_sqlite_go_away() {
    assert_clean(Scenario::Gone, Sqlite).await;
}

#[apply(test)]
#[needs(InstalledPostgres)]
#[threads(4)]
async fn nothing_is_lost_when_clients_of_postgresql_go_away() {
    assert_clean(Scenario::Gone, Postgres).await;
}
