//! What a reserve pays, and whether before or after the supporter.

use super::deals::{
    account, commitment, date, loan, parts, quiet, rate, supporter, terms, tranche,
};
use super::runs::{column, run_of, standard};
use ipabs::asset::Repayment;
use ipabs::deal::{
    AccountKind, Amortisation, Claim, Commitment, Parts, Release, Seniority, Target, TargetBase,
};
use ipabs::engine::Support;

/// A pool of 100.00 that pays all at the end and no interest, A of 80.00 at 12% (0.80 a month) due
/// on the fourth date, C of 20.00, a reserve of 5.00 to be held until A is redeemed.
fn held(release: Release, commitment: Commitment) -> Parts {
    let until = date("2024-05-01");
    let mut senior = tranche("A", Seniority::Senior, 8_000, "0.12", until);
    senior.amortisation = Amortisation::Bullet;
    let classes = vec![senior, tranche("C", Seniority::Subordinate, 2_000, "", until)];
    let pool = vec![loan(0, 10_000, "0", 4, Repayment::Bullet)];
    let mut small = parts(terms(4), pool, classes, Vec::new());
    let mut reserve = account("reserve", AccountKind::Reserve);
    reserve.opening = 500;
    reserve.release = release;
    reserve.target = Some(Target {
        amount: 500,
        share: rate("0"),
        of: TargetBase::None,
        larger: true,
        until: Some(0),
    });
    small.accounts.push(reserve);
    small.supporters = vec![supporter("S")];
    small.commitments = vec![commitment];
    standard(small)
}

fn of_a() -> Commitment {
    commitment(vec![Claim::Interest(0), Claim::Principal(0)])
}

/// Interest of A is paid on every date, whoever pays; (called, reserve held) by date.
fn check(release: Release, commitment: Commitment, called: [&str; 4], reserve: [&str; 4]) {
    let place = format!("{release:?} {commitment:?}");
    let (_, flows) = run_of(held(release, commitment), &quiet(), Support::With);
    let class = flows.cells.tranches[0];
    assert_eq!(column(&flows, class.interest_paid), ["0.8"; 4], "{place}");
    assert_eq!(column(&flows, flows.cells.commitments[0].called), called, "{place}");
    assert_eq!(column(&flows, flows.cells.accounts[1]), reserve, "{place}");
    assert!(flows.closing()[class.balance].is_zero(), "{place}");
}

#[test]
fn a_reserve_pays_senior_interest_before_the_supporter_is_called() {
    // On the last date the pool pays, and what the reserve has left goes down the order.
    for release in [Release::EachDate, Release::Excess, Release::End] {
        check(release, of_a(), ["0"; 4], ["4.2", "3.4", "2.6", "0"]);
    }
}

#[test]
fn a_supporter_that_is_called_first_leaves_the_reserve_whole() {
    let first = Commitment { reserve_first: false, ..of_a() };
    let pot = Commitment { earmarked: false, ..first.clone() };
    let by_release = [
        (Release::EachDate, vec![pot.clone()]),
        (Release::Excess, vec![first.clone(), pot.clone()]),
        (Release::End, vec![first, pot]),
    ];
    for (release, commitments) in by_release {
        for commitment in commitments {
            check(release, commitment, ["0.8", "0.8", "0.8", "0"], ["5", "5", "5", "0"]);
        }
    }
}

#[test]
fn the_reserve_pays_what_a_supporter_called_first_does_not() {
    for release in [Release::Excess, Release::End] {
        let capped = Commitment { cap_per_date: Some(50), reserve_first: false, ..of_a() };
        check(release, capped, ["0.8", "0.8", "0.8", "0"], ["4.7", "4.4", "4.1", "0"]);
    }
}

#[test]
fn a_reserve_pays_without_support_too_and_only_what_it_holds() {
    for release in [Release::EachDate, Release::Excess, Release::End] {
        let mut small = held(release, of_a());
        // 2.00 in all: two dates in full, half of the third.
        small.accounts[1].opening = 200;
        let (_, flows) = run_of(small, &quiet(), Support::Without);
        let paid = column(&flows, flows.cells.tranches[0].interest_paid);
        assert_eq!(paid, ["0.8", "0.8", "0.4", "1.2"], "{release:?}");
        assert_eq!(column(&flows, flows.cells.accounts[1]), ["1.2", "0.4", "0", "0"]);
    }
}
