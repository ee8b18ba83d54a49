//! The first sheet: the deal, what each run says in three sentences, classes side by side, the
//! checks, the contents. And the last: where it all comes from.
use rust_xlsxwriter::{Worksheet, XlsxError};

use super::blocks::{repeats, support};
use super::checks::Check;
use super::page::{ColumnAt, HEADER, Look, Page, RowAt};
use crate::report::Lang;
use crate::report::columns;
use crate::report::document::{nameless, same_deal, shelf, words};
use crate::report::in_brief;
use crate::report::manifest::notes;
use crate::report::record::Record;
use crate::report::scenario_names::label;
use crate::report::table::Cell;

/// Measures of the table of classes.
const MEASURES: &[(&str, Look)] = &[
    ("notional", Look::Yuan),
    ("interest_paid", Look::Yuan),
    ("principal_paid", Look::Yuan),
    ("residual_paid", Look::Yuan),
    ("loss", Look::Percent),
    ("first_shortfall_date", Look::Date),
    ("wal_years", Look::Number(2)),
    ("yield", Look::Percent),
    ("min_coverage", Look::Number(2)),
    ("min_dscr", Look::Number(2)),
];

/// The last column that sentences run over: the table of classes goes so far.
const SAID_TO: ColumnAt = 2 + MEASURES.len() as ColumnAt;

/// Figures of simulated classes.
const SIMULATED: &[(&str, Look)] = &[
    ("pd", Look::FinePercent),
    ("pd_se", Look::FinePercent),
    ("p_late", Look::FinePercent),
    ("el", Look::FinePercent),
    ("el_se", Look::FinePercent),
    ("loss_p99", Look::Percent),
    ("loss_p999", Look::Percent),
    ("wal_mean", Look::Number(2)),
    ("grade_by_pd", Look::Text),
    ("grade_by_el", Look::Text),
];

/// What the summary is of.
pub struct Runs<'a> {
    /// Of the deal or programme.
    pub name: Option<String>,
    pub exact: &'a [&'a Record],
    pub simulated: &'a [&'a Record],
    pub shelves: &'a [&'a Record],
    /// What has tables of its own and is told here in words: stress, sizing.
    pub others: &'a [&'a Record],
}

/// `contents`: the other sheets.
pub fn summary(
    of: &Runs,
    checks: &[Check],
    contents: &[String],
    lang: Lang,
) -> Result<Worksheet, XlsxError> {
    let title = of.name.clone().unwrap_or_else(|| nameless(lang).to_owned());
    let mut remark = lang
        .say("every figure comes from the tables of the runs", "全部数字取自运行结果的各表")
        .to_owned();
    if !checks.is_empty() {
        let live = ("; totals and checks are live formulas", "；合计与校验为公式");
        remark.push_str(lang.say(live.0, live.1));
    }
    let mut page = Page::new(lang, lang.say("summary", "摘要"), &title, &remark)?;
    let mut row = HEADER;
    row = facts(&mut page, row, &facts_of(of, lang))?;
    row = said(&mut page, row, &sentences(of, lang))?;
    if !of.exact.is_empty() {
        row = classes(&mut page, row, of.exact)? + 1;
    }
    if !of.simulated.is_empty() {
        row = drawn(&mut page, row, of.simulated)? + 1;
    }
    row = gaps(&mut page, row, checks)?;
    page.free(row, 0, lang.say("Sheets", "目录"), Look::Strong)?;
    for sheet in contents {
        row += 1;
        page.link(row, 0, sheet)?;
    }
    page.close_free()
}

/// Of the programme, else of the deal where all runs are of one.
fn facts_of(of: &Runs, lang: Lang) -> Vec<(&'static str, Cell)> {
    if let Some(run) = of.shelves.first() {
        return shelf::known(run, lang).into_iter().map(|(_, name, cell)| (name, cell)).collect();
    }
    let Some(run) = of.exact.first().filter(|run| of.exact.iter().all(|one| same_deal(one, run)))
    else {
        return Vec::new();
    };
    let Some(table) = run.table("terms.csv") else { return Vec::new() };
    let found = in_brief::FACTS.iter().filter_map(|(section, item, en, zh)| {
        let mut own = table.rows_of("section", section);
        let row = own.find(|row| table.text(row, "item") == *item)?;
        Some((lang.say(en, zh), table.cell(row, "value").clone()))
    });
    found.collect()
}

