//! From the tables of a stressed deal, and of a sized one, to the data of their charts.

use std::collections::BTreeMap;

use super::Lang;
use super::classes::tone;
use super::critical::{CriticalChart, CriticalLine, Rate};
use super::frontier::{FrontierChart, FrontierLine};
use super::heat::{Heat, HeatChart};
use super::style::{Tone, say};
use super::tornado::{TornadoChart, TornadoPanel};
use crate::num::Decimal;
use crate::report::columns;
use crate::report::record::{Record, Table};
use crate::report::scenario_names::scenario;
use crate::report::table::Cell;

/// Figures without support are drawn: they are what grades.
fn unsupported<'a>(table: &'a Table, class: &'a str) -> impl Iterator<Item = &'a Vec<Cell>> {
    let without = |row: &&Vec<Cell>| table.text(row, "support") == "without";
    table.rows_of("tranche", class).filter(without)
}

pub(super) fn critical(run: &Record, lang: Lang) -> Option<CriticalChart> {
    let table = run.table("critical.csv")?;
    let mut stresses = table.distinct("scenario");
    // The lowest of all is no stress.
    stresses.retain(|stress| stress != "all");
    let line = |name: &String| {
        let rows: Vec<_> = unsupported(table, name).collect();
        let rate = |stress: &String| {
            let row = rows.iter().find(|row| table.text(row, "scenario") == *stress)?;
            let achieved = 100.0 * table.amount(row, "achieved");
            Some(match table.cell(row, "critical").number() {
                Some(_) => Rate::Found(achieved),
                None => Rate::Above(achieved),
            })
        };
        let rates = stresses.iter().map(rate).collect();
        CriticalLine { name: name.clone(), tone: tone(run, name), rates }
    };
    let lines = run.classes().iter().map(line).collect();
    let targets = run.table("targets.csv");
    let rows = || targets.iter().flat_map(|of| of.rows.iter().map(move |row| (of, row)));
    let of_targets = |(of, row): (&&Table, &Vec<Cell>)| {
        format!("{}, {}", of.text(row, "targets"), of.text(row, "asset_type"))
    };
    Some(CriticalChart {
        deal: run.called(),
        lines,
        targets: rows()
            .map(|(of, row)| (of.text(row, "grade"), 100.0 * of.amount(row, "target_rate")))
            .collect(),
        of_targets: rows().next().map(of_targets).unwrap_or_default(),
        base: rows().next().map_or(0.0, |(of, row)| 100.0 * of.amount(row, "base_rate")),
        stresses: stresses.iter().map(|name| scenario(name, lang).to_owned()).collect(),
    })
}

pub(super) fn losses(run: &Record, lang: Lang) -> Option<TornadoChart> {
    let table = run.table("stress.csv")?;
    let panel = |name: &String| {
        let said = |row: &Vec<Cell>| scenario(&table.text(row, "scenario"), lang).to_owned();
        let loss = |row: &Vec<Cell>| 100.0 * table.amount(row, "loss");
        let mut rows = unsupported(table, name);
        TornadoPanel {
            name: name.clone(),
            tone: tone(run, name),
            base: rows.next().map_or(0.0, loss),
            losses: rows.map(|row| (said(row), loss(row))).collect(),
        }
    };
    Some(TornadoChart { deal: run.called(), panels: run.classes().iter().map(panel).collect() })
}

