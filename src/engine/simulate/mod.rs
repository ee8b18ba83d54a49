//! Many paths: correlated defaults, what the pledges fetch, supporters that fail, and the same
//! waterfall in lanes.
//!
//! A path's fates are drawn from its address (seed, block, use) alone, gathered into collections,
//! and paid out by the plan that `run` uses. Every path is paid out with support; those on which a
//! supporter mattered once more without. Invariant: the sums do not depend on threads, nor on how
//! the blocks are shared out.

mod brackets;
mod changes;
mod covers;
mod fates;
mod firm_by_firm;
mod firms;
mod gather;
mod infringements;
mod joint;
mod kept;
mod latents;
mod lines;
mod pool_losses;
mod prepayments;
mod sales;
mod tally;
mod thresholds;
mod values;
mod worker;

use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::collect::{Collected, covered_defaults};
use super::compile::plan;
use super::lanes::{LANES, Ruler};
use super::periods::{Period, failed_from, periods};
use super::plan::Plan;
use super::pool::{days_between, first_day, pool};
use crate::dates::{Date, add_months};
use crate::deal::{Coupon, Deal, Limit, Measure};
use crate::num::Fen;
use crate::scenario::{DefaultModel, Scenario};
use changes::{Changes, changes, performing, without_fates};
use covers::{CoverRoom, PathCovers, infringement_pay_dates, pay_dates};
use fates::{Fates, PATHS, Sampler};
use gather::Gathered;
use infringements::Infringements;
pub use joint::{NoteSupporter, SeriesInput, ShelfSimulation, ShelfTally, ShelfWay, SupporterSums};
pub use kept::{ClassHits, KeptPaths};
use prepayments::Prepayments;
use sales::Sales;
pub use tally::{
    BINS, Bin, ClassTally, CommitmentTally, FAN_BINS, FAN_PATHS, Histogram, LayerTally, Moments,
    PoolTally, SEGMENTS, Segment, Tally,
};
use values::Shocks;
use worker::Worker;

/// Loans from which on a pool is large: what its paths need does not fit the caches.
const LARGE: usize = 500;
/// Blocks whose paths are put in order together, but of large pools.
const TOGETHER: u64 = 8;

/// A deal ready to be simulated.
#[derive(Clone, Debug)]
pub struct Simulation<'a> {
    pub(crate) deal: &'a Deal,
    scenario: Scenario,
    periods: Vec<Period>,
    with: Plan<f64>,
    /// Where commitments exist.
    without: Option<Plan<f64>>,
    ruler: Ruler,
    /// Units of the ruler in a year.
    per_year: f64,
    sampler: Sampler,
    changes: Changes,
    /// Where the deal has any.
    covers: Option<PathCovers>,
    shocks: Shocks,
    infringements: Infringements,
    sales: Option<Sales>,
    /// By supporter and its days: first period on whose support date it is dead, and on whose test
    /// date it has failed.
    failed_from: Vec<Vec<(usize, usize)>>,
    /// Performing principal as the run begins, and at the start of the first period.
    opening: f64,
    principal: f64,
    /// Balance at or below which the originator buys what performs.
    clean_up_at: Option<f64>,
    reads_recognised: bool,
    /// Paths differ without support wherever a supporter fails, and not only where it is called.
    reads_failure: bool,
    /// Paths differ without support everywhere.
    owed_from_before: bool,
}

/// How to draw.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Drawing {
    pub seed: u64,
    /// Three blocks of four are drawn from worse years, and weighed for it.
    pub tail: bool,
}

