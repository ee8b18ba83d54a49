//! Every test that looks from outside: one binary, a module a topic.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod assemble;
mod auditor;
mod bad_input;
mod cli;
mod conformance;
mod covered_deals;
mod covered_paths;
mod covers;
mod deal_workbook;
mod deals;
mod events;
mod exhaustive;
mod lanes;
mod loaded;
mod midlife;
mod model;
mod page;
mod pool;
mod published;
mod random;
mod reports;
mod reserve;
mod runs;
mod simulate;
mod simulated;
mod size;
mod stress;
mod stress_command;
mod structures;
mod support;
mod tidy;
mod units;
mod waterfall;
mod workbook;
mod workloads;
