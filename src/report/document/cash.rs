//! Cash flows with support: of the first run table by table, of the others in short.
use super::grid::Grid;
use super::{Block, Part, charts, heading, overview, text, words};
use crate::num::Decimal;
use crate::report::Lang;
use crate::report::record::Record;
use crate::report::scenario_names::label;
use crate::report::table::Cell;
use crate::report::words::grouped;

const COLLECTIONS: &[&str] = &[
    "payment_date",
    "opening",
    "interest",
    "principal",
    "prepaid",
    "defaulted",
    "recovered",
    "closing",
];
const NOTES: &[&str] = &[
    "payment_date",
    "opening",
    "interest_due",
    "interest_paid",
    "principal_due",
    "principal_paid",
    "residual_paid",
    "closing",
];

/// The first run.
pub fn flows(run: &Record, lang: Lang) -> Part {
    let mut blocks = vec![text(match lang {
        Lang::En => format!("Scenario {}, with support; amounts in yuan.", label(run, lang)),
        Lang::Zh => format!("情景：{}；有增信；金额单位为元。", label(run, lang)),
    })];
    blocks.extend(charts(run, &["notes.svg", "collections.svg"], lang));
    if let Some(table) = run.table("collections.csv") {
        blocks.push(heading(lang.say("Collections", "现金流归集")));
        blocks.extend(Grid::of("", table, COLLECTIONS, lang, |_| true).block());
    }
    if let Some(table) = run.table("notes.csv") {
        blocks.push(heading(lang.say("Notes", "证券兑付")));
        for class in run.classes() {
            let own = |row: &[Cell]| table.text(row, "tranche") == class && moves(row);
            blocks.extend(Grid::of(&class, table, NOTES, lang, own).block());
        }
    }
    blocks.extend(charts(run, &["cover.svg", "waterfall.svg"], lang));
    blocks.extend(fees(run, lang));
    blocks.extend(unpaid_fees(run, lang));
    if let Some(table) = run.table("supports.csv") {
        let title = lang.say("Calls on supporters", "增信方履行情况");
        let names = ["date", "supporter", "called", "paid", "unpaid", "repaid", "outstanding"];
        let grid = Grid::of(title, table, &names, lang, moves);
        let none = lang.say("No supporter is called.", "增信方未被启动。");
        blocks.push(grid.block().unwrap_or_else(|| text(none)));
    }
    if let Some(table) = run.table("events.csv") {
        let title = lang.say("Events", "事件");
        blocks.extend(Grid::of(title, table, &["date", "event", "detail"], lang, |_| true).block());
    }
    Part::new(lang.say("Cash flows", "现金流"), blocks)
}

/// Any amount is there.
fn moves(row: &[Cell]) -> bool {
    row.iter().any(|cell| cell.yuan() != Decimal::ZERO)
}

/// Paid over the life and left unpaid at its end, fee by fee.
fn fees(run: &Record, lang: Lang) -> Option<Block> {
    let table = run.table("fees.csv")?;
    let mut grid = Grid::titled(lang.say("Taxes and fees over the life", "存续期税费"))
        .words_of("fee", lang)
        .figures_of("paid", lang)
        .figures(lang.say("unpaid at the end", "期末未付"));
    for fee in table.distinct("fee") {
        let mut rows = table.rows.iter().filter(|row| table.text(row, "fee") == fee);
        let of = |row: &Vec<Cell>, name: &str| table.cell(row, name).yuan();
        let paid: Decimal = rows.clone().map(|row| of(row, "paid")).sum();
        let unpaid = rows.next_back().map_or(Decimal::ZERO, |row| of(row, "unpaid"));
        let yuan = |amount| grouped(&Cell::Yuan(amount).written());
        grid.row(vec![words::value(&fee, lang), yuan(paid), yuan(unpaid)]);
    }
    grid.block()
}

/// Why fees can be left unpaid though a class below them was paid, where that is so.
fn unpaid_fees(run: &Record, lang: Lang) -> Option<Block> {
    let table = run.table("fees.csv")?;
    let last = |fee: &String| table.rows.iter().rfind(|row| table.text(row, "fee") == *fee);
    let fees = table.distinct("fee");
    let mut ends = fees.iter().filter_map(last);
    let left = ends.any(|row| table.cell(row, "unpaid").yuan() > Decimal::ZERO);
    left.then(|| {
        text(lang.say(
            "Fees are paid before the notes on each date, out of the cash of that date. What falls \
             due on later dates can stay unpaid all the same: cash that went to a class before is \
             not taken back, and none was held for it.",
            "每个兑付日，税费以当日资金先于证券支付；此后到期的费用仍可能未付：此前已分配给证券的资金不再收回，也未为其预留。",
        ))
    })
}

/// Every other run.
pub fn others(runs: &[&Record], lang: Lang) -> Part {
    let mut blocks = Vec::new();
    for (at, run) in runs.iter().enumerate() {
        blocks.extend((at > 0).then_some(Block::Sheet));
        blocks.push(heading(label(run, lang)));
        blocks.extend(overview::said(run, lang));
        blocks.extend(charts(run, &["notes.svg", "cover.svg"], lang));
    }
    Part::new(lang.say("Other scenarios", "其他情景"), blocks)
}
