//! The statements of an OFX file.

use std::io::BufRead;

use super::{
    super::{
        answers::{Answers, Question},
        charset::Charset,
        day, number,
        out::{Out, Source, Stop},
        record::{Balance, Place, Statement},
        text,
    },
    token::{Token, Tokens},
    transaction::Trn,
};

/// The elements that contain others, as far as they matter. In version 1 no others can be told from elements without an end tag.
const AGGREGATES: [&str; 17] = [
    "OFX",
    "SONRS",
    "STATUS",
    "STMTRS",
    "CCSTMTRS",
    "INVSTMTRS",
    "BANKACCTFROM",
    "CCACCTFROM",
    "BANKACCTTO",
    "CCACCTTO",
    "BANKTRANLIST",
    "STMTTRN",
    "STMTTRNP",
    "PAYEE",
    "CURRENCY",
    "ORIGCURRENCY",
    "LEDGERBAL",
];

/// The statements. Banks confuse their end tags.
const STATEMENTS: [&str; 2] = ["STMTRS", "CCSTMTRS"];

/// The most aggregates within one another.
const DEEPEST: usize = 64;

/// An OFX file.
pub(in super::super) struct Ofx<'a> {
    tokens: Tokens<'a>,
    unsigned_debits: Option<bool>,
    /// The open aggregates.
    open: Vec<&'static str>,
    head: Statement,
    has_begun: bool,
    closing: (String, String),
    transaction: Option<Trn>,
    status: (String, String, String),
    has_ended: bool,
    has_error: bool,
}

impl<'a> Ofx<'a> {
    pub(in super::super) fn new(file: Box<dyn BufRead + Send + 'a>, charset: Charset, answers: &Answers) -> Self {
        Self {
            tokens: Tokens::new(file, charset),
            unsigned_debits: answers.unsigned_debits,
            open: Vec::new(),
            head: Statement::default(),
            has_begun: false,
            closing: (String::new(), String::new()),
            transaction: None,
            status: (String::new(), String::new(), String::new()),
            has_ended: false,
            has_error: false,
        }
    }

    fn is_within(&self, name: &str) -> bool {
        self.open.contains(&name)
    }

    fn open(&mut self, name: &'static str, out: &mut Out) -> Result<(), Stop> {
        let line = self.tokens.line();
        // What was not closed ends where the next of its kind begins.
        let ends: &[&str] = match name {
            "STMTTRN" | "STMTTRNP" => &["STMTTRN", "STMTTRNP", "LEDGERBAL"],
            "STMTRS" | "CCSTMTRS" | "INVSTMTRS" => &["STMTTRN", "STMTRS", "CCSTMTRS", "INVSTMTRS"],
            _ => &[],
        };
        for ended in ends.iter().filter(|ended| self.is_within(ended)).copied().collect::<Vec<_>>() {
            self.close(ended, out);
        }
        match name {
            "STMTRS" | "CCSTMTRS" => {
                // Transactions may have come before the statement.
                self.end(line, out);
                self.head = Statement { place: Place::line(line), ..Statement::default() };
            }
            "INVSTMTRS" => {
                self.end(line, out);
                out.problem(Place::line(line), "The file has a securities account, which cannot be imported.");
                self.has_error = true;
            }
            "STMTTRNP" => {
                out.skip(Place::line(line), "The transaction is not booked yet, and is skipped.");
            }
            "LEDGERBAL" => self.closing = (String::new(), String::new()),
            "STATUS" => self.status = (String::new(), String::new(), String::new()),
            _ => {}
        }
        if self.open.len() == DEEPEST {
            return Err(Stop::new(line, format!("The file has more than {DEEPEST} elements within one another.")));
        }
        self.open.push(name);
        if name == "STMTTRN" && !self.is_within("INVSTMTRS") {
            self.begin(out);
            self.transaction = Some(Trn::new(out.entry(line)));
        }
        Ok(())
    }

