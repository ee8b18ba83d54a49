//! Faults that lie between tables: what no single cell shows.

use super::paper::{Account, AccountKind, Amortisation, Coupon, Release, Seniority, Tranche};
use super::waterfall::{Branch, Claim, Condition, Step};
use super::{Parts, opening_balances, proceeds};
use crate::asset::Loan;
use crate::dates::Date;
use crate::num::{Decimal, FEN_LIMIT, Fen, yuan_of};

/// Payment dates of a deal at most.
pub const MAX_PERIODS: usize = 600;

/// Where a fault lies: a table (or two, with a comma), a row of it (from 0, as the parts are
/// ordered), a column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    pub table: &'static str,
    pub row: Option<usize>,
    pub column: Option<&'static str>,
}

/// A fault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    pub place: Place,
    pub text: String,
}

fn table(table: &'static str, text: String) -> Fault {
    let place = Place { table, row: None, column: None };
    Fault { place, text }
}

fn cell(table: &'static str, row: usize, column: &'static str, text: String) -> Fault {
    let place = Place { table, row: Some(row), column: Some(column) };
    Fault { place, text }
}

fn term(key: &'static str, text: String) -> Fault {
    let place = Place { table: "deal", row: None, column: Some(key) };
    Fault { place, text }
}

pub(super) fn faults(parts: &Parts) -> Vec<Fault> {
    let mut out = Vec::new();
    if parts.state.is_none() {
        money(parts, &mut out);
    }
    dates(parts, &mut out);
    for branch in branches(parts) {
        paid(parts, branch, &mut out);
    }
    fees_paid(parts, &mut out);
    accounts(parts, &mut out);
    scopes(parts, &mut out);
    out
}

/// What a deal may do, but few mean to: a junior class repaid before a senior one.
pub fn doubts(parts: &Parts) -> Vec<Fault> {
    let mut out = Vec::new();
    let pays_residual =
        |step: &Step| step.pay.iter().any(|claim| matches!(claim, Claim::Residual(_)));
    if !parts.steps.iter().any(pays_residual) {
        let text = "no step pays a residual: what the classes leave stays on the account";
        out.push(table("waterfall", text.to_owned()));
    }
    for branch in branches(parts) {
        let steps: Vec<(usize, &Step)> = of_branch(parts, branch).collect();
        for (at, step) in &steps {
            for &claim in &step.pay {
                let (Claim::Principal(junior) | Claim::Residual(junior)) = claim else {
                    continue;
                };
                let later = steps.iter().filter(|(other, _)| other > at);
                let claims = later.flat_map(|(_, step)| step.pay.iter().copied());
                let above = |claim: Claim| match claim {
                    Claim::Principal(senior) if ranks_above(parts, senior, junior) => Some(senior),
                    _ => None,
                };
                let mut ahead_of = claims.filter_map(above);
                let open = |senior: &usize| !step.when.contains(&Condition::Redeemed(*senior));
                if let Some(senior) = ahead_of.find(open) {
                    let (low, high) = (&parts.tranches[junior].name, &parts.tranches[senior].name);
                    let text = format!("{low} is repaid before {high}, which ranks above it");
                    out.push(cell("waterfall", *at, "pay", text));
                }
            }
        }
    }
    out
}

fn ranks_above(parts: &Parts, one: usize, other: usize) -> bool {
    parts.tranches[one].seniority < parts.tranches[other].seniority
}

/// Branches that can occur: the normal one, and what some trigger opens.
fn branches(parts: &Parts) -> Vec<Branch> {
    let mut out = vec![Branch::Normal];
    let opened = parts.triggers.iter().filter_map(|trigger| trigger.effect.branch());
    for branch in opened {
        if !out.contains(&branch) {
            out.push(branch);
        }
    }
    out
}

fn word(branch: Branch) -> &'static str {
    match branch {
        Branch::Normal => "normal",
        Branch::Accelerated => "accelerated",
        Branch::Default => "default",
    }
}

fn of_branch(parts: &Parts, branch: Branch) -> impl Iterator<Item = (usize, &Step)> {
    let steps = parts.steps.iter().enumerate();
    steps.filter(move |(_, step)| step.branch.is_none_or(|own| own == branch))
}

/// A pool that does not reach the notes, or is beyond what can be counted.
pub fn sizes(loans: &[Loan], tranches: &[Tranche]) -> Vec<Fault> {
    let mut out = Vec::new();
    let principal = loans.iter().map(|loan| loan.principal);
    let loans = principal.fold(0, |sum: Fen, one| sum.saturating_add(one));
    if loans >= FEN_LIMIT {
        let most = "10,000,000,000,000 yuan";
        out.push(table("loans", format!("the loans hold {most} or more in all")));
    }
    let notes: Fen = tranches.iter().map(|tranche| tranche.notional).sum();
    if loans < notes {
        let (loans, notes) = (yuan_of(loans), yuan_of(notes));
        let text = format!("the loans hold {loans}, the notes {notes}");
        out.push(table("loans, tranches", text));
    }
    out
}

fn money(parts: &Parts, out: &mut Vec<Fault>) {
    out.extend(sizes(&parts.loans, &parts.tranches));
    if opening_balances(parts).iter().any(|balance| *balance < 0) {
        let rounding = parts.terms.rounding;
        let paid_in = parts.tranches.iter().map(|tranche| proceeds(tranche, rounding));
        let (paid_in, price) = (yuan_of(paid_in.sum()), yuan_of(parts.terms.purchase_price));
        let reserve = match parts.terms.reserve_from_originator {
            true => "",
            false => ", and they fund the reserve too",
        };
        let text = format!("{price} is paid to the originator, the notes bring {paid_in}{reserve}");
        out.push(term("purchase_price", text));
    }
}

