//! The normal distribution where speed does not matter: conditional default probabilities.

use super::quantile::quantile_as241;
use statrs::distribution::{ContinuousCDF, Normal};

/// Probability of default once the common factor is known (one-factor Gaussian model, Vasicek):
/// Phi((Phi^-1(pd) - sqrt(rho) z) / sqrt(1 - rho)); low z is bad. `None` unless 0 <= pd <= 1 and
/// 0 <= rho < 1.
pub fn conditional_pd(pd: f64, rho: f64, z: f64) -> Option<f64> {
    if !(0.0..=1.0).contains(&pd) || !(0.0..1.0).contains(&rho) || !z.is_finite() {
        return None;
    }
    if pd == 0.0 || pd == 1.0 {
        return Some(pd);
    }
    let normal = Normal::standard();
    Some(normal.cdf((normal.inverse_cdf(pd) - rho.sqrt() * z) / (1.0 - rho).sqrt()))
}

/// The standard normal value below which a share of the probability lies. `None` unless it is
/// strictly between 0 and 1. Algorithm AS 241 (Wichura 1988), to the last bits.
pub fn normal_quantile(share: f64) -> Option<f64> {
    (share > 0.0 && share < 1.0).then(|| quantile_as241(share))
}

/// The share of a pool of very many very small loans that defaults, not exceeded with probability
/// `level`, where each defaults with probability `pd` and any two correlate by `rho` (Vasicek
/// 2002): Phi((Phi^-1(pd) + sqrt(rho) Phi^-1(level)) / sqrt(1 - rho)). `None` as `conditional_pd`,
/// or unless `level` is strictly between 0 and 1.
pub fn large_pool_quantile(pd: f64, rho: f64, level: f64) -> Option<f64> {
    conditional_pd(pd, rho, -normal_quantile(level)?)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// Closed form, twelve decimals, worked out with another program.
    #[test]
    fn the_conditional_probability_is_the_closed_form() {
        let check = |pd: f64, rho: f64, z: f64, expected: f64| {
            let got = conditional_pd(pd, rho, z).unwrap();
            assert!((got - expected).abs() < 2e-11, "{pd} {rho} {z}: {got}");
        };
        check(0.01, 0.05, -3.0, 0.044703382704);
        check(0.01, 0.2, 0.0, 0.004648489921);
        check(0.01, 0.5, 3.0, 0.000000000159);
        check(0.05, 0.2, -1.0, 0.090284968351);
        check(0.05, 0.5, 1.0, 0.000440234247);
        check(0.2, 0.05, 1.0, 0.137218656511);
        check(0.2, 0.5, -3.0, 0.964834101211);
        check(0.3, 0.0, 2.0, 0.3);
        check(0.0, 0.2, -3.0, 0.0);
        assert_eq!(conditional_pd(1.2, 0.2, 0.0), None);
        assert_eq!(conditional_pd(0.2, 1.0, 0.0), None);
        assert_eq!(conditional_pd(0.2, 0.2, f64::NAN), None);
    }

    /// Closed form, worked out with another program.
    #[test]
    fn the_large_pool_quantile_is_the_closed_form() {
        let check = |pd: f64, rho: f64, level: f64, expected: f64| {
            let got = large_pool_quantile(pd, rho, level).unwrap();
            assert!((got - expected).abs() < 5e-9, "{pd} {rho} {level}: {got}");
        };
        check(0.02, 0.10, 0.99, 0.082_356_77);
        check(0.02, 0.10, 0.999, 0.128_237_11);
        check(0.05, 0.20, 0.99, 0.249_574_82);
        check(0.05, 0.20, 0.999, 0.384_422_47);
        assert_eq!(large_pool_quantile(0.02, 0.1, 1.0), None);
    }
}
