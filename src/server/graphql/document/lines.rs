//! Where a byte of a document is, as line and column.

use apollo_compiler::parser::SourceSpan;
use async_graphql::Pos;

/// The lines of a document. Finding a position takes logarithmic time, also in a document of a single long line.
#[derive(Debug)]
pub(in crate::server::graphql) struct Lines {
    /// The offset of each line.
    starts: Vec<usize>,
    /// The offsets of the bytes that do not begin a UTF-16 code unit, in which columns are counted.
    continuations: Vec<usize>,
}

impl Lines {
    pub(super) fn of(text: &str) -> Self {
        let mut lines = Self { starts: vec![0], continuations: Vec::new() };
        let bytes = text.as_bytes();
        for (at, c) in text.char_indices() {
            // A line ends with "\n", "\r\n" or "\r".
            if c == '\n' || c == '\r' && bytes.get(at + 1) != Some(&b'\n') {
                lines.starts.push(at + 1);
            }
            lines.continuations.extend(at + c.len_utf16()..at + c.len_utf8());
        }
        lines
    }

    /// The memory that the offsets take, in bytes.
    pub(super) fn size(&self) -> usize {
        (self.starts.len() + self.continuations.len()).saturating_mul(size_of::<usize>())
    }

    /// The position of a part of the document.
    pub(in crate::server::graphql) fn position(&self, part: Option<SourceSpan>) -> Pos {
        part.map(|part| self.at(part.offset())).unwrap_or_default()
    }

    fn at(&self, offset: usize) -> Pos {
        let line = self.starts.partition_point(|start| *start <= offset);
        let start = line.checked_sub(1).and_then(|line| self.starts.get(line)).copied().unwrap_or_default();
        let before = |offset| self.continuations.partition_point(|at| *at < offset);
        Pos { line, column: offset - start - (before(offset) - before(start)) + 1 }
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::Pos;

    use super::Lines;

    #[test]
    fn positions_count_lines_and_utf_16_code_units() {
        let text = "a\nb\r\nçd 🎉e\rf";
        let lines = Lines::of(text);
        for (part, line, column) in
            [("a", 1, 1), ("b", 2, 1), ("ç", 3, 1), ("d", 3, 2), ("🎉", 3, 4), ("e", 3, 6), ("f", 4, 1)]
        {
            assert_eq!(lines.at(text.find(part).unwrap()), Pos { line, column }, "{part}");
        }
    }
}
