//! Fates become collections, path beside path.
//!
//! Invariant: a lane's rows are what `collect` gives for a scenario that names the path's defaults
//! and what its rights fetch, fen by fen.

use std::borrow::Cow;
use std::ops::Range;

use multiversion::multiversion;

use super::Simulation;
use super::changes::{Changes, Detail, EIGHT, Eight, LoanDefault};
use super::covers::Witness;
use super::fates::{Default, Fates, NEVER, PATHS};
use super::values::Values;
use crate::dates::Date;
use crate::engine::collect::Collected;
use crate::engine::infringement::{self, Payout};
use crate::engine::lanes::LANES;
use crate::engine::period::Inputs;
use crate::engine::recovery::{Sale, proceeds};
use crate::num::{Fen, Ratio, Row};
use crate::scenario::Infringement;

/// What a path's pool did, beside what the waterfall sees.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct PoolFacts {
    /// Principal in default.
    pub defaulted: f64,
    /// Recovered in all, also after the last calculation date.
    pub recovered: f64,
    /// Obligors in default.
    pub defaults: u32,
}

/// What a scenario must name beside defaults to be a path.
#[derive(Clone, Debug)]
pub(crate) struct Named {
    /// (right, what it fetches over what is certain).
    pub values: Vec<(usize, Ratio)>,
    /// (loan, day on which it is paid back early).
    pub prepaid: Vec<(usize, Date)>,
    /// Of rights that it sells.
    pub infringements: Vec<Infringement>,
}

/// From a period on a loan no longer pays as agreed, but for a part of that period.
#[derive(Clone, Copy, Debug)]
struct Stop {
    /// What its default changes; of a loan paid back early, nothing beside what it would have paid.
    change: LoanDefault,
    /// Which default of the path; firm by firm, the lane.
    of: u32,
    /// One for the first loan of an obligor.
    obligors: u32,
}

/// Collections of some paths of a block, and the room to make them in.
#[derive(Clone, Debug)]
pub(crate) struct Gathered {
    pub inputs: Inputs<f64, LANES>,
    pub pool: Vec<PoolFacts>,
    /// What the loans pay, path by path, before paths become columns.
    lines: Vec<Eight>,
    /// (supporter, lane) whose columns are not those of one that never fails.
    failed: Vec<(usize, usize)>,
    /// The last period with a recovery, plus 1, of the path in hand.
    recovered_end: usize,
    facts: PoolFacts,
    values: Values,
    /// Loans of the path in hand that are paid back early, and when.
    prepaid: Vec<(u32, Date)>,
    /// Period of the clean-up call on the path in hand; beyond all where there is none.
    called_in: usize,
    /// Loans of the path in hand that stop paying as agreed; by lane, what they pay of that period:
    /// interest and principal.
    stops: Vec<Stop>,
    parts: Vec<(usize, u16, (f64, f64))>,
    /// Room: defaults of the path in hand by period.
    defaulted_in: Vec<f64>,
    /// Room: defaults of all lanes, firm by firm, with their lanes; and recoveries by lane.
    by_firm: Vec<(Default, u32)>,
    /// Room: by firm, where its next default goes among these.
    places: Vec<u32>,
    recovered_ends: Vec<usize>,
    /// What covers need to know; none where the deal has no covers.
    pub witness: Option<Witness>,
}

