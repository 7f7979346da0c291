//! [`Place`]: the position of a change. Pure.

/// The position of a change in the order that all readers see. See the migration `changes` for why it has two parts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// On PostgreSQL, the number of the latest transaction that had ended, or that of the transaction itself. On SQLite, the time in
    /// milliseconds, by which a row is told from one with the same number before an older copy of the file was put back.
    pub(super) xact: i64,
    /// The number of the row.
    pub(super) seq: i64,
}

impl Place {
    /// The text that a cursor carries.
    #[must_use]
    pub fn text(self) -> String {
        format!("{} {}", self.xact, self.seq)
    }

    /// Parses the text of a cursor.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (xact, seq) = text.split_once(' ')?;
        Some(Self { xact: xact.parse().ok()?, seq: seq.parse().ok()? })
    }
}

#[cfg(test)]
mod tests {
    use super::Place;

    #[test]
    fn a_cursor_carries_both_parts() {
        let place = Place { xact: 7, seq: 42 };
        assert_eq!(Place::parse(&place.text()), Some(place));
        for text in ["", "7", "7 ", "x 1", "7 42 1"] {
            assert_eq!(Place::parse(text), None, "{text}");
        }
    }
}
