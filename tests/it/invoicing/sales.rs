//! What the shop sold and received, by month and by customer.

use daybook::entity::account_month;
use sea_orm::{EntityTrait, sea_query::Expr};
use serde_json::{Value, json};

use crate::harness::{Database, TestApp, User, full_book, id_of};

const REPORT: &str = "query($from: YearMonth!, $to: YearMonth!, $currency: CurrencyCode) {
    salesReport(from: $from, to: $to, currency: $currency) {
        from to currency otherCurrencies
        total { ...F } months { month figures { ...F } }
        customers(first: 100) { totalCount nodes { customer { name } figures { ...F } } }
    } }
    fragment F on SalesFigures {
        invoiceCount grossAmount { amount } cgst { amount } sgst { amount } igst { amount } otherCharges { amount }
        roundOff { amount } totalAmount { amount } received { amount }
    }";

/// Figures in words: how many invoices, then the amounts in the order of [`REPORT`].
fn words(figures: &Value) -> String {
    let amounts = ["grossAmount", "cgst", "sgst", "igst", "otherCharges", "roundOff", "totalAmount", "received"];
    let amounts = amounts.map(|name| figures[name]["amount"].as_str().unwrap_or_else(|| panic!("{figures}")));
    format!("{} {}", figures["invoiceCount"], amounts.join(" "))
}

async fn report(user: &User, from: &str, to: &str, currency: Value) -> Value {
    user.gql(REPORT, json!({ "from": from, "to": to, "currency": currency })).await["salesReport"].take()
}

/// The figures of each month.
fn months(report: &Value) -> Vec<String> {
    let months = report["months"].as_array().unwrap().iter();
    months.map(|month| format!("{} {}", month["month"].as_str().unwrap(), words(&month["figures"]))).collect()
}

/// The figures of each customer.
fn customers(report: &Value) -> Vec<String> {
    let nodes = report["customers"]["nodes"].as_array().unwrap();
    assert_eq!(report["customers"]["totalCount"], nodes.len());
    let customer = |node: &Value| format!("{} {}", node["customer"]["name"].as_str().unwrap(), words(&node["figures"]));
    nodes.iter().map(customer).collect()
}

async fn receive(user: &User, customer: &str, amount: &str, date: &str) -> String {
    let receipt = json!({ "customerId": customer, "amount": amount, "date": date, "paymentType": "UPI", "walletId": user.wallet });
    id_of(&user.create_receipt(receipt).await, "receipt")
}

