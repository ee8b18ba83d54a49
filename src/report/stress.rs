//! What `stress` writes: tables, charts, a summary and the manifest.
//!
//! Everything is made from [`Findings`] alone. Every table has each row with and without support.

mod tables;

use crate::analytics::critical::{ClassGrade, CriticalRates, Grading};
use crate::analytics::stress::Stressed;
use crate::deal::Deal;
use crate::report::Lang;
use crate::report::manifest::{Manifest, StressOptions};
use crate::report::words::percent;
use crate::scenario::Scenario;

/// Every figure of a stressed deal.
#[derive(Clone, Debug)]
pub struct Findings<'a> {
    pub deal: &'a Deal,
    /// The scenario that is stressed.
    pub scenario: &'a Scenario,
    /// `base` first.
    pub stressed: Vec<Stressed>,
    /// By stress.
    pub rates: Vec<CriticalRates>,
    pub grading: Grading<'a>,
    /// By class.
    pub grades: Vec<ClassGrade>,
}

/// Every file, in a fixed order. `inputs` are names and SHA-256 of the deal's tables.
pub fn stress_files(
    findings: &Findings<'_>,
    inputs: &[(String, String)],
    options: StressOptions,
    lang: Lang,
) -> Vec<(String, Vec<u8>)> {
    let sheets = [tables::stress(findings), tables::critical(findings)];
    let mut files: Vec<(String, Vec<u8>)> =
        sheets.iter().map(|sheet| (sheet.name.to_owned(), sheet.to_csv())).collect();
    let manifest = Manifest::of_stress(inputs, findings.scenario, options, lang);
    files.push(("manifest.json".to_owned(), manifest.to_json()));
    files
}

/// What a run prints: by class, what it stands and how it is graded.
pub fn headline(findings: &Findings<'_>, lang: Lang) -> String {
    let (grading, stresses) = (&findings.grading, findings.stressed.len());
    let (name, base) = (&findings.scenario.name, percent(grading.base_rate));
    let (table, kind) = (&grading.table.name, grading.asset_type.name());
    let mut text = match lang {
        Lang::En => format!(
            "{name}, {stresses} stresses, base default rate {base}, targets {table} ({kind})\n"
        ),
        Lang::Zh => {
            format!("{name}，{stresses} 个压力情景，基准违约率 {base}，目标表 {table}（{kind}）\n")
        }
    };
    for (tranche, grade) in findings.deal.tranches().iter().zip(&findings.grades) {
        let none = lang.say("no grade", "无评级");
        let [with, without] =
            [&grade.with, &grade.without].map(|grade| grade.as_deref().unwrap_or(none));
        let (least, stress) = &grade.least[1];
        let rate = least.rate().map_or(lang.say("not reached", "未触及").to_owned(), percent);
        let (class, of) = (&tranche.name, &findings.stressed[*stress].name);
        let line = match lang {
            Lang::En => format!(
                "  {class}: lowest critical default rate {rate} ({of}), grade {without} without \
                 support, {with} with\n"
            ),
            Lang::Zh => format!(
                "  {class}：最低临界违约率 {rate}（{of}），评级 {without}（无增信）、{with}（有增信）\n"
            ),
        };
        text.push_str(&line);
    }
    text
}
