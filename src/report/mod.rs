//! Floor 8: how does it go out?
//!
//! A deal and its runs become tables, a summary and charts, as bytes with names; nothing here opens
//! a file. Invariant: the same deal, scenario and version give the same bytes: no clock, no path,
//! no machine.

pub mod names;
pub mod table;
pub mod tables;
