//! Risk retention (风险自留): what the originator keeps of its own notes.
//!
//! Where a deal says so, the originator holds at least that share of all notes, and of the lowest
//! class (China's rule for credit ABS: 5% of each). Invariant: what is held is no more than there
//! is.

use super::Parts;
use super::check::{Fault, cell, term};
use super::paper::Tranche;
use crate::num::{Decimal, Fen, yuan_of};

/// What the originator holds, and of how much: of all notes, and of the lowest class.
pub fn holdings(tranches: &[Tranche]) -> [(Fen, Fen); 2] {
    let lowest = &tranches[tranches.len().saturating_sub(1)..];
    [tranches, lowest].map(|of| {
        let sum = |amount: fn(&Tranche) -> Fen| of.iter().map(amount).fold(0, Fen::saturating_add);
        (sum(|class| class.retained), sum(|class| class.notional))
    })
}

/// Classes held beyond their notional; holdings below the retention, to the fen.
pub(super) fn faults(parts: &Parts, out: &mut Vec<Fault>) {
    for (at, tranche) in parts.tranches.iter().enumerate() {
        if tranche.retained > tranche.notional {
            let (held, of) = (yuan_of(tranche.retained), yuan_of(tranche.notional));
            let text = format!("{}: {held} of {of} is held", tranche.name);
            out.push(cell("tranches", at, "retained", text));
        }
    }
    let Some(share) = parts.terms.retention else { return };
    let lowest = parts.tranches.last().map_or("", |last| &last.name);
    for (name, (held, notional)) in ["all notes", lowest].iter().zip(holdings(&parts.tranches)) {
        if Decimal::from(held) < share * Decimal::from(notional) {
            let kept = Decimal::from(held) / Decimal::from(notional) * Decimal::ONE_HUNDRED;
            let wanted = (share * Decimal::ONE_HUNDRED).normalize();
            let kept = kept.round_dp(4).normalize();
            let text = format!(
                "the originator holds {kept}% of {name}, {} of {} (want {wanted}%, column \
                 retained of tranches.csv)",
                yuan_of(held),
                yuan_of(notional),
            );
            out.push(term("retention", text));
        }
    }
}
