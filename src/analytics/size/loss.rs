//! The test of a size by expected loss.
//!
//! Expected loss is 1 less the present value of all cash to the class over its notional, discounted
//! period by period at its own coupon; of several classes the largest, and none of a class without
//! a coupon. A grade allows 55% of its default probability in a named table at the class's average
//! life where nobody defaults (the shortest of the senior classes, and at least a year), or what
//! the table of targets says.

use super::{Aim, ONE_SIDED, Obstacle, Sizer, Tested};
use crate::analytics::grade::IDEALISED_LOSS_SEVERITY;
use crate::analytics::outcome::outcome;
use crate::analytics::simulated::{Estimate, rule_of_three};
use crate::analytics::stress::SUPPORTS;
use crate::asset::PdTable;
use crate::deal::{Deal, Seniority};
use crate::engine::{Breach, Support, run, without_defaults};
use crate::num::Fen;
use crate::scenario::Scenario;

/// What a grade allows a class to lose where the table of targets does not say.
#[derive(Clone, Copy, Debug)]
pub struct LossTerms<'a> {
    /// Of default probabilities, in the letters of the targets.
    pub table: &'a PdTable,
    pub years: f64,
}

impl LossTerms<'_> {
    /// None where the table does not have the grade.
    pub fn limit(&self, grade: &str) -> Option<f64> {
        let curve = self.table.curve(grade)?;
        Some(IDEALISED_LOSS_SEVERITY * curve.cumulative(self.years))
    }
}

/// The shortest average life of a senior class where nobody defaults; at least a year.
pub fn years_without_default(deal: &Deal, scenario: &Scenario) -> Result<f64, Breach> {
    let flows = run(deal, &without_defaults(scenario), Support::Without)?;
    let outcome = outcome(deal, &flows);
    let classes = deal.tranches().iter().zip(outcome.classes);
    let lives = classes
        .filter(|(class, _)| class.seniority == Seniority::Senior)
        .filter_map(|(_, outcome)| outcome.wal_years.value);
    Ok(lives.reduce(f64::min).unwrap_or(1.0).max(1.0))
}

impl Sizer<'_> {
    /// The estimate and 1.645 standard errors; never below 55% of 3 over the paths, for so many
    /// paths cannot tell less from nothing.
    pub(super) fn expected_loss(
        &mut self,
        steps: Fen,
        support: usize,
        aim: &Aim,
        of: Tested,
    ) -> Result<Tested, Obstacle> {
        let Some(limit) = aim.el else { return Ok(of) };
        if of.chosen {
            self.tells_losses(limit, aim)?;
        }
        let value = self.largest_loss(steps, support, aim)?;
        Ok(of.found(limit, value, value.is_none_or(|value| value <= limit)))
    }

    /// Where paths are too few for a loss within the limit, no size could pass: they are refused.
    fn tells_losses(&self, limit: f64, aim: &Aim) -> Result<(), Obstacle> {
        let Some(paths) = &self.paths[self.drawn_for(aim)] else { return Ok(()) };
        let least = IDEALISED_LOSS_SEVERITY * rule_of_three(paths.paths());
        if least <= limit || limit <= 0.0 {
            return Ok(());
        }
        let (count, grade) = (paths.paths(), &aim.grade);
        let wanted = (3.0 * IDEALISED_LOSS_SEVERITY / limit / 10_000.0).ceil() * 10_000.0;
        Err(Obstacle::Told(vec![format!(
            "--test el: {grade}: {count} paths tell no loss below {:.6}%, and it asks for {:.6}%: \
             no size can pass el; want --paths {wanted} or more",
            100.0 * least,
            100.0 * limit
        )]))
    }

    fn largest_loss(
        &mut self,
        steps: Fen,
        support: usize,
        aim: &Aim,
    ) -> Result<Option<f64>, Obstacle> {
        let at = self.drawn_for(aim);
        if let Some(&known) = self.els.get(&(steps, support, at)) {
            return Ok(known);
        }
        let Some(paths) = self.narrowed.as_ref().or(self.paths[at]) else { return Ok(None) };
        let (deal, count) = (self.candidate(steps)?, paths.paths());
        let lost = paths.value_lost(&deal, SUPPORTS[support]);
        let bound = IDEALISED_LOSS_SEVERITY * rule_of_three(count);
        let upper = |moments: &crate::engine::Moments| {
            let estimate = Estimate::mean(moments, count);
            bound.max(estimate.value + ONE_SIDED * estimate.se.unwrap_or(0.0))
        };
        let found = lost[self.classes.clone()].iter().flatten().map(upper).reduce(f64::max);
        if self.narrowed.is_none() {
            self.els.insert((steps, support, at), found);
        }
        Ok(found)
    }
}
