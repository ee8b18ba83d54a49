//! The pool by contract and under assumptions: schedules, rates, recoveries, against figures worked
//! out by hand or published.

use super::deals::{date, deal, loan, parts, quiet, rate, steps, terms, tranche};
use ipabs::asset::{
    Due, InterestBasis, IpRight, Loan, LoanRate, Lpr, LprTenor, Repayment, RightKind, Status,
};
use ipabs::dates::{Calendar, CalendarKind, DayCount, Frequency, Roll, add_months};
use ipabs::deal::{
    Calculation, Claim, Deal, Parts, PrepaymentBase, RateTime, Seniority, Split, Terms,
};
use ipabs::engine::{Collected, Collections, collect, loan_flows, periods, pool};
use ipabs::num::{Decimal, Fen};
use ipabs::scenario::{
    AfterPrepayment, CommonFactor, DefaultRate, Prepayment, RateShift, Recovery, RightAssumptions,
    Scenario, ValueShocks,
};

fn of_loans(terms: Terms, loans: Vec<Loan>) -> Parts {
    let principal = loans.iter().map(|loan| loan.principal).sum();
    let sub = tranche("C", Seniority::Subordinate, principal, "", terms.first_payment);
    let lines = [&[Claim::Principal(0)][..], &[Claim::Residual(0)]];
    parts(terms, loans, vec![sub], steps(&lines, Split::ProRata))
}

fn of_loan(loan: Loan) -> Deal {
    deal(of_loans(terms(40), vec![loan]))
}

/// (due date, principal, interest) of one loan by contract.
fn schedule(loan: Loan) -> Vec<(String, Fen, Fen)> {
    let deal = of_loan(loan);
    let pool = pool(&deal, RateShift::NONE, &periods(deal.terms()));
    let dues = pool.dues_of(0);
    dues.map(|due| (due.date.to_string(), due.principal, due.interest)).collect()
}

pub fn under(deal: &Deal, scenario: &Scenario) -> Collections {
    let periods = periods(deal.terms());
    collect(deal, scenario, &pool(deal, scenario.rate_shift, &periods), &periods)
}

#[test]
fn a_level_instalment_of_ten_million_is_the_published_one() {
    // 10 m, 5% / 12, 12 months: 856,074.82.
    let dues = schedule(loan(0, 1_000_000_000, "0.05", 12, Repayment::Level));
    assert_eq!(dues.len(), 12);
    assert_eq!(dues[0].1 + dues[0].2, 85_607_482);
    assert_eq!(dues[0].2, 4_166_667);
    assert_eq!(dues.iter().map(|due| due.1).sum::<Fen>(), 1_000_000_000);
}

#[test]
fn a_balloon_leaves_its_rest_at_maturity() {
    // Hastructure unit test "Balloon 1" (commit 014cb77): balance 120 at 8%, 36 payments as if over
    // 120; it floors each cent, so its last principal is 94.29 where half up gives 94.25.
    let balloon = Repayment::Balloon { periods: 120 };
    let dues = schedule(loan(0, 12_000, "0.08", 36, balloon));
    let last = dues.last().unwrap();
    assert!((last.1 - 9_429).abs() <= 36, "{last:?}");
    assert!((last.2 - 62).abs() <= 1, "{last:?}");
}

#[test]
fn each_style_repays_its_balance() {
    let half = |months| (months, 600_000_i64);
    let (months, principal) = half(6);
    let by_style = |style| schedule(loan(0, principal, "0.06", months, style));
    let equal = by_style(Repayment::EqualPrincipal);
    assert_eq!(equal.iter().map(|due| due.1).collect::<Vec<_>>(), vec![100_000; 6]);
    assert_eq!(
        equal.iter().map(|due| due.2).collect::<Vec<_>>(),
        [3000, 2500, 2000, 1500, 1000, 500]
    );
    let bullet = by_style(Repayment::Bullet);
    assert_eq!(bullet.iter().map(|due| due.1).collect::<Vec<_>>(), [0, 0, 0, 0, 0, 600_000]);
    assert_eq!(bullet.iter().map(|due| due.2).sum::<Fen>(), 18_000);
    // All at maturity: 182 days of ACT/365.
    assert_eq!(by_style(Repayment::AtMaturity), [("2024-07-01".to_owned(), 600_000, 17_951)]);
    let zero = schedule(loan(0, 100, "0", 3, Repayment::Level));
    assert_eq!(zero.iter().map(|due| due.1).collect::<Vec<_>>(), [33, 33, 34]);
}

