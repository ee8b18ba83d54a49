//! Paying by units of 100 yuan of face: whole ticks are paid, rests wait and are not late.

use super::deals::{
    commitment, date, fee, loan, parts, quiet, rate, steps, supporter, terms, tranche,
};
use super::runs::{check, column, dates_of, flows, trigger};
use ipabs::asset::Repayment;
use ipabs::dates::add_months;
use ipabs::deal::{
    Amortisation, Claim, Commitment, Coupon, Deal, Effect, Limit, Measure, Parts, PlanRow,
    Seniority, Split, State, Terms,
};
use ipabs::engine::{Event, Why};
use ipabs::num::{Decimal, Fen};
use ipabs::scenario::{DefaultRate, Scenario};

/// Classes A (800.00 at 12%: 8.00 a month), B (300.00 at 24%: 6.00 a month), C (100.00), by whole
/// yuan of a unit: ticks of 8.00, 3.00 and 1.00. A pool of 1,200.00 that pays 300.00 of principal
/// and no interest on each of four dates.
fn three_classes() -> Parts {
    let until = date("2024-05-01");
    let classes = vec![
        tranche("A", Seniority::Senior, 80_000, "0.12", until),
        tranche("B", Seniority::Mezzanine, 30_000, "0.24", until),
        tranche("C", Seniority::Subordinate, 10_000, "", until),
    ];
    let lines = [
        &[Claim::Interest(0)][..],
        &[Claim::Interest(1)],
        &[Claim::Principal(0)],
        &[Claim::Principal(1)],
        &[Claim::Principal(2)],
    ];
    let pool = vec![loan(0, 120_000, "0", 4, Repayment::EqualPrincipal)];
    let terms = Terms { unit_decimals: Some(0), ..terms(4) };
    parts(terms, pool, classes, steps(&lines, Split::ProRata))
}

/// With a trigger on everything that can be late.
fn watched(mut small: Parts) -> Parts {
    let measures = [
        Measure::InterestUnpaid(0),
        Measure::InterestUnpaid(1),
        Measure::PrincipalUnpaid(0),
        Measure::PrincipalUnpaid(1),
        Measure::UnpaidAtMaturity(0),
        Measure::UnpaidAtMaturity(1),
        Measure::BalanceAboveTarget(0),
    ];
    let on = |measure| trigger(measure, "0", Effect::Perfection);
    small.triggers = measures.map(on).to_vec();
    small
}

/// A's interest of 5.20 on the second date and of 2.24 on the third make no tick and lapse; B's of
/// 5.88 pays one tick of two and carries 2.88, then 8.76 pays two and carries 2.76, then 7.26.
#[test]
fn interest_and_principal_are_whole_ticks_and_a_rest_is_carried_and_not_late() {
    let flows = check(
        watched(three_classes()),
        "2024-02-01 A 8/8 280 0 520
         2024-02-01 B 6/6 6 0 294
         2024-02-01 C 0/0 0 0 100
         2024-03-01 A 0/0 296 0 224
         2024-03-01 B 3/3 0 0 294
         2024-03-01 C 0/0 1 0 99
         2024-04-01 A 0/0 224 0 0
         2024-04-01 B 6/6 69 0 225
         2024-04-01 C 0/0 1 0 98
         2024-05-01 A 0/0 0 0 0
         2024-05-01 B 6/6 225 0 0
         2024-05-01 C 0/0 69 0 29",
    );
    let rest = |at: usize| column(&flows, flows.cells.tranches[at].rest.unwrap());
    assert_eq!(rest(0), ["0", "5.2", "7.44", "7.44"]);
    assert_eq!(rest(1), ["0", "2.88", "2.76", "1.26"]);
    for at in 0..7 {
        assert_eq!(dates_of(&flows, Event::InForce(at)), [""; 0], "{at}");
    }
    for (at, unpaid) in [(0, 0), (1, 0), (2, 1)] {
        assert_eq!(dates_of(&flows, Event::Unpaid(at)).len(), unpaid, "{at}");
    }
}

