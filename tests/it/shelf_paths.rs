//! Series of a shelf together: exactly, by hand; on paths against the exact runs of their fates,
//! against each series alone, and against closed forms.

use ipabs::asset::{Loan, Repayment};
use ipabs::deal::{Claim, Deal, Parts, Seniority, Split, Terms};
use ipabs::engine::{
    Drawing, Flows, Moments, SeriesInput, ShelfSimulation, ShelfTally, ShelfWay, Simulation,
    Support, run, run_shelf, shared_supporters,
};
use ipabs::input::{Loaded, default_model};
use ipabs::num::{Decimal, Fen};
use ipabs::scenario::{Copula, DefaultModel, Scenario};

use super::deals::{
    commitment, date, deal, loan, parts, quiet, rate, steps, supporter, terms, tranche,
};
use super::loaded::load;
use super::simulate::{PLAIN, near, one_factor, one_year, recovering, simulated};

/// Loans of 1,000 yuan, due at once, interest-free, a senior class of 90% and a junior one, a
/// supporter for the senior's principal.
fn bullets(firms: &[&str], months: i32, supporter_name: &str, capacity: Option<Fen>) -> Deal {
    let terms = terms(months as usize);
    bullets_on(terms, firms, months, supporter_name, capacity)
}

fn bullets_on(
    terms: Terms,
    firms: &[&str],
    months: i32,
    supporter_name: &str,
    capacity: Option<Fen>,
) -> Deal {
    let end = terms.legal_maturity;
    let loans: Vec<_> = (0..firms.len())
        .map(|at| {
            let made = loan(at, 100_000, "0", months, Repayment::Bullet);
            Loan { origination: terms.cutoff, first_due: terms.first_payment, ..made }
        })
        .collect();
    let whole = 100_000 * firms.len() as Fen;
    let tranches = vec![
        tranche("A", Seniority::Senior, whole / 10 * 9, "", end),
        tranche("C", Seniority::Subordinate, whole / 10, "", end),
    ];
    let order = [Claim::Principal(0), Claim::Principal(1)];
    let lines: Vec<&[Claim]> = order.iter().map(std::slice::from_ref).collect();
    let mut made = parts(terms, loans, tranches, steps(&lines, Split::ProRata));
    for (obligor, name) in made.obligors.iter_mut().zip(firms) {
        obligor.name = name.to_string();
    }
    let mut giver = supporter(supporter_name);
    giver.paying_capacity = capacity;
    let commitments = vec![commitment(vec![Claim::Principal(0)])];
    deal(Parts { supporters: vec![giver], commitments, ..made })
}

fn named(deals: &[Deal]) -> Vec<(&'static str, &Deal)> {
    ["one", "two", "three"].into_iter().zip(deals).collect()
}

fn together(deals: &[Deal], scenarios: &[Scenario]) -> Vec<Flows> {
    let shared = shared_supporters(&named(deals)).unwrap();
    let series: Vec<(&Deal, &Scenario)> = deals.iter().zip(scenarios).collect();
    run_shelf(&series, &shared).unwrap()
}

fn paid(flows: &Flows) -> Decimal {
    flows.rows.iter().map(|row| row[flows.cells.commitments[0].paid]).sum()
}

/// By hand.
#[test]
fn calls_of_one_date_share_the_capacity_and_later_ones_find_what_is_left() {
    // Ten loans of 1,000: 9,000 of senior, so k defaults leave 9,000 - (10 - k) 1,000 to be paid.
    let firms = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"];
    let defaults = |count: usize, on: &str| Scenario {
        obligor_defaults: (0..count).map(|at| (at, date(on))).collect(),
        ..quiet()
    };
    let check = |capacity: Fen, counts: [usize; 2], months: [i32; 2], expected: [&str; 2]| {
        let deals = [0, 1].map(|at| bullets(&firms, months[at], "S", Some(capacity)));
        let scenarios = [0, 1].map(|at| defaults(counts[at], "2024-01-15"));
        let flows = together(&deals, &scenarios);
        let found = [paid(&flows[0]), paid(&flows[1])];
        assert_eq!(found, expected.map(rate), "{capacity} {counts:?} {months:?}");
    };
    // Enough for both: 2,000 and 1,000 are called.
    check(300_000, [3, 2], [6, 6], ["2000", "1000"]);
    // Two identical series, a supporter that is large enough for one.
    check(200_000, [3, 3], [6, 6], ["1000", "1000"]);
    // On one date 100 yuan are shared 2 : 1, to the fen, the last takes the rest.
    check(10_000, [3, 2], [6, 6], ["66.67", "33.33"]);
    // The series that is called first finds all of it.
    check(250_000, [3, 3], [8, 6], ["500", "2000"]);
    check(250_000, [3, 3], [6, 8], ["2000", "500"]);
    check(0, [3, 3], [6, 6], ["0", "0"]);
}

