//! Rights that are sold in every lane at once.
//!
//! What they fetch is worked out once for all lanes in which the loans that share them owe the same
//! and the rights fetch the same; each lane takes the part of its defaulted principal.

use super::exact::part_of;
use super::{Abreast, LaneRecoveries};
use crate::dates::Date;
use crate::engine::lanes::{LANES, Lanes};
use crate::engine::pool::period_of;
use crate::engine::recovery::{self, Sale};
use crate::num::{Fen, Ratio, Row};

impl Abreast<'_> {
    /// Out of line: what passes over all lanes stays small.
    #[inline(never)]
    pub(super) fn sell(&mut self, loan: usize, at: usize, date: Date, defaulted: Lanes) {
        let mut left = defaulted;
        while let Some(lane) = left.0.iter().position(|&amount| amount > 0.0) {
            let (claim, principal) = self.contract_claim(loan, lane, date);
            let sold = self.take_alike(&mut left, loan, date, lane);
            let LaneRecoveries::Rights { assumptions, factors, .. } = &self.recovery else {
                return;
            };
            let owed = |loan: usize| self.contract_claim(loan, lane, date).0;
            let sales = recovery::sales(self.deal, (assumptions, &[]), loan, date, &owed);
            let (rows, periods, rounding) = (&mut self.rows, self.periods, self.rounding);
            let fetched = |sale: &Sale| factor(factors[lane], sale.right).of(sale.value, rounding);
            recovery::proceeds(&sales, claim, rounding, fetched, |sale, part| {
                let period = period_of(periods, sales[sale].sold_on).max(at);
                if let Some(row) = rows.get_mut(period).filter(|_| part > 0) {
                    row.recovered.add(&part_of(part, &sold, principal, rounding));
                }
            });
        }
    }

    /// Of what is left to sell, the lanes from one on in which the same is owed and fetched.
    fn take_alike(&self, left: &mut Lanes, loan: usize, date: Date, from: usize) -> Lanes {
        let mut taken = Row::ZERO;
        let LaneRecoveries::Rights { alike_from, .. } = &self.recovery else { return taken };
        let claim = |loan: usize| (loan, self.live_claim(loan, date).map(|claim| claim.0));
        let shared_by: Vec<(usize, Option<Fen>)> =
            std::iter::once(&loan).chain(&self.loans[loan].partners).map(|&of| claim(of)).collect();
        let owed = |&(loan, live): &(usize, Option<Fen>), lane: usize| {
            let stands = &self.loans[loan];
            match stands.balance.0[lane] as Fen {
                0 => stands.defaulted_claim.0[lane] as Fen,
                balance => live.unwrap_or(balance),
            }
        };
        for lane in from..LANES {
            let alike = left.0[lane] > 0.0
                && alike_from[lane] == alike_from[from]
                && shared_by.iter().all(|of| owed(of, lane) == owed(of, from));
            if alike {
                (taken.0[lane], left.0[lane]) = (left.0[lane], 0.0);
            }
        }
        taken
    }
}

/// What a right fetches over what it would otherwise; most lists name every right in order.
fn factor(factors: &[(usize, Ratio)], right: usize) -> Ratio {
    let named = factors.get(right).filter(|(at, _)| *at == right);
    let named = named.or_else(|| factors.iter().find(|(at, _)| *at == right));
    named.map_or(Ratio::ONE, |(_, factor)| *factor)
}
