//! A CSV file and a description of its columns in, typed rows out. Invariant: a row that is handed
//! on has one cell under each header, and its number is the one the spreadsheet shows.
//!
//! Files come from spreadsheets: UTF-8 with or without BOM or GB18030, headers in English or
//! Chinese with or without a unit (`coupon_pa`, `利率（%）`), perhaps a row of units below. One line
//! of the file is one row: a cell with a line break is refused, because a forgotten quote looks
//! the same and would swallow the rows after it. Ragged rows and rows of totals are reported and
//! not handed on.

use super::cell::{self, Measure, Unit};
use super::decode::{DecodeFault, decode};
use super::header::{self, Header};
use super::problems::{Place, Problems};
use crate::dates::Date;
use crate::num::Decimal;
use csv::StringRecord;
use std::borrow::Cow;
use std::ops::{Bound, RangeBounds};

/// Rows of data in one file.
pub const MAX_ROWS: usize = 100_000;
/// 64 MiB.
pub const MAX_BYTES: usize = 64 << 20;

/// For [`Row::amount_in`] and its like: above zero, no upper bound.
pub const ABOVE_0: (Bound<i64>, Bound<i64>) = (Bound::Excluded(0), Bound::Unbounded);

/// One column as code reads it and as its documentation prints it.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    pub name: &'static str,
    /// Headers that mean the same, the usual one first.
    pub zh: &'static [&'static str],
    pub kind: Kind,
    /// The header must be there and its cells filled.
    pub required: bool,
    /// What a blank cell means; empty if required.
    pub default: &'static str,
    pub meaning: &'static str,
    pub example: &'static str,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Text,
    /// Yuan.
    Amount,
    /// A fraction: 0.0435.
    Rate,
    /// Without a unit, of any size: 0.35, 4.
    Number,
    Date,
    /// Its unit is the end of the column's name: `_years`, `_months`, `_days`, or a count.
    Integer,
    /// Each word is a value, or a value and other ways to write it: `bullet/到期一次还本`.
    Choice(&'static [&'static str]),
    Flag,
}

impl Column {
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        std::iter::once(self.name).chain(self.zh.iter().copied())
    }

    pub fn is_number(&self) -> bool {
        self.kind == Kind::Number || self.measure().is_some()
    }

    /// What its numbers measure.
    pub fn measure(&self) -> Option<Measure> {
        match self.kind {
            Kind::Amount => Some(Measure::Yuan),
            Kind::Rate => Some(Measure::Share),
            Kind::Integer if self.name.ends_with("_years") => Some(Measure::Years),
            Kind::Integer if self.name.ends_with("_months") => Some(Measure::Months),
            Kind::Integer if self.name.ends_with("_days") => Some(Measure::Days),
            Kind::Integer => Some(Measure::Count),
            Kind::Number | Kind::Text | Kind::Date | Kind::Choice(_) | Kind::Flag => None,
        }
    }
}

/// `None` if there is no header or the rows cannot be told apart; problems say why. A table that
/// is handed on may still have had problems.
pub fn read<'a>(
    name: &str,
    bytes: &[u8],
    columns: &'a [Column],
    problems: &'a Problems,
) -> Option<Table<'a>> {
    let file = Place::file(name);
    if bytes.len() > MAX_BYTES {
        problems.too_large(&file, MAX_BYTES, "bytes");
        return None;
    }
    let text = match decode(bytes) {
        Ok(text) => text,
        Err(DecodeFault::Utf16) => return refuse(|| problems.utf16(&file)),
        Err(DecodeFault::Unclear) => return refuse(|| problems.unclear_encoding(&file)),
        Err(DecodeFault::NotUtf8 { row, byte }) => {
            return refuse(|| problems.not_utf8(&Place::row(name, row), byte));
        }
    };
    let records = split(name, &text, columns, problems)?;
    let mut records = records.into_iter();
    let (row, cells) = records.next()?;
    let mut header = Header::read(name, row, &cells, columns, problems)?;
    let mut rows = Vec::new();
    for (index, (row, cells)) in records.enumerate() {
        let units = index == 0 && header.take_units(name, row, &cells, columns, problems);
        if !units && is_whole(name, row, &cells, &header, problems) {
            rows.push((row, cells));
        }
    }
    if rows.len() > MAX_ROWS {
        problems.too_large(&file, MAX_ROWS, "rows");
        return None;
    }
    Some(Table { file: name.to_string(), columns, header, rows, problems })
}

fn refuse<T>(report: impl FnOnce()) -> Option<T> {
    report();
    None
}

