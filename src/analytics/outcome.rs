//! What one run means for each class and for the deal: loss, lateness, life, yield, cover.
//!
//! Invariant: a figure that does not exist is blank with its reason, never NaN and never a
//! stand-in. Amounts stay Decimal; rates, lives and multiples are f64.
use crate::analytics::cover::{self, Cover};
use crate::analytics::measures::{
    Duration, YieldBasis, YieldError, convexity, duration, street_yield, wal_years, yield_at_price,
};
use crate::analytics::statement::{self, ClassDate, CoverDate, PoolDate};
use crate::dates::{Date, DayCount};
use crate::deal::{Deal, Seniority};
use crate::engine::{Cell, CommitmentCells, Flows, Support};
use crate::num::{Amount, Decimal, Fen, yuan_of};

/// A rate, life or multiple, or the reason why there is none.
#[derive(Clone, Debug, PartialEq)]
pub struct Figure {
    /// Finite where present.
    pub value: Option<f64>,
    /// Why it is blank, or what to know of it.
    pub note: String,
}

impl Figure {
    pub(crate) fn of(value: f64) -> Figure {
        let value = Some(value).filter(|value| value.is_finite());
        let note = value.map_or("not a finite number", |_| "");
        Figure { value, note: note.to_owned() }
    }

    pub(crate) fn none(note: &str) -> Figure {
        Figure { value: None, note: note.to_owned() }
    }

    fn of_option(value: Option<f64>, reason: &str) -> Figure {
        value.map_or_else(|| Figure::none(reason), Figure::of)
    }

    fn of_result(value: Result<f64, YieldError>) -> Figure {
        value.map_or_else(|error| Figure::none(&error.to_string()), Figure::of)
    }

    fn noted(mut self, note: String) -> Figure {
        if self.value.is_some() {
            self.note = note;
        }
        self
    }
}

/// One class at the end of a run.
#[derive(Clone, Debug, PartialEq)]
pub struct ClassOutcome {
    pub notional: Decimal,
    pub interest_paid: Decimal,
    pub principal_paid: Decimal,
    pub residual_paid: Decimal,
    /// Unpaid principal at the end, and as a share of notional.
    pub loss_amount: Decimal,
    pub loss: f64,
    pub interest_unpaid: Decimal,
    /// First payment date on which interest or principal due was not paid in full after the
    /// top-up; the class is late where there is one.
    pub first_shortfall: Option<Date>,
    pub wal_years: Figure,
    /// Effective annual, ACT/365, at the issue price.
    pub yield_pa: Figure,
    /// At the frequency and by the day count of the class.
    pub street_yield_pa: Figure,
    pub macaulay_years: Figure,
    pub modified_years: Figure,
    pub convexity: Figure,
    pub min_dscr: Figure,
    pub coverage: Figure,
    pub min_coverage: Figure,
}

impl ClassOutcome {
    /// Interest or principal due was not paid in full on its date.
    pub fn late(&self) -> bool {
        self.first_shortfall.is_some()
    }
}

/// The deal at the end of a run.
#[derive(Clone, Debug, PartialEq)]
pub struct DealOutcome {
    pub pool_principal: Decimal,
    /// Over every collection period up to the last distribution.
    pub interest_collected: Decimal,
    pub principal_collected: Decimal,
    pub prepaid: Decimal,
    pub clean_up: Decimal,
    pub defaulted: Decimal,
    pub recovered: Decimal,
    /// Recoveries, and principal that still performs, after the last distribution.
    pub unrealised: Decimal,
    /// All defaults so far over initial principal.
    pub cumulative_default_rate: Figure,
    /// Interest collected less fees, taxes and note interest, a year, over the opening pool.
    pub excess_spread: Figure,
    pub taxes_paid: Decimal,
    pub fees_paid: Decimal,
    pub fees_unpaid: Decimal,
    pub support_called: Decimal,
    /// By supporter.
    pub called_by: Vec<Decimal>,
    pub support_paid: Decimal,
    pub support_repaid: Decimal,
    pub support_unreimbursed: Decimal,
    /// Payment dates with a call.
    pub calls: u32,
    /// Of loan-level covers, up to the last distribution; none where the deal has none.
    pub covers: Option<CoverDate>,
    /// To the holders of any class, beyond interest and principal.
    pub residual: Decimal,
    /// Of all subordinate classes together, at their issue prices.
    pub sub_xirr: Figure,
    /// On the accounts after the last distribution.
    pub cash_left: Decimal,
    pub last_payment: Option<Date>,
}

/// One run, measured.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    pub support: Support,
    /// In the order of the deal.
    pub classes: Vec<ClassOutcome>,
    pub deal: DealOutcome,
}

/// Measures a run.
pub fn outcome(deal: &Deal, flows: &Flows) -> Outcome {
    let cover = Cover::new(deal, flows);
    let classes = 0..deal.tranches().len();
    Outcome {
        support: flows.support,
        classes: classes.map(|at| class(deal, flows, &cover, at)).collect(),
        deal: deal_outcome(deal, flows),
    }
}

