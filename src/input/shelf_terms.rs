//! The tables of a shelf: shelf.csv, series.csv, supporters.csv, candidates.csv. Invariant: every
//! deal folder is a series of series.csv and every series there is a deal folder or is to be
//! filled, so that nothing is left out of the quota by silence.

use super::assemble::inputs;
use super::columns::{SHELF_TABLES, SHELF_TERMS};
use super::folder::Source;
use super::keys::Keys;
use super::problems::{Place, Problems};
use super::reader::{Book, NO_DAY, Names, Value, annual, described, fen, fen_above_0, share};
use super::shelf::{Firm, unlike};
use super::table::{Column, Row, Table};
use crate::deal::{
    Candidate, Concentration, OriginatorLimits, PlannedSeries, ProgrammeConcentration, QuotaUse,
    Shelf, ShelfSupporter,
};
use crate::num::{Decimal, Fen, Ratio};

/// The table that makes a folder a shelf with terms.
pub const SHELF_TERMS_CSV: &str = "shelf.csv";
/// Series, and candidates, that a shelf may have.
const MOST_SERIES: usize = 100;
const MOST_CANDIDATES: usize = 2_000;

/// A shelf's own tables, read and checked.
#[derive(Clone, Debug)]
pub struct LoadedShelf {
    pub shelf: Shelf,
    /// (name, SHA-256 in hex) of every table, by name.
    pub inputs: Vec<(String, String)>,
}

/// The shelf if nothing is wrong with its tables, and every problem. `folders` are the deal folders
/// that lie beside them.
pub fn assemble_shelf(
    sources: &[Source],
    folders: &[String],
) -> (Option<LoadedShelf>, Vec<String>) {
    let problems = Problems::new();
    let shelf = {
        let book = Book::new(sources, SHELF_TABLES, &problems);
        book.known_files("a shelf");
        tables(&book, folders)
    };
    let loaded = problems.is_empty().then(|| LoadedShelf { shelf, inputs: inputs(sources) });
    (loaded, problems.into_lines())
}

fn tables(book: &Book, folders: &[String]) -> Shelf {
    let terms = book.table(SHELF_TERMS_CSV);
    let known = |written: &str, place: &Place| {
        let found = described(SHELF_TERMS, written);
        if found.is_none() {
            let names = SHELF_TERMS.iter().flat_map(Column::names);
            book.problems.dangling(place, written, "the terms of a shelf", names);
        }
        found
    };
    let keys = Keys::read(book, SHELF_TERMS_CSV, terms.as_ref(), SHELF_TERMS, known);
    let (supporters, supporter_names) = supporters(book);
    let planned = series(book, folders, &supporter_names);
    let candidates = candidates(book);
    let (quota, name) =
        (quota(book, &keys).unwrap_or(0), keys.text("name").unwrap_or_default().to_owned());
    let (valid_from, valid_to) = (keys.date("valid_from"), keys.date("valid_to"));
    if let Some((from, to)) = valid_from.zip(valid_to).filter(|(from, to)| from > to) {
        let text = format!("{to} does not come after valid_from {from}");
        book.problems.at(&keys.place("valid_to"), text);
    }
    Shelf {
        name,
        quota,
        quota_use: match keys.choice("quota_use") {
            Some("outstanding") => QuotaUse::Outstanding,
            _ => QuotaUse::Issued,
        },
        issues_allowed: keys.count("issues_allowed", 1_000).map(|count| count as u32),
        valid_from,
        valid_to,
        tenor_cap_months: keys.count("tenor_cap_months", 600).map(|count| count as u32),
        concentration: concentration(&keys),
        programme: programme(&keys),
        originator: originator(book, &keys),
        supporters,
        planned,
        candidates,
    }
}

fn quota(book: &Book, keys: &Keys) -> Option<Fen> {
    let (_, value) = keys.get("quota")?;
    let quota = value.fen()?;
    if quota == 0 {
        book.problems.out_of_range(&value.place, value.text, "above 0");
    }
    Some(quota)
}

/// A share that is written, or so many percent.
fn percent(keys: &Keys, key: &str, usual: i64) -> Ratio {
    let written = keys.share(key).and_then(Ratio::of_rate);
    written.or(Ratio::new(usual, 100)).unwrap_or(Ratio::ONE)
}

