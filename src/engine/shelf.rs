//! Several series paid out on one calendar, out of the same supporters.
//!
//! Invariant: what a supporter pays over all series is at most its paying capacity. Series come in
//! the order of their support dates; calls of one date share what is left of the capacity by what
//! each would pay within its own caps, to the fen, the last one takes the rest. Nothing else passes
//! from one series to another.

use super::compile::{calls, paid_before};
use super::flows::{Breach, Course, ExactRun, Flows, Support, ended};
use super::journal::{Journal, Ledger};
use super::period::{Inputs, Run};
use super::periods::Period;
use super::plan::Plan;
use super::sheet::Sheet;
use super::support::take_share;
use crate::dates::Date;
use crate::deal::Deal;
use crate::num::{Amount, Decimal, Fen, Row};
use crate::scenario::Scenario;

/// A period of one series, both as indices.
pub type SeriesDate = (usize, usize);

/// Which periods of the series fall on one support date, in the order of the dates; those of one
/// date in the order of the series.
pub fn calendar(series: &[(&[Period], usize)]) -> Vec<Vec<SeriesDate>> {
    let mut dates: Vec<(Date, SeriesDate)> = Vec::new();
    for (at, (periods, start)) in series.iter().enumerate() {
        let left = periods.iter().enumerate().skip(*start);
        dates.extend(left.map(|(period, dates)| (dates.support, (at, period))));
    }
    dates.sort_unstable();
    let same = |one: &(Date, SeriesDate), other: &(Date, SeriesDate)| one.0 == other.0;
    dates.chunk_by(same).map(|date| date.iter().map(|(_, at)| *at).collect()).collect()
}

/// A supporter with a limited paying capacity, and where it stands in the series behind whose notes
/// it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SharedSupporter {
    pub name: String,
    /// What it can pay in all, and what of that is left as the run begins.
    pub stated: Fen,
    pub capacity: Fen,
    /// (series, supporter of that series).
    pub places: Vec<(usize, usize)>,
}

/// Supporters whose capacity is limited, in the order in which the series (by name) bring them in.
/// Told is what cannot be shared: a capacity that the series state differently or that loan-level
/// covers draw on too, and supporters called in another turn in one series than in another.
pub fn shared_supporters(series: &[(&str, &Deal)]) -> Result<Vec<SharedSupporter>, Vec<String>> {
    let mut shared: Vec<SharedSupporter> = Vec::new();
    let mut faults = Vec::new();
    for (at, (name, deal)) in series.iter().enumerate() {
        for (place, supporter) in deal.supporters().iter().enumerate() {
            let of_name = |known: &&mut SharedSupporter| known.name == supporter.name;
            let fault = |what: &str| format!("{name}/supporters.csv: {}: {what}", supporter.name);
            let known = shared.iter_mut().find(of_name);
            let (stated, first) = match &known {
                Some(known) => (Some(known.stated), known.places[0]),
                None => (supporter.paying_capacity, (at, place)),
            };
            if supporter.paying_capacity != stated {
                faults.push(fault("paying_capacity is not that of an earlier series"));
            }
            let Some(stated) = stated else { continue };
            let covers = |(deal, giver): (&Deal, usize)| {
                deal.covers().iter().any(|cover| cover.supporter == giver)
            };
            if known.is_some() && (covers((deal, place)) || covers((series[first.0].1, first.1))) {
                faults.push(fault(
                    "series do not share a paying_capacity that covers draw on yet (want it \
                     empty, and a cap_total on the covers of each series)",
                ));
            }
            if turns(deal, place) != turns(series[first.0].1, first.1) {
                faults.push(fault("is called in another turn than in an earlier series"));
            }
            let paid = paid_before(deal, place);
            match known {
                Some(known) => {
                    known.capacity = (known.capacity - paid).max(0);
                    known.places.push((at, place));
                }
                None => shared.push(SharedSupporter {
                    name: supporter.name.clone(),
                    stated,
                    capacity: (stated - paid).max(0),
                    places: vec![(at, place)],
                }),
            }
        }
    }
    if faults.is_empty() { Ok(shared) } else { Err(faults) }
}

/// The turns in which a supporter is called.
fn turns(deal: &Deal, supporter: usize) -> Vec<usize> {
    let of = |group: &Vec<usize>| deal.commitments()[group[0]].supporter == supporter;
    let calls = calls(deal).into_iter().enumerate();
    calls.filter(|(_, group)| of(group)).map(|(turn, _)| turn).collect()
}

/// What is left of a shared capacity, path by path.
#[derive(Clone, Debug)]
pub(super) struct Capacity<A, const L: usize> {
    /// (series, supporter of that series).
    places: Vec<(usize, usize)>,
    pub left: Row<A, L>,
    /// One fen where on some date it was not enough.
    pub short: Row<A, L>,
}

impl<A: Amount, const L: usize> Capacity<A, L> {
    pub fn new(supporter: &SharedSupporter) -> Capacity<A, L> {
        let places = supporter.places.clone();
        Capacity { places, left: Row::of_fen(supporter.capacity), short: Row::ZERO }
    }

