//! The tables of a simulation.
//!
//! Headers are part of the contract: a column may be added at the end, none renamed.
use super::facts::DealFacts;
use super::{ClassResult, Results};
use crate::analytics::simulated::{Estimate, Losses, PoolResult};
use crate::engine::{BINS, FAN_BINS, Histogram, Moments, Tally};
use crate::num::{Fen, yuan_of};
use crate::report::layers::{CLAIM, LEFT, Layer, PLEDGE};
use crate::report::table::{Cell, Sheet};

/// Digits after the point of probabilities and losses.
const DIGITS: usize = 12;
const YEARS: usize = 6;

/// Words of ranks.
const SENIORITIES: [&str; 3] = ["senior", "mezzanine", "sub"];

fn value(estimate: Estimate) -> Cell {
    Cell::Number(estimate.value, DIGITS)
}

fn se(estimate: Estimate) -> Cell {
    estimate.se.map_or(Cell::Blank, |se| Cell::Number(se, DIGITS))
}

fn years(figure: Option<f64>) -> Cell {
    figure.map_or(Cell::Blank, |figure| Cell::Number(figure, YEARS))
}

fn grade(grade: &Option<String>) -> Cell {
    grade.as_ref().map_or(Cell::Blank, Cell::text)
}

const TRANCHES: &[&str] = &[
    "tranche",
    "support",
    "paths",
    "pd",
    "pd_se",
    "el",
    "el_se",
    "loss_p99",
    "loss_p999",
    "es_p99",
    "wal_mean",
    "grade_by_pd",
    "grade_by_el",
    "el_pv",
    "el_pv_se",
    "p_late",
    "wal_mean_se",
    "p_late_se",
    "loss_p99_se",
    "loss_p999_se",
    "es_p99_se",
    "seniority",
    "attachment_point",
];

/// `tranches.csv`. Without loan-level covers `bare` is `without`; in mid-life there is no
/// attachment point.
pub(super) fn tranches(deal: &DealFacts, tally: &Tally, results: &Results) -> Sheet {
    let mut sheet = Sheet::new("tranches.csv", TRANCHES);
    for (at, facts) in deal.classes.iter().enumerate() {
        let of = [
            ("with", &results.with[at]),
            ("without", &results.without[at]),
            ("bare", &results.bare[at]),
        ];
        for (support, class) in of {
            let mut row = vec![Cell::text(&facts.name), Cell::text(support)];
            row.push(Cell::Count(tally.paths as i64));
            row.extend(class_cells(class));
            row.push(Cell::text(SENIORITIES[usize::from(facts.rank.min(2))]));
            let attachment = Cell::Number(deal.attachment(facts.rank), 6);
            row.push(if deal.midlife { Cell::Blank } else { attachment });
            sheet.rows.push(row);
        }
    }
    sheet
}

fn class_cells(class: &ClassResult) -> Vec<Cell> {
    let blank = Cell::Blank;
    vec![
        value(class.pd),
        se(class.pd),
        value(class.el),
        se(class.el),
        value(class.loss_p99),
        value(class.loss_p999),
        value(class.es_p99),
        years(Some(class.wal.value)),
        grade(&class.grade_by_pd),
        grade(&class.grade_by_el),
        class.el_pv.map_or(blank.clone(), value),
        class.el_pv.map_or(blank, se),
        value(class.late),
        years(class.wal.se),
        se(class.late),
        se(class.loss_p99),
        se(class.loss_p999),
        se(class.es_p99),
    ]
}

/// `pool.csv`.
pub(super) fn pool(pool: &PoolResult) -> Sheet {
    let mut sheet = Sheet::new("pool.csv", &["measure", "value", "se"]);
    let rows = [
        ("el", pool.el),
        ("var_99", pool.var_99),
        ("var_999", pool.var_999),
        ("es_999", pool.es_999),
        ("p_no_loss", pool.p_no_loss),
        ("defaults_mean", pool.defaults),
        ("defaulted_mean", pool.defaulted),
    ];
    for (measure, estimate) in rows {
        sheet.rows.push(vec![Cell::text(measure), value(estimate), se(estimate)]);
    }
    sheet
}

