//! Which candidate goes into which series (组包), under every limit of the shelf.
//!
//! Several first drafts (by date with the largest loans first, evenly, the relaxation rounded) are
//! each bettered by inserting loans, by putting a larger loan in the place of a smaller one, by
//! moving one on to make room and by opening series from what is left. The best is taken apart
//! series by series and put together anew, as long as that is better. Whole loans make this a hard
//! problem, so the answer need not be the best there is: [`Score`] has the bound, which no
//! allocation beats, beside what was found.
//!
//! Limits on all that is out together are kept last, by taking out what is too much.
//!
//! Invariant: an allocation breaks no limit, and the same shelf gives the same one: the work is
//! bounded by moves tried. A time limit may cut it sooner, which the allocation says; the first
//! drafts are made even then.

mod clock;
mod draft;
mod ground;
mod programme;
mod relaxation;

pub use clock::TimeLeft;
pub use draft::MOST_TRIES;

use crate::analytics::shelf::{Issue, Programme};
use crate::deal::{Candidate, PlannedSeries, Shelf, ShelfLimit};
use crate::num::{Fen, Ratio};
use clock::Clock;
use draft::{Draft, Reasons, Way};
use ground::Ground;
use relaxation::{Aim, Relaxed, relaxed};

/// What an allocation is after.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Goal {
    /// As much as can be.
    Amount,
    /// As few series as take at least [`NEAR_ALL`] of that.
    Series,
    /// Every series to the same share of its target, as high as can be.
    Level,
}

/// Pairs of a candidate and a series that filling takes at most: what bounds the relaxation.
pub const MOST_PAIRS: usize = 40_000;

/// Share of the largest amount that fewer series must still take.
pub const NEAR_ALL: (i64, i64) = (99, 100);

impl Goal {
    /// As the option has it.
    pub fn name(self) -> &'static str {
        match self {
            Goal::Amount => "amount",
            Goal::Series => "series",
            Goal::Level => "level",
        }
    }
}

/// What ended the search before there was no better move.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut {
    /// [`MOST_TRIES`] of them were tried.
    Moves,
    /// A time limit: another machine may find another allocation.
    Clock,
}

/// What was reached, and what no allocation passes; to level no series has no bound.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Score {
    Amount { placed: Fen, bound: Fen },
    Series { used: usize, bound: usize, at_least: Fen },
    Level { least: f64, bound: Option<f64> },
}

/// Where every candidate goes.
#[derive(Clone, Debug)]
pub struct Allocation {
    pub goal: Goal,
    pub score: Score,
    /// By candidate: index of the planned series.
    pub placed: Vec<Option<usize>>,
    /// By candidate that is not placed: limits that keep it out, and of how many series.
    pub why: Vec<Vec<(ShelfLimit, usize)>>,
    /// Planned series without a loan, each with the limit that keeps out most of what is not
    /// placed, be it not the loans' days or terms; none where all is placed.
    pub empty: Vec<(usize, Option<ShelfLimit>)>,
    /// Moves that were tried.
    pub tries: u64,
    pub cut: Option<Cut>,
    /// Where nothing is placed: limits without which something would be, and how much.
    pub blame: Vec<(ShelfLimit, Fen)>,
}

impl Allocation {
    /// All that is placed.
    pub fn amount(&self, candidates: &[Candidate]) -> Fen {
        let placed = self.placed.iter().zip(candidates).filter(|(at, _)| at.is_some());
        placed.map(|(_, candidate)| candidate.principal).sum()
    }

    /// The planned series that hold anything, with what they hold.
    pub fn series<'a>(&self, shelf: &'a Shelf) -> Vec<(&'a PlannedSeries, Vec<&'a Candidate>)> {
        series(shelf, &self.placed)
    }

    /// The same as issues whose notes are out until their end.
    pub fn issues(&self, of: &Programme<'_>) -> Vec<Issue> {
        issues(of, &self.placed)
    }
}

fn series<'a>(
    shelf: &'a Shelf,
    placed: &[Option<usize>],
) -> Vec<(&'a PlannedSeries, Vec<&'a Candidate>)> {
    let held = |(at, plan): (usize, &'a PlannedSeries)| {
        let own = placed.iter().zip(&shelf.candidates);
        let own = own.filter(|(placed, _)| **placed == Some(at)).map(|(_, loan)| loan);
        (plan, own.collect::<Vec<&Candidate>>())
    };
    let series = shelf.planned.iter().enumerate().map(held);
    series.filter(|(_, loans)| !loans.is_empty()).collect()
}

