//! Loan-level covers on paths: the rule of exact runs, applied to the paths on which a covered loan
//! defaults, after their collections are gathered.
//!
//! What each default calls is worked out once; what its pledge fetches, once or by path. Invariant:
//! a path's covers pay and take what an exact run of its fates says, fen by fen.

use std::collections::BTreeSet;

use super::Simulation;
use super::changes::{Changes, LoanDefault};
use super::fates::{Default, Fates, NEVER};
use super::firms::Firm;
use super::gather::Gathered;
use super::infringements::Infringements;
use super::tally::{CommitmentTally, Moments, Tally};
use crate::dates::{Date, add_months};
use crate::deal::Deal;
use crate::engine::collect::bare_loan_flows;
use crate::engine::cover::{Book, Call, Claim, CoverFlow, Covers, Settlement};
use crate::engine::infringement::{self, Cash, Payout};
use crate::engine::lanes::LANES;
use crate::engine::period::Inputs;
use crate::engine::pool::{Pool, claim_on, period_of};
use crate::engine::recovery::{self, Defaulted, Recoveries};
use crate::num::{Fen, Row};
use crate::scenario::Scenario;

/// What the covers of a deal need of its defaults.
#[derive(Clone, Debug)]
pub(crate) struct PathCovers {
    pub covers: Covers,
    /// Claims of every path, with what their pledges fetch for certain.
    certain: Book,
    /// By default (as [`Changes::defaults`]): index of its claim; none where nothing is called.
    claim_of: Vec<Option<u32>>,
    claims: Book,
    /// By default: what is owed then, and what a flat recovery brings of it.
    owed: Vec<(Fen, Fen)>,
    /// By loan: its covers.
    of_loan: Vec<Vec<usize>>,
    /// Loans in default on every path: what is owed, and what comes of it without covers.
    settled: Vec<(usize, Fen, Fen)>,
}

/// Days on which givers pay, by supporter: on these it matters whether they live. Days after the
/// last calculation date pay nobody and are left out. `dates` are those of obligors' defaults.
pub(crate) fn pay_dates(
    deal: &Deal,
    scenario: &Scenario,
    certain: &Book,
    dates: &[Vec<Date>],
    last: Option<Date>,
) -> Vec<Vec<Date>> {
    let mut out = vec![Vec::new(); deal.supporters().len()];
    let Some(covers) = Covers::new(deal) else { return out };
    let months = recovery::months_to_the_end(deal, &Recoveries::new(scenario));
    // A pay date takes a look at a calendar: each is worked out once.
    let mut days: BTreeSet<(usize, Date)> = BTreeSet::new();
    for (at, loan) in deal.loans().iter().enumerate().filter(|(at, _)| covers.is_covered(*at)) {
        for &date in &dates[loan.obligor] {
            let sold_by = add_months(date, months[at]);
            days.extend(covers.of_loan(at).iter().flat_map(|&of| [(of, date), (of, sold_by)]));
        }
    }
    let paid = days.into_iter().map(|(cover, day)| (cover, covers.pay_on(deal, cover, day)));
    let paid = paid.chain(certain.calls.iter().map(|call| (call.cover, call.pay_on)));
    for (cover, day) in paid.filter(|(_, day)| last.is_some_and(|last| *day <= last)) {
        out[covers.giver(cover)].push(day);
    }
    out
}

/// The same for covers of infringement, and for covers of a loss that wait for their cash.
pub(crate) fn infringement_pay_dates(
    deal: &Deal,
    infringements: &Infringements,
    last: Option<Date>,
    out: &mut [Vec<Date>],
) {
    let Some(covers) = Covers::new(deal) else { return };
    let mut days: BTreeSet<(usize, Date)> = BTreeSet::new();
    for payout in infringements.payouts() {
        days.insert((covers.giver(payout.cover), payout.pay_on));
        let of_loss = (0..deal.covers().len()).filter(|&cover| covers.waits_for_sale(cover));
        let waiting = |cover| (covers.giver(cover), covers.pay_on(deal, cover, payout.pay_on));
        days.extend(of_loss.map(waiting));
    }
    for (giver, day) in days.into_iter().filter(|(_, day)| last.is_some_and(|last| *day <= last)) {
        out[giver].push(day);
    }
}

