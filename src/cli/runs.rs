//! Runs as they lie in folders: one in the folder itself, several one level below, those of a shelf
//! or of several commands one deeper, those of several commands of a shelf one deeper still.

use std::fs;
use std::path::{Path, PathBuf};

use super::Failure;
use crate::report::record::Record;

/// Folders of runs that one command takes.
const MOST: usize = 1_000;
/// Levels of folders that are searched.
const DEEP: u32 = 3;
/// A file of a run that is larger was not written by us.
const MAX_BYTES: u64 = 1 << 30;

/// Every run in the folder and three levels below, each by its name from there (`series-1/base`);
/// every problem of them at once.
pub(super) fn read(path: &Path) -> Result<Vec<Record>, Failure> {
    let folders = folders(path)?;
    let (mut runs, mut faults) = (Vec::new(), Vec::new());
    for folder in &folders {
        let files = files(&folder.path)?;
        match Record::read(&folder.name, &files) {
            Ok(run) => runs.push(run),
            Err(found) => faults.extend(found),
        }
    }
    if faults.is_empty() { Ok(runs) } else { Err(Failure::Input(faults)) }
}

/// A folder of one run.
struct Found {
    name: String,
    path: PathBuf,
}

fn folders(path: &Path) -> Result<Vec<Found>, Failure> {
    let shown = path.display();
    let whole = path.canonicalize().map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => format!("{shown}: there is no such folder"),
        _ => format!("{shown}: {error}"),
    })?;
    if !whole.is_dir() {
        return Err(format!("{shown}: this is not a folder of a run").into());
    }
    let mut found = Vec::new();
    if holds_run(&whole) {
        found.push(Found { name: named(&whole), path: whole.clone() });
    }
    search(&whole, "", DEEP, &mut found)?;
    match found.len() {
        0 => Err(format!("{shown}: no run of ipabs in it (no manifest.json)").into()),
        many if many > MOST => Err(format!("{shown}: more than {MOST} runs").into()),
        _ => Ok(found),
    }
}

/// Runs below a folder, whose own name from the top is `above`.
fn search(folder: &Path, above: &str, deeper: u32, found: &mut Vec<Found>) -> Result<(), Failure> {
    for path in below(folder)? {
        let name = format!("{above}{}", named(&path));
        if holds_run(&path) {
            found.push(Found { name, path });
        } else if path.join("summary.md").is_file() {
            let shown = path.display();
            return Err(format!(
                "{shown}: there is a summary and no manifest.json (want the whole run: make it \
                 again, or take the folder away)"
            )
            .into());
        } else if deeper > 1 && found.len() <= MOST {
            search(&path, &format!("{name}/"), deeper - 1, found)?;
        }
    }
    Ok(())
}

fn holds_run(folder: &Path) -> bool {
    folder.join("manifest.json").is_file()
}

fn named(folder: &Path) -> String {
    let name = folder.file_name();
    name.map_or_else(|| folder.display().to_string(), |name| name.to_string_lossy().into_owned())
}

/// Folders in a folder by name, `base` before the others.
fn below(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let entries = fs::read_dir(folder)?.collect::<Result<Vec<_>, _>>()?;
    let mut folders: Vec<PathBuf> =
        entries.iter().map(fs::DirEntry::path).filter(|entry| entry.is_dir()).collect();
    folders.sort_by_key(|folder| (!folder.ends_with("base"), folder.clone()));
    Ok(folders)
}

/// The files that a run is read from: its tables and the manifest.
fn files(folder: &Path) -> Result<Vec<(String, Vec<u8>)>, Failure> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let wanted = name.ends_with(".csv") || name == "manifest.json";
        if !wanted || !entry.path().is_file() {
            continue;
        }
        let shown = entry.path().display().to_string();
        if entry.metadata()?.len() > MAX_BYTES {
            return Err(format!("{shown}: larger than any table of a run").into());
        }
        let bytes = fs::read(entry.path()).map_err(|error| format!("{shown}: {error}"))?;
        found.push((name, bytes));
    }
    found.sort();
    Ok(found)
}
