//! Payloads: what every mutation returns.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::harness::{
    Database::{self, Sqlite},
    TestApp, User, id_of,
};

/// The fields of each payload with the names of their types, by mutation.
async fn payloads(user: &User) -> BTreeMap<String, BTreeMap<String, String>> {
    let query = "{ __schema { mutationType { fields { name type { ...Named } } } types { name fields { name type { ...Named } } } } }
        fragment Named on __Type { name ofType { name ofType { name ofType { name } } } }";
    let schema = user.gql(query, json!({})).await["__schema"].take();
    let named = |type_: &Value| {
        let mut type_ = type_;
        while type_["name"].is_null() {
            type_ = &type_["ofType"];
        }
        type_["name"].as_str().unwrap().to_owned()
    };
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let types: BTreeMap<_, _> =
        list(&schema["types"]).into_iter().map(|type_| (named(&type_), list(&type_["fields"]))).collect();
    let field = |field: &Value| (field["name"].as_str().unwrap().to_owned(), named(&field["type"]));
    let mutations = list(&schema["mutationType"]["fields"]);
    mutations
        .iter()
        .map(field)
        .map(|(mutation, payload)| (mutation, types[&payload].iter().map(field).collect()))
        .collect()
}

#[apply(test)]
async fn every_mutation_returns_a_payload_and_nothing_else_is_one() {
    let (_app, amina) = TestApp::with_owner(Sqlite).await;
    let query = "{ __type(name: \"Payload\") { kind fields { name type { kind ofType { ofType { kind ofType { name } } } } } possibleTypes { name } }
        __schema { mutationType { fields { type { name ofType { name } } } } } }";
    let data = amina.gql(query, json!({})).await;
    let payload = &data["__type"];
    assert_eq!((&payload["kind"], payload["fields"].as_array().unwrap().len()), (&json!("INTERFACE"), 1));
    assert_eq!(payload["fields"][0]["name"], "userErrors");
    assert_eq!(payload["fields"][0]["type"]["ofType"]["ofType"]["ofType"]["name"], "UserError");
    let names = |list: &Value, name: &dyn Fn(&Value) -> Value| -> BTreeSet<String> {
        list.as_array().unwrap().iter().map(|item| name(item).as_str().unwrap().to_owned()).collect()
    };
    let implementers = names(&payload["possibleTypes"], &|type_| type_["name"].clone());
    let returned = names(&data["__schema"]["mutationType"]["fields"], &|field| {
        let type_ = &field["type"];
        if type_["name"].is_null() { type_["ofType"]["name"].clone() } else { type_["name"].clone() }
    });
    assert!(returned.len() > 30);
    assert_eq!(implementers, returned);
}

