//! A workbook of runs, for people: sheets with real numbers and dates, charts of the spreadsheet's
//! own, totals that are live formulas.
//!
//! Invariant: every figure comes from the runs' own tables; the same runs, language and version
//! give the same bytes. What the accounts took in and gave out is added up on a sheet of its own,
//! where differences read 0.00.
mod balances;
mod blocks;
mod charts;
mod checks;
mod cover;
mod flows;
mod page;
mod shelf;
mod side_by_side;
mod simulation;
mod stress;
mod summary;

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Workbook, Worksheet, XlsxError};

use crate::report::Lang;
use crate::report::record::{Record, Table};
pub use blocks::support;
use blocks::{Plan, write};
use page::{HEADER, Page};

/// The file, from runs in the order in which they are shown.
pub fn workbook(runs: &[Record], lang: Lang) -> Result<Vec<u8>, String> {
    bytes(runs, lang).map_err(|error| format!("the workbook cannot be written: {error}"))
}

fn bytes(runs: &[Record], lang: Lang) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    // The time of writing is no part of a result.
    let created = ExcelDateTime::from_ymd(2020, 1, 1)?;
    let properties = DocProperties::new().set_title("ipabs").set_creation_datetime(&created);
    workbook.set_properties(&properties);
    for sheet in sheets(runs, lang)? {
        workbook.push_worksheet(sheet);
    }
    workbook.save_to_buffer()
}

fn sheets(runs: &[Record], lang: Lang) -> Result<Vec<Worksheet>, XlsxError> {
    let of = |command: &str| -> Vec<&Record> {
        runs.iter().filter(|run| run.command == command).collect()
    };
    let (exact, simulated) = (of("run"), of("simulate"));
    let (mut out, mut checks) = (Vec::new(), Vec::new());
    if !exact.is_empty() {
        out.push(side_by_side::measures(&exact, lang)?);
        out.push(pool(&exact, lang)?);
        let flows = flows::flows(&exact, lang)?;
        let (reconciled, cells) = checks::reconciliation(&exact, &flows, lang)?;
        let cover = cover::cover(&exact, &flows, lang)?;
        checks = cells;
        // Collections, notes and the distribution, then cover; the journal last.
        let mut rest = flows.sheets.into_iter();
        out.extend(rest.by_ref().take(3));
        out.extend(balances::balances(&exact, lang)?);
        out.extend(cover);
        out.extend(rest);
        out.push(reconciled);
    }
    if !simulated.is_empty() {
        out.push(simulation::results(&simulated, lang)?);
        out.extend(simulation::losses(&simulated, lang)?);
        out.extend(simulation::layers(&simulated, lang)?);
    }
    let (stressed, sized) = (of("stress"), of("size"));
    if !stressed.is_empty() {
        out.push(stress::stresses(&stressed, lang)?);
        out.extend(stress::firms(&stressed, lang)?);
    }
    if !sized.is_empty() {
        out.push(stress::sizes(&sized, lang)?);
    }
    let shelves = of("shelf");
    if !shelves.is_empty() {
        let (programme, cells) = shelf::programme(&shelves, lang)?;
        out.extend(programme);
        checks.extend(cells);
    }
    out.extend(others(runs, lang)?);
    if !exact.is_empty() {
        out.push(side_by_side::terms(&exact, lang)?);
    }
    out.push(summary::sources(runs, lang)?);
    let contents: Vec<String> = out.iter().map(Worksheet::name).collect();
    let named = shelves.first().or(exact.first()).copied().or(runs.first());
    let of = summary::Runs {
        name: named.and_then(Record::name),
        exact: &exact,
        simulated: &simulated,
        shelves: &shelves,
        others: &[stressed, sized].concat(),
    };
    out.insert(0, summary::summary(&of, &checks, &contents, lang)?);
    Ok(out)
}

fn pool(runs: &[&Record], lang: Lang) -> Result<Worksheet, XlsxError> {
    let title = lang.say("The pool at the cut-off date", "入池资产特征表");
    let holds = lang.say("yuan; shares of principal", "单位：元；占比按本金余额");
    let mut page = Page::new(lang, lang.say("pool characteristics", "入池资产特征"), title, holds)?;
    write(&mut page, runs, &Plan::of("pool_characteristics.csv"))?;
    page.close(3)
}

