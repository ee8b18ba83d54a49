//! Tables that go to holders and to the servicer: the distribution report and the servicing report.
use crate::analytics::statement;
use crate::deal::{Deal, FACE, Measure};
use crate::engine::{Flows, coupon_pa, pool};
use crate::num::{Amount, Decimal, Fen, yuan_of};
use crate::report::table::{Cell, Sheet};
use crate::scenario::Scenario;

/// 收益分配报告: each class on each payment date, per 100 face and in all;
/// totals hold interest, principal and residual.
pub(super) fn distribution(deal: &Deal, scenario: &Scenario, flows: &Flows) -> Sheet {
    let header = [
        "payment_date",
        "record_date",
        "accrual_start",
        "accrual_end",
        "days",
        "tranche",
        "units",
        "opening_per_100",
        "interest_per_100",
        "principal_per_100",
        "total_per_100",
        "face_after_per_100",
        "share_repaid",
        "coupon_pa",
        "interest",
        "principal",
        "remaining",
        "residual",
        "residual_per_100",
    ];
    let mut sheet = Sheet::new("distribution.csv", &header);
    for row in 0..flows.rows.len() {
        for at in 0..deal.tranches().len() {
            sheet.rows.push(distributed(deal, scenario, flows, row, at));
        }
    }
    sheet
}

fn distributed(
    deal: &Deal,
    scenario: &Scenario,
    flows: &Flows,
    row: usize,
    at: usize,
) -> Vec<Cell> {
    let (period, tranche) = (flows.period(row), &deal.tranches()[at]);
    let class = statement::class(deal, flows, row, at);
    let notional = tranche.notional;
    let decimals = deal.terms().unit_decimals.map_or(6, |decimals| decimals.max(6));
    let per_100 = |amount| Cell::Number(per_face(amount, notional), decimals as usize);
    let redeemed = class.closing.is_zero() && !class.opening.is_zero();
    let record = if redeemed { period.record_final } else { period.record };
    let coupon = coupon_pa(deal, scenario, at, period);
    let days = crate::dates::days(period.accrual_start, period.accrual_end);
    let total = class.interest.paid + class.principal_paid + class.residual_paid;
    vec![
        Cell::Date(period.payment),
        Cell::Date(record),
        Cell::Date(period.accrual_start),
        Cell::Date(period.accrual_end),
        Cell::Count(days),
        Cell::text(&tranche.name),
        units(notional),
        per_100(class.opening),
        per_100(class.interest.paid),
        per_100(class.principal_paid),
        per_100(total),
        per_100(class.closing),
        super::part(yuan_of(notional) - class.closing, yuan_of(notional)),
        coupon.map_or(Cell::Blank, |rate| Cell::text(rate.normalize())),
        Cell::Yuan(class.interest.paid),
        Cell::Yuan(class.principal_paid),
        Cell::Yuan(class.closing),
        Cell::Yuan(class.residual_paid),
        per_100(class.residual_paid),
    ]
}

fn per_face(amount: Decimal, notional: Fen) -> f64 {
    match notional {
        0 => 0.0,
        _ => 100.0 * amount.to_fen() as f64 / notional as f64,
    }
}

/// Notional over 100 yuan of face.
fn units(notional: Fen) -> Cell {
    match notional % FACE {
        0 => Cell::Count(notional / FACE),
        _ => Cell::Number(notional as f64 / FACE as f64, 4),
    }
}

/// 资产服务报告: what the contracts say from the cut-off date on against what came in, and defaults
/// so far against the level at which they accelerate the deal. Arrears short of default are not
/// modelled, so there are no days past due.
pub(super) fn servicing(deal: &Deal, scenario: &Scenario, flows: &Flows) -> Sheet {
    let header = [
        "period_end",
        "payment_date",
        "scheduled_principal",
        "scheduled_interest",
        "principal",
        "interest",
        "prepaid",
        "recovered",
        "defaulted",
        "recognised_defaults",
        "recognised_default_rate",
        "trigger_level",
    ];
    let mut sheet = Sheet::new("servicing.csv", &header);
    let contracts = pool(deal, scenario.rate_shift, &flows.periods);
    let initial = yuan_of(deal.initial_principal());
    for row in 0..flows.rows.len() {
        let (found, period) = (statement::pool(flows, row), flows.period(row));
        let at = flows.start + row;
        let dues = || contracts.dues_in(at).iter().map(|&index| contracts.due(index));
        let principal: Fen = dues().map(|due| due.principal).sum();
        let interest: Fen = dues().map(|due| due.interest - due.withheld).sum();
        sheet.rows.push(vec![
            Cell::Date(period.calculation),
            Cell::Date(period.payment),
            Cell::Yuan(yuan_of(principal)),
            Cell::Yuan(yuan_of(interest)),
            Cell::Yuan(found.principal),
            Cell::Yuan(found.interest),
            Cell::Yuan(found.prepaid),
            Cell::Yuan(found.recovered),
            Cell::Yuan(found.defaulted),
            Cell::Yuan(found.recognised),
            super::part(found.recognised, initial),
            level(deal, flows, row),
        ]);
    }
    sheet
}

/// The level in force of the first trigger on defaults.
fn level(deal: &Deal, flows: &Flows, row: usize) -> Cell {
    let mut triggers = deal.triggers().iter();
    let found = triggers.find(|trigger| trigger.measure == Measure::CumulativeDefaultRate);
    let payment = flows.period(row).payment;
    let held = found.and_then(|trigger| {
        let mut levels = trigger.levels.iter();
        levels.rfind(|level| level.0.is_none_or(|from| from <= payment))
    });
    held.map_or(Cell::Blank, |level| Cell::text(level.1.normalize()))
}
