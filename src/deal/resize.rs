//! The same paper with classes of other sizes, another cap or another reserve: a candidate.
//!
//! Plans and what the originator holds scale with their class, caps by share with the senior
//! classes; the price moves with what the notes bring, so that no cash comes or goes; coupons,
//! fees, dates, other caps and the order of payment stay.
//! Invariant: a class's plan sums to the same share of its notional as before, to the fen.

use super::check::Fault;
use super::paper::{Amortisation, Seniority, TargetBase};
use super::{Deal, proceeds};
use crate::num::{Decimal, Fen, Ratio};

impl Deal {
    /// Notionals in the order of the classes. The retention is not asked of the new deal: what it
    /// holds is for the caller to test, by [`super::holdings`].
    pub fn resized(&self, notionals: &[Fen]) -> Result<Deal, Vec<Fault>> {
        let mut parts = self.parts.clone();
        let rounding = parts.terms.rounding;
        for (tranche, &notional) in parts.tranches.iter_mut().zip(notionals) {
            let before = proceeds(tranche, rounding);
            let scale = Ratio::new(notional, tranche.notional).unwrap_or(Ratio::ONE);
            // What is held is no less a share than before.
            tranche.retained = notional - scale.floor_of(tranche.notional - tranche.retained);
            match &mut tranche.amortisation {
                Amortisation::TargetPrincipal(rows) => {
                    let (mut planned, mut scaled) = (0, 0);
                    for row in rows {
                        planned += row.amount;
                        row.amount = scale.floor_of(planned) - scaled;
                        scaled += row.amount;
                    }
                }
                Amortisation::TargetBalance(rows)
                | Amortisation::Turbo { target_balance: rows } => {
                    rows.iter_mut().for_each(|row| row.amount = scale.floor_of(row.amount));
                }
                Amortisation::PassThrough | Amortisation::Bullet => {}
            }
            tranche.notional = notional;
            parts.terms.purchase_price += proceeds(tranche, rounding) - before;
        }
        let senior = parts.tranches.iter().filter(|class| class.seniority == Seniority::Senior);
        let senior = senior.map(|class| class.notional).sum();
        for commitment in &mut parts.commitments {
            if let Some(cap) = commitment.cap_share {
                commitment.cap_total = cap.total(senior, rounding);
            }
        }
        parts.terms.retention = None;
        Deal::new(parts)
    }

    /// The same with a commitment that pays this in all and no more.
    pub fn with_cap(&self, commitment: usize, cap: Fen) -> Result<Deal, Vec<Fault>> {
        let mut parts = self.parts.clone();
        if let Some(commitment) = parts.commitments.get_mut(commitment) {
            (commitment.cap_total, commitment.cap_share) = (Some(cap), None);
        }
        Deal::new(parts)
    }

    /// The same with a reserve that is funded with this at closing, and filled up to it where it
    /// is filled up at all. What the notes pay for it comes off the price.
    pub fn with_reserve(&self, account: usize, amount: Fen) -> Result<Deal, Vec<Fault>> {
        let mut parts = self.parts.clone();
        let from_originator = parts.terms.reserve_from_originator;
        if let Some(account) = parts.accounts.get_mut(account) {
            if !from_originator {
                parts.terms.purchase_price += account.opening - amount;
            }
            account.opening = amount;
            if let Some(target) = &mut account.target {
                (target.amount, target.share) = (amount, Decimal::ZERO);
                (target.of, target.larger) = (TargetBase::None, true);
            }
        }
        Deal::new(parts)
    }
}
