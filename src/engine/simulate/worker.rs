//! One thread's work: blocks drawn, gathered, paid out and added up.

use std::ops::Range;

use super::fates::{Fates, PATHS};
use super::gather::{Gathered, PoolFacts};
use super::tally::{ClassPath, FAN_PATHS, Tally};
use super::{Simulation, segment};
use crate::deal::Seniority;
use crate::engine::lanes::{LANES, PathSums, Room, pay_out};
use crate::engine::period::Inputs;
use crate::num::Row;

/// Where a path that waits for its run without support came from.
#[derive(Clone, Copy, Debug)]
struct Waiting {
    weight: f64,
}

/// What a thread holds: everything is allocated once.
pub(super) struct Worker {
    pub tally: Tally,
    fates: Fates,
    gathered: Gathered,
    room: Room,
    sums: PathSums,
    /// The sums that keep a fan, or those that do not: the other of the two in use.
    other_sums: PathSums,
    /// Paths that differ without support, until there are enough for all lanes.
    waiting: Vec<Waiting>,
    without: Inputs<f64, LANES>,
    without_room: Option<(Room, PathSums)>,
    notional: Vec<f64>,
    /// Balances of the classes as the run begins.
    opening: Vec<f64>,
    initial: f64,
    senior: f64,
    segment: usize,
}

impl Worker {
    pub fn new(simulation: &Simulation<'_>) -> Worker {
        let gathered = Gathered::new(simulation);
        let without = gathered.inputs.clone();
        let deal = simulation.deal;
        let notional: Vec<f64> =
            deal.tranches().iter().map(|tranche| tranche.notional as f64).collect();
        let is_senior = |&at: &usize| deal.tranches()[at].seniority == Seniority::Senior;
        let senior: Vec<usize> = (0..notional.len()).filter(is_senior).collect();
        let opening: Vec<f64> = simulation
            .with
            .cells
            .tranches
            .iter()
            .map(|class| {
                let opening =
                    simulation.with.opening.iter().find(|(cell, _)| *cell == class.balance);
                opening.map_or(0.0, |(_, fen)| *fen as f64)
            })
            .collect();
        Worker {
            tally: simulation.tally(),
            fates: simulation.sampler.room(),
            room: Room::new(&simulation.with),
            sums: PathSums::new(&simulation.with, None),
            senior: senior.iter().map(|&at| notional[at]).sum(),
            other_sums: PathSums::new(&simulation.with, Some(senior)),
            without_room: simulation
                .without
                .as_ref()
                .map(|plan| (Room::new(plan), PathSums::new(plan, None))),
            waiting: Vec::with_capacity(LANES),
            opening,
            initial: deal.initial_principal() as f64,
            notional,
            gathered,
            without,
            segment: 0,
        }
    }

    /// Blocks of one segment of convergence.
    pub fn chunk(&mut self, simulation: &Simulation<'_>, blocks: &Range<u64>, paths: u64) {
        self.segment = segment(blocks.start, Simulation::blocks(paths));
        for block in blocks.clone() {
            simulation.sampler.sample(block, &mut self.fates);
            let left = (paths - block * PATHS as u64).min(PATHS as u64) as usize;
            for from in (0..left).step_by(LANES) {
                self.lanes(simulation, block, from, (left - from).min(LANES));
            }
        }
        self.flush(simulation);
    }

    /// Paths of the block in hand that run side by side.
    fn lanes(&mut self, simulation: &Simulation<'_>, block: u64, from: usize, count: usize) {
        let gathered = &mut self.gathered;
        gathered.gather(simulation, &self.fates, from);
        let first_path = block * PATHS as u64 + from as u64;
        if self.sums.fan.is_some() != (first_path < FAN_PATHS) {
            std::mem::swap(&mut self.sums, &mut self.other_sums);
        }
        let (plan, ruler) = (&simulation.with, &simulation.ruler);
        pay_out(plan, &gathered.inputs, ruler, &mut self.room, &mut self.sums);
        self.tally.paths += count as u64;
        self.tally.segments[self.segment].paths += count as u64;
        for lane in 0..count {
            let weight = self.fates.weights.get(from + lane).copied().unwrap_or(1.0);
            let again = simulation.without.is_some() && self.differs(simulation, from, lane);
            self.add_path(simulation, lane, weight, again);
            if again {
                self.wait(lane, weight);
                if self.waiting.len() == LANES {
                    self.flush(simulation);
                }
            }
        }
        if first_path < FAN_PATHS {
            self.add_fan(from, count);
        }
    }

    /// Whether support made a difference on a path.
    fn differs(&self, simulation: &Simulation<'_>, from: usize, lane: usize) -> bool {
        let failed = || {
            let never = |by_path: &Vec<u32>| by_path[from + lane] == super::fates::NEVER;
            simulation.reads_failure && !self.fates.failures.iter().all(never)
        };
        simulation.owed_from_before || self.sums.any_called.0[lane] > 0.0 || failed()
    }

