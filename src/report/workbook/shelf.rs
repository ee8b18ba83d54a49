//! A programme on one sheet: what it says, its issues, what is out by series over time, what
//! supporters stand behind, what all series do on the same paths; a chart of each.
//!
//! Invariant: sums, and what is left of a limit, are formulas over what is out or used; what the
//! series have out less what the programme says is out reads 0.00.
use std::collections::BTreeSet;

use rust_xlsxwriter::{ChartType, Worksheet, XlsxError};

use super::charts::{Across, Axes, Line, NARROW, bars_over_time, chart, labelled, money, over};
use super::checks::Check;
use super::page::{CHART_ROWS, ColumnAt, Look, Page, RowAt, address, cell_of, local};
use super::stress::{SAID_TO, listed};
use crate::dates::{Date, days};
use crate::num::Decimal;
use crate::report::Lang;
use crate::report::chart::{Tone, joint};
use crate::report::columns;
use crate::report::document::shelf::{BREACHES, FILLING, SUPPORTERS, TOGETHER, issues, sentences};
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

/// Three sheets, every programme one below the other on each: the issues and what all series do
/// together; what is out over time; supporters over time. What series have out against the total.
pub fn programme(runs: &[&Record], lang: Lang) -> Result<(Vec<Worksheet>, Vec<Check>), XlsxError> {
    let title = lang.say("The programme", "储架");
    let remark = lang.say("yuan; shares and probabilities", "单位：元；占比与概率");
    let mut whole = Page::new(lang, lang.say("programme", "储架"), title, remark)?;
    let title = lang.say("Outstanding by series, and the quota", "各期存续余额与额度");
    let (yuan, name) = (lang.say("yuan", "单位：元"), lang.say("outstanding", "存续余额"));
    let mut out = Page::new(lang, name, title, yuan)?;
    let title = lang.say("What supporters stand behind", "各增信方担保余额");
    let name = lang.say("supporters over time", "增信方占用");
    let mut behind = Page::new(lang, name, title, yuan)?;
    let (mut row, mut out_row, mut behind_row) = (FIRST, FIRST, FIRST);
    let mut checks = Vec::new();
    for run in runs {
        row = told(&mut whole, row, run)?;
        if let Some(table) = run.table("shelf.csv").filter(|table| !table.rows.is_empty()) {
            let quota = quota(&mut whole, row, table)?;
            row = issued(&mut whole, row + 2, run, table, &quota)?;
            let (next, check) = over_time(&mut out, out_row, run, table, &quota)?;
            checks.push(check);
            out_row = next;
        }
        if let Some(table) = run.table("exposures.csv").filter(|table| !table.rows.is_empty()) {
            behind_row = exposures(&mut behind, behind_row, run, table)?;
        }
        row = together(&mut whole, row, run)?;
        for (file, names, en, zh) in LISTS {
            if let Some(table) = run.table(file).filter(|table| !table.rows.is_empty()) {
                row = listed(&mut whole, row, lang.say(en, zh), table, names)? + 1;
            }
        }
    }
    let more = [(out, out_row), (behind, behind_row)];
    let mut sheets = vec![whole.close_free()?];
    for (page, _) in more.into_iter().filter(|(_, row)| *row > FIRST) {
        sheets.push(page.close_free()?);
    }
    Ok((sheets, checks))
}

/// The name of the run and what it says.
fn told(page: &mut Page, mut row: RowAt, run: &Record) -> Result<RowAt, XlsxError> {
    page.free(row, 0, &label(run, page.lang), Look::Strong)?;
    for text in sentences(run, page.lang) {
        row += 1;
        page.wrapped(row, (0, SAID_TO), &text)?;
    }
    Ok(row + 2)
}

/// The quota: its cell, and how much it is.
struct Quota {
    /// `'programme'!B8`.
    cell: String,
    yuan: Decimal,
}

fn quota(page: &mut Page, row: RowAt, table: &Table) -> Result<Quota, XlsxError> {
    let first = table.rows.first();
    let part = |column| first.map_or(Decimal::ZERO, |row| table.cell(row, column).yuan());
    let yuan = part("quota_used") + part("quota_left");
    page.text(row, 0, page.lang.say("quota", "额度"), Look::Strong)?;
    page.put(row, 1, &Cell::Yuan(yuan), Look::Yuan, false)?;
    Ok(Quota { cell: cell_of(&page.name, row, 1), yuan })
}

