//! `daybook import`: imports the lines of a file into a user's book.
//!
//! Reads the arguments and prints the report; `bookkeeping::import` does the work. The report on standard output is CSV too, so
//! that refused lines can be found, corrected and imported again. The summary goes to standard error.

use std::{
    fs::{self, File},
    io::{self, Stdout},
    path::{Path, PathBuf},
};

use clap::{Args, Subcommand, ValueEnum};

use super::{Failure, progress::Progress};
use crate::{
    app::App,
    bookkeeping::{
        import::{
            self, Columns, EntryColumns, EntryImport, FileOptions, Known, Line, Mode, Said, Status, Summary,
            TransactionColumns, TransactionImport,
        },
        spending::category::CategoryRef,
    },
    error::{Code, Error, Refusal},
    id::{Id, kind},
    identity,
    money::Currency,
    text,
};

/// The arguments of `daybook import`.
#[derive(Args, Clone, Debug)]
pub struct Import {
    #[command(subcommand)]
    sort: Sort,
}

#[derive(Clone, Debug, Subcommand)]
enum Sort {
    /// Import income and expenses. Columns: date, amount, category and description; optional: currency, wallet, kind, note and
    /// id
    ///
    /// The category decides whether a line is income or an expense. A negative amount, as banks write it, is accepted for
    /// expenses only. Consecutive lines with the same id form one split transaction. A line without an id is a duplicate when
    /// an earlier import added a line with the same values; equal lines of one file are all imported.
    Transactions(Transactions),
    /// Import customer entries: goods on credit and payments. Columns: date, type (CREDIT or DEBIT), amount, customer and note;
    /// optional: currency, customerId and id
    ///
    /// A line names an existing customer, by name or by id. A line without an id is a duplicate when an earlier import added a
    /// line with the same values; equal lines of one file are all imported.
    Entries(FileArguments),
}

#[derive(Args, Clone, Debug)]
struct Transactions {
    #[command(flatten)]
    file: FileArguments,

    /// Id of the wallet for lines that name none. Without it, such lines are cash transactions
    #[arg(long, value_name = "ID")]
    default_wallet: Option<String>,

    /// Name of the category for lines that name none and have a positive amount
    #[arg(long, value_name = "NAME")]
    income_category: Option<String>,

    /// Name of the category for lines that name none and have a negative amount
    #[arg(long, value_name = "NAME")]
    expense_category: Option<String>,

    /// Create categories that do not exist yet. Their kind is the one that a line in them gives; otherwise a category is for
    /// expenses if at least half of the file's lines in it are negative, and for income if not
    #[arg(long)]
    create_categories: bool,

    /// The file is as a bank gives it: CSV of any shape, a workbook, OFX, QIF, MT940 or camt.053. What it looks like is found out;
    /// what it does not tell is asked for. A profile is given by --profile: the name of one that is saved in the book, or a JSON
    /// file. It implies --bank
    #[arg(long, conflicts_with_all = ["columns", "delimiter", "decimal_comma", "date_format"])]
    bank: bool,

    /// What the file does not tell, such as sign=POSITIVE_OUT, dates=DAY_FIRST or columns.bankId=Reference. Repeatable. Implies
    /// --bank
    #[arg(long, value_name = "FIELD=VALUE", value_parser = pair, conflicts_with_all = ["columns", "delimiter", "decimal_comma", "date_format"])]
    say: Vec<(String, String)>,

    /// The name of an import profile, or a JSON file with one. It is given by the flag `--profile` of the server's setting, since a
    /// command can have only one flag of a name. See [`Import::with_profile`].
    #[arg(skip)]
    profile: Option<String>,
}

#[derive(Args, Clone, Debug)]
struct FileArguments {
    /// The CSV file, in UTF-8, with a header line
    #[arg(value_name = "FILE")]
    path: PathBuf,

    /// User whose book the lines go into: a username, a phone number or an e-mail address
    #[arg(long)]
    user: String,

    /// Header of a column in the file, such as amount=Betrag; description= means that the file has no such column. Repeatable
    #[arg(long = "column", value_name = "NAME=HEADER", value_parser = pair)]
    columns: Vec<(String, String)>,

    /// Separator between the fields: one character, or tab
    #[arg(long, value_name = "CHARACTER", default_value = ",")]
    delimiter: String,

    /// Amounts use a decimal comma, as in 1.250,00
    #[arg(long)]
    decimal_comma: bool,

    /// Format of dates in strftime notation, such as %d.%m.%Y. By default, dates look like 2026-11-20
    #[arg(long, value_name = "FORMAT")]
    date_format: Option<String>,

