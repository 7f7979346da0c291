//! Dates of three numbers in an unknown order. Pure.

use chrono::NaiveDate;

use super::super::{answers::DateOrder, day};

/// All orders.
pub(super) const ORDERS: [DateOrder; 3] = [DateOrder::DayFirst, DateOrder::MonthFirst, DateOrder::YearFirst];

/// The numbers of a date such as `3/11/2026`, `11/ 3'26` or `2026-11-03`.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Numbers {
    parts: [u32; 3],
    /// The digits of each number.
    widths: [usize; 3],
    /// Whether an apostrophe says that the last is a year from 2000.
    has_apostrophe: bool,
}

fn numbers(text: &str) -> Option<Numbers> {
    let text = text.trim();
    let mut numbers = Numbers { parts: [0; 3], widths: [0; 3], has_apostrophe: text.contains(['\'', '\u{2019}']) };
    if text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        let part = |from: usize, to: usize| text.get(from..to)?.parse::<u32>().ok();
        return Some(Numbers { parts: [part(0, 4)?, part(4, 6)?, part(6, 8)?], widths: [4, 2, 2], ..numbers });
    }
    let mut parts = text.split(['/', '.', '-', '\'', '\u{2019}']).map(str::trim);
    for (number, width) in numbers.parts.iter_mut().zip(&mut numbers.widths) {
        let part = parts
            .next()
            .filter(|part| (1..=4).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit()))?;
        (*number, *width) = (part.parse().ok()?, part.len());
    }
    parts.next().is_none().then_some(numbers)
}

/// The date, if the text is one in this order.
pub(super) fn read(text: &str, order: DateOrder) -> Option<NaiveDate> {
    let Numbers { parts, widths, has_apostrophe } = numbers(text)?;
    let [first, second, third] = parts;
    let (year, width, month, day) = match order {
        DateOrder::DayFirst => (third, widths[2], second, first),
        DateOrder::MonthFirst => (third, widths[2], first, second),
        DateOrder::YearFirst => (first, widths[0], second, third),
    };
    let is_last = order != DateOrder::YearFirst;
    let year = i32::try_from(year).ok()?;
    let year = match width {
        4 => year,
        // Quicken pads with a blank: `' 8` is 2008.
        1 | 2 if has_apostrophe && is_last => 2000 + year,
        2 => day::century(year),
        _ => return None,
    };
    NaiveDate::from_ymd_opt(year, month, day)
}

/// The date, if it is the same in every order in which the text is one.
pub(super) fn read_surely(text: &str) -> Option<NaiveDate> {
    let mut dates = ORDERS.into_iter().filter_map(|order| read(text, order));
    let first = dates.next()?;
    dates.all(|date| date == first).then_some(first)
}

#[cfg(test)]
mod tests {
    use super::{DateOrder, read, read_surely};

    #[test]
    fn dates_of_quicken_and_of_banks_are_read_in_an_order() {
        for (text, order, expected) in [
            ("11/3'26", DateOrder::MonthFirst, "2026-11-03"),
            ("2/ 4'19", DateOrder::MonthFirst, "2019-02-04"),
            (" 4/ 1' 8", DateOrder::MonthFirst, "2008-04-01"),
            ("28.02'2009", DateOrder::DayFirst, "2009-02-28"),
            ("3/11/2026", DateOrder::DayFirst, "2026-11-03"),
            ("31/12/99", DateOrder::DayFirst, "1999-12-31"),
            ("2026-11-03", DateOrder::YearFirst, "2026-11-03"),
            ("20261103", DateOrder::YearFirst, "2026-11-03"),
        ] {
            assert_eq!(read(text, order).map(|date| date.to_string()).as_deref(), Some(expected), "{text}");
        }
        for text in ["", "1/2", "1/2/3/4", "1/2/333", "a/b/c", "12345/1/1", "1//2026", "é/1/2026"] {
            assert!(super::ORDERS.iter().all(|order| read(text, *order).is_none()), "{text}");
        }
    }

    #[test]
    fn some_dates_are_sure_by_themselves() {
        assert!(read_surely("25/12/2026").is_some());
        assert!(read_surely("5/5/2026").is_some());
        assert!(read_surely("2026-11-03").is_some());
        assert!(read_surely("3/11/2026").is_none());
    }
}
