//! The critical default rate (临界违约率): how large the cumulative default rate of a scenario can
//! be, its timing scaled, until a class is no longer paid in full.
//!
//! A class passes where none of its interest is late and its principal is paid by the last date.
//! Rates are whole millionths. Candidates run as lanes, of pool and waterfall, between the largest
//! rate that is known to pass and the smallest above it that is known to fail: rounds of as many
//! as there are lanes, shared by the classes that are still open. The answer is confirmed by the
//! exact runs at it and one millionth above.

use std::collections::BTreeMap;

use crate::analytics::grade::{AssetType, TargetTable};
use crate::analytics::stress::{SUPPORTS, Stressed, achieved};
use crate::deal::Deal;
use crate::engine::{Breach, Flows, Inputs, LANES, Trial, Trials, each};
use crate::num::{Decimal, Fen};
use crate::scenario::{DefaultRate, DefaultTiming, Scenario};

/// All of initial principal.
const ALL: u32 = 1_000_000;
/// Parts that [0, 1] is first cut into at least, for all classes at once.
const FIRST: u32 = 32;

/// The critical default rate of a class under a scenario.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Critical {
    /// The largest rate at which the class is paid in full, before the first at which it is not;
    /// none where it passes at 1: not reached. 0 also where it fails at 0.
    pub millionths: Option<u32>,
    /// Defaults at that rate over initial principal: loans that were repaid before do not default.
    pub achieved: f64,
    /// It passes again at some higher rate that was tried.
    pub passes_above: bool,
    /// Of the direction that is kept, where the stress has two.
    pub prepayment_factor: Option<Decimal>,
}

impl Critical {
    /// As a share; none where it is not reached.
    pub fn rate(&self) -> Option<f64> {
        self.millionths.map(|rate| f64::from(rate) / f64::from(ALL))
    }

    /// For comparing: not reached is above all.
    fn height(&self) -> (u32, f64) {
        (self.millionths.unwrap_or(u32::MAX), self.achieved)
    }
}

/// By support (in the order of [`SUPPORTS`]), then by class.
pub type CriticalRates = [Vec<Critical>; 2];

/// The critical rates under every stress; of two directions the lower.
pub fn critical_rates(deal: &Deal, stressed: &[Stressed]) -> Result<Vec<CriticalRates>, Breach> {
    Searches::new(deal, stressed).critical_rates(deal, deal.tranches().len())
}

/// Searches under the same stresses for deals that differ in their notes alone.
#[derive(Debug)]
pub struct Searches<'a> {
    /// By stress, then by direction.
    searches: Vec<(usize, Search<'a>)>,
    stresses: usize,
}

impl<'a> Searches<'a> {
    /// Only the scenarios of the stresses are read, so those of a deal with other notionals do.
    pub fn new(deal: &'a Deal, stressed: &'a [Stressed]) -> Searches<'a> {
        let directions: Vec<(usize, Option<Decimal>, &Scenario)> = stressed
            .iter()
            .enumerate()
            .flat_map(|(at, stress)| {
                let of = |one: &'_ crate::analytics::stress::Direction| one.prepayment_factor;
                stress.directions.iter().map(move |one| (at, of(one), &one.scenario))
            })
            .collect();
        let searches =
            each(&directions, |(at, factor, scenario)| (*at, Search::new(deal, scenario, *factor)));
        Searches { searches, stresses: stressed.len() }
    }

    /// The critical rates of the first so many classes of a deal; of two directions the lower.
    pub fn critical_rates(
        &self,
        deal: &Deal,
        classes: usize,
    ) -> Result<Vec<CriticalRates>, Breach> {
        let found = each(&self.searches, |(_, search)| search.of(deal, classes));
        let mut out: Vec<Option<CriticalRates>> = vec![None; self.stresses];
        for ((at, _), found) in self.searches.iter().zip(found) {
            let found = found?;
            out[*at] = Some(match out[*at].take() {
                None => found,
                Some(before) => lower(before, &found),
            });
        }
        Ok(out.into_iter().flatten().collect())
    }
}

fn lower(mut kept: CriticalRates, other: &CriticalRates) -> CriticalRates {
    for (kept, other) in kept.iter_mut().flatten().zip(other.iter().flatten()) {
        if other.height() < kept.height() {
            *kept = *other;
        }
    }
    kept
}

/// Between the largest rate known to pass and the smallest above it known to fail.
#[derive(Clone, Copy, Debug)]
struct Bracket {
    support: usize,
    class: usize,
    passes: Option<u32>,
    fails: Option<u32>,
    passes_above: bool,
}

