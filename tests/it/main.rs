//! Every test that runs the engine from outside: one binary, a module a topic.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod auditor;
mod cli;
mod conformance;
mod deals;
mod exhaustive;
mod lanes;
mod loaded;
mod pool;
mod random;
mod reports;
mod support;
mod tidy;
mod waterfall;
mod workloads;
