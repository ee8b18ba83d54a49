//! `diff`: what changed between two runs.

use std::io::Write;
use std::path::{Path, PathBuf};

use super::output::write_file;
use super::report::paper;
use super::show::{right, section, table};
use super::{Failure, runs, setter};
use crate::report::Lang;
use crate::report::changes::{self, Change, files};
use crate::report::page::page;
use crate::report::record::Record;

/// Pairs of runs by their name, with what changed from one to the other.
type Pairs = Vec<(String, Vec<Change>)>;

pub(super) fn diff(
    before: &Path,
    after: &Path,
    out: Option<&PathBuf>,
    lang: Lang,
) -> Result<(), Failure> {
    let form = out.map(|out| form(out)).transpose()?;
    let (old, new) = (runs::read(before)?, runs::read(after)?);
    let (pairs, alone) = paired(&old, &new)?;
    if let (Some(out), Some(form)) = (out, form) {
        let document = || {
            let first = old.first().zip(new.first());
            first.map(|both| files::document(both, &pairs, &alone, lang))
        };
        let bytes = match form {
            Form::Table => files::to_csv(&pairs),
            Form::Text => files::to_markdown(&pairs, lang).into_bytes(),
            Form::Page => document().map(|of| page(&of, &[], lang)).unwrap_or_default(),
            Form::Paper => document().map(|of| paper(&of)).transpose()?.unwrap_or_default(),
        };
        write_file(out, &bytes)?;
    }
    print(&pairs, &alone, lang)
}

/// What a file's ending asks for.
#[derive(Clone, Copy)]
enum Form {
    Table,
    Text,
    Page,
    Paper,
}

/// By the ending; what cannot be set is refused before anything is read.
fn form(out: &Path) -> Result<Form, Failure> {
    let ending = out.extension().map(|ending| ending.to_string_lossy().to_lowercase());
    match ending.as_deref() {
        Some("csv") => Ok(Form::Table),
        Some("md") => Ok(Form::Text),
        Some("html") => Ok(Form::Page),
        Some("pdf") => setter::find().map(|_| Form::Paper),
        _ => {
            let want = "want a file that ends in .csv, .md, .html or .pdf";
            Err(format!("{}: {want}", out.display()).into())
        }
    }
}

/// One run with the other, whatever their names; several by name. And those without a partner.
fn paired(before: &[Record], after: &[Record]) -> Result<(Pairs, Vec<String>), Failure> {
    if let ([before], [after]) = (before, after) {
        let name = match before.folder == after.folder {
            true => before.folder.clone(),
            false => format!("{} → {}", before.folder, after.folder),
        };
        return Ok((vec![(name, changes::changes(before, after)?)], Vec::new()));
    }
    let (mut pairs, mut alone) = (Pairs::new(), Vec::new());
    for old in before {
        match after.iter().find(|new| new.folder == old.folder) {
            Some(new) => pairs.push((old.folder.clone(), changes::changes(old, new)?)),
            None => alone.push(old.folder.clone()),
        }
    }
    let new = after.iter().filter(|new| !before.iter().any(|old| old.folder == new.folder));
    alone.extend(new.map(|new| new.folder.clone()));
    match pairs.is_empty() {
        true => Err(format!("no run of one name in both folders: {}", alone.join(", ")).into()),
        false => Ok((pairs, alone)),
    }
}

fn print(pairs: &Pairs, alone: &[String], lang: Lang) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    for (at, (name, changes)) in pairs.iter().enumerate() {
        if at > 0 {
            writeln!(out)?;
        }
        writeln!(out, "{name}")?;
        if changes.is_empty() {
            writeln!(out, "{}", changes::nothing(lang))?;
        }
        for (what, group) in changes::grouped_by_kind(changes) {
            let simulated = changes::simulated(&group);
            let (title, columns) = changes::heading(what, simulated, lang);
            let mut lines = table(&columns);
            for row in changes::rows(&group, lang) {
                lines.add_row(row);
            }
            let lines = if what.is_measure() { right(lines, &[3, 4, 5, 6, 7]) } else { lines };
            section(&mut out, title, lines)?;
            if Some(what) == changes::last_measures(changes) {
                writeln!(out, "{}", changes::scale(lang))?;
            }
        }
    }
    if !alone.is_empty() {
        let word = lang.say("only in one of the two: ", "仅见于其中一方：");
        writeln!(out, "\n{word}{}", lang.listed(alone))?;
    }
    Ok(())
}
