//! Shelves: what limits say by hand, what filling may never do, and the command as it is typed.

use std::cell::Cell;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use ipabs::analytics::fill::{Allocation, Cut, Goal, MOST_TRIES, Score, fill};
use ipabs::analytics::shelf::{Figure, Issue, Programme, breaches};
use ipabs::dates::{Date, add_days, add_months};
use ipabs::deal::{
    Candidate, Concentration, OriginatorLimits, PlannedSeries, ProgrammeConcentration, QuotaUse,
    Shelf, ShelfLimit, ShelfSupporter,
};
use ipabs::input::{Source, assemble_shelf, read_shelf_tables, series_of};
use ipabs::num::{Fen, Ratio};
use proptest::prelude::*;

use super::cli::{check, desk, files};
use super::deals::date;
use super::loaded::root;
use super::shelf_tape::tape;

const MILLION: Fen = 100_000_000;

fn percent(of: i64) -> Ratio {
    Ratio::new(of, 100).unwrap()
}

/// A shelf that allows everything, without series.
fn generous() -> Shelf {
    let all = percent(100);
    Shelf {
        name: "S".to_owned(),
        quota: 1_000 * MILLION,
        quota_use: QuotaUse::Issued,
        issues_allowed: None,
        valid_from: None,
        valid_to: None,
        tenor_cap_months: None,
        concentration: Concentration {
            least_debtors: 1,
            obligor_share: all,
            group_share: all,
            top_five_share: all,
            industry_share: all,
            region_share: all,
            important_obligor: all,
            important_group: all,
        },
        programme: ProgrammeConcentration::default(),
        originator: None,
        supporters: Vec::new(),
        planned: Vec::new(),
        candidates: Vec::new(),
    }
}

fn planned(name: &str, day: &str, millions: Fen) -> PlannedSeries {
    PlannedSeries {
        name: name.to_owned(),
        date: date(day),
        target_size: millions * MILLION,
        tenor_months: 12,
        supporter: None,
        guaranteed_share: percent(100),
        like: None,
    }
}

fn candidate(name: &str, obligor: &str, millions: Fen) -> Candidate {
    Candidate {
        name: name.to_owned(),
        obligor: obligor.to_owned(),
        group: None,
        industry: "software".to_owned(),
        region: "Yuhang".to_owned(),
        principal: millions * MILLION,
        term_months: 12,
        available_from: None,
        available_to: None,
        titles: Vec::new(),
        rate_pa: None,
        pd_1y: None,
        appraised_value: None,
    }
}

/// A shelf whose first planned series, of 2022-01-10, takes loans of 6, 3 and 1 million, and whose
/// second, of 2022-07-10, takes 4 million of the first firm and 6 of a firm of the second's group.
fn two_series() -> Shelf {
    let mut shelf = generous();
    shelf.planned = vec![planned("s-1", "2022-01-10", 10), planned("s-2", "2022-07-10", 10)];
    shelf.candidates = vec![
        candidate("L1", "A", 6),
        candidate("L2", "B", 3),
        candidate("L3", "C", 1),
        candidate("L4", "A", 4),
        candidate("L5", "D", 6),
    ];
    shelf.candidates[1].group = Some("G".to_owned());
    shelf.candidates[4].group = Some("G".to_owned());
    shelf.candidates[4].region = "Xihu".to_owned();
    shelf
}

const PLACES: [usize; 5] = [0, 0, 0, 1, 1];

fn programme<'a>(shelf: &'a Shelf, places: &[Option<usize>]) -> Programme<'a> {
    let originator = shelf.originator.as_ref().map_or("", |limits| &limits.name);
    let empty = Programme { shelf, issues: Vec::new(), supporters: shelf.supporters.clone() };
    let issue = |(at, plan): (usize, &PlannedSeries)| {
        let own = places.iter().zip(&shelf.candidates).filter(|(place, _)| **place == Some(at));
        let loans: Vec<&Candidate> = own.map(|(_, loan)| loan).collect();
        (!loans.is_empty()).then(|| Issue::of_plan(plan, originator, &loans))
    };
    let issues = shelf.planned.iter().enumerate().filter_map(issue).collect();
    empty.with(issues)
}

/// `series limit subject: allowed, found` of every breach and flag.
fn told(of: &Programme<'_>) -> Vec<String> {
    let shown = |figure: Figure| match figure {
        Figure::Amount(fen) => format!("{}m", fen as f64 / MILLION as f64),
        Figure::Share(share) => format!("{}%", (share * 1e4).round() / 100.0),
        Figure::Count(count) => count.to_string(),
        Figure::Date(date) => date.to_string(),
    };
    let line = |breach: &ipabs::analytics::shelf::Breach| {
        let issue = breach.issue.map_or("-", |at| &of.issues[at].name);
        let subject = &breach.subject;
        let mark = if subject.is_empty() { "" } else { " " };
        let (allowed, found) = (shown(breach.allowed), shown(breach.found));
        format!("{issue} {}{mark}{subject}: {allowed}, {found}", breach.limit.name())
    };
    breaches(of).iter().map(line).collect()
}

fn supporter() -> ShelfSupporter {
    ShelfSupporter {
        liability_limit: Some(30 * MILLION),
        other_liabilities: 10 * MILLION,
        ..ShelfSupporter::unlimited("G Co")
    }
}

fn originator() -> OriginatorLimits {
    OriginatorLimits {
        name: "O Co".to_owned(),
        net_assets: 100 * MILLION,
        standardised_financing: 0,
        standardised_multiple: percent(400),
        other_financing: 0,
        other_multiple: percent(100),
        borrower_share: percent(10),
        borrower_group_share: percent(15),
    }
}

/// Each limit alone on the two series, worked out by hand.
fn check_limits(change: &dyn Fn(&mut Shelf), wanted: &[&str]) {
    let mut shelf = two_series();
    change(&mut shelf);
    let places: Vec<Option<usize>> = PLACES.iter().copied().map(Some).collect();
    assert_eq!(told(&programme(&shelf, &places)), wanted);
}

