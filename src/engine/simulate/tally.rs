//! Sums over paths, in whole units, so that adding them in any order gives the same.
//!
//! A quantity y of a path (weighted where paths have weights) is kept as the sum of y in units of
//! 2^-32 and of its square in units of 2^-40; a distribution as the weight and the sum of every bin
//! of 1/4096 of its scale.

use crate::engine::lanes::Lanes;
use crate::num::{TO_WHOLE, nearest};

/// Bins of a distribution.
pub const BINS: usize = 4096;
/// Segments that convergence is shown over.
pub const SEGMENTS: usize = 64;
/// The fan of balances is of the first paths only, in so many bins.
pub const FAN_PATHS: u64 = 65_536;
pub const FAN_BINS: usize = 512;

const SUM_UNIT: f64 = 4_294_967_296.0;
const SQUARE_UNIT: f64 = 1_099_511_627_776.0;

/// [`nearest`] in low bits, where it stands once [`TO_WHOLE`] is added.
#[inline(always)]
fn units(x: f64) -> i64 {
    (x + TO_WHOLE).to_bits().wrapping_sub(TO_WHOLE.to_bits()) as i64
}

/// Sum and sum of squares.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Moments {
    pub sum: i128,
    pub squares: i128,
}

impl Moments {
    /// Of one path's quantity, below 2000.
    #[inline(always)]
    pub(crate) fn of(y: f64) -> Moments {
        let (sum, squares) = ((y * SUM_UNIT) as i64, (y * y * SQUARE_UNIT) as i64);
        Moments { sum: i128::from(sum), squares: i128::from(squares) }
    }

    /// Adds.
    #[inline(always)]
    pub(crate) fn add(&mut self, other: Moments) {
        self.sum += other.sum;
        self.squares += other.squares;
    }

    /// Of the same quantity on every path that these weights are of.
    pub(crate) fn times(&self, quantity: f64) -> Moments {
        Moments {
            sum: (self.sum as f64 * quantity) as i128,
            squares: (self.squares as f64 * quantity * quantity) as i128,
        }
    }

    /// Takes away what was added.
    #[inline(always)]
    fn take(&mut self, other: Moments) {
        self.sum -= other.sum;
        self.squares -= other.squares;
    }

    /// Of the quantities (below 2^18) of paths, each times its weight: every path's is whole units
    /// by itself, so that it does not matter which paths come together.
    #[inline(always)]
    pub(super) fn of_each(quantities: &Lanes, weights: &Lanes) -> Moments {
        let (mut sum, mut squares, mut parts) = (0_i64, 0_i64, 0_i64);
        for (quantity, weight) in quantities.0.iter().zip(&weights.0) {
            let y = quantity * weight;
            let square = y * y;
            let rest = square - nearest(square);
            sum = sum.wrapping_add(units(y * SUM_UNIT));
            squares = squares.wrapping_add(units(square));
            parts = parts.wrapping_add(units(rest * SQUARE_UNIT));
        }
        let squares = i128::from(squares) * SQUARE_UNIT as i128 + i128::from(parts);
        Moments { sum: i128::from(sum), squares }
    }

    /// Mean over so many paths.
    pub fn mean(&self, paths: u64) -> f64 {
        self.sum as f64 / SUM_UNIT / paths as f64
    }

    /// Standard error of that mean; 0 for fewer than two paths.
    pub fn standard_error(&self, paths: u64) -> f64 {
        if paths < 2 {
            return 0.0;
        }
        let (n, mean) = (paths as f64, self.mean(paths));
        let mean_square = self.squares as f64 / SQUARE_UNIT / n;
        ((mean_square - mean * mean).max(0.0) / (n - 1.0)).sqrt()
    }
}

/// One bin: the weight of its paths, and the weighted sum of what they lost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Bin {
    pub weight: i128,
    pub sum: i128,
    /// Of the squares of their weights.
    pub squares: i128,
}

impl Bin {
    /// The mean share of the scale; 0 of a bin that holds nothing.
    pub fn mean(&self) -> f64 {
        if self.weight == 0 { 0.0 } else { self.sum as f64 / self.weight as f64 }
    }
}

/// A distribution over [0, scale]: bin 0 is exactly nothing (and what is below), bin k holds
/// ((k - 1) / 4096, k / 4096], the last one all above too.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Histogram {
    pub bins: Vec<Bin>,
}

impl Histogram {
    pub(super) fn new() -> Histogram {
        Histogram { bins: vec![Bin::default(); BINS + 1] }
    }

