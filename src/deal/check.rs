//! Faults that lie between tables: what no single cell shows.
