//! An exact rate: a fraction of whole numbers, applied with one rounding.
//!
//! Invariant: `fen x num / den` is computed in whole numbers and rounded once, to the fen.

use super::{Decimal, Fen};

/// How the half of a fen is rounded. A deal names one; every posting of the deal uses it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rounding {
    /// Half away from zero (the usual rule of Chinese servicing systems).
    HalfUp,
    /// Half to the even fen.
    HalfEven,
}

/// An exact fraction, `den > 0`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ratio {
    num: i64,
    den: i64,
}

impl Ratio {
    /// Nothing at all.
    pub const ZERO: Ratio = Ratio { num: 0, den: 1 };
    /// The whole.
    pub const ONE: Ratio = Ratio { num: 1, den: 1 };

    /// `num / den` in lowest terms. `None` where `den` is not positive.
    pub fn new(num: i64, den: i64) -> Option<Ratio> {
        if den <= 0 {
            return None;
        }
        let common = gcd(num.unsigned_abs(), den.unsigned_abs()).max(1) as i64;
        Some(Ratio { num: num / common, den: den / common })
    }

    /// A rate as read (at most nine decimals are kept by the reader). `None` where it is too large.
    pub fn of_rate(rate: Decimal) -> Option<Ratio> {
        let rate = rate.normalize();
        let num = i64::try_from(rate.mantissa()).ok()?;
        let den = 10_i64.checked_pow(rate.scale())?;
        Ratio::new(num, den)
    }

    /// The product of two fractions in lowest terms. `None` on overflow of 63 bits.
    pub fn times(self, other: Ratio) -> Option<Ratio> {
        let a = gcd(self.num.unsigned_abs(), other.den.unsigned_abs()).max(1) as i64;
        let b = gcd(other.num.unsigned_abs(), self.den.unsigned_abs()).max(1) as i64;
        let num = (self.num / a).checked_mul(other.num / b)?;
        let den = (self.den / b).checked_mul(other.den / a)?;
        Ratio::new(num, den)
    }

    /// The sum of two fractions. `None` on overflow of 63 bits.
    pub fn plus(self, other: Ratio) -> Option<Ratio> {
        let common = gcd(self.den.unsigned_abs(), other.den.unsigned_abs()).max(1) as i64;
        let left = self.num.checked_mul(other.den / common)?;
        let right = other.num.checked_mul(self.den / common)?;
        Ratio::new(left.checked_add(right)?, self.den.checked_mul(other.den / common)?)
    }

    /// The fraction turned over. `None` where it is not above nothing.
    pub fn inverse(self) -> Option<Ratio> {
        if self.num > 0 { Ratio::new(self.den, self.num) } else { None }
    }

    /// The two whole numbers, in lowest terms.
    pub(crate) fn parts(self) -> (i64, i64) {
        (self.num, self.den)
    }

    /// Whether nothing is left of an amount.
    pub fn is_zero(self) -> bool {
        self.num == 0
    }

    /// `amount x num / den`, rounded once.
    #[inline]
    pub fn of(self, amount: Fen, rounding: Rounding) -> Fen {
        held(divide(i128::from(amount) * i128::from(self.num), i128::from(self.den), rounding))
    }

    /// The largest whole fen not above `amount x num / den`, for amounts not below 0.
    pub fn floor_of(self, amount: Fen) -> Fen {
        held(i128::from(amount) * i128::from(self.num) / i128::from(self.den))
    }

    /// The nearest f64.
    pub fn as_f64(self) -> f64 {
        self.num as f64 / self.den as f64
    }
}

/// `amount x part / whole` rounded once; 0 where the whole is 0.
#[inline]
pub(crate) fn share(amount: Fen, part: Fen, whole: Fen, rounding: Rounding) -> Fen {
    if whole == 0 {
        return 0;
    }
    if part == whole {
        return amount;
    }
    held(divide(i128::from(amount) * i128::from(part), i128::from(whole), rounding))
}

/// An amount beyond 64 bits is held at their end; a deal's own amounts are far below.
#[inline]
fn held(fen: i128) -> Fen {
    Fen::try_from(fen).unwrap_or(if fen < 0 { Fen::MIN } else { Fen::MAX })
}

#[inline]
fn divide(num: i128, den: i128, rounding: Rounding) -> i128 {
    // Most amounts fit 64 bits, where the processor divides about four times faster.
    if let (Ok(num), Ok(den)) = (i64::try_from(num), i64::try_from(den)) {
        let (quotient, rest) = (num / den, num % den);
        let twice = i128::from(rest.unsigned_abs()) * 2;
        let away = past_half(twice, i128::from(den.unsigned_abs()), quotient % 2 != 0, rounding);
        let sign = if (num < 0) == (den < 0) { 1 } else { -1 };
        return i128::from(quotient) + if away { sign } else { 0 };
    }
    let (quotient, rest) = (num / den, num % den);
    let away = past_half(rest.abs() * 2, den.abs(), quotient % 2 != 0, rounding);
    let sign = if (num < 0) == (den < 0) { 1 } else { -1 };
    quotient + if away { sign } else { 0 }
}

#[inline]
fn past_half(twice_rest: i128, den: i128, odd: bool, rounding: Rounding) -> bool {
    match rounding {
        Rounding::HalfUp => twice_rest >= den,
        Rounding::HalfEven => twice_rest > den || (twice_rest == den && odd),
    }
}

/// The greatest common divisor; the other where one is 0. Stein's algorithm: shifts and
/// differences, no division.
pub(crate) fn gcd(mut a: u64, mut b: u64) -> u64 {
    if a == 0 || b == 0 {
        return a | b;
    }
    let twos = (a | b).trailing_zeros();
    a >>= a.trailing_zeros();
    while b != 0 {
        b >>= b.trailing_zeros();
        (a, b) = (a.min(b), a.abs_diff(b));
    }
    a << twos
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_rounding_to_the_fen() {
        let check = |amount: Fen, num: i64, den: i64, up: Fen, even: Fen| {
            let ratio = Ratio::new(num, den).unwrap_or(Ratio::ZERO);
            assert_eq!(ratio.of(amount, Rounding::HalfUp), up, "{amount} x {num}/{den} up");
            assert_eq!(ratio.of(amount, Rounding::HalfEven), even, "{amount} x {num}/{den} even");
        };
        check(1, 1, 2, 1, 0);
        check(3, 1, 2, 2, 2);
        check(-1, 1, 2, -1, 0);
        check(5, 1, 2, 3, 2);
        check(10, 1, 3, 3, 3);
        check(20, 1, 3, 7, 7);
        // 100 m at 3.25% over 366 days: published vectors of three day counts.
        check(10_000_000_000, 325 * 366, 10_000 * 365, 325_890_411, 325_890_411);
        check(10_000_000_000, 325 * 366, 10_000 * 360, 330_416_667, 330_416_667);
        // Beyond 64 bits.
        check(
            999_999_999_999_999,
            999_999_999,
            1_000_000_000,
            999_999_998_999_999,
            999_999_998_999_999,
        );
    }
}