const SUPPORTERS: &[&str] = &[
    "supporter",
    "p_called",
    "p_failed_when_called",
    "mean_called",
    "mean_paid",
    "p99_paid",
    "mean_paid_se",
    "mean_unreimbursed",
    "mean_unreimbursed_se",
    "commitment",
    "p_called_se",
    "p_failed_when_called_se",
    "mean_called_se",
    "p99_paid_se",
];

/// `supporters.csv`: a row a commitment, then a row a loan-level cover, whose name stands where a
/// commitment's would; means over all paths, called or not. What a cover is not reimbursed is what
/// it pays less what it takes of the pledge.
pub(super) fn supporters(deal: &DealFacts, results: &Results) -> Sheet {
    let mut sheet = Sheet::new("supporters.csv", SUPPORTERS);
    let yuan = |share: f64| Cell::Yuan(yuan_of((share * deal.pool as f64).round() as Fen));
    let yuan_se = |of: Estimate| of.se.map_or(Cell::Blank, yuan);
    let commitments = deal.commitments.iter().zip(&results.commitments);
    for (facts, of) in commitments.chain(deal.covers.iter().zip(&results.covers)) {
        let failed = of.failed_when_called;
        sheet.rows.push(vec![
            Cell::text(&facts.supporter),
            value(of.called),
            failed.map_or(Cell::Blank, value),
            yuan(of.amount_called.value),
            yuan(of.amount_paid.value),
            yuan(of.paid_p99.value),
            yuan_se(of.amount_paid),
            yuan(of.unreimbursed.value),
            yuan_se(of.unreimbursed),
            Cell::text(&facts.name),
            se(of.called),
            failed.map_or(Cell::Blank, se),
            yuan_se(of.amount_called),
            yuan_se(of.paid_p99),
        ]);
    }
    sheet
}

/// Who bears what of each loan, by means over all paths; empty where there are no covers.
pub(super) fn layers<'a>(deal: &'a DealFacts, tally: &Tally) -> Vec<Layer<'a>> {
    let every: Vec<usize> = (0..deal.covers.len()).collect();
    let mut rows = Vec::new();
    for (at, of) in tally.layers.iter().enumerate() {
        let loan = deal.covered_loans.get(at);
        let name = loan.map(|loan| (loan.name.as_str(), loan.obligor.as_str()));
        let sum = || deal.covered_loans.iter().map(|loan| loan.exposure).sum();
        let exposure = loan.map_or_else(sum, |loan| loan.exposure);
        let row = |layer, cover, moments: &Moments| {
            let of = Estimate::mean(moments, tally.paths);
            let yuan = |share: f64| yuan_of((share * deal.pool as f64).round() as Fen);
            let (amount, amount_se) = (yuan(of.value), of.se.map(yuan));
            Layer { loan: name, exposure, layer, cover, amount, amount_se }
        };
        rows.extend([row(CLAIM, None, &of.claim), row(PLEDGE, None, &of.pledge)]);
        let covers = loan.map_or(&every, |loan| &loan.covers);
        rows.extend(covers.iter().zip(&of.covers).map(|(&cover, kept)| {
            let terms = &deal.covers[cover];
            let party = Some((terms.supporter.as_str(), terms.name.as_str()));
            row(deal.cover_layers[cover].as_str(), party, kept)
        }));
        rows.push(row(LEFT, None, &of.left));
    }
    rows
}

/// Bins of the tally to one of the table, which are 1/1024 of the scale.
const TOGETHER: usize = BINS / 1024;

/// `loss_histogram.csv`: bins that hold something; from 0 to 0 is no loss.
pub(super) fn histogram(deal: &DealFacts, tally: &Tally) -> Sheet {
    let header = ["tranche", "support", "loss_from", "loss_to", "probability"];
    let mut sheet = Sheet::new("loss_histogram.csv", &header);
    let mut add = |name: &str, support: Cell, histogram: &Histogram| {
        for (from, to, probability) in Losses::new(histogram, tally.paths).coarser(TOGETHER) {
            let mut row = vec![Cell::text(name), support.clone()];
            row.extend([Cell::Number(from, 10), Cell::Number(to, 10)]);
            row.push(Cell::Number(probability, DIGITS));
            sheet.rows.push(row);
        }
    };
    add("pool", Cell::Blank, &tally.pool.losses);
    for (at, facts) in deal.classes.iter().enumerate() {
        add(&facts.name, Cell::text("with"), &tally.with[at].losses);
        add(&facts.name, Cell::text("without"), &tally.without[at].losses);
        if let Some(bare) = tally.bare.get(at) {
            add(&facts.name, Cell::text("bare"), &bare.losses);
        }
    }
    sheet
}

