//! One series as its programme sees it: what is out, on whom it leans, whose loans it holds.

use std::collections::BTreeMap;

use crate::analytics::statement;
use crate::asset::RightKind;
use crate::dates::{Date, add_days, months_between};
use crate::deal::{Candidate, Claim, Coupon, Deal, PlannedSeries, Seniority, ShelfSupporter};
use crate::engine::{
    Breach, CommitmentCells, Flows, SharedSupporter, coupon_pa, loan_flows, run_shelf,
};
use crate::num::{Amount, Decimal, Fen, Ratio, Rounding};
use crate::scenario::Scenario;

/// An amount that holds from each day to the next; nothing before the first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Steps(Vec<(Date, Fen)>);

impl Steps {
    /// The amount at the end of a day.
    pub fn on(&self, date: Date) -> Fen {
        self.0.iter().rev().find(|step| step.0 <= date).map_or(0, |step| step.1)
    }

    /// Days on which it changes.
    pub fn dates(&self) -> impl Iterator<Item = Date> {
        self.0.iter().map(|step| step.0)
    }

    /// From a day on; days come in order. The same amount again is no step.
    pub fn then(&mut self, date: Date, amount: Fen) {
        match self.0.last_mut() {
            Some(last) if last.0 == date => last.1 = amount,
            Some(last) if last.1 == amount => {}
            None if amount == 0 => {}
            _ => self.0.push((date, amount)),
        }
    }
}

/// What one supporter has to do with a series.
#[derive(Clone, Debug)]
pub struct Paper {
    /// Index of the programme's supporter.
    pub supporter: usize,
    /// Outstanding principal that it stands behind.
    pub guaranteed: Steps,
    /// Called so far, and paid on it, gross.
    pub called: Steps,
    pub paid: Steps,
    /// What would be paid so far if no capacity had an end.
    pub wanted: Steps,
}

impl Paper {
    /// Days on which anything of it changes.
    pub fn dates(&self) -> impl Iterator<Item = Date> {
        self.guaranteed.dates().chain(self.called.dates()).chain(self.paid.dates())
    }
}

/// A loan of a series.
#[derive(Clone, Debug)]
pub struct IssueLoan {
    pub name: String,
    pub obligor: String,
    pub group: Option<String>,
    pub industry: String,
    pub region: String,
    /// At the cut-off date.
    pub principal: Fen,
    /// Not yet paid; what defaulted is still owed. Nothing once the series has ended.
    pub owed: Steps,
    /// Title numbers pledged, and until when.
    pub titles: Vec<String>,
    pub until: Date,
}

impl IssueLoan {
    /// Affiliates are one debtor.
    pub fn debtor(&self) -> &str {
        self.group.as_deref().unwrap_or(&self.obligor)
    }
}

/// A series that is issued, or filled to be issued.
#[derive(Clone, Debug)]
pub struct Issue {
    pub name: String,
    pub date: Date,
    /// All classes.
    pub size: Fen,
    pub senior: Fen,
    /// Of the senior classes in their first period, by notional; none without.
    pub coupon_pa: Option<f64>,
    /// The last expected maturity.
    pub maturity: Date,
    pub originator: String,
    pub loans: Vec<IssueLoan>,
    /// Distinct rights; those without a title number are each their own.
    pub rights: BTreeMap<RightKind, usize>,
    pub notes: Steps,
    pub paper: Vec<Paper>,
    /// What a series that was filled may be at most.
    pub target_size: Option<Fen>,
}

impl Issue {
    /// What a supporter guarantees of this series at the end of a day.
    pub fn guaranteed(&self, supporter: usize, date: Date) -> Fen {
        let of = self.paper.iter().filter(|paper| paper.supporter == supporter);
        of.map(|paper| paper.guaranteed.on(date)).sum()
    }

    /// Whole months from issue to the last expected maturity.
    pub fn tenor_months(&self) -> i32 {
        months_between(self.date, self.maturity)
    }

    /// Of a deal whose notes are paid as its exact run says; `supporters` are the programme's.
    pub fn of_deal(name: &str, course: &Course<'_>, supporters: &mut Vec<ShelfSupporter>) -> Issue {
        let (deal, flows) = (course.deal, &course.flows);
        let terms = deal.terms();
        let classes = deal.tranches();
        let notional: Vec<Fen> = classes.iter().map(|class| class.notional).collect();
        let senior = classes.iter().filter(|class| class.seniority == Seniority::Senior);
        let maturity = classes.iter().map(|class| class.expected_maturity).max();
        Issue {
            name: name.to_owned(),
            date: terms.closing,
            size: notional.iter().sum(),
            senior: senior.map(|class| class.notional).sum(),
            coupon_pa: course.coupon_pa(),
            maturity: maturity.unwrap_or(terms.closing),
            originator: terms.originator.clone(),
            loans: course.loans(),
            rights: rights(deal),
            notes: balances(deal, flows, &|_| true),
            paper: course.paper(supporters),
            target_size: None,
        }
    }

