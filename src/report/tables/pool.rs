//! 入池资产特征表: the pool at the cut-off date, counted, weighted, and cut by every trait.
use std::collections::BTreeMap;

use crate::analytics::outcome::years;
use crate::asset::{Loan, LoanRate, Repayment, Status};
use crate::dates::DayCount;
use crate::deal::Deal;
use crate::engine::rate_on;
use crate::num::{Amount, Decimal, Fen, yuan_of};
use crate::report::table::{Cell, Sheet};
use crate::scenario::RateShift;

/// Upper ends of bands, with what each band is called; the last takes the rest.
type Bands = &'static [(f64, &'static str)];

const TERM_YEARS: Bands = &[
    (0.5, "up to 0.5 years"),
    (1.0, "0.5 to 1 years"),
    (2.0, "1 to 2 years"),
    (3.0, "2 to 3 years"),
    (5.0, "3 to 5 years"),
    (f64::INFINITY, "above 5 years"),
];
const RATE_PA: Bands = &[
    (0.03, "up to 3%"),
    (0.04, "3% to 4%"),
    (0.05, "4% to 5%"),
    (0.06, "5% to 6%"),
    (0.08, "6% to 8%"),
    (f64::INFINITY, "above 8%"),
];
const SIZE_YUAN: Bands = &[
    (2e6, "up to 2 million"),
    (5e6, "2 to 5 million"),
    (10e6, "5 to 10 million"),
    (20e6, "10 to 20 million"),
    (50e6, "20 to 50 million"),
    (f64::INFINITY, "above 50 million"),
];

/// Balances are principal at the cut-off date; rights are counted and carry appraised values.
/// A band holds what is above the end of the one before and up to its own.
/// What the pool is made of, as sections, items and their shares.
pub fn characteristics(deal: &Deal) -> Sheet {
    let header = ["section", "item", "count", "balance", "share", "value"];
    let sheet = Sheet::new("pool_characteristics.csv", &header);
    let whole = deal.pool_principal();
    let mut table = Table { sheet, whole };
    table.totals(deal);
    table.weighted(deal);
    table.concentration(deal);
    table.distributions(deal);
    table.rights(deal);
    table.sheet
}

struct Table {
    sheet: Sheet,
    whole: Fen,
}

impl Table {
    fn line(&mut self, section: &str, item: &str, rest: [Cell; 4]) {
        let mut row = vec![Cell::text(section), Cell::text(item)];
        row.extend(rest);
        self.sheet.rows.push(row);
    }

    /// A count of loans (or firms) with their balance.
    fn part(&mut self, section: &str, item: &str, count: usize, balance: Fen) {
        let cells = [
            Cell::Count(count as i64),
            Cell::Yuan(yuan_of(balance)),
            self.share_of(balance),
            Cell::Blank,
        ];
        self.line(section, item, cells);
    }

    fn value(&mut self, section: &str, item: &str, value: Cell) {
        self.line(section, item, [Cell::Blank, Cell::Blank, Cell::Blank, value]);
    }

    fn share_of(&self, balance: Fen) -> Cell {
        super::part(yuan_of(balance), yuan_of(self.whole))
    }

    fn totals(&mut self, deal: &Deal) {
        let loans = deal.loans();
        let whole = self.whole;
        self.part("pool", "loans", loans.len(), whole);
        self.part("pool", "obligors", by(deal, obligor).len(), whole);
        self.part("pool", "obligors with affiliates as one", by(deal, group).len(), whole);
        let largest = loans.iter().map(|loan| loan.principal).max().unwrap_or(0);
        self.part("pool", "largest loan", loans.len().min(1), largest);
        if let Ok(count @ 1..) = i64::try_from(loans.len()) {
            let average = Decimal::from_fen(whole) / Decimal::from(count);
            self.value("pool", "average loan", Cell::Yuan(average.round_dp(2)));
        }
    }

