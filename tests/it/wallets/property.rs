//! Random sequences of wallet operations, against a model in memory: every balance, every history, every sum.

use proptest::{
    prelude::*,
    test_runner::{Config, TestRunner},
};
use serde_json::{Value, json};

use crate::harness::{Database, TestApp, User, errors};

/// The wallets of the game: two users with two wallets of one currency each, and one of another currency.
const WALLETS: usize = 5;

#[derive(Clone, Debug)]
enum Operation {
    Deposit { into: usize, amount: i64 },
    Withdraw { from: usize, amount: i64 },
    Transfer { from: usize, to: usize, amount: i64 },
    Freeze { wallet: usize },
    Unfreeze { wallet: usize },
}

fn operation() -> impl Strategy<Value = Operation> {
    let (wallet, amount) = (0..WALLETS, 1_i64..2000);
    prop_oneof![
        3 => (wallet.clone(), amount.clone()).prop_map(|(into, amount)| Operation::Deposit { into, amount }),
        2 => (wallet.clone(), amount.clone()).prop_map(|(from, amount)| Operation::Withdraw { from, amount }),
        6 => (wallet.clone(), wallet.clone(), amount)
            .prop_map(|(from, to, amount)| Operation::Transfer { from, to, amount }),
        1 => wallet.clone().prop_map(|wallet| Operation::Freeze { wallet }),
        1 => wallet.prop_map(|wallet| Operation::Unfreeze { wallet }),
    ]
}

/// What a wallet should be like. Amounts are in hundredths.
#[derive(Clone, Debug, Default)]
struct Model {
    balance: i64,
    frozen: bool,
    dollars: bool,
    /// Direction, whether it succeeded, amount and balance after, the earliest first.
    history: Vec<String>,
}

impl Model {
    fn record(&mut self, direction: &str, status: &str, amount: i64) {
        let line = format!("{direction} {status} {} {}", decimal(amount), decimal(self.balance));
        self.history.push(line);
    }
}

fn decimal(minor: i64) -> String {
    format!("{}.{:02}", minor / 100, minor % 100)
}

/// Does to the model what the operation should do, and tells the code that it should be refused with.
fn predict(models: &mut [Model], operation: &Operation) -> Option<&'static str> {
    let refusal = match *operation {
        Operation::Deposit { into, .. } => models[into].frozen.then_some("WALLET_NOT_ACTIVE wallet"),
        Operation::Withdraw { from, .. } if models[from].frozen => Some("WALLET_NOT_ACTIVE wallet"),
        Operation::Withdraw { from, amount } => (models[from].balance < amount).then_some("INSUFFICIENT_FUNDS amount"),
        Operation::Transfer { from, .. } if models[from].frozen => Some("WALLET_NOT_ACTIVE from"),
        Operation::Transfer { from, amount, .. } if models[from].balance < amount => Some("INSUFFICIENT_FUNDS amount"),
        Operation::Transfer { from, to, .. } if from == to => Some("SAME_WALLET to"),
        Operation::Transfer { from, to, .. } if models[from].dollars != models[to].dollars => {
            Some("CURRENCY_MISMATCH to")
        }
        Operation::Transfer { to, .. } => models[to].frozen.then_some("WALLET_NOT_ACTIVE to"),
        Operation::Freeze { .. } | Operation::Unfreeze { .. } => None,
    };
    let status = if refusal.is_some() { "FAILED" } else { "SUCCEEDED" };
    let moved = |amount| if refusal.is_some() { 0 } else { amount };
    match *operation {
        Operation::Deposit { into, amount } => {
            models[into].balance += moved(amount);
            models[into].record("IN", status, amount);
        }
        Operation::Withdraw { from, amount } => {
            models[from].balance -= moved(amount);
            models[from].record("OUT", status, amount);
        }
        Operation::Transfer { from, to, amount } => {
            models[from].balance -= moved(amount);
            models[from].record("OUT", status, amount);
            if refusal.is_none() {
                models[to].balance += amount;
                models[to].record("IN", status, amount);
            }
        }
        Operation::Freeze { wallet } => models[wallet].frozen = true,
        Operation::Unfreeze { wallet } => models[wallet].frozen = false,
    }
    refusal
}