    /// Of a planned series with these candidates: all is out until its end.
    pub fn of_plan(plan: &PlannedSeries, originator: &str, loans: &[&Candidate]) -> Issue {
        let (date, end) = (plan.date, plan.end());
        let until_end = |amount: Fen| {
            let mut steps = Steps::default();
            steps.then(date, amount);
            steps.then(end, 0);
            steps
        };
        let size: Fen = loans.iter().map(|loan| loan.principal).sum();
        let senior = plan.guaranteed_share.of(size, Rounding::HalfUp);
        let paper = |supporter: usize| Paper {
            supporter,
            guaranteed: until_end(senior),
            called: Steps::default(),
            paid: Steps::default(),
            wanted: Steps::default(),
        };
        let loan = |of: &&Candidate| IssueLoan {
            name: of.name.clone(),
            obligor: of.obligor.clone(),
            group: of.group.clone(),
            industry: of.industry.clone(),
            region: of.region.clone(),
            principal: of.principal,
            owed: until_end(of.principal),
            titles: of.titles.clone(),
            until: end,
        };
        Issue {
            name: plan.name.clone(),
            date,
            size,
            senior,
            coupon_pa: None,
            maturity: end,
            originator: originator.to_owned(),
            loans: loans.iter().map(loan).collect(),
            rights: BTreeMap::new(),
            notes: until_end(size),
            paper: plan.supporter.map(paper).into_iter().collect(),
            target_size: Some(plan.target_size),
        }
    }
}

/// Distinct rights of a deal by kind.
fn rights(deal: &Deal) -> BTreeMap<RightKind, usize> {
    let mut titles = std::collections::BTreeSet::new();
    let mut by_kind = BTreeMap::new();
    for right in deal.rights() {
        if right.title_no.as_ref().is_none_or(|title| titles.insert(title)) {
            *by_kind.entry(right.kind).or_insert(0) += 1;
        }
    }
    by_kind
}

/// What some classes have out: notional at closing, then the balance after each date.
fn balances(deal: &Deal, flows: &Flows, of: &dyn Fn(usize) -> bool) -> Steps {
    let classes = || (0..deal.tranches().len()).filter(|at| of(*at));
    let mut steps = Steps::default();
    steps.then(deal.terms().closing, classes().map(|at| deal.tranches()[at].notional).sum());
    if let Some(state) = deal.state()
        && let Some(as_of) = state.as_of
    {
        steps.then(as_of, classes().filter_map(|at| state.notes.get(at)).map(|note| note.0).sum());
    }
    for (row, after) in flows.rows.iter().enumerate() {
        let ended = row + 1 == flows.rows.len();
        let balance = |at: usize| after[flows.cells.tranches[at].balance].to_fen();
        let sum = if ended { 0 } else { classes().map(balance).sum() };
        steps.then(flows.period(row).payment, sum);
    }
    steps
}

/// A deal and its exact run under one scenario, with support, together with the other series.
#[derive(Debug)]
pub struct Course<'a> {
    pub deal: &'a Deal,
    pub scenario: &'a Scenario,
    flows: Flows,
    /// The same if no capacity had an end.
    free: Flows,
}

