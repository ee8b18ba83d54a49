//! Floor 4: what does the paper say?
//!
//! A [`Deal`] is made by `Deal::new` alone, which finds every fault that lies between tables; later
//! floors cannot meet a bad one. Indices refer to the vectors of the same deal.

mod check;
mod cost;
mod licence;
mod paper;
mod resize;
mod retention;
mod shelf;
mod terms;
mod units;
mod waterfall;

pub use check::{Fault, MAX_PERIODS, NOMINAL_DATES, Place, Reads, doubts, faults_between};
pub use cost::{BorrowingCost, CostDue, CostKind};
pub use paper::{
    Account, AccountKind, Amortisation, Commitment, Coupon, Cover, CoverPays, Effect, Fee, FeeBase,
    FeeDue, Measure, PlanRow, Release, Seniority, ShareCap, Target, TargetBase, Tranche, Trigger,
};
pub use retention::holdings;
pub use shelf::{
    Candidate, Concentration, OriginatorLimits, PlannedSeries, ProgrammeConcentration, QuotaUse,
    Shelf, ShelfLimit, ShelfSupporter,
};
pub use terms::{
    Accrual, Calculation, PrepaymentBase, RateTime, Recoveries, State, Structure, Terms,
};
pub use units::{FACE, MOST_UNIT_DECIMALS};
pub use waterfall::{Branch, Claim, Condition, Limit, Split, Step, standard_waterfall};

use crate::asset::{IpRight, Loan, Lpr, Obligor, Supporter};
use crate::dates::Date;
use crate::num::{Decimal, Fen, Ratio, Rounding};

/// Everything the tables say, before it is checked as a whole.
#[derive(Clone, Debug)]
pub struct Parts {
    pub terms: Terms,
    pub obligors: Vec<Obligor>,
    pub loans: Vec<Loan>,
    pub rights: Vec<IpRight>,
    pub supporters: Vec<Supporter>,
    /// Support of single loans.
    pub covers: Vec<Cover>,
    /// Of the borrowers, beside interest.
    pub costs: Vec<BorrowingCost>,
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
        let faults = check::faults_between(&parts, |_, _| true);
        if !faults.is_empty() {
            return Err(faults);
        }
        Ok(Deal { parts: units::plan_in_ticks(parts) })
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
    pub fn covers(&self) -> &[Cover] {
        &self.parts.covers
    }
    /// The covers of a loan, and of infringement of the rights that secure it.
    pub fn covers_of(&self, loan: usize) -> Vec<usize> {
        let secures = |&right: &usize| self.rights()[right].loans.contains(&loan);
        let is_of = |cover: &Cover| cover.loans.contains(&loan) || cover.rights.iter().any(secures);
        (0..self.covers().len()).filter(|&at| is_of(&self.covers()[at])).collect()
    }
    /// Of the borrowers, beside interest.
    pub fn costs(&self) -> &[BorrowingCost] {
        &self.parts.costs
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
    /// What interest and principal of a class are paid in whole numbers of: its units x the last
    /// decimal of a unit, in fen. None where they are paid to the fen.
    pub fn tick(&self, tranche: usize) -> Option<Fen> {
        units::tick(self.terms(), &self.parts.tranches[tranche])
    }
    /// Paid in by the holders of a class at closing: notional x issue price / 100.
    pub fn proceeds(&self, tranche: usize) -> Fen {
        proceeds(&self.parts.tranches[tranche], self.parts.terms.rounding)
    }
    /// The account that takes collections (of interest, where there are two ledgers).
    pub fn main_account(&self) -> usize {
        main_account(&self.parts.accounts)
    }
    /// By account, once the notes are placed, the price is paid and reserves are funded.
    pub fn opening_balances(&self) -> Vec<Fen> {
        opening_balances(&self.parts)
    }
    /// Principal at the cut-off date, also of a deal in mid-life.
    pub fn initial_principal(&self) -> Fen {
        let before = self.state().map_or(0, |state| state.initial_principal);
        if before > 0 { before } else { self.pool_principal() }
    }
    /// The day on which the notes stand as they are told: the last payment date that is paid, of a
    /// deal in mid-life; else closing.
    pub fn stands_on(&self) -> Date {
        self.state().and_then(|state| state.as_of).unwrap_or(self.terms().closing)
    }
    /// What is left of a class on that day.
    pub fn stands_at(&self, class: usize) -> Fen {
        let left = self.state().and_then(|state| state.notes.get(class));
        left.map_or(self.tranches()[class].notional, |(balance, _)| *balance)
    }
    /// The pool balance at or below which the originator buys the rest; `None` for never.
    pub fn clean_up_at(&self) -> Option<Fen> {
        let share = Ratio::of_rate(self.terms().clean_up_share?)?;
        Some(share.floor_of(self.initial_principal()))
    }
    /// Initial notional of all classes.
    pub fn notes(&self) -> Fen {
        self.tranches().iter().map(|tranche| tranche.notional).sum()
    }
    /// Sum of the loans' principal at the cut-off date.
    pub fn pool_principal(&self) -> Fen {
        self.loans().iter().map(|loan| loan.principal).sum()
    }
}

/// Paid in by the holders of a class at closing: notional x issue price / 100.
pub fn proceeds(tranche: &Tranche, rounding: Rounding) -> Fen {
    let of_face = tranche.issue_price / Decimal::ONE_HUNDRED;
    Ratio::of_rate(of_face).unwrap_or(Ratio::ONE).of(tranche.notional, rounding)
}

fn main_account(accounts: &[Account]) -> usize {
    let find = |kind| accounts.iter().position(|account| account.kind == kind);
    find(AccountKind::Plan).or(find(AccountKind::Income)).unwrap_or(0)
}

fn opening_balances(parts: &Parts) -> Vec<Fen> {
    let mut balances: Vec<_> = parts.accounts.iter().map(|account| account.opening).collect();
    let main = main_account(&parts.accounts);
    let rounding = parts.terms.rounding;
    let paid_in = parts.tranches.iter().map(|tranche| proceeds(tranche, rounding));
    let funded: Fen = match parts.terms.reserve_from_originator {
        true => 0,
        false => balances.iter().sum::<Fen>() - balances.get(main).copied().unwrap_or(0),
    };
    let left = paid_in.sum::<Fen>() - parts.terms.purchase_price - funded;
    if let Some(balance) = balances.get_mut(main) {
        *balance += left;
    }
    balances
}
