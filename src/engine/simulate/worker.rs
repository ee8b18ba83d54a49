//! One thread's work: blocks drawn, gathered, paid out and added up.

use std::ops::Range;

use multiversion::multiversion;

use super::covers::CoverRoom;
use super::fates::{Fates, PATHS};
use super::gather::{Gathered, PoolFacts};
use super::tally::{ClassRows, FAN_BINS, FAN_PATHS, Moments, Tally};
use super::{Simulation, segment};
use crate::deal::{Seniority, Tranche};
use crate::engine::lanes::{LANES, PathSums, Room, pay_out};
use crate::engine::period::Inputs;
use crate::num::Row;

/// Where more than one lane of so many differs without support, all run again: to put one aside
/// costs as much as to run two.
const WORTH_A_RUN: usize = 3;

/// What a thread holds: everything is allocated once.
pub(super) struct Worker {
    tally: Tally,
    fates: Fates,
    gathered: Gathered,
    room: Room,
    sums: PathSums,
    /// The sums that keep a fan, or those that do not: the other of the two in use.
    other_sums: PathSums,
    /// By class: the paths in hand.
    classes: Vec<ClassRows>,
    /// Where commitments exist.
    waiting: Option<Waiting>,
    covers: CoverRoom,
    /// Where the deal has covers: paths on which they moved something, without them.
    bare: Option<Aside>,
    /// By class.
    scales: Vec<Scale>,
    initial: f64,
    senior: f64,
    segment: usize,
}

impl Worker {
    /// `paths`: of the whole simulation.
    pub fn new(simulation: &Simulation<'_>, paths: u64) -> Worker {
        let gathered = Gathered::new(simulation);
        let aside = || Aside::new(simulation, &gathered.inputs);
        let waiting = || Waiting { aside: aside(), bare: Row::ZERO };
        let deal = simulation.deal;
        let opening = |class: usize| {
            let balance = simulation.with.cells.tranches[class].balance;
            let opening = simulation.with.opening.iter().find(|(cell, _)| *cell == balance);
            opening.map_or(0.0, |(_, fen)| *fen as f64)
        };
        let scale = |(class, tranche): (usize, &Tranche)| Scale {
            notional: tranche.notional as f64,
            opening: opening(class),
            per_year: simulation.per_year,
        };
        let scales: Vec<Scale> = deal.tranches().iter().enumerate().map(scale).collect();
        let is_senior = |&at: &usize| deal.tranches()[at].seniority == Seniority::Senior;
        let senior: Vec<usize> = (0..scales.len()).filter(is_senior).collect();
        Worker {
            tally: simulation.tally(),
            fates: simulation.sampler.room(simulation.together() as usize, paths),
            room: Room::new(&simulation.with),
            sums: PathSums::new(&simulation.with, None),
            senior: senior.iter().map(|&at| scales[at].notional).sum(),
            other_sums: PathSums::new(&simulation.with, Some(senior)),
            classes: vec![[Row::ZERO; 5]; scales.len()],
            waiting: simulation.without.is_some().then(waiting),
            bare: simulation.covers.is_some().then(aside),
            initial: deal.initial_principal() as f64,
            scales,
            covers: CoverRoom::default(),
            gathered,
            segment: 0,
        }
    }

    /// Blocks of one segment of convergence.
    pub fn chunk(&mut self, simulation: &Simulation<'_>, blocks: &Range<u64>, paths: u64) {
        self.segment = segment(blocks.start, Simulation::blocks(paths));
        let mut first = blocks.start;
        while first < blocks.end {
            let together = simulation.together();
            let last = blocks.end.min((first / together + 1) * together);
            simulation.sampler.sample(first..last, &mut self.fates);
            let left = (paths.min(last * PATHS as u64) - first * PATHS as u64) as usize;
            self.fates.put_alike_together(left);
            for from in (0..left).step_by(LANES) {
                self.lanes(simulation, from, (left - from).min(LANES));
            }
            first = last;
        }
        self.flush(simulation);
    }

