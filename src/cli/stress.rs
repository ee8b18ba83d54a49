//! `stress`: what breaks a class.

use std::io::Write;

use super::args::{PoolNamesArg, Require, StressArgs};
use super::output::{in_folder, refuse_foreign, write_folder};
use super::setter::pictured;
use super::{Failure, chosen, load};
use crate::analytics::breakers::{Firms, LargeObligorTable, grades_stood};
use crate::analytics::critical::{Grading, critical_rates};
use crate::analytics::grade::TargetTable;
use crate::analytics::grid::{GridAxis, grid, refusals};
use crate::analytics::joint_default::{CORRELATIONS, JointTerms};
use crate::analytics::price::PriceTerms;
use crate::analytics::stress::stressed;
use crate::asset::PdTable;
use crate::deal::Deal;
use crate::input::{self, Loaded};
use crate::num::{Decimal, Ratio};
use crate::report::manifest::StressOptions;
use crate::report::stress::{Findings, LargeTest, headline, stress_files};
use crate::report::{self, Lang};

pub(super) fn stress(args: &StressArgs, lang: Lang, quiet: bool) -> Result<(), Failure> {
    let out = args.out.as_path();
    refuse_foreign(out)?;
    let loaded = load(&args.deal, (lang, quiet))?;
    let scenario = chosen(&loaded, args.scenario.as_deref())?;
    let (deal, table) = (&loaded.deal, targets(args.targets.as_deref(), &loaded)?);
    check_required(&args.require, deal, &table)?;
    let prices = prices(args, &loaded)?;
    if !args.grid.is_empty() {
        let refusals = refusals(deal, scenario, &args.grid);
        if !refusals.is_empty() {
            return Err(Failure::Input(refusals));
        }
    }
    let stressed = stressed(deal, scenario, &loaded.stresses)?;
    let rates = critical_rates(deal, &stressed)?;
    let asset_type = args.asset_type.asset_type();
    let base_rate = stressed[0].directions[0].achieved;
    let grading = Grading { table: &table, asset_type, base_rate };
    let firms = Firms::new(deal, scenario);
    let test = input::large_obligor_table();
    let large = large(&firms, &test, args, deal.tranches().len());
    let bound = args.large_obligor_binding.then_some(large.stood.as_slice());
    let grades = grading.grades(deal, &rates, bound);
    let pd_table = joint_table();
    let joint = joint_terms(&pd_table, &args.joint_correlation);
    let joints = grades.iter().enumerate();
    let joints =
        joints.map(|(class, grade)| joint.of_class(deal, &grading, class, grade)).collect();
    let grid = (!args.grid.is_empty()).then(|| grid(deal, scenario, args.grid.clone()));
    let breakers = firms.breakers();
    let findings = Findings {
        deal,
        scenario,
        stresses: &loaded.stresses,
        stressed,
        rates,
        grading,
        grades,
        joints,
        joint,
        breakers,
        large,
        grid,
        prices,
    };
    let options = StressOptions {
        targets: table.name.clone(),
        asset_type: asset_type.name().to_owned(),
        joint_correlation: args.joint_correlation.clone(),
        pool_names: findings.large.names.to_owned(),
        large_obligor_binding: args.large_obligor_binding,
        grid: args.grid.iter().map(written).collect(),
        price: args.price.map(|price| price.normalize().to_string()),
        spread: args.spread.map(|spread| spread.normalize().to_string()),
        require: args.require.iter().map(|require| require.text.clone()).collect(),
    };
    let files = stress_files(&findings, &loaded.inputs, options, lang);
    write_folder(out, &pictured(in_folder(files), args.extras.png)?)?;
    let mut stdout = std::io::stdout().lock();
    write!(stdout, "{}", headline(&findings, lang))?;
    writeln!(stdout, "{}", report::written(out, 1, lang))?;
    unmet(&args.require, &findings)
}

/// Spreads are counted from the deal's own curve; without one there is no price at a spread.
fn prices<'a>(args: &StressArgs, loaded: &'a Loaded) -> Result<Option<PriceTerms<'a>>, Failure> {
    let real = |number: Decimal| Ratio::of_rate(number).map_or(0.0, Ratio::as_f64);
    let asked = [("--spread", args.spread.is_some()), ("--price", args.price.is_some())];
    let asked: Vec<&str> =
        asked.into_iter().filter(|(_, given)| *given).map(|(name, _)| name).collect();
    let refused = |why: &str| Failure::from(format!("{}: {why}", asked.join(", ")));
    match &loaded.curve {
        None if asked.is_empty() => Ok(None),
        None => Err(refused("the deal has no curve.csv that a spread is counted from")),
        Some(curve) => {
            let (spread_pa, price) = (args.spread.map(real), args.price.map(real));
            Ok(Some(PriceTerms { curve, spread_pa, price }))
        }
    }
}