/// Of the first class that something in the grid hurts, else of the last; the third axis and those
/// after it are held at their first value.
pub(super) fn heat(run: &Record, lang: Lang) -> Option<HeatChart> {
    let table = run.table("grid.csv")?;
    let axes: Vec<&str> =
        table.header.iter().map(String::as_str).take_while(|name| *name != "support").collect();
    let [first, second, held @ ..] = &axes[..] else { return None };
    let hurt =
        |class: &&String| unsupported(table, class).any(|row| table.amount(row, "loss") > 0.0);
    let classes = table.distinct("tranche");
    let class = classes.iter().find(hurt).or(classes.last())?;
    let firsts: Vec<String> =
        held.iter().filter_map(|axis| table.distinct(axis).into_iter().next()).collect();
    let at_first = |row: &&Vec<Cell>| {
        held.iter().zip(&firsts).all(|(axis, value)| table.text(row, axis) == *value)
    };
    let place = |row: &Vec<Cell>| [first, second].map(|axis| table.text(row, axis));
    let rows = unsupported(table, class).filter(at_first);
    let rows: BTreeMap<[String; 2], &Vec<Cell>> = rows.map(|row| (place(row), row)).collect();
    let (across, up) = (table.distinct(first), table.distinct(second));
    let cell = |x: &String, y: &String| {
        let row = rows.get(&[x.clone(), y.clone()]);
        Heat {
            loss: row.map_or(0.0, |row| 100.0 * table.amount(row, "loss")),
            paid_in_full: row.is_none_or(|row| table.text(row, "paid_in_full") == "yes"),
        }
    };
    let columns = across.iter().map(|x| up.iter().map(|y| cell(x, y)).collect());
    let named = |axis: &str, values: &[String]| {
        (axis_name(axis, lang), values.iter().map(|value| label(axis, value)).collect())
    };
    Some(HeatChart {
        deal: run.called(),
        class: class.clone(),
        cells: columns.collect(),
        across: named(first, &across),
        up: named(second, &up),
        held: held_at(run, held, &firsts, lang),
    })
}

fn held_at(run: &Record, axes: &[&str], values: &[String], lang: Lang) -> String {
    let each = axes.iter().zip(values);
    let each: Vec<String> = each
        .map(|(axis, value)| format!("{} {}", axis_name(axis, lang), label(axis, value)))
        .collect();
    let scenario = scenario(&run.scenario, lang);
    match (each.is_empty(), lang) {
        (true, Lang::En) => format!("All else as in {scenario}."),
        (true, Lang::Zh) => format!("其余假设同情景 {scenario}。"),
        (false, Lang::En) => format!("At {}; all else as in {scenario}.", each.join(", ")),
        (false, Lang::Zh) => format!("固定 {}；其余假设同情景 {scenario}。", each.join("、")),
    }
}

/// What an axis of a grid is called.
pub fn axis_name(axis: &str, lang: Lang) -> String {
    match axis {
        "default_rate" => say(lang, "cumulative default rate", "累计违约率").to_owned(),
        "recovery" => say(lang, "recovery rate", "回收率").to_owned(),
        "cpr" => say(lang, "annual prepayment rate", "年早偿率").to_owned(),
        "rate_shift" => say(lang, "shift of LPR", "LPR 变动").to_owned(),
        "months_to_sale" => say(lang, "months to sale", "处置月数").to_owned(),
        "value_shock" => say(lang, "fall in the value of rights", "权利价值下跌").to_owned(),
        other => columns::title(other, lang),
    }
}

/// A value on an axis.
fn label(axis: &str, value: &str) -> String {
    let Ok(number) = value.parse::<Decimal>() else { return value.to_owned() };
    match axis {
        "months_to_sale" => number.normalize().to_string(),
        "rate_shift" => format!("{}bp", (number * Decimal::new(10_000, 0)).normalize()),
        _ => format!("{}%", (number * Decimal::ONE_HUNDRED).normalize()),
    }
}

/// How large the senior classes may be; none where no size passes.
pub(super) fn frontier(run: &Record, lang: Lang) -> Option<FrontierChart> {
    let table = run.table("size.csv")?;
    let grades = table.distinct("target");
    let line = |support: &str, name: &str, tone: Tone| {
        let share = |grade: &String| {
            let mut rows = table.rows_of("target", grade);
            let row = rows.find(|row| table.text(row, "support") == support)?;
            table.cell(row, "senior_share").number().map(|share| 100.0 * share)
        };
        FrontierLine { name: name.to_owned(), tone, shares: grades.iter().map(share).collect() }
    };
    let with = say(lang, "with support", "有增信");
    let without = say(lang, "without support", "无增信");
    Some(FrontierChart {
        deal: run.called(),
        lines: vec![
            line("with", with, Tone::Supporter { at: 0, of: 1 }),
            line("without", without, Tone::Senior { at: 0, of: 1 }),
        ],
        grades,
    })
}
