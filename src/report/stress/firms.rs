//! `breakers.csv`: which firms break a class, and the large-obligor test.
use super::Findings;
use crate::analytics::breakers::{FirmSet, Smallest};
use crate::analytics::stress::SUPPORTS;
use crate::num::{Fen, yuan_of};
use crate::report::table::{Cell, Sheet};

const BREAKERS: &[&str] = &[
    "size",
    "obligors",
    "tranche",
    "support",
    "loss",
    "supporter_paid",
    "test",
    "grade",
    "recovery",
    "paid_in_full",
    "unpaid",
    "default_dates",
    "note",
];

/// By class: the smallest sets that hurt it with or without support, each with both; then the
/// large-obligor test, grade by grade.
pub(super) fn breakers(findings: &Findings<'_>) -> Sheet {
    let mut sheet = Sheet::new("breakers.csv", BREAKERS);
    for class in 0..findings.deal.tranches().len() {
        let mut seen: Vec<&FirmSet> = Vec::new();
        for found in listed(findings, class) {
            for set in &found.sets {
                if !seen.contains(&set) {
                    seen.push(set);
                    set_rows(&mut sheet, findings, class, found, set);
                }
            }
        }
    }
    for large in &findings.large.rows {
        let (table, names) = (findings.large.table, findings.large.names);
        for class in 0..findings.deal.tranches().len() {
            let test = format!("largest obligors, {} ({names})", table.name);
            let recovery = Cell::text(table.recovery.normalize());
            let of = [Cell::text(test), Cell::text(&large.grade), recovery];
            both(&mut sheet, findings, class, &large.set, &of, "");
        }
    }
    sheet
}

/// Found without support, and with.
fn listed<'f>(findings: &'f Findings<'_>, class: usize) -> Vec<&'f Smallest> {
    let smallest = &findings.breakers.smallest;
    [&smallest[1][class], &smallest[0][class]].into_iter().flatten().collect()
}

fn set_rows(
    sheet: &mut Sheet,
    findings: &Findings<'_>,
    class: usize,
    found: &Smallest,
    set: &FirmSet,
) {
    let note = match found.exhaustive {
        true => format!("sets of this size that hurt it: {}; no smaller set does", found.count),
        false => "the firms that cost the most alone; smaller sets were not all tried".to_owned(),
    };
    let of = [Cell::text("smallest set"), Cell::Blank, Cell::text("scenario")];
    both(sheet, findings, class, set, &of, &note);
}

fn both(
    sheet: &mut Sheet,
    findings: &Findings<'_>,
    class: usize,
    set: &FirmSet,
    of: &[Cell; 3],
    note: &str,
) {
    let deal = findings.deal;
    let tranche = &deal.tranches()[class];
    let names: Vec<&str> =
        set.obligors.iter().map(|&at| deal.obligors()[at].name.as_str()).collect();
    let dates = set.obligors.iter().filter_map(|&at| findings.breakers.worst_dates[at]);
    let dates: Vec<String> = dates.map(|date| date.to_string()).collect();
    for (end, support) in set.ends.iter().zip(SUPPORTS).rev() {
        let own = &end.classes[class];
        let unpaid: Fen = own.unpaid_principal + own.unpaid_interest;
        let mut row = vec![
            Cell::Count(set.obligors.len() as i64),
            Cell::Text(names.join(";")),
            Cell::text(&tranche.name),
            Cell::text(support.name()),
            Cell::Number(own.unpaid_principal as f64 / tranche.notional.max(1) as f64, 6),
            Cell::Yuan(yuan_of(end.paid)),
        ];
        row.extend(of.iter().cloned());
        row.extend([
            Cell::text(if own.paid_in_full() { "yes" } else { "no" }),
            Cell::Yuan(yuan_of(unpaid)),
            Cell::Text(dates.join(";")),
            Cell::text(note),
        ]);
        sheet.rows.push(row);
    }
}
