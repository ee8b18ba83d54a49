//! Floor 7: what does it mean: yield, loss, cover, life?
//!
//! Every figure is a pure function of dated cash flows, of a sample of losses, or of firms that may
//! default.
pub mod borrowing;
pub mod breakers;
mod cover;
pub mod critical;
pub mod fill;
pub mod grade;
pub mod grid;
pub mod joint;
pub mod joint_default;
pub mod layers;
pub mod listing;
pub mod measures;
pub mod needs;
pub mod one_factor;
pub mod outcome;
pub mod pool_loss;
pub mod price;
pub mod shelf;
pub mod simulated;
pub mod size;
pub mod statement;
pub mod stress;
pub mod tail;

#[cfg(test)]
pub(crate) mod sample;
