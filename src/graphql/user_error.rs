//! User errors: the interface `UserError` and the types that implement it.
//!
//! The code of an error decides its type, so that a client knows from the code which data there is. The names end in `Error`, as
//! those of other public APIs do: a type is read in a fragment, `... on InsufficientFundsError { balance { amount } }`, where
//! the shorter name would not say that it is an error.

use async_graphql::{Context, Interface, Object};

use super::{
    error::{ApiError, ContextExt},
    node::{self, Node},
    nullability::SemanticNonNull,
    wallets::wallet::Wallet,
};
use crate::{
    error::{Code, Detail, Refusal},
    id::{Id, kind},
    money::{Currency, Money},
    price,
};

/// A problem that the user can correct. Its code decides its type; types that carry data are listed at `UserErrorCode`.
#[derive(Debug, Interface)]
#[graphql(
    directive = price::Cost::apply(0),
    field(
        name = "code",
        ty = "Code",
        desc = "The kind of problem. It is stable, so programs can depend on it."
    ),
    field(
        name = "message",
        ty = "String",
        desc = "A sentence for people that says what is wrong. Its wording may change."
    ),
    field(
        name = "path",
        ty = "Vec<String>",
        desc = "The path to the input field concerned, such as `[\"lines\", \"0\", \"amount\"]`. Empty when the problem concerns the whole input."
    )
)]
pub(super) enum UserError {
    InsufficientFunds(InsufficientFundsError),
    Conflict(ConflictError),
    CurrencyMismatch(CurrencyMismatchError),
    LimitReached(LimitReachedError),
    TooManyAttempts(TooManyAttemptsError),
    Other(OtherError),
}

impl From<Refusal> for UserError {
    fn from(refusal: Refusal) -> Self {
        match (refusal.code, refusal.detail.clone()) {
            (Code::InsufficientFunds, Some(Detail::Balance { wallet_id, balance })) => {
                Self::InsufficientFunds(InsufficientFundsError { refusal, wallet_id, balance })
            }
            (Code::Taken | Code::Conflict | Code::IdempotencyConflict, detail) => {
                let current = match detail {
                    Some(Detail::Current(id)) => Some(id),
                    _ => None,
                };
                Self::Conflict(ConflictError { refusal, current })
            }
            (Code::CurrencyMismatch, Some(Detail::Currencies { expected, actual })) => {
                Self::CurrencyMismatch(CurrencyMismatchError { refusal, expected, actual })
            }
            (Code::LimitReached, detail) => Self::LimitReached(LimitReachedError { refusal, limit: detail }),
            (Code::TooManyAttempts, Some(Detail::RetryAfter(retry_after))) => {
                Self::TooManyAttempts(TooManyAttemptsError { refusal, retry_after })
            }
            _ => Self::Other(OtherError { refusal }),
        }
    }
}

/// Declares a type of the interface: its data, and the resolvers of the fields that it has beside those of the interface.
macro_rules! user_error {
    ($(#[$doc:meta])* $name:ident { $($field:ident: $type:ty),* } $($resolvers:tt)*) => {
        #[derive(Debug)]
        pub(super) struct $name {
            refusal: Refusal,
            $($field: $type,)*
        }

        $(#[$doc])*
        #[Object(directive = price::Cost::apply(0))]
        impl $name {
            /// The kind of problem. It is stable, so programs can depend on it.
            async fn code(&self) -> Code {
                self.refusal.code
            }

            /// A sentence for people that says what is wrong. Its wording may change.
            async fn message(&self) -> &str {
                &self.refusal.message
            }

            /// The path to the input field concerned, such as `["lines", "0", "amount"]`. Empty when the problem
            /// concerns the whole input.
            async fn path(&self) -> Vec<String> {
                self.refusal.path.split('.').filter(|name| !name.is_empty()).map(str::to_owned).collect()
            }

            $($resolvers)*
        }
    };
}

user_error! {
    /// A wallet holds less money than the amount. Code: `INSUFFICIENT_FUNDS`.
    InsufficientFundsError { wallet_id: Id<kind::Wallet>, balance: Money }

    /// What the wallet held when the attempt was refused. A repeated request with the same `idempotencyKey` returns the
    /// same amount.
    async fn balance(&self) -> &Money {
        &self.balance
    }

    /// Your wallet that cannot pay, as it is now.
    #[graphql(directive = SemanticNonNull::apply())]
    async fn wallet(&self, ctx: &Context<'_>) -> Result<Option<Wallet>, ApiError> {
        Ok(ctx.loader()?.load_one(self.wallet_id).await?)
    }
}

user_error! {
    /// Something else has the value already, or the object was changed meanwhile. Codes: `TAKEN`, `CONFLICT` and
    /// `IDEMPOTENCY_CONFLICT`.
    ConflictError { current: Option<String> }

    /// For `TAKEN` the object that has the value; for `CONFLICT` the object in its newest version; for
    /// `IDEMPOTENCY_CONFLICT` what the first request with the key or the id made. Null when it belongs to somebody else,
    /// as with the username of another user, and when there is no such object, as for a key of `allocate` or `release`.
    async fn current(&self, ctx: &Context<'_>) -> Result<Option<Node>, ApiError> {
        match &self.current {
            Some(id) => node::find(ctx, &id.into()).await,
            None => Ok(None),
        }
    }
}

user_error! {
    /// Two wallets, two documents, or a wallet and an amount, are in different currencies. Code: `CURRENCY_MISMATCH`.
    CurrencyMismatchError { expected: Option<Currency>, actual: Currency }

    /// The currency of your wallet or invoice. Null for a wallet that may belong to somebody else.
    async fn expected(&self) -> Option<Currency> {
        self.expected
    }

    /// The currency of the amount.
    async fn actual(&self) -> Currency {
        self.actual
    }
}

user_error! {
    /// A limit of the server is reached. Code: `LIMIT_REACHED`.
    LimitReachedError { limit: Option<Detail> }

    /// The largest number allowed, of wallets or of lines for example. Null for a limit on an amount.
    async fn max_count(&self) -> Option<u64> {
        match self.limit {
            Some(Detail::MostItems(most)) => Some(most),
            _ => None,
        }
    }

    /// The largest amount allowed. Null for a limit on a number, and where the limit is on a sum with other amounts.
    async fn max_amount(&self) -> Option<&Money> {
        match &self.limit {
            Some(Detail::MostAmount(most)) => Some(most),
            _ => None,
        }
    }
}

user_error! {
    /// There were too many attempts. Code: `TOO_MANY_ATTEMPTS`.
    TooManyAttemptsError { retry_after: i32 }

    /// The number of seconds to wait before the next attempt.
    async fn retry_after(&self) -> i32 {
        self.retry_after
    }
}

user_error! {
    /// A problem with any other code. A code may get a type of its own later; errors can always be read through the
    /// interface.
    OtherError { }
}
