//! The tables of a sized deal.
//!
//! Headers are part of the contract: a column may be added at the end, none renamed.
use super::{Sizes, binding};
use crate::analytics::needs::Setting;
use crate::analytics::size::{Near, Sized, Test, Tested};
use crate::analytics::stress::SUPPORTS;
use crate::num::{Fen, yuan_of};
use crate::report::table::{Cell, Sheet};

/// Digits after the point of shares.
const SHARES: usize = 6;

fn yes(of: bool) -> Cell {
    Cell::text(if of { "yes" } else { "no" })
}

fn number(of: Option<f64>) -> Cell {
    of.map_or(Cell::Blank, |value| Cell::Number(value, SHARES))
}

fn support(sized: &Sized) -> Cell {
    Cell::text(SUPPORTS[sized.support].name())
}

/// Senior, mezzanine and sub; blank where no size passes.
fn cut(sized: &Sized) -> [Cell; 3] {
    sized.cut.as_ref().map_or([const { Cell::Blank }; 3], |cut| {
        [cut.senior, cut.mezzanine, cut.sub].map(|fen| Cell::Yuan(yuan_of(fen)))
    })
}

const SIZES: &[&str] = &[
    "target",
    "support",
    "senior",
    "mezzanine",
    "sub",
    "binding",
    "met",
    "senior_share",
    "passes_above",
    "grade_without",
    "grade_weak_link",
    "grade_joint",
    "larger_tried",
    "larger_passing",
    "smaller_failing",
];

/// `size.csv`; amounts are blank where no size passes.
pub(super) fn sizes(of: &Sizes<'_>) -> Sheet {
    let mut sheet = Sheet::new("size.csv", SIZES);
    for sized in &of.sized {
        let mut row = vec![Cell::text(&sized.aim.grade), support(sized)];
        row.extend(cut(sized));
        let share = sized.cut.is_some().then(|| of.share(sized));
        row.extend([Cell::Text(binding(sized)), yes(sized.cut.is_some()), number(share)]);
        row.push(yes(sized.passes_again().is_some()));
        row.extend(views(sized.near.iter().find(|near| near.points == 0)));
        row.extend(larger(sized));
        sheet.rows.push(row);
    }
    sheet
}

/// How many larger sizes were tried, the largest of them that passes again, and the largest smaller
/// one that fails.
fn larger(sized: &Sized) -> [Cell; 3] {
    let yuan = |fen: Option<Fen>| fen.map_or(Cell::Blank, |fen| Cell::Yuan(yuan_of(fen)));
    let count = Cell::Count(sized.larger.len() as i64);
    [count, yuan(sized.passes_again()), yuan(sized.failing_below)]
}

/// Grades by critical rates: of the class by itself, as good as its supporter, jointly with it.
fn views(near: Option<&Near>) -> [Cell; 3] {
    let cell = |grade: &Option<String>| grade.as_ref().map_or(Cell::Blank, Cell::text);
    near.map_or([const { Cell::Blank }; 3], |near| {
        [&near.grade_without, &near.grade_weak_link, &near.grade_joint].map(cell)
    })
}

const TESTS: &[&str] =
    &["target", "test", "limit", "value", "slack", "support", "chosen", "passes", "note"];

/// `tests.csv`: every test at the answer; at the least size where none passes.
pub(super) fn tests(of: &Sizes<'_>) -> Sheet {
    let mut sheet = Sheet::new("tests.csv", TESTS);
    for sized in &of.sized {
        for tested in &sized.tests {
            let asked = tested.limit.is_some();
            sheet.rows.push(vec![
                Cell::text(&sized.aim.grade),
                Cell::text(tested.test.name()),
                figure(tested.test, tested.limit),
                figure(tested.test, tested.value),
                figure(tested.test, tested.slack()),
                support(sized),
                yes(tested.chosen),
                if asked { yes(tested.passes) } else { Cell::Blank },
                Cell::Text(note(of, tested)),
            ]);
        }
    }
    sheet
}

/// Losses of good grades are small; a capacity is in yuan.
fn figure(test: Test, of: Option<f64>) -> Cell {
    let digits = match test {
        Test::El => 9,
        Test::Capacity => 2,
        Test::Retention | Test::Pd | Test::LargeObligor | Test::CriticalRate => SHARES,
        Test::Coverage | Test::JointDefault => SHARES,
    };
    of.map_or(Cell::Blank, |value| Cell::Number(value, digits))
}

