//! What can be asked, as typed.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

use crate::analytics::fill::Goal;
use crate::analytics::grade::AssetType;
use crate::analytics::grid::{Axis, GridAxis, MOST_CELLS};
use crate::analytics::size::Test;
use crate::num::Decimal;
use crate::report::Lang;

const EXAMPLES: &str = "\
Examples:
  ipabs new my-deal                                  write a small complete deal to start from
  ipabs check my-deal                                every problem of every table, at once
  ipabs show my-deal                                 the deal as understood
  ipabs run my-deal --out out/my-deal                exact cash flows of every scenario
  ipabs run my-deal --scenario base --out out/base   of one scenario
  ipabs stress my-deal --out out/stress              the stress set, critical default rates
  ipabs simulate my-deal --out out/simulated         probabilities and expected losses
  ipabs size my-deal --target AAA,AA --out out/size  how large the senior class can be
  ipabs shelf my-shelf --out out/shelf               what is left of a quota, what is broken
  ipabs report out/my-deal --out report.xlsx         a workbook of what was run
  ipabs diff out/before out/after                    what changed between two runs
  ipabs merge part-1 part-2 --out out/simulated      of a simulation in parts

Exit codes: 0 done, 1 a requested test failed, 2 bad input or usage, 70 our own invariant broke.";

