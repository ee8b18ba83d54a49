//! From the tables of an exact run to the data of its charts.

use super::canvas::fitted;
use super::classes::{seniority, tone};
use super::style::{LABEL, say};
use super::{
    CollectionsChart, CoverChart, CoverLine, Lang, NotesChart, Series, Tone, WaterfallChart,
    WaterfallItem,
};
use crate::dates::Date;
use crate::report::columns;
use crate::report::reasons::{IN, Item, OUT, accounts, item_of};
use crate::report::record::{Record, Table};
use crate::report::table::Cell;

pub(super) fn collections(run: &Record, lang: Lang) -> Option<CollectionsChart> {
    let table = run.table("collections.csv")?;
    let kinds = [
        ("principal", Tone::Principal),
        ("prepaid", Tone::Prepaid),
        ("interest", Tone::Interest),
        ("recovered", Tone::Recovered),
        ("clean_up", Tone::CleanUp),
    ];
    let series = kinds.map(|(column, tone)| Series {
        name: columns::title(column, lang),
        tone,
        values: table.rows.iter().map(|row| table.amount(row, column)).collect(),
    });
    let (deal, dates) = (run.called(), payments(run));
    Some(CollectionsChart { deal, dates, series: series.into() })
}

/// Rows of a class in one of the ways in which it was run, by date.
fn by_class<'a>(
    table: &'a Table,
    support: &'a str,
    class: &'a str,
) -> impl Iterator<Item = &'a Vec<Cell>> {
    table.rows_of("tranche", class).filter(move |row| table.text(row, "support") == support)
}

fn payments(run: &Record) -> Vec<Date> {
    let Some(table) = run.table("collections.csv") else { return Vec::new() };
    table.rows.iter().filter_map(|row| table.date(row, "payment_date")).collect()
}

pub(super) fn notes(run: &Record) -> Option<NotesChart> {
    let table = run.table("balances.csv")?;
    let all = |support: &str| -> Vec<(Date, f64)> {
        let mut sums: Vec<(Date, f64)> = Vec::new();
        for row in table.rows_of("support", support) {
            let (Some(date), yuan) = (table.date(row, "date"), table.amount(row, "balance")) else {
                continue;
            };
            match sums.last_mut().filter(|last| last.0 == date) {
                Some(last) => last.1 += yuan,
                None => sums.push((date, yuan)),
            }
        }
        sums
    };
    let (supported, unsupported) = (all("with"), all("without"));
    let class = |name: String| Series {
        values: by_class(table, "with", &name).map(|row| table.amount(row, "balance")).collect(),
        tone: tone(run, &name),
        name,
    };
    let classes = table.distinct("tranche").into_iter().map(class);
    let classes: Vec<Series> = classes.collect();
    let dates = match classes.is_empty() {
        true => payments(run),
        false => supported.iter().map(|point| point.0).collect(),
    };
    Some(NotesChart {
        deal: run.called(),
        classes,
        dates,
        unsupported: (supported != unsupported).then_some(unsupported),
    })
}

pub(super) fn cover(run: &Record, lang: Lang) -> Option<CoverChart> {
    let (balances, supports) = (run.table("balances.csv")?, run.table("supports.csv")?);
    let dates = payments(run);
    Some(CoverChart {
        deal: run.called(),
        lines: cover_lines(run, balances, lang),
        paid: paid(run, supports, &dates, lang),
        dates,
    })
}

/// Of the senior classes, and of the mezzanine ones with them.
fn cover_lines(run: &Record, table: &Table, lang: Lang) -> Vec<CoverLine> {
    let classes = table.distinct("tranche");
    let lowest = |word| classes.iter().rfind(|class| seniority(run, class) == word);
    let mezzanine = match lowest("senior") {
        Some(_) => say(lang, "Senior and mezzanine", "优先级和夹层"),
        None => say(lang, "Mezzanine", "夹层"),
    };
    let levels = [
        ("senior", say(lang, "Senior", "优先级"), Tone::Senior { at: 0, of: 1 }),
        ("mezzanine", mezzanine, Tone::Mezzanine { at: 0, of: 1 }),
    ];
    let mut lines = Vec::new();
    for (word, name, tone) in levels {
        let Some(class) = lowest(word) else { continue };
        let points = |support| -> Vec<(Date, Option<f64>)> {
            let rows = by_class(table, support, class);
            let point = |row: &Vec<Cell>| {
                Some((table.date(row, "date")?, table.cell(row, "asset_cover").number()))
            };
            rows.filter_map(point).collect()
        };
        let (supported, unsupported) = (points("with"), points("without"));
        let differs = unsupported != supported;
        let line =
            |name: String, unsupported, points| CoverLine { name, tone, unsupported, points };
        lines.push(line(name.to_owned(), false, supported));
        let name = format!("{name}{}", say(lang, ", no support", "（无增信）"));
        lines.extend(differs.then(|| line(name, true, unsupported)));
    }
    lines
}

