//! Tables in, a checked deal with its scenarios out. Invariant: every table is read whatever is
//! wrong with the others, and a deal is handed on only if nothing is wrong.

use super::columns::{TABLES, UNMODELLED};
use super::deal_terms::{self, Draft};
use super::folder::Source;
use super::problems::{Place, Problems, nearest};
use super::reader::{Book, NO_DAY, Names};
use super::rules::Refs;
use super::scenarios::{self, Known};
use super::table::Table;
use super::{actuals, fees, paper, pool, state};
use crate::asset::{Loan, LoanRate, Lpr};
use crate::dates::{Date, add_months, parse};
use crate::deal::{self, Coupon, Deal, Fault, Parts, Tranche, standard_waterfall};
use crate::engine;
use crate::num::{Decimal, Fen};
use crate::scenario::Scenario;
use sha2::{Digest, Sha256};
use std::fmt::Write;

/// The path that the program carries.
const LPR_CSV: &str = include_str!("../../data/lpr.csv");

/// A deal folder, read and checked.
#[derive(Clone, Debug)]
pub struct Loaded {
    pub deal: Deal,
    pub scenarios: Vec<Scenario>,
    /// (name, SHA-256 in hex) of every table, by name.
    pub inputs: Vec<(String, String)>,
    /// Who sells the loans, for postings.
    pub originator: String,
}

/// The deal if nothing is wrong with it; every problem; and what is allowed but doubtful.
pub fn assemble(sources: &[Source]) -> (Option<Loaded>, Vec<String>, Vec<String>) {
    let problems = Problems::new();
    let (loaded, warnings) = {
        let book = Book::new(sources, &problems);
        files(&book);
        let loaded = tables(&book);
        (loaded, book.into_warnings())
    };
    let loaded = loaded.filter(|_| problems.is_empty());
    (loaded, problems.into_lines(), warnings)
}

/// Known tables only, and none twice.
fn files(book: &Book) {
    for (at, source) in book.sources.iter().enumerate() {
        let name = source.name.as_str();
        if book.sources[..at].iter().any(|other| other.name == name) {
            book.problems.at(&Place::file(name), "the table is given twice");
        }
        let unmodelled = UNMODELLED.iter().find(|(file, _)| *file == name);
        if let Some((_, what)) = unmodelled {
            let lines = source.bytes.split(|byte| matches!(byte, b'\n' | b'\r'));
            let rows = lines.filter(|line| line.iter().any(|byte| !byte.is_ascii_whitespace()));
            if rows.count() > 1 {
                book.problems.at(&Place::file(name), format_args!("{what} not modelled yet"));
            }
        } else if !TABLES.iter().any(|table| table.file == name) {
            let near = nearest(name, TABLES.iter().map(|table| table.file));
            let hint = near.map(|near| format!(" (did you mean {near}?)")).unwrap_or_default();
            let text = format_args!("this is not a table of a deal{hint}");
            book.problems.at(&Place::file(name), text);
        }
    }
}

/// The keys of tables that give rows to parts, for the places of faults.
struct Rows<'a> {
    draft: &'a Draft,
    names: Vec<(&'static str, &'a Names)>,
}

