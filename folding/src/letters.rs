//! Letters that search takes for others, although Unicode does not decompose them.

/// The letters that a search takes a letter for. `c` is decomposed and in lower case.
///
/// Latin letters follow the first level of Unicode's collation (DUCET), where a stroke is an accent. Arabic letters are those that
/// the keyboards of Arabic, Persian, Urdu and Kurdish write for one another.
pub(crate) fn base(c: char) -> Option<&'static str> {
    Some(match c {
        // Turkish has an i without a dot. The dot of `İ` is a mark when it is decomposed.
        'ı' => "i",
        'ł' => "l",
        'ø' => "o",
        'đ' | 'ð' => "d",
        'ħ' => "h",
        'ŧ' => "t",
        'æ' => "ae",
        'œ' => "oe",
        'þ' => "th",
        // Alef: wasla, with wavy hamza. The forms with hamza and madda are decomposed.
        'ٱ' | 'ٲ' | 'ٳ' => "ا",
        // Alef maksura, Persian yeh.
        'ى' | 'ی' => "ي",
        // Persian and swash kaf.
        'ک' | 'ڪ' => "ك",
        // Teh marbuta, and the hehs of Urdu and Kurdish.
        'ة' | 'ۃ' | 'ہ' | 'ھ' | 'ە' => "ه",
        // Hebrew letters at the end of a word.
        'ך' => "כ",
        'ם' => "מ",
        'ן' => "נ",
        'ף' => "פ",
        'ץ' => "צ",
        '\u{2018}' | '\u{2019}' | '\u{201B}' | '\u{2BC}' => "'",
        '\u{201C}' | '\u{201D}' | '\u{201E}' | '«' | '»' => "\"",
        '\u{2010}'..='\u{2015}' | '\u{2212}' => "-",
        _ => return None,
    })
}

/// The hiragana letter for a katakana letter.
pub(crate) fn hiragana(c: char) -> Option<char> {
    let is_katakana = matches!(c, '\u{30A1}'..='\u{30F6}' | '\u{30FD}' | '\u{30FE}');
    is_katakana.then(|| char::from_u32(u32::from(c) - 0x60)).flatten()
}
