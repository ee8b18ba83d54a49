//! The one place that opens files: a folder's tables, as bytes.

use super::shelf::{is_shelf, series_of};
use super::table::MAX_BYTES;
use std::fs::{self, File};
use std::io::Read;
use std::path::Path;

/// Tables that a folder may hold at most, so that a wrong folder is not read for long.
const MAX_FILES: usize = 100;

/// A table as it stands in its file.
#[derive(Clone, Debug)]
pub struct Source {
    /// `loans.csv`.
    pub name: String,
    pub bytes: Vec<u8>,
}

/// Every CSV file of a deal's folder, by name. Other files are not opened.
pub fn read_folder(path: &Path) -> Result<Vec<Source>, String> {
    let (names, shown) = (tables_of(path)?, path.display());
    if is_shelf(path) {
        return Err(match &series_of(path)[..] {
            [] => format!("{shown}: a shelf without a deal folder"),
            [first, others @ ..] => {
                let count = match others.len() {
                    0 => "1 deal".to_owned(),
                    more => format!("{} deals", more + 1),
                };
                format!("{shown}: a shelf of {count}: name one, as in {shown}/{first}")
            }
        });
    }
    if names.is_empty() {
        return Err(format!("{shown}: there are no CSV files in the folder"));
    }
    names.into_iter().map(|name| read(path, name)).collect()
}

/// Every CSV file of a shelf's own, by name; none for a shelf of deal folders alone.
pub fn read_shelf_tables(path: &Path) -> Result<Vec<Source>, String> {
    tables_of(path)?.into_iter().map(|name| read(path, name)).collect()
}

/// Names of a folder's CSV files, in order.
fn tables_of(path: &Path) -> Result<Vec<String>, String> {
    let shown = path.display();
    let entries = fs::read_dir(path).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => format!("{shown}: there is no such folder"),
        std::io::ErrorKind::NotADirectory => format!("{shown}: this is not a folder"),
        _ => format!("{shown}: the folder cannot be read: {error}"),
    })?;
    let mut names = Vec::new();
    for entry in entries {
        let entry =
            entry.map_err(|error| format!("{shown}: the folder cannot be read: {error}"))?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let hidden = name.starts_with(['.', '~']);
        if !hidden && name.to_lowercase().ends_with(".csv") {
            names.push(name);
        }
    }
    if names.len() > MAX_FILES {
        return Err(format!("{shown}: more than {MAX_FILES} CSV files in the folder"));
    }
    names.sort();
    Ok(names)
}

/// One byte more than a table may have is enough to refuse it.
fn read(folder: &Path, name: String) -> Result<Source, String> {
    let path = folder.join(&name);
    let failed = |error| format!("{}: the file cannot be read: {error}", path.display());
    let file = File::open(&path).map_err(failed)?;
    let mut bytes = Vec::new();
    let most = MAX_BYTES as u64 + 1;
    file.take(most).read_to_end(&mut bytes).map_err(failed)?;
    Ok(Source { name, bytes })
}
