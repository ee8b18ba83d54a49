//! Every test that runs the engine from outside: one binary, a module a topic.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod auditor;
mod deals;
mod exhaustive;
mod lanes;
mod pool;
mod random;
mod support;
mod waterfall;
