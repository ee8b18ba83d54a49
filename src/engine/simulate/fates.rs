//! Who defaults when, path by path: blocks of paths, each from its address.
//!
//! Model: X = S + own weight x e, S the sum of factor draws by loadings; a firm has defaulted by a
//! day where X is at or below the day's threshold (times the mixing variable, for Student-t). Every
//! use of random numbers has a stream of its own, so that a supporter more moves no obligor.

use std::ops::Range;

use multiversion::multiversion;

use super::Drawing;
use super::brackets::{Brackets, Group, PACKS};
use super::firms::Firm;
use super::latents::{Latent, Latents};
use super::prepayments::Prepayments;
use super::thresholds::{Place, Thresholds};
use crate::num::{Fen, NormalQuantile, Stream, exp, student_t_mixing};
use crate::scenario::{Copula, Correlation};

/// Paths of a block.
pub(crate) const PATHS: usize = 256;
/// No default.
pub(crate) const NEVER: u32 = u32::MAX;

/// Uses of random numbers, each a stream of a block.
mod usage {
    pub const FACTORS: u32 = 0;
    pub const OBLIGORS: u32 = 1;
    pub const OBLIGORS_IN_FULL: u32 = 2;
    pub const SUPPORTERS: u32 = 3;
    pub const MIXING: u32 = 4;
    pub const VALUES: u32 = 5;
    pub const PREPAYMENTS: u32 = 6;
    /// One a right, from here on.
    pub const INFRINGEMENTS: u32 = 1 << 16;
    /// One a licence, from here on.
    pub const SALES: u32 = 1 << 24;
    /// So many are one series'; those of the next come after them.
    pub const EACH: u32 = 1 << 26;
}
pub(crate) use usage::{INFRINGEMENTS, PREPAYMENTS, SALES, VALUES};

/// Draws fates.
#[derive(Clone, Debug)]
pub(crate) struct Sampler {
    pub seed: u64,
    /// Which series of a shelf draws: of what is drawn series by series each has streams of its
    /// own.
    pub series: u32,
    pub obligors: usize,
    pub firms: Vec<Firm>,
    pub latents: Latents,
    /// By latent variable, and by firm: what every candidate reads, kept small.
    drawn: Vec<Drawn>,
    thresholds: Thresholds,
    pub brackets: Brackets,
    pub normal: NormalQuantile,
    pub copula: Copula,
    /// Where the scenario has any.
    pub prepayments: Option<Prepayments>,
    /// By factor: added on all blocks but every fourth, which makes bad years common there.
    pub shift: Option<Vec<f64>>,
}

/// One default.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Default {
    /// Obligor.
    pub firm: u32,
    /// Index of the day among the firm's.
    pub day: u32,
}

/// The fates of the paths of some blocks, one block after another.
#[derive(Clone, Debug)]
pub(crate) struct Fates {
    /// The first block.
    pub block: u64,
    /// Which path runs at each place; path by path, unless put otherwise.
    order: Vec<u16>,
    /// Path by path, and one more: where its defaults begin.
    pub first: Vec<u32>,
    pub defaults: Vec<Default>,
    /// (loan, index of its due date) that would be prepaid, path by path, and where a path begins.
    pub prepaid: Vec<(u32, u32)>,
    pub prepaid_first: Vec<u32>,
    /// By supporter and path: index of the day among the supporter's, or never.
    pub failures: Vec<Vec<u32>>,
    /// By factor and path.
    pub factors: Vec<Vec<f64>>,
    /// Likelihood of a path under the model over that under what was drawn; empty where all are 1.
    pub weights: Vec<f64>,
    /// The share of all paths that is drawn as the model says, where others are not.
    plain: f64,
    /// Of the block in hand, by cell and path: the cell's factor sum.
    sums: Vec<f64>,
    /// Of the block in hand, by cell and path: where its bounds begin.
    rows: Vec<u32>,
    /// Of the block in hand.
    mixing: Vec<f64>,
    looking: Looking,
    /// Those to look at closer are the first so many.
    candidates: usize,
    looked_at: Vec<Candidate>,
    /// By candidate: the rest of its bits, and its own part of the latent variable.
    drawn: Vec<u64>,
    values: Vec<f64>,
    struck: Vec<Struck>,
    places: Vec<Place>,
    days: Vec<u32>,
    bits: Vec<u64>,
}

