//! What a database error means for the connection, the transaction and the data.
//!
//! Decisions are based on error codes only, never on the text of an error. The codes are those of PostgreSQL (appendix A of its
//! manual, "PostgreSQL Error Codes") and of SQLite ("Result and Error Codes").

use sea_orm::{
    DbErr, RuntimeErr,
    sqlx::{
        self,
        error::DatabaseError,
        postgres::{PgDatabaseError, PgSeverity},
    },
};

/// PostgreSQL: the errors of `idle_in_transaction_session_timeout` and `transaction_timeout`, which end the connection before
/// it receives a `COMMIT`.
const ENDED_WHILE_IDLE: [&str; 2] = ["25P03", "25P04"];
/// SQLite: `ERROR`, `BUSY`, `LOCKED`, `INTERRUPT`, `CONSTRAINT`, `MISMATCH`. They undo one statement, and the connection can be
/// used further. After `INTERRUPT` the transaction may be rolled back.
const OF_STATEMENT: [i32; 6] = [1, 5, 6, 9, 19, 20];
/// SQLite: `INTERRUPT`, the error of a statement that exceeds our limit. PostgreSQL: `query_canceled`, the error of one that
/// exceeds `statement_timeout`.
const TIMED_OUT: [&str; 2] = ["9", "57014"];
/// SQLite: `BUSY`, `FULL`, `CONSTRAINT` (and `IOERR_WRITE`, below). After these errors the log contains no commit record.
const NOT_WRITTEN: [i32; 3] = [5, 13, 19];
/// SQLite: `IOERR_WRITE`, an extended code.
const WRITE_FAILED: i32 = 778;
/// SQLite: `FULL`.
const FULL_SQLITE: i32 = 13;
/// PostgreSQL: `disk_full`.
const FULL_POSTGRES: &str = "53100";
/// SQLite: `CORRUPT`, `NOTADB`.
const DAMAGED_SQLITE: [i32; 2] = [11, 26];
/// PostgreSQL: `data_corrupted`, `index_corrupted`.
const DAMAGED_POSTGRES: [&str; 2] = ["XX001", "XX002"];
/// PostgreSQL: `admin_shutdown`, `crash_shutdown`, `cannot_connect_now`, and those of [`ENDED_WHILE_IDLE`].
const CONNECTION_ENDED: [&str; 5] = ["57P01", "57P02", "57P03", "25P03", "25P04"];

/// Whether only the statement failed, so that the connection can be used further.
pub(crate) fn is_of_statement(error: &sqlx::Error) -> bool {
    let sqlx::Error::Database(error) = error else { return false };
    match postgres(error.as_ref()) {
        Some(error) => matches!(error.severity(), PgSeverity::Error),
        None => primary(error.as_ref()).is_some_and(|code| OF_STATEMENT.contains(&code)),
    }
}

/// Whether a `COMMIT` that failed with this error certainly did not commit.
pub(crate) fn is_rolled_back(error: &DbErr) -> bool {
    let Some(sqlx::Error::Database(error)) = sqlx_error(error) else { return false };
    if let Some(error) = postgres(error.as_ref()) {
        return matches!(error.severity(), PgSeverity::Error) || ENDED_WHILE_IDLE.contains(&error.code());
    }
    let is_primary = primary(error.as_ref()).is_some_and(|code| NOT_WRITTEN.contains(&code));
    is_primary || extended(error.as_ref()) == Some(WRITE_FAILED)
}

/// Whether the error means that stored data is damaged.
pub(crate) fn is_damage(error: &sqlx::Error) -> bool {
    let sqlx::Error::Database(error) = error else { return false };
    match postgres(error.as_ref()) {
        Some(error) => DAMAGED_POSTGRES.contains(&error.code()),
        None => primary(error.as_ref()).is_some_and(|code| DAMAGED_SQLITE.contains(&code)),
    }
}

/// Whether the disk of the database is full.
pub(crate) fn is_full_disk(error: &DbErr) -> bool {
    let Some(sqlx::Error::Database(error)) = sqlx_error(error) else { return false };
    match postgres(error.as_ref()) {
        Some(error) => error.code() == FULL_POSTGRES,
        None => primary(error.as_ref()) == Some(FULL_SQLITE),
    }
}

/// Whether the statement took too long and was stopped.
pub(crate) fn is_timeout(error: &DbErr) -> bool {
    code(error).is_some_and(|code| TIMED_OUT.contains(&code.as_str()))
}

/// Whether the connection was lost, or could not be opened. Work that was not committed is undone and may be tried again.
#[must_use]
pub fn is_lost_connection(error: &DbErr) -> bool {
    sqlx_error(error).is_some_and(is_lost)
}

/// The same as [`is_lost_connection`], for an error of sqlx.
pub(crate) fn is_lost(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_) | sqlx::Error::Tls(_) => true,
        sqlx::Error::Database(error) => postgres(error.as_ref())
            .is_some_and(|error| error.code().starts_with("08") || CONNECTION_ENDED.contains(&error.code())),
        _ => false,
    }
}

/// The code of a database error: `SQLSTATE` of PostgreSQL, or the extended result code of SQLite.
#[must_use]
pub fn code(error: &DbErr) -> Option<String> {
    match sqlx_error(error)? {
        sqlx::Error::Database(error) => error.code().map(Into::into),
        _ => None,
    }
}

fn sqlx_error(error: &DbErr) -> Option<&sqlx::Error> {
    match error {
        DbErr::Conn(RuntimeErr::SqlxError(error))
        | DbErr::Exec(RuntimeErr::SqlxError(error))
        | DbErr::Query(RuntimeErr::SqlxError(error)) => Some(error.as_ref()),
        _ => None,
    }
}

fn postgres(error: &dyn DatabaseError) -> Option<&PgDatabaseError> {
    error.try_downcast_ref()
}

fn extended(error: &dyn DatabaseError) -> Option<i32> {
    error.code()?.parse().ok()
}

fn primary(error: &dyn DatabaseError) -> Option<i32> {
    // The low byte of an extended code is the primary code.
    extended(error).map(|code| code & 0xff)
}
