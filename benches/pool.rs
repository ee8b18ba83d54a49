//! The exact distribution of a pool's loss. `cargo bench --bench pool`.
#![allow(clippy::unwrap_used)]

use divan::{Bencher, black_box};
use ipabs::analytics::pool_loss::{Firm, Grid, pool_loss};
use ipabs::num::{Fen, gauss_legendre};

fn main() {
    divan::main();
}

/// 100 firms, defaults 0.5% to 8% over so many dates, loans 1 to 5 million yuan that lose 60% at
/// the first date and one part of 600 less at each later one, correlation 20%.
fn firms(dates: i32) -> Vec<Firm> {
    let firm = |at: i32| {
        let pd = 0.005 * 16_f64.powf(f64::from(at) / 99.0);
        let loan: Fen = 100_000_000 + 4_000_000 * Fen::from(37 * at % 101);
        let outcome = |date: i32| {
            (pd * f64::from(date + 1) / f64::from(dates), loan / 1_000 * Fen::from(600 - date))
        };
        Firm { loading: 0.2_f64.sqrt(), outcomes: (0..dates).map(outcome).collect() }
    };
    (0..100).map(firm).collect()
}

/// A lattice of 7,487 steps.
#[divan::bench(args = [64, 128])]
fn a_hundred_firms_at_so_many_nodes(bencher: Bencher, nodes: usize) {
    let firms = firms(1);
    bencher.bench(|| pool_loss(black_box(&firms), Grid { nodes, ..Grid::usual(&firms) }).unwrap());
}

/// Losses fall from date to date, so they are split over 100,000 steps.
#[divan::bench(args = [2, 12])]
fn a_hundred_firms_with_so_many_dates(bencher: Bencher, dates: i32) {
    let firms = firms(dates);
    bencher.bench(|| pool_loss(black_box(&firms), Grid::usual(&firms)).unwrap());
}

#[divan::bench]
fn the_nodes_alone() -> Vec<(f64, f64)> {
    gauss_legendre(black_box(64))
}
