//! The cells of a run as they stand, and rows to work in: allocated once, used for many runs.

use super::distribute::Line;
use super::plan::{Cell, Gate};
use crate::num::{Amount, Row};

/// Cells and working rows, `L` paths side by side.
#[derive(Clone, Debug)]
pub struct Sheet<A, const L: usize> {
    pub(super) cells: Vec<Row<A, L>>,
    /// By cell: the first period in which it can hold something in any lane.
    pub(super) begins: Vec<usize>,
    /// By commitment: the last period in which it was called in any lane.
    pub(super) called_on: Vec<Option<usize>>,
    /// The order of payment as it is run.
    pub(super) lines: Vec<Line>,
    /// What a step pays out of, and what its limit leaves.
    pub(super) cash: Row<A, L>,
    pub(super) limit: Row<A, L>,
    /// What a claim is due, is offered, is paid, and the registrar's fee on it.
    pub(super) due: Row<A, L>,
    pub(super) offered: Row<A, L>,
    pub(super) paid: Row<A, L>,
    pub(super) fee: Row<A, L>,
    /// What a claim in ticks is still to be paid, and what the limit leaves to those who top it up.
    pub(super) in_ticks: Row<A, L>,
    pub(super) room: Row<A, L>,
    /// What equals are due in all.
    pub(super) whole: Row<A, L>,
    /// What a commitment is called for, or reserves are drawn for.
    pub(super) called: Row<A, L>,
    /// Above nothing where every class is due in full.
    pub(super) all_due: Row<A, L>,
    pub(super) work: Row<A, L>,
    pub(super) more: Row<A, L>,
}

impl<A: Amount, const L: usize> Sheet<A, L> {
    /// Room for so many cells.
    pub fn new(count: usize) -> Sheet<A, L> {
        let none = Row::ZERO;
        Sheet {
            cells: vec![none; count],
            begins: vec![0; count],
            called_on: Vec::new(),
            lines: Vec::new(),
            cash: none,
            limit: none,
            due: none,
            offered: none,
            paid: none,
            fee: none,
            in_ticks: none,
            room: none,
            whole: none,
            called: none,
            all_due: none,
            work: none,
            more: none,
        }
    }

    /// `work`: these cells in all.
    #[inline(always)]
    pub(super) fn add_up(&mut self, of: &[Cell]) {
        set_sum(&mut self.work, &self.cells, of);
    }
}

/// A row becomes the sum of these cells, up to four in one pass.
#[inline(always)]
pub(super) fn set_sum<A: Amount, const L: usize>(
    row: &mut Row<A, L>,
    cells: &[Row<A, L>],
    of: &[Cell],
) {
    match *of {
        [] => row.fill(A::ZERO),
        [one] => *row = cells[one],
        [one, two] => row.set_two(&cells[one], &cells[two]),
        [one, two, three] => row.set_three(&cells[one], &cells[two], &cells[three]),
        [one, two, three, four, ref others @ ..] => {
            row.set_four(&cells[one], &cells[two], &cells[three], &cells[four]);
            for &other in others {
                row.add(&cells[other]);
            }
        }
    }
}

/// Two cells to write, or one to write and one to read; a cell and itself is none.
#[inline(always)]
pub(super) fn two<A, const L: usize>(
    cells: &mut [Row<A, L>],
    one: Cell,
    other: Cell,
) -> Option<[&mut Row<A, L>; 2]> {
    cells.get_disjoint_mut([one, other]).ok()
}

/// Whether one of these gates is shut in every lane: then nothing goes through them.
#[inline(always)]
pub(super) fn are_shut<A: Amount, const L: usize>(cells: &[Row<A, L>], gates: &[Gate]) -> bool {
    for gate in gates {
        let shut = match *gate {
            Gate::Above(cell) => !cells[cell].is_open_somewhere(),
            Gate::Nothing(cell) => cells[cell].is_above_everywhere(&Row::ZERO),
            Gate::DueInFull { balance, due } => cells[balance].is_above_everywhere(&cells[due]),
        };
        if shut {
            return true;
        }
    }
    false
}

/// Nothing of this row where a gate is shut.
#[inline(always)]
pub(super) fn through<A: Amount, const L: usize>(
    cells: &[Row<A, L>],
    gates: &[Gate],
    row: &mut Row<A, L>,
) {
    for gate in gates {
        match *gate {
            Gate::Above(cell) => row.keep_where_open(&cells[cell]),
            Gate::Nothing(cell) => row.keep_where_shut(&cells[cell]),
            Gate::DueInFull { balance, due } => {
                row.keep_where_covered(&cells[balance], &cells[due]);
            }
        }
    }
}
