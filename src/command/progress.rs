//! A progress bar on standard error. It is hidden when standard error is not a terminal.

use std::{fs::File, io};

use indicatif::{ProgressBar, ProgressBarIter, ProgressStyle};

/// The progress bar of one command.
#[derive(Clone, Debug)]
pub(super) struct Progress(ProgressBar);

impl Progress {
    /// A bar for reading a file. Returns the bar and the file wrapped so that reading it moves the bar.
    pub(super) fn of(file: File) -> io::Result<(Self, ProgressBarIter<File>)> {
        let bar = ProgressBar::new(file.metadata()?.len());
        let progress = Self(bar.clone());
        progress.show_share();
        Ok((progress, bar.wrap_read(file)))
    }

    /// A bar for reading database rows. The number of rows is unknown until [`Self::set_length`].
    pub(super) fn of_rows() -> Self {
        Self(ProgressBar::no_length())
    }

    fn show_share(&self) {
        let style = ProgressStyle::with_template("{bar:40} {percent:>3} %  {elapsed} of about {duration}");
        self.0.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    }

    /// Whether standard error is a terminal, so that the bar is visible.
    pub(super) fn is_shown(&self) -> bool {
        !self.0.is_hidden()
    }

    /// Sets the total number of rows. `None`: it stays unknown, and the bar shows only the rows read so far.
    pub(super) fn set_length(&self, length: Option<u64>) {
        if let Some(length) = length {
            self.0.set_length(length);
            self.show_share();
        } else {
            let style = ProgressStyle::with_template("{spinner} {human_pos} rows  {elapsed}");
            self.0.set_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()));
        }
    }

    /// Adds to the number of rows read.
    pub(super) fn add(&self, rows: u64) {
        self.0.inc(rows);
    }

    /// Hides the bar while `print` prints something else.
    pub(super) fn suspend<T>(&self, print: impl FnOnce() -> T) -> T {
        self.0.suspend(print)
    }

    /// Removes the bar.
    pub(super) fn end(&self) {
        self.0.finish_and_clear();
    }
}
