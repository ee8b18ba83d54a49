//! What givers of loan-level covers (贷款层面增信) pay after defaults, and what they take of the
//! pledge.
//!
//! A claim is the principal and interest that a loan owes on the day it defaults. `on_claim` calls
//! share x (claim - deductible) and pays it a lag after the default; of all that the pledge
//! fetches, before and after, the same share is then the giver's, in the proportion of what it paid
//! to what it was called for, and never more than it paid. `on_loss` calls share x (claim -
//! proceeds - deductible) and pays it a lag after the end of the sale. Defaults before the end of
//! the waiting time or after the end date are not covered, nor is a loan that was in default when
//! it was sold.
//!
//! Covers of infringement are called by no default: [`super::infringement`] has their rule.
//!
//! Calls fall due on their pay date. Those of one date share what is left of their cover's cap,
//! then what is left of their giver's capacity, by what each is called for, to the fen; the last
//! takes the rest. A giver that has failed by the pay date pays its recovery of what it should pay,
//! and its caps shrink by what it should have paid.
//!
//! Invariant: a giver pays no more than its caps; a loan brings no more than its claim; and on no
//! day do givers take more than that day brings.

use crate::asset::Status;
use crate::dates::{Date, add_months};
use crate::deal::{CoverPays, Deal};
use crate::num::{Decimal, Fen, Ratio, Rounding, share};

/// What one cover pays, or takes, for one default on one day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CoverFlow {
    pub cover: usize,
    pub loan: usize,
    pub date: Date,
    /// Collection period into which the day falls; the number of periods where it is too late.
    pub period: usize,
    pub called: Fen,
    pub paid: Fen,
    /// Of what the pledge has fetched.
    pub taken: Fen,
}

/// The covers of a deal, ready to be applied.
#[derive(Clone, Debug)]
pub(crate) struct Covers {
    terms: Vec<Terms>,
    /// By loan: its covers.
    of_loan: Vec<Vec<usize>>,
    /// By right: its covers of infringement.
    of_right: Vec<Vec<usize>>,
    /// By giver: what it can pay in all, and still pays once it has failed.
    capacity: Vec<Option<Fen>>,
    recovery: Vec<Ratio>,
    rounding: Rounding,
}

#[derive(Clone, Debug)]
struct Terms {
    pays: CoverPays,
    share: Ratio,
    giver: usize,
    cap: Option<Fen>,
    cap_per_right: Option<Fen>,
    deductible: Fen,
    lag_business_days: i32,
    /// First and last day of defaults, or infringements, that are covered.
    from: Option<Date>,
    end: Option<Date>,
}

impl Terms {
    fn holds_on(&self, date: Date) -> bool {
        self.from.is_none_or(|from| date >= from) && self.end.is_none_or(|end| date <= end)
    }
}

/// A default that is covered.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Claim {
    pub loan: usize,
    pub date: Date,
    /// Nothing of it comes before this collection period.
    pub period: usize,
    pub amount: Fen,
    /// Ranges of the book's calls and proceeds.
    pub calls: (usize, usize),
    pub proceeds: (usize, usize),
}

/// One cover of one claim.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Call {
    pub claim: usize,
    pub cover: usize,
    pub pay_on: Date,
    pub deductible: Fen,
}

/// Claims with the covers that they call and what their pledges fetch, by rising day.
#[derive(Clone, Debug, Default)]
pub(crate) struct Book {
    pub claims: Vec<Claim>,
    pub calls: Vec<Call>,
    pub proceeds: Vec<(Date, Fen)>,
}

impl Book {
    /// Becomes another, in the room that it has.
    pub fn copy(&mut self, other: &Book) {
        self.claims.clone_from(&other.claims);
        self.calls.clone_from(&other.calls);
        self.proceeds.clone_from(&other.proceeds);
    }
}

