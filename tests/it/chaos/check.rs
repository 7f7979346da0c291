//! Whether what was promised was kept.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, atomic::Ordering},
};

use daybook::entity::{
    invoice,
    journal_entry::{self, EntryKind},
    ledger_entry::{self, EntrySource},
    receipt,
};
use sea_orm::EntityTrait;
use serde_json::json;

use super::{
    Report, Scenario,
    answer::{self, Heard},
    load::{Promise, Record},
    operation::{Account, Kind, Party},
    target::Target,
};
use crate::harness::{Database, TestApp};

/// How many clients send everything again.
const CLIENTS: usize = 32;

/// What does not agree.
#[derive(Default)]
struct Found {
    lost: Vec<String>,
    doubled: Vec<String>,
    wrong: Vec<String>,
}

/// Looks for each thing that a client was told.
pub async fn check(
    scenario: Scenario,
    on: Database,
    kills: usize,
    target: &Target,
    record: &Record,
    parties: &Arc<Vec<Party>>,
    funded: Vec<(Account, i64)>,
) -> Report {
    let promises: Arc<Vec<Promise>> = Arc::new(std::mem::take(&mut *record.promises.lock().unwrap()));
    let mut found = Found { wrong: std::mem::take(&mut *record.unexpected.lock().unwrap()), ..Found::default() };
    let faults = record.faults.load(Ordering::SeqCst);
    if faults > 0 && scenario != Scenario::FullDisk {
        found.wrong.push(format!("{faults} answers said that the server has a fault"));
    }
    if let Err(what) = target.until_ready(true).await {
        found.wrong.push(what);
    }
    replay(target, parties, &promises, &mut found).await;
    let app = target.app().await;
    let mut balances: BTreeMap<Account, i64> = funded.into_iter().collect();
    let mut documents: HashMap<(usize, Kind), i64> = HashMap::new();
    let counts = counts(&app).await;
    for Promise { operation, heard } in promises.iter() {
        let count = counts.get(&operation.tag).copied().unwrap_or_default();
        let Counted { times, failed } = count;
        match heard {
            _ if times > 1 => found.doubled.push(format!("{times} times: {operation:?}")),
            Heard::Done { refusal, .. } if times == 0 || failed != refusal.is_some() => {
                found.lost.push(format!("{count:?}, told {heard:?}: {operation:?}"));
            }
            Heard::NothingDone if times > 0 => {
                found.doubled.push(format!("done, though the client was told that it is not: {operation:?}"));
            }
            _ => {}
        }
        if times > 0 && !failed {
            *documents.entry((operation.party, operation.kind)).or_default() += 1;
            for (account, change) in &operation.changes {
                *balances.entry(account.clone()).or_default() += change;
            }
        }
    }
    compare_balances(target, parties, &balances, &mut found).await;
    compare_documents(target, parties, &documents, &mut found).await;
    let is_whole = are_books_whole(app).await;
    let count = |count: &std::sync::atomic::AtomicUsize| count.load(Ordering::SeqCst);
    Report {
        scenario: scenario.name(),
        database: on,
        kills,
        sent: count(&record.sent),
        acknowledged: count(&record.acknowledged),
        replayed: count(&record.replayed),
        busy: count(&record.busy),
        faults,
        lost: found.lost,
        doubled: found.doubled,
        wrong: found.wrong,
        is_whole,
        log: target.log.clone(),
    }
}

/// Whether the books are whole, as whoever runs a server can find out.
async fn are_books_whole(app: TestApp) -> bool {
    tokio::spawn(async move { app.assert_journal_is_whole().await }).await.is_ok()
}

