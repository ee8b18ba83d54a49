//! Faults that lie between tables: what no single cell shows.

use super::Parts;

/// Where a fault lies: a table, a row of it (from 0, as the parts are ordered), a column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    pub table: &'static str,
    pub row: Option<usize>,
    pub column: Option<&'static str>,
}

/// A fault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    pub place: Place,
    pub text: String,
}

pub(super) fn faults(_parts: &Parts) -> Vec<Fault> {
    Vec::new()
}
