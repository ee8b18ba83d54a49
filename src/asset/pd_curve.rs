//! How likely a firm is to have defaulted by a time: cumulative curves, and tables of them by
//! grade.
//!
//! Formula: F(t) = 1 - exp(-H(t)), H straight between nodes and on from the last, H(0) = 0. So the
//! intensity is constant between nodes, and one node at one year gives a constant intensity.

use crate::num::{exp_m1, ln};

/// A cumulative default curve.
#[derive(Clone, Debug, PartialEq)]
pub struct PdCurve {
    /// (years, -ln(1 - F)), years rising from above 0; empty where nothing ever defaults.
    nodes: Vec<(f64, f64)>,
}

/// Why points make no curve.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum CurveFault {
    /// No point at all.
    Empty,
    /// Not strictly later than the point before (or than 0).
    Years(f64),
    /// Not from 0 up to (not including) 1, or below the point before.
    Probability(f64),
}

impl PdCurve {
    /// Of a firm that never defaults, or whose defaults move nothing.
    pub fn never() -> PdCurve {
        PdCurve { nodes: Vec::new() }
    }

    /// From (years, probability of default by then).
    pub fn new(points: &[(f64, f64)]) -> Result<PdCurve, CurveFault> {
        let mut nodes = Vec::with_capacity(points.len());
        let mut before = (0.0, 0.0);
        for &(years, probability) in points {
            if !years.is_finite() || years <= before.0 {
                return Err(CurveFault::Years(years));
            }
            if !(before.1..1.0).contains(&probability) {
                return Err(CurveFault::Probability(probability));
            }
            nodes.push((years, -ln(1.0 - probability)));
            before = (years, probability);
        }
        if nodes.is_empty() { Err(CurveFault::Empty) } else { Ok(PdCurve { nodes }) }
    }

    /// Probability of default by a time in years; 0 at or before 0.
    pub fn cumulative(&self, years: f64) -> f64 {
        if years <= 0.0 {
            return 0.0;
        }
        let (mut start, mut slope) = ((0.0, 0.0), 0.0);
        for &node in &self.nodes {
            slope = (node.1 - start.1) / (node.0 - start.0);
            if years <= node.0 {
                break;
            }
            start = node;
        }
        -exp_m1(-(start.1 + slope * (years - start.0)))
    }
}

/// Cumulative default probabilities by grade, best grade first.
#[derive(Clone, Debug, PartialEq)]
pub struct PdTable {
    pub name: String,
    pub source: String,
    pub grades: Vec<(String, PdCurve)>,
}

impl PdTable {
    /// The curve of a grade, written as the table writes it.
    pub fn curve(&self, grade: &str) -> Option<&PdCurve> {
        self.grades.iter().find(|(name, _)| name == grade).map(|(_, curve)| curve)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_curve_meets_its_points_and_goes_on_at_the_last_intensity() {
        let curve = PdCurve::new(&[(1.0, 0.02), (3.0, 0.08)]).unwrap();
        let check = |years: f64, expected: f64| {
            assert!((curve.cumulative(years) - expected).abs() < 1e-14, "{years}");
        };
        check(0.0, 0.0);
        check(1.0, 0.02);
        check(0.5, 1.0 - 0.98_f64.sqrt());
        check(3.0, 0.08);
        check(2.0, 1.0 - (0.98_f64 * 0.92).sqrt());
        // Two more years at the intensity of the two before.
        check(5.0, 1.0 - 0.92 * 0.92 / 0.98);
    }

    #[test]
    fn a_probability_of_nothing_stays_nothing() {
        for curve in [PdCurve::never(), PdCurve::new(&[(1.0, 0.0)]).unwrap()] {
            for years in [0.0, 0.5, 1.0, 30.0] {
                assert_eq!(curve.cumulative(years), 0.0);
            }
        }
    }

    #[test]
    fn points_out_of_order_are_refused() {
        assert_eq!(PdCurve::new(&[]), Err(CurveFault::Empty));
        assert_eq!(PdCurve::new(&[(0.0, 0.1)]), Err(CurveFault::Years(0.0)));
        assert_eq!(PdCurve::new(&[(1.0, 0.1), (1.0, 0.2)]), Err(CurveFault::Years(1.0)));
        assert_eq!(PdCurve::new(&[(1.0, 1.2)]), Err(CurveFault::Probability(1.2)));
        assert_eq!(PdCurve::new(&[(1.0, 0.2), (2.0, 0.1)]), Err(CurveFault::Probability(0.1)));
    }
}
