//! The program in operation: settings, commands, migrations, backup, verification, and its log.

mod backup;
mod backup_refusals;
mod folding;
mod migration;
mod program;
mod restore_refusals;
mod secrets;
mod verify;
mod verify_command;
