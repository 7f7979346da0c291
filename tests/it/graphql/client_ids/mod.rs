//! Ids that clients choose for what they create.

mod at_once;
mod create;
mod later;
mod order;

use serde_json::{Value, json};

use crate::harness::{Database, Driver, Root, TestApp, User, errors, id_of, inputs, new_id, quick, somebody};

/// A mutation that creates something.
struct Create {
    mutation: &'static str,
    /// The field of its payload.
    noun: &'static str,
    prefix: &'static str,
    /// A text of its input, which at most so many characters may have.
    text: &'static str,
    most: usize,
}

impl Create {
    const fn new(
        mutation: &'static str,
        [noun, prefix]: [&'static str; 2],
        (text, most): (&'static str, usize),
    ) -> Self {
        Self { mutation, noun, prefix, text, most }
    }

    /// Calls the mutation.
    async fn call(&self, user: &User, input: &Value) -> Value {
        let (first, rest) = self.mutation.split_at(1);
        let query = format!(
            "mutation($input: {}{rest}Input!) {{
                {}(input: $input) {{ {} {{ id }} replayed userErrors {{ code path message
                    ... on ConflictError {{ current {{ id }} }} }} }} }}",
            first.to_uppercase(),
            self.mutation,
            self.noun,
        );
        let mut answer = user.client.request_patiently(&query, json!({ "input": input })).await.json();
        assert_eq!(answer.get("errors"), None, "{}", self.mutation);
        answer["data"][self.mutation].take()
    }

    /// Calls the mutation, which is let; the id and whether it was a replay.
    async fn done(&self, user: &User, input: &Value) -> (String, bool) {
        let payload = self.call(user, input).await;
        (id_of(&payload, self.noun), payload["replayed"].as_bool().unwrap())
    }

    /// Calls the mutation, which is refused.
    async fn refused(&self, user: &User, input: &Value) -> Vec<String> {
        let payload = self.call(user, input).await;
        assert_eq!((&payload[self.noun], &payload["replayed"]), (&Value::Null, &json!(false)), "{}", self.mutation);
        errors(&payload)
    }

    fn root<'a>(&self, roots: &'a [Root]) -> &'a Root {
        roots.iter().find(|root| root.name == self.mutation).unwrap()
    }

    fn new_id(&self) -> String {
        new_id(self.prefix)
    }
}

const CREATES: [Create; 9] = [
    Create::new("addEntry", ["entry", "entry"], ("note", 500)),
    Create::new("addTransaction", ["transaction", "transaction"], ("description", 500)),
    Create::new("createCategory", ["category", "category"], ("name", 60)),
    Create::new("createCreditNote", ["creditNote", "credit_note"], ("reason", 500)),
    Create::new("createCustomer", ["customer", "customer"], ("name", 100)),
    Create::new("createDebitNote", ["debitNote", "debit_note"], ("reason", 500)),
    Create::new("createInvoice", ["invoice", "invoice"], ("note", 500)),
    Create::new("createReceipt", ["receipt", "receipt"], ("note", 500)),
    Create::new("createWallet", ["wallet", "wallet"], ("name", 100)),
];

/// The app, and an input for each mutation that creates something, by a user of its own.
async fn each(on: Database) -> (TestApp, Vec<(Create, User, Value)>) {
    let app = TestApp::with(on, quick).await;
    let roots = Driver::new(&app.anonymous()).await.roots();
    let mut each = Vec::new();
    for (create, number) in CREATES.into_iter().zip(1..) {
        let user = somebody(&app, number).await;
        let mut input = inputs(&user, create.root(&roots), number).await.swap_remove(0)["input"].take();
        input[create.text] = json!("first");
        each.push((create, user, input));
    }
    (app, each)
}

/// The input with another value.
fn with(input: &Value, field: &str, value: impl Into<Value>) -> Value {
    let mut input = input.clone();
    input[field] = value.into();
    input
}

/// How many of each thing there are in the book of a user, and what they come to.
async fn totals(user: &User) -> Value {
    let query = "{ wallets { balance { amount } isDefault } categories { name } archived: categories(archived: true) { name }
        customers { totalCount nodes { balance { amount } } } entries { totalCount } invoices { totalCount nodes { number } }
        receipts { totalCount nodes { number allocated { amount } } }
        creditNotes { totalCount nodes { number allocated { amount } } } debitNotes { totalCount nodes { number } } transactions { totalCount nodes { version } } }";
    user.gql(query, json!({})).await
}

/// Whether the mutation takes an idempotency key too.
fn takes_key(create: &Create) -> bool {
    ["entry", "transaction", "invoice", "receipt", "credit_note", "debit_note"].contains(&create.prefix)
}
