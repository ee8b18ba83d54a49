//! Which cell of a row belongs to which column, and in which unit. Invariant: a header cell names
//! exactly one known column or is reported; a unit is stated once, in the header (`利率(%)`) or in
//! a row of units below it, and fits its column or is reported.

use super::cell::{self, Measure, Unit};
use super::problems::{Place, Problems};
use super::table::{Column, Kind};
use csv::StringRecord;

/// Header cells read at most; the rest is not looked at.
pub const MAX_COLUMNS: usize = 200;
/// What offices put in a row of units where a column has none.
const NO_UNIT: [&str; 5] = ["", "/", "—", "——", "无"];

pub struct Header {
    /// As the spreadsheet shows it.
    pub row: usize,
    /// Cells a row must have; blank headers at the end do not count.
    pub width: usize,
    /// One for each column of the description.
    pub found: Vec<Option<Found>>,
    /// Positions below `width` whose header is blank.
    pub unnamed: Vec<usize>,
}

/// A column that the file has.
pub struct Found {
    pub position: usize,
    /// The header cell as the user wrote it, trimmed.
    pub written: String,
    pub unit: Option<Unit>,
}

impl Header {
    /// `None` if the row is no header of such a table at all.
    pub fn read(
        file: &str,
        row: usize,
        cells: &StringRecord,
        columns: &[Column],
        problems: &Problems,
    ) -> Option<Header> {
        let blank_at_end = cells.iter().rev().position(|cell| !cell.trim().is_empty())?;
        let width = cells.len() - blank_at_end;
        if width > MAX_COLUMNS {
            problems.too_large(&Place::row(file, row), MAX_COLUMNS, "columns");
            return None;
        }
        if known(cells.iter(), columns) == 0 {
            problems.no_header(&Place::row(file, row));
            return None;
        }
        let found = columns.iter().map(|_| None).collect();
        let mut header = Header { row, width, found, unnamed: Vec::new() };
        for (position, written) in cells.iter().take(width).enumerate() {
            let written = written.trim();
            if written.is_empty() {
                header.unnamed.push(position);
            } else {
                header.add(file, position, written, columns, problems);
            }
        }
        for (column, found) in columns.iter().zip(&header.found) {
            if column.required && found.is_none() {
                problems.missing_column(&Place::row(file, row), column.name, column.zh);
            }
        }
        Some(header)
    }

    fn add(
        &mut self,
        file: &str,
        position: usize,
        written: &str,
        columns: &[Column],
        problems: &Problems,
    ) {
        let place = Place::cell(file, self.row, written);
        let Some((at, note)) = recognise(written, columns) else {
            problems.unknown_column(&place, columns.iter().flat_map(Column::names));
            return;
        };
        if let Some(first) = &self.found[at] {
            problems.duplicate_column(&place, &first.written);
            return;
        }
        let unit = note.and_then(|note| read_unit(&columns[at], &note, &place, problems));
        self.found[at] = Some(Found { position, written: written.to_string(), unit });
    }

    /// Takes the units of the row below the header; false if it is a row of data.
    pub fn take_units(
        &mut self,
        file: &str,
        row: usize,
        cells: &StringRecord,
        columns: &[Column],
        problems: &Problems,
    ) -> bool {
        let is_filler = |cell: &str| NO_UNIT.contains(&cell::key(cell).as_str());
        let is_unit = |cell: &str| Unit::read(bare(cell)).is_some();
        let all = cells.iter().all(|cell| is_filler(cell) || is_unit(cell));
        if !all || !cells.iter().any(is_unit) {
            return false;
        }
        for (column, found) in columns.iter().zip(&mut self.found) {
            let Some(found) = found else { continue };
            let word = cells.get(found.position).unwrap_or_default().trim();
            if is_filler(word) {
                continue;
            }
            let place = Place::cell(file, row, &found.written);
            let unit = read_unit(column, bare(word), &place, problems);
            match (unit, found.unit) {
                (Some(below), Some(above)) if below.power != above.power => {
                    problems.unit_clash(&place, below.word, above.word);
                }
                (Some(_), _) => found.unit = unit,
                (None, None) if !column.is_number() && column.kind != Kind::Date => {
                    problems.unknown_unit(&place, word, "");
                }
                (None, _) => {}
            }
        }
        true
    }
}

/// How many header cells are known; tells a header from other rows, and the separator.
pub fn known<'a>(cells: impl Iterator<Item = &'a str>, columns: &[Column]) -> usize {
    cells.take(MAX_COLUMNS).filter(|cell| recognise(cell, columns).is_some()).count()
}

/// The column that a header cell names.
pub fn column<'a>(written: &str, columns: &'a [Column]) -> Option<&'a Column> {
    recognise(written, columns).map(|(at, _)| &columns[at])
}

/// The column, and what stands in brackets after its name.
fn recognise(written: &str, columns: &[Column]) -> Option<(usize, Option<String>)> {
    let narrow = cell::narrow(written);
    // Offices mark the columns that must be filled with a star.
    let narrow = narrow.trim().trim_matches('*').trim();
    let find = |name: &str| {
        let name = cell::key(name);
        columns.iter().position(|column| column.names().any(|known| cell::key(known) == name))
    };
    if let Some(at) = find(narrow) {
        return Some((at, None));
    }
    if let Some(name) = narrow.strip_suffix('%') {
        return Some((find(name)?, Some("%".to_string())));
    }
    let (name, note) = narrow.split_once(['(', '['])?;
    let note = note.strip_suffix([')', ']'])?;
    Some((find(name)?, Some(note.to_string())))
}

/// `（万元）` and `万元` alike.
fn bare(word: &str) -> &str {
    word.trim().trim_matches(['(', ')', '（', '）', '[', ']'])
}

/// Reports a unit that does not fit. Columns that are not numbers may have any note.
fn read_unit(column: &Column, note: &str, place: &Place, problems: &Problems) -> Option<Unit> {
    if !column.is_number() {
        return None;
    }
    let fits = |unit: &Unit| Some(unit.measure) == column.measure();
    let unit = Unit::read(note).filter(fits);
    if unit.is_none() {
        let want = match column.measure() {
            Some(Measure::Yuan) => "元, 万元, 亿元",
            Some(Measure::Share) => "%, ‰, bp",
            Some(Measure::Years) => "年",
            Some(Measure::Months) => "月",
            Some(Measure::Days) => "天",
            Some(Measure::Count) => "个",
            None => "",
        };
        problems.unknown_unit(place, note, want);
    }
    unit
}
