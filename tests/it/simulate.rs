//! Simulation against references, against closed forms, and against the exact engine.

use std::sync::OnceLock;

use ipabs::analytics::simulated::{Estimate, PoolResult, pool as pool_result};
use ipabs::asset::{PdCurve, Repayment, SupporterKind};
use ipabs::deal::{Amortisation, Claim, Deal, Parts, Seniority};
use ipabs::engine::{
    Drawing, Moments, PoolTally, Simulation, Support, Tally, collect, periods, pool, run,
};
use ipabs::input::default_model;
use ipabs::num::{Decimal, Fen};
use ipabs::scenario::{Copula, Correlation, DefaultModel, Kinship, Recovery, Scenario, Shared};

use super::deals::{
    self, commitment, date, loan, parts, quiet, rate, steps, supporter, terms, tranche,
};
use super::lanes::check_lanes;
use super::loaded::load;
use ipabs::input::Loaded;

pub const PLAIN: Drawing = Drawing { seed: 1, tail: false };

/// Sums over so many paths, on so many threads.
pub fn simulated(simulation: &Simulation<'_>, paths: u64, threads: usize) -> Tally {
    let mut tally = simulation.tally();
    let workers = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
    workers.install(|| simulation.run(0..Simulation::blocks(paths), paths, &mut tally));
    tally
}

pub fn tally_of(deal: &Deal, scenario: &Scenario, model: &DefaultModel, paths: u64) -> Tally {
    simulated(&Simulation::new(deal, scenario, model, PLAIN).unwrap(), paths, 2)
}

/// Within so many standard errors of what is known, whose own error counts too.
pub fn near(what: &str, moments: &Moments, paths: u64, known: f64, known_error: f64) {
    let (mean, error) = (moments.mean(paths), moments.standard_error(paths));
    let error = (error * error + known_error * known_error).sqrt();
    assert!((mean - known).abs() <= 4.0 * error, "{what}: {mean} for {known}, error {error}");
}

/// Everybody on one factor.
pub fn one_factor(
    deal: &Deal,
    copula: Copula,
    correlation: f64,
    curves: Vec<PdCurve>,
) -> DefaultModel {
    let kin = |name: &String, industry: &String, region: &String| Kinship {
        firm: name.clone(),
        industry: industry.clone(),
        region: region.clone(),
        group: None,
    };
    let obligors = deal.obligors().iter().map(|at| kin(&at.name, &at.industry, &at.region));
    let supporters = deal.supporters().iter().map(|at| kin(&at.name, &at.industry, &at.region));
    let firms: Vec<Kinship> = obligors.chain(supporters).collect();
    let shared = Shared { all: correlation, industry: 0.0, region: 0.0, group: None };
    let correlation = Correlation::of_shared(copula, shared, &firms).unwrap();
    DefaultModel { correlation, curves }
}

pub fn one_year(pd: f64) -> PdCurve {
    PdCurve::new(&[(1.0, pd)]).unwrap()
}

/// So many loans of 1,000 yuan due in a year without interest, a senior class and a junior one, and
/// a supporter for the senior's principal.
fn bullet_deal(loans: usize, junior: &str) -> Deal {
    let year = date("2025-01-01");
    let all: Vec<_> =
        (0..loans).map(|at| loan(at, 100_000, "0", 12, Repayment::AtMaturity)).collect();
    let whole = 100_000 * loans as Fen;
    let below = (rate(junior) * Decimal::from(whole)).round();
    let below = Fen::try_from(below).unwrap();
    let tranches = vec![
        tranche("A", Seniority::Senior, whole - below, "", year),
        tranche("C", Seniority::Subordinate, below, "", year),
    ];
    let order = [Claim::Principal(0), Claim::Principal(1)];
    let lines: Vec<&[Claim]> = order.iter().map(std::slice::from_ref).collect();
    let made = parts(terms(12), all, tranches, steps(&lines, ipabs::deal::Split::ProRata));
    let supporters = vec![supporter("S")];
    let commitments = vec![commitment(vec![Claim::Principal(0)])];
    let tranches = made.tranches.iter().cloned();
    let tranches = tranches
        .map(|mut class| {
            class.amortisation = Amortisation::Turbo { target_balance: Vec::new() };
            class
        })
        .collect();
    deals::deal(Parts { supporters, commitments, tranches, ..made })
}

