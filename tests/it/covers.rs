//! Loan-level covers: what givers pay after a default, what they take of the pledge, what can never
//! happen. Expected amounts are worked out by hand.
//!
//! A line of a table is: date, cover, called, paid, taken.

use super::auditor::audit;
use super::deals::{date, deal, loan, parts, quiet, rate, steps, supporter, terms, tranche};
use super::lanes::check_lanes;
use super::runs::dates_of;
use ipabs::analytics::layers::{Layers, layers};
use ipabs::asset::{Loan, LoanRate, Repayment, Status, Supporter, SupporterKind};
use ipabs::dates::{Date, add_months, days};
use ipabs::deal::{Claim, Cover, CoverPays, Deal, Parts, Seniority, Split};
use ipabs::engine::{CoverFlow, Event, Flows, Party, Support, Why, loan_flows, run, run_all};
use ipabs::num::{Amount, Decimal, Fen, yuan_of};
use ipabs::scenario::{DefaultRate, Recovery, Scenario};
use proptest::prelude::*;

/// Bullet loans of these fen over a year, and one class that takes all.
pub fn pool_of(principals: &[Fen], rate_pa: &str) -> Parts {
    let loans: Vec<_> = principals
        .iter()
        .enumerate()
        .map(|(at, fen)| Loan {
            name: format!("L{at}"),
            ..loan(at, *fen, rate_pa, 12, Repayment::Bullet)
        })
        .collect();
    let notes = tranche("A", Seniority::Senior, principals.iter().sum(), "", date("2025-01-01"));
    let lines = [&[Claim::Principal(0)][..], &[Claim::Residual(0)]];
    let mut small = parts(terms(15), loans, vec![notes], steps(&lines, Split::ProRata));
    small.supporters = vec![giver("G"), giver("H")];
    small
}

pub fn giver(name: &str) -> Supporter {
    Supporter { kind: SupporterKind::RiskPool, ..supporter(name) }
}

/// Of the first loan, by the first giver, without any limit.
pub fn cover(name: &str, pays: CoverPays, share: &str) -> Cover {
    Cover {
        name: name.to_owned(),
        loans: vec![0],
        rights: Vec::new(),
        supporter: 0,
        pays,
        share: rate(share),
        cap_total: None,
        cap_per_right: None,
        deductible: 0,
        lag_business_days: 20,
        waiting_months: 0,
        end: None,
    }
}

fn on_claim(share: &str) -> Cover {
    cover("K", CoverPays::OnClaim, share)
}

fn on_loss(share: &str) -> Cover {
    cover("K", CoverPays::OnLoss, share)
}

/// These firms default; a share of principal comes back so many months later.
fn defaults(events: &[(usize, &str)], recovered: &str, months: u32) -> Scenario {
    Scenario {
        obligor_defaults: events.iter().map(|(firm, day)| (*firm, date(day))).collect(),
        recovery: Recovery::Flat { rate: rate(recovered), shares: vec![(months, Decimal::ONE)] },
        ..quiet()
    }
}

fn line(deal: &Deal, flow: &CoverFlow) -> String {
    let name = &deal.covers()[flow.cover].name;
    let [called, paid, taken] = [flow.called, flow.paid, flow.taken].map(yuan_of);
    format!("{} {name} {called:.2} {paid:.2} {taken:.2}", flow.date)
}

/// Runs with support and bare, audits both, compares both number systems.
#[track_caller]
pub fn check(parts: Parts, scenario: &Scenario, expected: &[&str]) -> (Deal, Flows) {
    let deal = deal(parts);
    for support in [Support::Without, Support::Bare] {
        let flows = run(&deal, scenario, support).unwrap();
        audit(&deal, &flows);
        check_lanes(&deal, scenario, support);
    }
    let flows = run(&deal, scenario, Support::With).unwrap();
    audit(&deal, &flows);
    let lines: Vec<String> =
        flows.collections.covers.iter().map(|flow| line(&deal, flow)).collect();
    assert_eq!(lines, expected);
    (deal, flows)
}

