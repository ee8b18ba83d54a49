//! Stressed scenarios, critical default rates, grids and sets of firms: against closed forms, the
//! exact run and plain enumeration.

use proptest::prelude::*;

use super::deals::{
    commitment, date, deal, loan, parts, quiet, rate, steps, supporter, terms, tranche,
};
use super::loaded::load;
use super::midlife::midlife;
use super::random::{Choices, any_scenario, assembled, build, choices};
use ipabs::analytics::breakers::{Firms, LargeObligorTable, grades_stood};
use ipabs::analytics::critical::{Critical, Grading, critical_rates, paid_in_full};
use ipabs::analytics::grade::{AssetType, Target, TargetTable};
use ipabs::analytics::grid::{Axis, GridAxis, grid, refusals};
use ipabs::analytics::joint_default::{JointTerms, NoLift};
use ipabs::analytics::price::{Curve, PriceTerms, at_price, at_spread};
use ipabs::analytics::stress::{SUPPORTS, stressed};
use ipabs::asset::Repayment;
use ipabs::deal::{
    Claim, Commitment, Coupon, Deal, Parts, Seniority, Split, Terms, standard_waterfall,
};
use ipabs::engine::{Support, Trials, run};
use ipabs::input::{china_targets, pd_table};
use ipabs::num::{Decimal, Fen};
use ipabs::scenario::{DefaultRate, DefaultTiming, Prepayment, Recovery, Scenario, Stress};

/// A loan of 1,000,000.00 that pays all with 1% of interest in a month; A of 900,000.00 with 1% of
/// interest, C of 100,000.00 without; a commitment to A where it has a cap.
fn one_loan(cap: Option<Fen>) -> Parts {
    let until = date("2024-02-01");
    let classes = vec![
        tranche("A", Seniority::Senior, 90_000_000, "0.12", until),
        tranche("C", Seniority::Subordinate, 10_000_000, "", until),
    ];
    let lines = [
        &[Claim::Interest(0)][..],
        &[Claim::Principal(0)],
        &[Claim::Principal(1)],
        &[Claim::Residual(1)],
    ];
    let pool = vec![loan(0, 100_000_000, "0.12", 1, Repayment::Bullet)];
    let mut small = parts(terms(1), pool, classes, steps(&lines, Split::ProRata));
    small.supporters = vec![supporter("S")];
    let scope = vec![Claim::Interest(0), Claim::Principal(0)];
    small.commitments = cap
        .map(|cap| Commitment { cap_total: Some(cap), ..commitment(scope) })
        .into_iter()
        .collect();
    small
}

fn recovering(share: &str) -> Scenario {
    let recovery = Recovery::Flat { rate: rate(share), shares: vec![(0, Decimal::ONE)] };
    let defaults = DefaultRate::Cumulative { rate: rate("0.02"), timing: Vec::new() };
    Scenario { defaults, recovery, ..quiet() }
}

fn critical(deal: &Deal, scenario: &Scenario, stresses: &[Stress]) -> Vec<[Vec<Critical>; 2]> {
    critical_rates(deal, &stressed(deal, scenario, stresses).unwrap()).unwrap()
}

fn millionths(found: &[Critical]) -> Vec<Option<u32>> {
    found.iter().map(|found| found.millionths).collect()
}

/// Of d in default, (1 - d) x 1.01 m + R d x 1 m comes in; 909,000.00 is A's and 100,000.00 is C's.
/// So d = (1.01 m - 0.909 m) / (1.01 m - R m) for A, and with 1.009 m for C.
#[test]
fn a_bullets_critical_rate_is_its_closed_form() {
    let check = |recovery: &str, a: Option<u32>, c: Option<u32>| {
        let found = critical(&deal(one_loan(None)), &recovering(recovery), &[]);
        assert_eq!(millionths(&found[0][1]), [a, c], "recovery {recovery}");
        assert_eq!(found[0][0], found[0][1], "nobody supports");
        for found in &found[0][1] {
            // All of the pool can default.
            let reached = found.rate().unwrap_or(1.0);
            assert!((found.achieved - reached).abs() < 1e-9 && !found.passes_above);
        }
    };
    // 0.1; 101,000 / 610,000 = 0.1655737; 101,000 / 110,000 = 0.9181818; C: 1,000 / the same.
    check("0", Some(100_000), Some(990));
    check("0.4", Some(165_573), Some(1_639));
    check("0.9", Some(918_181), Some(9_090));
    // All comes back but the interest: A never lacks, and C, of 1,009,000, lacks from 10% on.
    check("1", None, Some(100_000));
    // 12.5% of interest is more than the loan pays.
    let mut dear = one_loan(None);
    dear.tranches[0].coupon = Coupon::Fixed(rate("1.5"));
    let found = critical(&deal(dear), &recovering("0"), &[]);
    assert_eq!(millionths(&found[0][1]), [Some(0), Some(0)], "fails where nothing defaults");
    assert_eq!(found[0][1][0].achieved, 0.0);
}