    /// Paths of the blocks in hand that run side by side.
    fn lanes(&mut self, simulation: &Simulation<'_>, from: usize, count: usize) {
        let gathered = &mut self.gathered;
        gathered.gather(simulation, &self.fates, from);
        if self.bare.is_some() {
            self.covers.settle(simulation, &self.fates, from, gathered);
        }
        if self.sums.fan.is_some() != (self.fates.number(0) < FAN_PATHS) {
            std::mem::swap(&mut self.sums, &mut self.other_sums);
        }
        let (plan, ruler) = (&simulation.with, &simulation.ruler);
        pay_out(plan, &gathered.inputs, ruler, &mut self.room, &mut self.sums);
        self.tally.paths += count as u64;
        self.tally.segments[self.segment].paths += count as u64;
        let mut weights = Row::ZERO;
        for lane in 0..count {
            let path = self.fates.path_at(from + lane);
            weights.0[lane] = self.fates.weight_of(path);
        }
        sum_up(self, &weights);
        if self.bare.is_some() {
            self.add_covers(simulation, from, &weights, count);
        }
        if simulation.without.is_none() {
            return;
        }
        let (mut differing, mut number) = (Row::ZERO, 0);
        for lane in 0..count {
            if self.differs(simulation, from, lane) {
                differing.0[lane] = weights.0[lane];
                number += 1;
            }
        }
        if number * WORTH_A_RUN > LANES {
            return self.run_again(simulation, &differing);
        }
        for lane in (0..count).filter(|&lane| differing.0[lane] > 0.0) {
            self.wait(simulation, lane, weights.0[lane]);
        }
    }

    /// Runs all lanes once more without support, for those of any weight.
    fn run_again(&mut self, simulation: &Simulation<'_>, weights: &Lanes) {
        let Some(Waiting { aside, .. }) = &mut self.waiting else { return };
        let Aside { room, sums, .. } = aside;
        pay_out(simulation.unsupported(), &self.gathered.inputs, &simulation.ruler, room, sums);
        let mut bare = *weights;
        for lane in 0..LANES {
            if self.covers.has_moved(lane) {
                bare.0[lane] = 0.0;
            }
        }
        let Worker { tally, scales, classes, segment, .. } = self;
        sum_up_without((tally, *segment), sums, scales, classes, [weights, &bare]);
    }

    /// Whether support made a difference on a path.
    fn differs(&self, simulation: &Simulation<'_>, from: usize, lane: usize) -> bool {
        let failed = || {
            let path = self.fates.path_at(from + lane);
            let never = |by_path: &Vec<u32>| by_path[path] == super::fates::NEVER;
            simulation.reads_failure && !self.fates.failures.iter().all(never)
        };
        simulation.owed_from_before || self.sums.any_called.0[lane] > 0.0 || failed()
    }

    /// Puts a path aside for its run without support: what it was with support does not count.
    fn wait(&mut self, simulation: &Simulation<'_>, lane: usize, weight: f64) {
        let Some(waiting) = &mut self.waiting else { return };
        let to = waiting.aside.count;
        let is_bare = !self.covers.has_moved(lane);
        waiting.bare.0[to] = if is_bare { weight } else { 0.0 };
        if waiting.aside.put(&self.gathered.inputs, &self.classes, lane, weight) {
            self.flush(simulation);
        }
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
            let Some(bare) = self.bare.as_mut().filter(|_| self.covers.has_moved(lane)) else {
                continue;
            };
            let to = bare.count;
            let is_full = bare.put(&self.gathered.inputs, &self.classes, lane, weights.0[lane]);
            self.covers.restore(lane, &mut bare.inputs, to);
            if is_full {
                self.flush_bare(simulation);
            }
        }
    }

    /// Runs the paths put aside, without covers and commitments.
    #[cold]
    #[inline(never)]
    fn flush_bare(&mut self, simulation: &Simulation<'_>) {
        let Some(aside) = self.bare.as_mut().filter(|aside| aside.count > 0) else { return };
        let Aside { inputs, room, sums, .. } = aside;
        pay_out(simulation.unsupported(), inputs, &simulation.ruler, room, sums);
        for (class, &scale) in self.scales.iter().enumerate() {
            let without = class_rows(&aside.sums, class, scale);
            self.tally.replace_bare(class, &aside.with[class], &without, &aside.weights);
        }
        aside.clear();
    }

    /// Runs the paths put aside.
    fn flush(&mut self, simulation: &Simulation<'_>) {
        if self.bare.is_some() {
            self.flush_bare(simulation);
        }
        let Worker { tally, waiting, scales, segment, .. } = self;
        let Some(waiting) = waiting.as_mut().filter(|waiting| waiting.aside.count > 0) else {
            return;
        };
        let Aside { inputs, room, sums, with, weights, .. } = &mut waiting.aside;
        pay_out(simulation.unsupported(), inputs, &simulation.ruler, room, sums);
        sum_up_without((tally, *segment), sums, scales, with, [weights, &waiting.bare]);
        waiting.aside.clear();
        waiting.bare = Row::ZERO;
    }
}

