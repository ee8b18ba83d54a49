//! Orders of payment and how classes fall due: a small deal a row, and the table it must give.

use super::deals::{
    account, date, fee, loan, parts, quiet, rate, steps, supporter, terms, tranche,
};
use super::runs::{check, check_under, column, flows, standard, trigger};
use ipabs::asset::{Due, Loan, LprTenor, Repayment};
use ipabs::dates::add_months;
use ipabs::deal::{
    AccountKind, Amortisation, Branch, Claim, Condition, Coupon, Effect, Fee, FeeBase, FeeDue,
    Limit, Measure, Parts, PlanRow, Release, Seniority, Split, Step, Structure, Target, TargetBase,
    Tranche, Trigger,
};
use ipabs::engine::{Cell, Event, Flows, TrancheCells, Why};
use ipabs::num::{Decimal, Fen};
use ipabs::scenario::Scenario;

/// A pool of 120.00 that pays 30.00 of principal and no interest on each of four dates.
fn four_parts() -> Vec<Loan> {
    vec![loan(0, 12_000, "0", 4, Repayment::EqualPrincipal)]
}

/// Classes A (80.00 at 12%: 0.80 a month), B (30.00 at 24%: 0.60 a month), C (10.00).
fn three_classes(dates: usize) -> Parts {
    let until = add_months(date("2024-02-01"), dates as i32 - 1);
    let classes = vec![
        tranche("A", Seniority::Senior, 8_000, "0.12", until),
        tranche("B", Seniority::Mezzanine, 3_000, "0.24", until),
        tranche("C", Seniority::Subordinate, 1_000, "", until),
    ];
    let lines = [
        &[Claim::Interest(0)][..],
        &[Claim::Interest(1)],
        &[Claim::Principal(0)],
        &[Claim::Principal(1)],
        &[Claim::Principal(2)],
        &[Claim::Residual(2)],
    ];
    parts(terms(dates), four_parts(), classes, steps(&lines, Split::ProRata))
}

#[test]
fn turbo_pays_classes_in_order_out_of_all_cash() {
    check(
        three_classes(4),
        "2024-02-01 A 0.8/0.8 28.6 0 51.4
         2024-02-01 B 0.6/0.6 0 0 30
         2024-02-01 C 0/0 0 0 10
         2024-03-01 A 0.51/0.51 28.89 0 22.51
         2024-03-01 B 0.6/0.6 0 0 30
         2024-03-01 C 0/0 0 0 10
         2024-04-01 A 0.23/0.23 22.51 0 0
         2024-04-01 B 0.6/0.6 6.66 0 23.34
         2024-04-01 C 0/0 0 0 10
         2024-05-01 A 0/0 0 0 0
         2024-05-01 B 0.47/0.47 23.34 0 0
         2024-05-01 C 0/0 6.19 0 3.81",
    );
}

#[test]
fn pass_through_pays_what_the_pool_paid_in_and_no_excess() {
    let mut small = three_classes(4);
    // 24% on the pool: 2.40 of interest in the first month.
    small.loans = vec![loan(0, 12_000, "0.24", 4, Repayment::EqualPrincipal)];
    for class in &mut small.tranches[..2] {
        class.amortisation = Amortisation::PassThrough;
    }
    check(
        small,
        "2024-02-01 A 0.8/0.8 30 0 50
         2024-02-01 B 0.6/0.6 0 0 30
         2024-02-01 C 0/0 1 0 9
         2024-03-01 A 0.5/0.5 30 0 20
         2024-03-01 B 0.6/0.6 0 0 30
         2024-03-01 C 0/0 0.7 0 8.3
         2024-04-01 A 0.2/0.2 20 0 0
         2024-04-01 B 0.6/0.6 10 0 20
         2024-04-01 C 0/0 0.4 0 7.9
         2024-05-01 A 0/0 0 0 0
         2024-05-01 B 0.4/0.4 20 0 0
         2024-05-01 C 0/0 7.9 2.3 0",
    );
}

