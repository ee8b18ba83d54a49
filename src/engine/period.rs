//! One payment date: a short list of calls, the same for every deal and both number systems.
//!
//! Order: what comes in, what accrues, what falls due, what the reserves release, who tops up, who
//! is paid, what the tests switch for the next date.

use super::journal::{Journal, Moment, Party, Why};
use super::plan::{FallsDue, Plan, PlanFee, PlanTrigger};
use crate::deal::{AccountKind, Branch, Effect, FeeBase, Measure, Release, Split};
use crate::num::{Amount, Row};

/// Collections of one period in rows.
#[derive(Clone, Debug)]
pub struct CollectedRow<A, const L: usize> {
    pub interest: Row<A, L>,
    pub principal: Row<A, L>,
    pub prepaid: Row<A, L>,
    pub recovered: Row<A, L>,
    pub defaulted: Row<A, L>,
    pub opening: Row<A, L>,
    pub closing: Row<A, L>,
    pub recognised: Row<A, L>,
    pub sold: Row<A, L>,
    pub to_come: Row<A, L>,
}

/// What a path brings to the waterfall.
#[derive(Clone, Debug)]
pub struct Inputs<A, const L: usize> {
    pub collections: Vec<CollectedRow<A, L>>,
    /// By supporter and period: above nothing where it is alive on the support date.
    pub alive: Vec<Vec<Row<A, L>>>,
    /// By supporter and period: above nothing where it has failed by the test date.
    pub failed: Vec<Vec<Row<A, L>>>,
}

/// A run in progress: the plan, the inputs, and the cells as they stand.
pub struct Run<'a, A: Amount, const L: usize, J: Journal<A, L>> {
    pub(super) plan: &'a Plan<A>,
    pub(super) inputs: &'a Inputs<A, L>,
    pub(super) cells: Vec<Row<A, L>>,
    pub(super) journal: J,
}

impl<'a, A: Amount, const L: usize, J: Journal<A, L>> Run<'a, A, L, J> {
    /// At closing (or where a deal in mid-life stands).
    pub fn open(plan: &'a Plan<A>, inputs: &'a Inputs<A, L>, journal: J) -> Self {
        let mut cells = vec![Row::ZERO; plan.cells.count];
        for &(cell, fen) in &plan.opening {
            cells[cell] = Row::of_fen(fen);
        }
        Run { plan, inputs, cells, journal }
    }

    /// One payment date.
    pub fn period(&mut self, at: usize) {
        self.begin();
        self.collect(at);
        self.accrue(at);
        self.test_events(at, Test::BeforeCall);
        self.fall_due(at);
        self.release_reserves();
        self.call_support(at);
        self.distribute(at);
        self.test_events(at, Test::AfterDistribution);
        self.end();
    }

    /// The cells as they stand.
    pub fn cells(&self) -> &[Row<A, L>] {
        &self.cells
    }

    /// Nothing is paid yet on this date.
    fn begin(&mut self) {
        let cells = &self.plan.cells;
        let mut to_notes = Row::ZERO;
        for class in &cells.tranches {
            to_notes.add(&self.cells[class.interest_paid]);
            to_notes.add(&self.cells[class.principal_paid]);
        }
        self.cells[cells.paid_before] = to_notes;
        let paid = cells
            .tranches
            .iter()
            .flat_map(|class| [class.interest_paid, class.principal_paid, class.residual_paid])
            .chain(cells.fees.iter().map(|fee| fee.paid))
            .chain(cells.commitments.iter().flat_map(|owed| [owed.called, owed.paid, owed.repaid]))
            .chain([cells.tax_paid, cells.registrar_paid, cells.called_now, cells.released]);
        for cell in paid {
            self.cells[cell] = Row::ZERO;
        }
    }