#[test]
fn series_with_nothing_in_common_go_as_they_go_alone() {
    let mut deals = ["w2-20", "w2-100"].map(|name| load(&format!("benches/{name}")));
    let scenarios = deals.each_ref().map(|loaded| Scenario {
        obligor_defaults: (0..8).map(|at| (at, loaded.deal.loans()[at].maturity)).collect(),
        ..quiet()
    });
    let deals: Vec<Deal> = deals.iter_mut().map(|loaded| loaded.deal.clone()).collect();
    let flows = together(&deals, &scenarios);
    for ((deal, scenario), together) in deals.iter().zip(&scenarios).zip(flows) {
        let alone = run(deal, scenario, Support::With).unwrap();
        assert_eq!(together.rows, alone.rows);
        assert_eq!(together.postings, alone.postings);
        assert_eq!(together.events, alone.events);
    }
}

#[test]
fn what_cannot_be_shared_is_told() {
    let check = |one: Option<Fen>, other: Option<Fen>, expected: &[&str]| {
        let deals = [one, other].map(|capacity| bullets(&["a"], 3, "S", capacity));
        let told = shared_supporters(&named(&deals)).err().unwrap_or_default();
        assert_eq!(told, expected, "{one:?} {other:?}");
    };
    check(Some(1), Some(1), &[]);
    check(None, None, &[]);
    let differs = "two/supporters.csv: S: paying_capacity is not that of an earlier series";
    check(Some(1), Some(2), &[differs]);
    check(Some(1), None, &[differs]);
}

fn model_of(deal: &Deal, pd: f64, correlation: f64, of_supporter: f64) -> DefaultModel {
    let mut curves = vec![one_year(pd); deal.obligors().len()];
    curves.push(one_year(of_supporter));
    one_factor(deal, Copula::Gaussian, correlation, curves)
}

fn shelf<'a>(
    deals: &'a [Deal],
    scenarios: &'a [Scenario],
    models: &'a [DefaultModel],
) -> Result<ShelfSimulation<'a>, Vec<String>> {
    let parts = named(deals).into_iter().zip(scenarios).zip(models);
    let inputs: Vec<SeriesInput<'a>> = parts
        .map(|(((name, deal), scenario), model)| SeriesInput { name, deal, scenario, model })
        .collect();
    ShelfSimulation::new(&inputs, PLAIN)
}

fn tally(simulation: &ShelfSimulation<'_>, paths: u64, threads: usize) -> ShelfTally {
    let mut tally = simulation.tally();
    let workers = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
    workers.install(|| simulation.run(0..Simulation::blocks(paths), paths, &mut tally));
    tally
}

fn last(tally: &ShelfTally) -> &ShelfWay {
    tally.together.last().unwrap()
}

const TEN: [&str; 10] = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"];

#[test]
fn a_shelf_of_one_series_is_its_simulation() {
    let Loaded { deal, scenarios, .. } = load("benches/w2-100");
    let model = default_model(&load("benches/w2-100")).unwrap();
    let alone =
        simulated(&Simulation::new(&deal, &scenarios[0], &model, PLAIN).unwrap(), 20_000, 2);
    let deals = [deal];
    let simulation = shelf(&deals, &scenarios[..1], std::slice::from_ref(&model)).unwrap();
    let joint = tally(&simulation, 20_000, 2);
    let unpaid = |classes: &[(Moments, Moments)]| -> Vec<i128> {
        classes.iter().map(|(unpaid, _)| unpaid.sum).collect()
    };
    let of_tally = |with: bool| -> Vec<i128> {
        let classes = if with { &alone.with } else { &alone.without };
        classes.iter().map(|class| class.unpaid.sum).collect()
    };
    assert_eq!(unpaid(&joint.alone.classes[0]), of_tally(true));
    assert_eq!(unpaid(&joint.together[0].classes[0]), of_tally(true));
    assert_eq!(unpaid(&joint.without.classes[0]), of_tally(false));
    let (one, other) = (joint.together[0].supporters[0].called, alone.commitments[0].called);
    assert_eq!(one.sum, other.sum);
}

