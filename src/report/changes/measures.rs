//! Every measure of a run, by name: of exact runs, and of the tables that have one in each column.
//!
//! Invariant: sets of firms are told apart by their class, test and members, never by their place
//! in the table, which ties decide.
use super::{Line, lines};
use crate::report::columns::{self, Kind};
use crate::report::record::{Record, Table};
use crate::report::table::Cell;
use std::collections::BTreeMap;

/// Measures that say what becomes of a class: they are told before all others.
const OUTCOMES: &[&str] = &[
    "loss",
    "loss_amount",
    "pd",
    "p_late",
    "el",
    "el_pv",
    "late",
    "first_shortfall_date",
    "paid_in_full",
    "critical",
    "grade",
    "grade_by_pd",
    "grade_by_el",
    "joint_grade",
    "senior",
    "senior_share",
    "mezzanine",
    "sub",
    "binding",
    "met",
    "p_unpaid",
    "smallest_set",
    "sets",
];

/// Whether a measure is one of those; of the pool's own none is.
pub(super) fn is_outcome(of: &str, item: &str) -> bool {
    of != "pool" && OUTCOMES.contains(&item)
}

pub(super) fn measures(run: &Record) -> Vec<Line> {
    let mut out = Vec::new();
    if let Some(table) = run.table("measures.csv") {
        let cell = |row: &[Cell], column| table.text(row, column);
        out = lines(table.rows.iter().map(|row| {
            let value = table.cell(row, "value").clone();
            let (of, item) = (cell(row, "tranche"), cell(row, "measure"));
            (of, item, cell(row, "support"), cell(row, "unit"), value)
        }));
    }
    for (name, keys) in WIDE {
        if let Some(table) = run.table(name) {
            out.extend(table.rows.iter().flat_map(|row| wide(table, row, keys)));
        }
    }
    if let Some(table) = run.table("breakers.csv") {
        out.extend(sets_of_firms(table));
    }
    if let Some(table) = run.table("pool.csv") {
        out.extend(table.rows.iter().map(|row| {
            let item = table.text(row, "measure");
            let unit = if item == "defaults_mean" { "firms" } else { "share" };
            let value = table.cell(row, "value").clone();
            let key = ("pool".to_owned(), item, String::new(), 1);
            Line { key, unit: unit.to_owned(), value, se: table.cell(row, "se").number() }
        }));
    }
    // Two tables may have a measure of one name.
    let mut seen: BTreeMap<(String, String, String), usize> = BTreeMap::new();
    for Line { key: (of, item, support, nth), .. } in &mut out {
        let times = seen.entry((of.clone(), item.clone(), support.clone())).or_insert(0);
        *times += 1;
        *nth = *times;
    }
    out
}

/// Tables with a measure in each column, and the columns that say of what.
const WIDE: &[(&str, &[&str])] = &[
    ("tranches.csv", &["tranche"]),
    ("supporters.csv", &["supporter"]),
    ("stress.csv", &["scenario", "tranche"]),
    ("critical.csv", &["scenario", "tranche"]),
    ("targets.csv", &["grade"]),
    ("investor.csv", &["scenario", "tranche"]),
    ("size.csv", &["target"]),
    ("mezzanine.csv", &["senior_target", "target"]),
    ("needs.csv", &["target", "lever", "of"]),
    ("tests.csv", &["target", "test"]),
    ("sensitivity.csv", &["target", "points"]),
    ("shelf.csv", &["series", "date"]),
    ("breaches.csv", &["series", "limit", "subject", "date"]),
    ("concentration.csv", &["series", "limit"]),
    ("exposures.csv", &["supporter", "date"]),
    ("calls.csv", &["series", "supporter", "date"]),
    ("statistics.csv", &["series"]),
    ("joint.csv", &["series", "tranche"]),
    ("joint_series.csv", &["series"]),
    ("joint_supporters.csv", &["up_to_series", "supporter"]),
    ("joint_added.csv", &["up_to_series", "series", "tranche"]),
    ("joint_paid.csv", &["supporter", "series"]),
    ("filling.csv", &["series"]),
    ("allocation.csv", &["loan"]),
];

