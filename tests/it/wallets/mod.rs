//! Wallets: transfers between them, their history, and the journal under them.

mod all_transactions;
mod concurrency;
mod history;
mod journal;
mod lifecycle;
mod payees;
mod property;
mod transfers;
mod turnover;
