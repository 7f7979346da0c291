//! An app of its own for each test.

use std::{
    path::PathBuf,
    sync::{
        Arc, LazyLock,
        atomic::{AtomicI64, AtomicUsize, Ordering},
    },
    time::Duration,
};

use chrono::{DateTime, TimeDelta, Utc};
use daybook::{
    app::{
        App, BodyLimits, ConnectionLimits, Defaults, DocumentLimits, DownloadLimits, ExecutionLimits, Limits, Origins,
        Profile, SocketLimits, UploadLimits,
    },
    changes::Feed,
    clock::Clock,
    credentials::{HashCost, Passwords, TokenKeys},
    db::{self, Db, Options, PoolSize},
    documents::TrustedDocuments,
    identity::Sessions,
    money::Currency,
    server::{self, Pages},
};
use sea_orm::{ConnectionTrait, DbBackend, Statement};
use tempfile::TempDir;
use tokio::sync::OnceCell;
use tokio_util::task::TaskTracker;

use super::{Client, User, postgres, scratch::scratch};

/// Which database a test runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Database {
    Sqlite,
    Postgres,
}

/// The secret that the tests' access tokens are signed with.
pub const SECRET: &str = "a secret that only the tests know, of 32 bytes or more";

/// The connections of an app.
const POOL: PoolSize = PoolSize { most: 12, least: 0 };

/// A server with everything.
pub const ALL_PAGES: Pages = Pages { explorer: true, schema: true };

/// An app on a database of its own.
pub struct TestApp {
    pub app: App,
    pub url: String,
    client: Client,
    time: Arc<AtomicI64>,
    statements: Arc<AtomicUsize>,
    transactions: Arc<AtomicUsize>,
    /// Removes the database. Dropped last.
    storage: Storage,
}

/// Where a database is, for as long as it is needed.
pub enum Storage {
    Sqlite {
        dir: TempDir,
    },
    Postgres {
        _database: postgres::TestDatabase,
    },
    /// The test itself keeps it.
    Elsewhere,
}

/// Lets documents be as large as tests like that write much at once.
pub fn large_documents(app: &mut App) {
    let documents = &mut app.limits.documents;
    (documents.tokens, documents.aliases, documents.mutation_fields) = (10_000, 1000, 1000);
}

/// Lets operations cost as much as they do in tests that select all there is, and does not count what they cost.
pub fn any_price(app: &mut App) {
    (app.limits.documents.price, app.limits.documents.anonymous_price) = (usize::MAX, usize::MAX);
    app.limits.request_cost_per_minute = 0;
}

impl TestApp {
    /// A fresh app.
    pub async fn on(database: Database) -> Self {
        Self::with(database, |_| {}).await
    }

    /// A fresh app that is set up in another way.
    pub async fn with(database: Database, set_up: impl FnOnce(&mut App)) -> Self {
        let (url, storage) = fresh(database).await;
        Self::over(url, storage, set_up).await
    }

    /// An app that reaches its database in another way.
    pub async fn through(self, url: &str) -> Self {
        Self::over(url.to_owned(), self.storage, |_| {}).await
    }

    /// An app over a database that is there.
    pub async fn over(url: String, storage: Storage, set_up: impl FnOnce(&mut App)) -> Self {
        Self::opened(url, storage, POOL, set_up).await
    }

    /// An app over a database that is there, which other servers do not tell of their changes.
    pub async fn without_notify(url: String) -> Self {
        let options = Options { notify: false, ..POOL.into() };
        Self::opened(url, Storage::Elsewhere, options, |_| {}).await
    }

