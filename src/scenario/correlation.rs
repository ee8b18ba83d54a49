//! How the fates of firms hang together: factor loadings.
//!
//! Formula: X = sum w_f Z_f + sqrt(1 - sum w_f^2) e, so that two firms correlate by the sum of the
//! products of their weights. A correlation that sharing adds becomes a factor of its own, with
//! weight sqrt(correlation) for each firm that shares. Invariant: no firm's squared weights sum to
//! more than 1, so the matrix is positive semi-definite by construction.

use std::collections::BTreeMap;

/// What draws the latent variables.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Copula {
    Gaussian,
    /// One mixing variable for all: X sqrt(degrees / chi2).
    StudentT {
        degrees: f64,
    },
}

/// What tells which factors a firm shares with others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kinship {
    pub firm: String,
    pub industry: String,
    pub region: String,
    /// Affiliates carry one name.
    pub group: Option<String>,
}

/// What two firms' correlation gains by what they share.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shared {
    pub all: f64,
    pub industry: f64,
    pub region: f64,
    /// `None`: affiliates share one latent variable, and default together as far as their curves
    /// agree.
    pub group: Option<f64>,
}

impl Shared {
    /// Assumed where a deal says nothing.
    pub const ASSUMED: Shared = Shared { all: 0.05, industry: 0.10, region: 0.025, group: None };
}

/// The firms' loadings.
#[derive(Clone, Debug, PartialEq)]
pub struct Correlation {
    pub copula: Copula,
    /// Names, in the order in which they are drawn: `all`, `industry NAME`, `region NAME`, `group
    /// NAME`, or as a table names them.
    pub factors: Vec<String>,
    /// By firm (obligors, then supporters): (factor, weight), by rising factor, weights not 0.
    pub loadings: Vec<Vec<(usize, f64)>>,
    /// By firm: the first firm with which it shares its whole latent variable; often itself.
    pub latent: Vec<usize>,
}

/// Why there is no such matrix.
#[derive(Clone, Debug, PartialEq)]
pub enum CorrelationFault {
    /// What sharing adds is below 0: the two firms that share it would be less alike than firms
    /// that do not.
    Negative { shared: &'static str, adds: f64, pair: (String, String) },
    /// The two firms would be correlated by more than 1.
    AboveOne { correlation: f64, pair: (String, String) },
    /// A firm's squared weights sum to more than 1.
    Weights { firm: String, squares: f64 },
    /// Degrees of freedom not above 2.
    Degrees(f64),
}

/// Squared weights may exceed 1 by what nine written decimals lose.
const SLACK: f64 = 1e-8;

impl Correlation {
    /// From what sharing adds.
    pub fn of_shared(
        copula: Copula,
        shared: Shared,
        firms: &[Kinship],
    ) -> Result<Correlation, Vec<CorrelationFault>> {
        let mut faults = shared_faults(&shared, firms);
        faults.extend(copula_fault(copula));
        if !faults.is_empty() {
            return Err(faults);
        }
        let mut factors: Vec<String> = Vec::new();
        let mut known: BTreeMap<String, usize> = BTreeMap::new();
        let mut factor = |name: String| {
            *known.entry(name).or_insert_with_key(|name| {
                factors.push(name.clone());
                factors.len() - 1
            })
        };
        let all = factor("all".to_owned());
        let industries: Vec<usize> =
            firms.iter().map(|firm| factor(format!("industry {}", firm.industry))).collect();
        let regions: Vec<usize> =
            firms.iter().map(|firm| factor(format!("region {}", firm.region))).collect();
        let groups: Vec<Option<usize>> = firms
            .iter()
            .map(|firm| firm.group.as_ref().filter(|_| shared.group.is_some()))
            .map(|group| group.map(|group| factor(format!("group {group}"))))
            .collect();
        let loadings = (0..firms.len()).map(|at| {
            let parts = [
                (Some(all), shared.all),
                (Some(industries[at]), shared.industry),
                (Some(regions[at]), shared.region),
                (groups[at], shared.group.unwrap_or(0.0)),
            ];
            let weights = parts.into_iter().filter(|(_, adds)| *adds > 0.0);
            weights.filter_map(|(factor, adds)| Some((factor?, adds.sqrt()))).collect()
        });
        let loadings = loadings.collect();
        let latent = latent(firms, shared.group.is_none());
        Ok(Correlation { copula, factors, loadings, latent })
    }

