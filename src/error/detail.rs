//! What a refusal tells besides its code, for programs that act on it.

use crate::{
    id::{Id, kind},
    money::{Currency, Money},
};

/// The data of a refusal. It may only hold what the user who is refused may see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Detail {
    /// The user's wallet that cannot pay, and its balance when the attempt was refused.
    Balance {
        /// The wallet.
        wallet_id: Id<kind::Wallet>,
        /// What it holds.
        balance: Money,
    },
    /// The id of the object of the user's book that is in the way: the one that has the name, that was changed
    /// meanwhile, or that the first request with the idempotency key or the id made.
    Current(String),
    /// The number of seconds to wait before the next attempt.
    RetryAfter(i32),
    /// The largest number of objects.
    MostItems(u64),
    /// The largest amount.
    MostAmount(Money),
    /// Two currencies that should be the same.
    Currencies {
        /// The currency of the wallet or document. `None` when the user may not know it.
        expected: Option<Currency>,
        /// The currency of the amount or the other document.
        actual: Currency,
    },
}
