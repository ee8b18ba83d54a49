//! What results need of a deal and its model, so that they can be written without the tables.
use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::analytics::outcome::outcome;
use crate::asset::{InfringementRisk, Loan};
use crate::deal::{Coupon, Deal, Seniority};
use crate::engine::{Breach, Flows, Support, run};
use crate::num::{Decimal, Fen};
use crate::report::layers::layer_of;
use crate::report::prose::supporter_accelerates;
use crate::scenario::{
    Copula, DefaultModel, DefaultRate, Prepayment, Recovery, Scenario, ValueShocks,
};

/// A class.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ClassFacts {
    pub name: String,
    /// 0 senior, 1 mezzanine, 2 subordinate.
    pub rank: u8,
    pub notional: Fen,
    pub coupon: bool,
    /// Average life where nobody defaults or pays early; 0 where it is paid nothing.
    pub years_without_default: f64,
}

/// A commitment, or a loan-level cover.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CommitmentFacts {
    pub name: String,
    pub supporter: String,
    /// The most it pays in all, by its cap or by what its supporter can pay.
    pub limit: Option<Fen>,
}

/// A loan of a deal with covers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CoveredLoan {
    pub name: String,
    pub obligor: String,
    /// Principal at the cut-off date.
    pub exposure: Fen,
    /// Places of its covers among all.
    pub covers: Vec<usize>,
}

/// The deal.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DealFacts {
    pub name: String,
    /// Principal at the cut-off date, which losses of the pool and calls are measured by.
    pub pool: Fen,
    pub loans: usize,
    /// It goes on from a state: its notes have been paid down.
    pub midlife: bool,
    /// Senior first.
    pub classes: Vec<ClassFacts>,
    pub commitments: Vec<CommitmentFacts>,
    /// Calls on a supporter, or its failure, open another branch of the order of payment.
    pub supporter_accelerates: bool,
    /// Loan-level covers.
    pub covers: Vec<CommitmentFacts>,
    /// By cover: what it is called as a layer.
    pub cover_layers: Vec<String>,
    /// All loans; empty where there are no covers.
    pub covered_loans: Vec<CoveredLoan>,
    /// Senior balance over notional as the run begins.
    pub senior_opening: f64,
    /// The day on which the run begins, then every payment date after it.
    pub dates: Vec<String>,
    /// Periods before the first of these payment dates.
    pub periods_before: usize,
    /// Of all periods.
    pub periods: usize,
}

impl DealFacts {
    /// Share of the pool that may be lost before classes of a rank lose, by principal alone: what
    /// the pool has beyond the notes of this rank and above.
    pub fn attachment(&self, rank: u8) -> f64 {
        let above = self.classes.iter().filter(|class| class.rank <= rank);
        let notes: Fen = above.map(|class| class.notional).sum();
        (1.0 - notes as f64 / self.pool.max(1) as f64).max(0.0)
    }
}

/// The model that fates are drawn from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ModelFacts {
    pub firms: usize,
    /// Probabilities of default within one year: least, mean by principal, most.
    pub pd_1y: [f64; 3],
    /// Of the supporters of commitments, by commitment, then of the givers of covers, by cover.
    pub supporter_pd_1y: Vec<f64>,
    /// Of the t copula; none is the normal one.
    pub degrees: Option<f64>,
    /// Asset correlations of two firms: least, mean, most; none below two firms.
    pub correlation: Option<[f64; 3]>,
    pub factors: usize,
    /// Where ratings without a probability are looked up.
    pub pd_table: String,
    /// A share of defaulted principal; none where the pledged rights are sold.
    pub recovery_rate: Option<f64>,
    /// Volatilities of what a right fetches: of all, of an industry, of its own.
    pub value_shocks: Option<[f64; 3]>,
    pub prepayment: bool,
    /// (rights that may be infringed, mean probability within a year, mean share of value lost).
    pub infringement: Option<(usize, f64, f64)>,
    /// Licences that share in sales and are simulated at their least fees; and those whose sales
    /// are drawn, with the volatility of these.
    pub least_fees: usize,
    pub sales: Option<(usize, f64)>,
}

