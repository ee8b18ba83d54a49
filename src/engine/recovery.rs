//! What comes back of a defaulted loan, and when.
//!
//! Flat: a share of defaulted principal, spread over months. From rights: each right sold at its
//! own date, its value shared by the live claims it secures, never more in all than the claim.

use super::collect::twelve_decimals;
use crate::asset::IpRight;
use crate::dates::{Date, DayCount, add_months};
use crate::deal::Deal;
use crate::num::{Decimal, Fen, Ratio, Rounding, pow, share};
use crate::scenario::{Recovery, RightAssumptions, Scenario};

/// A default as recovery sees it.
pub(crate) struct Defaulted {
    pub loan: usize,
    pub date: Date,
    /// Balance just before.
    pub opening: Fen,
    /// The part of it that defaults (all, but for rates).
    pub defaulted: Fen,
    /// Principal and interest due on the day: the most that a pledge pays.
    pub claim: Fen,
}

/// Whether recoveries depend on what other loans owe.
pub(crate) fn needs_balances(scenario: &Scenario) -> bool {
    matches!(scenario.recovery, Recovery::Rights(_))
}

/// Dates and amounts of what comes back. `claims` are the live balances by loan, used where one
/// right secures several.
pub(crate) fn recoveries(
    deal: &Deal,
    scenario: &Scenario,
    default: &Defaulted,
    claims: &[Fen],
) -> Vec<(Date, Fen)> {
    let rounding = deal.terms().rounding;
    match &scenario.recovery {
        Recovery::Flat { rate, shares } => flat(*rate, shares, default, rounding),
        Recovery::Rights(assumptions) => from_rights(deal, assumptions, default, claims),
    }
}

fn flat(
    rate: Decimal,
    shares: &[(u32, Decimal)],
    default: &Defaulted,
    rounding: Rounding,
) -> Vec<(Date, Fen)> {
    let total = Ratio::of_rate(rate).unwrap_or(Ratio::ZERO).of(default.defaulted, rounding);
    let mut left = total;
    let mut out = Vec::with_capacity(shares.len());
    for (at, (months, part)) in shares.iter().enumerate() {
        let part = Ratio::of_rate(*part).unwrap_or(Ratio::ZERO).of(total, rounding);
        let amount = if at + 1 == shares.len() { left } else { part.min(left) };
        left -= amount;
        if amount > 0 {
            out.push((add_months(default.date, *months as i32), amount));
        }
    }
    out
}

fn from_rights(
    deal: &Deal,
    assumptions: &RightAssumptions,
    default: &Defaulted,
    claims: &[Fen],
) -> Vec<(Date, Fen)> {
    let rounding = deal.terms().rounding;
    let mut sales: Vec<(Date, Fen)> = Vec::new();
    for right in deal.rights().iter().filter(|right| right.loans.contains(&default.loan)) {
        let months = right.months_to_sale.unwrap_or(assumptions.months_to_sale);
        let sold_on = add_months(default.date, months as i32);
        let proceeds = sale_value(right, assumptions, sold_on, rounding);
        let secured: Fen = right.loans.iter().map(|&loan| claims[loan]).sum();
        sales.push((sold_on, share(proceeds, default.opening, secured, rounding)));
    }
    sales.sort_by_key(|sale| sale.0);
    let mut left = default.claim;
    for sale in &mut sales {
        sale.1 = sale.1.min(left);
        left -= sale.1;
    }
    for sale in &mut sales {
        sale.1 = share(sale.1, default.defaulted, default.opening, rounding);
    }
    sales.retain(|sale| sale.1 > 0);
    sales
}

/// What a right fetches on a day: appraised x (1 - decay)^years x (1 - haircut) x (1 - cost);
/// nothing from its expiry on.
pub fn sale_value(
    right: &IpRight,
    assumptions: &RightAssumptions,
    sold_on: Date,
    rounding: Rounding,
) -> Fen {
    if sold_on >= right.expiry {
        return 0;
    }
    let of_kind = assumptions.haircut.iter().find(|(kind, _)| *kind == right.kind);
    let haircut = of_kind.map_or(assumptions.haircut_else, |(_, haircut)| *haircut);
    let kept = (Decimal::ONE - right.haircut.unwrap_or(haircut))
        * (Decimal::ONE - right.sale_cost.unwrap_or(assumptions.sale_cost));
    let decay = right.decay_pa.unwrap_or(assumptions.decay_pa);
    let decay = Ratio::of_rate(decay).unwrap_or(Ratio::ZERO).as_f64();
    let years = DayCount::Act365.fraction(right.valuation_date, sold_on).as_f64();
    let worth = twelve_decimals(pow(1.0 - decay, years.max(0.0)));
    let kept = Ratio::of_rate(kept.round_dp(12)).unwrap_or(Ratio::ZERO);
    kept.of(worth.of(right.appraised_value, rounding), rounding)
}
