//! What the pool pays in under many scenarios at once, one a lane.
//!
//! The scenarios differ in amounts alone: how many default, how many prepay, how much comes back,
//! what rights fetch. Then every date is the same in all of them, and each due date is one pass
//! over the lanes. Invariant: a lane is what `collect` gives for its scenario, to the fen. The
//! rules, and their order, are those of `collect`; where covers or infringements meet a default
//! there are no lanes.

mod exact;
mod sale;

use std::collections::BTreeMap;

use multiversion::multiversion;

use super::collect::{standing, struck};
use super::lanes::{LANES, Lanes};
use super::period::Inputs;
use super::periods::Period;
use super::pool::{ContractDue, Pool, claim_on, first_day, period_of};
use super::rates::PeriodRates;
use super::timing::to_default;
use crate::asset::Status;
use crate::dates::{Date, add_days, add_months};
use crate::deal::{Deal, PrepaymentBase};
use crate::num::{Fen, Ratio, Rounding, Row};
use crate::scenario::{AfterPrepayment, DefaultRate, Recovery, RightAssumptions, Scenario};
use exact::{Rates, part_of, rate_of, times_over};

/// One collection period, as in `Collected`.
#[derive(Clone)]
struct CollectedLanes {
    opening: Lanes,
    closing: Lanes,
    interest: Lanes,
    principal: Lanes,
    prepaid: Lanes,
    defaulted: Lanes,
    recovered: Lanes,
    sold: Lanes,
    recognised: Lanes,
}

impl CollectedLanes {
    const NOTHING: CollectedLanes = CollectedLanes {
        opening: Row::ZERO,
        closing: Row::ZERO,
        interest: Row::ZERO,
        principal: Row::ZERO,
        prepaid: Row::ZERO,
        defaulted: Row::ZERO,
        recovered: Row::ZERO,
        sold: Row::ZERO,
        recognised: Row::ZERO,
    };
}

/// What scenarios bring to the waterfall, one a lane, the last one in every lane that is left; and
/// what defaults in each in all. Nothing is said of supporters. None where the scenarios are not
/// alike enough, or more than the lanes.
pub(crate) fn collect_side_by_side(
    deal: &Deal,
    scenarios: &[&Scenario],
    (pool, periods, start): (&Pool, &[Period], usize),
) -> Option<(Inputs<f64, LANES>, Lanes)> {
    let (first, last) = (*scenarios.first()?, *scenarios.last()?);
    let alike = scenarios.iter().all(|other| alike(first, other));
    if !alike || !has_lanes(deal, first) || scenarios.len() > LANES {
        return None;
    }
    let lanes: Vec<&Scenario> =
        (0..LANES).map(|lane| scenarios.get(lane).copied().unwrap_or(last)).collect();
    let mut run = Abreast::new(deal, &lanes, pool, periods)?;
    all_periods(&mut run)?;
    Some(run.inputs(start))
}

/// On the widest instructions that the machine has: the same bits from every set.
#[multiversion(targets("x86_64+avx512f+avx512dq+avx512vl", "x86_64+avx2"))]
fn all_periods(run: &mut Abreast<'_>) -> Option<()> {
    for at in 0..run.rows.len() {
        run.period(at)?;
    }
    Some(())
}

/// Whether scenarios like this one have lanes at all.
pub(crate) fn has_lanes(deal: &Deal, scenario: &Scenario) -> bool {
    deal.covers().is_empty() && scenario.infringements.is_empty()
}

/// Whether two scenarios differ in amounts alone.
fn alike(one: &Scenario, other: &Scenario) -> bool {
    let recovery = match (&one.recovery, &other.recovery) {
        (Recovery::Flat { shares: one, .. }, Recovery::Flat { shares: other, .. }) => one == other,
        (Recovery::Rights(one), Recovery::Rights(other)) => one == other,
        (Recovery::Flat { .. } | Recovery::Rights(_), _) => false,
    };
    let by_loan = |of: &Scenario| matches!(of.defaults, DefaultRate::Obligors { .. });
    recovery
        && by_loan(one) == by_loan(other)
        && one.after_prepayment == other.after_prepayment
        && one.rate_shift == other.rate_shift
        && one.obligor_defaults == other.obligor_defaults
        && one.prepaid_loans == other.prepaid_loans
        && one.infringements == other.infringements
        && one.sales == other.sales
        && one.delinquent_default == other.delinquent_default
}

