//! Every table of a deal folder: its columns, what they mean and what a blank means. Invariant:
//! reading and documentation both come from here, so neither can know a column the other does not.

mod correlation;
mod curve;
mod document;
mod paper;
mod pool;
mod rules;
mod shelf;
mod stresses;
mod targets;
mod terms;

pub use correlation::CORRELATION;
pub use curve::CURVE;
pub use document::documentation;
pub use paper::{ACCOUNTS, COMMITMENTS, COSTS, COVERS, FEES, PLAN, SUPPORTERS, TRANCHES};
pub(super) use pool::KINDS;
pub use pool::{DUES, LOANS, OBLIGORS, RIGHTS};
pub use rules::{ACTUALS, LPR, STATE, STATE_ITEMS, TRIGGERS, WATERFALL};
pub use shelf::{CANDIDATES, SERIES, SHELF, SHELF_SUPPORTERS, SHELF_TERMS};
pub use stresses::STRESSES;
pub use targets::TARGETS;
pub(super) use terms::SHOCKS;
pub use terms::{ASSUMPTIONS, DEAL, DEAL_TERMS, NOT_MODELLED, SCENARIOS};

use super::table::Column;

/// A table: its file, what it holds, its columns.
pub struct About {
    pub file: &'static str,
    pub zh: &'static str,
    pub holds: &'static str,
    pub columns: &'static [Column],
    /// What its rows may be about, where the first column names one of a known list.
    pub items: &'static [Column],
}

const fn about(
    file: &'static str,
    zh: &'static str,
    columns: &'static [Column],
    items: &'static [Column],
    holds: &'static str,
) -> About {
    About { file, zh, holds, columns, items }
}

/// Every table, in the order in which they are read and documented.
pub const TABLES: &[About] = &[
    about("deal.csv", "交易要素", DEAL, DEAL_TERMS, "the terms of the deal, one row a term"),
    about("obligors.csv", "债务人", OBLIGORS, &[], "the firms that owe, one row a firm"),
    about("loans.csv", "贷款", LOANS, &[], "the pool at the cut-off date, one row a loan"),
    about("dues.csv", "还款计划", DUES, &[], "the schedules of loans with a custom repayment"),
    about(
        "rights.csv",
        "质押权利",
        RIGHTS,
        &[],
        "the pledged rights, one row a right; may be absent",
    ),
    about(
        "supporters.csv",
        "增信方",
        SUPPORTERS,
        &[],
        "whoever stands behind the notes; may be absent",
    ),
    about("tranches.csv", "证券", TRANCHES, &[], "the classes of notes, the most senior first"),
    about(
        "plan.csv",
        "兑付计划",
        PLAN,
        &[],
        "target principal, target balances and step coupons; may be absent",
    ),
    about("fees.csv", "费用", FEES, &[], "the fees of the deal; may be absent"),
    about(
        "accounts.csv",
        "账户",
        ACCOUNTS,
        &[],
        "the accounts of the deal; without it one account `plan`, or \
         `income` and `principal` for a credit_trust",
    ),
    about(
        "commitments.csv",
        "差额支付承诺",
        COMMITMENTS,
        &[],
        "shortfall commitments, in the order in which they are called; may be absent",
    ),
    about(
        "covers.csv",
        "贷款增信",
        COVERS,
        &[],
        "support of single loans (bank letters, loan guarantees, risk pools, insurance); may be \
         absent",
    ),
    about(
        "costs.csv",
        "融资成本",
        COSTS,
        &[],
        "what loans cost their borrowers beside interest, and subsidies; nothing of it is the \
         plan's. With it a run writes `borrowers.csv`; may be absent",
    ),
    about(
        "triggers.csv",
        "触发事件",
        TRIGGERS,
        &[],
        "events and what they switch; several rows of one trigger are its \
         levels by date; may be absent",
    ),
    about(
        "waterfall.csv",
        "分配顺序",
        WATERFALL,
        &[],
        "the order of payment, one row a step; without it the usual one of the structure",
    ),
    about(
        "lpr.csv",
        "贷款市场报价利率",
        LPR,
        &[],
        "the loan prime rate, one row a change; without it the announced path \
         that the program carries",
    ),
    about(
        "curve.csv",
        "收益率曲线",
        CURVE,
        &[],
        "the yield curve that spreads are counted from in `ipabs stress`; may be absent",
    ),
    about(
        "correlation.csv",
        "相关性",
        CORRELATION,
        &[],
        "how the fates of firms hang together in simulate, in one of two forms: group, factor and \
         weight, or same and correlation; without it what is assumed below",
    ),
    about(
        "scenarios.csv",
        "情景",
        SCENARIOS,
        ASSUMPTIONS,
        "what might happen, one row an assumption; without it one scenario `base` \
         in which nothing does",
    ),
    about(
        "stresses.csv",
        "压力情景",
        STRESSES,
        &[],
        "what `ipabs stress` does to a scenario, one row a stress; without it the set that \
         the program carries",
    ),
    about(
        "targets.csv",
        "评级目标",
        TARGETS,
        &[],
        "what `ipabs stress` and `ipabs size` ask of each grade; without it the table that the \
         program carries",
    ),
    about(
        "state.csv",
        "存续状态",
        STATE,
        STATE_ITEMS,
        "where a deal in mid-life stands; absent for a new one",
    ),
    about(
        "actuals.csv",
        "实际回款",
        ACTUALS,
        &[],
        "what each loan has paid since the cut-off date, with state.csv; without \
         it all was paid by contract",
    ),
];

/// The tables of a shelf, beside its deal folders.
pub const SHELF_TABLES: &[About] = &[
    about("shelf.csv", "储架要素", SHELF, SHELF_TERMS, "what the approval allows, one row a term"),
    about(
        "series.csv",
        "各期",
        SERIES,
        &[],
        "the series, one row each: every deal folder, and series to be filled; without it the deal \
         folders alone",
    ),
    about(
        "supporters.csv",
        "增信方",
        SHELF_SUPPORTERS,
        &[],
        "what supporters may carry over all series; may be absent",
    ),
    about(
        "candidates.csv",
        "备选贷款",
        CANDIDATES,
        &[],
        "loans that may go into the series to be filled, for `--fill`; may be absent",
    ),
];

/// One row a column: name, `*` where it is required, Chinese headers, kind, what a blank means,
/// meaning, example.
macro_rules! columns {
    ($($(#[$doc:meta])* $table:ident {
        $($name:ident $mark:tt [$($zh:literal)*] $kind:expr, $blank:literal, $meaning:literal,
            $example:literal;)*
    })*) => {$(
        $(#[$doc])*
        pub const $table: &[crate::input::table::Column] = &[$(
            crate::input::table::Column {
                name: stringify!($name),
                zh: &[$($zh),*],
                kind: $kind,
                required: stringify!($mark).as_bytes()[0] == b'*',
                default: $blank,
                meaning: $meaning,
                example: $example,
            }
        ),*];
    )*};
}
use columns;
