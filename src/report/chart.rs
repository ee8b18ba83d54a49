//! The charts of an exact run, of a stressed deal and of a simulation, as SVG text.
//!
//! Each chart is a small struct of plain data and draws itself; only `data`, `stressed` and
//! `simulated` know where the data come from. The same data give the same bytes, and any data give
//! a readable sheet: what is missing is said in words.

mod axis;
mod calendar;
mod canvas;
mod class_losses;
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
pub use collections::CollectionsChart;
pub use convergence::{ConvergenceChart, ConvergenceLine};
pub use cover::{CoverChart, CoverLine};
pub use critical::{CriticalChart, CriticalLine};
pub use distribution::DistributionChart;
pub use fan::FanChart;
pub use frontier::{FrontierChart, FrontierLine, frontier_chart};
pub use heat::{Heat, HeatChart};
pub use joint::{JointChart, JointLine};
pub use notes::NotesChart;
pub use programme::{CouponChart, TimelineChart, shelf_charts};
pub use simulated::simulation_charts;
pub use stressed::stress_charts;
pub use style::Tone;
pub use tornado::{TornadoChart, TornadoPanel};
pub use waterfall::{WaterfallChart, WaterfallItem};

use super::Lang;
use crate::deal::Deal;
use crate::engine::Flows;

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

/// Every chart of a run: file name, SVG. `without` is the same scenario without support.
pub fn charts(
    deal: &Deal,
    with: &Flows,
    without: &Flows,
    lang: Lang,
) -> Vec<(&'static str, String)> {
    vec![
        ("collections.svg", data::collections(deal, with, lang).svg(lang)),
        ("notes.svg", data::notes(deal, with, without).svg(lang)),
        ("cover.svg", data::cover(deal, with, without, lang).svg(lang)),
        ("waterfall.svg", data::waterfall(deal, with, lang).svg(lang)),
    ]
}

#[cfg(test)]
mod tests;
