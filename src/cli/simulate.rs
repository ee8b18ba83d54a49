//! `simulate`: many paths, in one piece or in parts.
//!
//! A run goes in rounds of blocks. While it is under way its sums lie in `DIR.partial`, which a
//! cut leaves behind and `--resume` goes on from; at the end the folder is written whole.

use std::fs;
use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

use super::Failure;
use super::args::{Shard, SimulateArgs};
use super::chosen;
use super::output::{in_folder, refuse_foreign, write_folder};
use super::series::{Series, load_series};
use super::setter::pictured;
use crate::analytics::simulated::Estimate;
use crate::engine::{Drawing, Simulation};
use crate::input::{self, Loaded};
use crate::report::manifest::Manifest;
use crate::report::simulation::{self, Address, ExactPool, Partial};
use crate::report::{self, Lang};
use crate::scenario::{Correlation, Scenario};

/// The table that classes are graded by.
const GRADES: &str = "moodys_idealised";
/// The file of a part.
pub(super) const PARTIAL: &str = "partial.json";

pub(super) fn simulate(args: &SimulateArgs, lang: Lang, quiet: bool) -> Result<(), Failure> {
    refuse_foreign(&args.out)?;
    let series = load_series(&args.deal, (lang, quiet))?;
    for Series { loaded, .. } in &series {
        chosen(loaded, args.scenario.as_deref())?;
    }
    series.iter().try_for_each(|Series { name, loaded, .. }| {
        let out = if name.is_empty() { args.out.clone() } else { args.out.join(name) };
        simulate_deal(args, loaded, &out, lang, quiet)
    })
}

fn simulate_deal(
    args: &SimulateArgs,
    loaded: &Loaded,
    out: &Path,
    lang: Lang,
    quiet: bool,
) -> Result<(), Failure> {
    let pause = Pause::beside(out)?;
    let scenario = chosen(loaded, args.scenario.as_deref())?;
    let model = input::default_model(loaded).map_err(Failure::Input)?;
    let drawing = Drawing { seed: args.seed, tail: args.tail };
    let simulation = Simulation::new(&loaded.deal, scenario, &model, drawing);
    let simulation = simulation.map_err(Failure::Input)?;
    if args.exact_pool {
        let correlation = &model.correlation;
        return exact(loaded, scenario, correlation, &simulation, (out, args.extras.png), lang);
    }
    let (deal, model) = simulation::facts(&loaded.deal, scenario, &model, &loaded.pd_table.name)?;
    let address = Address {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        scenario: scenario.name.clone(),
        seed: args.seed,
        paths: args.paths,
        tail: args.tail,
        inputs: loaded.inputs.iter().cloned().collect(),
    };
    let Shard { part, of } = args.shard.unwrap_or(Shard::WHOLE);
    let begun = Partial::begin(address, (part, of), lang, deal, model);
    let mut partial = match args.resume {
        true => pause.resume(begun)?,
        false => begun,
    };
    let threads = workers(args.threads)?;
    let show = Progress::new(&partial, quiet);
    threads.install(|| run(&simulation, &mut partial, &pause, &show))?;
    show.bar.finish_and_clear();
    match args.shard {
        None => write_results(&partial, out, args.extras.png, lang)?,
        Some(_) => write_part(&partial, out, lang)?,
    }
    pause.remove()
}

/// So many threads, or one a core.
pub(super) fn workers(count: Option<u16>) -> Result<rayon::ThreadPool, Failure> {
    let mut threads = rayon::ThreadPoolBuilder::new();
    if let Some(count) = count {
        threads = threads.num_threads(usize::from(count));
    }
    threads.build().map_err(|error| Failure::from(format!("--threads: {error}")))
}

/// The pool's loss without drawing.
fn exact(
    loaded: &Loaded,
    scenario: &Scenario,
    correlation: &Correlation,
    simulation: &Simulation<'_>,
    (out, png): (&Path, bool),
    lang: Lang,
) -> Result<(), Failure> {
    let (deal, inputs) = (&loaded.deal, &loaded.inputs);
    let made = simulation::exact_pool(deal, inputs, scenario, correlation, simulation, lang);
    let ExactPool { pool, files } = made.map_err(Failure::Input)?;
    write_folder(out, &pictured(in_folder(files), png)?)?;
    let mut stdout = std::io::stdout().lock();
    writeln!(stdout, "{}", simulation::pool_headline(&pool, lang))?;
    writeln!(stdout, "{}", report::written(out, 1, lang))?;
    Ok(())
}

/// The blocks that are left, in rounds of about a second.
fn run(
    simulation: &Simulation<'_>,
    partial: &mut Partial,
    pause: &Pause,
    show: &Progress,
) -> Result<(), Failure> {
    const FIRST: u64 = 64;
    const ROUND: f64 = 1.0;
    const KEPT_EVERY: Duration = Duration::from_secs(3);
    let all = partial.all_blocks();
    let paths = partial.address.paths;
    let (mut round, mut kept) = (FIRST, Instant::now());
    while partial.blocks.end < all.end {
        let begun = Instant::now();
        let to = all.end.min(partial.blocks.end + round);
        simulation.run(partial.blocks.end..to, paths, &mut partial.tally);
        partial.blocks.end = to;
        let seconds = begun.elapsed().as_secs_f64().max(1e-3);
        let wanted = round as f64 * (ROUND / seconds).clamp(0.25, 8.0);
        round = (wanted as u64).max(1);
        show.round(partial);
        if kept.elapsed() > KEPT_EVERY && to < all.end {
            pause.keep(partial)?;
            kept = Instant::now();
        }
    }
    Ok(())
}

