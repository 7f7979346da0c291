//! Whether the session of a client lasts.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::time::{Instant, sleep_until};

use crate::{app::App, client::Client, error::Result, identity, viewer::Viewer};

/// The shortest time between two look-ups while nothing happens.
const PAUSE: Duration = Duration::from_secs(1);
/// How many times sessions are looked up within the time in which each of them is looked up once.
const ROUNDS: u32 = 10;

/// The session of a client that stays for long.
#[derive(Clone, Debug)]
pub(in crate::server::graphql) struct Session {
    pub(super) viewer: Viewer,
    pub(super) client: Client,
    token: String,
    /// When the token expires.
    expires: Instant,
    /// When it was last tried to look it up.
    tried: Instant,
    /// When it is looked up again, unless the token expires before.
    next: Instant,
}

impl Session {
    /// The session of a token that was just looked up.
    pub(in crate::server::graphql) fn new(app: &App, viewer: Viewer, client: &Client, token: &str) -> Self {
        let (tried, now) = (Instant::now(), app.clock.now());
        let left = app.token_keys.read(token, now).and_then(|(_, expires)| (expires - now).to_std().ok());
        let expires = tried + left.unwrap_or_default();
        let next = next_round(tried, app.limits.sockets.check);
        Self { viewer, client: client.clone(), token: token.to_owned(), expires, tried, next }
    }

    /// Finds the session of a token. `None` when the token is not valid, or its session has ended.
    ///
    /// # Errors
    /// When the database fails.
    pub(super) async fn of(app: &App, client: &Client, token: &str) -> Result<Option<Self>> {
        let viewer = identity::authenticate(app, client, token).await?;
        Ok(viewer.ok().map(|viewer| Self::new(app, viewer, client, token)))
    }

    /// Whether the token has not expired. The session may have ended.
    pub(super) fn is_valid(&self, app: &App) -> bool {
        identity::verify(app, &self.client, &self.token).is_ok()
    }

    /// Whether the session lasts and the token has not expired.
    ///
    /// # Errors
    /// When the database fails.
    pub(super) async fn lasts(&mut self, app: &App) -> Result<bool> {
        self.tried = Instant::now();
        self.next = next_round(self.tried, app.limits.sockets.check);
        Ok(identity::authenticate(app, &self.client, &self.token).await?.is_ok())
    }

    /// Waits until the session has ended or the token has expired. May be dropped and called again at any time.
    pub(super) async fn ended(&mut self, app: &App) {
        loop {
            let expires = self.expires.max(self.tried + PAUSE);
            sleep_until(expires.min(self.next)).await;
            match self.lasts(app).await {
                Ok(true) => {}
                Ok(false) => return,
                // Looked up again later.
                Err(error) => tracing::warn!(?error, "cannot look up a session"),
            }
        }
    }
}

/// When a session that is looked up now is looked up again: within `check`, and together with those of other sockets, by one
/// statement, so that many sockets cost little.
fn next_round(now: Instant, check: Duration) -> Instant {
    let round = (check / ROUNDS).as_nanos().max(1);
    let since_round = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_nanos() % round;
    now + check.saturating_sub(Duration::from_nanos(u64::try_from(since_round).unwrap_or(0)))
}