impl Gathered {
    pub fn new(simulation: &Simulation<'_>) -> Gathered {
        let periods = simulation.changes.periods;
        let supporters = simulation.deal.supporters().len();
        let rows = || vec![Row::ZERO; periods];
        let kept = |wanted: bool| wanted.then(rows);
        Gathered {
            inputs: Inputs {
                opening: Row([simulation.opening; LANES]),
                interest: rows(),
                principal: rows(),
                recovered: rows(),
                defaulted: rows(),
                prepaid: kept(simulation.sampler.prepayments.is_some()),
                sold: kept(simulation.clean_up_at.is_some()),
                recognised: kept(simulation.reads_recognised),
                last_cash: Row::ZERO,
                alive: vec![vec![Row([1.0; LANES]); periods]; supporters],
                failed: vec![rows(); supporters],
            },
            pool: vec![PoolFacts::default(); LANES],
            lines: vec![[[0.0; EIGHT]; 2]; LANES * simulation.changes.eights],
            failed: Vec::new(),
            recovered_end: 0,
            facts: PoolFacts::default(),
            values: Values::default(),
            prepaid: Vec::new(),
            called_in: usize::MAX,
            stops: Vec::new(),
            parts: Vec::new(),
            defaulted_in: Vec::new(),
            by_firm: Vec::new(),
            places: Vec::new(),
            recovered_ends: vec![0; LANES],
            witness: simulation.covers.is_some().then(Witness::default),
        }
    }

    /// The paths at the places of a block from one on.
    pub fn gather(&mut self, simulation: &Simulation<'_>, fates: &Fates, from: usize) {
        self.witness.iter_mut().for_each(Witness::clear);
        gather_collections(self, simulation, fates, from);
        self.supporters(simulation, fates, from);
    }

    /// Rights that one path sells and what they fetch over what is certain, and loans it pays back
    /// early; of the paths that were gathered last, once more.
    pub fn named(&mut self, simulation: &Simulation<'_>, fates: &Fates, path: usize) -> Named {
        self.path(simulation, fates, path, path % LANES);
        let prepaid = self.prepaid.iter().map(|&(loan, date)| (loan as usize, date)).collect();
        let infringements = self.values.infringed().to_vec();
        Named { values: self.values.drawn().to_vec(), prepaid, infringements }
    }

    /// Collections of one lane.
    pub fn collections(&self, simulation: &Simulation<'_>, lane: usize) -> Vec<Collected> {
        let inputs = &self.inputs;
        let mut opening = simulation.principal;
        let fen = |rows: &Option<Vec<Row<f64, LANES>>>, at: usize| {
            rows.as_ref().map_or(0.0, |rows| rows[at].0[lane])
        };
        let mut out = Vec::with_capacity(simulation.changes.periods);
        for at in 0..simulation.changes.periods {
            let (prepaid, sold) = (fen(&inputs.prepaid, at), fen(&inputs.sold, at));
            let (principal, defaulted) =
                (inputs.principal[at].0[lane], inputs.defaulted[at].0[lane]);
            let closing = opening - principal - prepaid - defaulted - sold;
            out.push(Collected {
                opening: opening as Fen,
                closing: closing as Fen,
                interest: inputs.interest[at].0[lane] as Fen,
                principal: principal as Fen,
                prepaid: prepaid as Fen,
                defaulted: defaulted as Fen,
                recovered: inputs.recovered[at].0[lane] as Fen,
                sold: sold as Fen,
                recognised: fen(&inputs.recognised, at) as Fen,
                to_come: Fen::from(inputs.last_cash.0[lane] > at as f64),
            });
            opening = closing;
        }
        out
    }

    fn supporters(&mut self, simulation: &Simulation<'_>, fates: &Fates, from: usize) {
        for (supporter, lane) in self.failed.drain(..) {
            self.inputs.alive[supporter].iter_mut().for_each(|row| row.0[lane] = 1.0);
            self.inputs.failed[supporter].iter_mut().for_each(|row| row.0[lane] = 0.0);
        }
        for (supporter, by_path) in fates.failures.iter().enumerate() {
            for lane in 0..LANES {
                let day = by_path[fates.path_at(from + lane)];
                if day == NEVER {
                    continue;
                }
                let (dead, failed) = simulation.failed_from[supporter][day as usize];
                let alive = &mut self.inputs.alive[supporter];
                alive[dead..].iter_mut().for_each(|row| row.0[lane] = 0.0);
                let by_test = &mut self.inputs.failed[supporter];
                by_test[failed..].iter_mut().for_each(|row| row.0[lane] = 1.0);
                self.failed.push((supporter, lane));
            }
        }
    }

