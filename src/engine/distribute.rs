//! The waterfall: pays the lines of the order of payment, one after another.
//!
//! Written once, generic over the number. Invariant: a line pays at most what its account holds and
//! at most what is due, and paid + left = held, in every lane. There is no branch on the amount of
//! one lane: a line that is shut pays nothing out of nothing. What is shut, or due nothing, in all
//! lanes at once is passed over.

use super::journal::{Journal, Moment, Party, Why};
use super::period::Run;
use super::plan::{Cell, Due, Pay, PayClaim, PayLimit};
use super::sheet::{Sheet, are_shut, set_sum, through, two};
use crate::deal::{Split, TargetBase};
use crate::num::{Amount, Rounding, Row};

/// A part of the order of payment, as it is run.
#[derive(Clone, Copy, Debug)]
pub(super) enum Line {
    /// Claims on one account that are paid in one pass over the lanes: the account, and so many
    /// cells of what is due.
    Together { from: Cell, dues: [Cell; 4], count: usize },
    /// A claim (by index of the step and the claim) straight out of its account.
    Plain(usize, usize),
    /// A step with a gate, a limit or claims of one rank.
    Step(usize),
}

impl<A: Amount, const L: usize, J: Journal<A, L>> Run<'_, A, L, J> {
    /// All lines of the date.
    #[inline(always)]
    pub(super) fn distribute(&mut self, at: usize) {
        let plan = self.plan;
        if at >= self.line_up_at {
            self.line_up(at);
        }
        let lines = std::mem::take(&mut self.sheet.lines);
        for line in &lines {
            match *line {
                Line::Together { from, dues, count } => self.pay_together(from, dues, count),
                Line::Plain(pay, claim) => {
                    let pay = &plan.pays[pay];
                    self.pay_plain(at, pay, &pay.claims[claim]);
                }
                Line::Step(pay) => self.pay(at, &plan.pays[pay]),
            }
        }
        self.sheet.lines = lines;
        self.return_top_ups();
    }

    /// Lays out the order of payment, which holds until more cells begin to hold something.
    #[inline(never)]
    fn line_up(&mut self, at: usize) {
        let mut lines = std::mem::take(&mut self.sheet.lines);
        lines.clear();
        for (index, pay) in self.plan.pays.iter().enumerate() {
            if !pay.plain {
                lines.push(Line::Step(index));
                continue;
            }
            let account = self.plan.cells.accounts[pay.from];
            for (claim_index, claim) in pay.claims.iter().enumerate() {
                if matches!(claim.due, Due::Cell(due) if at < self.sheet.begins[due]) {
                    continue;
                }
                let Some(due) = self.alone(at, claim) else {
                    lines.push(Line::Plain(index, claim_index));
                    continue;
                };
                match lines.last_mut() {
                    Some(Line::Together { from, dues, count })
                        if *from == account && *count < dues.len() =>
                    {
                        dues[*count] = due;
                        *count += 1;
                    }
                    _ => lines.push(Line::Together { from: account, dues: [due; 4], count: 1 }),
                }
            }
        }
        self.sheet.lines = lines;
        let later = self.sheet.begins.iter().filter(|&&begins| begins > at);
        self.line_up_at = later.min().map_or(usize::MAX, |&begins| begins);
    }

    /// The one cell that a payment of this claim changes, beside the account; none where it changes
    /// more. In a plan that shows what was paid every payment does.
    fn alone(&self, at: usize, claim: &PayClaim<A>) -> Option<Cell> {
        let Due::Cell(due) = claim.due else { return None };
        let others = claim.less.iter().skip(1);
        let nothing = |cell: &Cell| at < self.sheet.begins[*cell];
        let only = claim.plus.is_empty() && claim.tick.is_none() && others.into_iter().all(nothing);
        (only && !(claim.registered && self.plan.registrar.is_some())).then_some(due)
    }

    #[inline(always)]
    fn pay_together(&mut self, from: Cell, [one, two, three, four]: [Cell; 4], count: usize) {
        let cells = &mut self.sheet.cells;
        match count {
            4 => {
                let rows = cells.get_disjoint_mut([from, one, two, three, four]);
                if let Ok([cash, one, two, three, four]) = rows {
                    cash.pay_four(one, two, three, four);
                }
            }
            3 => {
                let rows = cells.get_disjoint_mut([from, one, two, three]);
                if let Ok([cash, one, two, three]) = rows {
                    cash.pay_three(one, two, three);
                }
            }
            2 => {
                if let Ok([cash, one, two]) = cells.get_disjoint_mut([from, one, two]) {
                    cash.pay_two(one, two);
                }
            }
            1 => {
                if let Ok([cash, one]) = cells.get_disjoint_mut([from, one]) {
                    cash.pay_one(one);
                }
            }
            _ => {}
        }
    }

    /// A claim of a plain step, straight out of its account.
    #[inline(always)]
    fn pay_plain(&mut self, at: usize, pay: &Pay<A>, claim: &PayClaim<A>) {
        let held = self.plan.cells.accounts[pay.from];
        let registered = claim.registered && self.plan.registrar.is_some();
        let from = Party::Account(pay.from);
        match claim.due {
            _ if registered => {
                let Sheet { cells, cash, .. } = &mut *self.sheet;
                *cash = cells[held];
                cells[held].fill(A::ZERO);
                self.set_due(at, claim);
                self.set_offered(claim, false);
                self.keep_to_ticks(pay, claim, false);
                self.settle(at, pay, claim, from);
                let Sheet { cells, cash, .. } = &mut *self.sheet;
                cells[held].add(cash);
            }
            Due::Cell(due) if claim.tick.is_some() => {
                let Sheet { cells, paid, .. } = &mut *self.sheet;
                if let (Some(tick), Some([cash, due])) = (claim.tick, two(cells, held, due)) {
                    cash.pay_in_ticks(due, paid, tick);
                }
                self.record(at, pay, claim, from, 1);
            }
            // Nothing shows what was paid.
            Due::All if claim.plus.is_empty() => self.sheet.cells[held].fill(A::ZERO),
            Due::Cell(due) if claim.plus.is_empty() && claim.less.len() == 2 => {
                let rows = [held, due, claim.less[1]];
                if let Ok([cash, due, other]) = self.sheet.cells.get_disjoint_mut(rows) {
                    cash.pay_both(due, other);
                }
            }
            Due::Cell(due) => {
                let Sheet { cells, paid, .. } = &mut *self.sheet;
                if let Some([cash, due]) = two(cells, held, due) {
                    cash.pay(due, paid);
                }
                self.record(at, pay, claim, from, 1);
            }
            Due::All => {
                let Sheet { cells, paid, .. } = &mut *self.sheet;
                *paid = cells[held];
                cells[held].fill(A::ZERO);
                self.record(at, pay, claim, from, 0);
            }
            Due::Gap(account) if claim.plus == [self.plan.cells.accounts[account]] => {
                self.target(at, account);
                let Sheet { cells, due, paid, .. } = &mut *self.sheet;
                if let Some([cash, account]) = two(cells, held, claim.plus[0]) {
                    cash.fill_up(account, due, paid);
                }
                let step = Some((pay.number, claim.claim));
                self.journal.post(Moment::Payment, from, claim.to, paid, claim.why, step);
            }
            Due::Gap(_) | Due::Owed { .. } => {
                self.set_due(at, claim);
                let Sheet { cells, due, paid, .. } = &mut *self.sheet;
                cells[held].pay(due, paid);
                self.record(at, pay, claim, from, 0);
            }
        }
    }

    /// A step with a gate, a limit or claims of one rank: what it may pay out of is set apart, and
    /// what it leaves goes back.
    #[inline(always)]
    fn pay(&mut self, at: usize, pay: &Pay<A>) {
        let from = self.plan.cells.accounts[pay.from];
        let Sheet { cells, cash, .. } = &mut *self.sheet;
        if are_shut(cells, &pay.gates) {
            return;
        }
        *cash = cells[from];
        through(cells, &pay.gates, cash);
        let limited = self.set_limit(at, &pay.limit);
        let Sheet { cells, cash, limit, .. } = &mut *self.sheet;
        if limited {
            cash.min(limit);
        }
        cells[from].sub(cash);
        let are_equal = pay.split == Split::ProRata && pay.claims.len() > 1;
        let equals = are_equal && self.must_share(at, pay);
        for claim in &pay.claims {
            if self.is_due_nothing(claim) {
                continue;
            }
            let registered = claim.registered && self.plan.registrar.is_some();
            match (claim.due, claim.tick) {
                (Due::Cell(due), None) if !registered && !equals => {
                    let Sheet { cells, cash, paid, .. } = &mut *self.sheet;
                    cash.pay(&mut cells[due], paid);
                    self.record(at, pay, claim, Party::Account(pay.from), 1);
                }
                (_, None) => {
                    self.set_due(at, claim);
                    self.set_offered(claim, equals);
                    self.settle(at, pay, claim, Party::Account(pay.from));
                }
                (Due::Cell(due), Some(tick))
                    if !registered && !equals && claim.top_ups.is_empty() =>
                {
                    let Sheet { cells, cash, paid, .. } = &mut *self.sheet;
                    cash.pay_in_ticks(&mut cells[due], paid, tick);
                    self.record(at, pay, claim, Party::Account(pay.from), 1);
                }
                (_, Some(_)) => {
                    self.pay_in_ticks(at, pay, claim, (limited, equals));
                    continue;
                }
            }
            if limited {
                self.use_limit(claim);
            }
        }
        let Sheet { cells, cash, .. } = &mut *self.sheet;
        cells[from].add(cash);
        for claim in pay.claims.iter().filter(|claim| claim.tick.is_none()) {
            for &commitment in &claim.top_ups {
                self.top_up(at, pay, claim, commitment, limited);
            }
        }
    }

    /// Whether a claim is due nothing in any lane, its top-ups too.
    #[inline(always)]
    fn is_due_nothing(&self, claim: &PayClaim<A>) -> bool {
        let cells = &self.sheet.cells;
        let alone = claim.tick.is_none() || claim.top_ups.is_empty();
        matches!(claim.due, Due::Cell(due) if cells[due].is_nothing())
            && (alone || cells[claim.top_up_due].is_nothing())
    }

    /// What was paid, and the fee on it, is gone from the limit of the step.
    #[inline(always)]
    fn use_limit(&mut self, claim: &PayClaim<A>) {
        let Sheet { limit, paid, fee, .. } = &mut *self.sheet;
        limit.sub_to_zero(paid);
        if claim.registered && self.plan.registrar.is_some() {
            limit.sub_to_zero(fee);
        }
    }

    /// A claim in whole ticks: what the account and those who top it up make together. What is left
    /// of the portion of one of equals is for the lines that follow, not for the other equals.
    #[inline(always)]
    fn pay_in_ticks(
        &mut self,
        at: usize,
        pay: &Pay<A>,
        claim: &PayClaim<A>,
        (limited, equals): (bool, bool),
    ) {
        self.set_due(at, claim);
        self.set_offered(claim, equals);
        self.keep_to_ticks(pay, claim, limited);
        self.settle(at, pay, claim, Party::Account(pay.from));
        if limited {
            self.use_limit(claim);
        }
        let Sheet { cells, cash, offered, paid, fee, in_ticks, .. } = &mut *self.sheet;
        in_ticks.sub(paid);
        if equals {
            offered.sub(paid);
            if claim.registered && self.plan.registrar.is_some() {
                offered.sub(fee);
            }
            cash.sub(offered);
            cells[self.plan.cells.accounts[pay.from]].add(offered);
        }
        let cash = *cash;
        for &commitment in &claim.top_ups {
            self.top_up(at, pay, claim, commitment, limited);
            let Sheet { in_ticks, paid, .. } = &mut *self.sheet;
            in_ticks.sub(paid);
        }
        self.sheet.cash = cash;
    }

    /// `due`: the whole ticks that what is offered can pay, together with those who top it up. They
    /// have of the limit what the cash of the step does not need.
    #[inline(always)]
    fn keep_to_ticks(&mut self, pay: &Pay<A>, claim: &PayClaim<A>, limited: bool) {
        let Some(tick) = claim.tick else { return };
        let (plan, rounding) = (self.plan, self.plan.rounding);
        let registrar = plan.registrar.filter(|_| claim.registered);
        let sheet = &mut *self.sheet;
        let Sheet { cells, cash, limit, due, offered, paid, fee, in_ticks, room, .. } = sheet;
        let (before, more, lacking) = (&mut sheet.work, &mut sheet.more, &mut sheet.called);
        match registrar {
            None => in_ticks.set_min(due, offered),
            Some(rates) => {
                let before = &cells[claim.plus[0]];
                with_registrar(in_ticks, fee, before, due, offered, rates, rounding);
            }
        }
        if limited {
            room.set_lacking(limit, cash);
        }
        for &commitment in &claim.top_ups {
            *more = cells[plan.cells.accounts[plan.commitments[commitment].into]];
            through(cells, &pay.gates, more);
            if limited {
                more.min(room);
            }
            lacking.set_lacking(&cells[claim.top_up_due], in_ticks);
            match registrar {
                None => paid.set_min(lacking, more),
                Some(rates) => {
                    before.set_two(&cells[claim.plus[0]], in_ticks);
                    with_registrar(paid, fee, before, lacking, more, rates, rounding);
                    room.sub_to_zero(fee);
                }
            }
            room.sub_to_zero(paid);
            in_ticks.add(paid);
        }
        in_ticks.floor_to(tick);
        *due = *in_ticks;
    }

    /// `whole`: what equals are due in all, with the registrar's fee. Whether the cash is a part of
    /// that in any lane: else each is paid in full, or nothing, in whatever order.
    #[inline(always)]
    fn must_share(&mut self, at: usize, pay: &Pay<A>) -> bool {
        self.sheet.whole.fill(A::ZERO);
        for claim in &pay.claims {
            self.set_due(at, claim);
            let rounding = self.plan.rounding;
            let Sheet { due, whole, .. } = &mut *self.sheet;
            whole.add(due);
            if let Some((rate, _)) = self.plan.registrar.filter(|_| claim.registered) {
                whole.add_times(due, rate, rounding);
            }
        }
        let Sheet { cash, whole, .. } = &*self.sheet;
        // What makes no whole tick is for the lines that follow, not for the other equals.
        pay.claims.iter().any(|claim| claim.tick.is_some()) || cash.is_a_part_somewhere(whole)
    }

    /// `offered`: the cash that is left, or this claim's portion of it among equals; equals share
    /// by what is due with the registrar's fee on it.
    #[inline(always)]
    fn set_offered(&mut self, claim: &PayClaim<A>, equals: bool) {
        let rounding = self.plan.rounding;
        let Sheet { cash, due, offered, whole, work, .. } = &mut *self.sheet;
        *offered = *cash;
        if !equals {
            return;
        }
        match self.plan.registrar.filter(|_| claim.registered) {
            Some((rate, _)) => {
                *work = *due;
                work.add_times(due, rate, rounding);
                offered.portion(work, whole, rounding);
                whole.sub(work);
            }
            None => {
                offered.portion(due, whole, rounding);
                whole.sub(due);
            }
        }
    }

    /// `due`: what a claim is due.
    #[inline(always)]
    fn set_due(&mut self, at: usize, claim: &PayClaim<A>) {
        match claim.due {
            Due::Cell(cell) => self.sheet.due = self.sheet.cells[cell],
            Due::All => self.sheet.due = self.sheet.cash,
            Due::Owed { outstanding, unused } => {
                let Sheet { cells, due, .. } = &mut *self.sheet;
                *due = cells[outstanding];
                due.sub_to_zero(&cells[unused]);
            }
            Due::Gap(account) => {
                self.target(at, account);
                let Sheet { cells, due, .. } = &mut *self.sheet;
                due.sub_to_zero(&cells[self.plan.cells.accounts[account]]);
            }
        }
    }

    /// `due`: what a reserve is to hold at this moment; nothing on the last date.
    #[inline(always)]
    pub(super) fn target(&mut self, at: usize, account: usize) {
        let (plan, named) = (self.plan, &self.plan.cells);
        let Sheet { cells, due, work, .. } = &mut *self.sheet;
        let Some(target) = &plan.accounts[account].target else {
            return due.fill(A::ZERO);
        };
        let base = match target.terms.of {
            TargetBase::None => None,
            TargetBase::PoolInitial => {
                due.fill(target.initial);
                Some(())
            }
            TargetBase::PoolPerforming => {
                *due = cells[named.performing];
                Some(())
            }
            TargetBase::Notes => {
                set_sum(due, cells, &plan.balances);
                Some(())
            }
            TargetBase::Tranche(class) => {
                *due = cells[named.tranches[class].balance];
                Some(())
            }
        };
        if let Some(until) = target.terms.until {
            set_sum(work, cells, &plan.balances[..=until]);
        }
        match (base, target.terms.until) {
            (None, None) => due.fill(target.amount),
            (None, Some(_)) => due.fill_where_open(work, target.amount),
            (Some(()), until) => {
                due.times(target.share, plan.rounding);
                match target.terms.larger {
                    true => due.max_amount(target.amount),
                    false => due.min_amount(target.amount),
                }
                if until.is_some() {
                    due.keep_where_open(work);
                }
            }
        }
        if at >= self.first_end {
            due.keep_where_shut(&cells[named.last]);
        }
    }

    /// `limit`: up to what a step pays beside what is due; whether there is such a limit.
    #[inline(always)]
    fn set_limit(&mut self, at: usize, of: &PayLimit<A>) -> bool {
        let named = &self.plan.cells;
        let Sheet { cells, limit, .. } = &mut *self.sheet;
        match of {
            PayLimit::Due => return false,
            PayLimit::Amount(amount) => limit.fill(*amount),
            PayLimit::Rate { by_period, of } => {
                *limit = cells[*of];
                limit.times(by_period[at], self.plan.rounding);
            }
            PayLimit::UncoveredDefaults => {
                *limit = cells[named.recognised];
                limit.add(&cells[named.lent]);
                limit.sub_to_zero(&cells[named.moved]);
            }
            PayLimit::Lacking { account, dues } => {
                set_sum(limit, cells, dues);
                limit.sub_to_zero(&cells[*account]);
            }
        }
        true
    }

    /// Pays one claim what is due out of what is offered of the cash, the registrar's fee on top.
    #[inline(always)]
    fn settle(&mut self, at: usize, pay: &Pay<A>, claim: &PayClaim<A>, from: Party) {
        let plan = self.plan;
        let Sheet { cells, cash, due, offered, paid, fee, .. } = &mut *self.sheet;
        match plan.registrar.filter(|_| claim.registered) {
            None => {
                *paid = *offered;
                paid.min(due);
                cash.sub(paid);
                self.record(at, pay, claim, from, 0);
            }
            Some(rates) => {
                let before = claim.plus[0];
                with_registrar(paid, fee, &cells[before], due, offered, rates, plan.rounding);
                cash.sub_two(paid, fee);
                self.record(at, pay, claim, from, 0);
                let (to, step) = (Party::Registrar, Some((pay.number, claim.claim)));
                let Sheet { cells, fee, .. } = &mut *self.sheet;
                self.journal.post(Moment::Payment, from, to, fee, Why::RegistrarFee, step);
                if plan.kept[plan.cells.registrar_paid] {
                    cells[plan.cells.registrar_paid].add(fee);
                }
            }
        }
    }

    /// What was paid: the posting, and the cells that fall and rise; so many of those that fall are
    /// done already.
    #[inline(always)]
    fn record(&mut self, at: usize, pay: &Pay<A>, claim: &PayClaim<A>, from: Party, done: usize) {
        let Sheet { cells, paid, begins, .. } = &mut *self.sheet;
        let step = Some((pay.number, claim.claim));
        self.journal.post(Moment::Payment, from, claim.to, paid, claim.why, step);
        for &cell in &claim.less[done..] {
            if at >= begins[cell] {
                cells[cell].sub_to_zero(paid);
            }
        }
        for &cell in &claim.plus {
            cells[cell].add(paid);
        }
    }

    /// Earmarked cash pays what is still short of a claim inside its scope, up to what the limit of
    /// the step leaves.
    #[inline(always)]
    fn top_up(
        &mut self,
        at: usize,
        pay: &Pay<A>,
        claim: &PayClaim<A>,
        commitment: usize,
        limited: bool,
    ) {
        let account = self.plan.commitments[commitment].into;
        let held = self.plan.cells.accounts[account];
        let Sheet { cells, cash, limit, due, offered, paid, in_ticks, .. } = &mut *self.sheet;
        if cells[held].is_nothing() {
            return paid.fill(A::ZERO);
        }
        *cash = cells[held];
        *offered = *cash;
        through(cells, &pay.gates, offered);
        if limited {
            offered.min(limit);
        }
        *due = if claim.tick.is_some() { *in_ticks } else { cells[claim.top_up_due] };
        self.settle(at, pay, claim, Party::Account(account));
        let Sheet { cells, cash, .. } = &mut *self.sheet;
        cells[held] = *cash;
        if limited {
            self.use_limit(claim);
        }
    }

    /// Earmarked cash that no claim needed goes back at once.
    #[inline(always)]
    fn return_top_ups(&mut self) {
        for (at, commitment) in self.plan.commitments.iter().enumerate() {
            if !commitment.earmarked {
                continue;
            }
            let held = self.plan.cells.accounts[commitment.into];
            let owed = self.plan.cells.commitments[at];
            let Sheet { cells, paid, .. } = &mut *self.sheet;
            if cells[held].is_nothing() {
                continue;
            }
            *paid = cells[held];
            let (from, to) = (Party::Account(commitment.into), Party::Supporter(at));
            self.journal.post(Moment::Payment, from, to, paid, Why::TopUpReturned, None);
            cells[held].fill(A::ZERO);
            cells[owed.outstanding].sub_to_zero(paid);
            if self.plan.kept[owed.repaid] {
                cells[owed.repaid].add(paid);
            }
        }
    }
}

