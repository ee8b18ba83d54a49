//! What borrowing costs a firm, all in: the rate that deals advertise.
//!
//! A cost is the effective annual rate, ACT/365, at which what the firm pays by contract is worth
//! what it gets: principal at origination against principal, interest and costs on their dates.
//! Gross is without subsidies, net with them. Invariant: subsidies of one row to one firm are never
//! above its cap in a calendar year; defaults and the notes play no part.

use crate::analytics::measures::xirr;
use crate::analytics::outcome::Figure;
use crate::dates::{Date, add_months, days};
use crate::deal::{BorrowingCost, CostDue, CostKind, Deal};
use crate::engine::{Pool, periods, pool};
use crate::num::{Decimal, Fen, Ratio};
use crate::scenario::RateShift;
use std::collections::BTreeMap;

/// One firm, or the whole pool.
#[derive(Clone, Debug, PartialEq)]
pub struct Borrower {
    /// Index of the obligor; none for the pool.
    pub obligor: Option<usize>,
    pub principal: Fen,
    pub interest: Fen,
    pub fees: Fen,
    pub guarantee_fees: Fen,
    pub appraisal: Fen,
    pub subsidy: Fen,
    /// Interest alone, with costs, and net of subsidies.
    pub interest_pa: Figure,
    pub gross_pa: Figure,
    pub net_pa: Figure,
}

/// What passes between a firm and everybody else: (date, what it gets, below 0 what it pays).
#[derive(Default)]
struct Account {
    loans: Vec<(Date, Fen)>,
    /// (kind, date, amount above 0).
    costs: Vec<(CostKind, Date, Fen)>,
    principal: Fen,
    interest: Fen,
    /// Some of its loans were being repaid before the cut-off date.
    begun: bool,
}

/// Every obligor that borrows, in the order of the deal, then the pool; empty where the deal says
/// nothing of costs.
pub fn borrowers(deal: &Deal) -> Vec<Borrower> {
    if deal.costs().is_empty() {
        return Vec::new();
    }
    let periods = periods(deal.terms());
    let pool = pool(deal, RateShift::NONE, &periods);
    let mut accounts: Vec<Account> = deal.obligors().iter().map(|_| Account::default()).collect();
    for at in 0..deal.loans().len() {
        lend(deal, &pool, at, &mut accounts[deal.loans()[at].obligor]);
    }
    for cost in deal.costs() {
        charge(deal, &pool, cost, &mut accounts);
    }
    let borrow = |(at, account): (usize, &Account)| {
        (account.principal > 0).then(|| account.borrower(Some(at)))
    };
    let mut out: Vec<Borrower> = accounts.iter().enumerate().filter_map(borrow).collect();
    out.push(accounts.into_iter().fold(Account::default(), Account::and).borrower(None));
    out
}

fn lend(deal: &Deal, pool: &Pool, at: usize, account: &mut Account) {
    let loan = &deal.loans()[at];
    account.principal += loan.principal;
    account.loans.push((loan.origination, loan.principal));
    account.begun |= pool.dues_of(at).next().is_none_or(|due| due.accrues_from > loan.origination);
    for due in pool.dues_of(at) {
        account.interest += due.interest;
        account.loans.push((due.date, -(due.principal + due.interest)));
    }
}

/// One row of costs.csv over all its loans, its cap a firm and year in order of date.
fn charge(deal: &Deal, pool: &Pool, cost: &BorrowingCost, accounts: &mut [Account]) {
    let rounding = deal.terms().rounding;
    let mut dated: Vec<(Date, usize, Fen)> = Vec::new();
    for &at in &cost.loans {
        let loan = &deal.loans()[at];
        let later = |date: Date| add_months(date, cost.lag_months as i32);
        let ratio = |rate: Decimal| Ratio::of_rate(rate).unwrap_or(Ratio::ZERO);
        match cost.due {
            CostDue::Amount(amount) => dated.push((later(loan.origination), loan.obligor, amount)),
            CostDue::Share(share) => {
                let amount = ratio(share).of(loan.principal, rounding);
                dated.push((later(loan.origination), loan.obligor, amount));
            }
            CostDue::RatePa(rate) => dated.extend(pool.dues_of(at).map(|due| {
                let year = Ratio::new(days(due.accrues_from, due.date), 365);
                let over = year.and_then(|year| ratio(rate).times(year)).unwrap_or(Ratio::ZERO);
                (later(due.date), loan.obligor, over.of(due.opening, rounding))
            })),
        }
    }
    dated.sort_by_key(|&(date, obligor, _)| (date, obligor));
    let mut given: BTreeMap<(usize, i16), Fen> = BTreeMap::new();
    for (date, obligor, amount) in dated {
        let year = given.entry((obligor, date.year())).or_default();
        let left = cost.cap_firm_year.map_or(amount, |cap| (cap - *year).clamp(0, amount));
        *year += left;
        accounts[obligor].costs.push((cost.kind, date, left));
    }
}

impl Account {
    fn and(mut self, other: Account) -> Account {
        self.loans.extend(other.loans);
        self.costs.extend(other.costs);
        self.principal += other.principal;
        self.interest += other.interest;
        self.begun |= other.begun;
        self
    }

    fn sum(&self, kind: CostKind) -> Fen {
        self.costs.iter().filter(|cost| cost.0 == kind).map(|cost| cost.2).sum()
    }

    fn borrower(&self, obligor: Option<usize>) -> Borrower {
        Borrower {
            obligor,
            principal: self.principal,
            interest: self.interest,
            fees: self.sum(CostKind::Fee),
            guarantee_fees: self.sum(CostKind::Guarantee),
            appraisal: self.sum(CostKind::Appraisal),
            subsidy: self.sum(CostKind::Subsidy),
            interest_pa: self.rate(|_| false),
            gross_pa: self.rate(|kind| kind != CostKind::Subsidy),
            net_pa: self.rate(|_| true),
        }
    }

    fn rate(&self, counts: impl Fn(CostKind) -> bool) -> Figure {
        if self.begun {
            return Figure::none("what was paid before the cut-off date is not in the tables");
        }
        let signed = |kind: CostKind, amount: Fen| match kind {
            CostKind::Subsidy => amount,
            CostKind::Fee | CostKind::Guarantee | CostKind::Appraisal => -amount,
        };
        let costs = self.costs.iter().filter(|cost| counts(cost.0) && cost.2 > 0);
        let costs = costs.map(|&(kind, date, amount)| (date, signed(kind, amount)));
        let flows: Vec<(Date, f64)> = self
            .loans
            .iter()
            .copied()
            .chain(costs)
            .map(|(date, amount)| (date, amount as f64 / 100.0))
            .collect();
        xirr(&flows).map_or_else(|error| Figure::none(&error.to_string()), Figure::of)
    }
}