/// A loan of 1,000.00 at 12%, in default on 1 March with 10.00 of interest due; 300.00 comes back
/// on 1 September.
#[track_caller]
fn check_one(covers: Vec<Cover>, expected: &[&str]) -> Flows {
    let scenario = defaults(&[(0, "2024-03-01")], "0.3", 6);
    check(Parts { covers, ..pool_of(&[100_000], "0.12") }, &scenario, expected).1
}

pub fn recovered(flows: &Flows) -> Decimal {
    flows.rows.iter().map(|row| row[flows.cells.recovered_in]).sum()
}

#[test]
fn on_claim_pays_its_share_of_the_claim_and_takes_it_of_the_pledge() {
    let expected = ["2024-03-21 K 808.00 808.00 0.00", "2024-09-01 K 0.00 0.00 240.00"];
    let flows = check_one(vec![on_claim("0.8")], &expected);
    assert_eq!(recovered(&flows), rate("868.00"));
    let posted = |why: Why| -> Vec<(Party, Party, Decimal)> {
        let same = flows.postings.iter().filter(|posting| posting.why == why);
        same.map(|posting| (posting.from, posting.to, posting.amount)).collect()
    };
    let (plan, giver) = (Party::Account(0), Party::Giver(0));
    assert_eq!(posted(Why::Recovered), [(Party::Pool, plan, rate("300"))]);
    assert_eq!(posted(Why::Covered), [(giver, plan, rate("808"))]);
    assert_eq!(posted(Why::PledgeShare), [(plan, giver, rate("240"))]);
    assert_eq!(dates_of(&flows, Event::CoverCalled(0)), ["2024-03-21"]);
    let all = ["2024-03-21 K 1010.00 1010.00 0.00", "2024-09-01 K 0.00 0.00 300.00"];
    let flows = check_one(vec![on_claim("1")], &all);
    assert_eq!(recovered(&flows), rate("1010.00"));
}

/// Of the claim of 1,010.00: 300.00 by the pledge, 808.00 by the giver, who takes 240.00 of the
/// pledge, and the rest is left; by a giver that has failed, nothing.
#[test]
fn the_claim_on_a_loan_is_borne_by_pledge_covers_and_lender() {
    let check = |failure: Option<&str>, pledge: Fen, kept: Fen, left: Fen| {
        let covers = vec![on_claim("0.8")];
        let deal = deal(Parts { covers, ..pool_of(&[100_000, 50_000], "0.12") });
        let failures = failure.into_iter().map(|day| (0, date(day))).collect();
        let events = defaults(&[(0, "2024-03-01")], "0.3", 6);
        let scenario = Scenario { supporter_failures: failures, ..events };
        let flows = run(&deal, &scenario, Support::With).unwrap();
        let of = layers(&deal, &scenario, &flows);
        let own = Layers { claim: 101_000, pledge, covers: vec![kept], left };
        let none = Layers { claim: 0, pledge: 0, covers: Vec::new(), left: 0 };
        assert_eq!(of, [own.clone(), none, own]);
    };
    check(None, 30_000, 56_800, 14_200);
    check(Some("2024-03-21"), 30_000, 0, 71_000);
}

#[test]
fn on_loss_pays_its_share_of_what_the_pledge_leaves_once_it_is_sold() {
    let flows = check_one(vec![on_loss("0.8")], &["2024-09-21 K 568.00 568.00 0.00"]);
    assert_eq!(recovered(&flows), rate("868.00"));
}

#[test]
fn the_plan_bears_the_deductible_first() {
    let bears = |cover: Cover| Cover { deductible: 1_000, ..cover };
    check_one(vec![bears(on_loss("0.8"))], &["2024-09-21 K 560.00 560.00 0.00"]);
    let expected = ["2024-03-21 K 800.00 800.00 0.00", "2024-09-01 K 0.00 0.00 240.00"];
    check_one(vec![bears(on_claim("0.8"))], &expected);
    check_one(vec![Cover { deductible: 80_000, ..on_loss("0.8") }], &[]);
}

