//! The sections of a QIF file: accounts, their transactions, and lists.

use std::io::BufRead;

use super::{
    super::{
        answers::Answers,
        charset::Charset,
        lines::{Line, Lines},
        out::{Out, Source, Stop},
        record::{Balance, Place, Statement},
        text,
    },
    transaction::Draft,
};

/// The kinds of sections that have transactions of money.
const MONEY: [&str; 5] = ["bank", "ccard", "cash", "oth a", "oth l"];

/// What the lines of the current section are.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Section {
    Transactions,
    /// The description of the account to which the next transactions belong, or a list of accounts.
    Account,
    /// A list of categories or the like.
    List,
}

/// A QIF file.
pub(in super::super) struct Qif<'a> {
    lines: Lines<'a>,
    answers: Answers,
    section: Section,
    account: Option<String>,
    /// The line of the header of the current account, until its first record says whether it is the opening balance.
    head: Option<u64>,
    /// Whether the statement of the current account has begun.
    has_begun: bool,
    draft: Draft,
    has_problem: bool,
}

impl<'a> Qif<'a> {
    pub(in super::super) fn new(file: Box<dyn BufRead + Send + 'a>, charset: Charset, answers: &Answers) -> Self {
        Self {
            lines: Lines::new(file, charset),
            answers: *answers,
            section: Section::Transactions,
            account: None,
            head: None,
            has_begun: false,
            draft: Draft::default(),
            has_problem: false,
        }
    }

    fn line(&mut self, line: &Line, out: &mut Out) {
        let Line { number, text, .. } = line;
        let mut rest = text.trim().chars();
        let Some(code) = rest.next() else { return };
        let content = rest.as_str();
        match (code, self.section) {
            ('!', _) => {
                self.complete(out);
                self.header(*number, content, out);
            }
            ('^', Section::Transactions) => self.complete(out),
            (_, Section::Transactions) => self.draft.take(*number, code, content),
            ('N', Section::Account) => {
                self.end(out);
                self.account = text::line(content);
            }
            _ => {}
        }
    }

    fn header(&mut self, line: u64, header: &str, out: &mut Out) {
        let header = header.trim().to_lowercase();
        let place = Place::line(line);
        match header.split_once(':') {
            Some(("type", kind)) if MONEY.contains(&kind.trim()) => {
                // The next account may have no name.
                if self.head.is_some() || self.has_begun {
                    self.end(out);
                    self.account = None;
                }
                self.section = Section::Transactions;
                self.head = Some(line);
            }
            Some(("type", "invst")) => {
                out.problem(place, "The file has a securities account, which cannot be imported.");
                self.has_problem = true;
                self.section = Section::List;
            }
            Some(("type", kind)) => {
                out.skip(place, format!("The list {} has no transactions, and is skipped.", text::quoted(kind)));
                self.section = Section::List;
            }
            // Options say that the next list is one of accounts.
            Some(("option" | "clear", _)) => {}
            _ if header == "account" => self.section = Section::Account,
            _ => {
                out.problem(place, format!("{} is not a section of QIF, and is skipped.", text::quoted(&header)));
                self.has_problem = true;
                self.section = Section::List;
            }
        }
    }

    /// A record is complete.
    fn complete(&mut self, out: &mut Out) {
        let draft = std::mem::take(&mut self.draft);
        if draft.is_empty() {
            return;
        }
        if !self.has_begun
            && let Some((account, amount, date)) = draft.opening(self.account.as_deref(), &self.answers)
        {
            self.account = Some(account);
            self.begin(draft.line, Some(Balance { amount, date }), out);
            return;
        }
        self.begin(draft.line, None, out);
        let place = out.entry(draft.line);
        match draft.finish(place, &self.answers) {
            Ok(transaction) => out.transaction(transaction),
            Err(message) => out.bad_entry(place, message),
        }
    }

    fn begin(&mut self, line: u64, opening: Option<Balance>, out: &mut Out) {
        if !self.has_begun {
            self.has_begun = true;
            let line = self.head.take().unwrap_or(line);
            out.begin(Statement { place: Place::line(line), account: self.account.clone(), currency: None, opening });
        }
    }

    fn end(&mut self, out: &mut Out) {
        if let Some(line) = self.head {
            self.begin(line, None, out);
        }
        if self.has_begun {
            out.end(self.lines.number(), None);
        }
        self.has_begun = false;
    }
}

impl Source for Qif<'_> {
    fn step(&mut self, out: &mut Out) -> Result<bool, Stop> {
        if let Some(line) = self.lines.next()? {
            self.line(&line, out);
            return Ok(true);
        }
        if !self.draft.is_empty() {
            // Lines may be missing, also where the file ends with a line.
            let draft = std::mem::take(&mut self.draft);
            self.begin(draft.line, None, out);
            let place = out.entry(draft.line);
            out.bad_entry(
                place,
                "The last transaction does not end with ^: the file may be cut off. Add ^ if it is complete.",
            );
        }
        self.end(out);
        if out.statements() == 0 && !self.has_problem {
            out.problem(Place::line(self.lines.number()), "The file has no transactions (QIF).");
        }
        Ok(false)
    }
}

/// Whether transactions of money follow a header such as `!Type:Bank`.
pub(super) fn has_transactions(header: &str) -> bool {
    let header = header.trim().to_lowercase();
    header.strip_prefix("!type:").is_some_and(|kind| MONEY.contains(&kind.trim()))
}