#[apply(both_databases)]
async fn documents_count_in_the_month_of_their_date_and_for_their_customer(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let (dalal, eman) = (amina.customer("Dalal").await, amina.customer("Eman").await);
    let idle = amina.customer("Huda").await;
    let taxed = json!({ "customerId": dalal, "grossAmount": "100", "gstRate": "18", "otherCharges": "4", "date": "2026-10-31" });
    id_of(&amina.create_invoice(taxed).await, "invoice");
    let far = json!({ "customerId": eman, "grossAmount": "1000", "gstRate": "12.5", "interState": true, "date": "2026-11-01" });
    id_of(&amina.create_invoice(far).await, "invoice");
    amina.invoice(&eman, "20", "2026-11-30").await;
    let dollars = json!({ "customerId": idle, "grossAmount": "7", "currency": "USD", "date": "2026-11-10" });
    id_of(&amina.create_invoice(dollars).await, "invoice");
    // By hand: goods on credit, and a payment.
    amina.entry(&dalal, "CREDIT", "30", "2026-11-30").await;
    amina.entry(&dalal, "DEBIT", "10", "2026-11-30").await;
    receive(&amina, &eman, "500", "2026-11-15").await;
    amina.receipt(&dalal, "25", "2026-12-01").await;
    // What no longer counts.
    let void = amina.invoice(&eman, "11", "2026-11-02").await;
    amina.void_invoice(json!({ "id": void, "reason": "wrong" })).await;
    let void = receive(&amina, &dalal, "9", "2026-10-11").await;
    amina.void_receipt(json!({ "id": void, "reason": "bounced" })).await;
    let deleted = amina.entry(&idle, "CREDIT", "1000", "2026-11-03").await;
    amina.delete_entry(json!({ "id": deleted })).await;
    let moved = amina.entry(&dalal, "CREDIT", "3", "2026-10-03").await;
    amina.update_entry(json!({ "id": moved, "date": "2026-12-31", "amount": "2" })).await;
    // What a household earns and spends is no matter of the shop.
    amina.spend("Salary", "1800", "2026-11-01").await;
    amina.spend("Food", "60", "2026-11-01").await;

    let sold = report(&amina, "2026-09", "2026-12", Value::Null).await;
    assert_eq!((&sold["from"], &sold["to"], &sold["currency"]), (&json!("2026-09"), &json!("2026-12"), &json!("YEM")));
    assert_eq!(sold["otherCurrencies"], json!(["USD"]));
    let expected = [
        "2026-09 0 0.00 0.00 0.00 0.00 0.00 0.00 0.00 0.00",
        "2026-10 1 100.00 9.36 9.36 0.00 4.00 0.00 122.72 0.00",
        "2026-11 2 1050.00 0.00 0.00 125.00 0.00 0.00 1175.00 510.00",
        "2026-12 0 2.00 0.00 0.00 0.00 0.00 0.00 2.00 25.00",
    ];
    assert_eq!(months(&sold), expected);
    assert_eq!(words(&sold["total"]), "3 1152.00 9.36 9.36 125.00 4.00 0.00 1299.72 535.00");
    let expected = [
        "Eman 2 1020.00 0.00 0.00 125.00 0.00 0.00 1145.00 500.00",
        "Dalal 1 132.00 9.36 9.36 0.00 4.00 0.00 154.72 35.00",
    ];
    assert_eq!(customers(&sold), expected);
    // A part of the period, an archived customer, another currency.
    amina.archive(&eman).await;
    let november = report(&amina, "2026-11", "2026-11", json!("YEM")).await;
    assert_eq!(months(&november).len(), 1);
    let expected = [
        "Eman 2 1020.00 0.00 0.00 125.00 0.00 0.00 1145.00 500.00",
        "Dalal 0 30.00 0.00 0.00 0.00 0.00 0.00 30.00 10.00",
    ];
    assert_eq!(customers(&november), expected);
    let dollars = report(&amina, "2026-10", "2026-11", json!("USD")).await;
    assert_eq!(customers(&dollars), ["Huda 1 7.00 0.00 0.00 0.00 0.00 0.00 7.00 0.00"]);
    assert_eq!(
        (words(&dollars["total"]), &dollars["otherCurrencies"]),
        ("1 7.00 0.00 0.00 0.00 0.00 0.00 7.00 0.00".to_owned(), &json!(["YEM"]))
    );
    let none = report(&amina, "2025-01", "2025-12", Value::Null).await;
    assert_eq!((customers(&none), &none["otherCurrencies"]), (vec![], &json!([])));

    // The monthly report shows the same beside the household, and adds nothing up.
    let query = "{ monthlyReports(from: \"2026-10\", to: \"2026-12\") { otherCurrencies totalIncome { amount } totalExpense { amount }
        netSavings { amount } sales { amount } salesTaxes { amount } receivedFromCustomers { amount } } }";
    let reports = amina.gql(query, json!({})).await["monthlyReports"].take();
    let reports = reports.as_array().unwrap().iter().map(|month| {
        let names = ["totalIncome", "totalExpense", "netSavings", "sales", "salesTaxes", "receivedFromCustomers"];
        let amounts = names.map(|name| month[name]["amount"].as_str().unwrap());
        format!("{} {}", amounts.join(" "), month["otherCurrencies"])
    });
    let expected = [
        "0.00 0.00 0.00 104.00 18.72 0.00 []",
        "1800.00 60.00 1740.00 1050.00 125.00 510.00 [\"USD\"]",
        "0.00 0.00 0.00 2.00 0.00 25.00 []",
    ];
    assert_eq!(reports.collect::<Vec<_>>(), expected);
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn money_from_a_customer_in_a_wallet_is_received_and_no_income(on: Database) {
    let (_app, amina) = TestApp::with_owner(on).await;
    let customer = amina.customer("Dalal").await;
    receive(&amina, &customer, "1180", "2026-11-05").await;
    let query = "{ monthlyReport(month: \"2026-11\") { totalIncome { amount } sales { amount } salesTaxes { amount }
        receivedFromCustomers { amount currency } } }";
    let expected = json!({
        "totalIncome": { "amount": "0.00" }, "sales": { "amount": "0.00" }, "salesTaxes": { "amount": "0.00" },
        "receivedFromCustomers": { "amount": "1180.00", "currency": "YEM" },
    });
    assert_eq!(amina.gql(query, json!({})).await["monthlyReport"], expected);
    let sold = report(&amina, "2026-11", "2026-11", Value::Null).await;
    assert_eq!(customers(&sold), ["Dalal 0 0.00 0.00 0.00 0.00 0.00 0.00 0.00 1180.00"]);
}

