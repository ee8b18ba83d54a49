//! Student's t: quantiles for thresholds, and the mixing variable that makes a normal one t.

use statrs::distribution::{ContinuousCDF, StudentsT};

use super::power::{ln, pow};
use super::quantile::NormalQuantile;
use super::random::{Stream, unit_interval};

/// The value below which a t variable lies with this probability, to twelve decimals: the last bits
/// of a library's logarithm differ from machine to machine. Negative infinity where the
/// probability is not above 0 or the degrees of freedom make no distribution.
pub fn student_t_quantile(probability: f64, degrees: f64) -> f64 {
    const UNIT: f64 = 1e12;
    match StudentsT::new(0.0, 1.0, degrees) {
        Ok(t) if probability > 0.0 && probability < 1.0 => {
            (t.inverse_cdf(probability) * UNIT).round() / UNIT
        }
        _ => f64::NEG_INFINITY,
    }
}

/// sqrt(chi2 / degrees): dividing a normal variable by it makes a t variable. Chi-squared by the
/// method of Marsaglia and Tsang (2000); degrees of freedom above 2.
pub fn student_t_mixing(degrees: f64, normal: &NormalQuantile, stream: &mut Stream) -> f64 {
    let d = 0.5 * degrees - 1.0 / 3.0;
    let c = 1.0 / (9.0 * d).sqrt();
    loop {
        let z = normal.of(stream.draw());
        let u = unit_interval(stream.draw());
        let v = pow(1.0 + c * z, 3.0);
        if v > 0.0 && ln(u) < 0.5 * z * z + d - d * v + d * ln(v) {
            return (2.0 * d * v / degrees).sqrt();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Tables of the t distribution: 5% at 4 degrees is 2.131847, 1% at 10 degrees 2.763769.
    #[test]
    fn quantiles_are_those_of_tables() {
        let check = |probability: f64, degrees: f64, expected: f64| {
            let got = student_t_quantile(probability, degrees);
            assert!((got - expected).abs() < 1e-6, "{probability} {degrees}: {got}");
        };
        check(0.05, 4.0, -2.131_847);
        check(0.99, 10.0, 2.763_769);
        assert_eq!(student_t_quantile(0.0, 4.0), f64::NEG_INFINITY);
    }

    #[test]
    fn a_normal_over_the_mixing_variable_is_t() {
        let normal = NormalQuantile::new();
        let (mut mixing, mut normals) = (Stream::at(1, 0, 0), Stream::at(1, 0, 1));
        let (degrees, count) = (5.0, 200_000);
        let limit = student_t_quantile(0.02, degrees);
        let below = (0..count).filter(|_| {
            let scale = student_t_mixing(degrees, &normal, &mut mixing);
            normal.of(normals.draw()) / scale <= limit
        });
        let share = below.count() as f64 / f64::from(count);
        let error = (0.02 * 0.98 / f64::from(count)).sqrt();
        assert!((share - 0.02).abs() < 4.0 * error, "{share}");
    }
}