fn issues(of: &Programme<'_>, placed: &[Option<usize>]) -> Vec<Issue> {
    let originator = of.shelf.originator.as_ref().map_or("", |limits| &limits.name);
    let series = series(of.shelf, placed).into_iter();
    series.map(|(plan, loans)| Issue::of_plan(plan, originator, &loans)).collect()
}

/// Allocates the candidates of a shelf to its planned series; `of` has what is issued already.
pub fn fill(of: &Programme<'_>, goal: Goal, time_left: TimeLeft<'_>) -> Allocation {
    let clock = Clock::new(time_left);
    let ground = Ground::new(of, None, &clock);
    let all = vec![true; of.shelf.planned.len()];
    let (mut draft, mut score) = match goal {
        Goal::Amount => {
            let (draft, bound) = largest(&ground, &all);
            let score = Score::Amount { placed: draft.amount(), bound };
            (draft, score)
        }
        Goal::Series => fewest(&ground, &all),
        Goal::Level => level(&ground),
    };
    let before = draft.amount();
    let removed = programme::hold(of, &mut draft);
    if !removed.is_empty() {
        score = rescored(score, &draft, &of.shelf.planned);
    }
    let tries = draft.tries;
    draft.cap = targets(&ground, &all);
    let Reasons { loans: mut why, empty } = draft.reasons();
    for (loan, limit) in &removed {
        why[*loan] = vec![(*limit, 1)];
    }
    let blame = match (draft.amount(), removed.first()) {
        (0, Some((_, limit))) => vec![(*limit, before)],
        (0, None) => blame(of, &clock),
        _ => Vec::new(),
    };
    let cut = match (clock.was_up(), tries >= MOST_TRIES) {
        (true, _) => Some(Cut::Clock),
        (false, true) => Some(Cut::Moves),
        (false, false) => None,
    };
    Allocation { goal, score, placed: draft.at, why, empty, tries, cut, blame }
}

/// What is left of a score once loans were taken out; the bound is that of more.
fn rescored(score: Score, draft: &Draft<'_>, plans: &[PlannedSeries]) -> Score {
    match score {
        Score::Amount { bound, .. } => Score::Amount { placed: draft.amount(), bound },
        Score::Series { bound, at_least, .. } => {
            Score::Series { used: draft.used(), bound, at_least: at_least.min(draft.amount()) }
        }
        Score::Level { least, bound } => {
            let share = |(size, plan): (&Fen, &PlannedSeries)| {
                *size as f64 / plan.target_size.max(1) as f64
            };
            let shares = draft.size.iter().zip(plans).map(share);
            Score::Level { least: shares.filter(|share| *share > 0.0).fold(least, f64::min), bound }
        }
    }
}

/// The larger of the two drafts, and the bound in fen, rounded up.
fn largest<'a>(ground: &'a Ground<'a>, open: &[bool]) -> (Draft<'a>, Fen) {
    let caps: Vec<Fen> = targets(ground, open);
    let relaxed = relaxed(ground, Aim::Amount, open);
    let most = ground.most(open);
    let whole = |relaxed: &Relaxed| (relaxed.value * 1e8 * (1.0 + 1e-9)).ceil() as Fen;
    let bound = relaxed.as_ref().map_or(most, |relaxed| whole(relaxed).min(most));
    (drafted(ground, &caps, relaxed.as_ref(), |draft| (0, draft.amount())), bound)
}

fn targets(ground: &Ground<'_>, open: &[bool]) -> Vec<Fen> {
    let plans = ground.shelf.planned.iter().zip(open);
    plans.map(|(plan, open)| if *open { plan.target_size } else { 0 }).collect()
}

