//! One exact run of a 100-loan, 48-month, 3-class deal on a single thread, and its stages; and how
//! the cost grows with the number of loans. `cargo bench`.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use divan::counter::ItemsCount;
use divan::{Bencher, black_box};
use ipabs::deal::Deal;
use ipabs::engine::{
    Inputs, LANES, PathSums, Plan, Room, Ruler, Support, collect, failures, inputs, pay_out,
    pay_out_portable, periods, plan, pool, run,
};
use ipabs::input::{Source, assemble, read_folder};
use ipabs::num::Decimal;
use ipabs::scenario::{DefaultRate, Prepayment, RateShift, Scenario};

fn main() {
    divan::main();
}

fn sources() -> Vec<Source> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/w2-100");
    read_folder(folder.as_ref()).unwrap()
}

/// The deal of W2 and its scenario of three named defaults.
fn named() -> (Deal, Scenario) {
    let loaded = assemble(&sources()).0.unwrap();
    (loaded.deal, loaded.scenarios.into_iter().next().unwrap())
}

/// The same with a default rate and a prepayment rate on every loan and date.
fn rates(scenario: &Scenario) -> Scenario {
    Scenario {
        defaults: DefaultRate::Annual(vec![Decimal::new(5, 2)]),
        prepayment: Prepayment::Annual(vec![Decimal::new(8, 2)]),
        ..scenario.clone()
    }
}

#[divan::bench]
fn run_named_defaults(bencher: Bencher) {
    let (deal, scenario) = named();
    bencher.bench(|| run(black_box(&deal), &scenario, Support::With).unwrap());
}

#[divan::bench]
fn run_rates(bencher: Bencher) {
    let (deal, scenario) = named();
    let scenario = rates(&scenario);
    bencher.bench(|| run(black_box(&deal), &scenario, Support::With).unwrap());
}

#[divan::bench]
fn stage_1_contract_flows(bencher: Bencher) {
    let (deal, _) = named();
    let periods = periods(deal.terms());
    bencher.bench(|| pool(black_box(&deal), RateShift::NONE, &periods));
}

#[divan::bench]
fn stage_2_collect_named_defaults(bencher: Bencher) {
    let (deal, scenario) = named();
    let periods = periods(deal.terms());
    let pool = pool(&deal, RateShift::NONE, &periods);
    bencher.bench(|| collect(black_box(&deal), &scenario, &pool, &periods));
}

#[divan::bench]
fn stage_3_compile(bencher: Bencher) {
    let (deal, scenario) = named();
    let periods = periods(deal.terms());
    bencher.bench(|| plan::<Decimal>(black_box(&deal), &scenario, &periods, true));
}

/// What W2 brings with its three named defaults, more by every lane: the more a lane defaults, the
/// less its loans pay from then on.
fn paths(plan: &Plan<f64>) -> Inputs<f64, LANES> {
    let (deal, scenario) = named();
    let periods = periods(deal.terms());
    let pool = pool(&deal, RateShift::NONE, &periods);
    let collections = collect(&deal, &scenario, &pool, &periods);
    let mut out: Inputs<f64, LANES> =
        inputs(&collections, &failures(&deal, &scenario), &periods, plan.start);
    for lane in 0..LANES {
        let kept = 1.0 - 0.2 * lane as f64 / LANES as f64;
        let mut performing = out.opening.0[lane];
        for at in plan.start..plan.periods {
            let contract = out.principal[at].0[lane] + out.defaulted[at].0[lane];
            let paid = (out.principal[at].0[lane] * kept).round();
            out.principal[at].0[lane] = paid;
            out.defaulted[at].0[lane] = contract - paid;
            out.interest[at].0[lane] = (out.interest[at].0[lane] * kept).round();
            performing -= contract;
        }
        assert_eq!(performing, 0.0);
    }
    out
}

fn ruler(plan: &Plan<f64>) -> Ruler {
    let time = (1..=plan.periods).map(|month| month as f64).collect();
    Ruler { time, discount: vec![None; 3] }
}

/// Every path of all lanes through the waterfall, with the supporter behind it.
#[divan::bench]
fn waterfall_in_lanes(bencher: Bencher) {
    let (deal, scenario) = named();
    let plan = plan::<f64>(&deal, &scenario, &periods(deal.terms()), true);
    let (inputs, ruler) = (paths(&plan), ruler(&plan));
    let (mut room, mut sums) = (Room::new(&plan), PathSums::new(&plan, None));
    bencher.counter(ItemsCount::new(LANES)).bench_local(|| {
        pay_out(black_box(&plan), black_box(&inputs), &ruler, &mut room, &mut sums);
    });
}

/// The same where notes are paid by units of 100 yuan.
#[divan::bench]
fn waterfall_in_lanes_by_units(bencher: Bencher) {
    let mut sources = sources();
    for source in sources.iter_mut().filter(|source| source.name == "deal.csv") {
        source.bytes.extend_from_slice(b"unit_decimals,2\n");
    }
    let loaded = assemble(&sources).0.unwrap();
    let (deal, scenario) = (loaded.deal, &loaded.scenarios[0]);
    let plan = plan::<f64>(&deal, scenario, &periods(deal.terms()), true);
    let (inputs, ruler) = (paths(&plan), ruler(&plan));
    let (mut room, mut sums) = (Room::new(&plan), PathSums::new(&plan, None));
    bencher.counter(ItemsCount::new(LANES)).bench_local(|| {
        pay_out(black_box(&plan), black_box(&inputs), &ruler, &mut room, &mut sums);
    });
}

/// The same on the instructions that every machine has.
#[divan::bench]
fn waterfall_in_lanes_portable(bencher: Bencher) {
    let (deal, scenario) = named();
    let plan = plan::<f64>(&deal, &scenario, &periods(deal.terms()), true);
    let (inputs, ruler) = (paths(&plan), ruler(&plan));
    let (mut room, mut sums) = (Room::new(&plan), PathSums::new(&plan, None));
    bencher.counter(ItemsCount::new(LANES)).bench_local(|| {
        pay_out_portable(black_box(&plan), black_box(&inputs), &ruler, &mut room, &mut sums);
    });
}

/// The tables of W2 with every loan written so many times.
fn copies(times: usize) -> (Deal, Scenario) {
    let sources = sources().into_iter().map(|source| {
        let text = String::from_utf8(source.bytes.clone()).unwrap();
        let (header, rows) = text.split_once('\n').unwrap();
        let copy = |row: &str, at: usize| {
            let cells: Vec<&str> = row.split(',').collect();
            match source.name.as_str() {
                "loans.csv" => format!("{}-{at},{}\n", cells[0], cells[1..].join(",")),
                _ => format!("{row}\n"),
            }
        };
        let count = if source.name == "loans.csv" { times } else { 1 };
        let all: String =
            (0..count).flat_map(|at| rows.lines().map(move |row| copy(row, at))).collect();
        Source { bytes: format!("{header}\n{all}").into_bytes(), name: source.name.clone() }
    });
    let loaded = assemble(&sources.collect::<Vec<_>>()).0.unwrap();
    (loaded.deal, loaded.scenarios.into_iter().next().unwrap())
}

#[divan::bench(args = [1, 10, 100])]
fn run_rates_of_so_many_hundred_loans(bencher: Bencher, times: usize) {
    let (deal, scenario) = copies(times);
    let scenario = rates(&scenario);
    bencher.bench(|| run(black_box(&deal), &scenario, Support::With).unwrap());
}
