//! Which firms break a class: sets of firms that default, the smallest that hurt it.
//!
//! Convention: nobody defaults but the firms of the set; each defaults on its worst date, found for
//! it alone, and recovers as the scenario says. The worst of a firm's due dates, without support,
//! is the one that leaves the most senior class that it hurts the most unpaid; then the next class;
//! then the one that costs the pool the most cash; then the earliest. A class is hurt where it is
//! not paid in full: late interest, or principal unpaid at the end.
//!
//! Every set of one, two, three firms is tried, and larger ones while the count stays within
//! [`MOST_SETS`]; from there on only the k firms that cost the most alone.

use crate::analytics::stress::WITHOUT;
use crate::dates::Date;
use crate::deal::Deal;
use crate::engine::{
    ClassEnd, Collected, Collections, End, TrialRoom, Trials, each, each_in, without_defaults,
};
use crate::num::{Decimal, Fen};
use crate::scenario::{Recovery, Scenario};

/// Sets that are tried in all; of deals in which what a firm costs depends on the others (a
/// clean-up call, a right that secures loans of several firms) a tenth.
pub const MOST_SETS: usize = 200_000;
/// Sets listed of each class and support, the costliest first.
pub const MOST_LISTED: usize = 10;
/// Sizes that are tried whatever they show, within the count.
const LEAST_SIZE: usize = 3;
/// Sets that are worked on at once.
const BLOCK: usize = 1_024;

/// Firms that default together.
#[derive(Clone, Debug, PartialEq)]
pub struct FirmSet {
    /// By index, rising.
    pub obligors: Vec<usize>,
    /// With and without support.
    pub ends: [End; 2],
}

/// The smallest sets that hurt a class.
#[derive(Clone, Debug, PartialEq)]
pub struct Smallest {
    pub size: usize,
    /// Sets of that size that hurt it; of the largest firms only one was tried.
    pub count: usize,
    /// Every set of the size was tried, and every smaller one.
    pub exhaustive: bool,
    /// The costliest to the class, at most [`MOST_LISTED`].
    pub sets: Vec<FirmSet>,
}

/// What was found.
#[derive(Clone, Debug, PartialEq)]
pub struct Breakers {
    /// By obligor; none for one that owes nothing.
    pub worst_dates: Vec<Option<Date>>,
    /// Sizes up to this one were tried in full.
    pub exhaustive_size: usize,
    /// Sets that were tried.
    pub tried: usize,
    /// By support (with, without), by class; none where nothing tried hurts it.
    pub smallest: [Vec<Option<Smallest>>; 2],
}

/// How many of the largest firms a class of a grade must stand.
#[derive(Clone, Debug, PartialEq)]
pub struct LargeObligorTable {
    pub name: String,
    pub source: String,
    pub recovery: Decimal,
    /// Best grade first: firms of a pool of BB names, of B names.
    pub grades: Vec<(String, [usize; 2])>,
}

/// One row of the large-obligor test.
#[derive(Clone, Debug, PartialEq)]
pub struct LargeObligors {
    pub grade: String,
    pub set: FirmSet,
}

/// A deal and a scenario in which nobody defaults, ready for sets of firms.
pub struct Firms<'a> {
    deal: &'a Deal,
    scenario: Scenario,
    trials: Trials<'a>,
    base: Collections,
    /// Firms that owe something, and when each defaults.
    firms: Vec<(usize, Date)>,
    /// By firm: what its default changes, where it changes the same whoever else defaults.
    changes: Option<Vec<Vec<Collected>>>,
}