    fn close(&mut self, name: &str, out: &mut Out) {
        let is_statement = STATEMENTS.contains(&name);
        let is_it = |open: &'static str| open == name || (is_statement && STATEMENTS.contains(&open));
        // An end tag without a beginning is ignored.
        let Some(at) = self.open.iter().rposition(|open| is_it(open)) else { return };
        let closed = self.open.split_off(at);
        if closed.contains(&"STMTTRN")
            && let Some(transaction) = self.transaction.take()
        {
            self.begin(out);
            transaction.finish(self.head.currency.as_deref(), self.unsigned_debits, out);
        }
        if closed.contains(&"STATUS") {
            let (code, severity, message) = std::mem::take(&mut self.status);
            if severity.eq_ignore_ascii_case("ERROR") {
                let message = text::line(&message).unwrap_or(format!("code {code}"));
                out.problem(
                    Place::line(self.tokens.line()),
                    format!("The bank reports an error: {}.", text::quoted(&message)),
                );
                self.has_error = true;
            }
        }
        if closed.iter().any(|closed| STATEMENTS.contains(closed)) {
            self.begin(out);
            self.end(self.tokens.line(), out);
        }
        self.has_ended |= closed.contains(&"OFX");
    }

    fn element(&mut self, name: &str, content: String) {
        let within = self.open.last().copied().unwrap_or_default();
        if self.is_within("STMTTRN") {
            if let Some(transaction) = &mut self.transaction {
                transaction.take(within, name, content);
            }
            return;
        }
        match (within, name) {
            ("STMTRS" | "CCSTMTRS", "CURDEF") => self.head.currency = text::currency(&content),
            ("BANKACCTFROM" | "CCACCTFROM", "ACCTID") if !self.is_within("INVSTMTRS") => {
                self.head.account = text::code(&content);
            }
            ("LEDGERBAL", "BALAMT") => self.closing.0 = content,
            ("LEDGERBAL", "DTASOF") => self.closing.1 = content,
            ("STATUS", "CODE") => self.status.0 = content,
            ("STATUS", "SEVERITY") => self.status.1 = content,
            ("STATUS", "MESSAGE") => self.status.2 = content,
            _ => {}
        }
    }

    fn begin(&mut self, out: &mut Out) {
        if !self.has_begun {
            self.has_begun = true;
            out.begin(self.head.clone());
        }
    }

    fn end(&mut self, line: u64, out: &mut Out) {
        if self.has_begun {
            let (amount, date) = std::mem::take(&mut self.closing);
            let amount = number::of_any_mark(&amount);
            out.end(line, amount.map(|amount| Balance { amount, date: day::iso(&date) }));
        }
        self.has_begun = false;
        // What comes outside of a statement does not belong to the last one.
        self.head = Statement::default();
    }

    fn finish(&mut self, is_cut: bool, out: &mut Out) {
        let line = self.tokens.line();
        if is_cut || !self.has_ended {
            // The last transaction may be incomplete, even when it has all that is necessary.
            if self.transaction.take().is_some() {
                out.bad_entry(Place::line(line), "The file ends in the middle of a transaction: it is cut off.");
            } else if self.open.contains(&"OFX") {
                out.problem(Place::line(line), "The file ends before its end tag: it may be cut off.");
            }
        }
        self.end(line, out);
        if out.statements() == 0 && !self.has_error {
            out.problem(Place::line(line), "The file has no account statement (OFX).");
        }
    }
}

impl Source for Ofx<'_> {
    fn step(&mut self, out: &mut Out) -> Result<bool, Stop> {
        match self.tokens.next()? {
            Token::Open(name, content) => match AGGREGATES.iter().find(|known| **known == name) {
                // Some banks write the payee as text.
                Some(aggregate) if content.is_empty() || *aggregate != "PAYEE" => self.open(aggregate, out)?,
                _ => self.element(&name, content),
            },
            Token::Close(name) => self.close(&name, out),
            Token::End(is_cut) => {
                self.finish(is_cut, out);
                return Ok(false);
            }
        }
        Ok(true)
    }
}

/// Looks for a transaction in which money goes out by its kind, with an amount above zero.
pub(in super::super) fn question(file: Box<dyn BufRead + Send + '_>, charset: Charset) -> Option<Question> {
    let mut tokens = Tokens::new(file, charset);
    let mut transaction = Trn::default();
    let mut example = None;
    loop {
        match tokens.next().ok()? {
            Token::Open(name, content) if matches!(name.as_str(), "TRNTYPE" | "TRNAMT") => {
                if name == "TRNTYPE" {
                    transaction = Trn::default();
                }
                transaction.take("STMTTRN", &name, content);
                if example.is_none() && transaction.out_amount().is_some_and(|amount| !amount.is_below_zero()) {
                    example = Some(transaction.amount.clone());
                }
            }
            Token::End(_) => return example.map(|example| Question::SignOfDebits { example }),
            _ => {}
        }
    }
}
