//! One exact run: a deal under one scenario, with or without support, to the fen.
//!
//! Invariant: for every account and every period, opening + in - out of the postings equals the
//! balance that the waterfall kept, and what comes in from outside equals what goes out plus what
//! stays. A breach is our error, never the user's.

use std::collections::BTreeSet;
use std::fmt;

use super::batch::Runs;
use super::collect::{Collected, Collections, collect, collect_bare};
use super::compile::{earmark_account, plan};
use super::journal::{Journal, Ledger, Moment, Party, Posting, Why};
use super::period::{Inputs, Run};
use super::periods::{Period, failed_from, periods};
use super::plan::{Cells, Plan};
use super::pool::{Pool, pool_under};
use super::sheet::Sheet;
use crate::dates::Date;
use crate::deal::{Deal, Measure};
use crate::num::{Amount, Decimal, Fen, Row, yuan_of};
use crate::scenario::Scenario;

/// Which support is live.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Support {
    /// All of it.
    With,
    /// Commitments and deal-level guarantees do not exist.
    Without,
    /// Loan-level covers do not exist either.
    Bare,
}

impl Support {
    /// The word of the tables.
    pub fn name(self) -> &'static str {
        match self {
            Support::With => "with",
            Support::Without => "without",
            Support::Bare => "bare",
        }
    }
}

/// What happened, beside payments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// A trigger (index) comes into force, or ends.
    InForce(usize),
    Cured(usize),
    ObligorDefault(usize),
    SupporterFailed(usize),
    Called(usize),
    /// A call on a cover falls due.
    CoverCalled(usize),
    /// A right (index) is infringed; a cover of infringement pays into a pledge.
    Infringed(usize),
    PaidIntoPledge(usize),
    Redeemed(usize),
    CleanUp,
    /// A class is not cleared when the deal ends.
    Unpaid(usize),
    /// The last distribution.
    End,
}

/// The result of one run.
#[derive(Clone, Debug)]
pub struct Flows {
    pub support: Support,
    /// Every period of the deal; rows exist from `start` up to the last distribution.
    pub periods: Vec<Period>,
    pub start: usize,
    pub cells: Cells,
    /// Cells as the run began.
    pub opening: Vec<Decimal>,
    /// Cells after each date, from `start` on.
    pub rows: Vec<Vec<Decimal>>,
    pub postings: Vec<Posting>,
    pub events: Vec<(Date, Event)>,
    pub collections: Collections,
    /// By supporter: the date on which it fails.
    pub failures: Vec<Option<Date>>,
}

impl Flows {
    /// Cells before a row: the row above, or the opening.
    pub fn before(&self, row: usize) -> &[Decimal] {
        if row == 0 { &self.opening } else { &self.rows[row - 1] }
    }

    /// The period of a row.
    pub fn period(&self, row: usize) -> &Period {
        &self.periods[self.start + row]
    }

    /// Cells at the end.
    pub fn closing(&self) -> &[Decimal] {
        self.rows.last().unwrap_or(&self.opening)
    }
}

/// Our own invariant broke.
#[derive(Clone, Debug, PartialEq)]
pub struct Breach {
    pub period: usize,
    pub account: String,
    pub opening: Decimal,
    pub paid_in: Decimal,
    pub paid_out: Decimal,
    pub closing: Decimal,
}

impl fmt::Display for Breach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "period {}, account {}: opening {:.2} + in {:.2} - out {:.2} != closing {:.2}",
            self.period + 1,
            self.account,
            self.opening,
            self.paid_in,
            self.paid_out,
            self.closing
        )
    }
}

/// Runs a deal under a scenario, exactly.
pub fn run(deal: &Deal, scenario: &Scenario, support: Support) -> Result<Flows, Breach> {
    let course = Course::of(deal, scenario, support);
    let plan = course.plan(deal, scenario, support);
    course.run(deal, scenario, support, &plan)
}

/// The same where the dates and the contract flows are known.
pub(super) fn run_on(
    ground: (&Pool, &[Period]),
    deal: &Deal,
    scenario: &Scenario,
    support: Support,
) -> Result<Flows, Breach> {
    let course = Course::on(ground, deal, scenario, support);
    let plan = course.plan(deal, scenario, support);
    course.run(deal, scenario, support, &plan)
}

