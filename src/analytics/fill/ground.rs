//! What may go where: candidates and series as indices, every limit as room in whole fen.
//!
//! Invariant: a limit over time is tested on every day on which any series is issued, when what is
//! outstanding is largest; what is issued already has its room taken off first.

use std::collections::BTreeMap;

use super::clock::Clock;
use crate::analytics::shelf::Programme;
use crate::dates::Date;
use crate::deal::{Candidate, Concentration, PlannedSeries, QuotaUse, Shelf, ShelfLimit};
use crate::num::{Fen, Ratio, Rounding};

/// A candidate.
pub struct Loan {
    pub principal: Fen,
    pub firm: usize,
    /// Affiliates are one.
    pub debtor: usize,
    pub industry: usize,
    pub region: usize,
    pub titles: Vec<usize>,
}

/// What a limit adds up, of each series it is on.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Counts {
    Principal,
    /// The supporter's share of it.
    Guaranteed,
}

/// A limit on the sizes of several series together.
pub struct SumLimit {
    pub limit: ShelfLimit,
    pub series: Vec<usize>,
    pub counts: Counts,
    pub room: Fen,
}

/// A limit on each firm, or debtor, over several series.
pub struct OwedLimit {
    pub limit: ShelfLimit,
    pub series: Vec<usize>,
    pub counts: Counts,
    /// By debtor, else by firm.
    pub grouped: bool,
    pub room: Vec<Fen>,
}

/// The whole question. Loans and series are in the shelf's order.
pub struct Ground<'a> {
    pub shelf: &'a Shelf,
    pub loans: Vec<Loan>,
    /// By loan, then by series: what keeps it out whatever else is there.
    pub barred: Vec<Vec<Option<ShelfLimit>>>,
    pub sums: Vec<SumLimit>,
    pub owed: Vec<OwedLimit>,
    /// By series: others (and itself) that are out on a day on which it is.
    pub overlaps: Vec<Vec<bool>>,
    /// Series that may still be issued.
    pub issues_left: usize,
    pub firms: usize,
    pub debtors: usize,
    pub industries: usize,
    pub regions: usize,
    pub titles: usize,
    pub concentration: Concentration,
    /// By series: the mean of as many of the smallest loans that it may take as it wants debtors.
    pub small: Vec<Fen>,
    pub clock: &'a Clock<'a>,
}

/// Names as indices, by first appearance.
#[derive(Default)]
struct Index<'a>(BTreeMap<&'a str, usize>);

impl<'a> Index<'a> {
    fn of(&mut self, name: &'a str) -> usize {
        let next = self.0.len();
        *self.0.entry(name).or_insert(next)
    }

    fn rooms(&self, most: Fen, taken: &BTreeMap<String, Fen>) -> Vec<Fen> {
        let mut rooms = vec![most; self.0.len()];
        for (name, at) in &self.0 {
            rooms[*at] -= taken.get(*name).copied().unwrap_or(0);
        }
        rooms
    }
}

/// The amount that a limit counts of a series of this size, not below what is tested later.
pub fn counted(plan: &PlannedSeries, counts: Counts, size: Fen) -> Fen {
    match counts {
        Counts::Principal => size,
        Counts::Guaranteed => plan.guaranteed_share.of(size, Rounding::HalfUp),
    }
}

