//! curve.csv: the yield curve that spreads are counted from. Without it no price at a spread.

use super::problems::Place;
use super::reader::{Book, NO_DAY, real};
use super::table::Row;
use crate::analytics::price::Curve;
use crate::dates::Date;
use crate::num::Decimal;

const FILE: &str = "curve.csv";

/// The curve of the last day up to the one on which the deal stands: closing, or in mid-life the
/// last payment date that is paid.
pub fn read(book: &Book, closing: Date, as_of: Option<Date>) -> Option<Curve> {
    let (stands_on, key) = as_of.map_or((closing, "closing_date"), |day| (day, "as_of_date"));
    let table = book.table(FILE)?;
    if table.rows().len() == 0 {
        book.problems.at(&Place::file(FILE), "the table has no rows");
        return None;
    }
    let mut days: Vec<Curve> = Vec::new();
    for row in table.rows() {
        let (date, tenor, rate) = (row.date("date"), tenor(book, &row), rate(book, &row));
        let (Some(date), Some(tenor), Some(rate)) = (date, tenor, rate) else { continue };
        let source = row.text("source").unwrap_or_default().to_owned();
        let day = days.iter().position(|day| day.date == date).unwrap_or(days.len());
        if day == days.len() {
            days.push(Curve { date, source, points: Vec::new() });
        }
        let points = &mut days[day].points;
        if let Some((before, _)) = points.last()
            && *before >= tenor
        {
            let text = format!("{tenor} does not come after {before} on {date}");
            book.problems.at(&row.place("tenor_years"), text);
        }
        points.push((tenor, rate));
    }
    let last = days.into_iter().filter(|day| day.date <= stands_on).max_by_key(|day| day.date);
    let readable = stands_on != NO_DAY && book.sound(FILE, &["date", "tenor_years", "yield_pa"]);
    if last.is_none() && readable {
        let text = format!("no curve is of {stands_on} ({key}) or before");
        book.problems.at(&Place::file(FILE), text);
    }
    last
}

fn tenor(book: &Book, row: &Row) -> Option<f64> {
    row.need("tenor_years");
    let tenor = row.plain_number("tenor_years")?;
    let inside = tenor > Decimal::ZERO && tenor <= Decimal::from(50);
    if !inside {
        let found = row.written("tenor_years")?;
        book.problems.out_of_range(&row.place("tenor_years"), found, "above 0, at most 50");
    }
    inside.then(|| real(tenor))
}

fn rate(book: &Book, row: &Row) -> Option<f64> {
    row.need("yield_pa");
    let rate = row.rate("yield_pa")?;
    let inside = (Decimal::new(-10, 2)..=Decimal::new(36, 2)).contains(&rate);
    if !inside {
        let found = row.written("yield_pa")?;
        book.problems.out_of_range(&row.place("yield_pa"), found, "-10% to 36%");
    }
    inside.then(|| real(rate))
}