/// Exact cash flows, stress and simulation for notes backed by intellectual property.
#[derive(Debug, Parser)]
#[command(name = "ipabs", version, about, after_help = EXAMPLES, max_term_width = 100)]
pub struct Args {
    /// Nothing on stderr but problems.
    #[arg(long, global = true)]
    pub quiet: bool,
    /// Language of tables on the screen and of reports [default: en; of merge: that of the parts].
    #[arg(long, global = true, value_enum)]
    pub lang: Option<LangArg>,
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
        /// Folder or workbook (.xlsx) to write; it must not exist yet.
        target: PathBuf,
        #[arg(long, value_enum, default_value = "special-plan")]
        structure: StructureArg,
    },
    /// Validate a deal: all problems, or one line of facts
    #[command(after_help = "Example:\n  ipabs check scenarios/yuhang-2021")]
    Check {
        /// Folder of tables, or a workbook (.xlsx) with a sheet for each.
        deal: PathBuf,
    },
    /// Print the deal as understood: pool, tranches, dates, order of payment
    #[command(after_help = "Example:\n  ipabs show scenarios/yuhang-2021 --lang zh")]
    Show {
        /// Folder of tables, or a workbook (.xlsx) with a sheet for each.
        deal: PathBuf,
    },
    /// Exact cash flows of the named scenarios (default: all)
    #[command(after_help = "Example:\n  ipabs run scenarios/yuhang-2021 --scenario base --out out")]
    Run {
        /// Folder of tables, or a workbook (.xlsx) with a sheet for each.
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
        #[command(flatten)]
        extras: Extras,
    },
    /// The stress set: losses, coverage, critical default rates, grades, the firms that break it
    #[command(after_help = STRESS_HELP)]
    Stress(StressArgs),
    /// Many paths: correlated defaults, what the pledge fetches, supporters that fail
    #[command(
        after_help = "Example:\n  ipabs simulate scenarios/yuhang-2021 --paths 1000000 --out out"
    )]
    Simulate(SimulateArgs),
    /// How large the senior class can be for a grade, and which test is in the way
    #[command(after_help = SIZE_HELP)]
    Size(SizeArgs),
    /// A programme of series under one quota and shared supporters
    #[command(after_help = SHELF_HELP)]
    Shelf(ShelfArgs),
    /// Put the parts of a simulation together: the same results as in one piece
    #[command(after_help = "Example:\n  ipabs merge part-1 part-2 part-3 --out out")]
    Merge {
        /// Folders that simulate --shard wrote, in any order.
        #[arg(required = true, value_name = "PART")]
        parts: Vec<PathBuf>,
        /// Folder to write; replaced only if it holds a run of ours.
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
    },
    /// The runs of a folder for people: a workbook (.xlsx), a web page (.html) or paper (.pdf)
    #[command(after_help = "Example:\n  ipabs report out/my-deal --out report.xlsx --lang zh")]
    Report {
        /// Folder of a run, or of several one to three levels below.
        run: PathBuf,
        /// File to write; one that is there is replaced, unless it is a deal.
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
    /// What changed between two runs: terms, assumptions, measures, largest moves first
    #[command(after_help = "Example:\n  ipabs diff out/old/base out/new/base --out moves.html")]
    Diff {
        /// Folder of a run, or of several one level below, which are paired by name.
        #[arg(value_name = "RUN_A")]
        before: PathBuf,
        #[arg(value_name = "RUN_B")]
        after: PathBuf,
        /// File to write too: .csv, .md, .html or .pdf; one that is there is replaced.
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    /// Print a completion script for a shell
    #[command(after_help = "Example:\n  ipabs completions bash > /etc/bash_completion.d/ipabs")]
    Completions {
        #[arg(value_enum)]
        shell: Shell,
    },
}

const STRESS_HELP: &str = "\
The stress set is a table: each run writes the one it used, stresses.csv; put that into the deal's
folder and change it (its columns are in scenarios/README.md) to use your own. Stresses are relative
to the scenario that is stressed.

Example:
  ipabs stress scenarios/yuhang-2021 --asset-type micro_enterprise --out out";

/// What `stress` takes.
#[derive(Debug, clap::Args)]
pub struct StressArgs {
    /// Folder of tables, or a workbook (.xlsx) with a sheet for each.
    pub deal: PathBuf,
    /// The scenario of scenarios.csv that is stressed [default: base, or the first].
    #[arg(long, value_name = "NAME")]
    pub scenario: Option<String>,
    /// Table of target default rates by grade: targets.csv, the deal's own, or china [default: the
    /// deal's own where it has one].
    #[arg(long, value_name = "TABLE")]
    pub targets: Option<String>,
    /// Whose targets are read.
    #[arg(long, value_enum, value_name = "TYPE", default_value = "corporate")]
    pub asset_type: AssetTypeArg,
    /// An axis of a grid, two to four in all: default_rate, recovery, cpr, rate_shift,
    /// months_to_sale or value_shock, as in default_rate=0:20%:2%; up to 10,000 cells.
    #[arg(long, value_name = "AXIS=FROM:TO:STEP", value_parser = grid_axis)]
    pub grid: Vec<GridAxis>,
    /// Spread over the deal's curve at which every class is priced, as in 60bp.
    #[arg(long, value_name = "SPREAD", value_parser = spread, allow_negative_numbers = true)]
    pub spread: Option<Decimal>,
    /// Price per 100 at which the spread of every class is worked out [default: its issue price; in
    /// mid-life par of what is left].
    #[arg(long, value_name = "PRICE", value_parser = price, allow_negative_numbers = true)]
    pub price: Option<Decimal>,
    /// Correlation of the defaults of a class and its supporter, of ten years: what a joint default
    /// is worked out with.
    #[arg(long, value_name = "RHO", default_value = "0.25")]
    #[arg(value_parser = ["0.15", "0.20", "0.25"])]
    pub joint_correlation: String,
    /// Column of the large-obligor test that the pool belongs to: of BB names, or of B names.
    #[arg(long, value_enum, value_name = "NAMES", default_value = "bb")]
    pub pool_names: PoolNamesArg,
    /// The large-obligor test bounds the grades; without this it is shown only.
    #[arg(long)]
    pub large_obligor_binding: bool,
    /// End with exit code 1 where a class is not graded so well: A1=AAA, without support, or
    /// A1:with=AAA; may be given several times.
    #[arg(long, value_name = "TRANCHE=GRADE", value_parser = require)]
    pub require: Vec<Require>,
    /// Folder to write; replaced only if it holds a run of ours.
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
    #[command(flatten)]
    pub extras: Extras,
}

/// What a command that writes runs makes for people besides.
#[derive(Debug, clap::Args)]
pub struct Extras {
    /// Report to write too: .xlsx, .html or .pdf.
    #[arg(long, value_name = "FILE")]
    pub report: Option<PathBuf>,
    /// Every chart as a picture (.png) too.
    #[arg(long)]
    pub png: bool,
}

/// What a pool is made of, as the large-obligor test has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum PoolNamesArg {
    Bb,
    B,
}

