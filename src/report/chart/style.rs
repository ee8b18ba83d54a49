//! One visual language: what has which colour, how big letters are, what units and numbers look
//! like.
//!
//! Colours are those of Okabe and Ito, told apart by readers who do not see red or green: senior
//! blue, mezzanine orange, subordinate purple, the pool's cash green, supporters vermilion.

use super::canvas::{Colour, Font};
use crate::report::Lang;
use crate::report::words::grouped;

/// What a colour stands for. Classes and supporters are numbered within their kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    Senior { at: usize, of: usize },
    Mezzanine { at: usize, of: usize },
    Subordinate { at: usize, of: usize },
    Supporter { at: usize, of: usize },
    Interest,
    Principal,
    Prepaid,
    Recovered,
    CleanUp,
    Income,
    Tax,
    Fee,
    Unpaid,
    Cash,
    Total,
}

impl Tone {
    /// Its colour as one number: 0xRRGGBB.
    pub fn rgb(self) -> u32 {
        let Colour(red, green, blue) = self.colour();
        u32::from_be_bytes([0, red, green, blue])
    }

    /// On a dark page: a class that is dark there is light here.
    pub fn rgb_on_dark(self) -> u32 {
        let Colour(red, green, blue) = match self {
            Tone::Senior { at, of } => shade(Colour(164, 208, 238), Colour(60, 125, 175), at, of),
            Tone::Supporter { at, .. } => cycled(SUPPORTERS_ON_DARK, at),
            other => other.colour(),
        };
        u32::from_be_bytes([0, red, green, blue])
    }

    /// Its colour.
    pub fn colour(self) -> Colour {
        match self {
            Tone::Senior { at, of } => shade(Colour(0, 78, 137), Colour(164, 208, 238), at, of),
            Tone::Mezzanine { at, of } => shade(Colour(230, 159, 0), Colour(250, 221, 150), at, of),
            Tone::Subordinate { at, of } => {
                shade(Colour(204, 121, 167), Colour(240, 208, 225), at, of)
            }
            Tone::Supporter { at, .. } => cycled(SUPPORTERS, at),
            Tone::Interest => Colour(102, 194, 165),
            Tone::Principal => Colour(0, 110, 84),
            Tone::Prepaid => Colour(190, 228, 214),
            Tone::Recovered => Colour(240, 228, 66),
            Tone::CleanUp => Colour(148, 120, 60),
            Tone::Income => Colour(120, 205, 215),
            Tone::Tax => Colour(110, 110, 110),
            Tone::Fee => Colour(160, 160, 160),
            Tone::Unpaid => Colour(205, 205, 205),
            Tone::Cash => Colour(90, 105, 120),
            Tone::Total => Colour(51, 51, 51),
        }
    }
}

/// Supporters stand side by side, not on each other: they differ by lightness, which every reader
/// sees.
const SUPPORTERS: &[Colour] =
    &[Colour(213, 94, 0), Colour(84, 40, 0), Colour(250, 190, 130), Colour(150, 75, 30)];
const SUPPORTERS_ON_DARK: &[Colour] =
    &[Colour(213, 94, 0), Colour(255, 224, 190), Colour(150, 75, 30), Colour(250, 178, 122)];

fn cycled(colours: &[Colour], at: usize) -> Colour {
    colours[at % colours.len()]
}

/// From dark to light: the first of its kind is the darkest, a single one too.
fn shade(dark: Colour, light: Colour, at: usize, of: usize) -> Colour {
    let steps = of.saturating_sub(1).max(2) as f64;
    let part = (at as f64 / steps).clamp(0.0, 1.0);
    let mix = |from: u8, to: u8| {
        (f64::from(from) + (f64::from(to) - f64::from(from)) * part).round() as u8
    };
    Colour(mix(dark.0, light.0), mix(dark.1, light.1), mix(dark.2, light.2))
}