#[test]
fn a_missed_target_principal_is_not_carried_and_a_missed_target_balance_is() {
    let rows = |amounts: [Fen; 4]| -> Vec<PlanRow> {
        let row = |(at, amount)| PlanRow { date: add_months(date("2024-02-01"), at), amount };
        (0..).zip(amounts).map(row).collect()
    };
    let mut small = three_classes(4);
    small.tranches[0].coupon = Coupon::None;
    small.tranches[1].coupon = Coupon::None;
    small.tranches[0].amortisation =
        Amortisation::TargetPrincipal(rows([4_000, 2_000, 1_000, 1_000]));
    let principal = |parts: Parts| -> Vec<String> {
        let flows = flows(parts, &quiet());
        column(&flows, flows.cells.tranches[0].principal_paid)
    };
    assert_eq!(principal(small.clone()), ["30", "20", "10", "20"]);
    small.tranches[0].amortisation = Amortisation::TargetBalance(rows([4_000, 2_000, 1_000, 0]));
    assert_eq!(principal(small), ["30", "30", "10", "10"]);
}

#[test]
fn a_bullet_waits_with_the_cash_held_and_the_deal_stays_open_for_it() {
    let mut small = three_classes(6);
    small.tranches[0].amortisation = Amortisation::Bullet;
    let held = vec![Condition::Redeemed(0)];
    small.steps[3].when = held.clone();
    small.steps[4].when = held.clone();
    small.steps[5].when = held;
    let flows = check(
        small,
        "2024-02-01 A 0.8/0.8 0 0 80
         2024-02-01 B 0.6/0.6 0 0 30
         2024-02-01 C 0/0 0 0 10
         2024-03-01 A 0.8/0.8 0 0 80
         2024-03-01 B 0.6/0.6 0 0 30
         2024-03-01 C 0/0 0 0 10
         2024-04-01 A 0.8/0.8 0 0 80
         2024-04-01 B 0.6/0.6 0 0 30
         2024-04-01 C 0/0 0 0 10
         2024-05-01 A 0.8/0.8 0 0 80
         2024-05-01 B 0.6/0.6 0 0 30
         2024-05-01 C 0/0 0 0 10
         2024-06-01 A 0.8/0.8 0 0 80
         2024-06-01 B 0.6/0.6 0 0 30
         2024-06-01 C 0/0 0 0 10
         2024-07-01 A 0.8/0.8 80 0 0
         2024-07-01 B 0.6/0.6 30 0 0
         2024-07-01 C 0/0 1.6 0 8.4",
    );
    assert_eq!(flows.rows[3][flows.cells.accounts[0]], rate("114.40"));
}

#[test]
fn a_loss_is_what_is_unpaid_at_the_end_and_nothing_is_written_down_before() {
    let mut scenario = quiet();
    scenario.obligor_defaults = vec![(0, date("2024-03-01"))];
    let flows = flows(three_classes(4), &scenario);
    // The deal ends on the date on which no asset is left, with the notes where cash left them.
    assert_eq!(flows.rows.len(), 2);
    let left = |at: usize| flows.closing()[flows.cells.tranches[at].balance];
    assert_eq!([left(0), left(1), left(2)], [rate("51.4"), rate("30"), rate("10")]);
    assert_eq!(flows.events.last().unwrap().1, Event::End);
}

#[test]
fn unpaid_interest_is_carried_and_bears_interest_only_where_the_class_says() {
    let carried = |on_unpaid: bool| {
        let mut small = three_classes(3);
        small.loans = vec![loan(0, 12_000, "0", 3, Repayment::Bullet)];
        small.tranches[0].interest_on_unpaid = on_unpaid;
        let flows = flows(small, &quiet());
        flows.rows[2][flows.cells.tranches[0].interest_paid]
    };
    assert_eq!(carried(false), rate("2.40"));
    // 0.80, then 1% of 80.80 = 0.81 and of 81.61 = 0.82.
    assert_eq!(carried(true), rate("2.43"));
}

