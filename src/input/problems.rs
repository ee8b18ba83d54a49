//! Every problem of a run, each with its place, said in one voice. Invariant: a mistake is worded
//! here and nowhere else, so that the same mistake reads the same in every file.
//!
//! A line is `loans.csv:17: maturity: 2023-02-30 is not a date (want YYYY-MM-DD)`: file, row as
//! the spreadsheet shows it (the header is row 1), column as its header is written, then what was
//! found and what is wanted, in lower case and without a full stop.

use super::cell::{self, NumberFault, TextFault};
use super::columns::TABLES;
use crate::dates::{YEARS, is_out_of_range};
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::fmt::{self, Write};

/// Lines printed at most; the rest is counted in one last line.
pub const MAX_LINES: usize = 200;
/// Characters of a cell that a message repeats.
const MAX_SHOWN: usize = 40;

/// Where a problem is; without a row it concerns the file, without a column the row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    pub file: String,
    pub row: Option<usize>,
    pub column: Option<String>,
}

impl Place {
    pub fn file(file: &str) -> Place {
        Place { file: file.to_string(), row: None, column: None }
    }

    pub fn row(file: &str, row: usize) -> Place {
        Place { file: file.to_string(), row: Some(row), column: None }
    }

    pub fn cell(file: &str, row: usize, column: &str) -> Place {
        Place { file: file.to_string(), row: Some(row), column: Some(column.to_string()) }
    }
}

/// The one place that knows how a place is written.
impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(&self.file)?;
        if let Some(row) = self.row {
            write!(f, ":{row}")?;
        }
        if let Some(column) = &self.column {
            write!(f, ": {}", shown(column))?;
        }
        Ok(())
    }
}

/// What the tables are called where they are sheets of a workbook; nothing for a folder.
#[derive(Clone, Debug, Default)]
pub struct Naming {
    pub sheets: Vec<SheetName>,
}

/// One sheet.
#[derive(Clone, Debug)]
pub struct SheetName {
    /// The table's name in a folder.
    pub file: String,
    pub sheet: String,
    /// Header cells as they are written, with their column counted from 0.
    pub columns: Vec<(String, u32)>,
    /// Of a table with one value a row: where the values stand.
    pub value: Option<u32>,
}

impl SheetName {
    /// The header over a column, or nothing.
    pub fn written(&self, column: u32) -> String {
        let found = self.columns.iter().find(|found| found.1 == column);
        found.map_or_else(|| letters(column), |found| found.0.clone())
    }

    fn letters_of(&self, written: &str) -> Option<String> {
        let own = self.columns.iter().find(|found| found.0 == written).map(|found| found.1);
        own.or(self.value).map(letters)
    }
}

impl Naming {
    /// A problem in one line: `loans.csv:17: maturity: ...`, or in a workbook
    /// `loans!F17: maturity: ...`, where other tables are sheets too.
    pub fn line(&self, place: &Place, text: &str) -> String {
        if self.sheets.is_empty() {
            return format!("{place}: {text}");
        }
        let named = self.sheets.iter().find(|sheet| sheet.file == place.file);
        let sheet = named.map_or(place.file.trim_end_matches(".csv"), |found| &found.sheet);
        let mut out = sheet.to_string();
        if let Some(row) = place.row {
            let column = place.column.as_deref();
            let column = named.zip(column).and_then(|(found, column)| found.letters_of(column));
            let _ = write!(out, "!{}{row}", column.unwrap_or_default());
        }
        if let Some(column) = &place.column {
            let _ = write!(out, ": {}", shown(column));
        }
        let text = text.replace("the folder has no such table", "the workbook has no such sheet");
        let mut text = text.replace("the file is empty", "the sheet is empty");
        for table in TABLES {
            text =
                text.replace(table.file, &format!("sheet {}", table.file.trim_end_matches(".csv")));
        }
        format!("{out}: {text}")
    }
}

