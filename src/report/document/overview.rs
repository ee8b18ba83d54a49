//! What the runs say: three sentences each, and the classes side by side.
use super::grid::{Grid, measured};
use super::{Block, Part, heading, text};
use crate::report::Lang;
use crate::report::in_brief;
use crate::report::record::Record;
use crate::report::scenario_names::{label, scenario};
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

/// The first exact run in full, with what a simulation says of the same, then what the others
/// change; what stress, simulation and sizing come to has tables of its own.
pub fn overview(runs: &[&Record], simulated: &[&Record], lang: Lang) -> Part {
    let mut blocks = Vec::new();
    if let Some(run) = runs.first() {
        blocks.push(heading(of_scenario(run, lang)));
        blocks.push(text(one_course(simulated, lang)));
        blocks.push(Block::List { items: in_brief::beside(run, simulated, lang) });
        blocks.extend(classes(run, lang));
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

/// Of which scenario a run is.
fn of_scenario(run: &Record, lang: Lang) -> String {
    format!("{}{}", lang.say("Scenario: ", "情景："), scenario(&run.scenario, lang))
}

/// That a scenario is one course of events; where how likely it is can be read.
fn one_course(simulated: &[&Record], lang: Lang) -> String {
    let one = lang.say(
        "What happens if everything comes as this scenario assumes: one course of events.",
        "以下为一切均按该情景假设发生时的结果：仅是一种可能的走势。",
    );
    let drawn = match simulated.is_empty() {
        true => lang
            .say("How likely it is was not simulated here.", "此处未作模拟，不反映发生的可能性。"),
        false => lang.say(
            "Beside it, how likely the same is over all simulated paths.",
            "每条之后另列模拟得出的可能性。",
        ),
    };
    format!("{one}{}{drawn}", lang.say(" ", ""))
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
        let mut cells = vec![label(run, lang)];
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