/// The cap is what the supporter adds to the cash: d = (101,000 + cap) / 1,010,000.
#[test]
fn a_capped_commitment_moves_the_critical_rate_by_its_cap() {
    let check = |cap: Fen, a: Option<u32>| {
        let found = critical(&deal(one_loan(Some(cap))), &recovering("0"), &[]);
        assert_eq!(found[0][0][0].millionths, a, "cap {cap}");
        assert_eq!(found[0][1][0].millionths, Some(100_000), "without support");
        // The commitment does not cover C.
        assert_eq!(found[0][0][1].millionths, Some(990));
    };
    check(0, Some(100_000));
    check(20_200_000, Some(300_000));
    check(1_000_000_000, None);
}

#[test]
fn stresses_change_what_they_name() {
    let stress = Stress {
        name: "all at once".to_owned(),
        recovery_factor: rate("0.5"),
        front_loaded: rate("0.2"),
        prepayment_factors: vec![rate("3"), rate("0.5")],
        coupon_shift: rate("0.0025"),
    };
    let timing = DefaultTiming { rate: rate("0.1"), shares: vec![rate("0.25"); 4] };
    let scenario = Scenario {
        prepayment: Prepayment::Annual(vec![rate("0.4"), rate("0.1")]),
        obligor_defaults: vec![(0, date("2024-02-01"))],
        ..recovering("0.4")
    };
    let made = stress.directions(&scenario, &timing, 0);
    let factors: Vec<_> = made.iter().map(|(factor, _)| factor.unwrap().to_string()).collect();
    assert_eq!(factors, ["3", "0.5"]);
    let prepaid = |at: usize| match &made[at].1.prepayment {
        Prepayment::Annual(rates) => rates.iter().map(|rate| rate.normalize()).collect::<Vec<_>>(),
        Prepayment::Monthly(_) => Vec::new(),
    };
    // Three times 40% is no more than all.
    assert_eq!(prepaid(0), [rate("1"), rate("0.3")]);
    assert_eq!(prepaid(1), [rate("0.2"), rate("0.05")]);
    for (_, stressed) in &made {
        assert_eq!(stressed.coupon_shift, rate("0.0025"));
        assert!(stressed.obligor_defaults.is_empty(), "the timing has them");
        let Recovery::Flat { rate: recovered, .. } = stressed.recovery else { panic!() };
        assert_eq!(recovered.normalize(), rate("0.2"));
    }
    let deal = deal(one_loan(None));
    let front = Trials::new(&deal, &scenario).default_timing(&made[0].1);
    let shares: Vec<_> = front.shares.iter().map(|share| share.normalize()).collect();
    assert_eq!(shares, [rate("0.3"), rate("0.3"), rate("0.2"), rate("0.2")]);
    let plain = Stress { front_loaded: Decimal::ZERO, ..Stress::base() };
    let kept = plain.directions(&scenario, &timing, 0);
    assert_eq!(kept.len(), 1);
    assert_eq!(kept[0].1.obligor_defaults, scenario.obligor_defaults);
}

/// The loan pays 24% and A takes 12%: what is prepaid earns nothing more, so for C the direction
/// with more prepayment is the worse.
#[test]
fn of_two_directions_the_worse_is_kept() {
    let mut small = one_loan(None);
    small.terms = Terms { purchase_price: small.terms.purchase_price, ..terms(3) };
    small.loans = vec![loan(0, 100_000_000, "0.24", 3, Repayment::Bullet)];
    for class in &mut small.tranches {
        class.expected_maturity = date("2024-04-01");
    }
    let deal = deal(small);
    let scenario =
        Scenario { prepayment: Prepayment::Annual(vec![rate("0.3")]), ..recovering("0") };
    let stress = |factors: &[&str]| Stress {
        name: factors.join(" "),
        prepayment_factors: factors.iter().map(|factor| rate(factor)).collect(),
        ..Stress::base()
    };
    let set = [stress(&["3", "0.1"]), stress(&["3"]), stress(&["0.1"])];
    let found = critical(&deal, &scenario, &set);
    let of = |at: usize, support: usize, class: usize| height(&found[at][support][class]);
    for (support, class) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
        let [both, up, down] = [1, 2, 3].map(|at| of(at, support, class));
        assert_eq!(both, up.min(down), "class {class}");
    }
    let (up, down) = (of(2, 1, 1), of(3, 1, 1));
    assert!(up < down, "C lives on the interest of the loan: {up} and {down}");
    let runs = stressed(&deal, &scenario, &set).unwrap();
    let loss = |at: usize| runs[at].worst(1, 1).outcomes[1].classes[1].loss;
    assert_eq!(loss(1), loss(2).max(loss(3)));
}

