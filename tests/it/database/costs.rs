//! What operations cost the database, in statements and transactions.

use daybook::changes::file_all;
use futures_util::{future::join_all, poll};
use sea_orm::{ConnectionTrait, DbBackend, Statement};
use serde_json::{Value, json};

use crate::harness::{Blocker, Database, TestApp, User};

const TRANSFER: &str = "mutation($input: TransferInput!) {
    transfer(input: $input) { transaction { id status reference } replayed userErrors { code } } }";

/// The fewest statements and transactions of several times, since the server itself asks the database something now and then.
async fn cost(app: &TestApp, user: &User, query: &str, variables: Value) -> (usize, usize) {
    let mut fewest = (usize::MAX, usize::MAX);
    for _ in 0..4 {
        let before = (app.statements(), app.transactions());
        user.gql(query, variables.clone()).await;
        let after = (app.statements() - before.0, app.transactions() - before.1);
        fewest = (fewest.0.min(after.0), fewest.1.min(after.1));
    }
    fewest
}

#[apply(both_databases)]
async fn operations_cost_as_many_statements_and_transactions_as_they_did(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let badr = app.user("badr").await;
    let savings = amina.new_wallet("YEM").await;
    amina.fund("1000").await;
    amina.pay(&badr, "1").await;
    let customer = amina.customer("Zaid").await;
    amina.entry(&customer, "CREDIT", "5", "2026-11-05").await;
    amina.spend("Food", "5", "2026-11-05").await;
    let to = |wallet: &str, key: Value| json!({ "input": { "from": { "id": amina.wallet }, "to": { "id": wallet }, "amount": "1", "idempotencyKey": key } });
    let deposit = "mutation($w: ID!) { deposit(input: { wallet: { id: $w }, amount: 1 }) { transaction { id } } }";
    let history = "query($w: ID!) { walletHistory(walletId: $w, first: 20) {
        edges { direction balanceAfter { amount } node { id type createdAt amount { amount } } } } }";
    let summary = "query($c: ID!) { customerSummary(customerId: $c) { closingBalance { amount } entryCount } }";
    let report = "{ monthlyReport(month: \"2026-11\") { netSavings { amount } categories { category { name } total { amount } } } }";
    let sales = "{ salesReport(from: \"2026-01\", to: \"2026-12\") { total { received { amount } } months { figures { totalAmount { amount } } } } }";
    let by_customer = "{ salesReport(from: \"2026-01\", to: \"2026-12\") { customers { nodes { customer { name } figures { totalAmount { amount } } } } } }";
    let mut others = Vec::new();
    // The first statement looks up the session, but for those that need none. What is written together is one statement on
    // PostgreSQL, and one for each table on SQLite.
    for (what, query, variables, on_postgres, on_sqlite) in [
        ("nothing", "{ __typename }", json!({}), (0, 0), (0, 0)),
        ("the schema", "{ __schema { queryType { name } } }", json!({}), (0, 0), (0, 0)),
        ("a deposit", deposit, json!({ "w": amina.wallet }), (4, 1), (8, 1)),
        ("a transfer between own wallets", TRANSFER, to(&savings, Value::Null), (4, 1), (8, 1)),
        ("a transfer to somebody else", TRANSFER, to(&badr.wallet, Value::Null), (5, 1), (9, 1)),
        ("a transfer with a key that was used", TRANSFER, to(&badr.wallet, json!("k")), (6, 1), (8, 1)),
        ("a page of a history", history, json!({ "w": amina.wallet }), (2, 0), (2, 0)),
        ("a summary", summary, json!({ "c": customer }), (6, 1), (6, 1)),
        ("a report", report, json!({}), (9, 1), (9, 1)),
        ("a report on sales", sales, json!({}), (4, 1), (4, 1)),
        ("a report on sales by customer", by_customer, json!({}), (6, 1), (6, 1)),
    ] {
        let expected = if on == Database::Postgres { on_postgres } else { on_sqlite };
        let cost = cost(&app, &amina, query, variables).await;
        if cost != expected {
            others.push(format!("{what}: {cost:?}, and not {expected:?}"));
        }
    }
    assert!(others.is_empty(), "{others:#?}");
}

