//! What the pool pays in under a scenario: cash by kind, and the performing balance, by period.
//!
//! Invariant: opening - principal - prepaid - defaulted = closing in every period, and no loan pays
//! more than it owes. Per loan and due date, defaults come first, then interest on what performs,
//! then prepayment and scheduled principal. A rate of a period is 1 - (1 - annual)^t.

use super::periods::Period;
use super::pool::{ContractDue, Pool, period_of};
use super::rates::PeriodRates;
use super::recovery::{self, Recoveries};
use crate::dates::{Date, add_days};
use crate::deal::{Deal, PrepaymentBase};
use crate::num::{Decimal, Fen, Ratio, share};
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
    pub recovered: Fen,
    /// Defaults that triggers count, from the cut-off date to this calculation date.
    pub recognised: Fen,
    /// Cash of all later periods.
    pub to_come: Fen,
}

impl Collected {
    /// Cash of the period.
    pub fn cash(&self) -> Fen {
        self.interest + self.principal + self.prepaid + self.recovered
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
}

/// The pool's collections under one scenario.
#[derive(Clone, Debug, PartialEq)]
pub struct Collections {
    pub rows: Vec<Collected>,
    /// Recoveries, and principal that still performs, after the last calculation date: they pay
    /// nobody.
    pub unrealised: Fen,
}

/// Runs every loan through the scenario.
pub fn collect(deal: &Deal, scenario: &Scenario, pool: &Pool, periods: &[Period]) -> Collections {
    let mut run = PoolRun::new(deal, scenario, pool, periods);
    run.all_periods();
    run.finish()
}

/// What every loan did under a scenario, by day, then by loan.
pub fn loan_flows(deal: &Deal, scenario: &Scenario) -> Vec<LoanFlow> {
    let periods = super::periods::periods(deal.terms());
    let pool = super::pool::pool(deal, scenario.lpr_shift, &periods);
    let mut run = PoolRun::new(deal, scenario, &pool, &periods);
    run.flows = Some(Vec::new());
    run.all_periods();
    let mut flows = run.flows.unwrap_or_default();
    flows.sort_by_key(|flow| (flow.date, flow.loan));
    flows
}

/// Where one loan stands.
#[derive(Clone, Copy)]
struct Standing {
    balance: Fen,
    next: usize,
    /// Instalment in force, as defaults (never prepayments) have reduced it.
    instalment: Fen,
    default_on: Option<Date>,
    prepay_on: Option<Date>,
}

struct PoolRun<'a> {
    deal: &'a Deal,
    scenario: &'a Scenario,
    pool: &'a Pool,
    periods: &'a [Period],
    rows: Vec<Collected>,
    standing: Vec<Standing>,
    recognised: Vec<Fen>,
    unrealised: Fen,
    /// Kept only where they are asked for.
    flows: Option<Vec<LoanFlow>>,
    /// Cumulative defaults to place in each period.
    to_default: Vec<Fen>,
    defaults: PeriodRates,
    prepayments: PeriodRates,
    recovery: Recoveries<'a>,
}