    /// Adds a path that lost this share of the scale, above 0.
    #[inline(always)]
    pub(crate) fn add(&mut self, share: f64, weight: f64) {
        let place = share * BINS as f64;
        let up = place as usize + usize::from(place > (place as usize) as f64);
        let bin = &mut self.bins[up.min(BINS)];
        bin.weight += i128::from((weight * SUM_UNIT) as i64);
        bin.sum += i128::from((share * weight * SUM_UNIT) as i64);
        bin.squares += i128::from((weight * weight.abs() * SUM_UNIT) as i64);
    }

    /// Adds the paths of all lanes; one of no share or no weight is left out.
    #[inline(always)]
    pub(super) fn add_lanes(&mut self, shares: &Lanes, weights: &Lanes) {
        for (&share, &weight) in shares.0.iter().zip(&weights.0) {
            if share > 0.0 && weight > 0.0 {
                self.add(share, weight);
            }
        }
    }

    /// Takes them away again.
    #[inline(always)]
    fn take_lanes(&mut self, shares: &Lanes, weights: &Lanes) {
        for (&share, &weight) in shares.0.iter().zip(&weights.0) {
            if share > 0.0 && weight > 0.0 {
                self.add(share, -weight);
            }
        }
    }

    pub(super) fn merge(&mut self, other: &Histogram) {
        for (bin, other) in self.bins.iter_mut().zip(&other.bins) {
            bin.weight += other.weight;
            bin.sum += other.sum;
            bin.squares += other.squares;
        }
    }

    /// The bins that hold something, rising.
    pub fn held(&self) -> impl Iterator<Item = &Bin> {
        self.bins.iter().filter(|bin| bin.weight > 0)
    }

    /// (share of the scale, weight) of every bin that holds something, rising; a bin stands at its
    /// mean.
    pub fn points(&self) -> Vec<(f64, u128)> {
        self.held().map(|bin| (bin.mean(), bin.weight.unsigned_abs())).collect()
    }
}

/// What a class went through.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClassTally {
    /// Principal or interest unpaid at the end.
    pub unpaid: Moments,
    /// Interest, or principal due, not paid in full on its date.
    pub late: Moments,
    /// Loss over notional.
    pub loss: Moments,
    /// Average life in years.
    pub years: Moments,
    /// 1 - present value over balance, for a class with a coupon.
    pub value_lost: Moments,
    pub losses: Histogram,
}

impl ClassTally {
    fn new() -> ClassTally {
        let none = Moments::default();
        let losses = Histogram::new();
        ClassTally { unpaid: none, late: none, loss: none, years: none, value_lost: none, losses }
    }

    #[inline(always)]
    fn moments(&mut self) -> [&mut Moments; 5] {
        let ClassTally { unpaid, late, loss, years, value_lost, .. } = self;
        [unpaid, late, loss, years, value_lost]
    }

    /// Adds paths and takes away what they were before; returns what that changes.
    #[inline(always)]
    fn replace(&mut self, old: &ClassRows, new: &ClassRows, weights: &Lanes) -> [Moments; 5] {
        let mut changes = [Moments::default(); 5];
        for ((to, of), (old, new)) in
            changes.iter_mut().zip(self.moments()).zip(old.iter().zip(new))
        {
            to.add(Moments::of_each(new, weights));
            to.take(Moments::of_each(old, weights));
            of.add(*to);
        }
        self.losses.add_lanes(&new[LOSS], weights);
        self.losses.take_lanes(&old[LOSS], weights);
        changes
    }

    fn merge(&mut self, other: &ClassTally) {
        self.unpaid.add(other.unpaid);
        self.late.add(other.late);
        self.loss.add(other.loss);
        self.years.add(other.years);
        self.value_lost.add(other.value_lost);
        self.losses.merge(&other.losses);
    }
}

/// Of a class, lane by lane: unpaid and late (1 or 0), loss over notional, years, value lost.
pub(super) type ClassRows = [Lanes; 5];
/// Places of these.
const UNPAID: usize = 0;
const LOSS: usize = 2;

/// What a commitment went through; amounts over the pool's initial principal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommitmentTally {
    pub called: Moments,
    pub failed_when_called: Moments,
    pub amount_called: Moments,
    pub amount_paid: Moments,
    pub unreimbursed: Moments,
    pub paid: Histogram,
}

impl CommitmentTally {
    fn new() -> CommitmentTally {
        let none = Moments::default();
        CommitmentTally {
            called: none,
            failed_when_called: none,
            amount_called: none,
            amount_paid: none,
            unreimbursed: none,
            paid: Histogram::new(),
        }
    }

