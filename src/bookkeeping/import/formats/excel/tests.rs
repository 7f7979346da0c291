//! Workbooks with what they must be read as (`tests/cases/formats/`), and workbooks made at random.
//!
//! For each file there is `<name>.json`. With `WRITE_CASES` set, the expectations are written instead of compared.

use std::{
    fs,
    io::{Cursor, Write},
    path::{Path, PathBuf},
};

use proptest::prelude::*;
use serde_json::{Value, json};
use zip::{ZipWriter, write::SimpleFileOptions};

use super::Workbook;

fn files() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/formats");
    let is_workbook = |path: &PathBuf| {
        let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
        ["xlsx", "xls", "ods"].contains(&extension)
    };
    let mut files: Vec<_> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).filter(is_workbook).collect();
    files.sort();
    files
}

/// All rows of all sheets: the number of the row, and its cells. Or the message of the error.
fn read(file: &[u8]) -> Value {
    let mut workbook = match Workbook::open(Cursor::new(file)) {
        Ok(workbook) => workbook,
        Err(message) => return json!(message),
    };
    let names = workbook.sheets().to_vec();
    let mut sheets = serde_json::Map::new();
    for (at, name) in names.into_iter().enumerate() {
        let rows = match workbook.rows(at) {
            Ok(rows) => rows
                .take(100_000)
                .map(|row| row.map_or_else(|message| json!(message), |row| json!([row.number, row.cells])))
                .collect(),
            Err(message) => json!(message),
        };
        sheets.insert(name, rows);
    }
    sheets.into()
}

#[test]
fn workbooks_are_read_as_expected() {
    let files = files();
    for path in &files {
        let read = read(&fs::read(path).unwrap());
        let expected = path.with_added_extension("json");
        if std::env::var_os("WRITE_CASES").is_some() {
            fs::write(&expected, serde_json::to_string_pretty(&read).unwrap() + "\n").unwrap();
        }
        let expected: Value = serde_json::from_slice(&fs::read(&expected).unwrap()).unwrap();
        assert_eq!(read, expected, "{}: {read:#}", path.display());
    }
    assert!(files.len() >= 8, "the files are there");
}

#[test]
fn a_workbook_that_unfolds_into_much_is_refused() {
    let mut bomb = ZipWriter::new(Cursor::new(Vec::new()));
    bomb.start_file("xl/workbook.xml", SimpleFileOptions::default()).unwrap();
    for _ in 0..33 {
        bomb.write_all(&vec![b' '; 1024 * 1024]).unwrap();
    }
    let bomb = bomb.finish().unwrap().into_inner();
    assert!(bomb.len() < 200_000, "{}", bomb.len());
    assert!(read(&bomb).as_str().unwrap().contains("too large"));
    let large = vec![b'P'; 17 * 1024 * 1024];
    assert!(read(&large).as_str().unwrap().contains("too large"));
}

#[test]
fn a_sheet_that_does_not_exist_is_an_error() {
    for path in files() {
        if let Ok(mut workbook) = Workbook::open(fs::File::open(path).unwrap()) {
            let count = workbook.sheets().len();
            assert!(workbook.rows(count).is_err());
        }
    }
}

/// The parts of a workbook, unpacked.
fn parts(file: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut zip = zip::ZipArchive::new(Cursor::new(file)).unwrap();
    let mut parts = Vec::new();
    for at in 0..zip.len() {
        let mut part = zip.by_index(at).unwrap();
        let mut content = Vec::new();
        std::io::Read::read_to_end(&mut part, &mut content).unwrap();
        parts.push((part.name().to_owned(), content));
    }
    parts
}

fn pack(parts: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in parts {
        zip.start_file(name, SimpleFileOptions::default()).unwrap();
        zip.write_all(content).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn damage(bytes: &mut [u8], changes: &[(prop::sample::Index, u8)]) {
    for (at, byte) in changes {
        if !bytes.is_empty() {
            let at = at.index(bytes.len());
            bytes[at] = *byte;
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_damage_to_a_workbook_makes_reading_panic(
        which in any::<prop::sample::Index>(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..20),
        end in any::<prop::sample::Index>(),
        is_cut in prop::bool::weighted(0.3),
    ) {
        let files = files();
        let mut file = fs::read(&files[which.index(files.len())]).unwrap();
        damage(&mut file, &changes);
        if is_cut {
            file.truncate(end.index(file.len()));
        }
        read(&file);
    }

    /// Damages what is in the archive, since the archive itself has sums by which damage is found.
    #[test]
    fn no_damage_to_the_parts_of_a_workbook_makes_reading_panic(
        which in any::<prop::sample::Index>(),
        part in any::<prop::sample::Index>(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..10),
    ) {
        let files: Vec<_> = files().into_iter().filter(|path| path.extension().is_some_and(|kind| kind != "xls")).collect();
        let mut parts = parts(&fs::read(&files[which.index(files.len())]).unwrap());
        let at = part.index(parts.len());
        damage(&mut parts[at].1, &changes);
        read(&pack(&parts));
    }

    #[test]
    fn no_bytes_make_opening_panic(bytes in prop::collection::vec(any::<u8>(), 0..2000), is_xls in any::<bool>()) {
        let start: &[u8] = if is_xls { b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1" } else { b"PK\x03\x04" };
        read(&[start, &bytes].concat());
    }
}
