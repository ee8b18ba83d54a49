//! A deal compiled: every amount that moves has a cell, every line of the order of payment is a
//! [`Pay`] over cells, every rate of every period is worked out once.
//!
//! Invariant: nothing here depends on a path. The same plan runs as Decimal in the ledger and as
//! whole fen in lanes.

use super::journal::{Party, Why};
use super::periods::Period;
use super::pool::fraction;
use crate::asset::LprTenor;
use crate::dates::{Date, DayCount};
use crate::deal::{
    AccountKind, Amortisation, Branch, Claim, Condition, Coupon, Deal, Effect, FeeBase, FeeDue,
    Limit, Measure, PlanRow, Release, Seniority, Split, Step, Target,
};
use crate::num::{Amount, Decimal, Fen, Ratio, Rounding};
use crate::scenario::Scenario;

/// Index of a row of amounts.
pub type Cell = usize;

/// Cells of a class.
#[derive(Clone, Copy, Debug)]
pub struct TrancheCells {
    pub balance: Cell,
    /// Interest due and not yet paid.
    pub interest: Cell,
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
        unused: Option<Cell>,
    },
    /// All that is there.
    All,
}

/// One claim of a step.
#[derive(Clone, Debug)]
pub struct PayClaim {
    pub claim: Claim,
    pub due: Due,
    /// Cells that fall with a payment (down to nothing), and that rise.
    pub less: Vec<Cell>,
    pub plus: Vec<Cell>,
    pub to: Party,
    pub why: Why,
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
    pub claims: Vec<PayClaim>,
    pub split: Split,
    pub limit: PayLimit<A>,
    pub gates: Vec<Gate>,
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
    /// Interest of a period on the balance.
    pub interest: Vec<A::Rate>,
    pub interest_on_unpaid: bool,
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
    pub gate: Cell,
    pub dues: Vec<NeedDue>,
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
    pub recovery: A::Rate,
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
    pub cells: Cells,
    pub opening: Vec<(Cell, Fen)>,
    pub pays: Vec<Pay<A>>,
    pub tranches: Vec<PlanTranche<A>>,
    /// Pass-through classes that share the pot, in the order of the waterfall.
    pub pot_groups: Vec<(Vec<usize>, Split)>,
    pub fees: Vec<(PlanFee<A>, Option<A>)>,
    pub accounts: Vec<PlanAccount<A>>,
    pub commitments: Vec<PlanCommitment<A>>,
    pub triggers: Vec<PlanTrigger<A>>,
    /// By supporter: whether what it can pay in all is limited.
    pub capacity_limited: Vec<bool>,
    pub tax: A::Rate,
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
}

/// Compiles. Where `supported` is false, commitments do not exist: no call, no count, no event of a
/// supporter.
pub fn plan<A: Amount>(
    deal: &Deal,
    scenario: &Scenario,
    periods: &[Period],
    supported: bool,
) -> Plan<A> {
    let compiler = Compiler { deal, scenario, periods, supported, cells: layout(deal) };
    compiler.plan()
}

/// Gives every amount its cell.
fn layout(deal: &Deal) -> Cells {
    let mut count = 0;
    let mut cell = || {
        count += 1;
        count - 1
    };
    let earmarked = deal.commitments().iter().filter(|commitment| commitment.earmarked).count();
    let accounts = (0..deal.accounts().len() + earmarked).map(|_| cell()).collect();
    let tranches = deal.tranches().iter().map(|_| TrancheCells {
        balance: cell(),
        interest: cell(),
        interest_paid: cell(),
        due: cell(),
        payable: cell(),
        principal_paid: cell(),
        residual_paid: cell(),
    });
    let tranches = tranches.collect();
    let fees = deal.fees().iter().map(|_| FeeCells { now: cell(), over: cell(), paid: cell() });
    let fees = fees.collect();
    let commitments = deal.commitments().iter().map(|_| CommitmentCells {
        left: cell(),
        outstanding: cell(),
        called: cell(),
        paid: cell(),
        repaid: cell(),
    });
    let commitments = commitments.collect();
    let capacity = deal.supporters().iter().map(|_| cell()).collect();
    let in_force = deal.triggers().iter().map(|_| cell()).collect();
    let streak = deal.triggers().iter().map(|_| cell()).collect();
    let mut cells = Cells {
        accounts,
        tranches,
        fees,
        commitments,
        capacity,
        in_force,
        streak,
        tax: cell(),
        tax_paid: cell(),
        registrar_paid: cell(),
        pot: cell(),
        lent: cell(),
        moved: cell(),
        recognised: cell(),
        performing: cell(),
        cash_before: cell(),
        paid_before: cell(),
        interest_in: cell(),
        principal_in: cell(),
        prepaid_in: cell(),
        recovered_in: cell(),
        clean_up_in: cell(),
        normal: cell(),
        accelerated: cell(),
        default: cell(),
        early: cell(),
        live: cell(),
        last: cell(),
        released: cell(),
        calls: cell(),
        called_now: cell(),
        count: 0,
    };
    cells.count = count;
    cells
}