/// A rate by lane and due date; worked out once for each position and length.
struct LaneRates {
    lanes: Vec<PeriodRates>,
    /// Positions above have the rates of this one; none where no lane has any.
    last: Option<usize>,
    /// None where nothing is left of any amount.
    known: BTreeMap<(usize, i32, i32), Option<Rates>>,
}

impl LaneRates {
    fn new(lanes: Vec<PeriodRates>) -> LaneRates {
        let last = lanes.iter().filter_map(PeriodRates::last).max();
        LaneRates { lanes, last, known: BTreeMap::new() }
    }

    /// Some of nothing where nothing is left; none where a rate is not exact in f64.
    fn at(&mut self, position: usize, due: &ContractDue) -> Option<Option<&Rates>> {
        let Some(last) = self.last else { return Some(None) };
        let key = (position.min(last), due.days, due.months);
        if !self.known.contains_key(&key) {
            let ratios: Vec<Ratio> =
                self.lanes.iter_mut().map(|lane| lane.at(position, due)).collect();
            let rates = Rates::new(|lane| ratios[lane])?;
            self.known.insert(key, Some(rates).filter(|rates| !rates.are_zero()));
        }
        Some(self.known.get(&key)?.as_ref())
    }
}

/// How much comes back.
enum LaneRecoveries<'a> {
    Flat {
        rate: Box<Rates>,
        shares: Vec<(i32, Ratio)>,
    },
    /// By lane, what each right fetches over what it would otherwise; and the first of the lanes
    /// up to it that all have the same.
    Rights {
        assumptions: &'a RightAssumptions,
        factors: Vec<&'a [(usize, Ratio)]>,
        alike_from: Vec<usize>,
    },
}

impl LaneRecoveries<'_> {
    fn new<'a>(lanes: &[&'a Scenario]) -> Option<LaneRecoveries<'a>> {
        let ratio = |rate| Ratio::of_rate(rate).unwrap_or(Ratio::ZERO);
        Some(match &lanes.first()?.recovery {
            Recovery::Flat { shares, .. } => LaneRecoveries::Flat {
                rate: Box::new(Rates::new(|lane| match &lanes[lane].recovery {
                    Recovery::Flat { rate, .. } => ratio(*rate),
                    Recovery::Rights(_) => Ratio::ZERO,
                })?),
                shares: shares
                    .iter()
                    .map(|(months, part)| (*months as i32, ratio(*part)))
                    .collect(),
            },
            Recovery::Rights(assumptions) => {
                let factors: Vec<&[(usize, Ratio)]> =
                    lanes.iter().map(|lane| lane.value_factors.as_slice()).collect();
                let mut alike_from: Vec<usize> = Vec::with_capacity(LANES);
                for lane in 0..LANES {
                    let known = lane.checked_sub(1).filter(|&at| factors[at] == factors[lane]);
                    alike_from.push(known.map_or(lane, |before| alike_from[before]));
                }
                LaneRecoveries::Rights { assumptions, factors, alike_from }
            }
        })
    }
}

/// Where one loan stands.
struct LoanLanes {
    balance: Lanes,
    instalment: Lanes,
    /// What it owed by contract when the last of it defaulted.
    defaulted_claim: Lanes,
    /// Cumulative defaults still to place in this period.
    placed: Lanes,
    /// Index of its next due date.
    next: usize,
    agreed_instalment: Fen,
    default_on: Option<Date>,
    prepay_on: Option<Date>,
    /// Other loans that share a right with it.
    partners: Vec<usize>,
}

