//! Examples of scalar values, added to validation errors that only name the expected scalar.

use async_graphql::ServerError;

/// The scalars of the schema, each with an example.
const SCALARS: [(&str, &str); 6] = [
    ("CurrencyCode", "a currency code, as in \"USD\""),
    ("Date", "a day of the calendar, as in \"2026-11-20\""),
    ("DateTime", "a time with its offset, as in \"2026-11-20T10:00:00Z\""),
    ("Decimal", "a decimal number, as in \"1250.00\""),
    ("TimeZone", "a time zone, as in \"Asia/Aden\""),
    ("YearMonth", "a month, as in \"2026-11\", in the years 1900 to 2199"),
];

/// Adds an example to an error that says that a value does not have the form of a scalar.
pub(super) fn explain(error: &mut ServerError) {
    let expected = |(name, _): &&(&str, &str)| error.message.ends_with(&format!("expected type \"{name}\""));
    if let Some((_, example)) = SCALARS.iter().find(expected) {
        error.message = format!("{}: {example}", error.message);
    }
}
