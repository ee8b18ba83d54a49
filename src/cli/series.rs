//! What a command is asked about: a deal, or a shelf of them, whose series are taken in turn.
//!
//! A deal alone is a shelf of one series without a name, so that its results lie in the folder
//! itself, and those of a series in a folder of its name.

use std::path::Path;

use super::{Failure, load, read};
use crate::input::{self, Loaded, LoadedShelf};
use crate::report::Lang;

/// One series: its name (that of its folder; empty for a deal alone) and what was read.
pub(super) struct Series {
    pub name: String,
    pub loaded: Loaded,
}

/// Every series, or every problem of all of them and between them, and of the shelf's own tables,
/// where there are any.
pub(super) fn read_all(
    path: &Path,
    (lang, quiet): (Lang, bool),
) -> Result<(Vec<Series>, Option<LoadedShelf>), Failure> {
    each(path, |folder| read(folder, (lang, quiet)))
}

/// The same of series alone, of which there is one at least.
pub(super) fn read_series(
    path: &Path,
    (lang, quiet): (Lang, bool),
) -> Result<Vec<Series>, Failure> {
    some(path, read_all(path, (lang, quiet))?.0)
}

/// The same, of deals that the engine models in full.
pub(super) fn load_series(
    path: &Path,
    (lang, quiet): (Lang, bool),
) -> Result<Vec<Series>, Failure> {
    some(path, each(path, |folder| load(folder, (lang, quiet)))?.0)
}

fn some(path: &Path, series: Vec<Series>) -> Result<Vec<Series>, Failure> {
    match series.is_empty() {
        false => Ok(series),
        true => Err(format!("{}: a shelf without a deal folder", path.display()).into()),
    }
}

/// The same, perhaps none, with the shelf's own tables, of which `shelf.csv` is needed.
pub(super) fn load_shelf(
    path: &Path,
    (lang, quiet): (Lang, bool),
) -> Result<(Vec<Series>, LoadedShelf), Failure> {
    let shown = path.display();
    if !path.exists() {
        return Err(format!("{shown}: there is no such folder").into());
    }
    if !input::is_shelf(path) {
        let text = "this is no shelf (want a folder of shelf.csv and of deal folders)";
        return Err(format!("{shown}: {text}").into());
    }
    let (series, shelf) = each(path, |folder| load(folder, (lang, quiet)))?;
    let shelf = shelf.ok_or_else(|| {
        format!("{shown}: there is no shelf.csv, which says what the approval allows")
    })?;
    Ok((series, shelf))
}

fn each(
    path: &Path,
    read: impl Fn(&Path) -> Result<Loaded, Failure>,
) -> Result<(Vec<Series>, Option<LoadedShelf>), Failure> {
    if !input::is_shelf(path) {
        return Ok((vec![Series { name: String::new(), loaded: read(path)? }], None));
    }
    let names = input::series_of(path);
    let sources = input::read_shelf_tables(path)?;
    let (shelf, mut problems) = match sources.is_empty() {
        true => (None, Vec::new()),
        false => input::assemble_shelf(&sources, &names),
    };
    let mut series = Vec::new();
    for name in names {
        match read(&path.join(&name)) {
            Ok(loaded) => series.push(Series { name, loaded }),
            Err(Failure::Input(lines)) => {
                problems.extend(lines.into_iter().map(|line| format!("{name}/{line}")));
            }
            Err(other) => return Err(other),
        }
    }
    let read: Vec<(&str, &Loaded)> =
        series.iter().map(|of| (of.name.as_str(), &of.loaded)).collect();
    problems.extend(input::faults_between_series(&read));
    if let Some(own) = &shelf {
        problems.extend(input::faults_of_shelf(&own.shelf, &read));
    }
    if problems.is_empty() { Ok((series, shelf)) } else { Err(Failure::Input(problems)) }
}
