//! A grid: two to four assumptions of a scenario, each at several values, in every combination.
//!
//! Cells run as lanes of the waterfall in whole fen; a cell is what the exact run of its scenario
//! gives, to the fen. What is not on an axis stays as the scenario has it.

use crate::analytics::critical::at_rate;
use crate::deal::{Coupon, Deal};
use crate::engine::{End, LANES, Trial, TrialRoom, Trials, each_in};
use crate::num::Decimal;
use crate::scenario::{DefaultTiming, Prepayment, Recovery, Scenario, value_factors};

/// Cells that a grid may have.
pub const MOST_CELLS: usize = 10_000;

/// What an axis changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Axis {
    /// Cumulative default rate, in the scenario's timing.
    DefaultRate,
    /// Flat recovery rate, as late as the scenario's recoveries.
    Recovery,
    /// Annual prepayment rate.
    Cpr,
    /// Added to LPR from the cut-off date on.
    RateShift,
    /// Months from a default to the sale of the pledge, or to the flat recovery.
    MonthsToSale,
    /// What the rights fetch falls by this share.
    ValueShock,
}

impl Axis {
    pub const ALL: [Axis; 6] = [
        Axis::DefaultRate,
        Axis::Recovery,
        Axis::Cpr,
        Axis::RateShift,
        Axis::MonthsToSale,
        Axis::ValueShock,
    ];

    /// The word of options and tables.
    pub fn name(self) -> &'static str {
        match self {
            Axis::DefaultRate => "default_rate",
            Axis::Recovery => "recovery",
            Axis::Cpr => "cpr",
            Axis::RateShift => "rate_shift",
            Axis::MonthsToSale => "months_to_sale",
            Axis::ValueShock => "value_shock",
        }
    }

    /// The least and the most it may be, as shares, or months.
    pub fn range(self) -> (Decimal, Decimal) {
        let shift = Decimal::new(36, 2);
        match self {
            Axis::RateShift => (-shift, shift),
            Axis::MonthsToSale => (Decimal::ZERO, Decimal::from(600)),
            Axis::DefaultRate | Axis::Recovery | Axis::Cpr | Axis::ValueShock => {
                (Decimal::ZERO, Decimal::ONE)
            }
        }
    }
}

/// An axis and its values, in order.
#[derive(Clone, Debug, PartialEq)]
pub struct GridAxis {
    pub axis: Axis,
    pub values: Vec<Decimal>,
}

/// One combination.
#[derive(Clone, Debug, PartialEq)]
pub struct GridCell {
    /// One value an axis.
    pub values: Vec<Decimal>,
    /// Defaults over initial principal.
    pub achieved: f64,
    /// With and without support.
    pub ends: [End; 2],
}

/// Every combination, the last axis moving first.
#[derive(Clone, Debug, PartialEq)]
pub struct Grid {
    pub axes: Vec<GridAxis>,
    pub cells: Vec<GridCell>,
}

/// Why a deal and a scenario have no such grid, one line each.
pub fn refusals(deal: &Deal, scenario: &Scenario, axes: &[GridAxis]) -> Vec<String> {
    let has = |axis: Axis| axes.iter().any(|other| other.axis == axis);
    let flat = has(Axis::Recovery) || matches!(scenario.recovery, Recovery::Flat { .. });
    let mut out = Vec::new();
    let more = match axes.len() {
        1 if has(Axis::DefaultRate) => "add another, as in --grid recovery=0:40%:10%",
        1 => "add another, as in --grid default_rate=0:40%:5%",
        _ => "one --grid each",
    };
    if !(2..=4).contains(&axes.len()) {
        let (count, axes) = (axes.len(), if axes.len() == 1 { "axis" } else { "axes" });
        out.push(format!("--grid: {count} {axes} (want two to four: {more})"));
    }
    for (at, GridAxis { axis, .. }) in axes.iter().enumerate() {
        if axes[..at].iter().any(|other| other.axis == *axis) {
            out.push(format!("--grid: {} is given twice", axis.name()));
        }
    }
    let cells = axes.iter().fold(1_usize, |cells, axis| cells.saturating_mul(axis.values.len()));
    if cells > MOST_CELLS {
        let wider = "a wider step on some axis makes fewer";
        out.push(format!("--grid: {cells} cells (want at most {MOST_CELLS}; {wider})"));
    }
    if has(Axis::RateShift) && !follows_lpr(deal) {
        out.push("--grid: rate_shift: no loan and no class follows LPR".to_owned());
    }
    if has(Axis::ValueShock) && flat {
        out.push("--grid: value_shock: a flat rate decides recovery, not the rights".to_owned());
    }
    let own = deal.rights().iter().all(|right| right.months_to_sale.is_some());
    if has(Axis::MonthsToSale) && !flat && own {
        out.push("--grid: months_to_sale: rights.csv says it of every right".to_owned());
    }
    out
}

