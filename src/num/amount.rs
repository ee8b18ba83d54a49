//! The number that the waterfall runs on.
//!
//! `Decimal` in yuan is what is shown; whole fen held in f64 (exact below 2^53) is what simulation
//! runs in lanes. Only `times` and `share` round, both to the fen.

use super::ratio::share;
use super::{Decimal, Fen, Ratio, Rounding};

/// The arithmetic of a waterfall, and no more. No branch on an amount leaves this trait.
pub trait Amount: Copy + PartialEq + std::fmt::Debug + Send + Sync {
    /// A [`Ratio`] in the form that `times` wants.
    type Rate: Copy + std::fmt::Debug + Send + Sync;
    /// Nothing.
    const ZERO: Self;
    /// The same amount in this number system.
    fn from_fen(fen: Fen) -> Self;
    /// The amount in whole fen.
    fn to_fen(self) -> Fen;
    /// A rate in this number system.
    fn rate(ratio: Ratio) -> Self::Rate;
    /// Sum.
    fn add(self, other: Self) -> Self;
    /// Difference.
    fn sub(self, other: Self) -> Self;
    /// The smaller.
    fn min(self, other: Self) -> Self;
    /// The larger.
    fn max(self, other: Self) -> Self;
    /// `self x rate`, rounded to the fen.
    fn times(self, rate: Self::Rate, rounding: Rounding) -> Self;
    /// `self x part / whole`, rounded to the fen; nothing where the whole is nothing.
    fn share(self, part: Self, whole: Self, rounding: Rounding) -> Self;
    /// `yes` where `self > limit`, else `no`.
    fn if_above(self, limit: Self, yes: Self, no: Self) -> Self;
}

impl Amount for Decimal {
    type Rate = Ratio;
    const ZERO: Decimal = Decimal::ZERO;

    fn from_fen(fen: Fen) -> Decimal {
        Decimal::new(fen, 2)
    }
    #[inline]
    fn to_fen(self) -> Fen {
        // Every amount is built by `from_fen` or is zero, so the scale is 2 or the value is 0.
        match self.scale() {
            2 => Fen::try_from(self.mantissa()).unwrap_or(Fen::MAX),
            _ => Fen::try_from((self * Decimal::ONE_HUNDRED).mantissa()).unwrap_or(Fen::MAX),
        }
    }
    fn rate(ratio: Ratio) -> Ratio {
        ratio
    }
    #[inline]
    fn add(self, other: Decimal) -> Decimal {
        self + other
    }
    #[inline]
    fn sub(self, other: Decimal) -> Decimal {
        self - other
    }
    #[inline]
    fn min(self, other: Decimal) -> Decimal {
        if other < self { other } else { self }
    }
    #[inline]
    fn max(self, other: Decimal) -> Decimal {
        if other > self { other } else { self }
    }
    #[inline]
    fn times(self, rate: Ratio, rounding: Rounding) -> Decimal {
        Decimal::from_fen(rate.of(self.to_fen(), rounding))
    }
    #[inline]
    fn share(self, part: Decimal, whole: Decimal, rounding: Rounding) -> Decimal {
        Decimal::from_fen(share(self.to_fen(), part.to_fen(), whole.to_fen(), rounding))
    }
    #[inline]
    fn if_above(self, limit: Decimal, yes: Decimal, no: Decimal) -> Decimal {
        if self > limit { yes } else { no }
    }
}

/// Whole fen.
impl Amount for f64 {
    type Rate = f64;
    const ZERO: f64 = 0.0;

    fn from_fen(fen: Fen) -> f64 {
        fen as f64
    }
    fn to_fen(self) -> Fen {
        self as Fen
    }
    fn rate(ratio: Ratio) -> f64 {
        ratio.as_f64()
    }
    #[inline(always)]
    fn add(self, other: f64) -> f64 {
        self + other
    }
    #[inline(always)]
    fn sub(self, other: f64) -> f64 {
        self - other
    }
    #[inline(always)]
    fn min(self, other: f64) -> f64 {
        if other < self { other } else { self }
    }
    #[inline(always)]
    fn max(self, other: f64) -> f64 {
        if other > self { other } else { self }
    }
    #[inline(always)]
    fn times(self, rate: f64, rounding: Rounding) -> f64 {
        to_whole(self * rate, rounding)
    }
    #[inline(always)]
    fn share(self, part: f64, whole: f64, rounding: Rounding) -> f64 {
        let whole_or_one = if whole > 0.0 { whole } else { 1.0 };
        let shared = to_whole(self * part / whole_or_one, rounding);
        if whole > 0.0 { shared } else { 0.0 }
    }
    #[inline(always)]
    fn if_above(self, limit: f64, yes: f64, no: f64) -> f64 {
        if self > limit { yes } else { no }
    }
}

/// 1.5 x 2^52: adding and taking it away leaves a whole number, half to even, on every machine.
const TO_WHOLE: f64 = 6_755_399_441_055_744.0;

/// A product of f64 is off by a few units of its last place, relative to its size; within this of a
/// half it is taken as the half that the exact product is.
const TIE: f64 = 1e-15;

#[inline(always)]
fn to_whole(x: f64, rounding: Rounding) -> f64 {
    let twice = 2.0 * x;
    let halves = (twice + TO_WHOLE) - TO_WHOLE;
    let near = (twice - halves).abs() <= twice * TIE;
    let x = if near { 0.5 * halves } else { x };
    let even = (x + TO_WHOLE) - TO_WHOLE;
    match rounding {
        Rounding::HalfEven => even,
        // A half that went down to the even fen goes up instead.
        Rounding::HalfUp => even + if x - even == 0.5 { 1.0 } else { 0.0 },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_number_systems_agree_to_the_fen() {
        for rounding in [Rounding::HalfUp, Rounding::HalfEven] {
            for fen in [0, 1, 3, 999, 1_250_000_200, 100_000_001, 29_944_000_000, 1_234_567_891_300]
            {
                for (num, den) in
                    [(1, 2), (32 * 91, 365_000), (1, 12), (7, 1), (375, 100_000), (41, 400_000)]
                {
                    let ratio = Ratio::new(num, den).unwrap_or(Ratio::ZERO);
                    let exact = Decimal::from_fen(fen).times(ratio, rounding).to_fen();
                    let lane = f64::from_fen(fen).times(f64::rate(ratio), rounding).to_fen();
                    assert_eq!(exact, lane, "{fen} x {num}/{den}");
                }
                let exact = Decimal::from_fen(fen);
                let exact = exact.share(Decimal::from_fen(30), Decimal::from_fen(70), rounding);
                let lane = f64::from_fen(fen).share(30.0, 70.0, rounding);
                assert_eq!(exact.to_fen(), lane.to_fen(), "{fen} x 30/70");
            }
        }
        assert_eq!(5.0_f64.share(1.0, 0.0, Rounding::HalfUp), 0.0);
        assert_eq!(Decimal::from_fen(1).add(Decimal::ZERO).to_fen(), 1);
    }
}
