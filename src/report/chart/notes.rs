//! What is owed to the holders of each class over time.

use super::axis::{Mark, Plot, Scale, Times, heading, legend};
use super::canvas::{Anchor, Canvas, Point, WIDTH, fitted, sheet};
use super::style::{INK, NAME, WHITE, number, say, titled, unit};
use super::{Lang, Series, largest, shows, stacked};
use crate::dates::Date;

const HEIGHT: f64 = 420.0;

/// Stacked steps. Balances in yuan: after each date, the first being closing.
#[derive(Clone, Debug, PartialEq)]
pub struct NotesChart {
    pub deal: String,
    pub dates: Vec<Date>,
    /// Senior first; it lies at the bottom.
    pub classes: Vec<Series>,
    /// All classes together without support, where that differs.
    pub unsupported: Option<Vec<(Date, f64)>>,
}

impl NotesChart {
    /// The chart.
    pub fn svg(&self, lang: Lang) -> String {
        sheet(HEIGHT, |canvas| self.draw(canvas, lang))
    }

    fn draw(&self, canvas: &mut Canvas<'_>, lang: Lang) {
        let totals = stacked(&self.classes, self.dates.len());
        let unit = unit(largest(&totals), lang);
        let title = say(lang, "Note balances", "证券余额");
        let empty = !self.classes.iter().any(Series::shows);
        let measured = Some(unit).filter(|_| !empty);
        heading(canvas, &titled(lang, title, measured), &self.deal);
        let top = if empty { 60.0 } else { self.legend(canvas, lang) };
        let scale = Scale::over(0.0, largest(&totals) / unit.yuan, 5.0);
        let left = self.left_at_end(lang, unit.yuan);
        let bottom = HEIGHT - if left.is_some() { 60.0 } else { 36.0 };
        let plot = Plot::beside(&scale, top, bottom);
        let Some((first, last)) = self.span() else {
            plot.message(canvas, say(lang, "No payment dates", "没有兑付日"));
            return;
        };
        let tail = if left.is_some() { 24.0 } else { 0.0 };
        let times = Times::across(first, last, &plot, tail);
        let ticks: Vec<_> = self.dates.iter().map(|&day| (day, times.x(day))).collect();
        if empty {
            let text = match self.classes.is_empty() {
                true => say(lang, "This deal has no notes", "本交易没有证券"),
                false => say(lang, "Nothing is owed on the notes", "证券余额为零"),
            };
            plot.message(canvas, text);
        } else {
            plot.values(canvas, &scale);
            let height = |yuan: f64| plot.y(&scale, yuan / unit.yuan);
            self.areas(canvas, &times, &height, plot.right);
        }
        plot.dates(canvas, &ticks);
        if let Some(left) = left {
            canvas.text((16.0, HEIGHT - 14.0), &left, NAME, Anchor::Start);
        }
    }

    fn legend(&self, canvas: &mut Canvas<'_>, lang: Lang) -> f64 {
        let mut entries: Vec<_> = self
            .classes
            .iter()
            .map(|one| (one.name.as_str(), Mark::Area(one.tone.colour())))
            .collect();
        if self.unsupported.is_some() {
            let name = say(lang, "all classes, no support", "合计（无增信）");
            entries.push((name, Mark::Dashes(INK)));
        }
        legend(canvas, 46.0, &entries) + 14.0
    }

    /// First and last date of all that is drawn.
    fn span(&self) -> Option<(Date, Date)> {
        let unsupported = self.unsupported.iter().flatten().map(|point| point.0);
        let dates = || self.dates.iter().copied().chain(unsupported.clone());
        dates().min().zip(dates().max())
    }

    fn areas(
        &self,
        canvas: &mut Canvas<'_>,
        times: &Times,
        height: &dyn Fn(f64) -> f64,
        right: f64,
    ) {
        let steps = |values: &[f64]| -> Vec<Point> {
            let points = self.dates.iter().zip(values);
            let points: Vec<_> = points.map(|(&day, &yuan)| (times.x(day), height(yuan))).collect();
            stairs(&points, right)
        };
        let mut below = vec![0.0; self.dates.len()];
        for class in &self.classes {
            let above: Vec<_> =
                below.iter().enumerate().map(|(at, sum)| sum + class.at(at).max(0.0)).collect();
            let (floor, top) = (steps(&below), steps(&above));
            let outline: Vec<_> = floor.iter().copied().chain(top.into_iter().rev()).collect();
            canvas.polygon(&outline, class.tone.colour());
            if below.iter().any(|&sum| shows(sum)) {
                canvas.line(&floor, WHITE, 1);
            }
            below = above;
        }
        if let Some(points) = &self.unsupported {
            let points: Vec<_> =
                points.iter().map(|&(day, yuan)| (times.x(day), height(yuan))).collect();
            canvas.dashes(&stairs(&points, right), INK, 2);
        }
    }

    /// Names what was never paid.
    fn left_at_end(&self, lang: Lang, yuan: f64) -> Option<String> {
        let last = self.dates.len().checked_sub(1).filter(|&last| last > 0)?;
        let left = self.classes.iter().filter(|one| shows(one.at(last)));
        let named = left.map(|one| format!("{} {}", one.name, number(one.at(last) / yuan, 2)));
        let mut named: Vec<_> = named.collect();
        let unsupported = self.unsupported.iter().flatten().next_back();
        if let Some(&(_, total)) = unsupported.filter(|point| shows(point.1)) {
            let name = say(lang, "all classes without support", "无增信时合计");
            named.push(format!("{name} {}", number(total / yuan, 2)));
        }
        let head = say(lang, "Unpaid at the end: ", "期末未偿：");
        let between = say(lang, ", ", "、");
        let all = format!("{head}{}", named.join(between));
        (!named.is_empty()).then(|| fitted(&all, NAME.size, WIDTH - 32.0))
    }
}

/// Level from each point to the next, then down or up; the last level goes on to `right`.
pub fn stairs(points: &[Point], right: f64) -> Vec<Point> {
    let mut out: Vec<Point> = Vec::with_capacity(points.len() * 2 + 1);
    for &(x, y) in points {
        if let Some(&(_, level)) = out.last() {
            out.push((x, level));
        }
        out.push((x, y));
    }
    if let Some(&(_, level)) = out.last() {
        out.push((right, level));
    }
    out
}
