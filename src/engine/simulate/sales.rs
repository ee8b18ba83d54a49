//! What licensees' sales bring on a path above the fees of their licences.
//!
//! Formula: sales of a path = sales of the scenario x exp(s Z - s^2 / 2), mean 1, one draw for all
//! fees of a licence; Z is the factor of the licensee's industry, or its own where the industry has
//! none. A fee then pays max(0, share x sales - fee) on top, as long as the licensee pays at all.

use super::Simulation;
use super::fates::{Fates, SALES};
use crate::dates::Date;
use crate::deal::Deal;
use crate::engine::pool::{Pool, share_of_sales};
use crate::num::{Fen, Ratio, exp};
use crate::scenario::{Correlation, Scenario};

/// Decimals of a factor, so that the ledger can use the same number.
const UNIT: f64 = 1e9;

/// Licences whose sales a scenario names.
#[derive(Clone, Debug)]
pub(crate) struct Sales {
    volatility: f64,
    pub licences: Vec<Licensed>,
}

/// One of them.
#[derive(Clone, Debug)]
pub(crate) struct Licensed {
    pub loan: u32,
    pub obligor: u32,
    /// Of the licensee's industry.
    factor: Option<usize>,
    share: Ratio,
    pub fees: Vec<Fee>,
}

/// One fee.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fee {
    pub date: Date,
    /// Collection period; the number of periods where it comes too late for all.
    pub period: usize,
    fee: Fen,
    sales: Fen,
}

impl Sales {
    /// None where the scenario has no sales, or none that vary.
    pub fn new(
        deal: &Deal,
        scenario: &Scenario,
        pool: &Pool,
        performing: &[bool],
        correlation: &Correlation,
    ) -> Option<Sales> {
        let volatility = scenario.sales_shock.filter(|_| !scenario.sales.is_empty())?;
        let of = |loan: usize| {
            let obligor = deal.loans()[loan].obligor;
            let fee = |&(_, date, sales): &(usize, Date, Fen)| {
                let due = pool.dues_of(loan).find(|due| due.date == date)?;
                let fee = due.principal + due.interest;
                Some(Fee { date, period: due.period as usize, fee, sales })
            };
            let rows = scenario.sales.iter().filter(|sales| sales.0 == loan);
            Licensed {
                loan: loan as u32,
                obligor: obligor as u32,
                factor: correlation
                    .factor(&format!("industry {}", deal.obligors()[obligor].industry)),
                share: share_of_sales(deal, loan),
                fees: rows.filter_map(fee).collect(),
            }
        };
        let licences = (0..deal.loans().len()).filter(|&loan| performing[loan]).map(of);
        let licences = licences.filter(|licence| !licence.fees.is_empty()).collect();
        Some(Sales { volatility, licences })
    }

    /// Sales on a path of the block in hand, over those of the scenario.
    pub fn factor(
        &self,
        simulation: &Simulation<'_>,
        fates: &Fates,
        path: usize,
        licence: &Licensed,
    ) -> Ratio {
        let number = fates.number(path);
        let own = || {
            let sampler = &simulation.sampler;
            sampler.normal.of(sampler.own_stream(number, SALES + licence.loan).draw())
        };
        let z = licence.factor.map_or_else(own, |at| fates.factors[at][path]);
        let exponent = self.volatility * z - 0.5 * self.volatility * self.volatility;
        let factor = (exp(exponent).min(1e6) * UNIT).round();
        Ratio::new(factor as i64, UNIT as i64).unwrap_or(Ratio::ONE)
    }

    /// What a fee pays on top.
    pub fn above(&self, deal: &Deal, licence: &Licensed, fee: &Fee, factor: Ratio) -> Fen {
        let rounding = deal.terms().rounding;
        let sales = factor.of(fee.sales, rounding);
        (licence.share.of(sales, rounding) - fee.fee).max(0)
    }

    /// The sales of a path, as a scenario names them.
    pub fn named(
        &self,
        simulation: &Simulation<'_>,
        fates: &Fates,
        path: usize,
    ) -> Vec<(usize, Date, Fen)> {
        let rounding = simulation.deal.terms().rounding;
        let of = |licence: &Licensed| {
            let factor = self.factor(simulation, fates, path, licence);
            let loan = licence.loan as usize;
            let fee = move |fee: &Fee| (loan, fee.date, factor.of(fee.sales, rounding));
            licence.fees.iter().map(fee).collect::<Vec<_>>()
        };
        self.licences.iter().flat_map(of).collect()
    }
}

/// What simulation does not model of sales.
pub(crate) fn unmodelled(scenario: &Scenario) -> Option<String> {
    let certain = !scenario.sales.is_empty() && scenario.sales_shock.is_none();
    let name = &scenario.name;
    certain.then(|| {
        format!(
            "scenarios.csv: {name}: sales of licensees are simulated by their sales_shock alone, \
             and it has none"
        )
    })
}
