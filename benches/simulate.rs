//! Simulation on a single thread, all stages: fates, collections, the waterfall with and without
//! support, and sums; and the losses of a pool alone. Items are paths: the throughput is paths a second. `cargo bench`.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use divan::Bencher;
use divan::counter::ItemsCount;
use ipabs::engine::{Drawing, Simulation};
use ipabs::input::{Loaded, assemble, default_model, read_folder};
use rayon::{ThreadPool, ThreadPoolBuilder};

fn main() {
    divan::main();
}

fn load(name: &str) -> Loaded {
    let folder = format!("{}/benches/{name}", env!("CARGO_MANIFEST_DIR"));
    assemble(&read_folder(folder.as_ref()).unwrap()).0.unwrap()
}

fn one_thread() -> ThreadPool {
    ThreadPoolBuilder::new().num_threads(1).build().unwrap()
}

fn simulate(bencher: Bencher, name: &str, paths: u64, tail: bool) {
    let loaded = load(name);
    let model = default_model(&loaded).unwrap();
    let drawing = Drawing { seed: 42, tail };
    let simulation = Simulation::new(&loaded.deal, &loaded.scenarios[0], &model, drawing).unwrap();
    let threads = one_thread();
    bencher.counter(ItemsCount::new(paths)).bench(|| {
        let mut tally = simulation.tally();
        threads.install(|| simulation.run(0..Simulation::blocks(paths), paths, &mut tally));
        tally
    });
}

fn pool_losses(bencher: Bencher, name: &str, paths: u64) {
    let loaded = load(name);
    let model = default_model(&loaded).unwrap();
    let drawing = Drawing { seed: 42, tail: false };
    let simulation = Simulation::new(&loaded.deal, &loaded.scenarios[0], &model, drawing).unwrap();
    let threads = one_thread();
    bencher
        .counter(ItemsCount::new(paths))
        .bench(|| threads.install(|| simulation.pool_losses(0..Simulation::blocks(paths), paths)));
}

/// 100 obligors, one factor, one period, three classes.
#[divan::bench(sample_count = 20)]
fn w1(bencher: Bencher) {
    simulate(bencher, "w1", 200_000, false);
}

/// The same, its pool's losses alone: who defaults, what is lost, the histogram; nothing paid out.
#[divan::bench(sample_count = 20)]
fn w1_losses(bencher: Bencher) {
    pool_losses(bencher, "w1", 200_000);
}

/// 100 loans, 36 months, 48 dates, three classes, fee, reserve, a correlated provider.
#[divan::bench(sample_count = 20)]
fn w2(bencher: Bencher) {
    simulate(bencher, "w2-100", 100_000, false);
}

#[divan::bench(sample_count = 20)]
fn w2_tail(bencher: Bencher) {
    simulate(bencher, "w2-100", 100_000, true);
}

#[divan::bench(sample_count = 5, args = [(20, 100_000), (200, 50_000), (2_000, 10_000), (20_000, 2_000)])]
fn w4(bencher: Bencher, (loans, paths): (usize, u64)) {
    simulate(bencher, &format!("w2-{loans}"), paths, false);
}

/// From a checked deal to the first path.
#[divan::bench]
fn compile_w2(bencher: Bencher) {
    let loaded = load("w2-100");
    let model = default_model(&loaded).unwrap();
    let drawing = Drawing { seed: 42, tail: false };
    bencher.bench(|| {
        Simulation::new(&loaded.deal, &loaded.scenarios[0], &model, drawing)
            .unwrap()
            .counts_recognised()
    });
}