/// `support_paid.csv`: what each commitment pays over the life of the notes, bin by bin; from 0 to
/// 0 it pays nothing.
pub(super) fn support_paid(deal: &DealFacts, tally: &Tally) -> Sheet {
    let header = ["supporter", "commitment", "paid_from", "paid_to", "probability"];
    let mut sheet = Sheet::new("support_paid.csv", &header);
    let yuan = |share: f64| Cell::Yuan(yuan_of((share * deal.pool as f64).round() as Fen));
    for (facts, of) in deal.commitments.iter().zip(&tally.commitments) {
        for (from, to, probability) in Losses::new(&of.paid, tally.paths).coarser(TOGETHER) {
            sheet.rows.push(vec![
                Cell::text(&facts.supporter),
                Cell::text(&facts.name),
                yuan(from),
                yuan(to),
                Cell::Number(probability, DIGITS),
            ]);
        }
    }
    sheet
}

/// Quantiles of the senior balance that are drawn.
const LEVELS: [f64; 3] = [0.05, 0.5, 0.95];

/// What is owed to the senior classes with support as the run begins and after each payment date,
/// in yuan: what 5%, 50% and 95% of the first paths do not exceed, to 1/512 of the notional.
fn senior_balance(deal: &DealFacts, tally: &Tally) -> Vec<[f64; 3]> {
    let senior: f64 =
        deal.classes.iter().filter(|of| of.rank == 0).map(|of| of.notional as f64).sum();
    let yuan = |share: f64| share * senior / 100.0;
    let periods = tally.fan.iter().skip(deal.periods_before);
    let later = periods.map(|of| LEVELS.map(|level| yuan(quantile(of, level))));
    std::iter::once([yuan(deal.senior_opening); 3]).chain(later).collect()
}

/// The least share of the notional that so much of the weight does not exceed, to the upper edge of
/// its bin.
fn quantile(bins: &[u64], level: f64) -> f64 {
    let all: u64 = bins.iter().sum();
    let mut passed = 0;
    let found = bins.iter().position(|weight| {
        passed += weight;
        passed as f64 >= level * all as f64
    });
    found.map_or(0.0, |bin| bin as f64 / FAN_BINS as f64)
}

/// `senior_balance.csv`.
pub(super) fn balances(deal: &DealFacts, tally: &Tally) -> Sheet {
    let header = ["date", "balance_p05", "balance_p50", "balance_p95"];
    let mut sheet = Sheet::new("senior_balance.csv", &header);
    for (date, of) in deal.dates.iter().zip(senior_balance(deal, tally)) {
        let yuan = of.map(|yuan| Cell::Yuan(yuan_of((100.0 * yuan).round() as Fen)));
        sheet.rows.push(std::iter::once(Cell::text(date)).chain(yuan).collect());
    }
    sheet
}

/// `convergence.csv`: estimates after each segment of the paths.
pub(super) fn convergence(deal: &DealFacts, results: &Results) -> Sheet {
    let header = ["paths", "tranche", "support", "pd", "pd_se", "el", "el_se"];
    let mut sheet = Sheet::new("convergence.csv", &header);
    let classes = deal.classes.len();
    for step in &results.convergence {
        let paths = Cell::Count(step.paths as i64);
        let pool = step.pool_el;
        let mut row = vec![paths.clone(), Cell::text("pool"), Cell::Blank, Cell::Blank];
        row.extend([Cell::Blank, value(pool), se(pool)]);
        sheet.rows.push(row);
        for (at, facts) in deal.classes.iter().enumerate() {
            for (support, (pd, el)) in
                [("with", step.classes[at]), ("without", step.classes[classes + at])]
            {
                let mut row = vec![paths.clone(), Cell::text(&facts.name), Cell::text(support)];
                row.extend([value(pd), se(pd), value(el), se(el)]);
                sheet.rows.push(row);
            }
        }
    }
    sheet
}
