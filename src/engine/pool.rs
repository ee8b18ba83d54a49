//! What the loans owe by contract, from the cut-off date on.
//!
//! Interest of a due date is balance x one exact ratio, rounded once. Principal of a loan sums to
//! its balance at the cut-off date. Level instalment: P r / (1 - (1 + r)^-n), r for one period.

use std::ops::Range;

use super::periods::Period;
use crate::asset::{InterestBasis, Loan, LoanRate, Repayment, Status};
use crate::dates::{Date, DayCount, add_days, add_months, days};
use crate::deal::Deal;
use crate::num::{Decimal, Fen, Ratio, Rounding, fen_near, share, yuan_of};
use crate::scenario::{RateShift, Scenario};

/// One due date of a loan.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ContractDue {
    /// Index of the loan, and which of its due dates this is, from 0.
    pub loan: u32,
    pub position: u32,
    pub date: Date,
    /// Collection period it falls into; the number of periods where it comes too late for all.
    pub period: u32,
    /// Balance before this date.
    pub opening: Fen,
    pub principal: Fen,
    pub interest: Fen,
    /// What a licensee's sales bring above the fee, paid with the interest and part of no claim.
    pub above: Fen,
    /// Interest as a share of the opening balance; an agreed interest amount has none.
    pub interest_ratio: Option<Ratio>,
    /// Part of the interest that belongs to the originator (before cut-off, before closing).
    pub withheld: Fen,
    /// Since the due date before: calendar days and months.
    pub days: i32,
    pub months: i32,
    /// Level instalment in force, or the principal part of equal principal; 0 elsewhere.
    pub instalment: Fen,
    /// First day that the interest counts from.
    pub accrues_from: Date,
}

/// One loan as it stands when the pool is sold.
#[derive(Clone, Debug)]
pub struct ContractLoan {
    pub principal: Fen,
    pub level: bool,
    pub defaulted: bool,
    pub delinquent: bool,
    /// Indices of its due dates.
    pub dues: Range<usize>,
}

/// The pool by contract.
#[derive(Clone, Debug)]
pub struct Pool {
    pub loans: Vec<ContractLoan>,
    /// By loan, then by date.
    pub dues: Vec<ContractDue>,
    /// Indices of due dates by period, then by loan, then by date; by date, then by loan, where
    /// the pool goes by date.
    by_period: Vec<u32>,
    /// Where each period begins in `by_period`; two more entries close the last and the rest.
    first_of_period: Vec<usize>,
    pub principal: Fen,
    /// Whether a right secures several loans: what it brings one depends on what others have paid
    /// and whether they have defaulted before, so that a period is worked through by date.
    pub by_date: bool,
}

impl ContractDue {
    /// Calendar days over which its interest accrues.
    pub fn accrual_days(&self) -> i32 {
        days_between(self.accrues_from, self.date)
    }
}

impl Pool {
    /// The due dates of one loan, in order.
    pub fn dues_of(&self, loan: usize) -> impl Iterator<Item = &ContractDue> {
        self.dues[self.loans[loan].dues.clone()].iter()
    }

    /// Indices of the due dates of a period, loan by loan, or by date.
    pub fn dues_in(&self, period: usize) -> &[u32] {
        &self.by_period[self.first_of_period[period]..self.first_of_period[period + 1]]
    }

    /// A due date by its index.
    pub fn due(&self, index: u32) -> &ContractDue {
        &self.dues[index as usize]
    }
}

/// The contract flows of every loan.
pub fn pool(deal: &Deal, shift: RateShift, periods: &[Period]) -> Pool {
    let from = first_day(deal, periods);
    let mut loans = Vec::with_capacity(deal.loans().len());
    let mut dues = Vec::with_capacity(32 * deal.loans().len());
    let mut spans = Vec::new();
    for (at, loan) in deal.loans().iter().enumerate() {
        let before = dues.len();
        let paid_before = due_dates(loan, from, &mut spans);
        contract_dues(deal, at, (from, paid_before), shift, periods, &spans, &mut dues);
        loans.push(ContractLoan {
            principal: loan.principal,
            level: matches!(loan.repayment, Repayment::Level | Repayment::Balloon { .. }),
            // What is owed after the last due date has defaulted.
            defaulted: loan.status == Status::Defaulted || dues.len() == before,
            delinquent: matches!(loan.status, Status::Delinquent { .. }),
            dues: before..dues.len(),
        });
    }
    let principal = loans.iter().map(|loan| loan.principal).sum();
    let (mut by_period, first_of_period) = by_period(&dues, periods.len());
    let by_date = deal.rights().iter().any(|right| right.loans.len() > 1);
    if by_date {
        let of = |&at: &u32| (dues[at as usize].period, dues[at as usize].date, at);
        by_period.sort_unstable_by_key(of);
    }
    Pool { loans, dues, by_period, first_of_period, principal, by_date }
}

