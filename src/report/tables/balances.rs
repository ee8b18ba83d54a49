//! What is owed on each class with and without support, and what stands behind it.
use crate::dates::Date;
use crate::deal::Deal;
use crate::engine::{Flows, Runs};
use crate::num::{Amount, Decimal};
use crate::report::table::{Cell, Sheet};

/// `balances.csv`: where the run began, then every payment date, in each way in which it was run.
/// `asset_cover` = (performing pool + cash on accounts) / balance of the class and those above it;
/// blank where nothing is owed.
pub fn balances(deal: &Deal, runs: &Runs) -> Sheet {
    let header = ["date", "support", "tranche", "balance", "asset_cover"];
    let mut rows = Vec::new();
    for flows in runs.each() {
        for (date, cells, pool) in dates(deal, flows) {
            let of = |cell: usize| cells.get(cell).copied().unwrap_or(Decimal::ZERO);
            let cash: Decimal = flows.cells.accounts.iter().map(|&cell| of(cell)).sum();
            let mut owed = Decimal::ZERO;
            for (tranche, class) in deal.tranches().iter().zip(&flows.cells.tranches) {
                owed += of(class.balance);
                let cells = vec![
                    Cell::Date(date),
                    Cell::text(flows.support.name()),
                    Cell::text(&tranche.name),
                    Cell::Yuan(of(class.balance)),
                    super::part(pool + cash, owed),
                ];
                rows.push((date, cells));
            }
        }
    }
    rows.sort_by_key(|row| row.0);
    let mut sheet = Sheet::new("balances.csv", &header);
    sheet.rows.extend(rows.into_iter().map(|row| row.1));
    sheet
}

/// Each date with the cells after it and the performing pool. The pool's cell is set by the first
/// payment date; before it stands the pool as that date found it.
fn dates<'a>(
    deal: &'a Deal,
    flows: &'a Flows,
) -> impl Iterator<Item = (Date, &'a Vec<Decimal>, Decimal)> {
    let first = flows.collections.rows.get(flows.start);
    let found = first.map_or(Decimal::ZERO, |row| Decimal::from_fen(row.opening));
    let rows = flows.rows.iter().enumerate();
    let later =
        rows.map(|(row, after)| (flows.period(row).payment, after, after[flows.cells.performing]));
    std::iter::once((deal.stands_on(), &flows.opening, found)).chain(later)
}
