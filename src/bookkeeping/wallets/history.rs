//! The history of a wallet, and its balance at past moments, for the owner of the wallet.

use std::collections::HashMap;

use async_graphql::Enum;
use chrono::{DateTime, Utc};
use sea_orm::ConnectionTrait;

use super::wallet;
use crate::{
    bookkeeping::journal::{self, HistoryFilter, Side, Step, Steps},
    error::{Code, Refusal, Result},
    id::{Id, kind},
    page::{Page, Paged},
    viewer::Viewer,
};

/// The direction of a transaction from the point of view of one wallet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum Direction {
    /// Money went into the wallet.
    In,
    /// Money went out of the wallet.
    Out,
}

impl From<Side> for Direction {
    fn from(side: Side) -> Self {
        match side {
            Side::Debit => Self::Out,
            Side::Credit => Self::In,
        }
    }
}

impl From<Direction> for Side {
    fn from(direction: Direction) -> Self {
        match direction {
            Direction::Out => Self::Debit,
            Direction::In => Self::Credit,
        }
    }
}

/// The history of a wallet of the viewer's book, newest first.
///
/// # Errors
/// `NOT_FOUND` when the viewer's book has no such wallet; `INVALID` for a range whose end is before its start.
pub async fn history(
    conn: &impl ConnectionTrait,
    viewer: &Viewer,
    id: Option<Id<kind::Wallet>>,
    filter: HistoryFilter,
) -> Result<Steps> {
    let wallet = wallet::require(conn, viewer, id, "walletId").await?;
    if let (Some(from), Some(to)) = (filter.from, filter.to)
        && from > to
    {
        return Err(Refusal::new(Code::Invalid, "filter.to", "`to` must not be before `from`.").into());
    }
    journal::steps(conn, &wallet.account, filter).await
}

/// A page of a history. The sort key is the number of the posting on the account, in descending order.
///
/// # Errors
/// When the database fails.
pub async fn page(conn: &impl ConnectionTrait, steps: &Steps, page: &Page<i64>) -> Result<Paged<Step>> {
    let rows = steps.page(conn, page.before, page.after, page.from_end, page.ask()).await?;
    Ok(page.cut(rows))
}

/// The balance of each wallet at the given time, inclusive, in minor units. Wallets of other books are left out.
///
/// # Errors
/// When the database fails.
pub async fn balances_at(
    conn: &impl ConnectionTrait,
    viewer: &Viewer,
    moments: &[(Id<kind::Wallet>, DateTime<Utc>)],
) -> Result<HashMap<(Id<kind::Wallet>, DateTime<Utc>), i64>> {
    let wallets = wallet::find_many(conn, viewer, moments.iter().map(|(id, _)| *id)).await?;
    let questions: Vec<_> = moments
        .iter()
        .filter_map(|moment| Some((moment, wallets.iter().find(|wallet| wallet.wallet.id == moment.0)?)))
        .collect();
    let accounts: Vec<_> = questions.iter().map(|(moment, wallet)| (&wallet.account, moment.1)).collect();
    let standings = journal::at(conn, &accounts).await?;
    Ok(questions.iter().zip(standings).map(|((moment, _), standing)| (**moment, standing.balance)).collect())
}
