//! Whether the session of a client lasts.

use std::time::Duration;

use tokio::time::{Instant, sleep_until};

use crate::{app::App, client::Client, error::Result, identity, viewer::Viewer};

/// The shortest time between two look-ups while nothing happens.
const PAUSE: Duration = Duration::from_secs(1);

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
}

impl Session {
    /// The session of a token that was just looked up.
    pub(in crate::server::graphql) fn new(app: &App, viewer: Viewer, client: &Client, token: &str) -> Self {
        let (tried, now) = (Instant::now(), app.clock.now());
        let left = app.token_keys.read(token, now).and_then(|(_, expires)| (expires - now).to_std().ok());
        let expires = tried + left.unwrap_or_default();
        Self { viewer, client: client.clone(), token: token.to_owned(), expires, tried }
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
        Ok(identity::authenticate(app, &self.client, &self.token).await?.is_ok())
    }

    /// Waits until the session has ended or the token has expired. May be dropped and called again at any time.
    pub(super) async fn ended(&mut self, app: &App) {
        loop {
            let expires = self.expires.max(self.tried + PAUSE);
            sleep_until(expires.min(self.tried + app.limits.sockets.check)).await;
            match self.lasts(app).await {
                Ok(true) => {}
                Ok(false) => return,
                // Looked up again later.
                Err(error) => tracing::warn!(?error, "cannot look up a session"),
            }
        }
    }
}
