//! Goes through worked cases.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::case::{Case, Right, Step};
use crate::harness::{TestApp, User, errors, id_of};

const INVOICE: &str = "query($id: ID!) { invoice(id: $id) { grossAmount { amount } discountAmount { amount }
    otherCharges { amount } taxableAmount { amount } cgst { amount } sgst { amount } igst { amount } roundOff { amount }
    totalAmount { amount } lines { amount { amount } taxableAmount { amount } cgst { amount } igst { amount } } } }";

const OPEN_ITEMS: &str = "query($id: ID!, $currency: CurrencyCode!) {
    entries(filter: { customerId: $id, currency: $currency }, first: 100) { nodes { type open { amount } } }
    customer(id: $id) { balances { amount currency } } }";

const STATEMENT: &str = "query($id: ID!, $currency: CurrencyCode!, $to: Date) {
    customerStatement(customerId: $id, currency: $currency, to: $to) { closingBalance { amount }
        aging { current { amount } days1To30 { amount } days31To60 { amount } days61To90 { amount }
            over90Days { amount } inAdvance { amount } } } }";

/// What is owed by its age.
const AGES: [&str; 5] = ["current", "days1To30", "days31To60", "days61To90", "over90Days"];

/// A shop with one customer, who goes through a case.
struct Shop<'a> {
    case: &'a Case,
    owner: User,
    /// The ids of what was made, by their labels.
    ids: HashMap<&'static str, String>,
    /// What is not right.
    wrong: Vec<String>,
}

/// What is on a statement.
struct Statement {
    balance: String,
    ages: String,
    on_account: String,
}

/// Goes through a case, and returns all that is not right in it.
pub async fn run(app: &TestApp, number: usize, case: &Case) -> Vec<String> {
    let owner = app.user(&format!("shop{number}")).await;
    if case.rounds {
        let fields = "book { id } userErrors { code path message }";
        let input = json!({ "roundInvoiceTotals": true });
        id_of(&owner.mutate("updateBook", "UpdateBookInput", fields, input).await, "book");
    }
    let ids = HashMap::from([("customer", owner.customer("Badr").await)]);
    let mut shop = Shop { case, owner, ids, wrong: Vec::new() };
    for (number, step) in (1..).zip(&case.steps) {
        let called = format!("step {number}, {}", step.mutation);
        if !shop.take(step, &called).await {
            // The later steps may need what this one did not make.
            return shop.wrong;
        }
        shop.check_open_items(&called).await;
    }
    for right in &case.right {
        shop.check(right).await;
    }
    let statement = shop.statement(None, "at the end").await;
    shop.compare("the balance", case.balance, &statement.balance);
    shop.compare("what is on account", case.on_account, &statement.on_account);
    shop.compare("what is owed by its age", case.ages, &statement.ages);
    shop.wrong
}

