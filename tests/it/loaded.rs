//! Deals of the repository, read from their tables.

use std::fs;
use std::path::PathBuf;

use ipabs::input::{Loaded, assemble, read_folder, series_of};

/// Deals of every structure, with and without notes, supporters, calls.
pub const STRUCTURES: &[&str] = &[
    "scenarios/yuhang-2021",
    "src/cli/new/special-plan",
    "src/cli/new/abn-trust",
    "src/cli/new/credit-trust",
    "src/cli/new/licence",
    "tests/data/good/english",
    "benches/w2-20",
];

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

/// The folders of a deal alone, or of a shelf's series.
pub fn series(deal: &str) -> Vec<String> {
    let own = format!("scenarios/{deal}");
    let names = series_of(&root().join(&own));
    match names.is_empty() {
        true => vec![own],
        false => names.iter().map(|name| format!("{own}/{name}")).collect(),
    }
}

/// Every deal of the repository, those of shelves too.
pub fn deal_folders() -> Vec<String> {
    let entries = fs::read_dir(root().join("scenarios")).unwrap().map(Result::unwrap);
    let folders = entries.filter(|entry| entry.path().is_dir());
    folders.flat_map(|entry| series(&entry.file_name().to_string_lossy())).collect()
}

/// (header, rows) of a table of expected values.
pub fn expected(path: &str) -> (Vec<String>, Vec<Vec<String>>) {
    let text = fs::read_to_string(root().join(path)).unwrap();
    let cells = |line: &str| -> Vec<String> { line.split(',').map(str::to_owned).collect() };
    let mut lines = text.lines();
    (cells(lines.next().unwrap()), lines.map(cells).collect())
}