fn large<'a>(
    firms: &Firms<'_>,
    table: &'a LargeObligorTable,
    args: &StressArgs,
    classes: usize,
) -> LargeTest<'a> {
    let (column, names) = match args.pool_names {
        PoolNamesArg::Bb => (0, "bb"),
        PoolNamesArg::B => (1, "b"),
    };
    let rows = firms.large_obligors(table, column);
    let stood = grades_stood(&rows, classes);
    LargeTest { table, names, binding: args.large_obligor_binding, rows, stood }
}

/// `recovery 0, 0.1, 0.2`.
fn written(axis: &GridAxis) -> String {
    let values: Vec<String> = axis.values.iter().map(|at| at.normalize().to_string()).collect();
    format!("{} {}", axis.axis.name(), values.join(", "))
}

/// Ten-year default probabilities by grade, of the scale that the correlations are of.
pub(super) fn joint_table() -> PdTable {
    input::pd_table("sp_global")
}

pub(super) fn joint_terms<'a>(table: &'a PdTable, correlation: &str) -> JointTerms<'a> {
    let known = CORRELATIONS.iter().find(|(written, _)| *written == correlation);
    JointTerms { table, correlation: known.map_or(0.0, |(_, value)| *value) }
}

/// The named table of targets; without a name the deal's own, where it has one.
pub(super) fn targets(name: Option<&str>, loaded: &Loaded) -> Result<TargetTable, Failure> {
    let mut tables: Vec<TargetTable> = loaded.targets.iter().cloned().collect();
    tables.push(input::china_targets());
    let known: Vec<String> = tables.iter().map(|table| table.name.clone()).collect();
    let found = tables.into_iter().find(|table| name.is_none_or(|name| table.name == name));
    let unknown = || {
        let (name, known) = (name.unwrap_or_default(), known.join(", "));
        format!("--targets: no table '{name}' (there are: {known})").into()
    };
    found.ok_or_else(unknown)
}

/// Requirements that the deal or the table knows nothing of.
fn check_required(required: &[Require], deal: &Deal, table: &TargetTable) -> Result<(), Failure> {
    let classes: Vec<&str> = deal.tranches().iter().map(|class| class.name.as_str()).collect();
    let grades: Vec<&str> = table.grades.iter().map(|(grade, _)| grade.as_str()).collect();
    let mut problems = Vec::new();
    for Require { tranche, grade, .. } in required {
        if !classes.contains(&tranche.as_str()) {
            let known = classes.join(", ");
            problems.push(format!("--require: no class '{tranche}' (there are: {known})"));
        }
        if !grades.contains(&grade.as_str()) {
            let (table, known) = (&table.name, grades.join(", "));
            problems.push(format!("--require: {table} has no grade '{grade}' (it has: {known})"));
        }
    }
    if problems.is_empty() { Ok(()) } else { Err(Failure::Input(problems)) }
}

/// Requirements that are not met, one a line.
fn unmet(required: &[Require], findings: &Findings<'_>) -> Result<(), Failure> {
    let rank = |grade: &str| {
        let grades = &findings.grading.table.grades;
        grades.iter().position(|(name, _)| name == grade).unwrap_or(grades.len())
    };
    let miss = |required: &Require| {
        let classes = findings.deal.tranches().iter().zip(&findings.grades);
        let (_, grade) = classes.into_iter().find(|(class, _)| class.name == required.tranche)?;
        let (found, word) = match required.with_support {
            true => (&grade.with, "with"),
            false => (&grade.without, "without"),
        };
        let found = found.as_deref().unwrap_or("no grade");
        let line = format!(
            "--require {}: {} is graded {found} {word} support",
            required.text, required.tranche
        );
        (rank(found) > rank(&required.grade)).then_some(line)
    };
    let misses: Vec<String> = required.iter().filter_map(miss).collect();
    if misses.is_empty() { Ok(()) } else { Err(Failure::Unmet(misses)) }
}
