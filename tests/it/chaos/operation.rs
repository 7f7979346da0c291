//! What clients ask for.

use serde_json::{Value, json};

use crate::harness::{Client, User, errors};

/// Somebody with what they need to ask for things.
#[derive(Clone)]
pub struct Party {
    pub user: User,
    pub wallets: [String; 2],
    pub customer: String,
}

/// Something whose balance is known.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Account {
    Wallet(String),
    Customer(String),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    Deposit,
    Transfer,
    Entry,
    Invoice,
    Receipt,
}

/// One thing that a client wants to be done once.
#[derive(Clone, Debug)]
pub struct Operation {
    pub kind: Kind,
    /// Which party asks for it.
    pub party: usize,
    /// Its note, by which it is found, and its key if it has one.
    pub tag: String,
    pub has_key: bool,
    /// What it changes when it succeeds.
    pub changes: Vec<(Account, i64)>,
    input: Value,
}

/// Numbers that are the same in each run.
pub struct Random(pub u64);

impl Random {
    pub fn below(&mut self, limit: usize) -> usize {
        // SplitMix64.
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        usize::try_from((mixed ^ (mixed >> 31)) % limit as u64).unwrap()
    }
}

impl Party {
    pub async fn register(server: &Client, name: &str) -> Self {
        let user = User::register(server, name).await;
        let wallets = [user.wallet.clone(), user.new_wallet("YEM").await];
        let customer = user.customer("Customer").await;
        Self { user, wallets, customer }
    }
}

impl Operation {
    /// Something that one of the parties may ask for.
    pub fn random(random: &mut Random, parties: &[Party], party: usize, tag: String) -> Self {
        let me = &parties[party];
        let wallet = me.wallets[random.below(2)].clone();
        let amount = i64::try_from(random.below(20) + 1).unwrap();
        let has_key = random.below(8) > 0;
        let customer = Account::Customer(me.customer.clone());
        let (kind, mut input, changes) = match random.below(10) {
            0..=2 => {
                let input = json!({ "wallet": { "id": wallet }, "memo": tag });
                (Kind::Deposit, input, vec![(Account::Wallet(wallet), amount)])
            }
            3..=6 => {
                let to =
                    &parties[(party + 1 + random.below(parties.len() - 1)) % parties.len()].wallets[random.below(2)];
                let input = json!({ "from": { "id": wallet }, "to": { "id": to }, "memo": tag });
                let changes = vec![(Account::Wallet(wallet), -amount), (Account::Wallet(to.clone()), amount)];
                (Kind::Transfer, input, changes)
            }
            7 => {
                let (way, sign) = [("CREDIT", 1), ("DEBIT", -1)][random.below(2)];
                let input = json!({ "customerId": me.customer, "type": way, "note": tag });
                (Kind::Entry, input, vec![(customer, sign * amount)])
            }
            8 => {
                let input = json!({ "customerId": me.customer, "grossAmount": amount, "note": tag });
                (Kind::Invoice, input, vec![(customer, amount)])
            }
            _ => {
                let mut input = json!({ "customerId": me.customer, "paymentType": "CASH", "note": tag });
                let mut changes = vec![(customer, -amount)];
                if random.below(2) == 0 {
                    input["walletId"] = json!(wallet);
                    changes.push((Account::Wallet(wallet), amount));
                }
                (Kind::Receipt, input, changes)
            }
        };
        if kind != Kind::Invoice {
            input["amount"] = json!(amount);
        }
        if has_key {
            input["idempotencyKey"] = json!(tag);
        }
        Self { kind, party, tag, has_key, changes, input }
    }

    /// The body of a request for it. Whatever it is about, the answer has the same names.
    pub fn body(&self) -> Value {
        let (mutation, input, object) = match self.kind {
            Kind::Deposit => ("deposit", "DepositInput", "transaction"),
            Kind::Transfer => ("transfer", "TransferInput", "transaction"),
            Kind::Entry => ("addEntry", "AddEntryInput", "entry"),
            Kind::Invoice => ("createInvoice", "CreateInvoiceInput", "invoice"),
            Kind::Receipt => ("createReceipt", "CreateReceiptInput", "receipt"),
        };
        let fields = format!("object: {object} {{ id }} replayed userErrors {{ code path message }}");
        let query = format!("mutation($input: {input}!) {{ done: {mutation}(input: $input) {{ {fields} }} }}");
        json!({ "query": query, "variables": { "input": self.input } })
    }
}

/// Some parties, each with money to begin with; what they have then.
pub async fn parties(server: &Client, count: usize) -> (Vec<Party>, Vec<(Account, i64)>) {
    let (mut parties, mut changes) = (Vec::new(), Vec::new());
    for number in 0..count {
        let party = Party::register(server, &format!("party{number}")).await;
        for wallet in &party.wallets {
            let done = party.user.deposit(json!({ "wallet": { "id": wallet }, "amount": 1000 })).await;
            assert_eq!(errors(&done), [""; 0]);
            changes.push((Account::Wallet(wallet.clone()), 1000));
        }
        parties.push(party);
    }
    (parties, changes)
}
