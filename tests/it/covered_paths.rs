//! Loan-level covers in simulation: against the exact engine path by path, and closed forms.

use super::covers::{any_covered, cover, giver, pool_of};
use super::deals::{self, commitment, date, quiet, rate};
use super::loaded::load;
use super::simulate::{
    PLAIN, check_paths, deal_parts, near, one_factor, one_year, recovering, risky, simulated,
    tally_of,
};
use ipabs::analytics::layers::layers;
use ipabs::asset::{PdCurve, Status};
use ipabs::deal::{Claim, Commitment, Cover, CoverPays, Deal, Parts};
use ipabs::engine::{Flows, Simulation, Support, Tally, run};
use ipabs::input::{Loaded, default_model};
use ipabs::num::{Decimal, Fen};
use ipabs::scenario::{Copula, DefaultModel, Recovery, Scenario};
use proptest::prelude::*;

/// 54:26:16:4, in both ways, with caps, a deductible, a waiting time and an end.
pub fn covered(loaded: &Loaded, every: usize) -> Parts {
    let mut parts = deal_parts(loaded);
    let loans: Vec<usize> = (0..parts.loans.len()).step_by(every).collect();
    let pool: Fen = parts.loans.iter().map(|loan| loan.principal).sum();
    let first = parts.supporters.len();
    for name in ["fund", "bank", "insurer", "appraiser"] {
        parts.supporters.push(giver(name));
    }
    parts.supporters[first + 1].recovery = rate("0.3");
    parts.supporters[first + 2].paying_capacity = Some(pool / 90);
    let of = |at: usize, pays: CoverPays, share: &str| Cover {
        loans: loans.clone(),
        supporter: first + at,
        ..cover(&format!("K{at}"), pays, share)
    };
    let closing = parts.terms.closing;
    parts.covers = vec![
        Cover { cap_total: Some(pool / 60), ..of(0, CoverPays::OnLoss, "0.54") },
        Cover { lag_business_days: 45, ..of(1, CoverPays::OnClaim, "0.26") },
        Cover { deductible: 10_000_000, waiting_months: 3, ..of(2, CoverPays::OnLoss, "0.16") },
        Cover {
            end: Some(ipabs::dates::add_months(closing, 9)),
            ..of(3, CoverPays::OnClaim, "0.04")
        },
    ];
    parts
}

/// Firms of the deal as they are, and givers that are likely to fail.
pub fn with_givers(model: &DefaultModel, givers: usize) -> DefaultModel {
    let mut model = risky(model);
    for _ in 0..givers {
        model.curves.push(one_year(0.4));
        model.correlation.loadings.push(vec![(0, 0.5)]);
        model.correlation.latent.push(model.correlation.latent.len());
    }
    model
}

#[test]
fn a_covered_path_is_the_exact_run_of_its_fates() {
    for folder in ["scenarios/yuhang-2021", "benches/w2-20"] {
        let loaded = load(folder);
        let model = with_givers(&default_model(&loaded).unwrap(), 4);
        let deal = deals::deal(covered(&loaded, 1));
        for scenario in &loaded.scenarios {
            let early = Scenario {
                prepayment: ipabs::scenario::Prepayment::Annual(vec![rate("0.3")]),
                ..scenario.clone()
            };
            for scenario in [scenario, &early] {
                check_paths(&deal, scenario, &model, &(0..20).collect::<Vec<_>>());
            }
        }
    }
    // Large pools are gathered firm by firm.
    let large = load("benches/w2-2000");
    let model = with_givers(&default_model(&large).unwrap(), 4);
    let deal = deals::deal(covered(&large, 3));
    check_paths(&deal, &large.scenarios[0], &model, &[0, 130]);
}

#[test]
fn a_loan_that_is_in_default_on_every_path_is_covered_on_every_path() {
    let loaded = load("scenarios/yuhang-2021");
    let mut parts = covered(&loaded, 1);
    parts.loans[2].status = Status::Delinquent { days: 40 };
    parts.loans[5].status = Status::Defaulted;
    parts.terms.clean_up_share = Some(rate("0.4"));
    let deal = deals::deal(parts);
    let model = with_givers(&default_model(&loaded).unwrap(), 4);
    let scenario = Scenario { delinquent_default: true, ..loaded.scenarios[0].clone() };
    check_paths(&deal, &scenario, &model, &(0..30).collect::<Vec<_>>());
    // Its cover is called on every path.
    let tally = tally_of(&deal, &scenario, &model, 1_000);
    assert_eq!(tally.covers[0].called.mean(1_000), 1.0);
    assert_eq!(tally.paths, 1_000);
}

