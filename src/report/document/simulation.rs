//! A simulation: how likely each class is not paid in full and what it loses then; what supporters
//! pay; what the pool loses.
use super::grid::{Grid, fine, shown};
use super::{Block, Part, charts, heading, text};
use crate::report::Lang;
use crate::report::columns;
use crate::report::record::{Record, Table};
use crate::report::scenario_names::scenario;
use crate::report::table::Cell;
use crate::report::words::{grouped, percent};
use crate::report::workbook::support;

/// How likely, with standard errors; and how bad.
const LIKELY: &[&str] = &["pd", "p_late", "el", "grade_by_pd", "grade_by_el"];
const BAD: &[&str] = &["loss_p99", "loss_p999", "es_p99", "wal_mean"];
const SUPPORTERS: &[&str] = &[
    "supporter",
    "commitment",
    "p_called",
    "p_failed_when_called",
    "mean_paid",
    "p99_paid",
    "mean_unreimbursed",
];

pub fn simulation(run: &Record, lang: Lang) -> Part {
    let mut blocks = vec![text(drawn(run, lang))];
    if let Some(table) = run.table("tranches.csv") {
        let title = lang.say("How likely a class is not paid", "各档未足额兑付的可能性");
        blocks.extend(classes(title, table, LIKELY, lang).block());
        let title = lang.say("How much it loses in bad cases", "不利情形下的损失");
        blocks.extend(classes(title, table, BAD, lang).block());
    }
    blocks.extend(charts(run, &["class_losses.svg", "senior_balance.svg"], lang));
    if let Some(table) = run.table("supporters.csv") {
        blocks.push(heading(lang.say("Supporters", "增信方")));
        let names = SUPPORTERS;
        blocks.extend(Grid::of("", table, names, lang, |_| true).block());
        // Covers alone have no distribution of what they pay.
        let paid = run.table("support_paid.csv").filter(|table| !table.rows.is_empty());
        blocks.extend(paid.into_iter().flat_map(|_| charts(run, &["support_paid.svg"], lang)));
    }
    if let Some(table) = run.table("pool.csv") {
        blocks.push(heading(lang.say("The pool", "资产池")));
        blocks.extend(pool(table, lang));
    }
    blocks.extend(charts(run, &["pool_loss.svg", "convergence.svg"], lang));
    Part::new(lang.say("Simulation", "模拟"), blocks)
}

/// Paths, seed and scenario.
fn drawn(run: &Record, lang: Lang) -> String {
    let option = |name: &str| {
        let found = run.options.iter().find(|option| option.0 == name);
        found.map_or_else(|| "-".to_owned(), |option| option.1.clone())
    };
    let (paths, seed) = (grouped(&option("paths")), option("seed"));
    let scenario = scenario(&run.scenario, lang);
    match lang {
        Lang::En => format!(
            "Scenario {scenario}, {paths} paths, seed {seed}. What stands after ± is one standard \
             error."
        ),
        Lang::Zh => {
            format!("情景：{scenario}，{paths} 条路径，随机种子 {seed}。± 后为一倍标准误。")
        }
    }
}

fn classes(title: &str, table: &Table, names: &[&str], lang: Lang) -> Grid {
    let mut grid = Grid::titled(title).words_of("tranche", lang).words_of("support", lang);
    for name in names {
        let word = name.starts_with("grade");
        grid = if word { grid.words_of(name, lang) } else { grid.figures_of(name, lang) };
    }
    // Where nothing is bare, it is as without.
    let bare = bare_differs(table);
    let told = |row: &&Vec<Cell>| table.text(row, "support") != "bare" || bare;
    for row in table.rows.iter().filter(told) {
        let with = table.text(row, "support");
        let mut cells = vec![table.text(row, "tranche"), support(&with, lang).to_owned()];
        cells.extend(names.iter().map(|name| with_error(table, row, name)));
        grid.supported(&with, cells);
    }
    grid
}

/// Whether any class does otherwise without loan-level covers.
fn bare_differs(table: &Table) -> bool {
    let of = |way| -> Vec<Vec<String>> {
        let rows = table.rows_of("support", way);
        rows.map(|row| ["tranche", "pd", "el"].map(|name| table.text(row, name)).into()).collect()
    };
    of("bare") != of("without")
}

/// A figure, and its standard error where it is a probability or an expected loss.
fn with_error(table: &Table, row: &[Cell], name: &str) -> String {
    let cell = table.cell(row, name);
    let error = table.cell(row, &format!("{name}_se")).number();
    match (name, cell.number(), error) {
        ("pd" | "p_late" | "el", Some(value), Some(error)) => {
            format!("{}\u{a0}±\u{a0}{}", fine(value), fine(error))
        }
        _ => shown(name, cell),
    }
}

fn pool(table: &Table, lang: Lang) -> Option<Block> {
    let mut grid =
        Grid::titled("").words_of("measure", lang).figures_of("value", lang).figures_of("se", lang);
    for row in &table.rows {
        let measure = table.text(row, "measure");
        let figure = |name: &str| match table.cell(row, name) {
            Cell::Number(value, _) if measure == "defaults_mean" => format!("{value:.4}"),
            Cell::Number(value, _) if name == "se" => fine(*value),
            Cell::Number(value, _) => percent(*value),
            cell => shown(name, cell),
        };
        let cells = vec![columns::measure(&measure, lang), figure("value"), figure("se")];
        grid.named(&measure, cells);
    }
    grid.block()
}