pub fn recovering(share: &str) -> Scenario {
    let recovery = Recovery::Flat { rate: rate(share), shares: vec![(0, Decimal::ONE)] };
    Scenario { recovery, ..quiet() }
}

#[test]
fn w1_is_the_exact_distribution() {
    let loaded = load("benches/w1");
    let model = default_model(&loaded).unwrap();
    let paths = 400_000;
    let tally = tally_of(&loaded.deal, &loaded.scenarios[0], &model, paths);
    near("expected loss", &tally.pool.loss, paths, 0.016_422_136_700_92, 0.0);
    near("no loss", &tally.pool.no_loss, paths, 0.276_883_581_11, 0.0);
    let known = [8.691_122_328e-6, 0.002_540_301_320_34, 0.161_611_536_710_3];
    for (class, known) in tally.with.iter().zip(known) {
        near("class", &class.loss, paths, known, 0.0);
    }
}

/// The pool drawn alone is that of the whole simulation, whose sums are added in another order.
#[test]
fn a_pool_drawn_alone_loses_what_it_loses_in_the_whole() {
    let paths = 5_000;
    for folder in ["benches/w1", "benches/w2-20", "scenarios/insured"] {
        let loaded = load(folder);
        let model = default_model(&loaded).unwrap();
        for tail in [false, true] {
            let drawing = Drawing { seed: 3, tail };
            let simulation =
                Simulation::new(&loaded.deal, &loaded.scenarios[0], &model, drawing).unwrap();
            let whole = simulated(&simulation, paths, 2).pool;
            let alone = simulation.pool_losses(0..Simulation::blocks(paths), paths);
            let of = |pool: &PoolTally| {
                let sums = [pool.loss, pool.defaulted, pool.defaults, pool.no_loss];
                sums.map(|sum| (sum.mean(paths), sum.standard_error(paths)))
            };
            for (alone, whole) in of(&alone).into_iter().zip(of(&whole)) {
                let close = (alone.0 - whole.0).abs() + (alone.1 - whole.1).abs() < 1e-6;
                assert!(close, "{folder} {tail}: {alone:?} {whole:?}");
            }
            assert!(
                alone.loss.sum > 0 && alone.losses.points().len() == whole.losses.points().len()
            );
        }
    }
}

#[test]
fn w2_is_the_reference() {
    let loaded = load("benches/w2-100");
    let model = default_model(&loaded).unwrap();
    let paths = 400_000;
    let tally = tally_of(&loaded.deal, &loaded.scenarios[0], &model, paths);
    let known = [
        ((1.908e-7, 0.008e-7), (1.562e-5, 0.008e-5), (1.176_229_1, 1.1e-6)),
        ((0.003_312_8, 1.3e-6), (0.033_617, 9.0e-6), (2.680_004_4, 5.9e-6)),
        ((0.261_164, 1.7e-5), (0.559_949, 2.5e-5), (2.795_955_0, 4.1e-5)),
    ];
    for (class, (loss, unpaid, years)) in tally.with.iter().zip(known) {
        near("loss", &class.loss, paths, loss.0, loss.1);
        near("unpaid", &class.unpaid, paths, unpaid.0, unpaid.1);
        near("years", &class.years, paths, years.0, years.1);
    }
    let provider = &tally.commitments[0];
    near("top-up", &provider.amount_paid, paths, 0.001_300_12, 2.7e-7);
    near("unreimbursed", &provider.unreimbursed, paths, 0.000_762_96, 2.1e-7);
    near("defaults", &tally.pool.defaults, paths, 8.447_142, 0.0);
    near("defaulted", &tally.pool.defaulted, paths, 0.059_170_51, 0.0);
}

