//! The tables of a stressed deal.
//!
//! Headers are part of the contract: a column may be added at the end, none renamed.
use super::{Findings, joint as jointly};
use crate::analytics::critical::{ClassGrade, Critical};
use crate::analytics::grid::Grid;
use crate::analytics::outcome::Figure;
use crate::analytics::price;
use crate::analytics::stress::{Direction, SUPPORTS};
use crate::dates::Date;
use crate::deal::{Deal, Seniority, Tranche};
use crate::num::{Decimal, Ratio, yuan_of};
use crate::report::names::class_kind;
use crate::report::table::{Cell, Sheet};
use crate::scenario::Stress;

/// Digits after the point of shares, and of multiples.
const SHARES: usize = 6;
const MULTIPLES: usize = 4;

/// The row of the lowest critical rate of all stresses.
pub(super) const ALL: &str = "all";
pub(super) const NOT_REACHED: &str = "not reached";

pub(super) fn figure(of: &Figure, digits: usize) -> Cell {
    of.value.map_or(Cell::Blank, |value| Cell::Number(value, digits))
}

pub(super) fn factor(of: Option<Decimal>) -> Cell {
    of.map_or(Cell::Blank, |factor| Cell::text(factor.normalize()))
}

const STRESS: &[&str] = &[
    "scenario",
    "support",
    "tranche",
    "loss",
    "first_shortfall_date",
    "min_coverage",
    "min_dscr",
    "called",
    "paid",
    "achieved_default_rate",
    "prepayment_factor",
];

/// Rows by stress, support and class: their names, and then what is said of the class in the
/// direction that is the worse for it.
fn by_class(
    findings: &Findings<'_>,
    said: impl Fn(&Direction, usize, usize) -> Vec<Cell>,
) -> Vec<Vec<Cell>> {
    let mut rows = Vec::new();
    for stress in &findings.stressed {
        for (support, word) in SUPPORTS.iter().map(|support| support.name()).enumerate() {
            for (at, tranche) in findings.deal.tranches().iter().enumerate() {
                let names = [Cell::text(&stress.name), Cell::text(word), Cell::text(&tranche.name)];
                let said = said(stress.worst(support, at), support, at);
                rows.push(names.into_iter().chain(said).collect());
            }
        }
    }
    rows
}

const STRESSES: &[&str] = &[
    "stress",
    "recovery_factor",
    "front_loaded",
    "prepayment_up",
    "prepayment_down",
    "coupon_shift",
];

/// `stresses.csv`: the set as it was applied, to be put into the deal's folder and changed there.
pub(super) fn stresses(of: &[Stress]) -> Sheet {
    let mut sheet = Sheet::new("stresses.csv", STRESSES);
    let unless = |value: Decimal, none: Decimal| match value == none {
        true => Cell::Blank,
        false => Cell::text(value.normalize()),
    };
    for stress in of {
        let factor = |at: usize| {
            let factor = stress.prepayment_factors.get(at);
            factor.map_or(Cell::Blank, |factor| Cell::text(factor.normalize()))
        };
        sheet.rows.push(vec![
            Cell::text(&stress.name),
            unless(stress.recovery_factor, Decimal::ONE),
            unless(stress.front_loaded, Decimal::ZERO),
            factor(0),
            factor(1),
            unless(stress.coupon_shift, Decimal::ZERO),
        ]);
    }
    sheet
}

/// `stress.csv`.
pub(super) fn stress(findings: &Findings<'_>) -> Sheet {
    let mut sheet = Sheet::new("stress.csv", STRESS);
    sheet.rows = by_class(findings, |direction, support, at| {
        let outcome = &direction.outcomes[support];
        let class = &outcome.classes[at];
        vec![
            Cell::Number(class.loss, SHARES),
            class.first_shortfall.map_or(Cell::Blank, Cell::Date),
            figure(&class.min_coverage, MULTIPLES),
            figure(&class.min_dscr, MULTIPLES),
            Cell::Yuan(outcome.deal.support_called),
            Cell::Yuan(outcome.deal.support_paid),
            Cell::Number(direction.achieved, SHARES),
            factor(direction.prepayment_factor),
        ]
    });
    sheet
}