/// Of the quota what is not used, from the cell that says what is.
fn left(page: &mut Page, (row, column): At, quota: &Quota, used: &Cell) -> Result<(), XlsxError> {
    let formula = format!("={}-{}", quota.cell, address(row, column - 1));
    let left = Cell::Yuan(quota.yuan - used.yuan());
    page.formula(row, column, &formula, &left, Look::Yuan, false)
}

/// A cell's row and column.
type At = (RowAt, ColumnAt);

/// Columns of the issues that stand beside their quota, and how they look.
const ISSUED: &[(&str, Look)] = &[
    ("coupon_pa", Look::Percent),
    ("tenor_months", Look::Count),
    ("senior", Look::Yuan),
    ("loans", Look::Count),
    ("firms", Look::Count),
    ("new_firms", Look::Count),
];

/// A row a series on the day of its issue, with their sums; the calendar and the coupons.
fn issued(
    page: &mut Page,
    mut row: RowAt,
    run: &Record,
    table: &Table,
    quota: &Quota,
) -> Result<RowAt, XlsxError> {
    let lang = page.lang;
    let Some(known) = run.table("statistics.csv") else { return Ok(row) };
    page.free(row, 0, lang.say("The issues", "各期发行"), Look::Strong)?;
    row += 1;
    let own = ["series", "date", "last_maturity", "days", "size", "quota_used", "quota_left"];
    let heads = own.into_iter().chain(ISSUED.iter().map(|of| of.0));
    for (column, name) in (0..).zip(heads) {
        let (title, below) = match name {
            "series" => (columns::title(name, lang), Look::Text),
            "days" => (lang.say("days out at most", "存续天数").to_owned(), Look::Yuan),
            "date" => (lang.say("issued", "发行日").to_owned(), Look::Date),
            "last_maturity" => (columns::title(name, lang), Look::Date),
            name => (columns::title(name, lang), Look::Yuan),
        };
        page.head(row, column, &title, below)?;
    }
    let (first, issues) = (row + 1, issues(table));
    let mut dates: Vec<Date> = Vec::new();
    for cells in &known.rows {
        row += 1;
        let name = known.text(cells, "series");
        page.text(row, 0, &name, Look::Text)?;
        let ends = ["date", "last_maturity"].map(|column| known.cell(cells, column));
        for (column, cell) in (1..).zip(ends) {
            page.put(row, column, cell, Look::Date, false)?;
        }
        if let [Cell::Date(from), Cell::Date(to)] = ends {
            let formula = format!("={}-{}", address(row, 2), address(row, 1));
            let out = Cell::Count(days(*from, *to));
            page.formula(row, 3, &formula, &out, Look::Count, false)?;
            dates.push(*from);
        }
        page.put(row, 4, known.cell(cells, "size"), Look::Yuan, false)?;
        let issue = issues.iter().find(|issue| table.text(issue, "series") == name);
        let used = issue.map_or(&Cell::Blank, |issue| table.cell(issue, "quota_used"));
        page.put(row, 5, used, Look::Yuan, false)?;
        left(page, (row, 6), quota, used)?;
        for (column, (name, look)) in (7..).zip(ISSUED) {
            page.put(row, column, known.cell(cells, name), *look, false)?;
        }
    }
    sums(page, row + 1, first, known)?;
    let of = (page.range(0, first, row), page.range(1, first, row), page.range(3, first, row));
    let title = lang.say("The series over time", "各期存续日历");
    let chart = bars_over_time(title, (&of.0, &of.1, &of.2), dates.iter().min().copied(), lang);
    let row = row + 3;
    page.chart(first, row, &chart)?;
    let line = Line {
        name: lang.say("coupon", "票面利率"),
        categories: of.0,
        values: page.range(7, first, row - 3),
        tone: Tone::Senior { at: 0, of: 1 },
        dashed: false,
    };
    let title = lang.say("Senior coupon by series", "各期优先级票面利率");
    let axes = Axes { title, unit: "", format: "0.0%", across: Across::Names };
    page.chart_beside(row, &labelled(&axes, &line, "0.00%", lang), NARROW)?;
    Ok(row + CHART_ROWS + 2)
}