/// Conditional binomial, integrated over the factor: published in one place, recomputed in another.
#[test]
pub fn one_year_pools_break_as_often_as_the_binomial_says() {
    let check = |loans: usize, pd: f64, correlation: f64, junior: &str, breaks: f64, both: f64| {
        let deal = bullet_deal(loans, junior);
        let mut curves = vec![one_year(pd); loans];
        curves.push(one_year(0.005));
        let model = one_factor(&deal, Copula::Gaussian, correlation, curves);
        let paths = 200_000;
        let tally = tally_of(&deal, &recovering("0.2"), &model, paths);
        let what = format!("{loans} {pd} {correlation}");
        near(&what, &tally.without[0].unpaid, paths, breaks, 0.0);
        if both > 0.0 {
            near(&what, &tally.with[0].unpaid, paths, both, 0.0);
        }
    };
    check(12, 0.02, 0.0, "0.05", 0.215283, 0.00107642);
    check(12, 0.02, 0.10, "0.05", 0.201394, 0.00172210);
    check(12, 0.02, 0.30, "0.05", 0.169015, 0.00297938);
    check(12, 0.05, 0.10, "0.05", 0.418492, 0.00302762);
    check(20, 0.02, 0.10, "0.05", 0.075523, 0.00092624);
    check(10, 0.02, 0.10, "0.05", 0.172871, 0.00150372);
    check(91, 0.02, 0.05, "0.10", 0.00037825, 0.0);
    check(91, 0.02, 0.15, "0.10", 0.00816, 0.0);
}

#[test]
fn standard_errors_are_right() {
    let deal = bullet_deal(12, "0.05");
    let mut curves = vec![one_year(0.02); 12];
    curves.push(one_year(0.005));
    let model = one_factor(&deal, Copula::Gaussian, 0.1, curves);
    let (paths, seeds) = (4_000, 200);
    let scores: Vec<f64> = (0..seeds)
        .map(|seed| {
            let drawing = Drawing { seed, tail: false };
            let scenario = recovering("0.2");
            let simulation = Simulation::new(&deal, &scenario, &model, drawing).unwrap();
            let unpaid = simulated(&simulation, paths, 1).without[0].unpaid;
            (unpaid.mean(paths) - 0.201_394) / unpaid.standard_error(paths)
        })
        .collect();
    let mean = scores.iter().sum::<f64>() / seeds as f64;
    let variance =
        scores.iter().map(|z| (z - mean) * (z - mean)).sum::<f64>() / (seeds as f64 - 1.0);
    // 200 squares of unit normals: the variance is within 4 x sqrt(2 / 199) of 1.
    assert!((variance - 1.0).abs() < 0.4, "{variance}");
    assert!(mean.abs() < 4.0 / (seeds as f64).sqrt(), "{mean}");
}

/// Defaulted principal over initial principal that the curves imply.
fn expected_share(simulation: &Simulation<'_>, deal: &Deal) -> f64 {
    let of_firm = |days: &Vec<(f64, f64)>| -> f64 {
        let before = std::iter::once(0.0).chain(days.iter().map(|day| day.0));
        days.iter().zip(before).map(|(day, before)| (day.0 - before) * day.1).sum()
    };
    let expected: f64 = simulation.expected_defaults().iter().map(of_firm).sum();
    expected / deal.initial_principal() as f64
}

/// One default time a firm: no frequency, correlation or copula changes how much defaults.
#[test]
fn as_much_defaults_as_the_curves_say() {
    for folder in ["benches/w2-20", "scenarios/yuhang-2021"] {
        let loaded = load(folder);
        let model = default_model(&loaded).unwrap();
        for copula in [Copula::Gaussian, Copula::StudentT { degrees: 4.0 }] {
            for correlation in [0.0, 0.2, 0.5, 0.9] {
                let curves = model.curves.clone();
                let model = one_factor(&loaded.deal, copula, correlation, curves);
                let deal = &loaded.deal;
                let simulation =
                    Simulation::new(deal, &loaded.scenarios[0], &model, PLAIN).unwrap();
                let share = expected_share(&simulation, deal);
                let paths = 60_000;
                let tally = simulated(&simulation, paths, 2);
                let what = format!("{folder} {copula:?} {correlation}");
                near(&what, &tally.pool.defaulted, paths, share, 0.0);
            }
        }
    }
}

