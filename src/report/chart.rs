//! The charts of a run of any command, as SVG text, in either language.
//!
//! Each chart is a small struct of plain data and draws itself; only `data`, `stressed`,
//! `simulated` and `programme` know where the data come from.
//!
//! Invariant: a chart is drawn from the tables of its run alone, so that a run and every report of
//! it show the same. The same data give the same bytes, and any data give a readable sheet: what
//! is missing is said in words.

mod axis;
mod calendar;
mod canvas;
mod class_losses;
mod classes;
mod collections;
mod convergence;
mod cover;
mod critical;
mod data;
mod distribution;
mod fan;
mod frontier;
mod heat;
mod joint;
mod likelihood;
mod notes;
mod programme;
mod simulated;
mod stressed;
mod style;
mod tornado;
mod waterfall;

pub use calendar::{CalendarBar, CalendarChart};
pub use class_losses::{ClassLossLine, ClassLossesChart};
pub use classes::tone;
pub use collections::CollectionsChart;
pub use convergence::{ConvergenceChart, ConvergenceLine};
pub use cover::{CoverChart, CoverLine};
pub use critical::{CriticalChart, CriticalLine, Rate};
pub use distribution::DistributionChart;
pub use fan::FanChart;
pub use frontier::{FrontierChart, FrontierLine};
pub use heat::{Heat, HeatChart};
pub use joint::{JointChart, JointLine};
pub use notes::NotesChart;
pub use programme::{CouponChart, TimelineChart, joint};
pub use stressed::axis_name;
pub use style::{Tone, unit};
pub use tornado::{TornadoChart, TornadoPanel};
pub use waterfall::{WaterfallChart, WaterfallItem};

use super::Lang;
use crate::report::record::Record;

/// Every chart by its file, with what it shows.
const CHARTS: &[(&str, &str, &str)] = &[
    ("notes.svg", "Note balances", "证券余额"),
    ("collections.svg", "Collections", "现金流归集"),
    ("cover.svg", "Asset cover of each class", "各档资产覆盖倍数"),
    ("waterfall.svg", "Sources and uses of cash", "资金来源与运用"),
    ("class_losses.svg", "How likely each class loses how much", "各档损失分布"),
    ("pool_loss.svg", "How likely the pool loses how much", "资产池损失分布"),
    ("senior_balance.svg", "Senior balance over paths", "优先级余额的分布"),
    ("support_paid.svg", "What the supporter pays", "差额支付额的分布"),
    ("convergence.svg", "Convergence", "收敛情况"),
    ("critical.svg", "Critical default rates", "临界违约率"),
    ("losses.svg", "Losses under each stress", "各压力情景下的损失"),
    ("grid.svg", "Losses over a grid of assumptions", "假设网格上的损失"),
    ("frontier.svg", "Largest senior class against grade", "优先级规模与级别"),
    ("calendar.svg", "The series over time", "各期存续日历"),
    ("quota.svg", "Outstanding by series, and the quota", "各期存续余额与额度"),
    ("exposure.svg", "What supporters stand behind", "各增信方担保余额"),
    ("coupons.svg", "Senior coupon by series", "各期优先级票面利率"),
    ("joint.svg", "How likely a senior class of each series is unpaid", "各期优先级未足额概率"),
];

/// Values under a name: one for each date of the chart.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    pub name: String,
    pub tone: Tone,
    pub values: Vec<f64>,
}

impl Series {
    fn at(&self, index: usize) -> f64 {
        style::sane(self.values.get(index).copied().unwrap_or(0.0))
    }

    fn shows(&self) -> bool {
        (0..self.values.len()).any(|at| shows(self.at(at)))
    }
}

/// Less than half a fen is nothing.
fn shows(value: f64) -> bool {
    value.abs() >= 0.005
}

/// The sum of all series on each date.
fn stacked(series: &[Series], count: usize) -> Vec<f64> {
    let sum = |at| series.iter().map(|one: &Series| one.at(at).max(0.0)).sum();
    (0..count).map(sum).collect()
}

fn largest(values: &[f64]) -> f64 {
    values.iter().copied().fold(0.0, f64::max)
}

/// A chart by the name of its file, where a run has the tables for it.
pub fn chart(run: &Record, name: &str, lang: Lang) -> Option<String> {
    Some(match name {
        "collections.svg" => data::collections(run, lang)?.svg(lang),
        "notes.svg" => data::notes(run)?.svg(lang),
        "cover.svg" => data::cover(run, lang)?.svg(lang),
        "waterfall.svg" => data::waterfall(run, lang)?.svg(lang),
        "pool_loss.svg" => simulated::pool_loss(run, lang)?.svg(lang),
        "class_losses.svg" => simulated::class_losses(run, lang)?.svg(lang),
        "support_paid.svg" => simulated::support_paid(run, lang)?.svg(lang),
        "senior_balance.svg" => simulated::fan(run)?.svg(lang),
        "convergence.svg" => simulated::convergence(run, lang)?.svg(lang),
        "critical.svg" => stressed::critical(run, lang)?.svg(lang),
        "losses.svg" => stressed::losses(run, lang)?.svg(lang),
        "grid.svg" => stressed::heat(run, lang)?.svg(lang),
        "frontier.svg" => stressed::frontier(run, lang)?.svg(lang),
        "calendar.svg" => programme::calendar(run)?.svg(lang),
        "quota.svg" => programme::quota(run, lang)?.svg(lang),
        "exposure.svg" => programme::exposure(run, lang)?.svg(lang),
        "coupons.svg" => programme::coupons(run)?.svg(lang),
        "joint.svg" => programme::joint(run, lang)?.svg(lang),
        _ => return None,
    })
}

/// Every chart of a run: file name, SVG.
pub fn charts(run: &Record, lang: Lang) -> Vec<(&'static str, String)> {
    let drawn = |&(name, ..): &(&'static str, &str, &str)| Some((name, chart(run, name, lang)?));
    CHARTS.iter().filter_map(drawn).collect()
}

/// What a chart shows, in a few words.
pub fn shows_what(name: &str, lang: Lang) -> &str {
    let known = CHARTS.iter().find(|known| known.0 == name);
    known.map_or(name, |known| lang.say(known.1, known.2))
}

#[cfg(test)]
mod tests;