/// The contract flows under a scenario: its rates, and what the sales of licensees bring above the
/// fees, max(0, share x sales - fee).
pub(crate) fn pool_under(deal: &Deal, scenario: &Scenario, periods: &[Period]) -> Pool {
    let mut pool = pool(deal, scenario.rate_shift, periods);
    for &(loan, date, sales) in &scenario.sales {
        let share = share_of_sales(deal, loan);
        let of_loan = |due: &&mut ContractDue| due.loan as usize == loan && due.date == date;
        if let Some(due) = pool.dues.iter_mut().find(of_loan) {
            let above = share.of(sales, deal.terms().rounding) - due.principal - due.interest;
            due.above = above.max(0);
        }
    }
    pool
}

/// What a licence pays of its licensee's sales.
pub(crate) fn share_of_sales(deal: &Deal, loan: usize) -> Ratio {
    let share = deal.loans()[loan].licence.and_then(|licence| licence.sales_share);
    share.and_then(Ratio::of_rate).unwrap_or(Ratio::ZERO)
}

/// Indices of due dates by period, in the order of loans and dates inside one, and where each
/// period begins.
fn by_period(dues: &[ContractDue], periods: usize) -> (Vec<u32>, Vec<usize>) {
    let mut first = vec![0; periods + 2];
    dues.iter().for_each(|due| first[due.period as usize + 1] += 1);
    for period in 0..=periods {
        first[period + 1] += first[period];
    }
    let (mut next, mut order) = (first.clone(), vec![0; dues.len()]);
    for (at, due) in dues.iter().enumerate() {
        let place = &mut next[due.period as usize];
        order[*place] = at as u32;
        *place += 1;
    }
    (order, first)
}

/// Index of the first collection period that holds a day (its calculation date is on or after).
pub(crate) fn period_of(periods: &[Period], date: Date) -> usize {
    periods.partition_point(|period| period.calculation < date)
}

/// Dues count from the cut-off date on; of a deal in mid-life, from the day after the calculation
/// date of the last payment made, for its loans stand at what they owe then.
pub(crate) fn first_day(deal: &Deal, periods: &[Period]) -> Date {
    let as_of = deal.state().and_then(|state| state.as_of);
    let paid = as_of.and_then(|day| periods.iter().rfind(|period| period.payment <= day));
    paid.map_or(deal.terms().cutoff, |period| add_days(period.calculation, 1))
}

fn contract_dues(
    deal: &Deal,
    index: usize,
    (from, paid_before): (Date, usize),
    shift: RateShift,
    periods: &[Period],
    spans: &[Span],
    dues: &mut Vec<ContractDue>,
) {
    let (loan, rounding) = (&deal.loans()[index], deal.terms().rounding);
    let mut balance = loan.principal;
    let mut terms = RateTerms::NONE;
    let mut period = 0;
    for (at, &Span { start, end, whole }) in spans.iter().enumerate() {
        let left = spans.len() - at;
        let rate = rate_on(deal, loan, start, shift);
        terms.reset(loan, rate, balance, left, paid_before + at, rounding);
        let ratio = terms.interest(loan, start, end, whole);
        let agreed = custom_due(loan, end);
        let agreed_interest = agreed.and_then(|due| due.interest);
        let interest = agreed_interest.unwrap_or_else(|| ratio.of(balance, rounding));
        let principal = match loan.repayment {
            _ if left == 1 => balance,
            Repayment::Level | Repayment::Balloon { .. } => {
                (terms.instalment - interest).clamp(0, balance)
            }
            Repayment::EqualPrincipal => terms.instalment.min(balance),
            Repayment::Bullet | Repayment::AtMaturity => 0,
            Repayment::Custom => agreed.map_or(0, |due| due.principal).min(balance),
        };
        while periods.get(period).is_some_and(|period| period.calculation < end) {
            period += 1;
        }
        let (days, months) = exposure(loan, start.max(from), start, end, whole);
        dues.push(ContractDue {
            loan: index as u32,
            position: at as u32,
            date: end,
            period: period as u32,
            opening: balance,
            principal,
            interest,
            above: 0,
            interest_ratio: agreed_interest.is_none().then_some(ratio),
            withheld: withheld(deal, start, end, interest),
            days,
            months,
            instalment: terms.instalment,
            accrues_from: start,
        });
        balance -= principal;
    }
}

