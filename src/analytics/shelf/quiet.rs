//! Calls that come though nobody defaults: what a commitment covers falls due before the pool, by
//! contract, has paid it in.

use super::issue::{Course, Issue};
use crate::dates::Date;
use crate::deal::{Amortisation, Claim, Deal};
use crate::engine::{Breach, SharedSupporter, without_defaults};
use crate::num::Fen;
use crate::scenario::Scenario;

/// Why a class has principal due on a date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DueBy {
    ExpectedMaturity,
    /// Target principal or target balance.
    Plan,
}

/// The first call on a supporter in a series.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuietCall {
    pub series: String,
    pub supporter: String,
    pub date: Date,
    pub called: Fen,
    /// A class that the supporter covers, whose principal is due then; none where it is interest
    /// or what ranks above that lacks.
    pub due: Option<(String, DueBy)>,
}

/// By series and supporter. Nobody defaults, all else is as the scenarios say.
pub fn quiet_calls(
    series: &[(&str, &Deal, &Scenario)],
    shared: &[SharedSupporter],
) -> Result<Vec<QuietCall>, Breach> {
    let quiet: Vec<Scenario> = series.iter().map(|of| without_defaults(of.2)).collect();
    let runs: Vec<(&Deal, &Scenario)> =
        series.iter().zip(&quiet).map(|(of, scenario)| (of.1, scenario)).collect();
    let (mut supporters, mut out) = (Vec::new(), Vec::new());
    for ((name, deal, _), course) in series.iter().zip(Course::together(&runs, shared)?) {
        let issue = Issue::of_deal(name, &course, &mut supporters);
        for paper in &issue.paper {
            let Some(date) = paper.called.dates().next() else { continue };
            let supporter = supporters[paper.supporter].name.clone();
            let due = due(deal, &supporter, date);
            let called = paper.called.on(date);
            out.push(QuietCall { series: (*name).to_owned(), supporter, date, called, due });
        }
    }
    Ok(out)
}

/// The most senior class that a supporter covers and that has principal due by a date.
fn due(deal: &Deal, supporter: &str, date: Date) -> Option<(String, DueBy)> {
    let behind = |at: usize| deal.supporters()[at].name == supporter;
    let covered = |class: usize| {
        let mut own = deal.commitments().iter().filter(|of| behind(of.supporter));
        own.any(|of| of.scope.contains(&Claim::Principal(class)))
    };
    let classes = deal.tranches().iter().enumerate().filter(|(at, _)| covered(*at));
    let by = |(_, class): (usize, &crate::deal::Tranche)| {
        let planned = match &class.amortisation {
            Amortisation::TargetPrincipal(rows) | Amortisation::TargetBalance(rows) => {
                rows.iter().any(|row| row.date <= date)
            }
            Amortisation::PassThrough | Amortisation::Turbo { .. } | Amortisation::Bullet => false,
        };
        let why = match class.expected_maturity <= date {
            true => Some(DueBy::ExpectedMaturity),
            false => planned.then_some(DueBy::Plan),
        };
        Some((class.name.clone(), why?))
    };
    classes.filter_map(by).next()
}
