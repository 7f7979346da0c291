//! The command line: parses the arguments, builds the [`App`], and runs one command.
//!
//! Exit codes: 0 for success, 1 for a failure, 2 for an argument or setting that cannot be used.

use std::{io::Write, net::SocketAddr, process::ExitCode, time::Duration};

use clap::{Parser, Subcommand};
use daybook::{
    app::App,
    changes::{self, Feed},
    clock::Clock,
    command::{self, Backup, Import, Restore, Verify},
    config::{BadSetting, Config, Settings},
    credentials::{Passwords, Secret, TokenKeys},
    db::{self, Db, Options},
    documents::TrustedDocuments,
    error::Error,
    identity::Sessions,
    server, telemetry,
};
use tokio::net::{TcpListener, TcpSocket};
use tokio_util::task::TaskTracker;

/// Gives freed memory back to the system within seconds.
#[cfg(not(target_env = "msvc"))]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// How long one statement of `daybook verify` may run. It reads large parts of tables.
const OF_CHECK: Duration = Duration::from_hours(1);

/// How often old changes are deleted.
const BETWEEN_DELETIONS: Duration = Duration::from_hours(1);

/// How long a stop waits for the wallet operations that are being done.
const OF_LAST_BATCH: Duration = Duration::from_secs(5);

/// One GraphQL API server for the money of a small shop or a household.
///
/// Without a command, it runs the server. No setting is required: by default it creates a SQLite database in the working
/// directory and listens on port 8000, for clients on this machine only.
#[derive(Parser)]
#[command(name = "daybook", version, max_term_width = 100)]
struct CommandLine {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    settings: Settings,
}

#[derive(Subcommand)]
enum Command {
    /// Run the server (the default)
    Serve,
    /// Apply the pending database migrations, then exit
    Migrate,
    /// Import a CSV file into a user's book. Importing the same file again adds nothing
    Import(Box<Import>),
    /// Copy a SQLite database into one verified file. A server may use the database meanwhile
    Backup(Backup),
    /// Restore a backup as the SQLite database. No server may be running on it, and a database with users is not replaced
    Restore(Restore),
    /// Check the books: recompute all numbers from the postings, print each difference, then exit
    ///
    /// Reads one snapshot of the database and writes nothing; servers may keep working on it. Of the settings, only the
    /// database is needed. The exit code is 0 when nothing differs, and 1 when something differs or the database cannot be
    /// read.
    Verify(Verify),
    /// Print the GraphQL schema, then exit
    Schema,
}

/// Why the program ends with an error.
enum Stop {
    BadSetting(BadSetting),
    Failure(String),
    Command(command::Failure),
}

fn main() -> ExitCode {
    let CommandLine { command, settings } = CommandLine::parse();
    let ended = match command.unwrap_or(Command::Serve) {
        Command::Schema => print(&daybook::graphql::sdl()),
        Command::Migrate => run(settings, migrate),
        Command::Import(wanted) => run(settings, |config| import(config, wanted)),
        Command::Backup(wanted) => run(settings, |config| copy(async move { wanted.run(&config.database).await })),
        Command::Restore(wanted) => run(settings, |config| copy(async move { wanted.run(&config.database).await })),
        Command::Verify(wanted) => run(settings, |config| verify(config, wanted)),
        Command::Serve => run(settings, serve),
    };
    let (stop, code) = match ended {
        Ok(()) => return ExitCode::SUCCESS,
        Err(Stop::BadSetting(bad)) => (bad.to_string(), 2),
        Err(Stop::Failure(failure) | Stop::Command(command::Failure::Failed(failure))) => (failure, 1),
        Err(Stop::Command(command::Failure::Unusable(argument))) => (argument, 2),
    };
    eprintln!("daybook: {stop}");
    ExitCode::from(code)
}

fn run<F: Future<Output = Result<(), Stop>>>(
    settings: Settings,
    command: impl FnOnce(Config) -> F,
) -> Result<(), Stop> {
    let (filter, format) = settings.log().map_err(Stop::BadSetting)?;
    let config = settings.check().map_err(Stop::BadSetting)?;
    telemetry::start(filter, format);
    let runtime = tokio::runtime::Runtime::new().map_err(failure("cannot start"))?;
    runtime.block_on(command(config))
}

async fn connect(config: &Config, options: Options) -> Result<Db, Stop> {
    let connected = Db::connect(config.database.as_str(), options).await;
    connected.map_err(failure(&format!("cannot open the database that DATABASE_URL names ({})", config.database)))
}