/// Paths put aside until they fill all lanes, where they are run once more.
struct Aside {
    /// Of the lanes so far, nothing beyond.
    weights: Lanes,
    count: usize,
    inputs: Inputs<f64, LANES>,
    /// By class: what they were with all support.
    with: Vec<ClassRows>,
    room: Room,
    sums: PathSums,
}

impl Aside {
    fn new(simulation: &Simulation<'_>, inputs: &Inputs<f64, LANES>) -> Aside {
        let plan = simulation.unsupported();
        Aside {
            weights: Row::ZERO,
            count: 0,
            inputs: inputs.clone(),
            with: vec![[Row::ZERO; 5]; plan.tranches.len()],
            room: Room::new(plan),
            sums: PathSums::new(plan, None),
        }
    }

    /// Puts one more aside; whether all lanes are full.
    fn put(
        &mut self,
        inputs: &Inputs<f64, LANES>,
        classes: &[ClassRows],
        lane: usize,
        weight: f64,
    ) -> bool {
        let to = self.count;
        copy_lane(inputs, lane, &mut self.inputs, to);
        for (with, of) in self.with.iter_mut().zip(classes) {
            with.iter_mut().zip(of).for_each(|(with, of)| with.0[to] = of.0[lane]);
        }
        self.weights.0[to] = weight;
        self.count += 1;
        self.count == LANES
    }

    fn clear(&mut self) {
        (self.weights, self.count) = (Row::ZERO, 0);
    }
}

/// Paths that wait for their run without support, and weights of those on which covers moved
/// nothing.
struct Waiting {
    aside: Aside,
    bare: Lanes,
}

/// What measures a class: notional, balance as the run begins, units of time a year.
#[derive(Clone, Copy, Debug)]
struct Scale {
    notional: f64,
    opening: f64,
    per_year: f64,
}

impl Scale {
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
fn sum_up(worker: &mut Worker, weights: &Lanes) {
    let Worker { tally, sums, classes, segment, .. } = worker;
    tally.weight.add(Moments::of_each(&Row([1.0; LANES]), weights));
    for (class, (rows, &scale)) in classes.iter_mut().zip(&worker.scales).enumerate() {
        *rows = class_rows(sums, class, scale);
        tally.add_with(*segment, class, rows, weights);
    }
    let segment = &mut tally.segments[*segment];
    for (at, to) in tally.commitments.iter_mut().enumerate() {
        let called = flags(&sums.called[at]);
        let amounts = [&sums.called[at], &sums.paid[at], &sums.outstanding[at]]
            .map(|row| scaled(row, 1.0 / worker.initial));
        to.called.add(Moments::of_each(&called, weights));
        to.failed_when_called.add(Moments::of_each(&flags(&sums.failed[at]), weights));
        to.amount_called.add(Moments::of_each(&amounts[0], weights));
        to.amount_paid.add(Moments::of_each(&amounts[1], weights));
        to.unreimbursed.add(Moments::of_each(&amounts[2], weights));
        to.paid.add_lanes(&amounts[1], weights);
    }
    let pool = pool_rows(&worker.gathered.pool, worker.initial);
    segment.pool_loss.add(tally.pool.add_lanes(&pool, weights));
    add_fan(&mut tally.fan, sums, worker.senior, weights);
}

/// Adds paths that were run without support, by what they were `with` it; weighed as such, and as
/// those on which covers moved nothing.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl", "x86_64+avx2"))]
fn sum_up_without(
    (tally, segment): (&mut Tally, usize),
    sums: &PathSums,
    scales: &[Scale],
    with: &[ClassRows],
    [weights, bare]: [&Lanes; 2],
) {
    for (class, (&scale, with)) in scales.iter().zip(with).enumerate() {
        let without = class_rows(sums, class, scale);
        tally.replace_without(segment, class, with, &without, weights);
        tally.replace_bare(class, with, &without, bare);
    }
}

/// Of a class: unpaid, late, loss, years, value lost.
#[inline(always)]
fn class_rows(sums: &PathSums, class: usize, scale: Scale) -> ClassRows {
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
pub(super) fn pool_rows(pool: &[PoolFacts], initial: f64) -> [Lanes; 4] {
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
    let by_call = from.fails_by_call.iter().zip(&mut into.fails_by_call);
    for pair in by_call.chain(from.fails_by_test.iter().zip(&mut into.fails_by_test)) {
        if let (Some(from), Some(into)) = pair {
            into.0[to] = from.0[lane];
        }
    }
}

#[inline(always)]
fn copy_column(from: &[Lanes], lane: usize, into: &mut [Lanes], to: usize) {
    for at in 0..from.len().min(into.len()) {
        into[at].0[to] = from[at].0[lane];
    }
}
