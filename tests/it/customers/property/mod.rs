//! Random entries, edits, deletions, invoices, receipts and voids, back-dated and in two currencies, against a model in
//! memory: summaries, statements, balances, aging, allocations and statuses agree with it, and the books sum to zero.

mod model;

use proptest::{
    prelude::*,
    test_runner::{Config, TestRunner},
};
use serde_json::{Value, json};

use self::model::{Day, Document, Ledger, Model, TODAY, What, date};
use crate::harness::{Database, TestApp, User, errors};

#[derive(Clone, Debug)]
enum Operation {
    Add {
        ledger: Ledger,
        credit: bool,
        amount: i64,
        day: Day,
    },
    /// The places of documents are picked among those that there are by then.
    Update {
        place: usize,
        credit: bool,
        amount: i64,
        day: Day,
        dollars: bool,
    },
    Invoice {
        ledger: Ledger,
        gross: i64,
        rate: i64,
        across: bool,
        day: Day,
        due: Day,
    },
    Receipt {
        ledger: Ledger,
        amount: i64,
        day: Day,
        named: Vec<usize>,
    },
    /// Deletes an entry, or voids an invoice or a receipt.
    Delete {
        place: usize,
    },
}

fn operation() -> impl Strategy<Value = Operation> {
    let ledger = (0..2_usize, any::<bool>()).prop_map(|(customer, dollars)| Ledger { customer, dollars });
    let (amount, day, place) = (1..60_i64, 0..125_u64, 0..1000_usize);
    let rate = prop::sample::select(vec![0, 5, 12, 18, 28]);
    prop_oneof![
        3 => (ledger.clone(), any::<bool>(), amount.clone(), day.clone())
            .prop_map(|(ledger, credit, amount, day)| Operation::Add { ledger, credit, amount, day }),
        2 => (place.clone(), any::<bool>(), amount.clone(), day.clone(), any::<bool>())
            .prop_map(|(place, credit, amount, day, dollars)| Operation::Update { place, credit, amount, day, dollars }),
        3 => (ledger.clone(), amount.clone(), rate, any::<bool>(), day.clone(), 0..40_u64).prop_map(
            |(ledger, gross, rate, across, day, term)| {
                Operation::Invoice { ledger, gross, rate, across, day, due: day + term }
            }
        ),
        4 => (ledger, amount, day, prop::collection::vec(place.clone(), 0..3))
            .prop_map(|(ledger, amount, day, named)| Operation::Receipt { ledger, amount, day, named }),
        2 => place.prop_map(|place| Operation::Delete { place }),
    ]
}

fn decimal(minor: i64) -> String {
    format!("{}{}.{:02}", if minor < 0 { "-" } else { "" }, minor.abs() / 100, minor.abs() % 100)
}

fn currency(dollars: bool) -> &'static str {
    if dollars { "USD" } else { "YEM" }
}

/// A shop with two customers, and the model of it.
struct Shop {
    owner: User,
    customers: Vec<String>,
    /// The ids of the documents, in the order of the model.
    ids: Vec<String>,
    model: Model,
}

impl Shop {
    /// The place of a document that an operation picks; none when there is none yet.
    fn pick(&self, place: usize) -> Option<usize> {
        (!self.ids.is_empty()).then(|| place % self.ids.len())
    }

