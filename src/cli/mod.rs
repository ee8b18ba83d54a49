//! Floor 9: which command was asked?
//!
//! The only place that reads the command line, opens files, prints and exits. stdout carries
//! results, stderr progress and problems.

mod args;
mod check;
mod diff;
mod merge;
mod new;
mod output;
mod report;
mod run;
mod runs;
mod series;
mod setter;
mod shelf;
mod show;
mod simulate;
mod size;
mod stress;

use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

use clap::{CommandFactory, Parser};

use crate::engine::{self, Breach};
use crate::input::{self, Loaded};
use crate::report::{Lang, problems};
use crate::scenario::Scenario;
use args::{Args, Command, LangArg};

/// What was asked for was done, and a requirement is not met.
const UNMET: u8 = 1;
/// Bad input or usage.
const BAD_INPUT: u8 = 2;
/// An invariant of our own broke.
const BREACH: u8 = 70;

/// Why a command ended without a result.
enum Failure {
    /// Problems to print, one a line: exit code 2.
    Input(Vec<String>),
    /// Requirements that are not met, one a line, after all is written: exit code 1.
    Unmet(Vec<String>),
    /// Exit code 70.
    Breach(String),
    /// The reader of our output went away: a normal end.
    Closed,
}

impl From<String> for Failure {
    fn from(problem: String) -> Failure {
        Failure::Input(vec![problem])
    }
}

impl From<Breach> for Failure {
    fn from(breach: Breach) -> Failure {
        Failure::Breach(breach.to_string())
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Failure {
        match error.kind() {
            std::io::ErrorKind::BrokenPipe => Failure::Closed,
            _ => Failure::Input(vec![error.to_string()]),
        }
    }
}

/// Runs the program.
pub fn main() -> ExitCode {
    let args = Args::parse();
    let asked = args.lang.map(LangArg::lang);
    let lang = asked.unwrap_or(Lang::En);
    let done = match &args.command {
        Command::New { target, structure } => new::new(target, *structure),
        Command::Check { deal } => check::check(deal, lang, args.quiet),
        Command::Show { deal } => show::show(deal, lang, args.quiet),
        Command::Run { deal, scenario, out, loans, extras } => {
            let run = || run::run(deal, scenario, out, (*loans, extras.png), lang, args.quiet);
            report::reported(extras, out, lang, run)
        }
        Command::Simulate(of) => {
            let simulate = || simulate::simulate(of, lang, args.quiet);
            report::reported(&of.extras, &of.out, lang, simulate)
        }
        Command::Size(of) => {
            report::reported(&of.extras, &of.out, lang, || size::size(of, lang, args.quiet))
        }
        Command::Stress(of) => {
            report::reported(&of.extras, &of.out, lang, || stress::stress(of, lang, args.quiet))
        }
        Command::Shelf(of) => {
            report::reported(&of.extras, &of.out, lang, || shelf::shelf(of, lang, args.quiet))
        }
        Command::Merge { parts, out } => merge::merge(parts, out, asked),
        Command::Report { run, out } => report::report(run, out, lang),
        Command::Diff { before, after, out } => diff::diff(before, after, out.as_ref(), lang),
        Command::Completions { shell } => {
            let mut text = Vec::new();
            clap_complete::generate(*shell, &mut Args::command(), "ipabs", &mut text);
            std::io::stdout().write_all(&text).map_err(Failure::from)
        }
    };
    let mut stderr = std::io::stderr().lock();
    // A message that cannot be written has nowhere else to go.
    let mut told = |lines: Vec<String>, code: u8| {
        for line in lines {
            let _ = writeln!(stderr, "{line}");
        }
        ExitCode::from(code)
    };
    match done {
        Ok(()) | Err(Failure::Closed) => ExitCode::SUCCESS,
        Err(Failure::Unmet(lines)) => told(lines, UNMET),
        Err(Failure::Input(found)) => told(problems::said(found, lang), BAD_INPUT),
        Err(Failure::Breach(breach)) => {
            let line = format!("an invariant of ipabs broke, please report it: {breach}");
            told(vec![line], BREACH)
        }
    }
}

/// Reads a deal that the engine models in full, or every problem it has.
fn load(deal: &Path, told: (Lang, bool)) -> Result<Loaded, Failure> {
    let loaded = read(deal, told)?;
    let unmodelled = engine::unmodelled(&loaded.deal);
    if unmodelled.is_empty() { Ok(loaded) } else { Err(Failure::Input(unmodelled)) }
}

/// Reads a deal, or every problem it has. Warnings go to stderr, in this language; none if quiet.
fn read(deal: &Path, (lang, quiet): (Lang, bool)) -> Result<Loaded, Failure> {
    let (loaded, problems, warnings) = match input::is_workbook(deal) {
        true => input::assemble_workbook(&input::read_workbook(deal)?),
        false => input::assemble(&input::read_folder(deal)?),
    };
    if !quiet {
        let mut stderr = std::io::stderr().lock();
        for warning in warnings {
            let warning = problems::one(&warning, lang);
            writeln!(stderr, "{}{warning}", lang.say("warning: ", "提示："))?;
        }
    }
    match loaded {
        Some(loaded) if problems.is_empty() => Ok(loaded),
        _ => Err(Failure::Input(problems)),
    }
}

/// The named scenario; else `base`; else the first.
fn chosen<'a>(loaded: &'a Loaded, name: Option<&str>) -> Result<&'a Scenario, Failure> {
    let find = |name: &str| loaded.scenarios.iter().find(|scenario| scenario.name == name);
    let found = match name {
        Some(name) => find(name),
        None => find("base").or_else(|| loaded.scenarios.first()),
    };
    found.ok_or_else(|| {
        let known: Vec<&str> =
            loaded.scenarios.iter().map(|scenario| scenario.name.as_str()).collect();
        let name = name.unwrap_or("base");
        format!("--scenario: no scenario '{name}' (there are: {})", known.join(", ")).into()
    })
}
