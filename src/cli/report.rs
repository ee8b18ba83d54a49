//! `report`: the runs of a folder as a file for people.

use std::io::Write;
use std::path::Path;

use super::output::write_file;
use super::{Failure, runs};
use crate::input::{Workbook, read_workbook};
use crate::report::Lang;
use crate::report::page::page;
use crate::report::workbook::workbook;

pub(super) fn report(run: &Path, out: &Path, lang: Lang) -> Result<(), Failure> {
    let ending = out.extension().map(|ending| ending.to_string_lossy().to_lowercase());
    let ending = match ending.as_deref() {
        Some(ending @ ("xlsx" | "html")) => ending,
        _ => {
            let want = "want a file that ends in .xlsx or .html";
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