    fn weighted(&mut self, deal: &Deal) {
        let cutoff = deal.terms().cutoff;
        let rate = |loan: &Loan| annual_rate(deal, loan);
        let term = |loan: &Loan| years(cutoff, loan.maturity).max(0.0);
        let age = |loan: &Loan| years(loan.origination, cutoff).max(0.0);
        self.average(deal, "rate a year", &rate);
        self.average(deal, "remaining term in years", &term);
        self.average(deal, "age in years", &age);
        let (pledged, appraised) = pledged(deal);
        let ratio = super::part(yuan_of(pledged), yuan_of(appraised));
        self.value("weighted", "pledge ratio (pledged balance / appraised value)", ratio);
    }

    /// By balance.
    fn average(&mut self, deal: &Deal, item: &str, of: &dyn Fn(&Loan) -> f64) {
        let weighted = |loan: &Loan| loan.principal as f64 * of(loan);
        let sum: f64 = deal.loans().iter().map(weighted).sum();
        let value = match self.whole {
            0 => Cell::Blank,
            whole => Cell::Number(sum / whole as f64, 6),
        };
        self.value("weighted", item, value);
    }

    fn concentration(&mut self, deal: &Deal) {
        let largest = |parts: &Parts, count: usize| -> Fen {
            let mut balances: Vec<Fen> = parts.values().map(|part| part.1).collect();
            balances.sort_unstable_by(|a, b| b.cmp(a));
            balances.into_iter().take(count).sum()
        };
        let obligors = by(deal, obligor);
        for count in [1, 5, 10] {
            let taken = count.min(obligors.len());
            let item = match count {
                1 => "largest obligor".to_owned(),
                _ => format!("{count} largest obligors"),
            };
            self.part("concentration", &item, taken, largest(&obligors, count));
        }
        let groups = by(deal, group);
        let taken = groups.len().min(1);
        self.part(
            "concentration",
            "largest obligor with its affiliates",
            taken,
            largest(&groups, 1),
        );
        for (name, parts) in [
            ("obligors", obligors),
            ("obligors with affiliates as one", groups),
            ("industries", by(deal, industry)),
            ("regions", by(deal, region)),
        ] {
            let squares = |part: &(usize, Fen)| {
                let share = part.1 as f64 / self.whole.max(1) as f64;
                share * share
            };
            let hhi: f64 = parts.values().map(squares).sum();
            let effective = if hhi > 0.0 { 1.0 / hhi } else { 0.0 };
            self.value("concentration", &format!("HHI of {name}"), Cell::Number(hhi, 6));
            let item = format!("effective number of {name}");
            self.value("concentration", &item, Cell::Number(effective, 6));
        }
    }

    fn distributions(&mut self, deal: &Deal) {
        self.largest_first("rating", by(deal, rating));
        self.largest_first("industry", by(deal, industry));
        self.largest_first("region", by(deal, region));
        let cutoff = deal.terms().cutoff;
        // By 30/360, a leap year is no longer than one year.
        let term = |loan: &Loan| DayCount::Thirty360.fraction(cutoff, loan.maturity).as_f64();
        self.bands("remaining term", deal, TERM_YEARS, &term);
        self.bands("rate", deal, RATE_PA, &|loan| annual_rate(deal, loan));
        let size = |loan: &Loan| loan.principal as f64 / 100.0;
        self.bands("loan size", deal, SIZE_YUAN, &size);
        self.largest_first("repayment", by(deal, |_, loan| repayment(loan)));
        self.largest_first("rate kind", by(deal, |_, loan| rate_kind(loan)));
        self.largest_first("status", by(deal, |_, loan| status(loan.status)));
    }

    /// Largest balance first; of equal ones by name.
    fn largest_first(&mut self, section: &str, parts: Parts) {
        let mut parts: Vec<(String, (usize, Fen))> = parts.into_iter().collect();
        parts.sort_by(|a, b| (b.1.1, &a.0).cmp(&(a.1.1, &b.0)));
        for (item, (count, balance)) in parts {
            self.part(section, &item, count, balance);
        }
    }

    /// Every band, empty ones too.
    fn bands(&mut self, section: &str, deal: &Deal, bands: Bands, of: &dyn Fn(&Loan) -> f64) {
        let mut low = f64::NEG_INFINITY;
        for &(high, name) in bands {
            let held = |loan: &&Loan| {
                let value = of(loan);
                value > low && value <= high
            };
            let loans: Vec<&Loan> = deal.loans().iter().filter(held).collect();
            let balance = loans.iter().map(|loan| loan.principal).sum();
            self.part(section, name, loans.len(), balance);
            low = high;
        }
    }

