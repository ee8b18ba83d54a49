//! A workbook of runs, for people: sheets with real numbers and dates, charts of the spreadsheet's
//! own, totals that are live formulas.
//!
//! Invariant: every figure comes from the runs' own tables; the same runs, language and version
//! give the same bytes. What the accounts took in and gave out is added up on a sheet of its own,
//! where differences read 0.00.
mod blocks;
mod page;

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Workbook, Worksheet, XlsxError};

use crate::report::Lang;
use crate::report::record::Record;
pub use blocks::support;
use blocks::{Plan, write};
use page::Page;

/// The file, from runs in the order in which they are shown.
pub fn workbook(runs: &[Record], lang: Lang) -> Result<Vec<u8>, String> {
    bytes(runs, lang).map_err(|error| format!("the workbook cannot be written: {error}"))
}

fn bytes(runs: &[Record], lang: Lang) -> Result<Vec<u8>, XlsxError> {
    let exact: Vec<&Record> = runs.iter().filter(|run| run.command == "run").collect();
    let mut workbook = Workbook::new();
    // The time of writing is no part of a result.
    let created = ExcelDateTime::from_ymd(2020, 1, 1)?;
    let properties = DocProperties::new().set_title("ipabs").set_creation_datetime(&created);
    workbook.set_properties(&properties);
    for sheet in sheets(&exact, lang)? {
        workbook.push_worksheet(sheet);
    }
    workbook.save_to_buffer()
}

fn sheets(runs: &[&Record], lang: Lang) -> Result<Vec<Worksheet>, XlsxError> {
    let mut out = Vec::new();
    let mut page = Page::new(lang, lang.say("collections", "现金流归集"), "Collections", "yuan")?;
    let totals = ["interest", "principal", "prepaid", "defaulted", "recovered", "clean_up"];
    write(&mut page, runs, &Plan { totals: &totals, ..Plan::of("collections.csv") })?;
    out.push(page.close(3)?);
    let mut page = Page::new(lang, lang.say("notes", "证券现金流"), "Notes", "yuan")?;
    let totals = ["interest_paid", "principal_paid", "residual_paid"];
    let plan = Plan { totals: &totals, group: Some("tranche"), ..Plan::of("notes.csv") };
    write(&mut page, runs, &plan)?;
    out.push(page.close(3)?);
    let mut page = Page::new(lang, lang.say("fees", "费用"), "Fees", "yuan")?;
    write(&mut page, runs, &Plan { totals: &["due", "paid"], ..Plan::of("fees.csv") })?;
    out.push(page.close(3)?);
    Ok(out)
}
