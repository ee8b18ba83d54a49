//! One waterfall, two number systems: Decimal in the ledger, whole fen in f64 in lanes.

use super::auditor::audit;
use super::loaded::{load, root};
use ipabs::deal::{Deal, Seniority};
use ipabs::engine::{
    Cells, Flows, Inputs, LANES, Lanes, PathSums, Plan, Room, Ruler, Support, failures, inputs,
    pay_out, pay_out_portable, periods, plan, run, run_in_lanes,
};
use ipabs::input::{assemble, read_folder};
use ipabs::num::{Amount, Decimal, Fen};
use ipabs::scenario::{DefaultRate, Prepayment, Scenario};

/// Every cell of every date agrees to the fen, in one lane and in many, and in the plan without
/// what is only shown every cell that it keeps; after the last date nothing is held or owed. What a
/// path leaves in simulation is what the ledger says.
pub fn check_lanes(deal: &Deal, scenario: &Scenario, support: Support) {
    let exact = run(deal, scenario, support).unwrap();
    let lanes = [
        run_in_lanes::<1>(deal, scenario, support, false),
        run_in_lanes::<8>(deal, scenario, support, false),
        run_in_lanes::<8>(deal, scenario, support, true),
    ];
    for (lanes, trimmed) in lanes.into_iter().zip([false, false, true]) {
        for (at, (row, lane)) in exact.rows.iter().zip(&lanes).enumerate() {
            let row: Vec<_> = row.iter().map(|amount| amount.to_fen()).collect();
            let same = |cell: &usize| lane[*cell].is_none_or(|lane| row[*cell] == lane);
            let differs = (0..row.len()).find(|cell| !same(cell));
            let differs = differs.map(|cell| (cell, row[cell], lane[cell]));
            assert_eq!(differs, None, "date {at}, trimmed {trimmed}");
            let kept = lane.iter().flatten().count();
            assert!(kept + 1 >= lane.len() || trimmed, "{kept} of {}", lane.len());
        }
        for lane in lanes.iter().skip(exact.rows.len()) {
            let left = standing(&exact.cells).into_iter().find(|&cell| lane[cell] != Some(0));
            assert_eq!(left, None, "trimmed {trimmed}");
        }
    }
    check_sums(deal, scenario, &exact);
}

/// Cells of what is held and what is owed, but for fees, which accrue and find nothing to pay them.
fn standing(cells: &Cells) -> Vec<usize> {
    let classes = cells.tranches.iter().flat_map(|class| [class.balance, class.interest]);
    let owed = cells.commitments.iter().map(|owed| owed.outstanding);
    let single = cells.accounts.iter().copied().chain([cells.tax]);
    single.chain(classes).chain(owed).collect()
}

fn of_path(rows: &[Lanes], lane: usize) -> Vec<Fen> {
    rows.iter().map(|row| row.0[lane].to_fen()).collect()
}

/// By months, with the second class valued.
fn ruler(plan: &Plan<f64>) -> Ruler {
    let time = (0..plan.periods).map(|at| 3.0 + at as f64).collect();
    let discount = (0..plan.periods).map(|at| 1.0 / (1.0 + at as f64)).collect();
    let mut by_class = vec![None; plan.tranches.len()];
    by_class[plan.tranches.len() / 2] = Some(discount);
    Ruler { time, discount: by_class }
}

fn seniors(deal: &Deal) -> Vec<usize> {
    let tranches = deal.tranches().iter().enumerate();
    tranches.filter(|(_, at)| at.seniority == Seniority::Senior).map(|(at, _)| at).collect()
}

