//! What comes back of a defaulted loan, and when.
//!
//! Flat: a share of defaulted principal, spread over months. From rights: each right sold at its
//! own date, its value shared by the live claims it secures, never more in all than the claim.

use super::rates::twelve_decimals;
use crate::asset::IpRight;
use crate::dates::{Date, DayCount, add_months};
use crate::deal::Deal;
use crate::num::{Decimal, Fen, Ratio, Rounding, pow, share};
use crate::scenario::{Recovery, RightAssumptions, Scenario};

/// A default as recovery sees it.
pub(crate) struct Defaulted {
    pub loan: usize,
    pub date: Date,
    /// Principal that defaults.
    pub defaulted: Fen,
}

/// A scenario's assumption, ready to be applied.
#[derive(Debug)]
pub(crate) enum Recoveries<'a> {
    Flat {
        rate: Ratio,
        /// (months after the default, share of what is recovered).
        shares: Vec<(i32, Ratio)>,
    },
    Rights(&'a RightAssumptions),
}

impl Recoveries<'_> {
    pub(crate) fn new(scenario: &Scenario) -> Recoveries<'_> {
        let ratio = |rate: Decimal| Ratio::of_rate(rate).unwrap_or(Ratio::ZERO);
        match &scenario.recovery {
            Recovery::Flat { rate, shares } => Recoveries::Flat {
                rate: ratio(*rate),
                shares: shares
                    .iter()
                    .map(|(months, part)| (*months as i32, ratio(*part)))
                    .collect(),
            },
            Recovery::Rights(assumptions) => Recoveries::Rights(assumptions),
        }
    }
}

/// Dates and amounts of what comes back of a share of defaulted principal.
pub(crate) fn flat(
    rate: Ratio,
    shares: &[(i32, Ratio)],
    default: &Defaulted,
    rounding: Rounding,
    out: &mut Vec<(Date, Fen)>,
) {
    let total = rate.of(default.defaulted, rounding);
    let mut left = total;
    for (at, (months, part)) in shares.iter().enumerate() {
        let amount = if at + 1 == shares.len() { left } else { part.of(total, rounding).min(left) };
        left -= amount;
        if amount > 0 {
            out.push((add_months(default.date, *months), amount));
        }
    }
}

/// Dates and amounts of what the pledged rights fetch. `owed` gives a loan's claim and principal by
/// contract: a right is shared by claim, and a default of part of a loan takes that part of its
/// share, so that a right is never sold twice.
pub(crate) fn from_rights(
    deal: &Deal,
    assumptions: &RightAssumptions,
    default: &Defaulted,
    owed: &dyn Fn(usize) -> (Fen, Fen),
    sales: &mut Vec<(Date, Fen)>,
) {
    let rounding = deal.terms().rounding;
    let (claim, principal) = owed(default.loan);
    for right in deal.rights().iter().filter(|right| right.loans.contains(&default.loan)) {
        let months = right.months_to_sale.unwrap_or(assumptions.months_to_sale);
        let sold_on = add_months(default.date, months as i32);
        let proceeds = sale_value(right, assumptions, sold_on, rounding);
        let secured: Fen = right.loans.iter().map(|&loan| owed(loan).0).sum();
        sales.push((sold_on, share(proceeds, claim, secured, rounding)));
    }
    sales.sort_by_key(|sale| sale.0);
    let mut left = claim;
    for sale in sales.iter_mut() {
        sale.1 = sale.1.min(left);
        left -= sale.1;
    }
    for sale in sales.iter_mut() {
        sale.1 = share(sale.1, default.defaulted, principal, rounding);
    }
    sales.retain(|sale| sale.1 > 0);
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
