//! Where values and dates lie on the sheet: scales, grids, date labels, legends.
//!
//! Invariant: labels of one axis never touch, and a legend lies above its plot, never on it.

use super::canvas::{Anchor, Canvas, Colour, WIDTH, fitted, text_width};
use super::style::{AXIS, BLANK, GRID, LABEL, MESSAGE, NAME, PANEL, TICK, TITLE, number, sane};
use crate::dates::{Date, days};

/// Sides of a plot in pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Plot {
    pub left: f64,
    pub right: f64,
    pub top: f64,
    pub bottom: f64,
}

/// An axis of values: it begins and ends on a tick.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scale {
    pub low: f64,
    pub high: f64,
    pub step: f64,
    pub decimals: usize,
}

impl Scale {
    /// A scale that holds both values, with about so many steps.
    pub fn over(low: f64, high: f64, steps: f64) -> Scale {
        let (low, high) = (sane(low), sane(high));
        let high = if high > low { high } else { low + 1.0 };
        let raw = (high - low) / steps.max(1.0);
        let power = raw.log10().floor();
        let unit = 10_f64.powf(power);
        let step = [1.0, 2.0, 2.5, 5.0, 10.0]
            .into_iter()
            .map(|times| times * unit)
            .find(|step| *step >= raw * 0.999_999)
            .unwrap_or(10.0 * unit);
        let whole = |decimals: &usize| {
            let scaled = step * 10_f64.powi(*decimals as i32);
            (scaled - scaled.round()).abs() < 1e-6
        };
        let decimals = (0..6).find(whole).unwrap_or(6);
        Scale {
            low: (low / step + 1e-9).floor() * step,
            high: (high / step - 1e-9).ceil() * step,
            step,
            decimals,
        }
    }

    /// From its low end to its high end.
    pub fn ticks(&self) -> Vec<f64> {
        let count = ((self.high - self.low) / self.step).round().clamp(1.0, 50.0) as u32;
        (0..=count).map(|at| self.low + f64::from(at) * self.step).collect()
    }

    /// A value as the axis writes it.
    pub fn label(&self, value: f64) -> String {
        number(value, self.decimals)
    }

    /// Room that the labels of the axis take.
    pub fn label_width(&self) -> f64 {
        let widths = self.ticks().into_iter();
        widths.map(|tick| text_width(&self.label(tick), TICK.size)).fold(0.0, f64::max)
    }
}

impl Plot {
    /// A plot whose left margin holds the labels of its axis.
    pub fn beside(scale: &Scale, top: f64, bottom: f64) -> Plot {
        Plot { left: (scale.label_width() + 22.0).max(56.0), right: WIDTH - 44.0, top, bottom }
    }

    /// The height of a value.
    pub fn y(&self, scale: &Scale, value: f64) -> f64 {
        let part = (sane(value) - scale.low) / (scale.high - scale.low);
        self.bottom - part.clamp(0.0, 1.0) * (self.bottom - self.top)
    }

    /// Grid lines and labels of values.
    pub fn values(&self, canvas: &mut Canvas<'_>, scale: &Scale) {
        for (at, tick) in scale.ticks().into_iter().enumerate() {
            let y = self.y(scale, tick);
            let colour = if at == 0 { AXIS } else { GRID };
            canvas.line(&[(self.left, y), (self.right, y)], colour, 1);
            let label = scale.label(tick);
            canvas.text((self.left - 8.0, y + 4.0), &label, TICK, Anchor::End);
        }
    }

    /// Dates below the plot: the first, the last, and as many between as fit.
    pub fn dates(&self, canvas: &mut Canvas<'_>, dates: &[(Date, f64)]) {
        let width = text_width("0000-00-00", TICK.size) + 16.0;
        let last = dates.last().map_or(self.right, |last| last.1);
        let every = stride(dates, width);
        let mut free = f64::NEG_INFINITY;
        for (at, &(date, x)) in dates.iter().enumerate() {
            let is_last = at + 1 == dates.len();
            let named = x >= free && (is_last || (x <= last - width && at % every == 0));
            if named || every < 20 {
                canvas.line(&[(x, self.bottom), (x, self.bottom + 4.0)], AXIS, 1);
            }
            if !named {
                continue;
            }
            free = x + width;
            let label = date.to_string();
            canvas.text((x, self.bottom + 18.0), &label, TICK, Anchor::Middle);
        }
    }

