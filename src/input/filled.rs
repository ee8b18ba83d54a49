//! A series that was filled, as the tables of a deal: those of a series that is a deal already (its
//! template), with other loans, dates and sizes.
//!
//! Classes keep their shares, in whole 万 and the lowest the rest; coupons, fees, the order of
//! payment and events stay; reserves, caps and plans scale with the notes. A day is as far from
//! closing as the template's, one at or after its last expected maturity as far from the end of the
//! series. A loan begins a month before closing and pays interest quarterly and principal at its
//! end. What a candidate leaves open is the mean of the template's pool. Invariant: the tables are
//! read and checked as any deal's are.

use std::collections::BTreeMap;

use super::assemble::Loaded;
use super::columns::{ASSUMPTIONS, DEAL_TERMS, TABLES};
use super::folder::Source;
use super::problems::Problems;
use super::reader::{Book, Value, described};
use super::table::{Column, Kind, Row, Table};
use crate::analytics::size::STEP;
use crate::asset::{LoanRate, Obligor};
use crate::dates::{Date, add_days, add_months, months_between};
use crate::deal::{Candidate, Claim, Deal, PlannedSeries, Shelf};
use crate::engine::days_between;
use crate::num::{Decimal, Fen, Ratio, fen_of, yuan_of};

/// Tables that say nothing of dates, sizes or loans.
const AS_THEY_ARE: [&str; 6] =
    ["supporters.csv", "waterfall.csv", "lpr.csv", "curve.csv", "correlation.csv", "stresses.csv"];
/// Assumptions about a firm, a loan or a right of the template.
const OF_ITS_POOL: [&str; 4] = ["default", "prepaid", "infringement", "sales"];

/// A planned series with the loans that it was filled with.
#[derive(Clone, Copy, Debug)]
pub struct FilledSeries<'a> {
    pub shelf: &'a Shelf,
    pub plan: &'a PlannedSeries,
    pub loans: &'a [&'a Candidate],
    /// Name, tables and deal of the series that it is to be like.
    pub like: (&'a str, &'a [Source], &'a Loaded),
    /// Firms of the series that are deals, by name: one firm is the same in all.
    pub firms: &'a BTreeMap<&'a str, &'a Obligor>,
}

/// The tables of a filled series; or why it cannot be made like its template.
pub fn filled_series(of: &FilledSeries<'_>) -> Result<Vec<Source>, Vec<String>> {
    let faults = unlike(of);
    if !faults.is_empty() {
        let (name, like) = (&of.plan.name, of.like.0);
        let told = |fault: &String| format!("{name} cannot be like {like}: {fault}");
        return Err(faults.iter().map(told).collect());
    }
    let problems = Problems::new();
    let book = Book::new(of.like.1, TABLES, &problems);
    let maker = Maker::new(of);
    let mut out = vec![maker.obligors(), maker.loans()];
    out.extend(maker.rights());
    let as_they_are = of.like.1.iter().filter(|of| AS_THEY_ARE.contains(&of.name.as_str()));
    out.extend(as_they_are.cloned());
    out.push(maker.deal(&book));
    out.extend(maker.scenarios(&book));
    for file in
        ["tranches.csv", "plan.csv", "fees.csv", "accounts.csv", "commitments.csv", "triggers.csv"]
    {
        out.extend(maker.table(&book, file));
    }
    out.sort_by(|one, other| one.name.cmp(&other.name));
    if problems.is_empty() { Ok(out) } else { Err(problems.into_lines()) }
}

