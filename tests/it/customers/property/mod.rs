//! Random entries, edits, deletions, invoices, receipts, credit notes, debit notes, voids, refunds, write-offs, opening balances, and
//! allocations and releases by hand, back-dated and in two currencies, against a model in memory: balances and the age of the debt
//! agree with it after each step, and at the end summaries, statements, allocations, notes and statuses; the books sum to zero.

mod model;
mod notes;
mod operation;
mod perform;
mod perform_notes;

use proptest::{
    prelude::*,
    test_runner::{Config, TestRunner},
};
use serde_json::{Value, json};

use self::{
    model::{Day, Document, Ledger, Model, TODAY, What, date},
    notes::Bill,
    operation::{Operation, operation},
};
use crate::harness::{Database, TestApp, User, any_price, entry_of, errors};

fn decimal(minor: i64) -> String {
    format!("{}{}.{:02}", if minor < 0 { "-" } else { "" }, minor.abs() / 100, minor.abs() % 100)
}

fn currency(dollars: bool) -> &'static str {
    if dollars { "USD" } else { "YEM" }
}

/// The ages of what is owed, and what is on account, in the order of the model.
const BUCKETS: [&str; 6] = ["current", "days1To30", "days31To60", "days61To90", "over90Days", "inAdvance"];

/// A shop with two customers, and the model of it.
struct Shop {
    owner: User,
    customers: Vec<String>,
    /// The ids of the documents, in the order of the model.
    ids: Vec<String>,
    model: Model,
}

impl Shop {
    /// The id of the ledger entry of a document.
    fn entry_id(&self, place: usize) -> String {
        entry_of(&self.ids[place])
    }

    /// The place of a document that an operation picks; none when there is none yet.
    fn pick(&self, place: usize) -> Option<usize> {
        (!self.ids.is_empty()).then(|| place % self.ids.len())
    }

    /// The place of a charge of a ledger; now and then of any document.
    fn pick_charge(&self, ledger: Ledger, place: usize) -> Option<usize> {
        if place.is_multiple_of(10) {
            return self.pick(place);
        }
        let documents = self.model.documents.iter().enumerate();
        let is_theirs = |(_, document): &(_, &Document)| document.ledger == ledger && document.is_charge();
        let charges: Vec<_> = documents.filter(is_theirs).map(|(place, _)| place).collect();
        (!charges.is_empty()).then(|| charges[place % charges.len()])
    }

    async fn call(&self, mutation: &str, thing: &str, input: Value) -> Value {
        let input_type = format!("{}{}Input", mutation[..1].to_uppercase(), &mutation[1..]);
        let fields = format!("{thing} {{ id }} userErrors {{ code path }}");
        self.owner.mutate(mutation, &input_type, &fields, input).await
    }

    fn record(&mut self, payload: &Value, thing: &str, ledger: Ledger, day: Day, amount: i64, what: What) {
        assert_eq!(errors(payload), [""; 0]);
        self.ids.push(payload[thing]["id"].as_str().unwrap().to_owned());
        self.model.documents.push(Document { ledger, day, amount, what, stands: true });
    }

    /// Everything that can be seen of a ledger.
    async fn compare(&self, ledger: Ledger, from: Option<Day>, to: Option<Day>) {
        let query = "query($id: ID!, $from: Date, $to: Date, $currency: CurrencyCode) {
            customerSummary(customerId: $id, from: $from, to: $to, currency: $currency) {
                totalCredit { amount } totalDebit { amount } balance { amount } openingBalance { amount }
                closingBalance { amount } entryCount lastEntryDate }
            customerStatement(customerId: $id, from: $from, to: $to, currency: $currency) {
                openingBalance { amount } closingBalance { amount }
                lines(first: 100) { totalCount nodes { id amount { amount } date balanceAfter { amount } } }
                aging { current { amount } days1To30 { amount } days31To60 { amount } days61To90 { amount }
                    over90Days { amount } inAdvance { amount } overdue { amount } } } }";
        let variables = json!({ "id": self.customers[ledger.customer], "from": from.map(date), "to": to.map(date),
            "currency": currency(ledger.dollars) });
        let seen = self.owner.gql(query, variables).await;

