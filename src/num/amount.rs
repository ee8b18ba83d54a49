//! The number that the waterfall runs on.
//!
//! `Decimal` in yuan is what is shown; whole fen held in f64 (exact below 2^53) is what simulation
//! runs in lanes. Only `times` and `share` round, both to the fen.

use super::ratio::share;
use super::{Decimal, Fen, Ratio, Rounding};

/// The arithmetic of a waterfall, and no more. No branch on an amount leaves this trait.
pub trait Amount: Copy + PartialOrd + std::fmt::Debug + Send + Sync {
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
    /// The largest whole number of ticks in an amount that is not below nothing; a tick is above
    /// nothing.
    fn floor_to(self, tick: Self) -> Self;
    /// `yes` where `self > limit`, else `no`.
    fn if_above(self, limit: Self, yes: Self, no: Self) -> Self;
}

impl Amount for Decimal {
    type Rate = Ratio;
    const ZERO: Decimal = Decimal::ZERO;

    #[inline]
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
    fn floor_to(self, tick: Decimal) -> Decimal {
        let (fen, tick) = (self.to_fen(), tick.to_fen());
        Decimal::from_fen(fen - fen % tick)
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

    #[inline(always)]
    fn from_fen(fen: Fen) -> f64 {
        fen as f64
    }
    #[inline(always)]
    fn to_fen(self) -> Fen {
        self as Fen
    }
    #[inline(always)]
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
        match rounding {
            Rounding::HalfUp => nearest(self * (rate * UP)),
            Rounding::HalfEven => nearest(without_noise(self * rate)),
        }
    }
    #[inline(always)]
    fn share(self, part: f64, whole: f64, rounding: Rounding) -> f64 {
        let whole_or_one = if whole > 0.0 { whole } else { 1.0 };
        let exact = self * part / whole_or_one;
        let shared = match rounding {
            Rounding::HalfUp => nearest(exact * UP),
            Rounding::HalfEven => nearest(without_noise(exact)),
        };
        if whole > 0.0 { shared } else { 0.0 }
    }
    #[inline(always)]
    fn floor_to(self, tick: f64) -> f64 {
        // Of whole numbers below 2^53 a quotient just below a whole number is never rounded up to
        // it, so the floor is that of the exact quotient.
        (self / tick).floor() * tick
    }
    #[inline(always)]
    fn if_above(self, limit: f64, yes: f64, no: f64) -> f64 {
        if self > limit { yes } else { no }
    }
}

/// 1.5 x 2^52: adding and taking it away leaves a whole number, half to even, on every machine.
pub(crate) const TO_WHOLE: f64 = 6_755_399_441_055_744.0;

/// A product of f64 is off by a unit or two of its last place. This many units more carry what the
/// exact product has at a half above the half, so that it goes up.
const UP: f64 = 1.0 + 4.0 * f64::EPSILON;

/// The nearest whole number, half to even, below 2^51.
#[inline(always)]
pub(crate) fn nearest(x: f64) -> f64 {
    (x + TO_WHOLE) - TO_WHOLE
}

/// The last three of 53 bits rounded away (Veltkamp): what is a half in exact numbers is one here.
#[inline(always)]
fn without_noise(x: f64) -> f64 {
    let wide = 9.0 * x;
    wide - (wide - x)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_go_the_same_way_in_both_number_systems() {
        for rounding in [Rounding::HalfUp, Rounding::HalfEven] {
            for (num, den) in [(1, 2), (3, 2), (1, 40), (7, 200), (375, 10_000), (41, 8_000)] {
                let ratio = Ratio::new(num, den).unwrap_or(Ratio::ZERO);
                // Every second one of these is a half exactly.
                for times in (1..4_000).chain(10_000_000_000..10_000_002_000) {
                    let fen = times * den / 2;
                    let exact = Decimal::from_fen(fen).times(ratio, rounding).to_fen();
                    let lane = f64::from_fen(fen).times(f64::rate(ratio), rounding).to_fen();
                    assert_eq!(exact, lane, "{fen} x {num}/{den}");
                    let share = f64::from_fen(fen).share(num as f64, den as f64, rounding);
                    assert_eq!(exact, share.to_fen(), "{fen} x {num}/{den}");
                }
            }
        }
    }

    #[test]
    fn whole_ticks_are_those_of_whole_numbers() {
        let check = |fen: Fen, tick: Fen| {
            let whole = fen / tick * tick;
            let exact = Decimal::from_fen(fen).floor_to(Decimal::from_fen(tick));
            assert_eq!(exact.to_fen(), whole, "{fen} by {tick}");
            let lane = f64::from_fen(fen).floor_to(f64::from_fen(tick));
            assert_eq!(lane.to_fen(), whole, "{fen} by {tick}");
        };
        for tick in [1, 3, 7, 9, 10, 49, 1_000, 4_503, 333_333, 90_000_000, 123_456_789_013] {
            for count in [0, 1, 2, 3, 999, 1_000_003, 9_007_199_254_740_990 / tick] {
                for fen in count * tick - 2..=count * tick + 2 {
                    if (0..1 << 53).contains(&fen) {
                        check(fen, tick);
                    }
                }
            }
            (0..2_000).for_each(|k| check(k * 7_919 * tick / 1_000 + k, tick));
        }
        assert_eq!(Decimal::ZERO.floor_to(Decimal::from_fen(3)), Decimal::ZERO);
    }

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
