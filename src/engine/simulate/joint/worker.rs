//! One thread's work on a shelf: blocks drawn, gathered series by series, paid out and added up.

use std::ops::Range;

use super::tally::{PathEnds, ShelfTally, ShelfWay, SupporterEnd};
use super::{ShelfSimulation, senior};
use crate::engine::lanes::{
    LANES, Lanes, PathSums, Paying, Room, Ruler, pay_out, pay_out_together,
};
use crate::engine::period::Inputs;
use crate::engine::shelf::SeriesDate;
use crate::engine::simulate::Simulation;
use crate::engine::simulate::covers::CoverRoom;
use crate::engine::simulate::fates::{Fates, NEVER, PATHS};
use crate::engine::simulate::gather::Gathered;
use crate::engine::simulate::worker::{copy_lane, copy_path};
use crate::scenario::Scenario;

/// What a thread holds of one series.
struct Series {
    gathered: Gathered,
    covers: CoverRoom,
    /// What is asked of a path is not valued and has no life: payments are not weighed.
    ruler: Ruler,
    room: Room,
    sums: PathSums,
    /// Room for runs without commitments.
    without: (Room, PathSums),
    /// Sums of runs together, which are made while those of runs alone are still read.
    together: PathSums,
    /// Of the paths that wait for a run together, and for one without.
    together_inputs: Inputs<f64, LANES>,
    without_inputs: Inputs<f64, LANES>,
    /// The same for one without covers too, where any series has covers.
    bare_inputs: Option<Inputs<f64, LANES>>,
    notional: Vec<f64>,
    senior: Vec<usize>,
}

impl Series {
    fn new(simulation: &Simulation<'_>, covered: bool) -> Series {
        let gathered = Gathered::new(simulation);
        let deal = simulation.deal;
        let unsupported = simulation.unsupported();
        Series {
            covers: CoverRoom::default(),
            ruler: Ruler::unweighed(&simulation.with),
            room: Room::new(&simulation.with),
            sums: PathSums::new(&simulation.with, None),
            together: PathSums::new(&simulation.with, None),
            without: (Room::new(unsupported), PathSums::new(unsupported, None)),
            together_inputs: gathered.inputs.clone(),
            without_inputs: gathered.inputs.clone(),
            bare_inputs: covered.then(|| gathered.inputs.clone()),
            notional: deal.tranches().iter().map(|tranche| tranche.notional as f64).collect(),
            senior: senior(deal),
            gathered,
        }
    }
}

/// What a thread holds: everything is allocated once.
pub(super) struct Worker {
    tally: ShelfTally,
    all: Fates,
    fates: Vec<Fates>,
    series: Vec<Series>,
    /// Weights of the paths that wait, until they fill all lanes.
    together: Vec<f64>,
    without: Vec<f64>,
    bare: Vec<f64>,
    /// Which periods are paid when, of the first series, the first two, and so on.
    calendars: Vec<Vec<Vec<SeriesDate>>>,
}

impl Worker {
    /// `paths`: of the whole simulation.
    pub fn new(shelf: &ShelfSimulation<'_>, paths: u64) -> Worker {
        let of_first = |count: usize| {
            let dates = shelf.calendar.iter();
            let kept = |date: &Vec<SeriesDate>| -> Vec<SeriesDate> {
                date.iter().copied().filter(|(series, _)| *series < count).collect()
            };
            dates.map(kept).filter(|date| !date.is_empty()).collect()
        };
        let tally = shelf.tally();
        let covered = tally.bare.is_some();
        Worker {
            tally,
            all: shelf.sampler.room(1, paths),
            fates: shelf.series.iter().map(|series| series.sampler.room(1, paths)).collect(),
            series: shelf.series.iter().map(|one| Series::new(one, covered)).collect(),
            together: Vec::with_capacity(LANES),
            without: Vec::with_capacity(LANES),
            bare: Vec::with_capacity(LANES),
            calendars: (1..=shelf.series.len()).map(of_first).collect(),
        }
    }

    pub fn chunk(&mut self, shelf: &ShelfSimulation<'_>, blocks: &Range<u64>, paths: u64) {
        for block in blocks.clone() {
            self.draw(shelf, block);
            let left = (paths - block * PATHS as u64).min(PATHS as u64) as usize;
            for from in (0..left).step_by(LANES) {
                self.lanes(shelf, from, (left - from).min(LANES));
            }
        }
    }

    /// The fates of a block, series by series.
    fn draw(&mut self, shelf: &ShelfSimulation<'_>, block: u64) {
        shelf.sampler.sample(block..block + 1, &mut self.all);
        shelf.firms.split(&self.all, &mut self.fates);
        for (series, fates) in shelf.series.iter().zip(&mut self.fates) {
            if let Some(prepayments) = &series.sampler.prepayments {
                prepayments.sample(&series.sampler, block..block + 1, fates);
            }
        }
    }

