//! The deals of `scenarios/`: a property that only each deal's structure has.

use ipabs::deal::{Branch, Claim, Limit};
use ipabs::engine::{Flows, Runs, Why, run_all};
use ipabs::input::{Source, assemble, read_folder};
use ipabs::num::Decimal;

use crate::loaded::{load, root};

/// One scenario of a deal, run.
fn ran(deal: &str, scenario: &str) -> Runs {
    let loaded = load(&format!("scenarios/{deal}"));
    let found = loaded.scenarios.iter().find(|known| known.name == scenario).unwrap();
    run_all(&loaded.deal, &[found], || ()).unwrap().remove(0)
}

/// The problems of a deal in one of whose tables a text is replaced by another.
fn problems_with(deal: &str, file: &str, from: &str, to: &str) -> Vec<String> {
    let mut sources = read_folder(&root().join("scenarios").join(deal)).unwrap();
    let source: &mut Source = sources.iter_mut().find(|source| source.name == file).unwrap();
    let text = String::from_utf8(source.bytes.clone()).unwrap();
    assert!(text.contains(from), "{deal}/{file} has no {from}");
    source.bytes = text.replace(from, to).into_bytes();
    assemble(&sources).1
}

/// What a step moved in a row.
fn moved(flows: &Flows, row: usize, step: u32) -> Decimal {
    let of_row = flows.postings.iter().filter(|posting| posting.period == flows.start + row);
    let of_step = of_row.filter(|posting| posting.step.is_some_and(|(number, _)| number == step));
    of_step.map(|posting| posting.amount).sum()
}

/// The number of the step of the normal branch with this limit.
fn limited(deal: &str, limit: fn(Limit) -> bool) -> u32 {
    let loaded = load(&format!("scenarios/{deal}"));
    let mut steps = loaded.deal.steps().iter();
    let step = steps.find(|step| step.branch == Some(Branch::Normal) && limit(step.up_to));
    step.unwrap().number
}

/// 5% of all notes and of the lowest class are held: 4.9% of either is refused, 5% is not.
#[test]
fn retention_below_five_percent_is_refused() {
    let deal = "luqiao-credit-abs";
    let check = |from: &str, to: &str, wanted: &[&str]| {
        let found = problems_with(deal, "tranches.csv", from, to);
        assert_eq!(found.len(), wanted.len(), "{found:?}");
        for (line, part) in found.iter().zip(wanted) {
            assert!(line.starts_with("deal.csv") && line.contains(part), "{line}");
        }
    };
    check("600,000.00", "600,000.00", &[]);
    // 4.0 + 0.4 + 0.5 m of 100 m; 0.5 m of 12 m is 4.1667%.
    check(
        "600,000.00",
        "500,000.00",
        &["holds 4.9% of all notes, 4900000.00 of 100000000.00", "holds 4.1667% of C"],
    );
    // One fen less than 5% of the lowest class, and of all notes.
    check("600,000.00", "599,999.99", &["of all notes", "of C"]);
    // All of the lowest class and nothing else: 12% in all.
    check("4,000,000.00", "0.00", &["holds 1% of all notes"]);
    let found = problems_with(deal, "tranches.csv", "\"400,000.00", "\"8,000,000.01");
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].starts_with("tranches.csv:3"), "{found:?}");
}

/// Income covers defaults up to what is recognised as such, not more: on dates on which something
/// has defaulted and the sub is still paid its income, the transfer is the cap to the fen.
#[test]
fn the_cap_on_what_income_gives_to_principal_binds() {
    let deal = "luqiao-credit-abs";
    let covers = limited(deal, |limit| limit == Limit::UncoveredDefaults);
    let sub = limited(deal, |limit| matches!(limit, Limit::RatePa { .. }));
    let flows = ran(deal, "cap_binds").with;
    let (mut given, mut bound) = (Decimal::ZERO, 0);
    for row in 0..flows.rows.len() {
        // Recognised 90 days after they fall due.
        let defaulted = flows.rows[row][flows.cells.recognised];
        let now = moved(&flows, row, covers);
        let lent = flows.rows[row][flows.cells.lent];
        let cap = (defaulted + lent - given).max(Decimal::ZERO);
        assert!(now <= cap, "row {row}: {now} above {cap}");
        if moved(&flows, row, sub) > Decimal::ZERO {
            assert_eq!(now, cap, "row {row}: income is left for the sub only above the cap");
            bound += usize::from(cap > Decimal::ZERO);
        }
        given += now + rest(&flows, row, deal);
    }
    assert!(bound >= 1, "the cap binds on no date");
}

/// What income gave to principal beyond its cover of defaults: it counts as moved too.
fn rest(flows: &Flows, row: usize, deal: &str) -> Decimal {
    let loaded = load(&format!("scenarios/{deal}"));
    let steps = loaded.deal.steps().iter().filter(|step| {
        step.up_to == Limit::Due && step.pay.iter().any(|claim| matches!(claim, Claim::Account(_)))
    });
    steps.map(|step| moved(flows, row, step.number)).sum()
}

/// After default nothing reaches B while a fen of A is unpaid.
#[test]
fn after_default_a_is_paid_strictly_before_b() {
    let flows = ran("luqiao-credit-abs", "collapse").with;
    let [a, b] = [0, 1].map(|class| flows.cells.tranches[class]);
    let mut rows = 0;
    for row in 1..flows.rows.len() {
        let open = !flows.before(row)[flows.cells.default].is_zero();
        if !open {
            continue;
        }
        rows += 1;
        let after = &flows.rows[row];
        let to_b = after[b.interest_paid] + after[b.principal_paid];
        let unpaid = after[a.balance] + after[a.interest];
        assert!(to_b.is_zero() || unpaid.is_zero(), "row {row}: {to_b} to B, {unpaid} of A unpaid");
    }
    assert!(rows >= 3, "{rows} dates after default");
    let interest = flows.postings.iter().filter(|posting| posting.why == Why::NoteInterest);
    assert!(interest.count() > 0);
}

/// The classes of 光盈2017-2 as published: 86.97%, 4.57% and 8.46% of the notes, and a legal
/// maturity three years past A's expected one.
#[test]
fn the_classes_of_guangying_are_as_published() {
    let loaded = load("scenarios/guangying-2017-2");
    let deal = &loaded.deal;
    let classes: Vec<i64> =
        deal.tranches().iter().map(|class| class.notional / 1_000_000).collect();
    assert_eq!(classes, [706_800, 37_100, 68_762]);
    assert_eq!(deal.tranches()[2].notional, 68_762_500_000);
    let all: i64 = deal.tranches().iter().map(|class| class.notional).sum();
    let share = |at: usize| (deal.tranches()[at].notional * 10_000 + all / 2) / all;
    assert_eq!([share(0), share(1), share(2)], [8_697, 457, 846]);
    let legal = ipabs::dates::add_months(deal.tranches()[0].expected_maturity, 36);
    assert_eq!(deal.terms().legal_maturity, legal);
}
