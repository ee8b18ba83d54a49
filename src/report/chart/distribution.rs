//! What a simulation gives of one amount: how often it is what, and how likely it is more.

use super::Lang;
use super::axis::{Mark, Plot, Scale, heading, legend, panel_title};
use super::canvas::{Anchor, Canvas, sheet};
use super::likelihood::{Bar, Decades, across, curve, exceedance, mark, place, reach};
use super::style::{NAME, Tone, number, say};

const HEIGHT: f64 = 560.0;
/// Bars that stand side by side, at most.
const BARS: f64 = 64.0;

/// Columns of probability above a curve of exceedance, over one axis of amounts.
#[derive(Clone, Debug, PartialEq)]
pub struct DistributionChart {
    pub deal: String,
    pub title: String,
    /// What lies from left to right, with its unit.
    pub amount: String,
    /// The unit alone, as it follows a number.
    pub unit: String,
    pub tone: Tone,
    /// In the unit of the axis, rising; even widths, but for the first where nothing happens.
    pub bars: Vec<Bar>,
    /// Said where nothing ever happens.
    pub nothing: String,
    /// Said of the share of paths on which nothing happens.
    pub none: String,
    /// (name, tone, amount).
    pub marks: Vec<(String, Tone, f64)>,
    /// Below the chart.
    pub note: String,
}

impl DistributionChart {
    /// The chart.
    pub fn svg(&self, lang: Lang) -> String {
        sheet(HEIGHT, |canvas| self.draw(canvas, lang))
    }

    fn draw(&self, canvas: &mut Canvas<'_>, lang: Lang) {
        heading(canvas, &self.title, &self.deal);
        let entries: Vec<_> = self
            .marks
            .iter()
            .map(|(name, tone, _)| (name.as_str(), Mark::Dashes(tone.colour())))
            .collect();
        let top = legend(canvas, 46.0, &entries) + 20.0;
        let points = exceedance(&self.bars);
        let decades = Decades::holding(std::iter::once(&points));
        let marked = self.marks.iter().map(|mark| mark.2).fold(0.0, f64::max);
        let end = reach(&points, decades.least()).max(marked);
        let scale = Scale::over(0.0, end, 8.0);
        let columns = self.columns(end);
        let none = self.bars.first().filter(|bar| bar.1 == 0.0).map_or(0.0, |bar| bar.2);
        let highest = columns.iter().map(|bar| 100.0 * bar.2).fold(0.0, f64::max);
        let heights = Scale::over(0.0, highest, 4.0);
        let left = Plot::beside(&heights, 0.0, 0.0).left.max(82.0);
        let upper = Plot { left, ..Plot::beside(&heights, top + 12.0, 264.0) };
        let lower = Plot { left, ..Plot::beside(&heights, 318.0, HEIGHT - 62.0) };
        if points.first().is_none_or(|first| first.1 <= 0.0) {
            return Plot { bottom: lower.bottom, ..upper }.message(canvas, &self.nothing);
        }
        let width = columns.last().map_or(0.0, |bar| bar.1 - bar.0);
        let decimals = (0..4).find(|&decimals| is_whole(width, decimals)).unwrap_or(4);
        let (width, unit) = (number(width, decimals), &self.unit);
        let title = match lang {
            Lang::En => format!("% of paths in each bar of {width}{unit}"),
            Lang::Zh => format!("路径占比（%），每柱宽 {width}{unit}"),
        };
        panel_title(canvas, top, &title);
        let none = format!("{} {}%", self.none, number(100.0 * none, 2));
        canvas.text((upper.right, top), &none, NAME, Anchor::End);
        upper.values(canvas, &heights);
        for &(from, to, probability) in &columns {
            let (x, next) = (place(&upper, &scale, from), place(&upper, &scale, to));
            let y = upper.y(&heights, 100.0 * probability);
            canvas.rect((x, upper.bottom), (next - 1.0, y), self.tone.colour());
        }
        across(canvas, &upper, &scale);
        panel_title(canvas, 308.0, say(lang, "Probability of more than this", "超过该值的概率"));
        decades.grid(canvas, &lower);
        across(canvas, &lower, &scale);
        canvas.line(&curve(&points, &lower, &scale, decades), self.tone.colour(), 2);
        for plot in [&upper, &lower] {
            for (_, tone, amount) in &self.marks {
                mark(canvas, plot, &scale, *amount, tone.colour());
            }
        }
        canvas.text((lower.right, HEIGHT - 26.0), &self.amount, NAME, Anchor::End);
        canvas.text((16.0, HEIGHT - 8.0), &self.note, NAME, Anchor::Start);
    }

    /// Bars put together until they are few.
    fn columns(&self, end: f64) -> Vec<Bar> {
        let filled = || self.bars.iter().filter(|bar| bar.1 > 0.0);
        let own = filled().map(|bar| bar.1 - bar.0).fold(f64::INFINITY, f64::min);
        let steps = Scale::over(0.0, (end / BARS).max(own), 1.0);
        let width = if own.is_finite() { steps.high.max(own) } else { 1.0 };
        let mut out: Vec<Bar> = Vec::new();
        for bar in filled() {
            let middle = (bar.0 + bar.1) / 2.0;
            let from = (middle / width).floor() * width;
            match out.last_mut().filter(|last| last.0 == from) {
                Some(last) => last.2 += bar.2,
                None => out.push((from, from + width, bar.2)),
            }
        }
        out
    }
}

fn is_whole(value: f64, decimals: usize) -> bool {
    let scaled = (0..decimals).fold(value, |value, _| value * 10.0);
    (scaled - scaled.round()).abs() < 1e-6
}
