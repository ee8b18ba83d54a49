//! What changed between two runs: what they were made from, terms, assumptions, measures.
//!
//! A measure's *move* says how large its change is, so that unlike ones can be put in order:
//! amounts over the pool's principal, of a shelf over all that it issues (where the run has
//! neither, over the larger of the two); rates and shares of something as they stand; years,
//! multiples and counts over the larger; dates in years of 365 days; a value that came, went or is
//! no number counts 1. A simulated measure has the standard error of its change,
//! sqrt(se_a^2 + se_b^2), as of unlike paths: with the same seed the true one is smaller.
//!
//! Invariant: every difference is there, the largest move first, equals in the order of the tables.
use std::collections::BTreeMap;

use crate::dates::days;
use crate::report::Lang;
use crate::report::columns::{self, Kind};
use crate::report::document::{Block, Document, Fact, Grid, Part, words};
use crate::report::record::{Record, Table};
use crate::report::table::{Cell, Sheet};
use crate::report::words::{grouped, percent};
use crate::report::workbook::support;

/// What a change is one of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum What {
    /// Version, seed, paths: what the command was told.
    Option,
    /// A table of the deal has other bytes.
    Input,
    Term,
    /// A term of the scenario.
    Assumption,
    Measure,
}

impl What {
    /// As `--out FILE.csv` has it.
    pub fn word(self) -> &'static str {
        match self {
            What::Option => "option",
            What::Input => "input",
            What::Term => "term",
            What::Assumption => "assumption",
            What::Measure => "measure",
        }
    }
}

/// One difference.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    pub what: What,
    /// A section of the terms, a class, a supporter; empty for the deal.
    pub of: String,
    pub item: String,
    pub support: String,
    pub unit: String,
    /// Blank where there was nothing, or is nothing any more.
    pub before: Cell,
    pub after: Cell,
    /// Of a measure.
    pub size: Option<f64>,
    pub se: Option<f64>,
}

/// Every difference between two runs of one command; why they cannot be compared.
pub fn changes(before: &Record, after: &Record) -> Result<Vec<Change>, String> {
    if before.command != after.command {
        return Err(format!(
            "{} was written by {} and {} by {}: name two runs of one command",
            before.folder, before.command, after.folder, after.command
        ));
    }
    let mut out = differences(What::Option, options(before), options(after));
    out.extend(differences(What::Input, inputs(before), inputs(after)));
    out.extend(differences(What::Term, terms(before, false), terms(after, false)));
    out.extend(differences(What::Assumption, terms(before, true), terms(after, true)));
    let pool = whole(before).filter(|pool| *pool > 0.0);
    let mut moved = differences(What::Measure, measures(before), measures(after));
    for change in &mut moved {
        change.size = Some(size(change, pool));
    }
    moved.sort_by(|one, other| other.size.unwrap_or(0.0).total_cmp(&one.size.unwrap_or(0.0)));
    out.extend(moved);
    Ok(out)
}

/// A value by its name, with the standard error of a simulated one.
struct Line {
    /// Of, item, support, and how often the same name came before.
    key: (String, String, String, usize),
    unit: String,
    value: Cell,
    se: Option<f64>,
}

/// Names that repeat are told apart by their order.
fn lines(found: impl IntoIterator<Item = (String, String, String, String, Cell)>) -> Vec<Line> {
    let mut seen: BTreeMap<(String, String, String), usize> = BTreeMap::new();
    let line = |(of, item, support, unit, value): (String, String, String, String, Cell)| {
        let times = seen.entry((of.clone(), item.clone(), support.clone())).or_insert(0);
        *times += 1;
        Line { key: (of, item, support, *times), unit, value, se: None }
    };
    found.into_iter().map(line).collect()
}

fn differences(what: What, before: Vec<Line>, after: Vec<Line>) -> Vec<Change> {
    let mut out = Vec::new();
    let change = |key: &(String, String, String, usize), unit: &str, values: [Cell; 2], se| {
        let (of, item, support, _) = key.clone();
        let [before, after] = values;
        Change { what, of, item, support, unit: unit.to_owned(), before, after, size: None, se }
    };
    for old in &before {
        let new = after.iter().find(|new| new.key == old.key);
        let value = new.map_or(Cell::Blank, |new| new.value.clone());
        if value != old.value {
            let errors = old.se.zip(new.and_then(|new| new.se));
            let se = errors.map(|(old, new)| old.hypot(new));
            out.push(change(&old.key, &old.unit, [old.value.clone(), value], se));
        }
    }
    for new in after.iter().filter(|new| new.value != Cell::Blank) {
        if !before.iter().any(|old| old.key == new.key) {
            out.push(change(&new.key, &new.unit, [Cell::Blank, new.value.clone()], None));
        }
    }
    out
}

