//! The exact distribution of what a pool loses where one normal factor ties its firms.
//!
//! Formula: firm i has X_i = w_i Z + sqrt(1 - w_i^2) e_i, Z and e_i standard normal, and has
//! defaulted by a date with probability p if X_i < Phi^-1(p): low is bad. Given Z the firms are
//! independent, each has defaulted with probability Phi((Phi^-1(p) - w_i Z) / sqrt(1 - w_i^2)), and
//! the distribution of their losses is built firm by firm (Andersen, Sidenius and Basu 2003); an
//! integral over Z of these is the distribution of the pool's loss. A loss is a whole number of
//! steps of one unit. Nothing is drawn, so this is what a simulation of the same pool is held
//! against.
//!
//! The integral is a Gauss-Legendre sum over -8..8. On the usual grid P(L <= l) of 1 to 1,000 equal
//! firms at correlations 0.05 to 0.95 is right to 3e-5 at any default probability from 0.1% to
//! 50%, to 2e-6 at 2%; with twice its nodes, to 1e-13. The mean is right to 1e-12 on both. What
//! lies far out is cut, where all cuts together leave out less than 1e-14 of the probability: no
//! figure is exact below that.
use super::tail::layer_loss;
use crate::num::{Fen, exp, gauss_legendre, gcd, normal_cdf, normal_quantile};
use std::ops::Range;

/// A firm, or a supporter: how it hangs on the factor and what its default costs.
#[derive(Clone, Debug, PartialEq)]
pub struct Firm {
    /// Weight on the factor, above -1 and below 1; two firms correlate by the product of theirs.
    pub loading: f64,
    /// By rising date: (probability of default up to then, loss if it defaults then and not
    /// before).
    pub outcomes: Vec<(f64, Fen)>,
}

/// How finely the factor and the losses are cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grid {
    /// Of the integral over the factor.
    pub nodes: usize,
    /// Steps of the losses, at most; one more for each firm where losses are split.
    pub steps: u32,
}

impl Grid {
    /// 100,000 steps, and 12.8 w / sqrt(1 - w^2) sqrt(firms) nodes, w the largest loading, firms
    /// at least 10, from 64 to 4,096: the more firms there are and the more they load, the faster
    /// the pool's loss follows the factor.
    pub fn usual(firms: &[Firm]) -> Grid {
        let largest = firms.iter().map(|firm| firm.loading.abs()).fold(0.0, f64::max);
        let slope = largest / (1.0 - largest * largest).sqrt();
        let nodes = 12.8 * slope * (firms.len().max(10) as f64).sqrt();
        Grid { nodes: (nodes as usize).clamp(64, 4_096), steps: 100_000 }
    }
}

/// Why firms have no distribution of losses; firms are counted from 0, the supporter is after the
/// last.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum PoolFault {
    /// No firm.
    Empty,
    /// No nodes or no steps.
    Grid,
    /// Not above -1 and below 1: firms that default together are one firm.
    Loading { firm: usize, loading: f64 },
    /// Not from 0 to 1, or below that of the date before.
    Probability { firm: usize, probability: f64 },
    /// Below 0, or beyond counting together with the others.
    Loss { firm: usize, loss: Fen },
    /// It cannot default, so there is nothing to be given.
    SupporterNeverDefaults,
}

impl std::fmt::Display for PoolFault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            PoolFault::Empty => f.write_str("the pool has no firm"),
            PoolFault::Grid => f.write_str("the grid has no nodes or no steps"),
            PoolFault::Loading { firm, loading } => {
                write!(f, "firm {firm}: the loading {loading} is not above -1 and below 1")
            }
            PoolFault::Probability { firm, probability } => write!(
                f,
                "firm {firm}: the probability {probability} is not from 0 to 1 or falls with time"
            ),
            PoolFault::Loss { firm, loss } => {
                write!(f, "firm {firm}: a loss of {loss} fen is below 0 or too large")
            }
            PoolFault::SupporterNeverDefaults => f.write_str("the supporter cannot default"),
        }
    }
}

impl std::error::Error for PoolFault {}

