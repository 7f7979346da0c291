//! The query that tells what would come of a bank's file.
//!
//! It is a query and no mutation: it writes nothing, not even into the activity log, and may be repeated at will.

use std::io::Cursor;

use async_graphql::{Context, InputObject, Object, SimpleObject};

use crate::{
    bookkeeping::import::{
        self, Known, SentFile,
        bank::preview::Preview,
        formats::Format,
        look::{Answer, Confidence, Finding, Offer, Question},
        profile::{Problem, Profile, Statement, Transaction},
    },
    calendar::date::Date,
    error::Error,
    graphql::error::{ApiError, ContextExt},
    money::{Currency, Decimal},
    price,
};

/// The file of a bank, and what is known about it.
#[derive(InputObject)]
struct PreviewImportInput {
    #[graphql(flatten)]
    file: SentFile,
    #[graphql(flatten)]
    known: Known,
}

/// Something that was found out about a file.
#[derive(SimpleObject)]
struct ImportFinding {
    /// The field of the import profile, such as `separator` or `columns.amount`.
    field: String,
    /// The value of the field, as `say` takes it.
    value: String,
    /// How sure it is.
    confidence: Confidence,
    /// Why, in one sentence for people.
    reason: String,
}

/// A possible answer to a question about a file.
#[derive(SimpleObject)]
struct ImportAnswer {
    /// The value of the field, as `say` takes it.
    value: String,
    /// What it means for this file, for people. May be empty.
    meaning: String,
}

/// Something that only the user can tell about a file. It is answered by an item of `say` with this field.
#[derive(SimpleObject)]
struct ImportQuestion {
    /// The field of the import profile that answers it, such as `dates` or `sign`.
    field: String,
    /// The question, in one sentence for people.
    message: String,
    /// The possible answers. Empty when any value may be right.
    #[graphql(directive = price::List::apply(20))]
    answers: Vec<ImportAnswer>,
}

/// A column that can be used, and is not used unless `say` or the profile names it.
#[derive(SimpleObject)]
struct ImportOffer {
    /// The field of the import profile, such as `columns.bankId`.
    field: String,
    /// The name of the column in the header, or its position, such as `#3`.
    column: String,
}

/// A transaction as it would be imported.
#[derive(SimpleObject)]
struct PreviewedTransaction {
    /// The line of the file in which it begins, from 1.
    line: i32,
    /// The day on which the bank booked it.
    date: Date,
    /// The day from which the bank counts it for interest. Null when the file does not say.
    value_date: Option<Date>,
    /// The amount; below zero, money went out.
    amount: Decimal,
    /// The currency. Null when the file does not say; then it is that of the wallet or, for cash, of the book.
    currency: Option<Currency>,
    /// The description. Null when there is none.
    description: Option<String>,
    /// Who paid or was paid. Null when the file does not say.
    payee: Option<String>,
    /// The name of the category. Null when the file does not say.
    category: Option<String>,
    /// The bank's own id, when it is used. Otherwise null.
    bank_id: Option<String>,
    /// The balance that the file gives beside it. Null when it gives none.
    balance: Option<Decimal>,
}

/// Why a line of a file cannot be read or is left out.
#[derive(SimpleObject)]
struct ImportProblem {
    /// The line, from 1.
    line: i32,
    /// The part of the transaction that is wrong, such as `date` or `amount`; `csv` for the line as a whole.
    column: String,
    /// A sentence for people.
    message: String,
}

/// What a file says as a whole.
#[derive(SimpleObject)]
struct ImportTotals {
    /// The number of transactions.
    transactions: i32,
    /// The number of lines that are no transactions, such as balances and totals. `remarks` tells of the first ones.
    skipped: i32,
    /// The number of lines that cannot be read.
    problems: i32,
    /// The number of balances that do not follow from those beside them. They are refused in an import.
    mismatches: i32,
    /// The sum of the amounts. Null when it is not known, as in a file with several currencies.
    sum: Option<Decimal>,
    /// The balance before the first transaction. Null when the file does not say.
    opening_balance: Option<Decimal>,
    /// The balance after the last transaction. Null when the file does not say.
    closing_balance: Option<Decimal>,
    /// Whether the balances and the transactions agree. Null when the file does not have both balances.
    balanced: Option<bool>,
}

/// What would come of a bank's file.
struct ImportPreview(Preview);

/// What was found out about a bank's file, and what would come of it.
#[Object]
impl ImportPreview {
    /// The format, found out by the first bytes.
    async fn format(&self) -> Format {
        self.0.format
    }

    /// The import profile as JSON, with which files of this bank are read: for `saveImportProfile`, or `profileJson`. It lacks
    /// what `questions` ask for. Null for a format that needs none, since it is no table.
    async fn profile(&self) -> Option<String> {
        self.0.profile.as_ref().map(Profile::to_json)
    }