#[test]
fn the_registrar_takes_its_fee_on_top_and_the_payment_shrinks_where_cash_is_short() {
    let mut small = three_classes(4);
    small.terms.registrar_fee = rate("0.01");
    let flows = check(
        small,
        // 30.00: A interest 0.80 + 0.01, B interest 0.60 + 0.01; of 28.58, p + 1% p: 28.30 + 0.28.
        "2024-02-01 A 0.8/0.8 28.3 0 51.7
         2024-02-01 B 0.6/0.6 0 0 30
         2024-02-01 C 0/0 0 0 10
         2024-03-01 A 0.52/0.52 28.57 0 23.13
         2024-03-01 B 0.6/0.6 0 0 30
         2024-03-01 C 0/0 0 0 10
         2024-04-01 A 0.23/0.23 23.13 0 0
         2024-04-01 B 0.6/0.6 5.74 0 24.26
         2024-04-01 C 0/0 0 0 10
         2024-05-01 A 0/0 0 0 0
         2024-05-01 B 0.49/0.49 24.26 0 0
         2024-05-01 C 0/0 4.96 0 5.04",
    );
    let fee: Decimal = flows.rows.iter().map(|row| row[flows.cells.registrar_paid]).sum();
    let paid: Decimal =
        flows.postings.iter().filter(|p| p.why == Why::RegistrarFee).map(|p| p.amount).sum();
    assert_eq!(fee, paid);
}

#[test]
fn a_reserve_is_released_refilled_and_given_back_at_the_end() {
    let held = |release: Release, expected: [&str; 4]| {
        let mut small = three_classes(4);
        let mut reserve = account("reserve", AccountKind::Reserve);
        reserve.opening = 500;
        reserve.release = release;
        reserve.target = Some(Target {
            amount: 100,
            share: rate("0.1"),
            of: TargetBase::Tranche(0),
            larger: true,
            until: Some(1),
        });
        small.accounts.push(reserve);
        small.steps[1].pay.push(Claim::Account(1));
        let flows = flows(small, &quiet());
        let cell = flows.cells.accounts[1];
        assert_eq!(column(&flows, cell), expected, "{release:?}");
    };
    // Targets before A's principal of the date: 8.00, then a tenth of what A has left.
    held(Release::EachDate, ["8", "5.44", "2.3", "0"]);
    held(Release::Excess, ["8", "5.44", "2.3", "0"]);
    held(Release::End, ["8", "8", "8", "0"]);
}

#[test]
fn fees_accrue_on_the_base_they_name_for_every_day_and_rank_by_their_cap() {
    let mut small = three_classes(4);
    let rate_pa = |base| FeeDue::RatePa {
        rate_pa: rate("0.12"),
        base,
        day_count: ipabs::dates::DayCount::Thirty360,
    };
    small.fees = vec![
        Fee { due: rate_pa(FeeBase::PoolOpening), ..fee("pool", 0) },
        Fee { due: rate_pa(FeeBase::NotesOpening(vec![1])), ..fee("notes", 0) },
        Fee { due: rate_pa(FeeBase::Initial), ..fee("initial", 0) },
        Fee { cap: Some(50), ..fee("capped", 80) },
        Fee { due: FeeDue::ShareOfCollections(rate("0.01")), ..fee("share", 0) },
        Fee {
            due: FeeDue::AmountOn {
                amount: 40,
                dates: vec![date("2024-02-02"), date("2024-03-01")],
            },
            ..fee("dated", 0)
        },
    ];
    small.fees.push(Fee { due: FeeDue::ShareOfPayments(rate("0.01")), ..fee("agent", 0) });
    small.steps[0].pay = (0..7).map(Claim::Fee).chain([Claim::Interest(0)]).collect();
    let flows = flows(small, &quiet());
    let paid = |at: usize| column(&flows, flows.cells.fees[at].paid);
    assert_eq!(paid(0), ["1.2", "0.9", "0.6", "0.3"]);
    assert_eq!(paid(1)[..2], ["0.3", "0.3"]);
    assert_eq!(paid(2), ["1.2"; 4]);
    assert_eq!(paid(3), ["0.5"; 4]);
    assert_eq!(flows.closing()[flows.cells.fees[3].over], rate("1.20"));
    assert_eq!(paid(4), ["0.3"; 4]);
    assert_eq!(paid(5), ["0", "0.8", "0", "0"]);
    // 1% of the 26.50 that the notes got on the first date, half up.
    let first = |of: fn(&TrancheCells) -> Cell| -> Decimal {
        flows.cells.tranches.iter().map(|class| flows.rows[0][of(class)]).sum()
    };
    assert_eq!(
        first(|class| class.interest_paid) + first(|class| class.principal_paid),
        rate("26.50")
    );
    assert_eq!(paid(6)[..2], ["0", "0.27"]);
}

