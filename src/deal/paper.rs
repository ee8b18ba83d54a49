//! The paper: tranches, accounts, fees, triggers and the shortfall commitment, as terms.

use super::waterfall::{Branch, Claim};
use crate::dates::{Date, DayCount};
use crate::num::{Decimal, Fen, Ratio, Rounding};

/// Where a class stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Seniority {
    Senior,
    Mezzanine,
    Subordinate,
}

/// What a class earns.
#[derive(Clone, Debug, PartialEq)]
pub enum Coupon {
    /// No coupon: residual only.
    None,
    /// Annual rate.
    Fixed(Decimal),
    /// LPR plus a spread, reset at each accrual start.
    Floating { tenor: crate::asset::LprTenor, spread_pa: Decimal },
    /// (from accrual start, annual rate), oldest first.
    Step(Vec<(Date, Decimal)>),
}

/// One row of `plan`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlanRow {
    pub date: Date,
    /// Principal of this date, or balance to be left, as the amortisation says.
    pub amount: Fen,
}

/// How the principal of a class falls due.
#[derive(Clone, Debug, PartialEq)]
pub enum Amortisation {
    /// Up to the principal the pool has paid in; due in full at expected maturity.
    PassThrough,
    /// All cash that reaches the class.
    Turbo { target_balance: Vec<PlanRow> },
    /// The plan's amount of the date; a missed amount is not carried.
    TargetPrincipal(Vec<PlanRow>),
    /// Down to the plan's balance; a missed amount is carried.
    TargetBalance(Vec<PlanRow>),
    /// All at expected maturity.
    Bullet,
}

/// A class of notes (优先级 / 次级).
#[derive(Clone, Debug)]
pub struct Tranche {
    pub name: String,
    pub seniority: Seniority,
    pub notional: Fen,
    pub coupon: Coupon,
    pub day_count: DayCount,
    pub amortisation: Amortisation,
    pub expected_maturity: Date,
    /// Interest accrues on unpaid interest too.
    pub interest_on_unpaid: bool,
    /// Paid per 100 face at issue.
    pub issue_price: Decimal,
    /// Face that the originator holds (自持).
    pub retained: Fen,
}

/// Kinds of account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccountKind {
    /// 专项计划账户: collections of a deal with one ledger.
    Plan,
    /// 收入分账户.
    Income,
    /// 本金分账户.
    Principal,
    /// 储备账户.
    Reserve,
    /// 保证金账户 and the like: only what steps move there.
    Other,
}

/// When a reserve's cash goes back to the account of collections.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Release {
    /// All of it before each distribution, to be refilled by a step.
    EachDate,
    /// What exceeds the target before each distribution; the rest at the end.
    Excess,
    /// Only at the end.
    End,
}

/// What a reserve is filled up to; evaluated when the step comes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Target {
    pub amount: Fen,
    pub share: Decimal,
    pub of: TargetBase,
    /// Of the amount and the share, the larger (else the smaller).
    pub larger: bool,
    /// Nothing once this class and all above it are redeemed.
    pub until: Option<usize>,
}

/// The balance of which a reserve target is a share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TargetBase {
    /// Nothing: the amount alone.
    None,
    PoolInitial,
    PoolPerforming,
    Notes,
    Tranche(usize),
}

/// An account of the plan.
#[derive(Clone, Debug)]
pub struct Account {
    pub name: String,
    pub kind: AccountKind,
    /// Funded at closing.
    pub opening: Fen,
    pub target: Option<Target>,
    pub release: Release,
    /// Interest on the balance held from date to date, 30E/360.
    pub income_pa: Decimal,
}

/// What a rate fee is a share of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FeeBase {
    PoolOpening,
    /// Opening less this period's defaults.
    PoolPerforming,
    /// Opening balance of these classes; empty means all.
    NotesOpening(Vec<usize>),
    /// Pool principal at the cut-off date.
    Initial,
}

/// How a fee falls due.
#[derive(Clone, Debug, PartialEq)]
pub enum FeeDue {
    /// An amount on each payment date.
    Amount(Fen),
    /// An amount on each of these days, payable on the first payment date on or after.
    AmountOn { amount: Fen, dates: Vec<Date> },
    /// Annual rate on a base over the accrual period.
    RatePa { rate_pa: Decimal, base: FeeBase, day_count: DayCount },
    /// A share of the collections of the period.
    ShareOfCollections(Decimal),
    /// A share of interest and principal paid to the notes, billed on the next date.
    ShareOfPayments(Decimal),
}

/// A fee (费用).
#[derive(Clone, Debug)]
pub struct Fee {
    pub name: String,
    pub payee: String,
    pub due: FeeDue,
    /// Most that ranks with fees on one payment date; what is above ranks where `fee_excess` does.
    pub cap: Option<Fen>,
}

