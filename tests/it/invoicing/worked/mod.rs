//! Worked cases: what is right was worked out by hand, in a comment beside each case, by the rules and laws that it names.
//!
//! A case is a row of a table: its name, the currency, steps, and what is right afterwards; `case` has its form. `runner` goes
//! through the steps of each case in a book of its own. After each step, what is outstanding less what is on account must be
//! the balance.
//!
//! | table | cases |
//! |---|---|
//! | `taxes` | several rates, freight, unit prices and currencies with more and fewer decimals |
//! | `discounts` | discounts per line and per invoice, and totals that are rounded |
//! | `returns` | credit notes in parts, debit notes, returns of what was paid |
//! | `payments` | receipts, entries, refunds, write-offs, opening balances, allocations and releases |
//! | `back_dating` | the same with dates in the past, and how old the debt was on past days |
//!
//! Today is 2026-11-21, which is the date of each document without another.

mod back_dating;
mod case;
mod discounts;
mod payments;
mod returns;
mod runner;
mod taxes;

use std::collections::BTreeSet;

use self::{case::Case, runner::run};
use crate::harness::{Database, TestApp, any_price};

/// Goes through cases, and reports all that is not right in them.
async fn assert_right(on: Database, cases: &[Case]) {
    let app = TestApp::with(on, any_price).await;
    let mut wrong = Vec::new();
    for (number, case) in cases.iter().enumerate() {
        wrong.extend(run(&app, number, case).await);
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
    app.assert_journal_is_whole().await;
}

#[apply(both_databases)]
async fn taxes_come_out_as_worked_out_by_hand(on: Database) {
    assert_right(on, &taxes::cases()).await;
}

#[apply(both_databases)]
async fn discounts_and_rounded_totals_come_out_as_worked_out_by_hand(on: Database) {
    assert_right(on, &discounts::cases()).await;
}

#[apply(both_databases)]
async fn returns_come_out_as_worked_out_by_hand(on: Database) {
    assert_right(on, &returns::cases()).await;
}

#[apply(both_databases)]
async fn payments_come_out_as_worked_out_by_hand(on: Database) {
    assert_right(on, &payments::cases()).await;
}

#[apply(both_databases)]
async fn what_is_dated_back_comes_out_as_worked_out_by_hand(on: Database) {
    assert_right(on, &back_dating::cases()).await;
}

#[apply(test)]
fn each_worked_case_has_a_name_of_its_own() {
    let tables = [taxes::cases(), discounts::cases(), returns::cases(), payments::cases(), back_dating::cases()];
    let names: Vec<_> = tables.iter().flatten().map(|case| case.name).collect();
    assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len());
}
