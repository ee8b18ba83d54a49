//! Small deals written in code: a builder whose every field can be changed before it is checked.

use ipabs::asset::{
    InterestBasis, Loan, LoanRate, Lpr, Obligor, Repayment, Status, Supporter, SupporterKind,
};
use ipabs::dates::{Calendar, CalendarKind, Date, DayCount, Frequency, Roll, add_months};
use ipabs::deal::{
    Account, AccountKind, Accrual, Amortisation, Branch, Calculation, Claim, Commitment, Coupon,
    Deal, Fee, FeeDue, Limit, Parts, PrepaymentBase, RateTime, Recoveries, Release, Seniority,
    Split, Step, Structure, Terms, Tranche,
};
use ipabs::num::{Decimal, Fen, Rounding};
use ipabs::scenario::{AfterPrepayment, DefaultRate, Prepayment, Recovery, Scenario};

pub fn date(text: &str) -> Date {
    ipabs::dates::parse(text).unwrap()
}

pub fn rate(text: &str) -> Decimal {
    text.parse().unwrap()
}

/// Closing on 2024-01-01, monthly payment dates from 2024-02-01 on, every day a business day, no
/// tax, no registrar: nothing that a test does not ask for.
pub fn terms(payment_dates: usize) -> Terms {
    let first = date("2024-02-01");
    Terms {
        name: "small".to_owned(),
        originator: "originator".to_owned(),
        structure: Structure::SpecialPlan,
        cutoff: date("2024-01-01"),
        closing: date("2024-01-01"),
        first_payment: first,
        frequency: Frequency::Monthly,
        payment_dates: Vec::new(),
        legal_maturity: add_months(first, payment_dates as i32 - 1),
        calendar: Calendar::china(CalendarKind::AllDays),
        roll: Roll::None,
        accrual: Accrual::Unadjusted,
        calculation: Calculation::BusinessDaysBefore(0),
        transfer_days: 0,
        test_days: 0,
        support_days: 0,
        record_days: 0,
        record_days_final: 0,
        rounding: Rounding::HalfUp,
        unit_decimals: None,
        interest_before_cutoff: true,
        interest_to_closing: true,
        purchase_price: 0,
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

pub fn obligor(name: &str) -> Obligor {
    Obligor {
        name: name.to_owned(),
        industry: "other".to_owned(),
        region: "other".to_owned(),
        group: None,
        rating: None,
        pd_1y: None,
        pd_later: Vec::new(),
    }
}

/// A monthly loan from 2024-01-01 over so many months.
pub fn loan(
    obligor: usize,
    principal: Fen,
    rate_pa: &str,
    months: i32,
    repayment: Repayment,
) -> Loan {
    let origination = date("2024-01-01");
    Loan {
        name: format!("L{obligor}"),
        obligor,
        principal,
        rate: LoanRate::Fixed(rate(rate_pa)),
        basis: InterestBasis::Periodic,
        origination,
        first_due: add_months(origination, 1),
        maturity: add_months(origination, months),
        frequency: Frequency::Monthly,
        repayment,
        status: Status::Current,
        dues: Vec::new(),
        licence: None,
    }
}

pub fn tranche(
    name: &str,
    seniority: Seniority,
    notional: Fen,
    coupon: &str,
    until: Date,
) -> Tranche {
    Tranche {
        name: name.to_owned(),
        seniority,
        notional,
        coupon: if coupon.is_empty() { Coupon::None } else { Coupon::Fixed(rate(coupon)) },
        day_count: DayCount::Thirty360,
        amortisation: Amortisation::Turbo { target_balance: Vec::new() },
        expected_maturity: until,
        interest_on_unpaid: false,
        issue_price: Decimal::ONE_HUNDRED,
        retained: 0,
    }
}

pub fn account(name: &str, kind: AccountKind) -> Account {
    Account {
        name: name.to_owned(),
        kind,
        opening: 0,
        target: None,
        release: Release::EachDate,
        income_pa: Decimal::ZERO,
    }
}

pub fn fee(name: &str, amount: Fen) -> Fee {
    Fee { name: name.to_owned(), payee: name.to_owned(), due: FeeDue::Amount(amount), cap: None }
}

pub fn supporter(name: &str) -> Supporter {
    Supporter {
        name: name.to_owned(),
        kind: SupporterKind::Shortfall,
        industry: "other".to_owned(),
        region: "other".to_owned(),
        group: None,
        rating: None,
        pd_1y: None,
        pd_later: Vec::new(),
        recovery: Decimal::ZERO,
        paying_capacity: None,
        affiliated: false,
    }
}

pub fn commitment(scope: Vec<Claim>) -> Commitment {
    Commitment {
        name: "commitment".to_owned(),
        supporter: 0,
        scope,
        cap_total: None,
        cap_per_date: None,
        cap_share: None,
        end: None,
        earmarked: true,
        reserve_first: true,
    }
}

/// Steps from account 0, one a list of claims, in every branch.
pub fn steps(lines: &[&[Claim]], split: Split) -> Vec<Step> {
    let step = |(at, claims): (usize, &&[Claim])| Step {
        number: at as u32 + 1,
        name: (at + 1).to_string(),
        branch: None::<Branch>,
        from: 0,
        pay: claims.to_vec(),
        split,
        up_to: Limit::Due,
        when: Vec::new(),
    };
    lines.iter().enumerate().map(step).collect()
}

/// One loan a row, notes that equal the pool unless changed.
pub fn parts(terms: Terms, loans: Vec<Loan>, tranches: Vec<Tranche>, steps: Vec<Step>) -> Parts {
    let obligors = (0..loans.len()).map(|at| obligor(&format!("O{at}"))).collect();
    let purchase_price = tranches.iter().map(|tranche| tranche.notional).sum();
    Parts {
        terms: Terms { purchase_price, ..terms },
        obligors,
        loans,
        rights: Vec::new(),
        supporters: Vec::new(),
        covers: Vec::new(),
        costs: Vec::new(),
        tranches,
        fees: Vec::new(),
        accounts: vec![account("plan", AccountKind::Plan)],
        steps,
        triggers: Vec::new(),
        commitments: Vec::new(),
        lpr: Lpr::new(vec![(date("2019-08-20"), rate("0.0425"), rate("0.0485"))]),
        state: None,
    }
}

pub fn deal(parts: Parts) -> Deal {
    Deal::new(parts).unwrap()
}

/// Nothing happens.
pub fn quiet() -> Scenario {
    Scenario {
        name: "quiet".to_owned(),
        defaults: DefaultRate::None,
        front_loaded: Decimal::ZERO,
        prepayment: Prepayment::Annual(Vec::new()),
        after_prepayment: AfterPrepayment::SmallerInstalments,
        recovery: Recovery::Flat { rate: Decimal::ZERO, shares: vec![(0, Decimal::ONE)] },
        rate_shift: ipabs::scenario::RateShift::NONE,
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