struct Abreast<'a> {
    deal: &'a Deal,
    /// What all lanes have in common is read from it.
    scenario: &'a Scenario,
    pool: &'a Pool,
    periods: &'a [Period],
    rounding: Rounding,
    rows: Vec<CollectedLanes>,
    loans: Vec<LoanLanes>,
    struck: Vec<(usize, Date)>,
    next_struck: usize,
    clean_up_at: Option<Fen>,
    to_default: Vec<Lanes>,
    defaults: LaneRates,
    prepayments: LaneRates,
    recovery: LaneRecoveries<'a>,
    fewer: bool,
}

impl<'a> Abreast<'a> {
    fn new(
        deal: &'a Deal,
        lanes: &[&'a Scenario],
        pool: &'a Pool,
        periods: &'a [Period],
    ) -> Option<Abreast<'a>> {
        let scenario = *lanes.first()?;
        let from = first_day(deal, periods);
        let loans: Vec<LoanLanes> =
            (0..pool.loans.len()).map(|at| loan_lanes(deal, scenario, pool, from, at)).collect();
        let struck = struck(pool, loans.iter().map(|loan| loan.default_on));
        let rates = |of: &dyn Fn(&Scenario) -> PeriodRates,
                     same: &dyn Fn(&Scenario, &Scenario) -> bool| {
            let mut rates: Vec<PeriodRates> = Vec::with_capacity(LANES);
            for (at, lane) in lanes.iter().enumerate() {
                let known = at.checked_sub(1).filter(|&before| same(lanes[before], lane));
                rates.push(known.map_or_else(|| of(lane), |before| rates[before].clone()));
            }
            LaneRates::new(rates)
        };
        Some(Abreast {
            deal,
            scenario,
            pool,
            periods,
            rounding: deal.terms().rounding,
            rows: vec![CollectedLanes::NOTHING; periods.len()],
            loans,
            struck,
            next_struck: 0,
            clean_up_at: deal.clean_up_at(),
            to_default: amounts_to_default(deal, lanes, pool, periods.len()),
            defaults: rates(&|lane| PeriodRates::defaults(deal, lane), &|one, other| {
                one.defaults == other.defaults
            }),
            prepayments: rates(&|lane| PeriodRates::prepayments(deal, lane), &|one, other| {
                one.prepayment == other.prepayment
            }),
            recovery: LaneRecoveries::new(lanes)?,
            fewer: scenario.after_prepayment == AfterPrepayment::FewerInstalments,
        })
    }

    #[inline(always)]
    fn period(&mut self, at: usize) -> Option<()> {
        let opening = match at.checked_sub(1) {
            Some(before) => self.rows[before].closing,
            None => Row::of_fen(self.pool.principal),
        };
        self.rows[at].opening = opening;
        let places = any(&self.to_default[at]);
        if places {
            for loan in &mut self.loans {
                let amount = &self.to_default[at];
                loan.placed = times_over(amount, &loan.balance, &opening, self.rounding);
            }
        }
        let pool = self.pool;
        for &index in pool.dues_in(at) {
            let due = pool.due(index);
            if pool.by_date {
                self.strike_by(at, due.date);
            }
            self.loans[due.loan as usize].next = index as usize;
            self.due_date(at, due)?;
            self.loans[due.loan as usize].next = index as usize + 1;
        }
        self.between_due_dates(at, places);
        self.clean_up(at);
        Some(())
    }

    /// Named events up to a day strike, by date.
    #[inline(never)]
    fn strike_by(&mut self, at: usize, day: Date) {
        while let Some(&(loan, date)) = self.struck.get(self.next_struck).filter(|of| of.1 <= day) {
            let balance = self.loans[loan].balance;
            self.default(loan, at, date, &balance);
            self.next_struck += 1;
        }
    }

