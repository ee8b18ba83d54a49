//! Floor 8: how does it go out?
//!
//! A deal and its runs become tables, a summary and charts, as bytes with names; nothing here opens
//! a file. Invariant: the same deal, scenario and version give the same bytes: no clock, no path,
//! no machine.

pub mod changes;
pub mod chart;
pub mod columns;
pub mod document;
pub mod headline;
pub mod in_brief;
pub mod layers;
pub mod manifest;
pub mod names;
pub mod order;
pub mod page;
pub mod problems;
pub mod prose;
pub mod reasons;
pub mod record;
pub mod remarks;
pub mod said;
pub mod scenario_names;
pub mod shelf;
pub mod simulation;
pub mod size;
pub mod stress;
pub mod summary;
mod summary_notes;
pub mod summary_sentences;
pub mod table;
pub mod tables;
pub mod words;
pub mod workbook;

pub use headline::{headline, written};

use crate::analytics::outcome::{Outcome, outcome};
use crate::deal::Deal;
use crate::engine::Runs;
use crate::report::manifest::Manifest;
use crate::report::record::Record;
use crate::report::summary_sentences::Measured;
use crate::report::table::Sheet;
use crate::scenario::Scenario;

/// The language of what people read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lang {
    En,
    Zh,
}

/// Every file of one scenario, in a fixed order: tables, charts, the summary, where it all comes
/// from, the manifest. `inputs` are names and SHA-256 of the deal's tables, by name.
pub fn run_files(
    deal: &Deal,
    inputs: &[(String, String)],
    scenario: &Scenario,
    runs: &Runs,
    lang: Lang,
    with_loans: bool,
) -> Vec<(String, Vec<u8>)> {
    let outcomes: Vec<Outcome> = runs.each().map(|flows| outcome(deal, flows)).collect();
    let unrecovered = runs.unrecovered.as_ref().map(|flows| outcome(deal, flows));
    let of = Measured { deal, runs, outcomes: &outcomes, unrecovered: unrecovered.as_ref() };
    let mut sheets = tables::tables(deal, scenario, &runs.with, &outcomes, with_loans);
    let borne = layers::of_run(deal, scenario, &runs.with);
    sheets.extend((!borne.is_empty()).then(|| layers::sheet(&borne)));
    sheets.push(summary_sentences::table(&of));
    sheets.push(tables::balances(deal, runs));
    let summary = summary::summary(scenario, &of, lang);
    let manifest = Manifest::of_run(deal, inputs, &[scenario], lang, with_loans);
    let mut files = files(&sheets, summary, manifest, lang);
    let sources = manifest::sources(deal, inputs, lang);
    files.push(("sources.md".to_owned(), sources.into_bytes()));
    files
}

/// What every command writes: its tables, the charts that they give, a summary, the manifest.
fn files(
    sheets: &[Sheet],
    summary: String,
    manifest: Manifest,
    lang: Lang,
) -> Vec<(String, Vec<u8>)> {
    let manifest = manifest.with(sheets);
    let mut files: Vec<(String, Vec<u8>)> =
        sheets.iter().map(|sheet| (sheet.name.to_owned(), sheet.to_csv())).collect();
    let charts = chart::charts(&Record::of_sheets(&manifest, sheets), lang);
    files.extend(charts.into_iter().map(|(name, svg)| (name.to_owned(), svg.into_bytes())));
    files.push(("summary.md".to_owned(), summary.into_bytes()));
    files.push(("manifest.json".to_owned(), manifest.to_json()));
    files
}

#[cfg(test)]
mod tests;
