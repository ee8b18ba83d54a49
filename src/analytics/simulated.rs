//! What a simulation says of classes, pool and supporters, each figure with its standard error.
//!
//! Means and their errors come from sums over paths. A quantile is read off a histogram at nearest
//! rank, and its error from the ranks n q -+ sqrt(n q (1 - q)), half the way between the losses
//! that stand there; a loss lies evenly in its bin for that. The error of an expected shortfall is
//! that of the mean excess over VaR, VaR taken as known. Where paths have weights (`--tail`) both
//! count each path as one, and the error of an average life leaves out that weights move with it:
//! rough, and mostly too large, since the weights of bad paths are below 1.
use super::grade::{IDEALISED_LOSS_SEVERITY, grade_by_el, grade_by_pd};
use super::tail::LossSample;
use crate::asset::PdTable;
use crate::engine::{BINS, Bin, ClassTally, CommitmentTally, Histogram, Moments, Segment, Tally};
use crate::num::Decimal;

/// A figure and its standard error; none where nothing was hit, and so nothing is known of it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Estimate {
    pub value: f64,
    pub se: Option<f64>,
}

impl Estimate {
    /// A mean over paths.
    pub fn mean(moments: &Moments, paths: u64) -> Estimate {
        let known = moments.squares > 0 && paths > 1;
        let se = known.then(|| moments.standard_error(paths));
        Estimate { value: moments.mean(paths), se }
    }

    fn times(self, factor: f64) -> Estimate {
        Estimate { value: self.value * factor, se: self.se.map(|se| se * factor) }
    }
}

/// Paths hit, counted so that weights do not flatter: (sum w)^2 / sum w^2.
pub fn hits(moments: &Moments) -> f64 {
    let (sum, squares) = (weight(moments), moments.squares as f64 / one().squares as f64);
    if squares > 0.0 { sum * sum / squares } else { 0.0 }
}

/// The moments of one path of weight 1: what the units of the sums are.
fn one() -> Moments {
    Moments::of(1.0)
}

fn weight(moments: &Moments) -> f64 {
    moments.mean(1)
}

/// Below so many hits a probability is hardly known.
pub const FEW_HITS: f64 = 100.0;

/// A class; losses over its notional.
#[derive(Clone, Debug, PartialEq)]
pub struct ClassResult {
    pub pd: Estimate,
    pub late: Estimate,
    pub el: Estimate,
    /// 1 - present value over balance, at the class's own coupon; none for a class without one.
    pub el_pv: Option<Estimate>,
    pub loss_p99: Estimate,
    pub loss_p999: Estimate,
    pub es_p99: Estimate,
    /// In years, over mean weight.
    pub wal: Estimate,
    pub grade_by_pd: Option<String>,
    pub grade_by_el: Option<String>,
    /// Paths on which it is not paid in full.
    pub hits: f64,
}

/// How a class is graded.
#[derive(Clone, Copy, Debug)]
pub struct Grading<'a> {
    pub table: &'a PdTable,
    /// Its average life where nobody defaults.
    pub years: f64,
    /// Graded on the larger of its probabilities of being unpaid and of being late.
    pub most_senior: bool,
    /// It has a coupon, and so a present value.
    pub valued: bool,
}

/// The most likely that something is which did not happen on any of so many paths, at 95%.
pub fn rule_of_three(paths: u64) -> f64 {
    (3.0 / paths.max(1) as f64).min(1.0)
}

/// A class over all paths.
pub fn class(tally: &Tally, of: &ClassTally, grading: Grading<'_>) -> ClassResult {
    let paths = tally.paths;
    let losses = Losses::new(&of.losses, paths);
    let [pd, late, el] =
        [&of.unpaid, &of.late, &of.loss].map(|moments| Estimate::mean(moments, paths));
    let el_pv = grading.valued.then(|| Estimate::mean(&of.value_lost, paths));
    let weight = tally.weight.mean(paths);
    let heavy = if weight > 0.0 { 1.0 / weight } else { 0.0 };
    let or_bound = |moments: &Moments| match moments.squares > 0 {
        true => moments.mean(paths),
        false => rule_of_three(paths),
    };
    let unpaid = or_bound(&of.unpaid);
    let graded = if grading.most_senior { unpaid.max(or_bound(&of.late)) } else { unpaid };
    let by_pd = grade_by_pd(grading.table, graded, grading.years);
    // Without a hit the expected loss is bounded as the probability is.
    let bound = IDEALISED_LOSS_SEVERITY * rule_of_three(paths);
    let least = if of.unpaid.squares > 0 { 0.0 } else { bound };
    let by_el =
        el_pv.and_then(|lost| grade_by_el(grading.table, lost.value.max(least), grading.years));
    ClassResult {
        pd,
        late,
        el,
        el_pv,
        loss_p99: losses.quantile(P99),
        loss_p999: losses.quantile(P999),
        es_p99: losses.shortfall(P99),
        wal: Estimate::mean(&of.years, paths).times(heavy),
        grade_by_pd: by_pd.map(str::to_owned),
        grade_by_el: by_el.map(str::to_owned),
        hits: hits(&of.unpaid),
    }
}