#[test]
fn grades_are_the_best_whose_target_the_lowest_rate_reaches() {
    let target = |multiplier: f64| Target { multiplier: Some(multiplier), ..Target::default() };
    let grades = [("AAA", 5.0), ("AA", 4.0), ("A", 2.5)];
    let table = TargetTable {
        name: "by hand".to_owned(),
        source: "by hand".to_owned(),
        grades: grades.iter().map(|(name, of)| (name.to_string(), [target(*of); 4])).collect(),
    };
    let mut small = one_loan(Some(1_000_000_000));
    small.commitments[0].cap_total = None;
    small.supporters[0].rating = Some("AA".to_owned());
    let graded = |small: &Parts, at_best: Option<&str>| {
        let deal = deal(small.clone());
        let cut = Stress { recovery_factor: rate("0.5"), ..Stress::base() };
        let scenario = recovering("0.4");
        let rates = critical(&deal, &scenario, &[cut]);
        let grading = Grading { table: &table, asset_type: AssetType::Corporate, base_rate: 0.04 };
        let bound = [at_best.map(str::to_owned), None];
        let found = grading.grades(&deal, &rates, at_best.map(|_| bound.as_slice()));
        // 101,000 / 610,000 = 16.56%, 101,000 / 810,000 = 12.47%; 4 x 4% = 16%, 2.5 x 4% = 10%.
        assert_eq!(grading.grade(&rates[0][1][0]), Some("AA"));
        assert_eq!(grading.grade(&rates[1][1][0]), Some("A"));
        assert_eq!(found[0].least[1].1, 1, "the stress decides");
        assert_eq!(found[1].without, None);
        found[0].clone()
    };
    let lifted = graded(&small, None);
    assert_eq!((lifted.without.as_deref(), lifted.with.as_deref()), (Some("A"), Some("AA")));
    assert_eq!(lifted.lifted_by, Some(0));
    // A cap, a missing claim, an end before the deal's, a rating of another scale: no lift.
    let mut capped = small.clone();
    capped.commitments[0].cap_total = Some(1_000_000_000);
    let mut narrow = small.clone();
    narrow.commitments[0].scope = vec![Claim::Principal(0)];
    let mut early = small.clone();
    early.commitments[0].end = Some(date("2024-01-31"));
    let mut other = small.clone();
    other.supporters[0].rating = Some("Aa2".to_owned());
    for small in [capped, narrow, early, other] {
        let found = graded(&small, None);
        assert_eq!((found.without.as_deref(), found.with.as_deref()), (Some("A"), Some("A")));
    }
    // The other test binds where it is the worse.
    assert_eq!(graded(&small, Some("AAA")).without.as_deref(), Some("A"));
    assert_eq!(graded(&small, Some("B")).without.as_deref(), Some("B"));
    let china = china_targets();
    let no_base = Grading { table: &china, asset_type: AssetType::Lease, base_rate: 0.0 };
    let rates = critical(&deal(small), &recovering("0"), &[]);
    assert_eq!((no_base.grade(&rates[0][1][0]), no_base.multiple(&rates[0][1][0])), (None, None));
}

