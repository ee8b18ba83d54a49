//! What comes back of a defaulted loan, and when.
//!
//! Flat: a share of defaulted principal, spread over months. From rights: each right sold at its
//! own date, its value shared by the live claims it secures, never more in all than the claim.

use super::infringement::{self, Cash, Payout};
use super::rates::twelve_decimals;
use crate::asset::IpRight;
use crate::dates::{Date, DayCount, add_months};
use crate::deal::Deal;
use crate::num::{Decimal, Fen, Ratio, Rounding, pow, share};
use crate::scenario::{Infringement, Recovery, RightAssumptions, Scenario};

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
    Rights {
        assumptions: &'a RightAssumptions,
        infringements: &'a [Infringement],
        /// (right, what it fetches over what it would otherwise).
        factors: &'a [(usize, Ratio)],
    },
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
            Recovery::Rights(assumptions) => Recoveries::Rights {
                assumptions,
                infringements: &scenario.infringements,
                factors: &scenario.value_factors,
            },
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

/// By loan: months from a default until the last comes back, the last right sold or the last month
/// of a flat recovery over, also where nothing is fetched; 0 for a loan without a right.
pub(crate) fn months_to_the_end(deal: &Deal, recovery: &Recoveries) -> Vec<i32> {
    let assumptions = match recovery {
        Recoveries::Flat { shares, .. } => {
            let last = shares.iter().map(|(months, _)| *months).max().unwrap_or(0);
            return vec![last; deal.loans().len()];
        }
        Recoveries::Rights { assumptions, .. } => assumptions,
    };
    let mut months = vec![0; deal.loans().len()];
    for right in deal.rights() {
        for &loan in &right.loans {
            months[loan] = months[loan].max(months_to_sale(right, assumptions));
        }
    }
    months
}

pub(crate) fn months_to_sale(right: &IpRight, assumptions: &RightAssumptions) -> i32 {
    right.months_to_sale.unwrap_or(assumptions.months_to_sale) as i32
}

/// The sale of one right after a default.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Sale {
    pub right: usize,
    pub sold_on: Date,
    /// What the right fetches; the loan's part of it is claim / secured.
    pub value: Fen,
    pub secured: Fen,
}

/// Sales of the rights that a loan is secured by, if it defaults on a day, by date. `owed` gives a
/// loan's claim by contract: a right is shared by claim.
pub(crate) fn sales(
    deal: &Deal,
    (assumptions, infringements): (&RightAssumptions, &[Infringement]),
    loan: usize,
    date: Date,
    owed: &dyn Fn(usize) -> Fen,
) -> Vec<Sale> {
    let rights = deal.rights().iter().enumerate();
    let of_loan = rights.filter(|(_, right)| right.loans.contains(&loan));
    let mut sales: Vec<Sale> = of_loan
        .map(|(at, right)| {
            let sold_on = add_months(date, months_to_sale(right, assumptions));
            let rounding = deal.terms().rounding;
            let mut value = sale_value(right, assumptions, sold_on, rounding);
            for infringement in infringements {
                if infringement.right == at && infringement.date <= sold_on {
                    value = infringement::kept(infringement).of(value, rounding);
                }
            }
            let secured = right.loans.iter().map(|&loan| owed(loan)).sum();
            Sale { right: at, sold_on, value, secured }
        })
        .collect();
    sales.sort_by_key(|sale| sale.sold_on);
    sales
}

/// What sales bring to a loan, in their order: its part of what each fetches, in all never above
/// the claim.
pub(crate) fn proceeds(
    sales: &[Sale],
    claim: Fen,
    rounding: Rounding,
    mut fetched: impl FnMut(&Sale) -> Fen,
    mut bring: impl FnMut(usize, Fen),
) {
    let mut left = claim;
    for (at, sale) in sales.iter().enumerate() {
        let part = share(fetched(sale), claim, sale.secured, rounding).min(left);
        left -= part;
        bring(at, part);
    }
}

/// What the pledge of a loan in default brings.
#[derive(Debug, Default)]
pub(crate) struct Brought {
    /// Of the sales of its rights, by date.
    pub sales: Vec<(Date, Fen)>,
    /// What infringement cover has paid on them.
    pub cash: Vec<Cash>,
}

/// Dates and amounts of what the pledged rights fetch, and of the cash that infringement cover has
/// paid on them. `owed` gives a loan's claim and principal by contract; a default of part of a loan
/// takes that part of its share, so that a right is never sold twice.
pub(crate) fn from_rights(
    deal: &Deal,
    (assumptions, infringements): (&RightAssumptions, &[Infringement]),
    factors: &[(usize, Ratio)],
    payouts: &[Payout],
    default: &Defaulted,
    owed: &dyn Fn(usize) -> (Fen, Fen),
) -> Brought {
    let rounding = deal.terms().rounding;
    let (claim, principal) = owed(default.loan);
    let owed = |loan: usize| owed(loan).0;
    let sales = sales(deal, (assumptions, infringements), default.loan, default.date, &owed);
    let factor = |right: usize| {
        factors.iter().find(|(at, _)| *at == right).map_or(Ratio::ONE, |(_, factor)| *factor)
    };
    let mut brought = Brought {
        sales: Vec::with_capacity(sales.len()),
        cash: infringement::cash_of(&sales, payouts, claim, default.date, rounding),
    };
    let fetched = |sale: &Sale| factor(sale.right).of(sale.value, rounding);
    proceeds(&sales, claim, rounding, fetched, |at, part| {
        brought.sales.push((sales[at].sold_on, part));
    });
    infringement::within_claim(claim, &mut brought.sales, &mut brought.cash);
    let of_part = |amount: Fen| share(amount, default.defaulted, principal, rounding);
    brought.sales.iter_mut().for_each(|(_, amount)| *amount = of_part(*amount));
    brought.sales.retain(|(_, amount)| *amount > 0);
    for cash in &mut brought.cash {
        (cash.called, cash.paid) = (of_part(cash.called), of_part(cash.paid));
    }
    brought
}

/// What a right fetches on a day: appraised x (1 - decay)^years x (1 - haircut) x (1 - cost);
/// nothing once it has expired and is not renewed.
pub fn sale_value(
    right: &IpRight,
    assumptions: &RightAssumptions,
    sold_on: Date,
    rounding: Rounding,
) -> Fen {
    let of_kind = assumptions.haircut.iter().find(|(kind, _)| *kind == right.kind);
    let haircut = of_kind.map_or(assumptions.haircut_else, |(_, haircut)| *haircut);
    let kept = (Decimal::ONE - right.haircut.unwrap_or(haircut))
        * (Decimal::ONE - right.sale_cost.unwrap_or(assumptions.sale_cost));
    let kept = Ratio::of_rate(kept.round_dp(12)).unwrap_or(Ratio::ZERO);
    kept.of(worth_on(right, assumptions, sold_on, rounding), rounding)
}

/// What a right is worth on a day that nobody sells it: appraised x (1 - decay)^years; nothing once
/// it has expired and is not renewed.
pub(crate) fn worth_on(
    right: &IpRight,
    assumptions: &RightAssumptions,
    date: Date,
    rounding: Rounding,
) -> Fen {
    if !right.lives_on(date) {
        return 0;
    }
    let decay = right.decay_pa.unwrap_or(assumptions.decay_pa);
    let decay = Ratio::of_rate(decay).unwrap_or(Ratio::ZERO).as_f64();
    let years = DayCount::Act365.fraction(right.valuation_date, date).as_f64();
    twelve_decimals(pow(1.0 - decay, years.max(0.0))).of(right.appraised_value, rounding)
}
