//! The names of months.

/// The beginnings of the names of months in lower case, by language. A longer beginning counts before a shorter one.
const BEGINNINGS: &[(&str, u32)] = &[
    // English, German, Dutch, Scandinavian, French, Spanish, Italian, Portuguese, Romanian.
    ("jan", 1),
    ("jän", 1),
    ("ene", 1),
    ("gen", 1),
    ("ian", 1),
    ("feb", 2),
    ("fev", 2),
    ("fév", 2),
    ("mar", 3),
    ("mär", 3),
    ("maa", 3),
    ("mrt", 3),
    ("apr", 4),
    ("avr", 4),
    ("abr", 4),
    ("may", 5),
    ("mai", 5),
    ("maj", 5),
    ("mei", 5),
    ("mag", 5),
    ("jun", 6),
    ("juin", 6),
    ("giu", 6),
    ("iun", 6),
    ("jul", 7),
    ("juil", 7),
    ("lug", 7),
    ("iul", 7),
    ("aug", 8),
    ("aou", 8),
    ("aoû", 8),
    ("ago", 8),
    ("sep", 9),
    ("set", 9),
    ("oct", 10),
    ("okt", 10),
    ("ott", 10),
    ("out", 10),
    ("nov", 11),
    ("noi", 11),
    ("dec", 12),
    ("dez", 12),
    ("des", 12),
    ("déc", 12),
    ("dic", 12),
    // Polish, Czech, Slovak.
    ("sty", 1),
    ("lut", 2),
    ("kwi", 4),
    ("cze", 6),
    ("lip", 7),
    ("sie", 8),
    ("wrz", 9),
    ("paź", 10),
    ("paz", 10),
    ("lis", 11),
    ("gru", 12),
    ("led", 1),
    ("úno", 2),
    ("uno", 2),
    ("bře", 3),
    ("bre", 3),
    ("dub", 4),
    ("kvě", 5),
    ("kve", 5),
    ("červenec", 7),
    ("červenc", 7),
    ("cervenec", 7),
    ("cervenc", 7),
    ("červn", 6),
    ("cervn", 6),
    ("cerven", 6),
    ("červen", 6),
    ("srp", 8),
    ("zář", 9),
    ("říj", 10),
    ("pro", 12),
    ("máj", 5),
    ("jún", 6),
    ("júl", 7),
    // Hungarian, Finnish, Estonian.
    ("márc", 3),
    ("ápr", 4),
    ("sze", 9),
    ("tammi", 1),
    ("helmi", 2),
    ("maalis", 3),
    ("huhti", 4),
    ("touko", 5),
    ("kesä", 6),
    ("heinä", 7),
    ("elo", 8),
    ("syys", 9),
    ("loka", 10),
    ("marras", 11),
    ("joulu", 12),
    // Lithuanian, Turkish.
    ("sau", 1),
    ("vas", 2),
    ("kov", 3),
    ("bal", 4),
    ("geg", 5),
    ("bir", 6),
    ("lie", 7),
    ("rugp", 8),
    ("rugs", 9),
    ("spa", 10),
    ("lap", 11),
    ("oca", 1),
    ("şub", 2),
    ("sub", 2),
    ("nis", 4),
    ("haz", 6),
    ("tem", 7),
    ("ağu", 8),
    ("agu", 8),
    ("eyl", 9),
    ("eki", 10),
    ("kas", 11),
    ("ara", 12),
    // Russian, Ukrainian.
    ("янв", 1),
    ("фев", 2),
    ("мар", 3),
    ("апр", 4),
    ("май", 5),
    ("мая", 5),
    ("июн", 6),
    ("июл", 7),
    ("авг", 8),
    ("сен", 9),
    ("окт", 10),
    ("ноя", 11),
    ("дек", 12),
    // Arabic, Hindi.
    ("يناير", 1),
    ("فبراير", 2),
    ("مارس", 3),
    ("أبريل", 4),
    ("ابريل", 4),
    ("مايو", 5),
    ("يونيو", 6),
    ("يوليو", 7),
    ("أغسطس", 8),
    ("اغسطس", 8),
    ("سبتمبر", 9),
    ("जन", 1),
    ("फ", 2),
    ("मार्च", 3),
    ("अप्रै", 4),
];

