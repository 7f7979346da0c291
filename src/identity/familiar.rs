//! Whether a user has logged in from a network before. Then their login does not wait behind those of strangers.

use std::net::IpAddr;

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::{session_list::MOST_SESSIONS, user};
use crate::{
    activity::with_action,
    client::Client,
    entity::{
        activity::{self, Action, Outcome},
        session,
    },
    error::Result,
    id::{Id, kind},
};

/// How many of the latest logins are looked at. Sessions that have ended are deleted at the next login, so they do not suffice.
const LOGINS: u64 = 50;

/// Whether the user has a session that was last used from this network, or one of their latest logins was from there. `None` for
/// a user who does not exist: the same statements run, so that the response time does not reveal it.
pub(super) async fn is_familiar(
    conn: &impl ConnectionTrait,
    user: Option<Id<kind::User>>,
    network: Option<IpAddr>,
) -> Result<bool> {
    if network.is_none() {
        return Ok(false);
    }
    let user = user.unwrap_or_else(Id::generate);
    let sessions: Vec<Option<String>> = session::Entity::find()
        .select_only()
        .column(session::Column::Address)
        .filter(session::Column::UserId.eq(user))
        .limit(MOST_SESSIONS)
        .into_tuple()
        .all(conn)
        .await?;
    let book = user::memberships(user).one(conn).await?.map_or_else(Id::generate, |member| member.book_id);
    let logins: Vec<Option<String>> = activity::Entity::find()
        .select_only()
        .column(activity::Column::Address)
        .filter(activity::Column::BookId.eq(book))
        .filter(with_action(Action::Login))
        .filter(activity::Column::ActorId.eq(user))
        .filter(activity::Column::Outcome.eq(Outcome::Done))
        .order_by_desc(activity::Column::CreatedAt)
        .limit(LOGINS)
        .into_tuple()
        .all(conn)
        .await?;
    let network_of = |address: String| Client::new(address.parse().ok(), None).network();
    Ok(sessions.into_iter().chain(logins).flatten().any(|address| network_of(address) == network))
}
