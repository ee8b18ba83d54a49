//! A shelf (储架): what one approval allows its series, what its originator and its supporters may
//! carry, and the series and loans that are still to be put together.
//!
//! Invariant: a limit that is not written is the usual one of its kind or is not tested, as its
//! doc comment says. Shares are exact fractions, so a limit is met to the fen or broken.

use super::Deal;
use super::check::Fault;
use crate::dates::{Date, add_months};
use crate::num::{Decimal, Fen, Ratio};

/// What a shelf's quota is used up by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QuotaUse {
    /// All that was ever issued: repaying frees nothing (the usual approval).
    Issued,
    /// What is outstanding.
    Outstanding,
}

/// How a pool may be concentrated. Shares are of the series' pool at its cut-off date.
#[derive(Clone, Copy, Debug)]
pub struct Concentration {
    /// Unrelated debtors at least; affiliates count once.
    pub least_debtors: u32,
    pub obligor_share: Ratio,
    /// One obligor with its affiliates.
    pub group_share: Ratio,
    pub top_five_share: Ratio,
    pub industry_share: Ratio,
    pub region_share: Ratio,
    /// From here on an obligor (and one with its affiliates) is an important debtor (重要债务人): a
    /// flag, no breach.
    pub important_obligor: Ratio,
    pub important_group: Ratio,
}

/// How all pools of a programme together may be concentrated: shares of what is owed of the loans
/// of all series that are out, on each day of issue. None is not tested.
#[derive(Clone, Copy, Debug, Default)]
pub struct ProgrammeConcentration {
    pub obligor_share: Option<Ratio>,
    /// One obligor with its affiliates.
    pub group_share: Option<Ratio>,
    pub top_five_share: Option<Ratio>,
    pub industry_share: Option<Ratio>,
    pub region_share: Option<Ratio>,
}

/// What a micro-loan company may carry, as multiples and shares of its net assets.
#[derive(Clone, Debug)]
pub struct OriginatorLimits {
    /// Series of this originator count; those to be filled are its own.
    pub name: String,
    pub net_assets: Fen,
    /// Standardised financing (标准化融资) beside the shelf's notes, and the most of it in all.
    pub standardised_financing: Fen,
    pub standardised_multiple: Ratio,
    /// Other financing (非标准化融资), and the most of it.
    pub other_financing: Fen,
    pub other_multiple: Ratio,
    /// One borrower, and one with its affiliates, over all series.
    pub borrower_share: Ratio,
    pub borrower_group_share: Ratio,
}

/// Whoever stands behind series of a shelf.
#[derive(Clone, Debug)]
pub struct ShelfSupporter {
    pub name: String,
    /// On outstanding guaranteed principal of all series plus other liabilities; none is no limit.
    pub liability_limit: Option<Fen>,
    pub other_liabilities: Fen,
    /// On the guaranteed principal of one obligor, and of one with its affiliates.
    pub obligor_limit: Option<Fen>,
    pub group_limit: Option<Fen>,
    /// On what it pays on calls over all series, gross; none is unlimited.
    pub paying_capacity: Option<Fen>,
}

impl ShelfSupporter {
    /// One of whom the shelf says nothing.
    pub fn unlimited(name: &str) -> ShelfSupporter {
        ShelfSupporter {
            name: name.to_owned(),
            liability_limit: None,
            other_liabilities: 0,
            obligor_limit: None,
            group_limit: None,
            paying_capacity: None,
        }
    }
}

/// A series without loans yet. Its notes are its loans' principal and stay out to its end.
#[derive(Clone, Debug)]
pub struct PlannedSeries {
    pub name: String,
    pub date: Date,
    /// No more than this is issued.
    pub target_size: Fen,
    pub tenor_months: u32,
    /// Index of the shelf's supporter, who stands behind this share of the notes.
    pub supporter: Option<usize>,
    pub guaranteed_share: Ratio,
    /// The series that is a deal and that this one is to be like; the first where none is said.
    pub like: Option<String>,
}

impl PlannedSeries {
    /// The day from which on nothing is outstanding.
    pub fn end(&self) -> Date {
        add_months(self.date, self.tenor_months as i32)
    }
}

