//! Which rights are infringed on a path, when, and what covers of infringement then pay.
//!
//! A right is infringed by t years after the cut-off date with probability 1 - (1 - p)^t, and
//! counts as infringed from the end of that month, in whole months from the cut-off date.
//! Invariant: its draw has an address of its own (seed, path, right), so that a risk more moves no
//! other draw.

use super::fates::{INFRINGEMENTS, Sampler};
use crate::asset::IpRight;
use crate::dates::{Date, add_months};
use crate::deal::Deal;
use crate::engine::cover::Covers;
use crate::engine::infringement::{Payout, payouts};
use crate::engine::pool::Pool;
use crate::engine::recovery::{Recoveries, months_to_sale};
use crate::num::{Ratio, pow, unit_interval};
use crate::scenario::{Infringement, RightAssumptions, Scenario};

/// By right: the months in which it can be infringed; empty where none can.
#[derive(Clone, Debug, Default)]
pub(crate) struct Infringements {
    months: Vec<Vec<Month>>,
}

/// A month after whose end a right is infringed.
#[derive(Clone, Debug)]
pub(crate) struct Month {
    /// Of having been infringed by then.
    probability: f64,
    pub infringement: Infringement,
    /// As long as givers live.
    pub payouts: Vec<Payout>,
}

impl Infringements {
    /// Months from a day up to the last on which any loan of a right, in default on its last due
    /// date, would be sold.
    pub fn new(deal: &Deal, scenario: &Scenario, pool: &Pool, from: Date) -> Infringements {
        let Recoveries::Rights { assumptions, .. } = Recoveries::new(scenario) else {
            return Infringements::default();
        };
        if deal.rights().iter().all(|right| right.infringement.is_none()) {
            return Infringements::default();
        }
        let covers = Covers::new(deal);
        let of = |(at, right)| months(deal, assumptions, covers.as_ref(), pool, from, (at, right));
        Infringements { months: deal.rights().iter().enumerate().map(of).collect() }
    }

    pub fn are_possible(&self) -> bool {
        !self.months.is_empty()
    }

    /// What covers can pay, on any path.
    pub fn payouts(&self) -> impl Iterator<Item = &Payout> {
        self.months.iter().flatten().flat_map(|month| &month.payouts)
    }

    /// When a right is infringed on a path, counted from the first of all.
    pub fn draw(&self, sampler: &Sampler, path: u64, right: usize) -> Option<&Month> {
        let months = self.months.get(right).filter(|months| !months.is_empty())?;
        let usage = INFRINGEMENTS + right as u32;
        let share = unit_interval(sampler.own_stream(path, usage).draw());
        months.get(months.partition_point(|month| month.probability < share))
    }
}

fn months(
    deal: &Deal,
    assumptions: &RightAssumptions,
    covers: Option<&Covers>,
    pool: &Pool,
    from: Date,
    (right, terms): (usize, &IpRight),
) -> Vec<Month> {
    let Some(risk) = terms.infringement else { return Vec::new() };
    let dues = terms.loans.iter().flat_map(|&loan| pool.dues_of(loan));
    let Some(last) = dues.map(|due| due.date).max() else { return Vec::new() };
    let last = add_months(last, months_to_sale(terms, assumptions));
    let within = Ratio::of_rate(risk.probability_1y).map_or(0.0, |p| p.as_f64());
    let month = |count: i32| {
        let date = add_months(from, count);
        let infringement = Infringement { right, date, loss: risk.loss };
        let paid = |covers| payouts(deal, covers, assumptions, &infringement);
        Month {
            probability: 1.0 - pow(1.0 - within, f64::from(count) / 12.0),
            infringement,
            payouts: covers.map_or_else(Vec::new, paid),
        }
    };
    (1..).map(month).take_while(|month| month.infringement.date <= last).collect()
}

/// What simulation does not model of infringements, one line each.
pub(crate) fn unmodelled(deal: &Deal, scenario: &Scenario, performing: &[bool]) -> Vec<String> {
    let flat = matches!(Recoveries::new(scenario), Recoveries::Flat { .. });
    let mut out = Vec::new();
    for right in deal.rights().iter().filter(|right| right.infringement.is_some()) {
        let name = &right.name;
        if flat {
            out.push(format!(
                "rights.csv: {name} may be infringed, which changes nothing in {}, whose recovery \
                 is flat: simulate a scenario with recovery_from rights",
                scenario.name
            ));
        } else if right.loans.iter().any(|&loan| !performing[loan]) {
            out.push(format!(
                "rights.csv: {name} may be infringed and secures a loan that is in default from \
                 the start: simulate does not model that"
            ));
        }
    }
    out
}
