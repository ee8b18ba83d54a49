//! Sales of licensees in simulation: path by path against the exact engine, and a closed form.

use super::covers::pool_of;
use super::deals::{self, date, quiet, rate};
use super::lanes::check_lanes;
use super::loaded::load;
use super::simulate::{PLAIN, near, one_factor, one_year, risky, simulated, tally_of};
use ipabs::asset::{Due, Licence, Loan, Repayment, Status};
use ipabs::deal::{Deal, Parts};
use ipabs::engine::{Simulation, Support, run};
use ipabs::input::{Loaded, default_model};
use ipabs::num::normal_cdf;
use ipabs::scenario::{Copula, DefaultModel, Prepayment, Scenario};

fn check_paths(deal: &Deal, scenario: &Scenario, model: &DefaultModel, paths: u64) {
    let simulation = Simulation::new(deal, scenario, model, PLAIN).unwrap();
    for path in 0..paths {
        let named = simulation.path(path);
        let exact = run(deal, &named, Support::With).unwrap().collections;
        for (at, (exact, drawn)) in exact.rows.iter().zip(simulation.collections(path)).enumerate()
        {
            let of = |row: &ipabs::engine::Collected| {
                [row.interest, row.principal, row.prepaid, row.defaulted, row.recovered, row.sold]
            };
            assert_eq!(of(exact), of(&drawn), "path {path}, period {at}");
            assert_eq!(exact.to_come > 0, drawn.to_come > 0, "path {path}, period {at}");
        }
        check_lanes(deal, &named, Support::With);
    }
}

fn varying(loaded: &Loaded) -> Scenario {
    loaded.scenarios.iter().find(|known| known.name == "sales_vary").unwrap().clone()
}

#[test]
fn a_path_with_sales_is_the_exact_run_of_its_fates() {
    let loaded = load("scenarios/licence-fee");
    let model = risky(&default_model(&loaded).unwrap());
    let scenario = varying(&loaded);
    check_paths(&loaded.deal, &scenario, &model, 40);
    let early = Scenario { prepayment: Prepayment::Annual(vec![rate("0.3")]), ..scenario.clone() };
    check_paths(&loaded.deal, &early, &model, 40);
    let mut parts = super::simulate::deal_parts(&loaded);
    parts.terms.clean_up_share = Some(rate("0.5"));
    check_paths(&deals::deal(parts), &early, &model, 40);
    // A volatility of nothing is the scenario itself, on every path.
    let certain = Scenario { sales_shock: Some(0.0), ..scenario };
    let simulation = Simulation::new(&loaded.deal, &certain, &model, PLAIN).unwrap();
    let mut of_path = simulation.path(7).sales;
    of_path.sort_unstable();
    let mut own = certain.sales.clone();
    own.sort_unstable();
    assert_eq!(of_path, own);
}

#[test]
fn sales_move_no_default_and_threads_change_no_bit() {
    let loaded = load("scenarios/licence-fee");
    let model = default_model(&loaded).unwrap();
    let scenario = varying(&loaded);
    let least = Scenario { sales: Vec::new(), sales_shock: None, ..scenario.clone() };
    let plain = tally_of(&loaded.deal, &least, &model, 3_000);
    let simulation = Simulation::new(&loaded.deal, &scenario, &model, PLAIN).unwrap();
    let tally = simulated(&simulation, 3_000, 1);
    assert!(tally.pool == plain.pool, "what defaults and what rights fetch is the same");
    let lost = |of: &ipabs::engine::Tally| of.without.last().unwrap().loss.mean(3_000);
    assert!(lost(&tally) < lost(&plain), "sales above the least fee are worth something");
    assert!(simulated(&simulation, 3_000, 3) == tally);
}

/// One fee of 1,000.00 due in a year, or a tenth of sales, which are 10,000.00 on average with a
/// volatility of 30%; the licensee defaults with probability 20% and then pays nothing. Beside it
/// the pool holds 100.00 that has defaulted and brings nothing. A class of 1,100.00 takes all: it
/// loses min(100, 1,100 - 1,000 F) where F < 1.1, that is the difference of two puts on F:
/// E = P(1,100) - P(1,000), P(K) = K N(-d2) - 1,000 N(-d1).
#[test]
fn simulated_sales_bring_what_the_closed_form_says() {
    let day = date("2025-01-01");
    let mut parts: Parts = pool_of(&[100_000, 10_000], "0");
    parts.loans[1].status = Status::Defaulted;
    let due = Due { date: day, principal: 100_000, interest: Some(0) };
    let loan: &mut Loan = &mut parts.loans[0];
    loan.repayment = Repayment::Custom;
    loan.first_due = day;
    loan.dues = vec![due];
    loan.licence = Some(Licence { sales_share: Some(rate("0.1")) });
    let deal = deals::deal(parts);
    let curves = [0.2, 0.0, 0.0, 0.0].map(one_year).to_vec();
    let model = one_factor(&deal, Copula::Gaussian, 0.0, curves);
    let sales = vec![(0, day, 1_000_000)];
    let scenario = Scenario { sales, sales_shock: Some(0.3), ..quiet() };
    let paths = 200_000;
    let tally = tally_of(&deal, &scenario, &model, paths);
    let put = |strike: f64| {
        let d1 = ((1_000.0 / strike).ln() + 0.045) / 0.3;
        strike * normal_cdf(-(d1 - 0.3)) - 1_000.0 * normal_cdf(-d1)
    };
    let loss = (put(1_100.0) - put(1_000.0)) / 1_100.0;
    near("loss", &tally.with[0].loss, paths, 0.2 + 0.8 * loss, 0.0);
    let short = normal_cdf((1.1_f64.ln() + 0.045) / 0.3);
    near("unpaid", &tally.with[0].unpaid, paths, 0.2 + 0.8 * short, 0.0);
}
