//! Deals of the repository, read from their tables.

use std::fs;
use std::path::PathBuf;

use ipabs::input::{Loaded, assemble, read_folder};

pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// A deal that has no problem.
pub fn load(folder: &str) -> Loaded {
    let sources = read_folder(&root().join(folder)).unwrap();
    let (loaded, problems, _) = assemble(&sources);
    assert!(problems.is_empty(), "{folder}: {}", problems.join("\n"));
    loaded.unwrap()
}

/// (header, rows) of a table of expected values.
pub fn expected(path: &str) -> (Vec<String>, Vec<Vec<String>>) {
    let text = fs::read_to_string(root().join(path)).unwrap();
    let cells = |line: &str| -> Vec<String> { line.split(',').map(str::to_owned).collect() };
    let mut lines = text.lines();
    (cells(lines.next().unwrap()), lines.map(cells).collect())
}