/// The same with and without support, what the pool pays in worked out once; bare, where the deal
/// has covers; and with nothing coming back of what defaults, where anything does.
pub fn run_all_ways(deal: &Deal, scenario: &Scenario) -> Result<Runs, Breach> {
    let course = Course::of(deal, scenario, Support::With);
    let plan = course.plan(deal, scenario, Support::With);
    let with = course.clone().run(deal, scenario, Support::With, &plan)?;
    let plan = course.plan(deal, scenario, Support::Without);
    let without = course.run(deal, scenario, Support::Without, &plan)?;
    let bare = match deal.covers().is_empty() {
        true => None,
        false => {
            let course = Course::of(deal, scenario, Support::Bare);
            Some(course.run(deal, scenario, Support::Bare, &plan)?)
        }
    };
    let defaulted = with.collections.rows.iter().any(|row| row.defaulted > 0);
    let unsold = || scenario.without_recovery(deal.rights().len());
    let nothing_back = || run(deal, &unsold(), Support::With);
    let unrecovered = defaulted.then(nothing_back).transpose()?;
    Ok(Runs { with, without, bare, unrecovered })
}

/// Runs a plan that was compiled for this deal and scenario, exactly.
pub fn run_plan(
    deal: &Deal,
    scenario: &Scenario,
    support: Support,
    plan: &Plan<Decimal>,
) -> Result<Flows, Breach> {
    Course::of(deal, scenario, support).run(deal, scenario, support, plan)
}

/// What runs of a deal under a scenario have in common.
#[derive(Clone)]
pub(super) struct Course {
    pub periods: Vec<Period>,
    collections: Collections,
    failures: Vec<Option<Date>>,
}

impl Course {
    pub fn of(deal: &Deal, scenario: &Scenario, support: Support) -> Course {
        let periods = periods(deal.terms());
        let pool = pool_under(deal, scenario, &periods);
        Course::on((&pool, &periods), deal, scenario, support)
    }

    fn on(
        (pool, periods): (&Pool, &[Period]),
        deal: &Deal,
        scenario: &Scenario,
        support: Support,
    ) -> Course {
        let collections = match support {
            Support::With | Support::Without => collect(deal, scenario, pool, periods),
            Support::Bare => collect_bare(deal, scenario, pool, periods),
        };
        Course { periods: periods.to_vec(), collections, failures: failures(deal, scenario) }
    }

    pub fn plan<A: Amount>(&self, deal: &Deal, scenario: &Scenario, support: Support) -> Plan<A> {
        plan(deal, scenario, &self.periods, support == Support::With)
    }

    pub fn inputs<A: Amount, const L: usize>(&self, plan: &Plan<A>) -> Inputs<A, L> {
        inputs(&self.collections, &self.failures, &self.periods, plan.start)
    }

    fn run(
        self,
        deal: &Deal,
        scenario: &Scenario,
        support: Support,
        plan: &Plan<Decimal>,
    ) -> Result<Flows, Breach> {
        let inputs = self.inputs::<Decimal, 1>(plan);
        let mut sheet = Sheet::new(plan.cells.count);
        let mut run = Run::open(plan, &inputs, &mut sheet, Ledger::default());
        let mut flows = self.begin(deal, support, &run);
        for at in plan.start..plan.periods {
            let posted = run.journal.postings.len();
            run.journal.period = at;
            run.period(at);
            flows.add_date(deal, at, posted, &mut run)?;
            if ended(&run) {
                break;
            }
        }
        flows.finish(deal, scenario, run);
        Ok(flows)
    }

    pub fn begin(self, deal: &Deal, support: Support, run: &ExactRun<'_>) -> Flows {
        let plan = run.plan;
        Flows {
            support,
            start: plan.start,
            cells: plan.cells.clone(),
            opening: snapshot(run),
            rows: Vec::with_capacity(plan.periods),
            postings: closing_postings(deal),
            events: Vec::new(),
            periods: self.periods,
            collections: self.collections,
            failures: self.failures,
        }
    }
}

/// A run that is watched.
pub(super) type ExactRun<'a> = Run<'a, Decimal, 1, Ledger>;

/// Nothing is left to be paid.
pub(super) fn ended(run: &ExactRun<'_>) -> bool {
    run.cells()[run.plan.cells.live].0[0].is_zero()
}

impl Flows {
    /// A date that was paid, its postings being those from `posted` on.
    pub(super) fn add_date(
        &mut self,
        deal: &Deal,
        at: usize,
        posted: usize,
        run: &mut ExactRun<'_>,
    ) -> Result<(), Breach> {
        split_recoveries(deal, &self.collections, run.plan, posted, &mut run.journal);
        let cells = snapshot(run);
        let postings = &run.journal.postings[posted..];
        conserved(deal, run.plan, at, self.closing(), &cells, postings)?;
        self.rows.push(cells);
        Ok(())
    }