/// Of a deal and the model that its scenario is simulated by.
pub fn facts(
    deal: &Deal,
    scenario: &Scenario,
    model: &DefaultModel,
    pd_table: &str,
) -> Result<(DealFacts, ModelFacts), Breach> {
    let calm = Scenario {
        defaults: DefaultRate::None,
        prepayment: Prepayment::Annual(Vec::new()),
        obligor_defaults: Vec::new(),
        supporter_failures: Vec::new(),
        prepaid_loans: Vec::new(),
        ..scenario.clone()
    };
    let calm = run(deal, &calm, Support::With)?;
    Ok((of_deal(deal, &calm), of_model(deal, scenario, model, pd_table)))
}

fn of_deal(deal: &Deal, calm: &Flows) -> DealFacts {
    let lives = outcome(deal, calm).classes;
    let classes = deal.tranches().iter().zip(&lives).map(|(class, lived)| ClassFacts {
        name: class.name.clone(),
        rank: rank(class.seniority),
        notional: class.notional,
        coupon: !matches!(class.coupon, Coupon::None),
        years_without_default: lived.wal_years.value.unwrap_or(0.0),
    });
    let commitments = deal.commitments().iter().map(|commitment| {
        let supporter = &deal.supporters()[commitment.supporter];
        let limits = [commitment.cap_total, supporter.paying_capacity];
        CommitmentFacts {
            name: commitment.name.clone(),
            supporter: supporter.name.clone(),
            limit: limits.into_iter().flatten().min(),
        }
    });
    let covers = deal.covers().iter().map(|cover| {
        let giver = &deal.supporters()[cover.supporter];
        let of_rights = cover.cap_per_right.map(|cap| cap * cover.rights.len() as Fen);
        let limits = [cover.cap_total, of_rights, giver.paying_capacity];
        CommitmentFacts {
            name: cover.name.clone(),
            supporter: giver.name.clone(),
            limit: limits.into_iter().flatten().min(),
        }
    });
    let senior = |of: &dyn Fn(usize) -> f64| -> f64 {
        let classes = deal.tranches().iter().enumerate();
        classes.filter(|(_, class)| rank(class.seniority) == 0).map(|(at, _)| of(at)).sum()
    };
    let notional = senior(&|at| deal.tranches()[at].notional as f64);
    let opening = senior(&|at| {
        let cell = calm.opening.get(calm.cells.tranches[at].balance).copied();
        cell.map_or(0.0, |yuan| crate::num::Amount::to_fen(yuan) as f64)
    });
    let as_of = deal.state().and_then(|state| state.as_of);
    let begins = as_of.unwrap_or(deal.terms().closing);
    let payments = calm.periods[calm.start..].iter().map(|period| period.payment);
    DealFacts {
        name: deal.terms().name.clone(),
        pool: deal.initial_principal(),
        loans: deal.loans().len(),
        midlife: deal.state().is_some(),
        classes: classes.collect(),
        commitments: commitments.collect(),
        supporter_accelerates: supporter_accelerates(deal),
        covers: covers.collect(),
        cover_layers: (0..deal.covers().len()).map(|at| layer_of(deal, at).to_owned()).collect(),
        covered_loans: covered_loans(deal),
        senior_opening: if notional > 0.0 { opening / notional } else { 0.0 },
        dates: std::iter::once(begins).chain(payments).map(|date| date.to_string()).collect(),
        periods_before: calm.start,
        periods: calm.periods.len(),
    }
}

fn covered_loans(deal: &Deal) -> Vec<CoveredLoan> {
    let loans = deal.loans().iter().enumerate().filter(|_| !deal.covers().is_empty());
    let facts = |(at, loan): (usize, &Loan)| CoveredLoan {
        name: loan.name.clone(),
        obligor: deal.obligors()[loan.obligor].name.clone(),
        exposure: loan.principal,
        covers: deal.covers_of(at),
    };
    loans.map(facts).collect()
}

fn rank(seniority: Seniority) -> u8 {
    match seniority {
        Seniority::Senior => 0,
        Seniority::Mezzanine => 1,
        Seniority::Subordinate => 2,
    }
}