/// `AXIS=FROM:TO:STEP`.
fn grid_axis(text: &str) -> Result<GridAxis, String> {
    let known = Axis::ALL.map(Axis::name).join(", ");
    let wanted = "want AXIS=FROM:TO:STEP, as in default_rate=0:20%:2%";
    let (name, span) = text.split_once('=').ok_or(wanted)?;
    let axis = Axis::ALL.into_iter().find(|axis| axis.name() == name);
    let axis = axis.ok_or(format!("no axis '{name}' (there are: {known})"))?;
    let numbers: Vec<Decimal> = span
        .split(':')
        .map(|part| number(part).ok_or(format!("'{part}' is not a number; {wanted}")))
        .collect::<Result<_, _>>()?;
    let [from, to, step] = numbers[..] else { return Err(wanted.to_owned()) };
    let (least, most) = axis.range();
    if from < least || to > most || from > to {
        let found = format!("{from} to {to} is not");
        return Err(format!("{name} goes from {least} to {most}, upwards; {found}"));
    }
    if step <= Decimal::ZERO || (to - from) / step > Decimal::from(MOST_CELLS) {
        return Err(format!("the step of {name} is above 0 and makes at most {MOST_CELLS} values"));
    }
    let whole = [from, step].iter().all(|number| number.fract().is_zero());
    if axis == Axis::MonthsToSale && !whole {
        return Err("months are whole numbers".to_owned());
    }
    let at = |k: usize| from + step * Decimal::from(k);
    let values = (0..=MOST_CELLS).map(at).take_while(|value| *value <= to).collect();
    Ok(GridAxis { axis, values })
}

/// From -20% to 100% a year.
fn spread(text: &str) -> Result<Decimal, String> {
    let inside = |spread: &Decimal| (Decimal::new(-20, 2)..=Decimal::ONE).contains(spread);
    let wanted = "want a rate from -20% to 100%, as in 60bp or 0.6%";
    number(text).filter(inside).ok_or(wanted.to_owned())
}

/// Above 0, at most 1,000.
fn price(text: &str) -> Result<Decimal, String> {
    let above = number(text).filter(|price| *price > Decimal::ZERO);
    above.ok_or("want a price per 100, above 0 and at most 1,000".to_owned())
}

/// `0.2`, `20%` or `50bp`.
fn number(text: &str) -> Option<Decimal> {
    let text = text.trim();
    let (digits, unit) = match (text.strip_suffix('%'), text.strip_suffix("bp")) {
        (Some(digits), _) => (digits, Decimal::new(1, 2)),
        (_, Some(digits)) => (digits, Decimal::new(1, 4)),
        _ => (text, Decimal::ONE),
    };
    let number = Decimal::from_str_exact(digits).ok()? * unit;
    (number.abs() <= Decimal::from(1_000) && number.scale() <= 9).then_some(number)
}

/// Kinds of asset that tables of targets keep apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
pub enum AssetTypeArg {
    /// Loans to companies (企业贷款).
    Corporate,
    /// Finance leases (融资租赁).
    Lease,
    /// Mortgages, car and consumer loans (住房、汽车、消费贷款).
    RmbsAutoConsumer,
    /// Loans to micro enterprises (小微).
    MicroEnterprise,
}

impl AssetTypeArg {
    /// The type that tables of targets know.
    pub fn asset_type(self) -> AssetType {
        match self {
            AssetTypeArg::Corporate => AssetType::Corporate,
            AssetTypeArg::Lease => AssetType::Lease,
            AssetTypeArg::RmbsAutoConsumer => AssetType::RmbsAutoConsumer,
            AssetTypeArg::MicroEnterprise => AssetType::MicroEnterprise,
        }
    }
}

