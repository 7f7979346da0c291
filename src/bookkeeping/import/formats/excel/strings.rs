//! The lengths of the texts that the sheets of an xls file share. Pure.

use super::cfb::{u16_at, u32_at};

/// The pieces of a record, each of which ends at a boundary that a text may cross.
struct Pieces<'a> {
    current: &'a [u8],
    rest: std::slice::Iter<'a, &'a [u8]>,
}

impl Pieces<'_> {
    fn next_piece(&mut self) -> Option<()> {
        self.current = self.rest.next()?;
        Some(())
    }

    fn skip(&mut self, mut count: usize) -> Option<()> {
        while count > 0 {
            if self.current.is_empty() {
                self.next_piece()?;
            }
            let taken = count.min(self.current.len());
            self.current = self.current.get(taken..)?;
            count -= taken;
        }
        Some(())
    }

    /// Skips a text of so many characters, of one or two bytes each. After a boundary a byte says again which.
    fn skip_text(&mut self, mut characters: usize, flags: u8) -> Option<()> {
        let mut width = usize::from(flags & 1) + 1;
        while characters > 0 {
            let here = (self.current.len() / width).min(characters);
            self.current = self.current.get(here * width..)?;
            characters -= here;
            if characters > 0 {
                self.next_piece()?;
                width = usize::from(self.current.first()? & 1) + 1;
                self.current = self.current.get(1..)?;
            }
        }
        Some(())
    }
}

/// The characters of each text in the record SST and the records that continue it. `None` when they are damaged.
pub(super) fn lengths(pieces: &[&[u8]]) -> Option<Vec<usize>> {
    let mut rest = pieces.iter();
    let current = rest.next()?.get(8..)?;
    let mut pieces = Pieces { current, rest };
    let mut lengths = Vec::new();
    while !pieces.current.is_empty() || pieces.next_piece().is_some() {
        if pieces.current.is_empty() {
            lengths.push(0);
            continue;
        }
        let characters = usize::from(u16_at(pieces.current, 0)?);
        let flags = *pieces.current.get(2)?;
        pieces.current = pieces.current.get(3..)?;
        let (mut after, mut header) = (0, 0);
        if flags & 8 != 0 {
            after += usize::from(u16_at(pieces.current, 0)?) * 4;
            header += 2;
        }
        if flags & 4 != 0 {
            after += usize::try_from(u32_at(pieces.current, header)?).ok()?;
            header += 4;
        }
        pieces.current = pieces.current.get(header..)?;
        pieces.skip_text(characters, flags)?;
        pieces.skip(after)?;
        lengths.push(characters);
    }
    Some(lengths)
}

#[cfg(test)]
mod tests {
    use super::lengths;

    #[test]
    fn texts_cross_the_boundaries_of_records() {
        let head = [0; 8];
        let first = [&head[..], &[3, 0, 0, b'a', b'b', b'c', 4, 0, 1, b'd', 0, b'e', 0]].concat();
        let second = [0, b'f', b'g', 1, 0, 8, 1, 0, b'h', 0, 0];
        let third = [0, 0];
        assert_eq!(lengths(&[&first, &second, &third]), Some(vec![3, 4, 1]));
        assert_eq!(lengths(&[&first]), None);
        assert_eq!(lengths(&[&head]), Some(Vec::new()));
        assert_eq!(lengths(&[]), None);
    }
}
