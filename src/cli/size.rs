//! `size`: how large the senior class can be.

use std::io::Write;

use super::args::{PoolNamesArg, SizeArgs, SupportArg};
use super::output::{in_folder, refuse_foreign, write_folder};
use super::setter::pictured;
use super::stress::targets;
use super::{Failure, chosen, load};
use crate::analytics::critical::{FEW_OBLIGORS, Grading, effective_obligors};
use crate::analytics::grade::TargetTable;
use crate::analytics::size::{Aim, Cuts, Obstacle, Question, Sizer, Test, wants_tail};
use crate::analytics::stress::{SUPPORTS, stressed};
use crate::deal::Deal;
use crate::engine::{Drawing, KeptPaths, Simulation};
use crate::input;
use crate::report::manifest::SizeOptions;
use crate::report::size::{Sizes, binding, headline, size_files};
use crate::report::{self, Lang};

pub(super) fn size(args: &SizeArgs, lang: Lang, quiet: bool) -> Result<(), Failure> {
    refuse_foreign(&args.out)?;
    let loaded = load(&args.deal, quiet)?;
    let scenario = chosen(&loaded, args.scenario.as_deref())?;
    let (deal, table) = (&loaded.deal, targets(&args.targets)?);
    check_targets(&args.target, &table)?;
    let asset_type = args.asset_type.asset_type();
    let stressed = stressed(deal, scenario, &loaded.stresses)?;
    let base_rate = stressed[0].directions[0].achieved;
    let (names, pool_names) = match args.pool_names {
        PoolNamesArg::Bb => (0, "bb"),
        PoolNamesArg::B => (1, "b"),
    };
    let question = Question {
        deal,
        scenario,
        stresses: &loaded.stresses,
        stressed,
        grading: Grading { table: &table, asset_type, base_rate },
        large: &input::large_obligor_table(),
        names,
        chosen: tests(args, deal),
    };
    let aims: Vec<Aim> = args.target.iter().map(|grade| question.aim(grade)).collect();
    let refusals = question.refusals(&aims);
    if !refusals.is_empty() {
        return Err(Failure::Input(refusals));
    }
    if !scenario.sales.is_empty() {
        let name = &scenario.name;
        let text = format!("--scenario {name}: sales of licensees are not simulated; name another");
        return Err(text.into());
    }
    let model = input::default_model(&loaded).map_err(Failure::Input)?;
    let drawn = |tail: bool| {
        let drawing = Drawing { seed: args.seed, tail };
        Simulation::new(deal, scenario, &model, drawing).map_err(Failure::Input)
    };
    let simulations = [drawn(false)?, drawn(true)?];
    let tailed = |aim: &Aim| aim.pd.is_some_and(|pd| wants_tail(pd, args.paths));
    let kept = |tail: usize| {
        let wanted = aims.iter().any(|aim| usize::from(tailed(aim)) == tail);
        let kept = wanted.then(|| KeptPaths::new(&simulations[tail], args.paths)).transpose();
        kept.map_err(|text| Failure::from(format!("--paths: {text}")))
    };
    let mut sizer = Sizer::new(&question, [kept(0)?, kept(1)?]);
    let mut sized = Vec::new();
    for aim in &aims {
        for support in 0..SUPPORTS.len() {
            sized.push(sizer.size(aim, support).map_err(told)?);
        }
    }
    let total = Cuts::new(deal).total;
    let sizes = Sizes { question: &question, paths: args.paths, seed: args.seed, sized, total };
    let options = options(args, &question, pool_names);
    let files = size_files(&sizes, &loaded.inputs, options, lang);
    write_folder(&args.out, &pictured(in_folder(files), args.extras.png)?)?;
    let unmet = args.require.map_or_else(Vec::new, |support| unmet(support, &sizes));
    if !unmet.is_empty() {
        return Err(Failure::Unmet(unmet));
    }
    let mut stdout = std::io::stdout().lock();
    write!(stdout, "{}", headline(&sizes, lang))?;
    writeln!(stdout, "{}", report::written(&args.out, 1, lang))?;
    Ok(())
}

fn options(args: &SizeArgs, question: &Question<'_>, pool_names: &str) -> SizeOptions {
    SizeOptions {
        target: args.target.clone(),
        targets: question.grading.table.name.clone(),
        asset_type: question.grading.asset_type.name().to_owned(),
        pool_names: pool_names.to_owned(),
        tests: question.chosen.iter().map(|test| test.name().to_owned()).collect(),
        require: args.require.map(|support| support.word().to_owned()),
    }
}

/// Those asked for; else what is simulated and what is held, and critical rates where the pool has
/// enough firms for them.
fn tests(args: &SizeArgs, deal: &Deal) -> Vec<Test> {
    let granular = effective_obligors(deal) >= FEW_OBLIGORS;
    let usual = |test: &Test| match test {
        Test::Retention | Test::Pd => true,
        Test::CriticalRate => granular,
        Test::LargeObligor | Test::Coverage => false,
    };
    let asked: Vec<Test> = args.test.iter().map(|test| test.test()).collect();
    let wanted = |test: &Test| if asked.is_empty() { usual(test) } else { asked.contains(test) };
    Test::ALL.into_iter().filter(wanted).collect()
}

fn check_targets(asked: &[String], table: &TargetTable) -> Result<(), Failure> {
    let grades: Vec<&str> = table.grades.iter().map(|(grade, _)| grade.as_str()).collect();
    let unknown = asked.iter().filter(|grade| !grades.contains(&grade.as_str()));
    let (name, known) = (&table.name, grades.join(", "));
    let told =
        |grade: &String| format!("--target: {name} has no grade '{grade}' (it has: {known})");
    let mut problems: Vec<String> = unknown.map(told).collect();
    for (at, grade) in asked.iter().enumerate() {
        if asked[..at].contains(grade) {
            problems.push(format!("--target: {grade} is asked twice"));
        }
    }
    if problems.is_empty() { Ok(()) } else { Err(Failure::Input(problems)) }
}

fn told(obstacle: Obstacle) -> Failure {
    match obstacle {
        Obstacle::Breach(breach) => breach.into(),
        Obstacle::Faults(faults) => {
            let line = |fault: &crate::deal::Fault| {
                format!(
                    "the deal does not hold at other sizes: {}: {}",
                    fault.place.table, fault.text
                )
            };
            Failure::Input(faults.iter().map(line).collect())
        }
    }
}

/// Targets that no size meets, one a line.
fn unmet(support: SupportArg, sizes: &Sizes<'_>) -> Vec<String> {
    let word = support.word();
    let of = sizes.sized.iter().filter(|sized| SUPPORTS[sized.support].name() == word);
    let missed = of.filter(|sized| sized.cut.is_none());
    let line = |sized: &crate::analytics::size::Sized| {
        let (grade, by) = (&sized.aim.grade, binding(sized));
        format!("--require {word}: no senior size is {grade} {word} support ({by})")
    };
    missed.map(line).collect()
}