/// More of them, whose beginnings are whole words.
const MORE: &[(&str, u32)] = &[
    ("أكتوبر", 10),
    ("اكتوبر", 10),
    ("نوفمبر", 11),
    ("ديسمبر", 12),
    ("मई", 5),
    ("जून", 6),
    ("जुल", 7),
    ("अग", 8),
    ("सित", 9),
    ("अक्ट", 10),
    ("अक्तू", 10),
    ("नव", 11),
    ("दिस", 12),
    ("mayıs", 5),
    ("mart", 3),
    ("ιαν", 1),
];

/// Croatian names, whole words in the genitive and the nominative.
const CROATIAN: &[(&str, u32)] = &[
    ("siječnja", 1),
    ("siječanj", 1),
    ("veljače", 2),
    ("veljača", 2),
    ("ožujka", 3),
    ("ožujak", 3),
    ("travnja", 4),
    ("travanj", 4),
    ("svibnja", 5),
    ("svibanj", 5),
    ("lipnja", 6),
    ("lipanj", 6),
    ("srpnja", 7),
    ("srpanj", 7),
    ("kolovoza", 8),
    ("kolovoz", 8),
    ("rujna", 9),
    ("rujan", 9),
    ("studenoga", 11),
    ("studenog", 11),
    ("studeni", 11),
    ("prosinca", 12),
    ("prosinac", 12),
];
/// Words that are another month in Croatian than in Polish and Czech.
const CROATIAN_ONLY: &[(&str, u32)] = &[("listopada", 10), ("listopad", 10), ("lis", 10), ("lip", 6), ("srp", 7)];

/// The month of a word that means another one in Croatian than in Polish and Czech.
pub(super) fn croatian(word: &str) -> Option<u32> {
    whole(&word.to_lowercase(), CROATIAN_ONLY)
}

fn whole(word: &str, names: &[(&str, u32)]) -> Option<u32> {
    names.iter().find(|(name, _)| *name == word).map(|(_, month)| *month)
}

/// The month, from 1, that a name or its abbreviation means.
pub(super) fn month(word: &str) -> Option<u32> {
    const LONGEST: usize = 40;
    if word.len() > LONGEST {
        return None;
    }
    let word = word.to_lowercase();
    if let Some(month) = whole(&word, CROATIAN) {
        return Some(month);
    }
    let found = BEGINNINGS.iter().chain(MORE).filter(|(beginning, _)| word.starts_with(beginning));
    found.max_by_key(|(beginning, _)| beginning.len()).map(|(_, month)| *month)
}

#[cfg(test)]
mod tests {
    use super::month;

    #[test]
    fn months_have_names_in_many_languages() {
        for (words, expected) in [
            ("jan january Januar enero gennaio janvier styczeń января يناير जनवरी sausio ocak", 1),
            ("feb février fevereiro Şubat lutego helmikuuta", 2),
            ("mars März maart mrt marzo мартa maaliskuuta mart", 3),
            ("may mayo Mai maj mei maggio мая mayıs", 5),
            ("june juin junho giugno июня czerwca haziran birželio", 6),
            ("july juillet julio luglio июль lipca temmuz liepos", 7),
            ("Sept september setembre września eylül rugsėjo", 9),
            ("oct oktober ottobre outubro października ekim", 10),
            ("november Noviembre listopada marraskuuta kasım lapkričio", 11),
            ("dec Dezember diciembre déc grudnia aralık gruodžio दिसंबर", 12),
        ] {
            for word in words.split(' ') {
                assert_eq!(month(word), Some(expected), "{word}");
            }
        }
        let croatian =
            "siječnja veljače ožujka travnja svibnja lipnja srpnja kolovoza rujna listopada studenoga prosinca";
        for (word, expected) in croatian.split(' ').zip(1..) {
            assert_eq!(super::croatian(word).or_else(|| month(word)), Some(expected), "{word}");
        }
        assert_eq!((month("července"), month("června"), month("srpna")), (Some(7), Some(6), Some(8)));
        assert_eq!((month("x"), month(""), month("foo")), (None, None, None));
    }
}
