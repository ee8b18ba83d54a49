//! Paths that are drawn and gathered once, and paid out under one paper after another.
//!
//! What the pool pays in does not depend on how the notes are cut, so all candidates of a size
//! share every draw (common random numbers) and only the waterfall runs again. Invariant: under the
//! deal's own classes the sums are those of the simulation itself.
//!
//! Paths are kept with those on which most of the pool defaults first, so that a size at which too
//! many are hurt is known after few; and with those beside each other whose last cash comes in the
//! same period, since paths that run side by side take as long as the longest of them. Sums do not
//! depend on the order: each path adds whole units.

use std::cmp::Reverse;

use rayon::prelude::*;

use super::Simulation;
use super::covers::CoverRoom;
use super::fates::{Fates, NEVER, PATHS};
use super::gather::Gathered;
use super::ruler;
use super::tally::Moments;
use super::worker::copy_path;
use crate::deal::Deal;
use crate::engine::Support;
use crate::engine::compile::plan;
use crate::engine::lanes::{LANES, PathSums, Room, Ruler, pay_out};
use crate::engine::period::Inputs;
use crate::engine::plan::Plan;
use crate::num::Row;

/// Bytes of paths that are kept at most: 4 GiB.
const MOST_BYTES: u64 = 4 << 30;
/// Blocks that are drawn, and put in order, by one thread before it takes others.
const DRAWN_TOGETHER: usize = 32;
/// Batches that are paid out by one thread before it takes others.
const PAID_TOGETHER: usize = 8;
/// Batches after which it is first asked whether more are needed; then after twice as many.
const FIRST_ROUND: usize = 32;

/// Paths that run side by side; a lane without a path weighs nothing.
#[derive(Clone, Debug)]
struct Batch {
    inputs: Inputs<f64, LANES>,
    weights: Row<f64, LANES>,
    filled: usize,
}

/// Paths of a simulation.
#[derive(Clone, Debug)]
pub struct KeptPaths<'a> {
    simulation: &'a Simulation<'a>,
    /// Paths on which something happens.
    batches: Vec<Batch>,
    /// One path on which nothing does, and the weights of all of them.
    calm: Option<(Batch, Moments)>,
    paths: u64,
}

/// On how many paths a class is hurt, weighed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ClassHits {
    /// Principal or interest is unpaid at the end.
    pub unpaid: Moments,
    /// Something due was not paid in full on some date.
    pub late: Moments,
}

impl ClassHits {
    fn add(&mut self, other: &ClassHits) {
        self.unpaid.add(other.unpaid);
        self.late.add(other.late);
    }
}

/// Batches that are being filled.
#[derive(Clone, Debug, Default)]
struct Pack {
    batches: Vec<Batch>,
    calm: Option<(Batch, Moments)>,
}

impl Pack {
    fn push(&mut self, empty: &Batch, from: &Inputs<f64, LANES>, lane: usize, weight: f64) {
        if self.batches.last().is_none_or(|batch| batch.filled == LANES) {
            self.batches.push(empty.clone());
        }
        if let Some(batch) = self.batches.last_mut() {
            batch.push(from, lane, weight);
        }
    }

    /// A path on which nothing happens.
    fn push_calm(&mut self, empty: &Batch, from: &Inputs<f64, LANES>, lane: usize, weight: f64) {
        let (_, weights) = self.calm.get_or_insert_with(|| {
            let mut batch = empty.clone();
            batch.push(from, lane, 1.0);
            (batch, Moments::default())
        });
        weights.add(Moments::of(weight));
    }

    /// Paths that are alike side by side.
    fn in_order(self, empty: &Batch, pool: f64) -> Pack {
        let of_batch = |(at, batch): (usize, &Batch)| {
            let of_lane = |lane: usize| (batch.place(lane, pool), at, lane);
            (0..batch.filled).map(of_lane).collect::<Vec<_>>()
        };
        let mut places: Vec<(Place, usize, usize)> =
            self.batches.iter().enumerate().flat_map(of_batch).collect();
        places.sort_unstable();
        let mut pack = Pack { calm: self.calm, ..Pack::default() };
        for (_, at, lane) in places {
            let Batch { inputs, weights, .. } = &self.batches[at];
            pack.push(empty, inputs, lane, weights.0[lane]);
        }
        pack
    }

