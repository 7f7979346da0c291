//! Decodes a file to UTF-8 while it is read.

use std::io::{self, Read};

use encoding_rs::{Decoder, DecoderResult, Encoding};

/// What stands for bytes that have no meaning in the encoding. No text has this character, since Unicode reserves it for
/// uses inside programs.
pub(super) const MALFORMED: char = '\u{FFFF}';

const CHUNK: usize = 32 * 1024;

/// A file that is decoded while it is read. A byte order mark is left out, and outweighs the given encoding.
pub(super) struct Decoded<R> {
    inner: R,
    decoder: Decoder,
    raw: Vec<u8>,
    is_over: bool,
}

impl<R> std::fmt::Debug for Decoded<R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Decoded").field("encoding", &self.decoder.encoding().name()).finish_non_exhaustive()
    }
}

impl<R: Read> Decoded<R> {
    pub(super) fn new(inner: R, encoding: &'static Encoding) -> Self {
        Self { inner, decoder: encoding.new_decoder(), raw: vec![0; CHUNK], is_over: false }
    }

    /// Replaces `text` by the next piece of the file. Returns false at the end of the file.
    pub(super) fn fill(&mut self, text: &mut String) -> io::Result<bool> {
        text.clear();
        while text.is_empty() && !self.is_over {
            let count = match self.inner.read(&mut self.raw) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                read => read?,
            };
            self.is_over = count == 0;
            let mut bytes = self.raw.get(..count).unwrap_or_default();
            loop {
                let most = self.decoder.max_utf8_buffer_length_without_replacement(bytes.len());
                text.reserve(most.unwrap_or(CHUNK) + MALFORMED.len_utf8());
                let (result, read) = self.decoder.decode_to_string_without_replacement(bytes, text, self.is_over);
                bytes = bytes.get(read..).unwrap_or_default();
                match result {
                    DecoderResult::InputEmpty => break,
                    DecoderResult::OutputFull => {}
                    DecoderResult::Malformed(..) => text.push(MALFORMED),
                }
            }
        }
        Ok(!text.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use encoding_rs::{Encoding, UTF_8, UTF_16LE, WINDOWS_1252};

    use super::{CHUNK, Decoded};

    /// Gives one byte at a time.
    struct Slow<'a>(&'a [u8]);

    impl Read for Slow<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            self.0.read(&mut buffer[..1])
        }
    }

    fn decoded(bytes: &[u8], encoding: &'static Encoding) -> String {
        let read = |mut decoded: Decoded<Box<dyn Read>>| {
            let (mut all, mut piece) = (String::new(), String::new());
            while decoded.fill(&mut piece).unwrap() {
                all.push_str(&piece);
            }
            all
        };
        let slow = read(Decoded::new(Box::new(Slow(&bytes.to_vec().leak()[..])), encoding));
        assert_eq!(slow, read(Decoded::new(Box::new(std::io::Cursor::new(bytes.to_vec())), encoding)));
        slow
    }

    #[test]
    fn files_are_decoded_whatever_the_pieces_are() {
        assert_eq!(decoded(b"Caf\xE9 \x80", WINDOWS_1252), "Café €");
        assert_eq!(decoded("\u{FEFF}Größe".as_bytes(), UTF_8), "Größe");
        assert_eq!(decoded("\u{FEFF}Größe".as_bytes(), WINDOWS_1252), "Größe");
        let wide: Vec<u8> = "Größe 😀".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(decoded(&wide, UTF_16LE), "Größe 😀");
        assert_eq!(decoded(b"a\xE9b\xC3", UTF_8), "a\u{FFFF}b\u{FFFF}");
        assert_eq!(decoded(b"", UTF_8), "");
        let long = "ä€".repeat(CHUNK);
        assert_eq!(decoded(long.as_bytes(), UTF_8), long);
    }
}