#[test]
fn each_limit_is_told_with_what_it_allows_and_what_was_found() {
    let check = check_limits;
    check(&|_| {}, &[]);
    check(&|s| s.quota = 19 * MILLION, &["s-2 quota: 19m, 20m"]);
    check(&|s| (s.quota, s.quota_use) = (20 * MILLION, QuotaUse::Outstanding), &[]);
    check(&|s| s.planned[0].tenor_months = 6, &[]);
    let six_months = |s: &mut Shelf| {
        s.planned[0].tenor_months = 6;
        (s.quota, s.quota_use) = (10 * MILLION, QuotaUse::Outstanding);
    };
    check(&six_months, &[]);
    check(&|s| s.issues_allowed = Some(1), &["s-2 issues_allowed: 1, 2"]);
    check(
        &|s| s.valid_from = Some(date("2022-01-11")),
        &["s-1 valid_from: 2022-01-11, 2022-01-10"],
    );
    check(&|s| s.valid_to = Some(date("2022-07-09")), &["s-2 valid_to: 2022-07-09, 2022-07-10"]);
    check(
        &|s| (s.tenor_cap_months, s.planned[1].tenor_months) = (Some(12), 13),
        &["s-2 tenor_cap_months: 2023-07-10, 2023-08-10"],
    );
    check(&|s| s.concentration.least_debtors = 3, &["s-2 least_debtors: 3, 2"]);
    check(&|s| s.concentration.obligor_share = percent(60), &[]);
    check(
        &|s| s.concentration.obligor_share = percent(59),
        &["s-1 obligor_share A: 59%, 60%", "s-2 obligor_share D: 59%, 60%"],
    );
    check(
        &|s| s.concentration.group_share = percent(59),
        &["s-1 group_share A: 59%, 60%", "s-2 group_share G: 59%, 60%"],
    );
    check(
        &|s| s.concentration.top_five_share = percent(99),
        &["s-1 top_five_share: 99%, 100%", "s-2 top_five_share: 99%, 100%"],
    );
    check(
        &|s| s.concentration.industry_share = percent(99),
        &["s-1 industry_share software: 99%, 100%", "s-2 industry_share software: 99%, 100%"],
    );
    check(
        &|s| s.concentration.region_share = percent(50),
        &["s-1 region_share Yuhang: 50%, 100%", "s-2 region_share Xihu: 50%, 60%"],
    );
    check(
        &|s| s.concentration.important_obligor = percent(60),
        &["s-1 important_obligor A: 60%, 60%", "s-2 important_obligor D: 60%, 60%"],
    );
    check(&|s| s.planned[0].target_size = 9 * MILLION, &["s-1 target_size: 9m, 10m"]);
    check(
        &|s| {
            s.candidates[0].titles = vec!["ZL1".to_owned()];
            s.candidates[3].titles = vec!["ZL1".to_owned()];
        },
        &["s-2 title_no ZL1: 1, 2"],
    );
}

#[test]
fn each_limit_of_all_series_together_is_told() {
    let check = check_limits;
    // Together: of 20 million A owes 10, group G 9, all five 20; the second series is not yet out
    // with the first.
    let together = |s: &mut Shelf, share: Option<Ratio>| s.programme.obligor_share = share;
    check(&|s| together(s, Some(percent(60))), &[]);
    check(
        &|s| together(s, Some(percent(49))),
        &["s-1 programme_obligor_share A: 49%, 60%", "s-2 programme_obligor_share A: 49%, 50%"],
    );
    check(
        &|s| s.programme.group_share = Some(percent(44)),
        &[
            "s-1 programme_group_share A: 44%, 60%",
            "s-2 programme_group_share A: 44%, 50%",
            "s-2 programme_group_share G: 44%, 45%",
        ],
    );
    check(
        &|s| s.programme.top_five_share = Some(percent(99)),
        &["s-1 programme_top_five_share: 99%, 100%", "s-2 programme_top_five_share: 99%, 100%"],
    );
    check(
        &|s| s.programme.industry_share = Some(percent(99)),
        &[
            "s-1 programme_industry_share software: 99%, 100%",
            "s-2 programme_industry_share software: 99%, 100%",
        ],
    );
    check(
        &|s| s.programme.region_share = Some(percent(70)),
        &["s-1 programme_region_share Yuhang: 70%, 100%"],
    );
    // Six months later nothing of the first is owed.
    let apart = |s: &mut Shelf| {
        s.planned[0].tenor_months = 6;
        s.programme.obligor_share = Some(percent(55));
    };
    check(
        &apart,
        &["s-1 programme_obligor_share A: 55%, 60%", "s-2 programme_obligor_share D: 55%, 60%"],
    );
}

#[test]
fn each_limit_of_supporters_and_originator_is_told() {
    let check = check_limits;
    // Nine tenths of each series, 10 million beside: 19, then 28.
    let supported = |s: &mut Shelf, limit: Fen| {
        s.supporters = vec![ShelfSupporter { liability_limit: Some(limit), ..supporter() }];
        for plan in &mut s.planned {
            (plan.supporter, plan.guaranteed_share) = (Some(0), percent(90));
        }
    };
    check(&|s| supported(s, 28 * MILLION), &[]);
    check(&|s| supported(s, 28 * MILLION - 1), &["s-2 liability_limit G Co: 27.99999999m, 28m"]);
    // Of A: 5.4 million, then 9; of G: 2.7, then 8.1.
    let licensed = |s: &mut Shelf| {
        supported(s, 100 * MILLION);
        s.supporters[0].obligor_limit = Some(8 * MILLION);
        s.supporters[0].group_limit = Some(805_000_000);
    };
    check(
        &licensed,
        &[
            "s-2 guaranteed_obligor A: 8m, 9m",
            "s-2 guaranteed_group A: 8.05m, 9m",
            "s-2 guaranteed_group G: 8.05m, 8.1m",
        ],
    );
    let owed = |s: &mut Shelf, net_assets: Fen| {
        s.originator = Some(OriginatorLimits { net_assets, ..originator() });
    };
    check(&|s| owed(s, 100 * MILLION), &[]);
    check(&|s| owed(s, 90 * MILLION), &["s-2 borrower_share A: 9m, 10m"]);
    check(
        &|s| owed(s, 5 * MILLION),
        &[
            "s-1 borrower_share A: 0.5m, 6m",
            "s-1 borrower_share B: 0.5m, 3m",
            "s-1 borrower_share C: 0.5m, 1m",
            "s-1 borrower_group_share A: 0.75m, 6m",
            "s-1 borrower_group_share C: 0.75m, 1m",
            "s-1 borrower_group_share G: 0.75m, 3m",
            "s-2 borrower_share A: 0.5m, 10m",
            "s-2 borrower_share D: 0.5m, 6m",
            "s-2 borrower_group_share A: 0.75m, 10m",
            "s-2 borrower_group_share G: 0.75m, 9m",
        ],
    );
    let borrowing = |s: &mut Shelf| {
        let limits = originator();
        let (standardised_financing, other_financing) = (381 * MILLION, 101 * MILLION);
        s.originator = Some(OriginatorLimits { standardised_financing, other_financing, ..limits });
    };
    check(
        &borrowing,
        &["- other_financing O Co: 100m, 101m", "s-2 standardised_financing O Co: 400m, 401m"],
    );
}

