//! How large the senior classes can be for each grade.

use super::Lang;
use super::axis::{Mark, Plot, Scale, heading, legend};
use super::canvas::{Anchor, Canvas, sheet};
use super::style::{NAME, TICK, Tone, say};

const HEIGHT: f64 = 380.0;

/// One line of the frontier: a share of the notes in percent for each grade; none where no size
/// passes.
#[derive(Clone, Debug, PartialEq)]
pub struct FrontierLine {
    pub name: String,
    pub tone: Tone,
    pub shares: Vec<Option<f64>>,
}

/// Senior share against grade.
#[derive(Clone, Debug, PartialEq)]
pub struct FrontierChart {
    pub deal: String,
    pub grades: Vec<String>,
    pub lines: Vec<FrontierLine>,
}

impl FrontierChart {
    /// The chart.
    pub fn svg(&self, lang: Lang) -> String {
        sheet(HEIGHT, |canvas| self.draw(canvas, lang))
    }

    fn draw(&self, canvas: &mut Canvas<'_>, lang: Lang) {
        let title = say(
            lang,
            "Largest senior share of the notes by target grade, %",
            "各目标评级下的优先级最大占比（%）",
        );
        heading(canvas, title, &self.deal);
        let entries: Vec<_> = self
            .lines
            .iter()
            .map(|line| (line.name.as_str(), Mark::Line(line.tone.colour())))
            .collect();
        let top = legend(canvas, 46.0, &entries) + 20.0;
        let scale = Scale::over(0.0, 100.0, 5.0);
        let plot = Plot::beside(&scale, top, HEIGHT - 64.0);
        plot.values(canvas, &scale);
        let wide = (plot.right - plot.left) / self.grades.len().max(1) as f64;
        let x = |at: usize| plot.left + wide * (at as f64 + 0.5);
        for (at, grade) in self.grades.iter().enumerate() {
            canvas.text((x(at), plot.bottom + 18.0), grade, TICK, Anchor::Middle);
        }
        for line in &self.lines {
            let points: Vec<_> = (0..self.grades.len())
                .map(|at| line.shares.get(at).copied().flatten())
                .enumerate()
                .map(|(at, share)| share.map(|share| (x(at), plot.y(&scale, share))))
                .collect();
            for run in points.split(Option::is_none) {
                let run: Vec<_> = run.iter().copied().flatten().collect();
                canvas.line(&run, line.tone.colour(), 2);
                run.iter().for_each(|&point| canvas.dot(point, 5, line.tone.colour()));
            }
        }
        let note = say(
            lang,
            "No dot: no size passes the tests that decide.",
            "无圆点：任何规模均未通过约束性测试。",
        );
        canvas.text((16.0, HEIGHT - 12.0), note, NAME, Anchor::Start);
    }
}
