//! Loans paid back early: one full prepayment a loan, on a due date, competing with default.
//!
//! Formula: the probability of having prepaid by a due date is 1 - product of (1 - rate of each
//! period up to it); what performs is paid on that date beside the scheduled instalment. It does
//! not depend on the factors.

use std::ops::Range;

use super::fates::{Fates, PATHS, PREPAYMENTS, Sampler};
use crate::dates::Date;
use crate::deal::Deal;
use crate::engine::pool::{ContractDue, Pool};
use crate::engine::rates::PeriodRates;
use crate::num::unit_interval;
use crate::scenario::Scenario;

/// When loans may be paid back early, and what that changes.
#[derive(Clone, Debug)]
pub(crate) struct Prepayments {
    /// By loan, and one more: where its days begin.
    first: Vec<u32>,
    days: Vec<PrepaidDay>,
    /// By loan: largest 16 bits that may be a prepayment; none where there can be none.
    bounds: Vec<Option<u16>>,
}

/// A loan paid back on one of its due dates.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PrepaidDay {
    pub date: Date,
    /// Probability of a prepayment by now.
    cumulative: f64,
    pub period: u32,
    /// Of what is due in the period: paid up to the day.
    pub paid: (f64, f64),
    /// Paid early.
    pub amount: f64,
}

impl Prepayments {
    /// `None` where the scenario has no prepayment.
    pub fn new(
        deal: &Deal,
        scenario: &Scenario,
        pool: &Pool,
        performing: &[bool],
        periods: usize,
    ) -> Option<Prepayments> {
        let mut rates = PeriodRates::prepayments(deal, scenario);
        let (mut first, mut days, mut bounds) = (vec![0], Vec::new(), Vec::new());
        for (loan, &performs) in performing.iter().enumerate() {
            let mut kept = 1.0;
            let dues: Vec<&ContractDue> = pool
                .dues_of(loan)
                .filter(|due| performs && (due.period as usize) < periods)
                .collect();
            for (at, due) in dues.iter().enumerate() {
                kept *= 1.0 - rates.at(due.position as usize, due).as_f64();
                let amount = due.opening - due.principal;
                let before = dues[..=at].iter().filter(|other| other.period == due.period);
                let paid = before.fold((0.0, 0.0), |paid, due| {
                    (paid.0 + (due.interest - due.withheld) as f64, paid.1 + due.principal as f64)
                });
                days.push(PrepaidDay {
                    date: due.date,
                    cumulative: if amount > 0 { 1.0 - kept } else { 0.0 },
                    period: due.period,
                    paid,
                    amount: amount as f64,
                });
            }
            let from = first.last().map_or(0, |&from| from as usize);
            let highest = days[from..].iter().map(|day| day.cumulative).fold(0.0, f64::max);
            let bound = (highest * 65_536.0 * (1.0 + 1e-9)).ceil().min(65_536.0) - 1.0;
            bounds.push((highest > 0.0).then_some(bound.max(0.0) as u16));
            first.push(days.len() as u32);
        }
        bounds.iter().any(Option::is_some).then_some(Prepayments { first, days, bounds })
    }

    /// A loan's day of a number.
    #[inline(always)]
    pub fn day(&self, loan: u32, day: u32) -> &PrepaidDay {
        &self.days[(self.first[loan as usize] + day) as usize]
    }

    /// Draws which loans of the paths of blocks would be paid back when, if they did not default.
    pub fn sample(&self, sampler: &Sampler, blocks: Range<u64>, fates: &mut Fates) {
        fates.prepaid.clear();
        for (block, from) in blocks.zip((0..).step_by(PATHS)) {
            self.sample_block(sampler, block, from, fates);
        }
    }

    fn sample_block(&self, sampler: &Sampler, block: u64, from: usize, fates: &mut Fates) {
        let mut stream = sampler.own_stream(block, PREPAYMENTS);
        for path in from..from + PATHS {
            fates.prepaid_first[path] = fates.prepaid.len() as u32;
            let mut bits = 0;
            for (loan, bound) in self.bounds.iter().enumerate() {
                bits = if loan % 4 == 0 { stream.draw() } else { bits >> 16 };
                if bound.is_none_or(|bound| bits as u16 > bound) {
                    continue;
                }
                let whole = (bits & 0xffff) << 48 | stream.draw() >> 16;
                let (from, to) = (self.first[loan] as usize, self.first[loan + 1] as usize);
                let share = unit_interval(whole);
                let day = self.days[from..to].iter().position(|day| share <= day.cumulative);
                fates.prepaid.extend(day.map(|day| (loan as u32, day as u32)));
            }
        }
        fates.prepaid_first[from + PATHS] = fates.prepaid.len() as u32;
    }
}
