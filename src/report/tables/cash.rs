//! Tables of cash: what came in, what was paid, where it waited, and every movement.
use std::collections::BTreeMap;

use crate::analytics::statement;
use crate::dates::Date;
use crate::deal::Deal;
use crate::engine::{Event, Flows, LoanFlow, Moment, Party, Posting, account_name, loan_flows};
use crate::num::{Decimal, yuan_of};
use crate::report::names;
use crate::report::table::{Cell, Sheet};
use crate::scenario::Scenario;

/// 现金流归集表. `recognised_defaults` is what triggers count so far; the rate is all defaults so far
/// over initial principal.
pub(super) fn collections(deal: &Deal, flows: &Flows) -> Sheet {
    let header = [
        "period_end",
        "payment_date",
        "opening",
        "interest",
        "principal",
        "prepaid",
        "defaulted",
        "recovered",
        "closing",
        "clean_up",
        "recognised_defaults",
        "cumulative_default_rate",
    ];
    let mut sheet = Sheet::new("collections.csv", &header);
    let initial = yuan_of(deal.initial_principal());
    let mut defaulted = statement::defaulted_before(deal);
    for row in 0..flows.rows.len() {
        let (pool, period) = (statement::pool(flows, row), flows.period(row));
        defaulted += pool.defaulted;
        sheet.rows.push(vec![
            Cell::Date(period.calculation),
            Cell::Date(period.payment),
            Cell::Yuan(pool.opening),
            Cell::Yuan(pool.interest),
            Cell::Yuan(pool.principal),
            Cell::Yuan(pool.prepaid),
            Cell::Yuan(pool.defaulted),
            Cell::Yuan(pool.recovered),
            Cell::Yuan(pool.closing),
            Cell::Yuan(pool.clean_up),
            Cell::Yuan(pool.recognised),
            super::part(defaulted, initial),
        ]);
    }
    sheet
}

/// 证券现金流表.
pub(super) fn notes(deal: &Deal, flows: &Flows) -> Sheet {
    let header = [
        "payment_date",
        "tranche",
        "opening",
        "interest_due",
        "interest_paid",
        "interest_unpaid",
        "principal_paid",
        "closing",
        "residual_paid",
        "principal_due",
        "principal_unpaid",
    ];
    let mut sheet = Sheet::new("notes.csv", &header);
    for row in 0..flows.rows.len() {
        for (at, tranche) in deal.tranches().iter().enumerate() {
            let class = statement::class(deal, flows, row, at);
            sheet.rows.push(vec![
                Cell::Date(flows.period(row).payment),
                Cell::text(&tranche.name),
                Cell::Yuan(class.opening),
                Cell::Yuan(class.interest.due),
                Cell::Yuan(class.interest.paid),
                Cell::Yuan(class.interest.unpaid),
                Cell::Yuan(class.principal_paid),
                Cell::Yuan(class.closing),
                Cell::Yuan(class.residual_paid),
                Cell::Yuan(class.principal_due),
                Cell::Yuan(class.principal_unpaid),
            ]);
        }
    }
    sheet
}

/// Taxes, fees in the order of the deal, the registrar.
pub(super) fn fees(deal: &Deal, flows: &Flows) -> Sheet {
    let header = ["payment_date", "fee", "due", "paid", "unpaid"];
    let mut sheet = Sheet::new("fees.csv", &header);
    for row in 0..flows.rows.len() {
        let mut push = |name: &str, claim: statement::ClaimDate| {
            sheet.rows.push(vec![
                Cell::Date(flows.period(row).payment),
                Cell::text(name),
                Cell::Yuan(claim.due),
                Cell::Yuan(claim.paid),
                Cell::Yuan(claim.unpaid),
            ]);
        };
        push("tax", statement::tax(flows, row));
        for (at, fee) in deal.fees().iter().enumerate() {
            push(&fee.name, statement::fee(flows, row, at));
        }
        push("registrar", statement::registrar(flows, row));
    }
    sheet
}

