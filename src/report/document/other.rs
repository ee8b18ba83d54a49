//! Results of commands that have no part of their own: their tables as they are.
use super::grid::Grid;
use super::{Part, text};
use crate::report::Lang;
use crate::report::record::Record;
use crate::report::scenario_names::label;

/// Longer tables are in the run's folder alone.
const MOST_ROWS: usize = 400;

pub fn other(run: &Record, lang: Lang) -> Part {
    let mut blocks = Vec::new();
    for table in run.tables.iter().filter(|table| table.rows.len() <= MOST_ROWS) {
        let columns: Vec<&str> = table.header.iter().map(String::as_str).collect();
        let title = table.name.trim_end_matches(".csv");
        blocks.extend(Grid::of(title, table, &columns, lang, |_| true).block());
    }
    if blocks.is_empty() {
        blocks.push(text(lang.say("Nothing to show.", "无内容。")));
    }
    Part::new(&label(run, lang), blocks)
}