/// 500.00 of 808.00 are paid: 240.00 x 500 / 808 = 148.51 of the pledge.
#[test]
fn a_cap_is_a_cap_and_who_pays_a_part_takes_a_part() {
    let capped = Cover { cap_total: Some(50_000), ..on_claim("0.8") };
    let expected = ["2024-03-21 K 808.00 500.00 0.00", "2024-09-01 K 0.00 0.00 148.51"];
    check_one(vec![capped], &expected);
    let capped = Cover { cap_total: Some(50_000), ..on_loss("0.8") };
    check_one(vec![capped], &["2024-09-21 K 568.00 500.00 0.00"]);
}

#[test]
fn what_the_pledge_fetched_before_is_shared_when_the_giver_pays() {
    let scenario = defaults(&[(0, "2024-03-01")], "0.3", 0);
    let small = Parts { covers: vec![on_claim("0.8")], ..pool_of(&[100_000], "0.12") };
    let expected = ["2024-03-21 K 808.00 808.00 0.00", "2024-03-21 K 0.00 0.00 240.00"];
    check(small, &scenario, &expected);
}

#[test]
fn a_giver_pays_only_if_it_lives_on_its_pay_date() {
    let scenario = |failure: &str| Scenario {
        supporter_failures: vec![(0, date(failure))],
        ..defaults(&[(0, "2024-03-01")], "0.3", 6)
    };
    let small = |pays: CoverPays, cap_total: Option<Fen>| {
        let mut small = pool_of(&[100_000], "0.12");
        small.covers = vec![Cover { cap_total, ..cover("K", pays, "0.8") }];
        small.supporters[0].recovery = rate("0.25");
        small
    };
    let in_full = ["2024-03-21 K 808.00 808.00 0.00", "2024-09-01 K 0.00 0.00 240.00"];
    let a_quarter = ["2024-03-21 K 808.00 202.00 0.00", "2024-09-01 K 0.00 0.00 60.00"];
    check(small(CoverPays::OnClaim, None), &scenario("2024-03-22"), &in_full);
    check(small(CoverPays::OnClaim, None), &scenario("2024-03-21"), &a_quarter);
    check(small(CoverPays::OnClaim, None), &scenario("2024-01-02"), &a_quarter);
    let later = ["2024-09-21 K 568.00 142.00 0.00"];
    check(small(CoverPays::OnLoss, None), &scenario("2024-03-22"), &later);
    // A quarter of the 400.00 that it should pay.
    let capped = ["2024-09-21 K 568.00 100.00 0.00"];
    check(small(CoverPays::OnLoss, Some(40_000)), &scenario("2024-03-22"), &capped);
}

#[test]
fn defaults_before_the_waiting_time_or_after_the_end_are_not_covered() {
    let paid = ["2024-09-21 K 568.00 568.00 0.00"];
    check_one(vec![Cover { waiting_months: 2, ..on_loss("0.8") }], &paid);
    check_one(vec![Cover { waiting_months: 3, ..on_loss("0.8") }], &[]);
    check_one(vec![Cover { end: Some(date("2024-03-01")), ..on_loss("0.8") }], &paid);
    check_one(vec![Cover { end: Some(date("2024-02-29")), ..on_loss("0.8") }], &[]);
    let mut before = Parts { covers: vec![on_loss("0.8")], ..pool_of(&[100_000], "0.12") };
    before.loans[0].status = Status::Defaulted;
    check(before, &defaults(&[], "0.3", 6), &[]);
}

