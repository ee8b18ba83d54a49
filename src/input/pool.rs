//! obligors.csv, loans.csv, dues.csv and rights.csv: the pool. Every row gives one entry, whatever
//! is wrong with it, so that indices are those of the rows.

use super::problems::Place;
use super::reader::{Book, NO_DAY, Names, Value, annual, fen, fen_above_0, pd_points, share};
use super::table::{Row, Table};
use crate::asset::{
    Due, InterestBasis, IpRight, Loan, LoanRate, LprTenor, Obligor, Repayment, RightKind, Status,
};
use crate::dates::{Date, DayCount, Frequency, add_months};
use crate::num::{Decimal, Fen, yuan_of};
use std::collections::BTreeMap;

/// The pool, with the keys of its tables.
pub struct PoolTables {
    pub obligors: Vec<Obligor>,
    pub loans: Vec<Loan>,
    pub rights: Vec<IpRight>,
    pub obligor_names: Names,
    pub loan_names: Names,
}

pub fn read(book: &Book, cutoff: Option<Date>) -> PoolTables {
    let (table, obligor_names) = book.keyed("obligors.csv");
    let obligor_names = obligor_names.needed(book);
    let obligors = table.iter().flat_map(Table::rows).map(|row| obligor(book, &row)).collect();
    let (table, loan_names) = book.keyed("loans.csv");
    let loan_names = loan_names.needed(book);
    let rows = table.iter().flat_map(Table::rows);
    let mut loans: Vec<Loan> = rows.map(|row| loan(book, &row, cutoff, &obligor_names)).collect();
    dues(book, cutoff, &loan_names, &mut loans);
    let rights = rights(book, &loan_names);
    PoolTables { obligors, loans, rights, obligor_names, loan_names }
}

fn own(text: Option<&str>) -> Option<String> {
    text.map(str::to_string)
}

fn obligor(book: &Book, row: &Row) -> Obligor {
    let (pd_1y, pd_later) = pd_points(book, row);
    Obligor {
        name: row.text("obligor").unwrap_or_default().to_string(),
        industry: row.text("industry").unwrap_or("other").to_string(),
        region: row.text("region").unwrap_or("other").to_string(),
        group: own(row.text("group")),
        rating: own(row.text("rating")),
        pd_1y,
        pd_later,
    }
}

fn loan(book: &Book, row: &Row, cutoff: Option<Date>, obligors: &Names) -> Loan {
    let obligor = row.text("obligor");
    let origination = row.date("origination_date");
    let maturity = row.date("maturity_date");
    let style = row.choice("repayment");
    let frequency = row.choice("frequency").and_then(Frequency::parse);
    let frequency = frequency.unwrap_or(Frequency::Quarterly);
    let gridless = matches!(style, Some("at_maturity" | "custom"));
    let first_due = match gridless {
        true => maturity,
        false => row
            .date("first_due_date")
            .or(origination.map(|day| add_months(day, frequency.months()))),
    };
    let before = |early: Option<Date>,
                  late: Option<Date>,
                  column: &str,
                  text: &dyn Fn(Date, Date) -> String| {
        if let (Some(early), Some(late)) = (early, late)
            && late <= early
        {
            book.problems.at(&row.place(column), text(late, early));
        }
    };
    if let (Some(day), Some(cutoff)) = (origination, cutoff)
        && day > cutoff
    {
        let text = format!("{day} is after the cut-off date {cutoff}");
        book.problems.at(&row.place("origination_date"), text);
    }
    before(cutoff, maturity, "maturity_date", &|late, early| {
        format!("{late} is not after the cut-off date {early}")
    });
    before(origination, maturity, "maturity_date", &|late, early| {
        format!("{late} is not after origination {early}")
    });
    if !gridless && !row.is_blank("first_due_date") {
        before(origination, first_due, "first_due_date", &|late, early| {
            format!("{late} is not after origination {early}")
        });
        if let (Some(first), Some(last)) = (first_due, maturity)
            && first > last
        {
            let text = format!("{first} is after maturity {last}");
            book.problems.at(&row.place("first_due_date"), text);
        }
    }
    let due = first_due.or(maturity).unwrap_or(NO_DAY);
    Loan {
        name: row.text("loan").unwrap_or_default().to_string(),
        obligor: obligor.map_or(0, |name| book.index(&row.place("obligor"), name, obligors)),
        principal: fen_above_0(book, row, "principal").unwrap_or(0),
        rate: rate(book, row),
        basis: basis(book, row),
        origination: origination.unwrap_or(NO_DAY),
        first_due: due.min(maturity.unwrap_or(due)),
        maturity: maturity.unwrap_or(NO_DAY),
        frequency,
        repayment: repayment(row, style, frequency),
        status: status(row),
        dues: Vec::new(),
    }
}

