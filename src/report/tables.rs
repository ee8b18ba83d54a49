//! Every table of one scenario, in the order in which they are written.
//!
//! Invariant: each table is there with its header, rows or none; rows by date, then in the order of
//! the deal. Headers are part of the contract: a column may be added at the end, none renamed.

mod balances;
mod borrowing;
mod cash;
mod paper;
mod pool;
mod service;

pub use balances::balances;
pub use pool::characteristics;

use crate::analytics::listing::{Value, measures};
use crate::analytics::outcome::Outcome;
use crate::deal::Deal;
use crate::engine::Flows;
use crate::num::Decimal;
use crate::report::table::{Cell, Sheet};
use crate::scenario::Scenario;

/// All tables of a run with support; measures of every run. `loans.csv` only where asked for,
/// `borrowers.csv` where the deal knows what borrowing costs.
pub fn tables(
    deal: &Deal,
    scenario: &Scenario,
    flows: &Flows,
    outcomes: &[Outcome],
    with_loans: bool,
) -> Vec<Sheet> {
    let mut sheets = vec![
        cash::collections(deal, flows),
        cash::notes(deal, flows),
        cash::fees(deal, flows),
        cash::accounts(deal, flows),
        cash::supports(deal, flows),
        cash::events(deal, flows),
        cash::postings(deal, flows),
    ];
    sheets.extend(with_loans.then(|| cash::loans(deal, scenario)));
    sheets.push(measure_table(deal, outcomes));
    sheets.push(paper::terms(deal, scenario));
    sheets.push(pool::characteristics(deal));
    sheets.push(service::distribution(deal, scenario, flows));
    sheets.push(service::servicing(deal, scenario, flows));
    sheets.extend(borrowing::borrowing(deal));
    sheets
}

/// The measures of every run.
fn measure_table(deal: &Deal, outcomes: &[Outcome]) -> Sheet {
    let header = ["tranche", "measure", "value", "unit", "support", "note"];
    let mut sheet = Sheet::new("measures.csv", &header);
    for line in outcomes.iter().flat_map(|outcome| measures(deal, outcome)) {
        sheet.rows.push(vec![
            Cell::Text(line.tranche),
            Cell::text(line.measure),
            value(line.value),
            Cell::text(line.unit),
            Cell::text(line.support),
            Cell::Text(line.note),
        ]);
    }
    sheet
}

fn value(value: Value) -> Cell {
    match value {
        Value::Yuan(amount) => Cell::Yuan(amount),
        Value::Number(number) => Cell::Number(number, 6),
        Value::Date(date) => Cell::Date(date),
        Value::Count(count) => Cell::Count(count),
        Value::Blank => Cell::Blank,
    }
}

/// part / whole with six decimals; blank where the whole is nothing.
fn part(part: Decimal, whole: Decimal) -> Cell {
    crate::analytics::outcome::over(part, whole).map_or(Cell::Blank, |share| Cell::Number(share, 6))
}

#[cfg(test)]
mod tests;