fn follows_lpr(deal: &Deal) -> bool {
    use crate::asset::LoanRate;
    let loans = deal.loans().iter().any(|loan| matches!(loan.rate, LoanRate::Floating { .. }));
    let notes = deal.tranches().iter().any(|at| matches!(at.coupon, Coupon::Floating { .. }));
    loans || notes
}

/// Which cells hurt a class: late interest, or principal unpaid at the end.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Hurting<'a> {
    pub count: usize,
    /// The fewest steps from the mild end of every axis (from the value nearest to none, of
    /// `cpr` and `rate_shift`); then the least unpaid; then the first.
    pub mildest: &'a GridCell,
    /// The lowest default rate; then the fewest steps. None where the grid has no such axis.
    pub lowest_rate: Option<&'a GridCell>,
    /// The most principal unpaid; then the first.
    pub worst: &'a GridCell,
}

impl Grid {
    /// By index into the supports of a trial, and by class; none where no cell hurts it.
    pub fn hurting(&self, support: usize, class: usize) -> Option<Hurting<'_>> {
        let end = |cell: &GridCell| cell.ends[support].classes[class];
        let all: Vec<&GridCell> =
            self.cells.iter().filter(|cell| !end(cell).paid_in_full()).collect();
        let unpaid = |cell: &GridCell| end(cell).unpaid_principal + end(cell).unpaid_interest;
        let mildest = all.iter().min_by_key(|cell| (self.steps(cell), unpaid(cell)))?;
        let rate = self.axes.iter().position(|axis| axis.axis == Axis::DefaultRate);
        let by_rate = |at: usize| all.iter().min_by_key(|cell| (cell.values[at], self.steps(cell)));
        let lowest_rate = rate.and_then(by_rate).copied();
        let worst = all.iter().rev().max_by_key(|cell| end(cell).unpaid_principal)?;
        Some(Hurting { count: all.len(), mildest, lowest_rate, worst })
    }

    /// From the mild end of every axis.
    fn steps(&self, cell: &GridCell) -> usize {
        let place = |values: &[Decimal], value: &Decimal| {
            values.iter().position(|other| other == value).unwrap_or(0)
        };
        let of = |(axis, value): (&GridAxis, &Decimal)| {
            let at = place(&axis.values, value);
            let from = match axis.axis {
                Axis::DefaultRate | Axis::MonthsToSale | Axis::ValueShock => 0,
                Axis::Recovery => axis.values.len() - 1,
                Axis::Cpr | Axis::RateShift => {
                    let none = axis.values.iter().min_by_key(|value| value.abs());
                    none.map_or(0, |none| place(&axis.values, none))
                }
            };
            at.abs_diff(from)
        };
        self.axes.iter().zip(&cell.values).map(of).sum()
    }
}

