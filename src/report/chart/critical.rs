//! What each class stands under each stress, against what grades ask.

use super::Lang;
use super::axis::{Mark as Key, Plot, Scale, heading, legend};
use super::canvas::{Anchor, Canvas, WIDTH, fitted, sheet, text_width};
use super::likelihood::{across, place};
use super::style::{GRID, LABEL, NAME, QUIET, TICK, Tone, number, sane, say};

const ROW: f64 = 24.0;
/// Room on the right for rates that are not reached.
const BEYOND: f64 = 132.0;
/// Height between the labels of grades and their lines, in which leaders run.
const LEADER: f64 = 20.0;
/// Least room between two labels of grades.
const APART: f64 = 7.0;

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

/// A line of a grade: where it lies, its label and where that has its middle; none where there is
/// no room for labels of all.
type Mark<'a> = (f64, Option<(f64, &'a str)>);

impl CriticalChart {
    /// The chart.
    pub fn svg(&self, lang: Lang) -> String {
        let (across_plot, scale) = self.widths();
        let marks = self.marks(&across_plot, &scale);
        let top = 82.0 + if marks.is_empty() { 14.0 } else { 14.0 + LEADER };
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

    /// Every grade that lies on the scale, the least first; labels in one row, apart, each as near
    /// its line as the others let it. Where all have no room, grades between letters go without.
    fn marks(&self, plot: &Plot, scale: &Scale) -> Vec<Mark<'_>> {
        let shown = |target: &&(String, f64)| target.1 > 0.0 && sane(target.1) <= scale.high;
        let mut lines: Vec<(f64, &str)> = self
            .targets
            .iter()
            .filter(shown)
            .map(|(grade, target)| (place(plot, scale, *target), grade.as_str()))
            .collect();
        lines.sort_by(|one, other| one.0.total_cmp(&other.0));
        let whole = |grade: &str| !grade.ends_with(['+', '-']);
        let kept = |all: bool| -> Option<Vec<Mark<'_>>> {
            let named = |line: &&(f64, &str)| all || whole(line.1);
            let wanted: Vec<(f64, f64)> = lines
                .iter()
                .filter(named)
                .map(|(x, grade)| (*x, text_width(grade, TICK.size)))
                .collect();
            let mut middles = spread(&wanted, 16.0, plot.right)?.into_iter();
            let mark = |line: &(f64, &'_ str)| {
                let middle = Some(line).filter(named).and_then(|_| middles.next());
                (line.0, middle)
            };
            let places: Vec<_> = lines.iter().map(mark).collect();
            let both = lines.iter().zip(places);
            Some(both.map(|((_, grade), (x, at))| (x, at.map(|at| (at, *grade)))).collect())
        };
        let none = || lines.iter().map(|line| (line.0, None)).collect();
        kept(true).or_else(|| kept(false)).unwrap_or_else(none)
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
        for (x, label) in marks {
            canvas.dashes(&[(*x, plot.top), (*x, plot.bottom)], QUIET, 1);
            if let Some((middle, grade)) = label {
                let y = plot.top - LEADER;
                canvas.text((*middle, y), grade, TICK, Anchor::Middle);
                canvas.line(&[(*middle, y + 4.0), (*x, plot.top)], QUIET, 1);
            }
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

/// Middles of texts in a row, so many pixels wide, each as near the place that it is wanted at as
/// keeps all apart and between the two ends; none where they have no room. Places rise.
fn spread(wanted: &[(f64, f64)], from: f64, to: f64) -> Option<Vec<f64>> {
    // Runs of texts that touch: the first of each, its left edge where it would be by itself.
    let mut runs: Vec<(usize, usize, f64)> = Vec::new();
    let width = |run: &(usize, usize, f64)| -> f64 {
        wanted[run.0..run.1].iter().map(|text| text.1 + APART).sum()
    };
    for (at, (middle, wide)) in wanted.iter().enumerate() {
        let mut run = (at, at + 1, middle - wide / 2.0);
        while let Some(before) = runs.last().copied() {
            if before.2 + width(&before) <= run.2 {
                break;
            }
            // Together, where each is off by as much to the left as to the right.
            let (few, many) = ((before.1 - before.0) as f64, (run.1 - run.0) as f64);
            let left = (before.2 * few + (run.2 - width(&before)) * many) / (few + many);
            run = (before.0, run.1, left);
            runs.pop();
        }
        let last = to + APART - width(&run);
        run.2 = run.2.min(last).max(from);
        runs.push(run);
    }
    let mut edge = from;
    let mut middles = Vec::new();
    for run in runs {
        let mut left = run.2.max(edge);
        for (_, wide) in &wanted[run.0..run.1] {
            middles.push(left + wide / 2.0);
            left += wide + APART;
        }
        edge = left;
    }
    (edge <= to + APART + 0.5).then_some(middles)
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
