//! stresses.csv: the stress set, the folder's own or the one that the program carries.
//!
//! The carried set is usual rating practice for pools of loans to small firms.

use super::columns::STRESSES;
use super::problems::Place;
use super::reader::{Book, share};
use super::table::{self, Row, Table};
use crate::num::Decimal;
use crate::scenario::Stress;

const FILE: &str = "stresses.csv";
const CARRIED: &str = include_str!("stresses.csv");
const MOST: usize = 100;

pub fn read(book: &Book) -> Vec<Stress> {
    let table = match book.has(FILE) {
        true => book.keyed(FILE).0,
        false => table::read(FILE, CARRIED.as_bytes(), STRESSES, book.problems),
    };
    let Some(table) = table else { return Vec::new() };
    if table.rows().len() > MOST {
        book.problems.too_large(&Place::file(FILE), MOST, "stresses");
    }
    rows(book, &table)
}

fn rows(book: &Book, table: &Table) -> Vec<Stress> {
    let stress = |row: Row| {
        row.need("stress");
        let name = row.text("stress").unwrap_or_default().to_owned();
        if name.eq_ignore_ascii_case("base") || name == "all" {
            let text = format!("{name} is a name of the program's own (choose another)");
            book.problems.at(&row.place("stress"), text);
        }
        let up = factor(book, &row, "prepayment_up", 100);
        let down = factor(book, &row, "prepayment_down", 100);
        Stress {
            name,
            recovery_factor: factor(book, &row, "recovery_factor", 2).unwrap_or(Decimal::ONE),
            front_loaded: share(book, &row, "front_loaded").unwrap_or(Decimal::ZERO),
            prepayment_factors: up.into_iter().chain(down).collect(),
            coupon_shift: shift(book, &row).unwrap_or(Decimal::ZERO),
        }
    };
    table.rows().map(stress).collect()
}

/// From 0 to `most`.
fn factor(book: &Book, row: &Row, column: &str, most: i64) -> Option<Decimal> {
    let factor = row.plain_number(column)?;
    let inside = (Decimal::ZERO..=Decimal::from(most)).contains(&factor);
    if !inside {
        let found = row.written(column)?;
        book.problems.out_of_range(&row.place(column), found, &format!("0 to {most}"));
    }
    inside.then_some(factor)
}

/// From -36% to 36%.
fn shift(book: &Book, row: &Row) -> Option<Decimal> {
    let rate = row.rate("coupon_shift")?;
    let inside = rate.abs() <= Decimal::new(36, 2);
    if !inside {
        let found = row.written("coupon_shift")?;
        book.problems.out_of_range(&row.place("coupon_shift"), found, "-36% to 36%");
    }
    inside.then_some(rate)
}
