//! How far a file is read, on standard error; nowhere when that is no terminal.

use std::{fs::File, io};

use indicatif::{ProgressBar, ProgressBarIter, ProgressStyle};

/// A bar that shows how much of a file is read.
#[derive(Clone, Debug)]
pub(super) struct Progress(ProgressBar);

impl Progress {
    /// A bar for a file, and the file, which is to be read through it.
    pub(super) fn of(file: File) -> io::Result<(Self, ProgressBarIter<File>)> {
        let bar = ProgressBar::new(file.metadata()?.len());
        let style = ProgressStyle::with_template("{bar:40} {percent:>3} %  {elapsed} of about {duration}");
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        Ok((Self(bar.clone()), bar.wrap_read(file)))
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
