//! Another engine's answers: Hastructure 0.50.2, for deals written as tables of ours.
//!
//! It floors every product to the cent where we round once, half up; where its conventions differ
//! in more than that, the case says which and how much that can move.

use super::auditor::audit;
use super::lanes::check_lanes;
use super::loaded::{expected, load};
use ipabs::engine::{Support, run};
use ipabs::num::{Amount, Decimal, yuan_of};

struct Tolerance {
    /// Yuan on every pool amount, and on interest.
    pool: &'static str,
    pool_interest: &'static str,
    /// Yuan on balances, and on payments, of notes.
    balance: &'static str,
    paid: &'static str,
}

fn close(got: Decimal, expected: &str, within: &str, what: &str) {
    let expected: Decimal = expected.parse().unwrap();
    let within: Decimal = within.parse().unwrap();
    assert!((got - expected).abs() <= within, "{what}: {got} against {expected}");
}

fn check(case: &str, tolerance: &Tolerance) {
    let folder = format!("tests/data/conformance/{case}");
    let loaded = load(&folder);
    let (deal, scenario) = (&loaded.deal, &loaded.scenarios[0]);
    let flows = run(deal, scenario, Support::With).unwrap();
    audit(deal, &flows);
    check_lanes(deal, scenario, Support::With);
    let (_, pool) = expected(&format!("{folder}/expected_pool.txt"));
    let mut compared = 0;
    // It collects once more at closing; here that is part of the first period.
    let mut carried = [Decimal::ZERO; 5];
    for row in &pool {
        for (sum, text) in carried.iter_mut().zip(&row[3..8]) {
            *sum += text.parse::<Decimal>().unwrap();
        }
        let of_date = |period: &ipabs::engine::Period| period.calculation.to_string() == row[1];
        let Some(at) = flows.periods.iter().position(of_date) else { continue };
        let Some(got) = flows.collections.rows.get(at) else { continue };
        let what = |column: &str| format!("{case}, pool {}, {column}", row[1]);
        let [principal, interest, prepaid, defaulted, recovered] = carried.map(|x| x.to_string());
        close(yuan_of(got.closing), &row[2], tolerance.pool, &what("closing"));
        close(yuan_of(got.principal), &principal, tolerance.pool, &what("principal"));
        close(yuan_of(got.interest), &interest, tolerance.pool_interest, &what("interest"));
        close(yuan_of(got.prepaid), &prepaid, tolerance.pool, &what("prepaid"));
        close(yuan_of(got.defaulted), &defaulted, tolerance.pool, &what("defaulted"));
        close(yuan_of(got.recovered), &recovered, tolerance.pool, &what("recovered"));
        carried = [Decimal::ZERO; 5];
        compared += 1;
    }
    assert!(compared + 1 >= pool.len(), "{case}: {compared} pool dates of {}", pool.len());
    let (_, notes) = expected(&format!("{folder}/expected_bonds.txt"));
    let mut compared = 0;
    for row in &notes {
        let named = deal.tranches().iter().position(|tranche| tranche.name == row[0]).unwrap();
        let class = flows.cells.tranches[named];
        let dates = 0..flows.rows.len();
        let at = dates.into_iter().find(|&at| flows.period(at).payment.to_string() == row[1]);
        let Some(got) = at.map(|at| &flows.rows[at]) else { continue };
        let what = |column: &str| format!("{case}, {} {}, {column}", row[0], row[1]);
        close(got[class.balance], &row[2], tolerance.balance, &what("balance"));
        let interest = got[class.interest_paid].add(got[class.residual_paid]);
        close(interest, &row[3], tolerance.paid, &what("interest"));
        close(got[class.principal_paid], &row[4], tolerance.paid, &what("principal"));
        compared += 1;
    }
    assert!(compared * 10 >= notes.len() * 9, "{case}: {compared} note rows of {}", notes.len());
}

#[test]
fn the_pool_and_notes_of_another_engine_are_met() {
    // Its pool fee skips the 20 days between collection and payment (about 11,000 a date at first):
    // what it does not charge repays principal.
    let skipped_fee_days =
        Tolerance { pool: "1.00", pool_interest: "1.00", balance: "60000", paid: "60000" };
    check("C01_sme_base", &skipped_fee_days);
    check("C02_sme_default_no_support", &skipped_fee_days);
    // A prepaid amount pays its interest here, not there: 0.7% of a month's interest. And one
    // loan's first due date comes 43 days after its start here, 29 there: it prepays 0.3% sooner.
    let prepaid_interest =
        Tolerance { pool: "4500", pool_interest: "200", balance: "6000", paid: "6000" };
    check("C06_level_default_prepay_recovery", &prepaid_interest);
    // Amounts of a hundred yuan: cents of rounding, and the same 0.9% of interest on what prepays.
    let small = Tolerance { pool: "0.25", pool_interest: "0.02", balance: "0.40", paid: "0.40" };
    check("C09_sequential_fixed_fee", &small);
    check("C11_default_ratio_trigger", &small);
}