/// The row after a blank one below them.
fn facts(page: &mut Page, mut row: RowAt, facts: &[(&str, Cell)]) -> Result<RowAt, XlsxError> {
    let lang = page.lang;
    for (name, cell) in facts {
        page.text(row, 0, name, Look::Text)?;
        // Left, as texts are, and those free to run on.
        match cell {
            Cell::Text(text) => page.free(row, 1, &words::value(text, lang), Look::Apart)?,
            Cell::Date(_) => page.put(row, 1, cell, Look::LeftDate, false)?,
            Cell::Yuan(_) | Cell::Number(..) | Cell::Count(_) | Cell::Blank => {
                page.put(row, 1, cell, Look::Left, false)?;
            }
        }
        row += 1;
    }
    Ok(row + RowAt::from(!facts.is_empty()))
}

/// By run what it says of itself; beside the first exact run of a deal, what a simulation says of
/// the same.
fn sentences(of: &Runs, lang: Lang) -> Vec<(String, Vec<String>)> {
    let programmes = of.shelves.iter().map(|run| (label(run, lang), shelf::sentences(run, lang)));
    let exact = of.exact.iter().enumerate().map(|(at, run)| {
        let own = of.simulated.iter().copied().filter(|drawn| same_deal(drawn, run));
        let own: Vec<&Record> = own.filter(|_| !repeats(of.exact, at)).collect();
        (label(run, lang), in_brief::beside(run, &own, lang))
    });
    let others = of.others.iter().map(|run| (label(run, lang), in_brief::sentences(run, lang)));
    programmes.chain(exact).chain(others).collect()
}

/// The row after a blank one below them.
fn said(
    page: &mut Page,
    mut row: RowAt,
    runs: &[(String, Vec<String>)],
) -> Result<RowAt, XlsxError> {
    if runs.iter().all(|run| run.1.is_empty()) {
        return Ok(row);
    }
    let title = page.lang.say("What the runs say", "结论");
    page.free(row, 0, title, Look::Strong)?;
    for (name, sentences) in runs {
        for (at, text) in sentences.iter().enumerate() {
            row += 1;
            if at == 0 {
                page.text(row, 0, name, Look::Text)?;
            }
            page.wrapped(row, (1, SAID_TO), text)?;
        }
    }
    Ok(row + 2)
}

fn classes(page: &mut Page, mut row: RowAt, runs: &[&Record]) -> Result<RowAt, XlsxError> {
    let lang = page.lang;
    let title = lang.say("By class, with and without support", "各档证券（有增信与无增信）");
    page.free(row, 0, title, Look::Strong)?;
    row += 1;
    let own = ["run", "tranche", "support"].map(|name| match name {
        "run" => lang.say("run", "情景").to_owned(),
        name => columns::title(name, lang),
    });
    let own = own.map(|name| (name, Look::Text));
    let measures = MEASURES.iter().map(|of| (columns::measure(of.0, lang), of.1));
    for (column, (head, look)) in (0..).zip(own.into_iter().chain(measures)) {
        page.head(row, column, &head, look)?;
    }
    for run in runs {
        for class in run.classes() {
            for with in ["with", "without"] {
                row += 1;
                for (column, text) in
                    (0..).zip([label(run, lang).as_str(), &class, support(with, lang)])
                {
                    page.text(row, column, text, Look::Text)?;
                }
                for (column, (measure, look)) in (3..).zip(MEASURES) {
                    let cell = run.measure(&class, measure, with);
                    page.put(row, column, &cell, *look, false)?;
                }
            }
        }
    }
    Ok(row + 1)
}

fn drawn(page: &mut Page, mut row: RowAt, runs: &[&Record]) -> Result<RowAt, XlsxError> {
    let lang = page.lang;
    let title = lang.say("Simulated, by class", "模拟结果（各档证券）");
    page.free(row, 0, title, Look::Strong)?;
    row += 1;
    page.head(row, 0, lang.say("run", "情景"), Look::Text)?;
    let names = [("tranche", Look::Text), ("support", Look::Text)];
    for (column, (name, look)) in (1..).zip(names.iter().chain(SIMULATED)) {
        page.head(row, column, &columns::title(name, lang), *look)?;
    }
    for run in runs {
        let Some(table) = run.table("tranches.csv") else { continue };
        for cells in &table.rows {
            row += 1;
            let (class, with) = (table.text(cells, "tranche"), table.text(cells, "support"));
            for (column, text) in
                (0..).zip([label(run, lang).as_str(), &class, support(&with, lang)])
            {
                page.text(row, column, text, Look::Text)?;
            }
            for (column, (name, look)) in (3..).zip(SIMULATED) {
                page.put(row, column, table.cell(cells, name), *look, false)?;
            }
        }
    }
    Ok(row + 1)
}

