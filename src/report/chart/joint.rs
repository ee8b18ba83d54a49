//! How likely a senior class of each series is unpaid: with the others, alone, without support.

use super::Lang;
use super::axis::{Mark, Plot, heading, legend};
use super::canvas::{Anchor, Canvas, WIDTH, fitted, sheet};
use super::likelihood::Decades;
use super::style::{GRID, LABEL, NAME, Tone, say};
use crate::report::words::grouped;

const HEIGHT: f64 = 420.0;

/// One way of running the paths.
#[derive(Clone, Debug, PartialEq)]
pub struct JointLine {
    pub name: String,
    pub tone: Tone,
    /// By series: a probability; 0 where it never happened.
    pub probabilities: Vec<f64>,
}

/// A dot for each series and way, on a scale of decades.
#[derive(Clone, Debug, PartialEq)]
pub struct JointChart {
    pub shelf: String,
    pub series: Vec<String>,
    pub lines: Vec<JointLine>,
    pub paths: u64,
}

impl JointChart {
    /// The chart.
    pub fn svg(&self, lang: Lang) -> String {
        sheet(HEIGHT, |canvas| self.draw(canvas, lang))
    }

    fn draw(&self, canvas: &mut Canvas<'_>, lang: Lang) {
        let title = say(
            lang,
            "Probability that a senior class is unpaid at the end, by series",
            "各期优先级期末未足额兑付的概率",
        );
        heading(canvas, title, &self.shelf);
        let entries: Vec<_> = self
            .lines
            .iter()
            .map(|line| (line.name.as_str(), Mark::Area(line.tone.colour())))
            .collect();
        let top = legend(canvas, 46.0, &entries) + 22.0;
        let plot = Plot { left: 76.0, right: WIDTH - 24.0, top, bottom: HEIGHT - 66.0 };
        let curves: Vec<Vec<(f64, f64)>> = self
            .lines
            .iter()
            .map(|line| line.probabilities.iter().map(|&probability| (0.0, probability)).collect())
            .collect();
        let decades = Decades::holding(curves.iter());
        decades.grid(canvas, &plot);
        let room = (plot.right - plot.left) / self.series.len().max(1) as f64;
        for (at, name) in self.series.iter().enumerate() {
            let x = plot.left + room * (at as f64 + 0.5);
            canvas.line(&[(x, plot.top), (x, plot.bottom)], GRID, 1);
            let name = fitted(name, LABEL.size, room - 4.0);
            canvas.text((x, plot.bottom + 20.0), &name, LABEL, Anchor::Middle);
            // Side by side, so that equal ones are all seen.
            let beside = (self.lines.len() as f64 - 1.0) / 2.0;
            for (place, line) in self.lines.iter().enumerate() {
                let probability = line.probabilities.get(at).copied().unwrap_or(0.0);
                if probability > 0.0 {
                    let x = x + (place as f64 - beside) * 11.0;
                    canvas.dot((x, decades.y(&plot, probability)), 5, line.tone.colour());
                }
            }
        }
        let paths = grouped(&self.paths.to_string());
        let note = match lang {
            Lang::En => format!("Where there is no dot it happened on none of {paths} paths."),
            Lang::Zh => format!("无圆点：在 {paths} 条路径中从未发生。"),
        };
        canvas.text((16.0, HEIGHT - 12.0), &note, NAME, Anchor::Start);
    }
}
