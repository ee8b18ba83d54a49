//! What every table's reader needs: the tables by name, their keys, and cells whose kind another
//! cell decides. Invariant: a key list holds one entry for each row of its table, also for rows
//! with other problems, so that a good reference to a bad row is not a second problem.

use super::cell;
use super::columns::About;
use super::folder::Source;
use super::header;
use super::problems::{Place, Problems, nearest};
use super::table::{self, Column, Kind, Row, Table};
use crate::dates::Date;
use crate::num::{Decimal, Fen, Ratio, fen_of};
use std::cell::RefCell;
use std::collections::BTreeMap;

/// A day that no cell can hold; stands where a date could not be read, and goes nowhere.
pub const NO_DAY: Date = Date::ZERO;

/// The folder while it is read.
pub struct Book<'a> {
    pub sources: &'a [Source],
    pub problems: &'a Problems,
    /// Those that it may hold.
    pub tables: &'static [About],
    warnings: RefCell<Vec<String>>,
}

impl<'a> Book<'a> {
    pub fn new(
        sources: &'a [Source],
        tables: &'static [About],
        problems: &'a Problems,
    ) -> Book<'a> {
        Book { sources, problems, tables, warnings: RefCell::new(Vec::new()) }
    }

    /// Reports tables that are not known, `what` being what they would be of, or there twice.
    pub fn known_files(&self, what: &str) {
        for (at, source) in self.sources.iter().enumerate() {
            let name = source.name.as_str();
            if self.sources[..at].iter().any(|other| other.name == name) {
                self.problems.at(&Place::file(name), "the table is given twice");
            }
            if !self.tables.iter().any(|table| table.file == name) {
                let near = nearest(name, self.tables.iter().map(|table| table.file));
                let hint = near.map(|near| format!(" (did you mean {near}?)")).unwrap_or_default();
                let text = format_args!("this is not a table of {what}{hint}");
                self.problems.at(&Place::file(name), text);
            }
        }
    }

    pub fn has(&self, file: &str) -> bool {
        self.sources.iter().any(|source| source.name == file)
    }

    /// `None` where the folder has no such table, or one that cannot be read at all.
    pub fn table(&self, file: &str) -> Option<Table<'a>> {
        let source = self.sources.iter().find(|source| source.name == file)?;
        let about = self.tables.iter().find(|table| table.file == file)?;
        table::read(file, &source.bytes, about.columns, self.problems)
    }

    /// A table and its keys, which must differ.
    pub fn keyed(&self, file: &'static str) -> (Option<Table<'a>>, Names) {
        let (table, names) = self.listed(file);
        for (at, row) in table.iter().flat_map(Table::rows).enumerate() {
            let name = &names.names[at];
            match names.find(name) {
                Some(first) if first < at && !name.is_empty() => {
                    let place = row.place(names.column);
                    self.problems.duplicate_key(&place, name, names.rows[first]);
                }
                _ => {}
            }
        }
        (table, names)
    }

    /// A table and its keys, which may repeat.
    pub fn listed(&self, file: &'static str) -> (Option<Table<'a>>, Names) {
        let before = self.problems.len();
        let table = self.table(file);
        let about = self.tables.iter().find(|table| table.file == file);
        let column = about.map_or("", |about| about.columns[0].name);
        let mut names = Names {
            file,
            column,
            absent: !self.has(file),
            whole: self.problems.len() == before,
            names: Vec::new(),
            rows: Vec::new(),
            first: BTreeMap::new(),
        };
        for row in table.iter().flat_map(Table::rows) {
            let name = row.text(column).unwrap_or_default();
            names.whole &= !name.is_empty();
            let at = names.names.len();
            names.first.entry(name.to_string()).or_insert(at);
            names.names.push(name.to_string());
            names.rows.push(row.number());
        }
        (table, names)
    }

    pub fn warn(&self, place: &Place, text: impl std::fmt::Display) {
        let line = self.problems.line(place, text);
        let mut warnings = self.warnings.borrow_mut();
        if !warnings.contains(&line) {
            warnings.push(line);
        }
    }

    pub fn into_warnings(self) -> Vec<String> {
        self.warnings.into_inner()
    }

    /// Whether these columns of a table (keys of deal.csv) hold what their cells say: no problem is
    /// of them, of a whole row or of the file.
    pub fn sound(&self, file: &str, columns: &[&str]) -> bool {
        let about = self.tables.iter().find(|table| table.file == file);
        let described: &[Column] = match about {
            Some(about) if !about.items.is_empty() && file == "deal.csv" => about.items,
            Some(about) => about.columns,
            None => &[],
        };
        let wanted = |written: &str| match header::column(written, described) {
            Some(column) => columns.contains(&column.name),
            None => true,
        };
        !self.problems.touch(file, wanted)
    }

    /// The index of a name, or 0 where there is none, which is then a problem.
    pub fn index(&self, place: &Place, name: &str, names: &Names) -> usize {
        if let Some(at) = names.find(name) {
            return at;
        }
        if names.absent {
            let text = format!("{name}: there is no {}", names.file);
            self.problems.at(place, text);
        } else if names.whole {
            let known = names.names.iter().map(String::as_str);
            self.problems.dangling(place, name, names.file, known);
        }
        0
    }

    /// More rows than a deal may have.
    pub fn at_most(&self, names: &Names, most: usize, what: &str) {
        if names.names.len() > most {
            self.problems.too_large(&Place::file(names.file), most, what);
        }
    }
}

