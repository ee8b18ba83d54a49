//! A second pair of eyes: re-adds the postings with none of the engine's arithmetic and rebuilds
//! every balance, payment and draw from them alone.

use std::collections::BTreeMap;

use ipabs::deal::{Claim, Deal};
use ipabs::engine::{Flows, Party, Why};
use ipabs::num::{Decimal, yuan_of};

/// Panics, with the place, where the run and its postings do not agree.
pub fn audit(deal: &Deal, flows: &Flows) {
    let cells = &flows.cells;
    let mut held: BTreeMap<usize, Decimal> = BTreeMap::new();
    let mut owed: Vec<Decimal> = cells.tranches.iter().map(|t| flows.opening[t.balance]).collect();
    let mut drawn: Vec<Decimal> = vec![Decimal::ZERO; deal.commitments().len()];
    let mut outstanding: Vec<Decimal> =
        cells.commitments.iter().map(|c| flows.opening[c.outstanding]).collect();
    for (at, &cell) in cells.accounts.iter().enumerate() {
        held.insert(at, flows.opening[cell]);
    }
    let closing = flows.postings.iter().filter(|p| is_closing(p.why));
    let mut at_closing: BTreeMap<usize, Decimal> = BTreeMap::new();
    for posting in closing {
        move_cash(&mut at_closing, posting.from, posting.to, posting.amount);
    }
    if deal.state().is_none() {
        for (&at, &balance) in &at_closing {
            assert_eq!(balance, held[&at], "account {at} after closing");
        }
    }
    for row in 0..flows.rows.len() {
        let after = &flows.rows[row];
        let of_row =
            |p: &&ipabs::engine::Posting| p.period == flows.start + row && !is_closing(p.why);
        let mut interest = vec![Decimal::ZERO; owed.len()];
        for posting in flows.postings.iter().filter(of_row) {
            assert!(posting.amount > Decimal::ZERO, "row {row}: {posting:?}");
            move_cash(&mut held, posting.from, posting.to, posting.amount);
            match (posting.why, posting.to, posting.from) {
                (Why::NotePrincipal, Party::Holders(at), _) => owed[at] -= posting.amount,
                (Why::NoteInterest, Party::Holders(at), _) => interest[at] += posting.amount,
                (Why::TopUp, _, Party::Supporter(at)) => {
                    drawn[at] += posting.amount;
                    outstanding[at] += posting.amount;
                }
                (Why::Repayment | Why::TopUpReturned, Party::Supporter(at), _) => {
                    outstanding[at] -= posting.amount;
                }
                _ => {}
            }
        }
        for (&at, &balance) in &held {
            assert!(balance >= Decimal::ZERO, "row {row}: account {at} below nothing");
            assert_eq!(balance, after[cells.accounts[at]], "row {row}: account {at}");
        }
        for (at, class) in cells.tranches.iter().enumerate() {
            assert!(owed[at] >= Decimal::ZERO, "row {row}: class {at} repaid too much");
            assert_eq!(owed[at], after[class.balance], "row {row}: class {at} falls by cash alone");
            assert_eq!(interest[at], after[class.interest_paid], "row {row}: interest of {at}");
        }
        in_whole_ticks(deal, flows, row);
        for (at, commitment) in deal.commitments().iter().enumerate() {
            let place = cells.commitments[at];
            assert_eq!(outstanding[at], after[place.outstanding], "row {row}: owed to {at}");
            let paid = after[place.paid];
            if let Some(cap) = commitment.cap_total {
                assert!(drawn[at] <= yuan_of(cap), "row {row}: total cap of {at}");
            }
            if let Some(cap) = commitment.cap_per_date {
                assert!(paid <= yuan_of(cap), "row {row}: cap of a date of {at}");
            }
            assert!(paid <= after[place.called], "row {row}: paid more than called");
        }
    }
    pool_pays_what_it_holds(deal, flows);
    covers_pay_what_is_posted(deal, flows);
}

