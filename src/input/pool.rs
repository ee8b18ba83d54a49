//! obligors.csv, loans.csv, dues.csv and rights.csv: the pool. Every row gives one entry, whatever
//! is wrong with it, so that indices are those of the rows.

use super::problems::Place;
use super::reader::{Book, NO_DAY, Names, Value, annual, fen, fen_above_0, pd_points, share};
use super::table::{Row, Table};
use crate::asset::{
    Due, InfringementRisk, InterestBasis, IpRight, Licence, Loan, LoanRate, LprTenor, Obligor,
    Repayment, RightKind, SplitFault, Status, split,
};
use crate::dates::{Date, DayCount, Frequency, add_months};
use crate::num::{Decimal, Fen, Rounding, yuan_of};
use std::collections::BTreeMap;

/// The pool, with the keys of its tables.
pub struct PoolTables {
    pub obligors: Vec<Obligor>,
    pub loans: Vec<Loan>,
    pub rights: Vec<IpRight>,
    pub obligor_names: Names,
    pub loan_names: Names,
    pub right_names: Names,
}

pub fn read(book: &Book, cutoff: Option<Date>, rounding: Rounding) -> PoolTables {
    let (table, obligor_names) = book.keyed("obligors.csv");
    let obligor_names = obligor_names.needed(book);
    let obligors = table.iter().flat_map(Table::rows).map(|row| obligor(book, &row)).collect();
    let (table, loan_names) = book.keyed("loans.csv");
    let loan_names = loan_names.needed(book);
    let rows = table.iter().flat_map(Table::rows);
    let mut loans: Vec<Loan> = rows.map(|row| loan(book, &row, cutoff, &obligor_names)).collect();
    dues(book, cutoff, rounding, &loan_names, &mut loans);
    let (rights, right_names) = rights(book, &loan_names);
    PoolTables { obligors, loans, rights, obligor_names, loan_names, right_names }
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
    let gridless = matches!(style, Some("at_maturity" | "custom" | "licence"));
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
        rate: rate(book, row, style),
        basis: basis(book, row),
        origination: origination.unwrap_or(NO_DAY),
        first_due: due.min(maturity.unwrap_or(due)),
        maturity: maturity.unwrap_or(NO_DAY),
        frequency,
        repayment: repayment(row, style, frequency),
        status: status(row),
        dues: Vec::new(),
        licence: licence(book, row, style),
    }
}

/// Of a licence what it yields, which is known once its fees are.
fn rate(book: &Book, row: &Row, style: Option<&str>) -> LoanRate {
    let kind = row.choice("rate_kind");
    if style == Some("licence") {
        for column in ["rate_pa", "rate_kind", "spread_pa"] {
            if !row.is_blank(column) {
                let text = "a licence yields what its fees do (leave it blank)";
                book.problems.at(&row.place(column), text);
            }
        }
        return LoanRate::Fixed(Decimal::ZERO);
    }
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

/// Interest of whole periods is the rate by months.
pub const PERIODIC: &str = "periodic";

fn basis(book: &Book, row: &Row) -> InterestBasis {
    let periodic = |text: &str| [PERIODIC, "按期"].contains(&super::cell::key(text).as_str());
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
        let words = DayCount::ALL.map(DayCount::name).join(", ");
        let text = format!("{text} is none of {words}");
        book.problems.at(&row.place("day_count"), text);
    }
    found.unwrap_or(DayCount::Act365)
}

