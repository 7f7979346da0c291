//! A field that fails is null and takes nothing else with it; `@semanticNonNull` says which fields are null only then.

use std::{collections::BTreeSet, fs, path::Path};

use apollo_compiler::{
    Node, Schema,
    ast::FieldDefinition,
    schema::{Component, ExtendedType},
};
use serde_json::{Value, json};

use crate::harness::{Database, Driver, Root, TestApp, any_price, kind, things};

/// The fields of `Query` that are null when there is no such object. All other root fields are null only with an error.
const FOUND: [&str; 13] = [
    "category",
    "creditNote",
    "customer",
    "debitNote",
    "entry",
    "import",
    "importProfile",
    "invoice",
    "node",
    "payee",
    "receipt",
    "transaction",
    "wallet",
];

/// The fields that the crawl does not reach with a value, since they need an argument.
const NOT_REACHED: [&str; 1] = ["Wallet.balanceAt"];

fn schema() -> Schema {
    Schema::parse(daybook::graphql::sdl(), "schema.graphql").unwrap()
}

/// All fields of the objects of the schema, each with the name of its object.
fn fields(schema: &Schema) -> Vec<(String, &Component<FieldDefinition>)> {
    let objects = schema.types.iter().filter_map(|(name, type_)| match type_ {
        ExtendedType::Object(object) if !name.starts_with("__") => Some((name, object)),
        _ => None,
    });
    objects.flat_map(|(name, object)| object.fields.values().map(move |field| (name.to_string(), field))).collect()
}

fn is_declared(field: &Node<FieldDefinition>) -> bool {
    field.directives.has("semanticNonNull")
}

#[apply(test)]
fn every_root_field_is_nullable_and_says_when_it_is_null() {
    let schema = schema();
    let is_root = |type_: &str| ["Query", "Mutation", "Subscription"].contains(&type_);
    let roots = fields(&schema).into_iter().filter(|(type_, _)| is_root(type_));
    let mut may_be_missing = Vec::new();
    for (type_, field) in roots {
        assert!(!field.ty.is_non_null(), "{type_}.{} takes the other fields with it", field.name);
        if !is_declared(field) {
            may_be_missing.push(field.name.as_str());
        }
    }
    may_be_missing.sort_unstable();
    assert_eq!(may_be_missing, FOUND);
}

#[apply(test)]
fn every_field_below_that_can_fail_alone_is_nullable() {
    let (mut checked, mut wrong) = (0, Vec::new());
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src/graphql")];
    while let Some(folder) = folders.pop() {
        for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            for item in syn::parse_file(&fs::read_to_string(&path).unwrap()).unwrap().items {
                let syn::Item::Impl(object) = item else { continue };
                let has = |name: &str| object.attrs.iter().any(|attribute| attribute.path().is_ident(name));
                if !has("Object") && !has("ComplexObject") {
                    continue;
                }
                let syn::Type::Path(type_) = &*object.self_ty else { panic!("an object without a name") };
                let type_ = type_.path.segments.last().unwrap().ident.to_string();
                if type_.ends_with("Query") || type_.ends_with("Mutation") {
                    continue;
                }
                for method in object.items {
                    let syn::ImplItem::Fn(method) = method else { continue };
                    if !is_result_of_a_value(&method.sig.output) {
                        continue;
                    }
                    checked += 1;
                    let says_so = |attribute: &syn::Attribute| match &attribute.meta {
                        syn::Meta::List(list) => list.tokens.to_string().contains("SemanticNonNull"),
                        _ => false,
                    };
                    if !method.attrs.iter().any(says_so) {
                        wrong.push(format!("{type_}.{}", method.sig.ident));
                    }
                }
            }
        }
    }
    assert!(checked > 30, "only {checked} resolvers");
    assert_eq!(wrong, [""; 0], "add `directive = SemanticNonNull::apply()`");
}

/// Whether a resolver returns a `Result` of something else than an `Option`.
fn is_result_of_a_value(output: &syn::ReturnType) -> bool {
    let syn::ReturnType::Type(_, type_) = output else { return false };
    let syn::Type::Path(path) = &**type_ else { return false };
    let last = path.path.segments.last().unwrap();
    let syn::PathArguments::AngleBracketed(arguments) = &last.arguments else { return false };
    let Some(syn::GenericArgument::Type(syn::Type::Path(value))) = arguments.args.first() else {
        return last.ident == "Result";
    };
    last.ident == "Result" && value.path.segments.last().unwrap().ident != "Option"
}

