//! Declares tests and runs them.
//!
//! The standard harness decides at compile time which tests are ignored. Whether there is PostgreSQL is known only when the
//! tests run, so they have a harness of their own, which takes the options of the standard one but only one filter. A test
//! that needs what this machine lacks is shown as ignored, and the last line says how many there were. With
//! `TEST_POSTGRES=required` such a test runs and fails.
//!
//! | attribute | the test |
//! |---|---|
//! | `#[apply(test)]` | needs no PostgreSQL |
//! | `#[apply(both_databases)]` | runs once on each database, which it takes as `on: Database` |
//! | `#[apply(on_postgres)]` | needs a PostgreSQL database |
//!
//! `#[needs(InstalledPostgres, Openssl)]` may follow `#[apply(test)]` and lists what else the test needs. `#[threads(4)]` may
//! follow last and runs an async test on that many threads instead of one. A test with cases is a `#[rstest]` with
//! `#[test_attr(apply(test))]`; those of its cases that have the value `Postgres` need PostgreSQL.
//!
//! `#[test]` and `#[tokio::test]` belong to the standard harness and would never run; the test in `declarations` finds them.

use std::{
    any::Any,
    process::{Command, ExitCode, Stdio},
    thread,
};

use libtest_mimic::{Arguments, Failed, Trial};

use crate::harness::postgres;

/// A declared test.
pub struct Test {
    /// Where it is, with the name of the crate.
    pub path: &'static str,
    pub needs: &'static [Need],
    pub run: fn(),
}

inventory::collect!(Test);

/// What a test needs that a machine may lack.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// A server to make databases on: an installed one, or the one that `TEST_POSTGRES_URL` names.
    Postgres,
    /// PostgreSQL's own programs, for a server that the test starts itself.
    InstalledPostgres,
    PgDump,
    Openssl,
}

impl Need {
    fn is_met(self) -> bool {
        match self {
            Self::Postgres => postgres::is_there(),
            Self::InstalledPostgres => postgres::is_installed(),
            Self::PgDump => has_program("pg_dump"),
            Self::Openssl => has_program("openssl"),
        }
    }
}

fn has_program(name: &str) -> bool {
    Command::new(name).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok()
}

impl Test {
    fn is_left_out(&self) -> bool {
        // The second is the name that rstest gives to a case with this value.
        let needs_postgres = self.needs.contains(&Need::Postgres) || self.path.contains("_Postgres");
        let can_run = self.needs.iter().all(|need| need.is_met()) && (!needs_postgres || Need::Postgres.is_met());
        !can_run && !postgres::is_required()
    }

    fn trial(&self) -> Trial {
        let (_, name) = self.path.split_once("::").expect("the name of the crate, and more");
        let run = self.run;
        // A thread with the name of the test, since the message of a panic shows it.
        let in_thread = move || match thread::Builder::new().name(name.to_owned()).spawn(run).unwrap().join() {
            Ok(()) => Ok(()),
            Err(panic) => Err(Failed::from(message(&*panic))),
        };
        Trial::test(name, in_thread).with_ignored_flag(self.is_left_out())
    }
}

fn message(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("the test panicked")
}

/// Runs the tests that the command line asks for.
pub fn run() -> ExitCode {
    let mut arguments = Arguments::from_args();
    // Tests spend about half of their time waiting for databases and programs.
    arguments.test_threads.get_or_insert(2 * thread::available_parallelism().map_or(1, usize::from));
    let mut trials: Vec<_> = inventory::iter::<Test>().map(Test::trial).collect();
    trials.sort_by(|a, b| a.name().cmp(b.name()));
    let conclusion = libtest_mimic::run(&arguments, trials);
    if conclusion.num_ignored > 0 {
        println!(
            "{} tests were left out: they need PostgreSQL or tools for it, which this machine lacks.\n",
            conclusion.num_ignored
        );
    }
    conclusion.exit_code()
}

/// Runs an async test on so many threads.
pub fn block_on(threads: usize, test: impl Future<Output = ()>) {
    let mut builder = match threads {
        1 => tokio::runtime::Builder::new_current_thread(),
        _ => tokio::runtime::Builder::new_multi_thread(),
    };
    builder.worker_threads(threads).enable_all().build().unwrap().block_on(test);
}

macro_rules! test {
    (#[needs($($need:ident),+)] $($test:tt)*) => { trials! { [{ "", [$($need),+], () }] $($test)* } };
    ($($test:tt)*) => { trials! { [{ "", [], () }] $($test)* } };
}

macro_rules! on_postgres {
    ($($test:tt)*) => { trials! { [{ "", [Postgres], () }] $($test)* } };
}

macro_rules! both_databases {
    ($($test:tt)*) => {
        trials! {
            [
                { "::on_sqlite", [], ($crate::harness::Database::Sqlite) }
                { "::on_postgres", [Postgres], ($crate::harness::Database::Postgres) }
            ]
            $($test)*
        }
    };
}

/// Keeps the function of a test, and registers it once for each of its trials: the end of its name, its needs,
/// and its arguments.
macro_rules! trials {
    ($trials:tt #[threads($threads:literal)] $(#[$attribute:meta])* async fn $name:ident $parameters:tt $body:block) => {
        $(#[$attribute])*
        async fn $name $parameters $body
        register! { $trials $name |test| $crate::trials::block_on($threads, test) }
    };
    ($trials:tt $(#[$attribute:meta])* async fn $name:ident $parameters:tt $body:block) => {
        trials! { $trials #[threads(1)] $(#[$attribute])* async fn $name $parameters $body }
    };
    ($trials:tt $(#[$attribute:meta])* fn $name:ident $parameters:tt $body:block) => {
        $(#[$attribute])*
        fn $name $parameters $body
        register! { $trials $name |test| test }
    };
}

macro_rules! register {
    ([$({ $end:literal, [$($need:ident),*], $arguments:tt })*] $name:ident |$test:ident| $run:expr) => {
        $(inventory::submit! {
            $crate::trials::Test {
                path: concat!(module_path!(), "::", stringify!($name), $end),
                needs: &[$($crate::trials::Need::$need),*],
                run: || {
                    let $test = $name $arguments;
                    $run
                },
            }
        })*
    };
}