/// The row of the sums of the issues.
fn sums(page: &mut Page, row: RowAt, first: RowAt, known: &Table) -> Result<(), XlsxError> {
    page.put(row, 0, &Cell::text(page.lang.say("total", "合计")), Look::Text, true)?;
    let last = 6 + ISSUED.len() as ColumnAt;
    for column in 1..=last {
        let name = match column {
            4 => "size",
            _ => ISSUED.get(usize::from(column).wrapping_sub(7)).map_or("", |of| of.0),
        };
        let cells = known.rows.iter().map(|cells| known.cell(cells, name));
        let (result, look) = match name {
            "size" | "senior" => (Cell::Yuan(cells.map(Cell::yuan).sum()), Look::Yuan),
            "loans" | "new_firms" => {
                let count = cells.filter_map(Cell::number).sum::<f64>();
                (Cell::Count(count as i64), Look::Count)
            }
            _ => {
                page.put(row, column, &Cell::Blank, Look::Text, true)?;
                continue;
            }
        };
        let formula = format!("=SUM({})", local(column, first, row - 1));
        page.formula(row, column, &formula, &result, look, true)?;
    }
    Ok(())
}

/// The last known of a column on a day, of the rows where `key` is `name`.
fn latest<'a>(table: &'a Table, (key, name): (&str, &str), day: Date, column: &str) -> &'a Cell {
    let known = |cells: &&'a Vec<Cell>| {
        table.text(cells, key) == name && table.date(cells, "date").is_some_and(|of| of <= day)
    };
    let last = table.rows.iter().rfind(known);
    last.map_or(&Cell::Blank, |cells| table.cell(cells, column))
}

fn dates(table: &Table) -> BTreeSet<Date> {
    table.rows.iter().filter_map(|cells| table.date(cells, "date")).collect()
}

/// Outstanding of each series on each date against the whole, and what is left of the quota; a
/// chart of the series, one on the other. The row after it; its check.
fn over_time(
    page: &mut Page,
    mut row: RowAt,
    run: &Record,
    table: &Table,
    quota: &Quota,
) -> Result<(RowAt, Check), XlsxError> {
    let lang = page.lang;
    page.free(row, 0, &label(run, lang), Look::Strong)?;
    row += 1;
    let series = table.distinct("series");
    let after = series.len() as ColumnAt + 1;
    let whole = ["shelf_outstanding", "check", "quota_used", "quota_left", "quota"];
    page.head(row, 0, &columns::title("date", lang), Look::Date)?;
    let named = |name: &str| match name {
        "check" => lang.say("check", "校验").to_owned(),
        "quota" => lang.say("quota", "额度").to_owned(),
        name => columns::title(name, lang),
    };
    let heads = series.iter().cloned().chain(whole.map(named));
    for (column, head) in (1..).zip(heads) {
        page.head(row, column, &head, Look::Yuan)?;
    }
    let (first, mut gap, mut most) = (row + 1, Decimal::ZERO, 0.0_f64);
    for day in dates(table) {
        row += 1;
        page.put(row, 0, &Cell::Date(day), Look::Date, false)?;
        let mut sum = Decimal::ZERO;
        for (column, name) in (1..).zip(&series) {
            let cell = latest(table, ("series", name), day, "outstanding");
            sum += cell.yuan();
            page.put(row, column, cell, Look::Yuan, false)?;
        }
        let now = table.rows.iter().rfind(|cells| table.date(cells, "date") == Some(day));
        let of = |column| now.map_or(&Cell::Blank, |cells| table.cell(cells, column));
        let (total, used) = (of("shelf_outstanding"), of("quota_used"));
        page.put(row, after, total, Look::Yuan, false)?;
        let range = format!("{}:{}", address(row, 1), address(row, after - 1));
        let formula = format!("=ROUND(SUM({range})-{},2)", address(row, after));
        let over = sum - total.yuan();
        page.formula(row, after + 1, &formula, &Cell::Yuan(over), Look::Yuan, false)?;
        page.put(row, after + 2, used, Look::Yuan, false)?;
        left(page, (row, after + 3), quota, used)?;
        let formula = format!("={}", quota.cell);
        page.formula(row, after + 4, &formula, &Cell::Yuan(quota.yuan), Look::Yuan, false)?;
        (gap, most) = (gap + over.abs(), most.max(total.number().unwrap_or_default()));
    }
    // Of all dates together: what is too much on one does not hide what lacks on another.
    let formula = format!("=SUMPRODUCT(ABS({}))", local(after + 1, first, row));
    page.put(row + 1, 0, &Cell::text(lang.say("check", "校验")), Look::Text, true)?;
    for column in 1..=after {
        page.put(row + 1, column, &Cell::Blank, Look::Text, true)?;
    }
    page.formula(row + 1, after + 1, &formula, &Cell::Yuan(gap), Look::Yuan, true)?;
    let cell = cell_of(&page.name, row + 1, after + 1);
    let chart = stacked(page, &series, (first, row), (after, most, quota));
    page.chart(first, row + 3, &chart)?;
    Ok((row + CHART_ROWS + 5, Check { of: label(run, lang), cell, gap }))
}

