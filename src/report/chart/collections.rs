//! What the pool paid in, by payment date and kind of cash.

use super::axis::{Mark, Plot, Scale, heading, legend};
use super::canvas::{Canvas, sheet};
use super::style::{say, titled, unit};
use super::{Lang, Series, largest, stacked};
use crate::dates::Date;

const HEIGHT: f64 = 420.0;

/// Stacked columns. Amounts in yuan; one value of each series for each date.
#[derive(Clone, Debug, PartialEq)]
pub struct CollectionsChart {
    pub deal: String,
    pub dates: Vec<Date>,
    /// From the bottom up.
    pub series: Vec<Series>,
}

impl CollectionsChart {
    /// The chart.
    pub fn svg(&self, lang: Lang) -> String {
        sheet(HEIGHT, |canvas| self.draw(canvas, lang))
    }

    fn draw(&self, canvas: &mut Canvas<'_>, lang: Lang) {
        let totals = stacked(&self.series, self.dates.len());
        let unit = unit(largest(&totals), lang);
        let title = say(lang, "Collections by payment date", "各兑付日回收款");
        let shown: Vec<_> = self.series.iter().filter(|one| one.shows()).collect();
        let measured = Some(unit).filter(|_| !shown.is_empty());
        heading(canvas, &titled(lang, title, measured), &self.deal);
        let entries: Vec<_> =
            shown.iter().map(|one| (one.name.as_str(), Mark::Area(one.tone.colour()))).collect();
        let top = legend(canvas, 46.0, &entries) + 14.0;
        let scale = Scale::over(0.0, largest(&totals) / unit.yuan, 5.0);
        let plot = Plot::beside(&scale, top, HEIGHT - 36.0);
        let slot = (plot.right - plot.left) / self.dates.len().max(1) as f64;
        let middle = |at: usize| plot.left + (at as f64 + 0.5) * slot;
        let ticks: Vec<_> = self.dates.iter().copied().zip((0..).map(middle)).collect();
        if shown.is_empty() {
            let text = match self.dates.is_empty() {
                true => say(lang, "No payment dates", "没有兑付日"),
                false => say(lang, "Nothing was collected", "没有回收款"),
            };
            plot.message(canvas, text);
        } else {
            plot.values(canvas, &scale);
        }
        plot.dates(canvas, &ticks);
        let half = (slot * 0.36).clamp(0.6, 32.0);
        for (at, (_, x)) in ticks.iter().enumerate() {
            let mut sum = 0.0;
            for one in &shown {
                let from = plot.y(&scale, sum / unit.yuan);
                sum += one.at(at).max(0.0);
                let to = plot.y(&scale, sum / unit.yuan);
                canvas.rect((x - half, from), (x + half, to), one.tone.colour());
            }
        }
    }
}
