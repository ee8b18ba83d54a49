//! One payment date: a short list of calls, the same for every deal and both number systems.
//!
//! Order: what comes in, what accrues, what falls due, what the reserves release, who tops up, who
//! is paid, what the tests switch for the next date.

use super::journal::{Journal, Moment, Party, Why};
use super::plan::{Cell, FallsDue, Plan, PlanFee, PlanTrigger};
use super::sheet::{Sheet, set_sum, two};
use crate::deal::{AccountKind, Branch, Effect, FeeBase, Measure, Release, Split};
use crate::num::{Amount, Fen, Row};

/// What each path brings to the waterfall: one lane a path, by period where so many rows are said.
/// Recoveries, sales and the rest are cash of the period in which they come in.
#[derive(Clone, Debug)]
pub struct Inputs<A, const L: usize> {
    /// Performing principal when the run starts (at [`Plan::start`]). After each date it is less
    /// what was paid, prepaid, defaulted and sold.
    pub opening: Row<A, L>,
    pub interest: Vec<Row<A, L>>,
    pub principal: Vec<Row<A, L>>,
    pub recovered: Vec<Row<A, L>>,
    pub defaulted: Vec<Row<A, L>>,
    /// None where nothing is prepaid in any lane.
    pub prepaid: Option<Vec<Row<A, L>>>,
    /// Paid by the originator on a clean-up call; none where there is none in any lane.
    pub sold: Option<Vec<Row<A, L>>>,
    /// Defaults that triggers count, cumulative; none where nothing reads them.
    pub recognised: Option<Vec<Row<A, L>>>,
    /// The last period with cash, as so many fen from 0: cash is still to come exactly where this
    /// is above the period. No cash comes after it.
    pub last_cash: Row<A, L>,
    /// By supporter: the first period on whose support date it has failed, as so many fen from 0:
    /// it is alive exactly where this is above the period. None where it fails in no lane.
    pub fails_by_call: Vec<Option<Row<A, L>>>,
    /// The same for test dates.
    pub fails_by_test: Vec<Option<Row<A, L>>>,
}

/// A run in progress: the plan, the inputs, and the cells as they stand.
pub struct Run<'a, A: Amount, const L: usize, J: Journal<A, L>> {
    pub(super) plan: &'a Plan<A>,
    pub(super) inputs: &'a Inputs<A, L>,
    pub(super) sheet: &'a mut Sheet<A, L>,
    /// The first period with which a path can end, and the last one with cash on any path.
    pub(super) first_end: usize,
    last_cash: usize,
    /// The period in which the order of payment is next laid out.
    pub(super) line_up_at: usize,
    pub(super) journal: J,
}

impl<'a, A: Amount, const L: usize, J: Journal<A, L>> Run<'a, A, L, J> {
    /// At closing (or where a deal in mid-life stands).
    #[inline(always)]
    pub fn open(
        plan: &'a Plan<A>,
        inputs: &'a Inputs<A, L>,
        sheet: &'a mut Sheet<A, L>,
        journal: J,
    ) -> Self {
        for cell in &mut sheet.cells {
            cell.fill(A::ZERO);
        }
        for &(cell, fen) in &plan.opening {
            sheet.cells[cell].fill(A::from_fen(fen));
        }
        sheet.cells[plan.cells.performing] = inputs.opening;
        let ends = &inputs.last_cash.0;
        let (mut first, mut last) = (ends[0], ends[0]);
        for &end in ends {
            (first, last) = (first.min(end), last.max(end));
        }
        let last_cash = usize::try_from(last.to_fen()).unwrap_or(0);
        let first_end = usize::try_from(first.to_fen()).unwrap_or(0);
        let last = plan.periods.saturating_sub(1);
        let first_end = if plan.ends_at_legal_maturity { last } else { first_end.min(last) };
        sheet.begins.copy_from_slice(&plan.begins);
        sheet.called_on.clear();
        sheet.called_on.resize(plan.commitments.len(), None);
        for class in &plan.cells.tranches {
            // With its last date a path owes every class in full.
            sheet.begins[class.due] = sheet.begins[class.due].min(first_end);
        }
        Run { plan, inputs, sheet, first_end, last_cash, line_up_at: plan.start, journal }
    }

    /// One payment date.
    #[inline(always)]
    pub fn period(&mut self, at: usize) {
        self.before_calls(at);
        self.call_support(at);
        self.after_calls(at);
    }