impl Fates {
    /// Which path of the block runs at a place.
    #[inline(always)]
    pub fn path_at(&self, place: usize) -> usize {
        usize::from(self.order[place])
    }

    /// The number of a path, counted from the first of all.
    #[inline(always)]
    pub fn number(&self, path: usize) -> u64 {
        self.block * PATHS as u64 + path as u64
    }

    /// What a path counts for.
    #[inline(always)]
    pub fn weight_of(&self, path: usize) -> f64 {
        self.weights.get(path).copied().unwrap_or(1.0)
    }

    /// Defaults of a path.
    #[inline(always)]
    pub fn defaults_of(&self, path: usize) -> &[Default] {
        &self.defaults[self.first[path] as usize..self.first[path + 1] as usize]
    }

    /// Defaults of the path that runs at a place.
    #[inline(always)]
    pub fn defaults_at(&self, place: usize) -> &[Default] {
        self.defaults_of(self.path_at(place))
    }

    /// Orders the first paths by how many of their firms default, those with a failed supporter
    /// after the others, so that those which run side by side have much in common: most dates
    /// bring no call and no event on any of the better ones.
    pub fn put_alike_together(&mut self, count: usize) {
        const MOST: usize = 64;
        let Fates { order, first, failures, .. } = self;
        order.iter_mut().zip(0..).for_each(|(place, path)| *place = path);
        let group = |path: usize| {
            let defaults = ((first[path + 1] - first[path]) as usize).min(MOST - 1);
            let failed = failures.iter().any(|by_path| by_path[path] != NEVER);
            if failed { MOST + defaults } else { defaults }
        };
        let mut places = [0; 2 * MOST + 1];
        (0..count).for_each(|path| places[group(path) + 1] += 1);
        for before in 0..2 * MOST {
            places[before + 1] += places[before];
        }
        for path in 0..count {
            let place = &mut places[group(path)];
            order[*place] = path as u16;
            *place += 1;
        }
    }
}

/// Room to look at one path: what is drawn, the bounds, and where a draw is not above its bound.
#[derive(Clone, Debug)]
struct Looking {
    drawn: Vec<u64>,
    bounds: Vec<u64>,
    tops: Vec<u64>,
}

impl Looking {
    fn new(packs: usize) -> Looking {
        Looking { drawn: vec![0; packs], bounds: vec![0; packs], tops: vec![0; packs] }
    }
}

/// A latent variable that may be low enough on a path, with its 8 bits.
#[derive(Clone, Copy, Debug, Default)]
struct Candidate {
    path: u16,
    bits: u8,
    latent: u32,
}

/// A latent variable that is low enough on a path.
#[derive(Clone, Copy, Debug, Default)]
struct Struck {
    value: f64,
    path: u32,
    latent: u32,
}

/// A latent variable in short.
#[derive(Clone, Copy, Debug)]
struct Drawn {
    cell: u32,
    /// The one obligor behind it; none where there are several firms.
    alone: Option<u32>,
    own_weight: f64,
    highest: f64,
}

impl Drawn {
    fn new(latent: &Latent, obligors: usize) -> Drawn {
        let alone = match latent.firms[..] {
            [firm] if firm < obligors => Some(firm as u32),
            _ => None,
        };
        let (own_weight, highest) = (latent.own_weight, latent.highest);
        Drawn { cell: latent.cell as u32, alone, own_weight, highest }
    }
}

/// Standard deviations by which the factors move in the worse years.
const TAIL_SHIFT: f64 = 2.6;
/// Blocks of which one is drawn as the model says.
const PLAIN_EVERY: u64 = 4;

/// The share of so many paths, block after block, that is drawn as the model says.
fn plain_share(paths: u64) -> f64 {
    const TURN: u64 = PLAIN_EVERY * PATHS as u64;
    let plain = paths / TURN * PATHS as u64 + (paths % TURN).min(PATHS as u64);
    if paths > 0 { plain as f64 / paths as f64 } else { 1.0 }
}