/// Sends everything that has a key once more: it must be answered as before.
async fn replay(target: &Target, parties: &Arc<Vec<Party>>, promises: &Arc<Vec<Promise>>, found: &mut Found) {
    let clients = (0..CLIENTS).map(|client| {
        let (address, parties, promises) = (target.address.clone(), parties.clone(), promises.clone());
        tokio::spawn(async move {
            let (http, mut lost) = (answer::http(), Vec::new());
            for Promise { operation, heard } in promises.iter().skip(client).step_by(CLIENTS) {
                let Heard::Done { id, refusal, .. } = heard else { continue };
                if !operation.has_key {
                    continue;
                }
                let expected = Heard::Done { id: id.clone(), replayed: true, refusal: refusal.clone() };
                let mut again = Heard::NothingDone;
                for _ in 0..100 {
                    again = answer::ask(&http, &address.get(), &parties[operation.party], operation).await;
                    if matches!(again, Heard::Done { .. } | Heard::Unexpected(_)) {
                        break;
                    }
                }
                if again != expected {
                    lost.push(format!("told {heard:?}, then {again:?}: {operation:?}"));
                }
            }
            lost
        })
    });
    for client in clients.collect::<Vec<_>>() {
        match client.await {
            Ok(lost) => found.lost.extend(lost),
            Err(error) => found.wrong.push(error.to_string()),
        }
    }
}

/// How often something is in the database.
#[derive(Clone, Copy, Debug, Default)]
struct Counted {
    times: usize,
    /// Whether only an attempt is on record.
    failed: bool,
}

/// How often each note is in the database.
async fn counts(app: &TestApp) -> HashMap<String, Counted> {
    let db = app.app.db.read();
    let mut counts: HashMap<String, Counted> = HashMap::new();
    let mut count = |tag: Option<String>, failed: bool| {
        let counted = counts.entry(tag.unwrap_or_default()).or_default();
        counted.times += 1;
        counted.failed |= failed;
    };
    for entry in journal_entry::Entity::find().all(db).await.unwrap() {
        if matches!(entry.kind, EntryKind::Deposit | EntryKind::Transfer) {
            count(entry.memo, entry.failure.is_some());
        }
    }
    for entry in ledger_entry::Entity::find().all(db).await.unwrap() {
        if entry.source == EntrySource::Manual {
            count(entry.note, false);
        }
    }
    for invoice in invoice::Entity::find().all(db).await.unwrap() {
        count(invoice.note, false);
    }
    for receipt in receipt::Entity::find().all(db).await.unwrap() {
        count(receipt.note, false);
    }
    counts
}

async fn compare_balances(target: &Target, parties: &[Party], expected: &BTreeMap<Account, i64>, found: &mut Found) {
    for party in parties {
        let user = party.user.at(&target.client());
        let mut accounts: Vec<_> = party.wallets.iter().map(|id| Account::Wallet(id.clone())).collect();
        accounts.push(Account::Customer(party.customer.clone()));
        for account in accounts {
            let is = match &account {
                Account::Wallet(id) => user.balance(id).await,
                Account::Customer(id) => user.owed(id).await,
            };
            let should = format!("{}.00", expected.get(&account).copied().unwrap_or_default());
            if is != should {
                found.wrong.push(format!("{account:?} has {is}, not {should}"));
            }
        }
    }
}

async fn compare_documents(
    target: &Target,
    parties: &[Party],
    expected: &HashMap<(usize, Kind), i64>,
    found: &mut Found,
) {
    for (number, party) in parties.iter().enumerate() {
        let user = party.user.at(&target.client());
        let query = "{ entries { totalCount } invoices { totalCount } receipts { totalCount } }";
        let counts = user.gql(query, json!({})).await;
        let [entries, invoices, receipts] = [Kind::Entry, Kind::Invoice, Kind::Receipt]
            .map(|kind| expected.get(&(number, kind)).copied().unwrap_or_default());
        // Invoices and receipts stand in the ledger too.
        let should = [("entries", entries + invoices + receipts), ("invoices", invoices), ("receipts", receipts)];
        for (list, should) in should {
            let is = &counts[list]["totalCount"];
            if *is != should {
                found.wrong.push(format!("party {number} has {is} {list}, not {should}"));
            }
        }
    }
}
