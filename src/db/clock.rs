//! Whether this server's clock agrees with the database's.
//!
//! Servers that share a database must agree about the time: an entry never gets an earlier time than the latest one on its
//! accounts, so a payment at a server that is a day ahead stamps tomorrow on every account that it touches.

use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, Instant, SystemTime},
};

/// How far the clocks may be apart.
const TOLERANCE: Duration = Duration::from_secs(5);

/// The clock of this server, as it was last compared.
#[derive(Debug, Default)]
pub(super) struct ServerClock(Mutex<Option<Compared>>);

#[derive(Clone, Copy, Debug)]
struct Compared {
    /// A clock that nobody sets.
    steady: Instant,
    system: SystemTime,
    /// How far the system clock was from the database's then, if that is too far.
    apart: Option<Duration>,
}

impl ServerClock {
    /// Compares the clock with the database's, which was asked between `before` and `after`.
    pub(super) fn compare(&self, before: SystemTime, database: SystemTime, after: SystemTime) {
        let ahead = before.duration_since(database).unwrap_or_default();
        let behind = database.duration_since(after).unwrap_or_default();
        let apart = Some(ahead.max(behind)).filter(|apart| *apart > TOLERANCE);
        let compared = Compared { steady: Instant::now(), system: after, apart };
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(compared);
    }

    /// Whether the clock is right: it was when it was compared, and was not set since then. A clock that has not been compared
    /// counts as right.
    ///
    /// # Errors
    /// By how much it is wrong.
    pub(super) fn check(&self) -> Result<(), Duration> {
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
