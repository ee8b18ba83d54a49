//! A deal compiled: every amount that moves has a cell, every line of the order of payment is a
//! [`Pay`] over cells, every rate of every period is worked out once.
//!
//! Invariant: nothing here depends on a path. The same plan runs as Decimal in the ledger and as
//! whole fen in lanes.

use super::journal::{Party, Why};
use crate::deal::{AccountKind, Claim, Effect, FeeBase, Measure, Release, Split, Target};
use crate::num::{Amount, Fen, Rounding};

/// Index of a row of amounts.
pub type Cell = usize;

/// Cells of a class.
#[derive(Clone, Copy, Debug)]
pub struct TrancheCells {
    pub balance: Cell,
    /// Interest due and not yet paid.
    pub interest: Cell,
    /// Interest accrued that makes no whole tick yet, so is not due: of a class that pays in ticks.
    pub rest: Option<Cell>,
    pub interest_paid: Cell,
    /// Principal that must be paid on this date, and that may be.
    pub due: Cell,
    pub payable: Cell,
    pub principal_paid: Cell,
    pub residual_paid: Cell,
}

/// Cells of a fee: what ranks with fees, what is above its cap, what was paid on this date.
#[derive(Clone, Copy, Debug)]
pub struct FeeCells {
    pub now: Cell,
    pub over: Cell,
    pub paid: Cell,
}

/// Cells of a commitment.
#[derive(Clone, Copy, Debug)]
pub struct CommitmentCells {
    pub left: Cell,
    pub outstanding: Cell,
    pub called: Cell,
    pub paid: Cell,
    pub repaid: Cell,
}

/// Where everything is.
#[derive(Clone, Debug)]
pub struct Cells {
    /// The deal's accounts, then one for each earmarked commitment.
    pub accounts: Vec<Cell>,
    pub tranches: Vec<TrancheCells>,
    pub fees: Vec<FeeCells>,
    pub commitments: Vec<CommitmentCells>,
    /// By supporter: what it can still pay.
    pub capacity: Vec<Cell>,
    pub tax: Cell,
    pub tax_paid: Cell,
    pub registrar_paid: Cell,
    /// Principal collected and not yet passed on to holders.
    pub pot: Cell,
    pub lent: Cell,
    pub moved: Cell,
    pub recognised: Cell,
    pub performing: Cell,
    pub cash_before: Cell,
    /// What the notes were paid on the date before.
    pub paid_before: Cell,
    /// Collections of the period as they reached the plan.
    pub interest_in: Cell,
    pub principal_in: Cell,
    pub prepaid_in: Cell,
    pub recovered_in: Cell,
    pub clean_up_in: Cell,
    /// What the reserves gave back on this date.
    pub released: Cell,
    /// Gates: open where above nothing.
    pub normal: Cell,
    pub accelerated: Cell,
    pub default: Cell,
    pub early: Cell,
    pub live: Cell,
    pub last: Cell,
    /// Test dates with a call so far, and whether this is one (1 fen each).
    pub calls: Cell,
    pub called_now: Cell,
    pub in_force: Vec<Cell>,
    pub streak: Vec<Cell>,
    pub count: usize,
}

/// A gate of a step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Gate {
    /// Open where the cell is above nothing.
    Above(Cell),
    /// Open where the cell is nothing.
    Nothing(Cell),
    /// Open where a balance is due in full, and so will be nothing once it is paid.
    DueInFull { balance: Cell, due: Cell },
}

/// What a claim of a step is due.
#[derive(Clone, Copy, Debug)]
pub enum Due {
    Cell(Cell),
    /// Up to the target of this account.
    Gap(usize),
    /// What a supporter is owed, less its top-up of this date that is not used yet.
    Owed {
        outstanding: Cell,
        unused: Cell,
    },
    /// All that is there.
    All,
}