/// Rows that are not blank, header first, with the numbers that the spreadsheet shows.
fn split(
    name: &str,
    text: &str,
    columns: &[Column],
    problems: &Problems,
) -> Option<Vec<(usize, StringRecord)>> {
    let text = one_line_ending(text);
    let lines = || text.split('\n').enumerate().map(|(index, line)| (index + 1, line));
    let Some((first, header)) = lines().find(|(_, line)| !line.trim().is_empty()) else {
        return refuse(|| problems.empty_file(&Place::file(name)));
    };
    if let Some(separator) = other_separator(header, columns) {
        return refuse(|| problems.separator(&Place::row(name, first), separator));
    }
    // Before any line is looked at closely: header, units and rows at most.
    let filled = |line: &str| line.bytes().any(|b| !matches!(b, b',' | b'"' | b' '));
    if lines().filter(|(_, line)| filled(line)).nth(MAX_ROWS + 2).is_some() {
        return refuse(|| problems.too_large(&Place::file(name), MAX_ROWS, "rows"));
    }
    let mut sound = true;
    for (row, line) in lines() {
        let place = Place::row(name, row);
        if let Some(c) = line.chars().find(|c| cell::is_invisible(*c)) {
            problems.invisible(&place, c);
            sound = false;
        }
        match quotes(line) {
            Quotes::Sound => {}
            Quotes::Stray => {
                problems.stray_quote(&place);
                sound = false;
            }
            // What follows may belong to this cell, so no later row has a sure number.
            Quotes::Open => return refuse(|| problems.open_quote(&place)),
        }
    }
    if !sound {
        return None;
    }
    // The csv reader leaves out empty lines, and only those.
    let mut numbers = lines().filter(|(_, line)| !line.is_empty()).map(|(row, _)| row);
    let mut reader = csv::ReaderBuilder::new();
    let mut reader = reader.has_headers(false).flexible(true).from_reader(text.as_bytes());
    let mut records = Vec::new();
    for (record, row) in reader.records().zip(&mut numbers) {
        let Ok(record) = record else {
            return refuse(|| problems.open_quote(&Place::row(name, row)));
        };
        if record.iter().any(|cell| !cell.trim().is_empty()) {
            records.push((row, record));
        }
    }
    // A second look at the same thing: no line was swallowed.
    if let Some(row) = numbers.next() {
        return refuse(|| problems.open_quote(&Place::row(name, row)));
    }
    if records.is_empty() {
        return refuse(|| problems.empty_file(&Place::file(name)));
    }
    Some(records)
}

/// `\r\n` and the lone `\r` of old spreadsheets as `\n`.
fn one_line_ending(text: &str) -> Cow<'_, str> {
    match text.contains('\r') {
        true => Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n")),
        false => Cow::Borrowed(text),
    }
}

/// The separator, if it is another than the comma: the one that gives more known headers.
fn other_separator(header: &str, columns: &[Column]) -> Option<&'static str> {
    const OTHERS: [(char, &str); 4] =
        [(';', "semicolon"), ('\t', "tab"), ('，', "full-width comma"), ('|', "vertical bar")];
    let known = |separator| {
        let cells = header.split(separator).map(|cell| cell.trim().trim_matches('"'));
        header::known(cells, columns)
    };
    let with_comma = known(',');
    let better = OTHERS.iter().find(|(separator, _)| known(*separator) > with_comma);
    better.map(|(_, word)| *word)
}

enum Quotes {
    Sound,
    /// A quote in a bare cell, or text after a closing quote.
    Stray,
    Open,
}

/// Quotes as RFC 4180 has them; the csv reader would accept and reinterpret any others.
fn quotes(line: &str) -> Quotes {
    let mut rest = line.as_bytes();
    loop {
        if let [b'"', inside @ ..] = rest {
            rest = inside;
            loop {
                let Some(close) = rest.iter().position(|b| *b == b'"') else {
                    return Quotes::Open;
                };
                rest = &rest[close + 1..];
                match rest {
                    [b'"', more @ ..] => rest = more,
                    _ => break,
                }
            }
            if !matches!(rest, [] | [b',', ..]) {
                return Quotes::Stray;
            }
        }
        let end = rest.iter().position(|b| *b == b',').unwrap_or(rest.len());
        if rest[..end].contains(&b'"') {
            return Quotes::Stray;
        }
        match rest.get(end + 1..) {
            Some(next) => rest = next,
            None => return Quotes::Sound,
        }
    }
}

