//! The normal quantile in bulk: the same bits on every machine, a few nanoseconds a draw.
//!
//! Algorithm AS 241 (Wichura 1988) fits a table of polynomials once, 32 for each halving of the
//! probability; a draw reads one of them. They differ from AS 241 by less than 1e-12.

use super::power::ln;

/// The table.
#[derive(Clone, Debug)]
pub struct NormalQuantile {
    /// By halving of the probability, then by part of it: coefficients, the constant first.
    pieces: Box<[[f64; DEGREE + 1]; PIECES]>,
}

const DEGREE: usize = 6;
/// Parts of a halving, as bits.
const PART_BITS: u32 = 5;
const PARTS: usize = 1 << PART_BITS;
/// Halvings below 1/2 that 64 bits can tell apart.
const HALVINGS: usize = 64;
const PIECES: usize = HALVINGS * PARTS;

impl NormalQuantile {
    /// Fits the table; a millisecond's work.
    pub fn new() -> NormalQuantile {
        let mut pieces = Box::new([[0.0; DEGREE + 1]; PIECES]);
        for (halving, pieces) in pieces.chunks_exact_mut(PARTS).enumerate() {
            let mut lowest = 0.25;
            (0..halving).for_each(|_| lowest *= 0.5);
            for (part, piece) in pieces.iter_mut().enumerate() {
                let edge = |part: usize| lowest * (1.0 + part as f64 / PARTS as f64);
                *piece = fitted(edge(part), edge(part + 1));
            }
        }
        NormalQuantile { pieces }
    }

    /// A normal variable from 64 even bits: the value below which it lies with the probability
    /// (bits + 1/2) / 2^64, which is never 0 nor 1.
    #[inline(always)]
    pub fn of(&self, bits: u64) -> f64 {
        const TOP: u64 = 1 << 63;
        const ONE: u64 = 1023 << 52;
        // The nearer end is so many 2^-65 away, an odd number.
        let nearer = if bits & TOP == 0 { bits } else { !bits };
        let away = nearer << 1 | 1;
        let halving = away.leading_zeros();
        let inside = (away << halving) << 1;
        let piece = (halving as usize) << PART_BITS | (inside >> (64 - PART_BITS)) as usize;
        let place = f64::from_bits(ONE | (inside << PART_BITS) >> 12);
        let t = 2.0 * place - 3.0;
        let c = &self.pieces[piece % PIECES];
        let mut value = c[DEGREE];
        for power in (0..DEGREE).rev() {
            value = value * t + c[power];
        }
        f64::from_bits(value.to_bits() ^ (bits & TOP))
    }
}

impl Default for NormalQuantile {
    fn default() -> Self {
        NormalQuantile::new()
    }
}

/// The polynomial in t from -1 to 1 that meets the quantile at the Chebyshev points of a part.
fn fitted(low: f64, high: f64) -> [f64; DEGREE + 1] {
    let count = DEGREE + 1;
    // cos of odd multiples of pi / 14.
    const POINTS: [f64; DEGREE + 1] = [
        -0.974_927_912_181_823_6,
        -0.781_831_482_468_029_8,
        -0.433_883_739_117_558_1,
        0.0,
        0.433_883_739_117_558_1,
        0.781_831_482_468_029_8,
        0.974_927_912_181_823_6,
    ];
    let middle = 0.5 * (low + high);
    let half = 0.5 * (high - low);
    let mut divided: Vec<f64> = POINTS.iter().map(|t| quantile_as241(middle + half * t)).collect();
    for order in 1..count {
        for at in (order..count).rev() {
            divided[at] = (divided[at] - divided[at - 1]) / (POINTS[at] - POINTS[at - order]);
        }
    }
    // Newton's form multiplied out.
    let mut out = [0.0; DEGREE + 1];
    for at in (0..count).rev() {
        for power in (1..count).rev() {
            out[power] = out[power - 1] - POINTS[at] * out[power];
        }
        out[0] = divided[at] - POINTS[at] * out[0];
    }
    out
}

