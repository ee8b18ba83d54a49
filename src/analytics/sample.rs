//! Small deals built in code, whose every figure can be worked out by hand.
use crate::asset::{
    InterestBasis, IpRight, Loan, LoanRate, Lpr, Obligor, Repayment, RightKind, Status, Supporter,
    SupporterKind,
};
use crate::dates::{Calendar, CalendarKind, Date, DayCount, Frequency, Roll, add_months};
use crate::deal::{
    Account, AccountKind, Accrual, Amortisation, Calculation, Claim, Commitment, Coupon, Deal, Fee,
    FeeDue, Parts, PrepaymentBase, RateTime, Recoveries, Release, Seniority, Structure, Terms,
    Tranche, standard_waterfall,
};
use crate::num::{Decimal, Fen, Rounding};
use crate::scenario::{AfterPrepayment, DefaultRate, Prepayment, Recovery, Scenario};

pub(crate) fn date(year: i16, month: i8, day: i8) -> Date {
    Date::constant(year, month, day)
}

pub(crate) const YUAN: Fen = 100;

/// Closing and cut-off 2023-01-01 (a Sunday, but every day is a business day), interest at year
/// ends, two years. Loans of 600,000 and 400,000 at 8% by months, bullets due on
/// 2025-01-01; notes A 800,000 at 5% by 30/360, bullet, and a subordinate S of 200,000; no fee,
/// no tax, one account. By hand: collections 80,000 and 1,080,000; A is paid 40,000 and 840,000;
/// S 200,000 and what is left, 80,000.
pub(crate) fn parts() -> Parts {
    let (closing, end) = (date(2023, 1, 1), date(2025, 1, 1));
    let obligor = |name: &str, industry: &str| Obligor {
        name: name.to_owned(),
        industry: industry.to_owned(),
        region: "滨江区".to_owned(),
        group: None,
        rating: Some("BBB".to_owned()),
        pd_1y: None,
        pd_later: Vec::new(),
    };
    let tranches = vec![
        tranche("A", Seniority::Senior, 800_000, Amortisation::Bullet, end),
        tranche("S", Seniority::Subordinate, 200_000, sub_turbo(), end),
    ];
    let accounts = vec![account("plan", AccountKind::Plan)];
    let steps = standard_waterfall(Structure::SpecialPlan, &tranches, &[], &accounts, 0, true);
    Parts {
        terms: terms(closing, end),
        obligors: vec![obligor("甲", "软件"), obligor("乙", "医药")],
        loans: vec![loan("L1", 0, 600_000, end), loan("L2", 1, 400_000, end)],
        rights: vec![right("R1", vec![0], 3_000_000), right("R2", vec![1], 500_000)],
        supporters: Vec::new(),
        covers: Vec::new(),
        costs: Vec::new(),
        tranches,
        fees: Vec::new(),
        accounts,
        steps,
        triggers: Vec::new(),
        commitments: Vec::new(),
        lpr: Lpr::new(Vec::new()),
        state: None,
    }
}

fn sub_turbo() -> Amortisation {
    Amortisation::Turbo { target_balance: Vec::new() }
}

/// With a fee of 1,000 a date, and a supporter who tops A up, earmarked and uncapped.
pub(crate) fn supported() -> Parts {
    let mut parts = parts();
    parts.fees.push(Fee {
        name: "manager".to_owned(),
        payee: "管理人".to_owned(),
        due: FeeDue::Amount(1_000 * YUAN),
        cap: None,
    });
    parts.supporters.push(Supporter {
        name: "担保公司".to_owned(),
        kind: SupporterKind::Shortfall,
        industry: "金融".to_owned(),
        region: "滨江区".to_owned(),
        group: None,
        rating: Some("AA".to_owned()),
        pd_1y: None,
        pd_later: Vec::new(),
        recovery: Decimal::ZERO,
        paying_capacity: None,
        affiliated: false,
    });
    parts.commitments.push(Commitment {
        name: "shortfall".to_owned(),
        supporter: 0,
        scope: vec![Claim::Interest(0), Claim::Principal(0)],
        cap_total: None,
        cap_per_date: None,
        cap_share: None,
        end: None,
        earmarked: true,
        reserve_first: true,
    });
    parts.steps = standard_waterfall(
        parts.terms.structure,
        &parts.tranches,
        &parts.fees,
        &parts.accounts,
        1,
        true,
    );
    parts
}