    /// What comes in, accrues and falls due, and what reserves release.
    #[inline(always)]
    pub(super) fn before_calls(&mut self, at: usize) {
        self.begin(at);
        self.collect(at);
        self.account_income(at);
        self.accrue(at);
        self.carry_performing(at);
        self.test_events(at, Test::BeforeCall);
        self.fall_due(at);
        self.release_reserves(at);
    }

    /// Who is paid, and what that switches for the next date.
    #[inline(always)]
    pub(super) fn after_calls(&mut self, at: usize) {
        self.distribute(at);
        self.test_events(at, Test::AfterDistribution);
        self.end(at);
    }

    /// The cells as they stand.
    pub fn cells(&self) -> &[Row<A, L>] {
        &self.sheet.cells
    }

    /// Whether every path has ended with this date.
    #[inline(always)]
    pub(super) fn over(&self, at: usize) -> bool {
        if at < self.last_cash {
            return false;
        }
        for &live in &self.sheet.cells[self.plan.cells.live].0 {
            if live != A::ZERO {
                return false;
            }
        }
        true
    }

    /// Nothing is paid yet on this date; a path that has ended holds and owes nothing.
    #[inline(always)]
    fn begin(&mut self, at: usize) {
        let (plan, cells) = (self.plan, &self.plan.cells);
        if plan.kept[cells.paid_before] {
            self.sheet.add_up(&plan.to_notes);
            self.sheet.cells[cells.paid_before] = self.sheet.work;
        }
        for &cell in &plan.of_the_date {
            self.sheet.cells[cell].fill(A::ZERO);
        }
        if at > self.first_end {
            self.sheet.work = self.sheet.cells[cells.live];
            for &cell in &plan.standing {
                self.sheet.cells[cell].keep_where_open(&self.sheet.work);
            }
        }
    }

