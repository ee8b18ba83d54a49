//! The chart of critical default rates: plain data.

use super::*;

/// One class that breaks, one that no rate up to 60% breaks; grades closer than their labels.
fn chart() -> CriticalChart {
    let line = |name: &str, at, rate| CriticalLine {
        name: name.to_owned(),
        tone: Tone::Senior { at, of: 2 },
        rates: vec![Some(rate)],
    };
    let grade = |at: u32| (format!("G{at}"), 5.0 - 0.1 * f64::from(at));
    CriticalChart {
        deal: "D".to_owned(),
        stresses: vec!["base".to_owned()],
        lines: vec![line("A", 0, Rate::Above(60.0)), line("B", 1, Rate::Found(7.5))],
        targets: (0..20).map(grade).collect(),
        of_targets: "table".to_owned(),
        base: 2.0,
    }
}

#[test]
fn every_grade_has_its_label_and_what_is_not_reached_says_how_far_was_tried() {
    for (lang, words) in
        [(Lang::En, ["not reached", "above 60%"]), (Lang::Zh, ["未触及", "高于 60%"])]
    {
        let svg = chart().svg(lang);
        sound(&svg);
        for (grade, _) in chart().targets {
            assert!(svg.contains(&format!("\n{grade}\n")), "{grade} in {svg}");
        }
        for word in words {
            assert!(svg.contains(word), "{word} in {svg}");
        }
    }
}

#[test]
fn without_grades_there_is_nothing_to_explain() {
    let mut chart = chart();
    chart.targets.clear();
    chart.lines[0].rates = vec![None];
    let svg = chart.svg(Lang::En);
    sound(&svg);
    assert!(!svg.contains("Dashed") && !svg.contains("not reached"));
}

/// Left and right edge of each grade's label, in the order of the file.
fn labels(chart: &CriticalChart, svg: &str) -> Vec<(f64, f64)> {
    let mut lines = svg.lines();
    let mut found = Vec::new();
    while let Some(line) = lines.next() {
        let attribute = |name: &str| -> Option<f64> {
            line.split(&format!(" {name}=\"")).nth(1)?.split('"').next()?.parse().ok()
        };
        let (Some(x), Some(_)) = (attribute("x"), attribute("y")) else { continue };
        let text = lines.next().unwrap_or_default();
        if line.starts_with("<text") && chart.targets.iter().any(|of| of.0 == text) {
            let half = super::super::canvas::text_width(text, 12) / 2.0;
            found.push((x - half, x + half));
        }
    }
    found
}

#[test]
fn no_label_of_a_grade_touches_another() {
    let check = |grades: &[&str], multiples: &[f64], found: usize| {
        let targets =
            grades.iter().zip(multiples).map(|(grade, x)| ((*grade).to_owned(), 3.34 * x));
        let mut chart = CriticalChart { targets: targets.collect(), ..chart() };
        chart.lines[1].rates = vec![Some(Rate::Found(42.18))];
        let labels = labels(&chart, &chart.svg(Lang::En));
        assert_eq!(labels.len(), found);
        for (at, one) in labels.iter().enumerate() {
            for other in &labels[..at] {
                assert!(one.0 >= other.1 + 3.0 || other.0 >= one.1 + 3.0, "{one:?} {other:?}");
            }
            assert!(one.0 >= 0.0 && one.1 <= 900.0, "{one:?}");
        }
    };
    let grades = [
        "AAA", "AAA-", "AA+", "AA", "AA-", "A+", "A", "A-", "BBB+", "BBB", "BBB-", "BB+", "BB",
        "BB-", "B+",
    ];
    // Multipliers that lie as close as those of the carried table.
    let close: Vec<f64> = (0..15).map(|at| 5.0 - 0.27 * f64::from(at)).collect();
    check(&grades, &close, 15);
    // All at one place, and so many that those between letters go without.
    check(&grades, &[4.0; 15], 15);
    check(&["BBB+", "BBB", "BBB-"].repeat(9), &[4.0; 27], 9);
    check(&[], &[], 0);
}
