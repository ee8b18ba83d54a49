//! Simulations: what classes, pool and supporters do, with standard errors; how likely which loss.
use rust_xlsxwriter::{ChartType, Worksheet, XlsxError};

use super::blocks::{line, place, support};
use super::charts::{Axes, Line, ROWS, chart, tone};
use super::page::{HEADER, Look, Page, RowAt};
use crate::report::Lang;
use crate::report::chart::Tone;
use crate::report::columns;
use crate::report::record::{Record, Table};
use crate::report::table::Cell;

/// Tables of `simulate` on one sheet, with what each holds.
const TABLES: &[(&str, &str, &str)] = &[
    ("tranches.csv", "Classes", "各档证券"),
    ("pool.csv", "The pool", "资产池"),
    ("supporters.csv", "Supporters", "增信方"),
];

pub fn results(runs: &[&Record], lang: Lang) -> Result<Worksheet, XlsxError> {
    let title = lang.say("Simulation", "模拟结果");
    let holds = lang.say(
        "shares of notional or of the pool, yuan, years; se: standard error",
        "占规模或资产池的比例、元、年；se：标准误",
    );
    let mut page = Page::new(lang, lang.say("simulation", "模拟"), title, holds)?;
    let mut row = HEADER;
    for run in runs {
        let options: Vec<String> =
            run.options.iter().map(|(name, value)| format!("{name} {value}")).collect();
        let told = format!("{} · {} · {}", run.folder, run.scenario, lang.listed(&options));
        page.free(row, 0, &told, Look::Strong)?;
        row += 1;
        for (file, en, zh) in TABLES {
            let Some(table) = run.table(file) else { continue };
            row = one(&mut page, row, run, table, lang.say(en, zh))? + 1;
        }
    }
    page.close_free()
}

/// A heading, the header, the rows; the row after the last.
fn one(
    page: &mut Page,
    mut row: RowAt,
    run: &Record,
    table: &Table,
    title: &str,
) -> Result<RowAt, XlsxError> {
    page.text(row, 0, title, Look::Head)?;
    for (column, name) in (1..).zip(&table.header) {
        page.text(row, column, &columns::title(name, page.lang), Look::Head)?;
    }
    for cells in &table.rows {
        row += 1;
        page.text(row, 0, &run.folder, Look::Text)?;
        line(page, row, table, cells, true)?;
        // A count of firms among shares.
        if table.text(cells, "measure") == "defaults_mean" {
            for column in ["value", "se"] {
                let at = place(table, column).unwrap_or_default();
                page.put(row, at, table.cell(cells, column), Look::Number(4), false)?;
            }
        }
    }
    Ok(row + 1)
}

/// `loss_histogram.csv` bin by bin, pool and classes side by side: how likely a loss above each
/// level is.
pub fn losses(runs: &[&Record], lang: Lang) -> Result<Option<Worksheet>, XlsxError> {
    let title = lang.say("How likely which loss", "损失分布");
    let holds = lang.say(
        "probability of a loss above the level, by share of the pool or of the class",
        "损失超过该水平的概率；水平为占资产池或该档规模的比例",
    );
    let mut page = Page::new(lang, lang.say("loss distribution", "损失分布"), title, holds)?;
    let mut row = HEADER;
    let mut written = false;
    for run in runs {
        if let Some(table) = run.table("loss_histogram.csv") {
            row = distribution(&mut page, row, run, table)? + 1;
            written = true;
        }
    }
    if written { page.close(2).map(Some) } else { Ok(None) }
}

/// Levels shown, each the edge of a bin of 1/1024: every 1/128 up to 1/4, then every 1/32.
fn levels() -> Vec<f64> {
    let low = (0..32).map(|at| f64::from(at) / 128.0);
    low.chain((8..=32).map(|at| f64::from(at) / 32.0)).collect()
}

fn distribution(
    page: &mut Page,
    mut row: RowAt,
    run: &Record,
    table: &Table,
) -> Result<RowAt, XlsxError> {
    let mut series: Vec<(String, String)> = Vec::new();
    for cells in &table.rows {
        let key = (table.text(cells, "tranche"), table.text(cells, "support"));
        if !series.contains(&key) {
            series.push(key);
        }
    }
    let lang = page.lang;
    page.text(row, 0, lang.say("run", "情景"), Look::Head)?;
    page.text(row, 1, lang.say("loss above", "损失超过"), Look::Head)?;
    let named = |(class, with): &(String, String)| match with.as_str() {
        "" => lang.say("pool", "资产池").to_owned(),
        with => format!("{class} {}", support(with, lang)),
    };
    for (column, key) in (2..).zip(&series) {
        page.text(row, column, &named(key), Look::Head)?;
    }
    let first = row + 1;
    for level in levels() {
        row += 1;
        page.text(row, 0, &run.folder, Look::Text)?;
        page.put(row, 1, &Cell::Number(level, 3), Look::Percent, false)?;
        for (column, key) in (2..).zip(&series) {
            let above = above(table, key, level);
            page.put(row, column, &Cell::Number(above, 12), Look::FinePercent, false)?;
        }
    }
    let names: Vec<String> = series.iter().map(named).collect();
    let lines = (2..).zip(series.iter().zip(&names)).map(|(column, (key, name))| Line {
        name,
        categories: page.range(1, first, row),
        values: page.range(column, first, row),
        tone: match key.1.as_str() {
            "" => Tone::Total,
            "with" => tone(run, &key.0),
            _ => Tone::Fee,
        },
    });
    // With support and the pool: the table has the rest.
    let kept = lines.zip(&series).filter(|(_, key)| key.1 != "without");
    let lines: Vec<Line> = kept.map(|(line, _)| line).collect();
    let axes = Axes {
        title: &format!(
            "{} · {}",
            lang.say(
                "Probability of a larger loss, with support",
                "损失超过各水平的概率（有增信）"
            ),
            run.folder
        ),
        unit: lang.say("probability", "概率"),
        format: "0%",
        dates: false,
        every: 8,
    };
    let chart = chart(ChartType::Line, &axes, &lines, lang);
    page.chart(row + 2, 1, &chart)?;
    page.reach(row + 1 + ROWS, 0);
    Ok(row + ROWS + 2)
}

/// The probability of all bins that begin at the level or above; of 0, of any loss at all.
fn above(table: &Table, key: &(String, String), level: f64) -> f64 {
    let number = |cells: &[Cell], column| table.cell(cells, column).number().unwrap_or_default();
    let own = table.rows.iter().filter(|cells| {
        table.text(cells, "tranche") == key.0
            && table.text(cells, "support") == key.1
            && number(cells, "loss_to") > 0.0
            && number(cells, "loss_from") >= level - 1e-9
    });
    own.map(|cells| number(cells, "probability")).sum()
}
