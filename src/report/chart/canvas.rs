//! A sheet of SVG in whole pixels: the only place that knows the drawing crate.
//!
//! Invariant: the text is well-formed XML and a function of the calls alone. A number that is not
//! finite never reaches it.

use plotters::backend::{DrawingBackend, SVGBackend};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{IntoFont, RGBColor, ShapeStyle, TextStyle, WHITE};

/// Pixels from the left, pixels from the top.
pub type Point = (f64, f64);

/// Red, green, blue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Colour(pub u8, pub u8, pub u8);

/// Which side of its point a text lies on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anchor {
    /// The text begins there.
    Start,
    Middle,
    End,
}

/// How a text looks.
#[derive(Clone, Copy, Debug)]
pub struct Font {
    pub size: i32,
    pub colour: Colour,
    pub bold: bool,
}

/// Every page is as wide as this.
pub const WIDTH: f64 = 900.0;

/// A name and all its stand-ins; readers' machines differ.
const FAMILY: &str =
    "\"Noto Sans CJK SC\",\"Noto Sans SC\",\"Microsoft YaHei\",\"PingFang SC\",sans-serif";

/// The crate divides a font size by this before it writes it; 13 and 15 do not come back whole.
const SIZE_FACTOR: f64 = 1.24;

/// Height above the baseline at which the crate hangs a text from its top, in font sizes.
const HANG: f64 = 0.76;

/// A sheet being drawn.
pub struct Canvas<'a> {
    sheet: SVGBackend<'a>,
}

/// Draws a sheet of this height. Drawing into a text cannot fail, so no result is looked at.
pub fn sheet(height: f64, paint: impl FnOnce(&mut Canvas<'_>)) -> String {
    let mut text = String::new();
    {
        let size = (WIDTH as u32, whole(height).max(1) as u32);
        let mut canvas = Canvas { sheet: SVGBackend::with_string(&mut text, size) };
        let white = Colour(WHITE.0, WHITE.1, WHITE.2);
        canvas.rect((0.0, 0.0), (WIDTH, height), white);
        paint(&mut canvas);
        canvas.sheet.present().ok();
    }
    text
}

impl Canvas<'_> {
    /// A filled rectangle between two corners.
    pub fn rect(&mut self, from: Point, to: Point, fill: Colour) {
        let (a, b) = (pixel(from), pixel(to));
        let corners = ((a.0.min(b.0), a.1.min(b.1)), (a.0.max(b.0), a.1.max(b.1)));
        let style = stroke(fill, 1);
        let area = (corners.1.0 - corners.0.0) * (corners.1.1 - corners.0.1);
        if area > 0 {
            self.sheet.draw_rect(corners.0, corners.1, &style, true).ok();
        }
    }

    /// A line through points.
    pub fn line(&mut self, points: &[Point], colour: Colour, width: u32) {
        if points.len() > 1 {
            let path: Vec<_> = points.iter().copied().map(pixel).collect();
            self.sheet.draw_path(path, &stroke(colour, width)).ok();
        }
    }

    /// A line through points, in dashes.
    pub fn dashes(&mut self, points: &[Point], colour: Colour, width: u32) {
        const ON: f64 = 6.0;
        const PERIOD: f64 = 10.0;
        let mut walked = 0.0;
        for pair in points.windows(2) {
            let (from, to) = (pair[0], pair[1]);
            let length = (to.0 - from.0).hypot(to.1 - from.1);
            if !length.is_finite() || length <= 0.0 || length > 1e4 {
                continue;
            }
            let at = |way: f64| {
                let part = (way / length).clamp(0.0, 1.0);
                (from.0 + (to.0 - from.0) * part, from.1 + (to.1 - from.1) * part)
            };
            let mut begin = -(walked % PERIOD);
            while begin < length {
                let (on, off) = (begin.max(0.0), (begin + ON).min(length));
                if off - on >= 1.0 {
                    self.line(&[at(on), at(off)], colour, width);
                }
                begin += PERIOD;
            }
            walked += length;
        }
    }

    /// A filled outline.
    pub fn polygon(&mut self, points: &[Point], fill: Colour) {
        if points.len() > 2 {
            let path: Vec<_> = points.iter().copied().map(pixel).collect();
            self.sheet.fill_polygon(path, &stroke(fill, 1)).ok();
        }
    }

    /// A dot.
    pub fn dot(&mut self, at: Point, radius: u32, fill: Colour) {
        self.sheet.draw_circle(pixel(at), radius, &stroke(fill, 1), true).ok();
    }

    /// A text on a baseline.
    pub fn text(&mut self, at: Point, text: &str, font: Font, anchor: Anchor) {
        let clean = printable(text);
        if clean.is_empty() {
            return;
        }
        let across = match anchor {
            Anchor::Start => HPos::Left,
            Anchor::Middle => HPos::Center,
            Anchor::End => HPos::Right,
        };
        let size = f64::from(font.size) * SIZE_FACTOR;
        let weight = if font.bold { "bold" } else { "normal" };
        let desc = (FAMILY, size).into_font().style(weight.into());
        let colour = RGBColor(font.colour.0, font.colour.1, font.colour.2);
        let style = TextStyle::from(desc).pos(Pos::new(across, VPos::Top)).color(&colour);
        let top = at.1 - HANG * f64::from(font.size);
        self.sheet.draw_text(&clean, &style, pixel((at.0, top))).ok();
    }
}

