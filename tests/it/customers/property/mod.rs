//! Random entries, edits, deletions, invoices, receipts, voids, refunds, write-offs, opening balances, and allocations and releases
//! by hand, back-dated and in two currencies, against a model in memory: summaries, statements, balances, aging, allocations and statuses agree with it, and the books sum to zero.

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
    Opening {
        ledger: Ledger,
        credit: bool,
        amount: i64,
        day: Day,
    },
    Refund {
        ledger: Ledger,
        amount: i64,
        day: Day,
    },
    WriteOff {
        ledger: Ledger,
        amount: i64,
        day: Day,
        named: Vec<usize>,
    },
    Allocate {
        place: usize,
        named: Vec<usize>,
        auto: bool,
    },
    Release {
        place: usize,
        named: Option<usize>,
        auto: bool,
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
        1 => (ledger.clone(), any::<bool>(), amount.clone(), day.clone())
            .prop_map(|(ledger, credit, amount, day)| Operation::Opening { ledger, credit, amount, day }),
        1 => (ledger.clone(), amount.clone(), day.clone())
            .prop_map(|(ledger, amount, day)| Operation::Refund { ledger, amount, day }),
        1 => (ledger.clone(), amount.clone(), day.clone(), prop::collection::vec(place.clone(), 0..2))
            .prop_map(|(ledger, amount, day, named)| Operation::WriteOff { ledger, amount, day, named }),
        3 => (place.clone(), prop::collection::vec(place.clone(), 0..3), any::<bool>())
            .prop_map(|(place, named, auto)| Operation::Allocate { place, named, auto }),
        2 => (place.clone(), prop::option::of(place.clone()), any::<bool>())
            .prop_map(|(place, named, auto)| Operation::Release { place, named, auto }),
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
    /// The id of the ledger entry of a document.
    fn entry_id(&self, place: usize) -> String {
        self.ids[place].replace("invoice_", "entry_").replace("receipt_", "entry_")
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
                let input = json!({ "id": self.entry_id(place),
                    "amount": decimal(amount), "type": if credit { "CREDIT" } else { "DEBIT" }, "date": date(day),
                    "currency": currency(dollars) });
                let payload = self.call("updateEntry", "entry", input).await;
                let document = &mut self.model.documents[place];
                if !document.stands || !matches!(document.what, What::Entry { .. }) {
                    assert_eq!(errors(&payload), ["NOT_ALLOWED id"]);
                    return;
                }
                let ledger = Ledger { dollars, ..document.ledger };
                let changed = Document { ledger, day, amount, what: What::Entry { credit }, stands: true };
                let bound = self.model.named_of(place) + self.model.held_of(place);
                let document = &mut self.model.documents[place];
                let refused = match () {
                    () if bound == 0 => None,
                    () if changed.what != document.what => Some("NOT_ALLOWED type"),
                    () if changed.ledger != document.ledger => Some("NOT_ALLOWED currency"),
                    () => (amount < bound).then_some("NOT_ALLOWED amount"),
                };
                assert_eq!(errors(&payload), Vec::from_iter(refused));
                if refused.is_none() {
                    *document = changed;
                }
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
                let named: Vec<_> = named.into_iter().filter_map(|place| self.pick_charge(ledger, place)).collect();
                let invoices: Vec<_> = named.iter().map(|place| json!({ "invoiceId": self.ids[*place] })).collect();
                let input = json!({ "customerId": self.customers[ledger.customer], "amount": decimal(amount),
                    "paymentType": "CASH", "date": date(day), "currency": currency(ledger.dollars), "invoices": invoices });
                let payload = self.call("createReceipt", "receipt", input).await;
                match self.model.shares(ledger, amount, &named) {
                    Some(shares) => {
                        self.record(&payload, "receipt", ledger, day, amount, What::Receipt);
                        self.model.name(self.ids.len() - 1, &shares);
                    }
                    None => assert_ne!(errors(&payload), [""; 0]),
                }
            }
            Operation::Opening { ledger, credit, amount, day } => {
                let input = json!({ "customerId": self.customers[ledger.customer], "amount": decimal(amount),
                    "type": if credit { "CREDIT" } else { "DEBIT" }, "date": date(day), "currency": currency(ledger.dollars) });
                let payload = self.call("setOpeningBalance", "entry", input).await;
                let lines = self.model.lines(ledger, Day::MAX);
                if lines.iter().any(|(_, line)| matches!(line.what, What::Opening { .. })) {
                    assert_eq!(errors(&payload), ["TAKEN customerId"]);
                } else {
                    self.record(&payload, "entry", ledger, day, amount, What::Opening { credit });
                }
            }
            Operation::Refund { ledger, amount, day } => self.refund(ledger, amount, day).await,
            Operation::WriteOff { ledger, amount, day, named } => {
                let named: Vec<_> = named.into_iter().filter_map(|place| self.pick_charge(ledger, place)).collect();
                let charges: Vec<_> = named.iter().map(|place| json!({ "chargeId": self.ids[*place] })).collect();
                let input = json!({ "customerId": self.customers[ledger.customer], "amount": decimal(amount),
                    "reason": "gone", "date": date(day), "currency": currency(ledger.dollars), "charges": charges });
                let payload = self.call("writeOff", "entry", input).await;
                let owed = self.model.balance(ledger, Day::MAX) + self.model.unallocated(ledger);
                match self.model.shares(ledger, amount, &named).filter(|_| amount <= owed) {
                    Some(shares) => {
                        self.record(&payload, "entry", ledger, day, amount, What::WriteOff);
                        self.model.name(self.ids.len() - 1, &shares);
                    }
                    None => assert_ne!(errors(&payload), [""; 0]),
                }
            }
            Operation::Allocate { place, named, auto } => {
                let Some(place) = self.pick(place) else { return };
                let ledger = self.model.documents[place].ledger;
                let named: Vec<_> = named.into_iter().filter_map(|place| self.pick_charge(ledger, place)).collect();
                let charges: Vec<_> = named.iter().map(|place| json!({ "chargeId": self.ids[*place] })).collect();
                let input = json!({ "paymentId": self.ids[place], "charges": charges, "autoAllocate": auto });
                let payload = self.call("allocate", "payment", input).await;
                let payment = &self.model.documents[place];
                let left = payment.amount - self.model.named_of(place);
                let is_payment = payment.stands && !payment.is_charge() && (auto || !named.is_empty());
                match self.model.shares(ledger, left, &named).filter(|_| is_payment) {
                    Some(shares) => {
                        assert_eq!(errors(&payload), [""; 0]);
                        let sum: i64 = shares.iter().map(|(_, amount)| amount).sum();
                        let held = self.model.held_of(place);
                        self.model.held.insert(place, if auto { 0 } else { held - held.min(sum) });
                        self.model.name(place, &shares);
                    }
                    None => assert_ne!(errors(&payload), [""; 0]),
                }
            }
            Operation::Release { place, named, auto } => self.release(place, named, auto).await,
            Operation::Delete { place } => {
                let Some(place) = self.pick(place) else { return };
                let (mutation, thing) = match self.model.documents[place].what {
                    What::Invoice { .. } => ("voidInvoice", "invoice"),
                    What::Receipt => ("voidReceipt", "receipt"),
                    _ => ("deleteEntry", "entry"),
                };
                let mut input = json!({ "id": self.ids[place] });
                if thing != "entry" {
                    input["reason"] = json!("a slip of the pen");
                }
                let payload = self.call(mutation, thing, input).await;
                let was_there = self.model.delete(place);
                assert_eq!(errors(&payload).is_empty(), was_there);
            }
        }
    }

    async fn refund(&mut self, ledger: Ledger, amount: i64, day: Day) {
        let input = json!({ "customerId": self.customers[ledger.customer], "amount": decimal(amount), "date": date(day),
            "currency": currency(ledger.dollars) });
        let payload = self.call("refundCustomer", "entry", input).await;
        let left = self.model.unallocated(ledger);
        if amount > left {
            assert_eq!(errors(&payload), ["NOT_ALLOWED amount"]);
            return;
        }
        // What is free does not suffice: the rest is of what is held, the oldest first.
        let lines = self.model.lines(ledger, Day::MAX);
        let holding: Vec<_> =
            lines.iter().map(|(place, _)| (*place, self.model.held_of(*place))).filter(|(_, held)| *held > 0).collect();
        let mut needed = amount - (left - holding.iter().map(|(_, held)| held).sum::<i64>());
        self.record(&payload, "entry", ledger, day, amount, What::Refund);
        let refund = self.ids.len() - 1;
        for (payment, held) in holding {
            let taken = held.min(needed);
            if taken > 0 {
                needed -= taken;
                self.model.held.insert(payment, held - taken);
                self.model.name(payment, &[(refund, taken)]);
            }
        }
    }

    async fn release(&mut self, place: usize, named: Option<usize>, auto: bool) {
        let Some(place) = self.pick(place) else { return };
        let (payment, pairs) =
            (&self.model.documents[place], self.model.allocations(self.model.documents[place].ledger));
        let pays: Vec<_> =
            pairs.iter().filter(|((from, _), _)| *from == place).map(|((_, to), amount)| (*to, *amount)).collect();
        let is_payment = payment.stands && !payment.is_charge();
        // One of the charges that it pays; or all of them.
        let one = named.map(|named| if pays.is_empty() { named % self.ids.len() } else { pays[named % pays.len()].0 });
        let mut input = json!({ "paymentId": self.ids[place], "autoAllocate": auto });
        if let Some(one) = one {
            input["charges"] = json!([{ "chargeId": self.ids[one] }]);
        }
        let payload = self.call("release", "payment", input).await;
        if !is_payment || one.is_some() && pays.is_empty() {
            assert_ne!(errors(&payload), [""; 0]);
            return;
        }
        assert_eq!(errors(&payload), [""; 0]);
        for (charge, amount) in pays {
            let is_released = one.is_none_or(|one| one == charge);
            if !is_released {
                if !auto {
                    self.model.named.insert((place, charge), amount);
                }
                continue;
            }
            self.model.named.remove(&(place, charge));
            if !auto {
                *self.model.held.entry(place).or_default() += amount;
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
        let names = ["current", "days1To30", "days31To60", "days61To90", "over90Days", "inAdvance"];
        for (name, minor) in names.into_iter().zip(aging) {
            assert_eq!(statement["aging"][name], amount(minor), "{name}");
        }
        assert_eq!(aging[..5].iter().sum::<i64>() - aging[5], closing);
    }

    /// How every invoice stands, what every receipt pays, and what is owed to the shop.
    async fn compare_book(&self) {
        let fields =
            "id outstanding { amount } status allocations(first: 100) { nodes { amount { amount } payment { id } } }";
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
