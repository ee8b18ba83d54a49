//! What `stress` writes: tables, charts, a summary and the manifest.
//!
//! Everything is made from [`Findings`] alone. Every table has each row with and without support.

mod breaks;
mod firms;
mod joint;
mod summary;
mod tables;
mod worth;

pub(super) use summary::definitions;

use crate::analytics::breakers::{Breakers, LargeObligorTable, LargeObligors};
use crate::analytics::critical::{ClassGrade, CriticalRates, Grading};
use crate::analytics::grid::Grid;
use crate::analytics::joint_default::{JointDefault, JointTerms, NoLift};
use crate::analytics::price::PriceTerms;
use crate::analytics::stress::Stressed;
use crate::deal::Deal;
use crate::report::Lang;
use crate::report::manifest::{Manifest, StressOptions};
use crate::report::words::{counted, percent};
use crate::scenario::{Scenario, Stress};

/// Every figure of a stressed deal.
#[derive(Clone, Debug)]
pub struct Findings<'a> {
    pub deal: &'a Deal,
    /// The scenario that is stressed.
    pub scenario: &'a Scenario,
    /// The stresses as their table has them.
    pub stresses: &'a [Stress],
    /// `base` first.
    pub stressed: Vec<Stressed>,
    /// By stress.
    pub rates: Vec<CriticalRates>,
    pub grading: Grading<'a>,
    /// By class.
    pub grades: Vec<ClassGrade>,
    /// By class: with its supporter, or why not.
    pub joints: Vec<Result<JointDefault, NoLift>>,
    pub joint: JointTerms<'a>,
    pub breakers: Breakers,
    pub large: LargeTest<'a>,
    pub grid: Option<Grid>,
    /// None where the deal has no curve.
    pub prices: Option<PriceTerms<'a>>,
}

/// The large-obligor test and what it gave.
#[derive(Clone, Debug)]
pub struct LargeTest<'a> {
    pub table: &'a LargeObligorTable,
    /// Word of the column that the pool belongs to: `bb`, `b`.
    pub names: &'static str,
    /// Whether it bounds the grades.
    pub binding: bool,
    pub rows: Vec<LargeObligors>,
    /// By class: the best grade that it allows.
    pub stood: Vec<Option<String>>,
}

/// Every file, in a fixed order. `inputs` are names and SHA-256 of the deal's tables.
pub fn stress_files(
    findings: &Findings<'_>,
    inputs: &[(String, String)],
    options: StressOptions,
    lang: Lang,
) -> Vec<(String, Vec<u8>)> {
    let mut sheets = vec![
        tables::stress(findings),
        tables::stresses(findings.stresses),
        tables::critical(findings),
        tables::targets(findings),
        firms::breakers(findings),
        tables::investor(findings),
        breaks::sheet(findings),
    ];
    sheets.extend(findings.grid.as_ref().map(|grid| tables::grid(findings.deal, grid)));
    let summary = summary::summary(findings, lang);
    let manifest = Manifest::of_stress(findings, inputs, options, lang);
    super::files(&sheets, summary, manifest, lang)
}

/// What a run prints: by class, what it stands and how it is graded.
pub fn headline(findings: &Findings<'_>, lang: Lang) -> String {
    let (grading, stresses) = (&findings.grading, findings.stressed.len());
    let (name, base) = (&findings.scenario.name, percent(grading.base_rate));
    let (table, kind) = (&grading.table.name, grading.asset_type.name());
    let mut text = match lang {
        Lang::En => format!(
            "{name}, {}, base default rate {base}, targets {table} ({kind})\n",
            counted(stresses, "scenario")
        ),
        Lang::Zh => {
            format!("{name}，{stresses} 个情景，基准违约率 {base}，目标表 {table}（{kind}）\n")
        }
    };
    for (tranche, grade) in findings.deal.tranches().iter().zip(&findings.grades) {
        let none = lang.say("none", "无");
        let [with, without] =
            [&grade.with, &grade.without].map(|grade| grade.as_deref().unwrap_or(none));
        let (least, stress) = &grade.least[1];
        let rate = least.rate().map(|_| percent(least.achieved));
        let rate = rate.unwrap_or_else(|| lang.say("not reached", "未触及").to_owned());
        let (class, of) = (&tranche.name, &findings.stressed[*stress].name);
        let line = match lang {
            Lang::En => format!(
                "  {class}: lowest critical default rate {rate} ({of}); grade by it: {without} \
                 without support, {with} with (weak link)\n"
            ),
            Lang::Zh => format!(
                "  {class}：最低临界违约率 {rate}（{of}），据此评级 {without}（无增信）、{with}（有增信，弱连接）\n"
            ),
        };
        text.push_str(&line);
    }
    text
}
