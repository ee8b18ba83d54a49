//! borrowers.csv: what borrowing costs each firm, all in, and the pool.

use crate::analytics::borrowing::{Borrower, borrowers};
use crate::analytics::outcome::Figure;
use crate::deal::Deal;
use crate::num::{Fen, yuan_of};
use crate::report::table::{Cell, Sheet};

/// None where the deal has no costs.csv.
pub(super) fn borrowing(deal: &Deal) -> Option<Sheet> {
    let all = borrowers(deal);
    let header = [
        "obligor",
        "principal",
        "interest",
        "fees",
        "guarantee_fees",
        "appraisal",
        "subsidy",
        "interest_pa",
        "gross_pa",
        "net_pa",
        "note",
    ];
    let mut sheet = Sheet::new("borrowers.csv", &header);
    sheet.rows.extend(all.iter().map(|borrower| row(deal, borrower)));
    (!all.is_empty()).then_some(sheet)
}

fn row(deal: &Deal, of: &Borrower) -> Vec<Cell> {
    let name = of.obligor.map_or("pool", |at| deal.obligors()[at].name.as_str());
    let yuan = |amount: Fen| Cell::Yuan(yuan_of(amount));
    let rate = |figure: &Figure| figure.value.map_or(Cell::Blank, |rate| Cell::Number(rate, 6));
    vec![
        Cell::text(name),
        yuan(of.principal),
        yuan(of.interest),
        yuan(of.fees),
        yuan(of.guarantee_fees),
        yuan(of.appraisal),
        yuan(of.subsidy),
        rate(&of.interest_pa),
        rate(&of.gross_pa),
        rate(&of.net_pa),
        Cell::Text(of.net_pa.note.clone()),
    ]
}
