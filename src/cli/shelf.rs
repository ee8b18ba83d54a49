//! `shelf`: a programme of series under one quota and shared supporters.

use std::io::Write;

use super::args::ShelfArgs;
use super::output::{in_folder, refuse_foreign, write_folder};
use super::series::{Series, load_shelf};
use super::{Failure, chosen};
use crate::analytics::shelf::{Course, Issue, Programme, breaches};
use crate::deal::Shelf;
use crate::engine;
use crate::report::Lang;
use crate::report::manifest::ShelfOptions;
use crate::report::shelf::{ShelfFindings, breach_line, headline, shelf_files};

pub(super) fn shelf(args: &ShelfArgs, lang: Lang, quiet: bool) -> Result<(), Failure> {
    refuse_foreign(&args.out)?;
    let (series, own) = load_shelf(&args.shelf, quiet)?;
    let issued = issued(&series, &own.shelf, args.scenario.as_deref())?;
    let programme = issued.programme;
    let findings = ShelfFindings {
        breaches: breaches(&programme),
        programme: &programme,
        scenarios: issued.scenarios,
    };
    let options = ShelfOptions { require: args.require };
    let mut inputs = own.inputs.clone();
    for of in &series {
        let below = of.loaded.inputs.iter();
        inputs.extend(below.map(|(name, hash)| (format!("{}/{name}", of.name), hash.clone())));
    }
    let files = shelf_files(&findings, &inputs, options, lang);
    write_folder(&args.out, &in_folder(files))?;
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

/// The series that are deals, by date, with the scenario of each.
struct Issued<'a> {
    programme: Programme<'a>,
    scenarios: Vec<Option<String>>,
}

/// Runs every series exactly, with support, under the named scenario.
fn issued<'a>(
    series: &[Series],
    shelf: &'a Shelf,
    name: Option<&str>,
) -> Result<Issued<'a>, Failure> {
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
    let pairs: Vec<_> = series.iter().zip(scenarios).collect();
    let courses = engine::each(&pairs, |(of, scenario)| Course::new(&of.loaded.deal, scenario));
    let mut supporters = shelf.supporters.clone();
    let mut issues = Vec::new();
    for ((of, scenario), course) in pairs.iter().zip(courses) {
        let issue = Issue::of_deal(&of.name, &course?, &mut supporters);
        issues.push((issue, Some(scenario.name.clone())));
    }
    issues.sort_by(|(a, _), (b, _)| (a.date, &a.name).cmp(&(b.date, &b.name)));
    let (issues, scenarios) = issues.into_iter().unzip();
    Ok(Issued { programme: Programme { shelf, issues, supporters }, scenarios })
}
