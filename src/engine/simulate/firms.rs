//! When each firm can default, and below which value of its latent variable it has by then.
//!
//! An obligor defaults on a day on which it has something due: the first on or after its default
//! time. A supporter matters on test and support dates, and where it pays a cover, so its day is
//! the first of these. The threshold of a day is the quantile of the probability of default by
//! then.

use crate::asset::PdCurve;
use crate::dates::{Date, DayCount, add_months};
use crate::deal::Deal;
use crate::engine::Period;
use crate::engine::pool::{Pool, first_day};
use crate::num::{quantile_as241, student_t_quantile};
use crate::scenario::{Copula, DefaultModel};

/// One firm: obligors in their order, then supporters.
#[derive(Clone, Debug)]
pub(crate) struct Firm {
    /// Days on which it can be found in default, rising.
    pub dates: Vec<Date>,
    /// By day: it has defaulted by then where its latent variable is at or below this.
    pub thresholds: Vec<f64>,
    /// By day: probability of having defaulted by then.
    pub probabilities: Vec<f64>,
}

impl Firm {
    /// The highest threshold: above it there is no default.
    pub fn last_threshold(&self) -> f64 {
        self.thresholds.last().copied().unwrap_or(f64::NEG_INFINITY)
    }
}

/// The firms of a deal. `pay_dates` gives, by supporter, the days on which covers pay, from the
/// days of obligors.
pub(crate) fn firms(
    deal: &Deal,
    model: &DefaultModel,
    pool: &Pool,
    performing: &[bool],
    periods: &[Period],
    pay_dates: impl FnOnce(&[Vec<Date>]) -> Vec<Vec<Date>>,
) -> Vec<Firm> {
    let from = first_day(deal, periods);
    let mut by_obligor: Vec<Vec<Date>> = vec![Vec::new(); deal.obligors().len()];
    for (at, loan) in deal.loans().iter().enumerate().filter(|(at, _)| performing[*at]) {
        by_obligor[loan.obligor].extend(pool.dues_of(at).map(|due| due.date));
    }
    let mut support: Vec<Date> =
        periods.iter().flat_map(|period| [period.test, period.support]).collect();
    support.retain(|&date| date >= from);
    let paid = pay_dates(&by_obligor);
    let supporters = paid.into_iter().map(|dates| [support.clone(), dates].concat());
    let dates = by_obligor.into_iter().chain(supporters);
    let copula = model.correlation.copula;
    dates.zip(&model.curves).map(|(dates, curve)| firm(from, dates, curve, copula)).collect()
}

/// A firm whose curve runs from a day on.
pub(crate) fn firm(from: Date, mut dates: Vec<Date>, curve: &PdCurve, copula: Copula) -> Firm {
    dates.sort_unstable();
    dates.dedup();
    let probability = |&date: &Date| curve.cumulative(years(from, date));
    let probabilities: Vec<f64> = dates.iter().map(probability).collect();
    let threshold = |&probability: &f64| match (probability <= 0.0, copula) {
        (true, _) => f64::NEG_INFINITY,
        (false, Copula::Gaussian) => quantile_as241(probability),
        (false, Copula::StudentT { degrees }) => student_t_quantile(probability, degrees),
    };
    let thresholds = probabilities.iter().map(threshold).collect();
    Firm { dates, thresholds, probabilities }
}

/// Time from a day to a later one: whole months over 12, else 30E/360.
pub(crate) fn years(from: Date, to: Date) -> f64 {
    let by_360 = DayCount::Thirty360.fraction(from, to).as_f64();
    let months = (by_360 * 12.0).round() as i32;
    if add_months(from, months) == to { f64::from(months) / 12.0 } else { by_360 }
}