/// A path's fates, named in a scenario, are the same collections and the same notes.
pub fn check_paths(deal: &Deal, scenario: &Scenario, model: &DefaultModel, paths: &[u64]) {
    let simulation = Simulation::new(deal, scenario, model, PLAIN).unwrap();
    for &path in paths {
        let named = simulation.path(path);
        let periods = periods(deal.terms());
        let pool = pool(deal, named.rate_shift, &periods);
        let exact = collect(deal, &named, &pool, &periods);
        let drawn = simulation.collections(path);
        for (at, (exact, drawn)) in exact.rows.iter().zip(&drawn).enumerate() {
            let mut exact = *exact;
            exact.to_come = Fen::from(exact.to_come > 0);
            exact.recognised = if simulation.counts_recognised() { exact.recognised } else { 0 };
            assert_eq!(exact, *drawn, "path {path}, period {at}, {named:?}");
        }
        check_lanes(deal, &named, Support::With);
    }
}

#[test]
fn a_path_is_the_exact_run_of_its_fates() {
    for folder in ["scenarios/yuhang-2021", "benches/w2-20"] {
        let loaded = load(folder);
        let model = risky(&default_model(&loaded).unwrap());
        let paths: Vec<u64> = (0..24).chain(500..508).collect();
        for scenario in &loaded.scenarios {
            check_paths(&loaded.deal, scenario, &model, &paths);
        }
    }
    // Large pools are worked through firm by firm.
    let large = load("benches/w2-2000");
    let model = default_model(&large).unwrap();
    check_paths(&large.deal, &large.scenarios[0], &model, &[0, 130, 255]);
}

#[test]
fn a_deal_in_mid_life_is_drawn_from_where_it_stands() {
    let deal = deals::deal(super::midlife::midlife());
    let curves = vec![one_year(0.7), one_year(0.6), one_year(0.3)];
    let model = one_factor(&deal, Copula::Gaussian, 0.3, curves);
    check_paths(&deal, &recovering("0.4"), &model, &(0..60).collect::<Vec<_>>());
    let scenario = recovering("0.4");
    let simulation = Simulation::new(&deal, &scenario, &model, PLAIN).unwrap();
    // 90.00 and 10.00 of the 200.00 that were sold are at risk, from 2 March on.
    let days = simulation.expected_defaults();
    assert_eq!((days[0][0].1, days[1][0].1), (9_000.0, 1_000.0));
    let tally = simulated(&simulation, 20_000, 2);
    near("mid-life", &tally.pool.defaulted, 20_000, expected_share(&simulation, &deal), 0.0);
}

/// The same firms, each four times as likely to default.
pub fn risky(model: &DefaultModel) -> DefaultModel {
    let risky = |curve: &PdCurve| one_year((4.0 * curve.cumulative(1.0)).min(0.9));
    let curves = model.curves.iter().map(risky).collect();
    DefaultModel { curves, correlation: model.correlation.clone() }
}

#[test]
fn a_clean_up_call_comes_on_the_paths_that_reach_it() {
    let loaded = load("benches/w2-20");
    let sources = ipabs::input::read_folder(&super::loaded::root().join("benches/w2-20")).unwrap();
    let sources: Vec<_> = sources
        .into_iter()
        .map(|mut source| {
            if source.name == "deal.csv" {
                source.bytes.extend(b"clean_up,35%\n");
            }
            source
        })
        .collect();
    let called = ipabs::input::assemble(&sources).0.unwrap();
    let model = risky(&default_model(&loaded).unwrap());
    check_paths(&called.deal, &called.scenarios[0], &model, &(0..40).collect::<Vec<_>>());
}

#[test]
fn nobody_fails_and_the_run_is_the_exact_one() {
    let loaded = load("scenarios/yuhang-2021");
    let known = default_model(&loaded).unwrap();
    let curves = vec![PdCurve::never(); known.curves.len()];
    let model = DefaultModel { curves, correlation: known.correlation };
    let base = &loaded.scenarios[1];
    assert_eq!(base.name, "no_default");
    let tally = tally_of(&loaded.deal, base, &model, 300);
    let exact = run(&loaded.deal, base, Support::With).unwrap();
    for (class, cells) in tally.with.iter().zip(&exact.cells.tranches) {
        assert!(exact.closing()[cells.balance].is_zero());
        assert_eq!((class.unpaid.sum, class.loss.sum), (0, 0));
    }
    check_paths(&loaded.deal, base, &model, &[0, 299]);
}

