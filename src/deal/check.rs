//! Faults that lie between tables: what no single cell shows.

use super::paper::{
    Account, AccountKind, Amortisation, Coupon, Cover, CoverPays, Release, Seniority,
};
use super::waterfall::{Branch, Claim, Condition, Step};
use super::{Parts, licence, opening_balances, proceeds, retention, units};
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

pub(super) fn table(table: &'static str, text: String) -> Fault {
    let place = Place { table, row: None, column: None };
    Fault { place, text }
}

pub(super) fn cell(table: &'static str, row: usize, column: &'static str, text: String) -> Fault {
    let place = Place { table, row: Some(row), column: Some(column) };
    Fault { place, text }
}

pub(super) fn term(key: &'static str, text: String) -> Fault {
    let place = Place { table: "deal", row: None, column: Some(key) };
    Fault { place, text }
}

/// The columns of tables (of deal.csv the keys) that something follows from.
pub type Reads = &'static [(&'static str, &'static [&'static str])];

/// What nominal payment dates and maturities follow from, as the terms have them.
pub const NOMINAL_DATES: Reads = &[
    (
        "deal",
        &[
            "first_payment_date",
            "payment_frequency",
            "payment_dates",
            "expected_maturity",
            "legal_maturity",
        ],
    ),
    ("tranches", &["tranche", "expected_maturity"]),
];

/// Steps, and the names in them; without waterfall.csv they follow from the structure.
const STEPS: (&str, &[&str]) = ("waterfall", &["step", "branch", "from", "pay"]);
const STRUCTURE: (&str, &[&str]) = ("deal", &["structure"]);
const CLASSES: (&str, &[&str]) = ("tranches", &["tranche", "class", "coupon_kind", "coupon_pa"]);

/// One kind of fault, and what it follows from.
struct Check {
    reads: &'static [Reads],
    find: fn(&Parts, &mut Vec<Fault>),
}

const CHECKS: &[Check] = &[
    Check {
        reads: &[&[("loans", &["loan", "principal"]), ("tranches", &["tranche", "notional"])]],
        find: sizes,
    },
    Check {
        reads: &[&[
            ("deal", &["structure", "rounding", "purchase_price", "reserve_from"]),
            ("tranches", &["tranche", "notional", "issue_price"]),
            ("accounts", &["account", "kind", "opening"]),
        ]],
        find: price,
    },
    Check {
        reads: &[&[("deal", &["unit_decimals"]), ("tranches", &["tranche", "notional"])]],
        find: units::faults,
    },
    Check {
        reads: &[&[
            ("deal", &["retention"]),
            ("tranches", &["tranche", "class", "notional", "retained"]),
        ]],
        find: retention::faults,
    },
    Check {
        reads: &[&[
            ("loans", &["loan", "repayment", "maturity_date"]),
            ("dues", &["loan", "due_date"]),
            ("rights", &["loans", "kind", "filing_date", "expiry_date", "renewed"]),
        ]],
        find: licence::faults,
    },
    Check { reads: &[NOMINAL_DATES], find: maturities },
    Check {
        reads: &[
            NOMINAL_DATES,
            &[
                ("tranches", &["coupon_kind", "amortisation"]),
                ("plan", &["tranche", "date", "target_principal", "target_balance", "coupon_pa"]),
            ],
        ],
        find: planned_dates,
    },
    Check {
        reads: &[&[
            STEPS,
            STRUCTURE,
            CLASSES,
            ("deal", &["vat"]),
            ("triggers", &["trigger", "effect"]),
        ]],
        find: paid,
    },
    Check { reads: &[&[STEPS, STRUCTURE, ("fees", &["fee"])]], find: fees_paid },
    Check {
        reads: &[&[
            STEPS,
            STRUCTURE,
            (
                "accounts",
                &["account", "kind", "opening", "target_amount", "target_share", "target_of"],
            ),
        ]],
        find: accounts,
    },
    Check {
        reads: &[&[
            ("accounts", &["account", "kind", "release"]),
            ("commitments", &["commitment", "earmarked", "reserve_first"]),
        ]],
        find: reserves_first,
    },
    Check {
        reads: &[&[
            STEPS,
            STRUCTURE,
            CLASSES,
            ("fees", &["fee"]),
            ("commitments", &["commitment", "scope"]),
        ]],
        find: scopes,
    },
    Check {
        reads: &[&[
            ("loans", &["loan"]),
            ("supporters", &["supporter"]),
            ("rights", &["right"]),
            ("covers", &["cover", "loans", "rights", "supporter", "pays", "share"]),
        ]],
        find: covers,
    },
];

