//! What support is worth to each class, and what a grid shows of each: parts of the summary.
use super::Findings;
use crate::analytics::critical::Critical;
use crate::analytics::grid::{Axis, Grid, GridCell, Hurting};
use crate::analytics::stress::{Stressed, WITH, WITHOUT};
use crate::deal::Tranche;
use crate::num::Decimal;
use crate::report::Lang;
use crate::report::prose::{hurt_by_support, supporter_accelerates};
use crate::report::scenario_names::scenario;
use crate::report::words::percent;

/// By class: the lowest critical rate and the largest loss of all stresses, without and with.
pub(super) fn support(findings: &Findings<'_>, lang: Lang) -> String {
    let deal = findings.deal;
    match (deal.commitments().is_empty(), deal.covers().is_empty()) {
        (true, true) => {
            let none = "no commitment stands behind the notes, so it is the same with and without";
            return lang.say(none, "无差额支付承诺，有无增信结果相同").to_owned();
        }
        (true, false) => {
            let none = "no commitment stands behind the notes, so it is the same with and without; \
                        covers of loans stay in both (`run` and `simulate` tell what they are \
                        worth)";
            let zh = "无差额支付承诺，有无增信结果相同；两者均含贷款层面增信（其作用见 `run` 与 `simulate`）";
            return lang.say(none, zh).to_owned();
        }
        (false, _) => {}
    }
    let rate = |found: &Critical| {
        let reached = found.rate().map(|_| percent(found.achieved));
        reached.unwrap_or_else(|| lang.say("any rate", "任何比率").to_owned())
    };
    let class = |at: usize| {
        let least = &findings.grades[at].least;
        let [with, without] = [WITH, WITHOUT].map(|support| rate(&least[support].0));
        let worst = |support: usize| {
            let of =
                |stress: &Stressed| stress.worst(support, at).outcomes[support].classes[at].loss;
            percent(findings.stressed.iter().map(of).fold(0.0, f64::max))
        };
        let (name, lost, left) = (&deal.tranches()[at].name, worst(WITHOUT), worst(WITH));
        match lang {
            Lang::En => format!(
                "{name} stands defaults of {without} without it and of {with} with it, and loses \
                 {lost} and {left} at most"
            ),
            Lang::Zh => format!(
                "{name} 可承受违约率 {without}（无）、{with}（有），最大损失 {lost}、{left}"
            ),
        }
    };
    let classes: Vec<String> = (0..deal.tranches().len()).map(class).collect();
    classes.join(lang.say("; ", "；"))
}

/// Classes that lose more with support than without under some scenario: under how many, what
/// where the difference is largest, and why that can be.
pub(super) fn hurt(findings: &Findings<'_>, lang: Lang) -> Vec<String> {
    let accelerates = supporter_accelerates(findings.deal);
    let class = |(at, tranche): (usize, &Tranche)| {
        let lost = |stress: &Stressed| {
            [WITH, WITHOUT]
                .map(|support| stress.worst(support, at).outcomes[support].classes[at].loss)
        };
        let more = |of: &Stressed| lost(of)[0] - lost(of)[1];
        let hurting = findings.stressed.iter().filter(|of| more(of) > 0.0);
        let count = hurting.clone().count();
        // Of scenarios alike the first.
        let most = hurting.rev().max_by(|a, b| more(a).total_cmp(&more(b)))?;
        let lost = hurt_by_support(&tranche.name, lost(most).map(percent), accelerates, lang);
        let (all, name) = (findings.stressed.len(), scenario(&most.name, lang));
        Some(match lang {
            Lang::En => format!("Under {count} of {all} scenarios, most under “{name}”: {lost}"),
            Lang::Zh => format!("{all} 个情景中有 {count} 个（差额最大为“{name}”），{lost}"),
        })
    };
    findings.deal.tranches().iter().enumerate().filter_map(class).collect()
}

/// A line a class: how many cells hurt it, the mildest that does and that of the lowest
/// default rate, and the largest loss.
pub(super) fn grid(findings: &Findings<'_>, grid: &Grid, lang: Lang) -> Vec<String> {
    let line = |at: usize| {
        let tranche = &findings.deal.tranches()[at];
        let [with, without] = [WITH, WITHOUT].map(|support| {
            let found = grid.hurting(support, at);
            found.map_or_else(
                || lang.say("no cell hurts it", "无任何组合使其受损").to_owned(),
                |found| told(grid, found, (support, at, tranche.notional), lang),
            )
        });
        match lang {
            Lang::En => {
                format!("- {}: without support {without}; with support {with}", tranche.name)
            }
            Lang::Zh => format!("- {}：无增信时，{without}；有增信时，{with}", tranche.name),
        }
    };
    (0..findings.deal.tranches().len()).map(line).collect()
}

fn told(
    grid: &Grid,
    found: Hurting<'_>,
    (support, class, notional): (usize, usize, crate::num::Fen),
    lang: Lang,
) -> String {
    let (count, all) = (found.count, grid.cells.len());
    let unpaid = found.worst.ends[support].classes[class].unpaid_principal;
    let loss = percent(unpaid as f64 / notional.max(1) as f64);
    let (mildest, worst) = (place(grid, found.mildest, lang), place(grid, found.worst, lang));
    let lowest = found.lowest_rate.filter(|cell| *cell != found.mildest);
    let lowest = lowest.map_or_else(String::new, |cell| match lang {
        Lang::En => format!(", the lowest default rate at {}", place(grid, cell, lang)),
        Lang::Zh => format!("，违约率最低为 {}", place(grid, cell, lang)),
    });
    match lang {
        Lang::En => format!(
            "{count} of {all} cells hurt it, the mildest at {mildest}{lowest}, the largest loss \
             {loss} at {worst}"
        ),
        Lang::Zh => format!(
            "{all} 个组合中 {count} 个使其受损，最轻为 {mildest}{lowest}，最大损失 {loss}（{worst}）"
        ),
    }
}

/// What a cell is: `default_rate` 10%, `recovery` 20%.
fn place(grid: &Grid, cell: &GridCell, lang: Lang) -> String {
    let of = |(axis, value): (Axis, &Decimal)| {
        let value = match axis {
            Axis::MonthsToSale => value.normalize().to_string(),
            Axis::DefaultRate | Axis::Recovery | Axis::Cpr | Axis::RateShift | Axis::ValueShock => {
                format!("{}%", (value * Decimal::ONE_HUNDRED).normalize())
            }
        };
        format!("`{}` {value}", axis.name())
    };
    let axes = grid.axes.iter().map(|axis| axis.axis);
    lang.listed(&axes.zip(&cell.values).map(of).collect::<Vec<String>>())
}
