//! A plan without what is only shown: what simulation runs.

use super::super::plan::*;
use crate::deal::{Claim, Measure};
use crate::num::Amount;

impl<A: Amount> Plan<A> {
    /// The same plan without the cells that nothing reads but a table of one run: what was paid on
    /// a date (but for the classes of `valued`), what came in by kind. Every balance, account and
    /// due comes out the same.
    pub fn trimmed(&self, valued: &[bool]) -> Plan<A> {
        let mut plan = self.clone();
        for cell in self.only_shown(valued) {
            plan.kept[cell] = false;
        }
        plan.of_the_date.retain(|&cell| plan.kept[cell]);
        // A call and what was paid of it are set anew on each date on which one can be made; what
        // is earmarked is looked at before.
        for (at, owed) in self.cells.commitments.iter().enumerate() {
            let anew = |commitment: &PlanCommitment<A>| {
                commitment.open.iter().all(|&open| open) && !commitment.earmarked
            };
            if self.commitments.get(at).is_none_or(anew) {
                plan.of_the_date.retain(|&cell| cell != owed.called && cell != owed.paid);
            }
        }
        for claim in plan.pays.iter_mut().flat_map(|pay| &mut pay.claims) {
            claim.plus.retain(|&cell| plan.kept[cell]);
        }
        plan
    }

    fn only_shown(&self, valued: &[bool]) -> Vec<Cell> {
        let cells = &self.cells;
        let measured = |of: fn(&Measure) -> bool| self.triggers.iter().any(|at| of(&at.measure));
        let of_payments = self.fees.iter().any(|(fee, _)| matches!(fee, PlanFee::OfPayments(_)));
        let uncovered =
            self.pays.iter().any(|pay| matches!(pay.limit, PayLimit::UncoveredDefaults));
        let mut out = vec![cells.tax_paid, cells.registrar_paid];
        for (at, class) in cells.tranches.iter().enumerate() {
            let valued = valued.get(at).is_some_and(|&valued| valued);
            let mut claims = self.pays.iter().flat_map(|pay| &pay.claims);
            if !(valued && claims.any(|claim| claim.claim == Claim::Residual(at))) {
                out.push(class.residual_paid);
            }
            if !of_payments && self.registrar.is_none() {
                out.extend([class.interest_paid, class.principal_paid]);
            }
        }
        out.extend(cells.fees.iter().map(|fee| fee.paid));
        out.extend(cells.commitments.iter().map(|owed| owed.repaid));
        if !of_payments {
            out.push(cells.paid_before);
        }
        if !measured(|measure| matches!(measure, Measure::CollectionsDown)) {
            out.extend([cells.interest_in, cells.principal_in, cells.prepaid_in]);
            out.extend([cells.recovered_in, cells.cash_before]);
        }
        out.push(cells.clean_up_in);
        if !measured(|measure| matches!(measure, Measure::SupporterCalls)) {
            out.extend([cells.called_now, cells.calls]);
        }
        if !uncovered {
            out.extend([cells.lent, cells.moved]);
        }
        if !uncovered && !measured(|measure| matches!(measure, Measure::CumulativeDefaultRate)) {
            out.push(cells.recognised);
        }
        if self.commitments.iter().all(|commitment| commitment.reserve_first) {
            out.push(cells.released);
        }
        out
    }
}