impl Sampler {
    /// `exposures`: (obligor, principal) by loan, of so many obligors.
    pub fn new(
        (obligors, exposures): (usize, &[(usize, Fen)]),
        correlation: &Correlation,
        firms: Vec<Firm>,
        prepayments: Option<Prepayments>,
        drawing: Drawing,
    ) -> Sampler {
        let latents = Latents::new(correlation, &firms, obligors);
        Sampler {
            seed: drawing.seed,
            series: 0,
            obligors,
            brackets: Brackets::new(&latents, latents.of_obligors),
            drawn: latents.latents.iter().map(|latent| Drawn::new(latent, obligors)).collect(),
            thresholds: Thresholds::new(&firms),
            latents,
            firms,
            normal: NormalQuantile::new(),
            copula: correlation.copula,
            shift: drawing.tail.then(|| tail_shift(exposures, correlation)),
            prepayments,
        }
    }

    /// The stream of a use that each series has for itself.
    pub fn own_stream(&self, block: u64, usage: u32) -> Stream {
        Stream::at(self.seed, block, usage + usage::EACH * self.series)
    }

    /// Room for the fates of so many blocks at a time, of a simulation of so many paths.
    pub fn room(&self, blocks: usize, paths: u64) -> Fates {
        let cells = self.latents.cells.len();
        let supporters = self.firms.len() - self.obligors;
        let all = blocks * PATHS;
        Fates {
            block: 0,
            order: (0..all as u16).collect(),
            first: vec![0; all + 1],
            defaults: Vec::new(),
            prepaid: Vec::new(),
            prepaid_first: vec![0; all + 1],
            failures: vec![vec![NEVER; all]; supporters],
            factors: vec![vec![0.0; all]; self.latents.factors],
            weights: Vec::new(),
            plain: plain_share(paths),
            sums: vec![0.0; PATHS * cells],
            rows: vec![0; PATHS * cells],
            mixing: Vec::new(),
            looking: Looking::new(self.brackets.packs.len()),
            candidates: 0,
            looked_at: Vec::new(),
            drawn: Vec::new(),
            values: Vec::new(),
            struck: Vec::new(),
            places: Vec::new(),
            days: Vec::new(),
            bits: vec![0; PATHS],
        }
    }

    /// The fates of blocks, at most as many as there is room for.
    pub fn sample(&self, blocks: Range<u64>, fates: &mut Fates) {
        fates.block = blocks.start;
        fates.defaults.clear();
        fates.weights.clear();
        fates.failures.iter_mut().for_each(|by_path| by_path.fill(NEVER));
        for (block, from) in blocks.clone().zip((0..).step_by(PATHS)) {
            self.sample_block(block, from, fates);
        }
        if let Some(prepayments) = &self.prepayments {
            prepayments.sample(self, blocks, fates);
        }
    }

    /// The fates of one block, whose paths begin at a place.
    fn sample_block(&self, block: u64, from: usize, fates: &mut Fates) {
        draw_factors(self, block, from, fates);
        self.mix(block, fates);
        let mut streams = [usage::OBLIGORS, usage::OBLIGORS_IN_FULL]
            .map(|usage| Stream::at(self.seed, block, usage));
        for first in (0..PATHS).step_by(self.looked_at_together()) {
            let paths = first..first + self.looked_at_together();
            let [few_bits, all_bits] = &mut streams;
            match self.copula {
                Copula::Gaussian => look(self, paths.clone(), few_bits, fates),
                // No bound holds for all mixing variables: every firm is drawn in full.
                Copula::StudentT { .. } => self.look_at_all(paths.clone(), few_bits, fates),
            }
            decide(self, (from, paths), all_bits, fates);
        }
        self.decide_supporters(block, from, fates);
    }

    /// Paths of which the firms are looked at together: of large pools only some of a block, so
    /// that what is known of their candidates stays in the caches.
    fn looked_at_together(&self) -> usize {
        const LATENTS: usize = 1 << 18;
        const LEAST: usize = 8;
        let mut paths = PATHS;
        while paths > LEAST && paths * self.latents.of_obligors > LATENTS {
            paths /= 2;
        }
        paths
    }

