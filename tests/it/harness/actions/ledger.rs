//! What users do with customers, entries, invoices, receipts and notes.

use serde_json::{Value, json};

use crate::harness::{User, errors};

const CUSTOMER: &str = "customer { id name phone email firmName address city state gstNumber note archivedAt
        balance { amount currency } } userErrors { code path message }";

const ENTRY: &str = "entry { id type source amount { amount currency } date weekday note version deletedAt
        balanceAfter { amount } customer { id balance { amount } } }
    replayed userErrors { code path message }";

const INVOICE: &str = "invoice { id number date dueDate status note voidedAt voidReason
        grossAmount { amount } discountAmount { amount } discountPercent taxableAmount { amount } gstRate
        cgst { amount } sgst { amount } igst { amount } otherCharges { amount } roundOff { amount }
        totalAmount { amount currency } paid { amount } outstanding { amount } entry { id }
        lines { description hsnCode quantity rate unitPrice discountAmount { amount } discountPercent amount { amount }
            taxableAmount { amount } cgst { amount } sgst { amount } igst { amount } } }
    replayed userErrors { code path message }";

const RECEIPT: &str =
    "receipt { id number date paymentType note voidedAt voidReason wallet { id } amount { amount currency }
        allocated { amount } onAccount { amount } entry { id }
        allocations { nodes { amount { amount } invoice { id number status } } } }
    replayed userErrors { code path message }";

/// What is asked of a new note.
const NOTE: &str = "id number date reason voidedAt voidReason grossAmount { amount } cgst { amount } sgst { amount }
    igst { amount } otherCharges { amount } roundOff { amount } totalAmount { amount currency } entry { id }
    invoice { id credited { amount } debited { amount } }
    lines { line quantity amount { amount } taxableAmount { amount } cgst { amount } sgst { amount } igst { amount } }";

impl User {
    pub async fn create_customer(&self, input: Value) -> Value {
        self.mutate("createCustomer", "CreateCustomerInput", CUSTOMER, input).await
    }

    pub async fn update_customer(&self, input: Value) -> Value {
        self.mutate("updateCustomer", "UpdateCustomerInput", CUSTOMER, input).await
    }

    pub async fn archive(&self, customer: &str) -> Value {
        self.mutate("deleteCustomer", "DeleteCustomerInput", CUSTOMER, json!({ "id": customer })).await
    }

    pub async fn restore(&self, customer: &str) -> Value {
        self.mutate("restoreCustomer", "RestoreCustomerInput", CUSTOMER, json!({ "id": customer })).await
    }

    /// Erases a customer's personal details.
    pub async fn erase(&self, customer: &str) -> Value {
        let fields = CUSTOMER.replace("archivedAt", "archivedAt erasedAt") + " archivedCustomerId";
        self.mutate("eraseCustomer", "EraseCustomerInput", &fields, json!({ "id": customer })).await
    }

    /// Enters a customer of whom only the name is known; their id.
    pub async fn customer(&self, name: &str) -> String {
        id_of(&self.create_customer(json!({ "name": name })).await, "customer")
    }

    pub async fn add_entry(&self, input: Value) -> Value {
        self.mutate("addEntry", "AddEntryInput", ENTRY, input).await
    }

    pub async fn update_entry(&self, input: Value) -> Value {
        self.mutate("updateEntry", "UpdateEntryInput", ENTRY, input).await
    }

    pub async fn delete_entry(&self, input: Value) -> Value {
        self.mutate("deleteEntry", "DeleteEntryInput", ENTRY, input).await
    }

    /// Writes an entry; its id.
    pub async fn entry(&self, customer: &str, kind: &str, amount: &str, date: &str) -> String {
        let input = json!({ "customerId": customer, "type": kind, "amount": amount, "date": date });
        id_of(&self.add_entry(input).await, "entry")
    }

    pub async fn create_invoice(&self, input: Value) -> Value {
        self.mutate("createInvoice", "CreateInvoiceInput", INVOICE, input).await
    }

    pub async fn void_invoice(&self, input: Value) -> Value {
        self.mutate("voidInvoice", "VoidInvoiceInput", INVOICE, input).await
    }

    /// Makes an invoice without taxes; its id.
    pub async fn invoice(&self, customer: &str, gross: &str, date: &str) -> String {
        let input = json!({ "customerId": customer, "grossAmount": gross, "date": date });
        id_of(&self.create_invoice(input).await, "invoice")
    }

    pub async fn create_receipt(&self, input: Value) -> Value {
        self.mutate("createReceipt", "CreateReceiptInput", RECEIPT, input).await
    }

    pub async fn void_receipt(&self, input: Value) -> Value {
        self.mutate("voidReceipt", "VoidReceiptInput", RECEIPT, input).await
    }

    /// Makes a receipt in cash that names no invoice; its id.
    pub async fn receipt(&self, customer: &str, amount: &str, date: &str) -> String {
        let input = json!({ "customerId": customer, "amount": amount, "date": date, "paymentType": "CASH" });
        id_of(&self.create_receipt(input).await, "receipt")
    }

    /// Calls a mutation on notes: `createCreditNote`, `voidDebitNote`.
    async fn change_note(&self, mutation: &str, input: Value) -> Value {
        let input_type = format!("{}{}Input", mutation[..1].to_uppercase(), &mutation[1..]);
        let noun = if mutation.ends_with("CreditNote") { "creditNote" } else { "debitNote" };
        let fields = format!("{noun} {{ {NOTE} }} replayed userErrors {{ code path message }}");
        self.mutate(mutation, &input_type, &fields, input).await
    }