#[test]
fn a_grids_cell_is_the_exact_run_of_its_scenario() {
    let axis = |axis: Axis, values: &[&str]| GridAxis {
        axis,
        values: values.iter().map(|value| rate(value)).collect(),
    };
    let check = |folder: &str, axes: &[GridAxis], changed: &dyn Fn(&mut Scenario, &[Decimal])| {
        let loaded = load(folder);
        let base = loaded.scenarios.iter().find(|at| at.name == "base" || folder.contains("w2"));
        let (deal, base) = (&loaded.deal, base.unwrap());
        assert_eq!(refusals(deal, base, axes), [""; 0]);
        let found = grid(deal, base, axes.to_vec());
        let count: usize = axes.iter().map(|axis| axis.values.len()).product();
        assert_eq!(found.cells.len(), count);
        for cell in &found.cells {
            let mut scenario = base.clone();
            changed(&mut scenario, &cell.values);
            for (end, support) in cell.ends.iter().zip(SUPPORTS) {
                let flows = run(deal, &scenario, support).unwrap();
                for (at, class) in end.classes.iter().enumerate() {
                    let cells = flows.cells.tranches[at];
                    let left = flows.closing()[cells.balance];
                    assert_eq!(Decimal::new(class.unpaid_principal, 2), left, "{:?}", cell.values);
                    assert_eq!(class.paid_in_full(), paid_in_full(&flows, at), "{:?}", cell.values);
                }
                let paid: Decimal =
                    flows.cells.commitments.iter().fold(Decimal::ZERO, |sum, at| {
                        sum + flows.rows.iter().map(|row| row[at.paid]).sum::<Decimal>()
                    });
                assert_eq!(Decimal::new(end.paid, 2), paid, "{:?}", cell.values);
            }
        }
    };
    let loaded = load("scenarios/yuhang-2021");
    let base = loaded.scenarios.iter().find(|at| at.name == "base").unwrap();
    let timing = Trials::new(&loaded.deal, base).default_timing(base).shares;
    let axes = [
        axis(Axis::DefaultRate, &["0", "0.08", "0.2", "1"]),
        axis(Axis::Recovery, &["0", "0.5", "1"]),
        axis(Axis::Cpr, &["0", "0.2"]),
    ];
    check("scenarios/yuhang-2021", &axes, &|scenario, values| {
        scenario.defaults = DefaultRate::Cumulative { rate: values[0], timing: timing.clone() };
        let shares = vec![(12, Decimal::ONE)];
        scenario.recovery = Recovery::Flat { rate: values[1], shares };
        scenario.prepayment = Prepayment::Annual(vec![values[2]]);
    });
    let axes = [axis(Axis::ValueShock, &["0", "0.5", "1"]), axis(Axis::MonthsToSale, &["0", "24"])];
    check("scenarios/yuhang-2021", &axes, &|scenario, values| {
        let Recovery::Rights(of) = &mut scenario.recovery else { panic!("rights decide") };
        of.months_to_sale = values[1].to_string().parse().unwrap();
        scenario.value_factors = (0..loaded.deal.rights().len())
            .map(|at| (at, ipabs::num::Ratio::of_rate(Decimal::ONE - values[0]).unwrap()))
            .collect();
    });
}

/// Origin: by hand. A cell brings (1 - d) x 1.01 m + R d x 1 m; A takes 909,000 of it (9,000 of
/// interest first), C 100,000 more; the commitment adds 202,000 for A. At d of 40% without recovery
/// 606,000 comes in: 597,000 of A's principal is paid, and with support 799,000.
#[test]
fn a_grid_tells_which_cells_hurt_a_class() {
    let axis = |axis: Axis, values: &[&str]| GridAxis {
        axis,
        values: values.iter().map(|value| rate(value)).collect(),
    };
    let axes = vec![
        axis(Axis::DefaultRate, &["0", "0.1", "0.2", "0.3", "0.4"]),
        axis(Axis::Recovery, &["0", "0.4"]),
    ];
    let found = grid(&deal(one_loan(Some(20_200_000))), &recovering("0"), axes);
    let check = |support: usize, class: usize, count, [mildest, worst]: [[&str; 2]; 2], unpaid| {
        let hurting = found.hurting(support, class).unwrap();
        assert_eq!(hurting.count, count, "{support} {class}");
        assert_eq!(hurting.mildest.values, mildest.map(rate), "{support} {class}");
        assert_eq!(hurting.worst.values, worst.map(rate), "{support} {class}");
        let end = &hurting.worst.ends[support].classes[class];
        assert_eq!(end.unpaid_principal, unpaid, "{support} {class}");
    };
    check(1, 0, 6, [["0.2", "0.4"], ["0.4", "0"]], 30_300_000);
    check(0, 0, 1, [["0.4", "0"], ["0.4", "0"]], 10_100_000);
    // Of those that lose all the first.
    check(1, 1, 8, [["0.1", "0.4"], ["0.1", "0"]], 10_000_000);
    let never = grid(
        &deal(one_loan(None)),
        &recovering("0"),
        vec![axis(Axis::DefaultRate, &["0"]), axis(Axis::Recovery, &["0", "1"])],
    );
    assert_eq!(never.hurting(1, 0), None);
}

