//! What one payment date says of a class, a fee, the pool: the cells of a run as an office reads
//! them.
//!
//! Invariant: due = paid + unpaid for every claim, opening - principal = closing for every class,
//! opening - principal - prepaid - defaulted - clean-up = closing for the pool.
use crate::deal::{AccountKind, Amortisation, Deal};
use crate::engine::{CoverFlow, Flows};
use crate::num::{Decimal, yuan_of};

/// A claim of one date.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ClaimDate {
    /// What the date itself added.
    pub accrued: Decimal,
    /// With what earlier dates left unpaid.
    pub due: Decimal,
    pub paid: Decimal,
    pub unpaid: Decimal,
}

impl ClaimDate {
    fn new(unpaid_before: Decimal, paid: Decimal, unpaid: Decimal) -> ClaimDate {
        let due = paid + unpaid;
        let accrued = due - unpaid_before;
        ClaimDate { accrued, due, paid, unpaid }
    }
}

/// A class on one date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClassDate {
    pub opening: Decimal,
    pub interest: ClaimDate,
    /// Principal that had to be paid, all that was paid, and what was missed of the former.
    pub principal_due: Decimal,
    pub principal_paid: Decimal,
    pub principal_unpaid: Decimal,
    pub residual_paid: Decimal,
    pub closing: Decimal,
}

impl ClassDate {
    /// Something that had to be paid on this date was not, after the top-up.
    pub fn short(&self) -> bool {
        !self.interest.unpaid.is_zero() || !self.principal_unpaid.is_zero()
    }

    /// All cash to the holders.
    pub fn cash(&self) -> Decimal {
        self.interest.paid + self.principal_paid + self.residual_paid
    }
}

/// The pool over one collection period, as far as it is still the plan's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PoolDate {
    pub opening: Decimal,
    pub interest: Decimal,
    pub principal: Decimal,
    pub prepaid: Decimal,
    pub defaulted: Decimal,
    pub recovered: Decimal,
    /// Paid by the originator for what performs.
    pub clean_up: Decimal,
    pub closing: Decimal,
    /// Defaults since the cut-off date that triggers count.
    pub recognised: Decimal,
}

impl PoolDate {
    /// Cash that reached the plan.
    pub fn cash(&self) -> Decimal {
        self.interest + self.principal + self.prepaid + self.recovered + self.clean_up
    }
}

/// One class on the date of a row.
pub fn class(deal: &Deal, flows: &Flows, row: usize, tranche: usize) -> ClassDate {
    let (before, after) = (flows.before(row), &flows.rows[row]);
    let cells = flows.cells.tranches[tranche];
    let (principal_paid, principal_unpaid) = (after[cells.principal_paid], after[cells.due]);
    let principal_due = match principal_unpaid.is_zero() {
        false => principal_unpaid + principal_paid,
        // Nothing was missed, so at most what was paid was due.
        true => principal_due(deal, flows, row, tranche).min(principal_paid),
    };
    ClassDate {
        opening: before[cells.balance],
        interest: ClaimDate::new(
            before[cells.interest],
            after[cells.interest_paid],
            after[cells.interest],
        ),
        principal_due,
        principal_paid,
        principal_unpaid,
        residual_paid: after[cells.residual_paid],
        closing: after[cells.balance],
    }
}