fn repayment(row: &Row, style: Option<&str>, frequency: Frequency) -> Repayment {
    match style {
        Some("level") => Repayment::Level,
        Some("equal_principal") => Repayment::EqualPrincipal,
        Some("at_maturity") => Repayment::AtMaturity,
        Some("custom" | "licence") => Repayment::Custom,
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

fn licence(book: &Book, row: &Row, style: Option<&str>) -> Option<Licence> {
    let sales_share = share(book, row, "sales_share");
    if style == Some("licence") {
        return Some(Licence { sales_share });
    }
    if sales_share.is_some() {
        let text = "a share of sales of what is no licence (leave it blank)";
        book.problems.at(&row.place("sales_share"), text);
    }
    None
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

/// One row of dues.csv: where it stands, and what of it the loan's style wants.
struct Written {
    row: usize,
    date: Date,
    /// Principal, or the fee of a licence.
    amount: Fen,
    interest: Option<Fen>,
}

/// Gives custom loans and licences their schedules, which must repay them from the cut-off date on.
fn dues(book: &Book, cutoff: Option<Date>, rounding: Rounding, names: &Names, loans: &mut [Loan]) {
    let table = book.table("dues.csv");
    let mut rows_of: BTreeMap<usize, Vec<Written>> = BTreeMap::new();
    let mut whole = table.is_some() || !book.has("dues.csv");
    for row in table.iter().flat_map(Table::rows) {
        let Some(name) = row.text("loan") else {
            whole = false;
            continue;
        };
        let at = book.index(&row.place("loan"), name, names);
        if names.find(name).is_none() {
            whole = false;
            continue;
        }
        if loans[at].repayment != Repayment::Custom {
            let text = format!("{name} does not have repayment custom or licence in loans.csv");
            book.problems.at(&row.place("loan"), text);
        }
        let Some(written) = written(book, &row, loans[at].licence.is_some()) else {
            whole = false;
            continue;
        };
        let rows = rows_of.entry(at).or_default();
        if let Some(last) = rows.last()
            && written.date <= last.date
        {
            let text = format!("{} does not come after {}", written.date, last.date);
            book.problems.at(&row.place("due_date"), text);
        }
        rows.push(written);
    }
    if !whole {
        return;
    }
    for (at, loan) in loans.iter_mut().enumerate() {
        if loan.repayment == Repayment::Custom {
            let rows = rows_of.remove(&at).unwrap_or_default();
            let place = names.place(at, "repayment");
            match loan.licence {
                Some(_) => fees(book, cutoff, rounding, &place, loan, &rows),
                None => {
                    repays(book, cutoff, &place, loan, &rows);
                    loan.dues = rows.iter().map(Written::due).collect();
                }
            }
        }
    }
}

impl Written {
    fn due(&self) -> Due {
        Due { date: self.date, principal: self.amount, interest: self.interest }
    }
}

/// A row with the cells that its loan's style wants and no others.
fn written(book: &Book, row: &Row, licence: bool) -> Option<Written> {
    let (wanted, others) = match licence {
        true => ("fee", &["principal", "interest"][..]),
        false => ("principal", &["fee"][..]),
    };
    for column in others.iter().filter(|column| !row.is_blank(column)) {
        let what = if licence { "a licence, whose fees are split" } else { "no licence" };
        book.problems.at(&row.place(column), format_args!("of {what} (leave it blank)"));
    }
    row.need(wanted);
    let (date, interest) = (row.date("due_date"), fen(book, row, "interest"));
    let amount = fen(book, row, wanted)?;
    Some(Written { row: row.number(), date: date?, amount, interest })
}

/// Where a schedule ends: on the loan's maturity.
fn ends<'a>(book: &Book, place: &Place, loan: &Loan, rows: &'a [Written]) -> Option<&'a Written> {
    let Some(last) = rows.last() else {
        let text = format!("{} has no rows in dues.csv", loan.name);
        book.problems.at(place, text);
        return None;
    };
    if last.date != loan.maturity && loan.maturity != NO_DAY {
        let text =
            format!("{} is the last date, but the loan matures {}", last.date, loan.maturity);
        book.problems.at(&Place::cell("dues.csv", last.row, "due_date"), text);
    }
    Some(last)
}

fn repays(book: &Book, cutoff: Option<Date>, place: &Place, loan: &Loan, rows: &[Written]) {
    let Some((last, cutoff)) = ends(book, place, loan, rows).zip(cutoff) else { return };
    let counted = rows.iter().filter(|due| due.date >= cutoff);
    let sum = counted.fold(0, |sum: Fen, due| sum.saturating_add(due.amount));
    if sum != loan.principal && loan.principal > 0 {
        let (name, sum, owed) = (&loan.name, yuan_of(sum), yuan_of(loan.principal));
        let text = format!("{name} repays {sum}, the loan owes {owed} in loans.csv");
        book.problems.at(&Place::cell("dues.csv", last.row, "principal"), text);
    }
}

/// Splits the fees of a licence from the cut-off date on; earlier ones are not the plan's.
fn fees(
    book: &Book,
    cutoff: Option<Date>,
    rounding: Rounding,
    place: &Place,
    loan: &mut Loan,
    rows: &[Written],
) {
    let Some((last, cutoff)) = ends(book, place, loan, rows).zip(cutoff) else { return };
    if loan.principal == 0 {
        return;
    }
    let counted: Vec<&Written> = rows.iter().filter(|row| row.date >= cutoff).collect();
    let amounts: Vec<(Date, Fen)> = counted.iter().map(|row| (row.date, row.amount)).collect();
    let (name, price) = (&loan.name, yuan_of(loan.principal));
    let fault = |row: usize, text: String| {
        book.problems.at(&Place::cell("dues.csv", row, "fee"), text);
    };
    match split(loan.principal, cutoff, &amounts, rounding) {
        Ok((rate, dues)) => {
            loan.rate = LoanRate::Fixed(rate);
            loan.dues = dues;
        }
        Err(SplitFault::BelowPrice { fees }) => {
            let fees = yuan_of(fees);
            fault(last.row, format!("{name} pays {fees}, which cost {price} in loans.csv"));
        }
        Err(SplitFault::TooMuch) => {
            fault(last.row, format!("{name} yields over 36% a year on {price} in loans.csv"));
        }
        Err(SplitFault::BelowInterest { at, interest }) => {
            let interest = yuan_of(interest);
            let row = counted.get(at).map_or(last.row, |row| row.row);
            fault(row, format!("{name}: less than the interest since the fee before, {interest}"));
        }
    }
}

fn rights(book: &Book, loans: &Names) -> (Vec<IpRight>, Names) {
    let (table, names) = book.keyed("rights.csv");
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
    (rights, names)
}

/// Both of its cells, or none.
fn infringement(book: &Book, row: &Row) -> Option<InfringementRisk> {
    if row.is_blank("infringement_1y") && row.is_blank("infringement_loss") {
        return None;
    }
    row.need("infringement_1y");
    row.need("infringement_loss");
    let probability_1y = row.rate("infringement_1y");
    let loss = share(book, row, "infringement_loss");
    let possible = Decimal::ZERO..Decimal::ONE;
    if probability_1y.is_some_and(|rate| !possible.contains(&rate)) {
        let found = row.written("infringement_1y").unwrap_or_default();
        book.problems.out_of_range(&row.place("infringement_1y"), found, "0% to below 100%");
    }
    let (probability_1y, loss) = probability_1y.zip(loss)?;
    Some(InfringementRisk { probability_1y, loss })
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
    let renewed = row.flag("renewed").unwrap_or(false);
    if renewed && !kind.renewable() {
        let text = format!("the term of {} is not renewed (want no)", kind.name());
        book.problems.at(&row.place("renewed"), text);
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
        issuer: own(row.text("issuer")),
        renewed,
        infringement: infringement(book, row),
    }
}
