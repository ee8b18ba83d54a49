//! The pool at the cut-off date, and what borrowing costs its firms where the run says so.
use super::grid::{Grid, shown};
use super::{Block, Part, text};
use crate::report::Lang;
use crate::report::record::Record;
use crate::report::said::characteristic;
use crate::report::table::Cell;
use crate::report::words::percent;

pub fn pool(run: &Record, lang: Lang) -> Part {
    let mut blocks = vec![text(lang.say(
        "At the cut-off date; balances in yuan, shares of principal (of appraised value for kinds \
         of right).",
        "截至封包日；余额单位为元，占比按本金余额（权利类型按评估值）。",
    ))];
    if let Some(table) = run.table("pool_characteristics.csv") {
        let columns = ["item", "count", "balance", "share", "value"];
        for section in table.distinct("section") {
            let own = |row: &&Vec<Cell>| table.text(row, "section") == section;
            let rows: Vec<&Vec<Cell>> = table.rows.iter().filter(own).collect();
            let used = |name: &&str| {
                rows.iter().any(|row| *table.cell(row, name) != Cell::Blank) || *name == "item"
            };
            let columns: Vec<&str> = columns.iter().copied().filter(used).collect();
            let mut grid = Grid::titled(&characteristic(&section, lang));
            for name in &columns {
                let word = *name == "item";
                grid = if word { grid.words_of(name, lang) } else { grid.figures_of(name, lang) };
            }
            for row in rows {
                let cell = |name: &&str| match *name {
                    "item" => characteristic(&table.text(row, "item"), lang).replace('_', " "),
                    "value" => value(&table.text(row, "item"), table.cell(row, "value")),
                    name => shown(name, table.cell(row, name)),
                };
                let item = table.text(row, "item");
                grid.named(&item, columns.iter().map(cell).collect());
            }
            blocks.extend(grid.block());
        }
    }
    blocks.extend(borrowing(run, lang));
    Part::new(lang.say("The pool", "资产池"), blocks).folded()
}

/// A rate or ratio in percent, an index with its decimals, anything else with two.
fn value(item: &str, cell: &Cell) -> String {
    match cell {
        Cell::Number(value, _) if item == "rate a year" || item.starts_with("pledge ratio") => {
            percent(*value)
        }
        Cell::Number(value, _) if item.starts_with("HHI") => format!("{value:.4}"),
        Cell::Number(value, _) => format!("{value:.2}"),
        cell => shown("value", cell),
    }
}

/// What borrowing costs, firm by firm.
fn borrowing(run: &Record, lang: Lang) -> Option<Block> {
    let table = run.table("borrowers.csv")?;
    let names = [
        "obligor",
        "principal",
        "interest",
        "fees",
        "guarantee_fees",
        "appraisal",
        "subsidy",
        "interest_pa",
        "gross_pa",
        "net_pa",
    ];
    let title = lang.say("What borrowing costs the firms", "企业融资成本");
    Grid::of(title, table, &names, lang, |_| true).block()
}
