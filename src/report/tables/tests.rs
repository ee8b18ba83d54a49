#![allow(clippy::unwrap_used)]
use super::*;
use crate::analytics::outcome::outcome;
use crate::analytics::sample::{calm, deal, largest_defaults, supported};
use crate::deal::Coupon;
use crate::engine::{Support, run};

/// The rows of one table, cells joined by a bar.
fn rows(scenario: &Scenario, name: &str) -> Vec<String> {
    rows_of(&deal(supported()), scenario, name)
}

fn rows_of(deal: &Deal, scenario: &Scenario, name: &str) -> Vec<String> {
    let with = run(deal, scenario, Support::With).unwrap();
    let without = run(deal, scenario, Support::Without).unwrap();
    let outcomes = [outcome(deal, &with), outcome(deal, &without)];
    let sheets = tables(deal, scenario, &with, &outcomes, true);
    for sheet in &sheets {
        for row in &sheet.rows {
            assert_eq!(row.len(), sheet.header.len(), "{} {row:?}", sheet.name);
        }
    }
    let sheet = sheets.iter().find(|sheet| sheet.name == name).unwrap();
    let line = |row: &Vec<Cell>| -> String {
        let cells: Vec<String> = row.iter().map(Cell::written).collect();
        cells.join("|")
    };
    sheet.rows.iter().map(line).collect()
}

fn check(name: &str, wanted: &[&str]) {
    assert_eq!(rows(&largest_defaults(), name), wanted, "{name}");
}

#[test]
fn collections() {
    check(
        "collections.csv",
        &[
            "2024-01-01|2024-01-01|1000000.00|80000.00|0.00|0.00|0.00|0.00|1000000.00|0.00|0.00\
             |0.000000",
            "2025-01-01|2025-01-01|1000000.00|32000.00|400000.00|0.00|600000.00|300000.00|0.00\
             |0.00|600000.00|0.600000",
        ],
    );
}

#[test]
fn notes() {
    check(
        "notes.csv",
        &[
            "2024-01-01|A|800000.00|40000.00|40000.00|0.00|0.00|800000.00|0.00|0.00|0.00",
            "2024-01-01|S|200000.00|0.00|0.00|0.00|0.00|200000.00|0.00|0.00|0.00",
            "2025-01-01|A|800000.00|40000.00|40000.00|0.00|800000.00|0.00|0.00|800000.00|0.00",
            "2025-01-01|S|200000.00|0.00|0.00|0.00|0.00|200000.00|0.00|200000.00|200000.00",
        ],
    );
}

#[test]
fn fees() {
    check(
        "fees.csv",
        &[
            "2024-01-01|tax|0.00|0.00|0.00",
            "2024-01-01|manager|1000.00|1000.00|0.00",
            "2024-01-01|registrar|0.00|0.00|0.00",
            "2025-01-01|tax|0.00|0.00|0.00",
            "2025-01-01|manager|1000.00|1000.00|0.00",
            "2025-01-01|registrar|0.00|0.00|0.00",
        ],
    );
}

#[test]
fn accounts() {
    check(
        "accounts.csv",
        &[
            "2023-01-01|plan|0.00|1000000.00|1000000.00|0.00",
            "2023-01-01|top-up shortfall|0.00|0.00|0.00|0.00",
            "2024-01-01|plan|0.00|80000.00|41000.00|39000.00",
            "2024-01-01|top-up shortfall|0.00|0.00|0.00|0.00",
            "2025-01-01|plan|39000.00|732000.00|771000.00|0.00",
            "2025-01-01|top-up shortfall|0.00|70000.00|70000.00|0.00",
        ],
    );
}

#[test]
fn supports_and_events() {
    check(
        "supports.csv",
        &[
            "2024-01-01|担保公司|0.00|0.00|0.00|0.00|0.00|shortfall",
            "2025-01-01|担保公司|70000.00|70000.00|0.00|0.00|70000.00|shortfall",
        ],
    );
    check(
        "events.csv",
        &[
            "2024-06-30|obligor_default|甲",
            "2025-01-01|support_called|shortfall: called 70000.00, paid 70000.00",
            "2025-01-01|redeemed|A",
            "2025-01-01|unpaid_at_the_end|S: principal 200000.00, interest 0.00",
            "2025-01-01|end|",
        ],
    );
}

#[test]
fn postings() {
    check(
        "postings.csv",
        &[
            "2023-01-01|holders A|plan|800000.00|note proceeds",
            "2023-01-01|holders S|plan|200000.00|note proceeds",
            "2023-01-01|plan|originator|1000000.00|purchase price",
            "2024-01-01|pool|plan|80000.00|interest collected",
            "2024-01-01|plan|管理人|1000.00|fee manager (step 2)",
            "2024-01-01|plan|holders A|40000.00|interest A (step 3)",
            "2025-01-01|pool|plan|32000.00|interest collected",
            "2025-01-01|pool|plan|400000.00|principal collected",
            "2025-01-01|pool|plan|300000.00|recoveries",
            "2025-01-01|担保公司|top-up shortfall|70000.00|top-up shortfall",
            "2025-01-01|plan|管理人|1000.00|fee manager (step 2)",
            "2025-01-01|plan|holders A|40000.00|interest A (step 3)",
            "2025-01-01|plan|holders A|730000.00|principal A (step 4)",
            "2025-01-01|top-up shortfall|holders A|70000.00|principal A (step 4)",
        ],
    );
}