#[test]
fn tax_is_on_interest_received_with_its_surcharge() {
    let due = |inclusive: bool| {
        let mut small = three_classes(4);
        small.loans = vec![loan(0, 12_000_000, "0.12", 4, Repayment::Bullet)];
        small.tranches[0].notional = 12_000_000 - 3_000 - 1_000;
        small.terms.vat = rate("0.03");
        small.terms.vat_surcharge = rate("0.12");
        small.terms.vat_inclusive = inclusive;
        small.steps[0].pay.insert(0, Claim::Tax);
        let flows = flows(small, &quiet());
        flows.rows[0][flows.cells.tax_paid]
    };
    // 1,200.00 of interest: 3.36% / 1.03, or 3.36%.
    assert_eq!(due(true), rate("39.15"));
    assert_eq!(due(false), rate("40.32"));
}

/// Principal paid to each class by date after a default of half the pool on the second date.
fn after_default(triggers: Vec<Trigger>) -> (Vec<[String; 3]>, Flows) {
    let mut small = three_classes(4);
    small.loans = vec![
        loan(0, 6_000, "0", 4, Repayment::EqualPrincipal),
        Loan { name: "other".into(), ..loan(1, 6_000, "0", 4, Repayment::EqualPrincipal) },
    ];
    small.obligors.push(super::deals::obligor("O1"));
    small.obligors.truncate(2);
    small.triggers = triggers;
    small.tranches[1].amortisation = Amortisation::TargetPrincipal(vec![]);
    let accelerated = [
        &[Claim::Interest(0)][..],
        &[Claim::Principal(0), Claim::Principal(1)],
        &[Claim::Interest(1)],
        &[Claim::Principal(2)],
    ];
    for mut step in steps(&accelerated, Split::ProRata) {
        step.branch = Some(Branch::Accelerated);
        small.steps.push(step);
    }
    for step in &mut small.steps[..6] {
        step.branch = Some(Branch::Normal);
    }
    let mut scenario = quiet();
    scenario.obligor_defaults = vec![(1, date("2024-03-01"))];
    let flows = flows(small, &scenario);
    let class = |row: &Vec<Decimal>, at: usize| {
        row[flows.cells.tranches[at].principal_paid].normalize().to_string()
    };
    let table =
        flows.rows.iter().map(|row| [class(row, 0), class(row, 1), class(row, 2)]).collect();
    (table, flows)
}

#[test]
fn an_event_changes_the_next_date_and_is_not_undone_unless_it_cures() {
    let text = |rows: &[[&str; 3]]| -> Vec<[String; 3]> {
        rows.iter().map(|row| row.map(str::to_owned)).collect()
    };
    let (quiet_table, _) = after_default(vec![]);
    assert_eq!(
        quiet_table,
        text(&[["28.6", "0", "0"], ["13.89", "0", "0"], ["14.02", "0", "0"], ["14.17", "0", "0"]])
    );
    let rate_over = trigger(Measure::CumulativeDefaultRate, "0.2", Effect::Acceleration);
    let (table, flows) = after_default(vec![rate_over]);
    // 45.00 of 120.00 defaulted on the second date; pro rata by balance from the third on.
    assert_eq!(table[..2], quiet_table[..2]);
    assert_eq!(table[2], ["8.12", "6.5", "0"].map(str::to_owned));
    let on = flows.events.iter().find(|event| event.1 == Event::InForce(0)).unwrap();
    assert_eq!(on.0, date("2024-03-01"));
    // A level above what defaulted, and one that is met only two dates in a row.
    let high = trigger(Measure::CumulativeDefaultRate, "0.375", Effect::Acceleration);
    assert_eq!(after_default(vec![high]).0, quiet_table);
    let twice = Trigger {
        periods: 2,
        ..trigger(Measure::CumulativeDefaultRate, "0.2", Effect::Acceleration)
    };
    let (table, _) = after_default(vec![twice]);
    assert_eq!(table[..3], quiet_table[..3]);
    assert_ne!(table[3], quiet_table[3]);
}