/// The series on each other, what is used of the quota and the quota as lines over them.
fn stacked(
    page: &Page,
    series: &[String],
    (first, last): (RowAt, RowAt),
    (after, most, quota): (ColumnAt, f64, &Quota),
) -> rust_xlsxwriter::Chart {
    let lang = page.lang;
    let line = |name, column, tone| Line {
        name,
        categories: page.range(0, first, last),
        values: page.range(column, first, last),
        tone,
        dashed: tone == Tone::Cash,
    };
    let of = series.len();
    let areas = (1..).zip(series.iter().enumerate());
    let areas: Vec<Line> = areas
        .map(|(column, (at, name))| line(name.as_str(), column, Tone::Senior { at, of }))
        .collect();
    let used = columns::title("quota_used", lang);
    let lines = [
        line(used.as_str(), after + 2, Tone::Principal),
        line(lang.say("quota", "额度"), after + 4, Tone::Cash),
    ];
    let title = lang.say("Outstanding by series, and the quota", "各期存续余额与额度");
    let (unit, format) = money(most.max(Cell::Yuan(quota.yuan).number().unwrap_or(0.0)), lang);
    let axes = Axes { title, unit, format, across: Across::Dates(last - first + 1) };
    over(chart(ChartType::ColumnStacked, &axes, &areas, lang), &axes, &lines, lang)
}

/// What each supporter guarantees and owes besides, its limit and what that leaves; a chart.
fn exposures(
    page: &mut Page,
    mut row: RowAt,
    run: &Record,
    table: &Table,
) -> Result<RowAt, XlsxError> {
    let lang = page.lang;
    page.free(row, 0, &label(run, lang), Look::Strong)?;
    let mut names = table.distinct("supporter");
    names.retain(|name| {
        table.rows_of("supporter", name).any(|cells| table.amount(cells, "guaranteed") > 0.0)
    });
    let both = lang.say("guaranteed and other", "担保及其他责任");
    let heads = ["guaranteed", "other_liabilities", "", "liability_limit", "exposure_left"];
    let width = heads.len() as ColumnAt;
    row += 2;
    page.head(row, 0, &columns::title("date", lang), Look::Date)?;
    for (at, name) in (0..).zip(&names) {
        page.free(row - 1, 1 + at * width, name, Look::Apart)?;
        for (column, head) in (1 + at * width..).zip(heads) {
            let head = if head.is_empty() { both.to_owned() } else { columns::title(head, lang) };
            page.head(row, column, &head, Look::Yuan)?;
        }
    }
    let (first, mut most) = (row + 1, 0.0_f64);
    for day in dates(table) {
        row += 1;
        page.put(row, 0, &Cell::Date(day), Look::Date, false)?;
        for (at, name) in (0..).zip(&names) {
            let of = |column| latest(table, ("supporter", name), day, column);
            let (own, other, limit) =
                (of("guaranteed"), of("other_liabilities"), of("liability_limit"));
            let column = 1 + at * width;
            for (column, cell) in [(column, own), (column + 1, other), (column + 3, limit)] {
                page.put(row, column, cell, Look::Yuan, false)?;
                most = most.max(cell.number().unwrap_or_default());
            }
            let sum = own.yuan() + other.yuan();
            let formula = format!("={}+{}", address(row, column), address(row, column + 1));
            page.formula(row, column + 2, &formula, &Cell::Yuan(sum), Look::Yuan, false)?;
            if *limit != Cell::Blank {
                let (limit, both) = (address(row, column + 3), address(row, column + 2));
                let left = of("exposure_left");
                page.formula(
                    row,
                    column + 4,
                    &format!("={limit}-{both}"),
                    left,
                    Look::Yuan,
                    false,
                )?;
            }
        }
    }
    if names.is_empty() {
        return Ok(row + 2);
    }
    let limited = names.iter().enumerate().map(|(at, name)| {
        let limit = |cells: &Vec<Cell>| table.amount(cells, "liability_limit") > 0.0;
        (1 + at as ColumnAt * width, name, table.rows_of("supporter", name).any(limit))
    });
    let chart = stood_behind(page, &limited.collect::<Vec<_>>(), (first, row), most);
    page.chart(first, row + 2, &chart)?;
    Ok(row + CHART_ROWS + 4)
}

