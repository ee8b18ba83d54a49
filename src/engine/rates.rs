//! Annual rates turned into rates of a loan period.
//!
//! Formula: 1 - (1 - annual)^(days / 365), or (months / 12) where the deal says so; rounded to
//! twelve decimals, each worked out once.

use super::pool::ContractDue;
use crate::asset::Loan;
use crate::deal::{Deal, RateTime};
use crate::num::{Decimal, Ratio, conditional_pd, normal_quantile, pow};
use crate::scenario::{DefaultRate, Prepayment, Scenario};

/// Rates by position (loan period, or loan), the last one repeated.
#[derive(Clone, Debug)]
pub(crate) struct PeriodRates {
    rates: Vec<Decimal>,
    monthly: bool,
    time: RateTime,
    /// By position: the rates known so far, by length of the period.
    known: Vec<Vec<(i32, Ratio)>>,
}

impl PeriodRates {
    pub(crate) fn defaults(deal: &Deal, scenario: &Scenario) -> PeriodRates {
        let rates = match &scenario.defaults {
            DefaultRate::Annual(rates) => rates.clone(),
            DefaultRate::Obligors { .. } => of_obligors(deal, scenario),
            DefaultRate::None | DefaultRate::Cumulative { .. } => Vec::new(),
        };
        PeriodRates::new(deal, rates, false)
    }

    pub(crate) fn prepayments(deal: &Deal, scenario: &Scenario) -> PeriodRates {
        match &scenario.prepayment {
            Prepayment::Annual(rates) => PeriodRates::new(deal, rates.clone(), false),
            Prepayment::Monthly(rates) => PeriodRates::new(deal, rates.clone(), true),
        }
    }

    fn new(deal: &Deal, rates: Vec<Decimal>, monthly: bool) -> PeriodRates {
        let known = vec![Vec::new(); rates.len()];
        PeriodRates { rates, monthly, time: deal.terms().rate_time, known }
    }

    /// The last position that has a rate of its own.
    pub(crate) fn last(&self) -> Option<usize> {
        self.rates.len().checked_sub(1)
    }

    /// The rate of a due date's period.
    pub(crate) fn at(&mut self, position: usize, due: &ContractDue) -> Ratio {
        let Some(last) = self.last() else { return Ratio::ZERO };
        let position = position.min(last);
        let length = match self.time {
            RateTime::Actual365 if !self.monthly => due.days,
            RateTime::Actual365 | RateTime::Months12 => due.months,
        };
        let known = &mut self.known[position];
        if let Some((_, rate)) = known.iter().find(|(of, _)| *of == length) {
            return *rate;
        }
        let rate = match self.monthly {
            true => monthly_rate(self.rates[position], length),
            false => annual_rate(self.rates[position], length, self.time),
        };
        known.push((length, rate));
        rate
    }
}

fn annual_rate(annual: Decimal, length: i32, time: RateTime) -> Ratio {
    if annual.is_zero() {
        return Ratio::ZERO;
    }
    let per_year = match time {
        RateTime::Actual365 => 365.0,
        RateTime::Months12 => 12.0,
    };
    let annual = Ratio::of_rate(annual).unwrap_or(Ratio::ZERO).as_f64();
    twelve_decimals(1.0 - pow(1.0 - annual, f64::from(length) / per_year))
}

/// 1 - (1 - monthly)^months.
fn monthly_rate(monthly: Decimal, months: i32) -> Ratio {
    let kept = Decimal::ONE - monthly;
    let kept = (0..months).fold(Decimal::ONE, |product, _| product * kept);
    Ratio::of_rate((Decimal::ONE - kept).round_dp(12)).unwrap_or(Ratio::ZERO)
}

/// By loan: its obligor's one-year probability, given the common factor, to nine decimals.
fn of_obligors(deal: &Deal, scenario: &Scenario) -> Vec<Decimal> {
    let DefaultRate::Obligors { given } = &scenario.defaults else { return Vec::new() };
    let rate = |loan: &Loan| {
        let pd = deal.obligors()[loan.obligor].pd_1y.unwrap_or(Decimal::ZERO);
        let Some(factor) = given else { return pd };
        let real = |x: Decimal| Ratio::of_rate(x).unwrap_or(Ratio::ZERO).as_f64();
        let given = normal_quantile(real(factor.percentile))
            .and_then(|z| conditional_pd(real(pd), real(factor.correlation), z));
        let billionths = (given.unwrap_or(0.0) * 1e9).round() as i64;
        Decimal::new(billionths, 9)
    };
    deal.loans().iter().map(rate).collect()
}

/// A share between 0 and 1, to twelve decimals.
pub(crate) fn twelve_decimals(x: f64) -> Ratio {
    const UNIT: f64 = 1e12;
    let bounded = x.clamp(0.0, 1.0);
    Ratio::new((bounded * UNIT).round() as i64, UNIT as i64).unwrap_or(Ratio::ZERO)
}
