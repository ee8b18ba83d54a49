//! correlation.csv: how the fates of firms hang together. Invariant: a file holds written loadings
//! or what sharing adds, never both; a name that is that of several groups is refused, not chosen.

use super::cell;
use super::deal_terms::Draft;
use super::problems::Place;
use super::reader::{Book, real};
use super::table::{Row, Table};
use crate::asset::{Obligor, Supporter};
use crate::num::Decimal;
use crate::scenario::{Correlation, CorrelationFault, Kinship, Shared};
use std::collections::BTreeMap;

const FILE: &str = "correlation.csv";
const LOADINGS: &[&str] = &["group", "factor", "weight"];
const SHARED: &[&str] = &["same", "correlation"];
/// Columns that say what a firm shares with others.
const KIN: &[&str] = &["industry", "region", "group"];

/// The correlation of firms: obligors, then supporters. `None` where a problem keeps it from being
/// made.
pub fn read(
    book: &Book,
    draft: &Draft,
    obligors: &[Obligor],
    supporters: &[Supporter],
) -> Option<Correlation> {
    let firms = kin(obligors, supporters);
    let table = book.table(FILE);
    let known = ["obligors.csv", "supporters.csv"].into_iter().all(|file| {
        let key = if file == "obligors.csv" { "obligor" } else { "supporter" };
        book.sound(file, KIN) && book.sound(file, &[key])
    });
    let firms = if known { Some(firms.as_slice()) } else { None };
    twofold(book, obligors, supporters);
    let Some(table) = &table else {
        let made = Correlation::of_shared(draft.copula, Shared::ASSUMED, firms?);
        return made.ok().filter(|_| !book.has(FILE));
    };
    if !one_form(book, table) {
        return None;
    }
    match table.has("same") {
        true => shared(book, draft, table, firms),
        false => loadings(book, draft, table, firms),
    }
}

/// Firms that owe and support, which simulation takes for two.
fn twofold(book: &Book, obligors: &[Obligor], supporters: &[Supporter]) {
    let owing: BTreeMap<&str, Option<&str>> =
        obligors.iter().map(|firm| (firm.name.as_str(), firm.group.as_deref())).collect();
    for firm in supporters {
        let joined = firm.group.is_some();
        if let Some(group) = owing.get(firm.name.as_str())
            && !(joined && *group == firm.group.as_deref())
            && !firm.name.is_empty()
        {
            let text = format!(
                "{} is an obligor too: simulate takes them for two firms, unless they have one \
                 group",
                firm.name
            );
            book.warn(&Place::file("supporters.csv"), text);
        }
    }
}

fn kin(obligors: &[Obligor], supporters: &[Supporter]) -> Vec<Kinship> {
    let obligors = obligors.iter().map(|firm| Kinship {
        firm: firm.name.clone(),
        industry: firm.industry.clone(),
        region: firm.region.clone(),
        group: firm.group.clone(),
    });
    let supporters = supporters.iter().map(|firm| Kinship {
        firm: firm.name.clone(),
        industry: firm.industry.clone(),
        region: firm.region.clone(),
        group: firm.group.clone(),
    });
    obligors.chain(supporters).collect()
}

/// Whether the header is of one form, whole, and has rows below it.
fn one_form(book: &Book, table: &Table) -> bool {
    let given = |columns: &[&str]| columns.iter().any(|column| table.has(column));
    let form = match (given(LOADINGS), given(SHARED)) {
        (true, true) => {
            let text = "two forms in one table (want group, factor and weight, or same and \
                        correlation)";
            book.problems.at(&table.header(), text);
            return false;
        }
        (true, false) => LOADINGS,
        (false, _) => SHARED,
    };
    let missing: Vec<&str> = form.iter().copied().filter(|column| !table.has(column)).collect();
    for column in &missing {
        book.problems.missing_column(&table.header(), column, &[]);
    }
    if table.rows().len() == 0 {
        book.problems.at(&table.place(), "the table has no rows");
    }
    missing.is_empty() && table.rows().len() > 0
}