/// A grade that a class must have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Require {
    pub tranche: String,
    pub with_support: bool,
    pub grade: String,
    /// As typed.
    pub text: String,
}

fn require(text: &str) -> Result<Require, String> {
    let wanted = "want TRANCHE=GRADE or TRANCHE:with=GRADE, as in A1=AAA";
    let (class, grade) = text.rsplit_once('=').ok_or(wanted)?;
    let (tranche, with_support) = match class.rsplit_once(':') {
        Some((tranche, "with")) => (tranche, true),
        Some((tranche, "without")) => (tranche, false),
        _ => (class, false),
    };
    if tranche.is_empty() || grade.is_empty() {
        return Err(wanted.to_owned());
    }
    let (tranche, grade) = (tranche.to_owned(), grade.to_owned());
    Ok(Require { tranche, with_support, grade, text: text.to_owned() })
}

/// What `simulate` takes.
#[derive(Debug, clap::Args)]
pub struct SimulateArgs {
    /// Folder of tables, or a workbook (.xlsx) with a sheet for each.
    pub deal: PathBuf,
    /// Paths to draw, up to 10,000,000,000.
    #[arg(long, value_name = "N", default_value_t = 100_000, allow_negative_numbers = true)]
    #[arg(value_parser = clap::value_parser!(u64).range(1..=10_000_000_000))]
    pub paths: u64,
    /// The paths drawn are a function of it.
    #[arg(long, value_name = "S", default_value_t = 1, allow_negative_numbers = true)]
    pub seed: u64,
    /// Threads to use; results do not depend on it [default: one a core]
    #[arg(long, value_name = "T", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub threads: Option<u16>,
    /// Only part K of N, to be merged with the others: 2/3.
    #[arg(long, value_name = "K/N", value_parser = shard)]
    #[arg(conflicts_with_all = ["report", "png"])]
    pub shard: Option<Shard>,
    /// A scenario of scenarios.csv [default: base, or the first].
    #[arg(long, value_name = "NAME")]
    pub scenario: Option<String>,
    /// Draw three blocks of four from worse years, and weigh for it: for rare losses.
    #[arg(long)]
    pub tail: bool,
    /// Go on with the run that was cut and lies in DIR.partial.
    #[arg(long)]
    pub resume: bool,
    /// Draw nothing: pool.csv from the exact distribution of the pool's loss (one factor, flat
    /// recovery).
    #[arg(long, conflicts_with_all = ["paths", "seed", "threads", "shard", "tail", "resume"])]
    pub exact_pool: bool,
    /// Folder to write; replaced only if it holds a run of ours.
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
    #[command(flatten)]
    pub extras: Extras,
}

const SIZE_HELP: &str = "\
The notes are the pool's principal down to 10,000 yuan; the sub takes what the senior does not.
Without --test decide: pd, retention, and critical_rate where the pool has 50 effective obligors or
more; every test is shown.

Example:
  ipabs size scenarios/yuhang-2021 --target AAA,AA+,A --out out
  ipabs size scenarios/yuhang-2021 --target A --needs recovery,cap --senior 80% --out out";