    fn collect(&mut self, at: usize) {
        let plan = self.plan;
        let cells = &plan.cells;
        let collected = &self.inputs.collections[at];
        let mut before = self.cells[cells.interest_in];
        for cell in [cells.principal_in, cells.prepaid_in, cells.recovered_in] {
            before.add(&self.cells[cell]);
        }
        self.cells[cells.cash_before] = before;
        let live = self.cells[cells.live];
        self.cells[cells.performing] = collected.closing.where_open(&live);
        self.cells[cells.recognised] = collected.recognised;
        self.cells[cells.recognised].add(&Row([plan.defaults_before; L]));
        let incoming = [
            (cells.interest_in, &collected.interest, plan.interest_to, Why::Interest),
            (cells.principal_in, &collected.principal, plan.principal_to, Why::Principal),
            (cells.prepaid_in, &collected.prepaid, plan.principal_to, Why::Prepaid),
            (cells.recovered_in, &collected.recovered, plan.recoveries_to, Why::Recovered),
            (cells.clean_up_in, &collected.sold, plan.principal_to, Why::CleanUp),
        ];
        for (cell, row, to, why) in incoming {
            let amount = row.where_open(&live);
            let from = if why == Why::CleanUp { Party::Originator } else { Party::Pool };
            self.cells[cell] = amount;
            self.bring_in(from, to, &amount, why);
            if why != Why::Interest {
                self.cells[cells.pot].add(&amount);
            }
        }
        self.account_income(at);
    }

    fn bring_in(&mut self, from: Party, to: usize, amount: &Row<A, L>, why: Why) {
        self.journal.post(Moment::Transfer, from, Party::Account(to), amount, why, None);
        let account = self.plan.cells.accounts[to];
        self.cells[account].add(amount);
    }

    fn account_income(&mut self, at: usize) {
        let plan = self.plan;
        for (account, terms) in plan.accounts.iter().enumerate() {
            let Some(rates) = &terms.income else { continue };
            // The balance since the last payment date: what this date brought in earned nothing.
            let mut held = self.cells[plan.cells.accounts[account]];
            if account == plan.interest_to {
                held.sub_to_zero(&self.cells[plan.cells.interest_in]);
            }
            if account == plan.principal_to {
                let cells = &plan.cells;
                for cell in [cells.principal_in, cells.prepaid_in, cells.clean_up_in] {
                    held.sub_to_zero(&self.cells[cell]);
                }
            }
            if account == plan.recoveries_to {
                held.sub_to_zero(&self.cells[plan.cells.recovered_in]);
            }
            let income = held.times(rates[at], plan.rounding);
            let income = income.where_open(&self.cells[plan.cells.live]);
            self.bring_in(Party::Bank, account, &income, Why::Income);
        }
    }

    fn accrue(&mut self, at: usize) {
        let plan = self.plan;
        let (cells, rounding) = (&plan.cells, plan.rounding);
        let live = self.cells[cells.live];
        let tax = self.cells[cells.interest_in].times(plan.tax, rounding);
        self.cells[cells.tax].add(&tax);
        for (tranche, class) in plan.tranches.iter().zip(&cells.tranches) {
            let mut base = self.cells[class.balance];
            if tranche.interest_on_unpaid {
                base.add(&self.cells[class.interest]);
            }
            let accrued = base.times(tranche.interest[at], rounding).where_open(&live);
            self.cells[class.interest].add(&accrued);
        }
        for ((fee, cap), fee_cells) in plan.fees.iter().zip(&cells.fees) {
            let accrued = self.fee_accrued(at, fee).where_open(&live);
            let mut all = self.cells[fee_cells.now];
            all.add(&self.cells[fee_cells.over]);
            all.add(&accrued);
            let now = cap.map_or(all, |cap| all.with(&Row([cap; L]), A::min));
            self.cells[fee_cells.now] = now;
            all.sub(&now);
            self.cells[fee_cells.over] = all;
        }
    }

