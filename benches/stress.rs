//! Stress on a single thread: grids and critical rates. `cargo bench --bench stress`.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use divan::Bencher;
use divan::counter::ItemsCount;
use ipabs::analytics::breakers::Firms;
use ipabs::analytics::critical::{at_rate, critical_rates};
use ipabs::analytics::grid::{Axis, GridAxis, grid};
use ipabs::analytics::stress::stressed;
use ipabs::engine::Trials;
use ipabs::input::{Loaded, assemble, read_folder};
use ipabs::num::Decimal;
use ipabs::scenario::Scenario;

fn main() {
    rayon::ThreadPoolBuilder::new().num_threads(1).build_global().unwrap();
    divan::main();
}

fn load(name: &str) -> Loaded {
    let folder = format!("{}/{name}", env!("CARGO_MANIFEST_DIR"));
    assemble(&read_folder(folder.as_ref()).unwrap()).0.unwrap()
}

const DEALS: [&str; 2] = ["scenarios/yuhang-2021", "benches/w2-100"];

/// 100 default rates times 100 recoveries, with and without support. Items are cells.
#[divan::bench(sample_count = 3, args = DEALS)]
fn a_grid_of_10_000_cells(bencher: Bencher, deal: &str) {
    let loaded = load(deal);
    let values = || (0..100).map(|at| Decimal::new(at, 2)).collect();
    let axes = [Axis::DefaultRate, Axis::Recovery].map(|axis| GridAxis { axis, values: values() });
    bencher
        .counter(ItemsCount::new(10_000_u32))
        .bench(|| grid(&loaded.deal, &loaded.scenarios[0], axes.to_vec()));
}

/// The carried set: every class, with and without support. Items are stresses.
#[divan::bench(sample_count = 3, args = DEALS)]
fn critical_rates_of_the_stress_set(bencher: Bencher, deal: &str) {
    let loaded = load(deal);
    let runs = stressed(&loaded.deal, &loaded.scenarios[0], &loaded.stresses).unwrap();
    bencher
        .counter(ItemsCount::new(runs.len()))
        .bench(|| critical_rates(&loaded.deal, &runs).unwrap());
}

#[divan::bench(sample_count = 3, args = DEALS)]
fn sets_of_firms(bencher: Bencher, deal: &str) {
    let loaded = load(deal);
    bencher.bench(|| Firms::new(&loaded.deal, &loaded.scenarios[0]).breakers());
}

/// 1,000 of these cells scenario by scenario, as the exact run collects: what the lanes save.
#[divan::bench(sample_count = 3, args = DEALS)]
fn a_thousand_cells_one_by_one(bencher: Bencher, deal: &str) {
    let loaded = load(deal);
    let (deal, scenario) = (&loaded.deal, &loaded.scenarios[0]);
    let trials = Trials::new(deal, scenario);
    let timing = trials.default_timing(scenario);
    let cell = |at: i64| {
        at_rate(scenario, &timing, Decimal::new(at % 100, 2)).recovering(Decimal::new(at / 10, 2))
    };
    let cells: Vec<Scenario> = (0..1_000).map(cell).collect();
    bencher.counter(ItemsCount::new(cells.len())).bench(|| {
        let collected: Vec<_> = cells.iter().map(|cell| trials.collect(cell)).collect();
        trials.pay_out(&mut trials.room(), &collected)
    });
}