/// What so many paths sum to is what their exact runs sum to: losses in each of the three ways,
/// what every cover pays and keeps paid, and who bears what of the claims on each loan.
pub fn check_sums(deal: &Deal, scenario: &Scenario, model: &DefaultModel, paths: u64) -> Tally {
    let simulation = Simulation::new(deal, scenario, model, PLAIN).unwrap();
    let tally = simulated(&simulation, paths, 2);
    let mut losses = vec![[0.0; 3]; deal.tranches().len()];
    let mut covers = vec![[0.0; 4]; deal.covers().len()];
    let mut borne: Vec<Vec<f64>> = Vec::new();
    let pool = deal.initial_principal() as f64;
    for path in 0..paths {
        let named = simulation.path(path);
        let runs = [Support::With, Support::Without, Support::Bare];
        let runs = runs.map(|support| run(deal, &named, support).unwrap());
        for (class, sums) in losses.iter_mut().enumerate() {
            for (sum, flows) in sums.iter_mut().zip(&runs) {
                *sum += loss(deal, flows, class);
            }
        }
        borne.resize(deal.loans().len() + 1, Vec::new());
        for (sums, of) in borne.iter_mut().zip(layers(deal, &named, &runs[0])) {
            assert_eq!(of.claim, of.pledge + of.covers.iter().sum::<Fen>() + of.left);
            let parts = [of.claim, of.pledge, of.left].into_iter().chain(of.covers);
            sums.resize(sums.len().max(parts.clone().count()), 0.0);
            sums.iter_mut().zip(parts).for_each(|(sum, part)| *sum += part as f64 / pool);
        }
        for (cover, sums) in covers.iter_mut().enumerate() {
            let (mut called, mut paid, mut taken) = (0, 0, 0);
            for flow in runs[0].collections.covers.iter().filter(|flow| flow.cover == cover) {
                if flow.period < runs[0].periods.len() {
                    called += flow.called;
                    paid += flow.paid;
                    taken += flow.taken;
                }
            }
            let [called, paid, taken] = [called, paid, taken].map(|fen: Fen| fen as f64 / pool);
            sums[0] += f64::from(u8::from(called > 0.0));
            sums[1] += called;
            sums[2] += paid;
            sums[3] += paid - taken;
        }
    }
    let close = |what: &str, got: f64, sum: f64| {
        let known = sum / paths as f64;
        assert!((got - known).abs() < 1e-8, "{what}: {got} for {known}");
    };
    for (class, sums) in losses.iter().enumerate() {
        let ways = [&tally.with, &tally.without, &tally.bare];
        for ((way, name), sum) in ways.into_iter().zip(["with", "without", "bare"]).zip(sums) {
            close(&format!("class {class} {name}"), way[class].loss.mean(paths), *sum);
        }
    }
    assert_eq!(tally.layers.len(), borne.len());
    for (at, (of, sums)) in tally.layers.iter().zip(&borne).enumerate() {
        let moments = [of.claim, of.pledge, of.left].into_iter().chain(of.covers.clone());
        for (moments, sum) in moments.zip(sums) {
            close(&format!("layers of loan {at}"), moments.mean(paths), *sum);
        }
    }
    for (at, (of, sums)) in tally.covers.iter().zip(&covers).enumerate() {
        let moments = [of.called, of.amount_called, of.amount_paid, of.unreimbursed];
        for (moments, sum) in moments.iter().zip(sums) {
            close(&format!("cover {at}"), moments.mean(paths), *sum);
        }
    }
    tally
}

fn loss(deal: &Deal, flows: &Flows, class: usize) -> f64 {
    use ipabs::num::Amount;
    let left = flows.closing()[flows.cells.tranches[class].balance].to_fen();
    left as f64 / deal.tranches()[class].notional as f64
}

#[test]
fn sums_over_paths_are_those_of_exact_runs_in_all_three_ways() {
    for folder in ["scenarios/yuhang-2021", "benches/w2-20"] {
        let loaded = load(folder);
        let deal = deals::deal(covered(&loaded, 1));
        let model = with_givers(&default_model(&loaded).unwrap(), 4);
        let tally = check_sums(&deal, &loaded.scenarios[0], &model, 300);
        let lost = |of: &[ipabs::engine::ClassTally]| of.last().unwrap().loss.mean(300);
        assert!(lost(&tally.without) < lost(&tally.bare), "covers are worth something");
        assert!(tally.covers[1].failed_when_called.sum > 0, "a giver fails");
    }
    // Nobody commits anything: with is without.
    let loaded = load("scenarios/yuhang-2021");
    let mut parts = covered(&loaded, 2);
    parts.commitments.clear();
    parts.triggers.clear();
    parts.steps = ipabs::deal::standard_waterfall(
        parts.terms.structure,
        &parts.tranches,
        &parts.fees,
        &parts.accounts,
        0,
        true,
    );
    let model = with_givers(&default_model(&loaded).unwrap(), 4);
    let tally = check_sums(&deals::deal(parts), &loaded.scenarios[0], &model, 200);
    assert!(tally.with == tally.without);
}

