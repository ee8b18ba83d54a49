//! `report`: the runs of a folder as a file for people.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::output::write_file;
use super::{Failure, runs};
use crate::input::{Workbook, read_workbook};
use crate::report::Lang;
use crate::report::document::document;
use crate::report::page::page;
use crate::report::record::Record;
use crate::report::workbook::workbook;

pub(super) fn report(run: &Path, out: &Path, lang: Lang) -> Result<(), Failure> {
    let ending = out.extension().map(|ending| ending.to_string_lossy().to_lowercase());
    let ending = match ending.as_deref() {
        Some(ending @ ("xlsx" | "html" | "pdf")) => ending,
        _ => {
            let want = "want a file that ends in .xlsx, .html or .pdf";
            return Err(format!("{}: {want}", out.display()).into());
        }
    };
    let is_deal = |book: Workbook| book.sources.iter().any(|source| source.name == "deal.csv");
    if out.exists() && read_workbook(out).is_ok_and(is_deal) {
        return Err(format!("{}: is a deal; name another file to write", out.display()).into());
    }
    let records = runs::read(run)?;
    let bytes = match ending {
        "html" => page(&records, lang),
        "pdf" => paper(&records, lang)?,
        _ => workbook(&records, lang)?,
    };
    write_file(out, &bytes)?;
    let (out, count) = (out.display(), records.len());
    let line = match (lang, count) {
        (Lang::En, 1) => format!("1 run written to {out}"),
        (Lang::En, _) => format!("{count} runs written to {out}"),
        (Lang::Zh, _) => format!("{count} 个结果已写入 {out}"),
    };
    writeln!(std::io::stdout(), "{line}")?;
    Ok(())
}

/// The program that sets paper: beside this one, and built apart because that takes long.
fn setter() -> Result<PathBuf, Failure> {
    let own = std::env::current_exe()?;
    let beside = own.with_file_name(format!("ipabs-pdf{}", std::env::consts::EXE_SUFFIX));
    if beside.is_file() {
        return Ok(beside);
    }
    let folder = own.parent().map(|folder| folder.display().to_string()).unwrap_or_default();
    let how = "a PDF is set by ipabs-pdf, which is not in";
    Err(format!("{how} {folder}: build it there with `cargo build --release -p ipabs-pdf`").into())
}

/// The PDF of runs: their document goes to the setter, which gives the file back.
fn paper(records: &[Record], lang: Lang) -> Result<Vec<u8>, Failure> {
    let setter = setter()?;
    let document = serde_json::to_vec(&document(records, lang))
        .map_err(|error| format!("the document cannot be written: {error}"))?;
    let mut child = Command::new(&setter)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| format!("{}: {error}", setter.display()))?;
    // It reads all before it writes; the end of the pipe ends the document.
    let sent = child.stdin.take().is_some_and(|mut stdin| stdin.write_all(&document).is_ok());
    let done = child.wait_with_output()?;
    match sent && done.status.success() {
        true => Ok(done.stdout),
        false => Err(format!("{}: the PDF was not set", setter.display()).into()),
    }
}
