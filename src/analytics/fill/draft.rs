//! An allocation while it is made, and the moves that better it.
//!
//! Invariant: sums over series, firms and the like are those of the loans in them, and every move
//! that is kept leaves each series whole: it meets all of its limits or is empty.

use std::collections::BTreeMap;

use super::ground::{Counts, Ground, Loan, counted};
use crate::deal::ShelfLimit;
use crate::num::{Fen, Ratio};

/// Loans are looked at against series so often at most: the bound of the work, not of the time, so
/// that the answer is the same on any machine.
pub const MOST_TRIES: u64 = 4_000_000;

/// How a first draft is built.
#[derive(Clone, Copy)]
pub struct Way {
    /// Into the series that is filled least, else into the first.
    pub even: bool,
    /// No firm takes more than its fifth of what five may have, so that few large ones do not shut
    /// the others out; larger loans come in by moves, once a series is whole.
    pub small: bool,
}

impl Way {
    pub const LARGE: Way = Way { even: false, small: false };
    pub const SMALL: Way = Way { even: false, small: true };
}

/// Why an allocation is not more.
pub struct Reasons {
    /// By loan that is not placed: limits that keep it out, and of how many series, the most first.
    pub loans: Vec<Vec<(ShelfLimit, usize)>>,
    /// Series without a loan, each with the limit that keeps out most of what is not placed, be it
    /// not its days or its term; none where all is placed.
    pub empty: Vec<(usize, Option<ShelfLimit>)>,
}

/// Where every loan is, with its sums.
#[derive(Clone)]
pub struct Draft<'a> {
    ground: &'a Ground<'a>,
    /// By loan: its series.
    pub at: Vec<Option<usize>>,
    pub size: Vec<Fen>,
    /// By series: no more than this, at most the target.
    pub cap: Vec<Fen>,
    loans: Vec<Vec<usize>>,
    by_firm: Vec<Vec<Fen>>,
    by_debtor: Vec<Vec<Fen>>,
    by_industry: Vec<Vec<Fen>>,
    by_region: Vec<Vec<Fen>>,
    /// By title: loans that pledge it, placed.
    pledged: Vec<Vec<usize>>,
    pub tries: u64,
}

