//! Lines of a file that were written by hand before.

use serde_json::{Value, json};

use crate::harness::{Database, TestApp, User, errors, id_of, transactions};

const CONFIRM: &str = "confirmDuplicate";
const DECLINE: &str = "declineDuplicate";

/// Writes an expense by hand, in a wallet or in cash.
async fn write(user: &User, wallet: Option<&str>, amount: &str, date: &str) -> String {
    let input = json!({ "category": { "name": "Food" }, "amount": amount, "date": date, "walletId": wallet });
    id_of(&user.add_transaction(input).await, "transaction")
}

/// Imports lines, each `date,amount,category,description,wallet`: the ids of the import and of what the lines made.
async fn import(user: &User, lines: &[String]) -> (String, Vec<String>) {
    let csv = format!("date,amount,category,description,wallet\n{}\n", lines.join("\n"));
    let done = send(user, &csv).await;
    let id = |thing: &Value| thing["id"].as_str().unwrap_or_else(|| panic!("{done}")).to_owned();
    let made = done["lines"].as_array().unwrap().iter().map(|line| id(&line["transaction"])).collect();
    (id(&done["import"]), made)
}

async fn send(user: &User, csv: &str) -> Value {
    let fields = "added duplicates import { id } lines { status transaction { id } } userErrors { code path }";
    user.mutate("importTransactions", "ImportTransactionsInput", fields, json!({ "csv": csv })).await
}

