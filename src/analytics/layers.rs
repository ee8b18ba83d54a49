//! Who bears what of the claims on each loan (损失分担): the pledge, each cover, and the lender.
//!
//! A claim is the principal and interest that a loan owes when it defaults. Invariant: claim =
//! pledge + sum over covers of (paid - taken) + left, where the pledge is what its sales fetch and
//! left is what nobody pays; whatever the day, after the last payment date too.

use crate::deal::Deal;
use crate::engine::{Flows, loan_flows};
use crate::num::Fen;
use crate::scenario::Scenario;

/// Of one loan, or of all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layers {
    pub claim: Fen,
    pub pledge: Fen,
    /// In the order of [`Deal::covers_of`], or of all covers: paid less taken of the pledge.
    pub covers: Vec<Fen>,
    /// To the lender, or the plan that has bought the loan.
    pub left: Fen,
}

/// By loan, then all loans together, under a scenario with its covers live.
pub fn layers(deal: &Deal, scenario: &Scenario, flows: &Flows) -> Vec<Layers> {
    let count = deal.loans().len();
    let (mut claims, mut recovered) = (vec![0; count], vec![0; count]);
    for flow in loan_flows(deal, scenario) {
        claims[flow.loan] += flow.claim;
        recovered[flow.loan] += flow.recovered;
    }
    let kept = |loan: usize, cover: usize| -> Fen {
        let of = flows.collections.covers.iter();
        let of = of.filter(|flow| flow.loan == loan && flow.cover == cover);
        of.map(|flow| flow.paid - flow.taken).sum()
    };
    let mut all = Layers { claim: 0, pledge: 0, covers: vec![0; deal.covers().len()], left: 0 };
    let mut out = Vec::with_capacity(count + 1);
    for loan in 0..count {
        let of_loan = deal.covers_of(loan);
        let covers: Vec<Fen> = of_loan.iter().map(|&cover| kept(loan, cover)).collect();
        let claim = claims[loan];
        let pledge = recovered[loan] - covers.iter().sum::<Fen>();
        let left = claim - recovered[loan];
        all.claim += claim;
        all.pledge += pledge;
        all.left += left;
        of_loan.iter().zip(&covers).for_each(|(&cover, kept)| all.covers[cover] += kept);
        out.push(Layers { claim, pledge, covers, left });
    }
    out.push(all);
    out
}
