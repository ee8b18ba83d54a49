//! ipabs: an open modelling engine for notes backed by intellectual property.
pub mod dates;
pub mod input;
pub mod num;