/// The pool; amounts over its initial principal.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PoolResult {
    pub el: Estimate,
    pub var_99: Estimate,
    pub var_999: Estimate,
    pub es_999: Estimate,
    pub p_no_loss: Estimate,
    /// Firms.
    pub defaults: Estimate,
    pub defaulted: Estimate,
}

/// The pool over all paths.
pub fn pool(tally: &Tally) -> PoolResult {
    let (paths, of) = (tally.paths, &tally.pool);
    let losses = Losses::new(&of.losses, paths);
    let mean = |moments: &Moments| Estimate::mean(moments, paths);
    PoolResult {
        el: mean(&of.loss),
        var_99: losses.quantile(P99),
        var_999: losses.quantile(P999),
        es_999: losses.shortfall(P999),
        p_no_loss: mean(&of.no_loss),
        defaults: mean(&of.defaults),
        defaulted: mean(&of.defaulted),
    }
}

/// A commitment; amounts over the pool's initial principal, on all paths, called or not.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CommitmentResult {
    pub called: Estimate,
    /// Of the paths on which it is called; none where it never is.
    pub failed_when_called: Option<Estimate>,
    pub amount_called: Estimate,
    pub amount_paid: Estimate,
    pub paid_p99: Estimate,
    pub unreimbursed: Estimate,
}

/// A commitment over all paths.
pub fn commitment(of: &CommitmentTally, paths: u64) -> CommitmentResult {
    let mean = |moments: &Moments| Estimate::mean(moments, paths);
    CommitmentResult {
        called: mean(&of.called),
        failed_when_called: share_of(&of.failed_when_called, &of.called),
        amount_called: mean(&of.amount_called),
        amount_paid: mean(&of.amount_paid),
        paid_p99: Losses::new(&of.paid, paths).quantile(P99),
        unreimbursed: mean(&of.unreimbursed),
    }
}

/// Of the paths on which one thing happens, the share on which another does too; none where it
/// never happens.
pub fn share_of(both: &Moments, one: &Moments) -> Option<Estimate> {
    (one.sum > 0).then(|| {
        let share = weight(both) / weight(one);
        let se = (share * (1.0 - share).max(0.0) / hits(one)).sqrt();
        Estimate { value: share, se: (both.sum > 0).then_some(se) }
    })
}

/// What 99% of paths do not exceed.
pub fn quantile_99(histogram: &Histogram, paths: u64) -> Estimate {
    Losses::new(histogram, paths).quantile(P99)
}

/// Estimates after so many paths.
#[derive(Clone, Debug, PartialEq)]
pub struct Convergence {
    pub paths: u64,
    /// By support (with, without), then by class: pd, el.
    pub classes: Vec<(Estimate, Estimate)>,
    pub pool_el: Estimate,
}

/// After each segment that has paths.
pub fn convergence(segments: &[Segment]) -> Vec<Convergence> {
    let mut so_far = Segment::default();
    let mut out = Vec::new();
    for segment in segments.iter().filter(|segment| segment.paths > 0) {
        so_far.paths += segment.paths;
        so_far.classes.resize(segment.classes.len(), Default::default());
        add(&mut so_far.pool_loss, &segment.pool_loss);
        for (sum, more) in so_far.classes.iter_mut().zip(&segment.classes) {
            add(&mut sum.0, &more.0);
            add(&mut sum.1, &more.1);
        }
        let mean = |moments: &Moments| Estimate::mean(moments, so_far.paths);
        out.push(Convergence {
            paths: so_far.paths,
            classes: so_far.classes.iter().map(|(pd, el)| (mean(pd), mean(el))).collect(),
            pool_el: mean(&so_far.pool_loss),
        });
    }
    out
}

fn add(sum: &mut Moments, more: &Moments) {
    sum.sum += more.sum;
    sum.squares += more.squares;
}

const P99: (Decimal, f64) = (Decimal::from_parts(99, 0, 0, false, 2), 0.99);
const P999: (Decimal, f64) = (Decimal::from_parts(999, 0, 0, false, 3), 0.999);

/// The losses of all paths: those of a histogram, and nothing on the rest.
#[derive(Clone, Debug)]
pub struct Losses {
    /// (loss from, loss to, probability) of every bin that holds something, rising; the first is
    /// exactly nothing.
    pub bins: Vec<(f64, f64, f64)>,
    sample: Option<LossSample>,
    /// The same at their means, with the part that the squares of their paths' weights have of all
    /// paths: the probability again, where nothing is weighed.
    points: Vec<Point>,
    paths: u64,
}

#[derive(Clone, Copy, Debug)]
struct Point {
    loss: f64,
    probability: f64,
    squares: f64,
}