impl Covers {
    /// None where the deal has none.
    pub fn new(deal: &Deal) -> Option<Covers> {
        if deal.covers().is_empty() {
            return None;
        }
        let ratio = |rate: Decimal| Ratio::of_rate(rate).unwrap_or(Ratio::ZERO);
        let mut of_loan = vec![Vec::new(); deal.loans().len()];
        for (at, cover) in deal.covers().iter().enumerate() {
            let sold = |&&loan: &&usize| deal.loans()[loan].status != Status::Defaulted;
            cover.loans.iter().filter(sold).for_each(|&loan| of_loan[loan].push(at));
        }
        let mut of_right = vec![Vec::new(); deal.rights().len()];
        for (at, cover) in deal.covers().iter().enumerate() {
            cover.rights.iter().for_each(|&right| of_right[right].push(at));
        }
        let terms = deal.covers().iter().map(|cover| Terms {
            pays: cover.pays,
            share: ratio(cover.share),
            giver: cover.supporter,
            cap: cover.cap_total,
            cap_per_right: cover.cap_per_right,
            deductible: cover.deductible,
            lag_business_days: cover.lag_business_days,
            from: (cover.waiting_months > 0)
                .then(|| add_months(deal.terms().closing, cover.waiting_months as i32)),
            end: cover.end,
        });
        Some(Covers {
            terms: terms.collect(),
            of_loan,
            of_right,
            capacity: deal.supporters().iter().map(|giver| giver.paying_capacity).collect(),
            recovery: deal.supporters().iter().map(|giver| ratio(giver.recovery)).collect(),
            rounding: deal.terms().rounding,
        })
    }

    pub fn giver(&self, cover: usize) -> usize {
        self.terms[cover].giver
    }

    /// The covers of a loan.
    pub fn of_loan(&self, loan: usize) -> &[usize] {
        &self.of_loan[loan]
    }

    pub fn is_covered(&self, loan: usize) -> bool {
        !self.of_loan[loan].is_empty()
    }

    /// What a default of a loan on a day calls, as (cover, pay date, deductible of the whole loan);
    /// `sold_by` is the day on which the last of its pledge is sold.
    pub fn calls<'a>(
        &'a self,
        deal: &'a Deal,
        loan: usize,
        date: Date,
        sold_by: Date,
    ) -> impl Iterator<Item = (usize, Date, Fen)> + 'a {
        let covered = move |&&cover: &&usize| self.terms[cover].holds_on(date);
        self.of_loan[loan].iter().filter(covered).map(move |&cover| {
            let terms = &self.terms[cover];
            let from = match terms.pays {
                CoverPays::OnClaim | CoverPays::OnInfringement => date,
                CoverPays::OnLoss => date.max(sold_by),
            };
            (cover, self.pay_on(deal, cover, from), terms.deductible)
        })
    }

    /// What a right's loss of value on a day is owed, as (cover, pay date, amount).
    pub fn of_infringement<'a>(
        &'a self,
        deal: &'a Deal,
        right: usize,
        date: Date,
        lost: Fen,
    ) -> impl Iterator<Item = (usize, Date, Fen)> + 'a {
        let covered = move |&&cover: &&usize| self.terms[cover].holds_on(date);
        self.of_right[right].iter().filter(covered).map(move |&cover| {
            let terms = &self.terms[cover];
            let owed = terms.share.of((lost - terms.deductible).max(0), self.rounding);
            let owed = terms.cap_per_right.map_or(owed, |cap| owed.min(cap));
            (cover, self.pay_on(deal, cover, date), owed)
        })
    }

    /// Of what a cover owes, what its giver pays.
    pub fn paid(&self, cover: usize, owed: Fen, alive: bool) -> Fen {
        match alive {
            true => owed,
            false => self.recovery[self.giver(cover)].of(owed, self.rounding).min(owed),
        }
    }

    /// Whether it pays a loss once the pledge is sold.
    pub fn waits_for_sale(&self, cover: usize) -> bool {
        self.terms[cover].pays == CoverPays::OnLoss
    }

    /// The pay date of a cover that a default or the end of a sale has called on a day.
    pub fn pay_on(&self, deal: &Deal, cover: usize, day: Date) -> Date {
        deal.terms().calendar.add_business_days(day, self.terms[cover].lag_business_days)
    }
}

/// A claim as it is settled.
#[derive(Clone, Copy, Debug, Default)]
struct Standing {
    /// Of its proceeds: how many have come, and how much.
    next: usize,
    fetched: Fen,
    /// What the plan has kept of proceeds and been paid by givers.
    recovered: Fen,
    /// By covers that pay on the claim, in all; and by covers of any kind on the date in hand.
    called_on_claim: Fen,
    pending: Fen,
}

