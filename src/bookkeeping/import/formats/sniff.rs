//! Recognises the format of a file by its first bytes. Names of files say little: banks call SGML `.qfx` and HTML `.xls`. Pure.

use std::io::Read;

use async_graphql::Enum;

use super::{
    charset::{self, Charset},
    mt940::tag,
};

/// A format of statements.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(name = "ImportFormat")]
pub enum Format {
    /// Anything else: text with separators.
    Csv,
    /// A workbook: xlsx, xls or ods. Its rows are read like those of CSV.
    Excel,
    /// OFX 1 or 2, or QFX.
    Ofx,
    /// QIF of Quicken.
    Qif,
    /// MT940 of SWIFT.
    #[graphql(name = "MT940")]
    Mt940,
    /// camt.053 of ISO 20022, or camt.052.
    #[graphql(name = "CAMT053")]
    Camt053,
}

/// How many bytes of a file [`sniff`] looks at.
pub const START: usize = 8 * 1024;

/// Recognises the format of a file by its first [`START`] bytes, or by all of a shorter one.
#[must_use]
pub fn sniff(bytes: &[u8]) -> Format {
    let bytes = bytes.get(..START).unwrap_or(bytes);
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1") {
        return Format::Excel;
    }
    let mut start = Vec::new();
    if charset::open(bytes, None).and_then(|mut file| file.read_to_end(&mut start)).is_err() {
        return Format::Csv;
    }
    let start = Charset::default().decode(&start).into_owned();
    let text = start.trim_start();
    let upper = text.to_ascii_uppercase();
    let is_markup = text.starts_with('<');
    if upper.starts_with("OFXHEADER") || (upper.contains("<OFX>") || upper.contains("<?OFX") || upper.contains("<OFX "))
    {
        return Format::Ofx;
    }
    if is_markup && ["camt.05", "BkToCstmr"].iter().any(|name| text.contains(name)) {
        return Format::Camt053;
    }
    if is_qif(&upper) {
        return Format::Qif;
    }
    if is_mt940(text) { Format::Mt940 } else { Format::Csv }
}

fn is_qif(start: &str) -> bool {
    if ["!TYPE:", "!ACCOUNT", "!OPTION:", "!CLEAR:"].iter().any(|header| start.starts_with(header)) {
        return true;
    }
    // Some banks leave out the header. Then the file begins with a record: a date, lines with letters, and `^`.
    let is_date =
        start.strip_prefix('D').is_some_and(|rest| rest.trim_start().starts_with(|c: char| c.is_ascii_digit()));
    let record = start.lines().map(str::trim).take_while(|line| *line != "^").take(30);
    is_date
        && start.lines().any(|line| line.trim() == "^")
        && record.into_iter().all(|line| line.starts_with(|c: char| c.is_ascii_uppercase() || c == '$'))
}

fn is_mt940(start: &str) -> bool {
    if start.starts_with("{1:") {
        return true;
    }
    let tags: Vec<_> = start.lines().filter_map(|line| tag(line.trim()).map(|(name, _)| name)).collect();
    let has = |wanted: &[&str]| tags.iter().any(|tag| wanted.contains(tag));
    has(&["20", "25"]) && has(&["60F", "60M", "61", "62F", "62M", "28C", "28"])
}

#[cfg(test)]
mod tests {
    use super::{Format, sniff};

    #[test]
    fn formats_are_recognised_by_their_content() {
        for (start, expected) in [
            ("PK\u{3}\u{4}", Format::Excel),
            ("OFXHEADER:100\r\nDATA:OFXSGML", Format::Ofx),
            ("\r\n\r\n<ofx><SIGNONMSGSRSV1>", Format::Ofx),
            ("<?xml version=\"1.0\"?><?OFX OFXHEADER=\"200\"?><OFX >", Format::Ofx),
            ("\u{FEFF}!Type:Bank\nD", Format::Qif),
            ("!Option:AutoSwitch\n", Format::Qif),
            ("D3/11'26\nT-5\nPShop\n^\n", Format::Qif),
            ("D3;2;1\n", Format::Csv),
            ("{1:F01BANKDEFFXXXX0000000000}{2:O940", Format::Mt940),
            ("ABNANL2A\n940\nABNANL2A\n:20:ABN\n:25:1\n:28:1/1", Format::Mt940),
            (":20:STARTUMS\r\n:25:123/45\r\n:28C:0\r\n:60F:C", Format::Mt940),
            (
                "<?xml version=\"1.0\"?>\n<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.08\">",
                Format::Camt053,
            ),
            ("<ns2:Document><ns2:BkToCstmrStmt>", Format::Camt053),
            ("<html><table>", Format::Csv),
            ("Date,Amount\n2026-11-03,5\n", Format::Csv),
            ("", Format::Csv),
        ] {
            assert_eq!(sniff(start.as_bytes()), expected, "{start}");
        }
        let wide: Vec<u8> = "OFXHEADER:100\r\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(sniff(&[&[0xFF, 0xFE][..], &wide].concat()), Format::Ofx);
        assert_eq!(sniff(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"), Format::Excel);
    }
}
