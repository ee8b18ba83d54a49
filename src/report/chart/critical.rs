//! What each class stands under each stress, against what grades ask.

use super::Lang;
use super::axis::{Mark as Key, Plot, Scale, heading, legend};
use super::canvas::{Anchor, Canvas, WIDTH, fitted, sheet, text_width};
use super::likelihood::{across, place};
use super::style::{GRID, LABEL, NAME, QUIET, TICK, Tone, number, sane, say};

const ROW: f64 = 24.0;
/// Room on the right for rates that are not reached.
const BEYOND: f64 = 132.0;
/// Height of a row of labels of grades.
const LABELS: f64 = 14.0;

/// A critical default rate in percent, as achieved.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Rate {
    Found(f64),
    /// The highest that was tried does not break the class.
    Above(f64),
}

/// One class.
#[derive(Clone, Debug, PartialEq)]
pub struct CriticalLine {
    pub name: String,
    pub tone: Tone,
    /// By stress; none where it is not known.
    pub rates: Vec<Option<Rate>>,
}

/// A dot for each class and stress, a line for each grade.
#[derive(Clone, Debug, PartialEq)]
pub struct CriticalChart {
    pub deal: String,
    pub stresses: Vec<String>,
    pub lines: Vec<CriticalLine>,
    /// (grade, target in percent), best first.
    pub targets: Vec<(String, f64)>,
    /// Which targets these are.
    pub of_targets: String,
    /// The base rate in percent.
    pub base: f64,
}

/// A line of a grade: where it lies, its label, the row of labels that holds it, lowest first.
type Mark<'a> = (f64, &'a str, usize);

impl CriticalChart {
    /// The chart.
    pub fn svg(&self, lang: Lang) -> String {
        let (across_plot, scale) = self.widths();
        let marks = self.marks(&across_plot, &scale);
        let rows = marks.iter().map(|mark| mark.2 + 1).max().unwrap_or(0).max(1);
        let top = 82.0 + LABELS * rows as f64;
        let bottom = top + ROW * self.stresses.len() as f64;
        let plot = Plot { top, bottom, ..across_plot };
        let height = bottom + 74.0;
        sheet(height, |canvas| self.draw(canvas, &plot, &scale, &marks, lang))
    }

    /// From side to side: room for the stresses on the left, for what is not reached on the right.
    fn widths(&self) -> (Plot, Scale) {
        let widths = self.stresses.iter().map(|name| text_width(name, LABEL.size));
        let left = widths.fold(60.0, f64::max).min(230.0) + 28.0;
        let right = WIDTH - if self.rates().any(Rate::is_above) { BEYOND } else { 24.0 };
        let found = self.rates().filter(|rate| !rate.is_above()).map(Rate::percent);
        let scale = Scale::over(0.0, found.fold(sane(self.base), f64::max) * 1.05, 8.0);
        (Plot { left, right, top: 0.0, bottom: 0.0 }, scale)
    }

    fn rates(&self) -> impl Iterator<Item = Rate> {
        self.lines.iter().flat_map(|line| line.rates.iter().flatten().copied())
    }

