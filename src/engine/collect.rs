//! What the pool pays in under a scenario: cash by kind, and the performing balance, by period.
//!
//! Invariant: opening - principal - prepaid - defaulted - sold = closing, and no loan pays
//! more than it owes. Per loan and due date, defaults come first, then interest on what performs,
//! then prepayment and scheduled principal. A rate of a period is 1 - (1 - annual)^t.
//!
//! What givers of loan-level covers pay is recovered, less what they take of the pledge.

use super::cover::{Book, Call, Claim, CoverFlow, Covers, Settlement};
use super::flows::failures;
use super::infringement::{self, Cash, Payout};
use super::periods::Period;
use super::pool::{ContractDue, Pool, claim_on, first_day, period_of};
use super::rates::PeriodRates;
use super::recovery::{self, Defaulted, Recoveries};
use super::timing::to_default;
use crate::asset::Status;
use crate::dates::{Date, add_days, add_months};
use crate::deal::{Deal, PrepaymentBase};
use crate::num::{Fen, Ratio, share};
use crate::scenario::{AfterPrepayment, DefaultRate, Scenario};

/// One collection period.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Collected {
    /// Performing principal at the start, and at the end.
    pub opening: Fen,
    pub closing: Fen,
    pub interest: Fen,
    pub principal: Fen,
    pub prepaid: Fen,
    pub defaulted: Fen,
    /// From pledges and from givers of covers, less what these take.
    pub recovered: Fen,
    /// Paid by the originator for what performs, at par, on a clean-up call (清仓回购).
    pub sold: Fen,
    /// Defaults that triggers count, from the cut-off date to this calculation date.
    pub recognised: Fen,
    /// Cash of all later periods.
    pub to_come: Fen,
}

impl Collected {
    /// Cash of the period.
    pub fn cash(&self) -> Fen {
        self.interest + self.principal + self.prepaid + self.recovered + self.sold
    }
}

/// What one loan did on one day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LoanFlow {
    pub date: Date,
    pub loan: usize,
    pub principal: Fen,
    pub interest: Fen,
    pub prepaid: Fen,
    pub defaulted: Fen,
    pub recovered: Fen,
    /// Principal and interest that it owes as it defaults.
    pub claim: Fen,
}

/// The pool's collections under one scenario.
#[derive(Clone, Debug, PartialEq)]
pub struct Collections {
    pub rows: Vec<Collected>,
    /// Recoveries, and principal that still performs, after the last calculation date: they pay
    /// nobody.
    pub unrealised: Fen,
    /// What givers of covers paid and took: part of what is recovered, by day.
    pub covers: Vec<CoverFlow>,
    /// What covers of infringement pay into pledges, whoever defaults.
    pub payouts: Vec<Payout>,
}

/// Runs every loan through the scenario.
pub fn collect(deal: &Deal, scenario: &Scenario, pool: &Pool, periods: &[Period]) -> Collections {
    let mut run = PoolRun::new(deal, scenario, pool, periods, Covers::new(deal));
    run.all_periods();
    run.settle();
    run.finish()
}

/// The same as if nobody gave a cover.
pub fn collect_bare(
    deal: &Deal,
    scenario: &Scenario,
    pool: &Pool,
    periods: &[Period],
) -> Collections {
    let mut run = PoolRun::new(deal, scenario, pool, periods, None);
    run.all_periods();
    run.finish()
}

/// The defaults that are covered, with what they call and what their pledges fetch.
pub(crate) fn covered_defaults(
    deal: &Deal,
    scenario: &Scenario,
    pool: &Pool,
    periods: &[Period],
) -> Book {
    let mut run = PoolRun::new(deal, scenario, pool, periods, Covers::new(deal));
    run.all_periods();
    run.book
}

/// What every loan did under a scenario, by day, then by loan.
pub fn loan_flows(deal: &Deal, scenario: &Scenario) -> Vec<LoanFlow> {
    flows_of_loans(deal, scenario, Covers::new(deal))
}

/// The same as if nobody gave a cover.
pub(crate) fn bare_loan_flows(deal: &Deal, scenario: &Scenario) -> Vec<LoanFlow> {
    flows_of_loans(deal, scenario, None)
}

