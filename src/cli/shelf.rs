//! `shelf`: a programme of series under one quota and shared supporters.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::Path;
use std::time::Instant;

use super::args::{FillArg, ShelfArgs};
use super::output::{File, in_folder, refuse_foreign, write_folder};
use super::run::progress;
use super::series::{Series, load_shelf};
use super::setter::pictured;
use super::simulate::workers;
use super::{Failure, chosen};
use crate::analytics::fill::{Allocation, Cut, Goal, MOST_PAIRS, fill};
use crate::analytics::joint::Joint;
use crate::analytics::shelf::{Course, Issue, Programme, breaches, quiet_calls};
use crate::deal::{Deal, Shelf};
use crate::engine::{self, Drawing, SeriesInput, ShelfSimulation, ShelfTally, Simulation};
use crate::input::{self, FilledSeries, Loaded, Source};
use crate::report::Lang;
use crate::report::manifest::{Manifest, ShelfOptions};
use crate::report::shelf::{JointFindings, ShelfFindings, breach_line, headline, shelf_files};
use crate::scenario::{DefaultModel, Scenario};

pub(super) fn shelf(args: &ShelfArgs, lang: Lang, quiet: bool) -> Result<(), Failure> {
    refuse_foreign(&args.out)?;
    if let Some(deals) = args.deals.as_ref().filter(|deals| deals.exists()) {
        return Err(format!("--deals: {} is there already", deals.display()).into());
    }
    let (series, own) = load_shelf(&args.shelf, (lang, quiet))?;
    let goal = args.fill.map(FillArg::goal);
    refuse_filling(goal, &own.shelf)?;
    let scenario = args.scenario.as_deref();
    let mut issued = ready(&series, &own.shelf, scenario)?;
    let mut programme = programme(&issued, &own.shelf)?;
    let filling = goal.map(|goal| filling(args, &programme, goal));
    let (made, tables) = match &filling {
        Some(filling) if !issued.is_empty() => filled(args, &issued, &own.shelf, filling)?,
        _ => Default::default(),
    };
    match &filling {
        Some(filling) if issued.is_empty() => {
            let plans = filling.issues(&programme);
            programme = programme.with(plans);
        }
        _ if made.is_empty() => {}
        _ => {
            issued.extend(ready(&made, &own.shelf, scenario)?);
            issued.sort_by_key(|of| (of.deal.terms().closing, of.name));
            programme = self::programme(&issued, &own.shelf)?;
        }
    }
    let scenarios: BTreeSet<String> = issued.iter().map(|of| of.scenario.name.clone()).collect();
    let scenarios: Vec<String> = scenarios.into_iter().collect();
    let joint = joint(args, &issued, quiet)?;
    let breaches = breaches(&programme);
    let findings = ShelfFindings {
        programme: &programme,
        scenarios: scenarios.clone(),
        breaches,
        joint,
        filling,
    };
    let mut inputs = own.inputs.clone();
    for of in &series {
        let below = of.loaded.inputs.iter();
        inputs.extend(below.map(|(name, hash)| (format!("{}/{name}", of.name), hash.clone())));
    }
    let options = options(args, findings.filling.as_ref());
    let manifest = Manifest::of_shelf(&own.shelf.name, &inputs, &scenarios, options, lang);
    let files = in_folder(shelf_files(&findings, &manifest, lang));
    write_folder(&args.out, &pictured(files, args.extras.png)?)?;
    if let Some(deals) = &args.deals {
        write_folder(deals, &tables)?;
    }
    let unmet: Vec<String> = findings
        .broken()
        .filter(|_| args.require)
        .map(|breach| format!("--require: {}", breach_line(&findings, breach)))
        .collect();
    if !unmet.is_empty() {
        return Err(Failure::Unmet(unmet));
    }
    let mut stdout = std::io::stdout().lock();
    write!(stdout, "{}", headline(&findings, lang))?;
    let out = args.out.display();
    writeln!(stdout, "{}{out}", lang.say("written to ", "已写入 "))?;
    Ok(())
}

/// Fills within the time that there is.
fn filling(args: &ShelfArgs, of: &Programme<'_>, goal: Goal) -> Allocation {
    let begun = Instant::now();
    fill(of, goal, &|| args.time_limit.map(|limit| limit.saturating_sub(begun.elapsed())))
}