fn scored(filling: &Allocation) -> (f64, f64, bool) {
    match filling.score {
        Score::Amount { placed, bound } => (placed as f64, bound as f64, true),
        Score::Series { used, bound, .. } => (used as f64, bound as f64, false),
        Score::Level { least, bound } => (least, bound.map_or(1.0, |bound| bound), true),
    }
}

/// Everything that an allocation must hold to, told by what shares no code with filling.
fn holds(shelf: &Shelf, before: &Programme<'_>, filling: &Allocation) -> Result<(), TestCaseError> {
    for (loan, at) in shelf.candidates.iter().zip(&filling.placed) {
        let Some(plan) = at.map(|at| &shelf.planned[at]) else { continue };
        prop_assert!(loan.term_months <= plan.tenor_months);
        prop_assert!(loan.available_from.is_none_or(|from| from <= plan.date));
        prop_assert!(loan.available_to.is_none_or(|to| plan.date <= to));
    }
    let used = |at: usize| filling.placed.contains(&Some(at));
    let empty: Vec<usize> = (0..shelf.planned.len()).filter(|&at| !used(at)).collect();
    prop_assert_eq!(filling.empty.iter().map(|of| of.0).collect::<Vec<usize>>(), empty);
    let whole = before.clone().with(filling.issues(before));
    let known = breaches(before);
    let new = |breach: &&ipabs::analytics::shelf::Breach| {
        // What a series broke before anything was filled is not the filling's.
        let same = known.iter().any(|old| {
            let name = |of: &Programme<'_>, at: Option<usize>| {
                at.map(|at| of.issues[at].name.clone()).unwrap_or_default()
            };
            old.limit == breach.limit
                && old.subject == breach.subject
                && name(before, old.issue) == name(&whole, breach.issue)
        });
        !breach.limit.is_flag() && !same
    };
    let broken = breaches(&whole);
    let broken: Vec<_> = broken.iter().filter(new).collect();
    prop_assert!(broken.is_empty(), "{broken:?}");
    let (found, bound, larger_is_better) = scored(filling);
    let slack = 1e-6 * bound.abs().max(1.0);
    let inside = if larger_is_better { found <= bound + slack } else { found >= bound - slack };
    // Nothing placed uses no series, fewer than any bound of a question without an answer.
    prop_assert!(inside || filling.placed.iter().all(Option::is_none), "{:?}", filling.score);
    Ok(())
}

/// (firm, 100,000 yuan, term, days to the first day, days to the last, title).
type AnyLoan = (u8, i64, u32, i32, i32, u8);

fn any_loan() -> impl Strategy<Value = AnyLoan> {
    (0..40_u8, 1..120_i64, 3..25_u32, 0..400, 60..500, 0..30_u8)
}

fn loan_of(at: usize, of: &AnyLoan) -> Candidate {
    let (firm, size, term_months, from, days, title) = *of;
    let from = add_days(date("2021-09-01"), from);
    Candidate {
        name: format!("L{at}"),
        obligor: format!("firm {firm}"),
        group: (firm % 3 == 0).then(|| format!("group {}", firm / 3 % 4)),
        industry: format!("industry {}", firm * 3 % 4),
        region: format!("region {}", firm % 3),
        principal: size * MILLION / 10,
        term_months,
        available_from: Some(from),
        available_to: Some(add_days(from, days)),
        titles: if title < 10 { vec![format!("T{title}")] } else { Vec::new() },
        ..candidate("", "", 1)
    }
}

/// (months from 2022-01-01, millions, tenor, supported).
fn any_series() -> impl Strategy<Value = (i32, i64, u32, bool)> {
    (0..18, 5..80_i64, 6..25_u32, any::<bool>())
}

/// (least debtors; shares in percent of an obligor, a group, five, an industry, a region).
type AnyShares = (u32, i64, i64, i64, i64, i64);
/// (quota, liability limit, net assets in millions; issues; quota by what is out; an originator).
type AnyCaps = (i64, i64, i64, u32, bool, bool);