/// What was seen of each field: with a value, and null.
#[derive(Default)]
struct Seen {
    values: BTreeSet<String>,
    nulls: BTreeSet<String>,
}

impl Seen {
    fn look(&mut self, value: &Value) {
        match value {
            Value::Array(items) => items.iter().for_each(|item| self.look(item)),
            Value::Object(fields) => {
                let type_ = fields.get("__typename").and_then(Value::as_str);
                for (key, value) in fields {
                    // The driver gives aliases to fields of one name and different types.
                    let type_ = type_.unwrap_or("Query");
                    let name = key.strip_prefix(&format!("{type_}_")).unwrap_or(key);
                    let seen = if value.is_null() { &mut self.nulls } else { &mut self.values };
                    seen.insert(format!("{type_}.{name}"));
                    self.look(value);
                }
            }
            _ => {}
        }
    }
}

#[apply(both_databases)]
async fn a_field_is_null_for_a_reason_that_it_tells_or_only_with_an_error(on: Database) {
    let app = TestApp::with(on, any_price).await;
    let user = app.user("amina").await;
    let driver = Driver::new(&app.anonymous()).await;
    let own = things(&user, "mine", "5").await;
    // One thing that nothing is said about.
    user.create_customer(json!({ "name": "Zaid" })).await;
    let mut seen = Seen::default();
    let mut call = async |root: &Root, arguments: Value| {
        let answer = user.client.request(&driver.operation(root, &arguments), arguments).await.json();
        assert_eq!(answer.get("errors"), None, "{}", root.name);
        seen.look(&answer["data"]);
    };
    for root in driver.roots().iter().filter(|root| !root.is_mutation) {
        let id = |at: &_, owner: &_| own[kind(at, owner, root)].clone();
        call(root, driver.fewest_arguments(root, &Vec::new(), &id)).await;
        if root.name == "node" {
            for id in own.values() {
                call(root, json!({ "id": id })).await;
            }
        }
    }
    // Too deep for the crawl.
    let query = "{ receipts(first: 1) { __typename nodes { __typename
        allocations(first: 1) { __typename nodes { __typename payment { __typename } charge { __typename } } } } }
        transactions(first: 1) { __typename nodes { __typename
        versions(first: 1) { __typename nodes { __typename lines { __typename } } } } } }";
    seen.look(&user.gql(query, json!({})).await);
    let schema = schema();
    let (mut unexplained, mut not_reached) = (Vec::new(), Vec::new());
    for (type_, field) in fields(&schema).into_iter().filter(|(_, field)| !field.ty.is_non_null()) {
        let name = format!("{type_}.{}", field.name);
        let says_when = field.description.as_ref().is_some_and(|text| text.to_lowercase().contains("null"));
        if is_declared(field) {
            assert!(!seen.nulls.contains(&name), "{name} is null without an error");
            // Mutations and subscriptions are not called here: `payloads`, `user_errors` and `live` read what they return.
            let is_of_others = ["Mutation", "Payload", "Error", "Subscription"].iter().any(|end| type_.ends_with(end));
            if !seen.values.contains(&name) && !is_of_others {
                not_reached.push(name);
            }
        } else if !says_when && !seen.nulls.contains(&name) {
            unexplained.push(name);
        }
    }
    assert_eq!(unexplained, [""; 0], "these are nullable without a reason");
    assert_eq!(not_reached, NOT_REACHED, "the crawl does not reach these");
}

