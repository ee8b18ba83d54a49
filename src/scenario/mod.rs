//! Floor 5: what might happen?
//!
//! A [`Scenario`] holds assumptions about the pool as a whole (rates) and about single firms (named
//! events). It says nothing about the paper.

mod correlation;
mod stress;

pub use correlation::{Copula, Correlation, CorrelationFault, Kinship, Shared};
pub use stress::{DefaultTiming, Stress, value_factors};

use crate::asset::{PdCurve, RightKind};
use crate::dates::Date;
use crate::num::{Decimal, Fen, Ratio};

/// How many default.
#[derive(Clone, Debug, PartialEq)]
pub enum DefaultRate {
    /// Only named events.
    None,
    /// Annual rate by loan period, the last one repeated (a single rate is a vector of one).
    Annual(Vec<Decimal>),
    /// Each loan at its obligor's one-year probability, given the common factor where one is set.
    Obligors { given: Option<CommonFactor> },
    /// Share of initial principal, spread over collection periods by `timing` (sums to 1).
    Cumulative { rate: Decimal, timing: Vec<Decimal> },
}

/// The state of the economy in a one-factor Gaussian model.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CommonFactor {
    /// Probability of a year at least as bad: 1% is the worst in a hundred, 50% the middle.
    pub percentile: Decimal,
    /// Asset correlation with the factor, below 1.
    pub correlation: Decimal,
}

/// How many pay early.
#[derive(Clone, Debug, PartialEq)]
pub enum Prepayment {
    /// Annual (CPR), by loan period, the last one repeated; empty is none.
    Annual(Vec<Decimal>),
    /// Per month (SMM), by loan period.
    Monthly(Vec<Decimal>),
}

/// A move of rates from the cut-off date on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateShift {
    /// Added to LPR, for loans and notes that follow it.
    pub lpr: Decimal,
    /// Added to what every loan pays, fixed or floating.
    pub loans: Decimal,
}

impl RateShift {
    /// No move.
    pub const NONE: RateShift = RateShift { lpr: Decimal::ZERO, loans: Decimal::ZERO };
}

/// What a prepayment does to what is left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AfterPrepayment {
    /// 缩额: smaller instalments, same maturity.
    SmallerInstalments,
    /// 缩期: the same instalments, fewer of them.
    FewerInstalments,
}

/// What comes back after a default.
#[derive(Clone, Debug, PartialEq)]
pub enum Recovery {
    /// A share of defaulted principal, `shares` of it so many months after the default (the shares
    /// sum to 1; a plain lag is one share).
    Flat { rate: Decimal, shares: Vec<(u32, Decimal)> },
    /// From the pledged rights, right by right, never above the claim.
    Rights(RightAssumptions),
}

/// Assumptions about rights, used where a right does not say otherwise.
#[derive(Clone, Debug, PartialEq)]
pub struct RightAssumptions {
    pub decay_pa: Decimal,
    /// By kind.
    pub haircut: Vec<(RightKind, Decimal)>,
    /// For kinds without a row of their own.
    pub haircut_else: Decimal,
    pub months_to_sale: u32,
    pub sale_cost: Decimal,
    /// Used by simulation alone: a scenario's own value is certain.
    pub shocks: ValueShocks,
}

/// Yearless volatilities of what a right fetches: value x exp(sum s Z - sum s^2 / 2), where Z are
/// the factors that all firms share, that the firm's industry shares, and one of the right's own.
/// A year that is bad for the firms is bad for their rights.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ValueShocks {
    pub all: f64,
    pub industry: f64,
    pub own: f64,
}

impl ValueShocks {
    /// Assumed where a scenario says nothing: no public figure is known.
    pub const ASSUMED: ValueShocks = ValueShocks { all: 0.15, industry: 0.20, own: 0.30 };
    /// A certain value.
    pub const NONE: ValueShocks = ValueShocks { all: 0.0, industry: 0.0, own: 0.0 };
}

/// Which firms default when, in simulation.
#[derive(Clone, Debug)]
pub struct DefaultModel {
    pub correlation: Correlation,
    /// By firm: obligors, then supporters.
    pub curves: Vec<PdCurve>,
}

/// A right is infringed (被侵权): a sale on the day or later fetches less.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Infringement {
    pub right: usize,
    pub date: Date,
    /// Share of its value that it loses.
    pub loss: Decimal,
}

/// A scenario (情景).
#[derive(Clone, Debug)]
pub struct Scenario {
    pub name: String,
    pub defaults: DefaultRate,
    /// Share of defaults brought forward into the first half of the periods (negative: held back
    /// to the second half).
    pub front_loaded: Decimal,
    pub prepayment: Prepayment,
    pub after_prepayment: AfterPrepayment,
    pub recovery: Recovery,
    /// Added to rates from the cut-off date on.
    pub rate_shift: RateShift,
    /// Added to every fixed coupon of the notes.
    pub coupon_shift: Decimal,
    /// (obligor, date).
    pub obligor_defaults: Vec<(usize, Date)>,
    /// (supporter, date).
    pub supporter_failures: Vec<(usize, Date)>,
    /// (loan, date): paid back in full on its first due date on or after.
    pub prepaid_loans: Vec<(usize, Date)>,
    /// (right, what it fetches over what it would fetch otherwise).
    pub value_factors: Vec<(usize, Ratio)>,
    /// At most one a right.
    pub infringements: Vec<Infringement>,
    /// (licence, date of a fee, the licensee's sales since the fee before).
    pub sales: Vec<(usize, Date, Fen)>,
    /// Volatility of those sales, by the factor of the licensee's industry; used by simulation
    /// alone, which refuses sales without it.
    pub sales_shock: Option<f64>,
    /// Delinquent loans default at their first due date.
    pub delinquent_default: bool,
}

impl Scenario {
    /// The same with a flat recovery rate, as late as recoveries were.
    pub fn recovering(&self, rate: Decimal) -> Scenario {
        let shares = match &self.recovery {
            Recovery::Flat { shares, .. } => shares.clone(),
            Recovery::Rights(sale) => vec![(sale.months_to_sale, Decimal::ONE)],
        };
        Scenario { recovery: Recovery::Flat { rate, shares }, ..self.clone() }
    }

    /// The same, and nothing comes back of what defaults, of a deal with so many rights; sales take
    /// as long as they did, as covers of a loss wait for them, and what infringement cover has paid
    /// stays.
    pub fn without_recovery(&self, rights: usize) -> Scenario {
        let mut nothing = self.clone();
        match &mut nothing.recovery {
            Recovery::Flat { rate, .. } => *rate = Decimal::ZERO,
            Recovery::Rights(_) => nothing.value_factors = value_factors(Decimal::ZERO, rights),
        }
        nothing
    }
}
