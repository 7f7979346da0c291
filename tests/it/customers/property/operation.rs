//! What can happen in the game, at random.

use proptest::prelude::*;

use super::model::{Day, Ledger};

#[derive(Clone, Debug)]
pub enum Operation {
    Add {
        ledger: Ledger,
        credit: bool,
        amount: i64,
        day: Day,
    },
    /// The places of documents are picked among those that there are by then.
    Update {
        place: usize,
        credit: bool,
        amount: i64,
        day: Day,
        dollars: bool,
    },
    Invoice {
        ledger: Ledger,
        gross: i64,
        rate: i64,
        across: bool,
        day: Day,
        due: Day,
    },
    Receipt {
        ledger: Ledger,
        amount: i64,
        day: Day,
        named: Vec<usize>,
    },
    Opening {
        ledger: Ledger,
        credit: bool,
        amount: i64,
        day: Day,
    },
    Refund {
        ledger: Ledger,
        amount: i64,
        day: Day,
    },
    WriteOff {
        ledger: Ledger,
        amount: i64,
        day: Day,
        named: Vec<usize>,
    },
    Allocate {
        place: usize,
        named: Vec<usize>,
        auto: bool,
    },
    Release {
        place: usize,
        named: Option<usize>,
        auto: bool,
    },
    /// Takes back an amount of the goods on an invoice; without one, all that is left.
    CreditNote {
        place: usize,
        gross: Option<i64>,
        day: Option<Day>,
    },
    DebitNote {
        place: usize,
        gross: i64,
        day: Option<Day>,
        due: Option<Day>,
    },
    /// Deletes an entry, or voids an invoice, a receipt or a note; or tries to delete its entry.
    Delete {
        place: usize,
        as_entry: bool,
    },
}

pub fn operation() -> impl Strategy<Value = Operation> {
    let ledger = (0..2_usize, any::<bool>()).prop_map(|(customer, dollars)| Ledger { customer, dollars });
    let (amount, day, place) = (1..60_i64, 0..125_u64, 0..1000_usize);
    let rate = prop::sample::select(vec![0, 5, 12, 18, 28]);
    let some_day = prop::option::weighted(0.4, day.clone());
    prop_oneof![
        3 => (ledger.clone(), any::<bool>(), amount.clone(), day.clone())
            .prop_map(|(ledger, credit, amount, day)| Operation::Add { ledger, credit, amount, day }),
        2 => (place.clone(), any::<bool>(), amount.clone(), day.clone(), any::<bool>())
            .prop_map(|(place, credit, amount, day, dollars)| Operation::Update { place, credit, amount, day, dollars }),
        4 => (ledger.clone(), amount.clone(), rate, any::<bool>(), day.clone(), 0..40_u64).prop_map(
            |(ledger, gross, rate, across, day, term)| {
                Operation::Invoice { ledger, gross, rate, across, day, due: day + term }
            }
        ),
        1 => (ledger.clone(), any::<bool>(), amount.clone(), day.clone())
            .prop_map(|(ledger, credit, amount, day)| Operation::Opening { ledger, credit, amount, day }),
        1 => (ledger.clone(), amount.clone(), day.clone())
            .prop_map(|(ledger, amount, day)| Operation::Refund { ledger, amount, day }),
        1 => (ledger.clone(), amount.clone(), day.clone(), prop::collection::vec(place.clone(), 0..2))
            .prop_map(|(ledger, amount, day, named)| Operation::WriteOff { ledger, amount, day, named }),
        3 => (place.clone(), prop::collection::vec(place.clone(), 0..3), any::<bool>())
            .prop_map(|(place, named, auto)| Operation::Allocate { place, named, auto }),
        2 => (place.clone(), prop::option::of(place.clone()), any::<bool>())
            .prop_map(|(place, named, auto)| Operation::Release { place, named, auto }),
        4 => (ledger, amount, day, prop::collection::vec(place.clone(), 0..3))
            .prop_map(|(ledger, amount, day, named)| Operation::Receipt { ledger, amount, day, named }),
        4 => (place.clone(), prop::option::weighted(0.7, 1..40_i64), some_day.clone())
            .prop_map(|(place, gross, day)| Operation::CreditNote { place, gross, day }),
        2 => (place.clone(), 1..40_i64, some_day, prop::option::of(40..165_u64))
            .prop_map(|(place, gross, day, due)| Operation::DebitNote { place, gross, day, due }),
        3 => (place, prop::bool::weighted(0.1)).prop_map(|(place, as_entry)| Operation::Delete { place, as_entry }),
    ]
}
