//! Random numbers with an address: a stream is a place (seed, block, use), not a state that is
//! passed on, so that adding a use moves no other draw.
//!
//! Eight xoshiro256++ generators (Blackman and Vigna) side by side, seeded by SplitMix64 from the
//! address.

/// One stream, read in order.
#[derive(Clone, Debug)]
pub struct Stream {
    state: [[u64; LANES]; 4],
    drawn: [u64; LANES],
    used: usize,
}

const LANES: usize = 8;

impl Stream {
    /// The stream of an address.
    pub fn at(seed: u64, block: u64, usage: u32) -> Stream {
        let mut mix = SplitMix(seed);
        mix = SplitMix(mix.next() ^ block);
        mix = SplitMix(mix.next() ^ u64::from(usage));
        let mut state = [[0; LANES]; 4];
        for lane in 0..LANES {
            for word in &mut state {
                word[lane] = mix.next();
            }
        }
        Stream { state, drawn: [0; LANES], used: LANES }
    }

    /// The next 64 bits.
    #[inline(always)]
    pub fn draw(&mut self) -> u64 {
        if self.used == LANES {
            self.drawn = self.step();
            self.used = 0;
        }
        self.used += 1;
        self.drawn[self.used - 1]
    }

    /// Fills whole eights; what is left of an eight that [`Stream::draw`] has begun stays unread.
    #[inline(always)]
    pub fn fill(&mut self, out: &mut [u64]) {
        for eight in out.chunks_exact_mut(LANES) {
            eight.copy_from_slice(&self.step());
        }
    }

    #[inline(always)]
    fn step(&mut self) -> [u64; LANES] {
        let [s0, s1, s2, s3] = self.state;
        let out = sum(rotated::<23>(sum(s0, s3)), s0);
        let (t2, t3) = (either(s2, s0), either(s3, s1));
        self.state =
            [either(s0, t3), either(s1, t2), either(t2, shifted::<17>(s1)), rotated::<45>(t3)];
        out
    }
}

/// Lane by lane, by value, so that eight lanes are one register.
#[inline(always)]
fn sum(one: [u64; LANES], other: [u64; LANES]) -> [u64; LANES] {
    let mut out = one;
    for lane in 0..LANES {
        out[lane] = out[lane].wrapping_add(other[lane]);
    }
    out
}

#[inline(always)]
fn either(one: [u64; LANES], other: [u64; LANES]) -> [u64; LANES] {
    let mut out = one;
    for lane in 0..LANES {
        out[lane] ^= other[lane];
    }
    out
}

#[inline(always)]
fn rotated<const BY: u32>(of: [u64; LANES]) -> [u64; LANES] {
    let mut out = of;
    for word in &mut out {
        *word = word.rotate_left(BY);
    }
    out
}

#[inline(always)]
fn shifted<const BY: u32>(of: [u64; LANES]) -> [u64; LANES] {
    let mut out = of;
    for word in &mut out {
        *word <<= BY;
    }
    out
}

/// SplitMix64 (Steele, Lea and Flood).
struct SplitMix(u64);

impl SplitMix {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
}

/// Strictly between 0 and 1, evenly, from 64 bits, with all their precision near 0.
#[inline(always)]
pub fn unit_interval(bits: u64) -> f64 {
    const UNIT: f64 = 1.0 / 18_446_744_073_709_551_616.0;
    // Halves are split so that neither part loses bits near 0.
    let (high, low) = ((bits >> 32) as u32, bits as u32);
    (f64::from(high) * 4_294_967_296.0 + (f64::from(low) + 0.5)) * UNIT
}

#[cfg(test)]
mod tests {
    use super::*;

    /// First outputs of the reference programs of both generators.
    #[test]
    fn the_generators_give_their_published_numbers() {
        let mut mix = SplitMix(1_234_567);
        assert_eq!(mix.next(), 6_457_827_717_110_365_317);
        assert_eq!(mix.next(), 3_203_168_211_198_807_973);
        assert_eq!(mix.next(), 9_817_491_932_198_370_423);
        let state = [[1; LANES], [2; LANES], [3; LANES], [4; LANES]];
        let mut stream = Stream { state, drawn: [0; LANES], used: LANES };
        let mut firsts = Vec::new();
        for _ in 0..6 {
            firsts.push(stream.draw());
            (1..LANES).for_each(|_| assert_eq!(Some(&stream.draw()), firsts.last()));
        }
        let published = [
            41_943_041,
            58_720_359,
            3_588_806_011_781_223,
            3_591_011_842_654_386,
            9_228_616_714_210_784_205,
            9_973_669_472_204_895_162,
        ];
        assert_eq!(firsts, published);
    }

    #[test]
    fn streams_of_other_addresses_differ_and_reading_one_by_one_is_filling() {
        let firsts = [(1, 0, 0), (2, 0, 0), (1, 1, 0), (1, 0, 1), (0, 1, 0)]
            .map(|(seed, block, usage)| Stream::at(seed, block, usage).draw());
        for (at, one) in firsts.iter().enumerate() {
            assert!(firsts[at + 1..].iter().all(|other| other != one));
        }
        let mut filled = [0; 32];
        Stream::at(7, 3, 2).fill(&mut filled);
        let mut stream = Stream::at(7, 3, 2);
        assert!(filled.iter().all(|&bits| bits == stream.draw()));
    }

    #[test]
    fn the_unit_interval_has_neither_end() {
        assert!(unit_interval(0) > 0.0);
        assert_eq!(unit_interval(1 << 63), 0.5 + 0.0);
        // Closer to 1 than f64 can tell.
        assert!(unit_interval(u64::MAX) <= 1.0);
    }
}
