//! Runs as they lie in folders: one in the folder itself, or several one level below.

use std::fs;
use std::path::{Path, PathBuf};

use super::Failure;
use crate::report::record::Record;

/// Folders of runs that one command takes.
const MOST: usize = 1_000;
/// A file of a run that is larger was not written by us.
const MAX_BYTES: u64 = 1 << 30;

/// Every run in the folder and one level below, by name; every problem of them at once.
pub(super) fn read(path: &Path) -> Result<Vec<Record>, Failure> {
    let folders = folders(path)?;
    let (mut runs, mut faults) = (Vec::new(), Vec::new());
    for folder in &folders {
        let name = folder.file_name().map_or_else(
            || folder.display().to_string(),
            |name| name.to_string_lossy().into_owned(),
        );
        let files = files(folder)?;
        match Record::read(&name, &files) {
            Ok(run) => runs.push(run),
            Err(found) => faults.extend(found),
        }
    }
    if faults.is_empty() { Ok(runs) } else { Err(Failure::Input(faults)) }
}

fn folders(path: &Path) -> Result<Vec<PathBuf>, Failure> {
    let shown = path.display();
    let whole = path.canonicalize().map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => format!("{shown}: there is no such folder"),
        _ => format!("{shown}: {error}"),
    })?;
    if !whole.is_dir() {
        return Err(format!("{shown}: this is not a folder of a run").into());
    }
    let holds_run = |folder: &Path| folder.join("manifest.json").is_file();
    let mut found: Vec<PathBuf> = Vec::new();
    if holds_run(&whole) {
        found.push(whole.clone());
    }
    let mut below = Vec::new();
    for entry in fs::read_dir(&whole)? {
        let entry = entry?.path();
        if entry.is_dir() && holds_run(&entry) {
            below.push(entry);
        }
    }
    // The base scenario before the others.
    below.sort_by_key(|folder| (!folder.ends_with("base"), folder.clone()));
    found.extend(below);
    match found.len() {
        0 => Err(format!("{shown}: no run of ipabs in it (no manifest.json)").into()),
        many if many > MOST => Err(format!("{shown}: more than {MOST} runs").into()),
        _ => Ok(found),
    }
}

/// The files that a run is read from: tables, charts, the manifest, where it came from.
fn files(folder: &Path) -> Result<Vec<(String, Vec<u8>)>, Failure> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let ours = name.ends_with(".csv") || name.ends_with(".svg");
        let wanted = ours || name == "manifest.json" || name == "sources.md";
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
