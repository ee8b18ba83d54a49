//! What is owed to the holders of each class, at closing and after each payment date, with support
//! and without: the table that the chart of notes is drawn from.
use rust_xlsxwriter::{ChartType, Worksheet, XlsxError};

use super::blocks::{print_first, repeats, support};
use super::charts::{Across, Axes, Line, chart, money};
use super::page::{CHART_ROWS, HEADER, Look, Page, RowAt};
use crate::num::Decimal;
use crate::report::Lang;
use crate::report::columns;
use crate::report::record::{Record, Table};
use crate::report::scenario_names::label;
use crate::report::table::Cell;

const WAYS: [&str; 2] = ["with", "without"];

/// Nothing where no run has balances.
pub fn balances(runs: &[&Record], lang: Lang) -> Result<Option<Worksheet>, XlsxError> {
    let title = lang.say("What is owed on the notes", "证券余额");
    let holds = lang.say(
        "yuan; the first date is closing, before any payment; then after each payment date",
        "单位：元；首日为设立日（尚未兑付），其后为各兑付日兑付后的余额",
    );
    let mut page = Page::new(lang, lang.say("balances", "证券余额"), title, holds)?;
    let mut row = HEADER;
    let mut printed = false;
    for (at, run) in runs.iter().enumerate() {
        let Some(table) = run.table("balances.csv") else { continue };
        if row > HEADER {
            page.break_before(row);
        }
        if !printed && repeats(runs, at) {
            print_first(&mut page, runs, at, row)?;
            printed = true;
        }
        let first = row + 1;
        heads(&mut page, row, table)?;
        row = rows(&mut page, row, run, table)?;
        draw(&mut page, run, table, (first, row))?;
        row += CHART_ROWS + 4;
    }
    if row == HEADER { Ok(None) } else { page.close(2).map(Some) }
}

fn heads(page: &mut Page, row: RowAt, table: &Table) -> Result<(), XlsxError> {
    let lang = page.lang;
    page.head(row, 0, lang.say("run", "情景"), Look::Text)?;
    page.head(row, 1, &columns::title("date", lang), Look::Date)?;
    let classes = table.distinct("tranche");
    let each = WAYS.iter().flat_map(|way| classes.iter().map(move |class| (class, *way)));
    for (column, (class, way)) in (2..).zip(each) {
        page.head(row, column, &format!("{class} {}", support(way, lang)), Look::Yuan)?;
    }
    Ok(())
}

/// The last row.
fn rows(page: &mut Page, head: RowAt, run: &Record, table: &Table) -> Result<RowAt, XlsxError> {
    let classes = table.distinct("tranche");
    let mut dates: Vec<&Cell> = Vec::new();
    for row in &table.rows {
        let date = table.cell(row, "date");
        if !dates.contains(&date) {
            dates.push(date);
        }
    }
    let mut row = head;
    for date in dates {
        row += 1;
        page.text(row, 0, &label(run, page.lang), Look::Text)?;
        page.put(row, 1, date, Look::Date, false)?;
        for (column, (way, class)) in
            (2..).zip(WAYS.iter().flat_map(|way| classes.iter().map(move |class| (*way, class))))
        {
            let is = |cells: &&Vec<Cell>| {
                table.cell(cells, "date") == date && table.text(cells, "tranche") == *class
            };
            let cell = table.rows_of("support", way).find(is);
            let cell = cell.map_or(&Cell::Blank, |cells| table.cell(cells, "balance"));
            page.put(row, column, cell, Look::Yuan, false)?;
        }
    }
    Ok(row)
}

/// With support; the most senior class at the foot of the stack.
fn draw(
    page: &mut Page,
    run: &Record,
    table: &Table,
    (first, last): (RowAt, RowAt),
) -> Result<(), XlsxError> {
    let lang = page.lang;
    let classes = table.distinct("tranche");
    let lines: Vec<Line> = (2..)
        .zip(&classes)
        .map(|(column, class)| Line::of_class(page, run, (column, class), (first, last)))
        .collect();
    // Nothing is owed more than at the start.
    let opening = table.rows.first().map(|row| table.cell(row, "date").clone());
    let at_start = table.rows_of("support", "with");
    let at_start = at_start.filter(|row| Some(table.cell(row, "date")) == opening.as_ref());
    let owed: Decimal = at_start.map(|row| table.cell(row, "balance").yuan()).sum();
    let (unit, format) = money(Cell::Yuan(owed).number().unwrap_or_default(), lang);
    let axes = Axes {
        title: &format!(
            "{} · {}",
            lang.say("Owed at closing and after each payment date", "设立日及各兑付日后的证券余额"),
            label(run, lang)
        ),
        unit,
        format,
        across: Across::Dates(last - first + 1),
    };
    let chart = chart(ChartType::ColumnStacked, &axes, &lines, lang);
    page.chart(first, last + 2, &chart)
}