/// A column of a spreadsheet, counted from 0: A, B, ... Z, AA.
pub fn letters(column: u32) -> String {
    let mut rest = column + 1;
    let mut letters = String::new();
    while rest > 0 {
        rest -= 1;
        letters.insert(0, char::from(b'A' + (rest % 26) as u8));
        rest /= 26;
    }
    letters
}

/// Collects problems through a shared reference, so that every reader can hold it.
#[derive(Debug)]
pub struct Problems {
    found: RefCell<Found>,
    naming: Naming,
    /// Cells that hold nothing to read: what else is wrong with them is not told.
    lost: RefCell<Vec<Place>>,
}

#[derive(Debug)]
struct Found {
    /// In order of first mention.
    files: Vec<String>,
    /// Index into `files`, row, the whole line.
    lines: Vec<(usize, Option<usize>, String)>,
    /// Index into `files`, column as it is written.
    columns: BTreeSet<(usize, Option<String>)>,
    seen: BTreeSet<String>,
}

impl Problems {
    #[expect(clippy::new_without_default, reason = "default means credit default in this crate")]
    pub fn new() -> Problems {
        Problems::named(Naming::default())
    }

    /// Of a workbook.
    pub fn named(naming: Naming) -> Problems {
        let found = Found {
            files: Vec::new(),
            lines: Vec::new(),
            columns: BTreeSet::new(),
            seen: BTreeSet::new(),
        };
        Problems { found: RefCell::new(found), naming, lost: RefCell::new(Vec::new()) }
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether a problem of this file is of the file, of a whole row, or of a column that is
    /// `wanted`, as its header is written.
    pub fn touch(&self, file: &str, wanted: impl Fn(&str) -> bool) -> bool {
        let found = self.found.borrow();
        let of_file = |at: usize| found.files[at].split(", ").any(|part| part == file);
        let mut columns = found.columns.iter().filter(|(at, _)| of_file(*at));
        columns.any(|(_, column)| column.as_deref().is_none_or(&wanted))
    }

    /// Distinct problems, also those beyond what is printed.
    pub fn len(&self) -> usize {
        self.found.borrow().lines.len()
    }

    /// Files in order of first mention, then by row; equal lines once; at most [`MAX_LINES`] and
    /// one that counts the rest.
    pub fn into_lines(self) -> Vec<String> {
        let mut lines = self.found.into_inner().lines;
        lines.sort_by_key(|(file, row, _)| (*file, *row));
        let rest = lines.len().saturating_sub(MAX_LINES);
        let shown = lines.into_iter().take(MAX_LINES).map(|(_, _, line)| line);
        let last = match rest {
            0 => None,
            1 => Some("... and 1 more problem".to_string()),
            more => Some(format!("... and {more} more problems")),
        };
        shown.chain(last).collect()
    }

    /// A cell that cannot be read at all.
    pub fn lost(&self, place: &Place, why: &str) {
        self.at(place, why);
        self.lost.borrow_mut().push(place.clone());
    }

    /// A problem or a warning in one line.
    pub fn line(&self, place: &Place, text: impl fmt::Display) -> String {
        self.naming.line(place, &text.to_string())
    }

    /// For a mistake that only one caller can make; others have a method of their own below.
    pub fn at(&self, place: &Place, text: impl fmt::Display) {
        if self.lost.borrow().contains(place) {
            return;
        }
        let line = self.line(place, text);
        let mut found = self.found.borrow_mut();
        if !found.seen.insert(line.clone()) {
            return;
        }
        let known = found.files.iter().position(|file| *file == place.file);
        let file = known.unwrap_or_else(|| {
            found.files.push(place.file.clone());
            found.files.len() - 1
        });
        found.lines.push((file, place.row, line));
        found.columns.insert((file, place.column.clone()));
    }

    /// Looking for a near word costs time, and nobody reads it after the last printed line.
    fn hint<'a>(&self, word: &str, known: impl IntoIterator<Item = &'a str>) -> String {
        let near = if self.len() < MAX_LINES { nearest(word, known) } else { None };
        near.map(|near| format!(" (did you mean {}?)", shown(near))).unwrap_or_default()
    }
}

