//! What kind of class a name is, and the colour that it has in every chart.

use super::Tone;
use crate::report::record::Record;

/// `senior`, `mezzanine` or `sub`, as a run's own tables say; where they do not, the last class is
/// subordinate.
pub(super) fn seniority(run: &Record, class: &str) -> String {
    let term = run.term(&format!("tranche {class}"), "class");
    let told = || {
        let table = ["tranches.csv", "critical.csv"].iter().find_map(|name| run.table(name))?;
        let row = table.rows_of("tranche", class).next()?;
        Some(table.text(row, "seniority")).filter(|word| !word.is_empty())
    };
    let classes = run.classes();
    let last = classes.len() > 1 && classes.last().is_some_and(|last| last == class);
    let guessed = if last { "sub" } else { "senior" };
    Some(term).filter(|word| !word.is_empty()).or_else(told).unwrap_or_else(|| guessed.to_owned())
}

/// The colour of a class: its kind, and its place among those of its kind.
pub fn tone(run: &Record, class: &str) -> Tone {
    let own = seniority(run, class);
    let mut alike = run.classes();
    alike.retain(|other| seniority(run, other) == own);
    let at = alike.iter().position(|other| *other == class).unwrap_or_default();
    let of = alike.len();
    match own.as_str() {
        "mezzanine" => Tone::Mezzanine { at, of },
        "sub" => Tone::Subordinate { at, of },
        _ => Tone::Senior { at, of },
    }
}