impl PathCovers {
    /// None where the deal has no covers.
    pub fn new(
        deal: &Deal,
        scenario: &Scenario,
        pool: &Pool,
        firms: &[Firm],
        changes: &Changes,
        certain: Book,
    ) -> Option<PathCovers> {
        let covers = Covers::new(deal)?;
        let count = changes.defaults.len();
        let mut made = PathCovers {
            covers,
            certain,
            claim_of: vec![None; count],
            claims: Book::default(),
            owed: vec![(0, 0); count],
            of_loan: (0..deal.loans().len()).map(|loan| deal.covers_of(loan)).collect(),
            settled: settled(deal, scenario),
        };
        let recovery = Recoveries::new(scenario);
        let months = recovery::months_to_the_end(deal, &recovery);
        let days = firms[..deal.obligors().len()].iter().enumerate();
        for (obligor, day, date) in days.flat_map(|(obligor, firm)| {
            let dates = firm.dates.iter().enumerate();
            dates.map(move |(day, &date)| (obligor as u32, day as u32, date))
        }) {
            for at in changes.places(obligor, day) {
                let sold_by = add_months(date, months[changes.defaults[at].loan as usize]);
                made.add(deal, pool, &changes.defaults[at], &recovery, at, (date, sold_by));
            }
        }
        Some(made)
    }

    /// Puts down what the default in this place calls, on its day, its pledge sold by another.
    fn add(
        &mut self,
        deal: &Deal,
        pool: &Pool,
        change: &LoanDefault,
        recovery: &Recoveries<'_>,
        at: usize,
        (date, sold_by): (Date, Date),
    ) {
        let (loan, rounding) = (change.loan as usize, deal.terms().rounding);
        let Some(due) = pool.dues_of(loan).find(|due| due.date >= date) else { return };
        let (amount, defaulted) = claim_on(due, date, rounding);
        let mut flat = Vec::new();
        if let Recoveries::Flat { rate, shares } = recovery {
            let default = Defaulted { loan, date, defaulted };
            recovery::flat(*rate, shares, &default, rounding, &mut flat);
            flat.sort_by_key(|sale| sale.0);
        }
        self.owed[at] = (amount, flat.iter().map(|sale| sale.1).sum());
        let Book { claims, calls, proceeds } = &mut self.claims;
        let (first_call, first_sale) = (calls.len(), proceeds.len());
        let called = self.covers.calls(deal, loan, date, sold_by);
        calls.extend(called.map(|(cover, pay_on, deductible)| Call {
            claim: claims.len(),
            cover,
            pay_on,
            deductible,
        }));
        if calls.len() == first_call {
            return;
        }
        proceeds.extend(flat);
        self.claim_of[at] = Some(claims.len() as u32);
        claims.push(Claim {
            loan,
            date,
            period: usize::from(change.period),
            amount,
            calls: (first_call, calls.len()),
            proceeds: (first_sale, proceeds.len()),
        });
    }

    fn claim(&self, at: usize) -> Option<&Claim> {
        self.claim_of[at].map(|claim| &self.claims.claims[claim as usize])
    }
}

/// What loans in default from the start owe and bring.
fn settled(deal: &Deal, scenario: &Scenario) -> Vec<(usize, Fen, Fen)> {
    let mut out = vec![(0, 0); deal.loans().len()];
    for flow in bare_loan_flows(deal, scenario) {
        out[flow.loan].0 += flow.claim;
        out[flow.loan].1 += flow.recovered;
    }
    let loans = out.into_iter().enumerate().filter(|(_, (owed, _))| *owed > 0);
    loans.map(|(loan, (owed, brought))| (loan, owed, brought)).collect()
}

