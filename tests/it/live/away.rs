//! A client that was away while very much happened has the same books afterwards as one that was there.

use serde_json::json;

use super::{copies::Copy, served::Served};
use crate::harness::{Database, file_of};

/// Adding these and taking them back are 8,000 changes.
const UNDONE: usize = 4_000;
const STAY: usize = 2_000;
/// The largest page.
const PAGE: usize = 100;

#[apply(both_databases)]
#[threads(2)]
async fn a_client_that_was_away_for_ten_thousand_changes_has_the_same_books_as_one_that_was_there(on: Database) {
    let server = Served::on(on).await;
    let amina = server.user("amina").await;
    let (mut there, mut away) = (Copy::of(&server, &amina).await, Copy::of(&server, &amina).await);
    let work = async {
        let file = |lines, month| file_of(lines, |number| format!("2026-{month}-01,-1,Food,line {number}"));
        let [import, _] = amina.import_one(&file(UNDONE, "10"), json!({})).await;
        amina.undo(&import).await;
        amina.import_one(&file(STAY, "11"), json!({})).await;
        amina.customer("The end").await;
    };
    tokio::join!(there.follow_until(&server, &amina, "The end"), work);
    let pages = away.catch_up(&server, &amina, PAGE).await;
    assert!((2 * UNDONE + STAY) / PAGE < pages, "{pages} pages");
    assert_eq!(away.things, there.things);
    let transactions = away.things.keys().filter(|id| id.starts_with("transaction_")).count();
    assert_eq!(transactions, STAY);
    away.assert_is_of(&amina).await;
}
