//! Floor 8: how does it come out?

pub mod chart;

/// The language of what people read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lang {
    En,
    Zh,
}