/// Every account, re-added from the postings: a row at closing, then one a payment date.
pub(super) fn accounts(deal: &Deal, flows: &Flows) -> Sheet {
    let header = ["date", "account", "opening", "in", "out", "closing"];
    let mut sheet = Sheet::new("accounts.csv", &header);
    let count = flows.cells.accounts.len();
    let moved = moved(flows);
    let mut balances = match deal.state() {
        None => vec![Decimal::ZERO; count],
        Some(_) => flows.cells.accounts.iter().map(|&cell| flows.opening[cell]).collect(),
    };
    let closing = deal.state().is_none().then_some((None, deal.terms().closing));
    let dates = (0..flows.rows.len()).map(|row| (Some(row), flows.period(row).payment));
    for (row, date) in closing.into_iter().chain(dates) {
        for (at, balance) in balances.iter_mut().enumerate() {
            let (paid_in, paid_out) = moved.get(&(row, at)).copied().unwrap_or_default();
            let opening = *balance;
            *balance = opening + paid_in - paid_out;
            sheet.rows.push(vec![
                Cell::Date(date),
                Cell::text(account_name(deal, at)),
                Cell::Yuan(opening),
                Cell::Yuan(paid_in),
                Cell::Yuan(paid_out),
                Cell::Yuan(*balance),
            ]);
        }
    }
    sheet
}

/// (in, out) by row (none is closing) and account.
fn moved(flows: &Flows) -> BTreeMap<(Option<usize>, usize), (Decimal, Decimal)> {
    let mut moved: BTreeMap<_, (Decimal, Decimal)> = BTreeMap::new();
    for posting in &flows.postings {
        let row = match posting.moment {
            Moment::Closing => None,
            Moment::Transfer | Moment::Support | Moment::Payment => {
                Some(posting.period - flows.start)
            }
        };
        if let Party::Account(at) = posting.to {
            moved.entry((row, at)).or_default().0 += posting.amount;
        }
        if let Party::Account(at) = posting.from {
            moved.entry((row, at)).or_default().1 += posting.amount;
        }
    }
    moved
}

/// Every commitment, then every loan-level cover, on every payment date. A cover is called on its
/// pay date and is owed nothing back.
pub(super) fn supports(deal: &Deal, flows: &Flows) -> Sheet {
    let header =
        ["date", "supporter", "called", "paid", "unpaid", "repaid", "outstanding", "commitment"];
    let mut sheet = Sheet::new("supports.csv", &header);
    for (row, after) in flows.rows.iter().enumerate() {
        let commitments = deal.commitments().iter().zip(&flows.cells.commitments);
        for (at, (commitment, owed)) in commitments.enumerate() {
            sheet.rows.push(vec![
                Cell::Date(flows.period(row).payment),
                Cell::Text(names::supporter(deal, at)),
                Cell::Yuan(after[owed.called]),
                Cell::Yuan(after[owed.paid]),
                Cell::Yuan(after[owed.called] - after[owed.paid]),
                Cell::Yuan(after[owed.repaid]),
                Cell::Yuan(after[owed.outstanding]),
                Cell::text(&commitment.name),
            ]);
        }
        for (at, cover) in deal.covers().iter().enumerate() {
            let paid = statement::cover(flows, row, at);
            sheet.rows.push(vec![
                Cell::Date(flows.period(row).payment),
                Cell::Text(names::giver(deal, at)),
                Cell::Yuan(paid.called),
                Cell::Yuan(paid.paid),
                Cell::Yuan(paid.called - paid.paid),
                Cell::Yuan(Decimal::ZERO),
                Cell::Yuan(Decimal::ZERO),
                Cell::text(&cover.name),
            ]);
        }
    }
    sheet
}

/// What happened, beside payments.
pub(super) fn events(deal: &Deal, flows: &Flows) -> Sheet {
    let mut sheet = Sheet::new("events.csv", &["date", "event", "detail"]);
    for &(date, event) in &flows.events {
        let (word, _) = names::event(deal, event);
        sheet.rows.push(vec![
            Cell::Date(date),
            Cell::text(word),
            Cell::Text(event_detail(deal, flows, date, event)),
        ]);
    }
    sheet
}

