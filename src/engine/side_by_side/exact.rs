//! Products and quotients of whole fen, in every lane the one of whole numbers.
//!
//! Formula: x num / den, rounded once. Where the product is below 2^52 its quotient in f64 lies on
//! the side of a half that the exact one does: the two are never further apart than a unit of the
//! last place, and an exact one that is no half is further from it. Elsewhere a lane that comes so
//! near a half that f64 cannot tell is worked out in whole numbers.

use crate::engine::lanes::{LANES, Lanes};
use crate::num::{Fen, Ratio, Rounding, Row, share};

/// Whole numbers up to here, and their quotients' distance from a half, are exact in f64.
const EXACT: f64 = 4_503_599_627_370_496.0;
/// 1.5 x 2^52: adding and taking it away leaves a whole number, half to even.
const TO_WHOLE: f64 = 6_755_399_441_055_744.0;

/// A rate in each lane.
#[derive(Clone, Debug)]
pub(super) struct Rates {
    num: Lanes,
    den: Lanes,
}

impl Rates {
    /// None where the numbers of a rate are too large to be exact in f64.
    pub(super) fn new(of: impl Fn(usize) -> Ratio) -> Option<Rates> {
        let mut rates = Rates { num: Row::ZERO, den: Row::ZERO };
        for lane in 0..LANES {
            let (num, den) = of(lane).parts();
            if num < 0 || num as f64 > EXACT || den as f64 > EXACT {
                return None;
            }
            (rates.num.0[lane], rates.den.0[lane]) = (num as f64, den as f64);
        }
        Some(rates)
    }

    /// Whether nothing is left of an amount in any lane.
    #[inline(always)]
    pub(super) fn are_zero(&self) -> bool {
        self.num.0.iter().all(|&num| num == 0.0)
    }

    /// Each lane of an amount times its rate.
    #[inline(always)]
    pub(super) fn of(&self, amount: &Lanes, rounding: Rounding) -> Lanes {
        times_over(amount, &self.num, &self.den, rounding)
    }
}

/// The same rate in every lane.
#[inline(always)]
pub(super) fn rate_of(rate: Ratio, amount: &Lanes, rounding: Rounding) -> Lanes {
    let (num, den) = rate.parts();
    part_of(num, amount, den, rounding)
}

/// `amount x part / whole` by lane, the amount and the whole the same in all of them.
#[inline(always)]
pub(super) fn part_of(amount: Fen, part: &Lanes, whole: Fen, rounding: Rounding) -> Lanes {
    quotients(|lane| (part.0[lane], amount as f64, whole as f64), rounding)
}

/// `amount x part / whole` by lane; nothing where the whole is nothing. No amount is below nothing.
#[inline(always)]
pub(super) fn times_over(amount: &Lanes, part: &Lanes, whole: &Lanes, rounding: Rounding) -> Lanes {
    quotients(|lane| (amount.0[lane], part.0[lane], whole.0[lane]), rounding)
}

/// Of (amount, part, whole) by lane; those that came too near a half to tell once more.
#[inline(always)]
fn quotients(of: impl Fn(usize) -> (f64, f64, f64), rounding: Rounding) -> Lanes {
    let (mut out, mut unsure) = (Row::ZERO, 0_u64);
    let up = rounding == Rounding::HalfUp;
    for lane in 0..LANES {
        let (amount, num, den) = of(lane);
        let (found, doubt) = quotient(amount, num, den, up);
        out.0[lane] = found;
        unsure |= u64::from(doubt);
    }
    if unsure != 0 {
        in_whole_numbers(&of, rounding, &mut out);
    }
    out
}

#[cold]
#[inline(never)]
fn in_whole_numbers(of: &impl Fn(usize) -> (f64, f64, f64), rounding: Rounding, out: &mut Lanes) {
    for lane in 0..LANES {
        let (amount, num, den) = of(lane);
        if quotient(amount, num, den, true).1 {
            let exact = share(amount as Fen, num as Fen, den as Fen, rounding);
            out.0[lane] = exact as f64;
        }
    }
}

/// The rounded quotient, and whether it may be a fen off.
#[inline(always)]
fn quotient(of: f64, num: f64, den: f64, up: bool) -> (f64, bool) {
    let whole_or_one = if den > 0.0 { den } else { 1.0 };
    let product = if den > 0.0 { of * num } else { 0.0 };
    let found = product / whole_or_one;
    let even = (found + TO_WHOLE) - TO_WHOLE;
    let rest = found - even;
    let half = if up & (rest >= 0.5) { 1.0 } else { 0.0 };
    let near = (rest.abs() - 0.5).abs() <= found * (4.0 * f64::EPSILON);
    (even + half, (product >= EXACT) & near)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::num::{Stream, unit_interval};

    /// Against whole numbers: amounts, parts and wholes of every size, and halves on purpose.
    #[test]
    fn every_lane_is_the_quotient_of_whole_numbers() {
        let mut drawn = Stream::at(7, 0, 0);
        let mut below = |limit: f64| (unit_interval(drawn.draw()) * limit) as Fen;
        for sizes in [(1e3, 1e2, 1e2), (1e10, 1e2, 1e2), (1e10, 1e10, 1e10), (1e13, 1e12, 1e12)] {
            for _ in 0..200 {
                let mut rows = [Row::ZERO; 3];
                for lane in 0..LANES {
                    let whole = below(sizes.2);
                    let part = if lane % 3 == 0 { whole / 2 } else { below(sizes.1) };
                    let part = part.min(whole);
                    let amount = below(sizes.0) | Fen::from(lane % 3 == 0);
                    let lanes = [amount, part, whole].map(|fen| fen as f64);
                    (rows[0].0[lane], rows[1].0[lane], rows[2].0[lane]) =
                        (lanes[0], lanes[1], lanes[2]);
                }
                for rounding in [Rounding::HalfUp, Rounding::HalfEven] {
                    let found = times_over(&rows[0], &rows[1], &rows[2], rounding);
                    for lane in 0..LANES {
                        let [of, part, whole] = rows.map(|row| row.0[lane] as Fen);
                        let exact = share(of, part, whole, rounding);
                        assert_eq!(found.0[lane] as Fen, exact, "{of} x {part} / {whole}");
                    }
                }
            }
        }
    }
}
