//! A deal as one workbook: a sheet for each table, under the table's English or Chinese name. Each
//! sheet becomes the text of the table that it would be as CSV, row by row, so that everything
//! after reads one kind of table; problems name sheet and cell (`loans!F17`).
//!
//! Invariant: what a cell says is its text, and nothing is lost on the way: a number is written
//! out in full at 15 significant digits, as many as a spreadsheet keeps and shows, so an amount
//! below 10,000,000,000,000 yuan has exactly the fen that were typed; one that has more than two
//! decimals at 15 digits is then refused by the column that reads it. A cell formatted in percent
//! keeps its sign (`4.35%`), one formatted as a day is that day (`2021-07-12`), TRUE is yes. A
//! number of 16 digits and more, a formula without a stored value, merged cells and a line break in
//! a cell are problems.
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{Cursor, Read};
use std::path::Path;

use calamine::{DataRef, Dimensions, Reader, Xlsx, XlsxError};

use super::cell;
use super::columns::TABLES;
use super::folder::Source;
use super::header::{self, MAX_COLUMNS};
use super::problems::{Naming, Place, SheetName, letters};
use super::table::{Column, MAX_BYTES, MAX_ROWS};

/// Sheets of a workbook that are for people.
const REMARKS: &[&str] = &["readme", "说明"];
/// Rows looked at, so that a cell far below does not take all memory.
const LAST_ROW: u32 = MAX_ROWS as u32 + 1_000;
/// From here on a binary fraction does not hold every whole number of 15 digits.
const TOO_LARGE: f64 = 1e15;
/// The last day that a spreadsheet knows, 9999-12-31.
const LAST_DAY: f64 = 2_958_465.0;

/// A workbook as its tables.
#[derive(Clone, Debug)]
pub struct Workbook {
    /// By the names that the tables have in a folder.
    pub sources: Vec<Source>,
    /// What its sheets and columns are called.
    pub(super) naming: Naming,
    /// What is wrong with single cells.
    pub(super) faults: Vec<(Place, String)>,
    /// Its own name, and its bytes.
    pub(super) file: Source,
}

/// Whether this is a file that is read as a workbook.
pub fn is_workbook(path: &Path) -> bool {
    let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase());
    matches!(ending.as_deref(), Some("xlsx" | "xlsm")) && !path.is_dir()
}

/// Opens a workbook; why it cannot be read at all.
pub fn read_workbook(path: &Path) -> Result<Workbook, String> {
    let shown = path.display();
    let file = File::open(path).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => format!("{shown}: there is no such workbook"),
        _ => format!("{shown}: the workbook cannot be read: {error}"),
    })?;
    let mut bytes = Vec::new();
    let most = MAX_BYTES as u64 + 1;
    let read = file.take(most).read_to_end(&mut bytes);
    read.map_err(|error| format!("{shown}: the workbook cannot be read: {error}"))?;
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
    workbook(&name.unwrap_or_default(), bytes).map_err(|why| format!("{shown}: {why}"))
}

/// From the bytes of a file.
pub fn workbook(name: &str, bytes: Vec<u8>) -> Result<Workbook, String> {
    if bytes.len() > MAX_BYTES {
        return Err(format!("more than {MAX_BYTES} bytes"));
    }
    let damaged = |error: XlsxError| match error {
        XlsxError::Password => "the workbook is protected by a password (save it without one)",
        _ => "this is no workbook, or a damaged one (save it again as .xlsx)",
    };
    let mut book = Xlsx::new(Cursor::new(bytes.as_slice())).map_err(damaged)?;
    let mut out = Workbook {
        sources: Vec::new(),
        naming: Naming::default(),
        faults: Vec::new(),
        file: Source { name: name.to_owned(), bytes: Vec::new() },
    };
    for sheet in book.sheet_names() {
        let of_sheet = |_: XlsxError| {
            let how = "it may be damaged (save the workbook again as .xlsx)";
            format!("sheet {sheet} cannot be read, {how}")
        };
        let Some(cells) = cells(&mut book, &sheet).map_err(of_sheet)? else { continue };
        let merged = book.merge_cells_by_sheet_name(&sheet).map_err(of_sheet)?;
        out.add(&sheet, cells, &merged);
    }
    if out.sources.is_empty() {
        return Err("there are no tables of a deal in the workbook".to_owned());
    }
    out.file.bytes = bytes;
    Ok(out)
}

