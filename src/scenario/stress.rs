//! A stress: what it does to a scenario, whatever that scenario says.
//!
//! Everything is relative to the scenario it is applied to, so one set serves every deal.

use super::{DefaultRate, Prepayment, Recovery, Scenario};
use crate::num::{Decimal, Ratio};

/// One row of the stress set (压力情景).
#[derive(Clone, Debug, PartialEq)]
pub struct Stress {
    pub name: String,
    /// Times what is recovered: the flat rate, or what each right fetches, which a claim still
    /// caps.
    pub recovery_factor: Decimal,
    /// Share of defaults brought forward into the first half of the periods.
    pub front_loaded: Decimal,
    /// Times every prepayment rate, each on its own: the worse is kept. Empty: as it is.
    pub prepayment_factors: Vec<Decimal>,
    /// Added to every coupon of the notes.
    pub coupon_shift: Decimal,
}

/// Cumulative defaults of a scenario, as a rate of initial principal and shares by collection
/// period.
#[derive(Clone, Debug, PartialEq)]
pub struct DefaultTiming {
    pub rate: Decimal,
    pub shares: Vec<Decimal>,
}

impl Stress {
    /// The scenario itself.
    pub fn base() -> Stress {
        Stress {
            name: "base".to_owned(),
            recovery_factor: Decimal::ONE,
            front_loaded: Decimal::ZERO,
            prepayment_factors: Vec::new(),
            coupon_shift: Decimal::ZERO,
        }
    }

    /// The stressed scenarios, one a direction, each with its factor on prepayments. `timing` is
    /// that of the scenario; only a stress that brings defaults forward reads it, and then it takes
    /// the place of rates and named defaults. `rights` of the deal, by number.
    pub fn directions(
        &self,
        scenario: &Scenario,
        timing: &DefaultTiming,
        rights: usize,
    ) -> Vec<(Option<Decimal>, Scenario)> {
        let mut stressed = scenario.clone();
        stressed.name = self.name.clone();
        stressed.coupon_shift += self.coupon_shift;
        self.recover(&mut stressed, rights);
        if !self.front_loaded.is_zero() {
            let DefaultTiming { rate, shares } = timing.clone();
            stressed.defaults = DefaultRate::Cumulative { rate, timing: shares };
            stressed.front_loaded = self.front_loaded;
            stressed.obligor_defaults.clear();
        }
        if self.prepayment_factors.is_empty() {
            return vec![(None, stressed)];
        }
        let direction = |&factor: &Decimal| {
            let mut direction = stressed.clone();
            direction.prepayment = direction.prepayment.times(factor);
            (Some(factor), direction)
        };
        self.prepayment_factors.iter().map(direction).collect()
    }

    fn recover(&self, stressed: &mut Scenario, rights: usize) {
        if self.recovery_factor == Decimal::ONE {
            return;
        }
        match &mut stressed.recovery {
            Recovery::Flat { rate, .. } => *rate = times(*rate, self.recovery_factor),
            Recovery::Rights(_) => {
                stressed.value_factors = value_factors(self.recovery_factor, rights)
            }
        }
    }
}

/// Every right fetches this times what it would fetch otherwise.
pub fn value_factors(factor: Decimal, rights: usize) -> Vec<(usize, Ratio)> {
    let factor = Ratio::of_rate(factor).unwrap_or(Ratio::ONE);
    (0..rights).map(|right| (right, factor)).collect()
}

/// At most all, to twelve decimals.
fn times(share: Decimal, factor: Decimal) -> Decimal {
    (share * factor).min(Decimal::ONE).round_dp(12)
}

impl Prepayment {
    /// Every rate times a factor, at most all.
    pub fn times(&self, factor: Decimal) -> Prepayment {
        let all = |rates: &[Decimal]| rates.iter().map(|rate| times(*rate, factor)).collect();
        match self {
            Prepayment::Annual(rates) => Prepayment::Annual(all(rates)),
            Prepayment::Monthly(rates) => Prepayment::Monthly(all(rates)),
        }
    }
}
