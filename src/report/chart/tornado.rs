//! What each stress does to the loss of each class: a panel a class, the hardest stress first.

use super::Lang;
use super::axis::{Plot, Scale, heading, panel_title};
use super::canvas::{Anchor, Canvas, WIDTH, fitted, sheet, text_width};
use super::likelihood::{across, place};
use super::style::{AXIS, LABEL, MESSAGE, NAME, QUIET, Tone, number, sane, say};

const ROW: f64 = 20.0;
/// Title, labels and room between panels.
const AROUND: f64 = 78.0;

/// One class: losses in percent of notional.
#[derive(Clone, Debug, PartialEq)]
pub struct TornadoPanel {
    pub name: String,
    pub tone: Tone,
    pub base: f64,
    /// (stress, loss).
    pub losses: Vec<(String, f64)>,
}

impl TornadoPanel {
    fn loses(&self) -> bool {
        let some = |loss: f64| sane(loss) >= 5e-5;
        some(self.base) || self.losses.iter().any(|(_, loss)| some(*loss))
    }
}

/// Bars of the loss under each stress, against a line at the loss without.
#[derive(Clone, Debug, PartialEq)]
pub struct TornadoChart {
    pub deal: String,
    pub panels: Vec<TornadoPanel>,
}

impl TornadoChart {
    /// The chart.
    pub fn svg(&self, lang: Lang) -> String {
        let shown: Vec<&TornadoPanel> = self.panels.iter().filter(|panel| panel.loses()).collect();
        let of = |panel: &&TornadoPanel| AROUND + ROW * panel.losses.len() as f64;
        let height = 86.0 + shown.iter().map(of).sum::<f64>().max(120.0);
        sheet(height, |canvas| self.draw(canvas, &shown, height, lang))
    }

    fn draw(&self, canvas: &mut Canvas<'_>, shown: &[&TornadoPanel], height: f64, lang: Lang) {
        let title = say(lang, "Loss by stress, without support", "各压力情景下的损失（无增信）");
        heading(canvas, title, &self.deal);
        let mut top = 62.0;
        if shown.is_empty() {
            let text = say(lang, "No class loses anything", "各级证券均无损失");
            canvas.text((WIDTH / 2.0, height / 2.0), text, MESSAGE, Anchor::Middle);
        }
        for panel in shown {
            panel.draw(canvas, top, lang);
            top += AROUND + ROW * panel.losses.len() as f64;
        }
        let safe = self.panels.iter().filter(|panel| !panel.loses());
        let safe: Vec<&str> = safe.map(|panel| panel.name.as_str()).collect();
        if !safe.is_empty() && !shown.is_empty() {
            let head = say(lang, "No loss under any stress: ", "各情景均无损失：");
            let text = format!("{head}{}", safe.join(say(lang, ", ", "、")));
            canvas.text((16.0, height - 10.0), &text, NAME, Anchor::Start);
        }
    }
}

impl TornadoPanel {
    fn draw(&self, canvas: &mut Canvas<'_>, top: f64, lang: Lang) {
        let title = match lang {
            Lang::En => format!(
                "{}: loss, % of notional; the line is the base, {}%",
                self.name,
                number(self.base, 2)
            ),
            Lang::Zh => format!(
                "{}：损失占发行额（%）；竖线为基准情景 {}%",
                self.name,
                number(self.base, 2)
            ),
        };
        panel_title(canvas, top, &title);
        let mut rows: Vec<&(String, f64)> = self.losses.iter().collect();
        let away = |row: &(String, f64)| (sane(row.1) - sane(self.base)).abs();
        rows.sort_by(|one, other| away(other).total_cmp(&away(one)));
        let widths = rows.iter().map(|(name, _)| text_width(name, LABEL.size));
        let left = widths.fold(60.0, f64::max).min(230.0) + 28.0;
        let most = rows.iter().map(|row| sane(row.1)).fold(sane(self.base), f64::max);
        let scale = Scale::over(0.0, most, 6.0);
        let (first, bottom) = (top + 14.0, top + 14.0 + ROW * rows.len() as f64);
        let plot = Plot { left, right: WIDTH - 90.0, top: first, bottom };
        across(canvas, &plot, &scale);
        canvas.line(&[(plot.left, bottom), (plot.right, bottom)], AXIS, 1);
        let base = place(&plot, &scale, self.base);
        for (at, (name, loss)) in rows.iter().enumerate() {
            let upper = first + ROW * at as f64;
            let end = place(&plot, &scale, *loss);
            canvas.rect((plot.left, upper + 3.0), (end, upper + ROW - 3.0), self.tone.colour());
            let shown = fitted(name, LABEL.size, 230.0);
            canvas.text((left - 10.0, upper + 14.0), &shown, LABEL, Anchor::End);
            let mut font = LABEL;
            font.colour = QUIET;
            let value = number(*loss, 2);
            canvas.text((end.max(base) + 6.0, upper + 14.0), &value, font, Anchor::Start);
        }
        canvas.line(&[(base, first - 2.0), (base, bottom)], AXIS, 2);
    }
}