/// What a template has that a filled series cannot have.
fn unlike(of: &FilledSeries<'_>) -> Vec<String> {
    let (deal, plan) = (&of.like.2.deal, of.plan);
    let mut faults = Vec::new();
    if !deal.covers().is_empty() {
        faults.push("covers.csv stands behind loans of its own".to_owned());
    }
    if deal.loans().iter().any(|loan| loan.licence.is_some()) {
        faults.push("loans.csv has licence fees".to_owned());
    }
    if !deal.terms().payment_dates.is_empty() {
        faults.push("deal.csv: payment_dates are days of its own".to_owned());
    }
    let months = |date: Date| months_between(deal.terms().closing, date);
    let tenor = months(last_maturity(deal));
    let has_plan = of.like.1.iter().any(|source| source.name == "plan.csv");
    if has_plan && tenor != plan.tenor_months as i32 {
        let found = plan.tenor_months;
        faults.push(format!("plan.csv is for {tenor} months, not for {found}"));
    }
    let behind = deal.commitments().first().map(|first| &deal.supporters()[first.supporter].name);
    let wanted = plan.supporter.map(|at| &of.shelf.supporters[at].name);
    if behind != wanted {
        let said = |name: Option<&String>| name.map_or("nobody", String::as_str).to_owned();
        let (wanted, found) = (said(wanted), said(behind));
        faults.push(format!("series.csv says that {wanted} stands behind it, its deal {found}"));
    }
    let share = |class: usize| deal.tranches()[class].notional;
    let covered = |class: &usize| {
        let of_class = |scope: &Vec<Claim>| scope.contains(&Claim::Principal(*class));
        deal.commitments().iter().any(|commitment| of_class(&commitment.scope))
    };
    let guaranteed: Fen = (0..deal.tranches().len()).filter(covered).map(share).sum();
    let whole: Fen = (0..deal.tranches().len()).map(share).sum();
    let most = plan.guaranteed_share.floor_of(whole);
    if behind.is_some() && guaranteed > most {
        let percent = |of: Fen| format!("{:.2}%", 100.0 * of as f64 / whole.max(1) as f64);
        faults.push(format!(
            "its commitment covers {} of its notes (series.csv: guaranteed_share {})",
            percent(guaranteed),
            percent(most)
        ));
    }
    faults
}

fn last_maturity(deal: &Deal) -> Date {
    let last = deal.tranches().iter().map(|class| class.expected_maturity).max();
    last.unwrap_or(deal.terms().closing)
}

/// What tables are made from.
struct Maker<'a> {
    of: &'a FilledSeries<'a>,
    template: &'a Deal,
    /// Closing and last expected maturity, of the template and of what is made.
    before: (Date, Date),
    now: (Date, Date),
    /// By class.
    notionals: Vec<Fen>,
    /// New notes over those of the template.
    scale: Ratio,
}

