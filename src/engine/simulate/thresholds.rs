//! On which of a firm's days it defaults, from the value of its latent variable.
//!
//! Every firm's thresholds rise. Even bins lie over them, and of each bin it is known how many
//! thresholds lie in the bins before it, so that a value is compared with those of its own bin
//! alone. The bin of a number rises with the number, whatever rounding does: so a threshold in a
//! bin before that of the value is below it, and one in a bin after it is not.

use super::firms::Firm;

/// Thresholds are compared so many at a time.
const EIGHT: usize = 8;
/// As many as make a guide as long as a line of the cache.
const BINS: usize = 22;

/// The thresholds of all firms.
#[derive(Clone, Debug)]
pub(crate) struct Thresholds {
    guides: Vec<Guide>,
    /// Firm by firm, each followed by what nothing reaches.
    values: Vec<f64>,
    /// Eights that hold all that lie in one bin.
    eights: usize,
}

/// Where to look among a firm's thresholds.
#[derive(Clone, Copy, Debug)]
#[repr(align(64))]
struct Guide {
    lowest: f64,
    /// Bins a unit.
    scale: f64,
    /// Where the firm's thresholds begin.
    first: u32,
    /// By bin: thresholds in the bins before it.
    before: [u16; BINS],
}

/// The thresholds of one bin: where they begin, and how many of the firm's come before them.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Place {
    first: u32,
    before: u32,
}

impl Guide {
    #[inline(always)]
    fn bin(&self, value: f64) -> usize {
        let place = (value - self.lowest) * self.scale;
        (place.max(0.0).min((BINS - 1) as f64) as u32) as usize
    }
}

impl Thresholds {
    pub fn new(firms: &[Firm]) -> Thresholds {
        let mut made = Thresholds { guides: Vec::new(), values: Vec::new(), eights: 1 };
        for firm in firms {
            made.add(&firm.thresholds);
        }
        let spare = EIGHT * made.eights;
        made.values.clear();
        for (firm, guide) in firms.iter().zip(&mut made.guides) {
            guide.first = made.values.len() as u32;
            made.values.extend(&firm.thresholds);
            made.values.extend(std::iter::repeat_n(f64::INFINITY, spare));
        }
        made
    }

    fn add(&mut self, thresholds: &[f64]) {
        let finite = || thresholds.iter().copied().filter(|value| value.is_finite());
        let (lowest, highest) = (finite().next(), finite().next_back());
        let (lowest, highest) = (lowest.unwrap_or(0.0), highest.unwrap_or(0.0));
        let scale = if highest > lowest { BINS as f64 / (highest - lowest) } else { 0.0 };
        let mut guide = Guide { lowest, scale, first: 0, before: [0; BINS] };
        let mut held = [0; BINS];
        for &value in thresholds {
            held[guide.bin(value)] += 1;
        }
        let mut before = 0;
        for (to, held) in guide.before.iter_mut().zip(held) {
            *to = before;
            before += held;
            self.eights = self.eights.max(usize::from(held).div_ceil(EIGHT));
        }
        self.guides.push(guide);
    }

    /// The first day whose threshold is not below a finite value that is not above the last.
    #[inline(always)]
    pub fn day(&self, firm: usize, value: f64) -> u32 {
        self.day_in(self.place(firm, value), value)
    }

    /// Where that day is looked for.
    #[inline(always)]
    pub fn place(&self, firm: usize, value: f64) -> Place {
        let guide = &self.guides[firm];
        let before = u32::from(guide.before[guide.bin(value) % BINS]);
        Place { first: guide.first.wrapping_add(before), before }
    }

    /// The day, looked for there.
    #[inline(always)]
    pub fn day_in(&self, place: Place, value: f64) -> u32 {
        let mut day = place.before;
        let own = self.values[place.first as usize..].chunks_exact(EIGHT).take(self.eights);
        for eight in own {
            // The sign of a difference is set where the threshold is below.
            let mut below = [0; EIGHT];
            for (below, threshold) in below.iter_mut().zip(eight) {
                *below = (threshold - value).to_bits() >> 63;
            }
            let below = below.iter().fold(0, |sum: u64, below| sum.wrapping_add(*below));
            day = day.wrapping_add(below as u32);
        }
        day
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn firm(thresholds: &[f64]) -> Firm {
        let (dates, probabilities) = (Vec::new(), Vec::new());
        Firm { dates, thresholds: thresholds.to_vec(), probabilities }
    }

    /// Every value's day against a search from the first day on.
    fn check(firms: &[&[f64]]) {
        let made = Thresholds::new(&firms.iter().map(|of| firm(of)).collect::<Vec<_>>());
        for (at, thresholds) in firms.iter().enumerate() {
            let last = thresholds.last().copied().unwrap_or(f64::NEG_INFINITY);
            let between = thresholds.windows(2).map(|pair| 0.5 * (pair[0] + pair[1]));
            let ulps = thresholds.iter().flat_map(|&value| [value.next_down(), value]);
            let values = between.chain(ulps).chain([-40.0]);
            for value in values.filter(|&value| value.is_finite() && value <= last) {
                let found = thresholds.iter().position(|&threshold| value <= threshold);
                assert_eq!(Some(made.day(at, value) as usize), found, "{value} of firm {at}");
            }
        }
    }

    #[test]
    fn the_day_is_that_of_a_search() {
        let never = f64::NEG_INFINITY;
        let months: Vec<f64> = (1..=240).map(|month| -3.0 + 0.5 * f64::from(month).ln()).collect();
        let same = [-2.5; 40];
        let dense: Vec<f64> = (0..100).map(|at| -2.0 + 1e-9 * f64::from(at)).collect();
        let far: Vec<f64> = std::iter::once(-8.0).chain(dense.iter().copied()).collect();
        check(&[&months]);
        check(&[&[], &[-1.0], &[never, never], &[never, -2.0, -1.5], &same, &dense, &far, &months]);
    }
}