/// The keys of a table, in row order.
pub struct Names {
    pub file: &'static str,
    pub column: &'static str,
    pub names: Vec<String>,
    /// As the spreadsheet shows them.
    pub rows: Vec<usize>,
    /// The folder does not have the table.
    absent: bool,
    /// Nothing is known to be missing from the list.
    whole: bool,
    /// The first row of each.
    first: BTreeMap<String, usize>,
}

impl Names {
    /// Names that no table gives.
    pub fn made(file: &'static str, names: Vec<String>) -> Names {
        Names {
            file,
            column: "",
            rows: Vec::new(),
            absent: false,
            whole: true,
            first: names.iter().cloned().zip(0..).collect(),
            names,
        }
    }

    /// A needed table that is absent is reported once, not at each reference to it.
    pub fn needed(mut self, book: &Book) -> Names {
        if self.absent {
            let place = Place::file(self.file);
            book.problems.at(&place, "the folder has no such table");
            (self.absent, self.whole) = (false, false);
        } else if self.names.is_empty() && self.whole {
            book.problems.at(&Place::file(self.file), "the table has no rows");
            self.whole = false;
        }
        self
    }

    /// The same table with other keys.
    pub fn with(&self, names: Vec<String>) -> Names {
        Names { absent: self.absent, whole: self.whole, ..Names::made(self.file, names) }
    }

    /// Whether nothing is known to be missing from the list.
    pub fn is_whole(&self) -> bool {
        self.whole
    }

    pub fn find(&self, name: &str) -> Option<usize> {
        self.first.get(name).copied()
    }

    pub fn place(&self, at: usize, column: &str) -> Place {
        match self.rows.get(at) {
            Some(row) => Place::cell(self.file, *row, column),
            None => Place::file(self.file),
        }
    }
}

/// A cell whose kind another cell decides, or one item of a list.
#[derive(Clone)]
pub struct Value<'a> {
    pub text: &'a str,
    pub place: Place,
    problems: &'a Problems,
}

