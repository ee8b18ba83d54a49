//! Floor 7: what does it mean: yield, loss, cover, life?
//!
//! Every figure is a pure function of dated cash flows.
mod cover;
pub mod listing;
pub mod measures;
pub mod outcome;
pub mod statement;

#[cfg(test)]
pub(crate) mod sample;