#[test]
fn a_custom_schedule_pays_its_rows_and_agreed_interest() {
    let row = |text, principal, interest| Due { date: date(text), principal, interest };
    let custom = Loan {
        dues: vec![row("2024-03-01", 40_000, Some(700)), row("2024-07-01", 60_000, None)],
        ..loan(0, 100_000, "0.06", 6, Repayment::Custom)
    };
    // 122 days at 6% on what is left.
    let expected =
        [("2024-03-01".to_owned(), 40_000, 700), ("2024-07-01".to_owned(), 60_000, 1_203)];
    assert_eq!(schedule(custom), expected);
}

#[test]
fn days_stubs_and_seasoning_follow_the_dates() {
    // First due on 20 January: 19 days; last due 1 July: 11 days from 20 June; ACT/360.
    let stub = Loan {
        basis: InterestBasis::Days(DayCount::Act360),
        first_due: date("2024-01-20"),
        ..loan(0, 3_600_000, "0.1", 6, Repayment::Bullet)
    };
    let dues = schedule(stub);
    assert_eq!(dues.len(), 7);
    assert_eq!((dues[0].0.as_str(), dues[0].2), ("2024-01-20", 19_000));
    assert_eq!((dues[6].0.as_str(), dues[6].2), ("2024-07-01", 11_000));
    // Made two years before cut-off: only what is due from the cut-off date on is there.
    let old = Loan {
        origination: date("2022-01-01"),
        first_due: date("2022-04-01"),
        maturity: date("2025-01-01"),
        frequency: Frequency::Quarterly,
        ..loan(0, 400_000, "0.08", 36, Repayment::EqualPrincipal)
    };
    let dues = schedule(old);
    assert_eq!(dues.len(), 5);
    assert_eq!(dues[0].0, "2024-01-01");
    assert_eq!((dues[0].1, dues[0].2), (80_000, 8_000));
}

#[test]
fn a_floating_loan_resets_from_its_origination() {
    let floating =
        LoanRate::Floating { tenor: LprTenor::OneYear, spread_pa: rate("0.01"), reset_months: 3 };
    let bullet = Loan { rate: floating, ..loan(0, 1_200_000, "0", 6, Repayment::Bullet) };
    let mut small = of_loans(terms(12), vec![bullet]);
    let path = [("2023-01-01", "0.03"), ("2024-03-01", "0.04"), ("2024-05-01", "0.09")];
    let row = |&(day, one): &(&str, &str)| (date(day), rate(one), rate("0"));
    small.lpr = Lpr::new(path.iter().map(row).collect());
    let deal = deal(small);
    let periods = periods(deal.terms());
    let interest = |shift: &str| -> Vec<Fen> {
        let shift = RateShift { lpr: rate(shift), ..RateShift::NONE };
        let pool = pool(&deal, shift, &periods);
        pool.dues_of(0).map(|due| due.interest).collect()
    };
    assert_eq!(interest("0"), [4_000, 4_000, 4_000, 5_000, 5_000, 5_000]);
    // The shift holds from the cut-off date on, which is the origination here.
    assert_eq!(interest("0.012"), [5_200, 5_200, 5_200, 6_200, 6_200, 6_200]);
}

/// Totals over all periods.
fn totals(collections: &Collections) -> Collected {
    let mut total = Collected::default();
    for row in &collections.rows {
        total.interest += row.interest;
        total.principal += row.principal;
        total.prepaid += row.prepaid;
        total.defaulted += row.defaulted;
        total.recovered += row.recovered;
    }
    total
}

#[test]
fn interest_before_cut_off_and_to_closing_may_stay_with_the_originator() {
    // A quarter of 90 days from 1 November: 60 before cut-off on 31 December, 20 more to closing.
    let seasoned = Loan {
        origination: date("2023-11-01"),
        first_due: date("2024-01-30"),
        maturity: date("2024-01-30"),
        basis: InterestBasis::Days(DayCount::Act360),
        ..loan(0, 3_600_000, "0.1", 3, Repayment::Bullet)
    };
    let check = |before: bool, to_closing: bool, interest: Fen| {
        let base = terms(6);
        let dates = Terms {
            cutoff: date("2023-12-31"),
            closing: date("2024-01-20"),
            interest_before_cutoff: before,
            interest_to_closing: to_closing,
            ..base
        };
        let deal = deal(of_loans(dates, vec![seasoned.clone()]));
        assert_eq!(totals(&under(&deal, &quiet())).interest, interest, "{before} {to_closing}");
    };
    check(true, true, 90_000);
    check(false, true, 30_000);
    check(true, false, 70_000);
    check(false, false, 10_000);
}