#[apply(both_databases)]
async fn a_line_near_what_was_written_by_hand_is_imported_and_proposed_as_the_same(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    amina.fund("500").await;
    let (wallet, other) = (amina.wallet.clone(), amina.new_wallet("YEM").await);
    let fund = json!({ "wallet": { "id": other }, "amount": "100" });
    amina.deposit(fund).await;
    let near = write(&amina, Some(&wallet), "10", "2026-11-07").await;
    let cash = write(&amina, None, "20", "2026-11-10").await;
    let refund = write(&amina, Some(&wallet), "-30", "2026-11-10").await;
    let nearer = write(&amina, Some(&wallet), "40", "2026-11-12").await;
    write(&amina, Some(&wallet), "40", "2026-11-08").await;
    // Too early, in another wallet or currency, the other way, of another amount.
    write(&amina, Some(&wallet), "50", "2026-11-06").await;
    write(&amina, Some(&other), "51", "2026-11-10").await;
    write(&amina, None, "52", "2026-11-10").await;
    write(&amina, Some(&wallet), "-53", "2026-11-10").await;
    write(&amina, Some(&wallet), "54.01", "2026-11-10").await;
    let line = |amount: &str, wallet: &str| format!("2026-11-10,{amount},Food,at the market,{wallet}");
    let lines = [
        line("-10", &wallet),
        line("-20", ""),
        line("30", &wallet),
        line("-40", &wallet),
        line("-50", &wallet),
        line("-51", &wallet),
        line("-52", &wallet),
        line("-53", &wallet),
        line("-54", &wallet),
    ];
    let (_, made) = import(&amina, &lines).await;
    // Both count until somebody decides.
    assert_eq!(transactions(&amina).await.len(), 19);
    let mut expected = vec![
        [made[3].clone(), nearer],
        [made[2].clone(), refund],
        [made[1].clone(), cash],
        [made[0].clone(), near.clone()],
    ];
    expected.sort_unstable();
    let mut proposed = amina.proposed_duplicates().await;
    proposed.sort_unstable();
    assert_eq!(proposed, expected);
    let query = "{ proposedDuplicates(last: 1) { nodes { daysApart imported { id } entered { id } }
        pageInfo { hasPreviousPage hasNextPage } } }";
    let last = amina.gql(query, json!({})).await["proposedDuplicates"].take();
    let node = json!({ "daysApart": 3, "imported": { "id": made[0] }, "entered": { "id": near } });
    assert_eq!(last, json!({ "nodes": [node], "pageInfo": { "hasPreviousPage": true, "hasNextPage": false } }));
    assert_eq!(amina.proposed().await, [[""; 2]; 0]);
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn a_confirmed_pair_leaves_what_was_written_and_the_file_is_known(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    amina.fund("100").await;
    let wallet = amina.wallet.clone();
    let entered = write(&amina, Some(&wallet), "10", "2026-11-07").await;
    let lines =
        [format!("2026-11-08,-10,Transport,at the market,{wallet}"), format!("2026-11-09,-1,Food,tea,{wallet}")];
    let csv = format!("date,amount,category,description,wallet\n{}\n", lines.join("\n"));
    let (import, made) = import(&amina, &lines).await;
    assert_eq!(amina.balance(&wallet).await, "79.00");
    let confirmed = amina.same(CONFIRM, [&made[0], &entered]).await;
    assert_eq!((errors(&confirmed), &confirmed["replayed"]), (vec![], &json!(false)));
    assert_eq!(confirmed["imported"]["sameAs"]["id"], json!(entered));
    assert!(confirmed["imported"]["deletedAt"].is_string(), "{confirmed}");
    assert_eq!(confirmed["entered"], json!({ "id": entered, "version": 1, "deletedAt": null }));
    assert_eq!((amina.balance(&wallet).await, amina.proposed_duplicates().await.len()), ("89.00".into(), 0));
    let act = amina.latest().await;
    assert_eq!((&act["action"], &act["thingId"]), (&json!("CONFIRM_DUPLICATE"), &json!(made[0])));
    app.assert_journal_is_whole().await;
    // The file is known, and its line is that which was written by hand.
    let again = send(&amina, &csv).await;
    assert_eq!((&again["added"], &again["duplicates"]), (&json!(0), &json!(2)));
    assert_eq!(again["lines"][0]["transaction"]["id"], json!(entered));
    // Another line that looks like it is not proposed with it again.
    let other = [format!("2026-11-08,-10,Food,another market,{wallet}")];
    let (_, others) = self::import(&amina, &other).await;
    assert_eq!(amina.proposed_duplicates().await, [[""; 2]; 0]);
    assert_eq!(errors(&amina.same(CONFIRM, [&others[0], &entered]).await), ["NOT_ALLOWED enteredId"]);
    // When the import is undone, what was written stays, and is known no more.
    amina.undo(&import).await;
    assert_eq!(amina.balance(&wallet).await, "80.00");
    app.assert_journal_is_whole().await;
    let again = send(&amina, &csv).await;
    assert_eq!((&again["added"], &again["duplicates"]), (&json!(2), &json!(0)));
    assert_eq!(amina.proposed_duplicates().await.len(), 1);
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn a_declined_pair_is_not_proposed_again_and_twins_are_paired_one_by_one(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let entered = write(&amina, None, "10", "2026-11-07").await;
    let twin = write(&amina, None, "10", "2026-11-07").await;
    let lines = ["tea", "bread", "rice"].map(|text| format!("2026-11-08,-10,Food,{text},"));
    let (_, made) = import(&amina, &lines).await;
    let expected = |pairs: &[[&String; 2]]| {
        let mut pairs: Vec<_> = pairs.iter().map(|pair| pair.map(Clone::clone)).collect();
        pairs.sort_unstable();
        pairs
    };
    let proposed = async || {
        let mut proposed = amina.proposed_duplicates().await;
        proposed.sort_unstable();
        proposed
    };
    assert_eq!(proposed().await, expected(&[[&made[0], &entered], [&made[1], &twin]]));
    let declined = amina.same(DECLINE, [&made[0], &entered]).await;
    assert_eq!((errors(&declined), &declined["imported"]["deletedAt"]), (vec![], &Value::Null));
    assert_eq!(proposed().await, expected(&[[&made[0], &twin], [&made[1], &entered]]));
    assert_eq!(errors(&amina.same(DECLINE, [&made[0], &entered]).await), [""; 0]);
    // It can still be confirmed.
    assert_eq!(errors(&amina.same(CONFIRM, [&made[0], &entered]).await), [""; 0]);
    assert_eq!(proposed().await, expected(&[[&made[1], &twin]]));
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn what_cannot_be_the_same_is_refused(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let badr = app.user("badr").await;
    amina.fund("100").await;
    let wallet = amina.wallet.clone();
    let [_, theirs, their_own] = badr.doubled("tea", "5").await;
    let [_, imported, entered] = amina.doubled("tea", "5").await;
    let [_, second, _] = amina.doubled("bread", "5").await;
    let more = write(&amina, None, "5.01", "2026-11-20").await;
    let in_wallet = write(&amina, Some(&wallet), "5", "2026-11-20").await;
    let back = write(&amina, None, "-5", "2026-11-20").await;
    let dollars = json!({ "category": { "name": "Food" }, "amount": "5", "currency": "USD", "date": "2026-11-20" });
    let dollars = id_of(&amina.add_transaction(dollars).await, "transaction");
    let deleted = write(&amina, None, "5", "2026-11-20").await;
    id_of(&amina.delete_transaction(json!({ "id": deleted })).await, "transaction");
    let cases: [(&str, &str, &[&str]); 11] = [
        (&theirs, &entered, &["NOT_FOUND importedId"]),
        (&imported, &their_own, &["NOT_FOUND enteredId"]),
        ("x", "", &["NOT_FOUND importedId", "NOT_FOUND enteredId"]),
        (&imported, &imported, &["INVALID enteredId"]),
        (&entered, &imported, &["NOT_ALLOWED importedId", "NOT_ALLOWED enteredId"]),
        (&imported, &second, &["NOT_ALLOWED enteredId"]),
        (&imported, &more, &["INVALID enteredId"]),
        (&imported, &in_wallet, &["INVALID enteredId"]),
        (&imported, &back, &["INVALID enteredId"]),
        (&imported, &dollars, &["CURRENCY_MISMATCH enteredId"]),
        (&imported, &deleted, &["NOT_ALLOWED enteredId"]),
    ];
    let before = transactions(&amina).await;
    for (imported, entered, expected) in cases {
        for mutation in [CONFIRM, DECLINE] {
            let refused = amina.same(mutation, [imported, entered]).await;
            assert_eq!(errors(&refused), expected, "{mutation} {imported} {entered}");
        }
    }
    assert_eq!(transactions(&amina).await, before);
    // A wallet that cannot give the money back refuses, and that is on record.
    let pay = format!("date,amount,category,description,wallet\n2026-11-08,50,Salary,pay,{wallet}\n");
    let made = send(&amina, &pay).await["lines"][0]["transaction"]["id"].take();
    let made = made.as_str().unwrap();
    let by_hand = amina.pay_from(&wallet, "Salary", "50", "2026-11-07").await;
    amina.withdraw(json!({ "wallet": { "id": wallet }, "amount": "190" })).await;
    assert_eq!(errors(&amina.same(CONFIRM, [made, &by_hand]).await), ["INSUFFICIENT_FUNDS importedId"]);
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn a_request_with_a_key_is_done_once(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let [_, imported, entered] = amina.doubled("tea", "5").await;
    let fields = "imported { id deletedAt } entered { id } replayed affectedBudgets { spent { amount } } userErrors { code path }";
    let budget = json!({ "category": { "name": "Food" }, "limit": "50", "month": "2026-11" });
    id_of(&amina.set_budget(budget).await, "budget");
    let input = json!({ "importedId": imported, "enteredId": entered, "idempotencyKey": "same" });
    let first = amina.mutate(CONFIRM, "ConfirmDuplicateInput", fields, input.clone()).await;
    assert_eq!((errors(&first), &first["replayed"]), (vec![], &json!(false)));
    assert_eq!(first["affectedBudgets"], json!([{ "spent": { "amount": "5.00" } }]));
    let again = amina.mutate(CONFIRM, "ConfirmDuplicateInput", fields, input.clone()).await;
    assert_eq!((&again["replayed"], &again["imported"]), (&json!(true), &first["imported"]));
    let fields = "replayed userErrors { code path }";
    let other = amina.mutate(DECLINE, "DeclineDuplicateInput", fields, input).await;
    assert_eq!(errors(&other), ["IDEMPOTENCY_CONFLICT idempotencyKey"]);
    app.assert_journal_is_whole().await;
}
