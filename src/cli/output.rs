//! Output folders and files, written whole or not at all.
//!
//! Everything goes to a folder beside the wanted one first; a rename puts it in place. A folder
//! that is already there is replaced only where all it holds are runs of ours.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use super::Failure;

/// One file, by its path inside the folder.
pub(super) type File = (PathBuf, Vec<u8>);

/// Files of a run, by their paths in its folder.
pub(super) fn in_folder(files: Vec<(String, Vec<u8>)>) -> Vec<File> {
    files.into_iter().map(|(name, bytes)| (PathBuf::from(name), bytes)).collect()
}

/// Refuses an output folder that holds anything but runs of ours.
pub(super) fn refuse_foreign(out: &Path) -> Result<(), Failure> {
    let Ok(meta) = fs::symlink_metadata(out) else { return Ok(()) };
    let holds_ours = |folder: &Path| holds_ours(folder, SERIES_DEEP);
    let entries = match meta.is_dir() {
        true => fs::read_dir(out)?.collect::<Result<Vec<_>, _>>()?,
        false => return Err(format!("{}: is there and is not a folder", out.display()).into()),
    };
    if entries.is_empty() || holds_ours(out) {
        return Ok(());
    }
    let foreign = entries.iter().find(|entry| !holds_ours(&entry.path()));
    match foreign {
        None => Ok(()),
        Some(entry) => Err(format!(
            "{}: holds {}, which is not a run of ipabs; name another folder or clear this one",
            out.display(),
            entry.file_name().to_string_lossy(),
        )
        .into()),
    }
}

/// Runs of a shelf lie one folder deeper than those of a deal.
const SERIES_DEEP: u32 = 1;

/// Whether a folder is a run of ours, or holds nothing else so many folders deeper.
fn holds_ours(folder: &Path, deeper: u32) -> bool {
    let manifest = fs::read_to_string(folder.join("manifest.json")).unwrap_or_default();
    let parsed: Option<serde_json::Value> = serde_json::from_str(&manifest).ok();
    if parsed.is_some_and(|value| value.get("program").is_some_and(|name| name == "ipabs")) {
        return true;
    }
    let inside = || fs::read_dir(folder).ok()?.collect::<Result<Vec<_>, _>>().ok();
    deeper > 0
        && inside().is_some_and(|entries| {
            !entries.is_empty() && entries.iter().all(|of| holds_ours(&of.path(), deeper - 1))
        })
}

/// Writes every file, then puts the folder in place.
pub(super) fn write_folder(out: &Path, files: &[File]) -> Result<(), Failure> {
    let place = |error: std::io::Error| Failure::from(format!("{}: {error}", out.display()));
    // `.` and `..` have no name of their own to put another folder beside.
    let out = &match out.exists() {
        true => out.canonicalize().map_err(place)?,
        false => out.to_owned(),
    };
    let beside = |mark: &str| {
        let mut name = out.file_name().map_or_else(|| OsString::from("out"), OsString::from);
        name.push(format!(".{mark}-{}", std::process::id()));
        out.with_file_name(name)
    };
    let (new, old) = (beside("new"), beside("old"));
    let written = write_all(&new, files).and_then(|()| {
        let replaced = out.exists();
        if replaced {
            fs::rename(out, &old)?;
        }
        let moved = fs::rename(&new, out);
        if replaced {
            match moved {
                Ok(()) => fs::remove_dir_all(&old)?,
                Err(_) => fs::rename(&old, out)?,
            }
        }
        moved
    });
    if written.is_err() && new.exists() {
        // The first error is the one to report.
        let _ = fs::remove_dir_all(&new);
    }
    written.map_err(place)
}

/// Writes one file whole or not at all; one that is there is replaced.
pub(super) fn write_file(out: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let place = |error: std::io::Error| Failure::from(format!("{}: {error}", out.display()));
    if out.is_dir() {
        return Err(format!("{}: this is a folder; name a file", out.display()).into());
    }
    let mut name = out.file_name().map_or_else(|| OsString::from("out"), OsString::from);
    name.push(format!(".new-{}", std::process::id()));
    let new = out.with_file_name(name);
    let folder = out.parent().filter(|folder| !folder.as_os_str().is_empty());
    let written = folder
        .map_or(Ok(()), fs::create_dir_all)
        .and_then(|()| fs::write(&new, bytes))
        .and_then(|()| fs::rename(&new, out));
    if written.is_err() && new.exists() {
        // The first error is the one to report.
        let _ = fs::remove_file(&new);
    }
    written.map_err(place)
}

fn write_all(folder: &Path, files: &[File]) -> std::io::Result<()> {
    fs::create_dir_all(folder)?;
    for (name, bytes) in files {
        let path = folder.join(name);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        fs::write(path, bytes)?;
    }
    Ok(())
}