/// The time over which a rate of default or prepayment works: days, and months rounded. A whole
/// period counts in full, also where part of it lies before the cut-off date; any other counts from
/// there.
fn exposure(loan: &Loan, from: Date, start: Date, end: Date, whole: bool) -> (i32, i32) {
    if whole {
        return (days_between(start, end), loan.frequency.months());
    }
    let in_360 = DayCount::Thirty360.fraction(from, end).num;
    (days_between(from, end), ((in_360 + 15) / 30) as i32)
}

/// One interest period of a loan: `whole` where it is one of its grid.
#[derive(Clone, Copy)]
struct Span {
    start: Date,
    end: Date,
    whole: bool,
}

/// How many due dates lie before a day; `spans` becomes every period that ends on or after it.
fn due_dates(loan: &Loan, from: Date, spans: &mut Vec<Span>) -> usize {
    spans.clear();
    let (mut start, mut before) = (loan.origination, 0);
    let mut add = |end: Date, whole: bool| {
        if end < from {
            before += 1;
        } else {
            spans.push(Span { start, end, whole });
        }
        start = end;
    };
    match loan.repayment {
        Repayment::AtMaturity => add(loan.maturity, false),
        Repayment::Custom => loan.dues.iter().for_each(|due| add(due.date, false)),
        _ => {
            let months = loan.frequency.months();
            let from_origination = add_months(loan.origination, months) == loan.first_due;
            let nth = |k: i32| match from_origination {
                true => add_months(loan.origination, (k + 1) * months),
                false => add_months(loan.first_due, k * months),
            };
            let (mut k, mut date) = (0, nth(0));
            while date < loan.maturity {
                add(date, k > 0 || from_origination);
                k += 1;
                date = nth(k);
            }
            add(loan.maturity, date == loan.maturity && (k > 0 || from_origination));
        }
    }
    before
}

/// What follows from the rate in force: the instalment, and the interest of a whole period.
struct RateTerms {
    rate: Option<Decimal>,
    annual: Ratio,
    whole: Ratio,
    instalment: Fen,
}

impl RateTerms {
    const NONE: RateTerms =
        RateTerms { rate: None, annual: Ratio::ZERO, whole: Ratio::ZERO, instalment: 0 };

    fn reset(
        &mut self,
        loan: &Loan,
        rate: Decimal,
        balance: Fen,
        left: usize,
        paid_before: usize,
        rounding: Rounding,
    ) {
        if self.rate == Some(rate) {
            return;
        }
        self.rate = Some(rate);
        self.annual = Ratio::of_rate(rate).unwrap_or(Ratio::ZERO);
        let months = Ratio::new(i64::from(loan.frequency.months()), 12);
        self.whole = months.and_then(|time| self.annual.times(time)).unwrap_or(Ratio::ZERO);
        let over = match loan.repayment {
            Repayment::Level => left,
            Repayment::Balloon { periods } => {
                left.max((periods as usize).saturating_sub(paid_before))
            }
            // The part of principal does not change with the rate.
            Repayment::EqualPrincipal if self.instalment > 0 => return,
            Repayment::EqualPrincipal => {
                let part = Ratio::new(1, left as i64).unwrap_or(Ratio::ZERO);
                self.instalment = part.of(balance, rounding);
                return;
            }
            Repayment::Bullet | Repayment::AtMaturity | Repayment::Custom => return,
        };
        let period_rate = rate * Decimal::from(loan.frequency.months()) / Decimal::from(12);
        self.instalment = level_payment(balance, period_rate, over as u32, rounding);
    }

