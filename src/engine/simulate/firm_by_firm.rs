//! All paths of the lanes at once, firm after firm, so that what a firm changes is read once and
//! not once a path: for large pools whose defaults look nothing up on their paths.

use std::hint::black_box;
use std::ops::Range;

use super::Simulation;
use super::changes::Changes;
use super::fates::{Default, Fates};
use super::gather::{Gathered, add_default, recover};
use crate::engine::lanes::LANES;

/// Room for the defaults of all lanes.
#[derive(Clone, Debug, Default)]
pub(super) struct ByFirm {
    /// With their lanes.
    defaults: Vec<(Default, u32)>,
    /// By firm: where its next default goes among these.
    places: Vec<u32>,
    /// By lane: the last period with a recovery, plus 1.
    recovered_ends: Vec<usize>,
}

/// Defaults that are looked up before any is worked on, so that the lookups do not wait for each
/// other.
const AHEAD: usize = 64;

impl ByFirm {
    /// Sorts the defaults of the paths at so many places from one on.
    #[inline(always)]
    fn sort(&mut self, firms: usize, fates: &Fates, from: usize) {
        let ByFirm { defaults, places, .. } = self;
        places.clear();
        places.resize(firms + 1, 0);
        for lane in 0..LANES {
            for default in fates.defaults_at(from + lane) {
                places[default.firm as usize + 1] += 1;
            }
        }
        for firm in 1..places.len() {
            places[firm] += places[firm - 1];
        }
        let all = places.last().map_or(0, |&all| all as usize);
        defaults.resize(all, (Default { firm: 0, day: 0 }, 0));
        for lane in 0..LANES {
            for default in fates.defaults_at(from + lane) {
                let place = &mut places[default.firm as usize];
                defaults[*place as usize] = (*default, lane as u32);
                *place += 1;
            }
        }
    }
}

impl Gathered {
    /// The paths at the places of a block from one on.
    #[inline(always)]
    pub(super) fn firm_by_firm(&mut self, simulation: &Simulation<'_>, fates: &Fates, from: usize) {
        let mut room = std::mem::take(&mut self.by_firm);
        room.sort(simulation.sampler.obligors, fates, from);
        let changes = &simulation.changes;
        room.recovered_ends.clear();
        room.recovered_ends.resize(LANES, changes.recovered_end);
        for lane in 0..LANES {
            self.lines.begin(changes, lane);
            self.pool[lane] = changes.facts;
        }
        let mut ranges = Vec::with_capacity(AHEAD);
        for some in room.defaults.chunks(AHEAD) {
            self.clear_stops();
            let range = |(default, _): &(Default, u32)| changes.range(default.firm, default.day);
            ranges.clear();
            ranges.extend(some.iter().map(range));
            // Reads what is to be read, one beside the other, before anything waits for it.
            let read = |range: &Range<usize>| changes.defaults.get(range.start);
            let near = ranges.iter().filter_map(read);
            black_box(near.fold(0, |sum, change| sum ^ change.period));
            for (range, (_, lane)) in ranges.drain(..).zip(some) {
                self.stop(changes, range, *lane, *lane as usize);
            }
            for stopped in &self.stopped {
                self.lines.take(changes, *stopped);
            }
            self.add_parts();
            self.default_some(changes, &mut room.recovered_ends);
        }
        for lane in 0..LANES {
            (self.facts, self.recovered_end) = (self.pool[lane], room.recovered_ends[lane]);
            self.finish(simulation, lane);
        }
        self.by_firm = room;
    }

    /// What the defaults in hand change beside what is paid, each on its own lane.
    #[inline(always)]
    fn default_some(&mut self, changes: &Changes, recovered_ends: &mut [usize]) {
        let Gathered { stops, inputs, pool, .. } = self;
        for stop in &*stops {
            let (change, lane) = (changes.at(stop.place), stop.of as usize);
            let (facts, end) = (&mut pool[lane], &mut recovered_ends[lane]);
            facts.defaults += stop.obligors;
            add_default(change, lane, &mut inputs.defaulted, &mut inputs.recovered, facts, end);
            for &(period, amount) in changes.later_recoveries(change) {
                recover(&mut inputs.recovered, period as usize, lane, amount, facts, end);
            }
        }
        self.recognise(changes, |stop| stop.of as usize);
    }
}
