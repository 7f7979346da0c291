//! What would come of a bank's file, before anything is imported. Reads the file and nothing else.

use std::io::{Read, Seek};

use super::{
    super::{
        formats::{self, BalanceCheck, Format, Notice, Record},
        look::{Finding, Hints, Look, Offer, Question, look},
        profile::{Problem, Profile, Statement, Transaction},
        run::cannot_rewind,
    },
    accounts, answers,
    failure::refused,
    workbook,
};
use crate::error::Result;

/// How many transactions, problems and remarks are shown.
const SAMPLE: usize = 10;

/// What was found out about a file.
#[derive(Clone, Debug)]
pub struct Preview {
    /// The format.
    pub format: Format,
    /// How a table is read. Fields about which there is a question are absent. `None` for a format that is no table.
    pub profile: Option<Profile>,
    /// The line of the header. `None` when there is none.
    pub header_line: Option<u64>,
    /// What was found out, each with its confidence.
    pub findings: Vec<Finding>,
    /// What has to be answered before the file can be imported.
    pub questions: Vec<Question>,
    /// Columns that can be used and are not used unasked.
    pub offers: Vec<Offer>,
    /// The first ten transactions as they would be. Where there is a question, with its first answer.
    pub sample: Vec<Transaction>,
    /// The first ten records that cannot be read.
    pub problems: Vec<Problem>,
    /// The first ten records that are left out, and other remarks: the line and what is to be said of it.
    pub remarks: Vec<(u64, String)>,
    /// What the file says as a whole. `None` when there is a question.
    pub statement: Option<Statement>,
}

/// Recognises the format of a file.
pub(super) fn format(file: &mut (impl Read + Seek)) -> Result<Format> {
    let mut start = Vec::new();
    Read::by_ref(file).take(formats::START as u64).read_to_end(&mut start).map_err(|error| cannot_rewind(&error))?;
    file.rewind().map_err(|error| cannot_rewind(&error))?;
    Ok(formats::sniff(&start))
}

/// Looks at a file.
///
/// # Errors
/// `INVALID` at `csv` for a file that cannot be read, and below `say` for a hint.
pub fn preview(mut file: impl Read + Seek + Send, hints: &Hints) -> Result<Preview> {
    let format = format(&mut file)?;
    let looked = match format {
        Format::Csv => look(&mut file, hints).map_err(refused)?,
        Format::Excel => workbook::look_at(file, hints)?.0,
        _ => return of_statement(file, format, hints),
    };
    let Look { profile, header_line, findings, questions, offers, sample, problems, remarks, statement } = looked;
    Ok(Preview {
        format,
        profile: Some(profile),
        header_line,
        findings,
        questions,
        offers,
        sample,
        problems,
        remarks,
        statement,
    })
}

fn of_statement(mut file: impl Read + Seek + Send, format: Format, hints: &Hints) -> Result<Preview> {
    let answers = answers::of(hints).map_err(|refusal| refused(vec![refusal]))?;
    let looked = formats::look(&mut file, format, &answers);
    file.rewind().map_err(|error| cannot_rewind(&error))?;
    let assumed = answers::assumed(&looked.answers, &looked.questions);
    let account = accounts::question(&mut file, format, &assumed, hints)?;
    let mut shown = hints.clone();
    if let Some(first) = account.as_ref().and_then(|question| question.answers.first()) {
        shown.account = Some(first.value.clone());
    }
    let questions: Vec<_> = looked.questions.iter().map(answers::question).chain(account).collect();
    let is_ready = questions.is_empty();
    let (mut all, mut is_wanted) = (Sums::default(), true);
    for record in formats::records(&mut file, format, &assumed) {
        if let Record::Begin(statement) = &record {
            is_wanted = accounts::is_wanted(statement, &shown);
        }
        if is_wanted || matches!(record, Record::Problem(_)) {
            all.add(record);
        }
        if !is_ready && all.sample.len() >= SAMPLE {
            break;
        }
    }
    Ok(Preview {
        format,
        profile: None,
        header_line: None,
        findings: Vec::new(),
        questions,
        offers: Vec::new(),
        statement: is_ready.then(|| all.statement()),
        sample: all.sample,
        problems: all.problems,
        remarks: all.remarks,
    })
}

/// What the statements of a file come to.
#[derive(Debug, Default)]
struct Sums {
    sample: Vec<Transaction>,
    problems: Vec<Problem>,
    remarks: Vec<(u64, String)>,
    statement: Statement,
    statements: u64,
    currency: Option<String>,
    checks: Vec<BalanceCheck>,
}

impl Sums {
    fn add(&mut self, record: Record) {
        match record {
            Record::Begin(statement) => {
                self.statements += 1;
                self.statement.opening_balance = statement.opening.map(|balance| balance.amount);
                self.currency = statement.currency;
            }
            Record::Transaction(transaction) => {
                self.statement.transactions += 1;
                if self.sample.len() < SAMPLE {
                    self.sample.push(in_table(*transaction, self.currency.as_deref()));
                }
            }
            Record::Problem(notice) => {
                self.statement.problems += 1;
                if self.problems.len() < SAMPLE {
                    self.problems.push(Problem { line: notice.place.line, column: "csv", message: notice.message });
                }
            }
            Record::Skipped(notice) => {
                self.statement.skipped += 1;
                self.remark(notice);
            }
            Record::Remark(notice) => self.remark(notice),
            Record::End(ending) => {
                self.statement.closing_balance = ending.closing.map(|balance| balance.amount);
                if !self.checks.contains(&ending.balance) {
                    self.checks.push(ending.balance);
                }
            }
        }
    }

    fn remark(&mut self, notice: Notice) {
        if self.remarks.len() < SAMPLE {
            self.remarks.push((notice.place.line, notice.message));
        }
    }

    /// The balances are those of the one statement; of several, each has its own.
    fn statement(&self) -> Statement {
        let mut statement = self.statement.clone();
        if self.statements != 1 {
            (statement.opening_balance, statement.closing_balance) = (None, None);
        }
        statement.is_balanced = match self.checks.as_slice() {
            checks if checks.contains(&BalanceCheck::Wrong) => Some(false),
            [BalanceCheck::Right] => Some(true),
            _ => None,
        };
        statement
    }
}

/// A transaction of a statement as one of a table. `currency` is that of the account.
fn in_table(transaction: formats::Transaction, currency: Option<&str>) -> Transaction {
    let formats::Transaction { place, date, value_date, amount, description, payee, category, bank_id, .. } =
        transaction;
    let code = transaction.currency.as_deref().or(currency);
    Transaction {
        line: place.line,
        date,
        value_date,
        amount,
        currency: code.and_then(|code| code.parse().ok()),
        description: description.or_else(|| payee.clone()),
        payee,
        category,
        bank_id,
        balance: None,
    }
}