fn tables(book: &Book) -> Option<Loaded> {
    let mut draft = deal_terms::read(book);
    let pool = pool::read(book, draft.cutoff);
    let (supporters, supporter_names) = paper::supporters(book);
    let (mut tranches, tranche_names) = paper::tranches(book, draft.closing);
    settle_dates(&mut draft, &pool.loans, &mut tranches);
    let terms = &draft.terms;
    let (accounts, account_names) = paper::accounts(book, terms.structure, &tranche_names);
    let (fee_list, fee_names) = fees::read(book, terms.legal_maturity, &tranche_names);
    let (_, commitment_names) = book.keyed("commitments.csv");
    book.at_most(&commitment_names, 8, "commitments");
    let (_, trigger_rows) = book.listed("triggers.csv");
    let trigger_names = distinct(&trigger_rows);
    let refs = Refs {
        book,
        tranches: &tranches,
        tranche_names: &tranche_names,
        fees: &fee_names,
        accounts: &account_names,
        supporters: &supporter_names,
        commitments: &commitment_names,
        triggers: &trigger_names,
    };
    let commitments = refs.commitments(terms.rounding);
    let triggers: Vec<_> = refs.triggers().into_iter().map(|(trigger, _)| trigger).collect();
    let written = book.has("waterfall.csv");
    let steps = match written {
        true => refs.steps(),
        false => standard_waterfall(
            terms.structure,
            &tranches,
            &fee_list,
            &accounts,
            commitments.len(),
            draft.after_redemption,
        ),
    };
    let lpr = lpr(book);
    let known = Known {
        obligors: &pool.obligor_names,
        loans: &pool.loan_names,
        supporters: &supporter_names,
        rights: !pool.rights.is_empty(),
    };
    let scenarios = scenarios::read(book, &known);
    let state = state::read(&refs);
    if state.is_none() && book.has("actuals.csv") && !book.has("state.csv") {
        let text = "payments are read only with state.csv, which the folder does not have";
        book.problems.at(&Place::file("actuals.csv"), text);
    }
    let (_, steps_names) = match written {
        true => book.listed("waterfall.csv"),
        false => (None, Names::made("waterfall.csv", Vec::new())),
    };
    warnings(book, &draft, &pool.loans, &tranches, &lpr);
    if !book.problems.is_empty() {
        return None;
    }
    let mut terms = draft.terms.clone();
    let opening = accounts.iter().map(|account| account.opening);
    terms.purchase_price = draft.price.unwrap_or_else(|| price(&draft, &tranches, opening.sum()));
    let parts = Parts {
        terms,
        obligors: pool.obligors,
        loans: pool.loans,
        rights: pool.rights,
        supporters,
        tranches: tranches.clone(),
        fees: fee_list,
        accounts,
        steps,
        triggers,
        commitments,
        lpr: lpr.0,
        state: None,
    };
    let rows = Rows {
        draft: &draft,
        names: vec![
            ("loans", &pool.loan_names),
            ("tranches", &tranche_names),
            ("fees", &fee_names),
            ("accounts", &account_names),
            ("commitments", &commitment_names),
            ("waterfall", &steps_names),
        ],
    };
    let deal = checked(book, &rows, parts, written, state, &pool.loan_names)?;
    Some(Loaded {
        deal,
        scenarios,
        inputs: inputs(book.sources),
        originator: draft.originator.clone(),
    })
}

/// Deals have one trigger where the table has several rows of it.
fn distinct(rows: &Names) -> Names {
    let mut names: Vec<String> = Vec::new();
    for name in &rows.names {
        if !names.contains(name) {
            names.push(name.clone());
        }
    }
    rows.with(names)
}

/// Maturities that the tables leave out: the first payment date that the last loan reaches, and two
/// years after the last expected maturity.
fn settle_dates(draft: &mut Draft, loans: &[Loan], tranches: &mut [Tranche]) {
    let last_loan = loans.iter().map(|loan| loan.maturity).max().unwrap_or(NO_DAY);
    let legal = draft.legal.or(draft.expected.map(|day| add_months(day, 24)));
    draft.terms.legal_maturity = legal.unwrap_or(add_months(last_loan, 36));
    let known = [draft.terms.first_payment, draft.terms.closing, last_loan];
    let expected = draft.expected.or_else(|| {
        // Without these the dates are not worth working out; they are problems already.
        let periods = match known.contains(&NO_DAY) {
            true => Vec::new(),
            false => engine::periods(&draft.terms),
        };
        let reached = periods.iter().find(|period| period.calculation >= last_loan);
        reached.map(|period| period.nominal)
    });
    for tranche in tranches.iter_mut().filter(|class| class.expected_maturity == NO_DAY) {
        tranche.expected_maturity = expected.unwrap_or(NO_DAY);
    }
    if draft.legal.is_none() {
        let last = tranches.iter().map(|class| class.expected_maturity).max();
        draft.terms.legal_maturity = add_months(last.unwrap_or(NO_DAY), 24);
    }
}

/// What the notes bring, less the reserves that they fund.
fn price(draft: &Draft, tranches: &[Tranche], opening: Fen) -> Fen {
    let rounding = draft.terms.rounding;
    let paid_in: Fen = tranches.iter().map(|class| deal::proceeds(class, rounding)).sum();
    match draft.terms.reserve_from_originator {
        true => paid_in,
        false => (paid_in - opening).max(0),
    }
}

/// The deal as it begins, and from there the deal in mid-life where there is a state.
fn checked(
    book: &Book,
    rows: &Rows,
    parts: Parts,
    written: bool,
    state: Option<deal::State>,
    loans: &Names,
) -> Option<Deal> {
    if written {
        for fault in deal::doubts(&parts) {
            for place in rows.places(&fault) {
                book.warn(&place, &fault.text);
            }
        }
    }
    let report = |faults: Vec<Fault>| {
        for fault in faults {
            rows.report(book, &fault);
        }
    };
    let begun = match Deal::new(parts.clone()) {
        Ok(deal) => deal,
        Err(faults) => {
            report(faults);
            return None;
        }
    };
    let Some(state) = state else {
        return Some(begun);
    };
    let payments = engine::periods(begun.terms());
    if let Some(day) = state.as_of
        && !payments.iter().any(|period| period.payment == day)
    {
        let text = format!("as_of_date {day} is not a payment date");
        book.problems.at(&Place::file("state.csv"), text);
        return None;
    }
    let loans = actuals::loans(book, &begun, &state, loans);
    let parts = Parts { loans, state: Some(state), ..parts };
    Deal::new(parts).map_err(report).ok()
}