fn check_sums(deal: &Deal, scenario: &Scenario, exact: &Flows) {
    let supported = exact.support == Support::With;
    let plan = plan::<f64>(deal, scenario, &exact.periods, supported);
    let failures = failures(deal, scenario);
    let inputs: Inputs<f64, LANES> =
        inputs(&exact.collections, &failures, &exact.periods, plan.start);
    let ruler = ruler(&plan);
    let mut sums = PathSums::new(&plan, Some(seniors(deal)));
    pay_out(&plan, &inputs, &ruler, &mut Room::new(&plan), &mut sums);
    let mut portable = PathSums::new(&plan, Some(seniors(deal)));
    pay_out_portable(&plan, &inputs, &ruler, &mut Room::new(&plan), &mut portable);
    assert!(bits(&sums) == bits(&portable), "other instructions, other bits");
    let cells = &exact.cells;
    let closing: Vec<Fen> = exact.closing().iter().map(|amount| amount.to_fen()).collect();
    let row = |at: usize| -> Vec<Fen> { exact.rows[at].iter().map(|at| at.to_fen()).collect() };
    let rows: Vec<Vec<Fen>> = (0..exact.rows.len()).map(row).collect();
    let total = |cell: usize| rows.iter().map(|row| row[cell]).sum::<Fen>();
    for lane in [0, LANES - 1] {
        for (at, class) in cells.tranches.iter().enumerate() {
            assert_eq!(of_path(&sums.unpaid_principal, lane)[at], closing[class.balance]);
            assert_eq!(of_path(&sums.unpaid_interest, lane)[at], closing[class.interest]);
            let late = rows.iter().any(|row| row[class.interest] > 0 || row[class.due] > 0);
            assert_eq!(of_path(&sums.late, lane)[at], Fen::from(late), "class {at}");
            let weighed = rows
                .iter()
                .enumerate()
                .map(|(date, row)| row[class.principal_paid] * (3 + (plan.start + date) as Fen));
            assert_eq!(of_path(&sums.time_principal, lane)[at], weighed.sum::<Fen>());
            let value = ruler.discount[at].iter().map(|discount| {
                let worth = |(row, date): (&Vec<Fen>, usize)| {
                    let paid = [class.interest_paid, class.principal_paid, class.residual_paid];
                    paid.map(|cell| row[cell]).iter().sum::<Fen>() as f64 * discount[date]
                };
                rows.iter().zip(plan.start..).map(worth).sum::<f64>()
            });
            let value: f64 = value.sum();
            let scale = deal.tranches()[at].notional as f64;
            assert!((sums.value[at].0[lane] - value).abs() <= 1e-12 * scale, "class {at}");
        }
        let none = vec![Decimal::ZERO; cells.count];
        for (at, owed) in cells.commitments.iter().enumerate().filter(|_| supported) {
            assert_eq!(of_path(&sums.called, lane)[at], total(owed.called));
            assert_eq!(of_path(&sums.paid, lane)[at], total(owed.paid));
            assert_eq!(of_path(&sums.outstanding, lane)[at], closing[owed.outstanding]);
            let failure = failures[deal.commitments()[at].supporter];
            let failed = (0..rows.len()).any(|date| {
                let gone = failure.is_some_and(|day| day <= exact.period(date).support);
                gone && rows[date][owed.called] > rows[date][owed.paid]
            });
            assert_eq!(of_path(&sums.failed, lane)[at], Fen::from(failed));
        }
        let called = cells.commitments.iter().any(|owed| total(owed.called) > 0);
        assert_eq!(sums.any_called.0[lane].to_fen(), Fen::from(called));
        let fan = of_path(sums.fan.as_ref().unwrap(), lane);
        for (date, fan) in fan.iter().enumerate().skip(plan.start) {
            let row = exact.rows.get(date - plan.start).map_or(&none, |row| row);
            let row = if date - plan.start < rows.len() { row } else { exact.closing() };
            let senior = seniors(deal).into_iter().map(|at| row[cells.tranches[at].balance]);
            assert_eq!(*fan, senior.sum::<Decimal>().to_fen(), "date {date}");
        }
    }
}

/// Every sum of every lane, bit by bit.
fn bits(sums: &PathSums) -> Vec<u64> {
    let classes = [&sums.unpaid_principal, &sums.unpaid_interest, &sums.time_principal];
    let others = [&sums.value, &sums.late, &sums.called, &sums.paid, &sums.outstanding];
    let rows = classes.into_iter().chain(others).chain([&sums.failed]).chain(&sums.fan);
    let rows = rows.flatten().chain([&sums.any_called]);
    rows.flat_map(|row| row.0.map(f64::to_bits)).collect()
}