    fn add_path(&mut self, simulation: &Simulation<'_>, lane: usize, weight: f64, again: bool) {
        let tally = &mut self.tally;
        let segment = &mut tally.segments[self.segment];
        tally.weight.add(weight);
        let classes = self.notional.len();
        for class in 0..classes {
            let scale = (self.notional[class], self.opening[class], simulation.per_year);
            let path = of_class(&self.sums, class, lane, scale);
            tally.with[class].add(&path, weight);
            add_segment(&mut segment.classes[class], &path, weight);
            if !again {
                tally.without[class].add(&path, weight);
                add_segment(&mut segment.classes[classes + class], &path, weight);
            }
        }
        for (at, commitment) in tally.commitments.iter_mut().enumerate() {
            let sums = &self.sums;
            let share = |rows: &[Row<f64, LANES>]| rows[at].0[lane] / self.initial;
            let amounts = (share(&sums.called), share(&sums.paid), share(&sums.outstanding));
            commitment.add(amounts, sums.failed[at].0[lane] > 0.0, weight);
        }
        let PoolFacts { defaulted, recovered, defaults } = self.gathered.pool[lane];
        let loss = (defaulted - recovered) / self.initial;
        tally.pool.add(loss, defaulted / self.initial, f64::from(defaults), weight);
        segment.pool_loss.add(loss * weight);
    }

    fn add_fan(&mut self, from: usize, count: usize) {
        let Some(fan) = &self.sums.fan else { return };
        let scale = 1.0 / self.senior.max(1.0);
        let weights = &self.fates.weights;
        for (period, row) in fan.iter().enumerate() {
            let weight = |lane: usize| weights.get(from + lane).copied().unwrap_or(1.0);
            let paths = row.0[..count].iter().enumerate();
            let paths = paths.map(|(lane, balance)| (balance * scale, weight(lane)));
            self.tally.add_fan(period, paths);
        }
    }

    /// Puts a path aside for its run without support.
    fn wait(&mut self, lane: usize, weight: f64) {
        let to = self.waiting.len();
        let (from, into) = (&self.gathered.inputs, &mut self.without);
        copy_lane(from, lane, into, to);
        self.waiting.push(Waiting { weight });
    }

    /// Runs the paths put aside.
    fn flush(&mut self, simulation: &Simulation<'_>) {
        let (Some(plan), Some((room, sums))) = (&simulation.without, &mut self.without_room) else {
            return;
        };
        if self.waiting.is_empty() {
            return;
        }
        pay_out(plan, &self.without, &simulation.ruler, room, sums);
        let classes = self.notional.len();
        for (lane, waiting) in self.waiting.drain(..).enumerate() {
            for class in 0..classes {
                let scale = (self.notional[class], self.opening[class], simulation.per_year);
                let path = of_class(sums, class, lane, scale);
                self.tally.without[class].add(&path, waiting.weight);
                let segment = &mut self.tally.segments[self.segment];
                add_segment(&mut segment.classes[classes + class], &path, waiting.weight);
            }
        }
    }
}

/// One lane's column of every row, into a lane of others.
fn copy_lane(from: &Inputs<f64, LANES>, lane: usize, into: &mut Inputs<f64, LANES>, to: usize) {
    let copy = |from: &[Row<f64, LANES>], into: &mut [Row<f64, LANES>]| {
        for (from, into) in from.iter().zip(into) {
            into.0[to] = from.0[lane];
        }
    };
    copy(&from.interest, &mut into.interest);
    copy(&from.principal, &mut into.principal);
    copy(&from.recovered, &mut into.recovered);
    copy(&from.defaulted, &mut into.defaulted);
    for (from, into) in [
        (&from.prepaid, &mut into.prepaid),
        (&from.sold, &mut into.sold),
        (&from.recognised, &mut into.recognised),
    ] {
        if let (Some(from), Some(into)) = (from, into) {
            copy(from, into);
        }
    }
    into.last_cash.0[to] = from.last_cash.0[lane];
}

fn add_segment(segment: &mut (super::Moments, super::Moments), path: &ClassPath, weight: f64) {
    if path.unpaid {
        segment.0.add(weight);
    }
    if path.loss > 0.0 {
        segment.1.add(path.loss * weight);
    }
}

/// One class on one path. Scale: notional, balance as the run began, dates' units a year.
#[inline(always)]
fn of_class(sums: &PathSums, class: usize, lane: usize, scale: (f64, f64, f64)) -> ClassPath {
    let (notional, opening, per_year) = scale;
    let principal = sums.unpaid_principal[class].0[lane];
    let interest = sums.unpaid_interest[class].0[lane];
    let paid = opening - principal;
    let years = match paid > 0.0 {
        true => sums.time_principal[class].0[lane] / paid / per_year,
        false => 0.0,
    };
    ClassPath {
        unpaid: principal + interest > 0.0,
        late: sums.late[class].0[lane] > 0.0,
        loss: principal / notional,
        years,
        paid: sums.value[class].0[lane] / opening.max(1.0),
    }
}
