//! Importing customers and their entries by mutations, and undoing that.

use serde_json::{Value, json};

use crate::harness::{Database, TestApp, User, errors, id_of};

async fn import(user: &User, mutation: &str, input: Value) -> Value {
    let input_type = format!("I{}Input", &mutation[1..]);
    let fields = "added good duplicates refused import { id kind made }
        lines { line status note transaction { id } entry { id amount { amount } customer { name } import { id } }
            customer { id name phone city import { id } } userErrors { code path } }
        userErrors { code path }";
    user.mutate(mutation, &input_type, fields, input).await
}

async fn entries(user: &User, csv: &str) -> Value {
    import(user, "importEntries", json!({ "csv": csv, "createCustomers": true })).await
}

async fn customers(user: &User, csv: &str) -> Value {
    import(user, "importCustomers", json!({ "csv": csv })).await
}

fn id(payload: &Value) -> &str {
    payload["import"]["id"].as_str().unwrap_or_else(|| panic!("{payload}"))
}

/// The names of the customers, archived or not, each with what they owe.
async fn names(user: &User, archived: bool) -> Vec<String> {
    let query = "query($archived: Boolean) { customers(first: 100, filter: { archived: $archived }) { nodes { name balance { amount } } } }";
    let list = user.gql(query, json!({ "archived": archived })).await["customers"]["nodes"].take();
    let word = |customer: &Value| {
        format!("{} {}", customer["name"].as_str().unwrap(), customer["balance"]["amount"].as_str().unwrap())
    };
    list.as_array().unwrap().iter().map(word).collect()
}

const ENTRIES: &str = "date,type,amount,customer,note\n2026-11-01,CREDIT,30,Zaid,rice\n2026-11-02,DEBIT,10,zaid,\n\
    2026-11-03,CREDIT,5,Huda,tea\n";

