//! The tables of a programme.
//!
//! Headers are part of the contract: a column may be added at the end, none renamed.
use super::{ShelfFindings, figure};
use crate::asset::RightKind;
use crate::num::yuan_of;
use crate::report::table::{Cell, Sheet};

fn yuan(fen: Option<i64>) -> Cell {
    fen.map_or(Cell::Blank, |fen| Cell::Yuan(yuan_of(fen)))
}

const SHELF: &[&str] = &[
    "series",
    "date",
    "size",
    "outstanding",
    "quota_left",
    "exposure_left",
    "quota_used",
    "expiry",
    "shelf_outstanding",
    "supporter",
    "exposure_used",
    "issues_left",
    "financing_left",
    "valid_from",
];

/// `shelf.csv`: every series on the day of issue and on every day on which its notes change. The
/// quota and all that is outstanding are the shelf's; exposure is of the supporter with least left.
pub(super) fn shelf(of: &ShelfFindings<'_>) -> Sheet {
    let mut sheet = Sheet::new("shelf.csv", SHELF);
    let programme = of.programme;
    for row in programme.rows() {
        let issue = &programme.issues[row.issue];
        let behind = row.exposure.map(|(at, _, _)| &programme.supporters[at].name);
        sheet.rows.push(vec![
            Cell::text(&issue.name),
            Cell::Date(row.date),
            yuan(Some(issue.size)),
            yuan(Some(row.outstanding)),
            yuan(Some(row.quota_left)),
            yuan(row.exposure.map(|(_, _, left)| left)),
            yuan(Some(row.quota_used)),
            programme.shelf.valid_to.map_or(Cell::Blank, Cell::Date),
            yuan(Some(row.all_outstanding)),
            behind.map_or(Cell::Blank, Cell::text),
            yuan(row.exposure.map(|(_, used, _)| used)),
            row.issues_left.map_or(Cell::Blank, Cell::Count),
            yuan(row.financing_left),
            programme.shelf.valid_from.map_or(Cell::Blank, Cell::Date),
        ]);
    }
    sheet
}

const BREACHES: &[&str] = &["date", "series", "limit", "allowed", "found", "subject", "kind"];

/// `breaches.csv`: `kind` is `breach` or `flag`.
pub(super) fn breaches(of: &ShelfFindings<'_>) -> Sheet {
    let mut sheet = Sheet::new("breaches.csv", BREACHES);
    for breach in &of.breaches {
        sheet.rows.push(vec![
            Cell::Date(breach.date),
            Cell::text(of.series(breach)),
            Cell::text(breach.limit.name()),
            Cell::Text(figure(breach.allowed)),
            Cell::Text(figure(breach.found)),
            Cell::text(&breach.subject),
            Cell::text(if breach.limit.is_flag() { "flag" } else { "breach" }),
        ]);
    }
    sheet
}

const CONCENTRATION: &[&str] =
    &["date", "series", "limit", "subject", "found", "allowed", "share_left"];

/// `concentration.csv`: on each day of issue the largest share that each limit looks at, of the
/// series' pool and (`programme_`) of what is owed in all series; no limit is blank.
pub(super) fn concentration(of: &ShelfFindings<'_>) -> Sheet {
    let mut sheet = Sheet::new("concentration.csv", CONCENTRATION);
    let share = |share: Option<f64>| share.map_or(Cell::Blank, |share| Cell::Number(share, 6));
    for row in of.programme.concentration() {
        sheet.rows.push(vec![
            Cell::Date(row.date),
            Cell::text(&of.programme.issues[row.issue].name),
            Cell::text(row.limit.name()),
            Cell::text(&row.subject),
            share(Some(row.found)),
            share(row.allowed),
            share(row.allowed.map(|allowed| allowed - row.found)),
        ]);
    }
    sheet
}

const EXPOSURES: &[&str] = &[
    "date",
    "supporter",
    "guaranteed",
    "other_liabilities",
    "liability_limit",
    "exposure_left",
    "paid_to_date",
    "paying_capacity",
    "capacity_left",
];