    /// Rows as they are where nobody defaults.
    #[inline(always)]
    fn begin(&mut self, simulation: &Simulation<'_>) {
        let base = &simulation.changes.base.rows;
        for (at, row) in base.iter().enumerate() {
            self.inputs.recovered[at] = Row([row.recovered as f64; LANES]);
            self.inputs.defaulted[at] = Row([row.defaulted as f64; LANES]);
        }
        self.inputs.recognised.iter_mut().for_each(|rows| rows.fill(Row::ZERO));
    }

    /// One path: its prepayments and defaults, one after another.
    #[inline(always)]
    fn path(&mut self, simulation: &Simulation<'_>, fates: &Fates, path: usize, lane: usize) {
        let (from, to) = (fates.first[path] as usize, fates.first[path + 1] as usize);
        let defaults = &fates.defaults[from..to];
        self.facts = simulation.changes.facts;
        self.recovered_end = simulation.changes.recovered_end;
        self.called_in = usize::MAX;
        self.values.begin(fates.block * PATHS as u64 + path as u64);
        self.stops.clear();
        self.parts.clear();
        self.prepay(simulation, fates, path, lane, defaults);
        for (at, default) in defaults.iter().enumerate() {
            let range = simulation.changes.range(default.firm, default.day);
            self.stop(&simulation.changes, range, at as u32, lane);
        }
        self.take_away(&simulation.changes, lane);
        if let Some(limit) = simulation.clean_up_at {
            self.clean_up(simulation, defaults, lane, limit);
        }
        self.default_all(simulation, fates, path, lane);
        if simulation.sales.is_some() {
            self.share_in_sales(simulation, fates, path, lane, defaults);
        }
        self.finish(simulation, lane);
    }

    #[inline(always)]
    fn finish(&mut self, simulation: &Simulation<'_>, lane: usize) {
        self.pool[lane] = self.facts;
        self.inputs.last_cash.0[lane] = self.last_cash(simulation, lane) as f64;
    }

    /// All paths of the lanes at once, firm after firm, so that what a firm changes is read once
    /// and not once a path. For large pools whose defaults look nothing up on their paths.
    #[inline(always)]
    fn firm_by_firm(&mut self, simulation: &Simulation<'_>, fates: &Fates, from: usize) {
        let mut by_firm = std::mem::take(&mut self.by_firm);
        let mut places = std::mem::take(&mut self.places);
        places.clear();
        places.resize(simulation.sampler.obligors + 1, 0);
        let changes = &simulation.changes;
        for lane in 0..LANES {
            let line = &mut self.lines[lane * changes.eights..(lane + 1) * changes.eights];
            line.copy_from_slice(&changes.base_paid);
            let path = fates.path_at(from + lane);
            let (first, last) = (fates.first[path], fates.first[path + 1]);
            let defaults = &fates.defaults[first as usize..last as usize];
            for default in defaults {
                places[default.firm as usize + 1] += 1;
            }
            self.recovered_ends[lane] = changes.recovered_end;
            self.pool[lane] = changes.facts;
        }
        for firm in 1..places.len() {
            places[firm] += places[firm - 1];
        }
        by_firm
            .resize(places.last().map_or(0, |&all| all as usize), (Default { firm: 0, day: 0 }, 0));
        for lane in 0..LANES {
            let path = fates.path_at(from + lane);
            let (first, last) = (fates.first[path], fates.first[path + 1]);
            for default in &fates.defaults[first as usize..last as usize] {
                let place = &mut places[default.firm as usize];
                by_firm[*place as usize] = (*default, lane as u32);
                *place += 1;
            }
        }
        let mut ranges = Vec::with_capacity(AHEAD);
        for some in by_firm.chunks(AHEAD) {
            self.stops.clear();
            self.parts.clear();
            let range = |(default, _): &(Default, u32)| changes.range(default.firm, default.day);
            ranges.clear();
            ranges.extend(some.iter().map(range));
            for (range, (_, lane)) in ranges.drain(..).zip(some) {
                self.stop(changes, range, *lane, *lane as usize);
            }
            self.stop_paying(changes);
            self.default_some(changes);
        }
        for lane in 0..LANES {
            (self.facts, self.recovered_end) = (self.pool[lane], self.recovered_ends[lane]);
            self.finish(simulation, lane);
        }
        (self.by_firm, self.places) = (by_firm, places);
    }

