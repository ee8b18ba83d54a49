//! One waterfall, two number systems: Decimal in the ledger, whole fen in f64 in lanes.

use ipabs::deal::Deal;
use ipabs::engine::{Cells, Support, run, run_in_lanes};
use ipabs::num::{Amount, Fen};
use ipabs::scenario::Scenario;

/// Every cell of every date agrees to the fen, in one lane and in many; after the last date nothing
/// moves.
pub fn check_lanes(deal: &Deal, scenario: &Scenario, support: Support) {
    let exact = run(deal, scenario, support).unwrap();
    for lanes in
        [run_in_lanes::<1>(deal, scenario, support), run_in_lanes::<8>(deal, scenario, support)]
    {
        for (at, (row, lane)) in exact.rows.iter().zip(&lanes).enumerate() {
            let row: Vec<_> = row.iter().map(|amount| amount.to_fen()).collect();
            let differs = (0..row.len()).find(|&cell| row[cell] != lane[cell]);
            assert_eq!(
                differs,
                None,
                "date {at}: {:?}",
                differs.map(|cell| (row[cell], lane[cell]))
            );
        }
        for lane in lanes.iter().skip(exact.rows.len()) {
            let closing: Vec<_> = exact.closing().iter().map(|amount| amount.to_fen()).collect();
            assert_eq!(standing(&exact.cells, lane), standing(&exact.cells, &closing));
        }
    }
}

/// What is held, what is owed to each, and the calls so far.
fn standing(cells: &Cells, row: &[Fen]) -> Vec<Fen> {
    let single = cells.accounts.iter().copied().chain([cells.tax, cells.calls]);
    let classes = cells.tranches.iter().flat_map(|class| [class.balance, class.interest]);
    let owed = cells.commitments.iter().flat_map(|owed| [owed.left, owed.outstanding]);
    // What a fee has left goes below its cap as far as it can.
    let fees = cells.fees.iter().map(|fee| row[fee.now] + row[fee.over]);
    single.chain(classes).chain(owed).map(|cell| row[cell]).chain(fees).collect()
}
