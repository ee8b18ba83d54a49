//! Paying by units of 100 yuan of face: floor(amount / units, to so many decimals) x units.
//!
//! A tick is units x the last decimal. Invariant: a checked deal has ticks of whole fen, notionals
//! and balances in whole ticks, and plans in whole ticks; since principal is paid in whole ticks, a
//! balance never ends with a rest, and the last payment pays it in full.

use super::Parts;
use super::check::{Fault, cell, table};
use super::paper::{Amortisation, PlanRow, Tranche};
use super::terms::Terms;
use crate::num::{Fen, yuan_of};

/// Face of one unit, in fen.
pub const FACE: Fen = 100 * 100;

/// Decimals of a yuan that a unit may be paid in at most.
pub const MOST_UNIT_DECIMALS: u32 = 8;

/// The tick of a class, in fen; none where it is paid to the fen.
pub(super) fn tick(terms: &Terms, tranche: &Tranche) -> Option<Fen> {
    let tick = tranche.notional / fen_a_tick(terms.unit_decimals?);
    (tick > 0).then_some(tick)
}

/// Fen of notional for each fen of its tick.
fn fen_a_tick(decimals: u32) -> Fen {
    10_i64.pow(2 + decimals.min(MOST_UNIT_DECIMALS))
}

/// Classes whose units, or whose ticks, are not whole; and balances of a state in mid-life.
pub(super) fn faults(parts: &Parts, out: &mut Vec<Fault>) {
    let Some(decimals) = parts.terms.unit_decimals else { return };
    for (at, tranche) in parts.tranches.iter().enumerate() {
        let (name, notional) = (&tranche.name, tranche.notional);
        let mut fault = |text: String| out.push(cell("tranches", at, "notional", text));
        if notional % FACE != 0 {
            let yuan = yuan_of(notional);
            fault(format!(
                "{name}: {yuan} is no whole number of 100 yuan (unit_decimals wants it)"
            ));
            continue;
        }
        let fits = |decimals: &u32| notional % fen_a_tick(*decimals) == 0;
        if !fits(&decimals) {
            let most = (0..MOST_UNIT_DECIMALS).rev().find(fits).unwrap_or(0);
            let units = notional / FACE;
            fault(format!(
                "{name}: unit_decimals {decimals} pays its {units} units fractions of a fen \
                 (want at most {most})"
            ));
            continue;
        }
        let balance = parts.state.as_ref().and_then(|state| state.notes.get(at));
        if let (Some((balance, _)), Some(tick)) = (balance, tick(&parts.terms, tranche))
            && balance % tick != 0
        {
            let (balance, tick) = (yuan_of(*balance), yuan_of(tick));
            let text = format!(
                "note_balance of {name}: {balance} is no whole number of {tick}, the least that \
                 unit_decimals pays it"
            );
            out.push(table("state", text));
        }
    }
}

/// Plans in whole ticks: principal as far as the plan so far makes whole ticks, its rest with the
/// next date; balances no lower than the plan has them.
pub(super) fn plan_in_ticks(mut parts: Parts) -> Parts {
    for tranche in &mut parts.tranches {
        let Some(tick) = tick(&parts.terms, tranche) else { continue };
        match &mut tranche.amortisation {
            Amortisation::TargetPrincipal(rows) => {
                let (mut planned, mut payable) = (0, 0);
                for row in rows {
                    planned += row.amount;
                    row.amount = planned / tick * tick - payable;
                    payable += row.amount;
                }
            }
            Amortisation::TargetBalance(rows) | Amortisation::Turbo { target_balance: rows } => {
                let up = |row: &mut PlanRow| row.amount = (row.amount + tick - 1) / tick * tick;
                rows.iter_mut().for_each(up);
            }
            Amortisation::PassThrough | Amortisation::Bullet => {}
        }
    }
    parts
}
