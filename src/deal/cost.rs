//! What a loan costs its borrower beside interest, and what a district gives back of it (贴息).
//!
//! Invariant: it is the borrower's and no money of the plan: no step, account or run knows of it.

use crate::num::{Decimal, Fen};

/// What it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CostKind {
    /// 手续费: of the lender, the adviser.
    Fee,
    /// 担保费.
    Guarantee,
    /// 评估费: of the pledged rights.
    Appraisal,
    /// 贴息、补贴: paid to the borrower.
    Subsidy,
}

/// How much it is, for each of its loans.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum CostDue {
    /// At origination.
    Amount(Fen),
    /// Of principal, at origination.
    Share(Decimal),
    /// Annual rate on the balance, actual days over 365, on each due date.
    RatePa(Decimal),
}

/// A cost of borrowing (融资成本).
#[derive(Clone, Debug)]
pub struct BorrowingCost {
    pub name: String,
    pub kind: CostKind,
    /// Indices of the loans, rising.
    pub loans: Vec<usize>,
    pub due: CostDue,
    /// From what it is of to its payment.
    pub lag_months: u32,
    /// Of a subsidy: the most a firm gets in one calendar year, for all its loans.
    pub cap_firm_year: Option<Fen>,
}
