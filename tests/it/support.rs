//! The shortfall commitment: what is called, what is paid, what can never happen.

use super::auditor::audit;
use super::deals::{
    commitment, date, deal, fee, loan, parts, quiet, rate, steps, supporter, terms, tranche,
};
use super::lanes::check_lanes;
use super::runs::{column, flows, trigger};
use ipabs::asset::{Loan, Repayment};
use ipabs::deal::{
    Amortisation, Claim, Commitment, Condition, Effect, Fee, Measure, Parts, Seniority, Split,
};
use ipabs::engine::{Flows, Support, run};
use ipabs::num::{Decimal, Fen, yuan_of};

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

/// A of 100.00 owes interest of 1.00 and B of 50.00 interest of 0.50 on the first date, and
/// nothing comes in. One commitment covers the interest of A: called for 1.00. One covers that of
/// B: what is above it is met by the first, so it is called for 0.50. A capacity of 0.90 pays 0.60
/// and 0.30; one of 0.01 pays 0.01 x 100 / 150 = 0.0067, so 0.01, and the other gets nothing.
#[test]
fn calls_of_one_date_share_what_is_left_of_a_capacity() {
    let check = |capacity: Option<Fen>, cap: Option<Fen>, paid: [&str; 3], third: &str| {
        let until = date("2024-05-01");
        let classes = vec![
            tranche("A", Seniority::Senior, 10_000, "0.12", until),
            tranche("B", Seniority::Mezzanine, 5_000, "0.12", until),
        ];
        let lines = [
            &[Claim::Interest(0)][..],
            &[Claim::Interest(1)],
            &[Claim::Principal(0)],
            &[Claim::Principal(1)],
            &[Claim::Commitment(0)],
            &[Claim::Commitment(1)],
            &[Claim::Commitment(2)],
        ];
        let pool = vec![loan(0, 15_000, "0", 4, Repayment::Bullet)];
        let mut small = parts(terms(4), pool, classes, steps(&lines, Split::ProRata));
        small.supporters = vec![supporter("S"), supporter("T")];
        small.supporters[0].paying_capacity = capacity;
        // Listed first, third and second: S has the first and the last.
        let of_b = commitment(vec![Claim::Interest(1)]);
        small.commitments = vec![
            Commitment { cap_per_date: cap, ..commitment(vec![Claim::Interest(0)]) },
            Commitment { supporter: 1, ..of_b.clone() },
            of_b,
        ];
        let flows = flows(small, &quiet());
        let row = &flows.rows[0];
        let got: Vec<Decimal> = flows.cells.commitments.iter().map(|at| row[at.paid]).collect();
        assert_eq!(got, paid.map(rate), "{capacity:?} {cap:?}");
        assert_eq!(row[flows.cells.commitments[1].called], rate(third), "{capacity:?} {cap:?}");
    };
    // T is called for what S leaves of both.
    check(Some(90), None, ["0.60", "0.60", "0.30"], "0.60");
    check(Some(150), None, ["1.00", "0.00", "0.50"], "0.00");
    check(Some(1), None, ["0.01", "1.49", "0.00"], "1.49");
    // Within its cap of 0.40 the first leaves 1.10 to the last; 0.75 are 0.20 and 0.55.
    check(Some(75), Some(40), ["0.20", "0.75", "0.55"], "0.75");
    // Without a limit each is called in the order of the list.
    check(None, None, ["1.00", "0.50", "0.00"], "0.50");
}

