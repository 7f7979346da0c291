//! What the household sees of its books, against the model.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{
    Household, currency, decimal,
    model::{CATEGORIES, MONTHS, Purse, date, month_text},
};

impl Household {
    pub(super) async fn check(&self) {
        for purse in [Purse::Wallet, Purse::Savings] {
            assert_eq!(self.owner.balance(self.wallet(purse).unwrap()).await, decimal(self.model.wallet(purse)));
        }
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
                nodes { kind amount { amount } lines { amount { amount } } counterpart { id } } } }";
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
                    seen += 1;
                    if !row["counterpart"].is_null() {
                        continue;
                    }
                    listed[usize::from(row["kind"] == "EXPENSE")] += minor(&row["amount"]);
                    let lines = row["lines"].as_array().unwrap().iter().map(|line| minor(&line["amount"]));
                    assert_eq!(lines.sum::<i64>(), minor(&row["amount"]));
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
                transaction.counts() && transaction.dollars == dollars && day.to_string() >= from && day <= to
            });
            let mut expected = [0, 0];
            within.for_each(|transaction| expected[usize::from(transaction.lines[0].0 > 0)] += transaction.amount());
            assert_eq!(listed, expected, "{filter}");
        }
    }
}