/// Of what, and for a call how much.
fn event_detail(deal: &Deal, flows: &Flows, date: Date, event: Event) -> String {
    let (_, of) = names::event(deal, event);
    match event {
        Event::InForce(at) => {
            let effect = names::effect(deal.triggers()[at].effect);
            format!("{of}: {effect}")
        }
        Event::Called(at) => {
            let row = (0..flows.rows.len()).find(|&row| flows.period(row).test == date);
            let owed = flows.cells.commitments[at];
            let amounts = row.map(|row| (flows.rows[row][owed.called], flows.rows[row][owed.paid]));
            let (called, paid) = amounts.unwrap_or_default();
            format!("{of}: called {called:.2}, paid {paid:.2}")
        }
        Event::CoverCalled(at) => {
            let of_day = flows.collections.covers.iter();
            let of_day = || of_day.clone().filter(|flow| flow.cover == at && flow.date == date);
            let called = yuan_of(of_day().map(|flow| flow.called).sum());
            let paid = yuan_of(of_day().map(|flow| flow.paid).sum());
            format!("{of}: called {called:.2}, paid {paid:.2}")
        }
        Event::PaidIntoPledge(at) => {
            let payouts = flows.collections.payouts.iter();
            let of_day = payouts.filter(|of| of.cover == at && of.pay_on == date);
            let each = of_day.map(|of| {
                let right = &deal.rights()[of.right].name;
                format!("{right}: owed {:.2}, paid {:.2}", yuan_of(of.owed), yuan_of(of.paid))
            });
            format!("{of}: {}", each.collect::<Vec<_>>().join("; "))
        }
        Event::Cured(_)
        | Event::ObligorDefault(_)
        | Event::SupporterFailed(_)
        | Event::Redeemed(_)
        | Event::Infringed(_)
        | Event::CleanUp
        | Event::End => of,
        Event::Unpaid(at) => {
            let (class, last) = (flows.cells.tranches[at], flows.closing());
            let (principal, interest) = (last[class.balance], last[class.interest]);
            format!("{of}: principal {principal:.2}, interest {interest:.2}")
        }
    }
}

/// The journal.
pub(super) fn postings(deal: &Deal, flows: &Flows) -> Sheet {
    let mut sheet = Sheet::new("postings.csv", &["date", "from", "to", "amount", "why"]);
    for posting in &flows.postings {
        sheet.rows.push(vec![
            Cell::Date(posting_date(deal, flows, posting)),
            Cell::Text(names::party(deal, posting.from)),
            Cell::Text(names::party(deal, posting.to)),
            Cell::Yuan(posting.amount),
            Cell::Text(names::why(deal, posting)),
        ]);
    }
    sheet
}

fn posting_date(deal: &Deal, flows: &Flows, posting: &Posting) -> Date {
    let period = &flows.periods[posting.period];
    match posting.moment {
        Moment::Closing => deal.terms().closing,
        Moment::Transfer => period.transfer,
        Moment::Support => period.support,
        Moment::Payment => period.payment,
    }
}

/// What each loan did, by day; also what comes after the last distribution.
pub(super) fn loans(deal: &Deal, scenario: &Scenario) -> Sheet {
    let header = ["due_date", "loan", "principal", "interest", "defaulted", "recovered", "prepaid"];
    let mut sheet = Sheet::new("loans.csv", &header);
    let mut days: BTreeMap<(Date, usize), LoanFlow> = BTreeMap::new();
    for flow in loan_flows(deal, scenario) {
        let day = days.entry((flow.date, flow.loan));
        day.and_modify(|sum| {
            sum.principal += flow.principal;
            sum.interest += flow.interest;
            sum.prepaid += flow.prepaid;
            sum.defaulted += flow.defaulted;
            sum.recovered += flow.recovered;
        })
        .or_insert(flow);
    }
    for flow in days.values() {
        sheet.rows.push(vec![
            Cell::Date(flow.date),
            Cell::text(&deal.loans()[flow.loan].name),
            Cell::Yuan(yuan_of(flow.principal)),
            Cell::Yuan(yuan_of(flow.interest)),
            Cell::Yuan(yuan_of(flow.defaulted)),
            Cell::Yuan(yuan_of(flow.recovered)),
            Cell::Yuan(yuan_of(flow.prepaid)),
        ]);
    }
    sheet
}