/// A series whose loans have covers, beside one that has none, goes bare as its simulation does.
#[test]
fn bare_series_are_those_of_their_simulation() {
    let [plain, covered] =
        ["series-4", "series-5"].map(|name| load(&format!("scenarios/weilai-programme/{name}")));
    let models = [&plain, &covered].map(|loaded| default_model(loaded).unwrap());
    let scenarios = [&plain, &covered].map(|loaded| loaded.scenarios[0].clone());
    let alone = Simulation::new(&covered.deal, &scenarios[1], &models[1], PLAIN).unwrap();
    let alone = simulated(&alone, 20_000, 2);
    let deals = [covered.deal, plain.deal];
    let (scenarios, models) = ([&scenarios[1], &scenarios[0]], [&models[1], &models[0]]);
    let (scenarios, models) = (scenarios.map(Clone::clone), models.map(Clone::clone));
    let joint = tally(&shelf(&deals, &scenarios, &models).unwrap(), 20_000, 2);
    let bare = joint.bare.as_ref().unwrap();
    assert_eq!(bare.classes[1], joint.without.classes[1], "has no covers");
    assert!(bare.unpaid[0].sum > joint.without.unpaid[0].sum, "leans on its covers");
    // The same series on other draws.
    for (class, own) in bare.classes[0].iter().zip(&alone.bare) {
        let (mean, se) = (own.unpaid.mean(20_000), own.unpaid.standard_error(20_000));
        near("bare", &class.0, 20_000, mean, se);
    }
}

#[test]
fn the_same_bytes_on_any_threads() {
    let deals = [6, 9].map(|months| bullets(&TEN, months, "S", Some(150_000)));
    let models = deals.each_ref().map(|deal| model_of(deal, 0.3, 0.2, 0.05));
    let scenarios = [recovering("0.2"), recovering("0.2")];
    let simulation = shelf(&deals, &scenarios, &models).unwrap();
    assert!(tally(&simulation, 5_000, 1) == tally(&simulation, 5_000, 3));
}

/// Two identical series out of a supporter sized for one: each path against the exact runs of its
/// fates.
#[test]
fn paths_are_the_exact_runs_of_their_fates() {
    let check = |months: [i32; 2], capacity: Option<Fen>, other: &str| {
        let deals =
            [bullets(&TEN, months[0], "S", capacity), bullets(&TEN, months[1], other, capacity)];
        let models = deals.each_ref().map(|deal| model_of(deal, 0.3, 0.3, 0.1));
        let scenarios = [recovering("0.1"), recovering("0.1")];
        let simulation = shelf(&deals, &scenarios, &models).unwrap();
        let paths = 256;
        let joint = tally(&simulation, paths, 1);
        let (mut unpaid, mut paid_in_all, mut short) = ([0_i64; 2], Decimal::ZERO, 0);
        for path in 0..paths {
            let fates = simulation.path(path);
            let flows = together(&deals, &fates);
            for (series, flows) in flows.iter().enumerate() {
                let left = flows.closing()[flows.cells.tranches[0].balance];
                unpaid[series] += i64::from(!left.is_zero());
            }
            let paid: Vec<Decimal> = flows.iter().map(paid).collect();
            paid_in_all += paid.iter().copied().sum::<Decimal>();
            let called = |flows: &Flows| -> Decimal {
                flows.rows.iter().map(|row| row[flows.cells.commitments[0].called]).sum()
            };
            let lacks = flows.iter().zip(&paid).map(|(flows, paid)| called(flows) > *paid);
            let lives = fates.iter().map(|fates| fates.supporter_failures.is_empty());
            short += i64::from(lacks.zip(lives).any(|(lacks, lives)| lacks && lives));
        }
        let way = last(&joint);
        let count = |moments: &Moments| (moments.mean(1)).round() as i64;
        assert_eq!(way.unpaid.iter().map(count).collect::<Vec<i64>>(), unpaid, "{months:?}");
        assert!(unpaid.iter().all(|&count| count > 0), "the supporter fails or is used up");
        if other == "S" {
            assert_eq!(count(&way.supporters[0].short), short);
        }
        let amount: f64 = way.supporters.iter().map(|at| at.amount_paid.mean(1)).sum();
        let expected: f64 = (paid_in_all / Decimal::from(20_000)).try_into().unwrap();
        assert!((amount - expected).abs() < 1e-6, "{amount} for {expected}");
        short
    };
    assert!(check([6, 6], Some(200_000), "S") > 0);
    assert!(check([6, 9], Some(200_000), "S") > 0);
    check([9, 6], None, "S");
    check([6, 6], Some(200_000), "T");
}

