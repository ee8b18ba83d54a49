//! A stress run on two sheets: what each class stands and loses under each stress; which firms
//! break it. A sizing on another: sizes, tests, a little more and a little less.
use rust_xlsxwriter::{ChartType, Worksheet, XlsxError};

use super::blocks::{look, spoken, support};
use super::charts::{Across, Axes, Line, chart};
use super::page::{CHART_ROWS, ColumnAt, Look, Page, RowAt};
use crate::report::Lang;
use crate::report::chart::{Tone, tone};
use crate::report::columns;
use crate::report::document::size::{MEZZANINE, NEEDS, SIZES, unlimited};
use crate::report::in_brief;
use crate::report::record::{Record, Table};
use crate::report::scenario_names::{label, scenario};
use crate::report::table::Cell;

/// Where the first block begins: below title and remark.
const FIRST: RowAt = 3;

/// The last column that sentences run over.
pub const SAID_TO: ColumnAt = 9;

const BREAKERS: &[&str] =
    &["tranche", "support", "test", "grade", "size", "loss", "supporter_paid", "obligors"];
const TESTS: &[&str] =
    &["target", "support", "test", "limit", "value", "slack", "passes", "chosen", "note"];
const NEAR: &[&str] = &[
    "target",
    "support",
    "points",
    "senior",
    "senior_share",
    "pd",
    "grade_by_pd",
    "critical_rate",
    "grade_by_critical_rate",
    "passes",
];

/// A run, and the scenario that it is of.
fn of_scenario(run: &Record, lang: Lang) -> String {
    format!("{}{}{}", label(run, lang), lang.say(": ", "："), scenario(&run.scenario, lang))
}

/// Every stress run, one below the other.
pub fn stresses(runs: &[&Record], lang: Lang) -> Result<Worksheet, XlsxError> {
    let title = lang.say("Stress", "压力测试");
    let remark = lang.say(
        "rates of initial principal, losses of notional; blank: none",
        "违约率占初始本金，损失率占发行规模；空白：无",
    );
    let mut page = Page::new(lang, lang.say("stress", "压力测试"), title, remark)?;
    let mut row = FIRST;
    for run in runs {
        page.free(row, 0, &of_scenario(run, lang), Look::Strong)?;
        row += 2;
        row = said(&mut page, row, run)?;
        let pivots = [
            ("critical.csv", "critical", true),
            ("stress.csv", "loss", true),
            ("stress.csv", "min_coverage", false),
            ("stress.csv", "min_dscr", false),
        ];
        for (file, figure, drawn) in pivots {
            if let Some(table) = run.table(file) {
                // A sheet of paper each for those with a chart, one for the rest.
                if matches!(figure, "critical" | "loss" | "min_coverage") {
                    page.break_before(row);
                }
                row = by_class(&mut page, row, run, table, figure, drawn)?;
            }
        }
    }
    page.close_free()
}

/// Which firms break a class, on a sheet of its own: their names are wide.
pub fn firms(runs: &[&Record], lang: Lang) -> Result<Option<Worksheet>, XlsxError> {
    let title = lang.say("Which firms break a class", "哪些企业足以造成损失");
    let remark = lang.say(
        "of sets of firms the costliest of its kind; all are on the sheet of breakers",
        "企业组合仅列同类中损失最大者，全部见“企业组合”表",
    );
    let mut page = Page::new(lang, lang.say("firms", "受损企业"), title, remark)?;
    let mut row = FIRST;
    for run in runs {
        if let Some(table) = run.table("breakers.csv").filter(|table| !table.rows.is_empty()) {
            row = listed(&mut page, row, &of_scenario(run, lang), table, BREAKERS)? + 1;
        }
    }
    if row > FIRST { page.close_free().map(Some) } else { Ok(None) }
}

