//! Several deals in one report, as the series of a shelf: what each is and what becomes of it.
use super::grid::{Grid, measured, shown};
use super::{Deal, Part};
use crate::report::Lang;
use crate::report::record::Record;
use crate::report::scenario_names::label;
use crate::report::table::Cell;

/// Terms of a series: section, item, head in English and Chinese, whether it is a figure.
const TERMS: &[(&str, &str, &str, &str, bool)] = &[
    ("deal", "pool_principal", "pool principal, yuan", "资产池本金（元）", true),
    ("deal", "notes", "notes, yuan", "证券规模（元）", true),
    ("dates", "closing_date", "closing date", "设立日", false),
    ("dates", "legal_maturity", "legal maturity", "法定到期日", false),
];

/// Nothing where no series was run exactly.
pub fn series(deals: &[Deal], lang: Lang) -> Option<Part> {
    let firsts: Vec<&Record> =
        deals.iter().filter_map(|deal| deal.of("run").first().copied()).collect();
    let mut terms = Grid::titled(lang.say("What each series is", "各期要素"))
        .words(lang.say("run", "情景"))
        .words(lang.say("name", "名称"));
    for (_, _, en, zh, figure) in TERMS {
        let head = lang.say(en, zh);
        terms = if *figure { terms.figures(head) } else { terms.words(head) };
    }
    let measures = ["notional", "principal_paid", "loss", "first_shortfall_date", "wal_years"];
    let title = lang.say("What becomes of its notes, with support", "各期证券兑付情况（有增信）");
    let mut notes = Grid::titled(title).words(lang.say("run", "情景")).words_of("tranche", lang);
    for measure in measures {
        notes = notes.measure(measure, lang);
    }
    for run in &firsts {
        let mut cells = vec![label(run, lang), run.term("deal", "name")];
        cells.extend(TERMS.iter().map(|(section, item, ..)| value(run, section, item)));
        terms.row(cells);
        for class in run.classes() {
            let mut cells = vec![label(run, lang), class.clone()];
            cells.extend(measures.map(|measure| measured(run, &class, measure, "with")));
            notes.row(cells);
        }
    }
    let blocks: Vec<_> = [terms.block(), notes.block()].into_iter().flatten().collect();
    let title = lang.say("The series side by side", "各期对照");
    (firsts.len() > 1).then_some(Part::new(title, blocks))
}

/// A term in the form people read.
fn value(run: &Record, section: &str, item: &str) -> String {
    let Some(table) = run.table("terms.csv") else { return String::new() };
    let is =
        |row: &&Vec<Cell>| table.text(row, "section") == section && table.text(row, "item") == item;
    let row = table.rows.iter().find(is);
    row.map_or_else(|| "-".to_owned(), |row| shown("value", table.cell(row, "value")))
}
