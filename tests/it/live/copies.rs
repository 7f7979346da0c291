//! Apps that keep a copy of a book have what the server has, whenever they look and however often their connections are cut.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{
    served::Served,
    socket::{Socket, entry_of, position_of},
};
use crate::harness::{Database, TestApp, User};

/// What a copy shows of customers, entries and transactions.
const THING: &str =
    "id ... on Customer { name archivedAt balance { amount } } ... on Entry { amount { amount } note deletedAt }
    ... on Invoice { voidedAt } ... on WalletTransaction { status amount { amount } }
    ... on Transaction { amount { amount } description category { name } deletedAt }";

/// Numbers that look random, and are the same each time.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, most: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % most
    }
}

/// The objects of a book by their ids, and where the copy is.
pub(super) struct Copy {
    pub(super) things: BTreeMap<String, Value>,
    position: Value,
}

impl Copy {
    pub(super) async fn of(app: &TestApp, user: &User) -> Self {
        Self { things: BTreeMap::new(), position: position_of(app, user).await }
    }

    fn apply(&mut self, change: &Value) {
        self.position = change["cursor"].clone();
        let id = change["thingId"].as_str().unwrap().to_owned();
        if change["kind"] == "DELETED" {
            self.things.remove(&id);
        } else {
            self.things.insert(id, change["thing"].clone());
        }
    }

    /// Reads pages of the list until nothing is left; returns how many.
    pub(super) async fn catch_up(&mut self, app: &TestApp, user: &User, size: usize) -> usize {
        app.settle().await;
        let mut pages = 0;
        let query = format!(
            "query($after: String, $first: Int) {{ changes(after: $after, first: $first) {{
                 nodes {{ cursor kind thingId thing {{ {THING} }} }} pageInfo {{ hasNextPage }} }} }}"
        );
        loop {
            let page = user.gql(&query, json!({ "after": self.position, "first": size })).await["changes"].take();
            page["nodes"].as_array().unwrap().iter().for_each(|change| self.apply(change));
            pages += 1;
            if page["pageInfo"]["hasNextPage"] == false {
                return pages;
            }
        }
    }

    /// Follows the book for some changes, then cuts the connection, perhaps while more are on their way.
    async fn follow(&mut self, server: &Served, user: &User, count: usize) {
        let mut socket = self.subscribed(server, user).await;
        for _ in 0..count {
            self.apply(&socket.change().await);
        }
    }

    /// Follows the book until it is told of a customer of this name.
    pub(super) async fn follow_until(&mut self, server: &Served, user: &User, customer: &str) {
        let mut socket = self.subscribed(server, user).await;
        loop {
            let change = socket.change().await;
            self.apply(&change);
            if change["thing"]["name"] == customer {
                return;
            }
        }
    }

    async fn subscribed(&self, server: &Served, user: &User) -> Socket {
        let mut socket = Socket::of(server, user).await;
        let query = format!(
            "subscription($after: String) {{ bookChanges(after: $after) {{ cursor kind thingId thing {{ {THING} }} }} }}"
        );
        socket.subscribe("1", &query, json!({ "after": self.position })).await;
        socket
    }

    /// Compares the things with what the server shows of them.
    pub(super) async fn assert_is_of(&self, user: &User) {
        // Balances change with entries, so the copies of customers may be older than theirs.
        let shown = |thing: &Value| {
            let mut thing = thing.clone();
            thing.as_object_mut().unwrap().remove("balance");
            thing
        };
        let query = format!("query($ids: [ID!]!) {{ nodes(ids: $ids) {{ {THING} }} }}");
        let ids: Vec<_> = self.things.keys().cloned().collect();
        for some in ids.chunks(100) {
            let nodes = user.gql(&query, json!({ "ids": some })).await["nodes"].take();
            for (id, node) in some.iter().zip(nodes.as_array().unwrap()) {
                assert_eq!(shown(&self.things[id]), shown(node));
            }
        }
    }
}

/// Does something in a book; returns how many changes that makes.
async fn act(user: &User, numbers: &mut Numbers, [customers, entries, invoices]: &mut [Vec<String>; 3]) -> usize {
    let some = |list: &Vec<String>, numbers: &mut Numbers| list[numbers.below(list.len())].clone();
    match numbers.below(if customers.is_empty() { 2 } else { 10 }) {
        0 => customers.push(user.customer(&format!("Customer {}", numbers.below(1000))).await),
        1 => user.fund("1").await,
        2 => {
            let name = json!({ "id": some(customers, numbers), "name": format!("Renamed {}", numbers.below(1000)) });
            user.update_customer(name).await;
        }
        3 | 4 => entries.push(user.entry(&some(customers, numbers), "CREDIT", "5", "2026-11-05").await),
        5 if !entries.is_empty() => {
            let amount = (1 + numbers.below(100)).to_string();
            user.update_entry(json!({ "id": some(entries, numbers), "amount": amount })).await;
        }
        6 if !entries.is_empty() => {
            let at = numbers.below(entries.len());
            user.delete_entry(json!({ "id": entries.swap_remove(at) })).await;
        }
        7 => {
            // What cannot be paid is recorded as an attempt.
            user.withdraw(json!({ "wallet": { "id": user.wallet }, "amount": "100000" })).await;
        }
        8 => {
            invoices.push(user.invoice(&some(customers, numbers), "5", "2026-11-05").await);
            // With its entry.
            return 2;
        }
        9 if !invoices.is_empty() => {
            let invoice = invoices.swap_remove(numbers.below(invoices.len()));
            user.void_invoice(json!({ "id": invoice, "reason": "a mistake" })).await;
            return 2;
        }
        _ => return 0,
    }
    1
}

#[apply(both_databases)]
async fn copies_have_what_the_server_has(on: Database) {
    let server = Served::on(on).await;
    let amina = server.user("amina").await;
    let mut numbers = Numbers(7);
    let mut copies = Vec::new();
    for _ in 0..3 {
        copies.push((Copy::of(&server, &amina).await, 0));
    }
    let mut made_so_far = [const { Vec::new() }; 3];
    for _ in 0..100 {
        let made = act(&amina, &mut numbers, &mut made_so_far).await;
        for (_, behind) in &mut copies {
            *behind += made;
        }
        let at = numbers.below(6);
        let Some((copy, behind)) = copies.get_mut(at) else { continue };
        if numbers.below(2) == 0 {
            copy.catch_up(&server, &amina, 1 + numbers.below(9)).await;
            *behind = 0;
        } else {
            let count = numbers.below(*behind + 1);
            copy.follow(&server, &amina, count).await;
            *behind -= count;
        }
    }
    for (mut copy, _) in copies {
        copy.catch_up(&server, &amina, 100).await;
        assert!(copy.things.len() > 20, "{}", copy.things.len());
        copy.assert_is_of(&amina).await;
        let [customers, entries, invoices] = &made_so_far;
        let entries: Vec<_> = entries.iter().cloned().chain(invoices.iter().map(|id| entry_of(id))).collect();
        let is_there = |id: &String| copy.things.contains_key(id);
        assert!(customers.iter().chain(&entries).chain(invoices).all(is_there));
        let count = |prefix: &str| copy.things.keys().filter(|id| id.starts_with(prefix)).count();
        assert_eq!((count("customer_"), count("entry_")), (customers.len(), entries.len()));
    }
}