impl<'a> Firms<'a> {
    pub fn new(deal: &'a Deal, scenario: &Scenario) -> Firms<'a> {
        let scenario = without_defaults(scenario);
        let trials = Trials::new(deal, &scenario);
        let base = trials.collect(&scenario);
        let obligors: Vec<usize> = (0..deal.obligors().len()).collect();
        let worst = each_in(
            &obligors,
            || trials.room(),
            |room: &mut TrialRoom, &obligor| worst_date(deal, &scenario, (&trials, room), obligor),
        );
        let firms: Vec<(usize, Date)> =
            obligors.into_iter().zip(worst).filter_map(|(at, date)| Some((at, date?))).collect();
        let changes = separable(deal).then(|| {
            each(&firms, |firm| {
                let own = trials.collect(&struck(&scenario, &[*firm]));
                own.rows.iter().zip(&base.rows).map(|(own, base)| change(own, base)).collect()
            })
        });
        Firms { deal, scenario, trials, base, firms, changes }
    }

    /// What the pool pays in where these firms (by index into `firms`) default.
    fn collect(&self, set: &[usize]) -> Collections {
        let Some(changes) = &self.changes else {
            let struck_firms: Vec<(usize, Date)> = set.iter().map(|&at| self.firms[at]).collect();
            return self.trials.collect(&struck(&self.scenario, &struck_firms));
        };
        let mut rows = self.base.rows.clone();
        for &firm in set {
            for (row, change) in rows.iter_mut().zip(&changes[firm]) {
                add(row, change);
            }
        }
        Collections { rows, unrealised: 0, covers: Vec::new(), payouts: Vec::new() }
    }

    fn pay_out(&self, room: &mut TrialRoom, sets: &[Vec<usize>]) -> Vec<FirmSet> {
        let collected: Vec<Collections> = sets.iter().map(|set| self.collect(set)).collect();
        let ends = self.trials.pay_out(room, &collected);
        let named = |set: &Vec<usize>| set.iter().map(|&at| self.firms[at].0).collect();
        let of = |(set, ends)| FirmSet { obligors: named(set), ends };
        sets.iter().zip(ends).map(of).collect()
    }

    /// The smallest sets that hurt each class.
    pub fn breakers(&self) -> Breakers {
        let classes = self.deal.tranches().len();
        let mut found = Breakers {
            worst_dates: vec![None; self.deal.obligors().len()],
            exhaustive_size: 0,
            tried: 0,
            smallest: [vec![None; classes], vec![None; classes]],
        };
        for &(obligor, date) in &self.firms {
            found.worst_dates[obligor] = Some(date);
        }
        let count = self.firms.len();
        let most = if self.changes.is_some() { MOST_SETS } else { MOST_SETS / 10 };
        for size in 1..=count {
            let sets = combinations(count, size);
            let wanted = size <= LEAST_SIZE || found.open();
            if !wanted || found.tried.saturating_add(sets) > most {
                break;
            }
            let tried = self.every(count, size);
            found.tried += sets;
            found.exhaustive_size = size;
            found.keep(size, &tried, true);
        }
        self.largest(&mut found);
        found
    }

    /// Every set of a size.
    fn every(&self, count: usize, size: usize) -> Vec<FirmSet> {
        let mut sets: Vec<Vec<usize>> = Vec::with_capacity(combinations(count, size));
        let mut set: Vec<usize> = (0..size).collect();
        loop {
            sets.push(set.clone());
            let Some(at) = (0..size).rev().find(|&at| set[at] < count - size + at) else { break };
            set[at] += 1;
            for next in at + 1..size {
                set[next] = set[next - 1] + 1;
            }
        }
        let blocks: Vec<&[Vec<usize>]> = sets.chunks(BLOCK).collect();
        let work = |room: &mut TrialRoom, block: &&[Vec<usize>]| self.pay_out(room, block);
        each_in(&blocks, || self.trials.room(), work).into_iter().flatten().collect()
    }

    /// Beyond the count: the k firms that cost the most alone.
    fn largest(&self, found: &mut Breakers) {
        let count = self.firms.len();
        let alone: Vec<Vec<usize>> = (0..count).map(|at| vec![at]).collect();
        let mut room = self.trials.room();
        let mut order: Vec<(Vec<Fen>, usize)> = self
            .pay_out(&mut room, &alone)
            .iter()
            .zip(0..)
            .map(|(set, at)| (hurts(&set.ends[1]), at))
            .collect();
        order.sort_by(|one, other| other.0.cmp(&one.0).then(one.1.cmp(&other.1)));
        for size in found.exhaustive_size + 1..=count {
            if !found.open() {
                return;
            }
            let mut set: Vec<usize> = order[..size].iter().map(|(_, at)| *at).collect();
            set.sort_unstable();
            let tried = self.pay_out(&mut room, &[set]);
            found.tried += 1;
            found.keep(size, &tried, false);
        }
    }

    /// The k largest firms by principal, for each grade of a table; `names` is the column of the
    /// table that the pool belongs to.
    pub fn large_obligors(&self, table: &LargeObligorTable, names: usize) -> Vec<LargeObligors> {
        let owed = |obligor: usize| -> Fen {
            let own = self.deal.loans().iter().filter(|loan| loan.obligor == obligor);
            own.map(|loan| loan.principal).sum()
        };
        let mut order = self.firms.clone();
        order.sort_by_key(|&(obligor, _)| (-owed(obligor), obligor));
        let shares = match &self.scenario.recovery {
            Recovery::Flat { shares, .. } => shares.clone(),
            Recovery::Rights(of) => vec![(of.months_to_sale, Decimal::ONE)],
        };
        let recovery = Recovery::Flat { rate: table.recovery, shares };
        let scenario = Scenario { recovery, ..self.scenario.clone() };
        let firms = |(_, counts): &(String, [usize; 2])| -> &[(usize, Date)] {
            &order[..counts[names].min(order.len())]
        };
        let collect = |grade| self.trials.collect(&struck(&scenario, firms(grade)));
        let collected: Vec<Collections> = table.grades.iter().map(collect).collect();
        let ends = self.trials.pay_out(&mut self.trials.room(), &collected);
        let row = |(of, ends): (&(String, [usize; 2]), [End; 2])| {
            let mut obligors: Vec<usize> = firms(of).iter().map(|firm| firm.0).collect();
            obligors.sort_unstable();
            LargeObligors { grade: of.0.clone(), set: FirmSet { obligors, ends } }
        };
        table.grades.iter().zip(ends).map(row).collect()
    }
}

impl Breakers {
    /// Nothing tried so far hurts some class.
    fn open(&self) -> bool {
        self.smallest.iter().flatten().any(Option::is_none)
    }