fn flows_of_loans(deal: &Deal, scenario: &Scenario, covers: Option<Covers>) -> Vec<LoanFlow> {
    let periods = super::periods::periods(deal.terms());
    let pool = super::pool::pool_under(deal, scenario, &periods);
    let mut run = PoolRun::new(deal, scenario, &pool, &periods, covers);
    run.flows = Some(Vec::new());
    run.all_periods();
    run.settle();
    let mut flows = run.flows.unwrap_or_default();
    flows.sort_by_key(|flow| (flow.date, flow.loan));
    flows
}

/// Where one loan stands.
#[derive(Clone, Copy)]
pub(super) struct Standing {
    pub balance: Fen,
    /// Index of its next due date.
    pub next: usize,
    /// Instalment in force, as defaults (never prepayments) have reduced it; and by contract.
    pub instalment: Fen,
    pub agreed_instalment: Fen,
    /// What it owed by contract when the last of it defaulted.
    defaulted_claim: Fen,
    /// Cumulative defaults still to place in this period.
    placed: Fen,
    pub default_on: Option<Date>,
    pub prepay_on: Option<Date>,
}

struct PoolRun<'a> {
    deal: &'a Deal,
    scenario: &'a Scenario,
    pool: &'a Pool,
    periods: &'a [Period],
    rows: Vec<Collected>,
    standing: Vec<Standing>,
    /// Loans that a named event strikes, and when: loan by loan, or by date as the pool goes.
    struck: Vec<(usize, Date)>,
    /// By date: the next of them.
    next_struck: usize,
    recognised: Vec<Fen>,
    unrealised: Fen,
    clean_up_at: Option<Fen>,
    /// Kept only where they are asked for.
    flows: Option<Vec<LoanFlow>>,
    /// Cumulative defaults to place in each period.
    to_default: Vec<Fen>,
    defaults: PeriodRates,
    prepayments: PeriodRates,
    recovery: Recoveries<'a>,
    /// Room for the recoveries of one default, and for due dates.
    sales: Vec<(Date, Fen)>,
    dues: Vec<ContractDue>,
    /// Covers that are live, the defaults that they are called for, and what came of it.
    covers: Option<Covers>,
    /// By loan: months from a default to the end of its sale; empty where nothing is covered.
    months_to_the_end: Vec<i32>,
    book: Book,
    cover_flows: Vec<CoverFlow>,
    /// What covers of infringement pay into pledges.
    payouts: Vec<Payout>,
}

impl<'a> PoolRun<'a> {
    fn new(
        deal: &'a Deal,
        scenario: &'a Scenario,
        pool: &'a Pool,
        periods: &'a [Period],
        covers: Option<Covers>,
    ) -> Self {
        let from = first_day(deal, periods);
        let standing: Vec<Standing> =
            (0..pool.loans.len()).map(|at| standing(deal, scenario, pool, from, at)).collect();
        let struck = struck(pool, standing.iter().map(|loan| loan.default_on));
        let recovery = Recoveries::new(scenario);
        PoolRun {
            deal,
            scenario,
            pool,
            periods,
            rows: vec![Collected::default(); periods.len()],
            standing,
            struck,
            next_struck: 0,
            recognised: vec![0; periods.len() + 1],
            unrealised: 0,
            clean_up_at: deal.clean_up_at(),
            flows: None,
            to_default: to_default(deal, scenario, pool, periods.len()),
            defaults: PeriodRates::defaults(deal, scenario),
            prepayments: PeriodRates::prepayments(deal, scenario),
            sales: Vec::new(),
            dues: Vec::new(),
            months_to_the_end: match covers {
                Some(_) => recovery::months_to_the_end(deal, &recovery),
                None => Vec::new(),
            },
            payouts: match &covers {
                Some(covers) => payouts(deal, scenario, covers),
                None => Vec::new(),
            },
            recovery,
            covers,
            book: Book::default(),
            cover_flows: Vec::new(),
        }
    }

    fn all_periods(&mut self) {
        for at in 0..self.periods.len() {
            self.period(at);
        }
    }

