//! actuals.csv: what the loans of a deal in mid-life have paid, and so what they still owe.
//!
//! Each payment pays interest first, then principal that is due; what is left waits for the next
//! due date, and what then is still left is prepaid. Interest accrues as the loan's contract says,
//! on the balance that is really left. Payments after the last calculation date belong to the next
//! collection period, which expects them by contract.

use super::problems::Place;
use super::reader::{Book, Names, fen};
use super::table::Table;
use crate::asset::{Loan, Repayment};
use crate::dates::{Date, add_days};
use crate::deal::{Deal, State};
use crate::engine::{ContractDue, Period, periods, pool};
use crate::num::{Fen, Rounding};
use crate::scenario::RateShift;

/// What a loan paid on a day.
type Payment = (Date, Fen);

/// A row of the table.
pub struct Actual {
    loan: usize,
    date: Date,
    paid: Fen,
    /// Of the date.
    place: Place,
}

/// The rows that can be read; `None` where the folder has no such table.
pub fn read(
    book: &Book,
    names: &Names,
    cutoff: Option<Date>,
    as_of: Option<Date>,
) -> Option<Vec<Actual>> {
    let table = book.table("actuals.csv")?;
    let mut actuals = Vec::new();
    for row in Table::rows(&table) {
        let (date, paid) = (row.date("date"), fen(book, &row, "paid"));
        let loan = row.text("loan").map(|name| (book.index(&row.place("loan"), name, names), name));
        let Some(date) = date else { continue };
        let place = row.place("date");
        if let (Some(cutoff), Some(as_of)) = (cutoff, as_of)
            && (date < cutoff || date > as_of)
        {
            let text = format!("{date} is not from cut-off {cutoff} to as_of_date {as_of}");
            book.problems.at(&place, text);
        }
        if let (Some(paid), Some((loan, name))) = (paid, loan)
            && names.find(name).is_some()
        {
            actuals.push(Actual { loan, date, paid, place });
        }
    }
    Some(actuals)
}

/// The loans as they stand after the last payment date. `deal` is the deal as it began.
pub fn loans(
    book: &Book,
    deal: &Deal,
    state: &State,
    actuals: Option<&[Actual]>,
    names: &Names,
) -> Vec<Loan> {
    let periods = periods(deal.terms());
    let as_of = state.as_of.unwrap_or(deal.terms().closing);
    let paid = periods.iter().rfind(|period| period.payment <= as_of);
    let Some(Period { calculation, .. }) = paid else {
        return deal.loans().to_vec();
    };
    let by_loan = actuals.map(|actuals| payments(book, deal, actuals, *calculation));
    let pool = pool(deal, RateShift::NONE, &periods);
    let mut loans = deal.loans().to_vec();
    for (at, loan) in loans.iter_mut().enumerate() {
        let dues: Vec<ContractDue> = pool.dues_of(at).copied().collect();
        let before = dues.partition_point(|due| due.date <= *calculation);
        let (past, later) = dues.split_at(before);
        let by_contract = later.first().map_or(0, |due| due.opening);
        let left = match &by_loan {
            Some(by_loan) => left(loan.principal, past, &by_loan[at], deal.terms().rounding),
            None => by_contract,
        };
        if left > 0 && later.is_empty() {
            let place = names.place(at, "maturity_date");
            let text = "the loan has matured and is not repaid: it is taken to recover nothing";
            book.warn(&place, text);
        }
        settle(loan, left, by_contract, past.len(), *calculation);
    }
    loans
}

/// By loan, in order of date.
fn payments(book: &Book, deal: &Deal, actuals: &[Actual], calculation: Date) -> Vec<Vec<Payment>> {
    let mut by_loan = vec![Vec::new(); deal.loans().len()];
    for Actual { loan, date, paid, place } in actuals {
        if *date > calculation {
            let text =
                format!("{date} is after the calculation date {calculation}: not counted yet");
            book.warn(place, text);
        } else {
            by_loan[*loan].push((*date, *paid));
        }
    }
    for payments in &mut by_loan {
        payments.sort_by_key(|(date, _)| *date);
    }
    by_loan
}

/// What a loan owes once its payments have been taken up.
fn left(principal: Fen, dues: &[ContractDue], payments: &[Payment], rounding: Rounding) -> Fen {
    let (mut balance, mut interest_owed, mut in_hand, mut next) = (principal, 0, 0, 0);
    let last = dues.last().map(|due| due.date);
    let days = dues.iter().map(|due| due.date).chain(last.map(|day| add_days(day, 36_500)));
    for (at, day) in days.enumerate() {
        if let Some(due) = dues.get(at) {
            // Late payments pay what was owed before this date.
            while let Some((_, paid)) = payments.get(next).filter(|(date, _)| *date < day) {
                in_hand = Fen::saturating_add(in_hand, *paid);
                next += 1;
                let plan = at.checked_sub(1).map(|before| scheduled(&dues[before]));
                let owed = plan.unwrap_or(principal);
                (balance, interest_owed, in_hand) =
                    pay(balance, interest_owed, in_hand, (balance - owed).max(0));
            }
            interest_owed += match due.interest_ratio {
                Some(ratio) => ratio.of(balance, rounding),
                None => due.interest,
            };
        }
        while let Some((_, paid)) = payments.get(next).filter(|(date, _)| *date <= day) {
            in_hand = Fen::saturating_add(in_hand, *paid);
            next += 1;
        }
        (balance, interest_owed, in_hand) = pay(balance, interest_owed, in_hand, balance);
    }
    if dues.is_empty() {
        let paid = payments.iter().map(|(_, paid)| *paid).fold(0, Fen::saturating_add);
        return (principal - paid).max(0);
    }
    balance
}

/// Balance by contract once a due is paid.
fn scheduled(due: &ContractDue) -> Fen {
    due.opening - due.principal
}

/// Interest first, then principal up to `most`: (balance, interest owed, cash) that are left.
fn pay(balance: Fen, interest_owed: Fen, cash: Fen, most: Fen) -> (Fen, Fen, Fen) {
    let interest = cash.min(interest_owed);
    let principal = (cash - interest).min(most).min(balance);
    (balance - principal, interest_owed - interest, cash - interest - principal)
}

/// The loan with what is left of it, and the rest of its schedule.
fn settle(loan: &mut Loan, left: Fen, by_contract: Fen, past: usize, calculation: Date) {
    loan.principal = left;
    match &mut loan.repayment {
        Repayment::Balloon { periods } => {
            *periods = periods.saturating_sub(past as u32).max(1);
        }
        Repayment::Custom => {
            // The last due date takes what is left; more than the rest was planned for is its too.
            let scale = left < by_contract;
            for due in loan.dues.iter_mut().filter(|due| due.date > calculation && scale) {
                due.principal =
                    crate::num::share(left, due.principal, by_contract, Rounding::HalfUp);
                due.interest = due.interest.map(|interest| {
                    crate::num::share(left, interest, by_contract, Rounding::HalfUp)
                });
            }
        }
        Repayment::Level
        | Repayment::EqualPrincipal
        | Repayment::Bullet
        | Repayment::AtMaturity => {}
    }
}
