//! costs.csv: what loans cost their borrowers beside interest, and what is given back of it.

use super::covers::covered;
use super::reader::{Book, Names, annual, fen, share};
use super::table::{Row, Table};
use crate::deal::{BorrowingCost, CostDue, CostKind};
use crate::num::Decimal;

/// Costs in the order of the table.
pub fn read(book: &Book, loans: &Names) -> Vec<BorrowingCost> {
    let (table, names) = book.keyed("costs.csv");
    book.at_most(&names, 32, "costs");
    let cost = |row: Row| {
        let kind = match row.choice("kind") {
            Some("guarantee_fee") => CostKind::Guarantee,
            Some("appraisal") => CostKind::Appraisal,
            Some("subsidy") => CostKind::Subsidy,
            _ => CostKind::Fee,
        };
        if kind != CostKind::Subsidy && !row.is_blank("cap_firm_year") {
            let text = "a cap of what is no subsidy (leave it blank)";
            book.problems.at(&row.place("cap_firm_year"), text);
        }
        BorrowingCost {
            name: row.text("cost").unwrap_or_default().to_string(),
            kind,
            loans: covered(book, &row, loans),
            due: due(book, &row),
            lag_months: row.integer_in("lag_months", 0..=120).unwrap_or(0) as u32,
            cap_firm_year: fen(book, &row, "cap_firm_year"),
        }
    };
    table.iter().flat_map(Table::rows).map(cost).collect()
}

fn due(book: &Book, row: &Row) -> CostDue {
    let kinds = ["amount", "share", "rate_pa"];
    let given: Vec<&str> = kinds.into_iter().filter(|column| !row.is_blank(column)).collect();
    if given.len() != 1 {
        let text = "one of amount, share and rate_pa is wanted";
        book.problems.at(&row.place(given.first().unwrap_or(&"amount")), text);
    }
    match given.first() {
        Some(&"share") => CostDue::Share(share(book, row, "share").unwrap_or(Decimal::ZERO)),
        Some(&"rate_pa") => CostDue::RatePa(annual(book, row, "rate_pa").unwrap_or(Decimal::ZERO)),
        _ => CostDue::Amount(fen(book, row, "amount").unwrap_or(0)),
    }
}
