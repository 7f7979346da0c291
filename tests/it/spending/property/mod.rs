//! Random transactions, refunds, edits, deletions, splits, back-dating, moves between wallets, imports that are undone and done again,
//! and budgets over two years, in two currencies, in cash and by wallet, against a model in memory: the reports, the lists and the
//! wallets agree with it, and the books sum to zero.

mod check;
mod files;
mod model;

use proptest::{
    prelude::*,
    test_runner::{Config, TestRunner},
};
use serde_json::{Value, json};

use self::{
    files::Imported,
    model::{Budget, CATEGORIES, Day, MONTHS, Model, Purse, Rollover, State, Transaction, date, month_text},
};
use crate::harness::{Database, TestApp, User, errors};

#[derive(Clone, Debug)]
enum Operation {
    Add(Transaction),
    /// The places of transactions and budgets are picked among those that there are by then.
    Update(usize, Transaction),
    Delete(usize),
    /// Moves an amount on a day from the wallet to the savings, or back.
    Move(i64, Day, bool),
    /// Makes what was moved an expense and an income again.
    Unmove(usize),
    /// Imports a file of such lines.
    Import(Vec<Transaction>),
    Undo(usize),
    /// Imports a file again.
    Again(usize),
    /// A budget, and whether its rollover is left out.
    Budget(Budget, bool),
    Unbudget(usize),
}

fn transaction() -> impl Strategy<Value = Transaction> {
    let amount = || prop_oneof![4 => 1..50_000_i64, 1 => -50_000..0_i64];
    let line = |categories| (categories, amount());
    let spending = prop::collection::vec(line(1..CATEGORIES.len()), 1..4);
    let lines = prop_oneof![1 => prop::collection::vec(line(0..1), 1..3), 3 => spending];
    (lines, 0..730_u64, any::<bool>(), any::<bool>()).prop_map(
        |(mut lines, day, dollars, wallet): (Vec<(usize, i64)>, Day, _, _)| {
            // Lines must not add up to zero.
            if lines.iter().map(|(_, amount)| amount).sum::<i64>() == 0 {
                lines[0].1 *= 2;
            }
            let purse = if wallet && !dollars { Purse::Wallet } else { Purse::Cash };
            Transaction::new(lines, day, dollars, purse)
        },
    )
}

fn operation() -> impl Strategy<Value = Operation> {
    let rollover = prop::sample::select(vec![Rollover::None, Rollover::Surplus, Rollover::Full, Rollover::Full]);
    let month = prop::option::of(0..MONTHS);
    let budget = (1..CATEGORIES.len(), any::<bool>(), month, 0..40_000_i64, rollover, 0..MONTHS).prop_map(
        |(category, dollars, month, limit, rollover, from)| Budget { category, dollars, month, limit, rollover, from },
    );
    prop_oneof![
        6 => transaction().prop_map(Operation::Add),
        3 => (0..1000_usize, transaction()).prop_map(|(place, change)| Operation::Update(place, change)),
        2 => (0..1000_usize).prop_map(Operation::Delete),
        2 => (1..30_000_i64, 0..730_u64, any::<bool>()).prop_map(|(amount, day, back)| Operation::Move(amount, day, back)),
        1 => (0..1000_usize).prop_map(Operation::Unmove),
        2 => prop::collection::vec(transaction(), 1..6).prop_map(Operation::Import),
        2 => (0..1000_usize).prop_map(Operation::Undo),
        1 => (0..1000_usize).prop_map(Operation::Again),
        4 => (budget, any::<bool>()).prop_map(|(budget, inherits)| Operation::Budget(budget, inherits)),
        1 => (0..1000_usize).prop_map(Operation::Unbudget),
    ]
}

fn decimal(minor: i64) -> String {
    format!("{}{}.{:02}", if minor < 0 { "-" } else { "" }, minor.abs() / 100, minor.abs() % 100)
}

fn currency(dollars: bool) -> &'static str {
    if dollars { "USD" } else { "YEM" }
}

/// A household, and the model of it.
struct Household {
    owner: User,
    /// The ids of the transactions and the budgets, in the order of the model.
    transactions: Vec<String>,
    budgets: Vec<String>,
    /// The second wallet.
    savings: String,
    /// What was moved between the wallets: the places of both halves.
    moves: Vec<[usize; 2]>,
    imports: Vec<Imported>,
    model: Model,
}

impl Household {
    async fn call(&self, mutation: &str, fields: &str, input: Value) -> Value {
        let input_type = format!("{}{}Input", mutation[..1].to_uppercase(), &mutation[1..]);
        self.owner.mutate(mutation, &input_type, &format!("{fields} userErrors {{ code path }}"), input).await
    }

    fn input(&self, transaction: &Transaction) -> Value {
        let mut input = json!({
            "amount": decimal(transaction.amount()), "date": date(transaction.day).to_string(),
            "currency": currency(transaction.dollars), "walletId": self.wallet(transaction.purse),
        });
        let name = |category: usize| json!({ "name": CATEGORIES[category] });
        if let [(category, _)] = transaction.lines[..] {
            input["category"] = name(category);
        } else {
            let line =
                |(category, amount): &(usize, i64)| json!({ "category": name(*category), "amount": decimal(*amount) });
            input["lines"] = transaction.lines.iter().map(line).collect();
        }
        input
    }

    fn wallet(&self, purse: Purse) -> Option<&String> {
        match purse {
            Purse::Cash => None,
            Purse::Wallet => Some(&self.owner.wallet),
            Purse::Savings => Some(&self.savings),
        }
    }