#[test]
fn threads_do_not_change_a_bit() {
    let loaded = load("scenarios/yuhang-2021");
    let model = default_model(&loaded).unwrap();
    let simulation = Simulation::new(&loaded.deal, &loaded.scenarios[0], &model, PLAIN).unwrap();
    let whole = simulated(&simulation, 20_000, 1);
    for threads in [2, 7] {
        assert!(simulated(&simulation, 20_000, threads) == whole, "{threads} threads");
    }
    let blocks = Simulation::blocks(20_000);
    let mut parts = simulation.tally();
    for part in [2, 0, 1] {
        let range = blocks * part / 3..blocks * (part + 1) / 3;
        simulation.run(range, 20_000, &mut parts);
    }
    assert!(parts == whole);
}

#[test]
fn one_supporter_more_moves_no_obligor() {
    let alone = load("scenarios/yuhang-2021");
    let model = default_model(&alone).unwrap();
    let mut more = alone.clone();
    let mut tables = deal_parts(&more);
    let extra = supporter("another");
    tables.supporters.push(ipabs::asset::Supporter { kind: SupporterKind::Guarantee, ..extra });
    more.deal = deals::deal(tables);
    let mut curves = model.curves.clone();
    curves.push(one_year(0.3));
    let mut correlation = model.correlation.clone();
    correlation.loadings.push(vec![(0, 0.4)]);
    correlation.latent.push(correlation.latent.len());
    let wider = DefaultModel { curves, correlation };
    let one = tally_of(&alone.deal, &alone.scenarios[0], &model, 5_000);
    let two = tally_of(&more.deal, &alone.scenarios[0], &wider, 5_000);
    assert!(one.pool == two.pool && one.with == two.with && one.without == two.without);
}

pub fn deal_parts(loaded: &Loaded) -> Parts {
    let deal = &loaded.deal;
    Parts {
        terms: deal.terms().clone(),
        obligors: deal.obligors().to_vec(),
        loans: deal.loans().to_vec(),
        rights: deal.rights().to_vec(),
        supporters: deal.supporters().to_vec(),
        covers: deal.covers().to_vec(),
        costs: deal.costs().to_vec(),
        tranches: deal.tranches().to_vec(),
        fees: deal.fees().to_vec(),
        accounts: deal.accounts().to_vec(),
        steps: deal.steps().to_vec(),
        triggers: deal.triggers().to_vec(),
        commitments: deal.commitments().to_vec(),
        lpr: deal.lpr().clone(),
        state: deal.state().cloned(),
    }
}

/// The reference has more than a million times as many paths.
#[test]
fn the_tail_is_unbiased_and_finds_the_rare_class() {
    let loaded = load("benches/w2-100");
    let model = default_model(&loaded).unwrap();
    let drawing = Drawing { seed: 7, tail: true };
    let scenario = &loaded.scenarios[0];
    let simulation = Simulation::new(&loaded.deal, scenario, &model, drawing).unwrap();
    let paths = 100_000;
    let tally = simulated(&simulation, paths, 2);
    near("weight", &tally.weight, paths, 1.0, 0.0);
    near("A", &tally.with[0].unpaid, paths, 1.562e-5, 0.008e-5);
    near("A", &tally.with[0].loss, paths, 1.908e-7, 0.008e-7);
    near("B", &tally.with[1].loss, paths, 0.003_312_8, 1.3e-6);
    near("C", &tally.with[2].loss, paths, 0.261_164, 1.7e-5);
    // Two in ten thousand, with under 5% of relative error: A without the provider is at 1.9e-4.
    let rare = tally.without[0].unpaid;
    let relative = rare.standard_error(paths) / rare.mean(paths);
    assert!((1e-4..3e-4).contains(&rare.mean(paths)), "{}", rare.mean(paths));
    assert!(relative < 0.05, "{relative}");
}