#[apply(both_databases)]
async fn a_report_on_sales_costs_no_more_statements_with_more_documents(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let query = "{ salesReport(from: \"2026-01\", to: \"2026-12\") { otherCurrencies total { invoiceCount }
        months { figures { received { amount } } }
        customers(first: 100) { totalCount nodes { customer { name } figures { totalAmount { amount } } } } }
        monthlyReports(from: \"2026-01\", to: \"2026-12\") { sales { amount } receivedFromCustomers { amount } } }";
    let mut costs = Vec::new();
    for customers in [2, 40] {
        for number in 0..customers {
            let customer = amina.customer("Zaid").await;
            amina.invoice(&customer, "10", &format!("2026-{:02}-01", number % 12 + 1)).await;
            amina.entry(&customer, "CREDIT", "1", "2026-11-05").await;
            amina.receipt(&customer, "5", "2026-11-06").await;
        }
        costs.push(cost(&app, &amina, query, json!({})).await);
    }
    assert_eq!(costs[0], costs[1]);
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn a_document_costs_no_more_statements_when_the_customer_has_many(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let customer = amina.customer("Zaid").await;
    let invoice =
        "mutation($c: ID!) { createInvoice(input: { customerId: $c, grossAmount: 10, date: \"2026-11-20\" }) {
        invoice { id } } }";
    let receipt = "mutation($c: ID!) { createReceipt(input: { customerId: $c, amount: 10, paymentType: CASH,
        date: \"2026-11-20\" }) { receipt { id } } }";
    let statement =
        "query($c: ID!) { customerStatement(customerId: $c) { aging { overdue { amount } inAdvance { amount } }
        lines(first: 20) { nodes { balanceAfter { amount } } } } }";
    let mut costs = Vec::new();
    for documents in [5, 50] {
        for _ in 0..documents {
            amina.invoice(&customer, "10", "2026-11-01").await;
            amina.receipt(&customer, "10", "2026-11-02").await;
        }
        // Receipts and invoices by turns: each pays the one before, and none is left open.
        let mut of_round = Vec::new();
        for query in [invoice, receipt] {
            let before = (app.statements(), app.transactions());
            amina.gql(query, json!({ "c": customer })).await;
            of_round.push((app.statements() - before.0, app.transactions() - before.1));
        }
        of_round.push(cost(&app, &amina, statement, json!({ "c": customer })).await);
        costs.push(of_round);
    }
    assert_eq!(costs[0], costs[1]);
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn documents_in_the_middle_of_many_are_set_off_by_few_statements(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let customer = amina.customer("Zaid").await;
    for _ in 0..60 {
        amina.invoice(&customer, "10", "2026-11-10").await;
        amina.receipt(&customer, "10", "2026-11-11").await;
    }
    let before = app.statements();
    let first = amina.invoice(&customer, "3", "2026-11-01").await;
    // All allocations behind it shift.
    let cost = app.statements() - before;
    assert!(cost < 60, "{cost} statements");
    assert_eq!(amina.standing(&first).await, "PAID 3.00 0.00");
    app.assert_journal_is_whole().await;
}

/// What a transfer between two books takes of an SQLite file, with its indexes, activity and changes.
const MOST_BYTES: i64 = 900;

#[apply(test)]
async fn a_transfer_takes_no_more_room_than_it_did() {
    let (app, amina) = TestApp::with_owner(Database::Sqlite).await;
    let mut users = vec![amina];
    for number in 1..8 {
        users.push(app.user(&format!("user{number}")).await);
    }
    for user in &users {
        user.fund("100").await;
    }
    let bytes = async || -> i64 {
        file_all(&app.app.db).await.unwrap();
        let sql = "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size";
        let row = app.app.db.read().query_one_raw(Statement::from_string(DbBackend::Sqlite, sql)).await.unwrap();
        row.unwrap().try_get_by_index(0).unwrap()
    };
    let before = bytes().await;
    let rounds = 100;
    for _ in 0..rounds {
        join_all((0..users.len()).map(|from| users[from].pay(&users[(from + 1) % users.len()], "1"))).await;
    }
    let transfers = i64::from(rounds) * i64::try_from(users.len()).unwrap();
    let each = (bytes().await - before) / transfers;
    assert!(each <= MOST_BYTES, "{each} bytes");
}

#[apply(both_databases)]
async fn transfers_that_queue_up_are_done_in_one_transaction(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let mut users = vec![amina];
    for number in 1..16 {
        users.push(app.user(&format!("user{number}")).await);
    }
    for user in &users {
        user.fund("100").await;
    }
    let input = |user: &User, payee: &User| json!({ "input": { "from": { "id": user.wallet }, "to": { "id": payee.wallet }, "amount": "1" } });
    // Four of each, which is as many as a user may do at once.
    let pairs = (0..64).map(|number| (&users[number % 16], &users[(number + 1) % 16]));
    let blocker = Blocker::on(&app).await;
    let before = (app.statements(), app.transactions());
    let mut transfers: Vec<_> = pairs.map(|(user, payee)| Box::pin(user.gql(TRANSFER, input(user, payee)))).collect();
    // The first ones are being done, and the others queue up behind them.
    while app.app.under_way.len() < 64 {
        for transfer in &mut transfers {
            assert!(poll!(transfer.as_mut()).is_pending());
        }
        tokio::task::yield_now().await;
    }
    blocker.end().await;
    for done in join_all(transfers).await {
        assert_eq!(done["transfer"]["transaction"]["status"], "SUCCEEDED");
    }
    let cost = (app.statements() - before.0, app.transactions() - before.1);
    // Also those that the first one needs to wait.
    assert!(cost.0 <= 120 && cost.1 <= 12, "{cost:?}");
    for user in &users {
        assert_eq!(user.balance(&user.wallet).await, "100.00");
        app.settle().await;
        // The changes are in the order of the commits, which is that of the ids: each request got its id when it came.
        let changes = user.gql("{ changes(first: 100) { nodes { thingId } } }", json!({})).await;
        let ids =
            changes["changes"]["nodes"].as_array().unwrap().iter().map(|change| change["thingId"].as_str().unwrap());
        let ids: Vec<_> = ids.filter(|id| id.starts_with("wallet_transaction_")).collect();
        assert!(ids.len() == 9 && ids.is_sorted(), "{ids:?}");
    }
    app.assert_journal_is_whole().await;
}
