//! A sizing: the largest senior class by target, the test that binds, the slack of every test.
use super::grid::{Grid, fine, shown, told};
use super::{Part, charts, heading, said};
use crate::report::Lang;
use crate::report::record::{Record, Table};
use crate::report::table::Cell;
use crate::report::words::{grouped, percent};
use crate::report::workbook::support;

/// Columns of `size.csv` for people.
pub const SIZES: &[&str] =
    &["target", "support", "senior", "mezzanine", "sub", "senior_share", "binding", "met"];

/// Columns of `mezzanine.csv` for people.
pub const MEZZANINE: &[&str] =
    &["senior_target", "support", "target", "senior", "mezzanine", "sub", "binding", "met"];
/// Columns of `needs.csv` for people.
pub const NEEDS: &[&str] =
    &["target", "support", "senior", "lever", "of", "now", "needed", "most", "met"];

pub fn size(run: &Record, lang: Lang) -> Part {
    let mut blocks = Vec::new();
    blocks.extend(said(run, lang));
    if let Some(table) = run.table("size.csv") {
        let title = lang.say("The largest senior class, yuan", "优先级最大规模（元）");
        blocks.extend(Grid::of(title, table, SIZES, lang, |_| true).block());
    }
    blocks.extend(charts(run, &["frontier.svg"], lang));
    if let Some(table) = run.table("mezzanine.csv") {
        let title = lang.say("The largest mezzanine below it, yuan", "其下夹层级最大规模（元）");
        blocks.extend(Grid::of(title, table, MEZZANINE, lang, |_| true).block());
    }
    if let Some(table) = run.table("needs.csv") {
        blocks.push(heading(lang.say("What a given size needs", "给定规模所需条件")));
        blocks.extend(needs(table, lang).block());
    }
    if let Some(table) = run.table("tests.csv") {
        blocks.push(heading(lang.say("Every test at the size found", "所得规模下的各项测试")));
        blocks.extend(tests(table, lang).block());
    }
    if let Some(table) = run.table("sensitivity.csv") {
        blocks.push(heading(lang.say("A little more, a little less", "上下浮动")));
        let names = [
            "target",
            "support",
            "points",
            "senior",
            "senior_share",
            "pd",
            "grade_by_pd",
            "critical_rate",
            "passes",
        ];
        blocks.extend(near(table, &names, lang).block());
    }
    Part::new(lang.say("Size", "规模测算"), blocks)
}

fn needs(table: &Table, lang: Lang) -> Grid {
    let mut grid = Grid::of("", table, NEEDS, lang, |_| true);
    let names = || NEEDS.iter().filter(|name| table.says(name));
    let figures = ["now", "needed", "most"];
    for (head, name) in grid.heads.iter_mut().zip(names()) {
        head.figure |= figures.contains(name);
    }
    for (line, row) in grid.rows.iter_mut().zip(&table.rows) {
        let shares = table.text(row, "unit") == "share";
        for (cell, name) in line.cells.iter_mut().zip(names()) {
            if let Some(word) = unlimited(table, row, name, lang) {
                *cell = word.to_owned();
                continue;
            }
            match table.cell(row, name).number() {
                Some(share) if shares && figures.contains(name) => *cell = percent(share),
                _ => {}
            }
        }
    }
    grid
}

/// Over-collateral has no most: the figure is that of the smallest senior class there is, 1 万.
pub fn unlimited(table: &Table, row: &[Cell], name: &str, lang: Lang) -> Option<&'static str> {
    let most = name == "most" && table.text(row, "lever") == "overcollateral";
    let given = most && table.cell(row, name).number().is_some();
    given.then(|| lang.say("no limit", "不设限"))
}

fn tests(table: &Table, lang: Lang) -> Grid {
    let mut grid = Grid::titled("");
    for name in ["target", "support", "test"] {
        grid = grid.words_of(name, lang);
    }
    for name in ["limit", "value", "slack"] {
        grid = grid.figures_of(name, lang);
    }
    for name in ["passes", "chosen"] {
        grid = grid.words_of(name, lang);
    }
    // Nothing asked, nothing shown.
    let asked = table.rows.iter().filter(|row| table.cell(row, "limit").number().is_some());
    for row in asked {
        let (with, test) = (table.text(row, "support"), table.text(row, "test"));
        let mut cells = vec![table.text(row, "target"), support(&with, lang).to_owned()];
        cells.push(told(table, row, "test", lang));
        for name in ["limit", "value", "slack"] {
            let cell = table.cell(row, name);
            // A value that is not there has its reason.
            let note = table.says("note").then(|| told(table, row, "note", lang));
            let why = note.filter(|_| name == "value" && *cell == Cell::Blank);
            cells.push(why.unwrap_or_else(|| figure(&test, cell)));
        }
        cells.push(passes(table, row, &test, lang));
        cells.push(told(table, row, "chosen", lang));
        grid.supported(&with, cells);
    }
    grid
}

/// Whether a test is passed; of a critical rate, by whose grade where that is not the class's own.
fn passes(table: &Table, row: &[Cell], test: &str, lang: Lang) -> String {
    let passes = told(table, row, "passes", lang);
    let said = |column: &str| *table.cell(row, column) != Cell::Blank;
    let by = table.says("note") && said("note") && said("value");
    match told(table, row, "note", lang) {
        note if by && test == "critical_rate" => match lang {
            Lang::En => format!("{passes} ({note})"),
            Lang::Zh => format!("{passes}（{note}）"),
        },
        _ => passes,
    }
}

/// A limit or a value in the form of its test.
fn figure(test: &str, cell: &Cell) -> String {
    match (test, cell.number()) {
        (_, None) => shown("value", cell),
        ("pd" | "el" | "joint_default", Some(value)) => fine(value),
        ("retention" | "critical_rate", Some(value)) => percent(value),
        ("large_obligor" | "capacity", Some(value)) => grouped(&format!("{value:.0}")),
        (_, Some(value)) => format!("{value:.4}"),
    }
}

fn near(table: &Table, names: &[&str], lang: Lang) -> Grid {
    let mut grid = Grid::titled("");
    let words = ["target", "support", "grade_by_pd", "passes"];
    for name in names {
        let word = words.contains(name);
        grid = if word { grid.words_of(name, lang) } else { grid.figures_of(name, lang) };
    }
    for row in &table.rows {
        let cell = |name: &&str| match (*name, table.cell(row, name).number()) {
            ("points", Some(0.0)) => "0".to_owned(),
            ("points", Some(points)) => format!("{points:+.0}"),
            ("critical_rate", Some(rate)) => percent(rate),
            ("critical_rate", None) => told(table, row, "critical", lang),
            _ => told(table, row, name, lang),
        };
        grid.supported(&table.text(row, "support"), names.iter().map(cell).collect());
    }
    grid
}