fn concentration(keys: &Keys) -> Concentration {
    Concentration {
        least_debtors: keys.count("least_debtors", 10_000).map_or(10, |count| count as u32),
        obligor_share: percent(keys, "obligor_share", 50),
        group_share: percent(keys, "group_share", 100),
        top_five_share: percent(keys, "top_five_share", 70),
        industry_share: percent(keys, "industry_share", 100),
        region_share: percent(keys, "region_share", 100),
        important_obligor: percent(keys, "important_obligor", 15),
        important_group: percent(keys, "important_group", 20),
    }
}

fn programme(keys: &Keys) -> ProgrammeConcentration {
    let share = |key: &str| keys.share(key).and_then(Ratio::of_rate);
    ProgrammeConcentration {
        obligor_share: share("programme_obligor_share"),
        group_share: share("programme_group_share"),
        top_five_share: share("programme_top_five_share"),
        industry_share: share("programme_industry_share"),
        region_share: share("programme_region_share"),
    }
}

/// Keys that say something only of an originator whose net assets are known.
const OF_ORIGINATOR: [&str; 7] = [
    "originator",
    "standardised_financing",
    "standardised_multiple",
    "other_financing",
    "other_multiple",
    "borrower_share",
    "borrower_group_share",
];

fn originator(book: &Book, keys: &Keys) -> Option<OriginatorLimits> {
    let given = |key: &&str| keys.rows.iter().any(|(name, _)| name == key);
    let Some((_, value)) = keys.get("originator_net_assets") else {
        for key in OF_ORIGINATOR.iter().filter(|key| given(key)) {
            let text = "nothing is tested without originator_net_assets";
            book.problems.at(&keys.place(key), text);
        }
        return None;
    };
    if !given(&"originator") {
        let text = "required key originator is missing (needed with originator_net_assets)";
        book.problems.at(&Place::file(SHELF_TERMS_CSV), text);
    }
    let net_assets = value.fen()?;
    if net_assets == 0 {
        book.problems.out_of_range(&value.place, value.text, "above 0");
    }
    let amount = |key: &str| keys.get(key).and_then(|(_, value)| value.fen()).unwrap_or(0);
    let multiple = |key: &str, usual: i64| {
        let inside = |number: Decimal| (Decimal::ZERO..=Decimal::ONE_HUNDRED).contains(&number);
        let written = keys.get(key).and_then(|(_, value)| value.number(inside, "0 to 100"));
        written.and_then(Ratio::of_rate).or(Ratio::new(usual, 1)).unwrap_or(Ratio::ONE)
    };
    Some(OriginatorLimits {
        name: keys.text("originator").unwrap_or_default().to_owned(),
        net_assets,
        standardised_financing: amount("standardised_financing"),
        standardised_multiple: multiple("standardised_multiple", 4),
        other_financing: amount("other_financing"),
        other_multiple: multiple("other_multiple", 1),
        borrower_share: percent(keys, "borrower_share", 10),
        borrower_group_share: percent(keys, "borrower_group_share", 15),
    })
}

fn supporters(book: &Book) -> (Vec<ShelfSupporter>, Names) {
    let (table, names) = book.keyed("supporters.csv");
    book.at_most(&names, 32, "supporters");
    (table.iter().flat_map(Table::rows).map(|row| supporter(book, &row)).collect(), names)
}

/// Limits of a licence are those of the rules on guarantee companies (融资担保公司监督管理条例).
fn supporter(book: &Book, row: &Row) -> ShelfSupporter {
    let net_assets = fen_above_0(book, row, "net_assets");
    let times = match row.choice("licence") {
        Some("guarantee") => Some(10),
        Some("sme_guarantee") => Some(15),
        _ => None,
    };
    let licensed = times.is_some() && row.need("net_assets");
    let of_net_assets = |num: i64, den: i64| {
        let ratio = Ratio::new(num, den)?;
        net_assets.filter(|_| licensed).map(|assets| ratio.floor_of(assets))
    };
    let written = fen(book, row, "liability_limit");
    let by_licence = times.and_then(|times| of_net_assets(times, 1));
    ShelfSupporter {
        name: row.text("supporter").unwrap_or_default().to_owned(),
        liability_limit: written.or(by_licence),
        other_liabilities: fen(book, row, "other_liabilities").unwrap_or(0),
        obligor_limit: of_net_assets(10, 100),
        group_limit: of_net_assets(15, 100),
        paying_capacity: fen(book, row, "paying_capacity").or(net_assets),
    }
}

/// What a row says only of a series to be filled.
const OF_PLANNED: [&str; 5] = ["date", "tenor_months", "supporter", "guaranteed_share", "like"];