    fn mix(&self, block: u64, fates: &mut Fates) {
        fates.mixing.clear();
        if let Copula::StudentT { degrees } = self.copula {
            let mut stream = Stream::at(self.seed, block, usage::MIXING);
            let mixing = (0..PATHS).map(|_| student_t_mixing(degrees, &self.normal, &mut stream));
            fates.mixing.extend(mixing);
        }
    }

    fn look_at_all(&self, paths: Range<usize>, stream: &mut Stream, fates: &mut Fates) {
        fates.looked_at.clear();
        for path in paths {
            for latent in 0..self.latents.of_obligors as u32 {
                let bits = (stream.draw() >> 56) as u8;
                fates.looked_at.push(Candidate { path: path as u16, bits, latent });
            }
        }
        fates.candidates = fates.looked_at.len();
    }

    /// Every firm of a latent variable whose threshold it has reached.
    fn strike(&self, fates: &mut Fates, path: usize, latent: usize, value: f64) {
        for &firm in &self.latents.latents[latent].firms {
            if value > self.firms[firm].last_threshold() {
                continue;
            }
            let day = self.thresholds.day(firm, value);
            match firm.checked_sub(self.obligors) {
                None => fates.defaults.push(Default { firm: firm as u32, day }),
                Some(supporter) => fates.failures[supporter][path] = day,
            }
        }
    }

    fn decide_supporters(&self, block: u64, from: usize, fates: &mut Fates) {
        let mut stream = Stream::at(self.seed, block, usage::SUPPORTERS);
        for at in self.latents.of_obligors..self.latents.latents.len() {
            let latent = &self.latents.latents[at];
            for path in 0..PATHS {
                let own = self.normal.of(stream.draw());
                let value = fates.sums[latent.cell * PATHS + path] + latent.own_weight * own;
                let value = fates.mixing.get(path).map_or(value, |mixing| value / mixing);
                if value <= latent.highest {
                    self.strike(fates, from + path, at, value);
                }
            }
        }
    }
}

/// Against the loadings of the pool, weighed by principal.
fn tail_shift(exposures: &[(usize, Fen)], correlation: &Correlation) -> Vec<f64> {
    let mut along = vec![0.0; correlation.factors.len()];
    for &(obligor, principal) in exposures {
        for &(factor, weight) in &correlation.loadings[obligor] {
            along[factor] += weight * principal as f64;
        }
    }
    let length = along.iter().map(|part| part * part).sum::<f64>().sqrt();
    let scale = if length > 0.0 { -TAIL_SHIFT / length } else { 0.0 };
    along.iter_mut().for_each(|part| *part *= scale);
    along
}

/// Factors, the sums that cells see of them, and their bins.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl", "x86_64+avx2"))]
fn draw_factors(sampler: &Sampler, block: u64, from: usize, fates: &mut Fates) {
    let mut stream = Stream::at(sampler.seed, block, usage::FACTORS);
    for factor in &mut fates.factors {
        stream.fill(&mut fates.bits);
        for (value, bits) in factor[from..].iter_mut().zip(&fates.bits) {
            *value = sampler.normal.of(*bits);
        }
    }
    sampler.weigh(block, from, fates);
    let by_cell = fates.sums.chunks_exact_mut(PATHS);
    for (cell, sums) in sampler.latents.cells.iter().zip(by_cell) {
        sums.fill(0.0);
        for &(factor, weight) in &cell.weights {
            for (sum, value) in sums.iter_mut().zip(&fates.factors[factor][from..]) {
                *sum += weight * value;
            }
        }
    }
    find_rows(sampler, fates);
}

/// By cell and path: where its bounds begin.
#[inline(always)]
fn find_rows(sampler: &Sampler, fates: &mut Fates) {
    let by_cell = fates.rows.chunks_exact_mut(PATHS).zip(fates.sums.chunks_exact(PATHS));
    for (cell, (rows, sums)) in sampler.brackets.cells.iter().zip(by_cell) {
        for (row, sum) in rows.iter_mut().zip(sums) {
            *row = cell.row(*sum);
        }
    }
}