/// Parts of a loss as shared in public: a fund's 40 beside the bank's 60 (珠海), halves (深圳), and
/// 54:26:16:4 of fund, bank, insurer and appraiser (中山). A loan of 1,000.00 at 12% defaults with
/// 10.00 of interest due and 300.00 comes back: each sharer bears its part of 710.00. Its cap is
/// one part and a half: a second default exhausts it to the fen, a third brings nothing, and the
/// lender bears all the rest.
#[test]
fn each_sharer_of_a_risk_pool_bears_its_part_until_its_cap_is_used_up() {
    let check = |parts: &[(&str, Fen)]| {
        let cover_of = |(at, (share, part)): (usize, &(&str, Fen))| Cover {
            loans: vec![0, 1, 2],
            supporter: at,
            cap_total: Some(part + part / 2),
            ..cover(&format!("K{at}"), CoverPays::OnLoss, share)
        };
        let mut small = pool_of(&[100_000; 3], "0.12");
        small.supporters = (0..parts.len()).map(|at| giver(&format!("G{at}"))).collect();
        small.covers = parts.iter().enumerate().map(cover_of).collect();
        let deal = deal(small);
        let scenario =
            defaults(&[(0, "2024-02-01"), (1, "2024-03-01"), (2, "2024-04-01")], "0.3", 6);
        let flows = run(&deal, &scenario, Support::With).unwrap();
        audit(&deal, &flows);
        check_lanes(&deal, &scenario, Support::With);
        for (at, (_, part)) in parts.iter().enumerate() {
            let of_sharer = flows.collections.covers.iter().filter(|flow| flow.cover == at);
            let amounts: Vec<_> = of_sharer.map(|flow| (flow.called, flow.paid)).collect();
            let (part, rest) = (*part, part / 2);
            assert_eq!(amounts, [(part, part), (part, rest), (part, 0)], "sharer {at}");
        }
        let borne: Fen = parts.iter().map(|(_, part)| part + part / 2).sum();
        let of = layers(&deal, &scenario, &flows);
        assert_eq!(of.last().unwrap().left, 3 * 71_000 - borne);
    };
    check(&[("0.4", 28_400)]);
    check(&[("0.5", 35_500)]);
    check(&[("0.54", 38_340), ("0.16", 11_360), ("0.04", 2_840)]);
    // The bank a sharer too: nothing is left of the first loss.
    check(&[("0.54", 38_340), ("0.26", 18_460), ("0.16", 11_360), ("0.04", 2_840)]);
    check(&[("0.6", 42_600), ("0.4", 28_400)]);
}

/// Half of each loss, 900.00 in all: 500.00 for the first, then 400.00 is left for two calls of one
/// day.
#[test]
fn a_risk_pool_is_exhausted_in_date_order_and_shared_on_one_date() {
    let check = |principals: &[Fen], cap: Option<Fen>, capacity: Option<Fen>, last: [&str; 2]| {
        let mut small = pool_of(principals, "0");
        small.covers = vec![Cover { loans: vec![0, 1, 2], cap_total: cap, ..on_loss("0.5") }];
        small.supporters[0].paying_capacity = capacity;
        let days = [(0, "2024-03-01"), (1, "2024-04-01"), (2, "2024-04-01")];
        let first = "2024-03-21 K 500.00 500.00 0.00";
        check(small, &defaults(&days, "0", 0), &[first, last[0], last[1]])
    };
    let halves = ["2024-04-21 K 500.00 200.00 0.00"; 2];
    let (deal, flows) = check(&[100_000; 3], Some(90_000), None, halves);
    let paid: Fen = flows.collections.covers.iter().map(|flow| flow.paid).sum();
    assert_eq!(Some(paid), deal.covers()[0].cap_total);
    check(&[100_000; 3], None, Some(90_000), halves);
    // 400.00 x 500 / 1,500 = 133.33; the last takes the rest.
    let uneven = ["2024-04-21 K 500.00 133.33 0.00", "2024-04-21 K 1000.00 266.67 0.00"];
    check(&[100_000, 100_000, 200_000], Some(90_000), None, uneven);
}