#[apply(both_databases)]
async fn customers_come_by_their_totals_and_page_by_page(on: Database) {
    let (_app, amina) = TestApp::with_owner(on).await;
    for (name, amount) in [("a", "5"), ("b", "70"), ("c", "5"), ("d", "600"), ("e", "5")] {
        let customer = amina.customer(name).await;
        amina.invoice(&customer, amount, "2026-11-01").await;
    }
    let page = async |arguments: &str| {
        let query = format!(
            "{{ salesReport(from: \"2026-11\", to: \"2026-11\") {{ customers({arguments}) {{
                totalCount nodes {{ customer {{ name }} }}
                pageInfo {{ hasNextPage hasPreviousPage startCursor endCursor }} }} }} }}"
        );
        let mut page = amina.gql(&query, json!({})).await["salesReport"]["customers"].take();
        let names = page["nodes"].as_array().unwrap().iter().map(|node| node["customer"]["name"].as_str().unwrap());
        (names.collect::<String>(), page["totalCount"].as_i64().unwrap(), page["pageInfo"].take())
    };
    assert_eq!(page("first: 100").await.0, "dbeca");
    let (first, count, info) = page("first: 2").await;
    assert_eq!((first.as_str(), count, &info["hasNextPage"]), ("db", 5, &json!(true)));
    let after = format!("after: {}", info["endCursor"]);
    let (second, _, info) = page(&format!("first: 2, {after}")).await;
    assert_eq!((second.as_str(), &info["hasNextPage"]), ("ec", &json!(true)));
    let (third, _, end) = page(&format!("first: 2, after: {}", info["endCursor"])).await;
    assert_eq!((third.as_str(), &end["hasNextPage"]), ("a", &json!(false)));
    let (before, _, start) = page(&format!("last: 3, before: {}", info["endCursor"])).await;
    assert_eq!((before.as_str(), &start["hasPreviousPage"]), ("dbe", &json!(false)));
    assert_eq!(page("first: 0").await.0, "");
}