    /// Says in the middle why there is nothing to see.
    pub fn message(&self, canvas: &mut Canvas<'_>, text: &str) {
        canvas.rect((self.left, self.top), (self.right, self.bottom), BLANK);
        let at = ((self.left + self.right) / 2.0, (self.top + self.bottom) / 2.0 + 5.0);
        canvas.text(at, text, MESSAGE, Anchor::Middle);
    }
}

/// Every how many dates are labelled, so that labels stand at even distances.
fn stride(dates: &[(Date, f64)], width: f64) -> usize {
    let Some((first, last)) = dates.first().zip(dates.last()) else {
        return 1;
    };
    let gaps = dates.len().saturating_sub(1).max(1) as f64;
    let gap = ((last.1 - first.1) / gaps).max(0.01);
    (width / gap * 0.98).ceil().max(1.0) as usize
}

/// Time from left to right.
#[derive(Clone, Copy, Debug)]
pub struct Times {
    first: Date,
    span: f64,
    /// Where the first date lies.
    pub left: f64,
    right: f64,
}

impl Times {
    /// Time from the first date to the last, inside a plot.
    pub fn across(first: Date, last: Date, plot: &Plot, tail: f64) -> Times {
        Times {
            first,
            span: (days(first, last).max(1)) as f64,
            left: plot.left,
            right: plot.right - tail,
        }
    }

    /// Where a date lies.
    pub fn x(&self, date: Date) -> f64 {
        let part = days(self.first, date) as f64 / self.span;
        self.left + part.clamp(0.0, 1.0) * (self.right - self.left)
    }
}

/// The title, and at the other end of its line the name of the deal.
pub fn heading(canvas: &mut Canvas<'_>, title: &str, deal: &str) {
    canvas.text((16.0, 30.0), title, TITLE, Anchor::Start);
    let room = WIDTH - 72.0 - text_width(title, TITLE.size);
    if room > 60.0 {
        let name = fitted(deal, NAME.size, room.min(420.0));
        canvas.text((WIDTH - 16.0, 30.0), &name, NAME, Anchor::End);
    }
}

/// The title of one of several panels.
pub fn panel_title(canvas: &mut Canvas<'_>, y: f64, title: &str) {
    canvas.text((16.0, y), title, PANEL, Anchor::Start);
}

/// How something is drawn, as its legend shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    Area(Colour),
    Line(Colour),
    Dashes(Colour),
}

/// Marks with their names in rows from `top` on; returns where it ends.
pub fn legend(canvas: &mut Canvas<'_>, top: f64, entries: &[(&str, Mark)]) -> f64 {
    let (mut x, mut y) = (16.0, top);
    for (name, mark) in entries {
        let name = fitted(name, LABEL.size, 230.0);
        let width = text_width(&name, LABEL.size) + 42.0;
        if x > 16.0 && x + width > WIDTH {
            (x, y) = (16.0, y + 20.0);
        }
        let across = [(x, y + 10.0), (x + 16.0, y + 10.0)];
        match *mark {
            Mark::Area(colour) => canvas.rect((x, y + 4.0), (x + 16.0, y + 15.0), colour),
            Mark::Line(colour) => {
                canvas.line(&across, colour, 2);
                canvas.dot((x + 8.0, y + 10.0), 3, colour);
            }
            Mark::Dashes(colour) => canvas.dashes(&across, colour, 2),
        }
        canvas.text((x + 22.0, y + 14.0), &name, LABEL, Anchor::Start);
        x += width;
    }
    if entries.is_empty() { y } else { y + 20.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scales_end_on_ticks() {
        let check = |low: f64, high: f64, wanted: &str| {
            let scale = Scale::over(low, high, 5.0);
            let labels: Vec<_> = scale.ticks().iter().map(|&at| scale.label(at)).collect();
            assert_eq!(labels.join(" "), wanted);
        };
        check(0.0, 200.0, "0 50 100 150 200");
        check(0.0, 1.0, "0.0 0.2 0.4 0.6 0.8 1.0");
        check(0.0, 12_500.0, "0 2,500 5,000 7,500 10,000 12,500");
        check(0.0, 0.11, "0.000 0.025 0.050 0.075 0.100 0.125");
        check(1.0, 1.35, "1.0 1.1 1.2 1.3 1.4");
        check(0.0, 0.0, "0.0 0.2 0.4 0.6 0.8 1.0");
        check(f64::NAN, f64::INFINITY, "0.0 0.2 0.4 0.6 0.8 1.0");
    }
}
