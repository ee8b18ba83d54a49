//! Limits on what all series owe together: loans are taken out until none is broken.
//!
//! A limit of each pool that is as tight keeps such a limit by itself, as long as pools are repaid
//! alike, so that little is taken out, the smallest loans of what is too much first. A loan less
//! may raise the share of others, and every round takes one out, so that it ends. Invariant: what
//! the series that are issued break themselves is left to them.

use super::draft::Draft;
use super::issues;
use crate::analytics::shelf::{Breach, Programme, breaches};
use crate::deal::{Candidate, ShelfLimit};
use crate::num::Fen;

/// Takes out what breaks a limit of the programme; loans that were, each with that limit.
pub fn hold(of: &Programme<'_>, draft: &mut Draft<'_>) -> Vec<(usize, ShelfLimit)> {
    let limits = of.shelf.programme;
    let shares = [
        limits.obligor_share,
        limits.group_share,
        limits.top_five_share,
        limits.industry_share,
        limits.region_share,
    ];
    if shares.iter().all(Option::is_none) {
        return Vec::new();
    }
    let name = |of: &Programme<'_>, breach: &Breach| {
        breach.issue.map_or_else(String::new, |at| of.issues[at].name.clone())
    };
    let key = |of: &Programme<'_>, breach: &Breach| {
        (breach.limit, breach.subject.clone(), name(of, breach))
    };
    let known: Vec<_> = breaches(of).iter().map(|breach| key(of, breach)).collect();
    let mut removed = Vec::new();
    loop {
        let whole = of.clone().with(issues(of, &draft.at));
        let new = |breach: &Breach| {
            breach.limit.is_of_programme() && !known.contains(&key(&whole, breach))
        };
        let Some(breach) = breaches(&whole).into_iter().find(new) else { return removed };
        let before = draft.at.clone();
        match smallest(of, draft, &breach) {
            Some(loan) => draft.remove(loan),
            // Nothing of it was placed here: the series has no day of issue then.
            None => {
                let series = name(&whole, &breach);
                match of.shelf.planned.iter().position(|plan| plan.name == series) {
                    Some(series) => draft.empty(series),
                    None => return removed,
                }
            }
        }
        let gone = (0..before.len()).filter(|&at| before[at].is_some() && draft.at[at].is_none());
        removed.extend(gone.map(|loan| (loan, breach.limit)));
    }
}

/// The smallest loan placed in a series that is out on the day and that counts to what is too much.
fn smallest(of: &Programme<'_>, draft: &Draft<'_>, breach: &Breach) -> Option<usize> {
    let plans = &of.shelf.planned;
    let live = |at: usize| plans[at].date <= breach.date && breach.date < plans[at].end();
    let placed = || draft.at.iter().enumerate().filter(|(_, at)| at.is_some_and(live));
    let candidate = |loan: usize| &of.shelf.candidates[loan];
    let owed = |firm: &str| -> Fen {
        let own = placed().filter(|(loan, _)| candidate(*loan).obligor == firm);
        own.map(|(loan, _)| candidate(loan).principal).sum()
    };
    let counts = |of: &Candidate| match breach.limit {
        ShelfLimit::ProgrammeObligor => of.obligor == breach.subject,
        ShelfLimit::ProgrammeGroup => of.group.as_deref().unwrap_or(&of.obligor) == breach.subject,
        ShelfLimit::ProgrammeIndustry => of.industry == breach.subject,
        ShelfLimit::ProgrammeRegion => of.region == breach.subject,
        _ => true,
    };
    let loans = placed().map(|(loan, _)| loan).filter(|&loan| counts(candidate(loan)));
    match breach.limit {
        // Of the firm that owes most.
        ShelfLimit::ProgrammeTopFive => loans.max_by_key(|&loan| {
            let of = candidate(loan);
            (owed(&of.obligor), std::cmp::Reverse((of.principal, loan)))
        }),
        _ => loans.min_by_key(|&loan| (candidate(loan).principal, loan)),
    }
}