/// What sharing adds.
fn shared(
    book: &Book,
    draft: &Draft,
    table: &Table,
    firms: Option<&[Kinship]>,
) -> Option<Correlation> {
    // Word, what it adds, row.
    let mut given: Vec<(&'static str, Decimal, Row)> = Vec::new();
    for row in table.rows() {
        let filled = row.need("same") & row.need("correlation");
        let (Some(word), Some(adds), true) = (row.choice("same"), row.rate("correlation"), filled)
        else {
            continue;
        };
        if adds > Decimal::ONE {
            let found = row.written("correlation").unwrap_or_default();
            book.problems.out_of_range(&row.place("correlation"), found, "at most 100%");
        }
        match given.iter().find(|(other, _, _)| *other == word) {
            Some((_, _, first)) => {
                let written = row.written("same").unwrap_or_default();
                book.problems.duplicate_key(&row.place("same"), written, first.number());
            }
            None => given.push((word, adds, row)),
        }
    }
    if !book.sound(FILE, SHARED) {
        return None;
    }
    let find = |word: &str| given.iter().find(|(other, _, _)| *other == word);
    let adds = |word: &str| find(word).map(|(_, adds, _)| real(*adds));
    let shared = Shared {
        all: adds("all").unwrap_or(0.0),
        industry: adds("industry").unwrap_or(0.0),
        region: adds("region").unwrap_or(0.0),
        group: adds("group"),
    };
    let faults = match Correlation::of_shared(draft.copula, shared, firms?) {
        Ok(correlation) => return Some(correlation),
        Err(faults) => faults,
    };
    for fault in faults {
        match fault {
            CorrelationFault::Negative { shared, pair: (one, other), .. } => {
                let Some((word, adds, row)) = find(shared) else { continue };
                let text = format!(
                    "{} for {word} is not positive semi-definite: {one} and {other} would be less \
                     alike than firms that share nothing (want 0% or more)",
                    percent(*adds)
                );
                book.problems.at(&row.place("correlation"), text);
            }
            CorrelationFault::AboveOne { pair: (one, other), .. } => {
                above_one(book, &given, &one, &other);
            }
            CorrelationFault::Weights { .. } | CorrelationFault::Degrees(_) => {
                degrees(book, draft);
            }
        }
    }
    None
}

/// At the largest part of what two firms share.
fn above_one(book: &Book, given: &[(&'static str, Decimal, Row)], one: &str, other: &str) {
    let without_group = given.iter().filter(|(word, _, _)| *word != "group");
    let mut parts: Vec<&(&'static str, Decimal, Row)> = without_group.collect();
    let sum = |parts: &[&(&str, Decimal, Row)]| -> Decimal {
        parts.iter().map(|(_, adds, _)| *adds).sum()
    };
    if sum(&parts) <= Decimal::ONE {
        parts = given.iter().collect();
    }
    let Some((_, _, row)) = parts.iter().max_by_key(|(_, adds, _)| *adds) else { return };
    let words: Vec<String> =
        parts.iter().map(|(word, adds, _)| format!("{word} {}", percent(*adds))).collect();
    let text = format!(
        "{one} and {other} would correlate by {}: {} (want 100% or less in all)",
        percent(sum(&parts)),
        words.join(", "),
    );
    book.problems.at(&row.place("correlation"), text);
}

fn percent(share: Decimal) -> String {
    format!("{}%", (share * Decimal::ONE_HUNDRED).normalize())
}

/// deal.csv has been told of them already, unless a limit there is wider than it should be.
fn degrees(book: &Book, draft: &Draft) {
    let place = draft.place("degrees_of_freedom");
    book.problems.at(&place, "the degrees of freedom must be above 2");
}

/// Who has a weight, the narrowest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Level {
    Firm,
    Affiliates,
    Industry,
    Region,
    All,
}

impl Level {
    const EACH: [Level; 5] =
        [Level::Firm, Level::Affiliates, Level::Industry, Level::Region, Level::All];

    /// As it is written before a colon, the English word first.
    fn words(self) -> &'static [&'static str] {
        match self {
            Level::Firm => &["firm", "企业"],
            Level::Affiliates => &["affiliates", "集团"],
            Level::Industry => &["industry", "行业"],
            Level::Region => &["region", "地区"],
            Level::All => &["all", "全部"],
        }
    }

    /// The name of a firm's group on this level.
    fn of(self, firm: &Kinship) -> Option<&str> {
        match self {
            Level::Firm => Some(&firm.firm),
            Level::Affiliates => firm.group.as_deref(),
            Level::Industry => Some(&firm.industry),
            Level::Region => Some(&firm.region),
            Level::All => Some(""),
        }
    }
}

/// Factor, weight, row.
type Written = (usize, f64, usize);
/// Rows by group.
type Weights<'a> = BTreeMap<(Level, &'a str), Vec<Written>>;
/// Levels by name of group.
type Groups<'a> = BTreeMap<&'a str, Vec<Level>>;

fn groups(firms: &[Kinship]) -> Groups<'_> {
    let mut groups: Groups = BTreeMap::new();
    for firm in firms {
        for level in Level::EACH.into_iter().filter(|level| *level != Level::All) {
            let Some(name) = level.of(firm) else { continue };
            let levels = groups.entry(name).or_default();
            if !levels.contains(&level) {
                levels.push(level);
            }
        }
    }
    groups
}

