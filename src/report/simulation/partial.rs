//! A part of a simulation on file: its sums, which run it is of, and what results need of the deal.
use std::collections::BTreeMap;
use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::facts::{DealFacts, ModelFacts};
use super::sums::Sums;
use crate::engine::{Simulation, Tally};
use crate::report::Lang;

/// What names a run: two runs of one address draw the same paths.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Address {
    pub version: String,
    pub scenario: String,
    pub seed: u64,
    pub paths: u64,
    pub tail: bool,
    /// SHA-256 of every table, by name.
    pub inputs: BTreeMap<String, String>,
}

impl Address {
    /// What another run has otherwise, in words; empty for the same run.
    fn differs(&self, other: &Address) -> Vec<String> {
        let mut differs = Vec::new();
        let mut differ = |what: &str, one: String, two: String| {
            if one != two {
                differs.push(format!("{what} {two}, not {one}"));
            }
        };
        differ("version", self.version.clone(), other.version.clone());
        differ("scenario", self.scenario.clone(), other.scenario.clone());
        differ("seed", self.seed.to_string(), other.seed.to_string());
        differ("paths", self.paths.to_string(), other.paths.to_string());
        differ("tail", self.tail.to_string(), other.tail.to_string());
        let names = self.inputs.keys().chain(other.inputs.keys());
        let mut changed: Vec<&str> = names
            .filter(|name| self.inputs.get(*name) != other.inputs.get(*name))
            .map(String::as_str)
            .collect();
        changed.sort_unstable();
        changed.dedup();
        if !changed.is_empty() {
            differs.push(format!("other input tables ({})", changed.join(", ")));
        }
        differs
    }
}

/// Blocks of a run, with all that results need.
#[derive(Clone, Debug, PartialEq)]
pub struct Partial {
    pub address: Address,
    /// (K, N): this is part K of N; a run in one piece is part 1 of 1.
    pub shard: (u64, u64),
    /// Blocks that the tally holds, from the first of its part on.
    pub blocks: Range<u64>,
    pub lang: Lang,
    pub deal: DealFacts,
    pub model: ModelFacts,
    pub tally: Tally,
}

/// The file.
#[derive(Serialize, Deserialize)]
struct Page {
    program: String,
    address: Address,
    shard: (u64, u64),
    blocks: (u64, u64),
    lang: String,
    deal: DealFacts,
    model: ModelFacts,
    tally: Sums,
}

impl Partial {
    /// Nothing of part K of N yet.
    pub fn begin(
        address: Address,
        shard: (u64, u64),
        lang: Lang,
        deal: DealFacts,
        model: ModelFacts,
    ) -> Partial {
        let tally = empty(&deal);
        let mut begun = Partial { address, shard, blocks: 0..0, lang, deal, model, tally };
        let from = begun.all_blocks().start;
        begun.blocks = from..from;
        begun
    }

    /// The blocks of its part: from B (K - 1) / N up to B K / N.
    pub fn all_blocks(&self) -> Range<u64> {
        let (part, of) = self.shard;
        let blocks = u128::from(Simulation::blocks(self.address.paths));
        let edge = |part: u64| (blocks * u128::from(part) / u128::from(of.max(1))) as u64;
        edge(part.saturating_sub(1))..edge(part)
    }

    /// Whether all blocks of its part are there.
    pub fn is_whole(&self) -> bool {
        self.blocks == self.all_blocks()
    }

    /// `partial.json`.
    pub fn to_json(&self) -> Vec<u8> {
        let page = Page {
            program: env!("CARGO_PKG_NAME").to_owned(),
            address: self.address.clone(),
            shard: self.shard,
            blocks: (self.blocks.start, self.blocks.end),
            lang: self.lang.word().to_owned(),
            deal: self.deal.clone(),
            model: self.model.clone(),
            tally: Sums::of(&self.tally),
        };
        // Strings and numbers always have a JSON form.
        let mut bytes = serde_json::to_vec(&page).unwrap_or_default();
        bytes.push(b'\n');
        bytes
    }

