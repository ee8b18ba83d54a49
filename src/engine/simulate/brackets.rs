//! Who may default on a path, decided with 16 random bits a firm.
//!
//! Firms with equal loadings form a cell; given the cell's factor sum S, a firm defaults with
//! probability Phi((c - S) / own weight), which falls in S. So the probability at the lower edge of
//! a bin of S bounds it from above on the whole bin, and only a firm whose 16 bits lie under that
//! bound needs a full draw. The bound decides who is looked at, never who defaults.

use super::latents::{Latent, Latents};
use crate::num::normal_cdf;

/// Columns are packed by four, 16 bits each.
pub(crate) const PACK: usize = 4;
/// Packs are compared so many at a time.
pub(crate) const PACKS: usize = 8;
/// Factor sums beyond so many standard deviations share the outer bins.
const REACH: f64 = 6.0;
/// The table holds at most about so many bounds.
const MOST_BOUNDS: usize = 1 << 22;
const MOST_BINS: usize = 1024;
const LEAST_BINS: usize = 64;

/// The table of bounds.
#[derive(Clone, Debug)]
pub(crate) struct Brackets {
    pub cells: Vec<Bins>,
    /// By pack of columns: its cell, and its place in a row of the cell.
    pub packs: Vec<(u32, u32)>,
    /// By column: the latent variable it belongs to; none for padding.
    pub latent_of: Vec<Option<u32>>,
    /// Cell by cell, bin by bin: largest 16 bits that may be a default, four columns a word, the
    /// first lowest.
    pub bounds: Vec<u64>,
}

/// How a cell's factor sums fall into bins.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bins {
    lowest: f64,
    scale: f64,
    last: f64,
    /// Where the cell's bounds begin, and packs a bin.
    first: u32,
    width: u32,
}

impl Bins {
    /// Where the bounds of a factor sum begin.
    #[inline(always)]
    pub fn row(&self, sum: f64) -> u32 {
        let bin = ((sum - self.lowest) * self.scale).max(0.0).min(self.last) as u32;
        self.first.wrapping_add(bin.wrapping_mul(self.width))
    }
}

impl Brackets {
    /// Over the first `count` latent variables.
    pub fn new(latents: &Latents, count: usize) -> Brackets {
        let bins = (MOST_BOUNDS / count.max(1)).clamp(LEAST_BINS, MOST_BINS);
        let mut members = vec![Vec::new(); latents.cells.len()];
        for (at, latent) in latents.latents[..count].iter().enumerate() {
            members[latent.cell].push(at);
        }
        let (cells, packs, latent_of) = (Vec::new(), Vec::new(), Vec::new());
        let mut made = Brackets { cells, packs, latent_of, bounds: Vec::new() };
        for (cell, members) in members.iter().enumerate() {
            made.add_cell(latents, cell, members, bins);
        }
        let whole = made.packs.len().next_multiple_of(PACKS);
        // Padding reads some row, and what it finds there belongs to nobody.
        made.packs.resize(whole, (0, 0));
        made.latent_of.resize(whole * PACK, None);
        made.bounds.extend([0; PACKS]);
        made
    }

    fn add_cell(&mut self, latents: &Latents, cell: usize, members: &[usize], bins: usize) {
        let spread = latents.cells[cell].spread;
        let bins = if spread > 0.0 { bins } else { 1 };
        let lowest = -REACH * spread;
        let step = if spread > 0.0 { 2.0 * REACH * spread / bins as f64 } else { 1.0 };
        let width = members.len().div_ceil(PACK);
        self.cells.push(Bins {
            lowest,
            scale: 1.0 / step,
            last: (bins - 1) as f64,
            first: self.bounds.len() as u32,
            width: width as u32,
        });
        self.packs.extend((0..width).map(|at| (cell as u32, at as u32)));
        self.latent_of.extend(members.iter().map(|&at| Some(at as u32)));
        self.latent_of.resize(self.packs.len() * PACK, None);
        for bin in 0..bins {
            // Below the lowest edge anything may happen; without factors the sum is certain.
            let edge = if bin == 0 && spread > 0.0 { f64::NEG_INFINITY } else { step * bin as f64 };
            for pack in members.chunks(PACK) {
                let bounds = pack.iter().map(|&at| bound(&latents.latents[at], lowest + edge));
                let packed = bounds.rev().fold(0, |word, bound| word << 16 | u64::from(bound));
                self.bounds.push(packed);
            }
        }
    }
}

/// The largest 16 bits that may be a default where the factor sum is at or above an edge.
fn bound(latent: &Latent, edge: f64) -> u16 {
    if latent.highest == f64::NEG_INFINITY {
        return 0;
    }
    let highest = normal_cdf((latent.highest - edge) / latent.own_weight);
    // Room for the rounding of the probability itself.
    let share = (highest * 65_536.0 * (1.0 + 1e-9)).ceil().clamp(1.0, 65_536.0);
    (share - 1.0) as u16
}
