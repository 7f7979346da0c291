//! What lowers or raises a customer's debt besides invoices and receipts, in the report on sales. Notes are written into the ledger
//! and the journal as they are to be, without documents of their own.

use daybook::{
    bookkeeping::journal::{self, Accounts, Draft, Line},
    client::Client,
    entity::{
        account::AccountKind::{
            self, Cash, Cgst, Charges, Opening, Outside, Receivable, RoundOff, Sales, Sgst, WriteOff,
        },
        journal_entry::EntryKind,
        ledger_entry::{self, EntrySource, EntryType},
    },
    id::{Id, kind},
    money::Currency,
    viewer::Viewer,
};
use sea_orm::{EntityTrait, Set};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::harness::{Database, TestApp, User, id_of};

/// A note to a customer: the account that is debited, the one that is credited, and the amount of each posting.
struct Note {
    source: EntrySource,
    kind: EntryKind,
    date: &'static str,
    lines: Vec<(AccountKind, AccountKind, i64)>,
}

async fn enter(app: &TestApp, user: &User, customer: &str, note: &Note) {
    let token = user.client.token.as_ref().unwrap();
    let viewer = daybook::identity::authenticate(&app.app, &Client::default(), token).await.unwrap().unwrap();
    let customer: Id<kind::Customer> = customer.parse().unwrap();
    app.app.db.write(|tx| write(app, viewer, customer, note, tx)).await.unwrap();
}

async fn write(
    app: &TestApp,
    viewer: Viewer,
    customer: Id<kind::Customer>,
    Note { source, kind, date, lines }: &Note,
    tx: daybook::db::Transaction,
) -> daybook::error::Result<()> {
    let clock = &app.app.clock;
    let holder = |kind| if kind == Receivable { customer.cast() } else { viewer.book.cast() };
    let wanted = lines.iter().flat_map(|(debit, credit, _)| [*debit, *credit]);
    let wanted = wanted.map(|kind| (Currency::Yem, kind, holder(kind)));
    let accounts = Accounts::ensure(&tx, viewer.book, wanted, clock.now()).await?;
    let account = |kind: AccountKind| accounts.get(Currency::Yem, kind, holder(kind)).unwrap();
    let line = |(debit, credit, amount): &(_, _, i64)| Line {
        debit: account(*debit),
        credit: account(*credit),
        amount: *amount,
    };
    let (id, amount) = (Id::<kind::LedgerEntry>::generate(), lines.iter().map(|(.., amount)| amount).sum());
    let draft = Draft {
        id: Id::generate(),
        book_id: viewer.book,
        actor_id: viewer.user,
        kind: *kind,
        amount,
        currency: Currency::Yem,
        lines: lines.iter().map(line).collect(),
        effective_on: Some(date.parse().unwrap()),
        memo: None,
        reference: None,
        idempotency: None,
        document_id: Some(id.cast()),
        reverses_id: None,
        attempt: None,
    };
    let posted = journal::post(&tx, clock, &[draft]).await?.remove(0).unwrap();
    let owes_more = lines[0].0 == Receivable;
    let entry = ledger_entry::ActiveModel {
        id: Set(id),
        position: Set(Uuid::now_v7()),
        book_id: Set(viewer.book),
        customer_id: Set(customer),
        kind: Set(if owes_more { EntryType::Credit } else { EntryType::Debit }),
        source: Set(*source),
        amount: Set(amount),
        currency: Set(Currency::Yem),
        date: Set(date.parse().unwrap()),
        journal_entry_id: Set(posted.entry.id),
        version: Set(1),
        created_at: Set(posted.entry.created_at),
        updated_at: Set(posted.entry.created_at),
        ..Default::default()
    };
    ledger_entry::Entity::insert(entry).exec_without_returning(&tx).await?;
    Ok(())
}

/// What is sold, the taxes on it, and what is received, in a month and by customer.
async fn sold(user: &User, month: &str) -> (String, Vec<String>) {
    let query = "query($month: YearMonth!) {
        monthlyReport(month: $month) { sales { amount } salesTaxes { amount } receivedFromCustomers { amount } }
        salesReport(from: $month, to: $month) { total { ...F } customers { nodes { customer { name } figures { ...F } } } } }
        fragment F on SalesFigures { grossAmount { amount } cgst { amount } sgst { amount } otherCharges { amount }
            roundOff { amount } totalAmount { amount } received { amount } invoiceCount }";
    let data = user.gql(query, json!({ "month": month })).await;
    let words = |value: &Value, names: &[&str]| {
        let amounts = names.iter().map(|name| value[name]["amount"].as_str().unwrap());
        amounts.collect::<Vec<_>>().join(" ")
    };
    let figures = |value: &Value| {
        let names = ["grossAmount", "cgst", "sgst", "otherCharges", "roundOff", "totalAmount", "received"];
        format!("{} {}", value["invoiceCount"], words(value, &names))
    };
    let customer =
        |node: &Value| format!("{} {}", node["customer"]["name"].as_str().unwrap(), figures(&node["figures"]));
    let (report, sales) = (&data["monthlyReport"], &data["salesReport"]);
    let month = words(report, &["sales", "salesTaxes", "receivedFromCustomers"]);
    let customers = sales["customers"]["nodes"].as_array().unwrap().iter().map(customer).collect();
    (format!("{month} / {}", figures(&sales["total"])), customers)
}

