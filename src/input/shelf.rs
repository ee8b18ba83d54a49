//! A shelf (储架): a folder of deal folders, its series. One firm is one name in all of them.
//!
//! Invariant: what lies between series is told here, beside what each series has of its own: a
//! right is not pledged in two of them at one time (registries refuse the second pledge), and a
//! firm of one name is of one industry, region and group.

use super::assemble::Loaded;
use super::shelf_terms::SHELF_TERMS_CSV;
use crate::asset::{IpRight, Obligor};
use crate::dates::Date;
use crate::deal::{Candidate, Deal, Shelf};
use std::collections::{BTreeMap, BTreeSet};
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
            for (column, found, want) in unlike(&Firm::of(obligor), &Firm::of(known)) {
                let firm = &obligor.name;
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

/// What a shelf's own tables say of firms, supporters and the originator that its series do not
/// bear out.
pub fn faults_of_shelf(shelf: &Shelf, series: &[(&str, &Loaded)]) -> Vec<String> {
    let mut firms: BTreeMap<&str, (&str, &Obligor)> = BTreeMap::new();
    let mut supporters: BTreeSet<&str> = BTreeSet::new();
    for (name, loaded) in series {
        for obligor in loaded.deal.obligors() {
            firms.entry(&obligor.name).or_insert((name, obligor));
        }
        supporters.extend(loaded.deal.supporters().iter().map(|of| of.name.as_str()));
    }
    let mut out = Vec::new();
    for (at, supporter) in shelf.supporters.iter().enumerate() {
        let planned = shelf.planned.iter().any(|plan| plan.supporter == Some(at));
        if !planned && !supporters.contains(supporter.name.as_str()) {
            let name = &supporter.name;
            out.push(format!("supporters.csv: supporter: {name} stands behind no series"));
        }
    }
    let originators: BTreeSet<&str> =
        series.iter().map(|(_, loaded)| loaded.deal.terms().originator.as_str()).collect();
    if let Some(limits) = &shelf.originator
        && !originators.is_empty()
        && !originators.contains(limits.name.as_str())
    {
        let known: Vec<&str> = originators.into_iter().collect();
        let (name, known) = (&limits.name, known.join(", "));
        out.push(format!("shelf.csv: originator: {name} has no series (there are: {known})"));
    }
    for candidate in &shelf.candidates {
        let Some((first, known)) = firms.get(candidate.obligor.as_str()) else { continue };
        for (column, found, want) in unlike(&Firm::of_candidate(candidate), &Firm::of(known)) {
            let (loan, firm) = (&candidate.name, &candidate.obligor);
            out.push(format!(
                "candidates.csv: {column}: {firm} of {loan} is of {found} (want {want}, as in \
                 {first})"
            ));
        }
    }
    out
}

/// What is the same of a firm wherever it is named.
pub(super) struct Firm<'a> {
    industry: &'a str,
    region: &'a str,
    group: Option<&'a str>,
}

impl<'a> Firm<'a> {
    fn of(obligor: &'a Obligor) -> Firm<'a> {
        let (industry, region) = (&obligor.industry, &obligor.region);
        Firm { industry, region, group: obligor.group.as_deref() }
    }

    pub(super) fn of_candidate(candidate: &'a Candidate) -> Firm<'a> {
        let (industry, region) = (&candidate.industry, &candidate.region);
        Firm { industry, region, group: candidate.group.as_deref() }
    }
}

/// Columns in which a firm is not what it is elsewhere, with what is found and what is wanted.
pub(super) fn unlike(found: &Firm, known: &Firm) -> Vec<(&'static str, String, String)> {
    let columns = [
        ("industry", Some(found.industry), Some(known.industry)),
        ("region", Some(found.region), Some(known.region)),
        ("group", found.group, known.group),
    ];
    let said = |name: Option<&str>| name.unwrap_or("none").to_owned();
    let other = columns.into_iter().filter(|(_, found, want)| found != want);
    other.map(|(column, found, want)| (column, said(found), said(want))).collect()
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