/// What a default on a path owes, and what its pledge fetches.
#[derive(Clone, Copy, Debug)]
struct Owed {
    lane: u32,
    loan: usize,
    claim: Fen,
    pledge: Fen,
}

/// One default as it counts on a path.
#[derive(Clone, Copy, Debug)]
struct Struck {
    lane: u32,
    default: Default,
    loan: u32,
    /// Where what its pledge fetches on the path begins, and the cash that waits for it.
    fetched: u32,
    cash: u32,
}

/// What is noted while paths are gathered: defaults that count, and what sales bring.
#[derive(Clone, Debug, std::default::Default)]
pub(crate) struct Witness {
    struck: Vec<Struck>,
    fetched: Vec<(Date, Fen)>,
    cash: Vec<Cash>,
}

impl Witness {
    pub fn clear(&mut self) {
        self.struck.clear();
        self.fetched.clear();
        self.cash.clear();
    }

    /// Out of line, as few deals have covers: what gathers all others stays small.
    #[cold]
    #[inline(never)]
    pub fn strike(&mut self, lane: usize, default: Default, loan: u32) {
        let fetched = self.fetched.len() as u32;
        let cash = self.cash.len() as u32;
        self.struck.push(Struck { lane: lane as u32, default, loan, fetched, cash });
    }

    /// Cash that infringement cover has paid waits for the default noted last.
    pub fn wait(&mut self, cash: &[Cash]) {
        self.cash.extend_from_slice(cash);
    }

    /// By the sale of a right of the default noted last.
    #[cold]
    #[inline(never)]
    pub fn fetch(&mut self, date: Date, amount: Fen) {
        self.fetched.push((date, amount));
    }

    /// Of a default, by its place: what its pledge fetches, and the cash.
    fn of(&self, at: usize) -> (&[(Date, Fen)], &[Cash]) {
        let (own, next) = (&self.struck[at], self.struck.get(at + 1));
        let fetched = next.map_or(self.fetched.len(), |next| next.fetched as usize);
        let cash = next.map_or(self.cash.len(), |next| next.cash as usize);
        (&self.fetched[own.fetched as usize..fetched], &self.cash[own.cash as usize..cash])
    }
}

/// One thread's room to settle the covers of some paths.
#[derive(Clone, Debug, std::default::Default)]
pub(crate) struct CoverRoom {
    book: Book,
    settlement: Settlement,
    /// Of the default in hand: what its pledge fetches, and the cash.
    fetched: Vec<(Date, Fen)>,
    cash: Vec<Cash>,
    /// Of the lane in hand: (period, what is recovered more) beside settlement, and what covers of
    /// infringement did.
    secured: Vec<(usize, Fen)>,
    cash_flows: Vec<CoverFlow>,
    /// By lane: whether covers moved anything on it; and, if so, its recoveries and last period
    /// with cash as they were without.
    moved: Vec<bool>,
    bare: Vec<(Vec<f64>, f64)>,
    /// (lane, what a cover did), lane by lane; also what comes too late for all.
    flows: Vec<(u32, CoverFlow)>,
    /// Lane by lane.
    owed: Vec<Owed>,
    by_lane: Vec<usize>,
}

impl CoverRoom {
    /// Whether covers moved anything on a path of the lanes in hand.
    #[inline(always)]
    pub fn has_moved(&self, lane: usize) -> bool {
        self.moved.get(lane).is_some_and(|&moved| moved)
    }

