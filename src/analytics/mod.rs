//! What does it mean: yield, life, duration, price over a curve?
//!
//! Every figure is a pure function of dated cash flows.
pub mod measures;