impl Sampler {
    /// Moves the factors of all blocks but every fourth, and weighs all paths for it: the weight is
    /// 1 / (plain + (1 - plain) exp(shift Z - |shift|^2 / 2)), with the share of paths that is in
    /// fact plain, so that no number of paths is biased (the balance heuristic of Veach and
    /// Guibas); at most 1 / plain, so that the middle of the distribution stays sharp.
    #[inline(always)]
    fn weigh(&self, block: u64, from: usize, fates: &mut Fates) {
        let Some(shift) = &self.shift else { return };
        let paths = from..from + PATHS;
        if !block.is_multiple_of(PLAIN_EVERY) {
            for (factor, by) in fates.factors.iter_mut().zip(shift) {
                factor[paths.clone()].iter_mut().for_each(|value| *value += by);
            }
        }
        let plain = fates.plain;
        let half_square: f64 = 0.5 * shift.iter().map(|by| by * by).sum::<f64>();
        fates.weights.extend(paths.map(|path| {
            let along: f64 =
                fates.factors.iter().zip(shift).map(|(factor, by)| factor[path] * by).sum();
            1.0 / (plain + (1.0 - plain) * exp(along - half_square))
        }));
    }
}

/// Compares 8 bits a firm with the bounds of its cell, path by path.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl", "x86_64+avx2"))]
fn look(sampler: &Sampler, paths: Range<usize>, stream: &mut Stream, fates: &mut Fates) {
    let brackets = &sampler.brackets;
    // One of its own stays in registers.
    let mut drawing = stream.clone();
    let most = brackets.groups.len() * COLUMNS;
    let Looking { drawn, bounds, tops } = &mut fates.looking;
    let mut count = 0;
    for path in paths {
        if fates.looked_at.len() < count + most {
            fates.looked_at.resize(2 * count + 8 * most, Candidate::default());
        }
        drawing.fill(drawn);
        for (bound, pack) in bounds.iter_mut().zip(&brackets.packs) {
            let row = fates.rows[pack.cell as usize * PATHS + path];
            *bound = brackets.bounds[row.wrapping_add(pack.place) as usize];
        }
        mark_under(drawn, bounds, tops);
        let by_group = drawn.as_chunks::<PACKS>().0.iter().zip(tops.as_chunks::<PACKS>().0);
        for (group, (drawn, tops)) in brackets.groups.iter().zip(by_group) {
            let hits = hits(tops) & group.columns;
            if let Some(out) = fates.looked_at[count..].first_chunk_mut() {
                note(hits, drawn, group, path as u16, out);
            }
            count += hits.count_ones() as usize;
        }
    }
    *stream = drawing;
    fates.candidates = count;
}

/// Columns of a group.
const COLUMNS: usize = 64;

/// Writes a candidate for every hit, and may write over what comes after them: a fixed number of
/// steps costs less than to learn how many there are.
#[inline(always)]
fn note(
    mut hits: u64,
    drawn: &[u64; PACKS],
    group: &Group,
    path: u16,
    out: &mut [Candidate; COLUMNS],
) {
    const USUAL: usize = 4;
    let count = hits.count_ones() as usize;
    let mut next = || {
        let bit = hits.trailing_zeros() as usize % COLUMNS;
        hits &= hits.wrapping_sub(1);
        let bits = (drawn[bit % PACKS] >> (bit & !7)) as u8;
        Candidate { path, bits, latent: group.latents[bit] }
    };
    for candidate in &mut out[..USUAL] {
        *candidate = next();
    }
    if count > USUAL {
        for candidate in &mut out[USUAL..count] {
            *candidate = next();
        }
    }
}

/// One bit for each column that is marked: bit 8 q + p for column q of pack p.
#[inline(always)]
fn hits(tops: &[u64; PACKS]) -> u64 {
    let mut hits = 0;
    for (pack, top) in tops.iter().enumerate() {
        hits |= top >> (7 - pack);
    }
    hits
}