#[test]
fn a_curable_event_ends_when_its_predicate_does() {
    let down =
        Trigger { curable: true, ..trigger(Measure::CollectionsDown, "0.4", Effect::Acceleration) };
    let (_, flows) = after_default(vec![down]);
    let kinds: Vec<Event> = flows.events.iter().map(|event| event.1).collect();
    assert!(kinds.contains(&Event::InForce(0)) && kinds.contains(&Event::Cured(0)), "{kinds:?}");
}

#[test]
fn a_supporter_that_fails_acts_on_the_very_date() {
    let mut small = three_classes(4);
    small.supporters = vec![supporter("S")];
    small.triggers = vec![trigger(Measure::SupporterFailed(0), "0", Effect::Acceleration)];
    let mut scenario = quiet();
    scenario.supporter_failures = vec![(0, date("2024-02-15"))];
    let flows = flows(small, &scenario);
    let on = flows.events.iter().find(|event| event.1 == Event::InForce(0)).unwrap();
    assert_eq!(on.0, date("2024-03-01"));
    assert_eq!(flows.rows[1][flows.cells.accelerated], Decimal::new(1, 2));
}

#[test]
fn a_clean_up_call_buys_what_performs_at_par() {
    let mut small = three_classes(4);
    small.terms.clean_up_share = Some(rate("0.5"));
    let flows = check(
        small,
        "2024-02-01 A 0.8/0.8 28.6 0 51.4
         2024-02-01 B 0.6/0.6 0 0 30
         2024-02-01 C 0/0 0 0 10
         2024-03-01 A 0.51/0.51 51.4 0 0
         2024-03-01 B 0.6/0.6 30 0 0
         2024-03-01 C 0/0 7.49 0 2.51",
    );
    assert_eq!(flows.rows[1][flows.cells.clean_up_in], rate("60.00"));
    assert_eq!(flows.rows.len(), 2);
}

/// Two ledgers, 120.00 at 24%, a default of 45.00 on the second date, nothing recovered.
fn two_ledgers(default: bool) -> Flows {
    let mut small = three_classes(4);
    small.loans = vec![
        loan(0, 6_000, "0.24", 4, Repayment::EqualPrincipal),
        Loan { name: "other".into(), ..loan(1, 6_000, "0.24", 4, Repayment::EqualPrincipal) },
    ];
    small.obligors.push(super::deals::obligor("O1"));
    small.terms.structure = Structure::CreditTrust;
    small.accounts =
        vec![account("income", AccountKind::Income), account("principal", AccountKind::Principal)];
    let mut scenario = quiet();
    if default {
        scenario.obligor_defaults = vec![(1, date("2024-03-01"))];
    }
    flows(standard(small), &scenario)
}

#[test]
fn income_covers_defaults_up_to_the_cross_transfer_cap() {
    let moved = |flows: &Flows| column(flows, flows.cells.moved);
    let calm = two_ledgers(false);
    // Nothing to cover, but what income has left at the end of its steps still turns to principal.
    assert_eq!(moved(&calm)[0], "1");
    let struck = two_ledgers(true);
    assert_eq!(moved(&struck)[0], "1");
    assert!(struck.rows[1][struck.cells.recognised] == rate("45.00"));
}

