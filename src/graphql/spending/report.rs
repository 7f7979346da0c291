//! The monthly report: the objects and its queries.

use async_graphql::{Context, Object};

use super::{budget::Budget, category::Category};
use crate::{
    bookkeeping::spending::report::{self, BudgetState, BudgetUse, Report},
    calendar::month::YearMonth,
    graphql::error::{ApiError, ContextExt},
    money::{Currency, Decimal, Money},
    price,
};

struct MonthlyReport(Report);

impl MonthlyReport {
    fn money(&self, minor: i128) -> Money {
        Money::from_minor(minor, self.0.currency)
    }
}

/// Income, expenses and budgets of one month, in one currency. The totals of the categories of a kind add up to the
/// total of that kind. `unbudgeted` and the `spent` amounts of the budgets add up to `totalExpense`. What a shop sells and
/// receives from customers is in `sales`, `salesTaxes` and `receivedFromCustomers` only: it is not part of income. As a
/// picture: `GET /reports/{month}.svg?currency=`, with the access token.
#[Object]
impl MonthlyReport {
    /// The calendar month whose transactions are summed up here, by their dates.
    async fn month(&self) -> YearMonth {
        self.0.month
    }

    /// The currency of all amounts here.
    async fn currency(&self) -> Currency {
        self.0.currency
    }

    /// The other currencies with transactions, sales or payments of customers in this month. Those are not counted here.
    #[graphql(directive = price::List::apply(5))]
    async fn other_currencies(&self) -> &[Currency] {
        &self.0.others
    }

    /// The sum of all income of the month, less what was given back.
    async fn total_income(&self) -> Money {
        self.money(self.0.income)
    }

    /// The sum of all expenses of the month, less refunds. Negative when more was refunded than spent.
    async fn total_expense(&self) -> Money {
        self.money(self.0.expense)
    }

    /// `totalIncome` minus `totalExpense`. Negative when more was spent than came in.
    async fn net_savings(&self) -> Money {
        self.money(self.0.income - self.0.expense)
    }

    /// What the shop sold in the month, without taxes: goods, other charges and rounding on invoices that are not void, less
    /// credit notes, and `CREDIT` entries written by hand. Not part of `totalIncome`. `sales` plus `salesTaxes` is the
    /// `totalAmount` of the month in `salesReport`.
    async fn sales(&self) -> Money {
        self.money(self.0.sales.before_taxes())
    }

    /// The taxes (CGST, SGST and IGST) on what the shop sold in the month, less those of credit notes. Not part of
    /// `totalIncome` or `totalExpense`.
    async fn sales_taxes(&self) -> Money {
        self.money(self.0.sales.taxes())
    }

    /// The money that customers paid in the month, into wallets or in cash: receipts that are not void and `DEBIT` entries
    /// written by hand, less refunds. Not part of `totalIncome`. Negative when more was refunded than paid.
    async fn received_from_customers(&self) -> Money {
        self.money(self.0.sales.received)
    }

    /// The totals of each category with transactions in this month or the month before: income categories first, each
    /// kind sorted by total, largest first.
    #[graphql(directive = price::List::apply(100))]
    async fn categories(&self) -> Vec<CategoryTotal> {
        let currency = self.0.currency;
        self.0.categories.iter().map(|total| CategoryTotal { total: total.clone(), currency }).collect()
    }

    /// How each budget that applies in this month was used, sorted by the name of its category.
    #[graphql(directive = price::List::apply(100))]
    async fn budgets(&self) -> Vec<BudgetStatus> {
        self.0.budgets.iter().cloned().map(BudgetStatus).collect()
    }

    /// The sum of the expenses in categories that have no budget this month, less refunds. Negative when more was refunded
    /// there than spent.
    async fn unbudgeted(&self) -> Money {
        self.money(self.0.unbudgeted)
    }
}

struct CategoryTotal {
    total: report::CategoryTotal,
    currency: Currency,
}

/// The total of one category in a month.
#[Object(directive = price::Cost::apply(0))]
impl CategoryTotal {
    /// The category that the total is for.
    async fn category(&self) -> Category {
        Category(self.total.category.clone())
    }

