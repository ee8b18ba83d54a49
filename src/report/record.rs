//! A run as its folder has it: tables read back as typed cells, and what it was made from.
//!
//! Invariant: nothing is worked out again and nothing is dropped; a folder of a newer version, one
//! that is not a run, or a damaged table is refused with its file and row, all of them at once.
use serde::Deserialize;
use std::collections::BTreeMap;

use crate::dates::{self, Date};
use crate::num::{Amount, Decimal};
use crate::report::columns::{self, Kind};
use crate::report::manifest::Manifest;
use crate::report::table::{Cell, Sheet};

/// The tables without which a command's folder is no run, with the columns that are read by name.
const NEEDED: &[(&str, &str, &[&str])] = &[
    ("run", "collections.csv", &["payment_date", "opening", "interest", "principal", "closing"]),
    ("run", "notes.csv", &["payment_date", "tranche", "opening", "interest_paid", "closing"]),
    ("run", "fees.csv", &["payment_date", "fee", "due", "paid", "unpaid"]),
    ("run", "accounts.csv", &["date", "account", "opening", "in", "out", "closing"]),
    ("run", "supports.csv", &["date", "supporter", "called", "paid", "repaid"]),
    ("run", "postings.csv", &["date", "from", "to", "amount", "why"]),
    ("run", "measures.csv", &["tranche", "measure", "value", "unit", "support"]),
    ("run", "terms.csv", &["section", "item", "value"]),
    ("run", "pool_characteristics.csv", &["section", "item", "balance"]),
    ("run", "distribution.csv", &["payment_date", "tranche", "interest", "principal"]),
    ("simulate", "pool.csv", &["measure", "value", "se"]),
];

/// What `manifest.json` says that is read back.
#[derive(Clone, Debug, Deserialize)]
struct Facts {
    program: String,
    version: String,
    command: String,
    #[serde(default)]
    seed: Option<u64>,
    #[serde(default)]
    paths: Option<u64>,
    #[serde(default)]
    tail: Option<bool>,
    /// What `stress`, `size` or `shelf` was asked, name by value.
    #[serde(default, alias = "stress", alias = "size", alias = "shelf")]
    asked: BTreeMap<String, serde_json::Value>,
    #[serde(default)]
    deal: Option<String>,
    #[serde(default)]
    programme: Option<String>,
    #[serde(default)]
    scenarios: Vec<String>,
    #[serde(default)]
    inputs: BTreeMap<String, String>,
    /// Rows of every table; runs of older versions do not say it.
    #[serde(default)]
    rows: BTreeMap<String, usize>,
}

/// One run.
#[derive(Clone, Debug)]
pub struct Record {
    /// The folder's own name.
    pub folder: String,
    /// `run`, `simulate`, or a command that came later.
    pub command: String,
    pub version: String,
    /// What the deal or the programme is called; runs of older versions do not say it here.
    pub of: Option<String>,
    /// Names joined.
    pub scenario: String,
    /// (name, value) of what else the command was told: seed, paths, targets.
    pub options: Vec<(String, String)>,
    /// (table, SHA-256) of what it was made from.
    pub inputs: BTreeMap<String, String>,
    /// By name.
    pub tables: Vec<Table>,
    /// (name, text) of every table, as the folder has them.
    pub files: Vec<(String, String)>,
}

/// One CSV file.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    pub name: String,
    pub header: Vec<String>,
    pub rows: Vec<Vec<Cell>>,
}