    /// What licensees that still pay pay above their fees. Out of line, as few deals have any.
    #[cold]
    #[inline(never)]
    fn share_in_sales(
        &mut self,
        simulation: &Simulation<'_>,
        fates: &Fates,
        path: usize,
        lane: usize,
        defaults: &[Default],
    ) {
        let Some(sales) = &simulation.sales else { return };
        let first = lane * simulation.changes.eights;
        for licence in &sales.licences {
            let factor = sales.factor(simulation, fates, path, licence);
            let firm = &simulation.sampler.firms[licence.obligor as usize];
            let default = defaults.iter().find(|default| default.firm == licence.obligor);
            let default = default.map(|default| firm.dates[default.day as usize]);
            let prepaid = self.prepaid.iter().find(|(loan, _)| *loan == licence.loan);
            let last = self.called_in.min(simulation.changes.periods.saturating_sub(1));
            for fee in licence.fees.iter().filter(|fee| fee.period <= last) {
                let pays = default.is_none_or(|date| fee.date < date)
                    && prepaid.is_none_or(|(_, date)| fee.date <= *date);
                if pays {
                    let above = sales.above(simulation.deal, licence, fee, factor);
                    let line = &mut self.lines[first + fee.period / EIGHT];
                    line[0][fee.period % EIGHT] += above as f64;
                }
            }
        }
    }

    /// The loans of an obligor stop paying, but for those paid back before.
    #[inline(always)]
    fn stop(&mut self, changes: &Changes, defaults: Range<usize>, of: u32, lane: usize) {
        let mut obligors = 1;
        for change in &changes.defaults[defaults] {
            if self.is_prepaid(change.loan) {
                continue;
            }
            self.stops.push(Stop { change: *change, of, obligors });
            obligors = 0;
            if change.detailed {
                let paid = changes.details[change.detail as usize].paid;
                self.parts.push((lane, change.period, paid));
            }
        }
    }

    #[inline(always)]
    fn is_prepaid(&self, loan: u32) -> bool {
        !self.prepaid.is_empty() && self.prepaid.iter().any(|(prepaid, _)| *prepaid == loan)
    }

    /// Loans paid back before they default.
    #[inline(always)]
    fn prepay(
        &mut self,
        simulation: &Simulation<'_>,
        fates: &Fates,
        path: usize,
        lane: usize,
        defaults: &[Default],
    ) {
        self.prepaid.clear();
        let Some(prepayments) = &simulation.sampler.prepayments else { return };
        if let Some(rows) = &mut self.inputs.prepaid {
            rows.iter_mut().for_each(|row| row.0[lane] = 0.0);
        }
        let (from, to) =
            (fates.prepaid_first[path] as usize, fates.prepaid_first[path + 1] as usize);
        for &(loan, day) in &fates.prepaid[from..to] {
            let day = prepayments.day(loan, day);
            let obligor = simulation.deal.loans()[loan as usize].obligor as u32;
            let default = defaults.iter().find(|default| default.firm == obligor);
            let dates =
                |at: &Default| simulation.sampler.firms[obligor as usize].dates[at.day as usize];
            if default.is_some_and(|default| dates(default) <= day.date) {
                continue;
            }
            self.prepaid.push((loan, day.date));
            let change = LoanDefault::none(loan, day.period as u16);
            self.stops.push(Stop { change, of: 0, obligors: 0 });
            self.parts.push((lane, day.period as u16, day.paid));
            if let Some(rows) = &mut self.inputs.prepaid {
                rows[day.period as usize].0[lane] += day.amount;
            }
        }
    }