fn options(args: &ShelfArgs, filling: Option<&Allocation>) -> ShelfOptions {
    let paths = (args.paths > 0).then_some(args.paths);
    ShelfOptions {
        fill: filling.map(|of| of.goal.name().to_owned()),
        time_limit: args.time_limit.map(|limit| limit.as_secs_f64()),
        cut_by_clock: filling.is_some_and(|of| of.cut == Some(Cut::Clock)),
        require: args.require,
        paths,
        seed: paths.map(|_| args.seed),
        tail: args.tail,
    }
}

/// Nothing to fill, or nothing to fill it from.
fn refuse_filling(goal: Option<Goal>, shelf: &Shelf) -> Result<(), Failure> {
    let mut problems = Vec::new();
    if goal.is_some() && shelf.planned.is_empty() {
        let text = "--fill: series.csv has no series to be filled (one with date and target_size)";
        problems.push(text.to_owned());
    }
    if goal.is_some() && shelf.candidates.is_empty() {
        problems.push("--fill: candidates.csv has no loan to fill series from".to_owned());
    }
    let pairs = shelf.planned.len() * shelf.candidates.len();
    if goal.is_some() && pairs > MOST_PAIRS {
        let (series, loans) = (shelf.planned.len(), shelf.candidates.len());
        problems.push(format!(
            "--fill: {loans} candidates for {series} series are {pairs} pairs (at most \
             {MOST_PAIRS})"
        ));
    }
    if problems.is_empty() { Ok(()) } else { Err(Failure::Input(problems)) }
}

/// A series that is a deal, under one scenario, with the capacities that the shelf knows.
struct Ready<'a> {
    name: &'a str,
    loaded: &'a Loaded,
    deal: Deal,
    scenario: &'a Scenario,
}

impl Ready<'_> {
    fn input<'a>(&'a self, model: &'a DefaultModel) -> SeriesInput<'a> {
        SeriesInput { name: self.name, deal: &self.deal, scenario: self.scenario, model }
    }
}

/// The series that are deals, in the order of issue, under the named scenario.
fn ready<'a>(
    series: &'a [Series],
    shelf: &Shelf,
    name: Option<&str>,
) -> Result<Vec<Ready<'a>>, Failure> {
    let (mut out, mut problems) = (Vec::new(), Vec::new());
    for of in series {
        let scenario = match chosen(&of.loaded, name) {
            Ok(scenario) => Some(scenario),
            Err(Failure::Input(lines)) => {
                problems.extend(lines.into_iter().map(|line| format!("{}: {line}", of.name)));
                None
            }
            Err(other) => return Err(other),
        };
        match of.loaded.deal.with_capacities_of(shelf) {
            Ok(deal) => out.extend(scenario.map(|scenario| {
                let (name, loaded) = (of.name.as_str(), &of.loaded);
                Ready { name, loaded, deal, scenario }
            })),
            Err(told) => problems.extend(told.iter().map(|line| format!("{}/{line}", of.name))),
        }
    }
    out.sort_by_key(|of| (of.deal.terms().closing, of.name));
    if problems.is_empty() { Ok(out) } else { Err(Failure::Input(problems)) }
}

