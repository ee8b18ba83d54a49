//! Simulations: what classes, pool and supporters do, with standard errors; how likely which loss.
use rust_xlsxwriter::{ChartType, Worksheet, XlsxError};

use super::blocks::{Plan, look, spoken, support, write};
use super::charts::{Across, Axes, Line, chart};
use super::page::{CHART_ROWS, HEADER, Look, Page, RowAt};
use crate::report::Lang;
use crate::report::chart::{Tone, tone};
use crate::report::columns;
use crate::report::record::{Record, Table};
use crate::report::scenario_names::label;
use crate::report::table::Cell;

/// Columns of figures: each with its standard error after it.
const SUPPORTS: [&str; 3] = ["with", "without", "bare"];

/// Every figure on a row of its own, with support, without it, bare.
pub fn results(runs: &[&Record], lang: Lang) -> Result<Worksheet, XlsxError> {
    let title = lang.say("Simulation", "模拟结果");
    let holds = lang.say(
        "shares of the class or of the pool, yuan, years; each figure with its standard error",
        "占该档规模或资产池的比例、元、年；各数附标准误",
    );
    let mut page = Page::new(lang, lang.say("simulation", "模拟"), title, holds)?;
    let own = ["run", "of", "measure"].map(|name| match name {
        "run" => lang.say("run", "情景"),
        "of" => lang.say("of", "对象"),
        _ => lang.say("measure", "指标"),
    });
    for (column, head) in (0..).zip(own) {
        page.head(HEADER, column, head, Look::Text)?;
    }
    for (column, with) in (3..).step_by(2).zip(SUPPORTS) {
        page.head(HEADER, column, support(with, lang), Look::Yuan)?;
        page.head(HEADER, column + 1, lang.say("standard error", "标准误"), Look::Yuan)?;
    }
    let mut row = HEADER + 1;
    for run in runs {
        row = pool(&mut page, row, run)?;
        row = wide(&mut page, row, run, "tranches.csv", "tranche")?;
        row = wide(&mut page, row, run, "supporters.csv", "supporter")? + 1;
    }
    page.close(3)
}

fn pool(page: &mut Page, mut row: RowAt, run: &Record) -> Result<RowAt, XlsxError> {
    let Some(table) = run.table("pool.csv") else { return Ok(row) };
    let lang = page.lang;
    for cells in &table.rows {
        let name = table.text(cells, "measure");
        let measure = columns::measure(&name, lang);
        let pool = lang.say("pool", "资产池");
        for (column, text) in (0..).zip([label(run, lang).as_str(), pool, measure.as_str()]) {
            page.text(row, column, text, Look::Text)?;
        }
        // A count of firms among shares.
        let look = if name == "defaults_mean" { Look::Number(4) } else { Look::FinePercent };
        for (column, name) in [(3, "value"), (4, "se")] {
            page.put(row, column, table.cell(cells, name), look, false)?;
        }
        row += 1;
    }
    Ok(row)
}

/// A table with a measure in each column: turned, measure under measure.
fn wide(
    page: &mut Page,
    mut row: RowAt,
    run: &Record,
    file: &str,
    of: &str,
) -> Result<RowAt, XlsxError> {
    let Some(table) = run.table(file) else { return Ok(row) };
    let names = [of, "support", "paths", "commitment"];
    let is_measure = |name: &&String| !names.contains(&name.as_str()) && !name.ends_with("_se");
    let measures: Vec<&String> = table.header.iter().filter(is_measure).collect();
    let key = |cells: &[Cell]| (table.text(cells, of), table.text(cells, "commitment"));
    let mut keys: Vec<(String, String)> = Vec::new();
    for cells in &table.rows {
        if !keys.contains(&key(cells)) {
            keys.push(key(cells));
        }
    }
    for own in keys {
        let (name, commitment) = &own;
        let named = match commitment.as_str() {
            "" => name.clone(),
            _ => format!("{name} ({commitment})"),
        };
        for measure in &measures {
            let said = columns::title(measure, page.lang);
            for (column, text) in (0..).zip([&label(run, page.lang), &named, &said]) {
                page.text(row, column, text, Look::Text)?;
            }
            for cells in table.rows.iter().filter(|cells| key(cells) == own) {
                let with = table.text(cells, "support");
                let at = SUPPORTS.iter().position(|word| *word == with).unwrap_or_default();
                let column = 3 + 2 * at as u16;
                let figures = [measure.to_string(), format!("{measure}_se")];
                for (column, name) in (column..).zip(figures) {
                    let cell = table.cell(cells, &name);
                    // A standard error of years is small.
                    let look = match look(&name, cell, "", true) {
                        Look::Number(_) => Look::Number(4),
                        look => look,
                    };
                    let said = spoken(table, &name, cell, page.lang);
                    page.put(row, column, said.as_ref().unwrap_or(cell), look, false)?;
                }
            }
            row += 1;
        }
    }
    Ok(row)
}

/// `loss_histogram.csv` bin by bin, pool and classes side by side: how likely a loss above each
/// level is.
pub fn losses(runs: &[&Record], lang: Lang) -> Result<Option<Worksheet>, XlsxError> {
    let title = lang.say("How likely which loss", "损失分布");
    let holds = lang.say(
        "probability of a loss above the level, a share of the pool or of the class; blank: on no \
         path",
        "损失超过该水平的概率；水平为占资产池或该档规模的比例；空白：无此路径",
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

/// `loan_layers.csv` of every simulation that has one.
pub fn layers(runs: &[&Record], lang: Lang) -> Result<Option<Worksheet>, XlsxError> {
    let file = "loan_layers.csv";
    if runs.iter().all(|run| run.table(file).is_none()) {
        return Ok(None);
    }
    let title =
        lang.say("Who bears what, loan by loan: means over all paths", "损失分担（模拟均值）");
    let holds = lang.say("yuan; share of the exposure", "单位：元；占比按风险敞口");
    let mut page = Page::new(lang, lang.say("simulated layers", "模拟损失分担"), title, holds)?;
    write(&mut page, runs, &Plan::of(file))?;
    page.close(2).map(Some)
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
    page.head(row, 0, lang.say("run", "情景"), Look::Text)?;
    page.head(row, 1, lang.say("loss above", "损失超过"), Look::Yuan)?;
    let named = |(class, with): &(String, String)| match with.as_str() {
        "" => lang.say("pool", "资产池").to_owned(),
        with => format!("{class} {}", support(with, lang)),
    };
    for (column, key) in (2..).zip(&series) {
        page.head(row, column, &named(key), Look::Yuan)?;
    }
    let first = row + 1;
    for level in levels() {
        row += 1;
        page.text(row, 0, &label(run, lang), Look::Text)?;
        page.put(row, 1, &Cell::Number(level, 3), Look::Percent, false)?;
        for (column, key) in (2..).zip(&series) {
            // Nothing rather than 0: the chart has a scale of powers of ten.
            let cell = match above(table, key, level) {
                0.0 => Cell::Blank,
                above => Cell::Number(above, 12),
            };
            page.put(row, column, &cell, Look::FinePercent, false)?;
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
        dashed: false,
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
            label(run, lang)
        ),
        unit: lang.say("probability", "概率"),
        format: "0.0###%",
        across: Across::Shares,
    };
    let chart = chart(ChartType::ScatterStraight, &axes, &lines, lang);
    page.chart(first, row + 2, &chart)?;
    Ok(row + CHART_ROWS + 2)
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