const CRITICAL: &[&str] = &[
    "scenario",
    "support",
    "tranche",
    "critical",
    "achieved",
    "multiple",
    "grade",
    "prepayment_factor",
    "note",
    "targets",
    "asset_type",
    "joint_pd",
    "joint_grade",
    "joint_note",
    "seniority",
];

/// `critical.csv`: by stress; then `all`, the lowest of each class, whose grade is the class's.
pub(super) fn critical(findings: &Findings<'_>) -> Sheet {
    let mut sheet = Sheet::new("critical.csv", CRITICAL);
    let tranches = findings.deal.tranches();
    for (stress, rates) in findings.stressed.iter().zip(&findings.rates) {
        for (support, word) in SUPPORTS.iter().map(|support| support.name()).enumerate() {
            for (at, tranche) in tranches.iter().enumerate() {
                let found = &rates[support][at];
                // Only without support does a critical rate grade.
                let grade = match word {
                    "without" => findings.grading.grade(found).map_or(Cell::Blank, Cell::text),
                    _ => Cell::Blank,
                };
                let names = [&stress.name, word, &tranche.name];
                let mut row = row(findings, names, found, grade, note(found));
                row.extend([const { Cell::Blank }; 3]);
                row.push(Cell::text(class_kind(tranche.seniority)));
                sheet.rows.push(row);
            }
        }
    }
    for (support, word) in SUPPORTS.iter().map(|support| support.name()).enumerate() {
        let classes = tranches.iter().zip(&findings.grades).zip(&findings.joints);
        for ((tranche, grade), joint) in classes {
            let (found, stress) = &grade.least[support];
            let of = format!("of {}", findings.stressed[*stress].name);
            let graded = match word {
                "without" => &grade.without,
                _ => &grade.with,
            };
            let graded = graded.as_ref().map_or(Cell::Blank, Cell::text);
            let note = [of, note(found), lifted(findings, grade, word)];
            let note = note.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>();
            let names = [ALL, word, &tranche.name];
            let mut row = row(findings, names, found, graded, note.join("; "));
            match word {
                "with" => row.extend(jointly::cells(findings, joint)),
                _ => row.extend([const { Cell::Blank }; 3]),
            }
            row.push(Cell::text(class_kind(tranche.seniority)));
            sheet.rows.push(row);
        }
    }
    sheet
}

fn row(
    findings: &Findings<'_>,
    names: [&str; 3],
    found: &Critical,
    grade: Cell,
    note: String,
) -> Vec<Cell> {
    let multiple = findings.grading.multiple(found);
    let mut row: Vec<Cell> = names.into_iter().map(Cell::text).collect();
    row.extend([
        found.rate().map_or(Cell::text(NOT_REACHED), |rate| Cell::Number(rate, SHARES)),
        Cell::Number(found.achieved, SHARES),
        multiple.map_or(Cell::Blank, |multiple| Cell::Number(multiple, MULTIPLES)),
        grade,
        factor(found.prepayment_factor),
        Cell::Text(note),
        Cell::text(&findings.grading.table.name),
        Cell::text(findings.grading.asset_type.name()),
    ]);
    row
}

fn note(found: &Critical) -> String {
    let text = if found.passes_above { "passes again at some higher rate" } else { "" };
    text.to_owned()
}

fn lifted(findings: &Findings<'_>, grade: &ClassGrade, word: &str) -> String {
    match grade.lifted_by {
        Some(at) if word == "with" => {
            format!("grade of {}", findings.deal.supporters()[at].name)
        }
        _ => String::new(),
    }
}

const TARGETS: &[&str] =
    &["grade", "target_rate", "multiplier", "base_rate", "targets", "asset_type"];

/// `targets.csv`: the critical default rate that each grade asks, best first: its multiplier times
/// the base rate; none where there is no base rate.
pub(super) fn targets(findings: &Findings<'_>) -> Sheet {
    let mut sheet = Sheet::new("targets.csv", TARGETS);
    let grading = &findings.grading;
    for (grade, targets) in grading.table.grades.iter().filter(|_| grading.base_rate > 0.0) {
        let Some(multiplier) = targets[grading.asset_type as usize].multiplier else { continue };
        sheet.rows.push(vec![
            Cell::text(grade),
            Cell::Number(multiplier * grading.base_rate, SHARES),
            Cell::Number(multiplier, MULTIPLES),
            Cell::Number(grading.base_rate, SHARES),
            Cell::text(&grading.table.name),
            Cell::text(grading.asset_type.name()),
        ]);
    }
    sheet
}

