//! The firms of all series as one list: obligors of the first series, of the second, and so on,
//! then supporters. Those of one name share one latent variable.
//!
//! Invariant: a series sees of a path what concerns its own firms, on its own days.

use std::collections::BTreeMap;

use super::SeriesInput;
use crate::dates::Date;
use crate::engine::pool::first_day;
use crate::engine::simulate::Simulation;
use crate::engine::simulate::fates::{Default, Fates, NEVER, PATHS};
use crate::engine::simulate::firms::{Firm, firm};
use crate::scenario::Correlation;

/// The firms of all series, and how they hang together.
#[derive(Clone, Debug)]
pub(super) struct JointFirms {
    pub correlation: Correlation,
    /// By firm: its series, and its number there among obligors and then supporters.
    places: Vec<(usize, usize)>,
    /// By firm: the first one of its name.
    first: Vec<usize>,
    /// How many are obligors.
    obligors: usize,
    /// By series and factor of that series: the factor of all.
    factors: Vec<Vec<usize>>,
}

/// The name of a firm of a series, by its number among obligors and then supporters.
fn name<'a>(input: &SeriesInput<'a>, firm: usize) -> &'a str {
    let obligors = input.deal.obligors();
    match firm.checked_sub(obligors.len()) {
        None => &obligors[firm].name,
        Some(supporter) => &input.deal.supporters()[supporter].name,
    }
}

