//! What the runs say: three sentences each, and the classes side by side.
use super::grid::{Grid, measured};
use super::{Block, Part, heading};
use crate::report::Lang;
use crate::report::in_brief;
use crate::report::record::Record;
use crate::report::workbook::support;

/// Measures of the table of classes.
const MEASURES: &[&str] = &[
    "notional",
    "interest_paid",
    "principal_paid",
    "loss",
    "first_shortfall_date",
    "wal_years",
    "yield",
    "min_coverage",
];

/// The first exact run in full, then what the others change; what stress, simulation and sizing
/// come to has tables of its own.
pub fn overview(runs: &[&Record], lang: Lang) -> Part {
    let mut blocks = Vec::new();
    if let Some(run) = runs.first() {
        blocks.push(heading(&run.folder));
        blocks.extend(said(run, lang));
    }
    if runs.len() > 1 {
        blocks.push(heading(lang.say("All scenarios", "各情景比较")));
        let title = lang.say("Loss, share of notional", "损失率（占发行规模）");
        blocks.extend(compared(runs, "loss", title, lang).of_term("loss").block());
        let title = lang.say("Short from", "首次未足额日");
        let short = "first_shortfall_date";
        blocks.extend(compared(runs, short, title, lang).of_term(short).block());
    }
    Part::new(lang.say("What the runs say", "主要结论"), blocks)
}

/// The sentences of a run and its classes.
pub fn said(run: &Record, lang: Lang) -> Vec<Block> {
    let mut blocks = vec![Block::List { items: in_brief::sentences(run, lang) }];
    blocks.extend(classes(run, lang));
    blocks
}

/// One measure, a row a run, a column a class without and with support.
fn compared(runs: &[&Record], measure: &str, title: &str, lang: Lang) -> Grid {
    let classes = runs.first().map(|run| run.classes()).unwrap_or_default();
    let mut grid = Grid::titled(title).words(lang.say("scenario", "情景"));
    for class in &classes {
        for with in ["without", "with"] {
            grid = grid.under(class, with, lang);
        }
    }
    for run in runs {
        let mut cells = vec![run.folder.clone()];
        for class in &classes {
            cells.extend(["without", "with"].map(|with| measured(run, class, measure, with)));
        }
        grid.row(cells);
    }
    grid
}

/// By class, with and without support, and bare where that was run.
fn classes(run: &Record, lang: Lang) -> Option<Block> {
    let mut grid = Grid::titled(lang.say("By class", "各档证券"))
        .words_of("tranche", lang)
        .words_of("support", lang);
    for measure in MEASURES {
        grid = grid.measure(measure, lang);
    }
    let bare = run.table("measures.csv").filter(|of| of.rows_of("support", "bare").count() > 0);
    let ways = ["with", "without"].into_iter().chain(bare.map(|_| "bare"));
    for class in run.classes() {
        for with in ways.clone() {
            let mut cells = vec![class.clone(), support(with, lang).to_owned()];
            cells.extend(MEASURES.iter().map(|measure| measured(run, &class, measure, with)));
            grid.supported(with, cells);
        }
    }
    grid.block()
}