/// Principal that had to be paid on a date on which nothing was missed.
fn principal_due(deal: &Deal, flows: &Flows, row: usize, tranche: usize) -> Decimal {
    let (before, after) = (flows.before(row), &flows.rows[row]);
    let cells = &flows.cells;
    let terms = &deal.tranches()[tranche];
    let nominal = flows.period(row).nominal;
    let balance = before[cells.tranches[tranche].balance];
    let open = |of: &[Decimal], gate: usize| of[gate] > Decimal::ZERO;
    let all_due = nominal >= terms.expected_maturity
        || open(after, cells.last)
        || open(before, cells.accelerated)
        || open(before, cells.default);
    match &terms.amortisation {
        _ if all_due => balance,
        Amortisation::PassThrough | Amortisation::Bullet => Decimal::ZERO,
        Amortisation::TargetPrincipal(rows) => rows
            .iter()
            .find(|row| row.date == nominal)
            .map_or(Decimal::ZERO, |row| yuan_of(row.amount)),
        Amortisation::Turbo { target_balance: rows } | Amortisation::TargetBalance(rows) => {
            let target = rows.iter().rfind(|row| row.date <= nominal);
            let above = |amount| (balance - yuan_of(amount)).max(Decimal::ZERO);
            target.map_or(Decimal::ZERO, |row| above(row.amount))
        }
    }
}

/// One fee on the date of a row, with what is above its cap.
pub fn fee(flows: &Flows, row: usize, fee: usize) -> ClaimDate {
    let (before, after) = (flows.before(row), &flows.rows[row]);
    let cells = flows.cells.fees[fee];
    let unpaid = |of: &[Decimal]| of[cells.now] + of[cells.over];
    ClaimDate::new(unpaid(before), after[cells.paid], unpaid(after))
}

/// Taxes on the date of a row.
pub fn tax(flows: &Flows, row: usize) -> ClaimDate {
    let (before, after) = (flows.before(row), &flows.rows[row]);
    let cells = &flows.cells;
    ClaimDate::new(before[cells.tax], after[cells.tax_paid], after[cells.tax])
}

/// The registrar's fee on the date of a row: it is due with a payment, never without.
pub fn registrar(flows: &Flows, row: usize) -> ClaimDate {
    let paid = flows.rows[row][flows.cells.registrar_paid];
    ClaimDate::new(Decimal::ZERO, paid, Decimal::ZERO)
}

/// The pool over the collection period of a row.
pub fn pool(flows: &Flows, row: usize) -> PoolDate {
    let (cells, after) = (&flows.cells, &flows.rows[row]);
    let collected = &flows.collections.rows[flows.start + row];
    PoolDate {
        opening: yuan_of(collected.opening),
        interest: after[cells.interest_in],
        principal: after[cells.principal_in],
        prepaid: after[cells.prepaid_in],
        defaulted: yuan_of(collected.defaulted),
        recovered: after[cells.recovered_in],
        clean_up: after[cells.clean_up_in],
        closing: after[cells.performing],
        recognised: after[cells.recognised],
    }
}

/// What a cover did in the collection period of a row.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CoverDate {
    pub called: Decimal,
    pub paid: Decimal,
    /// Of what the pledges fetched.
    pub taken: Decimal,
}

/// One cover over the collection period of a row.
pub fn cover(flows: &Flows, row: usize, cover: usize) -> CoverDate {
    let of = |flow: &&CoverFlow| flow.period == flows.start + row && flow.cover == cover;
    let mut sum = CoverDate::default();
    for flow in flows.collections.covers.iter().filter(of) {
        sum.called += yuan_of(flow.called);
        sum.paid += yuan_of(flow.paid);
        sum.taken += yuan_of(flow.taken);
    }
    sum
}

/// Defaults before the first row of a run: a deal in mid-life has some behind it.
pub fn defaulted_before(deal: &Deal) -> Decimal {
    deal.state().map_or(Decimal::ZERO, |state| yuan_of(state.cumulative_defaults))
}

/// Cash that the plan holds before the collections of a row: all accounts of collections and
/// reserves.
pub fn carried(deal: &Deal, flows: &Flows, row: usize) -> Decimal {
    let before = flows.before(row);
    let accounts = deal.accounts().iter().zip(&flows.cells.accounts);
    let counts = |kind| match kind {
        AccountKind::Plan | AccountKind::Income | AccountKind::Principal | AccountKind::Reserve => {
            true
        }
        AccountKind::Other => false,
    };
    accounts.filter(|(account, _)| counts(account.kind)).map(|(_, &cell)| before[cell]).sum()
}
