//! What `shelf` writes: the programme over time, what it breaks, its statistics, charts, a summary
//! and the manifest.

mod filling;
mod joint;
mod summary;
mod tables;

pub use joint::JointFindings;
pub(super) use summary::definitions;

use crate::analytics::fill::Allocation;
use crate::analytics::shelf::{Breach, Figure, Programme};
use crate::num::{Fen, yuan_of};
use crate::report::Lang;
use crate::report::manifest::Manifest;
use crate::report::table::Sheet;

/// Every figure of a programme.
#[derive(Clone, Debug)]
pub struct ShelfFindings<'a> {
    pub programme: &'a Programme<'a>,
    /// Scenarios under which its deals were run, each once.
    pub scenarios: Vec<String>,
    /// Breaches and flags.
    pub breaches: Vec<Breach>,
    /// None where the series were not simulated.
    pub joint: Option<JointFindings>,
    /// How its planned series were filled; they are among the programme's series.
    pub filling: Option<Allocation>,
}

impl ShelfFindings<'_> {
    /// Breaches, without flags.
    pub fn broken(&self) -> impl Iterator<Item = &Breach> {
        self.breaches.iter().filter(|breach| !breach.limit.is_flag())
    }

    fn series(&self, breach: &Breach) -> &str {
        breach.issue.map_or("", |at| &self.programme.issues[at].name)
    }
}

/// A figure as tables and sentences have it.
pub fn figure(of: Figure) -> String {
    match of {
        Figure::Amount(fen) => format!("{:.2}", yuan_of(fen)),
        Figure::Share(share) => format!("{share:.6}"),
        Figure::Count(count) => count.to_string(),
        Figure::Date(date) => date.to_string(),
    }
}

/// A breach in one line.
pub fn breach_line(findings: &ShelfFindings<'_>, breach: &Breach) -> String {
    let (allowed, found) = (figure(breach.allowed), figure(breach.found));
    let of = [findings.series(breach), &breach.subject];
    let of: Vec<&str> = of.into_iter().filter(|word| !word.is_empty()).collect();
    let (limit, date, of) = (breach.limit.name(), breach.date, of.join(", "));
    format!("{date}: {limit} of {of}: {found} (allowed {allowed})")
}

/// Every file, in a fixed order.
pub fn shelf_files(
    findings: &ShelfFindings<'_>,
    manifest: &Manifest,
    lang: Lang,
) -> Vec<(String, Vec<u8>)> {
    let mut sheets: Vec<Sheet> = vec![
        tables::shelf(findings),
        tables::breaches(findings),
        tables::concentration(findings),
        tables::exposures(findings),
        tables::calls(findings),
        tables::statistics(findings),
    ];
    sheets.extend(findings.joint.iter().flat_map(JointFindings::sheets));
    if let Some(filling) = &findings.filling {
        sheets.push(filling::allocation(findings, filling));
        sheets.push(filling::filling(findings, filling));
    }
    super::files(&sheets, summary::summary(findings, lang), manifest.clone(), lang)
}

/// What a run prints.
pub fn headline(findings: &ShelfFindings<'_>, lang: Lang) -> String {
    let of = findings.programme;
    let last = of.issues.last().map(|issue| issue.date);
    let used = last.map_or(0, |date| of.quota_used(date));
    let (count, broken) = (of.issues.len(), findings.broken().count());
    let left = left(of.shelf.quota - used, lang);
    let [quota, used] = [of.shelf.quota, used].map(|fen| lang.amount(yuan_of(fen)));
    let name = &of.shelf.name;
    let first = match lang {
        Lang::En => format!(
            "{name}: {count} series; {used} of {quota} used, {left}; limits broken: {broken}\n"
        ),
        Lang::Zh => {
            format!("{name}：{count} 期；额度 {quota}，已用 {used}，{left}；超限 {broken} 项\n")
        }
    };
    let scored = findings.filling.as_ref().map(|of| filling::said(findings, of, lang));
    first + &scored.unwrap_or_default()
}

/// What is left of a quota, or by how much it is exceeded.
fn left(rest: Fen, lang: Lang) -> String {
    let amount = lang.amount(yuan_of(rest.abs()));
    match (rest < 0, lang) {
        (false, Lang::En) => format!("{amount} left"),
        (false, Lang::Zh) => format!("剩余 {amount}"),
        (true, Lang::En) => format!("exceeded by {amount}"),
        (true, Lang::Zh) => format!("超出 {amount}"),
    }
}