    fn record(&mut self, flow: LoanFlow) {
        if let Some(flows) = &mut self.flows {
            flows.push(flow);
        }
    }

    fn period(&mut self, at: usize) {
        let opening = match at.checked_sub(1) {
            Some(before) => self.rows[before].closing,
            None => self.pool.principal,
        };
        self.rows[at].opening = opening;
        self.place_defaults(at, opening);
        // Due dates of a period lie far apart in a large pool: some are read before any is used.
        const AT_ONCE: usize = 64;
        let mut dues = std::mem::take(&mut self.dues);
        for indices in self.pool.dues_in(at).chunks(AT_ONCE) {
            dues.clear();
            dues.extend(indices.iter().map(|&index| *self.pool.due(index)));
            for (due, &index) in dues.iter().zip(indices) {
                let loan = due.loan as usize;
                if self.pool.by_date {
                    self.strike_by(at, due.date);
                }
                self.standing[loan].next = index as usize;
                self.due_date(at, due);
                self.standing[loan].next = index as usize + 1;
            }
        }
        self.dues = dues;
        self.between_due_dates(at);
        let row = &self.rows[at];
        self.clean_up(at, opening - row.principal - row.prepaid - row.defaulted);
    }

    /// At or below its share of the initial pool, what performs is bought at par and leaves; what
    /// has defaulted stays and recovers.
    fn clean_up(&mut self, at: usize, left: Fen) {
        let sold = self.clean_up_at.is_some_and(|limit| left <= limit);
        if sold {
            self.rows[at].sold = left;
            for loan in self.standing.iter_mut().filter(|loan| loan.balance > 0) {
                loan.balance = 0;
            }
        } else {
            self.rows[at].closing = left;
        }
    }

    /// The period's part of a cumulative rate, spread by opening balance.
    fn place_defaults(&mut self, at: usize, opening: Fen) {
        let (amount, rounding) = (self.to_default[at], self.deal.terms().rounding);
        if amount > 0 {
            for loan in &mut self.standing {
                loan.placed = share(amount, loan.balance, opening, rounding);
            }
        }
    }

    /// Named events up to a day strike, by date.
    fn strike_by(&mut self, at: usize, day: Date) {
        while let Some(&(loan, date)) = self.struck.get(self.next_struck).filter(|of| of.1 <= day) {
            if self.standing[loan].balance > 0 {
                self.whole_default(loan, at, date);
            }
            self.next_struck += 1;
        }
    }

    /// Defaults that fall into the period without a due date of their own.
    fn between_due_dates(&mut self, at: usize) {
        let end = self.periods[at].calculation;
        for struck in 0..self.struck.len() {
            let (loan, date) = self.struck[struck];
            if date <= end && self.standing[loan].balance > 0 {
                self.whole_default(loan, at, date);
            }
        }
        if self.to_default[at] > 0 {
            for loan in 0..self.standing.len() {
                let Standing { placed, balance, .. } = self.standing[loan];
                if placed > 0 && balance > 0 {
                    self.default(loan, at, end, placed.min(balance));
                }
                self.standing[loan].placed = 0;
            }
        }
    }

    fn due_date(&mut self, at: usize, due: &ContractDue) {
        let loan = due.loan as usize;
        let standing = self.standing[loan];
        if standing.balance == 0 {
            return;
        }
        if let Some(date) = standing.default_on.filter(|&date| date <= due.date) {
            return self.whole_default(loan, at, date);
        }
        let opening = standing.balance;
        let rounding = self.deal.terms().rounding;
        let default_rate = self.default_rate(due);
        let as_agreed = |amount: Fen, performing: Fen| match performing == due.opening {
            true => amount,
            false => share(amount, performing, due.opening, rounding),
        };
        let defaulted = (default_rate.of(opening, rounding) + standing.placed).min(opening);
        self.standing[loan].placed = 0;
        if defaulted > 0 {
            self.default(loan, at, due.date, defaulted);
        }
        self.follow_reset(due);
        let performing = opening - defaulted;
        let interest = match due.interest_ratio {
            Some(ratio) if performing != due.opening => ratio.of(performing, rounding),
            _ => as_agreed(due.interest + due.above, performing),
        };
        let withheld = as_agreed(due.withheld, performing);
        let (prepaid, principal) = self.principal(due, opening, performing, interest);
        let row = &mut self.rows[at];
        row.interest += interest - withheld;
        row.principal += principal;
        row.prepaid += prepaid;
        self.standing[loan].balance -= principal + prepaid;
        self.record(LoanFlow {
            date: due.date,
            loan,
            principal,
            interest: interest - withheld,
            prepaid,
            defaulted: 0,
            recovered: 0,
            claim: 0,
        });
    }

