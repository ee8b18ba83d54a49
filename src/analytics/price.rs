//! Price at a spread and spread at a price, over a curve.
//!
//! Price = sum of cash / (1 + curve yield + spread)^years over the dates after closing (in
//! mid-life, after the last payment date that is paid), per 100 of what is left, ACT/365.
use crate::analytics::measures::{price_at_spread, spread_at_price};
use crate::analytics::outcome::Figure;
use crate::dates::Date;

/// A yield curve of one day.
#[derive(Clone, Debug, PartialEq)]
pub struct Curve {
    pub date: Date,
    pub source: String,
    /// (tenor in years, effective annual yield), rising.
    pub points: Vec<(f64, f64)>,
}

/// What is asked of every class.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PriceTerms<'a> {
    pub curve: &'a Curve,
    /// At which a price is wanted, a year.
    pub spread_pa: Option<f64>,
    /// Per 100, at which a spread is wanted; none is the issue price.
    pub price: Option<f64>,
}

/// Dated cash per 100 of a class, priced on the day on which it stands.
pub fn at_spread(terms: PriceTerms<'_>, stands_on: Date, cash: &[(Date, f64)]) -> Figure {
    let Some(spread) = terms.spread_pa else { return Figure::none("no spread is given") };
    match price_at_spread(&terms.curve.points, spread, stands_on, cash) {
        Some(price) => Figure::of(price),
        None => Figure::none("the curve and the spread make no price"),
    }
}

/// The spread at which the cash is worth a price per 100.
pub fn at_price(
    terms: PriceTerms<'_>,
    issue_price: f64,
    stands_on: Date,
    cash: &[(Date, f64)],
) -> Figure {
    let price = terms.price.unwrap_or(issue_price);
    match spread_at_price(&terms.curve.points, price, stands_on, cash) {
        Ok(spread) => Figure::of(spread),
        Err(error) => Figure::none(&error.to_string()),
    }
}
