//! Whatever is written, back-dated and voided in whatever order: what pays what follows from the documents that stand.

use std::collections::BTreeMap;

use rstest::rstest;
use serde_json::{Value, json};

use crate::harness::{
    Database::{self, Postgres, Sqlite},
    TestApp, User, errors, id_of,
};

/// An invoice or a receipt, as the test remembers it, in the order in which they were written.
struct Written {
    id: String,
    day: usize,
    amount: i64,
    stands: bool,
    /// The invoice that a receipt names, and how much of it that is for.
    named: Option<(usize, i64)>,
}

/// Who pays how much of what, worked out anew from all that stands: by the numbers of receipt and invoice.
fn expected(invoices: &[Written], receipts: &[Written]) -> BTreeMap<(usize, usize), i64> {
    let mut pays = BTreeMap::new();
    let mut open: Vec<_> = invoices.iter().map(|invoice| if invoice.stands { invoice.amount } else { 0 }).collect();
    for (number, receipt) in receipts.iter().enumerate().filter(|(_, receipt)| receipt.stands) {
        if let Some((invoice, amount)) = receipt.named.filter(|(invoice, _)| invoices[*invoice].stands) {
            open[invoice] -= amount;
            pays.insert((number, invoice), amount);
        }
    }
    let in_order = |written: &[Written]| {
        let mut numbers: Vec<_> = (0..written.len()).filter(|number| written[*number].stands).collect();
        numbers.sort_by_key(|number| (written[*number].day, *number));
        numbers
    };
    for receipt in in_order(receipts) {
        let named: i64 = pays.iter().filter(|((from, _), _)| *from == receipt).map(|(_, amount)| amount).sum();
        let mut free = receipts[receipt].amount - named;
        for invoice in in_order(invoices) {
            let amount = free.min(open[invoice]);
            if amount > 0 {
                *pays.entry((receipt, invoice)).or_default() += amount;
                free -= amount;
                open[invoice] -= amount;
            }
        }
    }
    pays
}

/// The same, as the server says it; what it counts on each document must agree.
async fn actual(user: &User, invoices: &[Written], receipts: &[Written]) -> BTreeMap<(usize, usize), i64> {
    let minor = |value: &Value| value["amount"].as_str().unwrap().replace('.', "").parse::<i64>().unwrap() / 100;
    let query = "query($invoices: [ID!]!, $receipts: [ID!]!) {
        receipts: nodes(ids: $receipts) { ... on Receipt { allocated { amount } onAccount { amount }
            allocations(first: 100) { nodes { amount { amount } invoice { id } } } } }
        invoices: nodes(ids: $invoices) { ... on Invoice { paid { amount } outstanding { amount }
            allocations(first: 100) { nodes { amount { amount } receipt { id } } } } } }";
    let ids = |written: &[Written]| written.iter().map(|document| document.id.clone()).collect::<Vec<_>>();
    let data = user.gql(query, json!({ "invoices": ids(invoices), "receipts": ids(receipts) })).await;
    let number = |written: &[Written], id: &Value| written.iter().position(|document| document.id == *id).unwrap();
    let mut pays = BTreeMap::new();
    for (receipt, node) in data["receipts"].as_array().unwrap().iter().enumerate() {
        let mut sum = 0;
        for allocation in node["allocations"]["nodes"].as_array().unwrap() {
            let invoice = number(invoices, &allocation["invoice"]["id"]);
            pays.insert((receipt, invoice), minor(&allocation["amount"]));
            sum += minor(&allocation["amount"]);
        }
        let left = if receipts[receipt].stands { receipts[receipt].amount - sum } else { 0 };
        assert_eq!((minor(&node["allocated"]), minor(&node["onAccount"])), (sum, left));
    }
    let mut seen = BTreeMap::new();
    for (invoice, node) in data["invoices"].as_array().unwrap().iter().enumerate() {
        let mut sum = 0;
        for allocation in node["allocations"]["nodes"].as_array().unwrap() {
            seen.insert((number(receipts, &allocation["receipt"]["id"]), invoice), minor(&allocation["amount"]));
            sum += minor(&allocation["amount"]);
        }
        let open = if invoices[invoice].stands { invoices[invoice].amount - sum } else { 0 };
        assert_eq!((minor(&node["paid"]), minor(&node["outstanding"])), (sum, open));
    }
    assert_eq!(pays, seen);
    pays
}

#[rstest]
#[test_attr(apply(test))]
async fn what_pays_what_does_not_depend_on_the_order_of_writing(
    #[values(Sqlite, Postgres)] on: Database,
    #[values(1, 2, 3, 4)] seed: u64,
) {
    let (app, amina) = TestApp::with_owner(on).await;
    let customer = amina.customer("Badr").await;
    // The same "random" numbers each time.
    let mut random = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut below = |limit: usize| {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(random >> 33).unwrap() % limit
    };
    let (mut invoices, mut receipts) = (Vec::<Written>::new(), Vec::<Written>::new());
    for step in 0..45 {
        // Few days, so that many are of one.
        let (day, amount) = (below(6) + 1, below(9) + 1);
        let date = format!("2026-11-0{day}");
        let choice = below(10);
        let amount_text = amount.to_string();
        let amount = i64::try_from(amount).unwrap();
        let document = |id, named| Written { id, day, amount, stands: true, named };
        match choice {
            0..=3 => invoices.push(document(amina.invoice(&customer, &amount_text, &date).await, None)),
            4..=6 => receipts.push(document(amina.receipt(&customer, &amount_text, &date).await, None)),
            7 if !invoices.is_empty() => {
                let invoice = below(invoices.len());
                let input = json!({
                    "customerId": customer, "amount": amount_text, "date": date, "paymentType": "CASH",
                    "invoices": [{ "invoiceId": invoices[invoice].id }],
                });
                let made = amina.create_receipt(input).await;
                let reserved = receipts.iter().filter(|receipt| receipt.stands).filter_map(|receipt| receipt.named);
                let reserved: i64 = reserved.filter(|(named, _)| *named == invoice).map(|(_, amount)| amount).sum();
                let open = invoices[invoice].amount - reserved;
                if invoices[invoice].stands && open > 0 {
                    receipts.push(document(id_of(&made, "receipt"), Some((invoice, open.min(amount)))));
                } else {
                    assert_eq!(errors(&made), ["NOT_ALLOWED invoices.0.invoiceId"]);
                }
            }
            8 if !invoices.is_empty() => {
                let invoice = below(invoices.len());
                let input = json!({ "id": invoices[invoice].id, "reason": "wrong" });
                let voided = errors(&amina.void_invoice(input).await).is_empty();
                assert_eq!(voided, invoices[invoice].stands);
                invoices[invoice].stands = false;
            }
            9 if !receipts.is_empty() => {
                let receipt = below(receipts.len());
                let input = json!({ "id": receipts[receipt].id, "reason": "wrong" });
                let voided = errors(&amina.void_receipt(input).await).is_empty();
                assert_eq!(voided, receipts[receipt].stands);
                receipts[receipt].stands = false;
            }
            _ => {}
        }
        assert_eq!(actual(&amina, &invoices, &receipts).await, expected(&invoices, &receipts), "step {step}");
    }
    let owed = |written: &[Written]| {
        written.iter().filter(|document| document.stands).map(|document| document.amount).sum::<i64>()
    };
    assert_eq!(amina.owed(&customer).await, format!("{}.00", owed(&invoices) - owed(&receipts)));
    app.assert_journal_is_whole().await;
}
