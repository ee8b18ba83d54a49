//! The stress set over a deal: every stressed scenario run exactly, with and without support.
//!
//! A stress that has two directions of prepayment is run in each; class by class, and support by
//! support, the worse is kept: the larger loss, then the earlier first shortfall, then the smaller
//! coverage, then the smaller DSCR.

use std::cmp::Ordering;

use crate::analytics::outcome::{Figure, Outcome, outcome, yuan};
use crate::analytics::statement;
use crate::dates::Date;
use crate::deal::Deal;
use crate::engine::{Breach, Flows, Support, Trials, run_all};
use crate::num::{Decimal, Fen, yuan_of};
use crate::scenario::{Scenario, Stress};

/// In the order of every pair of results here.
pub const SUPPORTS: [Support; 2] = [Support::With, Support::Without];
/// Places in it.
pub const WITH: usize = 0;
pub const WITHOUT: usize = 1;

/// One direction of a stress.
#[derive(Clone, Debug)]
pub struct Direction {
    pub prepayment_factor: Option<Decimal>,
    pub scenario: Scenario,
    /// With and without support.
    pub outcomes: [Outcome; 2],
    /// By support, then class: dated cash per 100 of what is left.
    pub cash: [Vec<Vec<(Date, f64)>>; 2],
    /// Defaults of the run over initial principal: see [`achieved`].
    pub achieved: f64,
}

/// One stress.
#[derive(Clone, Debug)]
pub struct Stressed {
    pub name: String,
    /// One, or one for each direction of prepayment.
    pub directions: Vec<Direction>,
}

impl Stressed {
    /// The direction that is worse for a class, by index into [`SUPPORTS`].
    pub fn worst(&self, support: usize, class: usize) -> &Direction {
        let mut worst = &self.directions[0];
        for other in &self.directions[1..] {
            if worse(other, worst, support, class) == Ordering::Less {
                worst = other;
            }
        }
        worst
    }
}

/// Runs the scenario and every stress of it; the scenario, named `base`, comes first.
pub fn stressed(
    deal: &Deal,
    scenario: &Scenario,
    stresses: &[Stress],
) -> Result<Vec<Stressed>, Breach> {
    let timing = Trials::new(deal, scenario).default_timing(scenario);
    let base = Stress::base();
    let set: Vec<&Stress> = std::iter::once(&base).chain(stresses).collect();
    let rights = deal.rights().len();
    let directions: Vec<Vec<(Option<Decimal>, Scenario)>> =
        set.iter().map(|stress| stress.directions(scenario, &timing, rights)).collect();
    let all: Vec<&Scenario> = directions.iter().flatten().map(|(_, scenario)| scenario).collect();
    let mut runs = run_all(deal, &all, || ())?.into_iter();
    let measured = |(factor, scenario): (Option<Decimal>, Scenario)| {
        let runs = runs.next()?;
        Some(Direction {
            prepayment_factor: factor,
            achieved: achieved(deal, &runs.without),
            cash: [&runs.with, &runs.without].map(|flows| cash(deal, flows)),
            outcomes: [outcome(deal, &runs.with), outcome(deal, &runs.without)],
            scenario,
        })
    };
    let mut measured = directions.into_iter().flatten().filter_map(measured);
    let counts = set.iter().map(|stress| (stress, stress.prepayment_factors.len().max(1)));
    let kept = |(stress, count): (&&Stress, usize)| Stressed {
        name: stress.name.clone(),
        directions: measured.by_ref().take(count).collect(),
    };
    Ok(counts.map(kept).collect())
}

/// By class: what its holders are paid from the day on which the deal stands, per 100 of what is
/// left of it then; nothing where nothing is left.
fn cash(deal: &Deal, flows: &Flows) -> Vec<Vec<(Date, f64)>> {
    let of = |class: usize| {
        let left = yuan(yuan_of(deal.stands_at(class)));
        let paid = |row: usize| {
            let amount = yuan(statement::class(deal, flows, row, class).cash());
            (flows.period(row).payment, if left > 0.0 { 100.0 * amount / left } else { 0.0 })
        };
        (0..flows.rows.len()).map(paid).filter(|flow| flow.1 != 0.0).collect()
    };
    (0..deal.tranches().len()).map(of).collect()
}

/// Principal that defaults in a run, from where the deal stands, over initial principal.
pub fn achieved(deal: &Deal, flows: &Flows) -> f64 {
    let rows = flows.collections.rows.iter().skip(flows.start);
    let defaulted: Fen = rows.map(|row| row.defaulted).sum();
    defaulted as f64 / deal.initial_principal().max(1) as f64
}

/// Less where the first is worse for the class.
fn worse(one: &Direction, other: &Direction, support: usize, class: usize) -> Ordering {
    let [one, other] = [one, other].map(|at| &at.outcomes[support].classes[class]);
    // No date, and no figure, is better than any.
    let low = |figure: &Figure| figure.value.unwrap_or(f64::INFINITY);
    let loss = other.loss.total_cmp(&one.loss);
    let early = match (one.first_shortfall, other.first_shortfall) {
        (Some(one), Some(other)) => one.cmp(&other),
        (one, other) => other.is_some().cmp(&one.is_some()),
    };
    let coverage = low(&one.min_coverage).total_cmp(&low(&other.min_coverage));
    let dscr = low(&one.min_dscr).total_cmp(&low(&other.min_dscr));
    loss.then(early).then(coverage).then(dscr)
}
