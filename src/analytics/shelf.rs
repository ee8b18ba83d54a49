//! A programme over time: what its series have out, what is left of the quota and of what its
//! supporters may carry, and what its series were.
//!
//! Invariant: what is outstanding is what the exact run of each series leaves on its notes; a
//! series that has ended, and one that is not issued yet, has nothing out.

mod issue;
mod limits;
mod quiet;

pub use issue::{Course, Issue, IssueLoan, Paper, Steps};
pub use limits::{Breach, Figure, LargestShare, breaches};
pub use quiet::{DueBy, QuietCall, quiet_calls};

use std::collections::{BTreeMap, BTreeSet};

use crate::asset::RightKind;
use crate::dates::Date;
use crate::deal::{QuotaUse, Shelf, ShelfSupporter};
use crate::num::Fen;

/// A shelf with its series.
#[derive(Clone, Debug)]
pub struct Programme<'a> {
    pub shelf: &'a Shelf,
    /// By date, then by name.
    pub issues: Vec<Issue>,
    /// Those of the shelf first, in its order; then those that the series alone know.
    pub supporters: Vec<ShelfSupporter>,
}

/// A series on a day on which something was issued or repaid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShelfRow {
    pub issue: usize,
    pub date: Date,
    /// Of the series, and of all.
    pub outstanding: Fen,
    pub all_outstanding: Fen,
    pub quota_used: Fen,
    pub quota_left: Fen,
    /// Of the supporters behind the series the one with the least left: (index, guaranteed with
    /// its other liabilities, left). None where none has a limit.
    pub exposure: Option<(usize, Fen, Fen)>,
    /// What the approval still lets be issued after this day, in series; none without a limit.
    pub issues_left: Option<i64>,
    /// What its originator may still raise by notes; none where that is not tested.
    pub financing_left: Option<Fen>,
}

/// A supporter on a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exposure {
    pub date: Date,
    pub supporter: usize,
    /// Guaranteed principal that is outstanding, over all series.
    pub guaranteed: Fen,
    /// Paid on calls up to this day, gross.
    pub paid: Fen,
}

impl Exposure {
    /// What may still be guaranteed; none without a limit.
    pub fn left(&self, of: &ShelfSupporter) -> Option<Fen> {
        Some(of.liability_limit? - of.other_liabilities - self.guaranteed)
    }

    /// What can still be paid; none without an end.
    pub fn capacity_left(&self, of: &ShelfSupporter) -> Option<Fen> {
        Some(of.paying_capacity? - self.paid)
    }
}

/// A call of a series on a supporter. What stays unpaid is called again on its next date.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// The payment date that it is for.
    pub date: Date,
    pub issue: usize,
    pub supporter: usize,
    pub called: Fen,
    pub paid: Fen,
}

/// A series as programmes publish it.
#[derive(Clone, Debug)]
pub struct Statistics {
    pub issue: usize,
    pub firms: usize,
    /// Firms that no earlier series had.
    pub new_firms: usize,
    /// Firms counted once for each series they are in, and once in all, up to this one.
    pub firm_times: usize,
    pub distinct_firms: usize,
    pub loans: usize,
    pub rights: usize,
    pub by_kind: BTreeMap<RightKind, usize>,
}

