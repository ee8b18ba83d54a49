//! Fates become collections, path beside path.
//!
//! Invariant: a lane's rows are what `collect` gives for a scenario that names the path's defaults
//! and what its rights fetch, fen by fen.

use std::borrow::Cow;
use std::ops::Range;

use multiversion::multiversion;

use super::Simulation;
use super::changes::{Changes, Detail, EIGHT, LoanDefault};
use super::covers::Witness;
use super::fates::{Default, Fates};
use super::firm_by_firm::ByFirm;
use super::lines::{Lines, Stopped};
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

/// A default of a loan.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stop {
    /// Its place among all defaults.
    pub place: u32,
    /// Which default of the path; firm by firm, the lane.
    pub of: u32,
    /// One for the first loan of an obligor.
    pub obligors: u32,
}

/// Collections of some paths of a block, and the room to make them in.
#[derive(Clone, Debug)]
pub(crate) struct Gathered {
    pub inputs: Inputs<f64, LANES>,
    pub pool: Vec<PoolFacts>,
    pub(super) lines: Lines,
    /// The last period with a recovery, plus 1, of the path in hand.
    pub(super) recovered_end: usize,
    pub(super) facts: PoolFacts,
    values: Values,
    /// Loans of the path in hand that are paid back early, and when.
    prepaid: Vec<(u32, Date)>,
    /// Period of the clean-up call on the path in hand; beyond all where there is none.
    called_in: usize,
    /// Defaults of the path in hand; loans that stop paying as agreed, by default or because they
    /// are paid back early; and by lane what they pay of that period, interest and principal.
    pub(super) stops: Vec<Stop>,
    pub(super) stopped: Vec<Stopped>,
    parts: Vec<(usize, u16, (f64, f64))>,
    /// Room: defaults of the path in hand by period.
    defaulted_in: Vec<f64>,
    pub(super) by_firm: ByFirm,
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
                fails_by_call: vec![Some(Row::ZERO); supporters],
                fails_by_test: vec![Some(Row::ZERO); supporters],
            },
            pool: vec![PoolFacts::default(); LANES],
            lines: Lines::new(LANES, simulation.changes.eights),
            recovered_end: 0,
            facts: PoolFacts::default(),
            values: Values::default(),
            prepaid: Vec::new(),
            called_in: usize::MAX,
            stops: Vec::new(),
            stopped: Vec::new(),
            parts: Vec::new(),
            defaulted_in: Vec::new(),
            by_firm: ByFirm::default(),
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
        Named { values: self.values.drawn(), prepaid, infringements }
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
        let Inputs { fails_by_call, fails_by_test, .. } = &mut self.inputs;
        let rows = fails_by_call.iter_mut().zip(fails_by_test).zip(&simulation.failed_from);
        for ((rows, failed_from), by_path) in rows.zip(&fates.failures) {
            let (Some(by_call), Some(by_test)) = rows else { continue };
            for lane in 0..LANES {
                let day = by_path[fates.path_at(from + lane)];
                let never = (simulation.changes.periods, simulation.changes.periods);
                let failed = failed_from.get(day as usize).copied().unwrap_or(never);
                (by_call.0[lane], by_test.0[lane]) = (failed.0 as f64, failed.1 as f64);
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
        let defaults = fates.defaults_of(path);
        self.facts = simulation.changes.facts;
        self.recovered_end = simulation.changes.recovered_end;
        self.called_in = usize::MAX;
        self.values.begin(fates.number(path));
        self.clear_stops();
        self.prepay(simulation, fates, path, lane, defaults);
        for (at, default) in defaults.iter().enumerate() {
            let range = simulation.changes.range(default.firm, default.day);
            self.stop(&simulation.changes, range, at as u32, lane);
        }
        self.lines.begin_without(&simulation.changes, lane, &self.stopped);
        self.add_parts();
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
    pub(super) fn clear_stops(&mut self) {
        self.stops.clear();
        self.stopped.clear();
        self.parts.clear();
    }

    /// What is paid of the period in which a loan stops.
    #[inline(always)]
    pub(super) fn add_parts(&mut self) {
        for &(lane, period, paid) in &self.parts {
            self.lines.add(lane, usize::from(period), paid);
        }
    }

    #[inline(always)]
    pub(super) fn finish(&mut self, simulation: &Simulation<'_>, lane: usize) {
        self.pool[lane] = self.facts;
        self.inputs.last_cash.0[lane] = self.last_cash(simulation, lane) as f64;
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
                    self.lines.add(lane, fee.period, (above as f64, 0.0));
                }
            }
        }
    }

    /// The loans of an obligor stop paying, but for those paid back before.
    #[inline(always)]
    pub(super) fn stop(&mut self, changes: &Changes, defaults: Range<usize>, of: u32, lane: usize) {
        let mut obligors = 1;
        for place in defaults {
            let change = &changes.defaults[place];
            if !change.strikes || self.is_prepaid(change.loan) {
                continue;
            }
            let LoanDefault { loan, period, .. } = *change;
            self.stops.push(Stop { place: place as u32, of, obligors });
            self.stopped.push(Stopped { loan, period, lane: lane as u16 });
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
            let period = day.period as u16;
            self.stopped.push(Stopped { loan, period, lane: lane as u16 });
            self.parts.push((lane, period, day.paid));
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
        let mut left = simulation.principal;
        let mut called = None;
        for at in 0..changes.periods {
            let prepaid = self.inputs.prepaid.as_ref().map_or(0.0, |rows| rows[at].0[lane]);
            let (_, principal) = self.lines.paid(lane, at);
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
        self.lines.end(lane, after);
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
            let changes = &simulation.changes;
            self.stops.retain(|stop| usize::from(changes.at(stop.place).period) <= last);
        }
        let rows = (&mut self.inputs.defaulted[..], &mut self.inputs.recovered[..]);
        let (mut facts, mut end) = (self.facts, self.recovered_end);
        for stop in &self.stops {
            let change = simulation.changes.at(stop.place);
            facts.defaults += stop.obligors;
            add_default(change, lane, rows.0, rows.1, &mut facts, &mut end);
        }
        (self.facts, self.recovered_end) = (facts, end);
        self.recognise(&simulation.changes, |_| lane);
        if self.witness.is_some() || !simulation.changes.details.is_empty() {
            self.look_closer(simulation, fates, path, lane);
        }
    }

    /// Adds the defaults to the periods in which triggers count them.
    #[inline(always)]
    pub(super) fn recognise(&mut self, changes: &Changes, lane: impl Fn(&Stop) -> usize) {
        let Some(recognised) = &mut self.inputs.recognised else { return };
        for stop in &self.stops {
            let change = changes.at(stop.place);
            if let Some(row) = recognised.get_mut(usize::from(change.recognised)) {
                row.0[lane(stop)] += change.defaulted;
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
            let Stop { place, of, .. } = self.stops[at];
            let change = *simulation.changes.at(place);
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
        let mut sales = self.unshared(simulation, fates.defaults_of(path), change, from..to);
        if simulation.infringements.are_possible() {
            self.infringe(simulation, fates, path, change, &mut sales);
        }
        let rounding = simulation.deal.terms().rounding;
        let mut shocks = std::mem::take(&mut self.values);
        let fetched = |sale: &Sale| shocks.fetched(simulation, fates, path, sale);
        proceeds(&sales, change.claim, rounding, fetched, |at, amount| {
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
        let mut end = simulation.changes.paid_end;
        while end > self.recovered_end {
            let (interest, principal) = self.lines.paid(lane, end - 1);
            let paid = interest != 0.0 || principal != 0.0;
            if paid || self.bought_or_prepaid(end - 1, lane) {
                break;
            }
            end -= 1;
        }
        end.max(self.recovered_end).saturating_sub(1)
    }
}

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

/// The balance and the certain recovery of a default.
#[inline(always)]
pub(super) fn add_default(
    change: &LoanDefault,
    lane: usize,
    defaulted: &mut [Row<f64, LANES>],
    recovered: &mut [Row<f64, LANES>],
    facts: &mut PoolFacts,
    end: &mut usize,
) {
    defaulted[usize::from(change.period)].0[lane] += change.defaulted;
    facts.defaulted += change.defaulted;
    recover(recovered, usize::from(change.recovered_in), lane, change.recovered, facts, end);
}

#[inline(always)]
pub(super) fn recover(
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
    let Gathered { lines, inputs: Inputs { interest, principal, .. }, .. } = gathered;
    for first_lane in (0..LANES).step_by(EIGHT) {
        lines.transpose(simulation.changes.paid_eights, [interest, principal], first_lane);
    }
    if let Some(recognised) = &mut gathered.inputs.recognised {
        add_up_recognised(recognised, &simulation.changes.base.rows);
    }
}
