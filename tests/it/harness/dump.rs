//! A database as text, to look for what must not be in it.

use daybook::db::Db;
use sea_orm::{ConnectionTrait, DbBackend, Statement};

/// All that is in the database, as text.
pub async fn dump(db: &Db) -> String {
    let (backend, db) = (db.backend(), db.read());
    let tables = match backend {
        DbBackend::Sqlite => "SELECT name FROM sqlite_schema WHERE type = 'table'",
        _ => "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public'",
    };
    let mut text = String::new();
    for table in db.query_all_raw(Statement::from_string(backend, tables)).await.unwrap() {
        let table: String = table.try_get("", "name").unwrap();
        let all = match backend {
            DbBackend::Sqlite => {
                let columns = format!("SELECT name FROM pragma_table_info('{table}')");
                let columns = db.query_all_raw(Statement::from_string(backend, columns)).await.unwrap();
                let columns: Vec<String> = columns.iter().map(|row| row.try_get("", "name").unwrap()).collect();
                let columns: Vec<_> = columns.iter().map(|column| format!("quote(\"{column}\")")).collect();
                format!("SELECT {} AS line FROM \"{table}\"", columns.join(" || ' ' || "))
            }
            _ => format!("SELECT t::text AS line FROM \"{table}\" t"),
        };
        for row in db.query_all_raw(Statement::from_string(backend, all)).await.unwrap() {
            text += &row.try_get::<String>("", "line").unwrap();
            text.push('\n');
        }
    }
    text
}