    fn merge(&mut self, other: &CommitmentTally) {
        self.called.add(other.called);
        self.failed_when_called.add(other.failed_when_called);
        self.amount_called.add(other.amount_called);
        self.amount_paid.add(other.amount_paid);
        self.unreimbursed.add(other.unreimbursed);
        self.paid.merge(&other.paid);
    }
}

/// What became of the claims on a loan, or on all; amounts over the pool's initial principal. The
/// claim is the pledge, what each cover pays less what it takes, and what is left.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LayerTally {
    pub claim: Moments,
    pub pledge: Moments,
    pub covers: Vec<Moments>,
    pub left: Moments,
}

impl LayerTally {
    /// Adds a path's amounts, of a loan or of all.
    pub(crate) fn add(&mut self, claim: f64, pledge: f64, covers: &[f64], weight: f64) {
        self.claim.add(Moments::of(claim * weight));
        self.pledge.add(Moments::of(pledge * weight));
        for (to, kept) in self.covers.iter_mut().zip(covers) {
            to.add(Moments::of(kept * weight));
        }
        let left = claim - pledge - covers.iter().sum::<f64>();
        self.left.add(Moments::of(left * weight));
    }

    fn merge(&mut self, other: &LayerTally) {
        self.claim.add(other.claim);
        self.pledge.add(other.pledge);
        for (to, other) in self.covers.iter_mut().zip(&other.covers) {
            to.add(*other);
        }
        self.left.add(other.left);
    }
}

/// What the pool went through; amounts over its initial principal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PoolTally {
    pub loss: Moments,
    pub defaulted: Moments,
    /// Obligors in default.
    pub defaults: Moments,
    pub no_loss: Moments,
    pub losses: Histogram,
}

impl PoolTally {
    pub(super) fn new() -> PoolTally {
        let none = Moments::default();
        let losses = Histogram::new();
        PoolTally { loss: none, defaulted: none, defaults: none, no_loss: none, losses }
    }

    /// Adds the paths of all lanes: loss, defaulted, obligors in default, no loss; the moments of
    /// their loss.
    #[inline(always)]
    pub(super) fn add_lanes(&mut self, rows: &[Lanes; 4], weights: &Lanes) -> Moments {
        let [loss, defaulted, defaults, no_loss] = rows;
        let losses = Moments::of_each(loss, weights);
        self.loss.add(losses);
        self.defaulted.add(Moments::of_each(defaulted, weights));
        self.defaults.add(Moments::of_each(defaults, weights));
        self.no_loss.add(Moments::of_each(no_loss, weights));
        self.losses.add_lanes(loss, weights);
        losses
    }

    pub(super) fn merge(&mut self, other: &PoolTally) {
        self.loss.add(other.loss);
        self.defaulted.add(other.defaulted);
        self.defaults.add(other.defaults);
        self.no_loss.add(other.no_loss);
        self.losses.merge(&other.losses);
    }
}

/// What convergence needs of one segment of the paths.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Segment {
    pub paths: u64,
    /// By support (with, without), then by class: unpaid, and loss.
    pub classes: Vec<(Moments, Moments)>,
    pub pool_loss: Moments,
}

/// Everything that a simulation sums.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tally {
    pub paths: u64,
    /// Sum of the weights of paths.
    pub weight: Moments,
    /// With support, by class; without; and bare (loan-level covers off too).
    pub with: Vec<ClassTally>,
    pub without: Vec<ClassTally>,
    /// Empty where the deal has no covers.
    pub bare: Vec<ClassTally>,
    pub commitments: Vec<CommitmentTally>,
    /// By loan-level cover; unreimbursed is what is paid less what is taken of the pledge.
    pub covers: Vec<CommitmentTally>,
    /// By loan, then of all of them; empty where the deal has no covers.
    pub layers: Vec<LayerTally>,
    pub pool: PoolTally,
    pub segments: Vec<Segment>,
    /// By period: weight (in 2^-32) of paths by the senior classes' balance over their notional,
    /// with support: bin 0 is nothing, bin k holds ((k - 1) / 512, k / 512].
    pub fan: Vec<Vec<u64>>,
}

impl Tally {
    /// Of nothing yet.
    pub fn new(classes: usize, commitments: usize, periods: usize) -> Tally {
        let segment = Segment {
            paths: 0,
            classes: vec![Default::default(); 2 * classes],
            pool_loss: Moments::default(),
        };
        Tally {
            paths: 0,
            weight: Moments::default(),
            with: vec![ClassTally::new(); classes],
            without: vec![ClassTally::new(); classes],
            bare: Vec::new(),
            covers: Vec::new(),
            layers: Vec::new(),
            commitments: vec![CommitmentTally::new(); commitments],
            pool: PoolTally::new(),
            segments: vec![segment; SEGMENTS],
            fan: vec![vec![0; FAN_BINS + 1]; periods],
        }
    }