    /// What givers pay and take enters the recoveries of gathered paths, from place `from` of the
    /// block on. Out of line, as few deals have covers.
    #[cold]
    #[inline(never)]
    pub fn settle(
        &mut self,
        simulation: &Simulation<'_>,
        fates: &Fates,
        from: usize,
        gathered: &mut Gathered,
    ) {
        let (Some(covers), Some(witness)) = (&simulation.covers, gathered.witness.take()) else {
            return;
        };
        self.moved.clear();
        self.moved.resize(LANES, false);
        self.bare.resize(LANES, (Vec::new(), 0.0));
        self.flows.clear();
        self.owed.clear();
        // Large pools are gathered firm by firm.
        self.by_lane.clear();
        self.by_lane.extend(0..witness.struck.len());
        self.by_lane.sort_by_key(|&at| witness.struck[at].lane);
        let mut first = 0;
        for lane in 0..LANES {
            let same = self.by_lane[first..].iter();
            let same = same.take_while(|&&at| witness.struck[at].lane as usize == lane).count();
            self.book.copy(&covers.certain);
            let of_lane = |&(loan, claim, pledge)| Owed { lane: lane as u32, loan, claim, pledge };
            self.owed.extend(covers.settled.iter().map(of_lane));
            self.secured.clear();
            self.cash_flows.clear();
            for place in first..first + same {
                let at = self.by_lane[place];
                self.claim(simulation, covers, &witness, at);
            }
            first += same;
            if !self.book.claims.is_empty() || !self.cash_flows.is_empty() {
                let path = fates.path_at(from + lane);
                let alive = |giver: usize, day: Date| {
                    simulation.lives(fates.failures[giver][path], giver, day)
                };
                self.settlement.settle(&covers.covers, &self.book, alive);
                self.enter(simulation, gathered, lane);
            }
        }
        gathered.witness = Some(witness);
    }

    fn claim(
        &mut self,
        simulation: &Simulation<'_>,
        covers: &PathCovers,
        witness: &Witness,
        at: usize,
    ) {
        let Struck { default, loan, lane, .. } = witness.struck[at];
        let changes = &simulation.changes;
        let mut places = changes.places(default.firm, default.day);
        let Some(place) = places.find(|&at| changes.defaults[at].loan == loan) else { return };
        let (fetched, cash) = witness.of(at);
        self.fetched.clear();
        self.fetched.extend_from_slice(fetched);
        self.cash.clear();
        self.cash.extend_from_slice(cash);
        if !cash.is_empty() {
            self.secure(simulation, &changes.defaults[place], fetched);
        }
        let (owed, flat) = covers.owed[place];
        let pledge = flat + self.fetched.iter().map(|sale| sale.1).sum::<Fen>();
        self.owed.push(Owed { lane, loan: loan as usize, claim: owed, pledge });
        let Some(claim) = covers.claim(place) else { return };
        let Book { claims, calls, proceeds } = &mut self.book;
        let (first_call, first_sale) = (calls.len(), proceeds.len());
        let own = covers.claims.calls[claim.calls.0..claim.calls.1].iter();
        // A loss is known once the last cash is due too.
        let last_cash = self.cash.iter().map(|cash| cash.date).max();
        let pay_on = |call: &Call| match last_cash {
            Some(day) if covers.covers.waits_for_sale(call.cover) => {
                call.pay_on.max(covers.covers.pay_on(simulation.deal, call.cover, day))
            }
            _ => call.pay_on,
        };
        calls.extend(own.map(|call| Call { claim: claims.len(), pay_on: pay_on(call), ..*call }));
        proceeds.extend_from_slice(&covers.claims.proceeds[claim.proceeds.0..claim.proceeds.1]);
        proceeds.extend_from_slice(&self.fetched);
        if last_cash.is_some() {
            proceeds.extend(self.cash.iter().map(|cash| (cash.date, cash.paid)));
            proceeds[first_sale..].sort_by_key(|sale| sale.0);
        }
        claims.push(Claim {
            calls: (first_call, calls.len()),
            proceeds: (first_sale, proceeds.len()),
            ..*claim
        });
    }