/// One sheet: texts by row and column, and what is wrong with cells.
#[derive(Default)]
struct Cells {
    rows: BTreeMap<u32, BTreeMap<u32, String>>,
    faults: Vec<((u32, u32), String)>,
}

/// `None` for a sheet that is no table of cells (a chart).
fn cells(book: &mut Xlsx<Cursor<&[u8]>>, sheet: &str) -> Result<Option<Cells>, XlsxError> {
    let mut percent = BTreeSet::new();
    {
        let mut reader = match book.worksheet_cells_reader(sheet) {
            Ok(reader) => reader,
            Err(XlsxError::NotAWorksheet(_)) => return Ok(None),
            Err(error) => return Err(error),
        };
        let styles: Vec<bool> = reader
            .styles()
            .iter()
            .map(|style| {
                let format = style.number_format.as_ref();
                format.is_some_and(|format| format.format_code.contains('%'))
            })
            .collect();
        while let Some((row, column, style)) = reader.next_style_id()? {
            if styles.get(style) == Some(&true) && row < LAST_ROW {
                percent.insert((row, column));
            }
        }
    }
    let mut out = Cells::default();
    let mut reader = book.worksheet_cells_reader(sheet)?;
    while let Some(cell) = reader.next_cell_with_formula()? {
        let (row, column) = cell.pos;
        let formula = cell.formula.is_some_and(|formula| !formula.is_empty());
        if cell.value == DataRef::Empty && !formula {
            continue;
        }
        if row >= LAST_ROW || column >= 2 * MAX_COLUMNS as u32 {
            let why = "a cell beyond the rows and columns of a table".to_owned();
            out.faults.push(((row, column), why));
            return Ok(Some(out));
        }
        match text(&cell.value, percent.contains(&cell.pos)) {
            Ok(text) if text.is_empty() && formula && cell.value == DataRef::Empty => {
                let why = "a formula without a stored value (open the workbook in a spreadsheet \
                           program and save it)";
                out.faults.push((cell.pos, why.to_owned()));
            }
            Ok(text) if text.contains(['\n', '\r']) => {
                out.faults.push((cell.pos, "a line break (a cell holds one line)".to_owned()));
            }
            Ok(text) => {
                out.rows.entry(row).or_default().insert(column, text);
            }
            Err(why) => out.faults.push((cell.pos, why)),
        }
    }
    Ok(Some(out))
}

/// What a cell says.
fn text(value: &DataRef, percent: bool) -> Result<String, String> {
    match value {
        DataRef::Empty => Ok(String::new()),
        DataRef::String(text) => Ok(text.trim().to_owned()),
        DataRef::SharedString(text) => Ok(text.trim().to_owned()),
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => Ok(text.clone()),
        DataRef::Bool(true) => Ok("yes".to_owned()),
        DataRef::Bool(false) => Ok("no".to_owned()),
        DataRef::Int(value) => number(*value as f64, percent),
        DataRef::Float(value) => number(*value, percent),
        DataRef::DateTime(serial) => {
            let days = serial.as_f64();
            if !(0.0..=LAST_DAY).contains(&days) || serial.is_duration() {
                return number(days, percent);
            }
            let (year, month, day, hour, minute, second, _) = serial.to_ymd_hms_milli();
            let date = format!("{year:04}-{month:02}-{day:02}");
            match (hour, minute, second) {
                (0, 0, 0) => Ok(date),
                // A time of day is no part of a date: the column refuses it.
                _ => Ok(format!("{date} {hour:02}:{minute:02}:{second:02}")),
            }
        }
        DataRef::Error(error) => Err(format!("the cell is an error: {error}")),
    }
}

