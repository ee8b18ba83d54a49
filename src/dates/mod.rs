//! Calendar dates as people write them.

use jiff::civil::Date;

/// Reads `2021-07-12`, `2021/7/12`, `20210712` and `2021年7月12日`; year first, always.
pub fn parse(text: &str) -> Option<Date> {
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    let parts: Vec<&str> = if text.len() == 8 && digits(text) {
        vec![&text[..4], &text[4..6], &text[6..]]
    } else if let Some(body) = text.strip_suffix('日') {
        body.split(['年', '月']).collect()
    } else if text.contains('/') {
        text.split('/').collect()
    } else {
        text.split('-').collect()
    };
    let [year, month, day] = parts[..] else {
        return None;
    };
    let well_formed = year.len() == 4 && month.len() <= 2 && day.len() <= 2;
    if !well_formed || !parts.iter().all(|part| digits(part)) {
        return None;
    }
    Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
}
