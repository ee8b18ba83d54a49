//! When defaults fall: a cumulative default rate over collection periods.
//!
//! Defaults of a period = rate x share of the timing x initial principal. Invariant: shares of a
//! timing sum to 1, as near as they are written, however they are brought forward.

use super::collect::collect;
use super::periods::Period;
use super::pool::Pool;
use crate::deal::Deal;
use crate::num::{Decimal, Fen, Ratio, yuan_of};
use crate::scenario::{DefaultRate, DefaultTiming, Scenario};

/// Cumulative defaults by period: rate x timing share x initial principal.
pub(crate) fn to_default(
    deal: &Deal,
    scenario: &Scenario,
    pool: &Pool,
    periods: usize,
) -> Vec<Fen> {
    let DefaultRate::Cumulative { rate, timing } = &scenario.defaults else {
        return vec![0; periods];
    };
    let even = even(pool, periods);
    let timing = if timing.is_empty() { &even } else { timing };
    let shares = front_loaded(timing, scenario.front_loaded);
    let amount = |share: &Decimal| {
        let part = Ratio::of_rate((rate * share).round_dp(12)).unwrap_or(Ratio::ZERO);
        part.of(deal.initial_principal(), deal.terms().rounding)
    };
    let mut amounts: Vec<Fen> = shares.iter().take(periods).map(amount).collect();
    amounts.resize(periods, 0);
    amounts
}

/// The scenario's default timing, by collection period: that of its cumulative rate, brought
/// forward as it says (named defaults beside it are not in it); else the shares in which its rates
/// and named events make the pool default, without what has defaulted in any case; even up to the
/// last due date where they never do.
pub fn default_timing(
    deal: &Deal,
    scenario: &Scenario,
    pool: &Pool,
    periods: &[Period],
) -> DefaultTiming {
    if let DefaultRate::Cumulative { rate, timing } = &scenario.defaults {
        let even = even(pool, periods.len());
        let timing = if timing.is_empty() { &even } else { timing };
        let shares = front_loaded(timing, scenario.front_loaded);
        return DefaultTiming { rate: *rate, shares };
    }
    let spared = without_defaults(scenario);
    let [all, certain] = [scenario, &spared].map(|of| collect(deal, of, pool, periods));
    let both = all.rows.iter().zip(&certain.rows);
    let mut own: Vec<Fen> =
        both.map(|(all, certain)| (all.defaulted - certain.defaulted).max(0)).collect();
    own.truncate(own.iter().rposition(|&fen| fen > 0).map_or(0, |last| last + 1));
    let sum: Fen = own.iter().sum();
    let shares = match sum {
        0 => even(pool, periods.len()),
        sum => own.iter().map(|&own| yuan_of(own) / yuan_of(sum)).collect(),
    };
    DefaultTiming { rate: yuan_of(sum) / yuan_of(deal.initial_principal().max(1)), shares }
}

/// The scenario as if nobody defaulted who has not already.
pub fn without_defaults(scenario: &Scenario) -> Scenario {
    Scenario {
        defaults: DefaultRate::None,
        front_loaded: Decimal::ZERO,
        obligor_defaults: Vec::new(),
        ..scenario.clone()
    }
}

/// The same share in every period up to the last due date.
fn even(pool: &Pool, periods: usize) -> Vec<Decimal> {
    let last = pool.dues.iter().map(|due| due.period as usize).max();
    let active = (last.unwrap_or(0) + 1).min(periods);
    vec![Decimal::ONE / Decimal::from(active.max(1)); active]
}

/// Every share times 1 - x; the x taken is added pro rata to the first half of the periods (rounded
/// up); a negative x adds it to the second half instead.
pub fn front_loaded(timing: &[Decimal], x: Decimal) -> Vec<Decimal> {
    if x.is_zero() {
        return timing.to_vec();
    }
    let half = timing.len().div_ceil(2);
    let taken = x.abs();
    let favoured = |at: usize| {
        if x >= Decimal::ZERO { at < half } else { at >= half }
    };
    let weight: Decimal =
        timing.iter().enumerate().filter(|(at, _)| favoured(*at)).map(|(_, share)| *share).sum();
    let moved = |(at, share): (usize, &Decimal)| {
        let added =
            if favoured(at) && !weight.is_zero() { taken * share / weight } else { Decimal::ZERO };
        share * (Decimal::ONE - taken) + added
    };
    if weight.is_zero() { timing.to_vec() } else { timing.iter().enumerate().map(moved).collect() }
}
