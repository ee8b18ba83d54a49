//! A programme on one sheet: what is out by series over time with a chart of it, what is left at
//! each issue, what supporters stand behind, what all series do on the same paths.
use rust_xlsxwriter::{ChartType, Worksheet, XlsxError};

use super::charts::{Across, Axes, Line, chart, money};
use super::page::{CHART_ROWS, Look, Page, RowAt};
use super::stress::listed;
use crate::report::Lang;
use crate::report::chart::Tone;
use crate::report::columns;
use crate::report::document::shelf::{BREACHES, FILLING, SUPPORTERS, TOGETHER};
use crate::report::record::{Record, Table};
use crate::report::scenario_names::label;
use crate::report::table::Cell;

/// Where the first block begins: below title and remark.
const FIRST: RowAt = 3;

/// Tables shown, with their columns and titles in English and Chinese.
const LISTS: &[(&str, &[&str], &str, &str)] = &[
    (
        "joint_series.csv",
        TOGETHER,
        "How likely a senior class is unpaid: together, alone, without support",
        "各期优先级未足额概率：共用增信、单独测算、无增信",
    ),
    (
        "joint_supporters.csv",
        SUPPORTERS,
        "Calls on supporters as series are added",
        "逐期加入后的差额支付",
    ),
    ("filling.csv", FILLING, "Filling", "组包"),
    ("breaches.csv", BREACHES, "Limits that are broken", "超限"),
];

/// Every programme, one below the other.
pub fn programme(runs: &[&Record], lang: Lang) -> Result<Worksheet, XlsxError> {
    let title = lang.say("The programme", "储架");
    let remark = lang.say("yuan; shares and probabilities", "单位：元；占比与概率");
    let mut page = Page::new(lang, lang.say("programme", "储架"), title, remark)?;
    let mut row = FIRST;
    for run in runs {
        page.free(row, 0, &label(run, lang), Look::Strong)?;
        row += 2;
        if let Some(table) = run.table("shelf.csv") {
            row = over_time(&mut page, row, table)?;
            page.break_before(row);
        }
        for (file, names, en, zh) in LISTS {
            if let Some(table) = run.table(file).filter(|table| !table.rows.is_empty()) {
                row = listed(&mut page, row, lang.say(en, zh), table, names)? + 1;
            }
        }
    }
    page.close_free()
}

/// Outstanding of each series on each date, the quota and what supporters may still take on; a
/// chart of the series, one on the other.
fn over_time(page: &mut Page, mut row: RowAt, table: &Table) -> Result<RowAt, XlsxError> {
    let lang = page.lang;
    let title = lang.say("Outstanding by series", "各期存续余额");
    page.free(row, 0, title, Look::Strong)?;
    row += 1;
    let series = table.distinct("series");
    let whole = ["shelf_outstanding", "quota_used", "quota_left"];
    page.head(row, 0, &columns::title("date", lang), Look::Date)?;
    let heads = series.iter().cloned().chain(whole.map(|name| columns::title(name, lang)));
    for (column, head) in (1..).zip(heads) {
        page.head(row, column, &head, Look::Yuan)?;
    }
    let first = row + 1;
    let mut dates = table.distinct("date");
    dates.sort();
    for date in &dates {
        row += 1;
        let until = |cells: &&Vec<Cell>| table.text(cells, "date") <= *date;
        let day = table.rows.iter().rfind(|cells| table.text(cells, "date") == *date);
        page.put(
            row,
            0,
            day.map_or(&Cell::Blank, |row| table.cell(row, "date")),
            Look::Date,
            false,
        )?;
        for (column, name) in (1..).zip(&series) {
            let mut known = table.rows.iter().filter(until);
            let last = known.rfind(|cells| table.text(cells, "series") == *name);
            let cell = last.map_or(&Cell::Blank, |cells| table.cell(cells, "outstanding"));
            page.put(row, column, cell, Look::Yuan, false)?;
        }
        for (column, name) in (series.len() as u16 + 1..).zip(whole) {
            let cell = day.map_or(&Cell::Blank, |cells| table.cell(cells, name));
            page.put(row, column, cell, Look::Yuan, false)?;
        }
    }
    let of = series.len();
    let lines = (1..).zip(series.iter().enumerate()).map(|(column, (at, name))| Line {
        name,
        categories: page.range(0, first, row),
        values: page.range(column, first, row),
        tone: Tone::Senior { at, of },
    });
    let lines: Vec<Line> = lines.collect();
    let most = table.rows.iter().map(|row| table.amount(row, "shelf_outstanding"));
    let (unit, format) = money(most.fold(0.0, f64::max), lang);
    let axes = Axes { title, unit, format, across: Across::Dates(row - first + 1) };
    let chart = chart(ChartType::ColumnStacked, &axes, &lines, lang);
    page.chart(first, row + 2, &chart)?;
    Ok(row + CHART_ROWS + 4)
}
