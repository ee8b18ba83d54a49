//! What changed between two runs: what they were made from, terms, assumptions, measures.
//!
//! A measure's *move* says how large its change is, so that unlike ones can be put in order:
//! amounts over the pool's principal, of a shelf over all that it issues (where the run has
//! neither, over the larger of the two); rates and shares of something as they stand; years,
//! multiples and counts over the larger; dates in years of 365 days; a value that came, went or is
//! no number counts 1. A simulated measure has the standard error of its change,
//! sqrt(se_a^2 + se_b^2), as of unlike paths: with the same seed the true one is smaller.
//!
//! Invariant: every difference is there, what becomes of the classes before the rest, the largest
//! move first, equals in the order of the tables; but of the sets of firms, of which tables list a
//! few of many alike, only those that both list.
pub mod files;
mod measures;

use std::collections::BTreeMap;

use crate::dates::days;
use crate::report::Lang;
use crate::report::columns;
use crate::report::document::words;
use crate::report::record::Record;
use crate::report::scenario_names::scenario;
use crate::report::table::Cell;
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
    /// A measure of what becomes of a class, its size or its grade.
    Outcome,
    Measure,
}

impl What {
    /// Measures of one kind or the other: they have moves.
    pub fn is_measure(self) -> bool {
        matches!(self, What::Outcome | What::Measure)
    }

    /// As `--out FILE.csv` has it.
    pub fn word(self) -> &'static str {
        match self {
            What::Option => "option",
            What::Input => "input",
            What::Term => "term",
            What::Assumption => "assumption",
            What::Outcome | What::Measure => "measure",
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
    let of = measures::measures;
    let mut moved = differences(What::Measure, of(before), of(after));
    // A set that is listed in one of the two only is no change.
    moved.retain(|change| !(is_set(change) && change.is_one_sided()));
    for change in &mut moved {
        change.size = Some(size(change, pool));
        if measures::is_outcome(&change.of, &change.item) {
            change.what = What::Outcome;
        }
    }
    let size = |change: &Change| change.size.unwrap_or(0.0);
    moved.sort_by(|one, other| one.what.cmp(&other.what).then(size(other).total_cmp(&size(one))));
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

/// What a command was told, in words.
fn option(name: &str, lang: Lang) -> String {
    let zh = match name {
        "version" => "版本",
        "scenario" => "情景",
        "seed" => "随机种子",
        "paths" => "路径数",
        "tail" => "尾部抽样",
        other => other,
    };
    lang.say(name, zh).to_owned()
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

/// What amounts are told over.
fn whole(run: &Record) -> Option<f64> {
    let pool = run.measure("", "pool_principal", "with").number();
    let issued = || {
        let table = run.table("statistics.csv")?;
        table.cell(table.rows.last()?, "size_to_date").number()
    };
    pool.or_else(issued)
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

/// Whether it is of one set of firms.
fn is_set(change: &Change) -> bool {
    change.of.contains("smallest set (")
}

/// Not 0, and less than a hundredth of a percent.
fn tiny(value: f64) -> bool {
    value != 0.0 && value.abs() < 1e-4
}

fn is_share(unit: &str) -> bool {
    unit == "a year" || unit.starts_with("share")
}

impl Change {
    /// There before and not after, or the other way round.
    fn is_one_sided(&self) -> bool {
        (self.before == Cell::Blank) != (self.after == Cell::Blank)
    }

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
            (What::Outcome | What::Measure, "") => lang.say("deal", "交易").to_owned(),
            (What::Term | What::Assumption, of) => words::section(of, lang),
            (What::Outcome | What::Measure, of) => measured(of, lang),
            (_, of) => of.to_owned(),
        };
        let values = [&self.before, &self.after];
        match self.what {
            What::Option => {
                let item = option(&self.item, lang);
                [vec![item], values.map(|cell| self.shown(cell)).to_vec()].concat()
            }
            What::Input => {
                let what = match (&self.before, &self.after) {
                    (Cell::Blank, _) => lang.say("only after", "仅之后有"),
                    (_, Cell::Blank) => lang.say("only before", "仅之前有"),
                    _ => lang.say("its content changed", "内容有变"),
                };
                let hashes = values.map(|cell| self.shown(cell)).to_vec();
                [vec![self.item.clone(), what.to_owned()], hashes].concat()
            }
            What::Term | What::Assumption => {
                let values = values.map(|cell| words::term(&self.item, cell, lang));
                [vec![of, words::item(&self.item, lang)], values.to_vec()].concat()
            }
            What::Outcome | What::Measure => {
                let item = columns::measure(&self.item, lang);
                let by = self.shown(&self.by());
                // Rates differ by points.
                let by = match by.strip_suffix('%') {
                    Some(points) => format!("{points}{}", lang.say(" pp", " 个百分点")),
                    None => by,
                };
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

/// What a measure is of: a scenario, a class, a set of firms.
fn measured(of: &str, lang: Lang) -> String {
    let (first, rest) = of.split_once(' ').unwrap_or((of, ""));
    let text = format!("{} {rest}", scenario(first, lang));
    let text = text.trim_end();
    match lang {
        Lang::En => text.to_owned(),
        Lang::Zh => {
            text.replace("smallest set", "最少户数组合").replace("largest obligors", "大额债务人")
        }
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
            let hashes = [
                say("SHA-256 before, its beginning", "之前 SHA-256（前 12 位）"),
                say("SHA-256 after", "之后 SHA-256"),
            ];
            let columns = [say("table", "表"), say("what", "变动")].into_iter().chain(hashes);
            (say("Input tables that are not the same", "不同的输入表"), columns.collect())
        }
        What::Term => (say("Terms", "条款"), vec![say("section", "类别"), item, before, after]),
        What::Assumption => {
            (say("Assumptions", "假设"), vec![say("section", "类别"), item, before, after])
        }
        What::Outcome | What::Measure => {
            let mut columns =
                vec![say("of", "对象"), say("measure", "指标"), say("support", "增信")];
            columns.extend([before, after, say("change", "变动"), say("move", "变动幅度")]);
            columns.extend(simulated.then(|| say("standard error", "标准误")));
            let title = match what {
                What::Outcome => say(
                    "Losses, probabilities, grades and sizes of the classes, largest moves first",
                    "各档损失、违约概率、级别与规模（变动大者在前）",
                ),
                _ => say("Other measures, largest moves first", "其他指标（变动大者在前）"),
            };
            (title, columns)
        }
    }
}

/// Whether any of these changes has a standard error.
pub fn simulated(changes: &[&Change]) -> bool {
    changes.iter().any(|change| change.se.is_some())
}

/// Where two runs are the same.
pub fn nothing(lang: Lang) -> &'static str {
    match lang {
        Lang::En => "Nothing: same terms, same assumptions, same measures.",
        Lang::Zh => "没有变动：条款、假设和指标均相同。",
    }
}

/// The kind of measures that is told last: what its moves are measured by is said after it.
pub fn last_measures(changes: &[Change]) -> Option<What> {
    changes.iter().map(|change| change.what).filter(|what| what.is_measure()).max()
}

/// Changes of one kind after another; kinds without any are left out.
pub fn grouped_by_kind(changes: &[Change]) -> Vec<(What, Vec<&Change>)> {
    let kinds =
        [What::Option, What::Input, What::Term, What::Assumption, What::Outcome, What::Measure];
    let of = |what| (what, changes.iter().filter(|change| change.what == what).collect());
    let all = kinds.into_iter().map(of);
    all.filter(|(_, changes): &(What, Vec<&Change>)| !changes.is_empty()).collect()
}

#[cfg(test)]
mod tests;