impl Rows<'_> {
    /// Rows of the files that a fault speaks of.
    fn places(&self, fault: &Fault) -> Vec<Place> {
        let names = self.names.iter().find(|(table, _)| *table == fault.place.table);
        let place = match (names, fault.place.row, fault.place.column) {
            (Some((_, names)), Some(row), Some(column)) => names.place(row, column),
            (_, _, Some(key)) if fault.place.table == "deal" => self.draft.place(key),
            _ => {
                let files = fault.place.table.split(", ");
                let files: Vec<String> = files.map(|table| format!("{table}.csv")).collect();
                Place::file(&files.join(", "))
            }
        };
        vec![place]
    }

    fn report(&self, book: &Book, fault: &Fault) {
        for place in self.places(fault) {
            book.problems.at(&place, &fault.text);
        }
    }
}

/// The folder's path of LPR or the one that the program carries, with its first and last day.
fn lpr(book: &Book) -> (Lpr, Option<(Date, Date)>) {
    let mut rows: Vec<(Date, Decimal, Decimal)> = Vec::new();
    let table = book.table("lpr.csv");
    for row in table.iter().flat_map(Table::rows) {
        let date = row.date("date");
        let one = super::reader::annual(book, &row, "lpr_1y");
        let five = super::reader::annual(book, &row, "lpr_5y");
        let (Some(date), Some(one), Some(five)) = (date, one, five) else {
            continue;
        };
        if let Some((before, _, _)) = rows.last()
            && date <= *before
        {
            let text = format!("{date} does not come after {before}");
            book.problems.at(&row.place("date"), text);
        }
        rows.push((date, one, five));
    }
    if !book.has("lpr.csv") {
        rows = LPR_CSV.lines().filter_map(announced).collect();
    } else if rows.is_empty() && table.is_some() {
        book.problems.at(&Place::file("lpr.csv"), "the table has no rows");
    }
    let ends = rows.first().zip(rows.last()).map(|(first, last)| (first.0, last.0));
    (Lpr::new(rows), ends)
}

/// One line of the carried path, in percent; the header is none.
fn announced(line: &str) -> Option<(Date, Decimal, Decimal)> {
    let mut cells = line.split(',');
    let date = parse(cells.next()?)?;
    let mut percent = || {
        let rate = Decimal::from_str_exact(cells.next()?.trim()).ok()?;
        Some((rate / Decimal::ONE_HUNDRED).normalize())
    };
    Some((date, percent()?, percent()?))
}

/// Where the program knows less than the deal's dates ask for.
fn warnings(
    book: &Book,
    draft: &Draft,
    loans: &[Loan],
    tranches: &[Tranche],
    lpr: &(Lpr, Option<(Date, Date)>),
) {
    let (legal, horizon) = (draft.terms.legal_maturity, draft.terms.calendar.horizon());
    if legal > horizon {
        let text = format!("holidays are known to {horizon}; from there to {legal} only weekends");
        book.warn(&Place::file("deal.csv"), text);
    }
    let Some((first, last)) = lpr.1 else { return };
    let of_loans = loans.iter().filter(|loan| matches!(loan.rate, LoanRate::Floating { .. }));
    let of_notes = tranches.iter().filter(|class| matches!(class.coupon, Coupon::Floating { .. }));
    let spans = of_loans.map(|loan| ("loans.csv", loan.origination, loan.maturity)).chain(
        of_notes.map(|class| ("tranches.csv", draft.terms.closing, class.expected_maturity)),
    );
    for (file, from, to) in spans.filter(|(_, from, _)| *from != NO_DAY) {
        if to > last {
            let text = format!("the path of LPR ends {last}; its last rates hold from there");
            book.warn(&Place::file(file), text);
        }
        if from < first {
            let text = format!("the path of LPR begins {first}; its first rates hold before");
            book.warn(&Place::file(file), text);
        }
    }
}

fn inputs(sources: &[Source]) -> Vec<(String, String)> {
    let mut inputs: Vec<(String, String)> =
        sources.iter().map(|source| (source.name.clone(), hash(&source.bytes))).collect();
    inputs.sort();
    inputs
}

fn hash(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}
