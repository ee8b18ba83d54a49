//! Sums over the paths of a shelf, in whole units as those of one deal.

use super::super::tally::{Histogram, Moments};

/// What a supporter went through over all series; amounts over their initial principal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SupporterSums {
    pub called: Moments,
    /// Called, dead, and a part not paid.
    pub failed_when_called: Moments,
    /// Its capacity was not enough on some date.
    pub short: Moments,
    pub amount_called: Moments,
    pub amount_paid: Moments,
    pub paid: Histogram,
    /// By series: paid.
    pub by_series: Vec<Moments>,
}

/// The first so many series, run in one way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShelfWay {
    /// By series and class: principal or interest is unpaid at the end, and loss over notional.
    pub classes: Vec<Vec<(Moments, Moments)>>,
    /// By series: a senior class of it is unpaid; and of no other series.
    pub unpaid: Vec<Moments>,
    pub only_unpaid: Vec<Moments>,
    /// By series: one over how many are unpaid, where it is one of them; in all, that any is.
    pub part_of_any: Vec<Moments>,
    /// A senior class of any series is unpaid; of any but the last.
    pub any_unpaid: Moments,
    pub any_earlier_unpaid: Moments,
    /// What the last series changes on the same paths for those before it: that any senior class
    /// is unpaid, and unpaid principal over the principal of all series.
    pub earlier_change: Moments,
    pub earlier_loss_change: Moments,
    /// By how many series have a senior class unpaid, from none to all.
    pub counts: Vec<Moments>,
    pub supporters: Vec<SupporterSums>,
}

/// One path of the first so many series.
#[derive(Clone, Debug, Default)]
pub(super) struct PathEnds {
    /// By series and class: whether it is unpaid, and loss over notional.
    pub classes: Vec<Vec<(bool, f64)>>,
    /// By series: a senior class is unpaid.
    pub unpaid: Vec<bool>,
    /// By series: principal that is unpaid, in fen.
    pub lost: Vec<f64>,
    pub supporters: Vec<SupporterEnd>,
}

/// A supporter on one path, by series; amounts in fen.
#[derive(Clone, Debug, Default)]
pub(super) struct SupporterEnd {
    pub called: Vec<f64>,
    pub paid: Vec<f64>,
    pub failed: Vec<bool>,
    /// Its capacity was not enough on some date.
    pub short: bool,
}

impl PathEnds {
    /// Nothing is unpaid and nobody was called.
    pub fn is_calm(&self) -> bool {
        !self.classes.iter().flatten().any(|class| class.0) && !self.is_called()
    }

    /// Whether a senior class of the first so many series is unpaid, and what they lost.
    pub fn of_first(&self, series: usize) -> (bool, f64) {
        (self.unpaid[..series].contains(&true), self.lost[..series].iter().sum())
    }

    /// Whether any supporter was called.
    pub fn is_called(&self) -> bool {
        self.supporters.iter().flat_map(|supporter| &supporter.called).any(|&called| called > 0.0)
    }
}

impl ShelfWay {
    fn new(classes: &[usize], supporters: usize) -> ShelfWay {
        let none = Moments::default();
        let series = classes.len();
        let supporter = SupporterSums {
            called: none,
            failed_when_called: none,
            short: none,
            amount_called: none,
            amount_paid: none,
            paid: Histogram::new(),
            by_series: vec![none; series],
        };
        ShelfWay {
            classes: classes.iter().map(|&count| vec![(none, none); count]).collect(),
            unpaid: vec![none; series],
            only_unpaid: vec![none; series],
            part_of_any: vec![none; series],
            any_unpaid: none,
            any_earlier_unpaid: none,
            earlier_change: none,
            earlier_loss_change: none,
            counts: vec![none; series + 1],
            supporters: vec![supporter; supporters],
        }
    }

    /// How many series there are.
    pub fn series(&self) -> usize {
        self.unpaid.len()
    }

    /// Adds a path on which nothing is unpaid and nobody was called.
    pub(super) fn add_calm(&mut self, weight: f64) {
        self.counts[0].add(Moments::of(weight));
    }

    /// Adds a path; of its series those that this way has. `principal`: what amounts are told over.
    pub(super) fn add(&mut self, path: &PathEnds, weight: f64, principal: f64) {
        let hit = Moments::of(weight);
        for (sums, ends) in self.classes.iter_mut().zip(&path.classes) {
            for ((unpaid, loss), &(is_unpaid, lost)) in sums.iter_mut().zip(ends) {
                if is_unpaid {
                    unpaid.add(hit);
                    loss.add(Moments::of(lost * weight));
                }
            }
        }
        let series = self.series();
        let hurt = &path.unpaid[..series];
        let count = hurt.iter().filter(|&&hurt| hurt).count();
        self.counts[count].add(hit);
        for (at, _) in hurt.iter().enumerate().filter(|(_, hurt)| **hurt) {
            self.unpaid[at].add(hit);
            self.part_of_any[at].add(Moments::of(weight / count as f64));
            if count == 1 {
                self.only_unpaid[at].add(hit);
            }
        }
        if count > 0 {
            self.any_unpaid.add(hit);
        }
        if hurt[..series.saturating_sub(1)].contains(&true) {
            self.any_earlier_unpaid.add(hit);
        }
        for (sums, end) in self.supporters.iter_mut().zip(&path.supporters) {
            sums.add(end, weight, series, principal);
        }
    }

