//! Limits per user and day, counted in the database that all servers share. Days are those of UTC.

use chrono::{DateTime, Utc};
use sea_orm::ConnectionTrait;

use super::{counter::Window, throttle::too_many_attempts};
use crate::{
    app::App,
    db::Transaction,
    error::{Refusal, Result},
    viewer::Viewer,
};

/// One day in seconds.
const DAY: i64 = 24 * 60 * 60;

/// How often a user may do something today.
#[derive(Clone, Debug)]
pub struct DailyLimit {
    today: Window,
    most: i64,
    now: DateTime<Utc>,
}

impl DailyLimit {
    /// The limit of `most` times per day for what `what` names. `None` when `most` is zero, which means no limit.
    ///
    /// # Errors
    /// When the key of the counter cannot be computed.
    pub fn of(app: &App, viewer: &Viewer, what: &str, most: u32) -> Result<Option<Self>> {
        if most == 0 {
            return Ok(None);
        }
        let now = app.clock.now();
        let key = app.token_keys.hash(&format!("{what} by {}", viewer.user))?;
        Ok(Some(Self { today: Window::around(now, DAY, key), most: most.into(), now }))
    }

    /// Refuses when the limit is used up.
    ///
    /// # Errors
    /// `TOO_MANY_ATTEMPTS` with the time until tomorrow.
    pub async fn check(&self, conn: &impl ConnectionTrait) -> Result<()> {
        if self.today.count(conn).await? < self.most { Ok(()) } else { Err(self.refusal().into()) }
    }

    /// Counts `some` more times. Returns whether they are within the limit; when several servers count at once, exactly
    /// as many as the limit allows are.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn count(&self, tx: &Transaction, some: i64) -> Result<Result<(), Refusal>> {
        let sum = self.today.add(tx, some).await?;
        Ok(if sum <= self.most { Ok(()) } else { Err(self.refusal()) })
    }

    fn refusal(&self) -> Refusal {
        too_many_attempts(self.today.end - self.now)
    }
}
