//! How bad a weighted sample of losses gets: its mean, its tail, and what a layer of it loses.
//!
//! A loss is a share of some notional, at 0 or above; a weight is a whole number, a count of paths
//! or a count in fixed point, so that samples merge exactly in any order. Quantiles are taken by
//! nearest rank on whole numbers: the rank of a level is ceil(level x total weight), and no sum of
//! binary fractions decides which loss it falls on. A histogram is a sample too: each bin is the
//! point (sum of its losses / count, count). Its mean is then exact, its quantiles are off by no
//! more than the width of a bin, and its standard error leaves out the spread inside bins.
use crate::num::Decimal;

/// A loss and its weight.
type Point = (f64, u128);

/// Losses with their weights, the lowest first.
#[derive(Clone, Debug, PartialEq)]
pub struct LossSample {
    /// By rising loss, weights above 0.
    points: Vec<Point>,
    /// Of all weights.
    total: u128,
    paths: u64,
}

/// Why points are no sample.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SampleFault {
    /// No point has a weight.
    Empty,
    /// A loss is not a finite number.
    NotFinite,
    /// The weights sum to 2^128 or more.
    TooHeavy,
}

impl std::fmt::Display for SampleFault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            SampleFault::Empty => "no loss has a weight",
            SampleFault::NotFinite => "a loss is not a finite number",
            SampleFault::TooHeavy => "the weights sum to more than can be counted",
        })
    }
}

impl std::error::Error for SampleFault {}

/// Decimals of a level that ranks are exact for.
const LEVEL_DECIMALS: u32 = 18;

impl LossSample {
    /// From (loss, weight) in any order, drawn on so many paths; points without weight are left
    /// out.
    ///
    /// # Errors
    /// As `SampleFault`.
    pub fn new(
        points: impl IntoIterator<Item = (f64, u128)>,
        paths: u64,
    ) -> Result<LossSample, SampleFault> {
        let mut points: Vec<Point> = points.into_iter().filter(|(_, weight)| *weight > 0).collect();
        if points.iter().any(|(loss, _)| !loss.is_finite()) {
            return Err(SampleFault::NotFinite);
        }
        // The weight breaks ties, so that sums take one order whatever order points came in.
        points.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        let add = |total: u128, point: &Point| total.checked_add(point.1);
        let total = points.iter().try_fold(0, add).ok_or(SampleFault::TooHeavy)?;
        if points.is_empty() {
            Err(SampleFault::Empty)
        } else {
            Ok(LossSample { points, total, paths })
        }
    }

    /// `sum w L / W`.
    pub fn mean(&self) -> f64 {
        self.average(|loss| loss)
    }

    /// `sqrt(sum w (L - mean)^2 / W / (paths - 1))`, the usual one where every path has the same
    /// weight; where weights differ from path to path it is only near. None below two paths.
    pub fn standard_error(&self) -> Option<f64> {
        let mean = self.mean();
        let variance = self.average(|loss| (loss - mean) * (loss - mean));
        let degrees = self.paths.checked_sub(1).filter(|degrees| *degrees > 0)?;
        Some((variance / degrees as f64).sqrt())
    }

    /// The loss at the rank of a level (VaR): the lowest that so much of the weight does not
    /// exceed. None unless the level is above 0, below 1 and has at most 18 decimals.
    pub fn value_at_risk(&self, level: Decimal) -> Option<f64> {
        let rank = self.rank(level)?;
        let mut passed = 0;
        let at = self.points.iter().find(|(_, weight)| {
            passed += weight;
            passed >= rank
        });
        at.map(|(loss, _)| *loss)
    }

    /// `VaR + E[(L - VaR)+] / (1 - level)` (ES; Rockafellar and Uryasev 2002): the mean of the
    /// worst 1 - level of the weight, the point that the level cuts counted in part. None as VaR.
    pub fn expected_shortfall(&self, level: Decimal) -> Option<f64> {
        let value_at_risk = self.value_at_risk(level)?;
        let (parts, whole) = fraction(level)?;
        let beyond = self.average(|loss| (loss - value_at_risk).max(0.0));
        Some(value_at_risk + beyond * whole as f64 / (whole - parts) as f64)
    }

    /// `E[L | L >= VaR]`: points at VaR counted whole, so never above ES. None as VaR.
    pub fn mean_from_value_at_risk(&self, level: Decimal) -> Option<f64> {
        let value_at_risk = self.value_at_risk(level)?;
        let tail = self.points.iter().filter(|(loss, _)| *loss >= value_at_risk);
        let weight: u128 = tail.clone().map(|(_, weight)| weight).sum();
        Some(tail.map(|(loss, share)| loss * *share as f64).sum::<f64>() / weight as f64)
    }