    /// Collections of paths of the block in hand.
    fn gather(&mut self, shelf: &ShelfSimulation<'_>, from: usize) {
        for ((series, simulation), fates) in
            self.series.iter_mut().zip(&shelf.series).zip(&self.fates)
        {
            series.gathered.gather(simulation, fates, from);
            series.covers.settle(simulation, fates, from, &mut series.gathered);
        }
    }

    /// One path as a scenario for each series.
    pub fn named(&mut self, shelf: &ShelfSimulation<'_>, path: u64) -> Vec<Scenario> {
        let lane = (path % PATHS as u64) as usize;
        self.draw(shelf, path / PATHS as u64);
        self.gather(shelf, lane / LANES * LANES);
        let rooms = self.series.iter_mut().zip(&self.fates);
        let series = shelf.series.iter().zip(rooms);
        series.map(|(one, (room, fates))| one.named(fates, &mut room.gathered, lane)).collect()
    }

    /// Paths of the block in hand that run side by side.
    fn lanes(&mut self, shelf: &ShelfSimulation<'_>, from: usize, count: usize) {
        self.gather(shelf, from);
        for (series, simulation) in self.series.iter_mut().zip(&shelf.series) {
            let Series { gathered, ruler, room, sums, .. } = series;
            pay_out(&simulation.with, &gathered.inputs, ruler, room, sums);
        }
        self.tally.paths += count as u64;
        for lane in 0..count {
            let weight = self.all.weights.get(from + lane).copied().unwrap_or(1.0);
            let alone = ends(shelf, &self.series, |series| &series.sums, lane, &[]);
            let differs = alone.is_called() || self.differs(shelf, from + lane);
            let moved = self.tally.bare.is_some() && self.covers_moved(lane);
            if alone.is_calm() && !differs && !moved {
                self.add_calm(weight);
                continue;
            }
            let ShelfTally { alone: sums, without, bare, together, .. } = &mut self.tally;
            sums.add(&alone, weight, shelf.principal);
            if !differs {
                without.add(&alone, weight, shelf.principal);
            }
            if let Some(bare) = bare.as_mut().filter(|_| !differs && !moved) {
                bare.add(&alone, weight, shelf.principal);
            }
            let shares = shares_capacity(shelf, &alone);
            if !shares {
                together.iter_mut().for_each(|way| way.add(&alone, weight, shelf.principal));
            }
            if differs {
                self.wait_without(shelf, lane, weight);
            }
            if self.tally.bare.is_some() && (differs || moved) {
                self.wait_bare(shelf, lane, weight);
            }
            if shares {
                self.wait_together(shelf, lane, weight);
            }
        }
    }

    fn add_calm(&mut self, weight: f64) {
        let ShelfTally { alone, without, bare, together, .. } = &mut self.tally;
        let ways = [alone, without].into_iter().chain(bare).chain(together);
        ways.for_each(|way| way.add_calm(weight));
    }

    /// Whether paths differ without support though nobody is called.
    fn differs(&self, shelf: &ShelfSimulation<'_>, path: usize) -> bool {
        shelf.series.iter().zip(&self.fates).any(|(simulation, fates)| {
            let failed = || fates.failures.iter().any(|by_path| by_path[path] != NEVER);
            simulation.owed_from_before || simulation.reads_failure && failed()
        })
    }

    /// Whether covers moved anything on a path.
    fn covers_moved(&self, lane: usize) -> bool {
        self.series.iter().any(|series| series.covers.has_moved(lane))
    }

    fn wait_without(&mut self, shelf: &ShelfSimulation<'_>, lane: usize, weight: f64) {
        let to = self.without.len();
        for series in &mut self.series {
            copy_lane(&series.gathered.inputs, lane, &mut series.without_inputs, to);
        }
        self.without.push(weight);
        if self.without.len() == LANES {
            self.flush_without(shelf);
        }
    }

    fn wait_bare(&mut self, shelf: &ShelfSimulation<'_>, lane: usize, weight: f64) {
        let to = self.bare.len();
        for Series { gathered, covers, bare_inputs, .. } in &mut self.series {
            let Some(inputs) = bare_inputs else { continue };
            copy_lane(&gathered.inputs, lane, inputs, to);
            if covers.has_moved(lane) {
                covers.restore(lane, inputs, to);
            }
        }
        self.bare.push(weight);
        if self.bare.len() == LANES {
            self.flush_bare(shelf);
        }
    }

    fn wait_together(&mut self, shelf: &ShelfSimulation<'_>, lane: usize, weight: f64) {
        let to = self.together.len();
        for series in &mut self.series {
            copy_path(&series.gathered.inputs, lane, &mut series.together_inputs, to);
        }
        self.together.push(weight);
        if self.together.len() == LANES {
            self.flush_together(shelf);
        }
    }

    /// Runs the paths put aside without commitments.
    fn flush_without(&mut self, shelf: &ShelfSimulation<'_>) {
        let ShelfTally { without, .. } = &mut self.tally;
        unsupported(shelf, &mut self.series, &mut self.without, false, without);
    }