/// A call as it is settled.
#[derive(Clone, Copy, Debug, Default)]
struct Paying {
    called: Fen,
    /// Within what is left of the caps.
    owed: Fen,
    paid: Fen,
    taken: Fen,
}

/// What covers pay and take: room to work it out in, used for any number of paths.
#[derive(Clone, Debug, Default)]
pub(crate) struct Settlement {
    standing: Vec<Standing>,
    paying: Vec<Paying>,
    /// Calls by pay date, cover, loan and day of default.
    order: Vec<usize>,
    cap_left: Vec<Option<Fen>>,
    capacity_left: Vec<Option<Fen>>,
    /// (index of the claim, what is paid or taken); periods are for the caller to find.
    pub flows: Vec<(usize, CoverFlow)>,
}

impl Settlement {
    /// Settles a book. `alive` tells whether a supporter lives on a day.
    pub fn settle(&mut self, covers: &Covers, book: &Book, alive: impl Fn(usize, Date) -> bool) {
        self.begin(covers, book);
        let mut from = 0;
        while from < self.order.len() {
            let day = book.calls[self.order[from]].pay_on;
            let same = self.order[from..].iter();
            let to = from + same.take_while(|&&call| book.calls[call].pay_on == day).count();
            for at in from..to {
                self.fetch(covers, book, book.calls[self.order[at]].claim, Some(day));
            }
            for at in from..to {
                self.call(covers, book, self.order[at]);
            }
            self.ration(covers, book, from..to);
            for at in from..to {
                let call = self.order[at];
                let giver = covers.giver(book.calls[call].cover);
                self.pay(covers, book, call, alive(giver, day));
            }
            from = to;
        }
        for claim in 0..book.claims.len() {
            self.fetch(covers, book, claim, None);
        }
    }

    fn begin(&mut self, covers: &Covers, book: &Book) {
        self.flows.clear();
        self.standing.clear();
        self.standing.resize(book.claims.len(), Standing::default());
        self.paying.clear();
        self.paying.resize(book.calls.len(), Paying::default());
        self.cap_left.clear();
        self.cap_left.extend(covers.terms.iter().map(|terms| terms.cap));
        self.capacity_left.clone_from(&covers.capacity);
        self.order.clear();
        self.order.extend(0..book.calls.len());
        self.order.sort_unstable_by_key(|&call| {
            let Call { claim, cover, pay_on, .. } = book.calls[call];
            let Claim { loan, date, .. } = book.claims[claim];
            (pay_on, cover, loan, date, call)
        });
    }

    /// What the pledge of a claim brings up to a day (or ever).
    fn fetch(&mut self, covers: &Covers, book: &Book, claim: usize, until: Option<Date>) {
        let (from, to) = book.claims[claim].proceeds;
        let proceeds = &book.proceeds[from..to];
        while let Some(&(day, amount)) = proceeds.get(self.standing[claim].next)
            && until.is_none_or(|until| day <= until)
        {
            let standing = &mut self.standing[claim];
            standing.next += 1;
            standing.fetched += amount;
            standing.recovered += amount;
            self.hand_over(covers, book, claim, day, amount);
        }
    }

    /// What a call is for.
    fn call(&mut self, covers: &Covers, book: &Book, call: usize) {
        let Call { claim, cover, deductible, .. } = book.calls[call];
        let (terms, amount) = (&covers.terms[cover], book.claims[claim].amount);
        let standing = &mut self.standing[claim];
        let borne = (amount - deductible).max(0);
        let called = match terms.pays {
            CoverPays::OnClaim => {
                let left = amount - standing.called_on_claim;
                let called = terms.share.of(borne, covers.rounding).min(left);
                standing.called_on_claim += called;
                called
            }
            CoverPays::OnLoss => {
                let lost = (borne - standing.fetched).max(0);
                let left = amount - standing.recovered - standing.pending;
                terms.share.of(lost, covers.rounding).min(left).max(0)
            }
            CoverPays::OnInfringement => 0,
        };
        standing.pending += called;
        (self.paying[call].called, self.paying[call].owed) = (called, called);
    }