/// A loan that may go into a series, whole or not at all.
#[derive(Clone, Debug)]
pub struct Candidate {
    pub name: String,
    pub obligor: String,
    pub group: Option<String>,
    pub industry: String,
    pub region: String,
    pub principal: Fen,
    /// It goes into no series that is shorter.
    pub term_months: u32,
    /// Series of which days may take it; none is no bound.
    pub available_from: Option<Date>,
    pub available_to: Option<Date>,
    /// Title numbers of its rights: pledged once at a time.
    pub titles: Vec<String>,
    /// Annual rate, probability of default within a year of its firm, and the value of its rights
    /// in all; as the series that it is like has them on average where not said.
    pub rate_pa: Option<Decimal>,
    pub pd_1y: Option<Decimal>,
    pub appraised_value: Option<Fen>,
}

/// A programme's terms (`shelf.csv`), its supporters, planned series and candidates.
#[derive(Clone, Debug)]
pub struct Shelf {
    pub name: String,
    pub quota: Fen,
    pub quota_use: QuotaUse,
    pub issues_allowed: Option<u32>,
    /// Days on which a series may be issued, both included.
    pub valid_from: Option<Date>,
    pub valid_to: Option<Date>,
    /// From issue to the last expected maturity.
    pub tenor_cap_months: Option<u32>,
    pub concentration: Concentration,
    pub programme: ProgrammeConcentration,
    /// None where its limits are not tested.
    pub originator: Option<OriginatorLimits>,
    pub supporters: Vec<ShelfSupporter>,
    pub planned: Vec<PlannedSeries>,
    pub candidates: Vec<Candidate>,
}

impl Deal {
    /// The deal with the paying capacity that the shelf says its supporters have, where the deal
    /// says none itself. Told is where both say one and they differ.
    pub fn with_capacities_of(&self, shelf: &Shelf) -> Result<Deal, Vec<String>> {
        let mut parts = self.parts.clone();
        let mut faults = Vec::new();
        for supporter in &mut parts.supporters {
            let known = shelf.supporters.iter().find(|known| known.name == supporter.name);
            let Some(capacity) = known.and_then(|known| known.paying_capacity) else { continue };
            match supporter.paying_capacity {
                Some(own) if own != capacity => faults.push(format!(
                    "supporters.csv: {}: paying_capacity is not that of the shelf's supporters.csv",
                    supporter.name
                )),
                _ => supporter.paying_capacity = Some(capacity),
            }
        }
        let line = |fault: Fault| format!("{}.csv: {}", fault.place.table, fault.text);
        let told = |faults: Vec<Fault>| faults.into_iter().map(line).collect();
        if faults.is_empty() { Deal::new(parts).map_err(told) } else { Err(faults) }
    }

    /// The same deal whose supporters can pay without end: what is allowed stays allowed.
    pub fn without_capacities(&self) -> Deal {
        let mut parts = self.parts.clone();
        parts.supporters.iter_mut().for_each(|supporter| supporter.paying_capacity = None);
        Deal { parts }
    }
}

/// What a programme can run into.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ShelfLimit {
    Quota,
    IssuesAllowed,
    ValidFrom,
    ValidTo,
    Tenor,
    LeastDebtors,
    ObligorShare,
    GroupShare,
    TopFiveShare,
    IndustryShare,
    RegionShare,
    ProgrammeObligor,
    ProgrammeGroup,
    ProgrammeTopFive,
    ProgrammeIndustry,
    ProgrammeRegion,
    LiabilityLimit,
    GuaranteedObligor,
    GuaranteedGroup,
    PayingCapacity,
    StandardisedFinancing,
    OtherFinancing,
    Borrower,
    BorrowerGroup,
    TargetSize,
    /// A loan is longer than the series.
    Term,
    /// A loan is not to be had on the series' day.
    Available,
    /// A title number is pledged already.
    Title,
    /// Nothing is in the way but what filling is after: fewer series, or level ones.
    Goal,
    ImportantObligor,
    ImportantGroup,
}

impl ShelfLimit {
    /// Every limit, in the order of tables.
    pub const ALL: [ShelfLimit; 31] = [
        ShelfLimit::Quota,
        ShelfLimit::IssuesAllowed,
        ShelfLimit::ValidFrom,
        ShelfLimit::ValidTo,
        ShelfLimit::Tenor,
        ShelfLimit::LeastDebtors,
        ShelfLimit::ObligorShare,
        ShelfLimit::GroupShare,
        ShelfLimit::TopFiveShare,
        ShelfLimit::IndustryShare,
        ShelfLimit::RegionShare,
        ShelfLimit::ProgrammeObligor,
        ShelfLimit::ProgrammeGroup,
        ShelfLimit::ProgrammeTopFive,
        ShelfLimit::ProgrammeIndustry,
        ShelfLimit::ProgrammeRegion,
        ShelfLimit::LiabilityLimit,
        ShelfLimit::GuaranteedObligor,
        ShelfLimit::GuaranteedGroup,
        ShelfLimit::PayingCapacity,
        ShelfLimit::StandardisedFinancing,
        ShelfLimit::OtherFinancing,
        ShelfLimit::Borrower,
        ShelfLimit::BorrowerGroup,
        ShelfLimit::TargetSize,
        ShelfLimit::Term,
        ShelfLimit::Available,
        ShelfLimit::Title,
        ShelfLimit::Goal,
        ShelfLimit::ImportantObligor,
        ShelfLimit::ImportantGroup,
    ];