#[test]
fn a_grid_that_means_nothing_is_refused() {
    let axis = |axis: Axis, count: i64| GridAxis {
        axis,
        values: (0..count).map(|at| Decimal::new(at, 3)).collect(),
    };
    let small = deal(one_loan(None));
    let check = |axes: &[GridAxis], said: &[&str]| {
        assert_eq!(refusals(&small, &recovering("0.4"), axes), said);
    };
    check(&[axis(Axis::DefaultRate, 100), axis(Axis::Recovery, 100)], &[]);
    check(
        &[axis(Axis::DefaultRate, 9)],
        &["--grid: 1 axis (want two to four: add another, as in --grid recovery=0:40%:10%)"],
    );
    check(
        &[axis(Axis::Cpr, 101), axis(Axis::Cpr, 100)],
        &[
            "--grid: cpr is given twice",
            "--grid: 10100 cells (want at most 10000; a wider step on some axis makes fewer)",
        ],
    );
    check(
        &[axis(Axis::RateShift, 2), axis(Axis::ValueShock, 2)],
        &[
            "--grid: rate_shift: no loan and no class follows LPR",
            "--grid: value_shock: a flat rate decides recovery, not the rights",
        ],
    );
}

/// Every set by exact runs, in the order of sizes: the smallest that hurt each class.
fn enumerated(deal: &Deal, scenario: &Scenario, dates: &[Option<ipabs::dates::Date>]) -> Hurting {
    let firms: Vec<usize> = (0..dates.len()).filter(|&at| dates[at].is_some()).collect();
    let mut found: Hurting = vec![vec![None; deal.tranches().len()]; 2];
    for size in 1..=firms.len() {
        let mut hurting = vec![vec![Vec::new(); deal.tranches().len()]; 2];
        for mask in 1_u32..1 << firms.len() {
            if mask.count_ones() as usize != size {
                continue;
            }
            let set: Vec<usize> =
                (0..firms.len()).filter(|at| mask >> at & 1 == 1).map(|at| firms[at]).collect();
            let scenario = Scenario {
                defaults: DefaultRate::None,
                front_loaded: Decimal::ZERO,
                obligor_defaults: set.iter().map(|&at| (at, dates[at].unwrap())).collect(),
                ..scenario.clone()
            };
            for (support, of) in SUPPORTS.into_iter().zip(&mut hurting) {
                let flows = run(deal, &scenario, support).unwrap();
                for (class, sets) in of.iter_mut().enumerate() {
                    if !paid_in_full(&flows, class) {
                        sets.push(set.clone());
                    }
                }
            }
        }
        for (found, hurting) in found.iter_mut().flatten().zip(hurting.into_iter().flatten()) {
            if found.is_none() && !hurting.is_empty() {
                *found = Some((size, hurting));
            }
        }
    }
    found
}

/// By support, by class: size, and the sets of that size that hurt it.
type Hurting = Vec<Vec<Option<(usize, Vec<Vec<usize>>)>>>;

/// The table with these numbers of firms.
fn large(counts: &[usize]) -> LargeObligorTable {
    let grades = ["AAA", "AA", "A", "BBB"].into_iter().zip(counts);
    LargeObligorTable {
        name: "by hand".to_owned(),
        source: "by hand".to_owned(),
        recovery: rate("0.05"),
        grades: grades.map(|(grade, count)| (grade.to_owned(), [*count, 1])).collect(),
    }
}

/// Loans of 4, 3, 2 and 1 parts, A of 6 parts: any two with 5 or more of 10 parts break it.
#[test]
fn the_large_obligor_test_takes_the_largest_firms() {
    let until = date("2024-02-01");
    let classes = vec![
        tranche("A", Seniority::Senior, 60_000_000, "", until),
        tranche("C", Seniority::Subordinate, 40_000_000, "", until),
    ];
    let lines = [&[Claim::Principal(0)][..], &[Claim::Principal(1)]];
    let pool = [10, 40, 20, 30].into_iter().enumerate();
    let pool = pool.map(|(at, part)| loan(at, part * 1_000_000, "0", 1, Repayment::Bullet));
    let small = parts(terms(1), pool.collect(), classes, steps(&lines, Split::ProRata));
    let deal = deal(small);
    let firms = Firms::new(&deal, &recovering("0.4"));
    let rows = firms.large_obligors(&large(&[4, 2, 1, 0]), 0);
    let sets: Vec<&[usize]> = rows.iter().map(|row| row.set.obligors.as_slice()).collect();
    assert_eq!(sets, [&[0, 1, 2, 3][..], &[1, 3], &[1], &[]]);
    // 5% of what defaults comes back: A lacks 60 - 5, 60 - 33.5 and nothing.
    let unpaid: Vec<Fen> =
        rows.iter().map(|row| row.set.ends[1].classes[0].unpaid_principal).collect();
    assert_eq!(unpaid, [55_000_000, 26_500_000, 0, 0]);
    assert_eq!(grades_stood(&rows, 2), [Some("A".to_owned()), Some("BBB".to_owned())]);
    // In a pool of B names one firm each.
    let rows = firms.large_obligors(&large(&[4, 2]), 1);
    assert!(rows.iter().all(|row| row.set.obligors == [1]));
    let found = firms.breakers();
    // 40% comes back: A stands 66.7 of 100 in default, so 40 + 30 hurt it; any firm hurts C.
    let smallest = found.smallest[1][0].as_ref().unwrap();
    assert_eq!((smallest.size, smallest.count, smallest.exhaustive), (2, 1, true));
    assert_eq!(smallest.sets[0].obligors, [1, 3]);
    let smallest = found.smallest[1][1].as_ref().unwrap();
    assert_eq!((smallest.size, smallest.count), (1, 4));
    assert_eq!(smallest.sets[0].obligors, [1], "the costliest first");
}