    /// (prepaid, scheduled) principal of a due date.
    fn principal(
        &mut self,
        due: &ContractDue,
        opening: Fen,
        performing: Fen,
        interest: Fen,
    ) -> (Fen, Fen) {
        let rounding = self.deal.terms().rounding;
        let base = self.deal.terms().prepayment_base;
        let rate = self.prepayments.at(due.position as usize, due);
        let early = match base {
            PrepaymentBase::Opening => rate.of(opening, rounding).min(performing),
            PrepaymentBase::AfterDefault => rate.of(performing, rounding),
            PrepaymentBase::AfterSchedule => 0,
        };
        let after = performing - early;
        let standing = self.standing[due.loan as usize];
        let last = due.principal == due.opening;
        let fewer = self.scenario.after_prepayment == AfterPrepayment::FewerInstalments
            && due.instalment > 0;
        let scheduled = if last {
            after
        } else if fewer {
            let part = if self.pool.loans[due.loan as usize].level {
                standing.instalment - interest
            } else {
                standing.instalment
            };
            part.clamp(0, after)
        } else if after == due.opening {
            due.principal
        } else {
            share(after, due.principal, due.opening, rounding)
        };
        let early = match base {
            PrepaymentBase::AfterSchedule => rate.of(after - scheduled, rounding),
            PrepaymentBase::Opening | PrepaymentBase::AfterDefault => early,
        };
        match standing.prepay_on {
            Some(date) if date <= due.date => (performing - scheduled, scheduled),
            _ => (early, scheduled),
        }
    }

    /// The whole loan defaults: nothing due on or after the day is paid.
    fn whole_default(&mut self, loan: usize, at: usize, date: Date) {
        let balance = self.standing[loan].balance;
        self.default(loan, at, date, balance);
    }

    fn default(&mut self, loan: usize, at: usize, date: Date, defaulted: Fen) {
        let rounding = self.deal.terms().rounding;
        let opening = self.standing[loan].balance;
        let left = opening - defaulted;
        self.rows[at].defaulted += defaulted;
        self.standing[loan].instalment =
            share(self.standing[loan].instalment, left, opening, rounding);
        let recognised = add_days(date, self.deal.terms().recognition_days);
        // A deal in mid-life has counted what had defaulted before.
        let counted = self.deal.loans()[loan].status == Status::Defaulted;
        if !(counted && self.deal.state().is_some()) {
            self.recognised[period_of(self.periods, recognised).max(at)] += defaulted;
        }
        let claim = match self.flows {
            Some(_) => self.claim_of_part(loan, date, defaulted),
            None => 0,
        };
        self.record(LoanFlow {
            date,
            loan,
            principal: 0,
            interest: 0,
            prepaid: 0,
            defaulted,
            recovered: 0,
            claim,
        });
        let default = Defaulted { loan, date, defaulted };
        let mut sales = std::mem::take(&mut self.sales);
        let mut cash = Vec::new();
        match self.recovery {
            Recoveries::Flat { rate, ref shares } => {
                recovery::flat(rate, shares, &default, rounding, &mut sales);
            }
            Recoveries::Rights { assumptions, infringements, factors } => {
                let owed = |other: usize| self.contract_claim(other, date);
                let (rights, payouts) = ((assumptions, infringements), &self.payouts);
                let deal = self.deal;
                let brought =
                    recovery::from_rights(deal, rights, factors, payouts, &default, &owed);
                sales.extend(brought.sales);
                cash = brought.cash;
            }
        }
        self.add_cash(at, loan, &cash, &mut sales);
        self.claim(at, &default, &cash, &mut sales);
        if left == 0 {
            self.standing[loan].defaulted_claim = self.contract_claim(loan, date).0;
        }
        self.standing[loan].balance = left;
        for (date, recovered) in sales.drain(..) {
            self.recover(loan, at, date, recovered);
        }
        self.sales = sales;
    }