/// In full, at 15 significant digits, nothing after the last one that is not 0.
fn number(value: f64, percent: bool) -> Result<String, String> {
    if !value.is_finite() || value.abs() >= TOO_LARGE {
        let why = "a number of more than 15 digits has lost digits (format the cell as text)";
        return Err(why.to_owned());
    }
    let scientific = format!("{value:.14e}");
    let (mantissa, power) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let power = power.parse::<i32>().unwrap_or_default() + if percent { 2 } else { 0 };
    let (sign, digits) = match mantissa.strip_prefix('-') {
        Some(rest) => ("-", rest.replace('.', "")),
        None => ("", mantissa.replace('.', "")),
    };
    // Where the point stands, counted from the first digit.
    let point = power + 1;
    let (whole, fraction) = match usize::try_from(point) {
        Ok(point) if point >= digits.len() => {
            (format!("{digits}{}", "0".repeat(point - digits.len())), String::new())
        }
        Ok(point) if point > 0 => (digits[..point].to_owned(), digits[point..].to_owned()),
        _ => ("0".to_owned(), "0".repeat(point.unsigned_abs() as usize) + &digits),
    };
    let fraction = fraction.trim_end_matches('0');
    let whole = whole.trim_start_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    let sign = if whole == "0" && fraction.is_empty() { "" } else { sign };
    let end = if percent { "%" } else { "" };
    Ok(match fraction {
        "" => format!("{sign}{whole}{end}"),
        _ => format!("{sign}{whole}.{fraction}{end}"),
    })
}

impl Workbook {
    fn add(&mut self, sheet: &str, cells: Cells, merged: &[Dimensions]) {
        let wanted = cell::key(sheet);
        let stem = |file: &'static str| file.trim_end_matches(".csv");
        let table = TABLES
            .iter()
            .find(|table| cell::key(stem(table.file)) == wanted || cell::key(table.zh) == wanted);
        let known = table.map(|table| table.file);
        let blank = cells.rows.is_empty() && cells.faults.is_empty();
        if known.is_none() && (blank || REMARKS.contains(&wanted.as_str())) {
            return;
        }
        let file = known.map_or_else(|| format!("{sheet}.csv"), str::to_owned);
        let columns = table.map_or(&[][..], |table| table.columns);
        let name = sheet_name(&file, sheet, &cells, columns);
        for range in merged {
            let ((row, column), (last, across)) = (range.start, range.end);
            let to = format!("{}{}", letters(across), last + 1);
            let why = format!("merged up to {to} (a table has one cell under each header)");
            let written = name.written(column);
            self.faults.push((Place::cell(&file, row as usize + 1, &written), why));
        }
        for ((row, column), why) in cells.faults {
            let written = name.written(column);
            self.faults.push((Place::cell(&file, row as usize + 1, &written), why));
        }
        self.sources.push(Source { name: file, bytes: csv(&cells.rows) });
        self.naming.sheets.push(name);
    }
}

/// What the columns of a sheet are called: its first row that is not blank is the header.
fn sheet_name(file: &str, sheet: &str, cells: &Cells, columns: &[Column]) -> SheetName {
    let header = cells.rows.values().next();
    let written: Vec<(String, u32)> = header
        .iter()
        .flat_map(|row| row.iter())
        .map(|(column, text)| (text.trim().to_owned(), *column))
        .collect();
    let is_value = |text: &str| {
        let column = header::column(text, columns);
        column.is_some_and(|column| matches!(column.name, "value"))
    };
    let value = written.iter().find(|(text, _)| is_value(text)).map(|found| found.1);
    SheetName { file: file.to_owned(), sheet: sheet.to_owned(), columns: written, value }
}

/// The rows as a CSV file whose lines are the rows of the sheet.
fn csv(rows: &BTreeMap<u32, BTreeMap<u32, String>>) -> Vec<u8> {
    let width = |row: &BTreeMap<u32, String>| {
        let filled = row.iter().filter(|(_, text)| !text.is_empty());
        filled.map(|(column, _)| *column + 1).max().unwrap_or_default()
    };
    let least = rows.values().find(|row| width(row) > 0).map_or(0, width);
    let mut out = String::from("\u{feff}");
    let mut next = 0;
    for (at, row) in rows {
        out.extend(std::iter::repeat_n('\n', (at - next) as usize));
        let blank = String::new();
        for column in 0..if width(row) > 0 { width(row).max(least) } else { 0 } {
            if column > 0 {
                out.push(',');
            }
            let text = row.get(&column).unwrap_or(&blank);
            match text.contains([',', '"']) {
                true => out.push_str(&format!("\"{}\"", text.replace('"', "\"\""))),
                false => out.push_str(text),
            }
        }
        next = *at;
    }
    out.push('\n');
    out.into_bytes()
}

#[cfg(test)]
mod tests;