    /// Defaults that fall into the period without a due date of their own.
    #[inline(always)]
    fn between_due_dates(&mut self, at: usize, places: bool) {
        let end = self.periods[at].calculation;
        for struck in 0..self.struck.len() {
            let (loan, date) = self.struck[struck];
            if date <= end {
                let balance = self.loans[loan].balance;
                self.default(loan, at, date, &balance);
            }
        }
        if places {
            for loan in 0..self.loans.len() {
                let mut placed = self.loans[loan].placed;
                placed.min(&self.loans[loan].balance);
                self.default(loan, at, end, &placed);
                self.loans[loan].placed = Row::ZERO;
            }
        }
    }

    #[inline(always)]
    fn clean_up(&mut self, at: usize) {
        let row = &mut self.rows[at];
        let mut left = row.opening;
        for gone in [&row.principal, &row.prepaid, &row.defaulted] {
            left.sub(gone);
        }
        row.closing = left;
        let Some(limit) = self.clean_up_at else { return };
        for lane in 0..LANES {
            if left.0[lane] <= limit as f64 {
                (row.sold.0[lane], row.closing.0[lane]) = (left.0[lane], 0.0);
                self.loans.iter_mut().for_each(|loan| loan.balance.0[lane] = 0.0);
            }
        }
    }

    #[inline(always)]
    fn due_date(&mut self, at: usize, due: &ContractDue) -> Option<()> {
        let index = due.loan as usize;
        let opening = self.loans[index].balance;
        if !any(&opening) {
            return Some(());
        }
        if let Some(date) = self.loans[index].default_on.filter(|&date| date <= due.date) {
            self.default(index, at, date, &opening);
            return Some(());
        }
        let rounding = self.rounding;
        let position = match self.scenario.defaults {
            DefaultRate::Obligors { .. } => index,
            _ => due.position as usize,
        };
        let mut defaulted = self.loans[index].placed;
        if let Some(rates) = self.defaults.at(position, due)? {
            defaulted.add(&rates.of(&opening, rounding));
        }
        defaulted.min(&opening);
        self.loans[index].placed = Row::ZERO;
        self.default(index, at, due.date, &defaulted);
        self.follow_reset(due);
        let mut performing = opening;
        performing.sub(&defaulted);
        let interest = interest(due, &performing, rounding);
        let (prepaid, principal) = self.principal(due, &opening, &performing, &interest)?;
        let row = &mut self.rows[at];
        row.interest.add(&interest);
        if due.withheld > 0 {
            row.interest.sub(&agreed(due.withheld, due, &performing, rounding));
        }
        row.principal.add(&principal);
        row.prepaid.add(&prepaid);
        let balance = &mut self.loans[index].balance;
        balance.sub_two(&principal, &prepaid);
        Some(())
    }

    /// (prepaid, scheduled) principal of a due date.
    #[inline(always)]
    fn principal(
        &mut self,
        due: &ContractDue,
        opening: &Lanes,
        performing: &Lanes,
        interest: &Lanes,
    ) -> Option<(Lanes, Lanes)> {
        let (rounding, base) = (self.rounding, self.deal.terms().prepayment_base);
        let rates = self.prepayments.at(due.position as usize, due)?;
        let times = |amount: &Lanes| rates.map_or(Row::ZERO, |rates| rates.of(amount, rounding));
        let mut early = match base {
            PrepaymentBase::Opening => times(opening),
            PrepaymentBase::AfterDefault => times(performing),
            PrepaymentBase::AfterSchedule => Row::ZERO,
        };
        early.min(performing);
        let mut after = *performing;
        after.sub(&early);
        let loan = due.loan as usize;
        let scheduled = if due.principal == due.opening {
            after
        } else if self.fewer && due.instalment > 0 {
            let mut part = self.loans[loan].instalment;
            if self.pool.loans[loan].level {
                part.sub(interest);
            }
            part.max_amount(0.0);
            part.min(&after);
            part
        } else if due.principal == 0 {
            Row::ZERO
        } else {
            agreed(due.principal, due, &after, rounding)
        };
        if base == PrepaymentBase::AfterSchedule {
            after.sub(&scheduled);
            early = times(&after);
        }
        if self.loans[loan].prepay_on.is_some_and(|date| date <= due.date) {
            early = *performing;
            early.sub(&scheduled);
        }
        Some((early, scheduled))
    }