#[apply(both_databases)]
async fn one_fragment_reads_the_errors_of_all_payloads(on: Database) {
    let (_app, amina) = TestApp::with_owner(on).await;
    let query = "mutation($input: DeleteEntryInput!) {
            deleteEntry(input: $input) { ...Errors deletedEntryId }
            createCategory(input: { name: \"\", kind: INCOME }) { ...Errors }
            logout { ...Errors ... on Payload { __typename } }
        } fragment Errors on Payload { userErrors { code message path } }";
    let data = amina.gql(query, json!({ "input": { "id": "entry_" } })).await;
    let missing = json!({ "code": "NOT_FOUND", "message": "You have no such entry.", "path": ["id"] });
    assert_eq!(data["deleteEntry"], json!({ "userErrors": [missing], "deletedEntryId": null }));
    assert_eq!(data["createCategory"]["userErrors"][0]["code"], "INVALID");
    assert_eq!(data["logout"], json!({ "userErrors": [], "__typename": "LogoutPayload" }));
}

/// Whether a mutation puts something into a list, or moves it within the list.
fn writes(mutation: &str) -> bool {
    let verbs = ["create", "add", "set", "update", "restore", "deposit", "withdraw", "transfer"];
    verbs.iter().any(|verb| mutation.starts_with(verb))
}

#[apply(test)]
async fn what_is_written_comes_with_its_edge_and_what_goes_with_its_id() {
    let (_app, amina) = TestApp::with_owner(Sqlite).await;
    let query = "{ __schema { types { name } } }";
    let types = amina.gql(query, json!({})).await["__schema"]["types"].take();
    let types: BTreeSet<_> = types.as_array().unwrap().iter().map(|type_| type_["name"].as_str().unwrap()).collect();
    let payloads = payloads(&amina).await;
    let (mut with_edges, mut with_ids) = (0, 0);
    for (mutation, fields) in &payloads {
        if writes(mutation) {
            // Wallets and categories are short lists without edges.
            for type_ in fields.values().filter(|type_| types.contains(&*format!("{type_}Edge"))) {
                let edge = format!("{type_}Edge");
                assert!(fields.values().any(|type_| *type_ == edge), "{mutation} returns no {edge}");
                with_edges += 1;
            }
        }
        if ["delete", "void", "revoke"].iter().any(|verb| mutation.starts_with(verb)) {
            let names = ["deleted", "archived", "revoked"];
            let is_id = |(name, type_): (&String, &String)| {
                type_ == "ID"
                    && names.iter().any(|verb| name.starts_with(verb))
                    && name.ends_with("Id")
                    && name.len() > 10
            };
            assert!(fields.iter().any(is_id), "{mutation} does not say what went");
            with_ids += 1;
        }
    }
    assert!(with_edges >= 12 && with_ids >= 8, "{with_edges} {with_ids}");
}

/// The first cursor of a list of the viewer's book.
async fn first_cursor(user: &User, list: &str) -> Value {
    let data = user.gql(&format!("{{ list: {list} {{ edges {{ cursor }} }} }}"), json!({})).await;
    data["list"]["edges"][0]["cursor"].clone()
}

#[apply(both_databases)]
async fn the_edge_of_a_payload_is_the_edge_of_the_list(on: Database) {
    let (_app, amina) = TestApp::with_owner(on).await;
    let customer = amina.customer("Zahra").await;
    let invoice = amina.invoice(&customer, "10", "2026-11-20").await;
    let wallet = amina.wallet.clone();
    let history = format!("walletHistory(walletId: \"{wallet}\", first: 1)");
    for (mutation, edge, list, input) in [
        ("createCustomer", "customerEdge", "customers(first: 1)".to_owned(), json!({ "name": "Amal" })),
        (
            "addEntry",
            "entryEdge",
            "entries(first: 1)".to_owned(),
            json!({ "customerId": customer, "type": "CREDIT", "amount": "5" }),
        ),
        (
            "createInvoice",
            "invoiceEdge",
            "invoices(first: 1)".to_owned(),
            json!({ "customerId": customer, "grossAmount": "5" }),
        ),
        (
            "createInvoice",
            "entryEdge",
            "entries(first: 1)".to_owned(),
            json!({ "customerId": customer, "grossAmount": "6" }),
        ),
        (
            "createReceipt",
            "receiptEdge",
            "receipts(first: 1)".to_owned(),
            json!({ "customerId": customer, "amount": "5", "paymentType": "CASH" }),
        ),
        (
            "createReceipt",
            "entryEdge",
            "entries(first: 1)".to_owned(),
            json!({ "customerId": customer, "amount": "4", "paymentType": "CASH" }),
        ),
        (
            "createCreditNote",
            "creditNoteEdge",
            "creditNotes(first: 1)".to_owned(),
            json!({ "invoiceId": invoice, "grossAmount": "1", "reason": "back" }),
        ),
        (
            "createCreditNote",
            "entryEdge",
            "entries(first: 1)".to_owned(),
            json!({ "invoiceId": invoice, "grossAmount": "2", "reason": "back" }),
        ),
        (
            "createDebitNote",
            "debitNoteEdge",
            "debitNotes(first: 1)".to_owned(),
            json!({ "invoiceId": invoice, "grossAmount": "1", "reason": "more" }),
        ),
        (
            "createDebitNote",
            "entryEdge",
            "entries(first: 1)".to_owned(),
            json!({ "invoiceId": invoice, "grossAmount": "2", "reason": "more" }),
        ),
        (
            "addTransaction",
            "transactionEdge",
            "transactions(first: 1)".to_owned(),
            json!({ "category": { "name": "Food" }, "amount": "5" }),
        ),
        (
            "setBudget",
            "budgetEdge",
            "budgets(first: 1)".to_owned(),
            json!({ "category": { "name": "Food" }, "limit": "5" }),
        ),
        ("deposit", "transactionEdge", history.clone(), json!({ "wallet": { "id": wallet }, "amount": "50" })),
        ("withdraw", "transactionEdge", history.clone(), json!({ "wallet": { "id": wallet }, "amount": "5" })),
    ] {
        let input_type = format!("{}{}Input", mutation[..1].to_uppercase(), &mutation[1..]);
        let fields = format!("{edge} {{ cursor node {{ id }} }} userErrors {{ code path }}");
        let done = amina.mutate(mutation, &input_type, &fields, input).await;
        assert_eq!(done["userErrors"], json!([]), "{mutation}");
        assert_eq!(done[edge]["cursor"], first_cursor(&amina, &list).await, "{mutation}");
        assert!(done[edge]["node"]["id"].is_string(), "{done}");
    }
}

const TRANSFER: &str = "fromWallet { id balance { amount } } toWallet { id balance { amount } }
    fromEdge { cursor direction balanceAfter { amount } } toEdge { cursor direction balanceAfter { amount } }";

#[apply(both_databases)]
async fn a_transfer_returns_both_own_wallets_and_nothing_of_another_users(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let badr = app.user("badr").await;
    let savings = amina.new_wallet("YEM").await;
    amina.fund("10").await;
    let pay = async |to: &str, amount: &str| {
        let input = json!({ "from": { "id": amina.wallet }, "to": { "id": to }, "amount": amount });
        amina.mutate("transfer", "TransferInput", TRANSFER, input).await
    };
    let within = pay(&savings, "4").await;
    assert_eq!(within["fromWallet"], json!({ "id": amina.wallet, "balance": { "amount": "6.00" } }));
    assert_eq!(within["toWallet"], json!({ "id": savings, "balance": { "amount": "4.00" } }));
    for (edge, wallet, direction, balance) in
        [("fromEdge", &amina.wallet, "OUT", "6.00"), ("toEdge", &savings, "IN", "4.00")]
    {
        let cursor = first_cursor(&amina, &format!("walletHistory(walletId: \"{wallet}\", first: 1)")).await;
        let expected = json!({ "cursor": cursor, "direction": direction, "balanceAfter": { "amount": balance } });
        assert_eq!(within[edge], expected);
    }
    let outside = pay(&badr.wallet, "1").await;
    assert_eq!(outside["fromWallet"]["balance"]["amount"], "5.00");
    assert_eq!((&outside["toWallet"], &outside["toEdge"]), (&Value::Null, &Value::Null));
    let failed = pay(&savings, "100").await;
    assert_eq!(failed["fromEdge"]["balanceAfter"]["amount"], "5.00");
    assert_eq!((&failed["toWallet"], &failed["toEdge"]), (&Value::Null, &Value::Null));
}

#[apply(both_databases)]
async fn a_change_of_spending_returns_the_budgets_and_wallets_that_it_affects(on: Database) {
    let (_app, amina) = TestApp::with_owner(on).await;
    amina.fund("100").await;
    for category in ["Food", "Transport"] {
        let input = json!({ "category": { "name": category }, "limit": "50" });
        let set = "budget { id } status { spent { amount } limit { amount } }";
        let set = amina.mutate("setBudget", "SetBudgetInput", set, input).await;
        assert_eq!(set["status"], json!({ "spent": { "amount": "0.00" }, "limit": { "amount": "50.00" } }));
    }
    let fields = "userErrors { code } transaction { id } affectedBudgets { category { name } spent { amount } } affectedWallets { id balance { amount } }";
    let used = |name: &str, spent: &str| json!({ "category": { "name": name }, "spent": { "amount": spent } });
    let holds = |balance: &str| json!([{ "id": amina.wallet, "balance": { "amount": balance } }]);
    let input = json!({ "category": { "name": "Food" }, "amount": "20", "walletId": amina.wallet });
    let added = amina.mutate("addTransaction", "AddTransactionInput", fields, input).await;
    assert_eq!(added["affectedBudgets"], json!([used("Food", "20.00")]));
    assert_eq!(added["affectedWallets"], holds("80.00"));
    let id = id_of(&added, "transaction");
    let input = json!({ "id": id, "category": { "name": "Transport" }, "walletId": null });
    let moved = amina.mutate("updateTransaction", "UpdateTransactionInput", fields, input).await;
    assert_eq!(moved["affectedBudgets"], json!([used("Food", "0.00"), used("Transport", "20.00")]));
    assert_eq!(moved["affectedWallets"], holds("100.00"));
    let deleted = amina.mutate("deleteTransaction", "DeleteTransactionInput", fields, json!({ "id": id })).await;
    assert_eq!(deleted["affectedBudgets"], json!([used("Transport", "0.00")]));
    assert_eq!(deleted["affectedWallets"], json!([]));
    let input = json!({ "category": { "name": "Salary" }, "amount": "20" });
    let income = amina.mutate("addTransaction", "AddTransactionInput", fields, input).await;
    assert_eq!((&income["affectedBudgets"], &income["affectedWallets"]), (&json!([]), &json!([])));
}

#[apply(both_databases)]
async fn what_left_a_list_is_named(on: Database) {
    let (_app, amina) = TestApp::with_owner(on).await;
    let customer = amina.customer("Zahra").await;
    let entry = amina.entry(&customer, "CREDIT", "5", "2026-11-20").await;
    let deleted = amina.mutate("deleteEntry", "DeleteEntryInput", "deletedEntryId", json!({ "id": entry })).await;
    assert_eq!(deleted["deletedEntryId"], entry);
    let expense = amina.spend("Food", "5", "2026-11-20").await;
    let deleted = amina
        .mutate("deleteTransaction", "DeleteTransactionInput", "deletedTransactionId", json!({ "id": expense }))
        .await;
    assert_eq!(deleted["deletedTransactionId"], expense);
    let invoice = amina.invoice(&customer, "5", "2026-11-20").await;
    let receipt = amina.receipt(&customer, "5", "2026-11-20").await;
    let noted = amina.invoice(&customer, "5", "2026-11-20").await;
    let (credit_note, debit_note) = (amina.credit_note(&noted, "1").await, amina.debit_note(&noted, "1").await);
    for (mutation, input_type, field, id) in [
        ("voidCreditNote", "VoidCreditNoteInput", "creditNote", &credit_note),
        ("voidDebitNote", "VoidDebitNoteInput", "debitNote", &debit_note),
        ("voidInvoice", "VoidInvoiceInput", "invoice", &invoice),
        ("voidReceipt", "VoidReceiptInput", "receipt", &receipt),
    ] {
        let fields =
            format!("{field} {{ entry {{ id deletedAt }} customer {{ balance {{ amount }} }} }} deletedEntryId");
        let void = amina.mutate(mutation, input_type, &fields, json!({ "id": id, "reason": "wrong" })).await;
        assert!(void["deletedEntryId"].is_string() && void[field]["entry"]["deletedAt"].is_string(), "{void}");
        assert_eq!(void["deletedEntryId"], void[field]["entry"]["id"]);
    }
    let archived =
        amina.mutate("deleteCustomer", "DeleteCustomerInput", "archivedCustomerId", json!({ "id": customer })).await;
    assert_eq!(archived["archivedCustomerId"], customer);
}

#[apply(both_databases)]
async fn a_change_of_the_default_wallet_returns_the_other_wallet(on: Database) {
    let (_app, amina) = TestApp::with_owner(on).await;
    let savings = amina.new_wallet("YEM").await;
    let fields = "wallet { id isDefault } formerDefaultWallet { id isDefault }";
    let update = async |id: &str| {
        let input = json!({ "id": id, "makeDefault": true });
        amina.mutate("updateWallet", "UpdateWalletInput", fields, input).await
    };
    let is = |id: &str, default: bool| json!({ "id": id, "isDefault": default });
    let expected = json!({ "wallet": is(&savings, true), "formerDefaultWallet": is(&amina.wallet, false) });
    assert_eq!(update(&savings).await, expected);
    assert_eq!(update(&savings).await["formerDefaultWallet"], Value::Null);
    let fields = "wallet { id isDefault } newDefaultWallet { id isDefault }";
    let close = async |id: &str| amina.mutate("closeWallet", "CloseWalletInput", fields, json!({ "id": id })).await;
    let expected = json!({ "wallet": is(&savings, false), "newDefaultWallet": is(&amina.wallet, true) });
    assert_eq!(close(&savings).await, expected);
    assert_eq!(close(&amina.wallet).await["newDefaultWallet"], Value::Null);
}

#[apply(both_databases)]
async fn an_archived_customer_has_no_edge_since_the_list_leaves_them_out(on: Database) {
    let (_app, amina) = TestApp::with_owner(on).await;
    let edge = async |mutation: &str, input: &str, value: Value| {
        let fields = "customer { name archivedAt } customerEdge { cursor node { name } } userErrors { code }";
        let payload = amina.mutate(mutation, input, fields, value).await;
        assert_eq!(payload["userErrors"], json!([]), "{payload}");
        (payload["customer"]["archivedAt"].is_string(), payload["customerEdge"].clone())
    };
    let create = json!({ "id": "customer_01kbemh6gwe7vrs7qmm4q5t8v1", "name": "Dalal" });
    let (is_archived, listed) = edge("createCustomer", "CreateCustomerInput", create.clone()).await;
    assert_eq!((is_archived, &listed["node"]["name"]), (false, &json!("Dalal")));
    let update = json!({ "id": create["id"], "note": "away" });
    assert_ne!(edge("updateCustomer", "UpdateCustomerInput", update.clone()).await.1, Value::Null);

    amina.archive(create["id"].as_str().unwrap()).await;
    assert_eq!(edge("updateCustomer", "UpdateCustomerInput", update).await, (true, Value::Null));
    assert_eq!(edge("createCustomer", "CreateCustomerInput", create.clone()).await, (true, Value::Null));
    let restore = json!({ "id": create["id"] });
    let (is_archived, listed) = edge("restoreCustomer", "RestoreCustomerInput", restore).await;
    let list = amina.gql("{ customers { edges { cursor node { name } } } }", json!({})).await;
    assert_eq!((is_archived, &listed["node"]), (false, &list["customers"]["edges"][0]["node"]));
}

#[apply(both_databases)]
async fn the_wallet_transaction_of_a_document_is_read_through_its_wallet(on: Database) {
    let (_app, amina) = TestApp::with_owner(on).await;
    amina.fund("50").await;
    let customer = amina.customer("Zahra").await;
    let newest = "transactions(first: 1) { edges { cursor node { id amount { amount } } } }";
    let history = format!("walletHistory(walletId: \"{}\", first: 1)", amina.wallet);
    let spend = json!({ "category": { "name": "Food" }, "amount": "7", "walletId": amina.wallet });
    let fields = format!("affectedWallets {{ {newest} }}");
    let done = amina.mutate("addTransaction", "AddTransactionInput", &fields, spend).await;
    let edge = &done["affectedWallets"][0]["transactions"]["edges"][0];
    assert_eq!(
        (&edge["node"]["amount"]["amount"], &edge["cursor"]),
        (&json!("7.00"), &first_cursor(&amina, &history).await)
    );

    let pay = json!({ "customerId": customer, "amount": "9", "paymentType": "CASH", "walletId": amina.wallet });
    let fields = format!("receipt {{ wallet {{ {newest} }} }}");
    let done = amina.mutate("createReceipt", "CreateReceiptInput", &fields, pay).await;
    let edge = &done["receipt"]["wallet"]["transactions"]["edges"][0];
    assert_eq!(
        (&edge["node"]["amount"]["amount"], &edge["cursor"]),
        (&json!("9.00"), &first_cursor(&amina, &history).await)
    );
}
