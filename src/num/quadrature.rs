//! Integrals as weighted sums.

/// The nodes of an integral over -1..1 with their weights, rising (Gauss-Legendre): exact for
/// polynomials up to degree 2 count - 1. Each node is a root of the Legendre polynomial, found by
/// Newton's method from cos(pi (k - 1/4) / (count + 1/2)).
pub fn gauss_legendre(count: usize) -> Vec<(f64, f64)> {
    let mut nodes = vec![(0.0, 2.0); count];
    for k in 0..count / 2 + count % 2 {
        let mut root = libm::cos(std::f64::consts::PI * (k as f64 + 0.75) / (count as f64 + 0.5));
        // The error squares itself with each step, so the step after a small one is nothing.
        let mut slope = 1.0;
        for _ in 0..8 {
            let (value, before) = legendre(count, root);
            slope = count as f64 * (before - root * value) / (1.0 - root * root);
            let step = value / slope;
            root -= step;
            if step.abs() < 1e-15 {
                break;
            }
        }
        let weight = 2.0 / ((1.0 - root * root) * slope * slope);
        nodes[k] = (-root, weight);
        nodes[count - 1 - k] = (root, weight);
    }
    nodes
}

/// The Legendre polynomials of this degree and of one less.
fn legendre(degree: usize, x: f64) -> (f64, f64) {
    let (mut value, mut before) = (1.0, 0.0);
    for k in 0..degree {
        let k = k as f64;
        let next = ((2.0 * k + 1.0) * x * value - k * before) / (k + 1.0);
        (value, before) = (next, value);
    }
    (value, before)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn polynomials_integrate_exactly() {
        for count in [1, 2, 3, 8, 64, 65, 257] {
            let nodes = gauss_legendre(count);
            assert!(nodes.windows(2).all(|pair| pair[0].0 < pair[1].0), "{count}");
            let degrees = [0, 1, 2, 2 * count - 2, 2 * count - 1];
            for degree in degrees.into_iter().filter(|degree| *degree < 2 * count) {
                let power = |(x, weight): &(f64, f64)| weight * x.powi(degree as i32);
                let got: f64 = nodes.iter().map(power).sum();
                let want = if degree % 2 == 0 { 2.0 / (degree as f64 + 1.0) } else { 0.0 };
                assert!((got - want).abs() < 1e-14, "{count} nodes, degree {degree}: {got}");
            }
        }
    }
}
