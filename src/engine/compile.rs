//! From a checked deal and a scenario to a [`Plan`]: cells are given out, rates worked out, terms
//! laid out by period.

mod steps;
mod trim;

use super::periods::Period;
use super::plan::*;
use super::pool::fraction;
use crate::asset::LprTenor;
use crate::dates::{Date, DayCount};
use crate::deal::{
    AccountKind, Amortisation, Branch, Claim, Coupon, Deal, Effect, FeeDue, Measure, PlanRow,
    Release, Split, Step,
};
use crate::num::{Amount, Decimal, Fen, Ratio};
use crate::scenario::Scenario;

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
        rest: deal.terms().unit_decimals.map(|_| cell()),
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
        let mut takers = vec![main, principal_to, recoveries_to];
        takers.sort_unstable();
        takers.dedup();
        let tax = tax_ratio(self.deal);
        Plan {
            rounding: terms.rounding,
            periods: self.periods.len(),
            start: self.start(),
            ends_at_legal_maturity: terms.ends_at_legal_maturity,
            kept: self.kept(),
            begins: self.begins(),
            of_the_date: self.of_the_date(),
            standing: self.standing(),
            balances: self.cells.tranches.iter().map(|class| class.balance).collect(),
            to_notes: self.to_notes(),
            cash_in: self.cash_in(),
            draws: self.draws(),
            branches: self.can_open(Branch::Accelerated) || self.can_open(Branch::Default),
            early: self.can_happen(|effect| effect == Effect::EarlyAmortisation),
            opening: self.opening(),
            pays: self.pays(),
            tranches: (0..self.deal.tranches().len()).map(|at| self.tranche(at)).collect(),
            pot_groups: self.pot_groups(),
            fees: (0..self.deal.fees().len()).map(|at| self.fee(at)).collect(),
            accounts: self.accounts(),
            commitments: self.commitments(main),
            calls: if self.supported { calls(self.deal) } else { Vec::new() },
            triggers: (0..self.deal.triggers().len()).map(|at| self.trigger(at)).collect(),
            capacity_limited: self
                .deal
                .supporters()
                .iter()
                .map(|supporter| supporter.paying_capacity.is_some())
                .collect(),
            tax: (!tax.is_zero()).then(|| A::rate(tax)),
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
            takers,
            cells: self.cells,
        }
    }

    fn start(&self) -> usize {
        let as_of = self.deal.state().and_then(|state| state.as_of);
        as_of.map_or(0, |day| self.periods.partition_point(|period| period.payment <= day))
    }

    /// By class: the first period in which principal must be paid, as long as no path has ended.
    /// Nothing is owed to a supporter before its first call.
    fn begins(&self) -> Vec<usize> {
        let mut begins = vec![0; self.cells.count];
        let opening = self.opening();
        for owed in &self.cells.commitments {
            let is_owed = |&(cell, fen): &(Cell, Fen)| cell == owed.outstanding && fen != 0;
            if !opening.iter().any(is_owed) {
                begins[owed.outstanding] = usize::MAX;
            }
        }
        if self.can_open(Branch::Accelerated) || self.can_open(Branch::Default) {
            return begins;
        }
        for (tranche, class) in self.deal.tranches().iter().zip(&self.cells.tranches) {
            let by_plan = match &tranche.amortisation {
                Amortisation::PassThrough | Amortisation::Bullet => None,
                Amortisation::Turbo { target_balance: rows } => {
                    rows.iter().map(|row| row.date).min()
                }
                Amortisation::TargetPrincipal(_) | Amortisation::TargetBalance(_) => continue,
            };
            let first = by_plan
                .map_or(tranche.expected_maturity, |date| date.min(tranche.expected_maturity));
            begins[class.due] = self.periods.partition_point(|period| period.nominal < first);
        }
        begins
    }

    /// All cells, but for the pot where no class shares it.
    fn kept(&self) -> Vec<bool> {
        let mut kept = vec![true; self.cells.count];
        kept[self.cells.pot] = !self.pot_groups().is_empty();
        kept
    }

    fn of_the_date(&self) -> Vec<Cell> {
        let cells = &self.cells;
        let classes = cells.tranches.iter();
        classes
            .flat_map(|class| [class.interest_paid, class.principal_paid, class.residual_paid])
            .chain(cells.fees.iter().map(|fee| fee.paid))
            .chain(cells.commitments.iter().flat_map(|owed| [owed.called, owed.paid, owed.repaid]))
            .chain([cells.tax_paid, cells.registrar_paid, cells.called_now, cells.released])
            .collect()
    }

    fn to_notes(&self) -> Vec<Cell> {
        let classes = self.cells.tranches.iter();
        classes.flat_map(|class| [class.interest_paid, class.principal_paid]).collect()
    }

    fn cash_in(&self) -> Vec<Cell> {
        let cells = &self.cells;
        vec![cells.interest_in, cells.principal_in, cells.prepaid_in, cells.recovered_in]
    }

    /// What is released on each date is on the account of collections by the time of a draw.
    fn draws(&self) -> bool {
        let accounts = self.deal.accounts().iter();
        let mut reserves = accounts.filter(|account| account.kind == AccountKind::Reserve);
        reserves.any(|account| account.release != Release::EachDate)
    }

    fn standing(&self) -> Vec<Cell> {
        let cells = &self.cells;
        let classes = cells.tranches.iter();
        classes
            .flat_map(|class| [class.balance, class.interest].into_iter().chain(class.rest))
            .chain(cells.fees.iter().flat_map(|fee| [fee.now, fee.over]))
            .chain(cells.commitments.iter().map(|owed| owed.outstanding))
            .chain(cells.accounts.iter().copied())
            .chain([cells.tax, cells.pot])
            .collect()
    }

    /// Whether some trigger that is tested, or in force at the start, has such an effect.
    fn can_happen(&self, of: impl Fn(Effect) -> bool) -> bool {
        let triggers = 0..self.deal.triggers().len();
        triggers.into_iter().any(|at| of(self.deal.triggers()[at].effect) && self.tested(at))
    }

    fn can_open(&self, branch: Branch) -> bool {
        match branch {
            Branch::Normal => true,
            _ => self.can_happen(|effect| effect.branch() == Some(branch)),
        }
    }

    /// Whether a trigger can hold on some date, or is in force at the start.
    fn tested(&self, at: usize) -> bool {
        self.supported || !of_supporter(&self.deal.triggers()[at].measure)
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
            let left = supporter.paying_capacity.unwrap_or(0) - paid_before(deal, at);
            out.push((cells.capacity[at], left.max(0)));
        }
        match deal.state() {
            None => {
                out.extend(cells.accounts.iter().copied().zip(deal.opening_balances()));
                let tranches = deal.tranches().iter().zip(&cells.tranches);
                out.extend(tranches.map(|(tranche, at)| (at.balance, tranche.notional)));
            }
            Some(state) => {
                out.extend(cells.accounts.iter().copied().zip(state.accounts.iter().copied()));
                for (at, (class, &note)) in cells.tranches.iter().zip(&state.notes).enumerate() {
                    let (balance, interest) = note;
                    let rest = deal.tick(at).map_or(0, |tick| interest % tick);
                    out.push((class.balance, balance));
                    out.push((class.interest, interest - rest));
                    out.extend(class.rest.map(|cell| (cell, rest)));
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
            interest: self.interest::<A>(at),
            interest_on_unpaid: tranche.interest_on_unpaid,
            tick: self.deal.tick(at).map(A::from_fen),
            pays_balance: self.pays_balance(at),
        }
    }

    fn interest<A: Amount>(&self, at: usize) -> Option<Vec<A::Rate>> {
        let rates: Vec<Ratio> = self.periods.iter().map(|period| self.coupon(at, period)).collect();
        self.has_interest(at).then(|| rates.into_iter().map(A::rate).collect())
    }

    fn pays_balance(&self, at: usize) -> bool {
        match self.deal.tranches()[at].amortisation {
            Amortisation::Turbo { .. } => true,
            Amortisation::PassThrough => self.two_ledgers(),
            _ => false,
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
            recovery: Ratio::of_rate(supporter.recovery)
                .filter(|rate| !rate.is_zero())
                .map(A::rate),
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
            tested: self.tested(at),
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

/// Commitments in the order of their calls. Those of a supporter with a limited capacity stand
/// together, at the place of the first; those that are called before the reserves apart from those
/// that are called after.
pub(super) fn calls(deal: &Deal) -> Vec<Vec<usize>> {
    let mut calls: Vec<Vec<usize>> = Vec::new();
    let commitments = deal.commitments();
    for (at, terms) in commitments.iter().enumerate() {
        let limited = deal.supporters()[terms.supporter].paying_capacity.is_some();
        let with = |group: &&mut Vec<usize>| {
            let first = &commitments[group[0]];
            first.supporter == terms.supporter && first.reserve_first == terms.reserve_first
        };
        match calls.iter_mut().find(with).filter(|_| limited) {
            Some(group) => group.push(at),
            None => calls.push(vec![at]),
        }
    }
    calls
}

/// What a supporter has paid on its commitments before the run begins.
pub(super) fn paid_before(deal: &Deal, supporter: usize) -> Fen {
    let Some(state) = deal.state() else { return 0 };
    let drawn = deal.commitments().iter().zip(&state.commitments);
    drawn.filter(|(terms, _)| terms.supporter == supporter).map(|(_, (gross, _))| *gross).sum()
}