impl<'a> PoolRun<'a> {
    fn new(deal: &'a Deal, scenario: &'a Scenario, pool: &'a Pool, periods: &'a [Period]) -> Self {
        let standing = (0..pool.loans.len()).map(|at| standing(deal, scenario, pool, at)).collect();
        PoolRun {
            deal,
            scenario,
            pool,
            periods,
            rows: vec![Collected::default(); periods.len()],
            standing,
            recognised: vec![0; periods.len() + 1],
            unrealised: 0,
            flows: None,
            to_default: to_default(deal, scenario, pool, periods.len()),
            defaults: PeriodRates::defaults(deal, scenario),
            prepayments: PeriodRates::prepayments(deal, scenario),
            recovery: Recoveries::new(scenario),
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
        let opening: Fen = self.standing.iter().map(|loan| loan.balance).sum();
        self.rows[at].opening = opening;
        let to_default = self.to_default[at];
        for loan in 0..self.standing.len() {
            let balance = self.standing[loan].balance;
            if balance == 0 && self.pool.loans[loan].dues.len() == self.standing[loan].next {
                continue;
            }
            let mut placed = match to_default {
                0 => 0,
                _ => share(to_default, balance, opening, self.deal.terms().rounding),
            };
            while let Some(due) = self.next_due(loan, at) {
                self.due_date(loan, at, &due, placed);
                placed = 0;
            }
            self.between_due_dates(loan, at, placed);
        }
        self.rows[at].closing = self.standing.iter().map(|loan| loan.balance).sum();
    }

    /// The next due date of a loan, if it falls into this period.
    fn next_due(&mut self, loan: usize, at: usize) -> Option<ContractDue> {
        let standing = &mut self.standing[loan];
        let due = self.pool.loans[loan].dues.get(standing.next).filter(|due| due.period == at)?;
        standing.next += 1;
        Some(*due)
    }

    /// Defaults that fall into the period without a due date of their own.
    fn between_due_dates(&mut self, loan: usize, at: usize, placed: Fen) {
        let end = self.periods[at].calculation;
        let standing = self.standing[loan];
        if standing.balance == 0 {
            return;
        }
        if let Some(date) = standing.default_on.filter(|&date| date <= end) {
            self.whole_default(loan, at, date);
        } else if placed > 0 {
            let defaulted = placed.min(standing.balance);
            self.default(loan, at, end, defaulted);
        }
    }

    fn due_date(&mut self, loan: usize, at: usize, due: &ContractDue, placed: Fen) {
        let standing = self.standing[loan];
        if standing.balance == 0 {
            return;
        }
        if let Some(date) = standing.default_on.filter(|&date| date <= due.date) {
            return self.whole_default(loan, at, date);
        }
        let index = standing.next - 1;
        let opening = standing.balance;
        let rounding = self.deal.terms().rounding;
        let default_rate = self.default_rate(loan, index, due);
        let as_agreed = |amount: Fen, performing: Fen| match performing == due.opening {
            true => amount,
            false => share(amount, performing, due.opening, rounding),
        };
        let defaulted = (default_rate.of(opening, rounding) + placed).min(opening);
        if defaulted > 0 {
            self.default(loan, at, due.date, defaulted);
        }
        let performing = opening - defaulted;
        let interest = match due.interest_ratio {
            Some(ratio) if performing != due.opening => ratio.of(performing, rounding),
            _ => as_agreed(due.interest, performing),
        };
        let withheld = as_agreed(due.withheld, performing);
        let (prepaid, principal) = self.principal(loan, due, index, opening, performing, interest);
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
        });
    }

    /// (prepaid, scheduled) principal of a due date.
    fn principal(
        &mut self,
        loan: usize,
        due: &ContractDue,
        index: usize,
        opening: Fen,
        performing: Fen,
        interest: Fen,
    ) -> (Fen, Fen) {
        let rounding = self.deal.terms().rounding;
        let base = self.deal.terms().prepayment_base;
        let rate = self.prepayments.at(index, due);
        let early = match base {
            PrepaymentBase::Opening => rate.of(opening, rounding).min(performing),
            PrepaymentBase::AfterDefault => rate.of(performing, rounding),
            PrepaymentBase::AfterSchedule => 0,
        };
        let after = performing - early;
        let standing = self.standing[loan];
        let last = due.principal == due.opening;
        let fewer = self.scenario.after_prepayment == AfterPrepayment::FewerInstalments
            && due.instalment > 0;
        let scheduled = if last {
            after
        } else if fewer {
            let part = if self.pool.loans[loan].level {
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
        self.standing[loan].balance = left;
        self.standing[loan].instalment =
            share(self.standing[loan].instalment, left, opening, rounding);
        let recognised = add_days(date, self.deal.terms().recognition_days);
        self.recognised[period_of(self.periods, recognised).max(at)] += defaulted;
        self.record(LoanFlow {
            date,
            loan,
            principal: 0,
            interest: 0,
            prepaid: 0,
            defaulted,
            recovered: 0,
        });
        let claim = opening + self.interest_due(loan, opening, date);
        let claims = match self.recovery {
            Recoveries::Rights(_) => self.claims(loan, opening),
            Recoveries::Flat { .. } => Vec::new(),
        };
        let default = recovery::Defaulted { loan, date, opening, defaulted, claim };
        for (date, recovered) in self.recovery.of(self.deal, &default, &claims) {
            self.recover(loan, at, date, recovered);
        }
    }

    fn recover(&mut self, loan: usize, at: usize, date: Date, recovered: Fen) {
        match self.rows.get_mut(period_of(self.periods, date).max(at)) {
            Some(row) => row.recovered += recovered,
            None => self.unrealised += recovered,
        }
        let (principal, interest, prepaid, defaulted) = (0, 0, 0, 0);
        self.record(LoanFlow { date, loan, principal, interest, prepaid, defaulted, recovered });
    }

    /// Live balances, with the defaulting loan at what it owed: the claims that share a right.
    fn claims(&self, loan: usize, opening: Fen) -> Vec<Fen> {
        let mut claims: Vec<Fen> = self.standing.iter().map(|other| other.balance).collect();
        claims[loan] = opening;
        claims
    }

    /// Interest accrued on a loan's balance from its last due date to a day.
    fn interest_due(&self, loan: usize, balance: Fen, date: Date) -> Fen {
        let dues = &self.pool.loans[loan].dues;
        let after = dues.partition_point(|due| due.date < date);
        let Some(due) = dues.get(after.min(dues.len().saturating_sub(1))) else {
            return 0;
        };
        let rounding = self.deal.terms().rounding;
        let full = share(due.interest, balance, due.opening, rounding);
        let elapsed = super::pool::days_between(due.accrues_from, date).clamp(0, due.days.max(0));
        share(full, i64::from(elapsed), i64::from(due.days.max(1)), rounding)
    }

    fn default_rate(&mut self, loan: usize, index: usize, due: &ContractDue) -> Ratio {
        match self.scenario.defaults {
            DefaultRate::Obligors { .. } => self.defaults.at(loan, due),
            _ => self.defaults.at(index, due),
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
        Collections { rows: self.rows, unrealised }
    }
}

/// Where a loan starts, with the day on which a named event strikes it.
fn standing(deal: &Deal, scenario: &Scenario, pool: &Pool, at: usize) -> Standing {
    let loan = &pool.loans[at];
    let cutoff = deal.terms().cutoff;
    let first = |dates: &[(usize, Date)], of: usize| -> Option<Date> {
        dates.iter().filter(|event| event.0 == of).map(|event| event.1.max(cutoff)).min()
    };
    let mut default_on = first(&scenario.obligor_defaults, deal.loans()[at].obligor);
    if loan.defaulted {
        default_on = Some(cutoff);
    } else if loan.delinquent && scenario.delinquent_default {
        let due = loan.dues.first().map_or(cutoff, |due| due.date);
        default_on = Some(default_on.map_or(due, |date| date.min(due)));
    }
    Standing {
        balance: loan.principal,
        next: 0,
        instalment: loan.dues.first().map_or(0, |due| due.instalment),
        default_on,
        prepay_on: first(&scenario.prepaid_loans, at),
    }
}

/// Cumulative defaults by period: rate x timing share x initial principal.
fn to_default(deal: &Deal, scenario: &Scenario, pool: &Pool, periods: usize) -> Vec<Fen> {
    let DefaultRate::Cumulative { rate, timing } = &scenario.defaults else {
        return vec![0; periods];
    };
    let last = pool.loans.iter().flat_map(|loan| &loan.dues).map(|due| due.period).max();
    let active = (last.unwrap_or(0) + 1).min(periods);
    let even = || vec![Decimal::ONE / Decimal::from(active.max(1)); active];
    let timing = if timing.is_empty() { even() } else { timing.clone() };
    let shares = front_loaded(&timing, scenario.front_loaded);
    let amount = |share: &Decimal| {
        let part = Ratio::of_rate((rate * share).round_dp(12)).unwrap_or(Ratio::ZERO);
        part.of(pool.principal, deal.terms().rounding)
    };
    let mut amounts: Vec<Fen> = shares.iter().take(periods).map(amount).collect();
    amounts.resize(periods, 0);
    amounts
}

/// Every share times 1 - x; the x taken is added pro rata to the first half of the periods (rounded
/// up); a negative x adds it to the second half instead.
fn front_loaded(timing: &[Decimal], x: Decimal) -> Vec<Decimal> {
    let half = timing.len().div_ceil(2);
    let taken = x.abs();
    let favoured = |at: usize| {
        if x >= Decimal::ZERO { at < half } else { at >= half }
    };
    let weight: Decimal =
        timing.iter().enumerate().filter(|(at, _)| favoured(*at)).map(|(_, share)| *share).sum();
    let moved = |(at, share): (usize, &Decimal)| {
        let added =
            if favoured(at) && !weight.is_zero() { taken * share / weight } else { Decimal::ZERO };
        share * (Decimal::ONE - taken) + added
    };
    if weight.is_zero() { timing.to_vec() } else { timing.iter().enumerate().map(moved).collect() }
}
