#![allow(clippy::unwrap_used)]
use super::*;
use crate::asset::PdCurve;
use crate::engine::Bin;

const PATHS: u64 = 1_000;

/// Puts so many paths of weight 1 with this loss into a class.
fn hit(class: &mut ClassTally, loss: f64, paths: usize) {
    for _ in 0..paths {
        class.unpaid.add(Moments::of(1.0));
        class.late.add(Moments::of(1.0));
        class.loss.add(Moments::of(loss));
        add_to(&mut class.losses, loss, 1);
    }
}

fn add_to(histogram: &mut Histogram, loss: f64, paths: i128) {
    let bin = &mut histogram.bins[(loss * BINS as f64).ceil() as usize];
    let unit = one().sum;
    *bin = Bin {
        weight: bin.weight + paths * unit,
        sum: bin.sum + paths * (loss * unit as f64) as i128,
        squares: bin.squares + paths * unit,
    };
}

fn tally() -> Tally {
    let mut tally = Tally::new(1, 1, 1);
    tally.paths = PATHS;
    for _ in 0..PATHS {
        tally.weight.add(Moments::of(1.0));
        tally.with[0].years.add(Moments::of(3.0));
    }
    tally
}

fn table() -> PdTable {
    let curve = |pd: f64| PdCurve::new(&[(1.0, pd)]).unwrap();
    let grades = vec![
        ("best".to_owned(), curve(0.001)),
        ("good".to_owned(), curve(0.01)),
        ("fair".to_owned(), curve(0.05)),
    ];
    PdTable { name: "by hand".to_owned(), source: String::new(), grades }
}

fn graded(tally: &Tally, most_senior: bool) -> ClassResult {
    let table = table();
    let grading = Grading { table: &table, years: 0.5, most_senior, valued: true };
    class(tally, &tally.with[0], grading)
}

fn near(got: f64, want: f64, what: &str) {
    assert!((got - want).abs() < 1e-9, "{what}: {got}, not {want}");
}

/// Origin: by hand, 20 of 1,000 paths lose a half.
#[test]
fn a_class_that_loses_half_on_two_percent_of_the_paths() {
    let mut tally = tally();
    hit(&mut tally.with[0], 0.5, 20);
    let of = graded(&tally, false);
    near(of.pd.value, 0.02, "pd");
    near(of.pd.se.unwrap(), (0.02 * 0.98 / 999.0_f64).sqrt(), "se of pd");
    near(of.el.value, 0.01, "el");
    near(of.el.se.unwrap(), (0.25 * 0.02 * 0.98 / 999.0_f64).sqrt(), "se of el");
    // Rank 990 is above the 980 paths without a loss.
    near(of.loss_p99.value, 0.5, "p99");
    near(of.es_p99.value, 0.5, "es");
    near(of.es_p99.se.unwrap(), 0.0, "nothing lies beyond");
    near(of.wal.value, 3.0, "life");
    near(of.hits, 20.0, "hits");
    assert_eq!(of.grade_by_pd.as_deref(), Some("fair"));
    // 30 more are late: 5% is still fair, and one more is not.
    tally.with[0].late = Moments::default();
    (0..50).for_each(|_| tally.with[0].late.add(Moments::of(1.0)));
    assert_eq!(graded(&tally, true).grade_by_pd.as_deref(), Some("fair"));
    tally.with[0].late.add(Moments::of(1.0));
    assert_eq!(graded(&tally, true).grade_by_pd, None);
    assert_eq!(graded(&tally, false).grade_by_pd.as_deref(), Some("fair"));
}

#[test]
fn without_a_hit_nothing_is_known_but_a_bound() {
    let of = graded(&tally(), true);
    assert_eq!((of.pd.value, of.pd.se), (0.0, None));
    assert_eq!((of.el.value, of.el.se), (0.0, None));
    assert_eq!((of.es_p99.value, of.es_p99.se), (0.0, None));
    // 3 / 1,000.
    assert_eq!(of.grade_by_pd.as_deref(), Some("good"));
    assert_eq!(of.grade_by_el.as_deref(), Some("good"));
    assert_eq!(of.hits, 0.0);
}