    /// From written loadings: (factor, weight) by firm.
    pub fn of_loadings(
        copula: Copula,
        factors: Vec<String>,
        mut loadings: Vec<Vec<(usize, f64)>>,
        firms: &[Kinship],
    ) -> Result<Correlation, Vec<CorrelationFault>> {
        let squares = |weights: &[(usize, f64)]| weights.iter().map(|(_, w)| w * w).sum::<f64>();
        let mut faults: Vec<CorrelationFault> = loadings
            .iter()
            .zip(firms)
            .map(|(weights, firm)| (squares(weights), firm))
            .filter(|(squares, _)| *squares > 1.0 + SLACK)
            .map(|(squares, firm)| CorrelationFault::Weights { firm: firm.firm.clone(), squares })
            .collect();
        faults.extend(copula_fault(copula));
        for weights in &mut loadings {
            weights.retain(|(_, weight)| *weight != 0.0);
            weights.sort_by_key(|(factor, _)| *factor);
        }
        let latent = latent(firms, true);
        if !faults.is_empty() {
            return Err(faults);
        }
        Ok(Correlation { copula, factors, loadings, latent })
    }

    /// The asset correlation of two firms.
    pub fn between(&self, one: usize, other: usize) -> f64 {
        if self.latent[one] == self.latent[other] {
            return 1.0;
        }
        let weight = |firm: usize, factor: usize| {
            let found = self.loadings[firm].iter().find(|(at, _)| *at == factor);
            found.map_or(0.0, |(_, weight)| *weight)
        };
        (0..self.factors.len()).map(|at| weight(one, at) * weight(other, at)).sum()
    }

