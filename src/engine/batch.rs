//! Several scenarios at once. The order of results is that of the scenarios, on any number of
//! threads.

use rayon::prelude::*;

use super::flows::{Breach, Flows, run_all_ways};
use crate::deal::Deal;
use crate::scenario::Scenario;

/// One scenario's runs.
#[derive(Clone, Debug)]
pub struct Runs {
    pub with: Flows,
    pub without: Flows,
    /// Loan-level covers off too; none where the deal has no covers.
    pub bare: Option<Flows>,
    /// With support, where nothing comes back of what defaults; none where nothing defaults.
    pub unrecovered: Option<Flows>,
}

impl Runs {
    /// With support, without, and bare where there are covers.
    pub fn each(&self) -> impl Iterator<Item = &Flows> {
        [&self.with, &self.without].into_iter().chain(&self.bare)
    }
}

/// Runs every scenario with and without support, and bare; `done` is told after each.
pub fn run_all(
    deal: &Deal,
    scenarios: &[&Scenario],
    done: impl Fn() + Sync,
) -> Result<Vec<Runs>, Breach> {
    scenarios
        .par_iter()
        .map(|scenario| {
            let runs = run_all_ways(deal, scenario)?;
            done();
            Ok(runs)
        })
        .collect()
}

/// The same as [`each`]; whoever works on several does so in one room.
pub fn each_in<T: Sync, R: Send, W>(
    items: &[T],
    room: impl Fn() -> W + Sync + Send,
    work: impl Fn(&mut W, &T) -> R + Sync + Send,
) -> Vec<R> {
    items.par_iter().map_init(room, work).collect()
}

/// Works on every item; results in the order of the items, on any number of threads.
pub fn each<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync + Send) -> Vec<R> {
    items.par_iter().map(work).collect()
}
