//! Reads the streams of a compound file (MS-CFB), the container of xls, strictly: chains that repeat or leave the file are refused, since
//! calamine would follow them without end. Pure.

/// Marks the end of a chain.
const END: u32 = 0xFFFF_FFFE;
/// Numbers of sectors are below.
const RESERVED: u32 = 0xFFFF_FFFA;

/// The names under which the cells of a workbook are stored.
const NAMES: [&str; 4] = ["Workbook", "Book", "WORKBOOK", "BOOK"];

/// The content of a compound file.
#[derive(Debug)]
struct Container<'a> {
    /// What follows the header.
    sectors: &'a [u8],
    size: usize,
    /// The next sector of each.
    next: Vec<u32>,
}

pub(super) fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(bytes.get(at..at.checked_add(2)?)?.try_into().ok()?))
}

pub(super) fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at.checked_add(4)?)?.try_into().ok()?))
}

fn usize_at(bytes: &[u8], at: usize) -> Option<usize> {
    usize::try_from(u32_at(bytes, at)?).ok()
}

/// The stream with the cells of the workbook. `None` when the file is damaged.
pub(super) fn workbook(file: &[u8]) -> Option<Vec<u8>> {
    let size = match u16_at(file, 30)? {
        9 => 512,
        12 => 4096,
        _ => return None,
    };
    let sectors = file.get(size..)?;
    let count = sectors.len().div_ceil(size);
    let (first_directory, mini_first, mini_count) = (u32_at(file, 48)?, u32_at(file, 60)?, usize_at(file, 64)?);
    // calamine sets memory aside for these numbers, the last of which it reads at a wrong place.
    if usize_at(file, 44)? > count || mini_count > count.min(256) || usize_at(file, 62)? > 0x0200_0000 {
        return None;
    }
    let mut container = Container { sectors, size, next: Vec::new() };
    let tables = container.tables(file, count)?;
    for table in tables {
        let sector = container.sector(table)?;
        let words = sector.chunks_exact(4).filter_map(|word| u32_at(word, 0)).collect::<Vec<_>>();
        container.next.extend(words);
    }
    let directory = container.chain(first_directory, usize::MAX)?;
    let entries: Vec<_> = directory.chunks_exact(128).collect();
    let root = entries.first()?;
    let mini = if mini_count > 0 {
        let stream = container.chain(u32_at(root, 116)?, usize_at(root, 120)?)?;
        let next = container.chain(mini_first, mini_count * size)?;
        Some((stream, next))
    } else {
        None
    };
    let entry = NAMES.iter().find_map(|name| entries.iter().find(|entry| name_of(entry) == *name))?;
    let (start, length) = (u32_at(entry, 116)?, usize_at(entry, 120)?);
    if length >= 4096 {
        return container.chain(start, length);
    }
    let (stream, next) = mini?;
    let next = next.chunks_exact(4).filter_map(|word| u32_at(word, 0)).collect();
    Container { sectors: &stream, size: 64, next }.chain(start, length)
}

impl Container<'_> {
    /// The sectors of the table that says which sector follows which.
    fn tables(&self, file: &[u8], count: usize) -> Option<Vec<u32>> {
        let mut tables: Vec<u32> = (0..109).filter_map(|at| u32_at(file, 76 + at * 4)).collect();
        let mut more = u32_at(file, 68)?;
        let mut steps = 0;
        while more < RESERVED {
            steps += 1;
            if steps > count {
                return None;
            }
            let sector = self.sector(more)?;
            if sector.len() < self.size {
                return None;
            }
            tables.extend((0..self.size / 4 - 1).filter_map(|at| u32_at(sector, at * 4)));
            more = u32_at(sector, self.size - 4)?;
        }
        tables.retain(|table| *table < RESERVED);
        (tables.len() <= count).then_some(tables)
    }

    fn sector(&self, number: u32) -> Option<&[u8]> {
        let start = usize::try_from(number).ok()?.checked_mul(self.size)?;
        let end = (start + self.size).min(self.sectors.len());
        self.sectors.get(start..end).filter(|sector| !sector.is_empty())
    }

    /// The content of a chain of sectors, at most `length` bytes.
    fn chain(&self, start: u32, length: usize) -> Option<Vec<u8>> {
        let mut content = Vec::new();
        let mut number = start;
        while number != END {
            // A chain without repetitions is not longer than the file.
            if content.len() > self.sectors.len() {
                return None;
            }
            let sector = self.sector(number)?;
            let left = length - content.len();
            content.extend_from_slice(sector.get(..left.min(sector.len()))?);
            if content.len() >= length {
                break;
            }
            number = *self.next.get(usize::try_from(number).ok()?)?;
        }
        Some(content)
    }
}

/// The name of an entry of the directory.
fn name_of(entry: &[u8]) -> String {
    let units = (0..32).filter_map(|at| u16_at(entry, at * 2)).take_while(|unit| *unit != 0);
    char::decode_utf16(units).map(|c| c.unwrap_or('\u{FFFD}')).collect()
}