    fn merge(mut self, other: Pack) -> Pack {
        self.batches.extend(other.batches);
        self.calm = match (self.calm, other.calm) {
            (Some((batch, mut weights)), Some((_, more))) => {
                weights.add(more);
                Some((batch, weights))
            }
            (one, other) => one.or(other),
        };
        self
    }
}

/// Where a path comes: by sixteenths of the pool that default on it, the most first, then those on
/// which a supporter fails after the others, then by the last period with cash.
type Place = (Reverse<u8>, bool, u32);

impl Batch {
    fn place(&self, lane: usize, pool: f64) -> Place {
        let defaulted: f64 = self.inputs.defaulted.iter().map(|row| row.0[lane]).sum();
        let sixteenths = (16.0 * defaulted / pool) as u8;
        let periods = self.inputs.defaulted.len() as f64;
        let mut supporters = self.inputs.fails_by_call.iter().flatten();
        let fails = supporters.any(|row| row.0[lane] < periods);
        (Reverse(sixteenths), fails, self.inputs.last_cash.0[lane] as u32)
    }

    fn push(&mut self, from: &Inputs<f64, LANES>, lane: usize, weight: f64) {
        let (into, to) = (&mut self.inputs, self.filled);
        copy_path(from, lane, into, to);
        self.weights.0[to] = weight;
        self.filled += 1;
    }
}

