//! A table of terms: one row a term, and the key says what kind of value it has. Invariant: a key
//! is known, stands once and has a value, or is reported; a required one that is missing too.

use super::problems::Place;
use super::reader::{Book, Value};
use super::table::{Column, Table};
use crate::dates::Date;
use crate::num::Decimal;

/// The cells of such a table by key.
pub struct Keys<'a> {
    file: &'static str,
    values: Vec<(&'static Column, Value<'a>)>,
    /// (key, row as the spreadsheet shows it).
    pub rows: Vec<(&'static str, usize)>,
}

impl<'a> Keys<'a> {
    /// Those of a file, whose table is none where it cannot be read. `known` finds a key or reports
    /// it.
    pub fn read(
        book: &Book<'a>,
        file: &'static str,
        table: Option<&'a Table<'a>>,
        list: &'static [Column],
        known: impl Fn(&str, &Place) -> Option<&'static Column>,
    ) -> Keys<'a> {
        let mut keys = Keys { file, values: Vec::new(), rows: Vec::new() };
        if !book.has(file) {
            book.problems.at(&Place::file(file), "the folder has no such table");
        }
        let Some(table) = table else { return keys };
        for row in table.rows() {
            let Some(written) = row.text("key") else { continue };
            let Some(column) = known(written, &row.place("key")) else { continue };
            if let Some((_, first)) = keys.rows.iter().find(|(name, _)| *name == column.name) {
                book.problems.duplicate_key(&row.place("key"), written, *first);
                continue;
            }
            keys.rows.push((column.name, row.number()));
            if row.need("value")
                && let Some(text) = row.written("value")
            {
                let place = Place::cell(file, row.number(), written);
                keys.values.push((column, Value::new(book, text, place)));
            }
        }
        for column in list.iter().filter(|column| column.required) {
            if !keys.rows.iter().any(|(name, _)| *name == column.name) {
                let text = format!("required key {} is missing (or {})", column.name, column.zh[0]);
                book.problems.at(&Place::file(file), text);
            }
        }
        keys
    }

    /// Where a key stands, or the file where it is left out.
    pub fn place(&self, key: &str) -> Place {
        match self.rows.iter().find(|(name, _)| *name == key) {
            Some((_, row)) => Place::cell(self.file, *row, key),
            None => Place::file(self.file),
        }
    }

    pub fn get(&self, key: &str) -> Option<(&'static Column, &Value<'a>)> {
        let found = self.values.iter().find(|(column, _)| column.name == key);
        found.map(|(column, value)| (*column, value))
    }

    pub fn text(&self, key: &str) -> Option<&'a str> {
        self.get(key)?.1.name()
    }

    pub fn date(&self, key: &str) -> Option<Date> {
        self.get(key)?.1.date()
    }

    pub fn choice(&self, key: &str) -> Option<&'static str> {
        let (column, value) = self.get(key)?;
        value.choice(column)
    }

    pub fn share(&self, key: &str) -> Option<Decimal> {
        self.get(key)?.1.share()
    }

    /// A whole number up to `most`.
    pub fn count(&self, key: &str, most: i64) -> Option<i64> {
        let (column, value) = self.get(key)?;
        value.count(column, most)
    }

    pub fn days(&self, key: &str, usual: i32) -> i32 {
        self.count(key, 365).map_or(usual, |days| days as i32)
    }

    pub fn dates(&self, key: &str) -> Vec<Date> {
        self.get(key).map_or_else(Vec::new, |(_, value)| value.dates())
    }
}