impl<'a> Ground<'a> {
    /// Without one limit where `dropped` names it.
    pub fn new(
        programme: &'a Programme<'a>,
        dropped: Option<ShelfLimit>,
        clock: &'a Clock<'a>,
    ) -> Ground<'a> {
        let shelf = programme.shelf;
        let mut firms = Index::default();
        let mut debtors = Index::default();
        let mut industries = Index::default();
        let mut regions = Index::default();
        let mut titles = Index::default();
        let loans: Vec<Loan> = shelf
            .candidates
            .iter()
            .map(|of| Loan {
                principal: of.principal,
                firm: firms.of(&of.obligor),
                debtor: debtors.of(of.group.as_deref().unwrap_or(&of.obligor)),
                industry: industries.of(&of.industry),
                region: regions.of(&of.region),
                titles: of.titles.iter().map(|title| titles.of(title)).collect(),
            })
            .collect();
        let keeps = |limit: ShelfLimit| dropped != Some(limit);
        let barred = shelf.candidates.iter().map(|loan| {
            shelf.planned.iter().map(|plan| barred(programme, loan, plan, &keeps)).collect()
        });
        let issued = programme.issues.len();
        let allowed = shelf.issues_allowed.filter(|_| keeps(ShelfLimit::IssuesAllowed));
        let overlaps = |a: &PlannedSeries| {
            shelf.planned.iter().map(|b| a.date < b.end() && b.date < a.end()).collect()
        };
        let planned = shelf.planned.len();
        let mut ground = Ground {
            shelf,
            barred: barred.collect(),
            sums: Vec::new(),
            owed: Vec::new(),
            overlaps: shelf.planned.iter().map(overlaps).collect(),
            issues_left: allowed.map_or(planned, |most| (most as usize).saturating_sub(issued)),
            firms: firms.0.len(),
            debtors: debtors.0.len(),
            industries: industries.0.len(),
            regions: regions.0.len(),
            titles: titles.0.len(),
            concentration: concentration(shelf.concentration, &keeps),
            loans,
            small: Vec::new(),
            clock,
        };
        ground.small = (0..planned).map(|series| ground.small_loan(series)).collect();
        ground.limits(programme, &firms, &debtors);
        ground.sums.retain(|sum| keeps(sum.limit));
        ground.owed.retain(|owed| keeps(owed.limit));
        if dropped == Some(ShelfLimit::Title) {
            ground.loans.iter_mut().for_each(|loan| loan.titles.clear());
        }
        ground
    }

    /// What open series take at most, in whole fen: all candidates, and under each limit on sizes
    /// its room with the targets of the series that it leaves out.
    pub fn most(&self, open: &[bool]) -> Fen {
        let plans = &self.shelf.planned;
        let target = |at: usize| if open[at] { plans[at].target_size } else { 0 };
        let of = |sum: &SumLimit| -> Fen {
            let others = (0..plans.len()).filter(|at| !sum.series.contains(at));
            sum.room.max(0) + others.map(target).sum::<Fen>()
        };
        let sums = self.sums.iter().filter(|sum| sum.counts == Counts::Principal).map(of);
        let all: Fen = self.loans.iter().map(|loan| loan.principal).sum();
        sums.fold(all.min((0..plans.len()).map(target).sum()), Fen::min)
    }

    /// As many series, the largest first, as have targets of this much together.
    pub fn fewest(&self, at_least: Fen) -> usize {
        let mut targets: Vec<Fen> =
            self.shelf.planned.iter().map(|plan| plan.target_size).collect();
        targets.sort_unstable_by_key(|target| std::cmp::Reverse(*target));
        let mut left = at_least;
        targets
            .iter()
            .take_while(|target| {
                let wanted = left > 0;
                left -= **target;
                wanted
            })
            .count()
    }

    fn small_loan(&self, series: usize) -> Fen {
        let loans = self.loans.iter().zip(&self.barred);
        let mut own: Vec<Fen> = loans
            .filter(|(_, barred)| barred[series].is_none())
            .map(|(loan, _)| loan.principal)
            .collect();
        own.sort_unstable();
        own.truncate(self.concentration.least_debtors as usize);
        own.iter().sum::<Fen>() / own.len().max(1) as Fen
    }

    fn limits(&mut self, of: &Programme<'_>, firms: &Index<'_>, debtors: &Index<'_>) {
        let shelf = self.shelf;
        let all: Vec<usize> = (0..shelf.planned.len()).collect();
        for (at, plan) in shelf.planned.iter().enumerate() {
            self.sum(ShelfLimit::TargetSize, vec![at], Counts::Principal, plan.target_size);
        }
        if shelf.quota_use == QuotaUse::Issued {
            let issued: Fen = of.issues.iter().map(|issue| issue.size).sum();
            self.sum(ShelfLimit::Quota, all, Counts::Principal, shelf.quota - issued);
        }
        let mut days: Vec<Date> = of.issues.iter().map(|issue| issue.date).collect();
        days.extend(shelf.planned.iter().map(|plan| plan.date));
        days.sort();
        days.dedup();
        for day in days {
            let live: Vec<usize> = (0..shelf.planned.len())
                .filter(|&at| shelf.planned[at].date <= day && day < shelf.planned[at].end())
                .collect();
            if live.is_empty() {
                continue;
            }
            if shelf.quota_use == QuotaUse::Outstanding {
                let room = shelf.quota - of.outstanding(day);
                self.sum(ShelfLimit::Quota, live.clone(), Counts::Principal, room);
            }
            self.originator(of, day, &live, firms, debtors);
            self.supporters(of, day, &live, firms, debtors);
        }
    }

    fn sum(&mut self, limit: ShelfLimit, series: Vec<usize>, counts: Counts, room: Fen) {
        let same = |sum: &&mut SumLimit| {
            sum.limit == limit && sum.series == series && sum.counts == counts
        };
        match self.sums.iter_mut().find(same) {
            Some(known) => known.room = known.room.min(room),
            None => self.sums.push(SumLimit { limit, series, counts, room }),
        }
    }

    fn owed(&mut self, new: OwedLimit) {
        let same = |old: &&mut OwedLimit| {
            old.limit == new.limit && old.series == new.series && old.counts == new.counts
        };
        match self.owed.iter_mut().find(same) {
            Some(known) => {
                known.room.iter_mut().zip(&new.room).for_each(|(old, new)| *old = (*old).min(*new));
            }
            None => self.owed.push(new),
        }
    }

    fn originator(
        &mut self,
        of: &Programme<'_>,
        day: Date,
        live: &[usize],
        firms: &Index<'_>,
        debtors: &Index<'_>,
    ) {
        let Some(limits) = &self.shelf.originator else { return };
        let own = || of.issues.iter().filter(|issue| issue.originator == limits.name);
        let notes: Fen = own().map(|issue| issue.notes.on(day)).sum();
        let most = limits.standardised_multiple.floor_of(limits.net_assets);
        let room = most - limits.standardised_financing - notes;
        let limit = ShelfLimit::StandardisedFinancing;
        self.sum(limit, live.to_vec(), Counts::Principal, room);
        for (limit, share, grouped, names) in [
            (ShelfLimit::Borrower, limits.borrower_share, false, firms),
            (ShelfLimit::BorrowerGroup, limits.borrower_group_share, true, debtors),
        ] {
            let mut taken: BTreeMap<String, Fen> = BTreeMap::new();
            for loan in own().flat_map(|issue| &issue.loans) {
                let name = if grouped { loan.debtor() } else { &loan.obligor };
                *taken.entry(name.to_owned()).or_insert(0) += loan.owed.on(day);
            }
            let room = names.rooms(share.floor_of(limits.net_assets), &taken);
            let series = live.to_vec();
            self.owed(OwedLimit { limit, series, counts: Counts::Principal, grouped, room });
        }
    }

    fn supporters(
        &mut self,
        of: &Programme<'_>,
        day: Date,
        live: &[usize],
        firms: &Index<'_>,
        debtors: &Index<'_>,
    ) {
        for (at, supporter) in of.supporters.iter().enumerate() {
            let behind = |series: &&usize| self.shelf.planned[**series].supporter == Some(at);
            let series: Vec<usize> = live.iter().filter(behind).copied().collect();
            if series.is_empty() {
                continue;
            }
            if let Some(most) = supporter.liability_limit {
                let room = most - supporter.other_liabilities - of.guaranteed(at, day);
                self.sum(ShelfLimit::LiabilityLimit, series.clone(), Counts::Guaranteed, room);
            }
            for (limit, most, grouped, names) in [
                (ShelfLimit::GuaranteedObligor, supporter.obligor_limit, false, firms),
                (ShelfLimit::GuaranteedGroup, supporter.group_limit, true, debtors),
            ] {
                let Some(most) = most else { continue };
                let taken = of.guaranteed_by_debtor(at, day, grouped);
                // A debtor's share of what is guaranteed is rounded up, series by series.
                let room = names.rooms(most - 2 * series.len() as Fen, &taken);
                let (series, counts) = (series.clone(), Counts::Guaranteed);
                self.owed(OwedLimit { limit, series, counts, grouped, room });
            }
        }
    }
}