/// A flat curve of 2%: 101 in 31 days are worth 101 / 1.02^(31/365), and at a spread that undoes it
/// 101.
#[test]
fn prices_and_spreads_are_over_the_curve() {
    let curve =
        Curve { date: date("2024-01-01"), source: String::new(), points: vec![(1.0, 0.02)] };
    let cash = [(date("2024-02-01"), 101.0)];
    let closing = date("2024-01-01");
    let worth = |spread: f64| 101.0 / (1.02 + spread).powf(31.0 / 365.0);
    for spread in [-0.02, 0.0, 0.006, 0.5] {
        let terms =
            PriceTerms { curve: &curve, spread_pa: Some(spread), price: Some(worth(spread)) };
        let price = at_spread(terms, closing, &cash).value.unwrap();
        assert!((price - worth(spread)).abs() < 1e-9, "{price}");
        let back = at_price(terms, 100.0, closing, &cash).value.unwrap();
        assert!((back - spread).abs() < 1e-9, "{back}");
    }
    let terms = PriceTerms { curve: &curve, spread_pa: None, price: None };
    assert_eq!(at_spread(terms, closing, &cash).value, None);
    // At par 101 in 31 days yield 12.4%.
    let spread = at_price(terms, 100.0, closing, &cash).value.unwrap();
    assert!((spread - (1.01_f64.powf(365.0 / 31.0) - 1.02)).abs() < 1e-9, "{spread}");
}

/// Origin: by hand, from the ten-year probabilities of A+ and AA; AAA has 0.1351%, AA+ 0.2675%.
#[test]
fn a_joint_default_lifts_a_class_whose_supporter_is_not_tied_to_the_pool() {
    let table = pd_table("sp_global");
    let terms = JointTerms { table: &table, correlation: 0.25 };
    let china = china_targets();
    let grading = Grading { table: &china, asset_type: AssetType::Corporate, base_rate: 0.03 };
    let check = |change: &dyn Fn(&mut Parts), want: Result<(f64, &str), NoLift>| {
        let mut small = one_loan(Some(1_000_000_000));
        small.commitments[0].cap_total = None;
        small.supporters[0].rating = Some("AA".to_owned());
        small.supporters[0].region = "elsewhere".to_owned();
        change(&mut small);
        let deal = deal(small);
        let rates = critical(&deal, &recovering("0"), &[]);
        let graded = grading.grades(&deal, &rates, None);
        // 10% is 3.33 times 3%: A+ asks 3.3 times.
        let found = terms.of_class(&deal, &grading, 0, &graded[0]);
        match (found, want) {
            (Ok(joint), Ok((pd, grade))) => {
                assert!((joint.pd - pd).abs() < 5e-7, "{}", joint.pd);
                assert_eq!(joint.grade.as_deref(), Some(grade));
                assert_eq!(joint.supporter, 0);
            }
            (found, want) => assert_eq!(found.err(), want.err()),
        }
    };
    // 0.00995 x 0.004636 = 0.0000461; 0.25 sqrt(0.00995 x 0.99005 x 0.004636 x 0.995364) =
    // 0.0016856.
    check(&|_| {}, Ok((0.001_731_7, "AA+")));
    check(&|parts| parts.commitments[0].cap_total = Some(1), Err(NoLift::NotCovered));
    check(&|parts| parts.commitments[0].scope.truncate(1), Err(NoLift::NotCovered));
    check(&|parts| parts.supporters[0].affiliated = true, Err(NoLift::Affiliated(0)));
    let group = |parts: &mut Parts| {
        parts.obligors[0].group = Some("G".to_owned());
        parts.supporters[0].group = Some("G".to_owned());
    };
    check(&group, Err(NoLift::Affiliated(0)));
    let district = |parts: &mut Parts| {
        parts.supporters[0].region = parts.obligors[0].region.clone();
    };
    check(&district, Err(NoLift::SameDistrict(0)));
    check(&|parts| parts.supporters[0].rating = None, Err(NoLift::NotRated));
}

