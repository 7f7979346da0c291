//! `daybook import`: imports the lines of a file into a user's book.
//!
//! Reads the arguments and prints the report; `bookkeeping::import` does the work. The report on standard output is CSV too, so
//! that refused lines can be found, corrected and imported again. The summary goes to standard error.

use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
};

use clap::{Args, Subcommand, ValueEnum};

use super::{
    Failure,
    progress::Progress,
    report::{Report, failure},
};
use crate::{
    app::App,
    bookkeeping::{
        import::{
            self, Columns, CustomerColumns, CustomerImport, EntryColumns, EntryImport, FileOptions, Known, Mode, Said,
            TransactionColumns, TransactionImport,
            undo::{self, Undone},
        },
        spending::category::CategoryRef,
    },
    id::kind,
    identity,
    money::Currency,
    text,
};

/// The arguments of `daybook import`.
#[derive(Args, Clone, Debug)]
#[command(subcommand_negates_reqs = true)]
pub struct Import {
    #[command(subcommand)]
    sort: Option<Sort>,

    /// Take back all that an import made, as long as nothing of it was changed since: the id that the import printed, and that
    /// `imports` lists
    #[arg(long, value_name = "ID", required = true)]
    undo: Option<String>,

    /// User whose import it is: a username, a phone number or an e-mail address
    #[arg(long, required = true)]
    user: Option<String>,
}

#[derive(Clone, Debug, Subcommand)]
enum Sort {
    /// Import income and expenses. Columns: date, amount, category and description; optional: currency, wallet, kind, note and
    /// id
    ///
    /// The category decides whether a line is income or an expense. A negative amount is money that went out: a positive one is a
    /// refund in a category of expenses, and a negative one is income given back in a category of income. Consecutive lines with the same id form one split transaction. A line without an id is a duplicate when
    /// an earlier import added a line with the same values; equal lines of one file are all imported.
    Transactions(Transactions),
    /// Import customer entries: goods on credit and payments. Columns: date, type (CREDIT or DEBIT), amount, customer and note;
    /// optional: currency, customerId and id
    ///
    /// A line names a customer, by name or by id. A line without an id is a duplicate when an earlier import added a
    /// line with the same values; equal lines of one file are all imported.
    Entries(Entries),
    /// Import customers. Columns: name and phone; optional: email, firmName, address, city, state, gstNumber, note and id
    ///
    /// No two customers have one phone number. A line without an id is a duplicate when an earlier import added a line with the
    /// same values; equal lines of one file are all imported.
    Customers(FileArguments),
}

#[derive(Args, Clone, Debug)]
struct Entries {
    #[command(flatten)]
    file: FileArguments,

    /// Create customers who do not exist yet, with their names alone
    #[arg(long)]
    create_customers: bool,
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
    /// what it does not tell is asked for
    #[arg(long, conflicts_with_all = ["columns", "delimiter", "decimal_comma", "date_format"])]
    bank: bool,

    /// What the file does not tell, such as `sign=POSITIVE_OUT`, `dates=DAY_FIRST` or `columns.bankId=Reference`. Repeatable.
    /// Implies --bank
    #[arg(long, value_name = "FIELD=VALUE", value_parser = pair, conflicts_with_all = ["columns", "delimiter", "decimal_comma", "date_format"])]
    say: Vec<(String, String)>,

    /// A profile, which says what the files of a bank look like: the name of one that is saved in the book, or a JSON file.
    /// Implies --bank
    #[arg(long, value_name = "NAME|FILE", conflicts_with_all = ["columns", "delimiter", "decimal_comma", "date_format"])]
    profile: Option<String>,
}

#[derive(Args, Clone, Debug)]
struct FileArguments {
    /// The file: CSV in UTF-8 with a header line, or with --bank as a bank gives it
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
    /// written a thousand lines at a time, so that others can write in between
    AllOrNothing,
    /// Import the other lines
    GoodLines,
}

fn pair(text: &str) -> Result<(String, String), String> {
    let (name, called) = text.split_once('=').ok_or("expected NAME=HEADER, such as amount=Betrag")?;
    Ok((name.trim().to_owned(), called.trim().to_owned()))
}

impl Import {
    /// Runs the import and prints the report.
    ///
    /// # Errors
    /// When an argument cannot be used, or when a line was refused.
    pub async fn run(self, app: &App) -> Result<(), Failure> {
        match (self.sort, self.undo, self.user) {
            (Some(Sort::Transactions(transactions)), None, None) => transactions.run(app).await,
            (Some(Sort::Entries(arguments)), None, None) => entries(app, &arguments).await,
            (Some(Sort::Customers(file)), None, None) => customers(app, &file).await,
            (None, Some(id), Some(user)) => undo(app, &id, &user).await,
            _ => Err(Failure::Unusable("give either a file to import, or --undo with --user".to_owned())),
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

async fn customers(app: &App, arguments: &FileArguments) -> Result<(), Failure> {
    let mut columns = CustomerColumns::default();
    arguments.name_columns(&mut columns)?;
    let import = CustomerImport { file: arguments.options(), columns: Some(columns) };
    let viewer = identity::impersonate(app, &arguments.user).await.map_err(failure)?;
    let (progress, file) = arguments.open()?;
    let mut report = Report::new(&progress, |id| id.cast::<kind::Customer>().to_string());
    let done = import::customers(app, &viewer, file, &import, &mut |lines| report.tell(lines)).await;
    progress.end();
    report.end(done, &import.file)
}

/// Takes back all that an import made.
async fn undo(app: &App, id: &str, user: &str) -> Result<(), Failure> {
    let viewer = identity::impersonate(app, user).await.map_err(failure)?;
    let progress = Progress::of_rows();
    progress.set_length(None);
    let undone = undo::undo_wholly(app, &viewer, &id.into(), &mut |count| progress.add(count)).await;
    progress.end();
    let Undone { taken, kept, .. } = undone.map_err(failure)?;
    if kept > 0 {
        let message = format!("undone: {taken} taken back, {kept} stay because they were changed meanwhile");
        return Err(Failure::Failed(message));
    }
    eprintln!("daybook: undone: {taken} taken back");
    Ok(())
}

async fn entries(app: &App, Entries { file: arguments, create_customers }: &Entries) -> Result<(), Failure> {
    let mut columns = EntryColumns::default();
    arguments.name_columns(&mut columns)?;
    let (columns, create_customers) = (Some(columns), *create_customers);
    let import = EntryImport { file: arguments.options(), columns, create_customers };
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
            file_name: self.file_name(),
            most_lines: None,
        }
    }

    /// The name of the file for the record of the import, if it can be kept.
    fn file_name(&self) -> Option<String> {
        text::line(&self.path.file_name()?.to_string_lossy(), 255, "fileName").ok()
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
