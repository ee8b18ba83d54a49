//! What a right fetches on a path, over what it would fetch for certain.
//!
//! Formula: exp(sum s_k Z_k - sum s_k^2 / 2), mean 1 under the model; Z_k are the factor that all
//! firms share, that of the industry of the firm that pledged it, and one of the right's own.

use super::Simulation;
use super::fates::{Fates, VALUES};
use super::infringements::Month;
use crate::asset::IpRight;
use crate::deal::Deal;
use crate::engine::recovery::Sale;
use crate::num::{Fen, Ratio, Stream, exp, share};
use crate::scenario::{Correlation, Infringement, Recovery, Scenario, ValueShocks};

/// A shock is so many parts of this, so that the ledger can use the same number.
const UNIT: Fen = 1_000_000_000;

/// Shocks that do not depend on the path.
#[derive(Clone, Debug)]
pub(crate) struct Shocks {
    pub sizes: ValueShocks,
    /// Factor that all share.
    pub all: Option<usize>,
    /// By right: factor of its firm's industry.
    pub industry: Vec<Option<usize>>,
}

impl Shocks {
    /// Where a factor is not drawn, its part of the shock is the right's own.
    pub fn new(deal: &Deal, scenario: &Scenario, correlation: &Correlation) -> Shocks {
        let mut sizes = match &scenario.recovery {
            Recovery::Rights(assumptions) => assumptions.shocks,
            Recovery::Flat { .. } => ValueShocks::NONE,
        };
        let all = correlation.factor("all");
        let industry_of = |right: &IpRight| {
            let loan = right.loans.first().map(|&loan| &deal.loans()[loan])?;
            correlation.factor(&format!("industry {}", deal.obligors()[loan.obligor].industry))
        };
        let industry: Vec<Option<usize>> = deal.rights().iter().map(industry_of).collect();
        if all.is_none() {
            sizes.own = (sizes.own * sizes.own + sizes.all * sizes.all).sqrt();
        }
        if industry.iter().any(Option::is_none) && sizes.industry > 0.0 {
            sizes.own = (sizes.own * sizes.own + sizes.industry * sizes.industry).sqrt();
            return Shocks { sizes, all, industry: vec![None; industry.len()] };
        }
        Shocks { sizes, all, industry }
    }
}

/// The shocks drawn on the path in hand: a right has one, however often it is looked at.
#[derive(Clone, Debug, Default)]
pub(crate) struct Values {
    /// The path, counted from the first of all.
    path: u64,
    /// Of the rights' own draws; only paths that sell anything have one.
    stream: Option<Stream>,
    drawn: Vec<(usize, Fen)>,
    infringed: Vec<Infringement>,
}

impl Values {
    /// A new path.
    #[inline(always)]
    pub fn begin(&mut self, path: u64) {
        self.path = path;
        self.stream = None;
        self.drawn.clear();
        self.infringed.clear();
    }

    /// Infringements before a sale, as far as the path has looked at its rights.
    pub fn infringed(&self) -> &[Infringement] {
        &self.infringed
    }

    /// The infringement of a right on the path that comes before its sale, if any.
    pub fn infringement<'s>(
        &mut self,
        simulation: &'s Simulation<'_>,
        sale: &Sale,
    ) -> Option<&'s Month> {
        let drawn = simulation.infringements.draw(&simulation.sampler, self.path, sale.right);
        let month = drawn.filter(|month| month.infringement.date <= sale.sold_on)?;
        if !self.infringed.iter().any(|known| known.right == sale.right) {
            self.infringed.push(month.infringement);
        }
        Some(month)
    }

    /// Rights and their shocks, as far as the path has looked at them.
    pub fn drawn(&self) -> Vec<(usize, Ratio)> {
        let shock = |&(right, parts)| (right, Ratio::new(parts, UNIT).unwrap_or(Ratio::ONE));
        self.drawn.iter().map(shock).collect()
    }

    /// What a sale fetches on the path.
    #[inline]
    pub fn fetched(
        &mut self,
        simulation: &Simulation<'_>,
        fates: &Fates,
        path: usize,
        sale: &Sale,
    ) -> Fen {
        if simulation.shocks.sizes == ValueShocks::NONE {
            return sale.value;
        }
        let shock = self.shock(simulation, fates, path, sale.right);
        share(sale.value, shock, UNIT, simulation.deal.terms().rounding)
    }

    /// The shock of a right on the path, in parts of [`UNIT`].
    fn shock(
        &mut self,
        simulation: &Simulation<'_>,
        fates: &Fates,
        path: usize,
        right: usize,
    ) -> Fen {
        if let Some((_, known)) = self.drawn.iter().find(|(known, _)| *known == right) {
            return *known;
        }
        let shocks = &simulation.shocks;
        let sizes = shocks.sizes;
        let factor = |at: Option<usize>, size: f64| match at {
            Some(at) => (size * fates.factors[at][path], size * size),
            None => (0.0, 0.0),
        };
        let (sampler, number) = (&simulation.sampler, self.path);
        let stream = self.stream.get_or_insert_with(|| sampler.own_stream(number, VALUES));
        let own = simulation.sampler.normal.of(stream.draw());
        let parts = [
            factor(shocks.all, sizes.all),
            factor(shocks.industry[right], sizes.industry),
            (sizes.own * own, sizes.own * sizes.own),
        ];
        let exponent: f64 = parts.iter().map(|(move_, square)| move_ - 0.5 * square).sum();
        let shock = (exp(exponent).min(1e6) * UNIT as f64).round() as Fen;
        self.drawn.push((right, shock));
        shock
    }
}