fn rate(book: &Book, row: &Row) -> LoanRate {
    let kind = row.choice("rate_kind");
    if kind.is_none() && !row.is_blank("rate_kind") {
        return LoanRate::Fixed(Decimal::ZERO);
    }
    let tenor = match kind {
        Some("lpr_1y") => LprTenor::OneYear,
        Some("lpr_5y") => LprTenor::FiveYears,
        _ => {
            let given = row.need("rate_pa").then(|| annual(book, row, "rate_pa")).flatten();
            if !row.is_blank("spread_pa") {
                let text = "a spread on a fixed rate (write rate_kind lpr_1y or lpr_5y)";
                book.problems.at(&row.place("spread_pa"), text);
            }
            return LoanRate::Fixed(given.unwrap_or(Decimal::ZERO));
        }
    };
    if !row.is_blank("rate_pa") {
        let text = "a rate beside LPR plus spread (leave it blank)";
        book.problems.at(&row.place("rate_pa"), text);
    }
    LoanRate::Floating {
        tenor,
        spread_pa: spread(book, row, "spread_pa"),
        reset_months: row.integer_in("reset_months", 1..=120).unwrap_or(12) as i32,
    }
}

/// From -36% to 36%.
fn spread(book: &Book, row: &Row, column: &str) -> Decimal {
    let spread = row.rate(column).unwrap_or(Decimal::ZERO);
    if spread.abs() > Decimal::new(36, 2) {
        let found = row.written(column).unwrap_or_default();
        book.problems.out_of_range(&row.place(column), found, "-36% to 36%");
    }
    spread
}

fn basis(book: &Book, row: &Row) -> InterestBasis {
    let periodic = |text: &str| matches!(super::cell::key(text).as_str(), "periodic" | "按期");
    match row.text("day_count") {
        Some(text) if periodic(text) => InterestBasis::Periodic,
        _ => InterestBasis::Days(day_count(book, row)),
    }
}

/// ACT/365 where the cell is blank.
pub fn day_count(book: &Book, row: &Row) -> DayCount {
    let Some(text) = row.text("day_count") else {
        return DayCount::Act365;
    };
    let found = DayCount::parse(&super::cell::narrow(text));
    if found.is_none() {
        let text = format!("{text} is none of ACT/365, ACT/360, 30/360 and ACT/ACT");
        book.problems.at(&row.place("day_count"), text);
    }
    found.unwrap_or(DayCount::Act365)
}

fn repayment(row: &Row, style: Option<&str>, frequency: Frequency) -> Repayment {
    match style {
        Some("level") => Repayment::Level,
        Some("equal_principal") => Repayment::EqualPrincipal,
        Some("at_maturity") => Repayment::AtMaturity,
        Some("custom") => Repayment::Custom,
        Some("balloon") => {
            let periods = match row.need("balloon_periods") {
                true => row.integer_in("balloon_periods", 1..=1200 / i64::from(frequency.months())),
                false => None,
            };
            Repayment::Balloon { periods: periods.unwrap_or(1) as u32 }
        }
        _ => Repayment::Bullet,
    }
}

fn status(row: &Row) -> Status {
    match row.choice("status") {
        Some("delinquent") => {
            let days = match row.need("days_past_due") {
                true => row.integer_in("days_past_due", 1..=10_000),
                false => None,
            };
            Status::Delinquent { days: days.unwrap_or(1) as u32 }
        }
        Some("defaulted") => Status::Defaulted,
        _ => Status::Current,
    }
}

/// Gives custom loans their schedules, which must repay them from the cut-off date on.
fn dues(book: &Book, cutoff: Option<Date>, names: &Names, loans: &mut [Loan]) {
    let table = book.table("dues.csv");
    let mut rows_of: BTreeMap<usize, Vec<(usize, Due)>> = BTreeMap::new();
    let mut whole = table.is_some() || !book.has("dues.csv");
    for row in table.iter().flat_map(Table::rows) {
        let date = row.date("due_date");
        let principal = fen(book, &row, "principal");
        let interest = fen(book, &row, "interest");
        let Some(name) = row.text("loan") else {
            whole = false;
            continue;
        };
        if names.find(name).is_none() {
            book.index(&row.place("loan"), name, names);
            whole = false;
            continue;
        }
        let at = book.index(&row.place("loan"), name, names);
        if loans[at].repayment != Repayment::Custom {
            let text = format!("{name} does not have repayment custom in loans.csv");
            book.problems.at(&row.place("loan"), text);
        }
        let (Some(date), Some(principal)) = (date, principal) else {
            whole = false;
            continue;
        };
        let rows = rows_of.entry(at).or_default();
        if let Some((_, last)) = rows.last()
            && date <= last.date
        {
            let text = format!("{date} does not come after {}", last.date);
            book.problems.at(&row.place("due_date"), text);
        }
        let due = Due { date, principal, interest };
        rows.push((row.number(), due));
    }
    if !whole {
        return;
    }
    for (at, loan) in loans.iter_mut().enumerate() {
        if loan.repayment == Repayment::Custom {
            let rows = rows_of.remove(&at).unwrap_or_default();
            repays(book, cutoff, &names.place(at, "repayment"), loan, &rows);
            loan.dues = rows.into_iter().map(|(_, due)| due).collect();
        }
    }
}