/// Two covers of one giver: what each is owed within its own cap shares the 600.00 that it can pay:
/// 600 x 500 / 800 and 600 x 300 / 800.
#[test]
fn covers_of_one_giver_share_its_capacity_after_their_own_caps() {
    let mut small = pool_of(&[100_000; 2], "0");
    let other = Cover { name: "M".into(), loans: vec![1], ..on_loss("0.5") };
    small.covers = vec![on_loss("0.5"), Cover { cap_total: Some(30_000), ..other }];
    small.supporters[0].paying_capacity = Some(60_000);
    let scenario = defaults(&[(0, "2024-03-01"), (1, "2024-03-01")], "0", 0);
    let expected = ["2024-03-21 K 500.00 375.00 0.00", "2024-03-21 M 500.00 225.00 0.00"];
    check(small, &scenario, &expected);
}

fn sharing(ways: [CoverPays; 4]) -> Vec<Cover> {
    let shares = [("fund", "0.54"), ("bank", "0.26"), ("insurer", "0.16"), ("appraiser", "0.04")];
    let each = shares.into_iter().zip(ways);
    each.map(|((name, share), pays)| cover(name, pays, share)).collect()
}

/// 中山: fund, bank, insurer and appraiser share 54:26:16:4. 1,010.00 is claimed and 300.00 fetched.
#[test]
fn several_covers_of_a_loan_pay_side_by_side() {
    use CoverPays::{OnClaim, OnLoss};
    let expected = [
        "2024-09-21 fund 383.40 383.40 0.00",
        "2024-09-21 bank 184.60 184.60 0.00",
        "2024-09-21 insurer 113.60 113.60 0.00",
        "2024-09-21 appraiser 28.40 28.40 0.00",
    ];
    let flows = check_one(sharing([OnLoss; 4]), &expected);
    assert_eq!(recovered(&flows), rate("1010.00"));
    let mixed = [
        "2024-03-21 bank 262.60 262.60 0.00",
        "2024-09-01 bank 0.00 0.00 78.00",
        "2024-09-21 fund 383.40 383.40 0.00",
        "2024-09-21 insurer 113.60 113.60 0.00",
        "2024-09-21 appraiser 28.40 28.40 0.00",
    ];
    let flows = check_one(sharing([OnLoss, OnClaim, OnLoss, OnLoss]), &mixed);
    assert_eq!(recovered(&flows), rate("1010.00"));
}

/// Half of 10.01 is 5.01 to the fen, and what is left for the other half 5.00; of 3.01 that comes
/// back later one takes 1.51, the other 1.50.
#[test]
fn a_fen_of_rounding_is_not_paid_above_the_claim() {
    let second = Cover { name: "M".into(), supporter: 1, ..on_claim("0.5") };
    let small = Parts { covers: vec![on_claim("0.5"), second], ..pool_of(&[1_001], "0") };
    let expected = [
        "2024-03-21 K 5.01 5.01 0.00",
        "2024-03-21 M 5.00 5.00 0.00",
        "2024-09-01 K 0.00 0.00 1.51",
        "2024-09-01 M 0.00 0.00 1.50",
    ];
    let scenario = defaults(&[(0, "2024-03-01")], "0.301", 6);
    let (_, flows) = check(small, &scenario, &expected);
    assert_eq!(recovered(&flows), rate("10.01"));
}

/// Half of the pool defaults in the first period: half of a claim, half of a deductible.
#[test]
fn a_default_rate_claims_that_part_of_a_loan() {
    let covers = vec![Cover { deductible: 10_000, ..on_loss("0.6") }];
    let small = Parts { covers, ..pool_of(&[100_000], "0") };
    let defaults_of = DefaultRate::Cumulative { rate: rate("0.5"), timing: vec![Decimal::ONE] };
    let scenario = Scenario { defaults: defaults_of, ..defaults(&[], "0.2", 1) };
    // 0.6 x (500.00 - 100.00 - 50.00), twenty days after 1 March.
    check(small, &scenario, &["2024-03-21 K 210.00 210.00 0.00"]);
}