async fn apply_migrations(config: &Config) -> Result<usize, Stop> {
    let applied = db::migrate(config.database.as_str()).await;
    applied
        .map_err(failure(&format!("cannot open or migrate the database that DATABASE_URL names ({})", config.database)))
}

async fn migrate(config: Config) -> Result<(), Stop> {
    let applied = apply_migrations(&config).await?;
    print(&format!("{applied} migrations applied ({})\n", config.database))
}

async fn import(config: Config, wanted: Box<Import>) -> Result<(), Stop> {
    let db = connect(&config, config.database_options).await?;
    require_migrated(&db).await?;
    // The import issues no access tokens, so it needs no secrets.
    let app = app(&config, db.clone(), Passwords::new(config.password_hash.clone()), Vec::new())?;
    wanted.run(&app).await.map_err(Stop::Command)?;
    db.close().await;
    Ok(())
}

/// Runs a backup or a restore and prints its result. When the process is asked to stop meanwhile, the half-written file is
/// removed.
async fn copy(work: impl Future<Output = Result<String, command::Failure>>) -> Result<(), Stop> {
    tokio::select! {
        // Polled in this order, so that a request to stop is noticed before the work creates anything.
        biased;
        () = told_to_stop() => Err(Stop::Failure("stopped; nothing was changed".to_owned())),
        done = work => print(&done.map_err(Stop::Command)?),
    }
}

/// Fails when migrations are pending. A database with migrations that this program does not know fails as a database error.
async fn require_migrated(db: &Db) -> Result<(), Stop> {
    let pending = db.pending_migrations().await;
    if pending.map_err(failure("the database cannot be used, or is newer than this program"))? > 0 {
        return Err(Stop::Failure("the database is not migrated: run `daybook migrate`".to_owned()));
    }
    Ok(())
}

async fn verify(config: Config, wanted: Verify) -> Result<(), Stop> {
    let db = match open_books(&config).await {
        Err(Stop::Failure(reason)) => {
            print(&wanted.unreadable(&reason))?;
            return Err(Stop::Failure(reason));
        }
        opened => opened?,
    };
    wanted.run(&db).await.map_err(Stop::Command)?;
    db.close().await;
    Ok(())
}

async fn open_books(config: &Config) -> Result<Db, Stop> {
    // Connecting would create the file.
    if let Some(file) = config.database.file().filter(|file| !file.exists()) {
        return Err(Stop::Failure(format!("there is no database {} (DATABASE_URL)", file.display())));
    }
    let db = connect(config, Options { statement_limit: OF_CHECK, ..config.database_options }).await?;
    require_migrated(&db).await?;
    Ok(db)
}

fn app(config: &Config, db: Db, passwords: Result<Passwords, Error>, secrets: Vec<Secret>) -> Result<App, Stop> {
    Ok(App {
        in_batches: config.writer,
        under_way: TaskTracker::new(),
        feed: Feed::new(&db),
        changes_kept: config.changes_kept,
        sessions: Sessions::new(&db),
        db,
        clock: Clock::system(),
        passwords: passwords.map_err(|error| Stop::Failure(format!("cannot hash passwords: {error:?}")))?,
        token_keys: TokenKeys::new(secrets),
        refresh_grace: config.refresh_grace,
        defaults: config.defaults,
        limits: config.limits,
        trusted_proxies: config.trusted_proxies.clone(),
        profile: config.profile,
        trusted_documents: TrustedDocuments::default(),
        origins: config.origins.clone(),
    })
}

/// Reads the trusted documents, and validates all of them.
fn trusted_documents(config: &Config) -> Result<TrustedDocuments, Stop> {
    let documents = config.trust.read().map_err(Stop::BadSetting)?;
    server::check_trusted_documents(&documents, config.profile, config.limits.documents)
        .map_err(|why| Stop::BadSetting(config.trust.bad(&format!("in which {why}"))))?;
    if config.profile.is_locked() && !config.trust.only {
        tracing::warn!("the profile is locked, but documents of any text are executed (DAYBOOK_TRUSTED_DOCUMENTS)");
    }
    Ok(documents)
}