impl Losses {
    /// Of a histogram that leaves out paths without a loss.
    pub fn new(histogram: &Histogram, paths: u64) -> Losses {
        let of_one = one().sum;
        let all = of_one * i128::from(paths);
        let held: i128 = histogram.bins.iter().map(|bin| bin.weight).sum();
        let share = |weight: i128| weight as f64 / all.max(1) as f64;
        let none = (all - held).max(0) + histogram.bins[0].weight;
        let rest = (none > 0).then_some((0.0, 0.0, share(none)));
        let filled = (1..histogram.bins.len()).filter(|&at| histogram.bins[at].weight > 0);
        let edge = |at: usize| at as f64 / BINS as f64;
        let bins = filled.map(|at| (edge(at - 1), edge(at), share(histogram.bins[at].weight)));
        let lossless = Bin { weight: none, sum: 0, squares: none };
        let losing = histogram.held().filter(|bin| bin.sum > 0).copied();
        let points: Vec<Bin> = std::iter::once(lossless).chain(losing).collect();
        let sample: Vec<(f64, u128)> =
            points.iter().map(|bin| (bin.mean(), bin.weight.unsigned_abs())).collect();
        let point = |bin: &Bin| Point {
            loss: bin.mean(),
            probability: share(bin.weight),
            squares: share(bin.squares),
        };
        Losses {
            bins: rest.into_iter().chain(bins).collect(),
            points: points.iter().map(point).collect(),
            sample: LossSample::new(sample, paths).ok(),
            paths,
        }
    }

    /// Probability of a loss above.
    pub fn above(&self, loss: f64) -> f64 {
        let above = self.points.iter().rev().take_while(|point| point.loss > loss);
        above.map(|point| point.probability).sum()
    }

    /// The bins put together, so many into one.
    pub fn coarser(&self, together: usize) -> Vec<(f64, f64, f64)> {
        let width = together.max(1) as f64 / BINS as f64;
        let mut out: Vec<(f64, f64, f64)> = Vec::new();
        for &(from, to, probability) in &self.bins {
            if to == 0.0 {
                out.push((0.0, 0.0, probability));
                continue;
            }
            // Edges are whole multiples of a power of two, so nothing is rounded here.
            let from = (from / width).floor() * width;
            match out.last_mut().filter(|last| last.1 == from + width) {
                Some(last) => last.2 += probability,
                None => out.push((from, from + width, probability)),
            }
        }
        out
    }

    /// The loss that a share of the paths does not exceed. Its error is that of the probability of
    /// more, p: `sqrt((mean of w^2 where there is more - p^2) / n)`, over the density.
    fn quantile(&self, (level, q): (Decimal, f64)) -> Estimate {
        let value = self.sample.as_ref().and_then(|sample| sample.value_at_risk(level));
        let n = self.paths.max(1) as f64;
        let more = 1.0 - q;
        let spread = ((self.squares_of_worst(more) - more * more).max(0.0) / n).sqrt();
        let se = (self.exceeded_by(more - spread) - self.exceeded_by(more + spread)) / 2.0;
        Estimate { value: value.unwrap_or(f64::NAN), se: Some(se) }
    }

    /// What the squares of the weights of so large a part of the worst have of all paths, bins
    /// filled evenly.
    fn squares_of_worst(&self, part: f64) -> f64 {
        let (mut left, mut squares) = (part, 0.0);
        for point in self.points.iter().rev().filter(|point| point.probability > 0.0) {
            let taken = (left / point.probability).min(1.0);
            squares += taken * point.squares;
            left -= taken * point.probability;
            if taken < 1.0 {
                break;
            }
        }
        squares
    }

    /// The loss that so large a part exceeds, bins filled evenly: counted from the worst on, for
    /// weighed paths are most exact there, and in all they need not sum to one.
    fn exceeded_by(&self, part: f64) -> f64 {
        let mut worse = 0.0;
        for &(from, to, probability) in self.bins.iter().rev() {
            if worse + probability >= part {
                let share = ((part - worse) / probability).clamp(0.0, 1.0);
                return to - share * (to - from);
            }
            worse += probability;
        }
        0.0
    }

    /// `VaR + E[(L - VaR)+] / (1 - q)`.
    fn shortfall(&self, (level, q): (Decimal, f64)) -> Estimate {
        let sample = self.sample.as_ref();
        let var = sample.and_then(|sample| sample.value_at_risk(level)).unwrap_or(f64::NAN);
        let value = sample.and_then(|sample| sample.expected_shortfall(level));
        let excess = |point: &Point| (point.loss - var).max(0.0);
        let worst = || self.points.iter().rev();
        let mean: f64 = worst().map(|point| point.probability * excess(point)).sum();
        let square: f64 = worst().map(|point| point.squares * excess(point).powi(2)).sum();
        let n = self.paths.saturating_sub(1).max(1) as f64;
        let se = ((square - mean * mean).max(0.0) / n).sqrt() / (1.0 - q);
        Estimate { value: value.unwrap_or(f64::NAN), se: (self.points.len() > 1).then_some(se) }
    }
}

#[cfg(test)]
mod tests;
