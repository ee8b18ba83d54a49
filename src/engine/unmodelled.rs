//! What a deal may say and the engine does not do yet. Invariant: commands that run a deal ask here
//! first, so that nobody takes a result for what it is not.

use crate::deal::Deal;

/// What keeps a deal from being run, one line each; empty where it is modelled in full.
pub fn unmodelled(deal: &Deal) -> Vec<String> {
    let covers =
        deal.covers().first().map(|_| "covers.csv: loan-level covers are not modelled yet");
    covers.map(str::to_owned).into_iter().collect()
}