#[test]
fn loans() {
    check(
        "loans.csv",
        &[
            "2024-01-01|L1|0.00|48000.00|0.00|0.00|0.00",
            "2024-01-01|L2|0.00|32000.00|0.00|0.00|0.00",
            "2024-06-30|L1|0.00|0.00|600000.00|0.00|0.00",
            "2024-09-30|L1|0.00|0.00|0.00|300000.00|0.00",
            "2025-01-01|L2|400000.00|32000.00|0.00|0.00|0.00",
        ],
    );
}

#[test]
fn distribution() {
    let found = rows(&calm(), "distribution.csv");
    assert_eq!(
        found[2],
        "2025-01-01|2025-01-01|2024-01-01|2025-01-01|366|A|8000|100.000000|5.000000|100.000000|\
         105.000000|0.000000|1.000000|0.05|40000.00|800000.00|0.00|0.00|0.000000"
    );
    // 1,160,000 - 2,000 - 80,000 - 800,000 = 278,000: principal of 200,000, residual of 78,000.
    assert!(
        found[3].ends_with("|1.000000||0.00|200000.00|0.00|78000.00|39.000000"),
        "{}",
        found[3]
    );
}

/// 5.12345 a unit of 100 yuan: 5.1234, and the rest with the next date.
#[test]
fn a_distribution_by_units_has_their_decimals() {
    let mut parts = supported();
    parts.terms.unit_decimals = Some(4);
    parts.tranches[0].coupon = Coupon::Fixed(Decimal::new(512_345, 7));
    let deal = deal(parts);
    let found = rows_of(&deal, &calm(), "distribution.csv");
    let check = |row: usize, part: &str| assert!(found[row].contains(part), "{}", found[row]);
    check(0, "|5.123400|0.000000|5.123400|");
    check(0, "|40987.20|0.00|800000.00|");
    check(2, "|5.123500|100.000000|105.123500|");
    check(2, "|40988.00|800000.00|0.00|");
    let terms = rows_of(&deal, &calm(), "terms.csv");
    assert!(terms.iter().any(|row| row == "deal|unit_decimals|4"));
}

#[test]
fn servicing() {
    check(
        "servicing.csv",
        &[
            "2024-01-01|2024-01-01|0.00|80000.00|0.00|80000.00|0.00|0.00|0.00|0.00|0.000000|",
            "2025-01-01|2025-01-01|1000000.00|80000.00|400000.00|32000.00|0.00|300000.00\
             |600000.00|600000.00|0.600000|",
        ],
    );
}

#[test]
fn pool_characteristics() {
    let found = rows(&calm(), "pool_characteristics.csv");
    let check = |line: &str| assert!(found.iter().any(|row| row == line), "{line}\n{found:#?}");
    check("pool|loans|2|1000000.00|1.000000|");
    check("pool|average loan||||500000.00");
    check("weighted|rate a year||||0.080000");
    check("weighted|remaining term in years||||2.002740");
    // 1,000,000 on rights appraised at 3,500,000.
    check("weighted|pledge ratio (pledged balance / appraised value)||||0.285714");
    check("concentration|largest obligor|1|600000.00|0.600000|");
    check("concentration|HHI of obligors||||0.520000");
    check("concentration|effective number of industries||||1.923077");
    check("industry|软件|1|600000.00|0.600000|");
    check("remaining term|1 to 2 years|2|1000000.00|1.000000|");
    check("kind of right (appraised value)|invention|2|3500000.00|1.000000|");
}

#[test]
fn terms_say_what_was_understood() {
    let found = rows(&largest_defaults(), "terms.csv");
    let check = |line: &str| assert!(found.iter().any(|row| row == line), "{line}\n{found:#?}");
    check("deal|pool_principal|1000000.00");
    check("dates|closing_date|2023-01-01");
    check("tranche A|coupon|0.05");
    check("commitment shortfall|scope|interest:A; principal:A");
    check("waterfall|3|normal: from plan pay interest:A");
    check("scenario|default 甲|2024-06-30");
    check("scenario|recovery_rate|0.5");
}

#[test]
fn a_deal_in_which_nothing_is_paid_has_every_header() {
    let mut parts = supported();
    parts.tranches.clear();
    parts.steps.clear();
    parts.fees.clear();
    parts.commitments.clear();
    parts.supporters.clear();
    parts.terms.purchase_price = 0;
    let deal = Deal::new(parts).unwrap();
    let scenario = calm();
    let with = run(&deal, &scenario, Support::With).unwrap();
    let found = outcome(&deal, &with);
    for sheet in tables(&deal, &scenario, &with, &[found.clone(), found], true) {
        assert!(!sheet.header.is_empty());
        let text = String::from_utf8(sheet.to_csv()).unwrap();
        assert!(text.starts_with(&format!("\u{feff}{}", sheet.header[0])), "{}", sheet.name);
    }
}
