//! A licence contract (专利许可合同): fees in place of a loan's principal and interest.
//!
//! Fees are split at the one annual rate r at which their value at the cut-off date is the price
//! paid for them: price = sum of fee_i / ((1 + r d_1 / 365) ... (1 + r d_i / 365)), d_k the days
//! from one fee to the next, the first from the cut-off date. Interest of a fee is balance x r x
//! days / 365, rounded to the fen; the rest of it is principal, and the last fee pays all that is
//! left. Invariant: principal sums to the price, principal and interest to each fee.

use super::Due;
use crate::dates::{Date, days};
use crate::num::{Decimal, Fen, Ratio, Rounding};

/// Highest rate a contract may yield, as of a loan; rates are found to 1e-10.
const MOST_PA: Decimal = Decimal::from_parts(36, 0, 0, false, 2);
const RATE_DIGITS: u32 = 10;

/// What a licence has beside its fees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Licence {
    /// Share of the licensee's sales since the fee before; the fee itself is the least it pays.
    pub sales_share: Option<Decimal>,
}

/// Why fees cannot be split.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SplitFault {
    /// Fees from the cut-off date on, which are less than the price.
    BelowPrice { fees: Fen },
    /// They would yield more than 36% a year.
    TooMuch,
    /// A fee that does not pay its period's interest.
    BelowInterest { at: usize, interest: Fen },
}

/// The annual rate, and each fee as principal and interest. Fees are (date, amount), dates rising
/// and none before the cut-off date; the price is above 0.
pub fn split(
    price: Fen,
    cutoff: Date,
    fees: &[(Date, Fen)],
    rounding: Rounding,
) -> Result<(Decimal, Vec<Due>), SplitFault> {
    let sum = fees.iter().fold(0, |sum: Fen, fee| sum.saturating_add(fee.1));
    if sum < price {
        return Err(SplitFault::BelowPrice { fees: sum });
    }
    let step = Decimal::new(1, RATE_DIGITS);
    let (mut low, mut high) = (Decimal::ZERO, MOST_PA);
    if left_over(price, cutoff, fees, high) < Decimal::ZERO {
        return Err(SplitFault::TooMuch);
    }
    while high - low > step {
        let middle = ((low + high) / Decimal::TWO).round_dp(RATE_DIGITS);
        match left_over(price, cutoff, fees, middle) > Decimal::ZERO {
            true => high = middle,
            false => low = middle,
        }
    }
    let (rate, mut balance, mut start) = (low.normalize(), price, cutoff);
    let mut dues = Vec::with_capacity(fees.len());
    for (at, &(date, fee)) in fees.iter().enumerate() {
        let interest = match at + 1 == fees.len() {
            true => fee - balance,
            false => interest(balance, rate, start, date, rounding),
        };
        if interest > fee || interest < 0 {
            return Err(SplitFault::BelowInterest { at, interest });
        }
        dues.push(Due { date, principal: fee - interest, interest: Some(interest) });
        balance -= fee - interest;
        start = date;
    }
    Ok((rate, dues))
}

fn interest(balance: Fen, rate: Decimal, start: Date, end: Date, rounding: Rounding) -> Fen {
    let year = Ratio::new(days(start, end), 365);
    let of_year = Ratio::of_rate(rate).and_then(|rate| rate.times(year?));
    of_year.unwrap_or(Ratio::ZERO).of(balance, rounding)
}

/// What would still be owed after the last fee at a rate, in fen and unrounded: rises with it.
fn left_over(price: Fen, cutoff: Date, fees: &[(Date, Fen)], rate: Decimal) -> Decimal {
    let (mut owed, mut start) = (Decimal::from(price), cutoff);
    for &(date, fee) in fees {
        let time = Decimal::from(days(start, date)) / Decimal::from(365);
        owed = (owed * (Decimal::ONE + rate * time)).round_dp(8) - Decimal::from(fee);
        start = date;
    }
    owed
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::dates::parse;

    fn day(text: &str) -> Date {
        parse(text).unwrap()
    }

    /// By hand: 1,000.00 at 10% over 365 days owes 1,100.00; 500.00 leaves 600.00, which at 10%
    /// over the next 365 days owes 660.00: fees of 500.00 and 660.00 are worth 1,000.00 at 10%.
    #[test]
    fn the_rate_makes_the_value_of_the_fees_the_price() {
        let fees = [(day("2022-01-01"), 50_000), (day("2023-01-01"), 66_000)];
        let (rate, dues) = split(100_000, day("2021-01-01"), &fees, Rounding::HalfUp).unwrap();
        assert!((rate - Decimal::new(10, 2)).abs() < Decimal::new(1, 8), "{rate}");
        let parts: Vec<_> = dues.iter().map(|due| (due.principal, due.interest)).collect();
        assert_eq!(parts, [(40_000, Some(10_000)), (60_000, Some(6_000))]);
    }

    #[test]
    fn fees_that_cannot_be_split_are_told() {
        let check = |fees: &[(&str, Fen)], wanted: SplitFault| {
            let fees: Vec<_> = fees.iter().map(|(date, fee)| (day(date), *fee)).collect();
            let found = split(100_000, day("2021-01-01"), &fees, Rounding::HalfUp);
            assert_eq!(found, Err(wanted));
        };
        let below = SplitFault::BelowPrice { fees: 99_999 };
        check(&[("2022-01-01", 50_000), ("2023-01-01", 49_999)], below);
        check(&[("2022-01-01", 137_000)], SplitFault::TooMuch);
        // At 10% the first year's interest is 100.00, of which 0.00 is paid.
        let none = SplitFault::BelowInterest { at: 0, interest: 10_000 };
        let found = split(
            100_000,
            day("2021-01-01"),
            &[(day("2022-01-01"), 0), (day("2023-01-01"), 121_000)],
            Rounding::HalfUp,
        );
        assert_eq!(found, Err(none));
    }

    /// All prices from 80% to 100% of ten fees: principal sums to the price, parts to the fees.
    #[test]
    fn principal_sums_to_the_price_and_parts_to_the_fees() {
        let fees: Vec<(Date, Fen)> = (1..=10)
            .map(|k| (crate::dates::add_months(day("2021-01-31"), 3 * k), 12_345))
            .collect();
        for price in (98_760..=123_450).step_by(617) {
            let (_, dues) = split(price, day("2021-01-31"), &fees, Rounding::HalfUp).unwrap();
            assert_eq!(dues.iter().map(|due| due.principal).sum::<Fen>(), price);
            for (due, fee) in dues.iter().zip(&fees) {
                assert_eq!(due.principal + due.interest.unwrap(), fee.1, "{price}");
            }
        }
    }
}
