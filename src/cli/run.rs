//! `run`: exact cash flows of the named scenarios.

use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};

use indicatif::{ProgressBar, ProgressStyle};

use super::output::{File, refuse_foreign, write_folder};
use super::{Failure, load};
use crate::engine::run_all;
use crate::input::Loaded;
use crate::report::{self, Lang};
use crate::scenario::Scenario;

pub(super) fn run(
    deal: &Path,
    names: &[String],
    out: &Path,
    loans: bool,
    lang: Lang,
    quiet: bool,
) -> Result<(), Failure> {
    refuse_foreign(out)?;
    let loaded = load(deal, quiet)?;
    let scenarios = chosen(&loaded, names)?;
    let bar = progress(scenarios.len(), quiet);
    let runs = run_all(&loaded.deal, &scenarios, || bar.inc(1))?;
    let mut files: Vec<File> = Vec::new();
    for (scenario, runs) in scenarios.iter().zip(&runs) {
        let folder = PathBuf::from(&scenario.name);
        let written = report::run_files(&loaded.deal, &loaded.inputs, scenario, runs, lang, loans);
        files.extend(written.into_iter().map(|(name, bytes)| (folder.join(name), bytes)));
    }
    bar.finish_and_clear();
    write_folder(out, &files)?;
    let mut stdout = std::io::stdout().lock();
    for (scenario, runs) in scenarios.iter().zip(&runs) {
        write!(stdout, "{}", report::headline(&loaded.deal, scenario, runs, lang))?;
    }
    writeln!(stdout, "{}", report::written(out, scenarios.len(), lang))?;
    Ok(())
}

/// The named scenarios in the order of the table; all where none is named.
fn chosen<'a>(loaded: &'a Loaded, names: &[String]) -> Result<Vec<&'a Scenario>, Failure> {
    let known: Vec<&str> = loaded.scenarios.iter().map(|scenario| scenario.name.as_str()).collect();
    let unknown: Vec<String> = names
        .iter()
        .filter(|name| !known.contains(&name.as_str()))
        .map(|name| format!("--scenario: no scenario '{name}' (there are: {})", known.join(", ")))
        .collect();
    if !unknown.is_empty() {
        return Err(Failure::Input(unknown));
    }
    let wanted = |scenario: &&Scenario| names.is_empty() || names.contains(&scenario.name);
    Ok(loaded.scenarios.iter().filter(wanted).collect())
}

fn progress(steps: usize, quiet: bool) -> ProgressBar {
    if quiet || !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(steps as u64);
    let style = ProgressStyle::with_template("{bar:30} {pos}/{len} scenarios {elapsed}");
    bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}