    /// Cash that infringement cover has left with the pledge is fetched beside what is sold.
    fn add_cash(&mut self, at: usize, loan: usize, cash: &[Cash], sales: &mut Vec<(Date, Fen)>) {
        for &Cash { cover, date, called, paid } in cash.iter().filter(|cash| cash.called > 0) {
            let period = period_of(self.periods, date).max(at);
            self.cover_flows.push(CoverFlow { cover, loan, date, period, called, paid, taken: 0 });
            sales.extend((paid > 0).then_some((date, paid)));
        }
    }

    /// The claim on a loan, of so much of its principal.
    fn claim_of_part(&self, loan: usize, date: Date, defaulted: Fen) -> Fen {
        let (claim, principal) = self.contract_claim(loan, date);
        share(claim, defaulted, principal, self.deal.terms().rounding)
    }

    /// Puts a default down for the covers of its loan: of part of a loan, for that part of its
    /// claim and of its deductible. A loss is known once the last cash is due too.
    fn claim(&mut self, at: usize, default: &Defaulted, cash: &[Cash], sales: &mut [(Date, Fen)]) {
        let &Defaulted { loan, date, defaulted } = default;
        let Some(covers) = self.covers.as_ref().filter(|covers| covers.is_covered(loan)) else {
            return;
        };
        sales.sort_by_key(|sale| sale.0);
        let rounding = self.deal.terms().rounding;
        let amount = self.claim_of_part(loan, date, defaulted);
        let principal = self.contract_claim(loan, date).1;
        let sold_by = add_months(date, self.months_to_the_end[loan]);
        let sold_by = cash.iter().map(|cash| cash.date).fold(sold_by, Date::max);
        let Book { claims, calls, proceeds } = &mut self.book;
        let (first_call, first_sale) = (calls.len(), proceeds.len());
        let called = covers.calls(self.deal, loan, date, sold_by);
        calls.extend(called.map(|(cover, pay_on, deductible)| {
            let deductible = share(deductible, defaulted, principal, rounding);
            Call { claim: claims.len(), cover, pay_on, deductible }
        }));
        if calls.len() == first_call {
            return;
        }
        proceeds.extend_from_slice(sales);
        claims.push(Claim {
            loan,
            date,
            period: at,
            amount,
            calls: (first_call, calls.len()),
            proceeds: (first_sale, proceeds.len()),
        });
    }

    /// Givers pay, and take their part of what the pledges fetch.
    fn settle(&mut self) {
        let Some(covers) = &self.covers else { return };
        let failures = failures(self.deal, self.scenario);
        let mut settlement = Settlement::default();
        let alive = |giver: usize, day: Date| failures[giver].is_none_or(|failure| failure > day);
        settlement.settle(covers, &self.book, alive);
        for (claim, flow) in settlement.flows {
            let at = self.book.claims[claim].period;
            let period = period_of(self.periods, flow.date).max(at);
            self.recover(flow.loan, at, flow.date, flow.paid - flow.taken);
            self.cover_flows.push(CoverFlow { period, ..flow });
        }
        self.cover_flows.sort_by_key(|flow| (flow.date, flow.cover, flow.loan));
    }

    fn recover(&mut self, loan: usize, at: usize, date: Date, recovered: Fen) {
        match self.rows.get_mut(period_of(self.periods, date).max(at)) {
            Some(row) => row.recovered += recovered,
            None => self.unrealised += recovered,
        }
        let (principal, interest, prepaid, defaulted, claim) = (0, 0, 0, 0, 0);
        self.record(LoanFlow {
            date,
            loan,
            principal,
            interest,
            prepaid,
            defaulted,
            recovered,
            claim,
        });
    }

