//! Rights that secure several loans: what one default brings depends on what the others have paid
//! and on who has defaulted before, so that a period is worked through by date, exactly and on
//! drawn paths alike.

use super::deals::{self, date, loan, parts, quiet, rate, steps, terms, tranche};
use super::loaded::load;
use super::pool::{right, under};
use super::simulate::{check_paths, deal_parts, one_factor, one_year, risky};
use ipabs::asset::{Loan, Repayment};
use ipabs::dates::{Frequency, add_days};
use ipabs::deal::{Claim, Parts, Seniority, Split};
use ipabs::input::default_model;
use ipabs::num::{Decimal, Fen};
use ipabs::scenario::{Copula, Prepayment, Recovery, RightAssumptions, Scenario, ValueShocks};
use proptest::prelude::*;

/// Sold three months after a default, for half.
fn sold_at_half(shocks: ValueShocks) -> Recovery {
    Recovery::Rights(RightAssumptions {
        shocks,
        decay_pa: rate("0"),
        haircut: Vec::new(),
        haircut_else: rate("0.5"),
        months_to_sale: 3,
        sale_cost: rate("0"),
    })
}

/// A loan: firm, principal, months, days after the first of a month, style.
type OfFirm = (usize, Fen, i32, i32, Repayment);

/// Loans that pay each month, of a plan that pays each quarter.
fn quarterly(loans: &[OfFirm]) -> Parts {
    let made = |(at, &(firm, principal, months, day, repayment)): (usize, &OfFirm)| {
        let later = |date| add_days(date, day);
        let plain = loan(firm, principal, "0.12", months, repayment);
        Loan {
            name: format!("L{at}"),
            first_due: later(plain.first_due),
            maturity: later(plain.maturity),
            origination: later(plain.origination),
            ..plain
        }
    };
    let loans: Vec<Loan> = loans.iter().enumerate().map(made).collect();
    let whole = loans.iter().map(|loan| loan.principal).sum();
    let until = date("2027-04-01");
    let mut small = parts(
        terms(40),
        loans,
        vec![tranche("A", Seniority::Senior, whole, "", until)],
        steps(&[&[Claim::Principal(0)]], Split::ProRata),
    );
    small.terms.first_payment = date("2024-04-01");
    small.terms.frequency = Frequency::Quarterly;
    small.terms.legal_maturity = until;
    small
}

/// Two loans of 10,000.00 at 1% a month: one's right, appraised at 10,000.00, is sold
/// for half. The first firm defaults on 1 June. The second one's loan is due on the 11th: it owes
/// 10,000.00 and 21 days of 31 (11 May to 11 June), 67.74; where it has defaulted on 21 May, 10
/// days of 31, 32.26; where it has been paid back, nothing. The right brings the first loan half of
/// its value x its claim over both claims.
#[test]
fn a_right_is_shared_by_what_others_owe_on_the_day_or_owed_in_default() {
    let check = |other: &[(usize, &str)], prepaid: bool, secured: Fen| {
        let mut small = quarterly(&[
            (0, 1_000_000, 12, 0, Repayment::Bullet),
            (1, 1_000_000, 12, 10, Repayment::Bullet),
        ]);
        small.rights = vec![right(&[0, 1], 1_000_000, "2030-01-01")];
        let deal = deals::deal(small);
        let defaults = other.iter().map(|&(firm, day)| (firm, date(day)));
        let scenario = Scenario {
            obligor_defaults: defaults.chain([(0, date("2024-06-01"))]).collect(),
            prepaid_loans: if prepaid { vec![(1, date("2024-05-11"))] } else { Vec::new() },
            recovery: sold_at_half(ValueShocks::NONE),
            ..quiet()
        };
        let half = |part: Fen, whole: Fen| (500_000 * part + whole / 2) / whole;
        let found: Fen = under(&deal, &scenario).rows.iter().map(|row| row.recovered).sum();
        // One that has defaulted before shared it with what the first owed then: 20 of 31 days.
        let before = if other.is_empty() { 0 } else { half(1_003_226, 1_003_226 + 1_006_452) };
        assert_eq!(found, half(1_010_000, secured) + before, "{other:?} {prepaid}");
    };
    check(&[], false, 1_010_000 + 1_006_774);
    check(&[(1, "2024-05-21")], false, 1_010_000 + 1_003_226);
    check(&[], true, 1_010_000);
}

#[test]
fn a_right_of_several_firms_is_drawn_as_the_exact_run_says() {
    let loaded = load("scenarios/yuhang-2021");
    let mut tables = deal_parts(&loaded);
    for (at, right) in tables.rights.iter_mut().enumerate().filter(|(at, _)| at % 3 == 0) {
        right.loans = vec![at % 24, (at + 5) % 24, (at + 11) % 24];
    }
    let deal = deals::deal(tables);
    let model = risky(&default_model(&loaded).unwrap());
    let early = Scenario {
        prepayment: Prepayment::Annual(vec![rate("0.3")]),
        ..loaded.scenarios[0].clone()
    };
    for scenario in [&loaded.scenarios[0], &early] {
        check_paths(&deal, scenario, &model, &(0..40).collect::<Vec<_>>());
    }
}

/// Loans of up to three firms, and rights of any of them, where told the first of two firms' loans.
fn any_shared() -> impl Strategy<Value = Parts> {
    let style =
        prop::sample::select(vec![Repayment::Bullet, Repayment::Level, Repayment::EqualPrincipal]);
    let loans =
        prop::collection::vec((0_usize..3, 1_i64..2_000_000, 1_i32..30, 0_i32..28, style), 2..=5);
    let rights =
        prop::collection::vec((prop::collection::vec(0_usize..5, 1..=3), 1_i64..3_000_000), 1..=4);
    (loans, rights, any::<bool>()).prop_map(|(mut loans, mut rights, several_firms)| {
        if several_firms {
            (loans[0].0, loans[1].0) = (0, 1);
            rights[0].0.extend([0, 1]);
        }
        // Firms are numbered without a gap.
        let mut firms = 0;
        for loan in &mut loans {
            loan.0 = loan.0.min(firms);
            firms = firms.max(loan.0 + 1);
        }
        let mut small = quarterly(&loans);
        let count = loans.len();
        small.rights = rights
            .into_iter()
            .enumerate()
            .map(|(at, (of, appraised))| {
                let mut of: Vec<usize> = of.into_iter().map(|loan| loan % count).collect();
                of.sort_unstable();
                of.dedup();
                let mut right = right(&of, appraised, "2030-01-01");
                right.name = format!("R{at}");
                right
            })
            .collect();
        small
    })
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 60,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn any_path_with_shared_rights_is_the_exact_run_of_its_fates(
        parts in any_shared(),
        cpr in prop::option::of(1_i64..60),
        call in prop::option::of(1_i64..60),
    ) {
        let mut parts = parts;
        parts.terms.clean_up_share = call.map(|share| Decimal::new(share, 2));
        let deal = deals::deal(parts);
        let curves = (0..deal.obligors().len()).map(|_| one_year(0.5)).collect();
        let model = one_factor(&deal, Copula::Gaussian, 0.3, curves);
        let scenario = Scenario {
            prepayment: Prepayment::Annual(
                cpr.iter().map(|&cpr| Decimal::new(cpr, 2)).collect(),
            ),
            recovery: sold_at_half(ValueShocks::ASSUMED),
            ..quiet()
        };
        check_paths(&deal, &scenario, &model, &(0..16).collect::<Vec<_>>());
    }
}
