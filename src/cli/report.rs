//! `report`: the runs of a folder as a file for people.

use std::io::Write;
use std::path::Path;

use super::args::Extras;
use super::output::write_file;
use super::{Failure, runs, setter};
use crate::input::{Workbook, read_workbook};
use crate::report::Lang;
use crate::report::document::{Document, document};
use crate::report::page::page;
use crate::report::workbook::workbook;

/// What a file's ending asks for.
#[derive(Clone, Copy)]
enum Form {
    Workbook,
    Page,
    Paper,
}

pub(super) fn report(run: &Path, out: &Path, lang: Lang) -> Result<(), Failure> {
    let line = written(run, out, lang)?;
    writeln!(std::io::stdout(), "{line}")?;
    Ok(())
}

/// Writes the file; the line that says so.
fn written(run: &Path, out: &Path, lang: Lang) -> Result<String, Failure> {
    let form = form(out)?;
    let records = runs::read(run)?;
    let bytes = match form {
        Form::Page => page(&document(&records, lang), &records, lang),
        Form::Paper => paper(&document(&records, lang))?,
        Form::Workbook => workbook(&records, lang)?,
    };
    write_file(out, &bytes)?;
    let (out, count) = (out.display(), records.len());
    Ok(match (lang, count) {
        (Lang::En, 1) => format!("1 run written to {out}"),
        (Lang::En, _) => format!("{count} runs written to {out}"),
        (Lang::Zh, _) => format!("{count} 个结果已写入 {out}"),
    })
}

/// A command that writes runs to `out`, and then its report where one is asked for; what cannot be
/// written is refused before the command begins.
pub(super) fn reported(
    extras: &Extras,
    out: &Path,
    lang: Lang,
    command: impl FnOnce() -> Result<(), Failure>,
) -> Result<(), Failure> {
    if extras.png {
        setter::find()?;
    }
    let Some(file) = &extras.report else { return command() };
    if let Form::Paper = form(file)? {
        setter::find()?;
    }
    if std::path::absolute(file)?.starts_with(std::path::absolute(out)?) {
        let why = "lies in --out, which holds runs alone; name a file elsewhere";
        return Err(format!("--report {}: {why}", file.display()).into());
    }
    match command() {
        Ok(()) => report(out, file, lang),
        // A requirement that is not met is told after all is written.
        Err(Failure::Unmet(misses)) => {
            written(out, file, lang)?;
            Err(Failure::Unmet(misses))
        }
        Err(other) => Err(other),
    }
}

/// By the ending; a deal is not replaced by a report.
fn form(out: &Path) -> Result<Form, Failure> {
    let ending = out.extension().map(|ending| ending.to_string_lossy().to_lowercase());
    let form = match ending.as_deref() {
        Some("xlsx") => Form::Workbook,
        Some("html") => Form::Page,
        Some("pdf") => Form::Paper,
        _ => {
            let want = "want a file that ends in .xlsx, .html or .pdf";
            return Err(format!("{}: {want}", out.display()).into());
        }
    };
    let is_deal = |book: Workbook| book.sources.iter().any(|source| source.name == "deal.csv");
    if out.exists() && read_workbook(out).is_ok_and(is_deal) {
        return Err(format!("{}: is a deal; name another file to write", out.display()).into());
    }
    Ok(form)
}

/// The PDF of a document: it goes to the setter, which gives the file back.
pub(super) fn paper(document: &Document) -> Result<Vec<u8>, Failure> {
    let document = serde_json::to_vec(document)
        .map_err(|error| format!("the document cannot be written: {error}"))?;
    setter::set(&[], &document)
}
