//! The fields of MT940 messages, in their order.

use std::io::BufRead;

use super::{
    super::{
        charset::Charset,
        lines::{Line, Lines},
        out::{Out, Source, Stop},
        record::{Place, Statement, Transaction},
        text,
    },
    details::{self, Details},
    entry::{self, Entry},
    field::{Field, is_tag, star, tag},
};

/// The most lines of one field. SWIFT allows six.
const MOST_LINES: usize = 1_000;

/// A file of MT940 messages.
pub(in super::super) struct Mt940<'a> {
    lines: Lines<'a>,
    /// The field that is being read.
    field: Option<Field>,
    head: Statement,
    /// Whether field 60 was read since the message began.
    has_opening: bool,
    pending: Option<Pending>,
    is_cut: bool,
}

/// An entry whose details may still follow.
#[derive(Debug)]
struct Pending {
    place: Place,
    entry: Entry,
    details: Option<Details>,
}

impl<'a> Mt940<'a> {
    pub(in super::super) fn new(file: Box<dyn BufRead + Send + 'a>, charset: Charset) -> Self {
        Self {
            lines: Lines::new(file, charset),
            field: None,
            head: Statement::default(),
            has_opening: false,
            pending: None,
            is_cut: false,
        }
    }

    fn line(&mut self, line: Line, out: &mut Out) -> Result<(), Stop> {
        let Line { number, text, is_cut } = line;
        self.is_cut = is_cut;
        // The fields may follow the header blocks in the same line.
        let text = match text.rsplit_once("{4:") {
            Some((_, after)) => after.to_owned(),
            None => text,
        };
        let start = text.trim();
        if let Some((tag, rest)) = tag(start) {
            self.complete(out);
            let rest = text.trim_start().get(start.len() - rest.len()..).unwrap_or_default().to_owned();
            self.field = Some(Field { tag: tag.to_owned(), line: number, lines: vec![rest] });
        } else if start == "-" || start.starts_with("-}") || (start.starts_with('-') && self.is_after_closing()) {
            self.complete(out);
            self.end(number, out);
        } else if start == ":"
            && let Some(field) = &mut self.field
        {
            // A line that breaks within the name of the next field.
            field.lines.push(String::new());
        } else if let Some((tag, rest)) = self.broken_tag(start) {
            let (tag, rest) = (tag.to_owned(), rest.to_owned());
            self.complete(out);
            self.field = Some(Field { tag, line: number, lines: vec![rest] });
        } else if let Some(field) = &mut self.field {
            if field.lines.len() == MOST_LINES {
                return Err(Stop::new(number, format!("Field :{}: has more than {MOST_LINES} lines.", field.tag)));
            }
            field.lines.push(text);
        }
        Ok(())
    }