#[test]
fn a_default_takes_its_share_before_interest_and_principal() {
    // 1 - (1 - 10%)^(1/12) = 0.874161% of 1,000,000.00 on the first date; 40% of it comes back.
    let bullet = loan(0, 100_000_000, "0.12", 6, Repayment::Bullet);
    let mut small = of_loans(terms(12), vec![bullet]);
    small.terms.rate_time = RateTime::Months12;
    let deal = deal(small);
    let scenario = Scenario {
        defaults: DefaultRate::Annual(vec![rate("0.1"), rate("0")]),
        recovery: Recovery::Flat { rate: rate("0.4"), shares: vec![(3, Decimal::ONE)] },
        ..quiet()
    };
    let rows = under(&deal, &scenario).rows;
    assert_eq!(rows[0].defaulted, 874_161);
    assert_eq!(rows[0].interest, 991_258);
    assert_eq!(rows[3].recovered, 349_664);
    assert_eq!(rows[5].principal, 100_000_000 - 874_161);
}

#[test]
fn obligors_default_at_their_own_probability_given_the_economy() {
    let check = |given: Option<CommonFactor>, defaulted: [Fen; 2]| {
        let loans = vec![
            loan(0, 100_000_000, "0", 12, Repayment::Bullet),
            Loan { name: "other".into(), ..loan(1, 100_000_000, "0", 12, Repayment::Bullet) },
        ];
        let mut small = of_loans(terms(12), loans);
        small.obligors[0].pd_1y = Some(rate("0.01"));
        small.obligors[1].pd_1y = Some(rate("0.2"));
        let deal = deal(small);
        let scenario = Scenario { defaults: DefaultRate::Obligors { given }, ..quiet() };
        let flows = loan_flows(&deal, &scenario);
        let of = |at: usize| -> Fen {
            let own = flows.iter().filter(|flow| flow.loan == at);
            own.map(|flow| flow.defaulted).sum()
        };
        // Twelve monthly roundings of the survival come within a fen each of the year's.
        for (at, defaulted) in defaulted.into_iter().enumerate() {
            assert!((of(at) - defaulted).abs() <= 12, "{at}: {}", of(at));
        }
    };
    check(None, [1_000_000, 20_000_000]);
    // Closed form at the 0.1349898% worst year, z = -3, correlation 0.2: 13.5462% and 71.1932%.
    let bad = CommonFactor { percentile: rate("0.001349898"), correlation: rate("0.2") };
    check(Some(bad), [13_546_226, 71_193_240]);
}

#[test]
fn a_prepayment_takes_the_base_that_the_deal_names() {
    let check = |base: PrepaymentBase, prepaid: Fen| {
        let equal = loan(0, 100_000_000, "0", 10, Repayment::EqualPrincipal);
        let mut small = of_loans(terms(12), vec![equal]);
        small.terms.prepayment_base = base;
        let scenario = Scenario {
            defaults: DefaultRate::Annual(vec![rate("0.5"), rate("0")]),
            prepayment: Prepayment::Monthly(vec![rate("0.1"), rate("0")]),
            ..quiet()
        };
        assert_eq!(under(&deal(small), &scenario).rows[0].prepaid, prepaid, "{base:?}");
    };
    // The month's default is 1 - 0.5^(1/12) = 5.612569%.
    check(PrepaymentBase::Opening, 10_000_000);
    check(PrepaymentBase::AfterDefault, 9_438_743);
    check(PrepaymentBase::AfterSchedule, 8_494_869);
}

