//! A table of every run on one sheet: run under run, with totals as live formulas.
//!
//! Invariant: the rows of a run (or of one group of it) stand together, so that sums and charts
//! take one range; tables that are the same in several runs stand there once.
use rust_xlsxwriter::XlsxError;

use super::page::{HEADER, Look, Page, RowAt, address, cell_of, local, quoted};
use crate::dates;
use crate::num::Decimal;
use crate::report::columns::{self, Kind};
use crate::report::document::{same_deal, words};
use crate::report::record::{Record, Table};
use crate::report::scenario_names::label;
use crate::report::table::Cell;
use crate::report::{Lang, said};

/// Which table becomes a sheet, and how.
pub struct Plan<'a> {
    /// The file: `notes.csv`.
    pub table: &'a str,
    /// Columns whose sums end a group of rows; none, no such row.
    pub totals: &'a [&'a str],
    /// Rows are put together by this column, each group with its own totals.
    pub group: Option<&'a str>,
    /// Rows that are left free under each run, for a chart.
    pub free_rows: u32,
}

impl<'a> Plan<'a> {
    pub fn of(table: &'a str) -> Plan<'a> {
        Plan { table, totals: &[], group: None, free_rows: 0 }
    }
}

/// Rows that stand together.
#[derive(Clone, Debug, PartialEq)]
pub struct Block {
    /// Index of the run.
    pub run: usize,
    /// The group, empty where the plan has none.
    pub group: String,
    pub first: RowAt,
    pub last: RowAt,
    /// The row of totals.
    pub total: Option<RowAt>,
}

/// Where a column of the table stands: the first column is the run's name.
pub fn place(table: &Table, column: &str) -> Option<u16> {
    table.column(column).and_then(|at| u16::try_from(at + 1).ok())
}

/// Writes the header and the rows of every run that has the table.
pub fn write(page: &mut Page, runs: &[&Record], plan: &Plan) -> Result<Vec<Block>, XlsxError> {
    let mut blocks = Vec::new();
    let mut row = HEADER;
    let mut header: Option<&[String]> = None;
    for (at, run) in runs.iter().enumerate() {
        let Some(table) = run.table(plan.table) else { continue };
        let same = |other: &&Record| other.table(plan.table) == Some(table);
        if plan.group.is_none() && plan.totals.is_empty() && runs[..at].iter().any(same) {
            continue;
        }
        let alike: Vec<String> = match plan.group.is_none() && plan.totals.is_empty() {
            true => runs.iter().filter(|run| same(run)).map(|run| label(run, page.lang)).collect(),
            false => vec![label(run, page.lang)],
        };
        let name = match alike.len() {
            1 => alike[0].clone(),
            many if many == runs.len() => page.lang.say("all", "全部").to_owned(),
            _ => page.lang.listed(&alike),
        };
        if header != Some(&table.header) {
            row = if header.is_some() { row + 1 } else { row };
            head(page, row, table)?;
            row += 1;
            header = Some(&table.header);
        }
        if plan.free_rows > 0 && !blocks.is_empty() {
            page.break_before(row);
        }
        row = groups(page, (at, &name), table, plan, row, &mut blocks)? + plan.free_rows + 1;
    }
    let again = blocks.iter().find(|block| repeats(runs, block.run));
    if let Some(other) = again {
        print_first(page, runs, other.run, other.first)?;
    }
    Ok(blocks)
}

/// Whether a run is of a deal that an earlier one is of too.
pub fn repeats(runs: &[&Record], run: usize) -> bool {
    runs[..run].iter().any(|earlier| same_deal(earlier, runs[run]))
}

/// Of several runs of a deal the first is printed; the second begins at this row.
pub fn print_first(
    page: &mut Page,
    runs: &[&Record],
    second: usize,
    next: RowAt,
) -> Result<(), XlsxError> {
    let printed: Vec<String> = runs[..second].iter().map(|run| label(run, page.lang)).collect();
    let run = page.lang.listed(&printed);
    let told = match page.lang {
        Lang::En => format!("printed: {run}; the other runs are below, for the screen"),
        Lang::Zh => format!("仅打印 {run}；其余情景列于其下，供屏幕查看"),
    };
    page.print_until(next - 1, &told)
}

fn head(page: &mut Page, row: RowAt, table: &Table) -> Result<(), XlsxError> {
    page.head(row, 0, page.lang.say("run", "情景"), Look::Text)?;
    for (column, name) in (1..).zip(&table.header) {
        let below = match columns::kind(name) {
            Kind::Yuan | Kind::Share | Kind::Number | Kind::Count | Kind::Mixed => Look::Yuan,
            Kind::Date => Look::Date,
            Kind::Text => Look::Text,
        };
        page.head(row, column, &columns::title(name, page.lang), below)?;
    }
    Ok(())
}

/// The row after the last.
fn groups(
    page: &mut Page,
    (run, name): (usize, &str),
    table: &Table,
    plan: &Plan,
    mut row: RowAt,
    blocks: &mut Vec<Block>,
) -> Result<RowAt, XlsxError> {
    let keys = plan.group.map_or_else(|| vec![String::new()], |column| table.distinct(column));
    for group in keys {
        let first = row;
        let inside =
            |cells: &&Vec<Cell>| plan.group.is_none_or(|column| table.text(cells, column) == group);
        let rows: Vec<&Vec<Cell>> = table.rows.iter().filter(inside).collect();
        for cells in &rows {
            page.text(row, 0, name, Look::Text)?;
            line(page, row, table, cells)?;
            row += 1;
        }
        let mut block =
            Block { run, group: group.clone(), first, last: row.max(1) - 1, total: None };
        if !plan.totals.is_empty() && !rows.is_empty() {
            total(page, (row, name), table, plan, &rows, &block)?;
            block.total = Some(row);
            row += 1;
        }
        if !rows.is_empty() {
            blocks.push(block);
        }
    }
    Ok(row)
}

/// The cells of one row of a table, from the second column on.
fn line(page: &mut Page, row: RowAt, table: &Table, cells: &[Cell]) -> Result<(), XlsxError> {
    for (column, (name, cell)) in (1..).zip(table.header.iter().zip(cells)) {
        let said = spoken(table, name, cell, page.lang);
        let cell = said.as_ref().unwrap_or(cell);
        let look = look(name, cell, &table.text(cells, "unit"), false);
        page.put(row, column, cell, look, false)?;
    }
    Ok(())
}

/// Words of ours in the reader's language, and a date where several may stand; names of the deal's
/// own stay as they are.
pub fn spoken(table: &Table, column: &str, cell: &Cell, lang: Lang) -> Option<Cell> {
    let Cell::Text(text) = cell else { return None };
    let characteristic = table.name == "pool_characteristics.csv";
    match column {
        "section" | "item" if characteristic => Some(Cell::text(said::characteristic(text, lang))),
        "default_dates" => dates::parse(text).map(Cell::Date),
        _ => words::spoken(column, text, lang).map(Cell::Text),
    }
}

/// `with` in the reader's language.
pub fn support(word: &str, lang: Lang) -> &str {
    match word {
        "with" => lang.say("with", "有增信"),
        "without" => lang.say("without", "无增信"),
        "bare" => lang.say("bare", "全无增信"),
        other => other,
    }
}

/// How a cell of a column looks; its unit, where the table has one, decides for mixed columns.
/// Where it is `fine`, shares have four decimals of a percent.
pub fn look(column: &str, cell: &Cell, unit: &str, fine: bool) -> Look {
    let percent = if fine { Look::FinePercent } else { Look::Percent };
    match (columns::kind(column), cell) {
        (_, Cell::Text(_) | Cell::Blank) => Look::Text,
        (_, Cell::Date(_)) => Look::Date,
        (_, Cell::Yuan(_)) => Look::Yuan,
        (_, Cell::Count(_)) => Look::Count,
        (Kind::Share, Cell::Number(..)) => percent,
        (Kind::Number, Cell::Number(_, 0)) => Look::Number(0),
        (Kind::Number, Cell::Number(..)) if column.starts_with("wal") => Look::Number(2),
        (_, Cell::Number(_, decimals)) => match unit {
            "a year" | "share" | "share of notional" | "share of initial" => percent,
            "years" | "times" | "years squared" => Look::Number(2),
            _ if fine => percent,
            _ => Look::Number((*decimals).min(6) as u8),
        },
    }
}

fn total(
    page: &mut Page,
    (row, name): (RowAt, &str),
    table: &Table,
    plan: &Plan,
    rows: &[&Vec<Cell>],
    block: &Block,
) -> Result<(), XlsxError> {
    page.put(row, 0, &Cell::text(name), Look::Text, true)?;
    let mut labelled = false;
    for (column, title) in (1..).zip(&table.header) {
        if plan.totals.contains(&title.as_str()) {
            let sum: Decimal = rows.iter().map(|cells| table.cell(cells, title).yuan()).sum();
            let formula = format!("=SUM({})", local(column, block.first, block.last));
            page.formula(row, column, &formula, &Cell::Yuan(sum), Look::Yuan, true)?;
            continue;
        }
        let cell = match plan.group == Some(title) {
            true => {
                let cell = table.cell(rows[0], title);
                spoken(table, title, cell, page.lang).unwrap_or_else(|| cell.clone())
            }
            false if !labelled => {
                labelled = true;
                Cell::text(page.lang.say("total", "合计"))
            }
            false => Cell::Blank,
        };
        let look = look(title, &cell, "", false);
        page.put(row, column, &cell, look, true)?;
    }
    Ok(())
}

/// The rows of a run on a sheet, totals too; nothing where it has none.
pub fn span(blocks: &[Block], run: usize) -> Option<(RowAt, RowAt)> {
    let mut own = blocks.iter().filter(|block| block.run == run);
    let first = own.next()?;
    let last = own.next_back().unwrap_or(first);
    Some((first.first, last.total.unwrap_or(last.last)))
}

/// A column after the last: what comes in less what goes out of each row, which reads 0.00.
pub fn check_column(
    page: &mut Page,
    runs: &[&Record],
    plan: &Plan,
    blocks: &[Block],
    plus: &[&str],
    minus: &[&str],
) -> Result<(), XlsxError> {
    let Some(table) = runs.iter().find_map(|run| run.table(plan.table)) else { return Ok(()) };
    let column = table.header.len() as u16 + 1;
    page.head(HEADER, column, page.lang.say("check", "校验"), Look::Yuan)?;
    for block in blocks {
        let Some(table) = runs[block.run].table(plan.table) else { continue };
        let inside =
            |cells: &&Vec<Cell>| plan.group.is_none_or(|by| table.text(cells, by) == block.group);
        for (row, cells) in (block.first..).zip(table.rows.iter().filter(inside)) {
            let sum = |names: &[&str]| -> Decimal {
                names.iter().map(|name| table.cell(cells, name).yuan()).sum()
            };
            let cell = |name: &&str| place(table, name).map(|at| address(row, at));
            let listed = |names: &[&str], sign: &str| {
                let cells: Vec<String> = names.iter().filter_map(cell).collect();
                cells.join(sign)
            };
            let formula = format!("=ROUND({}-{},2)", listed(plus, "+"), listed(minus, "-"));
            let result = Cell::Yuan(sum(plus) - sum(minus));
            page.formula(row, column, &formula, &result, Look::Yuan, false)?;
        }
    }
    Ok(())
}

/// The totals of a column of one run, added up: `'notes'!E17+'notes'!E30`; and what they give.
pub fn totals(flow: &Flow, runs: &[&Record], run: usize, column: &str) -> (String, Decimal) {
    let Some(table) = runs[run].table(flow.table) else { return ("0".to_owned(), Decimal::ZERO) };
    let rows = flow.blocks.iter().filter(|block| block.run == run).filter_map(|block| block.total);
    let at = place(table, column);
    let cells: Vec<String> = rows.filter_map(|row| Some(cell_of(&flow.sheet, row, at?))).collect();
    let sum = table.rows.iter().map(|cells| table.cell(cells, column).yuan()).sum();
    match cells.is_empty() {
        true => ("0".to_owned(), Decimal::ZERO),
        false => (cells.join("+"), sum),
    }
}

/// A sheet of blocks that others refer to.
pub struct Flow {
    pub sheet: String,
    pub table: &'static str,
    pub blocks: Vec<Block>,
}

impl Flow {
    /// A column of one run's rows as a range: `'fees'!$E$5:$E$120`.
    pub fn range(&self, runs: &[&Record], run: usize, column: &str) -> Option<String> {
        let at = place(runs[run].table(self.table)?, column)?;
        let (first, last) = span(&self.blocks, run)?;
        Some(format!("{}!{}", quoted(&self.sheet), local(at, first, last)))
    }
}
