//! What the shop sold and what its customers paid, by month and by customer, in one currency.
//!
//! All amounts come from postings, so that whatever lowers or raises what was sold counts by itself:
//!
//! | figure | from |
//! |---|---|
//! | goods, taxes, other charges, rounding | what is posted to the book's accounts of these kinds |
//! | received | the money that is the other side of what is posted to customers' accounts |
//! | number of invoices | the invoices that are not void |
//!
//! Opening balances and write-offs change what a customer owes, and are neither. A document counts in the month of its date.
//!
//! `months` reads the stored turnovers, so its cost does not grow with the number of documents, except for counting invoices.
//! `customers` reads the documents of the period.

pub mod customers;
mod figures;
pub mod months;

pub use self::figures::Figures;
