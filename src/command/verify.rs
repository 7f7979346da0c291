//! `daybook verify`: checks that the books are consistent, while servers may work on them.
//!
//! `bookkeeping::verify` does the work; this module prints. Differences are printed as they are found, one per line or as
//! elements of a JSON array, so that a large number of them needs no memory.

use std::io::{self, Stdout, Write};

use clap::Args;
use serde_json::json;

use super::{Failure, progress::Progress};
use crate::{
    bookkeeping::verify::{self, Checked, Difference},
    db::Db,
    error::{Error, Result as Checking},
};

/// The arguments of `daybook verify`.
#[derive(Args, Clone, Copy, Debug)]
pub struct Verify {
    /// Print one JSON object: {"differences":[{"check","id","message","expected","found"}],"checked":{},"ok":true}
    #[arg(long)]
    json: bool,
}

impl Verify {
    /// What to print when the database cannot be opened: with `--json`, an object of the usual form with the reason in `error`.
    #[must_use]
    pub fn unreadable(self, reason: &str) -> String {
        if !self.json {
            return String::new();
        }
        format!("{}\n", json!({ "differences": [], "checked": null, "error": reason, "ok": false }))
    }

    /// Verifies the books and prints the differences and the summary.
    ///
    /// # Errors
    /// When there are differences, or when the database cannot be read.
    pub async fn run(self, db: &Db) -> Result<(), Failure> {
        let progress = Progress::of_rows();
        if progress.is_shown() {
            // On PostgreSQL the count may run into the statement timeout; the bar then shows no total.
            progress.set_length(verify::size(db.read()).await.ok());
        }
        let mut output = Output { out: io::stdout(), json: self.json, progress: &progress, printed: 0, failed: None };
        let checked = check(db, &mut output, &progress).await;
        progress.end();
        output.end(&checked)
    }
}

async fn check(db: &Db, output: &mut Output<'_>, progress: &Progress) -> Checking<Checked> {
    output.begin();
    let snapshot = db.snapshot_by_keys().await?;
    verify::verify(&snapshot, &mut |difference| output.print(&difference), &|rows| progress.add(rows)).await
}

/// Writes differences to standard output.
struct Output<'a> {
    out: Stdout,
    json: bool,
    progress: &'a Progress,
    printed: u64,
    /// The first error of writing to standard output. The check continues after it, so that the exit code is right.
    failed: Option<io::Error>,
}

impl Output<'_> {
    fn begin(&mut self) {
        if self.json {
            self.write(r#"{"differences":["#);
        }
    }

    fn print(&mut self, difference: &Difference) {
        let comma = if self.printed > 0 { "," } else { "" };
        self.printed += 1;
        if self.json {
            self.write(&format!("{comma}\n{}", json!(difference)));
        } else {
            self.write(&format!("{difference}\n"));
        }
    }

    fn write(&mut self, text: &str) {
        if self.failed.is_none() {
            let out = &mut self.out;
            let written = self.progress.suspend(|| out.write_all(text.as_bytes()).and_then(|()| out.flush()));
            self.failed = written.err();
        }
    }

    /// Prints the summary.
    fn end(mut self, checked: &Checking<Checked>) -> Result<(), Failure> {
        let ended = match checked {
            Ok(checked) => Ok(*checked),
            Err(Error::Fault(cause)) => Err(format!("the database failed: {cause}")),
            Err(Error::Refused(refusals)) => {
                Err(refusals.iter().map(|refusal| refusal.message.as_str()).collect::<Vec<_>>().join(" "))
            }
            Err(Error::TimedOut) => Err("a statement took too long".to_owned()),
            Err(Error::Gone) => Err("the account was deleted in the meantime".to_owned()),
        };
        if self.json {
            let (checked, error) = match &ended {
                Ok(checked) => (Some(checked), None),
                Err(error) => (None, Some(error)),
            };
            let ok = ended.as_ref().is_ok_and(|checked| checked.differences == 0);
            let error = error.map(|error| format!(r#","error":{}"#, json!(error))).unwrap_or_default();
            self.write(&format!("],\"checked\":{}{error},\"ok\":{ok}}}\n", json!(checked)));
        } else if let Ok(checked) = &ended {
            self.write(&format!("{}\n", summary(checked)));
        }
        if let Some(error) = self.failed {
            return Err(Failure::Failed(format!("cannot print what differs: {error}")));
        }
        match ended {
            Ok(Checked { differences: 0, .. }) => Ok(()),
            Ok(Checked { differences, .. }) => Err(Failure::Failed(format!("{differences} differences were found"))),
            Err(error) => Err(Failure::Failed(format!("the books were not verified to the end: {error}"))),
        }
    }
}

fn summary(checked: &Checked) -> String {
    let Checked { accounts, entries, postings, documents, allocations, series, differences } = checked;
    let differences =
        if *differences == 0 { "no differences".to_owned() } else { format!("{differences} differences") };
    format!(
        "checked {accounts} accounts, {entries} journal entries, {postings} postings, {documents} documents, \
         {allocations} allocations and {series} number series: {differences}"
    )
}
