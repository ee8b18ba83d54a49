//! The shortfall of a date, and who meets it: reserves, then the commitments in their order.
//!
//! Invariant: what a supporter pays is at most what it is called for, its caps and its capacity.
//! call = max(0, due in scope and above it - available).

use super::journal::{Journal, Moment, Party, Why};
use super::period::Run;
use super::plan::{Need, PlanAccount, PlanCommitment};
use crate::deal::{AccountKind, Release};
use crate::num::{Amount, Row};

impl<A: Amount, const L: usize, J: Journal<A, L>> Run<'_, A, L, J> {
    /// Reserves and commitments against the shortfall: a commitment that wants reserves first is
    /// called after them, any other before. Commitments are called in their order, each for what is
    /// left.
    pub(super) fn call_support(&mut self, at: usize) {
        let plan = self.plan;
        let mut drawn = false;
        for (index, commitment) in plan.commitments.iter().enumerate() {
            if commitment.reserve_first && !drawn {
                self.draw_reserves();
                drawn = true;
            }
            if commitment.open[at] {
                self.call(at, index);
            }
        }
        if !drawn {
            self.draw_reserves();
        }
        let cells = &plan.cells;
        let one = Row::of_fen(1).where_open(&self.cells[cells.called_now]);
        self.cells[cells.calls].add(&one);
    }

    /// What the senior classes and all above them lack comes from the reserves.
    fn draw_reserves(&mut self) {
        let plan = self.plan;
        let cells = &plan.cells;
        // What is released on each date is on the account of collections by now.
        let holds = |terms: &PlanAccount<A>| {
            terms.kind == AccountKind::Reserve && terms.release != Release::EachDate
        };
        if !plan.accounts.iter().any(holds) {
            return;
        }
        let mut lacking = self.need(&plan.senior_need);
        for &account in &plan.ledgers {
            lacking.sub_to_zero(&self.cells[cells.accounts[account]]);
        }
        for (commitment, owed) in plan.commitments.iter().zip(&cells.commitments) {
            if commitment.earmarked {
                lacking.sub_to_zero(&self.cells[owed.paid]);
            }
        }
        let mut lacking = lacking.where_open(&self.cells[cells.live]);
        for (account, terms) in plan.accounts.iter().enumerate() {
            if terms.kind != AccountKind::Reserve {
                continue;
            }
            let held = cells.accounts[account];
            let out = lacking.with(&self.cells[held], A::min);
            lacking.sub(&out);
            self.give_back(account, &out);
        }
    }

    fn call(&mut self, at: usize, index: usize) {
        let plan = self.plan;
        let cells = &plan.cells;
        let (commitment, owed) = (&plan.commitments[index], &cells.commitments[index]);
        let mut called = self.need(&commitment.need);
        if !commitment.reserve_first {
            called = self.lacking_without_reserve(&called);
        }
        for &account in &commitment.available {
            called.sub_to_zero(&self.cells[cells.accounts[account]]);
        }
        // What is not earmarked is on an account that is available already.
        for (earlier, other) in plan.commitments.iter().zip(&cells.commitments).take(index) {
            if earlier.earmarked {
                called.sub_to_zero(&self.cells[other.paid]);
            }
        }
        let called = called.where_open(&self.cells[cells.live]);
        let paid = self.support_paid(at, commitment, owed.left, &called);
        self.cells[owed.called] = called;
        self.cells[owed.paid] = paid;
        self.cells[owed.outstanding].add(&paid);
        self.cells[owed.left].sub_to_zero(&paid);
        self.cells[cells.capacity[commitment.supporter]].sub_to_zero(&paid);
        self.cells[cells.called_now].add(&called);
        let (from, to) = (Party::Supporter(index), Party::Account(commitment.into));
        self.journal.post(Moment::Support, from, to, &paid, Why::TopUp, None);
        self.cells[cells.accounts[commitment.into]].add(&paid);
    }

    /// A need, with what the reserves released on this date not counted as available.
    fn lacking_without_reserve(&self, need: &Row<A, L>) -> Row<A, L> {
        let mut more = *need;
        let released = self.cells[self.plan.cells.released].where_open(need);
        more.add(&released);
        more
    }

    /// Dues in scope and above it, in the branch that holds, with the registrar's fee on top: down
    /// to the last one in scope of which something is due.
    fn need(&self, by_branch: &[Need]) -> Row<A, L> {
        let mut need = Row::ZERO;
        for branch in by_branch {
            let (mut above, mut of_branch) = (Row::ZERO, Row::ZERO);
            for due in &branch.dues {
                let amount = self.through(&due.gates, &self.cells[due.cell]);
                above.add(&amount);
                if let Some((rate, _)) = self.plan.registrar.filter(|_| due.registered) {
                    above.add(&amount.times(rate, self.plan.rounding));
                }
                if due.in_scope {
                    for lane in 0..L {
                        let (so_far, all) = (of_branch.0[lane], above.0[lane]);
                        of_branch.0[lane] = amount.0[lane].if_above(A::ZERO, all, so_far);
                    }
                }
            }
            need.add(&of_branch.where_open(&self.cells[branch.gate]));
        }
        need
    }

    fn support_paid(
        &self,
        at: usize,
        commitment: &PlanCommitment<A>,
        left: usize,
        called: &Row<A, L>,
    ) -> Row<A, L> {
        let alive = &self.inputs.alive[commitment.supporter][at];
        let mut paid = called.where_open(alive);
        let failed = called.times(commitment.recovery, self.plan.rounding).where_shut(alive);
        paid.add(&failed);
        if commitment.capped {
            paid = paid.with(&self.cells[left], A::min);
        }
        if let Some(cap) = commitment.cap_per_date {
            paid = paid.with(&Row([cap; L]), A::min);
        }
        if self.plan.capacity_limited[commitment.supporter] {
            paid = paid.with(&self.cells[self.plan.cells.capacity[commitment.supporter]], A::min);
        }
        paid
    }
}