#[test]
fn after_a_prepayment_instalments_shrink_or_end_sooner() {
    let check = |after: AfterPrepayment, last_paid: usize| {
        let level = loan(0, 100_000_000, "0.06", 12, Repayment::Level);
        let deal = of_loan(level);
        let scenario = Scenario {
            prepayment: Prepayment::Monthly(vec![rate("0.5"), rate("0")]),
            after_prepayment: after,
            ..quiet()
        };
        let collections = under(&deal, &scenario);
        let last = collections.rows.iter().rposition(|row| row.principal > 0).unwrap();
        assert_eq!(last, last_paid, "{after:?}");
        assert_eq!(totals(&collections).principal + totals(&collections).prepaid, 100_000_000);
    };
    check(AfterPrepayment::SmallerInstalments, 11);
    check(AfterPrepayment::FewerInstalments, 5);
}

#[test]
fn a_cumulative_rate_is_placed_by_its_timing_and_front_loading_moves_it() {
    let check = |front: &str, expected: [Fen; 4]| {
        let pair = [
            loan(0, 60_000_000, "0", 4, Repayment::Bullet),
            Loan {
                name: "other".into(),
                obligor: 1,
                ..loan(1, 40_000_000, "0", 4, Repayment::Bullet)
            },
        ];
        let deal = deal(of_loans(terms(6), pair.to_vec()));
        let scenario = Scenario {
            defaults: DefaultRate::Cumulative { rate: rate("0.1"), timing: Vec::new() },
            front_loaded: rate(front),
            ..quiet()
        };
        let rows = under(&deal, &scenario).rows;
        assert_eq!([0, 1, 2, 3].map(|at| rows[at].defaulted), expected, "front {front}");
    };
    check("0", [2_500_000; 4]);
    check("0.2", [3_000_000, 3_000_000, 2_000_000, 2_000_000]);
    check("-0.2", [2_000_000, 2_000_000, 3_000_000, 3_000_000]);
}

#[test]
fn a_named_default_strikes_all_loans_of_the_firm_and_pays_nothing_from_that_day() {
    let second = Loan { name: "second".into(), ..loan(0, 500_000, "0.12", 6, Repayment::Bullet) };
    let loans = vec![loan(0, 1_000_000, "0.12", 6, Repayment::Bullet), second];
    let deal = deal(of_loans(terms(40), loans));
    let scenario = Scenario {
        obligor_defaults: vec![(0, date("2024-03-01"))],
        recovery: Recovery::Flat { rate: rate("0.4"), shares: vec![(12, Decimal::ONE)] },
        ..quiet()
    };
    let rows = under(&deal, &scenario).rows;
    assert_eq!((rows[0].interest, rows[1].interest), (15_000, 0));
    assert_eq!((rows[1].defaulted, rows[13].recovered), (1_500_000, 600_000));
    assert_eq!(rows[1].to_come, 600_000);
}

#[test]
fn loans_in_trouble_at_the_cut_off_date_are_what_they_are() {
    let with_status = |status| Loan { status, ..loan(0, 1_000_000, "0.12", 3, Repayment::Bullet) };
    let check = |status: Status, delinquent_default: bool, defaulted: Fen| {
        let deal = of_loan(with_status(status));
        let scenario = Scenario {
            delinquent_default,
            recovery: Recovery::Flat { rate: rate("0.1"), shares: vec![(2, Decimal::ONE)] },
            ..quiet()
        };
        let collections = under(&deal, &scenario);
        assert_eq!(totals(&collections).defaulted, defaulted, "{status:?}");
        assert_eq!(totals(&collections).recovered, defaulted / 10, "{status:?}");
    };
    check(Status::Current, true, 0);
    check(Status::Delinquent { days: 20 }, false, 0);
    check(Status::Delinquent { days: 20 }, true, 1_000_000);
    check(Status::Defaulted, false, 1_000_000);
}

pub fn right(loans: &[usize], appraised_value: Fen, expiry: &str) -> IpRight {
    IpRight {
        name: "R".into(),
        loans: loans.to_vec(),
        kind: RightKind::Invention,
        title_no: None,
        appraised_value,
        valuation_date: date("2024-01-01"),
        expiry: date(expiry),
        decay_pa: None,
        haircut: None,
        sale_cost: None,
        months_to_sale: None,
        evidence: None,
        issuer: None,
        renewed: false,
        infringement: None,
    }
}

