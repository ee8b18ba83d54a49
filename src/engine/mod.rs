//! Floor 6: what is paid to whom on which day?
//!
//! A deal and a scenario become [`Period`]s, a [`Pool`] of contract flows and a [`Plan`] of cells
//! and steps; `collect` turns the pool and its fates into [`Collections`]; `run` distributes them.
//! Everything here is a pure function: no file, clock or global is read.
//!
//! Invariant: a balance changes only by a posting, and every period conserves cash, per account and
//! in total, in release builds too.

mod batch;
mod collect;
mod compile;
mod cover;
mod distribute;
mod flows;
mod infringement;
mod journal;
mod lanes;
mod period;
mod periods;
mod plan;
mod pool;
mod rates;
mod recovery;
mod sheet;
mod shelf;
mod side_by_side;
mod simulate;
mod support;
mod timing;
mod trials;
mod unmodelled;

pub use batch::{Runs, each, each_in, run_all};
pub use collect::{Collected, Collections, LoanFlow, collect, collect_bare, loan_flows};
pub use compile::{coupon_pa, plan};
pub use cover::CoverFlow;
pub use flows::{
    Breach, Event, Flows, Support, account_name, failures, inputs, run, run_in_lanes, run_plan,
};
pub use infringement::Payout;
pub use journal::{Journal, Moment, Party, Posting, Why};
pub use lanes::{LANES, Lanes, PathSums, Room, Ruler, pay_out, pay_out_portable};
pub use period::Inputs;
pub use periods::{Period, periods};
pub use plan::{Cell, Cells, CommitmentCells, FeeCells, Plan, TrancheCells};
pub use pool::{ContractDue, ContractLoan, Pool, pool};
pub(crate) use pool::{days_between, rate_on};
pub use shelf::{SeriesDate, SharedSupporter, calendar, run_shelf, shared_supporters};
pub use simulate::{
    BINS, Bin, ClassHits, ClassTally, CommitmentTally, Drawing, FAN_BINS, FAN_PATHS, Histogram,
    KeptPaths, LayerTally, Moments, NoteSupporter, PoolTally, SEGMENTS, Segment, SeriesInput,
    ShelfSimulation, ShelfTally, ShelfWay, Simulation, SupporterSums, Tally,
};
pub use timing::{front_loaded, without_defaults};
pub use trials::{ClassEnd, End, Trial, TrialRoom, Trials};
pub use unmodelled::unmodelled;