#[test]
fn a_payment_in_two_parts_bears_the_registrar_fee_of_the_whole() {
    let check = |due: Fen, pool: Fen, paid: Option<Fen>| {
        let senior = tranche("A", Seniority::Senior, due, "", date("2024-02-01"));
        let lines = [&[Claim::Principal(0)][..], &[Claim::Commitment(0)], &[Claim::Residual(0)]];
        let loans = vec![
            loan(0, pool, "0", 1, Repayment::Bullet),
            Loan { name: "late".into(), ..loan(1, due, "0", 12, Repayment::Bullet) },
        ];
        let mut small = parts(terms(1), loans, vec![senior], steps(&lines, Split::ProRata));
        small.terms.registrar_fee = rate("0.00005");
        small.supporters = vec![supporter("S")];
        small.commitments = vec![commitment(vec![Claim::Principal(0)])];
        let flows = flows(small, &quiet());
        let row = &flows.rows[0];
        assert!(row[flows.cells.tranches[0].balance].is_zero(), "{due} {pool}");
        let fee = row[flows.cells.registrar_paid];
        let called = row[flows.cells.commitments[0].paid];
        assert_eq!(called, yuan_of(due) + fee - yuan_of(pool), "{due} {pool}");
        assert!(paid.is_none_or(|paid| called == yuan_of(paid)), "{due} {pool}: {called}");
    };
    // 10,267.42 and its fee of 0.51, less 5,133.71.
    check(1_026_742, 513_371, Some(513_422));
    for due in (1..200).map(|k| 1_000_000 + k * 13_371) {
        for pool in [due / 3, due / 2, due / 7 * 5] {
            check(due, pool, None);
        }
    }
}

/// A of 80.00 (0.80 a month), B of 10.00 (0.10 a month), both bullets due on the third date, C of
/// 10.00; a pool of 100.00 that pays all after so many months, and so much interest a month.
fn with_mezzanine(interest: Fen, months: i32, lines: &[&[Claim]]) -> Parts {
    let until = date("2024-04-01");
    let mut classes = vec![
        tranche("A", Seniority::Senior, 8_000, "0.12", until),
        tranche("B", Seniority::Mezzanine, 1_000, "0.12", until),
        tranche("C", Seniority::Subordinate, 1_000, "", until),
    ];
    for class in &mut classes[..2] {
        class.amortisation = Amortisation::Bullet;
    }
    let rate_pa = Decimal::new(interest * 12, 4).to_string();
    let pool = vec![loan(0, 10_000, &rate_pa, months, Repayment::Bullet)];
    let steps = steps(lines, Split::ProRata);
    let mut small = parts(terms(months as usize), pool, classes, steps);
    small.supporters = vec![supporter("S")];
    small.commitments = vec![senior_principal()];
    // What is left is held until A is redeemed.
    small.steps.last_mut().unwrap().when = vec![Condition::Redeemed(0)];
    small
}

const BELOW: [&[Claim]; 3] =
    [&[Claim::Commitment(0)], &[Claim::Principal(1)], &[Claim::Residual(2)]];

/// (called, paid, repaid) by date.
fn calls(small: Parts) -> [Vec<String>; 3] {
    let flows = flows(small, &quiet());
    let owed = flows.cells.commitments[0];
    [owed.called, owed.paid, owed.repaid].map(|cell| column(&flows, cell))
}

#[test]
fn what_ranks_above_a_principal_is_called_only_where_that_principal_is_due() {
    let above = [&[Claim::Interest(0)][..], &[Claim::Interest(1)], &[Claim::Principal(0)]];
    let [called, paid, repaid] = calls(with_mezzanine(80, 5, &[&above[..], &BELOW].concat()));
    // 0.80 pays A's interest. On the third date 0.80 + 0.30 + 80.00 are due above and in scope.
    assert_eq!(called, ["0", "0", "80.3", "0", "0"]);
    assert_eq!(paid, called);
    // Then 0.80 - 0.10 of B's interest a date, and all when the pool pays.
    assert_eq!(repaid, ["0", "0", "0", "0.7", "79.6"]);
}

fn first_line_when(mut small: Parts, condition: Condition) -> Parts {
    small.steps[0].when = vec![condition];
    small.triggers = vec![trigger(Measure::CumulativeDefaultRate, "0.9", Effect::Perfection)];
    small
}

