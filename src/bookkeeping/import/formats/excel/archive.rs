//! Looks through the parts of an xlsx file before they are read.

use std::io::{self, BufReader, Read, Seek};

use zip::ZipArchive;

use super::super::{
    charset::Charset,
    xml::{Event, Xml},
};

/// The most bytes of a workbook as it is stored.
pub(super) const LARGEST_FILE: u64 = 16 * 1024 * 1024;

/// The most bytes of a sheet that is unfolded. A sheet of 100,000 rows with 10 columns has about half as many.
pub(super) const LARGEST_SHEET: u64 = 96 * 1024 * 1024;

/// The most bytes of any other part, such as the texts that the sheets share.
const LARGEST_PART: u64 = 32 * 1024 * 1024;

/// The most bytes of all parts.
const LARGEST_WHOLE: u64 = 256 * 1024 * 1024;

/// The most parts. A workbook has a few for each sheet.
const MOST_PARTS: usize = 10_000;

/// The most texts that the sheets share; memory is set aside for the number that the file states.
const MOST_TEXTS: usize = 1_000_000;

/// Unfolds each part of a workbook that will be read, without keeping it. The sizes that the file states are not trusted.
pub(super) fn check(file: &mut (impl Read + Seek + Send)) -> Result<(), String> {
    let mut archive = ZipArchive::new(file).map_err(|_| damaged())?;
    if archive.len() > MOST_PARTS {
        return Err("The workbook has too many parts.".to_owned());
    }
    let mut whole = 0;
    for at in 0..archive.len() {
        let part = archive.by_index(at).map_err(|_| damaged())?;
        let name = part.name().to_ascii_lowercase();
        let is_read = [".xml", ".rels"].iter().any(|end| name.ends_with(end));
        if !is_read {
            continue;
        }
        let most = if name.contains("worksheets/") { LARGEST_SHEET } else { LARGEST_PART };
        let size = io::copy(&mut part.take(most + 1), &mut io::sink()).map_err(|_| damaged())?;
        whole += size;
        if size > most || whole > LARGEST_WHOLE {
            return Err(too_large());
        }
    }
    for at in 0..archive.len() {
        let part = archive.by_index(at).map_err(|_| damaged())?;
        if part.name().to_ascii_lowercase().ends_with("sharedstrings.xml") {
            check_texts(part)?;
        }
    }
    Ok(())
}

/// Checks the number of texts that a part states.
fn check_texts(part: impl Read + Send) -> Result<(), String> {
    let mut xml = Xml::new(Box::new(BufReader::new(part)), Charset::default());
    loop {
        match xml.next().map_err(|_| damaged())? {
            Event::Open(attributes) if xml.path().ends_with("sst") => {
                let stated = attributes.iter().filter(|(name, _)| name.eq_ignore_ascii_case("uniqueCount"));
                let is_too_many = |(_, count): &(String, String)| {
                    count.parse().map_or(count.len() > 6, |count: usize| count > MOST_TEXTS)
                };
                return if stated.clone().any(is_too_many) { Err(too_large()) } else { Ok(()) };
            }
            Event::End => return Ok(()),
            _ => {}
        }
    }
}

pub(super) fn damaged() -> String {
    "The workbook cannot be read: it is damaged, or protected by a password.".to_owned()
}

pub(super) fn too_large() -> String {
    "The workbook is too large. Export fewer days at once, or save it as CSV.".to_owned()
}
