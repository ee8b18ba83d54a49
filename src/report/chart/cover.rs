//! How well the notes are covered over time, and what supporters had to pay in.

use super::axis::{Mark, Plot, Scale, Times, heading, legend, panel_title};
use super::canvas::{Anchor, Canvas, Colour, Point, sheet};
use super::style::{NAME, QUIET, Tone, number, say, titled, unit};
use super::{Lang, Series, largest, stacked};
use crate::dates::Date;

const HEIGHT: f64 = 420.0;

/// Cover of some classes over time; nothing where none of them is left.
#[derive(Clone, Debug, PartialEq)]
pub struct CoverLine {
    pub name: String,
    pub tone: Tone,
    /// Drawn in dashes: the same cover without support.
    pub unsupported: bool,
    pub points: Vec<(Date, Option<f64>)>,
}

/// Two panels over one axis of time: lines of cover, columns of what supporters pay.
#[derive(Clone, Debug, PartialEq)]
pub struct CoverChart {
    pub deal: String,
    pub lines: Vec<CoverLine>,
    /// Payment dates of the columns.
    pub dates: Vec<Date>,
    /// Paid by each supporter, then what was called and not paid. Yuan.
    pub paid: Vec<Series>,
}

impl CoverChart {
    /// The chart.
    pub fn svg(&self, lang: Lang) -> String {
        sheet(HEIGHT, |canvas| self.draw(canvas, lang))
    }

    fn draw(&self, canvas: &mut Canvas<'_>, lang: Lang) {
        let title = say(lang, "Asset cover of the notes, times", "资产覆盖倍数（倍）");
        heading(canvas, title, &self.deal);
        let meaning = say(
            lang,
            "(performing pool + cash on accounts) / balance of the classes named",
            "（正常资产余额＋账户现金）÷ 所列证券余额",
        );
        canvas.text((16.0, 50.0), meaning, NAME, Anchor::Start);
        let entries: Vec<_> = self
            .lines
            .iter()
            .filter(|line| line.ratios().next().is_some())
            .map(|line| (line.name.as_str(), line.mark()))
            .collect();
        let top = legend(canvas, 58.0, &entries) + 14.0;
        let ratios = self.scale();
        let totals = stacked(&self.paid, self.dates.len());
        let unit = unit(largest(&totals), lang);
        let amounts = Scale::over(0.0, largest(&totals) / unit.yuan, 3.0);
        let left = Plot::beside(&ratios, 0.0, 0.0).left;
        let left = left.max(Plot::beside(&amounts, 0.0, 0.0).left);
        let (cover, mut paid) = (
            Plot { left, ..Plot::beside(&ratios, top, 240.0) },
            Plot { left, ..Plot::beside(&amounts, 0.0, HEIGHT - 36.0) },
        );
        let title = say(lang, "Paid by supporters", "增信方差额支付");
        let drawn: Vec<_> = self.paid.iter().filter(|one| one.shows()).collect();
        let measured = Some(unit).filter(|_| !drawn.is_empty());
        panel_title(canvas, 274.0, &titled(lang, title, measured));
        let entries: Vec<_> =
            drawn.iter().map(|one| (one.name.as_str(), Mark::Area(one.tone.colour()))).collect();
        paid.top = legend(canvas, 280.0, &entries) + 10.0;
        let Some((first, last)) = self.span() else {
            cover.message(canvas, say(lang, "No payment dates", "没有兑付日"));
            return;
        };
        let times = Times::across(first, last, &cover, 0.0);
        self.cover(canvas, lang, &cover, &ratios, &times);
        if drawn.is_empty() {
            paid.message(canvas, say(lang, "No supporter is called", "未启动差额支付"));
        } else {
            paid.values(canvas, &amounts);
        }
        self.columns(canvas, &times, &drawn, &|yuan| paid.y(&amounts, yuan / unit.yuan));
        let mut days: Vec<_> = self.dates.clone();
        days.push(first);
        days.sort();
        days.dedup();
        let ticks: Vec<_> = days.iter().map(|&day| (day, times.x(day))).collect();
        paid.dates(canvas, &ticks);
    }

    fn span(&self) -> Option<(Date, Date)> {
        let of_lines = self.lines.iter().flat_map(|line| &line.points);
        let dates = of_lines.map(|point| point.0).chain(self.dates.iter().copied());
        dates.clone().min().zip(dates.max())
    }