impl Programme<'_> {
    /// The same with series more.
    pub fn with(mut self, issues: Vec<Issue>) -> Self {
        self.issues.extend(issues);
        self.issues.sort_by(|a, b| (a.date, &a.name).cmp(&(b.date, &b.name)));
        self
    }

    /// Up to and with this series where the quota counts what was issued, else all that is out.
    pub fn quota_used(&self, date: Date) -> Fen {
        let issued = self.issues.iter().filter(|issue| issue.date <= date);
        match self.shelf.quota_use {
            QuotaUse::Issued => issued.map(|issue| issue.size).sum(),
            QuotaUse::Outstanding => self.outstanding(date),
        }
    }

    /// Of all notes, at the end of a day.
    pub fn outstanding(&self, date: Date) -> Fen {
        self.issues.iter().map(|issue| issue.notes.on(date)).sum()
    }

    /// What a supporter guarantees of outstanding principal, at the end of a day.
    pub fn guaranteed(&self, supporter: usize, date: Date) -> Fen {
        self.issues.iter().map(|issue| issue.guaranteed(supporter, date)).sum()
    }

    /// What a supporter has paid on calls up to a day, over all series.
    pub fn paid(&self, supporter: usize, date: Date) -> Fen {
        self.papers(supporter).map(|paper| paper.paid.on(date)).sum()
    }

    /// What it would have paid if no capacity had an end.
    pub fn wanted(&self, supporter: usize, date: Date) -> Fen {
        self.papers(supporter).map(|paper| paper.wanted.on(date)).sum()
    }

    fn papers(&self, supporter: usize) -> impl Iterator<Item = &Paper> {
        let papers = self.issues.iter().flat_map(|issue| &issue.paper);
        papers.filter(move |paper| paper.supporter == supporter)
    }

    /// Every series on every day on which its notes change, by day.
    pub fn rows(&self) -> Vec<ShelfRow> {
        let on = |(at, issue): (usize, &Issue)| -> Vec<ShelfRow> {
            issue.notes.dates().map(|date| self.row(at, date)).collect()
        };
        let mut rows: Vec<ShelfRow> = self.issues.iter().enumerate().flat_map(on).collect();
        rows.sort_by_key(|row| (row.date, row.issue));
        rows
    }

    fn row(&self, at: usize, date: Date) -> ShelfRow {
        let (issue, quota_used) = (&self.issues[at], self.quota_used(date));
        let exposure = |supporter: usize| {
            let of = &self.supporters[supporter];
            let used = self.guaranteed(supporter, date) + of.other_liabilities;
            Some((supporter, used, of.liability_limit? - used))
        };
        let behind = issue.paper.iter().filter_map(|paper| exposure(paper.supporter));
        ShelfRow {
            issue: at,
            date,
            outstanding: issue.notes.on(date),
            all_outstanding: self.outstanding(date),
            quota_used,
            quota_left: self.shelf.quota - quota_used,
            exposure: behind.min_by_key(|(supporter, _, left)| (*left, *supporter)),
            issues_left: self.issues_left(date),
            financing_left: self.financing_left(issue, date),
        }
    }

    fn issues_left(&self, date: Date) -> Option<i64> {
        let issued = self.issues.iter().filter(|issue| issue.date <= date).count();
        Some(i64::from(self.shelf.issues_allowed?) - issued as i64)
    }

    /// Of the originator whose limits the shelf says, on all its series.
    fn financing_left(&self, of: &Issue, date: Date) -> Option<Fen> {
        let limits =
            self.shelf.originator.as_ref().filter(|limits| limits.name == of.originator)?;
        let own = self.issues.iter().filter(|issue| issue.originator == limits.name);
        let notes: Fen = own.map(|issue| issue.notes.on(date)).sum();
        let most = limits.standardised_multiple.floor_of(limits.net_assets);
        Some(most - limits.standardised_financing - notes)
    }

    /// Days on which anything changes.
    pub fn dates(&self) -> Vec<Date> {
        let steps = |issue: &Issue| -> Vec<Date> {
            let papers = issue.paper.iter().flat_map(Paper::dates);
            issue.notes.dates().chain(papers).collect()
        };
        let dates: BTreeSet<Date> = self.issues.iter().flat_map(steps).collect();
        dates.into_iter().collect()
    }

    /// Every supporter on every day on which something of it changes.
    pub fn exposures(&self) -> Vec<Exposure> {
        let mut out: Vec<Exposure> = Vec::new();
        for supporter in 0..self.supporters.len() {
            let mut before = (0, 0);
            for date in self.dates() {
                let now = (self.guaranteed(supporter, date), self.paid(supporter, date));
                if now != before {
                    let (guaranteed, paid) = now;
                    out.push(Exposure { date, supporter, guaranteed, paid });
                    before = now;
                }
            }
        }
        out.sort_by_key(|of| (of.date, of.supporter));
        out
    }

    /// Every call, by day, series and supporter: several of one supporter in a series are one.
    pub fn calls(&self) -> Vec<Call> {
        let mut out = Vec::new();
        for (issue, of) in self.issues.iter().enumerate() {
            let behind: BTreeSet<usize> = of.paper.iter().map(|paper| paper.supporter).collect();
            for supporter in behind {
                let papers = || of.paper.iter().filter(|paper| paper.supporter == supporter);
                let dates: BTreeSet<Date> =
                    papers().flat_map(|paper| paper.called.dates()).collect();
                let mut before = (0, 0);
                for date in dates {
                    let called = papers().map(|paper| paper.called.on(date)).sum::<Fen>();
                    let paid = papers().map(|paper| paper.paid.on(date)).sum::<Fen>();
                    let (call, part) = (called - before.0, paid - before.1);
                    out.push(Call { date, issue, supporter, called: call, paid: part });
                    before = (called, paid);
                }
            }
        }
        out.sort_by_key(|call| (call.date, call.issue, call.supporter));
        out
    }

    /// What each series was, with what it added.
    pub fn statistics(&self) -> Vec<Statistics> {
        let (mut known, mut firm_times) = (BTreeSet::new(), 0);
        let mut out = Vec::with_capacity(self.issues.len());
        for (at, issue) in self.issues.iter().enumerate() {
            let firms: BTreeSet<&str> =
                issue.loans.iter().map(|loan| loan.obligor.as_str()).collect();
            let before = known.len();
            firm_times += firms.len();
            known.extend(firms.iter().copied());
            out.push(Statistics {
                issue: at,
                firms: firms.len(),
                new_firms: known.len() - before,
                firm_times,
                distinct_firms: known.len(),
                loans: issue.loans.len(),
                rights: issue.rights.values().sum(),
                by_kind: issue.rights.clone(),
            });
        }
        out
    }
}
