//! Events and clean-up calls: what they change, from which date on.

use super::deals::{commitment, date, fee, loan, parts, quiet, rate, supporter, terms, tranche};
use super::runs::{check_under, column, dates_of, flows, standard, trigger};
use ipabs::asset::{Loan, Repayment};
use ipabs::dates::{DayCount, add_months};
use ipabs::deal::{
    Amortisation, Branch, Calculation, Claim, Effect, Fee, FeeBase, FeeDue, Measure, Parts,
    PlanRow, Seniority, Split, Tranche,
};
use ipabs::engine::Event;
use ipabs::num::{Decimal, Fen};
use ipabs::scenario::{DefaultRate, Recovery, Scenario};

fn with_classes(dates: usize, loans: Vec<Loan>, classes: Vec<Tranche>) -> Parts {
    standard(parts(terms(dates), loans, classes, Vec::new()))
}

/// Senior classes at 12% that are bullets, and C, all to the last of so many dates.
fn classes(dates: usize, senior: &[(&str, Fen)], sub: Fen) -> Vec<Tranche> {
    let until = add_months(date("2024-02-01"), dates as i32 - 1);
    let bullet = |&(name, notional): &(&str, Fen)| Tranche {
        amortisation: Amortisation::Bullet,
        ..tranche(name, Seniority::Senior, notional, "0.12", until)
    };
    let mut all: Vec<Tranche> = senior.iter().map(bullet).collect();
    all.push(tranche("C", Seniority::Subordinate, sub, "", until));
    all
}

/// 100.00 that pays 25.00 on each of four dates.
fn four_parts() -> Vec<Loan> {
    vec![loan(0, 10_000, "0", 4, Repayment::EqualPrincipal)]
}

#[test]
fn a_supporter_that_fails_before_the_test_makes_bullets_due_on_that_very_date() {
    let senior = [("A1", 6_000), ("A2", 2_000)];
    let mut small = with_classes(4, four_parts(), classes(4, &senior, 2_000));
    small.supporters = vec![supporter("S")];
    let scope = [0, 1].map(|at| [Claim::Interest(at), Claim::Principal(at)]).concat();
    small.commitments = vec![commitment(scope)];
    small.triggers = vec![trigger(Measure::SupporterFailed(0), "0", Effect::Acceleration)];
    let failure = Scenario { supporter_failures: vec![(0, date("2024-02-15"))], ..quiet() };
    // Held 24.20; then 24.20 + 25.00 - 0.80 = 48.40 as 60 : 20, and C waits for both.
    let flows = check_under(
        standard(small),
        &failure,
        "2024-02-01 A1 0.6/0.6 0 0 60
         2024-02-01 A2 0.2/0.2 0 0 20
         2024-02-01 C 0/0 0 0 20
         2024-03-01 A1 0.6/0.6 36.3 0 23.7
         2024-03-01 A2 0.2/0.2 12.1 0 7.9
         2024-03-01 C 0/0 0 0 20
         2024-04-01 A1 0.24/0.24 18.51 0 5.19
         2024-04-01 A2 0.08/0.08 6.17 0 1.73
         2024-04-01 C 0/0 0 0 20
         2024-05-01 A1 0.05/0.05 5.19 0 0
         2024-05-01 A2 0.02/0.02 1.73 0 0
         2024-05-01 C 0/0 18.01 0 1.99",
    );
    assert_eq!(dates_of(&flows, Event::InForce(0)), ["2024-03-01"]);
    // Called for the 31.60 that is due and not there; it has failed and pays nothing.
    let owed = flows.cells.commitments[0];
    assert_eq!(column(&flows, owed.called), ["0", "31.6", "6.92", "0"]);
    assert_eq!(column(&flows, owed.paid), ["0"; 4]);
}

#[test]
fn a_failure_after_the_test_date_waits_for_the_next_one() {
    let mut small = with_classes(4, four_parts(), classes(4, &[("A", 8_000)], 2_000));
    small.supporters = vec![supporter("S")];
    small.terms.calculation = Calculation::BusinessDaysBefore(7);
    small.terms.transfer_days = 6;
    small.terms.test_days = 5;
    small.terms.support_days = 3;
    small.triggers = vec![trigger(Measure::SupporterFailed(0), "0", Effect::Acceleration)];
    let in_force = |failure: &str| {
        let scenario = Scenario { supporter_failures: vec![(0, date(failure))], ..quiet() };
        let flows = flows(standard(small.clone()), &scenario);
        dates_of(&flows, Event::InForce(0))
    };
    // Tests are on 25 February and 27 March.
    assert_eq!(in_force("2024-02-25"), ["2024-02-25"]);
    assert_eq!(in_force("2024-02-26"), ["2024-03-27"]);
}

