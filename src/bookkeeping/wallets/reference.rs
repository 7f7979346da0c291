//! References to wallets: by the wallet's id, or by its owner's phone number or username.

use async_graphql::{ID, OneofObject};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, JoinType, QueryFilter, QueryOrder, QuerySelect, sea_query::ExprTrait,
};
use serde::Serialize;

use super::wallet::Wallet;
use crate::{
    app::Defaults,
    entity::{
        account,
        member::{self, Role},
        user, wallet,
    },
    error::Result,
    id::{Id, kind},
    identity::{normalize_phone, username_key},
    money::Currency,
    viewer::Viewer,
};

/// Names a wallet, by its id or by its owner. Exactly one field must be given.
#[derive(Clone, Debug, Serialize, OneofObject)]
pub enum WalletRef {
    /// The id of the wallet.
    Id(ID),
    /// The phone number of a user. It stands for that user's default wallet in the currency of the operation.
    Phone(String),
    /// The username of a user, ignoring case. It stands for that user's default wallet in the currency of the
    /// operation.
    Username(String),
}

impl WalletRef {
    /// The name of the input field that the reference uses.
    #[must_use]
    pub fn field(&self) -> &'static str {
        match self {
            Self::Id(_) => "id",
            Self::Phone(_) => "phone",
            Self::Username(_) => "username",
        }
    }
}

/// Finds the wallet that a reference names, in any book. The caller must check what the viewer may do with it.
///
/// A reference to a user means the user's default wallet of the given currency. If several books of the user have one,
/// the book that the user has owned longest counts. A user who does not want to be found is found only by themselves.
///
/// # Errors
/// When the database fails.
pub async fn resolve(
    conn: &impl ConnectionTrait,
    defaults: &Defaults,
    viewer: &Viewer,
    named: &WalletRef,
    currency: Option<Currency>,
) -> Result<Option<Wallet>> {
    let wallets = wallet::Entity::find().find_both_related(account::Entity);
    let owner = match named {
        WalletRef::Id(id) => {
            let Ok(id) = id.parse::<Id<kind::Wallet>>() else { return Ok(None) };
            let wallet = wallets.filter(wallet::Column::Id.eq(id)).one(conn).await?;
            return Ok(wallet.map(Wallet::from));
        }
        WalletRef::Phone(phone) => {
            let Some(phone) = normalize_phone(phone, defaults.phone_region) else { return Ok(None) };
            user::Column::Phone.eq(phone)
        }
        WalletRef::Username(username) if username.contains(char::is_control) => return Ok(None),
        WalletRef::Username(username) => user::Column::UsernameKey.eq(username_key(username)),
    };
    let members = wallet::Entity::belongs_to(member::Entity).from(wallet::Column::BookId).to(member::Column::BookId);
    let users = member::Entity::belongs_to(user::Entity).from(member::Column::UserId).to(user::Column::Id);
    let wallet = wallets
        .join(JoinType::InnerJoin, members.into())
        .join(JoinType::InnerJoin, users.into())
        .filter(owner)
        .filter(user::Column::Findable.eq(true).or(user::Column::Id.eq(viewer.user)))
        .filter(member::Column::Role.eq(Role::Owner))
        .filter(wallet::Column::Currency.eq(currency))
        .filter(wallet::Column::IsDefault.eq(true))
        .order_by_asc(member::Column::CreatedAt)
        .one(conn)
        .await?;
    Ok(wallet.map(Wallet::from))
}
