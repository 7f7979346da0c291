//! Settings: read from flags and environment variables, and checked at start-up.
//!
//! The doc comment of each setting is its text in `daybook --help`. A setting that cannot be used ends the program with one
//! line that names the setting, its value and the values that are allowed ([`BadSetting`]).

mod database;
mod documents;
mod http;
mod limits;
mod origins;
mod secret;
mod setting;
mod waits;

use std::{net::SocketAddr, sync::Arc};

use chrono::TimeDelta;
use clap::{Args, ValueEnum};
use ipnet::IpNet;
use phonenumber::country;
use tracing_subscriber::EnvFilter;

pub use self::{database::DatabaseUrl, documents::Trust, setting::BadSetting};
use self::{documents::DocumentSettings, limits::LimitSettings, setting::count, waits::WaitSettings};
use crate::{
    app::{Defaults, Limits, Origins, Profile},
    credentials::{HashCost, QueueLimits},
    db::{Options, PoolSize},
    money::Currency,
};

/// The settings as given on the command line and in the environment, not checked yet.
#[derive(Args, Clone)]
#[expect(missing_debug_implementations, reason = "they hold secrets")]
pub struct Settings {
    /// Address and port to listen on
    #[arg(long, global = true, env = "DAYBOOK_LISTEN", value_name = "ADDRESS", default_value = "127.0.0.1:8000")]
    listen: String,

    /// Database: `sqlite:PATH` for a SQLite file, or `postgres://USER:PASSWORD@HOST/NAME` for PostgreSQL 15 or newer
    #[arg(
        long,
        global = true,
        env = "DATABASE_URL",
        value_name = "URL",
        default_value = "sqlite:daybook.db",
        hide_env_values = true
    )]
    database_url: String,

    /// Secret that signs access tokens, at least 32 bytes. To rotate secrets, give several as ID:SECRET,ID:SECRET: the first
    /// one signs new tokens, and each one still verifies the tokens that it signed. Optional with SQLite: a random secret is
    /// then created and stored in a file beside the database. Prefer the environment variable: other users of the machine can
    /// see flags
    #[arg(long, global = true, env = "DAYBOOK_JWT_SECRET", value_name = "SECRET", hide_env_values = true)]
    jwt_secret: Option<String>,

    /// Seconds during which a used refresh token returns the same new tokens again, for two tabs that use it at once and for a
    /// client that lost the response, 0 to 600. A use after that ends the session. 0: every second use does
    #[arg(long, global = true, env = "DAYBOOK_REFRESH_GRACE", value_name = "SECONDS", default_value = "30")]
    refresh_grace: String,

    /// Currency of a new book when the user names none: an ISO 4217 code, or YEM
    #[arg(long, global = true, env = "DAYBOOK_CURRENCY", value_name = "CODE", default_value = "YEM")]
    currency: String,

    /// Region for phone numbers without a country code: two letters of ISO 3166, such as YE. When not set, phone numbers must
    /// begin with + and the country code
    #[arg(long, global = true, env = "DAYBOOK_PHONE_REGION", value_name = "REGION")]
    phone_region: Option<String>,

    /// Cost of hashing a password with Argon2id: memory in KiB, passes and lanes. A password that was hashed at another cost is
    /// hashed again at the user's next login
    #[arg(long, global = true, env = "DAYBOOK_PASSWORD_HASH", value_name = "COST", default_value = "m=19456,t=2,p=1")]
    password_hash: String,

    /// What to log: error, warn, info, debug, trace, or directives such as info,daybook=debug
    #[arg(long, global = true, env = "DAYBOOK_LOG", value_name = "FILTER", default_value = "info")]
    log: String,

    /// Format of the log: text or json
    #[arg(long, global = true, env = "DAYBOOK_LOG_FORMAT", value_name = "FORMAT", default_value = "text")]
    log_format: String,

    /// Maximum number of open database connections, 1 to 1000. There is one more, for writing
    #[arg(long, global = true, env = "DAYBOOK_POOL_MAX", value_name = "COUNT", default_value = "16")]
    pool_max: String,

    /// Number of database connections that stay open when idle, from 0 to the maximum
    #[arg(long, global = true, env = "DAYBOOK_POOL_MIN", value_name = "COUNT", default_value = "1")]
    pool_min: String,

    /// Whether to serve the explorer page at /: on, off, or auto, which means on when listening on a loopback address and the
    /// profile is open
    #[arg(long, global = true, env = "DAYBOOK_EXPLORER", value_name = "WHEN", default_value = "auto")]
    explorer: String,

    /// Whether to apply migrations at start: always, never, or auto, which means always for SQLite and never for PostgreSQL
    #[arg(long, global = true, env = "DAYBOOK_MIGRATE", value_name = "WHEN", default_value = "auto")]
    migrate: String,

    /// Origins of the web pages that may call the server: exact ones, such as `https://shop.example,http://localhost:5173`, or `*`
    /// for all
    #[arg(
        long,
        global = true,
        env = "DAYBOOK_CORS_ORIGINS",
        value_name = "ORIGINS",
        default_value = "",
        hide_default_value = true
    )]
    cors_origins: String,

    /// Whether wallet operations are done in batches, on a thread of their own: on, or off, which gives each one a transaction of
    /// its own, for comparison
    #[arg(long, global = true, env = "DAYBOOK_WRITER", value_name = "WHEN", default_value = "on", hide = true)]
    writer: String,

    #[command(flatten)]
    limits: LimitSettings,

    #[command(flatten)]
    waits: WaitSettings,

    #[command(flatten)]
    documents: DocumentSettings,
}

