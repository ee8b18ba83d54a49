//! W3a: 100 loans, three named defaults, 48 dates, from tables alone, to the fen.
//!
//! Origin of the expected table: the same deal worked out three times outside this project, in
//! Python's decimal, in rust_decimal and in whole fen; the three agree. Half-even rounding.

use super::auditor::audit;
use super::lanes::check_lanes;
use super::loaded::{expected, load};
use ipabs::engine::{Breach, Plan, Support, Why, periods, plan, run, run_plan};
use ipabs::num::Decimal;

#[test]
fn w3a_is_reproduced_to_the_fen_in_both_number_systems() {
    let loaded = load("benches/w2-100");
    let scenario = loaded.scenarios.iter().find(|scenario| scenario.name == "w3a").unwrap();
    let flows = run(&loaded.deal, scenario, Support::With).unwrap();
    audit(&loaded.deal, &flows);
    check_lanes(&loaded.deal, scenario, Support::With);
    let (header, rows) = expected("tests/data/workloads/w3a_expected.csv");
    assert_eq!(rows.len(), 48);
    let cells = &flows.cells;
    let (a, b, c) = (cells.tranches[0], cells.tranches[1], cells.tranches[2]);
    for (at, expected) in rows.iter().enumerate() {
        // After the last distribution nothing moves.
        let nothing = vec![Decimal::ZERO; cells.count];
        let row = flows.rows.get(at).unwrap_or(&nothing);
        let collected =
            [cells.interest_in, cells.principal_in, cells.prepaid_in, cells.recovered_in];
        let got = [
            Decimal::from(at as u64 + 1),
            collected.iter().map(|&cell| row[cell]).sum(),
            row[cells.commitments[0].paid],
            row[cells.fees[0].paid],
            row[a.interest_paid],
            row[b.interest_paid],
            row[a.principal_paid],
            row[b.principal_paid],
            row[cells.commitments[0].repaid],
            row[c.principal_paid],
            row[c.residual_paid],
            row[cells.accounts[1]],
            row[a.balance],
            row[b.balance],
            row[c.balance],
        ];
        for (column, (got, expected)) in got.iter().zip(expected).enumerate() {
            let expected: Decimal = expected.parse().unwrap();
            assert_eq!(*got, expected, "month {}, {}", at + 1, header[column]);
        }
    }
}

/// The deal with its plan changed before it runs.
fn broken(change: impl Fn(&mut Plan<Decimal>)) -> Option<Breach> {
    let loaded = load("benches/w2-100");
    let (deal, scenario) = (&loaded.deal, &loaded.scenarios[0]);
    let mut plan = plan::<Decimal>(deal, scenario, &periods(deal.terms()), true);
    change(&mut plan);
    run_plan(deal, scenario, Support::With, &plan).err()
}

#[test]
fn a_transfer_that_arrives_nowhere_is_a_breach() {
    assert_eq!(broken(|_| {}), None);
    let lost = broken(|plan| {
        let claims = plan.pays.iter_mut().flat_map(|pay| &mut pay.claims);
        claims.filter(|claim| claim.why == Why::Transfer).for_each(|claim| claim.plus.clear());
    });
    let lost = lost.unwrap();
    assert!(lost.opening + lost.paid_in - lost.paid_out != lost.closing, "{lost}");
}
