//! Licences (许可): no fee is owed on a right that has ended (a patent's term is the licence's).

use super::Parts;
use super::check::{Fault, cell};

/// Fees that fall due once the last of the licensed rights has expired.
pub(super) fn faults(parts: &Parts, out: &mut Vec<Fault>) {
    let licences = parts.loans.iter().enumerate().filter(|(_, loan)| loan.licence.is_some());
    for (at, loan) in licences {
        let of_loan = parts.rights.iter().filter(|right| right.loans.contains(&at));
        let Some(last) = of_loan.map(|right| (right.renewed, right.expiry)).max() else { continue };
        let late = loan.dues.iter().find(|due| !last.0 && due.date >= last.1);
        if let Some(late) = late {
            let (name, due, end) = (&loan.name, late.date, last.1);
            let text = format!(
                "{name}: a fee falls due {due}, but the last of its rights ends {end} (want fees \
                 before that day)"
            );
            out.push(cell("loans", at, "maturity_date", text));
        }
    }
}