    /// Every grade that lies on the scale, best first, each label in the lowest row with room.
    fn marks(&self, plot: &Plot, scale: &Scale) -> Vec<Mark<'_>> {
        let mut free: Vec<f64> = Vec::new();
        let shown = |target: f64| target > 0.0 && sane(target) <= scale.high;
        let mark = |(grade, target): &'_ (String, f64)| {
            let (x, half) = (place(plot, scale, *target), text_width(grade, TICK.size) / 2.0);
            let row = free.iter().position(|free| x + half < *free).unwrap_or(free.len());
            let left = x - half - 4.0;
            match free.get_mut(row) {
                Some(free) => *free = left,
                None => free.push(left),
            }
            (x, row)
        };
        let targets: Vec<&(String, f64)> =
            self.targets.iter().filter(|target| shown(target.1)).collect();
        let places: Vec<(f64, usize)> = targets.iter().copied().map(mark).collect();
        let named = targets.into_iter().zip(places);
        named.map(|((grade, _), (x, row))| (x, grade.as_str(), row)).collect()
    }

    fn draw(
        &self,
        canvas: &mut Canvas<'_>,
        plot: &Plot,
        scale: &Scale,
        marks: &[Mark<'_>],
        lang: Lang,
    ) {
        let title = say(
            lang,
            "Critical default rate by class and stress, without support",
            "各压力情景下的临界违约率（无增信）",
        );
        heading(canvas, title, &self.deal);
        let keys = self.lines.iter();
        let keys: Vec<_> =
            keys.map(|line| (line.name.as_str(), Key::Area(line.tone.colour()))).collect();
        legend(canvas, 46.0, &keys);
        for (x, grade, row) in marks {
            let y = plot.top - 9.0 - LABELS * *row as f64;
            canvas.dashes(&[(*x, y + 3.0), (*x, plot.bottom)], QUIET, 1);
            canvas.text((*x, y), grade, TICK, Anchor::Middle);
        }
        self.rows(canvas, plot, scale, lang);
        across(canvas, plot, scale);
        if self.rates().any(Rate::is_above) {
            let at = (WIDTH - 16.0, plot.top - 9.0);
            canvas.text(at, say(lang, "not reached", "未触及"), TICK, Anchor::End);
        }
        let unit = say(lang, "share of initial principal, %", "占初始本金（%）");
        canvas.text((plot.right, plot.bottom + 36.0), unit, NAME, Anchor::End);
        if !self.targets.is_empty() {
            canvas.text((16.0, plot.bottom + 64.0), &self.note(lang), NAME, Anchor::Start);
        }
    }

    fn note(&self, lang: Lang) -> String {
        let base = format!("{:.2}%", sane(self.base));
        match lang {
            Lang::En => format!(
                "Dashed: what a grade asks, its multiplier times the base rate of {base} ({}). \
                 A dot at or beyond a line stands that grade.",
                self.of_targets
            ),
            Lang::Zh => format!(
                "虚线：各评级的目标违约率 = 基准违约率 {base} × 评级乘数（{}）；圆点不低于虚线即满足该评级。",
                self.of_targets
            ),
        }
    }

    fn rows(&self, canvas: &mut Canvas<'_>, plot: &Plot, scale: &Scale, lang: Lang) {
        for (at, stress) in self.stresses.iter().enumerate() {
            let y = plot.top + ROW * (at as f64 + 0.5);
            let name = fitted(stress, LABEL.size, 230.0);
            canvas.line(&[(plot.left, y), (plot.right, y)], GRID, 1);
            canvas.text((plot.left - 10.0, y + 4.0), &name, LABEL, Anchor::End);
            let (mut x, mut tried) = (plot.right + 8.0, None::<f64>);
            for line in &self.lines {
                let here = match line.rates.get(at).copied().flatten() {
                    None => continue,
                    Some(Rate::Found(rate)) => place(plot, scale, rate),
                    Some(Rate::Above(rate)) => {
                        x += 12.0;
                        tried = Some(tried.map_or(rate, |least| least.min(rate)));
                        x
                    }
                };
                canvas.dot((here, y), 5, line.tone.colour());
            }
            let Some(tried) = tried.map(|rate| number(rate, 0)) else { continue };
            let text = match lang {
                Lang::En => format!("above {tried}%"),
                Lang::Zh => format!("高于 {tried}%"),
            };
            canvas.text((WIDTH - 16.0, y + 4.0), &text, TICK, Anchor::End);
        }
    }
}

impl Rate {
    fn is_above(self) -> bool {
        matches!(self, Rate::Above(_))
    }

    fn percent(self) -> f64 {
        match self {
            Rate::Found(rate) | Rate::Above(rate) => sane(rate),
        }
    }
}