/// One claim of a step.
#[derive(Clone, Debug)]
pub struct PayClaim<A> {
    pub claim: Claim,
    pub due: Due,
    /// Cells that fall with a payment (down to nothing), the one that is due first; and that rise.
    pub less: Vec<Cell>,
    pub plus: Vec<Cell>,
    pub to: Party,
    pub why: Why,
    /// It is paid in whole numbers of this.
    pub tick: Option<A>,
    /// The registrar's fee comes on top.
    pub registered: bool,
    /// Earmarked commitments that top this claim up, and up to which cell.
    pub top_ups: Vec<usize>,
    pub top_up_due: Cell,
}

/// The limit of a step, in cells.
#[derive(Clone, Debug)]
pub enum PayLimit<A: Amount> {
    Due,
    Amount(A),
    /// By period: a rate on the balance of a class.
    Rate {
        by_period: Vec<A::Rate>,
        of: Cell,
    },
    UncoveredDefaults,
    /// What an account lacks for these dues.
    Lacking {
        account: Cell,
        dues: Vec<Cell>,
    },
}

/// One line of the order of payment, compiled.
#[derive(Clone, Debug)]
pub struct Pay<A: Amount> {
    pub number: u32,
    pub from: usize,
    pub claims: Vec<PayClaim<A>>,
    pub split: Split,
    pub limit: PayLimit<A>,
    pub gates: Vec<Gate>,
    /// It pays straight out of its account: no gate, no limit, one claim after another.
    pub plain: bool,
}

/// How a class falls due, by period.
#[derive(Clone, Debug)]
pub enum FallsDue<A> {
    PassThrough,
    /// Target balances by period, where given.
    Turbo(Vec<Option<A>>),
    /// Amounts of the date, and the balances they would leave.
    TargetPrincipal {
        amounts: Vec<A>,
        balances: Vec<A>,
    },
    TargetBalance(Vec<A>),
    Bullet,
}

/// A class, compiled.
#[derive(Clone, Debug)]
pub struct PlanTranche<A: Amount> {
    pub falls_due: FallsDue<A>,
    /// First period at or after expected maturity.
    pub matured_from: usize,
    /// Interest of a period on the balance; none for a class without.
    pub interest: Option<Vec<A::Rate>>,
    pub interest_on_unpaid: bool,
    /// Interest falls due in whole numbers of this.
    pub tick: Option<A>,
    /// Its whole balance may be paid on each date: no cell says how much.
    pub pays_balance: bool,
}

/// A fee, compiled: amounts by period, or rates by period on a base.
#[derive(Clone, Debug)]
pub enum PlanFee<A: Amount> {
    Amounts(Vec<A>),
    Rates {
        by_period: Vec<A::Rate>,
        base: FeeBase,
    },
    OfCollections(A::Rate),
    /// Of what the notes were paid on the date before.
    OfPayments(A::Rate),
}

/// An account, compiled.
#[derive(Clone, Debug)]
pub struct PlanAccount<A: Amount> {
    pub kind: AccountKind,
    pub release: Release,
    pub target: Option<PlanTarget<A>>,
    /// Income of a period on the balance; none where the rate is 0.
    pub income: Option<Vec<A::Rate>>,
}

/// A reserve target, compiled.
#[derive(Clone, Debug)]
pub struct PlanTarget<A: Amount> {
    pub terms: Target,
    pub amount: A,
    pub share: A::Rate,
    pub initial: A,
}

/// What a commitment looks at in one branch.
#[derive(Clone, Debug)]
pub struct Need {
    /// None where no other branch can open.
    pub gate: Option<Cell>,
    pub dues: Vec<NeedDue>,
    /// Cells of the dues where each is in scope, without gate and without the registrar's fee: they
    /// add up.
    pub plain: Option<Vec<Cell>>,
}

/// One due of a shortfall.
#[derive(Clone, Debug)]
pub struct NeedDue {
    pub cell: Cell,
    /// It counts where all of these are open, as far as can be told before the distribution.
    pub gates: Vec<Gate>,
    /// In scope, not merely above it.
    pub in_scope: bool,
    /// The registrar's fee is on top.
    pub registered: bool,
}

