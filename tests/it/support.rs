//! The shortfall commitment: what is called, what is paid, what can never happen.

use super::auditor::audit;
use super::deals::{
    commitment, date, deal, fee, loan, parts, quiet, rate, steps, supporter, terms, tranche,
};
use super::lanes::check_lanes;
use ipabs::asset::Repayment;
use ipabs::deal::{Claim, Commitment, Parts, Seniority, Split};
use ipabs::engine::{Flows, Support, run};
use ipabs::num::Decimal;

/// A pool of 100.00 that defaults before its one due date unless `pool_pays`, a senior class of
/// 100.00 at 12% due in one month (1.00 of interest), a fee of 2.00: at most 103.00 is due.
fn one_date(commitments: Vec<Commitment>, pool_pays: bool) -> Parts {
    let until = date("2024-02-01");
    let senior = tranche("A", Seniority::Senior, 10_000, "0.12", until);
    let lines = [
        &[Claim::Fee(0)][..],
        &[Claim::Interest(0)],
        &[Claim::Principal(0)],
        &[Claim::Commitment(0)],
        &[Claim::Residual(0)],
    ];
    let months = if pool_pays { 1 } else { 3 };
    let pool = vec![loan(0, 10_000, "0", months, Repayment::Bullet)];
    let mut small = parts(terms(3), pool, vec![senior], steps(&lines, Split::ProRata));
    small.fees = vec![fee("servicer", 200)];
    small.supporters = vec![supporter("S"), supporter("T")];
    small.commitments = commitments;
    small
}

fn senior_principal() -> Commitment {
    commitment(vec![Claim::Interest(0), Claim::Principal(0)])
}

/// (called, paid) on the first date, by commitment, as text.
fn check(commitments: Vec<Commitment>, pool_pays: bool, expected: &[(&str, &str)]) -> Flows {
    let deal = deal(one_date(commitments, pool_pays));
    let flows = run(&deal, &quiet(), Support::With).unwrap();
    audit(&deal, &flows);
    check_lanes(&deal, &quiet(), Support::With);
    for (at, (called, paid)) in expected.iter().enumerate() {
        let cells = flows.cells.commitments[at];
        assert_eq!(flows.rows[0][cells.called], rate(called), "called {at}");
        assert_eq!(flows.rows[0][cells.paid], rate(paid), "paid {at}");
    }
    flows
}

#[test]
fn the_call_is_what_is_due_in_scope_and_above_less_what_is_there() {
    check(vec![senior_principal()], false, &[("103.00", "103.00")]);
    check(vec![senior_principal()], true, &[("3.00", "3.00")]);
    check(vec![commitment(vec![Claim::Interest(0)])], false, &[("3.00", "3.00")]);
    check(vec![commitment(vec![Claim::Interest(0)])], true, &[("0.00", "0.00")]);
}

#[test]
fn a_facility_of_five_pays_five_whatever_is_asked() {
    let capped = Commitment { cap_total: Some(500), ..senior_principal() };
    let flows = check(vec![capped], false, &[("103.00", "5.00")]);
    let cells = flows.cells.commitments[0];
    let lent: Decimal = flows.rows.iter().map(|row| row[cells.paid]).sum();
    assert_eq!(lent, rate("5.00"));
}

#[test]
fn a_total_cap_is_on_gross_payments_and_not_restored_by_repayment() {
    let capped = Commitment { cap_total: Some(500), earmarked: false, ..senior_principal() };
    let flows = check(vec![capped], false, &[("103.00", "5.00")]);
    let cells = flows.cells.commitments[0];
    assert_eq!(flows.rows[1][cells.paid], Decimal::ZERO);
    assert!(flows.rows[1][cells.called] > Decimal::ZERO);
}

#[test]
fn a_cap_of_a_date_holds_on_each_date() {
    let capped = Commitment { cap_per_date: Some(150), ..senior_principal() };
    let flows = check(vec![capped], false, &[("103.00", "1.50")]);
    let cells = flows.cells.commitments[0];
    assert_eq!(flows.rows[1][cells.paid], rate("1.50"));
}

#[test]
fn several_supporters_are_called_in_order_each_for_what_is_left() {
    let first = Commitment { cap_total: Some(4_000), ..senior_principal() };
    let second = Commitment { name: "second".into(), supporter: 1, ..senior_principal() };
    let expected = [("103.00", "40.00"), ("63.00", "63.00")];
    check(vec![first.clone(), second.clone()], false, &expected);
    let pot = |commitment: Commitment| Commitment { earmarked: false, ..commitment };
    check(vec![pot(first), pot(second)], false, &expected);
}

#[test]
fn a_failed_supporter_pays_its_recovery_and_one_that_ended_is_not_called() {
    let mut small = one_date(vec![senior_principal()], false);
    small.supporters[0].recovery = rate("0.4");
    let deal_ = deal(small);
    let mut scenario = quiet();
    scenario.supporter_failures = vec![(0, date("2024-02-01"))];
    let flows = run(&deal_, &scenario, Support::With).unwrap();
    audit(&deal_, &flows);
    let cells = flows.cells.commitments[0];
    assert_eq!(flows.rows[0][cells.called], rate("103.00"));
    assert_eq!(flows.rows[0][cells.paid], rate("41.20"));

    let ended = Commitment { end: Some(date("2024-01-31")), ..senior_principal() };
    check(vec![ended], false, &[("0.00", "0.00")]);
}

#[test]
fn without_support_nobody_is_called() {
    let deal = deal(one_date(vec![senior_principal()], false));
    let flows = run(&deal, &quiet(), Support::Without).unwrap();
    audit(&deal, &flows);
    let cells = flows.cells.commitments[0];
    assert!(flows.rows.iter().all(|row| row[cells.called].is_zero() && row[cells.paid].is_zero()));
}

#[test]
fn a_shared_capacity_is_drawn_down_over_dates() {
    let mut small = one_date(vec![senior_principal()], false);
    small.supporters[0].paying_capacity = Some(600);
    let deal = deal(small);
    let flows = run(&deal, &quiet(), Support::With).unwrap();
    audit(&deal, &flows);
    let cells = flows.cells.commitments[0];
    let paid: Decimal = flows.rows.iter().map(|row| row[cells.paid]).sum();
    assert_eq!(paid, rate("6.00"));
}
