//! Paths that are drawn and gathered once, and paid out under one paper after another.
//!
//! What the pool pays in does not depend on how the notes are cut, so all candidates of a size
//! share every draw (common random numbers) and only the waterfall runs again. Invariant: under the
//! deal's own classes the sums are those of the simulation itself.

use rayon::prelude::*;

use super::Simulation;
use super::covers::CoverRoom;
use super::fates::PATHS;
use super::gather::Gathered;
use super::tally::Moments;
use crate::deal::Deal;
use crate::engine::Support;
use crate::engine::compile::plan;
use crate::engine::lanes::{LANES, PathSums, Room, Ruler, pay_out};
use crate::engine::period::Inputs;
use crate::num::Row;

/// Bytes of paths that are kept at most: 4 GiB.
const MOST_BYTES: u64 = 4 << 30;
/// Batches that one thread pays out before it takes others.
const TOGETHER: usize = 16;

/// Paths that run side by side; a lane without a path weighs nothing.
#[derive(Clone, Debug)]
struct Batch {
    inputs: Inputs<f64, LANES>,
    weights: Row<f64, LANES>,
}

/// Paths of a simulation.
#[derive(Clone, Debug)]
pub struct KeptPaths<'a> {
    simulation: &'a Simulation<'a>,
    batches: Vec<Batch>,
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

impl<'a> KeptPaths<'a> {
    /// Draws. Told where so many paths are more than is kept.
    pub fn new(simulation: &'a Simulation<'a>, paths: u64) -> Result<KeptPaths<'a>, String> {
        let gathered = Gathered::new(simulation);
        let bytes = paths.div_ceil(LANES as u64) * bytes(&gathered.inputs);
        if bytes > MOST_BYTES {
            let most = paths * (MOST_BYTES >> 20) / (bytes >> 20).max(1);
            return Err(format!(
                "{paths} paths of this deal are more than is kept at a time (want at most {most})"
            ));
        }
        let blocks: Vec<u64> = (0..Simulation::blocks(paths)).collect();
        let drawn = blocks.par_iter().map_init(
            || (simulation.sampler.room(), gathered.clone(), CoverRoom::default()),
            |(fates, gathered, covers), &block| {
                simulation.sampler.sample(block, fates);
                let left = (paths - block * PATHS as u64).min(PATHS as u64) as usize;
                let batch = |from: usize| {
                    gathered.gather(simulation, fates, from);
                    covers.settle(simulation, fates, from, gathered);
                    let mut weights = Row::ZERO;
                    for lane in 0..(left - from).min(LANES) {
                        let weight = fates.weights.get(from + lane);
                        weights.0[lane] = weight.copied().unwrap_or(1.0);
                    }
                    Batch { inputs: gathered.inputs.clone(), weights }
                };
                (0..left).step_by(LANES).map(batch).collect::<Vec<Batch>>()
            },
        );
        let batches = drawn.collect::<Vec<_>>().into_iter().flatten().collect();
        Ok(KeptPaths { simulation, batches, paths })
    }

    /// How many there are.
    pub fn paths(&self) -> u64 {
        self.paths
    }

    /// By class of a deal that differs from the simulated one in its paper alone.
    pub fn hits(&self, deal: &Deal, support: Support) -> Vec<ClassHits> {
        let supported = matches!(support, Support::With);
        let Simulation { scenario, periods, .. } = self.simulation;
        let plan = plan::<f64>(deal, scenario, periods, supported);
        let classes = deal.tranches().len();
        let ruler = Ruler { time: vec![0.0; plan.periods], discount: vec![None; classes] };
        let none = || vec![ClassHits::default(); classes];
        let part = |batches: &[Batch]| {
            let (mut room, mut sums) = (Room::new(&plan), PathSums::new(&plan, None));
            let mut hits = none();
            for Batch { inputs, weights } in batches {
                pay_out(&plan, inputs, &ruler, &mut room, &mut sums);
                for (class, hits) in hits.iter_mut().enumerate() {
                    hits.add(&class_hits(&sums, class, weights));
                }
            }
            hits
        };
        let together = |mut all: Vec<ClassHits>, part: Vec<ClassHits>| {
            all.iter_mut().zip(&part).for_each(|(all, part)| all.add(part));
            all
        };
        self.batches.par_chunks(TOGETHER).map(part).reduce(none, together)
    }
}

fn class_hits(sums: &PathSums, class: usize, weights: &Row<f64, LANES>) -> ClassHits {
    let (principal, interest) = (&sums.unpaid_principal[class].0, &sums.unpaid_interest[class].0);
    let (mut unpaid, mut late) = ([0.0; LANES], [0.0; LANES]);
    for lane in 0..LANES {
        unpaid[lane] = if principal[lane] + interest[lane] > 0.0 { 1.0 } else { 0.0 };
        late[lane] = if sums.late[class].0[lane] > 0.0 { 1.0 } else { 0.0 };
    }
    ClassHits {
        unpaid: Moments::of_lanes(&unpaid, &weights.0),
        late: Moments::of_lanes(&late, &weights.0),
    }
}

/// What one batch takes.
fn bytes(inputs: &Inputs<f64, LANES>) -> u64 {
    let Inputs { interest, principal, recovered, defaulted, alive, failed, .. } = inputs;
    let always = [interest, principal, recovered, defaulted];
    let some = [&inputs.prepaid, &inputs.sold, &inputs.recognised];
    let rows: usize = always.iter().map(|rows| rows.len()).sum::<usize>()
        + some.iter().map(|rows| rows.as_ref().map_or(0, Vec::len)).sum::<usize>()
        + alive.iter().chain(failed).map(Vec::len).sum::<usize>();
    (rows * LANES * size_of::<f64>()) as u64
}