/// The distribution of the loss of a pool.
#[derive(Clone, Debug, PartialEq)]
pub struct PoolLoss {
    unit: Fen,
    split: bool,
    /// Of each multiple of the unit from 0.
    probabilities: Vec<f64>,
}

/// The distribution of the sum of the firms' losses.
///
/// # Errors
/// Every fault there is, as `PoolFault`.
pub fn pool_loss(firms: &[Firm], grid: Grid) -> Result<PoolLoss, Vec<PoolFault>> {
    let faults = faults(firms, grid);
    if !faults.is_empty() {
        return Err(faults);
    }
    Ok(distribution(firms, grid, &factor_nodes(grid.nodes)))
}

/// The same given that a supporter on the same factor has defaulted by its last date; what that
/// costs does not count. Times its probability of default this is the probability of both.
///
/// # Errors
/// As `pool_loss`.
pub fn pool_loss_given_default(
    firms: &[Firm],
    supporter: &Firm,
    grid: Grid,
) -> Result<PoolLoss, Vec<PoolFault>> {
    let pd = supporter.outcomes.last().map_or(0.0, |outcome| outcome.0);
    let mut faults = faults(firms, grid);
    faults.extend(firm_faults(firms.len(), supporter));
    faults.extend((pd == 0.0).then_some(PoolFault::SupporterNeverDefaults));
    if !faults.is_empty() {
        return Err(faults);
    }
    let mut nodes = factor_nodes(grid.nodes);
    let threshold = Threshold::new(pd, supporter.loading);
    for (factor, weight) in &mut nodes {
        *weight *= threshold.passed(*factor) / pd;
    }
    Ok(distribution(firms, grid, &nodes))
}

impl PoolLoss {
    /// What one step is.
    pub fn unit_fen(&self) -> Fen {
        self.unit
    }

    /// Whether the unit is too coarse for the losses, so that each was split over the two
    /// multiples around it: the mean stays, the variance gains at most unit^2 / 4 a firm.
    pub fn is_split(&self) -> bool {
        self.split
    }

    /// Of each multiple of the unit from 0.
    pub fn probabilities(&self) -> &[f64] {
        &self.probabilities
    }

    /// In fen.
    pub fn expected_loss(&self) -> f64 {
        self.sum(|loss| loss as f64)
    }

    /// P(L = 0).
    pub fn no_loss_probability(&self) -> f64 {
        self.probabilities[0]
    }

    /// P(L > attach).
    pub fn attachment_probability(&self, attach: Fen) -> f64 {
        self.sum(|loss| if loss > attach { 1.0 } else { 0.0 })
    }

    /// P(L >= detach).
    pub fn exhaustion_probability(&self, detach: Fen) -> f64 {
        self.sum(|loss| if loss >= detach { 1.0 } else { 0.0 })
    }

    /// The least loss that is not exceeded with probability `level` (VaR). None unless the level
    /// is above 0 and below 1.
    pub fn value_at_risk(&self, level: f64) -> Option<Fen> {
        let level = Some(level).filter(|level| *level > 0.0 && *level < 1.0)?;
        let mut passed = 0.0;
        let at = self.probabilities.iter().position(|probability| {
            passed += probability;
            passed >= level
        });
        // What was cut off counts as the highest.
        let at = at.unwrap_or(self.probabilities.len() - 1);
        Some(at as Fen * self.unit)
    }

    /// `VaR + E[(L - VaR)+] / (1 - level)` (ES), in fen. None as VaR.
    pub fn expected_shortfall(&self, level: f64) -> Option<f64> {
        let value_at_risk = self.value_at_risk(level)?;
        let beyond = self.sum(|loss| (loss - value_at_risk).max(0) as f64);
        Some(value_at_risk as f64 + beyond / (1.0 - level))
    }

    /// What a layer is expected to lose, as a share of the layer. None unless attach < detach.
    pub fn layer_expected_loss(&self, attach: Fen, detach: Fen) -> Option<f64> {
        let (attach, detach) = (attach as f64, detach as f64);
        layer_loss(0.0, attach, detach)?;
        Some(self.sum(|loss| layer_loss(loss as f64, attach, detach).unwrap_or(0.0)))
    }

