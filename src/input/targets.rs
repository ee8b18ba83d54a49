//! targets.csv: the deal's own targets of grades; and the table that the program carries.
//!
//! `targets_china.csv`: stress multipliers and target default probabilities by grade and asset
//! type, read off public code that collected them from Chinese rating reports. Which reports is
//! not known, and no value has been checked against one. Multipliers are one column for
//! corporate loans, leases, mortgages, car and consumer loans.
use super::problems::Place;
use super::reader::{Book, real, share};
use super::table::Row;
use crate::analytics::grade::{AssetType, Target, TargetTable};
use crate::num::{Decimal, Ratio};
use csv::{ReaderBuilder, StringRecord, Trim};

const TARGETS_CHINA_CSV: &str = include_str!("targets_china.csv");

/// The deal's own table, which bears the name of the file.
pub const OWN: &str = "targets.csv";
const MOST: usize = 400;

/// The folder's own table; none where it has none.
pub fn read(book: &Book) -> Option<TargetTable> {
    let table = book.table(OWN)?;
    if table.rows().len() == 0 {
        book.problems.at(&Place::file(OWN), "the table has no rows");
    }
    if table.rows().len() > MOST {
        book.problems.too_large(&Place::file(OWN), MOST, "rows");
    }
    let mut grades: Vec<(String, [Target; 4])> = Vec::new();
    let mut given: Vec<(usize, AssetType)> = Vec::new();
    let mut source = None;
    for row in table.rows() {
        row.need("grade");
        let Some(grade) = row.text("grade") else { continue };
        source = source.or(row.text("source"));
        let at = grades.iter().position(|(name, _)| name == grade).unwrap_or(grades.len());
        if at == grades.len() {
            grades.push((grade.to_owned(), [Target::default(); 4]));
        }
        let target = own_target(book, &row);
        for asset_type in asset_types(&row) {
            if given.contains(&(at, asset_type)) {
                let text = format!("{grade} has targets of {} twice", asset_type.name());
                book.problems.at(&row.place("asset_type"), text);
            }
            given.push((at, asset_type));
            let better = grades[..at].iter().map(|(_, targets)| targets[asset_type as usize]);
            ordered(book, &row, better, target);
            grades[at].1[asset_type as usize] = target;
        }
    }
    let source = source.unwrap_or("the deal's own table, which says no source").to_owned();
    Some(TargetTable { name: OWN.to_owned(), source, grades })
}

fn asset_types(row: &Row) -> Vec<AssetType> {
    let (every, word) = (row.is_blank("asset_type"), row.choice("asset_type"));
    let named = |kind: &AssetType| every || word == Some(kind.name());
    AssetType::ALL.into_iter().filter(named).collect()
}

fn own_target(book: &Book, row: &Row) -> Target {
    let multiplier = row.plain_number("multiplier").filter(|&times| {
        let inside = times > Decimal::ZERO && times <= Decimal::ONE_THOUSAND;
        if let (false, Some(found)) = (inside, row.written("multiplier")) {
            let place = row.place("multiplier");
            book.problems.out_of_range(&place, found, "above 0, at most 1,000");
        }
        inside
    });
    let rate = |column: &str| share(book, row, column).map(real);
    Target { multiplier: multiplier.map(real), pd: rate("target_pd"), el: rate("target_el") }
}

/// A grade asks no more than a better one.
fn ordered(book: &Book, row: &Row, better: impl Iterator<Item = Target>, own: Target) {
    let better: Vec<Target> = better.collect();
    let above = |of: fn(&Target) -> Option<f64>| {
        of(&own).is_some_and(|own| better.iter().filter_map(of).any(|one| one > own))
    };
    let faults = [
        ("multiplier", above(|one| one.multiplier.map(|times| -times))),
        ("target_pd", above(|one| one.pd)),
        ("target_el", above(|one| one.el)),
    ];
    for (column, _) in faults.into_iter().filter(|(_, fault)| *fault) {
        let found = row.written(column).unwrap_or_default();
        let text =
            format!("{found} is harder than what a better grade above asks (best grade first)");
        book.problems.at(&row.place(column), text);
    }
}