/// What a default on 2024-03-01 recovers from rights, sold twelve months later.
fn pledge(rights: Vec<IpRight>) -> Vec<(usize, Fen)> {
    let loans = vec![
        loan(0, 1_000_000, "0.12", 6, Repayment::Bullet),
        Loan {
            name: "other".into(),
            obligor: 1,
            ..loan(1, 1_000_000, "0.12", 36, Repayment::Bullet)
        },
    ];
    let mut small = of_loans(terms(40), loans);
    small.rights = rights;
    let deal = deal(small);
    let scenario = Scenario {
        obligor_defaults: vec![(0, date("2024-03-01"))],
        recovery: Recovery::Rights(RightAssumptions {
            shocks: ValueShocks::NONE,
            decay_pa: rate("0"),
            haircut: vec![(RightKind::Data, rate("0.9"))],
            haircut_else: rate("0.5"),
            months_to_sale: 12,
            sale_cost: rate("0.1"),
        }),
        ..quiet()
    };
    let rows = under(&deal, &scenario).rows;
    let recovered = rows.iter().enumerate().filter(|row| row.1.recovered > 0);
    recovered.map(|(at, row)| (at, row.recovered)).collect()
}

#[test]
fn a_pledge_pays_right_by_right_never_above_the_claim() {
    let plain = right(&[0], 1_000_000, "2030-01-01");
    assert_eq!(pledge(vec![plain.clone()]), [(13, 450_000)]);
    // Expired on the day of sale: nothing.
    assert_eq!(pledge(vec![right(&[0], 1_000_000, "2025-03-01")]), []);
    assert_eq!(pledge(vec![right(&[0], 1_000_000, "2025-03-02")]), [(13, 450_000)]);
    // The claim is principal and the interest due on the day: 10,000.00 + 100.00.
    assert_eq!(pledge(vec![right(&[0], 9_000_000, "2030-01-01")]), [(13, 1_010_000)]);
    // Pledged to two live loans of the same size: half each.
    assert_eq!(pledge(vec![right(&[0, 1], 1_000_000, "2030-01-01")]), [(13, 225_000)]);
    // Its own terms come before those of the scenario; a year and 60 days at 10%: 0.9^1.1644.
    let own = IpRight {
        haircut: Some(rate("0")),
        sale_cost: Some(rate("0")),
        decay_pa: Some(rate("0.1")),
        months_to_sale: Some(12),
        ..plain.clone()
    };
    assert_eq!(pledge(vec![own]), [(13, 884_547)]);
    let data = IpRight { kind: RightKind::Data, months_to_sale: Some(6), ..plain };
    assert_eq!(pledge(vec![data]), [(7, 90_000)]);
}

#[test]
fn what_comes_after_the_last_date_is_unrealised() {
    let deal =
        deal(of_loans(terms(4), vec![loan(0, 1_000_000, "0", 6, Repayment::EqualPrincipal)]));
    let collections = under(&deal, &quiet());
    assert_eq!(totals(&collections).principal, 666_668);
    assert_eq!(add_months(date("2024-01-01"), 6).to_string(), "2024-07-01");
    assert_eq!(collections.unrealised, 333_332);
}

/// What rights without haircut or cost, sold after three months, bring in all.
fn recovered(mut small: Parts, rights: Vec<IpRight>, scenario: Scenario) -> Fen {
    small.rights = rights;
    let recovery = Recovery::Rights(RightAssumptions {
        shocks: ValueShocks::NONE,
        decay_pa: rate("0"),
        haircut: Vec::new(),
        haircut_else: rate("0"),
        months_to_sale: 3,
        sale_cost: rate("0"),
    });
    totals(&under(&deal(small), &Scenario { recovery, ..scenario })).recovered
}

#[test]
fn a_right_pledged_to_two_loans_is_sold_once() {
    let check = |obligors: [usize; 2], defaults: &[(usize, &str)], expected: Fen| {
        let loans = obligors.iter().zip(["one", "other"]).map(|(&obligor, name)| Loan {
            name: name.into(),
            ..loan(obligor, 1_000_000, "0", 24, Repayment::Bullet)
        });
        let scenario = Scenario {
            obligor_defaults: defaults.iter().map(|&(at, day)| (at, date(day))).collect(),
            ..quiet()
        };
        let small = of_loans(terms(40), loans.collect());
        let rights = vec![right(&[0, 1], 1_000_000, "2040-01-01")];
        assert_eq!(recovered(small, rights, scenario), expected, "{obligors:?} {defaults:?}");
    };
    check([0, 0], &[(0, "2024-03-01")], 1_000_000);
    check([0, 1], &[(0, "2024-03-01"), (1, "2024-03-01")], 1_000_000);
    check([0, 1], &[(0, "2024-03-01"), (1, "2024-09-01")], 1_000_000);
    // The other loan keeps its half.
    check([0, 1], &[(0, "2024-03-01")], 500_000);
}

