//! What a report of runs says, part by part: the one content of the page and of the paper.
//!
//! Invariant: every figure is a cell of a run's own tables, in the form people read; the same runs
//! and language give the same document.
mod cash;
pub mod glossary;
mod grid;
mod method;
mod other;
mod overview;
mod pool;
mod series;
pub mod shelf;
mod simulation;
pub mod size;
mod stress;
mod terms;
pub mod words;

use std::collections::BTreeSet;

use serde::Serialize;

use crate::report::Lang;
use crate::report::chart;
use crate::report::in_brief::{self, FACTS};
use crate::report::record::Record;
use crate::report::scenario_names::label;
use crate::report::words::grouped;
pub use grid::{Grid, Head, Line, fine};

/// A report, ready to be set.
#[derive(Clone, Debug, Serialize)]
pub struct Document {
    pub lang: &'static str,
    pub title: String,
    pub subtitle: &'static str,
    pub contents: &'static str,
    /// What the deal is.
    pub facts: Vec<Fact>,
    pub remark: &'static str,
    pub parts: Vec<Part>,
}

/// A name and its value.
#[derive(Clone, Debug, Serialize)]
pub struct Fact {
    pub name: String,
    pub value: String,
    /// Key of the term that the name is; empty where it is none.
    pub term: &'static str,
}

/// One chapter.
#[derive(Clone, Debug, Serialize)]
pub struct Part {
    pub title: String,
    /// To look something up in: the page shows it folded.
    pub folded: bool,
    /// On paper it goes on where the part before it ends; others begin a sheet.
    pub follows: bool,
    pub blocks: Vec<Block>,
}

impl Document {
    /// Of these parts.
    pub fn of(title: String, facts: Vec<Fact>, parts: Vec<Part>, lang: Lang) -> Document {
        Document {
            lang: lang.word(),
            title,
            subtitle: lang
                .say("Cash flows, stress and simulation", "现金流、压力测试与模拟分析报告"),
            contents: lang.say("Contents", "目录"),
            facts,
            remark: remark(lang),
            parts,
        }
    }
}

impl Part {
    pub fn new(title: &str, blocks: Vec<Block>) -> Part {
        Part { title: title.to_owned(), folded: false, follows: false, blocks }
    }

    fn folded(self) -> Part {
        Part { folded: true, ..self }
    }

    pub fn following(self) -> Part {
        Part { follows: true, ..self }
    }
}

/// What stands below one another in a part.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Block {
    Heading {
        text: String,
    },
    Text {
        text: String,
    },
    List {
        items: Vec<String>,
    },
    Grid(Grid),
    /// On paper, what comes next begins a sheet.
    Sheet,
    /// `of`: the run; `name`: the file; `title`: what it shows.
    Chart {
        of: String,
        name: String,
        title: String,
        svg: String,
    },
}

/// Runs of one deal: made from the same tables.
struct Deal<'a> {
    runs: Vec<&'a Record>,
}

impl<'a> Deal<'a> {
    fn of(&self, command: &str) -> Vec<&'a Record> {
        self.runs.iter().copied().filter(|run| run.command == command).collect()
    }

    /// The deal's own; the folder's where none is given.
    fn name(&self) -> String {
        self.runs.iter().find_map(|run| run.name()).unwrap_or_else(|| self.mark())
    }

    /// The folder of its runs: `series-1` of `run/series-1/base` and of `simulate/series-1`.
    fn mark(&self) -> String {
        let Some(run) = self.runs.first() else { return String::new() };
        let mut names = run.folder.rsplit('/');
        let last = names.next().unwrap_or_default();
        // A scenario of an exact run has a folder of its own.
        let above = names.next().filter(|_| run.command == "run");
        above.unwrap_or(last).to_owned()
    }
}

/// Deals in order of first mention.
fn deals(runs: &[Record]) -> Vec<Deal<'_>> {
    let mut deals: Vec<Deal> = Vec::new();
    for run in runs {
        let own = |deal: &&mut Deal| deal.runs.iter().any(|other| same_deal(other, run));
        match deals.iter_mut().find(own) {
            Some(deal) => deal.runs.push(run),
            None => deals.push(Deal { runs: vec![run] }),
        }
    }
    deals
}

/// The same loans under the same terms; scenarios and stresses may differ.
pub fn same_deal(one: &Record, other: &Record) -> bool {
    let terms = ["deal.csv", "loans.csv", "tranches.csv"];
    let of = |run: &Record| -> Vec<String> {
        let named = terms.iter().filter_map(|name| run.inputs.get(*name).cloned());
        let named: Vec<String> = named.collect();
        if named.is_empty() { run.inputs.values().cloned().collect() } else { named }
    };
    of(one) == of(other)
}