    /// Whether the wallets have enough for what comes and what goes.
    fn allows(&self, comes: Option<&Transaction>, goes: Option<&Transaction>) -> bool {
        [Purse::Wallet, Purse::Savings].into_iter().all(|purse| {
            let brings = |one: Option<&Transaction>| one.map_or(0, |one| one.brings(purse));
            let change = brings(comes) - brings(goes);
            change >= 0 || self.model.wallet(purse) + change >= 0
        })
    }

    /// Adds a transaction that the wallets allow.
    async fn add(&mut self, transaction: Transaction) -> usize {
        let done = self.call("addTransaction", "transaction { id }", self.input(&transaction)).await;
        assert_eq!(errors(&done), [""; 0]);
        self.transactions.push(done["transaction"]["id"].as_str().unwrap().to_owned());
        self.model.transactions.push(transaction);
        self.transactions.len() - 1
    }

    async fn perform(&mut self, operation: Operation) {
        match operation {
            Operation::Add(transaction) => {
                if self.allows(Some(&transaction), None) {
                    self.add(transaction).await;
                    return;
                }
                let done = self.call("addTransaction", "transaction { id }", self.input(&transaction)).await;
                assert_eq!(errors(&done), ["INSUFFICIENT_FUNDS walletId"]);
            }
            Operation::Move(amount, day, back) => self.move_between(amount, day, back).await,
            Operation::Unmove(place) => self.unmove(place).await,
            Operation::Import(lines) => self.import(lines).await,
            Operation::Undo(place) => self.undo(place).await,
            Operation::Again(place) => self.again(place).await,
            Operation::Update(place, change) => {
                let Some(place) = pick(&self.transactions, place) else { return };
                let mut input = self.input(&change);
                input["id"] = json!(self.transactions[place]);
                let done = self.call("updateTransaction", "transaction { id }", input).await;
                let before = self.model.transactions[place].clone();
                let expected = match () {
                    () if !before.counts() => vec!["NOT_ALLOWED id"],
                    () if !self.allows(Some(&change), Some(&before)) => vec!["INSUFFICIENT_FUNDS walletId"],
                    () => {
                        self.model.transactions[place] = Transaction { changed: true, ..change };
                        vec![]
                    }
                };
                assert_eq!(errors(&done), expected, "{before:?}");
            }
            Operation::Delete(place) => {
                let Some(place) = pick(&self.transactions, place) else { return };
                let input = json!({ "id": self.transactions[place] });
                let done = self.call("deleteTransaction", "transaction { id }", input).await;
                let before = self.model.transactions[place].clone();
                let expected = match () {
                    () if !before.counts() => vec!["NOT_ALLOWED id"],
                    () if !self.allows(None, Some(&before)) => vec!["INSUFFICIENT_FUNDS id"],
                    () => {
                        self.model.transactions[place].state = State::Deleted;
                        vec![]
                    }
                };
                assert_eq!(errors(&done), expected, "{before:?}");
            }
            Operation::Budget(mut budget, inherits) => {
                let mut input = json!({
                    "category": { "name": CATEGORIES[budget.category] }, "limit": decimal(budget.limit),
                    "currency": currency(budget.dollars), "month": budget.month.map(month_text),
                });
                if inherits {
                    budget.rollover = self.model.rollover(&budget);
                } else {
                    input["rollover"] = json!(format!("{:?}", budget.rollover).to_uppercase());
                }
                if budget.month.is_none() {
                    input["rolloverFrom"] = json!(month_text(budget.from));
                }
                let done = self.call("setBudget", "budget { id rollover }", input).await;
                assert_eq!(errors(&done), [""; 0]);
                let rollover = format!("{:?}", budget.rollover).to_uppercase();
                assert_eq!(done["budget"]["rollover"], rollover, "{budget:?}");
                if let Some(place) = self.model.budgets.iter().position(|other| other.is_in_place_of(&budget)) {
                    assert_eq!(done["budget"]["id"], self.budgets[place]);
                    self.model.budgets[place] = budget;
                } else {
                    self.budgets.push(done["budget"]["id"].as_str().unwrap().to_owned());
                    self.model.budgets.push(budget);
                }
            }
            Operation::Unbudget(place) => {
                let Some(place) = pick(&self.budgets, place) else { return };
                let done = self.call("deleteBudget", "deletedBudgetId", json!({ "id": self.budgets[place] })).await;
                assert_eq!(errors(&done), [""; 0]);
                self.budgets.remove(place);
                self.model.budgets.remove(place);
            }
        }
    }
}

fn pick<T>(of: &[T], place: usize) -> Option<usize> {
    (!of.is_empty()).then(|| place % of.len())
}

/// Lives through two years as a new user.
async fn play(app: &TestApp, game: u32, operations: &[Operation]) {
    let owner = app.user(&format!("household{game}")).await;
    let savings = owner.new_wallet("YEM").await;
    let (transactions, budgets, model) = (Vec::new(), Vec::new(), Model::default());
    let (moves, imports) = (Vec::new(), Vec::new());
    let mut household = Household { owner, transactions, budgets, savings, moves, imports, model };
    for operation in operations {
        household.perform(operation.clone()).await;
    }
    household.check().await;
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
fn two_years_of_a_household_agree_with_the_sum_of_their_transactions(on: Database) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let app = runtime.block_on(TestApp::on(on));
    let cases = std::env::var("SPENDING_GAMES").map_or(8, |cases| cases.parse().unwrap());
    let mut runner = TestRunner::new(Config { cases, failure_persistence: None, ..Config::default() });
    let game = std::cell::Cell::new(0);
    let played = runner.run(&prop::collection::vec(operation(), 1..80), |operations| {
        game.set(game.get() + 1);
        runtime.block_on(play(&app, game.get(), &operations));
        Ok(())
    });
    played.unwrap();
    let _in_the_runtime = runtime.enter();
    drop(app);
}