/// Characters that XML 1.0 allows, each kind of space as one space.
fn printable(text: &str) -> String {
    let kept = text.chars().filter_map(|c| match c {
        '\t' | '\n' | '\r' => Some(' '),
        '\u{fffe}' | '\u{ffff}' => None,
        c if c.is_control() => None,
        c => Some(c),
    });
    kept.collect::<String>().trim().to_owned()
}

fn stroke(colour: Colour, width: u32) -> ShapeStyle {
    ShapeStyle {
        color: RGBColor(colour.0, colour.1, colour.2).into(),
        filled: true,
        stroke_width: width,
    }
}

fn pixel(at: Point) -> (i32, i32) {
    (whole(at.0), whole(at.1))
}

fn whole(value: f64) -> i32 {
    if value.is_finite() { value.round().clamp(-10_000.0, 10_000.0) as i32 } else { 0 }
}

/// Width of a text in pixels, by the widths that sans-serif fonts have in common; a little wide.
pub fn text_width(text: &str, size: i32) -> f64 {
    let of = |c: char| match c {
        ' ' | '.' | ',' | ':' | ';' | '\'' | '|' | '!' | 'i' | 'l' | 'j' | 'I' => 0.31,
        'f' | 't' | 'r' | '(' | ')' | '-' | '/' => 0.40,
        'm' | 'w' | 'M' | 'W' | '%' | '@' | '&' => 0.92,
        'A'..='Z' => 0.68,
        c if c < '\u{1100}' => 0.58,
        _ => 1.0,
    };
    text.chars().map(of).sum::<f64>() * f64::from(size)
}

/// A text cut to a width. The middle goes: names of classes and series differ at their ends.
pub fn fitted(text: &str, size: i32, width: f64) -> String {
    let text = printable(text);
    if text_width(&text, size) <= width {
        return text;
    }
    let room = (width - f64::from(size)).max(0.0);
    let within = |chars: &mut dyn Iterator<Item = char>, room: f64| -> Vec<char> {
        let mut used = 0.0;
        let fits = |c: &char| {
            used += text_width(c.encode_utf8(&mut [0; 4]), size);
            used <= room
        };
        chars.take_while(fits).collect()
    };
    let tail = within(&mut text.chars().rev(), room * 0.45);
    let head = within(&mut text.chars(), room * 0.55);
    let cut = head.into_iter().chain(['…']);
    cut.chain(tail.into_iter().rev()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const FONT: Font = Font { size: 12, colour: Colour(1, 2, 3), bold: false };

    #[test]
    fn names_are_escaped_and_control_characters_dropped() {
        let svg = sheet(100.0, |canvas| {
            let name = "A<1> & \"b\" 'c'\u{1}\u{0}\nd]]>";
            canvas.text((10.0, 20.0), name, FONT, Anchor::Start);
        });
        assert!(svg.contains("A&lt;1&gt; &amp; &quot;b&quot; &apos;c&apos; d]]&gt;"));
        assert!(!svg.contains('\u{1}'));
    }

    #[test]
    fn numbers_are_short_and_finite() {
        let svg = sheet(100.0, |canvas| {
            for size in [12, 14, 16, 17] {
                let font = Font { size, ..FONT };
                canvas.text((f64::NAN, 20.25), "x", font, Anchor::Middle);
            }
            canvas.line(&[(0.0, f64::INFINITY), (3.3, 1.0)], FONT.colour, 1);
        });
        assert!(!svg.contains("NaN") && !svg.contains("inf"));
        assert!(!svg.contains("0000"), "{svg}");
    }

    #[test]
    fn a_long_name_is_cut() {
        assert_eq!(fitted("short", 12, 100.0), "short");
        let cut = fitted("知识产权资产支持专项计划优先级", 12, 100.0);
        assert_eq!(cut, "知识产权…优先级");
        assert!(text_width(&cut, 12) <= 100.0);
        assert_eq!(fitted("abc", 12, 0.0), "…");
    }
}
