//! Which limits of a shelf its series break.
//!
//! A series is tested on its day of issue, when all that is outstanding is largest: its own terms
//! and pool, and what it adds to the quota, to its supporters and to its originator. Calls are
//! tested where they are paid.

use std::collections::{BTreeMap, BTreeSet};

use super::{Issue, IssueLoan, Programme};
use crate::dates::{Date, add_months};
use crate::deal::{Concentration, OriginatorLimits, ShelfLimit};
use crate::num::{Fen, Ratio};

/// What a limit allows, or what was found.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Figure {
    Amount(Fen),
    Share(f64),
    Count(usize),
    Date(Date),
}

/// A limit that is broken, or a flag.
#[derive(Clone, Debug, PartialEq)]
pub struct Breach {
    pub date: Date,
    /// Index of the series; none for what is of no single one.
    pub issue: Option<usize>,
    pub limit: ShelfLimit,
    /// Which firm, group, industry, region, supporter or title; empty where there is one alone.
    pub subject: String,
    pub allowed: Figure,
    pub found: Figure,
}

/// Every breach and flag, by day, series and limit.
pub fn breaches(of: &Programme<'_>) -> Vec<Breach> {
    let mut found = Vec::new();
    for at in 0..of.issues.len() {
        let mut test = Test { of, at, issue: &of.issues[at], found: &mut found };
        test.approval();
        test.pool();
        test.supporters();
        test.titles();
        if let Some(limits) = &of.shelf.originator {
            test.originator(limits);
        }
    }
    capacities(of, &mut found);
    if let (Some(limits), Some(first)) = (&of.shelf.originator, of.issues.first()) {
        let allowed = limits.other_multiple.floor_of(limits.net_assets);
        if limits.other_financing > allowed {
            found.push(Breach {
                date: first.date,
                issue: None,
                limit: ShelfLimit::OtherFinancing,
                subject: limits.name.clone(),
                allowed: Figure::Amount(allowed),
                found: Figure::Amount(limits.other_financing),
            });
        }
    }
    found.sort_by(|a, b| {
        (a.date, a.issue, a.limit, &a.subject).cmp(&(b.date, b.issue, b.limit, &b.subject))
    });
    found
}

/// Sums of a pool by what names its loans.
fn by<'a>(
    issue: &'a Issue,
    name: impl Fn(&'a super::IssueLoan) -> &'a str,
) -> BTreeMap<&'a str, Fen> {
    added_up(issue.loans.iter().map(|loan| (loan, loan.principal)), name)
}

fn added_up<'a>(
    loans: impl Iterator<Item = (&'a IssueLoan, Fen)>,
    name: impl Fn(&'a IssueLoan) -> &'a str,
) -> BTreeMap<&'a str, Fen> {
    let mut sums = BTreeMap::new();
    loans.for_each(|(loan, owed)| *sums.entry(name(loan)).or_insert(0) += owed);
    sums
}

/// What names have of a whole, and the most that a limit lets one have; none is no limit.
struct Shares<'a> {
    limit: ShelfLimit,
    most: Option<Ratio>,
    by: BTreeMap<&'a str, Fen>,
    whole: Fen,
}

/// The largest share that a limit looks at.
#[derive(Clone, Debug, PartialEq)]
pub struct LargestShare {
    pub date: Date,
    pub issue: usize,
    pub limit: ShelfLimit,
    /// Empty for the five largest.
    pub subject: String,
    pub found: f64,
    pub allowed: Option<f64>,
}