impl<'a> Simulation<'a> {
    /// Compiles. What cannot be simulated is told.
    pub fn new(
        deal: &'a Deal,
        scenario: &Scenario,
        model: &DefaultModel,
        drawing: Drawing,
    ) -> Result<Simulation<'a>, Vec<String>> {
        let mut faults = super::unmodelled(deal);
        faults.extend(sales::unmodelled(scenario));
        if !faults.is_empty() {
            return Err(faults);
        }
        let periods = periods(deal.terms());
        let without_fates = without_fates(scenario);
        let pool = pool(deal, scenario.rate_shift, &periods);
        let performing = performing(&pool, scenario);
        let faults = infringements::unmodelled(deal, scenario, &performing);
        if !faults.is_empty() {
            return Err(faults);
        }
        let infringements =
            Infringements::new(deal, &without_fates, &pool, first_day(deal, &periods));
        let certain = covered_defaults(deal, &without_fates, &pool, &periods);
        let last = periods.last().map(|period| period.calculation);
        let paid = |dates: &[Vec<Date>]| {
            let mut days = pay_dates(deal, &without_fates, &certain, dates, last);
            infringement_pay_dates(deal, &infringements, last, &mut days);
            days
        };
        let firms = firms::firms(deal, model, &pool, &performing, &periods, paid);
        let changes = changes(deal, &without_fates, &pool, &periods, &firms, &performing);
        let covers = PathCovers::new(deal, &without_fates, &pool, &firms, &changes, certain);
        let by_day = |firm: &firms::Firm| -> Vec<(usize, usize)> {
            firm.dates.iter().map(|&day| failed_from(day, &periods)).collect()
        };
        let failed_from = firms[deal.obligors().len()..].iter().map(by_day).collect();
        let prepayments = Prepayments::new(deal, scenario, &pool, &performing, periods.len());
        let (obligors, exposures) = (deal.obligors().len(), exposures(deal));
        let drawn = (obligors, &exposures[..]);
        let sampler = Sampler::new(drawn, &model.correlation, firms, prepayments, drawing);
        let with = plan::<f64>(deal, &without_fates, &periods, true);
        let supported = !deal.commitments().is_empty() || reads_failure(deal);
        let without = supported.then(|| plan::<f64>(deal, &without_fates, &periods, false));
        let (ruler, per_year) = ruler(deal, &periods, &with);
        let rows = &changes.base.rows;
        Ok(Simulation {
            deal,
            ruler,
            per_year,
            opening: rows.get(with.start).map_or(0.0, |row| row.opening as f64),
            principal: pool.principal as f64,
            clean_up_at: deal.clean_up_at().map(|limit| limit as f64),
            reads_recognised: reads_recognised(deal),
            reads_failure: reads_failure(deal),
            owed_from_before: owed_from_before(deal),
            shocks: Shocks::new(deal, &without_fates, &model.correlation),
            infringements,
            sales: Sales::new(deal, scenario, &pool, &performing, &model.correlation),
            scenario: without_fates,
            periods,
            with,
            without,
            sampler,
            changes,
            covers,
            failed_from,
        })
    }

    /// Large pools are worked through firm by firm where no default looks anything up on its path.
    fn is_firm_by_firm(&self) -> bool {
        let looks_up = self.clean_up_at.is_some()
            || self.covers.is_some()
            || self.sampler.prepayments.is_some()
            || self.sales.is_some();
        self.deal.loans().len() >= LARGE && !looks_up && self.changes.sales.is_empty()
    }

    /// Blocks whose paths are put in order together.
    fn together(&self) -> u64 {
        if self.deal.loans().len() >= LARGE { 1 } else { TOGETHER }
    }

    /// Whether the deal counts defaults by the day on which triggers recognise them.
    pub fn counts_recognised(&self) -> bool {
        self.reads_recognised
    }

    /// Blocks of 256 paths that so many paths take.
    pub fn blocks(paths: u64) -> u64 {
        paths.div_ceil(PATHS as u64)
    }

    /// The plan without commitments.
    fn unsupported(&self) -> &Plan<f64> {
        self.without.as_ref().unwrap_or(&self.with)
    }

    /// Sums of nothing.
    pub fn tally(&self) -> Tally {
        let (classes, commitments) = (self.deal.tranches().len(), self.deal.commitments().len());
        let tally = Tally::new(classes, commitments, self.periods.len());
        let of_loans = (0..self.deal.loans().len()).map(|loan| self.deal.covers_of(loan).len());
        tally.with_covers(self.deal.covers().len()).with_layers(of_loans)
    }

    /// Adds some of the blocks of a simulation of `paths` paths, on as many threads as the pool of
    /// rayon in which it is called has.
    pub fn run(&self, blocks: Range<u64>, paths: u64, tally: &mut Tally) {
        let chunks = chunks(blocks, Self::blocks(paths));
        let parts = on_every_thread(&chunks, |chunks| {
            let mut worker = Worker::new(self, paths);
            chunks.for_each(|chunk| worker.chunk(self, chunk, paths));
            worker.finish()
        });
        parts.iter().for_each(|part| tally.merge(part));
    }

    /// What happens on one path, as a scenario that names it: defaults, failures of supporters, and
    /// what the rights fetch.
    pub fn path(&self, path: u64) -> Scenario {
        let (fates, mut gathered, lane) = self.gathered(path);
        self.named(&fates, &mut gathered, lane)
    }

    /// A path of a block whose collections were gathered, as a scenario that names it.
    fn named(&self, fates: &Fates, gathered: &mut Gathered, lane: usize) -> Scenario {
        let named = gathered.named(self, fates, lane);
        let defaults = fates.defaults_of(lane).iter();
        let firms = &self.sampler.firms;
        let obligors = self.sampler.obligors;
        let failures = fates.failures.iter().enumerate();
        Scenario {
            obligor_defaults: defaults
                .map(|at| (at.firm as usize, firms[at.firm as usize].dates[at.day as usize]))
                .collect(),
            supporter_failures: failures
                .filter(|(_, by_path)| by_path[lane] != fates::NEVER)
                .map(|(at, by_path)| (at, firms[obligors + at].dates[by_path[lane] as usize]))
                .collect(),
            value_factors: named.values,
            prepaid_loans: named.prepaid,
            infringements: named.infringements,
            sales: match &self.sales {
                Some(sales) => sales.named(self, fates, lane),
                None => self.scenario.sales.clone(),
            },
            ..self.scenario.clone()
        }
    }

    /// Collections of one path; `to_come` is 1 where cash is to come, 0 where none is.
    pub fn collections(&self, path: u64) -> Vec<Collected> {
        let (fates, mut gathered, lane) = self.gathered(path);
        let from = lane / LANES * LANES;
        CoverRoom::default().settle(self, &fates, from, &mut gathered);
        gathered.collections(self, lane % LANES)
    }

    /// The block of a path, gathered where the path lies, and its place in the block.
    fn gathered(&self, path: u64) -> (Fates, Gathered, usize) {
        let (block, lane) = (path / PATHS as u64, (path % PATHS as u64) as usize);
        // What the path weighs is not asked for.
        let mut fates = self.sampler.room(1, 0);
        self.sampler.sample(block..block + 1, &mut fates);
        let mut gathered = Gathered::new(self);
        gathered.gather(self, &fates, lane / LANES * LANES);
        (fates, gathered, lane)
    }

    /// By obligor: (probability of default by the day, principal in default then), day by day.
    pub fn expected_defaults(&self) -> Vec<Vec<(f64, f64)>> {
        let of = |obligor: usize| {
            let firm = &self.sampler.firms[obligor];
            let days = firm.probabilities.iter().enumerate();
            let balance = |day: usize| -> f64 {
                let changes = self.changes.of(obligor as u32, day as u32);
                changes.map(|change| change.defaulted).sum()
            };
            days.map(|(day, &probability)| (probability, balance(day))).collect()
        };
        (0..self.sampler.obligors).map(of).collect()
    }
}

