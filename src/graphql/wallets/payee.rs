//! The query that finds a payee.

use async_graphql::{Context, Object};

use super::{party::WalletParty, transaction::party};
use crate::{
    bookkeeping::wallets::{payee, reference::WalletRef},
    graphql::error::{ApiError, ContextExt},
    money::Currency,
    price,
};

#[derive(Debug, Default)]
pub(in crate::graphql) struct PayeeQuery;

#[Object]
impl PayeeQuery {
    /// Whom a transfer to this wallet would pay. Null when there is no such wallet, or when its owner does not want to be
    /// found by phone number and username. Looking up the phone number or username of somebody whom your book has not
    /// paid before counts, found or not, towards a limit per user and day, 100 unless the server sets another; beyond it
    /// the error has the code `TOO_MANY_ATTEMPTS`.
    #[graphql(directive = price::Cost::apply(100))]
    async fn payee(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The wallet to be paid, by its id or by its owner.")] wallet: WalletRef,
        #[graphql(
            desc = "The currency of the payment. Default: the wallet's if it is named by id, otherwise the book's."
        )]
        currency: Option<Currency>,
    ) -> Result<Option<WalletParty>, ApiError> {
        let found = payee::look_up(ctx.app()?, ctx.read()?, ctx.viewer()?, &wallet, currency).await?;
        party(ctx, found.map(|wallet| wallet.account.id)).await
    }
}