/// Shares of one obligor, of one with its affiliates, of the five largest obligors, of an industry
/// and of a region.
fn shares<'a>(
    loans: &[(&'a IssueLoan, Fen)],
    limits: [(ShelfLimit, Option<Ratio>); 5],
) -> [Shares<'a>; 5] {
    let sums = |name: fn(&'a IssueLoan) -> &'a str| added_up(loans.iter().copied(), name);
    let obligors = sums(|loan| &loan.obligor);
    let mut largest: Vec<Fen> = obligors.values().copied().collect();
    largest.sort_by_key(|amount| std::cmp::Reverse(*amount));
    let five = BTreeMap::from([("", largest.iter().take(5).sum())]);
    let (debtors, industries) = (sums(IssueLoan::debtor), sums(|loan| &loan.industry));
    let whole = loans.iter().map(|(_, owed)| owed).sum();
    let mut sums = [obligors, debtors, five, industries, sums(|loan| &loan.region)].into_iter();
    limits.map(|(limit, most)| Shares { limit, most, by: sums.next().unwrap_or_default(), whole })
}

impl Programme<'_> {
    /// Of the pool of a series at its cut-off date.
    fn pool_shares(&self, at: usize) -> [Shares<'_>; 5] {
        let issue = &self.issues[at];
        let loans: Vec<_> = issue.loans.iter().map(|loan| (loan, loan.principal)).collect();
        let of = self.shelf.concentration;
        let limits = [
            (ShelfLimit::ObligorShare, of.obligor_share),
            (ShelfLimit::GroupShare, of.group_share),
            (ShelfLimit::TopFiveShare, of.top_five_share),
            (ShelfLimit::IndustryShare, of.industry_share),
            (ShelfLimit::RegionShare, of.region_share),
        ];
        shares(&loans, limits.map(|(limit, most)| (limit, Some(most))))
    }

    /// Of what is owed of the loans of all series that are out, at the end of a day.
    fn programme_shares(&self, date: Date) -> [Shares<'_>; 5] {
        let live = self.issues.iter().filter(|issue| issue.date <= date);
        let loans = live.flat_map(|issue| &issue.loans).map(|loan| (loan, loan.owed.on(date)));
        let loans: Vec<_> = loans.filter(|(_, owed)| *owed > 0).collect();
        let of = self.shelf.programme;
        let limits = [
            (ShelfLimit::ProgrammeObligor, of.obligor_share),
            (ShelfLimit::ProgrammeGroup, of.group_share),
            (ShelfLimit::ProgrammeTopFive, of.top_five_share),
            (ShelfLimit::ProgrammeIndustry, of.industry_share),
            (ShelfLimit::ProgrammeRegion, of.region_share),
        ];
        shares(&loans, limits)
    }

    /// The largest share that each limit on concentration looks at, on each day of issue: of the
    /// pool, then of all that is out; the first of equals.
    pub fn concentration(&self) -> Vec<LargestShare> {
        let mut out = Vec::new();
        for (at, issue) in self.issues.iter().enumerate() {
            let of_all = self.programme_shares(issue.date);
            for of in self.pool_shares(at).into_iter().chain(of_all) {
                let mut largest: Option<(&str, Fen)> = None;
                for (&name, &sum) in &of.by {
                    if largest.is_none_or(|(_, most)| sum > most) {
                        largest = Some((name, sum));
                    }
                }
                out.extend(largest.map(|(name, sum)| LargestShare {
                    date: issue.date,
                    issue: at,
                    limit: of.limit,
                    subject: name.to_owned(),
                    found: sum as f64 / of.whole.max(1) as f64,
                    allowed: of.most.map(Ratio::as_f64),
                }));
            }
        }
        out
    }
}

struct Test<'a, 'b> {
    of: &'a Programme<'a>,
    at: usize,
    issue: &'a Issue,
    found: &'b mut Vec<Breach>,
}

impl Test<'_, '_> {
    fn tell(&mut self, limit: ShelfLimit, subject: &str, allowed: Figure, found: Figure) {
        let (date, issue, subject) = (self.issue.date, Some(self.at), subject.to_owned());
        self.found.push(Breach { date, issue, limit, subject, allowed, found });
    }

    fn at_most(&mut self, limit: ShelfLimit, subject: &str, allowed: Fen, found: Fen) {
        if found > allowed {
            self.tell(limit, subject, Figure::Amount(allowed), Figure::Amount(found));
        }
    }

    fn approval(&mut self) {
        let (of, issue) = (self.of, self.issue);
        let shelf = of.shelf;
        self.at_most(ShelfLimit::Quota, "", shelf.quota, of.quota_used(issue.date));
        let count = self.at + 1;
        if let Some(most) =
            shelf.issues_allowed.map(|most| most as usize).filter(|most| count > *most)
        {
            let limit = ShelfLimit::IssuesAllowed;
            self.tell(limit, "", Figure::Count(most), Figure::Count(count));
        }
        let found = Figure::Date(issue.date);
        if let Some(from) = shelf.valid_from.filter(|from| issue.date < *from) {
            self.tell(ShelfLimit::ValidFrom, "", Figure::Date(from), found);
        }
        if let Some(to) = shelf.valid_to.filter(|to| issue.date > *to) {
            self.tell(ShelfLimit::ValidTo, "", Figure::Date(to), found);
        }
        let last = shelf.tenor_cap_months.map(|cap| add_months(issue.date, cap as i32));
        if let Some(last) = last.filter(|last| issue.maturity > *last) {
            self.tell(ShelfLimit::Tenor, "", Figure::Date(last), Figure::Date(issue.maturity));
        }
        if let Some(target) = issue.target_size {
            self.at_most(ShelfLimit::TargetSize, "", target, issue.size);
        }
    }

    /// Concentration of the pool at its cut-off date, and of all that is out.
    fn pool(&mut self) {
        let issue = self.issue;
        let limits: Concentration = self.of.shelf.concentration;
        let total: Fen = issue.loans.iter().map(|loan| loan.principal).sum();
        let (obligors, debtors) =
            (by(issue, |loan| &loan.obligor), by(issue, |loan| loan.debtor()));
        let least = limits.least_debtors as usize;
        if debtors.len() < least {
            let (least, found) = (Figure::Count(least), Figure::Count(debtors.len()));
            self.tell(ShelfLimit::LeastDebtors, "", least, found);
        }
        let of = self.of;
        for shares in of.pool_shares(self.at).into_iter().chain(of.programme_shares(issue.date)) {
            self.shares(&shares);
        }
        // One that is important is told from its share on, not above it.
        let important = |sums: &BTreeMap<&str, Fen>, share: Ratio| -> Vec<(String, Fen)> {
            let least = total - Ratio::floor_of(share_left(share), total);
            let of = sums.iter().filter(|(_, sum)| **sum >= least);
            of.map(|(name, sum)| ((*name).to_owned(), *sum)).collect()
        };
        for (limit, sums, share) in [
            (ShelfLimit::ImportantObligor, &obligors, limits.important_obligor),
            (ShelfLimit::ImportantGroup, &debtors, limits.important_group),
        ] {
            for (name, sum) in important(sums, share) {
                let found = Figure::Share(sum as f64 / total.max(1) as f64);
                self.tell(limit, &name, Figure::Share(share.as_f64()), found);
            }
        }
    }

    fn shares(&mut self, of: &Shares<'_>) {
        let Some(share) = of.most else { return };
        let most = share.floor_of(of.whole);
        for (name, sum) in of.by.iter().filter(|(_, sum)| **sum > most) {
            let found = Figure::Share(*sum as f64 / of.whole.max(1) as f64);
            self.tell(of.limit, name, Figure::Share(share.as_f64()), found);
        }
    }

    fn supporters(&mut self) {
        let (of, issue) = (self.of, self.issue);
        let behind: BTreeSet<usize> = issue.paper.iter().map(|paper| paper.supporter).collect();
        for at in behind {
            let supporter = &of.supporters[at];
            let guaranteed = of.guaranteed(at, issue.date) + supporter.other_liabilities;
            if let Some(most) = supporter.liability_limit {
                self.at_most(ShelfLimit::LiabilityLimit, &supporter.name, most, guaranteed);
            }
            for (limit, most, grouped) in [
                (ShelfLimit::GuaranteedObligor, supporter.obligor_limit, false),
                (ShelfLimit::GuaranteedGroup, supporter.group_limit, true),
            ] {
                let Some(most) = most else { continue };
                let here = by(issue, |loan| if grouped { loan.debtor() } else { &loan.obligor });
                for (debtor, sum) in of.guaranteed_by_debtor(at, issue.date, grouped) {
                    if here.contains_key(debtor.as_str()) {
                        self.at_most(limit, &debtor, most, sum);
                    }
                }
            }
        }
    }

    fn originator(&mut self, limits: &OriginatorLimits) {
        let (of, date) = (self.of, self.issue.date);
        if self.issue.originator != limits.name {
            return;
        }
        let own = || of.issues.iter().filter(|issue| issue.originator == limits.name);
        let notes: Fen = own().map(|issue| issue.notes.on(date)).sum();
        let allowed = limits.standardised_multiple.floor_of(limits.net_assets);
        let found = limits.standardised_financing + notes;
        self.at_most(ShelfLimit::StandardisedFinancing, &limits.name, allowed, found);
        let mut owed: [BTreeMap<&str, Fen>; 2] = Default::default();
        for loan in own().filter(|issue| issue.date <= date).flat_map(|issue| &issue.loans) {
            *owed[0].entry(&loan.obligor).or_insert(0) += loan.owed.on(date);
            *owed[1].entry(loan.debtor()).or_insert(0) += loan.owed.on(date);
        }
        let here = by(self.issue, |loan| &loan.obligor);
        let groups = by(self.issue, |loan| loan.debtor());
        for (limit, owed, here, share) in [
            (ShelfLimit::Borrower, &owed[0], here, limits.borrower_share),
            (ShelfLimit::BorrowerGroup, &owed[1], groups, limits.borrower_group_share),
        ] {
            let most = share.floor_of(limits.net_assets);
            for (name, sum) in owed.iter().filter(|(name, _)| here.contains_key(*name)) {
                self.at_most(limit, name, most, *sum);
            }
        }
    }

    /// A title number pledged for a loan that is out already, or twice in this series.
    fn titles(&mut self) {
        let (of, date) = (self.of, self.issue.date);
        let before = of.issues[..self.at].iter().flat_map(|issue| &issue.loans);
        let live: BTreeSet<&str> = before
            .filter(|loan| loan.until > date)
            .flat_map(|loan| loan.titles.iter().map(String::as_str))
            .collect();
        let filled = self.issue.target_size.is_some();
        let mut here = BTreeSet::new();
        let titles = self.issue.loans.iter().flat_map(|loan| &loan.titles);
        // A deal's own tables pledge one right for several loans as one.
        let twice: Vec<String> = titles
            .filter(|title| live.contains(title.as_str()) || (!here.insert(*title) && filled))
            .cloned()
            .collect();
        for title in twice {
            self.tell(ShelfLimit::Title, &title, Figure::Count(1), Figure::Count(2));
        }
    }
}

/// The rest of the whole.
fn share_left(share: Ratio) -> Ratio {
    Ratio::new(-1, 1).and_then(|minus| share.times(minus)?.plus(Ratio::ONE)).unwrap_or(Ratio::ZERO)
}

/// The first day on which a supporter would have to pay more over all series than it can.
fn capacities(of: &Programme<'_>, found: &mut Vec<Breach>) {
    for (at, supporter) in of.supporters.iter().enumerate() {
        let Some(most) = supporter.paying_capacity else { continue };
        let wanted =
            of.issues.iter().flat_map(|issue| &issue.paper).flat_map(|of| of.wanted.dates());
        let dates: BTreeSet<Date> = wanted.collect();
        let over = dates.into_iter().find(|date| of.wanted(at, *date) > most);
        let Some(date) = over else { continue };
        let pays = |issue: &&Issue| {
            let papers = issue.paper.iter().filter(|paper| paper.supporter == at);
            papers.flat_map(|paper| paper.wanted.dates()).any(|day| day == date)
        };
        found.push(Breach {
            date,
            issue: of.issues.iter().position(|issue| pays(&issue)),
            limit: ShelfLimit::PayingCapacity,
            subject: supporter.name.clone(),
            allowed: Figure::Amount(most),
            found: Figure::Amount(of.wanted(at, date)),
        });
    }
}

impl Programme<'_> {
    /// What a supporter guarantees, shared over debtors by principal owed (affiliates as one where
    /// `grouped`), rounded up to the fen.
    pub(crate) fn guaranteed_by_debtor(
        &self,
        at: usize,
        date: Date,
        grouped: bool,
    ) -> BTreeMap<String, Fen> {
        let mut sums: BTreeMap<String, Fen> = BTreeMap::new();
        for issue in &self.issues {
            let guaranteed = i128::from(issue.guaranteed(at, date));
            let total: Fen = issue.loans.iter().map(|loan| loan.owed.on(date)).sum();
            let mut owed: BTreeMap<&str, Fen> = BTreeMap::new();
            for loan in &issue.loans {
                let name = if grouped { loan.debtor() } else { &loan.obligor };
                *owed.entry(name).or_insert(0) += loan.owed.on(date);
            }
            for (name, owed) in owed.into_iter().filter(|_| total > 0) {
                let whole = i128::from(total);
                let share = (guaranteed * i128::from(owed) + whole - 1) / whole;
                *sums.entry(name.to_owned()).or_insert(0) +=
                    i64::try_from(share).unwrap_or(Fen::MAX);
            }
        }
        sums
    }
}