    /// Finds the period, if any, in which what performs falls to the limit and is bought at par;
    /// nothing is paid after it and nobody defaults any more.
    fn clean_up(
        &mut self,
        simulation: &Simulation<'_>,
        defaults: &[Default],
        lane: usize,
        limit: f64,
    ) {
        let changes = &simulation.changes;
        self.defaulted_in.clear();
        self.defaulted_in.extend(changes.base.rows.iter().map(|row| row.defaulted as f64));
        for default in defaults {
            for change in changes.of(default.firm, default.day) {
                if !self.is_prepaid(change.loan) {
                    self.defaulted_in[usize::from(change.period)] += change.defaulted;
                }
            }
        }
        let first = lane * changes.eights;
        let mut left = simulation.principal;
        let mut called = None;
        for at in 0..changes.periods {
            let prepaid = self.inputs.prepaid.as_ref().map_or(0.0, |rows| rows[at].0[lane]);
            let principal = self.lines[first + at / EIGHT][1][at % EIGHT];
            left -= principal + prepaid + self.defaulted_in[at];
            if let Some(sold) = &mut self.inputs.sold {
                sold[at].0[lane] = 0.0;
            }
            if called.is_none() && left <= limit {
                called = Some((at, left));
            }
        }
        let Some((called_in, left)) = called else { return };
        self.called_in = called_in;
        if let Some(sold) = &mut self.inputs.sold {
            sold[called_in].0[lane] = left;
        }
        let after = called_in + 1;
        for at in after..EIGHT * changes.eights {
            let line = &mut self.lines[first + at / EIGHT];
            (line[0][at % EIGHT], line[1][at % EIGHT]) = (0.0, 0.0);
        }
        if let Some(rows) = &mut self.inputs.prepaid {
            rows[after..].iter_mut().for_each(|row| row.0[lane] = 0.0);
        }
    }

    /// What the defaults of the path in hand change beside what is paid, but those that a clean-up
    /// call comes before.
    #[inline(always)]
    fn default_all(
        &mut self,
        simulation: &Simulation<'_>,
        fates: &Fates,
        path: usize,
        lane: usize,
    ) {
        if self.called_in < usize::MAX {
            let last = self.called_in;
            self.stops.retain(|stop| usize::from(stop.change.period) <= last);
        }
        let rows = (&mut self.inputs.defaulted[..], &mut self.inputs.recovered[..]);
        let (mut facts, mut end) = (self.facts, self.recovered_end);
        add_defaults(&self.stops, lane, rows.0, rows.1, &mut facts, &mut end);
        (self.facts, self.recovered_end) = (facts, end);
        self.recognise(|_| lane);
        if self.witness.is_some() || !simulation.changes.details.is_empty() {
            self.look_closer(simulation, fates, path, lane);
        }
    }

    /// The same of some defaults of any lanes, whose facts are those of the lanes.
    #[inline(always)]
    fn default_some(&mut self, changes: &Changes) {
        let Gathered { stops, inputs, pool, recovered_ends, .. } = self;
        for stop in &*stops {
            let lane = stop.of as usize;
            let (facts, end) = (&mut pool[lane], &mut recovered_ends[lane]);
            let stop = std::slice::from_ref(stop);
            add_defaults(stop, lane, &mut inputs.defaulted, &mut inputs.recovered, facts, end);
        }
        for stop in stops.iter().filter(|stop| stop.change.detailed) {
            let lane = stop.of as usize;
            let (facts, end) = (&mut pool[lane], &mut recovered_ends[lane]);
            for &(period, amount) in changes.later_recoveries(&stop.change) {
                recover(&mut inputs.recovered, period as usize, lane, amount, facts, end);
            }
        }
        self.recognise(|stop| stop.of as usize);
    }

    /// Adds the defaults to the periods in which triggers count them.
    #[inline(always)]
    fn recognise(&mut self, lane: impl Fn(&Stop) -> usize) {
        let Some(recognised) = &mut self.inputs.recognised else { return };
        for stop in &self.stops {
            if let Some(row) = recognised.get_mut(usize::from(stop.change.recognised)) {
                row.0[lane(stop)] += stop.change.defaulted;
            }
        }
    }

