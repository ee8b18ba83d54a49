//! Columns of how the fates of firms hang together.

use super::columns;
use crate::input::table::Kind::{Choice, Number, Rate, Text};

const SAME: &[&str] = &["all/全部", "industry/行业", "region/地区", "group/集团"];

columns! {
    /// correlation.csv.
    CORRELATION {
        group - ["对象"] Text,
            "needed with factor",
            "whose weight it is: all (全部), or the name of an industry, a region, affiliates, an \
            obligor or a supporter; industry:NAME (行业), region:NAME (地区), affiliates:NAME (集团) \
            or firm:NAME (企业) where it is the name of several", "余杭区";
        factor - ["因子"] Text,
            "needed with group",
            "name of a factor; the narrowest of its groups gives a firm's weight: firm, \
            affiliates, industry, region, all", "all";
        weight - ["权重" "载荷"] Number,
            "needed with group",
            "-1 to 1; two firms correlate by the sum of products of their weights; a firm's \
            squared weights sum to at most 1", "0.35";
        same - ["相同"] Choice(SAME),
            "needed with correlation",
            "what two firms share; where group has no row, affiliates default together", "industry";
        correlation - ["相关性" "相关系数"] Rate,
            "needed with same",
            "what sharing it adds to the correlation of two firms; 0% for what has no row, at most \
            100% in all", "10%";
    }
}