/// The carried table of Chinese targets.
pub fn china_targets() -> TargetTable {
    let mut reader = ReaderBuilder::new()
        .comment(Some(b'#'))
        .trim(Trim::All)
        .from_reader(TARGETS_CHINA_CSV.as_bytes());
    TargetTable {
        name: "china".to_owned(),
        source: "public code that collected Chinese rating reports; not verified".to_owned(),
        grades: reader.records().filter_map(|record| Some(row(&record.ok()?))).collect(),
    }
}

/// Cells: grade; multipliers of all but micro enterprises, of micro enterprises; target default
/// probabilities, in percent, of mortgages, car and consumer loans, corporate loans, micro
/// enterprises, leases.
fn row(record: &StringRecord) -> (String, [Target; 4]) {
    let number = |at: usize| Decimal::from_str_exact(record.get(at)?).ok();
    let exact = |value: Decimal| Ratio::of_rate(value).map(Ratio::as_f64);
    let multiplier = |at: usize| number(at).and_then(exact);
    let pd = |at: usize| number(at).and_then(|percent| exact(percent / Decimal::ONE_HUNDRED));
    let target = |multiple: usize, probability: usize| Target {
        multiplier: multiplier(multiple),
        pd: pd(probability),
        el: None,
    };
    // In the order of `AssetType::ALL`.
    let targets = [target(1, 4), target(1, 6), target(1, 3), target(2, 5)];
    (record.get(0).unwrap_or_default().to_owned(), targets)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::analytics::grade::AssetType;

    #[test]
    fn the_carried_targets_are_read_whole() {
        let table = china_targets();
        let grades: Vec<&str> = table.grades.iter().map(|(grade, _)| grade.as_str()).collect();
        let best_first = "AAA AAA- AA+ AA AA- A+ A A- BBB+ BBB BBB- BB+ BB BB-";
        assert_eq!(grades.join(" "), best_first);
        let lines = TARGETS_CHINA_CSV.lines().filter(|line| !line.starts_with('#')).skip(1);
        let filled = lines.flat_map(|line| line.split(',').skip(1)).filter(|cell| !cell.is_empty());
        let known = |targets: &[Target; 4]| {
            let multipliers = [targets[0].multiplier, targets[3].multiplier];
            let pds = targets.iter().map(|target| target.pd);
            multipliers.into_iter().chain(pds).flatten().count()
        };
        let read: usize = table.grades.iter().map(|(_, targets)| known(targets)).sum();
        assert_eq!(read, filled.count());
    }

    #[test]
    fn cells_go_to_their_asset_type() {
        let table = china_targets();
        let check = |grade: &str, asset_type, multiplier: Option<f64>, pd: Option<f64>| {
            let target = table.target(grade, asset_type).unwrap();
            assert_eq!(target, Target { multiplier, pd, el: None }, "{grade} {asset_type:?}");
        };
        check("AAA", AssetType::Corporate, Some(5.0), Some(0.0002));
        check("AAA", AssetType::Lease, Some(5.0), Some(0.0006));
        check("AAA", AssetType::RmbsAutoConsumer, Some(5.0), Some(0.001));
        check("AAA", AssetType::MicroEnterprise, Some(20.5), Some(0.0002));
        check("A-", AssetType::RmbsAutoConsumer, Some(2.7), None);
        check("BBB-", AssetType::MicroEnterprise, None, None);
        check("BB-", AssetType::Lease, Some(1.2), None);
        // 0.11% is the target of AA for companies, and 4.1 its multiplier.
        assert_eq!(table.grade_by_pd(AssetType::Corporate, 0.001), Some("AA"));
        assert_eq!(table.grade_by_critical_rate(AssetType::Corporate, 0.05, 0.21), Some("AA"));
    }
}