#[test]
fn the_principal_ledger_lends_what_income_lacks_down_to_senior_interest() {
    let mut small = three_classes(2);
    small.terms.structure = Structure::CreditTrust;
    small.loans = vec![loan(0, 12_000, "0", 2, Repayment::EqualPrincipal)];
    small.accounts =
        vec![account("income", AccountKind::Income), account("principal", AccountKind::Principal)];
    small.fees = vec![fee("trustee", 20)];
    let flows = flows(standard(small), &quiet());
    // No income at all: 0.20 of fee and 0.80 of senior interest are lent; B's interest is not.
    assert_eq!(flows.rows[0][flows.cells.lent], rate("1.00"));
    assert_eq!(flows.rows[0][flows.cells.tranches[0].interest_paid], rate("0.80"));
    assert_eq!(flows.rows[0][flows.cells.tranches[1].interest_paid], Decimal::ZERO);
    assert_eq!(flows.rows[0][flows.cells.tranches[0].principal_paid], rate("59.00"));
}

#[test]
fn a_step_pays_up_to_its_limit() {
    let mut small = three_classes(4);
    small.tranches[2].coupon = Coupon::Fixed(rate("1"));
    let limit = Limit::RatePa { rate_pa: rate("0.06"), tranche: 2 };
    let line = Step {
        number: 9,
        name: "sub income".into(),
        branch: None,
        from: 0,
        pay: vec![Claim::Interest(2)],
        split: Split::InOrder,
        up_to: limit,
        when: vec![Condition::Outstanding(0)],
    };
    small.steps.insert(2, line.clone());
    let limited = flows(small.clone(), &quiet());
    assert_eq!(limited.rows[0][limited.cells.tranches[2].interest_paid], rate("0.05"));
    assert_eq!(limited.rows[3][limited.cells.tranches[2].interest_paid], Decimal::ZERO);
    small.steps[2] = Step { up_to: Limit::Amount(17), ..line };
    let limited = flows(small, &quiet());
    assert_eq!(limited.rows[0][limited.cells.tranches[2].interest_paid], rate("0.17"));
}

#[test]
fn coupons_step_and_shift() {
    let mut small = three_classes(4);
    small.tranches[0].coupon =
        Coupon::Step(vec![(date("2024-01-01"), rate("0.12")), (date("2024-03-01"), rate("0.24"))]);
    small.tranches[0].amortisation = Amortisation::Bullet;
    let interest = |shift: &str| -> Vec<String> {
        let scenario = Scenario { coupon_shift: rate(shift), ..quiet() };
        let flows = flows(small.clone(), &scenario);
        let class = flows.cells.tranches[0];
        let due = |row: &Vec<Decimal>| (row[class.interest_paid] + row[class.interest]).normalize();
        flows.rows.iter().map(|row| due(row).to_string()).collect()
    };
    assert_eq!(interest("0"), ["0.8", "0.8", "1.6", "1.6"]);
    assert_eq!(interest("0.006"), ["0.84", "0.84", "1.64", "1.64"]);
}

#[test]
fn a_floating_coupon_shifts_too_and_stays_above_nothing() {
    let check = |shift: &str, paid: &str| {
        let mut small = three_classes(4);
        small.loans = vec![loan(0, 1_204_000, "0.24", 4, Repayment::Bullet)];
        small.tranches[0] = Tranche {
            coupon: Coupon::Floating { tenor: LprTenor::OneYear, spread_pa: rate("0.001") },
            notional: 1_200_000,
            amortisation: Amortisation::Bullet,
            ..small.tranches[0].clone()
        };
        small.terms.purchase_price = 1_204_000;
        let scenario = Scenario { coupon_shift: rate(shift), ..quiet() };
        let flows = flows(small, &scenario);
        assert_eq!(flows.rows[0][flows.cells.tranches[0].interest_paid], rate(paid), "{shift}");
    };
    // A month of 4.25% + 0.1% on 12,000.00, and of 0.5% more.
    check("0", "43.50");
    check("0.005", "48.50");
    check("-0.05", "0");
}