    /// From the small ones up, so that little is lost.
    fn sum(&self, value: impl Fn(Fen) -> f64) -> f64 {
        let all = self.probabilities.iter().enumerate().rev();
        all.map(|(steps, probability)| probability * value(steps as Fen * self.unit)).sum()
    }
}

fn faults(firms: &[Firm], grid: Grid) -> Vec<PoolFault> {
    let mut faults = Vec::new();
    faults.extend(firms.is_empty().then_some(PoolFault::Empty));
    faults.extend((grid.nodes == 0 || grid.steps == 0).then_some(PoolFault::Grid));
    let mut total: Fen = 0;
    for (at, firm) in firms.iter().enumerate() {
        faults.extend(firm_faults(at, firm));
        let loss = worst(firm).max(0);
        match total.checked_add(loss) {
            Some(sum) => total = sum,
            None => faults.push(PoolFault::Loss { firm: at, loss }),
        }
    }
    faults
}

fn firm_faults(at: usize, firm: &Firm) -> Vec<PoolFault> {
    let mut faults = Vec::new();
    if firm.loading.is_nan() || firm.loading.abs() >= 1.0 {
        faults.push(PoolFault::Loading { firm: at, loading: firm.loading });
    }
    let mut before = 0.0;
    for &(probability, loss) in &firm.outcomes {
        if !(before..=1.0).contains(&probability) {
            faults.push(PoolFault::Probability { firm: at, probability });
        }
        if loss < 0 {
            faults.push(PoolFault::Loss { firm: at, loss });
        }
        before = probability;
    }
    faults
}

fn worst(firm: &Firm) -> Fen {
    firm.outcomes.iter().map(|(_, loss)| *loss).max().unwrap_or(0)
}

/// The factor beyond which nothing is looked for: 1.2e-15 of the probability.
const FACTOR_RANGE: f64 = 8.0;

/// (factor, its probability).
fn factor_nodes(count: usize) -> Vec<(f64, f64)> {
    let density = |z: f64| exp(-0.5 * z * z) / (2.0 * std::f64::consts::PI).sqrt();
    let stretched = |(x, weight): (f64, f64)| {
        let z = FACTOR_RANGE * x;
        (z, weight * FACTOR_RANGE * density(z))
    };
    gauss_legendre(count).into_iter().map(stretched).collect()
}

/// `Phi(level - slope z)`.
#[derive(Clone, Copy)]
struct Threshold {
    level: f64,
    slope: f64,
}

impl Threshold {
    fn new(probability: f64, loading: f64) -> Threshold {
        let own = (1.0 - loading * loading).sqrt();
        let certain = if probability > 0.5 { f64::INFINITY } else { f64::NEG_INFINITY };
        let quantile = normal_quantile(probability).unwrap_or(certain);
        Threshold { level: quantile / own, slope: loading / own }
    }

    fn passed(self, z: f64) -> f64 {
        normal_cdf(self.level - self.slope * z)
    }
}

/// A firm whose losses are steps.
struct Debtor {
    /// (default up to a date, steps lost then, share of one step more), one for each loss in a
    /// row of equal ones.
    outcomes: Vec<(Threshold, usize, f64)>,
    /// The most steps it loses.
    worst: usize,
}

impl Debtor {
    fn new(firm: &Firm, unit: Fen) -> Debtor {
        let mut outcomes: Vec<(Threshold, usize, f64)> = Vec::with_capacity(firm.outcomes.len());
        let mut before = None;
        for &(probability, loss) in &firm.outcomes {
            if before == Some(loss) {
                outcomes.pop();
            }
            before = Some(loss);
            let share = (loss % unit) as f64 / unit as f64;
            let threshold = Threshold::new(probability, firm.loading);
            outcomes.push((threshold, (loss / unit) as usize, share));
        }
        let most = |(_, steps, share): &(_, usize, f64)| steps + usize::from(*share > 0.0);
        let worst = outcomes.iter().map(most).max().unwrap_or(0);
        Debtor { outcomes, worst }
    }
}