    fn fee_accrued(&self, at: usize, fee: &PlanFee<A>) -> Row<A, L> {
        let plan = self.plan;
        let collected = &self.inputs.collections[at];
        match fee {
            PlanFee::Amounts(amounts) => Row([amounts[at]; L]),
            PlanFee::Rates { by_period, base } => {
                let base = match base {
                    FeeBase::PoolOpening => collected.opening,
                    FeeBase::PoolPerforming => {
                        let mut performing = collected.opening;
                        performing.sub(&collected.defaulted);
                        performing
                    }
                    FeeBase::NotesOpening(classes) => {
                        let mut notes = Row::ZERO;
                        for (class, at) in plan.cells.tranches.iter().zip(0..) {
                            if classes.is_empty() || classes.contains(&at) {
                                notes.add(&self.cells[class.balance]);
                            }
                        }
                        notes
                    }
                    FeeBase::Initial => Row([plan.initial; L]),
                };
                base.times(by_period[at], plan.rounding)
            }
            PlanFee::OfPayments(rate) => {
                self.cells[plan.cells.paid_before].times(*rate, plan.rounding)
            }
            PlanFee::OfCollections(rate) => {
                let mut cash = collected.interest;
                cash.add(&collected.principal);
                cash.add(&collected.prepaid);
                cash.add(&collected.recovered);
                cash.times(*rate, plan.rounding)
            }
        }
    }

    /// What must, and what may, be paid of each class on this date; and whether it is the last.
    fn fall_due(&mut self, at: usize) {
        self.normal_dues(at);
        self.share_pot();
        self.mark_last(at);
        let cells = &self.plan.cells;
        let (all_due, early) = (self.all_due(), self.cells[cells.early]);
        for (tranche, class) in self.plan.tranches.iter().zip(&cells.tranches) {
            let matured = at >= tranche.matured_from;
            let balance = self.cells[class.balance];
            for lane in 0..L {
                let whole = balance.0[lane];
                let full = |normal: A| all_due.0[lane].if_above(A::ZERO, whole, normal);
                let (due, may) = (self.cells[class.due].0[lane], self.cells[class.payable].0[lane]);
                let due = if matured { whole } else { full(due) };
                let may = if matured { whole } else { full(may) };
                self.cells[class.due].0[lane] = due;
                self.cells[class.payable].0[lane] = early.0[lane].if_above(A::ZERO, whole, may);
            }
        }
    }

    fn normal_dues(&mut self, at: usize) {
        for (tranche, class) in self.plan.tranches.iter().zip(&self.plan.cells.tranches) {
            let balance = self.cells[class.balance];
            let above = |target: A| {
                let mut over = balance;
                over.sub_to_zero(&Row([target; L]));
                over
            };
            let (due, payable) = match &tranche.falls_due {
                FallsDue::PassThrough => (Row::ZERO, Row::ZERO),
                FallsDue::Turbo(targets) => (targets[at].map_or(Row::ZERO, above), balance),
                FallsDue::TargetPrincipal { amounts, .. } => {
                    let due = balance.with(&Row([amounts[at]; L]), A::min);
                    (due, due)
                }
                FallsDue::TargetBalance(targets) => (above(targets[at]), above(targets[at])),
                FallsDue::Bullet => (Row::ZERO, Row::ZERO),
            };
            self.cells[class.due] = due;
            self.cells[class.payable] = payable;
        }
    }

    /// Principal collected goes to pass-through classes in the order of the waterfall.
    fn share_pot(&mut self) {
        let mut pot = self.cells[self.plan.cells.pot];
        for (group, split) in &self.plan.pot_groups {
            let mut whole = Row::ZERO;
            for &at in group {
                whole.add(&self.cells[self.plan.cells.tranches[at].balance]);
            }
            for &at in group {
                let class = &self.plan.cells.tranches[at];
                let balance = self.cells[class.balance];
                let mut part = balance.with(&pot, A::min);
                if *split == Split::ProRata {
                    for lane in 0..L {
                        let (cash, all) = (pot.0[lane], whole.0[lane]);
                        let share = cash.share(balance.0[lane], all, self.plan.rounding);
                        part.0[lane] = all.if_above(cash, share, balance.0[lane]);
                    }
                }
                self.cells[class.payable] = part;
                pot.sub(&part);
                whole.sub(&balance);
            }
        }
    }

