//! The latent variables behind the firms: which factors each loads on, and which firms share one.

use super::firms::Firm;
use crate::scenario::Correlation;

/// Latent variables in the order in which they are drawn.
#[derive(Clone, Debug)]
pub(crate) struct Latents {
    /// Those of obligors first: what a supporter adds comes after them.
    pub latents: Vec<Latent>,
    /// How many have an obligor.
    pub of_obligors: usize,
    pub cells: Vec<Loadings>,
    pub factors: usize,
}

/// One latent variable X = S + own weight x e.
#[derive(Clone, Debug)]
pub(crate) struct Latent {
    pub cell: usize,
    pub own_weight: f64,
    /// Firms that share it.
    pub firms: Vec<usize>,
    /// The highest threshold of any of them.
    pub highest: f64,
}

/// Loadings that a cell of firms has in common.
#[derive(Clone, Debug)]
pub(crate) struct Loadings {
    /// (factor, weight).
    pub weights: Vec<(usize, f64)>,
    /// Standard deviation of the factor sum.
    pub spread: f64,
}

impl Latents {
    /// Groups firms by the latent variable they share, and those by their loadings.
    pub fn new(correlation: &Correlation, firms: &[Firm], obligors: usize) -> Latents {
        let mut made = Latents {
            latents: Vec::new(),
            of_obligors: 0,
            cells: Vec::new(),
            factors: correlation.factors.len(),
        };
        let mut place = vec![usize::MAX; firms.len()];
        for (at, firm) in firms.iter().enumerate() {
            let shared = correlation.latent[at];
            if place[shared] == usize::MAX {
                place[shared] = made.latents.len();
                let latent = made.latent(&correlation.loadings[shared]);
                made.latents.push(latent);
            }
            let latent = &mut made.latents[place[shared]];
            latent.firms.push(at);
            latent.highest = latent.highest.max(firm.last_threshold());
            if at < obligors {
                made.of_obligors = made.latents.len();
            }
        }
        made
    }

    fn latent(&mut self, weights: &[(usize, f64)]) -> Latent {
        let known = self.cells.iter().position(|cell| cell.weights == weights);
        let cell = known.unwrap_or_else(|| {
            let squares: f64 = weights.iter().map(|(_, weight)| weight * weight).sum();
            let spread = squares.min(1.0).sqrt();
            self.cells.push(Loadings { weights: weights.to_vec(), spread });
            self.cells.len() - 1
        });
        let spread = self.cells[cell].spread;
        // A firm wholly given by its factors keeps a speck of its own: nothing divides by 0.
        let own_weight = (1.0 - spread * spread).max(1e-18).sqrt();
        Latent { cell, own_weight, firms: Vec::new(), highest: f64::NEG_INFINITY }
    }
}
