//! The shortfall of a date, and who meets it: reserves, then the commitments in their order.
//!
//! Invariant: what a supporter pays is at most what it is called for, its caps and its capacity.
//! call = max(0, due in scope and above it - available).

use super::journal::{Journal, Moment, Party, Why};
use super::period::Run;
use super::plan::{Cell, CommitmentCells, Need, PlanCommitment};
use super::sheet::{Sheet, set_sum, through, two};
use crate::deal::AccountKind;
use crate::num::{Amount, Fen, Rounding, Row};

impl<A: Amount, const L: usize, J: Journal<A, L>> Run<'_, A, L, J> {
    /// Reserves and commitments against the shortfall: a commitment that wants reserves first is
    /// called after them, any other before. Commitments are called in their order, each for what is
    /// left; those of one supporter whose capacity is limited together, and what is left of the
    /// capacity is shared by what each would pay within its own caps.
    #[inline(always)]
    pub(super) fn call_support(&mut self, at: usize) {
        for (place, group) in self.plan.calls.iter().enumerate() {
            self.call_group(at, place);
            self.share_capacity(at, group);
            self.book_group(at, place);
        }
        self.close_calls(at);
    }

    /// What those at one place among the calls are called for, and would pay within their own caps.
    #[inline(always)]
    pub(super) fn call_group(&mut self, at: usize, place: usize) {
        let plan = self.plan;
        let Some(group) = plan.calls.get(place) else { return };
        let after_reserves = |group: &Vec<usize>| plan.commitments[group[0]].reserve_first;
        if after_reserves(group) && !plan.calls[..place].iter().any(after_reserves) {
            self.draw_reserves(at);
        }
        for place in 0..group.len() {
            if plan.commitments[group[place]].open[at] {
                self.call(at, &group[..=place]);
            }
        }
    }

    /// What those at one place pay moves.
    #[inline(always)]
    pub(super) fn book_group(&mut self, at: usize, place: usize) {
        let plan = self.plan;
        for &index in plan.calls.get(place).into_iter().flatten() {
            if self.sheet.called_on[index] == Some(at) {
                self.book_support(index);
            }
        }
    }

    /// Reserves that no commitment has waited for; and whether this date is one with a call.
    #[inline(always)]
    pub(super) fn close_calls(&mut self, at: usize) {
        let plan = self.plan;
        if !plan.calls.iter().any(|group| plan.commitments[group[0]].reserve_first) {
            self.draw_reserves(at);
        }
        let named = &plan.cells;
        if plan.kept[named.called_now] {
            let Sheet { cells, work, .. } = &mut *self.sheet;
            work.mark_above(&cells[named.called_now], A::ZERO);
            cells[named.calls].add(work);
        }
    }

    /// What the senior classes and all above them lack comes from the reserves.
    #[inline(always)]
    fn draw_reserves(&mut self, at: usize) {
        let plan = self.plan;
        let named = &plan.cells;
        if !plan.draws {
            return;
        }
        self.need(at, &plan.senior_need);
        let Sheet { cells, called, .. } = &mut *self.sheet;
        for &account in &plan.ledgers {
            called.sub_to_zero(&cells[named.accounts[account]]);
        }
        for (index, commitment) in plan.commitments.iter().enumerate() {
            if commitment.earmarked {
                called.sub_to_zero(&cells[named.commitments[index].paid]);
            }
        }
        for (account, terms) in plan.accounts.iter().enumerate() {
            if terms.kind != AccountKind::Reserve {
                continue;
            }
            let Sheet { cells, called, offered, .. } = &mut *self.sheet;
            *offered = cells[named.accounts[account]];
            offered.min(called);
            called.sub(offered);
            self.give_back(account);
        }
    }

    /// Calls the last commitment of a group, for what those before it do not pay within their own
    /// caps.
    #[inline(always)]
    fn call(&mut self, at: usize, group: &[usize]) {
        let Some((&index, before)) = group.split_last() else { return };
        let plan = self.plan;
        let named = &plan.cells;
        let (commitment, owed) = (&plan.commitments[index], &named.commitments[index]);
        self.need(at, &commitment.need);
        let Sheet { cells, called, work, called_on, .. } = &mut *self.sheet;
        if !commitment.reserve_first {
            // What the reserves released on this date does not count as available.
            *work = cells[named.released];
            work.keep_where_open(called);
            called.add(work);
        }
        let Some((&first, others)) = commitment.available.split_first() else { return };
        for &account in others {
            called.sub_to_zero(&cells[named.accounts[account]]);
        }
        // What is not earmarked is on an account that is available already.
        for (earlier, other) in plan.commitments.iter().enumerate() {
            if earlier != index && other.earmarked && !before.contains(&earlier) {
                called.sub_to_zero(&cells[named.commitments[earlier].paid]);
            }
        }
        // What those of the same supporter pay is not booked yet.
        for &earlier in before {
            called.sub_to_zero(&cells[named.commitments[earlier].paid]);
        }
        let Some([wanted, available]) = two(cells, owed.called, named.accounts[first]) else {
            return;
        };
        match wanted.set_lacking(called, available) {
            true => self.answer(at, index),
            // Nobody calls it in any lane: what it paid on an earlier date is not paid again.
            false if called_on[index].is_some() => cells[owed.paid].fill(A::ZERO),
            false => {}
        }
    }

    /// What is wanted of a commitment is asked for, and what it would pay within its own caps.
    #[inline(always)]
    fn answer(&mut self, at: usize, index: usize) {
        let (plan, live) = (self.plan, self.plan.cells.live);
        let (commitment, owed) = (&plan.commitments[index], &plan.cells.commitments[index]);
        let Sheet { cells, begins, called_on, .. } = &mut *self.sheet;
        called_on[index] = Some(at);
        if begins[owed.outstanding] > at {
            begins[owed.outstanding] = at;
            self.line_up_at = at;
        }
        if at > self.first_end
            && let Some([wanted, live]) = two(cells, owed.called, live)
        {
            wanted.keep_where_open(live);
        }
        self.set_support_paid(at, commitment, owed);
    }

    /// Calls of one date on one supporter share what is left of its capacity.
    #[inline(always)]
    fn share_capacity(&mut self, at: usize, group: &[usize]) {
        let plan = self.plan;
        let supporter = plan.commitments[group[0]].supporter;
        if !plan.capacity_limited[supporter] {
            return;
        }
        let Sheet { cells, cash, whole, offered, .. } = &mut *self.sheet;
        *cash = cells[plan.cells.capacity[supporter]];
        whole.fill(A::ZERO);
        for &index in group {
            if plan.commitments[index].open[at] {
                whole.add(&cells[plan.cells.commitments[index].paid]);
            }
        }
        for &index in group {
            if plan.commitments[index].open[at] {
                let paid = &mut cells[plan.cells.commitments[index].paid];
                take_share(paid, whole, cash, offered, plan.rounding);
            }
        }
    }

    /// What was paid is owed to the supporter, is on its account, and is gone from its caps.
    #[inline(always)]
    fn book_support(&mut self, index: usize) {
        let (plan, named) = (self.plan, &self.plan.cells);
        let (commitment, owed) = (&plan.commitments[index], &named.commitments[index]);
        let into = named.accounts[commitment.into];
        let Sheet { cells, .. } = &mut *self.sheet;
        let rows = [owed.paid, owed.outstanding, into, owed.left];
        if let Ok([paid, outstanding, into, left]) = cells.get_disjoint_mut(rows) {
            let (from, to) = (Party::Supporter(index), Party::Account(commitment.into));
            self.journal.post(Moment::Support, from, to, paid, Why::TopUp, None);
            match commitment.capped {
                true => paid.book(outstanding, into, left),
                false => {
                    outstanding.add(paid);
                    into.add(paid);
                }
            }
        }
        let capacity = named.capacity[commitment.supporter];
        if plan.capacity_limited[commitment.supporter]
            && let Some([capacity, paid]) = two(cells, capacity, owed.paid)
        {
            capacity.sub_to_zero(paid);
        }
        if plan.kept[named.called_now]
            && let Some([called_now, called]) = two(cells, named.called_now, owed.called)
        {
            called_now.add(called);
        }
    }

    /// `called`: dues in scope and above it, in the branch that holds, with the registrar's fee on
    /// top: down to the last one in scope of which something is due.
    #[inline(always)]
    fn need(&mut self, at: usize, by_branch: &[Need]) {
        let plan = self.plan;
        let Sheet { cells, begins, called, work, more, offered, .. } = &mut *self.sheet;
        if let [Need { plain: Some(dues), .. }] = by_branch {
            return set_sum(called, cells, dues);
        }
        called.fill(A::ZERO);
        for branch in by_branch {
            let is_shut = |gate: Cell| !cells[gate].is_open_somewhere();
            if branch.gate.is_some_and(is_shut) {
                continue;
            }
            let (above, of_branch) = (&mut *work, &mut *more);
            if let Some(dues) = &branch.plain {
                set_sum(of_branch, cells, dues);
            } else {
                of_branch.fill(A::ZERO);
                above.fill(A::ZERO);
                for due in &branch.dues {
                    if at < begins[due.cell] {
                        continue;
                    }
                    let amount = &mut *offered;
                    *amount = cells[due.cell];
                    through(cells, &due.gates, amount);
                    above.add(amount);
                    if let Some((rate, _)) = plan.registrar.filter(|_| due.registered) {
                        above.add_times(amount, rate, plan.rounding);
                    }
                    if due.in_scope {
                        of_branch.replace_where_open(amount, above);
                    }
                }
            }
            if let Some(gate) = branch.gate {
                of_branch.keep_where_open(&cells[gate]);
            }
            called.add(of_branch);
        }
    }

    /// What a supporter pays of a call, as far as its capacity goes.
    #[inline(always)]
    fn set_support_paid(
        &mut self,
        at: usize,
        commitment: &PlanCommitment<A>,
        owed: &CommitmentCells,
    ) {
        let plan = self.plan;
        let Sheet { cells, work, .. } = &mut *self.sheet;
        let rows = [owed.paid, owed.called, owed.left];
        let Ok([paid, called, left]) = cells.get_disjoint_mut(rows) else { return };
        let now = A::from_fen(at as Fen);
        match &self.inputs.fails_by_call[commitment.supporter] {
            Some(fails) if commitment.capped && commitment.recovery.is_none() => {
                paid.set_min_where_above((fails, now), called, left);
            }
            Some(fails) => {
                *paid = *called;
                paid.keep_where_above(fails, now);
                if let Some(recovery) = commitment.recovery {
                    *work = *called;
                    work.times(recovery, plan.rounding);
                    work.keep_where_reached(fails, now);
                    paid.add(work);
                }
                if commitment.capped {
                    paid.min(left);
                }
            }
            None if commitment.capped => paid.set_min(called, left),
            None => *paid = *called,
        }
        if let Some(cap) = commitment.cap_per_date {
            paid.min_amount(cap);
        }
    }
}

/// One of the calls that share what is `left` of a capacity: what it would pay within its own caps
/// becomes its part of that, by the `whole` of what all that still wait would pay, to the fen; so
/// the last takes the rest. Both are less by it then.
#[inline(always)]
pub(super) fn take_share<A: Amount, const L: usize>(
    paid: &mut Row<A, L>,
    whole: &mut Row<A, L>,
    left: &mut Row<A, L>,
    offered: &mut Row<A, L>,
    rounding: Rounding,
) {
    *offered = *left;
    offered.portion(paid, whole, rounding);
    whole.sub(paid);
    left.sub(offered);
    *paid = *offered;
}
