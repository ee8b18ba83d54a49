//! What an infringement (侵权) takes of a pledged right, and what infringement cover (被侵权损失险)
//! pays for it into the pledge.
//!
//! A sale on the day of an infringement or later fetches less, by the share lost. A cover pays
//! min(cap, share x (loss - deductible)) a lag after the day, where the loss is the share lost of
//! what the right is then worth by its appraisal and yearly decay: nothing is sold, so nothing is
//! taken off for a sale. A giver that has failed by then pays its recovery of it. What is paid is
//! cash that stays with the pledge: it goes to the loans that the right secures, by claim as the
//! right's own proceeds do, on the default or when it is paid, whichever is later. If none of them
//! defaults it is the firm's in the end, and nothing of it reaches the plan.
//!
//! Invariant: no default makes a cover of infringement pay, and no loan takes more than its claim.

use super::cover::Covers;
use super::recovery::{Sale, worth_on};
use crate::dates::Date;
use crate::deal::Deal;
use crate::num::{Decimal, Fen, Ratio, Rounding, share};
use crate::scenario::{Infringement, RightAssumptions};

/// What one cover pays into the pledge for an infringement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Payout {
    pub right: usize,
    pub cover: usize,
    pub infringed_on: Date,
    pub pay_on: Date,
    pub owed: Fen,
    pub paid: Fen,
}

/// Its part for one loan in default, as it is recovered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Cash {
    pub cover: usize,
    pub date: Date,
    pub called: Fen,
    pub paid: Fen,
}

/// What is left of a value after a loss of this share.
pub(crate) fn kept(infringement: &Infringement) -> Ratio {
    let kept = Decimal::ONE - infringement.loss;
    Ratio::of_rate(kept).unwrap_or(Ratio::ONE)
}

/// What covers pay for an infringement as long as their givers live.
pub(crate) fn payouts(
    deal: &Deal,
    covers: &Covers,
    assumptions: &RightAssumptions,
    infringement: &Infringement,
) -> Vec<Payout> {
    let &Infringement { right, date, loss } = infringement;
    let rounding = deal.terms().rounding;
    let worth = worth_on(&deal.rights()[right], assumptions, date, rounding);
    let lost = Ratio::of_rate(loss).unwrap_or(Ratio::ZERO).of(worth, rounding);
    let owed = covers.of_infringement(deal, right, date, lost);
    let payout = |(cover, pay_on, owed)| Payout {
        right,
        cover,
        infringed_on: date,
        pay_on,
        owed,
        paid: owed,
    };
    owed.map(payout).collect()
}

/// The cash that waits for a loan in default beside the sales of its rights; a right that was sold
/// before it was infringed brings none.
pub(crate) fn cash_of(
    sales: &[Sale],
    payouts: &[Payout],
    claim: Fen,
    default: Date,
    rounding: Rounding,
) -> Vec<Cash> {
    let mut out = Vec::new();
    for sale in sales {
        let of_sale =
            |of: &&Payout| of.right == sale.right && of.infringed_on <= sale.sold_on && of.owed > 0;
        for payout in payouts.iter().filter(of_sale) {
            let part = |amount: Fen| share(amount, claim, sale.secured, rounding);
            let date = payout.pay_on.max(default);
            let (called, paid) = (part(payout.owed), part(payout.paid));
            out.push(Cash { cover: payout.cover, date, called, paid });
        }
    }
    out
}

/// Makes what sales and cash bring, each by rising day, no more than the claim; on one day sales
/// come first. `proceeds` are within the claim without the cash.
pub(crate) fn within_claim(claim: Fen, proceeds: &mut [(Date, Fen)], cash: &mut [Cash]) {
    if cash.is_empty() {
        return;
    }
    cash.sort_by_key(|cash| cash.date);
    let (mut left, mut next) = (claim, 0);
    let mut sell = |until: Option<Date>, left: &mut Fen| {
        while let Some((date, amount)) = proceeds.get_mut(next)
            && until.is_none_or(|until| *date <= until)
        {
            *amount = (*amount).min(*left);
            *left -= *amount;
            next += 1;
        }
    };
    for cash in cash {
        sell(Some(cash.date), &mut left);
        cash.called = cash.called.min(left);
        cash.paid = cash.paid.min(left);
        left -= cash.paid;
    }
    sell(None, &mut left);
}