        let amount = |minor: i64| json!({ "amount": decimal(minor) });
        let until = to.unwrap_or(Day::MAX);
        let opening = from.filter(|from| *from > 0).map_or(0, |from| self.model.balance(ledger, from - 1));
        let all = self.model.lines(ledger, until);
        let lines: Vec<_> = all.iter().filter(|(_, line)| from.is_none_or(|from| line.day >= from)).collect();
        let sum = |sign: i64| lines.iter().map(|(_, line)| (line.owed() * sign).max(0)).sum::<i64>();
        let closing = self.model.balance(ledger, until);
        let expected = json!({
            "totalCredit": amount(sum(1)), "totalDebit": amount(sum(-1)), "balance": amount(sum(1) - sum(-1)),
            "openingBalance": amount(opening), "closingBalance": amount(closing), "entryCount": lines.len(),
            "lastEntryDate": lines.last().map(|(_, line)| date(line.day)),
        });
        assert_eq!(seen["customerSummary"], expected);

        let statement = &seen["customerStatement"];
        let mut running = opening;
        let nodes: Vec<_> = lines
            .iter()
            .map(|(place, line)| {
                running += line.owed();
                let id = self.entry_id(*place);
                json!({ "id": id, "amount": amount(line.amount), "date": date(line.day), "balanceAfter": amount(running) })
            })
            .collect();
        assert_eq!(running, closing);
        assert_eq!(statement["lines"]["totalCount"], json!(nodes.len()));
        assert_eq!(statement["lines"]["nodes"], json!(nodes));
        assert_eq!(statement["closingBalance"], amount(closing));
        // A statement without an end is as old as today, and everything is on it.
        let aging = self.model.aging(ledger, to.unwrap_or(Day::MAX), to.unwrap_or(TODAY));
        for (name, minor) in BUCKETS.into_iter().zip(aging) {
            assert_eq!(statement["aging"][name], amount(minor), "{name}");
        }
        assert_eq!(aging[..5].iter().sum::<i64>() - aging[5], closing);
    }

    /// What each ledger adds up to: what is owed and for how long, what is on account, and the balance.
    async fn compare_sums(&self) {
        let ledgers =
            [(0, false), (0, true), (1, false), (1, true)].map(|(customer, dollars)| Ledger { customer, dollars });
        let fields = "closingBalance { amount } aging { current { amount } days1To30 { amount } days31To60 { amount }
            days61To90 { amount } over90Days { amount } inAdvance { amount } }";
        let statements = ledgers.iter().zip(0..).map(|(ledger, number)| {
            let (id, currency) = (&self.customers[ledger.customer], currency(ledger.dollars));
            format!("s{number}: customerStatement(customerId: \"{id}\", currency: \"{currency}\") {{ {fields} }}")
        });
        let query = format!("{{ {} }}", statements.collect::<Vec<_>>().join(" "));
        let seen = self.owner.gql(&query, json!({})).await;
        for (ledger, number) in ledgers.into_iter().zip(0..) {
            let statement = &seen[format!("s{number}")];
            let amount = |minor: i64| json!({ "amount": decimal(minor) });
            let aging = self.model.aging(ledger, Day::MAX, TODAY);
            for (name, minor) in BUCKETS.into_iter().zip(aging) {
                assert_eq!(statement["aging"][name], amount(minor), "{name}");
            }
            let balance = self.model.balance(ledger, Day::MAX);
            assert_eq!(statement["closingBalance"], amount(balance));
            assert_eq!(aging[..5].iter().sum::<i64>() - aging[5], balance);
        }
    }

    /// How every invoice stands, what every receipt pays, and what is owed to the shop.
    async fn compare_book(&self) {
        let fields = "id outstanding { amount } status credited { amount } debited { amount }
            allocations(first: 100) { nodes { amount { amount } payment { id } } }";
        let query = format!("{{ invoices(first: 100) {{ nodes {{ {fields} }} }} }}");
        let invoices = self.owner.gql(&query, json!({})).await["invoices"]["nodes"].take();
        for invoice in invoices.as_array().unwrap() {
            let place = self.ids.iter().position(|id| invoice["id"] == *id).unwrap();
            let document = &self.model.documents[place];
            let pairs = self.model.allocations(document.ledger);
            let mut paid_by: Vec<_> = pairs.iter().filter(|((_, to), _)| *to == place).collect();
            paid_by.sort_by_key(|((from, _), _)| (self.model.documents[*from].day, *from));
            let paid: i64 = paid_by.iter().map(|(_, amount)| **amount).sum();
            let paid_by: Vec<_> = paid_by
                .iter()
                .map(|((from, _), amount)| json!({ "amount": { "amount": decimal(**amount) }, "payment": { "id": self.entry_id(*from) } }))
                .collect();
            assert_eq!(invoice["allocations"]["nodes"], json!(paid_by));
            let What::Invoice(Bill { due, .. }) = document.what else { panic!("not an invoice") };
            let (taken, added) = self.model.noted(place);
            assert_eq!(invoice["credited"]["amount"], decimal(taken.total()));
            assert_eq!(invoice["debited"]["amount"], decimal(added.total()));
            let status = match document.amount - paid {
                _ if !document.stands => "VOID",
                0 => "PAID",
                _ if due < TODAY => "OVERDUE",
                _ if paid > 0 => "PARTIALLY_PAID",
                _ => "OPEN",
            };
            assert_eq!(invoice["status"], status);
            let outstanding = if document.stands { document.amount - paid } else { 0 };
            assert_eq!(invoice["outstanding"]["amount"], decimal(outstanding));
        }
        let query = "{ entries(first: 100) { nodes { id open { amount } held { amount } settled { amount } } } }";
        let entries = self.owner.gql(query, json!({})).await["entries"]["nodes"].take();
        for (place, document) in self.model.documents.iter().enumerate().filter(|(_, document)| document.stands) {
            let entry = entries.as_array().unwrap().iter().find(|entry| entry["id"] == self.entry_id(place)).unwrap();
            let open = self.model.open(place);
            assert_eq!(entry["open"]["amount"], decimal(open));
            assert_eq!(entry["settled"]["amount"], decimal(document.amount - open));
            assert_eq!(entry["held"]["amount"], decimal(self.model.held_of(place)));
        }
        for status in ["OPEN", "PARTIALLY_PAID", "PAID", "OVERDUE", "VOID"] {
            let query = "query($status: InvoiceStatus!) { invoices(filter: { status: $status }, first: 100) { nodes { status } totalCount } }";
            let found = self.owner.gql(query, json!({ "status": status })).await;
            let stand_so = |invoice: &&Value| invoice["status"] == status;
            let count = invoices.as_array().unwrap().iter().filter(stand_so).count();
            assert_eq!(found["invoices"]["nodes"].as_array().unwrap().iter().filter(stand_so).count(), count);
            assert_eq!(found["invoices"]["totalCount"], count);
        }

        let query = "{ book { receivables { currency total { amount } customerCount inAdvance { amount } largest { balance { amount } } } } }";
        for receivables in self.owner.gql(query, json!({})).await["book"]["receivables"].as_array().unwrap() {
            let dollars = receivables["currency"] == "USD";
            let balances: Vec<_> =
                (0..2).map(|customer| self.model.balance(Ledger { customer, dollars }, Day::MAX)).collect();
            let owing: Vec<_> = balances.iter().filter(|balance| **balance > 0).collect();
            assert_eq!(receivables["total"]["amount"], decimal(owing.iter().copied().sum()));
            assert_eq!(receivables["customerCount"], owing.len());
            let advance = balances.iter().map(|balance| (-balance).max(0)).sum();
            assert_eq!(receivables["inAdvance"]["amount"], decimal(advance));
            assert_eq!(receivables["largest"].as_array().unwrap().len(), owing.len());
        }
    }
}

