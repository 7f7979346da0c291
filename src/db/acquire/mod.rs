//! Taking a connection from a pool: waiting for one that is free, and connecting again to a database that was restarted. [`parked`]
//! keeps the connections that were used.

pub(super) mod parked;

use std::{
    net::IpAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use sea_orm::{ConnAcquireErr, DbErr, sqlx};
use tokio::time::Instant;

use self::parked::{Borrowed, Parked};
use super::{
    limits::StatementClock,
    open::connection_error,
    session::{Places, Pooled, Session},
    shared::{Pools, Shared, WAIT},
};
use crate::{
    cancel::Interest,
    error::db_error,
    turns::{self, Turn, Turns},
};

/// How long to wait before trying again to open a connection.
const RECONNECT: Duration = Duration::from_millis(100);

/// What a connection is needed for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    /// To find out who asks and whether they may. Some connections are kept for this, so that it never waits for what the others
    /// do.
    Lookup,
    /// To serve somebody who has not logged in. A part of the connections is all that these requests get together, so that those
    /// who are logged in do not wait behind a flood of them. Their networks take turns.
    Stranger(Option<IpAddr>),
    /// To do wallet operations, over a connection that is kept for this.
    Writer,
    /// Everything else.
    Work,
}

/// A connection to read with.
pub(super) async fn reader(shared: &Arc<Shared>, purpose: Purpose) -> Result<Session, DbErr> {
    let deadline = Instant::now() + WAIT;
    let places = places(shared, purpose, deadline).await?;
    let connection = match &shared.pools {
        Pools::Sqlite { read, .. } => {
            let mut connection = acquire(read, deadline).await?;
            let clock = match connection.clock().clone() {
                Some(clock) => clock,
                None => match StatementClock::of(&mut connection).await {
                    Ok(clock) => connection.clock().insert(clock).clone(),
                    Err(error) => {
                        connection.close_on_drop();
                        return Err(connection_error(error));
                    }
                },
            };
            clock.serve(Interest::current());
            Pooled::Sqlite(connection, clock)
        }
        Pools::Postgres { pool, .. } => Pooled::Postgres(acquire(pool, deadline).await?),
    };
    Ok(Session::new(connection, places, false, shared.clone()))
}

/// A connection to write with.
pub(super) async fn writer(shared: &Arc<Shared>, purpose: Purpose) -> Result<Session, DbErr> {
    let deadline = Instant::now() + WAIT;
    let (connection, places) = match &shared.pools {
        Pools::Sqlite { write, write_clock, .. } => {
            // There is one connection to write with, and the pool lets those who wait go in order.
            let stranger = stranger(shared, purpose, deadline).await?;
            let waiting = Waiting::one_more(&shared.waiting_writers);
            let connection = acquire(write, deadline).await?;
            drop(waiting);
            (Pooled::Sqlite(connection, write_clock.clone()), Places { _stranger: stranger, _in_all: None })
        }
        Pools::Postgres { writer, .. } if purpose == Purpose::Writer => {
            (Pooled::Postgres(acquire(writer, deadline).await?), Places::default())
        }
        Pools::Postgres { pool, .. } => {
            let places = places(shared, purpose, deadline).await?;
            (Pooled::Postgres(acquire(pool, deadline).await?), places)
        }
    };
    Ok(Session::new(connection, places, true, shared.clone()))
}

/// Counts one who waits, until it is dropped.
struct Waiting<'a>(&'a AtomicUsize);

