//! Floor 1: what is an amount, a rate, a row of amounts?
//!
//! Money enters as text, becomes a [`Decimal`] in yuan and, once a deal is checked, whole [`Fen`].
//! No step goes through f64. The one rounding rule (to the fen, [`Rounding`]) lives in [`Ratio`].

mod amount;
mod normal;
mod power;
mod quadrature;
mod quantile;
mod random;
mod ratio;
mod row;
mod student_t;

pub use amount::Amount;
pub(crate) use amount::{TO_WHOLE, nearest};
pub use normal::{conditional_pd, large_pool_quantile, normal_quantile};
pub use power::{exp, exp_m1, ln, normal_cdf, pow};
pub use quadrature::gauss_legendre;
pub use quantile::NormalQuantile;
pub(crate) use quantile::quantile_as241;
pub use random::{Stream, unit_interval};
pub use ratio::{Ratio, Rounding};
pub(crate) use ratio::{gcd, share};
pub use row::Row;
pub use rust_decimal::Decimal;
pub use student_t::{student_t_mixing, student_t_quantile};

/// Whole fen (1 yuan = 100 fen). Every amount of a checked deal is below [`FEN_LIMIT`].
pub type Fen = i64;

/// No single amount of a deal may reach this: 10 trillion yuan. It keeps every product with a
/// [`Ratio`] inside i128 and every sum of a pool inside i64.
pub const FEN_LIMIT: Fen = 1_000_000_000_000_000;

/// Whole fen of an amount in yuan; `None` where it has more than two decimals or is too large.
pub fn fen_of(yuan: Decimal) -> Option<Fen> {
    let yuan = yuan.normalize();
    if yuan.scale() > 2 {
        return None;
    }
    let scale = 10_i128.pow(2 - yuan.scale());
    let fen = yuan.mantissa().checked_mul(scale)?;
    i64::try_from(fen).ok().filter(|fen| fen.abs() < FEN_LIMIT)
}

/// The nearest whole fen of an amount in yuan; `None` where it is too large.
pub fn fen_near(yuan: Decimal, rounding: Rounding) -> Option<Fen> {
    let strategy = match rounding {
        Rounding::HalfUp => rust_decimal::RoundingStrategy::MidpointAwayFromZero,
        Rounding::HalfEven => rust_decimal::RoundingStrategy::MidpointNearestEven,
    };
    fen_of(yuan.round_dp_with_strategy(2, strategy))
}

/// Yuan with two decimals, exactly.
pub fn yuan_of(fen: Fen) -> Decimal {
    Decimal::new(fen, 2)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::str::FromStr;

    #[test]
    fn yuan_and_fen_are_the_same_amount() {
        let check = |text: &str, fen: Option<Fen>| {
            let yuan = Decimal::from_str(text).ok();
            assert_eq!(yuan.and_then(fen_of), fen, "{text}");
        };
        check("0", Some(0));
        check("1.5", Some(150));
        check("1.50000", Some(150));
        check("-3.07", Some(-307));
        check("0.001", None);
        check("1234567890123.78", Some(123_456_789_012_378));
        check("99999999999999999", None);
        assert_eq!(yuan_of(123).to_string(), "1.23");
        assert_eq!(yuan_of(100).to_string(), "1.00");
    }
}
