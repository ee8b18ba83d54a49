//! ipabs: an open modelling engine for notes backed by intellectual property.
pub mod analytics;
pub mod asset;
pub mod cli;
pub mod dates;
pub mod deal;
pub mod engine;
pub mod input;
pub mod num;
pub mod report;
pub mod scenario;
