//! What is owed to the senior classes over time, on the middle path and on most of them.

use super::Lang;
use super::axis::{Mark, Plot, Scale, Times, heading, legend};
use super::canvas::{Canvas, Point, sheet};
use super::notes::stairs;
use super::style::{INK, Tone, say, titled, unit};
use crate::dates::Date;

const HEIGHT: f64 = 420.0;

/// Yuan after each date, the first being the beginning.
#[derive(Clone, Debug, PartialEq)]
pub struct FanChart {
    pub deal: String,
    pub dates: Vec<Date>,
    /// Quantiles of 5%, 50% and 95%.
    pub quantiles: Vec<[f64; 3]>,
}

impl FanChart {
    /// The chart.
    pub fn svg(&self, lang: Lang) -> String {
        sheet(HEIGHT, |canvas| self.draw(canvas, lang))
    }

    fn draw(&self, canvas: &mut Canvas<'_>, lang: Lang) {
        let most = self.quantiles.iter().map(|of| of[2]).fold(0.0, f64::max);
        let unit = unit(most, lang);
        let title = say(lang, "Balance of the senior classes, with support", "优先级余额，有增信");
        heading(canvas, &titled(lang, title, Some(unit)), &self.deal);
        let (band, median) = (Tone::Senior { at: 2, of: 3 }, Tone::Senior { at: 0, of: 1 });
        let entries = [
            (say(lang, "5% to 95% of the paths", "5%–95% 的路径"), Mark::Area(band.colour())),
            (say(lang, "median", "中位数"), Mark::Line(median.colour())),
        ];
        let top = legend(canvas, 46.0, &entries) + 14.0;
        let scale = Scale::over(0.0, most / unit.yuan, 5.0);
        let plot = Plot::beside(&scale, top, HEIGHT - 36.0);
        let ends = self.dates.first().zip(self.dates.last()).filter(|_| most > 0.0);
        let Some((first, last)) = ends else {
            let text = say(lang, "Nothing is owed on senior classes", "没有优先级余额");
            return plot.message(canvas, text);
        };
        let times = Times::across(*first, *last, &plot, 24.0);
        plot.values(canvas, &scale);
        let steps = |at: usize| -> Vec<Point> {
            let points = self.dates.iter().zip(&self.quantiles);
            let points: Vec<Point> = points
                .map(|(&day, of)| (times.x(day), plot.y(&scale, of[at] / unit.yuan)))
                .collect();
            stairs(&points, plot.right)
        };
        let (low, high) = (steps(0), steps(2));
        let outline: Vec<_> = low.into_iter().chain(high.into_iter().rev()).collect();
        canvas.polygon(&outline, band.colour());
        canvas.line(&[(plot.left, plot.bottom), (plot.right, plot.bottom)], INK, 1);
        canvas.line(&steps(1), median.colour(), 3);
        let ticks: Vec<_> = self.dates.iter().map(|&day| (day, times.x(day))).collect();
        plot.dates(canvas, &ticks);
    }
}