/// What a trigger looks at.
#[derive(Clone, Debug, PartialEq)]
pub enum Measure {
    /// Recognised defaults / initial principal above the level.
    CumulativeDefaultRate,
    InterestUnpaid(usize),
    PrincipalUnpaid(usize),
    /// Balance above nothing at or after expected maturity.
    UnpaidAtMaturity(usize),
    /// Balance above the target balance of `plan`.
    BalanceAboveTarget(usize),
    /// Performing pool / balance of notes below the level.
    PoolToNotesBelow,
    /// Collections down more than the level on the period before.
    CollectionsDown,
    /// Test dates with a call, at or above the level.
    SupporterCalls,
    /// The supporter of this index has failed.
    SupporterFailed(usize),
}

/// What an event switches (all act from the next date on).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// 加速清偿.
    Acceleration,
    /// 违约.
    Default,
    /// 提前摊还: fixed plans and bullets turn into turbo; the branch stays normal.
    EarlyAmortisation,
    /// 权利完善: recorded only.
    Perfection,
    /// 提前终止: as acceleration.
    EarlyTermination,
}

impl Effect {
    /// The branch it opens.
    pub fn branch(self) -> Option<Branch> {
        match self {
            Effect::Acceleration | Effect::EarlyTermination => Some(Branch::Accelerated),
            Effect::Default => Some(Branch::Default),
            Effect::EarlyAmortisation | Effect::Perfection => None,
        }
    }
}

/// A trigger (触发机制).
#[derive(Clone, Debug)]
pub struct Trigger {
    pub name: String,
    pub measure: Measure,
    /// (from this payment date on, level), oldest first; before the first there is no test.
    pub levels: Vec<(Option<Date>, Decimal)>,
    /// The predicate must hold on so many payment dates in a row.
    pub periods: u32,
    /// Business days after T at which an unpaid amount counts.
    pub grace_days: i32,
    pub effect: Effect,
    /// The event ends when the predicate no longer holds.
    pub curable: bool,
}

/// A shortfall commitment (差额支付承诺).
#[derive(Clone, Debug)]
pub struct Commitment {
    pub name: String,
    /// Index of the supporter.
    pub supporter: usize,
    /// Claims it covers; what ranks above the last of them is inside the shortfall.
    pub scope: Vec<Claim>,
    /// On gross payments, not restored by repayment.
    pub cap_total: Option<Fen>,
    /// On the payment of one date.
    pub cap_per_date: Option<Fen>,
    /// What `cap_total` follows from, where a share of the senior notional sets it.
    pub cap_share: Option<ShareCap>,
    /// Last test date on which it can be called.
    pub end: Option<Date>,
    /// A top-up pays only the claims that were short.
    pub earmarked: bool,
    /// The reserve counts as available before it is called.
    pub reserve_first: bool,
}

/// A cap by share of the initial senior notional, with the amount that is written beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ShareCap {
    pub share: Decimal,
    pub amount: Option<Fen>,
}

impl ShareCap {
    /// The lesser of the two.
    pub fn total(&self, senior: Fen, rounding: Rounding) -> Option<Fen> {
        let by_share = Ratio::of_rate(self.share).map(|share| share.of(senior, rounding));
        [self.amount, by_share].into_iter().flatten().min()
    }
}

/// When a cover pays, and what of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CoverPays {
    /// 代偿: of the claim, the lag after the default; the same share of what the pledge fetches is
    /// then the giver's.
    OnClaim,
    /// 损失补偿: of the claim less what the pledge has fetched, once its sale has ended.
    OnLoss,
    /// 被侵权损失: of the value that an infringed right loses, into the pledge, whether or not
    /// anybody defaults.
    OnInfringement,
}

/// Loan-level support (贷款层面增信): a bank's letter, a guarantee, a risk pool's or an insurer's
/// share of what defaulted loans owe, the claim being principal and interest due at the default; or
/// infringement cover of pledged rights (被侵权损失险), which no default calls.
#[derive(Clone, Debug)]
pub struct Cover {
    pub name: String,
    /// Indices of the loans, rising; empty for infringement cover.
    pub loans: Vec<usize>,
    /// Indices of the rights, rising; empty but for infringement cover.
    pub rights: Vec<usize>,
    /// Index of the supporter, who pays only if it has not failed by the pay date.
    pub supporter: usize,
    pub pays: CoverPays,
    /// Of what is above the deductible; above 0.
    pub share: Decimal,
    /// On what it pays in all, shared by its loans; none for infringement cover.
    pub cap_total: Option<Fen>,
    /// On what infringement cover pays on each right; none for others.
    pub cap_per_right: Option<Fen>,
    /// Of each loan's claim or loss, or each right's loss of value, borne by the plan before the
    /// share is taken.
    pub deductible: Fen,
    /// From the claim (the default, the end of the sale, or the infringement) to the payment.
    pub lag_business_days: i32,
    /// Defaults or infringements in so many months from closing are not covered.
    pub waiting_months: u32,
    /// Those after this day are not covered; none is no end.
    pub end: Option<Date>,
}