/// Origin: losses even over 0 to 1; the density is 1, so the error of a quantile is
/// sqrt(q (1 - q) / n), and E[L | worst 1%] is 0.995.
#[test]
fn errors_of_quantiles_are_those_of_an_even_distribution() {
    let mut histogram = Tally::new(1, 0, 0).pool.losses;
    let each = 10;
    for at in 0..BINS {
        add_to(&mut histogram, (at as f64 + 0.5) / BINS as f64, each);
    }
    let paths = BINS as u64 * each as u64;
    let losses = Losses::new(&histogram, paths);
    let p99 = losses.quantile(P99);
    assert!((p99.value - 0.99).abs() < 1.0 / BINS as f64);
    let want = (0.99 * 0.01 / paths as f64).sqrt();
    assert!((p99.se.unwrap() / want - 1.0).abs() < 1e-6, "{p99:?}");
    let es = losses.shortfall(P99);
    assert!((es.value - 0.995).abs() < 1.0 / BINS as f64);
    // Excess over 0.99: mean 5e-5, mean square 1e-6 / 3.
    let want = ((1e-6_f64 / 3.0 - 2.5e-9) / paths as f64).sqrt() / 0.01;
    assert!((es.se.unwrap() / want - 1.0).abs() < 0.03, "{es:?} {want}");
    let coarse = losses.coarser(4);
    assert_eq!(coarse.len(), BINS / 4);
    near(coarse.iter().map(|bin| bin.2).sum(), 1.0, "probability");
    assert!(coarse.windows(2).all(|pair| pair[0].1 == pair[1].0));
}

#[test]
fn weights_do_not_flatter() {
    let mut moments = Moments::default();
    [0.5, 0.5, 1.0].into_iter().for_each(|weight| moments.add(Moments::of(weight)));
    near(hits(&moments), 4.0 / 1.5, "4 / 1.5");
    assert_eq!(hits(&Moments::default()), 0.0);
    // Life is over the mean weight.
    let mut tally = Tally::new(1, 0, 0);
    tally.paths = 2;
    for (weight, years) in [(0.5, 2.0), (1.5, 4.0)] {
        tally.weight.add(Moments::of(weight));
        tally.with[0].years.add(Moments::of(weight * years));
    }
    near(graded(&tally, false).wal.value, 3.5, "7 / 2");
}

#[test]
fn a_commitment_over_all_paths() {
    let mut tally = tally();
    let of = &mut tally.commitments[0];
    assert_eq!(commitment(of, PATHS).failed_when_called, None);
    (0..40).for_each(|_| of.called.add(Moments::of(1.0)));
    (0..10).for_each(|_| of.failed_when_called.add(Moments::of(1.0)));
    (0..30).for_each(|_| of.amount_paid.add(Moments::of(0.25)));
    add_to(&mut of.paid, 0.25, 30);
    let of = commitment(of, PATHS);
    near(of.called.value, 0.04, "called");
    let failed = of.failed_when_called.unwrap();
    near(failed.value, 0.25, "failed");
    near(failed.se.unwrap(), (0.25 * 0.75 / 40.0_f64).sqrt(), "se");
    near(of.amount_paid.value, 0.0075, "paid on average");
    near(of.paid_p99.value, 0.25, "paid at 99%");
}

#[test]
fn convergence_adds_segment_to_segment() {
    let mut segments = vec![Segment::default(); 4];
    for (segment, (paths, hits)) in segments.iter_mut().zip([(10, 1), (0, 0), (30, 3), (40, 0)]) {
        segment.paths = paths;
        segment.classes = vec![Default::default(); 2];
        (0..hits).for_each(|_| segment.classes[0].0.add(Moments::of(1.0)));
        (0..hits).for_each(|_| segment.pool_loss.add(Moments::of(0.5)));
    }
    let steps = convergence(&segments);
    assert_eq!(steps.iter().map(|step| step.paths).collect::<Vec<_>>(), [10, 40, 80]);
    for (step, want) in steps.iter().zip([0.1, 0.1, 0.05]) {
        near(step.classes[0].0.value, want, "pd");
        near(step.pool_el.value, want / 2.0, "el of the pool");
        assert_eq!(step.classes[1].0, Estimate { value: 0.0, se: None });
    }
}
