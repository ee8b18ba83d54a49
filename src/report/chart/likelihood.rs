//! How likely a loss is: probabilities on a scale of decades, amounts from left to right.

use super::axis::{Plot, Scale};
use super::canvas::{Anchor, Canvas, Colour, Point, text_width};
use super::style::{AXIS, GRID, TICK, number, sane};
use crate::num::ln;

/// A bar of a distribution: from, to, probability; from 0 to 0 is nothing at all.
pub type Bar = (f64, f64, f64);

/// Probabilities from 1 at the top down to 10^-decades.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Decades(pub i32);

impl Decades {
    /// As deep as the curves go.
    pub fn holding<'a>(curves: impl Iterator<Item = &'a Vec<(f64, f64)>>) -> Decades {
        let least = |points: &Vec<(f64, f64)>| {
            let positive = points.iter().map(|point| point.1).filter(|held| *held > 0.0);
            positive.fold(1.0, f64::min)
        };
        let least = curves.map(least).fold(1.0, f64::min);
        // A curve that ends on a power of ten ends on the axis.
        let depth = -ln(least) / std::f64::consts::LN_10 - 1e-6;
        Decades((depth.ceil() as i32).clamp(2, 8))
    }

    /// The least probability shown.
    pub fn least(self) -> f64 {
        (0..self.0).fold(1.0, |least, _| least / 10.0)
    }

    /// Where a probability lies; at the bottom where it is less than any shown.
    pub fn y(self, plot: &Plot, probability: f64) -> f64 {
        let depth = -ln(probability.max(self.least())) / std::f64::consts::LN_10;
        plot.top + (depth / f64::from(self.0)).clamp(0.0, 1.0) * (plot.bottom - plot.top)
    }

    /// Grid lines and labels.
    pub fn grid(self, canvas: &mut Canvas<'_>, plot: &Plot) {
        for decade in 0..=self.0 {
            let y = plot.top + f64::from(decade) / f64::from(self.0) * (plot.bottom - plot.top);
            let colour = if decade == self.0 { AXIS } else { GRID };
            canvas.line(&[(plot.left, y), (plot.right, y)], colour, 1);
            let percent = (0..decade).fold(100.0, |percent, _| percent / 10.0);
            let label = format!("{}%", number(percent, (decade - 2).max(0) as usize));
            canvas.text((plot.left - 8.0, y + 4.0), &label, TICK, Anchor::End);
        }
    }
}

/// Labels below the plot, from the scale's low end on.
pub fn across(canvas: &mut Canvas<'_>, plot: &Plot, scale: &Scale) {
    let mut free = f64::NEG_INFINITY;
    for tick in scale.ticks() {
        let (x, label) = (place(plot, scale, tick), scale.label(tick));
        canvas.line(&[(x, plot.bottom), (x, plot.bottom + 4.0)], AXIS, 1);
        let half = text_width(&label, TICK.size) / 2.0;
        if x - half > free {
            canvas.text((x, plot.bottom + 18.0), &label, TICK, Anchor::Middle);
            free = x + half + 8.0;
        }
    }
}

/// Where an amount lies.
pub fn place(plot: &Plot, scale: &Scale, amount: f64) -> f64 {
    let part = (sane(amount) - scale.low) / (scale.high - scale.low);
    plot.left + part.clamp(0.0, 1.0) * (plot.right - plot.left)
}

/// (amount, probability of more than it), from 0 on.
pub fn exceedance(bars: &[Bar]) -> Vec<(f64, f64)> {
    // Summed from the far end, where probabilities are small.
    let mut above = 0.0;
    let mut points: Vec<(f64, f64)> = Vec::new();
    for &(_, to, probability) in bars.iter().rev() {
        points.push((to, above));
        above += probability;
    }
    if bars.first().is_none_or(|first| first.1 > 0.0) {
        points.push((0.0, above));
    }
    points.reverse();
    points
}

/// The least amount that is exceeded with no more than a probability.
pub fn reach(points: &[(f64, f64)], probability: f64) -> f64 {
    let found = points.iter().find(|point| point.1 <= probability).or(points.last());
    found.map_or(0.0, |point| point.0)
}

/// The path of a curve, down to the axis where it ends.
pub fn curve(points: &[(f64, f64)], plot: &Plot, scale: &Scale, decades: Decades) -> Vec<Point> {
    let mut path: Vec<Point> = Vec::new();
    for &(amount, probability) in points {
        let x = place(plot, scale, amount);
        let gone = probability <= decades.least();
        let near = path.last().is_some_and(|last| x - last.0 < 1.0);
        if !near || gone {
            path.push((x, decades.y(plot, probability)));
        }
        if gone || amount >= scale.high {
            break;
        }
    }
    path
}

/// A line from the top to the bottom of a plot at an amount.
pub fn mark(canvas: &mut Canvas<'_>, plot: &Plot, scale: &Scale, amount: f64, colour: Colour) {
    let x = place(plot, scale, amount);
    canvas.dashes(&[(x, plot.top), (x, plot.bottom)], colour, 2);
}
