//! What the sums of an invoice follow from: discounts, unit prices with more decimals than the currency, taxes by rate with
//! the shares of the lines, and rounding of the total.

use sea_orm_migration::{
    prelude::*,
    schema::*,
    sea_orm::{ConnectionTrait, Statement},
};

use crate::column::{counter, one_of, replace_check};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

/// The constraints that change: table, name on PostgreSQL, condition before and after.
const CHECKS: [(&str, &str, &str, &str); 4] = [
    (
        "invoice",
        "invoice_check2",
        "gross > 0 AND cgst >= 0 AND igst >= 0 AND other_charges >= 0",
        "gross > 0 AND discount BETWEEN 0 AND gross AND cgst >= 0 AND igst >= 0 AND other_charges >= 0 AND total > 0",
    ),
    (
        "invoice",
        "invoice_check3",
        "cgst = sgst AND (igst = 0 OR cgst = 0)",
        "cgst = sgst AND (cgst = 0 OR igst = 0 AND NOT inter_state)",
    ),
    (
        "invoice",
        "invoice_check4",
        "total = gross + cgst + sgst + igst + other_charges",
        "total = gross - discount + cgst + sgst + igst + other_charges + round_off",
    ),
    // A condition on a share that is null is not false, so it holds.
    (
        "invoice_line",
        "invoice_line_check",
        "line >= 1 AND quantity > 0 AND unit_price >= 0 AND amount >= 0",
        "line >= 1 AND quantity > 0 AND unit_price >= 0 AND unit_price_fraction BETWEEN 0 AND 999999 \
         AND discount >= 0 AND amount >= 0 AND taxable >= 0 AND cgst >= 0 AND cgst = sgst AND igst >= 0",
    ),
];

/// The new columns of each table.
fn columns(manager: &SchemaManager<'_>) -> Vec<(&'static str, ColumnDef)> {
    // In thousandths of a per cent.
    let rate = |name: &'static str| {
        let mut rate = integer_null(name);
        rate.check(Expr::cust(format!("{name} BETWEEN 0 AND 100000"))).take()
    };
    let amount = |name: &'static str| counter(manager, name).default(0).take();
    // What is there was taxed line by line; from now on it is by rate.
    let mut method = string("tax_method");
    method.default("BY_LINE").check(one_of("tax_method", &["BY_LINE", "BY_RATE"]));
    let of_invoice = [
        method,
        rate("rate"),
        boolean("inter_state").default(false).take(),
        amount("discount"),
        rate("discount_percent"),
        amount("round_off"),
    ];
    let of_line = [
        // In millionths of the currency's unit, on top of the minor units in `unit_price`.
        amount("unit_price_fraction"),
        amount("discount"),
        rate("discount_percent"),
        // The shares of lines that are older are not known.
        big_integer_null("taxable"),
        big_integer_null("cgst"),
        big_integer_null("sgst"),
        big_integer_null("igst"),
    ];
    let of_book = [boolean("round_invoice_totals").default(false).take()];
    let of_invoice = of_invoice.into_iter().map(|column| ("invoice", column));
    let of_line = of_line.into_iter().map(|column| ("invoice_line", column));
    let of_book = of_book.into_iter().map(|column| ("book", column));
    of_invoice.chain(of_line).chain(of_book).collect()
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (table, column) in columns(manager) {
            manager.alter_table(Table::alter().table(table).add_column(column).take()).await?;
        }
        for (table, name, before, after) in CHECKS {
            replace_check(manager, table, name, before, after).await?;
        }
        Ok(())
    }

    /// Fails when there are invoices that the schema before cannot hold. The shares of the lines are lost, and invoices
    /// count as taxed line by line.
    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (table, condition) in [
            ("invoice", "discount <> 0 OR round_off <> 0"),
            ("invoice_line", "discount <> 0 OR unit_price_fraction <> 0"),
        ] {
            let query = format!("SELECT 1 FROM {table} WHERE {condition} LIMIT 1");
            let statement = Statement::from_string(manager.get_database_backend(), query);
            if manager.get_connection().query_one_raw(statement).await?.is_some() {
                return Err(DbErr::Migration(format!("there are rows in {table} with {condition}")));
            }
        }
        for (table, name, before, after) in CHECKS {
            replace_check(manager, table, name, after, before).await?;
        }
        for (table, column) in columns(manager).into_iter().rev() {
            let name = column.get_column_name();
            manager.alter_table(Table::alter().table(table).drop_column(name).take()).await?;
        }
        Ok(())
    }
}