    /// Cash comes before what is sold later, and both within the claim.
    fn secure(&mut self, simulation: &Simulation<'_>, change: &LoanDefault, alone: &[(Date, Fen)]) {
        let claim = simulation.changes.details[change.detail as usize].claim;
        infringement::within_claim(claim, &mut self.fetched, &mut self.cash);
        let at = |date| period_of(&simulation.periods, date).max(usize::from(change.period));
        for ((date, before), (_, after)) in alone.iter().zip(&self.fetched) {
            self.secured.push((at(*date), after - before));
        }
        for &Cash { cover, date, called, paid } in self.cash.iter().filter(|cash| cash.called > 0) {
            let (loan, period) = (change.loan as usize, at(date));
            self.secured.push((period, paid));
            let flow = CoverFlow { cover, loan, date, period, called, paid, taken: 0 };
            self.cash_flows.push(flow);
        }
    }

    /// What was settled for a lane becomes cash of its periods.
    fn enter(&mut self, simulation: &Simulation<'_>, gathered: &mut Gathered, lane: usize) {
        let inputs = &mut gathered.inputs;
        let recovered = inputs.recovered.iter().map(|row| row.0[lane]);
        let (bare, last_cash) = &mut self.bare[lane];
        bare.clear();
        bare.extend(recovered);
        *last_cash = inputs.last_cash.0[lane];
        for &(period, more) in self.secured.iter().filter(|(_, more)| *more != 0) {
            gathered.pool[lane].recovered += more as f64;
            self.moved[lane] = true;
            if let Some(row) = inputs.recovered.get_mut(period) {
                row.0[lane] += more as f64;
            }
        }
        self.flows.extend(self.cash_flows.iter().map(|flow| (lane as u32, *flow)));
        for &(claim, flow) in &self.settlement.flows {
            let period = period_of(&simulation.periods, flow.date);
            let period = period.max(self.book.claims[claim].period);
            let net = (flow.paid - flow.taken) as f64;
            gathered.pool[lane].recovered += net;
            self.moved[lane] |= net != 0.0;
            if let Some(row) = inputs.recovered.get_mut(period) {
                row.0[lane] += net;
            }
            self.flows.push((lane as u32, CoverFlow { period, ..flow }));
        }
        if self.moved[lane] {
            inputs.last_cash.0[lane] = last_cash_of(inputs, lane);
        }
    }

    /// A lane's column as it was without covers.
    pub fn restore(&self, lane: usize, inputs: &mut Inputs<f64, LANES>, to: usize) {
        let (recovered, last_cash) = &self.bare[lane];
        for (row, recovered) in inputs.recovered.iter_mut().zip(recovered) {
            row.0[to] = *recovered;
        }
        inputs.last_cash.0[to] = *last_cash;
    }

    /// What each cover went through on the first `count` lanes.
    pub fn add_up(
        &self,
        simulation: &Simulation<'_>,
        fates: &Fates,
        from: usize,
        weights: &Row<f64, LANES>,
        tally: &mut Tally,
    ) {
        let Some(covers) = &simulation.covers else { return };
        let initial = simulation.deal.initial_principal() as f64;
        self.add_layers(covers, initial, weights, tally);
        let in_time = |&&(_, flow): &&(u32, CoverFlow)| flow.period < simulation.periods.len();
        for of_lane in self.flows.chunk_by(|one, other| one.0 == other.0) {
            let lane = of_lane[0].0 as usize;
            let weight = weights.0[lane];
            if weight <= 0.0 {
                continue;
            }
            let mut seen: BTreeSet<usize> = BTreeSet::new();
            seen.extend(of_lane.iter().filter(in_time).map(|(_, flow)| flow.cover));
            for cover in seen {
                let giver = covers.covers.giver(cover);
                let fate = fates.failures[giver][fates.path_at(from + lane)];
                let (mut called, mut paid, mut taken, mut failed) = (0, 0, 0, false);
                let of_cover = of_lane.iter().filter(in_time);
                for (_, flow) in of_cover.filter(|(_, flow)| flow.cover == cover) {
                    called += flow.called;
                    paid += flow.paid;
                    taken += flow.taken;
                    let lives = || simulation.lives(fate, giver, flow.date);
                    failed |= flow.paid < flow.called && !lives();
                }
                let shares = [called, paid, paid - taken].map(|fen| fen as f64 / initial);
                add(&mut tally.covers[cover], shares, called > 0, failed, weight);
            }
        }
    }
}

