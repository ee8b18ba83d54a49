//! Postings: every movement of cash, from whom, to whom, how much, why.
//!
//! Invariant: a balance changes in no other way. The ledger re-adds its postings every period and
//! compares each account with the cell that the waterfall kept.

use crate::deal::Claim;
use crate::num::{Amount, Decimal, Row};

/// Who pays or is paid. Indices are those of the deal (accounts: then earmark accounts).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Party {
    Account(usize),
    Pool,
    Originator,
    Holders(usize),
    /// The payee of a fee.
    Payee(usize),
    TaxOffice,
    Registrar,
    /// The supporter behind a commitment.
    Supporter(usize),
    /// The giver of a cover.
    Giver(usize),
    /// The bank that keeps the accounts.
    Bank,
}

/// Why cash moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Why {
    NoteProceeds,
    PurchasePrice,
    Funding,
    Interest,
    Principal,
    Prepaid,
    Recovered,
    /// Paid by the giver of a cover, and its share of what the pledge has fetched.
    Covered,
    PledgeShare,
    CleanUp,
    Income,
    Tax,
    Fee,
    FeeExcess,
    NoteInterest,
    NotePrincipal,
    RegistrarFee,
    Residual,
    Transfer,
    Release,
    TopUp,
    TopUpReturned,
    Repayment,
}

/// When in a period: which of its dates a posting bears.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Moment {
    Closing,
    Transfer,
    Support,
    Payment,
}

/// What watches the movements of a run.
pub trait Journal<A: Amount, const L: usize> {
    /// Whether it looks at all.
    const WATCHES: bool;
    /// One movement; amounts of nothing are passed too. `step` is the number of the line.
    fn post(
        &mut self,
        moment: Moment,
        from: Party,
        to: Party,
        amount: &Row<A, L>,
        why: Why,
        step: Option<(u32, Claim)>,
    );
}

/// Nobody watches.
impl<A: Amount, const L: usize> Journal<A, L> for () {
    const WATCHES: bool = false;

    #[inline(always)]
    fn post(
        &mut self,
        _: Moment,
        _: Party,
        _: Party,
        _: &Row<A, L>,
        _: Why,
        _: Option<(u32, Claim)>,
    ) {
    }
}

/// One movement of the ledger.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Posting {
    /// Index of the period.
    pub period: usize,
    pub moment: Moment,
    pub from: Party,
    pub to: Party,
    pub amount: Decimal,
    pub why: Why,
    pub step: Option<(u32, Claim)>,
}

/// Collects postings of the period that is open.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    pub period: usize,
    pub postings: Vec<Posting>,
}

impl Journal<Decimal, 1> for Ledger {
    const WATCHES: bool = true;

    fn post(
        &mut self,
        moment: Moment,
        from: Party,
        to: Party,
        amount: &Row<Decimal, 1>,
        why: Why,
        step: Option<(u32, Claim)>,
    ) {
        let (period, amount) = (self.period, amount.0[0]);
        if !amount.is_zero() {
            self.postings.push(Posting { period, moment, from, to, amount, why, step });
        }
    }
}
