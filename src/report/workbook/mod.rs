//! A workbook of runs, for people: sheets with real numbers and dates, charts of the spreadsheet's
//! own, totals that are live formulas.
//!
//! Invariant: every figure comes from the runs' own tables; the same runs, language and version
//! give the same bytes. What the accounts took in and gave out is added up on a sheet of its own,
//! where differences read 0.00.
mod blocks;
mod charts;
mod checks;
mod cover;
mod flows;
mod page;
mod side_by_side;
mod simulation;
mod stress;
mod summary;

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Workbook, Worksheet, XlsxError};

use crate::report::Lang;
use crate::report::record::Record;
pub use blocks::support;
use blocks::{Plan, write};
pub use charts::tone;
use page::Page;

/// The file, from runs in the order in which they are shown.
pub fn workbook(runs: &[Record], lang: Lang) -> Result<Vec<u8>, String> {
    bytes(runs, lang).map_err(|error| format!("the workbook cannot be written: {error}"))
}

fn bytes(runs: &[Record], lang: Lang) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    // The time of writing is no part of a result.
    let created = ExcelDateTime::from_ymd(2020, 1, 1)?;
    let properties = DocProperties::new().set_title("ipabs").set_creation_datetime(&created);
    workbook.set_properties(&properties);
    for sheet in sheets(runs, lang)? {
        workbook.push_worksheet(sheet);
    }
    workbook.save_to_buffer()
}

fn sheets(runs: &[Record], lang: Lang) -> Result<Vec<Worksheet>, XlsxError> {
    let of = |command: &str| -> Vec<&Record> {
        runs.iter().filter(|run| run.command == command).collect()
    };
    let (exact, simulated) = (of("run"), of("simulate"));
    let (mut out, mut checks, mut sheet) = (Vec::new(), Vec::new(), String::new());
    if !exact.is_empty() {
        out.push(side_by_side::measures(&exact, lang)?);
        out.push(pool(&exact, lang)?);
        let flows = flows::flows(&exact, lang)?;
        let (reconciled, name, cells) = checks::reconciliation(&exact, &flows, lang)?;
        let cover = cover::cover(&exact, &flows, lang)?;
        (checks, sheet) = (cells, name);
        // Collections, notes and the distribution, then cover; the journal last.
        let mut rest = flows.sheets.into_iter();
        out.extend(rest.by_ref().take(3));
        out.extend(cover);
        out.extend(rest);
        out.push(reconciled);
    }
    if !simulated.is_empty() {
        out.push(simulation::results(&simulated, lang)?);
        out.extend(simulation::losses(&simulated, lang)?);
    }
    let (stressed, sized) = (of("stress"), of("size"));
    if !stressed.is_empty() {
        out.push(stress::stresses(&stressed, lang)?);
    }
    if !sized.is_empty() {
        out.push(stress::sizes(&sized, lang)?);
    }
    out.extend(others(runs, lang)?);
    if !exact.is_empty() {
        out.push(side_by_side::terms(&exact, lang)?);
    }
    out.push(summary::sources(runs, lang)?);
    let contents: Vec<String> = out.iter().map(Worksheet::name).collect();
    let checks = summary::Checks { sheet: &sheet, cells: &checks };
    out.insert(0, summary::summary(&exact, &simulated, &checks, &contents, lang)?);
    Ok(out)
}

fn pool(runs: &[&Record], lang: Lang) -> Result<Worksheet, XlsxError> {
    let title = lang.say("The pool at the cut-off date", "入池资产特征表");
    let holds = lang.say("yuan; shares of principal", "单位：元；占比按本金余额");
    let mut page = Page::new(lang, lang.say("pool", "入池资产特征"), title, holds)?;
    write(&mut page, runs, &Plan::of("pool_characteristics.csv"))?;
    page.close(3)
}

/// Tables of commands that have no sheets of their own, as they are.
fn others(runs: &[Record], lang: Lang) -> Result<Vec<Worksheet>, XlsxError> {
    let known = ["run", "simulate"];
    let mut files: Vec<(&str, &str)> = Vec::new();
    for run in runs.iter().filter(|run| !known.contains(&run.command.as_str())) {
        for table in &run.tables {
            let file = (run.command.as_str(), table.name.as_str());
            if !files.contains(&file) {
                files.push(file);
            }
        }
    }
    let mut out = Vec::new();
    for (command, file) in files {
        let own: Vec<&Record> = runs.iter().filter(|run| run.command == command).collect();
        let name = format!("{command} {}", file.trim_end_matches(".csv"));
        // A sheet's name has 31 characters at most.
        let short: String = name.chars().take(31).collect();
        let mut page = Page::new(lang, &short, &name, "")?;
        write(&mut page, &own, &Plan::of(file))?;
        out.push(page.close(2)?);
    }
    Ok(out)
}
