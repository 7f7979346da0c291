//! The two parties of a wallet transaction, with the fields that the viewer may see.

use std::{collections::HashMap, sync::Arc};

use async_graphql::{Context, Object, dataloader::Loader};

use super::wallet::Wallet;
use crate::{
    bookkeeping::wallets::transaction::{self, Party},
    error::Error,
    graphql::{
        RequestLoader,
        error::{ApiError, ContextExt},
    },
    id::{Id, kind},
    price,
};

#[derive(Clone)]
pub(in crate::graphql) struct WalletParty(Party);

impl WalletParty {
    /// Whether the wallet is in this book.
    pub(super) fn is_in(&self, book_id: Id<kind::Book>) -> bool {
        self.0.book_id == book_id
    }

    /// The wallet, when it is in the viewer's book.
    pub(super) async fn own_wallet(&self, ctx: &Context<'_>) -> Result<Option<Wallet>, ApiError> {
        if self.0.book_id != ctx.viewer()?.book {
            return Ok(None);
        }
        Ok(ctx.loader()?.load_one(self.0.wallet_id).await?)
    }
}

/// The payer or payee of a wallet transaction, or whom a transfer would pay.
#[Object(directive = price::Cost::apply(0))]
impl WalletParty {
    /// The name that the owner of the wallet shows to others.
    async fn display_name(&self) -> &str {
        &self.0.display_name
    }

    /// The wallet. Null when it belongs to somebody else.
    async fn wallet(&self, ctx: &Context<'_>) -> Result<Option<Wallet>, ApiError> {
        self.own_wallet(ctx).await
    }
}

/// Loads parties by the ids of their wallets' accounts.
impl Loader<Id<kind::Account>> for RequestLoader {
    type Value = WalletParty;
    type Error = Arc<Error>;

    async fn load(
        &self,
        accounts: &[Id<kind::Account>],
    ) -> Result<HashMap<Id<kind::Account>, WalletParty>, Arc<Error>> {
        let parties = transaction::parties(self.reader.conn(), accounts.iter().copied()).await?;
        Ok(parties.into_iter().map(|party| (party.account_id, WalletParty(party))).collect())
    }
}
