//! Lists of transactions: filters, what they sum to, orders and paging through.

use serde_json::{Value, json};

use crate::harness::{Database, TestApp, User, id_of};

const LIST: &str =
    "query($filter: TransactionFilter, $order: TransactionOrder, $first: Int, $after: String, $last: Int,
        $before: String) {
    transactions(filter: $filter, orderBy: $order, first: $first, after: $after, last: $last, before: $before) {
        nodes { description kind amount { amount currency } lines { category { name } amount { amount } } }
        totalCount pageInfo { startCursor endCursor hasNextPage hasPreviousPage }
        totals { income { amount currency } expense { amount } net { amount } }
        dollars: totals(currency: \"USD\") { income { amount } expense { amount } net { amount } } } }";

async fn list(user: &User, variables: Value) -> Value {
    user.gql(LIST, variables).await["transactions"].take()
}

/// The descriptions of a list, joined.
fn descriptions(list: &Value) -> String {
    let nodes = list["nodes"].as_array().unwrap().iter();
    nodes.map(|node| node["description"].as_str().unwrap()).collect::<Vec<_>>().join(",")
}

/// Hundredths of a text with two digits.
fn hundredths(amount: &Value) -> i64 {
    amount.as_str().unwrap().replace('.', "").parse().unwrap()
}

/// What the nodes of a list sum to in a currency: income, expense and net, in hundredths. Of a category, only its lines.
fn sums(list: &Value, currency: &str, category: Option<&str>) -> [i64; 3] {
    let mut sums = [0; 3];
    for node in list["nodes"].as_array().unwrap().iter().filter(|node| node["amount"]["currency"] == currency) {
        let lines = node["lines"].as_array().unwrap().iter();
        let counted = lines.filter(|line| category.is_none_or(|category| line["category"]["name"] == category));
        let amount: i64 = counted.map(|line| hundredths(&line["amount"]["amount"])).sum();
        let (place, sign) = if node["kind"] == "INCOME" { (0, 1) } else { (1, -1) };
        sums[place] += amount;
        sums[2] += sign * amount;
    }
    sums
}

fn shown(totals: &Value) -> [i64; 3] {
    ["income", "expense", "net"].map(|name| hundredths(&totals[name]["amount"]))
}

/// A month of income and spending, and what was deleted or is somebody else's. The wallet has 1000 to begin with.
async fn write(app: &TestApp, amina: &User) {
    amina.fund("1000").await;
    let badr = app.user("badr").await;
    badr.spend("Food", "999", "2026-11-03").await;
    let wallet = json!(amina.wallet);
    for (category, amount, currency, date, wallet, description) in [
        ("Salary", "300", "YEM", "2026-11-01", &wallet, "a"),
        ("Food", "20.5", "YEM", "2026-11-02", &Value::Null, "B 100%"),
        ("Food", "30", "YEM", "2026-11-03", &wallet, "c_d"),
        ("Data", "40", "USD", "2026-11-04", &Value::Null, "Ünï"),
        ("Other income", "7", "USD", "2026-11-04", &Value::Null, "tip"),
        ("Food", "50", "YEM", "1950-01-01", &Value::Null, "old"),
        ("Food", "60", "YEM", "2026-11-04", &wallet, "gone"),
        ("Salary", "70", "YEM", "2026-11-04", &Value::Null, "gone too"),
        ("Transport", "1", "YEM", "2199-12-31", &Value::Null, "far"),
    ] {
        let input = json!({
            "category": { "name": category }, "amount": amount, "currency": currency, "date": date, "walletId": wallet,
            "description": description,
        });
        let id = id_of(&amina.add_transaction(input).await, "transaction");
        if description.starts_with("gone") {
            id_of(&amina.delete_transaction(json!({ "id": id })).await, "transaction");
        }
    }
    let line = |category: &str, amount: &str, note: &str| json!({ "category": { "name": category }, "amount": amount, "note": note });
    let lines = [line("Food", "5", "rice"), line("Data", "9", "SIM card"), line("Food", "2.25", "")];
    let split = json!({ "lines": lines, "amount": "16.25", "date": "2026-11-05", "description": "split" });
    id_of(&amina.add_transaction(split).await, "transaction");
}

#[apply(both_databases)]
async fn a_filter_finds_what_it_says_and_its_count_and_sums_agree(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    write(&app, &amina).await;
    let food = json!({ "name": "food" });
    let food_id = amina.gql("{ categories { id name } }", json!({})).await["categories"].take();
    let food_id = food_id.as_array().unwrap().iter().find(|category| category["name"] == "Food").unwrap()["id"].clone();
    for (filter, expected) in [
        (json!({}), "far,split,tip,Ünï,c_d,B 100%,a,old"),
        (json!({ "kind": "INCOME" }), "tip,a"),
        (json!({ "kind": "EXPENSE" }), "far,split,Ünï,c_d,B 100%,old"),
        (json!({ "category": food }), "split,c_d,B 100%,old"),
        (json!({ "category": { "id": food_id } }), "split,c_d,B 100%,old"),
        (json!({ "category": { "name": "Data" } }), "split,Ünï"),
        (json!({ "category": { "name": "Savings" } }), ""),
        (json!({ "category": food, "kind": "EXPENSE" }), "split,c_d,B 100%,old"),
        (json!({ "category": food, "kind": "INCOME" }), ""),
        (json!({ "walletId": amina.wallet }), "c_d,a"),
        (json!({ "walletId": amina.wallet, "kind": "EXPENSE" }), "c_d"),
        (json!({ "walletId": amina.wallet, "category": food }), "c_d"),
        (json!({ "currency": "USD" }), "tip,Ünï"),
        (json!({ "currency": "EUR" }), ""),
        (json!({ "currency": "USD", "kind": "INCOME" }), "tip"),
        (json!({ "currency": "YEM", "category": { "name": "Data" } }), "split"),
        // Open at either end: a first day alone does not end today, nor does a last day begin anywhere.
        (json!({ "from": "2026-11-04" }), "far,split,tip,Ünï"),
        (json!({ "to": "2026-11-02" }), "B 100%,a,old"),
        (json!({ "from": "2026-11-02", "to": "2026-11-03" }), "c_d,B 100%"),
        (json!({ "from": "2026-11-03", "to": "2026-11-03" }), "c_d"),
        (json!({ "from": "2026-11-01", "to": "2026-11-30" }), "split,tip,Ünï,c_d,B 100%,a"),
        (json!({ "from": "0001-01-01", "to": "9999-12-31" }), "far,split,tip,Ünï,c_d,B 100%,a,old"),
        (json!({ "from": "2199-12-31" }), "far"),
        (json!({ "from": "9999-12-31" }), ""),
        (json!({ "category": food, "from": "2026-11-03", "to": "2026-11-05" }), "split,c_d"),
        (json!({ "category": food, "to": "2026-11-02", "currency": "YEM" }), "B 100%,old"),
        // An amount is one of some currency: the book's, when none is named. It is that of the whole transaction.
        (json!({ "minAmount": "30" }), "c_d,a,old"),
        (json!({ "maxAmount": "20.5" }), "far,split,B 100%"),
        (json!({ "minAmount": "16.25", "maxAmount": "20.49" }), "split"),
        (json!({ "minAmount": "10", "category": food, "maxAmount": "30" }), "split,c_d,B 100%"),
        (json!({ "minAmount": "10", "currency": "USD" }), "Ünï"),
        (json!({ "text": "ÜNÏ" }), "Ünï"),
        (json!({ "text": "0%" }), "B 100%"),
        (json!({ "text": "%" }), "B 100%"),
        (json!({ "text": "_" }), "c_d"),
        (json!({ "text": "\\" }), ""),
        (json!({ "text": "sim C" }), "split"),
        (json!({ "text": "rice", "category": { "name": "Data" } }), "split"),
        (json!({ "text": " " }), "far,split,tip,Ünï,c_d,B 100%,a,old"),
        (json!({ "deleted": true }), "gone too,gone"),
        (json!({ "deleted": true, "category": food }), "gone"),
        (json!({ "deleted": true, "walletId": amina.wallet }), "gone"),
        (json!({ "deleted": null }), "far,split,gone too,gone,tip,Ünï,c_d,B 100%,a,old"),
        (json!({ "deleted": null, "category": food, "from": "2026-11-03" }), "split,gone,c_d"),
        (json!({ "deleted": null, "kind": "INCOME" }), "gone too,tip,a"),
        (
            json!({ "kind": "EXPENSE", "category": food, "walletId": amina.wallet, "currency": "YEM", "from": "2026-11-03",
                "to": "2026-11-03", "minAmount": "30", "maxAmount": "30", "text": "C_D", "deleted": false }),
            "c_d",
        ),
    ] {
        let list = list(&amina, json!({ "filter": filter, "first": 100 })).await;
        assert_eq!(descriptions(&list), expected, "{filter}");
        assert_eq!(list["totalCount"], expected.split_terminator(',').count(), "{filter}");
        let category = &filter["category"];
        let category = if category["id"].is_null() { category["name"].as_str() } else { Some("Food") };
        let category = category.map(|name| if name == "food" { "Food" } else { name });
        let currency = filter["currency"].as_str().unwrap_or("YEM");
        assert_eq!(list["totals"]["income"]["currency"], currency, "{filter}");
        assert_eq!(shown(&list["totals"]), sums(&list, currency, category), "{filter}");
        assert_eq!(shown(&list["dollars"]), sums(&list, "USD", category), "{filter}");
    }
    // The value of a variable counts as if it was written in its place, and a variable that was not sent as absent.
    let query = "query($deleted: Boolean) { transactions(filter: { deleted: $deleted }) { totalCount } }";
    for (given, count) in [(json!({}), 8), (json!({ "deleted": null }), 10), (json!({ "deleted": true }), 2)] {
        assert_eq!(amina.gql(query, given.clone()).await["transactions"]["totalCount"], count, "{given}");
    }
    let split = list(&amina, json!({ "filter": { "category": food, "from": "2026-11-05" } })).await;
    assert_eq!(split["totals"]["expense"]["amount"], "7.25");

    let theirs = app.user("carim").await.category("Theirs", "EXPENSE").await;
    for bad in [
        json!({ "from": "2026-11-02", "to": "2026-11-01" }),
        json!({ "minAmount": "2", "maxAmount": "1" }),
        json!({ "minAmount": "0.001" }),
        json!({ "maxAmount": "1.5", "currency": "JPY" }),
        json!({ "text": "\u{200B}" }),
        json!({ "text": "x".repeat(101) }),
        json!({ "text": "a\0" }),
    ] {
        assert_eq!(amina.error(LIST, json!({ "filter": bad })).await, "INVALID", "{bad}");
    }
    for bad in [
        json!({ "category": { "name": "nothing" } }),
        json!({ "category": { "name": "nul\0l" } }),
        json!({ "category": { "id": theirs } }),
        json!({ "walletId": "wallet_x" }),
    ] {
        assert_eq!(amina.error(LIST, json!({ "filter": bad })).await, "NOT_FOUND", "{bad}");
    }
    app.assert_journal_is_whole().await;
}

/// Goes through a list forth and back, in pages of some sizes.
async fn page_through(user: &User, filter: &Value, order: &Value, expected: &[String]) {
    for size in [1, 4, 5, 12, 100] {
        let (mut forwards, mut after) = (Vec::new(), Value::Null);
        loop {
            let page = list(user, json!({ "first": size, "after": after, "filter": filter, "order": order })).await;
            forwards.push(descriptions(&page));
            after = page["pageInfo"]["endCursor"].clone();
            if page["pageInfo"]["hasNextPage"] == false {
                break;
            }
        }
        assert_eq!(forwards.join(","), expected.join(","), "{size} of {order} {filter}");
        let (mut backwards, mut before) = (Vec::new(), Value::Null);
        loop {
            let page = list(user, json!({ "last": size, "before": before, "filter": filter, "order": order })).await;
            backwards.insert(0, descriptions(&page));
            before = page["pageInfo"]["startCursor"].clone();
            if page["pageInfo"]["hasPreviousPage"] == false {
                break;
            }
        }
        assert_eq!(backwards.join(","), expected.join(","), "{size} of {order} {filter}, from its end");
    }
}

#[apply(both_databases)]
async fn pages_show_each_transaction_once_in_either_order_and_either_way(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    // Few days and few amounts, so that neither says which comes first; some are in a category twice, some in dollars.
    let mut all = Vec::new();
    for number in 0..14_u32 {
        let (day, amount) = (18 + number * 7 % 3, 10 + number * 5 % 4);
        let food = json!({ "category": { "name": "Food" }, "amount": (amount - 4).to_string() });
        let [data, other] = ["2", "2"].map(
            |amount| json!({ "category": { "name": if number % 3 == 0 { "Food" } else { "Data" } }, "amount": amount }),
        );
        let description = format!("{number:02}");
        let input = json!({
            "lines": [food, data, other], "amount": amount.to_string(), "date": "2026-11-19",
            "currency": if number % 7 == 6 { "USD" } else { "YEM" }, "description": description,
        });
        let id = id_of(&amina.add_transaction(input).await, "transaction");
        // It is where its day is, not where its first day was.
        let moved = json!({ "id": id, "date": format!("2026-11-{day}") });
        id_of(&amina.update_transaction(moved).await, "transaction");
        all.push((number, day, amount, description));
    }
    let names = |all: &[(u32, u32, u32, String)]| all.iter().map(|row| row.3.clone()).collect::<Vec<_>>();
    let reversed = |names: &[String]| names.iter().rev().cloned().collect::<Vec<_>>();
    all.sort_by_key(|(number, day, ..)| (*day, *number));
    let by_date = names(&all);
    for filter in
        [json!({}), json!({ "category": { "name": "Food" } }), json!({ "kind": "EXPENSE", "from": "2026-11-01" })]
    {
        page_through(&amina, &filter, &Value::Null, &reversed(&by_date)).await;
        page_through(&amina, &filter, &json!({ "direction": "ASC" }), &by_date).await;
    }
    let with_data: Vec<_> = by_date.iter().filter(|name| name.parse::<u32>().unwrap() % 3 != 0).cloned().collect();
    let data = json!({ "category": { "name": "Data" } });
    page_through(&amina, &data, &json!({ "field": "DATE" }), &reversed(&with_data)).await;
    // By their amounts, those in the currency of the book only.
    all.retain(|(number, ..)| number % 7 != 6);
    all.sort_by_key(|(number, _, amount, _)| (*amount, *number));
    let by_amount = names(&all);
    for filter in [json!({}), json!({ "category": { "name": "Food" } })] {
        page_through(&amina, &filter, &json!({ "field": "AMOUNT", "direction": "ASC" }), &by_amount).await;
        page_through(&amina, &filter, &json!({ "field": "AMOUNT" }), &reversed(&by_amount)).await;
    }
    let dollars = json!({ "filter": { "currency": "USD" }, "order": { "field": "AMOUNT", "direction": "ASC" } });
    assert_eq!(list(&amina, dollars).await["totalCount"], 2);
    let of_book = list(&amina, json!({ "order": { "field": "AMOUNT" } })).await;
    assert_eq!((&of_book["totalCount"], shown(&of_book["dollars"])), (&json!(12), [0; 3]));

    // Newer ones do not shift those that come, and one that is deleted is not missed by its cursor.
    let page = list(&amina, json!({ "first": 3 })).await;
    amina.spend("Food", "1", "2026-11-30").await;
    let id = amina.gql("{ transactions(first: 4) { nodes { id } } }", json!({})).await;
    amina.delete_transaction(json!({ "id": id["transactions"]["nodes"][3]["id"] })).await;
    let rest = list(&amina, json!({ "first": 100, "after": page["pageInfo"]["endCursor"] })).await;
    assert_eq!(descriptions(&rest), reversed(&by_date)[3..].join(","));

    let by_amount = list(&amina, json!({ "first": 1, "order": { "field": "AMOUNT" } })).await;
    let [date, amount] = [&page, &by_amount].map(|page| page["pageInfo"]["endCursor"].clone());
    for bad in [
        json!({ "after": "x" }),
        json!({ "after": amount }),
        json!({ "before": amount }),
        json!({ "after": date, "order": { "field": "AMOUNT" } }),
        json!({ "before": date, "order": { "field": "AMOUNT" } }),
        json!({ "first": 101 }),
        json!({ "first": 1, "last": 1 }),
        json!({ "last": -1 }),
    ] {
        assert_eq!(amina.error(LIST, bad.clone()).await, "INVALID", "{bad}");
    }
    app.assert_journal_is_whole().await;
}
