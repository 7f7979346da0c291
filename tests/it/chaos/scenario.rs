//! What is killed, and how often.

use std::{process::Command, sync::Arc, time::Instant};

use sea_orm::{ConnectOptions, ConnectionTrait, Database as Databases, DbBackend, DbErr, Statement};
use tokio::task::block_in_place;

use super::{
    Form, Report, check, gone,
    load::{FOR_EVER, Load, Record},
    operation::parties,
    target::{Store, Target},
};
use crate::harness::{Database, SmallDisk};

/// Enough for the short form, and few enough megabytes to be filled quickly.
const DISK: u32 = 96;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scenario {
    /// The server is killed and started again.
    Server,
    /// One of two servers is killed and started again.
    Servers,
    /// Single processes of PostgreSQL are killed that are in the middle of a transaction.
    Backends,
    /// The whole of PostgreSQL is killed and started again.
    Postgresql,
    /// The disk of a SQLite file is full, and has room again.
    FullDisk,
    /// Clients go away in the middle of requests.
    Gone,
}

impl Scenario {
    /// What it is called on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Server => "server",
            Self::Servers => "servers",
            Self::Backends => "backends",
            Self::Postgresql => "postgresql",
            Self::FullDisk => "full-disk",
            Self::Gone => "gone",
        }
    }

    /// Whether it is for this database.
    pub fn is_on(self, database: Database) -> bool {
        match self {
            Self::Server | Self::Servers | Self::Gone => true,
            Self::Backends | Self::Postgresql => database == Database::Postgres,
            Self::FullDisk => database == Database::Sqlite,
        }
    }

    pub(super) async fn run(self, on: Database, form: Form) -> Report {
        assert!(self.is_on(on));
        let name = format!("{}-{on:?}", self.name()).to_lowercase();
        let mut target = match self {
            Self::FullDisk => Target::over(Store::SmallDisk(SmallDisk::new(DISK)), &name).await,
            _ => Target::on(on, &name).await,
        };
        if self == Self::Servers {
            target.start_server();
        }
        let (parties, funded) = parties(&target.client(), form.users).await;
        let parties = Arc::new(parties);
        // Those that must not notice when others go away are fewer.
        let clients = if self == Self::Gone { form.clients / 4 } else { form.clients };
        let load = Load::start(clients, &target.address, &parties);
        let record = load.record.clone();
        let harmed = match self {
            Self::Server | Self::Servers => kill_servers(&mut target, &record, form).await,
            Self::Backends => kill_backends(&target, &record, form).await,
            Self::Postgresql => kill_postgresql(&target, &record, form).await,
            Self::FullDisk => fill_disk(&target, &record, form).await,
            Self::Gone => gone::run(&target, &record, &parties, form).await,
        };
        let kills = harmed.unwrap_or_else(|what| {
            record.complain(what);
            0
        });
        let record = load.stop().await;
        check::check(self, on, kills, &target, &record, &parties, funded).await
    }
}

async fn kill_servers(target: &mut Target, record: &Record, form: Form) -> Result<usize, String> {
    for _ in 0..form.kills {
        record.until_more(|record| &record.acknowledged, form.between).await?;
        target.restart_server();
        target.verify()?;
    }
    record.until_more(|record| &record.acknowledged, form.between).await?;
    Ok(form.kills)
}

async fn kill_backends(target: &Target, record: &Record, form: Form) -> Result<usize, String> {
    for kill in 0..form.kills {
        record.until_more(|record| &record.acknowledged, form.between).await?;
        let pid = backend_in_transaction(target).await?;
        if kill % 2 == 0 {
            // It may have ended by itself.
            let _ = Command::new("kill").args(["-KILL", &pid.to_string()]).output();
        } else {
            let _ = query(target, &format!("SELECT pg_terminate_backend({pid})::int")).await;
        }
    }
    record.until_more(|record| &record.acknowledged, form.between).await?;
    Ok(form.kills)
}

/// A process of PostgreSQL in which the server has a transaction open.
async fn backend_in_transaction(target: &Target) -> Result<i32, String> {
    let find = "SELECT coalesce(min(pid), 0) FROM pg_stat_activity WHERE application_name = 'daybook'
        AND xact_start IS NOT NULL AND (state LIKE 'idle in%' OR backend_xid IS NOT NULL)";
    let began = Instant::now();
    while began.elapsed() < FOR_EVER {
        if let Ok(pid @ 1..) = query(target, find).await {
            return Ok(pid);
        }
    }
    Err("no connection is ever in a transaction".to_owned())
}

/// A number that PostgreSQL gives, over a connection of its own.
async fn query(target: &Target, sql: &str) -> Result<i32, DbErr> {
    let mut options = ConnectOptions::new(target.database_url());
    options.max_connections(1).sqlx_logging(false);
    let connection = Databases::connect(options).await?;
    let row = connection.query_one_raw(Statement::from_string(DbBackend::Postgres, sql)).await;
    connection.close().await?;
    row?.ok_or_else(|| DbErr::RecordNotFound(sql.to_owned()))?.try_get_by_index(0)
}

async fn kill_postgresql(target: &Target, record: &Record, form: Form) -> Result<usize, String> {
    let postgres = target.postgres();
    for kill in 0..form.kills {
        record.until_more(|record| &record.acknowledged, form.between).await?;
        block_in_place(|| {
            // Every fourth time as an administrator in a hurry does it.
            if kill % 4 == 3 {
                postgres.restart_immediately();
            } else {
                postgres.kill();
                postgres.start_again();
            }
        });
    }
    record.until_more(|record| &record.acknowledged, form.between).await?;
    Ok(form.kills)
}

async fn fill_disk(target: &Target, record: &Record, form: Form) -> Result<usize, String> {
    for _ in 0..form.fills {
        record.until_more(|record| &record.acknowledged, form.between).await?;
        block_in_place(|| target.fill_disk(true));
        record.until_more(|record| &record.faults, 20).await?;
        target.until_ready(false).await?;
        block_in_place(|| target.fill_disk(false));
    }
    record.until_more(|record| &record.acknowledged, form.between).await?;
    Ok(form.fills)
}