/// Payment and fee: the largest payment p up to what is due with p + fee within what is offered.
/// The fee of a payment is the fee of all that the claim has been paid on this date, less what was
/// taken before, so that a payment in parts bears the fee of the whole.
#[inline(always)]
fn with_registrar<A: Amount, const L: usize>(
    paid: &mut Row<A, L>,
    taken: &mut Row<A, L>,
    before: &Row<A, L>,
    due: &Row<A, L>,
    offered: &Row<A, L>,
    (rate, net): (A::Rate, A::Rate),
    rounding: Rounding,
) {
    let fen = A::from_fen(1);
    let fee_on = |before: A, paid: A| {
        before.add(paid).times(rate, rounding).sub(before.times(rate, rounding))
    };
    let mut is_enough = true;
    for lane in 0..L {
        let (before, cash) = (before.0[lane], offered.0[lane]);
        let most = due.0[lane].min(cash);
        let fee = fee_on(before, most);
        (paid.0[lane], taken.0[lane]) = (most, fee);
        is_enough &= most.add(fee) <= cash;
    }
    if is_enough {
        return;
    }
    for lane in 0..L {
        let (before, cash) = (before.0[lane], offered.0[lane]);
        let most = due.0[lane].min(cash);
        let fee = |paid: A| fee_on(before, paid);
        let fits = |paid: A, else_: A| paid.add(fee(paid)).if_above(cash, else_, paid);
        // Cash over 1 + rate is within two fen of the answer.
        let near = cash.times(net, rounding);
        let lowest = near.sub(fen).sub(fen).max(A::ZERO);
        let best = fits(near.add(fen), fits(near, fits(near.sub(fen).max(A::ZERO), lowest)));
        let payment = fits(most, best.min(most));
        paid.0[lane] = payment;
        taken.0[lane] = fee(payment);
    }
}
