//! The order of payment (分配顺序) as data: what is due, how equals share, up to what, and when.

use super::paper::{Account, AccountKind, Fee, Seniority, Tranche};
use super::terms::Structure;
use crate::num::{Decimal, Fen};

/// Which order holds on a date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Branch {
    Normal,
    Accelerated,
    Default,
}

/// What is due. Indices are those of the deal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Claim {
    Tax,
    /// A fee up to its cap.
    Fee(usize),
    /// What a fee has above its cap.
    FeeExcess(usize),
    /// Accrued and carried interest of a class.
    Interest(usize),
    /// Principal of a class as its amortisation says.
    Principal(usize),
    /// A reserve up to its target; any other account, all that is there.
    Account(usize),
    /// What a commitment has paid and not got back, oldest call first.
    Commitment(usize),
    /// All that is there, to the holders of a class.
    Residual(usize),
}

/// How claims of one step share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Split {
    /// By what is due.
    ProRata,
    /// One after another.
    InOrder,
}

/// Up to what a step pays on one date, beside what is due.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Limit {
    /// What is due.
    Due,
    Amount(Fen),
    /// A yearly rate on the opening balance of a class over the accrual period.
    RatePa {
        rate_pa: Decimal,
        tranche: usize,
    },
    /// Defaults and lending to income not yet covered by income: max(0, cumulative defaults +
    /// lent to income - moved from income).
    UncoveredDefaults,
    /// What this account lacks for its steps down to interest of a class.
    Lacking {
        account: usize,
        interest: usize,
    },
}

/// When a step is open, at the moment it comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Condition {
    Redeemed(usize),
    Outstanding(usize),
    /// No interest or principal due to this class is unpaid.
    Paid(usize),
    /// No commitment is owed anything.
    SupportersRepaid,
    /// An event (index of the trigger) is in force, or is not.
    InForce(usize),
    NotInForce(usize),
}

/// One line of the order of payment.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// Place in the order, from 1.
    pub number: u32,
    /// As the table calls it.
    pub name: String,
    /// Every branch where absent.
    pub branch: Option<Branch>,
    /// Index of the account it pays from.
    pub from: usize,
    pub pay: Vec<Claim>,
    pub split: Split,
    pub up_to: Limit,
    /// All must hold.
    pub when: Vec<Condition>,
}

/// The waterfall a structure brings where a deal writes none (domain practice of exchange plans and
/// of credit ABS). Accounts must hold the ones its structure names.
pub fn standard_waterfall(
    structure: Structure,
    tranches: &[Tranche],
    fees: &[Fee],
    accounts: &[Account],
    commitments: usize,
    after_redemption: bool,
) -> Vec<Step> {
    let find = |kind| accounts.iter().position(|account| account.kind == kind);
    let mut order = Order::new(tranches, fees.len(), accounts, commitments);
    match (structure, find(AccountKind::Income), find(AccountKind::Principal)) {
        (Structure::CreditTrust, Some(income), Some(principal)) => {
            order.two_ledgers(Branch::Normal, income, principal);
            order.two_ledgers(Branch::Accelerated, income, principal);
            order.merged(income, principal);
        }
        _ => {
            let plan = find(AccountKind::Plan).unwrap_or(0);
            order.one_ledger(plan, after_redemption);
            order.in_full(Branch::Accelerated, plan);
            order.in_full(Branch::Default, plan);
        }
    }
    order.steps
}

/// Writes steps one after another, leaving out those with nothing to pay.
struct Order {
    steps: Vec<Step>,
    branch: Branch,
    from: usize,
    senior: Vec<usize>,
    mezzanine: Vec<usize>,
    sub: Vec<usize>,
    reserves: Vec<Claim>,
    fees: Vec<Claim>,
    fees_above_cap: Vec<Claim>,
    commitments: Vec<Claim>,
}

fn interest(classes: &[usize]) -> Vec<Claim> {
    classes.iter().map(|&at| Claim::Interest(at)).collect()
}

fn principal(classes: &[usize]) -> Vec<Claim> {
    classes.iter().map(|&at| Claim::Principal(at)).collect()
}

impl Order {
    fn new(tranches: &[Tranche], fees: usize, accounts: &[Account], commitments: usize) -> Order {
        let class = |seniority: Seniority| -> Vec<usize> {
            (0..tranches.len()).filter(|&at| tranches[at].seniority == seniority).collect()
        };
        let reserve = |at: &usize| accounts[*at].kind == AccountKind::Reserve;
        Order {
            steps: Vec::new(),
            branch: Branch::Normal,
            from: 0,
            senior: class(Seniority::Senior),
            mezzanine: class(Seniority::Mezzanine),
            sub: class(Seniority::Subordinate),
            reserves: (0..accounts.len()).filter(reserve).map(Claim::Account).collect(),
            fees: (0..fees).map(Claim::Fee).collect(),
            fees_above_cap: (0..fees).map(Claim::FeeExcess).collect(),
            commitments: (0..commitments).map(Claim::Commitment).collect(),
        }
    }

