//! One waterfall, two number systems: Decimal in the ledger, whole fen in f64 in lanes.

use ipabs::deal::Deal;
use ipabs::engine::{Support, run, run_in_lanes};
use ipabs::num::Amount;
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
        let cells = &exact.cells;
        let classes = cells.tranches.iter().flat_map(|class| [class.balance, class.interest]);
        let fees = cells.fees.iter().flat_map(|fee| [fee.now, fee.over]);
        let owed = cells.commitments.iter().flat_map(|owed| [owed.left, owed.outstanding]);
        let held = cells.accounts.iter().copied().chain([cells.tax, cells.calls]);
        for cell in classes.chain(fees).chain(owed).chain(held) {
            let closing = exact.closing()[cell].to_fen();
            assert!(lanes.iter().skip(exact.rows.len()).all(|lane| lane[cell] == closing));
        }
    }
}