/// Algorithm AS 241, PPND16: relative error about 1e-16.
pub(crate) fn quantile_as241(p: f64) -> f64 {
    let q = p - 0.5;
    if q.abs() <= 0.425 {
        let r = 0.180_625 - q * q;
        return q * polynomial(&CENTRE.0, r) / polynomial(&CENTRE.1, r);
    }
    let r = (-ln(if q < 0.0 { p } else { 1.0 - p })).sqrt();
    let value = match r <= 5.0 {
        true => polynomial(&TAIL.0, r - 1.6) / polynomial(&TAIL.1, r - 1.6),
        false => polynomial(&FAR_TAIL.0, r - 5.0) / polynomial(&FAR_TAIL.1, r - 5.0),
    };
    if q < 0.0 { -value } else { value }
}

fn polynomial(coefficients: &[f64; 8], x: f64) -> f64 {
    coefficients.iter().rev().fold(0.0, |sum, c| sum * x + c)
}

type Fraction = ([f64; 8], [f64; 8]);

const CENTRE: Fraction = (
    [
        3.387_132_872_796_366_5,
        1.331_416_678_917_843_8e2,
        1.971_590_950_306_551_3e3,
        1.373_169_376_550_946e4,
        4.592_195_393_154_987e4,
        6.726_577_092_700_87e4,
        3.343_057_558_358_813e4,
        2.509_080_928_730_122_7e3,
    ],
    [
        1.0,
        4.231_333_070_160_091e1,
        6.871_870_074_920_579e2,
        5.394_196_021_424_751e3,
        2.121_379_430_158_659_7e4,
        3.930_789_580_009_271e4,
        2.872_908_573_572_194_3e4,
        5.226_495_278_852_854e3,
    ],
);

const TAIL: Fraction = (
    [
        1.423_437_110_749_683_5,
        4.630_337_846_156_546,
        5.769_497_221_460_691,
        3.647_848_324_763_204_5,
        1.270_458_252_452_368_4,
        2.417_807_251_774_506e-1,
        2.272_384_498_926_918_4e-2,
        7.745_450_142_783_414e-4,
    ],
    [
        1.0,
        2.053_191_626_637_759,
        1.676_384_830_183_803_8,
        6.897_673_349_851e-1,
        1.481_039_764_274_800_8e-1,
        1.519_866_656_361_645_7e-2,
        5.475_938_084_995_345e-4,
        1.050_750_071_644_416_9e-9,
    ],
);

const FAR_TAIL: Fraction = (
    [
        6.657_904_643_501_103,
        5.463_784_911_164_114,
        1.784_826_539_917_291_3,
        2.965_605_718_285_048_7e-1,
        2.653_218_952_657_612_4e-2,
        1.242_660_947_388_078_4e-3,
        2.711_555_568_743_487_6e-5,
        2.010_334_399_292_288_1e-7,
    ],
    [
        1.0,
        5.998_322_065_558_88e-1,
        1.369_298_809_227_358e-1,
        1.487_536_129_085_061_5e-2,
        7.868_691_311_456_133e-4,
        1.846_318_317_510_054_8e-5,
        1.421_511_758_316_446e-7,
        2.044_263_103_389_939_8e-15,
    ],
);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::num::normal_quantile;

    #[test]
    fn the_table_is_the_quantile() {
        let table = NormalQuantile::new();
        let mut bits = 1.0;
        while bits < 18_446_744_073_709_551_616.0 {
            let whole = bits as u64;
            let p = (whole as f64 + 0.5) / 18_446_744_073_709_551_616.0;
            let exact = quantile_as241(p);
            let got = table.of(whole);
            assert!((got - exact).abs() < 1e-12, "{p}: {got} {exact}");
            assert_eq!(table.of(!whole), -got);
            let other = normal_quantile(p).unwrap_or(f64::NAN);
            assert!((exact - other).abs() < 1e-11 * exact.abs().max(1.0), "{p}: {exact} {other}");
            bits *= 1.003;
        }
        assert!(table.of(1 << 63).abs() < 1e-12);
        assert!((table.of(0) - quantile_as241(0.5_f64.powi(65))).abs() < 1e-12);
    }
}
