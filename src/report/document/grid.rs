//! A table of a document: heads, cells as people read them, and which support each belongs to.
use serde::Serialize;

use crate::report::Lang;
use crate::report::columns::{self, Kind};
use crate::report::document::{Block, glossary, words};
use crate::report::record::{Record, Table};
use crate::report::table::Cell;
use crate::report::words::{grouped, percent};
use crate::report::workbook::support;

#[derive(Clone, Debug, Default, Serialize)]
pub struct Grid {
    pub title: String,
    /// Key of the term that the title is; empty where it is none.
    pub term: &'static str,
    pub heads: Vec<Head>,
    pub rows: Vec<Line>,
}

#[derive(Clone, Debug, Serialize)]
pub struct Head {
    pub text: String,
    /// Stands to the right.
    pub figure: bool,
    /// `with` or `without` where the whole column is so; else empty.
    pub support: String,
    /// Key of the term that it is; empty where it is none.
    pub term: &'static str,
}

#[derive(Clone, Debug, Serialize)]
pub struct Line {
    pub cells: Vec<String>,
    /// `with`, `without` or `bare` where the row is so; else empty.
    pub support: String,
    /// Key of the term that the first cell is; empty where it is none.
    pub term: &'static str,
}

impl Grid {
    pub fn titled(title: &str) -> Grid {
        Grid { title: title.to_owned(), ..Grid::default() }
    }

    /// Titled with a figure that is a term.
    pub fn of_term(mut self, name: &str) -> Grid {
        self.term = glossary::key(name);
        self
    }

    /// A column of words.
    pub fn words(self, text: impl Into<String>) -> Grid {
        self.head(text.into(), false, "")
    }

    /// A column of figures.
    pub fn figures(self, text: impl Into<String>) -> Grid {
        self.head(text.into(), true, "")
    }

    /// A column of words with the name of one of a table, or of an item of the terms.
    pub fn words_of(self, name: &str, lang: Lang) -> Grid {
        self.head(columns::title(name, lang), false, glossary::key(name))
    }

    /// The same, of figures.
    pub fn figures_of(self, name: &str, lang: Lang) -> Grid {
        self.head(columns::title(name, lang), true, glossary::key(name))
    }

    /// A column of a measure.
    pub fn measure(self, name: &str, lang: Lang) -> Grid {
        self.head(columns::measure(name, lang), true, glossary::key(name))
    }

    /// A column of figures with or without support.
    pub fn under(self, text: &str, with: &str, lang: Lang) -> Grid {
        let text = format!("{text} {}", support(with, lang));
        // Said once.
        let term = glossary::key(with);
        let known = self.heads.iter().any(|head| head.term == term);
        let mut grid = self.head(text, true, if known { "" } else { term });
        if let Some(head) = grid.heads.last_mut() {
            head.support = with.to_owned();
        }
        grid
    }

    pub fn head(mut self, text: String, figure: bool, term: &'static str) -> Grid {
        self.heads.push(Head { text, figure, support: String::new(), term });
        self
    }

    pub fn row(&mut self, cells: Vec<String>) {
        self.named("", cells);
    }

    /// A row that begins with the name of a measure, a characteristic or an item.
    pub fn named(&mut self, name: &str, cells: Vec<String>) {
        let term = glossary::key(name);
        self.rows.push(Line { cells, support: String::new(), term });
    }

    pub fn supported(&mut self, with: &str, cells: Vec<String>) {
        self.rows.push(Line { cells, support: with.to_owned(), term: "" });
    }

    /// Columns of a table that say something, in this order, of the rows that are kept.
    pub fn of(
        title: &str,
        table: &Table,
        names: &[&str],
        lang: Lang,
        kept: impl Fn(&[Cell]) -> bool,
    ) -> Grid {
        let there: Vec<&str> = names.iter().copied().filter(|name| table.says(name)).collect();
        let mut grid = Grid::titled(title);
        for name in &there {
            let figure = !matches!(columns::kind(name), Kind::Text | Kind::Date)
                || *name == "first_shortfall_date";
            grid = if figure { grid.figures_of(name, lang) } else { grid.words_of(name, lang) };
        }
        for row in table.rows.iter().filter(|row| kept(row)) {
            let cells = there.iter().map(|name| told(table, row, name, lang)).collect();
            grid.supported(&table.text(row, "support"), cells);
        }
        grid
    }

    /// As a block, where it has rows.
    pub fn block(self) -> Option<Block> {
        (!self.rows.is_empty()).then_some(Block::Grid(self))
    }
}

/// A cell by its column, as people read it.
pub fn told(table: &Table, row: &[Cell], column: &str, lang: Lang) -> String {
    let cell = table.cell(row, column);
    let spoken = match cell {
        Cell::Text(text) => words::spoken(column, text, lang),
        _ => None,
    };
    spoken.unwrap_or_else(|| shown(column, cell))
}

/// Probabilities and expected losses may be rare: four decimals of a percent.
fn rare(column: &str) -> bool {
    let starts = ["p_", "pd_", "el_"].iter().any(|start| column.starts_with(start));
    starts || ["pd", "el", "probability"].contains(&column)
}

/// A value in the form of its column.
pub fn shown(column: &str, cell: &Cell) -> String {
    match (columns::kind(column), cell) {
        (_, Cell::Blank) => "-".to_owned(),
        (_, Cell::Text(text)) => text.clone(),
        (_, Cell::Date(date)) => date.to_string(),
        (_, Cell::Yuan(_) | Cell::Count(_)) => grouped(&cell.written()),
        (Kind::Share, Cell::Number(value, _)) if rare(column) => fine(*value),
        (Kind::Share, Cell::Number(value, _)) => percent(*value),
        (_, Cell::Number(value, _)) if column == "critical" => percent(*value),
        (Kind::Number, Cell::Number(value, _)) if column.contains("per_100") => {
            format!("{value:.4}")
        }
        (Kind::Number, Cell::Number(value, _)) => grouped(&format!("{value:.2}")),
        (_, Cell::Number(..)) => cell.written(),
    }
}

/// Four decimals of a percent.
pub fn fine(share: f64) -> String {
    format!("{:.4}%", 100.0 * share)
}

/// A measure of a class, as people read it.
pub fn measured(run: &Record, class: &str, measure: &str, with: &str) -> String {
    match run.measure(class, measure, with) {
        Cell::Number(value, _) if matches!(measure, "loss" | "yield") => percent(value),
        Cell::Number(value, _) => format!("{value:.2}"),
        cell => shown("value", &cell),
    }
}