impl<'a> Maker<'a> {
    fn new(of: &'a FilledSeries<'a>) -> Maker<'a> {
        let template = &of.like.2.deal;
        let (closing, last) = (template.terms().closing, last_maturity(template));
        let months = months_between(closing, last);
        let days = days_between(add_months(closing, months), last);
        let end = add_days(of.plan.end(), days);
        let old: Vec<Fen> = template.tranches().iter().map(|class| class.notional).collect();
        let (before, size): (Fen, Fen) =
            (old.iter().sum(), of.loans.iter().map(|loan| loan.principal).sum());
        let whole = size / STEP * STEP;
        let scale = Ratio::new(whole, before).unwrap_or(Ratio::ONE);
        let mut notionals: Vec<Fen> =
            old.iter().map(|&notional| scale.floor_of(notional) / STEP * STEP).collect();
        if let Some((lowest, above)) = notionals.split_last_mut() {
            *lowest = whole - above.iter().sum::<Fen>();
        }
        let (before, now) = ((closing, last), (of.plan.date, end));
        Maker { of, template, before, now, notionals, scale }
    }

    /// The day of this series that a day of the template is.
    fn day(&self, date: Date) -> Date {
        let ((closing, last), (from, end)) = (self.before, self.now);
        let far = |from: Date, to: Date, start: Date| {
            let months = months_between(from, to);
            add_days(add_months(start, months), days_between(add_months(from, months), to))
        };
        match (date < closing, date >= last) {
            (true, _) => add_days(from, days_between(closing, date)),
            (_, true) => far(last, date, end),
            _ => far(closing, date, from).min(end),
        }
    }

    fn scaled(&self, amount: Decimal) -> String {
        yuan(fen_of(amount).map_or(0, |fen| self.scale.floor_of(fen)))
    }

    /// A cell as it stands, in the units of its column; a day of this series.
    fn cell(&self, row: &Row<'_>, column: &Column) -> String {
        let name = column.name;
        let number = match column.kind {
            Kind::Amount => row.amount(name).and_then(fen_of).map(yuan),
            Kind::Rate => row.rate(name).map(percent),
            Kind::Integer => row.integer(name).map(|count| count.to_string()),
            Kind::Date => row.date(name).map(|date| self.day(date).to_string()),
            Kind::Text | Kind::Number | Kind::Choice(_) | Kind::Flag => {
                row.written(name).map(str::to_owned)
            }
        };
        number.unwrap_or_default()
    }

    /// A table of the template with what changes in it; none where it has no such table.
    fn table(&self, book: &Book<'_>, file: &'static str) -> Option<Source> {
        let table = book.table(file)?;
        let about = TABLES.iter().find(|about| about.file == file)?;
        let columns: Vec<&Column> =
            about.columns.iter().filter(|column| table.has(column.name)).collect();
        let mut rows = vec![columns.iter().map(|column| column.name.to_owned()).collect()];
        let mut planned: BTreeMap<String, (Fen, Fen)> = BTreeMap::new();
        let mut levels: BTreeMap<String, Date> = BTreeMap::new();
        for (at, row) in table.rows().enumerate() {
            if file == "triggers.csv" && self.comes_too_late(&row, &mut levels) {
                continue;
            }
            let cell = |column: &&Column| -> String {
                let scaled = || row.amount(column.name).map(|amount| self.scaled(amount));
                let changed = match (file, column.name) {
                    ("tranches.csv", "notional") => self.notionals.get(at).map(|fen| yuan(*fen)),
                    ("tranches.csv", "retained") => self.retained(&row, at),
                    ("accounts.csv", "opening" | "target_amount") => scaled(),
                    ("commitments.csv", "cap_total" | "cap_per_date") => scaled(),
                    ("plan.csv", "target_balance") => scaled(),
                    ("plan.csv", "target_principal") => self.planned(&row, &mut planned),
                    ("fees.csv", "dates") => self.days(book, &row),
                    _ => None,
                };
                changed.unwrap_or_else(|| self.cell(&row, column))
            };
            rows.push(columns.iter().map(cell).collect());
        }
        Some(source(file, &rows))
    }

    /// A level of a trigger from a day that a shorter series does not reach.
    fn comes_too_late(&self, row: &Row<'_>, levels: &mut BTreeMap<String, Date>) -> bool {
        let from = row.date("from_date").map(|date| self.day(date));
        let (Some(from), Some(trigger)) = (from, row.text("trigger")) else { return false };
        let before = levels.insert(trigger.to_owned(), from);
        before.is_some_and(|before| from <= before)
    }

    fn retained(&self, row: &Row<'_>, class: usize) -> Option<String> {
        let held = fen_of(row.amount("retained")?)?;
        let (old, new) = (self.template.tranches()[class].notional, self.notionals[class]);
        // What is held is no less a share than before.
        Some(yuan(new - Ratio::new(new, old)?.floor_of(old - held)))
    }

    /// Planned principal sums to the same share of its class as before.
    fn planned(&self, row: &Row<'_>, planned: &mut BTreeMap<String, (Fen, Fen)>) -> Option<String> {
        let amount = fen_of(row.amount("target_principal")?)?;
        let (old, new) = planned.entry(row.text("tranche")?.to_owned()).or_insert((0, 0));
        *old += amount;
        let part = self.scale.floor_of(*old) - *new;
        *new += part;
        Some(yuan(part))
    }

    fn days(&self, book: &Book<'_>, row: &Row<'_>) -> Option<String> {
        let dates = Value::of(book, row, "dates")?.dates();
        let dates: Vec<String> = dates.into_iter().map(|date| self.day(date).to_string()).collect();
        Some(dates.join(";"))
    }

    fn deal(&self, book: &Book<'_>) -> Source {
        let file = "deal.csv";
        let mut rows = vec![header(&["key", "value"])];
        let table = book.table(file);
        for row in table.iter().flat_map(Table::rows) {
            let known = row.text("key").and_then(|key| described(DEAL_TERMS, key));
            let (Some(column), Some(value)) = (known, Value::of(book, &row, "value")) else {
                continue;
            };
            let text = match (column.name, column.kind) {
                ("expected_maturity", _) => continue,
                ("name", _) => format!("{} {}", self.of.shelf.name, self.of.plan.name),
                ("purchase_price", _) => {
                    value.fen().map_or_else(String::new, |fen| yuan(self.scale.floor_of(fen)))
                }
                (_, Kind::Date) => {
                    value.date().map_or_else(String::new, |date| self.day(date).to_string())
                }
                _ => value.text.to_owned(),
            };
            rows.push(vec![column.name.to_owned(), text]);
        }
        rows.push(vec!["expected_maturity".to_owned(), self.now.1.to_string()]);
        source(file, &rows)
    }

    /// Scenarios of the template that name none of its firms, loans and rights.
    fn scenarios(&self, book: &Book<'_>) -> Option<Source> {
        let file = "scenarios.csv";
        let table = book.table(file)?;
        let mut own: Vec<&str> = Vec::new();
        for row in table.rows() {
            let (Some(name), Some(key)) = (row.text("scenario"), row.text("assumption")) else {
                continue;
            };
            let assumption = described(ASSUMPTIONS, key).map_or("", |column| column.name);
            let like =
                assumption == "like" && row.text("value").is_some_and(|of| own.contains(&of));
            if OF_ITS_POOL.contains(&assumption) || like {
                own.push(name);
            }
        }
        let columns: Vec<&Column> = TABLES
            .iter()
            .filter(|about| about.file == file)
            .flat_map(|about| about.columns)
            .filter(|column| table.has(column.name))
            .collect();
        let mut rows = vec![columns.iter().map(|column| column.name.to_owned()).collect()];
        let kept = |row: &Row<'_>| row.text("scenario").is_some_and(|name| !own.contains(&name));
        for row in table.rows().filter(kept) {
            rows.push(columns.iter().map(|column| self.cell(&row, column)).collect());
        }
        Some(source(file, &rows))
    }

    fn obligors(&self) -> Source {
        let mut rows = vec![header(&[
            "obligor", "industry", "region", "group", "rating", "pd_1y", "pd_2y", "pd_3y", "pd_5y",
        ])];
        let usual = self.mean_pd();
        let mut seen: Vec<&str> = Vec::new();
        for candidate in self.of.loans {
            if seen.contains(&candidate.obligor.as_str()) {
                continue;
            }
            seen.push(&candidate.obligor);
            let known = self.of.firms.get(candidate.obligor.as_str());
            let rate = |pd: Option<Decimal>| pd.map_or_else(String::new, percent);
            let later = |years: u32| {
                let of = known.and_then(|firm| firm.pd_later.iter().find(|of| of.0 == years));
                rate(of.map(|of| of.1))
            };
            let first = match known {
                Some(firm) => firm.pd_1y,
                None => candidate.pd_1y.or(usual),
            };
            let rating = known.and_then(|firm| firm.rating.clone()).unwrap_or_default();
            rows.push(vec![
                candidate.obligor.clone(),
                candidate.industry.clone(),
                candidate.region.clone(),
                candidate.group.clone().unwrap_or_default(),
                rating,
                rate(first),
                later(2),
                later(3),
                later(5),
            ]);
        }
        source("obligors.csv", &rows)
    }

    fn loans(&self) -> Source {
        let mut rows = vec![header(&[
            "loan",
            "obligor",
            "principal",
            "rate_pa",
            "day_count",
            "origination_date",
            "first_due_date",
            "maturity_date",
            "repayment",
            "frequency",
        ])];
        let usual = self.mean_rate();
        for of in self.of.loans {
            let begins = self.loans_begin();
            let months =
                if of.term_months == 0 { self.of.plan.tenor_months } else { of.term_months };
            let matures = add_months(begins, months as i32);
            rows.push(vec![
                of.name.clone(),
                of.obligor.clone(),
                yuan(of.principal),
                percent(of.rate_pa.unwrap_or(usual)),
                "ACT/365".to_owned(),
                begins.to_string(),
                add_months(begins, 3).min(matures).to_string(),
                matures.to_string(),
                "bullet".to_owned(),
                "quarterly".to_owned(),
            ]);
        }
        source("loans.csv", &rows)
    }

    /// A month before closing, or at the cut-off date where that is earlier.
    fn loans_begin(&self) -> Date {
        let cutoff = self.day(self.template.terms().cutoff);
        add_months(self.of.plan.date, -1).min(cutoff)
    }

    /// Rights of each candidate: of its title numbers each the same part of its value, a new
    /// invention patent.
    fn rights(&self) -> Option<Source> {
        let columns = [
            "right",
            "loans",
            "kind",
            "title_no",
            "appraised_value",
            "valuation_date",
            "filing_date",
        ];
        let mut rows = vec![header(&columns)];
        let pool = self.template.pool_principal();
        let valued: Fen = self.template.rights().iter().map(|right| right.appraised_value).sum();
        let usual = Ratio::new(valued, pool).filter(|_| valued > 0);
        let begins = self.loans_begin().to_string();
        for of in self.of.loans {
            let worth = of.appraised_value.or_else(|| Some(usual?.floor_of(of.principal)));
            let Some(worth) = worth else { continue };
            let titles: Vec<&str> = match of.titles.is_empty() {
                true => vec![""],
                false => of.titles.iter().map(String::as_str).collect(),
            };
            let part = worth / titles.len() as Fen;
            for (at, title) in titles.iter().enumerate() {
                rows.push(vec![
                    format!("{}-{}", of.name, at + 1),
                    of.name.clone(),
                    "invention".to_owned(),
                    (*title).to_owned(),
                    yuan(part),
                    begins.clone(),
                    begins.clone(),
                ]);
            }
        }
        (rows.len() > 1).then(|| source("rights.csv", &rows))
    }

    /// Of the template's pool by principal, to a basis point.
    fn mean(&self, of: impl Fn(usize) -> Option<Decimal>) -> Option<Decimal> {
        let (mut sum, mut whole) = (Decimal::ZERO, Decimal::ZERO);
        for (at, loan) in self.template.loans().iter().enumerate() {
            sum += of(at)? * Decimal::from(loan.principal);
            whole += Decimal::from(loan.principal);
        }
        (!whole.is_zero()).then(|| (sum / whole).round_dp(4))
    }

    fn mean_rate(&self) -> Decimal {
        let deal = self.template;
        let rate = |at: usize| match deal.loans()[at].rate {
            LoanRate::Fixed(rate) => Some(rate),
            LoanRate::Floating { tenor, spread_pa, .. } => {
                Some(deal.lpr().on(deal.terms().cutoff, tenor)? + spread_pa)
            }
        };
        self.mean(rate).unwrap_or_default()
    }

    fn mean_pd(&self) -> Option<Decimal> {
        self.mean(|at| self.template.obligors()[self.template.loans()[at].obligor].pd_1y)
    }
}

fn yuan(fen: Fen) -> String {
    yuan_of(fen).to_string()
}

fn percent(rate: Decimal) -> String {
    format!("{}%", (rate * Decimal::ONE_HUNDRED).normalize())
}

fn header(columns: &[&str]) -> Vec<String> {
    columns.iter().map(|&column| column.to_owned()).collect()
}

fn source(name: &str, rows: &[Vec<String>]) -> Source {
    let mut writer = csv::Writer::from_writer(Vec::new());
    // Nothing is written to a file here, and every row is as long as the first.
    let written = rows.iter().try_for_each(|row| writer.write_record(row));
    let bytes = written.ok().and_then(|()| writer.into_inner().ok()).unwrap_or_default();
    Source { name: name.to_owned(), bytes }
}