/// The one group that a cell names.
fn group<'a>(book: &Book, row: &Row, groups: &Groups<'a>) -> Option<(Level, &'a str)> {
    let text = row.text("group")?;
    let place = row.place("group");
    let of = |name: &str| groups.get_key_value(name);
    let mut found: Vec<(Level, &'a str)> = of(text)
        .map(|(name, levels)| levels.iter().map(|level| (*level, *name)).collect())
        .unwrap_or_default();
    if Level::All.words().contains(&cell::key(text).as_str()) {
        found.push((Level::All, ""));
    }
    if let (true, Some((head, name))) = (found.is_empty(), text.split_once([':', '：'])) {
        let head = cell::key(head);
        let level = Level::EACH.into_iter().find(|level| level.words().contains(&head.as_str()));
        if let (Some(level), Some((name, levels))) = (level, of(name.trim()))
            && levels.contains(&level)
        {
            return Some((level, name));
        }
    }
    match found[..] {
        [one] => Some(one),
        [] => {
            let names = groups.keys().copied().chain(["all"]);
            let where_from = "obligors.csv or supporters.csv as a firm, industry, region or group";
            book.problems.dangling(&place, text, where_from, names);
            None
        }
        [..] => {
            found.sort();
            let words = |level: &Level| level.words()[0];
            let each: Vec<&str> = found.iter().map(|(level, _)| words(level)).collect();
            let first = format!("{}:{text}", each[0]);
            let text = format!("{text} names {} (write {first}, for one)", each.join(" and "));
            book.problems.at(&place, text);
            None
        }
    }
}

/// Written loadings. Without firms that can be relied on, only what the rows themselves tell.
fn loadings(
    book: &Book,
    draft: &Draft,
    table: &Table,
    firms: Option<&[Kinship]>,
) -> Option<Correlation> {
    let groups = groups(firms.unwrap_or_default());
    let mut factors: Vec<String> = Vec::new();
    let mut index: BTreeMap<&str, usize> = BTreeMap::new();
    let mut weights: Weights = BTreeMap::new();
    for row in table.rows() {
        for column in LOADINGS {
            row.need(column);
        }
        let (factor, weight) = (row.text("factor"), weight(book, &row));
        let group = firms.and_then(|_| group(book, &row, &groups));
        let (Some(factor), Some(weight), Some(group)) = (factor, weight, group) else {
            continue;
        };
        let factor = *index.entry(factor).or_insert_with(|| {
            factors.push(factor.to_string());
            factors.len() - 1
        });
        let of_group = weights.entry(group).or_default();
        match of_group.iter().find(|(other, _, _)| *other == factor) {
            Some((_, _, first)) => {
                let name = row.text("group").unwrap_or_default();
                let key = format!("{} of {name}", factors[factor]);
                book.problems.duplicate_key(&row.place("factor"), &key, *first);
            }
            None => of_group.push((factor, weight, row.number())),
        }
    }
    if !book.sound(FILE, LOADINGS) {
        return None;
    }
    let firms = firms?;
    let reached: Vec<Vec<Written>> = firms.iter().map(|firm| reaching(firm, &weights)).collect();
    let plain =
        |rows: &Vec<Written>| rows.iter().map(|(factor, weight, _)| (*factor, *weight)).collect();
    let written = reached.iter().map(plain).collect();
    let faults = match Correlation::of_loadings(draft.copula, factors.clone(), written, firms) {
        Ok(correlation) => return Some(correlation),
        Err(faults) => faults,
    };
    // One row may be too much for every firm: said of the first.
    let mut told: Vec<usize> = Vec::new();
    for fault in faults {
        match fault {
            CorrelationFault::Weights { firm, squares } => {
                let at = firms.iter().position(|other| other.firm == firm).unwrap_or(0);
                let largest = reached[at].iter().max_by(|one, other| {
                    one.1.abs().total_cmp(&other.1.abs()).then(other.2.cmp(&one.2))
                });
                let row = largest.map_or(0, |(_, _, row)| *row);
                if !told.contains(&row) {
                    too_much(book, row, &firm, squares, &reached[at], &factors);
                }
                told.push(row);
            }
            CorrelationFault::Negative { .. }
            | CorrelationFault::AboveOne { .. }
            | CorrelationFault::Degrees(_) => degrees(book, draft),
        }
    }
    None
}

/// From -1 to 1.
fn weight(book: &Book, row: &Row) -> Option<f64> {
    let weight = row.plain_number("weight")?;
    let inside = weight.abs() <= Decimal::ONE;
    if !inside {
        let found = row.written("weight").unwrap_or_default();
        book.problems.out_of_range(&row.place("weight"), found, "-1 to 1");
    }
    inside.then(|| real(weight))
}

/// A firm's (factor, weight, row): of each factor that of its narrowest group.
fn reaching(firm: &Kinship, weights: &Weights) -> Vec<Written> {
    let mut out: Vec<Written> = Vec::new();
    for level in Level::EACH {
        let rows = level.of(firm).and_then(|name| weights.get(&(level, name)));
        for row in rows.into_iter().flatten() {
            if !out.iter().any(|(factor, _, _)| *factor == row.0) {
                out.push(*row);
            }
        }
    }
    out
}

fn too_much(
    book: &Book,
    row: usize,
    firm: &str,
    squares: f64,
    reached: &[Written],
    factors: &[String],
) {
    let each: Vec<String> = reached
        .iter()
        .map(|(factor, weight, _)| format!("{} {weight}", factors[*factor]))
        .collect();
    let text = format!(
        "the squared weights of {firm} sum to {squares:.4} (want at most 1): {}",
        each.join(", ")
    );
    book.problems.at(&Place::cell(FILE, row, "weight"), text);
}
