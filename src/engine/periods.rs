//! The date chain of every payment date: calculation, transfer, test, supporter payment, record, T.
//!
//! Invariant: calculation <= transfer <= test <= support <= payment on every row, and
//! collection periods (previous calculation, this one] cover the time from the cut-off date on.

use crate::dates::{Date, add_days, add_months, month_end};
use crate::deal::{Accrual, Calculation, Terms};

/// One payment date and the dates that lead to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    /// Before it moves for business days; `plan` rows and maturities are matched on this day.
    pub nominal: Date,
    /// The payment date T.
    pub payment: Date,
    /// Notes accrue over [start, end).
    pub accrual_start: Date,
    pub accrual_end: Date,
    /// Last day whose collections count for T.
    pub calculation: Date,
    pub transfer: Date,
    pub test: Date,
    pub support: Date,
    pub record: Date,
    /// Record date of a class that is redeemed in full.
    pub record_final: Date,
}

/// Every payment date from the first to legal maturity. A legal maturity off the grid adds a last
/// date of its own.
pub fn periods(terms: &Terms) -> Vec<Period> {
    let mut out: Vec<Period> = Vec::new();
    let mut accrual_start = terms.closing;
    for nominal in terms.nominal_dates() {
        let payment = terms.calendar.roll(nominal, terms.roll);
        let accrual_end = match terms.accrual {
            Accrual::Unadjusted => nominal,
            Accrual::Adjusted => payment,
        };
        let before = |days: i32| terms.calendar.add_business_days(payment, -days);
        let calculation = calculation_date(terms, nominal, payment).min(payment);
        // A month end may fall after the business day that a step of the chain would have.
        let transfer = before(terms.transfer_days).max(calculation);
        let test = before(terms.test_days).max(transfer);
        let support = before(terms.support_days).max(test);
        out.push(Period {
            nominal,
            payment,
            accrual_start,
            accrual_end,
            calculation,
            transfer,
            test,
            support,
            record: before(terms.record_days),
            record_final: before(terms.record_days_final),
        });
        accrual_start = accrual_end;
    }
    out
}

/// Of a firm that fails on a day: the first period on whose support date it has failed, and the
/// first by whose test date it has; the number of periods where it fails after all of them.
pub(crate) fn failed_from(failure: Date, periods: &[Period]) -> (usize, usize) {
    let by_call = periods.partition_point(|period| period.support < failure);
    (by_call, periods.partition_point(|period| period.test < failure))
}

fn calculation_date(terms: &Terms, nominal: Date, payment: Date) -> Date {
    match terms.calculation {
        Calculation::BusinessDaysBefore(days) => terms.calendar.add_business_days(payment, -days),
        Calculation::MonthEnd => month_end(add_months(nominal, -1)),
        Calculation::DaysBefore(days) => add_days(nominal, -days),
    }
}
