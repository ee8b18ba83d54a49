//! ipabs: an open modelling engine for notes backed by intellectual property.
pub mod analytics;
pub mod dates;
pub mod num;
