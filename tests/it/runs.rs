//! Running small deals: each run is audited and compared between both number systems, and read off
//! as text.
//!
//! A line of a table is: date, class, interest due / paid, principal paid, residual, balance left.

use std::fmt::Write;

use super::auditor::audit;
use super::deals::{deal, quiet};
use super::lanes::check_lanes;
use ipabs::deal::{Deal, Effect, Measure, Parts, Trigger, standard_waterfall};
use ipabs::engine::{Cell, Event, Flows, Support, run};
use ipabs::scenario::Scenario;

/// Runs, audits, compares both number systems, and hands the flows back.
pub fn run_of(parts: Parts, scenario: &Scenario, support: Support) -> (Deal, Flows) {
    let deal = deal(parts);
    let flows = run(&deal, scenario, support).unwrap();
    audit(&deal, &flows);
    check_lanes(&deal, scenario, support);
    (deal, flows)
}

/// The same where support is live.
pub fn flows(parts: Parts, scenario: &Scenario) -> Flows {
    run_of(parts, scenario, Support::With).1
}

/// One cell down the dates.
pub fn column(flows: &Flows, cell: Cell) -> Vec<String> {
    flows.rows.iter().map(|row| row[cell].normalize().to_string()).collect()
}

/// Dates (as text) on which an event happened.
pub fn dates_of(flows: &Flows, event: Event) -> Vec<String> {
    let same = flows.events.iter().filter(|other| other.1 == event);
    same.map(|event| event.0.to_string()).collect()
}

fn notes(deal: &Deal, flows: &Flows) -> String {
    let mut out = String::new();
    for (at, row) in flows.rows.iter().enumerate() {
        for (tranche, class) in deal.tranches().iter().zip(&flows.cells.tranches) {
            let (paid, unpaid) = (row[class.interest_paid], row[class.interest]);
            writeln!(
                out,
                "{} {} {}/{} {} {} {}",
                flows.period(at).payment,
                tranche.name,
                (paid + unpaid).normalize(),
                paid.normalize(),
                row[class.principal_paid].normalize(),
                row[class.residual_paid].normalize(),
                row[class.balance].normalize(),
            )
            .unwrap();
        }
    }
    out
}

/// The table of notes of a run.
pub fn check_under(parts: Parts, scenario: &Scenario, expected: &str) -> Flows {
    let (deal, flows) = run_of(parts, scenario, Support::With);
    let expected: Vec<&str> =
        expected.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let got = notes(&deal, &flows);
    assert_eq!(got.lines().collect::<Vec<_>>(), expected);
    flows
}

/// The table of notes where nothing happens.
pub fn check(parts: Parts, expected: &str) -> Flows {
    check_under(parts, &quiet(), expected)
}

pub fn trigger(measure: Measure, level: &str, effect: Effect) -> Trigger {
    Trigger {
        name: "trigger".to_owned(),
        measure,
        levels: vec![(None, level.parse().unwrap())],
        periods: 1,
        grace_days: 0,
        effect,
        curable: false,
    }
}

/// With the waterfall that its structure brings, cash held until the classes above the sub are
/// redeemed.
pub fn standard(mut parts: Parts) -> Parts {
    parts.steps = standard_waterfall(
        parts.terms.structure,
        &parts.tranches,
        &parts.fees,
        &parts.accounts,
        parts.commitments.len(),
        true,
    );
    parts
}