/// One loan due in a year and a giver, both on their own: E[paid] = share x claim x P(the loan
/// defaults and the giver lives on the pay date); what it keeps paid is less by its share of the
/// 40% that comes back. The default is found on 2025-01-01, the pay date is the same day.
#[test]
fn a_cover_pays_on_average_what_the_closed_form_says() {
    let check = |pays: CoverPays, paid: f64, kept: f64| {
        let mut parts = pool_of(&[100_000], "0");
        parts.loans[0].repayment = ipabs::asset::Repayment::AtMaturity;
        parts.covers = vec![Cover { lag_business_days: 0, ..cover("K", pays, "0.8") }];
        let deal = deals::deal(parts);
        let curves = vec![one_year(0.2), one_year(0.3), one_year(0.5)];
        let model = one_factor(&deal, Copula::Gaussian, 0.0, curves);
        let paths = 200_000;
        let tally = tally_of(&deal, &recovering("0.4"), &model, paths);
        near("called", &tally.covers[0].called, paths, 0.2, 0.0);
        near("failed", &tally.covers[0].failed_when_called, paths, 0.2 * 0.3, 0.0);
        near("paid", &tally.covers[0].amount_paid, paths, paid, 0.0);
        near("kept", &tally.covers[0].unreimbursed, paths, kept, 0.0);
        near("bare", &tally.bare[0].loss, paths, 0.2 * 0.6, 0.0);
        near("without", &tally.without[0].loss, paths, 0.2 * 0.6 - kept, 0.0);
        near("pool", &tally.pool.loss, paths, 0.2 * 0.6 - kept, 0.0);
    };
    check(CoverPays::OnClaim, 0.2 * 0.7 * 0.8, 0.2 * 0.7 * 0.8 * 0.6);
    check(CoverPays::OnLoss, 0.2 * 0.7 * 0.8 * 0.6, 0.2 * 0.7 * 0.8 * 0.6);
}

#[test]
fn a_giver_more_moves_no_obligor_and_threads_change_no_bit() {
    let loaded = load("scenarios/yuhang-2021");
    let plain = default_model(&loaded).unwrap();
    let model = {
        let mut wider = with_givers(&plain, 4);
        wider.curves[..plain.curves.len()].clone_from_slice(&plain.curves);
        wider
    };
    let deal = deals::deal(covered(&loaded, 1));
    let alone = tally_of(&loaded.deal, &loaded.scenarios[0], &plain, 5_000);
    let simulation = Simulation::new(&deal, &loaded.scenarios[0], &model, PLAIN).unwrap();
    let covered = simulated(&simulation, 5_000, 1);
    assert!(covered.pool.defaults == alone.pool.defaults);
    assert!(covered.pool.defaulted == alone.pool.defaulted);
    // Without covers and commitments the deal is the one without them.
    for (bare, without) in covered.bare.iter().zip(&alone.without) {
        assert!(bare.losses == without.losses, "bare is not what the deal is without covers");
        let [bare, without] = [bare.loss.mean(5_000), without.loss.mean(5_000)];
        assert!((bare - without).abs() < 1e-9, "{bare} bare, {without} without covers");
    }
    for threads in [2, 5] {
        assert!(simulated(&simulation, 5_000, threads) == covered, "{threads} threads");
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 60,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn any_covered_path_is_the_exact_run_of_its_fates(
        parts in any_covered(),
        commits in any::<bool>(),
        recovered in (0_i64..=100, 0_u32..12, 0_u32..12, 0_i64..=100),
        cpr in 0_i64..50,
    ) {
        let mut parts = parts;
        if commits {
            parts.supporters.push(giver("S"));
            let of_notes = commitment(vec![Claim::Principal(0)]);
            parts.commitments = vec![Commitment { supporter: 2, ..of_notes }];
        }
        let deal = deals::deal(parts);
        let curves: Vec<PdCurve> =
            (0..deal.obligors().len() + deal.supporters().len()).map(|_| one_year(0.5)).collect();
        let model = one_factor(&deal, Copula::Gaussian, 0.2, curves);
        let part = Decimal::new(recovered.3, 2);
        let shares = vec![(recovered.1, part), (recovered.2, Decimal::ONE - part)];
        let scenario = Scenario {
            recovery: Recovery::Flat { rate: Decimal::new(recovered.0, 2), shares },
            prepayment: ipabs::scenario::Prepayment::Annual(vec![Decimal::new(cpr, 2)]),
            ..quiet()
        };
        prop_assert!(deal.terms().closing == date("2024-01-01"));
        check_paths(&deal, &scenario, &model, &(0..16).collect::<Vec<_>>());
    }
}
