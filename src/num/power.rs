//! Powers, exponentials and logarithms that give the same bits on every machine.
//!
//! The platform's own differ in the last bit from one C library to the next; these are pure Rust.

/// x to the power y.
pub fn pow(x: f64, y: f64) -> f64 {
    libm::pow(x, y)
}

/// e to the power x.
pub fn exp(x: f64) -> f64 {
    libm::exp(x)
}

/// The natural logarithm of x.
pub fn ln(x: f64) -> f64 {
    libm::log(x)
}

/// e to the power x, less one, exact near nothing.
pub fn exp_m1(x: f64) -> f64 {
    libm::expm1(x)
}

/// The normal distribution function, exact in its lower tail too.
pub fn normal_cdf(x: f64) -> f64 {
    0.5 * libm::erfc(-x * std::f64::consts::FRAC_1_SQRT_2)
}
