//! A pledged intellectual-property right, and what it fetches.
//!
//! Value at sale = appraised x (1 - decay)^years x (1 - haircut) x (1 - cost), nothing once the
//! right has expired. Years run from the valuation date to the sale, ACT/365.

use crate::dates::{Date, add_months};
use crate::num::{Decimal, Fen};

/// Kinds of right, with the legal life of each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RightKind {
    Invention,
    UtilityModel,
    Design,
    Trademark,
    Copyright,
    LayoutDesign,
    Data,
}

impl RightKind {
    /// Every kind, in the order of tables.
    pub const ALL: [RightKind; 7] = [
        RightKind::Invention,
        RightKind::UtilityModel,
        RightKind::Design,
        RightKind::Trademark,
        RightKind::Copyright,
        RightKind::LayoutDesign,
        RightKind::Data,
    ];

    /// Years from filing (patents, trademark, layout design: Chinese law; design 15 since 2021-06;
    /// a data-IP certificate of three years is the usual provincial rule).
    pub fn life_years(self) -> i32 {
        match self {
            RightKind::Invention => 20,
            RightKind::UtilityModel => 10,
            RightKind::Design => 15,
            RightKind::Trademark => 10,
            RightKind::Copyright => 50,
            RightKind::LayoutDesign => 10,
            RightKind::Data => 3,
        }
    }

    /// Whether the law lets its holder renew its term.
    pub fn renewable(self) -> bool {
        matches!(self, RightKind::Trademark | RightKind::Data)
    }

    /// The word of the tables.
    pub fn name(self) -> &'static str {
        match self {
            RightKind::Invention => "invention",
            RightKind::UtilityModel => "utility_model",
            RightKind::Design => "design",
            RightKind::Trademark => "trademark",
            RightKind::Copyright => "copyright",
            RightKind::LayoutDesign => "layout_design",
            RightKind::Data => "data",
        }
    }

    /// The Chinese term.
    pub fn zh(self) -> &'static str {
        match self {
            RightKind::Invention => "发明专利",
            RightKind::UtilityModel => "实用新型",
            RightKind::Design => "外观设计",
            RightKind::Trademark => "商标",
            RightKind::Copyright => "著作权",
            RightKind::LayoutDesign => "集成电路布图设计",
            RightKind::Data => "数据知识产权",
        }
    }
}

/// How likely a right is infringed (被侵权), once at most, and what it then loses.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct InfringementRisk {
    /// Probability of it within a year; by t years it is 1 - (1 - p)^t.
    pub probability_1y: Decimal,
    /// Share of the value it would have had.
    pub loss: Decimal,
}

/// A pledged right (质押知识产权).
#[derive(Clone, Debug)]
pub struct IpRight {
    pub name: String,
    /// Indices of the loans it is pledged to; its proceeds are shared by claim.
    pub loans: Vec<usize>,
    pub kind: RightKind,
    /// Registration number; one number in two live pledges is refused.
    pub title_no: Option<String>,
    pub appraised_value: Fen,
    pub valuation_date: Date,
    /// Worth nothing from this day on, unless it is renewed.
    pub expiry: Date,
    /// Its term is renewed whenever it ends (续展); a patent's is not.
    pub renewed: bool,
    /// Of these four, what is absent comes from the scenario.
    pub decay_pa: Option<Decimal>,
    pub haircut: Option<Decimal>,
    pub sale_cost: Option<Decimal>,
    pub months_to_sale: Option<u32>,
    /// Of being infringed; none is never.
    pub infringement: Option<InfringementRisk>,
    /// Number of an evidence certificate (存证, of data rights), and who issued it.
    pub evidence: Option<String>,
    pub issuer: Option<String>,
}

impl IpRight {
    /// The end of the legal life of a right filed on a day.
    pub fn legal_expiry(kind: RightKind, filed: Date) -> Date {
        add_months(filed, 12 * kind.life_years())
    }

    /// Whether it is worth anything on a day.
    pub fn lives_on(&self, date: Date) -> bool {
        self.renewed || date < self.expiry
    }
}