/// Cells.
impl Problems {
    pub fn empty_cell(&self, place: &Place) {
        self.at(place, "the cell is empty, a value is required");
    }

    pub fn not_a_date(&self, place: &Place, found: &str) {
        let told = shown(found);
        if !is_out_of_range(found) {
            return self.at(place, format_args!("{told} is not a date (want YYYY-MM-DD)"));
        }
        let (from, to) = YEARS.into_inner();
        self.at(place, format_args!("{told} is out of range (want a year from {from} to {to})"));
    }

    pub fn not_an_amount(&self, place: &Place, found: &str, fault: NumberFault) {
        self.not_a_number(place, found, "an amount", "want 1000000.00 or 100万元", fault);
    }

    pub fn not_a_rate(&self, place: &Place, found: &str, fault: NumberFault) {
        match fault {
            NumberFault::Ambiguous => self.ambiguous_rate(place, found),
            _ => self.not_a_number(place, found, "a rate", "want 4.35% or 0.0435", fault),
        }
    }

    pub fn ambiguous_rate(&self, place: &Place, found: &str) {
        let found = shown(found);
        self.at(place, format_args!("{found} is ambiguous (write {found}%, or % in the header)"));
    }

    pub fn not_a_plain_number(&self, place: &Place, found: &str, fault: NumberFault) {
        self.not_a_number(place, found, "a number", "want 0.35", fault);
    }

    pub fn not_an_integer(&self, place: &Place, found: &str, fault: NumberFault) {
        self.not_a_number(place, found, "a whole number", "want 12", fault);
    }

    fn not_a_number(&self, place: &Place, found: &str, kind: &str, want: &str, fault: NumberFault) {
        let found = shown(found);
        let why = match fault {
            NumberFault::NotANumber | NumberFault::Ambiguous => {
                return self.at(place, format_args!("{found} is not {kind} ({want})"));
            }
            NumberFault::UnitClash { cell, header } => {
                let text = format_args!("{found} is in {cell}, but its column is in {header}");
                return self.at(place, text);
            }
            NumberFault::Separators => "separators are misplaced (want 1,000,000.00)".to_string(),
            NumberFault::Scientific => "scientific notation has lost digits".to_string(),
            NumberFault::Brackets => "brackets do not mean minus here".to_string(),
            NumberFault::TooManyDigits => {
                format!("more than {} digits before the point", cell::MAX_DIGITS)
            }
            NumberFault::TooManyDecimals { most: 0, .. } => "it has decimals".to_string(),
            NumberFault::TooManyDecimals { most, of } => format!("more than {most} decimals{of}"),
        };
        self.at(place, format_args!("{found} is not {kind}: {why}"));
    }

    pub fn not_a_flag(&self, place: &Place, found: &str) {
        self.at(place, format_args!("{} is neither yes nor no (是 or 否)", shown(found)));
    }

    pub fn not_one_of(&self, place: &Place, found: &str, words: &[&str]) {
        let hint = self.hint(found, words.iter().flat_map(|word| word.split('/')));
        let words: Vec<&str> = words.iter().filter_map(|word| word.split('/').next()).collect();
        let text = format!("{} is not one of {}{hint}", shown(found), words.join(", "));
        self.at(place, text);
    }