fn options(run: &Record) -> Vec<Line> {
    let own = [("version", &run.version), ("scenario", &run.scenario)];
    let own = own.map(|(item, value)| (item.to_owned(), value.clone()));
    let none = String::new;
    let all = own.into_iter().chain(run.options.iter().cloned());
    lines(all.map(|(item, value)| (none(), item, none(), none(), Cell::Text(value))))
}

fn inputs(run: &Record) -> Vec<Line> {
    let none = String::new;
    let of = |(name, hash): (&String, &String)| {
        (none(), name.clone(), none(), none(), Cell::Text(hash.clone()))
    };
    lines(run.inputs.iter().map(of))
}

fn terms(run: &Record, of_scenario: bool) -> Vec<Line> {
    let Some(table) = run.table("terms.csv") else { return Vec::new() };
    let wanted = |row: &&Vec<Cell>| (table.text(row, "section") == "scenario") == of_scenario;
    lines(table.rows.iter().filter(wanted).map(|row| {
        let (of, item) = (table.text(row, "section"), table.text(row, "item"));
        (of, item, String::new(), String::new(), table.cell(row, "value").clone())
    }))
}

fn measures(run: &Record) -> Vec<Line> {
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
    ("breakers.csv", &["tranche", "test", "grade"]),
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

/// What amounts are told over.
fn whole(run: &Record) -> Option<f64> {
    let pool = run.measure("", "pool_principal", "with").number();
    let issued = || {
        let table = run.table("statistics.csv")?;
        table.cell(table.rows.last()?, "size_to_date").number()
    };
    pool.or_else(issued)
}

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

/// The size of a move, by the rule above.
fn size(change: &Change, pool: Option<f64>) -> f64 {
    if let (Cell::Date(before), Cell::Date(after)) = (&change.before, &change.after) {
        return days(*before, *after).unsigned_abs() as f64 / 365.0;
    }
    let (Some(before), Some(after)) = (change.before.number(), change.after.number()) else {
        return 1.0;
    };
    let (change_by, larger) = ((after - before).abs(), before.abs().max(after.abs()));
    let as_it_stands = is_share(&change.unit);
    match (&change.before, pool) {
        (Cell::Yuan(_), Some(pool)) => change_by / pool,
        _ if as_it_stands => change_by,
        _ if larger > 0.0 => change_by / larger,
        _ => 0.0,
    }
}

/// Not 0, and less than a hundredth of a percent.
fn tiny(value: f64) -> bool {
    value != 0.0 && value.abs() < 1e-4
}

fn is_share(unit: &str) -> bool {
    unit == "a year" || unit.starts_with("share")
}

impl Change {
    /// After less before, where both are of one kind that has a difference.
    pub fn by(&self) -> Cell {
        match (&self.before, &self.after) {
            (Cell::Yuan(before), Cell::Yuan(after)) => Cell::Yuan(after - before),
            (Cell::Count(before), Cell::Count(after)) => Cell::Count(after - before),
            (Cell::Number(before, few), Cell::Number(after, more)) => {
                Cell::Number(after - before, *few.max(more))
            }
            (Cell::Date(before), Cell::Date(after)) => {
                Cell::Text(format!("{} days", days(*before, *after)))
            }
            _ => Cell::Blank,
        }
    }

    /// A number in the form of its values.
    fn like(&self, number: f64) -> Cell {
        match self.before {
            Cell::Yuan(_) => Cell::Number(number, 2),
            Cell::Number(_, decimals) => Cell::Number(number, decimals),
            Cell::Text(_) | Cell::Date(_) | Cell::Count(_) | Cell::Blank => Cell::Number(number, 6),
        }
    }

    /// A value of it for people: shares in percent, amounts with thousands set apart.
    pub fn shown(&self, cell: &Cell) -> String {
        match cell {
            Cell::Blank => "-".to_owned(),
            Cell::Number(value, _) if is_share(&self.unit) && tiny(*value) => {
                format!("{:.6}%", value * 100.0)
            }
            Cell::Number(value, _) if is_share(&self.unit) => format!("{:.4}%", value * 100.0),
            Cell::Yuan(_) | Cell::Count(_) | Cell::Number(..) => grouped(&cell.written()),
            Cell::Text(text) if self.what == What::Input => text.chars().take(12).collect(),
            Cell::Text(_) | Cell::Date(_) => cell.written(),
        }
    }

    /// The cells of a table for people, as [`heading`] has them.
    fn cells(&self, support: &str, simulated: bool, lang: Lang) -> Vec<String> {
        let of = match (self.what, self.of.as_str()) {
            (What::Measure, "") => lang.say("deal", "交易").to_owned(),
            (What::Term | What::Assumption, of) => words::section(of, lang),
            (_, of) => of.to_owned(),
        };
        let values = [&self.before, &self.after];
        match self.what {
            What::Option | What::Input => {
                [vec![self.item.clone()], values.map(|cell| self.shown(cell)).to_vec()].concat()
            }
            What::Term | What::Assumption => {
                let values = values.map(|cell| words::term(&self.item, cell, lang));
                [vec![of, words::item(&self.item, lang)], values.to_vec()].concat()
            }
            What::Measure => {
                let item = columns::measure(&self.item, lang);
                let by = self.shown(&self.by());
                let size = self.size.map(percent).unwrap_or_default();
                let se = self.se.map(|se| self.shown(&self.like(se))).unwrap_or_default();
                let se = if simulated { vec![se] } else { Vec::new() };
                let values = values.map(|cell| self.said(cell, lang)).to_vec();
                [vec![of, item, support.to_owned()], values, vec![by, size], se].concat()
            }
        }
    }

    /// A value of a measure; words of ours in the reader's language.
    fn said(&self, cell: &Cell, lang: Lang) -> String {
        let spoken = match cell {
            Cell::Text(text) => words::spoken(&self.item, text, lang),
            _ => None,
        };
        spoken.unwrap_or_else(|| self.shown(cell))
    }
}

/// Rows of a table for people: a measure that moves alike with support and without is one row.
pub fn rows(group: &[&Change], lang: Lang) -> Vec<Vec<String>> {
    let simulated = simulated(group);
    let mut rows: Vec<(&Change, Vec<&str>)> = Vec::new();
    let mut seen: BTreeMap<[String; 4], usize> = BTreeMap::new();
    for change in group {
        let values = [&change.before, &change.after].map(Cell::written);
        let [before, after] = values;
        let key = [change.of.clone(), change.item.clone(), before, after];
        let at = *seen.entry(key).or_insert(rows.len());
        match rows.get_mut(at).filter(|row| !row.1.contains(&change.support.as_str())) {
            Some((_, supports)) => supports.push(&change.support),
            None => rows.push((change, vec![&change.support])),
        }
    }
    let named = |supports: &[&str]| match supports {
        [one] => support(one, lang).to_owned(),
        _ => lang.say("any", "均同").to_owned(),
    };
    rows.iter().map(|(change, supports)| change.cells(&named(supports), simulated, lang)).collect()
}

/// What a move is measured by.
pub fn scale(lang: Lang) -> &'static str {
    lang.say(
        "Move: the change on a scale that unlike measures share. Amounts over the pool's principal \
         (of a shelf, over all that it issues; where a run has neither, over the larger of the \
         two); rates and shares as they stand; years, multiples and counts over the larger of the \
         two; dates in years; what came, went or is a word, 100%.",
        "变动幅度：不同指标可比的尺度。金额除以资产池本金（储架为全部发行规模；两者均无时除以两者中较大者）；\
         比率、占比取其差；年数、倍数、数量除以两者中较大者；日期以年计；新增、消失或文字变动记 100%。",
    )
}

