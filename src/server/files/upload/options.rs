//! Makes the options of an import of the parameters in the URL.

use crate::{
    bookkeeping::{
        import::{Columns, FileOptions, Known, Mode, Said, TransactionColumns, TransactionImport},
        spending::category::CategoryRef,
    },
    error::{Code, Error, Refusal, Refusals, Result},
    server::files::parameters::Parameters,
};

/// The parameters, with the same meaning as the fields of the input of `importTransactions`. Those that end in a dot have many.
const PARAMETERS: [&str; 16] = [
    "dryRun",
    "mode",
    "delimiter",
    "decimalComma",
    "dateFormat",
    "defaultCurrency",
    "fileName",
    "defaultWalletId",
    "incomeCategory",
    "expenseCategory",
    "createCategories",
    "bank",
    "profile",
    "profileJson",
    "say.",
    "columns.",
];

/// Reads the query string of a URL.
///
/// # Errors
/// `INVALID` for a parameter that is unknown, given twice or malformed.
pub(super) fn read(query: Option<&str>) -> Result<TransactionImport> {
    let mut parameters = Parameters::read_of("upload", query, &PARAMETERS).map_err(Error::from)?;
    let mut refusals = Refusals::default();
    let mut is = |name| parameters.word(name, "true or false", &mut refusals).unwrap_or_default();
    let [dry_run, decimal_comma, create_categories, bank] =
        ["dryRun", "decimalComma", "createCategories", "bank"].map(&mut is);
    let mode = match parameters.text("mode").as_deref() {
        None | Some("ALL_OR_NOTHING") => Mode::AllOrNothing,
        Some("GOOD_LINES") => Mode::GoodLines,
        Some(_) => {
            refusals.push(Refusal::new(Code::Invalid, "mode", "`mode` must be ALL_OR_NOTHING or GOOD_LINES."));
            Mode::default()
        }
    };
    let mut columns = TransactionColumns::default();
    for (name, called) in parameters.under("columns.") {
        if !columns.set(&name, called) {
            refusals.push(Refusal::new(Code::Invalid, "columns", format!("There is no column `{name}`.")));
        }
    }
    let say = parameters.under("say.").into_iter().map(|(field, value)| Said { field, value }).collect();
    let default_currency = parameters.word("defaultCurrency", "a code such as USD", &mut refusals);
    refusals.none()?;
    let mut text = |name| parameters.text(name);
    Ok(TransactionImport {
        file: FileOptions {
            dry_run,
            mode,
            delimiter: text("delimiter").unwrap_or_else(|| ",".to_owned()),
            decimal_comma,
            date_format: text("dateFormat"),
            default_currency,
            file_name: text("fileName"),
            most_lines: None,
        },
        columns: Some(columns),
        default_wallet_id: text("defaultWalletId").map(Into::into),
        income_category: text("incomeCategory").map(CategoryRef::Name),
        expense_category: text("expenseCategory").map(CategoryRef::Name),
        create_categories,
        bank,
        known: Known { profile: text("profile"), profile_json: text("profileJson"), say, is_text: false },
    })
}

#[cfg(test)]
mod tests {
    use super::{Mode, read};

    #[test]
    fn the_parameters_are_the_fields_of_the_input() {
        let query = "dryRun=true&mode=GOOD_LINES&say.dates=DAY_FIRST&say.columns.bankId=Ref+no&columns.category=&bank=false\
                     &defaultWalletId=w&incomeCategory=In&profile=My+bank&delimiter=%3B";
        let read = read(Some(query)).unwrap();
        assert!(read.file.dry_run && read.file.mode == Mode::GoodLines && !read.bank && read.is_of_bank());
        let said: Vec<_> = read.known.say.iter().map(|said| (said.field.as_str(), said.value.as_str())).collect();
        assert_eq!(said, [("columns.bankId", "Ref no"), ("dates", "DAY_FIRST")]);
        assert_eq!((read.known.profile.as_deref(), read.file.delimiter.as_str()), (Some("My bank"), ";"));
        assert_eq!(read.columns.unwrap().category.as_deref(), Some(""));
    }

    #[test]
    fn what_cannot_be_read_is_refused() {
        for query in
            ["dryRun=yes", "mode=ALL", "columns.sum=x", "file=x", "defaultCurrency=dollars", "bank=true&bank=true"]
        {
            assert!(read(Some(query)).is_err(), "{query}");
        }
        assert!(!read(None).unwrap().is_of_bank());
    }
}
