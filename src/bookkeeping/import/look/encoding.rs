//! Finds the encoding of a file.

use std::io::{self, Read};

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

use super::{
    super::profile::record::{Record, Records},
    finding::Confidence,
};

/// The encoding of a file, how sure it is, and why. `None` when the file is not text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Encoded {
    pub(super) encoding: &'static Encoding,
    pub(super) confidence: Confidence,
    pub(super) reason: &'static str,
}

/// €, ‘, ’, –, the hard space, £, § and ° in windows-1252. Where a file has no other characters, there are no words by which the
/// detector could tell the encoding.
const SIGNS: [u8; 8] = [0x80, 0x91, 0x92, 0x96, 0xA0, 0xA3, 0xA7, 0xB0];

/// A file is not text when one of this many bytes is zero, or more.
const MOST_ZEROS: u64 = 100;

/// Reads the whole file, a piece at a time: the first byte that is not UTF-8 may be the last one of the file.
pub(super) fn find(mut file: impl Read) -> io::Result<Result<Encoded, &'static str>> {
    let mut buffer = vec![0; 64 * 1024];
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    let mut utf8 = Utf8Check::default();
    let (mut is_ascii, mut has_letters) = (true, false);
    let mut zeros = [0_u64; 2];
    let mut begin = Vec::new();
    let mut length = 0;
    loop {
        let count = match file.read(&mut buffer) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            read => read?,
        };
        let bytes = buffer.get(..count).unwrap_or_default();
        if bytes.is_empty() {
            break;
        }
        if begin.len() < 8 {
            begin.extend(bytes.iter().take(8));
        }
        is_ascii &= bytes.is_ascii();
        has_letters |= bytes.iter().any(|byte| !byte.is_ascii() && !SIGNS.contains(byte));
        utf8.add(bytes);
        detector.feed(bytes, false);
        for (at, byte) in (length..).zip(bytes) {
            if *byte == 0 {
                zeros[at % 2] += 1;
            }
        }
        length += count;
    }
    detector.feed(&[], true);
    let found = |encoding, confidence, reason| Ok(Ok(Encoded { encoding, confidence, reason }));
    if begin.starts_with(b"PK\x03\x04") || begin.starts_with(b"\xD0\xCF\x11\xE0") {
        return Ok(Err("The file is a spreadsheet, not CSV."));
    }
    if begin.starts_with(b"%PDF") {
        return Ok(Err("The file is a PDF, not CSV."));
    }
    if let Some((encoding, _)) = Encoding::for_bom(&begin) {
        return found(encoding, Confidence::Certain, "The file begins with the byte order mark of this encoding.");
    }
    let [even, odd] = zeros;
    let half = u64::try_from(length / 2).unwrap_or(u64::MAX);
    // Of UTF-16, digits, separators and Latin letters have one byte of zero.
    let is_wide = |zeros: u64, others: u64| zeros > half / 2 && others < zeros / 8;
    if is_wide(odd, even) {
        return found(UTF_16LE, Confidence::Certain, "Every second byte is zero, as in this encoding.");
    }
    if is_wide(even, odd) {
        return found(UTF_16BE, Confidence::Certain, "Every second byte is zero, as in this encoding.");
    }
    // A few of them are dirt in a text, and are cleaned away.
    if (even + odd).saturating_mul(MOST_ZEROS) > u64::try_from(length).unwrap_or(u64::MAX) {
        return Ok(Err("The file is not text."));
    }
    if is_ascii {
        return found(UTF_8, Confidence::Certain, "The file has ASCII characters only.");
    }
    if utf8.is_valid() {
        return found(UTF_8, Confidence::Certain, "All of the file is valid UTF-8.");
    }
    if utf8.is_nearly_valid() {
        return found(
            UTF_8,
            Confidence::Likely,
            "Nearly all of the file is valid UTF-8; lines that are not are refused.",
        );
    }
    if !has_letters {
        return found(
            WINDOWS_1252,
            Confidence::Likely,
            "Besides ASCII, the file has only signs such as £ in this encoding.",
        );
    }
    let guess = detector.guess(None, Utf8Detection::Deny);
    found(guess, Confidence::Likely, "The file is not UTF-8, and its letters make words in this encoding.")
}

/// A word of the file that is none in this encoding: with control characters, parts of frames, or quotes between letters.
pub(super) fn odd_word(file: impl Read, encoding: &'static Encoding) -> io::Result<Option<String>> {
    // Nothing is split by this separator.
    let mut records = Records::new(file, encoding, '\u{1}', None);
    let mut record = Record::default();
    while records.read(&mut record)? {
        let found = record.cells().flat_map(|text| text.split([' ', ',', ';', '\t', '"'])).find(|word| is_odd(word));
        if let Some(word) = found {
            return Ok(Some(word.to_owned()));
        }
    }
    Ok(None)
}