/// A heading and the columns of a kind of change, for people; standard errors only where it is of
/// simulated figures.
pub fn heading(what: What, simulated: bool, lang: Lang) -> (&'static str, Vec<&'static str>) {
    let say = |en, zh| match lang {
        Lang::En => en,
        Lang::Zh => zh,
    };
    let (before, after) = (say("before", "之前"), say("after", "之后"));
    let item = say("item", "项目");
    match what {
        What::Option => (say("What was asked for", "运行参数"), vec![item, before, after]),
        What::Input => {
            (say("Tables with other content", "内容不同的输入表"), vec![item, before, after])
        }
        What::Term => (say("Terms", "条款"), vec![say("section", "类别"), item, before, after]),
        What::Assumption => {
            (say("Assumptions", "假设"), vec![say("section", "类别"), item, before, after])
        }
        What::Measure => {
            let mut columns =
                vec![say("of", "对象"), say("measure", "指标"), say("support", "增信")];
            columns.extend([before, after, say("change", "变动"), say("move", "变动幅度")]);
            columns.extend(simulated.then(|| say("standard error", "标准误")));
            (say("Measures, largest moves first", "指标（变动大者在前）"), columns)
        }
    }
}

/// Whether any of these changes has a standard error.
pub fn simulated(changes: &[&Change]) -> bool {
    changes.iter().any(|change| change.se.is_some())
}

