//! The loan prime rate (LPR): one row a change, as announced by the People's Bank of China.

use crate::dates::Date;
use crate::num::Decimal;

/// Which of the two announced tenors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LprTenor {
    OneYear,
    FiveYears,
}

/// The announced path of both tenors, oldest first.
#[derive(Clone, Debug)]
pub struct Lpr(Vec<(Date, Decimal, Decimal)>);

impl Lpr {
    /// A path from (date, one-year, five-year) rows in order of date; the caller has checked order.
    pub fn new(rows: Vec<(Date, Decimal, Decimal)>) -> Lpr {
        Lpr(rows)
    }

    /// The rate in force on a day: the last announced on or before it; the first row before that,
    /// the last row after the end. `None` where the path is empty.
    pub fn on(&self, date: Date, tenor: LprTenor) -> Option<Decimal> {
        let after = self.0.partition_point(|row| row.0 <= date);
        let row = self.0.get(after.saturating_sub(1))?;
        Some(match tenor {
            LprTenor::OneYear => row.1,
            LprTenor::FiveYears => row.2,
        })
    }
}