    /// P(L > 0).
    pub fn loss_probability(&self) -> f64 {
        self.attachment_probability(0.0)
    }

    /// P(L > attach): the layer above `attach` loses something.
    pub fn attachment_probability(&self, attach: f64) -> f64 {
        self.probability(|loss| loss > attach)
    }

    /// P(L >= detach): the layer below `detach` loses all.
    pub fn exhaustion_probability(&self, detach: f64) -> f64 {
        self.probability(|loss| loss >= detach)
    }

    /// The same sample as a layer sees it: losses as shares of the layer. None as `layer_loss`.
    pub fn layer(&self, attach: f64, detach: f64) -> Option<LossSample> {
        let seen = |point: &Point| Some((layer_loss(point.0, attach, detach)?, point.1));
        let points = self.points.iter().map(seen).collect::<Option<Vec<_>>>()?;
        Some(LossSample { points, ..*self })
    }

    fn rank(&self, level: Decimal) -> Option<u128> {
        let (parts, whole) = fraction(level)?;
        let (times, rest) = (self.total / whole, self.total % whole);
        Some(parts * times + (parts * rest).div_ceil(whole))
    }

    fn average(&self, value: impl Fn(f64) -> f64) -> f64 {
        let weighted = |point: &Point| value(point.0) * point.1 as f64;
        self.points.iter().map(weighted).sum::<f64>() / self.total as f64
    }

    fn probability(&self, counts: impl Fn(f64) -> bool) -> f64 {
        let counted = self.points.iter().filter(|(loss, _)| counts(*loss));
        counted.map(|(_, weight)| weight).sum::<u128>() as f64 / self.total as f64
    }
}

/// What a layer loses of its own size: `(L - attach)+` up to `detach - attach`, over that. None
/// unless attach < detach, both finite.
pub fn layer_loss(loss: f64, attach: f64, detach: f64) -> Option<f64> {
    let size = Some(detach - attach).filter(|size| *size > 0.0 && size.is_finite())?;
    Some((loss - attach).clamp(0.0, size) / size)
}