/// The document of runs, in the order in which they are shown.
pub fn document(runs: &[Record], lang: Lang) -> Document {
    let mut deals = deals(runs);
    // The programme before its series.
    deals.sort_by_key(|deal| deal.of("shelf").is_empty());
    let first = deals.iter().find_map(|deal| deal.of("run").first().copied());
    let programme = deals.iter().find_map(|deal| deal.of("shelf").first().copied());
    let series = deals.iter().filter(|deal| deal.of("shelf").is_empty()).count();
    let named = programme.or(first).and_then(Record::name);
    let named = named.or_else(|| runs.iter().find_map(Record::name));
    let fact = |deal: &Deal| Fact { name: deal.mark(), value: deal.name(), term: "" };
    let (title, facts) = match &deals[..] {
        [_, _, ..] => {
            let of = named.as_deref().unwrap_or(lang.say("A programme", "储架"));
            let title = match (lang, programme) {
                (Lang::En, None) => format!("{series} deals"),
                (Lang::Zh, None) => format!("{series} 个项目"),
                (Lang::En, Some(_)) => format!("{of} and its series: {series}"),
                (Lang::Zh, Some(_)) => format!("{of}及其 {series} 期"),
            };
            (title, deals.iter().map(fact).collect())
        }
        _ => {
            let facts = match programme {
                Some(run) => shelf::facts(run, lang),
                None => first.map(|run| facts(run, lang)).unwrap_or_default(),
            };
            (named.unwrap_or_else(|| nameless(lang).to_owned()), facts)
        }
    };
    let mut parts = Vec::new();
    parts.extend(series::series(&deals, lang));
    for deal in &deals {
        let from = parts.len();
        deal_parts(&mut parts, deal, lang);
        if deals.len() > 1 {
            for (at, part) in parts[from..].iter_mut().enumerate() {
                let colon = lang.say(": ", "：");
                part.title = format!("{}{colon}{}", deal.mark(), part.title);
                part.follows = at > 0;
            }
        }
    }
    parts.push(method::limits(runs, lang));
    let used = used(&facts, &parts);
    parts.push(method::definitions(runs, &used, lang).following());
    parts.push(method::sources(runs, lang).following());
    Document::of(title, facts, parts, lang)
}

/// The title of runs that do not say what they are of.
pub fn nameless(lang: Lang) -> &'static str {
    match lang {
        Lang::En => "Runs of ipabs",
        Lang::Zh => "ipabs 运行结果",
    }
}

/// What the report is.
fn remark(lang: Lang) -> &'static str {
    lang.say(
        "Worked out by ipabs from the tables named at the end. A model's result under stated \
         assumptions: neither a rating nor an offer.",
        "由 ipabs 根据文末所列输入表计算。为既定假设下的模型结果，不构成信用评级或要约。",
    )
}

fn deal_parts(parts: &mut Vec<Part>, deal: &Deal, lang: Lang) {
    let (exact, stressed) = (deal.of("run"), deal.of("stress"));
    let (simulated, sized) = (deal.of("simulate"), deal.of("size"));
    if let Some(&base) = exact.first() {
        parts.push(overview::overview(&exact, &simulated, lang));
        parts.push(terms::terms(&exact, lang));
        parts.push(pool::pool(base, lang).following());
        parts.push(cash::flows(base, lang));
        if exact.len() > 1 {
            parts.push(cash::others(&exact[1..], lang));
        }
    }
    parts.extend(stressed.iter().map(|run| stress::stress(run, lang)));
    parts.extend(simulated.iter().map(|run| simulation::simulation(run, lang)));
    parts.extend(sized.iter().map(|run| size::size(run, lang)));
    parts.extend(deal.of("shelf").iter().map(|run| shelf::shelf(run, lang)));
    let own = ["run", "stress", "simulate", "size", "shelf"];
    let others = deal.runs.iter().filter(|run| !own.contains(&run.command.as_str()));
    parts.extend(others.map(|run| other::other(run, lang)));
}

/// What the deal is, name by value.
fn facts(run: &Record, lang: Lang) -> Vec<Fact> {
    let known = FACTS.iter().filter_map(|(section, item, en, zh)| {
        let value = run.term(section, item);
        let shown = words::value(&value, lang);
        let name = lang.say(en, zh).to_owned();
        let fact = Fact { name, value: amount_or(&shown), term: glossary::key(item) };
        (!value.is_empty()).then_some(fact)
    });
    known.collect()
}

/// Keys of the terms that stand in facts and tables.
fn used(facts: &[Fact], parts: &[Part]) -> BTreeSet<&'static str> {
    let mut used: BTreeSet<&str> = facts.iter().map(|fact| fact.term).collect();
    for block in parts.iter().flat_map(|part| &part.blocks) {
        if let Block::Grid(grid) = block {
            used.insert(grid.term);
            used.extend(grid.heads.iter().map(|head| head.term));
            used.extend(grid.rows.iter().map(|row| row.term));
        }
    }
    used
}

/// Amounts and counts with thousands set apart.
fn amount_or(text: &str) -> String {
    let number = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    if number { grouped(text) } else { text.to_owned() }
}

/// Charts of a run, those named; nothing where the run has no tables for them.
fn charts(run: &Record, names: &[&str], lang: Lang) -> Vec<Block> {
    let of = |name: &&str| {
        Some(Block::Chart {
            of: run.folder.clone(),
            name: (*name).to_owned(),
            title: [chart::shows_what(name, lang), &label(run, lang)].join(lang.say(": ", "：")),
            svg: chart::chart(run, name, lang)?,
        })
    };
    names.iter().filter_map(of).collect()
}

/// What a run says of itself.
fn said(run: &Record, lang: Lang) -> Option<Block> {
    let items = in_brief::sentences(run, lang);
    (!items.is_empty()).then_some(Block::List { items })
}

fn heading(text: impl Into<String>) -> Block {
    Block::Heading { text: text.into() }
}

fn text(text: impl Into<String>) -> Block {
    Block::Text { text: text.into() }
}