impl JointFirms {
    /// Told is where two series disagree on a firm's curve or loadings, or on the copula.
    pub fn new(inputs: &[SeriesInput<'_>]) -> Result<JointFirms, Vec<String>> {
        let (names, factors) = factors(inputs);
        let of_series = |from: fn(&SeriesInput<'_>) -> std::ops::Range<usize>| {
            let each = inputs.iter().enumerate();
            each.flat_map(move |(series, input)| from(input).map(move |firm| (series, firm)))
        };
        let obligors = of_series(|input| 0..input.deal.obligors().len());
        let supporters = of_series(|input| input.deal.obligors().len()..input.model.curves.len());
        let places: Vec<(usize, usize)> = obligors.chain(supporters).collect();
        let mut made = JointFirms {
            obligors: inputs.iter().map(|input| input.deal.obligors().len()).sum(),
            correlation: Correlation {
                copula: inputs[0].model.correlation.copula,
                factors: names,
                loadings: Vec::new(),
                latent: Vec::new(),
            },
            first: Vec::new(),
            places,
            factors,
        };
        let faults = made.bring_together(inputs);
        if faults.is_empty() { Ok(made) } else { Err(faults) }
    }

    /// Loadings on the factors of all, and latent variables shared by one name and by affiliates.
    fn bring_together(&mut self, inputs: &[SeriesInput<'_>]) -> Vec<String> {
        let mut faults = Vec::new();
        for input in inputs {
            if input.model.correlation.copula != self.correlation.copula {
                let (name, first) = (input.name, inputs[0].name);
                faults.push(format!("{name}/correlation.csv: copula is not that of {first}"));
            }
        }
        let mut known: BTreeMap<&str, usize> = BTreeMap::new();
        let place: BTreeMap<(usize, usize), usize> =
            self.places.iter().enumerate().map(|(at, &place)| (place, at)).collect();
        for (at, &(series, firm)) in self.places.iter().enumerate() {
            let input = &inputs[series];
            let own = &input.model.correlation;
            let by_factor = own.loadings[firm].iter();
            let mut weights: Vec<(usize, f64)> =
                by_factor.map(|&(factor, weight)| (self.factors[series][factor], weight)).collect();
            weights.sort_by_key(|(factor, _)| *factor);
            self.correlation.loadings.push(weights);
            self.correlation.latent.push(at);
            let name = name(input, firm);
            let first = *known.entry(name).or_insert(at);
            self.first.push(first);
            share(&mut self.correlation.latent, first, at);
            share(&mut self.correlation.latent, place[&(series, own.latent[firm])], at);
            let (first_series, first_firm) = self.places[first];
            let other = &inputs[first_series];
            let table = if at < self.obligors { "obligors" } else { "supporters" };
            let mut fault = |what: &str| {
                let (series, first) = (input.name, other.name);
                faults.push(format!("{series}/{table}.csv: {name}: {what} as in {first}"));
            };
            if input.model.curves[firm] != other.model.curves[first_firm] {
                fault("wants the same probabilities of default");
            }
            if self.correlation.loadings[at] != self.correlation.loadings[first] {
                fault("wants the same factor loadings");
            }
        }
        faults
    }

    /// The firms, each on its own clock; before its own days a firm has the day on which its series
    /// begins.
    pub fn firms(&self, inputs: &[SeriesInput<'_>], series: &[Simulation<'_>]) -> Vec<Firm> {
        let starts: Vec<Date> = inputs
            .iter()
            .zip(series)
            .map(|(input, simulation)| first_day(input.deal, &simulation.periods))
            .collect();
        let mut clocks: Vec<Option<Date>> = vec![None; self.places.len()];
        for (&first, &(series, _)) in self.first.iter().zip(&self.places) {
            let clock = clocks[first].get_or_insert(starts[series]);
            *clock = (*clock).min(starts[series]);
        }
        let made = self.places.iter().zip(&self.first).map(|(&(at, number), &first)| {
            let (curve, start) = (&inputs[at].model.curves[number], starts[at]);
            let clock = clocks[first].unwrap_or(start);
            let copula = self.correlation.copula;
            let own = series[at].sampler.firms[number].dates.clone();
            let mut before = firm(clock, vec![start], curve, copula);
            let own = firm(clock, own, curve, copula);
            before.dates.extend(own.dates);
            before.thresholds.extend(own.thresholds);
            before.probabilities.extend(own.probabilities);
            before
        });
        made.collect()
    }

    /// What a block of all firms is for each series.
    pub fn split(&self, all: &Fates, series: &mut [Fates]) {
        for (fates, factors) in series.iter_mut().zip(&self.factors) {
            fates.block = all.block;
            fates.defaults.clear();
            fates.weights.clone_from(&all.weights);
            for (to, &factor) in fates.factors.iter_mut().zip(factors) {
                to.copy_from_slice(&all.factors[factor]);
            }
        }
        for path in 0..PATHS {
            for default in all.defaults_of(path) {
                let (at, firm) = self.places[default.firm as usize];
                // On day 0 it has defaulted before the series begins, and is not in it.
                if let Some(day) = default.day.checked_sub(1) {
                    series[at].defaults.push(Default { firm: firm as u32, day });
                }
            }
            for fates in series.iter_mut() {
                fates.first[path + 1] = fates.defaults.len() as u32;
            }
        }
        let mut next = vec![0; series.len()];
        for (by_path, &(at, _)) in all.failures.iter().zip(&self.places[self.obligors..]) {
            for (to, &day) in series[at].failures[next[at]].iter_mut().zip(by_path) {
                *to = if day == NEVER { NEVER } else { day.checked_sub(1).unwrap_or(NEVER) };
            }
            next[at] += 1;
        }
    }
}

/// Names of all factors, and which of them the factors of each series are.
fn factors(inputs: &[SeriesInput<'_>]) -> (Vec<String>, Vec<Vec<usize>>) {
    let mut names: Vec<String> = Vec::new();
    let mut place = |name: &String| {
        let known = names.iter().position(|known| known == name);
        known.unwrap_or_else(|| {
            names.push(name.clone());
            names.len() - 1
        })
    };
    let by_series = inputs
        .iter()
        .map(|input| input.model.correlation.factors.iter().map(&mut place).collect())
        .collect();
    (names, by_series)
}

/// Two firms, and all that share with either, share one latent variable: that of the first.
fn share(latent: &mut [usize], one: usize, other: usize) {
    let (low, high) = (latent[one].min(latent[other]), latent[one].max(latent[other]));
    latent.iter_mut().filter(|of| **of == high).for_each(|of| *of = low);
}