/// The row after a blank one below them.
fn gaps(page: &mut Page, mut row: RowAt, checks: &[Check]) -> Result<RowAt, XlsxError> {
    if checks.is_empty() {
        return Ok(row);
    }
    let title = page.lang.say(
        "Checks: what came in less what went out, what series have out less their total, yuan; \
         each reads 0.00",
        "校验：资金流入减流出、各期存续余额合计减总额（元），均应为 0.00",
    );
    page.free(row, 0, title, Look::Strong)?;
    for check in checks {
        row += 1;
        page.text(row, 0, &check.of, Look::Text)?;
        let formula = format!("={}", check.cell);
        page.formula(row, 1, &formula, &Cell::Yuan(check.gap), Look::Yuan, false)?;
    }
    Ok(row + 2)
}

/// What the runs were made from.
pub fn sources(runs: &[Record], lang: Lang) -> Result<Worksheet, XlsxError> {
    let title = lang.say("Where the numbers come from", "数据来源");
    let holds = lang.say(
        "SHA-256 of every table that was read; the same tables, seed and version give the same \
         numbers",
        "各输入表的 SHA-256；输入、随机种子与版本相同则结果相同",
    );
    let mut page = Page::new(lang, lang.say("sources", "来源"), title, holds)?;
    let heads = match lang {
        Lang::En => ["run", "what", "value"],
        Lang::Zh => ["情景", "项目", "内容"],
    };
    for (column, head) in (0..).zip(heads) {
        page.head(HEADER, column, head, Look::Text)?;
    }
    let mut row = HEADER + 1;
    for run in runs {
        let own = [
            ("command", run.command.clone()),
            ("version", run.version.clone()),
            ("scenario", run.scenario.clone()),
        ];
        let own = own.map(|(name, value)| (name.to_owned(), value));
        for (name, value) in own.into_iter().chain(run.options.iter().cloned()) {
            let name = match (lang, name.as_str()) {
                (Lang::Zh, "command") => "命令",
                (Lang::Zh, "version") => "版本",
                (Lang::Zh, "scenario") => "情景",
                (Lang::Zh, "seed") => "随机种子",
                (Lang::Zh, "paths") => "路径数",
                (Lang::Zh, "tail") => "尾部抽样",
                (_, name) => name,
            };
            let value =
                if value == "no" || value == "yes" { words::value(&value, lang) } else { value };
            for (column, text) in (0..).zip([label(run, lang).as_str(), name]) {
                page.text(row, column, text, Look::Text)?;
            }
            match value.parse() {
                Ok(count) => page.put(row, 2, &Cell::Count(count), Look::Left, false)?,
                Err(_) => page.text(row, 2, &value, Look::Text)?,
            }
            row += 1;
        }
    }
    row = inputs(&mut page, row, runs)? + 1;
    for note in notes(lang) {
        page.free(row, 0, note, Look::Text)?;
        row += 1;
    }
    page.close(2)
}

/// Each table that was read once, with the runs that read it; the row after the last.
fn inputs(page: &mut Page, mut row: RowAt, runs: &[Record]) -> Result<RowAt, XlsxError> {
    let lang = page.lang;
    let mut seen: Vec<(&String, &String)> = Vec::new();
    for input in runs.iter().flat_map(|run| &run.inputs) {
        if seen.contains(&input) {
            continue;
        }
        seen.push(input);
        let (name, hash) = input;
        let readers: Vec<String> = runs
            .iter()
            .filter(|run| run.inputs.get(name) == Some(hash))
            .map(|run| label(run, lang))
            .collect();
        let of = match readers.len() {
            all if all == runs.len() && all > 1 => lang.say("all", "全部").to_owned(),
            _ => lang.listed(&readers),
        };
        for (column, text) in (0..).zip([&of, name, hash]) {
            page.text(row, column, text, Look::Text)?;
        }
        row += 1;
    }
    Ok(row)
}
