//! What a deal may say and the engine does not do yet. Invariant: commands that run a deal ask here
//! first, so that nobody takes a result for what it is not.

use crate::deal::{CoverPays, Deal};

/// What keeps a deal from being run, one line each; empty where it is modelled in full.
pub fn unmodelled(deal: &Deal) -> Vec<String> {
    let mut out = Vec::new();
    if deal.state().is_some() && !deal.covers().is_empty() {
        let text = "covers.csv: covers of a deal in mid-life are not modelled yet";
        out.push(text.to_owned());
    }
    for cover in deal.covers().iter().filter(|of| of.pays == CoverPays::OnInfringement) {
        let giver = &deal.supporters()[cover.supporter];
        if giver.paying_capacity.is_some() {
            out.push(format!(
                "supporters.csv: {}: a paying_capacity behind infringement cover is not modelled \
                 yet",
                giver.name
            ));
        }
    }
    for (at, supporter) in deal.supporters().iter().enumerate() {
        let commits = deal.commitments().iter().any(|commitment| commitment.supporter == at);
        let covers = deal.covers().iter().any(|cover| cover.supporter == at);
        if supporter.paying_capacity.is_some() && commits && covers {
            out.push(format!(
                "supporters.csv: {}: a paying_capacity that covers and commitments share is not \
                 modelled yet",
                supporter.name
            ));
        }
    }
    out
}