impl<'a> KeptPaths<'a> {
    /// Draws. Told where so many paths are more than is kept.
    pub fn new(simulation: &'a Simulation<'a>, paths: u64) -> Result<KeptPaths<'a>, String> {
        let gathered = Gathered::new(simulation);
        let empty = Batch { inputs: gathered.inputs.clone(), weights: Row::ZERO, filled: 0 };
        let bytes = paths.div_ceil(LANES as u64) * bytes(&gathered.inputs);
        if bytes > MOST_BYTES {
            let most = paths * (MOST_BYTES >> 20) / (bytes >> 20).max(1);
            return Err(format!(
                "{paths} paths of this deal are more than is kept at a time (want at most {most})"
            ));
        }
        let blocks: Vec<u64> = (0..Simulation::blocks(paths)).collect();
        let room = || (simulation.sampler.room(1, paths), gathered.clone(), CoverRoom::default());
        let pool = simulation.principal.max(1.0);
        let packed = blocks.par_chunks(DRAWN_TOGETHER).map_init(room, |room, blocks| {
            let mut pack = Pack::default();
            for &block in blocks {
                let count = (paths - block * PATHS as u64).min(PATHS as u64) as usize;
                draw(simulation, block, count, &empty, room, &mut pack);
            }
            pack.in_order(&empty, pool)
        });
        let packed = packed.collect::<Vec<Pack>>().into_iter().fold(Pack::default(), Pack::merge);
        let Pack { mut batches, calm } = packed;
        batches.sort_by_key(|batch| batch.place(0, pool));
        Ok(KeptPaths { simulation, batches, calm, paths })
    }

    /// How many there are.
    pub fn paths(&self) -> u64 {
        self.paths
    }

    /// By class of a deal that differs from the simulated one in its paper alone.
    pub fn hits(&self, deal: &Deal, support: Support) -> Vec<ClassHits> {
        self.hits_until(deal, support, deal.tranches().len(), |_| false).unwrap_or_default()
    }

    /// The same of the first so many classes; none once `enough` says of what was hit so far, which
    /// only grows, that no more need be looked at.
    pub fn hits_until(
        &self,
        deal: &Deal,
        support: Support,
        classes: usize,
        enough: impl Fn(&[ClassHits]) -> bool,
    ) -> Option<Vec<ClassHits>> {
        let mut hits = vec![ClassHits::default(); classes];
        let paying = Paying::new(self.simulation, deal, support).of_first(classes);
        let of_batch = |batch: &Batch, sums: &PathSums| -> Vec<ClassHits> {
            (0..classes).map(|class| class_hits(sums, class, &batch.weights)).collect()
        };
        let (mut left, mut round) = (self.batches.as_slice(), FIRST_ROUND);
        while !left.is_empty() {
            let (batches, others) = left.split_at(round.min(left.len()));
            for part in paying.each_batch(batches, of_batch) {
                hits.iter_mut().zip(&part).for_each(|(all, part)| all.add(part));
            }
            if enough(&hits) {
                return None;
            }
            (left, round) = (others, 2 * round);
        }
        if let Some((batch, weights)) = &self.calm {
            let of = |hit: Moments| if hit.sum > 0 { *weights } else { Moments::default() };
            let calm = paying.each_batch(std::slice::from_ref(batch), of_batch);
            for (hits, one) in hits.iter_mut().zip(calm.into_iter().flatten()) {
                hits.add(&ClassHits { unpaid: of(one.unpaid), late: of(one.late) });
            }
        }
        Some(hits)
    }

    /// By class of a deal that differs from the simulated one in its paper alone: 1 less the
    /// present value of all that it is paid over its notional, weighed; none for one without a
    /// coupon.
    pub fn value_lost(&self, deal: &Deal, support: Support) -> Vec<Option<Moments>> {
        let mut paying = Paying::new(self.simulation, deal, support);
        paying.ruler = ruler(deal, &self.simulation.periods, &paying.plan).0;
        let classes: Vec<(f64, bool)> = deal
            .tranches()
            .iter()
            .zip(&paying.ruler.discount)
            .map(|(class, discount)| (class.notional.max(1) as f64, discount.is_some()))
            .collect();
        let of_batch = |batch: &Batch, sums: &PathSums| -> Vec<Moments> {
            let of_class = |(value, (notional, _)): (&Row<f64, LANES>, &(f64, bool))| {
                let lost = value.0.map(|value| 1.0 - value / notional);
                Moments::of_each(&Row(lost), &batch.weights)
            };
            sums.value.iter().zip(&classes).map(of_class).collect()
        };
        let mut lost = vec![Moments::default(); classes.len()];
        for part in paying.each_batch(&self.batches, of_batch) {
            lost.iter_mut().zip(part).for_each(|(all, part)| all.add(part));
        }
        if let Some((batch, weights)) = &self.calm {
            let calm = paying.each_batch(std::slice::from_ref(batch), of_batch);
            for (lost, one) in lost.iter_mut().zip(calm.into_iter().flatten()) {
                lost.add(weights.times(one.mean(1)));
            }
        }
        lost.into_iter().zip(classes).map(|(lost, (_, valued))| valued.then_some(lost)).collect()
    }

    /// Those on which one of the first so many classes is hurt. They count as so many paths as
    /// before: on the others nothing is hit.
    pub fn hurt(&self, deal: &Deal, support: Support, classes: usize) -> KeptPaths<'a> {
        let gathered = Gathered::new(self.simulation);
        let empty = Batch { inputs: gathered.inputs, weights: Row::ZERO, filled: 0 };
        let hurts = |sums: &PathSums, lane: usize| {
            let of = |rows: &[Row<f64, LANES>]| rows.iter().any(|row| row.0[lane] > 0.0);
            of(&sums.unpaid_principal[..classes])
                || of(&sums.unpaid_interest[..classes])
                || of(&sums.late[..classes])
        };
        let paying = Paying::new(self.simulation, deal, support).of_first(classes);
        let hurt = paying.each_batch(&self.batches, |batch, sums| {
            (0..batch.filled).filter(|&lane| hurts(sums, lane)).collect::<Vec<usize>>()
        });
        let mut pack = Pack::default();
        for (batch, lanes) in self.batches.iter().zip(hurt) {
            for lane in lanes {
                pack.push(&empty, &batch.inputs, lane, batch.weights.0[lane]);
            }
        }
        KeptPaths { batches: pack.batches, calm: self.calm.clone(), ..self.clone_empty() }
    }

    fn clone_empty(&self) -> KeptPaths<'a> {
        let (simulation, paths) = (self.simulation, self.paths);
        KeptPaths { simulation, batches: Vec::new(), calm: None, paths }
    }
}

/// How paths are paid out under one paper.
struct Paying {
    plan: Plan<f64>,
    ruler: Ruler,
    sums: PathSums,
}