fn class(deal: &Deal, flows: &Flows, cover: &Cover, at: usize) -> ClassOutcome {
    let notional = yuan_of(deal.tranches()[at].notional);
    let dates: Vec<(Date, ClassDate)> = (0..flows.rows.len())
        .map(|row| (flows.period(row).payment, statement::class(deal, flows, row, at)))
        .collect();
    let sum = |of: fn(&ClassDate) -> Decimal| -> Decimal {
        dates.iter().map(|(_, class)| of(class)).sum()
    };
    let closing = flows.closing();
    let cells = flows.cells.tranches[at];
    let loss_amount = closing[cells.balance];
    let returns = returns(deal, at, &dates);
    let [coverage, min_coverage] = cover.coverage(deal, flows, at);
    ClassOutcome {
        notional,
        interest_paid: sum(|class| class.interest.paid),
        principal_paid: sum(|class| class.principal_paid),
        residual_paid: sum(|class| class.residual_paid),
        loss_amount,
        loss: over(loss_amount, notional).unwrap_or(0.0),
        interest_unpaid: closing[cells.interest],
        first_shortfall: dates.iter().find(|date| date.1.short()).map(|date| date.0),
        wal_years: life(deal, &dates),
        yield_pa: returns.yield_pa,
        street_yield_pa: returns.street_yield_pa,
        macaulay_years: returns.macaulay_years,
        modified_years: returns.modified_years,
        convexity: returns.convexity,
        min_dscr: cover.min_dscr(deal, flows, at),
        coverage,
        min_coverage,
    }
}

/// Average life from closing; of what is left, from the day a deal in mid-life stands at.
fn life(deal: &Deal, dates: &[(Date, ClassDate)]) -> Figure {
    let start = as_of(deal).unwrap_or(deal.terms().closing);
    let paid: Vec<(Date, f64)> =
        dates.iter().map(|(date, class)| (*date, yuan(class.principal_paid))).collect();
    let figure = Figure::of_option(wal_years(start, &paid), "no principal is paid");
    match as_of(deal) {
        Some(day) => figure.noted(format!("of what was left on {day}, from that day")),
        None => figure,
    }
}

struct Returns {
    yield_pa: Figure,
    street_yield_pa: Figure,
    macaulay_years: Figure,
    modified_years: Figure,
    convexity: Figure,
}

/// Yields at the issue price, and what follows from them.
fn returns(deal: &Deal, at: usize, dates: &[(Date, ClassDate)]) -> Returns {
    let terms = &deal.tranches()[at];
    let closing = deal.terms().closing;
    if let Some(day) = as_of(deal) {
        let none = || Figure::none(&format!("what was paid up to {day} is not in the tables"));
        return Returns {
            yield_pa: none(),
            street_yield_pa: none(),
            macaulay_years: none(),
            modified_years: none(),
            convexity: none(),
        };
    }
    let flows: Vec<(Date, f64)> = dates
        .iter()
        .map(|(date, class)| (*date, yuan(class.cash())))
        .filter(|flow| flow.1 != 0.0)
        .collect();
    let price = fen_yuan(deal.proceeds(at));
    let found = yield_at_price(price, closing, &flows);
    let frequency = deal.terms().frequency;
    let street = street_yield(price, closing, &flows, frequency, terms.day_count);
    let basis = YieldBasis::Effective;
    let duration = |of: fn(Duration) -> f64| match found {
        Ok(rate) => Figure::of_option(
            duration(basis, rate, closing, &flows).map(of),
            "no price at this yield",
        ),
        Err(error) => Figure::none(&error.to_string()),
    };
    let curved = |rate| convexity(basis, rate, closing, &flows);
    Returns {
        yield_pa: Figure::of_result(found),
        street_yield_pa: Figure::of_result(street),
        macaulay_years: duration(|found| found.macaulay_years),
        modified_years: duration(|found| found.modified_years),
        convexity: match found {
            Ok(rate) => Figure::of_option(curved(rate), "no price at this yield"),
            Err(error) => Figure::none(&error.to_string()),
        },
    }
}