impl Bracket {
    /// Rates, rising, and what each leaves.
    fn narrow(&mut self, rates: &[u32], trials: &[Trial]) {
        let inside = |rate: u32| {
            self.passes.is_none_or(|low| rate > low) && self.fails.is_none_or(|high| rate < high)
        };
        let tried: Vec<(u32, bool)> = rates
            .iter()
            .zip(trials)
            .filter(|(rate, _)| inside(**rate))
            .map(|(rate, trial)| {
                (*rate, trial.ends[self.support].classes[self.class].paid_in_full())
            })
            .collect();
        let first_failure = tried.iter().position(|(_, passes)| !passes);
        let below = &tried[..first_failure.unwrap_or(tried.len())];
        self.passes = below.last().map(|(rate, _)| *rate).or(self.passes);
        if let Some(at) = first_failure {
            self.fails = Some(tried[at].0);
            self.passes_above |= tried[at..].iter().any(|(_, passes)| *passes);
        }
    }

    /// Where rates are still to be tried; none where there is nothing between.
    fn open(&self) -> Option<(u32, u32)> {
        let (low, high) = (self.passes?, self.fails?);
        (high - low > 1).then_some((low, high))
    }
}

/// Rates to try next, rising: as many in each open bracket as share what is tried at once.
fn next(brackets: &[Bracket], at_once: usize) -> Vec<u32> {
    let mut open: Vec<(u32, u32)> = brackets.iter().filter_map(Bracket::open).collect();
    open.sort_unstable();
    open.dedup();
    let parts = (at_once / open.len().max(1)).max(1) as u64 + 1;
    let inside = |(low, high): (u32, u32)| {
        let width = u64::from(high - low);
        let cut = move |part: u64| low + (width * part / parts) as u32;
        (1..parts).map(cut).filter(move |&rate| rate > low)
    };
    let mut rates: Vec<u32> = open.into_iter().flat_map(inside).collect();
    rates.sort_unstable();
    rates.dedup();
    rates
}

/// A search under one scenario, and what does not depend on the notes: dates, pool, timing, and
/// what the pool pays in at the rates that are tried first.
#[derive(Debug)]
struct Search<'a> {
    scenario: &'a Scenario,
    prepayment_factor: Option<Decimal>,
    trials: Trials<'a>,
    timing: DefaultTiming,
    at_once: usize,
    first: Vec<u32>,
    paid_in: (Inputs<f64, LANES>, Vec<Fen>),
}

impl<'a> Search<'a> {
    fn new(
        deal: &'a Deal,
        scenario: &'a Scenario,
        prepayment_factor: Option<Decimal>,
    ) -> Search<'a> {
        let trials = Trials::new(deal, scenario);
        let timing = trials.default_timing(scenario);
        let at_once = trials.worth_trying_at_once(scenario);
        let parts = FIRST * ((at_once as u32 - 1) / FIRST).max(1);
        let first: Vec<u32> =
            (0..=parts).map(|part| part * (ALL / FIRST) / (parts / FIRST)).collect();
        let tried = candidates(scenario, &timing, &first);
        let paid_in = trials.inputs(&tried.iter().collect::<Vec<_>>());
        Search { scenario, prepayment_factor, trials, timing, at_once, first, paid_in }
    }

    /// The first so many classes of a deal, with and without support.
    fn of(&self, deal: &Deal, classes: usize) -> Result<CriticalRates, Breach> {
        let trials = self.trials.cut_otherwise(deal, self.scenario);
        let supports = if deal.commitments().is_empty() { 1..2 } else { 0..2 };
        let new = |support: usize, class: usize| Bracket {
            support,
            class,
            passes: None,
            fails: None,
            passes_above: false,
        };
        let mut brackets: Vec<Bracket> = supports
            .flat_map(|support| (0..classes).map(move |class| new(support, class)))
            .collect();
        let mut room = trials.room();
        let mut rates = self.first.clone();
        let mut tried = trials.pay_in(&mut room, &self.paid_in, rates.len());
        while !rates.is_empty() {
            brackets.iter_mut().for_each(|bracket| bracket.narrow(&rates, &tried));
            rates = next(&brackets, self.at_once);
            let candidates = candidates(self.scenario, &self.timing, &rates);
            tried = trials.run(&mut room, &candidates.iter().collect::<Vec<_>>());
        }
        let (scenario, timing) = (self.scenario, &self.timing);
        let mut exact = ExactRuns { deal, trials, scenario, timing, known: BTreeMap::new() };
        let confirmed = |bracket: &Bracket| {
            let found = exact.confirmed(bracket)?;
            Ok(Critical { prepayment_factor: self.prepayment_factor, ..found })
        };
        let found: Result<Vec<Critical>, Breach> = brackets.iter().map(confirmed).collect();
        let found = found?;
        let (first, last) = (found[..classes].to_vec(), found[found.len() - classes..].to_vec());
        Ok([first, last])
    }
}

