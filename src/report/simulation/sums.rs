//! A tally as text: whole numbers as decimal strings, empty bins left out.
//!
//! Both ways go through one walk over the tally, in one order.
use serde::{Deserialize, Serialize};

use crate::engine::{Bin, Histogram, Moments, Tally};

/// Every sum of a tally, in the order of [`parts`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Sums {
    paths: Vec<u64>,
    /// (sum, sum of squares).
    moments: Vec<(String, String)>,
    /// By histogram: (bin, weight, sum).
    histograms: Vec<Vec<(usize, [String; 3])>>,
    /// By date of the fan: (bin, weight).
    fans: Vec<Vec<(usize, u64)>>,
}

/// What a tally is made of.
#[derive(Default)]
struct Parts<'a> {
    paths: Vec<&'a mut u64>,
    moments: Vec<&'a mut Moments>,
    histograms: Vec<&'a mut Histogram>,
    fans: Vec<&'a mut Vec<u64>>,
}

fn parts(tally: &mut Tally) -> Parts<'_> {
    let mut parts = Parts::default();
    parts.paths.push(&mut tally.paths);
    parts.moments.push(&mut tally.weight);
    for class in tally.with.iter_mut().chain(&mut tally.without).chain(&mut tally.bare) {
        parts.moments.extend([&mut class.unpaid, &mut class.late, &mut class.loss]);
        parts.moments.extend([&mut class.years, &mut class.value_lost]);
        parts.histograms.push(&mut class.losses);
    }
    for commitment in tally.commitments.iter_mut().chain(&mut tally.covers) {
        parts.moments.extend([&mut commitment.called, &mut commitment.failed_when_called]);
        parts.moments.extend([&mut commitment.amount_called, &mut commitment.amount_paid]);
        parts.moments.push(&mut commitment.unreimbursed);
        parts.histograms.push(&mut commitment.paid);
    }
    for layers in &mut tally.layers {
        parts.moments.extend([&mut layers.claim, &mut layers.pledge, &mut layers.left]);
        parts.moments.extend(&mut layers.covers);
    }
    let pool = &mut tally.pool;
    parts.moments.extend([&mut pool.loss, &mut pool.defaulted]);
    parts.moments.extend([&mut pool.defaults, &mut pool.no_loss]);
    parts.histograms.push(&mut pool.losses);
    for segment in &mut tally.segments {
        parts.paths.push(&mut segment.paths);
        parts.moments.push(&mut segment.pool_loss);
        for (unpaid, loss) in &mut segment.classes {
            parts.moments.extend([unpaid, loss]);
        }
    }
    parts.fans.extend(&mut tally.fan);
    parts
}

impl Sums {
    pub fn of(tally: &Tally) -> Sums {
        let mut copy = tally.clone();
        let parts = parts(&mut copy);
        let held = |histogram: &Histogram| {
            let bins = histogram.bins.iter().enumerate();
            let filled = bins.filter(|(_, bin)| **bin != Bin::default());
            let texts = |bin: &Bin| [bin.weight, bin.sum, bin.squares].map(|of| of.to_string());
            filled.map(|(at, bin)| (at, texts(bin))).collect()
        };
        let moments = parts.moments.iter();
        Sums {
            paths: parts.paths.iter().map(|paths| **paths).collect(),
            moments: moments.map(|of| (of.sum.to_string(), of.squares.to_string())).collect(),
            histograms: parts.histograms.iter().map(|of| held(of)).collect(),
            fans: parts.fans.iter().map(|bins| filled(bins)).collect(),
        }
    }

    /// Into a tally of nothing of the right shape; none where the shape is another.
    pub fn fill(&self, mut tally: Tally) -> Option<Tally> {
        let parts = parts(&mut tally);
        let counts = (parts.paths.len(), parts.moments.len(), parts.histograms.len());
        let held = (self.paths.len(), self.moments.len(), self.histograms.len());
        if counts != held || parts.fans.len() != self.fans.len() {
            return None;
        }
        for (paths, &held) in parts.paths.into_iter().zip(&self.paths) {
            *paths = held;
        }
        for (moments, (sum, squares)) in parts.moments.into_iter().zip(&self.moments) {
            *moments = Moments { sum: sum.parse().ok()?, squares: squares.parse().ok()? };
        }
        for (histogram, held) in parts.histograms.into_iter().zip(&self.histograms) {
            for (at, [weight, sum, squares]) in held {
                let (weight, sum) = (weight.parse().ok()?, sum.parse().ok()?);
                let squares = squares.parse().ok()?;
                *histogram.bins.get_mut(*at)? = Bin { weight, sum, squares };
            }
        }
        for (bins, held) in parts.fans.into_iter().zip(&self.fans) {
            for &(at, weight) in held {
                *bins.get_mut(at)? = weight;
            }
        }
        Some(tally)
    }
}

fn filled(bins: &[u64]) -> Vec<(usize, u64)> {
    let bins = bins.iter().copied().enumerate();
    bins.filter(|(_, weight)| *weight > 0).collect()
}