    /// What else the defaults of the path in hand bring: more recoveries, sales, and what covers
    /// need to know.
    fn look_closer(
        &mut self,
        simulation: &Simulation<'_>,
        fates: &Fates,
        path: usize,
        lane: usize,
    ) {
        let of_path = &fates.defaults[fates.first[path] as usize..];
        for at in 0..self.stops.len() {
            let Stop { change, of, .. } = self.stops[at];
            let is_prepaid = self.is_prepaid(change.loan);
            if let Some(witness) = self.witness.as_mut().filter(|_| !is_prepaid) {
                witness.strike(lane, of_path[of as usize], change.loan);
            }
            if change.detailed {
                for &(period, amount) in simulation.changes.later_recoveries(&change) {
                    self.recover(period as usize, lane, amount);
                }
                let detail = &simulation.changes.details[change.detail as usize];
                if detail.sales.0 < detail.sales.1 {
                    self.sell(simulation, fates, path, lane, detail);
                }
            }
        }
    }

    #[inline(always)]
    fn recover(&mut self, period: usize, lane: usize, amount: f64) {
        let rows = &mut self.inputs.recovered;
        recover(rows, period, lane, amount, &mut self.facts, &mut self.recovered_end);
    }

    fn sell(
        &mut self,
        simulation: &Simulation<'_>,
        fates: &Fates,
        path: usize,
        lane: usize,
        change: &Detail,
    ) {
        let (from, to) = (change.sales.0 as usize, change.sales.1 as usize);
        let defaults = &fates.defaults[fates.first[path] as usize..fates.first[path + 1] as usize];
        let mut sales = self.unshared(simulation, defaults, change, from..to);
        if simulation.infringements.are_possible() {
            self.infringe(simulation, fates, path, change, &mut sales);
        }
        let rounding = simulation.deal.terms().rounding;
        let mut shocks = std::mem::take(&mut self.values);
        let shock = |right| shocks.of(simulation, fates, path, right);
        proceeds(&sales, change.claim, rounding, shock, |at, amount| {
            if let Some(witness) = &mut self.witness {
                witness.fetch(sales[at].sold_on, amount);
            }
            let period = simulation.changes.sold_in[from + at] as usize;
            self.recover(period, lane, amount as f64);
        });
        self.values = shocks;
    }

    /// Rights that are infringed before they are sold fetch less, and what covers pay waits for the
    /// loan. Out of line, as few deals have such a risk.
    #[cold]
    #[inline(never)]
    fn infringe(
        &mut self,
        simulation: &Simulation<'_>,
        fates: &Fates,
        path: usize,
        change: &Detail,
        sales: &mut Cow<'_, [Sale]>,
    ) {
        let rounding = simulation.deal.terms().rounding;
        for at in 0..sales.len() {
            let sale = sales[at];
            let Some(month) = self.values.infringement(simulation, &sale) else { continue };
            let value = infringement::kept(&month.infringement).of(sale.value, rounding);
            sales.to_mut()[at].value = value;
            let Some(witness) = &mut self.witness else { continue };
            let payouts: Vec<Payout> =
                month.payouts.iter().map(|of| simulation.paid(of, fates, path)).collect();
            let (claim, day) = (change.claim, change.day);
            witness.wait(&infringement::cash_of(&[sale], &payouts, claim, day, rounding));
        }
    }