    /// (claim, principal) by contract on a day, as if no part had defaulted or been prepaid before:
    /// what a right secures. Nothing once the loan is repaid; what it was once it has defaulted.
    fn contract_claim(&self, loan: usize, date: Date) -> (Fen, Fen) {
        let standing = &self.standing[loan];
        if standing.balance == 0 {
            return (standing.defaulted_claim, 0);
        }
        let Some(due) = self.pool.dues[..self.pool.loans[loan].dues.end].get(standing.next) else {
            return (standing.balance, standing.balance);
        };
        claim_on(due, date, self.deal.terms().rounding)
    }

    /// Where the contract resets an instalment, the one in force moves with it.
    fn follow_reset(&mut self, due: &ContractDue) {
        let rounding = self.deal.terms().rounding;
        let standing = &mut self.standing[due.loan as usize];
        if standing.agreed_instalment != due.instalment {
            let (before, now) = (standing.agreed_instalment, due.instalment);
            standing.instalment = share(standing.instalment, now, before, rounding);
            standing.agreed_instalment = now;
        }
    }

    fn default_rate(&mut self, due: &ContractDue) -> Ratio {
        match self.scenario.defaults {
            DefaultRate::Obligors { .. } => self.defaults.at(due.loan as usize, due),
            _ => self.defaults.at(due.position as usize, due),
        }
    }

    fn finish(mut self) -> Collections {
        let (mut to_come, mut recognised) = (0, 0);
        for row in self.rows.iter_mut().rev() {
            row.to_come = to_come;
            to_come += row.cash();
        }
        for (row, new) in self.rows.iter_mut().zip(&self.recognised) {
            recognised += new;
            row.recognised = recognised;
        }
        let performing: Fen = self.standing.iter().map(|loan| loan.balance).sum();
        let unrealised = self.unrealised + performing;
        let (covers, payouts) = (self.cover_flows, self.payouts);
        Collections { rows: self.rows, unrealised, covers, payouts }
    }
}

/// What covers pay into pledges under a scenario.
fn payouts(deal: &Deal, scenario: &Scenario, covers: &Covers) -> Vec<Payout> {
    let Recoveries::Rights { assumptions, infringements, .. } = Recoveries::new(scenario) else {
        return Vec::new();
    };
    let failures = failures(deal, scenario);
    let of = |infringement| infringement::payouts(deal, covers, assumptions, infringement);
    let mut payouts: Vec<Payout> = infringements.iter().flat_map(of).collect();
    for payout in &mut payouts {
        let failure = failures[covers.giver(payout.cover)];
        let alive = failure.is_none_or(|failure| failure > payout.pay_on);
        payout.paid = covers.paid(payout.cover, payout.owed, alive);
    }
    payouts
}

/// Loans that a named event strikes, and when: loan by loan, or by date as the pool goes.
pub(super) fn struck(
    pool: &Pool,
    default_on: impl Iterator<Item = Option<Date>>,
) -> Vec<(usize, Date)> {
    let mut struck: Vec<(usize, Date)> =
        default_on.enumerate().filter_map(|(loan, date)| Some((loan, date?))).collect();
    if pool.by_date {
        struck.sort_by_key(|&(_, date)| date);
    }
    struck
}

/// Where a loan starts, with the day on which a named event strikes it.
pub(super) fn standing(
    deal: &Deal,
    scenario: &Scenario,
    pool: &Pool,
    from: Date,
    at: usize,
) -> Standing {
    let loan = &pool.loans[at];
    let first_due = pool.dues_of(at).next();
    let first = |dates: &[(usize, Date)], of: usize| -> Option<Date> {
        dates.iter().filter(|event| event.0 == of).map(|event| event.1.max(from)).min()
    };
    let mut default_on = first(&scenario.obligor_defaults, deal.loans()[at].obligor);
    if loan.defaulted {
        default_on = Some(from);
    } else if loan.delinquent && scenario.delinquent_default {
        let due = first_due.map_or(from, |due| due.date);
        default_on = Some(default_on.map_or(due, |date| date.min(due)));
    }
    let instalment = first_due.map_or(0, |due| due.instalment);
    Standing {
        balance: loan.principal,
        next: loan.dues.start,
        instalment,
        agreed_instalment: instalment,
        defaulted_claim: 0,
        placed: 0,
        default_on,
        prepay_on: first(&scenario.prepaid_loans, at),
    }
}