async fn serve(config: Config) -> Result<(), Stop> {
    let given_secrets = config.given_secrets().map_err(Stop::BadSetting)?;
    let trusted_documents = trusted_documents(&config)?;
    if config.migrate {
        apply_migrations(&config).await?;
    }
    let db = connect(&config, config.database_options).await?;
    let cost = config.password_hash.clone();
    let passwords = if db.pending_migrations().await.map_err(failure("the database does not answer"))? > 0 {
        tracing::warn!("the database is not migrated: run `daybook migrate`; /health/ready returns 503 until then");
        Passwords::new(cost)
    } else {
        Passwords::of_users(cost, db.read()).await
    };
    let secrets = match given_secrets {
        Some(secrets) => secrets,
        None => config.kept_secrets().map_err(Stop::BadSetting)?,
    };
    let passwords = passwords.map(|passwords| passwords.with_queues(config.password_queues));
    let app = App { trusted_documents, ..app(&config, db.clone(), passwords, secrets)? };
    let listener = listen(config.listen);
    let listener = listener.map_err(failure(&format!("cannot listen on {} (DAYBOOK_LISTEN)", config.listen)))?;
    let address = listener.local_addr().map_err(failure("cannot read the address that it listens on"))?;
    // Before the address is known to others, who may stop the server at once.
    let stop = told_to_stop();
    let explorer = if config.explorer { format!("http://{address}/") } else { "off".to_owned() };
    print(&format!(
        "Daybook {}\n  GraphQL   http://{address}/graphql\n  explorer  {explorer}\n  database  {}\n",
        env!("CARGO_PKG_VERSION"),
        config.database,
    ))?;
    let limits = server::within_open_files(config.limits.connections, config.database_options.pool);
    let (under_way, clock, kept) = (app.under_way.clone(), app.clock.clone(), app.changes_kept);
    let router = server::router(app, server::Pages { explorer: config.explorer, schema: !config.profile.is_locked() });
    let served = server::serve(listener, router, limits, config.trusted_proxies.clone(), stop);
    tokio::select! {
        served = served => served.map_err(failure("cannot serve"))?,
        lost = db.file_lost() => return Err(Stop::Failure(lost)),
        () = db.watch() => {}
        () = db.check_pages() => {}
        () = forget_changes(&db, &clock, kept) => {}
        () = changes::file(&db) => {}
    }
    // A batch that has begun is finished, also when its clients have gone. Requests that are still running after the grace period
    // are not waited for any longer.
    under_way.close();
    let _ = tokio::time::timeout(OF_LAST_BATCH, under_way.wait()).await;
    let _ = tokio::time::timeout(Duration::from_secs(1), db.close()).await;
    Ok(())
}

/// Deletes old changes now and then.
async fn forget_changes(db: &Db, clock: &Clock, kept: chrono::TimeDelta) {
    loop {
        match changes::prune(db, clock, kept).await {
            Ok(0) => {}
            Ok(deleted) => tracing::info!(deleted, "deleted old changes"),
            Err(error) => tracing::warn!(?error, "cannot delete old changes"),
        }
        tokio::time::sleep(BETWEEN_DELETIONS).await;
    }
}

/// How many clients may wait until their connections are accepted. Those beyond it believe that they are connected, and are not.
const BACKLOG: u32 = 4096;

/// How many bytes of an answer the system takes from the server before the client has taken them. With more, a slow client's
/// connection seems to stand still for minutes. The system may double it.
const SEND_BUFFER: u32 = 128 * 1024;

fn listen(address: SocketAddr) -> std::io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    // On Windows this would let another program take over the address.
    #[cfg(unix)]
    socket.set_reuseaddr(true)?;
    // Accepted connections inherit it.
    socket.set_send_buffer_size(SEND_BUFFER)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

/// Waits until the process is asked to stop, by SIGTERM or by SIGINT (Ctrl-C). A request that comes after this call is noticed,
/// even when the returned future is polled much later.
fn told_to_stop() -> impl Future<Output = ()> {
    #[cfg(unix)]
    let told = {
        use tokio::signal::unix::{Signal, SignalKind, signal};
        let received = async |signal: std::io::Result<Signal>| match signal {
            Ok(mut signal) => signal.recv().await,
            Err(_) => std::future::pending().await,
        };
        let [terminate, interrupt] = [SignalKind::terminate(), SignalKind::interrupt()].map(signal);
        async move {
            tokio::select! {
                _ = received(terminate) => {}
                _ = received(interrupt) => {}
            }
        }
    };
    #[cfg(not(unix))]
    let told = async {
        let _ = tokio::signal::ctrl_c().await;
    };
    async move {
        told.await;
        tracing::info!("stopping");
    }
}

fn print(text: &str) -> Result<(), Stop> {
    let mut out = std::io::stdout();
    out.write_all(text.as_bytes()).and_then(|()| out.flush()).map_err(failure("cannot print"))
}

fn failure<E: std::fmt::Display>(what: &str) -> impl FnOnce(E) -> Stop {
    let what = what.to_owned();
    move |error| Stop::Failure(format!("{what}: {error}"))
}
