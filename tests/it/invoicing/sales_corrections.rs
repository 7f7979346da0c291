//! What lowers or raises a customer's debt besides invoices and receipts, in the report on sales. The entries are written as the
//! operations write them, whatever their documents are.

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
use sea_orm::{EntityTrait, IntoActiveModel};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::harness::{Database, TestApp, User, id_of};

/// An entry of a customer's ledger: the account that is debited, the one that is credited, and the amount of each posting.
struct Correction {
    source: EntrySource,
    kind: EntryKind,
    date: &'static str,
    lines: Vec<(AccountKind, AccountKind, i64)>,
}

async fn enter(app: &TestApp, user: &User, customer: &str, correction: &Correction) {
    let token = user.client.token.as_ref().unwrap();
    let viewer = daybook::identity::authenticate(&app.app, &Client::default(), token).await.unwrap().unwrap();
    let customer: Id<kind::Customer> = customer.parse().unwrap();
    app.app.db.write(|tx| write(app, viewer, customer, correction, tx)).await.unwrap();
}

async fn write(
    app: &TestApp,
    viewer: Viewer,
    customer: Id<kind::Customer>,
    Correction { source, kind, date, lines }: &Correction,
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
    let entry = ledger_entry::Model {
        id,
        position: Uuid::now_v7(),
        book_id: viewer.book,
        customer_id: customer,
        kind: if owes_more { EntryType::Credit } else { EntryType::Debit },
        source: *source,
        amount,
        currency: Currency::Yem,
        date: date.parse().unwrap(),
        note: None,
        search_text: None,
        journal_entry_id: posted.entry.id,
        version: 1,
        created_at: posted.entry.created_at,
        updated_at: posted.entry.created_at,
        deleted_at: None,
        settled: 0,
        held: 0,
    };
    ledger_entry::Entity::insert(entry.into_active_model()).exec_without_returning(&tx).await?;
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
    let huda = amina.customer("Huda").await;
    let taxed = json!({ "customerId": dalal, "grossAmount": "1000", "gstRate": "18", "otherCharges": "10", "date": "2026-11-01" });
    id_of(&amina.create_invoice(taxed).await, "invoice");
    amina.receipt(&dalal, "700", "2026-11-02").await;
    let before = "1010.00 181.80 700.00 / 1 1000.00 90.90 90.90 10.00 0.00 1191.80 700.00";
    assert_eq!(sold(&amina, "2026-11").await.0, before);
    for (customer, source, kind, date, lines) in [
        // A part of the invoice is taken back, with its taxes and charges, and the total is rounded.
        (
            &dalal,
            EntrySource::CreditNote,
            EntryKind::CreditNote,
            "2026-11-03",
            vec![
                (Sales, Receivable, 10_000),
                (Cgst, Receivable, 900),
                (Sgst, Receivable, 900),
                (Charges, Receivable, 150),
                (RoundOff, Receivable, 50),
            ],
        ),
        (
            &dalal,
            EntrySource::DebitNote,
            EntryKind::DebitNote,
            "2026-11-04",
            vec![(Receivable, Sales, 5000), (Receivable, Cgst, 450), (Receivable, Sgst, 450)],
        ),
        (&dalal, EntrySource::Refund, EntryKind::Refund, "2026-11-05", vec![(Receivable, Cash, 2000)]),
        (&eman, EntrySource::Refund, EntryKind::Refund, "2026-11-05", vec![(Receivable, Outside, 300)]),
        (&dalal, EntrySource::WriteOff, EntryKind::WriteOff, "2026-11-06", vec![(WriteOff, Receivable, 40_000)]),
        (&huda, EntrySource::Opening, EntryKind::Credit, "2026-11-07", vec![(Receivable, Opening, 77_700)]),
        (&eman, EntrySource::Opening, EntryKind::Debit, "2026-11-07", vec![(Opening, Receivable, 88_800)]),
    ] {
        enter(&app, &amina, customer, &Correction { source, kind, date, lines }).await;
    }
    let (total, customers) = sold(&amina, "2026-11").await;
    assert_eq!(total, "958.00 172.80 677.00 / 1 950.00 86.40 86.40 8.50 -0.50 1130.80 677.00");
    // Huda only has an opening balance, so nothing was sold to her.
    let expected =
        ["Dalal 1 950.00 86.40 86.40 8.50 -0.50 1130.80 680.00", "Eman 0 0.00 0.00 0.00 0.00 0.00 0.00 -3.00"];
    assert_eq!(customers, expected);
}

#[apply(both_databases)]
async fn a_month_of_nothing_but_a_credit_note_is_below_zero(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let dalal = amina.customer("Dalal").await;
    amina.invoice(&dalal, "100", "2026-10-31").await;
    let lines = vec![(Sales, Receivable, 2500)];
    let (source, kind) = (EntrySource::CreditNote, EntryKind::CreditNote);
    enter(&app, &amina, &dalal, &Correction { source, kind, date: "2026-11-01", lines }).await;
    let (total, customers) = sold(&amina, "2026-11").await;
    assert_eq!(total, "-25.00 0.00 0.00 / 0 -25.00 0.00 0.00 0.00 0.00 -25.00 0.00");
    assert_eq!(customers, ["Dalal 0 -25.00 0.00 0.00 0.00 0.00 -25.00 0.00"]);
    assert!(sold(&amina, "2026-10").await.0.starts_with("100.00 0.00 0.00 / 1 100.00 "));
}