fn repays(book: &Book, cutoff: Option<Date>, place: &Place, loan: &Loan, rows: &[(usize, Due)]) {
    let Some((row, last)) = rows.last() else {
        let text = format!("{} has no rows in dues.csv", loan.name);
        return book.problems.at(place, text);
    };
    if last.date != loan.maturity && loan.maturity != NO_DAY {
        let text =
            format!("{} is the last date, but the loan matures {}", last.date, loan.maturity);
        book.problems.at(&Place::cell("dues.csv", *row, "due_date"), text);
    }
    let Some(cutoff) = cutoff else { return };
    let counted = rows.iter().filter(|(_, due)| due.date >= cutoff);
    let sum = counted.fold(0, |sum: Fen, (_, due)| sum.saturating_add(due.principal));
    if sum != loan.principal && loan.principal > 0 {
        let (name, sum, owed) = (&loan.name, yuan_of(sum), yuan_of(loan.principal));
        let text = format!("{name} repays {sum}, the loan owes {owed} in loans.csv");
        book.problems.at(&Place::cell("dues.csv", *row, "principal"), text);
    }
}

fn rights(book: &Book, loans: &Names) -> Vec<IpRight> {
    let (table, _) = book.keyed("rights.csv");
    let mut titles: BTreeMap<String, usize> = BTreeMap::new();
    let mut rights = Vec::new();
    for row in table.iter().flat_map(Table::rows) {
        if let Some(title) = row.text("title_no") {
            if let Some(first) = titles.get(title) {
                book.problems.duplicate_key(&row.place("title_no"), title, *first);
            }
            titles.entry(title.to_string()).or_insert(row.number());
        }
        rights.push(right(book, &row, loans));
    }
    rights
}

fn right(book: &Book, row: &Row, loans: &Names) -> IpRight {
    let word = row.choice("kind");
    let kind = RightKind::ALL.into_iter().find(|kind| Some(kind.name()) == word);
    let kind = kind.unwrap_or(RightKind::Invention);
    let pledged = Value::of(book, row, "loans").map_or_else(Vec::new, |value| value.list());
    let mut indices: Vec<usize> = Vec::new();
    for loan in &pledged {
        let at = book.index(&loan.place, loan.text, loans);
        if loans.find(loan.text).is_some() && indices.contains(&at) {
            loan.problem(format_args!("{} is named twice", loan.text));
        }
        indices.push(at);
    }
    let filed = row.date("filing_date");
    let valued = row.date("valuation_date");
    if row.is_blank("filing_date") && row.is_blank("expiry_date") {
        let text = "the cell is empty, and so is filing_date (one of them is needed)";
        book.problems.at(&row.place("expiry_date"), text);
    }
    let expiry = row.date("expiry_date").or(filed.map(|day| IpRight::legal_expiry(kind, day)));
    if let (Some(filed), Some(expiry)) = (filed, expiry)
        && expiry <= filed
    {
        let text = format!("{expiry} is not after filing {filed}");
        book.problems.at(&row.place("expiry_date"), text);
    }
    IpRight {
        name: row.text("right").unwrap_or_default().to_string(),
        loans: indices,
        kind,
        title_no: own(row.text("title_no")),
        appraised_value: fen_above_0(book, row, "appraised_value").unwrap_or(0),
        valuation_date: valued.unwrap_or(NO_DAY),
        expiry: expiry.unwrap_or(NO_DAY),
        decay_pa: share(book, row, "decay_pa"),
        haircut: share(book, row, "haircut"),
        sale_cost: share(book, row, "sale_cost"),
        months_to_sale: row.integer_in("months_to_sale", 0..=600).map(|months| months as u32),
        evidence: own(row.text("evidence")),
    }
}