fn limited(of: AnyShares, caps: AnyCaps) -> Shelf {
    let (least_debtors, obligor, group, five, industry, region) = of;
    let (quota, liability, net_assets, issues, outstanding, owed) = caps;
    let mut shelf = generous();
    shelf.quota = quota * MILLION;
    shelf.quota_use = if outstanding { QuotaUse::Outstanding } else { QuotaUse::Issued };
    shelf.issues_allowed = Some(issues);
    shelf.valid_to = Some(date("2023-04-30"));
    shelf.tenor_cap_months = Some(20);
    shelf.concentration = Concentration {
        least_debtors,
        obligor_share: percent(obligor),
        group_share: percent(group),
        top_five_share: percent(five),
        industry_share: percent(industry),
        region_share: percent(region),
        ..shelf.concentration
    };
    shelf.supporters = vec![ShelfSupporter {
        liability_limit: Some(liability * MILLION),
        obligor_limit: Some(9 * MILLION),
        group_limit: Some(14 * MILLION),
        ..supporter()
    }];
    // Over all series together, half the time.
    let together = |share: i64| (issues % 2 == 0).then(|| percent(share));
    shelf.programme = ProgrammeConcentration {
        obligor_share: together(obligor.max(20)),
        group_share: together(group),
        top_five_share: together(five),
        industry_share: together(industry.max(40)),
        region_share: together(region),
    };
    let net_assets = net_assets * MILLION;
    shelf.originator = owed.then(|| OriginatorLimits { net_assets, ..originator() });
    shelf
}

fn any_shelf(loans: usize, series: usize) -> impl Strategy<Value = Shelf> {
    let loans = proptest::collection::vec(any_loan(), 1..=loans);
    let series = proptest::collection::vec(any_series(), 1..=series);
    let shares = (1..7_u32, 15..101_i64, 20..101_i64, 40..101_i64, 25..101_i64, 30..101_i64);
    let caps = (20..300_i64, 10..200_i64, 10..120_i64, 1..8_u32, any::<bool>(), any::<bool>());
    (loans, series, shares, caps).prop_map(|(loans, series, shares, caps)| {
        let mut shelf = limited(shares, caps);
        let plan = |(at, of): (usize, &(i32, i64, u32, bool))| PlannedSeries {
            date: add_months(date("2022-01-01"), of.0),
            tenor_months: of.2,
            supporter: of.3.then_some(0),
            guaranteed_share: percent(93),
            ..planned(&format!("s-{at}"), "2022-01-01", of.1)
        };
        shelf.planned = series.iter().enumerate().map(plan).collect();
        shelf.candidates = loans.iter().enumerate().map(|(at, of)| loan_of(at, of)).collect();
        shelf
    })
}

/// A series that is out already, of firms that come back.
fn before<'a>(shelf: &'a Shelf, issued: bool) -> Programme<'a> {
    let mut of = programme(shelf, &[]);
    if issued {
        let plan = PlannedSeries { supporter: Some(0), ..planned("old", "2021-10-01", 50) };
        let loans: Vec<&Candidate> = shelf.candidates.iter().take(4).collect();
        of = of.with(vec![Issue::of_plan(&plan, "O Co", &loans)]);
    }
    of
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 150,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn no_allocation_breaks_a_limit(shelf in any_shelf(60, 6), issued in any::<bool>()) {
        let before = before(&shelf, issued);
        for goal in [Goal::Amount, Goal::Series, Goal::Level] {
            holds(&shelf, &before, &fill(&before, goal, &|| None))?;
        }
    }

    /// A clock that is up after so many looks at it leaves an allocation like any, and says so
    /// where it was seen.
    #[test]
    fn an_allocation_that_the_clock_cut_breaks_no_limit(
        shelf in any_shelf(60, 6),
        looks in prop_oneof![Just(0_u32), 1..400_u32],
    ) {
        let before = before(&shelf, true);
        for goal in [Goal::Amount, Goal::Series, Goal::Level] {
            let seen = Cell::new(0);
            let time_left = || {
                seen.set(seen.get() + 1);
                Some(if seen.get() > looks { Duration::ZERO } else { Duration::MAX })
            };
            let filling = fill(&before, goal, &time_left);
            holds(&shelf, &before, &filling)?;
            prop_assert_eq!(filling.cut, (seen.get() > looks).then_some(Cut::Clock));
            if filling.cut.is_none() {
                prop_assert_eq!(filling.placed, fill(&before, goal, &|| None).placed);
            }
        }
    }

    /// Against every allocation there is: none that keeps the limits passes the bound, and what is
    /// found is one of them.
    #[test]
    fn the_bound_holds_for_every_small_allocation(shelf in any_shelf(6, 2)) {
        let before = programme(&shelf, &[]);
        let filling = fill(&before, Goal::Amount, &|| None);
        let Score::Amount { placed, bound } = filling.score else { unreachable!() };
        let (places, count) = (shelf.planned.len() + 1, shelf.candidates.len() as u32);
        let mut best = 0;
        for code in 0..places.pow(count) {
            let at = |loan: u32| (code / places.pow(loan)) % places;
            let of: Vec<Option<usize>> = (0..count).map(|loan| at(loan).checked_sub(1)).collect();
            let fits = of.iter().zip(&shelf.candidates).all(|(at, loan)| {
                at.is_none_or(|at| {
                    let plan = &shelf.planned[at];
                    loan.term_months <= plan.tenor_months
                        && loan.available_from.is_none_or(|from| from <= plan.date)
                        && loan.available_to.is_none_or(|to| plan.date <= to)
                })
            });
            let whole = programme(&shelf, &of);
            if fits && breaches(&whole).iter().all(|breach| breach.limit.is_flag()) {
                best = best.max(whole.issues.iter().map(|issue| issue.size).sum());
            }
        }
        prop_assert!(placed <= best && best <= bound, "{placed} <= {best} <= {bound}");
    }
}

/// Sizes that only one division of the loans fills: 10 = 6 + 3 + 1 and 9 = 5 + 4.
#[test]
fn a_filling_finds_what_fits_exactly() {
    let mut shelf = generous();
    shelf.planned = vec![planned("s-1", "2022-01-10", 10), planned("s-2", "2022-07-10", 9)];
    shelf.candidates = [("A", 6), ("B", 5), ("C", 4), ("D", 3), ("E", 1)]
        .map(|(firm, millions)| candidate(firm, firm, millions))
        .to_vec();
    let filling = fill(&programme(&shelf, &[]), Goal::Amount, &|| None);
    let all = 19 * MILLION;
    assert_eq!(filling.score, Score::Amount { placed: all, bound: all });
    // One series takes 99% of it only if it is large enough for all.
    let fewest = fill(&programme(&shelf, &[]), Goal::Series, &|| None);
    let Score::Series { used: 2, bound: 2, .. } = fewest.score else {
        panic!("{:?}", fewest.score)
    };
    shelf.planned[1].target_size = 19 * MILLION;
    let fewest = fill(&programme(&shelf, &[]), Goal::Series, &|| None);
    let Score::Series { used: 1, bound: 1, .. } = fewest.score else {
        panic!("{:?}", fewest.score)
    };
}

