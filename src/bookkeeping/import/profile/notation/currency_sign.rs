//! The signs of currencies.

use crate::money::Currency;

/// Signs and abbreviations that mean one currency.
const SIGNS: &[(&str, &str)] = &[
    ("€", "EUR"),
    ("£", "GBP"),
    ("₹", "INR"),
    ("₽", "RUB"),
    ("руб", "RUB"),
    ("р", "RUB"),
    ("₺", "TRY"),
    ("tl", "TRY"),
    ("₴", "UAH"),
    ("грн", "UAH"),
    ("₪", "ILS"),
    ("₩", "KRW"),
    ("₫", "VND"),
    ("₦", "NGN"),
    ("฿", "THB"),
    ("₱", "PHP"),
    ("₸", "KZT"),
    ("₾", "GEL"),
    ("₼", "AZN"),
    ("₡", "CRC"),
    ("₲", "PYG"),
    ("zł", "PLN"),
    ("zl", "PLN"),
    ("kč", "CZK"),
    ("ft", "HUF"),
    ("лв", "BGN"),
    ("r$", "BRL"),
    ("us$", "USD"),
    ("sfr", "CHF"),
    ("rm", "MYR"),
    ("rp", "IDR"),
];

/// Signs of several currencies.
const SHARED: &[&str] = &[
    "$",
    "¥",
    "￥",
    "kr",
    "rs",
    "lei",
    "din",
    "km",
    "a$",
    "c$",
    "s$",
    "nz$",
    "hk$",
    "ksh",
    "fr",
    "ريال",
    "دينار",
    "درهم",
    "ر.س",
    "د.إ",
];

/// The currency that a sign or a code beside an amount means: `Some(None)` for a sign of several currencies, `None` for a
/// text that is neither.
#[must_use]
pub fn find(text: &str) -> Option<Option<Currency>> {
    let text = text.trim_end_matches('.').trim();
    if text.is_empty() {
        return None;
    }
    if let Some(code) = code(text) {
        return Some(Some(code));
    }
    let text = text.to_lowercase();
    if let Some((_, code)) = SIGNS.iter().find(|(sign, _)| *sign == text) {
        return Some(code.parse().ok());
    }
    SHARED.contains(&text.as_str()).then_some(None)
}

/// The currency with this code, in any case.
#[must_use]
pub fn code(text: &str) -> Option<Currency> {
    let text = text.trim();
    let is_code = text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_alphabetic());
    is_code.then(|| text.to_ascii_uppercase().parse().ok()).flatten()
}
