//! What `simulate` and `merge` write: tables, charts, a summary and the manifest.
//!
//! Everything is made from a [`Partial`] alone, so a run in one piece, one that was cut and went
//! on, and one merged from parts give the same bytes.

mod definitions;
mod exact;
mod facts;
mod partial;
mod summary;
mod sums;
mod tables;

pub(super) use definitions::general as definitions;
pub use exact::{ExactPool, exact_pool};
pub use facts::{ClassFacts, CommitmentFacts, CoveredLoan, DealFacts, ModelFacts, facts};
pub use partial::{Address, Partial, merged};

use crate::analytics::simulated::{
    ClassResult, CommitmentResult, Convergence, Grading, PoolResult, class, commitment,
    convergence, pool,
};
use crate::asset::PdTable;
use crate::engine::Tally;
use crate::report::Lang;
use crate::report::layers;
use crate::report::manifest::Manifest;
use crate::report::words::grouped;

/// Every figure of a simulation.
#[derive(Clone, Debug)]
pub struct Results {
    pub with: Vec<ClassResult>,
    pub without: Vec<ClassResult>,
    /// As `without` where the deal has no covers.
    pub bare: Vec<ClassResult>,
    pub pool: PoolResult,
    pub commitments: Vec<CommitmentResult>,
    pub covers: Vec<CommitmentResult>,
    pub convergence: Vec<Convergence>,
}

/// The figures of all paths; classes are graded by a table.
pub fn results(deal: &DealFacts, tally: &Tally, table: &PdTable) -> Results {
    let of = |classes: &[crate::engine::ClassTally]| {
        let facts = deal.classes.iter().enumerate().zip(classes);
        let graded = |((at, facts), of): ((usize, &ClassFacts), &crate::engine::ClassTally)| {
            let (years, valued) = (facts.years_without_default, facts.coupon);
            class(tally, of, Grading { table, years, most_senior: at == 0, valued })
        };
        facts.map(graded).collect()
    };
    let bare = if tally.bare.is_empty() { &tally.without } else { &tally.bare };
    Results {
        with: of(&tally.with),
        without: of(&tally.without),
        bare: of(bare),
        pool: pool(tally),
        commitments: tally.commitments.iter().map(|of| commitment(of, tally.paths)).collect(),
        covers: tally.covers.iter().map(|of| commitment(of, tally.paths)).collect(),
        convergence: convergence(&tally.segments),
    }
}

/// Every file, in a fixed order.
pub fn simulation_files(partial: &Partial, table: &PdTable, lang: Lang) -> Vec<(String, Vec<u8>)> {
    let (deal, tally) = (&partial.deal, &partial.tally);
    let results = results(deal, tally, table);
    let mut sheets = vec![
        tables::tranches(deal, tally, &results),
        tables::pool(&results.pool),
        tables::supporters(deal, &results),
        tables::histogram(deal, tally),
        tables::convergence(deal, &results),
        tables::support_paid(deal, tally),
        tables::balances(deal, tally),
    ];
    let borne = tables::layers(deal, tally);
    sheets.extend((!borne.is_empty()).then(|| layers::sheet(&borne)));
    let summary = summary::summary(partial, &results, table, lang);
    let manifest = Manifest::of_simulation(deal, &partial.address, lang);
    super::files(&sheets, summary, manifest, lang)
}

/// What a run prints: what each class loses, how likely, with and without support, and bare where
/// there are covers.
pub fn headline(partial: &Partial, table: &PdTable, lang: Lang) -> String {
    let results = results(&partial.deal, &partial.tally, table);
    let (name, paths) = (&partial.address.scenario, partial.tally.paths);
    let mut text = match lang {
        Lang::En => format!("{name}, {} paths\n", grouped(&paths.to_string())),
        Lang::Zh => format!("{name}，{} 条路径\n", grouped(&paths.to_string())),
    };
    let mut lines = vec![
        (
            lang.say("unpaid, loss, with support:    ", "违约概率、预期损失（有增信）："),
            &results.with,
        ),
        (
            lang.say("unpaid, loss, without support: ", "违约概率、预期损失（无增信）："),
            &results.without,
        ),
    ];
    if !partial.deal.covers.is_empty() {
        let label =
            lang.say("unpaid, loss, without covers:  ", "违约概率、预期损失（亦无贷款增信）：");
        lines.push((label, &results.bare));
    }
    for (label, classes) in lines {
        let classes = partial.deal.classes.iter().zip(classes);
        let each: Vec<String> = classes
            .map(|(facts, of)| {
                format!("{} {} {}", facts.name, share(of.pd.value), share(of.el.value))
            })
            .collect();
        text.push_str(&format!("  {label}{}\n", lang.listed(&each)));
    }
    text
}

/// The pool in one line.
pub fn pool_headline(pool: &PoolResult, lang: Lang) -> String {
    let [el, var_99, var_999] = [pool.el, pool.var_99, pool.var_999].map(|of| share(of.value));
    match lang {
        Lang::En => format!("pool: expected loss {el}, at 99% {var_99}, at 99.9% {var_999}"),
        Lang::Zh => format!("资产池：预期损失 {el}，99% 分位 {var_99}，99.9% 分位 {var_999}"),
    }
}

/// A percent with three digits that mean something.
fn share(value: f64) -> String {
    let percent = 100.0 * value;
    let digits = match percent.abs() {
        0.0 => return "0%".to_owned(),
        size if size >= 1.0 => 2,
        size => 3 + leading_zeros(size),
    };
    format!("{percent:.digits$}%")
}

/// Zeros after the point before the first digit, at most 9.
fn leading_zeros(size: f64) -> usize {
    let mut scaled = size;
    (0..9)
        .take_while(|_| {
            scaled *= 10.0;
            scaled < 1.0
        })
        .count()
}