fn deal_outcome(deal: &Deal, flows: &Flows) -> DealOutcome {
    let pools: Vec<PoolDate> =
        (0..flows.rows.len()).map(|row| statement::pool(flows, row)).collect();
    let sum = |of: fn(&PoolDate) -> Decimal| -> Decimal { pools.iter().map(of).sum() };
    let cells = &flows.cells;
    let support = |of: fn(&CommitmentCells) -> Cell| total(flows, cells.commitments.iter().map(of));
    let called = |row: &&Vec<Decimal>| !row[cells.called_now].is_zero();
    let called_by = |supporter: usize| {
        let commitments = deal.commitments().iter().zip(&cells.commitments);
        let own = commitments.filter(|(commitment, _)| commitment.supporter == supporter);
        total(flows, own.map(|(_, owed)| owed.called))
    };
    let closing = flows.closing();
    let (defaulted, recovered) = (sum(|pool| pool.defaulted), sum(|pool| pool.recovered));
    let fees_paid = cells.fees.iter().map(|fee| fee.paid);
    let fees_unpaid = cells.fees.iter().map(|fee| closing[fee.now] + closing[fee.over]);
    let owed = cells.commitments.iter().map(|owed| closing[owed.outstanding]);
    let pool_principal = yuan_of(deal.pool_principal());
    let initial = yuan_of(deal.initial_principal());
    let rate = over(statement::defaulted_before(deal) + defaulted, initial);
    DealOutcome {
        pool_principal,
        interest_collected: sum(|pool| pool.interest),
        principal_collected: sum(|pool| pool.principal),
        prepaid: sum(|pool| pool.prepaid),
        clean_up: sum(|pool| pool.clean_up),
        defaulted,
        recovered,
        unrealised: recovered_in_all(flows) - recovered,
        cumulative_default_rate: Figure::of_option(rate, "the pool is empty"),
        excess_spread: cover::excess_spread(deal, flows),
        taxes_paid: total(flows, [cells.tax_paid]),
        fees_paid: total(flows, fees_paid.chain([cells.registrar_paid])),
        fees_unpaid: fees_unpaid.sum(),
        support_called: support(|owed| owed.called),
        called_by: (0..deal.supporters().len()).map(called_by).collect(),
        support_paid: support(|owed| owed.paid),
        support_repaid: support(|owed| owed.repaid),
        support_unreimbursed: owed.sum(),
        calls: flows.rows.iter().filter(called).count() as u32,
        covers: covers(deal, flows),
        residual: total(flows, cells.tranches.iter().map(|class| class.residual_paid)),
        sub_xirr: sub_xirr(deal, flows),
        cash_left: cells.accounts.iter().map(|&cell| closing[cell]).sum(),
        last_payment: flows.rows.len().checked_sub(1).map(|row| flows.period(row).payment),
    }
}

/// What all covers were called for, paid and took.
fn covers(deal: &Deal, flows: &Flows) -> Option<CoverDate> {
    let rows = 0..flows.rows.len();
    let covers = 0..deal.covers().len();
    let each = rows.flat_map(|row| covers.clone().map(move |at| statement::cover(flows, row, at)));
    let sum = each.fold(CoverDate::default(), |sum, one| CoverDate {
        called: sum.called + one.called,
        paid: sum.paid + one.paid,
        taken: sum.taken + one.taken,
    });
    (!deal.covers().is_empty()).then_some(sum)
}

/// What these cells held, over every date.
fn total(flows: &Flows, cells: impl IntoIterator<Item = Cell>) -> Decimal {
    let of = |cell: Cell| -> Decimal { flows.rows.iter().map(|row| row[cell]).sum() };
    cells.into_iter().map(of).sum()
}

/// Recoveries of the run's own dates and of all later ones.
fn recovered_in_all(flows: &Flows) -> Decimal {
    let rows = flows.collections.rows.iter().skip(flows.start);
    let dated: Fen = rows.map(|row| row.recovered).sum();
    yuan_of(dated + flows.collections.unrealised)
}

fn sub_xirr(deal: &Deal, flows: &Flows) -> Figure {
    let subs: Vec<usize> = (0..deal.tranches().len())
        .filter(|&at| deal.tranches()[at].seniority == Seniority::Subordinate)
        .collect();
    if subs.is_empty() {
        return Figure::none("there is no subordinate class");
    }
    if let Some(day) = as_of(deal) {
        return Figure::none(&format!("what was paid up to {day} is not in the tables"));
    }
    let price: Fen = subs.iter().map(|&at| deal.proceeds(at)).sum();
    let cash = |row: usize| -> Decimal {
        let of = |&at: &usize| statement::class(deal, flows, row, at).cash();
        subs.iter().map(of).sum()
    };
    let dated: Vec<(Date, f64)> = (0..flows.rows.len())
        .map(|row| (flows.period(row).payment, yuan(cash(row))))
        .filter(|flow| flow.1 != 0.0)
        .collect();
    Figure::of_result(yield_at_price(fen_yuan(price), deal.terms().closing, &dated))
}

/// The day up to which a deal in mid-life is already paid.
fn as_of(deal: &Deal) -> Option<Date> {
    let terms = deal.terms();
    deal.state().map(|state| state.as_of.unwrap_or(terms.closing))
}

/// Yuan as f64, by way of whole fen.
pub(crate) fn yuan(amount: Decimal) -> f64 {
    fen_yuan(amount.to_fen())
}

fn fen_yuan(fen: Fen) -> f64 {
    fen as f64 / 100.0
}

/// part / whole; none where the whole is nothing.
pub(crate) fn over(part: Decimal, whole: Decimal) -> Option<f64> {
    (!whole.is_zero()).then(|| part.to_fen() as f64 / whole.to_fen() as f64)
}

/// ACT/365.
pub(crate) fn years(start: Date, end: Date) -> f64 {
    DayCount::Act365.fraction(start, end).as_f64()
}

#[cfg(test)]
mod tests;