    /// Sets of one size, for the classes that nothing smaller hurts.
    fn keep(&mut self, size: usize, tried: &[FirmSet], exhaustive: bool) {
        for (support, classes) in self.smallest.iter_mut().enumerate() {
            for (class, smallest) in classes.iter_mut().enumerate() {
                if smallest.is_some() {
                    continue;
                }
                let mut hurting: Vec<&FirmSet> =
                    tried.iter().filter(|set| !paid(set, support, class)).collect();
                let count = hurting.len();
                hurting.sort_by_key(|set| {
                    std::cmp::Reverse(unpaid(&set.ends[support].classes[class]))
                });
                hurting.truncate(MOST_LISTED);
                if count > 0 {
                    let sets = hurting.into_iter().cloned().collect();
                    *smallest = Some(Smallest { size, count, exhaustive, sets });
                }
            }
        }
    }
}

/// By class: the best grade whose number of largest firms it stands without support, with all
/// grades below it.
pub fn grades_stood(rows: &[LargeObligors], classes: usize) -> Vec<Option<String>> {
    let stood = |class: usize| {
        let from_below = rows.iter().rev();
        let standing = from_below.take_while(|row| paid(&row.set, 1, class));
        standing.last().map(|row| row.grade.clone())
    };
    (0..classes).map(stood).collect()
}

fn paid(set: &FirmSet, support: usize, class: usize) -> bool {
    set.ends[support].classes[class].paid_in_full()
}

fn unpaid(class: &ClassEnd) -> Fen {
    class.unpaid_principal + class.unpaid_interest
}

/// What each class is left unpaid, the most senior first.
fn hurts(end: &End) -> Vec<Fen> {
    end.classes.iter().map(unpaid).collect()
}

/// Whether a firm's default changes the same whoever else defaults.
fn separable(deal: &Deal) -> bool {
    let of = |right: &crate::asset::IpRight| {
        let mut owners = right.loans.iter().map(|&loan| deal.loans()[loan].obligor);
        let first = owners.next();
        owners.all(|owner| Some(owner) == first)
    };
    let alone = deal.clean_up_at().is_none() && deal.covers().is_empty();
    alone && deal.rights().iter().all(of)
}

fn struck(scenario: &Scenario, firms: &[(usize, Date)]) -> Scenario {
    Scenario { obligor_defaults: firms.to_vec(), ..scenario.clone() }
}

/// The worst of a firm's due dates; none for one that owes nothing.
fn worst_date(
    deal: &Deal,
    scenario: &Scenario,
    (trials, room): (&Trials<'_>, &mut TrialRoom),
    obligor: usize,
) -> Option<Date> {
    let loans = (0..deal.loans().len()).filter(|&loan| deal.loans()[loan].obligor == obligor);
    let pool = trials.pool();
    let mut dates: Vec<Date> =
        loans.flat_map(|loan| pool.dues_of(loan)).map(|due| due.date).collect();
    dates.sort_unstable();
    dates.dedup();
    let collected: Vec<Collections> =
        dates.iter().map(|&date| trials.collect(&struck(scenario, &[(obligor, date)]))).collect();
    let ends = trials.pay_out(room, &collected);
    let cash = |at: usize| -> Fen { collected[at].rows.iter().map(Collected::cash).sum() };
    let key = |at: &usize| (hurts(&ends[*at][WITHOUT]), -cash(*at), std::cmp::Reverse(*at));
    (0..dates.len()).max_by_key(key).map(|at| dates[at])
}

fn change(own: &Collected, base: &Collected) -> Collected {
    Collected {
        opening: own.opening - base.opening,
        closing: own.closing - base.closing,
        interest: own.interest - base.interest,
        principal: own.principal - base.principal,
        prepaid: own.prepaid - base.prepaid,
        defaulted: own.defaulted - base.defaulted,
        recovered: own.recovered - base.recovered,
        sold: 0,
        recognised: own.recognised - base.recognised,
        to_come: own.to_come - base.to_come,
    }
}

fn add(row: &mut Collected, change: &Collected) {
    row.opening += change.opening;
    row.closing += change.closing;
    row.interest += change.interest;
    row.principal += change.principal;
    row.prepaid += change.prepaid;
    row.defaulted += change.defaulted;
    row.recovered += change.recovered;
    row.recognised += change.recognised;
    row.to_come += change.to_come;
}

/// n over k, held at the largest number.
fn combinations(count: usize, size: usize) -> usize {
    let mut out: usize = 1;
    for at in 0..size {
        out = match out.checked_mul(count - at) {
            Some(product) => product / (at + 1),
            None => return usize::MAX,
        };
    }
    out
}
