//! Problems of a deal in the reader's language: the reader of tables has them in English.
//!
//! Invariant: nothing is lost: in Chinese the place and the count are said, and what is found and
//! wanted where its wording is listed here; any other text stays as it is.
use crate::report::Lang;
use crate::report::remarks::said_by;

/// What was found and what is wanted; names and figures take the places of `{}`, in order.
const WORDS: &[(&str, &str)] = &[
    ("the cell is empty, a value is required", "单元格为空，须填值"),
    ("{} is not a date (want YYYY-MM-DD)", "{} 不是日期（应为 YYYY-MM-DD）"),
    ("{} is not an amount (want {})", "{} 不是金额（应如 {}）"),
    ("{} is not a rate (want {})", "{} 不是比率（应如 {}）"),
    ("{} is not a number (want {})", "{} 不是数字（应如 {}）"),
    ("{} is not a whole number (want {})", "{} 不是整数（应如 {}）"),
    ("{} is not a whole number: it has decimals", "{} 不是整数：含小数"),
    ("{} is ambiguous (write {}, or % in the header)", "{} 含义不明（请写 {}，或在表头注明 %）"),
    ("{} is in {}, but its column is in {}", "{} 的单位为 {}，而该列单位为 {}"),
    ("{} is neither yes nor no (是 or 否)", "{} 既非“是”也非“否”"),
    ("{} is not one of {}", "{} 不在可选值之内：{}"),
    ("{} is out of range (want {})", "{} 超出范围（应为 {}）"),
    ("{} is already in row {}", "{} 已见于第 {} 行"),
    ("{} is not in {}", "{} 不在 {} 中"),
    ("{} looks like a row of totals (remove it)", "{} 似为合计行（请删除）"),
    ("{} was shortened by a spreadsheet ({})", "{} 已被电子表格截短（{}）"),
    ("{} is a spreadsheet's error value", "{} 是电子表格的错误值"),
    ("row has {} cells, the header has {}", "该行 {} 格，表头 {} 格"),
    ("row has {} cell, the header has {}", "该行 {} 格，表头 {} 格"),
    ("unknown column", "未知的列"),
    ("required column {} is missing (or {})", "缺少必需的列 {}（或 {}）"),
    ("required column {} is missing", "缺少必需的列 {}"),
    ("same column as {} before it", "与其前的列 {} 重复"),
    ("a cell in column {}, which has no header", "第 {} 列有内容而无表头"),
    ("no known column (the header must be the first row)", "没有认识的列（首行须为表头）"),
    ("unit {} on a column without unit", "该列无单位，却写有单位 {}"),
    ("unit {} does not fit (want {})", "单位 {} 不合（应为 {}）"),
    ("unit {} below a header in {}", "单位 {} 与表头单位 {} 不一致"),
    ("the file is empty", "文件为空"),
    ("the sheet is empty", "工作表为空"),
    ("the folder has no such table", "文件夹中没有该表"),
    ("the workbook has no such sheet", "工作簿中没有该工作表"),
    ("the file is UTF-16 (save it as CSV UTF-8)", "文件为 UTF-16 编码（请另存为 CSV UTF-8）"),
    ("cells are separated by a {} (want a comma)", "单元格以 {} 分隔（应为逗号）"),
    ("more than {} {}", "超过 {} {}"),
];

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
        None => one(line),
    });
    std::iter::once(format!("共 {count} 个问题：")).chain(each).collect()
}

/// `loans.csv:17: maturity: ...`, `loans!F17: maturity: ...`.
fn one(line: &str) -> String {
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
    said_by(WORDS, text).unwrap_or_else(|| text.to_owned()) + &hint
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
        for (en, zh) in WORDS {
            assert_eq!(en.matches("{}").count(), zh.matches("{}").count(), "{en}");
        }
    }
}