fn dates(parts: &Parts, out: &mut Vec<Fault>) {
    let terms = &parts.terms;
    let nominal = terms.nominal_dates();
    if nominal.len() > MAX_PERIODS {
        let text = format!("{} payment dates (at most {MAX_PERIODS})", nominal.len());
        out.push(term("legal_maturity", text));
        return;
    }
    let is_payment = |date: Date| nominal.binary_search(&date).is_ok();
    for (at, tranche) in parts.tranches.iter().enumerate() {
        let (name, expected) = (&tranche.name, tranche.expected_maturity);
        if expected > terms.legal_maturity {
            let text = format!("{expected} is after legal maturity {}", terms.legal_maturity);
            out.push(cell("tranches", at, "expected_maturity", text));
        } else if !is_payment(expected) {
            let text = format!("{expected} is not a nominal payment date");
            out.push(cell("tranches", at, "expected_maturity", text));
        }
        let rows = match &tranche.amortisation {
            Amortisation::TargetPrincipal(rows) | Amortisation::TargetBalance(rows) => rows,
            Amortisation::Turbo { target_balance } => target_balance,
            Amortisation::PassThrough | Amortisation::Bullet => &Vec::new(),
        };
        for row in rows.iter().filter(|row| !is_payment(row.date)) {
            let text = format!("{name}: {} is not a nominal payment date", row.date);
            out.push(table("plan", text));
        }
        if let Coupon::Step(steps) = &tranche.coupon {
            for (from, _) in steps.iter().skip(1).filter(|(from, _)| !is_payment(*from)) {
                let text = format!("{name}: coupon from {from}, which is no nominal payment date");
                out.push(table("plan", text));
            }
        }
    }
}

/// Every class and the tax has its step in a branch that can occur.
fn paid(parts: &Parts, branch: Branch, out: &mut Vec<Fault>) {
    let pays = |claim: Claim| of_branch(parts, branch).any(|(_, step)| step.pay.contains(&claim));
    let name = word(branch);
    if parts.terms.vat > Decimal::ZERO && !pays(Claim::Tax) {
        let text = format!("no step pays the tax in the {name} branch, and deal.csv has a VAT");
        out.push(table("waterfall", text));
    }
    for (at, tranche) in parts.tranches.iter().enumerate() {
        let earns = tranche.coupon != Coupon::None;
        // A deal may stop its lower classes once it is accelerated.
        if tranche.seniority != Seniority::Senior && branch != Branch::Normal {
            continue;
        }
        if earns && !pays(Claim::Interest(at)) {
            let class = &tranche.name;
            let text = format!("no step pays interest:{class} in the {name} branch");
            out.push(table("waterfall", text));
        }
        if !pays(Claim::Principal(at)) && !pays(Claim::Residual(at)) {
            let class = &tranche.name;
            let text = format!("no step pays principal:{class} in the {name} branch");
            out.push(table("waterfall", text));
        }
    }
}

fn pays_anywhere(parts: &Parts, claim: Claim) -> bool {
    parts.steps.iter().any(|step| step.pay.contains(&claim))
}

fn fees_paid(parts: &Parts, out: &mut Vec<Fault>) {
    for (at, fee) in parts.fees.iter().enumerate() {
        if !pays_anywhere(parts, Claim::Fee(at)) {
            let text = format!("no step of waterfall.csv pays fee:{}", fee.name);
            out.push(cell("fees", at, "fee", text));
        }
    }
}

fn accounts(parts: &Parts, out: &mut Vec<Fault>) {
    for (at, account) in parts.accounts.iter().enumerate() {
        let filled = pays_anywhere(parts, Claim::Account(at));
        if account.target.is_some() && !filled {
            let text =
                format!("a target, but no step of waterfall.csv pays account:{}", account.name);
            out.push(cell("accounts", at, "account", text));
        }
        let collects = matches!(
            account.kind,
            AccountKind::Plan | AccountKind::Income | AccountKind::Principal
        );
        if collects || filled || account.opening > 0 {
            continue;
        }
        for (step, _) in parts.steps.iter().enumerate().filter(|(_, step)| step.from == at) {
            let text = format!("nothing flows into {}", account.name);
            out.push(cell("waterfall", step, "from", text));
        }
    }
}

fn scopes(parts: &Parts, out: &mut Vec<Fault>) {
    let each_date = |account: &Account| {
        account.kind == AccountKind::Reserve && account.release == Release::EachDate
    };
    for (at, commitment) in parts.commitments.iter().enumerate() {
        if !commitment.reserve_first && commitment.earmarked && parts.accounts.iter().any(each_date)
        {
            let text = "the supporter cannot pay before a reserve that is released on each date \
                        (want earmarked no, or release excess or end in accounts.csv)";
            out.push(cell("commitments", at, "reserve_first", text.to_owned()));
        }
        for claim in commitment.scope.iter().filter(|claim| !pays_anywhere(parts, **claim)) {
            let what = match *claim {
                Claim::Tax => "tax".to_string(),
                Claim::Fee(fee) => format!("fee:{}", parts.fees[fee].name),
                Claim::FeeExcess(fee) => format!("fee_excess:{}", parts.fees[fee].name),
                Claim::Interest(class) => format!("interest:{}", parts.tranches[class].name),
                Claim::Principal(class) => format!("principal:{}", parts.tranches[class].name),
                Claim::Account(_) | Claim::Commitment(_) | Claim::Residual(_) => continue,
            };
            let text = format!("covers {what}, which no step pays");
            out.push(cell("commitments", at, "scope", text));
        }
    }
}