/// A commitment, compiled.
#[derive(Clone, Debug)]
pub struct PlanCommitment<A: Amount> {
    pub supporter: usize,
    /// What a failed supporter still pays of a call; none where it pays nothing.
    pub recovery: Option<A::Rate>,
    pub cap_per_date: Option<A>,
    pub capped: bool,
    /// Periods on which it can be called.
    pub open: Vec<bool>,
    /// By branch: the dues in scope and above it.
    pub need: Vec<Need>,
    /// Accounts whose cash counts as available, and the one that takes the top-up.
    pub available: Vec<usize>,
    pub into: usize,
    pub earmarked: bool,
    /// Reserves pay before it is called; else what they released today does not count.
    pub reserve_first: bool,
}

/// A trigger, compiled.
#[derive(Clone, Debug)]
pub struct PlanTrigger<A: Amount> {
    pub measure: Measure,
    /// By period: none where there is no test.
    pub levels: Vec<Option<Level<A>>>,
    pub periods: u32,
    pub effect: Effect,
    pub curable: bool,
    /// It can hold on some date, or is in force at the start.
    pub tested: bool,
}

/// A level in the two forms that measures want.
#[derive(Clone, Copy, Debug)]
pub struct Level<A: Amount> {
    pub amount: A,
    pub rate: A::Rate,
}

/// A deal compiled for one scenario.
#[derive(Clone, Debug)]
pub struct Plan<A: Amount> {
    pub rounding: Rounding,
    pub periods: usize,
    /// First period still to be paid.
    pub start: usize,
    /// No path ends before the last period.
    pub ends_at_legal_maturity: bool,
    pub cells: Cells,
    /// By cell: whether it is written. The ledger keeps every cell that it shows.
    pub kept: Vec<bool>,
    /// By cell: the first period in which it can hold something, as long as no path has ended.
    pub begins: Vec<usize>,
    /// Cells of what is paid, called or released on a date.
    pub of_the_date: Vec<Cell>,
    /// Cells of what is held and what is owed: nothing once a path has ended.
    pub standing: Vec<Cell>,
    /// Cells of every balance, in the order of the classes.
    pub balances: Vec<Cell>,
    /// Cells of what the notes were paid on a date, and of cash by kind, where triggers and fees
    /// look back at them.
    pub to_notes: Vec<Cell>,
    pub cash_in: Vec<Cell>,
    /// Whether reserves can be drawn: some are not released on each date.
    pub draws: bool,
    /// Whether another branch than the normal one can open, and early amortisation can come.
    pub branches: bool,
    pub early: bool,
    pub opening: Vec<(Cell, Fen)>,
    pub pays: Vec<Pay<A>>,
    pub tranches: Vec<PlanTranche<A>>,
    /// Pass-through classes that share the pot, in the order of the waterfall.
    pub pot_groups: Vec<(Vec<usize>, Split)>,
    pub fees: Vec<(PlanFee<A>, Option<A>)>,
    pub accounts: Vec<PlanAccount<A>>,
    pub commitments: Vec<PlanCommitment<A>>,
    /// Commitments in the order of their calls; those of one supporter with a limited capacity are
    /// called together, and share it.
    pub calls: Vec<Vec<usize>>,
    pub triggers: Vec<PlanTrigger<A>>,
    /// By supporter: whether what it can pay in all is limited.
    pub capacity_limited: Vec<bool>,
    /// None where interest bears no tax.
    pub tax: Option<A::Rate>,
    pub registrar: Option<(A::Rate, A::Rate)>,
    pub initial: A,
    /// Defaults that a deal in mid-life has behind it.
    pub defaults_before: A,
    /// What the senior classes and all above them need: reserves that are not released on each
    /// date pay it.
    pub senior_need: Vec<Need>,
    /// Accounts that take collections.
    pub ledgers: Vec<usize>,
    /// Accounts that take interest, principal and recoveries.
    pub interest_to: usize,
    pub principal_to: usize,
    pub recoveries_to: usize,
    /// These three, each once.
    pub takers: Vec<usize>,
}