    /// Postings and events, once the run has ended.
    pub(super) fn finish(&mut self, deal: &Deal, scenario: &Scenario, mut run: ExactRun<'_>) {
        self.postings.append(&mut run.journal.postings);
        self.events = events(deal, scenario, self);
    }
}

/// The same run in the number system of simulation: `L` paths side by side, each the one path of
/// this scenario, in whole fen held in f64. Cells after each date as in [`Flows::rows`], from the
/// last lane. `trimmed`: by the plan that simulation runs; none where it keeps no such cell. A path
/// that has ended holds and owes nothing after its last date.
pub fn run_in_lanes<const L: usize>(
    deal: &Deal,
    scenario: &Scenario,
    support: Support,
    trimmed: bool,
) -> Vec<Vec<Option<Fen>>> {
    let course = Course::of(deal, scenario, support);
    let mut plan = course.plan::<f64>(deal, scenario, support);
    if trimmed {
        plan = plan.trimmed(&[]);
    }
    let inputs = course.inputs::<f64, L>(&plan);
    let mut sheet = Sheet::new(plan.cells.count);
    let mut run = Run::open(&plan, &inputs, &mut sheet, ());
    let mut out = Vec::with_capacity(plan.periods);
    for at in plan.start..plan.periods {
        run.period(at);
        let cells = run.cells().iter().zip(&plan.kept);
        out.push(cells.map(|(row, kept)| kept.then_some(row.0[L - 1].to_fen())).collect());
    }
    out
}

/// When each supporter fails.
pub fn failures(deal: &Deal, scenario: &Scenario) -> Vec<Option<Date>> {
    let first = |supporter: usize| {
        let events = scenario.supporter_failures.iter().filter(|event| event.0 == supporter);
        events.map(|event| event.1).min()
    };
    (0..deal.supporters().len()).map(first).collect()
}

/// What one path brings to the waterfall from `start` on, the same in every lane.
pub fn inputs<A: Amount, const L: usize>(
    collections: &Collections,
    failures: &[Option<Date>],
    periods: &[Period],
    start: usize,
) -> Inputs<A, L> {
    inputs_side_by_side(std::slice::from_ref(collections), failures, periods, start)
}

/// What paths bring to the waterfall, one a lane, the last one in every lane that is left.
pub(crate) fn inputs_side_by_side<A: Amount, const L: usize>(
    paths: &[Collections],
    failures: &[Option<Date>],
    periods: &[Period],
    start: usize,
) -> Inputs<A, L> {
    let rows = || vec![Row::ZERO; periods.len()];
    let any = |of: fn(&Collected) -> Fen| {
        let some = paths.iter().flat_map(|path| &path.rows).any(|at| of(at) != 0);
        some.then(rows)
    };
    let (fails_by_call, fails_by_test) = first_failed(failures, periods);
    let mut inputs = Inputs {
        opening: Row::ZERO,
        interest: rows(),
        principal: rows(),
        recovered: rows(),
        defaulted: rows(),
        prepaid: any(|at| at.prepaid),
        sold: any(|at| at.sold),
        recognised: Some(rows()),
        last_cash: Row::ZERO,
        fails_by_call,
        fails_by_test,
    };
    for (lane, path) in (0..L).zip(paths.iter().chain(paths.last().into_iter().cycle())) {
        let opening = path.rows.get(start).map_or(0, |at| at.opening);
        inputs.opening.0[lane] = A::from_fen(opening);
        let last_cash = path.rows.iter().rposition(|at| at.cash() > 0);
        inputs.last_cash.0[lane] = A::from_fen(last_cash.unwrap_or(0) as Fen);
        for (at, row) in path.rows.iter().enumerate() {
            inputs.interest[at].0[lane] = A::from_fen(row.interest);
            inputs.principal[at].0[lane] = A::from_fen(row.principal);
            inputs.recovered[at].0[lane] = A::from_fen(row.recovered);
            inputs.defaulted[at].0[lane] = A::from_fen(row.defaulted);
            let some = [
                (&mut inputs.prepaid, row.prepaid),
                (&mut inputs.sold, row.sold),
                (&mut inputs.recognised, row.recognised),
            ];
            for (rows, fen) in
                some.into_iter().filter_map(|(rows, fen)| Some((rows.as_mut()?, fen)))
            {
                rows[at].0[lane] = A::from_fen(fen);
            }
        }
    }
    inputs
}

