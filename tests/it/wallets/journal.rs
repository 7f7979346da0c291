//! The journal under the wallets: reversal, and what the database itself refuses.

use daybook::{
    bookkeeping::journal,
    client::Client,
    entity::{journal_entry, posting},
    error::{Code, Error},
    id::{Id, kind},
    viewer::Viewer,
};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use serde_json::{Value, json};

use crate::harness::{
    Database::{self, Postgres},
    TestApp, User, id_of,
};

/// The viewer that a user is.
async fn viewer(app: &TestApp, user: &User) -> Viewer {
    let token = user.client.token.as_ref().unwrap();
    daybook::identity::authenticate(&app.app, &Client::default(), token).await.unwrap().unwrap()
}

async fn reverse(app: &TestApp, viewer: &Viewer, id: &Value) -> Result<journal::Posted, Error> {
    let id: Id<kind::Entry> = id.as_str().unwrap().parse().unwrap();
    let clock = &app.app.clock;
    app.app.db.write(|tx| async move { journal::reverse(&tx, clock, viewer, id, None).await }).await
}

fn code(refused: Result<journal::Posted, Error>) -> Code {
    match refused {
        Err(Error::Refused(refusals)) => refusals[0].code,
        other => panic!("{other:?}"),
    }
}

#[apply(both_databases)]
async fn a_reversal_takes_turnovers_back_not_only_balances(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let savings = amina.new_wallet("YEM").await;
    amina.fund("10").await;
    let input = json!({ "from": { "id": amina.wallet }, "to": { "id": savings }, "amount": "4" });
    let paid = amina.transfer(input).await["transaction"]["id"].clone();
    let viewer = viewer(&app, &amina).await;
    let reversal = reverse(&app, &viewer, &paid).await.unwrap();
    assert_eq!(reversal.entry.amount, -400);
    let original: Id<kind::Entry> = paid.as_str().unwrap().parse().unwrap();
    assert_eq!(reversal.entry.reverses_id, Some(original));
    let original = posting::Entity::find().filter(posting::Column::EntryId.eq(original)).one(app.app.db.read()).await;
    let original = original.unwrap().unwrap();
    // The same sides and the same day, negated.
    assert_eq!(reversal.postings[0].debit_account_id, original.debit_account_id);
    assert_eq!(reversal.postings[0].credit_account_id, original.credit_account_id);
    assert_eq!(reversal.postings[0].effective_on, original.effective_on);
    assert_eq!(amina.balance(&amina.wallet).await, "10.00");
    assert_eq!(amina.balance(&savings).await, "0.00");
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn what_cannot_be_reversed_is_refused(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let badr = app.user("badr").await;
    amina.fund("10").await;
    let deposit = amina.history(&amina.wallet, Value::Null).await[0]["node"]["id"].clone();
    let refused = amina.pay(&badr, "11").await["transaction"]["id"].clone();
    let paid = amina.pay(&badr, "4").await["transaction"]["id"].clone();
    let (owner, stranger) = (viewer(&app, &amina).await, viewer(&app, &badr).await);

    assert_eq!(code(reverse(&app, &stranger, &paid).await), Code::NotFound);
    assert_eq!(code(reverse(&app, &owner, &refused).await), Code::NotAllowed);
    // The money of the deposit is partly spent.
    assert_eq!(code(reverse(&app, &owner, &deposit).await), Code::InsufficientFunds);
    // What Badr was paid is his.
    assert_eq!(code(reverse(&app, &owner, &paid).await), Code::NotAllowed);
    assert_eq!(badr.balance(&badr.wallet).await, "4.00");
    let withdrawal = amina.withdraw(json!({ "wallet": { "id": amina.wallet }, "amount": "1" })).await;
    let withdrawal = &withdrawal["transaction"]["id"];
    let reversal = reverse(&app, &owner, withdrawal).await.unwrap();
    assert_eq!(code(reverse(&app, &owner, withdrawal).await), Code::NotAllowed);
    assert_eq!(code(reverse(&app, &owner, &json!(reversal.entry.id.to_string())).await), Code::NotAllowed);
    assert_eq!(amina.balance(&amina.wallet).await, "6.00");
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
#[threads(4)]
async fn of_ten_reversals_at_once_one_counts(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    amina.fund("10").await;
    amina.fund("90").await;
    let deposit = amina.history(&amina.wallet, Value::Null).await[1]["node"]["id"].clone();
    let owner = viewer(&app, &amina).await;
    let reversals = (0..10).map(|_| reverse(&app, &owner, &deposit));
    let results = futures_util::future::join_all(reversals).await;
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1);
    assert_eq!(amina.balance(&amina.wallet).await, "90.00");
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn the_database_itself_refuses_nonsense(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    amina.fund("10").await;
    for phone in ["711234567", "711234568"] {
        let customer = json!({ "name": "Badr", "phone": phone });
        let customer = id_of(&amina.create_customer(customer).await, "customer");
        let lines = json!([{ "description": "tea", "quantity": "1", "unitPrice": "10" }]);
        let invoice = json!({ "customerId": customer, "gstRate": "18", "lines": lines });
        id_of(&amina.create_invoice(invoice).await, "invoice");
        amina.receipt(&customer, "7", "2026-11-21").await;
    }
    let before = journal_entry::Entity::find().all(app.app.db.read()).await.unwrap();
    for nonsense in [
        // The past is not changed.
        "UPDATE posting SET amount = amount + 1",
        "DELETE FROM posting",
        "UPDATE journal_entry SET memo = 'other'",
        "DELETE FROM journal_entry",
        // A guarded account is not overdrawn, counters are integers and do not run backwards below zero.
        "UPDATE account SET debits = credits + 1 WHERE kind = 'WALLET'",
        "UPDATE account SET may_overdraw = TRUE WHERE kind = 'WALLET'",
        "UPDATE account SET credits = 9223372036854775807.0 + 1",
        "UPDATE account SET credits = -1, debits = -1",
        "UPDATE account SET status = 'CLOSED' WHERE kind = 'WALLET'",
        "UPDATE account SET status = 'LOST'",
        "UPDATE account SET kind = 'GIFT'",
        // Nothing hangs in the air.
        "UPDATE account SET book_id = id",
        "DELETE FROM account",
        "DELETE FROM book",
        "DELETE FROM \"user\"",
        "DELETE FROM member",
        // A second default, a second user of a name.
        "INSERT INTO wallet SELECT book_id, book_id, name, currency, is_default, created_at FROM wallet",
        "INSERT INTO account SELECT book_id, book_id, kind, currency, holder_id, status, may_overdraw, debits, credits,
            postings, created_at, posted_at, wallet_inflow FROM account",
        "UPDATE \"user\" SET password_hash = 'plain text'",
        "UPDATE \"user\" SET phone = '711234567'",
        // A document is of some amount, and its sums are right.
        "UPDATE ledger_entry SET amount = 0",
        "UPDATE ledger_entry SET kind = 'GIFT'",
        "UPDATE ledger_entry SET kind = 'DEBIT' WHERE source = 'INVOICE'",
        "UPDATE invoice SET total = total + 1",
        "UPDATE invoice SET cgst = cgst + 1, total = total + 1",
        "UPDATE invoice SET igst = 1, total = total + 1",
        "UPDATE invoice SET due_date = '1999-01-01'",
        "UPDATE invoice SET discount = 1",
        "UPDATE invoice SET discount = -1, total = total + 1",
        "UPDATE invoice SET discount = gross + 1, total = total - gross - 1",
        "UPDATE invoice SET discount_percent = 100001",
        "UPDATE invoice SET round_off = 1",
        "UPDATE invoice SET inter_state = TRUE",
        "UPDATE invoice SET tax_method = 'GUESS'",
        "UPDATE invoice_line SET discount = -1",
        "UPDATE invoice_line SET unit_price_fraction = 1000000",
        "UPDATE invoice_line SET cgst = cgst + 1",
        "UPDATE invoice_line SET quantity = 0",
        "UPDATE invoice_line SET rate = 100001",
        "UPDATE receipt SET payment_type = 'BARTER'",
        // Nothing is paid twice, and what is void pays nothing and is not paid.
        "UPDATE invoice SET paid = total + 1",
        "UPDATE invoice SET voided_at = created_at",
        "UPDATE receipt SET allocated = amount + 1",
        "UPDATE receipt SET voided_at = created_at",
        "UPDATE allocation SET amount = 0",
        "UPDATE number_series SET last = -1",
        "UPDATE account_day SET debits = -1",
        "UPDATE account_month SET entries = -1",
        // One number for two, and what others hang on.
        "UPDATE customer SET name = ''",
        "UPDATE customer SET phone = '+967711234567'",
        "UPDATE invoice SET number_key = 'same'",
        "UPDATE receipt SET number_key = 'same'",
        "UPDATE ledger_entry SET journal_entry_id = (SELECT min(id) FROM journal_entry)",
        "DELETE FROM customer",
        "DELETE FROM ledger_entry",
        "DELETE FROM invoice",
        "DELETE FROM receipt",
    ] {
        let refused = app.app.db.write(|tx| async move { Ok(tx.execute_unprepared(nonsense).await?) }).await;
        assert!(refused.is_err(), "{nonsense}");
    }
    if on == Postgres {
        let emptied = app.app.db.write(|tx| async move { Ok(tx.execute_unprepared("TRUNCATE posting").await?) }).await;
        assert!(emptied.is_err());
    }
    let entries = journal_entry::Entity::find().all(app.app.db.read()).await.unwrap();
    assert_eq!(entries, before);
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn migrations_go_down_and_up_again(on: Database) {
    use migration::{Migrator, MigratorTrait};
    let app = TestApp::on(on).await;
    let connection = sea_orm::Database::connect(&app.url).await.unwrap();
    Migrator::down(&connection, None).await.unwrap();
    assert_eq!(app.app.db.pending_migrations().await.unwrap(), Migrator::migrations().len());
    Migrator::up(&connection, None).await.unwrap();
    assert_eq!(app.app.db.pending_migrations().await.unwrap(), 0);
    app.user("amina").await.fund("1").await;
    app.assert_journal_is_whole().await;
}