impl<'a> Waiting<'a> {
    fn one_more(count: &'a AtomicUsize) -> Self {
        count.fetch_add(1, Ordering::Relaxed);
        Self(count)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// How many connections of a pool are there for [`Purpose::Work`]. An eighth is kept for lookups.
pub(super) fn for_work(most: u32) -> usize {
    let kept = if most > 1 { (most / 8).max(1) } else { 0 };
    usize::try_from(most - kept).unwrap_or(usize::MAX)
}

/// The turns of strangers. All together they get a quarter of the connections for work.
pub(super) fn turns_of_strangers(most: u32) -> Turns<Option<IpAddr>> {
    let in_all = (for_work(most) / 4).max(1);
    Turns::new(turns::Places { in_all, per_key: in_all, waiting_per_key: usize::MAX })
}

/// Waits for a place among the connections that are not kept for lookups. Lookups need none.
async fn places(shared: &Shared, purpose: Purpose, deadline: Instant) -> Result<Places, DbErr> {
    if purpose == Purpose::Lookup {
        return Ok(Places::default());
    }
    let stranger = stranger(shared, purpose, deadline).await?;
    let place = in_time(shared.places.clone().acquire_owned(), deadline).await?;
    Ok(Places { _stranger: stranger, _in_all: Some(place) })
}

/// Waits for a place among those of strangers, for one of them.
async fn stranger(shared: &Shared, purpose: Purpose, deadline: Instant) -> Result<Option<Turn<Option<IpAddr>>>, DbErr> {
    match purpose {
        Purpose::Stranger(network) => in_time(shared.strangers.take(network), deadline).await.map(Some),
        Purpose::Lookup | Purpose::Writer | Purpose::Work => Ok(None),
    }
}

/// Waits for a place until the deadline.
async fn in_time<T, E>(place: impl Future<Output = Result<T, E>>, deadline: Instant) -> Result<T, DbErr> {
    match tokio::time::timeout_at(deadline, place).await {
        Ok(Ok(place)) => Ok(place),
        Ok(Err(_)) => Err(DbErr::ConnectionAcquire(ConnAcquireErr::ConnectionClosed)),
        Err(_) => {
            tracing::warn!("all connections to the database were in use for {WAIT:?}");
            Err(DbErr::ConnectionAcquire(ConnAcquireErr::Timeout))
        }
    }
}

/// Takes a connection from a pool, waiting until the deadline. A database that was just restarted may refuse or break new
/// connections in several ways, and sqlx retries only some of them, so this function retries the others. On failure it logs the
/// reason.
async fn acquire<DB: sqlx::Database>(parked: &Arc<Parked<DB>>, deadline: Instant) -> Result<Borrowed<DB>, DbErr> {
    let error = loop {
        let acquired = tokio::time::timeout_at(deadline, parked.take()).await;
        match acquired.unwrap_or(Err(sqlx::Error::PoolTimedOut)) {
            Ok(connection) => return Ok(connection),
            Err(error) if db_error::is_lost(&error) && Instant::now() + RECONNECT < deadline => {
                tokio::time::sleep(RECONNECT).await;
            }
            Err(error) => break error,
        }
    };
    let (pool, in_use) = (parked.pool(), parked.in_use());
    let most = pool.options().get_max_connections();
    match error {
        sqlx::Error::PoolTimedOut if u32::try_from(in_use).is_ok_and(|in_use| in_use < most) => {
            let reason = why_not(pool).await;
            tracing::warn!(in_use, most, reason, "the database did not accept a new connection within {WAIT:?}");
            Err(DbErr::ConnectionAcquire(ConnAcquireErr::Timeout))
        }
        sqlx::Error::PoolTimedOut => {
            tracing::warn!(in_use, most, "all connections to the database were in use for {WAIT:?}");
            Err(DbErr::ConnectionAcquire(ConnAcquireErr::Timeout))
        }
        lost if db_error::is_lost(&lost) => {
            tracing::warn!(error = %lost, "the database cannot be reached");
            Err(DbErr::ConnectionAcquire(ConnAcquireErr::ConnectionClosed))
        }
        sqlx::Error::PoolClosed => Err(DbErr::ConnectionAcquire(ConnAcquireErr::ConnectionClosed)),
        other => Err(connection_error(other)),
    }
}

/// The reason why no new connection can be opened. A pool that runs into its timeout does not report one, so this tries once
/// more.
async fn why_not<DB: sqlx::Database>(pool: &sqlx::Pool<DB>) -> String {
    let options = pool.connect_options();
    match tokio::time::timeout(Duration::from_secs(1), sqlx::ConnectOptions::connect(options.as_ref())).await {
        Ok(Ok(_)) => "a new attempt succeeded".to_owned(),
        Ok(Err(error)) => error.to_string(),
        Err(_) => "no answer".to_owned(),
    }
}