    /// From the file; why it is none, in words.
    pub fn from_json(bytes: &[u8]) -> Result<Partial, String> {
        let value: serde_json::Value = serde_json::from_slice(bytes)
            .map_err(|error| format!("is not a part of a simulation ({error})"))?;
        if value["program"] != env!("CARGO_PKG_NAME") {
            return Err("is not a part of a simulation of ipabs".to_owned());
        }
        let version = &value["address"]["version"];
        if *version != env!("CARGO_PKG_VERSION") {
            let own = env!("CARGO_PKG_VERSION");
            return Err(format!("is of version {version}, and this is {own}"));
        }
        let page: Page =
            serde_json::from_value(value).map_err(|error| format!("is damaged ({error})"))?;
        let damaged = || "is damaged (its sums do not fit its deal)".to_owned();
        let tally = page.tally.fill(empty(&page.deal)).ok_or_else(damaged)?;
        let lang = if page.lang == Lang::Zh.word() { Lang::Zh } else { Lang::En };
        let read = Partial {
            address: page.address,
            shard: page.shard,
            blocks: page.blocks.0..page.blocks.1,
            lang,
            deal: page.deal,
            model: page.model,
            tally,
        };
        let all = read.all_blocks();
        let (part, of) = read.shard;
        let inside =
            read.blocks.start == all.start && (all.start..=all.end).contains(&read.blocks.end);
        if part < 1 || part > of || !inside || read.deal.classes.is_empty() {
            return Err("is damaged (it holds blocks of another part)".to_owned());
        }
        Ok(read)
    }

    /// Why another part is none of this run; empty where it is one.
    pub fn foreign(&self, other: &Partial) -> Vec<String> {
        let mut differs = self.address.differs(&other.address);
        if self.shard.1 != other.shard.1 {
            differs.push(format!("a run in {} parts, not {}", other.shard.1, self.shard.1));
        }
        differs
    }
}

fn empty(deal: &DealFacts) -> Tally {
    let tally = Tally::new(deal.classes.len(), deal.commitments.len(), deal.periods);
    let of_loans = deal.covered_loans.iter().map(|loan| loan.covers.len());
    tally.with_covers(deal.covers.len()).with_layers(of_loans)
}

/// One partial of all parts, named by where they lie; every reason why they do not make one run.
pub fn merged(mut parts: Vec<(String, Partial)>) -> Result<Partial, Vec<String>> {
    let mut faults = Vec::new();
    let Some((first_name, first)) = parts.first().cloned() else {
        return Err(vec!["there is no part to merge".to_owned()]);
    };
    for (name, part) in &parts[1..] {
        let differs = first.foreign(part);
        if !differs.is_empty() {
            let what = differs.join("; ");
            faults.push(format!("{name}: is no part of the run of {first_name}: {what}"));
        }
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    parts.sort_by_key(|(_, part)| part.shard);
    let of = first.shard.1;
    for (name, part) in parts.iter().filter(|(_, part)| !part.is_whole()) {
        let (at, all) = (part.shard.0, part.all_blocks());
        let (done, wanted) = (part.blocks.end - all.start, all.end - all.start);
        let note = "finish it with --resume";
        faults.push(format!("{name}: part {at}/{of} has {done} of {wanted} blocks: {note}"));
    }
    for pair in parts.windows(2).filter(|pair| pair[0].1.shard == pair[1].1.shard) {
        let at = pair[0].1.shard.0;
        faults.push(format!("{}: part {at}/{of} is there already, as {}", pair[1].0, pair[0].0));
    }
    let there = |at: &u64| parts.iter().any(|(_, part)| part.shard.0 == *at);
    let missing: Vec<u64> = (1..=of).filter(|at| !there(at)).collect();
    let named = missing.iter().take(20).map(|at| format!("part {at}/{of} is missing"));
    faults.extend(named);
    if missing.len() > 20 {
        faults.push(format!("and {} more parts are missing", missing.len() - 20));
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    let lang = parts[0].1.lang;
    let Partial { address, deal, model, .. } = first;
    let mut whole = Partial::begin(address, (1, 1), lang, deal, model);
    for (_, part) in &parts {
        whole.tally.merge(&part.tally);
    }
    whole.blocks = whole.all_blocks();
    Ok(whole)
}
