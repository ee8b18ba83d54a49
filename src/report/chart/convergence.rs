//! How estimates settle as paths are added.

use super::Lang;
use super::axis::{Mark, Plot, Scale, heading, legend, panel_title};
use super::canvas::{Anchor, Canvas, Colour, Point, sheet};
use super::likelihood::{across, place};
use super::style::{NAME, Tone, number, say};

/// Height of one panel with its title and labels.
const PANEL: f64 = 170.0;
/// A normal variable lies so many standard deviations around its mean at 95%.
const WIDE: f64 = 1.96;

/// One estimate.
#[derive(Clone, Debug, PartialEq)]
pub struct ConvergenceLine {
    /// What is estimated.
    pub name: String,
    pub tone: Tone,
    /// (paths so far, estimate, its standard error where there is one), in percent.
    pub points: Vec<(u64, f64, Option<f64>)>,
    /// Said where there is no estimate.
    pub nothing: String,
}

/// A panel an estimate.
#[derive(Clone, Debug, PartialEq)]
pub struct ConvergenceChart {
    pub deal: String,
    pub lines: Vec<ConvergenceLine>,
}

impl ConvergenceChart {
    /// The chart.
    pub fn svg(&self, lang: Lang) -> String {
        let height = 100.0 + PANEL * self.lines.len() as f64;
        sheet(height, |canvas| self.draw(canvas, height, lang))
    }

    fn draw(&self, canvas: &mut Canvas<'_>, height: f64, lang: Lang) {
        let title = say(lang, "Estimates against paths, %", "估计值的收敛（%）");
        heading(canvas, title, &self.deal);
        let entries = [
            (say(lang, "estimate", "估计值"), Mark::Line(Tone::Total.colour())),
            (
                say(lang, "95% band: 1.96 standard errors", "95% 区间（±1.96 标准误）"),
                Mark::Area(Tone::Unpaid.colour()),
            ),
        ];
        let top = legend(canvas, 46.0, &entries) + 20.0;
        let steps = self.lines.iter().flat_map(|line| line.points.last());
        let most = steps.map(|point| point.0).max().unwrap_or(1);
        for (at, line) in self.lines.iter().enumerate() {
            line.draw(canvas, top + at as f64 * PANEL, most, lang);
        }
        let paths = say(lang, "paths", "路径数");
        canvas.text((856.0, height - 8.0), paths, NAME, Anchor::End);
    }
}

impl ConvergenceLine {
    fn draw(&self, canvas: &mut Canvas<'_>, top: f64, most: u64, lang: Lang) {
        let (low, high) = self.range();
        let scale = Scale::over(low, high, 3.0);
        let plot = Plot { left: 92.0, ..Plot::beside(&scale, top + 12.0, top + PANEL - 38.0) };
        let last = self.points.last().filter(|last| last.2.is_some());
        let Some(&(_, value, Some(se))) = last else {
            panel_title(canvas, top, &self.name);
            return plot.message(canvas, &self.nothing);
        };
        let digits = digits(se);
        let (value, band) = (number(value, digits), number(WIDE * se, digits));
        let title = match lang {
            Lang::En => format!("{}: {value} ± {band}", self.name),
            Lang::Zh => format!("{}：{value} ± {band}", self.name),
        };
        panel_title(canvas, top, &title);
        plot.values(canvas, &scale);
        let paths = Scale::over(0.0, most as f64, 8.0);
        across(canvas, &plot, &paths);
        let known = || self.points.iter().filter_map(|&(at, value, se)| Some((at, value, se?)));
        let edge = |sign: f64| -> Vec<Point> {
            let at = |(at, value, se): (u64, f64, f64)| {
                let y = plot.y(&scale, value + sign * WIDE * se);
                (place(&plot, &paths, at as f64), y)
            };
            known().map(at).collect()
        };
        let outline: Vec<Point> =
            edge(1.0).into_iter().chain(edge(-1.0).into_iter().rev()).collect();
        canvas.polygon(&outline, pale(self.tone.colour()));
        canvas.line(&edge(0.0), self.tone.colour(), 2);
    }

    /// Of what is drawn; the first, wildest estimates may leave it.
    fn range(&self) -> (f64, f64) {
        let late = &self.points[self.points.len() / 16..];
        let band = |sign: f64| {
            late.iter().filter_map(move |&(_, value, se)| Some(value + sign * WIDE * se?))
        };
        let high = band(1.0).fold(f64::NEG_INFINITY, f64::max);
        let low = band(-1.0).fold(f64::INFINITY, f64::min).max(0.0);
        if high > low { (low, high) } else { (0.0, 1.0) }
    }
}

/// Decimals that show two digits of a standard error.
fn digits(se: f64) -> usize {
    (0..9).find(|&digits| se * (0..digits).fold(1.0, |all, _| all * 10.0) >= 9.5).unwrap_or(9)
}

/// A light shade of a colour.
fn pale(colour: Colour) -> Colour {
    let part = |of: u8| (u16::from(of) / 4 + 191).min(255) as u8;
    Colour(part(colour.0), part(colour.1), part(colour.2))
}
