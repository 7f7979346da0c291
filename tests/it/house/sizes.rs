//! How large files and folders are.

use std::{collections::BTreeMap, fs, path::Path};

use super::source::files;

/// No file of Rust has more lines.
const LINES: usize = 400;
/// No folder has more files of Rust.
const FILES: usize = 16;

fn sources() -> Vec<std::path::PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let all = ["src", "folding/src", "migration/src", "tests", "bench"]
        .into_iter()
        .flat_map(|folder| files(&root.join(folder)));
    all.filter(|path| path.extension().is_some_and(|extension| extension == "rs")).collect()
}

#[apply(test)]
fn no_file_is_longer_than_a_reader_can_take_in() {
    let too_long = sources().into_iter().filter(|path| fs::read_to_string(path).unwrap().lines().count() > LINES);
    let too_long: Vec<_> = too_long.collect();
    assert!(too_long.is_empty(), "{too_long:?}");
}

#[apply(test)]
fn no_folder_has_more_files_than_a_reader_can_take_in() {
    let mut folders = BTreeMap::<_, usize>::new();
    for path in sources() {
        *folders.entry(path.parent().unwrap().to_owned()).or_default() += 1;
    }
    // One file for each table of the database.
    folders.retain(|folder, files| *files > FILES && !folder.ends_with("src/entity"));
    assert!(folders.is_empty(), "{folders:?}");
}
