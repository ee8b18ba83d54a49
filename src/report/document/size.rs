//! A sizing: the largest senior class by target, the test that binds, the slack of every test.
use super::grid::{Grid, fine, shown, told};
use super::{Part, charts, heading};
use crate::report::Lang;
use crate::report::record::{Record, Table};
use crate::report::table::Cell;
use crate::report::words::{grouped, percent};
use crate::report::workbook::support;

/// Columns of `size.csv` for people.
pub const SIZES: &[&str] =
    &["target", "support", "senior", "mezzanine", "sub", "senior_share", "binding", "met"];

pub fn size(run: &Record, lang: Lang) -> Part {
    let mut blocks = Vec::new();
    if let Some(table) = run.table("size.csv") {
        let title = lang.say("The largest senior class, yuan", "优先级最大规模（元）");
        blocks.extend(Grid::of(title, table, SIZES, lang, |_| true).block());
    }
    blocks.extend(charts(run, &["frontier.svg"], lang));
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
    Part { title: lang.say("Size", "规模测算").to_owned(), folded: false, blocks }
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
            cells.push(figure(&test, table.cell(row, name)));
        }
        cells.extend(["passes", "chosen"].map(|name| told(table, row, name, lang)));
        grid.supported(&with, cells);
    }
    grid
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
            ("points", Some(points)) => format!("{points:+.0}"),
            ("critical_rate", Some(rate)) => percent(rate),
            ("critical_rate", None) => told(table, row, "critical", lang),
            _ => told(table, row, name, lang),
        };
        grid.supported(&table.text(row, "support"), names.iter().map(cell).collect());
    }
    grid
}