impl<'a> Draft<'a> {
    /// Nothing placed; `cap` bounds each series.
    pub fn new(ground: &'a Ground<'a>, cap: Vec<Fen>) -> Draft<'a> {
        let series = cap.len();
        Draft {
            ground,
            at: vec![None; ground.loans.len()],
            size: vec![0; series],
            cap,
            loans: vec![Vec::new(); series],
            by_firm: vec![vec![0; ground.firms]; series],
            by_debtor: vec![vec![0; ground.debtors]; series],
            by_industry: vec![vec![0; ground.industries]; series],
            by_region: vec![vec![0; ground.regions]; series],
            pledged: vec![Vec::new(); ground.titles],
            tries: 0,
        }
    }

    /// All that is placed.
    pub fn amount(&self) -> Fen {
        self.size.iter().sum()
    }

    /// Series that hold anything.
    pub fn used(&self) -> usize {
        self.size.iter().filter(|size| **size > 0).count()
    }

    /// Whether the work, or the time for it, is used up.
    pub fn is_over(&self) -> bool {
        self.tries >= MOST_TRIES || self.ground.clock.is_up()
    }

    fn put(&mut self, loan: usize, series: usize) {
        let of = &self.ground.loans[loan];
        self.at[loan] = Some(series);
        self.loans[series].push(loan);
        of.titles.iter().for_each(|title| self.pledged[*title].push(loan));
        self.count(of, series, of.principal);
    }

    fn take(&mut self, loan: usize) {
        let Some(series) = self.at[loan].take() else { return };
        let of = &self.ground.loans[loan];
        self.loans[series].retain(|other| *other != loan);
        for title in &of.titles {
            self.pledged[*title].retain(|other| *other != loan);
        }
        self.count(of, series, -of.principal);
    }

    fn count(&mut self, of: &Loan, series: usize, amount: Fen) {
        self.size[series] += amount;
        self.by_firm[series][of.firm] += amount;
        self.by_debtor[series][of.debtor] += amount;
        self.by_industry[series][of.industry] += amount;
        self.by_region[series][of.region] += amount;
    }

    /// The first limit that a loan more would break. Shares are of the pool as it would be, or of
    /// `as_if` where that is larger.
    pub fn blocked(&mut self, loan: usize, series: usize, as_if: Fen) -> Option<ShelfLimit> {
        self.tries += 1;
        let ground = self.ground;
        if let Some(limit) = ground.barred[loan][series] {
            return Some(limit);
        }
        let of = &ground.loans[loan];
        if self.size[series] + of.principal > self.cap[series] {
            return Some(ShelfLimit::TargetSize);
        }
        if self.size[series] == 0 && self.used() >= ground.issues_left {
            return Some(ShelfLimit::IssuesAllowed);
        }
        let sums = ground.sums.iter().filter(|sum| sum.series.contains(&series));
        for sum in sums {
            let plans = &ground.shelf.planned;
            let size = |at: usize| self.size[at] + if at == series { of.principal } else { 0 };
            let total: Fen =
                sum.series.iter().map(|&at| counted(&plans[at], sum.counts, size(at))).sum();
            if total > sum.room {
                return Some(sum.limit);
            }
        }
        self.concentrated(of, series, as_if)
            .or_else(|| self.pledged_twice(of, series))
            .or_else(|| self.owed_too_much(of, series))
    }

    fn concentrated(&self, of: &Loan, series: usize, as_if: Fen) -> Option<ShelfLimit> {
        let limits = &self.ground.concentration;
        let whole = (self.size[series] + of.principal).max(as_if);
        let over = |share: Ratio, sum: Fen| sum + of.principal > share.floor_of(whole);
        let firm = self.by_firm[series][of.firm];
        if over(limits.obligor_share, firm) {
            return Some(ShelfLimit::ObligorShare);
        }
        if over(limits.group_share, self.by_debtor[series][of.debtor]) {
            return Some(ShelfLimit::GroupShare);
        }
        if over(limits.industry_share, self.by_industry[series][of.industry]) {
            return Some(ShelfLimit::IndustryShare);
        }
        if over(limits.region_share, self.by_region[series][of.region]) {
            return Some(ShelfLimit::RegionShare);
        }
        let top = self.top_five(series, Some((of.firm, firm + of.principal)));
        (top > limits.top_five_share.floor_of(whole)).then_some(ShelfLimit::TopFiveShare)
    }

    /// The five largest firms of a series together, one of them with another amount.
    fn top_five(&self, series: usize, instead: Option<(usize, Fen)>) -> Fen {
        let mut firms: Vec<usize> =
            self.loans[series].iter().map(|&loan| self.ground.loans[loan].firm).collect();
        firms.extend(instead.map(|(firm, _)| firm));
        firms.sort_unstable();
        firms.dedup();
        let sum = |&firm: &usize| match instead {
            Some((other, amount)) if other == firm => amount,
            _ => self.by_firm[series][firm],
        };
        let mut sums: Vec<Fen> = firms.iter().map(sum).collect();
        sums.sort_unstable_by_key(|sum| std::cmp::Reverse(*sum));
        sums.iter().take(5).sum()
    }

    fn pledged_twice(&self, of: &Loan, series: usize) -> Option<ShelfLimit> {
        let overlaps = &self.ground.overlaps[series];
        let taken = |title: &usize| {
            let series = self.pledged[*title].iter().filter_map(|&loan| self.at[loan]);
            series.into_iter().any(|other| overlaps[other])
        };
        of.titles.iter().any(taken).then_some(ShelfLimit::Title)
    }

    fn owed_too_much(&self, of: &Loan, series: usize) -> Option<ShelfLimit> {
        let plans = &self.ground.shelf.planned;
        let over = |limit: &&super::ground::OwedLimit| {
            let name = if limit.grouped { of.debtor } else { of.firm };
            let by = if limit.grouped { &self.by_debtor } else { &self.by_firm };
            let sum: Fen = limit
                .series
                .iter()
                .map(|&at| by[at][name] + if at == series { of.principal } else { 0 })
                .zip(&limit.series)
                .map(|(owed, &at)| match limit.counts {
                    Counts::Principal => owed,
                    Counts::Guaranteed => counted(&plans[at], limit.counts, owed),
                })
                .sum();
            sum > limit.room[name]
        };
        let mut limits = self.ground.owed.iter().filter(|limit| limit.series.contains(&series));
        limits.find(over).map(|limit| limit.limit)
    }

    /// The limit of its pool that a series breaks as it stands; an empty one breaks none.
    pub fn broken(&self, series: usize) -> Option<ShelfLimit> {
        let (limits, whole) = (&self.ground.concentration, self.size[series]);
        if whole == 0 {
            return None;
        }
        let over = |share: Ratio, sums: &[Fen]| {
            let most = share.floor_of(whole);
            sums.iter().any(|sum| *sum > most)
        };
        if over(limits.obligor_share, &self.by_firm[series]) {
            return Some(ShelfLimit::ObligorShare);
        }
        if over(limits.group_share, &self.by_debtor[series]) {
            return Some(ShelfLimit::GroupShare);
        }
        if over(limits.industry_share, &self.by_industry[series]) {
            return Some(ShelfLimit::IndustryShare);
        }
        if over(limits.region_share, &self.by_region[series]) {
            return Some(ShelfLimit::RegionShare);
        }
        if self.top_five(series, None) > limits.top_five_share.floor_of(whole) {
            return Some(ShelfLimit::TopFiveShare);
        }
        let debtors = self.by_debtor[series].iter().filter(|sum| **sum > 0).count();
        (debtors < limits.least_debtors as usize).then_some(ShelfLimit::LeastDebtors)
    }

    /// Puts loans, in order, into the first of their series that takes them (or into the one that
    /// is filled least), shares being those of a full series; then takes out what a series that
    /// did not fill cannot hold.
    pub fn build(&mut self, order: &[(usize, Vec<usize>)], way: Way) {
        for (loan, series) in order {
            if self.at[*loan].is_some() {
                continue;
            }
            let mut series = series.clone();
            if way.even {
                let filled = |at: &usize| (i128::from(self.size[*at]) << 32) / self.whole(*at);
                series.sort_by_key(filled);
            }
            let fits = series.into_iter().find(|&at| self.starts(*loan, at, way));
            if let Some(series) = fits {
                self.put(*loan, series);
            }
        }
        for series in 0..self.size.len() {
            self.mend(series);
        }
    }

    fn whole(&self, series: usize) -> i128 {
        i128::from(self.cap[series].max(1))
    }

    /// Whether a loan fits into a series that is not whole yet, and leaves room for as many small
    /// ones as the series still wants debtors.
    fn starts(&mut self, loan: usize, series: usize, way: Way) -> bool {
        let space = self.space(series);
        if self.blocked(loan, series, self.size[series] + space).is_some() {
            return false;
        }
        let of = &self.ground.loans[loan];
        let five = self.ground.concentration.top_five_share.floor_of(self.size[series] + space);
        if way.small && self.by_firm[series][of.firm] + of.principal > five / 5 {
            return false;
        }
        let held = &self.by_debtor[series];
        let debtors = held.iter().filter(|sum| **sum > 0).count();
        let debtors = debtors + usize::from(held[of.debtor] == 0);
        let wanted = (self.ground.concentration.least_debtors as usize).saturating_sub(debtors);
        of.principal + self.ground.small[series] * wanted as Fen <= space
    }

    /// What a series can still take before it, or a limit that it shares, is full.
    fn space(&self, series: usize) -> Fen {
        let plans = &self.ground.shelf.planned;
        let own = self.cap[series] - self.size[series];
        let sums = self.ground.sums.iter().filter(|sum| sum.series.contains(&series));
        let left = sums.map(|sum| {
            let taken = |&at: &usize| counted(&plans[at], sum.counts, self.size[at]);
            let left = sum.room - sum.series.iter().map(taken).sum::<Fen>();
            match (sum.counts, plans[series].guaranteed_share.inverse()) {
                (Counts::Principal, _) => left,
                (Counts::Guaranteed, Some(inverse)) => inverse.floor_of(left.max(0)),
                (Counts::Guaranteed, None) => own,
            }
        });
        left.fold(own, Fen::min).max(0)
    }

    /// Makes series that are empty from what is not placed; true where one comes about.
    pub fn open(&mut self, order: &[(usize, Vec<usize>)], way: Way) -> bool {
        let mut opened = false;
        for series in 0..self.size.len() {
            if self.size[series] > 0 || self.cap[series] == 0 || self.is_over() {
                continue;
            }
            for (loan, _) in order {
                if self.at[*loan].is_none() && self.starts(*loan, series, way) {
                    self.put(*loan, series);
                }
            }
            self.mend(series);
            opened |= self.size[series] > 0;
        }
        opened
    }

    /// Takes loans out until the series meets its limits, or all where it cannot.
    fn mend(&mut self, series: usize) {
        while let Some(limit) = self.broken(series) {
            let worst = match limit {
                ShelfLimit::LeastDebtors => None,
                _ => self.worst(series, limit),
            };
            match worst {
                Some(loan) => self.take(loan),
                None => self.empty(series),
            }
        }
    }

    /// Takes a loan out, and others that its series then cannot hold.
    pub fn remove(&mut self, loan: usize) {
        if let Some(series) = self.at[loan] {
            self.take(loan);
            self.mend(series);
        }
    }

    /// Takes all loans out of a series.
    pub fn empty(&mut self, series: usize) {
        for loan in self.loans[series].clone() {
            self.take(loan);
        }
    }

    /// The smallest loan of what is too large.
    fn worst(&self, series: usize, limit: ShelfLimit) -> Option<usize> {
        let key = |loan: usize| {
            let of = &self.ground.loans[loan];
            match limit {
                ShelfLimit::GroupShare => self.by_debtor[series][of.debtor],
                ShelfLimit::IndustryShare => self.by_industry[series][of.industry],
                ShelfLimit::RegionShare => self.by_region[series][of.region],
                _ => self.by_firm[series][of.firm],
            }
        };
        let loans = self.loans[series].iter().copied();
        loans.min_by_key(|&loan| {
            (std::cmp::Reverse(key(loan)), self.ground.loans[loan].principal, loan)
        })
    }

    /// Moves that place more, until there is none or the work is used up.
    pub fn improve(&mut self) {
        let mut order: Vec<usize> = (0..self.at.len()).collect();
        let principal = |loan: usize| self.ground.loans[loan].principal;
        order.sort_by_key(|&loan| (std::cmp::Reverse(principal(loan)), loan));
        loop {
            let mut better = false;
            for &loan in &order {
                if self.is_over() {
                    return;
                }
                if self.at[loan].is_none() {
                    better |= self.insert(loan) || self.swap(loan, &order) || self.shift(loan);
                }
            }
            if !better {
                return;
            }
        }
    }

    /// Into a series that is there and takes it.
    fn insert(&mut self, loan: usize) -> bool {
        for series in 0..self.size.len() {
            if self.size[series] > 0 && self.blocked(loan, series, 0).is_none() {
                self.put(loan, series);
                return true;
            }
        }
        false
    }

    /// In the place of a smaller loan, the smallest that makes room.
    fn swap(&mut self, loan: usize, order: &[usize]) -> bool {
        let principal = self.ground.loans[loan].principal;
        for &other in order.iter().rev() {
            if self.ground.loans[other].principal >= principal || self.is_over() {
                return false;
            }
            let Some(series) = self.at[other] else { continue };
            if self.ground.barred[loan][series].is_some() {
                continue;
            }
            self.take(other);
            let open = self.size[series] > 0 && self.blocked(loan, series, 0).is_none();
            if open {
                self.put(loan, series);
                if self.broken(series).is_none() {
                    return true;
                }
                self.take(loan);
            }
            self.put(other, series);
        }
        false
    }

    /// Into a series that gives a loan to another series.
    fn shift(&mut self, loan: usize) -> bool {
        for series in 0..self.size.len() {
            if self.size[series] == 0 || self.ground.barred[loan][series].is_some() {
                continue;
            }
            for other in self.loans[series].clone() {
                if self.is_over() {
                    return false;
                }
                self.take(other);
                let open = self.size[series] > 0 && self.blocked(loan, series, 0).is_none();
                if open {
                    self.put(loan, series);
                    let moved = self.broken(series).is_none() && self.insert(other);
                    if moved {
                        return true;
                    }
                    self.take(loan);
                }
                self.put(other, series);
            }
        }
        false
    }

    /// Whether what is not placed would make an empty series.
    fn whole_again(&self, series: usize) -> bool {
        let mut other = self.clone();
        let free = |loan: &usize| other.at[*loan].is_none();
        let order: Vec<_> = (0..self.at.len()).filter(free).map(|at| (at, vec![series])).collect();
        other.build(&order, Way::SMALL);
        other.size[series] > 0
    }

    /// What keeps loans that are not placed out of each series.
    pub fn reasons(&mut self) -> Reasons {
        let series = 0..self.size.len();
        let again: Vec<bool> =
            series.clone().map(|at| self.size[at] == 0 && self.whole_again(at)).collect();
        let mut reasons = Reasons { loans: Vec::new(), empty: Vec::new() };
        let mut left: Vec<BTreeMap<ShelfLimit, Fen>> = vec![BTreeMap::new(); series.len()];
        for loan in 0..self.at.len() {
            let mut counts: BTreeMap<ShelfLimit, usize> = BTreeMap::new();
            let places = if self.at[loan].is_none() { series.clone() } else { 0..0 };
            for at in places {
                let limit = self.reason(loan, at, again[at]);
                *counts.entry(limit).or_default() += 1;
                *left[at].entry(limit).or_default() += self.ground.loans[loan].principal;
            }
            let mut counts: Vec<(ShelfLimit, usize)> = counts.into_iter().collect();
            counts.sort_by_key(|(limit, count)| (std::cmp::Reverse(*count), *limit));
            reasons.loans.push(counts);
        }
        for at in series.filter(|&at| self.size[at] == 0) {
            let most = left[at].iter().max_by_key(|(limit, sum)| {
                (!limit.is_of_loan(), **sum, std::cmp::Reverse(**limit))
            });
            reasons.empty.push((at, most.map(|(limit, _)| *limit)));
        }
        reasons
    }

    /// The limit that keeps a loan out of a series.
    fn reason(&mut self, loan: usize, series: usize, again: bool) -> ShelfLimit {
        let empty = self.size[series] == 0;
        let whole = self.size[series] + self.space(series);
        match self.blocked(loan, series, whole) {
            None if empty && again => ShelfLimit::Goal,
            None if empty => ShelfLimit::LeastDebtors,
            None => self.blocked(loan, series, 0).unwrap_or(ShelfLimit::Goal),
            Some(limit) => limit,
        }
    }
}