#[test]
fn the_bare_run_is_there_where_covers_are() {
    let scenario = defaults(&[(0, "2024-03-01")], "0.3", 6);
    let covered = deal(Parts { covers: vec![on_loss("0.8")], ..pool_of(&[100_000], "0.12") });
    let plain = deal(pool_of(&[100_000], "0.12"));
    let runs = run_all(&covered, &[&scenario], || {}).unwrap();
    let bare = runs[0].bare.as_ref().unwrap();
    assert_eq!(bare.support, Support::Bare);
    let without = run(&plain, &scenario, Support::Without).unwrap();
    assert_eq!((&bare.rows, &bare.postings), (&without.rows, &without.postings));
    assert!(run_all(&plain, &[&scenario], || {}).unwrap()[0].bare.is_none());
}

#[test]
fn shares_above_one_of_a_loan_are_a_fault() {
    let covers = vec![on_claim("0.7"), Cover { name: "M".into(), ..on_loss("0.4") }];
    let faults = Deal::new(Parts { covers, ..pool_of(&[100_000], "0") }).unwrap_err();
    assert_eq!(faults.len(), 1);
    assert!(faults[0].text.contains("the shares of L0 sum to 110%"), "{faults:?}");
}

fn any_cover(loans: usize) -> impl Strategy<Value = Cover> {
    let cap = || prop::option::of(0_i64..150_000);
    let chosen = prop::collection::btree_set(0..loans, 1..=loans);
    let end = prop::option::of(0_i32..12);
    let numbers = (1_i64..=250, 0_i64..30_000, 0_i32..60, 0_u32..4, 0_usize..2);
    (chosen, any::<bool>(), numbers, cap(), end).prop_map(
        |(loans, on_claim, (share, deductible, lag, waiting, supporter), cap_total, end)| Cover {
            name: "any".to_owned(),
            loans: loans.into_iter().collect(),
            rights: Vec::new(),
            cap_per_right: None,
            supporter,
            pays: if on_claim { CoverPays::OnClaim } else { CoverPays::OnLoss },
            share: Decimal::new(share, 3),
            cap_total,
            deductible: if deductible < 15_000 { 0 } else { deductible },
            lag_business_days: lag,
            waiting_months: waiting,
            end: end.map(|months| add_months(date("2024-01-01"), months)),
        },
    )
}

/// Four covers of at most a quarter each, of three loans.
pub fn any_covered() -> impl Strategy<Value = Parts> {
    let principals = prop::array::uniform3(1_i64..200_000);
    let capacity = prop::array::uniform2(prop::option::of(0_i64..200_000));
    let recovery = prop::array::uniform2(0_i64..=100);
    let covers = prop::collection::vec(any_cover(3), 1..=4);
    (principals, capacity, recovery, covers, 0_i64..2_000).prop_map(
        |(principals, capacity, recovery, covers, bp)| {
            let mut small = pool_of(&principals, &Decimal::new(bp, 4).to_string());
            for (at, giver) in small.supporters.iter_mut().enumerate() {
                giver.paying_capacity = capacity[at];
                giver.recovery = Decimal::new(recovery[at], 2);
            }
            Parts { covers, ..small }
        },
    )
}