async fn perform(wallets: &[(User, String)], operation: &Operation) -> Vec<String> {
    let id = |wallet: usize| json!({ "id": wallets[wallet].1 });
    let payload = match *operation {
        Operation::Deposit { into, amount } => {
            wallets[into].0.deposit(json!({ "wallet": id(into), "amount": decimal(amount) })).await
        }
        Operation::Withdraw { from, amount } => {
            wallets[from].0.withdraw(json!({ "wallet": id(from), "amount": decimal(amount) })).await
        }
        Operation::Transfer { from, to, amount } => {
            wallets[from].0.transfer(json!({ "from": id(from), "to": id(to), "amount": decimal(amount) })).await
        }
        Operation::Freeze { wallet } => {
            let fields = "userErrors { code path }";
            wallets[wallet].0.mutate("freezeWallet", "FreezeWalletInput", fields, id(wallet)).await
        }
        Operation::Unfreeze { wallet } => {
            let fields = "userErrors { code path }";
            wallets[wallet].0.mutate("unfreezeWallet", "UnfreezeWalletInput", fields, id(wallet)).await
        }
    };
    errors(&payload)
}

/// Plays a sequence on five fresh wallets and compares all that can be seen.
async fn play(app: &TestApp, game: u32, operations: &[Operation]) {
    let mut wallets = Vec::new();
    for name in ["amina", "badr"] {
        let user = app.user(&format!("{name}{game}")).await;
        wallets.push((user.clone(), user.wallet.clone()));
        let second = user.new_wallet("YEM").await;
        wallets.push((user, second));
    }
    let dollars = wallets[0].0.new_wallet("USD").await;
    wallets.push((wallets[0].0.clone(), dollars));
    let mut models = vec![Model::default(); WALLETS];
    models[WALLETS - 1].dollars = true;

    for operation in operations {
        let expected: Vec<_> = predict(&mut models, operation).into_iter().collect();
        assert_eq!(perform(&wallets, operation).await, expected, "{operation:?} in {operations:?}");
    }
    for (model, (user, wallet)) in models.iter().zip(&wallets) {
        assert_eq!(user.balance(wallet).await, decimal(model.balance), "{operations:?}");
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let edges = user.history(wallet, Value::Null).await;
        let seen = edges.iter().rev().map(|edge| {
            let (node, after) = (&edge["node"], &edge["balanceAfter"]["amount"]);
            let (direction, status) = (text(&edge["direction"]), text(&node["status"]));
            format!("{direction} {status} {} {}", text(&node["amount"]["amount"]), text(after))
        });
        assert_eq!(seen.collect::<Vec<_>>(), model.history, "{operations:?}");

        // What each posting left behind is what the wallet held at that moment, and filters pass over nothing.
        for edge in &edges {
            let query =
                "query($id: ID!, $at: DateTime!) { wallet(id: $id) { balanceAt(time: $at) { amount currency } } }";
            let held = user.gql(query, json!({ "id": wallet, "at": edge["node"]["createdAt"] })).await;
            assert_eq!(held["wallet"]["balanceAt"], edge["balanceAfter"], "{operations:?}");
        }
        for direction in ["IN", "OUT"] {
            for status in ["SUCCEEDED", "FAILED"] {
                let filtered = user.history(wallet, json!({ "direction": direction, "status": status })).await;
                let wanted = |edge: &&Value| edge["direction"] == direction && edge["node"]["status"] == status;
                assert_eq!(filtered, edges.iter().filter(wanted).cloned().collect::<Vec<_>>(), "{operations:?}");
            }
        }
    }
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
fn any_sequence_of_operations_does_what_the_model_says(on: Database) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let app = runtime.block_on(TestApp::on(on));
    let mut runner = TestRunner::new(Config { cases: 24, failure_persistence: None, ..Config::default() });
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
