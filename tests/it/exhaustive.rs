//! All waterfalls of up to three claims on small whole amounts, against the rule read plainly.

use super::auditor::audit;
use super::deals::{deal, fee, loan, parts, quiet, steps, terms};
use ipabs::asset::Repayment;
use ipabs::deal::{Claim, Seniority, Split};
use ipabs::engine::{Support, run};
use ipabs::num::{Fen, yuan_of};

/// What each claim gets, by the rule as a person would work it out.
fn by_hand(cash: Fen, dues: &[Fen], split: Split) -> Vec<Fen> {
    let mut left = cash;
    match split {
        Split::InOrder => dues
            .iter()
            .map(|due| {
                let paid = (*due).min(left);
                left -= paid;
                paid
            })
            .collect(),
        Split::ProRata => {
            let mut whole: Fen = dues.iter().sum();
            dues.iter()
                .map(|due| {
                    // Half up, on what is left of cash and dues.
                    let part = match whole {
                        0 => 0,
                        _ if left >= whole => *due,
                        _ => (2 * left * due + whole) / (2 * whole),
                    };
                    left -= part;
                    whole -= due;
                    part
                })
                .collect()
        }
    }
}

#[test]
fn every_small_waterfall_pays_as_the_rule_says() {
    let mut cases = 0;
    for claims in 1..=3_usize {
        for split in [Split::ProRata, Split::InOrder] {
            for code in 0..4_i64.pow(claims as u32) {
                let dues: Vec<Fen> =
                    (0..claims).map(|at| code / 4_i64.pow(at as u32) % 4).collect();
                for cash in 1..=8 {
                    check(cash, &dues, split);
                    cases += 1;
                }
            }
        }
    }
    assert_eq!(cases, 2 * 8 * (4 + 16 + 64));
}

fn check(cash: Fen, dues: &[Fen], split: Split) {
    let claims: Vec<Claim> = (0..dues.len()).map(Claim::Fee).collect();
    let sub = super::deals::tranche("C", Seniority::Subordinate, 1, "", terms(1).first_payment);
    let lines = [claims.as_slice(), &[Claim::Principal(0)], &[Claim::Residual(0)]];
    let pool = vec![loan(0, cash, "0", 1, Repayment::Bullet)];
    let mut small = parts(terms(1), pool, vec![sub], steps(&lines, split));
    small.fees = dues.iter().enumerate().map(|(at, due)| fee(&format!("f{at}"), *due)).collect();
    let deal = deal(small);
    let flows = run(&deal, &quiet(), Support::With).unwrap();
    audit(&deal, &flows);
    let paid: Vec<_> = flows.cells.fees.iter().map(|at| flows.closing()[at.paid]).collect();
    let expected: Vec<_> = by_hand(cash, dues, split).into_iter().map(yuan_of).collect();
    assert_eq!(paid, expected, "{cash} over {dues:?} {split:?}");
}