/// The best of several drafts, each bettered: by date, evenly, and as the relaxation has it; the
/// first of those that are alike. `worth` is what is to be large.
fn drafted<'a>(
    ground: &'a Ground<'a>,
    caps: &[Fen],
    relaxed: Option<&Relaxed>,
    worth: impl Fn(&Draft<'_>) -> (i128, Fen),
) -> Draft<'a> {
    let by_date = by_date(ground);
    // As the relaxation sizes the series first: what is dear to a limit over time stays small.
    let sized = |relaxed: &Relaxed| -> Vec<Fen> {
        let sizes = relaxed.sizes.iter().zip(caps);
        sizes.map(|(size, cap)| ((size * 1e8).ceil() as Fen).clamp(0, *cap)).collect()
    };
    let mut starts = Vec::new();
    for small in [false, true] {
        for even in [false, true] {
            starts.push((by_date.clone(), Way { even, small }, caps.to_vec()));
        }
        let parts = relaxed.map(|of| (by_parts(ground, of), Way { even: false, small }, sized(of)));
        starts.extend(parts);
    }
    let better = |draft: &mut Draft<'a>| {
        draft.improve();
        while draft.open(&by_date, Way::LARGE) || draft.open(&by_date, Way::SMALL) {
            draft.improve();
        }
    };
    let (mut best, mut tries): (Option<Draft<'a>>, u64) = (None, 0);
    for (order, way, first) in starts {
        let mut draft = Draft::new(ground, first);
        draft.build(&order, way);
        draft.improve();
        draft.cap = caps.to_vec();
        better(&mut draft);
        tries = tries.max(draft.tries);
        if best.as_ref().is_none_or(|best| worth(&draft) > worth(best)) {
            best = Some(draft);
        }
    }
    let mut best = best.unwrap_or_else(|| Draft::new(ground, caps.to_vec()));
    best.tries = tries;
    anew(best, better, worth)
}

/// Takes one series apart and puts the loans together again, for each in turn, as long as that is
/// better.
fn anew<'a>(
    mut best: Draft<'a>,
    better: impl Fn(&mut Draft<'a>),
    worth: impl Fn(&Draft<'_>) -> (i128, Fen),
) -> Draft<'a> {
    let (mut series, mut since) = (0, 0);
    while since < best.size.len() && !best.is_over() {
        let mut draft = best.clone();
        draft.empty(series);
        better(&mut draft);
        best.tries = draft.tries;
        since += 1;
        if worth(&draft) > worth(&best) {
            (best, since) = (draft, 0);
        }
        series = (series + 1) % best.size.len();
    }
    best
}

/// The largest loans first, each into the earliest series.
fn by_date(ground: &Ground<'_>) -> Vec<(usize, Vec<usize>)> {
    let plans = &ground.shelf.planned;
    let mut series: Vec<usize> = (0..plans.len()).collect();
    series.sort_by_key(|&at| (plans[at].date, at));
    let mut loans: Vec<usize> = (0..ground.loans.len()).collect();
    loans.sort_by_key(|&loan| (std::cmp::Reverse(ground.loans[loan].principal), loan));
    loans.into_iter().map(|loan| (loan, series.clone())).collect()
}

/// The least divided loans first, each where most of it is.
fn by_parts(ground: &Ground<'_>, relaxed: &Relaxed) -> Vec<(usize, Vec<usize>)> {
    let most = |loan: usize| relaxed.parts[loan].first().map_or(0.0, |part| part.1);
    let mut loans: Vec<usize> = (0..ground.loans.len()).collect();
    loans.sort_by(|&a, &b| {
        let larger = ground.loans[b].principal.cmp(&ground.loans[a].principal);
        most(b).total_cmp(&most(a)).then(larger).then(a.cmp(&b))
    });
    let series = |loan: usize| relaxed.parts[loan].iter().map(|part| part.0).collect();
    loans.into_iter().map(|loan| (loan, series(loan))).collect()
}