impl<'a> Value<'a> {
    pub fn of(book: &Book<'a>, row: &Row<'a>, column: &str) -> Option<Value<'a>> {
        Some(Value::new(book, row.written(column)?, row.place(column)))
    }

    pub fn new(book: &Book<'a>, text: &'a str, place: Place) -> Value<'a> {
        Value { text, place, problems: book.problems }
    }

    fn part(&self, text: &'a str) -> Value<'a> {
        Value { text, place: self.place.clone(), problems: self.problems }
    }

    pub fn name(&self) -> Option<&'a str> {
        let bad = |fault| self.problems.not_a_text(&self.place, self.text, fault);
        cell::text(self.text).map_err(bad).ok()
    }

    pub fn rate(&self) -> Option<Decimal> {
        let bad = |fault| self.problems.not_a_rate(&self.place, self.text, fault);
        cell::rate(self.text, None).map_err(bad).ok()
    }

    /// A number without a unit in a range, as a binary fraction: no amount of money.
    pub fn real(&self, inside: impl Fn(Decimal) -> bool, want: &str) -> Option<f64> {
        self.number(inside, want).map(real)
    }

    /// A number without a unit in a range.
    pub fn number(&self, inside: impl Fn(Decimal) -> bool, want: &str) -> Option<Decimal> {
        let bad = |fault| self.problems.not_a_plain_number(&self.place, self.text, fault);
        let number = cell::plain_number(self.text).map_err(bad).ok()?;
        if !inside(number) {
            self.problems.out_of_range(&self.place, self.text, want);
            return None;
        }
        Some(number)
    }

    /// From 0 to 2, with or without `%`.
    pub fn volatility(&self) -> Option<f64> {
        let bad = |fault| self.problems.not_a_rate(&self.place, self.text, fault);
        let read = cell::plain_number(self.text).or_else(|_| cell::rate(self.text, None));
        let volatility = read.map_err(bad).ok()?;
        let inside = (Decimal::ZERO..=Decimal::TWO).contains(&volatility);
        if !inside {
            self.problems.out_of_range(&self.place, self.text, "0 to 2");
        }
        inside.then(|| real(volatility))
    }

    /// From 0% to 100%.
    pub fn share(&self) -> Option<Decimal> {
        let rate = self.rate()?;
        let inside = (Decimal::ZERO..=Decimal::ONE).contains(&rate);
        if !inside {
            self.problems.out_of_range(&self.place, self.text, "0% to 100%");
        }
        inside.then_some(rate)
    }

    pub fn fen(&self) -> Option<Fen> {
        let bad = |fault| self.problems.not_an_amount(&self.place, self.text, fault);
        let amount = cell::amount(self.text, None).map_err(bad).ok()?;
        fen_at(amount, self.text, &self.place, self.problems)
    }

    pub fn date(&self) -> Option<Date> {
        let date = cell::date(self.text);
        if date.is_none() {
            self.problems.not_a_date(&self.place, self.text);
        }
        date
    }

    /// A whole number from 0 to `most`, of what `column` measures.
    pub fn count(&self, column: &Column, most: i64) -> Option<i64> {
        let bad = |fault| self.problems.not_an_integer(&self.place, self.text, fault);
        let count = cell::integer(self.text, column.measure()?).map_err(bad).ok()?;
        let inside = (0..=most).contains(&count);
        if !inside {
            let want = format!("0 to {most}");
            self.problems.out_of_range(&self.place, self.text, &want);
        }
        inside.then_some(count)
    }

    pub fn flag(&self) -> Option<bool> {
        let flag = cell::flag(self.text);
        if flag.is_none() {
            self.problems.not_a_flag(&self.place, self.text);
        }
        flag
    }

    pub fn choice(&self, column: &Column) -> Option<&'static str> {
        let Kind::Choice(words) = column.kind else {
            return None;
        };
        let choice = cell::choice(self.text, words);
        if choice.is_none() {
            self.problems.not_one_of(&self.place, self.text, words);
        }
        choice
    }

    /// Items between `;`, without blanks around them.
    pub fn list(&self) -> Vec<Value<'a>> {
        let items = self.text.split([';', '；']).map(str::trim);
        items.filter(|item| !item.is_empty()).map(|item| self.part(item)).collect()
    }

    /// Dates between `;`, which must ascend.
    pub fn dates(&self) -> Vec<Date> {
        let dates: Vec<Date> = self.list().iter().filter_map(Value::date).collect();
        if let Some(pair) = dates.windows(2).find(|pair| pair[0] >= pair[1]) {
            let text = format!("{} does not come after {}", pair[1], pair[0]);
            self.problems.at(&self.place, text);
        }
        dates
    }

    pub fn problem(&self, text: impl std::fmt::Display) {
        self.problems.at(&self.place, text);
    }
}