    /// The last date: nothing performs, nothing is to be recovered and no fixed plan is waiting for
    /// its day; or legal maturity.
    fn mark_last(&mut self, at: usize) {
        let cells = &self.plan.cells;
        let one = Row::of_fen(1);
        let mut waiting = self.cells[cells.performing];
        waiting.add(&self.inputs.collections[at].to_come);
        let all_due = self.all_due();
        for (tranche, class) in self.plan.tranches.iter().zip(&cells.tranches) {
            let fixed = matches!(
                tranche.falls_due,
                FallsDue::Bullet | FallsDue::TargetBalance(_) | FallsDue::TargetPrincipal { .. }
            );
            if fixed && at < tranche.matured_from {
                let mut left = self.cells[class.balance].where_shut(&all_due);
                left.sub_to_zero(&self.cells[class.payable]);
                waiting.add(&left.where_shut(&self.cells[cells.early]));
            }
        }
        let over = if at + 1 == self.plan.periods { one } else { one.where_shut(&waiting) };
        self.cells[cells.last] = over.where_open(&self.cells[cells.live]);
    }

    /// Above nothing where every class is due in full.
    fn all_due(&self) -> Row<A, L> {
        let cells = &self.plan.cells;
        let mut all = self.cells[cells.last];
        all.add(&self.cells[cells.accelerated]);
        all.add(&self.cells[cells.default]);
        all
    }

    /// Reserves give back what their terms release, to the account of collections.
    fn release_reserves(&mut self) {
        let plan = self.plan;
        for (account, terms) in plan.accounts.iter().enumerate() {
            if terms.kind != AccountKind::Reserve {
                continue;
            }
            let held = plan.cells.accounts[account];
            let mut out = self.cells[held];
            match terms.release {
                Release::EachDate => {}
                Release::Excess => out.sub_to_zero(&self.target(account)),
                Release::End => out = out.where_open(&self.cells[plan.cells.last]),
            }
            let out = out.where_open(&self.cells[plan.cells.live]);
            self.give_back(account, &out);
        }
    }

    /// From a reserve to the account of collections.
    pub(super) fn give_back(&mut self, account: usize, out: &Row<A, L>) {
        let plan = self.plan;
        let (from, to) = (Party::Account(account), Party::Account(plan.interest_to));
        self.journal.post(Moment::Transfer, from, to, out, Why::Release, None);
        self.cells[plan.cells.accounts[account]].sub(out);
        self.cells[plan.cells.accounts[plan.interest_to]].add(out);
        self.cells[plan.cells.released].add(out);
    }

    fn test_events(&mut self, at: usize, test: Test) {
        let plan = self.plan;
        let mut changed = false;
        for (index, trigger) in plan.triggers.iter().enumerate() {
            let of_supporter = matches!(trigger.measure, Measure::SupporterFailed(_));
            if of_supporter == (test == Test::BeforeCall) {
                self.test_event(at, index, trigger);
                changed = true;
            }
        }
        if changed {
            self.set_branch();
        }
    }

    fn test_event(&mut self, at: usize, index: usize, trigger: &PlanTrigger<A>) {
        let cells = &self.plan.cells;
        let (in_force, streak) = (cells.in_force[index], cells.streak[index]);
        let holds = self.holds(at, trigger).where_open(&self.cells[cells.live]);
        let needed = A::from_fen(i64::from(trigger.periods.max(1)) - 1);
        for lane in 0..L {
            let on = holds.0[lane];
            let counted = self.cells[streak].0[lane].add(A::from_fen(1));
            let counted = on.if_above(A::ZERO, counted, A::ZERO);
            self.cells[streak].0[lane] = counted;
            let met = counted.if_above(needed, A::from_fen(1), A::ZERO);
            let before = if trigger.curable { A::ZERO } else { self.cells[in_force].0[lane] };
            self.cells[in_force].0[lane] = met.max(before);
        }
    }