/// Every fault that follows from `sound` columns alone: `sound("loans", &["principal"])` says
/// whether these columns of the table hold what its cells say.
pub fn faults_between(parts: &Parts, sound: impl Fn(&str, &[&str]) -> bool) -> Vec<Fault> {
    let mut out = Vec::new();
    for check in CHECKS {
        let mut reads = check.reads.iter().copied().flatten();
        if reads.all(|(table, columns)| sound(table, columns)) {
            (check.find)(parts, &mut out);
        }
    }
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

/// A pool that does not reach the notes, or is beyond what can be counted. A deal in mid-life was
/// checked as it began.
fn sizes(parts: &Parts, out: &mut Vec<Fault>) {
    if parts.state.is_some() {
        return;
    }
    let principal = parts.loans.iter().map(|loan| loan.principal);
    let loans = principal.fold(0, |sum: Fen, one| sum.saturating_add(one));
    if loans >= FEN_LIMIT {
        let most = "10,000,000,000,000 yuan";
        out.push(table("loans", format!("the loans hold {most} or more in all")));
    }
    let notes: Fen = parts.tranches.iter().map(|tranche| tranche.notional).sum();
    if loans < notes {
        let (loans, notes) = (yuan_of(loans), yuan_of(notes));
        let text = format!("the loans hold {loans}, the notes {notes}");
        out.push(table("loans, tranches", text));
    }
}

fn price(parts: &Parts, out: &mut Vec<Fault>) {
    if parts.state.is_some() || opening_balances(parts).iter().all(|balance| *balance >= 0) {
        return;
    }
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

fn maturities(parts: &Parts, out: &mut Vec<Fault>) {
    let terms = &parts.terms;
    let nominal = terms.nominal_dates();
    if nominal.len() > MAX_PERIODS {
        let text = format!("{} payment dates (at most {MAX_PERIODS})", nominal.len());
        out.push(term("legal_maturity", text));
        return;
    }
    for (at, tranche) in parts.tranches.iter().enumerate() {
        let expected = tranche.expected_maturity;
        if expected > terms.legal_maturity {
            let text = format!("{expected} is after legal maturity {}", terms.legal_maturity);
            out.push(cell("tranches", at, "expected_maturity", text));
        } else if nominal.binary_search(&expected).is_err() {
            let text = off_the_grid(&nominal, expected);
            out.push(cell("tranches", at, "expected_maturity", text));
        }
    }
}

/// A date that is no nominal payment date, and those before and after it.
fn off_the_grid(nominal: &[Date], date: Date) -> String {
    let after = nominal.partition_point(|at| *at < date);
    let before = after.checked_sub(1).map(|at| &nominal[at]);
    let near: Vec<String> =
        before.into_iter().chain(nominal.get(after)).map(Date::to_string).collect();
    format!("{date} is not a nominal payment date (the nearest: {})", near.join(", "))
}

fn planned_dates(parts: &Parts, out: &mut Vec<Fault>) {
    let nominal = parts.terms.nominal_dates();
    if nominal.len() > MAX_PERIODS {
        return;
    }
    let is_payment = |date: Date| nominal.binary_search(&date).is_ok();
    for tranche in &parts.tranches {
        let name = &tranche.name;
        let rows = match &tranche.amortisation {
            Amortisation::TargetPrincipal(rows) | Amortisation::TargetBalance(rows) => rows,
            Amortisation::Turbo { target_balance } => target_balance,
            Amortisation::PassThrough | Amortisation::Bullet => &Vec::new(),
        };
        for row in rows.iter().filter(|row| !is_payment(row.date)) {
            let text = format!("{name}: {}", off_the_grid(&nominal, row.date));
            out.push(table("plan", text));
        }
        if let Coupon::Step(steps) = &tranche.coupon {
            for (from, _) in steps.iter().skip(1).filter(|(from, _)| !is_payment(*from)) {
                let text = format!("{name}: coupon: {}", off_the_grid(&nominal, *from));
                out.push(table("plan", text));
            }
        }
    }
}

/// Every class and the tax has its step in a branch that can occur.
fn paid(parts: &Parts, out: &mut Vec<Fault>) {
    for branch in branches(parts) {
        paid_in(parts, branch, out);
    }
}

fn paid_in(parts: &Parts, branch: Branch, out: &mut Vec<Fault>) {
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

fn reserves_first(parts: &Parts, out: &mut Vec<Fault>) {
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
    }
}

fn scopes(parts: &Parts, out: &mut Vec<Fault>) {
    let fee = |at: usize| parts.fees.get(at).map(|fee| fee.name.as_str());
    let class = |at: usize| parts.tranches.get(at).map(|tranche| tranche.name.as_str());
    for (at, commitment) in parts.commitments.iter().enumerate() {
        for claim in commitment.scope.iter().filter(|claim| !pays_anywhere(parts, **claim)) {
            let (word, name) = match *claim {
                Claim::Tax => ("tax", Some("")),
                Claim::Fee(at) => ("fee:", fee(at)),
                Claim::FeeExcess(at) => ("fee_excess:", fee(at)),
                Claim::Interest(at) => ("interest:", class(at)),
                Claim::Principal(at) => ("principal:", class(at)),
                Claim::Account(_) | Claim::Commitment(_) | Claim::Residual(_) => continue,
            };
            if let Some(name) = name {
                let text = format!("covers {word}{name}, which no step pays");
                out.push(cell("commitments", at, "scope", text));
            }
        }
    }
}

/// Loans and supporters that there are, no loan twice, something to pay, and of no loan more than
/// there is.
fn covers(parts: &Parts, out: &mut Vec<Fault>) {
    for (at, cover) in parts.covers.iter().enumerate() {
        let mut fault = |column, text: String| out.push(cell("covers", at, column, text));
        if cover.supporter >= parts.supporters.len() {
            fault("supporter", format!("there is no supporter {}", cover.supporter));
        }
        let of_rights = cover.pays == CoverPays::OnInfringement;
        if cover.loans.is_empty() && !of_rights {
            fault("loans", "covers no loan".to_owned());
        }
        if cover.rights.is_empty() && of_rights {
            fault("rights", "covers no right".to_owned());
        }
        if let Some(right) = cover.rights.iter().find(|right| **right >= parts.rights.len()) {
            fault("rights", format!("there is no right {right}"));
        }
        if let Some(loan) = cover.loans.iter().find(|loan| **loan >= parts.loans.len()) {
            fault("loans", format!("there is no loan {loan}"));
        }
        if let Some(pair) = cover.loans.windows(2).find(|pair| pair[0] >= pair[1]) {
            fault("loans", format!("loan {} does not come after loan {}", pair[1], pair[0]));
        }
        if cover.share <= Decimal::ZERO || cover.share > Decimal::ONE {
            fault("share", format!("a share of {} (want above 0, at most 1)", cover.share));
        }
    }
    cover_shares(parts, out);
}

/// Covers of one loan, or of one right, pay side by side: the largest sum of shares is told, and
/// how many are too large.
fn cover_shares(parts: &Parts, out: &mut Vec<Fault>) {
    let loans: Vec<&str> = parts.loans.iter().map(|loan| loan.name.as_str()).collect();
    shares_of(parts, &loans, |cover| &cover.loans, out);
    let rights: Vec<&str> = parts.rights.iter().map(|right| right.name.as_str()).collect();
    shares_of(parts, &rights, |cover| &cover.rights, out);
}

fn shares_of(parts: &Parts, names: &[&str], of: impl Fn(&Cover) -> &[usize], out: &mut Vec<Fault>) {
    let mut shares = vec![Decimal::ZERO; names.len()];
    for cover in &parts.covers {
        for &at in of(cover) {
            if let Some(sum) = shares.get_mut(at) {
                *sum += cover.share;
            }
        }
    }
    let over = shares.iter().filter(|sum| **sum > Decimal::ONE).count();
    // Of equal sums the first.
    let most = shares.iter().enumerate().rev().max_by_key(|(_, sum)| **sum);
    if let Some((at, sum)) = most.filter(|_| over > 0) {
        let (name, percent) = (names[at], (sum * Decimal::ONE_HUNDRED).normalize());
        let others = match over {
            1 => String::new(),
            _ => format!("; {over} are above it"),
        };
        let text = format!("the shares of {name} sum to {percent}% (want at most 100%{others})");
        out.push(table("covers", text));
    }
}
