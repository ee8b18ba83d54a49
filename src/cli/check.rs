//! `check`: all problems, or one line of facts.

use std::io::Write;
use std::path::Path;

use super::{Failure, load};
use crate::num::yuan_of;

pub(super) fn check(deal: &Path, quiet: bool) -> Result<(), Failure> {
    let loaded = load(deal, quiet)?;
    let deal = &loaded.deal;
    let notes: i64 = deal.tranches().iter().map(|tranche| tranche.notional).sum();
    writeln!(
        std::io::stdout(),
        "{}: {} loans of {} firms, {:.2} yuan; {} rights; {} classes, {:.2} yuan; {} scenarios; \
         no problem",
        deal.terms().name,
        deal.loans().len(),
        deal.obligors().len(),
        yuan_of(deal.pool_principal()),
        deal.rights().len(),
        deal.tranches().len(),
        yuan_of(notes),
        loaded.scenarios.len(),
    )?;
    Ok(())
}
