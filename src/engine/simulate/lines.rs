//! What the loans pay on each path, before paths become columns.
//!
//! A line is all that the loans agreed to pay, less what those that stop would have paid from their
//! period on, plus what they still pay of it. Every amount is whole fen, so that the order of the
//! sums does not matter.

use super::changes::{Changes, EIGHT, Eight};
use crate::engine::lanes::Lanes;

/// A loan that no longer pays as agreed from a period on.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stopped {
    pub loan: u32,
    pub period: u16,
    pub lane: u16,
}

/// A line of eights a lane.
#[derive(Clone, Debug)]
pub(super) struct Lines {
    lines: Vec<Eight>,
    eights: usize,
}

impl Lines {
    /// So many lines of so many eights of periods.
    pub fn new(lanes: usize, eights: usize) -> Lines {
        Lines { lines: vec![[[0.0; EIGHT]; 2]; lanes * eights], eights }
    }

    #[inline(always)]
    fn of(&mut self, lane: usize) -> &mut [Eight] {
        &mut self.lines[lane * self.eights..][..self.eights]
    }

    /// (interest, principal) paid in a period.
    #[inline(always)]
    pub fn paid(&self, lane: usize, period: usize) -> (f64, f64) {
        let [interest, principal] = &self.lines[lane * self.eights + period / EIGHT];
        (interest[period % EIGHT], principal[period % EIGHT])
    }

    /// Adds interest and principal paid in a period.
    #[inline(always)]
    pub fn add(&mut self, lane: usize, period: usize, (interest, principal): (f64, f64)) {
        let paid = &mut self.lines[lane * self.eights + period / EIGHT];
        paid[0][period % EIGHT] += interest;
        paid[1][period % EIGHT] += principal;
    }

    /// Nothing is paid from a period on.
    pub fn end(&mut self, lane: usize, from: usize) {
        for period in from..EIGHT * self.eights {
            let paid = &mut self.lines[lane * self.eights + period / EIGHT];
            (paid[0][period % EIGHT], paid[1][period % EIGHT]) = (0.0, 0.0);
        }
    }

    /// As all agreed.
    #[inline(always)]
    pub fn begin(&mut self, changes: &Changes, lane: usize) {
        self.of(lane).copy_from_slice(&changes.base_paid);
    }

    /// As all agreed, but for loans that stop. Many eights at a time, so that they stay in
    /// registers.
    #[inline(always)]
    pub fn begin_without(&mut self, changes: &Changes, lane: usize, stopped: &[Stopped]) {
        let line = self.of(lane);
        let mut at = 0;
        while at < changes.paid_eights {
            if changes.paid_eights - at < AT_ONCE {
                set_eights::<1>(changes, stopped, at, line);
                at += 1;
            } else {
                set_eights::<AT_ONCE>(changes, stopped, at, line);
                at += AT_ONCE;
            }
        }
    }

    /// A loan stops, on the line of its lane.
    #[inline(always)]
    pub fn take(&mut self, changes: &Changes, stopped: Stopped) {
        let Stopped { loan, period, lane } = stopped;
        let first = usize::from(period) / EIGHT;
        let from = &changes.paid[loan as usize * self.eights..];
        let line = self.of(usize::from(lane));
        let Some(to) = line.get_mut(first..changes.paid_eights) else { return };
        for (at, (to, from)) in (first..).zip(to.iter_mut().zip(&from[first..])) {
            let counts = from_period(period, at);
            to[0] = less_counted(to[0], from[0], counts);
            to[1] = less_counted(to[1], from[1], counts);
        }
    }

    /// Eight lines become columns: interest and principal by period.
    #[inline(always)]
    pub fn transpose(&self, eights: usize, columns: [&mut [Lanes]; 2], first_lane: usize) {
        for (kind, to) in columns.into_iter().enumerate() {
            for (eight, rows) in to.chunks_mut(EIGHT).take(eights).enumerate() {
                let mut square = [[0.0; EIGHT]; EIGHT];
                for (lane, line) in square.iter_mut().enumerate() {
                    *line = self.lines[(first_lane + lane) * self.eights + eight][kind];
                }
                for (at, row) in rows.iter_mut().enumerate() {
                    let mut column = [0.0; EIGHT];
                    for lane in 0..EIGHT {
                        column[lane] = square[lane][at];
                    }
                    row.0[first_lane..first_lane + EIGHT].copy_from_slice(&column);
                }
            }
        }
    }
}

/// Eights whose sums are kept in registers.
const AT_ONCE: usize = 5;
/// Periods in them.
const WIDE: usize = AT_ONCE * EIGHT;

#[inline(always)]
fn set_eights<const N: usize>(
    changes: &Changes,
    stopped: &[Stopped],
    first: usize,
    line: &mut [Eight],
) {
    let (Some(&base), Some(line)) =
        (changes.base_paid[first..].first_chunk::<N>(), line[first..].first_chunk_mut::<N>())
    else {
        return;
    };
    let mut left = base;
    for &Stopped { loan, period, .. } in stopped {
        let from = loan as usize * changes.eights + first;
        let begins = usize::from(period).saturating_sub(first * EIGHT).min(N * EIGHT);
        let from = changes.paid[from..].first_chunk::<N>();
        let counts = FROM[WIDE - begins..].first_chunk::<WIDE>();
        let (Some(from), Some(counts)) = (from, counts) else { return };
        for (at, counts) in counts.as_chunks().0.iter().enumerate().take(N) {
            left[at] = [
                less_counted(left[at][0], from[at][0], counts),
                less_counted(left[at][1], from[at][1], counts),
            ];
        }
    }
    *line = left;
}

/// Eight periods less eight others, some of which count: by value, so that they are one register
/// each.
#[inline(always)]
fn less_counted(from: [f64; EIGHT], taken: [f64; EIGHT], counts: &[f64; EIGHT]) -> [f64; EIGHT] {
    let mut left = from;
    for at in 0..EIGHT {
        left[at] -= taken[at] * counts[at];
    }
    left
}

/// Of an eight: 1 for periods from this one on, 0 before.
#[inline(always)]
fn from_period(period: u16, eight: usize) -> &'static [f64; EIGHT] {
    let begins = usize::from(period).saturating_sub(eight * EIGHT).min(EIGHT);
    FROM[WIDE - begins..].first_chunk().unwrap_or(&NONE)
}

static NONE: [f64; EIGHT] = [0.0; EIGHT];
/// As many nothings as periods are worked on at once, then as many ones: from a place on, so many
/// periods do not count and those after them do.
static FROM: [f64; 2 * WIDE] = {
    let mut from = [0.0; 2 * WIDE];
    let mut at = WIDE;
    while at < from.len() {
        from[at] = 1.0;
        at += 1;
    }
    from
};