impl CoverRoom {
    /// Who bears what of the claims on each lane, loan by loan and in all.
    fn add_layers(
        &self,
        covers: &PathCovers,
        initial: f64,
        weights: &Row<f64, LANES>,
        tally: &mut Tally,
    ) {
        let Some((all, loans)) = tally.layers.split_last_mut() else { return };
        let mut flows = self.flows.chunk_by(|one, other| one.0 == other.0).peekable();
        for of_lane in self.owed.chunk_by(|one, other| one.lane == other.lane) {
            let lane = of_lane[0].lane;
            while flows.next_if(|flows| flows[0].0 < lane).is_some() {}
            let flows = flows.next_if(|flows| flows[0].0 == lane).unwrap_or_default();
            let weight = weights.0[lane as usize];
            if weight <= 0.0 {
                continue;
            }
            let (mut claims, mut pledges) = (0.0, 0.0);
            let mut kept_in_all = vec![0.0; all.covers.len()];
            for &Owed { loan, claim, pledge, .. } in of_lane {
                let of_cover = |&cover: &usize| -> f64 {
                    let of = flows.iter().filter(|of| of.1.loan == loan && of.1.cover == cover);
                    of.map(|(_, flow)| flow.paid - flow.taken).sum::<Fen>() as f64 / initial
                };
                let kept: Vec<f64> = covers.of_loan[loan].iter().map(of_cover).collect();
                let (claim, pledge) = (claim as f64 / initial, pledge as f64 / initial);
                loans[loan].add(claim, pledge, &kept, weight);
                claims += claim;
                pledges += pledge;
                let places = covers.of_loan[loan].iter();
                places.zip(&kept).for_each(|(&cover, kept)| kept_in_all[cover] += kept);
            }
            all.add(claims, pledges, &kept_in_all, weight);
        }
    }
}

fn add(
    to: &mut CommitmentTally,
    [called, paid, kept]: [f64; 3],
    is_called: bool,
    failed: bool,
    weight: f64,
) {
    let flag = |holds: bool| if holds { weight } else { 0.0 };
    to.called.add(Moments::of(flag(is_called)));
    to.failed_when_called.add(Moments::of(flag(failed)));
    to.amount_called.add(Moments::of(called * weight));
    to.amount_paid.add(Moments::of(paid * weight));
    to.unreimbursed.add(Moments::of(kept * weight));
    if paid > 0.0 {
        to.paid.add(paid, weight);
    }
}

impl Simulation<'_> {
    /// What a cover of infringement pays on a path of the block in hand.
    pub(super) fn paid(&self, payout: &Payout, fates: &Fates, path: usize) -> Payout {
        let Some(PathCovers { covers, .. }) = &self.covers else { return *payout };
        let giver = covers.giver(payout.cover);
        let alive = self.lives(fates.failures[giver][path], giver, payout.pay_on);
        Payout { paid: covers.paid(payout.cover, payout.owed, alive), ..*payout }
    }

    /// Whether a supporter of this fate lives on a day.
    fn lives(&self, fate: u32, supporter: usize, day: Date) -> bool {
        fate == NEVER
            || self.sampler.firms[self.sampler.obligors + supporter].dates[fate as usize] > day
    }
}

/// The last period with cash of any kind; 0 where there is none.
fn last_cash_of(inputs: &Inputs<f64, LANES>, lane: usize) -> f64 {
    let some = |rows: &Option<Vec<Row<f64, LANES>>>, at: usize| {
        rows.as_ref().is_some_and(|rows| rows[at].0[lane] != 0.0)
    };
    let pays = |&at: &usize| {
        let rows = [&inputs.interest, &inputs.principal, &inputs.recovered];
        rows.iter().any(|rows| rows[at].0[lane] != 0.0)
            || some(&inputs.prepaid, at)
            || some(&inputs.sold, at)
    };
    (0..inputs.interest.len()).rev().find(pays).unwrap_or(0) as f64
}
