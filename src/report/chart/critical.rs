//! What each class stands under each stress, against what grades ask.

use super::Lang;
use super::axis::{Mark, Plot, Scale, heading, legend};
use super::canvas::{Anchor, Canvas, WIDTH, fitted, sheet, text_width};
use super::likelihood::{across, place};
use super::style::{GRID, LABEL, NAME, QUIET, TICK, Tone, sane, say};

const ROW: f64 = 24.0;
/// Room on the right for rates that are not reached.
const BEYOND: f64 = 96.0;

/// One class.
#[derive(Clone, Debug, PartialEq)]
pub struct CriticalLine {
    pub name: String,
    pub tone: Tone,
    /// By stress: the achieved critical rate in percent; none where it is not reached.
    pub rates: Vec<Option<f64>>,
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

impl CriticalChart {
    /// The chart.
    pub fn svg(&self, lang: Lang) -> String {
        let height = 186.0 + ROW * self.stresses.len() as f64;
        sheet(height, |canvas| self.draw(canvas, height, lang))
    }

    fn draw(&self, canvas: &mut Canvas<'_>, height: f64, lang: Lang) {
        let title = say(
            lang,
            "Critical default rate by class and stress, without support",
            "各压力情景下的临界违约率（无增信）",
        );
        heading(canvas, title, &self.deal);
        let entries: Vec<_> = self
            .lines
            .iter()
            .map(|line| (line.name.as_str(), Mark::Area(line.tone.colour())))
            .collect();
        let top = legend(canvas, 46.0, &entries) + 40.0;
        let widths = self.stresses.iter().map(|name| text_width(name, LABEL.size));
        let left = widths.fold(60.0, f64::max).min(230.0) + 28.0;
        let beyond = self.lines.iter().flat_map(|line| &line.rates).any(Option::is_none);
        let right = WIDTH - if beyond { BEYOND } else { 24.0 };
        let plot = Plot { left, right, top, bottom: top + ROW * self.stresses.len() as f64 };
        let rates = self.lines.iter().flat_map(|line| &line.rates).flatten();
        let most = rates.fold(sane(self.base), |most, rate| most.max(sane(*rate)));
        let scale = Scale::over(0.0, most * 1.05, 8.0);
        self.grades(canvas, &plot, &scale);
        self.rows(canvas, &plot, &scale);
        across(canvas, &plot, &scale);
        if beyond {
            let text = say(lang, "not reached", "未触及");
            let at = (right + BEYOND / 2.0, plot.bottom + 18.0);
            canvas.text(at, text, TICK, Anchor::Middle);
        }
        let unit = say(lang, "share of initial principal, %", "占初始本金（%）");
        canvas.text((plot.right, plot.bottom + 36.0), unit, NAME, Anchor::End);
        self.note(canvas, height, lang);
    }

    fn note(&self, canvas: &mut Canvas<'_>, height: f64, lang: Lang) {
        let base = format!("{:.2}%", sane(self.base));
        let text = match lang {
            Lang::En => format!(
                "Dashed: what a grade asks, its multiplier times the base rate of {base} ({}). \
                 A dot at or beyond a line stands that grade.",
                self.of_targets
            ),
            Lang::Zh => format!(
                "虚线：各评级的目标违约率 = 基准违约率 {base} × 评级乘数（{}）；圆点不低于虚线即满足该评级。",
                self.of_targets
            ),
        };
        canvas.text((16.0, height - 10.0), &text, NAME, Anchor::Start);
    }

    /// Lines of grades, with as many labels as fit, the best first.
    fn grades(&self, canvas: &mut Canvas<'_>, plot: &Plot, scale: &Scale) {
        let mut free = [f64::INFINITY; 2];
        for (grade, target) in &self.targets {
            if sane(*target) > scale.high || *target <= 0.0 {
                continue;
            }
            let x = place(plot, scale, *target);
            canvas.dashes(&[(x, plot.top - 4.0), (x, plot.bottom)], QUIET, 1);
            let half = text_width(grade, TICK.size) / 2.0;
            if let Some(row) = (0..2).find(|&row| x + half < free[row]) {
                let y = plot.top - 9.0 - 14.0 * row as f64;
                canvas.text((x, y), grade, TICK, Anchor::Middle);
                free[row] = x - half - 4.0;
            }
        }
    }

    fn rows(&self, canvas: &mut Canvas<'_>, plot: &Plot, scale: &Scale) {
        for (at, stress) in self.stresses.iter().enumerate() {
            let y = plot.top + ROW * (at as f64 + 0.5);
            let name = fitted(stress, LABEL.size, 230.0);
            canvas.line(&[(plot.left, y), (plot.right, y)], GRID, 1);
            canvas.text((plot.left - 10.0, y + 4.0), &name, LABEL, Anchor::End);
            let mut missing = 0.0;
            for line in &self.lines {
                let x = match line.rates.get(at).copied().flatten() {
                    Some(rate) => place(plot, scale, rate),
                    None => {
                        missing += 14.0;
                        plot.right + 20.0 + missing
                    }
                };
                canvas.dot((x, y), 5, line.tone.colour());
            }
        }
    }
}