/// Results of all paths, and their headline.
pub(super) fn write_results(
    partial: &Partial,
    out: &Path,
    png: bool,
    lang: Lang,
) -> Result<(), Failure> {
    let table = input::pd_table(GRADES);
    let files = simulation::simulation_files(partial, &table, lang);
    write_folder(out, &pictured(in_folder(files), png)?)?;
    let mut stdout = std::io::stdout().lock();
    write!(stdout, "{}", simulation::headline(partial, &table, lang))?;
    writeln!(stdout, "{}", report::written(out, 1, lang))?;
    Ok(())
}

/// A part, to be merged with the others.
fn write_part(partial: &Partial, out: &Path, lang: Lang) -> Result<(), Failure> {
    let manifest = Manifest::of_simulation(&partial.deal, &partial.address, lang).to_json();
    let files = [(PARTIAL, partial.to_json()), ("manifest.json", manifest)];
    write_folder(out, &files.map(|(name, bytes)| (PathBuf::from(name), bytes)))?;
    let (part, of) = partial.shard;
    let (blocks, out) = (partial.blocks.end - partial.blocks.start, out.display());
    let line = match lang {
        Lang::En => format!("part {part} of {of} ({blocks} blocks) written to {out}"),
        Lang::Zh => format!("第 {part}/{of} 部分（{blocks} 块）已写入 {out}"),
    };
    writeln!(std::io::stdout(), "{line}")?;
    Ok(())
}

/// Where a run that is under way lies.
struct Pause {
    folder: PathBuf,
}

impl Pause {
    /// `DIR.partial` beside the folder to be written.
    fn beside(out: &Path) -> Result<Pause, Failure> {
        let place = |error: std::io::Error| Failure::from(format!("{}: {error}", out.display()));
        let whole = match out.exists() {
            true => out.canonicalize().map_err(place)?,
            false => out.to_owned(),
        };
        let mut name = whole.file_name().unwrap_or("out".as_ref()).to_owned();
        name.push(".partial");
        let folder = whole.with_file_name(name);
        refuse_foreign(&folder)?;
        Ok(Pause { folder })
    }

    fn fault(&self, error: impl std::fmt::Display) -> Failure {
        format!("{}: {error}", self.folder.display()).into()
    }

    /// Writes the sums so far; a reader finds the old file or the new one, whole.
    fn keep(&self, partial: &Partial) -> Result<(), Failure> {
        let manifest =
            Manifest::of_simulation(&partial.deal, &partial.address, partial.lang).to_json();
        let keep = || -> std::io::Result<()> {
            fs::create_dir_all(&self.folder)?;
            for (name, bytes) in [("manifest.json", manifest), (PARTIAL, partial.to_json())] {
                let new = self.folder.join(format!("{name}.new"));
                fs::write(&new, bytes)?;
                fs::rename(new, self.folder.join(name))?;
            }
            Ok(())
        };
        keep().map_err(|error| self.fault(error))
    }

    /// What is kept of this very run; the beginning where nothing is.
    fn resume(&self, begun: Partial) -> Result<Partial, Failure> {
        let file = self.folder.join(PARTIAL);
        if !file.exists() {
            return Ok(begun);
        }
        let fault = |what: String| Failure::from(format!("{}: {what}", file.display()));
        let bytes = fs::read(&file).map_err(|error| fault(error.to_string()))?;
        let kept = Partial::from_json(&bytes).map_err(fault)?;
        let mut differs = begun.foreign(&kept);
        if differs.is_empty() && begun.shard != kept.shard {
            differs.push(format!("part {}, not {}", kept.shard.0, begun.shard.0));
        }
        match differs.is_empty() {
            true => Ok(Partial { lang: begun.lang, ..kept }),
            false => Err(fault(format!(
                "is of another run: {}; go on with that one, or start anew without --resume",
                differs.join("; ")
            ))),
        }
    }

    fn remove(&self) -> Result<(), Failure> {
        match self.folder.exists() {
            true => fs::remove_dir_all(&self.folder).map_err(|error| self.fault(error)),
            false => Ok(()),
        }
    }
}

/// How far a run is, on a terminal.
struct Progress {
    bar: ProgressBar,
    begun: Instant,
    /// Paths that were there when it began.
    before: u64,
}

impl Progress {
    fn new(partial: &Partial, quiet: bool) -> Progress {
        let all = partial.all_blocks();
        let hidden = quiet || !std::io::stderr().is_terminal();
        let bar = match hidden {
            true => ProgressBar::hidden(),
            false => ProgressBar::new(all.end - all.start),
        };
        let style = ProgressStyle::with_template("{bar:30} {percent}% {elapsed} {msg}");
        let bar = bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        Progress { bar, begun: Instant::now(), before: partial.tally.paths }
    }

    fn round(&self, partial: &Partial) {
        if self.bar.is_hidden() {
            return;
        }
        let tally = &partial.tally;
        let pd = Estimate::mean(&tally.with[0].unpaid, tally.paths);
        let speed = (tally.paths - self.before) as f64 / self.begun.elapsed().as_secs_f64() / 1e6;
        let (name, pd, se) = (&partial.deal.classes[0].name, pd.value, pd.se.unwrap_or(f64::NAN));
        let text = match partial.lang {
            Lang::En => format!("{speed:.2} million paths/s, {name} unpaid {pd:.2e}, se {se:.1e}"),
            Lang::Zh => {
                format!("每秒 {speed:.2} 百万条路径，{name} 违约概率 {pd:.2e}，标准误 {se:.1e}")
            }
        };
        self.bar.set_message(text);
        self.bar.set_position(partial.blocks.end - partial.all_blocks().start);
    }
}