/// `exposures.csv`: every supporter on every day on which what it guarantees or has paid changes.
pub(super) fn exposures(of: &ShelfFindings<'_>) -> Sheet {
    let mut sheet = Sheet::new("exposures.csv", EXPOSURES);
    for row in of.programme.exposures() {
        let supporter = &of.programme.supporters[row.supporter];
        sheet.rows.push(vec![
            Cell::Date(row.date),
            Cell::text(&supporter.name),
            yuan(Some(row.guaranteed)),
            yuan(Some(supporter.other_liabilities)),
            yuan(supporter.liability_limit),
            yuan(row.left(supporter)),
            yuan(Some(row.paid)),
            yuan(supporter.paying_capacity),
            yuan(row.capacity_left(supporter)),
        ]);
    }
    sheet
}

const CALLS: &[&str] =
    &["date", "series", "supporter", "called", "paid", "unpaid", "paid_to_date", "capacity_left"];

/// `calls.csv`: every call of a series on a supporter, by payment date; what stays unpaid is called
/// again. What it has paid and has left of its capacity are over all series, at the end of the day.
pub(super) fn calls(of: &ShelfFindings<'_>) -> Sheet {
    let mut sheet = Sheet::new("calls.csv", CALLS);
    let programme = of.programme;
    for call in programme.calls() {
        let supporter = &programme.supporters[call.supporter];
        let paid = programme.paid(call.supporter, call.date);
        sheet.rows.push(vec![
            Cell::Date(call.date),
            Cell::text(&programme.issues[call.issue].name),
            Cell::text(&supporter.name),
            yuan(Some(call.called)),
            yuan(Some(call.paid)),
            yuan(Some(call.called - call.paid)),
            yuan(Some(paid)),
            yuan(supporter.paying_capacity.map(|capacity| capacity - paid)),
        ]);
    }
    sheet
}

const STATISTICS: &[&str] = &[
    "series",
    "date",
    "size",
    "size_to_date",
    "senior",
    "coupon_pa",
    "tenor_months",
    "loans",
    "firms",
    "new_firms",
    "firm_times_to_date",
    "distinct_firms_to_date",
    "average_loan",
    "rights",
    "rights_to_date",
];

/// `statistics.csv`: a row a series, with its rights by kind, blank where it was filled from
/// candidates (`planned`). A title pledged again in a later series counts there again, as firms do
/// in firm-times.
pub(super) fn statistics(of: &ShelfFindings<'_>) -> Sheet {
    let kinds = RightKind::ALL.map(RightKind::name);
    let header = STATISTICS.iter().copied().chain(kinds).chain(["last_maturity", "planned"]);
    let header: Vec<&'static str> = header.collect();
    let mut sheet = Sheet::new("statistics.csv", &header);
    let (mut size, mut rights) = (0, 0);
    for row in of.programme.statistics() {
        let issue = &of.programme.issues[row.issue];
        size += issue.size;
        rights += row.rights;
        let principal: i64 = issue.loans.iter().map(|loan| loan.principal).sum();
        let average = principal / (row.loans.max(1) as i64);
        let count = |number: usize| Cell::Count(number as i64);
        let known = |cell: Cell| if issue.target_size.is_some() { Cell::Blank } else { cell };
        let mut cells = vec![
            Cell::text(&issue.name),
            Cell::Date(issue.date),
            yuan(Some(issue.size)),
            yuan(Some(size)),
            yuan(Some(issue.senior)),
            issue.coupon_pa.map_or(Cell::Blank, |coupon| Cell::Number(coupon, 6)),
            Cell::Count(i64::from(issue.tenor_months())),
            count(row.loans),
            count(row.firms),
            count(row.new_firms),
            count(row.firm_times),
            count(row.distinct_firms),
            yuan(Some(average)),
            known(count(row.rights)),
            count(rights),
        ];
        let by_kind = |kind| known(count(row.by_kind.get(&kind).copied().unwrap_or(0)));
        cells.extend(RightKind::ALL.map(by_kind));
        cells.push(Cell::Date(issue.maturity));
        cells.push(Cell::text(if issue.target_size.is_some() { "yes" } else { "no" }));
        sheet.rows.push(cells);
    }
    sheet
}
