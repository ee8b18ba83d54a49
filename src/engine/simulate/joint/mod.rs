//! The series of a shelf on the same paths: a firm defaults once, in every series that holds a loan
//! of it, and a supporter pays out of one capacity.
//!
//! Every firm has one clock, which runs from the start of the first series that it is in. On a path
//! on which it has defaulted before a later series begins, its loan is not sold into that series:
//! another's is, which pays. Nor does a supporter that has failed stand behind a series that begins
//! after it: another does, which lives.
//! Series are run alone (each as if all capacity were its own), without commitments, and together:
//! the first series, the first two, and so on to all of them. Invariant: where nothing is shared,
//! a series together with others goes as it goes alone, path by path.

mod firms;
mod tally;
mod worker;

use std::ops::Range;

use super::fates::Sampler;
use super::{Drawing, Simulation, chunks, exposures, on_every_thread};
use crate::deal::{Deal, Seniority};
use crate::engine::shelf::{SeriesDate, SharedSupporter, calendar, shared_supporters};
use crate::num::Fen;
use crate::scenario::{DefaultModel, Scenario};
use firms::JointFirms;
pub use tally::{ShelfTally, ShelfWay, SupporterSums};
use worker::Worker;

/// Each series has streams of its own; there are numbers for so many.
const MOST_SERIES: usize = 60;

/// One series, to be simulated with others.
#[derive(Clone, Copy, Debug)]
pub struct SeriesInput<'a> {
    pub name: &'a str,
    pub deal: &'a Deal,
    pub scenario: &'a Scenario,
    pub model: &'a DefaultModel,
}

/// A supporter of the shelf.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoteSupporter {
    pub name: String,
    /// What is left of its capacity as the run begins; none where it is not limited.
    pub capacity: Option<Fen>,
    /// (series, commitment of that series).
    pub commitments: Vec<(usize, usize)>,
    /// Its place among those whose capacity is limited.
    shared: Option<usize>,
}

/// The series of a shelf, ready to be simulated on the same paths.
#[derive(Clone, Debug)]
pub struct ShelfSimulation<'a> {
    series: Vec<Simulation<'a>>,
    sampler: Sampler,
    firms: JointFirms,
    shared: Vec<SharedSupporter>,
    supporters: Vec<NoteSupporter>,
    calendar: Vec<Vec<SeriesDate>>,
    /// Initial principal of all series.
    principal: f64,
}

impl<'a> ShelfSimulation<'a> {
    /// Compiles; series in the order in which they were issued. What cannot be simulated is told.
    pub fn new(
        inputs: &[SeriesInput<'a>],
        drawing: Drawing,
    ) -> Result<ShelfSimulation<'a>, Vec<String>> {
        if inputs.len() > MOST_SERIES {
            let count = inputs.len();
            return Err(vec![format!(
                "{count} series are more than are simulated together (at most {MOST_SERIES})"
            )]);
        }
        let mut series: Vec<Simulation<'a>> = Vec::new();
        let mut faults = Vec::new();
        for input in inputs {
            match Simulation::new(input.deal, input.scenario, input.model, drawing) {
                Ok(made) => series.push(made),
                Err(told) => {
                    faults.extend(told.iter().map(|told| format!("{}/{told}", input.name)))
                }
            }
        }
        let named: Vec<(&str, &Deal)> = inputs.iter().map(|one| (one.name, one.deal)).collect();
        let shared = shared_supporters(&named).map_err(|told| faults.extend(told));
        let firms = JointFirms::new(inputs).map_err(|told| faults.extend(told));
        let (Ok(shared), Ok(firms), true) = (shared, firms, faults.is_empty()) else {
            return Err(faults);
        };
        for (at, one) in series.iter_mut().enumerate() {
            one.sampler.series = at as u32;
        }
        let sampler = sampler(inputs, &series, &firms, drawing);
        let dates: Vec<_> = series.iter().map(|one| (&one.periods[..], one.with.start)).collect();
        Ok(ShelfSimulation {
            calendar: calendar(&dates),
            principal: inputs.iter().map(|one| one.deal.initial_principal() as f64).sum(),
            supporters: supporters(inputs, &shared),
            shared,
            sampler,
            firms,
            series,
        })
    }

    /// Supporters that stand behind the notes of any series.
    pub fn supporters(&self) -> &[NoteSupporter] {
        &self.supporters
    }

    /// Sums of nothing.
    pub fn tally(&self) -> ShelfTally {
        let classes: Vec<usize> = self.series.iter().map(|one| one.deal.tranches().len()).collect();
        let covered = self.series.iter().any(|one| one.covers.is_some());
        ShelfTally::new(&classes, self.supporters.len(), covered)
    }

    /// Adds some of the blocks of a simulation of `paths` paths, on as many threads as the pool of
    /// rayon in which it is called has.
    pub fn run(&self, blocks: Range<u64>, paths: u64, tally: &mut ShelfTally) {
        let chunks = chunks(blocks, Simulation::blocks(paths));
        let parts = on_every_thread(&chunks, |chunks| {
            let mut worker = Worker::new(self, paths);
            chunks.for_each(|chunk| worker.chunk(self, chunk, paths));
            worker.finish(self)
        });
        parts.iter().for_each(|part| tally.merge(part));
    }

    /// What happens on one path, as a scenario for each series that names it.
    pub fn path(&self, path: u64) -> Vec<Scenario> {
        Worker::new(self, 0).named(self, path)
    }
}

/// Draws the firms of all series.
fn sampler(
    inputs: &[SeriesInput<'_>],
    series: &[Simulation<'_>],
    joint: &JointFirms,
    drawing: Drawing,
) -> Sampler {
    let firms = joint.firms(inputs, series);
    let mut all = Vec::new();
    let mut first = 0;
    for input in inputs {
        let of_series = exposures(input.deal).into_iter();
        all.extend(of_series.map(|(obligor, principal)| (first + obligor, principal)));
        first += input.deal.obligors().len();
    }
    Sampler::new((first, &all), &joint.correlation, firms, None, drawing)
}

/// Supporters by name, as the series bring them in.
fn supporters(inputs: &[SeriesInput<'_>], shared: &[SharedSupporter]) -> Vec<NoteSupporter> {
    let mut out: Vec<NoteSupporter> = Vec::new();
    for (series, input) in inputs.iter().enumerate() {
        for (at, commitment) in input.deal.commitments().iter().enumerate() {
            let name = &input.deal.supporters()[commitment.supporter].name;
            match out.iter_mut().find(|known| known.name == *name) {
                Some(known) => known.commitments.push((series, at)),
                None => {
                    let limited = shared.iter().position(|shared| shared.name == *name);
                    out.push(NoteSupporter {
                        name: name.clone(),
                        capacity: limited.map(|at| shared[at].capacity),
                        commitments: vec![(series, at)],
                        shared: limited,
                    });
                }
            }
        }
    }
    out
}

/// Which classes of a deal are senior; the first of all where none is.
fn senior(deal: &Deal) -> Vec<usize> {
    let is_senior = |&at: &usize| deal.tranches()[at].seniority == Seniority::Senior;
    let senior: Vec<usize> = (0..deal.tranches().len()).filter(is_senior).collect();
    if senior.is_empty() { vec![0] } else { senior }
}
