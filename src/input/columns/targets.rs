//! Columns of the targets of grades.

use super::columns;
use crate::input::table::Kind::{Choice, Number, Rate, Text};

/// In the order of the type.
const ASSET_TYPES: &[&str] =
    &["corporate/企业", "lease/租赁", "rmbs_auto_consumer/住房汽车消费", "micro_enterprise/小微"];

columns! {
    /// targets.csv.
    TARGETS {
        grade * ["评级" "级别"] Text,
            "", "best grade first; a grade may have a row for each asset type", "AA+";
        asset_type - ["资产类型"] Choice(ASSET_TYPES),
            "every type", "whose targets the row has", "micro_enterprise";
        multiplier - ["乘数" "违约率乘数"] Number,
            "not known",
            "above 0, at most 1,000: how many times the base default rate a class must stand; not \
            above that of a better grade", "4.5";
        target_pd - ["目标违约概率"] Rate,
            "not known", "the most likely a class may be to default; not below a better grade's",
            "0.09%";
        target_el - ["目标预期损失"] Rate,
            "not known",
            "the most that a class may be expected to lose; not below a better grade's", "0.05%";
        source - ["来源"] Text, "not said", "of the table; the first that is given is shown", "某评级方法";
    }
}