/// `--out FILE.csv`: pairs of runs under their name.
pub fn to_csv(pairs: &[(String, Vec<Change>)]) -> Vec<u8> {
    let header =
        ["run", "what", "of", "item", "support", "before", "after", "change", "unit", "move", "se"];
    let mut sheet = Sheet::new("changes.csv", &header);
    let number = |value: Option<f64>, decimals| {
        value.map_or(Cell::Blank, |value| Cell::Number(value, decimals))
    };
    for (run, changes) in pairs {
        sheet.rows.extend(changes.iter().map(|change| {
            vec![
                Cell::text(run),
                Cell::text(change.what.word()),
                Cell::text(&change.of),
                Cell::text(&change.item),
                Cell::text(&change.support),
                change.before.clone(),
                change.after.clone(),
                change.by(),
                Cell::text(&change.unit),
                number(change.size, 6),
                number(change.se, 12),
            ]
        }));
    }
    sheet.to_csv()
}

/// `--out FILE.md`.
pub fn to_markdown(pairs: &[(String, Vec<Change>)], lang: Lang) -> String {
    let mut out = format!("# {}\n", lang.say("What changed", "变动"));
    for (run, changes) in pairs {
        out.push_str(&format!("\n## {run}\n"));
        if changes.is_empty() {
            out.push_str(&format!("\n{}\n", nothing(lang)));
        }
        for (what, group) in grouped_by_kind(changes) {
            let simulated = simulated(&group);
            let (title, columns) = heading(what, simulated, lang);
            out.push_str(&format!("\n### {title}\n\n| {} |\n", columns.join(" | ")));
            out.push_str(&format!("|{}\n", "---|".repeat(columns.len())));
            for row in rows(&group, lang) {
                let cells: Vec<String> = row.iter().map(|cell| cell.replace('|', "\\|")).collect();
                out.push_str(&format!("| {} |\n", cells.join(" | ")));
            }
            if what == What::Measure {
                out.push_str(&format!("\n{}\n", scale(lang)));
            }
        }
    }
    out
}

/// The document of pairs of runs, for paper and page; `alone` has no partner.
pub fn document(
    (before, after): (&Record, &Record),
    pairs: &[(String, Vec<Change>)],
    alone: &[String],
    lang: Lang,
) -> Document {
    let mut parts: Vec<Part> = pairs.iter().map(|(name, of)| part(name, of, lang)).collect();
    if !alone.is_empty() {
        let title = lang.say("Only in one of the two", "仅见于其中一方");
        parts.push(Part::new(title, vec![Block::List { items: alone.to_vec() }]).following());
    }
    let fact = |name: &str, of: &Record| Fact {
        name: name.to_owned(),
        value: [of.called(), of.folder.clone()].join(": "),
        term: "",
    };
    let facts =
        vec![fact(lang.say("before", "之前"), before), fact(lang.say("after", "之后"), after)];
    Document::of(lang.say("What changed", "变动").to_owned(), facts, parts, lang)
}

fn part(name: &str, changes: &[Change], lang: Lang) -> Part {
    let mut blocks = Vec::new();
    if changes.is_empty() {
        blocks.push(Block::Text { text: nothing(lang).to_owned() });
    }
    for (what, group) in grouped_by_kind(changes) {
        let (title, columns) = heading(what, simulated(&group), lang);
        let mut grid = Grid::titled(title);
        for (at, column) in columns.iter().enumerate() {
            let figure = what == What::Measure && at >= 3;
            grid = if figure { grid.figures(*column) } else { grid.words(*column) };
        }
        rows(&group, lang).into_iter().for_each(|row| grid.row(row));
        blocks.extend(grid.block());
        let told = Block::Text { text: scale(lang).to_owned() };
        blocks.extend((what == What::Measure).then_some(told));
    }
    Part::new(name, blocks).following()
}

/// Where two runs are the same.
pub fn nothing(lang: Lang) -> &'static str {
    match lang {
        Lang::En => "Nothing: same terms, same assumptions, same measures.",
        Lang::Zh => "没有变动：条款、假设和指标均相同。",
    }
}

/// Changes of one kind after another; kinds without any are left out.
pub fn grouped_by_kind(changes: &[Change]) -> Vec<(What, Vec<&Change>)> {
    let kinds = [What::Option, What::Input, What::Term, What::Assumption, What::Measure];
    let of = |what| (what, changes.iter().filter(|change| change.what == what).collect());
    let all = kinds.into_iter().map(of);
    all.filter(|(_, changes): &(What, Vec<&Change>)| !changes.is_empty()).collect()
}

#[cfg(test)]
mod tests;
