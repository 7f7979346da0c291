//! A server of its own in this process, over a real network.

use std::{ops::Deref, sync::Arc, time::Duration};

use daybook::{
    app::{App, ConnectionLimits},
    server,
};
use tokio::{net::TcpListener, sync::oneshot};

use crate::harness::{ALL_PAGES, Database, Storage, TestApp};

/// How long the server may take for what it does at once, on a busy machine.
pub(super) const SOON: Duration = Duration::from_mins(1);
/// A time limit that is reached at once.
pub(super) const SHORT: Duration = Duration::from_millis(50);

/// A server, for as long as this exists.
pub(super) struct Served {
    pub(super) address: String,
    app: TestApp,
    stop: Option<oneshot::Sender<()>>,
    ended: tokio::task::JoinHandle<()>,
}

impl Deref for Served {
    type Target = TestApp;

    fn deref(&self) -> &TestApp {
        &self.app
    }
}

impl Served {
    pub(super) async fn on(database: Database) -> Self {
        Self::with(database, |_| {}).await
    }

    pub(super) async fn with(database: Database, set_up: impl FnOnce(&mut App)) -> Self {
        Self::of(TestApp::with(database, set_up).await).await
    }

    /// Another server on the database of this one, with connections of its own.
    pub(super) async fn beside(&self, notify: bool) -> Self {
        let url = self.app.url.clone();
        let app = if notify {
            TestApp::over(url, Storage::Elsewhere, |_| {}).await
        } else {
            TestApp::without_notify(url).await
        };
        Self::of(app).await
    }

    async fn of(app: TestApp) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let (stop, stopped) = oneshot::channel::<()>();
        let router = server::router(app.app.clone(), ALL_PAGES);
        let stopped = async move {
            let _ = stopped.await;
        };
        let served = server::serve(listener, router, ConnectionLimits::default(), Arc::default(), stopped);
        let ended = tokio::spawn(async move { served.await.unwrap() });
        Self { address, app, stop: Some(stop), ended }
    }

    /// Stops the server, and waits until it has ended.
    pub(super) async fn stop(&mut self) {
        self.stop.take();
        tokio::time::timeout(SOON, &mut self.ended).await.expect("the server ends").unwrap();
    }
}
