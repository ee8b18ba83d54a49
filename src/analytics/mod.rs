//! Floor 7: what does it mean: yield, loss, cover, life?
//!
//! Every figure is a pure function of dated cash flows, of a sample of losses, or of firms that may
//! default.
pub mod borrowing;
mod cover;
pub mod grade;
pub mod listing;
pub mod measures;
pub mod one_factor;
pub mod outcome;
pub mod pool_loss;
pub mod simulated;
pub mod statement;
pub mod tail;

#[cfg(test)]
pub(crate) mod sample;
