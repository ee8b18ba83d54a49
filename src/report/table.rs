//! A table on its way out: typed cells, written as CSV that a spreadsheet opens without asking.
//!
//! Invariant: the same cells give the same bytes. UTF-8 with a byte order mark, lines end in `\n`,
//! dates `YYYY-MM-DD`, yuan with two decimals and no separators, a blank where nothing applies.
use crate::dates::Date;
use crate::num::Decimal;

/// One value.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    Text(String),
    Date(Date),
    /// Whole fen, in yuan.
    Yuan(Decimal),
    /// A rate, a multiple: with so many decimals. What is not finite is written as a blank.
    Number(f64, usize),
    Count(i64),
    Blank,
}

impl Cell {
    /// Text of anything that has a form of its own.
    pub fn text(of: impl ToString) -> Cell {
        Cell::Text(of.to_string())
    }

    /// As the file has it.
    pub fn written(&self) -> String {
        match self {
            Cell::Text(text) => text.clone(),
            Cell::Date(date) => date.to_string(),
            Cell::Yuan(amount) => format!("{amount:.2}"),
            Cell::Number(value, decimals) => number(*value, *decimals),
            Cell::Count(count) => count.to_string(),
            Cell::Blank => String::new(),
        }
    }
}

/// Fixed decimals; nothing below 0 is written for what rounds to 0.
fn number(value: f64, decimals: usize) -> String {
    if !value.is_finite() {
        return String::new();
    }
    let text = format!("{value:.decimals$}");
    match text.strip_prefix('-') {
        Some(rest) if rest.bytes().all(|byte| matches!(byte, b'0' | b'.')) => rest.to_owned(),
        _ => text,
    }
}

/// One file of a run.
#[derive(Clone, Debug, PartialEq)]
pub struct Sheet {
    /// With its ending: `notes.csv`.
    pub name: &'static str,
    pub header: Vec<&'static str>,
    pub rows: Vec<Vec<Cell>>,
}

impl Sheet {
    /// A table without rows yet.
    pub fn new(name: &'static str, header: &[&'static str]) -> Sheet {
        Sheet { name, header: header.to_vec(), rows: Vec::new() }
    }

    /// The file.
    pub fn to_csv(&self) -> Vec<u8> {
        let mut writer = csv::WriterBuilder::new()
            .flexible(true)
            .terminator(csv::Terminator::Any(b'\n'))
            .from_writer("\u{feff}".as_bytes().to_vec());
        let lines = std::iter::once(self.header.iter().map(|name| (*name).to_owned()).collect())
            .chain(self.rows.iter().map(|row| row.iter().map(Cell::written).collect()));
        // Memory takes every record, whatever its length.
        let taken = lines.map(|line: Vec<String>| writer.write_record(line));
        let taken: Result<(), csv::Error> = taken.collect();
        debug_assert!(taken.is_ok());
        writer.into_inner().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_have_one_form() {
        let check = |cell: Cell, written: &str| assert_eq!(cell.written(), written);
        check(Cell::Yuan(Decimal::ZERO), "0.00");
        check(Cell::Yuan(Decimal::new(-1_234_567_890, 2)), "-12345678.90");
        check(Cell::Number(0.0325, 6), "0.032500");
        check(Cell::Number(-1e-9, 6), "0.000000");
        check(Cell::Number(-1e-6, 6), "-0.000001");
        check(Cell::Number(f64::NAN, 6), "");
        check(Cell::Number(f64::INFINITY, 2), "");
        check(Cell::Count(-3), "-3");
        check(Cell::Date(Date::constant(2024, 2, 29)), "2024-02-29");
        check(Cell::Blank, "");
    }

    #[test]
    fn a_file_is_csv_with_a_mark_and_plain_line_ends() {
        let mut sheet = Sheet::new("t.csv", &["name", "note"]);
        assert_eq!(sheet.to_csv(), "\u{feff}name,note\n".as_bytes());
        sheet.rows.push(vec![Cell::text("甲，乙"), Cell::text("a, \"b\"")]);
        sheet.rows.push(vec![Cell::Blank, Cell::Count(1)]);
        let text = "\u{feff}name,note\n甲，乙,\"a, \"\"b\"\"\"\n,1\n";
        assert_eq!(sheet.to_csv(), text.as_bytes());
    }
}
