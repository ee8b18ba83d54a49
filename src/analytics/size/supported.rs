//! Tests of a size that look at the stresses and at whoever stands behind the notes.
//!
//! Capacity: what a supporter is called for under any stress is not above what it can pay on calls
//! (its `paying_capacity`); of several supporters the one with the least left tells. Joint default:
//! see [`crate::analytics::joint_default`].

use super::{Obstacle, Sizer, Stood, Tested, WITHOUT};
use crate::analytics::stress::stressed;
use crate::num::{Fen, fen_of};

/// What the stresses show of a size.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct UnderStress {
    /// By support: the least of all stresses and dates; none where nothing is ever due.
    coverage: [Option<f64>; 2],
    /// By supporter: the most that it is called for.
    called: Vec<Fen>,
}

impl Sizer<'_> {
    fn under_stress(&mut self, steps: Fen) -> Result<UnderStress, Obstacle> {
        if let Some(known) = self.stresses.get(&steps) {
            return Ok(known.clone());
        }
        let deal = self.candidate(steps)?;
        let stressed = stressed(&deal, self.question.scenario, self.question.stresses)?;
        let directions = || stressed.iter().flat_map(|stress| &stress.directions);
        let coverage = [0, 1].map(|support: usize| {
            let of = |one: &crate::analytics::stress::Direction| {
                let classes = one.outcomes[support].classes[self.classes.clone()].iter();
                classes.filter_map(|class| class.min_coverage.value).reduce(f64::min)
            };
            directions().filter_map(of).reduce(f64::min)
        });
        let most = |supporter: usize| {
            let called = |one: &crate::analytics::stress::Direction| {
                fen_of(one.outcomes[0].deal.called_by[supporter])
            };
            directions().filter_map(called).max().unwrap_or(0)
        };
        let called = (0..deal.supporters().len()).map(most).collect();
        let found = UnderStress { coverage, called };
        self.stresses.insert(steps, found.clone());
        Ok(found)
    }

    /// The least of all stresses and dates.
    pub(super) fn coverage(
        &mut self,
        steps: Fen,
        support: usize,
        of: Tested,
    ) -> Result<Tested, Obstacle> {
        let least = self.under_stress(steps)?.coverage[support];
        Ok(of.found(1.0, least, least.is_none_or(|least| least >= 1.0)))
    }

    /// In yuan. Nothing is asked without support, or where no supporter has a limit.
    pub(super) fn capacity(
        &mut self,
        steps: Fen,
        support: usize,
        of: Tested,
    ) -> Result<Tested, Obstacle> {
        let supporters = self.question.deal.supporters();
        let limits = supporters.iter().map(|supporter| supporter.paying_capacity);
        let behind =
            |at: &usize| self.question.deal.commitments().iter().any(|of| of.supporter == *at);
        let limited: Vec<(usize, Fen)> = limits
            .enumerate()
            .filter_map(|(at, limit)| Some((at, limit?)))
            .filter(|(at, _)| support != WITHOUT && behind(at))
            .collect();
        if limited.is_empty() {
            return Ok(of);
        }
        let called = self.under_stress(steps)?.called;
        let least = limited.iter().min_by_key(|&&(at, limit)| limit - called[at]);
        let Some(&(at, limit)) = least else { return Ok(of) };
        let yuan = |fen: Fen| fen as f64 / 100.0;
        Ok(of.found(yuan(limit), Some(yuan(called[at])), called[at] <= limit))
    }

    /// The ten-year probability of the classes: with a supporter the joint one where there is a
    /// lift, else that of their grade. A class without grade passes nothing.
    pub(super) fn joint_default(
        &mut self,
        steps: Fen,
        support: usize,
        grade: &str,
        of: Tested,
    ) -> Result<Tested, Obstacle> {
        let Some(limit) = self.question.joint.pd(grade) else { return Ok(of) };
        let Stood { ten_year_pd, .. } = self.stood(steps)?;
        let value = ten_year_pd[support];
        Ok(of.found(limit, value, value.is_some_and(|value| value <= limit)))
    }
}
