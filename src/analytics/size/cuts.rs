//! How the notes are cut into classes, by steps of 1 万.
//!
//! Invariant: the classes of a cut are the pool's principal down to a step, and each class that is
//! sized, or takes the rest, has a step at least.

use std::ops::Range;

use super::STEP;
use crate::deal::{Deal, Seniority};
use crate::num::{Fen, Ratio};

/// How the notes are cut.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cut {
    pub senior: Fen,
    pub mezzanine: Fen,
    pub sub: Fen,
    /// By class.
    pub notionals: Vec<Fen>,
}

/// All cuts of a deal, by steps of the classes of one rank.
#[derive(Clone, Debug)]
pub struct Cuts {
    classes: Vec<(Seniority, Fen)>,
    pub total: Fen,
    /// Senior or mezzanine.
    rank: Seniority,
    /// Of the other of these two ranks, in fen.
    other: Fen,
}

impl Cuts {
    /// By steps of senior notional; mezzanine classes keep theirs.
    pub fn new(deal: &Deal) -> Cuts {
        let classes = deal.tranches().iter().map(|class| (class.seniority, class.notional));
        let total = deal.pool_principal() / STEP * STEP;
        let cuts = Cuts { classes: classes.collect(), total, rank: Seniority::Senior, other: 0 };
        let other = cuts.of(Seniority::Mezzanine).sum();
        Cuts { other, ..cuts }
    }

    /// By steps of mezzanine notional, below a senior one.
    pub fn of_mezzanine(deal: &Deal, senior: Fen) -> Cuts {
        Cuts { rank: Seniority::Mezzanine, other: senior, ..Cuts::new(deal) }
    }

    fn of(&self, rank: Seniority) -> impl Iterator<Item = Fen> {
        self.classes.iter().filter(move |class| class.0 == rank).map(|class| class.1)
    }

    /// Places of the classes that are sized.
    pub(super) fn sized(&self) -> Range<usize> {
        let count = |rank: Seniority| self.of(rank).count();
        match self.rank {
            Seniority::Mezzanine => {
                let first = count(Seniority::Senior);
                first..first + count(Seniority::Mezzanine)
            }
            _ => 0..count(Seniority::Senior),
        }
    }

    /// Every class that is sized has a step.
    pub fn least(&self) -> Fen {
        let whole: Fen = self.of(self.rank).sum();
        let count = self.of(self.rank).count() as Fen;
        let wants = |own: Fen| (whole + own - 1) / own.max(1);
        self.of(self.rank).map(wants).fold(count, Fen::max)
    }

    /// Every subordinate class has a step.
    pub fn most(&self) -> Fen {
        (self.total - self.other) / STEP - self.of(Seniority::Subordinate).count() as Fen
    }

    /// So many steps of the classes that are sized.
    pub fn cut(&self, steps: Fen) -> Cut {
        let (senior, mezzanine) = match self.rank {
            Seniority::Mezzanine => (self.other, steps * STEP),
            _ => (steps * STEP, self.other),
        };
        let sub = self.total - senior - mezzanine;
        let [mut seniors, mut mezzanines, mut subs] = [
            (Seniority::Senior, senior),
            (Seniority::Mezzanine, mezzanine),
            (Seniority::Subordinate, sub),
        ]
        .map(|(rank, amount)| match rank == Seniority::Mezzanine && rank != self.rank {
            true => self.of(rank).collect::<Vec<_>>().into_iter(),
            false => shared(amount, &self.of(rank).collect::<Vec<_>>()).into_iter(),
        });
        let notional = |&(rank, own): &(Seniority, Fen)| {
            let next = match rank {
                Seniority::Senior => seniors.next(),
                Seniority::Mezzanine => mezzanines.next(),
                Seniority::Subordinate => subs.next(),
            };
            next.unwrap_or(own)
        };
        let notionals = self.classes.iter().map(notional).collect();
        Cut { senior, mezzanine, sub, notionals }
    }
}

/// In whole steps, a step each at least; the last takes what is left.
fn shared(amount: Fen, by: &[Fen]) -> Vec<Fen> {
    let whole: Fen = by.iter().sum();
    let mut left = amount;
    let mut after = by.len() as Fen;
    let mut out = Vec::with_capacity(by.len());
    for &own in by {
        after -= 1;
        let part = Ratio::new(own, whole).unwrap_or(Ratio::ONE).floor_of(amount / STEP).max(1);
        let part = if after == 0 { left } else { (part * STEP).min(left - after * STEP) };
        left -= part;
        out.push(part);
    }
    out
}
