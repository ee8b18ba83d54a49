//! One exact run of a 100-loan, 48-month, 3-class deal on a single thread, and its stages; and how
//! the cost grows with the number of loans. `cargo bench`.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use divan::{Bencher, black_box};
use ipabs::deal::Deal;
use ipabs::engine::{Support, collect, periods, plan, pool, run, run_in_lanes};
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

/// All stages, with 128 copies of the path side by side in whole fen: divide by 128.
#[divan::bench]
fn lanes_128(bencher: Bencher) {
    let (deal, scenario) = named();
    bencher.bench(|| run_in_lanes::<128>(black_box(&deal), &scenario, Support::With));
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
