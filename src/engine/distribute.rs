//! The waterfall: pays the lines of the order of payment, one after another.
//!
//! Written once, generic over the number. Invariant: a line pays at most what its account holds and
//! at most what is due, and paid + left = held, in every lane. There is no branch on an amount: a
//! line that is shut pays nothing out of nothing.

use super::journal::{Journal, Moment, Party, Why};
use super::period::Run;
use super::plan::{Due, Gate, Pay, PayClaim, PayLimit};
use crate::deal::{Split, TargetBase};
use crate::num::{Amount, Row};

impl<A: Amount, const L: usize, J: Journal<A, L>> Run<'_, A, L, J> {
    /// All lines of the date.
    pub(super) fn distribute(&mut self, at: usize) {
        let plan = self.plan;
        for pay in &plan.pays {
            self.pay(at, pay);
        }
        self.return_top_ups();
    }

    fn pay(&mut self, at: usize, pay: &Pay<A>) {
        let held = self.plan.cells.accounts[pay.from];
        let mut cash = self.through(&pay.gates, &self.cells[held]);
        let mut limit = self.limit(at, &pay.limit);
        if let Some(limit) = &limit {
            cash = cash.with(limit, A::min);
        }
        let mut whole = Row::ZERO;
        if pay.split == Split::ProRata && pay.claims.len() > 1 {
            for claim in &pay.claims {
                whole.add(&self.gross(claim, &self.due(claim, &cash)));
            }
        }
        for claim in &pay.claims {
            let due = self.due(claim, &cash);
            let gross = self.gross(claim, &due);
            let offered = match pay.split {
                Split::ProRata if pay.claims.len() > 1 => self.portion(&cash, &gross, &whole),
                Split::ProRata | Split::InOrder => cash,
            };
            let spent = self.settle(pay, claim, Party::Account(pay.from), held, &due, &offered);
            cash.sub(&spent);
            whole.sub(&gross);
            if let Some(limit) = &mut limit {
                limit.sub_to_zero(&spent);
            }
        }
        for claim in pay.claims.iter().filter(|claim| !claim.top_ups.is_empty()) {
            self.top_up(pay, claim, &mut limit);
        }
    }

    /// This row where every gate is open.
    pub(super) fn through(&self, gates: &[Gate], row: &Row<A, L>) -> Row<A, L> {
        let mut open = *row;
        for gate in gates {
            open = match gate {
                Gate::Above(cell) => open.where_open(&self.cells[*cell]),
                Gate::Nothing(cell) => open.where_shut(&self.cells[*cell]),
                Gate::DueInFull { balance, due } => {
                    let mut left = self.cells[*balance];
                    left.sub_to_zero(&self.cells[*due]);
                    open.where_shut(&left)
                }
            };
        }
        open
    }

    /// What is due with the registrar's fee on it: equals share by that.
    fn gross(&self, claim: &PayClaim, due: &Row<A, L>) -> Row<A, L> {
        let mut gross = *due;
        if let Some((rate, _)) = self.plan.registrar.filter(|_| claim.registered) {
            gross.add(&due.times(rate, self.plan.rounding));
        }
        gross
    }

    /// What equals get: cash x due / whole, or all that is due where there is enough.
    fn portion(&self, cash: &Row<A, L>, due: &Row<A, L>, whole: &Row<A, L>) -> Row<A, L> {
        let rounding = self.plan.rounding;
        let mut out = *due;
        for lane in 0..L {
            let part = cash.0[lane].share(due.0[lane], whole.0[lane], rounding);
            out.0[lane] = whole.0[lane].if_above(cash.0[lane], part, due.0[lane]);
        }
        out
    }

    fn due(&self, claim: &PayClaim, cash: &Row<A, L>) -> Row<A, L> {
        match claim.due {
            Due::Cell(cell) => self.cells[cell],
            Due::All => *cash,
            Due::Owed { outstanding, unused } => {
                let mut owed = self.cells[outstanding];
                if let Some(unused) = unused {
                    owed.sub_to_zero(&self.cells[unused]);
                }
                owed
            }
            Due::Gap(account) => {
                let mut gap = self.target(account);
                gap.sub_to_zero(&self.cells[self.plan.cells.accounts[account]]);
                gap
            }
        }
    }

    /// What a reserve is to hold at this moment; nothing on the last date.
    pub(super) fn target(&self, account: usize) -> Row<A, L> {
        let cells = &self.plan.cells;
        let Some(target) = &self.plan.accounts[account].target else {
            return Row::ZERO;
        };
        let amount = Row([target.amount; L]);
        let base = match target.terms.of {
            TargetBase::None => None,
            TargetBase::PoolInitial => Some(Row([target.initial; L])),
            TargetBase::PoolPerforming => Some(self.cells[cells.performing]),
            TargetBase::Notes => {
                let mut all = Row::ZERO;
                cells.tranches.iter().for_each(|class| all.add(&self.cells[class.balance]));
                Some(all)
            }
            TargetBase::Tranche(class) => Some(self.cells[cells.tranches[class].balance]),
        };
        let mut wanted = amount;
        if let Some(base) = base {
            let part = base.times(target.share, self.plan.rounding);
            let choose = if target.terms.larger { A::max } else { A::min };
            wanted = amount.with(&part, choose);
        }
        if let Some(until) = target.terms.until {
            let mut left = Row::ZERO;
            let above = cells.tranches.iter().take(until + 1);
            above.for_each(|class| left.add(&self.cells[class.balance]));
            wanted = wanted.where_open(&left);
        }
        wanted.where_shut(&self.cells[cells.last])
    }

    fn limit(&self, at: usize, limit: &PayLimit<A>) -> Option<Row<A, L>> {
        let cells = &self.plan.cells;
        match limit {
            PayLimit::Due => None,
            PayLimit::Amount(amount) => Some(Row([*amount; L])),
            PayLimit::Rate { by_period, of } => {
                Some(self.cells[*of].times(by_period[at], self.plan.rounding))
            }
            PayLimit::UncoveredDefaults => {
                let mut uncovered = self.cells[cells.recognised];
                uncovered.add(&self.cells[cells.lent]);
                uncovered.sub_to_zero(&self.cells[cells.moved]);
                Some(uncovered)
            }
            PayLimit::Lacking { account, dues } => {
                let mut lacking = Row::ZERO;
                dues.iter().for_each(|&due| lacking.add(&self.cells[due]));
                lacking.sub_to_zero(&self.cells[*account]);
                Some(lacking)
            }
        }
    }

    /// Pays one claim out of what is offered; returns what left the account, the registrar's fee
    /// included.
    fn settle(
        &mut self,
        pay: &Pay<A>,
        claim: &PayClaim,
        from: Party,
        held: usize,
        due: &Row<A, L>,
        offered: &Row<A, L>,
    ) -> Row<A, L> {
        let (paid, fee) = self.with_registrar(claim, due, offered);
        let step = Some((pay.number, claim.claim));
        self.journal.post(Moment::Payment, from, claim.to, &paid, claim.why, step);
        for &cell in &claim.less {
            self.cells[cell].sub_to_zero(&paid);
        }
        for &cell in &claim.plus {
            self.cells[cell].add(&paid);
        }
        let mut spent = paid;
        if let Some(fee) = fee {
            self.journal.post(
                Moment::Payment,
                from,
                Party::Registrar,
                &fee,
                Why::RegistrarFee,
                step,
            );
            self.cells[self.plan.cells.registrar_paid].add(&fee);
            spent.add(&fee);
        }
        self.cells[held].sub(&spent);
        spent
    }

    /// (paid, fee): the largest payment p up to what is due with p + fee within what is offered.
    /// The fee of a payment is the fee of all that the claim has been paid on this date, less what
    /// was taken before, so that a payment in parts bears the fee of the whole.
    fn with_registrar(
        &self,
        claim: &PayClaim,
        due: &Row<A, L>,
        offered: &Row<A, L>,
    ) -> (Row<A, L>, Option<Row<A, L>>) {
        let most = due.with(offered, A::min);
        let Some((rate, net)) = self.plan.registrar.filter(|_| claim.registered) else {
            return (most, None);
        };
        let rounding = self.plan.rounding;
        let fen = A::from_fen(1);
        let mut paid = most;
        let mut taken = Row::ZERO;
        for lane in 0..L {
            let before = claim.plus.first().map_or(A::ZERO, |&cell| self.cells[cell].0[lane]);
            let fee_before = before.times(rate, rounding);
            let fee = |paid: A| before.add(paid).times(rate, rounding).sub(fee_before);
            let cash = offered.0[lane];
            let fits = |paid: A, else_: A| paid.add(fee(paid)).if_above(cash, else_, paid);
            // Cash over 1 + rate is within two fen of the answer.
            let near = cash.times(net, rounding);
            let lowest = near.sub(fen).sub(fen).max(A::ZERO);
            let best = fits(near.add(fen), fits(near, fits(near.sub(fen).max(A::ZERO), lowest)));
            paid.0[lane] = fits(most.0[lane], best.min(most.0[lane]));
            taken.0[lane] = fee(paid.0[lane]);
        }
        (paid, Some(taken))
    }

    /// Earmarked cash pays what is still short of a claim inside its scope, up to what the limit of
    /// the step leaves.
    fn top_up(&mut self, pay: &Pay<A>, claim: &PayClaim, limit: &mut Option<Row<A, L>>) {
        for &commitment in &claim.top_ups {
            let account = self.plan.commitments[commitment].into;
            let held = self.plan.cells.accounts[account];
            let mut cash = self.through(&pay.gates, &self.cells[held]);
            if let Some(limit) = limit {
                cash = cash.with(limit, A::min);
            }
            let short = self.cells[claim.top_up_due];
            let spent = self.settle(pay, claim, Party::Account(account), held, &short, &cash);
            if let Some(limit) = limit {
                limit.sub_to_zero(&spent);
            }
        }
    }

    /// Earmarked cash that no claim needed goes back at once.
    fn return_top_ups(&mut self) {
        for (at, commitment) in self.plan.commitments.iter().enumerate() {
            if !commitment.earmarked {
                continue;
            }
            let held = self.plan.cells.accounts[commitment.into];
            let owed = self.plan.cells.commitments[at];
            let back = self.cells[held].where_open(&self.cells[self.plan.cells.live]);
            let (from, to) = (Party::Account(commitment.into), Party::Supporter(at));
            self.journal.post(Moment::Payment, from, to, &back, Why::TopUpReturned, None);
            self.cells[held].sub(&back);
            self.cells[owed.outstanding].sub_to_zero(&back);
            self.cells[owed.repaid].add(&back);
        }
    }
}