    /// Runs the paths put aside without covers of loans too.
    fn flush_bare(&mut self, shelf: &ShelfSimulation<'_>) {
        let Some(bare) = &mut self.tally.bare else { return };
        unsupported(shelf, &mut self.series, &mut self.bare, true, bare);
    }

    /// Runs the paths put aside together: the first series, the first two, and so on.
    fn flush_together(&mut self, shelf: &ShelfSimulation<'_>) {
        if self.together.is_empty() {
            return;
        }
        let mut before = vec![(false, 0.0); self.together.len()];
        for count in 1..=self.series.len() {
            let rooms = self.series.iter_mut().zip(&shelf.series).take(count);
            let mut paying: Vec<Paying<'_>> = rooms
                .map(|(series, simulation)| Paying {
                    plan: &simulation.with,
                    inputs: &series.together_inputs,
                    ruler: &series.ruler,
                    room: &mut series.room,
                    sums: &mut series.together,
                })
                .collect();
            let short = pay_out_together(&mut paying, &self.calendars[count - 1], &shelf.shared);
            for (lane, &weight) in self.together.iter().enumerate() {
                let of_first = &self.series[..count];
                let ends = ends(shelf, of_first, |series| &series.together, lane, &short);
                let way = &mut self.tally.together[count - 1];
                way.add(&ends, weight, shelf.principal);
                way.add_change(before[lane], &ends, weight, shelf.principal);
                before[lane] = ends.of_first(count);
            }
        }
        self.together.clear();
    }

    /// The sums, once no more paths come.
    pub fn finish(mut self, shelf: &ShelfSimulation<'_>) -> ShelfTally {
        self.flush_without(shelf);
        self.flush_bare(shelf);
        self.flush_together(shelf);
        self.tally
    }
}

/// Runs paths that were put aside, without commitments (and `bare`: covers), and adds them up.
fn unsupported(
    shelf: &ShelfSimulation<'_>,
    series: &mut [Series],
    weights: &mut Vec<f64>,
    bare: bool,
    way: &mut ShelfWay,
) {
    if weights.is_empty() {
        return;
    }
    for (series, simulation) in series.iter_mut().zip(&shelf.series) {
        let Series { without_inputs, bare_inputs, ruler, without: (room, sums), .. } = series;
        let inputs = bare_inputs.as_ref().filter(|_| bare).unwrap_or(without_inputs);
        pay_out(simulation.unsupported(), inputs, ruler, room, sums);
    }
    for (lane, &weight) in weights.iter().enumerate() {
        let ends = class_ends(series, |series| &series.without.1, lane);
        way.add(&ends, weight, shelf.principal);
    }
    weights.clear();
}

/// Whether what series pay alone uses a shared capacity up.
fn shares_capacity(shelf: &ShelfSimulation<'_>, alone: &PathEnds) -> bool {
    shelf.supporters.iter().zip(&alone.supporters).any(|(supporter, end)| {
        let paid: f64 = end.paid.iter().sum();
        supporter.capacity.is_some_and(|capacity| {
            end.called.iter().any(|&called| called > 0.0) && paid >= capacity as f64
        })
    })
}

/// Classes of one path.
fn class_ends<'a>(
    series: &'a [Series],
    sums: impl Fn(&'a Series) -> &'a PathSums,
    lane: usize,
) -> PathEnds {
    let mut out = PathEnds::default();
    for one in series {
        let sums = sums(one);
        let class = |class: usize| {
            let principal = sums.unpaid_principal[class].0[lane];
            let unpaid = principal + sums.unpaid_interest[class].0[lane] > 0.0;
            (unpaid, principal / one.notional[class])
        };
        let classes: Vec<(bool, f64)> = (0..one.notional.len()).map(class).collect();
        out.lost.push(sums.unpaid_principal.iter().map(|row| row.0[lane]).sum());
        out.unpaid.push(one.senior.iter().any(|&class| classes[class].0));
        out.classes.push(classes);
    }
    out
}

/// Classes and supporters of one path.
fn ends<'a>(
    shelf: &ShelfSimulation<'_>,
    series: &'a [Series],
    sums: impl Fn(&'a Series) -> &'a PathSums + Copy,
    lane: usize,
    short: &[Lanes],
) -> PathEnds {
    let mut out = class_ends(series, sums, lane);
    for supporter in &shelf.supporters {
        let none = || vec![0.0; series.len()];
        let mut end = SupporterEnd {
            called: none(),
            paid: none(),
            failed: vec![false; series.len()],
            short: supporter
                .shared
                .and_then(|at| short.get(at))
                .is_some_and(|short| short.0[lane] > 0.0),
        };
        let of_first = supporter.commitments.iter().filter(|(at, _)| *at < series.len());
        for &(at, commitment) in of_first {
            let sums = sums(&series[at]);
            end.called[at] += sums.called[commitment].0[lane];
            end.paid[at] += sums.paid[commitment].0[lane];
            end.failed[at] |= sums.failed[commitment].0[lane] > 0.0;
        }
        out.supporters.push(end);
    }
    out
}
