//! Joins a description with the records that continue it, and tells them from what banks write below the transactions.

use std::io::Read;

use super::{
    super::{notation::cell, row::Item},
    Lines,
};

/// The longest description; what continues it beyond is left out. A file must not fill the memory with one description.
const LONGEST_DESCRIPTION: usize = 10_000;

/// What pages and reports end with.
const FOOTER: [&str; 24] = [
    "page",
    "seite",
    "pagina",
    "strona",
    "sayfa",
    "sida",
    "страница",
    "generated",
    "printed",
    "created on",
    "exported",
    "downloaded",
    "erstellt",
    "gedruckt",
    "genere",
    "edite",
    "generado",
    "generato",
    "wygenerowano",
    "total",
    "end of",
    "number of",
    "disclaimer",
    "statement",
];

impl<R: Read> Lines<R> {
    /// Whether the record has texts in the columns of descriptions and nothing else, and is none of a footer.
    pub(super) fn is_continuation(&self) -> bool {
        let is_text = |at: usize| self.layout.description.contains(&at) || self.layout.payee == Some(at);
        let mut others =
            self.record.cells().enumerate().filter(|(at, text)| !is_text(*at) && !cell::bare(text).is_empty());
        self.last.is_some() && others.next().is_none() && !self.record.cells().any(is_footer)
    }

    /// Keeps a text until the next record tells whether it continues the description.
    pub(super) fn hold_text(&mut self, text: &str) {
        let size: usize = self.more.iter().map(|(_, text)| text.len() + 1).sum();
        if size + text.len() < LONGEST_DESCRIPTION {
            self.more.push((self.record.line, text.to_owned()));
        }
    }

    /// The last transaction is complete. What is below the last one of a file continues it only where other transactions are
    /// continued, too.
    pub(super) fn flush(&mut self, is_followed: bool) {
        let more = std::mem::take(&mut self.more);
        let Some(mut last) = self.last.take() else { return };
        let is_continued = is_followed || self.is_continued;
        if is_continued && !more.is_empty() {
            self.is_continued = true;
            let description = last.description.get_or_insert_default();
            for (_, text) in &more {
                if description.len() + text.len() < LONGEST_DESCRIPTION {
                    if !description.is_empty() {
                        description.push(' ');
                    }
                    description.push_str(text);
                }
            }
        }
        self.ready.push_back(Item::Transaction(last));
        for (line, _) in more.iter().filter(|_| !is_continued) {
            self.statement.skipped += 1;
            self.ready.push_back(Item::Skipped { line: *line, reason: "It has neither a date nor an amount." });
        }
    }
}

/// Whether a text is of the end of a page or of the file.
fn is_footer(text: &str) -> bool {
    let folded = cell::folded(text);
    let begins =
        |phrase: &&&str| folded.strip_prefix(**phrase).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '));
    let Some(phrase) = FOOTER.iter().find(begins) else { return false };
    // A page has a number, and so has a total; a shop may be called Page.
    let has_digit = folded.contains(|c: char| c.is_ascii_digit());
    has_digit || !["page", "seite", "pagina", "strona", "sayfa", "sida", "total", "statement"].contains(phrase)
}
