//! The database fails, and nothing that was acknowledged is lost.

mod chaos;
mod costs;
mod full_disk;
mod gone_clients;
mod health;
mod lost_commit;
mod panic;
mod paused_server;
mod plans;
mod slow_statements;
mod tls;
mod too_busy;
