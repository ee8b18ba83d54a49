//! Floor 4: what does the paper say?
//!
//! A [`Deal`] is made by `Deal::new` alone, which finds every fault that lies between tables; later
//! floors cannot meet a bad one. Indices refer to the vectors of the same deal.

mod check;
mod paper;
mod terms;
mod waterfall;

pub use check::{Fault, Place};
pub use paper::{
    Account, AccountKind, Amortisation, Commitment, Coupon, Effect, Fee, FeeBase, FeeDue, Measure,
    PlanRow, Release, Seniority, Target, Tranche, Trigger,
};
pub use terms::{Accrual, Calculation, PrepaymentBase, RateTime, Recoveries, State, Structure, Terms};
pub use waterfall::{Branch, Claim, Condition, Limit, Split, Step, standard_waterfall};

use crate::asset::{IpRight, Loan, Lpr, Obligor, Supporter};

/// Everything the tables say, before it is checked as a whole.
#[derive(Clone, Debug)]
pub struct Parts {
    pub terms: Terms,
    pub obligors: Vec<Obligor>,
    pub loans: Vec<Loan>,
    pub rights: Vec<IpRight>,
    pub supporters: Vec<Supporter>,
    /// Senior first.
    pub tranches: Vec<Tranche>,
    pub fees: Vec<Fee>,
    pub accounts: Vec<Account>,
    pub steps: Vec<Step>,
    pub triggers: Vec<Trigger>,
    /// In the order in which they are called.
    pub commitments: Vec<Commitment>,
    pub lpr: Lpr,
    /// Set for a deal in mid-life.
    pub state: Option<State>,
}

/// A checked deal.
#[derive(Clone, Debug)]
pub struct Deal {
    parts: Parts,
}

impl Deal {
    /// The only way to a deal. All faults between tables are returned at once.
    pub fn new(parts: Parts) -> Result<Deal, Vec<Fault>> {
        let faults = check::faults(&parts);
        if faults.is_empty() { Ok(Deal { parts }) } else { Err(faults) }
    }

    pub fn terms(&self) -> &Terms {
        &self.parts.terms
    }
    pub fn obligors(&self) -> &[Obligor] {
        &self.parts.obligors
    }
    pub fn loans(&self) -> &[Loan] {
        &self.parts.loans
    }
    pub fn rights(&self) -> &[IpRight] {
        &self.parts.rights
    }
    pub fn supporters(&self) -> &[Supporter] {
        &self.parts.supporters
    }
    /// Senior first.
    pub fn tranches(&self) -> &[Tranche] {
        &self.parts.tranches
    }
    pub fn fees(&self) -> &[Fee] {
        &self.parts.fees
    }
    pub fn accounts(&self) -> &[Account] {
        &self.parts.accounts
    }
    pub fn steps(&self) -> &[Step] {
        &self.parts.steps
    }
    pub fn triggers(&self) -> &[Trigger] {
        &self.parts.triggers
    }
    pub fn commitments(&self) -> &[Commitment] {
        &self.parts.commitments
    }
    pub fn lpr(&self) -> &Lpr {
        &self.parts.lpr
    }
    pub fn state(&self) -> Option<&State> {
        self.parts.state.as_ref()
    }
    /// Sum of the loans' principal at the cut-off date.
    pub fn pool_principal(&self) -> crate::num::Fen {
        self.loans().iter().map(|loan| loan.principal).sum()
    }
}