fn distribution(firms: &[Firm], grid: Grid, nodes: &[(f64, f64)]) -> PoolLoss {
    let losses = || firms.iter().flat_map(|firm| firm.outcomes.iter().map(|(_, loss)| *loss));
    let total: Fen = firms.iter().map(worst).sum();
    let common = losses().fold(0, |common, loss| gcd(common, loss.unsigned_abs()));
    let common = Fen::try_from(common).unwrap_or(Fen::MAX).max(1);
    let split = total / common > Fen::from(grid.steps);
    let unit = if split { (total - 1) / Fen::from(grid.steps) + 1 } else { common };
    let mut debtors: Vec<Debtor> = firms.iter().map(|firm| Debtor::new(firm, unit)).collect();
    // The losses of the sum spread late, so that the rows in play are few for long.
    debtors.sort_by_key(|debtor| debtor.worst);
    let steps: usize = debtors.iter().map(|debtor| debtor.worst).sum();
    let mut ladder = Ladder::new(steps + 1);
    let mut probabilities = vec![0.0; steps + 1];
    let share = CUT / (2 * nodes.len() * firms.len()) as f64;
    for &(factor, weight) in nodes.iter().filter(|node| node.1 > 0.0) {
        ladder.climb(&debtors, factor, share / weight);
        ladder.add_to(&mut probabilities, weight);
    }
    PoolLoss { unit, split, probabilities }
}

/// Probability that may be left out in all.
const CUT: f64 = 1e-14;

/// The distribution of the firms taken so far, given one value of the factor.
struct Ladder {
    /// Probabilities by steps lost, in `kept`; the rest is left over from before.
    rows: Vec<f64>,
    next: Vec<f64>,
    kept: Range<usize>,
    /// Steps lost in the first row.
    first: usize,
    /// Of the firm in hand: (steps lost, probability).
    moves: Vec<(usize, f64)>,
}

impl Ladder {
    fn new(rows: usize) -> Ladder {
        let (rows, next) = (vec![0.0; rows], vec![0.0; rows]);
        Ladder { rows, next, kept: 0..1, first: 0, moves: Vec::new() }
    }

    /// From no firm to all, leaving out no more than `cut` at either end for each firm.
    fn climb(&mut self, debtors: &[Debtor], factor: f64, cut: f64) {
        (self.kept, self.first) = (0..1, 0);
        self.rows[0] = 1.0;
        for debtor in debtors {
            let stays = given(debtor, factor, &mut self.moves);
            let rows = &self.rows[self.kept.clone()];
            let next = &mut self.next[..rows.len() + debtor.worst];
            convolve(rows, next, stays, &self.moves);
            self.first += self.kept.start;
            self.kept = without_ends(next, cut);
            std::mem::swap(&mut self.rows, &mut self.next);
        }
    }

    fn add_to(&self, probabilities: &mut [f64], weight: f64) {
        let rows = &self.rows[self.kept.clone()];
        let first = self.first + self.kept.start;
        for (probability, row) in probabilities[first..].iter_mut().zip(rows) {
            *probability += row * weight;
        }
    }
}

/// The probability of losing nothing, and of each other number of steps.
fn given(debtor: &Debtor, factor: f64, moves: &mut Vec<(usize, f64)>) -> f64 {
    moves.clear();
    let (mut stays, mut before) = (1.0_f64, 0.0);
    for &(threshold, steps, share) in &debtor.outcomes {
        let passed = threshold.passed(factor);
        let now = (passed - before).max(0.0);
        before = passed;
        for (steps, part) in [(steps, now * (1.0 - share)), (steps + 1, now * share)] {
            if steps > 0 && part > 0.0 {
                stays = (stays - part).max(0.0);
                moves.push((steps, part));
            }
        }
    }
    stays
}