    /// Adds what the last series changes on a path for those before it, `before` being what they
    /// went through without it.
    pub(super) fn add_change(
        &mut self,
        before: (bool, f64),
        path: &PathEnds,
        weight: f64,
        principal: f64,
    ) {
        let after = path.of_first(self.series().saturating_sub(1));
        let worse = f64::from(u8::from(after.0)) - f64::from(u8::from(before.0));
        self.earlier_change.add(Moments::of(worse * weight));
        self.earlier_loss_change.add(Moments::of((after.1 - before.1) / principal * weight));
    }

    fn merge(&mut self, other: &ShelfWay) {
        let classes = self.classes.iter_mut().flatten().zip(other.classes.iter().flatten());
        for ((unpaid, loss), (more_unpaid, more_loss)) in classes {
            unpaid.add(*more_unpaid);
            loss.add(*more_loss);
        }
        for (rows, others) in [
            (&mut self.unpaid, &other.unpaid),
            (&mut self.only_unpaid, &other.only_unpaid),
            (&mut self.part_of_any, &other.part_of_any),
            (&mut self.counts, &other.counts),
        ] {
            rows.iter_mut().zip(others).for_each(|(row, other)| row.add(*other));
        }
        self.any_unpaid.add(other.any_unpaid);
        self.any_earlier_unpaid.add(other.any_earlier_unpaid);
        self.earlier_change.add(other.earlier_change);
        self.earlier_loss_change.add(other.earlier_loss_change);
        let supporters = self.supporters.iter_mut().zip(&other.supporters);
        supporters.for_each(|(sums, other)| sums.merge(other));
    }
}

impl SupporterSums {
    fn add(&mut self, end: &SupporterEnd, weight: f64, series: usize, principal: f64) {
        let in_all = |rows: &[f64]| rows[..series].iter().sum::<f64>() / principal;
        let (called, paid) = (in_all(&end.called), in_all(&end.paid));
        for (holds, to) in [
            (called > 0.0, &mut self.called),
            (end.failed[..series].contains(&true), &mut self.failed_when_called),
            (end.short, &mut self.short),
        ] {
            if holds {
                to.add(Moments::of(weight));
            }
        }
        self.amount_called.add(Moments::of(called * weight));
        self.amount_paid.add(Moments::of(paid * weight));
        if paid > 0.0 {
            self.paid.add(paid, weight);
        }
        for (to, paid) in self.by_series.iter_mut().zip(&end.paid) {
            to.add(Moments::of(paid / principal * weight));
        }
    }

    fn merge(&mut self, other: &SupporterSums) {
        self.called.add(other.called);
        self.failed_when_called.add(other.failed_when_called);
        self.short.add(other.short);
        self.amount_called.add(other.amount_called);
        self.amount_paid.add(other.amount_paid);
        self.paid.merge(&other.paid);
        let by_series = self.by_series.iter_mut().zip(&other.by_series);
        by_series.for_each(|(to, other)| to.add(*other));
    }
}

/// Everything that a simulation of a shelf sums.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShelfTally {
    pub paths: u64,
    /// Each series as if all capacity were its own.
    pub alone: ShelfWay,
    /// Commitments do not exist.
    pub without: ShelfWay,
    /// Covers of loans do not exist either, where any series has some.
    pub bare: Option<ShelfWay>,
    /// The first series, the first two, and so on: together, out of the capacity that they share.
    pub together: Vec<ShelfWay>,
}

impl ShelfTally {
    /// Of nothing yet. `classes`: how many each series has; `covered`: whether any has covers.
    pub(super) fn new(classes: &[usize], supporters: usize, covered: bool) -> ShelfTally {
        ShelfTally {
            paths: 0,
            alone: ShelfWay::new(classes, supporters),
            without: ShelfWay::new(classes, 0),
            bare: covered.then(|| ShelfWay::new(classes, 0)),
            together: (1..=classes.len())
                .map(|count| ShelfWay::new(&classes[..count], supporters))
                .collect(),
        }
    }

    /// Adds other paths of the same shelf.
    pub fn merge(&mut self, other: &ShelfTally) {
        self.paths += other.paths;
        self.alone.merge(&other.alone);
        self.without.merge(&other.without);
        if let (Some(bare), Some(other)) = (&mut self.bare, &other.bare) {
            bare.merge(other);
        }
        let together = self.together.iter_mut().zip(&other.together);
        together.for_each(|(way, other)| way.merge(other));
    }
}