    fn interest(&self, loan: &Loan, start: Date, end: Date, whole: bool) -> Ratio {
        let time = match loan.basis {
            InterestBasis::Periodic if whole => return self.whole,
            InterestBasis::Periodic => fraction(DayCount::Act365, start, end),
            InterestBasis::Days(day_count) => fraction(day_count, start, end),
        };
        time.and_then(|time| self.annual.times(time)).unwrap_or(Ratio::ZERO)
    }
}

fn custom_due(loan: &Loan, date: Date) -> Option<crate::asset::Due> {
    loan.dues.iter().copied().find(|due| due.date == date)
}

/// The annual rate of a period that starts on a day.
pub(crate) fn rate_on(deal: &Deal, loan: &Loan, start: Date, shift: RateShift) -> Decimal {
    let cutoff = deal.terms().cutoff;
    let from_cutoff = |date: Date, shift: Decimal| match date >= cutoff {
        true => shift,
        false => Decimal::ZERO,
    };
    let rate = match loan.rate {
        LoanRate::Fixed(rate) => rate,
        LoanRate::Floating { tenor, spread_pa, reset_months } => {
            let resets = (1..).map(|k| add_months(loan.origination, k * reset_months));
            let reset = resets.take_while(|&date| date <= start).last().unwrap_or(loan.origination);
            let index = deal.lpr().on(reset, tenor).unwrap_or(Decimal::ZERO);
            index + from_cutoff(reset, shift.lpr) + spread_pa
        }
    };
    (rate + from_cutoff(start, shift.loans)).max(Decimal::ZERO)
}

/// An exact share of a year.
pub(crate) fn fraction(day_count: DayCount, start: Date, end: Date) -> Option<Ratio> {
    let year = day_count.fraction(start, end);
    Ratio::new(year.num, year.den)
}

/// P r / (1 - (1 + r)^-n), in 28 digits, rounded once to the fen; P / n where r is 0.
pub(crate) fn level_payment(balance: Fen, rate: Decimal, count: u32, rounding: Rounding) -> Fen {
    if rate.is_zero() {
        return Ratio::new(1, i64::from(count)).unwrap_or(Ratio::ZERO).of(balance, rounding);
    }
    let mut growth = Decimal::ONE;
    let (mut power, mut left) = (Decimal::ONE + rate, count);
    while left > 0 {
        if left & 1 == 1 {
            growth *= power;
        }
        left >>= 1;
        if left > 0 {
            power *= power;
        }
    }
    let payment = yuan_of(balance) * rate * (growth / (growth - Decimal::ONE));
    fen_near(payment, rounding).unwrap_or(balance)
}

/// (claim, principal) by contract on a day up to the due date that comes next: principal and the
/// interest that has accrued on it.
pub(crate) fn claim_on(due: &ContractDue, date: Date, rounding: Rounding) -> (Fen, Fen) {
    let days = due.accrual_days();
    let elapsed = days_between(due.accrues_from, date).clamp(0, days);
    let accrued = share(due.interest, i64::from(elapsed), i64::from(days.max(1)), rounding);
    (due.opening + accrued, due.opening)
}

/// Calendar days from a day to a later one (negative to an earlier one).
pub(crate) fn days_between(start: Date, end: Date) -> i32 {
    days(start, end) as i32
}

/// Interest that stays with the originator: what accrued before the cut-off date, and from there to
/// closing, where the terms leave either out; by days.
fn withheld(deal: &Deal, start: Date, end: Date, interest: Fen) -> Fen {
    let terms = deal.terms();
    let all_ours = terms.interest_before_cutoff && terms.interest_to_closing;
    if all_ours || start >= terms.closing {
        return 0;
    }
    let overlap = |from: Date, to: Date| days_between(start.max(from), end.min(to)).max(0);
    let mut days = 0;
    if !terms.interest_before_cutoff {
        days += overlap(start, terms.cutoff);
    }
    if !terms.interest_to_closing {
        days += overlap(terms.cutoff, terms.closing);
    }
    let whole = days_between(start, end);
    Ratio::new(i64::from(days), i64::from(whole.max(1)))
        .unwrap_or(Ratio::ZERO)
        .of(interest, terms.rounding)
}
