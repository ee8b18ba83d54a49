//! Charts of simulations: plain data of any shape.

use super::super::likelihood::exceedance;
use super::*;

/// Nothing on a half of the paths, then bars that halve.
fn bars(count: usize, width: f64) -> Vec<(f64, f64, f64)> {
    let mut left = 0.5;
    let mut out = vec![(0.0, 0.0, 0.5)];
    for at in 0..count {
        left /= 2.0;
        out.push((at as f64 * width, (at + 1) as f64 * width, left));
    }
    out
}

fn distribution(bars: Vec<(f64, f64, f64)>) -> DistributionChart {
    DistributionChart {
        deal: "D".to_owned(),
        title: "Loss of the pool".to_owned(),
        amount: "loss, %".to_owned(),
        unit: "%".to_owned(),
        tone: Tone::Cash,
        bars,
        nothing: "No loss on any path".to_owned(),
        none: "no loss:".to_owned(),
        marks: vec![("A: lose from 5%".to_owned(), Tone::Senior { at: 0, of: 1 }, 5.0)],
        note: "note".to_owned(),
    }
}

fn class_losses(bars: Vec<(f64, f64, f64)>) -> ClassLossesChart {
    let line = |name: &str, unsupported, bars| ClassLossLine {
        name: name.to_owned(),
        tone: Tone::Senior { at: 0, of: 1 },
        unsupported,
        bars,
    };
    let lines = vec![line("A", false, vec![(0.0, 0.0, 1.0)]), line("A bare", true, bars)];
    ClassLossesChart { deal: "D".to_owned(), lines }
}

fn fan(count: usize) -> FanChart {
    let falling = |at: usize| 1e8 * (1.0 - at as f64 / count as f64);
    let quantiles = (0..count).map(|at| [0.9, 1.0, 1.1].map(|part| part * falling(at))).collect();
    FanChart { deal: "D".to_owned(), dates: dates(count, 3), quantiles }
}

fn convergence(count: usize, se: Option<f64>) -> ConvergenceChart {
    let points = (1..=count as u64).map(|at| (at * 1_000, 2.0 + 1.0 / at as f64, se)).collect();
    let line = ConvergenceLine {
        name: "A not paid".to_owned(),
        tone: Tone::Senior { at: 0, of: 1 },
        points,
        nothing: "Not on any path".to_owned(),
    };
    ConvergenceChart { deal: "D".to_owned(), lines: vec![line.clone(), line] }
}

#[test]
fn simulations_of_any_shape_are_drawn() {
    for lang in BOTH {
        for count in [0, 1, 2, 40, 4_096] {
            for width in [1e-4, 100.0 / 4_096.0, 1e6] {
                sound(&distribution(bars(count, width)).svg(lang));
            }
            sound(&class_losses(bars(count, 100.0 / 4_096.0)).svg(lang));
            sound(&fan(count).svg(lang));
        }
        for count in [0, 1, 2, 64] {
            sound(&convergence(count, Some(0.01)).svg(lang));
            sound(&convergence(count, None).svg(lang));
        }
        sound(&distribution(Vec::new()).svg(lang));
        sound(&distribution(vec![(0.0, 1.0, 1.0)]).svg(lang));
    }
}

#[test]
fn simulations_say_what_they_show() {
    let check = |svg: String, texts: &[&str]| {
        for text in texts {
            assert!(svg.contains(text), "{text} in {svg}");
        }
    };
    let whole = distribution(bars(40, 1.0)).svg(Lang::En);
    let texts = ["Loss of the pool", "lose from 5%", "no loss: 50.00%", "each bar of 1%", "0.01%"];
    check(whole, &texts);
    check(distribution(vec![(0.0, 0.0, 1.0)]).svg(Lang::En), &["No loss on any path"]);
    check(class_losses(bars(9, 1.0)).svg(Lang::En), &["A bare", "No loss on any path: A"]);
    check(class_losses(Vec::new()).svg(Lang::Zh), &["所有路径上各级证券均无损失"]);
    check(fan(9).svg(Lang::En), &["Balance of the senior classes, with support, million yuan"]);
    check(fan(0).svg(Lang::En), &["Nothing is owed on senior classes"]);
    check(convergence(64, Some(0.01)).svg(Lang::En), &["A not paid: 2.016 ± 0.020", "60,000"]);
    check(convergence(64, None).svg(Lang::En), &["Not on any path"]);
}

#[test]
fn exceedance_is_what_lies_above() {
    let points = exceedance(&[(0.0, 0.0, 0.5), (0.0, 1.0, 0.3), (4.0, 5.0, 0.2)]);
    let want = [(0.0, 0.5), (1.0, 0.2), (5.0, 0.0)];
    for ((x, above), (want_x, want_above)) in points.iter().zip(want) {
        assert_eq!(*x, want_x);
        assert!((above - want_above).abs() < 1e-12, "{points:?}");
    }
    assert_eq!(points.len(), 3);
    assert_eq!(exceedance(&[(0.0, 1.0, 1.0)]), [(0.0, 1.0), (1.0, 0.0)]);
    assert_eq!(exceedance(&[]), [(0.0, 0.0)]);
}