/// Four loans of 5 million for two series of 10, and a quota for one: the later is not issued.
#[test]
fn a_series_that_is_not_issued_has_its_reason() {
    let check = |change: &dyn Fn(&mut Shelf), wanted: &[(usize, Option<ShelfLimit>)]| {
        let mut shelf = generous();
        shelf.planned = vec![planned("s-1", "2022-01-10", 10), planned("s-2", "2022-07-10", 10)];
        let loan = |at| candidate(&format!("L{at}"), &format!("F{at}"), 5);
        shelf.candidates = (0..4).map(loan).collect();
        change(&mut shelf);
        let filling = fill(&programme(&shelf, &[]), Goal::Amount, &|| None);
        assert_eq!(filling.empty, wanted);
    };
    check(&|_| {}, &[]);
    check(&|shelf| shelf.quota = 10 * MILLION, &[(1, Some(ShelfLimit::Quota))]);
    check(&|shelf| shelf.issues_allowed = Some(1), &[(1, Some(ShelfLimit::IssuesAllowed))]);
    check(&|shelf| shelf.candidates.truncate(2), &[(1, None)]);
    // Its term keeps one loan out, its size the others.
    let large = |shelf: &mut Shelf| {
        shelf.planned[1].target_size = 4 * MILLION;
        shelf.candidates[3].term_months = 99;
    };
    check(&large, &[(1, Some(ShelfLimit::TargetSize))]);
}

/// Ten loans of 1 million for targets of 10 and 10: half of each.
#[test]
fn a_level_filling_brings_all_series_equally_far() {
    let mut shelf = generous();
    shelf.planned = vec![planned("s-1", "2022-01-10", 10), planned("s-2", "2022-07-10", 10)];
    shelf.candidates =
        (0..10).map(|at| candidate(&format!("L{at}"), &format!("F{at}"), 1)).collect();
    let filling = fill(&programme(&shelf, &[]), Goal::Level, &|| None);
    let Score::Level { least, bound: Some(bound) } = filling.score else { panic!() };
    assert!((least - 0.5).abs() < 1e-9 && (bound - 0.5).abs() < 1e-9, "{least} {bound}");
}

#[test]
fn where_nothing_fits_the_limit_to_blame_is_named() {
    let check = |change: &dyn Fn(&mut Shelf), wanted: &[(ShelfLimit, Fen)]| {
        let mut shelf = two_series();
        shelf.planned.truncate(1);
        change(&mut shelf);
        let filling = fill(&programme(&shelf, &[]), Goal::Amount, &|| None);
        assert!(filling.placed.iter().all(Option::is_none));
        assert_eq!(filling.blame, wanted);
    };
    let ten = 10 * MILLION;
    check(&|s| s.concentration.least_debtors = 5, &[(ShelfLimit::LeastDebtors, ten)]);
    check(&|s| s.valid_to = Some(date("2022-01-09")), &[(ShelfLimit::ValidTo, ten)]);
    check(&|s| s.planned[0].tenor_months = 6, &[(ShelfLimit::Term, ten)]);
    check(&|s| s.quota = MILLION - 1, &[(ShelfLimit::Quota, ten)]);
    let two = |s: &mut Shelf| {
        (s.quota, s.concentration.least_debtors) = (MILLION - 1, 5);
    };
    check(&two, &[]);
}

/// 500 candidates for ten series, as large as is promised: within the work, near the bound.
#[test]
fn five_hundred_candidates_fill_ten_series() {
    let folder = root().join("scenarios/shelf-yuhang");
    let mut sources = read_shelf_tables(&folder).unwrap();
    sources.retain(|source| source.name != "candidates.csv");
    let bytes = tape(450, 7).into_bytes();
    sources.push(Source { name: "candidates.csv".to_owned(), bytes });
    let (loaded, problems) = assemble_shelf(&sources, &series_of(&folder));
    assert!(problems.is_empty(), "{problems:?}");
    let shelf = loaded.unwrap().shelf;
    assert_eq!((shelf.candidates.len(), shelf.planned.len()), (500, 10));
    let empty = programme(&shelf, &[]);
    for goal in [Goal::Amount, Goal::Series, Goal::Level] {
        let filling = fill(&empty, goal, &|| None);
        holds(&shelf, &empty, &filling).unwrap();
        assert!(filling.tries < MOST_TRIES, "{goal:?}: {} tries", filling.tries);
        let (found, bound, _) = scored(&filling);
        let issues = filling.issues(&empty);
        let sizes: Vec<(&str, Fen)> =
            issues.iter().map(|issue| (issue.name.as_str(), issue.size / MILLION)).collect();
        assert!((found - bound).abs() <= 0.02 * bound, "{goal:?}: {found} of {bound}, {sizes:?}");
    }
}

/// What a shelf has out is what the runs of its series leave on their notes.
#[test]
fn what_is_outstanding_is_what_the_runs_leave() {
    let mut compared = 0;
    for row in kept("shelf/shelf.csv") {
        let (series, day): (&str, Date) = (&row[0], date(&row[1]));
        let notes = kept(&format!("run/{series}/base/notes.csv"));
        let last = notes.last().unwrap()[0].clone();
        let closing = notes.iter().filter(|of| of[0] == row[1]);
        let closing: f64 = closing.map(|of| of[7].parse::<f64>().unwrap()).sum();
        let outstanding: f64 = row[3].parse().unwrap();
        match (row[2] == row[3], row[1] == last) {
            (true, _) => assert!(notes.iter().all(|of| date(&of[0]) > day), "{series} {day}"),
            (_, true) => assert_eq!(outstanding, 0.0),
            _ => assert!((closing - outstanding).abs() < 0.005, "{series} {day}: {closing}"),
        }
        compared += 1;
    }
    assert!(compared >= 14, "{compared} rows");
}