/// What the supporter behind each commitment paid, the later ones together where they are many,
/// and what none paid.
fn paid(run: &Record, table: &Table, dates: &[Date], lang: Lang) -> Vec<Series> {
    const NAMED: usize = 5;
    let of_covers = |row: &Vec<Cell>| {
        let section = format!("cover {}", table.text(row, "commitment"));
        !run.term(&section, "supporter").is_empty()
    };
    let mut unpaid = vec![0.0; dates.len()];
    let mut seen: Vec<(String, Vec<f64>)> = Vec::new();
    for row in table.rows.iter().filter(|row| !of_covers(row)) {
        let day = table.date(row, "date");
        let Some(day) = dates.iter().position(|date| Some(*date) == day) else { continue };
        unpaid[day] += table.amount(row, "unpaid");
        let name = table.text(row, "supporter");
        let known = seen.iter().position(|of| of.0 == name);
        let at = known.unwrap_or(seen.len().min(NAMED));
        if at == seen.len() {
            let other = say(lang, "other supporters", "其他增信方").to_owned();
            seen.push((if at < NAMED { name } else { other }, vec![0.0; dates.len()]));
        }
        seen[at].1[day] += table.amount(row, "paid");
    }
    let of = seen.len();
    let supporter =
        |(at, (name, values))| Series { name, tone: Tone::Supporter { at, of }, values };
    let mut out: Vec<Series> = seen.into_iter().enumerate().map(supporter).collect();
    out.push(Series {
        name: say(lang, "called, not paid", "已启动未支付").to_owned(),
        tone: Tone::Unpaid,
        values: unpaid,
    });
    out
}

/// Cash that moved after closing: between accounts it does not count.
pub(super) fn waterfall(run: &Record, lang: Lang) -> Option<WaterfallChart> {
    let (held, postings) = (run.table("accounts.csv")?, run.table("postings.csv")?);
    let cash = |row: Option<&Vec<Cell>>, column: &str| -> f64 {
        let date = row.map(|row| held.text(row, "date")).unwrap_or_default();
        held.rows_of("date", &date).map(|row| held.amount(row, column)).sum()
    };
    let (accounts, classes) = (accounts(run), run.classes());
    let mut start = cash(held.rows.first(), "opening");
    // By item, then by class: yuan.
    let mut moved: Vec<(Item, Option<usize>, f64)> = Vec::new();
    for row in &postings.rows {
        let (item, yuan) = (item_of(&accounts, postings, row), postings.amount(row, "amount"));
        match item {
            Item::Within => continue,
            Item::NoteProceeds | Item::Funding => start += yuan,
            Item::Price => start -= yuan,
            _ => {
                let to = postings.text(row, "to");
                let holder = to.strip_prefix("holders ").filter(|_| item.of_class(lang).is_some());
                let class = holder.and_then(|name| classes.iter().position(|of| of == name));
                match moved.iter_mut().find(|of| (of.0, of.1) == (item, class)) {
                    Some(of) => of.2 += yuan,
                    None => moved.push((item, class, yuan)),
                }
            }
        }
    }
    let items = |order: &[Item]| -> Vec<WaterfallItem> {
        let mut own: Vec<_> = moved.iter().filter(|of| order.contains(&of.0)).collect();
        own.sort_by_key(|of| (order.iter().position(|item| *item == of.0), of.1));
        own.into_iter().map(|&(item, class, amount)| line(run, item, class, amount, lang)).collect()
    };
    let opening = line(run, Item::Opening, None, start, lang);
    Some(WaterfallChart {
        deal: run.called(),
        sources: std::iter::once(opening).chain(items(IN)).collect(),
        uses: items(OUT),
        left: cash(held.rows.last(), "closing"),
    })
}

fn line(run: &Record, item: Item, class: Option<usize>, amount: f64, lang: Lang) -> WaterfallItem {
    let class = class.and_then(|at| run.classes().into_iter().nth(at));
    let (name, tone) = match (class, item.of_class(lang)) {
        // A long name is cut before the line is, so that the line still says what it is.
        (Some(class), Some(what)) => {
            let tone = tone(run, &class);
            (format!("{} {what}", fitted(&class, LABEL.size, 150.0)), tone)
        }
        _ => (item.word(lang).to_owned(), item.tone()),
    };
    WaterfallItem { name, tone, amount }
}
