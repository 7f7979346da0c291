//! Settings of what waits or takes long in the server: statements, imports, downloads, uploads and passwords.

use clap::Args;

use super::{
    http::{mebibytes, number, seconds},
    setting::BadSetting,
};
use crate::{
    app::{DownloadLimits, UploadLimits},
    credentials::QueueLimits,
    db::{Options, PoolSize},
};

/// The highest number of downloads or uploads at once.
const MOST_DOWNLOADS: u32 = 1000;
/// The largest size of an uploaded file, in mebibytes.
const LARGEST_UPLOAD: u32 = 4096;
/// The highest number of those who wait for a password to be hashed. Each newcomer is compared with all of them.
const MOST_WAITING: u32 = 100_000;
/// The largest size of SQLite's log, in mebibytes.
const LARGEST_LOG: u32 = 1024 * 1024;

/// The settings as given on the command line and in the environment, not checked yet.
#[derive(Args, Clone, Debug)]
pub(super) struct WaitSettings {
    /// How long one statement in the database may run
    #[arg(long, global = true, env = "DAYBOOK_STATEMENT_TIMEOUT", value_name = "SECONDS", default_value = "8")]
    statement_timeout: String,

    /// Size of SQLite's write-ahead log above which it is emptied, and long downloads that keep it from being emptied end
    #[arg(long, global = true, env = "DAYBOOK_WAL_MAX", value_name = "MEBIBYTES", default_value = "64")]
    wal_max: String,

    /// How long an import waits for its turn
    #[arg(long, global = true, env = "DAYBOOK_IMPORT_WAIT", value_name = "SECONDS", default_value = "6")]
    import_wait: String,

    /// Number of files that are downloaded at once. Each may take up to 256 MB in the directory for temporary files until it
    /// is sent
    #[arg(long, global = true, env = "DAYBOOK_DOWNLOADS", value_name = "COUNT", default_value = "16")]
    downloads: String,

    /// Number of files that one user downloads at once. Others wait
    #[arg(long, global = true, env = "DAYBOOK_DOWNLOADS_PER_USER", value_name = "COUNT", default_value = "2")]
    downloads_per_user: String,

    /// How long a download waits to start
    #[arg(long, global = true, env = "DAYBOOK_DOWNLOAD_WAIT", value_name = "SECONDS", default_value = "10")]
    download_wait: String,

    /// How long a download may take before it is broken off
    #[arg(long, global = true, env = "DAYBOOK_DOWNLOAD_TIMEOUT", value_name = "SECONDS", default_value = "600")]
    download_timeout: String,

    /// How long the client of a download may read nothing before it is broken off
    #[arg(long, global = true, env = "DAYBOOK_DOWNLOAD_STALL", value_name = "SECONDS", default_value = "30")]
    download_stall: String,

    /// Maximum size of a file that is uploaded to be imported
    #[arg(long, global = true, env = "DAYBOOK_UPLOAD_MAX", value_name = "MEBIBYTES", default_value = "64")]
    upload_max: String,

    /// Number of files that are uploaded and imported at once, each of another user. Each may take several times its size in the
    /// directory for temporary files
    #[arg(long, global = true, env = "DAYBOOK_UPLOADS", value_name = "COUNT", default_value = "4")]
    uploads: String,

    /// How long an uploaded file may take to arrive
    #[arg(long, global = true, env = "DAYBOOK_UPLOAD_TIMEOUT", value_name = "SECONDS", default_value = "600")]
    upload_timeout: String,

    /// How many may wait for their passwords to be hashed: so many of those who logged in from there before, and as many
    /// others. A quarter of them from one network, and an eighth about one name
    #[arg(long, global = true, env = "DAYBOOK_LOGIN_QUEUE", value_name = "COUNT", default_value = "512")]
    login_queue: String,

    /// How long a login, a registration or a change of the password waits for its password to be hashed
    #[arg(long, global = true, env = "DAYBOOK_LOGIN_WAIT", value_name = "SECONDS", default_value = "8")]
    login_wait: String,
}

impl WaitSettings {
    pub(super) fn database(&self, pool: PoolSize) -> Result<Options, BadSetting> {
        let largest_log = mebibytes("DAYBOOK_WAL_MAX", "--wal-max", &self.wal_max, LARGEST_LOG)?;
        Ok(Options {
            statement_limit: seconds("DAYBOOK_STATEMENT_TIMEOUT", "--statement-timeout", &self.statement_timeout)?,
            largest_log: u64::try_from(largest_log).unwrap_or(u64::MAX),
            long_write_wait: seconds("DAYBOOK_IMPORT_WAIT", "--import-wait", &self.import_wait)?,
            ..Options::from(pool)
        })
    }

    pub(super) fn downloads(&self) -> Result<DownloadLimits, BadSetting> {
        let per_user = &self.downloads_per_user;
        Ok(DownloadLimits {
            at_once: number("DAYBOOK_DOWNLOADS", "--downloads", &self.downloads, MOST_DOWNLOADS)?,
            at_once_per_user: number("DAYBOOK_DOWNLOADS_PER_USER", "--downloads-per-user", per_user, MOST_DOWNLOADS)?,
            time: seconds("DAYBOOK_DOWNLOAD_TIMEOUT", "--download-timeout", &self.download_timeout)?,
            wait: seconds("DAYBOOK_DOWNLOAD_WAIT", "--download-wait", &self.download_wait)?,
            stalled: seconds("DAYBOOK_DOWNLOAD_STALL", "--download-stall", &self.download_stall)?,
        })
    }

    pub(super) fn uploads(&self) -> Result<UploadLimits, BadSetting> {
        let largest = mebibytes("DAYBOOK_UPLOAD_MAX", "--upload-max", &self.upload_max, LARGEST_UPLOAD)?;
        Ok(UploadLimits {
            largest: u64::try_from(largest).unwrap_or(u64::MAX),
            at_once: number("DAYBOOK_UPLOADS", "--uploads", &self.uploads, MOST_DOWNLOADS)?,
            time: seconds("DAYBOOK_UPLOAD_TIMEOUT", "--upload-timeout", &self.upload_timeout)?,
            ..UploadLimits::default()
        })
    }

    pub(super) fn passwords(&self) -> Result<QueueLimits, BadSetting> {
        Ok(QueueLimits {
            in_all: number("DAYBOOK_LOGIN_QUEUE", "--login-queue", &self.login_queue, MOST_WAITING)?,
            wait: seconds("DAYBOOK_LOGIN_WAIT", "--login-wait", &self.login_wait)?,
        })
    }
}
