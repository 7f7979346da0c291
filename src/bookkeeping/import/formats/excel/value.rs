//! What a cell says, as text. Pure.

use calamine::{Data, ExcelDateTime};

/// The last day that Excel can represent, 9999-12-31, as its number.
const LAST_DAY: f64 = 2_958_465.0;

/// The text of a cell: dates as `2026-11-03` or `2026-11-03 14:30:00`, numbers with a point and without groups.
pub(super) fn text(cell: &Data) -> String {
    match cell {
        Data::Int(number) => number.to_string(),
        Data::Float(number) => self::number(*number),
        Data::String(text) => text.clone(),
        Data::Bool(is_true) => if *is_true { "TRUE" } else { "FALSE" }.to_owned(),
        Data::DateTime(time) => date(time),
        Data::DateTimeIso(time) => iso(time),
        Data::DurationIso(time) => time.clone(),
        Data::Error(error) => error.to_string(),
        Data::Empty => String::new(),
    }
}

/// A time such as `2026-11-03T14:30:00`, or a date, with a blank in place of the `T`, and without the time when that is midnight.
pub(super) fn iso(time: &str) -> String {
    let time = time.trim();
    match time.split_once('T') {
        Some((date, clock)) if clock.trim_end_matches('Z').bytes().all(|byte| b"0:.".contains(&byte)) => {
            date.to_owned()
        }
        Some((date, clock)) => format!("{date} {clock}"),
        None => time.to_owned(),
    }
}

fn date(time: &ExcelDateTime) -> String {
    let value = time.as_f64();
    if time.is_duration() || !(0.0..LAST_DAY + 1.0).contains(&value) {
        return number(value);
    }
    let (year, month, day, hour, minute, second, _) = time.to_ymd_hms_milli();
    let date = format!("{year:04}-{month:02}-{day:02}");
    let clock = format!("{hour:02}:{minute:02}:{second:02}");
    match (value < 1.0, clock.as_str()) {
        (true, _) => clock,
        (false, "00:00:00") => date,
        (false, _) => format!("{date} {clock}"),
    }
}

/// A number as a spreadsheet shows it: with at most 15 digits, so that `8.78` is not `8.7799999999999994`.
pub(super) fn number(number: f64) -> String {
    let text = format!("{number:.14e}");
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let (sign, mantissa) = mantissa.strip_prefix('-').map_or(("", mantissa), |rest| ("-", rest));
    let digits = mantissa.replace('.', "");
    let (digits, exponent) = (digits.trim_end_matches('0'), exponent.parse::<i32>().unwrap_or_default());
    if digits.is_empty() || !number.is_finite() {
        return if number.is_finite() { "0".to_owned() } else { String::new() };
    }
    let Ok(before) = usize::try_from(exponent + 1) else {
        // Below one: zeros come first.
        let zeros = usize::try_from(-exponent - 1).unwrap_or_default();
        return format!("{sign}0.{}{digits}", "0".repeat(zeros));
    };
    if before == 0 {
        return format!("{sign}0.{digits}");
    }
    match (digits.get(..before), digits.get(before..)) {
        (Some(whole), Some(decimals)) if !decimals.is_empty() => format!("{sign}{whole}.{decimals}"),
        _ => format!("{sign}{digits}{}", "0".repeat(before.saturating_sub(digits.len()))),
    }
}

#[cfg(test)]
mod tests {
    use super::{iso, number};

    #[test]
    fn numbers_have_no_noise() {
        for (value, expected) in [
            (8.78, "8.78"),
            (87.8 / 10.0, "8.78"),
            (0.1 + 0.2, "0.3"),
            (-1234.5, "-1234.5"),
            (1e15, "1000000000000000"),
            (100.0, "100"),
            (0.0, "0"),
            (-0.0, "0"),
            (0.005, "0.005"),
            (0.5, "0.5"),
            (12_345_678_901_234.56, "12345678901234.6"),
            (f64::NAN, ""),
            (f64::INFINITY, ""),
            (1e20, "100000000000000000000"),
        ] {
            assert_eq!(number(value), expected, "{value}");
        }
        assert_eq!(number(f64::MAX).len(), 309);
        assert!(number(f64::MIN_POSITIVE).len() < 330);
    }

    #[test]
    fn a_time_at_midnight_is_a_date() {
        assert_eq!(iso("2026-11-03T00:00:00"), "2026-11-03");
        assert_eq!(iso("2026-11-03T14:30:00"), "2026-11-03 14:30:00");
        assert_eq!(iso("2026-11-03"), "2026-11-03");
    }
}
