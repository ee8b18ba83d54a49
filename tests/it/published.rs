//! Public terms of deals, with interest worked out by hand: what is published is in the comments,
//! what is assumed beside it too.

use ipabs::asset::{InterestBasis, Loan, LoanRate, Repayment};
use ipabs::dates::{Calendar, CalendarKind, DayCount, Frequency, Roll, days};
use ipabs::deal::{Amortisation, Claim, Parts, Seniority, Split, Terms, Tranche};
use ipabs::engine::{Support, run};
use ipabs::num::Fen;
use ipabs::scenario::Scenario;

use crate::deals::{date, deal, loan, obligor, parts, quiet, rate, steps, terms, tranche};

/// One bullet class over one payment date on the exchange's calendar, and a loan that pays enough.
fn one_year(notional: Fen, coupon: &str, day_count: DayCount, from: &str, until: &str) -> Parts {
    let (from, until) = (date(from), date(until));
    let class = Tranche {
        amortisation: Amortisation::Bullet,
        day_count,
        ..tranche("A", Seniority::Senior, notional, coupon, until)
    };
    let pool = Loan {
        basis: InterestBasis::Days(DayCount::Act365),
        origination: from,
        first_due: until,
        maturity: until,
        ..loan(0, notional, "0.06", 12, Repayment::AtMaturity)
    };
    let own = Terms {
        cutoff: from,
        closing: from,
        first_payment: until,
        frequency: Frequency::Yearly,
        legal_maturity: until,
        calendar: Calendar::china(CalendarKind::Exchange),
        roll: Roll::Following,
        ..terms(1)
    };
    let lines = [&[Claim::Interest(0)][..], &[Claim::Principal(0)], &[Claim::Residual(0)]];
    parts(own, vec![pool], vec![class], steps(&lines, Split::ProRata))
}

/// The date of the only payment, the days it accrues over, the interest and the principal paid.
fn check(parts: Parts, on: &str, accrued: i64, interest: &str, principal: &str) {
    let flows = run(&deal(parts), &quiet(), Support::Without).unwrap();
    assert_eq!(flows.rows.len(), 1);
    let (period, row, class) = (flows.period(0), &flows.rows[0], flows.cells.tranches[0]);
    assert_eq!(period.payment, date(on));
    assert_eq!(i64::from(days(period.accrual_start, period.accrual_end) as i32), accrued);
    assert_eq!(row[class.interest_paid], rate(interest));
    assert_eq!(row[class.principal_paid], rate(principal));
}

/// 100 m at 3.25% from 2023-11-17 over one year, which has a 29 February: 100 m x 3.25% x 366 /
/// 365, x 366 / 360, x 360 / 360. 2024-11-17 is a Sunday: paid on Monday, without extra interest.
#[test]
fn a_year_of_366_days_by_three_day_counts() {
    let by = |day_count| one_year(10_000_000_000, "0.0325", day_count, "2023-11-17", "2024-11-17");
    check(by(DayCount::Act365), "2024-11-18", 366, "3258904.11", "100000000");
    check(by(DayCount::Act360), "2024-11-18", 366, "3304166.67", "100000000");
    check(by(DayCount::Thirty360), "2024-11-18", 366, "3250000", "100000000");
}

/// 深知1A1: set up 2021-12-15, a bullet with its last interest on 2022-12-15 (published: the dates
/// alone). Assumed: 100 m, 3%, one payment; 365 days are one year.
#[test]
fn shenzhi_1a1_is_paid_on_its_published_date() {
    let class = one_year(10_000_000_000, "0.03", DayCount::Act365, "2021-12-15", "2022-12-15");
    check(class, "2022-12-15", 365, "3000000", "100000000");
}

/// 南山5号 of 2022: 2.06 亿, 3.80%, one year (published). Assumed: all of it senior, from 2022-06-15;
/// 206 m x 3.80%.
#[test]
fn nanshan_5_earns_its_coupon() {
    let class = one_year(20_600_000_000, "0.038", DayCount::Act365, "2022-06-15", "2023-06-15");
    check(class, "2023-06-15", 365, "7828000", "206000000");
}

/// 第一创业-文科租赁 of 2019: 7.33 亿 = senior 6.96 + sub 0.37, 5.05% (published; no coupon is). The
/// sub carries 37 m to the fen: then the senior is whole, and a fen more is the senior's.
#[test]
fn wenke_has_a_sub_of_five_percent() {
    let sub: Fen = 3_700_000_000;
    let senior: Fen = 69_600_000_000;
    assert_eq!(senior + sub, 73_300_000_000);
    assert_eq!((sub * 10_000 + (senior + sub) / 2) / (senior + sub), 505);
    let left = |lost: Fen| -> (String, String) {
        let mut of = one_year(senior, "", DayCount::Act365, "2019-03-28", "2022-03-28");
        let sub_class = tranche("C", Seniority::Subordinate, sub, "", date("2022-03-28"));
        of.tranches.push(sub_class);
        let interest_free = |obligor: usize, principal: Fen| Loan {
            name: format!("L{obligor}"),
            obligor,
            principal,
            rate: LoanRate::Fixed(rate("0")),
            ..of.loans[0].clone()
        };
        of.loans = vec![interest_free(0, senior + sub - lost), interest_free(1, lost)];
        of.obligors = vec![obligor("kept"), obligor("lost")];
        of.terms.purchase_price = senior + sub;
        let lines = [&[Claim::Principal(0)][..], &[Claim::Principal(1)], &[Claim::Residual(1)]];
        of.steps = steps(&lines, Split::ProRata);
        let lost = Scenario { obligor_defaults: vec![(1, date("2019-06-28"))], ..quiet() };
        let flows = run(&deal(of), &lost, Support::Without).unwrap();
        let balance = |class: usize| flows.closing()[flows.cells.tranches[class].balance];
        (balance(0).normalize().to_string(), balance(1).normalize().to_string())
    };
    let is = |a: &str, c: &str| (a.to_owned(), c.to_owned());
    assert_eq!(left(1), is("0", "0.01"));
    assert_eq!(left(sub - 1), is("0", "36999999.99"));
    assert_eq!(left(sub), is("0", "37000000"));
    assert_eq!(left(sub + 1), is("0.01", "37000000"));
}