/// (obligor, principal) by loan.
fn exposures(deal: &Deal) -> Vec<(usize, Fen)> {
    deal.loans().iter().map(|loan| (loan.obligor, loan.principal)).collect()
}

/// Runs of blocks inside one segment of convergence.
fn chunks(blocks: Range<u64>, all: u64) -> Vec<Range<u64>> {
    const LONGEST: u64 = 16;
    let mut out = Vec::new();
    let mut from = blocks.start;
    while from < blocks.end {
        let segment = segment(from, all);
        let mut to = from + 1;
        while to < blocks.end && to - from < LONGEST && self::segment(to, all) == segment {
            to += 1;
        }
        out.push(from..to);
        from = to;
    }
    out
}

/// Hands the chunks out to all threads, each of which makes its part of them.
fn on_every_thread<P: Send>(
    chunks: &[Range<u64>],
    work: impl Fn(&mut dyn Iterator<Item = &Range<u64>>) -> P + Sync,
) -> Vec<P> {
    let next = AtomicUsize::new(0);
    rayon::broadcast(|_| {
        work(&mut std::iter::from_fn(|| chunks.get(next.fetch_add(1, Ordering::Relaxed))))
    })
}

/// The segment of a block.
fn segment(block: u64, all: u64) -> usize {
    (u128::from(block) * SEGMENTS as u128 / u128::from(all.max(1))) as usize
}

fn reads_recognised(deal: &Deal) -> bool {
    let by_trigger = deal
        .triggers()
        .iter()
        .any(|trigger| matches!(trigger.measure, Measure::CumulativeDefaultRate));
    by_trigger || deal.steps().iter().any(|step| matches!(step.up_to, Limit::UncoveredDefaults))
}

/// A supporter's failure is an event of its own.
fn reads_failure(deal: &Deal) -> bool {
    let of_supporter = |measure: &Measure| matches!(measure, Measure::SupporterFailed(_));
    deal.triggers().iter().any(|trigger| of_supporter(&trigger.measure))
}

/// A supporter is owed what it has paid before the run begins.
fn owed_from_before(deal: &Deal) -> bool {
    let owed = |&(gross, repaid): &(Fen, Fen)| gross > repaid;
    deal.state().is_some_and(|state| state.commitments.iter().any(owed))
}

/// What payments are measured by, and its units a year: whole months from closing where all dates
/// lie on months, else days; and discount factors of classes with a coupon, period by period at
/// their own.
fn ruler(deal: &Deal, periods: &[Period], plan: &Plan<f64>) -> (Ruler, f64) {
    let as_of = deal.state().and_then(|state| state.as_of);
    let closing = as_of.unwrap_or(deal.terms().closing);
    let months = |period: &Period| {
        let count = (firms::years(closing, period.payment) * 12.0).round();
        (add_months(closing, count as i32) == period.payment).then_some(count)
    };
    let on_months: Option<Vec<f64>> = periods.iter().map(months).collect();
    let days = || periods.iter().map(|period| f64::from(days_between(closing, period.payment)));
    let per_year = if on_months.is_some() { 12.0 } else { 365.0 };
    let time = on_months.unwrap_or_else(|| days().collect());
    let discount = deal.tranches().iter().zip(&plan.tranches).map(|(tranche, compiled)| {
        let mut factor = 1.0;
        let interest = compiled.interest.as_ref();
        let by_period = (0..plan.periods).map(|at| {
            let rate = interest.filter(|_| at >= plan.start).map_or(0.0, |rates| rates[at]);
            factor /= 1.0 + rate;
            factor
        });
        let valued = !matches!(tranche.coupon, Coupon::None);
        valued.then(|| by_period.collect())
    });
    (Ruler { time, discount: discount.collect() }, per_year)
}
