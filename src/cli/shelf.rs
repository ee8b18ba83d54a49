//! What a command is asked about: a deal, or a shelf of them, whose series are taken in turn.
//!
//! A deal alone is a shelf of one series without a name, so that its results lie in the folder
//! itself, and those of a series in a folder of its name.

use std::path::Path;

use super::{Failure, load, read};
use crate::input::{self, Loaded};

/// One series: its name (that of its folder; empty for a deal alone) and what was read.
pub(super) struct Series {
    pub name: String,
    pub loaded: Loaded,
}

/// Every series, or every problem of all of them and between them.
pub(super) fn read_series(path: &Path, quiet: bool) -> Result<Vec<Series>, Failure> {
    each(path, |folder| read(folder, quiet))
}

/// The same, of deals that the engine models in full.
pub(super) fn load_series(path: &Path, quiet: bool) -> Result<Vec<Series>, Failure> {
    each(path, |folder| load(folder, quiet))
}

fn each(
    path: &Path,
    read: impl Fn(&Path) -> Result<Loaded, Failure>,
) -> Result<Vec<Series>, Failure> {
    let names = input::series_of(path);
    if names.is_empty() {
        return Ok(vec![Series { name: String::new(), loaded: read(path)? }]);
    }
    let (mut series, mut problems) = (Vec::new(), Vec::new());
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
    if problems.is_empty() { Ok(series) } else { Err(Failure::Input(problems)) }
}
