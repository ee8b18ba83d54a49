//! Tables in, a checked deal with its scenarios out. Invariant: every table is read whatever is
//! wrong with the others, and a deal is handed on only if nothing is wrong.

use super::actuals::Actual;
use super::columns::TABLES;
use super::deal_terms::{self, Draft};
use super::folder::Source;
use super::problems::{Place, Problems};
use super::reader::{Book, NO_DAY, Names};
use super::rules::Refs;
use super::scenarios::{self, Known};
use super::table::Table;
use super::workbook::Workbook;
use super::{
    actuals, correlation, costs, covers, curve, fees, paper, pd_table, pool, state, stresses,
    targets,
};
use crate::analytics::grade::TargetTable;
use crate::analytics::price::Curve;
use crate::asset::{Loan, LoanRate, Lpr, PdTable};
use crate::dates::{Date, add_months, parse};
use crate::deal::{
    self, Account, AccountKind, Commitment, Coupon, Cover, Deal, Fault, Fee, Parts, State, Step,
    Terms, Tranche, Trigger, standard_waterfall,
};
use crate::engine;
use crate::num::{Decimal, Fen};
use crate::scenario::{Correlation, Scenario, Stress};
use sha2::{Digest, Sha256};
use std::fmt::Write;

/// The path that the program carries.
const LPR_CSV: &str = include_str!("lpr.csv");

/// A deal folder, read and checked.
#[derive(Clone, Debug)]
pub struct Loaded {
    pub deal: Deal,
    pub scenarios: Vec<Scenario>,
    /// The stress set; `base` has no row in it.
    pub stresses: Vec<Stress>,
    /// The deal's own targets of grades; none where the folder has none.
    pub targets: Option<TargetTable>,
    /// Where spreads are counted from; none where the folder has none.
    pub curve: Option<Curve>,
    /// Of obligors, then supporters; simulation alone reads it.
    pub correlation: Correlation,
    /// Where ratings are looked up for a default curve; simulation alone reads it.
    pub pd_table: PdTable,
    /// (name, SHA-256 in hex) of every table, by name; of a workbook, of the file.
    pub inputs: Vec<(String, String)>,
}

/// The deal if nothing is wrong with it; every problem; and what is allowed but doubtful.
pub fn assemble(sources: &[Source]) -> (Option<Loaded>, Vec<String>, Vec<String>) {
    assembled(sources, Problems::new())
}

/// The same of a workbook: the same deal as from a folder with the same cells; its one input is the
/// file.
pub fn assemble_workbook(book: &Workbook) -> (Option<Loaded>, Vec<String>, Vec<String>) {
    let problems = Problems::named(book.naming.clone());
    for (place, why) in &book.faults {
        match place.row {
            Some(_) => problems.lost(place, why),
            None => problems.at(place, why),
        }
    }
    let (mut loaded, problems, warnings) = assembled(&book.sources, problems);
    if let Some(loaded) = &mut loaded {
        loaded.inputs = inputs(std::slice::from_ref(&book.file));
    }
    (loaded, problems, warnings)
}

fn assembled(sources: &[Source], problems: Problems) -> (Option<Loaded>, Vec<String>, Vec<String>) {
    let (loaded, warnings) = {
        let book = Book::new(sources, TABLES, &problems);
        book.known_files("a deal");
        let loaded = tables(&book);
        let mut warnings = book.into_warnings();
        if let Some(loaded) = &loaded {
            warnings.extend(engine::unmodelled(&loaded.deal));
        }
        (loaded, warnings)
    };
    let loaded = loaded.filter(|_| problems.is_empty());
    (loaded, problems.into_lines(), warnings)
}

/// The keys of tables that give rows to parts, for the places of faults.
struct Rows<'a> {
    draft: &'a Draft,
    names: Vec<(&'static str, &'a Names)>,
}

/// What scenarios may name.
fn known<'a>(book: &Book, pool: &'a pool::PoolTables, supporters: &'a Names) -> Known<'a> {
    let told = book.sound("obligors.csv", &["obligor", "pd_1y"]);
    let unknown = pool.obligors.iter().filter(|obligor| told && obligor.pd_1y.is_none());
    Known {
        obligors: &pool.obligor_names,
        loans: &pool.loan_names,
        contracts: &pool.loans,
        supporters,
        rights: &pool.right_names,
        without_pd: unknown.map(|obligor| obligor.name.as_str()).collect(),
    }
}