impl Shop<'_> {
    fn compare(&mut self, what: &str, right: &str, found: &str) {
        if right != found {
            self.wrong.push(format!("{}:\n  {what}\n    right {right}\n    found {found}", self.case.name));
        }
    }

    fn id(&self, label: &str) -> String {
        let id = self.ids.get(label);
        id.unwrap_or_else(|| panic!("{}: nothing is called {label}", self.case.name)).clone()
    }

    /// The input with ids in place of labels.
    fn with_ids(&self, input: &Value) -> Value {
        match input {
            Value::String(text) => json!(text.strip_prefix('@').map_or_else(|| text.clone(), |label| self.id(label))),
            Value::Array(items) => items.iter().map(|item| self.with_ids(item)).collect(),
            Value::Object(fields) => fields.iter().map(|(name, value)| (name.clone(), self.with_ids(value))).collect(),
            other => other.clone(),
        }
    }

    /// Takes a step. Returns whether it came out as it must.
    async fn take(&mut self, step: &Step, called: &str) -> bool {
        let mut input = self.with_ids(&step.input);
        if input["customerId"].is_string() && input["currency"].is_null() {
            input["currency"] = json!(self.case.currency);
        }
        let input_type = format!("{}{}Input", step.mutation[..1].to_uppercase(), &step.mutation[1..]);
        let fields = format!("{} {{ id }} userErrors {{ code path message }}", step.noun);
        let payload = self.owner.mutate(step.mutation, &input_type, &fields, input).await;
        let found = errors(&payload).join(", ");
        if found != step.error {
            self.compare(&format!("the errors of {called}"), step.error, &format!("{found} {payload}"));
            return false;
        }
        if !step.label.is_empty() && step.error.is_empty() {
            self.ids.insert(step.label, id_of(&payload, step.noun));
        }
        true
    }

    /// Checks that what is outstanding less what is not allocated is the balance, whichever way one asks for it.
    async fn check_open_items(&mut self, after: &str) {
        let variables = json!({ "id": self.id("customer"), "currency": self.case.currency });
        let found = self.owner.gql(OPEN_ITEMS, variables).await;
        let sum = |side: &str| -> i64 {
            let nodes = found["entries"]["nodes"].as_array().unwrap().iter();
            nodes.filter(|entry| entry["type"] == side).map(|entry| minor(text(&entry["open"]))).sum()
        };
        let (outstanding, unallocated) = (sum("CREDIT"), sum("DEBIT"));
        let balances = found["customer"]["balances"].as_array().unwrap();
        let balance = balances.iter().find(|balance| balance["currency"] == self.case.currency);
        let balance = balance.map_or(0, |balance| minor(text(balance)));
        let statement = self.statement(None, after).await;
        let ages: i64 = statement.ages.split(' ').map(minor).sum();
        let shown = |outstanding: i64, unallocated: i64, balance: i64| {
            format!("{outstanding} outstanding, {unallocated} on account and a balance of {balance}, in minor units")
        };
        let right = shown(outstanding, unallocated, outstanding - unallocated);
        self.compare(&format!("the customer after {after}"), &right, &shown(outstanding, unallocated, balance));
        let found = shown(ages, minor(&statement.on_account), minor(&statement.balance));
        self.compare(&format!("the statement after {after}"), &right, &found);
    }

    /// The statement of the customer, up to a day or of all that there is.
    async fn statement(&mut self, to: Option<&str>, when: &str) -> Statement {
        let variables = json!({ "id": self.id("customer"), "currency": self.case.currency, "to": to });
        let found = self.owner.gql(STATEMENT, variables).await["customerStatement"].take();
        let aging = &found["aging"];
        let statement = Statement {
            balance: text(&found["closingBalance"]).to_owned(),
            ages: amounts(aging, &AGES),
            on_account: text(&aging["inAdvance"]).to_owned(),
        };
        let ages: i64 = statement.ages.split(' ').map(minor).sum();
        let sum = ages - minor(&statement.on_account);
        let balance = minor(&statement.balance);
        self.compare(&format!("the sum of the aging, {when}"), &balance.to_string(), &sum.to_string());
        statement
    }

    async fn check(&mut self, right: &Right) {
        match *right {
            Right::Invoice(label, right) => {
                let invoice = self.owner.gql(INVOICE, json!({ "id": self.id(label) })).await["invoice"].take();
                let fields = ["grossAmount", "discountAmount", "otherCharges", "taxableAmount"];
                let taxes = ["cgst", "sgst", "igst", "roundOff", "totalAmount"];
                let found = format!("{} {}", amounts(&invoice, &fields), amounts(&invoice, &taxes));
                self.compare(&format!("the sums of invoice {label}"), right, &found);
            }
            Right::Lines(label, right) => {
                let invoice = self.owner.gql(INVOICE, json!({ "id": self.id(label) })).await["invoice"].take();
                let lines = invoice["lines"].as_array().unwrap().iter();
                let found: Vec<_> =
                    lines.map(|line| amounts(line, &["amount", "taxableAmount", "cgst", "igst"])).collect();
                self.compare(&format!("the lines of invoice {label}"), &right.join(", "), &found.join(", "));
            }
            Right::Credit(label, right) => self.check_note("creditNote", label, right).await,
            Right::Debit(label, right) => self.check_note("debitNote", label, right).await,
            Right::Stands(label, right) => {
                let found = self.owner.standing(&self.id(label)).await;
                self.compare(&format!("how invoice {label} stands"), right, &found);
            }
            Right::Left(label, right) => {
                let found = self.owner.left(&self.id(label)).await;
                self.compare(&format!("what is settled, open and held of {label}"), right, &found);
            }
            Right::On(day, right) => {
                let Statement { balance, ages, on_account } = self.statement(Some(day), day).await;
                self.compare(&format!("what is owed on {day}"), right, &format!("{balance} {ages} {on_account}"));
            }
        }
    }

    async fn check_note(&mut self, noun: &str, label: &str, right: &str) {
        let fields = ["grossAmount", "otherCharges", "cgst", "sgst", "igst", "roundOff", "totalAmount"];
        let selected = fields.map(|field| format!("{field} {{ amount }}")).join(" ");
        let query = format!("query($id: ID!) {{ {noun}(id: $id) {{ {selected} }} }}");
        let note = self.owner.gql(&query, json!({ "id": self.id(label) })).await[noun].take();
        self.compare(&format!("the sums of note {label}"), right, &amounts(&note, &fields));
    }
}

/// The text of an amount.
fn text(amount: &Value) -> &str {
    amount["amount"].as_str().unwrap_or_else(|| panic!("no amount: {amount}"))
}

/// Amounts of an object, in one text.
fn amounts(object: &Value, fields: &[&str]) -> String {
    fields.iter().map(|field| text(&object[field])).collect::<Vec<_>>().join(" ")
}

/// An amount in minor units.
fn minor(amount: &str) -> i64 {
    amount.replace('.', "").parse().unwrap()
}