    pub async fn create_credit_note(&self, input: Value) -> Value {
        self.change_note("createCreditNote", input).await
    }

    pub async fn void_credit_note(&self, input: Value) -> Value {
        self.change_note("voidCreditNote", input).await
    }

    pub async fn create_debit_note(&self, input: Value) -> Value {
        self.change_note("createDebitNote", input).await
    }

    pub async fn void_debit_note(&self, input: Value) -> Value {
        self.change_note("voidDebitNote", input).await
    }

    /// Takes back an amount of the goods on an invoice; the id of the credit note.
    pub async fn credit_note(&self, invoice: &str, gross: &str) -> String {
        let input = json!({ "invoiceId": invoice, "grossAmount": gross, "reason": "came back" });
        id_of(&self.create_credit_note(input).await, "creditNote")
    }

    /// Adds an amount of goods to an invoice; the id of the debit note.
    pub async fn debit_note(&self, invoice: &str, gross: &str) -> String {
        let input = json!({ "invoiceId": invoice, "grossAmount": gross, "reason": "was too little" });
        id_of(&self.create_debit_note(input).await, "debitNote")
    }

    /// Allocates or releases; the payload with the payment's entry.
    pub async fn set_off(&self, mutation: &str, input: Value) -> Value {
        let input_type = if mutation == "allocate" { "AllocateInput" } else { "ReleaseInput" };
        let fields = "payment { id settled { amount } open { amount } held { amount }
            allocations(first: 100) { nodes { amount { amount } namedAmount { amount } charge { id } } } }
            replayed userErrors { code path message }";
        self.mutate(mutation, input_type, fields, input).await
    }

    pub async fn refund(&self, input: Value) -> Value {
        self.mutate("refundCustomer", "RefundCustomerInput", ENTRY, input).await
    }

    pub async fn write_off(&self, input: Value) -> Value {
        self.mutate("writeOff", "WriteOffInput", ENTRY, input).await
    }

    pub async fn set_opening(&self, input: Value) -> Value {
        self.mutate("setOpeningBalance", "SetOpeningBalanceInput", ENTRY, input).await
    }

    /// What is settled, open and held of an entry.
    pub async fn left(&self, entry: &str) -> String {
        let query = "query($id: ID!) { entry(id: $id) { settled { amount } open { amount } held { amount } } }";
        let entry = self.gql(query, json!({ "id": entry_of(entry) })).await["entry"].take();
        let text = |name: &str| entry[name]["amount"].as_str().unwrap().to_owned();
        format!("{} {} {}", text("settled"), text("open"), text("held"))
    }

    /// How old what a customer owes is: what is due, what is overdue, and what is on account.
    pub async fn age(&self, customer: &str, to: Value) -> String {
        let query = "query($id: ID!, $to: Date) { customerStatement(customerId: $id, to: $to) {
            aging { current { amount } overdue { amount } inAdvance { amount } } } }";
        let data = self.gql(query, json!({ "id": customer, "to": to })).await;
        let aging = &data["customerStatement"]["aging"];
        let text = |name: &str| aging[name]["amount"].as_str().unwrap().to_owned();
        format!("{} {} {}", text("current"), text("overdue"), text("inAdvance"))
    }

    /// What a customer owes.
    pub async fn owed(&self, customer: &str) -> String {
        let query = "query($id: ID!) { customer(id: $id) { balance { amount } } }";
        let data = self.gql(query, json!({ "id": customer })).await;
        data["customer"]["balance"]["amount"].as_str().unwrap().to_owned()
    }

    /// How an invoice stands: its status, what is paid of it and what is open.
    pub async fn standing(&self, invoice: &str) -> String {
        let query = "query($id: ID!) { invoice(id: $id) { status paid { amount } outstanding { amount } } }";
        let invoice = self.gql(query, json!({ "id": invoice })).await["invoice"].take();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let (paid, open) = (text(&invoice["paid"]["amount"]), text(&invoice["outstanding"]["amount"]));
        format!("{} {paid} {open}", text(&invoice["status"]))
    }

    /// What a receipt is set off against: how much, and the ids of the invoices.
    pub async fn pays(&self, receipt: &str) -> Vec<(String, String)> {
        let query = "query($id: ID!) { receipt(id: $id) { allocations(first: 100) { nodes { amount { amount } invoice { id } } } } }";
        let mut data = self.gql(query, json!({ "id": receipt })).await;
        let allocations: Vec<Value> = serde_json::from_value(data["receipt"]["allocations"]["nodes"].take()).unwrap();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let pair = |pays: &Value| (text(&pays["invoice"]["id"]), text(&pays["amount"]["amount"]));
        allocations.iter().map(pair).collect()
    }
}

/// The id of the ledger entry of a document.
pub fn entry_of(id: &str) -> String {
    format!("entry_{}", id.rsplit('_').next().unwrap())
}

/// The id of what a payload is about, which has no user errors.
pub fn id_of(payload: &Value, noun: &str) -> String {
    assert_eq!(errors(payload), [""; 0], "{payload}");
    payload[noun]["id"].as_str().unwrap_or_else(|| panic!("{payload}")).to_owned()
}

/// The messages of the user errors of a payload.
pub fn messages(payload: &Value) -> String {
    let errors = payload["userErrors"].as_array().unwrap().iter();
    errors.map(|error| error["message"].as_str().unwrap()).collect::<Vec<_>>().join(" ")
}
