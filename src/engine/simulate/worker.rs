//! One thread's work: blocks drawn, gathered, paid out and added up.

use std::ops::Range;

use multiversion::multiversion;

use super::covers::CoverRoom;
use super::fates::{Fates, PATHS};
use super::gather::{Gathered, PoolFacts};
use super::tally::{ClassPath, FAN_BINS, FAN_PATHS, Histogram, Moments, Tally};
use super::{Simulation, segment};
use crate::deal::Seniority;
use crate::engine::lanes::{LANES, PathSums, Room, pay_out};
use crate::engine::period::Inputs;
use crate::num::Row;

/// What a thread holds: everything is allocated once.
pub(super) struct Worker {
    tally: Tally,
    fates: Fates,
    gathered: Gathered,
    room: Room,
    sums: PathSums,
    /// The sums that keep a fan, or those that do not: the other of the two in use.
    other_sums: PathSums,
    /// Weights of the paths that wait for their run without support, until they fill all lanes,
    /// and whether covers moved nothing on them.
    waiting: Vec<(f64, bool)>,
    without: Inputs<f64, LANES>,
    without_room: Option<(Room, PathSums)>,
    covers: CoverRoom,
    /// Where the deal has covers: paths on which they moved something, without them.
    bare: Option<BarePaths>,
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
            covers: CoverRoom::default(),
            bare: simulation.covers.is_some().then(|| BarePaths::new(simulation, &without)),
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
        if self.bare.is_some() {
            self.covers.settle(simulation, &self.fates, from, gathered);
        }
        let first_path = block * PATHS as u64 + from as u64;
        if self.sums.fan.is_some() != (first_path < FAN_PATHS) {
            std::mem::swap(&mut self.sums, &mut self.other_sums);
        }
        let (plan, ruler) = (&simulation.with, &simulation.ruler);
        pay_out(plan, &gathered.inputs, ruler, &mut self.room, &mut self.sums);
        self.tally.paths += count as u64;
        self.tally.segments[self.segment].paths += count as u64;
        let mut weights = Row::ZERO;
        for lane in 0..count {
            weights.0[lane] = self.fates.weights.get(from + lane).copied().unwrap_or(1.0);
        }
        sum_up(self, simulation, &weights);
        if self.bare.is_some() {
            self.add_covers(simulation, from, &weights, count);
        }
        if simulation.without.is_none() {
            return;
        }
        for lane in 0..count {
            if self.differs(simulation, from, lane) {
                self.wait(simulation, lane, weights.0[lane]);
            }
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

    /// Puts a path aside for its run without support: what it was with support does not count.
    fn wait(&mut self, simulation: &Simulation<'_>, lane: usize, weight: f64) {
        let is_bare = !self.covers.moved.get(lane).is_some_and(|&moved| moved);
        for class in 0..self.notional.len() {
            let path = self.scale(simulation, class).path(&self.sums, class, lane);
            self.tally.add_without(self.segment, class, &path, -weight, is_bare);
        }
        let to = self.waiting.len();
        copy_lane(&self.gathered.inputs, lane, &mut self.without, to);
        self.waiting.push((weight, is_bare));
        if self.waiting.len() == LANES {
            self.flush(simulation);
        }
    }

    fn scale(&self, simulation: &Simulation<'_>, class: usize) -> Scale {
        let (notional, opening) = (self.notional[class], self.opening[class]);
        Scale { notional, opening, per_year: simulation.per_year }
    }

    /// The sums, once no more paths come.
    pub fn finish(mut self) -> Tally {
        self.tally.complete_without();
        self.tally
    }

    /// What covers went through; and the paths on which they moved something are put aside, for
    /// what they were does not count as bare. Out of line, as few deals have covers.
    #[cold]
    #[inline(never)]
    fn add_covers(
        &mut self,
        simulation: &Simulation<'_>,
        from: usize,
        weights: &Lanes,
        count: usize,
    ) {
        self.covers.add_up(simulation, &self.fates, from, weights, &mut self.tally);
        for lane in 0..count {
            if !self.covers.moved[lane] {
                continue;
            }
            for class in 0..self.notional.len() {
                let path = self.scale(simulation, class).path(&self.sums, class, lane);
                self.tally.add_bare(class, &path, -weights.0[lane]);
            }
            let Some(bare) = &mut self.bare else { return };
            let to = bare.weights.len();
            copy_lane(&self.gathered.inputs, lane, &mut bare.inputs, to);
            self.covers.restore(lane, &mut bare.inputs, to);
            bare.weights.push(weights.0[lane]);
            if bare.weights.len() == LANES {
                self.flush_bare(simulation);
            }
        }
    }

    /// Runs the paths put aside, without covers and commitments.
    #[cold]
    #[inline(never)]
    fn flush_bare(&mut self, simulation: &Simulation<'_>) {
        let Some(bare) = &mut self.bare else { return };
        if bare.weights.is_empty() {
            return;
        }
        let BarePaths { weights, inputs, room, sums } = bare;
        pay_out(simulation.unsupported(), inputs, &simulation.ruler, room, sums);
        for (lane, &weight) in weights.iter().enumerate() {
            for class in 0..self.notional.len() {
                let (notional, opening) = (self.notional[class], self.opening[class]);
                let scale = Scale { notional, opening, per_year: simulation.per_year };
                self.tally.add_bare(class, &scale.path(sums, class, lane), weight);
            }
        }
        weights.clear();
    }

    /// Runs the paths put aside.
    fn flush(&mut self, simulation: &Simulation<'_>) {
        if self.bare.is_some() {
            self.flush_bare(simulation);
        }
        let (Some(plan), Some((room, sums))) = (&simulation.without, &mut self.without_room) else {
            return;
        };
        if self.waiting.is_empty() {
            return;
        }
        pay_out(plan, &self.without, &simulation.ruler, room, sums);
        for (lane, &(weight, is_bare)) in self.waiting.iter().enumerate() {
            for class in 0..self.notional.len() {
                let (notional, opening) = (self.notional[class], self.opening[class]);
                let scale = Scale { notional, opening, per_year: simulation.per_year };
                let path = scale.path(sums, class, lane);
                self.tally.add_without(self.segment, class, &path, weight, is_bare);
            }
        }
        self.waiting.clear();
    }
}

/// Paths that wait for their run without covers, until they fill all lanes.
struct BarePaths {
    weights: Vec<f64>,
    inputs: Inputs<f64, LANES>,
    room: Room,
    sums: PathSums,
}

impl BarePaths {
    fn new(simulation: &Simulation<'_>, inputs: &Inputs<f64, LANES>) -> BarePaths {
        let plan = simulation.unsupported();
        let (room, sums) = (Room::new(plan), PathSums::new(plan, None));
        BarePaths { weights: Vec::with_capacity(LANES), inputs: inputs.clone(), room, sums }
    }
}

/// What measures a class: notional, balance as the run begins, units of time a year.
#[derive(Clone, Copy, Debug)]
struct Scale {
    notional: f64,
    opening: f64,
    per_year: f64,
}

impl Scale {
    /// One class on one path.
    fn path(&self, sums: &PathSums, class: usize, lane: usize) -> ClassPath {
        let principal = sums.unpaid_principal[class].0[lane];
        ClassPath {
            unpaid: principal + sums.unpaid_interest[class].0[lane] > 0.0,
            late: sums.late[class].0[lane] > 0.0,
            loss: principal / self.notional,
            years: self.years(principal, sums.time_principal[class].0[lane]),
            paid: sums.value[class].0[lane] / self.opening.max(1.0),
        }
    }

