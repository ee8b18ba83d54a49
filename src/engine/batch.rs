//! Several scenarios at once. The order of results is that of the scenarios, on any number of
//! threads.

use rayon::prelude::*;

use super::flows::{Breach, Flows, Support, run, run_both};
use crate::deal::Deal;
use crate::scenario::Scenario;

/// One scenario's runs.
#[derive(Clone, Debug)]
pub struct Runs {
    pub with: Flows,
    pub without: Flows,
    /// With support, where nothing comes back of what defaults; none where nothing defaults.
    pub unrecovered: Option<Flows>,
}

/// Runs every scenario with and without support; `done` is told after each.
pub fn run_all(
    deal: &Deal,
    scenarios: &[&Scenario],
    done: impl Fn() + Sync,
) -> Result<Vec<Runs>, Breach> {
    scenarios
        .par_iter()
        .map(|scenario| {
            let (with, without) = run_both(deal, scenario)?;
            let defaulted = with.collections.rows.iter().any(|row| row.defaulted > 0);
            let bare = || run(deal, &scenario.without_recovery(), Support::With);
            let unrecovered = defaulted.then(bare).transpose()?;
            done();
            Ok(Runs { with, without, unrecovered })
        })
        .collect()
}

/// Works on every item; results in the order of the items, on any number of threads.
pub fn each<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync + Send) -> Vec<R> {
    items.par_iter().map(work).collect()
}
