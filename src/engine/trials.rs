//! Many scenarios under one paper: what the pool pays in differs, the order of payment does not.
//!
//! Candidates of a search, cells of a grid and sets of firms run as lanes of the waterfall, in
//! whole fen. Invariant: what a trial leaves is what the exact run of its scenario leaves, to the
//! fen.

use super::collect::{Collections, collect};
use super::compile::plan;
use super::flows::{Support, failures, inputs_side_by_side};
use super::lanes::{LANES, PathSums, Room, Ruler, pay_out};
use super::periods::{Period, periods};
use super::plan::Plan;
use super::pool::{Pool, pool_under};
use super::timing;
use crate::dates::Date;
use crate::deal::Deal;
use crate::num::{Amount, Fen};
use crate::scenario::{DefaultTiming, Scenario};

/// A deal under the rates and coupons of one scenario, ready for others that share them.
#[derive(Clone, Debug)]
pub struct Trials<'a> {
    deal: &'a Deal,
    periods: Vec<Period>,
    pool: Pool,
    failures: Vec<Option<Date>>,
    with: Plan<f64>,
    without: Plan<f64>,
}

/// What a class is left with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ClassEnd {
    pub unpaid_principal: Fen,
    pub unpaid_interest: Fen,
    /// Interest was not paid in full on its date, after the top-up.
    pub late_interest: bool,
}

impl ClassEnd {
    /// No interest was late, and all principal is paid by the end.
    pub fn paid_in_full(&self) -> bool {
        self.unpaid_principal == 0 && self.unpaid_interest == 0 && !self.late_interest
    }
}

/// What a trial leaves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct End {
    /// In the order of the deal.
    pub classes: Vec<ClassEnd>,
    /// By all commitments, in all.
    pub called: Fen,
    pub paid: Fen,
}

impl<'a> Trials<'a> {
    /// `scenario` gives what is the same for all: shifts of rates and coupons, and which supporters
    /// fail when.
    pub fn new(deal: &'a Deal, scenario: &Scenario) -> Trials<'a> {
        let periods = periods(deal.terms());
        Trials {
            deal,
            pool: pool_under(deal, scenario, &periods),
            failures: failures(deal, scenario),
            with: plan(deal, scenario, &periods, true),
            without: plan(deal, scenario, &periods, false),
            periods,
        }
    }

    /// Dates of the deal.
    pub fn periods(&self) -> &[Period] {
        &self.periods
    }

    /// The pool by contract.
    pub fn pool(&self) -> &Pool {
        &self.pool
    }

    /// What the pool pays in under a scenario.
    pub fn collect(&self, scenario: &Scenario) -> Collections {
        collect(self.deal, scenario, &self.pool, &self.periods)
    }

    /// The scenario's own defaults: how many, and when.
    pub fn default_timing(&self, scenario: &Scenario) -> DefaultTiming {
        timing::default_timing(self.deal, scenario, &self.pool, &self.periods)
    }

    /// Distributes, trial by trial.
    pub fn pay_out(&self, support: Support, trials: &[Collections]) -> Vec<End> {
        let plan = match support {
            Support::With => &self.with,
            // Bare differs in what the pool pays in alone.
            Support::Without | Support::Bare => &self.without,
        };
        let ruler = Ruler::unweighed(plan);
        let mut room = Room::new(plan);
        let mut sums = PathSums::new(plan, None).with_late_interest();
        let mut out = Vec::with_capacity(trials.len());
        for trials in trials.chunks(LANES) {
            let inputs = inputs_side_by_side(trials, &self.failures, &self.periods, plan.start);
            pay_out(plan, &inputs, &ruler, &mut room, &mut sums);
            out.extend((0..trials.len()).map(|lane| end(&sums, lane)));
        }
        out
    }
}

fn end(sums: &PathSums, lane: usize) -> End {
    let class = |at: usize| ClassEnd {
        unpaid_principal: sums.unpaid_principal[at].0[lane].to_fen(),
        unpaid_interest: sums.unpaid_interest[at].0[lane].to_fen(),
        late_interest: sums.late_interest.iter().any(|rows| rows[at].0[lane] > 0.0),
    };
    let total = |rows: &[super::lanes::Lanes]| rows.iter().map(|row| row.0[lane].to_fen()).sum();
    End {
        classes: (0..sums.unpaid_principal.len()).map(class).collect(),
        called: total(&sums.called),
        paid: total(&sums.paid),
    }
}