    /// With room for loans with so many covers each, where there are any.
    pub fn with_layers(mut self, of_loans: impl Iterator<Item = usize>) -> Tally {
        let of = |covers: usize| LayerTally {
            covers: vec![Moments::default(); covers],
            ..LayerTally::default()
        };
        let covers = self.covers.len();
        let loans = of_loans.chain([covers]).filter(|_| covers > 0);
        self.layers = loans.map(of).collect();
        self
    }

    /// With room for so many covers, and for classes without them.
    pub fn with_covers(mut self, covers: usize) -> Tally {
        let classes = if covers > 0 { self.with.len() } else { 0 };
        self.bare = vec![ClassTally::new(); classes];
        self.covers = vec![CommitmentTally::new(); covers];
        self
    }

    /// Adds paths, with support, to a class and a segment.
    #[inline(always)]
    pub(super) fn add_with(
        &mut self,
        segment: usize,
        class: usize,
        of: &ClassRows,
        weights: &Lanes,
    ) {
        let to = &mut self.with[class];
        let mut added = [Moments::default(); 5];
        for ((added, to), row) in added.iter_mut().zip(to.moments()).zip(of) {
            *added = Moments::of_each(row, weights);
            to.add(*added);
        }
        to.losses.add_lanes(&of[LOSS], weights);
        let (unpaid, loss) = &mut self.segments[segment].classes[class];
        unpaid.add(added[UNPAID]);
        loss.add(added[LOSS]);
    }

    /// Paths are without support not what they were with it.
    #[inline(always)]
    pub(super) fn replace_without(
        &mut self,
        segment: usize,
        class: usize,
        with: &ClassRows,
        without: &ClassRows,
        weights: &Lanes,
    ) {
        let changes = self.without[class].replace(with, without, weights);
        let (unpaid, loss) = &mut self.segments[segment].classes[self.with.len() + class];
        unpaid.add(changes[UNPAID]);
        loss.add(changes[LOSS]);
    }

    /// The same without support and covers, where the deal has covers.
    #[inline(always)]
    pub(super) fn replace_bare(
        &mut self,
        class: usize,
        with: &ClassRows,
        bare: &ClassRows,
        weights: &Lanes,
    ) {
        if let Some(class) = self.bare.get_mut(class) {
            class.replace(with, bare, weights);
        }
    }

    /// What is kept as `without` and `bare` while paths are added is what they differ by from
    /// `with`.
    pub(crate) fn complete_without(&mut self) {
        for classes in [&mut self.without, &mut self.bare] {
            classes.iter_mut().zip(&self.with).for_each(|(class, with)| class.merge(with));
        }
        for segment in &mut self.segments {
            let (with, without) = segment.classes.split_at_mut(self.with.len());
            for (without, with) in without.iter_mut().zip(with) {
                without.0.add(with.0);
                without.1.add(with.1);
            }
        }
    }

    /// Adds another simulation's sums of the same shape.
    pub fn merge(&mut self, other: &Tally) {
        self.paths += other.paths;
        self.weight.add(other.weight);
        let pairs = [
            (&mut self.with, &other.with),
            (&mut self.without, &other.without),
            (&mut self.bare, &other.bare),
        ];
        for (classes, others) in pairs {
            classes.iter_mut().zip(others).for_each(|(class, other)| class.merge(other));
        }
        let commitments = self.commitments.iter_mut().zip(&other.commitments);
        let covers = self.covers.iter_mut().zip(&other.covers);
        commitments.chain(covers).for_each(|(to, other)| to.merge(other));
        self.layers.iter_mut().zip(&other.layers).for_each(|(to, other)| to.merge(other));
        self.pool.merge(&other.pool);
        for (segment, other) in self.segments.iter_mut().zip(&other.segments) {
            segment.paths += other.paths;
            segment.pool_loss.add(other.pool_loss);
            for (class, other) in segment.classes.iter_mut().zip(&other.classes) {
                class.0.add(other.0);
                class.1.add(other.1);
            }
        }
        for (bins, others) in self.fan.iter_mut().zip(&other.fan) {
            bins.iter_mut().zip(others).for_each(|(bin, other)| *bin += other);
        }
    }
}