    /// Currency of lines that name none. By default the currency of the wallet or, for cash, of the book
    #[arg(long, value_name = "CODE")]
    default_currency: Option<Currency>,

    /// Write nothing; report what would happen to each line
    #[arg(long)]
    dry_run: bool,

    /// What to do when some lines cannot be imported
    #[arg(long, value_enum, default_value_t = ModeArgument::AllOrNothing)]
    mode: ModeArgument,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum ModeArgument {
    /// Import nothing and report the lines that cannot be imported. A file of more than 5,000 lines is checked first, then
    /// written some hundred lines at a time, so that others can write in between
    AllOrNothing,
    /// Import the other lines
    GoodLines,
}

fn pair(text: &str) -> Result<(String, String), String> {
    let (name, called) = text.split_once('=').ok_or("expected NAME=HEADER, such as amount=Betrag")?;
    Ok((name.trim().to_owned(), called.trim().to_owned()))
}

impl Import {
    /// Whether the files of this import may have a profile.
    #[must_use]
    pub fn takes_profile(&self) -> bool {
        matches!(self.sort, Sort::Transactions(_))
    }

    /// The same import with a profile, which says what the files of a bank look like: the name of one that is saved in the book, or a
    /// JSON file.
    #[must_use]
    pub fn with_profile(mut self, profile: Option<String>) -> Self {
        if let Sort::Transactions(transactions) = &mut self.sort {
            transactions.profile = profile;
        }
        self
    }

    /// Runs the import and prints the report.
    ///
    /// # Errors
    /// When an argument cannot be used, or when a line was refused.
    pub async fn run(self, app: &App) -> Result<(), Failure> {
        match self.sort {
            Sort::Transactions(transactions) => transactions.run(app).await,
            Sort::Entries(file) => entries(app, &file).await,
        }
    }
}

impl Transactions {
    /// What is known about a bank's file.
    fn known(&self) -> Result<Known, Failure> {
        let say = self.say.iter().map(|(field, value)| Said { field: field.clone(), value: value.clone() });
        let mut known = Known { say: say.collect(), ..Known::default() };
        match self.profile.as_ref().filter(|profile| Path::new(profile).is_file()) {
            Some(path) => {
                let unusable = |error: io::Error| Failure::Unusable(format!("{path}: {error}"));
                known.profile_json = Some(fs::read_to_string(path).map_err(unusable)?);
            }
            None => known.profile.clone_from(&self.profile),
        }
        Ok(known)
    }

    async fn run(self, app: &App) -> Result<(), Failure> {
        let known = self.known()?;
        let by_name = |name: Option<String>| name.map(CategoryRef::Name);
        let mut columns = TransactionColumns::default();
        self.file.name_columns(&mut columns)?;
        let import = TransactionImport {
            file: self.file.options(),
            columns: Some(columns),
            default_wallet_id: self.default_wallet.map(Into::into),
            income_category: by_name(self.income_category),
            expense_category: by_name(self.expense_category),
            create_categories: self.create_categories,
            bank: self.bank,
            known,
        };
        let viewer = identity::impersonate(app, &self.file.user).await.map_err(failure)?;
        let (progress, file) = self.file.open()?;
        let mut report = Report::new(&progress, |id| id.cast::<kind::Transaction>().to_string());
        let done = import::transactions(app, &viewer, file, &import, &mut |lines| report.tell(lines)).await;
        progress.end();
        report.end(done, &import.file)
    }
}

async fn entries(app: &App, arguments: &FileArguments) -> Result<(), Failure> {
    let mut columns = EntryColumns::default();
    arguments.name_columns(&mut columns)?;
    let import = EntryImport { file: arguments.options(), columns };
    let viewer = identity::impersonate(app, &arguments.user).await.map_err(failure)?;
    let (progress, file) = arguments.open()?;
    let mut report = Report::new(&progress, |id| id.cast::<kind::LedgerEntry>().to_string());
    let done = import::entries(app, &viewer, file, &import, &mut |lines| report.tell(lines)).await;
    progress.end();
    report.end(done, &import.file)
}

impl FileArguments {
    fn options(&self) -> FileOptions {
        FileOptions {
            dry_run: self.dry_run,
            mode: match self.mode {
                ModeArgument::AllOrNothing => Mode::AllOrNothing,
                ModeArgument::GoodLines => Mode::GoodLines,
            },
            delimiter: if self.delimiter == "tab" { "\t".to_owned() } else { self.delimiter.clone() },
            decimal_comma: self.decimal_comma,
            date_format: self.date_format.clone(),
            default_currency: self.default_currency,
            most_lines: None,
        }
    }

