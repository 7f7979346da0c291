//! Of eight identical requests with one idempotency key at the same moment, one is done and seven are told so: for every
//! mutation that takes a key, as the schema has them.

use serde_json::{Value, json};

use crate::harness::{Client, Database, Driver, Root, TestApp, User, errors, inputs, quick, somebody};

const AT_ONCE: usize = 8;

/// The names of the fields of a mutation's input, when a key is among them.
fn fields(driver: &Driver, root: &Root) -> Option<Vec<String>> {
    let input = root.arguments().iter().find(|argument| argument["name"] == "input")?;
    let fields = driver.fields_of(&input["type"]["ofType"])?;
    let names: Vec<_> = fields.iter().map(|field| field["name"].as_str().unwrap().to_owned()).collect();
    names.contains(&"idempotencyKey".to_owned()).then_some(names)
}

/// The arguments of a mutation with a key and, if it is to be so, a number of the document's own. An update changes something.
fn with_key(root: &Root, fields: &[String], mut arguments: Value, numbered: bool) -> Value {
    let input = arguments["input"].as_object_mut().unwrap();
    input.insert("idempotencyKey".to_owned(), json!("at-once"));
    if numbered {
        input.insert("number".to_owned(), json!("Own 1"));
    }
    if root.name.starts_with("update") {
        let texts = ["note", "description"].map(str::to_owned);
        let text = texts.into_iter().find(|text| fields.contains(text));
        input.insert(text.unwrap_or_else(|| panic!("teach the test what {} changes", root.name)), json!("changed"));
    }
    arguments
}

/// The id of what a mutation is about.
fn id(payload: &Value) -> Option<&str> {
    payload.as_object()?.values().find_map(|field| field["id"].as_str())
}

/// What there is in the book of a user: balances, and how many of each thing.
async fn totals(user: &User) -> Value {
    let query = "query($wallet: ID!) { wallets { balance { amount } } customers { nodes { balance { amount } } }
        walletHistory(walletId: $wallet) { totalCount }
        entries { totalCount nodes { version } } deletedEntries: entries(filter: { deleted: true }) { totalCount }
        invoices { totalCount nodes { status credited { amount } debited { amount } } }
        creditNotes { totalCount nodes { allocated { amount } } } debitNotes { totalCount nodes { paid { amount } } } receipts { totalCount nodes { voidedAt allocated { amount } } }
        transactions { totalCount nodes { version } }
        deletedTransactions: transactions(filter: { deleted: true }) { totalCount } }";
    let mut totals = user.gql(query, json!({ "wallet": user.wallet })).await;
    for receipt in totals["receipts"]["nodes"].as_array_mut().unwrap() {
        receipt["voidedAt"] = json!(receipt["voidedAt"].is_string());
    }
    totals
}

/// The payload of one call of a mutation.
async fn call(client: &Client, driver: &Driver, root: &Root, arguments: &Value) -> Value {
    let query = driver.operation(root, arguments);
    let mut answer = client.request_patiently(&query, arguments.clone()).await.json();
    assert_eq!(answer.get("errors"), None, "{}", root.name);
    answer["data"][&root.name].take()
}

/// What is wrong with the payloads of requests that were all the same.
fn fault(payloads: &[Value]) -> Option<String> {
    let done = payloads.iter().filter(|payload| payload["replayed"] == false && errors(payload).is_empty()).count();
    let replayed = payloads.iter().filter(|payload| payload["replayed"] == true && errors(payload).is_empty()).count();
    if (done, replayed) != (1, AT_ONCE - 1) {
        let refused: Vec<_> = payloads.iter().flat_map(errors).collect();
        return Some(format!("{done} done, {replayed} replayed, refused: {refused:?}"));
    }
    let first = id(&payloads[0])?;
    payloads.iter().any(|payload| id(payload) != Some(first)).then(|| format!("several ids: {payloads:?}"))
}

#[apply(both_databases)]
#[threads(4)]
async fn of_eight_requests_with_one_key_at_once_one_is_done_and_seven_are_replayed(on: Database) {
    let app = TestApp::with(on, quick).await;
    let driver = Driver::new(&app.anonymous()).await;
    let (mut number, mut keyed, mut faults) = (0, 0, Vec::new());
    for root in driver.roots().into_iter().filter(|root| root.is_mutation) {
        let Some(fields) = fields(&driver, &root) else { continue };
        keyed += 1;
        number += 1;
        let variants = inputs(&somebody(&app, number).await, &root, number).await.len();
        for (variant, numbered) in (0..variants).flat_map(|variant| [(variant, false), (variant, true)]) {
            if numbered && !fields.contains(&"number".to_owned()) {
                continue;
            }
            let mut users = Vec::new();
            for _ in 0..2 {
                number += 1;
                let user = somebody(&app, number).await;
                let input = inputs(&user, &root, number).await.swap_remove(variant);
                users.push((user, with_key(&root, &fields, input, numbered)));
            }
            let [(one, once), (other, at_once)] = <[_; 2]>::try_from(users).unwrap_or_else(|_| unreachable!());
            let what = format!("{} of {at_once}", root.name);
            let payload = call(&one.client, &driver, &root, &once).await;
            assert_eq!(errors(&payload), [""; 0], "the test cannot call {what}");
            assert!(id(&payload).is_some(), "{what} is about nothing: {payload}");
            let payloads = (0..AT_ONCE).map(|_| call(&other.client, &driver, &root, &at_once));
            let payloads = futures_util::future::join_all(payloads).await;
            faults.extend(fault(&payloads).map(|fault| format!("{what}: {fault}")));
            let (expected, found) = (totals(&one).await, totals(&other).await);
            if found != expected {
                faults.push(format!("{what}: {found} instead of {expected}"));
            }
        }
    }
    assert!(keyed >= 13, "only {keyed} mutations take a key");
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    app.assert_journal_is_whole().await;
}
