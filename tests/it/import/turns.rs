//! Imports take turns, and others write in between.

use daybook::{
    db::{Db, LongWrite, Options, PoolSize},
    id::Id,
};
use futures_util::poll;
use serde_json::{Value, json};
use tokio::sync::{Mutex, oneshot};

use crate::harness::{Database, TestApp, User, errors, file_of, transactions};

async fn import(user: &User) -> Value {
    let input = json!({ "csv": "date,amount,category,description\n2026-11-01,-1,Food,tea\n" });
    user.mutate("importTransactions", "ImportTransactionsInput", "added userErrors { code path }", input).await
}

/// Takes the turns of all imports of a server.
async fn take_all(db: &Db, on: Database) -> Vec<LongWrite> {
    let mut turns = Vec::new();
    for _ in 0..if on == Database::Sqlite { 1 } else { 4 } {
        turns.push(db.long_write(Id::generate()).await.unwrap());
    }
    turns
}

#[apply(both_databases)]
async fn an_import_waits_for_its_turn_while_others_write(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let badr = app.user("badr").await;
    let turns = take_all(&app.app.db, on).await;
    {
        let gone = import(&amina);
        tokio::pin!(gone);
        tokio::select! {
            biased;
            done = &mut gone => panic!("it did not wait: {done}"),
            () = badr.fund("1") => {}
        }
    }
    assert_eq!(transactions(&amina).await, [""; 0]);
    let waiting = import(&amina);
    tokio::pin!(waiting);
    for _ in 0..3 {
        tokio::select! {
            biased;
            done = &mut waiting => panic!("it did not wait: {done}"),
            () = badr.fund("1") => {}
        }
    }
    drop(turns);
    // The first one left the line when its client went, so the second is next.
    assert_eq!(waiting.await["added"], 1);
    assert_eq!(transactions(&amina).await.len(), 1);
    assert_eq!(badr.balance(&badr.wallet).await, "4.00");
    app.assert_journal_is_whole().await;
}

#[apply(test)]
async fn the_next_import_leaves_time_for_those_who_waited_behind_the_last() {
    let (app, amina) = TestApp::with_owner(Database::Sqlite).await;
    let db = &app.app.db;
    // Nobody waited, so the next one begins at once.
    drop(db.long_write(Id::generate()).await.unwrap());
    assert!(poll!(std::pin::pin!(db.long_write(Id::generate()))).is_ready());

    let long = db.long_write(Id::generate()).await.unwrap();
    // The time of an import: some requests that write.
    amina.fund("1").await;
    let (release, held) = oneshot::channel::<()>();
    let held = Mutex::new(Some(held));
    let (began, has_begun) = oneshot::channel();
    let began = Mutex::new(Some(began));
    let first = db.write(|_| async {
        began.lock().await.take().unwrap().send(()).unwrap();
        held.lock().await.take().unwrap().await.unwrap();
        Ok(())
    });
    let second = db.write(|_| async { Ok(()) });
    let after = async {
        has_begun.await.unwrap();
        let mut second = std::pin::pin!(second);
        assert!(poll!(second.as_mut()).is_pending());
        drop(long);
        assert!(poll!(std::pin::pin!(db.long_write(Id::generate()))).is_pending());
        release.send(()).unwrap();
        second.await.unwrap();
    };
    let (first, ()) = tokio::join!(first, after);
    first.unwrap();
    assert_eq!(import(&amina).await["added"], 1);
}

#[apply(both_databases)]
async fn an_import_that_waits_too_long_is_refused_and_writes_nothing(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let options = Options { long_write_wait: std::time::Duration::ZERO, ..PoolSize { most: 2, least: 0 }.into() };
    let db = Db::connect(&app.url, options).await.unwrap();
    let turns = take_all(&db, on).await;
    let hasty = amina.at(&app.another(|app| app.db = db));
    let query = "mutation($csv: String!) { importTransactions(input: { csv: $csv }) { userErrors { code path } } }";
    let csv = "date,amount,category,description\n2026-11-01,-1,Food,tea\n";
    let refused = hasty.client.request(query, json!({ "csv": csv })).await.json();
    assert_eq!(errors(&refused["data"]["importTransactions"]), ["TRY_AGAIN"]);
    assert_eq!(transactions(&amina).await, [""; 0]);
    drop(turns);
    assert_eq!(import(&hasty).await["added"], 1);
}

#[apply(both_databases)]
async fn a_file_of_more_than_five_thousand_lines_is_checked_as_a_whole_and_written_in_batches(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let file = |last: &'static str| {
        file_of(5001, move |number| format!("2026-11-01,-1,{},{number}", if number == 5000 { last } else { "Food" }))
    };
    let refused = app.import("amina", file("Nowhere"), &[]);
    assert_eq!(refused.statuses(), "5002 REFUSED");
    assert_eq!(refused.sum, "lines: 0 added, 0 there already, 1 refused; nothing was written");
    assert_eq!(transactions(&amina).await, [""; 0]);
    let done = app.import("amina", file("Data"), &[]);
    assert_eq!((done.count("ADDED"), done.code), (5001, Some(0)));
    // Each transaction is one event.
    let events = "{ activities(first: 100, filter: { actions: [IMPORT_TRANSACTIONS] }) { totalCount } }";
    let events = amina.gql(events, json!({})).await["activities"]["totalCount"].as_i64().unwrap();
    assert!(events > 5, "{events}");
}

#[apply(both_databases)]
async fn a_file_may_name_more_customers_than_a_condition_has_terms(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let lines: Vec<_> =
        (0..1200).map(|number| format!("2026-11-01,CREDIT,{},Customer {number},", number + 1)).collect();
    let file = format!("date,type,amount,customer,note\n{}\n", lines.join("\n"));
    let done = app.import_of("entries", "amina", &file, &["--create-customers"]);
    assert_eq!(done.sum, "lines: 1200 added, 0 there already, 0 refused");
    assert_eq!(amina.gql("{ customers { totalCount } }", json!({})).await["customers"]["totalCount"], 1200);
    app.assert_journal_is_whole().await;
}