/// Of what is left, from where the deal stands: 80.00 of A, 12% a year paid monthly, all due on
/// 1 July; without a spread over a flat 12.68% (12% a month's compounding) it is worth about par.
#[test]
fn a_deal_in_mid_life_is_priced_from_where_it_stands() {
    let deal = deal(midlife());
    assert_eq!((deal.stands_on(), deal.stands_at(0)), (date("2024-03-01"), 8_000));
    let runs = stressed(&deal, &quiet(), &[]).unwrap();
    let cash = &runs[0].directions[0].cash[0][0];
    assert!(cash.iter().all(|(day, _)| *day > deal.stands_on()), "{cash:?}");
    // 80.00 x 12% over 122 days, and 100: per 100.
    let paid: f64 = cash.iter().map(|(_, amount)| amount).sum();
    assert!((paid - (100.0 + 12.0 * 122.0 / 365.0)).abs() < 0.05, "{paid}");
    let curve = Curve { date: date("2024-03-01"), source: String::new(), points: vec![(1.0, 0.1)] };
    let terms = PriceTerms { curve: &curve, spread_pa: Some(0.02), price: None };
    let by_hand: f64 = cash
        .iter()
        .map(|(day, amount)| {
            let days = f64::from(ipabs::dates::days(deal.stands_on(), *day) as i32);
            amount / 1.12_f64.powf(days / 365.0)
        })
        .sum();
    let price = at_spread(terms, deal.stands_on(), cash).value.unwrap();
    assert!((price - by_hand).abs() < 1e-9, "{price} {by_hand}");
    let back = PriceTerms { price: Some(price), ..terms };
    let spread = at_price(back, 100.0, deal.stands_on(), cash).value.unwrap();
    assert!((spread - 0.02).abs() < 1e-9, "{spread}");
}

fn with_recovery(scenario: &Scenario, share: i64) -> Scenario {
    let shares = match &scenario.recovery {
        Recovery::Flat { shares, .. } => shares.clone(),
        Recovery::Rights(_) => Vec::new(),
    };
    let recovery = Recovery::Flat { rate: Decimal::new(share, 2), shares };
    Scenario { recovery, ..scenario.clone() }
}

/// What makes more cash worse is off: triggers; what is released or repaid on each date, which
/// leaves the plan before a later date wants it; a reserve whose target falls with the class; a
/// second ledger, out of whose income a fee on recoveries is paid; units.
fn plain(c: Choices) -> Choices {
    Choices {
        triggers: false,
        after_redemption: true,
        reserve: 0,
        two_ledgers: false,
        unit_decimals: None,
        ..c
    }
}