/// The next rows: what stays of each row, and what moves from it. The first move is made in the
/// same pass as the stay; many firms have no other.
fn convolve(rows: &[f64], next: &mut [f64], stays: f64, moves: &[(usize, f64)]) {
    let Some((&(steps, part), others)) = moves.split_first() else {
        let (low, high) = next.split_at_mut(rows.len());
        low.copy_from_slice(rows);
        high.fill(0.0);
        return;
    };
    let count = rows.len();
    let both = count.saturating_sub(steps);
    let (low, high) = next.split_at_mut(count);
    let (only_stay, meet) = low.split_at_mut(count - both);
    for (next, row) in only_stay.iter_mut().zip(rows) {
        *next = row * stays;
    }
    for ((next, here), from) in meet.iter_mut().zip(&rows[count - both..]).zip(rows) {
        *next = here * stays + from * part;
    }
    let (between, high) = high.split_at_mut(steps.saturating_sub(count));
    between.fill(0.0);
    let (only_move, above) = high.split_at_mut(count - both);
    for (next, from) in only_move.iter_mut().zip(&rows[both..]) {
        *next = from * part;
    }
    above.fill(0.0);
    for &(steps, part) in others {
        for (next, from) in next[steps..].iter_mut().zip(rows) {
            *next += from * part;
        }
    }
}