    async fn opened(url: String, storage: Storage, options: impl Into<Options>, set_up: impl FnOnce(&mut App)) -> Self {
        let db = Db::connect(&url, options).await.expect("the database opens");
        let statements = Arc::new(AtomicUsize::new(0));
        let transactions = Arc::new(AtomicUsize::new(0));
        let (counted, begun) = (statements.clone(), transactions.clone());
        db.observe(move |statement| {
            let count = if statement.sql.starts_with("BEGIN") { &begun } else { &counted };
            count.fetch_add(1, Ordering::SeqCst);
        });
        let start: DateTime<Utc> = "2026-11-21T10:00:00Z".parse().unwrap();
        let time = Arc::new(AtomicI64::new(start.timestamp_micros()));
        let source = time.clone();
        // Each look at the clock is a millisecond later than the one before.
        let now = move || DateTime::from_timestamp_micros(source.fetch_add(1000, Ordering::SeqCst)).unwrap();
        let mut app = App {
            in_batches: true,
            under_way: TaskTracker::new(),
            feed: Feed::new(&db),
            changes_kept: TimeDelta::days(30),
            sessions: Sessions::new(&db),
            db,
            clock: Clock::new(now),
            passwords: Passwords::new(HashCost::default()).unwrap(),
            token_keys: TokenKeys::new([SECRET.into()]),
            refresh_grace: TimeDelta::seconds(30),
            defaults: Defaults { currency: Currency::Yem, phone_region: Some("YE".parse().unwrap()) },
            limits: Limits {
                login_failures_per_identifier: 10,
                login_failures_per_address: 100,
                registrations_per_address: 1000,
                payee_lookups_per_day: 100,
                taken_names_per_day: 20,
                request_cost_per_minute: 120_000,
                connections: ConnectionLimits::default(),
                bodies: BodyLimits::default(),
                // The machine that the tests run on may be busy.
                execution: ExecutionLimits { time: Duration::from_mins(5), ..ExecutionLimits::default() },
                downloads: DownloadLimits::default(),
                uploads: UploadLimits::default(),
                documents: DocumentLimits::default(),
                sockets: SocketLimits::default(),
            },
            trusted_proxies: Arc::default(),
            profile: Profile::default(),
            trusted_documents: TrustedDocuments::default(),
            origins: Origins::default(),
        };
        set_up(&mut app);
        let client = Client::to_router(server::router(app.clone(), ALL_PAGES));
        Self { app, url, client, time, statements, transactions, storage }
    }

    /// A fresh app with one user.
    pub async fn with_owner(database: Database) -> (Self, User) {
        let app = Self::on(database).await;
        let owner = app.user("amina").await;
        (app, owner)
    }

    /// Another server on the same database, with other settings; somebody who is not logged in there.
    pub fn another(&self, change: impl FnOnce(&mut App)) -> Client {
        let mut app = self.app.clone();
        change(&mut app);
        app.sessions = Sessions::new(&app.db);
        Client::to_router(server::router(app, ALL_PAGES))
    }

    /// Somebody who is not logged in.
    pub fn anonymous(&self) -> Client {
        self.client.clone()
    }

    /// Registers somebody.
    pub async fn user(&self, username: &str) -> User {
        User::register(&self.client, username).await
    }

    /// What the clock says, without moving it.
    pub fn now(&self) -> DateTime<Utc> {
        DateTime::from_timestamp_micros(self.time.load(Ordering::SeqCst)).unwrap()
    }

    /// How many SQL statements were executed so far.
    pub fn statements(&self) -> usize {
        self.statements.load(Ordering::SeqCst)
    }

    /// How many transactions were begun so far.
    pub fn transactions(&self) -> usize {
        self.transactions.load(Ordering::SeqCst)
    }

    /// Waits until all that was written can be read as changes. On PostgreSQL those are read up to the oldest transaction that is
    /// running, of whichever test.
    pub async fn settle(&self) {
        if self.app.db.backend() == DbBackend::Sqlite {
            return;
        }
        let read = async |of: &str| -> i64 {
            let query = format!("SELECT txid_snapshot_{of}(txid_current_snapshot())");
            let row = self.app.db.read().query_one_raw(Statement::from_string(DbBackend::Postgres, query)).await;
            row.unwrap().unwrap().try_get_by_index(0).unwrap()
        };
        let end = read("xmax").await;
        while read("xmin").await < end {
            tokio::task::yield_now().await;
        }
    }

    /// Lets time go by.
    pub fn advance(&self, by: TimeDelta) {
        self.time.fetch_add(by.num_microseconds().unwrap(), Ordering::SeqCst);
    }
}

/// The URL of a fresh, migrated database.
pub async fn fresh(database: Database) -> (String, Storage) {
    match database {
        Database::Sqlite => {
            let dir = tempfile::tempdir_in(scratch()).unwrap();
            let file = dir.path().join("daybook.db");
            std::fs::copy(sqlite_template().await, &file).unwrap();
            (format!("sqlite:{}", file.display()), Storage::Sqlite { dir })
        }
        Database::Postgres => {
            let database = postgres::TestDatabase::create().await;
            (database.url.clone(), Storage::Postgres { _database: database })
        }
    }
}

/// A migrated database, made once.
async fn sqlite_template() -> &'static PathBuf {
    static DIR: LazyLock<TempDir> = LazyLock::new(|| tempfile::tempdir_in(scratch()).unwrap());
    static FILE: OnceCell<PathBuf> = OnceCell::const_new();
    FILE.get_or_init(|| async {
        let file = DIR.path().join("template.db");
        let url = format!("sqlite:{}", file.display());
        db::migrate(&url).await.unwrap();
        file
    })
    .await
}