impl Record {
    /// From the folder's files by name; every problem of them, one a line.
    pub fn read(folder: &str, files: &[(String, Vec<u8>)]) -> Result<Record, Vec<String>> {
        let file = |name: &str| files.iter().find(|file| file.0 == name).map(|file| &file.1[..]);
        let facts = facts(folder, file("manifest.json"))?;
        let mut faults = Vec::new();
        let mut tables = Vec::new();
        for (name, bytes) in files.iter().filter(|file| file.0.ends_with(".csv")) {
            tables.extend(table(folder, name, bytes, &mut faults));
        }
        tables.sort_by(|one: &Table, other| one.name.cmp(&other.name));
        for (name, rows) in &facts.rows {
            let place = format!("{folder}/{name}");
            let whole = |bytes: &[u8]| bytes.last() == Some(&b'\n');
            match (file(name), tables.iter().find(|table| table.name == *name)) {
                (None, _) => faults.push(format!("{place}: the run has no such table")),
                (Some(bytes), _) if !bytes.is_empty() && !whole(bytes) => {
                    faults.push(format!("{place}: the table is cut off in its last row"));
                }
                (_, Some(table)) if table.rows.len() != *rows => faults.push(format!(
                    "{place}: the table has {} rows, the run wrote {rows}",
                    table.rows.len()
                )),
                _ => {}
            }
        }
        let listed = |name: &str| facts.rows.contains_key(name);
        for (_, name, columns) in NEEDED.iter().filter(|need| need.0 == facts.command) {
            match tables.iter().find(|table| table.name == *name) {
                None if file(name).is_some() || listed(name) => {}
                None => faults.push(format!("{folder}/{name}: the run has no such table")),
                Some(table) => faults.extend(
                    columns
                        .iter()
                        .filter(|column| table.column(column).is_none())
                        .map(|column| format!("{folder}/{name}: there is no column {column}")),
                ),
            }
        }
        if !faults.is_empty() {
            return Err(faults);
        }
        let told = [
            ("seed", facts.seed.map(|seed| seed.to_string())),
            ("paths", facts.paths.map(|paths| paths.to_string())),
            ("tail", facts.tail.map(|tail| if tail { "yes" } else { "no" }.to_owned())),
        ];
        Ok(Record {
            folder: folder.to_owned(),
            command: facts.command,
            version: facts.version,
            of: facts.programme.or(facts.deal),
            scenario: facts.scenarios.join(", "),
            options: told
                .into_iter()
                .filter_map(|(name, of)| Some((name.to_owned(), of?)))
                .chain(asked(&facts.asked))
                .collect(),
            inputs: facts.inputs,
            tables,
            files: files
                .iter()
                .filter(|file| file.0.ends_with(".csv"))
                .map(|file| (file.0.clone(), String::from_utf8_lossy(&file.1).into_owned()))
                .collect(),
        })
    }

    /// A run that is not in a folder yet, with the cells that it would be read with.
    pub fn of_sheets(manifest: &Manifest, sheets: &[Sheet]) -> Record {
        Record {
            folder: String::new(),
            command: manifest.command.to_owned(),
            version: manifest.version.to_owned(),
            of: manifest.programme.clone().or_else(|| manifest.deal.clone()),
            scenario: manifest.scenarios.join(", "),
            options: Vec::new(),
            inputs: manifest.inputs.clone(),
            tables: sheets.iter().map(Table::of_sheet).collect(),
            files: Vec::new(),
        }
    }

    /// A table by its file's name.
    pub fn table(&self, name: &str) -> Option<&Table> {
        self.tables.iter().find(|table| table.name == name)
    }

    /// The value of a term, or nothing.
    pub fn term(&self, section: &str, item: &str) -> String {
        let found = self.table("terms.csv").and_then(|table| {
            table.rows.iter().find(|row| {
                table.text(row, "section") == section && table.text(row, "item") == item
            })
        });
        let found = found.zip(self.table("terms.csv"));
        found.map(|(row, table)| table.text(row, "value")).unwrap_or_default()
    }

    /// What the deal or the programme is called, where the run says so.
    pub fn name(&self) -> Option<String> {
        let of_deal = || Some(self.term("deal", "name")).filter(|name| !name.is_empty());
        self.of.clone().or_else(of_deal)
    }

    /// The same on a chart: nothing where the run does not say.
    pub fn called(&self) -> String {
        self.name().unwrap_or_default()
    }

    /// A measure; of the deal where the class is empty.
    pub fn measure(&self, tranche: &str, measure: &str, support: &str) -> Cell {
        let found = self.table("measures.csv").and_then(|table| {
            let is = |row: &[Cell], column, word: &str| table.text(row, column) == word;
            let mut rows = table.rows.iter();
            let row = rows.find(|row| {
                is(row, "tranche", tranche)
                    && is(row, "measure", measure)
                    && is(row, "support", support)
            })?;
            Some(table.cell(row, "value").clone())
        });
        found.unwrap_or(Cell::Blank)
    }

    /// Classes of notes, in the order of the deal.
    pub fn classes(&self) -> Vec<String> {
        let files = ["notes.csv", "tranches.csv", "critical.csv"];
        let table = files.iter().find_map(|name| self.table(name));
        table.map(|table| table.distinct("tranche")).unwrap_or_default()
    }
}

