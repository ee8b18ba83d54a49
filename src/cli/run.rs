//! `run`: exact cash flows of the named scenarios.

use std::io::{IsTerminal, Write};
use std::path::Path;

use indicatif::{ProgressBar, ProgressStyle};

use super::Failure;
use super::output::{File, refuse_foreign, write_folder};
use super::series::{Series, load_series};
use super::setter::pictured;
use crate::engine::run_all;
use crate::input::Loaded;
use crate::report::{self, Lang};
use crate::scenario::Scenario;

pub(super) fn run(
    deal: &Path,
    names: &[String],
    out: &Path,
    (loans, png): (bool, bool),
    lang: Lang,
    quiet: bool,
) -> Result<(), Failure> {
    refuse_foreign(out)?;
    let series = load_series(deal, (lang, quiet))?;
    let asked: Vec<Vec<&Scenario>> =
        series.iter().map(|of| chosen(&of.loaded, names)).collect::<Result<_, _>>()?;
    let count = asked.iter().map(Vec::len).sum();
    let bar = progress(count as u64, "scenarios", quiet);
    let (mut files, mut told): (Vec<File>, String) = (Vec::new(), String::new());
    for (Series { name, loaded, .. }, scenarios) in series.iter().zip(&asked) {
        let runs = run_all(&loaded.deal, scenarios, || bar.inc(1))?;
        for (scenario, runs) in scenarios.iter().zip(&runs) {
            let folder = Path::new(name).join(&scenario.name);
            let written =
                report::run_files(&loaded.deal, &loaded.inputs, scenario, runs, lang, loans);
            files.extend(written.into_iter().map(|(name, bytes)| (folder.join(name), bytes)));
            let mark = if name.is_empty() { String::new() } else { format!("{name}/") };
            let line = report::headline(&loaded.deal, scenario, runs, lang);
            told.push_str(&format!("{mark}{line}"));
        }
    }
    bar.finish_and_clear();
    write_folder(out, &pictured(files, png)?)?;
    let written = report::written(out, count, lang);
    writeln!(std::io::stdout(), "{told}{written}")?;
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

/// A bar over so many of something, on a terminal.
pub(super) fn progress(steps: u64, what: &str, quiet: bool) -> ProgressBar {
    if quiet || !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(steps);
    let template = format!("{{bar:30}} {{pos}}/{{len}} {what} {{elapsed}}");
    let style = ProgressStyle::with_template(&template);
    bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}
