//! Problems of a deal in the reader's language: the reader of tables has them in English.
//!
//! Invariant: nothing is lost: in Chinese the place and the count are said, and what is found and
//! wanted where its wording is listed here; any other text stays as it is.
mod words;

use crate::report::Lang;
use crate::report::remarks::{said_by, said_with};
use words::{PARTS, WORDS};

/// The lines to print: in Chinese, how many there are and then each.
pub fn said(lines: Vec<String>, lang: Lang) -> Vec<String> {
    if lang == Lang::En || lines.is_empty() {
        return lines;
    }
    let more = |line: &String| -> Option<usize> {
        line.strip_prefix("... and ")?.split(' ').next()?.parse().ok()
    };
    let beyond = lines.last().and_then(more);
    let count = lines.len() + beyond.map_or(0, |more| more - 1);
    let each = lines.iter().map(|line| match more(line) {
        Some(more) => format!("……另有 {more} 个问题"),
        None => one(line, lang),
    });
    std::iter::once(format!("共 {count} 个问题：")).chain(each).collect()
}

/// One of them: `loans.csv:17: maturity: ...`, `loans!F17: maturity: ...`.
pub fn one(line: &str, lang: Lang) -> String {
    if lang == Lang::En {
        return line.to_owned();
    }
    let Some((place, text)) = line.split_once(": ") else { return text_said(line) };
    let place = match place.rsplit_once(':') {
        Some((file, row)) if row.bytes().all(|byte| byte.is_ascii_digit()) => {
            format!("{file} 第 {row} 行")
        }
        _ => place.to_owned(),
    };
    match text.split_once(": ") {
        // A column's header, then the text, which may hold a colon of its own.
        Some((column, rest)) if !column.contains(' ') => {
            format!("{place}，{column}：{}", text_said(rest))
        }
        _ => format!("{place}：{}", text_said(text)),
    }
}

fn text_said(text: &str) -> String {
    let hinted = text.strip_suffix("?)").and_then(|rest| rest.rsplit_once(" (did you mean "));
    let (text, hint) = match hinted {
        Some((text, near)) => (text, format!("（是否应为 {near}？）")),
        None => (text, String::new()),
    };
    let part = |part: &str| said_by(PARTS, part).unwrap_or_else(|| part.to_owned());
    said_with(WORDS, text, part).unwrap_or_else(|| text.to_owned()) + &hint
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn place_count_and_what_is_wanted_are_said_in_chinese() {
        let check = |lines: &[&str], wanted: &[&str]| {
            let lines: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
            assert_eq!(said(lines.clone(), Lang::En), lines);
            assert_eq!(said(lines, Lang::Zh), wanted);
        };
        check(
            &[
                "loans.csv:17: maturity: 2023-02-30 is not a date (want YYYY-MM-DD)",
                "loans!F17: 到期日: 2023-02-30 is not a date (want YYYY-MM-DD)",
                "loans.csv:3: repayment: bulet is not one of level, bullet (did you mean bullet?)",
                "deal.csv: the folder has no such table",
                "fees.csv:2: row has 3 cells, the header has 7",
                "something else: of two: parts",
                "... and 7000 more problems",
            ],
            &[
                "共 7006 个问题：",
                "loans.csv 第 17 行，maturity：2023-02-30 不是日期（应为 YYYY-MM-DD）",
                "loans!F17，到期日：2023-02-30 不是日期（应为 YYYY-MM-DD）",
                "loans.csv 第 3 行，repayment：bulet 不在可选值之内：level, bullet（是否应为 bullet？）",
                "deal.csv：文件夹中没有该表",
                "fees.csv 第 2 行：该行 3 格，表头 7 格",
                "something else：of two: parts",
                "……另有 7000 个问题",
            ],
        );
        check(&[], &[]);
    }

    #[test]
    fn places_are_as_many_in_both_languages() {
        for (en, zh) in WORDS.iter().chain(PARTS) {
            assert_eq!(en.matches("{}").count(), zh.matches("{}").count(), "{en}");
        }
    }
}
