//! From a stressed deal to the data of its charts.

use super::Lang;
use super::critical::{CriticalChart, CriticalLine};
use super::data::tone;
use super::heat::{Heat, HeatChart};
use super::style::say;
use super::tornado::{TornadoChart, TornadoPanel};
use crate::analytics::grid::{Axis, Grid, GridAxis};
use crate::num::{Decimal, Ratio};
use crate::report::stress::Findings;

/// Without support, among with and without.
const WITHOUT: usize = 1;

/// Every chart of a stressed deal: file name, SVG.
pub fn stress_charts(findings: &Findings<'_>, lang: Lang) -> Vec<(&'static str, String)> {
    let mut charts = vec![
        ("critical.svg", critical(findings).svg(lang)),
        ("losses.svg", losses(findings).svg(lang)),
    ];
    let heat =
        findings.grid.as_ref().map(|grid| ("grid.svg", heat(findings, grid, lang).svg(lang)));
    charts.extend(heat);
    charts
}

fn critical(findings: &Findings<'_>) -> CriticalChart {
    let (deal, grading) = (findings.deal, &findings.grading);
    let line = |at: usize| CriticalLine {
        name: deal.tranches()[at].name.clone(),
        tone: tone(deal, at),
        rates: findings
            .rates
            .iter()
            .map(|rates| &rates[WITHOUT][at])
            .map(|found| found.rate().map(|_| 100.0 * found.achieved))
            .collect(),
    };
    let target = |(grade, targets): &(String, [crate::analytics::grade::Target; 4])| {
        let multiplier = targets[grading.asset_type as usize].multiplier?;
        Some((grade.clone(), 100.0 * multiplier * grading.base_rate))
    };
    CriticalChart {
        deal: deal.terms().name.clone(),
        stresses: findings.stressed.iter().map(|stress| stress.name.clone()).collect(),
        lines: (0..deal.tranches().len()).map(line).collect(),
        targets: grading.table.grades.iter().filter_map(target).collect(),
        of_targets: format!("{}, {}", grading.table.name, grading.asset_type.name()),
        base: 100.0 * grading.base_rate,
    }
}

fn losses(findings: &Findings<'_>) -> TornadoChart {
    let deal = findings.deal;
    let panel = |at: usize| {
        let loss = |stress: &crate::analytics::stress::Stressed| {
            100.0 * stress.worst(WITHOUT, at).outcomes[WITHOUT].classes[at].loss
        };
        let others = findings.stressed.iter().skip(1);
        TornadoPanel {
            name: deal.tranches()[at].name.clone(),
            tone: tone(deal, at),
            base: findings.stressed.first().map_or(0.0, loss),
            losses: others.map(|stress| (stress.name.clone(), loss(stress))).collect(),
        }
    };
    TornadoChart {
        deal: deal.terms().name.clone(),
        panels: (0..deal.tranches().len()).map(panel).collect(),
    }
}

/// The first class that something in the grid hurts; else the last.
fn shown_class(grid: &Grid, classes: usize) -> usize {
    let hurt = |class: &usize| {
        let cells = grid.cells.iter();
        cells.map(|cell| &cell.ends[WITHOUT].classes[*class]).any(|own| own.unpaid_principal > 0)
    };
    (0..classes).find(hurt).unwrap_or(classes.saturating_sub(1))
}

fn heat(findings: &Findings<'_>, grid: &Grid, lang: Lang) -> HeatChart {
    let deal = findings.deal;
    let class = shown_class(grid, deal.tranches().len());
    let tranche = &deal.tranches()[class];
    // The other axes at their first value.
    let inner: usize = grid.axes.iter().skip(2).map(|axis| axis.values.len()).product();
    let (columns, rows) = (grid.axes[0].values.len(), grid.axes[1].values.len());
    let cell = |column: usize, row: usize| {
        let own = &grid.cells[(column * rows + row) * inner].ends[WITHOUT].classes[class];
        Heat {
            loss: 100.0 * own.unpaid_principal as f64 / tranche.notional.max(1) as f64,
            paid_in_full: own.paid_in_full(),
        }
    };
    let held: Vec<String> = grid
        .axes
        .iter()
        .skip(2)
        .map(|axis| format!("{} {}", axis_name(axis.axis, lang), label(axis.axis, axis.values[0])))
        .collect();
    let held = match (held.is_empty(), lang) {
        (true, Lang::En) => format!("All else as in {}.", findings.scenario.name),
        (true, Lang::Zh) => format!("其余假设同情景 {}。", findings.scenario.name),
        (false, Lang::En) => {
            format!("At {}; all else as in {}.", held.join(", "), findings.scenario.name)
        }
        (false, Lang::Zh) => {
            format!("固定 {}；其余假设同情景 {}。", held.join("、"), findings.scenario.name)
        }
    };
    let named = |axis: &GridAxis| {
        let labels = axis.values.iter().map(|value| label(axis.axis, *value)).collect();
        (axis_name(axis.axis, lang).to_owned(), labels)
    };
    HeatChart {
        deal: deal.terms().name.clone(),
        class: tranche.name.clone(),
        across: named(&grid.axes[0]),
        up: named(&grid.axes[1]),
        cells: (0..columns)
            .map(|column| (0..rows).map(|row| cell(column, row)).collect())
            .collect(),
        held,
    }
}

fn axis_name(axis: Axis, lang: Lang) -> &'static str {
    match axis {
        Axis::DefaultRate => say(lang, "cumulative default rate", "累计违约率"),
        Axis::Recovery => say(lang, "recovery rate", "回收率"),
        Axis::Cpr => say(lang, "annual prepayment rate", "年早偿率"),
        Axis::RateShift => say(lang, "shift of LPR", "LPR 变动"),
        Axis::MonthsToSale => say(lang, "months to sale", "处置月数"),
        Axis::ValueShock => say(lang, "fall in the value of rights", "权利价值下跌"),
    }
}

fn label(axis: Axis, value: Decimal) -> String {
    let real = Ratio::of_rate(value).map_or(0.0, Ratio::as_f64);
    match axis {
        Axis::MonthsToSale => value.normalize().to_string(),
        Axis::RateShift => format!("{:.0}bp", 1e4 * real),
        Axis::DefaultRate | Axis::Recovery | Axis::Cpr | Axis::ValueShock => {
            let percent = (value * Decimal::ONE_HUNDRED).normalize();
            format!("{percent}%")
        }
    }
}