/// Not reached is above all.
fn height(found: &Critical) -> u32 {
    found.millionths.unwrap_or(u32::MAX)
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 100,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn the_critical_rate_does_not_rise_when_recovery_falls(
        c in choices(),
        scenario in any_scenario(),
        low in 0_i64..100,
        more in 0_i64..100,
    ) {
        // Recoveries to come keep a deal open, and its fees run on: here they run to the end.
        let mut parts = assembled(&plain(c));
        parts.terms.ends_at_legal_maturity = true;
        let deal = deal(parts);
        let scenario = Scenario { supporter_failures: Vec::new(), ..scenario };
        let [low, high] = [low, (low + more).min(100)]
            .map(|share| critical(&deal, &with_recovery(&scenario, share), &[]));
        // Support that is called for A can leave something for others: there A alone.
        let of = |found: &[[Vec<Critical>; 2]]| -> Vec<u32> {
            let [with, without] = &found[0];
            with[..1].iter().chain(without).map(height).collect()
        };
        for (low, high) in of(&low).into_iter().zip(of(&high)) {
            prop_assert!(low <= high, "{low} {high}");
        }
    }

    #[test]
    fn a_bigger_cap_never_hurts_a_class_in_its_scope(
        c in choices(),
        scenario in any_scenario(),
        cap in 0_i64..2_000_000_000,
        more in 0_i64..2_000_000_000,
    ) {
        let scenario = Scenario { supporter_failures: Vec::new(), ..scenario };
        let with_cap = |cap: Fen| {
            let deal = build(&Choices { cap: Some(cap), ..plain(c.clone()) });
            let flows = run(&deal, &scenario, Support::With).unwrap();
            let class = flows.cells.tranches[0];
            let left = flows.closing()[class.balance] + flows.closing()[class.interest];
            (left, height(&critical(&deal, &scenario, &[])[0][0][0]))
        };
        let (small, large) = (with_cap(cap), with_cap(cap + more));
        prop_assert!(large.0 <= small.0, "left {} and {}", small.0, large.0);
        prop_assert!(large.1 >= small.1, "critical {} and {}", small.1, large.1);
    }

    #[test]
    fn another_supporter_never_hurts_a_class_in_its_scope(
        c in choices(),
        scenario in any_scenario(),
        cap in prop::option::of(0_i64..2_000_000_000),
        first in any::<bool>(),
    ) {
        let scenario = Scenario { supporter_failures: Vec::new(), ..scenario };
        let left = |others: Option<Option<Fen>>| {
            let mut parts = assembled(&plain(c.clone()));
            if let Some(cap) = others {
                parts.supporters.push(supporter("T"));
                let scope = vec![Claim::Interest(0), Claim::Principal(0)];
                let other = Commitment {
                    name: "another".to_owned(),
                    supporter: 1,
                    cap_total: cap,
                    earmarked: c.earmarked,
                    ..commitment(scope)
                };
                let at = if first { 0 } else { 1 };
                parts.commitments.insert(at, other);
            }
            let (structure, count) = (parts.terms.structure, parts.commitments.len());
            let Parts { tranches, fees, accounts, .. } = &parts;
            parts.steps = standard_waterfall(structure, tranches, fees, accounts, count, true);
            let deal = deal(parts);
            let flows = run(&deal, &scenario, Support::With).unwrap();
            let class = flows.cells.tranches[0];
            let left = flows.closing()[class.balance] + flows.closing()[class.interest];
            (left, height(&critical(&deal, &scenario, &[])[0][0][0]))
        };
        let (alone, both) = (left(None), left(Some(cap)));
        prop_assert!(both.0 <= alone.0, "left {} and {}", alone.0, both.0);
        prop_assert!(both.1 >= alone.1, "critical {} and {}", alone.1, both.1);
    }

    #[test]
    fn the_smallest_sets_are_those_of_plain_enumeration(
        c in choices(),
        scenario in any_scenario(),
    ) {
        let deal = build(&c);
        let found = Firms::new(&deal, &scenario).breakers();
        let plain = enumerated(&deal, &scenario, &found.worst_dates);
        for (found, plain) in found.smallest.iter().flatten().zip(plain.iter().flatten()) {
            let Some(found) = found else {
                prop_assert!(plain.is_none(), "{plain:?} was not found");
                continue;
            };
            let (size, sets) = plain.as_ref().unwrap();
            prop_assert_eq!((found.size, found.count), (*size, sets.len()));
            for set in &found.sets {
                prop_assert!(sets.contains(&set.obligors), "{:?}", set.obligors);
            }
        }
    }

    #[test]
    fn at_the_critical_rate_a_class_is_paid_and_a_millionth_above_it_is_not(
        c in choices(),
        scenario in any_scenario(),
    ) {
        let deal = build(&c);
        let timing = Trials::new(&deal, &scenario).default_timing(&scenario).shares;
        let found = critical(&deal, &scenario, &[]);
        for (support, classes) in SUPPORTS.into_iter().zip(&found[0]) {
            for (class, found) in classes.iter().enumerate() {
                let paid = |millionths: u32| {
                    let rate = Decimal::new(i64::from(millionths), 6);
                    let scenario = Scenario {
                        defaults: DefaultRate::Cumulative { rate, timing: timing.clone() },
                        front_loaded: Decimal::ZERO,
                        obligor_defaults: Vec::new(),
                        ..scenario.clone()
                    };
                    paid_in_full(&run(&deal, &scenario, support).unwrap(), class)
                };
                match found.millionths {
                    None => prop_assert!(paid(1_000_000)),
                    Some(0) => prop_assert!(!paid(1)),
                    Some(rate) => prop_assert!(paid(rate) && !paid(rate + 1), "{rate}"),
                }
            }
        }
    }
}