/// By supporter, the same in every lane: [`failed_from`]; nothing for one that never fails.
pub(crate) fn first_failed<A: Amount, const L: usize>(
    failures: &[Option<Date>],
    periods: &[Period],
) -> (BySupporter<A, L>, BySupporter<A, L>) {
    let of_one = |failure: &Option<Date>| match failure.map(|day| failed_from(day, periods)) {
        Some((by_call, by_test)) => {
            (Some(Row::of_fen(by_call as Fen)), Some(Row::of_fen(by_test as Fen)))
        }
        None => (None, None),
    };
    failures.iter().map(of_one).unzip()
}

type BySupporter<A, const L: usize> = Vec<Option<Row<A, L>>>;

fn snapshot<J: Journal<Decimal, 1>>(run: &Run<'_, Decimal, 1, J>) -> Vec<Decimal> {
    run.cells().iter().map(|row| row.0[0]).collect()
}

/// What is recovered in a period becomes what the pool pays in, what each giver of covers does, and
/// what givers take of it.
fn split_recoveries(
    deal: &Deal,
    collections: &Collections,
    plan: &Plan<Decimal>,
    posted: usize,
    journal: &mut Ledger,
) {
    let at = journal.period;
    let flows = || collections.covers.iter().filter(|flow| flow.period == at);
    if flows().next().is_none() {
        return;
    }
    let recovered = journal.postings[posted..].iter().position(|of| of.why == Why::Recovered);
    let place = recovered.map_or(posted, |place| posted + place);
    let net = recovered.map(|_| journal.postings.remove(place).amount).unwrap_or_default();
    let from_givers: Fen = flows().map(|flow| flow.paid - flow.taken).sum();
    let account = Party::Account(plan.recoveries_to);
    let mut split = Ledger { period: at, postings: Vec::new() };
    let mut post = |from, to, amount: Decimal, why| {
        split.post(Moment::Transfer, from, to, &Row([amount]), why, None);
    };
    post(Party::Pool, account, net - yuan_of(from_givers), Why::Recovered);
    for cover in 0..deal.covers().len() {
        let of_cover = || flows().filter(|flow| flow.cover == cover);
        let paid: Fen = of_cover().map(|flow| flow.paid).sum();
        let taken: Fen = of_cover().map(|flow| flow.taken).sum();
        post(Party::Giver(cover), account, yuan_of(paid), Why::Covered);
        post(account, Party::Giver(cover), yuan_of(taken), Why::PledgeShare);
    }
    journal.postings.splice(place..place, split.postings);
}

/// What moved when the notes were placed. A deal in mid-life has this behind it.
fn closing_postings(deal: &Deal) -> Vec<Posting> {
    if deal.state().is_some() {
        return Vec::new();
    }
    let main = Party::Account(deal.main_account());
    let mut ledger = Ledger::default();
    let mut post = |from, to, fen, why| {
        ledger.post(Moment::Closing, from, to, &Row::of_fen(fen), why, None);
    };
    for tranche in 0..deal.tranches().len() {
        post(Party::Holders(tranche), main, deal.proceeds(tranche), Why::NoteProceeds);
    }
    post(main, Party::Originator, deal.terms().purchase_price, Why::PurchasePrice);
    for (at, account) in deal.accounts().iter().enumerate() {
        let funder = match deal.terms().reserve_from_originator || Party::Account(at) == main {
            true => Party::Originator,
            false => main,
        };
        post(funder, Party::Account(at), account.opening, Why::Funding);
    }
    ledger.postings
}

/// Re-adds the postings of a period, account by account.
fn conserved(
    deal: &Deal,
    plan: &Plan<Decimal>,
    period: usize,
    before: &[Decimal],
    after: &[Decimal],
    postings: &[Posting],
) -> Result<(), Breach> {
    let count = plan.cells.accounts.len();
    let mut moved = vec![(Decimal::ZERO, Decimal::ZERO); count];
    for posting in postings {
        if let Party::Account(to) = posting.to {
            moved[to].0 += posting.amount;
        }
        if let Party::Account(from) = posting.from {
            moved[from].1 += posting.amount;
        }
    }
    let (mut opening, mut closing) = (Decimal::ZERO, Decimal::ZERO);
    for (at, (paid_in, paid_out)) in moved.into_iter().enumerate() {
        let cell = plan.cells.accounts[at];
        opening += before[cell];
        closing += after[cell];
        if before[cell] + paid_in - paid_out != after[cell] || after[cell] < Decimal::ZERO {
            return Err(Breach {
                period,
                account: account_name(deal, at),
                opening: before[cell],
                paid_in,
                paid_out,
                closing: after[cell],
            });
        }
    }
    let outside = |party: Party| !matches!(party, Party::Account(_));
    let sum = |of: &dyn Fn(&Posting) -> bool| -> Decimal {
        postings.iter().filter(|posting| of(posting)).map(|posting| posting.amount).sum()
    };
    let paid_in = sum(&|posting| outside(posting.from) && !outside(posting.to));
    let paid_out = sum(&|posting| outside(posting.to) && !outside(posting.from));
    let whole = opening + paid_in - paid_out == closing;
    let account = "all".to_owned();
    let breach = Breach { period, account, opening, paid_in, paid_out, closing };
    if whole { Ok(()) } else { Err(breach) }
}

