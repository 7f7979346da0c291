//! The two sides of a wallet transaction, as the viewer may see them.

use std::{collections::HashMap, sync::Arc};

use async_graphql::{Context, Object, dataloader::Loader};

use super::{
    RequestLoader,
    error::{ApiError, ContextExt},
    wallet::Wallet,
};
use crate::{
    bookkeeping::wallet_transaction::{self, Party},
    error::Error,
    id::{Id, kind},
};

#[derive(Clone)]
pub(super) struct WalletParty(Party);

/// The payer or payee of a wallet transaction.
#[Object]
impl WalletParty {
    /// The name that the owner of the wallet shows to others.
    async fn display_name(&self) -> &str {
        &self.0.display_name
    }

    /// The wallet. Null when it belongs to somebody else.
    async fn wallet(&self, ctx: &Context<'_>) -> Result<Option<Wallet>, ApiError> {
        if self.0.book_id != ctx.viewer()?.book {
            return Ok(None);
        }
        Ok(ctx.loader()?.load_one(self.0.wallet_id).await?)
    }
}

/// Parties, by the accounts of their wallets.
impl Loader<Id<kind::Account>> for RequestLoader {
    type Value = WalletParty;
    type Error = Arc<Error>;

    async fn load(
        &self,
        accounts: &[Id<kind::Account>],
    ) -> Result<HashMap<Id<kind::Account>, WalletParty>, Arc<Error>> {
        let parties = wallet_transaction::parties(self.reader.conn(), accounts.iter().copied()).await?;
        Ok(parties.into_iter().map(|party| (party.account_id, WalletParty(party))).collect())
    }
}