impl Paying {
    fn new(simulation: &Simulation<'_>, deal: &Deal, support: Support) -> Paying {
        let supported = matches!(support, Support::With);
        let Simulation { scenario, periods, .. } = simulation;
        let plan = plan::<f64>(deal, scenario, periods, supported);
        Paying { ruler: Ruler::unweighed(&plan), sums: PathSums::new(&plan, None), plan }
    }

    /// As far as the first so many classes need.
    fn of_first(self, classes: usize) -> Paying {
        Paying { sums: self.sums.of_first(classes), ..self }
    }

    /// Pays batches out; what is made of each, in order.
    fn each_batch<R: Send>(
        &self,
        batches: &[Batch],
        make: impl Fn(&Batch, &PathSums) -> R + Sync,
    ) -> Vec<R> {
        let Paying { plan, ruler, sums } = self;
        let room = || (Room::new(plan), sums.clone());
        let part = |(room, sums): &mut (Room, PathSums), batches: &[Batch]| {
            let one = |batch: &Batch| {
                pay_out(plan, &batch.inputs, ruler, room, sums);
                make(batch, sums)
            };
            batches.iter().map(one).collect::<Vec<R>>()
        };
        let parts: Vec<Vec<R>> = batches.par_chunks(PAID_TOGETHER).map_init(room, part).collect();
        parts.into_iter().flatten().collect()
    }
}

/// Draws a block; paths on which nothing happens are all the same.
fn draw(
    simulation: &Simulation<'_>,
    block: u64,
    count: usize,
    empty: &Batch,
    (fates, gathered, covers): &mut (Fates, Gathered, CoverRoom),
    pack: &mut Pack,
) {
    simulation.sampler.sample(block..block + 1, fates);
    for from in (0..count).step_by(LANES) {
        gathered.gather(simulation, fates, from);
        covers.settle(simulation, fates, from, gathered);
        for lane in 0..(count - from).min(LANES) {
            let path = from + lane;
            let weight = fates.weight_of(path);
            let (inputs, calm) = (&gathered.inputs, is_calm(simulation, fates, path));
            match calm {
                true => pack.push_calm(empty, inputs, lane, weight),
                false => pack.push(empty, inputs, lane, weight),
            }
        }
    }
}

/// Nobody defaults, no supporter fails, nothing is paid back early and no sales vary.
fn is_calm(simulation: &Simulation<'_>, fates: &Fates, path: usize) -> bool {
    let quiet = fates.first[path] == fates.first[path + 1];
    let lives = fates.failures.iter().all(|by_path| by_path[path] == NEVER);
    let draws = simulation.sampler.prepayments.is_some() || simulation.sales.is_some();
    quiet && lives && !draws
}

fn class_hits(sums: &PathSums, class: usize, weights: &Row<f64, LANES>) -> ClassHits {
    let (principal, interest) = (&sums.unpaid_principal[class].0, &sums.unpaid_interest[class].0);
    let (mut unpaid, mut late) = (Row::ZERO, Row::ZERO);
    for lane in 0..LANES {
        unpaid.0[lane] = if principal[lane] + interest[lane] > 0.0 { 1.0 } else { 0.0 };
        late.0[lane] = if sums.late[class].0[lane] > 0.0 { 1.0 } else { 0.0 };
    }
    ClassHits { unpaid: Moments::of_each(&unpaid, weights), late: Moments::of_each(&late, weights) }
}

/// What one batch takes.
fn bytes(inputs: &Inputs<f64, LANES>) -> u64 {
    let Inputs { interest, principal, recovered, defaulted, fails_by_call, fails_by_test, .. } =
        inputs;
    let always = [interest, principal, recovered, defaulted];
    let some = [&inputs.prepaid, &inputs.sold, &inputs.recognised];
    let rows: usize = always.iter().map(|rows| rows.len()).sum::<usize>()
        + some.iter().map(|rows| rows.as_ref().map_or(0, Vec::len)).sum::<usize>()
        + fails_by_call.iter().chain(fails_by_test).flatten().count();
    (rows * LANES * size_of::<f64>()) as u64
}