/// Whatever part of the paths is of worse years, down to none: over many seeds the paths weigh one
/// on average, and a firm defaults as often as its curve says.
#[test]
fn the_tail_is_unbiased_for_any_number_of_paths() {
    let deal = bullet_deal(12, "0.05");
    let mut curves = vec![one_year(0.02); 12];
    curves.push(one_year(0.005));
    let model = one_factor(&deal, Copula::Gaussian, 0.1, curves);
    for paths in [100, 300, 700, 1_500] {
        let seeds = 400;
        let (mut weights, mut defaulted) = (Vec::new(), Vec::new());
        for seed in 0..seeds {
            let scenario = recovering("0.2");
            let drawing = Drawing { seed, tail: true };
            let simulation = Simulation::new(&deal, &scenario, &model, drawing).unwrap();
            let tally = simulated(&simulation, paths, 1);
            weights.push(tally.weight.mean(paths));
            defaulted.push(tally.pool.defaults.mean(paths));
        }
        for (what, of, known) in [("weight", weights, 1.0), ("defaults", defaulted, 12.0 * 0.02)] {
            let (mean, deviation) = mean_and_deviation(&of);
            let error = deviation / f64::from(seeds as u32).sqrt();
            let off = (mean - known).abs();
            assert!(off <= 4.0 * error + 1e-9, "{what} of {paths} paths: {mean} for {known}");
        }
    }
}

fn mean_and_deviation(of: &[f64]) -> (f64, f64) {
    let (count, mean) = (of.len() as f64, of.iter().sum::<f64>() / of.len() as f64);
    let squares: f64 = of.iter().map(|value| (value - mean).powi(2)).sum();
    (mean, (squares / (count - 1.0)).sqrt())
}

/// Over many seeds quantiles and shortfalls spread as their errors say, paths weighed or not.
#[test]
fn errors_of_quantiles_are_right() {
    let deal = LARGE.get_or_init(large);
    let mut curves = vec![one_year(0.02); 2_000];
    curves.push(one_year(0.005));
    let model = one_factor(deal, Copula::Gaussian, 0.1, curves);
    for tail in [false, true] {
        let results = (0..100).map(|seed| {
            let drawing = Drawing { seed, tail };
            let scenario = recovering("0");
            let simulation = Simulation::new(deal, &scenario, &model, drawing).unwrap();
            pool_result(&simulated(&simulation, 4_096, 2))
        });
        let results: Vec<PoolResult> = results.collect();
        let check = |what: &str, of: fn(&PoolResult) -> Estimate| {
            let values: Vec<f64> = results.iter().map(|result| of(result).value).collect();
            let errors: Vec<f64> = results.iter().map(|result| of(result).se.unwrap()).collect();
            let ratio = mean_and_deviation(&values).1 / mean_and_deviation(&errors).0;
            // A deviation of 100 values is within 4 / sqrt(200) of what it should be.
            assert!((ratio - 1.0).abs() < 0.28, "{what}, tail {tail}: {ratio}");
        };
        check("99%", |of| of.var_99);
        check("99.9%", |of| of.var_999);
        check("worst 0.1%", |of| of.es_999);
    }
}

static LARGE: OnceLock<Deal> = OnceLock::new();

fn large() -> Deal {
    bullet_deal(2_000, "0.05")
}

/// Vasicek: 8.235677% of a large pool at 99%, 12.823711% at 99.9% (PD 2%, correlation 10%).
#[test]
fn a_large_pool_loses_what_vasicek_says() {
    let deal = LARGE.get_or_init(large);
    let mut curves = vec![one_year(0.02); 2_000];
    curves.push(one_year(0.005));
    let model = one_factor(deal, Copula::Gaussian, 0.1, curves);
    let paths = 20_000;
    let tally = tally_of(deal, &recovering("0"), &model, paths);
    let points = tally.pool.losses.points();
    let none =
        f64::from(paths as u32) - points.iter().map(|at| at.1 as f64 / 2f64.powi(32)).sum::<f64>();
    let quantile = |level: f64| {
        let mut sum = none;
        let reached = points.iter().find(|at| {
            sum += at.1 as f64 / 2f64.powi(32);
            sum >= level * paths as f64
        });
        reached.unwrap().0
    };
    assert!((quantile(0.99) - 0.082_356_77).abs() < 0.004, "{}", quantile(0.99));
    assert!((quantile(0.999) - 0.128_237_11).abs() < 0.015, "{}", quantile(0.999));
}