    pub fn not_a_text(&self, place: &Place, found: &str, fault: TextFault) {
        let found = shown(found);
        match fault {
            TextFault::Formula(first) => {
                let why = "which a spreadsheet runs as a formula";
                self.at(place, format_args!("{found} starts with {first}, {why}"));
            }
            TextFault::Invisible(c) => self.invisible(place, c),
            TextFault::TooLong(n) => {
                let most = cell::MAX_TEXT;
                self.at(place, format_args!("text of {n} characters (at most {most})"));
            }
            TextFault::Shortened => {
                let how = "set the column to text before saving";
                self.at(place, format_args!("{found} was shortened by a spreadsheet ({how})"));
            }
            TextFault::ErrorValue => {
                self.at(place, format_args!("{found} is a spreadsheet's error value"));
            }
        }
    }

    /// `want` continues "want ...": `0 to 1`, `above 0`.
    pub fn out_of_range(&self, place: &Place, found: impl fmt::Display, want: &str) {
        let found = found.to_string();
        self.at(place, format_args!("{} is out of range (want {want})", shown(&found)));
    }
}

/// Rows against each other, and against other files.
impl Problems {
    pub fn duplicate_key(&self, place: &Place, key: &str, first_row: usize) {
        self.at(place, format_args!("{} is already in row {first_row}", shown(key)));
    }

    /// `known` are the keys that `target` does have, for the nearest one.
    pub fn dangling<'a>(
        &self,
        place: &Place,
        key: &str,
        target: &str,
        known: impl IntoIterator<Item = &'a str>,
    ) {
        let hint = self.hint(key, known);
        self.at(place, format_args!("{} is not in {target}{hint}", shown(key)));
    }

    pub fn ragged_row(&self, place: &Place, cells: usize, header: usize) {
        let many = if cells == 1 { "cell" } else { "cells" };
        self.at(place, format_args!("row has {cells} {many}, the header has {header}"));
    }

    pub fn total_row(&self, place: &Place, found: &str) {
        self.at(place, format_args!("{} looks like a row of totals (remove it)", shown(found)));
    }
}

/// Headers.
impl Problems {
    pub fn unknown_column<'a>(&self, place: &Place, known: impl IntoIterator<Item = &'a str>) {
        let hint = self.hint(place.column.as_deref().unwrap_or_default(), known);
        self.at(place, format_args!("unknown column{hint}"));
    }

    pub fn missing_column(&self, place: &Place, name: &str, also: &[&str]) {
        let also = match also {
            [] => String::new(),
            also => format!(" (or {})", also.join(", ")),
        };
        self.at(place, format_args!("required column {name} is missing{also}"));
    }

    pub fn duplicate_column(&self, place: &Place, first: &str) {
        self.at(place, format_args!("same column as {} before it", shown(first)));
    }

    pub fn unnamed_column(&self, place: &Place, column: usize) {
        self.at(place, format_args!("a cell in column {column}, which has no header"));
    }

    pub fn no_header(&self, place: &Place) {
        self.at(place, "no known column (the header must be the first row)");
    }

    /// `want` lists the units that fit; empty for a column that has none.
    pub fn unknown_unit(&self, place: &Place, found: &str, want: &str) {
        let found = shown(found);
        match want {
            "" => self.at(place, format_args!("unit {found} on a column without unit")),
            want => self.at(place, format_args!("unit {found} does not fit (want {want})")),
        }
    }

    pub fn unit_clash(&self, place: &Place, found: &str, header: &str) {
        self.at(place, format_args!("unit {} below a header in {header}", shown(found)));
    }
}

/// Whole files.
impl Problems {
    pub fn empty_file(&self, place: &Place) {
        self.at(place, "the file is empty");
    }

    pub fn too_large(&self, place: &Place, most: usize, what: &str) {
        self.at(place, format_args!("more than {most} {what}"));
    }

    pub fn utf16(&self, place: &Place) {
        self.at(place, "the file is UTF-16 (save it as CSV UTF-8)");
    }

    pub fn not_utf8(&self, place: &Place, byte: u8) {
        let why = "is not UTF-8, and the file does not read as GB18030 (save it as CSV UTF-8)";
        self.at(place, format_args!("byte 0x{byte:02X} {why}"));
    }

