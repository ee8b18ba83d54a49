//! Tests of the charts: plain data first, then a tiny deal from end to end.

mod critical;
mod simulated;
mod tiny;

use super::canvas::Colour;
use super::*;
use crate::dates::{Date, add_months};

const BOTH: [Lang; 2] = [Lang::En, Lang::Zh];

/// The first of every so many months.
fn dates(count: usize, months: i32) -> Vec<Date> {
    let first = Date::constant(2021, 7, 12);
    (0..count as i32).map(|at| add_months(first, at * months)).collect()
}

fn series(name: &str, tone: Tone, values: Vec<f64>) -> Series {
    let name = name.to_owned();
    Series { name, tone, values }
}

fn collections(count: usize) -> CollectionsChart {
    let falling = |of: f64| (0..count).map(|at| of / (1.0 + at as f64)).collect();
    CollectionsChart {
        deal: "D".to_owned(),
        dates: dates(count, 3),
        series: vec![
            series("Principal", Tone::Principal, falling(4e7)),
            series("Interest", Tone::Interest, falling(5e6)),
            series("Recovered", Tone::Recovered, vec![0.0; count]),
        ],
    }
}

fn notes(classes: usize, count: usize) -> NotesChart {
    let one = |at: usize| {
        let (tone, name) = match at {
            _ if at + 1 == classes && classes > 1 => {
                (Tone::Subordinate { at: 0, of: 1 }, "Sub".to_owned())
            }
            _ if at + 2 == classes && classes > 2 => {
                (Tone::Mezzanine { at: 0, of: 1 }, "B".to_owned())
            }
            _ => {
                let of = classes.saturating_sub(2).max(1);
                (Tone::Senior { at, of }, format!("A{}", at + 1))
            }
        };
        let last = count.saturating_sub(1).max(1) as f64;
        let left = |row: usize| 3e7 * (1.0 - row as f64 / last).max(0.0);
        series(&name, tone, (0..count).map(left).collect())
    };
    NotesChart {
        deal: "D".to_owned(),
        dates: dates(count, 3),
        classes: (0..classes).map(one).collect(),
        unsupported: None,
    }
}

fn cover(count: usize, paid: f64) -> CoverChart {
    let days = dates(count, 3);
    let point = |(at, &day): (usize, &Date)| {
        let ratio = (at + 1 < count).then_some(1.1 + at as f64 * 0.05);
        (day, ratio)
    };
    let points: Vec<_> = days.iter().enumerate().map(point).collect();
    let line = |name: &str, tone, unsupported| CoverLine {
        name: name.to_owned(),
        tone,
        unsupported,
        points: points.clone(),
    };
    let support = Tone::Supporter { at: 0, of: 1 };
    CoverChart {
        deal: "D".to_owned(),
        lines: vec![line("Senior", Tone::Senior { at: 0, of: 1 }, false)],
        dates: days.clone(),
        paid: vec![series("Guarantor", support, vec![paid; count])],
    }
}

fn waterfall(classes: usize) -> WaterfallChart {
    let item = |name: &str, tone, amount| WaterfallItem { name: name.to_owned(), tone, amount };
    let senior = |at| Tone::Senior { at, of: classes };
    let principal = |at: usize| item(&format!("A{} principal", at + 1), senior(at), 1e7);
    let mut uses = vec![item("Fees", Tone::Fee, 1e6)];
    uses.extend((0..classes).map(principal));
    let paid: f64 = uses.iter().map(|one| one.amount).sum();
    WaterfallChart {
        deal: "D".to_owned(),
        sources: vec![item("Principal", Tone::Principal, paid + 5e5)],
        uses,
        left: 5e5,
    }
}

/// Well-formed enough: tags close, numbers are numbers, nothing lies outside the sheet.
fn sound(svg: &str) {
    assert!(svg.starts_with("<svg ") && svg.trim_end().ends_with("</svg>"));
    assert_eq!(svg.matches("<text").count(), svg.matches("</text>").count());
    assert!(!svg.contains("NaN") && !svg.contains("=\"inf") && !svg.contains("\"-"));
    for number in svg.split('"').filter(|part| part.contains('.')) {
        let decimals = number.parse::<f64>().ok().and(number.split_once('.'));
        assert!(decimals.is_none_or(|(_, after)| after.len() <= 2), "{number}");
    }
}

