//! Who may default on a path, decided with 8 random bits a firm.
//!
//! Firms with equal loadings form a cell; given the cell's factor sum S, a firm defaults with
//! probability Phi((c - S) / own weight), which falls in S. So the probability at the lower edge of
//! a bin of S bounds it from above on the whole bin, and only a firm whose 8 bits lie under that
//! bound needs a full draw. The bound decides who is looked at, never who defaults.

use super::latents::{Latent, Latents};
use crate::num::normal_cdf;

/// Columns are packed by eight, 8 bits each.
pub(crate) const PACK: usize = 8;
/// Packs are compared so many at a time.
pub(crate) const PACKS: usize = 8;
/// Factor sums beyond so many standard deviations share the outer bins.
const REACH: f64 = 6.0;
/// The table holds at most about so many bounds.
const MOST_BOUNDS: usize = 1 << 22;
const MOST_BINS: usize = 256;
const LEAST_BINS: usize = 64;

/// The table of bounds.
#[derive(Clone, Debug)]
pub(crate) struct Brackets {
    pub cells: Vec<Bins>,
    /// As many as fill the groups: what padding reads of some row belongs to nobody.
    pub packs: Vec<Pack>,
    pub groups: Vec<Group>,
    /// Cell by cell, bin by bin: largest 8 bits that may be a default, eight columns a word, the
    /// first lowest.
    pub bounds: Vec<u64>,
}

/// Where the bounds of a pack are.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pack {
    pub cell: u32,
    /// Its place in a row of the cell.
    pub place: u32,
}

/// Packs that are compared at once. Column q of pack p has bit 8 q + p.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Group {
    /// Bits that a latent variable stands behind, and which.
    pub columns: u64,
    pub latents: [u32; 64],
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
        // Rounded down: above 2^52 there are no halves, so the sum's low bits are the bin. At an
        // edge it may be the bin below, which bounds from above all the more.
        const WHOLE: f64 = 4_503_599_627_370_496.0;
        let place = ((sum - self.lowest) * self.scale - 0.5).max(0.0).min(self.last);
        let bin = (place + WHOLE).to_bits() as u32;
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
        let (packs, groups) = (Vec::new(), Vec::new());
        let mut made = Brackets { cells: Vec::new(), packs, groups, bounds: Vec::new() };
        for (cell, members) in members.iter().enumerate() {
            made.add_cell(latents, cell, members, bins);
            for (place, pack) in members.chunks(PACK).enumerate() {
                made.add_pack((cell, place), pack);
            }
        }
        made.packs.resize(PACKS * made.groups.len(), Pack { cell: 0, place: 0 });
        made
    }

    fn add_pack(&mut self, (cell, place): (usize, usize), columns: &[usize]) {
        let pack = self.packs.len() % PACKS;
        if pack == 0 {
            self.groups.push(Group { columns: 0, latents: [0; 64] });
        }
        self.packs.push(Pack { cell: cell as u32, place: place as u32 });
        let Some(group) = self.groups.last_mut() else { return };
        for (column, &latent) in columns.iter().enumerate() {
            let bit = PACK * column + pack;
            group.columns |= 1 << bit;
            group.latents[bit] = latent as u32;
        }
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
        for bin in 0..bins {
            // Below the lowest edge anything may happen; without factors the sum is certain.
            let edge = if bin == 0 && spread > 0.0 { f64::NEG_INFINITY } else { step * bin as f64 };
            for pack in members.chunks(PACK) {
                let bounds = pack.iter().map(|&at| bound(&latents.latents[at], lowest + edge));
                let packed = bounds.rev().fold(0, |word, bound| word << 8 | u64::from(bound));
                self.bounds.push(packed);
            }
        }
    }
}

/// The largest 8 bits that may be a default where the factor sum is at or above an edge.
fn bound(latent: &Latent, edge: f64) -> u8 {
    if latent.highest == f64::NEG_INFINITY {
        return 0;
    }
    let highest = normal_cdf((latent.highest - edge) / latent.own_weight);
    // Room for the rounding of the probability itself.
    let share = (highest * 256.0 * (1.0 + 1e-9)).ceil().clamp(1.0, 256.0);
    (share - 1.0) as u8
}