const INVESTOR: &[&str] = &[
    "scenario",
    "support",
    "tranche",
    "yield_pa",
    "wal_years",
    "macaulay_years",
    "modified_years",
    "convexity",
    "loss",
    "street_yield_pa",
    "sub_irr",
    "prepayment_factor",
    "note",
    "spread_at_price",
    "price",
    "price_at_spread",
    "spread",
];

/// `investor.csv`: yields at the issue price, effective annual, ACT/365; `sub_irr` of all
/// subordinate classes together.
pub(super) fn investor(findings: &Findings<'_>) -> Sheet {
    let mut sheet = Sheet::new("investor.csv", INVESTOR);
    sheet.rows = by_class(findings, |direction, support, at| {
        let tranche = &findings.deal.tranches()[at];
        let outcome = &direction.outcomes[support];
        let class = &outcome.classes[at];
        let sub_irr = match tranche.seniority {
            Seniority::Subordinate => figure(&outcome.deal.sub_xirr, SHARES),
            Seniority::Senior | Seniority::Mezzanine => Cell::Blank,
        };
        let note = match class.yield_pa.value {
            Some(_) => "",
            None => class.yield_pa.note.as_str(),
        };
        let mut row = vec![
            figure(&class.yield_pa, SHARES),
            figure(&class.wal_years, SHARES),
            figure(&class.macaulay_years, SHARES),
            figure(&class.modified_years, SHARES),
            figure(&class.convexity, SHARES),
            Cell::Number(class.loss, SHARES),
            figure(&class.street_yield_pa, SHARES),
            sub_irr,
            factor(direction.prepayment_factor),
            Cell::text(note),
        ];
        row.extend(priced(findings, &direction.cash[support][at], tranche));
        row
    });
    sheet
}

/// Spread at the price, the price, price at the spread, the spread, on the day on which the deal
/// stands, per 100 of what is left of the class; the price is that of its issue unless one is
/// given, and par in mid-life. Blank without a curve.
fn priced(findings: &Findings<'_>, cash: &[(Date, f64)], tranche: &Tranche) -> [Cell; 4] {
    let Some(terms) = findings.prices else { return [const { Cell::Blank }; 4] };
    let since = findings.deal.stands_on();
    let issue_price = match findings.deal.state() {
        Some(_) => 100.0,
        None => Ratio::of_rate(tranche.issue_price).map_or(100.0, Ratio::as_f64),
    };
    let number = |of: Option<f64>| of.map_or(Cell::Blank, |value| Cell::Number(value, SHARES));
    [
        figure(&price::at_price(terms, issue_price, since, cash), SHARES),
        number(Some(terms.price.unwrap_or(issue_price))),
        figure(&price::at_spread(terms, since, cash), SHARES),
        number(terms.spread_pa),
    ]
}

const GRID: &[&str] =
    &["support", "tranche", "loss", "paid_in_full", "called", "paid", "achieved_default_rate"];

/// `grid.csv`: a column an axis, then what each class is left with.
pub(super) fn grid(deal: &Deal, grid: &Grid) -> Sheet {
    let axes = grid.axes.iter().map(|axis| axis.axis.name());
    let header: Vec<&'static str> = axes.chain(GRID.iter().copied()).collect();
    let mut sheet = Sheet::new("grid.csv", &header);
    for cell in &grid.cells {
        for (end, support) in cell.ends.iter().zip(SUPPORTS) {
            for (class, tranche) in end.classes.iter().zip(deal.tranches()) {
                let loss = class.unpaid_principal as f64 / tranche.notional.max(1) as f64;
                let mut row: Vec<Cell> =
                    cell.values.iter().map(|value| Cell::text(value.normalize())).collect();
                row.extend([
                    Cell::text(support.name()),
                    Cell::text(&tranche.name),
                    Cell::Number(loss, SHARES),
                    Cell::text(if class.paid_in_full() { "yes" } else { "no" }),
                    Cell::Yuan(yuan_of(end.called)),
                    Cell::Yuan(yuan_of(end.paid)),
                    Cell::Number(cell.achieved, SHARES),
                ]);
                sheet.rows.push(row);
            }
        }
    }
    sheet
}
