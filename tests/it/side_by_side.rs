//! Many scenarios side by side: each lane brings what the pool brings under its scenario alone.

use proptest::prelude::*;

use super::loaded::{deal_folders, load};
use super::random::{any_scenario, build, choices};
use ipabs::analytics::critical::at_rate;
use ipabs::deal::Deal;
use ipabs::engine::{Collected, Inputs, LANES, Lanes, Trials, plan};
use ipabs::num::{Decimal, Fen};
use ipabs::scenario::{DefaultTiming, Prepayment, Recovery, Scenario, value_factors};

/// Each scenario's lane, row by row, against its own collections in whole numbers.
fn check(deal: &Deal, scenarios: &[Scenario]) {
    let trials = Trials::new(deal, &scenarios[0]);
    let all: Vec<&Scenario> = scenarios.iter().collect();
    let (found, defaulted) = trials.inputs(&all);
    let Inputs { interest, principal, recovered, defaulted: gone, prepaid, sold, .. } = &found;
    let start = plan::<f64>(deal, &scenarios[0], trials.periods(), true).start;
    for (lane, scenario) in scenarios.iter().enumerate() {
        let alone = trials.collect(scenario);
        let row = |rows: &Option<Vec<Lanes>>, of: fn(&Collected) -> Fen, what: &str| {
            for (at, row) in alone.rows.iter().enumerate() {
                let found = rows.as_ref().map_or(0.0, |rows| rows[at].0[lane]);
                assert_eq!(found, of(row) as f64, "{what} of lane {lane} in period {at}");
            }
        };
        row(&Some(interest.clone()), |row| row.interest, "interest");
        row(&Some(principal.clone()), |row| row.principal, "principal");
        row(&Some(recovered.clone()), |row| row.recovered, "recovered");
        row(&Some(gone.clone()), |row| row.defaulted, "defaulted");
        row(prepaid, |row| row.prepaid, "prepaid");
        row(sold, |row| row.sold, "sold");
        row(&found.recognised, |row| row.recognised, "recognised");
        assert_eq!(found.opening.0[lane], alone.rows[start].opening as f64);
        let last = alone.rows.iter().rposition(|row| row.cash() > 0).unwrap_or(0);
        assert_eq!(found.last_cash.0[lane], last as f64, "last cash of lane {lane}");
        assert_eq!(defaulted[lane], alone.rows.iter().map(|row| row.defaulted).sum::<Fen>());
    }
}

/// Every rate that a cell of a grid may change.
fn changed(
    scenario: &Scenario,
    timing: &DefaultTiming,
    values: [i64; 3],
    rights: usize,
) -> Scenario {
    let [defaults, cpr, back] = values.map(|share| Decimal::new(share, 3));
    let mut changed = at_rate(scenario, timing, defaults);
    changed.prepayment = Prepayment::Annual(vec![cpr]);
    match &mut changed.recovery {
        Recovery::Flat { rate, .. } => *rate = back,
        Recovery::Rights(_) => changed.value_factors = value_factors(back, rights),
    }
    changed
}

#[test]
fn every_deal_brings_side_by_side_what_it_brings_alone() {
    for folder in deal_folders() {
        let loaded = load(&folder);
        let deal = &loaded.deal;
        for scenario in &loaded.scenarios {
            let timing = Trials::new(deal, scenario).default_timing(scenario);
            let of = |at: i64| {
                let values = [at * 37 % 1001, at * 11 % 400, at * 91 % 1001];
                changed(scenario, &timing, values, deal.rights().len())
            };
            let scenarios: Vec<Scenario> = (0..LANES as i64).map(of).collect();
            check(deal, &scenarios);
            check(deal, std::slice::from_ref(scenario));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 200,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn any_deal_brings_side_by_side_what_it_brings_alone(
        c in choices(),
        scenario in any_scenario(),
        values in prop::collection::vec(prop::array::uniform3(0_i64..=1000), 1..20),
    ) {
        let deal = build(&c);
        let timing = Trials::new(&deal, &scenario).default_timing(&scenario);
        let own = [scenario.clone()];
        let of = |&values: &[i64; 3]| Scenario {
            obligor_defaults: scenario.obligor_defaults.clone(),
            ..changed(&scenario, &timing, values, 0)
        };
        let others: Vec<Scenario> = values.iter().map(of).collect();
        check(&deal, &own);
        check(&deal, &others);
    }
}