/// Units of 100 yuan of face are paid no more decimals than the deal says, and nothing smaller is
/// ever due.
fn in_whole_ticks(deal: &Deal, flows: &Flows, row: usize) {
    let Some(decimals) = deal.terms().unit_decimals else { return };
    let after = &flows.rows[row];
    for (tranche, class) in deal.tranches().iter().zip(&flows.cells.tranches) {
        let units = Decimal::from(tranche.notional / 10_000);
        let cells = [class.interest_paid, class.principal_paid, class.interest, class.due];
        for cell in cells.into_iter().chain([class.balance]) {
            let of_unit = after[cell] / units;
            assert_eq!(of_unit, of_unit.trunc_with_scale(decimals), "row {row}: {}", tranche.name);
        }
        let rest = after[class.rest.unwrap()];
        let tick = units * Decimal::new(1, decimals);
        assert!(rest >= Decimal::ZERO && rest < tick, "row {row}: rest {rest} of {tick}");
    }
}

/// What givers of covers are said to pay and take is what is posted, up to the last date, and what
/// is recovered is theirs and the pool's.
fn covers_pay_what_is_posted(deal: &Deal, flows: &Flows) {
    let last = flows.start + flows.rows.len();
    let posted = |why: Why, cover: usize| -> Decimal {
        let of = flows.postings.iter().filter(|posting| {
            let of_cover = [posting.from, posting.to].contains(&Party::Giver(cover));
            posting.why == why && of_cover
        });
        of.map(|posting| posting.amount).sum()
    };
    for (at, cover) in deal.covers().iter().enumerate() {
        let (mut paid, mut taken) = (Decimal::ZERO, Decimal::ZERO);
        for flow in flows.collections.covers.iter().filter(|flow| flow.cover == at) {
            assert!(flow.paid <= flow.called, "cover {at}: {flow:?}");
            let mut rights = cover.rights.iter().map(|&right| &deal.rights()[right]);
            let secured = rights.any(|right| right.loans.contains(&flow.loan));
            assert!(secured || cover.loans.contains(&flow.loan), "cover {at}: {flow:?}");
            if flow.period < last {
                paid += yuan_of(flow.paid);
                taken += yuan_of(flow.taken);
            }
        }
        assert_eq!((posted(Why::Covered, at), posted(Why::PledgeShare, at)), (paid, taken));
        let of_rights = cover.cap_per_right.map(|cap| cap * cover.rights.len() as i64);
        for cap in cover.cap_total.into_iter().chain(of_rights) {
            assert!(paid <= yuan_of(cap), "cap of cover {at}");
        }
    }
    for (at, row) in flows.rows.iter().enumerate() {
        let of_row = flows.postings.iter().filter(|posting| posting.period == flows.start + at);
        let recovered = of_row.map(|posting| match posting.why {
            Why::Recovered | Why::Covered => posting.amount,
            Why::PledgeShare => -posting.amount,
            _ => Decimal::ZERO,
        });
        assert_eq!(recovered.sum::<Decimal>(), row[flows.cells.recovered_in], "row {at}");
    }
}

fn is_closing(why: Why) -> bool {
    matches!(why, Why::NoteProceeds | Why::PurchasePrice | Why::Funding)
}

fn move_cash(held: &mut BTreeMap<usize, Decimal>, from: Party, to: Party, amount: Decimal) {
    if let Party::Account(at) = from {
        *held.entry(at).or_default() -= amount;
    }
    if let Party::Account(at) = to {
        *held.entry(at).or_default() += amount;
    }
}

/// Principal, prepayments and defaults of the pool never exceed what was sold.
fn pool_pays_what_it_holds(deal: &Deal, flows: &Flows) {
    let mut left = deal.pool_principal();
    for (at, row) in flows.collections.rows.iter().enumerate() {
        assert_eq!(row.opening, left, "period {at}: opening of the pool");
        left -= row.principal + row.prepaid + row.defaulted + row.sold;
        assert_eq!(row.closing, left, "period {at}: closing of the pool");
        assert!(left >= 0 && row.interest >= 0 && row.recovered >= 0, "period {at}");
    }
    let fees_paid = |claim: &Option<(u32, Claim)>| matches!(claim, Some((_, Claim::Fee(_))));
    assert!(flows.postings.iter().all(|p| !fees_paid(&p.step) || p.why == Why::Fee));
}
