//! covers.csv: support of single loans.

use super::cell;
use super::pool::PoolTables;
use super::reader::{Book, NO_DAY, Names, Value, fen};
use super::table::{Row, Table};
use crate::asset::{Loan, Supporter, SupporterKind};
use crate::deal::{Cover, CoverPays, Terms};
use crate::num::Decimal;
use std::collections::BTreeSet;

const FILE: &str = "covers.csv";

/// Covers, and their keys.
pub fn read(
    book: &Book,
    pool: &PoolTables,
    supporters: &[Supporter],
    supporter_names: &Names,
) -> (Vec<Cover>, Names) {
    let (table, names) = book.keyed(FILE);
    let kinds = book.sound("supporters.csv", &["kind"]);
    let cover = |row: Row| {
        let giver = row.text("supporter");
        let known = giver.and_then(|name| supporter_names.find(name));
        let kind = known
            .filter(|_| kinds)
            .and_then(|at| supporters.get(at))
            .map(|supporter| supporter.kind);
        let pays = pays(book, &row, kind);
        let of_rights = pays == CoverPays::OnInfringement;
        alone(book, &row, of_rights);
        let listed = |column: &str, of_kind: bool, names: &Names| match of_kind {
            true => named(book, &row, column, names),
            false => Vec::new(),
        };
        Cover {
            name: row.text("cover").unwrap_or_default().to_string(),
            loans: listed("loans", !of_rights, &pool.loan_names),
            rights: listed("rights", of_rights, &pool.right_names),
            supporter: giver
                .map_or(0, |name| book.index(&row.place("supporter"), name, supporter_names)),
            pays,
            share: share_above_0(book, &row),
            cap_total: fen(book, &row, "cap_total"),
            cap_per_right: fen(book, &row, "cap_per_right"),
            deductible: fen(book, &row, "deductible").unwrap_or(0),
            lag_business_days: row.integer_in("lag_business_days", 0..=250).unwrap_or(20) as i32,
            waiting_months: row.integer_in("waiting_months", 0..=120).unwrap_or(0) as u32,
            end: row.date("end_date"),
        }
    };
    (table.iter().flat_map(Table::rows).map(cover).collect(), names)
}

/// Infringement cover is of rights and each has its cap; other covers are of loans.
fn alone(book: &Book, row: &Row, of_rights: bool) {
    let (others, text) = match of_rights {
        true => (["loans", "cap_total"], "infringement cover is of rights (leave it blank)"),
        false => (["rights", "cap_per_right"], "of infringement cover alone (leave it blank)"),
    };
    for column in others.into_iter().filter(|column| !row.is_blank(column)) {
        book.problems.at(&row.place(column), text);
    }
}

/// Loans of the list, or all, by rising index.
pub(super) fn covered(book: &Book, row: &Row, loans: &Names) -> Vec<usize> {
    named(book, row, "loans", loans)
}

fn named(book: &Book, row: &Row, column: &str, names: &Names) -> Vec<usize> {
    row.need(column);
    let Some(value) = Value::of(book, row, column) else {
        return Vec::new();
    };
    let all = matches!(cell::key(value.text).as_str(), "all" | "全部");
    if all && names.find(value.text).is_none() {
        return (0..names.names.len()).collect();
    }
    let named = value.list();
    if named.is_empty() {
        value.problem(format_args!("the cell names no {}", column.trim_end_matches('s')));
    }
    let mut indices = BTreeSet::new();
    for one in named {
        let at = book.index(&one.place, one.text, names);
        if names.find(one.text).is_some() && !indices.insert(at) {
            one.problem(format_args!("{} is named twice", one.text));
        }
    }
    indices.into_iter().collect()
}

/// As the row says, else as givers of the kind usually do; `None` is a kind that is not known.
fn pays(book: &Book, row: &Row, kind: Option<SupporterKind>) -> CoverPays {
    match (row.choice("pays"), kind) {
        (Some("on_claim"), _) => CoverPays::OnClaim,
        (Some("on_infringement"), _) => CoverPays::OnInfringement,
        (Some(_), _) => CoverPays::OnLoss,
        (None, Some(SupporterKind::BankLetter | SupporterKind::LoanGuarantee)) => {
            CoverPays::OnClaim
        }
        (None, Some(SupporterKind::RiskPool | SupporterKind::Insurer) | None) => CoverPays::OnLoss,
        (
            None,
            Some(SupporterKind::Shortfall | SupporterKind::Guarantee | SupporterKind::Liquidity),
        ) => {
            if row.is_blank("pays") {
                let text = "the cell is empty, and the supporter's kind has no usual way (want \
                            on_claim or on_loss)";
                book.problems.at(&row.place("pays"), text);
            }
            CoverPays::OnLoss
        }
    }
}

fn share_above_0(book: &Book, row: &Row) -> Decimal {
    let Some(share) = row.rate("share") else {
        return Decimal::ONE;
    };
    if share <= Decimal::ZERO || share > Decimal::ONE {
        let found = row.written("share").unwrap_or_default();
        book.problems.out_of_range(&row.place("share"), found, "above 0% and at most 100%");
    }
    share
}

/// Covers that end before the last default of their loans could be paid.
pub fn warnings(book: &Book, covers: &[Cover], names: &Names, loans: &[Loan], terms: &Terms) {
    for (at, cover) in covers.iter().enumerate() {
        let Some(end) = cover.end else { continue };
        let reach = |loan: usize| {
            let maturity = loans[loan].maturity;
            let paid = terms.calendar.add_business_days(maturity, cover.lag_business_days);
            (maturity != NO_DAY).then_some((paid, loan))
        };
        let last = cover.loans.iter().filter_map(|loan| reach(*loan)).max();
        if let Some((paid, loan)) = last.filter(|(paid, _)| *paid > end) {
            let (name, days) = (&loans[loan].name, cover.lag_business_days);
            let text = format!(
                "{end} is before a default of {name} at its maturity could be paid: {paid}, {days} \
                 business days later"
            );
            book.warn(&names.place(at, "end_date"), text);
        }
    }
}