fn candidates(scenario: &Scenario, timing: &DefaultTiming, rates: &[u32]) -> Vec<Scenario> {
    rates.iter().map(|&rate| at_rate(scenario, timing, share(rate))).collect()
}

/// The scenario with this cumulative default rate in place of its own defaults.
pub fn at_rate(scenario: &Scenario, timing: &DefaultTiming, rate: Decimal) -> Scenario {
    Scenario {
        defaults: DefaultRate::Cumulative { rate, timing: timing.shares.clone() },
        front_loaded: Decimal::ZERO,
        obligor_defaults: Vec::new(),
        ..scenario.clone()
    }
}

fn share(millionths: u32) -> Decimal {
    Decimal::new(i64::from(millionths), 6)
}

/// The exact runs of rates, each made once for all classes.
struct ExactRuns<'a> {
    deal: &'a Deal,
    trials: Trials<'a>,
    scenario: &'a Scenario,
    timing: &'a DefaultTiming,
    /// By support and rate: whether each class is paid in full, and the achieved rate.
    known: BTreeMap<(usize, u32), (Vec<bool>, f64)>,
}

impl ExactRuns<'_> {
    fn at(&mut self, support: usize, class: usize, rate: u32) -> Result<(bool, f64), Breach> {
        if let Some((paid, reached)) = self.known.get(&(support, rate)) {
            return Ok((paid[class], *reached));
        }
        let scenario = at_rate(self.scenario, self.timing, share(rate));
        let flows = self.trials.run_exactly(&scenario, SUPPORTS[support])?;
        let classes = 0..self.deal.tranches().len();
        let paid: Vec<bool> = classes.map(|class| paid_in_full(&flows, class)).collect();
        let found = (paid[class], achieved(self.deal, &flows));
        self.known.insert((support, rate), (paid, found.1));
        Ok(found)
    }

    /// The exact runs at the rate and a millionth above have the last word.
    fn confirmed(&mut self, bracket: &Bracket) -> Result<Critical, Breach> {
        let mut try_at = |rate: u32| self.at(bracket.support, bracket.class, rate);
        let mut rate = match bracket.fails {
            None => ALL,
            Some(_) => bracket.passes.unwrap_or(0),
        };
        let (mut passes, mut reached) = try_at(rate)?;
        while !passes && rate > 0 {
            rate -= 1;
            (passes, reached) = try_at(rate)?;
        }
        while passes && rate < ALL {
            let above = try_at(rate + 1)?;
            if !above.0 {
                break;
            }
            (rate, reached) = (rate + 1, above.1);
        }
        Ok(Critical {
            millionths: Some(rate).filter(|_| !(passes && rate == ALL)),
            achieved: reached,
            passes_above: bracket.passes_above,
            prepayment_factor: None,
        })
    }
}

/// No interest of the class was late, and nothing of it is unpaid at the end.
pub fn paid_in_full(flows: &Flows, class: usize) -> bool {
    let cells = flows.cells.tranches[class];
    let closing = flows.closing();
    let in_time = flows.rows.iter().all(|row| row[cells.interest].is_zero());
    in_time && closing[cells.balance].is_zero() && closing[cells.interest].is_zero()
}

/// Below so many effective obligors a multiple of a rate says little: it is shown, not binding.
pub const FEW_OBLIGORS: f64 = 50.0;

/// 1 / sum of squared shares of principal.
pub fn effective_obligors(deal: &Deal) -> f64 {
    let mut owed: Vec<Fen> = vec![0; deal.obligors().len()];
    for loan in deal.loans() {
        owed[loan.obligor] += loan.principal;
    }
    let total = owed.iter().sum::<Fen>().max(1) as f64;
    let squares: f64 = owed.iter().map(|&fen| (fen as f64 / total) * (fen as f64 / total)).sum();
    if squares > 0.0 { 1.0 / squares } else { 0.0 }
}

/// How a class is graded.
#[derive(Clone, Debug, PartialEq)]
pub struct ClassGrade {
    /// By support: the lowest critical rate of all stresses, and the stress it is of.
    pub least: [(Critical, usize); 2],
    /// By its critical rates without support.
    pub without: Option<String>,
    /// The better of that and the grade of a supporter that covers it (weak link).
    pub with: Option<String>,
    /// The supporter whose grade `with` is.
    pub lifted_by: Option<usize>,
}

