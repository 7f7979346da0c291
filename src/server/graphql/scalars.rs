//! Values of scalars and enums in a document, as the values that are executed.

use apollo_compiler::ast::Value;
use async_graphql::{Name, Value as ConstValue};
use serde_json::Number;

/// The maximum number of digits that an exponent adds to a decimal.
const MOST_DIGITS: usize = 100;

/// Stands for a number of a document that is too large to be read.
const TOO_LARGE: f64 = 1e308;

/// Converts a value of the document into one of this scalar or enum. `None` when it has another form.
pub(super) fn scalar(ty: &str, value: &Value) -> Option<ConstValue> {
    Some(match (ty, value) {
        (_, Value::Null) => ConstValue::Null,
        (_, Value::Boolean(value)) => ConstValue::Boolean(*value),
        (_, Value::String(text)) => ConstValue::String(text.clone()),
        (_, Value::Enum(name)) => ConstValue::Enum(Name::new(name)),
        // The digits stay as they are written: a double would round them.
        ("Decimal", Value::Float(number)) => match without_exponent(number.as_str()) {
            Some(number) => ConstValue::String(number),
            None => ConstValue::Number(Number::from_f64(TOO_LARGE)?),
        },
        ("Decimal" | "ID", Value::Int(number)) => ConstValue::String(number.as_str().to_owned()),
        ("Float", Value::Int(number)) => ConstValue::Number(Number::from_f64(number.as_str().parse().ok()?)?),
        // "-0" is an integer, and has no sign when it is one.
        (_, Value::Int(number)) => match number.as_str().parse::<i64>() {
            Ok(number) => ConstValue::Number(number.into()),
            Err(_) => ConstValue::Number(Number::from_f64(number.as_str().parse().ok()?)?),
        },
        (_, Value::Float(number)) => ConstValue::Number(Number::from_f64(number.as_str().parse().ok()?)?),
        (_, Value::Variable(_) | Value::List(_) | Value::Object(_)) => return None,
    })
}

/// A number without its exponent, such as `1.5e3` as `1500`. `None` when it would be too long.
fn without_exponent(text: &str) -> Option<String> {
    let Some((number, exponent)) = text.split_once(['e', 'E']) else { return Some(text.to_owned()) };
    let exponent: i32 = exponent.parse().ok()?;
    let by = usize::try_from(exponent.unsigned_abs()).ok().filter(|by| *by <= MOST_DIGITS)?;
    let (sign, number) = number.strip_prefix('-').map_or(("", number), |number| ("-", number));
    let (whole, decimals) = number.split_once('.').unwrap_or((number, ""));
    let (whole, decimals) = if exponent < 0 {
        let padded = format!("{}{whole}", "0".repeat(by));
        let (kept, moved) = padded.split_at(padded.len() - by);
        (kept.to_owned(), format!("{moved}{decimals}"))
    } else {
        let padded = format!("{decimals}{}", "0".repeat(by.saturating_sub(decimals.len())));
        let (moved, kept) = padded.split_at(by);
        (format!("{whole}{moved}"), kept.to_owned())
    };
    let whole = match whole.trim_start_matches('0') {
        "" => "0",
        whole => whole,
    };
    Some(if decimals.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{decimals}") })
}

#[cfg(test)]
mod tests {
    use super::without_exponent;

    #[test]
    fn an_exponent_moves_the_point() {
        for (text, expected) in [
            ("1.5", Some("1.5")),
            ("1.5e3", Some("1500")),
            ("-1.2345E+2", Some("-123.45")),
            ("12.5e-1", Some("1.25")),
            ("1e-3", Some("0.001")),
            ("0.001e2", Some("0.1")),
            ("0e0", Some("0")),
            ("1e999999999", None),
            ("1e99999999999999", None),
        ] {
            assert_eq!(without_exponent(text).as_deref(), expected, "{text}");
        }
    }
}