fn is_odd(word: &str) -> bool {
    const BETWEEN: &str = "„‚†‡ˆ‰‹›“”™";
    let letters: Vec<char> = word.chars().collect();
    letters.iter().any(|c| matches!(*c, '\u{80}'..='\u{9F}' | '\u{2500}'..='\u{259F}'))
        || letters.windows(3).any(|part| {
            let [before, c, after] = part else { return false };
            before.is_alphabetic() && BETWEEN.contains(*c) && after.is_alphabetic()
        })
}

/// Checks a text in pieces.
#[derive(Debug, Default)]
struct Utf8Check {
    /// How many characters besides ASCII there are, and how many bytes that are none.
    valid: u64,
    broken: u64,
    /// The beginning of a character that the next piece completes.
    rest: Vec<u8>,
}

impl Utf8Check {
    fn add(&mut self, bytes: &[u8]) {
        let joined;
        let mut bytes = if self.rest.is_empty() {
            bytes
        } else {
            joined = [std::mem::take(&mut self.rest), bytes.to_vec()].concat();
            &joined
        };
        while !bytes.is_empty() && !bytes.is_ascii() {
            let (end, skipped) = match std::str::from_utf8(bytes) {
                Ok(_) => (bytes.len(), Some(0)),
                Err(error) => (error.valid_up_to(), error.error_len()),
            };
            let begins = bytes.iter().take(end).filter(|byte| **byte >= 0xC0).count();
            self.valid += u64::try_from(begins).unwrap_or(u64::MAX);
            let Some(skipped) = skipped else {
                self.rest = bytes.get(end..).unwrap_or_default().to_vec();
                return;
            };
            self.broken += u64::from(skipped > 0);
            bytes = bytes.get(end + skipped..).unwrap_or_default();
        }
    }

    fn is_valid(&self) -> bool {
        self.broken == 0 && self.rest.is_empty()
    }

    /// In other encodings, hardly any letters are followed by the bytes that UTF-8 demands.
    fn is_nearly_valid(&self) -> bool {
        self.valid > 0 && self.valid >= 2 * (self.broken + u64::from(!self.rest.is_empty()))
    }
}

#[cfg(test)]
mod tests {
    use super::find;

    #[test]
    fn encodings_are_found() {
        let wide = |text: &str, bytes: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(bytes).collect::<Vec<_>>();
        let text = "Datum;Betrag\r\n30.10.26;-3,20\r\n";
        for (bytes, expected) in [
            (text.as_bytes().to_vec(), "UTF-8"),
            ("Größe €".as_bytes().to_vec(), "UTF-8"),
            ("\u{FEFF}Datum".as_bytes().to_vec(), "UTF-8"),
            (b"30.10.26;B\xE4ckerei Gro\xDF;-3,20\n".to_vec(), "windows-1252"),
            (b"Libell\xE9;D\xE9bit \x80;Cr\xE9dit\n01/11/2026;Caf\xE9 Fran\xE7ois\n".to_vec(), "windows-1252"),
            ("Bäckerei,Müller\n\u{FFFF}".as_bytes().iter().copied().chain(*b"Caf\xE9,x\n").collect(), "UTF-8"),
            (b"Date,Amount\n2026-11-01,\xA315.00\n".to_vec(), "windows-1252"),
            (wide(text, u16::to_le_bytes), "UTF-16LE"),
            (wide(text, u16::to_be_bytes), "UTF-16BE"),
            (wide(&format!("\u{FEFF}{text}"), u16::to_le_bytes), "UTF-16LE"),
        ] {
            assert_eq!(find(&bytes[..]).unwrap().unwrap().encoding.name(), expected, "{bytes:?}");
        }
        let odd = |bytes: &[u8]| super::odd_word(bytes, encoding_rs::WINDOWS_1252).unwrap();
        assert_eq!(odd(b"1;B\x84ckerei M\x81ller\n"), Some("B„ckerei".to_owned()));
        assert_eq!(odd(b"1;B\xE4ckerei \x84Bio\x93 O\x92Neill \x97 M\xFCller\n"), None);
        assert!(find(&b"PK\x03\x04..."[..]).unwrap().is_err());
        assert!(find(&b"a\0bcdefgh"[..]).unwrap().is_err());
        let spoilt = format!("Date,Amount\n{}2026-11-01,1,a\0b\n", "2026-11-01,1,Shop\n".repeat(10));
        assert_eq!(find(spoilt.as_bytes()).unwrap().unwrap().encoding.name(), "UTF-8");
    }
}