#[test]
fn a_right_behind_a_loan_that_defaults_in_parts_is_sold_once() {
    let check = |cumulative: &str, expected: Fen| {
        let small = of_loans(terms(40), vec![loan(0, 1_200_000, "0", 24, Repayment::Bullet)]);
        let defaults = DefaultRate::Cumulative { rate: rate(cumulative), timing: Vec::new() };
        let rights = vec![right(&[0], 120_000, "2040-01-01")];
        let scenario = Scenario { defaults, ..quiet() };
        assert_eq!(recovered(small, rights, scenario), expected, "{cumulative}");
    };
    // 500.00 or 250.00 of 12,000.00 on each of 24 dates: 50.00 or 25.00 of the 1,200.00.
    check("1", 120_000);
    check("0.5", 60_000);
}

#[test]
fn a_rate_works_from_the_cut_off_date_over_an_interest_period_of_its_own() {
    let check = |time: RateTime, origination: &str, defaulted: Fen| {
        let bullet = Loan {
            origination: date(origination),
            ..loan(0, 100_000_000, "0.06", 12, Repayment::AtMaturity)
        };
        let mut small = of_loans(terms(14), vec![bullet]);
        small.terms.rate_time = time;
        let defaults = DefaultRate::Annual(vec![rate("0.1")]);
        let totals = totals(&under(&deal(small), &Scenario { defaults, ..quiet() }));
        assert_eq!(totals.defaulted, defaulted, "{time:?} {origination}");
        assert_eq!(totals.principal, 100_000_000 - defaulted);
    };
    // A year to maturity, of 366 days: 1 - 0.9^(366/365).
    for origination in ["2024-01-01", "2022-01-01"] {
        check(RateTime::Months12, origination, 10_000_000);
        check(RateTime::Actual365, origination, 10_025_976);
    }
}

#[test]
fn the_same_instalments_follow_a_reset_of_the_rate() {
    let floating =
        LoanRate::Floating { tenor: LprTenor::OneYear, spread_pa: rate("0"), reset_months: 12 };
    let level = Loan { rate: floating, ..loan(0, 100_000_000, "0", 36, Repayment::Level) };
    let mut small = of_loans(terms(40), vec![level]);
    let path = [("2023-01-01", "0.04"), ("2024-12-01", "0.12")];
    small.lpr = Lpr::new(path.map(|(day, one)| (date(day), rate(one), rate("0"))).to_vec());
    let deal = deal(small);
    let fewer = AfterPrepayment::FewerInstalments;
    let rows = under(&deal, &Scenario { after_prepayment: fewer, ..quiet() }).rows;
    // 29,523.99 at 4% over 36 months; 679,885.66 left after 12, then 32,004.58 at 12% over 24.
    let paid = [0, 11, 12, 34].map(|at| rows[at].principal + rows[at].interest);
    assert_eq!(paid, [2_952_399, 2_952_399, 3_200_458, 3_200_458]);
    assert_eq!(rows[12].interest, 679_886);
    assert_eq!(rows, under(&deal, &quiet()).rows);
}

#[test]
fn a_seasoned_balloon_keeps_its_instalment() {
    let check = |cutoff: &str, principal: Fen, instalments: &[Fen]| {
        let balloon = Loan {
            origination: date("2022-01-01"),
            first_due: date("2022-02-01"),
            maturity: date("2025-01-01"),
            ..loan(0, principal, "0.06", 36, Repayment::Balloon { periods: 60 })
        };
        let mut small = of_loans(terms(14), vec![balloon]);
        small.terms.cutoff = date(cutoff);
        let deal = deal(small);
        let pool = pool(&deal, RateShift::NONE, &periods(deal.terms()));
        let paid: Vec<Fen> = pool.dues_of(0).map(|due| due.principal + due.interest).collect();
        assert_eq!(paid[..paid.len() - 1], *instalments, "{cutoff}");
    };
    // 1,000,000.00 at 6% as if over 60 months; after 24 dues 635,488.87 is left.
    check("2022-01-01", 100_000_000, &[1_933_280; 35]);
    check("2024-01-02", 63_548_887, &[1_933_280; 11]);
}

