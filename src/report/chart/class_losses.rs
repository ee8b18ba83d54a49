//! How likely each class loses more than a share of itself, with support and without.

use super::Lang;
use super::axis::{Mark, Plot, Scale, heading, legend};
use super::canvas::{Anchor, Canvas, sheet};
use super::likelihood::{Bar, Decades, across, curve, exceedance};
use super::style::{NAME, Tone, say};

const HEIGHT: f64 = 480.0;

/// One class with or without support.
#[derive(Clone, Debug, PartialEq)]
pub struct ClassLossLine {
    pub name: String,
    pub tone: Tone,
    /// Drawn in dashes: without support.
    pub unsupported: bool,
    /// Loss in percent of notional.
    pub bars: Vec<Bar>,
}

/// Curves of exceedance over losses from nothing to all.
#[derive(Clone, Debug, PartialEq)]
pub struct ClassLossesChart {
    pub deal: String,
    pub lines: Vec<ClassLossLine>,
}

impl ClassLossesChart {
    /// The chart.
    pub fn svg(&self, lang: Lang) -> String {
        sheet(HEIGHT, |canvas| self.draw(canvas, lang))
    }

    fn draw(&self, canvas: &mut Canvas<'_>, lang: Lang) {
        let title = say(
            lang,
            "Probability that a class loses more than a share of itself",
            "各级证券损失超过某一比例的概率",
        );
        heading(canvas, title, &self.deal);
        let all: Vec<_> = self.lines.iter().map(|line| (line, exceedance(&line.bars))).collect();
        let loses = |points: &[(f64, f64)]| points.first().is_some_and(|first| first.1 > 0.0);
        let entries: Vec<_> =
            self.lines.iter().map(|line| (line.name.as_str(), line.mark())).collect();
        let top = legend(canvas, 46.0, &entries) + 14.0;
        let scale = Scale::over(0.0, 100.0, 10.0);
        let plot = Plot { left: 92.0, ..Plot::beside(&scale, top, HEIGHT - 62.0) };
        if !all.iter().any(|(_, points)| loses(points)) {
            let text =
                say(lang, "No class loses anything on any path", "所有路径上各级证券均无损失");
            return plot.message(canvas, text);
        }
        let decades = Decades::holding(all.iter().map(|(_, points)| points));
        decades.grid(canvas, &plot);
        across(canvas, &plot, &scale);
        for (line, points) in all.iter().filter(|(_, points)| loses(points)) {
            let path = curve(points, &plot, &scale, decades);
            match line.unsupported {
                false => canvas.line(&path, line.tone.colour(), 2),
                true => canvas.dashes(&path, line.tone.colour(), 2),
            }
        }
        let amount = say(lang, "loss, % of the class's notional", "损失占该级发行额（%）");
        canvas.text((plot.right, HEIGHT - 26.0), amount, NAME, Anchor::End);
        let safe: Vec<&str> = all
            .iter()
            .filter(|(_, points)| !loses(points))
            .map(|(line, _)| line.name.as_str())
            .collect();
        if !safe.is_empty() {
            let head = say(lang, "No loss on any path: ", "所有路径均无损失：");
            let text = format!("{head}{}", safe.join(say(lang, "; ", "、")));
            canvas.text((16.0, HEIGHT - 8.0), &text, NAME, Anchor::Start);
        }
    }
}

impl ClassLossLine {
    fn mark(&self) -> Mark {
        match self.unsupported {
            false => Mark::Line(self.tone.colour()),
            true => Mark::Dashes(self.tone.colour()),
        }
    }
}