    fn above(&self) -> Vec<usize> {
        self.senior.iter().chain(&self.mezzanine).copied().collect()
    }

    fn redeemed(&self) -> Vec<Condition> {
        self.above().into_iter().map(Condition::Redeemed).collect()
    }

    /// Exchange plan, normal: what remains is held until the classes above the sub are redeemed.
    fn one_ledger(&mut self, plan: usize, after_redemption: bool) {
        (self.branch, self.from) = (Branch::Normal, plan);
        self.taxes_and_fees();
        self.pro_rata(interest(&self.senior));
        self.pro_rata(interest(&self.mezzanine));
        self.push(principal(&self.senior), Split::InOrder, Limit::Due, &[]);
        self.push(principal(&self.mezzanine), Split::InOrder, Limit::Due, &[]);
        self.pro_rata(self.reserves.clone());
        let sub_income = sub_income(&self.above());
        self.push(interest(&self.sub), Split::InOrder, Limit::Due, &sub_income);
        let held = if after_redemption { self.redeemed() } else { Vec::new() };
        self.rest(&held, &held);
    }

    /// After acceleration or default: classes of one rank pari passu, in full.
    fn in_full(&mut self, branch: Branch, from: usize) {
        (self.branch, self.from) = (branch, from);
        self.taxes_and_fees();
        self.pro_rata(interest(&self.senior));
        self.pro_rata(principal(&self.senior));
        self.pro_rata(interest(&self.mezzanine));
        self.pro_rata(principal(&self.mezzanine));
        self.rest(&[], &self.redeemed());
    }

    /// Credit ABS: income pays costs and interest, principal lends it what it lacks.
    fn two_ledgers(&mut self, branch: Branch, income: usize, ledger: usize) {
        let lowest_senior = self.senior.last().copied().unwrap_or(0);
        (self.branch, self.from) = (branch, ledger);
        let lacking = Limit::Lacking { account: income, interest: lowest_senior };
        self.push(vec![Claim::Account(income)], Split::InOrder, lacking, &[]);
        self.from = income;
        self.taxes_and_fees();
        self.pro_rata(interest(&self.senior));
        self.pro_rata(self.reserves.clone());
        self.pro_rata(interest(&self.mezzanine));
        if branch == Branch::Normal {
            let uncovered = Limit::UncoveredDefaults;
            self.push(vec![Claim::Account(ledger)], Split::InOrder, uncovered, &[]);
            self.pro_rata(interest(&self.sub));
            self.pro_rata(self.fees_above_cap.clone());
        }
        self.pro_rata(vec![Claim::Account(ledger)]);
        self.from = ledger;
        self.push(principal(&self.senior), Split::InOrder, Limit::Due, &[]);
        self.push(principal(&self.mezzanine), Split::InOrder, Limit::Due, &[]);
        let redeemed = self.redeemed();
        self.rest(&redeemed, &redeemed);
    }

    /// Credit ABS after default: the ledgers merge, each class in full before the next.
    fn merged(&mut self, income: usize, ledger: usize) {
        (self.branch, self.from) = (Branch::Default, income);
        self.pro_rata(vec![Claim::Account(ledger)]);
        self.from = ledger;
        self.taxes_and_fees();
        for at in self.above() {
            self.pro_rata(vec![Claim::Interest(at)]);
            self.pro_rata(vec![Claim::Principal(at)]);
        }
        self.rest(&[], &self.redeemed());
    }

    fn taxes_and_fees(&mut self) {
        self.pro_rata(vec![Claim::Tax]);
        self.pro_rata(self.fees.clone());
    }

    /// Below the classes above the sub: supporters, fees above their caps, the sub, the residual.
    fn rest(&mut self, when: &[Condition], residual_when: &[Condition]) {
        self.push(self.commitments.clone(), Split::InOrder, Limit::Due, when);
        self.push(self.fees_above_cap.clone(), Split::InOrder, Limit::Due, when);
        self.push(principal(&self.sub), Split::InOrder, Limit::Due, when);
        let to = self.sub.last().or(self.above().last()).copied();
        let residual: Vec<Claim> = to.map(Claim::Residual).into_iter().collect();
        self.push(residual, Split::InOrder, Limit::Due, residual_when);
    }

    fn pro_rata(&mut self, pay: Vec<Claim>) {
        self.push(pay, Split::ProRata, Limit::Due, &[]);
    }

    fn push(&mut self, pay: Vec<Claim>, split: Split, up_to: Limit, when: &[Condition]) {
        if pay.is_empty() {
            return;
        }
        let number = self.steps.len() as u32 + 1;
        self.steps.push(Step {
            number,
            name: number.to_string(),
            branch: Some(self.branch),
            from: self.from,
            pay,
            split,
            up_to,
            when: when.to_vec(),
        });
    }
}

/// Sub income is never paid while an amount above is unpaid or a supporter is owed.
fn sub_income(above: &[usize]) -> Vec<Condition> {
    let mut when: Vec<Condition> = above.iter().map(|&at| Condition::Paid(at)).collect();
    when.push(Condition::SupportersRepaid);
    when
}
