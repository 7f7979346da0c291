//! References to wallets: by the wallet's id, or by its owner's phone number or username.

use std::collections::BTreeSet;

use async_graphql::{ID, OneofObject};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, JoinType, QueryFilter, QueryOrder, QuerySelect,
    sea_query::ExprTrait,
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

/// The default wallets of the users whom some references name, those of the books first that their users have owned longest.
#[derive(Clone, Debug)]
pub(super) struct Owners {
    region: Option<phonenumber::country::Id>,
    found: Vec<Owner>,
}

/// A default wallet, and its owner.
#[derive(Clone, Debug, FromQueryResult)]
struct Owner {
    wallet: Id<kind::Wallet>,
    currency: Currency,
    user: Id<kind::User>,
    username_key: String,
    phone: Option<String>,
    findable: bool,
}

/// Finds the users whom references name by phone number or username.
///
/// # Errors
/// When the database fails.
pub(super) async fn owners(
    conn: &impl ConnectionTrait,
    defaults: &Defaults,
    named: impl IntoIterator<Item = &WalletRef>,
) -> Result<Owners> {
    let (mut phones, mut usernames) = (BTreeSet::new(), BTreeSet::new());
    for named in named {
        match named {
            WalletRef::Id(_) => {}
            WalletRef::Phone(phone) => phones.extend(normalize_phone(phone, defaults.phone_region)),
            WalletRef::Username(username) => usernames.extend(comparable(username)),
        }
    }
    let mut owners = Owners { region: defaults.phone_region, found: Vec::new() };
    if phones.is_empty() && usernames.is_empty() {
        return Ok(owners);
    }
    let members = wallet::Entity::belongs_to(member::Entity).from(wallet::Column::BookId).to(member::Column::BookId);
    let users = member::Entity::belongs_to(user::Entity).from(member::Column::UserId).to(user::Column::Id);
    owners.found = wallet::Entity::find()
        .select_only()
        .column_as(wallet::Column::Id, "wallet")
        .column(wallet::Column::Currency)
        .column_as(user::Column::Id, "user")
        .columns([user::Column::UsernameKey, user::Column::Phone, user::Column::Findable])
        .join(JoinType::InnerJoin, members.into())
        .join(JoinType::InnerJoin, users.into())
        .filter(user::Column::UsernameKey.is_in(usernames).or(user::Column::Phone.is_in(phones)))
        .filter(member::Column::Role.eq(Role::Owner))
        .filter(wallet::Column::IsDefault.eq(true))
        .order_by_asc(member::Column::CreatedAt)
        .into_model()
        .all(conn)
        .await?;
    Ok(owners)
}

impl Owners {
    /// Adds others.
    pub(super) fn add(&mut self, others: Self) {
        self.found.extend(others.found);
    }

    /// The wallets that a reference may mean, the first of which it does: those of the currency, or all when none is given. A user
    /// who does not want to be found is found only by themselves.
    pub(super) fn wallets(
        &self,
        viewer: &Viewer,
        named: &WalletRef,
        currency: Option<Currency>,
    ) -> impl Iterator<Item = Id<kind::Wallet>> {
        let (id, phone, username) = match named {
            WalletRef::Id(id) => (id.parse().ok(), None, None),
            WalletRef::Phone(phone) => (None, normalize_phone(phone, self.region), None),
            WalletRef::Username(username) => (None, None, comparable(username)),
        };
        let viewer = viewer.user;
        let is_meant = move |owner: &&Owner| {
            let is_named = username.as_ref() == Some(&owner.username_key) || phone.is_some() && phone == owner.phone;
            is_named
                && (owner.findable || owner.user == viewer)
                && currency.is_none_or(|currency| owner.currency == currency)
        };
        id.into_iter().chain(self.found.iter().filter(is_meant).map(|owner| owner.wallet))
    }
}

fn comparable(username: &str) -> Option<String> {
    (!username.contains(char::is_control)).then(|| username_key(username))
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
    let owners = owners(conn, defaults, [named]).await?;
    let Some(id) = owners.wallets(viewer, named, currency).next() else { return Ok(None) };
    let wallet = wallet::Entity::find().find_both_related(account::Entity).filter(wallet::Column::Id.eq(id));
    Ok(wallet.one(conn).await?.map(Wallet::from))
}
