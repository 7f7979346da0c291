//! The history of a wallet, and its balance at past moments, for the owner of the wallet.

use std::collections::HashMap;

use async_graphql::Enum;
use chrono::{DateTime, Datelike, Utc};
use sea_orm::ConnectionTrait;

use super::wallet;
use crate::{
    bookkeeping::journal::{self, HistoryFilter, MergedSteps, Place, Side, Step, Steps},
    entity::account::AccountKind,
    error::{Code, Refusal, Result},
    id::{Id, kind},
    list::owned_list::OwnedList,
    money::Currency,
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
    check_range(&filter)?;
    journal::steps(conn, &wallet.account, filter).await
}

/// A page of the history of a wallet of the viewer's book, by one statement unless the filter has a time range; and the wallet.
///
/// # Errors
/// As for [`history`].
pub async fn page_of(
    conn: &impl ConnectionTrait,
    viewer: &Viewer,
    id: Option<Id<kind::Wallet>>,
    filter: HistoryFilter,
    wanted: &Page<i64>,
) -> Result<(Id<kind::Wallet>, Paged<Step>)> {
    let id = match id {
        Some(id) => id,
        None => wallet::require(conn, viewer, None, "walletId").await?.wallet.id,
    };
    let steps = if filter.from.is_none() && filter.to.is_none() {
        journal::steps_of_holder(viewer.book, id.cast(), AccountKind::Wallet, filter)
    } else {
        history(conn, viewer, Some(id), filter).await?
    };
    let paged = page(conn, &steps, wanted).await?;
    if paged.rows.is_empty() {
        wallet::require(conn, viewer, Some(id), "walletId").await?;
    }
    Ok((id, paged))
}

/// Checks that the range of a filter does not end before its start.
fn check_range(filter: &HistoryFilter) -> Result<(), Refusal> {
    match (filter.from, filter.to) {
        (Some(from), Some(to)) if from > to => {
            Err(Refusal::new(Code::Invalid, "filter.to", "`to` must not be before `from`."))
        }
        _ => Ok(()),
    }
}

/// Which transactions of the viewer's wallets to return. A field that is `None` does not restrict them.
#[derive(Clone, Debug, Default)]
pub struct OwnFilter {
    /// Only transactions of this wallet; the inner `None` is an id that is none.
    pub wallet: Option<Option<Id<kind::Wallet>>>,
    /// Only transactions in this currency.
    pub currency: Option<Currency>,
    /// The other conditions.
    pub history: HistoryFilter,
}

/// The transactions of all wallets of the viewer's book as one list, newest first.
///
/// # Errors
/// `NOT_FOUND` when the viewer's book has no wallet with the id of the filter; `INVALID` for a range whose end is before its
/// start.
pub async fn of_all(conn: &impl ConnectionTrait, viewer: &Viewer, filter: OwnFilter) -> Result<MergedSteps> {
    let mut wallets = match filter.wallet {
        Some(id) => vec![wallet::require(conn, viewer, id, "filter.walletId").await?],
        None => wallet::list(conn, viewer).await?,
    };
    check_range(&filter.history)?;
    wallets.retain(|wallet| filter.currency.is_none_or(|currency| wallet.wallet.currency == currency));
    let accounts = wallets.into_iter().map(|wallet| wallet.account).collect();
    journal::merged_steps(conn, accounts, filter.history).await
}

/// The text that the cursor of a row of [`of_all`] carries.
#[must_use]
pub fn place_text(step: &Step) -> String {
    let (time, account, seq) = journal::place(step);
    format!("{} {} {seq}", time.timestamp_micros(), account.simple())
}

/// Parses the text of a cursor of [`of_all`].
#[must_use]
pub fn parse_place(text: &str) -> Option<Place> {
    let (time, rest) = text.split_once(' ')?;
    let (account, seq) = rest.split_once(' ')?;
    // Only the years that both databases can store.
    let time = DateTime::from_timestamp_micros(time.parse().ok()?).filter(|time| (1..=9999).contains(&time.year()))?;
    Some((time, account.parse().ok()?, seq.parse().ok()?))
}

/// The transactions of one wallet, as a list that belongs to it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct OfWallet(HistoryFilter);

impl OfWallet {
    /// Those that match a filter.
    ///
    /// # Errors
    /// `INVALID` for a range whose end is before its start.
    pub fn new(filter: HistoryFilter) -> Result<Self> {
        check_range(&filter)?;
        Ok(Self(filter))
    }

    /// The histories of these wallets, and the wallets of their accounts.
    async fn steps(
        &self,
        conn: &impl ConnectionTrait,
        viewer: &Viewer,
        wallets: &[Id<kind::Wallet>],
    ) -> Result<(MergedSteps, HashMap<Id<kind::Account>, Id<kind::Wallet>>)> {
        let wallets = wallet::find_many(conn, viewer, wallets.iter().copied()).await?;
        let owners = wallets.iter().map(|wallet| (wallet.account.id, wallet.wallet.id)).collect();
        let accounts = wallets.into_iter().map(|wallet| wallet.account).collect();
        Ok((journal::merged_steps(conn, accounts, self.0.clone()).await?, owners))
    }
}

impl OwnedList for OfWallet {
    type Owner = Id<kind::Wallet>;
    type Key = i64;
    type Row = Step;

    fn key_text(&self, step: &Step) -> String {
        step.seq.to_string()
    }

    fn parse_key(&self, text: &str) -> Option<i64> {
        text.parse().ok()
    }

    async fn pages(
        &self,
        conn: &impl ConnectionTrait,
        viewer: &Viewer,
        wallets: &[Id<kind::Wallet>],
        page: &Page<i64>,
    ) -> Result<HashMap<Id<kind::Wallet>, Paged<Step>>> {
        let (steps, owners) = self.steps(conn, viewer, wallets).await?;
        let pages = steps.pages(conn, page).await?;
        Ok(pages.into_iter().filter_map(|(account, page)| Some((*owners.get(&account)?, page))).collect())
    }

    async fn counts(
        &self,
        conn: &impl ConnectionTrait,
        viewer: &Viewer,
        wallets: &[Id<kind::Wallet>],
    ) -> Result<HashMap<Id<kind::Wallet>, i64>> {
        let (steps, owners) = self.steps(conn, viewer, wallets).await?;
        let counts = steps.counts(conn).await?;
        Ok(counts.into_iter().filter_map(|(account, count)| Some((*owners.get(&account)?, count))).collect())
    }
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