/// Series one by one, from as few as the relaxation says, until they take enough.
fn fewest<'a>(ground: &'a Ground<'a>, all: &[bool]) -> (Draft<'a>, Score) {
    let (whole, _) = largest(ground, all);
    let near_all = Ratio::new(NEAR_ALL.0, NEAR_ALL.1).unwrap_or(Ratio::ONE);
    let at_least = near_all.floor_of(whole.amount());
    let relaxed = relaxed(ground, Aim::Series { at_least }, all);
    let bound = match &relaxed {
        Some(relaxed) => (relaxed.value - 1e-6).ceil().max(0.0) as usize,
        None => ground.fewest(at_least),
    };
    let sizes = relaxed.map_or_else(|| vec![0.0; all.len()], |relaxed| relaxed.sizes);
    let plans = &ground.shelf.planned;
    let mut by_size: Vec<usize> = (0..all.len()).collect();
    by_size.sort_by(|&a, &b| {
        let target = plans[b].target_size.cmp(&plans[a].target_size);
        sizes[b].total_cmp(&sizes[a]).then(target).then(a.cmp(&b))
    });
    let mut by_target = by_size.clone();
    by_target.sort_by_key(|&at| (std::cmp::Reverse(plans[at].target_size), at));
    let mut best = whole;
    for count in bound.max(1)..best.used() {
        if ground.clock.is_up() {
            break;
        }
        let tried = [&by_size, &by_target].into_iter().find_map(|order| {
            let open: Vec<bool> = (0..all.len()).map(|at| order[..count].contains(&at)).collect();
            let (draft, _) = largest(ground, &open);
            (draft.amount() >= at_least).then_some(draft)
        });
        if let Some(draft) = tried {
            best = draft;
            break;
        }
    }
    let used = best.used();
    (best, Score::Series { used, bound, at_least })
}

/// Series that no loans could make whole are left out; the others are capped where the relaxation
/// holds them level.
fn level<'a>(ground: &'a Ground<'a>) -> (Draft<'a>, Score) {
    let plans = &ground.shelf.planned;
    let mut open: Vec<bool> = (0..plans.len()).map(|at| could_be_whole(ground, at)).collect();
    // Where not all may be issued, the earliest are.
    let mut by_date: Vec<usize> = (0..plans.len()).filter(|&at| open[at]).collect();
    by_date.sort_by_key(|&at| (plans[at].date, at));
    by_date.iter().skip(ground.issues_left).for_each(|&at| open[at] = false);
    let relaxed = relaxed(ground, Aim::Level, &open);
    let all: Fen = targets(ground, &open).iter().sum();
    let most = (ground.most(&open) as f64 / all.max(1) as f64).min(1.0);
    let bound = relaxed.as_ref().map_or(most, |relaxed| relaxed.value.min(1.0));
    let share = bound * (1.0 + 1e-9);
    let caps: Vec<Fen> = targets(ground, &open)
        .into_iter()
        .map(|target| ((target as f64 * share).ceil() as Fen).min(target))
        .collect();
    let lowest = |draft: &Draft<'_>| -> i128 {
        let share = |at: usize| {
            (i128::from(draft.size[at]) << 32) / i128::from(plans[at].target_size.max(1))
        };
        (0..plans.len()).filter(|&at| open[at]).map(share).min().unwrap_or(0)
    };
    let worth = |draft: &Draft<'_>| (lowest(draft), draft.amount());
    let draft = drafted(ground, &caps, relaxed.as_ref(), worth);
    let least = lowest(&draft) as f64 / (1_u64 << 32) as f64;
    (draft, Score::Level { least, bound: open.contains(&true).then_some(bound) })
}

/// Whether enough debtors have loans for it.
fn could_be_whole(ground: &Ground<'_>, series: usize) -> bool {
    let loans = ground.loans.iter().zip(&ground.barred);
    let debtors: std::collections::BTreeSet<usize> =
        loans.filter(|(_, barred)| barred[series].is_none()).map(|(loan, _)| loan.debtor).collect();
    debtors.len() >= (ground.concentration.least_debtors as usize).max(1)
}

/// Limits without any one of which something could be placed, the most first.
fn blame(of: &Programme<'_>, clock: &Clock<'_>) -> Vec<(ShelfLimit, Fen)> {
    let without = |limit: ShelfLimit| {
        let ground = Ground::new(of, Some(limit), clock);
        let mut caps: Vec<Fen> = of.shelf.planned.iter().map(|plan| plan.target_size).collect();
        if limit == ShelfLimit::TargetSize {
            caps.fill(Fen::MAX / 4);
        }
        let mut draft = Draft::new(&ground, caps);
        draft.build(&by_date(&ground), Way::SMALL);
        draft.improve();
        (limit, draft.amount())
    };
    let mut found: Vec<(ShelfLimit, Fen)> = ShelfLimit::ALL
        .into_iter()
        .filter(|limit| !limit.is_flag())
        .map(without)
        .filter(|(_, amount)| *amount > 0)
        .collect();
    found.sort_by_key(|(limit, amount)| (std::cmp::Reverse(*amount), *limit));
    found
}
