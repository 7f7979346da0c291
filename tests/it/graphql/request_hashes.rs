//! The request hashes that are stored with idempotency keys and with the ids that clients choose never change. If a version of the program computed another
//! hash for the same input, a client that repeats a request which an older version answered would get
//! `IDEMPOTENCY_CONFLICT`.
//!
//! `request_hashes.txt` has pins. The first line of a pin is a mutation and its input, the second line is the JSON text
//! whose SHA-256 is stored for it. Words after `$` stand for ids. Never change or remove a pin: for a new mutation, a
//! new field or a new value of an enum, add another one.

use std::collections::{BTreeSet, HashMap};

use daybook::{
    entity::{
        client_id,
        journal_entry::{Column, Entity},
        used_key,
    },
    id::{Id, kind},
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::harness::{
    Database::{self, Sqlite},
    TestApp, User, errors, id_of, named, new_id, quick, somebody, suffix, written,
};

struct Pin {
    mutation: &'static str,
    input: &'static str,
    hashed: &'static str,
}

impl Pin {
    fn input(&self) -> Value {
        serde_json::from_str(self.input).unwrap_or_else(|error| panic!("{error}: {}", self.input))
    }
}

fn pins() -> impl Iterator<Item = Pin> {
    include_str!("request_hashes.txt").split("\n\n").map(|pin| {
        let (request, hashed) = pin.trim().split_once('\n').unwrap_or_else(|| panic!("not two lines: {pin}"));
        let (mutation, input) = request.split_once(' ').unwrap_or_else(|| panic!("no input: {pin}"));
        Pin { mutation, input, hashed }
    })
}

/// The types of the schema by their names.
type Types = HashMap<String, Value>;

/// Adds to `places` where something can be given in an input: the paths of its fields, and those of enums with each value.
fn add_places(types: &Types, name: &str, at: &str, places: &mut BTreeSet<String>) {
    let definition = &types[name];
    if let Some(fields) = definition["inputFields"].as_array() {
        for field in fields {
            let (at, of) = (format!("{at}.{}", text(&field["name"])), written(&field["type"]));
            add_places(types, of.trim_matches(['[', ']', '!']), &at, places);
        }
    } else if let Some(values) = definition["enumValues"].as_array() {
        places.extend(values.iter().map(|value| format!("{at}.{}", text(&value["name"]))));
    } else {
        places.insert(at.to_owned());
    }
}

/// Removes from `places` those that an input gives.
fn remove_given(input: &Value, at: &str, places: &mut BTreeSet<String>) {
    match input {
        Value::Object(fields) => {
            fields.iter().for_each(|(name, value)| remove_given(value, &format!("{at}.{name}"), places));
        }
        Value::Array(items) => items.iter().for_each(|item| remove_given(item, at, places)),
        Value::String(text) if places.remove(&format!("{at}.{text}")) => {}
        _ => {
            places.remove(at);
        }
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("not a text: {value}"))
}

/// The prefix of the ids that a client may choose for what a mutation creates.
fn prefix(mutation: &str) -> Option<&'static str> {
    Some(match mutation {
        "addEntry" => "entry",
        "addTransaction" => "transaction",
        "createCategory" => "category",
        "createCreditNote" => "credit_note",
        "createCustomer" => "customer",
        "createDebitNote" => "debit_note",
        "createInvoice" => "invoice",
        "createReceipt" => "receipt",
        "createWallet" => "wallet",
        _ => return None,
    })
}

/// The mutations and the types of the schema, as introspection returns them.
async fn schema(app: &TestApp) -> (Vec<Value>, Types) {
    let of = "kind name ofType { kind name ofType { kind name ofType { kind name } } }";
    let query = format!(
        "{{ __schema {{ mutationType {{ fields {{ name args {{ name type {{ {of} }} }} }} }}
            types {{ name enumValues {{ name }} inputFields {{ name type {{ {of} }} }} }} }} }}"
    );
    let mut schema = app.anonymous().gql(&query, json!({})).await["__schema"].take();
    let mutations = serde_json::from_value(schema["mutationType"]["fields"].take()).unwrap();
    let types: Vec<Value> = serde_json::from_value(schema["types"].take()).unwrap();
    (mutations, types.into_iter().map(|type_| (text(&type_["name"]).to_owned(), type_)).collect())
}

#[apply(test)]
async fn each_field_of_each_mutation_with_a_key_has_a_pin() {
    let (mutations, types) = schema(&TestApp::on(Sqlite).await).await;
    let mut missing = Vec::new();
    let mut with_key = 0;
    for mutation in &mutations {
        let name = text(&mutation["name"]);
        let mut places = BTreeSet::new();
        for argument in mutation["args"].as_array().unwrap() {
            let of = written(&argument["type"]);
            let at = format!("{name}.{}", text(&argument["name"]));
            add_places(&types, of.trim_matches('!'), &at, &mut places);
        }
        // The key itself is not hashed.
        let has_key = places.remove(&format!("{name}.input.idempotencyKey")) || prefix(name).is_some();
        // A key in another place would be overlooked by this test.
        assert!(!places.iter().any(|place| place.ends_with(".idempotencyKey")), "{name} takes a key in another place");
        if has_key {
            with_key += 1;
            for pin in pins().filter(|pin| pin.mutation == name) {
                remove_given(&pin.input(), &format!("{name}.input"), &mut places);
            }
            missing.extend(places);
        }
    }
    assert!(with_key > 0, "no mutation of the schema takes an idempotency key");
    assert!(
        missing.is_empty(),
        "no pin gives these fields of mutations with an idempotency key or an id of the client's; add pins to tests/it/graphql/request_hashes.txt \
         that do: {missing:#?}"
    );
}

