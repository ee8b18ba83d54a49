//! The text of one cell in, one value out. Invariant: a value is exact; digits go from text to
//! whole numbers to `Decimal`, never through a binary fraction, and nothing is rounded. What can
//! be read in two ways is a fault, not a choice.
//!
//! Blank cells never get here: whether a blank is allowed is the column's business.

use crate::dates::Date;
use crate::num::Decimal;

/// Digits before the decimal point of an amount in yuan: below 1,000 万亿.
pub const MAX_DIGITS: usize = 15;
/// Decimals of an amount in yuan: fen.
pub const AMOUNT_DECIMALS: u32 = 2;
/// Decimals of a rate written as a fraction: a hundred-thousandth of a basis point.
pub const RATE_DECIMALS: u32 = 9;
/// Characters of a name or note.
pub const MAX_TEXT: usize = 120;
/// Digits of a number before its unit is applied; leaves room for 亿 in an `i128`.
const MAX_MANTISSA_DIGITS: usize = 30;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NumberFault {
    NotANumber,
    /// `1,00,000`, `1.000.000,00`.
    Separators,
    /// `1.5E+11`: a spreadsheet writes it after dropping digits.
    Scientific,
    /// `(1,000)`: minus to an accountant, a note to anyone else.
    Brackets,
    TooManyDigits,
    /// `of` continues the sentence: ` of a yuan`.
    TooManyDecimals {
        most: u32,
        of: &'static str,
    },
    /// `4.35` for a rate with no unit in sight.
    Ambiguous,
    UnitClash {
        cell: &'static str,
        header: &'static str,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextFault {
    Formula(char),
    Invisible(char),
    TooLong(usize),
    /// `2.02E+11` where a registration number stood.
    Shortened,
    /// `#REF!`.
    ErrorValue,
}

/// What a unit measures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    Yuan,
    Share,
    Years,
    Months,
    Days,
    Count,
}

/// A unit word: 1 `word` = 10^`power` of its measure, so 万元 is 4 and bp is -4.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unit {
    pub word: &'static str,
    pub measure: Measure,
    pub power: i32,
}

const fn unit(word: &'static str, measure: Measure, power: i32) -> Unit {
    Unit { word, measure, power }
}

/// Spellings as [`key`] leaves them; the unit's own word is one of them.
const UNITS: &[(&[&str], Unit)] = &[
    (&["元", "yuan"], unit("元", Measure::Yuan, 0)),
    (&["千元"], unit("千元", Measure::Yuan, 3)),
    (&["万元", "万"], unit("万元", Measure::Yuan, 4)),
    (&["百万元", "百万"], unit("百万元", Measure::Yuan, 6)),
    (&["千万元", "千万"], unit("千万元", Measure::Yuan, 7)),
    (&["亿元", "亿"], unit("亿元", Measure::Yuan, 8)),
    (&["%", "pct", "percent", "百分比", "%/年"], unit("%", Measure::Share, -2)),
    (&["‰", "千分比"], unit("‰", Measure::Share, -3)),
    (&["bp", "bps", "基点"], unit("bp", Measure::Share, -4)),
    (&["年", "year", "years"], unit("年", Measure::Years, 0)),
    (&["月", "个月", "month", "months"], unit("月", Measure::Months, 0)),
    (&["日", "天", "day", "days"], unit("天", Measure::Days, 0)),
    (&["个", "笔", "份", "张", "件", "项", "期"], unit("个", Measure::Count, 0)),
];

impl Unit {
    /// Also reads `单位：万元`, `人民币万元` and `RMB`.
    pub fn read(word: &str) -> Option<Unit> {
        let word = key(word);
        let word = word.strip_prefix("单位:").unwrap_or(&word);
        let money = ["人民币", "rmb", "cny"].iter().find_map(|name| word.strip_prefix(name));
        let find = |word: &str| UNITS.iter().find(|(words, _)| words.contains(&word));
        match money {
            Some("") => find("元").map(|(_, unit)| *unit),
            Some(word) => {
                find(word).map(|(_, unit)| *unit).filter(|unit| unit.measure == Measure::Yuan)
            }
            None => find(word).map(|(_, unit)| *unit),
        }
    }
}

/// Yuan, exact to the fen. `header` is the unit that the column's header states.
pub fn amount(text: &str, header: Option<Unit>) -> Result<Decimal, NumberFault> {
    let (number, unit) = split(text, Measure::Yuan, header)?;
    number.decimal(unit.map_or(0, |unit| unit.power), AMOUNT_DECIMALS, " of a yuan")
}