fn series(book: &Book, folders: &[String], supporters: &Names) -> Vec<PlannedSeries> {
    if !book.has("series.csv") {
        return Vec::new();
    }
    let (table, names) = book.keyed("series.csv");
    book.at_most(&names, MOST_SERIES, "series");
    let mut planned = Vec::new();
    for row in table.iter().flat_map(Table::rows) {
        let name = row.text("series").unwrap_or_default();
        let is_folder = folders.iter().any(|folder| folder == name);
        match (row.is_blank("target_size"), is_folder) {
            (true, true) => {
                for column in OF_PLANNED.iter().filter(|column| !row.is_blank(column)) {
                    let text = "the deal folder says this (leave it blank)";
                    book.problems.at(&row.place(column), text);
                }
            }
            (true, false) if !name.is_empty() => {
                let text =
                    format!("there is no deal folder {name}, and no target_size to be filled");
                book.problems.at(&row.place("series"), text);
            }
            (false, true) => {
                let text = format!("{name} is a deal folder (leave it blank)");
                book.problems.at(&row.place("target_size"), text);
            }
            _ => planned.push(planned_series(book, &row, supporters)),
        }
        if let Some(like) = row.text("like").filter(|like| folders.iter().all(|of| of != like)) {
            let known = folders.iter().map(String::as_str);
            book.problems.dangling(&row.place("like"), like, "the deal folders", known);
        }
    }
    let sound = table.is_some();
    for folder in folders.iter().filter(|folder| sound && names.find(folder).is_none()) {
        let text = format!("the deal folder {folder} is none of its series");
        book.problems.at(&Place::file("series.csv"), text);
    }
    planned
}

fn planned_series(book: &Book, row: &Row, supporters: &Names) -> PlannedSeries {
    row.need("date");
    let named = Value::of(book, row, "supporter");
    let supporter = named.map(|name| book.index(&name.place, name.text, supporters));
    let tenor_months = row.integer_in("tenor_months", 1..=600).unwrap_or(12) as u32;
    PlannedSeries {
        name: row.text("series").unwrap_or_default().to_owned(),
        date: row.date("date").unwrap_or(NO_DAY),
        target_size: fen_above_0(book, row, "target_size").unwrap_or(0),
        tenor_months,
        supporter,
        guaranteed_share: share(book, row, "guaranteed_share")
            .and_then(Ratio::of_rate)
            .unwrap_or(Ratio::ONE),
        like: row.text("like").map(str::to_owned),
    }
}

fn candidates(book: &Book) -> Vec<Candidate> {
    let (table, names) = book.keyed("candidates.csv");
    book.at_most(&names, MOST_CANDIDATES, "candidates");
    let own = |text: Option<&str>| text.map(str::to_owned);
    let mut seen: Vec<Candidate> = Vec::new();
    for row in table.iter().flat_map(Table::rows) {
        let (from, to) = (row.date("available_from"), row.date("available_to"));
        if let Some((from, to)) = from.zip(to).filter(|(from, to)| from > to) {
            let text = format!("{to} does not come after available_from {from}");
            book.problems.at(&row.place("available_to"), text);
        }
        let candidate = Candidate {
            name: row.text("loan").unwrap_or_default().to_owned(),
            obligor: row.text("obligor").unwrap_or_default().to_owned(),
            group: own(row.text("group")),
            industry: row.text("industry").unwrap_or("other").to_owned(),
            region: row.text("region").unwrap_or("other").to_owned(),
            principal: fen_above_0(book, &row, "principal").unwrap_or(0),
            term_months: row.integer_in("term_months", 1..=600).unwrap_or(0) as u32,
            available_from: from,
            available_to: to,
            titles: Value::of(book, &row, "titles").map_or_else(Vec::new, |value| {
                value.list().iter().filter_map(|item| item.name().map(str::to_owned)).collect()
            }),
            rate_pa: annual(book, &row, "rate_pa"),
            pd_1y: share(book, &row, "pd_1y"),
            appraised_value: fen_above_0(book, &row, "appraised_value"),
        };
        one_firm(book, &row, &seen, &candidate);
        seen.push(candidate);
    }
    seen
}

/// A firm of one name is of one industry, region and group.
fn one_firm(book: &Book, row: &Row, seen: &[Candidate], found: &Candidate) {
    let Some(known) = seen.iter().find(|other| other.obligor == found.obligor) else { return };
    for (column, is, want) in unlike(&Firm::of_candidate(found), &Firm::of_candidate(known)) {
        let text = format!("{} is of {is} (want {want}, as in {})", found.obligor, known.name);
        book.problems.at(&row.place(column), text);
    }
}