/// A copy of the programme on a desk.
fn programme_on(desk: &Path) -> PathBuf {
    let (from, to) = (root().join("scenarios/weilai-programme"), desk.join("weilai-programme"));
    copy_folder(&from, &to);
    to
}

fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let into = to.join(entry.file_name());
        if entry.path().is_file() {
            fs::copy(entry.path(), into).unwrap();
            continue;
        }
        fs::create_dir_all(&into).unwrap();
        for file in fs::read_dir(entry.path()).unwrap().map(Result::unwrap) {
            fs::copy(file.path(), into.join(file.file_name())).unwrap();
        }
    }
}

/// The rows of a table below the reports of the programme.
fn kept(path: &str) -> Vec<Vec<String>> {
    rows(&fs::read(root().join("reports/weilai-programme").join(path)).unwrap())
}

fn rows(bytes: &[u8]) -> Vec<Vec<String>> {
    let text = String::from_utf8(bytes.to_vec()).unwrap();
    let cells = |line: &str| line.split(',').map(str::to_owned).collect();
    text.lines().skip(1).map(cells).collect()
}

/// The bank of the fifth series pays on its letters in the base scenario, as that series' own run
/// says; with 1 million to pay with in all it cannot.
#[test]
fn calls_beyond_what_a_supporter_can_pay_are_told() {
    let desk = desk();
    let (at, weilai) = (desk.path(), programme_on(desk.path()));
    let bank = "浙川银行股份有限公司杭州分行";
    let table = format!("supporter,paying_capacity\n{bank},100万元\n");
    fs::write(weilai.join("supporters.csv"), table).unwrap();
    let shelf = ["shelf", "weilai-programme", "--quiet", "--out", "out"];
    check(at, &shelf, 0, &["limits broken: 1"], &[]);
    let out = files(&at.join("out"));
    let supports = kept("run/series-5/base/supports.csv");
    let paid: f64 = supports.iter().map(|row| row[3].parse::<f64>().unwrap()).sum();
    let wanted = ["2024-11-18", "series-5", "paying_capacity", "1000000.00"];
    let found = &rows(&out["breaches.csv"])[0];
    assert_eq!(found[..4], wanted);
    assert_eq!((found[4].clone(), found[5].as_str()), (format!("{paid:.2}"), bank));
    // Ten letters, one a loan, each for all that its loan owes.
    let first = rows(&out["exposures.csv"]).into_iter().find(|row| row[1] == bank).unwrap();
    assert_eq!((first[0].as_str(), first[2].as_str()), ("2023-11-17", "100000000.00"));
}

/// Each series first calls for what its own run says; what is paid is by hand: all of the first
/// call, of the second what is left of 20 million, of the rest nothing.
#[test]
fn series_are_run_out_of_one_capacity() {
    let desk = desk();
    let (at, weilai) = (desk.path(), programme_on(desk.path()));
    for series in 0..=6 {
        let below =
            if series == 0 { weilai.clone() } else { weilai.join(format!("series-{series}")) };
        let path = below.join("supporters.csv");
        let table = fs::read_to_string(&path).unwrap();
        fs::write(path, table.replace("1,500,000,000.00", "20,000,000.00")).unwrap();
    }
    let shelf = ["shelf", "weilai-programme", "--quiet", "--paths", "0", "--out", "out"];
    let scenario = [&shelf[..], &["--scenario", "two_largest_default"]].concat();
    check(at, &scenario, 0, &["limits broken: 2"], &[]);
    let out = files(&at.join("out"));
    let calls = rows(&out["calls.csv"]);
    let run = ["run", "weilai-programme", "--scenario", "two_largest_default", "--out", "run"];
    check(at, &[&run[..], &["--quiet"]].concat(), 0, &[], &[]);
    let alone = |series: &str| -> (String, f64) {
        let path = at.join(format!("run/{series}/two_largest_default/supports.csv"));
        let rows = rows(&fs::read(path).unwrap());
        let called = rows.iter().find(|row| row[2] != "0.00").unwrap();
        (called[0].clone(), called[2].parse().unwrap())
    };
    let mut left = 20_000_000.0;
    for (call, series) in calls.iter().zip(["series-1", "series-2", "series-3", "series-4"]) {
        let (day, called) = alone(series);
        let paid = called.min(left);
        left -= paid;
        assert_eq!(call[..2], [day, series.to_owned()]);
        let found = [3, 4, 5, 7].map(|at| call[at].clone());
        assert_eq!(found, [called, paid, called - paid, left].map(|of| format!("{of:.2}")));
    }
    // The second series is not repaid with its only date, and the day is named.
    let open = |row: &&Vec<String>| row[0] == "series-2" && row[1] == calls[1][0];
    assert!(rows(&out["shelf.csv"]).iter().find(open).unwrap()[3].parse::<f64>().unwrap() > 1e7);
    let breach = rows(&out["breaches.csv"]).pop().unwrap();
    let found = format!("{:.2}", alone("series-1").1 + alone("series-2").1);
    let wanted = [&calls[1][0], "series-2", "paying_capacity", "20000000.00", &found];
    assert_eq!(breach[..5], wanted);
}