/// Binomial: k or more of ten firms.
fn at_least(least: u32, pd: f64) -> f64 {
    let choose = |k: u32| (0..k).fold(1.0, |c, at| c * f64::from(10 - at) / f64::from(at + 1));
    (least..=10).map(|k| choose(k) * pd.powi(k as i32) * (1.0 - pd).powi(10 - k as i32)).sum()
}

#[test]
fn independent_series_with_supporters_of_their_own_lose_as_the_product_says() {
    let other = ["k", "l", "m", "n", "o", "p", "q", "r", "s", "t"];
    let deals = [bullets(&TEN, 12, "S", None), bullets(&other, 12, "T", None)];
    let models = deals.each_ref().map(|deal| model_of(deal, 0.2, 0.0, 0.1));
    let scenarios = [recovering("0"), recovering("0")];
    let joint = tally(&shelf(&deals, &scenarios, &models).unwrap(), 200_000, 2);
    // Two defaults and the supporter's hurt the senior class.
    let alone = at_least(2, 0.2) * 0.1;
    let way = last(&joint);
    near("one", &way.unpaid[0], 200_000, alone, 0.0);
    near("other", &way.unpaid[1], 200_000, alone, 0.0);
    near("both", &way.counts[2], 200_000, alone * alone, 0.0);
    near("any", &way.any_unpaid, 200_000, 1.0 - (1.0 - alone) * (1.0 - alone), 0.0);
    assert_eq!(joint.together[1].unpaid, joint.alone.unpaid, "nothing is shared");
    let without = at_least(2, 0.2);
    near("without", &joint.without.any_unpaid, 200_000, 1.0 - (1.0 - without).powi(2), 0.0);
}

#[test]
fn two_series_of_the_same_firms_default_on_the_same_paths() {
    let deals = [12, 12].map(|months| bullets(&TEN, months, "S", Some(100_000)));
    let models = deals.each_ref().map(|deal| model_of(deal, 0.2, 0.0, 0.0));
    let scenarios = [recovering("0"), recovering("0")];
    let simulation = shelf(&deals, &scenarios, &models).unwrap();
    let joint = tally(&simulation, 200_000, 2);
    let way = last(&joint);
    // Alone 1,000 yuan make a second default good; together it is 500 each.
    near("alone", &joint.alone.unpaid[0], 200_000, at_least(3, 0.2), 0.0);
    near("together", &way.unpaid[0], 200_000, at_least(2, 0.2), 0.0);
    near("both", &way.counts[2], 200_000, at_least(2, 0.2), 0.0);
    assert_eq!(way.counts[1].sum, 0);
    near("before the second", &joint.together[0].unpaid[0], 200_000, at_least(3, 0.2), 0.0);
    near("after", &way.any_earlier_unpaid, 200_000, at_least(2, 0.2), 0.0);
    near("short", &way.supporters[0].short, 200_000, at_least(2, 0.2), 0.0);
    // Path by path: with two defaults the first series is unpaid only beside the second, and with
    // two or more it lacks the 500 yuan of 20,000 that the second takes.
    let two = at_least(2, 0.2) - at_least(3, 0.2);
    near("change", &way.earlier_change, 200_000, two, 0.0);
    let apart = way.any_earlier_unpaid.sum - joint.together[0].any_unpaid.sum;
    assert_eq!(way.earlier_change.sum, apart);
    let expected = (two * (1.0 - two) / 200_000.0).sqrt();
    assert!((way.earlier_change.standard_error(200_000) / expected - 1.0).abs() < 0.02);
    near("loss", &way.earlier_loss_change, 200_000, 0.025 * at_least(2, 0.2), 0.0);
    near("part", &way.part_of_any[0], 200_000, at_least(2, 0.2) / 2.0, 0.0);
    for path in 0..64 {
        let [one, two] = &simulation.path(path)[..] else { panic!("two series") };
        assert_eq!(one.obligor_defaults, two.obligor_defaults);
    }
}