/// What the words after `$` stand for. All but the wallets are created for one pin, since mutations change them.
async fn ids(user: &User, payee: &User, number: usize) -> [(&'static str, String); 21] {
    let customer = user.customer(&format!("Customer {number}")).await;
    let ahead = user.customer(&format!("Customer {number} ahead")).await;
    let debt = user.invoice(&ahead, "5", "2026-11-19").await;
    let lines = json!([
        { "description": "tea", "quantity": "2", "unitPrice": "5" }, { "description": "rice", "quantity": "1", "unitPrice": "5" } ]);
    let billed = json!({ "customerId": customer, "lines": lines, "otherCharges": "4", "date": "2026-11-19" });
    let noted = user.invoice(&customer, "10", "2026-11-19").await;
    let [outgoing, incoming] = user.halves("5").await;
    let confirmed = user.halves("5").await;
    assert_eq!(errors(&user.decide("confirmTransfer", named(&confirmed)).await), [""; 0]);
    let [gone, come] = confirmed;
    let [import, imported, entered] = user.doubled(&format!("number {number}"), "5").await;
    [
        ("$imported", imported),
        ("$import", import),
        ("$entered", entered),
        ("$billed", id_of(&user.create_invoice(billed).await, "invoice")),
        ("$creditNote", user.credit_note(&noted, "1").await),
        ("$debitNote", user.debit_note(&noted, "1").await),
        ("$payment", user.receipt(&ahead, "10", "2026-11-19").await),
        ("$debt", debt),
        ("$ahead", ahead),
        ("$wallet", user.wallet.clone()),
        ("$payee", payee.wallet.clone()),
        ("$entry", user.entry(&customer, "CREDIT", "5", "2026-11-19").await),
        ("$invoice", user.invoice(&customer, "10", "2026-11-19").await),
        ("$receipt", user.receipt(&customer, "5", "2026-11-19").await),
        ("$category", user.category(&format!("Category {number}"), "EXPENSE").await),
        ("$outgoing", outgoing),
        ("$incoming", incoming),
        ("$gone", gone),
        ("$come", come),
        ("$transaction", user.spend("Food", "5", "2026-11-19").await),
        ("$customer", customer),
    ]
}

#[apply(both_databases)]
async fn the_request_hash_of_an_input_never_changes(on: Database) {
    let app = TestApp::with(on, quick).await;
    let (user, payee) = (somebody(&app, 1).await, somebody(&app, 2).await);
    user.fund("1000").await;
    let (mutations, _) = schema(&app).await;
    for (number, pin) in pins().enumerate() {
        let ids = ids(&user, &payee, number).await;
        let with_ids = |text: &str| ids.iter().fold(text.to_owned(), |text, (word, id)| text.replace(word, id));
        let (input, hashed) = (with_ids(pin.input), with_ids(pin.hashed));
        let mut input: Value = serde_json::from_str(&input).unwrap();
        let key = format!("pin-{number}");
        let takes_key = !["createCustomer", "createWallet", "createCategory"].contains(&pin.mutation);
        if takes_key {
            input["idempotencyKey"] = json!(key);
        }
        if let (Some(prefix), true) = (prefix(pin.mutation), input["id"].is_null()) {
            input["id"] = json!(new_id(prefix));
        }
        let id = prefix(pin.mutation).map(|_| text(&input["id"]).to_owned());
        let mutation = mutations.iter().find(|mutation| mutation["name"] == pin.mutation);
        let mutation = mutation.unwrap_or_else(|| panic!("no mutation {}", pin.mutation));
        let input_type = written(&mutation["args"][0]["type"]);
        let fields = "userErrors { code path message }";
        let payload = user.mutate(pin.mutation, input_type.trim_matches('!'), fields, input).await;
        assert_eq!(errors(&payload), [""; 0], "{} {}: {payload}", pin.mutation, pin.input);
        let mut stored = Vec::new();
        if takes_key {
            let read = app.app.db.read();
            let entry = Entity::find().filter(Column::IdempotencyKey.eq(&key)).one(read).await.unwrap();
            let used =
                used_key::Entity::find().filter(used_key::Column::IdempotencyKey.eq(&key)).one(read).await.unwrap();
            let posted = entry.and_then(|entry| entry.request_hash);
            stored.push(posted.or(used.map(|used| used.request_hash)).unwrap());
        }
        if let Some(id) = id {
            let id: Id<kind::Wallet> = format!("wallet_{}", suffix(&id)).parse().unwrap();
            let chosen = client_id::Entity::find_by_id(id.uuid()).one(app.app.db.read()).await.unwrap();
            stored.push(chosen.unwrap().request_hash);
        }
        assert!(
            stored.iter().all(|hash| *hash == Sha256::digest(&hashed).to_vec()),
            "The request hash of {} {} is no longer the SHA-256 of {}. A client that repeats a request which an older \
             version answered would get IDEMPOTENCY_CONFLICT.",
            pin.mutation,
            pin.input,
            pin.hashed,
        );
    }
}