/// 5.00 are left for A's 8.00: no tick, so B's interest has 3.00 of them and C the rest.
#[test]
fn what_is_short_by_a_tick_is_late() {
    let mut small = watched(three_classes());
    small.fees = vec![fee("servicer", 29_500)];
    let lines = [Claim::Fee(0)];
    small.steps.insert(0, steps(&[&lines], Split::ProRata).remove(0));
    let flows = flows(small, &quiet());
    let row = &flows.rows[0];
    let [a, b, c] = [0, 1, 2].map(|at| flows.cells.tranches[at]);
    assert_eq!([row[a.interest_paid], row[a.interest]], [rate("0"), rate("8")]);
    assert_eq!([row[b.interest_paid], row[b.interest]], [rate("3"), rate("3")]);
    assert_eq!(row[c.principal_paid], rate("2"));
    assert_eq!(dates_of(&flows, Event::InForce(0)), ["2024-02-01"]);
    assert_eq!(dates_of(&flows, Event::InForce(1)), ["2024-02-01"]);
}

/// 300.00 over 800.00 and 300.00: 218.18 pays 216.00, 81.82 pays 81.00, and 3.00 go to C.
#[test]
fn each_share_is_floored_and_the_rests_go_to_the_lines_that_follow() {
    let mut small = three_classes();
    let lines = [&[Claim::Principal(0), Claim::Principal(1)][..], &[Claim::Principal(2)]];
    small.steps = steps(&lines, Split::ProRata);
    small.tranches[..2].iter_mut().for_each(|class| class.coupon = Coupon::None);
    let flows = flows(small, &quiet());
    let principal = |at: usize| column(&flows, flows.cells.tranches[at].principal_paid);
    assert_eq!(principal(0), ["216", "216", "216", "152"]);
    assert_eq!(principal(1), ["81", "81", "81", "57"]);
    assert_eq!(principal(2), ["3", "3", "3", "91"]);
}

#[test]
fn a_plan_pays_whole_ticks_and_its_rest_with_the_next_date() {
    let principal = |amortisation: Amortisation| {
        let mut small = watched(three_classes());
        small.steps = steps(&[&[Claim::Principal(0)]], Split::ProRata);
        small.tranches.truncate(1);
        small.terms.purchase_price = 80_000;
        small.tranches[0].coupon = Coupon::None;
        small.tranches[0].amortisation = amortisation;
        small.triggers.retain(|at| {
            matches!(at.measure, Measure::PrincipalUnpaid(0) | Measure::BalanceAboveTarget(0))
        });
        let flows = flows(small, &quiet());
        assert_eq!(dates_of(&flows, Event::InForce(0)), [""; 0]);
        assert_eq!(dates_of(&flows, Event::InForce(1)), [""; 0]);
        column(&flows, flows.cells.tranches[0].principal_paid)
    };
    let rows = |amounts: [Fen; 4]| -> Vec<PlanRow> {
        let row = |(at, amount)| PlanRow { date: add_months(date("2024-02-01"), at), amount };
        (0..).zip(amounts).map(row).collect()
    };
    let plan = [10_000, 20_000, 25_000, 25_000];
    assert_eq!(principal(Amortisation::TargetPrincipal(rows(plan))), ["96", "200", "248", "256"]);
    let plan = [70_000, 50_000, 25_000, 0];
    assert_eq!(principal(Amortisation::TargetBalance(rows(plan))), ["96", "200", "248", "256"]);
    // What the pool paid in and was not passed on waits for the next date.
    assert_eq!(principal(Amortisation::PassThrough), ["296", "304", "200", "0"]);
    assert_eq!(
        principal(Amortisation::Turbo { target_balance: vec![] }),
        ["296", "304", "200", "0"]
    );
}

/// A alone, of 800.00, with supporters of its interest and principal behind it, and a pool that
/// pays so much interest a month and all its principal on the fourth date.
fn supported(coupon: &str, income: Fen, commitments: Vec<Commitment>) -> Parts {
    let until = date("2024-05-01");
    let senior = tranche("A", Seniority::Senior, 80_000, coupon, until);
    let mut lines = vec![vec![Claim::Interest(0)], vec![Claim::Principal(0)]];
    lines.extend((0..commitments.len()).map(|at| vec![Claim::Commitment(at)]));
    let lines: Vec<&[Claim]> = lines.iter().map(Vec::as_slice).collect();
    let rate_pa = (Decimal::from(income * 12) / Decimal::from(120_000)).to_string();
    let pool = vec![loan(0, 120_000, &rate_pa, 4, Repayment::Bullet)];
    let terms = Terms { unit_decimals: Some(0), ..terms(4) };
    let mut small = parts(terms, pool, vec![senior], steps(&lines, Split::ProRata));
    small.supporters = vec![supporter("S"), supporter("T")];
    small.commitments = commitments;
    small
}

