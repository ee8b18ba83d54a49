//! Measures and terms, one row each, the runs beside one another.
use rust_xlsxwriter::{Worksheet, XlsxError};

use super::blocks::{look, support};
use super::page::{HEADER, Look, Page};
use crate::report::Lang;
use crate::report::columns;
use crate::report::document::words;
use crate::report::record::{Record, Table};
use crate::report::scenario_names::label;
use crate::report::table::Cell;

/// A row's name in its key columns, and which of several rows of one name it is.
type Key = (Vec<String>, usize);

/// Keys of a table with their values, in its order.
fn keyed<'a>(table: &'a Table, names: &[&str]) -> Vec<(Key, &'a Vec<Cell>)> {
    let mut out: Vec<(Key, &Vec<Cell>)> = Vec::new();
    let mut seen: std::collections::BTreeMap<Vec<String>, usize> = Default::default();
    for row in &table.rows {
        let name: Vec<String> = names.iter().map(|column| table.text(row, column)).collect();
        let times = seen.entry(name.clone()).or_insert(0);
        *times += 1;
        out.push(((name, *times), row));
    }
    out
}

/// Keys of all runs, each after the one that it follows in its own table.
fn union(tables: &[Vec<(Key, &Vec<Cell>)>]) -> Vec<Key> {
    let mut all: Vec<Key> = Vec::new();
    for table in tables {
        let mut after = 0;
        for (key, _) in table {
            match all.iter().position(|known| known == key) {
                Some(at) => after = at + 1,
                None => {
                    all.insert(after, key.clone());
                    after += 1;
                }
            }
        }
    }
    all
}

/// `measures.csv`, a column a run.
pub fn measures(runs: &[&Record], lang: Lang) -> Result<Worksheet, XlsxError> {
    let title = lang.say("Measures", "指标");
    let holds = lang.say(
        "by class, then the deal; with and without support",
        "按档次，其后为整个交易；有增信与无增信",
    );
    let mut page = Page::new(lang, lang.say("measures", "指标"), title, holds)?;
    let names = ["tranche", "measure", "support", "unit"];
    let tables = tables(runs, "measures.csv", &names);
    heads(&mut page, &names, runs)?;
    for (row, key) in (HEADER + 1..).zip(union(&tables)) {
        let [tranche, measure, with, unit] = &key.0[..] else { continue };
        let deal = if tranche.is_empty() { lang.say("deal", "交易") } else { tranche };
        let unit_said = words::unit(unit, lang);
        let said = [deal, &columns::measure(measure, lang), support(with, lang), unit_said];
        for (column, text) in (0..).zip(said) {
            page.text(row, column, text, Look::Text)?;
        }
        values(&mut page, row, &key, runs, &tables, unit)?;
    }
    page.close(2)
}

/// `terms.csv`, a column a run; what differs between runs is marked.
pub fn terms(runs: &[&Record], lang: Lang) -> Result<Worksheet, XlsxError> {
    let title = lang.say("Terms and assumptions", "条款与假设");
    let holds = lang.say(
        "the deal and each scenario as understood, defaults included",
        "程序理解的交易条款与各情景假设（含默认值）",
    );
    let mut page = Page::new(lang, lang.say("terms and assumptions", "条款与假设"), title, holds)?;
    let names = ["section", "item"];
    let tables = tables(runs, "terms.csv", &names);
    heads(&mut page, &names, runs)?;
    for (row, key) in (HEADER + 1..).zip(union(&tables)) {
        let [section, item] = &key.0[..] else { continue };
        for (column, text) in (0..).zip([words::section(section, lang), words::item(item, lang)]) {
            page.text(row, column, &text, Look::Text)?;
        }
        values(&mut page, row, &key, runs, &tables, "")?;
    }
    page.close(3)
}

fn tables<'a>(runs: &[&'a Record], file: &str, names: &[&str]) -> Vec<Vec<(Key, &'a Vec<Cell>)>> {
    let of = |run: &&'a Record| run.table(file).map(|table| keyed(table, names));
    runs.iter().map(|run| of(run).unwrap_or_default()).collect()
}

fn heads(page: &mut Page, names: &[&str], runs: &[&Record]) -> Result<(), XlsxError> {
    let lang = page.lang;
    for (column, name) in (0..).zip(names) {
        page.head(HEADER, column, &columns::title(name, lang), Look::Text)?;
    }
    // Terms are texts most of all, measures are figures.
    let terms = names.len() == 2;
    let below = if terms { Look::Text } else { Look::Yuan };
    if terms {
        page.head(HEADER, 2, lang.say("differs", "不同"), Look::Text)?;
    }
    for (column, run) in (first_run(names.len())..).zip(runs) {
        page.head(HEADER, column, &label(run, page.lang), below)?;
    }
    Ok(())
}

/// The column of the first run, after so many columns of a key; terms have one more.
fn first_run(key: usize) -> u16 {
    if key == 2 { 3 } else { key as u16 }
}

/// One cell a run, after the columns of the key.
fn values(
    page: &mut Page,
    row: u32,
    key: &Key,
    runs: &[&Record],
    tables: &[Vec<(Key, &Vec<Cell>)>],
    unit: &str,
) -> Result<(), XlsxError> {
    let terms = key.0.len() == 2;
    let file = if terms { "terms.csv" } else { "measures.csv" };
    let found = |at: usize| -> Cell {
        let cells = tables[at].iter().find(|(other, _)| other == key).map(|(_, cells)| cells);
        let table = runs[at].table(file);
        table.zip(cells).map_or(Cell::Blank, |(table, cells)| table.cell(cells, "value").clone())
    };
    let lang = page.lang;
    let cells: Vec<Cell> = (0..runs.len()).map(found).collect();
    if terms && cells.windows(2).any(|pair| pair[0] != pair[1]) {
        page.text(row, 2, page.lang.say("yes", "是"), Look::Text)?;
    }
    for (column, cell) in (first_run(key.0.len())..).zip(&cells) {
        let look = match (look("value", cell, unit, false), terms) {
            (Look::Yuan, true) => Look::LeftYuan,
            (Look::Date, true) => Look::LeftDate,
            (Look::Number(_) | Look::Count, true) => Look::LeftNumber,
            (look, _) => look,
        };
        let said = match cell {
            Cell::Text(text) if terms && !rate(text) => Cell::Text(words::claims(text, lang)),
            cell => cell.clone(),
        };
        page.put(row, column, &said, look, false)?;
    }
    Ok(())
}

/// A list of numbers stays as it is.
fn rate(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit() || b".;- ".contains(&byte))
}