/// The name of an account of the run; earmarked top-ups wait on one of their own.
pub fn account_name(deal: &Deal, at: usize) -> String {
    match deal.accounts().get(at) {
        Some(account) => account.name.clone(),
        None => {
            let commitments = 0..deal.commitments().len();
            let of = |&commitment: &usize| {
                deal.commitments()[commitment].earmarked && earmark_account(deal, commitment) == at
            };
            let name = commitments.into_iter().find(of).map(|at| &deal.commitments()[at].name);
            format!("top-up {}", name.map_or("", String::as_str))
        }
    }
}

fn events(deal: &Deal, scenario: &Scenario, flows: &Flows) -> Vec<(Date, Event)> {
    let mut out: Vec<(Date, Event)> = Vec::new();
    let end = flows.rows.len().checked_sub(1).map(|row| flows.period(row).payment);
    let seen = |date: Date| end.is_some_and(|end| date <= end);
    for &(obligor, date) in &scenario.obligor_defaults {
        out.extend(seen(date).then_some((date, Event::ObligorDefault(obligor))));
    }
    for (supporter, failure) in flows.failures.iter().enumerate() {
        let gives = deal.covers().iter().any(|cover| cover.supporter == supporter);
        let counts = match flows.support {
            Support::With => true,
            Support::Without => gives,
            Support::Bare => false,
        };
        let failure = failure.filter(|&date| seen(date) && counts);
        out.extend(failure.map(|date| (date, Event::SupporterFailed(supporter))));
    }
    let mut calls: Vec<(Date, usize)> = Vec::new();
    let called = flows.collections.covers.iter().filter(|flow| flow.called > 0 && seen(flow.date));
    calls.extend(called.map(|flow| (flow.date, flow.cover)));
    calls.dedup();
    out.extend(calls.into_iter().map(|(date, cover)| (date, Event::CoverCalled(cover))));
    let infringed = scenario.infringements.iter().filter(|of| seen(of.date));
    out.extend(infringed.map(|of| (of.date, Event::Infringed(of.right))));
    let payouts = flows.collections.payouts.iter().filter(|of| of.owed > 0 && seen(of.pay_on));
    let payouts: BTreeSet<(Date, usize)> = payouts.map(|of| (of.pay_on, of.cover)).collect();
    out.extend(payouts.into_iter().map(|(date, cover)| (date, Event::PaidIntoPledge(cover))));
    for row in 0..flows.rows.len() {
        let (before, after, period) = (flows.before(row), &flows.rows[row], flows.period(row));
        let changed = |cell: usize| (before[cell].is_zero(), after[cell].is_zero());
        for (at, owed) in flows.cells.commitments.iter().enumerate() {
            if !after[owed.called].is_zero() {
                out.push((period.test, Event::Called(at)));
            }
        }
        if !after[flows.cells.clean_up_in].is_zero() {
            out.push((period.payment, Event::CleanUp));
        }
        for (at, class) in flows.cells.tranches.iter().enumerate() {
            if changed(class.balance) == (false, true) {
                out.push((period.payment, Event::Redeemed(at)));
            }
        }
        for (at, trigger) in deal.triggers().iter().enumerate() {
            let date = match trigger.measure {
                Measure::SupporterFailed(_) => period.test,
                _ => deal.terms().calendar.add_business_days(period.payment, trigger.grace_days),
            };
            match changed(flows.cells.in_force[at]) {
                (true, false) => out.push((date, Event::InForce(at))),
                (false, true) => out.push((date, Event::Cured(at))),
                _ => {}
            }
        }
    }
    if let Some(date) = end {
        for (at, class) in flows.cells.tranches.iter().enumerate() {
            let left = flows.closing()[class.balance] + flows.closing()[class.interest];
            out.extend((!left.is_zero()).then_some((date, Event::Unpaid(at))));
        }
        out.push((date, Event::End));
    }
    out.sort_by_key(|event| event.0);
    out
}