/// A level as parts of a power of ten.
fn fraction(level: Decimal) -> Option<(u128, u128)> {
    let level = Some(level.normalize()).filter(|level| level.scale() <= LEVEL_DECIMALS)?;
    let parts = u128::try_from(level.mantissa()).ok()?;
    let whole = 10_u128.pow(level.scale());
    Some((parts, whole)).filter(|_| parts > 0 && parts < whole)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn sample(losses: &[f64]) -> LossSample {
        LossSample::new(losses.iter().map(|loss| (*loss, 1)), losses.len() as u64).unwrap()
    }

    fn level(text: &str) -> Decimal {
        Decimal::from_str_exact(text).unwrap()
    }

    fn near(got: f64, want: f64, what: &str) {
        assert!((got - want).abs() < 1e-12, "{what}: {got}, not {want}");
    }

    /// Origin: by hand, five equally likely pool losses.
    #[test]
    fn layers_of_five_losses() {
        let pool = sample(&[0.05, 0.0, 0.10, 0.01, 0.02]);
        // attach, detach, mean, VaR 75%, mean from VaR up, P(above attach), P(at detach or above)
        let rows = [
            [0.0, 0.03, 0.6, 1.0, 1.0, 0.8, 0.4],
            [0.03, 0.1, 0.257_142_857_142_857, 2.0 / 7.0, 4.5 / 7.0, 0.4, 0.2],
            [0.1, 0.3, 0.0, 0.0, 0.0, 0.0, 0.0],
            [0.0, 0.005, 0.8, 1.0, 1.0, 0.8, 0.8],
        ];
        for [attach, detach, mean, value_at_risk, tail, attached, exhausted] in rows {
            let layer = pool.layer(attach, detach).unwrap();
            let what = format!("{attach} to {detach}");
            near(layer.mean(), mean, &what);
            near(layer.value_at_risk(level("0.75")).unwrap(), value_at_risk, &what);
            near(layer.mean_from_value_at_risk(level("0.75")).unwrap(), tail, &what);
            near(pool.attachment_probability(attach), attached, &what);
            near(layer.loss_probability(), attached, &what);
            near(pool.exhaustion_probability(detach), exhausted, &what);
            near(layer.exhaustion_probability(1.0), exhausted, &what);
        }
        // The worst quarter is the worst fifth and a twentieth of the next loss:
        // (0.2 x 1 + 0.05 x 2 / 7) / 0.25.
        let layer = pool.layer(0.03, 0.1).unwrap();
        near(layer.expected_shortfall(level("0.75")).unwrap(), 6.0 / 7.0, "by parts");
        near(layer.expected_shortfall(level("0.8")).unwrap(), 1.0, "the worst fifth");
        // Squares about 0.036: 36^2 + 26^2 + 16^2 + 14^2 + 64^2 = 6,520 millionths; / 5 / 4.
        near(pool.mean(), 0.036, "mean");
        near(pool.standard_error().unwrap(), 0.000_326_f64.sqrt(), "standard error");
    }

    #[test]
    fn ranks_are_taken_on_whole_numbers() {
        let losses: Vec<(f64, u128)> = (1..=1_000_u32).map(|at| (f64::from(at), 1)).collect();
        let check = |text: &str, scale: u128, want: Option<f64>| {
            let points = losses.iter().map(|(loss, weight)| (*loss, weight * scale));
            let sample = LossSample::new(points, 1_000).unwrap();
            assert_eq!(sample.value_at_risk(level(text)), want, "{text}, {scale}");
        };
        // 0.07 x 100 is above 7 in binary fractions.
        for scale in [1, 1 << 32, 1 << 100] {
            check("0.07", scale, Some(70.0));
            check("0.0701", scale, Some(71.0));
            check("0.29", scale, Some(290.0));
            check("0.99", scale, Some(990.0));
            check("0.999", scale, Some(999.0));
            check("0.999000000000000001", scale, Some(1_000.0));
            check("0.000000000000000001", scale, Some(1.0));
        }
        check("0", 1, None);
        check("1", 1, None);
        check("-0.5", 1, None);
        check("0.9999999999999999999", 1, None);
    }

    #[test]
    fn weights_stand_for_repeated_losses() {
        let repeated = sample(&[0.0, 0.0, 0.0, 0.2, 0.2, 0.7]);
        let weighted = LossSample::new([(0.7, 1), (0.0, 3), (0.2, 2), (9.0, 0)], 6).unwrap();
        let fixed = LossSample::new([(0.2, 2 << 40), (0.7, 1 << 40), (0.0, 3 << 40)], 6).unwrap();
        for other in [&weighted, &fixed] {
            near(other.mean(), repeated.mean(), "mean");
            near(other.standard_error().unwrap(), repeated.standard_error().unwrap(), "error");
            for text in ["0.1", "0.5", "0.51", "0.8", "0.9"] {
                let level = level(text);
                assert_eq!(other.value_at_risk(level), repeated.value_at_risk(level), "{text}");
                let both = [other, &repeated].map(|one| one.expected_shortfall(level).unwrap());
                near(both[0], both[1], text);
            }
        }
        near(repeated.mean(), 1.1 / 6.0, "by hand");
        near(repeated.expected_shortfall(level("0.5")).unwrap(), 1.1 / 3.0, "the worse half");
    }

    #[test]
    fn a_histogram_keeps_the_mean() {
        let losses: Vec<f64> = (0..5_000).map(|at| f64::from(at * at % 4_999) / 4_999.0).collect();
        let mut bins = vec![(0.0, 0_u128); 4_097];
        for loss in &losses {
            let bin = &mut bins[(loss * 4_096.0) as usize];
            *bin = (bin.0 + loss, bin.1 + 1);
        }
        let filled = bins.iter().filter(|bin| bin.1 > 0);
        let points = filled.map(|(sum, count)| (sum / *count as f64, *count));
        let histogram = LossSample::new(points, 5_000).unwrap();
        let exact = sample(&losses);
        near(histogram.mean(), exact.mean(), "mean");
        for text in ["0.5", "0.99", "0.999"] {
            let level = level(text);
            let gap = |figure: fn(&LossSample, Decimal) -> Option<f64>| {
                (figure(&histogram, level).unwrap() - figure(&exact, level).unwrap()).abs()
            };
            assert!(gap(LossSample::value_at_risk) < 1.0 / 4_096.0, "{text}");
            assert!(gap(LossSample::expected_shortfall) < 1.0 / 4_096.0, "{text}");
        }
    }

    #[test]
    fn what_is_no_sample_is_refused() {
        assert_eq!(LossSample::new([], 0), Err(SampleFault::Empty));
        assert_eq!(LossSample::new([(0.1, 0)], 1), Err(SampleFault::Empty));
        assert_eq!(LossSample::new([(f64::NAN, 1)], 1), Err(SampleFault::NotFinite));
        let heavy = [(0.1, u128::MAX), (0.2, 1)];
        assert_eq!(LossSample::new(heavy, 2), Err(SampleFault::TooHeavy));
        assert_eq!(sample(&[0.1]).standard_error(), None);
        assert_eq!(sample(&[0.1]).layer(0.2, 0.2), None);
        assert_eq!(layer_loss(0.1, 0.3, 0.2), None);
    }
}
