//! Random transactions, refunds, edits, deletions, splits, back-dating and budgets over two years, in two currencies, in cash and by
//! wallet, against a model in memory: the reports, the lists and the wallet agree with it, and the books sum to zero.

mod model;

use std::collections::BTreeMap;

use proptest::{
    prelude::*,
    test_runner::{Config, TestRunner},
};
use serde_json::{Value, json};

use self::model::{Budget, CATEGORIES, Day, MONTHS, Model, Rollover, Transaction, date, month_text};
use crate::harness::{Database, TestApp, User, errors};

#[derive(Clone, Debug)]
enum Operation {
    Add(Transaction),
    /// The places of transactions and budgets are picked among those that there are by then.
    Update(usize, Transaction),
    Delete(usize),
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
            Transaction { lines, day, dollars, wallet: wallet && !dollars, stands: true }
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
            "currency": currency(transaction.dollars), "walletId": transaction.wallet.then_some(&self.owner.wallet),
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

    /// Whether the wallet has enough for what changes by so much.
    fn allows(&self, change: i64) -> bool {
        self.model.wallet() + change >= 0
    }

    async fn perform(&mut self, operation: Operation) {
        match operation {
            Operation::Add(transaction) => {
                let done = self.call("addTransaction", "transaction { id }", self.input(&transaction)).await;
                if !self.allows(transaction.brings()) {
                    assert_eq!(errors(&done), ["INSUFFICIENT_FUNDS walletId"]);
                    return;
                }
                assert_eq!(errors(&done), [""; 0]);
                self.transactions.push(done["transaction"]["id"].as_str().unwrap().to_owned());
                self.model.transactions.push(transaction);
            }
            Operation::Update(place, change) => {
                let Some(place) = pick(&self.transactions, place) else { return };
                let mut input = self.input(&change);
                input["id"] = json!(self.transactions[place]);
                let done = self.call("updateTransaction", "transaction { id }", input).await;
                let before = self.model.transactions[place].clone();
                let expected = match () {
                    () if !before.stands => vec!["NOT_ALLOWED id"],
                    () if !self.allows(change.brings() - before.brings()) => {
                        vec!["INSUFFICIENT_FUNDS walletId"]
                    }
                    () => {
                        self.model.transactions[place] = change;
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
                    () if !before.stands => vec!["NOT_ALLOWED id"],
                    () if !self.allows(-before.brings()) => vec!["INSUFFICIENT_FUNDS id"],
                    () => {
                        self.model.transactions[place].stands = false;
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

    async fn check(&self) {
        assert_eq!(self.owner.balance(&self.owner.wallet).await, decimal(self.model.wallet()));
        for dollars in [false, true] {
            let query = "query($from: YearMonth!, $to: YearMonth!, $currency: CurrencyCode) {
                monthlyReports(from: $from, to: $to, currency: $currency) {
                    month currency otherCurrencies totalIncome { amount } totalExpense { amount } netSavings { amount }
                    categories { category { name } total { amount } refunded { amount } share transactionCount
                        previousTotal { amount } change { amount } }
                    budgets { category { name } budget { limit { amount } } limit { amount } carriedOver { amount }
                        spent { amount } remaining { amount } usedShare state }
                    unbudgeted { amount } } }";
            let variables =
                json!({ "from": month_text(0), "to": month_text(MONTHS - 1), "currency": currency(dollars) });
            let reports = self.owner.gql(query, variables).await["monthlyReports"].take();
            for (report, month) in reports.as_array().unwrap().iter().zip(0..MONTHS) {
                self.check_month(report, month, dollars);
            }
            assert_eq!(reports.as_array().unwrap().len(), MONTHS as usize);
            self.check_lists(dollars).await;
        }
    }

    fn check_month(&self, report: &Value, month: u32, dollars: bool) {
        let total = |category| self.model.total(category, month, dollars);
        let (income, expense) = (total(0), (1..CATEGORIES.len()).map(total).sum::<i64>());
        let others = self.model.in_month(month, !dollars).next().map(|_| currency(!dollars));
        assert_eq!(report["month"], month_text(month));
        assert_eq!(report["currency"], currency(dollars));
        assert_eq!(report["otherCurrencies"], json!(others.into_iter().collect::<Vec<_>>()));
        assert_eq!(report["totalIncome"]["amount"], decimal(income));
        assert_eq!(report["totalExpense"]["amount"], decimal(expense));
        assert_eq!(report["netSavings"]["amount"], decimal(income - expense));

        // The categories that have a share: those above zero.
        let above = [0..1, 1..CATEGORIES.len()].map(|kind| kind.map(|category| total(category).max(0)).sum::<i64>());
        let mut expected = BTreeMap::new();
        let mut shares = [0, 0];
        for (category, name) in CATEGORIES.iter().enumerate() {
            let counts = [Some(month), month.checked_sub(1)]
                .map(|month| month.map_or(0, |month| self.model.count(category, month, dollars)));
            let before = month.checked_sub(1).map_or(0, |month| self.model.total(category, month, dollars));
            if counts != [0, 0] {
                expected.insert(
                    *name,
                    [
                        decimal(total(category)),
                        counts[0].to_string(),
                        decimal(before),
                        decimal(total(category) - before),
                    ],
                );
            }
        }
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let rows = report["categories"].as_array().unwrap();
        for row in rows {
            let name = text(&row["category"]["name"]);
            let found = [
                text(&row["total"]["amount"]),
                row["transactionCount"].to_string(),
                text(&row["previousTotal"]["amount"]),
                text(&row["change"]["amount"]),
            ];
            assert_eq!(Some(&found), expected.get(name.as_str()), "{name} in {report}");
            let category = CATEGORIES.iter().position(|other| **other == name).unwrap();
            let share: i64 = text(&row["share"]).replace('.', "").parse().unwrap();
            assert_eq!(row["refunded"]["amount"], decimal(self.model.refunded(category, month, dollars)), "{row}");
            let all = above[usize::from(category > 0)];
            let exact = if all == 0 { 0 } else { total(category).max(0) * 10_000 / all };
            assert!((0..=1).contains(&(share - exact)), "{row}");
            shares[usize::from(category > 0)] += share;
        }
        assert_eq!(rows.len(), expected.len(), "{report}");
        assert_eq!(shares, above.map(|all| if all > 0 { 10_000 } else { 0 }), "{report}");

        let mut under_budgets = 0;
        let mut budgets = report["budgets"].as_array().unwrap().iter();
        let mut by_name: Vec<_> = CATEGORIES.iter().enumerate().skip(1).collect();
        by_name.sort_by_key(|(_, name)| **name);
        for (category, name) in by_name {
            let Some((own, limit)) = self.model.limit(category, month, dollars) else { continue };
            let spent = total(category);
            under_budgets += spent;
            let budget = budgets.next().unwrap_or_else(|| panic!("no budget of {name} in {report}"));
            assert_eq!(budget["category"]["name"], *name);
            let amounts = ["limit", "carriedOver", "spent", "remaining"].map(|field| text(&budget[field]["amount"]));
            assert_eq!(amounts, [limit, limit - own, spent, limit - spent].map(decimal), "{budget} in {report}");
            let status = match spent.cmp(&limit) {
                std::cmp::Ordering::Less => "UNDER",
                std::cmp::Ordering::Equal => "REACHED",
                std::cmp::Ordering::Greater => "OVER",
            };
            assert_eq!(budget["state"], status);
            let used = (limit > 0).then(|| {
                let down = (spent * 10_000).div_euclid(limit);
                decimal(if spent > limit && spent * 10_000 % limit > 0 { down + 1 } else { down })
            });
            assert_eq!(budget["usedShare"], json!(used), "{budget}");
        }
        assert!(budgets.next().is_none(), "{report}");
        assert_eq!(report["unbudgeted"]["amount"], decimal(expense - under_budgets));
    }

    /// What stands in the lists sums to the same.
    async fn check_lists(&self, dollars: bool) {
        let query = "query($filter: TransactionFilter, $after: String) {
            transactions(filter: $filter, first: 100, after: $after) { totalCount pageInfo { hasNextPage endCursor }
                totals { income { amount } expense { amount } net { amount } }
                nodes { kind amount { amount } lines { amount { amount } } } } }";
        let minor = |value: &Value| value["amount"].as_str().unwrap().replace('.', "").parse::<i64>().unwrap();
        for month in [0, 7, MONTHS - 1] {
            // From the first day of a month to the last of the next but one.
            let (from, to) = (format!("{}-01", month_text(month)), date(729).min(date(u64::from(month) * 30 + 45)));
            let filter = json!({ "currency": currency(dollars), "from": from, "to": to.to_string() });
            let (mut listed, mut after, mut seen) = ([0, 0], Value::Null, 0);
            let totals = loop {
                let data = self.owner.gql(query, json!({ "filter": filter, "after": after })).await;
                let page = &data["transactions"];
                for row in page["nodes"].as_array().unwrap() {
                    listed[usize::from(row["kind"] == "EXPENSE")] += minor(&row["amount"]);
                    let lines = row["lines"].as_array().unwrap().iter().map(|line| minor(&line["amount"]));
                    assert_eq!(lines.sum::<i64>(), minor(&row["amount"]));
                    seen += 1;
                }
                if page["pageInfo"]["hasNextPage"] == false {
                    assert_eq!(page["totalCount"], seen);
                    break page["totals"].clone();
                }
                after = page["pageInfo"]["endCursor"].clone();
            };
            assert_eq!([minor(&totals["income"]), minor(&totals["expense"])], listed, "{filter}");
            let within = self.model.transactions.iter().filter(|transaction| {
                let day = date(transaction.day);
                transaction.stands && transaction.dollars == dollars && day.to_string() >= from && day <= to
            });
            let mut expected = [0, 0];
            within.for_each(|transaction| expected[usize::from(transaction.lines[0].0 > 0)] += transaction.amount());
            assert_eq!(listed, expected, "{filter}");
        }
    }
}

fn pick<T>(of: &[T], place: usize) -> Option<usize> {
    (!of.is_empty()).then(|| place % of.len())
}

/// Lives through two years as a new user.
async fn play(app: &TestApp, game: u32, operations: &[Operation]) {
    let owner = app.user(&format!("household{game}")).await;
    let mut household = Household { owner, transactions: Vec::new(), budgets: Vec::new(), model: Model::default() };
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