fn any_events() -> impl Strategy<Value = Scenario> {
    let day = || prop::option::of((0_i32..12, 0_i32..28));
    let days = (prop::array::uniform3(day()), prop::array::uniform2(day()));
    let back = (0_i64..=100, 0_u32..12, 0_u32..12, 0_i64..=100);
    (days, back, prop::option::of(0_i64..60)).prop_map(|((firms, givers), back, annual)| {
        let on = |(months, days): (i32, i32)| -> Date {
            ipabs::dates::add_days(add_months(date("2024-01-01"), months), days)
        };
        let named = |days: &[Option<(i32, i32)>]| -> Vec<(usize, Date)> {
            let each = days.iter().enumerate();
            each.filter_map(|(at, day)| Some((at, on((*day)?)))).collect()
        };
        let (recovered, first, second, part) = back;
        let part = Decimal::new(part, 2);
        let shares = vec![(first, part), (second, Decimal::ONE - part)];
        Scenario {
            obligor_defaults: named(&firms),
            supporter_failures: named(&givers),
            defaults: match annual {
                Some(percent) => DefaultRate::Annual(vec![Decimal::new(percent, 2)]),
                None => DefaultRate::None,
            },
            recovery: Recovery::Flat { rate: Decimal::new(recovered, 2), shares },
            ..quiet()
        }
    })
}

/// Monthly, by days since the first of the month on which it was last due.
fn interest_due(loan: &Loan, day: Date) -> Fen {
    let mut start = loan.origination;
    while add_months(start, 1) < day {
        start = add_months(start, 1);
    }
    let of = |from: Date, to: Date| Decimal::from(days(from, to));
    let LoanRate::Fixed(rate) = loan.rate else { return 0 };
    let month = (Decimal::from(loan.principal) * rate / Decimal::from(12)).round_dp(0);
    let part = month * of(start, day) / of(start, add_months(start, 1));
    i64::try_from(part.ceil()).unwrap() + 1
}

/// Paid by covers that `of` names.
fn paid_by(flows: &Flows, of: impl Fn(&CoverFlow) -> bool) -> Fen {
    flows.collections.covers.iter().filter(|flow| of(flow)).map(|flow| flow.paid).sum()
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 300,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn covers_never_pay_above_caps_nor_a_loan_more_than_its_claim(
        parts in any_covered(),
        scenario in any_events(),
    ) {
        let deal = deal(parts);
        let with = run(&deal, &scenario, Support::With).unwrap();
        let bare = run(&deal, &scenario, Support::Bare).unwrap();
        for flows in [&with, &bare] {
            audit(&deal, flows);
            check_lanes(&deal, &scenario, flows.support);
        }
        for (at, cover) in deal.covers().iter().enumerate() {
            let paid = paid_by(&with, |flow| flow.cover == at);
            prop_assert!(cover.cap_total.is_none_or(|cap| paid <= cap), "cap of {at}: {paid}");
        }
        for (at, giver) in deal.supporters().iter().enumerate() {
            let paid = paid_by(&with, |flow| deal.covers()[flow.cover].supporter == at);
            prop_assert!(giver.paying_capacity.is_none_or(|most| paid <= most), "giver {at}");
        }
        for loan in 0..deal.loans().len() {
            let of_loan = |flow: &&CoverFlow| flow.loan == loan;
            let flows = with.collections.covers.iter().filter(of_loan);
            let add = |sum: (Fen, Fen), one: &CoverFlow| (sum.0 + one.paid, sum.1 + one.taken);
            let (paid, taken) = flows.fold((0, 0), add);
            prop_assert!(taken <= paid, "loan {loan} gives {taken} for {paid}");
        }
        if scenario.defaults == DefaultRate::None {
            let loan_flows = loan_flows(&deal, &scenario);
            for (at, loan) in deal.loans().iter().enumerate() {
                let of_loan = || loan_flows.iter().filter(|flow| flow.loan == at);
                let Some(default) = of_loan().find(|flow| flow.defaulted > 0) else { continue };
                let back: Fen = of_loan().map(|flow| flow.recovered).sum();
                let claim = default.defaulted + interest_due(loan, default.date);
                prop_assert!(back <= claim, "loan {at} brings {back} of {claim}");
            }
        }
        let lost = |flows: &Flows| flows.closing()[flows.cells.tranches[0].balance].to_fen();
        prop_assert!(lost(&with) <= lost(&bare), "{} with, {} bare", lost(&with), lost(&bare));
    }
}