fn scope() -> Vec<Claim> {
    vec![Claim::Interest(0), Claim::Principal(0)]
}

/// 4.40 a month: 4.40, 8.80 (one tick), 5.20, 9.60 (one tick).
#[test]
fn nobody_is_called_for_a_rest() {
    for earmarked in [true, false] {
        let behind = Commitment { earmarked, ..commitment(scope()) };
        let small = supported("0.066", 0, vec![behind]);
        let flows = flows(small, &quiet());
        let class = flows.cells.tranches[0];
        assert_eq!(column(&flows, class.interest_paid), ["0", "8", "0", "8"]);
        let owed = flows.cells.commitments[0];
        assert_eq!(column(&flows, owed.called), ["0", "8", "0", "0"]);
        assert_eq!(column(&flows, owed.repaid), ["0", "0", "0", "8"]);
        assert_eq!(column(&flows, class.principal_paid), ["0", "0", "0", "800"]);
    }
}

/// Of 8.00 the account has 5.00 or so: it and those who top it up make the tick together.
#[test]
fn an_account_and_its_top_ups_make_a_tick_together() {
    let capped = |cap: Fen| Commitment { cap_per_date: Some(cap), ..commitment(scope()) };
    let second = Commitment { supporter: 1, ..commitment(scope()) };
    let check = |income: Fen, fee: &str, commitments: Vec<Commitment>, called: &[&str]| {
        let mut small = supported("0.12", income, commitments);
        small.terms.registrar_fee = rate(fee);
        let flows = flows(small, &quiet());
        let row = &flows.rows[0];
        let class = flows.cells.tranches[0];
        let paid: Vec<Decimal> = flows.cells.commitments.iter().map(|at| row[at.paid]).collect();
        let called: Vec<Decimal> = called.iter().map(|called| rate(called)).collect();
        assert_eq!(paid, called, "{income} {fee}");
        let enough = paid.iter().sum::<Decimal>() + Decimal::new(income, 2);
        let whole = if enough < rate("8") { "0" } else { "8" };
        assert_eq!(row[class.interest_paid], rate(whole), "{income} {fee}");
        let interest = flows.postings.iter().filter(|at| at.why == Why::NoteInterest);
        let of_date: Decimal = interest.filter(|at| at.period == 0).map(|at| at.amount).sum();
        assert_eq!(of_date, rate(whole));
    };
    check(500, "0", vec![commitment(scope())], &["3"]);
    check(500, "0.01", vec![commitment(scope())], &["3.08"]);
    check(1, "0.01", vec![commitment(scope())], &["8.07"]);
    check(500, "0", vec![capped(100), second.clone()], &["1", "2"]);
    check(500, "0.01", vec![capped(100), second.clone()], &["1", "2.08"]);
    // 5.00 and 1.00 make no tick: the top-up goes back, and the account keeps its cash.
    check(500, "0", vec![capped(100)], &["1"]);
    check(0, "0", vec![capped(300), second], &["3", "5"]);
}

#[test]
fn a_limit_is_floored_too_and_the_top_up_stays_inside_it() {
    let paid = |limit: Fen, income: Fen| {
        let mut small = supported("0.24", income, vec![commitment(scope())]);
        small.steps[0].up_to = Limit::Amount(limit);
        let flows = flows(small, &quiet());
        let row = &flows.rows[0];
        let owed = flows.cells.commitments[0];
        [row[flows.cells.tranches[0].interest_paid], row[owed.paid] - row[owed.repaid]]
    };
    // 16.00 are due. The account gives what it has, up to the limit; the supporter the rest.
    assert_eq!(paid(1_600, 500), [rate("16"), rate("11")]);
    assert_eq!(paid(1_500, 500), [rate("8"), rate("3")]);
    assert_eq!(paid(1_500, 900), [rate("8"), rate("0")]);
    assert_eq!(paid(700, 900), [rate("0"), rate("0")]);
}

