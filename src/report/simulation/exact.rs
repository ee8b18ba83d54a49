//! The pool's loss without drawing: its exact distribution, where one factor ties its firms.
use super::facts::{prepays, real};
use super::tables;
use crate::analytics::one_factor::one_factor;
use crate::analytics::pool_loss::{Grid, PoolFault, PoolLoss, pool_loss};
use crate::analytics::simulated::{Estimate, PoolResult};
use crate::asset::Status;
use crate::deal::Deal;
use crate::engine::Simulation;
use crate::num::Fen;
use crate::report::Lang;
use crate::report::manifest::Manifest;
use crate::scenario::{Correlation, Recovery, Scenario};

/// The pool's figures, without errors, and the files that hold them.
#[derive(Clone, Debug)]
pub struct ExactPool {
    pub pool: PoolResult,
    pub files: Vec<(String, Vec<u8>)>,
}

/// `pool.csv` and the manifest; why there is no such distribution, each reason in words.
pub fn exact_pool(
    deal: &Deal,
    inputs: &[(String, String)],
    scenario: &Scenario,
    correlation: &Correlation,
    simulation: &Simulation<'_>,
    lang: Lang,
) -> Result<ExactPool, Vec<String>> {
    let rate = flat(scenario).map(real);
    let faults = faults(deal, scenario);
    let (Some(rate), true) = (rate, faults.is_empty()) else { return Err(faults) };
    let expected = simulation.expected_defaults();
    let lost = |fen: f64| (fen * (1.0 - rate)).round() as Fen;
    let losses: Vec<Vec<(f64, Fen)>> = expected
        .iter()
        .map(|days| days.iter().map(|&(probability, fen)| (probability, lost(fen))).collect())
        .collect();
    let told = |why: String| vec![format!("--exact-pool: {why}")];
    let firms = one_factor(correlation, &losses).map_err(told)?;
    let loss = pool_loss(&firms, Grid::usual(&firms));
    let all = |faults: Vec<PoolFault>| -> Vec<String> {
        faults.iter().map(|of| format!("--exact-pool: {of}")).collect()
    };
    let loss = loss.map_err(all)?;
    let pool = of(&loss, &expected, deal.initial_principal() as f64);
    let manifest = Manifest::of_exact_pool(deal, inputs, scenario, lang);
    let sheet = tables::pool(&pool);
    let manifest = manifest.with(std::slice::from_ref(&sheet));
    let files = vec![
        (sheet.name.to_owned(), sheet.to_csv()),
        ("manifest.json".to_owned(), manifest.to_json()),
    ];
    Ok(ExactPool { pool, files })
}

fn flat(scenario: &Scenario) -> Option<crate::num::Decimal> {
    match &scenario.recovery {
        Recovery::Flat { rate, .. } => Some(*rate),
        Recovery::Rights(_) => None,
    }
}

fn faults(deal: &Deal, scenario: &Scenario) -> Vec<String> {
    let mut faults = Vec::new();
    let mut fault = |holds: bool, why: &str| {
        if holds {
            faults.push(format!("--exact-pool: {why}"));
        }
    };
    fault(flat(scenario).is_none(), "recovery is not flat (recovery_from must be flat)");
    fault(prepays(&scenario.prepayment), "loans are paid back early, which moves losses");
    let in_default = deal.loans().iter().any(|loan| match loan.status {
        Status::Defaulted => true,
        Status::Delinquent { .. } => scenario.delinquent_default,
        Status::Current => false,
    });
    fault(in_default, "loans are in default already");
    fault(!deal.covers().is_empty(), "loan-level covers pay part of the losses");
    fault(deal.state().is_some(), "the deal goes on from its state");
    faults
}

fn of(loss: &PoolLoss, expected: &[Vec<(f64, f64)>], pool: f64) -> PoolResult {
    let exact = |value: f64| Estimate { value, se: None };
    let share = |fen: f64| exact(fen / pool.max(1.0));
    let at = |level: f64| loss.value_at_risk(level).map_or(f64::NAN, |fen| fen as f64);
    let defaulted = |days: &Vec<(f64, f64)>| -> f64 {
        let mut before = 0.0;
        let on = |&(probability, fen): &(f64, f64)| {
            let part = (probability - before) * fen;
            before = probability;
            part
        };
        days.iter().map(on).sum()
    };
    let by_end = |days: &Vec<(f64, f64)>| days.last().map_or(0.0, |day| day.0);
    PoolResult {
        el: share(loss.expected_loss()),
        var_99: share(at(0.99)),
        var_999: share(at(0.999)),
        es_999: share(loss.expected_shortfall(0.999).unwrap_or(f64::NAN)),
        p_no_loss: exact(loss.no_loss_probability()),
        defaults: exact(expected.iter().map(by_end).sum()),
        defaulted: share(expected.iter().map(defaulted).sum()),
    }
}
