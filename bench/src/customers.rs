//! What documents cost a customer who has few of them, and one who has many.

use std::{
    fmt::Write as _,
    sync::Arc,
    time::{Duration, Instant},
};

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
const RECEIPT: &str = "mutation($c: ID!) { createReceipt(input: { customerId: $c, amount: \"118\", paymentType: CASH }) { receipt { id amount { amount } } userErrors { code } } }";
const ALLOCATE: &str = "mutation($p: ID!, $c: ID!) { allocate(input: { paymentId: $p, charges: [{ chargeId: $c, amount: \"1\" }] }) { payment { id } userErrors { code } } }";
const ENTRY: &str = "mutation($c: ID!) { addEntry(input: { customerId: $c, type: CREDIT, amount: \"5\" }) { entry { id amount { amount } } userErrors { code } } }";
const STATEMENT: &str = "query($c: ID!) { customerStatement(customerId: $c) { closingBalance { amount } aging { overdue { amount } } lines(first: 20) { nodes { id balanceAfter { amount } } } } }";

/// Somebody with a customer for each number of documents.
pub(crate) struct Customers {
    owner: User,
    ids: Vec<String>,
    /// What clients of as many users send: entries and invoices of a customer of their own.
    at_once: [Vec<Requests>; 2],
    /// How many entries `daybook import` wrote in a second, some hundreds in each transaction.
    imported: f64,
}

impl Customers {
    /// Fills ledgers in which all is paid, by `daybook import`.
    pub(crate) async fn fill(program: &Program, users: &[User], is_quick: bool) -> Self {
        let owner = users::register(program.address, &["keeper".to_owned()], 1).await.remove(0);
        let dir = tempfile::tempdir().expect("a directory");
        let mut at_once = [const { Vec::new() }; 2];
        for user in users.iter().take(64) {
            let customer = create(user, program, "Customer").await;
            for (clients, query) in at_once.iter_mut().zip([ENTRY, INVOICE]) {
                clients.push(Arc::new(vec![user.request(query, &json!({ "c": customer }))]));
            }
        }
        let (mut ids, mut imported) = (Vec::new(), 0.0);
        for documents in DOCUMENTS.into_iter().take(if is_quick { 1 } else { 2 }) {
            let name = format!("Customer with {documents}");
            ids.push(create(&owner, program, &name).await);
            let began = Instant::now();
            import(program, dir.path(), ("entries", "keeper"), &ledger(documents, &name));
            imported = f64::from(documents) / began.elapsed().as_secs_f64();
        }
        Self { owner, ids, at_once, imported }
    }

    /// Measures documents of many customers at once, beside what writing many of them in one transaction would bring at most.
    async fn at_once(&self, options: &Options, program: &Program, results: &mut Results) {
        let name = "entries written together by `daybook import`";
        if options.wants(name) {
            results.add(name, Measured::rate(self.imported));
        }
        for (name, clients) in ["entries, 64 clients", "invoices, 64 clients"].into_iter().zip(&self.at_once) {
            if options.wants(name) {
                let time = Duration::from_secs(options.seconds);
                let measured = load::drive(program.address, clients, time, b"amount").await;
                eprintln!("  {name}: {:.0} a second", measured.rate);
                results.add(name, measured);
            }
        }
    }

    /// Measures each thing once, for one customer after the other, with one client: documents of a customer wait for each other.
    pub(crate) async fn round(&self, options: &Options, program: &Program, results: &mut Results) {
        self.at_once(options, program, results).await;
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
        let variables = json!({ "c": customer });
        let invoice = self.owner.ask(program.address, INVOICE, &variables).await;
        let receipt = self.owner.ask(program.address, RECEIPT, &variables).await;
        let charge = text(&invoice["createInvoice"]["invoice"]["id"]);
        let payment = text(&receipt["createReceipt"]["receipt"]["id"]);
        let request = self.owner.request(ALLOCATE, &json!({ "p": payment, "c": charge }));
        Arc::new(vec![request; ROUND])
    }
}

async fn create(owner: &User, program: &Program, name: &str) -> String {
    let customer = owner.ask(program.address, CUSTOMER, &json!({ "n": name })).await;
    text(&customer["createCustomer"]["customer"]["id"])
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
