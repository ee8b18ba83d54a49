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
    let mut order = Order {
        steps: Vec::new(),
        branch: None,
        from: 0,
    };
    let find = |kind| accounts.iter().position(|account| account.kind == kind);
    let class = |seniority: Seniority| -> Vec<usize> {
        (0..tranches.len())
            .filter(|&at| tranches[at].seniority == seniority)
            .collect()
    };
    let (senior, mezzanine) = (class(Seniority::Senior), class(Seniority::Mezzanine));
    let sub = class(Seniority::Subordinate);
    let above: Vec<usize> = senior.iter().chain(&mezzanine).copied().collect();
    let redeemed: Vec<Condition> = above.iter().map(|&at| Condition::Redeemed(at)).collect();
    let interest = |classes: &[usize]| classes.iter().map(|&at| Claim::Interest(at)).collect();
    let principal = |classes: &[usize]| -> Vec<Claim> {
        classes.iter().map(|&at| Claim::Principal(at)).collect()
    };
    let each = |claim: fn(usize) -> Claim, count: usize| (0..count).map(claim).collect::<Vec<_>>();
    let reserve: Vec<Claim> = (0..accounts.len())
        .filter(|&at| accounts[at].kind == AccountKind::Reserve)
        .map(Claim::Account)
        .collect();
    let residual_to = sub.last().or(above.last()).copied();

    match (
        structure,
        find(AccountKind::Income),
        find(AccountKind::Principal),
    ) {
        (Structure::CreditTrust, Some(income), Some(ledger)) => {
            let lowest_senior = senior.last().copied().unwrap_or(0);
            for branch in [Branch::Normal, Branch::Accelerated] {
                order.begin(branch, ledger);
                let lacking = Limit::Lacking {
                    account: income,
                    interest: lowest_senior,
                };
                order.limited(vec![Claim::Account(income)], lacking, &[]);
                order.from = income;
                order.pro_rata(vec![Claim::Tax]);
                order.pro_rata(each(Claim::Fee, fees.len()));
                order.pro_rata(interest(&senior));
                order.pro_rata(reserve.clone());
                if branch == Branch::Normal {
                    order.pro_rata(interest(&mezzanine));
                    order.limited(vec![Claim::Account(ledger)], Limit::UncoveredDefaults, &[]);
                    order.pro_rata(interest(&sub));
                    order.pro_rata(each(Claim::FeeExcess, fees.len()));
                }
                order.pro_rata(vec![Claim::Account(ledger)]);
                order.from = ledger;
                if branch == Branch::Accelerated {
                    order.pro_rata(interest(&mezzanine));
                }
                order.in_order(principal(&senior), &[]);
                order.in_order(principal(&mezzanine), &[]);
                order.limited(each(Claim::Commitment, commitments), Limit::Due, &redeemed);
                order.limited(each(Claim::FeeExcess, fees.len()), Limit::Due, &redeemed);
                order.limited(principal(&sub), Limit::Due, &redeemed);
                order.residual(residual_to, &redeemed);
            }
            order.begin(Branch::Default, income);
            order.pro_rata(vec![Claim::Account(ledger)]);
            order.from = ledger;
            order.pro_rata(vec![Claim::Tax]);
            order.pro_rata(each(Claim::Fee, fees.len()));
            for &at in &above {
                order.pro_rata(vec![Claim::Interest(at)]);
                order.pro_rata(vec![Claim::Principal(at)]);
            }
            order.pro_rata(each(Claim::Commitment, commitments));
            order.pro_rata(each(Claim::FeeExcess, fees.len()));
            order.pro_rata(principal(&sub));
            order.residual(residual_to, &redeemed);
        }
        _ => {
            let plan = find(AccountKind::Plan).unwrap_or(0);
            let held: &[Condition] = if after_redemption { &redeemed } else { &[] };
            order.begin(Branch::Normal, plan);
            order.pro_rata(vec![Claim::Tax]);
            order.pro_rata(each(Claim::Fee, fees.len()));
            order.pro_rata(interest(&senior));
            order.pro_rata(interest(&mezzanine));
            order.in_order(principal(&senior), &[]);
            order.in_order(principal(&mezzanine), &[]);
            order.pro_rata(reserve);
            order.limited(interest(&sub), Limit::Due, &sub_income(&above));
            order.limited(each(Claim::Commitment, commitments), Limit::Due, held);
            order.limited(each(Claim::FeeExcess, fees.len()), Limit::Due, held);
            order.limited(principal(&sub), Limit::Due, held);
            order.residual(residual_to, held);
            for branch in [Branch::Accelerated, Branch::Default] {
                order.begin(branch, plan);
                order.pro_rata(vec![Claim::Tax]);
                order.pro_rata(each(Claim::Fee, fees.len()));
                order.pro_rata(interest(&senior));
                order.pro_rata(principal(&senior));
                order.pro_rata(interest(&mezzanine));
                order.pro_rata(principal(&mezzanine));
                order.pro_rata(each(Claim::Commitment, commitments));
                order.pro_rata(each(Claim::FeeExcess, fees.len()));
                order.pro_rata(principal(&sub));
                order.residual(residual_to, &redeemed);
            }
        }
    }
    order.steps
}

/// Sub income is never paid while an amount above is unpaid or a supporter is owed.
fn sub_income(above: &[usize]) -> Vec<Condition> {
    let mut when: Vec<Condition> = above.iter().map(|&at| Condition::Paid(at)).collect();
    when.push(Condition::SupportersRepaid);
    when
}

/// Writes steps one after another, leaving out those with nothing to pay.
struct Order {
    steps: Vec<Step>,
    branch: Option<Branch>,
    from: usize,
}

impl Order {
    fn begin(&mut self, branch: Branch, from: usize) {
        self.branch = Some(branch);
        self.from = from;
    }

    fn push(&mut self, pay: Vec<Claim>, split: Split, up_to: Limit, when: &[Condition]) {
        if pay.is_empty() {
            return;
        }
        let number = self.steps.len() as u32 + 1;
        let (branch, from, when) = (self.branch, self.from, when.to_vec());
        self.steps.push(Step {
            number,
            name: number.to_string(),
            branch,
            from,
            pay,
            split,
            up_to,
            when,
        });
    }

    fn pro_rata(&mut self, pay: Vec<Claim>) {
        self.push(pay, Split::ProRata, Limit::Due, &[]);
    }

    fn in_order(&mut self, pay: Vec<Claim>, when: &[Condition]) {
        self.push(pay, Split::InOrder, Limit::Due, when);
    }

    fn limited(&mut self, pay: Vec<Claim>, up_to: Limit, when: &[Condition]) {
        self.push(pay, Split::InOrder, up_to, when);
    }

    fn residual(&mut self, to: Option<usize>, when: &[Condition]) {
        self.push(
            to.map(Claim::Residual).into_iter().collect(),
            Split::InOrder,
            Limit::Due,
            when,
        );
    }
}