    /// Calls of one date share what is left of caps: of their cover's, then of their giver's.
    fn ration(&mut self, covers: &Covers, book: &Book, group: std::ops::Range<usize>) {
        let Settlement { order, paying, cap_left, capacity_left, .. } = self;
        let calls = &order[group];
        let cover = |call: usize| book.calls[call].cover;
        for own in calls.chunk_by(|&one, &other| cover(one) == cover(other)) {
            if let Some(left) = cap_left[cover(own[0])] {
                share_out(own.iter().copied(), left, paying, covers.rounding);
            }
        }
        for (giver, left) in capacity_left.iter().enumerate() {
            if let Some(left) = left {
                let is_own = |&&call: &&usize| covers.giver(cover(call)) == giver;
                let own = calls.iter().filter(is_own);
                share_out(own.copied(), *left, paying, covers.rounding);
            }
        }
    }

    /// The giver pays, and its part of what the pledge has fetched before passes to it.
    fn pay(&mut self, covers: &Covers, book: &Book, call: usize, alive: bool) {
        let Call { claim, cover, pay_on, .. } = book.calls[call];
        let (giver, paying) = (covers.giver(cover), &mut self.paying[call]);
        let owed = paying.owed;
        paying.paid = covers.paid(cover, owed, alive);
        let Paying { called, paid, .. } = *paying;
        for left in [&mut self.cap_left[cover], &mut self.capacity_left[giver]] {
            *left = left.map(|left| left - owed);
        }
        let standing = &mut self.standing[claim];
        standing.recovered += paid;
        standing.pending -= called;
        let Claim { loan, .. } = book.claims[claim];
        let flow = CoverFlow { cover, loan, date: pay_on, period: 0, called, paid, taken: 0 };
        if called > 0 {
            self.flows.push((claim, flow));
        }
        self.hand_over(covers, book, claim, pay_on, paid);
    }

    /// What givers that have paid on a claim take of what its pledge has fetched, at most `most`;
    /// a fen that rounding would leave above the claim goes to them too.
    fn hand_over(&mut self, covers: &Covers, book: &Book, claim: usize, day: Date, most: Fen) {
        let (from, to) = book.claims[claim].calls;
        let mut most = most;
        for call in from..to {
            let terms = &covers.terms[book.calls[call].cover];
            let Paying { called, paid, taken, .. } = self.paying[call];
            if terms.pays == CoverPays::OnClaim && paid > 0 {
                let part = terms.share.of(self.standing[claim].fetched, covers.rounding);
                let part = share(part, paid, called, covers.rounding).min(paid);
                most -= self.take(book, call, day, (part - taken).min(most));
            }
        }
        for call in from..to {
            let over = self.standing[claim].recovered - book.claims[claim].amount;
            let on_claim = covers.terms[book.calls[call].cover].pays == CoverPays::OnClaim;
            if over > 0 && on_claim {
                let Paying { paid, taken, .. } = self.paying[call];
                most -= self.take(book, call, day, over.min(paid - taken).min(most));
            }
        }
    }

    fn take(&mut self, book: &Book, call: usize, day: Date, amount: Fen) -> Fen {
        if amount <= 0 {
            return 0;
        }
        let Call { claim, cover, .. } = book.calls[call];
        self.paying[call].taken += amount;
        self.standing[claim].recovered -= amount;
        let loan = book.claims[claim].loan;
        let (called, paid, taken) = (0, 0, amount);
        let flow = CoverFlow { cover, loan, date: day, period: 0, called, paid, taken };
        self.flows.push((claim, flow));
        amount
    }
}

/// What calls are owed of what is left, by what each is owed now; the last takes the rest.
fn share_out(
    calls: impl Iterator<Item = usize> + Clone,
    mut left: Fen,
    paying: &mut [Paying],
    rounding: Rounding,
) {
    let mut whole: Fen = calls.clone().map(|call| paying[call].owed).sum();
    if whole <= left {
        return;
    }
    for call in calls {
        let owed = paying[call].owed;
        let part = share(left, owed, whole, rounding).min(left).min(owed);
        whole -= owed;
        left -= part;
        paying[call].owed = part;
    }
}