impl<'a> Course<'a> {
    /// Runs series together, out of the capacities that they share.
    pub fn together(
        series: &[(&'a Deal, &'a Scenario)],
        shared: &[SharedSupporter],
    ) -> Result<Vec<Course<'a>>, Breach> {
        let flows = run_shelf(series, shared)?;
        let unlimited: Vec<Deal> =
            series.iter().map(|(deal, _)| deal.without_capacities()).collect();
        let free: Vec<(&Deal, &Scenario)> =
            unlimited.iter().zip(series).map(|(deal, (_, scenario))| (deal, *scenario)).collect();
        let free = run_shelf(&free, &[])?;
        let runs = series.iter().zip(flows).zip(free);
        Ok(runs
            .map(|((&(deal, scenario), flows), free)| Course { deal, scenario, flows, free })
            .collect())
    }

    fn end(&self) -> Date {
        let last = self.flows.rows.len().checked_sub(1);
        last.map_or(self.deal.terms().closing, |row| self.flows.period(row).payment)
    }

    fn coupon_pa(&self) -> Option<f64> {
        let (mut weighted, mut notional) = (Decimal::ZERO, Decimal::ZERO);
        for (at, class) in self.deal.tranches().iter().enumerate() {
            if class.seniority != Seniority::Senior || class.coupon == Coupon::None {
                continue;
            }
            let period = self.flows.periods.first()?;
            let coupon = coupon_pa(self.deal, self.scenario, at, period)?;
            weighted += coupon * Decimal::from(class.notional);
            notional += Decimal::from(class.notional);
        }
        let coupon = (!notional.is_zero()).then(|| (weighted / notional).round_dp(9))?;
        Ratio::of_rate(coupon).map(Ratio::as_f64)
    }

    fn loans(&self) -> Vec<IssueLoan> {
        let (deal, end) = (self.deal, self.end());
        let mut owed: Vec<(Fen, Steps)> = Vec::with_capacity(deal.loans().len());
        for loan in deal.loans() {
            let mut steps = Steps::default();
            steps.then(deal.terms().closing, loan.principal);
            owed.push((loan.principal, steps));
        }
        for flow in loan_flows(deal, self.scenario) {
            let (balance, steps) = &mut owed[flow.loan];
            *balance -= flow.principal + flow.prepaid;
            if flow.date < end {
                steps.then(flow.date.max(deal.terms().closing), *balance);
            }
        }
        let mut titles: Vec<Vec<String>> = vec![Vec::new(); deal.loans().len()];
        for right in deal.rights() {
            for &loan in &right.loans {
                titles[loan].extend(right.title_no.clone());
            }
        }
        let loans = deal.loans().iter().zip(owed).zip(titles);
        loans
            .map(|((loan, (_, mut owed)), titles)| {
                owed.then(end, 0);
                let obligor = &deal.obligors()[loan.obligor];
                IssueLoan {
                    name: loan.name.clone(),
                    obligor: obligor.name.clone(),
                    group: obligor.group.clone(),
                    industry: obligor.industry.clone(),
                    region: obligor.region.clone(),
                    principal: loan.principal,
                    owed,
                    titles,
                    until: loan.maturity,
                }
            })
            .collect()
    }

    /// One entry a commitment and a cover, by the programme's supporters.
    fn paper(&self, supporters: &mut Vec<ShelfSupporter>) -> Vec<Paper> {
        let (deal, flows) = (self.deal, &self.flows);
        // What a shelf leaves open is as its first deal says.
        let mut find = |at: usize| {
            let of = &deal.supporters()[at];
            let known = supporters.iter().position(|known| known.name == of.name);
            let at = known.unwrap_or(supporters.len());
            if known.is_none() {
                supporters.push(ShelfSupporter::unlimited(&of.name));
            }
            let capacity = &mut supporters[at].paying_capacity;
            *capacity = capacity.or(of.paying_capacity);
            at
        };
        let mut out = Vec::new();
        for (at, commitment) in deal.commitments().iter().enumerate() {
            let covers = |class: usize| commitment.scope.contains(&Claim::Principal(class));
            let before = deal.state().and_then(|state| state.commitments.get(at));
            let before = before.map_or(0, |drawn| drawn.0);
            let so_far = |flows: &Flows, cell: fn(&CommitmentCells) -> usize| {
                let cell = cell(&flows.cells.commitments[at]);
                added_up(deal, flows, before, |row| flows.rows[row][cell].to_fen())
            };
            let paid = so_far(flows, |cells| cells.paid);
            let balances = balances(deal, flows, &covers);
            out.push(Paper {
                supporter: find(commitment.supporter),
                guaranteed: held(&balances, &paid, commitment.cap_total, commitment.end),
                called: so_far(flows, |cells| cells.called),
                wanted: so_far(&self.free, |cells| cells.paid),
                paid,
            });
        }
        let loans = self.loans();
        for (at, cover) in deal.covers().iter().enumerate() {
            let share = Ratio::of_rate(cover.share).unwrap_or(Ratio::ONE);
            let mut owed = Steps::default();
            for date in merged(cover.loans.iter().map(|&loan| &loans[loan].owed)) {
                let sum: Fen = cover.loans.iter().map(|&loan| loans[loan].owed.on(date)).sum();
                owed.then(date, share.of(sum, Rounding::HalfUp));
            }
            let so_far = |flows: &Flows, of: fn(&statement::CoverDate) -> Decimal| {
                added_up(deal, flows, 0, |row| of(&statement::cover(flows, row, at)).to_fen())
            };
            let paid = so_far(flows, |of| of.paid);
            out.push(Paper {
                supporter: find(cover.supporter),
                guaranteed: held(&owed, &paid, cover.cap_total, cover.end),
                called: so_far(flows, |of| of.called),
                wanted: so_far(&self.free, |of| of.paid),
                paid,
            });
        }
        out
    }
}

/// An amount of each date of a run, in all so far.
fn added_up(deal: &Deal, flows: &Flows, before: Fen, of: impl Fn(usize) -> Fen) -> Steps {
    let (mut sum, mut steps) = (before, Steps::default());
    steps.then(deal.terms().closing, sum);
    for row in 0..flows.rows.len() {
        sum += of(row);
        steps.then(flows.period(row).payment, sum);
    }
    steps
}

/// Every day of several steps, in order.
fn merged<'a>(steps: impl Iterator<Item = &'a Steps>) -> Vec<Date> {
    let mut dates: Vec<Date> = steps.flat_map(Steps::dates).collect();
    dates.sort();
    dates.dedup();
    dates
}

/// What is guaranteed of an amount: no more than is left of a cap, and nothing after the end.
fn held(amount: &Steps, paid: &Steps, cap: Option<Fen>, end: Option<Date>) -> Steps {
    let after = end.map(|end| add_days(end, 1));
    let mut dates = merged([amount, paid].into_iter());
    dates.extend(after);
    dates.sort();
    let mut steps = Steps::default();
    for date in dates {
        let most = cap.map_or(Fen::MAX, |cap| (cap - paid.on(date)).max(0));
        let ended = after.is_some_and(|after| date >= after);
        steps.then(date, if ended { 0 } else { amount.on(date).min(most) });
    }
    steps
}