/// One cell under each header, and not a row of totals.
fn is_whole(
    name: &str,
    row: usize,
    cells: &StringRecord,
    header: &Header,
    problems: &Problems,
) -> bool {
    const TOTALS: [&str; 6] = ["合计", "总计", "小计", "total", "subtotal", "grandtotal"];
    let place = Place::row(name, row);
    let first = cells.iter().find(|cell| !cell.trim().is_empty()).unwrap_or_default();
    if TOTALS.contains(&cell::key(first).trim_end_matches(':')) {
        problems.total_row(&place, first);
        return false;
    }
    let extra = cells.iter().skip(header.width).any(|cell| !cell.trim().is_empty());
    if cells.len() < header.width || extra {
        problems.ragged_row(&place, cells.len(), header.width);
        return false;
    }
    for position in &header.unnamed {
        if cells.get(*position).is_some_and(|cell| !cell.trim().is_empty()) {
            problems.unnamed_column(&place, position + 1);
        }
    }
    true
}

/// A file whose rows can be told apart.
pub struct Table<'a> {
    file: String,
    columns: &'a [Column],
    header: Header,
    rows: Vec<(usize, StringRecord)>,
    problems: &'a Problems,
}

impl Table<'_> {
    pub fn file(&self) -> &str {
        &self.file
    }

    /// Whether the file has the column.
    pub fn has(&self, column: &str) -> bool {
        let mut columns = self.columns.iter().zip(&self.header.found);
        columns.any(|(c, found)| c.name == column && found.is_some())
    }

    pub fn rows(&self) -> impl ExactSizeIterator<Item = Row<'_>> {
        self.rows.iter().map(|(number, cells)| Row { table: self, number: *number, cells })
    }

    /// For problems of the header.
    pub fn header(&self) -> Place {
        Place::row(&self.file, self.header.row)
    }

    /// For problems of the whole file.
    pub fn place(&self) -> Place {
        Place::file(&self.file)
    }
}

/// A row whose cells are read by column name, as the description has it. Each getter gives `None`
/// for a blank or absent cell, and reports it if the column is required; for a cell that cannot be
/// read it reports why and gives `None` too, so an optional column may be read with `unwrap_or`:
/// a run with problems goes no further.
#[derive(Clone, Copy)]
pub struct Row<'t> {
    table: &'t Table<'t>,
    number: usize,
    cells: &'t StringRecord,
}

/// A cell with something in it.
struct Filled<'t> {
    text: &'t str,
    unit: Option<Unit>,
    measure: Option<Measure>,
}

impl<'t> Row<'t> {
    /// As the spreadsheet shows it.
    pub fn number(&self) -> usize {
        self.number
    }

    /// For problems that only show later, such as a key that no other file has.
    pub fn place(&self, column: &str) -> Place {
        let written = self.found(column).map_or(column, |found| &found.written);
        Place::cell(&self.table.file, self.number, written)
    }

    pub fn is_blank(&self, column: &str) -> bool {
        let cell = self.found(column).and_then(|found| self.cells.get(found.position));
        cell.is_none_or(|cell| cell.trim().is_empty())
    }

    /// For a cell that other cells of the row make necessary; reports it if it is blank.
    pub fn need(&self, column: &str) -> bool {
        let blank = self.is_blank(column);
        if blank {
            self.table.problems.empty_cell(&self.place(column));
        }
        !blank
    }