    /// The factor of a name, where some firm's industry or a table brings it in.
    pub fn factor(&self, name: &str) -> Option<usize> {
        self.factors.iter().position(|known| known == name)
    }
}

fn latent(firms: &[Kinship], together: bool) -> Vec<usize> {
    let mut first: BTreeMap<&str, usize> = BTreeMap::new();
    let firms = firms.iter().enumerate();
    let own = firms.map(|(at, firm)| match firm.group.as_deref().filter(|_| together) {
        Some(group) => *first.entry(group).or_insert(at),
        None => at,
    });
    own.collect()
}

fn copula_fault(copula: Copula) -> Option<CorrelationFault> {
    match copula {
        Copula::StudentT { degrees } if degrees.is_nan() || degrees <= 2.0 => {
            Some(CorrelationFault::Degrees(degrees))
        }
        Copula::StudentT { .. } | Copula::Gaussian => None,
    }
}

/// Whether two firms share something.
type Alike = fn(&Kinship, &Kinship) -> bool;

fn same_industry(one: &Kinship, other: &Kinship) -> bool {
    one.industry == other.industry
}

fn same_region(one: &Kinship, other: &Kinship) -> bool {
    one.region == other.region
}

fn same_group(one: &Kinship, other: &Kinship) -> bool {
    one.group.is_some() && one.group == other.group
}

/// The first two firms that share something.
fn pair_of(firms: &[Kinship], alike: Alike) -> (String, String) {
    let pairs = firms.iter().enumerate();
    let mut pairs = pairs.flat_map(|(at, one)| firms[at + 1..].iter().map(move |two| (one, two)));
    let found = pairs.find(|(one, other)| alike(one, other));
    let or_any = || ("any firm".to_owned(), "any other".to_owned());
    found.map_or_else(or_any, |(one, other)| (one.firm.clone(), other.firm.clone()))
}

/// Everything that breaks the matrix, each with the first pair of firms that shows it.
fn shared_faults(shared: &Shared, firms: &[Kinship]) -> Vec<CorrelationFault> {
    let group = shared.group.unwrap_or(0.0);
    let parts: [(&'static str, f64, Alike); 4] = [
        ("all", shared.all, |_, _| true),
        ("industry", shared.industry, same_industry),
        ("region", shared.region, same_region),
        ("group", group, same_group),
    ];
    let negative = parts.into_iter().filter(|(_, adds, _)| !adds.is_finite() || *adds < 0.0);
    let faults: Vec<CorrelationFault> = negative
        .map(|(shared, adds, alike)| {
            let pair = pair_of(firms, alike);
            CorrelationFault::Negative { shared, adds, pair }
        })
        .collect();
    if !faults.is_empty() {
        return faults;
    }
    // Every firm carries all factors of its own, so the sum bounds its squared weights.
    let ungrouped = shared.all + shared.industry + shared.region;
    let both: Alike = |one, other| same_industry(one, other) && same_region(one, other);
    let above = |correlation: f64, alike: Alike| {
        let pair = pair_of(firms, alike);
        vec![CorrelationFault::AboveOne { correlation, pair }]
    };
    if ungrouped > 1.0 + SLACK {
        above(ungrouped, both)
    } else if ungrouped + group > 1.0 + SLACK {
        above(ungrouped + group, same_group)
    } else {
        Vec::new()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn firm(name: &str, industry: &str, region: &str, group: Option<&str>) -> Kinship {
        Kinship {
            firm: name.to_owned(),
            industry: industry.to_owned(),
            region: region.to_owned(),
            group: group.map(str::to_owned),
        }
    }

    fn firms() -> Vec<Kinship> {
        vec![
            firm("a", "chips", "east", None),
            firm("b", "chips", "west", Some("g")),
            firm("c", "drugs", "west", Some("g")),
            firm("d", "chips", "east", None),
        ]
    }

    #[test]
    fn sharing_adds_up_to_the_correlation() {
        let shared = Shared { all: 0.05, industry: 0.10, region: 0.02, group: Some(0.3) };
        let made = Correlation::of_shared(Copula::Gaussian, shared, &firms()).unwrap();
        let check = |one: usize, other: usize, expected: f64| {
            assert!((made.between(one, other) - expected).abs() < 1e-15, "{one} {other}");
        };
        check(0, 1, 0.15);
        check(0, 2, 0.05);
        check(1, 2, 0.05 + 0.02 + 0.3);
        check(0, 3, 0.17);
        let together = Shared { group: None, ..shared };
        let made = Correlation::of_shared(Copula::Gaussian, together, &firms()).unwrap();
        assert_eq!(made.between(1, 2), 1.0);
        assert_eq!(made.latent, [0, 1, 1, 3]);
    }

    #[test]
    fn a_matrix_that_cannot_be_is_refused_with_its_pair() {
        let check = |shared: Shared, expected: CorrelationFault| {
            let made = Correlation::of_shared(Copula::Gaussian, shared, &firms());
            assert_eq!(made, Err(vec![expected]));
        };
        let pair = |one: &str, other: &str| (one.to_owned(), other.to_owned());
        let base = Shared { all: 0.1, industry: 0.1, region: 0.1, group: None };
        check(
            Shared { region: -0.05, ..base },
            CorrelationFault::Negative { shared: "region", adds: -0.05, pair: pair("a", "d") },
        );
        check(
            Shared { industry: 0.9, ..base },
            CorrelationFault::AboveOne { correlation: 0.1 + 0.9 + 0.1, pair: pair("a", "d") },
        );
        let weights = vec![vec![(0, 0.9), (1, 0.9)], Vec::new(), Vec::new(), Vec::new()];
        let factors = vec!["x".to_owned(), "y".to_owned()];
        let made = Correlation::of_loadings(Copula::Gaussian, factors, weights, &firms());
        let fault = CorrelationFault::Weights { firm: "a".to_owned(), squares: 0.81 + 0.81 };
        assert_eq!(made, Err(vec![fault]));
    }
}