/// The planned series that were filled, as deals like series that are deals already; and their
/// tables, each in a folder of its name.
fn filled(
    args: &ShelfArgs,
    issued: &[Ready<'_>],
    shelf: &Shelf,
    filling: &Allocation,
) -> Result<(Vec<Series>, Vec<File>), Failure> {
    let mut firms = BTreeMap::new();
    for firm in issued.iter().flat_map(|of| of.loaded.deal.obligors()) {
        firms.entry(firm.name.as_str()).or_insert(firm);
    }
    let (mut out, mut files, mut problems) = (Vec::new(), Vec::new(), Vec::new());
    for (plan, loans) in filling.series(shelf) {
        let named = issued.iter().find(|of| Some(of.name) == plan.like.as_deref());
        let Some(like) = named.or(issued.first()) else { continue };
        let sources = input::read_folder(&args.shelf.join(like.name))?;
        let like = (like.name, &sources[..], like.loaded);
        let made = FilledSeries { shelf, plan, loans: &loans, like, firms: &firms };
        let told = match input::filled_series(&made) {
            Ok(tables) => {
                let (loaded, told, _) = input::assemble(&tables);
                let named = |line: String| format!("{}/{line}", plan.name);
                out.extend(loaded.map(|loaded| Series { name: plan.name.clone(), loaded }));
                let path = |of: Source| (Path::new(&plan.name).join(of.name), of.bytes);
                files.extend(tables.into_iter().map(path));
                told.into_iter().map(named).collect()
            }
            Err(told) => told,
        };
        problems.extend(told);
    }
    if problems.is_empty() { Ok((out, files)) } else { Err(Failure::Input(problems)) }
}

/// The series run exactly, with support, together.
fn programme<'a>(series: &[Ready<'_>], shelf: &'a Shelf) -> Result<Programme<'a>, Failure> {
    let named: Vec<(&str, &Deal)> = series.iter().map(|of| (of.name, &of.deal)).collect();
    let shared = engine::shared_supporters(&named).map_err(Failure::Input)?;
    let runs: Vec<(&Deal, &Scenario)> = series.iter().map(|of| (&of.deal, of.scenario)).collect();
    let mut supporters = shelf.supporters.clone();
    let mut issues = Vec::new();
    for (of, course) in series.iter().zip(Course::together(&runs, &shared)?) {
        let plan = shelf.planned.iter().find(|plan| plan.name == of.name);
        let issue = Issue::of_deal(of.name, &course, &mut supporters);
        // What kinds of right a filled series has is assumed, not known.
        let rights = if plan.is_some() { BTreeMap::new() } else { issue.rights.clone() };
        let target_size = plan.map(|plan| plan.target_size);
        issues.push(Issue { target_size, rights, ..issue });
    }
    Ok(Programme { shelf, issues: Vec::new(), supporters }.with(issues))
}

/// The series on the same paths.
fn joint(
    args: &ShelfArgs,
    series: &[Ready<'_>],
    quiet: bool,
) -> Result<Option<JointFindings>, Failure> {
    if args.paths == 0 || series.is_empty() {
        return Ok(None);
    }
    let mut problems = Vec::new();
    let mut models = Vec::new();
    for of in series {
        match input::default_model(of.loaded) {
            Ok(model) => models.push(model),
            Err(told) => problems.extend(told.iter().map(|line| format!("{}/{line}", of.name))),
        }
    }
    if !problems.is_empty() {
        problems.push("the series are not simulated together (--paths 0 leaves that out)".into());
        return Err(Failure::Input(problems));
    }
    let inputs: Vec<SeriesInput<'_>> =
        series.iter().zip(&models).map(|(of, model)| of.input(model)).collect();
    let drawing = Drawing { seed: args.seed, tail: args.tail };
    let simulation = ShelfSimulation::new(&inputs, drawing).map_err(Failure::Input)?;
    let tally = workers(args.threads)?.install(|| drawn(&simulation, args.paths, quiet));
    let named: Vec<(&str, &Deal)> = series.iter().map(|of| (of.name, &of.deal)).collect();
    let shared = engine::shared_supporters(&named).map_err(Failure::Input)?;
    let runs: Vec<(&str, &Deal, &Scenario)> =
        series.iter().map(|of| (of.name, &of.deal, of.scenario)).collect();
    let classes = |deal: &Deal| deal.tranches().iter().map(|class| class.name.clone()).collect();
    Ok(Some(JointFindings {
        joint: Joint::new(&tally),
        quiet_calls: quiet_calls(&runs, &shared)?,
        series: series.iter().map(|of| (of.name.to_owned(), classes(&of.deal))).collect(),
        supporters: simulation
            .supporters()
            .iter()
            .map(|supporter| (supporter.name.clone(), supporter.capacity))
            .collect(),
        principal: series.iter().map(|of| of.deal.initial_principal()).sum(),
        seed: args.seed,
        tail: args.tail,
    }))
}

/// All paths, in rounds.
fn drawn(simulation: &ShelfSimulation<'_>, paths: u64, quiet: bool) -> ShelfTally {
    const ROUND: u64 = 512;
    let (mut tally, blocks) = (simulation.tally(), Simulation::blocks(paths));
    let bar = progress(blocks, "blocks", quiet);
    for from in (0..blocks).step_by(ROUND as usize) {
        let to = blocks.min(from + ROUND);
        simulation.run(from..to, paths, &mut tally);
        bar.set_position(to);
    }
    bar.finish_and_clear();
    tally
}