fn note(of: &Sizes<'_>, tested: &Tested) -> String {
    if let Some(at) = tested.lifted_by {
        return format!("grade of {}", of.question.deal.supporters()[at].name);
    }
    let losses = of.question.losses;
    match (tested.limit, tested.value, tested.test) {
        (Some(_), Some(_), Test::El) if !of.question.grading.table.says_losses() => {
            format!("55% of {} at {:.2} years", losses.table.name, losses.years)
        }
        (None, _, _) => "nothing asked".to_owned(),
        (_, None, Test::CriticalRate) => "not reached".to_owned(),
        (_, None, _) => "nothing due".to_owned(),
        (_, Some(_), _) => String::new(),
    }
}

const NEAR: &[&str] = &[
    "target",
    "support",
    "points",
    "senior",
    "senior_share",
    "pd",
    "critical_rate",
    "grade_by_pd",
    "grade_by_critical_rate",
    "passes",
    "grade_without",
    "grade_weak_link",
    "grade_joint",
];

/// `sensitivity.csv`: sizes around the answer; `pd` with its 1.645 standard errors, the critical
/// rate without support.
pub(super) fn near(of: &Sizes<'_>) -> Sheet {
    let mut sheet = Sheet::new("sensitivity.csv", NEAR);
    for sized in &of.sized {
        for near in &sized.near {
            let share = near.cut.senior as f64 / of.total.max(1) as f64;
            let rate = near.critical.rate().map(|_| near.critical.achieved);
            let grade = |grade: &Option<String>| grade.as_ref().map_or(Cell::Blank, Cell::text);
            let mut row = vec![
                Cell::text(&sized.aim.grade),
                support(sized),
                Cell::Count(near.points),
                Cell::Yuan(yuan_of(near.cut.senior)),
                Cell::Number(share, SHARES),
                Cell::Number(near.pd, SHARES),
                rate.map_or(Cell::text("not reached"), |rate| Cell::Number(rate, SHARES)),
                grade(&near.grade_by_pd),
                grade(&near.grade_by_rate),
                yes(near.passes),
            ];
            row.extend(views(Some(near)));
            sheet.rows.push(row);
        }
    }
    sheet
}

const MEZZANINE: &[&str] = &[
    "senior_target",
    "support",
    "target",
    "senior",
    "mezzanine",
    "sub",
    "binding",
    "met",
    "passes_above",
    "larger_tried",
    "larger_passing",
    "smaller_failing",
];

/// `mezzanine.csv`: the largest mezzanine below each senior size.
pub(super) fn mezzanine(of: &Sizes<'_>) -> Sheet {
    let mut sheet = Sheet::new("mezzanine.csv", MEZZANINE);
    for (above, sized) in &of.mezzanine {
        let mut row = vec![Cell::text(above), support(sized), Cell::text(&sized.aim.grade)];
        row.extend(cut(sized));
        row.extend([Cell::Text(binding(sized)), yes(sized.cut.is_some())]);
        row.push(yes(sized.passes_again().is_some()));
        row.extend(larger(sized));
        sheet.rows.push(row);
    }
    sheet
}

const NEEDS: &[&str] =
    &["target", "support", "senior", "lever", "of", "unit", "now", "needed", "most", "met"];

/// `needs.csv`: what the given senior size needs. Shares of 1 or yuan, as `unit` says; `needed` is
/// blank where the most is not enough.
pub(super) fn needs(of: &Sizes<'_>) -> Sheet {
    let mut sheet = Sheet::new("needs.csv", NEEDS);
    let figure = |setting: Option<Setting>| match setting {
        Some(Setting::Share(share)) => Cell::Number(share, SHARES),
        Some(Setting::Amount(fen)) => Cell::Yuan(yuan_of(fen)),
        None => Cell::Blank,
    };
    for need in &of.needs {
        let unit = match need.most {
            Setting::Share(_) => "share",
            Setting::Amount(_) => "yuan",
        };
        sheet.rows.push(vec![
            Cell::text(&need.grade),
            Cell::text(SUPPORTS[need.support].name()),
            of.senior.map_or(Cell::Blank, |senior| Cell::Yuan(yuan_of(senior))),
            Cell::text(need.lever.name()),
            Cell::text(need.lever.of(of.question.deal)),
            Cell::text(unit),
            figure(need.now),
            figure(need.needed),
            figure(Some(need.most)),
            yes(need.needed.is_some()),
        ]);
    }
    sheet
}
