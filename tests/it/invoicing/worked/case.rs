//! The form of a worked case.

use serde_json::{Value, json};

/// A row of a table of worked cases.
pub struct Case {
    pub name: &'static str,
    /// The currency of all documents that do not have another.
    pub currency: &'static str,
    /// Whether the book rounds the totals of invoices to the whole unit.
    pub rounds: bool,
    pub steps: Vec<Step>,
    pub right: Vec<Right>,
    /// What is right of the customer after all steps.
    pub balance: &'static str,
    pub on_account: &'static str,
    /// What is owed by its age: not due, 1 to 30 days, 31 to 60, 61 to 90, and over 90.
    pub ages: &'static str,
}

/// A mutation.
pub struct Step {
    pub mutation: &'static str,
    /// The field of the payload with what the mutation made or changed.
    pub noun: &'static str,
    /// How later steps and the right values call what this step makes.
    pub label: &'static str,
    /// The input. A text `@A` stands for the id of what is called `A`.
    pub input: Value,
    /// The code and path of the user error, if the step must be refused; otherwise empty.
    pub error: &'static str,
}

/// What is right after all steps. The first text is the label of a document.
pub enum Right {
    /// Of an invoice: gross amount, discount, charges, taxable amount, CGST, SGST, IGST, what the total is rounded by, total.
    Invoice(&'static str, &'static str),
    /// Of each line of an invoice: amount, taxable amount, CGST and IGST.
    Lines(&'static str, &'static [&'static str]),
    /// Of a credit note: goods, charges, CGST, SGST, IGST, round-off and total.
    Credit(&'static str, &'static str),
    /// Of a debit note: the same.
    Debit(&'static str, &'static str),
    /// Of an invoice: status, what is paid and what is outstanding.
    Stands(&'static str, &'static str),
    /// Of any entry, also that of a receipt or note: what is settled, open and held.
    Left(&'static str, &'static str),
    /// On a day, which is the first text: balance, what is owed by its age (as in `Case::ages`), and what is on account.
    On(&'static str, &'static str),
}

/// A case. At its end, what is right of the customer: the balance, what is on account, and what is owed by its age.
pub fn case(
    name: &'static str,
    currency: &'static str,
    steps: Vec<Step>,
    right: Vec<Right>,
    [balance, on_account, ages]: [&'static str; 3],
) -> Case {
    Case { name, currency, rounds: false, steps, right, balance, on_account, ages }
}

impl Case {
    /// The same in a book that rounds the totals of invoices.
    pub fn rounding(self) -> Self {
        Self { rounds: true, ..self }
    }
}

impl Step {
    /// The same, which must be refused.
    pub fn refused(self, error: &'static str) -> Self {
        Self { error, ..self }
    }
}

fn step(mutation: &'static str, noun: &'static str, label: &'static str, input: Value) -> Step {
    Step { mutation, noun, label, input, error: "" }
}

/// An input with one more field.
fn with(mut input: Value, field: &str, value: &str) -> Value {
    input[field] = json!(value);
    input
}

fn of_customer(input: Value) -> Value {
    with(input, "customerId", "@customer")
}

fn reference(label: &str) -> String {
    format!("@{label}")
}

pub fn invoice(label: &'static str, input: Value) -> Step {
    step("createInvoice", "invoice", label, of_customer(input))
}

pub fn receipt(label: &'static str, input: Value) -> Step {
    step("createReceipt", "receipt", label, with(of_customer(input), "paymentType", "CASH"))
}

pub fn entry(label: &'static str, input: Value) -> Step {
    step("addEntry", "entry", label, of_customer(input))
}

pub fn opening(label: &'static str, input: Value) -> Step {
    step("setOpeningBalance", "entry", label, of_customer(input))
}

pub fn refund(label: &'static str, input: Value) -> Step {
    step("refundCustomer", "entry", label, of_customer(input))
}

pub fn write_off(label: &'static str, input: Value) -> Step {
    step("writeOff", "entry", label, with(of_customer(input), "reason", "not worth asking for"))
}

/// A credit note on an invoice.
pub fn credit_note(label: &'static str, invoice: &str, input: Value) -> Step {
    let input = with(with(input, "invoiceId", &reference(invoice)), "reason", "came back");
    step("createCreditNote", "creditNote", label, input)
}

/// A debit note on an invoice.
pub fn debit_note(label: &'static str, invoice: &str, input: Value) -> Step {
    let input = with(with(input, "invoiceId", &reference(invoice)), "reason", "billed too low");
    step("createDebitNote", "debitNote", label, input)
}

pub fn allocate(payment: &str, input: Value) -> Step {
    step("allocate", "payment", "", with(input, "paymentId", &reference(payment)))
}

pub fn release(payment: &str, input: Value) -> Step {
    step("release", "payment", "", with(input, "paymentId", &reference(payment)))
}

pub fn change_entry(label: &str, input: Value) -> Step {
    step("updateEntry", "entry", "", with(input, "id", &reference(label)))
}

pub fn delete_entry(label: &str) -> Step {
    step("deleteEntry", "entry", "", json!({ "id": reference(label) }))
}

fn voiding(label: &str) -> Value {
    json!({ "id": reference(label), "reason": "wrong" })
}

pub fn void_invoice(label: &str) -> Step {
    step("voidInvoice", "invoice", "", voiding(label))
}

pub fn void_receipt(label: &str) -> Step {
    step("voidReceipt", "receipt", "", voiding(label))
}

pub fn void_credit_note(label: &str) -> Step {
    step("voidCreditNote", "creditNote", "", voiding(label))
}

/// A line of an invoice.
pub fn line(quantity: &str, price: &str, rate: &str) -> Value {
    with(plain(quantity, price), "rate", rate)
}

/// A line of an invoice without a rate of its own.
pub fn plain(quantity: &str, price: &str) -> Value {
    json!({ "description": "goods", "quantity": quantity, "unitPrice": price })
}

/// The same line several times, and more lines.
pub fn times(count: usize, line: Value, more: Vec<Value>) -> Vec<Value> {
    let mut lines = vec![line; count];
    lines.extend(more);
    lines
}
