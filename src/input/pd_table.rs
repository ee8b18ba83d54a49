//! The tables of default probabilities by grade that the program carries. A grade is looked up as
//! it is written; scales are never translated, but for the two spellings of the global one.

use super::cell;
use super::reader::real;
use crate::asset::{PdCurve, PdTable};
use crate::num::Decimal;

/// Tables by name. Lines that begin with `#` say where the figures are from; a header of years with
/// a unit (`y10_bp`) and one row a grade follow, the best grade first.
const TABLES: &[(&str, &str)] = &[
    ("moodys_idealised", include_str!("moodys_idealised.csv")),
    ("sp_global", include_str!("sp_global.csv")),
];

/// One global scale in the spelling of S&P and in that of Moody's.
pub const GRADES: &[(&str, &str)] = &[
    ("AAA", "Aaa"),
    ("AA+", "Aa1"),
    ("AA", "Aa2"),
    ("AA-", "Aa3"),
    ("A+", "A1"),
    ("A", "A2"),
    ("A-", "A3"),
    ("BBB+", "Baa1"),
    ("BBB", "Baa2"),
    ("BBB-", "Baa3"),
    ("BB+", "Ba1"),
    ("BB", "Ba2"),
    ("BB-", "Ba3"),
    ("B+", "B1"),
    ("B", "B2"),
    ("B-", "B3"),
    ("CCC+", "Caa1"),
    ("CCC", "Caa2"),
    ("CCC-", "Caa3"),
];

/// The table of a name; one without grades where there is none.
pub fn named(name: &str) -> PdTable {
    let text = TABLES.iter().find(|(known, _)| *known == name).map_or("", |(_, text)| text);
    let notes = text.lines().filter_map(|line| line.strip_prefix('#')).map(str::trim);
    let mut rows = text.lines().filter(|line| !line.starts_with('#'));
    let header = rows.next().unwrap_or_default();
    let points: Vec<(f64, Decimal)> = header.split(',').filter_map(point).collect();
    PdTable {
        name: name.to_string(),
        source: notes.collect::<Vec<_>>().join(" "),
        grades: rows.filter_map(|row| grade(row, &points)).collect(),
    }
}

/// The table of a name, its grades in the letters of S&P where the global scale has them.
pub fn in_letters(name: &str) -> PdTable {
    let mut table = named(name);
    for (grade, _) in &mut table.grades {
        if let Some((letters, _)) = GRADES.iter().find(|(_, moodys)| moodys == grade) {
            *grade = (*letters).to_owned();
        }
    }
    table
}

/// The curve of a grade as a table writes it, or in the other spelling of the global scale.
pub fn curve<'a>(table: &'a PdTable, rating: &str) -> Option<&'a PdCurve> {
    let rating = cell::narrow(rating);
    let rating = rating.trim();
    let moodys = GRADES.iter().find(|(own, _)| *own == rating).map(|(_, other)| *other);
    table.curve(rating).or_else(|| table.curve(moodys?))
}

/// `y10_bp` as (10 years, the unit as a fraction).
fn point(header: &str) -> Option<(f64, Decimal)> {
    let (years, unit) = header.strip_prefix('y')?.split_once('_')?;
    let decimals = match unit {
        "pct" => 2,
        "bp" => 4,
        _ => return None,
    };
    Some((years.parse().ok()?, Decimal::new(1, decimals)))
}

fn grade(row: &str, points: &[(f64, Decimal)]) -> Option<(String, PdCurve)> {
    let (grade, values) = row.split_once(',')?;
    let values: Option<Vec<Decimal>> =
        values.split(',').map(|value| Decimal::from_str_exact(value).ok()).collect();
    let values = values?.into_iter().zip(points);
    let curve: Vec<(f64, f64)> =
        values.map(|(value, (years, unit))| (*years, real(value * unit))).collect();
    Some((grade.to_string(), PdCurve::new(&curve).ok()?))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn every_grade_is_read_and_none_is_safer_than_a_better_one() {
        for (name, text) in TABLES {
            let table = named(name);
            let rows = text.lines().filter(|line| !line.starts_with('#')).count() - 1;
            assert_eq!(table.grades.len(), rows, "{name}");
            assert!(!table.source.is_empty() && !table.source.contains('#'));
            for pair in table.grades.windows(2) {
                for years in 1..=10 {
                    let of = |at: usize| pair[at].1.cumulative(f64::from(years));
                    assert!(of(0) < of(1), "{name} {} {} {years}", pair[0].0, pair[1].0);
                }
            }
        }
    }

    #[test]
    fn curves_meet_the_figures_of_their_table() {
        let check = |name: &str, rating: &str, years: f64, expected: f64| {
            let table = named(name);
            let got = curve(&table, rating).unwrap().cumulative(years);
            assert!((got - expected).abs() < 1e-15, "{name} {rating} {years}: {got}");
        };
        check("moodys_idealised", "Aaa", 1.0, 0.000_001);
        check("moodys_idealised", "Baa2", 5.0, 0.0158);
        check("moodys_idealised", "BBB", 5.0, 0.0158);
        check("moodys_idealised", "ＡＡ＋", 10.0, 0.001);
        check("moodys_idealised", "Caa2", 10.0, 0.65);
        // Between 5 and 7 years the intensity is constant.
        let between = 1.0 - ((1.0 - 0.1612_f64) * (1.0 - 0.1913)).sqrt();
        check("moodys_idealised", "B+", 6.0, between);
        check("sp_global", "AAA", 10.0, 0.001_351);
        check("sp_global", "CCC-", 10.0, 0.5751);
        assert!(curve(&named("sp_global"), "Aaa").is_none());
        assert!(curve(&named("moodys_idealised"), "AA2").is_none());
        assert!(curve(&named("moodys_idealised"), "CCC+").is_none());
    }
}