/// The account in which a commitment's earmarked cash waits.
pub(crate) fn earmark_account(deal: &Deal, commitment: usize) -> usize {
    let before = deal.commitments()[..commitment].iter().filter(|other| other.earmarked).count();
    deal.accounts().len() + before
}

struct Compiler<'a> {
    deal: &'a Deal,
    scenario: &'a Scenario,
    periods: &'a [Period],
    supported: bool,
    cells: Cells,
}

impl Compiler<'_> {
    fn plan<A: Amount>(self) -> Plan<A> {
        let terms = self.deal.terms();
        let find = |kind| self.deal.accounts().iter().position(|account| account.kind == kind);
        let main = find(AccountKind::Plan).or(find(AccountKind::Income)).unwrap_or(0);
        let principal_to = find(AccountKind::Principal).unwrap_or(main);
        let recoveries_to = match terms.recoveries_to {
            crate::deal::Recoveries::Principal => principal_to,
            crate::deal::Recoveries::Income => main,
        };
        let initial = self.deal.initial_principal();
        Plan {
            rounding: terms.rounding,
            periods: self.periods.len(),
            start: self.start(),
            opening: self.opening(),
            pays: self.pays(),
            tranches: (0..self.deal.tranches().len()).map(|at| self.tranche(at)).collect(),
            pot_groups: self.pot_groups(),
            fees: (0..self.deal.fees().len()).map(|at| self.fee(at)).collect(),
            accounts: self.accounts(),
            commitments: self.commitments(main),
            triggers: (0..self.deal.triggers().len()).map(|at| self.trigger(at)).collect(),
            capacity_limited: self
                .deal
                .supporters()
                .iter()
                .map(|supporter| supporter.paying_capacity.is_some())
                .collect(),
            tax: A::rate(tax_ratio(self.deal)),
            registrar: self.registrar::<A>(),
            initial: A::from_fen(initial),
            defaults_before: A::from_fen(
                self.deal.state().map_or(0, |state| state.cumulative_defaults),
            ),
            senior_need: self.need(&self.senior_claims()),
            ledgers: self.ledgers(),
            interest_to: main,
            principal_to,
            recoveries_to,
            cells: self.cells,
        }
    }

    fn start(&self) -> usize {
        let as_of = self.deal.state().and_then(|state| state.as_of);
        as_of.map_or(0, |day| self.periods.partition_point(|period| period.payment <= day))
    }

    fn opening(&self) -> Vec<(Cell, Fen)> {
        let cells = &self.cells;
        let deal = self.deal;
        let mut out = vec![(cells.normal, 1), (cells.live, 1)];
        let drawn = |commitment: usize| -> (Fen, Fen) {
            deal.state().map_or((0, 0), |state| state.commitments[commitment])
        };
        for (index, commitment) in deal.commitments().iter().enumerate() {
            let (cell, (gross, repaid)) = (&cells.commitments[index], drawn(index));
            out.push((cell.left, (commitment.cap_total.unwrap_or(0) - gross).max(0)));
            out.push((cell.outstanding, if self.supported { gross - repaid } else { 0 }));
        }
        for (at, supporter) in deal.supporters().iter().enumerate() {
            let own = (0..deal.commitments().len())
                .filter(|&commitment| deal.commitments()[commitment].supporter == at);
            let paid: Fen = own.map(|commitment| drawn(commitment).0).sum();
            let left = (supporter.paying_capacity.unwrap_or(0) - paid).max(0);
            out.push((cells.capacity[at], left));
        }
        match deal.state() {
            None => {
                out.extend(cells.accounts.iter().copied().zip(deal.opening_balances()));
                let tranches = deal.tranches().iter().zip(&cells.tranches);
                out.extend(tranches.map(|(tranche, at)| (at.balance, tranche.notional)));
            }
            Some(state) => {
                out.extend(cells.accounts.iter().copied().zip(state.accounts.iter().copied()));
                for (at, (balance, interest)) in cells.tranches.iter().zip(&state.notes) {
                    out.push((at.balance, *balance));
                    out.push((at.interest, *interest));
                }
                out.extend(cells.fees.iter().map(|at| at.now).zip(state.fees.iter().copied()));
                out.push((cells.tax, state.tax_unpaid));
                out.push((cells.calls, i64::from(state.calls)));
                // Defaults before are taken as covered by the income of their time.
                out.push((cells.moved, state.cumulative_defaults));
                let forced: Vec<bool> = deal
                    .triggers()
                    .iter()
                    .zip(&state.in_force)
                    .map(|(trigger, &on)| on && (self.supported || !of_supporter(&trigger.measure)))
                    .collect();
                let on = cells.in_force.iter().zip(&forced);
                out.extend(on.map(|(&at, &on)| (at, Fen::from(on))));
                out.extend(self.branch_in_force(&forced));
            }
        }
        out
    }

    /// Branch gates of a deal in mid-life, from the events in force.
    fn branch_in_force(&self, in_force: &[bool]) -> Vec<(Cell, Fen)> {
        let cells = &self.cells;
        let effects: Vec<Effect> = self
            .deal
            .triggers()
            .iter()
            .zip(in_force)
            .filter_map(|(trigger, &on)| on.then_some(trigger.effect))
            .collect();
        let has = |branch| effects.iter().any(|effect| effect.branch() == Some(branch));
        let default = has(Branch::Default);
        let accelerated = has(Branch::Accelerated) && !default;
        vec![
            (cells.default, Fen::from(default)),
            (cells.accelerated, Fen::from(accelerated)),
            (cells.normal, Fen::from(!default && !accelerated)),
            (cells.early, Fen::from(effects.contains(&Effect::EarlyAmortisation))),
        ]
    }

    fn tranche<A: Amount>(&self, at: usize) -> PlanTranche<A> {
        let tranche = &self.deal.tranches()[at];
        let by_date = |rows: &[PlanRow], nominal: Date| -> Option<Fen> {
            rows.iter().find(|row| row.date == nominal).map(|row| row.amount)
        };
        let fen = |rows: &[PlanRow]| -> Vec<A> {
            let of = |period: &Period| A::from_fen(by_date(rows, period.nominal).unwrap_or(0));
            self.periods.iter().map(of).collect()
        };
        // A target balance holds until the next one; before the first the whole balance may stay.
        let balances = |rows: &[PlanRow]| -> Vec<Option<A>> {
            let of = |period: &Period| {
                let row = rows.iter().rfind(|row| row.date <= period.nominal);
                row.map(|row| A::from_fen(row.amount))
            };
            self.periods.iter().map(of).collect()
        };
        let falls_due = match &tranche.amortisation {
            // The principal ledger holds nothing but what may be passed through.
            Amortisation::PassThrough if self.two_ledgers() => FallsDue::Turbo(balances(&[])),
            Amortisation::PassThrough => FallsDue::PassThrough,
            Amortisation::Turbo { target_balance } => FallsDue::Turbo(balances(target_balance)),
            Amortisation::TargetPrincipal(rows) => {
                let mut left = tranche.notional;
                let left_after = self.periods.iter().map(|period| {
                    left -= by_date(rows, period.nominal).unwrap_or(0);
                    A::from_fen(left)
                });
                let balances = left_after.collect();
                FallsDue::TargetPrincipal { amounts: fen(rows), balances }
            }
            Amortisation::TargetBalance(rows) => {
                let all = A::from_fen(tranche.notional);
                let targets = balances(rows).into_iter().map(|target| target.unwrap_or(all));
                FallsDue::TargetBalance(targets.collect())
            }
            Amortisation::Bullet => FallsDue::Bullet,
        };
        let maturity = tranche.expected_maturity;
        PlanTranche {
            falls_due,
            matured_from: self.periods.partition_point(|period| period.nominal < maturity),
            interest: self.periods.iter().map(|period| A::rate(self.coupon(at, period))).collect(),
            interest_on_unpaid: tranche.interest_on_unpaid,
        }
    }

    fn two_ledgers(&self) -> bool {
        [AccountKind::Income, AccountKind::Principal]
            .iter()
            .all(|kind| self.deal.accounts().iter().any(|account| account.kind == *kind))
    }

    /// Coupon x days / base of one period.
    fn coupon(&self, at: usize, period: &Period) -> Ratio {
        let Some(rate) = coupon_pa(self.deal, self.scenario, at, period) else {
            return Ratio::ZERO;
        };
        let day_count = self.deal.tranches()[at].day_count;
        rate_over(rate, fraction(day_count, period.accrual_start, period.accrual_end))
    }

    /// Pass-through classes grouped by the first step that pays their principal.
    fn pot_groups(&self) -> Vec<(Vec<usize>, Split)> {
        if self.two_ledgers() {
            return Vec::new();
        }
        let passes =
            |at: usize| matches!(self.deal.tranches()[at].amortisation, Amortisation::PassThrough);
        let mut seen = Vec::new();
        let mut groups = Vec::new();
        let normal = |step: &&Step| matches!(step.branch, None | Some(Branch::Normal));
        for step in self.deal.steps().iter().filter(normal) {
            let group: Vec<usize> = step
                .pay
                .iter()
                .filter_map(|claim| match claim {
                    Claim::Principal(at) if passes(*at) && !seen.contains(at) => Some(*at),
                    _ => None,
                })
                .collect();
            seen.extend(&group);
            if !group.is_empty() {
                groups.push((group, step.split));
            }
        }
        groups
    }

    fn fee<A: Amount>(&self, at: usize) -> (PlanFee<A>, Option<A>) {
        let fee = &self.deal.fees()[at];
        let due = match &fee.due {
            FeeDue::Amount(amount) => {
                PlanFee::Amounts(vec![A::from_fen(*amount); self.periods.len()])
            }
            FeeDue::AmountOn { amount, dates } => PlanFee::Amounts(self.dated(*amount, dates)),
            FeeDue::RatePa { rate_pa, base, day_count } => {
                let of = |period: &Period| {
                    let year = fraction(*day_count, period.accrual_start, period.accrual_end);
                    A::rate(rate_over(*rate_pa, year))
                };
                let by_period = self.periods.iter().map(of).collect();
                PlanFee::Rates { by_period, base: base.clone() }
            }
            FeeDue::ShareOfCollections(share) => {
                PlanFee::OfCollections(A::rate(Ratio::of_rate(*share).unwrap_or(Ratio::ZERO)))
            }
            FeeDue::ShareOfPayments(share) => {
                PlanFee::OfPayments(A::rate(Ratio::of_rate(*share).unwrap_or(Ratio::ZERO)))
            }
        };
        (due, fee.cap.map(A::from_fen))
    }

    /// An amount for each of the days, on the first payment date on or after it.
    fn dated<A: Amount>(&self, amount: Fen, dates: &[Date]) -> Vec<A> {
        let mut due = vec![0; self.periods.len()];
        for &date in dates {
            let at = self.periods.partition_point(|period| period.payment < date);
            if let Some(due) = due.get_mut(at) {
                *due += amount;
            }
        }
        due.into_iter().map(A::from_fen).collect()
    }

    fn accounts<A: Amount>(&self) -> Vec<PlanAccount<A>> {
        let initial = A::from_fen(self.deal.initial_principal());
        let income = |rate: Decimal| -> Vec<A::Rate> {
            let of = |(at, period): (usize, &Period)| {
                let before = match at {
                    0 => self.deal.terms().closing,
                    _ => self.periods[at - 1].payment,
                };
                let year = fraction(DayCount::Thirty360, before, period.payment);
                A::rate(rate_over(rate, year))
            };
            self.periods.iter().enumerate().map(of).collect()
        };
        self.deal
            .accounts()
            .iter()
            .map(|account| PlanAccount {
                kind: account.kind,
                release: account.release,
                target: account.target.map(|terms| PlanTarget {
                    terms,
                    amount: A::from_fen(terms.amount),
                    share: A::rate(Ratio::of_rate(terms.share).unwrap_or(Ratio::ZERO)),
                    initial,
                }),
                income: (!account.income_pa.is_zero()).then(|| income(account.income_pa)),
            })
            .collect()
    }

    fn registrar<A: Amount>(&self) -> Option<(A::Rate, A::Rate)> {
        let rate =
            Ratio::of_rate(self.deal.terms().registrar_fee).filter(|rate| !rate.is_zero())?;
        let gross = Ratio::ONE.plus(rate)?;
        Some((A::rate(rate), A::rate(gross.inverse()?)))
    }

    fn pays<A: Amount>(&self) -> Vec<Pay<A>> {
        self.deal
            .steps()
            .iter()
            .map(|step| self.pay(step))
            .filter(|pay| !pay.claims.is_empty())
            .collect()
    }

    fn pay<A: Amount>(&self, step: &Step) -> Pay<A> {
        let cells = &self.cells;
        let mut gates = vec![Gate::Above(cells.live)];
        gates.extend(step.branch.map(|branch| Gate::Above(self.branch_cell(branch))));
        gates.extend(step.when.iter().flat_map(|&condition| self.condition(condition)));
        let exists = |claim: &&Claim| self.supported || !matches!(claim, Claim::Commitment(_));
        Pay {
            number: step.number,
            from: step.from,
            claims: step.pay.iter().filter(exists).map(|&claim| self.claim(step, claim)).collect(),
            split: step.split,
            limit: self.limit(step),
            gates,
        }
    }

    fn branch_cell(&self, branch: Branch) -> Cell {
        match branch {
            Branch::Normal => self.cells.normal,
            Branch::Accelerated => self.cells.accelerated,
            Branch::Default => self.cells.default,
        }
    }

    fn condition(&self, condition: Condition) -> Vec<Gate> {
        let class = |at: usize| &self.cells.tranches[at];
        match condition {
            Condition::Redeemed(at) => {
                vec![Gate::Nothing(class(at).balance), Gate::Nothing(class(at).interest)]
            }
            Condition::Outstanding(at) => vec![Gate::Above(class(at).balance)],
            Condition::Paid(at) => {
                vec![Gate::Nothing(class(at).interest), Gate::Nothing(class(at).due)]
            }
            Condition::SupportersRepaid => {
                let owed = self.cells.commitments.iter().map(|at| Gate::Nothing(at.outstanding));
                owed.collect()
            }
            Condition::InForce(at) => vec![Gate::Above(self.cells.in_force[at])],
            Condition::NotInForce(at) => vec![Gate::Nothing(self.cells.in_force[at])],
        }
    }

    fn claim(&self, step: &Step, claim: Claim) -> PayClaim {
        let cells = &self.cells;
        let none: Vec<Cell> = Vec::new();
        let (due, less, plus, to, why, registered, top_up_due) = match claim {
            Claim::Tax => {
                let (due, paid) = (cells.tax, cells.tax_paid);
                (Due::Cell(due), vec![due], vec![paid], Party::TaxOffice, Why::Tax, false, due)
            }
            Claim::Fee(at) => {
                let fee = cells.fees[at];
                let (less, plus) = (vec![fee.now], vec![fee.paid]);
                (Due::Cell(fee.now), less, plus, Party::Payee(at), Why::Fee, false, fee.now)
            }
            Claim::FeeExcess(at) => {
                let fee = cells.fees[at];
                let (less, plus) = (vec![fee.over], vec![fee.paid]);
                (Due::Cell(fee.over), less, plus, Party::Payee(at), Why::FeeExcess, false, fee.over)
            }
            Claim::Interest(at) => {
                let class = cells.tranches[at];
                let (less, plus) = (vec![class.interest], vec![class.interest_paid]);
                let to = Party::Holders(at);
                (Due::Cell(class.interest), less, plus, to, Why::NoteInterest, true, class.interest)
            }
            Claim::Principal(at) => {
                let class = cells.tranches[at];
                let less = vec![class.balance, class.payable, class.due, cells.pot];
                let plus = vec![class.principal_paid];
                let to = Party::Holders(at);
                (Due::Cell(class.payable), less, plus, to, Why::NotePrincipal, true, class.due)
            }
            Claim::Account(at) => {
                let gap = self.deal.accounts()[at].kind == AccountKind::Reserve;
                let due = if gap { Due::Gap(at) } else { Due::All };
                let kinds = (self.deal.accounts()[step.from].kind, self.deal.accounts()[at].kind);
                let counted = match kinds {
                    (AccountKind::Principal, AccountKind::Income) => Some(cells.lent),
                    (AccountKind::Income, AccountKind::Principal) => Some(cells.moved),
                    _ => None,
                };
                let plus: Vec<Cell> = [cells.accounts[at]].into_iter().chain(counted).collect();
                (due, none, plus, Party::Account(at), Why::Transfer, false, 0)
            }
            Claim::Commitment(at) => {
                let owed = cells.commitments[at];
                let to = Party::Supporter(at);
                let (less, plus) = (vec![owed.outstanding], vec![owed.repaid]);
                let earmarked = self.deal.commitments()[at].earmarked;
                let unused = earmarked.then(|| cells.accounts[earmark_account(self.deal, at)]);
                let due = Due::Owed { outstanding: owed.outstanding, unused };
                (due, less, plus, to, Why::Repayment, false, 0)
            }
            Claim::Residual(at) => {
                let plus = vec![cells.tranches[at].residual_paid];
                (Due::All, none, plus, Party::Holders(at), Why::Residual, false, 0)
            }
        };
        let top_ups = match due {
            Due::Cell(_) if self.supported => self.top_ups(step, claim),
            _ => Vec::new(),
        };
        PayClaim { claim, due, less, plus, to, why, registered, top_ups, top_up_due }
    }

    /// Earmarked commitments inside whose shortfall this claim lies.
    fn top_ups(&self, step: &Step, claim: Claim) -> Vec<usize> {
        let branches = match step.branch {
            Some(branch) => vec![branch],
            None => vec![Branch::Normal, Branch::Accelerated, Branch::Default],
        };
        let covers = |&at: &usize| {
            self.deal.commitments()[at].earmarked
                && branches.iter().any(|&branch| {
                    let covered = self.covered(&self.deal.commitments()[at].scope, branch);
                    covered.iter().any(|(other, _)| *other == claim)
                })
        };
        (0..self.deal.commitments().len()).filter(covers).collect()
    }

    /// Steps of a branch, claim by claim, down to the last one in scope; only claims that count
    /// towards a shortfall, each once.
    fn covered(&self, scope: &[Claim], branch: Branch) -> Vec<(Claim, &Step)> {
        let of_branch = |step: &&Step| step.branch.is_none_or(|own| own == branch);
        let steps = self.deal.steps().iter().filter(of_branch);
        let order: Vec<(Claim, &Step)> =
            steps.flat_map(|step| step.pay.iter().map(move |&claim| (claim, step))).collect();
        let last = order.iter().rposition(|(claim, _)| scope.contains(claim));
        let above = order.into_iter().take(last.map_or(0, |at| at + 1));
        let mut covered: Vec<(Claim, &Step)> = Vec::new();
        for (claim, step) in above {
            let counts = self.due_cell(claim).is_some();
            if counts && !covered.iter().any(|(other, _)| *other == claim) {
                covered.push((claim, step));
            }
        }
        covered
    }

    /// What is due in a scope and above it, branch by branch.
    fn need(&self, scope: &[Claim]) -> Vec<Need> {
        let due = |(claim, step): (Claim, &Step)| {
            let cell = self.due_cell(claim)?;
            let gates = step.when.iter().flat_map(|&condition| self.foreseen(condition)).collect();
            let registered = matches!(claim, Claim::Interest(_) | Claim::Principal(_));
            Some(NeedDue { cell, gates, in_scope: scope.contains(&claim), registered })
        };
        let branch = |branch: Branch| Need {
            gate: self.branch_cell(branch),
            dues: self.covered(scope, branch).into_iter().filter_map(due).collect(),
        };
        [Branch::Normal, Branch::Accelerated, Branch::Default].map(branch).into_iter().collect()
    }

    /// Accounts that take collections.
    fn ledgers(&self) -> Vec<usize> {
        let takes = |&at: &usize| {
            let kind = self.deal.accounts()[at].kind;
            matches!(kind, AccountKind::Plan | AccountKind::Income | AccountKind::Principal)
        };
        (0..self.deal.accounts().len()).filter(takes).collect()
    }

    /// Interest and principal of every senior class.
    fn senior_claims(&self) -> Vec<Claim> {
        let tranches = self.deal.tranches().iter().enumerate();
        let senior = tranches.filter(|(_, tranche)| tranche.seniority == Seniority::Senior);
        senior.flat_map(|(at, _)| [Claim::Interest(at), Claim::Principal(at)]).collect()
    }

    /// A condition as it will stand once what is due is paid.
    fn foreseen(&self, condition: Condition) -> Vec<Gate> {
        match condition {
            Condition::Redeemed(at) => {
                let class = &self.cells.tranches[at];
                vec![Gate::DueInFull { balance: class.balance, due: class.due }]
            }
            Condition::Paid(_) => Vec::new(),
            Condition::Outstanding(_)
            | Condition::SupportersRepaid
            | Condition::InForce(_)
            | Condition::NotInForce(_) => self.condition(condition),
        }
    }

    fn limit<A: Amount>(&self, step: &Step) -> PayLimit<A> {
        match step.up_to {
            Limit::Due => PayLimit::Due,
            Limit::Amount(amount) => PayLimit::Amount(A::from_fen(amount)),
            Limit::RatePa { rate_pa, tranche } => {
                let day_count = self.deal.tranches()[tranche].day_count;
                let of = |period: &Period| {
                    let year = fraction(day_count, period.accrual_start, period.accrual_end);
                    A::rate(rate_over(rate_pa, year))
                };
                let by_period = self.periods.iter().map(of).collect();
                PayLimit::Rate { by_period, of: self.cells.tranches[tranche].balance }
            }
            Limit::UncoveredDefaults => PayLimit::UncoveredDefaults,
            Limit::Lacking { account, interest } => {
                let same = |other: &&Step| {
                    other.from == account
                        && (other.branch.is_none()
                            || step.branch.is_none()
                            || other.branch == step.branch)
                };
                let order: Vec<Claim> = self
                    .deal
                    .steps()
                    .iter()
                    .filter(same)
                    .flat_map(|step| step.pay.iter().copied())
                    .collect();
                let last = order.iter().rposition(|claim| *claim == Claim::Interest(interest));
                let mut dues: Vec<Cell> = order
                    .into_iter()
                    .take(last.map_or(0, |at| at + 1))
                    .filter_map(|claim| self.due_cell(claim))
                    .collect();
                dues.sort_unstable();
                dues.dedup();
                PayLimit::Lacking { account: self.cells.accounts[account], dues }
            }
        }
    }

    /// The cell of what is due to a claim; a principal that must be paid, not one that may.
    fn due_cell(&self, claim: Claim) -> Option<Cell> {
        match claim {
            Claim::Tax => Some(self.cells.tax),
            Claim::Fee(at) => Some(self.cells.fees[at].now),
            Claim::FeeExcess(at) => Some(self.cells.fees[at].over),
            Claim::Interest(at) => Some(self.cells.tranches[at].interest),
            Claim::Principal(at) => Some(self.cells.tranches[at].due),
            Claim::Account(_) | Claim::Commitment(_) | Claim::Residual(_) => None,
        }
    }

    fn commitments<A: Amount>(&self, main: usize) -> Vec<PlanCommitment<A>> {
        if !self.supported {
            return Vec::new();
        }
        (0..self.deal.commitments().len()).map(|at| self.commitment(at, main)).collect()
    }

    fn commitment<A: Amount>(&self, at: usize, main: usize) -> PlanCommitment<A> {
        let terms = &self.deal.commitments()[at];
        let supporter = &self.deal.supporters()[terms.supporter];
        let need = self.need(&terms.scope);
        let into = if terms.earmarked { earmark_account(self.deal, at) } else { main };
        let mut available = self.ledgers();
        available.extend(terms.earmarked.then_some(into));
        let open = |period: &Period| terms.end.is_none_or(|end| period.test <= end);
        PlanCommitment {
            supporter: terms.supporter,
            recovery: A::rate(Ratio::of_rate(supporter.recovery).unwrap_or(Ratio::ZERO)),
            cap_per_date: terms.cap_per_date.map(A::from_fen),
            capped: terms.cap_total.is_some(),
            open: self.periods.iter().map(open).collect(),
            need,
            reserve_first: terms.reserve_first,
            available,
            into,
            earmarked: terms.earmarked,
        }
    }

    fn trigger<A: Amount>(&self, at: usize) -> PlanTrigger<A> {
        let trigger = &self.deal.triggers()[at];
        let initial = self.deal.initial_principal();
        let of_supporter = of_supporter(&trigger.measure);
        let level = |period: &Period| -> Option<Level<A>> {
            if of_supporter && !self.supported {
                return None;
            }
            let holds =
                |row: &&(Option<Date>, Decimal)| row.0.is_none_or(|from| from <= period.payment);
            let (_, level) = trigger.levels.iter().rfind(holds)?;
            let amount = match trigger.measure {
                Measure::SupporterCalls => i64::try_from(*level).unwrap_or(0),
                _ => floor_of(*level, initial),
            };
            let kept = match trigger.measure {
                Measure::CollectionsDown => Decimal::ONE - *level,
                _ => *level,
            };
            let rate = A::rate(Ratio::of_rate(kept).unwrap_or(Ratio::ZERO));
            Some(Level { amount: A::from_fen(amount), rate })
        };
        PlanTrigger {
            measure: trigger.measure.clone(),
            levels: self.periods.iter().map(level).collect(),
            periods: trigger.periods,
            effect: trigger.effect,
            curable: trigger.curable,
        }
    }
}

