//! The statements of a camt file: their accounts and balances.

use std::io::BufRead;

use super::super::{
    charset::Charset,
    day, number,
    out::{Out, Source, Stop},
    record::{Balance, Place, Statement},
    text,
    xml::{Event, Xml},
};
use super::entry::{Entry, money};
use crate::money::Decimal;

/// A camt.053 or camt.052 file.
pub(in super::super) struct Camt<'a> {
    xml: Xml<'a>,
    /// The length of the path of the statement, with its slash; `None` outside of statements.
    base: Option<usize>,
    head: Head,
    entry: Option<Entry>,
    text: String,
    /// The currency of the amount that is read.
    currency: Option<String>,
}

/// What a statement says about itself.
#[derive(Debug, Default)]
struct Head {
    line: u64,
    account: Option<String>,
    currency: Option<String>,
    balances: Vec<Bal>,
    has_begun: bool,
}

/// A balance of any kind.
#[derive(Debug, Default)]
struct Bal {
    kind: String,
    amount: Option<Decimal>,
    currency: Option<String>,
    is_debit: bool,
    date: String,
}

impl Head {
    /// The first balance of one of these kinds, in the currency of the account.
    fn balance(&self, kinds: &[&str]) -> Option<Balance> {
        let of_kind = |kind: &&str| {
            let is_wanted = |balance: &&Bal| balance.kind == *kind && balance.currency == self.currency;
            let balance = self.balances.iter().find(is_wanted)?;
            let amount = number::signed(balance.amount.as_ref()?, balance.is_debit);
            Some(Balance { amount, date: day::iso(&balance.date) })
        };
        kinds.iter().find_map(of_kind)
    }
}

impl<'a> Camt<'a> {
    pub(in super::super) fn new(file: Box<dyn BufRead + Send + 'a>, charset: Charset) -> Self {
        let xml = Xml::new(file, charset);
        Self { xml, base: None, head: Head::default(), entry: None, text: String::new(), currency: None }
    }

    fn open(&mut self, attributes: &[(String, String)], out: &mut Out) -> Result<(), Stop> {
        self.text.clear();
        let line = self.xml.line();
        let path = self.xml.path().to_owned();
        let Some(base) = self.base else {
            let (parent, name) = path.rsplit_once('/').unwrap_or(("", &path));
            if name == "Ntfctn" && parent.ends_with("BkToCstmrDbtCdtNtfctn") {
                let message =
                    "The file is a notification (camt.054), whose transactions are also in the statement (camt.053).";
                return Err(Stop::new(line, message));
            }
            if matches!(name, "Stmt" | "Rpt") && parent.contains("BkToCstmr") {
                self.base = Some(path.len() + 1);
                self.head = Head { line, ..Head::default() };
                self.xml.mark();
            }
            return Ok(());
        };
        let within = path.get(base..).unwrap_or_default();
        match within {
            "Ntry" => {
                self.begin(out);
                self.entry = Some(Entry::new(out.entry(line)));
            }
            "Bal" => self.head.balances.push(Bal::default()),
            _ => {
                if let Some(entry) = &mut self.entry {
                    entry.open(within);
                }
            }
        }
        if within.ends_with("Amt") {
            let currency = attributes.iter().find(|(name, _)| name == "Ccy");
            self.currency = currency.and_then(|(_, code)| text::currency(code));
        }
        Ok(())
    }

    fn close(&mut self, out: &mut Out) {
        let Some(base) = self.base else { return };
        let (line, path) = (self.xml.line(), self.xml.path());
        let Some(within) = path.get(base..) else {
            self.begin(out);
            let closing = self.head.balance(&["CLBD"]);
            out.end(line, closing);
            self.base = None;
            self.xml.mark();
            return;
        };
        if within == "Ntry" {
            if let Some(entry) = self.entry.take() {
                entry.finish(self.head.currency.as_deref(), out);
            }
            self.xml.mark();
        } else if let Some(entry) = &mut self.entry {
            entry.take(within.strip_prefix("Ntry/").unwrap_or_default(), &self.text, self.currency.take());
        } else if let Some(within) = within.strip_prefix("Bal/") {
            if let Some(balance) = self.head.balances.last_mut() {
                match within {
                    "Tp/CdOrPrtry/Cd" | "Tp/CdOrPrtry/Prtry" | "Tp/Cd" => {
                        self.text.trim().clone_into(&mut balance.kind);
                    }
                    "Amt" => (balance.amount, balance.currency) = (money(&self.text), self.currency.take()),
                    "CdtDbtInd" => balance.is_debit = self.text.trim() == "DBIT",
                    "Dt/Dt" | "Dt/DtTm" => self.text.trim().clone_into(&mut balance.date),
                    _ => {}
                }
            }
        } else {
            match within {
                "Acct/Id/IBAN" | "Acct/Id/BBAN" | "Acct/Id/Othr/Id" | "Acct/Id/PrtryAcct/Id" => {
                    self.head.account = text::code(&self.text);
                }
                "Acct/Ccy" => self.head.currency = text::currency(&self.text),
                _ => {}
            }
        }
        self.text.clear();
    }

    /// Begins the statement, once: its account and its balances stand before the first entry.
    fn begin(&mut self, out: &mut Out) {
        if self.head.has_begun {
            return;
        }
        let head = &mut self.head;
        head.has_begun = true;
        if head.currency.is_none() {
            head.currency = head.balances.iter().find_map(|balance| balance.currency.clone());
        }
        let opening = head.balance(&["OPBD", "PRCD"]);
        let (account, currency) = (head.account.clone(), head.currency.clone());
        out.begin(Statement { place: Place::line(head.line), account, currency, opening });
    }
}

impl Source for Camt<'_> {
    fn step(&mut self, out: &mut Out) -> Result<bool, Stop> {
        match self.xml.next()? {
            Event::Open(attributes) => self.open(&attributes, out)?,
            Event::Text(text) => self.text.push_str(&text),
            Event::Close => self.close(out),
            Event::End => {
                if out.statements() == 0 {
                    out.problem(Place::line(self.xml.line()), "The file has no account statement (camt.053).");
                }
                return Ok(false);
            }
        }
        Ok(true)
    }
}
