//! Whether this server's clock agrees with the database's clock.
//!
//! Servers that share a database must agree about the time. The time of an entry is never earlier than the latest entry on the
//! same accounts, so one payment at a server whose clock is a day ahead would move the time of every later entry on those
//! accounts too.

use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, Instant, SystemTime},
};

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DbBackend, DbErr, Statement};

/// The maximum difference between the two clocks.
const TOLERANCE: Duration = Duration::from_secs(5);

/// The result of the latest comparison of the clocks.
#[derive(Debug, Default)]
pub(in crate::db) struct ServerClock(Mutex<Option<Compared>>);

#[derive(Clone, Copy, Debug)]
struct Compared {
    /// The monotonic clock at the comparison. Nobody can set it, so it shows whether the system clock was set since then.
    steady: Instant,
    /// The system clock at the comparison.
    system: SystemTime,
    /// The difference between the system clock and the database's clock, if it exceeds the tolerance.
    apart: Option<Duration>,
}

impl ServerClock {
    /// Compares this server's clock with PostgreSQL's. SQLite has no clock of its own.
    pub(in crate::db) async fn compare_with(&self, conn: &impl ConnectionTrait) -> Result<(), DbErr> {
        if conn.get_database_backend() == DbBackend::Sqlite {
            return Ok(());
        }
        let statement = Statement::from_string(DbBackend::Postgres, "SELECT clock_timestamp()");
        let before = SystemTime::now();
        let row = conn.query_one_raw(statement).await?;
        let after = SystemTime::now();
        let database: DateTime<Utc> =
            row.ok_or_else(|| DbErr::RecordNotFound("a time".to_owned()))?.try_get_by_index(0)?;
        self.compare(before, database.into(), after);
        Ok(())
    }

    /// Records a comparison: `database` is the database's time, read between `before` and `after` of the system clock.
    pub(in crate::db) fn compare(&self, before: SystemTime, database: SystemTime, after: SystemTime) {
        let ahead = before.duration_since(database).unwrap_or_default();
        let behind = database.duration_since(after).unwrap_or_default();
        let apart = Some(ahead.max(behind)).filter(|apart| *apart > TOLERANCE);
        let compared = Compared { steady: Instant::now(), system: after, apart };
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(compared);
    }

    /// Checks that the clock was right at the latest comparison and was not set since then. Before the first comparison the
    /// clock counts as right.
    ///
    /// # Errors
    /// The difference between the clocks.
    pub(in crate::db) fn check(&self) -> Result<(), Duration> {
        self.check_at(Instant::now(), SystemTime::now())
    }

    fn check_at(&self, steady: Instant, system: SystemTime) -> Result<(), Duration> {
        let Some(compared) = *self.0.lock().unwrap_or_else(PoisonError::into_inner) else { return Ok(()) };
        if let Some(apart) = compared.apart {
            return Err(apart);
        }
        let expected = compared.system + steady.saturating_duration_since(compared.steady);
        let set = system.duration_since(expected).unwrap_or_else(|earlier| earlier.duration());
        if set > TOLERANCE { Err(set) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::{Duration, Instant, ServerClock, SystemTime};

    const DAY: Duration = Duration::from_hours(24);

    #[test]
    fn a_clock_that_differs_is_wrong_until_it_agrees_again() {
        let (clock, now) = (ServerClock::default(), SystemTime::now());
        assert_eq!(clock.check(), Ok(()));
        for (database, apart) in [(now + DAY, DAY), (now - DAY, DAY)] {
            clock.compare(now, database, now);
            assert_eq!(clock.check(), Err(apart));
            clock.compare(now, now + Duration::from_secs(4), now);
            assert_eq!(clock.check(), Ok(()));
        }
    }

    #[test]
    fn a_slow_answer_does_not_make_a_clock_wrong() {
        let (clock, now) = (ServerClock::default(), SystemTime::now());
        clock.compare(now, now + Duration::from_secs(8), now + Duration::from_secs(10));
        assert_eq!(clock.check_at(Instant::now(), now + Duration::from_secs(10)), Ok(()));
    }

    #[test]
    fn a_clock_that_is_set_after_the_comparison_is_wrong_at_once() {
        let (clock, now) = (ServerClock::default(), SystemTime::now());
        clock.compare(now, now, now);
        let later = Instant::now() + Duration::from_mins(1);
        assert_eq!(clock.check_at(later, now + Duration::from_mins(1)), Ok(()));
        assert!(clock.check_at(later, now + DAY).is_err());
        assert!(clock.check_at(later, now - DAY).is_err());
    }
}
