//! Floor 3: who owes, what is owed, what is pledged, who stands behind it?
//!
//! Plain values in the trade's words. They are checked where tables are read, and made only there.

mod licence;
mod lpr;
mod pd_curve;
mod right;

pub use licence::{Licence, SplitFault, split};
pub use lpr::{Lpr, LprTenor};
pub use pd_curve::{CurveFault, PdCurve, PdTable};
pub use right::{InfringementRisk, IpRight, RightKind};

use crate::dates::{Date, DayCount, Frequency};
use crate::num::{Decimal, Fen};

/// A firm that owes (债务人).
#[derive(Clone, Debug)]
pub struct Obligor {
    /// Its name, the key of its table.
    pub name: String,
    pub industry: String,
    pub region: String,
    /// Affiliates carry one group name; loans of one obligor always default together.
    pub group: Option<String>,
    pub rating: Option<String>,
    /// Probability of default within one year.
    pub pd_1y: Option<Decimal>,
    /// (years, probability of default by then): later points of the curve, years rising from 2,
    /// probabilities not falling.
    pub pd_later: Vec<(u32, Decimal)>,
}

/// How principal comes back (还款方式).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Repayment {
    /// 等额本息: one instalment of principal and interest together.
    Level,
    /// 等额本金: one part of principal, interest on what is left.
    EqualPrincipal,
    /// 按期付息到期还本: interest on each due date, principal at maturity.
    Bullet,
    /// 利随本清: principal and all interest at maturity.
    AtMaturity,
    /// 气球贷: instalments as if over `periods`, the rest at maturity.
    Balloon { periods: u32 },
    /// The rows of `dues`.
    Custom,
}

/// How a loan's interest is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InterestBasis {
    /// Annual rate x months / 12 for a whole period; a stub by ACT/365.
    Periodic,
    /// Actual dates by a day count.
    Days(DayCount),
}

/// What a loan pays.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum LoanRate {
    /// A fixed annual rate.
    Fixed(Decimal),
    /// LPR plus a spread, reset every `reset_months` from origination.
    Floating { tenor: LprTenor, spread_pa: Decimal, reset_months: i32 },
}

/// Where a loan stands at the cut-off date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Pays as agreed.
    Current,
    /// Days past due; its schedule is expected unless a scenario says otherwise.
    Delinquent { days: u32 },
    /// Already defaulted: pays nothing more, recovers from the cut-off date on.
    Defaulted,
}

/// One payment of a custom schedule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Due {
    pub date: Date,
    pub principal: Fen,
    /// Agreed interest; by the loan's rate where absent.
    pub interest: Option<Fen>,
}

/// A pledged loan (质押贷款), as it stands at the cut-off date.
#[derive(Clone, Debug)]
pub struct Loan {
    pub name: String,
    /// Index of the obligor.
    pub obligor: usize,
    /// Outstanding principal at the cut-off date.
    pub principal: Fen,
    pub rate: LoanRate,
    pub basis: InterestBasis,
    pub origination: Date,
    /// First due date of its grid; later ones follow by frequency, the last is the maturity.
    pub first_due: Date,
    pub maturity: Date,
    pub frequency: Frequency,
    pub repayment: Repayment,
    pub status: Status,
    /// Empty but for [`Repayment::Custom`].
    pub dues: Vec<Due>,
    /// Where the fees of a licence are what is owed.
    pub licence: Option<Licence>,
}

/// Kinds of supporter (增信方).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SupporterKind {
    Shortfall,
    Guarantee,
    Liquidity,
    BankLetter,
    LoanGuarantee,
    RiskPool,
    Insurer,
}

/// Whoever stands behind the notes or a loan.
#[derive(Clone, Debug)]
pub struct Supporter {
    pub name: String,
    pub kind: SupporterKind,
    pub industry: String,
    pub region: String,
    pub group: Option<String>,
    pub rating: Option<String>,
    pub pd_1y: Option<Decimal>,
    /// As of an [`Obligor`].
    pub pd_later: Vec<(u32, Decimal)>,
    /// Share of a call that is still paid once it has failed.
    pub recovery: Decimal,
    /// Gross yuan it can pay on calls in all, shared by the calls of one date; none is unlimited.
    pub paying_capacity: Option<Fen>,
    /// It belongs to the originator, or both to the same owner.
    pub affiliated: bool,
}