/// The settings after all checks.
#[derive(Clone)]
#[expect(missing_debug_implementations, reason = "they hold secrets")]
pub struct Config {
    /// The address and port to listen on.
    pub listen: SocketAddr,
    /// The database to open.
    pub database: DatabaseUrl,
    /// How the database is opened.
    pub database_options: Options,
    /// The limits of the queues for hashing.
    pub password_queues: QueueLimits,
    /// The values used where a user leaves an optional input out.
    pub defaults: Defaults,
    /// The cost of hashing a password.
    pub password_hash: HashCost,
    /// Whether to serve the explorer page.
    pub explorer: bool,
    /// Whether to apply migrations at start.
    pub migrate: bool,
    /// Whether wallet operations are done in batches.
    pub writer: bool,
    /// For how long a used refresh token returns the same new tokens again.
    pub refresh_grace: TimeDelta,
    /// The limits against abuse.
    pub limits: Limits,
    /// The proxies whose `X-Forwarded-For` header is trusted.
    pub trusted_proxies: Arc<[IpNet]>,
    /// How much the server shows of itself.
    pub profile: Profile,
    /// Which documents the operator trusts.
    pub trust: Trust,
    /// The origins of the web pages that may read responses.
    pub origins: Origins,
    jwt_secret: Option<String>,
}

/// The format of the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// One line of text per event.
    Text,
    /// One JSON object per line and event.
    Json,
}

impl Settings {
    /// Takes the import profile that `--profile` names for `daybook import transactions`; `None` when it names how much the server
    /// shows of itself.
    pub fn take_import_profile(&mut self) -> Option<String> {
        self.documents.take_import_profile()
    }

    /// The log filter and the log format.
    ///
    /// # Errors
    /// [`BadSetting`] for the first setting that cannot be used.
    pub fn log(&self) -> Result<(EnvFilter, LogFormat), BadSetting> {
        let filter = self.log.parse().map_err(|_| {
            let should_hold = "error, warn, info, debug, trace, or directives such as info,daybook=debug";
            BadSetting::new("DAYBOOK_LOG", "--log", &self.log, should_hold)
        })?;
        let format = LogFormat::from_str(&self.log_format, true)
            .map_err(|_| BadSetting::new("DAYBOOK_LOG_FORMAT", "--log-format", &self.log_format, "text or json"))?;
        Ok((filter, format))
    }

    /// Checks all settings except those of the log.
    ///
    /// # Errors
    /// [`BadSetting`] for the first setting that cannot be used.
    pub fn check(self) -> Result<Config, BadSetting> {
        let listen: SocketAddr = self.listen.parse().map_err(|_| {
            let should_hold = "an IP address and a port, such as 127.0.0.1:8000 or [::]:8000";
            BadSetting::new("DAYBOOK_LISTEN", "--listen", &self.listen, should_hold)
        })?;
        let database: DatabaseUrl = self.database_url.parse()?;
        let currency: Currency = self.currency.parse().map_err(|_| {
            let should_hold = "a currency code of ISO 4217, such as USD, or YEM";
            BadSetting::new("DAYBOOK_CURRENCY", "--currency", &self.currency, should_hold)
        })?;
        let password_hash = self.password_hash.parse().map_err(|()| {
            let should_hold = "memory in KiB from 8 for each lane to 4194304, passes from 1 to 100 and lanes from 1 to 64, as in m=19456,t=2,p=1";
            BadSetting::new("DAYBOOK_PASSWORD_HASH", "--password-hash", &self.password_hash, should_hold)
        })?;
        let phone_region = self.phone_region.map(|region| phone_region(&region)).transpose()?;
        let most = count("DAYBOOK_POOL_MAX", "--pool-max", &self.pool_max, 1..=1000)?;
        let least = count("DAYBOOK_POOL_MIN", "--pool-min", &self.pool_min, 0..=most)?;
        let (profile, trust) = (self.documents.profile()?, self.documents.trust()?);
        let explorer = match self.explorer.as_str() {
            "on" => true,
            "off" => false,
            "auto" => listen.ip().is_loopback() && !profile.is_locked(),
            other => return Err(BadSetting::new("DAYBOOK_EXPLORER", "--explorer", other, "on, off or auto")),
        };
        let migrate = match self.migrate.as_str() {
            "always" => true,
            "never" => false,
            "auto" => database.is_sqlite(),
            other => return Err(BadSetting::new("DAYBOOK_MIGRATE", "--migrate", other, "always, never or auto")),
        };
        let writer = match self.writer.as_str() {
            "on" => true,
            "off" => false,
            other => return Err(BadSetting::new("DAYBOOK_WRITER", "--writer", other, "on or off")),
        };
        let database_options = self.waits.database(PoolSize { most, least })?;
        let refresh_grace = count("DAYBOOK_REFRESH_GRACE", "--refresh-grace", &self.refresh_grace, 0..=600)?;
        let defaults = Defaults { currency, phone_region };
        let (limits, trusted_proxies) =
            (self.limits.limits(&self.waits, &self.documents)?, self.limits.trusted_proxies()?);
        let jwt_secret = self.jwt_secret;
        Ok(Config {
            listen,
            database,
            database_options,
            password_queues: self.waits.passwords()?,
            defaults,
            password_hash,
            explorer,
            migrate,
            writer,
            refresh_grace: TimeDelta::seconds(refresh_grace.into()),
            limits,
            trusted_proxies,
            profile,
            trust,
            origins: origins::parse(&self.cors_origins)?,
            jwt_secret,
        })
    }
}

fn phone_region(region: &str) -> Result<country::Id, BadSetting> {
    region.parse().map_err(|_| {
        let should_hold = "a region of ISO 3166 in two capital letters, such as YE";
        BadSetting::new("DAYBOOK_PHONE_REGION", "--phone-region", region, should_hold)
    })
}
