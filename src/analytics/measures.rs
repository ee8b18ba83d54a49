//! Yield, price, life, duration and convexity of dated cash flows.
//!
//! A flow is `(date, amount)`; prices and amounts share one unit (per 100 face, or yuan) and one
//! side: what the holder receives is above 0. Rates are decimals a year. No result is NaN: a rate
//! that does not exist is a `YieldError`, any other figure that does not exist is `None`. Powers go
//! through `num`, so that the same flows give the same bits on every machine.
use crate::dates::{Date, DayCount, Frequency, add_months, days};
use crate::num::{exp, exp_m1, ln, pow};

/// Why flows have no one rate of return.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum YieldError {
    NoFlows,
    OneSign,
    NoRoot,
    SeveralRoots,
}

impl std::fmt::Display for YieldError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            YieldError::NoFlows => "there is no cash flow, or all cancel out",
            YieldError::OneSign => "cash only comes in or only goes out, so there is no return",
            YieldError::NoRoot => "no rate between -99% and 10,000% a year fits the cash flows",
            YieldError::SeveralRoots => "several rates fit the cash flows",
        })
    }
}

impl std::error::Error for YieldError {}

/// How a yield is quoted: how time is measured and how often it compounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum YieldBasis {
    /// Compounded yearly over real days / 365.
    Effective,
    /// Compounded at coupon frequency over coupon periods. They are counted back from the last
    /// flow; a part of one is measured by the day count, on real days for all but 30/360. The last
    /// period compounds like the others: there is no switch to simple interest.
    Street { frequency: Frequency, day_count: DayCount },
}