    /// From just below the least cover, or 1; not so high that a last small balance hides the rest.
    fn scale(&self) -> Scale {
        let all = || self.lines.iter().flat_map(CoverLine::ratios);
        let first = self.lines.iter().filter_map(|line| line.ratios().next());
        let limit = (first.fold(0.0, f64::max) * 2.0).max(2.0);
        let low = all().fold(1.0, f64::min);
        let high = all().fold(1.0, f64::max).min(limit);
        Scale::over(low, high.max(low + 0.2), 4.0)
    }

    fn cover(
        &self,
        canvas: &mut Canvas<'_>,
        lang: Lang,
        plot: &Plot,
        scale: &Scale,
        times: &Times,
    ) {
        if self.lines.iter().all(|line| line.ratios().next().is_none()) {
            let text = say(lang, "No notes to cover", "没有需要覆盖的证券");
            plot.message(canvas, text);
            return;
        }
        plot.values(canvas, scale);
        let one = plot.y(scale, 1.0);
        canvas.line(&[(plot.left, one), (plot.right, one)], QUIET, 1);
        for line in &self.lines {
            line.draw(canvas, plot, scale, times);
        }
        let over = self.lines.iter().flat_map(CoverLine::ratios);
        let most = over.fold(0.0, f64::max);
        if most > scale.high * 1.000_001 {
            let text = match lang {
                Lang::En => format!("triangles: above the axis, up to {}", number(most, 1)),
                Lang::Zh => format!("三角：超出坐标轴，最高 {} 倍", number(most, 1)),
            };
            canvas.text((plot.right, 260.0), &text, NAME, Anchor::End);
        }
    }

    fn columns(
        &self,
        canvas: &mut Canvas<'_>,
        times: &Times,
        drawn: &[&Series],
        height: &dyn Fn(f64) -> f64,
    ) {
        let xs: Vec<_> = self.dates.iter().map(|&day| times.x(day)).collect();
        let gaps = xs.windows(2).map(|pair| pair[1] - pair[0]);
        let half = (gaps.fold(60.0, f64::min) * 0.36).clamp(1.5, 14.0);
        for (at, x) in xs.iter().enumerate() {
            let mut sum = 0.0;
            for one in drawn {
                let from = height(sum);
                sum += one.at(at).max(0.0);
                let left = (x - half).max(times.left);
                canvas.rect((left, from), (x + half, height(sum)), one.tone.colour());
            }
        }
    }
}

impl CoverLine {
    fn ratios(&self) -> impl Iterator<Item = f64> {
        let ratios = self.points.iter().filter_map(|point| point.1);
        ratios.filter(|ratio| ratio.is_finite())
    }

    fn mark(&self) -> Mark {
        match self.unsupported {
            false => Mark::Line(self.tone.colour()),
            true => Mark::Dashes(self.tone.colour()),
        }
    }

    /// The line; where it leaves the plot it ends at a triangle.
    fn draw(&self, canvas: &mut Canvas<'_>, plot: &Plot, scale: &Scale, times: &Times) {
        let sound = |point: &(Date, Option<f64>)| {
            let ratio = point.1.filter(|ratio| ratio.is_finite())?;
            Some((times.x(point.0), ratio))
        };
        let points: Vec<_> = self.points.iter().filter_map(sound).collect();
        let radius = if points.len() > 24 { 2 } else { 3 };
        for &(x, ratio) in &points {
            if ratio <= scale.high && !self.unsupported {
                canvas.dot((x, plot.y(scale, ratio)), radius, self.tone.colour());
            }
        }
        let mut path = Vec::new();
        for pair in points.windows(2) {
            let ((x, ratio), (next_x, next)) = (pair[0], pair[1]);
            let leaves = x + (next_x - x) * (scale.high - ratio) / (next - ratio);
            let edge = (leaves, plot.top);
            let (over, next_over) = (ratio > scale.high, next > scale.high);
            if path.is_empty() && !over {
                path.push((x, plot.y(scale, ratio)));
            }
            if over != next_over {
                tip(canvas, edge, self.tone.colour());
                path.push(edge);
            }
            if next_over {
                self.stroke(canvas, &path);
                path.clear();
            } else {
                path.push((next_x, plot.y(scale, next)));
            }
        }
        self.stroke(canvas, &path);
    }

    fn stroke(&self, canvas: &mut Canvas<'_>, path: &[Point]) {
        match self.unsupported {
            false => canvas.line(path, self.tone.colour(), 2),
            true => canvas.dashes(path, self.tone.colour(), 2),
        }
    }
}

/// A triangle on the upper edge of a plot: the line goes on above it.
fn tip(canvas: &mut Canvas<'_>, (x, y): Point, colour: Colour) {
    canvas.polygon(&[(x - 5.0, y + 1.0), (x, y - 8.0), (x + 5.0, y + 1.0)], colour);
}