#[apply(both_databases)]
async fn the_months_and_the_customers_of_any_book_add_up_to_the_same(on: Database) {
    let app = TestApp::on(on).await;
    let amina = full_book(&app).await;
    let badr = app.user("hassan").await;
    let sold = report(&amina, "2026-01", "2026-12", Value::Null).await;
    let sum = |figures: Vec<&Value>| {
        let minor = |figures: &Value, name: &str| {
            figures[name]["amount"].as_str().unwrap().replace('.', "").parse::<i64>().unwrap()
        };
        let names = ["grossAmount", "cgst", "sgst", "igst", "otherCharges", "roundOff", "totalAmount", "received"];
        let sums = names.map(|name| figures.iter().map(|figures| minor(figures, name)).sum::<i64>());
        let count = figures.iter().map(|figures| figures["invoiceCount"].as_i64().unwrap()).sum::<i64>();
        (count, sums)
    };
    let of = |list: &'static str| match list {
        "months" => sold["months"].as_array().unwrap().iter().map(|month| &month["figures"]).collect::<Vec<_>>(),
        _ => sold["customers"]["nodes"].as_array().unwrap().iter().map(|node| &node["figures"]).collect(),
    };
    let total = sum(vec![&sold["total"]]);
    assert_eq!((sum(of("months")), sum(of("customers"))), (total, total));
    // The invoices and entries of that book that count, and what was paid for them.
    let (count, [parts @ .., all, received]) = total;
    assert_eq!(parts.iter().sum::<i64>(), all);
    assert!(count >= 5 && parts[..5].iter().all(|part| *part > 0) && received > 0, "{total:?}");
    // Another book has nothing of it.
    let theirs = report(&badr, "2026-01", "2026-12", Value::Null).await;
    assert_eq!(words(&theirs["total"]), "0 0.00 0.00 0.00 0.00 0.00 0.00 0.00 0.00");
    assert_eq!(customers(&theirs), [""; 0]);
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn a_period_that_cannot_be_is_refused(on: Database) {
    let (_app, amina) = TestApp::with_owner(on).await;
    let code = async |from: &str, to: &str, currency: Value| {
        let answer = amina.client.request(REPORT, json!({ "from": from, "to": to, "currency": currency })).await.json();
        answer["errors"][0]["extensions"]["code"].as_str().unwrap_or("none").to_owned()
    };
    for (from, to) in [("2026-11", "2026-10"), ("2026-01", "2029-01"), ("1926-11", "2026-11"), ("1900-01", "2199-12")] {
        assert_eq!(code(from, to, Value::Null).await, "INVALID", "{from} {to}");
    }
    for bad in ["0000-01", "0001-01", "9999-12", "1899-12", "2200-01", "2026-13", "2026", "", "😀"] {
        assert_eq!(code(bad, "2026-11", Value::Null).await, "BAD_USER_INPUT", "{bad}");
        assert_eq!(code("2026-11", bad, Value::Null).await, "BAD_USER_INPUT", "{bad}");
    }
    for bad in ["XXX", "usd", "", "YEMEN"] {
        assert_eq!(code("2026-11", "2026-11", json!(bad)).await, "BAD_USER_INPUT", "{bad}");
    }
    for (from, to) in [("1900-01", "1902-12"), ("2197-01", "2199-12"), ("2199-12", "2199-12")] {
        let sold = report(&amina, from, to, json!("KWD")).await;
        assert_eq!(words(&sold["total"]), "0 0.000 0.000 0.000 0.000 0.000 0.000 0.000 0.000", "{from}");
    }
}

#[apply(both_databases)]
async fn the_first_and_the_last_day_of_a_period_are_in_it(on: Database) {
    let (_app, amina) = TestApp::with_owner(on).await;
    let customer = amina.customer("Dalal").await;
    for (amount, date) in
        [("1", "2199-12-01"), ("2", "2199-12-31"), ("4", "1900-01-01"), ("8", "2024-02-29"), ("16", "2024-03-01")]
    {
        amina.invoice(&customer, amount, date).await;
        amina.receipt(&customer, amount, date).await;
    }
    for (month, count, amount) in
        [("2199-12", 2, "3.00"), ("1900-01", 1, "4.00"), ("2024-02", 1, "8.00"), ("2024-03", 1, "16.00")]
    {
        let sold = report(&amina, month, month, Value::Null).await;
        let expected = format!("{count} {amount} 0.00 0.00 0.00 0.00 0.00 {amount} {amount}");
        assert_eq!(months(&sold), [format!("{month} {expected}")]);
        assert_eq!(customers(&sold), [format!("Dalal {expected}")]);
    }
}

#[apply(both_databases)]
async fn sums_over_many_customers_are_exact_beyond_64_bits(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    for name in ["Dalal", "Eman"] {
        let customer = amina.customer(name).await;
        amina.entry(&customer, "CREDIT", "5", "2026-11-01").await;
    }
    // As much as an account can count would take thousands of the largest amounts.
    let db = sea_orm::Database::connect(&app.url).await.unwrap();
    let months = account_month::Entity::update_many().col_expr(account_month::Column::Credits, Expr::value(i64::MAX));
    months.exec(&db).await.unwrap();
    db.close().await.unwrap();
    // Two customers were credited with so much, less 5.00 each, and so were the sales.
    let query = "{ monthlyReport(month: \"2026-11\") { sales { amount } receivedFromCustomers { amount } }
        salesReport(from: \"2026-11\", to: \"2026-11\") { total { totalAmount { amount } received { amount } } } }";
    let data = amina.gql(query, json!({})).await;
    let (most, received) = ("92233720368547758.07", "276701161105643264.21");
    let expected = json!({ "sales": { "amount": most }, "receivedFromCustomers": { "amount": received } });
    assert_eq!(data["monthlyReport"], expected);
    let expected = json!({ "total": { "totalAmount": { "amount": most }, "received": { "amount": received } } });
    assert_eq!(data["salesReport"], expected);
}