    /// What the pool and the originator pay in: rows of the period, and where they go.
    #[inline(always)]
    fn incoming(&self, at: usize) -> [(Option<&'a Row<A, L>>, usize, Why); 5] {
        let (plan, inputs) = (self.plan, self.inputs);
        let of = |rows: &'a Option<Vec<Row<A, L>>>| rows.as_ref().map(|rows| &rows[at]);
        [
            (Some(&inputs.interest[at]), plan.interest_to, Why::Interest),
            (Some(&inputs.principal[at]), plan.principal_to, Why::Principal),
            (of(&inputs.prepaid), plan.principal_to, Why::Prepaid),
            (Some(&inputs.recovered[at]), plan.recoveries_to, Why::Recovered),
            (of(&inputs.sold), plan.principal_to, Why::CleanUp),
        ]
    }

    #[inline(always)]
    fn collect(&mut self, at: usize) {
        let (plan, cells) = (self.plan, &self.plan.cells);
        if plan.kept[cells.cash_before] {
            self.sheet.add_up(&plan.cash_in);
            self.sheet.cells[cells.cash_before] = self.sheet.work;
        }
        if let Some(recognised) = &self.inputs.recognised
            && plan.kept[cells.recognised]
        {
            self.sheet.cells[cells.recognised] = recognised[at];
            self.sheet.cells[cells.recognised].add_amount(plan.defaults_before);
        }
        let incoming = self.incoming(at);
        if J::WATCHES || plan.kept[cells.interest_in] || plan.kept[cells.pot] {
            self.show_incoming(&incoming);
        }
        for &account in &plan.takers {
            let mut rows = [&self.inputs.interest[at]; 5];
            let mut count = 0;
            for (row, to, _) in &incoming {
                if let Some(row) = row
                    && *to == account
                {
                    rows[count] = row;
                    count += 1;
                }
            }
            self.sheet.cells[cells.accounts[account]].add_all(&rows[..count]);
        }
    }

    /// Postings of what comes in, and cells by kind.
    #[inline(always)]
    fn show_incoming(&mut self, incoming: &[(Option<&Row<A, L>>, usize, Why); 5]) {
        let (plan, cells) = (self.plan, &self.plan.cells);
        let shown = [
            cells.interest_in,
            cells.principal_in,
            cells.prepaid_in,
            cells.recovered_in,
            cells.clean_up_in,
        ];
        for (&(row, to, why), cell) in incoming.iter().zip(shown) {
            let Some(row) = row else { continue };
            if plan.kept[cell] {
                self.sheet.cells[cell] = *row;
            }
            let from = if why == Why::CleanUp { Party::Originator } else { Party::Pool };
            self.journal.post(Moment::Transfer, from, Party::Account(to), row, why, None);
            if why != Why::Interest && plan.kept[cells.pot] {
                self.sheet.cells[cells.pot].add(row);
            }
        }
    }

    #[inline(always)]
    fn account_income(&mut self, at: usize) {
        let plan = self.plan;
        for (account, terms) in plan.accounts.iter().enumerate() {
            let Some(rates) = &terms.income else { continue };
            let held = plan.cells.accounts[account];
            // The balance since the last payment date: what this date brought in earned nothing.
            self.sheet.work = self.sheet.cells[held];
            for (row, to, _) in &self.incoming(at) {
                if let Some(row) = row
                    && *to == account
                {
                    self.sheet.work.sub_to_zero(row);
                }
            }
            self.sheet.work.times(rates[at], plan.rounding);
            let (to, income) = (Party::Account(account), &self.sheet.work);
            self.journal.post(Moment::Transfer, Party::Bank, to, income, Why::Income, None);
            self.sheet.cells[held].add(income);
        }
    }

    #[inline(always)]
    fn accrue(&mut self, at: usize) {
        let plan = self.plan;
        let (cells, rounding) = (&plan.cells, plan.rounding);
        if let Some(tax) = plan.tax {
            self.sheet.cells[cells.tax].add_times(&self.inputs.interest[at], tax, rounding);
        }
        for index in 0..plan.tranches.len() {
            let (tranche, class) = (&plan.tranches[index], &cells.tranches[index]);
            let Some(rates) = &tranche.interest else { continue };
            let onto = class.rest.unwrap_or(class.interest);
            if tranche.interest_on_unpaid {
                self.sheet.add_up(&[class.balance, class.interest]);
                self.sheet.cells[onto].add_times(&self.sheet.work, rates[at], rounding);
            } else if let Some([interest, balance]) =
                two(&mut self.sheet.cells, onto, class.balance)
            {
                interest.add_times(balance, rates[at], rounding);
            }
            if let Some(tick) = tranche.tick
                && let Some([interest, rest]) = two(&mut self.sheet.cells, class.interest, onto)
            {
                interest.take_ticks(rest, tick);
            }
        }
        for index in 0..plan.fees.len() {
            let ((fee, cap), fee_cells) = (&plan.fees[index], &cells.fees[index]);
            let onto = if cap.is_some() { fee_cells.over } else { fee_cells.now };
            self.accrue_fee(at, fee, onto);
            if let Some(cap) = cap
                && let Some([now, over]) = two(&mut self.sheet.cells, fee_cells.now, fee_cells.over)
            {
                now.split_at(over, *cap);
            }
        }
    }

    #[inline(always)]
    fn accrue_fee(&mut self, at: usize, fee: &PlanFee<A>, onto: usize) {
        let plan = self.plan;
        let (inputs, rounding) = (self.inputs, plan.rounding);
        let Sheet { cells, work, .. } = &mut *self.sheet;
        let rate = match fee {
            PlanFee::Amounts(amounts) => {
                if amounts[at] != A::ZERO {
                    cells[onto].add_amount(amounts[at]);
                }
                return;
            }
            PlanFee::Rates { by_period, base } => {
                match base {
                    FeeBase::PoolOpening => *work = cells[plan.cells.performing],
                    FeeBase::PoolPerforming => {
                        let defaulted = &inputs.defaulted[at];
                        if let Some([fee, performing]) = two(cells, onto, plan.cells.performing) {
                            let rate = by_period[at];
                            fee.add_times_without(performing, defaulted, rate, rounding);
                        }
                        return;
                    }
                    FeeBase::NotesOpening(classes) => {
                        work.fill(A::ZERO);
                        for (class, &balance) in plan.balances.iter().enumerate() {
                            if classes.is_empty() || classes.contains(&class) {
                                work.add(&cells[balance]);
                            }
                        }
                    }
                    FeeBase::Initial => work.fill(plan.initial),
                }
                by_period[at]
            }
            PlanFee::OfPayments(rate) => {
                *work = cells[plan.cells.paid_before];
                *rate
            }
            PlanFee::OfCollections(rate) => {
                *work = inputs.interest[at];
                work.add_all(&[&inputs.principal[at], &inputs.recovered[at]]);
                if let Some(prepaid) = &inputs.prepaid {
                    work.add(&prepaid[at]);
                }
                *rate
            }
        };
        cells[onto].add_times(work, rate, rounding);
    }

    /// What performs after the period: less what was paid, what defaulted and what was sold.
    #[inline(always)]
    fn carry_performing(&mut self, at: usize) {
        let inputs = self.inputs;
        let performing = &mut self.sheet.cells[self.plan.cells.performing];
        performing.sub_two(&inputs.principal[at], &inputs.defaulted[at]);
        if let Some(prepaid) = &inputs.prepaid {
            performing.sub(&prepaid[at]);
        }
        if let Some(sold) = &inputs.sold {
            performing.sub(&sold[at]);
        }
    }

    /// What must, and what may, be paid of each class on this date; and whether it is the last.
    #[inline(always)]
    fn fall_due(&mut self, at: usize) {
        let plan = self.plan;
        let ending = at >= self.first_end;
        self.normal_dues(at);
        self.share_pot();
        if ending || plan.branches {
            self.mark_all_due(at);
        }
        for index in 0..plan.tranches.len() {
            let (tranche, class) = (&plan.tranches[index], &plan.cells.tranches[index]);
            let matured = at >= tranche.matured_from;
            let in_full = matured || ending || plan.branches;
            if in_full && !(tranche.pays_balance && at < self.sheet.begins[class.due]) {
                self.fall_due_in_full(class.due, class.balance, matured);
            }
            if tranche.pays_balance {
                continue;
            }
            if in_full {
                self.fall_due_in_full(class.payable, class.balance, matured);
            }
            if plan.early && !matured {
                let rows = [class.payable, class.balance, plan.cells.early];
                if let Ok([payable, balance, early]) = self.sheet.cells.get_disjoint_mut(rows) {
                    payable.replace_where_open(early, balance);
                }
            }
        }
    }

    /// The whole balance: at maturity, or where every class is due in full.
    #[inline(always)]
    fn fall_due_in_full(&mut self, cell: Cell, balance: Cell, matured: bool) {
        let Sheet { cells, all_due, .. } = &mut *self.sheet;
        if let Some([row, balance]) = two(cells, cell, balance) {
            match matured {
                true => *row = *balance,
                false => row.replace_where_open(all_due, balance),
            }
        }
    }

    #[inline(always)]
    fn normal_dues(&mut self, at: usize) {
        let Sheet { cells, begins, .. } = &mut *self.sheet;
        for index in 0..self.plan.tranches.len() {
            let tranche = &self.plan.tranches[index];
            let class = &self.plan.cells.tranches[index];
            let Some([due, balance]) = two(cells, class.due, class.balance) else { continue };
            match &tranche.falls_due {
                _ if at < begins[class.due] && tranche.pays_balance => {}
                FallsDue::Turbo(targets) => match targets[at] {
                    Some(target) => due.set_above(balance, target),
                    None => due.fill(A::ZERO),
                },
                FallsDue::TargetPrincipal { amounts, .. } => {
                    *due = *balance;
                    due.min_amount(amounts[at]);
                    cells[class.payable] = cells[class.due];
                }
                FallsDue::TargetBalance(targets) => {
                    due.set_above(balance, targets[at]);
                    cells[class.payable] = cells[class.due];
                }
                FallsDue::PassThrough | FallsDue::Bullet => {
                    due.fill(A::ZERO);
                    cells[class.payable].fill(A::ZERO);
                }
            }
        }
    }

    /// Principal collected goes to pass-through classes in the order of the waterfall.
    #[inline(always)]
    fn share_pot(&mut self) {
        let (plan, cells) = (self.plan, &self.plan.cells);
        if plan.pot_groups.is_empty() {
            return;
        }
        self.sheet.cash = self.sheet.cells[cells.pot];
        for (group, split) in &plan.pot_groups {
            self.sheet.whole.fill(A::ZERO);
            for &at in group {
                let Sheet { cells, whole, .. } = &mut *self.sheet;
                whole.add(&cells[plan.balances[at]]);
            }
            for &at in group {
                let class = &cells.tranches[at];
                let Sheet { cells, cash, whole, work, offered, .. } = &mut *self.sheet;
                *work = cells[class.balance];
                *offered = *cash;
                match split {
                    Split::ProRata => offered.portion(work, whole, plan.rounding),
                    Split::InOrder => offered.min(work),
                }
                cells[class.payable] = *offered;
                cash.sub(offered);
                whole.sub(work);
            }
        }
    }

    /// Every class is due in full where another branch is open, and with the last date: nothing
    /// performs, nothing is to be recovered and no fixed plan is waiting for its day; or legal
    /// maturity.
    #[inline(always)]
    fn mark_all_due(&mut self, at: usize) {
        let (plan, named) = (self.plan, &self.plan.cells);
        let Sheet { cells, all_due, work, more, .. } = &mut *self.sheet;
        all_due.fill(A::ZERO);
        if plan.branches {
            all_due.add_all(&[&cells[named.accelerated], &cells[named.default]]);
        }
        if at < self.first_end {
            return;
        }
        *work = cells[named.performing];
        work.add_mark_above(&self.inputs.last_cash, A::from_fen(at as i64));
        for index in 0..plan.tranches.len() {
            let (tranche, class) = (&plan.tranches[index], &named.tranches[index]);
            let fixed = matches!(
                tranche.falls_due,
                FallsDue::Bullet | FallsDue::TargetBalance(_) | FallsDue::TargetPrincipal { .. }
            );
            if fixed && at < tranche.matured_from {
                *more = cells[class.balance];
                more.sub_to_zero(&cells[class.payable]);
                more.keep_where_shut(all_due);
                more.keep_where_shut(&cells[named.early]);
                work.add(more);
            }
        }
        *more = cells[named.live];
        if at + 1 < plan.periods {
            more.keep_where_shut(work);
        }
        all_due.add(more);
        cells[named.last] = *more;
    }

    /// Reserves give back what their terms release, to the account of collections.
    #[inline(always)]
    fn release_reserves(&mut self, at: usize) {
        let plan = self.plan;
        for (account, terms) in plan.accounts.iter().enumerate() {
            if terms.kind != AccountKind::Reserve {
                continue;
            }
            let held = plan.cells.accounts[account];
            match terms.release {
                Release::EachDate => self.give_back_all(account),
                Release::Excess => {
                    self.target(at, account);
                    let Sheet { cells, due, offered, .. } = &mut *self.sheet;
                    *offered = cells[held];
                    offered.sub_to_zero(due);
                    self.give_back(account);
                }
                Release::End if at < self.first_end => {}
                Release::End => {
                    let Sheet { cells, offered, .. } = &mut *self.sheet;
                    *offered = cells[held];
                    offered.keep_where_open(&cells[plan.cells.last]);
                    self.give_back(account);
                }
            }
        }
    }

    /// All that a reserve holds goes to the account of collections.
    #[inline(always)]
    fn give_back_all(&mut self, account: usize) {
        let plan = self.plan;
        let (held, main) = (plan.cells.accounts[account], plan.cells.accounts[plan.interest_to]);
        let (from, to) = (Party::Account(account), Party::Account(plan.interest_to));
        let out = &self.sheet.cells[held];
        self.journal.post(Moment::Transfer, from, to, out, Why::Release, None);
        if plan.kept[plan.cells.released]
            && let Some([released, held]) = two(&mut self.sheet.cells, plan.cells.released, held)
        {
            released.add(held);
        }
        if let Some([held, main]) = two(&mut self.sheet.cells, held, main) {
            held.pour_into(main);
        }
    }

    /// What is offered goes from a reserve to the account of collections.
    #[inline(always)]
    pub(super) fn give_back(&mut self, account: usize) {
        let plan = self.plan;
        let (from, to) = (Party::Account(account), Party::Account(plan.interest_to));
        let Sheet { cells, offered, .. } = &mut *self.sheet;
        self.journal.post(Moment::Transfer, from, to, offered, Why::Release, None);
        cells[plan.cells.accounts[account]].sub(offered);
        cells[plan.cells.accounts[plan.interest_to]].add(offered);
        if plan.kept[plan.cells.released] {
            cells[plan.cells.released].add(offered);
        }
    }

    #[inline(always)]
    fn test_events(&mut self, at: usize, test: Test) {
        let plan = self.plan;
        let mut changed = false;
        for (index, trigger) in plan.triggers.iter().enumerate() {
            let of_supporter = matches!(trigger.measure, Measure::SupporterFailed(_));
            if trigger.tested && of_supporter == (test == Test::BeforeCall) {
                self.holds(at, trigger);
                self.test_event(index, trigger);
                changed = true;
            }
        }
        if changed {
            self.set_branch();
        }
    }

    /// What the predicate of a trigger says is in `work`: counts it, and switches.
    #[inline(always)]
    fn test_event(&mut self, index: usize, trigger: &PlanTrigger<A>) {
        let cells = &self.plan.cells;
        let needed = A::from_fen(i64::from(trigger.periods.max(1)) - 1);
        let Sheet { cells: rows, work, .. } = &mut *self.sheet;
        if let Some([in_force, streak]) = two(rows, cells.in_force[index], cells.streak[index]) {
            streak.count_on(work);
            if !trigger.curable {
                in_force.add_mark_above(streak, needed);
                in_force.min_amount(A::from_fen(1));
            } else {
                in_force.mark_above(streak, needed);
            }
        }
    }

    /// `work`: above nothing where the predicate of a trigger holds on this date.
    #[inline(always)]
    fn holds(&mut self, at: usize, trigger: &PlanTrigger<A>) {
        let (plan, named) = (self.plan, &self.plan.cells);
        let Sheet { cells, work, .. } = &mut *self.sheet;
        let Some(level) = trigger.levels[at] else {
            return work.fill(A::ZERO);
        };
        match trigger.measure {
            Measure::CumulativeDefaultRate => {
                work.mark_above(&cells[named.recognised], level.amount);
            }
            Measure::InterestUnpaid(class) => *work = cells[named.tranches[class].interest],
            Measure::PrincipalUnpaid(class) => *work = cells[named.tranches[class].due],
            Measure::UnpaidAtMaturity(class) if at < plan.tranches[class].matured_from => {
                work.fill(A::ZERO);
            }
            Measure::UnpaidAtMaturity(class) => *work = cells[named.tranches[class].balance],
            Measure::BalanceAboveTarget(class) => match self.target_balance(at, class) {
                Some(target) => {
                    let Sheet { cells, work, .. } = &mut *self.sheet;
                    work.set_above(&cells[named.tranches[class].balance], target);
                }
                None => self.sheet.work.fill(A::ZERO),
            },
            Measure::PoolToNotesBelow => {
                set_sum(work, cells, &plan.balances);
                work.times(level.rate, plan.rounding);
                work.sub_to_zero(&cells[named.performing]);
            }
            Measure::CollectionsDown => {
                *work = cells[named.cash_before];
                work.times(level.rate, plan.rounding);
                for &cell in &plan.cash_in {
                    work.sub_to_zero(&cells[cell]);
                }
            }
            Measure::SupporterCalls => {
                work.mark_above(&cells[named.calls], level.amount.sub(A::from_fen(1)));
            }
            Measure::SupporterFailed(supporter) => match &self.inputs.fails_by_test[supporter] {
                Some(fails) => work.mark_reached(fails, A::from_fen(at as Fen)),
                None => work.fill(A::ZERO),
            },
        }
    }

    #[inline(always)]
    fn target_balance(&self, at: usize, class: usize) -> Option<A> {
        match &self.plan.tranches[class].falls_due {
            FallsDue::Turbo(targets) => targets[at],
            FallsDue::TargetBalance(targets) => Some(targets[at]),
            FallsDue::TargetPrincipal { balances, .. } => Some(balances[at]),
            FallsDue::PassThrough | FallsDue::Bullet => None,
        }
    }

    /// The branch that the events in force open: default before acceleration before normal.
    #[inline(always)]
    fn set_branch(&mut self) {
        let (plan, named) = (self.plan, &self.plan.cells);
        let Sheet { cells, work: default, more: accelerated, whole: early, .. } = &mut *self.sheet;
        default.fill(A::ZERO);
        accelerated.fill(A::ZERO);
        early.fill(A::ZERO);
        for index in 0..plan.triggers.len() {
            let (trigger, in_force) = (&plan.triggers[index], named.in_force[index]);
            match (trigger.effect.branch(), trigger.effect) {
                (Some(Branch::Default), _) => default.add(&cells[in_force]),
                (Some(Branch::Accelerated), _) => accelerated.add(&cells[in_force]),
                (_, Effect::EarlyAmortisation) => early.add(&cells[in_force]),
                (_, _) => {}
            }
        }
        cells[named.default].mark_above(default, A::ZERO);
        cells[named.accelerated].mark_above(accelerated, A::ZERO);
        cells[named.accelerated].keep_where_shut(default);
        cells[named.normal].fill(A::from_fen(1));
        cells[named.normal].keep_where_shut(default);
        cells[named.normal].keep_where_shut(accelerated);
        cells[named.early].mark_above(early, A::ZERO);
    }

    /// After the last date nothing moves.
    #[inline(always)]
    fn end(&mut self, at: usize) {
        let cells = &self.plan.cells;
        if at >= self.first_end
            && let Some([live, last]) = two(&mut self.sheet.cells, cells.live, cells.last)
        {
            live.keep_where_shut(last);
        }
    }
}

/// The two moments at which events are tested.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Test {
    BeforeCall,
    AfterDistribution,
}