    /// Rights by kind: appraised values in place of balances.
    fn rights(&mut self, deal: &Deal) {
        let mut parts = Parts::new();
        for right in deal.rights() {
            let part = parts.entry(right.kind.name().to_owned()).or_default();
            part.0 += 1;
            part.1 += right.appraised_value;
        }
        self.whole = parts.values().map(|part| part.1).sum();
        self.largest_first("kind of right (appraised value)", parts);
    }
}

/// (count, balance) by name.
type Parts = BTreeMap<String, (usize, Fen)>;

fn by(deal: &Deal, name: impl Fn(&Deal, &Loan) -> String) -> Parts {
    let mut parts = Parts::new();
    for loan in deal.loans() {
        let part = parts.entry(name(deal, loan)).or_default();
        part.0 += 1;
        part.1 += loan.principal;
    }
    parts
}

fn obligor(deal: &Deal, loan: &Loan) -> String {
    deal.obligors()[loan.obligor].name.clone()
}

/// Affiliates as one.
fn group(deal: &Deal, loan: &Loan) -> String {
    let obligor = &deal.obligors()[loan.obligor];
    match &obligor.group {
        Some(group) => format!("group {group}"),
        None => format!("obligor {}", obligor.name),
    }
}

fn industry(deal: &Deal, loan: &Loan) -> String {
    known(Some(&deal.obligors()[loan.obligor].industry))
}

fn region(deal: &Deal, loan: &Loan) -> String {
    known(Some(&deal.obligors()[loan.obligor].region))
}

fn rating(deal: &Deal, loan: &Loan) -> String {
    known(deal.obligors()[loan.obligor].rating.as_deref())
}

fn known<T: AsRef<str>>(text: Option<T>) -> String {
    let text = text.as_ref().map_or("", |text| text.as_ref());
    let text = if text.is_empty() { "not given" } else { text };
    text.to_owned()
}

fn repayment(loan: &Loan) -> String {
    let name = match loan.repayment {
        Repayment::Level => "level",
        Repayment::EqualPrincipal => "equal_principal",
        Repayment::Bullet => "bullet",
        Repayment::AtMaturity => "at_maturity",
        Repayment::Balloon { .. } => "balloon",
        Repayment::Custom if loan.licence.is_some() => "licence",
        Repayment::Custom => "custom",
    };
    name.to_owned()
}

fn rate_kind(loan: &Loan) -> String {
    let name = match loan.rate {
        LoanRate::Fixed(_) => "fixed",
        LoanRate::Floating { .. } => "floating",
    };
    name.to_owned()
}

fn status(status: Status) -> String {
    match status {
        Status::Current => "current".to_owned(),
        Status::Delinquent { days: 0..=30 } => "1 to 30 days past due".to_owned(),
        Status::Delinquent { days: 31..=60 } => "31 to 60 days past due".to_owned(),
        Status::Delinquent { days: 61..=90 } => "61 to 90 days past due".to_owned(),
        Status::Delinquent { .. } => "more than 90 days past due".to_owned(),
        Status::Defaulted => "defaulted".to_owned(),
    }
}

/// In force at the cut-off date.
fn annual_rate(deal: &Deal, loan: &Loan) -> f64 {
    let rate = rate_on(deal, loan, deal.terms().cutoff, RateShift::NONE);
    crate::num::Ratio::of_rate(rate).map_or(0.0, crate::num::Ratio::as_f64)
}

/// (balance of the loans with a pledge, appraised value of all rights).
fn pledged(deal: &Deal) -> (Fen, Fen) {
    let has = |at: usize| deal.rights().iter().any(|right| right.loans.contains(&at));
    let loans = deal.loans().iter().enumerate();
    let balance = loans.filter(|(at, _)| has(*at)).map(|(_, loan)| loan.principal).sum();
    let appraised = deal.rights().iter().map(|right| right.appraised_value).sum();
    (balance, appraised)
}