    fn name_columns(&self, columns: &mut impl Columns) -> Result<(), Failure> {
        for (name, called) in &self.columns {
            if !columns.set(name, called.clone()) {
                let names: Vec<_> = columns.clone().fields().into_iter().map(|(name, _)| name).collect();
                let message =
                    format!("--column {name}=: there is no such column; the columns are {}", names.join(", "));
                return Err(Failure::Unusable(message));
            }
        }
        Ok(())
    }

    fn open(&self) -> Result<(Progress, impl io::Read + io::Seek + Send + use<>), Failure> {
        let unusable = |error: io::Error| Failure::Unusable(format!("{}: {error}", self.path.display()));
        let file = File::open(&self.path).map_err(unusable)?;
        if !file.metadata().map_err(unusable)?.is_file() {
            return Err(unusable(io::Error::other("it is not a regular file")));
        }
        Progress::of(file).map_err(unusable)
    }
}

/// Writes the result of each line to standard output.
struct Report<'a> {
    rows: csv::Writer<Stdout>,
    progress: &'a Progress,
    id: fn(Id<kind::Document>) -> String,
    /// The first error of writing to standard output. The import continues after it, for example when the reader of a pipe has
    /// quit.
    failed: Option<csv::Error>,
}

impl<'a> Report<'a> {
    fn new(progress: &'a Progress, id: fn(Id<kind::Document>) -> String) -> Self {
        let mut rows = csv::Writer::from_writer(io::stdout());
        let failed = rows.write_record(["line", "status", "id", "message"]).err();
        Self { rows, progress, id, failed }
    }

    fn tell(&mut self, lines: &[Line]) {
        let write = || {
            for line in lines {
                let status = match line.status {
                    Status::Added => "ADDED",
                    Status::Duplicate => "DUPLICATE",
                    Status::Refused => "REFUSED",
                    Status::Good => "GOOD",
                };
                let id = line.id.map(self.id).unwrap_or_default();
                self.rows.write_record([&line.line.to_string(), status, &id, &text::to_field(&line.message())])?;
            }
            self.rows.flush()?;
            Ok(())
        };
        if self.failed.is_none() {
            self.failed = self.progress.suspend(write).err();
        }
    }

    /// Prints the summary.
    fn end(mut self, done: Result<Summary, Error>, options: &FileOptions) -> Result<(), Failure> {
        let Summary { added, duplicates, refused, good } = done.map_err(failure)?;
        let printed = self.rows.flush().map_err(csv::Error::from);
        if let Some(error) = self.failed.or(printed.err()) {
            return Err(Failure::Failed(format!("cannot print the report: {error}; the import itself was completed")));
        }
        let added_lines = added;
        let added = if options.dry_run { format!("{good} would be added") } else { format!("{added} added") };
        let sums = format!("{added}, {duplicates} there already, {refused} refused");
        if refused == 0 {
            eprintln!("daybook: lines: {sums}");
            return Ok(());
        }
        let nothing = match options.mode {
            Mode::AllOrNothing if !options.dry_run && added_lines == 0 => "; nothing was written",
            _ => "",
        };
        Err(Failure::Failed(format!("lines: {sums}{nothing}")))
    }
}

/// Converts the error of an operation into a message of the command line, with the flags that the refused inputs came from.
fn failure(error: Error) -> Failure {
    let refusals = match error {
        Error::Refused(refusals) => refusals,
        Error::Gone => return Failure::Failed("the account was deleted in the meantime".to_owned()),
        Error::TimedOut => return Failure::Failed("a statement took too long".to_owned()),
        Error::Fault(cause) => return Failure::Failed(format!("the database failed: {cause}")),
    };
    let is_argument = refusals.iter().any(|refusal| refusal.path != "csv" && refusal.code != Code::TryAgain);
    let flag = |refusal: &Refusal| {
        let (first, field) = refusal.path.split_once('.').unwrap_or((&refusal.path, ""));
        let flag = match first {
            // The field that a question is about, or the number of a hint, whose message names its field.
            "say" if field.chars().all(|c| c.is_ascii_digit()) => "--say ",
            "say" => return format!("--say {field}: {}", refusal.message),
            "profile" | "profileJson" => "--profile: ",
            "columns" => "--column: ",
            "delimiter" => "--delimiter: ",
            "dateFormat" => "--date-format: ",
            "defaultWalletId" => "--default-wallet: ",
            "incomeCategory" => "--income-category: ",
            "expenseCategory" => "--expense-category: ",
            "user" => "--user: ",
            _ => "",
        };
        format!("{flag}{}", refusal.message)
    };
    let messages = refusals.iter().map(flag).collect::<Vec<_>>().join(" ");
    if is_argument { Failure::Unusable(messages) } else { Failure::Failed(messages) }
}