/// Tables of commands whose figures stand on sheets of their own too: in English and Chinese.
const RAW: &[(&str, &str, &str, &str)] = &[
    ("stress", "stress.csv", "stress results", "压力结果"),
    ("stress", "critical.csv", "critical rates", "临界违约率"),
    ("stress", "targets.csv", "targets", "目标违约率"),
    ("stress", "breakers.csv", "breakers", "企业组合"),
    ("stress", "investor.csv", "investor", "投资者指标"),
    ("stress", "grid.csv", "grid", "假设网格"),
    ("stress", "stresses.csv", "stress set", "压力情景设定"),
    ("size", "size.csv", "sizes", "规模"),
    ("size", "tests.csv", "size tests", "规模测试"),
    ("size", "sensitivity.csv", "size sensitivity", "规模敏感性"),
    ("size", "mezzanine.csv", "mezzanine", "夹层规模"),
    ("size", "needs.csv", "needs", "所需条件"),
    ("shelf", "shelf.csv", "shelf", "储架明细"),
    ("shelf", "breaches.csv", "breaches", "超限"),
    ("shelf", "exposures.csv", "exposures", "担保余额"),
    ("shelf", "statistics.csv", "series statistics", "各期统计"),
    ("shelf", "joint.csv", "joint", "联合模拟"),
    ("shelf", "joint_series.csv", "joint series", "联合模拟（各期）"),
    ("shelf", "joint_supporters.csv", "joint supporters", "联合模拟（增信方）"),
    ("shelf", "joint_added.csv", "joint added", "联合模拟（逐期加入）"),
    ("shelf", "joint_paid.csv", "joint paid", "联合模拟（支付）"),
    ("shelf", "calls.csv", "calls", "差额支付明细"),
    ("shelf", "concentration.csv", "concentration", "集中度"),
    ("shelf", "allocation.csv", "allocation", "组包明细"),
    ("shelf", "filling.csv", "filling", "组包"),
];

/// Tables whose columns are summed, by this column.
const SUMMED: &[(&str, &[&str], &str)] =
    &[("calls.csv", &["paid"], "supporter"), ("joint_paid.csv", &["mean_paid"], "supporter")];

/// A longer table is printed so far.
const PRINTED_ROWS: usize = 100;

/// Tables of commands that have no sheets of their own, as they are.
fn others(runs: &[Record], lang: Lang) -> Result<Vec<Worksheet>, XlsxError> {
    let known = ["run", "simulate"];
    let mut files: Vec<(&str, &str)> = Vec::new();
    for run in runs.iter().filter(|run| !known.contains(&run.command.as_str())) {
        // Sentences stand on the command's own sheet, in the reader's language.
        let shown = |table: &&Table| !table.rows.is_empty() && table.name != "sentences.csv";
        for table in run.tables.iter().filter(shown) {
            let file = (run.command.as_str(), table.name.as_str());
            if !files.contains(&file) {
                files.push(file);
            }
        }
    }
    let place = |(command, file): &(&str, &str)| {
        let at = RAW.iter().position(|raw| (raw.0, raw.1) == (*command, *file));
        at.unwrap_or(RAW.len())
    };
    files.sort_by_key(place);
    let mut out = Vec::new();
    for (command, file) in files {
        let own: Vec<&Record> = runs.iter().filter(|run| run.command == command).collect();
        let listed = RAW.iter().find(|raw| (raw.0, raw.1) == (command, file));
        let name = match listed {
            Some(raw) => lang.say(raw.2, raw.3).to_owned(),
            None => format!("{command} {}", file.trim_end_matches(".csv")),
        };
        // A sheet's name has 31 characters at most.
        let short: String = name.chars().take(31).collect();
        let mut page = Page::new(lang, &short, &name, "")?;
        let summed = SUMMED.iter().find(|summed| summed.0 == file);
        let plan = summed.map_or(Plan::of(file), |&(table, totals, by)| Plan {
            totals,
            group: Some(by),
            ..Plan::of(table)
        });
        write(&mut page, &own, &plan)?;
        let rows = own.iter().find_map(|run| run.table(file)).map_or(0, |table| table.rows.len());
        if rows > PRINTED_ROWS {
            let told = match lang {
                Lang::En => format!("printed: the first {PRINTED_ROWS} rows of {rows}"),
                Lang::Zh => format!("仅打印前 {PRINTED_ROWS} 行，共 {rows} 行"),
            };
            page.print_until(HEADER + PRINTED_ROWS as u32, &told)?;
        }
        out.push(page.close(2)?);
    }
    Ok(out)
}
