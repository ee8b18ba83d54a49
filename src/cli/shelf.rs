//! `shelf`: a programme of series under one quota and shared supporters.

use std::collections::BTreeSet;
use std::io::Write;

use super::args::{FillArg, ShelfArgs};
use super::output::{in_folder, refuse_foreign, write_folder};
use super::series::{Series, load_shelf};
use super::{Failure, chosen};
use crate::analytics::fill::{Goal, MOST_PAIRS, fill};
use crate::analytics::shelf::{Course, Issue, Programme, breaches};
use crate::deal::Shelf;
use crate::engine;
use crate::report::Lang;
use crate::report::manifest::{Manifest, ShelfOptions};
use crate::report::shelf::{ShelfFindings, breach_line, headline, shelf_files};

pub(super) fn shelf(args: &ShelfArgs, lang: Lang, quiet: bool) -> Result<(), Failure> {
    refuse_foreign(&args.out)?;
    let (series, own) = load_shelf(&args.shelf, quiet)?;
    let goal = args.fill.map(FillArg::goal);
    refuse_filling(goal, &own.shelf)?;
    let (issued, scenarios) = issued(&series, &own.shelf, args.scenario.as_deref())?;
    let filling = goal.map(|goal| fill(&issued, goal));
    let filled = filling.as_ref().map_or_else(Vec::new, |filling| filling.issues(&issued));
    let programme = issued.with(filled);
    let breaches = breaches(&programme);
    let findings =
        ShelfFindings { programme: &programme, scenarios: scenarios.clone(), breaches, filling };
    let fill = goal.map(|goal| goal.name().to_owned());
    let options = ShelfOptions { fill, require: args.require };
    let mut inputs = own.inputs.clone();
    for of in &series {
        let below = of.loaded.inputs.iter();
        inputs.extend(below.map(|(name, hash)| (format!("{}/{name}", of.name), hash.clone())));
    }
    let manifest = Manifest::of_shelf(&inputs, &scenarios, options, lang);
    write_folder(&args.out, &in_folder(shelf_files(&findings, &manifest, lang)))?;
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