/// A whole deal by units of 100 yuan: ticks of 2,635,072.00 or of 26,350.72 for the senior class.
#[test]
fn a_deal_by_units_is_the_same_in_both_number_systems() {
    for decimals in [0, 2] {
        let mut sources = read_folder(&root().join("benches/w2-100")).unwrap();
        let terms = sources.iter_mut().find(|source| source.name == "deal.csv").unwrap();
        terms.bytes.extend(format!("unit_decimals,{decimals}\n").into_bytes());
        let (loaded, problems, _) = assemble(&sources);
        assert!(problems.is_empty(), "{}", problems.join("\n"));
        let loaded = loaded.unwrap();
        let (deal, named) = (&loaded.deal, &loaded.scenarios[0]);
        let defaults = DefaultRate::Annual(vec![Decimal::new(8, 2)]);
        for scenario in [named.clone(), Scenario { defaults, ..named.clone() }] {
            for support in [Support::With, Support::Without] {
                audit(deal, &run(deal, &scenario, support).unwrap());
                check_lanes(deal, &scenario, support);
            }
        }
    }
}

/// Paths of two scenarios in turn, lane by lane: each ends on its own date, and leaves what it
/// leaves among its own kind.
#[test]
fn a_path_is_the_same_whoever_runs_beside_it() {
    let loaded = load("benches/w2-100");
    let (deal, named) = (&loaded.deal, &loaded.scenarios[0]);
    let bad = Scenario {
        defaults: DefaultRate::Annual(vec![Decimal::new(30, 2)]),
        prepayment: Prepayment::Annual(vec![Decimal::new(8, 2)]),
        ..named.clone()
    };
    let all = Scenario { prepayment: Prepayment::Annual(vec![Decimal::ONE]), ..named.clone() };
    let plan = plan::<f64>(deal, named, &periods(deal.terms()), true);
    let ruler = ruler(&plan);
    let brings = |scenario: &Scenario| -> Inputs<f64, LANES> {
        let flows = run(deal, scenario, Support::With).unwrap();
        let mut out = inputs(&flows.collections, &[None], &flows.periods, plan.start);
        let none = vec![Lanes::ZERO; plan.periods];
        out.prepaid.get_or_insert(none);
        out
    };
    let pay = |inputs: &Inputs<f64, LANES>| {
        let mut sums = PathSums::new(&plan, Some(seniors(deal)));
        pay_out(&plan, inputs, &ruler, &mut Room::new(&plan), &mut sums);
        sums
    };
    let (one, other) = (brings(named), brings(&bad));
    for other in [other, brings(&all)] {
        assert!(one.last_cash.0[0] != other.last_cash.0[0]);
        let mut mixed = one.clone();
        for lane in (1..LANES).step_by(2) {
            mixed.last_cash.0[lane] = other.last_cash.0[lane];
            for at in 0..plan.periods {
                mixed.interest[at].0[lane] = other.interest[at].0[lane];
                mixed.principal[at].0[lane] = other.principal[at].0[lane];
                mixed.recovered[at].0[lane] = other.recovered[at].0[lane];
                mixed.defaulted[at].0[lane] = other.defaulted[at].0[lane];
                let prepaid = other.prepaid.as_ref().unwrap()[at].0[lane];
                mixed.prepaid.as_mut().unwrap()[at].0[lane] = prepaid;
            }
        }
        let (alone, among, mixed) = (pay(&one), pay(&other), pay(&mixed));
        let (alone, among, mixed) = (bits(&alone), bits(&among), bits(&mixed));
        for at in 0..mixed.len() {
            let own = if at % 2 == 0 { alone[at] } else { among[at] };
            assert_eq!(mixed[at], own, "row {}, lane {}", at / LANES, at % LANES);
        }
    }
}