#[test]
fn a_default_comes_before_an_acceleration_of_the_same_date() {
    let check = |level_of_default: &str, principal: [&str; 2]| {
        let loans = vec![
            loan(0, 8_000, "0", 4, Repayment::EqualPrincipal),
            loan(1, 2_000, "0", 4, Repayment::EqualPrincipal),
        ];
        let both = [("A1", 6_000), ("A2", 2_000)];
        let mut small = with_classes(4, loans, classes(4, &both, 2_000));
        let each = [Claim::Principal(0), Claim::Principal(1)];
        for step in small.steps.iter_mut().filter(|step| step.pay == each) {
            if step.branch == Some(Branch::Accelerated) {
                step.split = Split::InOrder;
            }
        }
        small.triggers = vec![
            trigger(Measure::CumulativeDefaultRate, "0.1", Effect::Acceleration),
            trigger(Measure::CumulativeDefaultRate, level_of_default, Effect::Default),
        ];
        let scenario = Scenario { obligor_defaults: vec![(1, date("2024-02-15"))], ..quiet() };
        let flows = flows(small, &scenario);
        let paid = [0, 1].map(|at| flows.rows[2][flows.cells.tranches[at].principal_paid]);
        assert_eq!(paid, principal.map(rate), "{level_of_default}");
    };
    // 15.00 of 100.00 default; 25.00 + 20.00 + 20.00 less 0.80 a date is there on the third: A1
    // first once accelerated, 60 : 20 after default.
    check("0.2", ["60.00", "2.60"]);
    check("0.12", ["46.95", "15.65"]);
}

#[test]
fn a_target_principal_that_is_missed_leaves_the_balance_above_its_target() {
    let check = |plan: [Fen; 4], expected: &[&str]| {
        let mut small = with_classes(4, four_parts(), classes(4, &[("A", 8_000)], 2_000));
        small.tranches[0] = tranche("A", Seniority::Senior, 8_000, "", date("2024-05-01"));
        let row = |(at, amount)| PlanRow { date: add_months(date("2024-02-01"), at), amount };
        let rows = (0..).zip(plan).map(row).collect();
        small.tranches[0].amortisation = Amortisation::TargetPrincipal(rows);
        small.triggers = vec![trigger(Measure::BalanceAboveTarget(0), "0", Effect::Acceleration)];
        let flows = flows(standard(small), &quiet());
        assert_eq!(dates_of(&flows, Event::InForce(0)), expected, "{plan:?}");
    };
    // 25.00 a date, and what a date leaves is held for the next.
    check([2_500, 2_500, 2_000, 1_000], &[]);
    check([2_000, 3_000, 2_000, 1_000], &[]);
    check([3_000, 2_000, 2_000, 1_000], &["2024-02-01"]);
    check([2_500, 2_501, 1_999, 1_000], &["2024-03-01"]);
}

#[test]
fn what_defaulted_before_a_clean_up_call_still_recovers() {
    let loans = vec![
        loan(0, 6_000, "0", 6, Repayment::Bullet),
        loan(1, 6_000, "0", 4, Repayment::EqualPrincipal),
    ];
    let mut small = with_classes(8, loans, classes(8, &[("A", 10_000)], 2_000));
    // 36.00: 30.00 performs after the second date.
    small.terms.clean_up_share = Some(rate("0.3"));
    let scenario = Scenario {
        obligor_defaults: vec![(0, date("2024-02-15"))],
        recovery: Recovery::Flat { rate: rate("0.5"), shares: vec![(4, Decimal::ONE)] },
        ..quiet()
    };
    let flows = flows(small, &scenario);
    let cells = &flows.cells;
    assert_eq!(column(&flows, cells.clean_up_in), ["0", "30", "0", "0", "0", "0", "0", "0"]);
    // Half of 60.00, four months after 15 February.
    assert_eq!(column(&flows, cells.recovered_in), ["0", "0", "0", "0", "0", "30", "0", "0"]);
    // 15.00 - 1.00; + 15.00 + 30.00 - 1.00; 1.00 of interest a date; + 30.00.
    let held = column(&flows, cells.accounts[0]);
    assert_eq!(held, ["14", "58", "57", "56", "55", "84", "83", "0"]);
    assert_eq!(flows.closing()[cells.tranches[0].balance], rate("18"));
}