/// The annual coupon of a class over one accrual period, never below 0; none for a class without.
pub fn coupon_pa(
    deal: &Deal,
    scenario: &Scenario,
    tranche: usize,
    period: &Period,
) -> Option<Decimal> {
    let shift = scenario.coupon_shift;
    let rate = match &deal.tranches()[tranche].coupon {
        Coupon::None => return None,
        Coupon::Fixed(rate) => *rate + shift,
        Coupon::Floating { tenor, spread_pa } => {
            lpr(deal, scenario, *tenor, period.accrual_start) + *spread_pa + shift
        }
        Coupon::Step(steps) => {
            let held = steps.iter().rfind(|step| step.0 <= period.accrual_start);
            held.or(steps.first()).map_or(Decimal::ZERO, |step| step.1) + shift
        }
    };
    Some(rate.max(Decimal::ZERO))
}

fn lpr(deal: &Deal, scenario: &Scenario, tenor: LprTenor, on: Date) -> Decimal {
    let shift = match on >= deal.terms().cutoff {
        true => scenario.rate_shift.lpr,
        false => Decimal::ZERO,
    };
    deal.lpr().on(on, tenor).unwrap_or(Decimal::ZERO) + shift
}

/// Whether a measure looks at a supporter of the notes.
pub(crate) fn of_supporter(measure: &Measure) -> bool {
    matches!(measure, Measure::SupporterCalls | Measure::SupporterFailed(_))
}

/// An annual rate over a share of a year.
fn rate_over(rate: Decimal, year: Option<Ratio>) -> Ratio {
    let rate = Ratio::of_rate(rate).unwrap_or(Ratio::ZERO);
    year.and_then(|year| rate.times(year)).unwrap_or(Ratio::ZERO)
}

/// The largest whole fen not above share x amount.
fn floor_of(share: Decimal, amount: Fen) -> Fen {
    i64::try_from((share * Decimal::from(amount)).floor()).unwrap_or(Fen::MAX / 4)
}

/// VAT with surcharges as a share of interest received.
fn tax_ratio(deal: &Deal) -> Ratio {
    let terms = deal.terms();
    let gross = terms.vat * (Decimal::ONE + terms.vat_surcharge);
    let rate = Ratio::of_rate(gross).unwrap_or(Ratio::ZERO);
    if !terms.vat_inclusive {
        return rate;
    }
    let net = Ratio::of_rate(Decimal::ONE + terms.vat).and_then(Ratio::inverse);
    net.and_then(|net| rate.times(net)).unwrap_or(Ratio::ZERO)
}