    /// The word of the tables, and the Chinese term.
    pub fn words(self) -> (&'static str, &'static str) {
        match self {
            ShelfLimit::Quota => ("quota", "储架额度"),
            ShelfLimit::IssuesAllowed => ("issues_allowed", "发行期数"),
            ShelfLimit::ValidFrom => ("valid_from", "批文起始日"),
            ShelfLimit::ValidTo => ("valid_to", "批文到期日"),
            ShelfLimit::Tenor => ("tenor_cap_months", "期限上限"),
            ShelfLimit::LeastDebtors => ("least_debtors", "最少债务人数"),
            ShelfLimit::ObligorShare => ("obligor_share", "单一债务人占比"),
            ShelfLimit::GroupShare => ("group_share", "债务人及关联方占比"),
            ShelfLimit::TopFiveShare => ("top_five_share", "前五大债务人占比"),
            ShelfLimit::IndustryShare => ("industry_share", "单一行业占比"),
            ShelfLimit::RegionShare => ("region_share", "单一地区占比"),
            ShelfLimit::ProgrammeObligor => ("programme_obligor_share", "全部存续期单一债务人占比"),
            ShelfLimit::ProgrammeGroup => ("programme_group_share", "全部存续期债务人及关联方占比"),
            ShelfLimit::ProgrammeTopFive => {
                ("programme_top_five_share", "全部存续期前五大债务人占比")
            }
            ShelfLimit::ProgrammeIndustry => ("programme_industry_share", "全部存续期单一行业占比"),
            ShelfLimit::ProgrammeRegion => ("programme_region_share", "全部存续期单一地区占比"),
            ShelfLimit::LiabilityLimit => ("liability_limit", "担保责任余额上限"),
            ShelfLimit::GuaranteedObligor => ("guaranteed_obligor", "单一被担保人上限"),
            ShelfLimit::GuaranteedGroup => ("guaranteed_group", "被担保人及关联方上限"),
            ShelfLimit::PayingCapacity => ("paying_capacity", "支付能力"),
            ShelfLimit::StandardisedFinancing => ("standardised_financing", "标准化融资余额"),
            ShelfLimit::OtherFinancing => ("other_financing", "非标准化融资余额"),
            ShelfLimit::Borrower => ("borrower_share", "同一借款人贷款余额"),
            ShelfLimit::BorrowerGroup => ("borrower_group_share", "同一借款人及关联方贷款余额"),
            ShelfLimit::TargetSize => ("target_size", "目标规模"),
            ShelfLimit::Term => ("term_months", "贷款期限"),
            ShelfLimit::Available => ("available", "可投放日期"),
            ShelfLimit::Title => ("title_no", "重复质押"),
            ShelfLimit::Goal => ("goal", "组包目标"),
            ShelfLimit::ImportantObligor => ("important_obligor", "重要债务人"),
            ShelfLimit::ImportantGroup => ("important_group", "重要债务人（含关联方）"),
        }
    }

    /// The word of the tables.
    pub fn name(self) -> &'static str {
        self.words().0
    }

    /// Of all series that are out together.
    pub fn is_of_programme(self) -> bool {
        matches!(
            self,
            ShelfLimit::ProgrammeObligor
                | ShelfLimit::ProgrammeGroup
                | ShelfLimit::ProgrammeTopFive
                | ShelfLimit::ProgrammeIndustry
                | ShelfLimit::ProgrammeRegion
        )
    }

    /// What a loan brings with it: its days and its term.
    pub fn is_of_loan(self) -> bool {
        matches!(self, ShelfLimit::Available | ShelfLimit::Term)
    }

    /// Worth knowing, and no breach.
    pub fn is_flag(self) -> bool {
        matches!(self, ShelfLimit::ImportantObligor | ShelfLimit::ImportantGroup)
    }
}
