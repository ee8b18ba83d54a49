//! A shelf (储架): a folder of deal folders, its series. One firm is one name in all of them.
//!
//! Invariant: what lies between series is told here, beside what each series has of its own: a
//! right is not pledged in two of them at one time (registries refuse the second pledge), and a
//! firm of one name is of one industry, region and group.

use super::assemble::Loaded;
use super::shelf_terms::SHELF_TERMS_CSV;
use crate::asset::{IpRight, Obligor};
use crate::dates::Date;
use crate::deal::{Candidate, Deal};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// The table without which a folder is no deal.
const TERMS: &str = "deal.csv";

/// The names of the deal folders in a folder that is none itself, in order; empty for a deal and
/// for a folder that holds none.
pub fn series_of(folder: &Path) -> Vec<String> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    if folder.join(TERMS).exists() {
        return Vec::new();
    }
    let deals = entries.flatten().filter(|entry| entry.path().join(TERMS).exists());
    let mut names: Vec<String> =
        deals.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

/// Whether a folder is a shelf: no deal itself, and with a shelf's terms or deal folders in it.
pub fn is_shelf(folder: &Path) -> bool {
    let own = || !folder.join(TERMS).exists() && folder.join(SHELF_TERMS_CSV).exists();
    !series_of(folder).is_empty() || own()
}

/// Problems that lie between series, each with the series, table and row's key that it is of.
pub fn faults_between_series(series: &[(&str, &Loaded)]) -> Vec<String> {
    let mut out = Vec::new();
    let mut firms: BTreeMap<&str, (&str, &Obligor)> = BTreeMap::new();
    let mut pledges: BTreeMap<&str, Vec<Pledge>> = BTreeMap::new();
    for (name, loaded) in series {
        let deal = &loaded.deal;
        for obligor in deal.obligors() {
            let (first, known) = *firms.entry(&obligor.name).or_insert((name, obligor));
            for (column, want, found) in [
                ("industry", Some(&known.industry), Some(&obligor.industry)),
                ("region", Some(&known.region), Some(&obligor.region)),
                ("group", known.group.as_ref(), obligor.group.as_ref()),
            ] {
                if want == found {
                    continue;
                }
                let said = |name: Option<&String>| name.map_or("none", String::as_str).to_owned();
                let (firm, found, want) = (&obligor.name, said(found), said(want));
                out.push(format!(
                    "{name}/obligors.csv: {column}: {firm} is of {found} (want {want}, as in \
                     {first})"
                ));
            }
        }
        for right in deal.rights() {
            let Some(title) = right.title_no.as_deref() else { continue };
            let pledge = Pledge::new(name, deal, right);
            let others = pledges.entry(title).or_default();
            if let Some(other) = others.iter().find(|other| other.overlaps(&pledge)) {
                let (of, right, until) = (other.series, &pledge.right, other.until);
                out.push(format!(
                    "{name}/rights.csv: title_no: {title} of {right} is pledged in {of} until \
                     {until}, as {}",
                    other.right
                ));
            }
            others.push(pledge);
        }
    }
    out
}

/// Candidates whose firms are, in a series, of another industry, region or group.
pub fn faults_of_candidates(candidates: &[Candidate], series: &[(&str, &Loaded)]) -> Vec<String> {
    let mut firms: BTreeMap<&str, (&str, &Obligor)> = BTreeMap::new();
    for (name, loaded) in series {
        for obligor in loaded.deal.obligors() {
            firms.entry(&obligor.name).or_insert((name, obligor));
        }
    }
    let mut out = Vec::new();
    for candidate in candidates {
        let Some((first, known)) = firms.get(candidate.obligor.as_str()) else { continue };
        for (column, want, found) in [
            ("industry", Some(&known.industry), Some(&candidate.industry)),
            ("region", Some(&known.region), Some(&candidate.region)),
            ("group", known.group.as_ref(), candidate.group.as_ref()),
        ] {
            if want != found {
                let said = |name: Option<&String>| name.map_or("none", String::as_str).to_owned();
                let (loan, firm) = (&candidate.name, &candidate.obligor);
                let (found, want) = (said(found), said(want));
                out.push(format!(
                    "candidates.csv: {column}: {firm} of {loan} is of {found} (want {want}, as in \
                     {first})"
                ));
            }
        }
    }
    out
}

/// A right as one series holds it: from its first loan's origination to its last one's maturity.
struct Pledge<'a> {
    series: &'a str,
    right: &'a str,
    from: Option<Date>,
    until: Date,
}

impl<'a> Pledge<'a> {
    fn new(series: &'a str, deal: &Deal, right: &'a IpRight) -> Pledge<'a> {
        let loans = || right.loans.iter().map(|&loan| &deal.loans()[loan]);
        let until = loans().map(|loan| loan.maturity).max();
        Pledge {
            series,
            right: &right.name,
            from: loans().map(|loan| loan.origination).min(),
            until: until.unwrap_or(deal.terms().cutoff),
        }
    }

    fn overlaps(&self, other: &Pledge) -> bool {
        self.from < Some(other.until) && other.from < Some(self.until)
    }
}
