//! `merge`: the parts of a simulation, in any order, become its results.

use std::fs;
use std::path::{Path, PathBuf};

use super::Failure;
use super::output::refuse_foreign;
use super::simulate::{PARTIAL, write_results};
use crate::report::Lang;
use crate::report::simulation::{Partial, merged};

pub(super) fn merge(parts: &[PathBuf], out: &Path, lang: Option<Lang>) -> Result<(), Failure> {
    refuse_foreign(out)?;
    let mut faults = Vec::new();
    let mut read = Vec::new();
    for path in parts {
        match part(path) {
            Ok(part) => read.push((path.display().to_string(), part)),
            Err(fault) => faults.push(fault),
        }
    }
    if !faults.is_empty() {
        return Err(Failure::Input(faults));
    }
    let whole = merged(read).map_err(Failure::Input)?;
    write_results(&whole, out, false, lang.unwrap_or(whole.lang))
}

/// A folder that `--shard` wrote, or the file in it.
fn part(path: &Path) -> Result<Partial, String> {
    let file = if path.is_dir() { path.join(PARTIAL) } else { path.to_owned() };
    let bytes = fs::read(&file).map_err(|error| format!("{}: {error}", file.display()))?;
    Partial::from_json(&bytes).map_err(|fault| format!("{}: {fault}", path.display()))
}
