//! A tiny deal with one default and one call, from the engine to its charts.

use super::*;
use crate::asset::{
    InterestBasis, Loan, LoanRate, Lpr, Obligor, Repayment, Status, Supporter, SupporterKind,
};
use crate::dates::{Calendar, CalendarKind, DayCount, Frequency, Roll};
use crate::deal::{
    Account, AccountKind, Accrual, Amortisation, Calculation, Claim, Commitment, Coupon, Deal, Fee,
    FeeDue, Parts, PrepaymentBase, RateTime, Recoveries, Release, Seniority, Structure, Terms,
    Tranche, standard_waterfall,
};
use crate::engine::run_all;
use crate::num::{Decimal, Rounding};
use crate::report::run_files;
use crate::scenario::{AfterPrepayment, DefaultRate, Prepayment, Recovery, Scenario};

const CLOSING: Date = Date::constant(2021, 1, 12);
const MATURITY: Date = Date::constant(2023, 1, 12);

fn terms() -> Terms {
    Terms {
        name: "Tiny & <Co>".to_owned(),
        originator: "originator".to_owned(),
        structure: Structure::SpecialPlan,
        cutoff: CLOSING,
        closing: CLOSING,
        first_payment: Date::constant(2021, 4, 12),
        frequency: Frequency::Quarterly,
        payment_dates: Vec::new(),
        legal_maturity: Date::constant(2024, 1, 12),
        calendar: Calendar::china(CalendarKind::AllDays),
        roll: Roll::None,
        accrual: Accrual::Unadjusted,
        calculation: Calculation::DaysBefore(0),
        transfer_days: 0,
        test_days: 0,
        support_days: 0,
        record_days: 0,
        record_days_final: 0,
        rounding: Rounding::HalfUp,
        unit_decimals: None,
        interest_before_cutoff: false,
        interest_to_closing: false,
        purchase_price: 9_900_000_000,
        reserve_from_originator: false,
        vat: Decimal::new(3, 2),
        vat_surcharge: Decimal::ZERO,
        vat_inclusive: true,
        registrar_fee: Decimal::ZERO,
        clean_up_share: None,
        retention: None,
        recognition_days: 0,
        recoveries_to: Recoveries::Principal,
        ends_at_legal_maturity: false,
        rate_time: RateTime::Months12,
        prepayment_base: PrepaymentBase::AfterDefault,
    }
}

fn loan(name: &str, obligor: usize) -> Loan {
    Loan {
        name: name.to_owned(),
        obligor,
        principal: 5_000_000_000,
        rate: LoanRate::Fixed(Decimal::new(6, 2)),
        basis: InterestBasis::Periodic,
        origination: CLOSING,
        first_due: Date::constant(2021, 4, 12),
        maturity: MATURITY,
        frequency: Frequency::Quarterly,
        repayment: Repayment::EqualPrincipal,
        status: Status::Current,
        dues: Vec::new(),
        licence: None,
    }
}

fn tranche(name: &str, seniority: Seniority, yuan: i64, amortisation: Amortisation) -> Tranche {
    Tranche {
        name: name.to_owned(),
        seniority,
        notional: yuan * 100,
        coupon: match seniority {
            Seniority::Subordinate => Coupon::None,
            _ => Coupon::Fixed(Decimal::new(4, 2)),
        },
        day_count: DayCount::Act365,
        amortisation,
        expected_maturity: MATURITY,
        interest_on_unpaid: false,
        issue_price: Decimal::ONE_HUNDRED,
        retained: 0,
    }
}

fn obligor(name: &str) -> Obligor {
    Obligor {
        name: name.to_owned(),
        industry: String::new(),
        region: String::new(),
        group: None,
        rating: None,
        pd_1y: None,
        pd_later: Vec::new(),
    }
}

fn guarantor() -> Supporter {
    Supporter {
        name: "担保甲 \"G\"".to_owned(),
        kind: SupporterKind::Shortfall,
        industry: String::new(),
        region: String::new(),
        group: None,
        rating: None,
        pd_1y: None,
        pd_later: Vec::new(),
        recovery: Decimal::ZERO,
        paying_capacity: None,
        affiliated: false,
    }
}

fn commitment() -> Commitment {
    let scope = (0..2).flat_map(|at| [Claim::Interest(at), Claim::Principal(at)]);
    Commitment {
        name: "top-up".to_owned(),
        supporter: 0,
        scope: scope.collect(),
        cap_total: Some(1_000_000_000),
        cap_per_date: None,
        cap_share: None,
        end: None,
        earmarked: false,
        reserve_first: true,
    }
}

/// With no class it is a deal without notes.
fn deal(notes: bool) -> Option<Deal> {
    let turbo = Amortisation::Turbo { target_balance: Vec::new() };
    let tranches = match notes {
        false => Vec::new(),
        true => vec![
            tranche("A1", Seniority::Senior, 70_000_000, turbo.clone()),
            tranche("B", Seniority::Mezzanine, 20_000_000, turbo.clone()),
            tranche("Sub", Seniority::Subordinate, 10_000_000, turbo),
        ],
    };
    let fees = vec![Fee {
        name: "service".to_owned(),
        payee: "servicer".to_owned(),
        due: FeeDue::Amount(10_000_000),
        cap: None,
    }];
    let accounts = vec![Account {
        name: "plan".to_owned(),
        kind: AccountKind::Plan,
        opening: 0,
        target: None,
        release: Release::EachDate,
        income_pa: Decimal::new(3, 3),
    }];
    let commitments = if notes { vec![commitment()] } else { Vec::new() };
    let structure = Structure::SpecialPlan;
    let count = commitments.len();
    let steps = standard_waterfall(structure, &tranches, &fees, &accounts, count, true);
    let mut terms = terms();
    terms.purchase_price *= i64::from(notes);
    let parts = Parts {
        terms,
        obligors: vec![obligor("first"), obligor("second")],
        loans: vec![loan("L1", 0), loan("L2", 1)],
        rights: Vec::new(),
        supporters: vec![guarantor()],
        covers: Vec::new(),
        costs: Vec::new(),
        tranches,
        fees,
        accounts,
        steps,
        triggers: Vec::new(),
        commitments,
        lpr: Lpr::new(Vec::new()),
        state: None,
    };
    Deal::new(parts).ok()
}

