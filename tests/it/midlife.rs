//! A deal that starts in mid-life keeps what is behind it.

use super::deals::{
    commitment, date, fee, loan, obligor, parts, quiet, rate, supporter, terms, tranche,
};
use super::runs::{column, dates_of, flows, run_of, standard, trigger};
use ipabs::asset::{Loan, Repayment};
use ipabs::dates::DayCount;
use ipabs::deal::{
    Amortisation, Claim, Coupon, Effect, Fee, FeeBase, FeeDue, Measure, Parts, Seniority, State,
};
use ipabs::engine::{Event, Support};
use ipabs::num::{Decimal, Fen};
use ipabs::scenario::Scenario;

/// Paid up to 1 March; 90.00 and 10.00 of loans are left of 200.00 and pay 25.00 on each of four
/// dates; A of 80.00 at 12% is a bullet due on 1 July, C has 20.00.
pub fn midlife() -> Parts {
    let until = date("2024-07-01");
    let mut senior = tranche("A", Seniority::Senior, 8_000, "0.12", until);
    senior.amortisation = Amortisation::Bullet;
    let classes = vec![senior, tranche("C", Seniority::Subordinate, 2_000, "", until)];
    let loans = vec![
        loan(0, 9_000, "0", 6, Repayment::EqualPrincipal),
        loan(1, 1_000, "0", 6, Repayment::EqualPrincipal),
    ];
    let mut small = parts(terms(6), loans, classes, Vec::new());
    small.supporters = vec![supporter("S")];
    small.commitments = vec![commitment(vec![Claim::Interest(0), Claim::Principal(0)])];
    small.state = Some(State {
        as_of: Some(date("2024-03-01")),
        notes: vec![(8_000, 0), (2_000, 0)],
        accounts: vec![0],
        initial_principal: 20_000,
        commitments: vec![(0, 0)],
        ..State::default()
    });
    standard(small)
}

fn behind(small: &mut Parts) -> &mut State {
    small.state.as_mut().unwrap()
}

#[test]
fn what_was_drawn_is_gone_from_caps_and_capacity_repaid_or_not() {
    // Both firms default: 0.80 is due on each of four dates, then 80.00, and nothing is there.
    let defaults = vec![(0, date("2024-03-15")), (1, date("2024-03-15"))];
    let scenario = Scenario { obligor_defaults: defaults, ..quiet() };
    let check = |drawn: (Fen, Fen), capacity: Option<Fen>, cap: Option<Fen>, paid: &str| {
        let mut small = midlife();
        behind(&mut small).commitments = vec![drawn];
        small.supporters[0].paying_capacity = capacity;
        small.commitments[0].cap_total = cap;
        let flows = flows(small, &scenario);
        let owed = flows.cells.commitments[0];
        let in_all: Decimal = flows.rows.iter().map(|row| row[owed.paid]).sum();
        assert_eq!(in_all, rate(paid), "{drawn:?} {capacity:?} {cap:?}");
    };
    check((0, 0), None, None, "83.2");
    check((0, 0), Some(1_000), None, "10");
    check((600, 0), Some(1_000), None, "4");
    check((600, 600), Some(1_000), None, "4");
    check((600, 0), Some(600), None, "0");
    check((600, 600), None, Some(1_000), "4");
    check((600, 0), None, Some(500), "0");
    check((600, 0), Some(900), Some(1_000), "3");
}

#[test]
fn defaults_behind_it_count_on_the_principal_at_cut_off() {
    let check = |defaults: Fen, struck: bool, expected: &[&str]| {
        let mut small = midlife();
        behind(&mut small).cumulative_defaults = defaults;
        behind(&mut small).in_force = vec![false];
        small.triggers = vec![trigger(Measure::CumulativeDefaultRate, "0.1", Effect::Acceleration)];
        let mut scenario = quiet();
        if struck {
            scenario.obligor_defaults = vec![(1, date("2024-04-15"))];
        }
        let flows = flows(small, &scenario);
        assert_eq!(dates_of(&flows, Event::InForce(0)), expected, "{defaults} {struck}");
    };
    // The level is 20.00; 7.50 of the second loan is left on 15 April.
    check(2_000, false, &[]);
    check(2_001, false, &["2024-04-01"]);
    check(1_250, true, &[]);
    check(1_251, true, &["2024-05-01"]);
    check(0, true, &[]);
}

#[test]
fn shares_of_the_initial_pool_are_of_the_principal_at_cut_off() {
    let check = |initial: Fen, share: &str, sold: &[&str], fees: &[&str]| {
        let mut small = midlife();
        behind(&mut small).initial_principal = initial;
        behind(&mut small).fees = vec![0];
        small.terms.clean_up_share = Some(rate(share));
        let due = FeeDue::RatePa {
            rate_pa: rate("0.012"),
            base: FeeBase::Initial,
            day_count: DayCount::Thirty360,
        };
        small.fees = vec![Fee { due, ..fee("manager", 0) }];
        let flows = flows(standard(small), &quiet());
        assert_eq!(column(&flows, flows.cells.clean_up_in), sold, "{initial} {share}");
        assert_eq!(column(&flows, flows.cells.fees[0].paid), fees, "{initial} {share}");
    };
    // 75.00, 50.00 and 25.00 perform after the first three dates; the limit is 60.00, then 80.00,
    // then (where the table does not say) 30.00.
    check(20_000, "0.3", &["0", "50", "0", "0"], &["0.2"; 4]);
    check(20_000, "0.4", &["75", "0", "0", "0"], &["0.2"; 4]);
    check(0, "0.3", &["0", "0", "25", "0"], &["0.1"; 4]);
}

#[test]
fn a_supporter_owed_from_before_stops_sub_income_only_where_it_exists() {
    let check = |support: Support, outstanding: &str, paid: [&str; 4]| {
        let mut small = midlife();
        // 2.00 a month at first: enough for 0.80 and C's 0.20.
        small.loans[0].rate = ipabs::asset::LoanRate::Fixed(rate("0.24"));
        small.tranches[1].coupon = Coupon::Fixed(rate("0.12"));
        behind(&mut small).commitments = vec![(100, 0)];
        let (_, flows) = run_of(small, &quiet(), support);
        let owed = flows.opening[flows.cells.commitments[0].outstanding];
        assert_eq!(owed.normalize().to_string(), outstanding);
        assert_eq!(column(&flows, flows.cells.tranches[1].interest_paid), paid, "{support:?}");
    };
    check(Support::Without, "0", ["0.2"; 4]);
    check(Support::With, "1", ["0"; 4]);
}

#[test]
fn a_loan_past_its_maturity_has_defaulted_and_counts() {
    let check = |defaults: Fen, expected: &[&str]| {
        let mut small = midlife();
        small.loans.push(Loan {
            name: "matured".into(),
            maturity: date("2024-02-15"),
            first_due: date("2024-02-01"),
            ..loan(2, 800, "0", 6, Repayment::EqualPrincipal)
        });
        small.obligors.push(obligor("O2"));
        behind(&mut small).cumulative_defaults = defaults;
        behind(&mut small).in_force = vec![false];
        small.triggers = vec![trigger(Measure::CumulativeDefaultRate, "0.05", Effect::Perfection)];
        let flows = flows(small, &quiet());
        assert_eq!(column(&flows, flows.cells.performing), ["75", "50", "25", "0"]);
        assert_eq!(dates_of(&flows, Event::InForce(0)), expected, "{defaults}");
    };
    // 8.00 of it, of 10.00.
    check(200, &[]);
    check(201, &["2024-04-01"]);
}