    /// Above nothing where the predicate of a trigger holds on this date.
    fn holds(&self, at: usize, trigger: &PlanTrigger<A>) -> Row<A, L> {
        let cells = &self.plan.cells;
        let Some(level) = trigger.levels[at] else {
            return Row::ZERO;
        };
        let over = |row: &Row<A, L>, limit: A| {
            row.with(row, |amount, _| amount.if_above(limit, A::from_fen(1), A::ZERO))
        };
        let any = |row: &Row<A, L>| over(row, A::ZERO);
        match trigger.measure {
            Measure::CumulativeDefaultRate => over(&self.cells[cells.recognised], level.amount),
            Measure::InterestUnpaid(class) => any(&self.cells[cells.tranches[class].interest]),
            Measure::PrincipalUnpaid(class) => any(&self.cells[cells.tranches[class].due]),
            Measure::UnpaidAtMaturity(class) if at < self.plan.tranches[class].matured_from => {
                Row::ZERO
            }
            Measure::UnpaidAtMaturity(class) => any(&self.cells[cells.tranches[class].balance]),
            Measure::BalanceAboveTarget(class) => self.above_target(at, class),
            Measure::PoolToNotesBelow => {
                let mut notes = Row::ZERO;
                cells.tranches.iter().for_each(|class| notes.add(&self.cells[class.balance]));
                let mut short = notes.times(level.rate, self.plan.rounding);
                short.sub_to_zero(&self.cells[cells.performing]);
                any(&short)
            }
            Measure::CollectionsDown => {
                let mut short = self.cells[cells.cash_before].times(level.rate, self.plan.rounding);
                let cash =
                    [cells.interest_in, cells.principal_in, cells.prepaid_in, cells.recovered_in];
                cash.iter().for_each(|&cell| short.sub_to_zero(&self.cells[cell]));
                any(&short)
            }
            Measure::SupporterCalls => {
                over(&self.cells[cells.calls], level.amount.sub(A::from_fen(1)))
            }
            Measure::SupporterFailed(supporter) => any(&self.inputs.failed[supporter][at]),
        }
    }

    fn above_target(&self, at: usize, class: usize) -> Row<A, L> {
        let target = match &self.plan.tranches[class].falls_due {
            FallsDue::Turbo(targets) => targets[at],
            FallsDue::TargetBalance(targets) => Some(targets[at]),
            FallsDue::TargetPrincipal { balances, .. } => Some(balances[at]),
            FallsDue::PassThrough | FallsDue::Bullet => None,
        };
        let Some(target) = target else {
            return Row::ZERO;
        };
        let mut over = self.cells[self.plan.cells.tranches[class].balance];
        over.sub_to_zero(&Row([target; L]));
        over
    }

    /// The branch that the events in force open: default before acceleration before normal.
    fn set_branch(&mut self) {
        let cells = &self.plan.cells;
        let mut of = [Row::ZERO, Row::ZERO, Row::ZERO];
        for (trigger, &in_force) in self.plan.triggers.iter().zip(&cells.in_force) {
            let slot = match (trigger.effect.branch(), trigger.effect) {
                (Some(Branch::Default), _) => 0,
                (Some(Branch::Accelerated), _) => 1,
                (_, Effect::EarlyAmortisation) => 2,
                (_, _) => continue,
            };
            of[slot].add(&self.cells[in_force]);
        }
        let [default, accelerated, early] = of;
        let one = Row::of_fen(1);
        self.cells[cells.default] = one.where_open(&default);
        self.cells[cells.accelerated] = one.where_open(&accelerated).where_shut(&default);
        self.cells[cells.normal] = one.where_shut(&default).where_shut(&accelerated);
        self.cells[cells.early] = one.where_open(&early);
    }

    /// After the last date nothing moves.
    fn end(&mut self) {
        let cells = &self.plan.cells;
        let live = self.cells[cells.live].where_shut(&self.cells[cells.last]);
        self.cells[cells.live] = live;
    }
}

/// The two moments at which events are tested.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Test {
    BeforeCall,
    AfterDistribution,
}