/// A firm defaults on one day, and not in a series that begins after it; so does a supporter fail.
#[test]
fn a_firm_that_has_defaulted_is_not_sold_into_a_later_series() {
    let later = Terms {
        cutoff: date("2024-07-01"),
        closing: date("2024-07-01"),
        first_payment: date("2024-08-01"),
        legal_maturity: date("2025-01-01"),
        ..terms(12)
    };
    let first = bullets(&TEN, 12, "S", None);
    let second = bullets_on(later, &TEN, 12, "S", None);
    let deals = [first, second];
    let models = deals.each_ref().map(|deal| model_of(deal, 0.3, 0.0, 0.2));
    let scenarios = [recovering("0"), recovering("0")];
    let simulation = shelf(&deals, &scenarios, &models).unwrap();
    let begins = date("2024-07-01");
    let mut seen = [0; 2];
    for path in 0..512 {
        let [one, two] = &simulation.path(path)[..] else { panic!("two series") };
        let in_both: Vec<_> =
            one.obligor_defaults.iter().filter(|(_, on)| *on > begins).copied().collect();
        assert_eq!(in_both, two.obligor_defaults, "path {path}");
        seen[0] += one.obligor_defaults.len() - in_both.len();
        seen[1] += in_both.len();
        let fails_in_both = one.supporter_failures.iter().filter(|(_, on)| *on > begins);
        assert!(fails_in_both.eq(&two.supporter_failures), "path {path}");
    }
    assert!(seen.iter().all(|&count| count > 300), "{seen:?}");
}

#[test]
fn series_that_disagree_on_a_firm_are_refused() {
    let deals = [12, 12].map(|months| bullets(&["a"], months, "S", None));
    let scenarios = [quiet(), quiet()];
    let check = |other: DefaultModel, expected: &[&str]| {
        let models = [model_of(&deals[0], 0.2, 0.1, 0.1), other];
        let told = shelf(&deals, &scenarios, &models).err().unwrap_or_default();
        assert_eq!(told, expected);
    };
    check(model_of(&deals[1], 0.2, 0.1, 0.1), &[]);
    let curve = "two/obligors.csv: a: wants the same probabilities of default as in one";
    check(model_of(&deals[1], 0.3, 0.1, 0.1), &[curve]);
    let of_supporter = "two/supporters.csv: S: wants the same probabilities of default as in one";
    check(model_of(&deals[1], 0.2, 0.1, 0.2), &[of_supporter]);
    let loadings = |table: &str, firm: &str| {
        format!("two/{table}.csv: {firm}: wants the same factor loadings as in one")
    };
    let [one, two] = [loadings("obligors", "a"), loadings("supporters", "S")];
    check(model_of(&deals[1], 0.2, 0.3, 0.1), &[&one, &two]);
    let mut other = model_of(&deals[1], 0.2, 0.1, 0.1);
    other.correlation.copula = Copula::StudentT { degrees: 5.0 };
    check(other, &["two/correlation.csv: copula is not that of one"]);
}

#[test]
fn worse_years_weigh_what_they_should() {
    let deals = [12, 12].map(|months| bullets(&TEN, months, "S", Some(100_000)));
    let models = deals.each_ref().map(|deal| model_of(deal, 0.05, 0.3, 0.02));
    let scenarios = [recovering("0.2"), recovering("0.2")];
    let parts = named(&deals).into_iter().zip(&scenarios).zip(&models);
    let inputs: Vec<SeriesInput<'_>> = parts
        .map(|(((name, deal), scenario), model)| SeriesInput { name, deal, scenario, model })
        .collect();
    let drawn = |tail: bool| {
        let simulation = ShelfSimulation::new(&inputs, Drawing { seed: 7, tail }).unwrap();
        tally(&simulation, 100_000, 2)
    };
    let (plain, tail) = (drawn(false), drawn(true));
    let (one, other) = (&last(&plain).any_unpaid, &last(&tail).any_unpaid);
    near("any", other, 100_000, one.mean(100_000), one.standard_error(100_000));
}