    #[inline(always)]
    fn years(&self, unpaid: f64, time_paid: f64) -> f64 {
        let paid = self.opening - unpaid;
        let divisor = if paid > 0.0 { paid * self.per_year } else { 1.0 };
        if paid > 0.0 { time_paid / divisor } else { 0.0 }
    }
}

type Lanes = Row<f64, LANES>;

/// Adds the paths of all lanes with support; a lane without a path weighs nothing.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl", "x86_64+avx2"))]
fn sum_up(worker: &mut Worker, simulation: &Simulation<'_>, weights: &Lanes) {
    let Worker { tally, sums, segment, .. } = worker;
    let segment = &mut tally.segments[*segment];
    tally.weight.add(Moments::of_lanes(&[1.0; LANES], &weights.0));
    for class in 0..worker.notional.len() {
        let (notional, opening) = (worker.notional[class], worker.opening[class]);
        let scale = Scale { notional, opening, per_year: simulation.per_year };
        let of = class_rows(sums, class, scale);
        let [unpaid, late, loss, years, value_lost] =
            of.each_ref().map(|row| Moments::of_lanes(&row.0, &weights.0));
        let to = &mut tally.with[class];
        to.unpaid.add(unpaid);
        to.late.add(late);
        to.loss.add(loss);
        to.years.add(years);
        to.value_lost.add(value_lost);
        segment.classes[class].0.add(unpaid);
        segment.classes[class].1.add(loss);
        add_losses(&mut to.losses, &of[2], weights);
    }
    for (at, to) in tally.commitments.iter_mut().enumerate() {
        let called = flags(&sums.called[at]);
        let amounts = [&sums.called[at], &sums.paid[at], &sums.outstanding[at]]
            .map(|row| scaled(row, 1.0 / worker.initial));
        to.called.add(Moments::of_lanes(&called.0, &weights.0));
        to.failed_when_called.add(Moments::of_lanes(&flags(&sums.failed[at]).0, &weights.0));
        to.amount_called.add(Moments::of_lanes(&amounts[0].0, &weights.0));
        to.amount_paid.add(Moments::of_lanes(&amounts[1].0, &weights.0));
        to.unreimbursed.add(Moments::of_lanes(&amounts[2].0, &weights.0));
        add_losses(&mut to.paid, &amounts[1], weights);
    }
    let pool = pool_rows(&worker.gathered.pool, worker.initial);
    let [loss, defaulted, defaults, no_loss] =
        pool.each_ref().map(|row| Moments::of_lanes(&row.0, &weights.0));
    tally.pool.loss.add(loss);
    tally.pool.defaulted.add(defaulted);
    tally.pool.defaults.add(defaults);
    tally.pool.no_loss.add(no_loss);
    segment.pool_loss.add(loss);
    add_losses(&mut tally.pool.losses, &pool[0], weights);
    add_fan(&mut tally.fan, sums, worker.senior, weights);
}

/// Of a class: unpaid, late, loss, years, value lost.
#[inline(always)]
fn class_rows(sums: &PathSums, class: usize, scale: Scale) -> [Lanes; 5] {
    let mut rows = [Row::ZERO; 5];
    let (principal, interest) = (&sums.unpaid_principal[class], &sums.unpaid_interest[class]);
    let (late, time) = (&sums.late[class], &sums.time_principal[class]);
    let value = &sums.value[class];
    let (loss, worth) = (1.0 / scale.notional, 1.0 / scale.opening.max(1.0));
    for lane in 0..LANES {
        let left = principal.0[lane];
        rows[0].0[lane] = if left + interest.0[lane] > 0.0 { 1.0 } else { 0.0 };
        rows[1].0[lane] = if late.0[lane] > 0.0 { 1.0 } else { 0.0 };
        rows[2].0[lane] = left * loss;
        rows[3].0[lane] = scale.years(left, time.0[lane]);
        rows[4].0[lane] = 1.0 - value.0[lane] * worth;
    }
    rows
}

/// Of the pool: loss, defaulted, obligors in default, no loss.
#[inline(always)]
fn pool_rows(pool: &[PoolFacts], initial: f64) -> [Lanes; 4] {
    let mut rows = [Row::ZERO; 4];
    for (lane, facts) in pool.iter().enumerate() {
        let loss = (facts.defaulted - facts.recovered) / initial;
        rows[0].0[lane] = loss;
        rows[1].0[lane] = facts.defaulted / initial;
        rows[2].0[lane] = f64::from(facts.defaults);
        rows[3].0[lane] = if loss > 0.0 { 0.0 } else { 1.0 };
    }
    rows
}

#[inline(always)]
fn flags(row: &Lanes) -> Lanes {
    let mut out = Row::ZERO;
    for lane in 0..LANES {
        out.0[lane] = if row.0[lane] > 0.0 { 1.0 } else { 0.0 };
    }
    out
}

#[inline(always)]
fn scaled(row: &Lanes, by: f64) -> Lanes {
    let mut out = Row::ZERO;
    for lane in 0..LANES {
        out.0[lane] = row.0[lane] * by;
    }
    out
}

#[inline(always)]
fn add_losses(histogram: &mut Histogram, shares: &Lanes, weights: &Lanes) {
    for (&share, &weight) in shares.0.iter().zip(&weights.0) {
        if share > 0.0 && weight > 0.0 {
            histogram.add(share, weight);
        }
    }
}

/// Balances of the senior classes over their notional, date by date.
#[inline(always)]
fn add_fan(to: &mut [Vec<u64>], sums: &PathSums, senior: f64, weights: &Lanes) {
    let Some(fan) = &sums.fan else { return };
    let scale = FAN_BINS as f64 / senior.max(1.0);
    let mut units = [0; LANES];
    for (unit, weight) in units.iter_mut().zip(&weights.0) {
        *unit = (weight * 4_294_967_296.0) as u64;
    }
    for (bins, row) in to.iter_mut().zip(fan) {
        let mut places = [0_u32; LANES];
        for (to, balance) in places.iter_mut().zip(&row.0) {
            let place = (balance * scale).min(FAN_BINS as f64);
            let down = place as u32;
            *to = down + u32::from(place > f64::from(down));
        }
        for (&place, &unit) in places.iter().zip(&units) {
            bins[place as usize] += unit;
        }
    }
}

/// One lane's column of every row, into a lane of others.
pub(super) fn copy_lane(
    from: &Inputs<f64, LANES>,
    lane: usize,
    into: &mut Inputs<f64, LANES>,
    to: usize,
) {
    copy_column(&from.interest, lane, &mut into.interest, to);
    copy_column(&from.principal, lane, &mut into.principal, to);
    copy_column(&from.recovered, lane, &mut into.recovered, to);
    copy_column(&from.defaulted, lane, &mut into.defaulted, to);
    for (from, into) in [
        (&from.prepaid, &mut into.prepaid),
        (&from.sold, &mut into.sold),
        (&from.recognised, &mut into.recognised),
    ] {
        if let (Some(from), Some(into)) = (from, into) {
            copy_column(from, lane, into, to);
        }
    }
    into.last_cash.0[to] = from.last_cash.0[lane];
}

/// The same with what its supporters do.
pub(super) fn copy_path(
    from: &Inputs<f64, LANES>,
    lane: usize,
    into: &mut Inputs<f64, LANES>,
    to: usize,
) {
    copy_lane(from, lane, into, to);
    let alive = from.alive.iter().zip(&mut into.alive);
    for (from, into) in alive.chain(from.failed.iter().zip(&mut into.failed)) {
        copy_column(from, lane, into, to);
    }
}

#[inline(always)]
fn copy_column(from: &[Lanes], lane: usize, into: &mut [Lanes], to: usize) {
    for at in 0..from.len().min(into.len()) {
        into[at].0[to] = from[at].0[lane];
    }
}
