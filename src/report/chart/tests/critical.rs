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