#[test]
fn income_that_turns_to_principal_is_paid_to_a_pass_through_class() {
    let until = date("2024-07-01");
    let mut classes = vec![
        tranche("A", Seniority::Senior, 8_000, "0.12", until),
        tranche("C", Seniority::Subordinate, 4_000, "", until),
    ];
    classes[0].amortisation = Amortisation::PassThrough;
    let loans = [0, 1].map(|at| loan(at, 6_000, "0.36", 6, Repayment::EqualPrincipal)).to_vec();
    let mut small = parts(terms(6), loans, classes, Vec::new());
    small.terms.structure = Structure::CreditTrust;
    small.accounts =
        vec![account("income", AccountKind::Income), account("principal", AccountKind::Principal)];
    let scenario = Scenario { obligor_defaults: vec![(1, date("2024-03-01"))], ..quiet() };
    // 3% of the pool pays 1% of A, the rest turns to principal: 20.00 + 3.60 - 0.80 at first, then
    // 10.00 of one loan and 1.50 - 0.57, 1.20 - 0.46, 0.90 - 0.36, 0.60 - 0.25, 0.30 - 0.15.
    check_under(
        standard(small),
        &scenario,
        "2024-02-01 A 0.8/0.8 22.8 0 57.2
         2024-02-01 C 0/0 0 0 40
         2024-03-01 A 0.57/0.57 10.93 0 46.27
         2024-03-01 C 0/0 0 0 40
         2024-04-01 A 0.46/0.46 10.74 0 35.53
         2024-04-01 C 0/0 0 0 40
         2024-05-01 A 0.36/0.36 10.54 0 24.99
         2024-05-01 C 0/0 0 0 40
         2024-06-01 A 0.25/0.25 10.35 0 14.64
         2024-06-01 C 0/0 0 0 40
         2024-07-01 A 0.15/0.15 10.15 0 4.49
         2024-07-01 C 0/0 0 0 40",
    );
}

/// Interest of C (2.00 a month) out of what income has left once defaults and loans from the
/// principal ledger are covered.
fn interest_of_c(loans: Vec<Loan>, scenario: &Scenario) -> [Vec<String>; 3] {
    let until = date("2024-05-01");
    let classes = vec![
        tranche("A", Seniority::Senior, 8_000, "0.12", until),
        tranche("C", Seniority::Subordinate, 4_000, "0.6", until),
    ];
    let mut small = parts(terms(4), loans, classes, Vec::new());
    small.terms.structure = Structure::CreditTrust;
    small.accounts =
        vec![account("income", AccountKind::Income), account("principal", AccountKind::Principal)];
    let flows = flows(standard(small), scenario);
    let cells = &flows.cells;
    [cells.lent, cells.moved, cells.tranches[1].interest_paid].map(|cell| column(&flows, cell))
}

#[test]
fn income_covers_a_default_once() {
    let loans = vec![
        loan(0, 11_800, "0.24", 4, Repayment::Bullet),
        loan(1, 200, "0", 4, Repayment::Bullet),
    ];
    let scenario = Scenario { obligor_defaults: vec![(1, date("2024-02-15"))], ..quiet() };
    let [lent, moved, paid] = interest_of_c(loans, &scenario);
    assert_eq!(lent, ["0"; 4]);
    // 2.36 a date less 0.80 for A: 1.56 of the 2.00 that default, then 0.44 out of 2.36 - 0.78.
    assert_eq!(moved, ["0", "1.56", "2", "2"]);
    assert_eq!(paid, ["1.56", "0", "1.14", "1.58"]);
}

#[test]
fn income_gives_back_what_the_principal_ledger_lent_it() {
    let row = |text, principal, interest| Due { date: date(text), principal, interest };
    let dues = vec![
        row("2024-02-01", 200, Some(0)),
        row("2024-03-01", 0, Some(236)),
        row("2024-04-01", 0, Some(236)),
        row("2024-05-01", 11_800, Some(236)),
    ];
    let custom = Loan { dues, ..loan(0, 12_000, "0.24", 4, Repayment::Custom) };
    let [lent, moved, paid] = interest_of_c(vec![custom], &quiet());
    assert_eq!(lent, ["0.8"; 4]);
    // 2.36 less A's 0.79 of 78.80, 0.80 given back; then 2.36 - 0.78.
    assert_eq!(moved, ["0", "0.8", "0.8", "0.8"]);
    assert_eq!(paid, ["0", "0.77", "1.58", "1.58"]);
}

