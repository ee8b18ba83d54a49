//! Many scenarios under one paper: what the pool pays in differs, the order of payment does not.
//!
//! Candidates of a search, cells of a grid and sets of firms run as lanes of the waterfall, in
//! whole fen. Invariant: what a trial leaves is what the exact run of its scenario leaves, to the
//! fen.

use super::collect::{Collections, collect};
use super::compile::plan;
use super::flows::{Breach, Flows, Support, failures, first_failed, inputs_side_by_side, run_on};
use super::lanes::{LANES, PathSums, Room, Ruler, pay_out};
use super::period::Inputs;
use super::periods::{Period, periods};
use super::plan::Plan;
use super::pool::{Pool, pool_under};
use super::side_by_side::{collect_side_by_side, has_lanes};
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

/// A scenario that was tried.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trial {
    /// Principal that defaults.
    pub defaulted: Fen,
    /// With support, and without.
    pub ends: [End; 2],
}

/// Where trials are paid out, with support and without: allocated once, used for any number of
/// those that it was made for.
pub struct TrialRoom([(Room, PathSums); 2]);

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

    /// The same of a deal that differs in its notes alone.
    pub fn cut_otherwise<'b>(&self, deal: &'b Deal, scenario: &Scenario) -> Trials<'b> {
        let Trials { periods, pool, failures, .. } = self;
        Trials {
            deal,
            with: plan(deal, scenario, periods, true),
            without: plan(deal, scenario, periods, false),
            periods: periods.clone(),
            pool: pool.clone(),
            failures: failures.clone(),
        }
    }

    /// Room for these trials.
    pub fn room(&self) -> TrialRoom {
        TrialRoom(
            [&self.with, &self.without]
                .map(|plan| (Room::new(plan), PathSums::new(plan, None).with_late_interest())),
        )
    }

    /// The exact run of a scenario that shares rates, coupons and failures with these.
    pub fn run_exactly(&self, scenario: &Scenario, support: Support) -> Result<Flows, Breach> {
        run_on((&self.pool, &self.periods), self.deal, scenario, support)
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

    /// Scenarios like this one that cost about what one does: a block of lanes, or few.
    pub fn worth_trying_at_once(&self, scenario: &Scenario) -> usize {
        if has_lanes(self.deal, scenario) { LANES } else { LANES / 4 }
    }

    /// Collects and distributes, scenario by scenario: side by side those that can be.
    pub fn run(&self, room: &mut TrialRoom, scenarios: &[&Scenario]) -> Vec<Trial> {
        let of_block = |block: &[&Scenario]| self.pay_in(room, &self.inputs(block), block.len());
        scenarios.chunks(LANES).flat_map(of_block).collect()
    }

    /// Distributes what so many scenarios bring, as [`Trials::inputs`] has it.
    pub fn pay_in(
        &self,
        room: &mut TrialRoom,
        (inputs, defaulted): &(Inputs<f64, LANES>, Vec<Fen>),
        count: usize,
    ) -> Vec<Trial> {
        let ends = self.ends_of(room, inputs, count).into_iter();
        let trial = |(ends, &defaulted): ([End; 2], &Fen)| Trial { defaulted, ends };
        ends.zip(defaulted).map(trial).collect()
    }

    /// What scenarios bring to the waterfall, one a lane (at most [`LANES`]), and the principal
    /// that defaults in each.
    pub fn inputs(&self, block: &[&Scenario]) -> (Inputs<f64, LANES>, Vec<Fen>) {
        let ground = (&self.pool, self.periods.as_slice(), self.with.start);
        if let Some((mut inputs, defaulted)) = collect_side_by_side(self.deal, block, ground) {
            let failed = first_failed(&self.failures, &self.periods);
            (inputs.fails_by_call, inputs.fails_by_test) = failed;
            return (inputs, defaulted.0.iter().map(|amount| amount.to_fen()).collect());
        }
        let collected: Vec<Collections> = block.iter().map(|one| self.collect(one)).collect();
        let defaulted = |of: &Collections| of.rows.iter().map(|row| row.defaulted).sum();
        let all = collected.iter().map(defaulted).collect();
        (inputs_side_by_side(&collected, &self.failures, &self.periods, self.with.start), all)
    }

    /// Distributes, trial by trial: with support, and without.
    pub fn pay_out(&self, room: &mut TrialRoom, trials: &[Collections]) -> Vec<[End; 2]> {
        let of_block = |block: &[Collections]| {
            let start = self.with.start;
            let inputs = inputs_side_by_side(block, &self.failures, &self.periods, start);
            self.ends_of(room, &inputs, block.len())
        };
        trials.chunks(LANES).flat_map(of_block).collect()
    }

    fn ends_of(
        &self,
        TrialRoom([with, without]): &mut TrialRoom,
        inputs: &Inputs<f64, LANES>,
        count: usize,
    ) -> Vec<[End; 2]> {
        let paid = |plan: &Plan<f64>, (room, sums): &mut (Room, PathSums)| -> Vec<End> {
            pay_out(plan, inputs, &Ruler::unweighed(plan), room, sums);
            (0..count).map(|lane| end(sums, lane)).collect()
        };
        let without = paid(&self.without, without);
        let with = match self.deal.commitments().is_empty() {
            true => without.clone(),
            false => paid(&self.with, with),
        };
        with.into_iter().zip(without).map(|(with, without)| [with, without]).collect()
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