pub const WHITE: Colour = Colour(255, 255, 255);
pub const GRID: Colour = Colour(228, 231, 235);
pub const BLANK: Colour = Colour(246, 247, 249);
pub const AXIS: Colour = Colour(120, 128, 136);
pub const INK: Colour = Colour(34, 40, 46);
pub const QUIET: Colour = Colour(95, 103, 111);

pub const TITLE: Font = font(17, INK, true);
pub const PANEL: Font = font(14, INK, true);
pub const NAME: Font = font(12, QUIET, false);
pub const LABEL: Font = font(12, INK, false);
pub const TICK: Font = font(12, QUIET, false);
pub const MESSAGE: Font = font(16, QUIET, false);

const fn font(size: i32, colour: Colour, bold: bool) -> Font {
    Font { size, colour, bold }
}

/// One of two wordings.
pub fn say<'a>(lang: Lang, en: &'a str, zh: &'a str) -> &'a str {
    match lang {
        Lang::En => en,
        Lang::Zh => zh,
    }
}

/// A unit of money.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Unit {
    /// Yuan in one.
    pub yuan: f64,
    pub name: &'static str,
}

/// The unit in which amounts up to this many yuan are read with ease.
pub fn unit(largest: f64, lang: Lang) -> Unit {
    let (yuan, name) = match (lang, largest) {
        (Lang::En, l) if l >= 1e10 => (1e9, "billion yuan"),
        (Lang::En, l) if l >= 1e6 => (1e6, "million yuan"),
        (Lang::En, _) => (1.0, "yuan"),
        (Lang::Zh, l) if l >= 1e9 => (1e8, "亿元"),
        (Lang::Zh, l) if l >= 1e5 => (1e4, "万元"),
        (Lang::Zh, _) => (1.0, "元"),
    };
    Unit { yuan, name }
}

/// A title and its unit; without one where there is nothing to measure.
pub fn titled(lang: Lang, title: &str, unit: Option<Unit>) -> String {
    match (lang, unit) {
        (_, None) => title.to_owned(),
        (Lang::En, Some(unit)) => format!("{title}, {}", unit.name),
        (Lang::Zh, Some(unit)) => format!("{title}（{}）", unit.name),
    }
}

/// A number with thousands set apart.
pub fn number(value: f64, decimals: usize) -> String {
    let text = format!("{:.decimals$}", sane(value).abs());
    let below = value < 0.0 && text.bytes().any(|b| (b'1'..=b'9').contains(&b));
    grouped(&if below { format!("-{text}") } else { text })
}

/// Nothing where a number is not one.
pub fn sane(value: f64) -> f64 {
    if value.is_finite() { value } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_units() {
        let check = |value: f64, decimals, wanted: &str| {
            assert_eq!(number(value, decimals), wanted);
        };
        check(0.0, 0, "0");
        check(-0.001, 2, "0.00");
        check(999.5, 1, "999.5");
        check(1234.0, 0, "1,234");
        check(-1_234_567.891, 2, "-1,234,567.89");
        check(f64::NAN, 1, "0.0");
        let named = |largest, lang| unit(largest, lang).name;
        assert_eq!(named(145e6, Lang::Zh), "万元");
        assert_eq!(named(2.5e9, Lang::Zh), "亿元");
        assert_eq!(named(145e6, Lang::En), "million yuan");
        assert_eq!(named(2.5e10, Lang::En), "billion yuan");
        assert_eq!(named(0.0, Lang::En), "yuan");
    }

    #[test]
    fn classes_differ_by_colour() {
        let mut seen = Vec::new();
        for at in 0..8 {
            seen.push(Tone::Senior { at, of: 8 }.colour());
            seen.push(Tone::Mezzanine { at, of: 8 }.colour());
            seen.push(Tone::Subordinate { at, of: 8 }.colour());
        }
        let kinds = [Tone::Interest, Tone::Principal, Tone::Prepaid, Tone::Tax];
        seen.extend(kinds.map(Tone::colour));
        for (at, colour) in seen.iter().enumerate() {
            assert!(!seen[..at].contains(colour), "{at}");
        }
    }
}
