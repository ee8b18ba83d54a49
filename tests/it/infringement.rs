//! Infringement of pledged rights and the cover of it: exact runs by hand, simulation against
//! closed forms and against the exact engine path by path.

use super::covered_paths::{check_sums, covered, with_givers};
use super::covers::{check, cover, pool_of, recovered};
use super::deals::{self, date, quiet, rate};
use super::loaded::load;
use super::simulate::{PLAIN, check_paths, near, one_factor, one_year, simulated, tally_of};
use ipabs::asset::{InfringementRisk, IpRight, PdCurve, Repayment, RightKind};
use ipabs::deal::{Cover, CoverPays, Deal, Parts};
use ipabs::engine::{Flows, Simulation, Support, loan_flows, run};
use ipabs::input::default_model;
use ipabs::num::Decimal;
use ipabs::scenario::{
    Copula, DefaultModel, DefaultRate, Infringement, Recovery, RightAssumptions, Scenario,
    ValueShocks,
};

/// Appraised at 2,000.00, without decay; sold for half of it.
fn right(name: &str, loans: &[usize]) -> IpRight {
    IpRight {
        name: name.into(),
        loans: loans.to_vec(),
        kind: RightKind::Data,
        title_no: None,
        appraised_value: 200_000,
        valuation_date: date("2024-01-01"),
        expiry: date("2034-01-01"),
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

fn rights_sold(shocks: ValueShocks) -> Recovery {
    Recovery::Rights(RightAssumptions {
        shocks,
        decay_pa: rate("0"),
        haircut: Vec::new(),
        haircut_else: rate("0.5"),
        months_to_sale: 6,
        sale_cost: rate("0"),
    })
}

/// The firm defaults on 1 March and owes 1,010.00; the first right loses 60%, that is 1,200.00, on
/// a day.
fn infringed(day: &str) -> Scenario {
    Scenario {
        obligor_defaults: vec![(0, date("2024-03-01"))],
        infringements: vec![Infringement { right: 0, date: date(day), loss: rate("0.6") }],
        recovery: rights_sold(ValueShocks::NONE),
        ..quiet()
    }
}

/// 100.00 of each loss is not covered, and no more than 500.00 is paid.
fn policy() -> Cover {
    Cover {
        loans: Vec::new(),
        rights: vec![0],
        deductible: 10_000,
        cap_per_right: Some(50_000),
        ..cover("P", CoverPays::OnInfringement, "1")
    }
}

fn insured(covers: Vec<Cover>) -> Parts {
    Parts { covers, rights: vec![right("R", &[0])], ..pool_of(&[100_000, 100_000], "0.12") }
}

#[track_caller]
fn check_sum(parts: Parts, scenario: &Scenario, expected: &[&str], sum: &str) -> Flows {
    let (_, flows) = check(parts, scenario, expected);
    assert_eq!(recovered(&flows), rate(sum));
    flows
}

/// The right fetches 1,000.00, or 400.00 from the day of the infringement on; the cover owes
/// min(500, 1,200 - 100).
#[test]
fn what_is_paid_stays_with_the_pledge_until_the_loan_defaults() {
    let check = |day: &str, expected: &[&str], sum: &str| {
        check_sum(insured(vec![policy()]), &infringed(day), expected, sum)
    };
    // Paid on 21 February, before the default: cash on the day of the default.
    check("2024-02-01", &["2024-03-01 P 500.00 500.00 0.00"], "900");
    // Between default and sale, and on the day of the sale: cash when it is paid.
    check("2024-06-01", &["2024-06-21 P 500.00 500.00 0.00"], "900");
    check("2024-09-01", &["2024-09-21 P 500.00 500.00 0.00"], "900");
    // After the sale nobody loses anything.
    check("2024-09-02", &[], "1000");
}

#[test]
fn no_default_makes_it_pay() {
    let unhurt = Scenario { infringements: Vec::new(), ..infringed("2024-02-01") };
    check_sum(insured(vec![policy()]), &unhurt, &[], "1000");
    let paying = Scenario { obligor_defaults: Vec::new(), ..infringed("2024-02-01") };
    check_sum(insured(vec![policy()]), &paying, &[], "0");
    let another = Scenario { obligor_defaults: vec![(1, date("2024-03-01"))], ..paying };
    check_sum(insured(vec![policy()]), &another, &[], "0");
}

#[test]
fn limit_deductible_share_waiting_time_and_end_are_those_of_the_policy() {
    let check = |policy: Cover, expected: &[&str], sum: &str| {
        check_sum(insured(vec![policy]), &infringed("2024-02-01"), expected, sum);
    };
    let unlimited = Cover { cap_per_right: None, ..policy() };
    // 1,100.00 is more than the claim: the rest is the firm's, and nothing is left for the sale.
    check(unlimited.clone(), &["2024-03-01 P 1010.00 1010.00 0.00"], "1010");
    let half = Cover { share: rate("0.5"), ..unlimited.clone() };
    check(half, &["2024-03-01 P 550.00 550.00 0.00"], "950");
    check(Cover { deductible: 120_000, ..unlimited }, &[], "400");
    check(Cover { waiting_months: 1, ..policy() }, &["2024-03-01 P 500.00 500.00 0.00"], "900");
    check(Cover { waiting_months: 2, ..policy() }, &[], "400");
    let ends = |day: &str| Cover { end: Some(date(day)), ..policy() };
    check(ends("2024-02-01"), &["2024-03-01 P 500.00 500.00 0.00"], "900");
    check(ends("2024-01-31"), &[], "400");
}

/// A quarter of what it owes is paid by an insurer that has failed by its pay date, 21 February.
#[test]
fn an_insurer_pays_only_if_it_lives_on_its_pay_date() {
    let check = |failure: &str, expected: &str, sum: &str| {
        let mut parts = insured(vec![policy()]);
        parts.supporters[0].recovery = rate("0.25");
        let failures = vec![(0, date(failure))];
        let scenario = Scenario { supporter_failures: failures, ..infringed("2024-02-01") };
        check_sum(parts, &scenario, &[expected], sum);
    };
    check("2024-02-22", "2024-03-01 P 500.00 500.00 0.00", "900");
    check("2024-02-21", "2024-03-01 P 500.00 125.00 0.00", "525");
}

/// Both policies at once: the claim of 1,010.00 less 500.00 of cash and 400.00 of the sale leaves
/// 110.00, of which pledge-guarantee cover bears 80%; on the claim it pays 808.00 and takes 80% of
/// what the pledge brings, cash too.
#[test]
fn the_two_policies_are_two() {
    let both = |pays: CoverPays| {
        let of_loan = Cover { supporter: 1, lag_business_days: 0, ..cover("K", pays, "0.8") };
        insured(vec![policy(), of_loan])
    };
    let cash = "2024-03-01 P 500.00 500.00 0.00";
    let on_loss = [cash, "2024-09-01 K 88.00 88.00 0.00"];
    check_sum(both(CoverPays::OnLoss), &infringed("2024-02-01"), &on_loss, "988");
    let on_claim = [
        cash,
        "2024-03-01 K 808.00 808.00 0.00",
        "2024-03-01 K 0.00 0.00 400.00",
        "2024-09-01 K 0.00 0.00 320.00",
    ];
    check_sum(both(CoverPays::OnClaim), &infringed("2024-02-01"), &on_claim, "988");
    // A loss is known once the cash is due too.
    let late = ["2024-09-21 P 500.00 500.00 0.00", "2024-09-21 K 88.00 88.00 0.00"];
    check_sum(both(CoverPays::OnLoss), &infringed("2024-09-01"), &late, "988");
}

#[test]
fn a_right_of_two_loans_shares_its_cash_by_claim_as_its_sale() {
    let mut parts = insured(vec![policy()]);
    parts.rights = vec![right("R", &[0, 1])];
    let half = ["2024-03-01 P 250.00 250.00 0.00"];
    check_sum(parts.clone(), &infringed("2024-02-01"), &half, "450");
    let deal = deals::deal(parts);
    let bare = run(&deal, &infringed("2024-02-01"), Support::Bare).unwrap();
    assert_eq!(recovered(&bare), rate("200"));
    assert!(bare.collections.covers.is_empty());
}

/// A loan of 1,000.00 that defaults by parts, at a rate: each part takes that part of the 500.00,
/// on its day or when they are paid, and all parts together no more.
#[test]
fn a_default_of_a_part_takes_that_part_of_the_cash() {
    let deal = deals::deal(insured(vec![policy()]));
    let scenario = Scenario {
        defaults: DefaultRate::Annual(vec![rate("0.6")]),
        obligor_defaults: Vec::new(),
        ..infringed("2024-04-10")
    };
    let flows = run(&deal, &scenario, Support::With).unwrap();
    super::auditor::audit(&deal, &flows);
    super::lanes::check_lanes(&deal, &scenario, Support::With);
    let of_parts = loan_flows(&deal, &scenario);
    let of_parts = of_parts.iter().filter(|flow| flow.loan == 0 && flow.defaulted > 0);
    let parts: Vec<_> = of_parts.map(|flow| (flow.date, flow.defaulted)).collect();
    assert!(parts.len() > 6);
    let mut expected: Vec<_> = parts
        .into_iter()
        .map(|(day, defaulted)| (day.max(date("2024-04-30")), (defaulted + 1) / 2))
        .collect();
    let mut found: Vec<_> =
        flows.collections.covers.iter().map(|flow| (flow.date, flow.paid)).collect();
    expected.sort_unstable();
    found.sort_unstable();
    assert_eq!(found, expected);
    assert!(found.iter().map(|flow| flow.1).sum::<i64>() <= 50_000);
}

/// Every right of a deal may be infringed; those at even places are insured too, by a supporter
/// that is likely to fail.
fn at_risk(parts: &mut Parts, probability: &str, loss: &str) {
    for right in &mut parts.rights {
        let (probability_1y, loss) = (rate(probability), rate(loss));
        right.infringement = Some(InfringementRisk { probability_1y, loss });
    }
    let supporter = parts.supporters.iter().position(|of| of.name == "appraiser").unwrap();
    let rights = (0..parts.rights.len()).step_by(2).collect();
    let cap = parts.rights[0].appraised_value / 10;
    let policy = Cover { rights, supporter, cap_per_right: Some(cap), ..policy() };
    parts.covers.push(Cover { waiting_months: 3, deductible: 0, ..policy });
}

/// Covers of loans and of rights, shocks of values, several loans behind one right.
fn insured_pool(loss: &str) -> (Deal, Scenario, DefaultModel) {
    let loaded = load("scenarios/yuhang-2021");
    let mut parts = covered(&loaded, 1);
    at_risk(&mut parts, "0.5", loss);
    let model = with_givers(&default_model(&loaded).unwrap(), 4);
    let rights = |scenario: &&Scenario| matches!(scenario.recovery, Recovery::Rights(_));
    let scenario = loaded.scenarios.iter().find(rights).unwrap();
    (deals::deal(parts), scenario.clone(), model)
}

#[test]
fn a_path_with_infringements_is_the_exact_run_of_its_fates() {
    let (deal, scenario, model) = insured_pool("0.7");
    let early = Scenario {
        prepayment: ipabs::scenario::Prepayment::Annual(vec![rate("0.3")]),
        ..scenario.clone()
    };
    for scenario in [&scenario, &early] {
        check_paths(&deal, scenario, &model, &(0..40).collect::<Vec<_>>());
    }
    let tally = check_sums(&deal, &scenario, &model, 300);
    let policy = tally.covers.last().unwrap();
    assert!(policy.amount_paid.sum > 0, "no policy has paid");
    assert!(policy.failed_when_called.sum > 0, "no insurer has failed");
}

/// A right that loses nothing fetches what it did: no other draw has moved.
#[test]
fn a_risk_of_infringement_moves_no_other_draw() {
    let (harmless, scenario, model) = insured_pool("0");
    let mut parts = covered(&load("scenarios/yuhang-2021"), 1);
    at_risk(&mut parts, "0.5", "0");
    parts.rights.iter_mut().for_each(|right| right.infringement = None);
    let plain = tally_of(&deals::deal(parts), &scenario, &model, 3_000);
    let simulation = Simulation::new(&harmless, &scenario, &model, PLAIN).unwrap();
    let tally = simulated(&simulation, 3_000, 1);
    assert!(tally == plain, "a risk without a loss is not harmless");
    assert!(simulated(&simulation, 3_000, 3) == tally, "threads change a bit");
}

/// One loan of 1,000.00 due in a year, in default with probability 20%. Its right, appraised at
/// 1,000.00, is sold for half of it two months later, in month 14; it is infringed within a year
/// with probability 30% and then loses 60%, of which the policy pays min(400, 600 - 100) on the
/// same day if the insurer, which fails within a year with probability 25%, lives.
/// P(infringed by the sale) = 1 - 0.7^(14/12); P(and the insurer lives) sums over months k
/// (0.7^((k-1)/12) - 0.7^(k/12)) x 0.75^(k/12).
#[test]
fn simulated_infringements_lose_and_pay_what_the_closed_form_says() {
    let mut parts = pool_of(&[100_000], "0");
    parts.loans[0].repayment = Repayment::AtMaturity;
    let risk = InfringementRisk { probability_1y: rate("0.3"), loss: rate("0.6") };
    let months_to_sale = Some(2);
    parts.rights = vec![IpRight {
        appraised_value: 100_000,
        infringement: Some(risk),
        months_to_sale,
        ..right("R", &[0])
    }];
    parts.covers = vec![Cover { cap_per_right: Some(40_000), lag_business_days: 0, ..policy() }];
    let deal = deals::deal(parts);
    let curves = vec![one_year(0.2), one_year(0.25), PdCurve::never()];
    let model = one_factor(&deal, Copula::Gaussian, 0.0, curves);
    let scenario = Scenario { recovery: rights_sold(ValueShocks::NONE), ..quiet() };
    let paths = 200_000;
    let tally = tally_of(&deal, &scenario, &model, paths);
    let by = |month: i32| 1.0 - 0.7_f64.powf(f64::from(month) / 12.0);
    let infringed = by(14);
    let alive = |month: i32| 0.75_f64.powf(f64::from(month) / 12.0);
    let paid: f64 = (1..=14).map(|at| (by(at) - by(at - 1)) * alive(at)).sum();
    near("called", &tally.covers[0].called, paths, 0.2 * infringed, 0.0);
    let failed = 0.2 * (infringed - paid);
    near("failed", &tally.covers[0].failed_when_called, paths, failed, 0.0);
    near("paid", &tally.covers[0].amount_paid, paths, 0.2 * 0.4 * paid, 0.0);
    let bare = 0.2 * (1.0 - 0.5 * (1.0 - 0.6 * infringed));
    near("bare", &tally.bare[0].loss, paths, bare, 0.0);
    near("without", &tally.without[0].loss, paths, bare - 0.2 * 0.4 * paid, 0.0);
}

#[test]
fn what_simulation_does_not_model_of_infringements_is_refused_by_name() {
    let check = |change: &dyn Fn(&mut Parts, &mut Scenario), expected: &str| {
        let (_, mut scenario, model) = insured_pool("0.7");
        let mut parts = covered(&load("scenarios/yuhang-2021"), 1);
        at_risk(&mut parts, "0.5", "0.7");
        change(&mut parts, &mut scenario);
        let found = Simulation::new(&deals::deal(parts), &scenario, &model, PLAIN).unwrap_err();
        assert!(found.iter().any(|line| line.contains(expected)), "{found:?}");
    };
    let flat = Recovery::Flat { rate: rate("0.1"), shares: vec![(12, Decimal::ONE)] };
    check(&|_, scenario| scenario.recovery = flat.clone(), "whose recovery is flat");
    let late = ipabs::asset::Status::Defaulted;
    check(&|parts, _| parts.loans[0].status = late, "in default from the start");
    let most = |parts: &mut Parts, _: &mut Scenario| {
        parts.supporters.last_mut().unwrap().paying_capacity = Some(1);
    };
    check(&most, "a paying_capacity behind infringement cover is not modelled");
}
