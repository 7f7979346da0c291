//! Every test is declared for the harness that runs them.

use std::{fs, path::Path};

/// The lines of the tests' sources that would declare a test for another harness, which would never run.
fn strays(dir: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(strays(&path));
            continue;
        }
        let source = fs::read_to_string(&path).unwrap();
        let count = |start: &str| source.lines().filter(|line| line.trim_start().starts_with(start)).count();
        for attribute in ["#[test]", "#[tokio::test"] {
            if count(attribute) > 0 {
                found.push(format!("{}: {attribute}", path.display()));
            }
        }
        if count("#[rstest") != count("#[test_attr(apply(") {
            found.push(format!("{}: #[rstest] without #[test_attr(apply(..))]", path.display()));
        }
    }
    found
}

#[apply(test)]
fn no_test_is_declared_for_another_harness() {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it");
    assert_eq!(strays(&tests), [""; 0], "declare them as `tests/it/trials.rs` says");
}
