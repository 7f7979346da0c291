//! Reads a file line by line, with a limit on the length of a line.

use std::io::BufRead;

use super::{charset::Charset, out::Stop};

/// The most bytes of a line. No line of a statement is near it.
const LONGEST_LINE: usize = 64 * 1024;

/// One line.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Line {
    /// From 1.
    pub(super) number: u64,
    pub(super) text: String,
    /// Whether the file ends without the end of this line, so that the line may have been cut off.
    pub(super) is_cut: bool,
}

/// The lines of a file, which may end with `\n`, `\r\n` or `\r`.
pub(super) struct Lines<'a> {
    file: Box<dyn BufRead + Send + 'a>,
    charset: Charset,
    bytes: Vec<u8>,
    number: u64,
    /// Whether the last line ended with `\r`, so that a `\n` still belongs to it.
    after_return: bool,
}

impl<'a> Lines<'a> {
    pub(super) fn new(file: Box<dyn BufRead + Send + 'a>, charset: Charset) -> Self {
        Self { file, charset, bytes: Vec::new(), number: 0, after_return: false }
    }

    /// The number of the last line.
    pub(super) fn number(&self) -> u64 {
        self.number
    }

    /// The next line; `None` at the end of the file.
    pub(super) fn next(&mut self) -> Result<Option<Line>, Stop> {
        self.bytes.clear();
        let mut is_cut = true;
        loop {
            let line = self.number + 1;
            let buffer =
                self.file.fill_buf().map_err(|error| Stop::new(line, format!("The file cannot be read: {error}.")))?;
            if buffer.is_empty() {
                break;
            }
            if self.after_return {
                self.after_return = false;
                if buffer.first() == Some(&b'\n') {
                    self.file.consume(1);
                    continue;
                }
            }
            let end = buffer.iter().position(|byte| matches!(byte, b'\n' | b'\r'));
            let part = buffer.get(..end.unwrap_or(buffer.len())).unwrap_or_default();
            if self.bytes.len() + part.len() > LONGEST_LINE {
                let most = LONGEST_LINE / 1024;
                return Err(Stop::new(line, format!("The line is longer than {most} KiB.")));
            }
            self.bytes.extend_from_slice(part);
            let taken = part.len();
            if let Some(end) = end {
                self.after_return = buffer.get(end) == Some(&b'\r');
                self.file.consume(taken + 1);
                is_cut = false;
                break;
            }
            self.file.consume(taken);
        }
        if is_cut && self.bytes.is_empty() {
            return Ok(None);
        }
        self.number += 1;
        let text = self.charset.decode(&self.bytes).into_owned();
        Ok(Some(Line { number: self.number, text, is_cut }))
    }
}

#[cfg(test)]
mod tests {
    use super::{Charset, Lines};

    #[test]
    fn lines_end_in_three_ways() {
        let mut lines = Lines::new(Box::new(&b"a\r\nb\rc\n\n\xE9"[..]), Charset::default());
        let mut read = Vec::new();
        while let Some(line) = lines.next().unwrap() {
            read.push((line.number, line.text, line.is_cut));
        }
        let expected = [(1, "a", false), (2, "b", false), (3, "c", false), (4, "", false), (5, "é", true)];
        assert_eq!(read, expected.map(|(number, text, cut)| (number, text.to_owned(), cut)));
    }

    #[test]
    fn a_line_without_an_end_is_not_read_to_its_end() {
        let mut lines = Lines::new(Box::new(std::io::BufReader::new(std::io::repeat(b'x'))), Charset::default());
        assert!(lines.next().unwrap_err().0.message.contains("longer than 64 KiB"));
    }
}
