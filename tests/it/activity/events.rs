//! Whatever is done is on record: by whom, in which session, from where, and what changed by it.

use std::collections::BTreeSet;

use daybook::entity::activity;
use sea_orm::{EntityTrait, PaginatorTrait, QueryOrder};
use serde_json::{Value, json};

use crate::harness::{
    Database, Driver, PASSWORD, TestApp, User, any_price, changes, errors, id_of, kind, things, told,
};

async fn rows(app: &TestApp) -> Vec<activity::Model> {
    let rows = activity::Entity::find().order_by_asc(activity::Column::CreatedAt);
    rows.all(app.app.db.read()).await.unwrap()
}

#[apply(both_databases)]
async fn each_mutation_done_or_refused_leaves_one_row(on: Database) {
    let app = TestApp::with(on, any_price).await;
    let driver = Driver::new(&app.anonymous()).await;
    let (mut done, mut refused) = (BTreeSet::new(), BTreeSet::new());
    for (number, root) in driver.roots().into_iter().filter(|root| root.is_mutation).enumerate() {
        // Each by somebody of their own, since some end the session.
        let user = app.user(&format!("user{number}")).await;
        let own = things(&user, "mine", "100").await;
        let unknown = |_: &Vec<String>, _: &str| "customer_01h455vb4pex5vsknk084sn02q".to_owned();
        let own = |at: &Vec<String>, owner: &str| own[kind(at, owner, &root)].clone();
        for arguments in [driver.arguments(&root, &Vec::new(), &unknown), driver.arguments(&root, &Vec::new(), &own)] {
            let is_open = ["register", "login", "refreshToken"].contains(&root.name.as_str());
            let client = if is_open { app.anonymous() } else { user.client.clone() };
            let before = activity::Entity::find().count(app.app.db.read()).await.unwrap();
            let answer = client.request(&driver.operation(&root, &arguments), arguments.clone()).await.json();
            if answer["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED" {
                continue;
            }
            assert_eq!(answer.get("errors"), None, "{}", root.name);
            let codes = errors(&answer["data"][&root.name]);
            let codes: BTreeSet<_> = codes.iter().map(|error| error.split(' ').next().unwrap().to_owned()).collect();
            let rows = rows(&app).await;
            assert_eq!(u64::try_from(rows.len()).unwrap(), before + 1, "{}", root.name);
            let row = rows.last().unwrap();
            assert_eq!(format!("{:?}", row.action).to_lowercase(), root.name.to_lowercase());
            let recorded: BTreeSet<String> =
                row.codes.as_deref().map(|codes| serde_json::from_str(codes).unwrap()).unwrap_or_default();
            assert_eq!(recorded, codes, "{}", root.name);
            let outcome = if codes.is_empty() { activity::Outcome::Done } else { activity::Outcome::Refused };
            assert_eq!(row.outcome, outcome, "{}", root.name);
            assert_eq!(row.session_id.is_none(), is_open && !codes.is_empty(), "{}", root.name);
            if let (Some(id), false) = (arguments["input"]["id"].as_str(), codes.is_empty()) {
                assert_eq!(row.thing_id.as_deref(), Some(id), "{}", root.name);
            }
            if codes.is_empty() {
                done.insert(root.name.clone())
            } else {
                refused.insert(root.name.clone())
            };
        }
    }
    // The others are done or refused in tests of their own.
    assert!(done.len() > 25 && refused.len() > 20, "{done:?} {refused:?}");
}

#[apply(both_databases)]
async fn what_was_done_is_told_with_who_and_where_and_about_what(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let me = amina.gql("{ me { id displayName } book { id } }", json!({})).await;
    let customer = amina.customer("Yusuf").await;
    let rows = amina.activity(Value::Null).await;
    assert_eq!(rows.iter().map(told).collect::<Vec<_>>(), ["CREATE_CUSTOMER DONE", "REGISTER DONE"]);
    for row in &rows {
        assert_eq!(row["actor"], json!({ "id": me["me"]["id"], "displayName": "amina" }));
        assert!(row["sessionId"].as_str().unwrap().starts_with("session_"));
        assert_eq!((&row["address"], &row["changes"]), (&json!("127.0.0.1"), &json!([])));
    }
    assert_eq!(rows[0]["sessionId"], rows[1]["sessionId"]);
    assert_eq!((&rows[0]["thingId"], &rows[0]["thing"]["__typename"]), (&json!(customer), &json!("Customer")));
    assert_eq!((&rows[1]["thingId"], &rows[1]["thing"]["__typename"]), (&me["me"]["id"], &json!("User")));
    let node = "query($id: ID!) { node(id: $id) { __typename id } }";
    let found = amina.gql(node, json!({ "id": rows[0]["id"] })).await;
    assert_eq!(found["node"], json!({ "__typename": "Activity", "id": rows[0]["id"] }));
    // To somebody else it does not exist.
    let badr = app.user("badr").await;
    assert_eq!(badr.gql(node, json!({ "id": rows[0]["id"] })).await["node"], Value::Null);
    assert_eq!(badr.activity(Value::Null).await.iter().map(told).collect::<Vec<_>>(), ["REGISTER DONE"]);
    assert_eq!(badr.activity(json!({ "thingId": customer })).await, [Value::Null; 0]);
    assert_eq!(badr.activity(json!({ "actorId": me["me"]["id"] })).await, [Value::Null; 0]);
}

/// What the last thing that was done changed.
async fn changed(user: &User) -> Vec<String> {
    changes(&user.latest().await)
}

#[apply(both_databases)]
async fn what_changed_of_customers_and_their_documents_is_told(on: Database) {
    let (_app, amina) = TestApp::with_owner(on).await;
    let customer = amina.customer("Yusuf").await;
    amina.update_customer(json!({ "id": customer, "name": "Yusuf Saleh", "city": "Aden" })).await;
    assert_eq!(changed(&amina).await, ["name Yusuf -> Yusuf Saleh", "city - -> Aden"]);
    amina.update_customer(json!({ "id": customer, "city": null })).await;
    assert_eq!(changed(&amina).await, ["city Aden -> -"]);
    let archived = amina.archive(&customer).await["customer"]["archivedAt"].take();
    assert_eq!(changed(&amina).await, [format!("archivedAt - -> {}", archived.as_str().unwrap())]);
    amina.archive(&customer).await;
    assert_eq!(changed(&amina).await, [""; 0]);
    amina.restore(&customer).await;
    assert_eq!(changed(&amina).await, [format!("archivedAt {} -> -", archived.as_str().unwrap())]);

    let entry = amina.entry(&customer, "CREDIT", "1250", "2026-11-19").await;
    assert_eq!(changed(&amina).await, [""; 0]);
    let update = json!({ "id": entry, "amount": "12.5", "currency": "USD", "date": "2026-11-20", "note": "rice" });
    amina.update_entry(update.clone()).await;
    let expected =
        ["amount 1250.00 -> 12.50", "currency YEM -> USD", "date 2026-11-19 -> 2026-11-20", "note - -> rice"];
    assert_eq!(changed(&amina).await, expected);
    amina.update_entry(update).await;
    assert_eq!(changed(&amina).await, [""; 0]);
    amina.update_entry(json!({ "id": entry, "type": "DEBIT" })).await;
    assert_eq!(changed(&amina).await, ["type CREDIT -> DEBIT"]);
    let deleted = amina.delete_entry(json!({ "id": entry })).await["entry"]["deletedAt"].take();
    assert_eq!(changed(&amina).await, [format!("deletedAt - -> {}", deleted.as_str().unwrap())]);
    let expected =
        ["DELETE_ENTRY DONE", "UPDATE_ENTRY DONE", "UPDATE_ENTRY DONE", "UPDATE_ENTRY DONE", "ADD_ENTRY DONE"];
    assert_eq!(amina.history_of(&entry).await, expected);

    let invoice = amina.invoice(&customer, "10", "2026-11-20").await;
    let receipt = amina.receipt(&customer, "5", "2026-11-20").await;
    let input = |id: &str| json!({ "id": id, "reason": "wrong" });
    let payload = amina.void_receipt(input(&receipt)).await;
    let voided = payload["receipt"]["voidedAt"].as_str().unwrap();
    assert_eq!(changed(&amina).await, [format!("voidedAt - -> {voided}"), "voidReason - -> wrong".to_owned()]);
    let payload = amina.void_invoice(input(&invoice)).await;
    let voided = payload["invoice"]["voidedAt"].as_str().unwrap();
    assert_eq!(changed(&amina).await, [format!("voidedAt - -> {voided}"), "voidReason - -> wrong".to_owned()]);
    assert_eq!(amina.history_of(&invoice).await, ["VOID_INVOICE DONE", "CREATE_INVOICE DONE"]);
    assert_eq!(amina.history_of(&receipt).await, ["VOID_RECEIPT DONE", "CREATE_RECEIPT DONE"]);
    // What they made has their history.
    for (made_by, action) in [(&invoice, "INVOICE"), (&receipt, "RECEIPT")] {
        let entry = made_by.replace("invoice_", "entry_").replace("receipt_", "entry_");
        assert_eq!(amina.history_of(&entry).await, [format!("VOID_{action} DONE"), format!("CREATE_{action} DONE")]);
    }
}

#[apply(both_databases)]
async fn what_changed_of_spending_is_told(on: Database) {
    let (_app, amina) = TestApp::with_owner(on).await;
    let (rent, fun) = (amina.category("Rent", "EXPENSE").await, amina.category("Fun", "EXPENSE").await);
    let id = amina.spend("Rent", "10", "2026-11-20").await;
    let lines = json!([
        { "category": { "id": rent }, "amount": "7" }, { "category": { "id": fun }, "amount": "5", "note": "cinema" },
    ]);
    amina.fund("100").await;
    let update =
        json!({ "id": id, "amount": "12", "lines": lines, "walletId": amina.wallet, "description": "weekend" });
    assert_eq!(errors(&amina.update_transaction(update).await), [""; 0]);
    let mut changes_of_all = changed(&amina).await;
    changes_of_all.sort_unstable();
    let mut expected = vec![
        "amount 10.00 -> 12.00".to_owned(),
        format!("category {rent} -> -"),
        "description - -> weekend".to_owned(),
        "lines.0.amount - -> 7.00".to_owned(),
        format!("lines.0.category - -> {rent}"),
        "lines.1.amount - -> 5.00".to_owned(),
        format!("lines.1.category - -> {fun}"),
        "lines.1.note - -> cinema".to_owned(),
        format!("wallet - -> {}", amina.wallet),
    ];
    expected.sort_unstable();
    assert_eq!(changes_of_all, expected);
    let moved = amina.history(&amina.wallet, json!({})).await[0]["node"]["id"].as_str().unwrap().to_owned();
    assert_eq!(amina.history_of(&moved).await, ["UPDATE_TRANSACTION DONE", "ADD_TRANSACTION DONE"]);
    let deleted = amina.delete_transaction(json!({ "id": id })).await["transaction"]["deletedAt"].take();
    assert_eq!(changed(&amina).await, [format!("deletedAt - -> {}", deleted.as_str().unwrap())]);
    let expected = ["DELETE_TRANSACTION DONE", "UPDATE_TRANSACTION DONE", "ADD_TRANSACTION DONE"];
    assert_eq!(amina.history_of(&id).await, expected);

    let budget = json!({ "category": { "id": fun }, "limit": "50", "month": "2026-11" });
    let budget = id_of(&amina.set_budget(budget).await, "budget");
    assert_eq!(changed(&amina).await, [""; 0]);
    let setting = json!({
        "category": { "id": fun }, "limit": "60", "month": "2026-11", "rollover": "FULL", "description": "less",
    });
    amina.set_budget(setting).await;
    assert_eq!(changed(&amina).await, ["limit 50.00 -> 60.00", "rollover NONE -> FULL", "description - -> less"]);
    assert_eq!(amina.history_of(&budget).await, ["SET_BUDGET DONE", "SET_BUDGET DONE"]);
    amina.mutate("deleteBudget", "DeleteBudgetInput", "userErrors { code }", json!({ "id": budget })).await;
    let row = amina.latest().await;
    assert_eq!((&row["thingId"], &row["thing"]), (&json!(budget), &Value::Null));
    let expected = [
        format!("category {fun} -> -"),
        "limit 60.00 -> -".to_owned(),
        "currency YEM -> -".to_owned(),
        "month 2026-11 -> -".to_owned(),
        "rollover FULL -> -".to_owned(),
        "rolloverFrom 2026-11 -> -".to_owned(),
        "description less -> -".to_owned(),
    ];
    assert_eq!(changes(&row), expected);

    amina.update_category(json!({ "id": fun, "name": "Joy" })).await;
    assert_eq!(changed(&amina).await, ["name Fun -> Joy"]);
    amina.delete_category(&fun).await;
    assert!(changed(&amina).await[0].starts_with("archivedAt - -> 2026-11-21T"));
    amina.restore_category(&fun).await;
    assert!(changed(&amina).await[0].ends_with("Z -> -"));
    let unused = amina.category("Unused", "INCOME").await;
    amina.delete_category(&unused).await;
    assert_eq!(changed(&amina).await, ["name Unused -> -", "kind INCOME -> -"]);
    // It is gone, and what was done with it is not.
    let about = amina.activity(json!({ "thingId": unused })).await;
    assert_eq!(about.iter().map(told).collect::<Vec<_>>(), ["DELETE_CATEGORY DONE", "CREATE_CATEGORY DONE"]);
}

#[apply(both_databases)]
async fn what_changed_of_wallets_and_the_book_is_told(on: Database) {
    let (_app, amina) = TestApp::with_owner(on).await;
    let wallet = amina.new_wallet("YEM").await;
    let change = async |mutation: &str, input: Value| {
        let input_type = format!("{}{}Input", mutation[..1].to_uppercase(), &mutation[1..]);
        let payload = amina.mutate(mutation, &input_type, "userErrors { code path }", input).await;
        assert_eq!(errors(&payload), [""; 0]);
        changed(&amina).await
    };
    let input = json!({ "id": wallet, "name": "Till", "makeDefault": true });
    assert_eq!(change("updateWallet", input).await, ["name YEM wallet -> Till", "isDefault false -> true"]);
    // The one that was the default is another wallet now too.
    let first = amina.activity(json!({ "thingId": amina.wallet })).await;
    assert_eq!(
        (told(&first[0]).as_str(), changes(&first[0])),
        ("UPDATE_WALLET DONE", vec!["isDefault true -> false".to_owned()])
    );
    assert_eq!(change("freezeWallet", json!({ "id": wallet })).await, ["status ACTIVE -> FROZEN"]);
    assert_eq!(change("freezeWallet", json!({ "id": wallet })).await, [""; 0]);
    assert_eq!(change("unfreezeWallet", json!({ "id": wallet })).await, ["status FROZEN -> ACTIVE"]);
    let expected = ["isDefault true -> false", "status ACTIVE -> CLOSED"];
    assert_eq!(change("closeWallet", json!({ "id": wallet })).await, expected);
    let first = amina.activity(json!({ "thingId": amina.wallet })).await;
    assert_eq!(
        (told(&first[0]).as_str(), changes(&first[0])),
        ("CLOSE_WALLET DONE", vec!["isDefault false -> true".to_owned()])
    );
    let expected = [
        "CLOSE_WALLET DONE",
        "UNFREEZE_WALLET DONE",
        "FREEZE_WALLET DONE",
        "FREEZE_WALLET DONE",
        "UPDATE_WALLET DONE",
        "CREATE_WALLET DONE",
    ];
    assert_eq!(amina.history_of(&wallet).await, expected);
    let input = json!({ "name": "Shop", "timeZone": "Asia/Aden", "receiptNumberPattern": "R-{000}" });
    let expected = ["name amina -> Shop", "receiptNumberPattern RCT-{0000} -> R-{000}", "timeZone UTC -> Asia/Aden"];
    assert_eq!(change("updateBook", input).await, expected);
    let book = amina.gql("{ book { id } }", json!({})).await["book"]["id"].take();
    assert_eq!(amina.history_of(book.as_str().unwrap()).await, ["UPDATE_BOOK DONE"]);
}

#[apply(both_databases)]
async fn an_import_is_told_with_what_it_added(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let file = "date,amount,category,description\n2026-11-20,-1,Food,\n2026-11-20,-1,Food,\n2026-11-20,-1,Toys,\n";
    let fields = "userErrors { code path }";
    let import = async |more: Value| {
        let mut input = json!({ "csv": file });
        input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let before = amina.recorded().await;
        amina.mutate("importTransactions", "ImportTransactionsInput", fields, input).await;
        assert_eq!(amina.recorded().await, before + 1);
        let row = amina.latest().await;
        (told(&row), changes(&row))
    };
    let (told_, changes_) = import(json!({ "dryRun": true })).await;
    assert_eq!(
        (told_.as_str(), changes_.join(", ").as_str()),
        ("IMPORT_TRANSACTIONS DONE", "refused - -> 1, good - -> 2")
    );
    let (told_, changes_) = import(json!({})).await;
    assert_eq!((told_.as_str(), changes_.len()), ("IMPORT_TRANSACTIONS REFUSED NOT_FOUND", 0));
    let (told_, changes_) = import(json!({ "mode": "GOOD_LINES" })).await;
    assert_eq!(
        (told_.as_str(), changes_.join(", ").as_str()),
        ("IMPORT_TRANSACTIONS DONE", "added - -> 2, refused - -> 1")
    );
    let (told_, changes_) = import(json!({ "createCategories": true })).await;
    assert_eq!(
        (told_.as_str(), changes_.join(", ").as_str()),
        ("IMPORT_TRANSACTIONS DONE", "added - -> 1, duplicates - -> 2")
    );
    let (told_, _) = import(json!({ "csv": "x,y\n" })).await;
    assert_eq!(told_, "IMPORT_TRANSACTIONS REFUSED REQUIRED");

    // By the program, which has no session and no address.
    amina.customer("Yusuf").await;
    let entries = "date,type,amount,customer,note\n2026-11-20,CREDIT,5,Yusuf,\n";
    assert_eq!(app.import_of("entries", "amina", entries, &[]).code, Some(0));
    let row = &amina.activity(json!({ "actions": ["IMPORT_ENTRIES"] })).await[0];
    assert_eq!((told(row), changes(row)), ("IMPORT_ENTRIES DONE".to_owned(), vec!["added - -> 1".to_owned()]));
    assert_eq!((&row["sessionId"], &row["actor"]["displayName"]), (&Value::Null, &json!("amina")));
}

#[apply(both_databases)]
async fn no_secret_is_on_record(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let login = "mutation($input: LoginInput!) { login(input: $input) { accessToken refreshToken } }";
    let refresh = "mutation($input: RefreshTokenInput!) { refreshToken(input: $input) { accessToken refreshToken } }";
    let anonymous = app.anonymous();
    let mut secrets = vec![PASSWORD.to_owned(), amina.refresh_token.clone(), amina.client.token.clone().unwrap()];
    for (identifier, password) in [("amina", PASSWORD), ("amina", "Tr0ub4dor"), ("Tr0ub4dor&3", "nobody-knows")] {
        let input = json!({ "identifier": identifier, "password": password });
        let granted = anonymous.gql(login, json!({ "input": input })).await["login"].take();
        secrets.extend(
            [&granted["accessToken"], &granted["refreshToken"]].iter().filter_map(|it| it.as_str()).map(str::to_owned),
        );
        secrets.push(password.to_owned());
    }
    secrets.push("Tr0ub4dor&3".to_owned());
    for token in [amina.refresh_token.clone(), amina.refresh_token.clone(), "no-such-token".to_owned()] {
        let granted =
            anonymous.gql(refresh, json!({ "input": { "refreshToken": token } })).await["refreshToken"].take();
        secrets.extend(
            [&granted["accessToken"], &granted["refreshToken"]].iter().filter_map(|it| it.as_str()).map(str::to_owned),
        );
        secrets.push(token);
    }
    let rows = rows(&app).await;
    assert_eq!(rows.len(), 7);
    let rows = format!("{rows:?}");
    assert!(secrets.len() >= 11);
    for secret in &secrets {
        assert!(!rows.contains(secret), "{secret}");
    }
    assert!(!rows.contains("$argon2id$"));
}