/// What `size` takes.
#[derive(Debug, clap::Args)]
pub struct SizeArgs {
    /// Folder of tables, or a workbook (.xlsx) with a sheet for each.
    pub deal: PathBuf,
    /// Grades of the table that the senior class shall have; several give a frontier.
    #[arg(long, value_name = "GRADE", value_delimiter = ',', required = true)]
    pub target: Vec<String>,
    /// Grade of the mezzanine classes, which are sized below each senior size [default: they keep
    /// their size].
    #[arg(long, value_name = "GRADE")]
    pub mezzanine: Option<String>,
    /// Tests that decide: retention, pd, el, large_obligor, critical_rate, coverage, capacity,
    /// joint_default.
    #[arg(long, value_enum, value_name = "TEST", value_delimiter = ',')]
    pub test: Vec<TestArg>,
    /// The other way round: the least recovery, cap of a commitment, reserve or over-collateral
    /// with which a senior class of --senior meets each target.
    #[arg(long, value_enum, value_name = "LEVER", value_delimiter = ',')]
    pub needs: Vec<LeverArg>,
    /// The senior size that --needs is about: yuan (16000万), or a share of the notes (80%)
    /// [default: the deal's own].
    #[arg(long, value_name = "SIZE", requires = "needs")]
    pub senior: Option<String>,
    /// Paths to draw, kept in memory; up to 10,000,000.
    #[arg(long, value_name = "N", default_value_t = 100_000, allow_negative_numbers = true)]
    #[arg(value_parser = clap::value_parser!(u64).range(1_000..=10_000_000))]
    pub paths: u64,
    /// The paths drawn are a function of it.
    #[arg(long, value_name = "S", default_value_t = 1, allow_negative_numbers = true)]
    pub seed: u64,
    /// The scenario of scenarios.csv that is stressed and simulated [default: base, or the first].
    #[arg(long, value_name = "NAME")]
    pub scenario: Option<String>,
    /// Table of targets by grade: targets.csv, the deal's own, or china [default: the deal's own
    /// where it has one].
    #[arg(long, value_name = "TABLE")]
    pub targets: Option<String>,
    /// Whose targets are read.
    #[arg(long, value_enum, value_name = "TYPE", default_value = "corporate")]
    pub asset_type: AssetTypeArg,
    /// Correlation of the defaults of a class and its supporter, of ten years: what a joint default
    /// is worked out with.
    #[arg(long, value_name = "RHO", default_value = "0.25")]
    #[arg(value_parser = ["0.15", "0.20", "0.25"])]
    pub joint_correlation: String,
    /// Column of the large-obligor test that the pool belongs to: of BB names, or of B names.
    #[arg(long, value_enum, value_name = "NAMES", default_value = "bb")]
    pub pool_names: PoolNamesArg,
    /// End with exit code 1 where no size meets a target, without support (or with).
    #[arg(long, value_enum, value_name = "SUPPORT", num_args = 0..=1)]
    #[arg(default_missing_value = "without")]
    pub require: Option<SupportArg>,
    /// Folder to write; replaced only if it holds a run of ours.
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
    #[command(flatten)]
    pub extras: Extras,
}

const SHELF_HELP: &str = "\
SHELF is a folder of deal folders with a table shelf.csv: what the approval allows. series.csv,
supporters.csv and candidates.csv may lie beside it; scenarios/README.md has their columns.
Filling is bounded by moves tried: the same shelf is filled alike on any machine. A --time-limit
that ends it sooner leaves the best found by then, and says so.

Examples:
  ipabs shelf scenarios/weilai-programme --paths 1000000 --out out/shelf
  ipabs shelf scenarios/shelf-yuhang --fill amount --out out/filled";

/// What `shelf` takes.
#[derive(Debug, clap::Args)]
pub struct ShelfArgs {
    /// Folder of a shelf's tables and of its deal folders.
    pub shelf: PathBuf,
    /// The scenario under which every series is run exactly [default: base, or the first].
    #[arg(long, value_name = "NAME")]
    pub scenario: Option<String>,
    /// Paths on which all series are simulated together; 0: none, for which no default curves are
    /// needed.
    #[arg(long, value_name = "N", default_value_t = 100_000, allow_negative_numbers = true)]
    #[arg(value_parser = clap::value_parser!(u64).range(..=10_000_000_000))]
    pub paths: u64,
    /// The paths drawn are a function of it.
    #[arg(long, value_name = "S", default_value_t = 1, allow_negative_numbers = true)]
    pub seed: u64,
    /// Threads to use; results do not depend on it [default: one a core]
    #[arg(long, value_name = "T", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub threads: Option<u16>,
    /// Draw three blocks of paths of four from worse years, and weigh them for that.
    #[arg(long)]
    pub tail: bool,
    /// Put candidate loans into the series to be filled.
    #[arg(long, value_enum, value_name = "GOAL")]
    pub fill: Option<FillArg>,
    /// Seconds that filling may take: the best found by then [default: none; 4,000,000 moves]
    #[arg(long, value_name = "SECONDS", requires = "fill", value_parser = seconds)]
    #[arg(allow_negative_numbers = true)]
    pub time_limit: Option<Duration>,
    /// Folder to write the filled series to as deal folders, which is not there yet.
    #[arg(long, value_name = "DIR", requires = "fill")]
    pub deals: Option<PathBuf>,
    /// End with exit code 1 where a limit is broken.
    #[arg(long)]
    pub require: bool,
    /// Folder to write; replaced only if it holds a run of ours.
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
    #[command(flatten)]
    pub extras: Extras,
}