    /// Sales as they are once loans that have been paid back share no right any more, and those of
    /// firms in default share it by what they owed then.
    fn unshared<'s>(
        &self,
        simulation: &'s Simulation<'_>,
        defaults: &[Default],
        change: &Detail,
        places: Range<usize>,
    ) -> Cow<'s, [Sale]> {
        let changes = &simulation.changes;
        let (from, sales) = (places.start, &changes.sales[places]);
        if self.prepaid.is_empty() && !changes.several_firms {
            return Cow::Borrowed(sales);
        }
        let paid_back = |loan: u32| {
            self.prepaid.iter().any(|(prepaid, date)| *prepaid == loan && *date < change.day)
        };
        let claimed = |loan: u32| {
            let firm = simulation.deal.loans()[loan as usize].obligor as u32;
            let default = defaults.iter().find(|default| default.firm == firm)?;
            let day = simulation.sampler.firms[firm as usize].dates[default.day as usize];
            (day < change.day).then(|| changes.claim_then(firm, default.day, loan)).flatten()
        };
        let owed = |&(loan, claim): &(u32, Fen)| match paid_back(loan) {
            true => 0,
            false => claimed(loan).unwrap_or(claim),
        };
        let shared = |(at, sale): (usize, &Sale)| {
            let (first, last) = changes.shared[from + at];
            let others = &changes.secured[first as usize..last as usize];
            let more: Fen = others.iter().map(|of| owed(of) - of.1).sum();
            Sale { secured: sale.secured + more, ..*sale }
        };
        Cow::Owned(sales.iter().enumerate().map(shared).collect())
    }

    /// What the loans pay on the path in hand: all that they agreed, less what those that stop
    /// would have paid. Many eights at a time, so that they stay in registers.
    #[inline(always)]
    fn take_away(&mut self, changes: &Changes, lane: usize) {
        let line = &mut self.lines[lane * changes.eights..(lane + 1) * changes.eights];
        let mut at = 0;
        while at < changes.paid_eights {
            if changes.paid_eights - at < AT_ONCE {
                take_from_eights::<1>(changes, &self.stops, at, line);
                at += 1;
            } else {
                take_from_eights::<AT_ONCE>(changes, &self.stops, at, line);
                at += AT_ONCE;
            }
        }
        add_parts(&self.parts, changes.eights, &mut self.lines);
    }

    /// The same for loans of several lanes, whose lines already hold what the others pay.
    #[inline(always)]
    fn stop_paying(&mut self, changes: &Changes) {
        let eights = changes.eights;
        for stop in &self.stops {
            let Stop { change: LoanDefault { loan, period, .. }, of: lane, .. } = *stop;
            let line = &mut self.lines[lane as usize * eights..][..eights];
            let first = usize::from(period) / EIGHT;
            let from = &changes.paid[loan as usize * eights..];
            let Some(to) = line.get_mut(first..changes.paid_eights) else { continue };
            for (at, (to, from)) in (first..).zip(to.iter_mut().zip(&from[first..])) {
                let counts = from_period(period, at);
                to[0] = less_counted(to[0], from[0], counts);
                to[1] = less_counted(to[1], from[1], counts);
            }
        }
        add_parts(&self.parts, eights, &mut self.lines);
    }

    #[inline(always)]
    fn bought_or_prepaid(&self, at: usize, lane: usize) -> bool {
        let some = |rows: &Option<Vec<Row<f64, LANES>>>| {
            rows.as_ref().is_some_and(|rows| rows[at].0[lane] != 0.0)
        };
        some(&self.inputs.prepaid) || some(&self.inputs.sold)
    }

    /// The last period with cash of any kind; 0 where there is none.
    #[inline(always)]
    fn last_cash(&self, simulation: &Simulation<'_>, lane: usize) -> usize {
        let first = lane * simulation.changes.eights;
        let mut end = simulation.changes.paid_end;
        while end > self.recovered_end {
            let [interest, principal] = &self.lines[first + (end - 1) / EIGHT];
            let at = (end - 1) % EIGHT;
            let paid = interest[at] != 0.0 || principal[at] != 0.0;
            if paid || self.bought_or_prepaid(end - 1, lane) {
                break;
            }
            end -= 1;
        }
        end.max(self.recovered_end).saturating_sub(1)
    }

    /// Eight finished paths become columns.
    #[inline(always)]
    fn transpose(&mut self, simulation: &Simulation<'_>, first_lane: usize) {
        let (eights, paid) = (simulation.changes.eights, simulation.changes.paid_eights);
        let inputs = &mut self.inputs;
        for (kind, to) in [&mut inputs.interest, &mut inputs.principal].into_iter().enumerate() {
            for (eight, rows) in to.chunks_mut(EIGHT).take(paid).enumerate() {
                let mut square = [[0.0; EIGHT]; EIGHT];
                for (lane, line) in square.iter_mut().enumerate() {
                    *line = self.lines[(first_lane + lane) * eights + eight][kind];
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
/// Defaults that are looked up before any is worked on, so that the lookups do not wait for each
/// other.
const AHEAD: usize = 64;

#[inline(always)]
fn take_from_eights<const N: usize>(
    changes: &Changes,
    stops: &[Stop],
    first: usize,
    line: &mut [Eight],
) {
    let (Some(&base), Some(line)) =
        (changes.base_paid[first..].first_chunk::<N>(), line[first..].first_chunk_mut::<N>())
    else {
        return;
    };
    let mut left = base;
    for Stop { change: LoanDefault { loan, period, .. }, .. } in stops {
        let from = *loan as usize * changes.eights + first;
        let begins = usize::from(*period).saturating_sub(first * EIGHT).min(N * EIGHT);
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

/// What is paid of the period in which a loan stops, lane by lane in so many eights.
#[inline(always)]
fn add_parts(parts: &[(usize, u16, (f64, f64))], eights: usize, lines: &mut [Eight]) {
    for &(lane, period, paid) in parts {
        let (eight, at) = (usize::from(period) / EIGHT, usize::from(period) % EIGHT);
        let [interest, principal] = &mut lines[lane * eights + eight];
        interest[at] += paid.0;
        principal[at] += paid.1;
    }
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

/// What is recognised in each period becomes all that is recognised by then.
#[inline(always)]
fn add_up_recognised(rows: &mut [Row<f64, LANES>], base: &[Collected]) {
    let mut so_far = Row::ZERO;
    for (row, base) in rows.iter_mut().zip(base) {
        so_far.add(row);
        *row = so_far;
        row.add_amount(base.recognised as f64);
    }
}

/// Balances and certain recoveries of the defaults of one path.
#[inline(always)]
fn add_defaults(
    stops: &[Stop],
    lane: usize,
    defaulted: &mut [Row<f64, LANES>],
    recovered: &mut [Row<f64, LANES>],
    facts: &mut PoolFacts,
    end: &mut usize,
) {
    for Stop { change, obligors, .. } in stops {
        defaulted[usize::from(change.period)].0[lane] += change.defaulted;
        facts.defaulted += change.defaulted;
        facts.defaults += obligors;
        recover(recovered, usize::from(change.recovered_in), lane, change.recovered, facts, end);
    }
}

#[inline(always)]
fn recover(
    rows: &mut [Row<f64, LANES>],
    period: usize,
    lane: usize,
    amount: f64,
    facts: &mut PoolFacts,
    end: &mut usize,
) {
    facts.recovered += amount;
    if amount > 0.0
        && let Some(row) = rows.get_mut(period)
    {
        row.0[lane] += amount;
        *end = (*end).max(period + 1);
    }
}

#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl", "x86_64+avx2"))]
fn gather_collections(
    gathered: &mut Gathered,
    simulation: &Simulation<'_>,
    fates: &Fates,
    from: usize,
) {
    gathered.begin(simulation);
    if simulation.is_firm_by_firm() {
        gathered.firm_by_firm(simulation, fates, from);
    } else {
        for lane in 0..LANES {
            gathered.called_in = usize::MAX;
            let path = fates.path_at(from + lane);
            gathered.path(simulation, fates, path, lane);
        }
    }
    for first_lane in (0..LANES).step_by(EIGHT) {
        gathered.transpose(simulation, first_lane);
    }
    if let Some(recognised) = &mut gathered.inputs.recognised {
        add_up_recognised(recognised, &simulation.changes.base.rows);
    }
}
