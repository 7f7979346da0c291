//! Which account is imported, of a file of statements that has several.

use std::io::{Read, Seek};

use super::super::{
    formats::{self, Answers, Format, Record, Statement},
    look::{Answer, Hints, Question},
    profile::notation::cell,
    run::cannot_rewind,
};
use crate::error::Result;

/// How many accounts a question names.
const MOST: usize = 20;

/// Whether a statement is of the account that the user names. Without a name, every statement is wanted.
pub(super) fn is_wanted(statement: &Statement, hints: &Hints) -> bool {
    hints.account.as_ref().is_none_or(|account| is_same(name_of(statement), account))
}

/// Asks for the account when the file has several and the user names none, and when it has none with the name that the user gives.
/// Reads the whole file, and rewinds it.
pub(super) fn question(
    mut file: impl Read + Seek + Send,
    format: Format,
    answers: &Answers,
    hints: &Hints,
) -> Result<Option<Question>> {
    let mut accounts: Vec<String> = Vec::new();
    let mut is_found = false;
    for record in formats::records(&mut file, format, answers) {
        let Record::Begin(statement) = record else { continue };
        is_found |= is_wanted(&statement, hints);
        let name = name_of(&statement);
        if accounts.len() < MOST && !accounts.iter().any(|known| is_same(known, name)) {
            accounts.push(name.to_owned());
        }
    }
    file.rewind().map_err(|error| cannot_rewind(&error))?;
    let message = match &hints.account {
        Some(account) if !is_found && !accounts.is_empty() => {
            format!("The file has no account {}. Which of them is read?", cell::quoted(account))
        }
        None if accounts.len() > 1 => "The file has several accounts. Which of them is read?".to_owned(),
        _ => return Ok(None),
    };
    let answer = |value: String| {
        let meaning = if value.is_empty() { "the one without a name." } else { "" };
        Answer { value, meaning: meaning.to_owned() }
    };
    Ok(Some(Question { field: "account", message, answers: accounts.into_iter().map(answer).collect() }))
}

/// Compares two names. An IBAN may have blanks.
fn is_same(name: &str, other: &str) -> bool {
    let [name, other] = [name, other].map(|name| cell::name(name).replace(' ', ""));
    name == other
}

/// The name of a statement's account: the number, the IBAN or what the file calls it.
fn name_of(statement: &Statement) -> &str {
    statement.account.as_deref().unwrap_or_default()
}