fn seconds(text: &str) -> Result<Duration, String> {
    let wanted = "want seconds, 0 or more, as in 30 or 0.5";
    let number = text.parse::<f64>().map_err(|_| wanted.to_owned())?;
    Duration::try_from_secs_f64(number).map_err(|_| wanted.to_owned())
}

/// What filling is after.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum FillArg {
    /// As much as can be issued.
    Amount,
    /// As few series as take 99% of that.
    Series,
    /// Every series to the same share of its target.
    Level,
}

impl FillArg {
    /// The goal that filling knows.
    pub fn goal(self) -> Goal {
        match self {
            FillArg::Amount => Goal::Amount,
            FillArg::Series => Goal::Series,
            FillArg::Level => Goal::Level,
        }
    }
}

/// Which results are meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum SupportArg {
    With,
    Without,
}

impl SupportArg {
    /// As in every table.
    pub fn word(self) -> &'static str {
        match self {
            SupportArg::With => "with",
            SupportArg::Without => "without",
        }
    }
}

/// What can be moved so that a size passes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LeverArg {
    /// A flat recovery rate, as late as the scenario's recoveries.
    Recovery,
    /// What each commitment pays in all.
    Cap,
    /// What each reserve is funded with at closing, and filled up to.
    Reserve,
    /// Pool over senior, less 1.
    Overcollateral,
}

impl LeverArg {
    /// The word of tables.
    pub fn word(self) -> &'static str {
        match self {
            LeverArg::Recovery => "recovery",
            LeverArg::Cap => "cap",
            LeverArg::Reserve => "reserve",
            LeverArg::Overcollateral => "overcollateral",
        }
    }
}

/// Tests of a size.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
pub enum TestArg {
    /// The originator's share (风险自留).
    Retention,
    /// Simulated probability of default.
    Pd,
    /// Simulated expected loss.
    El,
    /// The largest firms default together.
    LargeObligor,
    /// The lowest critical default rate of all stresses.
    CriticalRate,
    /// The least coverage of all stresses.
    Coverage,
    /// What a supporter is called for, against what it can pay.
    Capacity,
    /// Class and supporter both default within ten years.
    JointDefault,
}

impl TestArg {
    /// The test that sizes know.
    pub fn test(self) -> Test {
        match self {
            TestArg::Retention => Test::Retention,
            TestArg::Pd => Test::Pd,
            TestArg::El => Test::El,
            TestArg::LargeObligor => Test::LargeObligor,
            TestArg::CriticalRate => Test::CriticalRate,
            TestArg::Coverage => Test::Coverage,
            TestArg::Capacity => Test::Capacity,
            TestArg::JointDefault => Test::JointDefault,
        }
    }
}

/// Part K of N, counted from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shard {
    pub part: u64,
    pub of: u64,
}

impl Shard {
    /// All of it.
    pub const WHOLE: Shard = Shard { part: 1, of: 1 };
}

fn shard(text: &str) -> Result<Shard, String> {
    const MOST: u64 = 10_000;
    let number = |text: &str| text.parse::<u64>().ok();
    let parsed = text.split_once('/').and_then(|(part, of)| Some((number(part)?, number(of)?)));
    match parsed {
        Some((part, of)) if 1 <= part && part <= of && of <= MOST => Ok(Shard { part, of }),
        _ => Err("want K/N with 1 <= K <= N <= 10,000, as in 2/3".to_owned()),
    }
}
