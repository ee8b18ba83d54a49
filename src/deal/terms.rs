//! The terms of a deal as a whole: dates, rounding, taxes, ledgers.

use crate::dates::{Calendar, Date, Frequency, Roll, add_months, grid};
use crate::num::{Decimal, Fen, Rounding};

/// Which standard waterfall a deal brings where it writes none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Structure {
    /// 专项计划 on an exchange.
    SpecialPlan,
    /// 资产支持票据 through a trust, interbank.
    AbnTrust,
    /// 信贷资产证券化: two ledgers.
    CreditTrust,
    /// Licence receivables.
    Licence,
}

/// The date to which collections count for a payment date T.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Calculation {
    /// So many business days before T.
    BusinessDaysBefore(i32),
    /// The end of the month before that of the nominal T.
    MonthEnd,
    /// So many calendar days before T.
    DaysBefore(i32),
}

/// Whether accrual dates move with business days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Accrual {
    Unadjusted,
    Adjusted,
}

/// How an annual default or prepayment rate becomes one of a period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RateTime {
    /// 1 - (1 - annual)^(days / 365).
    Actual365,
    /// 1 - (1 - annual)^(months / 12).
    Months12,
}

/// What a prepayment rate applies to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PrepaymentBase {
    /// The balance before defaults.
    Opening,
    /// The balance after defaults.
    AfterDefault,
    /// The balance after defaults and the scheduled principal.
    AfterSchedule,
}

/// The ledger that recoveries enter where there are two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recoveries {
    Principal,
    Income,
}

/// Where a deal in mid-life stands: it starts from here instead of from closing.
#[derive(Clone, Debug, Default)]
pub struct State {
    /// The last payment date that is already paid.
    pub as_of: Option<Date>,
    /// By tranche: balance, interest due and unpaid.
    pub notes: Vec<(Fen, Fen)>,
    /// By account.
    pub accounts: Vec<Fen>,
    /// By fee: due and unpaid.
    pub fees: Vec<Fen>,
    pub tax_unpaid: Fen,
    /// Principal at the cut-off date.
    pub initial_principal: Fen,
    pub cumulative_defaults: Fen,
    /// By commitment: gross drawn, repaid.
    pub commitments: Vec<(Fen, Fen)>,
    /// Test dates so far on which a supporter was called.
    pub calls: u32,
    /// By trigger: whether it is in force.
    pub in_force: Vec<bool>,
}

/// Terms of the deal (`deal.csv`).
#[derive(Clone, Debug)]
pub struct Terms {
    pub name: String,
    /// Who sells the loans (原始权益人 / 发起机构).
    pub originator: String,
    pub structure: Structure,
    pub cutoff: Date,
    pub closing: Date,
    pub first_payment: Date,
    pub frequency: Frequency,
    /// Explicit nominal payment dates; empty means the grid of first payment and frequency.
    pub payment_dates: Vec<Date>,
    pub legal_maturity: Date,
    pub calendar: Calendar,
    pub roll: Roll,
    pub accrual: Accrual,
    pub calculation: Calculation,
    /// Business days before T of transfer, test, supporter payment and record (last: redemption).
    pub transfer_days: i32,
    pub test_days: i32,
    pub support_days: i32,
    pub record_days: i32,
    pub record_days_final: i32,
    pub rounding: Rounding,
    /// Interest and principal are paid by whole units of 100 yuan of face, each so many decimals of
    /// a yuan; to the fen of the class where none.
    pub unit_decimals: Option<u32>,
    /// Interest accrued before the cut-off date belongs to the plan.
    pub interest_before_cutoff: bool,
    /// Interest from cut-off to closing (封包期利息) belongs to the plan.
    pub interest_to_closing: bool,
    /// Paid to the originator at closing.
    pub purchase_price: Fen,
    /// The reserve is funded by the originator (else out of the note proceeds).
    pub reserve_from_originator: bool,
    /// VAT rate on interest received, surcharges as a share of VAT, and whether the interest
    /// includes the tax.
    pub vat: Decimal,
    pub vat_surcharge: Decimal,
    pub vat_inclusive: bool,
    /// Share of principal and interest paid that goes to the registrar on top.
    pub registrar_fee: Decimal,
    /// Pool balance over initial at or below which the originator buys the rest at par; never if
    /// absent.
    pub clean_up_share: Option<Decimal>,
    /// Share of all notes and of the lowest class that the originator holds at least.
    pub retention: Option<Decimal>,
    /// Days from a default to its recognition by triggers.
    pub recognition_days: i32,
    pub recoveries_to: Recoveries,
    /// Payment dates go on to legal maturity also when no asset is left.
    pub ends_at_legal_maturity: bool,
    pub rate_time: RateTime,
    pub prepayment_base: PrepaymentBase,
}

impl Terms {
    /// Payment dates before they move for business days, from the first to legal maturity. A legal
    /// maturity off the grid adds a last date of its own.
    pub fn nominal_dates(&self) -> Vec<Date> {
        let last = self.legal_maturity;
        let mut dates = if self.payment_dates.is_empty() {
            grid(self.first_payment, self.frequency, last, false)
        } else {
            let mut dates = self.payment_dates.clone();
            let months = self.frequency.months();
            if let Some(&written) = dates.last() {
                let later = (1..).map(|k| add_months(written, k * months));
                dates.extend(later.take_while(|&date| date <= last));
            }
            dates
        };
        if dates.last().is_some_and(|&date| date < last) {
            dates.push(last);
        }
        dates
    }
}
