//! Floor 9: which command was asked?
//!
//! The only place that reads the command line, opens files, prints and exits. stdout carries
//! results, stderr progress and problems.

mod args;
mod check;
mod merge;
mod new;
mod output;
mod run;
mod shelf;
mod show;
mod simulate;

use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

use clap::{CommandFactory, Parser};

use crate::engine::{self, Breach};
use crate::input::{self, Loaded};
use crate::report::Lang;
use args::{Args, Command, LangArg};

/// Bad input or usage.
const BAD_INPUT: u8 = 2;
/// An invariant of our own broke.
const BREACH: u8 = 70;

/// Why a command ended without a result.
enum Failure {
    /// Problems to print, one a line: exit code 2.
    Input(Vec<String>),
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
        Command::Run { deal, scenario, out, loans } => {
            run::run(deal, scenario, out, *loans, lang, args.quiet)
        }
        Command::Simulate(args_of) => simulate::simulate(args_of, lang, args.quiet),
        Command::Merge { parts, out } => merge::merge(parts, out, asked),
        Command::Completions { shell } => {
            let mut text = Vec::new();
            clap_complete::generate(*shell, &mut Args::command(), "ipabs", &mut text);
            std::io::stdout().write_all(&text).map_err(Failure::from)
        }
    };
    let mut stderr = std::io::stderr().lock();
    // A message that cannot be written has nowhere else to go.
    match done {
        Ok(()) | Err(Failure::Closed) => ExitCode::SUCCESS,
        Err(Failure::Input(problems)) => {
            for problem in problems {
                let _ = writeln!(stderr, "{problem}");
            }
            ExitCode::from(BAD_INPUT)
        }
        Err(Failure::Breach(breach)) => {
            let _ = writeln!(stderr, "an invariant of ipabs broke, please report it: {breach}");
            ExitCode::from(BREACH)
        }
    }
}

/// Reads a deal that the engine models in full, or every problem it has.
fn load(deal: &Path, quiet: bool) -> Result<Loaded, Failure> {
    let loaded = read(deal, quiet)?;
    let unmodelled = engine::unmodelled(&loaded.deal);
    if unmodelled.is_empty() { Ok(loaded) } else { Err(Failure::Input(unmodelled)) }
}

/// Reads a deal, or every problem it has. Warnings go to stderr.
fn read(deal: &Path, quiet: bool) -> Result<Loaded, Failure> {
    let sources = input::read_folder(deal)?;
    let (loaded, problems, warnings) = input::assemble(&sources);
    if !quiet {
        let mut stderr = std::io::stderr().lock();
        for warning in warnings {
            writeln!(stderr, "warning: {warning}")?;
        }
    }
    match loaded {
        Some(loaded) if problems.is_empty() => Ok(loaded),
        _ => Err(Failure::Input(problems)),
    }
}
