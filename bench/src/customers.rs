//! What documents cost a customer who has few of them, and one who has many.

use std::{fmt::Write as _, sync::Arc};

use serde_json::{Value, json};

use super::{
    books::import,
    load::{self, Measured, Requests},
    options::Options,
    program::Program,
    results::Results,
    users::{self, User},
};

/// How many documents the customers have.
pub(crate) const DOCUMENTS: [u32; 2] = [100, 100_000];
/// How many of each kind are made in a round: so few that the customer with few documents keeps few.
const ROUND: usize = 40;

const CUSTOMER: &str = "mutation($n: String!) { createCustomer(input: { name: $n }) { customer { id } } }";
const INVOICE: &str = "mutation($c: ID!) { createInvoice(input: { customerId: $c, grossAmount: \"100\", gstRate: \"18\" }) { invoice { id totalAmount { amount } } userErrors { code } } }";
const RECEIPT: &str = "mutation($c: ID!) { createReceipt(input: { customerId: $c, amount: \"118\", paymentType: CASH }) { receipt { id allocated { amount } } userErrors { code } } }";
const ALLOCATE: &str = "mutation($p: ID!, $c: ID!) { allocate(input: { paymentId: $p, charges: [{ chargeId: $c, amount: \"1\" }] }) { payment { id } userErrors { code } } }";
const STATEMENT: &str = "query($c: ID!) { customerStatement(customerId: $c) { closingBalance { amount } aging { overdue { amount } } lines(first: 20) { nodes { id balanceAfter { amount } } } } }";

/// Somebody with a customer for each number of documents.
pub(crate) struct Customers {
    owner: User,
    ids: Vec<String>,
}

impl Customers {
    /// Fills ledgers in which all is paid, by `daybook import`.
    pub(crate) async fn fill(program: &Program, is_quick: bool) -> Self {
        let owner = users::register(program.address, &["keeper".to_owned()], 1).await.remove(0);
        let dir = tempfile::tempdir().expect("a directory");
        let mut ids = Vec::new();
        for documents in DOCUMENTS.into_iter().take(if is_quick { 1 } else { 2 }) {
            let name = format!("Customer with {documents}");
            let customer = owner.ask(program.address, CUSTOMER, &json!({ "n": name })).await;
            ids.push(text(&customer["createCustomer"]["customer"]["id"]));
            import(program, dir.path(), ("entries", "keeper"), &ledger(documents, &name));
        }
        Self { owner, ids }
    }

    /// Measures each thing once, for one customer after the other, with one client: documents of a customer wait for each other.
    pub(crate) async fn round(&self, options: &Options, program: &Program, results: &mut Results) {
        for (customer, documents) in self.ids.iter().zip(DOCUMENTS) {
            let name = |what: &str| format!("{what} of a customer with {documents} documents, 1 client");
            let same = |query: &str| -> Requests {
                Arc::new(vec![self.owner.request(query, &json!({ "c": customer })); ROUND])
            };
            let allocate =
                if options.wants(&name("allocation")) { Some(self.allocations(program, customer).await) } else { None };
            let all = [
                ("invoice", Some(same(INVOICE)), b"\"amount\":\"118.00\"".as_slice()),
                ("receipt", Some(same(RECEIPT)), b"\"amount\":\"118.00\""),
                ("allocation", allocate, b"\"payment\":{"),
                ("first page of the statement", Some(same(STATEMENT)), b"balanceAfter"),
            ];
            for (what, requests, expected) in all {
                if let Some(requests) = requests.filter(|_| options.wants(&name(what))) {
                    let measured = load::once(program.address, &requests, expected).await;
                    eprintln!("  {}: {:.0} a second", name(what), measured.rate);
                    results.add(&name(what), measured);
                }
            }
        }
    }

    /// Names parts of a new receipt for a new invoice.
    async fn allocations(&self, program: &Program, customer: &str) -> Requests {
        let ask = |query| self.owner.ask(program.address, query, &Value::Null);
        let of = |query: &str| query.replace("($c: ID!)", "").replace("$c", &format!("\"{customer}\""));
        let charge = text(&ask(&of(INVOICE)).await["createInvoice"]["invoice"]["id"]);
        let payment = text(&ask(&of(RECEIPT)).await["createReceipt"]["receipt"]["id"]);
        let request = self.owner.request(ALLOCATE, &json!({ "p": payment, "c": charge }));
        Arc::new(vec![request; ROUND])
    }
}

fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}

/// A charge and its payment, day by day.
fn ledger(documents: u32, customer: &str) -> String {
    let mut text = "date,type,amount,customer,note,id\n".to_owned();
    for row in 0..documents {
        let (day, kind) =
            (u64::from(row) * 28 / u64::from(documents) + 1, if row % 2 == 0 { "CREDIT" } else { "DEBIT" });
        // Writing to a string cannot fail.
        let _ = writeln!(text, "2026-01-{day:02},{kind},{},{customer},,{row}", row / 2 % 90 + 10);
    }
    text
}

impl Measured {
    /// Requests that were answered one after the other, each in so many microseconds.
    pub(crate) fn of(mut times: Vec<u32>) -> Self {
        times.sort_unstable();
        let sum: f64 = times.iter().copied().map(f64::from).sum();
        #[expect(clippy::cast_precision_loss, reason = "a count")]
        let rate = times.len() as f64 * 1e6 / sum;
        Self { rate, times, cpu: 0.0 }
    }
}