/// A rate or share as a fraction: `4.35%` is 0.0435. A bare number is a fraction already, so from
/// 1 upwards it is ambiguous; 1 itself is 100%.
pub fn rate(text: &str, header: Option<Unit>) -> Result<Decimal, NumberFault> {
    let (number, unit) = split(text, Measure::Share, header)?;
    let power = unit.map_or(0, |unit| unit.power);
    let value = number.decimal(power, RATE_DECIMALS, " as a fraction")?;
    if unit.is_none() && value.abs() >= Decimal::ONE && value != Decimal::ONE {
        return Err(NumberFault::Ambiguous);
    }
    Ok(value)
}

/// A number without a unit, of any sign and size: `0.35`.
pub fn plain_number(text: &str) -> Result<Decimal, NumberFault> {
    signed(narrow(text).trim())?.decimal(0, RATE_DECIMALS, "")
}

/// A whole number of `measure`; `12个月` is read where months are wanted.
pub fn integer(text: &str, measure: Measure) -> Result<i64, NumberFault> {
    let (number, _) = split(text, measure, None)?;
    let value = number.decimal(0, 0, "")?;
    i64::try_from(value).map_err(|_| NumberFault::TooManyDigits)
}

pub fn date(text: &str) -> Option<Date> {
    crate::dates::parse(narrow(text).trim())
}

pub fn flag(text: &str) -> Option<bool> {
    match key(text).as_str() {
        "yes" | "是" => Some(true),
        "no" | "否" => Some(false),
        _ => None,
    }
}

/// Each word is a value, or a value and other ways to write it: `bullet/到期一次还本`. The value
/// is returned, whichever way the cell says it.
pub fn choice(text: &str, words: &[&'static str]) -> Option<&'static str> {
    let wanted = key(text);
    let says = |word: &&&'static str| word.split('/').any(|way| key(way) == wanted);
    words.iter().find(says).and_then(|word| word.split('/').next())
}

/// A name or note, trimmed, safe to write into a table that a spreadsheet opens.
pub fn text(text: &str) -> Result<&str, TextFault> {
    // A leading tab or line break also starts a formula in some programs: seen before trimming.
    if let Some(c) = text.chars().find(|c| is_invisible(*c)) {
        return Err(TextFault::Invisible(c));
    }
    let text = text.trim();
    if let Some(first) = text.chars().next().filter(|c| "=+-@＝＋－＠".contains(*c)) {
        return Err(TextFault::Formula(first));
    }
    let length = text.chars().count();
    if length > MAX_TEXT {
        return Err(TextFault::TooLong(length));
    }
    const ERRORS: [&str; 8] =
        ["#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NUM!", "#NULL!", "#SPILL!"];
    if ERRORS.contains(&text) || (text.len() > 2 && text.bytes().all(|b| b == b'#')) {
        return Err(TextFault::ErrorValue);
    }
    if text.contains("E+") && is_scientific(text) {
        return Err(TextFault::Shortened);
    }
    Ok(text)
}

/// The form in which words are compared: narrow, lower case, without spaces, `_` and `-`.
pub fn key(text: &str) -> String {
    let narrow = narrow(text);
    let kept = narrow.chars().filter(|c| !c.is_whitespace() && *c != '_' && *c != '-');
    kept.flat_map(char::to_lowercase).collect()
}

/// Full-width letters, digits and signs as plain ones. Names keep theirs; numbers do not.
pub fn narrow(text: &str) -> String {
    let one = |c: char| match c {
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(c) - 0xFF01 + 0x21).unwrap_or(c),
        '\u{3000}' | '\u{00A0}' => ' ',
        '\u{FFE5}' => '¥',
        '\u{2212}' => '-',
        _ => c,
    };
    text.chars().map(one).collect()
}

/// Characters that a reader cannot see and that make equal names differ: controls, zero-width
/// marks, direction marks, line separators; and the mark of text already lost.
pub fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{00AD}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{FFFD}')
}

/// -1^negative x mantissa x 10^-scale.
struct Number {
    negative: bool,
    mantissa: i128,
    scale: i32,
}