    #[inline(always)]
    fn default(&mut self, loan: usize, at: usize, date: Date, defaulted: &Lanes) {
        if !any(defaulted) {
            return;
        }
        let opening = self.loans[loan].balance;
        let mut left = opening;
        left.sub(defaulted);
        self.rows[at].defaulted.add(defaulted);
        if self.fewer {
            let instalment = &mut self.loans[loan].instalment;
            *instalment = times_over(instalment, &left, &opening, self.rounding);
        }
        let counted = self.deal.loans()[loan].status == Status::Defaulted;
        if !(counted && self.deal.state().is_some()) {
            let recognised = add_days(date, self.deal.terms().recognition_days);
            let period = period_of(self.periods, recognised).max(at);
            if let Some(row) = self.rows.get_mut(period) {
                row.recognised.add(defaulted);
            }
        }
        self.recover(loan, at, date, defaulted);
        if matches!(self.recovery, LaneRecoveries::Rights { .. }) {
            for lane in 0..LANES {
                if left.0[lane] == 0.0 && opening.0[lane] > 0.0 {
                    let (claim, _) = self.contract_claim(loan, lane, date);
                    self.loans[loan].defaulted_claim.0[lane] = claim as f64;
                }
            }
        }
        self.loans[loan].balance = left;
    }

    #[inline(always)]
    fn recover(&mut self, loan: usize, at: usize, date: Date, defaulted: &Lanes) {
        let LaneRecoveries::Flat { rate, shares } = &self.recovery else {
            return self.sell(loan, at, date, *defaulted);
        };
        if rate.are_zero() {
            return;
        }
        let total = rate.of(defaulted, self.rounding);
        let mut left = total;
        for (share, (months, part)) in shares.iter().enumerate() {
            let mut amount = left;
            if share + 1 < shares.len() {
                amount = rate_of(*part, &total, self.rounding);
                amount.min(&left);
                left.sub(&amount);
            }
            let period = period_of(self.periods, add_months(date, *months)).max(at);
            if let Some(row) = self.rows.get_mut(period) {
                row.recovered.add(&amount);
            }
        }
    }

    /// (claim, principal) by contract, as in `collect`.
    fn contract_claim(&self, loan: usize, lane: usize, date: Date) -> (Fen, Fen) {
        let stands = &self.loans[loan];
        match stands.balance.0[lane] as Fen {
            0 => (stands.defaulted_claim.0[lane] as Fen, 0),
            balance => self.live_claim(loan, date).unwrap_or((balance, balance)),
        }
    }

    /// The same of any lane in which something is left of the loan; none after its last due date,
    /// where what is left is claimed.
    fn live_claim(&self, loan: usize, date: Date) -> Option<(Fen, Fen)> {
        let due = self.pool.dues[..self.pool.loans[loan].dues.end].get(self.loans[loan].next)?;
        Some(claim_on(due, date, self.rounding))
    }

    /// Where the contract resets an instalment, the one in force moves with it.
    fn follow_reset(&mut self, due: &ContractDue) {
        let loan = &mut self.loans[due.loan as usize];
        if loan.agreed_instalment != due.instalment {
            if self.fewer {
                let (before, now) = (loan.agreed_instalment, due.instalment);
                let (now, before) = (Row::of_fen(now), Row::of_fen(before));
                loan.instalment = times_over(&loan.instalment, &now, &before, self.rounding);
            }
            loan.agreed_instalment = due.instalment;
        }
    }

