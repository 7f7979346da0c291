//! How far a file or a database is read, on standard error; nowhere when that is no terminal.

use std::{fs::File, io};

use indicatif::{ProgressBar, ProgressBarIter, ProgressStyle};

/// A bar that shows how much is read.
#[derive(Clone, Debug)]
pub(super) struct Progress(ProgressBar);

impl Progress {
    /// A bar for a file, and the file, which is to be read through it.
    pub(super) fn of(file: File) -> io::Result<(Self, ProgressBarIter<File>)> {
        let bar = ProgressBar::new(file.metadata()?.len());
        let progress = Self(bar.clone());
        progress.show_share();
        Ok((progress, bar.wrap_read(file)))
    }

    /// A bar for rows of a database, of which nobody knows yet how many there are.
    pub(super) fn of_rows() -> Self {
        Self(ProgressBar::no_length())
    }

    fn show_share(&self) {
        let style = ProgressStyle::with_template("{bar:40} {percent:>3} %  {elapsed} of about {duration}");
        self.0.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    }

    /// Whether there is somebody to see it.
    pub(super) fn is_shown(&self) -> bool {
        !self.0.is_hidden()
    }

    /// Tells how many rows there are, if that is known.
    pub(super) fn set_length(&self, length: Option<u64>) {
        if let Some(length) = length {
            self.0.set_length(length);
            self.show_share();
        } else {
            let style = ProgressStyle::with_template("{spinner} {human_pos} rows  {elapsed}");
            self.0.set_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()));
        }
    }

    /// Tells that more was read.
    pub(super) fn add(&self, rows: u64) {
        self.0.inc(rows);
    }

    /// Takes the bar away while something else is printed.
    pub(super) fn suspend<T>(&self, print: impl FnOnce() -> T) -> T {
        self.0.suspend(print)
    }

    /// Takes the bar away for good.
    pub(super) fn end(&self) {
        self.0.finish_and_clear();
    }
}