fn tables(book: &Book) -> Option<Loaded> {
    let mut draft = deal_terms::read(book);
    let pool = pool::read(book, draft.cutoff, draft.terms.rounding);
    let (supporters, supporter_names) = paper::supporters(book);
    let (mut tranches, tranche_names) = paper::tranches(book, draft.closing);
    settle_dates(&mut draft, &pool.loans, &mut tranches);
    let terms = &draft.terms;
    let (accounts, account_names) = paper::accounts(book, terms.structure, &tranche_names);
    let (fee_list, fee_names) = fees::read(book, terms.legal_maturity, &tranche_names);
    let (_, commitment_names) = book.keyed("commitments.csv");
    book.at_most(&commitment_names, 8, "commitments");
    let (covers, cover_names) = covers::read(book, &pool, &supporters, &supporter_names);
    let costs = costs::read(book, &pool.loan_names);
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
    let (rules, lpr) = (rules(&refs, &draft, &fee_list, &accounts), lpr(book));
    let scenarios = scenarios::read(book, &known(book, &pool, &supporter_names));
    let (stresses, targets) = (stresses::read(book), targets::read(book));
    let correlation = correlation::read(book, &draft, &pool.obligors, &supporters);
    let as_of = rules.state.as_ref().and_then(|state| state.as_of);
    let curve = curve::read(book, terms.closing, as_of);
    let actuals = actuals::read(book, &pool.loan_names, draft.cutoff, as_of);
    warnings(book, &draft, &pool.loans, &tranches, &lpr);
    covers::warnings(book, &covers, &cover_names, &pool.loans, terms);
    idle(book, &supporter_names, &covers, &rules.commitments);
    let rows = Rows {
        draft: &draft,
        names: vec![
            ("loans", &pool.loan_names),
            ("rights", &pool.right_names),
            ("covers", &cover_names),
            ("tranches", &tranche_names),
            ("fees", &fee_names),
            ("accounts", &account_names),
            ("commitments", &commitment_names),
            ("waterfall", &rules.step_names),
        ],
    };
    let parts = Parts {
        terms: Terms { purchase_price: price(&draft, &tranches, &accounts), ..draft.terms.clone() },
        obligors: pool.obligors,
        loans: pool.loans,
        rights: pool.rights,
        supporters,
        covers,
        costs,
        tranches: tranches.clone(),
        fees: fee_list,
        accounts,
        steps: rules.steps,
        triggers: rules.triggers,
        commitments: rules.commitments,
        lpr: lpr.0,
        state: None,
    };
    between(book, &rows, &parts, as_of);
    let deal = checked(book, &rows, parts, rules.state, actuals.as_deref())?;
    let (pd_table, inputs) = (pd_table::named(draft.pd_table), inputs(book.sources));
    let correlation = correlation?;
    Some(Loaded { deal, scenarios, stresses, targets, curve, correlation, pd_table, inputs })
}

/// Beside the nominal ones, what payment and calculation dates follow from.
const MOVED_DATES: deal::Reads = &[(
    "deal",
    &["closing_date", "calendar", "extra_holidays", "extra_workdays", "roll", "calculation"],
)];
/// What an expected maturity that is left out follows from, beside those.
const LAST_LOAN: deal::Reads = &[("loans", &["loan", "maturity_date"])];

/// Faults between tables, as far as cells that hold what they say tell of them.
fn between(book: &Book, rows: &Rows, parts: &Parts, as_of: Option<Date>) {
    let written = |table: &str, columns: &[&str]| book.sound(&format!("{table}.csv"), columns);
    let all = |reads: deal::Reads| reads.iter().all(|(table, columns)| written(table, columns));
    let draft = rows.draft;
    let settled = draft.expected.is_some() || draft.inheriting.is_empty();
    let settled = settled || (all(MOVED_DATES) && all(LAST_LOAN));
    let sound = |table: &str, columns: &[&str]| {
        written(table, columns) && (settled || !columns.contains(&"expected_maturity"))
    };
    let dated = deal::NOMINAL_DATES.iter().all(|(table, columns)| sound(table, columns));
    let dated = dated && all(MOVED_DATES);
    for fault in deal::faults_between(parts, sound) {
        rows.report(book, &fault);
    }
    if let Some(day) = as_of.filter(|_| dated)
        && !engine::periods(&parts.terms).iter().any(|period| period.payment == day)
    {
        let text = format!("as_of_date {day} is not a payment date");
        book.problems.at(&Place::file("state.csv"), text);
    }
}

/// What depends on names of other tables.
struct Rules {
    commitments: Vec<Commitment>,
    triggers: Vec<Trigger>,
    steps: Vec<Step>,
    step_names: Names,
    state: Option<deal::State>,
}