#[test]
fn the_same_data_give_the_same_bytes() {
    for lang in BOTH {
        assert_eq!(collections(9).svg(lang), collections(9).svg(lang));
        assert_eq!(notes(4, 9).svg(lang), notes(4, 9).svg(lang));
        assert_eq!(cover(9, 1e6).svg(lang), cover(9, 1e6).svg(lang));
        assert_eq!(waterfall(3).svg(lang), waterfall(3).svg(lang));
    }
}

#[test]
fn any_length_is_drawn() {
    for lang in BOTH {
        for count in [0, 1, 2, 4, 48, 600] {
            sound(&collections(count).svg(lang));
            sound(&cover(count, 1e6).svg(lang));
            for classes in [0, 1, 8, 16] {
                sound(&notes(classes, count).svg(lang));
                sound(&waterfall(classes).svg(lang));
            }
        }
    }
}

#[test]
fn titles_names_and_dates_are_there() {
    let check = |svg: String, wanted: &[&str]| {
        for text in wanted {
            assert!(svg.contains(text), "{text} in {svg}");
        }
    };
    check(
        collections(5).svg(Lang::En),
        &["Collections by payment date, million yuan", "Principal", "Interest", "2021-07-12"],
    );
    check(notes(3, 5).svg(Lang::Zh), &["证券余额（万元）", "A1", "Sub", "2022-07-12"]);
    check(
        cover(5, 2e6).svg(Lang::En),
        &[
            "Asset cover of the notes, times",
            "Senior",
            "Paid by supporters, million yuan",
            "Guarantor",
        ],
    );
    check(waterfall(2).svg(Lang::Zh), &["现金来源与去向（万元）", "来源合计", "期末结余"]);
    let svg = collections(5).svg(Lang::En);
    assert!(!svg.contains("Recovered"), "nothing of it was collected");
}

#[test]
fn what_is_missing_is_said() {
    let check = |svg: String, text: &str| {
        sound(&svg);
        assert!(svg.contains(text), "{text} in {svg}");
    };
    check(collections(0).svg(Lang::En), "No payment dates");
    let mut dry = collections(4);
    dry.series.clear();
    check(dry.svg(Lang::En), "Nothing was collected");
    check(notes(0, 4).svg(Lang::En), "This deal has no notes");
    check(notes(0, 4).svg(Lang::Zh), "本交易没有证券");
    check(notes(2, 0).svg(Lang::En), "No payment dates");
    check(cover(5, 0.0).svg(Lang::En), "No supporter is called");
    check(cover(1, 0.0).svg(Lang::En), "No notes to cover");
    let mut nothing = waterfall(0);
    nothing.sources.clear();
    nothing.uses.clear();
    nothing.left = 0.0;
    check(nothing.svg(Lang::Zh), "没有现金流动");
}

#[test]
fn numbers_that_are_none_do_no_harm() {
    let mut chart = collections(3);
    chart.series[0].values = vec![f64::NAN, f64::INFINITY, -1.0];
    sound(&chart.svg(Lang::En));
    let mut chart = cover(3, f64::NAN);
    chart.lines[0].points[1].1 = Some(f64::NAN);
    sound(&chart.svg(Lang::En));
    let mut chart = waterfall(1);
    chart.uses[0].amount = f64::NAN;
    sound(&chart.svg(Lang::En));
}

#[test]
fn names_with_marks_are_escaped() {
    let mut chart = notes(2, 4);
    chart.deal = "A & B <\"1\">".to_owned();
    chart.classes[0].name = "<A'1>".to_owned();
    let svg = chart.svg(Lang::En);
    sound(&svg);
    assert!(svg.contains("A &amp; B &lt;&quot;1&quot;&gt;"));
    assert!(svg.contains("&lt;A&apos;1&gt;"));
    assert!(!svg.contains("<A"));
}

#[test]
fn a_class_has_its_colour_everywhere() {
    let hex = |Colour(r, g, b): Colour| format!("#{r:02X}{g:02X}{b:02X}");
    for at in 0..3 {
        let wanted = hex(Tone::Senior { at, of: 3 }.colour());
        assert!(notes(5, 6).svg(Lang::En).contains(&wanted));
        assert!(waterfall(3).svg(Lang::En).contains(&wanted));
    }
    let mezzanine = hex(Tone::Mezzanine { at: 0, of: 1 }.colour());
    assert!(notes(5, 6).svg(Lang::Zh).contains(&mezzanine));
}