/// Every sizing, one below the other.
pub fn sizes(runs: &[&Record], lang: Lang) -> Result<Worksheet, XlsxError> {
    let title = lang.say("Size", "规模测算");
    let remark = lang.say(
        "the largest senior class for each grade, yuan; the test that binds",
        "各目标级别下优先级的最大规模（元）及约束测试",
    );
    let mut page = Page::new(lang, lang.say("size", "规模测算"), title, remark)?;
    let mut row = FIRST;
    for run in runs {
        page.free(row, 0, &of_scenario(run, lang), Look::Strong)?;
        row += 2;
        row = said(&mut page, row, run)?;
        let lists = [
            ("size.csv", SIZES, "The largest senior class", "优先级最大规模"),
            ("tests.csv", TESTS, "Every test at the size found", "所得规模下的各项测试"),
            ("mezzanine.csv", MEZZANINE, "The largest mezzanine below it", "其下夹层级最大规模"),
            ("needs.csv", NEEDS, "What a given size needs", "给定规模所需条件"),
            ("sensitivity.csv", NEAR, "A little more, a little less", "上下浮动"),
        ];
        for (file, names, en, zh) in lists {
            if let Some(table) = run.table(file) {
                let first = row + 2;
                row = listed(&mut page, row, lang.say(en, zh), table, names)? + 1;
                if file == "size.csv" {
                    row = frontier(&mut page, table, first, row)?;
                }
            }
        }
    }
    page.close_free()
}

/// What the run says of itself.
fn said(page: &mut Page, mut row: RowAt, run: &Record) -> Result<RowAt, XlsxError> {
    let sentences = in_brief::sentences(run, page.lang);
    for text in &sentences {
        page.wrapped(row, (0, SAID_TO), text)?;
        row += 1;
    }
    Ok(row + RowAt::from(!sentences.is_empty()))
}

/// One figure, a row a scenario, a column a class without and with support; a chart of it without.
fn by_class(
    page: &mut Page,
    mut row: RowAt,
    run: &Record,
    table: &Table,
    figure: &str,
    drawn: bool,
) -> Result<RowAt, XlsxError> {
    let lang = page.lang;
    let title = columns::title(figure, lang);
    page.free(row, 0, &title, Look::Strong)?;
    row += 1;
    let of = table.by_class("scenario", figure);
    page.head(row, 0, &columns::title("scenario", lang), Look::Text)?;
    let named = |class: &str, with: &str| format!("{class} {}", support(with, lang));
    for (column, (class, with)) in (1..).zip(&of.columns) {
        page.head(row, column, &named(class, with), Look::Yuan)?;
    }
    let first = row + 1;
    for (name, cells) in &of.rows {
        row += 1;
        page.text(row, 0, scenario(name, lang), Look::Text)?;
        for (column, cell) in (1..).zip(cells) {
            let look = match cell.number() {
                Some(_) if figure.starts_with("min_") => Look::Number(2),
                Some(_) => Look::Percent,
                None => Look::Yuan,
            };
            let said = spoken(table, figure, cell, lang);
            page.put(row, column, said.as_ref().unwrap_or(cell), look, false)?;
        }
    }
    if !drawn {
        return Ok(row + 2);
    }
    let names: Vec<String> = of.columns.iter().map(|(class, with)| named(class, with)).collect();
    let lines = (1..).zip(of.columns.iter().zip(&names)).map(|(column, (of, name))| Line {
        name,
        categories: page.range(0, first, row),
        values: page.range(column, first, row),
        tone: tone(run, &of.0),
        dashed: false,
    });
    let kept = lines.zip(&of.columns).filter(|(_, of)| of.1 == "without");
    let lines: Vec<Line> = kept.map(|(line, _)| line).collect();
    let title = format!("{title} · {}", lang.say("without support", "无增信"));
    let axes = Axes { title: &title, unit: "", format: "0%", across: Across::Names };
    let chart = chart(ChartType::Column, &axes, &lines, lang);
    page.chart(row, row + 2, &chart)?;
    Ok(row + CHART_ROWS + 4)
}