#[test]
fn equals_that_pass_through_share_what_the_pool_paid_in() {
    let until = date("2024-05-01");
    let mut classes = vec![
        tranche("A1", Seniority::Senior, 6_000, "0.12", until),
        tranche("A2", Seniority::Senior, 2_000, "0.12", until),
        tranche("C", Seniority::Subordinate, 4_000, "", until),
    ];
    for class in &mut classes[..2] {
        class.amortisation = Amortisation::PassThrough;
    }
    let lines = [
        &[Claim::Interest(0), Claim::Interest(1)][..],
        &[Claim::Principal(0), Claim::Principal(1)],
        &[Claim::Principal(2)],
        &[Claim::Residual(2)],
    ];
    let pool = vec![loan(0, 12_000, "0.24", 4, Repayment::EqualPrincipal)];
    let small = parts(terms(4), pool, classes, steps(&lines, Split::ProRata));
    let flows = flows(small, &quiet());
    let principal = [0, 1].map(|at| column(&flows, flows.cells.tranches[at].principal_paid));
    // 30.00 a date as 60 : 20.
    assert_eq!(principal, [["22.5", "22.5", "15", "0"], ["7.5", "7.5", "5", "0"]]);
}

#[test]
fn an_account_earns_on_what_it_held_since_the_date_before() {
    let mut small = three_classes(4);
    small.loans = vec![loan(0, 12_000, "0.12", 4, Repayment::EqualPrincipal)];
    for class in &mut small.tranches {
        class.coupon = Coupon::None;
        class.amortisation = Amortisation::Bullet;
    }
    small.steps.last_mut().unwrap().when = vec![Condition::Redeemed(0)];
    small.accounts[0].income_pa = rate("0.12");
    let flows = flows(small, &quiet());
    // 30.00 and interest of 1.20, 0.90, 0.60; 1% of 31.20 and of 62.41.
    assert_eq!(column(&flows, flows.cells.accounts[0]), ["31.2", "62.41", "93.63", "0"]);
    // 93.63 + 0.94 + 30.00 + 0.30 - 120.00.
    assert_eq!(flows.rows[3][flows.cells.tranches[2].residual_paid], rate("4.87"));
}

#[test]
fn equals_with_the_registrar_fee_on_top_are_paid_in_full_where_there_is_cash() {
    for k in 0..200 {
        let (first, second) = (1_000_003 + 7_919 * k, 4_321_987 - 3_331 * k);
        let until = date("2024-03-01");
        let mut classes = vec![
            tranche("A1", Seniority::Senior, first, "0.12", until),
            tranche("A2", Seniority::Senior, second, "0.07", until),
            tranche("C", Seniority::Subordinate, 500_000, "", until),
        ];
        classes[1].amortisation = Amortisation::Bullet;
        classes[0].amortisation = Amortisation::Bullet;
        let lines = [
            &[Claim::Fee(0), Claim::Interest(0), Claim::Interest(1)][..],
            &[Claim::Principal(0), Claim::Principal(1)],
            &[Claim::Residual(2)],
        ];
        let pool = first + second + 500_000;
        let pool = vec![loan(0, pool, "0.24", 2, Repayment::Bullet)];
        let mut small = parts(terms(2), pool, classes, steps(&lines, Split::ProRata));
        small.fees = vec![fee("trustee", 12_345)];
        small.terms.registrar_fee = rate("0.00005");
        let flows = flows(small, &quiet());
        for (row, cells) in flows.rows.iter().zip([&flows.cells; 2]) {
            let unpaid = cells.tranches[..2].iter().map(|class| row[class.interest]);
            assert!(unpaid.sum::<Decimal>().is_zero() && row[cells.fees[0].now].is_zero(), "{k}");
        }
        let left = flows.cells.tranches[..2].iter().map(|class| flows.closing()[class.balance]);
        assert!(left.sum::<Decimal>().is_zero(), "{k}");
    }
}