impl Table {
    fn of_sheet(sheet: &Sheet) -> Table {
        let kinds: Vec<Kind> = sheet.header.iter().map(|column| columns::kind(column)).collect();
        // What is written as its kind is read as its kind.
        let read = |(of, kind): (&Cell, &Kind)| cell(&of.written(), *kind).unwrap_or(of.clone());
        Table {
            name: sheet.name.to_owned(),
            header: sheet.header.iter().map(|column| (*column).to_owned()).collect(),
            rows: sheet.rows.iter().map(|row| row.iter().zip(&kinds).map(read).collect()).collect(),
        }
    }

    pub fn column(&self, name: &str) -> Option<usize> {
        self.header.iter().position(|column| column == name)
    }

    /// Whether any row says something in a column.
    pub fn says(&self, name: &str) -> bool {
        let at = self.column(name);
        at.is_some_and(|at| self.rows.iter().any(|row| row.get(at) != Some(&Cell::Blank)))
    }

    /// A cell by its column; blank where there is no such column.
    pub fn cell<'a>(&self, row: &'a [Cell], column: &str) -> &'a Cell {
        self.column(column).and_then(|at| row.get(at)).unwrap_or(&Cell::Blank)
    }

    /// As the file has it.
    pub fn text(&self, row: &[Cell], column: &str) -> String {
        self.cell(row, column).written()
    }

    /// As a number; nothing counts as 0.
    pub fn amount(&self, row: &[Cell], column: &str) -> f64 {
        self.cell(row, column).number().unwrap_or(0.0)
    }

    /// As a date, where it is one.
    pub fn date(&self, row: &[Cell], column: &str) -> Option<Date> {
        match self.cell(row, column) {
            Cell::Date(date) => Some(*date),
            _ => None,
        }
    }

    /// Rows with this text in a column.
    pub fn rows_of<'a, 'b>(
        &'a self,
        column: &'b str,
        text: &'b str,
    ) -> impl Iterator<Item = &'a Vec<Cell>> + use<'a, 'b> {
        self.rows.iter().filter(move |row| self.text(row, column) == text)
    }

    /// Values of a column, each once, in order of first mention.
    pub fn distinct(&self, column: &str) -> Vec<String> {
        let mut found: Vec<String> = Vec::new();
        for row in &self.rows {
            let text = self.text(row, column);
            if !found.contains(&text) {
                found.push(text);
            }
        }
        found
    }
}

/// One figure, a row for each value of a column.
#[derive(Clone, Debug)]
pub struct ByClass {
    /// (class, `without` or `with`).
    pub columns: Vec<(String, &'static str)>,
    pub rows: Vec<(String, Vec<Cell>)>,
}

impl Table {
    /// A figure by the values of a column, of each class without and with support; blank where the
    /// table has no such row.
    pub fn by_class(&self, key: &str, figure: &str) -> ByClass {
        let classes = self.distinct("tranche").into_iter();
        let columns: Vec<(String, &'static str)> = classes
            .flat_map(|class| ["without", "with"].map(|with| (class.clone(), with)))
            .collect();
        let cell = |value: &String, (class, with): &(String, &str)| {
            let is = |row: &&Vec<Cell>| {
                self.text(row, key) == *value
                    && self.text(row, "tranche") == *class
                    && self.text(row, "support") == *with
            };
            let found = self.rows.iter().find(is);
            found.map_or(Cell::Blank, |row| self.cell(row, figure).clone())
        };
        let rows = self.distinct(key).into_iter().map(|value| {
            let cells = columns.iter().map(|column| cell(&value, column)).collect();
            (value, cells)
        });
        let rows = rows.collect();
        ByClass { columns, rows }
    }
}

impl Cell {
    /// As a number, where it is one.
    pub fn number(&self) -> Option<f64> {
        match self {
            Cell::Yuan(amount) => Some(fraction(*amount)),
            Cell::Number(value, _) => Some(*value),
            Cell::Count(count) => Some(*count as f64),
            Cell::Text(_) | Cell::Date(_) | Cell::Blank => None,
        }
    }

