//! The firms of a pool as the exact distribution of its loss wants them: one factor, losses that
//! are known once it is known who defaults when.
//!
//! A factor that one firm alone hangs on is that firm's own. Factors that all firms load on in the
//! same proportions are one factor, its weight the root of the sum of their squares. Firms that
//! share their latent variable default together and are one firm, with the losses of both.
use super::pool_loss::Firm;
use crate::num::Fen;
use crate::scenario::{Copula, Correlation};

/// Day by day: (probability of default by then, loss if it defaults then).
pub type Losses = Vec<(f64, Fen)>;

/// Relative difference of weights that are the same but for how they were written.
const SLACK: f64 = 1e-9;

/// The firms of a pool with one normal factor; why it has not, in words.
pub fn one_factor(correlation: &Correlation, losses: &[Losses]) -> Result<Vec<Firm>, String> {
    if !matches!(correlation.copula, Copula::Gaussian) {
        return Err("the copula is not the normal one".to_owned());
    }
    let mut firms: Vec<usize> = Vec::new();
    for &latent in &correlation.latent[..losses.len()] {
        if !firms.contains(&latent) {
            firms.push(latent);
        }
    }
    let loadings = loadings(correlation, &firms)?;
    let together = |&latent: &usize| -> Vec<&Losses> {
        let own = (0..losses.len()).filter(|&at| correlation.latent[at] == latent);
        own.map(|at| &losses[at]).collect()
    };
    let made = firms.iter().zip(loadings);
    Ok(made.map(|(latent, loading)| Firm { loading, outcomes: sum(&together(latent)) }).collect())
}

/// By firm, on the one factor that matters.
fn loadings(correlation: &Correlation, firms: &[usize]) -> Result<Vec<f64>, String> {
    let weight = |firm: usize, factor: usize| {
        let found = correlation.loadings[firm].iter().find(|(at, _)| *at == factor);
        found.map_or(0.0, |(_, weight)| *weight)
    };
    let mut common: Option<(usize, Vec<f64>)> = None;
    let mut squares = 1.0;
    for (factor, name) in correlation.factors.iter().enumerate() {
        let weights: Vec<f64> = firms.iter().map(|&firm| weight(firm, factor)).collect();
        if weights.iter().filter(|weight| **weight != 0.0).count() < 2 {
            continue;
        }
        let Some((first, of_first)) = &common else {
            common = Some((factor, weights));
            continue;
        };
        let pairs = || weights.iter().zip(of_first);
        let lead = pairs().find(|(_, of_first)| **of_first != 0.0);
        let times = lead.map_or(0.0, |(weight, of_first)| weight / of_first);
        if pairs().any(|(weight, of_first)| (weight - times * of_first).abs() > SLACK) {
            let first = &correlation.factors[*first];
            return Err(format!("more than one factor matters: '{first}' and '{name}'"));
        }
        squares += times * times;
    }
    let none = || vec![0.0; firms.len()];
    let (_, weights) = common.unwrap_or_else(|| (0, none()));
    Ok(weights.into_iter().map(|weight| weight * f64::sqrt(squares)).collect())
}

/// Firms of one latent variable: the lower it is, the earlier each has defaulted.
fn sum(firms: &[&Losses]) -> Losses {
    if let [alone] = firms {
        return (*alone).clone();
    }
    let mut steps: Vec<f64> = firms.iter().flat_map(|of| of.iter().map(|day| day.0)).collect();
    steps.sort_by(f64::total_cmp);
    steps.dedup();
    let lost = |of: &Losses, step: f64| of.iter().find(|day| day.0 >= step).map_or(0, |day| day.1);
    steps.iter().map(|&step| (step, firms.iter().map(|of| lost(of, step)).sum())).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::scenario::{Kinship, Shared};

    fn made(shared: Shared, firms: &[(&str, Option<&str>)]) -> Result<Vec<Firm>, String> {
        let kin = |(at, (industry, group)): (usize, &(&str, Option<&str>))| Kinship {
            firm: at.to_string(),
            industry: (*industry).to_owned(),
            region: at.to_string(),
            group: group.map(str::to_owned),
        };
        let kin: Vec<Kinship> = firms.iter().enumerate().map(kin).collect();
        let correlation = Correlation::of_shared(Copula::Gaussian, shared, &kin).unwrap();
        let losses = vec![vec![(0.01, 100), (0.03, 40)]; firms.len()];
        one_factor(&correlation, &losses)
    }

    #[test]
    fn factors_that_go_together_are_one() {
        let shared = Shared { all: 0.04, industry: 0.05, region: 0.1, group: None };
        // One industry for all: 4% + 5%; regions of one firm each are its own.
        let firms = made(shared, &[("chips", None), ("chips", None), ("chips", None)]).unwrap();
        assert!(firms.iter().all(|firm| (firm.loading - 0.3).abs() < 1e-12), "{firms:?}");
        let two = made(shared, &[("chips", None), ("chips", None), ("drugs", None)]);
        assert_eq!(two.unwrap_err(), "more than one factor matters: 'all' and 'industry chips'");
        let alone = Shared { all: 0.0, industry: 0.0, ..shared };
        let firms = made(alone, &[("chips", None), ("chips", None)]).unwrap();
        assert!(firms.iter().all(|firm| firm.loading == 0.0));
    }

    #[test]
    fn affiliates_are_one_firm() {
        let shared = Shared { all: 0.04, industry: 0.0, region: 0.0, group: None };
        let firms = made(shared, &[("a", Some("g")), ("b", None), ("c", Some("g"))]).unwrap();
        assert_eq!(firms.len(), 2);
        assert_eq!(firms[0].outcomes, [(0.01, 200), (0.03, 80)]);
        let one = vec![(0.01, 5), (0.02, 4)];
        let other = vec![(0.015, 30)];
        // One has defaulted later, the other not at all, where the variable is higher.
        assert_eq!(sum(&[&one, &other]), [(0.01, 35), (0.015, 34), (0.02, 4)]);
    }
}
