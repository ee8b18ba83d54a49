//! The loss of one class over two assumptions.

use super::Lang;
use super::axis::{Mark, heading, legend};
use super::canvas::{Anchor, Canvas, Colour, Font, WIDTH, fitted, sheet, text_width};
use super::style::{AXIS, INK, NAME, PANEL, TICK, WHITE, number, sane, say};

const BOTTOM: f64 = 84.0;
const LOW: Colour = Colour(254, 237, 214);
const HIGH: Colour = Colour(178, 52, 0);
const LATE: Colour = Colour(205, 205, 205);
const SAFE: Colour = Colour(222, 240, 233);

/// One cell.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Heat {
    /// In percent of notional.
    pub loss: f64,
    pub paid_in_full: bool,
}

/// A map of cells: the first axis goes right, the second goes up.
#[derive(Clone, Debug, PartialEq)]
pub struct HeatChart {
    pub deal: String,
    pub class: String,
    /// (name, labels).
    pub across: (String, Vec<String>),
    pub up: (String, Vec<String>),
    /// By column, then by row.
    pub cells: Vec<Vec<Heat>>,
    /// What the other axes are held at.
    pub held: String,
}

impl HeatChart {
    /// The chart.
    pub fn svg(&self, lang: Lang) -> String {
        let rows = self.up.1.len().max(1) as f64;
        let height = 132.0 + BOTTOM + (rows * 27.0).clamp(216.0, 520.0);
        sheet(height, |canvas| self.draw(canvas, height, lang))
    }

    fn draw(&self, canvas: &mut Canvas<'_>, height: f64, lang: Lang) {
        let title = match lang {
            Lang::En => format!("Loss of {}, % of notional, without support", self.class),
            Lang::Zh => format!("{} 的损失，占发行额（%），无增信", self.class),
        };
        heading(canvas, &title, &self.deal);
        let most = self.cells.iter().flatten().map(|cell| sane(cell.loss)).fold(0.0, f64::max);
        let worst = format!("{} {}%", say(lang, "loss up to", "损失，至"), number(most, 1));
        let entries = [
            (say(lang, "paid in full, in time", "按期足额"), Mark::Area(SAFE)),
            (say(lang, "interest late, no loss", "利息逾期、无损失"), Mark::Area(LATE)),
            (say(lang, "some loss", "少量损失"), Mark::Area(LOW)),
            (worst.as_str(), Mark::Area(HIGH)),
        ];
        let top = legend(canvas, 46.0, &entries) + 22.0;
        canvas.text((16.0, top), &self.up.0, PANEL, Anchor::Start);
        let widths = self.up.1.iter().map(|label| text_width(label, TICK.size));
        let left = widths.fold(40.0, f64::max) + 26.0;
        let (top, right, bottom) = (top + 12.0, WIDTH - 24.0, height - BOTTOM);
        let wide = (right - left) / self.across.1.len().max(1) as f64;
        let high = (bottom - top) / self.up.1.len().max(1) as f64;
        for (column, cells) in self.cells.iter().enumerate() {
            for (row, cell) in cells.iter().enumerate() {
                let x = left + wide * column as f64;
                let y = bottom - high * (row + 1) as f64;
                draw_cell(canvas, cell, most, (x, y), (wide, high));
            }
        }
        self.labels(canvas, (left, bottom), (wide, high));
        canvas.line(&[(left, top), (left, bottom), (right, bottom)], AXIS, 1);
        canvas.text((right, bottom + 40.0), &self.across.0, PANEL, Anchor::End);
        let held = fitted(&self.held, NAME.size, WIDTH - 32.0);
        canvas.text((16.0, height - 10.0), &held, NAME, Anchor::Start);
    }

    fn labels(
        &self,
        canvas: &mut Canvas<'_>,
        (left, bottom): (f64, f64),
        (wide, high): (f64, f64),
    ) {
        let mut free = f64::NEG_INFINITY;
        for (at, label) in self.across.1.iter().enumerate() {
            let x = left + wide * (at as f64 + 0.5);
            let half = text_width(label, TICK.size) / 2.0;
            if x - half > free {
                canvas.text((x, bottom + 18.0), label, TICK, Anchor::Middle);
                free = x + half + 8.0;
            }
        }
        let mut free = f64::INFINITY;
        for (at, label) in self.up.1.iter().enumerate() {
            let y = bottom - high * (at as f64 + 0.5);
            if y + 8.0 < free {
                canvas.text((left - 8.0, y + 4.0), label, TICK, Anchor::End);
                free = y - 8.0;
            }
        }
    }
}

fn draw_cell(
    canvas: &mut Canvas<'_>,
    cell: &Heat,
    most: f64,
    (x, y): (f64, f64),
    (wide, high): (f64, f64),
) {
    let loss = sane(cell.loss);
    let part = if most > 0.0 { (loss / most).clamp(0.0, 1.0) } else { 0.0 };
    let colour = match (cell.paid_in_full, loss > 0.0) {
        (true, _) => SAFE,
        (false, false) => LATE,
        (false, true) => mixed(part),
    };
    canvas.rect((x, y), (x + wide, y + high), colour);
    canvas.line(&[(x, y), (x + wide, y)], WHITE, 1);
    canvas.line(&[(x, y), (x, y + high)], WHITE, 1);
    let label = number(loss, if loss >= 9.95 { 0 } else { 1 });
    let fits = text_width(&label, 11) + 6.0 < wide && high >= 16.0;
    if fits && loss > 0.0 {
        let colour = if part > 0.55 { WHITE } else { INK };
        let font = Font { size: 11, colour, bold: false };
        canvas.text((x + wide / 2.0, y + high / 2.0 + 4.0), &label, font, Anchor::Middle);
    }
}

fn mixed(part: f64) -> Colour {
    let mix =
        |low: u8, high: u8| (f64::from(low) + (f64::from(high) - f64::from(low)) * part).round();
    let one = |low: u8, high: u8| mix(low, high) as u8;
    Colour(one(LOW.0, HIGH.0), one(LOW.1, HIGH.1), one(LOW.2, HIGH.2))
}