#[test]
fn the_command_answers_and_ends_as_it_should() {
    let desk = desk();
    let at = desk.path();
    let weilai = programme_on(at);
    let shelf = ["shelf", "weilai-programme", "--quiet", "--out", "out"];
    let asked = |more: &[&'static str]| [&shelf[..], more].concat();
    check(at, &asked(&["--require"]), 0, &["6 series", "339.00 million", "limits broken: 0"], &[]);
    let zh = asked(&["--lang", "zh"]);
    check(at, &zh, 0, &["6 期", "剩余 33,900.00 万元", "超限 0 项"], &[]);
    let summary = String::from_utf8(files(&at.join("out"))["summary.md"].clone()).unwrap();
    assert!(summary.contains("累计 6 期，66,100.00 万元；服务企业 67 家次"), "{summary}");
    check(
        at,
        &asked(&["--fill", "amount"]),
        2,
        &[],
        &["--fill: series.csv has no series to be filled", "--fill: candidates.csv has no loan"],
    );
    let terms = fs::read_to_string(weilai.join("shelf.csv")).unwrap();
    fs::write(weilai.join("shelf.csv"), terms.replace("1,000,000,000.00", "600,000,000.00"))
        .unwrap();
    check(at, &asked(&[]), 0, &["limits broken: 1", "exceeded by 61.00 million"], &[]);
    let line = "--require: 2024-03-08: quota of series-6: 661000000.00 (allowed 600000000.00)";
    check(at, &asked(&["--require"]), 1, &[], &[line]);
    for name in ["shelf.csv", "series.csv", "supporters.csv"] {
        fs::remove_file(weilai.join(name)).unwrap();
    }
    check(at, &asked(&[]), 2, &[], &["there is no shelf.csv"]);
    check(at, &["check", "weilai-programme", "--quiet"], 0, &["series-6: "], &[]);
    check(at, &["shelf", "deal", "--out", "none"], 2, &[], &["this is no shelf"]);
    check(at, &["shelf", "nowhere", "--out", "none"], 2, &[], &["there is no such folder"]);
}

/// Two outputs with another capacity: joint figures move with their errors, what is left by the
/// whole difference (4 of 309 million), and nothing is said of one output against itself.
#[test]
fn two_outputs_of_a_shelf_are_compared() {
    let desk = desk();
    let at = desk.path();
    let scarce = root().join("scenarios/scarce-support");
    let shelf = ["shelf", scarce.to_str().unwrap(), "--quiet", "--paths", "20000"];
    check(at, &[&shelf[..], &["--out", "a", "--threads", "1"]].concat(), 0, &[], &[]);
    check(at, &[&shelf[..], &["--out", "b", "--threads", "2"]].concat(), 0, &[], &[]);
    assert!(files(&at.join("a")) == files(&at.join("b")), "on any threads");
    check(at, &["diff", "a", "b"], 0, &["Nothing"], &[]);
    let other = at.join("other");
    copy_folder(&scarce, &other);
    let path = other.join("supporters.csv");
    let table = fs::read_to_string(&path).unwrap();
    fs::write(path, table.replace("16,000,000.00", "20,000,000.00")).unwrap();
    let shelf = ["shelf", "other", "--quiet", "--paths", "20000", "--out", "b"];
    check(at, &shelf, 0, &[], &[]);
    check(at, &["diff", "a", "b", "--out", "c.csv"], 0, &["series-1", "supporters.csv"], &[]);
    let changes = rows(&fs::read(at.join("c.csv")).unwrap());
    let measures: Vec<&Vec<String>> = changes.iter().filter(|row| row[1] == "measure").collect();
    let sizes: Vec<f64> = measures.iter().map(|row| row[9].parse().unwrap()).collect();
    // What becomes of the classes, then the rest: each from the largest move on.
    let rises = sizes.windows(2).filter(|pair| pair[0] < pair[1]).count();
    assert!(rises == 1, "{sizes:?}");
    let of = |of: &str, item: &str| {
        let found = measures.iter().find(|row| row[2].starts_with(of) && row[3] == item);
        (*found.unwrap_or_else(|| panic!("no {item} of {of}"))).clone()
    };
    let left = of("杭州临江科创发展有限公司 2023-03-15", "capacity_left");
    assert_eq!((left[5].as_str(), left[6].as_str()), ("16000000.00", "20000000.00"));
    assert!((left[9].parse::<f64>().unwrap() - 4.0 / 309.0).abs() < 1e-6, "{left:?}");
    let unpaid = of("series-1", "p_unpaid");
    assert!(unpaid[5].parse::<f64>().unwrap() > unpaid[6].parse::<f64>().unwrap(), "{unpaid:?}");
    assert!(unpaid[10].parse::<f64>().unwrap() > 0.0, "{unpaid:?}");
}

#[test]
fn a_shelf_agrees_with_its_series_or_says_so() {
    let desk = desk();
    let (at, weilai) = (desk.path(), programme_on(desk.path()));
    fs::remove_file(weilai.join("supporters.csv")).unwrap();
    let firm = "杭州晗域生物医药有限公司";
    fs::write(weilai.join("shelf.csv"), "key,value\nname,S\nquota,10亿元\n").unwrap();
    let tape = format!("loan,obligor,industry,region,principal\nC1,{firm},软件,余杭区,1000000\n");
    fs::write(weilai.join("candidates.csv"), tape).unwrap();
    let told = format!("candidates.csv: industry: {firm} of C1 is of 软件 (want 生物医药, as in");
    check(at, &["check", "weilai-programme", "--quiet"], 2, &[], &[&told]);
    fs::remove_file(weilai.join("candidates.csv")).unwrap();
    fs::write(weilai.join("supporters.csv"), "supporter\n别家投资有限公司\n").unwrap();
    let other = "key,value\nname,S\nquota,10亿元\noriginator,别家\noriginator_net_assets,5亿元\n";
    fs::write(weilai.join("shelf.csv"), other).unwrap();
    check(
        at,
        &["check", "weilai-programme", "--quiet"],
        2,
        &[],
        &[
            "supporters.csv: supporter: 别家投资有限公司 stands behind no series",
            "shelf.csv: originator: 别家 has no series (there are: 杭州未来科技城小额贷款有限公司)",
        ],
    );
    let plans = at.join("plans");
    fs::create_dir(&plans).unwrap();
    fs::write(plans.join("shelf.csv"), "key,value\nname,S\nquota,5亿元\n").unwrap();
    let facts = "S: quota 500.00 million yuan; deals: 0, series to be filled: 0, candidates: 0";
    check(at, &["check", "plans"], 0, &[facts], &[]);
    check(at, &["run", "plans", "--out", "none"], 2, &[], &["a shelf without a deal folder"]);
    check(
        at,
        &["shelf", "plans", "--out", "none"],
        0,
        &["0 series; 0 yuan of 500.00 million"],
        &[],
    );
}

/// The same bytes whatever the goal is asked from, and no breach but what was there.
#[test]
fn where_nothing_is_filled_the_limit_to_blame_is_on_the_screen() {
    let desk = desk();
    let folder = desk.path().join("shelf-yuhang");
    copy_folder(&root().join("scenarios/shelf-yuhang"), &folder);
    let terms = fs::read_to_string(folder.join("shelf.csv")).unwrap();
    let changed = terms.replace("least_debtors,10", "least_debtors,300");
    fs::write(folder.join("shelf.csv"), changed).unwrap();
    let args = ["shelf", "shelf-yuhang", "--fill", "amount", "--paths", "0", "--out", "out"];
    let told = ["0 yuan", "Nothing fits: without `least_debtors` at least "];
    check(desk.path(), &args, 0, &told, &[]);
}

/// No time at all leaves the first drafts; time enough leaves what is found without a limit.
#[test]
fn a_filling_that_the_clock_cut_says_so() {
    let desk = desk();
    let at = desk.path();
    let shelf = root().join("scenarios/shelf-yuhang");
    let asked = |more: &[&'static str]| {
        let plain = ["shelf", shelf.to_str().unwrap(), "--paths", "0", "--quiet", "--require"];
        [&plain[..], &["--fill", "amount"], more].concat()
    };
    let text =
        |out: &str, name: &str| String::from_utf8(files(&at.join(out))[name].clone()).unwrap();
    let told = ["limits broken: 0", "no allocation exceeds", "The clock cut the search"];
    check(at, &asked(&["--time-limit", "0", "--out", "none"]), 0, &told, &[]);
    let summary = text("none", "summary.md");
    assert!(summary.contains("The clock cut the search"), "{summary}");
    assert!(summary.contains("depends on the machine"), "{summary}");
    let manifest = text("none", "manifest.json");
    assert!(manifest.contains("\"time_limit\": 0.0"), "{manifest}");
    assert!(manifest.contains("\"cut_by_clock\": true"), "{manifest}");
    assert!(text("none", "allocation.csv").contains(",yes,"));
    let zh = asked(&["--time-limit", "0", "--out", "zh", "--lang", "zh"]);
    check(at, &zh, 0, &["超限 0 项", "已到时限"], &[]);
    check(at, &asked(&["--time-limit", "3600", "--out", "hour"]), 0, &["limits broken: 0"], &[]);
    check(at, &asked(&["--out", "free"]), 0, &["limits broken: 0"], &[]);
    assert!(!text("hour", "manifest.json").contains("cut_by_clock"));
    let all_but = |out: &str| {
        let mut files = files(&at.join(out));
        files.remove("manifest.json");
        files
    };
    assert!(all_but("hour") == all_but("free"));
    for wrong in ["-1", "soon", "NaN", "inf"] {
        let args = asked(&["--out", "none"]);
        let args = [&args[..], &["--time-limit", wrong]].concat();
        check(at, &args, 2, &[], &["want seconds, 0 or more"]);
    }
}

#[test]
fn filling_gives_the_same_bytes_again() {
    let desk = desk();
    let at = desk.path();
    let shelf = root().join("scenarios/shelf-yuhang");
    for goal in ["amount", "series", "level"] {
        for out in ["a", "b"] {
            let args = ["shelf", shelf.to_str().unwrap(), "--fill", goal, "--out", out];
            let args = [&args[..], &["--quiet", "--require"]].concat();
            check(at, &args, 0, &["Filled", "limits broken: 0"], &[]);
        }
        assert!(files(&at.join("a")) == files(&at.join("b")), "{goal}");
    }
}

/// The guarantee company of the first series gives a cover in the second too: with one capacity
/// that is refused by name, without it the programme is run.
#[test]
fn a_capacity_behind_covers_of_several_series_is_refused() {
    let desk = desk();
    let (at, folder) = (desk.path(), desk.path().join("programme"));
    copy_folder(&root().join("scenarios/data-ip-pledge"), &folder);
    fs::write(folder.join("shelf.csv"), "key,value\nname,S\nquota,1亿元\n").unwrap();
    let [from, to] = ["loans-2021", "renewal-2022"].map(|series| folder.join(series));
    let covers = fs::read_to_string(from.join("covers.csv")).unwrap();
    fs::write(to.join("covers.csv"), covers.replace("DP-2021-01", "all")).unwrap();
    let givers = fs::read_to_string(from.join("supporters.csv")).unwrap();
    fs::write(to.join("supporters.csv"), &givers).unwrap();
    let args = ["shelf", "programme", "--paths", "1000", "--quiet", "--out", "out"];
    let told = "renewal-2022/supporters.csv: 浙川科技融资担保有限公司: series do not share a \
                paying_capacity that covers draw on yet (want it empty";
    check(at, &args, 2, &[], &[told]);
    for series in [&from, &to] {
        let text = givers.replace("\"300,000,000.00\"", "");
        fs::write(series.join("supporters.csv"), text).unwrap();
    }
    check(at, &args, 0, &["2 series"], &[]);
}

/// The programme and its series, from their folders alone.
#[test]
fn a_programme_is_reported_for_people() {
    let desk = desk();
    let at = desk.path();
    let programme = root().join("scenarios/weilai-programme");
    let more = ["--paths", "1000", "--report", "own.html", "--out", "own", "--quiet"];
    check(
        at,
        &[&["shelf", programme.to_str().unwrap()], &more[..]].concat(),
        0,
        &["own.html"],
        &[],
    );
    for name in ["weilai-programme", "weilai-programme/shelf", "shelf-yuhang"] {
        let run = root().join("reports").join(name);
        for (out, lang) in [("x.html", "en"), ("x.xlsx", "zh")] {
            let report = ["report", run.to_str().unwrap(), "--out", out, "--lang", lang, "--quiet"];
            check(at, &report, 0, &[out], &[]);
        }
    }
}