/// A table of targets, read for one kind of asset, and the rate that its multipliers multiply.
#[derive(Clone, Copy, Debug)]
pub struct Grading<'a> {
    pub table: &'a TargetTable,
    pub asset_type: AssetType,
    /// Achieved default rate of the scenario without stress.
    pub base_rate: f64,
}

impl Grading<'_> {
    /// The best grade whose target is not above an achieved critical rate. One that is not reached
    /// stands every target. None where there is no base rate to multiply, or below the table.
    pub fn grade(&self, critical: &Critical) -> Option<&str> {
        if self.base_rate <= 0.0 {
            return None;
        }
        let stands = match critical.millionths {
            Some(_) => critical.achieved,
            None => f64::INFINITY,
        };
        self.table.grade_by_critical_rate(self.asset_type, self.base_rate, stands)
    }

    /// The critical rate over the base rate; none where either does not exist.
    pub fn multiple(&self, critical: &Critical) -> Option<f64> {
        let exists = critical.millionths.is_some() && self.base_rate > 0.0;
        exists.then(|| critical.achieved / self.base_rate)
    }

    /// A grade that the table does not have is below all that it has.
    fn worse<'g>(&self, one: &'g str, other: &'g str) -> &'g str {
        let rank = |grade: &str| self.rank(grade).unwrap_or(usize::MAX);
        if rank(other) > rank(one) { other } else { one }
    }

    /// 0 is the best.
    pub fn rank(&self, grade: &str) -> Option<usize> {
        self.table.grades.iter().position(|(name, _)| name == grade)
    }

    /// Every class that has rates: the lowest of them decides. `at_best`, where another test binds
    /// too: by class, the best grade that it allows, or none at all.
    pub fn grades(
        &self,
        deal: &Deal,
        rates: &[CriticalRates],
        at_best: Option<&[Option<String>]>,
    ) -> Vec<ClassGrade> {
        let bound = |class: usize| at_best.map(|grades| grades[class].as_deref());
        let classes = rates.first().map_or(0, |rates| rates[0].len());
        (0..classes).map(|class| self.class(deal, rates, class, bound(class))).collect()
    }

    fn class(
        &self,
        deal: &Deal,
        rates: &[CriticalRates],
        class: usize,
        at_best: Option<Option<&str>>,
    ) -> ClassGrade {
        let least = [0, 1].map(|support: usize| {
            let mut least = (rates[0][support][class], 0);
            for (at, rates) in rates.iter().enumerate() {
                if rates[support][class].height() < least.0.height() {
                    least = (rates[support][class], at);
                }
            }
            least
        });
        let graded = self.grade(&least[1].0);
        let without = match at_best {
            None => graded,
            Some(bound) => graded.zip(bound).map(|(one, other)| self.worse(one, other)),
        };
        let without = without.map(str::to_owned);
        let rank = |grade: &Option<String>| grade.as_deref().and_then(|grade| self.rank(grade));
        let own = rank(&without).unwrap_or(usize::MAX);
        let covered = least[0].0.millionths.is_none();
        let best = covering(deal, class)
            .filter(|_| covered)
            .filter_map(|supporter| {
                let rating = deal.supporters()[supporter].rating.as_deref()?;
                Some((self.rank(rating)?, supporter))
            })
            .min()
            .filter(|(rank, _)| *rank < own);
        let with = match best {
            Some((rank, _)) => Some(self.table.grades[rank].0.clone()),
            None => without.clone(),
        };
        ClassGrade { least, without, with, lifted_by: best.map(|(_, supporter)| supporter) }
    }
}

/// Supporters whose commitment covers interest and principal of a class without a cap, to the end.
pub(super) fn covering(deal: &Deal, class: usize) -> impl Iterator<Item = usize> {
    use crate::deal::Claim;
    let to_the_end = move |end: Option<crate::dates::Date>| {
        end.is_none_or(|end| end >= deal.terms().legal_maturity)
    };
    let whole = deal.commitments().iter().filter(move |commitment| {
        let covers = |claim: Claim| commitment.scope.contains(&claim);
        let uncapped = commitment.cap_total.is_none() && commitment.cap_per_date.is_none();
        let both = covers(Claim::Interest(class)) && covers(Claim::Principal(class));
        uncapped && both && to_the_end(commitment.end)
    });
    whole.map(|commitment| commitment.supporter)
}