    /// The sum of the month's transactions in this category, less `refunded`. Negative when more was refunded than spent,
    /// such as for something that was bought the month before.
    async fn total(&self) -> Money {
        Money::from_minor(self.total.total, self.currency)
    }

    /// The refunds of the month, by which `total` is lowered: the sum of the lines below zero, as an amount above zero. In a
    /// category of income, what was given back.
    async fn refunded(&self) -> Money {
        Money::from_minor(self.total.refunded, self.currency)
    }

    /// The share of this category in what the categories of its kind with a `total` above zero come to together, in per
    /// cent with two decimals. Zero when `total` is not above zero. The shares of a kind add up to exactly 100; they are all
    /// zero when no category has a `total` above zero.
    async fn share(&self) -> Decimal {
        Decimal::from_hundredths(self.total.share)
    }

    /// The number of the month's transactions with a line in this category.
    async fn transaction_count(&self) -> i64 {
        self.total.transactions
    }

    /// The `total` of this category in the month before.
    async fn previous_total(&self) -> Money {
        Money::from_minor(self.total.before, self.currency)
    }

    /// `total` minus `previousTotal`. Negative when it is less than in the month before.
    async fn change(&self) -> Money {
        Money::from_minor(self.total.total - self.total.before, self.currency)
    }
}

pub(super) struct BudgetStatus(pub(super) BudgetUse);

impl BudgetStatus {
    fn money(&self, minor: i64) -> Money {
        Money::from_minor(minor, self.0.budget.currency)
    }
}

/// How a budget was used in a month.
#[Object(directive = price::Cost::apply(0))]
impl BudgetStatus {
    /// The budget that applies in this month.
    async fn budget(&self) -> Budget {
        Budget(self.0.budget.clone())
    }

    /// The category whose expenses the budget limits.
    async fn category(&self) -> Category {
        Category(self.0.category.clone())
    }

    /// The amount carried over from the month before. Negative when the month before was overspent.
    async fn carried_over(&self) -> Money {
        self.money(self.0.carried)
    }

    /// The most that may be spent in this month: the budget's limit plus `carriedOver`.
    async fn limit(&self) -> Money {
        self.money(self.0.limit)
    }

    /// The sum of the month's expenses in this category, less refunds. Negative when more was refunded than spent.
    async fn spent(&self) -> Money {
        self.money(self.0.spent)
    }

    /// `limit` minus `spent`. Negative when the budget is overspent; more than `limit` when `spent` is negative.
    async fn remaining(&self) -> Money {
        self.money(self.0.limit.saturating_sub(self.0.spent))
    }

    /// The share of the limit that was spent, in per cent with two decimals. A share below 100 is rounded down and a
    /// share above 100 is rounded up, so it is 100 only when exactly the limit was spent. Negative when `spent` is. Null
    /// when the limit is zero or negative.
    async fn used_share(&self) -> Option<Decimal> {
        self.0.used()
    }

    /// Whether less than the limit, exactly the limit, or more was spent.
    async fn state(&self) -> BudgetState {
        self.0.state
    }
}

#[derive(Debug, Default)]
pub(in crate::graphql) struct ReportQuery;

#[Object]
impl ReportQuery {
    /// Income, expenses and budgets of one month, in one currency.
    #[graphql(directive = price::Cost::apply(100))]
    async fn monthly_report(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The month to report on.")] month: YearMonth,
        #[graphql(desc = "The currency of all amounts. Default: the book's currency.")] currency: Option<Currency>,
    ) -> Result<MonthlyReport, ApiError> {
        Ok(MonthlyReport(report::month(ctx.read()?, ctx.viewer()?, month, currency).await?))
    }

    /// The monthly reports of a period of at most 36 months, earliest first.
    #[graphql(directive = price::ListBy::apply(&["from", "to"]), directive = price::Cost::apply(100))]
    async fn monthly_reports(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The first month of the period.")] from: YearMonth,
        #[graphql(desc = "The last month of the period, not before `from`.")] to: YearMonth,
        #[graphql(desc = "The currency of all amounts. Default: the book's currency.")] currency: Option<Currency>,
    ) -> Result<Vec<MonthlyReport>, ApiError> {
        let reports = report::months(ctx.read()?, ctx.viewer()?, (from, to), currency).await?;
        Ok(reports.into_iter().map(MonthlyReport).collect())
    }
}