#[apply(both_databases)]
async fn entries_are_imported_with_new_customers_and_taken_back_with_them(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let unknown = import(&amina, "importEntries", json!({ "csv": ENTRIES })).await;
    assert_eq!((&unknown["refused"], &unknown["added"]), (&json!(3), &json!(0)));
    assert_eq!(errors(&unknown["lines"][0]), ["NOT_FOUND customer"]);
    let looked = json!({ "csv": ENTRIES, "createCustomers": true, "dryRun": true });
    let looked = import(&amina, "importEntries", looked).await;
    assert_eq!((&looked["good"], &looked["lines"][0]["note"]), (&json!(3), &json!("New customer: Zaid.")));
    assert_eq!((&looked["lines"][1]["note"], names(&amina, false).await.len()), (&Value::Null, 0));

    let done = entries(&amina, ENTRIES).await;
    assert_eq!(
        (&done["added"], &done["import"]["kind"], &done["import"]["made"]),
        (&json!(3), &json!("ENTRIES"), &json!(3))
    );
    let first = &done["lines"][0];
    let expected = json!({ "id": first["entry"]["id"], "amount": { "amount": "30.00" }, "customer": { "name": "Zaid" },
        "import": { "id": id(&done) } });
    assert_eq!((&first["entry"], &first["transaction"], &first["customer"]), (&expected, &Value::Null, &Value::Null));
    assert_eq!(names(&amina, false).await, ["Huda 5.00", "Zaid 20.00"]);
    assert_eq!(entries(&amina, ENTRIES).await["duplicates"], 3);
    amina.undo(id(&done)).await;
    assert_eq!(
        (names(&amina, false).await, names(&amina, true).await),
        (vec![], vec!["Huda 0.00".into(), "Zaid 0.00".into()])
    );
    app.assert_journal_is_whole().await;

    // Again, and this time one of the customers is used by hand as well: then they stay.
    let again = entries(&amina, ENTRIES).await;
    assert_eq!((&again["added"], &again["duplicates"]), (&json!(3), &json!(0)));
    let query = "{ customers(filter: { search: \"Zaid\" }) { nodes { id } } }";
    let zaid = amina.gql(query, json!({})).await["customers"]["nodes"][0]["id"].as_str().unwrap().to_owned();
    amina.entry(&zaid, "CREDIT", "2", "2026-11-05").await;
    amina.undo(id(&again)).await;
    assert_eq!(names(&amina, false).await, ["Zaid 2.00"]);
    assert_eq!(errors(&amina.undo_import(json!({ "id": id(&again) })).await), ["NOT_ALLOWED id"]);
    app.assert_journal_is_whole().await;
    assert_eq!(entries(&amina, ENTRIES).await["added"], 3);
    assert_eq!(names(&amina, false).await, ["Huda 5.00", "Zaid 22.00"]);
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn an_entry_that_was_changed_or_allocated_by_name_stands_in_the_way(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let done = entries(&amina, ENTRIES).await;
    let [charge, payment, tea] =
        [0, 1, 2].map(|at: usize| done["lines"][at]["entry"]["id"].as_str().unwrap().to_owned());
    let named = json!({ "paymentId": payment, "charges": [{ "chargeId": charge, "amount": "4" }] });
    assert_eq!(errors(&amina.set_off("allocate", named).await), [""; 0]);
    amina.update_entry(json!({ "id": tea, "amount": "6" })).await;
    let refused = amina.undo_import(json!({ "id": id(&done) })).await;
    assert_eq!(errors(&refused), ["CONFLICT id"; 3]);
    let mut told: Vec<_> = refused["userErrors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|error| error["current"]["id"].as_str().unwrap())
        .collect();
    told.sort_unstable();
    let mut expected = [charge.as_str(), payment.as_str(), tea.as_str()];
    expected.sort_unstable();
    assert_eq!(told, expected);
    assert_eq!(names(&amina, false).await, ["Huda 6.00", "Zaid 20.00"]);
    amina.update_entry(json!({ "id": tea, "amount": "5" })).await;
    assert_eq!(errors(&amina.set_off("release", json!({ "paymentId": payment })).await), [""; 0]);
    let held = amina.undo_import(json!({ "id": id(&done) })).await;
    assert_eq!(errors(&held), ["CONFLICT id"], "{held}");
    let let_go = json!({ "paymentId": payment, "autoAllocate": true });
    assert_eq!(errors(&amina.set_off("allocate", let_go).await), [""; 0]);
    amina.undo(id(&done)).await;
    assert_eq!(names(&amina, false).await, [""; 0]);
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn customers_are_imported_once_and_archived_when_that_is_undone(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    id_of(&amina.create_customer(json!({ "name": "Badr", "phone": "+967711234567" })).await, "customer");
    let csv = "name,phone,city,note\nZaid,+967711234568,Aden,a neighbour\nHuda,,,\nBadr,,,\nOmar,+967711234567,,\nLayla,+967711234568,,\n,1,,\n";
    let refused = customers(&amina, csv).await;
    assert_eq!((&refused["added"], &refused["refused"]), (&json!(0), &json!(3)));
    let told: Vec<_> = refused["lines"].as_array().unwrap().iter().map(errors).collect();
    assert_eq!(told[..2], [["TAKEN phone"], ["TAKEN phone"]]);
    assert_eq!(told[2][0], "INVALID name");
    let good: String = csv.split_inclusive('\n').take(4).collect();
    let done = customers(&amina, &good).await;
    assert_eq!((&done["added"], &done["import"]["kind"]), (&json!(3), &json!("CUSTOMERS")));
    let zaid = &done["lines"][0]["customer"];
    let expected = json!({ "id": zaid["id"], "name": "Zaid", "phone": "+967711234568", "city": "Aden", "import": { "id": id(&done) } });
    assert_eq!((zaid, &done["lines"][2]["note"]), (&expected, &json!("Another customer has this name.")));
    let again = customers(&amina, &good).await;
    assert_eq!((&again["duplicates"], &again["lines"][0]["customer"]["id"]), (&json!(3), &zaid["id"]));

    // One who is used, changed or archived stands in the way.
    let zaid = zaid["id"].as_str().unwrap().to_owned();
    let huda = done["lines"][1]["customer"]["id"].as_str().unwrap().to_owned();
    let entry = amina.entry(&zaid, "CREDIT", "2", "2026-11-05").await;
    amina.update_customer(json!({ "id": huda, "city": "Taiz" })).await;
    assert_eq!(errors(&amina.undo_import(json!({ "id": id(&done) })).await), ["CONFLICT id"; 2]);
    id_of(&amina.delete_entry(json!({ "id": entry })).await, "entry");
    let refused = amina.undo_import(json!({ "id": id(&done) })).await;
    assert_eq!(refused["userErrors"][0]["current"]["id"], json!(huda));
    let other = "name,phone\nSami,+967711234599\nNadia,\n";
    let other = (other, customers(&amina, other).await);
    amina.undo(id(&other.1)).await;
    assert_eq!(names(&amina, false).await, ["Badr 0.00", "Badr 0.00", "Huda 0.00", "Zaid 0.00"]);
    assert_eq!(names(&amina, true).await, ["Nadia 0.00", "Sami 0.00"]);
    // And the file makes them again.
    let again = customers(&amina, other.0).await;
    assert_eq!((&again["added"], &again["duplicates"]), (&json!(2), &json!(0)), "{again}");
    assert_ne!(again["lines"][0]["customer"]["id"], other.1["lines"][0]["customer"]["id"]);
    assert_eq!(customers(&amina, other.0).await["duplicates"], 2);
    // By the program, too.
    assert_eq!(app.import_of("customers", "amina", other.0, &[]).count("DUPLICATE"), 2);
    let new = app.import_of("entries", "amina", ENTRIES, &["--create-customers"]);
    assert_eq!((new.count("ADDED"), new.code), (3, Some(0)), "{new:?}");
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn a_file_of_a_request_has_at_most_5000_lines(on: Database) {
    let (_app, amina) = TestApp::with_owner(on).await;
    for (mutation, head, line) in [
        ("importEntries", "date,type,amount,customer,note\n", "2026-11-01,CREDIT,1,Zaid,\n"),
        ("importCustomers", "name,phone\n", "Zaid,\n"),
    ] {
        let input = json!({ "csv": head.to_owned() + &line.repeat(5001), "dryRun": true });
        let input_type = format!("I{}Input", &mutation[1..]);
        let refused = amina.mutate(mutation, &input_type, "added userErrors { code path }", input).await;
        assert_eq!(errors(&refused), ["LIMIT_REACHED csv"], "{mutation}");
        let wrong = import(&amina, mutation, json!({ "csv": "a,b\n1,2\n" })).await;
        assert!(errors(&wrong).iter().all(|error| error.starts_with("REQUIRED columns.")), "{wrong}");
    }
}

#[apply(both_databases)]
async fn of_a_customer_who_was_erased_the_file_tells_nothing_any_more(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let csv = "name,phone\nSami,+967711234599\n";
    let done = customers(&amina, csv).await;
    let sami = done["lines"][0]["customer"]["id"].as_str().unwrap();
    let fields = "customer { id } userErrors { code path }";
    id_of(&amina.mutate("eraseCustomer", "EraseCustomerInput", fields, json!({ "id": sami })).await, "customer");
    assert_eq!(errors(&amina.undo_import(json!({ "id": id(&done) })).await), ["CONFLICT id"]);
    let again = customers(&amina, csv).await;
    assert_eq!((&again["duplicates"], &again["lines"][0]["note"]), (&json!(1), &Value::Null));
    app.assert_journal_is_whole().await;
}