/// Columns of a table that say something, in this order; the row after the last.
pub fn listed(
    page: &mut Page,
    mut row: RowAt,
    title: &str,
    table: &Table,
    names: &[&str],
) -> Result<RowAt, XlsxError> {
    let lang = page.lang;
    page.free(row, 0, title, Look::Strong)?;
    row += 1;
    let names: Vec<&str> = names.iter().copied().filter(|name| table.says(name)).collect();
    for (column, name) in (0..).zip(&names) {
        let below = match columns::kind(name) {
            columns::Kind::Text => Look::Text,
            columns::Kind::Date => Look::Date,
            _ => Look::Yuan,
        };
        page.head(row, column, &columns::title(name, lang), below)?;
    }
    // Of sets of firms the costliest: the first of its kind.
    let kind = |cells: &[Cell]| {
        ["tranche", "support", "test", "grade"].map(|name| table.text(cells, name))
    };
    let first = |at: usize| !table.rows[..at].iter().any(|one| kind(one) == kind(&table.rows[at]));
    let sets = table.column("obligors").is_some();
    for (_, cells) in table.rows.iter().enumerate().filter(|(at, _)| !sets || first(*at)) {
        row += 1;
        for (column, name) in (0..).zip(&names) {
            let cell = table.cell(cells, name);
            let unlimited = unlimited(table, cells, name, lang).map(Cell::text);
            let said = unlimited.or_else(|| spoken(table, name, cell, lang));
            let look = match (table.text(cells, "test").as_str(), cell) {
                ("pd", Cell::Number(..)) => Look::FinePercent,
                ("critical_rate" | "retention", Cell::Number(..)) => Look::Percent,
                _ if *name == "critical_rate" && cell.number().is_some() => Look::Percent,
                _ => look(name, cell, &table.text(cells, "unit"), *name == "pd"),
            };
            page.put(row, column, said.as_ref().unwrap_or(cell), look, false)?;
        }
    }
    Ok(row + 1)
}

/// The senior share by target, with support and without, from rows that alternate.
fn frontier(page: &mut Page, table: &Table, first: RowAt, row: RowAt) -> Result<RowAt, XlsxError> {
    let lang = page.lang;
    // A small table beside the chart: its series need ranges of their own.
    let (left, mut at) = (SIZES.len() as u16 + 1, first - 1);
    let ways = ["with", "without"];
    page.head(at, left, &columns::title("target", lang), Look::Text)?;
    for (column, with) in (left + 1..).zip(ways) {
        page.head(at, column, support(with, lang), Look::Yuan)?;
    }
    for target in table.distinct("target") {
        at += 1;
        page.text(at, left, &target, Look::Text)?;
        for (column, with) in (left + 1..).zip(ways) {
            let own = table.rows.iter().find(|cells| {
                table.text(cells, "target") == target && table.text(cells, "support") == with
            });
            let share = own.map_or(&Cell::Blank, |cells| table.cell(cells, "senior_share"));
            page.put(at, column, share, Look::Percent, false)?;
        }
    }
    let tones = [Tone::Supporter { at: 0, of: 1 }, Tone::Senior { at: 0, of: 1 }];
    let lines = (left + 1..).zip(ways.into_iter().zip(tones)).map(|(column, (with, tone))| Line {
        name: support(with, lang),
        categories: page.range(left, first, at),
        values: page.range(column, first, at),
        tone,
        dashed: false,
    });
    let lines: Vec<Line> = lines.collect();
    let title = lang.say("Largest senior share of the notes", "优先级最大占比");
    let axes = Axes { title, unit: "", format: "0%", across: Across::Names };
    let chart = chart(ChartType::Line, &axes, &lines, lang);
    page.chart(row, row + 1, &chart)?;
    Ok(row + CHART_ROWS + 3)
}