fn rules(refs: &Refs, draft: &Draft, fees: &[Fee], accounts: &[Account]) -> Rules {
    let book = refs.book;
    let commitments = refs.commitments(draft.terms.rounding);
    let triggers = refs.triggers();
    let (steps, step_names) = match book.has("waterfall.csv") {
        true => (refs.steps(), book.listed("waterfall.csv").1),
        false => {
            let usual = standard_waterfall(
                draft.terms.structure,
                refs.tranches,
                fees,
                accounts,
                commitments.len(),
                draft.after_redemption,
            );
            (usual, Names::made("waterfall.csv", Vec::new()))
        }
    };
    let state = state::read(refs);
    if book.has("actuals.csv") && !book.has("state.csv") {
        let text = "payments are read only with state.csv, which the folder does not have";
        book.problems.at(&Place::file("actuals.csv"), text);
    }
    Rules { commitments, triggers, steps, step_names, state }
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
    let reach = add_months(last_loan.max(draft.terms.first_payment), 36);
    draft.terms.legal_maturity = legal.unwrap_or(reach);
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
    for (at, tranche) in tranches.iter_mut().enumerate() {
        if tranche.expected_maturity == NO_DAY {
            tranche.expected_maturity = expected.unwrap_or(NO_DAY);
            draft.inheriting.push(at);
        }
    }
    if draft.legal.is_none() {
        let last = tranches.iter().map(|class| class.expected_maturity).max();
        draft.terms.legal_maturity = add_months(last.unwrap_or(NO_DAY), 24);
    }
}

/// Unless deal.csv says: what the notes bring, less the reserves that they fund.
fn price(draft: &Draft, tranches: &[Tranche], accounts: &[Account]) -> Fen {
    if let Some(price) = draft.price {
        return price;
    }
    let rounding = draft.terms.rounding;
    let brought = tranches.iter().map(|class| deal::proceeds(class, rounding));
    let collects = |kind| matches!(kind, AccountKind::Plan | AccountKind::Income);
    let others = accounts.iter().filter(|account| !collects(account.kind));
    let funded: Fen = match draft.terms.reserve_from_originator {
        true => 0,
        false => others.map(|account| account.opening).fold(0, Fen::saturating_add),
    };
    brought.fold(0, Fen::saturating_add).saturating_sub(funded).max(0)
}

/// The deal as it begins, and from there the deal in mid-life where there is a state.
fn checked(
    book: &Book,
    rows: &Rows,
    parts: Parts,
    state: Option<deal::State>,
    actuals: Option<&[Actual]>,
) -> Option<Deal> {
    if !book.problems.is_empty() {
        return None;
    }
    if book.has("waterfall.csv") {
        for fault in deal::doubts(&parts) {
            book.warn(&rows.place(&fault), &fault.text);
        }
    }
    let report = |faults: Vec<Fault>| {
        for fault in faults {
            rows.report(book, &fault);
        }
    };
    let begun = Deal::new(parts.clone()).map_err(report).ok()?;
    let Some(state) = state else {
        return Some(begun);
    };
    let state = State { initial_principal: begun.pool_principal(), ..state };
    let loans = rows.names.iter().find(|(table, _)| *table == "loans").map(|(_, names)| *names)?;
    let loans = actuals::loans(book, &begun, &state, actuals, loans);
    let parts = Parts { loans, state: Some(state), ..parts };
    Deal::new(parts).map_err(report).ok()
}

impl Rows<'_> {
    /// The cell, or the files, that a fault speaks of.
    fn place(&self, fault: &Fault) -> Place {
        let (table, row, column) = (fault.place.table, fault.place.row, fault.place.column);
        let names = self.names.iter().find(|(name, _)| *name == table);
        let inherited = column == Some("expected_maturity")
            && row.is_some_and(|row| self.draft.inheriting.contains(&row));
        match (names, row, column) {
            (_, _, Some(key)) if table == "deal" => self.draft.place(key),
            (_, _, Some(key)) if table == "tranches" && inherited => self.draft.place(key),
            (Some((_, names)), Some(row), Some(column)) => names.place(row, column),
            _ => {
                let files: Vec<String> =
                    table.split(", ").map(|table| format!("{table}.csv")).collect();
                Place::file(&files.join(", "))
            }
        }
    }

    fn report(&self, book: &Book, fault: &Fault) {
        book.problems.at(&self.place(fault), &fault.text);
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

/// Supporters who stand behind nothing: a table of what they give may have been left out.
fn idle(book: &Book, supporters: &Names, covers: &[Cover], commitments: &[Commitment]) {
    let sound = |file| book.sound(file, &["supporter"]);
    if !["supporters.csv", "commitments.csv", "covers.csv"].into_iter().all(sound) {
        return;
    }
    let given = covers.iter().map(|cover| cover.supporter);
    let given: Vec<usize> = given.chain(commitments.iter().map(|of| of.supporter)).collect();
    let all = supporters.names.len();
    if given.is_empty() && all > 0 {
        let text = format!("holds {all} and there is no commitment and no cover: nobody supports");
        return book.warn(&Place::file("supporters.csv"), text);
    }
    for at in (0..all).filter(|at| !given.contains(at)) {
        let text = "gives no commitment and no cover: it supports nothing";
        book.warn(&supporters.place(at, "supporter"), text);
    }
}

pub(super) fn inputs(sources: &[Source]) -> Vec<(String, String)> {
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