    /// `86:...` after a line with nothing but a colon.
    fn broken_tag<'t>(&self, start: &'t str) -> Option<(&'t str, &'t str)> {
        let is_after_colon = self
            .field
            .as_ref()
            .is_some_and(|field| field.lines.len() > 1 && field.lines.last().is_some_and(String::is_empty));
        if !is_after_colon || start.is_empty() {
            return None;
        }
        let (name, rest) = start.split_once(':')?;
        is_tag(name).then_some((name, rest))
    }

    fn is_after_closing(&self) -> bool {
        self.field.as_ref().is_some_and(|field| !matches!(field.tag.as_str(), "61" | "86" | "NS"))
    }

    /// A field is complete.
    fn complete(&mut self, out: &mut Out) {
        let Some(Field { tag, line, lines }) = self.field.take() else { return };
        let first = lines.first().map(String::as_str).unwrap_or_default();
        match tag.as_str() {
            "20" => {
                self.end(line, out);
                self.head = Statement { place: Place::line(line), ..Statement::default() };
            }
            // A bank that writes the details of an entry into the field of the account.
            "25" if self.pending.is_some() && details::is_german(first) => {
                if let Some(pending) = &mut self.pending {
                    pending.details.get_or_insert(details::parse(&lines));
                }
            }
            "25" | "25P" => {
                self.end(line, out);
                self.head.account = text::code(first);
            }
            "60F" | "60M" | "60" => self.opening(line, first, out),
            "61" => {
                self.flush(out);
                self.begin(line, out);
                let place = out.entry(line);
                match Entry::parse(&lines) {
                    Ok(entry) => self.pending = Some(Pending { place, entry, details: None }),
                    Err(message) => out.bad_entry(place, message),
                }
            }
            "86" | "NS" => {
                if let Some(pending) = &mut self.pending {
                    let read = if tag == "NS" { star(&lines) } else { details::parse(&lines) };
                    pending.details.get_or_insert(read);
                }
            }
            "62F" | "62M" | "62" => {
                self.flush(out);
                self.begin(line, out);
                let balance = entry::balance(first);
                if balance.is_none() {
                    out.problem(Place::line(line), format!("{} is not a balance.", text::quoted(first)));
                }
                out.end(line, balance.map(|(balance, _)| balance));
                self.has_opening = false;
            }
            _ => {}
        }
    }

    fn opening(&mut self, line: u64, field: &str, out: &mut Out) {
        self.end(line, out);
        match entry::balance(field) {
            Some((balance, currency)) => {
                self.head.opening = Some(balance);
                self.head.currency = currency;
            }
            None => out.problem(Place::line(line), format!("{} is not a balance.", text::quoted(field))),
        }
        self.has_opening = true;
    }

    fn begin(&mut self, line: u64, out: &mut Out) {
        if out.is_open() {
            return;
        }
        let mut statement = self.head.clone();
        if !self.has_opening {
            statement.opening = None;
        }
        // ING writes the currency after the account.
        if let (Some(account), Some(currency)) = (&statement.account, &statement.currency) {
            statement.account = Some(account.strip_suffix(currency.as_str()).unwrap_or(account).to_owned());
        }
        if statement.place.line == 0 {
            statement.place.line = line;
        }
        out.begin(statement);
    }

    /// The pending entry is complete.
    fn flush(&mut self, out: &mut Out) {
        let Some(Pending { place, entry, details }) = self.pending.take() else { return };
        let Details { payee, description } = details.unwrap_or_default();
        if entry.has_february_30 {
            out.remark(place, "The value date is a 30 February, and is read as the last day of the month.");
        }
        out.transaction(Transaction {
            value_date: Some(entry.value_date),
            currency: self.head.currency.clone(),
            description: description.or(entry.more),
            payee,
            bank_id: entry.bank_id,
            is_reversal: entry.is_reversal,
            ..Transaction::new(place, entry.date, entry.amount)
        });
    }

    /// The statement ends, when one is open.
    fn end(&mut self, line: u64, out: &mut Out) {
        self.flush(out);
        if out.is_open() {
            out.remark(Place::line(line), "The statement has no closing balance (:62F:).");
            out.end(line, None);
            self.has_opening = false;
        }
    }
}

impl Source for Mt940<'_> {
    fn step(&mut self, out: &mut Out) -> Result<bool, Stop> {
        if let Some(line) = self.lines.next()? {
            self.line(line, out)?;
            return Ok(true);
        }
        let line = self.lines.number();
        let tag = self.field.as_ref().map(|field| field.tag.clone()).unwrap_or_default();
        if self.is_cut
            && matches!(tag.as_str(), "61" | "86" | "60F" | "60M" | "62F" | "62M")
            && !self.field.as_ref().is_some_and(Field::is_whole_closing)
        {
            self.field = None;
            let place = self.pending.take().map_or(Place::line(line), |pending| pending.place);
            out.bad_entry(place, format!("The file is cut off in field :{tag}:."));
        }
        self.complete(out);
        self.end(line, out);
        if out.statements() == 0 {
            out.problem(Place::line(line), "The file has no account statement (MT940).");
        }
        Ok(false)
    }
}