    fn inputs(self, start: usize) -> (Inputs<f64, LANES>, Lanes) {
        let mut rows = self.rows;
        let (mut in_all, mut recognised) = (Row::ZERO, Row::<f64, LANES>::ZERO);
        let mut last_cash = Row::ZERO;
        for (at, row) in rows.iter_mut().enumerate() {
            in_all.add(&row.defaulted);
            recognised.add(&row.recognised);
            row.recognised = recognised;
            let cash = [&row.interest, &row.principal, &row.prepaid, &row.recovered, &row.sold];
            for lane in 0..LANES {
                if cash.iter().any(|cash| cash.0[lane] > 0.0) {
                    last_cash.0[lane] = at as f64;
                }
            }
        }
        let of = |of: fn(&CollectedLanes) -> &Lanes| -> Vec<Lanes> {
            rows.iter().map(|row| *of(row)).collect()
        };
        let some = |rows: Vec<Lanes>| Some(rows).filter(|rows| rows.iter().any(any));
        let inputs = Inputs {
            opening: rows.get(start).map_or(Row::ZERO, |row| row.opening),
            interest: of(|row| &row.interest),
            principal: of(|row| &row.principal),
            recovered: of(|row| &row.recovered),
            defaulted: of(|row| &row.defaulted),
            prepaid: some(of(|row| &row.prepaid)),
            sold: some(of(|row| &row.sold)),
            recognised: Some(of(|row| &row.recognised)),
            last_cash,
            fails_by_call: Vec::new(),
            fails_by_test: Vec::new(),
        };
        (inputs, in_all)
    }
}

#[inline(always)]
fn any(row: &Lanes) -> bool {
    row.0.iter().any(|&amount| amount > 0.0)
}

/// An amount that the contract agrees, for what performs of the loan.
#[inline(always)]
fn agreed(amount: Fen, due: &ContractDue, performing: &Lanes, rounding: Rounding) -> Lanes {
    part_of(amount, performing, due.opening, rounding)
}

#[inline(always)]
fn interest(due: &ContractDue, performing: &Lanes, rounding: Rounding) -> Lanes {
    let Some(ratio) = due.interest_ratio else {
        return agreed(due.interest + due.above, due, performing, rounding);
    };
    let mut interest = rate_of(ratio, performing, rounding);
    if due.above > 0 {
        for lane in 0..LANES {
            if performing.0[lane] == due.opening as f64 && due.opening > 0 {
                interest.0[lane] = (due.interest + due.above) as f64;
            }
        }
    }
    interest
}

/// Cumulative defaults by period; lanes beside each other often have the same.
fn amounts_to_default(deal: &Deal, lanes: &[&Scenario], pool: &Pool, periods: usize) -> Vec<Lanes> {
    let mut out = vec![Row::ZERO; periods];
    let mut amounts: Vec<Fen> = Vec::new();
    for (at, lane) in lanes.iter().enumerate() {
        let same = |before: usize| {
            let before = lanes[before];
            before.defaults == lane.defaults && before.front_loaded == lane.front_loaded
        };
        if !at.checked_sub(1).is_some_and(same) {
            amounts = to_default(deal, lane, pool, periods);
        }
        for (row, &amount) in out.iter_mut().zip(&amounts) {
            row.0[at] = amount as f64;
        }
    }
    out
}

fn loan_lanes(deal: &Deal, scenario: &Scenario, pool: &Pool, from: Date, at: usize) -> LoanLanes {
    let stands = standing(deal, scenario, pool, from, at);
    let mut partners: Vec<usize> = deal
        .rights()
        .iter()
        .filter(|right| right.loans.contains(&at))
        .flat_map(|right| right.loans.iter().copied())
        .filter(|&other| other != at)
        .collect();
    partners.sort_unstable();
    partners.dedup();
    LoanLanes {
        balance: Row::of_fen(stands.balance),
        instalment: Row::of_fen(stands.instalment),
        defaulted_claim: Row::ZERO,
        placed: Row::ZERO,
        next: stands.next,
        agreed_instalment: stands.agreed_instalment,
        default_on: stands.default_on,
        prepay_on: stands.prepay_on,
        partners,
    }
}
