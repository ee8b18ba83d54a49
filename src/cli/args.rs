//! What can be asked, as typed.

use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

use crate::report::Lang;

const EXAMPLES: &str = "\
Examples:
  ipabs new my-deal                                  write a small complete deal to start from
  ipabs check my-deal                                every problem of every table, at once
  ipabs show my-deal                                 the deal as understood
  ipabs run my-deal --out out/my-deal                exact cash flows of every scenario
  ipabs run my-deal --scenario base --out out/base   of one scenario

Exit codes: 0 done, 1 a requested test failed, 2 bad input or usage, 70 our own invariant broke.";

/// Exact cash flows, stress and simulation for notes backed by intellectual property.
#[derive(Debug, Parser)]
#[command(name = "ipabs", version, about, after_help = EXAMPLES, max_term_width = 100)]
pub struct Args {
    /// Nothing on stderr but problems.
    #[arg(long, global = true)]
    pub quiet: bool,
    /// Language of tables on the screen and of reports.
    #[arg(long, global = true, value_enum, default_value = "en")]
    pub lang: LangArg,
    #[command(subcommand)]
    pub command: Command,
}

/// Languages of output.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LangArg {
    En,
    Zh,
}

impl LangArg {
    /// The report's word for it.
    pub fn lang(self) -> Lang {
        match self {
            LangArg::En => Lang::En,
            LangArg::Zh => Lang::Zh,
        }
    }
}

/// Structures that `new` knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum StructureArg {
    /// Special plan on an exchange (专项计划).
    SpecialPlan,
    /// Asset-backed notes through a trust (资产支持票据).
    AbnTrust,
    /// Credit ABS with two ledgers (信贷资产证券化).
    CreditTrust,
    /// Licence fees (专利许可费).
    Licence,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Write a small complete deal to start from
    #[command(after_help = "Example:\n  ipabs new my-deal --structure credit-trust")]
    New {
        /// Folder to write; it must not exist yet.
        target: PathBuf,
        #[arg(long, value_enum, default_value = "special-plan")]
        structure: StructureArg,
    },
    /// Validate a deal: all problems, or one line of facts
    #[command(after_help = "Example:\n  ipabs check scenarios/yuhang-2021")]
    Check {
        /// Folder of tables.
        deal: PathBuf,
    },
    /// Print the deal as understood: pool, tranches, dates, order of payment
    #[command(after_help = "Example:\n  ipabs show scenarios/yuhang-2021 --lang zh")]
    Show {
        /// Folder of tables.
        deal: PathBuf,
    },
    /// Exact cash flows of the named scenarios (default: all)
    #[command(after_help = "Example:\n  ipabs run scenarios/yuhang-2021 --scenario base --out out")]
    Run {
        /// Folder of tables.
        deal: PathBuf,
        /// A scenario of scenarios.csv; may be given several times.
        #[arg(long, value_name = "NAME")]
        scenario: Vec<String>,
        /// Folder to write, one folder a scenario in it; replaced only if it holds runs of ours.
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
        /// Write loans.csv too: every loan, every day on which it did something.
        #[arg(long)]
        loans: bool,
    },
    /// Print a completion script for a shell
    #[command(after_help = "Example:\n  ipabs completions bash > /etc/bash_completion.d/ipabs")]
    Completions {
        #[arg(value_enum)]
        shell: Shell,
    },
}