pub(crate) fn deal(parts: Parts) -> Deal {
    match Deal::new(parts) {
        Ok(deal) => deal,
        Err(faults) => unreachable!("{faults:?}"),
    }
}

/// Nothing goes wrong.
pub(crate) fn calm() -> Scenario {
    Scenario {
        name: "calm".to_owned(),
        defaults: DefaultRate::None,
        front_loaded: Decimal::ZERO,
        prepayment: Prepayment::Annual(Vec::new()),
        after_prepayment: AfterPrepayment::SmallerInstalments,
        recovery: Recovery::Flat { rate: Decimal::new(50, 2), shares: vec![(3, Decimal::ONE)] },
        rate_shift: crate::scenario::RateShift::NONE,
        coupon_shift: Decimal::ZERO,
        obligor_defaults: Vec::new(),
        supporter_failures: Vec::new(),
        prepaid_loans: Vec::new(),
        value_factors: Vec::new(),
        infringements: Vec::new(),
        sales: Vec::new(),
        sales_shock: None,
        delinquent_default: false,
    }
}

/// 甲 (600,000) defaults in mid-2024: half of it, 300,000, comes back three months later.
pub(crate) fn largest_defaults() -> Scenario {
    Scenario {
        name: "largest_defaults".to_owned(),
        obligor_defaults: vec![(0, date(2024, 6, 30))],
        ..calm()
    }
}

fn terms(closing: Date, end: Date) -> Terms {
    Terms {
        name: "两年期样例".to_owned(),
        originator: "originator".to_owned(),
        structure: Structure::SpecialPlan,
        cutoff: closing,
        closing,
        first_payment: add_months(closing, 12),
        frequency: Frequency::Yearly,
        payment_dates: Vec::new(),
        legal_maturity: end,
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
        interest_before_cutoff: true,
        interest_to_closing: true,
        purchase_price: 1_000_000 * YUAN,
        reserve_from_originator: true,
        vat: Decimal::ZERO,
        vat_surcharge: Decimal::ZERO,
        vat_inclusive: true,
        registrar_fee: Decimal::ZERO,
        clean_up_share: None,
        retention: None,
        recognition_days: 0,
        recoveries_to: Recoveries::Principal,
        ends_at_legal_maturity: false,
        rate_time: RateTime::Months12,
        prepayment_base: PrepaymentBase::Opening,
    }
}

fn loan(name: &str, obligor: usize, principal: Fen, maturity: Date) -> Loan {
    Loan {
        name: name.to_owned(),
        obligor,
        principal: principal * YUAN,
        rate: LoanRate::Fixed(Decimal::new(8, 2)),
        basis: InterestBasis::Periodic,
        origination: date(2023, 1, 1),
        first_due: date(2024, 1, 1),
        maturity,
        frequency: Frequency::Yearly,
        repayment: Repayment::Bullet,
        status: Status::Current,
        dues: Vec::new(),
        licence: None,
    }
}

fn tranche(
    name: &str,
    seniority: Seniority,
    notional: Fen,
    amortisation: Amortisation,
    expected_maturity: Date,
) -> Tranche {
    let coupon = match seniority {
        Seniority::Subordinate => Coupon::None,
        Seniority::Senior | Seniority::Mezzanine => Coupon::Fixed(Decimal::new(5, 2)),
    };
    Tranche {
        name: name.to_owned(),
        seniority,
        notional: notional * YUAN,
        coupon,
        day_count: DayCount::Thirty360,
        amortisation,
        expected_maturity,
        interest_on_unpaid: false,
        issue_price: Decimal::ONE_HUNDRED,
        retained: 0,
    }
}

fn account(name: &str, kind: AccountKind) -> Account {
    Account {
        name: name.to_owned(),
        kind,
        opening: 0,
        target: None,
        release: Release::End,
        income_pa: Decimal::ZERO,
    }
}

fn right(name: &str, loans: Vec<usize>, appraised: Fen) -> IpRight {
    IpRight {
        name: name.to_owned(),
        loans,
        kind: RightKind::Invention,
        title_no: None,
        appraised_value: appraised * YUAN,
        valuation_date: date(2022, 12, 1),
        expiry: date(2035, 1, 1),
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