    /// The line of the header, from 1. Null when there is none.
    async fn header_line(&self) -> Option<i32> {
        self.0.header_line.map(count)
    }

    /// What was found out, each with its confidence: the encoding, the separator, the header, the columns, the notation of dates
    /// and amounts, the meaning of signs, the order. What `say` or the profile gives was not looked for.
    #[graphql(directive = price::List::apply(30))]
    async fn findings(&self) -> Vec<ImportFinding> {
        let finding = |Finding { field, value, confidence, reason }: &Finding| ImportFinding {
            field: (*field).to_owned(),
            value: value.clone(),
            confidence: *confidence,
            reason: reason.clone(),
        };
        self.0.findings.iter().map(finding).collect()
    }

    /// What has to be answered before the file can be imported. Empty when nothing is open.
    #[graphql(directive = price::List::apply(10))]
    async fn questions(&self) -> Vec<ImportQuestion> {
        let answer =
            |Answer { value, meaning }: &Answer| ImportAnswer { value: value.clone(), meaning: meaning.clone() };
        let question = |Question { field, message, answers }: &Question| ImportQuestion {
            field: (*field).to_owned(),
            message: message.clone(),
            answers: answers.iter().map(answer).collect(),
        };
        self.0.questions.iter().map(question).collect()
    }

    /// Columns that can be used when `say` names them, such as the bank's own ids of transactions.
    #[graphql(directive = price::List::apply(2))]
    async fn offers(&self) -> Vec<ImportOffer> {
        let offer =
            |Offer { field, column }: &Offer| ImportOffer { field: (*field).to_owned(), column: column.to_string() };
        self.0.offers.iter().map(offer).collect()
    }

    /// The first ten transactions as they would be, in the order of the file. Where there is a question, by the first answer
    /// to it.
    #[graphql(directive = price::List::apply(10))]
    async fn transactions(&self) -> Vec<PreviewedTransaction> {
        self.0.sample.iter().cloned().map(PreviewedTransaction::from).collect()
    }

    /// The first ten lines that cannot be read.
    #[graphql(directive = price::List::apply(10))]
    async fn problems(&self) -> Vec<ImportProblem> {
        let problem = |Problem { line, column, message }: &Problem| ImportProblem {
            line: count(*line),
            column: (*column).to_owned(),
            message: message.clone(),
        };
        self.0.problems.iter().map(problem).collect()
    }

    /// The first ten lines that are left out, such as balances, each with the reason; and what else is worth knowing, such as a
    /// statement without a closing balance.
    #[graphql(directive = price::List::apply(10))]
    async fn remarks(&self) -> Vec<ImportProblem> {
        let remark = |(line, message): &(u64, String)| ImportProblem {
            line: count(*line),
            column: "csv".to_owned(),
            message: message.clone(),
        };
        self.0.remarks.iter().map(remark).collect()
    }

    /// What the file says as a whole. Null while there are questions.
    async fn totals(&self) -> Option<ImportTotals> {
        self.0.statement.clone().map(ImportTotals::from)
    }
}

impl From<Transaction> for PreviewedTransaction {
    fn from(transaction: Transaction) -> Self {
        let Transaction { line, date, value_date, amount, currency, description, payee, category, bank_id, balance } =
            transaction;
        let (line, date, value_date) = (count(line), Date(date), value_date.map(Date));
        Self { line, date, value_date, amount, currency, description, payee, category, bank_id, balance }
    }
}

impl From<Statement> for ImportTotals {
    fn from(statement: Statement) -> Self {
        Self {
            transactions: count(statement.transactions),
            skipped: count(statement.skipped),
            problems: count(statement.problems),
            mismatches: count(statement.mismatches),
            sum: statement.sum,
            opening_balance: statement.opening_balance,
            closing_balance: statement.closing_balance,
            balanced: statement.is_balanced,
        }
    }
}

fn count(count: u64) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}

#[derive(Debug, Default)]
pub(in crate::graphql) struct ImportPreviewQuery;

#[Object]
impl ImportPreviewQuery {
    /// Looks at a bank's file and imports nothing: what it looks like, how sure that is, what has to be answered, and the
    /// first transactions as they would be. Which of its lines the book has already, a dry run of `importTransactions` tells.
    /// Error codes: `INVALID`, `NOT_FOUND` (the profile).
    async fn preview_import(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The file and what is known about it.")] input: PreviewImportInput,
    ) -> Result<ImportPreview, ApiError> {
        let PreviewImportInput { file, mut known } = input;
        known.is_text = !file.base64;
        let bytes = file.bytes().map_err(Error::from)?;
        Ok(ImportPreview(import::preview(ctx.read()?, ctx.viewer()?, Cursor::new(bytes), &known).await?))
    }
}