/// Runs every cell.
pub fn grid(deal: &Deal, scenario: &Scenario, axes: Vec<GridAxis>) -> Grid {
    let timing = Trials::new(deal, scenario).default_timing(scenario);
    let cells: Vec<(Vec<Decimal>, Scenario)> = combinations(&axes)
        .into_iter()
        .map(|values| {
            let changed = changed(deal, scenario, &timing, &axes, &values);
            (values, changed)
        })
        .collect();
    // Scenarios that share their contract flows run side by side, and so do those of one time to
    // sale; beside each other those of one default rate.
    let value = |at: usize, axis: Axis| {
        let place = axes.iter().position(|other| other.axis == axis);
        place.map_or(Decimal::ZERO, |place| cells[at].0[place])
    };
    let key = |at: usize| (value(at, Axis::RateShift), value(at, Axis::MonthsToSale));
    let mut order: Vec<usize> = (0..cells.len()).collect();
    order.sort_by_key(|&at| (key(at), value(at, Axis::DefaultRate)));
    let mut done: Vec<(usize, GridCell)> = Vec::with_capacity(cells.len());
    for of_shift in order.chunk_by(|&one, &other| key(one).0 == key(other).0) {
        let trials = Trials::new(deal, &cells[of_shift[0]].1);
        let alike = of_shift.chunk_by(|&one, &other| key(one) == key(other));
        let blocks: Vec<&[usize]> = alike.flat_map(|cells| cells.chunks(LANES)).collect();
        let work =
            |room: &mut TrialRoom, block: &&[usize]| run(deal, (&trials, room), &cells, block);
        let found = each_in(&blocks, || trials.room(), work);
        done.extend(found.into_iter().flatten());
    }
    done.sort_by_key(|(at, _)| *at);
    Grid { axes, cells: done.into_iter().map(|(_, cell)| cell).collect() }
}

fn run(
    deal: &Deal,
    (trials, room): (&Trials<'_>, &mut TrialRoom),
    cells: &[(Vec<Decimal>, Scenario)],
    block: &[usize],
) -> Vec<(usize, GridCell)> {
    let scenarios: Vec<&Scenario> = block.iter().map(|&at| &cells[at].1).collect();
    let initial = deal.initial_principal().max(1) as f64;
    let cell = |(&at, Trial { defaulted, ends }): (&usize, Trial)| {
        let values = cells[at].0.clone();
        (at, GridCell { values, achieved: defaulted as f64 / initial, ends })
    };
    block.iter().zip(trials.run(room, &scenarios)).map(cell).collect()
}

fn combinations(axes: &[GridAxis]) -> Vec<Vec<Decimal>> {
    axes.iter().fold(vec![Vec::new()], |all, axis| {
        let extended = |one: &Vec<Decimal>| -> Vec<Vec<Decimal>> {
            axis.values.iter().map(|value| [one.as_slice(), &[*value]].concat()).collect()
        };
        all.iter().flat_map(extended).collect()
    })
}

/// The scenario of a cell.
fn changed(
    deal: &Deal,
    scenario: &Scenario,
    timing: &DefaultTiming,
    axes: &[GridAxis],
    values: &[Decimal],
) -> Scenario {
    let mut cell = scenario.clone();
    // The lag of a flat recovery comes after its rate.
    let ordered = Axis::ALL.into_iter().filter_map(|axis| {
        let at = axes.iter().position(|other| other.axis == axis)?;
        Some((axis, values[at]))
    });
    for (axis, value) in ordered {
        match axis {
            Axis::DefaultRate => cell = at_rate(&cell, timing, value),
            Axis::Recovery => cell = cell.recovering(value),
            Axis::Cpr => cell.prepayment = Prepayment::Annual(vec![value]),
            Axis::RateShift => cell.rate_shift.lpr += value,
            Axis::MonthsToSale => {
                let months = u32::try_from(value.round()).unwrap_or(0);
                match &mut cell.recovery {
                    Recovery::Flat { shares, .. } => *shares = vec![(months, Decimal::ONE)],
                    Recovery::Rights(of) => of.months_to_sale = months,
                }
            }
            Axis::ValueShock => {
                cell.value_factors = value_factors(Decimal::ONE - value, deal.rights().len());
            }
        }
    }
    cell
}
