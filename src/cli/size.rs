//! `size`: how large the senior class can be.

use std::io::Write;

use super::args::{PoolNamesArg, SizeArgs, SupportArg};
use super::output::{in_folder, refuse_foreign, write_folder};
use super::setter::pictured;
use super::stress::{joint_table, joint_terms, targets};
use super::{Failure, chosen, load};
use crate::analytics::critical::{FEW_OBLIGORS, Grading, effective_obligors};
use crate::analytics::grade::TargetTable;
use crate::analytics::needs::{Given, Lever, Need};
use crate::analytics::size::{
    Aim, Cuts, LossTerms, Obstacle, Question, STEP, Sizer, Test, wants_tail, years_without_default,
};
use crate::analytics::stress::{SUPPORTS, stressed};
use crate::deal::{Deal, Seniority};
use crate::engine::{Drawing, KeptPaths, Simulation};
use crate::input::{self, Loaded};
use crate::num::{Amount, Decimal, Fen, Ratio, yuan_of};
use crate::report::manifest::SizeOptions;
use crate::report::size::{Sizes, binding, headline, size_files, warnings};
use crate::report::words::whole_yuan;
use crate::report::{self, Lang};

pub(super) fn size(args: &SizeArgs, lang: Lang, quiet: bool) -> Result<(), Failure> {
    refuse_foreign(&args.out)?;
    let loaded = load(&args.deal, (lang, quiet))?;
    let scenario = chosen(&loaded, args.scenario.as_deref())?;
    let (deal, table) = (&loaded.deal, targets(args.targets.as_deref(), &loaded)?);
    check_targets("--target", &args.target, &table)?;
    check_targets("--mezzanine", args.mezzanine.as_slice(), &table)?;
    let asset_type = args.asset_type.asset_type();
    let stressed = stressed(deal, scenario, &loaded.stresses)?;
    let base_rate = stressed[0].directions[0].achieved;
    let (names, pool_names) = match args.pool_names {
        PoolNamesArg::Bb => (0, "bb"),
        PoolNamesArg::B => (1, "b"),
    };
    let (pd_table, losses) = (joint_table(), input::in_letters("moodys_idealised"));
    let years = years_without_default(deal, scenario)?;
    let question = Question {
        deal,
        scenario,
        stresses: &loaded.stresses,
        stressed,
        grading: Grading { table: &table, asset_type, base_rate },
        joint: joint_terms(&pd_table, &args.joint_correlation),
        losses: LossTerms { table: &losses, years },
        large: &input::large_obligor_table(),
        names,
        chosen: tests(args, deal),
    };
    let sizes = answered(args, &loaded, &question)?;
    if !quiet {
        let mut stderr = std::io::stderr().lock();
        for told in warnings(&sizes, lang) {
            writeln!(stderr, "warning: {told}")?;
        }
    }
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

/// Every size and need that is asked for.
fn answered<'a>(
    args: &SizeArgs,
    loaded: &Loaded,
    question: &'a Question<'a>,
) -> Result<Sizes<'a>, Failure> {
    let aims: Vec<Aim> = args.target.iter().map(|grade| question.aim(grade)).collect();
    let below = args.mezzanine.as_deref().map(|grade| question.aim(grade));
    let mut refusals = question.refusals(&aims);
    refusals.extend(below.iter().flat_map(|below| question.refusals_below(below)));
    refusals.extend(not_there(args, question.deal));
    if !refusals.is_empty() {
        return Err(Failure::Input(refusals));
    }
    let (deal, scenario) = (question.deal, question.scenario);
    let senior = given_senior(args, deal)?;
    let model = input::default_model(loaded).map_err(Failure::Input)?;
    let drawn = |tail: bool| {
        let drawing = Drawing { seed: args.seed, tail };
        Simulation::new(deal, scenario, &model, drawing).map_err(Failure::Input)
    };
    let simulations = [drawn(false)?, drawn(true)?];
    let tailed = |aim: &Aim| aim.pd.is_some_and(|pd| wants_tail(pd, args.paths));
    let kept = |tail: usize| {
        let mut all = aims.iter().chain(&below);
        let wanted = all.any(|aim| usize::from(tailed(aim)) == tail);
        let kept = wanted.then(|| KeptPaths::new(&simulations[tail], args.paths)).transpose();
        kept.map_err(|text| Failure::from(format!("--paths: {text}")))
    };
    let paths = [kept(0)?, kept(1)?];
    let paths = paths.each_ref().map(Option::as_ref);
    let mut sizer = Sizer::new(question, paths);
    let mut sized = Vec::new();
    for aim in &aims {
        for support in 0..SUPPORTS.len() {
            sized.push(sizer.size(aim, support).map_err(told)?);
        }
    }
    let mut mezzanine = Vec::new();
    for (above, below) in sized.iter().flat_map(|above| below.iter().map(move |of| (above, of))) {
        let Some(cut) = &above.cut else { continue };
        let mut sizer = Sizer::of_mezzanine(question, paths, cut.senior);
        if sizer.has_room() {
            let of = sizer.size(below, above.support).map_err(told)?;
            mezzanine.push((above.aim.grade.clone(), of));
        }
    }
    let (count, seed) = (args.paths, args.seed);
    let given = Given { question, paths, model: &model, count, seed, senior };
    Ok(Sizes {
        question,
        paths: count,
        seed,
        total: Cuts::new(deal).total,
        senior: (!args.needs.is_empty()).then_some(senior * STEP),
        needs: needs(args, &given, &aims)?,
        sized,
        mezzanine,
    })
}

