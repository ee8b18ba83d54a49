//! `shelf`: a programme of series under one quota and shared supporters.

use std::collections::BTreeSet;
use std::io::Write;

use super::args::{FillArg, ShelfArgs};
use super::output::{in_folder, refuse_foreign, write_folder};
use super::run::progress;
use super::series::{Series, load_shelf};
use super::setter::pictured;
use super::{Failure, chosen};
use crate::analytics::fill::{Goal, MOST_PAIRS, fill};
use crate::analytics::joint::Joint;
use crate::analytics::shelf::{Course, Issue, Programme, breaches};
use crate::deal::{Deal, Shelf};
use crate::engine::{self, Drawing, SeriesInput, ShelfSimulation, ShelfTally, Simulation};
use crate::input;
use crate::report::Lang;
use crate::report::manifest::{Manifest, ShelfOptions};
use crate::report::shelf::{JointFindings, ShelfFindings, breach_line, headline, shelf_files};

pub(super) fn shelf(args: &ShelfArgs, lang: Lang, quiet: bool) -> Result<(), Failure> {
    refuse_foreign(&args.out)?;
    let (series, own) = load_shelf(&args.shelf, quiet)?;
    let goal = args.fill.map(FillArg::goal);
    refuse_filling(goal, &own.shelf)?;
    let (issued, scenarios) = issued(&series, &own.shelf, args.scenario.as_deref())?;
    let joint = joint(args, &issued, &series, quiet)?;
    let filling = goal.map(|goal| fill(&issued, goal));
    let filled = filling.as_ref().map_or_else(Vec::new, |filling| filling.issues(&issued));
    let programme = issued.with(filled);
    let breaches = breaches(&programme);
    let findings = ShelfFindings {
        programme: &programme,
        scenarios: scenarios.clone(),
        breaches,
        joint,
        filling,
    };
    let fill = goal.map(|goal| goal.name().to_owned());
    let paths = (args.paths > 0).then_some(args.paths);
    let seed = paths.map(|_| args.seed);
    let options = ShelfOptions { fill, require: args.require, paths, seed, tail: args.tail };
    let mut inputs = own.inputs.clone();
    for of in &series {
        let below = of.loaded.inputs.iter();
        inputs.extend(below.map(|(name, hash)| (format!("{}/{name}", of.name), hash.clone())));
    }
    let manifest = Manifest::of_shelf(&inputs, &scenarios, options, lang);
    let files = in_folder(shelf_files(&findings, &manifest, lang));
    write_folder(&args.out, &pictured(files, args.extras.png)?)?;
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

/// The series that are deals, each run exactly, with support, under the named scenario; and the
/// scenarios' names, each once.
fn issued<'a>(
    series: &[Series],
    shelf: &'a Shelf,
    name: Option<&str>,
) -> Result<(Programme<'a>, Vec<String>), Failure> {
    let (mut scenarios, mut problems) = (Vec::new(), Vec::new());
    for of in series {
        match chosen(&of.loaded, name) {
            Ok(scenario) => scenarios.push(scenario),
            Err(Failure::Input(lines)) => {
                problems.extend(lines.into_iter().map(|line| format!("{}: {line}", of.name)));
            }
            Err(other) => return Err(other),
        }
    }
    if !problems.is_empty() {
        return Err(Failure::Input(problems));
    }
    let names: BTreeSet<String> = scenarios.iter().map(|scenario| scenario.name.clone()).collect();
    let pairs: Vec<_> = series.iter().zip(scenarios).collect();
    let courses = engine::each(&pairs, |(of, scenario)| Course::new(&of.loaded.deal, scenario));
    let mut supporters = shelf.supporters.clone();
    let mut issues = Vec::new();
    for ((of, _), course) in pairs.iter().zip(courses) {
        issues.push(Issue::of_deal(&of.name, &course?, &mut supporters));
    }
    Ok((
        Programme { shelf, issues: Vec::new(), supporters }.with(issues),
        names.into_iter().collect(),
    ))
}

/// The series that are deals, in the order of issue, on the same paths.
fn joint(
    args: &ShelfArgs,
    programme: &Programme<'_>,
    series: &[Series],
    quiet: bool,
) -> Result<Option<JointFindings>, Failure> {
    let by_issue = programme.issues.iter();
    let ordered: Vec<&Series> =
        by_issue.filter_map(|issue| series.iter().find(|of| of.name == issue.name)).collect();
    if args.paths == 0 || ordered.is_empty() {
        return Ok(None);
    }
    let mut problems = Vec::new();
    let mut ready = Vec::new();
    for of in &ordered {
        let deal = of.loaded.deal.with_capacities_of(programme.shelf);
        let model = input::default_model(&of.loaded);
        let scenario = chosen(&of.loaded, args.scenario.as_deref())?;
        match (deal, model) {
            (Ok(deal), Ok(model)) => ready.push((of.name.as_str(), deal, scenario, model)),
            (deal, model) => {
                let told = deal.err().into_iter().chain(model.err()).flatten();
                problems.extend(told.map(|line| format!("{}/{line}", of.name)));
            }
        }
    }
    if !problems.is_empty() {
        problems.push("the series are not simulated together (--paths 0 leaves that out)".into());
        return Err(Failure::Input(problems));
    }
    let inputs: Vec<SeriesInput<'_>> = ready
        .iter()
        .map(|(name, deal, scenario, model)| SeriesInput { name, deal, scenario, model })
        .collect();
    let drawing = Drawing { seed: args.seed, tail: args.tail };
    let simulation = ShelfSimulation::new(&inputs, drawing).map_err(Failure::Input)?;
    let tally = drawn(&simulation, args.paths, quiet);
    let classes = |deal: &Deal| deal.tranches().iter().map(|class| class.name.clone()).collect();
    Ok(Some(JointFindings {
        joint: Joint::new(&tally),
        series: ready.iter().map(|(name, deal, ..)| (name.to_string(), classes(deal))).collect(),
        supporters: simulation
            .supporters()
            .iter()
            .map(|supporter| (supporter.name.clone(), supporter.capacity))
            .collect(),
        principal: ready.iter().map(|(_, deal, ..)| deal.initial_principal()).sum(),
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