#[test]
fn a_line_that_is_shut_is_not_in_the_call() {
    let above = [&[Claim::Interest(1)][..], &[Claim::Interest(0)], &[Claim::Principal(0)]];
    let small = with_mezzanine(4, 3, &[&above[..], &BELOW].concat());
    let check = |condition: Condition, expected: [[&str; 3]; 3]| {
        assert_eq!(calls(first_line_when(small.clone(), condition)), expected, "{condition:?}");
    };
    // 0.80 - 0.04, with B's 0.10 on top where its line is open.
    let shut = [["0.76", "0.76", "0"], ["0.76", "0.76", "0"], ["0", "0", "1.52"]];
    check(Condition::InForce(0), shut);
    let open = [["0.86", "0.86", "0"], ["0.86", "0.86", "0"], ["0", "0", "1.72"]];
    check(Condition::NotInForce(0), open);
}

#[test]
fn a_draw_that_was_not_needed_goes_back_once() {
    // A line of B's that waits for A's interest, which ranks below it: never open when it comes.
    let above = [&[Claim::Interest(1)][..], &[Claim::Interest(0)], &[Claim::Principal(0)]];
    let mut small = with_mezzanine(85, 3, &[&above[..], &BELOW].concat());
    small.steps[0].when = vec![Condition::Paid(0)];
    let flows = flows(small, &quiet());
    let owed = flows.cells.commitments[0];
    // 0.10 + 0.80 - 0.85; then 0.20 + 0.80 less 0.85 and the 0.05 that the plan kept.
    let [paid, repaid, outstanding] =
        [owed.paid, owed.repaid, owed.outstanding].map(|cell| column(&flows, cell));
    assert_eq!(paid, ["0.05", "0.1", "0"]);
    assert_eq!(repaid, ["0.05", "0.1", "0"]);
    assert_eq!(outstanding, ["0"; 3]);
    assert_eq!(column(&flows, flows.cells.accounts[0]), ["0.05", "0.1", "0"]);
}

#[test]
fn the_part_of_a_fee_above_its_cap_is_in_the_call_where_it_ranks_above() {
    let check = |lines: &[&[Claim]], called: &str| {
        let until = date("2024-02-01");
        let classes = vec![
            tranche("A", Seniority::Senior, 8_000, "0.12", until),
            tranche("C", Seniority::Subordinate, 80, "", until),
        ];
        let pool = vec![loan(0, 8_080, "0", 1, Repayment::Bullet)];
        let mut small = parts(terms(1), pool, classes, steps(lines, Split::ProRata));
        small.fees = vec![Fee { cap: Some(50), ..fee("agent", 200) }];
        small.supporters = vec![supporter("S")];
        small.commitments = vec![senior_principal()];
        let flows = flows(small, &quiet());
        let row = &flows.rows[0];
        assert_eq!(row[flows.cells.commitments[0].called], rate(called));
        assert!(row[flows.cells.tranches[0].balance].is_zero());
    };
    let (fee, excess) = ([Claim::Fee(0)], [Claim::FeeExcess(0)]);
    let (interest, principal) = ([Claim::Interest(0)], [Claim::Principal(0)]);
    let rest = [Claim::Residual(1)];
    // 0.50 + 1.50 + 0.80 + 80.00 - 80.80, and without the 1.50.
    check(&[&fee, &excess, &interest, &principal, &rest], "2.00");
    check(&[&fee, &interest, &principal, &excess, &rest], "0.50");
}

#[test]
fn a_top_up_stays_inside_the_limit_of_its_step() {
    let mut small = one_date(vec![senior_principal()], false);
    small.steps[1].up_to = ipabs::deal::Limit::Amount(40);
    let deal = deal(small);
    let flows = run(&deal, &quiet(), Support::With).unwrap();
    audit(&deal, &flows);
    check_lanes(&deal, &quiet(), Support::With);
    // 1.00 of interest is due, 0.40 may be paid; what the top-up cannot use goes back.
    let class = flows.cells.tranches[0];
    assert_eq!(flows.rows[0][class.interest_paid], rate("0.40"));
    assert_eq!(flows.rows[0][flows.cells.commitments[0].repaid], rate("0.60"));
}