impl Number {
    /// Exact or a fault; zeros at the end of the fraction are not decimals.
    fn decimal(&self, power: i32, most: u32, of: &'static str) -> Result<Decimal, NumberFault> {
        let (mut mantissa, mut scale) = (self.mantissa, self.scale - power);
        while scale > 0 && mantissa % 10 == 0 {
            (mantissa, scale) = (mantissa / 10, scale - 1);
        }
        while scale < 0 {
            mantissa = mantissa.checked_mul(10).ok_or(NumberFault::TooManyDigits)?;
            scale += 1;
        }
        let scale = scale.unsigned_abs();
        if scale > most {
            return Err(NumberFault::TooManyDecimals { most, of });
        }
        if mantissa >= 10i128.pow(MAX_DIGITS as u32 + scale) {
            return Err(NumberFault::TooManyDigits);
        }
        let signed = if self.negative { -mantissa } else { mantissa };
        Decimal::try_from_i128_with_scale(signed, scale).map_err(|_| NumberFault::TooManyDigits)
    }
}

/// The number and the unit it is in: the cell's own, which must agree with the header's.
fn split(
    text: &str,
    measure: Measure,
    header: Option<Unit>,
) -> Result<(Number, Option<Unit>), NumberFault> {
    let text = narrow(text);
    let text = text.trim();
    let end = text.rfind(|c: char| c.is_ascii_digit() || ".,)".contains(c));
    let (digits, word) = text.split_at(end.map_or(text.len(), |at| at + 1));
    let number = signed(digits)?;
    if word.is_empty() {
        return Ok((number, header));
    }
    let own = Unit::read(word).filter(|unit| unit.measure == measure);
    let own = own.ok_or(NumberFault::NotANumber)?;
    match header {
        Some(header) if header.power != own.power => {
            Err(NumberFault::UnitClash { cell: own.word, header: header.word })
        }
        _ => Ok((number, Some(own))),
    }
}

/// `-¥1,000.00` and the like; `text` is narrow and trimmed.
fn signed(text: &str) -> Result<Number, NumberFault> {
    if text.starts_with('(') && text.ends_with(')') {
        return Err(NumberFault::Brackets);
    }
    let (sign, rest) = strip_one(text, &['-', '+']);
    let (_, rest) = strip_one(rest, &['¥']);
    let (late_sign, body) =
        if sign.is_none() { strip_one(rest, &['-', '+']) } else { (None, rest) };
    if !body.bytes().all(|b| b.is_ascii_digit() || b == b',' || b == b'.') {
        let scientific = is_scientific(body);
        return Err(if scientific { NumberFault::Scientific } else { NumberFault::NotANumber });
    }
    let (whole, fraction) = body.split_once('.').unwrap_or((body, ""));
    let point = body.contains('.');
    if !body.bytes().any(|b| b.is_ascii_digit()) || (point && fraction.is_empty()) {
        return Err(NumberFault::NotANumber);
    }
    if fraction.contains([',', '.']) || !well_grouped(whole) {
        return Err(NumberFault::Separators);
    }
    let fraction = fraction.trim_end_matches('0');
    let digits: String = whole.chars().filter(|c| *c != ',').chain(fraction.chars()).collect();
    let digits = digits.trim_start_matches('0');
    if digits.len() > MAX_MANTISSA_DIGITS || fraction.len() > MAX_MANTISSA_DIGITS {
        return Err(NumberFault::TooManyDigits);
    }
    let mantissa = match digits {
        "" => 0,
        digits => digits.parse().map_err(|_| NumberFault::TooManyDigits)?,
    };
    let negative = sign.or(late_sign) == Some('-');
    Ok(Number { negative, mantissa, scale: fraction.len() as i32 })
}

fn strip_one<'a>(text: &'a str, signs: &[char]) -> (Option<char>, &'a str) {
    match text.chars().next().filter(|c| signs.contains(c)) {
        Some(sign) => (Some(sign), text[sign.len_utf8()..].trim_start()),
        None => (None, text),
    }
}

/// Without separators, or the first group of 1 to 3 digits and every other of exactly 3.
fn well_grouped(whole: &str) -> bool {
    let mut groups = whole.split(',');
    let first = groups.next().unwrap_or("");
    let mut others = groups.peekable();
    if others.peek().is_none() {
        return true;
    }
    (1..=3).contains(&first.len())
        && !first.starts_with('0')
        && others.all(|group| group.len() == 3)
}

/// Digits with at most one point, `e`, an optional sign, digits.
fn is_scientific(text: &str) -> bool {
    let Some((head, tail)) = text.split_once(['e', 'E']) else {
        return false;
    };
    let tail = tail.strip_prefix(['+', '-']).unwrap_or(tail);
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    let (whole, fraction) = head.split_once('.').unwrap_or((head, "0"));
    digits(whole) && digits(fraction) && digits(tail)
}

#[cfg(test)]
mod tests;