/// Ticks of one fen are what there is without ticks.
#[test]
fn ticks_of_a_fen_change_nothing() {
    let run_with = |unit_decimals: Option<u32>, earmarked: bool| {
        let until = date("2024-07-01");
        let classes = vec![
            tranche("A", Seniority::Senior, 1_000_000, "0.031", until),
            tranche("B", Seniority::Mezzanine, 1_000_000, "0.0477", until),
        ];
        let lines = [
            &[Claim::Interest(0), Claim::Interest(1)][..],
            &[Claim::Principal(0), Claim::Principal(1)],
            &[Claim::Commitment(0)],
        ];
        let pool = vec![loan(0, 2_000_000, "0.03", 6, Repayment::Level)];
        let terms = Terms { unit_decimals, registrar_fee: rate("0.0005"), ..terms(7) };
        let mut small = parts(terms, pool, classes, steps(&lines, Split::ProRata));
        small.supporters = vec![supporter("S")];
        let behind = commitment(vec![Claim::Interest(0), Claim::Principal(0)]);
        small.commitments = vec![Commitment { cap_total: Some(300_000), earmarked, ..behind }];
        let bad = DefaultRate::Annual(vec![rate("0.2")]);
        let flows = flows(small, &Scenario { defaults: bad, ..quiet() });
        let classes = flows.cells.tranches.iter();
        let mut cells: Vec<usize> = classes
            .flat_map(|at| [at.balance, at.interest, at.interest_paid, at.principal_paid])
            .collect();
        cells.extend(&flows.cells.accounts);
        cells.extend(flows.cells.commitments.iter().flat_map(|at| [at.called, at.paid]));
        cells.into_iter().map(|cell| column(&flows, cell)).collect::<Vec<_>>()
    };
    for earmarked in [true, false] {
        assert_eq!(run_with(Some(4), earmarked), run_with(None, earmarked), "{earmarked}");
    }
}

#[test]
fn a_state_has_balances_of_whole_ticks_and_any_unpaid_interest() {
    let with = |balance: Fen, interest: Fen| {
        let mut small = three_classes();
        small.state = Some(State {
            as_of: Some(date("2024-02-01")),
            notes: vec![(balance, interest), (30_000, 0), (10_000, 0)],
            accounts: vec![0],
            initial_principal: 120_000,
            ..State::default()
        });
        small
    };
    let faults = Deal::new(with(52_001, 0)).unwrap_err();
    assert_eq!(
        faults[0].text,
        "note_balance of A: 520.01 is no whole number of 8.00, the least that unit_decimals pays it"
    );
    // 9.99 are due, 5.20 come on the second date: 8.00 and 7.19.
    let flows = flows(with(52_000, 999), &quiet());
    let class = flows.cells.tranches[0];
    assert_eq!(
        [flows.opening[class.interest], flows.opening[class.rest.unwrap()]],
        [rate("8"), rate("1.99")]
    );
    assert_eq!(flows.rows[0][class.interest_paid], rate("8"));
    assert_eq!(flows.rows[0][class.rest.unwrap()], rate("7.19"));
}

#[test]
fn units_that_do_not_fit_are_faults() {
    let faults = |notional: Fen, decimals: u32| -> Vec<String> {
        let mut small = three_classes();
        small.terms.unit_decimals = Some(decimals);
        small.tranches[0].notional = notional;
        let faults = Deal::new(small).map_or_else(|faults| faults, |_| Vec::new());
        faults.into_iter().map(|fault| fault.text).filter(|text| text.starts_with('A')).collect()
    };
    let none: [&str; 0] = [];
    assert_eq!(faults(70_000, 2), none);
    let yuan = "A: 700.50 is no whole number of 100 yuan (unit_decimals wants it)";
    assert_eq!(faults(70_050, 0), [yuan]);
    let fen = "A: unit_decimals 3 pays its 7 units fractions of a fen (want at most 2)";
    assert_eq!(faults(70_000, 3), [fen]);
}