    /// Yuan, or nothing.
    pub fn yuan(&self) -> Decimal {
        match self {
            Cell::Yuan(amount) => *amount,
            _ => Decimal::ZERO,
        }
    }
}

/// The nearest binary fraction, in yuan: for a spreadsheet, which knows no other.
fn fraction(amount: Decimal) -> f64 {
    amount.to_fen() as f64 / 100.0
}

/// What the manifest says, or why the folder is not read.
fn facts(folder: &str, manifest: Option<&[u8]>) -> Result<Facts, Vec<String>> {
    let told = |why: &str| vec![format!("{folder}: {why}")];
    let bytes = manifest.ok_or_else(|| told("this is no run of ipabs: no manifest.json"))?;
    let facts: Facts = serde_json::from_slice(bytes)
        .map_err(|_| told("this is no run of ipabs: manifest.json does not say so"))?;
    if facts.program != env!("CARGO_PKG_NAME") {
        return Err(told("this is no run of ipabs: manifest.json names another program"));
    }
    let own = env!("CARGO_PKG_VERSION");
    match (numbers(&facts.version), numbers(own)) {
        (None, _) => Err(told(&format!("manifest.json: {} is no version", facts.version))),
        (theirs, ours) if theirs > ours => Err(told(&format!(
            "written by ipabs {}, which is newer than this one ({own}): run it again, or update",
            facts.version
        ))),
        _ => Ok(facts),
    }
}

/// Options as one text each; those not given are left out.
fn asked(of: &BTreeMap<String, serde_json::Value>) -> Vec<(String, String)> {
    let told = |value: &serde_json::Value| match value {
        serde_json::Value::String(text) => text.clone(),
        serde_json::Value::Bool(true) => "yes".to_owned(),
        serde_json::Value::Bool(false) => "no".to_owned(),
        other => other.to_string(),
    };
    let text = |value: &serde_json::Value| match value {
        serde_json::Value::Array(all) => all.iter().map(told).collect::<Vec<_>>().join("; "),
        serde_json::Value::Null => String::new(),
        other => told(other),
    };
    let all = of.iter().map(|(name, value)| (name.clone(), text(value)));
    all.filter(|(_, value)| !value.is_empty()).collect()
}

fn numbers(version: &str) -> Option<Vec<u64>> {
    version.split('.').map(|part| part.parse().ok()).collect()
}

/// A table; nothing where its rows cannot be told apart.
fn table(folder: &str, name: &str, bytes: &[u8], faults: &mut Vec<String>) -> Option<Table> {
    let place = format!("{folder}/{name}");
    let Ok(text) = std::str::from_utf8(bytes) else {
        faults.push(format!("{place}: the file is not UTF-8, as ipabs writes it"));
        return None;
    };
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut reader =
        csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
    let mut records = reader.records().zip(1..);
    let Some((Ok(header), _)) = records.next() else {
        faults.push(format!("{place}: the table has no header"));
        return None;
    };
    let header: Vec<String> = header.iter().map(str::to_owned).collect();
    let kinds: Vec<Kind> = header.iter().map(|column| columns::kind(column)).collect();
    let mut rows = Vec::new();
    for (record, number) in records {
        let cells: Vec<String> = match record {
            Ok(record) => record.iter().map(str::to_owned).collect(),
            Err(_) => {
                faults.push(format!("{place}:{number}: the row cannot be read"));
                continue;
            }
        };
        if cells.len() != header.len() {
            let (found, wanted) = (cells.len(), header.len());
            faults
                .push(format!("{place}:{number}: row has {found} cells, the header has {wanted}"));
            continue;
        }
        let read = cells.iter().zip(&kinds).zip(&header).map(|((text, kind), column)| {
            cell(text, *kind).unwrap_or_else(|want| {
                faults.push(format!("{place}:{number}: {column}: {text} is not {want}"));
                Cell::Blank
            })
        });
        rows.push(read.collect());
    }
    Some(Table { name: name.to_owned(), header, rows })
}

/// A cell as its kind; what was wanted where it is none.
fn cell(text: &str, kind: Kind) -> Result<Cell, &'static str> {
    if text.is_empty() {
        return Ok(Cell::Blank);
    }
    match kind {
        Kind::Text => Ok(Cell::text(text)),
        Kind::Date => dates::parse(text).map(Cell::Date).ok_or("a date"),
        Kind::Yuan => amount(text).ok_or("an amount"),
        Kind::Share | Kind::Number => number(text).ok_or("a number"),
        Kind::Count => text.parse().map(Cell::Count).map_err(|_| "a whole number"),
        Kind::Mixed => Ok(formed(text)),
    }
}

/// By its form alone.
fn formed(text: &str) -> Cell {
    let digits = text.strip_prefix('-').unwrap_or(text);
    if digits.len() == 10 && digits.as_bytes()[4] == b'-' {
        return dates::parse(text).map_or_else(|| Cell::text(text), Cell::Date);
    }
    let plain = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    let found = match (plain, digits.split_once('.')) {
        (false, _) => None,
        (true, None) => text.parse().ok().map(Cell::Count),
        (true, Some((_, fen))) if fen.len() == 2 => amount(text),
        (true, Some(_)) => number(text),
    };
    found.unwrap_or_else(|| Cell::text(text))
}

fn amount(text: &str) -> Option<Cell> {
    let amount: Decimal = text.parse().ok()?;
    (amount.scale() <= 2).then_some(Cell::Yuan(amount))
}

/// With the decimals that it is written with.
fn number(text: &str) -> Option<Cell> {
    let decimals = text.split_once('.').map_or(0, |(_, after)| after.len());
    let value: f64 = text.parse().ok()?;
    value.is_finite().then_some(Cell::Number(value, decimals))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_read_by_kind_or_form() {
        let check = |text: &str, kind, wanted: Result<Cell, &str>| {
            assert_eq!(cell(text, kind), wanted, "{text}");
        };
        check("", Kind::Yuan, Ok(Cell::Blank));
        check("1234567890123.45", Kind::Yuan, Ok(Cell::Yuan(Decimal::new(123456789012345, 2))));
        check("1.234", Kind::Yuan, Err("an amount"));
        check("x", Kind::Date, Err("a date"));
        check("0.043000", Kind::Share, Ok(Cell::Number(0.043, 6)));
        check("NaN", Kind::Share, Err("a number"));
        check("1.5", Kind::Count, Err("a whole number"));
        check("2021-07-12", Kind::Text, Ok(Cell::text("2021-07-12")));
        check("2021-07-12", Kind::Mixed, Ok(Cell::Date(crate::dates::Date::constant(2021, 7, 12))));
        check("2021-07-1x", Kind::Mixed, Ok(Cell::text("2021-07-1x")));
        check("-0.042990", Kind::Mixed, Ok(Cell::Number(-0.04299, 6)));
        check("60000000.00", Kind::Mixed, Ok(Cell::Yuan(Decimal::new(6_000_000_000, 2))));
        check("T-10", Kind::Mixed, Ok(Cell::text("T-10")));
        check("-", Kind::Mixed, Ok(Cell::text("-")));
        check(".", Kind::Mixed, Ok(Cell::text(".")));
        check("12", Kind::Mixed, Ok(Cell::Count(12)));
    }

    #[test]
    fn a_table_that_is_not_whole_is_refused() {
        let whole = "measure,value,se\nel,0.01,\nvar_99,0.12,\n";
        let check = |pool: Option<&str>, wanted: &[&str]| {
            let manifest = r#"{"program":"ipabs","version":"0.1.0","command":"simulate",
                "rows":{"pool.csv":2}}"#;
            let file = |name: &str, text: &str| (name.to_owned(), text.as_bytes().to_vec());
            let files =
                [Some(file("manifest.json", manifest)), pool.map(|of| file("pool.csv", of))];
            let files: Vec<_> = files.into_iter().flatten().collect();
            let faults = Record::read("a", &files).map(|_| ()).err().unwrap_or_default();
            assert_eq!(faults, wanted);
        };
        check(Some(whole), &[]);
        check(None, &["a/pool.csv: the run has no such table"]);
        check(Some(&whole[..26]), &["a/pool.csv: the table has 1 rows, the run wrote 2"]);
        let cut = "a/pool.csv: the table is cut off in its last row";
        check(
            Some(&whole[..whole.len() - 2]),
            &["a/pool.csv:3: row has 2 cells, the header has 3", cut],
        );
        check(Some(&whole[..whole.len() - 1]), &[cut]);
    }

    #[test]
    fn what_is_no_run_is_refused_by_name() {
        let check = |manifest: Option<&str>, wanted: &str| {
            let files: Vec<(String, Vec<u8>)> = manifest
                .map(|text| ("manifest.json".to_owned(), text.as_bytes().to_vec()))
                .into_iter()
                .collect();
            let faults = Record::read("a", &files).map(|_| ()).err().unwrap_or_default();
            assert!(faults[0].contains(wanted), "{faults:?}");
        };
        check(None, "a: this is no run of ipabs: no manifest.json");
        check(Some("{"), "manifest.json does not say so");
        check(
            Some(r#"{"program":"other","version":"1","command":"run"}"#),
            "names another program",
        );
        check(Some(r#"{"program":"ipabs","version":"x","command":"run"}"#), "x is no version");
        check(
            Some(r#"{"program":"ipabs","version":"99.0.0","command":"run"}"#),
            "written by ipabs 99.0.0, which is newer",
        );
        check(
            Some(r#"{"program":"ipabs","version":"0.1.0","command":"run"}"#),
            "a/collections.csv: the run has no such table",
        );
    }
}
