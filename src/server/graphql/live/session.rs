//! Whether the session of a client lasts.

use std::time::Duration;

use tokio::time::{Instant, sleep_until};

use crate::{app::App, client::Client, error::Result, identity, viewer::Viewer};

/// For how long it is believed that a session lasts, once that was looked up.
const FRESH: Duration = Duration::from_secs(1);

/// The session of a client that stays for long.
#[derive(Clone, Debug)]
pub(in crate::server::graphql) struct Session {
    pub(super) viewer: Viewer,
    pub(super) client: Client,
    token: String,
    /// When it was known to last.
    known: Instant,
    /// When it was last tried to look it up.
    tried: Instant,
}

impl Session {
    /// The session of a token that was just looked up.
    pub(in crate::server::graphql) fn new(viewer: Viewer, client: &Client, token: &str) -> Self {
        let now = Instant::now();
        Self { viewer, client: client.clone(), token: token.to_owned(), known: now, tried: now }
    }

    /// Finds the session of a token. `None` when the token is not valid, or its session has ended.
    ///
    /// # Errors
    /// When the database fails.
    pub(super) async fn of(app: &App, client: &Client, token: &str) -> Result<Option<Self>> {
        let viewer = identity::authenticate(app, client, token).await?;
        Ok(viewer.ok().map(|viewer| Self::new(viewer, client, token)))
    }

    /// Whether the session lasts and the token has not expired, as far as that was known a moment ago.
    ///
    /// # Errors
    /// When the database fails.
    pub(super) async fn lasts(&mut self, app: &App) -> Result<bool> {
        if identity::verify(app, &self.client, &self.token).is_err() {
            return Ok(false);
        }
        Ok(self.known.elapsed() < FRESH || self.look_up(app).await?)
    }

    async fn look_up(&mut self, app: &App) -> Result<bool> {
        self.tried = Instant::now();
        let found = identity::authenticate(app, &self.client, &self.token).await?;
        self.known = Instant::now();
        Ok(found.is_ok())
    }

    /// Waits until the session has ended or the token has expired. May be dropped and called again at any time.
    pub(super) async fn ended(&mut self, app: &App) {
        loop {
            sleep_until(self.tried + app.limits.sockets.check).await;
            match self.look_up(app).await {
                Ok(true) => {}
                Ok(false) => return,
                // Looked up again later.
                Err(error) => tracing::warn!(?error, "cannot look up a session"),
            }
        }
    }
}