    /// The cell as it stands, for one whose kind another cell decides, or that holds a list; the
    /// caller checks it.
    pub fn written(&self, column: &str) -> Option<&'t str> {
        self.filled(column, |_| true).map(|cell| cell.text)
    }

    pub fn text(&self, column: &str) -> Option<&'t str> {
        let cell = self.filled(column, |kind| kind == Kind::Text)?;
        let bad = |fault| self.table.problems.not_a_text(&self.place(column), cell.text, fault);
        cell::text(cell.text).map_err(bad).ok()
    }

    /// Yuan; any sign.
    pub fn amount(&self, column: &str) -> Option<Decimal> {
        let cell = self.filled(column, |kind| kind == Kind::Amount)?;
        let bad = |fault| self.table.problems.not_an_amount(&self.place(column), cell.text, fault);
        cell::amount(cell.text, cell.unit).map_err(bad).ok()
    }

    /// `row.amount_in("principal", ABOVE_0)`, `row.amount_in("fee", 0..)`.
    pub fn amount_in(&self, column: &str, range: impl RangeBounds<i64>) -> Option<Decimal> {
        self.within(column, self.amount(column)?, range)
    }

    /// A fraction; any sign and size.
    pub fn rate(&self, column: &str) -> Option<Decimal> {
        let cell = self.filled(column, |kind| kind == Kind::Rate)?;
        let bad = |fault| self.table.problems.not_a_rate(&self.place(column), cell.text, fault);
        cell::rate(cell.text, cell.unit).map_err(bad).ok()
    }

    /// `row.rate_in("haircut", 0..=1)`.
    pub fn rate_in(&self, column: &str, range: impl RangeBounds<i64>) -> Option<Decimal> {
        self.within(column, self.rate(column)?, range)
    }

    /// A number without a unit; any sign and size.
    pub fn plain_number(&self, column: &str) -> Option<Decimal> {
        let cell = self.filled(column, |kind| kind == Kind::Number)?;
        let bad =
            |fault| self.table.problems.not_a_plain_number(&self.place(column), cell.text, fault);
        cell::plain_number(cell.text).map_err(bad).ok()
    }

    pub fn date(&self, column: &str) -> Option<Date> {
        let cell = self.filled(column, |kind| kind == Kind::Date)?;
        let date = cell::date(cell.text);
        if date.is_none() {
            self.table.problems.not_a_date(&self.place(column), cell.text);
        }
        date
    }

    pub fn integer(&self, column: &str) -> Option<i64> {
        let cell = self.filled(column, |kind| kind == Kind::Integer)?;
        let bad = |fault| self.table.problems.not_an_integer(&self.place(column), cell.text, fault);
        cell::integer(cell.text, cell.measure?).map_err(bad).ok()
    }

    /// `row.integer_in("term_months", 1..=600)`.
    pub fn integer_in(&self, column: &str, range: impl RangeBounds<i64>) -> Option<i64> {
        let value = self.integer(column)?;
        self.within(column, Decimal::from(value), range).map(|_| value)
    }

    /// The value that the cell means, in the description's own word.
    pub fn choice(&self, column: &str) -> Option<&'static str> {
        let cell = self.filled(column, |kind| matches!(kind, Kind::Choice(_)))?;
        let column_of = |c: &&Column| c.name == column;
        let words = match self.table.columns.iter().find(column_of)?.kind {
            Kind::Choice(words) => words,
            _ => &[],
        };
        let choice = cell::choice(cell.text, words);
        if choice.is_none() {
            self.table.problems.not_one_of(&self.place(column), cell.text, words);
        }
        choice
    }

    pub fn flag(&self, column: &str) -> Option<bool> {
        let cell = self.filled(column, |kind| kind == Kind::Flag)?;
        let flag = cell::flag(cell.text);
        if flag.is_none() {
            self.table.problems.not_a_flag(&self.place(column), cell.text);
        }
        flag
    }

    fn found(&self, column: &str) -> Option<&'t header::Found> {
        let columns = self.table.columns.iter().zip(&self.table.header.found);
        columns.filter(|(c, _)| c.name == column).find_map(|(_, found)| found.as_ref())
    }

    fn filled(&self, column: &str, fits: impl Fn(Kind) -> bool) -> Option<Filled<'t>> {
        let mut described = self.table.columns.iter().zip(&self.table.header.found);
        let Some((described, found)) = described.find(|(c, _)| c.name == column && fits(c.kind))
        else {
            // The caller's slip, not the user's; said aloud so that no test can miss it.
            let text = "the program reads a column that its description does not have";
            self.table.problems.at(&self.place(column), text);
            return None;
        };
        let found = found.as_ref()?;
        let text = self.cells.get(found.position)?.trim();
        if text.is_empty() {
            if described.required {
                self.table.problems.empty_cell(&self.place(column));
            }
            return None;
        }
        Some(Filled { text, unit: found.unit, measure: described.measure() })
    }

    fn within(
        &self,
        column: &str,
        value: Decimal,
        range: impl RangeBounds<i64>,
    ) -> Option<Decimal> {
        let (low, high) = (range.start_bound().cloned(), range.end_bound().cloned());
        let inside = match low {
            Bound::Included(low) => value >= low.into(),
            Bound::Excluded(low) => value > low.into(),
            Bound::Unbounded => true,
        } && match high {
            Bound::Included(high) => value <= high.into(),
            Bound::Excluded(high) => value < high.into(),
            Bound::Unbounded => true,
        };
        if inside {
            return Some(value);
        }
        let low = match low {
            Bound::Included(low) => format!("at least {low}"),
            Bound::Excluded(low) => format!("above {low}"),
            Bound::Unbounded => String::new(),
        };
        let high = match high {
            Bound::Included(high) => format!("at most {high}"),
            Bound::Excluded(high) => format!("below {high}"),
            Bound::Unbounded => String::new(),
        };
        let and = if low.is_empty() || high.is_empty() { "" } else { " and " };
        let found = self.filled(column, |_| true).map_or("", |cell| cell.text);
        let want = format!("{low}{and}{high}");
        self.table.problems.out_of_range(&self.place(column), found, &want);
        None
    }
}

#[cfg(test)]
mod tests;