/// Sets the top bit of every column whose draw is not above its bound. All eight columns of a word
/// are compared at once: draw <= bound shows in the top bit of (bound and not draw) or (not (bound
/// xor draw) and (bound with top bits - draw without)).
#[inline(always)]
fn mark_under(drawn: &[u64], bounds: &[u64], tops: &mut [u64]) {
    const TOPS: u64 = 0x8080_8080_8080_8080;
    for (top, (&draw, &bound)) in tops.iter_mut().zip(drawn.iter().zip(bounds)) {
        let rest = (bound | TOPS).wrapping_sub(draw & !TOPS);
        *top = ((bound & !draw) | (!(bound ^ draw) & rest)) & TOPS;
    }
}

/// Full draws for those that may default.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl", "x86_64+avx2"))]
fn decide(
    sampler: &Sampler,
    (from, paths): (usize, Range<usize>),
    stream: &mut Stream,
    fates: &mut Fates,
) {
    let count = fates.candidates;
    draw_own(sampler, stream, fates, count);
    let struck = keep_struck(sampler, fates, count);
    let mut end = fates.defaults.len() as u32;
    let of_paths = from + paths.start..=from + paths.end;
    fates.first[of_paths.clone()].fill(end);
    find_days(sampler, fates, struck);
    for at in 0..struck {
        let Struck { value, path, latent } = fates.struck[at];
        let path = from + path as usize;
        match sampler.drawn[latent as usize].alone {
            Some(firm) => fates.defaults.push(Default { firm, day: fates.days[at] }),
            None => sampler.strike(fates, path, latent as usize, value),
        }
        fates.first[path + 1] = fates.defaults.len() as u32;
    }
    // A path without defaults begins where the one before it ends.
    for first in &mut fates.first[of_paths] {
        end = end.max(*first);
        *first = end;
    }
}

/// The day of each that was struck, were it alone. What is read from all over the tables is read
/// for all in a loop of its own, so that one does not wait for the other.
#[inline(always)]
fn find_days(sampler: &Sampler, fates: &mut Fates, count: usize) {
    let struck = &fates.struck[..count];
    for (place, Struck { value, latent, .. }) in fates.places.iter_mut().zip(struck) {
        let firm = sampler.drawn[*latent as usize].alone.unwrap_or(0);
        *place = sampler.thresholds.place(firm as usize, *value);
    }
    let places = fates.places.iter().zip(struck);
    for (day, (place, Struck { value, .. })) in fates.days.iter_mut().zip(places) {
        *day = sampler.thresholds.day_in(*place, *value);
    }
}

/// The own part of every candidate, from its 8 bits and 56 more.
#[inline(always)]
fn draw_own(sampler: &Sampler, stream: &mut Stream, fates: &mut Fates, count: usize) {
    let whole = count.next_multiple_of(8);
    if fates.drawn.len() < whole {
        fates.drawn.resize(whole, 0);
        fates.values.resize(whole, 0.0);
        fates.struck.resize(whole, Struck::default());
        fates.places.resize(whole, Place::default());
        fates.days.resize(whole, 0);
    }
    stream.fill(&mut fates.drawn[..whole]);
    let drawn = fates.looked_at[..count].iter().zip(&fates.drawn);
    for (value, (candidate, drawn)) in fates.values.iter_mut().zip(drawn) {
        let bits = u64::from(candidate.bits) << 56 | drawn >> 8;
        *value = sampler.normal.of(bits);
    }
}

/// Keeps the candidates whose latent variable is low enough, without a branch.
#[inline(always)]
fn keep_struck(sampler: &Sampler, fates: &mut Fates, count: usize) -> usize {
    let mut struck = 0;
    for (candidate, own) in fates.looked_at[..count].iter().zip(&fates.values) {
        let latent = &sampler.drawn[candidate.latent as usize];
        let path = usize::from(candidate.path);
        let value = fates.sums[latent.cell as usize * PATHS + path] + latent.own_weight * own;
        let value = fates.mixing.get(path).map_or(value, |mixing| value / mixing);
        fates.struck[struck] =
            Struck { value, path: u32::from(candidate.path), latent: candidate.latent };
        struck += usize::from(value <= latent.highest);
    }
    struck
}