/// The rows without those at either end that sum to no more than `cut`, by eights.
fn without_ends(rows: &[f64], cut: f64) -> Range<usize> {
    let negligible = |block: &[f64; 8], left_out: &mut f64| {
        let [a, b, c, d, e, f, g, h] = block;
        *left_out += ((a + b) + (c + d)) + ((e + f) + (g + h));
        *left_out <= cut
    };
    let mut left_out = 0.0;
    let blocks = rows.as_rchunks().1.iter().rev();
    let above = blocks.take_while(|block| negligible(block, &mut left_out)).count();
    let rows = &rows[..rows.len() - 8 * above];
    let mut left_out = 0.0;
    let blocks = rows.as_chunks().0.iter();
    let below = blocks.take_while(|block| negligible(block, &mut left_out)).count();
    8 * below..rows.len()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::num::large_pool_quantile;

    fn firm(loading: f64, pd: f64, loss: Fen) -> Firm {
        Firm { loading, outcomes: vec![(pd, loss)] }
    }

    fn usual(firms: &[Firm]) -> PoolLoss {
        pool_loss(firms, Grid::usual(firms)).unwrap()
    }

    fn near(got: f64, want: f64, tolerance: f64, what: &str) {
        assert!((got - want).abs() <= tolerance, "{what}: {got}, not {want}");
    }

    /// 100 firms, defaults 0.5% to 8%, loans 1 to 5 million yuan, loss 60%, correlation 20%.
    fn hundred() -> Vec<Firm> {
        let pd = |at: i32| 0.005 * crate::num::pow(16.0, f64::from(at) / 99.0);
        let loan = |at: i32| 100_000_000 + 4_000_000 * Fen::from(37 * at % 101);
        (0..100).map(|at| firm(0.2_f64.sqrt(), pd(at), loan(at) / 10 * 6)).collect()
    }

    /// Origin: another program's exact recursion; 128, 256 and 512 nodes agree to 1e-13.
    #[test]
    fn a_hundred_unequal_firms() {
        let pool: Fen = 29_944_000_000;
        let firms = hundred();
        assert_eq!(Grid::usual(&firms).nodes, 64);
        let check = |nodes: usize, tolerance: f64| {
            let loss = pool_loss(&firms, Grid { nodes, ..Grid::usual(&firms) }).unwrap();
            assert_eq!((loss.unit_fen(), loss.is_split()), (2_400_000, false));
            assert_eq!(loss.probabilities().len(), 7_487);
            let rows = [
                ("el", loss.expected_loss() / pool as f64, 0.016_422_136_700_92),
                ("var", loss.value_at_risk(0.999).unwrap() as f64 / pool as f64, 0.161_822_067_860),
                ("es", loss.expected_shortfall(0.999).unwrap() / pool as f64, 0.189_598_086_829_6),
                ("0-10%", loss.layer_expected_loss(0, pool / 10).unwrap(), 0.161_611_536_710_3),
                (
                    "10-20%",
                    loss.layer_expected_loss(pool / 10, pool / 5).unwrap(),
                    0.002_540_301_320_34,
                ),
                ("20-100%", loss.layer_expected_loss(pool / 5, pool).unwrap(), 8.691_122_328e-6),
                ("no loss", loss.no_loss_probability(), 0.276_883_581_11),
            ];
            for (what, got, want) in rows {
                near(got / want, 1.0, tolerance, &format!("{what} at {nodes} nodes"));
            }
        };
        check(64, 1e-6);
        check(128, 1e-10);
        check(256, 1e-10);
    }

    /// Origin: exact conditional binomials. Firms of 1 each lose 80%; a senior class breaks where
    /// the loss is above the subordination, and its supporter of 0.5% fails on the same factor.
    #[test]
    fn a_senior_class_over_equal_firms() {
        let check = |count: usize, pd: f64, rho: f64, sub: Fen, want: f64, both: Option<f64>| {
            let what = format!("{count} firms of {pd} at {rho}");
            let firms = vec![firm(rho.sqrt(), pd, 80); count];
            let attach = count as Fen * sub;
            near(usual(&firms).attachment_probability(attach), want, 6e-7, &what);
            let supporter = firm(rho.sqrt(), 0.005, 0);
            let given = pool_loss_given_default(&firms, &supporter, Grid::usual(&firms)).unwrap();
            if let Some(both) = both {
                near(0.005 * given.attachment_probability(attach), both, 6e-9, &what);
            }
            near(given.probabilities().iter().sum(), 1.0, 1e-12, &what);
        };
        check(12, 0.02, 0.10, 5, 0.201_394, Some(0.001_722_10));
        check(12, 0.02, 0.0, 5, 0.215_283, Some(0.001_076_42));
        check(12, 0.02, 0.30, 5, 0.169_015, Some(0.002_979_38));
        check(12, 0.05, 0.10, 5, 0.418_492, Some(0.003_027_62));
        check(20, 0.02, 0.10, 5, 0.075_523, Some(0.000_926_24));
        check(10, 0.02, 0.10, 5, 0.172_871, Some(0.001_503_72));
        check(91, 0.02, 0.05, 10, 0.000_378_25, None);
        check(91, 0.02, 0.15, 10, 0.008_16, None);
    }

    /// Origin: by hand. At correlation 1/2 and probability 1/2 the conditional probability is
    /// uniform, so every number of defaults is equally likely.
    #[test]
    fn a_uniform_number_of_defaults() {
        let half = 0.5_f64.sqrt();
        for count in [1, 2, 3, 10, 100] {
            let firms = vec![firm(half, 0.5, 7); count];
            let check = |grid: Grid, tolerance: f64| {
                let loss = pool_loss(&firms, grid).unwrap();
                assert_eq!(loss.unit_fen(), 7);
                for probability in loss.probabilities() {
                    near(*probability * (count + 1) as f64, 1.0, tolerance, "each");
                }
            };
            check(Grid::usual(&firms), 1e-3);
            let usual = Grid::usual(&firms);
            check(Grid { nodes: 2 * usual.nodes, ..usual }, 1e-9);
        }
        // Correlation -1/2: both with 1/4 - asin(1/2) / (2 pi).
        let apart = usual(&[firm(half, 0.5, 1), firm(-half, 0.5, 1)]);
        near(apart.probabilities()[2], 1.0 / 6.0, 1e-12, "apart");
    }

    #[test]
    fn losses_that_differ_by_date() {
        // Origin: by hand. Each firm: 200 with 10%, 100 with 20%.
        let fading = Firm { loading: 0.0, outcomes: vec![(0.1, 200), (0.3, 100)] };
        let loss = usual(&[fading.clone(), fading.clone()]);
        let want = [0.49, 0.28, 0.18, 0.04, 0.01];
        assert_eq!((loss.unit_fen(), loss.probabilities().len()), (100, 5));
        for (got, want) in loss.probabilities().iter().zip(want) {
            near(*got, want, 1e-13, "by hand");
        }
        assert_eq!(loss.value_at_risk(0.9), Some(200));
        near(loss.expected_shortfall(0.9).unwrap(), 260.0, 1e-10, "es");
        near(loss.layer_expected_loss(100, 300).unwrap(), 0.14, 1e-13, "layer");
        near(loss.attachment_probability(100), 0.23, 1e-13, "attachment");
        near(loss.exhaustion_probability(300), 0.05, 1e-13, "exhaustion");
        assert_eq!(loss.layer_expected_loss(100, 100), None);
        assert_eq!(loss.value_at_risk(1.0), None);
        // Dates at which the loss is the same are one.
        let dates = vec![(0.01, 30), (0.02, 30), (0.05, 30)];
        let many = Firm { loading: 0.4, outcomes: dates };
        assert_eq!(usual(&vec![many; 5]), usual(&vec![firm(0.4, 0.05, 30); 5]));
        // A firm that cannot lose changes nothing; a pool of them loses nothing.
        let idle = [firm(0.3, 0.2, 0), Firm { loading: 0.3, outcomes: Vec::new() }];
        assert_eq!(usual(&idle).probabilities().len(), 1);
        near(usual(&idle).no_loss_probability(), 1.0, 1e-14, "nothing to lose");
        near(usual(&[firm(0.3, 1.0, 5)]).expected_loss(), 5.0, 1e-12, "certain");
    }

    #[test]
    fn a_coarse_unit_keeps_the_mean() {
        let odd = |at: i64| 1_000_003 + 7_919 * at * at;
        let firms: Vec<Firm> = (0..40).map(|at| firm(0.3, 0.02, odd(at))).collect();
        let mean: f64 = (0..40).map(|at| 0.02 * odd(at) as f64).sum();
        let fine = usual(&firms);
        let coarse = pool_loss(&firms, Grid { steps: 2_000, ..Grid::usual(&firms) }).unwrap();
        for loss in [&fine, &coarse] {
            assert!(loss.is_split());
            near(loss.expected_loss() / mean, 1.0, 1e-12, "mean");
        }
        assert!(fine.probabilities().len() <= 100_040 && coarse.probabilities().len() <= 2_040);
        let tails = [&fine, &coarse].map(|loss| loss.expected_shortfall(0.999).unwrap());
        near(tails[1] / tails[0], 1.0, 1e-3, "tail");
    }

    #[test]
    fn a_pool_of_many_small_firms_is_nearly_the_large_pool() {
        let check = |pd: f64, rho: f64, level: f64| {
            let limit = large_pool_quantile(pd, rho, level).unwrap();
            let gaps = [500, 4_000].map(|count| {
                let loss = usual(&vec![firm(rho.sqrt(), pd, 1); count]);
                (loss.value_at_risk(level).unwrap() as f64 / count as f64 - limit).abs()
            });
            assert!(gaps[1] < 6e-4 && gaps[1] < gaps[0] / 5.0, "{pd} {rho} {level}: {gaps:?}");
        };
        check(0.02, 0.10, 0.99);
        check(0.02, 0.10, 0.999);
        check(0.05, 0.20, 0.99);
        check(0.05, 0.20, 0.999);
    }

    #[test]
    fn what_has_no_distribution_is_refused() {
        let check = |firms: &[Firm], want: &[PoolFault]| {
            assert_eq!(pool_loss(firms, Grid::usual(firms)).unwrap_err(), want);
        };
        check(&[], &[PoolFault::Empty]);
        check(&[firm(1.0, 0.1, 1)], &[PoolFault::Loading { firm: 0, loading: 1.0 }]);
        let two = [firm(0.1, 1.1, 1), firm(0.1, 0.1, -1)];
        let probability = PoolFault::Probability { firm: 0, probability: 1.1 };
        check(&two, &[probability, PoolFault::Loss { firm: 1, loss: -1 }]);
        let falling = Firm { loading: 0.1, outcomes: vec![(0.2, 1), (0.1, 1)] };
        check(&[falling], &[PoolFault::Probability { firm: 0, probability: 0.1 }]);
        let vast = vec![firm(0.1, 0.1, Fen::MAX); 2];
        check(&vast, &[PoolFault::Loss { firm: 1, loss: Fen::MAX }]);
        let none = Grid { nodes: 0, steps: 1 };
        assert_eq!(pool_loss(&two[1..], none).unwrap_err().len(), 2);
        let never = firm(0.1, 0.0, 0);
        let one = [firm(0.1, 0.1, 1)];
        let given = pool_loss_given_default(&one, &never, Grid::usual(&one));
        assert_eq!(given, Err(vec![PoolFault::SupporterNeverDefaults]));
        let text = PoolFault::Loading { firm: 3, loading: 1.0 }.to_string();
        assert_eq!(text, "firm 3: the loading 1 is not above -1 and below 1");
    }
}