    /// The place of an invoice of a ledger; now and then of any document.
    fn pick_invoice(&self, ledger: Ledger, place: usize) -> Option<usize> {
        if place.is_multiple_of(10) {
            return self.pick(place);
        }
        let documents = self.model.documents.iter().enumerate();
        let is_theirs =
            |(_, document): &(_, &Document)| document.ledger == ledger && matches!(document.what, What::Invoice { .. });
        let invoices: Vec<_> = documents.filter(is_theirs).map(|(place, _)| place).collect();
        (!invoices.is_empty()).then(|| invoices[place % invoices.len()])
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

    async fn perform(&mut self, operation: &Operation) {
        match operation.clone() {
            Operation::Add { ledger, credit, amount, day } => {
                let input = json!({ "customerId": self.customers[ledger.customer], "amount": decimal(amount),
                    "type": if credit { "CREDIT" } else { "DEBIT" }, "date": date(day), "currency": currency(ledger.dollars) });
                let payload = self.call("addEntry", "entry", input).await;
                self.record(&payload, "entry", ledger, day, amount, What::Entry { credit });
            }
            Operation::Update { place, credit, amount, day, dollars } => {
                let Some(place) = self.pick(place) else { return };
                let input = json!({ "id": self.ids[place].replace("invoice_", "entry_").replace("receipt_", "entry_"),
                    "amount": decimal(amount), "type": if credit { "CREDIT" } else { "DEBIT" }, "date": date(day),
                    "currency": currency(dollars) });
                let payload = self.call("updateEntry", "entry", input).await;
                let document = &mut self.model.documents[place];
                if !document.stands || !matches!(document.what, What::Entry { .. }) {
                    assert_eq!(errors(&payload), ["NOT_ALLOWED id"]);
                    return;
                }
                assert_eq!(errors(&payload), [""; 0]);
                let ledger = Ledger { dollars, ..document.ledger };
                *document = Document { ledger, day, amount, what: What::Entry { credit }, stands: true };
            }
            Operation::Invoice { ledger, gross, rate, across, day, due } => {
                let input = json!({ "customerId": self.customers[ledger.customer], "grossAmount": decimal(gross),
                    "gstRate": rate, "interState": across, "date": date(day), "dueDate": date(due),
                    "currency": currency(ledger.dollars) });
                let payload = self.call("createInvoice", "invoice", input).await;
                // Half a unit up: the tax of so many hundredths is that many whole units and the rest.
                let tax = if across { (gross * rate + 50) / 100 } else { (gross * rate + 100) / 200 * 2 };
                self.record(&payload, "invoice", ledger, day, gross + tax, What::Invoice { due });
            }
            Operation::Receipt { ledger, amount, day, named } => {
                let named: Vec<_> = named.into_iter().filter_map(|place| self.pick_invoice(ledger, place)).collect();
                let invoices: Vec<_> = named.iter().map(|place| json!({ "invoiceId": self.ids[*place] })).collect();
                let input = json!({ "customerId": self.customers[ledger.customer], "amount": decimal(amount),
                    "paymentType": "CASH", "date": date(day), "currency": currency(ledger.dollars), "invoices": invoices });
                let payload = self.call("createReceipt", "receipt", input).await;
                let is_invoice = |place: &usize| matches!(self.model.documents[*place].what, What::Invoice { .. });
                match named.iter().all(is_invoice).then(|| self.model.name(ledger, amount, &named)).flatten() {
                    Some(named) => self.record(&payload, "receipt", ledger, day, amount, What::Receipt { named }),
                    None => assert_ne!(errors(&payload), [""; 0]),
                }
            }
            Operation::Delete { place } => {
                let Some(place) = self.pick(place) else { return };
                let (mutation, thing) = match self.model.documents[place].what {
                    What::Entry { .. } => ("deleteEntry", "entry"),
                    What::Invoice { .. } => ("voidInvoice", "invoice"),
                    What::Receipt { .. } => ("voidReceipt", "receipt"),
                };
                let mut input = json!({ "id": self.ids[place] });
                if thing != "entry" {
                    input["reason"] = json!("a slip of the pen");
                }
                let payload = self.call(mutation, thing, input).await;
                let was_there = std::mem::take(&mut self.model.documents[place].stands);
                assert_eq!(errors(&payload).is_empty(), was_there);
            }
        }
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
                let id = self.ids[*place].replace("invoice_", "entry_").replace("receipt_", "entry_");
                json!({ "id": id, "amount": amount(line.amount), "date": date(line.day), "balanceAfter": amount(running) })
            })
            .collect();
        assert_eq!(running, closing);
        assert_eq!(statement["lines"]["totalCount"], json!(nodes.len()));
        assert_eq!(statement["lines"]["nodes"], json!(nodes));
        assert_eq!(statement["closingBalance"], amount(closing));
        // A statement without an end is as old as today, and everything is on it.
        let aging = self.model.aging(ledger, to.unwrap_or(Day::MAX), to.unwrap_or(TODAY));
        let names = ["current", "days1To30", "days31To60", "days61To90", "over90Days", "inAdvance"];
        for (name, minor) in names.into_iter().zip(aging) {
            assert_eq!(statement["aging"][name], amount(minor), "{name}");
        }
        assert_eq!(aging[..5].iter().sum::<i64>() - aging[5], closing);
    }

    /// How every invoice stands, what every receipt pays, and what is owed to the shop.
    async fn compare_book(&self) {
        let fields =
            "id outstanding { amount } status allocations(first: 100) { nodes { amount { amount } receipt { id } } }";
        let query = format!("{{ invoices(first: 100) {{ nodes {{ {fields} }} }} }}");
        let invoices = self.owner.gql(&query, json!({})).await["invoices"]["nodes"].take();
        for invoice in invoices.as_array().unwrap() {
            let place = self.ids.iter().position(|id| invoice["id"] == *id).unwrap();
            let document = &self.model.documents[place];
            let pairs = self.model.allocations(document.ledger, Day::MAX);
            let mut paid_by: Vec<_> = pairs.iter().filter(|((_, to), _)| *to == place).collect();
            paid_by.sort_by_key(|((from, _), _)| (self.model.documents[*from].day, *from));
            let paid: i64 = paid_by.iter().map(|(_, amount)| **amount).sum();
            let paid_by: Vec<_> = paid_by
                .iter()
                .map(|((from, _), amount)| json!({ "amount": { "amount": decimal(**amount) }, "receipt": { "id": self.ids[*from] } }))
                .collect();
            assert_eq!(invoice["allocations"]["nodes"], json!(paid_by));
            let What::Invoice { due } = document.what else { panic!("not an invoice") };
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
    }
    for customer in 0..2 {
        for dollars in [false, true] {
            for (from, to) in [(None, None), (Some(40), None), (None, Some(70)), (Some(40), Some(70))] {
                shop.compare(Ledger { customer, dollars }, from, to).await;
            }
        }
    }
    shop.compare_book().await;
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
fn whatever_a_shop_writes_its_figures_are_what_the_model_says(on: Database) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let app = runtime.block_on(TestApp::on(on));
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