/// Limits that are dropped allow everything.
fn concentration(of: Concentration, keeps: &impl Fn(ShelfLimit) -> bool) -> Concentration {
    let share = |limit: ShelfLimit, share: Ratio| if keeps(limit) { share } else { Ratio::ONE };
    Concentration {
        least_debtors: if keeps(ShelfLimit::LeastDebtors) { of.least_debtors } else { 0 },
        obligor_share: share(ShelfLimit::ObligorShare, of.obligor_share),
        group_share: share(ShelfLimit::GroupShare, of.group_share),
        top_five_share: share(ShelfLimit::TopFiveShare, of.top_five_share),
        industry_share: share(ShelfLimit::IndustryShare, of.industry_share),
        region_share: share(ShelfLimit::RegionShare, of.region_share),
        ..of
    }
}

/// What keeps a candidate out of a series whatever else is in it.
fn barred(
    of: &Programme<'_>,
    loan: &Candidate,
    plan: &PlannedSeries,
    keeps: &impl Fn(ShelfLimit) -> bool,
) -> Option<ShelfLimit> {
    let shelf = of.shelf;
    let pledged = || {
        let live = of.issues.iter().flat_map(|issue| {
            issue.loans.iter().filter(|other| issue.date < plan.end() && plan.date < other.until)
        });
        live.flat_map(|other| &other.titles).any(|title| loan.titles.contains(title))
    };
    let reasons = [
        (ShelfLimit::ValidFrom, shelf.valid_from.is_some_and(|from| plan.date < from)),
        (ShelfLimit::ValidTo, shelf.valid_to.is_some_and(|to| plan.date > to)),
        (ShelfLimit::Tenor, shelf.tenor_cap_months.is_some_and(|cap| plan.tenor_months > cap)),
        (ShelfLimit::Available, loan.available_from.is_some_and(|from| plan.date < from)),
        (ShelfLimit::Available, loan.available_to.is_some_and(|to| plan.date > to)),
        (ShelfLimit::Term, loan.term_months > plan.tenor_months),
        (ShelfLimit::Title, pledged()),
    ];
    let held = reasons.into_iter().find(|(limit, holds)| *holds && keeps(*limit));
    held.map(|(limit, _)| limit)
}
