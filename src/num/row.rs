//! A row: one amount for each path that runs side by side (one lane in the ledger).

use super::{Amount, Fen, Rounding};

/// `L` amounts, one a path.
#[derive(Clone, Copy, Debug, PartialEq)]
#[repr(align(64))]
pub struct Row<A, const L: usize>(pub [A; L]);

impl<A: Amount, const L: usize> Row<A, L> {
    /// Nothing in every lane.
    pub const ZERO: Row<A, L> = Row([A::ZERO; L]);

    /// The same amount in every lane.
    pub fn of_fen(fen: Fen) -> Row<A, L> {
        Row([A::from_fen(fen); L])
    }

    /// Lane by lane, `f` of this row's amount and the other's.
    #[inline(always)]
    pub fn with(&self, other: &Row<A, L>, f: impl Fn(A, A) -> A) -> Row<A, L> {
        let mut out = *self;
        for lane in 0..L {
            out.0[lane] = f(self.0[lane], other.0[lane]);
        }
        out
    }

    /// Adds the other row.
    #[inline(always)]
    pub fn add(&mut self, other: &Row<A, L>) {
        for lane in 0..L {
            self.0[lane] = self.0[lane].add(other.0[lane]);
        }
    }

    /// Takes the other row away.
    #[inline(always)]
    pub fn sub(&mut self, other: &Row<A, L>) {
        for lane in 0..L {
            self.0[lane] = self.0[lane].sub(other.0[lane]);
        }
    }

    /// Takes the other row away, down to nothing.
    #[inline(always)]
    pub fn sub_to_zero(&mut self, other: &Row<A, L>) {
        for lane in 0..L {
            self.0[lane] = self.0[lane].sub(other.0[lane]).max(A::ZERO);
        }
    }

    /// Each lane times one rate, rounded to the fen.
    #[inline(always)]
    pub fn times(&self, rate: A::Rate, rounding: Rounding) -> Row<A, L> {
        let mut out = *self;
        for lane in 0..L {
            out.0[lane] = self.0[lane].times(rate, rounding);
        }
        out
    }

    /// This row where the gate is above nothing, nothing elsewhere.
    #[inline(always)]
    pub fn where_open(&self, gate: &Row<A, L>) -> Row<A, L> {
        self.with(gate, |amount, gate| gate.if_above(A::ZERO, amount, A::ZERO))
    }

    /// This row where the gate is nothing, nothing elsewhere.
    #[inline(always)]
    pub fn where_shut(&self, gate: &Row<A, L>) -> Row<A, L> {
        self.with(gate, |amount, gate| gate.if_above(A::ZERO, A::ZERO, amount))
    }
}