/// A line a supporter, and its limit; of each its first column, its name, whether it has a limit.
fn stood_behind(
    page: &Page,
    supporters: &[(ColumnAt, &String, bool)],
    (first, last): (RowAt, RowAt),
    most: f64,
) -> rust_xlsxwriter::Chart {
    let (lang, of) = (page.lang, supporters.len());
    let limits = supporters.iter().map(|(_, name, _)| limit_of(name, lang));
    let limits: Vec<String> = limits.collect();
    let line = |name, column, at, dashed| Line {
        name,
        categories: page.range(0, first, last),
        values: page.range(column, first, last),
        tone: Tone::Supporter { at, of },
        dashed,
    };
    let mut lines = Vec::new();
    for (at, (column, name, limited)) in supporters.iter().enumerate() {
        lines.push(line(name.as_str(), column + 2, at, false));
        if *limited {
            lines.push(line(limits[at].as_str(), column + 3, at, true));
        }
    }
    let title = lang.say("What supporters stand behind", "各增信方担保余额");
    let (unit, format) = money(most, lang);
    let axes = Axes { title, unit, format, across: Across::Dates(last - first + 1) };
    chart(ChartType::Line, &axes, &lines, lang)
}

fn limit_of(name: &str, lang: Lang) -> String {
    format!("{}{name}", lang.say("limit of ", "上限："))
}

/// How likely a senior class of each series is unpaid, a column a way; nothing where it happened on
/// no path: the chart has a scale of powers of ten.
fn together(page: &mut Page, mut row: RowAt, run: &Record) -> Result<RowAt, XlsxError> {
    let lang = page.lang;
    let Some(of) = joint(run, lang) else { return Ok(row) };
    page.break_before(row);
    let title =
        lang.say("How likely a senior class of each series is unpaid", "各期优先级未足额概率");
    page.free(row, 0, title, Look::Strong)?;
    let remark = lang.say("blank: on no path", "空白：无此路径");
    page.free(row + 1, 0, remark, Look::Remark)?;
    row += 2;
    page.head(row, 0, &columns::title("series", lang), Look::Text)?;
    for (column, line) in (1..).zip(&of.lines) {
        page.head(row, column, &line.name, Look::Yuan)?;
    }
    let first = row + 1;
    for (at, name) in of.series.iter().enumerate() {
        row += 1;
        page.text(row, 0, name, Look::Text)?;
        for (column, line) in (1..).zip(&of.lines) {
            let cell = match line.probabilities.get(at) {
                Some(&probability) if probability > 0.0 => Cell::Number(probability, 12),
                _ => Cell::Blank,
            };
            page.put(row, column, &cell, Look::FinePercent, false)?;
        }
    }
    let lines = (1..).zip(&of.lines).map(|(column, line)| Line {
        name: &line.name,
        categories: page.range(0, first, row),
        values: page.range(column, first, row),
        tone: line.tone,
        dashed: false,
    });
    let lines: Vec<Line> = lines.collect();
    let axes = Axes {
        title,
        unit: lang.say("probability", "概率"),
        format: "0.0###%",
        across: Across::Decades,
    };
    page.chart(first, row + 2, &chart(ChartType::Line, &axes, &lines, lang))?;
    Ok(row + CHART_ROWS + 4)
}
