#![allow(clippy::unwrap_used)]
use super::*;
use crate::analytics::listing::{Value, measures};
use crate::analytics::sample::{YUAN, calm, date, deal, largest_defaults, parts, supported};
use crate::deal::{Parts, State, standard_waterfall};
use crate::engine::{Support, run};
use crate::scenario::Scenario;

fn measured(parts: Parts, scenario: &Scenario, support: Support) -> Outcome {
    let deal = deal(parts);
    let flows = run(&deal, scenario, support).unwrap();
    outcome(&deal, &flows)
}

fn near(figure: &Figure, wanted: f64) {
    let found = figure.value.unwrap();
    assert!((found - wanted).abs() < 1e-9, "{found} is not {wanted}");
}

#[test]
fn a_bullet_and_its_residual_by_hand() {
    let found = measured(parts(), &calm(), Support::With);
    let (a, s) = (&found.classes[0], &found.classes[1]);
    assert_eq!(a.interest_paid, yuan_of(80_000 * YUAN));
    assert_eq!(a.principal_paid, yuan_of(800_000 * YUAN));
    assert_eq!((a.loss, a.loss_amount, a.late()), (0.0, Decimal::ZERO, false));
    // 2023 has 365 days and 2024 has 366.
    let two_years = 731.0 / 365.0;
    near(&a.wal_years, two_years);
    // Collections 1,160,000 against interest of 80,000 and 800,000.
    near(&a.coverage, 1_160.0 / 880.0);
    // On the last date 40,000 is carried: (40,000 + 1,080,000) / 840,000.
    near(&a.min_coverage, 1_160.0 / 880.0);
    assert_eq!(a.min_coverage.note, "on 2024-01-01");
    near(&a.min_dscr, 1_120.0 / 840.0);
    assert_eq!(a.min_dscr.note, "on 2025-01-01");
    assert_eq!(s.principal_paid, yuan_of(200_000 * YUAN));
    assert_eq!(s.residual_paid, yuan_of(80_000 * YUAN));
    near(&s.yield_pa, libm::pow(1.4, 1.0 / two_years) - 1.0);
    near(&s.macaulay_years, two_years);
    assert_eq!(found.deal.sub_xirr, s.yield_pa);
    // 5% of 30/360 on real days: the street yield is the coupon.
    near(&a.street_yield_pa, 0.05);
    assert_eq!(found.deal.residual, yuan_of(80_000 * YUAN));
    // (160,000 - 80,000) over 1,000,000 for 731 days.
    near(&found.deal.excess_spread, 0.08 / two_years);
    near(&found.deal.cumulative_default_rate, 0.0);
    assert_eq!(found.deal.cash_left, Decimal::ZERO);
    assert_eq!(found.deal.last_payment, Some(date(2025, 1, 1)));
}

#[test]
fn a_default_breaks_the_senior_without_support_and_not_with_it() {
    // In: 80,000; then 32,000 + 400,000 + 300,000 = 732,000 of which fees take 2 x 1,000.
    let without = measured(supported(), &largest_defaults(), Support::Without);
    let a = &without.classes[0];
    // 80,000 - 1,000 - 40,000 = 39,000 carried; 771,000 - 1,000 - 40,000 = 730,000 for principal.
    assert_eq!(a.principal_paid, yuan_of(730_000 * YUAN));
    assert_eq!(a.loss_amount, yuan_of(70_000 * YUAN));
    assert!((a.loss - 0.0875).abs() < 1e-12);
    assert_eq!(a.first_shortfall, Some(date(2025, 1, 1)));
    assert_eq!(a.interest_unpaid, Decimal::ZERO);
    near(&a.min_dscr, 771.0 / 841.0);
    assert_eq!(without.classes[1].loss, 1.0);
    let none = &without.classes[1].yield_pa;
    assert_eq!(none.value, None);
    assert_eq!(none.note, YieldError::NoFlows.to_string());
    near(&without.deal.cumulative_default_rate, 0.6);
    assert_eq!(without.deal.recovered, yuan_of(300_000 * YUAN));
    assert_eq!(without.deal.support_called, Decimal::ZERO);

    let with = measured(supported(), &largest_defaults(), Support::With);
    let a = &with.classes[0];
    assert_eq!((a.loss, a.late()), (0.0, false));
    // Cover says what the pool carries by itself, supported or not.
    near(&a.min_dscr, 771.0 / 841.0);
    assert_eq!(with.deal.support_called, yuan_of(70_000 * YUAN));
    assert_eq!(with.deal.support_paid, yuan_of(70_000 * YUAN));
    assert_eq!(with.deal.support_unreimbursed, yuan_of(70_000 * YUAN));
    assert_eq!(with.deal.calls, 1);
}

#[test]
fn what_comes_too_late_is_unrealised() {
    let mut scenario = largest_defaults();
    scenario.obligor_defaults[0].1 = date(2024, 12, 1);
    let found = measured(parts(), &scenario, Support::With);
    assert_eq!(found.deal.recovered, Decimal::ZERO);
    assert_eq!(found.deal.unrealised, yuan_of(300_000 * YUAN));
}

#[test]
fn no_line_is_not_a_number() {
    let deal = deal(supported());
    for scenario in [calm(), largest_defaults()] {
        for support in [Support::With, Support::Without] {
            let flows = run(&deal, &scenario, support).unwrap();
            for line in measures(&deal, &outcome(&deal, &flows)) {
                match line.value {
                    Value::Number(value) => assert!(value.is_finite(), "{line:?}"),
                    Value::Blank => assert!(!line.note.is_empty(), "{line:?}"),
                    Value::Yuan(_) | Value::Date(_) | Value::Count(_) => {}
                }
            }
        }
    }
}

#[test]
fn equals_with_enough_cash_are_paid_in_full_though_the_registrar_takes_its_fee() {
    let mut parts = parts();
    parts.terms.registrar_fee = Decimal::new(5, 5);
    let mut second = parts.tranches[0].clone();
    second.name = "B".to_owned();
    second.notional = 300_000 * YUAN;
    parts.tranches[0].notional = 500_000 * YUAN;
    parts.tranches.insert(1, second);
    let terms = &parts.terms;
    parts.steps =
        standard_waterfall(terms.structure, &parts.tranches, &[], &parts.accounts, 0, true);
    let found = measured(parts, &calm(), Support::With);
    for class in &found.classes {
        assert_eq!((class.loss, class.late()), (0.0, false));
    }
    // 0.005% of interest of 2 x 40,000, of principal of 1,000,000.
    assert_eq!(found.deal.fees_paid, yuan_of(54 * YUAN));
}

#[test]
fn a_deal_in_mid_life_is_measured_from_where_it_stands() {
    let mut parts = parts();
    parts.state = Some(State {
        as_of: Some(date(2024, 1, 1)),
        notes: vec![(800_000 * YUAN, 0), (200_000 * YUAN, 0)],
        accounts: vec![40_000 * YUAN],
        cumulative_defaults: 10_000 * YUAN,
        ..State::default()
    });
    let found = measured(parts, &calm(), Support::With);
    let a = &found.classes[0];
    assert_eq!((a.interest_paid, a.loss), (yuan_of(40_000 * YUAN), 0.0));
    near(&a.wal_years, 366.0 / 365.0);
    assert_eq!(a.wal_years.note, "of what was left on 2024-01-01, from that day");
    assert_eq!(a.yield_pa.value, None);
    // 40,000 carried and 1,080,000 against 40,000 and 800,000.
    near(&a.coverage, 1_120.0 / 840.0);
    near(&found.deal.cumulative_default_rate, 0.01);
}
