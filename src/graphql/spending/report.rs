//! The monthly report: the objects and its queries.

use async_graphql::{Context, Object};

use super::{budget::Budget, category::Category};
use crate::{
    bookkeeping::spending::report::{self, BudgetState, BudgetUse, Report},
    calendar::month::YearMonth,
    graphql::error::{ApiError, ContextExt},
    money::{Currency, Decimal, Money},
};

struct MonthlyReport(Report);

impl MonthlyReport {
    fn money(&self, minor: i128) -> Money {
        Money::from_minor(minor, self.0.currency)
    }
}

/// Where the money went in a month, and whether it was within the limits; in one currency. The totals of the categories of a
/// kind sum to the total of the kind, and what was spent under the budgets and without one to all that was spent. The same
/// as a picture is at `/reports/{month}.svg?currency=`, with the access token.
#[Object]
impl MonthlyReport {
    /// The month.
    async fn month(&self) -> YearMonth {
        self.0.month
    }

    /// The currency of all sums.
    async fn currency(&self) -> Currency {
        self.0.currency
    }

    /// The other currencies in which something happened in the month, which is not in these sums.
    async fn other_currencies(&self) -> &[Currency] {
        &self.0.others
    }

    /// What came in.
    async fn total_income(&self) -> Money {
        self.money(self.0.income)
    }

    /// What was spent.
    async fn total_expense(&self) -> Money {
        self.money(self.0.expense)
    }

    /// What came in less what was spent.
    async fn net_savings(&self) -> Money {
        self.money(self.0.income - self.0.expense)
    }

    /// The categories in which something happened in the month or in the one before: income first, and the largest first.
    async fn categories(&self) -> Vec<CategoryTotal> {
        let currency = self.0.currency;
        self.0.categories.iter().map(|total| CategoryTotal { total: total.clone(), currency }).collect()
    }

    /// The budgets that are in force in the month, by the names of their categories.
    async fn budgets(&self) -> Vec<BudgetStatus> {
        self.0.budgets.iter().cloned().map(BudgetStatus).collect()
    }

    /// What was spent in categories that have no budget.
    async fn unbudgeted(&self) -> Money {
        self.money(self.0.unbudgeted)
    }
}

struct CategoryTotal {
    total: report::CategoryTotal,
    currency: Currency,
}

/// A category in a month.
#[Object]
impl CategoryTotal {
    /// The category.
    async fn category(&self) -> Category {
        Category(self.total.category.clone())
    }

    /// What went into it.
    async fn total(&self) -> Money {
        Money::from_minor(self.total.total, self.currency)
    }

    /// How much that is of all of its kind, in per cent with two decimals. The shares of a kind sum to exactly 100, or are all
    /// zero.
    async fn share(&self) -> Decimal {
        Decimal::from_hundredths(self.total.share)
    }

    /// How many transactions have a line in it.
    async fn transaction_count(&self) -> i64 {
        self.total.transactions
    }

    /// What went into it in the month before.
    async fn previous_total(&self) -> Money {
        Money::from_minor(self.total.before, self.currency)
    }

    /// How much more that is than in the month before; below zero when it is less.
    async fn change(&self) -> Money {
        Money::from_minor(self.total.total - self.total.before, self.currency)
    }
}

struct BudgetStatus(BudgetUse);

impl BudgetStatus {
    fn money(&self, minor: i64) -> Money {
        Money::from_minor(minor, self.0.budget.currency)
    }
}

/// How a budget stands in a month.
#[Object]
impl BudgetStatus {
    /// The budget that is in force.
    async fn budget(&self) -> Budget {
        Budget(self.0.budget.clone())
    }

    /// Its category.
    async fn category(&self) -> Category {
        Category(self.0.category.clone())
    }

    /// What was carried over from the month before; below zero when too much was spent.
    async fn carried_over(&self) -> Money {
        self.money(self.0.carried)
    }

    /// How much may be spent: the budget's limit and what was carried over.
    async fn limit(&self) -> Money {
        self.money(self.0.limit)
    }

    /// What was spent.
    async fn spent(&self) -> Money {
        self.money(self.0.spent)
    }

    /// What is left of the limit; below zero when too much was spent.
    async fn remaining(&self) -> Money {
        self.money(self.0.limit.saturating_sub(self.0.spent))
    }

    /// How much of the limit was spent, in per cent with two decimals. It is 100 only when it is exactly the limit: less is
    /// rounded down, and more is rounded up. Null when what was carried over leaves nothing to spend.
    async fn used_share(&self) -> Option<Decimal> {
        self.0.used()
    }

    /// How it stands.
    async fn status(&self) -> BudgetState {
        self.0.state
    }
}

#[derive(Debug, Default)]
pub(in crate::graphql) struct ReportQuery;

#[Object]
impl ReportQuery {
    /// Where the money went in a month, and whether it was within the limits.
    async fn monthly_report(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The month.")] month: YearMonth,
        #[graphql(desc = "The currency; the book's when absent.")] currency: Option<Currency>,
    ) -> Result<MonthlyReport, ApiError> {
        Ok(MonthlyReport(report::month(ctx.read()?, ctx.viewer()?, month, currency).await?))
    }

    /// The reports of some months that follow each other, the earliest first; at most 36.
    async fn monthly_reports(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The first month.")] from: YearMonth,
        #[graphql(desc = "The last month.")] to: YearMonth,
        #[graphql(desc = "The currency; the book's when absent.")] currency: Option<Currency>,
    ) -> Result<Vec<MonthlyReport>, ApiError> {
        let reports = report::months(ctx.read()?, ctx.viewer()?, (from, to), currency).await?;
        Ok(reports.into_iter().map(MonthlyReport).collect())
    }
}