impl YieldBasis {
    fn periods_per_year(self) -> f64 {
        match self {
            YieldBasis::Effective => 1.0,
            YieldBasis::Street { frequency, .. } => 12.0 / f64::from(frequency.months()),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Duration {
    pub macaulay_years: f64,
    /// Relative fall of the price for a rise of the yield by 1.
    pub modified_years: f64,
}

/// The effective annual rate r at which `sum amount / (1 + r)^t` is 0, t in ACT/365 years from the
/// first flow.
///
/// # Errors
/// `NoRoot` if r is not in -0.99..=100 or an amount is not finite. `SeveralRoots` is found by
/// looking every 0.5% of (1 + r): two rates closer than that may be missed. Flows that change sign
/// once have at most one rate.
pub fn xirr(flows: &[(Date, f64)]) -> Result<f64, YieldError> {
    let first = flows.iter().map(|flow| flow.0).min().ok_or(YieldError::NoFlows)?;
    let terms = flows.iter().map(|flow| Term::flat(act_365(first, flow.0), flow.1)).collect();
    Ok(exp_m1(sole_log_rate(terms)?))
}

/// The effective annual ACT/365 yield of buying the flows after `settlement` for `price`, paid at
/// `settlement`; flows on or before it belong to the seller.
///
/// # Errors
/// As `xirr`.
pub fn yield_at_price(
    price: f64,
    settlement: Date,
    flows: &[(Date, f64)],
) -> Result<f64, YieldError> {
    yield_on(YieldBasis::Effective, price, settlement, flows)
}

/// The yield y at which `price_dirty = sum amount / (1 + y / f)^k`, f coupons a year, k the coupon
/// periods from `settlement` as `YieldBasis::Street` counts them; flows after `settlement` only.
///
/// # Errors
/// As `xirr`, the bounds taken on the effective annual rate.
pub fn street_yield(
    price_dirty: f64,
    settlement: Date,
    flows: &[(Date, f64)],
    frequency: Frequency,
    day_count: DayCount,
) -> Result<f64, YieldError> {
    yield_on(YieldBasis::Street { frequency, day_count }, price_dirty, settlement, flows)
}

/// `sum amount / (1 + y / f)^(f t)` over the flows after `settlement`, t in years as `basis` has
/// them: the dirty price. None if `1 + y / f` is not above 0.
pub fn price_at_yield(
    basis: YieldBasis,
    yield_pa: f64,
    settlement: Date,
    flows: &[(Date, f64)],
) -> Option<f64> {
    Some(Moments::new(basis, yield_pa, settlement, flows)?.price)
}

/// `notional * coupon_pa * fraction` of the days from `period_start` (included) to `settlement`
/// (excluded); a clean price is the dirty one less this.
pub fn accrued_interest(
    notional: f64,
    coupon_pa: f64,
    period_start: Date,
    settlement: Date,
    day_count: DayCount,
) -> f64 {
    notional * coupon_pa * day_count.fraction(period_start, settlement).as_f64()
}

/// Macaulay: `sum t pv / price`, in years as `basis` has them; modified: Macaulay / (1 + y / f).
/// None without flows after `settlement`, or at a price of 0.
pub fn duration(
    basis: YieldBasis,
    yield_pa: f64,
    settlement: Date,
    flows: &[(Date, f64)],
) -> Option<Duration> {
    let moments = Moments::new(basis, yield_pa, settlement, flows)?;
    let macaulay_years = finite(moments.time / moments.price)?;
    let modified_years = finite(macaulay_years / moments.base)?;
    Some(Duration { macaulay_years, modified_years })
}

/// `sum t (t + 1 / f) pv / (price (1 + y / f)^2)`, in years squared: the second derivative of the
/// price over the price. Vendors' screens show it divided by 100. None as `duration`.
pub fn convexity(
    basis: YieldBasis,
    yield_pa: f64,
    settlement: Date,
    flows: &[(Date, f64)],
) -> Option<f64> {
    let moments = Moments::new(basis, yield_pa, settlement, flows)?;
    let spread_time = moments.time_squared + moments.time / basis.periods_per_year();
    finite(spread_time / (moments.price * moments.base * moments.base))
}

/// `sum t p / sum p` over principal paid, t in ACT/365 years from closing. None if none is paid.
pub fn wal_years(closing: Date, principal: &[(Date, f64)]) -> Option<f64> {
    let total: f64 = principal.iter().map(|flow| flow.1).sum();
    let weighted: f64 = principal.iter().map(|flow| act_365(closing, flow.0) * flow.1).sum();
    finite(weighted / total).filter(|_| total > 0.0)
}

/// `sum amount / (1 + rate)^t` of every flow, t in ACT/365 years from `valuation`; a flow before it
/// is compounded up to it. None if `rate` is not above -1.
pub fn npv_flat(rate: f64, valuation: Date, flows: &[(Date, f64)]) -> Option<f64> {
    let mut value = 0.0;
    for (date, amount) in flows {
        value += amount * power(1.0 + rate, -act_365(valuation, *date));
    }
    finite(value).filter(|_| rate > -1.0)
}

/// `sum amount / (1 + y(t) + spread)^t` over the flows after `settlement`, t in ACT/365 years. The
/// curve is `(tenor_years, effective annual yield)`, linear between its points and flat outside.
/// None if the curve is empty or its tenors do not ascend, or if `1 + y + spread` is not above 0.
pub fn price_at_spread(
    curve: &[(f64, f64)],
    spread: f64,
    settlement: Date,
    flows: &[(Date, f64)],
) -> Option<f64> {
    let curve = Some(curve).filter(|curve| ascends(curve))?;
    let mut price = 0.0;
    for (years, amount) in remaining(YieldBasis::Effective, settlement, flows) {
        let base = 1.0 + interpolated(curve, years)? + spread;
        price += amount * power(Some(base).filter(|base| *base > 0.0)?, -years);
    }
    finite(price)
}

/// The spread at which `price_at_spread` gives `price`.
///
/// # Errors
/// As `xirr`, the bounds taken on spread + the lowest curve yield at a flow; `NoRoot` too where
/// `price_at_spread` has no curve to read.
pub fn spread_at_price(
    curve: &[(f64, f64)],
    price: f64,
    settlement: Date,
    flows: &[(Date, f64)],
) -> Result<f64, YieldError> {
    let curve = Some(curve).filter(|curve| ascends(curve)).ok_or(YieldError::NoRoot)?;
    let mut terms = Vec::with_capacity(flows.len() + 1);
    for (years, amount) in remaining(YieldBasis::Effective, settlement, flows) {
        let above_lowest = interpolated(curve, years).ok_or(YieldError::NoRoot)?;
        terms.push(Term { years, amount, above_lowest });
    }
    if terms.is_empty() {
        return Err(YieldError::NoFlows);
    }
    let lowest = terms.iter().map(|term| term.above_lowest).fold(f64::INFINITY, f64::min);
    terms.iter_mut().for_each(|term| term.above_lowest -= lowest);
    terms.push(Term::flat(0.0, -price));
    Ok(exp_m1(sole_log_rate(terms)?) - lowest)
}

fn yield_on(
    basis: YieldBasis,
    price: f64,
    settlement: Date,
    flows: &[(Date, f64)],
) -> Result<f64, YieldError> {
    let remaining = remaining(basis, settlement, flows);
    let mut terms: Vec<Term> = remaining.iter().map(|flow| Term::flat(flow.0, flow.1)).collect();
    if terms.is_empty() {
        return Err(YieldError::NoFlows);
    }
    terms.push(Term::flat(0.0, -price));
    let per_year = basis.periods_per_year();
    Ok(per_year * exp_m1(sole_log_rate(terms)? / per_year))
}

/// What price, duration and convexity are made of: sums of pv, t pv and t^2 pv, in years.
struct Moments {
    /// 1 + y / f
    base: f64,
    price: f64,
    time: f64,
    time_squared: f64,
}

impl Moments {
    fn new(
        basis: YieldBasis,
        yield_pa: f64,
        settlement: Date,
        flows: &[(Date, f64)],
    ) -> Option<Moments> {
        let per_year = basis.periods_per_year();
        let base = Some(1.0 + yield_pa / per_year).filter(|base| *base > 0.0)?;
        let mut sums = Moments { base, price: 0.0, time: 0.0, time_squared: 0.0 };
        for (years, amount) in remaining(basis, settlement, flows) {
            let present = amount * power(base, -years * per_year);
            sums.price += present;
            sums.time += years * present;
            sums.time_squared += years * years * present;
        }
        finite(sums.price)?;
        Some(sums)
    }
}

fn power(base: f64, exponent: f64) -> f64 {
    pow(base, exponent)
}

fn finite(value: f64) -> Option<f64> {
    Some(value).filter(|value| value.is_finite())
}

fn act_365(start: Date, end: Date) -> f64 {
    DayCount::Act365.fraction(start, end).as_f64()
}

/// The flows after `settlement`, with their years from it.
fn remaining(basis: YieldBasis, settlement: Date, flows: &[(Date, f64)]) -> Vec<(f64, f64)> {
    let after = flows.iter().filter(|flow| flow.0 > settlement);
    match basis {
        YieldBasis::Effective => after.map(|flow| (act_365(settlement, flow.0), flow.1)).collect(),
        YieldBasis::Street { frequency, day_count } => {
            let Some(last) = after.clone().map(|flow| flow.0).max() else {
                return Vec::new();
            };
            let periods = Periods { last, months: frequency.months(), day_count };
            let start = periods.at(settlement);
            let years = |date| (periods.at(date) - start) / basis.periods_per_year();
            after.map(|flow| (years(flow.0), flow.1)).collect()
        }
    }
}

/// Coupon periods counted back from `last`.
struct Periods {
    last: Date,
    months: i32,
    day_count: DayCount,
}

impl Periods {
    /// The position of `date`, at or before `last`, which is 0: -1.25 lies a quarter of a period
    /// before the start of the last one.
    fn at(&self, date: Date) -> f64 {
        let mut end = self.last;
        let mut start = add_months(self.last, -self.months);
        let mut whole = 0;
        while date <= start && start < end {
            whole += 1;
            end = start;
            start = add_months(self.last, -self.months * (whole + 1));
        }
        -f64::from(whole) - self.length(date, end) / self.length(start, end)
    }

    /// Real days, whatever they are divided by, so that a period has the length of its days.
    fn length(&self, start: Date, end: Date) -> f64 {
        match self.day_count {
            DayCount::Thirty360 => DayCount::Thirty360.fraction(start, end).as_f64(),
            DayCount::Act365 | DayCount::Act360 | DayCount::ActAct => days(start, end) as f64,
        }
    }
}

fn ascends(curve: &[(f64, f64)]) -> bool {
    curve.windows(2).all(|pair| pair[0].0 < pair[1].0)
}

fn interpolated(curve: &[(f64, f64)], years: f64) -> Option<f64> {
    let right = curve.partition_point(|point| point.0 < years);
    let Some((left, right)) = right.checked_sub(1).map(|l| curve.get(l)).zip(curve.get(right))
    else {
        return curve.get(right.min(curve.len().checked_sub(1)?)).map(|point| point.1);
    };
    let (left_tenor, left_yield) = *left?;
    let share = (years - left_tenor) / (right.0 - left_tenor);
    Some(left_yield + share * (right.1 - left_yield))
}

/// `amount / (1 + rate + above_lowest)^years`, where `rate` is what is sought.
struct Term {
    years: f64,
    amount: f64,
    above_lowest: f64,
}

impl Term {
    fn flat(years: f64, amount: f64) -> Term {
        Term { years, amount, above_lowest: 0.0 }
    }
}

/// ln(0.01) and ln(101): rates of -99% and of 10,000% a year.
const LOG_RATES: (f64, f64) = (-4.605_170_185_988_091, 4.615_120_516_841_26);
const SCAN_CELLS: u32 = 1_850;

/// The one u = ln(1 + rate) at which the terms sum to 0.
fn sole_log_rate(terms: Vec<Term>) -> Result<f64, YieldError> {
    if terms.iter().any(|term| !term.amount.is_finite() || !term.above_lowest.is_finite()) {
        return Err(YieldError::NoRoot);
    }
    let terms = netted(terms);
    let sign_changes =
        terms.windows(2).filter(|w| w[0].amount.signum() != w[1].amount.signum()).count();
    match (terms.is_empty(), sign_changes) {
        (true, _) => return Err(YieldError::NoFlows),
        (false, 0) => return Err(YieldError::OneSign),
        (false, _) => {}
    }
    // Descartes' rule of signs: one change of sign, at most one root. It needs one rate for all.
    let sole = sign_changes == 1 && terms.iter().all(|term| term.above_lowest == 0.0);
    let value = |log_rate: f64| value_at(&terms, log_rate);
    let (low, high) = sole_bracket(&value, if sole { 1 } else { SCAN_CELLS })?;
    Ok(bracketed_root(&value, low, high))
}

/// Terms in order of time, those of one day as one, without the zeros.
fn netted(mut terms: Vec<Term>) -> Vec<Term> {
    terms.sort_by(|a, b| a.years.total_cmp(&b.years));
    terms.dedup_by(|next, kept| {
        let same_day = next.years == kept.years;
        if same_day {
            kept.amount += next.amount;
        }
        same_day
    });
    terms.retain(|term| term.amount != 0.0);
    terms
}

/// The value at e^u - 1, carried forward to the last term if u < 0: the sign and the roots stay,
/// and no factor exceeds 1, so nothing overflows.
fn value_at(terms: &[Term], log_rate: f64) -> f64 {
    let last = terms.last().map_or(0.0, |term| term.years);
    let carried = last * log_rate.min(0.0);
    let term_value = |term: &Term| {
        let log_base =
            if term.above_lowest == 0.0 { log_rate } else { ln(exp(log_rate) + term.above_lowest) };
        term.amount * exp(carried - term.years * log_base)
    };
    terms.iter().map(term_value).sum()
}

/// The cell of the scan in which the sign changes; both ends are the root if it is on a node.
fn sole_bracket(value: &impl Fn(f64) -> f64, cells: u32) -> Result<(f64, f64), YieldError> {
    let (low, high) = LOG_RATES;
    let node = |k: u32| low + (high - low) * (f64::from(k) / f64::from(cells));
    let mut found = None;
    let mut previous = value(low);
    if previous == 0.0 {
        found = Some((low, low));
    }
    for k in 1..=cells {
        let here = value(node(k));
        let bracket = if here == 0.0 {
            Some((node(k), node(k)))
        } else {
            (previous * here.signum() < 0.0).then(|| (node(k - 1), node(k)))
        };
        if bracket.is_some() && found.is_some() {
            return Err(YieldError::SeveralRoots);
        }
        found = found.or(bracket);
        previous = here;
    }
    found.ok_or(YieldError::NoRoot)
}

/// The root between two points of opposite sign (Chandrupatla): an inverse quadratic step where the
/// last three points are fit for it, a bisection elsewhere.
fn bracketed_root(value: &impl Fn(f64) -> f64, low: f64, high: f64) -> f64 {
    // The root lies between `a`, the newest point, and `b`; `c` is the point before.
    let (mut a, mut b) = (low, high);
    let (mut value_a, mut value_b) = (value(a), value(b));
    let mut share = 0.5;
    for _ in 0..200 {
        let new = a + share * (b - a);
        let value_new = value(new);
        let (c, value_c) = if value_new.signum() == value_a.signum() {
            (a, value_a)
        } else {
            let passed = (b, value_b);
            (b, value_b) = (a, value_a);
            passed
        };
        (a, value_a) = (new, value_new);
        let best = if value_a.abs() < value_b.abs() { a } else { b };
        let tolerance = (2.0 * f64::EPSILON * best.abs() + 1e-16) / (b - a).abs();
        if value_a == 0.0 || tolerance.is_nan() || tolerance > 0.5 {
            return best;
        }
        let (place, height) = ((a - b) / (c - b), (value_a - value_b) / (value_c - value_b));
        let fit = height * height < place && (1.0 - height) * (1.0 - height) < 1.0 - place;
        share = if fit {
            let by_c = value_a / (value_b - value_a) * value_c / (value_b - value_c);
            let by_b = value_a / (value_c - value_a) * value_b / (value_c - value_b);
            (by_c + (c - a) / (b - a) * by_b).clamp(tolerance, 1.0 - tolerance)
        } else {
            0.5
        };
    }
    a
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::dates::grid;
    use crate::dates::parse;
    use crate::dates::{Calendar, CalendarKind, Roll};

    const HALF_YEARLY_30: YieldBasis =
        YieldBasis::Street { frequency: Frequency::HalfYearly, day_count: DayCount::Thirty360 };
    const YEARLY_ACTUAL: YieldBasis =
        YieldBasis::Street { frequency: Frequency::Yearly, day_count: DayCount::ActAct };

    fn at(text: &str) -> Date {
        parse(text).unwrap()
    }

    fn near(got: f64, want: f64, tolerance: f64, what: &str) {
        assert!((got - want).abs() <= tolerance, "{what}: {got}, not {want}");
    }

    /// Flows written as `date amount, date amount`.
    fn flows(text: &str) -> Vec<(Date, f64)> {
        let flow = |text: &str| {
            let (date, amount) = text.trim().split_once(' ').unwrap();
            (at(date), amount.parse().unwrap())
        };
        text.split(',').map(flow).collect()
    }

    /// A bullet of 100; coupons after `start`, in equal parts of the yearly one.
    fn bullet(start: &str, maturity: &str, coupon: f64, frequency: Frequency) -> Vec<(Date, f64)> {
        let dates = grid(at(start), frequency, at(maturity), false);
        let part = coupon * f64::from(frequency.months()) / 12.0;
        let flow = |date: &Date| (*date, part + if *date == at(maturity) { 100.0 } else { 0.0 });
        dates.iter().skip(1).map(flow).collect()
    }

    fn check_xirr(text: &str, want: Result<f64, YieldError>) {
        match (xirr(&flows(text)), want) {
            (Ok(got), Ok(want)) => near(got, want, 1e-8, text),
            (got, want) => assert_eq!(got, want, "{text}"),
        }
    }

    #[test]
    fn rates_of_return() {
        // Origin: Hastructure's AnalyticsTest, commit 014cb77.
        check_xirr("2023-01-01 -100, 2024-01-01 108", Ok(0.08));
        check_xirr("2025-01-01 -100, 2025-03-01 50, 2025-10-18 70", Ok(0.426_406_67));
        // Origin: by hand. A year of 365 days each.
        check_xirr("2021-01-01 -100, 2022-01-01 0, 2023-01-01 121", Ok(0.1));
        check_xirr("2023-01-01 121, 2021-01-01 -100", Ok(0.1));
        check_xirr("2021-01-01 -100, 2022-01-01 100", Ok(0.0));
        check_xirr("2021-01-01 -100, 2022-01-01 5", Ok(-0.95));
        check_xirr("2021-01-01 -100, 2022-01-01 9000", Ok(89.0));
        check_xirr("2021-01-01 100, 2022-01-01 -103.25", Ok(0.0325));
        // The bounds themselves.
        check_xirr("2021-01-01 -100, 2022-01-01 0.5", Err(YieldError::NoRoot));
        check_xirr("2021-01-01 -100, 2022-01-01 11000", Err(YieldError::NoRoot));
    }

    #[test]
    fn flows_without_one_rate_are_refused() {
        check_xirr("2021-01-01 0, 2022-01-01 0", Err(YieldError::NoFlows));
        check_xirr("2021-01-01 -5, 2021-01-01 5", Err(YieldError::NoFlows));
        check_xirr("2021-01-01 -100, 2022-01-01 -5", Err(YieldError::OneSign));
        check_xirr("2021-01-01 -5, 2021-01-01 5, 2022-01-01 1", Err(YieldError::OneSign));
        // Origin: by hand. 1 - 2.3 v + 1.32 v^2 has the rates 10% and 20%; 1 - 2 v + 2 v^2 none;
        // 1 - 3.6 v + 4.31 v^2 - 1.716 v^3 the rates 10%, 20% and 30%.
        let two = "2021-01-01 -100, 2022-01-01 230, 2023-01-01 -132";
        check_xirr(two, Err(YieldError::SeveralRoots));
        let none = "2021-01-01 100, 2022-01-01 -200, 2023-01-01 200";
        check_xirr(none, Err(YieldError::NoRoot));
        let three = "2021-01-01 1, 2022-01-01 -3.6, 2023-01-01 4.31, 2024-01-01 -1.716";
        check_xirr(three, Err(YieldError::SeveralRoots));
        // Two changes of sign are no fault if one rate alone is inside the bounds.
        let one = "2021-01-01 -100, 2022-01-01 110.001, 2023-01-01 -0.0011";
        check_xirr(one, Ok(0.1));
        assert_eq!(xirr(&[]), Err(YieldError::NoFlows));
        let odd = [(at("2021-01-01"), f64::NAN), (at("2022-01-01"), 5.0)];
        assert_eq!(xirr(&odd), Err(YieldError::NoRoot));
        assert_eq!(yield_at_price(100.0, at("2024-01-01"), &[]), Err(YieldError::NoFlows));
        assert_eq!(YieldError::SeveralRoots.to_string(), "several rates fit the cash flows");
    }

    #[test]
    fn a_long_series_neither_overflows_nor_loses_its_rate() {
        let dates = grid(at("1990-01-01"), Frequency::Monthly, at("2100-12-01"), false);
        let rent = |rate: f64| -> Vec<(Date, f64)> {
            let mut flows: Vec<_> = dates.iter().map(|date| (*date, 1.0)).collect();
            flows[0].1 -= npv_flat(rate, dates[0], &flows).unwrap();
            flows
        };
        for rate in [-0.98, -0.5, -1e-6, 0.0, 1e-6, 0.032_5, 2.0, 50.0] {
            near(xirr(&rent(rate)).unwrap(), rate, 1e-8 * (1.0 + rate.abs()), "rent");
        }
    }

    /// Origin: a vendor's screen of 2026-05-03, two bonds; yields recomputed to 1e-6.
    #[test]
    fn quoted_bonds() {
        let settlement = at("2026-05-06");
        let bond = bullet("2026-02-03", "2034-02-03", 3.45, Frequency::Yearly);
        let accrued =
            accrued_interest(100.0, 0.034_5, at("2026-02-03"), settlement, DayCount::ActAct);
        near(accrued, 0.869_589, 5e-7, "accrued, yearly");
        let dirty = 97.484 + accrued;
        let yearly =
            street_yield(dirty, settlement, &bond, Frequency::Yearly, DayCount::ActAct).unwrap();
        near(yearly, 0.038_295_74, 5e-9, "yield, yearly");
        let lives = duration(YEARLY_ACTUAL, yearly, settlement, &bond).unwrap();
        near(lives.modified_years, 6.607_3, 5e-5, "modified duration");
        near(lives.macaulay_years, lives.modified_years * (1.0 + yearly), 1e-12, "macaulay");
        let curvature = convexity(YEARLY_ACTUAL, yearly, settlement, &bond).unwrap();
        near(curvature / 100.0, 0.535, 5e-4, "convexity on the screen's scale");
        let back = price_at_yield(YEARLY_ACTUAL, yearly, settlement, &bond).unwrap();
        near(back, dirty, 1e-11, "price at that yield");

        let settlement = at("2026-05-05");
        let bond = bullet("2026-04-15", "2032-04-15", 10.0, Frequency::HalfYearly);
        let accrued =
            accrued_interest(100.0, 0.1, at("2026-04-15"), settlement, DayCount::Thirty360);
        near(accrued, 0.555_556, 5e-7, "accrued, half-yearly");
        let (every, day_count) = (Frequency::HalfYearly, DayCount::Thirty360);
        let dirty = 103.397_5 + accrued;
        let half_yearly = street_yield(dirty, settlement, &bond, every, day_count).unwrap();
        near(half_yearly, 0.092_42, 1e-6, "yield as the screen shows it");
        near(half_yearly, 0.092_419_03, 5e-9, "yield, half-yearly");
    }

    /// Origin: QuantLib 1.43, ten and five years of 5% half-yearly, 4% continuous on 30/360 time;
    /// its payment and accrual dates roll following.
    #[test]
    fn bonds_priced_by_another_library() {
        let valuation = at("2026-04-30");
        let continuous = 2.0 * exp_m1(0.02);
        let plain = bullet("2026-04-30", "2036-04-30", 5.0, Frequency::HalfYearly);
        let price = price_at_yield(HALF_YEARLY_30, continuous, valuation, &plain).unwrap();
        near(price, 107.831_273, 5e-7, "unadjusted dates");
        near(price, 107.841_542_260_313_18, 0.02, "the library's own dates");

        // A flat default rate of 2% a year on ACT/365 and no recovery.
        let calendar = Calendar::china(CalendarKind::Weekends);
        let dates = grid(valuation, Frequency::HalfYearly, at("2031-04-30"), false);
        let rolled: Vec<_> = dates.iter().map(|d| calendar.roll(*d, Roll::Following)).collect();
        let price: f64 = rolled
            .windows(2)
            .map(|period| {
                let last = Some(&period[1]) == rolled.last();
                let accrued =
                    accrued_interest(100.0, 0.05, period[0], period[1], DayCount::Thirty360);
                let years = DayCount::Thirty360.fraction(valuation, period[1]).as_f64();
                let survival = exp(-0.02 * act_365(valuation, period[1]));
                let face = if last { 100.0 } else { 0.0 };
                (accrued + face) * survival * exp(-0.04 * years)
            })
            .sum();
        near(price, 95.352_677_726_302_02, 0.002, "with default");
    }

    #[test]
    fn a_note_at_par_yields_its_coupon() {
        // 100 on 2023-11-17, 103.25 on 2024-11-17, 366 days later: 1.0325^(365/366) - 1.
        let (start, note) = (at("2023-11-17"), flows("2023-11-17 9, 2024-11-17 103.25"));
        let effective = yield_at_price(100.0, start, &note).unwrap();
        near(effective, pow(1.032_5, 365.0 / 366.0) - 1.0, 1e-14, "effective");
        for day_count in [DayCount::Act365, DayCount::Act360, DayCount::Thirty360] {
            let street = street_yield(100.0, start, &note, Frequency::Yearly, day_count);
            near(street.unwrap(), 0.032_5, 1e-14, "street");
        }
        // Quarterly coupons at par, settled on a coupon date and inside a period.
        let note = bullet("2023-11-17", "2025-11-17", 4.0, Frequency::Quarterly);
        let basis =
            YieldBasis::Street { frequency: Frequency::Quarterly, day_count: DayCount::Act365 };
        near(price_at_yield(basis, 0.04, start, &note).unwrap(), 100.0, 1e-12, "at par");
        let inside = price_at_yield(basis, 0.04, at("2024-01-02"), &note).unwrap();
        near(inside, 100.0 * pow(1.01, 46.0 / 92.0), 1e-12, "half a period on");
        // A coupon that no holiday moved counts in whole periods; one that did, by its days.
        let moved = flows("2024-02-19 1, 2025-11-17 101");
        let shift = remaining(basis, start, &moved)[0].0;
        near(shift, (1.0 + 2.0 / 90.0) / 4.0, 1e-15, "two days into the next period");
    }

    #[test]
    fn durations() {
        // Origin: Hastructure's AnalyticsTest, commit 014cb77. It cuts each present value to the
        // cent first, hence the tolerances of the second row and of the convexity.
        let rows = [
            ("2023-10-01 100", 0.01, 273.0 / 365.0, 1e-15),
            ("2023-10-01 100, 2024-01-01 100", 0.01, 252_921.0 / 289_445.0, 1e-5),
            ("2023-12-31 104", 0.05, 364.0 / 365.0, 1e-15),
        ];
        let from = at("2023-01-01");
        for (text, rate, want, tolerance) in rows {
            let lives = duration(YieldBasis::Effective, rate, from, &flows(text)).unwrap();
            near(lives.macaulay_years, want, tolerance, text);
            near(lives.modified_years, lives.macaulay_years / (1.0 + rate), 1e-15, text);
        }
        let curvature = convexity(YieldBasis::Effective, 0.05, from, &flows("2023-12-31 104"));
        near(
            curvature.unwrap(),
            4_068_161_010_949_933.0 / 2_251_799_813_685_248.0,
            2e-5,
            "convexity",
        );
        assert_eq!(duration(YieldBasis::Effective, 0.05, from, &flows("2023-01-01 104")), None);
        assert_eq!(duration(YieldBasis::Effective, -1.0, from, &flows("2024-01-01 104")), None);
    }

    #[test]
    fn duration_and_convexity_are_derivatives_of_the_price() {
        let (from, bump) = (at("2023-02-08"), 1e-4);
        let bond = bullet("2022-11-17", "2027-11-17", 3.0, Frequency::HalfYearly);
        for basis in [YieldBasis::Effective, HALF_YEARLY_30, YEARLY_ACTUAL] {
            let price = |rate| price_at_yield(basis, rate, from, &bond).unwrap();
            let (down, middle, up) = (price(0.04 - bump), price(0.04), price(0.04 + bump));
            let lives = duration(basis, 0.04, from, &bond).unwrap();
            let curvature = convexity(basis, 0.04, from, &bond).unwrap();
            near(lives.modified_years, (down - up) / (2.0 * bump * middle), 1e-5, "first");
            near(curvature, (down + up - 2.0 * middle) / (bump * bump * middle), 1e-4, "second");
        }
    }

    #[test]
    fn average_lives() {
        let closing = at("2021-01-01");
        let year_ends = [365, 730, 1_095, 1_460]
            .map(|n| Calendar::china(CalendarKind::AllDays).add_business_days(closing, n));
        // Origin: by hand, shares paid after 1, 2, 3 and 4 years of 365 days.
        let rows = [
            ([0.25, 0.25, 0.25, 0.25], 2.5),
            ([0.7, 0.2, 0.1, 0.0], 1.4),
            ([0.1, 0.2, 0.7, 0.0], 2.6),
        ];
        for (shares, want) in rows {
            let principal: Vec<_> = year_ends.into_iter().zip(shares).collect();
            near(wal_years(closing, &principal).unwrap(), want, 1e-15, "by hand");
        }
        // Origin: Hastructure's AnalyticsTest, commit 014cb77, cut to two decimals: 0.74.
        let two = wal_years(at("2023-01-01"), &flows("2023-06-30 50, 2023-12-31 50")).unwrap();
        near((two * 100.0).floor() / 100.0, 0.74, 1e-15, "two halves");
        near(two, 272.0 / 365.0, 1e-15, "two halves");
        assert_eq!(wal_years(closing, &[]), None);
        assert_eq!(wal_years(closing, &flows("2022-01-01 0")), None);
    }

    #[test]
    fn flat_values() {
        // Origin: Hastructure's AnalyticsTest and BondTest, commit 014cb77, cut to the cent.
        let rows = [
            ("2023-01-01 100", 0.08, "2024-01-01", 108.0),
            ("2023-01-01 100", 0.08, "2023-07-01", 103.89),
            ("2023-02-01 103", 0.05, "2022-02-01", 98.09),
        ];
        for (text, rate, valuation, want) in rows {
            let value = npv_flat(rate, at(valuation), &flows(text)).unwrap();
            near((value * 100.0 + 1e-9).floor() / 100.0, want, 1e-9, text);
        }
        assert_eq!(npv_flat(-1.0, at("2022-02-01"), &flows("2023-02-01 103")), None);
        assert_eq!(npv_flat(f64::NAN, at("2022-02-01"), &flows("2023-02-01 103")), None);
        assert_eq!(npv_flat(0.05, at("2022-02-01"), &[]), Some(0.0));
    }

    #[test]
    fn spreads_over_a_curve() {
        let from = at("2021-01-01");
        let note = flows("2022-01-01 3, 2023-01-01 3, 2024-01-01 103");
        let curve = [(0.5, 0.01), (1.5, 0.02), (2.5, 0.04)];
        // Origin: by hand. The curve is 1.5%, 3% and 4% at 1, 2 and 3 years (1,095 days).
        let want = 3.0 / 1.025 + 3.0 / (1.04 * 1.04) + 103.0 / (1.05 * 1.05 * 1.05);
        near(price_at_spread(&curve, 0.01, from, &note).unwrap(), want, 1e-12, "price");
        for spread in [-0.5, -0.01, 0.0, 0.012_5, 0.3, 20.0] {
            let price = price_at_spread(&curve, spread, from, &note).unwrap();
            let back = spread_at_price(&curve, price, from, &note).unwrap();
            near(back, spread, 1e-11 * (1.0 + spread.abs()), "spread");
        }
        // A flat curve leaves the yield.
        let over_flat = spread_at_price(&[(1.0, 0.02)], 97.0, from, &note).unwrap();
        let plain = yield_at_price(97.0, from, &note).unwrap();
        near(over_flat, plain - 0.02, 1e-13, "flat curve");
        assert_eq!(price_at_spread(&[], 0.0, from, &note), None);
        assert_eq!(price_at_spread(&curve, -1.02, from, &note), None);
        assert_eq!(spread_at_price(&[], 97.0, from, &note), Err(YieldError::NoRoot));
        let twice = [(1.0, 0.02), (1.0, 0.03)];
        assert_eq!(price_at_spread(&twice, 0.0, from, &note), None);
        assert_eq!(spread_at_price(&curve, -1.0, from, &note), Err(YieldError::OneSign));
        assert_eq!(spread_at_price(&curve, 97.0, from, &[]), Err(YieldError::NoFlows));
    }
}
