//! Is this text a date?
//!
//! Only spellings that can be read one way: the year has four digits and comes first.
use std::ops::RangeInclusive;

use super::Date;

/// Years that are read.
pub const YEARS: RangeInclusive<i16> = 1990..=2100;

/// Reads `2021-07-12`, `2021-7-12`, `2021/7/12`, `20210712` and `2021年7月12日`, in half-width or
/// full-width characters, with blanks around it. None for a day that does not exist, for a year
/// outside 1990 to 2100, and for a time of day after the date.
pub fn parse(text: &str) -> Option<Date> {
    any_year(text).filter(|date| YEARS.contains(&date.year()))
}

/// Whether a text is a day of a year outside [`YEARS`].
pub fn is_out_of_range(text: &str) -> bool {
    any_year(text).is_some_and(|date| !YEARS.contains(&date.year()))
}

fn any_year(text: &str) -> Option<Date> {
    let [year, month, day] = parts(text.trim())?;
    let year = number(year, 4..=4)?;
    let month = number(month, 1..=2)?;
    let day = number(day, 1..=2)?;
    Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

fn parts(text: &str) -> Option<[&str; 3]> {
    if let Some(text) = text.strip_suffix('日') {
        let (year, rest) = text.split_once('年')?;
        let (month, day) = rest.split_once('月')?;
        return Some([year, month, day]);
    }
    for separator in ['-', '/', '－', '／'] {
        if let Some((year, rest)) = text.split_once(separator) {
            let (month, day) = rest.split_once(separator)?;
            return Some([year, month, day]);
        }
    }
    let mut starts = text.char_indices().map(|(at, _)| at);
    let (month, day) = (starts.nth(4)?, starts.nth(1)?);
    (starts.count() == 1).then(|| [&text[..month], &text[month..day], &text[day..]])
}

/// At most four digits, so the value fits.
fn number(text: &str, digits: std::ops::RangeInclusive<usize>) -> Option<i16> {
    if !digits.contains(&text.chars().count()) {
        return None;
    }
    text.chars().try_fold(0, |value, character| Some(value * 10 + digit(character)?))
}

fn digit(character: char) -> Option<i16> {
    let zero = if character.is_ascii() { '0' } else { '０' };
    let value = u32::from(character).checked_sub(u32::from(zero))?;
    i16::try_from(value).ok().filter(|value| *value <= 9)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, want: &str) {
        let got = parse(text).map_or("none".to_string(), |date| date.to_string());
        assert_eq!(got, want, "{text:?}");
    }

    #[test]
    fn dates_are_read() {
        for text in ["2021-07-12", "2021-7-12", "2021/7/12", "20210712", "2021年7月12日"] {
            check(text, "2021-07-12");
        }
        for text in [" 2021-07-12\t", "\u{3000}2021/7/12\u{3000}", "２０２１-０７-１２"] {
            check(text, "2021-07-12");
        }
        for text in
            ["２０２１年７月１２日", "２０２１０７１２", "２０２１／７／１２", "2021年07月12日"]
        {
            check(text, "2021-07-12");
        }
        check("2024-02-29", "2024-02-29");
        check("1990-01-01", "1990-01-01");
        check("21001231", "2100-12-31");
    }

    #[test]
    fn years_beyond_those_that_are_read_are_told_apart() {
        for text in ["2922/6/10", "1989-12-31", "21010101", "0001-01-01"] {
            assert!(is_out_of_range(text), "{text}");
        }
        for text in ["2022-06-10", "2922-13-10", "2922-02-30", "x"] {
            assert!(!is_out_of_range(text), "{text}");
        }
    }

    #[test]
    fn other_text_is_none() {
        let impossible = ["2023-02-29", "2023-02-30", "2021-13-01", "2021-00-10", "20210431"];
        let out_of_range = ["1989-12-31", "2101-01-01", "21-7-12", "210712", "99991231"];
        let unlike = ["", "2021", "2021-07", "2021-7/12", "2021-07-12-01", "2021-007-12"];
        let nearly = ["2021年7月12", "7/12/2021", "2021-07-12 00:00", "2021-+7-12", "202107121"];
        let odd =
            ["2021--12", "2021年月日", "-2021-07-12", "2021 07 12", "45000", "日", "ab210712"];
        for texts in [&impossible[..], &out_of_range, &unlike, &nearly, &odd] {
            texts.iter().for_each(|text| check(text, "none"));
        }
    }
}