fn scenario(defaults: Vec<(usize, Date)>) -> Scenario {
    Scenario {
        name: "one default".to_owned(),
        defaults: DefaultRate::None,
        front_loaded: Decimal::ZERO,
        prepayment: Prepayment::Annual(Vec::new()),
        after_prepayment: AfterPrepayment::SmallerInstalments,
        recovery: Recovery::Flat { rate: Decimal::new(3, 1), shares: vec![(6, Decimal::ONE)] },
        rate_shift: crate::scenario::RateShift::NONE,
        coupon_shift: Decimal::ZERO,
        obligor_defaults: defaults,
        supporter_failures: Vec::new(),
        prepaid_loans: Vec::new(),
        value_factors: Vec::new(),
        infringements: Vec::new(),
        sales: Vec::new(),
        sales_shock: None,
        delinquent_default: false,
    }
}

/// What a run of the tiny deal writes; nothing where our own engine breaks.
fn written(notes: bool, defaults: &[(usize, Date)], lang: Lang) -> Vec<(String, Vec<u8>)> {
    let scenario = scenario(defaults.to_vec());
    let Some(deal) = deal(notes) else {
        return Vec::new();
    };
    let runs = run_all(&deal, &[&scenario], || ()).unwrap_or_default();
    let files = runs.iter().map(|runs| run_files(&deal, &[], &scenario, runs, lang, false));
    files.flatten().collect()
}

/// Its charts as the run draws them.
fn drawn(notes: bool, defaults: &[(usize, Date)], lang: Lang) -> Vec<(String, String)> {
    let mut files = written(notes, defaults, lang);
    files.retain(|(name, _)| name.ends_with(".svg"));
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap_or_default();
    files.into_iter().map(|(name, bytes)| (name, text(bytes))).collect()
}

/// It read back from its files.
fn read_back(notes: bool, defaults: &[(usize, Date)], lang: Lang) -> Option<Record> {
    Record::read("tiny", &written(notes, defaults, lang)).ok()
}

const DEFAULTS: [(usize, Date); 1] = [(1, Date::constant(2021, 9, 1))];

#[test]
fn a_run_has_four_charts() {
    for lang in BOTH {
        let drawn_once = drawn(true, &DEFAULTS, lang);
        let names: Vec<&str> = drawn_once.iter().map(|chart| chart.0.as_str()).collect();
        let wanted = ["notes.svg", "collections.svg", "cover.svg", "waterfall.svg"];
        assert_eq!(names, wanted);
        for (_, svg) in &drawn_once {
            sound(svg);
            assert!(svg.contains("Tiny &amp; &lt;Co&gt;"));
        }
        assert_eq!(drawn_once, drawn(true, &DEFAULTS, lang));
    }
    let english = drawn(true, &DEFAULTS, Lang::En);
    let check = |at: usize, wanted: &[&str]| {
        for text in wanted {
            assert!(english[at].1.contains(text), "{text} in {}", english[at].1);
        }
    };
    check(0, &["A1", "Sub", "no support", "2021-01-12"]);
    check(1, &["principal", "interest", "recovered", "2021-04-12"]);
    check(2, &["Senior and mezzanine", "担保甲", "called, not paid"]);
    check(3, &["A1 principal", "B interest", "draws on supporters"]);
}

/// Whatever language a run was made in, a report of it draws what a run in its own would.
#[test]
fn a_chart_is_of_the_language_that_asks_for_it() {
    for (made_in, asked_in) in [(Lang::En, Lang::Zh), (Lang::Zh, Lang::En)] {
        let record = read_back(true, &DEFAULTS, made_in);
        for (name, svg) in drawn(true, &DEFAULTS, asked_in) {
            let report = record.as_ref().and_then(|record| chart(record, &name, asked_in));
            assert_eq!(report, Some(svg), "{name}");
        }
    }
}

#[test]
fn without_calls_both_runs_look_the_same() {
    let charts = drawn(true, &[], Lang::En);
    assert!(charts[2].1.contains("No supporter is called"));
    for (_, svg) in &charts {
        assert!(!svg.contains("no support"));
    }
}

#[test]
fn the_bridge_adds_up() {
    let record = read_back(true, &DEFAULTS, Lang::En);
    let bridge = record.and_then(|record| data::waterfall(&record, Lang::En));
    let sum = |items: &[WaterfallItem]| items.iter().map(|one| one.amount).sum::<f64>();
    let gap = bridge.map(|chart| sum(&chart.sources) - sum(&chart.uses) - chart.left);
    assert!(gap.is_some_and(|gap| gap.abs() < 0.005), "{gap:?}");
}

#[test]
fn a_deal_without_notes_has_charts_too() {
    for lang in BOTH {
        let charts = drawn(false, &DEFAULTS, lang);
        assert_eq!(charts.len(), 4);
        charts.iter().for_each(|(_, svg)| sound(svg));
    }
    let charts = drawn(false, &[], Lang::En);
    assert!(charts[0].1.contains("This deal has no notes"));
    assert!(charts[2].1.contains("No notes to cover"));
}