#[apply(both_databases)]
async fn one_failing_field_takes_no_other_with_it(on: Database) {
    let (_app, amina) = TestApp::with_owner(on).await;
    let mutation = "mutation($wallet: ID!, $absent: Decimal = \"1\") {
        a: deposit(input: { wallet: { id: $wallet }, amount: \"5\" }) { transaction { amount { amount } } }
        b: deposit(input: { wallet: { id: $wallet }, amount: $absent }) { transaction { id } }
        c: deposit(input: { wallet: { id: $wallet }, amount: \"7\" }) { userErrors { code } }
    }";
    let answer = amina.client.request(mutation, json!({ "wallet": amina.wallet, "absent": null })).await.json();
    let expected = json!({
        "a": { "transaction": { "amount": { "amount": "5.00" } } }, "b": null, "c": { "userErrors": [] },
    });
    assert_eq!(answer["data"], expected, "{answer}");
    assert_eq!(answer["errors"].as_array().unwrap().len(), 1);
    assert_eq!(answer["errors"][0]["path"][0], "b");
    assert_eq!(amina.balance(&amina.wallet).await, "12.00");

    let customer = amina.customer("Zaid").await;
    let query = "query($customer: ID!) {
        me { username } customers(first: 101) { totalCount }
        customer(id: $customer) { name entries(first: 101) { totalCount } invoices { totalCount } }
    }";
    let answer = amina.client.request(query, json!({ "customer": customer })).await.json();
    let expected = json!({
        "me": { "username": "amina" }, "customers": null,
        "customer": { "name": "Zaid", "entries": null, "invoices": { "totalCount": 0 } },
    });
    assert_eq!(answer["data"], expected, "{answer}");
    let paths: Vec<_> = answer["errors"].as_array().unwrap().iter().map(|error| error["path"].clone()).collect();
    assert_eq!(paths, [json!(["customers"]), json!(["customer", "entries"])]);
}

#[apply(both_databases)]
async fn what_is_asked_for_by_an_id_that_is_not_there_is_null_alone(on: Database) {
    let (app, amina) = TestApp::with_owner(on).await;
    let badr = app.user("badr").await;
    let [customer, theirs] = [amina.customer("Zaid").await, badr.customer("Zahra").await];
    let lists = "walletHistory(walletId: $wallet) { totalCount }
        customerStatement(customerId: $customer) { customer { id } }
        customerSummary(customerId: $customer) { customer { id } }
        entries(filter: { customerId: $customer }) { totalCount }
        invoices(filter: { customerId: $customer }) { totalCount }
        receipts(filter: { customerId: $customer }) { totalCount }
        transactions(filter: { walletId: $wallet }) { totalCount }";
    let query = format!("query($wallet: ID!, $customer: ID!) {{ me {{ username }} {lists} }}");
    let found = amina.gql(&query, json!({ "wallet": amina.wallet, "customer": customer })).await;
    assert!(found.as_object().unwrap().values().all(|list| !list.is_null()), "{found}");
    let gone = |kind: &str| format!("{kind}_01h455vb4pex5vsknk084sn02q");
    for [wallet, customer] in
        [[badr.wallet.clone(), theirs], [gone("wallet"), gone("customer")], [String::new(), "x".into()]]
    {
        let ids = json!({ "wallet": wallet, "customer": customer });
        let answer = amina.client.request(&query, ids.clone()).await.json();
        let mut data = answer["data"].as_object().unwrap().clone();
        assert_eq!(data.remove("me"), Some(json!({ "username": "amina" })));
        assert!(data.values().all(Value::is_null), "{answer}");
        let errors = answer["errors"].as_array().unwrap();
        assert_eq!(errors.len(), data.len());
        for error in errors {
            assert_eq!(error["extensions"]["code"], "NOT_FOUND", "{error}");
        }
        // Objects are null without an error.
        let objects = "query($wallet: ID!, $customer: ID!) {
            wallet(id: $wallet) { id } customer(id: $customer) { id } node(id: $customer) { id }
            nodes(ids: [$wallet, $customer]) { id } payee(wallet: { id: $customer }) { displayName }
        }";
        let data = amina.gql(objects, ids).await;
        let expected = json!({ "wallet": null, "customer": null, "node": null, "nodes": [null, null], "payee": null });
        assert_eq!(data, expected);
    }
    // A list within an object is no exception.
    let query = "query($customer: ID!, $other: ID!) {
        customer(id: $customer) { name entries(filter: { customerId: $other }) { totalCount } } }";
    let answer = amina.client.request(query, json!({ "customer": customer, "other": "x" })).await.json();
    assert_eq!(answer["data"]["customer"], json!({ "name": "Zaid", "entries": null }));
    assert_eq!(answer["errors"][0]["extensions"]["code"], "NOT_FOUND");
}