/// Columns of rates that can hold a word.
const RATES: &[&str] = &["critical", "critical_rate"];

/// The measures of a row that has one in each column.
fn wide(table: &Table, row: &[Cell], keys: &[&str]) -> Vec<Line> {
    // The last two are options, told as such.
    let names = ["support", "commitment", "paths", "targets", "asset_type"];
    let is_measure = |column: &&String| {
        let column = column.as_str();
        !keys.contains(&column) && !names.contains(&column) && !column.ends_with("_se")
    };
    let named: Vec<String> = keys.iter().map(|key| table.text(row, key)).collect();
    let named: Vec<&str> =
        named.iter().map(String::as_str).filter(|name| !name.is_empty()).collect();
    let (of, support) = (named.join(" "), table.text(row, "support"));
    let commitment = table.text(row, "commitment");
    let of = if commitment.is_empty() { of } else { format!("{of} ({commitment})") };
    let line = |column: &String| {
        let unit = match columns::kind(column) {
            Kind::Share => "share",
            // A rate, or a word where there is none.
            _ if RATES.contains(&column.as_str()) => "share",
            Kind::Yuan => "yuan",
            Kind::Number => "years",
            Kind::Text | Kind::Date | Kind::Count | Kind::Mixed => "",
        };
        Line {
            key: (of.clone(), column.clone(), support.clone(), 1),
            unit: unit.to_owned(),
            value: table.cell(row, column).clone(),
            se: table.cell(row, &format!("{column}_se")).number(),
        }
    };
    table.header.iter().filter(is_measure).map(line).collect()
}

/// By class and test: how many firms the smallest set that hurts has, how many such sets there are;
/// and what each set that is listed costs. Ties decide which sets are listed: one that comes or
/// goes is no change.
fn sets_of_firms(table: &Table) -> Vec<Line> {
    let mut out = Vec::new();
    let mut seen: Vec<[String; 3]> = Vec::new();
    for row in &table.rows {
        let [class, test, grade, support] =
            ["tranche", "test", "grade", "support"].map(|name| table.text(row, name));
        let line = |of: String, item: &str, unit: &str, value: Cell| Line {
            key: (of, item.to_owned(), support.clone(), 1),
            unit: unit.to_owned(),
            value,
            se: None,
        };
        let named = |names: &[&str]| -> String {
            let said = names.iter().copied().filter(|name| !name.is_empty());
            said.collect::<Vec<_>>().join(" ")
        };
        let of = named(&[&class, &test, &grade]);
        let hurts = table.text(row, "paid_in_full") == "no";
        let group = [of.clone(), support.clone(), test.clone()];
        if hurts && grade.is_empty() && !seen.contains(&group) {
            seen.push(group);
            out.push(line(of.clone(), "smallest_set", "", table.cell(row, "size").clone()));
            let note = table.text(row, "note");
            let count = note.split(": ").nth(1).and_then(|rest| rest.split(';').next());
            let count = count.and_then(|count| count.trim().parse().ok());
            out.extend(count.map(|count| line(of.clone(), "sets", "", Cell::Count(count))));
        }
        let mut firms: Vec<String> =
            table.text(row, "obligors").split(';').map(str::to_owned).collect();
        firms.sort();
        let of = match grade.is_empty() {
            true => named(&[&of, &format!("({})", firms.join(", "))]),
            false => of,
        };
        for (item, unit) in [
            ("loss", "share"),
            ("unpaid", "yuan"),
            ("supporter_paid", "yuan"),
            ("paid_in_full", ""),
        ] {
            out.push(line(of.clone(), item, unit, table.cell(row, item).clone()));
        }
    }
    out
}
