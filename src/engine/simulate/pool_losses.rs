//! What a pool loses on drawn paths, whatever the order of payment.
//!
//! Firms default and rights are sold as in every simulation; nothing is paid out. Invariant: the
//! sums are those of the pool in the whole simulation, but for the order in which they are added.

use std::ops::Range;

use multiversion::multiversion;

use super::covers::CoverRoom;
use super::fates::{Fates, PATHS};
use super::gather::{Gathered, PoolFacts};
use super::tally::PoolTally;
use super::worker::pool_rows;
use super::{Simulation, chunks, on_every_thread};
use crate::engine::lanes::{LANES, Lanes};
use crate::num::Row;

impl Simulation<'_> {
    /// The pool of some of the blocks of a simulation of `paths` paths; as [`Simulation::run`].
    pub fn pool_losses(&self, blocks: Range<u64>, paths: u64) -> PoolTally {
        let chunks = chunks(blocks, Self::blocks(paths));
        let parts = on_every_thread(&chunks, |chunks| {
            let mut room = (self.sampler.room(1, paths), Gathered::new(self), CoverRoom::default());
            let mut sums = PoolTally::new();
            for block in chunks.cloned().flatten() {
                let count = (paths - block * PATHS as u64).min(PATHS as u64) as usize;
                add_block(self, block, count, &mut room, &mut sums);
            }
            sums
        });
        parts.iter().fold(PoolTally::new(), |mut all, part| {
            all.merge(part);
            all
        })
    }
}

fn add_block(
    simulation: &Simulation<'_>,
    block: u64,
    count: usize,
    (fates, gathered, covers): &mut (Fates, Gathered, CoverRoom),
    sums: &mut PoolTally,
) {
    simulation.sampler.sample(block..block + 1, fates);
    let initial = simulation.deal.initial_principal() as f64;
    for from in (0..count).step_by(LANES) {
        gathered.gather(simulation, fates, from);
        if simulation.covers.is_some() {
            covers.settle(simulation, fates, from, gathered);
        }
        let mut weights = Row::ZERO;
        for lane in 0..(count - from).min(LANES) {
            weights.0[lane] = fates.weight_of(fates.path_at(from + lane));
        }
        add_paths(sums, &gathered.pool, initial, &weights);
    }
}

#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl", "x86_64+avx2"))]
fn add_paths(sums: &mut PoolTally, pool: &[PoolFacts], initial: f64, weights: &Lanes) {
    sums.add_lanes(&pool_rows(pool, initial), weights);
}
