//! The order of payment, compiled: lines over cells, and what a shortfall looks at.

use super::super::journal::{Party, Why};
use super::super::periods::Period;
use super::super::plan::*;
use super::super::pool::fraction;
use super::{Compiler, earmark_account, rate_over, tax_ratio};
use crate::deal::{AccountKind, Branch, Claim, Condition, Limit, Seniority, Split, Step};
use crate::num::Amount;

impl Compiler<'_> {
    pub(super) fn pays<A: Amount>(&self) -> Vec<Pay<A>> {
        let open = |step: &&Step| step.branch.is_none_or(|branch| self.can_open(branch));
        let pays = self.deal.steps().iter().filter(open).map(|step| self.pay(step));
        pays.filter(|pay: &Pay<A>| !pay.claims.is_empty()).collect()
    }

    fn pay<A: Amount>(&self, step: &Step) -> Pay<A> {
        let mut gates: Vec<Gate> =
            step.branch.and_then(|branch| self.branch_gate(branch)).into_iter().collect();
        gates.extend(step.when.iter().flat_map(|&condition| self.condition(condition)));
        let due = step.pay.iter().filter(|&&claim| self.can_be_due(claim));
        let claims: Vec<PayClaim<A>> = due.map(|&claim| self.claim(step, claim)).collect();
        let limit = self.limit(step);
        let in_order = step.split == Split::InOrder || claims.len() == 1;
        let topped_up = claims.iter().any(|claim| !claim.top_ups.is_empty());
        let unlimited = matches!(limit, PayLimit::Due) && gates.is_empty();
        Pay {
            number: step.number,
            from: step.from,
            plain: in_order && unlimited && !topped_up,
            claims,
            split: step.split,
            limit,
            gates,
        }
    }

    /// Whether anything can ever be due to a claim.
    fn can_be_due(&self, claim: Claim) -> bool {
        match claim {
            Claim::Commitment(_) => self.supported,
            Claim::FeeExcess(fee) => self.deal.fees()[fee].cap.is_some(),
            Claim::Tax => self.has_tax(),
            Claim::Interest(class) => self.has_interest(class),
            _ => true,
        }
    }

    /// Whether a class bears interest, or is owed some from the start.
    pub(super) fn has_interest(&self, class: usize) -> bool {
        let owed = self.deal.state().is_some_and(|state| state.notes[class].1 != 0);
        owed || self.periods.iter().any(|period| !self.coupon(class, period).is_zero())
    }

    fn has_tax(&self) -> bool {
        let owed = self.deal.state().is_some_and(|state| state.tax_unpaid != 0);
        owed || !tax_ratio(self.deal).is_zero()
    }

    /// None where no other branch can open.
    fn branch_gate(&self, branch: Branch) -> Option<Gate> {
        let others = self.can_open(Branch::Accelerated) || self.can_open(Branch::Default);
        others.then(|| Gate::Above(self.branch_cell(branch)))
    }

    pub(super) fn branch_cell(&self, branch: Branch) -> Cell {
        match branch {
            Branch::Normal => self.cells.normal,
            Branch::Accelerated => self.cells.accelerated,
            Branch::Default => self.cells.default,
        }
    }

    fn condition(&self, condition: Condition) -> Vec<Gate> {
        let class = |at: usize| &self.cells.tranches[at];
        match condition {
            Condition::Redeemed(at) => {
                vec![Gate::Nothing(class(at).balance), Gate::Nothing(class(at).interest)]
            }
            Condition::Outstanding(at) => vec![Gate::Above(class(at).balance)],
            Condition::Paid(at) => {
                vec![Gate::Nothing(class(at).interest), Gate::Nothing(class(at).due)]
            }
            Condition::SupportersRepaid => {
                let owed = self.cells.commitments.iter().map(|at| Gate::Nothing(at.outstanding));
                owed.collect()
            }
            Condition::InForce(at) => vec![Gate::Above(self.cells.in_force[at])],
            Condition::NotInForce(at) => vec![Gate::Nothing(self.cells.in_force[at])],
        }
    }

    fn claim<A: Amount>(&self, step: &Step, claim: Claim) -> PayClaim<A> {
        let cells = &self.cells;
        let none: Vec<Cell> = Vec::new();
        let (due, less, plus, to, why, registered, top_up_due) = match claim {
            Claim::Tax => {
                let (due, paid) = (cells.tax, cells.tax_paid);
                (Due::Cell(due), vec![due], vec![paid], Party::TaxOffice, Why::Tax, false, due)
            }
            Claim::Fee(at) => {
                let fee = cells.fees[at];
                let (less, plus) = (vec![fee.now], vec![fee.paid]);
                (Due::Cell(fee.now), less, plus, Party::Payee(at), Why::Fee, false, fee.now)
            }
            Claim::FeeExcess(at) => {
                let fee = cells.fees[at];
                let (less, plus) = (vec![fee.over], vec![fee.paid]);
                (Due::Cell(fee.over), less, plus, Party::Payee(at), Why::FeeExcess, false, fee.over)
            }
            Claim::Interest(at) => {
                let class = cells.tranches[at];
                let (less, plus) = (vec![class.interest], vec![class.interest_paid]);
                let to = Party::Holders(at);
                (Due::Cell(class.interest), less, plus, to, Why::NoteInterest, true, class.interest)
            }
            Claim::Principal(at) => {
                let class = cells.tranches[at];
                let mut less = match self.pays_balance(at) {
                    true => vec![class.balance, class.due],
                    false => vec![class.payable, class.balance, class.due],
                };
                less.extend((!self.pot_groups().is_empty()).then_some(cells.pot));
                let plus = vec![class.principal_paid];
                let to = Party::Holders(at);
                (Due::Cell(less[0]), less, plus, to, Why::NotePrincipal, true, class.due)
            }
            Claim::Account(at) => {
                let gap = self.deal.accounts()[at].kind == AccountKind::Reserve;
                let due = if gap { Due::Gap(at) } else { Due::All };
                let kinds = (self.deal.accounts()[step.from].kind, self.deal.accounts()[at].kind);
                let counted = match kinds {
                    (AccountKind::Principal, AccountKind::Income) => Some(cells.lent),
                    (AccountKind::Income, AccountKind::Principal) => Some(cells.moved),
                    _ => None,
                };
                let plus: Vec<Cell> = [cells.accounts[at]].into_iter().chain(counted).collect();
                (due, none, plus, Party::Account(at), Why::Transfer, false, 0)
            }
            Claim::Commitment(at) => {
                let owed = cells.commitments[at];
                let (less, plus) = (vec![owed.outstanding], vec![owed.repaid]);
                (self.owed(at), less, plus, Party::Supporter(at), Why::Repayment, false, 0)
            }
            Claim::Residual(at) => {
                let plus = vec![cells.tranches[at].residual_paid];
                (Due::All, none, plus, Party::Holders(at), Why::Residual, false, 0)
            }
        };
        let top_ups = match due {
            Due::Cell(_) if self.supported && self.due_cell(claim).is_some() => {
                self.top_ups(step, claim)
            }
            _ => Vec::new(),
        };
        let tick = match claim {
            Claim::Interest(at) | Claim::Principal(at) => self.deal.tick(at).map(A::from_fen),
            _ => None,
        };
        PayClaim { claim, due, less, plus, to, why, tick, registered, top_ups, top_up_due }
    }

    /// What the supporter behind a commitment is owed.
    fn owed(&self, at: usize) -> Due {
        let outstanding = self.cells.commitments[at].outstanding;
        if !self.deal.commitments()[at].earmarked {
            return Due::Cell(outstanding);
        }
        let unused = self.cells.accounts[earmark_account(self.deal, at)];
        Due::Owed { outstanding, unused }
    }

    /// Earmarked commitments inside whose shortfall this claim lies.
    fn top_ups(&self, step: &Step, claim: Claim) -> Vec<usize> {
        let branches = match step.branch {
            Some(branch) => vec![branch],
            None => vec![Branch::Normal, Branch::Accelerated, Branch::Default],
        };
        let covers = |&at: &usize| {
            self.deal.commitments()[at].earmarked
                && branches.iter().any(|&branch| {
                    let covered = self.covered(&self.deal.commitments()[at].scope, branch);
                    covered.iter().any(|(other, _)| *other == claim)
                })
        };
        (0..self.deal.commitments().len()).filter(covers).collect()
    }

    /// Steps of a branch, claim by claim, down to the last one in scope; only claims that count
    /// towards a shortfall, each once.
    fn covered(&self, scope: &[Claim], branch: Branch) -> Vec<(Claim, &Step)> {
        let of_branch = |step: &&Step| step.branch.is_none_or(|own| own == branch);
        let steps = self.deal.steps().iter().filter(of_branch);
        let order: Vec<(Claim, &Step)> =
            steps.flat_map(|step| step.pay.iter().map(move |&claim| (claim, step))).collect();
        let last = order.iter().rposition(|(claim, _)| scope.contains(claim));
        let above = order.into_iter().take(last.map_or(0, |at| at + 1));
        let mut covered: Vec<(Claim, &Step)> = Vec::new();
        for (claim, step) in above {
            let counts = self.due_cell(claim).is_some() && self.can_be_due(claim);
            if counts && !covered.iter().any(|(other, _)| *other == claim) {
                covered.push((claim, step));
            }
        }
        covered
    }

    /// What is due in a scope and above it, branch by branch.
    pub(super) fn need(&self, scope: &[Claim]) -> Vec<Need> {
        let due = |(claim, step): (Claim, &Step)| {
            let cell = self.due_cell(claim)?;
            let gates = step.when.iter().flat_map(|&condition| self.foreseen(condition)).collect();
            let registered = matches!(claim, Claim::Interest(_) | Claim::Principal(_));
            Some(NeedDue { cell, gates, in_scope: scope.contains(&claim), registered })
        };
        let branch = |branch: Branch| {
            let dues: Vec<NeedDue> =
                self.covered(scope, branch).into_iter().filter_map(due).collect();
            let bears_fee = !self.deal.terms().registrar_fee.is_zero();
            let adds_up = |due: &NeedDue| {
                due.in_scope && due.gates.is_empty() && !(due.registered && bears_fee)
            };
            let plain = dues.iter().all(adds_up);
            let plain = plain.then(|| dues.iter().map(|due| due.cell).collect());
            let gate = match self.branch_gate(branch) {
                Some(Gate::Above(gate)) => Some(gate),
                _ => None,
            };
            Need { gate, dues, plain }
        };
        let branches = [Branch::Normal, Branch::Accelerated, Branch::Default];
        branches.into_iter().filter(|&of| self.can_open(of)).map(branch).collect()
    }

    /// Accounts that take collections.
    pub(super) fn ledgers(&self) -> Vec<usize> {
        let takes = |&at: &usize| {
            let kind = self.deal.accounts()[at].kind;
            matches!(kind, AccountKind::Plan | AccountKind::Income | AccountKind::Principal)
        };
        (0..self.deal.accounts().len()).filter(takes).collect()
    }

    /// Interest and principal of every senior class.
    pub(super) fn senior_claims(&self) -> Vec<Claim> {
        let tranches = self.deal.tranches().iter().enumerate();
        let senior = tranches.filter(|(_, tranche)| tranche.seniority == Seniority::Senior);
        senior.flat_map(|(at, _)| [Claim::Interest(at), Claim::Principal(at)]).collect()
    }

    /// A condition as it will stand once what is due is paid.
    fn foreseen(&self, condition: Condition) -> Vec<Gate> {
        match condition {
            Condition::Redeemed(at) => {
                let class = &self.cells.tranches[at];
                vec![Gate::DueInFull { balance: class.balance, due: class.due }]
            }
            Condition::Paid(_) => Vec::new(),
            Condition::Outstanding(_)
            | Condition::SupportersRepaid
            | Condition::InForce(_)
            | Condition::NotInForce(_) => self.condition(condition),
        }
    }

    fn limit<A: Amount>(&self, step: &Step) -> PayLimit<A> {
        match step.up_to {
            Limit::Due => PayLimit::Due,
            Limit::Amount(amount) => PayLimit::Amount(A::from_fen(amount)),
            Limit::RatePa { rate_pa, tranche } => {
                let day_count = self.deal.tranches()[tranche].day_count;
                let of = |period: &Period| {
                    let year = fraction(day_count, period.accrual_start, period.accrual_end);
                    A::rate(rate_over(rate_pa, year))
                };
                let by_period = self.periods.iter().map(of).collect();
                PayLimit::Rate { by_period, of: self.cells.tranches[tranche].balance }
            }
            Limit::UncoveredDefaults => PayLimit::UncoveredDefaults,
            Limit::Lacking { account, interest } => {
                let same = |other: &&Step| {
                    other.from == account
                        && (other.branch.is_none()
                            || step.branch.is_none()
                            || other.branch == step.branch)
                };
                let order: Vec<Claim> = self
                    .deal
                    .steps()
                    .iter()
                    .filter(same)
                    .flat_map(|step| step.pay.iter().copied())
                    .collect();
                let last = order.iter().rposition(|claim| *claim == Claim::Interest(interest));
                let mut dues: Vec<Cell> = order
                    .into_iter()
                    .take(last.map_or(0, |at| at + 1))
                    .filter_map(|claim| self.due_cell(claim))
                    .collect();
                dues.sort_unstable();
                dues.dedup();
                PayLimit::Lacking { account: self.cells.accounts[account], dues }
            }
        }
    }

    /// The cell of what is due to a claim; a principal that must be paid, not one that may.
    fn due_cell(&self, claim: Claim) -> Option<Cell> {
        match claim {
            Claim::Tax => Some(self.cells.tax),
            Claim::Fee(at) => Some(self.cells.fees[at].now),
            Claim::FeeExcess(at) => Some(self.cells.fees[at].over),
            Claim::Interest(at) => Some(self.cells.tranches[at].interest),
            Claim::Principal(at) => Some(self.cells.tranches[at].due),
            Claim::Account(_) | Claim::Commitment(_) | Claim::Residual(_) => None,
        }
    }
}
