//! Decodes the bytes of a file, piece by piece.
//!
//! Banks write one encoding and declare another. So a piece that is valid UTF-8 is read as such (a text in another encoding that
//! happens to be valid UTF-8 is practically always plain ASCII), unless the user has named the encoding.

use std::{
    borrow::Cow,
    io::{self, BufRead, BufReader, Cursor, Read},
};

use encoding_rs::{CoderResult, Decoder, Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// How the bytes of a file become text.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Charset {
    /// Named by the user.
    pub(super) forced: Option<&'static Encoding>,
    declared: Option<&'static Encoding>,
}

impl Charset {
    pub(super) fn new(forced: Option<&'static Encoding>) -> Self {
        // Files in UTF-16 are converted before they come here.
        Self { forced: forced.filter(|encoding| encoding.is_ascii_compatible()), declared: None }
    }

    /// Takes note of the name by which the file calls its encoding.
    pub(super) fn declare(&mut self, name: &str) {
        let name = name.trim();
        let is_number = name.len() >= 3 && name.bytes().all(|byte| byte.is_ascii_digit());
        let label = if is_number { format!("windows-{name}") } else { name.to_owned() };
        let found = Encoding::for_label(label.as_bytes());
        self.declared = found.filter(|encoding| encoding.is_ascii_compatible() && *encoding != UTF_8);
    }

    pub(super) fn decode<'a>(&self, bytes: &'a [u8]) -> Cow<'a, str> {
        if let Some(forced) = self.forced {
            return forced.decode_without_bom_handling(bytes).0;
        }
        match std::str::from_utf8(bytes) {
            Ok(text) => text.into(),
            Err(_) => self.declared.unwrap_or(WINDOWS_1252).decode_without_bom_handling(bytes).0,
        }
    }
}

/// A file without a byte order mark, and in UTF-8 if it was in UTF-16.
pub(super) fn open<'a>(
    mut file: impl Read + Send + 'a,
    forced: Option<&'static Encoding>,
) -> io::Result<Box<dyn BufRead + Send + 'a>> {
    let mut start = Vec::with_capacity(4);
    file.by_ref().take(4).read_to_end(&mut start)?;
    let (encoding, mark) = match start.as_slice() {
        [0xEF, 0xBB, 0xBF, ..] => (None, 3),
        [0xFF, 0xFE, ..] => (Some(UTF_16LE), 2),
        [0xFE, 0xFF, ..] => (Some(UTF_16BE), 2),
        [0x01..=0x7F, 0, 0x01..=0x7F, 0] => (Some(UTF_16LE), 0),
        [0, 0x01..=0x7F, 0, 0x01..=0x7F] => (Some(UTF_16BE), 0),
        _ => (forced.filter(|encoding| !encoding.is_ascii_compatible()), 0),
    };
    let file = BufReader::with_capacity(32 * 1024, Cursor::new(start.split_off(mark)).chain(file));
    Ok(match encoding {
        Some(encoding) => Box::new(BufReader::new(Transcoded::new(file, encoding.new_decoder_without_bom_handling()))),
        None => Box::new(file),
    })
}

/// A file that is converted to UTF-8 while it is read.
struct Transcoded<R> {
    inner: R,
    decoder: Decoder,
    ready: Vec<u8>,
    at: usize,
    is_over: bool,
}

impl<R: BufRead> Transcoded<R> {
    fn new(inner: R, decoder: Decoder) -> Self {
        Self { inner, decoder, ready: Vec::new(), at: 0, is_over: false }
    }

    fn refill(&mut self) -> io::Result<()> {
        self.ready.resize(16 * 1024, 0);
        self.at = 0;
        let input = self.inner.fill_buf()?;
        let is_last = input.is_empty();
        let (result, read, written, _) = self.decoder.decode_to_utf8(input, &mut self.ready, is_last);
        self.inner.consume(read);
        self.ready.truncate(written);
        self.is_over = is_last && result == CoderResult::InputEmpty;
        Ok(())
    }
}

impl<R: BufRead> Read for Transcoded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.at >= self.ready.len() && !self.is_over {
            self.refill()?;
        }
        let ready = self.ready.get(self.at..).unwrap_or_default();
        let count = ready.len().min(buffer.len());
        for (to, from) in buffer.iter_mut().zip(ready) {
            *to = *from;
        }
        self.at += count;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::{Charset, open};

    fn read(bytes: &[u8]) -> String {
        let mut text = String::new();
        open(bytes, None).unwrap().read_to_string(&mut text).unwrap();
        text
    }

    #[test]
    fn byte_order_marks_are_taken_off_and_utf_16_is_converted() {
        let long = "Ж€x".repeat(20_000);
        let little: Vec<u8> = long.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = long.encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert_eq!(read(&[&[0xFF, 0xFE][..], &little].concat()), long);
        assert_eq!(read(&[&[0xFE, 0xFF][..], &big].concat()), long);
        assert_eq!(read("\u{FEFF}é".as_bytes()), "é");
        assert_eq!(read(b"<\0O\0F\0X\0>\0"), "<OFX>");
        assert_eq!(read(b""), "");
        assert_eq!(read(b"\xFF\xFEa"), "\u{FFFD}");
    }

    #[test]
    fn text_that_is_not_utf_8_is_read_as_declared_or_as_windows_1252() {
        let mut charset = Charset::default();
        assert_eq!(charset.decode(b"\x80 caf\xE9"), "€ café");
        assert_eq!(charset.decode("café".as_bytes()), "café");
        charset.declare("1251");
        assert_eq!(charset.decode(b"\xC6"), "Ж");
        charset.declare("UTF-8");
        assert_eq!(charset.decode(b"\xE9"), "é");
        charset.declare("nonsense");
        assert_eq!(charset.decode(b"\xE9"), "é");
    }
}
