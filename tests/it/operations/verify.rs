//! `daybook verify`: what it finds. Rows are changed by SQL, and what differs is named.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::harness::{Database, TestApp, errors, full_book};

/// The codes of what a change makes differ, in their order, and all of it in words.
async fn found(app: &TestApp, changes: &[(&str, &str)]) {
    let tamperer = app.tamperer().await;
    let mut wrong = Vec::new();
    for (sql, expected) in changes {
        let differences = tamperer.differences(sql).await;
        let codes: BTreeSet<_> = differences.iter().map(|difference| json!(difference.check).to_string()).collect();
        let codes = Vec::from_iter(codes).join(" ").replace('"', "");
        if codes != *expected {
            let words: Vec<_> = differences.iter().map(ToString::to_string).collect();
            wrong.push(format!("{sql}\n  expected {expected}\n  found {}\n    {}", codes, words.join("\n    ")));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(tamperer.differences("SELECT 1").await.len(), 0);
}

const FIRST_DEPOSIT: &str = "(SELECT id FROM journal_entry WHERE kind = 'DEPOSIT' ORDER BY id LIMIT 1)";

#[apply(both_databases)]
async fn each_difference_of_accounts_is_found(on: Database) {
    let app = TestApp::on(on).await;
    full_book(&app).await;
    app.assert_journal_is_whole().await;
    let sales = "kind = 'SALES'";
    let wallet = "id = (SELECT debit_account_id FROM posting JOIN journal_entry ON id = entry_id
        WHERE kind = 'WITHDRAWAL' ORDER BY entry_id LIMIT 1)";
    let day = "account_id = (SELECT id FROM account WHERE kind = 'RECEIVABLE' ORDER BY id LIMIT 1)";
    found(
        &app,
        &[
            (
                &format!("UPDATE account SET credits = credits + 100 WHERE {sales}"),
                "ACCOUNT_COUNTER BOOK_SUM CURRENCY_SUM",
            ),
            (
                &format!("UPDATE account SET debits = debits + 1, credits = credits + 1 WHERE {sales}"),
                "ACCOUNT_COUNTER",
            ),
            (&format!("UPDATE account SET postings = postings + 1 WHERE {sales}"), "ACCOUNT_COUNTER"),
            ("UPDATE account SET wallet_inflow = wallet_inflow + 1 WHERE kind = 'OUTSIDE'", "ACCOUNT_COUNTER"),
            (
                &format!(
                    "UPDATE account SET debits = debits + 10000000000000000, credits = credits + 10000000000000000
                    WHERE {wallet}"
                ),
                "ACCOUNT_COUNTER",
            ),
            (&format!("UPDATE account SET posted_at = created_at WHERE {sales}"), "ACCOUNT_COUNTER"),
            (&format!("UPDATE account SET posted_at = NULL WHERE {sales}"), "ACCOUNT_COUNTER"),
            (
                "UPDATE posting SET debit_balance = credit_balance, credit_balance = debit_balance
                WHERE entry_id = (SELECT id FROM journal_entry WHERE kind = 'TRANSFER' ORDER BY id LIMIT 1)",
                "POSTING_BALANCE",
            ),
            (
                "UPDATE posting SET credit_seq = credit_seq + 1 WHERE credit_account_id IN
                (SELECT id FROM account WHERE kind = 'SALES' AND postings = posting.credit_seq)",
                "POSTING_SEQ",
            ),
            (
                "UPDATE journal_entry SET created_at = '2020-01-01 00:00:00+00:00' WHERE id =
                (SELECT id FROM journal_entry WHERE kind = 'WITHDRAWAL' ORDER BY id LIMIT 1)",
                "POSTING_TIME",
            ),
            (
                &format!("UPDATE account SET debits = credits + 1 WHERE {wallet}"),
                "ACCOUNT_COUNTER ACCOUNT_OVERDRAWN BOOK_SUM CURRENCY_SUM",
            ),
            (
                "UPDATE posting SET debit_balance = -1 WHERE entry_id IN
                (SELECT id FROM journal_entry WHERE kind = 'WITHDRAWAL')",
                "ACCOUNT_OVERDRAWN POSTING_BALANCE",
            ),
            (&format!("UPDATE account SET may_overdraw = TRUE WHERE {wallet}"), "ACCOUNT_OVERDRAWN"),
            (&format!("UPDATE account SET status = 'CLOSED' WHERE {wallet}"), "ACCOUNT_CLOSED"),
            ("UPDATE wallet SET currency = 'EUR'", "ACCOUNT_HOLDER"),
            ("DELETE FROM customer WHERE name = 'Dalal'", "ACCOUNT_HOLDER"),
            ("UPDATE category SET kind = 'INCOME' WHERE name = 'Food'", "ACCOUNT_HOLDER"),
            (
                "UPDATE account SET book_id = (SELECT book_id FROM customer WHERE name = 'Zaid') WHERE kind = 'SALES'",
                "ACCOUNT_HOLDER BOOK_SUM ENTRY_BOOK",
            ),
            (&format!("UPDATE account_day SET debits = debits + 1 WHERE {day}"), "ACCOUNT_DAY"),
            (&format!("UPDATE account_day SET entries = entries + 1 WHERE {day}"), "ACCOUNT_DAY"),
            (&format!("UPDATE account_month SET credits = credits + 1 WHERE {day}"), "ACCOUNT_MONTH"),
            (&format!("DELETE FROM account_day WHERE {day}"), "ACCOUNT_DAY"),
            (&format!("DELETE FROM account_month WHERE {day}"), "ACCOUNT_MONTH"),
            (
                &format!("INSERT INTO account_day SELECT id, '2026-11-01', 0, 0, 0 FROM account WHERE {wallet}"),
                "ACCOUNT_DAY",
            ),
            (
                "INSERT INTO account_month SELECT id, '1999-01-01', 0, 0, 0 FROM account WHERE kind = 'RECEIVABLE'",
                "ACCOUNT_MONTH",
            ),
        ],
    )
    .await;
}

#[apply(both_databases)]
async fn each_difference_of_entries_is_found(on: Database) {
    let app = TestApp::on(on).await;
    full_book(&app).await;
    let of_failed = "entry_id IN (SELECT id FROM journal_entry WHERE status = 'FAILED')";
    let credit = "(SELECT journal_entry_id FROM ledger_entry WHERE source = 'MANUAL' ORDER BY id LIMIT 1)";
    let other_book = "(SELECT book_id FROM customer WHERE name = 'Zaid')";
    let reversal = "(SELECT id FROM journal_entry WHERE reverses_id IS NOT NULL ORDER BY id LIMIT 1)";
    found(&app, &[
        (
            &format!("UPDATE posting SET amount = amount + 1 WHERE entry_id = {FIRST_DEPOSIT}"),
            "ACCOUNT_COUNTER ENTRY_AMOUNT POSTING_BALANCE",
        ),
        (
            &format!("DELETE FROM posting WHERE entry_id = {FIRST_DEPOSIT}"),
            "ACCOUNT_COUNTER ENTRY_POSTINGS POSTING_BALANCE POSTING_SEQ",
        ),
        (&format!("DELETE FROM journal_entry WHERE id = {FIRST_DEPOSIT}"), "ENTRY_POSTINGS"),
        (&format!("UPDATE posting SET amount = 7 WHERE {of_failed}"), "ACCOUNT_COUNTER POSTING_AMOUNT POSTING_BALANCE"),
        (&format!("UPDATE posting SET line = 5 WHERE entry_id = {FIRST_DEPOSIT}"), "ENTRY_POSTINGS"),
        (&format!("UPDATE journal_entry SET amount = amount + 1 WHERE id = {FIRST_DEPOSIT}"), "ENTRY_AMOUNT"),
        (&format!("UPDATE journal_entry SET book_id = {other_book} WHERE id = {FIRST_DEPOSIT}"), "ENTRY_BOOK"),
        (&format!("UPDATE journal_entry SET currency = 'EUR' WHERE id = {FIRST_DEPOSIT}"), "ENTRY_CURRENCY"),
        (
            "UPDATE account SET currency = 'EUR' WHERE kind = 'SALES'",
            "BOOK_SUM CURRENCY_SUM ENTRY_CURRENCY",
        ),
        (&format!("UPDATE journal_entry SET kind = 'WITHDRAWAL' WHERE id = {FIRST_DEPOSIT}"), "ENTRY_ACCOUNTS"),
        (&format!("UPDATE journal_entry SET failure = 'SAME_ACCOUNT' WHERE id = {FIRST_DEPOSIT}"), "ENTRY_STATE"),
        (&format!("UPDATE journal_entry SET document_id = id WHERE id = {FIRST_DEPOSIT}"), "DOCUMENT_MISSING ENTRY_STATE"),
        (
            &format!("UPDATE journal_entry SET effective_on = '2020-01-01' WHERE id = {FIRST_DEPOSIT}"),
            "POSTING_DATE",
        ),
        (
            &format!("UPDATE posting SET effective_on = '2020-01-01' WHERE entry_id = {credit}"),
            "ACCOUNT_DAY ACCOUNT_MONTH POSTING_DATE",
        ),
        (&format!("UPDATE journal_entry SET amount = amount - 1 WHERE id = {reversal}"), "ENTRY_AMOUNT REVERSAL"),
        (
            &format!("UPDATE journal_entry SET reverses_id = NULL WHERE id = {reversal}"),
            "ACCOUNT_DAY ACCOUNT_MONTH DOCUMENT_ENTRY DOCUMENT_VERSION ENTRY_AMOUNT",
        ),
        (
            &format!("UPDATE journal_entry SET effective_on = '2020-01-01' WHERE id = {reversal};
                UPDATE posting SET effective_on = '2020-01-01' WHERE entry_id = {reversal}"),
            "ACCOUNT_DAY ACCOUNT_MONTH REVERSAL",
        ),
        (
            "DROP INDEX journal_entry_reverses_id_key; UPDATE journal_entry SET reverses_id =
                (SELECT reverses_id FROM journal_entry WHERE reverses_id IS NOT NULL ORDER BY id LIMIT 1)
                WHERE reverses_id IS NOT NULL",
            "DOCUMENT_ENTRY DOCUMENT_VERSION REVERSAL REVERSED_TWICE",
        ),
        (
            "DROP INDEX journal_entry_book_id_reference_key; UPDATE journal_entry SET reference = 'R' WHERE kind = 'DEPOSIT'",
            "REFERENCE_TWICE",
        ),
        (
            "DROP INDEX journal_entry_book_id_idempotency_key_key;
             UPDATE journal_entry SET idempotency_key = 'w' WHERE kind = 'DEPOSIT'",
            "KEY_TWICE",
        ),
    ])
    .await;
}

#[apply(both_databases)]
async fn each_difference_of_documents_is_found(on: Database) {
    let app = TestApp::on(on).await;
    full_book(&app).await;
    let entry = "id = (SELECT id FROM ledger_entry WHERE source = 'MANUAL' ORDER BY id LIMIT 1)";
    let taxed = "number = 'INV-0001'";
    let split = "description = 'market'";
    let of_split = "transaction_id = (SELECT id FROM \"transaction\" WHERE description = 'market')";
    let journal = "id = (SELECT journal_entry_id FROM ledger_entry WHERE source = 'MANUAL' ORDER BY id LIMIT 1)";
    let eman = "(SELECT id FROM customer WHERE name = 'Eman')";
    found(&app, &[
        (&format!("UPDATE ledger_entry SET amount = amount + 1 WHERE {entry}"), "DOCUMENT_FIELD DOCUMENT_POSTINGS OPEN_ITEMS"),
        (&format!("UPDATE ledger_entry SET currency = 'EUR' WHERE {entry}"), "ALLOCATION DOCUMENT_FIELD DOCUMENT_POSTINGS ENTRY_SETTLED OPEN_ITEMS"),
        (&format!("UPDATE ledger_entry SET date = '2026-10-01' WHERE {entry}"), "DOCUMENT_FIELD"),
        (&format!("UPDATE ledger_entry SET note = 'other' WHERE {entry}"), "DOCUMENT_FIELD"),
        (&format!("UPDATE ledger_entry SET kind = 'DEBIT' WHERE {entry}"), "ALLOCATION DOCUMENT_FIELD DOCUMENT_POSTINGS OPEN_ITEMS"),
        (&format!("UPDATE ledger_entry SET customer_id = {eman} WHERE {entry}"), "ALLOCATION DOCUMENT_POSTINGS ENTRY_SETTLED OPEN_ITEMS"),
        (&format!("UPDATE ledger_entry SET version = 2 WHERE {entry}"), "DOCUMENT_VERSION"),
        (&format!("UPDATE ledger_entry SET deleted_at = created_at WHERE {entry}"), "ALLOCATION DOCUMENT_ENTRY OPEN_ITEMS"),
        ("UPDATE ledger_entry SET deleted_at = NULL WHERE source = 'MANUAL'", "DOCUMENT_ENTRY OPEN_ITEMS"),
        (&format!("DELETE FROM ledger_entry WHERE {entry}"), "ALLOCATION DOCUMENT_MISSING OPEN_ITEMS"),
        (&format!("UPDATE journal_entry SET effective_on = '2020-01-01' WHERE {journal}"), "DOCUMENT_FIELD POSTING_DATE"),
        (&format!("UPDATE journal_entry SET document_id = NULL WHERE {journal}"), "DOCUMENT_ENTRY DOCUMENT_VERSION ENTRY_STATE"),
        (
            "UPDATE ledger_entry SET journal_entry_id = (SELECT e.id FROM journal_entry e
                WHERE e.document_id = ledger_entry.id AND e.reverses_id IS NULL ORDER BY e.id LIMIT 1) WHERE version = 3",
            "DOCUMENT_ENTRY DOCUMENT_FIELD DOCUMENT_POSTINGS",
        ),
        (
            &format!("UPDATE invoice SET gross = gross + 1, total = total + 1 WHERE {taxed}"),
            "DOCUMENT_FIELD DOCUMENT_LINES DOCUMENT_POSTINGS",
        ),
        (&format!("UPDATE invoice SET total = total + 1 WHERE {taxed}"), "DOCUMENT_FIELD INVOICE_SUMS"),
        (
            &format!("UPDATE invoice SET cgst = cgst + 1, gross = gross - 1 WHERE {taxed}"),
            "DOCUMENT_LINES DOCUMENT_POSTINGS INVOICE_SUMS",
        ),
        (&format!("UPDATE invoice SET date = '2026-10-01' WHERE {taxed}"), "DOCUMENT_FIELD"),
        (&format!("UPDATE invoice SET position = customer_id WHERE {taxed}"), "DOCUMENT_FIELD"),
        ("UPDATE receipt SET position = customer_id", "DOCUMENT_FIELD"),
        (&format!("UPDATE invoice SET voided_at = created_at WHERE {taxed}"), "DOCUMENT_FIELD"),
        ("UPDATE invoice SET number = 'INV-0009' WHERE number = 'INV-0002'", "DOCUMENT_FIELD"),
        ("UPDATE invoice_line SET unit_price = unit_price + 100 WHERE line = 1", "DOCUMENT_LINES"),
        ("UPDATE invoice_line SET rate = 12000 WHERE line = 1", "INVOICE_SUMS"),
        ("UPDATE invoice_line SET line = 3 WHERE line = 1", "DOCUMENT_LINES"),
        ("DELETE FROM invoice_line WHERE line = 2", "DOCUMENT_LINES INVOICE_SUMS"),
        (&format!("DELETE FROM invoice WHERE {taxed}"), "DOCUMENT_MISSING DOCUMENT_POSTINGS NUMBER_MISSING"),
        ("UPDATE receipt SET wallet_id = NULL", "DOCUMENT_POSTINGS"),
        ("UPDATE receipt SET amount = amount + 1 WHERE wallet_id IS NOT NULL", "DOCUMENT_FIELD DOCUMENT_POSTINGS"),
        (
            &format!("UPDATE receipt SET customer_id = {eman} WHERE wallet_id IS NOT NULL"),
            "DOCUMENT_FIELD DOCUMENT_POSTINGS",
        ),
        (
            &format!("UPDATE \"transaction\" SET amount = amount + 1 WHERE {split}"),
            "DOCUMENT_FIELD DOCUMENT_LINES DOCUMENT_POSTINGS",
        ),
        (&format!("UPDATE \"transaction\" SET date = '2026-11-01' WHERE {split}"), "DOCUMENT_FIELD DOCUMENT_LINES"),
        (&format!("UPDATE \"transaction\" SET description = 'x' WHERE {split}"), "DOCUMENT_FIELD"),
        (&format!("UPDATE \"transaction\" SET wallet_id = NULL WHERE {split}"), "DOCUMENT_POSTINGS"),
        (&format!("UPDATE \"transaction\" SET version = 1 WHERE {split}"), "DOCUMENT_VERSION"),
        (&format!("UPDATE transaction_line SET amount = amount + 1 WHERE {of_split} AND line = 1"), "DOCUMENT_LINES DOCUMENT_POSTINGS"),
        (
            &format!("UPDATE transaction_line SET amount = CASE line WHEN 1 THEN 300 ELSE 900 END WHERE {of_split}"),
            "DOCUMENT_POSTINGS",
        ),
        (
            &format!("UPDATE transaction_line SET category_id = (SELECT id FROM category WHERE name = 'Data' ORDER BY id LIMIT 1)
                WHERE {of_split}"),
            "DOCUMENT_POSTINGS",
        ),
        (&format!("UPDATE transaction_line SET position = category_id WHERE {of_split} AND line = 1"), "DOCUMENT_LINES"),
        (&format!("DELETE FROM transaction_line WHERE {of_split} AND line = 1"), "DOCUMENT_LINES DOCUMENT_POSTINGS"),
        (&format!("DELETE FROM \"transaction\" WHERE {split}"), "DOCUMENT_MISSING"),
    ])
    .await;
}

#[apply(both_databases)]
async fn each_difference_of_refunds_is_found(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    amina.spend("Food", "80", "2026-11-07").await;
    let refund = json!({ "category": { "name": "Food" }, "amount": "-30", "walletId": amina.wallet });
    amina.add_transaction(refund).await;
    app.assert_journal_is_whole().await;
    let refund = "(SELECT journal_entry_id FROM \"transaction\" WHERE amount < 0)";
    found(
        &app,
        &[
            (
                "UPDATE \"transaction\" SET amount = -amount WHERE amount < 0",
                "DOCUMENT_FIELD DOCUMENT_LINES DOCUMENT_POSTINGS",
            ),
            ("UPDATE transaction_line SET amount = -amount WHERE amount < 0", "DOCUMENT_LINES DOCUMENT_POSTINGS"),
            (&format!("UPDATE journal_entry SET amount = -amount WHERE id = {refund}"), "DOCUMENT_FIELD ENTRY_AMOUNT"),
        ],
    )
    .await;
}

#[apply(both_databases)]
async fn each_difference_of_parties_is_found(on: Database) {
    let app = TestApp::on(on).await;
    full_book(&app).await;
    let buyer = "id = (SELECT buyer_id FROM invoice WHERE number = 'INV-0001')";
    let other_book = "(SELECT book_id FROM customer WHERE name = 'Zaid')";
    let changes = [
        format!("DELETE FROM party WHERE {buyer}"),
        "DELETE FROM party WHERE role = 'SELLER'".to_owned(),
        "UPDATE invoice SET buyer_id = seller_id WHERE number = 'Bill 7'".to_owned(),
        "UPDATE receipt SET seller_id = customer_id".to_owned(),
        format!("UPDATE party SET book_id = {other_book} WHERE {buyer}"),
        "UPDATE party SET role = 'SELLER'".to_owned(),
        format!("UPDATE party SET name = 'Dalila' WHERE {buyer}"),
        format!("UPDATE party SET name = NULL WHERE {buyer}"),
        "UPDATE party SET gst_number = '29ABCDE1234F1Z5' WHERE role = 'SELLER'".to_owned(),
        "UPDATE party SET state = 'Aden' WHERE role = 'BUYER'".to_owned(),
    ];
    found(&app, &changes.each_ref().map(|sql| (sql.as_str(), "DOCUMENT_PARTY"))).await;
}

#[apply(both_databases)]
async fn each_difference_of_allocations_and_numbers_is_found(on: Database) {
    let app = TestApp::on(on).await;
    let amina = full_book(&app).await;
    let customer = amina.customer("Ledgers").await;
    let (older, newer) = (
        amina.entry(&customer, "CREDIT", "50", "2026-11-01").await,
        amina.entry(&customer, "CREDIT", "30", "2026-11-02").await,
    );
    let payment = amina.entry(&customer, "DEBIT", "80", "2026-11-03").await;
    let input = json!({ "paymentId": payment, "charges": [{ "chargeId": newer, "amount": "20" }] });
    assert_eq!(errors(&amina.mutate("allocate", "AllocateInput", "userErrors { code path }", input).await), [""; 0]);
    let input = json!({ "paymentId": payment, "charges": [{ "chargeId": older, "amount": "5" }] });
    assert_eq!(errors(&amina.mutate("release", "ReleaseInput", "userErrors { code path }", input).await), [""; 0]);
    let of_payment = "kind = 'DEBIT' AND held > 0";
    found(
        &app,
        &[
            ("UPDATE allocation SET amount = amount + 1", "ENTRY_SETTLED OPEN_ITEMS"),
            ("UPDATE allocation SET amount = 0", "ALLOCATION ENTRY_SETTLED OPEN_ITEMS"),
            ("UPDATE allocation SET named = -1 WHERE named > 0", "ALLOCATION OPEN_ITEMS"),
            ("DELETE FROM allocation", "ENTRY_SETTLED OPEN_ITEMS"),
            ("UPDATE receipt SET allocated = allocated - 1 WHERE allocated > 0", "DOCUMENT_FIELD"),
            ("UPDATE invoice SET paid = paid - 1 WHERE paid > 0", "DOCUMENT_FIELD"),
            (&format!("UPDATE ledger_entry SET settled = settled + 1 WHERE {of_payment}"), "ENTRY_SETTLED OPEN_ITEMS"),
            (&format!("UPDATE ledger_entry SET held = amount WHERE {of_payment}"), "ENTRY_SETTLED"),
            (&format!("UPDATE ledger_entry SET held = 0 WHERE {of_payment}"), "OPEN_ITEMS"),
            ("UPDATE ledger_entry SET held = 1 WHERE kind = 'CREDIT' AND settled < amount", "ENTRY_SETTLED"),
            (
                "UPDATE allocation SET payment_id = charge_id, charge_id = payment_id WHERE named > 0",
                "ALLOCATION OPEN_ITEMS",
            ),
            ("UPDATE invoice SET number = 'X', number_key = 'x' WHERE number = 'INV-0002'", "NUMBER_MISSING"),
            ("UPDATE invoice SET number = 'X', number_key = 'x' WHERE number = 'inv-0003'", "NUMBER_MISSING"),
            ("UPDATE invoice SET number = 'X', number_key = 'x' WHERE number = 'INV-000005'", "NUMBER_MISSING"),
            ("UPDATE receipt SET number = 'X', number_key = 'x' WHERE number = '2026/1'", "NUMBER_MISSING"),
            (
                "INSERT INTO client_id (id, book_id, request_hash) SELECT customer.id, wallet.book_id,
                (SELECT request_hash FROM journal_entry WHERE idempotency_key = 'w') FROM customer, wallet
                WHERE customer.book_id <> wallet.book_id LIMIT 1",
                "CLIENT_ID",
            ),
            ("UPDATE number_series SET last = last + 1", "NUMBER_MISSING"),
            ("UPDATE number_series SET last = 9000000000000000000", "NUMBER_MISSING"),
            ("UPDATE number_series SET series = 'GIFT {}'  WHERE series = 'INVOICE INV-{}'", "NUMBER_MISSING"),
            (
                "DROP INDEX invoice_book_id_number_key_key;
             UPDATE invoice SET number = 'INV-0001', number_key = 'inv-0001' WHERE number = 'Bill 7'",
                "NUMBER_TWICE",
            ),
            (
                "DROP INDEX receipt_book_id_number_key_key; UPDATE receipt SET number = 'R', number_key = 'r'",
                "NUMBER_MISSING NUMBER_TWICE",
            ),
        ],
    )
    .await;
}

#[apply(both_databases)]
async fn a_difference_is_told_in_words(on: Database) {
    let app = TestApp::on(on).await;
    let amina = full_book(&app).await;
    let tamperer = app.tamperer().await;
    let wallet = &amina.wallet;
    let words = |differences: Vec<daybook::bookkeeping::verify::Difference>| -> Vec<String> {
        // The id of the account is known to the database alone.
        let words = differences.iter().map(ToString::to_string);
        words.map(|words| words.split_once(": ").map(|(_, words)| words.to_owned()).unwrap()).collect()
    };
    let found =
        tamperer.differences("UPDATE account SET debits = debits + 100 WHERE kind = 'CASH' AND debits > 50000").await;
    let told = words(found);
    assert!(told[0].starts_with("the debits that the CASH account of book_"), "{told:?}");
    assert!(told[0].ends_with(" in YEM counts: expected 958.00 YEM, found 959.00 YEM"), "{told:?}");
    // Which of the two comes first is not known.
    let sql = "DROP INDEX posting_debit_account_id_debit_seq_key; UPDATE posting SET debit_seq = 1 WHERE debit_seq = 2";
    let told = words(tamperer.differences(sql).await);
    let twice = |told: &String| told.starts_with("the number of") && told.ends_with("expected 2, found 1");
    assert!(told.iter().any(twice), "{told:?}");
    let found = tamperer.differences("UPDATE number_series SET last = last + 2 WHERE series = 'INVOICE INV-{}'").await;
    let expected = "the invoice with the numbers INV-000006 to INV-000007, which its series gave out up to 7: \
                    expected 2 of them, found nothing";
    assert_eq!(words(found), [expected]);
    let sql = "UPDATE account SET status = 'CLOSED' WHERE holder_id = (SELECT id FROM wallet ORDER BY id LIMIT 1)";
    let told = words(tamperer.differences(sql).await);
    let expected =
        format!("the balance of the WALLET account of {wallet} in YEM, which is closed: expected 0.00 YEM, found ");
    assert!(told[0].starts_with(&expected), "{told:?}");
    let found = tamperer.differences(&format!("UPDATE journal_entry SET amount = 1 WHERE id = {FIRST_DEPOSIT}")).await;
    let first = amina.history(wallet, Value::Null).await.last().unwrap()["node"]["id"].clone();
    assert_eq!((found.len(), json!(found[0].id)), (1, first));
}