#[apply(both_databases)]
async fn notes_change_what_was_sold_and_refunds_what_was_received_and_nothing_else_does(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let (dalal, eman) = (amina.customer("Dalal").await, amina.customer("Eman").await);
    let (huda, zaid) = (amina.customer("Huda").await, amina.customer("Zaid").await);
    let taxed = json!({ "customerId": dalal, "grossAmount": "1000", "gstRate": "18", "otherCharges": "10", "date": "2026-11-01" });
    id_of(&amina.create_invoice(taxed).await, "invoice");
    amina.receipt(&dalal, "700", "2026-11-02").await;
    let before = "1010.00 181.80 700.00 / 1 1000.00 90.90 90.90 10.00 0.00 1191.80 700.00";
    assert_eq!(sold(&amina, "2026-11").await.0, before);

    let owed = json!({ "customerId": zaid, "type": "CREDIT", "amount": "777", "date": "2026-11-03" });
    id_of(&amina.set_opening(owed).await, "entry");
    let advance = json!({ "customerId": eman, "type": "DEBIT", "amount": "888", "date": "2026-11-03" });
    id_of(&amina.set_opening(advance).await, "entry");
    let debt = json!({ "customerId": dalal, "amount": "400", "reason": "gone", "date": "2026-11-04" });
    id_of(&amina.write_off(debt).await, "entry");
    assert_eq!(sold(&amina, "2026-11").await.0, before);

    amina.fund("10").await;
    amina.receipt(&huda, "50", "2026-11-05").await;
    let refund = json!({ "customerId": huda, "amount": "20", "date": "2026-11-06" });
    id_of(&amina.refund(refund).await, "entry");
    let from_wallet = json!({ "customerId": eman, "amount": "3", "walletId": amina.wallet, "date": "2026-11-06" });
    id_of(&amina.refund(from_wallet).await, "entry");
    // One that was taken back.
    let undone =
        id_of(&amina.refund(json!({ "customerId": huda, "amount": "7", "date": "2026-11-06" })).await, "entry");
    amina.delete_entry(json!({ "id": undone })).await;
    app.assert_journal_is_whole().await;

    // A part of the invoice is taken back, with its taxes and charges, and the total is rounded; a price is corrected.
    let taken_back = vec![
        (Sales, Receivable, 10_000),
        (Cgst, Receivable, 900),
        (Sgst, Receivable, 900),
        (Charges, Receivable, 150),
        (RoundOff, Receivable, 50),
    ];
    let corrected = vec![(Receivable, Sales, 5000), (Receivable, Cgst, 450), (Receivable, Sgst, 450)];
    for (source, kind, lines) in [
        (EntrySource::CreditNote, EntryKind::CreditNote, taken_back),
        (EntrySource::DebitNote, EntryKind::DebitNote, corrected),
    ] {
        enter(&app, &amina, &dalal, &Note { source, kind, date: "2026-11-07", lines }).await;
    }
    let (total, customers) = sold(&amina, "2026-11").await;
    assert_eq!(total, "958.00 172.80 727.00 / 1 950.00 86.40 86.40 8.50 -0.50 1130.80 727.00");
    // Zaid has only an opening balance, so nothing was sold to him.
    let expected = [
        "Dalal 1 950.00 86.40 86.40 8.50 -0.50 1130.80 700.00",
        "Huda 0 0.00 0.00 0.00 0.00 0.00 0.00 30.00",
        "Eman 0 0.00 0.00 0.00 0.00 0.00 0.00 -3.00",
    ];
    assert_eq!(customers, expected);
}

#[apply(both_databases)]
async fn a_month_of_nothing_but_a_credit_note_is_below_zero(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let dalal = amina.customer("Dalal").await;
    amina.invoice(&dalal, "100", "2026-10-31").await;
    let lines = vec![(Sales, Receivable, 2500)];
    let (source, kind) = (EntrySource::CreditNote, EntryKind::CreditNote);
    enter(&app, &amina, &dalal, &Note { source, kind, date: "2026-11-01", lines }).await;
    let (total, customers) = sold(&amina, "2026-11").await;
    assert_eq!(total, "-25.00 0.00 0.00 / 0 -25.00 0.00 0.00 0.00 0.00 -25.00 0.00");
    assert_eq!(customers, ["Dalal 0 -25.00 0.00 0.00 0.00 0.00 -25.00 0.00"]);
    assert!(sold(&amina, "2026-10").await.0.starts_with("100.00 0.00 0.00 / 1 100.00 "));
}