fn options(args: &SizeArgs, question: &Question<'_>, pool_names: &str) -> SizeOptions {
    SizeOptions {
        target: args.target.clone(),
        targets: question.grading.table.name.clone(),
        asset_type: question.grading.asset_type.name().to_owned(),
        joint_correlation: args.joint_correlation.clone(),
        pool_names: pool_names.to_owned(),
        tests: question.chosen.iter().map(|test| test.name().to_owned()).collect(),
        mezzanine: args.mezzanine.clone(),
        needs: args.needs.iter().map(|lever| lever.word().to_owned()).collect(),
        senior: args.senior.clone(),
        require: args.require.map(|support| support.word().to_owned()),
    }
}

/// The size that needs are of, in steps of 10,000 yuan: as asked, or as the deal has it.
fn given_senior(args: &SizeArgs, deal: &Deal) -> Result<Fen, Failure> {
    let cuts = Cuts::new(deal);
    let own = || {
        let senior = deal.tranches().iter().filter(|one| one.seniority == Seniority::Senior);
        senior.map(|class| class.notional).sum::<Fen>() / STEP
    };
    let Some(text) = &args.senior else { return Ok(own().clamp(cuts.least(), cuts.most())) };
    let fault = |what: &str| Failure::from(format!("--senior: {text}: {what}"));
    let share = text.strip_suffix('%').and_then(|share| share.trim().parse::<Decimal>().ok());
    let steps = match share.and_then(|share| Ratio::of_rate(share / Decimal::ONE_HUNDRED)) {
        Some(share) => share.floor_of(cuts.total / STEP),
        None => {
            let yuan = input::cell::amount(text, None).map_err(|_| {
                fault("this is no amount (want yuan as in 160000000 or 16000万, or 80%)")
            })?;
            yuan.to_fen() / STEP
        }
    };
    let (least, most) = (cuts.least(), cuts.most());
    if steps < least || steps > most {
        let yuan = |steps: Fen| whole_yuan(yuan_of(steps * STEP));
        let [least, most] = [least, most].map(yuan);
        return Err(fault(&format!(
            "want from {least} to {most} yuan, so that each class is left"
        )));
    }
    Ok(steps)
}

/// Levers that are asked for and that the deal has not.
fn not_there(args: &SizeArgs, deal: &Deal) -> Vec<String> {
    let has = Lever::of_deal(deal);
    let asked = args.needs.iter().map(|lever| lever.word());
    asked
        .filter(|word| !has.iter().any(|lever| lever.name() == *word))
        .map(|word| {
            let lacks = if word == Lever::Cap(0).name() { "commitment" } else { "reserve account" };
            format!("--needs {word}: the deal has no {lacks} to move")
        })
        .collect()
}

/// What the given size needs, by target, support and lever.
fn needs(args: &SizeArgs, given: &Given<'_>, aims: &[Aim]) -> Result<Vec<Need>, Failure> {
    let asked: Vec<&str> = args.needs.iter().map(|lever| lever.word()).collect();
    let has = Lever::of_deal(given.question.deal);
    let mut out = Vec::new();
    for aim in aims {
        for support in 0..SUPPORTS.len() {
            for &lever in has.iter().filter(|lever| asked.contains(&lever.name())) {
                out.extend(given.need(lever, aim, support).map_err(told)?);
            }
        }
    }
    Ok(out)
}

/// Those asked for; else what is simulated and what is held, and critical rates where the pool has
/// enough firms for them.
fn tests(args: &SizeArgs, deal: &Deal) -> Vec<Test> {
    let granular = effective_obligors(deal) >= FEW_OBLIGORS;
    let usual = |test: &Test| match test {
        Test::Retention | Test::Pd => true,
        Test::CriticalRate => granular,
        Test::El | Test::LargeObligor | Test::Coverage => false,
        Test::Capacity | Test::JointDefault => false,
    };
    let asked: Vec<Test> = args.test.iter().map(|test| test.test()).collect();
    let wanted = |test: &Test| if asked.is_empty() { usual(test) } else { asked.contains(test) };
    Test::ALL.into_iter().filter(wanted).collect()
}

fn check_targets(option: &str, asked: &[String], table: &TargetTable) -> Result<(), Failure> {
    let grades: Vec<&str> = table.grades.iter().map(|(grade, _)| grade.as_str()).collect();
    let unknown = asked.iter().filter(|grade| !grades.contains(&grade.as_str()));
    let (name, known) = (&table.name, grades.join(", "));
    let told =
        |grade: &String| format!("{option}: {name} has no grade '{grade}' (it has: {known})");
    let mut problems: Vec<String> = unknown.map(told).collect();
    for (at, grade) in asked.iter().enumerate() {
        if asked[..at].contains(grade) {
            problems.push(format!("{option}: {grade} is asked twice"));
        }
    }
    if problems.is_empty() { Ok(()) } else { Err(Failure::Input(problems)) }
}

fn told(obstacle: Obstacle) -> Failure {
    match obstacle {
        Obstacle::Breach(breach) => breach.into(),
        Obstacle::Told(lines) => Failure::Input(lines),
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