    /// Shares what is left among the calls that are made in this turn on this date.
    fn share<J: Journal<A, L>>(
        &mut self,
        runs: &mut [Run<'_, A, L, J>],
        date: &[SeriesDate],
        turn: usize,
    ) {
        let Capacity { places, left, short } = self;
        let mut whole = Row::ZERO;
        let calls: Vec<(usize, usize)> = date
            .iter()
            .flat_map(|&(series, at)| paid_cells(&runs[series], places, (series, at), turn))
            .collect();
        for &(series, paid) in &calls {
            whole.add(&runs[series].sheet.cells[paid]);
        }
        let mut lacks = whole;
        lacks.sub_to_zero(left);
        short.add_mark_above(&lacks, A::ZERO);
        short.min_amount(A::from_fen(1));
        for &(series, cell) in &calls {
            let run = &mut runs[series];
            let Sheet { cells, offered, .. } = &mut *run.sheet;
            take_share(&mut cells[cell], &mut whole, left, offered, run.plan.rounding);
        }
    }
}

/// (series, cell of what is paid) of a series' calls on a supporter in one turn.
fn paid_cells<A: Amount, const L: usize, J: Journal<A, L>>(
    run: &Run<'_, A, L, J>,
    places: &[(usize, usize)],
    (series, at): SeriesDate,
    turn: usize,
) -> Vec<(usize, usize)> {
    let plan = run.plan;
    let group = plan.calls.get(turn).into_iter().flatten();
    let called = group.filter(|&&index| {
        let commitment = &plan.commitments[index];
        commitment.open[at] && places.contains(&(series, commitment.supporter))
    });
    called.map(|&index| (series, plan.cells.commitments[index].paid)).collect()
}

/// One support date: each series has its period, and the calls of one turn share what is left.
/// `owed` is told of each series and period once what falls due is known.
pub(super) fn pay_date<A: Amount, const L: usize, J: Journal<A, L>>(
    runs: &mut [Run<'_, A, L, J>],
    date: &[SeriesDate],
    capacities: &mut [Capacity<A, L>],
    mut owed: impl FnMut(usize, usize, &Run<'_, A, L, J>),
) {
    let mut turns = 0;
    for &(series, at) in date {
        runs[series].before_calls(at);
        owed(series, at, &runs[series]);
        turns = turns.max(runs[series].plan.calls.len());
    }
    for turn in 0..turns {
        for &(series, at) in date {
            runs[series].call_group(at, turn);
        }
        for capacity in capacities.iter_mut() {
            capacity.share(runs, date, turn);
        }
        for &(series, at) in date {
            runs[series].book_group(at, turn);
        }
    }
    for &(series, at) in date {
        runs[series].close_calls(at);
        runs[series].after_calls(at);
    }
}

/// Runs the series of a shelf under a scenario each, exactly and with support, on one calendar: out
/// of what is left of the capacity of the supporters that they share.
pub fn run_shelf(
    series: &[(&Deal, &Scenario)],
    shared: &[SharedSupporter],
) -> Result<Vec<Flows>, Breach> {
    let courses: Vec<Course> =
        series.iter().map(|(deal, scenario)| Course::of(deal, scenario, Support::With)).collect();
    let parts = || courses.iter().zip(series);
    let plans: Vec<Plan<Decimal>> =
        parts().map(|(course, (deal, of))| course.plan(deal, of, Support::With)).collect();
    let inputs: Vec<Inputs<Decimal, 1>> =
        courses.iter().zip(&plans).map(|(course, plan)| course.inputs(plan)).collect();
    let mut sheets: Vec<Sheet<Decimal, 1>> =
        plans.iter().map(|plan| Sheet::new(plan.cells.count)).collect();
    let opened = plans.iter().zip(&inputs).zip(&mut sheets);
    let mut runs: Vec<ExactRun<'_>> = opened
        .map(|((plan, inputs), sheet)| Run::open(plan, inputs, sheet, Ledger::default()))
        .collect();
    let dates: Vec<(&[Period], usize)> = courses
        .iter()
        .zip(&plans)
        .map(|(course, plan)| (&course.periods[..], plan.start))
        .collect();
    let calendar = calendar(&dates);
    let begun = courses.iter().zip(series).zip(&runs);
    let mut flows: Vec<Flows> = begun
        .map(|((course, (deal, _)), run)| course.clone().begin(deal, Support::With, run))
        .collect();
    let mut capacities: Vec<Capacity<Decimal, 1>> = shared.iter().map(Capacity::new).collect();
    for mut date in calendar {
        date.retain(|&(at, _)| !ended(&runs[at]));
        let posted = runs.iter().map(|run| run.journal.postings.len()).collect::<Vec<usize>>();
        date.iter().for_each(|&(at, period)| runs[at].journal.period = period);
        pay_date(&mut runs, &date, &mut capacities, |_, _, _| {});
        for (at, period) in date {
            flows[at].add_date(series[at].0, period, posted[at], &mut runs[at])?;
        }
    }
    for ((flows, run), (deal, scenario)) in flows.iter_mut().zip(runs).zip(series) {
        flows.finish(deal, scenario, run);
    }
    Ok(flows)
}