/// The description of a key, by its English or Chinese name.
pub fn described(list: &'static [Column], key: &str) -> Option<&'static Column> {
    let key = cell::key(key);
    list.iter().find(|column| column.names().any(|name| cell::key(name) == key))
}

/// The nearest binary fraction, for what is no amount of money.
pub fn real(number: Decimal) -> f64 {
    Ratio::of_rate(number).map_or(0.0, Ratio::as_f64)
}

fn fen_at(amount: Decimal, found: &str, place: &Place, problems: &Problems) -> Option<Fen> {
    let fen = fen_of(amount).filter(|fen| *fen >= 0);
    if fen.is_none() {
        problems.out_of_range(place, found, "0 to below 10,000,000,000,000 yuan");
    }
    fen
}

/// An amount of 0 or more.
pub fn fen(book: &Book, row: &Row, column: &str) -> Option<Fen> {
    let found = row.amount(column)?;
    fen_at(found, row.written(column)?, &row.place(column), book.problems)
}

/// An amount above 0, at most 1e12 yuan.
pub fn fen_above_0(book: &Book, row: &Row, column: &str) -> Option<Fen> {
    let amount = row.amount(column)?;
    let most = Decimal::from(1_000_000_000_000_i64);
    if amount <= Decimal::ZERO || amount > most {
        let want = "above 0 and at most 1,000,000,000,000 yuan";
        let found = row.written(column)?;
        book.problems.out_of_range(&row.place(column), found, want);
        return None;
    }
    fen_of(amount)
}

/// A rate from 0% to 36%, the most that a court protects.
pub fn annual(book: &Book, row: &Row, column: &str) -> Option<Decimal> {
    let rate = row.rate(column)?;
    let most = Decimal::new(36, 2);
    let inside = (Decimal::ZERO..=most).contains(&rate);
    if !inside {
        let found = row.written(column)?;
        book.problems.out_of_range(&row.place(column), found, "0% to 36%");
    }
    inside.then_some(rate)
}

/// A share from 0% to 100%.
pub fn share(book: &Book, row: &Row, column: &str) -> Option<Decimal> {
    let rate = row.rate(column)?;
    let inside = (Decimal::ZERO..=Decimal::ONE).contains(&rate);
    if !inside {
        let found = row.written(column)?;
        book.problems.out_of_range(&row.place(column), found, "0% to 100%");
    }
    inside.then_some(rate)
}

/// Columns of later points of a default curve, with their years.
pub const PD_LATER: &[(u32, &str)] = &[(2, "pd_2y"), (3, "pd_3y"), (5, "pd_5y")];

/// `pd_1y` and the later points, which do not fall.
pub fn pd_points(book: &Book, row: &Row) -> (Option<Decimal>, Vec<(u32, Decimal)>) {
    let first = share(book, row, "pd_1y");
    let mut before = first.map(|pd| ("pd_1y", pd));
    let mut later = Vec::new();
    for &(years, column) in PD_LATER {
        let Some(pd) = share(book, row, column) else {
            continue;
        };
        if let Some((early, least)) = before
            && pd < least
        {
            let text = format!(
                "{} is below {early} {} (the probability of default by a time does not fall)",
                row.written(column).unwrap_or_default(),
                row.written(early).unwrap_or_default(),
            );
            book.problems.at(&row.place(column), text);
        }
        before = Some((column, pd));
        later.push((years, pd));
    }
    (first, later)
}