fn of_model(deal: &Deal, scenario: &Scenario, model: &DefaultModel, pd_table: &str) -> ModelFacts {
    let obligors = deal.obligors().len();
    let pd = |firm: usize| model.curves[firm].cumulative(1.0);
    let all = (0..obligors).map(pd);
    let owed = |loan: &crate::asset::Loan| loan.principal as f64;
    let principal: f64 = deal.loans().iter().map(owed).sum();
    let weighed: f64 = deal.loans().iter().map(|loan| owed(loan) * pd(loan.obligor)).sum();
    let mean = if principal > 0.0 { weighed / principal } else { 0.0 };
    let commit = deal.commitments().iter().map(|commitment| commitment.supporter);
    let give = deal.covers().iter().map(|cover| cover.supporter);
    let behind = commit.chain(give).map(|supporter| pd(obligors + supporter));
    let (recovery_rate, value_shocks) = match &scenario.recovery {
        Recovery::Flat { rate, .. } => (Some(real(*rate)), None),
        Recovery::Rights(rights) => {
            let ValueShocks { all, industry, own } = rights.shocks;
            (None, Some([all, industry, own]))
        }
    };
    ModelFacts {
        firms: obligors,
        pd_1y: [all.clone().fold(1.0, f64::min), mean, all.fold(0.0, f64::max)],
        supporter_pd_1y: behind.collect(),
        degrees: match model.correlation.copula {
            Copula::Gaussian => None,
            Copula::StudentT { degrees } => Some(degrees),
        },
        correlation: correlation(model, obligors),
        factors: model.correlation.factors.len(),
        pd_table: pd_table.to_owned(),
        recovery_rate,
        value_shocks,
        prepayment: prepays(&scenario.prepayment),
        infringement: infringement(deal),
        least_fees: least_fees(deal, scenario),
        sales: scenario.sales_shock.map(|volatility| (licences_sold(scenario).len(), volatility)),
    }
}

/// (rights that may be infringed, their mean probability within a year, their mean loss).
fn infringement(deal: &Deal) -> Option<(usize, f64, f64)> {
    let risks: Vec<_> = deal.rights().iter().filter_map(|right| right.infringement).collect();
    let mean = |of: &dyn Fn(&InfringementRisk) -> Decimal| {
        risks.iter().map(|risk| real(of(risk))).sum::<f64>() / risks.len() as f64
    };
    let means = (mean(&|risk| risk.probability_1y), mean(&|risk| risk.loss));
    (!risks.is_empty()).then_some((risks.len(), means.0, means.1))
}

/// Licences that share in sales of which the scenario knows nothing.
fn least_fees(deal: &Deal, scenario: &Scenario) -> usize {
    let shares = |loan: &&Loan| loan.licence.is_some_and(|of| of.sales_share.is_some());
    deal.loans().iter().filter(shares).count() - licences_sold(scenario).len()
}

fn licences_sold(scenario: &Scenario) -> BTreeSet<usize> {
    scenario.sales.iter().map(|sales| sales.0).collect()
}

/// Whether anybody pays early.
pub(super) fn prepays(prepayment: &Prepayment) -> bool {
    let (Prepayment::Annual(rates) | Prepayment::Monthly(rates)) = prepayment;
    rates.iter().any(|rate| !rate.is_zero())
}

pub(super) fn real(rate: crate::num::Decimal) -> f64 {
    crate::num::Ratio::of_rate(rate).map_or(0.0, crate::num::Ratio::as_f64)
}

/// Pairs that are looked at, at most; of a larger pool the first firms stand for all.
const PAIRS_OF: usize = 300;

fn correlation(model: &DefaultModel, obligors: usize) -> Option<[f64; 3]> {
    let firms = obligors.min(PAIRS_OF);
    let pairs = || (0..firms).flat_map(|one| (one + 1..firms).map(move |other| (one, other)));
    let between = || pairs().map(|(one, other)| model.correlation.between(one, other));
    let count = pairs().count();
    let mean = between().sum::<f64>() / count as f64;
    let [least, most] = [between().fold(1.0, f64::min), between().fold(-1.0, f64::max)];
    (count > 0).then_some([least, mean, most])
}