#[test]
fn a_loan_past_its_maturity_has_defaulted_at_the_cut_off_date() {
    let matured = Loan {
        name: "matured".into(),
        origination: date("2022-01-01"),
        first_due: date("2022-02-01"),
        maturity: date("2023-12-31"),
        ..loan(1, 500_000, "0.06", 12, Repayment::Bullet)
    };
    let current = loan(0, 1_000_000, "0", 3, Repayment::Bullet);
    let deal = deal(of_loans(terms(6), vec![current, matured]));
    let scenario = Scenario {
        recovery: Recovery::Flat { rate: rate("0.4"), shares: vec![(2, Decimal::ONE)] },
        ..quiet()
    };
    let rows = under(&deal, &scenario).rows;
    assert_eq!(
        (rows[0].defaulted, rows[0].recognised, rows[0].closing),
        (500_000, 500_000, 1_000_000)
    );
    // Two months after 1 January.
    assert_eq!((rows[1].recovered, totals(&under(&deal, &scenario)).recovered), (200_000, 200_000));
}

/// All dates of the chain in their order, for this deal's terms.
fn chain_holds(terms: &Terms) {
    let mut before = None;
    for period in periods(terms) {
        let chain =
            [period.calculation, period.transfer, period.test, period.support, period.payment];
        assert!(chain.is_sorted(), "{terms:?}\n{period:?}");
        assert!(before < Some(period.calculation), "{terms:?}\n{period:?}");
        before = Some(period.calculation);
    }
}

#[test]
fn the_dates_of_a_period_follow_each_other() {
    let rolls = [Roll::None, Roll::Preceding, Roll::Following, Roll::ModifiedFollowing];
    let calculations = [
        Calculation::MonthEnd,
        Calculation::BusinessDaysBefore(10),
        Calculation::BusinessDaysBefore(0),
        Calculation::DaysBefore(1),
        Calculation::DaysBefore(20),
    ];
    for first in ["2024-03-31", "2024-03-01", "2024-02-29", "2024-10-07"] {
        for roll in rolls {
            for calculation in calculations {
                for [transfer_days, test_days, support_days] in [[7, 6, 5], [0, 0, 0], [15, 2, 1]] {
                    let base = terms(1);
                    let first_payment = date(first);
                    chain_holds(&Terms {
                        first_payment,
                        legal_maturity: add_months(first_payment, 14),
                        calendar: Calendar::china(CalendarKind::Exchange),
                        roll,
                        calculation,
                        transfer_days,
                        test_days,
                        support_days,
                        ..base
                    });
                }
            }
        }
    }
    // The last day of March 2024 is a Sunday: paid on the Friday before, for all of February.
    let month_end = Terms {
        first_payment: date("2024-03-31"),
        legal_maturity: date("2024-06-30"),
        calendar: Calendar::china(CalendarKind::Exchange),
        roll: Roll::Preceding,
        calculation: Calculation::MonthEnd,
        transfer_days: 7,
        test_days: 6,
        support_days: 5,
        ..terms(1)
    };
    let first = periods(&month_end)[0];
    let chain = [first.calculation, first.transfer, first.test, first.support, first.payment];
    let expected = ["2024-02-29", "2024-03-20", "2024-03-21", "2024-03-22", "2024-03-29"];
    assert_eq!(chain.map(|date| date.to_string()), expected);
}

#[test]
fn a_shift_of_loan_rates_moves_fixed_and_floating_loans_from_the_cut_off_date() {
    let floating = LoanRate::Floating {
        tenor: LprTenor::OneYear,
        spread_pa: rate("0.0175"),
        reset_months: 12,
    };
    for own in [LoanRate::Fixed(rate("0.06")), floating] {
        let bullet = Loan { rate: own, ..loan(0, 1_200_000, "0", 3, Repayment::Bullet) };
        let deal = of_loan(bullet);
        let shift = RateShift { loans: rate("-0.012"), ..RateShift::NONE };
        let pool = pool(&deal, shift, &periods(deal.terms()));
        let interest: Vec<Fen> = pool.dues_of(0).map(|due| due.interest).collect();
        // 6.00% less 1.20%, monthly on 12,000.00.
        assert_eq!(interest, [4_800; 3], "{own:?}");
    }
}
