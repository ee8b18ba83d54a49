//! The program that sets paper and pictures: beside this one, and built apart because that takes
//! long.

use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use super::Failure;
use super::output::File;

/// Where it is, or how to build it.
pub(super) fn find() -> Result<PathBuf, Failure> {
    let own = std::env::current_exe()?;
    let beside = own.with_file_name(format!("ipabs-pdf{}", std::env::consts::EXE_SUFFIX));
    if beside.is_file() {
        return Ok(beside);
    }
    let folder = own.parent().map(|folder| folder.display().to_string()).unwrap_or_default();
    let how = "paper and pictures are set by ipabs-pdf, which is not in";
    Err(format!("{how} {folder}: build it there with `cargo build --release -p ipabs-pdf`").into())
}

/// What it makes of a document or a chart.
pub(super) fn set(args: &[&str], given: &[u8]) -> Result<Vec<u8>, Failure> {
    let setter = find()?;
    let place = |error: std::io::Error| format!("{}: {error}", setter.display());
    let mut command = Command::new(&setter);
    command.args(args).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.spawn().map_err(place)?;
    // It reads all before it writes; the end of the pipe ends what is given.
    let sent = child.stdin.take().is_some_and(|mut stdin| stdin.write_all(given).is_ok());
    let done = child.wait_with_output().map_err(place)?;
    match sent && done.status.success() {
        true => Ok(done.stdout),
        false => Err(format!("{}: nothing was set", setter.display()).into()),
    }
}

/// Files of runs, each chart with its picture after it where pictures are asked for.
pub(super) fn pictured(files: Vec<File>, png: bool) -> Result<Vec<File>, Failure> {
    let mut all = Vec::new();
    for (path, bytes) in files {
        let chart = png && path.extension().is_some_and(|ending| ending == "svg");
        let picture = chart.then(|| set(&["--png"], &bytes)).transpose()?;
        let beside = path.with_extension("png");
        all.push((path, bytes));
        all.extend(picture.map(|bytes| (beside, bytes)));
    }
    Ok(all)
}