    pub fn unclear_encoding(&self, place: &Place) {
        let text = "the text may be UTF-8 or GB18030 (save it as CSV UTF-8 with BOM)";
        self.at(place, text);
    }

    pub fn invisible(&self, place: &Place, found: char) {
        let code = u32::from(found);
        match found {
            '\0' => self.at(place, "a zero byte, this is not a text file (save it as CSV UTF-8)"),
            '\t' => self.at(place, "a tab inside a cell"),
            '\u{FFFD}' => self.at(place, "a replacement character U+FFFD, text was lost earlier"),
            _ => self.at(place, format_args!("an invisible character U+{code:04X}")),
        }
    }

    pub fn separator(&self, place: &Place, found: &str) {
        self.at(place, format_args!("cells are separated by a {found} (want a comma)"));
    }

    pub fn open_quote(&self, place: &Place) {
        self.at(place, "a quote is not closed in its row (a cell holds one line)");
    }

    pub fn stray_quote(&self, place: &Place) {
        self.at(place, "a quote inside a cell (write the cell as \"a \"\"b\"\" c\")");
    }
}

/// The candidate that one slip in three characters may have meant; the first of equals.
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word = cell::key(word);
    let length = word.chars().count();
    if !(2..=cell::MAX_TEXT).contains(&length) {
        return None;
    }
    let near =
        known.into_iter().map(|other| (strsim::osa_distance(&word, &cell::key(other)), other));
    let slips = (length / 3).max(1);
    near.filter(|(slip, _)| *slip <= slips).min_by_key(|(slip, _)| *slip).map(|(_, other)| other)
}

/// A user's text inside a message: short, and nothing in it can move the cursor.
fn shown(text: &str) -> String {
    let mut out = String::new();
    for (count, c) in text.trim().chars().enumerate() {
        if count == MAX_SHOWN {
            out.push('…');
            break;
        }
        match cell::is_invisible(c) {
            true => out.extend(c.escape_unicode()),
            false => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_go_by_file_of_first_mention_then_row_and_only_once() {
        let problems = Problems::new();
        assert!(problems.is_empty());
        problems.at(&Place::row("b.csv", 9), "x");
        problems.at(&Place::cell("a.csv", 2, "利率"), "x");
        problems.at(&Place::cell("b.csv", 2, "z"), "x");
        problems.at(&Place::cell("b.csv", 2, "y"), "x");
        problems.at(&Place::row("b.csv", 9), "x");
        problems.at(&Place::file("b.csv"), "x");
        assert_eq!(problems.len(), 5);
        let expected =
            ["b.csv: x", "b.csv:2: z: x", "b.csv:2: y: x", "b.csv:9: x", "a.csv:2: 利率: x"];
        assert_eq!(problems.into_lines(), expected);
    }

    #[test]
    fn the_rest_is_counted() {
        for (count, last) in [
            (200, "f:200: x"),
            (201, "... and 1 more problem"),
            (7_200, "... and 7000 more problems"),
        ] {
            let problems = Problems::new();
            (1..=count).rev().for_each(|row| problems.at(&Place::row("f", row), "x"));
            let lines = problems.into_lines();
            assert_eq!(lines.last().map(String::as_str), Some(last));
            assert_eq!(lines[0], "f:1: x");
        }
    }

    #[test]
    fn a_message_repeats_little_and_shows_what_is_hidden() {
        let problems = Problems::new();
        problems.not_a_date(&Place::file("f"), &"长".repeat(500));
        problems.not_a_date(&Place::file("f"), "1\u{1b}[2J");
        let long = "长".repeat(MAX_SHOWN);
        let expected = [
            format!("f: {long}… is not a date (want YYYY-MM-DD)"),
            "f: 1\\u{1b}[2J is not a date (want YYYY-MM-DD)".to_string(),
        ];
        assert_eq!(problems.into_lines(), expected);
    }
}