async fn play(app: &TestApp, game: u32, operations: &[Operation]) {
    let owner = app.user(&format!("shop{game}")).await;
    let mut shop = Shop { owner, customers: Vec::new(), ids: Vec::new(), model: Model::default() };
    for name in ["Salma", "Tariq"] {
        let payload = shop.call("createCustomer", "customer", json!({ "name": name })).await;
        shop.customers.push(payload["customer"]["id"].as_str().unwrap().to_owned());
    }
    for operation in operations {
        shop.perform(operation).await;
        shop.compare_sums().await;
    }
    for customer in 0..2 {
        for dollars in [false, true] {
            for (from, to) in [(None, None), (Some(40), None), (None, Some(70)), (Some(40), Some(70))] {
                shop.compare(Ledger { customer, dollars }, from, to).await;
            }
        }
    }
    shop.compare_book().await;
    shop.compare_notes().await;
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
fn whatever_a_shop_writes_its_figures_are_what_the_model_says(on: Database) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let app = runtime.block_on(TestApp::with(on, any_price));
    let cases = std::env::var("LEDGER_GAMES").map_or(12, |cases| cases.parse().unwrap());
    let mut runner = TestRunner::new(Config { cases, failure_persistence: None, ..Config::default() });
    let game = std::cell::Cell::new(0);
    let sequences = prop::collection::vec(operation(), 1..40);
    let played = runner.run(&sequences, |operations| {
        game.set(game.get() + 1);
        runtime.block_on(play(&app, game.get(), &operations));
        Ok(())
    });
    played.unwrap();
    let _in_the_runtime = runtime.enter();
    drop(app);
}