#[test]
fn the_price_of_a_clean_up_call_is_passed_through() {
    let loans = vec![
        loan(0, 6_000, "0", 6, Repayment::Bullet),
        loan(1, 6_000, "0", 4, Repayment::EqualPrincipal),
    ];
    let mut small = with_classes(8, loans, classes(8, &[("A", 10_000)], 2_000));
    small.tranches[0].amortisation = Amortisation::PassThrough;
    small.terms.clean_up_share = Some(rate("0.3"));
    let scenario = Scenario {
        obligor_defaults: vec![(0, date("2024-02-15"))],
        recovery: Recovery::Flat { rate: rate("0.5"), shares: vec![(4, Decimal::ONE)] },
        ..quiet()
    };
    let flows = flows(small, &scenario);
    // 15.00 - 1.00; 15.00 + 30.00 - 0.86; the recovery of 30.00 less four times 0.42.
    let principal = column(&flows, flows.cells.tranches[0].principal_paid);
    assert_eq!(principal, ["14", "44.14", "0", "0", "0", "28.32"]);
}

#[test]
fn what_was_sold_in_a_clean_up_call_defaults_no_more() {
    let check = |scenario: Scenario, sold: &str, recognised: [&str; 6], in_force: &[&str]| {
        let mut small = with_classes(6, four_parts(), classes(6, &[("A", 8_000)], 2_000));
        small.terms.clean_up_share = Some(rate("0.5"));
        small.triggers =
            vec![trigger(Measure::CumulativeDefaultRate, "0.2", Effect::EarlyAmortisation)];
        let flows = flows(small, &scenario);
        assert_eq!(column(&flows, flows.cells.clean_up_in)[1], sold);
        assert_eq!(column(&flows, flows.cells.recognised), recognised);
        assert_eq!(dates_of(&flows, Event::CleanUp), ["2024-03-01"]);
        assert_eq!(dates_of(&flows, Event::InForce(0)), in_force);
    };
    let named = |day: &str| Scenario { obligor_defaults: vec![(0, date(day))], ..quiet() };
    check(named("2024-03-15"), "50", ["0"; 6], &[]);
    // 10.00 a date: 100 - 10 = 90, a quarter of it paid; 67.50 - 10 = 57.50, a third of it: 38.33.
    let timing = vec![rate("0.25"); 4];
    let cumulative = DefaultRate::Cumulative { rate: rate("0.4"), timing };
    let spread = Scenario { defaults: cumulative, ..quiet() };
    check(spread, "38.33", ["10", "20", "20", "20", "20", "20"], &[]);
}

#[test]
fn the_period_of_a_clean_up_call_bears_its_fees() {
    let mut small = with_classes(4, four_parts(), classes(4, &[("A", 8_000)], 2_000));
    small.tranches[0].amortisation = Amortisation::Turbo { target_balance: Vec::new() };
    small.terms.clean_up_share = Some(rate("0.5"));
    let of = |base| FeeDue::RatePa { rate_pa: rate("0.12"), base, day_count: DayCount::Thirty360 };
    small.fees = vec![
        Fee { due: of(FeeBase::PoolOpening), ..fee("opening", 0) },
        Fee { due: of(FeeBase::PoolPerforming), ..fee("performing", 0) },
        Fee { due: FeeDue::ShareOfCollections(rate("0.01")), ..fee("share", 0) },
    ];
    let flows = flows(standard(small), &quiet());
    // 1% of 100.00 and of 75.00, and of the 25.00 that borrowers paid.
    let paid = [0, 1, 2].map(|at| column(&flows, flows.cells.fees[at].paid));
    assert_eq!(paid, [["1", "0.75"], ["1", "0.75"], ["0.25", "0.25"]]);
}
